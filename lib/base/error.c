/* error.c - how does a failing call tell its caller what went wrong, without memory of its own?
 *
 * Structure   The caller owns one prism_error of fixed size; the failing function fills all of it
 *             and hands the code back as its own return value:
 *
 *                 size | code | sys_errno | offset | line | column | file[128] | text[240]
 *
 *             prs_error_set is the only writer of a fresh error; the others call it and add a
 *             place.
 * Invariants  - Every member is written on every failure, so nothing of an older error shows
 *               through.
 *             - `file` and `text` always end in NUL, and what is cut is cut between characters.
 *             - A struct whose `size` is smaller than ours was not made with PRISM_ERROR_INIT (or
 *               by a caller of another version): it is not touched.
 * Why so      A message in thread-local storage would need a global and be lost when an answer
 *             crosses threads; an allocated message cannot report that there is no memory.
 *             strerror_r speaks the process's locale and has two incompatible signatures, so the
 *             few errno values that a file system, a lock or getrandom can give have our own words.
 * Cost        One vsnprintf, on failure only.
 * Tested by   tests/unit/base/test_error.c */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* Length of the longest prefix of s[0, len) that does not end inside a UTF-8 sequence.  Looks at
 * the last sequence only: what is ill-formed before it was so in the caller's text. */
static size_t cut_between_characters(const char *s, size_t len) {
    size_t lead = len;
    while (lead > 0 && len - lead < 4 && ((unsigned char)s[lead - 1] & 0xc0) == 0x80) lead--;
    if (lead == 0) return len;
    unsigned char b = (unsigned char)s[lead - 1];
    size_t need = b < 0xc0 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
    size_t have = len - (lead - 1);
    return have < need ? lead - 1 : len;
}

/* Format into out[cap], cut between characters; returns the length. */
static size_t format_cut(char *out, size_t cap, const char *fmt, va_list args) PRS_PRINTF(3, 0);

static size_t format_cut(char *out, size_t cap, const char *fmt, va_list args) {
    int n = vsnprintf(out, cap, fmt, args);
    size_t len = n < 0 ? 0 : (size_t)n;
    if (len >= cap) len = cut_between_characters(out, cap - 1);
    out[len] = '\0';
    return len;
}

static void copy_cut(char *out, size_t cap, const char *s) {
    size_t len = strnlen(s, cap);
    if (len == cap) len = cut_between_characters(s, cap - 1);
    memcpy(out, s, len);
    out[len] = '\0';
}

/* Is there a struct to fill?  Clears it if so. */
static bool begin(prism_error *err, prism_status code) {
    if (err == NULL || err->size < sizeof *err) return false;
    size_t size = err->size;
    memset(err, 0, sizeof *err);
    err->size = size;
    err->code = code;
    err->offset = UINT64_MAX;
    return true;
}

prism_status prs_error_set(prism_error *err, prism_status code, const char *fmt, ...) {
    if (!begin(err, code)) return code;
    va_list args;
    va_start(args, fmt);
    format_cut(err->text, sizeof err->text, fmt, args);
    va_end(args);
    return code;
}

static prism_status status_of_errno(int sys_errno) {
    switch (sys_errno) {
    case ENOSPC:
    case EDQUOT: return PRISM_ENOSPC;
    case ENOMEM: return PRISM_ENOMEM;
    case EROFS: return PRISM_EREADONLY;
    default: return PRISM_EIO;
    }
}

static const char *words_of_errno(int sys_errno) {
    static const struct {
        int number;
        const char *words;
    } table[] = {
        {EPERM, "operation not permitted"},
        {ENOENT, "no such file or directory"},
        {EINTR, "interrupted by a signal"},
        {EIO, "input/output error"},
        {EBADF, "bad file descriptor"},
        {EAGAIN, "resource temporarily unavailable"},
        {ENOMEM, "out of memory"},
        {EACCES, "permission denied"},
        {EBUSY, "device or resource busy"},
        {EEXIST, "file exists"},
        {EXDEV, "not on the same file system"},
        {ENOTDIR, "not a directory"},
        {EISDIR, "is a directory"},
        {EINVAL, "invalid argument"},
        {ENFILE, "too many open files in the system"},
        {EMFILE, "too many open files in the process"},
        {EFBIG, "file too large"},
        {ENOSPC, "no space left on device"},
        {EROFS, "read-only file system"},
        {EMLINK, "too many links"},
        {EPIPE, "broken pipe"},
        {ENAMETOOLONG, "file name too long"},
        {ENOLCK, "no locks available"},
        {ENOSYS, "function not implemented"},
        {ENOTEMPTY, "directory not empty"},
        {ELOOP, "too many symbolic links"},
        {EOVERFLOW, "value too large"},
        {ENOTSUP, "operation not supported"},
        {ESTALE, "stale file handle"},
        {EDQUOT, "disk quota exceeded"},
    };
    for (size_t i = 0; i < PRS_COUNT(table); i++) {
        if (table[i].number == sys_errno) return table[i].words;
    }
    return NULL;
}

prism_status prs_error_sys(prism_error *err, int sys_errno, const char *file, const char *fmt,
                           ...) {
    prism_status code = status_of_errno(sys_errno);
    if (!begin(err, code)) return code;
    err->sys_errno = sys_errno;
    prs_error_file(err, file);

    /* The system's words go last and are kept whole: a long sentence is cut before them. */
    char tail[64];
    const char *words = words_of_errno(sys_errno);
    int n = words != NULL ? snprintf(tail, sizeof tail, ": %s", words)
                          : snprintf(tail, sizeof tail, ": system error %d", sys_errno);
    size_t tail_len = n < 0 ? 0 : PRS_MIN((size_t)n, sizeof tail - 1);
    va_list args;
    va_start(args, fmt);
    size_t len = format_cut(err->text, sizeof err->text - tail_len, fmt, args);
    va_end(args);
    memcpy(err->text + len, tail, tail_len);
    err->text[len + tail_len] = '\0';
    return code;
}

prism_status prs_error_corrupt(prism_error *err, const char *file, uint64_t offset, const char *fmt,
                               ...) {
    if (!begin(err, PRISM_ECORRUPT)) return PRISM_ECORRUPT;
    err->offset = offset;
    prs_error_file(err, file);
    va_list args;
    va_start(args, fmt);
    format_cut(err->text, sizeof err->text, fmt, args);
    va_end(args);
    return PRISM_ECORRUPT;
}

prism_status prs_error_recode(prism_error *err, prism_status code) {
    if (err != NULL && err->size >= sizeof *err) err->code = code;
    return code;
}

prism_status prs_error_nomem(prism_error *err) {
    return prs_error_set(err, PRISM_ENOMEM, "out of memory");
}

void prs_error_at(prism_error *err, uint64_t offset, uint32_t line, uint32_t column) {
    if (err == NULL || err->size < sizeof *err) return;
    err->offset = offset;
    err->line = line;
    err->column = column;
}

void prs_error_file(prism_error *err, const char *file) {
    if (err == NULL || err->size < sizeof *err) return;
    copy_cut(err->file, sizeof err->file, file != NULL ? file : "");
}

const char *prs_status_name(prism_status status) {
    static const char *const names[] = {
        "OK",        "ENOMEM",    "EIO",       "ENOSPC",       "ECORRUPT", "ETOOOLD",  "ETOONEW",
        "EANALYZER", "ENOTFOUND", "EEXISTS",   "EBUSY",        "EINVAL",   "EPARSE",   "EREJECTED",
        "ELIMIT",    "ECANCELED", "EREADONLY", "EUNSUPPORTED", "EMISUSE",  "EUNKNOWN", "EBUDGET",
    };
    static_assert(PRS_COUNT(names) == 1 - PRISM_EBUDGET, "one name for each status");
    if (status > 0 || status < PRISM_EBUDGET) return "UNKNOWN";
    return names[-status];
}
