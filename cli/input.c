/* input.c - how do bytes come in, whatever they are packed in?
 *
 *   file or standard input -> raw buffer -> (plain | inflate | zstd) -> caller
 *
 * The kind is told by the first bytes (1f 8b; 28 b5 2f fd), not by the name, so that pipes work.
 * gzip members and zstd frames may follow one another.  Cost: one 256 KiB buffer a stream.
 * Tested by: tests/cli/formats.sh, tests/cli/bad_input.sh */
#include "input.h"

#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define RAW_SIZE (256u << 10)

typedef enum { KIND_UNKNOWN, KIND_PLAIN, KIND_GZIP, KIND_ZSTD } stream_kind;

struct input_stream {
    int fd;
    char name[128];
    stream_kind kind;
    uint8_t *raw;
    size_t from, to; /* unread part of raw */
    uint64_t consumed;
    bool raw_end, frame_open;
    z_stream z;
    ZSTD_DStream *zstd;
    uint8_t peeked[8192]; /* unpacked bytes seen by peek, served first */
    size_t peek_from, peek_to;
};

static prism_status set_error(const input_stream *in, prism_error *err, prism_status code, int sys,
                              const char *text) {
    err->code = code;
    err->sys_errno = sys;
    err->line = err->column = 0;
    err->offset = code == PRISM_EPARSE ? in->consumed : UINT64_MAX;
    snprintf(err->file, sizeof err->file, "%s", in->name);
    snprintf(err->text, sizeof err->text, "%s", text);
    return code;
}

prism_status input_open(const char *path, input_stream **out, prism_error *err) {
    *out = NULL;
    input_stream *in = calloc(1, sizeof *in);
    uint8_t *raw = malloc(RAW_SIZE);
    if (in == NULL || raw == NULL) {
        free(in);
        free(raw);
        err->code = PRISM_ENOMEM;
        snprintf(err->text, sizeof err->text, "out of memory");
        return PRISM_ENOMEM;
    }
    in->raw = raw;
    snprintf(in->name, sizeof in->name, "%s", strcmp(path, "-") == 0 ? "standard input" : path);
    in->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    int bad = in->fd < 0                ? errno
              : fstat(in->fd, &st) != 0 ? errno
              : S_ISDIR(st.st_mode)     ? EISDIR
                                        : 0;
    if (bad != 0) {
        prism_status code = set_error(in, err,
                                      cli_interrupted && bad == EINTR ? PRISM_ECANCELED
                                      : bad == ENOENT                 ? PRISM_ENOTFOUND
                                                                      : PRISM_EIO,
                                      bad, strerror(bad));
        input_close(in);
        return code;
    }
    *out = in;
    return PRISM_OK;
}

void input_close(input_stream *in) {
    if (in == NULL) return;
    if (in->kind == KIND_GZIP) inflateEnd(&in->z);
    ZSTD_freeDStream(in->zstd);
    if (in->fd > STDERR_FILENO) close(in->fd);
    free(in->raw);
    free(in);
}

uint64_t input_consumed(const input_stream *in) {
    return in->consumed;
}

/* More raw bytes behind `to`, or raw_end.  An interrupt must not wait for the other end of a
 * pipe. */
static prism_status read_raw(input_stream *in, prism_error *err) {
    ssize_t n;
    do n = cli_interrupted ? -1 : read(in->fd, in->raw + in->to, RAW_SIZE - in->to);
    while (n < 0 && errno == EINTR && !cli_interrupted);
    if (cli_interrupted) return set_error(in, err, PRISM_ECANCELED, EINTR, "interrupted");
    if (n < 0) return set_error(in, err, PRISM_EIO, errno, strerror(errno));
    in->to += (size_t)n;
    in->consumed += (uint64_t)n;
    in->raw_end = n == 0;
    return PRISM_OK;
}

/* At least one unread raw byte, or raw_end. */
static prism_status fill(input_stream *in, prism_error *err) {
    if (in->from < in->to || in->raw_end) return PRISM_OK;
    in->from = in->to = 0;
    return read_raw(in, err);
}

static prism_status recognize(input_stream *in, prism_error *err) {
    prism_status status = fill(in, err);
    if (status != PRISM_OK) return status;
    /* A pipe may deliver its first bytes one at a time. */
    while (!in->raw_end && in->to - in->from < 4) {
        status = read_raw(in, err);
        if (status != PRISM_OK) return status;
    }
    const uint8_t *p = in->raw + in->from;
    size_t n = in->to - in->from;
    in->kind = KIND_PLAIN;
    if (n >= 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0) {
        in->zstd = ZSTD_createDStream();
        if (in->zstd == NULL) return set_error(in, err, PRISM_ENOMEM, 0, "out of memory");
        /* Archives are made with windows of up to 128 MiB. */
        ZSTD_DCtx_setParameter(in->zstd, ZSTD_d_windowLogMax, 27);
        in->kind = KIND_ZSTD;
    } else if (n >= 2 && p[0] == 0x1f && p[1] == 0x8b) {
        if (inflateInit2(&in->z, 15 + 16) != Z_OK)
            return set_error(in, err, PRISM_ENOMEM, 0, "out of memory");
        in->kind = KIND_GZIP;
    }
    return PRISM_OK;
}

static prism_status read_gzip(input_stream *in, void *buf, size_t n, size_t *got,
                              prism_error *err) {
    in->z.next_out = buf;
    in->z.avail_out = (uInt)(n > 1u << 30 ? 1u << 30 : n);
    uInt room = in->z.avail_out;
    while (in->z.avail_out == room) {
        prism_status status = fill(in, err);
        if (status != PRISM_OK) return status;
        if (in->from == in->to) {
            if (in->frame_open)
                return set_error(in, err, PRISM_EPARSE, 0, "the gzip data ends too early");
            break;
        }
        if (!in->frame_open) inflateReset(&in->z);
        in->frame_open = true;
        in->z.next_in = in->raw + in->from;
        in->z.avail_in = (uInt)(in->to - in->from);
        int r = inflate(&in->z, Z_NO_FLUSH);
        in->from = in->to - in->z.avail_in;
        if (r == Z_STREAM_END)
            in->frame_open = false;
        else if (r != Z_OK && r != Z_BUF_ERROR)
            return set_error(in, err, PRISM_EPARSE, 0, "damaged gzip data");
    }
    *got = room - in->z.avail_out;
    return PRISM_OK;
}

static prism_status read_zstd(input_stream *in, void *buf, size_t n, size_t *got,
                              prism_error *err) {
    ZSTD_outBuffer out = {buf, n, 0};
    while (out.pos == 0) {
        prism_status status = fill(in, err);
        if (status != PRISM_OK) return status;
        bool end = in->from == in->to;
        if (end && !in->frame_open) break;
        ZSTD_inBuffer src = {in->raw + in->from, in->to - in->from, 0};
        size_t left = ZSTD_decompressStream(in->zstd, &out, &src);
        if (ZSTD_isError(left)) return set_error(in, err, PRISM_EPARSE, 0, ZSTD_getErrorName(left));
        in->from += src.pos;
        in->frame_open = left != 0;
        if (end && left != 0 && out.pos == 0)
            return set_error(in, err, PRISM_EPARSE, 0, "the zstd data ends too early");
    }
    *got = out.pos;
    return PRISM_OK;
}

static prism_status read_unpacked(input_stream *in, void *buf, size_t n, size_t *got,
                                  prism_error *err) {
    *got = 0;
    prism_status status = in->kind == KIND_UNKNOWN ? recognize(in, err) : PRISM_OK;
    if (status != PRISM_OK || n == 0) return status;
    if (in->kind == KIND_GZIP) return read_gzip(in, buf, n, got, err);
    if (in->kind == KIND_ZSTD) return read_zstd(in, buf, n, got, err);
    status = fill(in, err);
    if (status != PRISM_OK) return status;
    *got = in->to - in->from < n ? in->to - in->from : n;
    memcpy(buf, in->raw + in->from, *got);
    in->from += *got;
    return PRISM_OK;
}

prism_status input_read(input_stream *in, void *buf, size_t n, size_t *got, prism_error *err) {
    size_t seen = in->peek_to - in->peek_from;
    if (seen == 0) return read_unpacked(in, buf, n, got, err);
    *got = seen < n ? seen : n;
    memcpy(buf, in->peeked + in->peek_from, *got);
    in->peek_from += *got;
    return PRISM_OK;
}

prism_status input_peek(input_stream *in, const uint8_t **head, size_t *n, prism_error *err) {
    size_t got = 1;
    while (in->peek_to < sizeof in->peeked && got > 0) {
        prism_status status =
            read_unpacked(in, in->peeked + in->peek_to, sizeof in->peeked - in->peek_to, &got, err);
        if (status != PRISM_OK) return status;
        in->peek_to += got;
        if (in->fd == STDIN_FILENO) break; /* do not make a slow pipe wait */
    }
    *head = in->peeked + in->peek_from;
    *n = in->peek_to - in->peek_from;
    return PRISM_OK;
}

prism_status input_read_all(input_stream *in, size_t max, char **data, size_t *len,
                            prism_error *err) {
    size_t cap = 64u << 10, n = 0, got = 1;
    char *buf = malloc(cap);
    while (buf && got > 0) {
        if (n == cap) {
            char *more = realloc(buf, cap *= 2);
            if (more == NULL) break;
            buf = more;
        }
        prism_status status = input_read(in, buf + n, cap - n, &got, err);
        n += got;
        if (status == PRISM_OK && n > max)
            status = set_error(in, err, PRISM_ELIMIT, 0, "the file is too large for one document");
        if (status != PRISM_OK) {
            free(buf);
            return status;
        }
    }
    if (buf == NULL || got > 0) {
        free(buf);
        return set_error(in, err, PRISM_ENOMEM, 0, "out of memory");
    }
    *data = buf;
    *len = n;
    return PRISM_OK;
}

/* ---- lines ---------------------------------------------------------------------------------- */

void input_lines_init(input_lines *lines, input_stream *in) {
    memset(lines, 0, sizeof *lines);
    lines->in = in;
}

void input_lines_fini(input_lines *lines) {
    free(lines->buf);
    lines->buf = NULL;
}

/* More bytes behind `to`, moving the unread part to the front when the buffer is full. */
static prism_status refill(input_lines *lines, prism_error *err) {
    if (lines->from > 0 && lines->to == lines->cap) {
        memmove(lines->buf, lines->buf + lines->from, lines->to - lines->from);
        lines->to -= lines->from;
        lines->from = 0;
    }
    if (lines->to == lines->cap) {
        size_t cap = lines->cap ? 2 * lines->cap : 256u << 10;
        char *buf = realloc(lines->buf, cap);
        if (buf == NULL) return set_error(lines->in, err, PRISM_ENOMEM, 0, "out of memory");
        lines->buf = buf;
        lines->cap = cap;
    }
    size_t got;
    prism_status status =
        input_read(lines->in, lines->buf + lines->to, lines->cap - lines->to, &got, err);
    lines->to += got;
    lines->end = status == PRISM_OK && got == 0;
    return status;
}

prism_status input_line_rest(input_lines *lines, const char **text, size_t *len, prism_error *err) {
    *len = 0;
    if (!lines->inside) return PRISM_OK;
    if (lines->from == lines->to) {
        lines->from = lines->to = 0;
        prism_status status = refill(lines, err);
        if (status != PRISM_OK) return status;
    }
    size_t unread = lines->to - lines->from;
    *text = lines->buf + lines->from;
    char *eol = memchr(*text, '\n', unread);
    *len = eol ? (size_t)(eol - *text) : unread;
    lines->inside = eol == NULL && unread > 0;
    lines->from += *len + (eol ? 1 : 0);
    return PRISM_OK;
}

static prism_status skip_rest(input_lines *lines, prism_error *err) {
    const char *text;
    size_t len;
    while (lines->inside) {
        prism_status status = input_line_rest(lines, &text, &len, err);
        if (status != PRISM_OK) return status;
    }
    return PRISM_OK;
}

prism_status input_next_line(input_lines *lines, input_line *line, bool *more, prism_error *err) {
    size_t seen = 0;
    char *eol = NULL;
    memset(line, 0, sizeof *line);
    *more = false;
    prism_status status = skip_rest(lines, err);
    if (status != PRISM_OK) return status;
    for (;;) {
        size_t unread = lines->to - lines->from;
        if (unread > seen) eol = memchr(lines->buf + lines->from + seen, '\n', unread - seen);
        if (eol || lines->end || unread > PRISM_MAX_DOC_BYTES + 1) break;
        seen = unread;
        status = refill(lines, err);
        if (status != PRISM_OK) return status;
    }
    if (eol == NULL && lines->from == lines->to) return PRISM_OK;
    *more = true;
    line->number = ++lines->number;
    line->text = lines->buf + lines->from;
    line->len = eol ? (size_t)(eol - line->text) : lines->to - lines->from;
    if (eol == NULL && !lines->end) {
        line->too_long = lines->inside = true;
        lines->from = lines->to;
        return PRISM_OK;
    }
    lines->from += line->len + (eol ? 1 : 0);
    if (line->len > 0 && line->text[line->len - 1] == '\r') line->len--;
    line->too_long = line->len > PRISM_MAX_DOC_BYTES;
    return PRISM_OK;
}

/* ---- UTF-8 ---------------------------------------------------------------------------------- */

/* Length of the well-formed character at p, or 0; *bad = length of the maximal ill-formed part. */
static size_t character(const uint8_t *p, const uint8_t *end, size_t *bad) {
    uint8_t c = *p;
    *bad = 1;
    if (c < 0x80) return c != 0;
    size_t need = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    if (c < 0xc2 || c > 0xf4) return 0;
    uint8_t lo = c == 0xe0   ? 0xa0
                 : c == 0xf0 ? 0x90
                             : 0x80,
            hi = c == 0xed   ? 0x9f
                 : c == 0xf4 ? 0x8f
                             : 0xbf;
    for (size_t i = 1; i <= need; i++) {
        if (p + i >= end || p[i] < lo || p[i] > hi) return 0;
        *bad = i + 1;
        lo = 0x80;
        hi = 0xbf;
    }
    return need + 1;
}

char *input_mend_utf8(const char *text, size_t len, size_t *out_len, uint64_t *n_bad) {
    char *out = malloc(3 * len + 1), *w = out;
    const uint8_t *p = (const uint8_t *)text, *end = p + len;
    *n_bad = 0;
    if (out == NULL) return NULL;
    while (p < end) {
        size_t bad, n = character(p, end, &bad);
        if (n == 0) {
            memcpy(w, "\xef\xbf\xbd", 3);
            w += 3;
            p += bad;
            ++*n_bad;
        } else {
            memcpy(w, p, n);
            w += n;
            p += n;
        }
    }
    *out_len = (size_t)(w - out);
    *w = 0;
    return out;
}
