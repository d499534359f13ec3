/* test_merge_schema.c - which schema does a merged segment carry? */
#include "harness/world.h"

#include "merge/merge.h"

static const char plain[] = "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
                            "{\"name\":\"a\",\"type\":\"text\"}]}";
static const char longer[] = "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
                             "{\"name\":\"a\",\"type\":\"text\",\"boost\":2},"
                             "{\"name\":\"b\",\"type\":\"text\"}]}";

static prism_schema *schema_of_inputs(world *w, const prs_merge_input *inputs, uint32_t n) {
    prism_schema *out;
    prs_merge merge = {
        .core = w->index.core, .recipe = w->writer->recipe, .inputs = inputs, .n_inputs = n};
    ck_assert_int_eq(prs_merge_schema(&merge, &out, NULL), PRISM_OK);
    return out;
}

START_TEST(a_field_that_an_input_did_not_know_is_partial) {
    world w;
    prism_schema *schema;
    prs_merge_input inputs[2] = {{0}};
    world_make(&w, plain);
    w.writer->options.max_segments = PRISM_NO_MERGE;
    world_put(&w, "{\"id\":\"1\",\"a\":\"x\"}");
    world_commit(&w);
    inputs[0].segment = w.writer->segments.ptr[0].segment;
    schema = schema_of_inputs(&w, inputs, 1);
    ck_assert_ptr_eq(schema, w.writer->recipe->schema); /* nothing to say: shared */
    prs_schema_unref(schema);

    ck_assert_int_eq(prs_schema_from_json(longer, strlen(longer), &schema, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_set_schema(w.writer, schema, NULL), PRISM_OK);
    prs_schema_unref(schema);
    world_put(&w, "{\"id\":\"2\",\"b\":\"y\"}");
    world_commit(&w);
    inputs[0].segment = w.writer->segments.ptr[1].segment;
    schema = schema_of_inputs(&w, inputs, 1); /* of those that know it all: as it is */
    ck_assert_ptr_eq(schema, w.writer->recipe->schema);
    prs_schema_unref(schema);
    inputs[1].segment = w.writer->segments.ptr[0].segment;
    schema = schema_of_inputs(&w, inputs, 2);
    ck_assert(!schema->fields[0].partial && !schema->fields[1].partial &&
              schema->fields[2].partial);
    prs_schema_unref(schema);
    ck_assert(!w.writer->recipe->schema->fields[2].partial);

    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    inputs[0].segment = w.writer->segments.ptr[0].segment; /* it is handed on */
    schema = schema_of_inputs(&w, inputs, 1);
    ck_assert(schema->fields[2].partial);
    prs_schema_unref(schema);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

TEST_SUITE(merge_schema, a_field_that_an_input_did_not_know_is_partial)
