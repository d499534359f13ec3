/* test_meet.c - do candidates and blocks meet where both have a document, few or many, dense or
 * not, loaded or not, on every level of the CPU? */
#include "harness/search_kit.h"

#include "base/cpu.h"
#include "search/cursor.h"
#include "search/lane.h"
#include "search/meet.h"

#include <stdio.h>

enum { DOCS = 9000, WORDS = 4 };

static const uint64_t rarity[WORDS] = {1, 3, 9, 300};

typedef struct meet_world {
    kit k;
    uint8_t freq[WORDS][DOCS];
} meet_world;

static void make_meet_world(meet_world *w, test_rng *rng) {
    memset(w, 0, sizeof *w);
    kit_make(&w->k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        char id[16], body[80] = "z ";
        for (uint32_t i = 0; i < WORDS; i++) {
            w->freq[i][d] = d == 5 || test_rng_one_in(rng, rarity[i])
                                ? (uint8_t)(1 + test_rng_below(rng, 3))
                                : 0;
            for (uint32_t k = 0; k < w->freq[i][d]; k++)
                strcat(body, (const char *[]){"a ", "b ", "c ", "d "}[i]);
        }
        snprintf(id, sizeof id, "%u", d);
        kit_put_body(&w->k, id, body);
    }
    kit_merge(&w->k);
}

static void open_word(meet_world *w, uint32_t word, prs_lane *lane) {
    const prs_segment_field *field = &w->k.snap->leaves[0].segment->fields[KIT_BODY];
    const char key[2] = {1, (char)('a' + word)};
    prs_term_info info;
    bool found;
    ck_assert_int_eq(prs_terms_find(&field->terms, prs_bytes_of(key, 2), &info, &found, NULL),
                     PRISM_OK);
    ck_assert(found);
    ck_assert_int_eq(prs_lane_open(lane, &field->source, &info, &field->lengths, 1, NULL),
                     PRISM_OK);
}

/* Candidates of one block, behind two that are not asked about. */
static void meet_here(meet_world *w, uint32_t word, prs_lane *lane, uint32_t from, test_rng *rng) {
    static prs_batch batch;
    prs_met met;
    uint64_t rare = 1 + test_rng_below(rng, test_rng_one_in(rng, 2) ? 40 : 2);
    int32_t need = test_rng_one_in(rng, 2) ? INT32_MIN : 5;
    batch.n = 2;
    for (uint32_t d = from; d <= lane->p.last_doc && batch.n < PRS_WINDOW; d++) {
        if (!test_rng_one_in(rng, rare)) continue;
        batch.docs[batch.n] = d;
        batch.scores[batch.n++] = (int32_t)test_rng_below(rng, 10);
    }
    if (batch.n == 2) return;
    if (test_rng_one_in(rng, 5)) ck_assert_int_eq(prs_lane_load(lane, from, NULL), PRISM_OK);
    ck_assert_int_eq(prs_meet_block(&lane->p, batch.docs + 2, batch.scores + 2, batch.n - 2, need,
                                    &met, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prs_postings_freqs(&lane->p, NULL), PRISM_OK);
    uint32_t k = 0;
    for (uint32_t i = 2; i < batch.n; i++) {
        uint32_t freq = w->freq[word][batch.docs[i]];
        if (freq == 0 || batch.scores[i] < need) continue;
        TEST_NEED(k < met.n && met.at[k] + 2u == i && lane->p.freqs[met.place[k]] == freq);
        k++;
    }
    TEST_NEED(k == met.n);
}

static void walk_word(meet_world *w, uint32_t word, test_rng *rng) {
    static prs_lane lane;
    open_word(w, word, &lane);
    for (uint32_t from = 0; from < DOCS;) {
        ck_assert_int_eq(prs_lane_skip(&lane, from, NULL), PRISM_OK);
        if (prs_lane_ended(&lane)) break;
        uint32_t last = lane.p.last_doc;
        meet_here(w, word, &lane, from + (uint32_t)test_rng_below(rng, last - from + 1), rng);
        from = last + 1;
    }
}

START_TEST(what_both_have) {
    static meet_world w;
    test_rng rng = test_rng_of("meet");
    make_meet_world(&w, &rng);
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (!prs_cpu_supports((prs_cpu_level)level)) continue;
        ck_assert_int_eq(prs_cpu_force((prs_cpu_level)level, NULL), PRISM_OK);
        for (uint32_t round = 0; round < 40; round++) walk_word(&w, round % WORDS, &rng);
    }
    prs_cpu_unforce();
    kit_free(&w.k);
}
END_TEST

TEST_SUITE(meet, what_both_have)
