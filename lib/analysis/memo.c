/* memo.c - growth of the two tables of memo.h.
 *
 *   words   24 bytes an entry   [lo 8][hi 8][id 4][exact 4]      at most 3/4 full
 *   pairs    8 bytes an entry   [key 4][id 4]                     at most 1/2 full
 *
 * Open addressing, linear probing, nothing is ever removed.  Room is reserved a batch ahead: a hash
 * stays good from the moment it is taken until its batch is resolved, so no key is hashed twice.
 * Pairs are sparser because their slots are small and every Han character probes once.
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
