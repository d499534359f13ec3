/* test_word_block.c - does a block score the same as bits and as a list? */
#include "harness/search_kit.h"

#include "search/word_block.h"

#include <stdio.h>

enum { DOCS = 3000, WORDS = 3 };

static void make_texts(kit *k, test_rng *rng) {
    static const uint64_t rarity[WORDS] = {1, 2, 40};
    kit_make(k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        char id[16], body[200] = "z ";
        uint32_t more = (uint32_t)test_rng_below(rng, 20);
        for (uint32_t i = 0; i < WORDS; i++) {
            if (!test_rng_one_in(rng, rarity[i])) continue;
            for (uint32_t n = 1 + (uint32_t)test_rng_below(rng, 4); n > 0; n--)
                strcat(body, (const char *[]){"a ", "b ", "c "}[i]);
        }
        for (; more > 0; more--) strcat(body, "z ");
        snprintf(id, sizeof id, "%u", d);
        kit_put_body(k, id, body);
    }
    kit_merge(k);
}

static void open_word(const kit *k, uint32_t word, uint32_t weight, prs_word_block *b) {
    const prs_segment *segment = k->snap->leaves[0].segment;
    const prs_segment_field *field = &segment->fields[KIT_BODY];
    const char key[2] = {1, (char)('a' + word)};
    prs_term_info info;
    bool found;
    ck_assert_int_eq(prs_terms_find(&field->terms, prs_bytes_of(key, 2), &info, &found, NULL),
                     PRISM_OK);
    ck_assert(found);
    ck_assert_int_eq(prs_lane_open(&b->space->lane, &field->source, &info, &field->lengths, weight,
                                   NULL),
                     PRISM_OK);
    b->scored = true;
    b->whole = false;
    b->dense_of = PRS_NO_BLOCK;
}

/* Every block by its bits, if it has any, and as a list; returns how many had. */
static uint32_t walk(const kit *k, uint32_t word, uint32_t weight, prs_word_block *b) {
    uint32_t dense = 0;
    int32_t kept[PRS_WORD_ROOM];
    open_word(k, word, weight, b);
    prs_postings *p = &b->space->lane.p;
    while (!prs_lane_ended(&b->space->lane)) {
        prs_block_bits bits;
        uint32_t docs[PRS_WORD_ROOM];
        ck_assert_int_eq(prs_word_dense(b, &bits, NULL), PRISM_OK);
        if (bits.n > 0) {
            memcpy(kept, b->space->scores, sizeof kept);
            b->space->scores[0]++; /* asked again, it is not made again */
            ck_assert_int_eq(prs_word_dense(b, &bits, NULL), PRISM_OK);
            ck_assert_int_eq(b->space->scores[0], kept[0] + 1);
            prs_postings_bits_docs(&bits, docs);
        }
        const int32_t *scores;
        ck_assert_int_eq(prs_postings_load(p, NULL), PRISM_OK);
        ck_assert_int_eq(prs_word_scores(b, 0, p->n, &scores, NULL), PRISM_OK);
        ck_assert_uint_eq(b->dense_of, PRS_NO_BLOCK);
        for (uint32_t i = 0; i < bits.n; i++)
            TEST_NEED(bits.n == p->n && docs[i] == p->docs[i] && kept[i] == scores[i]);
        for (uint32_t i = 0; i < p->n; i++) {
            uint32_t length = prs_group_length(&b->group, p->docs[i]);
            TEST_NEED(scores[i] == prs_group_one(&b->group, p->freqs[i] * weight, length));
        }
        ck_assert_int_eq(prs_word_dense(b, &bits, NULL), PRISM_OK);
        ck_assert_uint_eq(bits.n, 0); /* it is loaded */
        dense += bits.n == 0 && p->tag % 4 != PRS_BLOCK_PACKED;
        ck_assert_int_eq(prs_postings_next_block(p, NULL), PRISM_OK);
    }
    return dense;
}

START_TEST(bits_and_lists_agree) {
    static prs_word_space space;
    kit k;
    test_rng rng = test_rng_of("word-block");
    make_texts(&k, &rng);
    prs_mem mem;
    prs_arena arena;
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    prs_field_weight weight = {.field = KIT_BODY, .weight = 1};
    prs_fields fields = {.ptr = &weight, .n = 1};
    prs_scorer scorer = {2.5f, .3f, .05f, 65536.0f};
    prs_word_block b = {.space = &space};
    ck_assert_int_eq(prs_group_init(&b.group, &arena, k.snap->leaves[0].segment, &fields, &scorer,
                                    NULL),
                     PRISM_OK);
    b.group.times = 3;
    ck_assert_uint_gt(walk(&k, 0, 1, &b), 10); /* runs */
    ck_assert_uint_gt(walk(&k, 1, 1, &b), 5);  /* bits */
    walk(&k, 2, 1, &b);
    /* a list of a field without lengths, in a group of another field that has some */
    ck_assert_uint_gt(walk(&k, 0, 2, &b), 10);
    ck_assert_uint_gt(walk(&k, 1, 2, &b), 5);
    prs_arena_fini(&arena);
    kit_free(&k);
}
END_TEST

TEST_SUITE(word_block, bits_and_lists_agree)
