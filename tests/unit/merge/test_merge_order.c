/* test_merge_order.c - what becomes of documents, keys and deletions where segments do not stand by
 * arrival? */
#include "harness/world.h"

#include "write/merge_job.h"
#include "merge/reorder.h"
#include "maintain/stored.h"

#include <stdio.h>
#include <stdlib.h>

enum { PARTS = 4, DOCS = 70 };

static void set_order(world *w, const char *order) {
    ck_assert_int_eq(prs_reorder_parse(order, w->writer->recipe->schema,
                                       &w->writer->options.reorder, NULL),
                     PRISM_OK);
}

static void merge_range(world *w, uint32_t first, uint32_t n) {
    prs_merge_job job;
    prs_merge_range range = {first, n};
    ck_assert_int_eq(prs_merge_job_begin(w->writer, range, &job, NULL), PRISM_OK);
    ck_assert_int_eq(prs_merge_job_run(&job, NULL, NULL, NULL), PRISM_OK);
    ck_assert_int_eq(prs_merge_job_install(w->writer, &job, NULL), PRISM_OK);
    prs_merge_job_leave(w->writer, &job);
    prs_merge_job_end(&job);
}

static void delete_every(world *w, uint32_t first, uint32_t step) {
    char key[16];
    for (uint32_t i = first; i < PARTS * DOCS; i += step) {
        snprintf(key, sizeof key, "k%u", i);
        (void)world_delete(w, key);
    }
}

/* PARTS segments of documents k0, k1 ...: by arrival, at random, by -n, by arrival; with deletions
 * in all of them. */
static void make_parts(world *w) {
    world_make(w, world_schema);
    w->writer->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 0; i < PARTS * DOCS; i++) {
        world_put(w, "{\"id\":\"k%u\",\"body\":\"one 数据 w%u w%u\",\"n\":%u,\"title\":\"t%u\"}", i,
                  i % 50, i, i, i % 3);
        if (i % DOCS == DOCS - 1) world_flush(w);
    }
    set_order(w, "random:3");
    merge_range(w, 1, 1);
    set_order(w, "-n");
    merge_range(w, 2, 1);
    delete_every(w, 0, 10);
    set_order(w, "");
}

typedef struct walk {
    const bool *gone; /* by i % 10 */
    uint32_t next;
} walk;

static void expect_next(walk *at, const char *json) {
    char start[32];
    while (at->gone[at->next % 10]) at->next++;
    snprintf(start, sizeof start, "{\"id\":\"k%u\",", at->next++);
    ck_assert_msg(strncmp(json, start, strlen(start)) == 0, "%s instead of %s", json, start);
}

static int see(void *ctx, uint64_t gdoc, const char *json, size_t len) {
    (void)gdoc;
    (void)len;
    expect_next(ctx, json);
    return 0;
}

static prism_status see_stored(void *ctx, prs_bytes json, prism_error *err) {
    (void)err;
    expect_next(ctx, (const char *)json.ptr);
    return PRISM_OK;
}

/* All documents but those that are gone, by arrival, in every way there is to walk them. */
static void expect(world *w, const bool *gone) {
    prism_snapshot *snap = world_snapshot(w);
    walk at = {gone, 0}, again = {gone, 0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < PARTS * DOCS; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%u", i);
        char *json = world_get(w, key);
        ck_assert_msg((json == NULL) == gone[i % 10], "%s", key);
        if (json != NULL) expect_next(&(walk){gone, i}, json);
        n += json != NULL;
        free(json);
    }
    ck_assert_int_eq(prism_document_each(snap, see, &at, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_snapshot_documents(snap), n);
    prs_snapshot_unref(snap);
    prs_stored stored;
    prs_core core = {.dir = w->disk, .mem = {.single_cap = SIZE_MAX}};
    prs_mem_init(&core.mem, NULL);
    ck_assert_int_eq(prs_stored_open(&stored, &core, NULL), PRISM_OK);
    ck_assert_uint_eq(stored.n_live, n);
    ck_assert_int_eq(prs_stored_each(&stored, see_stored, &again, NULL), PRISM_OK);
    ck_assert_uint_eq(again.next, at.next);
    prs_stored_fini(&stored);
    ck_assert_uint_eq(world_check(w, PRISM_CHECK_DEEP), 0);
}

static const bool tenth[10] = {[0] = true};

START_TEST(orders_are_kept_and_joined) {
    world w;
    make_parts(&w);
    world_commit(&w);
    expect(&w, tenth);
    merge_range(&w, 1, 2);
    world_commit(&w);
    expect(&w, tenth);
    ck_assert_ptr_nonnull(w.writer->segments.ptr[1].segment->order.bits);
    merge_range(&w, 0, 3);
    world_commit(&w);
    expect(&w, tenth);
    set_order(&w, "n"); /* that of arrival: nothing is left of the others */
    merge_range(&w, 0, 1);
    ck_assert_ptr_null(w.writer->segments.ptr[0].segment->order.bits);
    world_commit(&w);
    expect(&w, tenth);
    world_end(&w);
}
END_TEST

START_TEST(deletions_meanwhile_find_their_documents) {
    static const bool gone[10] = {[0] = true, [3] = true, [7] = true};
    static const char *const orders[] = {"", "random:9", "-n", "bp"};
    for (size_t i = 0; i < PRS_COUNT(orders); i++) {
        world w;
        prs_merge_job job;
        prs_merge_range all = {0, PARTS};
        make_parts(&w);
        set_order(&w, orders[i]);
        ck_assert_int_eq(prs_merge_job_begin(w.writer, all, &job, NULL), PRISM_OK);
        delete_every(&w, 3, 10);
        ck_assert_int_eq(prs_merge_job_run(&job, NULL, NULL, NULL), PRISM_OK);
        delete_every(&w, 7, 10);
        ck_assert_int_eq(prs_merge_job_install(w.writer, &job, NULL), PRISM_OK);
        prs_merge_job_leave(w.writer, &job);
        prs_merge_job_end(&job);
        ck_assert_uint_eq(w.writer->segments.n, 1);
        world_commit(&w);
        expect(&w, gone);
        world_end(&w);
    }
}
END_TEST

/* A document added twice without replacing: of both in one segment the later one lives, wherever it
 * stands. */
START_TEST(the_last_of_a_key_arrived_last) {
    static const char *const orders[] = {"n", "-n", "random:1", "random:2"};
    for (size_t i = 0; i < PRS_COUNT(orders); i++) {
        world w;
        static const char form[] = "{\"id\":\"k%u\",\"n\":%u}";
        world_make(&w, world_schema);
        w.writer->options.max_segments = PRISM_NO_MERGE;
        for (uint32_t round = 0; round < 3; round++) {
            for (uint32_t k = 0; k < 20; k++) {
                char json[64];
                int len = snprintf(json, sizeof json, form, k, round * 100 + k);
                ck_assert_int_eq(prism_writer_put_json(w.writer, json, (size_t)len,
                                                       PRISM_PUT_APPEND, NULL),
                                 PRISM_OK);
            }
            world_commit(&w);
        }
        set_order(&w, orders[i]);
        ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
        ck_assert_uint_eq(world_count(&w), 20);
        for (uint32_t k = 0; k < 20; k++) {
            char key[16], want[32];
            snprintf(key, sizeof key, "k%u", k);
            snprintf(want, sizeof want, "\"n\":%u}", 200 + k);
            char *json = world_get(&w, key);
            ck_assert_ptr_nonnull(json);
            ck_assert_ptr_nonnull(strstr(json, want));
            free(json);
        }
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        world_end(&w);
    }
}
END_TEST

/* A merge with its n-th allocation refused leaves all as it was, for every n. */
START_TEST(memory_may_run_out) {
    world w;
    prism_status status = PRISM_ENOMEM;
    size_t refused = 0;
    make_parts(&w);
    set_order(&w, "bp");
    world_commit(&w);
    for (size_t n = 1; status != PRISM_OK; n++) {
        prs_merge_job job;
        prs_merge_range all = {0, PARTS};
        ck_assert_int_eq(prs_merge_job_begin(w.writer, all, &job, NULL), PRISM_OK);
        w.alloc.fail_at = w.alloc.calls + n;
        status = prs_merge_job_run(&job, NULL, NULL, NULL);
        bool hit = w.alloc.calls >= w.alloc.fail_at; /* none may go unnoticed */
        w.alloc.fail_at = 0;
        ck_assert_int_eq(status, hit ? PRISM_ENOMEM : PRISM_OK);
        refused += status == PRISM_ENOMEM;
        prs_merge_job_leave(w.writer, &job);
        prs_merge_job_end(&job);
    }
    ck_assert_uint_gt(refused, 50);
    expect(&w, tenth);
    world_end(&w);
}
END_TEST

TEST_SUITE(merge_order, orders_are_kept_and_joined, deletions_meanwhile_find_their_documents,
           the_last_of_a_key_arrived_last, memory_may_run_out)
