/* syscalls.c - how does one system call fail in a unit program, and no other?
 *
 * Structure   turn(name) counts the calls of the planned name and says whether this one fails;
 *             each function below is libc's with that question before it.  libc's own is found by
 *             dlsym, behind this program in the order of the libraries.
 * Why so      A definition in the program wins over a shared library's, with any linker and any
 *             sanitizer, and libc's inner calls are not met.  tests/crash/syscalls.c does the
 *             same for a whole index by --wrap. */
#include "syscalls.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

static struct {
    const char *name;
    uint32_t nth, calls, hits;
    int sys_errno;
    bool on;
    uint32_t magic;
    const char *hooked;
    void (*hook)(void *ctx);
    void *ctx;
} plan;

void syscalls_fail(const char *name, uint32_t nth, int sys_errno) {
    plan.name = name;
    plan.nth = nth;
    plan.calls = 0;
    plan.sys_errno = sys_errno;
    plan.on = false;
}

void syscalls_fail_on(const char *name, uint32_t nth, int sys_errno) {
    syscalls_fail(name, nth, sys_errno);
    plan.on = true;
}

void syscalls_before(const char *name, void (*hook)(void *ctx), void *ctx) {
    plan.hooked = name;
    plan.hook = hook;
    plan.ctx = ctx;
}

void syscalls_file_system(uint32_t magic) {
    plan.magic = magic;
}

uint32_t syscalls_pass(void) {
    uint32_t hits = plan.hits;
    memset(&plan, 0, sizeof plan);
    return hits;
}

/* Does this call fail?  errno is set if so. */
static bool turn(const char *name) {
    if (plan.hooked != NULL && strcmp(plan.hooked, name) == 0) {
        const char *hooked = plan.hooked;
        plan.hooked = NULL;
        plan.hook(plan.ctx);
        plan.hooked = hooked;
        plan.hits++;
    }
    if (plan.name == NULL || strcmp(plan.name, name) != 0) return false;
    uint32_t n = ++plan.calls;
    if (n != plan.nth && !(plan.on && n > plan.nth)) return false;
    plan.hits++;
    if (plan.sys_errno != 0) errno = plan.sys_errno;
    return true;
}

/* libc's function of that name, as a pointer of the type of `like`. */
#define REAL(function) ((__typeof__(&function))real(#function))
static void *real(const char *name) {
    int saved = errno;
    void *at = dlsym(RTLD_NEXT, name);
    errno = saved;
    if (at == NULL) ck_abort_msg("no %s", name);
    return at;
}

int openat(int fd, const char *name, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    return turn("openat") ? -1 : REAL(openat)(fd, name, flags, mode);
}

ssize_t write(int fd, const void *ptr, size_t len) {
    if (turn("write")) return plan.sys_errno == 0 ? 0 : -1;
    return REAL(write)(fd, ptr, len);
}

ssize_t pread(int fd, void *ptr, size_t len, off_t off) {
    return turn("pread") ? -1 : REAL(pread)(fd, ptr, len, off);
}

int close(int fd) {
    bool fails = turn("close");
    int saved = errno, result = REAL(close)(fd); /* Linux closes whatever it says */
    if (fails) errno = saved;
    return fails ? -1 : result;
}

int fsync(int fd) {
    return turn("fsync") ? -1 : REAL(fsync)(fd);
}

int fstat(int fd, struct stat *st) {
    bool changed = turn("fstat");
    if (changed && plan.sys_errno != 0) return -1;
    int result = REAL(fstat)(fd, st);
    if (changed) st->st_size = INT64_MAX;
    return result;
}

int fstatat(int fd, const char *name, struct stat *st, int flags) {
    return turn("fstatat") ? -1 : REAL(fstatat)(fd, name, st, flags);
}

int fstatfs(int fd, struct statfs *st) {
    if (turn("fstatfs")) return -1;
    int result = REAL(fstatfs)(fd, st);
    if (plan.magic != 0) {
        st->f_type = (__typeof__(st->f_type))plan.magic;
        plan.hits++;
    }
    return result;
}

int fstatvfs(int fd, struct statvfs *st) {
    return turn("fstatvfs") ? -1 : REAL(fstatvfs)(fd, st);
}

int faccessat(int fd, const char *name, int mode, int flags) {
    return turn("faccessat") ? -1 : REAL(faccessat)(fd, name, mode, flags);
}

int fcntl(int fd, int command, ...) {
    va_list args;
    va_start(args, command);
    void *arg = va_arg(args, void *);
    va_end(args);
    return turn("fcntl") ? -1 : REAL(fcntl)(fd, command, arg);
}

int ftruncate(int fd, off_t len) {
    return turn("ftruncate") ? -1 : REAL(ftruncate)(fd, len);
}

/* Somebody is faster: the directory is there, and the call says so. */
int mkdir(const char *path, mode_t mode) {
    bool fails = turn("mkdir");
    if (fails && plan.sys_errno != 0) return -1;
    int result = REAL(mkdir)(path, mode);
    if (!fails) return result;
    errno = EEXIST;
    return -1;
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags) {
    return turn("renameat2") ? -1 : REAL(renameat2)(from_fd, from, to_fd, to, flags);
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags) {
    return turn("linkat") ? -1 : REAL(linkat)(from_fd, from, to_fd, to, flags);
}

int unlinkat(int fd, const char *name, int flags) {
    return turn("unlinkat") ? -1 : REAL(unlinkat)(fd, name, flags);
}

void *mmap(void *at, size_t len, int prot, int flags, int fd, off_t off) {
    return turn("mmap") ? MAP_FAILED : REAL(mmap)(at, len, prot, flags, fd, off);
}

DIR *fdopendir(int fd) {
    return turn("fdopendir") ? NULL : REAL(fdopendir)(fd);
}

struct dirent *readdir(DIR *stream) {
    return turn("readdir") ? NULL : REAL(readdir)(stream);
}
