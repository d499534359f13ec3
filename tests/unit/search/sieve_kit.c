/* sieve_kit.c - how is sifting judged?  Window by window, against the documents. */
#include "unit/search/sieve_kit.h"

#include <stdlib.h>

matches sieve_matches(uint32_t n_docs, test_rng *rng) {
    static const uint64_t rarities[] = {1, 2, 5, 40, 900};
    return matches_random(n_docs, rarities[test_rng_below(rng, PRS_COUNT(rarities))], 0, rng);
}

prs_cursor *sieve_fake(stage *s, const matches *truth) {
    prs_cursor *c = fake_cursor(s, truth);
    c->scored = false;
    c->most = 0;
    return c;
}

/* Bits below n_docs, one in `rarity`. */
static void some_bits(stage *s, uint32_t base, uint64_t *words, uint32_t n_words, uint64_t rarity) {
    for (uint32_t i = 0; i < 64 * n_words && base + i < s->plan.n_docs; i++)
        if (test_rng_one_in(s->rng, rarity)) words[i / 64] |= UINT64_C(1) << i % 64;
}

void judge_sift(stage *s, prs_cursor *c, const matches *truth) {
    static prs_scratch space;
    static const uint64_t rarities[] = {1, 2, 9, 200, 5000};
    for (uint32_t base = 0; base < truth->n_docs;) {
        uint32_t n_words = 1 + (uint32_t)test_rng_below(s->rng, PRS_SIEVE_WORDS);
        bool keep = test_rng_one_in(s->rng, 2);
        uint64_t *words = calloc(n_words, sizeof *words), *before = calloc(n_words, sizeof *before);
        some_bits(s, base, words, n_words, rarities[test_rng_below(s->rng, PRS_COUNT(rarities))]);
        memcpy(before, words, n_words * sizeof *words);
        ck_assert_int_eq(prs_cursor_sift(c, base, words, n_words, keep, &space, NULL), PRISM_OK);
        for (uint32_t i = 0; i < 64 * n_words; i++) {
            bool match = base + i < truth->n_docs && truth->score[base + i] >= 0;
            bool was = (before[i / 64] >> i % 64 & 1) != 0;
            TEST_NEED((words[i / 64] >> i % 64 & 1) == (was && match == keep));
        }
        free(words);
        free(before);
        stage_check_clean(s);
        base += 64 * n_words;
        if (test_rng_one_in(s->rng, 4)) base += 64 * (uint32_t)test_rng_below(s->rng, 300);
    }
}
