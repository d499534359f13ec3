/* test_core.c - how an index begins, and what refuses to open. */
#include "harness/world.h"

#include "index/commit.h"

#include <stdio.h>
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

/* An index begins by one rename: with any call of the storage failing there is one or none, and the
 * error says which. */
START_TEST(each_call_of_the_storage_may_fail) {
    for (int on = 0; on < 2; on++) {
        for (uint64_t at = 1;; at++) {
            prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
            prs_mem disk_mem;
            prs_dir *disk;
            fault_dir fault;
            prs_core *core;
            prism_schema *schema;
            uint64_t newest;
            prs_mem_init(&disk_mem, NULL);
            ck_assert_int_eq(prs_dir_mem_new(&disk_mem, &disk, NULL), PRISM_OK);
            fault_dir_init(&fault, disk);
            fault.calls = FAULT_ALL;
            fault.status = PRISM_EIO;
            fault.fail_at = at;
            fault.fail_on = on != 0;
            ck_assert_int_eq(prs_core_new(&opts, &core, NULL), PRISM_OK);
            core->dir = &fault.base;
            ck_assert_int_eq(prs_schema_default(&schema, NULL), PRISM_OK);
            prism_status status = prs_core_make(core, schema, NULL, NULL);
            bool failed = fault.n_calls >= at;
            fault.fail_at = 0;
            ck_assert_int_eq(prs_commit_find_newest(disk, &newest, NULL), PRISM_OK);
            if (failed && status != PRISM_EUNKNOWN && status != PRISM_OK)
                ck_assert_uint_eq(newest, 0);
            if (!failed) ck_assert_int_eq(status, PRISM_OK);
            if (status == PRISM_OK) ck_assert_uint_eq(newest, 1);
            prs_schema_unref(schema);
            prs_core_unref(core);
            disk->vt->close_dir(disk);
            ck_assert_uint_eq(atomic_load(&disk_mem.live), 0);
            if (!failed) break;
            ck_assert_uint_lt(at, 100);
        }
    }
}
END_TEST

static prism_status make_in_memory(prs_mem *mem, void *ctx) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prs_core *core;
    opts.allocator = &mem->hook;
    opts.in_memory = 1;
    opts.checksums = PRISM_CHECKSUMS_EAGER;
    (void)ctx;
    prism_status status = prs_core_create(&opts, "", NULL, &core, NULL);
    ck_assert((core != NULL) == (status == PRISM_OK));
    prs_core_unref(core);
    return status;
}

START_TEST(each_allocation_may_fail) {
    ck_assert_uint_gt(test_oom_sweep(make_in_memory, NULL), 10);
}
END_TEST

START_TEST(where_no_index_can_begin) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prs_core *core;
    prs_mem mem;
    prs_dir *dir;
    prs_file *file;
    char path[300], name[PRS_NAME_SIZE];
    prism_error err = PRISM_ERROR_INIT;
    snprintf(path, sizeof path, "%s/deeper/still", test_temp_dir()); /* one level is made */
    ck_assert_int_eq(prs_core_create(&opts, path, NULL, &core, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prs_core_create(&opts, "/dev/null", NULL, &core, NULL), PRISM_EINVAL);
    const char *folder = test_temp_dir(); /* a file of somebody's has the last number there is */
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_dir_fs_open(&mem, folder, false, true, &dir, NULL), PRISM_OK);
    prs_name_of_generation(name, PRS_NAME_DELETES, UINT64_MAX);
    ck_assert_int_eq(dir->vt->create(dir, name, &file, NULL), PRISM_OK);
    ck_assert_int_eq(dir->vt->close(dir, file, NULL), PRISM_OK);
    dir->vt->close_dir(dir);
    ck_assert_int_eq(prs_core_create(&opts, folder, NULL, &core, &err), PRISM_ELIMIT);
    ck_assert_ptr_null(core);
}
END_TEST

TEST_SUITE(core, each_call_of_the_storage_may_fail, each_allocation_may_fail,
           where_no_index_can_begin, a_new_index_is_empty, there_is_one_index_in_a_directory,
           a_writer_excludes_another, a_read_only_handle_does_not_write,
           fields_of_one_analyzer_share_it, an_unknown_analyzer_is_refused,
           other_rules_of_analysis_are_noticed)
