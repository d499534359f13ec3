/* ref_short.c - which postings does a list of up to 128 documents hold, in the dictionary or in
 * LISTS?  (FORMAT.md section 6)
 *
 * Tested by: tests/golden. */
#include "ref/ref_parts.h"

static void read_docs(ref_list *l, ref_bit_cur *c) {
    uint32_t k = (uint32_t)ref_bits_next(c, 5);
    int64_t doc = -1;
    for (uint64_t i = 0; i < l->df; i++) {
        doc += (int64_t)ref_rice(c, k) + 1;
        ref_must(doc < l->n_docs, "short list", "documents are in the segment");
        l->docs[i] = (uint32_t)doc;
    }
}

static void read_freqs(ref_list *l, ref_bit_cur *c) {
    uint64_t sum = 0, more = l->cf - l->df;
    ref_must(more / l->df < UINT32_MAX, "short list", "a freq has 32 bits");
    uint32_t k = ref_bits_of(7 * more / (10 * l->df));
    for (uint64_t i = 0; i < l->df; i++) {
        uint64_t freq = l->df == 1 || more == 0 ? l->cf / l->df : ref_rice(c, k) + 1;
        ref_must(freq <= UINT32_MAX, "short list", "a freq has 32 bits");
        l->freqs[i] = (uint32_t)freq;
        sum += freq;
    }
    ref_must(sum == l->cf, "short list", "freqs add up to cf");
}

void ref_groups_read(ref_list *l, uint64_t first, ref_bit_cur *c) {
    for (uint64_t i = first; i < l->n; i++) {
        ref_must(l->spans != NULL, "positions", "a field with positions has spans");
        ref_must(l->freqs[i] <= l->cf - l->n_positions, "positions", "freqs add up to cf");
        ref_ef(c, l->freqs[i], l->spans[l->docs[i]], l->positions + l->n_positions);
        l->n_positions += l->freqs[i];
    }
}

uint64_t ref_short_read(ref_list *l, ref_cur list) {
    ref_bit_cur c = ref_bit_cur_of(&list);
    read_docs(l, &c);
    read_freqs(l, &c);
    l->n = l->df;
    uint64_t postings = ref_bit_bytes(c.bit);
    if (l->has_positions) ref_groups_read(l, 0, &c);
    ref_must(ref_bit_bytes(c.bit) == ref_left(&list), "short list", "it ends with its last bit");
    ref_tail_zero(list.at, c.bit, ref_left(&list), "short list");
    return postings;
}

void ref_inline_read(ref_list *l, uint64_t more, ref_bit_cur *c) {
    ref_ef(c, l->df, l->n_docs, l->docs);
    for (uint64_t i = 1; i < l->df; i++)
        ref_must(l->docs[i - 1] < l->docs[i], "inline list", "documents ascend");
    uint64_t from = c->bit;
    read_freqs(l, c);
    l->n = l->df;
    if (l->has_positions) ref_groups_read(l, 0, c);
    ref_must(c->bit - from == more, "inline list", "freqs and positions have the bits said");
}
