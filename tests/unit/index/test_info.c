/* test_info.c - are the numbers of info JSON, and do they add up? */
#include "harness/world.h"

#include <jansson.h>
#include <stdlib.h>

static json_int_t number(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    ck_assert_msg(json_is_integer(value), "no number %s", name);
    return json_integer_value(value);
}

START_TEST(numbers_add_up) {
    world w;
    char *text;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"title\":\"one two\",\"body\":\"x y z\",\"tags\":[\"q\",\"p\"]}");
    world_put(&w, "{\"id\":\"b\",\"body\":\"数据\"}");
    world_put(&w, "{\"id\":\"d\",\"body\":\"x\"}");
    world_put(&w, "{\"id\":\"e\",\"body\":\"x\"}");
    world_commit(&w);
    world_put(&w, "{\"id\":\"b\",\"body\":\"one\"}");
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_int_eq(prism_snapshot_info(snap, &text, NULL), PRISM_OK);
    json_t *info = json_loads(text, 0, NULL);
    prism_free_text(text);
    ck_assert_ptr_nonnull(info);
    ck_assert_int_eq(number(info, "documents"), 4);
    ck_assert_int_eq(number(info, "deleted"), 1);
    ck_assert_int_eq(number(info, "segments"), 2);
    ck_assert_int_eq(number(info, "generation"), 3);
    const json_t *body = json_object_get(json_object_get(info, "fields"), "body"), *value;
    ck_assert_int_eq(number(body, "documents"), 5);
    ck_assert_int_eq(number(body, "tokens"), 10); /* x y z, 数 据 数据 据, x, x, one */
    const char *name;
    json_int_t sum = 0, segments = 0;
    json_object_foreach(json_object_get(info, "components"), name, value) sum +=
        json_integer_value(value);
    ck_assert_int_eq(sum, number(info, "bytes"));
    size_t i;
    json_array_foreach(json_object_get(info, "segment_list"), i, value) segments +=
        number(value, "bytes");
    ck_assert_int_eq(segments + (json_int_t)snap->manifest.deletes.len, number(info, "bytes"));
    ck_assert(json_is_object(json_object_get(info, "schema")));
    ck_assert_uint_eq(strlen(json_string_value(json_object_get(info, "uuid"))), 32);
    json_decref(info);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

/* Lists are told of in their parts. */
START_TEST(parts_of_lists) {
    world w;
    char *text;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 400; i++)
        world_put(&w, "{\"id\":\"a%u\",\"body\":\"x y%u z x\"}", i, i % 5);
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_int_eq(prism_snapshot_info(snap, &text, NULL), PRISM_OK);
    json_t *info = json_loads(text, 0, NULL);
    prism_free_text(text);
    uint64_t terms = 0, postings = 0, positions = 0;
    for (uint32_t l = 0; l < snap->n_leaves; l++) {
        for (uint32_t f = 0; f < snap->leaves[l].segment->n_fields; f++) {
            const prs_segment_field *field = &snap->leaves[l].segment->fields[f];
            terms += field->present ? field->terms.terms_len : 0;
            postings += field->present ? field->terms.postings_len : 0;
            positions += field->present ? field->terms.positions_len : 0;
        }
    }
    const json_t *parts = json_object_get(info, "components");
    ck_assert(terms > 0 && postings > 0 && positions > 0);
    ck_assert_int_eq(number(parts, "terms"), (json_int_t)terms);
    ck_assert_int_eq(number(parts, "postings"), (json_int_t)postings);
    ck_assert_int_eq(number(parts, "positions"), (json_int_t)positions);
    json_decref(info);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

TEST_SUITE(info, numbers_add_up, parts_of_lists)
