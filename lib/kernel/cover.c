/* cover.c - what is the best that documents of a range can score, knowing only a few pairs for each
 * field?
 *
 * Structure   A word searched in title (weight 2) and body (1): a document has it in either or in
 *             both, so the pairs to cover are those of title times 2, those of body, and every sum
 *             of one of each.
 *
 *                 title {(1, 4)}      body {(3, 90), (9, 400)}
 *                 joined  (2, 8) (3, 90) (5, 98) (9, 400) (11, 408)      (freq, length)
 *
 *             A field that does not have the word still adds to a document's length; its least
 *             length is not known here, so 0 stands for it.
 * Invariants  - Sorted strictly in both members; adding never lowers what the cover covers.
 *             - When full, two neighbours (f1, l1) (f2, l2) become (f2, l1): above both.
 * Why so      Adding the bounds of the fields would be up to twice the weight of the word; BM25F
 *             saturates over the sum of freqs, and so must its bound.
 * Tested by   tests/unit/kernel/test_cover.c */
#include "kernel/cover.h"

/* Make two neighbours one: those whose freqs are in the smallest ratio, so that the least is given
 * away. */
static void melt_one(prs_cover *cover) {
    uint32_t best = 0;
    for (uint32_t i = 1; i + 1 < cover->n; i++) {
        uint64_t ours = (uint64_t)cover->pairs[i + 1].freq * cover->pairs[best].freq;
        uint64_t theirs = (uint64_t)cover->pairs[best + 1].freq * cover->pairs[i].freq;
        if (ours < theirs) best = i;
    }
    cover->pairs[best].freq = cover->pairs[best + 1].freq;
    for (uint32_t i = best + 1; i + 1 < cover->n; i++) cover->pairs[i] = cover->pairs[i + 1];
    cover->n--;
}

void prs_cover_add(prs_cover *cover, uint32_t freq, uint32_t length) {
    uint32_t from = 0; /* first pair with freq >= ours */
    while (from < cover->n && cover->pairs[from].freq < freq) from++;
    if (from < cover->n && cover->pairs[from].length <= length) return; /* covered */
    uint32_t to = from; /* pairs that ours covers: freq <= ours and length >= ours */
    if (to < cover->n && cover->pairs[to].freq == freq) to++;
    while (from > 0 && cover->pairs[from - 1].length >= length) from--;
    uint32_t rest = cover->n - to;
    memmove(&cover->pairs[from + 1], &cover->pairs[to], rest * sizeof cover->pairs[0]);
    cover->pairs[from] = (prs_impact){freq, length};
    cover->n = from + 1 + rest;
    if (cover->n > PRS_COVER_PAIRS) melt_one(cover);
}

void prs_cover_add_all(prs_cover *cover, const prs_impact *pairs, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) prs_cover_add(cover, pairs[i].freq, pairs[i].length);
}

void prs_cover_join(prs_cover *cover, const prs_cover *field, uint32_t weight) {
    const prs_cover before = *cover;
    for (uint32_t i = 0; i < field->n; i++) {
        uint32_t freq = prs_weigh_add(0, field->pairs[i].freq, weight);
        uint32_t length = prs_weigh_add(0, field->pairs[i].length, weight);
        prs_cover_add(cover, freq, length);
        for (uint32_t k = 0; k < before.n; k++) {
            prs_cover_add(cover, prs_weigh_add(before.pairs[k].freq, freq, 1),
                          prs_weigh_add(before.pairs[k].length, length, 1));
        }
    }
}

int32_t prs_cover_bound(const prs_cover *cover, const prs_scorer *scorer) {
    int32_t best = -1;
    for (uint32_t i = 0; i < cover->n; i++) {
        int32_t score = prs_score_one(scorer, cover->pairs[i].freq, cover->pairs[i].length);
        if (score > best) best = score;
    }
    return best;
}
