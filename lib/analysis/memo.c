/* memo.c - growth of the tables of memo.h.
 *
 *   words    24 bytes an entry   [lo 8][hi 8][id 4][exact 4]      at most 3/4 full
 *   pairs     8 bytes an entry   [key 4][id 4]                    at most 1/2 full
 *   chunks   64 bytes a slot     [text 24][counts 4][ids 36]      32768 slots, each chunk has one
 *
 * Words and pairs: open addressing, linear probing, nothing is ever removed.  Room is reserved a batch ahead: a hash
 * stays good from the moment it is taken until its batch is resolved, so no key is hashed twice.
 * Pairs are sparser because their slots are small and every Han character probes once.  Chunks are
 * a cache: a new one takes the slot of an old one, so the table cannot grow, whatever the text.
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

#define CHUNK_BITS 15
#define CHUNK_SLOTS ((size_t)1 << CHUNK_BITS)

static_assert(sizeof(prs_chunk) == 64, "a slot is a cache line");

void prs_chunk_memo_init(prs_chunk_memo *memo, prs_mem *mem) {
    *memo = (prs_chunk_memo){mem, NULL};
}

size_t prs_chunk_memo_bytes(const prs_chunk_memo *memo) {
    return memo->slots == NULL ? 0 : CHUNK_SLOTS * sizeof *memo->slots;
}

void prs_chunk_memo_fini(prs_chunk_memo *memo) {
    prs_mem_free(memo->mem, memo->slots, prs_chunk_memo_bytes(memo));
    memo->slots = NULL;
}

prism_status prs_chunk_memo_open(prs_chunk_memo *memo) {
    if (memo->slots == NULL)
        memo->slots = prs_mem_calloc(memo->mem, CHUNK_SLOTS, sizeof *memo->slots);
    return memo->slots == NULL ? PRISM_ENOMEM : PRISM_OK;
}

prs_chunk *prs_chunk_memo_slot(const prs_chunk_memo *memo, const uint8_t *chunk, size_t len,
                               uint8_t text[PRS_CHUNK_MAX]) {
    PRS_ASSERT(len > 0 && len <= PRS_CHUNK_MAX);
    memset(text, 0, PRS_CHUNK_MAX);
    memcpy(text, chunk, len);
    uint64_t a = prs_load64(text), b = prs_load64(text + 8), c = prs_load64(text + 16);
    uint64_t hash = (a ^ b * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xd6e8feb86659fd93);
    hash = (hash ^ hash >> 32 ^ c) * UINT64_C(0xc2b2ae3d27d4eb4f);
    return &memo->slots[hash >> (64 - CHUNK_BITS)];
}
