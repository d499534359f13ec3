/* lock.h - the writer lock of a directory on disk: one holder, across processes and within one. */
#ifndef PRS_STORE_LOCK_H
#define PRS_STORE_LOCK_H

#include "base/error.h"

/** Take the lock file `name` below dir_fd, creating it if there is none; *fd holds the lock until
 *  it is closed.  plain: flock instead of OFD locks; all writers of a directory must agree.
 *  Errors : EBUSY held (also by this process), EUNSUPPORTED no locks there, EIO, ECORRUPT not a
 *           file. */
prism_status prs_lock_take(int dir_fd, const char *name, bool plain, int *fd,
                           prism_error *err) PRS_NODISCARD;
/** Closes the descriptor and nothing else, so that a child of fork that tidies up does not take its
 *  parent's lock away. */
void prs_lock_release(int fd);

#endif
