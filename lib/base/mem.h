/* mem.h - all memory of the library goes through here: the caller's hook, counted and capped.
 *
 * A prs_mem is embedded in a handle (index, query, schema) and passed down by pointer.  It counts
 * live and peak bytes atomically, so that a writer's budget and `info` speak of real bytes.  The
 * file mem.c is the only one that names malloc (rule: tools/check_banned.sh). */
#ifndef PRS_BASE_MEM_H
#define PRS_BASE_MEM_H

#include "base/prs.h"

#include <stdatomic.h>

/* R39: no single block is larger, whatever a file or a document claims; but for a writer whose
 * budget is. */
#define PRS_MEM_SINGLE_CAP ((size_t)256 << 20)

typedef struct prs_mem {
    prism_allocator hook;     /* resize, release, ctx: the caller's or malloc's */
    atomic_size_t single_cap; /* largest single block (R39), PRS_MEM_SINGLE_CAP at init */
    size_t limit;             /* of live (R37); SIZE_MAX = none, as at init */
    atomic_bool refused;      /* a block was refused because of limit */
    atomic_size_t live;       /* bytes handed out and not yet released */
    atomic_size_t peak;       /* highest value of live */
} prs_mem;

/** Make `mem` ready.  `hook` NULL = malloc family.   Threads: alloc/free on one mem from any. */
void prs_mem_init(prs_mem *mem, const prism_allocator *hook);

/** n bytes, uninitialised, aligned for any type; NULL when the hook refuses or n > single_cap.
 *  n == 0 gives a valid pointer of size 1. */
void *prs_mem_alloc(prs_mem *mem, size_t n) PRS_NODISCARD;
void *prs_mem_calloc(prs_mem *mem, size_t count, size_t size) PRS_NODISCARD; /* overflow -> NULL */
/** Grow or shrink; on NULL the old block stays valid. */
void *prs_mem_resize(prs_mem *mem, void *ptr, size_t old_n, size_t new_n) PRS_NODISCARD;
/** Release a block of n bytes (the n it was asked for with); NULL is fine. */
void prs_mem_free(prs_mem *mem, void *ptr, size_t n);

/** Count n bytes that come from elsewhere as if they were of `mem`; false, and not counted, if that
 *  is over its limit. */
bool prs_mem_charge(prs_mem *mem, size_t n) PRS_NODISCARD;
void prs_mem_discharge(prs_mem *mem, size_t n);

/** Copy of a byte run with a NUL behind it (not counted in len): free with len + 1. */
char *prs_mem_strndup(prs_mem *mem, const char *s, size_t len) PRS_NODISCARD;

#endif
