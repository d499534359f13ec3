/* test_adopt.c - adopted documents are as if put now, or nothing has happened. */
#include "harness/world.h"

#include "write/adopt.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- other indexes, on disk ------------------------------------------------------------------ */

typedef struct other {
    char path[256];
    prism_index *index;
    prism_writer *writer;
} other;

static void other_make(other *o, const char *schema_json, unsigned max_segments) {
    prism_schema *schema;
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    prism_error err = PRISM_ERROR_INIT;
    snprintf(o->path, sizeof o->path, "%s", test_temp_dir());
    opts.max_segments = max_segments;
    opts.keep_commits = 1;
    prism_status status = prism_schema_from_json(schema_json, strlen(schema_json), &schema, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    ck_assert_int_eq(prism_index_create(o->path, schema, NULL, &o->index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(o->index, &opts, &o->writer, NULL), PRISM_OK);
    prism_schema_unref(schema);
}

static void other_put(other *o, const char *json) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prism_writer_put_json(o->writer, json, strlen(json), 0, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
}

static void other_commit(other *o) {
    ck_assert_int_eq(prism_writer_commit(o->writer, NULL, 0, NULL, NULL), PRISM_OK);
}

static void other_close(other *o) {
    prism_writer_close(o->writer);
    prism_index_close(o->index);
}

/* Keys a and b; b is put twice, gone is deleted: two segments with deletions. */
static void make_first(other *o) {
    other_make(o, world_schema, PRISM_NO_MERGE);
    other_put(o, "{\"id\":\"a\",\"body\":\"first 数据\",\"n\":1,\"tags\":[\"x\",\"y\"]}");
    other_put(o, "{\"id\":\"b\",\"body\":\"old\",\"n\":1}");
    other_put(o, "{\"id\":\"gone\",\"body\":\"gone\"}");
    other_commit(o);
    other_put(o, "{\"id\":\"b\",\"body\":\"first\",\"n\":2}");
    ck_assert_int_eq(prism_writer_delete(o->writer, "gone", 4, NULL, NULL), PRISM_OK);
    other_commit(o);
    other_put(o, "{\"id\":\"uncommitted\"}");
}

static void make_second(other *o) {
    other_make(o, world_schema, 0);
    other_put(o, "{\"id\":\"b\",\"body\":\"second\",\"n\":3}");
    other_put(o, "{\"id\":\"c\",\"body\":\"second\",\"n\":3}");
    other_commit(o);
}

/* ---- the adopter ----------------------------------------------------------------------------- */

static prism_status adopt(world *w, const char *const *paths, size_t n, prism_error *err) {
    return prism_writer_add_segments(w->writer, paths, n, NULL, NULL, err);
}

static void expect(world *w, const char *key, const char *json) {
    char *got = world_get(w, key);
    if (json == NULL) ck_assert_ptr_null(got);
    if (json != NULL) ck_assert_str_eq(got, json);
    free(got);
}

static size_t n_files(world *w) {
    prs_listing listing;
    ck_assert_int_eq(prs_listing_read(&listing, w->disk, NULL), PRISM_OK);
    size_t n = listing.names.n;
    prs_listing_fini(&listing);
    return n;
}

START_TEST(as_if_put_now_in_order) {
    world w;
    other first, second;
    make_first(&first);
    make_second(&second);
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"ours\"}");
    world_put(&w, "{\"id\":\"gone\",\"body\":\"ours\"}");
    world_commit(&w);
    world_put(&w, "{\"id\":\"b\",\"body\":\"ours\"}"); /* pending: older than what is adopted */
    world_put(&w, "{\"id\":\"d\",\"body\":\"ours\"}");
    const char *const paths[] = {first.path, second.path};
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = adopt(&w, paths, 2, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s", err.file, err.text);
    ck_assert_uint_eq(world_count(&w), 2); /* not yet committed */
    world_put(&w, "{\"id\":\"c\",\"body\":\"later\"}");
    prism_writer_stats stats = {.size = sizeof stats};
    ck_assert_int_eq(prism_writer_get_stats(w.writer, &stats, NULL), PRISM_OK);
    ck_assert_uint_eq(stats.documents_put, 9); /* 5 here, 2 and 2 there */
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 5);
    expect(&w, "a", "{\"id\":\"a\",\"body\":\"first 数据\",\"n\":1,\"tags\":[\"x\",\"y\"]}");
    expect(&w, "b", "{\"id\":\"b\",\"body\":\"second\",\"n\":3}");
    expect(&w, "c", "{\"id\":\"c\",\"body\":\"later\"}");
    expect(&w, "d", "{\"id\":\"d\",\"body\":\"ours\"}");
    expect(&w, "gone",
           "{\"id\":\"gone\",\"body\":\"ours\"}"); /* a deletion there deletes nothing */
    expect(&w, "uncommitted", NULL);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(world_count(&w), 5);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    other_close(&first);
    other_close(&second);
    world_end(&w);
}
END_TEST

START_TEST(rollback_and_close_forget_it) {
    world w;
    other first;
    make_first(&first);
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"ours\"}");
    world_commit(&w);
    size_t files = n_files(&w);
    const char *const paths[] = {first.path};
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(adopt(&w, paths, 1, NULL), PRISM_OK);
        if (i == 0) ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
        if (i == 1) world_close(&w);
        ck_assert_uint_eq(n_files(&w), files);
    }
    world_open(&w, true);
    expect(&w, "a", "{\"id\":\"a\",\"body\":\"ours\"}");
    ck_assert_uint_eq(world_count(&w), 1);
    other_close(&first);
    world_end(&w);
}
END_TEST

START_TEST(the_same_twice_is_put_twice) {
    static const char keyless[] =
        "{\"fields\":[{\"name\":\"body\",\"type\":\"text\"},{\"name\":\"n\",\"type\":\"i64\"}]}";
    for (int with_key = 0; with_key < 2; with_key++) {
        world w;
        other o;
        other_make(&o, with_key ? world_schema : keyless, 0);
        other_put(&o, "{\"body\":\"one\"}");
        other_put(&o, "{\"body\":\"two\"}");
        other_commit(&o);
        world_make(&w, with_key ? world_schema : keyless);
        const char *const paths[] = {o.path, o.path};
        ck_assert_int_eq(adopt(&w, paths, 2, NULL), PRISM_OK);
        world_commit(&w);
        ck_assert_uint_eq(world_count(&w), with_key ? 2 : 4);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        other_close(&o);
        world_end(&w);
    }
}
END_TEST

START_TEST(fewer_fields_in_other_places) {
    static const char fewer[] = "{\"key\":\"id\",\"fields\":[{\"name\":\"when\",\"type\":\"date\"},"
                                "{\"name\":\"body\",\"type\":\"text\"},"
                                "{\"name\":\"id\",\"type\":\"keyword\"}]}";
    world w;
    other o;
    other_make(&o, fewer, 0);
    other_put(&o,
              "{\"id\":\"a\",\"when\":\"2025-01-02\",\"body\":\"apple\",\"title\":\"unknown\"}");
    other_commit(&o);
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"b\",\"body\":\"apple\",\"title\":\"known\",\"n\":7}");
    const char *const paths[] = {o.path};
    ck_assert_int_eq(adopt(&w, paths, 1, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(world_count(&w), 2);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    other_close(&o);
    world_end(&w);
}
END_TEST

/* Stop words are chosen by what the writer says that adopts. */
START_TEST(stop_words_are_chosen_as_by_a_merge) {
    for (int chosen = 0; chosen < 2; chosen++) {
        world w;
        other o;
        make_first(&o);
        world_make(&w, world_schema);
        w.writer->options.stop_tokens = chosen ? 2 : UINT64_MAX;
        const char *const paths[] = {o.path};
        ck_assert_int_eq(adopt(&w, paths, 1, NULL), PRISM_OK);
        world_commit(&w);
        prism_snapshot *snap = world_snapshot(&w);
        const prs_segment *segment = snap->leaves[0].segment;
        uint32_t f = prs_schema_field(segment->recipe->schema, "body", 4)->no;
        ck_assert_int_eq(segment->fields[f].stop_words != NULL, chosen);
        prs_snapshot_unref(snap);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        other_close(&o);
        world_end(&w);
    }
}
END_TEST

START_TEST(nothing_to_adopt) {
    world w;
    other empty, dead;
    other_make(&empty, world_schema, 0);
    other_make(&dead, world_schema, PRISM_NO_MERGE);
    other_put(&dead, "{\"id\":\"a\"}");
    other_commit(&dead);
    ck_assert_int_eq(prism_writer_delete(dead.writer, "a", 1, NULL, NULL), PRISM_OK);
    other_commit(&dead);
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"b\"}");
    uint64_t generation = world_commit(&w);
    const char *const paths[] = {empty.path, dead.path};
    ck_assert_int_eq(adopt(&w, paths, 2, NULL), PRISM_OK);
    ck_assert_int_eq(adopt(&w, NULL, 0, NULL), PRISM_OK);
    ck_assert_uint_eq(world_commit(&w), generation); /* nothing has changed */
    other_close(&empty);
    other_close(&dead);
    world_end(&w);
}
END_TEST

START_TEST(more_segments_than_one_merge_takes) {
    world w;
    other o;
    char json[64];
    other_make(&o, world_schema, PRISM_NO_MERGE);
    for (uint32_t i = 0; i < 300; i++) {
        snprintf(json, sizeof json, "{\"id\":\"k%u\",\"body\":\"apple\",\"n\":%u}", i % 290, i);
        other_put(&o, json);
        other_commit(&o);
    }
    world_make(&w, world_schema);
    const char *const paths[] = {o.path};
    ck_assert_int_eq(adopt(&w, paths, 1, NULL), PRISM_OK);
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(prism_snapshot_segments(snap), 2);
    ck_assert_uint_eq(prism_snapshot_documents(snap), 290);
    prs_snapshot_unref(snap);
    expect(&w, "k3", "{\"id\":\"k3\",\"body\":\"apple\",\"n\":293}");
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    other_close(&o);
    world_end(&w);
}
END_TEST

/* Where an append broke its promise there, the later document lives on here. */
START_TEST(broken_promises_of_append_are_mended) {
    world w;
    other o;
    other_make(&o, world_schema, PRISM_NO_MERGE);
    for (uint32_t i = 0; i < 2; i++) {
        const char *json = i == 0 ? "{\"id\":\"a\",\"n\":1}" : "{\"id\":\"a\",\"n\":2}";
        ck_assert_int_eq(
            prism_writer_put_json(o.writer, json, strlen(json), PRISM_PUT_APPEND, NULL), PRISM_OK);
        other_commit(&o);
    }
    world_make(&w, world_schema);
    const char *const paths[] = {o.path};
    ck_assert_int_eq(adopt(&w, paths, 1, NULL), PRISM_OK);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 1);
    expect(&w, "a", "{\"id\":\"a\",\"n\":2}");
    other_close(&o);
    world_end(&w);
}
END_TEST

/* ---- refusals -------------------------------------------------------------------------------- */

/* With `bad` behind a good index nothing is added, nothing is left behind, and the writer goes
 * on. */
static void refused(const char *bad, prism_status want, const char *file, const char *text) {
    world w;
    other good;
    prism_error err = PRISM_ERROR_INIT;
    make_first(&good);
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"ours\"}");
    world_commit(&w);
    size_t files = n_files(&w);
    const char *const paths[] = {good.path, bad};
    prism_status status = adopt(&w, paths, 2, &err);
    ck_assert_msg(status == want, "%s: %s: %s", prs_status_name(status), err.file, err.text);
    ck_assert_msg(strncmp(err.file, bad, strlen(bad)) == 0, "%s", err.file);
    if (file != NULL) ck_assert_msg(strstr(err.file, file) != NULL, "%s", err.file);
    ck_assert_msg(strstr(err.text, text) != NULL, "%s", err.text);
    ck_assert_uint_eq(n_files(&w), files);
    ck_assert_int_eq(adopt(&w, paths, 1, &err), PRISM_OK);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 2);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    other_close(&good);
    world_end(&w);
}

START_TEST(what_is_no_index_or_another_schema) {
    other o;
    refused("/nowhere/at/all", PRISM_ENOTFOUND, NULL, "");
    refused(test_temp_dir(), PRISM_ENOTFOUND, NULL, "no index");
    other_make(&o,
               "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
               "{\"name\":\"strange\",\"type\":\"text\"}]}",
               0);
    refused(o.path, PRISM_EINVAL, NULL, "field strange is not in the schema here");
    other_close(&o);
}
END_TEST

START_TEST(itself_and_a_copy_of_itself) {
    other o;
    char copy[256], command[1024];
    prism_error err = PRISM_ERROR_INIT;
    make_first(&o);
    snprintf(copy, sizeof copy, "%s", test_temp_dir());
    snprintf(command, sizeof command, "cp %s/* %s/", o.path, copy);
    ck_assert_int_eq(system(command), 0);
    const char *const all[] = {o.path, copy};
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(prism_writer_add_segments(o.writer, &all[i], 1, NULL, NULL, &err),
                         PRISM_EINVAL);
        ck_assert_str_eq(err.file, all[i]);
        ck_assert_str_eq(err.text, "this is the index itself, or a copy of it");
    }
    other_close(&o);
}
END_TEST

/* Turn over one byte of a file. */
static void flip(const char *path, const char *name, off_t at) {
    char full[400];
    uint8_t byte;
    snprintf(full, sizeof full, "%.250s/%.60s", path, name);
    int fd = open(full, O_RDWR);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
    byte ^= 0x10;
    ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

START_TEST(damage_is_found_wherever_it_is) {
    other o;
    make_first(&o);
    DIR *dir = opendir(o.path);
    char names[16][64];
    uint32_t n = 0;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (strstr(e->d_name, ".idx") != NULL || strstr(e->d_name, ".doc") != NULL ||
            strncmp(e->d_name, "deletes-", 8) == 0 || strncmp(e->d_name, "commit-", 7) == 0)
            snprintf(names[n++], sizeof names[0], "%.60s", e->d_name);
    }
    closedir(dir);
    ck_assert_uint_ge(n, 6);
    for (uint32_t i = 0; i < n; i++) {
        char full[400];
        struct stat st;
        snprintf(full, sizeof full, "%.250s/%.60s", o.path, names[i]);
        if (stat(full, &st) != 0) continue; /* of the segment that was never committed */
        if (strstr(names[i], ".doc") != NULL && st.st_size == 0) continue;
        for (off_t at = 0; at < st.st_size; at += st.st_size / 7 + 1) {
            flip(o.path, names[i], at);
            refused(o.path, PRISM_ECORRUPT, names[i], "");
            flip(o.path, names[i], at);
        }
    }
    other_close(&o);
}
END_TEST

/* ---- progress, cancel, and a source that moves
 * ------------------------------------------------ */

typedef struct watching {
    other *source;
    uint64_t last, total;
    uint32_t calls, stop_at; /* 0 = never */
} watching;

static int watch(void *ctx, uint64_t done, uint64_t total) {
    watching *see = ctx;
    ck_assert_uint_ge(done, see->last);
    ck_assert_uint_le(done, total);
    see->last = done;
    see->total = total;
    see->calls++;
    if (see->source != NULL && see->calls == 1) { /* all its files lose their names */
        other_put(see->source, "{\"id\":\"new\"}");
        ck_assert_int_eq(prism_writer_merge(see->source->writer, 1, NULL, NULL, NULL), PRISM_OK);
    }
    return see->stop_at != 0 && see->calls == see->stop_at;
}

START_TEST(progress_ends_at_the_total_and_can_cancel) {
    for (uint32_t stop_at = 1;; stop_at++) {
        world w;
        other first, second;
        watching see = {NULL, 0, 0, 0, stop_at};
        make_first(&first);
        make_second(&second);
        world_make(&w, world_schema);
        world_put(&w, "{\"id\":\"a\",\"body\":\"ours\"}");
        world_commit(&w);
        size_t files = n_files(&w);
        const char *const paths[] = {first.path, second.path};
        prism_status status = prism_writer_add_segments(w.writer, paths, 2, watch, &see, NULL);
        bool stopped = see.calls >= stop_at;
        ck_assert_int_eq(status, stopped ? PRISM_ECANCELED : PRISM_OK);
        ck_assert_uint_eq(see.total, 4);
        if (stopped) ck_assert_uint_eq(n_files(&w), files);
        if (!stopped) ck_assert_uint_eq(see.last, 4);
        world_commit(&w);
        ck_assert_uint_eq(world_count(&w), stopped ? 1 : 3);
        other_close(&first);
        other_close(&second);
        world_end(&w);
        if (!stopped) break;
    }
}
END_TEST

START_TEST(the_source_may_be_in_use) {
    world w;
    other first;
    watching see = {&first, 0, 0, 0, 0};
    make_first(&first);
    world_make(&w, world_schema);
    const char *const paths[] = {first.path};
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prism_writer_add_segments(w.writer, paths, 1, watch, &see, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s", err.file, err.text);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 2); /* as of when it was opened */
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    other_close(&first);
    world_end(&w);
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

/* 2 documents committed; 2 others adopted, which replace one of them; committed. */
static prism_status live(world *w, const char *const *paths) {
    static const char a[] = "{\"id\":\"a\",\"body\":\"ours\"}", d[] = "{\"id\":\"d\",\"n\":1}",
                      e[] = "{\"id\":\"b\",\"body\":\"pending\"}";
    prism_error err = PRISM_ERROR_INIT;
    PRS_TRY(world_try_open(w, true, &err));
    PRS_TRY(prism_writer_put_json(w->writer, a, sizeof a - 1, 0, &err));
    PRS_TRY(prism_writer_put_json(w->writer, d, sizeof d - 1, 0, &err));
    PRS_TRY(prism_writer_commit(w->writer, NULL, 0, NULL, &err));
    PRS_TRY(prism_writer_put_json(w->writer, e, sizeof e - 1, 0, &err));
    prism_status status = prism_writer_add_segments(w->writer, paths, 1, NULL, NULL, &err);
    if (status != PRISM_OK) ck_assert_int_eq(err.code, status);
    if (status == PRISM_OK) return prism_writer_commit(w->writer, NULL, 0, NULL, &err);
    if (prs_writer_check(w->writer, NULL) != PRISM_OK) return status; /* the flush failed */
    /* Nothing was added and nothing deleted; what the fault left of the disk may commit it. */
    uint64_t live = 0;
    for (size_t i = 0; i < w->writer->segments.n; i++) {
        const prs_working *working = &w->writer->segments.ptr[i];
        live += working->segment->n_docs - working->n_deleted;
    }
    live += prs_pending_count(&w->writer->pending);
    ck_assert_uint_eq(live, 3);
    return status;
}

static void judge(world *w, prism_status status, size_t at) {
    world_open(w, true);
    uint64_t n = world_count(w);
    ck_assert_msg(n == 0 || n == 2 || n == 3, "call %zu: %llu documents", at,
                  (unsigned long long)n);
    if (n == 2) expect(w, "a", "{\"id\":\"a\",\"body\":\"ours\"}");
    if (n == 3) {
        expect(w, "a", "{\"id\":\"a\",\"body\":\"first 数据\",\"n\":1,\"tags\":[\"x\",\"y\"]}");
        expect(w, "b", "{\"id\":\"b\",\"body\":\"first\",\"n\":2}");
        expect(w, "d", "{\"id\":\"d\",\"n\":1}");
    }
    if (status == PRISM_OK) ck_assert_uint_eq(n, 3);
    ck_assert_uint_eq(world_check(w, PRISM_CHECK_DEEP), 0);
}

START_TEST(memory_may_run_out_anywhere) {
    other first;
    make_first(&first);
    const char *const paths[] = {first.path};
    for (size_t at = 1;; at++) {
        world w;
        world_make(&w, world_schema);
        world_close(&w);
        w.fail_at = at;
        prism_status status = live(&w, paths);
        bool refused_one = atomic_load(&w.alloc.calls) >= at;
        w.alloc.fail_at = w.fail_at = 0;
        ck_assert(refused_one || status == PRISM_OK);
        ck_assert(status == PRISM_OK || status == PRISM_ENOMEM);
        world_close(&w);
        judge(&w, status, at);
        world_end(&w);
        if (!refused_one) break;
    }
    other_close(&first);
}
END_TEST

static bool run_with_fault(const char *const *paths, uint64_t at, bool on) {
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
    prism_status status = live(&w, paths);
    bool failed = around.n_failed > 0;
    around.fail_at = 0;
    world_close(&w);
    w.disk = disk;
    judge(&w, status, at);
    world_end(&w);
    return failed;
}

START_TEST(storage_may_fail_anywhere) {
    other first;
    make_first(&first);
    const char *const paths[] = {first.path};
    for (int on = 0; on < 2; on++) {
        uint64_t n = 1;
        while (run_with_fault(paths, n, on)) n++;
        ck_assert_uint_gt(n, 60);
    }
    other_close(&first);
}
END_TEST

TEST_SUITE(adopt, as_if_put_now_in_order, rollback_and_close_forget_it, the_same_twice_is_put_twice,
           fewer_fields_in_other_places, stop_words_are_chosen_as_by_a_merge, nothing_to_adopt,
           more_segments_than_one_merge_takes, broken_promises_of_append_are_mended,
           what_is_no_index_or_another_schema, itself_and_a_copy_of_itself,
           damage_is_found_wherever_it_is, progress_ends_at_the_total_and_can_cancel,
           the_source_may_be_in_use, memory_may_run_out_anywhere, storage_may_fail_anywhere)
