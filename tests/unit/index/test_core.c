/* test_core.c - how an index begins, and what refuses to open. */
#include "harness/world.h"

#include <stdlib.h>

START_TEST(a_new_index_is_empty) {
    world w;
    world_make(&w, world_schema);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(prism_snapshot_generation(snap), 1);
    ck_assert_uint_eq(prism_snapshot_documents(snap), 0);
    ck_assert_uint_eq(prism_snapshot_segments(snap), 0);
    prs_snapshot_unref(snap);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

START_TEST(there_is_one_index_in_a_directory) {
    const char *path = test_temp_dir();
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prs_core *core, *other;
    ck_assert_int_eq(prs_core_open(&opts, path, &core, NULL), PRISM_ENOTFOUND);
    ck_assert_ptr_null(core);
    ck_assert_int_eq(prs_core_create(&opts, path, NULL, &core, NULL), PRISM_OK);
    ck_assert_int_eq(prs_core_create(&opts, path, NULL, &other, NULL), PRISM_EEXISTS);
    ck_assert_ptr_null(other);
    ck_assert_int_eq(prs_core_open(&opts, path, &other, NULL), PRISM_OK);
    ck_assert(prs_id_equal(&core->uuid, &other->uuid));
    prs_core_unref(core);
    prs_core_unref(other);
}
END_TEST

START_TEST(a_writer_excludes_another) {
    const char *path = test_temp_dir();
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prs_writer_options options = {
        .memory = PRS_WRITER_MIN_MEMORY, .keep_commits = 2, .durable = true};
    prs_core *core, *other;
    prism_writer *writer, *second;
    ck_assert_int_eq(prs_core_create(&opts, path, NULL, &core, NULL), PRISM_OK);
    ck_assert_int_eq(prs_core_open(&opts, path, &other, NULL), PRISM_OK);
    ck_assert_int_eq(prs_writer_open(core, &options, &writer, NULL), PRISM_OK);
    ck_assert_int_eq(prs_writer_open(core, &options, &second, NULL), PRISM_EBUSY);
    ck_assert_ptr_null(second);
    ck_assert_int_eq(prs_writer_open(other, &options, &second, NULL), PRISM_EBUSY);
    prs_writer_close(writer);
    ck_assert_int_eq(prs_writer_open(other, &options, &second, NULL), PRISM_OK);
    prs_writer_close(second);
    prs_core_unref(core);
    prs_core_unref(other);
}
END_TEST

START_TEST(a_read_only_handle_does_not_write) {
    const char *path = test_temp_dir();
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prs_writer_options options = {
        .memory = PRS_WRITER_MIN_MEMORY, .keep_commits = 2, .durable = true};
    prs_core *core;
    prism_writer *writer;
    ck_assert_int_eq(prs_core_create(&opts, path, NULL, &core, NULL), PRISM_OK);
    prs_core_unref(core);
    opts.read_only = 1;
    ck_assert_int_eq(prs_core_open(&opts, path, &core, NULL), PRISM_OK);
    ck_assert_int_eq(prs_writer_open(core, &options, &writer, NULL), PRISM_EREADONLY);
    prs_core_unref(core);
}
END_TEST

START_TEST(fields_of_one_analyzer_share_it) {
    world w;
    world_make(&w,
               "{\"fields\":[{\"name\":\"a\",\"type\":\"text\"},{\"name\":\"b\",\"type\":\"text\"},"
               "{\"name\":\"c\",\"type\":\"text\",\"options\":{\"stem\":\"off\"}},"
               "{\"name\":\"n\",\"type\":\"i64\"}]}");
    const prs_recipe *recipe = w.index.core->recipe;
    ck_assert_ptr_nonnull(recipe->analyzers[0]);
    ck_assert_ptr_eq(recipe->analyzers[0], recipe->analyzers[1]);
    ck_assert_ptr_ne(recipe->analyzers[0], recipe->analyzers[2]);
    ck_assert_ptr_null(recipe->analyzers[3]);
    world_end(&w);
}
END_TEST

START_TEST(an_unknown_analyzer_is_refused) {
    static const char text[] =
        "{\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"analyzer\":\"nobodys\"}]}";
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_schema *schema;
    prs_core *core;
    opts.in_memory = 1;
    ck_assert_int_eq(prs_schema_from_json(text, strlen(text), &schema, NULL), PRISM_OK);
    ck_assert_int_ne(prs_core_create(&opts, "", schema, &core, NULL), PRISM_OK);
    ck_assert_ptr_null(core);
    prs_schema_unref(schema);
}
END_TEST

START_TEST(other_rules_of_analysis_are_noticed) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    world_commit(&w);
    /* the same field, now with another analyzer, as after an upgrade of the rules */
    static const char text[] =
        "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
        "{\"name\":\"body\",\"type\":\"text\",\"options\":{\"stem\":\"off\"}}]}";
    prism_snapshot *snap = world_snapshot(&w);
    prism_schema *schema;
    prs_recipe *recipe;
    prs_segment *segment;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prs_schema_from_json(text, strlen(text), &schema, NULL), PRISM_OK);
    ck_assert_int_eq(prs_recipe_new(&w.index.core->mem, schema, &recipe, NULL), PRISM_OK);
    ck_assert_int_eq(prs_segment_open(w.index.core, recipe, &snap->manifest.segments[0], &segment,
                                      &err),
                     PRISM_EANALYZER);
    ck_assert_ptr_nonnull(strstr(err.text, "body"));
    prs_recipe_unref(recipe);
    prs_schema_unref(schema);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

TEST_SUITE(core, a_new_index_is_empty, there_is_one_index_in_a_directory, a_writer_excludes_another,
           a_read_only_handle_does_not_write, fields_of_one_analyzer_share_it,
           an_unknown_analyzer_is_refused, other_rules_of_analysis_are_noticed)
