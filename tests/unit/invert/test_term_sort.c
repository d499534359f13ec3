/* test_term_sort.c - are terms in the order of memcmp, whatever beginnings they share? */
#include "lexicon_of.h"

#include "invert/term_sort.h"

#include <stdio.h>
#include <stdlib.h>

static void check_sorted(lexicon_of *l) {
    uint32_t n = prs_lexicon_count(l->lexicon);
    uint32_t *ids = malloc((n + 1) * sizeof *ids);
    uint64_t *heads = malloc((n + 1) * sizeof *heads);
    bool *seen = calloc(n + 1, sizeof *seen);
    for (uint32_t i = 0; i < n; i++)
        ids[i] = (i * 7919u + 3) % n; /* 7919 is prime: a permutation */
    if (n % 7919 == 0) {
        for (uint32_t i = 0; i < n; i++) ids[i] = i;
    }
    ck_assert_int_eq(prs_term_sort(l->lexicon, ids, n, heads, &l->mem, NULL), PRISM_OK);
    for (uint32_t i = 0; i < n; i++) {
        ck_assert(!seen[ids[i]]);
        seen[ids[i]] = true;
        uint8_t room[8];
        prs_bytes key = prs_lexicon_key(l->lexicon, ids[i]);
        ck_assert_uint_eq(heads[i] == 0, key.len > 7);
        if (heads[i] != 0) ck_assert(prs_bytes_equal(prs_term_head_key(heads[i], room), key));
        if (i == 0) continue;
        ck_assert_int_lt(prs_bytes_compare(prs_lexicon_key(l->lexicon, ids[i - 1]),
                                           prs_lexicon_key(l->lexicon, ids[i])),
                         0);
    }
    free(heads);
    free(seen);
    free(ids);
}

START_TEST(random_words) {
    lexicon_of l;
    test_rng rng = test_rng_of("term sort");
    lexicon_open(&l);
    for (uint32_t i = 0; i < 5000; i++) {
        char word[40];
        size_t len = 1 + test_rng_below(&rng, 24);
        for (size_t k = 0; k < len; k++)
            word[k] = (char)('a' + test_rng_below(&rng, k < 12 ? 2 : 26));
        word[len] = '\0';
        lexicon_take(&l, word);
    }
    check_sorted(&l);
    lexicon_close(&l);
}
END_TEST

START_TEST(one_common_beginning) {
    lexicon_of l;
    lexicon_open(&l);
    for (uint32_t i = 0; i < 3000; i++) {
        char word[64];
        snprintf(word, sizeof word, "thesamebeginningforall%u", i * 2654435761u);
        lexicon_take(&l, word);
    }
    check_sorted(&l);
    lexicon_close(&l);
}
END_TEST

START_TEST(few_and_none) {
    lexicon_of l;
    lexicon_open(&l);
    check_sorted(&l);
    lexicon_take(&l, "b");
    check_sorted(&l);
    lexicon_take(&l, "a ab abc abcdefg abcdefgh abcdefghi");
    check_sorted(&l);
    lexicon_close(&l);
}
END_TEST

TEST_SUITE(term_sort, random_words, one_common_beginning, few_and_none)
