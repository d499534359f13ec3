/* test_commit_stop.c - a commit that its caller stops: at whichever question, nothing is published
 * and nothing is lost. */
#include "harness/world.h"

#include "base/sync.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct caller {
    uint64_t n_asked, stop_at; /* 0 = never */
    uint64_t most_total, most_done;
} caller;

static int ask(void *ctx, uint64_t done, uint64_t total) {
    caller *c = ctx;
    ck_assert_uint_le(done, total);
    c->most_total = PRS_MAX(c->most_total, total);
    c->most_done = PRS_MAX(c->most_done, done);
    return ++c->n_asked == c->stop_at;
}

static prism_status commit_asking(world *w, caller *c, uint64_t *generation) {
    prism_commit_opts opts = PRISM_COMMIT_OPTS_INIT;
    opts.payload = "pay";
    opts.payload_len = 3;
    opts.progress = ask;
    opts.progress_ctx = c;
    return prism_writer_commit_with(w->writer, &opts, generation, NULL);
}

/* Documents of words of their own: several runs of a flush. */
static void put_many(world *w, const char *name, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        world_put(w, "{\"id\":\"%s%u\",\"title\":\"t%s%u\",\"body\":\"b%u%s c%u%s\",\"n\":%u}",
                  name, i, name, i, i, name, i, name, i);
}

static uint64_t files_of(world *w) {
    prs_listing listing;
    ck_assert_int_eq(prs_listing_read(&listing, w->disk, NULL), PRISM_OK);
    uint64_t n = listing.names.n;
    prs_listing_fini(&listing);
    return n;
}

/* Two documents committed; then three flushed parts, a deletion, and one part pending.
 * Returns   : files of the commit */
static uint64_t prepare(world *w, bool load, uint32_t threads) {
    world_make(w, world_schema);
    world_put(w, "{\"id\":\"old\",\"body\":\"b1a\"}");
    world_put(w, "{\"id\":\"gone\",\"body\":\"b1a\"}");
    world_commit(w);
    world_close(w);
    w->options.load = load;
    w->options.threads = threads;
    world_open(w, true);
    uint64_t n_files = files_of(w);
    put_many(w, "a", 40);
    world_flush(w);
    put_many(w, "b", 40);
    world_flush(w);
    put_many(w, "a", 20); /* again */
    world_flush(w);
    ck_assert_uint_eq(world_delete(w, "gone"), 1);
    put_many(w, "c", 3000);
    return n_files;
}

enum { LIVE = 1 + 40 + 40 + 3000 };

/* Stop at question `stop_at`; false if the commit had no such question. */
static bool stop_at(uint64_t stop_at, bool load, uint32_t threads) {
    world w;
    caller c = {.stop_at = stop_at}, go = {.stop_at = 0};
    uint64_t generation = 9;
    uint64_t n_files = prepare(&w, load, threads);
    prism_snapshot *before = world_snapshot(&w);
    prism_status status = commit_asking(&w, &c, &generation);
    if (status == PRISM_OK) {
        ck_assert_uint_lt(c.n_asked, stop_at);
        ck_assert_uint_ge(c.most_total, 3000);
    } else {
        ck_assert_int_eq(status, PRISM_ECANCELED);
        ck_assert_uint_eq(generation, 0);
        ck_assert_uint_eq(c.n_asked, stop_at); /* it is not asked again */
        prism_snapshot *after = world_snapshot(&w);
        ck_assert_uint_eq(prism_snapshot_generation(after), prism_snapshot_generation(before));
        prs_snapshot_unref(after);
        ck_assert_uint_eq(world_count(&w), 2);
        if (stop_at % 3 == 0) { /* forget all */
            ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
            ck_assert_uint_eq(files_of(&w), n_files);
            ck_assert_uint_eq(world_commit(&w), prism_snapshot_generation(before));
            ck_assert_uint_eq(world_count(&w), 2);
        } else { /* go on: with more, or with close and all lost */
            world_put(&w, "{\"id\":\"c0\",\"body\":\"once more\"}");
            ck_assert_int_eq(commit_asking(&w, &go, &generation), PRISM_OK);
            ck_assert_uint_gt(generation, prism_snapshot_generation(before));
        }
    }
    if (status == PRISM_OK || stop_at % 3 != 0) {
        ck_assert_uint_eq(world_count(&w), LIVE);
        char *stored = world_get(&w, "a7");
        ck_assert_ptr_nonnull(stored);
        free(stored);
        ck_assert_ptr_null(world_get(&w, "gone"));
    }
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    prs_snapshot_unref(before);
    world_end(&w);
    return status != PRISM_OK;
}

START_TEST(at_every_question) {
    uint64_t n = 1;
    while (stop_at(n, false, 1)) n++;
    ck_assert_uint_gt(n, 5);
    for (n = 1; stop_at(n, true, 1);) n++;
    ck_assert_uint_gt(n, 8); /* the merge of the load asks, too */
    for (n = 1; stop_at(n, false, 3);) n++;
    ck_assert_uint_gt(n, 5);
}
END_TEST

/* The old call asks nobody, and a put after a stopped commit neither. */
START_TEST(nobody_is_asked_afterwards) {
    world w;
    caller c = {.stop_at = 1};
    (void)prepare(&w, false, 1);
    ck_assert_int_eq(commit_asking(&w, &c, NULL), PRISM_ECANCELED);
    put_many(&w, "d", 10);
    world_flush(&w);
    world_commit(&w);
    ck_assert_uint_eq(c.n_asked, 1);
    ck_assert_uint_eq(world_count(&w), LIVE + 10);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, ask, &c, NULL), PRISM_OK);
    ck_assert_uint_gt(c.n_asked, 1);
    world_end(&w);
}
END_TEST

/* Questions of a commit of n small documents, by so many threads; stopped at one of them, 0 = none,
 * and made again. */
static uint64_t questions(uint32_t n, uint32_t threads, uint64_t stop_at) {
    world w;
    caller c = {.stop_at = stop_at};
    world_make(&w, world_schema);
    world_close(&w);
    w.options.threads = threads;
    w.options.batch_text = 1; /* each document is a batch */
    world_open(&w, true);
    for (uint32_t i = 0; i < n; i++) world_put(&w, "{\"id\":\"%u\",\"body\":\"b\"}", i);
    prism_status status = commit_asking(&w, &c, NULL);
    ck_assert_int_eq(status, stop_at == 0 ? PRISM_OK : PRISM_ECANCELED);
    if (stop_at != 0) ck_assert_int_eq(commit_asking(&w, &c, NULL), PRISM_OK);
    ck_assert_uint_eq(world_count(&w), n);
    world_end(&w);
    return c.n_asked;
}

/* Before the flush, each of 7 fields, lists of the two that the document has, pairs of body, keys;
 * and last. */
START_TEST(each_part_of_a_flush_is_a_question) {
    uint64_t n = questions(1, 1, 0), many = questions(8, 3, 0);
    ck_assert_uint_ge(n, 1 + 7 + 2 + 1 + 1 + 1);
    ck_assert_uint_ge(many, n + 2); /* what waits to be analyzed, too */
    for (uint64_t k = 1; k <= many; k++) ck_assert_uint_gt(questions(8, 3, k), k);
}
END_TEST

/* A flush of merge is asked about, and what it leaves can be committed. */
START_TEST(a_merge_is_stopped_in_its_flush) {
    world w;
    (void)prepare(&w, false, 1);
    for (uint64_t n = 1; n < 4; n++) {
        caller c = {.stop_at = n};
        ck_assert_int_eq(prism_writer_merge(w.writer, 1, ask, &c, NULL), PRISM_ECANCELED);
        ck_assert_uint_eq(c.n_asked, n);
        ck_assert_uint_eq(world_count(&w), 2);
    }
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), LIVE);
    world_end(&w);
}
END_TEST

/* Put a document that must be preceded by a flush; at question stop_at it is stopped.
 * Returns   : questions asked */
static uint64_t put_behind_full(uint64_t stop_at) {
    static const char last[] = "{\"id\":\"last\",\"body\":\"b1a\"}";
    world w;
    caller c = {.stop_at = stop_at};
    prism_put_opts opts = PRISM_PUT_OPTS_INIT;
    opts.progress = ask;
    opts.progress_ctx = &c;
    world_make(&w, world_schema);
    put_many(&w, "a", 200);
    uint64_t memory = w.writer->options.memory;
    /* what is pending has spent it */
    w.writer->options.memory = prs_pending_bytes(&w.writer->pending);
    prism_status status = prism_writer_put_json_with(w.writer, last, sizeof last - 1, &opts, NULL);
    ck_assert_int_eq(status, c.n_asked == stop_at ? PRISM_ECANCELED : PRISM_OK);
    if (status != PRISM_OK) { /* nothing is lost, and the same call goes on */
        ck_assert_uint_eq(w.writer->stats.documents_put, 200);
        ck_assert_int_eq(prism_writer_put_json(w.writer, last, sizeof last - 1, 0, NULL), PRISM_OK);
        ck_assert_uint_eq(c.n_asked, stop_at); /* that one asks nobody */
    }
    w.writer->options.memory = memory;
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 201);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
    return c.n_asked;
}

START_TEST(a_put_is_stopped_in_its_flush) {
    uint64_t n = put_behind_full(0);
    ck_assert_uint_gt(n, 5);
    for (uint64_t k = 1; k <= n; k++) ck_assert_uint_eq(put_behind_full(k), k);
}
END_TEST

/* ---- a merge thread that takes long ---------------------------------------------------------- */

typedef struct slow {
    prs_mutex lock;
    prs_cond moved;
    pthread_t main;
    bool open;
} slow;

static prism_status hold_up(void *ctx, fault_call call, const char *name) {
    slow *s = ctx;
    (void)name;
    if (call != FAULT_CREATE || pthread_equal(pthread_self(), s->main)) return PRISM_OK;
    prs_mutex_lock(&s->lock);
    while (!s->open) prs_cond_wait(&s->moved, &s->lock);
    prs_mutex_unlock(&s->lock);
    return PRISM_OK;
}

/* The commit waits for merges that do not come: it can be stopped all the same. */
START_TEST(a_wait_for_the_merge_thread_ends) {
    world w;
    slow s = {.main = pthread_self()};
    caller c = {.stop_at = 3};
    ck_assert_int_eq(prs_mutex_init(&s.lock, NULL), PRISM_OK);
    ck_assert_int_eq(prs_cond_init(&s.moved, NULL), PRISM_OK);
    world_make(&w, world_schema);
    world_close(&w);
    w.options.threads = 2;
    w.options.merge_here = false;
    w.options.max_segments = 2;
    world_open(&w, true);
    w.fault->hook = hold_up;
    w.fault->hook_ctx = &s;
    for (uint32_t i = 0; i < 6; i++) {
        world_put(&w, "{\"id\":\"%u\",\"body\":\"x\"}", i);
        world_flush(&w);
    }
    ck_assert_int_eq(commit_asking(&w, &c, NULL), PRISM_ECANCELED);
    ck_assert_uint_eq(c.most_done, 0); /* nothing is done while it waits */
    ck_assert_uint_eq(c.most_total, 6);
    ck_assert_uint_eq(world_count(&w), 0);
    prs_mutex_lock(&s.lock);
    s.open = true;
    prs_cond_wake_all(&s.moved);
    prs_mutex_unlock(&s.lock);
    c.stop_at = 0;
    ck_assert_int_eq(commit_asking(&w, &c, NULL), PRISM_OK);
    ck_assert_uint_eq(world_count(&w), 6);
    ck_assert_uint_le(w.writer->segments.n, 2);
    world_end(&w);
    prs_cond_fini(&s.moved);
    prs_mutex_fini(&s.lock);
}
END_TEST

TEST_SUITE(commit_stop, at_every_question, nobody_is_asked_afterwards,
           each_part_of_a_flush_is_a_question, a_merge_is_stopped_in_its_flush,
           a_put_is_stopped_in_its_flush, a_wait_for_the_merge_thread_ends)
