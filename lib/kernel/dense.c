/* dense.c - how is a block of one document in four and more scored, when listing its documents
 * costs more than scoring them?
 *
 * Structure   bits     1 0 1 1 0 0 1 0 ...         64 documents a word, as they are stored
 *             lengths  a b c d e f g h ...         16 side by side -> a c d g
 *             scores   of a c d g                  score_block.c
 *             slots    + 0 + + 0 0 + 0             16 side by side, spread by the same bits
 *
 *             A run is the same without bits.
 * Why so      The length column and the window are arrays by document, so neighbours are read and
 *             written together; going through numbers of documents is a load or a store for each,
 *             and was half of the time of scoring a dense list.
 * Tested by   tests/unit/kernel/test_dense.c, test_cur_word.c */
#include "kernel/dense.h"

#include "base/cpu.h"
#include "kernel/dense_kernels.h"

/* ---- lengths -------------------------------------------------------------------------------- */

static bool lengths_of_run(const uint8_t *array, uint32_t n, uint32_t *lengths) {
    uint32_t most = 0;
    for (uint32_t i = 0; i < n; i++) {
        lengths[i] = prs_load16(array + 2 * (size_t)i);
        most = PRS_MAX(most, lengths[i]);
    }
    return most < PRS_LENGTH_OVER;
}

static bool lengths_scalar(const prs_block_bits *bits, const uint8_t *array, uint32_t *lengths) {
    uint32_t n = 0;
    bool all = true;
    for (uint32_t w = 0; w < bits->n_words; w++, array += 128) {
        for (uint64_t word = prs_load64(bits->words + 8 * (size_t)w); word != 0; word &= word - 1) {
            uint32_t length = prs_load16(array + 2 * (size_t)__builtin_ctzll(word));
            all = all && length != PRS_LENGTH_OVER;
            lengths[n++] = length;
        }
    }
    return all;
}

bool prs_dense_lengths(const prs_block_bits *bits, const uint8_t *array, uint32_t *lengths) {
    if (bits->words == NULL) return lengths_of_run(array, bits->n, lengths);
#ifdef __x86_64__
    if (prs_cpu() == PRS_CPU_AVX512) return prs_dense_lengths_avx512(bits, array, lengths);
#endif
    return lengths_scalar(bits, array, lengths);
}

/* ---- slots ---------------------------------------------------------------------------------- */

static void add_run(const prs_dense_part *part, const int32_t *scores, int32_t *slots) {
    int32_t *slot = slots + (part->slot + part->from);
    const int32_t *score = scores + part->from;
    for (uint32_t i = 0; i < part->to - part->from; i++)
        slot[i] = (slot[i] + score[i]) | PRS_SLOT_TAKEN;
}

static void add_scalar(const prs_block_bits *bits, const prs_dense_part *part,
                       const int32_t *scores, int32_t *slots) {
    const int32_t *score = scores + dense_before(bits, part->from);
    for (uint32_t w = part->from / 64; w <= (part->to - 1) / 64; w++) {
        for (uint64_t word = dense_word(bits, part, w); word != 0; word &= word - 1) {
            int64_t at = part->slot + 64 * (int64_t)w + __builtin_ctzll(word);
            slots[at] = (slots[at] + *score++) | PRS_SLOT_TAKEN;
        }
    }
}

void prs_dense_add(const prs_block_bits *bits, const prs_dense_part *part, const int32_t *scores,
                   int32_t *slots, uint32_t n_slots) {
    PRS_ASSERT(part->slot + part->from >= 0 && part->slot + part->to <= n_slots);
    if (part->from >= part->to) return;
    if (bits->words == NULL) {
        add_run(part, scores, slots);
        return;
    }
#ifdef __x86_64__
    if (prs_cpu() == PRS_CPU_AVX512) {
        prs_dense_add_avx512(bits, part, scores, slots, n_slots);
        return;
    }
#endif
    add_scalar(bits, part, scores, slots);
}

/* ---- documents ------------------------------------------------------------------------------ */

uint32_t prs_dense_first(const prs_block_bits *bits, uint32_t from) {
    if (from <= bits->first) return bits->first;
    if (bits->words == NULL) return from;
    uint32_t bit = from - bits->first, w = bit / 64;
    uint64_t word = prs_load64(bits->words + 8 * (size_t)w) & UINT64_MAX << bit % 64;
    while (word == 0 && w + 1 < bits->n_words) word = prs_load64(bits->words + 8 * (size_t)++w);
    PRS_ASSERT(word != 0);
    return bits->first + 64 * w + (uint32_t)__builtin_ctzll(word);
}
