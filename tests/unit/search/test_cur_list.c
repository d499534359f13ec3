/* test_cur_list.c - are the documents of a word given, filled, asked for and taken away, dense or
 * sparse, in one field or in two? */
#include "unit/search/set_world.h"
#include "unit/search/sieve_kit.h"

#include <stdio.h>

static prs_cursor *plan(set_world *w, stage *s, uint32_t i, bool both) {
    char word[8];
    snprintf(word, sizeof word, "w%u", i);
    prs_cursor *c = set_world_plan(w, both ? kit_word(word) : kit_body_word(word));
    ck_assert_ptr_nonnull(c);
    s->plan.n_docs = SET_DOCS;
    return c;
}

START_TEST(documents_of_a_word) {
    static set_world w;
    stage s; /* for the judges' own needs: the cursors are of w.plan */
    test_rng rng = test_rng_of("cur-list");
    set_world_make(&w, 1, 0, &rng);
    stage_open(&s, SET_DOCS, &rng);
    matches all = matches_new(SET_DOCS);
    for (uint32_t i = 0; i < SET_WORDS; i++) {
        uint64_t n = 0;
        for (uint32_t d = 0; d < SET_DOCS; d++) {
            all.score[d] = w.has[i][d] ? 0 : -1;
            n += w.has[i][d];
        }
        for (int round = 0; round < 8; round++) {
            judge_next(&s, plan(&w, &s, i, true), &all, 0);
            judge_mixed(&s, plan(&w, &s, i, true), &all, 0);
            judge_fill(&s, plan(&w, &s, i, true), &all);
            judge_sift(&s, plan(&w, &s, i, true), &all);
        }
        prs_cursor *c = plan(&w, &s, i, true);
        for (uint32_t from = 0; from < SET_DOCS; from += 61) judge_bound(&s, c, &all, from);
        c = plan(&w, &s, i, i != 0);
        if (i == 1 || i == 4) continue;
        ck_assert(c->exact && c->cost == n); /* one list tells its length */
    }
    matches_free(&all);
    stage_close(&s);
    set_world_free(&w);
}
END_TEST

START_TEST(a_word_that_is_nowhere) {
    static set_world w;
    test_rng rng = test_rng_of("cur-list-none");
    set_world_make(&w, 1, 0, &rng);
    ck_assert_ptr_null(set_world_plan(&w, kit_word("nothing")));
    set_world_free(&w);
}
END_TEST

TEST_SUITE(cur_list, documents_of_a_word, a_word_that_is_nowhere)
