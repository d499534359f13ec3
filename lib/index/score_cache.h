/* score_cache.h - what frequent words score in each document of a small segment, kept with a
 * snapshot for searches to come.
 *
 * A table is a float a document: prs_score_ratio, or PRS_SCORE_ABSENT where the word is not there.
 * It does not depend on the query but through the weight, which is part of its name. */
#ifndef PRS_INDEX_SCORE_CACHE_H
#define PRS_INDEX_SCORE_CACHE_H

#include "index/bits_cache.h"

#include <stdatomic.h>

#define PRS_SCORE_ABSENT (-0.0f)         /* no score has this sign */
#define PRS_SCORE_CACHE_BYTES (4u << 20) /* of all tables of a snapshot */
#define PRS_SCORE_TABLE_DOCS (1u << 17)  /* of a segment, at most */
#define PRS_SCORE_CACHE_ASKED 256u

typedef struct prs_score_cache {
    prs_bits_cache kept;                      /* a table is a set of 32 bits a document */
    atomic_uint asked[PRS_SCORE_CACHE_ASKED]; /* hashes of names that were asked for in vain */
    atomic_uint refused;                      /* names that came again and found no room */
} prs_score_cache;

/* What a table is of. */
typedef struct prs_score_name {
    uint64_t list; /* address of its postings */
    uint32_t leaf, field;
    float w, c0, c1;
    uint32_t zero;
} prs_score_name;

prism_status prs_score_cache_init(prs_score_cache *cache, prs_mem *mem,
                                  prism_error *err) PRS_NODISCARD;
/** Also of one that is all zero. */
void prs_score_cache_fini(prs_score_cache *cache);
/** A new reference to a table of n_docs scores, or NULL.  *worth: it was asked for before, so make
 *  one.
 *  Threads: any */
prs_bits *prs_score_cache_get(prs_score_cache *cache, const prs_score_name *name, uint32_t n_docs,
                              bool *worth);
/** A table of n_docs absent scores, one reference.   Errors : ENOMEM */
prism_status prs_score_table_new(prs_mem *mem, uint32_t n_docs, prs_bits **out,
                                 prism_error *err) PRS_NODISCARD;
/** Keep it.   Threads: any */
void prs_score_cache_put(prs_score_cache *cache, const prs_score_name *name, prs_bits *table);

static inline float *prs_score_table_of(prs_bits *table) {
    return (float *)(void *)table->set.words;
}

#endif
