/* test_writer.c - which put wins, what an append does not see, what survives which failure. */
#include "harness/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void expect(world *w, const char *key, const char *json) {
    char *got = world_get(w, key);
    if (json == NULL) ck_assert_ptr_null(got);
    if (json != NULL) ck_assert_str_eq(got, json);
    free(got);
}

START_TEST(the_last_put_wins) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"n\":1}");
    world_put(&w, "{\"id\":\"b\",\"n\":1}");
    world_put(&w, "{\"id\":\"a\",\"n\":2}"); /* inside one flush */
    ck_assert_int_eq(prs_writer_flush(w.writer, NULL), PRISM_OK);
    world_put(&w, "{\"id\":\"b\",\"n\":3}"); /* over a flushed one */
    world_commit(&w);
    expect(&w, "a", "{\"id\":\"a\",\"n\":2}");
    expect(&w, "b", "{\"id\":\"b\",\"n\":3}");
    world_put(&w, "{\"id\":\"a\",\"n\":4}"); /* over a committed one */
    ck_assert_uint_eq(world_delete(&w, "a"), 1);
    ck_assert_uint_eq(world_delete(&w, "a"), 0);
    world_put(&w, "{\"id\":\"a\",\"n\":5}"); /* and after a delete */
    expect(&w, "a", "{\"id\":\"a\",\"n\":2}");
    world_commit(&w);
    expect(&w, "a", "{\"id\":\"a\",\"n\":5}");
    ck_assert_uint_eq(world_count(&w), 2);
    world_end(&w);
}
END_TEST

static void append(world *w, const char *json) {
    ck_assert_int_eq(prism_writer_put_json(w->writer, json, strlen(json), PRISM_PUT_APPEND, NULL),
                     PRISM_OK);
}

START_TEST(append_does_not_look_back) {
    world w;
    world_make(&w, world_schema);
    append(&w, "{\"id\":\"a\",\"n\":1}");
    append(&w, "{\"id\":\"a\",\"n\":2}"); /* one segment never has two live documents of a key */
    append(&w, "{\"id\":\"c\",\"n\":2}");
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 2);
    append(&w, "{\"id\":\"a\",\"n\":3}"); /* the promise is broken: both are there */
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 3);
    expect(&w, "a", "{\"id\":\"a\",\"n\":3}"); /* the newest is found */
    world_put(&w, "{\"id\":\"a\",\"n\":4}");   /* replaces all of them */
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 2);
    world_end(&w);
}
END_TEST

START_TEST(a_merge_mends_broken_promises_of_append) {
    world w;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 3; i++) {
        char json[64];
        snprintf(json, sizeof json, "{\"id\":\"a\",\"n\":%u}", i);
        append(&w, json);
        snprintf(json, sizeof json, "{\"id\":\"b%u\",\"n\":%u}", i, i);
        append(&w, json);
        world_commit(&w);
    }
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    ck_assert_uint_eq(world_count(&w), 4);
    expect(&w, "a", "{\"id\":\"a\",\"n\":2}");
    world_end(&w);
}
END_TEST

START_TEST(rejected_documents_harm_nothing) {
    world w;
    prism_error err = PRISM_ERROR_INIT;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"n\":1}");
    ck_assert_int_eq(prism_writer_put_json(w.writer, "{\"id\":", 6, 0, &err), PRISM_EPARSE);
    ck_assert_int_eq(prism_writer_put_json(w.writer, "{\"n\":\"x\"}", 9, 0, &err), PRISM_EREJECTED);
    ck_assert_int_eq(prism_writer_put_json(w.writer, "[]", 2, 0, &err), PRISM_EPARSE);
    world_put(&w, "{\"id\":\"b\",\"unheard_of\":1}");
    prism_writer_stats stats = {.size = sizeof stats};
    ck_assert_int_eq(prism_writer_get_stats(w.writer, &stats, NULL), PRISM_OK);
    ck_assert_uint_eq(stats.documents_put, 2);
    ck_assert_uint_eq(stats.unknown_fields, 1);
    ck_assert_str_eq(stats.first_unknown_field, "unheard_of");
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 2);
    world_close(&w);
    w.options.strict_schema = true;
    world_open(&w, true);
    ck_assert_int_eq(prism_writer_put_json(w.writer, "{\"unheard_of\":1}", 16, 0, &err),
                     PRISM_EREJECTED);
    world_end(&w);
}
END_TEST

START_TEST(documents_without_a_key_get_one) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"body\":\"one\"}");
    world_put(&w, "{\"body\":\"one\"}"); /* the same content: the same key */
    world_put(&w, "{\"body\":\"two\"}");
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 2);
    world_end(&w);
}
END_TEST

START_TEST(closing_forgets_what_was_not_committed) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"n\":1}");
    world_commit(&w);
    world_put(&w, "{\"id\":\"b\",\"n\":1}");
    ck_assert_int_eq(prs_writer_flush(w.writer, NULL), PRISM_OK);
    world_put(&w, "{\"id\":\"c\",\"n\":1}");
    world_delete(&w, "a");
    world_close(&w);
    prs_listing listing;
    ck_assert_int_eq(prs_listing_read(&listing, w.disk, NULL), PRISM_OK);
    ck_assert_uint_eq(listing.names.n, 4); /* two commits, two files of one segment */
    prs_listing_fini(&listing);
    world_open(&w, true);
    ck_assert_uint_eq(world_count(&w), 1);
    expect(&w, "a", "{\"id\":\"a\",\"n\":1}");
    world_end(&w);
}
END_TEST

START_TEST(a_budget_is_kept_by_flushing) {
    world w;
    char json[3000];
    test_rng rng = test_rng_of("budget");
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 12000; i++) {
        size_t at = (size_t)snprintf(json, sizeof json, "{\"id\":\"k%u\",\"body\":\"", i);
        while (at < 2500)
            at += (size_t)snprintf(json + at, sizeof json - at, "w%u ",
                                   (unsigned)test_rng_below(&rng, 90000));
        snprintf(json + at, sizeof json - at, "\"}");
        world_put(&w, "%s", json);
    }
    prism_writer_stats stats = {.size = sizeof stats};
    ck_assert_int_eq(prism_writer_get_stats(w.writer, &stats, NULL), PRISM_OK);
    ck_assert_uint_ge(stats.flushes, 2);
    ck_assert_uint_le(stats.memory_peak, w.options.memory + w.options.memory / 4); /* R37 */
    world_commit(&w);
    ck_assert_int_eq(prism_writer_get_stats(w.writer, &stats, NULL), PRISM_OK);
    ck_assert_uint_le(stats.memory_peak, w.options.memory + w.options.memory / 4);
    ck_assert_uint_eq(world_count(&w), 12000);
    world_end(&w);
}
END_TEST

START_TEST(a_child_cannot_write) {
    const char *path = test_temp_dir();
    prism_index *index;
    prism_writer *writer;
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, &index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put_json(writer, "{\"id\":\"a\"}", 10, 0, NULL), PRISM_OK);
    pid_t child = fork();
    if (child == 0) {
        bool good = prism_writer_put_json(writer, "{\"id\":\"b\"}", 10, 0, NULL) == PRISM_EMISUSE &&
                    prism_writer_commit(writer, NULL, 0, NULL, NULL) == PRISM_EMISUSE &&
                    prism_writer_rollback(writer, NULL) == PRISM_EMISUSE;
        prism_writer_close(writer); /* must not take the parent's files or lock away */
        _exit(good ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    prism_writer *second;
    ck_assert_int_eq(prism_writer_open(index, NULL, &second, NULL), PRISM_EBUSY);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    prism_writer_close(writer);
    prism_snapshot *snap;
    ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_snapshot_documents(snap), 1);
    prism_snapshot_unref(snap);
    prism_index_close(index);
}
END_TEST

START_TEST(ids_follow_from_a_seed) {
    uint64_t digest[2];
    for (uint32_t i = 0; i < 2; i++) {
        prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
        prs_writer_options options = {
            .memory = PRS_WRITER_MIN_MEMORY, .keep_commits = 1, .id_seed = 7};
        static const prs_id uuid = {{1, 2, 3}};
        prs_core *core;
        prism_schema *schema;
        prism_writer *writer;
        ck_assert_int_eq(prs_schema_default(&schema, NULL), PRISM_OK);
        ck_assert_int_eq(prs_core_new(&opts, &core, NULL), PRISM_OK);
        ck_assert_int_eq(prs_dir_mem_new(&core->mem, &core->dir, NULL), PRISM_OK);
        ck_assert_int_eq(prs_core_make(core, schema, &uuid, NULL), PRISM_OK);
        ck_assert_int_eq(prs_writer_open(core, &options, &writer, NULL), PRISM_OK);
        ck_assert_int_eq(
            prism_writer_put_json(writer, "{\"id\":\"a\",\"body\":\"x\"}", 21, 0, NULL), PRISM_OK);
        ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
        prs_writer_close(writer);
        prs_view view;
        ck_assert_int_eq(
            core->dir->vt->view_open(core->dir, "commit-0000000000000002", &view, NULL), PRISM_OK);
        digest[i] = prs_hash64(view.ptr, (size_t)view.len, 0);
        core->dir->vt->view_close(core->dir, &view);
        prs_schema_unref(schema);
        prs_core_unref(core);
    }
    ck_assert_uint_eq(digest[0], digest[1]); /* the manifest holds the digests of all other files */
}
END_TEST

START_TEST(a_full_file_system) {
    char path[256], json[4096];
    prism_index *index;
    prism_writer *writer;
    prism_error err = PRISM_ERROR_INIT;
    snprintf(path, sizeof path, "%s", test_temp_dir());
    test_mount(path, "size=1m", 0);
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, &index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put_json(writer, "{\"id\":\"a\",\"body\":\"x\"}", 21, 0, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    test_rng rng = test_rng_of("full");
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < 2000 && status == PRISM_OK; i++) {
        size_t at = (size_t)snprintf(json, sizeof json, "{\"id\":\"k%u\",\"body\":\"", i);
        while (at < 3500)
            at += (size_t)snprintf(json + at, sizeof json - at, "%llx ",
                                   (unsigned long long)test_rng_next(&rng));
        at += (size_t)snprintf(json + at, sizeof json - at, "\"}");
        status = prism_writer_put_json(writer, json, at, 0, &err);
    }
    if (status == PRISM_OK) status = prism_writer_commit(writer, NULL, 0, NULL, &err);
    ck_assert_int_eq(status, PRISM_ENOSPC);
    ck_assert_int_eq(err.sys_errno, 28 /* ENOSPC */);
    ck_assert_int_eq(prism_writer_rollback(writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put_json(writer, "{\"id\":\"b\",\"body\":\"y\"}", 21, 0, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    prism_writer_close(writer);
    prism_snapshot *snap;
    ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_snapshot_documents(snap), 2);
    prism_snapshot_unref(snap);
    prism_index_close(index);
}
END_TEST

static prism_status put_text(world *w, const char *json, prism_error *err) {
    return prism_writer_put_json(w->writer, json, strlen(json), 0, err);
}

/* One small life of a writer; every allocation may fail. */
static prism_status live(world *w) {
    prism_error err = PRISM_ERROR_INIT;
    PRS_TRY(world_try_open(w, true, &err));
    PRS_TRY(put_text(w, "{\"id\":\"a\",\"body\":\"one 数据\",\"tags\":[\"x\"]}", &err));
    PRS_TRY(prs_writer_flush(w->writer, &err));
    PRS_TRY(put_text(w, "{\"id\":\"a\",\"body\":\"two\",\"n\":1}", &err));
    PRS_TRY(put_text(w, "{\"id\":\"b\",\"body\":\"two\"}", &err));
    PRS_TRY(prism_writer_commit(w->writer, NULL, 0, NULL, &err));
    PRS_TRY(put_text(w, "{\"id\":\"c\",\"body\":\"two\"}", &err));
    return prism_writer_merge(w->writer, 1, NULL, NULL, &err);
}

START_TEST(memory_may_run_out_anywhere) {
    uint32_t step = 1;
    for (size_t at = 1;; at += step) {
        world w;
        world_make(&w, world_schema);
        world_close(&w);
        w.fail_at = at;
        prism_status status = live(&w);
        bool refused = atomic_load(&w.alloc.calls) >= at;
        w.alloc.fail_at = w.fail_at = 0;
        if (!refused) ck_assert_int_eq(status, PRISM_OK);
        if (status != PRISM_OK) ck_assert_int_eq(status, PRISM_ENOMEM);
        world_close(&w); /* nothing leaks */
        world_open(&w, true);
        uint64_t n = world_count(&w);
        ck_assert_msg(n == 0 || n == 2 || n == 3, "allocation %zu: %llu documents", at,
                      (unsigned long long)n);
        if (status == PRISM_OK) ck_assert_uint_eq(n, 3);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_NORMAL), 0);
        world_end(&w);
        if (!refused) break;
        step = at < 300 ? 1 : 1 + (uint32_t)(at / 200);
    }
}
END_TEST

TEST_SUITE(writer, the_last_put_wins, append_does_not_look_back,
           a_merge_mends_broken_promises_of_append, rejected_documents_harm_nothing,
           documents_without_a_key_get_one, closing_forgets_what_was_not_committed,
           a_budget_is_kept_by_flushing, a_child_cannot_write, ids_follow_from_a_seed,
           a_full_file_system, memory_may_run_out_anywhere)
