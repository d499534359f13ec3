/* test_writer_snapshot.c - what is found before it is committed, for how long, and at what
 * price. */
#include "harness/world.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static prism_snapshot *view(prism_writer *writer) {
    prism_snapshot *snap;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prism_writer_snapshot(writer, &snap, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s (%s)", prs_status_name(status), err.text, err.file);
    return snap;
}

/* The stored JSON of a key in a snapshot; NULL = there must be none. */
static void expect(prism_snapshot *snap, const char *key, const char *json) {
    uint64_t gdoc;
    char *got;
    prism_status status = prism_document_find(snap, key, strlen(key), &gdoc, NULL);
    ck_assert_int_eq(status, json == NULL ? PRISM_ENOTFOUND : PRISM_OK);
    if (json == NULL) return;
    ck_assert_int_eq(prism_document_get(snap, gdoc, &got, NULL, NULL), PRISM_OK);
    ck_assert_str_eq(got, json);
    prism_free_text(got);
}

static int count_df(void *ctx, const char *term, size_t len, const char *kind, uint64_t df,
                    uint64_t cf) {
    (void)term, (void)len, (void)kind, (void)cf;
    *(uint64_t *)ctx += df;
    return 0;
}

static uint64_t df(prism_snapshot *snap, const char *word) {
    uint64_t sum = 0;
    ck_assert_int_eq(prism_snapshot_terms(snap, "body", word, strlen(word), count_df, &sum, NULL),
                     PRISM_OK);
    return sum;
}

START_TEST(what_is_pending_is_found) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"apple\"}");
    world_put(&w, "{\"id\":\"b\",\"body\":\"apple\"}");
    uint64_t generation;
    ck_assert_int_eq(prism_writer_commit(w.writer, "load", 4, &generation, NULL), PRISM_OK);
    prism_snapshot *empty = view(w.writer); /* nothing new: still good */
    ck_assert_uint_eq(prism_snapshot_documents(empty), 2);
    world_put(&w, "{\"id\":\"b\",\"body\":\"pear\"}");
    world_put(&w, "{\"id\":\"c\",\"body\":\"plum\"}");
    world_delete(&w, "a");
    prism_snapshot *snap = view(w.writer);
    ck_assert_uint_eq(prism_snapshot_documents(snap), 2);
    ck_assert_uint_eq(prism_snapshot_generation(snap), generation);
    ck_assert_mem_eq(prism_snapshot_uuid(snap), w.index.core->uuid.bytes, 16);
    size_t len;
    ck_assert_mem_eq(prism_snapshot_payload(snap, &len), "load", 4);
    ck_assert_uint_eq(len, 4);
    expect(snap, "a", NULL);
    expect(snap, "b", "{\"id\":\"b\",\"body\":\"pear\"}");
    expect(snap, "c", "{\"id\":\"c\",\"body\":\"plum\"}");
    ck_assert_uint_eq(df(snap, "plum"), 1);
    expect(empty, "a", "{\"id\":\"a\",\"body\":\"apple\"}"); /* the older one stays as it was */
    ck_assert_uint_eq(world_count(&w), 2);                   /* and so does the index */
    prism_snapshot *again = view(w.writer);                  /* it shares what is open */
    ck_assert_ptr_eq(again->leaves[0].segment, snap->leaves[0].segment);
    world_delete(&w, "c");
    expect(again, "c", "{\"id\":\"c\",\"body\":\"plum\"}");
    prism_snapshot_unref(again);
    prism_snapshot_unref(empty);
    prism_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(refresh_gives_the_newest_commit) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"apple\"}");
    world_commit(&w);
    world_put(&w, "{\"id\":\"b\",\"body\":\"pear\"}");
    prism_snapshot *snap = view(w.writer), *newer;
    ck_assert_int_eq(prism_snapshot_refresh(snap, &newer, NULL), PRISM_OK);
    ck_assert_ptr_ne(newer, snap); /* though the generation is the same */
    ck_assert_uint_eq(prism_snapshot_documents(newer), 1);
    ck_assert_ptr_eq(newer->leaves[0].segment, snap->leaves[0].segment);
    prism_snapshot_unref(newer);
    world_commit(&w);
    ck_assert_int_eq(prism_snapshot_refresh(snap, &newer, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_snapshot_documents(newer), 2);
    ck_assert_ptr_eq(newer->leaves[1].segment, snap->leaves[1].segment);
    prism_snapshot_unref(newer);
    prism_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(it_outlives_everything) {
    for (int pread = 0; pread < 2; pread++) {
        prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
        prism_index *index;
        prism_writer *writer;
        char json[4000];
        opts.use_pread = pread;
        ck_assert_int_eq(prism_index_create(test_temp_dir(), NULL, &opts, &index, NULL), PRISM_OK);
        ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
        test_rng rng = test_rng_of("outlives");
        for (uint32_t i = 0; i < 400; i++) { /* several regions, most of them not yet touched */
            size_t at = (size_t)snprintf(json, sizeof json, "{\"id\":\"k%u\",\"body\":\"all ", i);
            while (at < 2000)
                at += (size_t)snprintf(json + at, sizeof json - at, "w%llx ",
                                       (unsigned long long)test_rng_next(&rng));
            at += (size_t)snprintf(json + at, sizeof json - at, "\"}");
            ck_assert_int_eq(prism_writer_put_json(writer, json, at, 0, NULL), PRISM_OK);
            if (i == 199) ck_assert_int_eq(prism_writer_commit(writer, 0, 0, 0, NULL), PRISM_OK);
        }
        prism_snapshot *snap = view(writer), *merged = NULL;
        ck_assert_int_eq(prism_writer_rollback(writer, NULL), PRISM_OK); /* unlinks the one */
        for (uint32_t i = 0; i < 4; i++) {                               /* and this the other */
            ck_assert_int_eq(prism_writer_put_json(writer, "{\"id\":\"k0\"}", 11, 0, NULL),
                             PRISM_OK);
            if (i == 0) merged = view(writer);
            ck_assert_int_eq(prism_writer_merge(writer, 1, NULL, NULL, NULL), PRISM_OK);
        }
        prism_writer_close(writer);
        prism_index_close(index);
        ck_assert_uint_eq(df(snap, "all"), 400);
        for (uint64_t gdoc = 0; gdoc < 400; gdoc++) {
            char *text;
            ck_assert_int_eq(prism_document_get(snap, gdoc, &text, NULL, NULL), PRISM_OK);
            prism_free_text(text);
        }
        expect(merged, "k0", "{\"id\":\"k0\"}");
        ck_assert_uint_eq(df(merged, "all"), 200);
        prism_snapshot_unref(merged);
        prism_snapshot_unref(snap);
    }
}
END_TEST

/* ---- syncs ----------------------------------------------------------------------------------- */

static uint64_t syncs_of(world *w) {
    static uint64_t before;
    uint64_t now = atomic_load(&w->fault->base.n_syncs), n = now - before;
    before = now;
    return n;
}

/* A commit is: its file, and the directory before and after it has its name. */
enum { FILES = 2, DELETES = 1, COMMIT = 3 };

START_TEST(each_file_is_synced_exactly_once) {
    world w;
    world_make(&w, world_schema);
    (void)syncs_of(&w);
    world_commit(&w);
    ck_assert_uint_eq(syncs_of(&w), 0); /* nothing to commit */
    ck_assert_int_eq(prism_writer_commit(w.writer, "x", 1, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(syncs_of(&w), COMMIT); /* but a payload is something */
    for (uint32_t i = 0; i < 5; i++) world_put(&w, "{\"id\":\"a%u\",\"body\":\"apple\"}", i);
    ck_assert_uint_eq(syncs_of(&w), 0);
    world_commit(&w);
    ck_assert_uint_eq(syncs_of(&w), FILES + COMMIT);
    world_delete(&w, "a0");
    world_commit(&w);
    ck_assert_uint_eq(syncs_of(&w), DELETES + COMMIT);
    world_put(&w, "{\"id\":\"b\",\"body\":\"pear\"}");
    world_commit(&w); /* the deletions are those of the commit before */
    ck_assert_uint_eq(syncs_of(&w), FILES + COMMIT);
    world_put(&w, "{\"id\":\"a1\",\"body\":\"plum\"}");
    world_commit(&w); /* two of five are gone: that segment is written anew */
    ck_assert_uint_eq(syncs_of(&w), 2 * FILES + COMMIT);
    for (uint32_t i = 0; i < 5; i++) world_put(&w, "{\"id\":\"c%u\",\"body\":\"plum\"}", i);
    world_commit(&w);
    ck_assert_uint_eq(syncs_of(&w), FILES + COMMIT);
    world_put(&w, "{\"id\":\"c0\",\"body\":\"fig\"}");
    world_commit(&w); /* a new segment with a deletion in an older one */
    ck_assert_uint_eq(syncs_of(&w), FILES + DELETES + COMMIT);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(syncs_of(&w), FILES + COMMIT);
    world_end(&w);
}
END_TEST

START_TEST(snapshots_sync_nothing) {
    world w;
    world_make(&w, world_schema);
    (void)syncs_of(&w);
    for (uint32_t i = 0; i < 3; i++) {
        world_put(&w, "{\"id\":\"a%u\",\"body\":\"apple\"}", i);
        prism_snapshot_unref(view(w.writer));
    }
    ck_assert_uint_eq(syncs_of(&w), 0);
    world_put(&w, "{\"id\":\"a9\",\"body\":\"apple\"}");
    world_commit(&w);
    ck_assert_uint_eq(syncs_of(&w), 4 * FILES + COMMIT);
    world_commit(&w);
    ck_assert_uint_eq(syncs_of(&w), 0);
    world_put(&w, "{\"id\":\"b\",\"body\":\"apple\"}");
    prism_snapshot_unref(view(w.writer));
    ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
    ck_assert_uint_eq(syncs_of(&w), 0);
    world_put(&w, "{\"id\":\"c\",\"body\":\"apple\"}"); /* what a merge replaces is never synced */
    prism_snapshot_unref(view(w.writer));
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(syncs_of(&w), FILES + COMMIT);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

/* Each file synced once, by a file of its own: none twice, none never. */
START_TEST(no_file_of_a_commit_is_forgotten) {
    world w;
    crash_dir crash;
    test_rng rng = test_rng_of("forgotten");
    world_make_crashing(&w, world_schema, &crash);
    for (uint32_t i = 0; i < 20; i++) { /* more than wait, and merges between */
        world_put(&w, "{\"id\":\"a%u\",\"body\":\"apple\"}", i % 15);
        prism_snapshot_unref(view(w.writer));
    }
    world_put(&w, "{\"id\":\"last\",\"body\":\"apple\"}");
    world_commit(&w);
    size_t committed = crash.n_ops;
    world_put(&w, "{\"id\":\"lost\",\"body\":\"apple\"}");
    prism_snapshot_unref(view(w.writer));
    size_t ends[] = {committed, crash.n_ops};
    for (size_t i = 0; i < PRS_COUNT(ends); i++) {
        for (int keep = CRASH_KEEP_NOTHING; keep <= CRASH_KEEP_SOME; keep++) {
            world after;
            memset(&after, 0, sizeof after);
            prs_mem_init(&after.disk_mem, NULL);
            ck_assert_int_eq(prs_dir_mem_new(&after.disk_mem, &after.disk, NULL), PRISM_OK);
            after.options = w.options;
            crash_dir_restore(&crash, ends[i], (crash_keep)keep, &rng, after.disk);
            world_open(&after, true);
            ck_assert_uint_eq(world_count(&after), 16);
            ck_assert_uint_eq(world_check(&after, PRISM_CHECK_DEEP), 0);
            world_end(&after);
        }
    }
    world_close(&w);
    w.disk = crash.inner;
    world_end(&w);
    crash_dir_fini(&crash);
}
END_TEST

/* A file in memory changes under whoever has it open, as one on disk does when the system drops
 * what it could not write. */
static void flip_byte(const world *w, const prs_id *id, prs_name_kind kind) {
    char name[PRS_NAME_SIZE];
    prs_view view;
    prs_name_of_segment(name, kind, id);
    ck_assert_int_eq(w->disk->vt->view_open(w->disk, name, &view, NULL), PRISM_OK);
    ((uint8_t *)(uintptr_t)view.ptr)[view.len / 3] ^= 1;
    w->disk->vt->view_close(w->disk, &view);
}

/* R7: no fsync of the file that failed is believed again; its bytes, which still have their
 * checksums, go into other files. */
START_TEST(a_failed_sync_at_commit_takes_other_files) {
    for (uint32_t at = 1; at <= 4; at++) { /* sync, close of .doc and of .idx */
        world w;
        world_make(&w, world_schema);
        w.writer->options.max_segments = PRISM_NO_MERGE;
        world_put(&w, "{\"id\":\"a\",\"body\":\"apple\"}");
        world_put(&w, "{\"id\":\"b\",\"body\":\"apple\"}");
        prism_snapshot *snap = view(w.writer);
        prs_id first = w.writer->segments.ptr[0].segment->files.id;
        world_put(&w, "{\"id\":\"c\",\"body\":\"apple\"}");
        prism_snapshot_unref(view(w.writer)); /* another one that waits, behind it */
        prs_id second = w.writer->segments.ptr[1].segment->files.id;
        w.fault->calls = FAULT_SYNC | FAULT_CLOSE;
        w.fault->n_calls = 0;
        w.fault->fail_at = at;
        ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_EIO);
        ck_assert_uint_eq(w.fault->n_failed, 1);
        ck_assert_uint_eq(world_count(&w), 0);
        ck_assert_uint_eq(world_delete(&w, "b"), 1);
        world_put(&w, "{\"id\":\"d\",\"body\":\"apple\"}");
        world_commit(&w);
        ck_assert_uint_eq(w.writer->segments.n, 3);
        ck_assert(!prs_id_equal(&w.writer->segments.ptr[0].segment->files.id, &first));
        ck_assert(prs_id_equal(&w.writer->segments.ptr[1].segment->files.id, &second));
        ck_assert_uint_eq(world_count(&w), 3);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        expect(snap, "b", "{\"id\":\"b\",\"body\":\"apple\"}"); /* which has no file any more */
        prism_snapshot_unref(snap);
        uint64_t merges = w.writer->stats.merges;
        world_put(&w, "{\"id\":\"e\",\"body\":\"apple\"}");
        world_commit(&w);
        ck_assert_uint_eq(w.writer->stats.merges, merges); /* once is enough */
        world_end(&w);
    }
}
END_TEST

typedef struct late_loss { /* flip when the merge begins its second file */
    world *w;
    prs_id id;
    prs_name_kind kind;
    uint32_t n_creates;
} late_loss;

static prism_status lose_late(void *ctx, fault_call call, const char *name) {
    late_loss *loss = ctx;
    (void)name;
    if (call == FAULT_CREATE && ++loss->n_creates == 2) flip_byte(loss->w, &loss->id, loss->kind);
    return PRISM_OK;
}

/* ... and where they have not, because the system took back what it could not write, before the
 * segment is written anew or meanwhile, nothing but rollback helps: no wrong byte gets a new
 * checksum. */
START_TEST(bytes_that_do_not_come_back_are_not_committed) {
    for (int i = 0; i < 4; i++) {
        world w;
        prism_error err = PRISM_ERROR_INIT;
        prs_name_kind kind = i % 2 == 0 ? PRS_NAME_DOC : PRS_NAME_IDX;
        world_make(&w, world_schema);
        world_put(&w, "{\"id\":\"a\",\"body\":\"apple\"}");
        prism_snapshot_unref(view(w.writer));
        late_loss loss = {&w, w.writer->segments.ptr[0].segment->files.id, kind, 0};
        w.fault->calls = FAULT_SYNC;
        w.fault->n_calls = 0;
        w.fault->fail_at = 1;
        ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_EIO);
        if (i < 2) {
            flip_byte(&w, &loss.id, kind);
        } else {
            w.fault->hook = lose_late;
            w.fault->hook_ctx = &loss;
        }
        ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_ECORRUPT);
        ck_assert_int_eq(prism_writer_put_json(w.writer, "{}", 2, 0, NULL), PRISM_ECORRUPT);
        ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, &err), PRISM_ECORRUPT);
        ck_assert(strstr(err.file, kind == PRS_NAME_DOC ? ".doc" : ".idx") != NULL);
        ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
        world_put(&w, "{\"id\":\"b\",\"body\":\"apple\"}");
        world_commit(&w);
        ck_assert_uint_eq(world_count(&w), 1);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        world_end(&w);
    }
}
END_TEST

/* ---- many of them ---------------------------------------------------------------------------- */

static size_t n_descriptors(void) {
    size_t n = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (dir == NULL) return 0;
    while (readdir(dir) != NULL) n++;
    closedir(dir);
    return n;
}

static void put_and_view(prism_writer *writer, uint32_t n, uint32_t most_segments) {
    size_t before = n_descriptors();
    for (uint32_t i = 0; i < n; i++) {
        char json[64];
        int len = snprintf(json, sizeof json, "{\"id\":\"k%u\",\"body\":\"apple\"}", i);
        ck_assert_int_eq(prism_writer_put_json(writer, json, (size_t)len, 0, NULL), PRISM_OK);
        prism_snapshot *snap = view(writer);
        ck_assert_uint_eq(prism_snapshot_documents(snap), i + 1);
        ck_assert_uint_le(prism_snapshot_segments(snap), most_segments);
        ck_assert_uint_le(n_descriptors(), before + 2u * PRS_MAX_UNSYNCED);
        prism_snapshot_unref(snap);
    }
}

START_TEST(many_snapshots_leave_few_segments_and_descriptors) {
    for (int load = 0; load < 2; load++) {
        prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
        prism_index *index;
        prism_writer *writer;
        opts.load = load;
        ck_assert_int_eq(prism_index_create(test_temp_dir(), NULL, NULL, &index, NULL), PRISM_OK);
        ck_assert_int_eq(prism_writer_open(index, &opts, &writer, NULL), PRISM_OK);
        put_and_view(writer, 60, load ? 60 : 16);
        ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
        prism_writer_close(writer);
        prism_snapshot *snap;
        ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
        ck_assert_uint_eq(prism_snapshot_documents(snap), 60);
        prism_snapshot_unref(snap);
        prism_index_close(index);
    }
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

static prism_status live(world *w) {
    static const char a[] = "{\"id\":\"a\",\"body\":\"one 数据\",\"tags\":[\"x\"]}",
                      b[] = "{\"id\":\"b\",\"body\":\"two\"}";
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *first, *second;
    PRS_TRY(world_try_open(w, true, &err));
    PRS_TRY(prism_writer_put_json(w->writer, a, sizeof a - 1, 0, &err));
    PRS_TRY(prism_writer_put_json(w->writer, b, sizeof b - 1, 0, &err));
    PRS_TRY(prism_writer_commit(w->writer, "pay", 3, NULL, &err));
    PRS_TRY(prism_writer_put_json(w->writer, a, sizeof a - 1, 0, &err));
    PRS_TRY(prism_writer_snapshot(w->writer, &first, &err));
    ck_assert_uint_eq(prism_snapshot_documents(first), 2);
    prism_status status = prism_writer_delete(w->writer, "b", 1, NULL, &err);
    if (status == PRISM_OK) status = prism_writer_snapshot(w->writer, &second, &err);
    if (status == PRISM_OK) {
        ck_assert_uint_eq(prism_snapshot_documents(second), 1);
        prism_snapshot_unref(second);
        status = prism_writer_commit(w->writer, NULL, 0, NULL, &err);
    }
    ck_assert_uint_eq(prism_snapshot_documents(first), 2);
    prism_snapshot_unref(first);
    return status;
}

/* 0, 2 or 1 documents: nothing, or one of the two commits; never what only a snapshot saw. */
static void judge(world *w, prism_status status, size_t at) {
    world_open(w, true);
    uint64_t n = world_count(w);
    ck_assert_msg(n <= 2, "call %zu: %llu documents", at, (unsigned long long)n);
    if (status == PRISM_OK) ck_assert_uint_eq(n, 1);
    ck_assert_uint_eq(world_check(w, PRISM_CHECK_DEEP), 0);
}

START_TEST(memory_may_run_out_anywhere) {
    for (size_t at = 1;; at++) {
        world w;
        world_make(&w, world_schema);
        world_close(&w);
        w.fail_at = at;
        prism_status status = live(&w);
        bool refused = atomic_load(&w.alloc.calls) >= at;
        w.alloc.fail_at = w.fail_at = 0;
        ck_assert(refused || status == PRISM_OK);
        ck_assert(status == PRISM_OK || status == PRISM_ENOMEM);
        world_close(&w); /* nothing leaks */
        judge(&w, status, at);
        world_end(&w);
        if (!refused) break;
        if (at > 400) at += at / 200;
    }
}
END_TEST

/* One run with a fault at call `at`; false when there are not so many calls. */
static bool run_with_fault(uint64_t at, bool on) {
    world w;
    world_make(&w, world_schema);
    world_close(&w);
    prs_dir *disk = w.disk;
    fault_dir around;
    fault_dir_init(&around, disk);
    around.fail_at = at;
    around.fail_on = on;
    around.status = at % 2 == 0 ? PRISM_EIO : PRISM_ENOSPC;
    around.calls = FAULT_ALL & ~(unsigned)FAULT_LOCK;
    w.disk = &around.base;
    prism_status status = live(&w);
    bool failed = around.n_failed > 0;
    around.fail_at = 0;
    world_close(&w);
    w.disk = disk;
    judge(&w, status, at);
    world_end(&w);
    return failed;
}

START_TEST(storage_may_fail_anywhere) {
    for (int on = 0; on < 2; on++) {
        uint64_t n = 1;
        while (run_with_fault(n, on)) n++;
        ck_assert_uint_gt(n, 60);
    }
}
END_TEST

/* Which documents are deleted, not only how many; and it stays so. */
START_TEST(deletions_are_copied_bit_by_bit) {
    world w;
    prism_snapshot *snap;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 150; i++) world_put(&w, "{\"id\":\"a%u\"}", i);
    world_commit(&w);
    ck_assert_uint_eq(world_delete(&w, "a7") + world_delete(&w, "a149"), 2);
    ck_assert_int_eq(prs_writer_view(w.writer, &snap, NULL), PRISM_OK);
    ck_assert_uint_eq(world_delete(&w, "a8"), 1);
    ck_assert_uint_eq(snap->n_leaves, 1);
    ck_assert_uint_eq(snap->leaves[0].n_deleted, 2);
    for (uint32_t i = 0; i < 150; i++)
        ck_assert(prs_bitset_get(snap->leaves[0].deleted, i) == (i == 7 || i == 149));
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

TEST_SUITE(writer_snapshot, deletions_are_copied_bit_by_bit, what_is_pending_is_found,
           refresh_gives_the_newest_commit, it_outlives_everything,
           each_file_is_synced_exactly_once, snapshots_sync_nothing,
           no_file_of_a_commit_is_forgotten, a_failed_sync_at_commit_takes_other_files,
           bytes_that_do_not_come_back_are_not_committed,
           many_snapshots_leave_few_segments_and_descriptors, memory_may_run_out_anywhere,
           storage_may_fail_anywhere)
