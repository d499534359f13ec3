/* world.c - an index in memory for tests. */
#include "harness/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char world_schema[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"title\",\"type\":\"text\",\"boost\":2},{\"name\":\"body\",\"type\":\"text\"},"
    "{\"name\":\"tags\",\"type\":\"keyword\",\"many\":true,\"column\":true},"
    "{\"name\":\"lang\",\"type\":\"keyword\"},{\"name\":\"n\",\"type\":\"i64\"},"
    "{\"name\":\"when\",\"type\":\"date\"}]}";

static void new_core(world *w) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_allocator hook = test_alloc_hook(&w->alloc);
    opts.allocator = &hook;
    memset(&w->alloc, 0, sizeof w->alloc);
    w->alloc.fail_at =
        w->fail_at == 1 ? 0 : w->fail_at; /* 1 is the core, which cannot be missing here */
    w->fault = calloc(1, sizeof *w->fault);
    fault_dir_init(w->fault, w->disk);
    ck_assert_int_eq(prs_core_new(&opts, &w->index.core, NULL), PRISM_OK);
    w->index.core->dir = &w->fault->base;
}

void world_make(world *w, const char *schema) {
    world_make_crashing(w, schema, NULL);
}

void world_make_crashing(world *w, const char *schema, crash_dir *crash) {
    memset(w, 0, sizeof *w);
    prs_mem_init(&w->disk_mem, NULL);
    ck_assert_int_eq(prs_dir_mem_new(&w->disk_mem, &w->disk, NULL), PRISM_OK);
    if (crash != NULL) {
        crash_dir_init(crash, w->disk);
        w->disk = &crash->base;
    }
    w->options =
        (prs_writer_options){.memory = PRS_WRITER_MIN_MEMORY, .keep_commits = 2, .durable = true};
    const char *threads = getenv("PRISM_THREADS");
    if (threads != NULL) {
        w->options.threads = (uint32_t)strtoul(threads, NULL, 10);
        w->options.batch_text = 1;
        w->options.merge_here = true;
    }
    prism_schema *parsed;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_schema_from_json(schema, strlen(schema), &parsed, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    new_core(w);
    ck_assert_int_eq(prs_core_make(w->index.core, parsed, NULL, &err), PRISM_OK);
    prs_schema_unref(parsed);
    ck_assert_int_eq(prs_writer_open(w->index.core, &w->options, &w->writer, &err), PRISM_OK);
}

prism_status world_try_open(world *w, bool with_writer, prism_error *err) {
    new_core(w);
    prism_status status = prs_core_load(w->index.core, err);
    if (status == PRISM_OK && with_writer) {
        status = prs_writer_open(w->index.core, &w->options, &w->writer, err);
    }
    return status;
}

void world_open(world *w, bool with_writer) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = world_try_open(w, with_writer, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s (%s)", prs_status_name(status), err.text, err.file);
}

void world_close(world *w) {
    prs_writer_close(w->writer);
    w->writer = NULL;
    prs_core_unref(w->index.core);
    w->index.core = NULL;
    test_alloc_check_empty(&w->alloc);
    free(w->fault);
    w->fault = NULL;
}

void world_end(world *w) {
    if (w->index.core != NULL) world_close(w);
    w->disk->vt->close_dir(w->disk);
    ck_assert_uint_eq(atomic_load(&w->disk_mem.live), 0);
}

void world_put(world *w, const char *json, ...) {
    char *text = NULL;
    va_list args;
    va_start(args, json);
    int len = vasprintf(&text, json, args);
    va_end(args);
    ck_assert(len > 0 && text != NULL);
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prism_writer_put_json(w->writer, text, (size_t)len, 0, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s", err.text, text);
    free(text);
}

uint64_t world_delete(world *w, const char *key) {
    uint64_t n = 99;
    ck_assert_int_eq(prism_writer_delete(w->writer, key, strlen(key), &n, NULL), PRISM_OK);
    return n;
}

void world_flush(world *w) {
    ck_assert_int_eq(prs_writer_lock(w->writer, NULL), PRISM_OK);
    ck_assert_int_eq(prs_writer_flush(w->writer, NULL), PRISM_OK);
    prs_writer_unlock(w->writer);
}

uint64_t world_commit(world *w) {
    uint64_t generation = 0;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prism_writer_commit(w->writer, NULL, 0, &generation, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s (%s)", prs_status_name(status), err.text, err.file);
    return generation;
}

prism_snapshot *world_snapshot(world *w) {
    prism_snapshot *snap;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_snapshot_open(w->index.core, NULL, &snap, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s (%s)", prs_status_name(status), err.text, err.file);
    return snap;
}

char *world_get(world *w, const char *key) {
    prism_snapshot *snap = world_snapshot(w);
    uint64_t gdoc;
    char *json = NULL, *copy = NULL;
    prism_status status = prism_document_find(snap, key, strlen(key), &gdoc, NULL);
    if (status == PRISM_OK) {
        ck_assert_int_eq(prism_document_get(snap, gdoc, &json, NULL, NULL), PRISM_OK);
        copy = strdup(json);
        prism_free_text(json);
    } else {
        ck_assert_int_eq(status, PRISM_ENOTFOUND);
    }
    prs_snapshot_unref(snap);
    return copy;
}

uint64_t world_count(world *w) {
    prism_snapshot *snap = world_snapshot(w);
    uint64_t n = prism_snapshot_documents(snap);
    prs_snapshot_unref(snap);
    return n;
}

static void print_finding(void *ctx, const prism_error *finding) {
    (void)ctx;
    if (finding->code != PRISM_OK) fprintf(stderr, "# %s: %s\n", finding->file, finding->text);
}

uint64_t world_check(world *w, prism_check_level level) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prs_check check = {.level = level, .each = print_finding};
    fault_dir *around = calloc(1, sizeof *around);
    fault_dir_init(around, w->disk);
    ck_assert_int_eq(prs_core_new(&opts, &check.core, NULL), PRISM_OK);
    check.core->dir = &around->base;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_check_run(&check, &err);
    ck_assert_msg(status == PRISM_OK, "check: %s", err.text);
    prs_core_unref(check.core);
    w->disk->pread = false;
    free(around);
    return check.n_findings;
}

void world_read(prs_json_reader *reader, prs_document *doc, const char *json) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_json_reader_read(reader, json, strlen(json), true, doc, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s", err.text, json);
}
