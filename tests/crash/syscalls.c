/* syscalls.c - each system call of the storage layer fails, or moves less than it was asked to:
 * does the library on a real directory keep its promises?
 *
 *     syscalls [--cases ERRNOS] [--shard I/N] [--seconds N]
 *
 * The linker sends the library's calls of openat, write, pread, fsync, close, renameat2, linkat,
 * unlinkat, mmap and fcntl through here (--wrap).  Call number n fails with an errno, once or from
 * there on; or is interrupted (EINTR: once, or 100 times); or is short (once, or always: then every
 * read and write moves 1000 bytes at most).  EINTR and short counts must not be noticed at all.
 * With --cases 7 every call meets every fault, else by turns. */
#include "history.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 5, SHORT = -1, INTERRUPTS = 100, PIECE = 1000 };

static struct {
    uint64_t calls, at;
    int fault;
    bool on;
    uint64_t hits;
} plan;

/* Is it this call's turn?  errno is set if so. */
static bool fails(bool interruptible) {
    uint64_t n = ++plan.calls;
    if (plan.at == 0 || plan.fault == SHORT) return false;
    if (plan.fault == EINTR) {
        if (!interruptible || n < plan.at || n >= plan.at + (plan.on ? INTERRUPTS : 1))
            return false;
    } else if (n != plan.at && !(plan.on && n > plan.at)) {
        return false;
    }
    plan.hits++;
    errno = plan.fault;
    return true;
}

static size_t shorten(size_t len) {
    if (plan.at == 0 || plan.fault != SHORT || len <= 1) return len;
    if (plan.calls != plan.at && !(plan.on && plan.calls > plan.at)) return len;
    plan.hits++;
    return plan.on && len > PIECE ? PIECE : len / 2;
}

int __real_openat(int fd, const char *name, int flags, ...);
int __wrap_openat(int fd, const char *name, int flags, ...);
ssize_t __real_write(int fd, const void *ptr, size_t len);
ssize_t __wrap_write(int fd, const void *ptr, size_t len);
ssize_t __real_pread(int fd, void *ptr, size_t len, off_t off);
ssize_t __wrap_pread(int fd, void *ptr, size_t len, off_t off);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_close(int fd);
int __wrap_close(int fd);
int __real_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
int __real_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int __real_unlinkat(int fd, const char *name, int flags);
int __wrap_unlinkat(int fd, const char *name, int flags);
void *__real_mmap(void *at, size_t len, int prot, int flags, int fd, off_t off);
void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t off);

int __wrap_openat(int fd, const char *name, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    return fails(true) ? -1 : __real_openat(fd, name, flags, mode);
}

/* A full disk takes some of the bytes first. */
ssize_t __wrap_write(int fd, const void *ptr, size_t len) {
    if (fails(true)) {
        int saved = errno;
        if (saved == ENOSPC || saved == EDQUOT) (void)!__real_write(fd, ptr, len / 2);
        errno = saved;
        return -1;
    }
    return __real_write(fd, ptr, shorten(len));
}

ssize_t __wrap_pread(int fd, void *ptr, size_t len, off_t off) {
    return fails(true) ? -1 : __real_pread(fd, ptr, shorten(len), off);
}

int __wrap_fsync(int fd) {
    return fails(false) ? -1 : __real_fsync(fd);
}

/* Linux closes whatever it says. */
int __wrap_close(int fd) {
    bool failed = fails(true);
    int saved = errno, result = __real_close(fd);
    errno = failed ? saved : errno;
    return failed ? -1 : result;
}

int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags) {
    return fails(false) ? -1 : __real_renameat2(from_fd, from, to_fd, to, flags);
}

int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags) {
    return fails(false) ? -1 : __real_linkat(from_fd, from, to_fd, to, flags);
}

int __wrap_unlinkat(int fd, const char *name, int flags) {
    return fails(false) ? -1 : __real_unlinkat(fd, name, flags);
}

void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t off) {
    return fd >= 0 && fails(false) ? MAP_FAILED : __real_mmap(at, len, prot, flags, fd, off);
}

/* ---- the workload ---------------------------------------------------------------------------- */

typedef struct outcome {
    uint32_t acked;
    bool created, in_flight;
    const char *lie;
    prism_status status;
    prism_error err;
} outcome;

static prism_status begin(const char *path, bool create, bool pread, prism_index **index,
                          prism_writer **writer, prism_error *err) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_schema *schema;
    prism_status status;
    *index = NULL;
    *writer = NULL;
    opts.use_pread = pread;
    if (create) {
        status = prism_schema_from_json(history_schema, strlen(history_schema), &schema, err);
        if (status != PRISM_OK) return status;
        status = prism_index_create(path, schema, &opts, index, err);
        prism_schema_unref(schema);
    } else {
        status = prism_index_open(path, &opts, index, err);
    }
    return status == PRISM_OK ? prism_writer_open(*index, NULL, writer, err) : status;
}

static prism_status look(prism_index *index, const char *to, uint64_t seed, outcome *o) {
    history_answer a = history_read(index, seed);
    o->err = a.err;
    if (a.status != PRISM_OK) return a.status;
    if (!a.whole || a.round != o->acked) o->lie = "a query";
    return prism_index_backup(index, to, NULL, NULL, &o->err);
}

static outcome work(const char *path, const char *to, uint64_t seed, bool pread) {
    outcome o = {.err = PRISM_ERROR_INIT};
    prism_index *index;
    prism_writer *writer;
    o.status = begin(path, true, pread, &index, &writer, &o.err);
    o.created = o.status == PRISM_OK;
    for (uint32_t r = 1; r <= ROUNDS && o.status == PRISM_OK; r++) {
        o.status = history_write(writer, seed, r, 0, &o.acked, &o.err);
        o.in_flight = o.status == PRISM_EUNKNOWN && o.acked < r;
        if (o.status == PRISM_OK && r == 3) {
            prism_writer_close(writer);
            prism_index_close(index);
            o.status = begin(path, false, pread, &index, &writer, &o.err);
        }
    }
    if (o.status == PRISM_OK) o.status = look(index, to, seed, &o);
    prism_writer_close(writer);
    prism_index_close(index);
    return o;
}

/* ---- judgement ------------------------------------------------------------------------------- */

static void judge(program *p, const char *path, const outcome *o, uint64_t at, int fault) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index;
    prism_writer *writer;
    prism_status status = prism_index_open(path, NULL, &index, &err);
    if (status == PRISM_ENOTFOUND && !o->created) return;
    history_answer a = {.err = PRISM_ERROR_INIT};
    if (status == PRISM_OK) a = history_read(index, p->seed);
    prism_index_close(index);
    if (!a.whole || a.round < o->acked || a.round > o->acked + o->in_flight) {
        program_finding(p, "call %llu, errno %d: opens %d %s, commit %u of %u + %d, %s",
                        (unsigned long long)at, fault, status, err.text, a.round, o->acked,
                        o->in_flight, a.why);
        return;
    }
    status = begin(path, false, false, &index, &writer, &err);
    if (status == PRISM_OK) status = history_write(writer, p->seed, a.round + 1, 0, NULL, &err);
    prism_writer_close(writer);
    prism_index_close(index);
    uint64_t n = 0;
    if (status == PRISM_OK)
        status =
            prism_index_check(path, PRISM_CHECK_NORMAL, NULL, NULL, NULL, NULL, NULL, &n, &err);
    if (status != PRISM_OK || n > 0)
        program_finding(p, "call %llu, errno %d: life does not go on: %s, %llu findings",
                        (unsigned long long)at, fault, err.text, (unsigned long long)n);
}

/* The backup is there whole, or nothing is. */
static void judge_backup(program *p, const char *to, const outcome *o, uint64_t at) {
    struct stat st;
    uint64_t n = 0;
    if (stat(to, &st) != 0) return;
    prism_status status =
        prism_index_check(to, PRISM_CHECK_NORMAL, NULL, NULL, NULL, NULL, NULL, &n, NULL);
    bool gone = status == PRISM_ENOTFOUND && o->status != PRISM_OK; /* the disk kept its remains */
    if (!gone && (status != PRISM_OK || n > 0))
        program_finding(p, "call %llu: half a backup", (unsigned long long)at);
}

static int count_descriptors(void) {
    int n = 0;
    for (int fd = 0; fd < 256; fd++) n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static bool run(program *p, const char *folder, uint64_t at, int fault, bool on) {
    char path[128], to[128];
    snprintf(path, sizeof path, "%s/ix", folder);
    snprintf(to, sizeof to, "%s/to", folder);
    program_remove(path);
    program_remove(to);
    int before = count_descriptors();
    memset(&plan, 0, sizeof plan);
    plan.at = at;
    plan.fault = fault;
    plan.on = on;
    outcome o = work(path, to, p->seed, at % 2 == 0);
    uint64_t hits = plan.hits, calls = plan.calls;
    plan.at = 0;
    if (o.lie != NULL) program_finding(p, "call %llu: %s lied", (unsigned long long)at, o.lie);
    if ((hits == 0 || fault == EINTR || fault == SHORT) && o.status != PRISM_OK)
        program_finding(p, "call %llu, errno %d: noticed: %s", (unsigned long long)at, fault,
                        o.err.text);
    if (count_descriptors() != before)
        program_finding(p, "call %llu, errno %d: a descriptor is left open", (unsigned long long)at,
                        fault);
    judge(p, path, &o, at, fault);
    judge_backup(p, to, &o, at);
    p->done++;
    return calls >= at;
}

int main(int argc, char **argv) {
    static const int faults[] = {EIO, ENOSPC, EDQUOT, EMFILE, SHORT, EINTR, ESTALE};
    enum { N_FAULTS = sizeof faults / sizeof faults[0] };
    program p;
    bool more = true;
    program_begin(&p, "T1-syscalls", argc, argv, 1);
    const char *folder = program_folder(true);
    for (uint64_t at = 1; more && program_time_left(&p); at++) {
        for (int on = 0; on < 2 && program_mine(&p, at); on++) {
            for (uint64_t k = 0; k < p.cases && k < N_FAULTS; k++)
                more = run(&p, folder, at, faults[(at + k + 3u * (unsigned)on) % N_FAULTS], on);
        }
    }
    program_remove(folder);
    return program_end(&p);
}
