/* memo.c - growth of the tables of memo.h.
 *
 *   words    24 bytes an entry   [lo 8][hi 8][id 4][other 4]      at most 3/4 full
 *   pairs     8 bytes an entry   [key 4][id 4]                    at most 1/2 full
 *   chunks   64 bytes a slot     [text 24][counts 4][ids 36]      1024 to 32768 slots, each chunk
 *            has one
 *
 * Words and pairs: open addressing, linear probing, nothing is ever removed.  Room is reserved a
 * batch ahead: a hash stays good from the moment it is taken until its batch is resolved, so no key
 * is hashed twice.
 * Pairs are sparser because their slots are small and every Han character probes once.  Chunks are
 * a cache: a new one takes the slot of an old one.  It grows with what is put in, so that a small
 * budget holds a small one, and stops at 2 MiB, whatever the text.
 * Tested by   tests/unit/analysis/test_memo.c */
#include "analysis/memo.h"

#define FIRST_ENTRIES 1024u

void prs_word_memo_init(prs_word_memo *memo, prs_mem *mem, const uint64_t seed[2]) {
    memset(memo, 0, sizeof *memo);
    memo->mem = mem;
    memo->seed[0] = seed[0];
    memo->seed[1] = seed[1];
}

size_t prs_word_memo_bytes(const prs_word_memo *memo) {
    return memo->entries == NULL ? 0 : (size_t)(memo->mask + 1) * sizeof *memo->entries;
}

void prs_word_memo_fini(prs_word_memo *memo) {
    prs_mem_free(memo->mem, memo->entries, prs_word_memo_bytes(memo));
    memo->entries = NULL;
    memo->mask = memo->n = 0;
}

/* The place of an entry that is not there yet. */
static void place_word(prs_word_memo *memo, const prs_word_entry *entry) {
    uint64_t at = prs_word_memo_hash(memo, entry->key) & memo->mask;
    while (memo->entries[at].key.lo != 0) at = (at + 1) & memo->mask;
    memo->entries[at] = *entry;
}

prism_status prs_word_memo_reserve(prs_word_memo *memo, uint64_t more) {
    uint64_t old_n = memo->entries == NULL ? 0 : memo->mask + 1;
    uint64_t new_n = old_n == 0 ? FIRST_ENTRIES : old_n;
    while (memo->n + more > new_n / 4 * 3) new_n *= 2;
    if (new_n == old_n) return PRISM_OK;
    prs_word_entry *old = memo->entries;
    prs_word_entry *grown = prs_mem_calloc(memo->mem, new_n, sizeof *grown);
    if (grown == NULL) return PRISM_ENOMEM;
    memo->entries = grown;
    memo->mask = new_n - 1;
    for (uint64_t i = 0; i < old_n; i++) {
        if (old[i].key.lo != 0) place_word(memo, &old[i]);
    }
    prs_mem_free(memo->mem, old, old_n * sizeof *old);
    return PRISM_OK;
}

void prs_word_memo_add(prs_word_memo *memo, const prs_word_entry *entry) {
    PRS_ASSERT(memo->n < memo->mask);
    place_word(memo, entry);
    memo->n++;
}

prs_word_entry *prs_word_memo_put(prs_word_memo *memo, prs_word_key key) {
    PRS_ASSERT(memo->n < memo->mask);
    uint64_t at = prs_word_memo_hash(memo, key) & memo->mask;
    for (;; at = (at + 1) & memo->mask) {
        prs_word_entry *entry = &memo->entries[at];
        if (entry->key.lo == key.lo && entry->key.hi == key.hi) return entry;
        if (entry->key.lo != 0) continue;
        *entry = (prs_word_entry){key, PRS_MEMO_NONE, PRS_MEMO_NONE};
        memo->n++;
        return entry;
    }
}

void prs_pair_memo_init(prs_pair_memo *memo, prs_mem *mem, uint64_t seed) {
    memset(memo, 0, sizeof *memo);
    memo->mem = mem;
    memo->factor = seed | 1;
}

size_t prs_pair_memo_bytes(const prs_pair_memo *memo) {
    return memo->entries == NULL ? 0 : (size_t)(memo->mask + 1) * sizeof *memo->entries;
}

void prs_pair_memo_fini(prs_pair_memo *memo) {
    prs_mem_free(memo->mem, memo->entries, prs_pair_memo_bytes(memo));
    memo->entries = NULL;
    memo->mask = memo->n = 0;
}

static void place_pair(prs_pair_memo *memo, uint64_t entry) {
    uint64_t at = prs_pair_memo_hash(memo, (uint32_t)(entry >> 32));
    while (memo->entries[at] != 0) at = (at + 1) & memo->mask;
    memo->entries[at] = entry;
}

prism_status prs_pair_memo_reserve(prs_pair_memo *memo, uint64_t more) {
    uint64_t old_n = memo->entries == NULL ? 0 : memo->mask + 1;
    uint64_t new_n = old_n == 0 ? FIRST_ENTRIES : old_n;
    while (memo->n + more > new_n / 2) new_n *= 2;
    if (new_n == old_n) return PRISM_OK;
    uint64_t *old = memo->entries;
    uint64_t *grown = prs_mem_calloc(memo->mem, new_n, sizeof *grown);
    if (grown == NULL) return PRISM_ENOMEM;
    memo->entries = grown;
    memo->mask = new_n - 1;
    memo->shift = 64 - (uint32_t)__builtin_ctzll(new_n);
    for (uint64_t i = 0; i < old_n; i++) {
        if (old[i] != 0) place_pair(memo, old[i]);
    }
    prs_mem_free(memo->mem, old, old_n * sizeof *old);
    return PRISM_OK;
}

void prs_pair_memo_add(prs_pair_memo *memo, uint32_t key, uint32_t id) {
    PRS_ASSERT(memo->n < memo->mask);
    place_pair(memo, (uint64_t)key << 32 | id);
    memo->n++;
}

/* ---- chunks -------------------------------------------------------------------------------- */

#define CHUNK_FIRST_BITS 10u
#define CHUNK_MAX_BITS 15u

static_assert(sizeof(prs_chunk) == 64, "a slot is a cache line");

void prs_chunk_memo_init(prs_chunk_memo *memo, prs_mem *mem) {
    *memo = (prs_chunk_memo){.mem = mem};
}

size_t prs_chunk_memo_bytes(const prs_chunk_memo *memo) {
    return memo->slots == NULL ? 0 : sizeof *memo->slots << memo->bits;
}

void prs_chunk_memo_fini(prs_chunk_memo *memo) {
    prs_mem_free(memo->mem, memo->slots, prs_chunk_memo_bytes(memo));
    prs_chunk_memo_init(memo, memo->mem);
}

static prs_chunk *chunk_slot(const prs_chunk_memo *memo, const uint8_t *text) {
    uint64_t a = prs_load64(text), b = prs_load64(text + 8), c = prs_load64(text + 16);
    uint64_t hash = (a ^ b * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xd6e8feb86659fd93);
    hash = (hash ^ hash >> 32 ^ c) * UINT64_C(0xc2b2ae3d27d4eb4f);
    return &memo->slots[hash >> (64 - memo->bits)];
}

const prs_chunk *prs_chunk_memo_find(const prs_chunk_memo *memo,
                                     const uint8_t text[PRS_CHUNK_MAX]) {
    if (memo->slots == NULL) return NULL;
    const prs_chunk *slot = chunk_slot(memo, text);
    return memcmp(slot->text, text, sizeof slot->text) == 0 ? slot : NULL;
}

void prs_chunk_memo_fetch(const prs_chunk_memo *memo, const uint8_t text[PRS_CHUNK_MAX]) {
    if (memo->slots != NULL) __builtin_prefetch(chunk_slot(memo, text));
}

/* Twice the slots, or the first ones; every chunk keeps a place. */
static prism_status grow_chunks(prs_chunk_memo *memo) {
    prs_chunk_memo grown = {memo->mem, NULL, CHUNK_FIRST_BITS, 0};
    if (memo->slots != NULL) grown.bits = memo->bits + 1;
    size_t n = memo->slots == NULL ? 0 : (size_t)1 << memo->bits;
    grown.slots = prs_mem_calloc(memo->mem, (size_t)1 << grown.bits, sizeof *grown.slots);
    if (grown.slots == NULL) return PRISM_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        if (memo->slots[i].text[0] != 0) *chunk_slot(&grown, memo->slots[i].text) = memo->slots[i];
    }
    prs_mem_free(memo->mem, memo->slots, prs_chunk_memo_bytes(memo));
    *memo = grown;
    return PRISM_OK;
}

prism_status prs_chunk_memo_add(prs_chunk_memo *memo, const prs_chunk *chunk) {
    PRS_ASSERT(chunk->text[0] != 0);
    bool is_crowded = memo->slots == NULL ||
                      (memo->bits < CHUNK_MAX_BITS && memo->n_added >= 1u << (memo->bits - 1));
    if (is_crowded && grow_chunks(memo) != PRISM_OK) return PRISM_ENOMEM;
    *chunk_slot(memo, chunk->text) = *chunk;
    if (memo->bits < CHUNK_MAX_BITS) memo->n_added++;
    return PRISM_OK;
}
