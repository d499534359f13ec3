/* bits_cache.h - sets of documents that searches leave with a snapshot for those after them.
 *
 * A set is named by a text (what its documents match) and the segment.  Sets are shared: whoever
 * got one holds a reference, whatever becomes of the cache. */
#ifndef PRS_INDEX_BITS_CACHE_H
#define PRS_INDEX_BITS_CACHE_H

#include "base/bitset.h"
#include "base/sync.h"

typedef struct prs_bits {
    prs_refcount refs;
    prs_mem *mem; /* the cache's: outlives the cache's last set */
    prs_bitset set;
    uint32_t n; /* ones */
} prs_bits;

/** All zero, one reference.   Errors : ENOMEM */
prism_status prs_bits_new(prs_mem *mem, uint32_t n_docs, prs_bits **out,
                          prism_error *err) PRS_NODISCARD;
/** One reference less; NULL is fine.   Threads: any */
void prs_bits_unref(prs_bits *bits);

typedef struct prs_kept_bits prs_kept_bits;

typedef struct prs_bits_cache {
    prs_mem *mem;
    prs_fork_mutex mutex;
    bool ready;           /* the mutex is */
    prs_kept_bits *first; /* the last used first */
    size_t bytes;
} prs_bits_cache;

prism_status prs_bits_cache_init(prs_bits_cache *cache, prs_mem *mem,
                                 prism_error *err) PRS_NODISCARD;
/** Also of one that is all zero. */
void prs_bits_cache_fini(prs_bits_cache *cache);
/** A new reference to the set, or NULL.   Threads: any.   Cost: a look at each name that is kept */
prs_bits *prs_bits_cache_get(prs_bits_cache *cache, prs_bytes name, uint32_t leaf);
/** Of what is kept, all in all.   Threads: any */
size_t prs_bits_cache_bytes(prs_bits_cache *cache);
/** Keep a set; those used longest ago make room.  One that does not fit into `most` bytes, or for
 *  which there is no memory, is not kept. */
void prs_bits_cache_put(prs_bits_cache *cache, prs_bytes name, uint32_t leaf, prs_bits *bits,
                        size_t most);

#endif
