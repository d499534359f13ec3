/* fault_dir.h - a directory that fails where it is told to: every call of the storage contract,
 * counted.
 *
 * Wraps another directory and passes each call on, except the one whose turn it is.  Sweeping
 * `fail_at` over 1, 2, 3, ... until nothing fails any more meets every way in which storage can let
 * a program down. */
#ifndef PRS_TESTS_HARNESS_FAULT_DIR_H
#define PRS_TESTS_HARNESS_FAULT_DIR_H

#include "store/dir.h"

#include <stdatomic.h>

typedef enum fault_call { /* bits of a set of calls */
                          FAULT_CREATE = 1,
                          FAULT_WRITE = 2,
                          FAULT_SYNC = 4,
                          FAULT_CLOSE = 8,
                          FAULT_VIEW = 16,
                          FAULT_READ = 32,
                          FAULT_RENAME = 64,
                          FAULT_UNLINK = 128,
                          FAULT_LIST = 256,
                          FAULT_SYNC_DIR = 512,
                          FAULT_LOCK = 1024,
                          FAULT_LINK = 2048,
                          FAULT_ALL = 4095,
} fault_call;

typedef struct fault_dir {
    prs_dir base; /* give &fault.base to the code under test */
    prs_dir *inner;
    unsigned calls; /* which calls count and may fail; FAULT_ALL at first */
    /* calls of that kind so far; atomic, for a writer may have a merge thread */
    _Atomic uint64_t n_calls;
    uint64_t fail_at;    /* this one fails, from 1; 0 = none */
    bool fail_on;        /* and all after it: the disk is gone */
    prism_status status; /* what it returns; PRISM_EIO at first */
    _Atomic uint64_t n_failed;
    /* Asked before every call, whatever `calls` says: it may wait, or name an error to fail with. */
    prism_status (*hook)(void *ctx, fault_call call, const char *name);
    void *hook_ctx;
} fault_dir;

/** Wrap `inner`, which stays the caller's and outlives the wrapper. */
void fault_dir_init(fault_dir *fault, prs_dir *inner);

#endif
