/* test_leaf_fields.c - are fields found by name where another schema numbers them otherwise? */
#include "harness/test.h"

#include "search/leaf_fields.h"

static prism_schema *schema_of(const char *json) {
    prism_schema *schema;
    ck_assert_int_eq(prism_schema_from_json(json, strlen(json), &schema, NULL), PRISM_OK);
    return schema;
}

START_TEST(names_are_sorted_and_joined) {
    prs_mem mem;
    prs_arena arena;
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    prism_schema *schema = schema_of(
        "{\"fields\":[{\"name\":\"z\",\"type\":\"text\"},{\"name\":\"b\",\"type\":\"text\"},"
        "{\"name\":\"a.c\",\"type\":\"text\"}]}");
    prs_field_weight weights[] = {{0, 5}, {1, 2}, {2, 3}, {9, 1}};
    prs_named_fields named;
    ck_assert_int_eq(prs_leaf_fields_name(&arena, schema, &(prs_fields){weights, 3}, &named, NULL),
                     PRISM_OK);
    ck_assert(prs_bytes_equal(named.names, prs_bytes_of("a.c\nb\nz", 7)));
    ck_assert(named.sorted[0].weight == 3 && named.sorted[1].weight == 2 &&
              named.sorted[2].weight == 5);
    ck_assert_int_eq(prs_leaf_fields_name(&arena, schema, &(prs_fields){weights, 4}, &named, NULL),
                     PRISM_EINVAL);
    prs_fields mapped;
    ck_assert_int_eq(prs_leaf_fields_map(&arena, schema, schema, &(prs_fields){weights, 4}, &mapped,
                                         NULL),
                     PRISM_EINVAL);
    prism_schema_unref(schema);
    prs_arena_fini(&arena);
}
END_TEST

START_TEST(numbers_follow_names) {
    prs_mem mem;
    prs_arena arena;
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    prism_schema *from = schema_of(
        "{\"fields\":[{\"name\":\"a\",\"type\":\"text\"},{\"name\":\"b\",\"type\":\"text\"},"
        "{\"name\":\"c\",\"type\":\"keyword\"}]}");
    prism_schema *to = schema_of(
        "{\"fields\":[{\"name\":\"c\",\"type\":\"keyword\"},{\"name\":\"x\",\"type\":\"text\"},"
        "{\"name\":\"a\",\"type\":\"text\"}]}");
    prs_field_weight weights[] = {{0, 5}, {1, 2}, {2, 3}};
    prs_fields mapped;
    ck_assert_int_eq(
        prs_leaf_fields_map(&arena, from, to, &(prs_fields){weights, 3}, &mapped, NULL), PRISM_OK);
    ck_assert_uint_eq(mapped.n, 2); /* b is not there */
    ck_assert(mapped.ptr[0].field == 0 && mapped.ptr[0].weight == 3);
    ck_assert(mapped.ptr[1].field == 2 && mapped.ptr[1].weight == 5);
    ck_assert(prs_leaf_field_has_lengths(to, 2) && !prs_leaf_field_has_lengths(to, 0));
    prism_schema_unref(from);
    prism_schema_unref(to);
    prs_arena_fini(&arena);
}
END_TEST

TEST_SUITE(leaf_fields, names_are_sorted_and_joined, numbers_follow_names)
