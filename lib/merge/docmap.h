/* docmap.h - the numbers of a segment's documents after a merge: deleted ones drop out, the rest
 * moves up.
 *
 *   old   0 1 2 3 4 5      deleted 1, 4      base 10
 *   new  10 - 11 12 - 13 */
#ifndef PRS_MERGE_DOCMAP_H
#define PRS_MERGE_DOCMAP_H

#include "base/bitset.h"

typedef struct prs_docmap {
    prs_mem *mem;
    const prs_bitset *deleted; /* NULL = none */
    uint32_t *ranks;           /* by word of `deleted`: deleted documents before it */
    uint32_t n_words;
    uint32_t base; /* new number of the first live document */
    uint32_t n_docs, n_live;
} prs_docmap;

/** Params : deleted [borrowed], NULL = none */
prism_status prs_docmap_init(prs_docmap *map, uint32_t n_docs, const prs_bitset *deleted,
                             uint32_t base, prs_mem *mem, prism_error *err) PRS_NODISCARD;
void prs_docmap_fini(prs_docmap *map);

static inline bool prs_docmap_is_live(const prs_docmap *map, uint32_t doc) {
    return map->deleted == NULL || !prs_bitset_get(map->deleted, doc);
}

/** New number of a live document. */
static inline uint32_t prs_docmap_get(const prs_docmap *map, uint32_t doc) {
    if (map->deleted == NULL) return map->base + doc;
    uint32_t word = doc >> 6;
    uint64_t before = map->deleted->words[word] & ((UINT64_C(1) << (doc & 63)) - 1);
    return map->base + doc - map->ranks[word] - (uint32_t)__builtin_popcountll(before);
}

/** The new numbers of the live ones of docs[n], n <= 256, into to[]; places[i] = old place of the
 *  i-th.  Returns how many. */
uint32_t prs_docmap_keep(const prs_docmap *map, const uint32_t *docs, uint32_t n, uint32_t *to,
                         uint8_t *places);

#endif
