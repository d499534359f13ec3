/* test_reorder.c - which orders can be asked for, and is what comes of them an order? */
#include "harness/world.h"

#include "merge/merge.h"

static prs_reorder parse(const prism_schema *schema, const char *text) {
    prs_reorder r = {.memory = 77};
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_msg(prs_reorder_parse(text, schema, &r, &err) == PRISM_OK, "%s: %s", text, err.text);
    ck_assert_uint_eq(r.memory, 77);
    return r;
}

START_TEST(orders_are_read) {
    prism_schema *schema;
    ck_assert_int_eq(prs_schema_from_json(world_schema, strlen(world_schema), &schema, NULL),
                     PRISM_OK);
    ck_assert_int_eq(parse(schema, NULL).kind, PRS_REORDER_NONE);
    ck_assert_int_eq(parse(schema, "").kind, PRS_REORDER_NONE);
    ck_assert_int_eq(parse(schema, "bp").kind, PRS_REORDER_BISECT);
    prs_reorder by = parse(schema, "n");
    ck_assert_int_eq(by.kind, PRS_REORDER_FIELD);
    ck_assert_str_eq(by.field, "n");
    ck_assert(!by.desc);
    by = parse(schema, "-when");
    ck_assert_str_eq(by.field, "when");
    ck_assert(by.desc);
    by = parse(schema, "+tags");
    ck_assert_str_eq(by.field, "tags");
    ck_assert(!by.desc);
    by = parse(schema, "random:123456789012345678");
    ck_assert_int_eq(by.kind, PRS_REORDER_RANDOM);
    ck_assert_uint_eq(by.seed, UINT64_C(123456789012345678));
    prs_schema_unref(schema);
}
END_TEST

START_TEST(others_are_refused_by_name) {
    static const char *const bad[] = {"x",
                                      "-",
                                      "+",
                                      "body",
                                      "-lang",
                                      "random:",
                                      "random:1x",
                                      "random:-1",
                                      "bp ",
                                      "--n",
                                      "BP",
                                      "n,when",
                                      "random:9999999999999999999"};
    prism_schema *schema;
    ck_assert_int_eq(prs_schema_from_json(world_schema, strlen(world_schema), &schema, NULL),
                     PRISM_OK);
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        prs_reorder r = {.kind = PRS_REORDER_NONE};
        prism_error err = PRISM_ERROR_INIT;
        ck_assert_msg(prs_reorder_parse(bad[i], schema, &r, &err) == PRISM_EINVAL, "%s", bad[i]);
        ck_assert_ptr_nonnull(strstr(err.text, bad[i]));
    }
    prs_schema_unref(schema);
}
END_TEST

/* A writer that is opened with an order that is none does not open. */
START_TEST(a_writer_is_opened_with_one) {
    world w;
    prism_error err = PRISM_ERROR_INIT;
    world_make(&w, world_schema);
    world_close(&w);
    w.options.reorder_text = "nothing";
    ck_assert_int_eq(world_try_open(&w, true, &err), PRISM_EINVAL);
    world_close(&w);
    w.options.reorder_text = "-n";
    world_open(&w, true);
    ck_assert_int_eq(w.writer->options.reorder.kind, PRS_REORDER_FIELD);
    world_end(&w);
}
END_TEST

/* The documents of the only segment by number: their n; UINT32_MAX = none. */
static uint32_t numbers_of(world *w, uint32_t *out) {
    prism_snapshot *snap = world_snapshot(w);
    ck_assert_uint_eq(snap->n_leaves, 1);
    const prs_segment *segment = snap->leaves[0].segment;
    for (uint32_t doc = 0; doc < segment->n_docs; doc++) {
        char *json;
        ck_assert_int_eq(prism_document_get(snap, doc, &json, NULL, NULL), PRISM_OK);
        const char *at = strstr(json, "\"n\":");
        out[doc] = at == NULL ? UINT32_MAX : (uint32_t)(at[4] - '0');
        prism_free_text(json);
    }
    uint32_t n = segment->n_docs;
    prs_snapshot_unref(snap);
    return n;
}

START_TEST(a_random_order_depends_on_its_number_alone) {
    uint32_t a[10], b[10], c[10];
    const char *const orders[] = {"random:1", "random:1", "random:2"};
    uint32_t *const out[] = {a, b, c};
    for (size_t i = 0; i < 3; i++) {
        world w;
        world_make(&w, world_schema);
        for (uint32_t d = 0; d < 10; d++) world_put(&w, "{\"id\":\"k%u\",\"n\":%u}", d, d);
        world_commit(&w);
        w.writer->options.reorder = parse(w.writer->recipe->schema, orders[i]);
        ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
        ck_assert_uint_eq(numbers_of(&w, out[i]), 10);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        world_end(&w);
    }
    ck_assert_mem_eq(a, b, sizeof a);
    ck_assert_mem_ne(a, c, sizeof a);
}
END_TEST

TEST_SUITE(reorder, orders_are_read, others_are_refused_by_name, a_writer_is_opened_with_one,
           a_random_order_depends_on_its_number_alone)
