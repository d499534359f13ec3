/* test_word_keep.c - are those kept who reach a floor, however a block is stored, and the others
 * counted? */
#include "harness/search_kit.h"

#include "base/cpu.h"
#include "search/word_block.h"

#include <stdio.h>

enum { DOCS = 3000, WORDS = 4 };

static void make_texts(kit *k, test_rng *rng) {
    static const uint64_t rarity[WORDS] = {1, 2, 9, 40};
    kit_make(k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        char id[16], body[200] = "z ";
        uint32_t more = (uint32_t)test_rng_below(rng, 20);
        for (uint32_t i = 0; i < WORDS; i++) {
            if (!test_rng_one_in(rng, rarity[i])) continue;
            for (uint32_t n = 1 + (uint32_t)test_rng_below(rng, 4); n > 0; n--)
                strcat(body, (const char *[]){"a ", "b ", "c ", "d "}[i]);
        }
        for (; more > 0; more--) strcat(body, "z ");
        snprintf(id, sizeof id, "%u", d);
        kit_put_body(k, id, body);
    }
    kit_merge(k);
}

static void open_word(const kit *k, uint32_t word, uint32_t weight, prs_word_block *b) {
    const prs_segment_field *field = &k->snap->leaves[0].segment->fields[KIT_BODY];
    const char key[2] = {1, (char)('a' + word)};
    prs_term_info info;
    bool found;
    TEST_NEED(prs_terms_find(&field->terms, prs_bytes_of(key, 2), &info, &found, NULL) == PRISM_OK);
    TEST_NEED(found && prs_lane_open(&b->space->lane, &field->source, &info, &field->lengths,
                                     weight, NULL) == PRISM_OK);
    b->whole = false;
    b->dense_of = PRS_NO_BLOCK;
}

/* All of [from, to) that reach the floor, block by block, against `want`, which says it of each
 * document: 0 = not there. */
static void check_range(const kit *k, uint32_t word, uint32_t weight, prs_word_block *b,
                        const int32_t *want, uint32_t from, uint32_t to, int32_t floor) {
    static prs_batch batch;
    prs_lane *lane = &b->space->lane;
    uint32_t there = 0, kept = 0, m = 0;
    open_word(k, word, weight, b);
    batch.n = batch.n_left = 0;
    for (uint32_t at = from; at < to; at = lane->p.last_doc + 1) {
        TEST_NEED(prs_lane_skip(lane, at, NULL) == PRISM_OK);
        if (prs_lane_ended(lane)) break;
        TEST_NEED(prs_word_keep(b, at, to, floor, &batch, NULL) == PRISM_OK);
    }
    for (uint32_t d = from; d < to; d++) {
        there += want[d] > 0;
        if (want[d] == 0 || want[d] < floor) continue;
        kept++;
        TEST_NEED(m < batch.n && batch.docs[m] == d && batch.scores[m] == want[d]);
        m++;
    }
    ck_assert_uint_eq(batch.n, kept);
    ck_assert_uint_eq(batch.n_left, there - kept);
}

static void score_all(const kit *k, uint32_t word, uint32_t weight, prs_word_block *b,
                      int32_t *want) {
    memset(want, 0, DOCS * sizeof *want);
    open_word(k, word, weight, b);
    prs_postings *p = &b->space->lane.p;
    for (; p->last_doc != PRS_DOC_END; TEST_NEED(prs_postings_next_block(p, NULL) == PRISM_OK)) {
        TEST_NEED(prs_postings_load(p, NULL) == PRISM_OK);
        TEST_NEED(prs_postings_freqs(p, NULL) == PRISM_OK);
        for (uint32_t i = 0; i < p->n; i++)
            want[p->docs[i]] = prs_group_one(&b->group, p->freqs[i] * weight,
                                             prs_group_length(&b->group, p->docs[i]));
    }
}

static void check_word(const kit *k, uint32_t word, uint32_t weight, prs_word_block *b,
                       test_rng *rng) {
    static int32_t want[DOCS];
    score_all(k, word, weight, b, want);
    check_range(k, word, weight, b, want, 0, DOCS, 0);
    for (uint32_t round = 0; round < 60; round++) {
        uint32_t from = (uint32_t)test_rng_below(rng, DOCS),
                 at = (uint32_t)test_rng_below(rng, DOCS);
        uint32_t to = from + 1 + (uint32_t)test_rng_below(rng, DOCS - from);
        check_range(k, word, weight, b, want, from, to, want[at]);
        check_range(k, word, weight, b, want, 0, DOCS, want[at] + 1);
    }
}

START_TEST(every_form_at_every_level) {
    static prs_word_space space;
    kit k;
    test_rng rng = test_rng_of("word-keep");
    make_texts(&k, &rng);
    prs_mem mem;
    prs_arena arena;
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    prs_field_weight weight = {.field = KIT_BODY, .weight = 1};
    prs_fields fields = {.ptr = &weight, .n = 1};
    prs_scorer scorer = {2.5f, .3f, .05f, 65536.0f};
    prs_word_block b = {.space = &space, .scored = true};
    TEST_NEED(prs_group_init(&b.group, &arena, k.snap->leaves[0].segment, &fields, &scorer, NULL) ==
              PRISM_OK);
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (!prs_cpu_supports((prs_cpu_level)level)) continue;
        ck_assert_int_eq(prs_cpu_force((prs_cpu_level)level, NULL), PRISM_OK);
        for (uint32_t word = 0; word < WORDS; word++) {
            b.group.times = 1 + (int32_t)word % 2;
            b.floor = (prs_score_floor){0};
            check_word(&k, word, 1 + word / 2, &b, &rng);
        }
        prs_cpu_unforce();
    }
    prs_arena_fini(&arena);
    kit_free(&k);
}
END_TEST

TEST_SUITE(word_keep, every_form_at_every_level)
