/* test_group.c - is a document as long as its fields together, and scored so? */
#include "harness/search_kit.h"

#include "search/group.h"

START_TEST(lengths_are_weighed_and_added) {
    kit k;
    prs_mem mem;
    prs_arena arena;
    prs_group group;
    kit_make(&k, false);
    kit_put(&k, "{\"id\":\"1\",\"title\":\"a b\",\"body\":\"a b c\",\"tag\":\"x\"}");
    kit_put(&k, "{\"id\":\"2\",\"body\":\"a\"}");
    kit_put(&k, "{\"id\":\"3\",\"tag\":\"x\"}");
    kit_commit(&k);
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    prs_field_weight weights[] = {{KIT_TITLE, 10}, {KIT_BODY, 3}, {KIT_TAG, 50}};
    prs_scorer scorer = {4.0f, 0.3f, 0.01f, 65536.0f};
    ck_assert_int_eq(prs_group_init(&group, &arena, k.snap->leaves[0].segment,
                                    &(prs_fields){weights, 3}, &scorer, NULL),
                     PRISM_OK);
    ck_assert_uint_eq(group.n_fields, 2); /* tag has no lengths */
    ck_assert_uint_eq(group.fields[1].max_length, 3);
    uint32_t docs[16] = {0, 1, 2}, freqs[16] = {7, 1, 2}, lengths[3] = {29, 3, 0};
    int32_t scores[16];
    prs_group_score(&group, docs, freqs, 3, scores);
    for (uint32_t d = 0; d < 3; d++) {
        ck_assert_uint_eq(prs_group_length(&group, d), lengths[d]);
        ck_assert_int_eq(scores[d], prs_score_one(&scorer, freqs[d], lengths[d]));
    }
    prs_arena_fini(&arena);
    kit_free(&k);
}
END_TEST

TEST_SUITE(group, lengths_are_weighed_and_added)
