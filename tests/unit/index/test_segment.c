/* test_segment.c - does a flushed segment answer for each field what its documents say? */
#include "harness/world.h"

#include <stdlib.h>

static void fill(world *w) {
    world_make(w, world_schema);
    world_put(w, "{\"id\":\"a\",\"title\":\"one "
                 "two\",\"body\":\"x\",\"tags\":[\"q\",\"p\"],\"lang\":\"en\",\"n\":7}");
    world_put(w, "{\"id\":\"b\",\"body\":[\"y\",\"z z\"],\"when\":\"1970-01-02\"}");
    world_put(w, "{\"id\":\"c\",\"title\":\"three\",\"lang\":\"zh\",\"n\":-3}");
    world_put(w, "{\"id\":\"d\"}");
    world_commit(w);
}

START_TEST(statistics_of_fields) {
    world w;
    fill(&w);
    prism_snapshot *snap = world_snapshot(&w);
    const prs_segment_field *fields = snap->leaves[0].segment->fields;
    /* id title body tags lang n when */
    static const uint32_t with[] = {4, 2, 2, 1, 2, 2, 1}, sum[] = {0, 3, 4, 0, 0, 0, 0},
                          most[] = {0, 2, 3, 0, 0, 0, 0};
    static const uint32_t terms[] = {4, 3, 3, 2, 2, 0, 0};
    for (uint32_t f = 0; f < 7; f++) {
        ck_assert(fields[f].present);
        ck_assert_uint_eq(fields[f].n_docs_with, with[f]);
        ck_assert_uint_eq(fields[f].sum_length, sum[f]);
        ck_assert_uint_eq(fields[f].max_length, most[f]);
        ck_assert_uint_eq(fields[f].n_terms, terms[f]);
        ck_assert_uint_eq(fields[f].terms.n_terms, terms[f]);
    }
    ck_assert_uint_eq(prs_lengths_get(&fields[2].lengths, 1), 3);
    ck_assert_uint_eq(prs_lengths_get(&fields[2].spans, 1), 3 + PRS_VALUE_GAP);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(columns_hold_values) {
    world w;
    fill(&w);
    prism_snapshot *snap = world_snapshot(&w);
    const prs_segment_field *fields = snap->leaves[0].segment->fields;
    uint64_t first;
    for (uint32_t f = 3; f < 7; f++) {
        if (fields[f].has_column)
            ck_assert_int_eq(prs_column_touch(&fields[f].column, NULL), PRISM_OK);
    }
    ck_assert_uint_eq(prs_column_values(&fields[3].column, 0, &first) - first, 2);
    ck_assert(prs_bytes_equal(prs_column_word_bytes(&fields[3].column,
                                                    prs_column_word(&fields[3].column, first)),
                              prs_bytes_of("p", 1)));
    ck_assert(!prs_column_has(&fields[3].column, 1));
    ck_assert_int_eq(prs_column_int(&fields[5].column, 0), 7);
    ck_assert_int_eq(prs_column_int(&fields[5].column, 2), -3);
    ck_assert(!prs_column_has(&fields[5].column, 3));
    ck_assert_int_eq(prs_column_int(&fields[6].column, 1), 86400000);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(documents_with_any_of_some_fields) {
    world w;
    fill(&w);
    prism_snapshot *snap = world_snapshot(&w);
    prs_segment *segment = snap->leaves[0].segment;
    static const struct {
        uint16_t fields[3];
        uint32_t n, want;
    } cases[] = {{{1}, 1, 2},    {{1, 2}, 2, 3}, {{2, 3}, 2, 2},    {{3, 4}, 2, 2},
                 {{1, 5}, 2, 2}, {{5, 6}, 2, 3}, {{1, 2, 4}, 3, 3}, {{0, 1}, 2, 4}};
    for (uint32_t round = 0; round < 3;
         round++) { /* the second time from the cache, which is too small for all */
        for (size_t i = 0; i < PRS_COUNT(cases); i++) {
            uint32_t count;
            ck_assert_int_eq(prs_segment_docs_with_any(segment, cases[i].fields, cases[i].n, &count,
                                                       NULL),
                             PRISM_OK);
            ck_assert_msg(count == cases[i].want, "case %zu: %u", i, count);
        }
    }
    for (uint16_t f = 0; f < 6; f++) { /* more sets than the cache holds */
        uint16_t pair[2] = {f, (uint16_t)(f + 1)};
        uint32_t count, again;
        ck_assert_int_eq(prs_segment_docs_with_any(segment, pair, 2, &count, NULL), PRISM_OK);
        ck_assert_int_eq(prs_segment_docs_with_any(segment, pair, 2, &again, NULL), PRISM_OK);
        ck_assert_uint_eq(count, again);
    }
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(fields_are_found_by_name) {
    world w;
    fill(&w);
    /* another order, a field less, a field of another type, a new field */
    static const char text[] =
        "{\"key\":\"id\",\"fields\":[{\"name\":\"body\",\"type\":\"text\"},"
        "{\"name\":\"id\",\"type\":\"keyword\"},{\"name\":\"n\",\"type\":\"bool\"},"
        "{\"name\":\"fresh\",\"type\":\"text\"},{\"name\":\"when\",\"type\":\"date\"}]}";
    prism_snapshot *snap = world_snapshot(&w);
    prism_schema *schema;
    prs_recipe *recipe;
    prs_segment *segment;
    ck_assert_int_eq(prs_schema_from_json(text, strlen(text), &schema, NULL), PRISM_OK);
    ck_assert_int_eq(prs_recipe_new(&w.index.core->mem, schema, &recipe, NULL), PRISM_OK);
    ck_assert_int_eq(prs_segment_open(w.index.core, recipe, &snap->manifest.segments[0], &segment,
                                      NULL),
                     PRISM_OK);
    ck_assert(segment->fields[0].present && segment->fields[0].no == 2 &&
              segment->fields[0].n_terms == 3);
    ck_assert(segment->fields[1].present && segment->fields[1].no == 0);
    ck_assert(!segment->fields[2].present && !segment->fields[3].present);
    ck_assert(segment->fields[4].present && segment->fields[4].has_column);
    prs_segment_unref(segment);
    prs_recipe_unref(recipe);
    prs_schema_unref(schema);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(a_manifest_of_another_segment_is_refused) {
    world w;
    fill(&w);
    prism_snapshot *snap = world_snapshot(&w);
    prs_manifest_segment files = snap->manifest.segments[0];
    prs_segment *segment;
    files.n_docs++;
    ck_assert_int_eq(prs_segment_open(w.index.core, snap->recipe, &files, &segment, NULL),
                     PRISM_ECORRUPT);
    files = snap->manifest.segments[0];
    files.arrival_base++;
    ck_assert_int_eq(prs_segment_open(w.index.core, snap->recipe, &files, &segment, NULL),
                     PRISM_ECORRUPT);
    files = snap->manifest.segments[0];
    files.idx.digest.lo ^= 1;
    ck_assert_int_eq(prs_segment_open(w.index.core, snap->recipe, &files, &segment, NULL),
                     PRISM_ECORRUPT);
    ck_assert_ptr_null(segment);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

TEST_SUITE(segment, statistics_of_fields, columns_hold_values, documents_with_any_of_some_fields,
           fields_are_found_by_name, a_manifest_of_another_segment_is_refused)
