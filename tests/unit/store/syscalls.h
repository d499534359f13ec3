/* syscalls.h - system calls that fail on demand, below the storage layer.
 *
 * The program's own openat, fsync, ... stand before those of libc, and pass each call on unless it
 * is its turn.  No option of the linker is needed. */
#ifndef PRS_TESTS_STORE_SYSCALLS_H
#define PRS_TESTS_STORE_SYSCALLS_H

#include "harness/test.h"

/** From now on call number `nth` of the one named (from 1) fails with sys_errno, once.  Replaces an
 *  earlier plan.  sys_errno 0: write says 0 bytes, mkdir and openat find that somebody was faster,
 *  and fstat tells a file too large. */
void syscalls_fail(const char *name, uint32_t nth, int sys_errno);
/** Likewise, that call and all later ones. */
void syscalls_fail_on(const char *name, uint32_t nth, int sys_errno);
/** Before each call of the one named, `hook` runs (with no plan active), until syscalls_pass. */
void syscalls_before(const char *name, void (*hook)(void *ctx), void *ctx);
/** fstatfs tells this kind of file system, until syscalls_pass. */
void syscalls_file_system(uint32_t magic);
/** All calls pass again.  Returns how many failed or were changed: 0 = the plan met nothing. */
uint32_t syscalls_pass(void);

#endif
