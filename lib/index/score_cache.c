/* score_cache.c - which tables of scores are worth their memory?
 *
 * Those asked for twice: names that were asked for in vain leave their hash in one of a few places,
 * where the next of other words may overwrite it.  So queries that do not come again make no
 * tables.
 * Tested by   tests/unit/index/test_score_cache.c */
#include "index/score_cache.h"

#include "base/hash.h"

#define PRS_SCORE_CACHE_PATIENCE 32u
#define PRS_SCORE_CACHE_BESIDE 256u /* of a table, its name and the like */

static prs_bytes text_of(const prs_score_name *name) {
    return prs_bytes_of(name, sizeof *name);
}

prism_status prs_score_cache_init(prs_score_cache *cache, prs_mem *mem, prism_error *err) {
    for (uint32_t i = 0; i < PRS_SCORE_CACHE_ASKED; i++) atomic_init(&cache->asked[i], 0);
    atomic_init(&cache->refused, 0);
    return prs_bits_cache_init(&cache->kept, mem, err);
}

void prs_score_cache_fini(prs_score_cache *cache) {
    prs_bits_cache_fini(&cache->kept);
}

/* Once the cache is full, one in so many may push another out: names that take turns and do not fit
 * together would else push each other out, and be made anew, at every search. */
static bool has_room(prs_score_cache *cache, uint32_t n_docs) {
    size_t size = 4 * (size_t)n_docs + PRS_SCORE_CACHE_BESIDE;
    if (prs_bits_cache_bytes(&cache->kept) + size <= PRS_SCORE_CACHE_BYTES) return true;
    unsigned n = atomic_fetch_add_explicit(&cache->refused, 1, memory_order_relaxed);
    return n % PRS_SCORE_CACHE_PATIENCE == PRS_SCORE_CACHE_PATIENCE - 1;
}

prs_bits *prs_score_cache_get(prs_score_cache *cache, const prs_score_name *name, uint32_t n_docs,
                              bool *worth) {
    prs_bits *table = prs_bits_cache_get(&cache->kept, text_of(name), name->leaf);
    *worth = false;
    if (table != NULL) return table;
    uint64_t hash = prs_hash64(name, sizeof *name, 0);
    unsigned mark = (unsigned)(hash >> 32) | 1u;
    atomic_uint *place = &cache->asked[hash % PRS_SCORE_CACHE_ASKED];
    bool again = atomic_exchange_explicit(place, mark, memory_order_relaxed) == mark;
    *worth = again && has_room(cache, n_docs);
    return NULL;
}

prism_status prs_score_table_new(prs_mem *mem, uint32_t n_docs, prs_bits **out, prism_error *err) {
    PRS_ASSERT(n_docs <= PRS_SCORE_TABLE_DOCS);
    PRS_TRY(prs_bits_new(mem, 32 * n_docs, out, err));
    float *scores = prs_score_table_of(*out);
    for (uint32_t i = 0; i < n_docs; i++) scores[i] = PRS_SCORE_ABSENT;
    return PRISM_OK;
}

void prs_score_cache_put(prs_score_cache *cache, const prs_score_name *name, prs_bits *table) {
    prs_bits_cache_put(&cache->kept, text_of(name), name->leaf, table, PRS_SCORE_CACHE_BYTES);
}
