/* test_stored.c - are the stored documents of a commit all given out, whole, and only those? */
#include "harness/world.h"

#include "maintain/stored.h"

#include <stdlib.h>

/* A core over the world's disk that knows nothing but its directory. */
static prs_core *bare_core(world *w, fault_dir *fault) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prs_core *core;
    fault_dir_init(fault, w->disk);
    ck_assert_int_eq(prs_core_new(&opts, &core, NULL), PRISM_OK);
    core->dir = &fault->base;
    return core;
}

typedef struct walk {
    char text[256];
    uint32_t n, fail_at;
} walk;

static prism_status take(void *ctx, prs_bytes json, prism_error *err) {
    walk *k = ctx;
    strncat(k->text, (const char *)json.ptr, json.len);
    return ++k->n == k->fail_at ? prs_error_set(err, PRISM_EREJECTED, "enough") : PRISM_OK;
}

static void make_documents(world *w) {
    world_make(w, world_schema);
    w->writer->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 0; i < 4; i++) {
        world_put(w, "{\"id\":\"%u\"}", i);
        if (i % 2 == 1) world_commit(w);
    }
    world_put(w, "{\"id\":\"0\",\"n\":1}");
    world_delete(w, "2");
    world_commit(w);
}

START_TEST(live_documents_by_arrival) {
    world w;
    fault_dir fault;
    prs_stored stored;
    prism_error err = PRISM_ERROR_INIT;
    walk k = {{0}, 0, 0}, stopped = {{0}, 0, 2};
    make_documents(&w);
    prs_core *core = bare_core(&w, &fault);
    ck_assert_int_eq(prs_stored_open(&stored, core, NULL), PRISM_OK);
    ck_assert_uint_eq(stored.n_live, 3);
    ck_assert_uint_eq(stored.schema->n_fields, 7);
    world_put(&w, "{\"id\":\"late\"}"); /* what a writer does now changes nothing */
    world_commit(&w);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    world_put(&w, "{\"id\":\"later\"}");
    world_commit(&w);
    ck_assert_int_eq(prs_stored_each(&stored, take, &k, NULL), PRISM_OK);
    ck_assert_str_eq(k.text, "{\"id\":\"1\"}{\"id\":\"3\"}{\"id\":\"0\",\"n\":1}");
    ck_assert_int_eq(prs_stored_each(&stored, take, &stopped, &err), PRISM_EREJECTED);
    ck_assert_str_eq(err.text, "enough");
    ck_assert_uint_eq(stopped.n, 2);
    prs_stored_fini(&stored);
    prs_core_unref(core);
    world_end(&w);
}
END_TEST

/* Of the newest commit's first segment. */
static prs_manifest_segment first_segment(world *w) {
    prism_snapshot *snap = world_snapshot(w);
    prs_manifest_segment files = snap->manifest.segments[0];
    prs_snapshot_unref(snap);
    return files;
}

START_TEST(terms_are_not_needed_documents_are) {
    world w;
    fault_dir fault;
    prs_stored stored;
    char name[PRS_NAME_SIZE];
    walk k = {{0}, 0, 0};
    make_documents(&w);
    prs_manifest_segment files = first_segment(&w);
    prs_core *core = bare_core(&w, &fault);
    prs_name_of_segment(name, PRS_NAME_IDX, &files.id);
    ck_assert_int_eq(w.disk->vt->unlink(w.disk, name, NULL), PRISM_OK);
    ck_assert_int_eq(prs_stored_open(&stored, core, NULL), PRISM_OK);
    ck_assert_int_eq(prs_stored_each(&stored, take, &k, NULL), PRISM_OK);
    ck_assert_uint_eq(k.n, 3);
    prs_stored_fini(&stored);
    prs_name_of_segment(name, PRS_NAME_DOC, &files.id);
    ck_assert_int_eq(w.disk->vt->unlink(w.disk, name, NULL), PRISM_OK);
    ck_assert_int_eq(prs_stored_open(&stored, core, NULL), PRISM_ECORRUPT); /* lost: damage */
    prs_core_unref(core);
    world_end(&w);
}
END_TEST

static void flip(world *w, const char *name, size_t at) {
    prs_view view;
    ck_assert_int_eq(w->disk->vt->view_open(w->disk, name, &view, NULL), PRISM_OK);
    ((uint8_t *)(uintptr_t)view.ptr)[at] ^= 1;
    w->disk->vt->view_close(w->disk, &view);
}

/* Nothing damaged is handed on, not even when the index is opened without checksums. */
START_TEST(every_byte_is_proved_first) {
    world w;
    fault_dir fault;
    char name[PRS_NAME_SIZE];
    make_documents(&w);
    prs_manifest_segment files = first_segment(&w);
    prs_name_of_segment(name, PRS_NAME_DOC, &files.id);
    prs_core *core = bare_core(&w, &fault);
    core->checksums = PRS_CHECKSUM_OFF;
    for (size_t at = 0; at < files.doc.len; at += 3) {
        prs_stored stored;
        prism_error err = PRISM_ERROR_INIT;
        walk k = {{0}, 0, 0};
        flip(&w, name, at);
        prism_status status = prs_stored_open(&stored, core, &err);
        if (status == PRISM_OK) {
            status = prs_stored_each(&stored, take, &k, &err);
            prs_stored_fini(&stored);
        }
        ck_assert_msg(status == PRISM_ECORRUPT && k.n == 0, "byte %zu: %d", at, status);
        ck_assert_str_eq(err.file, name);
        flip(&w, name, at);
    }
    prs_core_unref(core);
    world_end(&w);
}
END_TEST

START_TEST(each_call_of_the_storage_fails) {
    world w;
    make_documents(&w);
    uint32_t n_failed = 0;
    for (uint64_t at = 1;; at++) {
        fault_dir fault;
        prs_stored stored;
        walk k = {{0}, 0, 0};
        prs_core *core = bare_core(&w, &fault);
        core->dir->pread = at % 2 == 0;
        fault.fail_at = at;
        prism_status status = prs_stored_open(&stored, core, NULL);
        if (status == PRISM_OK) {
            status = prs_stored_each(&stored, take, &k, NULL);
            prs_stored_fini(&stored);
        }
        bool failed = fault.n_failed > 0;
        ck_assert_int_eq(status, failed ? PRISM_EIO : PRISM_OK);
        ck_assert(failed || k.n == 3);
        n_failed += failed;
        prs_core_unref(core);
        w.disk->pread = false;
        if (!failed) break;
    }
    ck_assert_uint_gt(n_failed, 5);
    world_end(&w);
}
END_TEST

static prism_status walk_all(prs_mem *mem, void *ctx) {
    world *w = ctx;
    fault_dir fault;
    prs_stored stored;
    prs_core core = {.checksums = PRS_CHECKSUM_LAZY};
    walk k = {{0}, 0, 0};
    fault_dir_init(&fault, w->disk);
    fault.base.mem = mem;
    prs_mem_init(&core.mem, &mem->hook);
    core.dir = &fault.base;
    prism_status status = prs_stored_open(&stored, &core, NULL);
    if (status != PRISM_OK) return status;
    status = prs_stored_each(&stored, take, &k, NULL);
    prs_stored_fini(&stored);
    if (status == PRISM_OK) TEST_NEED(k.n == 3);
    return status;
}

START_TEST(each_allocation_fails) {
    world w;
    make_documents(&w);
    ck_assert_uint_gt(test_oom_sweep(walk_all, &w), 5);
    world_end(&w);
}
END_TEST

START_TEST(no_index_no_documents) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prs_core *core;
    prs_stored stored;
    ck_assert_int_eq(prs_core_new(&opts, &core, NULL), PRISM_OK);
    ck_assert_int_eq(prs_dir_mem_new(&core->mem, &core->dir, NULL), PRISM_OK);
    ck_assert_int_eq(prs_stored_open(&stored, core, NULL), PRISM_ENOTFOUND);
    prs_core_unref(core);
}
END_TEST

TEST_SUITE(stored, live_documents_by_arrival, terms_are_not_needed_documents_are,
           every_byte_is_proved_first, each_call_of_the_storage_fails, each_allocation_fails,
           no_index_no_documents)
