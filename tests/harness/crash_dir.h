/* crash_dir.h - a directory that remembers every change, and can show what a power loss would have
 * left at any moment.
 *
 * Wraps another directory and writes down each create, write, sync, rename, unlink and sync of the
 * directory.  crash_dir_restore then lays out a state that a disk may be in after the first n of
 * them:
 * what was synced is there; of the rest a disk may keep any part. */
#ifndef PRS_TESTS_HARNESS_CRASH_DIR_H
#define PRS_TESTS_HARNESS_CRASH_DIR_H

#include "harness/test.h"

#include "store/dir.h"

typedef enum crash_keep { /* what is kept of what was not synced */
                          CRASH_KEEP_NOTHING,
                          CRASH_KEEP_ALL,
                          CRASH_KEEP_NAMES, /* names without their bytes: files of zeros */
                          CRASH_KEEP_BYTES, /* bytes, but no new name */
                          /* any names, in any order; bytes up to somewhere, then junk */
                          CRASH_KEEP_SOME,
                          /* names up to some moment; bytes of some sectors, zeros in the others */
                          CRASH_KEEP_TORN,
} crash_keep;

typedef struct crash_op crash_op;
typedef struct crash_dir {
    prs_dir base; /* give &dir.base to the code under test */
    prs_dir *inner;
    crash_op *ops;
    size_t n_ops, cap_ops;
    uint32_t n_inodes;
    struct {
        prs_file *file;
        uint32_t inode;
    } open[64]; /* files being written, or not yet closed */
} crash_dir;

/** Wrap `inner`, which is empty, stays the caller's and outlives the wrapper. */
void crash_dir_init(crash_dir *dir, prs_dir *inner);
void crash_dir_fini(crash_dir *dir);
/** Fill `to`, an empty directory, as after a power loss behind the first n changes. */
void crash_dir_restore(const crash_dir *dir, size_t n, crash_keep keep, test_rng *rng, prs_dir *to);

#endif
