/* fd.h - system calls on descriptors, once and for all with their loops: EINTR, short counts, 0 to
 * 2. */
#ifndef PRS_STORE_FD_H
#define PRS_STORE_FD_H

#include "base/prs.h"

#include <sys/types.h>

/** openat with O_CLOEXEC, never giving descriptors 0 to 2 (R27).  -1 and errno on failure. */
int prs_fd_open(int dir_fd, const char *name, int flags, mode_t mode);
/** Close once; EINTR counts as closed, for Linux has closed it.  0 or -1 and errno. */
int prs_fd_close(int fd);
/** All len bytes, or -1 and errno.  The caller never retries (R7). */
int prs_fd_write_all(int fd, const void *ptr, size_t len);
/** Bytes read at off: len, or less at the end of the file; -1 and errno on failure. */
ssize_t prs_fd_read_at(int fd, void *buf, size_t len, uint64_t off);

#endif
