/* docmap.c - the numbers of a segment's documents after a merge.
 *
 * Tested by tests/unit/merge/test_docmap.c */
#include "merge/docmap.h"

#include "base/error.h"

prism_status prs_docmap_init(prs_docmap *map, uint32_t n_docs, const prs_bitset *deleted,
                             uint32_t base, prs_mem *mem, prism_error *err) {
    *map = (prs_docmap){.mem = mem, .base = base, .n_docs = n_docs, .n_live = n_docs};
    if (deleted == NULL) return PRISM_OK;
    uint32_t n_words = prs_bitset_words(n_docs);
    map->ranks = prs_mem_alloc(mem, (size_t)n_words * sizeof(uint32_t));
    if (map->ranks == NULL) return prs_error_nomem(err);
    map->n_words = n_words;
    map->deleted = deleted;
    uint32_t sum = 0;
    for (uint32_t w = 0; w < n_words; w++) {
        map->ranks[w] = sum;
        sum += (uint32_t)__builtin_popcountll(deleted->words[w]);
    }
    map->n_live -= sum;
    return PRISM_OK;
}

void prs_docmap_fini(prs_docmap *map) {
    prs_mem_free(map->mem, map->ranks, (size_t)map->n_words * sizeof(uint32_t));
    map->ranks = NULL;
}

uint32_t prs_docmap_keep(const prs_docmap *map, const uint32_t *docs, uint32_t n, uint32_t *to,
                         uint8_t *places) {
    if (map->deleted == NULL) {
        for (uint32_t i = 0; i < n; i++) {
            to[i] = map->base + docs[i];
            places[i] = (uint8_t)i;
        }
        return n;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!prs_docmap_is_live(map, docs[i])) continue;
        places[kept] = (uint8_t)i;
        to[kept++] = prs_docmap_get(map, docs[i]);
    }
    return kept;
}
