/* lock.c - how does a directory have one writer at a time, whatever happens to the processes?
 *
 * Structure   open write.lock -> lock it without waiting -> is it still the file of that name? ->
 *             held
 *
 * Invariants  - The file is created once and never deleted (R26): a lock on a deleted file excludes
 *               nobody.  Somebody else may delete it all the same, so the locked inode is compared
 *               with the name's, and on a difference the new file is tried.
 *             - Nothing is ever judged by a process id; the text in the file is for people, and
 *               replaces no text but its own kind.
 * Why so      OFD locks belong to the open file, not to the process: a second open in the same
 *             process conflicts, and closing an unrelated descriptor of the file does not drop the
 *             lock, as it does with the older record locks.  The kernel releases them when the
 *             holder dies.  flock has the same two properties and is the twin for systems without
 *             OFD locks; but the two do not see each other, so the choice is made at build time,
 *             never by what happens to work.
 * Rejected    Lock files with a pid (stale after a crash, wrong after a reboot or in a container);
 *             O_EXCL lock files (stale after a crash).
 * Source      rules R26, R27; fcntl(2), flock(2)
 * Tested by   tests/unit/store/test_lock.c */
#include "store/lock.h"

#include "store/fd.h"

#include "base/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PRS_LOCK_TRIES 8

#if defined(PRS_PLAIN_POSIX) || !defined(F_OFD_SETLK)
static int lock_descriptor(int fd, bool plain) {
    (void)plain;
    return flock(fd, LOCK_EX | LOCK_NB);
}
#else
static int lock_descriptor(int fd, bool plain) {
    if (plain) return flock(fd, LOCK_EX | LOCK_NB);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_OFD_SETLK, &whole);
}
#endif

/* Is the open file still the one with that name? */
static bool same_file(int fd, int dir_fd, const char *name) {
    struct stat held, named;
    return fstat(fd, &held) == 0 && fstatat(dir_fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

static const char held_by[] = "held last by process ";
#define HELD_BY_LEN (sizeof held_by - 1)

/* May its text be replaced?  The name may be a link to any file, in a directory that others
 * made. */
static bool is_ours(int fd) {
    char text[HELD_BY_LEN];
    ssize_t n = pread(fd, text, sizeof text, 0);
    return n >= 0 && memcmp(text, held_by, (size_t)n) == 0;
}

/* Who holds it, for a person who looks.  Best effort: a failure here changes nothing. */
static void write_holder(int fd) {
    char text[64];
    int n = snprintf(text, sizeof text, "%s%lld\n", held_by, (long long)prs_process_id());
    if (n > 0 && is_ours(fd) && ftruncate(fd, 0) == 0) (void)!pwrite(fd, text, (size_t)n, 0);
}

/* Its number, 0 where that is not known.  The bytes may be anything. */
static long long read_holder(int fd) {
    char text[64];
    ssize_t n = pread(fd, text, sizeof text, 0);
    long long id = 0;
    size_t at = HELD_BY_LEN;
    if (n <= (ssize_t)at || memcmp(text, held_by, at) != 0) return 0;
    for (; (ssize_t)at < n && text[at] >= '0' && text[at] <= '9' && id < INT32_MAX; at++)
        id = 10 * id + (text[at] - '0');
    return (ssize_t)at < n && text[at] == '\n' ? id : 0;
}

static prism_status lock_failed(int sys_errno, long long holder, const char *name,
                                prism_error *err) {
    if (sys_errno == EAGAIN || sys_errno == EACCES || sys_errno == EWOULDBLOCK) {
        prs_error_set(err, PRISM_EBUSY, "another writer has this index open");
        if (holder > 0)
            prs_error_set(err, PRISM_EBUSY, "another writer has this index open (process %lld)",
                          holder);
        prs_error_file(err, name);
        return PRISM_EBUSY;
    }
    if (sys_errno == ENOLCK || sys_errno == ENOTSUP || sys_errno == EINVAL || sys_errno == ENOSYS) {
        prs_error_set(err, PRISM_EUNSUPPORTED,
                      "this file system has no locks, so nothing can be written there");
        prs_error_file(err, name);
        return PRISM_EUNSUPPORTED;
    }
    return prs_error_sys(err, sys_errno, name, "cannot lock the index");
}

/* One try: *fd < 0 with PRISM_OK = the file was replaced meanwhile, try again. */
static prism_status try_once(int dir_fd, const char *name, bool plain, int *fd, prism_error *err) {
    struct stat st;
    *fd = -1;
    int lock =
        prs_fd_open(dir_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0666);
    if (lock < 0) return prs_error_sys(err, errno, name, "cannot open the lock file");
    if (fstat(lock, &st) != 0 || !S_ISREG(st.st_mode)) {
        (void)prs_fd_close(lock);
        return prs_error_corrupt(err, name, 0, "the lock is not a regular file");
    }
    if (lock_descriptor(lock, plain) != 0) {
        int saved = errno;
        long long holder = read_holder(lock);
        (void)prs_fd_close(lock);
        return lock_failed(saved, holder, name, err);
    }
    if (!same_file(lock, dir_fd, name)) {
        (void)prs_fd_close(lock);
        return PRISM_OK;
    }
    *fd = lock;
    return PRISM_OK;
}

prism_status prs_lock_take(int dir_fd, const char *name, bool plain, int *fd, prism_error *err) {
    for (int i = 0; i < PRS_LOCK_TRIES; i++) {
        PRS_TRY(try_once(dir_fd, name, plain, fd, err));
        if (*fd >= 0) {
            write_holder(*fd);
            return PRISM_OK;
        }
    }
    prs_error_set(err, PRISM_EBUSY, "the lock file is being replaced over and over");
    prs_error_file(err, name);
    return PRISM_EBUSY;
}

void prs_lock_release(int fd) {
    (void)prs_fd_close(fd);
}
