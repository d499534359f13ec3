/* memo.h - what short surfaces came to: three hash tables without strings, for the fast lanes.
 *
 *   prs_word_memo    a lower-cased ASCII word of 1..16 bytes, held in two integers -> up to two ids
 *   prs_pair_memo    two BMP characters in 32 bits -> one id
 *   prs_chunk_memo   24 raw bytes between two separators ("U.S.", "don't", "café,") -> their
 *                    entries of the stream; a cache, which forgets
 *
 * A find of words and pairs is split in two, so that a batch of hashes can be prefetched before the
 * first is read. */
#ifndef PRS_ANALYSIS_MEMO_H
#define PRS_ANALYSIS_MEMO_H

#include "base/mem.h"

#define PRS_MEMO_NONE UINT32_MAX
#define PRS_WORD_KEY_BYTES 16u

typedef struct prs_word_key {
    uint64_t lo, hi; /* the bytes in order, zeros behind; lo is never 0 */
} prs_word_key;

typedef struct prs_word_entry {
    prs_word_key key; /* lo == 0: free */
    uint32_t id;      /* of the surface's term; PRS_MEMO_NONE: it was not met */
    uint32_t other;   /* the lexicon's: see lexicon_impl.h; or PRS_MEMO_NONE */
} prs_word_entry;

typedef struct prs_word_memo {
    prs_mem *mem;
    prs_word_entry *entries; /* NULL while empty */
    uint64_t mask;           /* entries - 1 */
    uint64_t n;
    uint64_t seed[2];
} prs_word_memo;

typedef struct prs_pair_memo {
    prs_mem *mem;
    uint64_t *entries; /* key << 32 | id; 0 = free, for no key is 0 */
    uint64_t mask, n;
    uint32_t shift;  /* 64 - log2(entries) */
    uint64_t factor; /* odd */
} prs_pair_memo;

#define PRS_CHUNK_MAX 24u /* bytes of the longest chunk */
#define PRS_CHUNK_IDS 9u  /* and its entries of the stream */

typedef struct prs_chunk {
    uint8_t text[PRS_CHUNK_MAX]; /* zeros behind, none within; all zero = free */
    uint8_t n_ids, n_pos, spare[2];
    uint32_t ids[PRS_CHUNK_IDS];
} prs_chunk;

typedef struct prs_chunk_memo {
    prs_mem *mem;
    prs_chunk *slots; /* NULL while empty */
    uint32_t bits;    /* log2(slots) */
    uint32_t n_added; /* since the table had this size */
} prs_chunk_memo;

/** Params : seed random, so that no text can be made to collide.   Allocates nothing yet. */
void prs_word_memo_init(prs_word_memo *memo, prs_mem *mem, const uint64_t seed[2]);
void prs_word_memo_fini(prs_word_memo *memo); /* and ready again, empty */
/** Room for `more` further words, so that hashes taken from now on stay good until they are added.
 *  Errors : ENOMEM */
prism_status prs_word_memo_reserve(prs_word_memo *memo, uint64_t more) PRS_NODISCARD;
/** Add a word that is not there; room was reserved. */
void prs_word_memo_add(prs_word_memo *memo, const prs_word_entry *entry);
/** The entry of a key, made without ids if it is not there; room for it was reserved.  Borrowed
 *  until the next reserve. */
prs_word_entry *prs_word_memo_put(prs_word_memo *memo, prs_word_key key);
size_t prs_word_memo_bytes(const prs_word_memo *memo);

void prs_pair_memo_init(prs_pair_memo *memo, prs_mem *mem, uint64_t seed);
void prs_pair_memo_fini(prs_pair_memo *memo);
prism_status prs_pair_memo_reserve(prs_pair_memo *memo, uint64_t more) PRS_NODISCARD;
void prs_pair_memo_add(prs_pair_memo *memo, uint32_t key, uint32_t id);
/** Would prs_pair_memo_reserve have nothing to do? */
static inline bool prs_pair_memo_has_room(const prs_pair_memo *memo, uint64_t more) {
    return memo->entries != NULL && memo->n + more <= (memo->mask + 1) / 2;
}
size_t prs_pair_memo_bytes(const prs_pair_memo *memo);

void prs_chunk_memo_init(prs_chunk_memo *memo, prs_mem *mem);
void prs_chunk_memo_fini(prs_chunk_memo *memo);
/** The chunk with this text (zeros behind), or NULL.  Borrowed until the next add. */
const prs_chunk *prs_chunk_memo_find(const prs_chunk_memo *memo, const uint8_t text[PRS_CHUNK_MAX]);
/** Ask the memory for where the chunk would be. */
void prs_chunk_memo_fetch(const prs_chunk_memo *memo, const uint8_t text[PRS_CHUNK_MAX]);
/** Keep a copy of a chunk that is not there, in the place of another one if need be.
 *  Errors : ENOMEM.   Cost: the table grows with the chunks met, up to 2 MiB */
prism_status prs_chunk_memo_add(prs_chunk_memo *memo, const prs_chunk *chunk) PRS_NODISCARD;
size_t prs_chunk_memo_bytes(const prs_chunk_memo *memo);

__extension__ typedef unsigned __int128 prs_u128;

/* 1 to 16 bytes as a key, if there is one: two loads that overlap in the middle, without reading
 * past either end. */
static inline prs_word_key prs_word_key_of(const uint8_t *p, size_t len) {
    prs_word_key key = {0, 0};
    if (len > 8) {
        key.lo = prs_load64(p);
        key.hi = prs_load64(p + len - 8) >> (8 * (16 - len));
    } else if (len >= 4) {
        key.lo = prs_load32(p) | (uint64_t)prs_load32(p + len - 4) << (8 * (len - 4));
    } else {
        for (size_t i = 0; i < len; i++) key.lo |= (uint64_t)p[i] << (8 * i);
    }
    return key;
}

/* Both halves of a product of 64-bit halves, each under a secret: a folded multiply. */
static inline uint64_t prs_word_memo_hash(const prs_word_memo *memo, prs_word_key key) {
    prs_u128 product = (prs_u128)(key.lo ^ memo->seed[0]) * (key.hi ^ memo->seed[1]);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline void prs_word_memo_prefetch(const prs_word_memo *memo, uint64_t hash) {
    __builtin_prefetch(&memo->entries[hash & memo->mask]);
}

/** The entry of a key, or NULL. */
static inline const prs_word_entry *prs_word_memo_find(const prs_word_memo *memo, prs_word_key key,
                                                       uint64_t hash) {
    for (uint64_t at = hash & memo->mask;; at = (at + 1) & memo->mask) {
        const prs_word_entry *entry = &memo->entries[at];
        if (PRS_LIKELY(((entry->key.lo ^ key.lo) | (entry->key.hi ^ key.hi)) == 0)) return entry;
        if (entry->key.lo == 0) return NULL;
    }
}

/* Multiply-shift with a random odd factor. */
static inline uint64_t prs_pair_memo_hash(const prs_pair_memo *memo, uint32_t key) {
    return key * memo->factor >> memo->shift;
}

static inline void prs_pair_memo_prefetch(const prs_pair_memo *memo, uint64_t hash) {
    __builtin_prefetch(&memo->entries[hash]);
}

/** The id of a key, or PRS_MEMO_NONE. */
static inline uint32_t prs_pair_memo_find(const prs_pair_memo *memo, uint32_t key, uint64_t hash) {
    for (uint64_t at = hash;; at = (at + 1) & memo->mask) {
        uint64_t entry = memo->entries[at];
        if (PRS_LIKELY(entry >> 32 == key)) return (uint32_t)entry;
        if (entry == 0) return PRS_MEMO_NONE;
    }
}

#endif
