/* fd.c - how is each system call made so that signals, short counts and closed stdio do no harm?
 *
 * A program that closed its standard streams gets descriptor 0, 1 or 2 from its next open, and a
 * stray printf then writes into that file: so whatever opens as 0 to 2 is duplicated upwards (R27).
 * Tested by tests/unit/store/test_fd.c */
#include "store/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* One call moves at most this much: Linux stops just below 2 GiB anyway. */
#define PRS_FD_MAX_CALL ((size_t)1 << 30)

int prs_fd_open(int dir_fd, const char *name, int flags, mode_t mode) {
    int fd;
    do {
        fd = openat(dir_fd, name, flags | O_CLOEXEC, mode);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0 || fd > 2) return fd;
    int lifted = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    int saved = errno;
    (void)close(fd);
    errno = saved;
    return lifted;
}

int prs_fd_close(int fd) {
    return close(fd) == 0 || errno == EINTR ? 0 : -1;
}

int prs_fd_write_all(int fd, const void *ptr, size_t len) {
    const uint8_t *p = ptr;
    while (len > 0) {
        ssize_t n = write(fd, p, PRS_MIN(len, PRS_FD_MAX_CALL));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        if (n == 0) { /* no regular file does this: do not spin */
            errno = EIO;
            return -1;
        }
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

ssize_t prs_fd_read_at(int fd, void *buf, size_t len, uint64_t off) {
    uint8_t *p = buf;
    size_t got = 0;
    while (got < len) {
        ssize_t n = pread(fd, p + got, PRS_MIN(len - got, PRS_FD_MAX_CALL), (off_t)(off + got));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        if (n == 0) break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}
