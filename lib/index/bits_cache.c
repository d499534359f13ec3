/* bits_cache.c - which sets of documents are kept for later, and for how long?
 *
 * Structure   A list, the last used first; names are compared by hash, then byte by byte.
 * Invariants  - `bytes` is what all that is kept takes, names and sets; it is counted in mem too.
 *             - A child process whose parent held the lock when it forked finds the list torn: it
 *               keeps and finds nothing any more (prs_fork_mutex.lost).
 * Why so      Filters that are worth keeping are few: a list of some dozens costs less to walk than
 *             one window of one of them.
 * Tested by   tests/unit/index/test_bits_cache.c */
#include "index/bits_cache.h"

#include "base/error.h"
#include "base/hash.h"

struct prs_kept_bits {
    prs_kept_bits *next;
    uint64_t hash;
    uint32_t leaf;
    prs_bits *bits;
    size_t name_len;
    uint8_t name[];
};

/* ---- sets ----------------------------------------------------------------------------------- */

prism_status prs_bits_new(prs_mem *mem, uint32_t n_docs, prs_bits **out, prism_error *err) {
    prs_bits *bits = prs_mem_alloc(mem, sizeof *bits);
    *out = NULL;
    if (bits == NULL) return prs_error_nomem(err);
    prs_ref_init(&bits->refs);
    bits->mem = mem;
    bits->n = 0;
    if (prs_bitset_init(&bits->set, mem, n_docs) != PRISM_OK) {
        prs_mem_free(mem, bits, sizeof *bits);
        return prs_error_nomem(err);
    }
    *out = bits;
    return PRISM_OK;
}

void prs_bits_unref(prs_bits *bits) {
    if (bits == NULL || !prs_ref_dec(&bits->refs)) return;
    prs_mem *mem = bits->mem;
    prs_bitset_fini(&bits->set);
    prs_mem_free(mem, bits, sizeof *bits);
}

static size_t size_of(const prs_kept_bits *kept) {
    return sizeof *kept + kept->name_len + sizeof *kept->bits +
           ((size_t)prs_bitset_words(kept->bits->set.n) + 1) * sizeof(uint64_t);
}

/* ---- the list ------------------------------------------------------------------------------- */

prism_status prs_bits_cache_init(prs_bits_cache *cache, prs_mem *mem, prism_error *err) {
    *cache = (prs_bits_cache){.mem = mem};
    PRS_TRY(prs_fork_mutex_init(&cache->mutex, err));
    cache->ready = true;
    return PRISM_OK;
}

static void drop(prs_bits_cache *cache, prs_kept_bits **at) {
    prs_kept_bits *kept = *at;
    *at = kept->next;
    cache->bytes -= size_of(kept);
    prs_bits_unref(kept->bits);
    prs_mem_free(cache->mem, kept, sizeof *kept + kept->name_len);
}

void prs_bits_cache_fini(prs_bits_cache *cache) {
    if (!cache->ready) return;
    if (!atomic_load(&cache->mutex.lost)) {
        while (cache->first != NULL) drop(cache, &cache->first);
    }
    prs_fork_mutex_fini(&cache->mutex);
    cache->ready = false;
}

static bool is_named(const prs_kept_bits *kept, uint64_t hash, prs_bytes name, uint32_t leaf) {
    return kept->hash == hash && kept->leaf == leaf && kept->name_len == name.len &&
           memcmp(kept->name, name.ptr, name.len) == 0;
}

/* Found, it stands first. */
static prs_kept_bits *find(prs_bits_cache *cache, uint64_t hash, prs_bytes name, uint32_t leaf) {
    for (prs_kept_bits **at = &cache->first; *at != NULL; at = &(*at)->next) {
        prs_kept_bits *kept = *at;
        if (!is_named(kept, hash, name, leaf)) continue;
        *at = kept->next;
        kept->next = cache->first;
        cache->first = kept;
        return kept;
    }
    return NULL;
}

prs_bits *prs_bits_cache_get(prs_bits_cache *cache, prs_bytes name, uint32_t leaf) {
    prs_bits *bits = NULL;
    uint64_t hash = prs_hash64(name.ptr, name.len, leaf);
    prs_fork_mutex_lock(&cache->mutex);
    prs_kept_bits *kept = atomic_load(&cache->mutex.lost) ? NULL : find(cache, hash, name, leaf);
    if (kept != NULL) {
        bits = kept->bits;
        prs_ref_inc(&bits->refs);
    }
    prs_fork_mutex_unlock(&cache->mutex);
    return bits;
}

size_t prs_bits_cache_bytes(prs_bits_cache *cache) {
    prs_fork_mutex_lock(&cache->mutex);
    size_t bytes = cache->bytes;
    prs_fork_mutex_unlock(&cache->mutex);
    return bytes;
}

/* Let go of those used longest ago until `most` is kept. */
static void make_room(prs_bits_cache *cache, size_t most) {
    while (cache->bytes > most && cache->first != NULL) {
        prs_kept_bits **last = &cache->first;
        while ((*last)->next != NULL) last = &(*last)->next;
        drop(cache, last);
    }
}

static void put(prs_bits_cache *cache, prs_kept_bits *fresh, prs_bytes name, size_t most) {
    if (atomic_load(&cache->mutex.lost) || find(cache, fresh->hash, name, fresh->leaf) != NULL ||
        size_of(fresh) > most) {
        prs_bits_unref(fresh->bits);
        prs_mem_free(cache->mem, fresh, sizeof *fresh + fresh->name_len);
        return;
    }
    make_room(cache, most - size_of(fresh));
    fresh->next = cache->first;
    cache->first = fresh;
    cache->bytes += size_of(fresh);
}

void prs_bits_cache_put(prs_bits_cache *cache, prs_bytes name, uint32_t leaf, prs_bits *bits,
                        size_t most) {
    prs_kept_bits *fresh = prs_mem_alloc(cache->mem, sizeof *fresh + name.len);
    if (fresh == NULL) return;
    fresh->next = NULL;
    fresh->hash = prs_hash64(name.ptr, name.len, leaf);
    fresh->leaf = leaf;
    fresh->bits = bits;
    fresh->name_len = name.len;
    memcpy(fresh->name, name.ptr, name.len);
    prs_ref_inc(&bits->refs);
    prs_fork_mutex_lock(&cache->mutex);
    put(cache, fresh, name, most);
    prs_fork_mutex_unlock(&cache->mutex);
}
