/* terms_memo.c - how do many threads share what the dictionary said, without a lock?
 *
 * Structure   One slot for each value of a hash, of which the last key that came there has it:
 *
 *                 | turn | key, its length | what the dictionary says |    16 words, two lines
 *
 * Invariants  - A slot is believed only if its whole key is the one asked for, and its turn was the
 *               same even number before and after it was read: a writer makes it odd first.
 *             - Whoever finds the turn odd, or changed, goes without.
 * Why so      The words are atomic one by one: acquire and release keep them in order, which on x86
 *             costs nothing, and no thread ever waits.
 * Tested by   tests/unit/format/test_terms_memo.c */
#include "format/terms_memo.h"

#include "base/hash.h"

#include <stdatomic.h>

enum { KEY_WORDS = 3, INFO_WORDS = 9, WORDS = KEY_WORDS + INFO_WORDS };

struct prs_terms_memo_slot {
    atomic_uint_fast64_t turn, words[WORDS];
    uint64_t unused[16 - 1 - WORDS];
};
_Static_assert(sizeof(prs_terms_memo_slot) == 128, "two lines of the cache");

void prs_terms_memo_init(prs_terms_memo *memo, prs_mem *mem) {
    memo->mem = mem;
    atomic_init(&memo->slots, NULL);
}

void prs_terms_memo_fini(prs_terms_memo *memo) {
    prs_terms_memo_slot *slots = atomic_load_explicit(&memo->slots, memory_order_acquire);
    if (slots == NULL) return;
    prs_mem_free(memo->mem, slots, PRS_TERMS_MEMO_SLOTS * sizeof *slots);
    atomic_store_explicit(&memo->slots, NULL, memory_order_relaxed);
}

/* The key and its length; false if it is too long, or nothing, which an unused slot would be. */
static bool pack_key(prs_bytes key, uint64_t words[KEY_WORDS]) {
    uint8_t bytes[8 * KEY_WORDS] = {0};
    if (key.len == 0 || key.len > PRS_TERMS_MEMO_KEY) return false;
    memcpy(bytes, key.ptr, key.len);
    bytes[PRS_TERMS_MEMO_KEY] = (uint8_t)key.len;
    memcpy(words, bytes, sizeof bytes);
    return true;
}

static void pack_info(const prs_term_info *info, uint64_t words[INFO_WORDS]) {
    words[0] = info->ord;
    words[1] = info->cf;
    words[2] = info->df | (uint64_t)info->inlined << 32 | (uint64_t)info->has_positions << 33;
    words[3] = info->doc | (uint64_t)info->position << 32;
    words[4] = (uint64_t)(uintptr_t)info->payload;
    words[5] = info->payload_bit | (uint64_t)info->payload_bits << 32;
    words[6] = info->off;
    words[7] = info->positions_len;
    words[8] = info->postings_len;
}

static void unpack_info(const uint64_t words[INFO_WORDS], prs_term_info *info) {
    info->ord = words[0];
    info->cf = words[1];
    info->df = (uint32_t)words[2];
    info->inlined = (words[2] >> 32 & 1) != 0;
    info->has_positions = (words[2] >> 33 & 1) != 0;
    info->doc = (uint32_t)words[3];
    info->position = (uint32_t)(words[3] >> 32);
    info->payload = (const uint8_t *)(uintptr_t)words[4];
    info->payload_bit = (uint32_t)words[5];
    info->payload_bits = (uint32_t)(words[5] >> 32);
    info->off = words[6];
    info->positions_len = words[7];
    info->postings_len = words[8];
}

static size_t slot_of(const uint64_t key[KEY_WORDS]) {
    return (size_t)(prs_hash64(key, KEY_WORDS * sizeof *key, 0) % PRS_TERMS_MEMO_SLOTS);
}

bool prs_terms_memo_get(const prs_terms_memo *memo, prs_bytes key, prs_term_info *info) {
    uint64_t words[WORDS], wanted[KEY_WORDS];
    prs_terms_memo_slot *slots = atomic_load_explicit(&memo->slots, memory_order_acquire);
    if (slots == NULL || !pack_key(key, wanted)) return false;
    prs_terms_memo_slot *slot = &slots[slot_of(wanted)];
    uint64_t turn = atomic_load_explicit(&slot->turn, memory_order_acquire);
    for (uint32_t i = 0; i < WORDS; i++)
        words[i] = atomic_load_explicit(&slot->words[i], memory_order_acquire);
    bool same = memcmp(words, wanted, sizeof wanted) == 0;
    if (!same || turn % 2 != 0 || atomic_load_explicit(&slot->turn, memory_order_relaxed) != turn)
        return false;
    unpack_info(words + KEY_WORDS, info);
    return true;
}

static prs_terms_memo_slot *make_slots(prs_terms_memo *memo) {
    prs_terms_memo_slot *none = NULL;
    prs_terms_memo_slot *slots = prs_mem_calloc(memo->mem, PRS_TERMS_MEMO_SLOTS, sizeof *slots);
    if (slots == NULL) return NULL;
    if (atomic_compare_exchange_strong_explicit(&memo->slots, &none, slots, memory_order_acq_rel,
                                                memory_order_acquire))
        return slots;
    prs_mem_free(memo->mem, slots, PRS_TERMS_MEMO_SLOTS * sizeof *slots);
    return none;
}

void prs_terms_memo_put(prs_terms_memo *memo, prs_bytes key, const prs_term_info *info) {
    uint64_t words[WORDS];
    if (!pack_key(key, words)) return;
    prs_terms_memo_slot *slots = atomic_load_explicit(&memo->slots, memory_order_acquire);
    if (slots == NULL) slots = make_slots(memo);
    if (slots == NULL) return;
    prs_terms_memo_slot *slot = &slots[slot_of(words)];
    pack_info(info, words + KEY_WORDS);
    uint64_t turn = atomic_load_explicit(&slot->turn, memory_order_relaxed);
    if (turn % 2 != 0 ||
        !atomic_compare_exchange_strong_explicit(&slot->turn, &turn, turn + 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return; /* somebody is at it */
    for (uint32_t i = 0; i < WORDS; i++)
        atomic_store_explicit(&slot->words[i], words[i], memory_order_release);
    atomic_store_explicit(&slot->turn, turn + 2, memory_order_release);
}
