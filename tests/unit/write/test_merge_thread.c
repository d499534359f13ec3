/* test_merge_thread.c - a writer with a merge thread: what may go on beside a merge, what waits for
 * it, and what a failure of it leaves. */
#include "harness/world.h"

#include "base/sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* The storage, as the merge thread sees it: it can be held up, and told to fail. */
typedef struct gate {
    prs_mutex lock;
    prs_cond moved;
    pthread_t main;
    unsigned stop;                        /* a set, 0 for none: the thread waits at this call, */
    bool closed, inside;                  /* while closed */
    uint64_t n_calls, fail_from, fail_to; /* its calls of these numbers fail */
    prism_status status;
} gate;

static prism_status pass(void *ctx, fault_call call, const char *name) {
    gate *g = ctx;
    (void)name;
    if (pthread_equal(pthread_self(), g->main)) return PRISM_OK;
    prs_mutex_lock(&g->lock);
    bool fail = ++g->n_calls >= g->fail_from && g->n_calls < g->fail_to;
    if (call == g->stop) {
        g->inside = true;
        prs_cond_wake_all(&g->moved);
        while (g->closed) prs_cond_wait(&g->moved, &g->lock);
        g->inside = false;
    }
    prs_mutex_unlock(&g->lock);
    return fail ? g->status : PRISM_OK;
}

static void await_inside(gate *g) {
    prs_mutex_lock(&g->lock);
    while (!g->inside) prs_cond_wait(&g->moved, &g->lock);
    prs_mutex_unlock(&g->lock);
}

static void open_gate(gate *g) {
    prs_mutex_lock(&g->lock);
    g->closed = false;
    prs_cond_wake_all(&g->moved);
    prs_mutex_unlock(&g->lock);
}

static void make(world *w, gate *g, unsigned stop) {
    memset(g, 0, sizeof *g);
    g->main = pthread_self();
    g->stop = stop;
    g->closed = stop != 0;
    ck_assert_int_eq(prs_mutex_init(&g->lock, NULL), PRISM_OK);
    ck_assert_int_eq(prs_cond_init(&g->moved, NULL), PRISM_OK);
    world_make(w, world_schema);
    world_close(w);
    w->options.threads = 2;
    w->options.merge_here = false; /* with PRISM_THREADS the world has said otherwise */
    world_open(w, true);
    w->fault->hook = pass;
    w->fault->hook_ctx = g;
}

static void end(world *w, gate *g) {
    world_end(w);
    prs_cond_fini(&g->moved);
    prs_mutex_fini(&g->lock);
}

static prism_writer_stats stats_of(world *w) {
    prism_writer_stats stats = {.size = sizeof stats};
    ck_assert_int_eq(prism_writer_get_stats(w->writer, &stats, NULL), PRISM_OK);
    return stats;
}

/* Documents a`from` ... in flushes of their own. */
static void flush_many(world *w, uint32_t from, uint32_t n) {
    for (uint32_t i = from; i < from + n; i++) {
        world_put(w, "{\"id\":\"a%u\",\"body\":\"one 数据 w%u\",\"n\":%u}", i, i, i);
        world_put(w, "{\"id\":\"b%u\",\"body\":\"two\"}", i);
        world_flush(w);
    }
}

static void await_merges(world *w, uint64_t n) {
    for (uint32_t i = 0; stats_of(w).merges < n; i++) {
        ck_assert_uint_lt(i, 20000);
        usleep(1000);
    }
}

START_TEST(puts_deletes_and_commits_go_on_beside_a_merge) {
    world w;
    gate g;
    make(&w, &g, FAULT_SYNC); /* both files are there, but for the last call */
    flush_many(&w, 0, 8);
    await_inside(&g);
    ck_assert_uint_eq(world_delete(&w, "a3"), 1);
    world_commit(&w); /* also cleans up, and not what is being written */
    ck_assert_uint_eq(world_count(&w), 15);
    ck_assert_uint_eq(world_delete(&w, "a4"), 1);
    world_put(&w, "{\"id\":\"a5\",\"body\":\"new\",\"n\":55}");
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 14);
    ck_assert_uint_eq(stats_of(&w).merges, 0);
    open_gate(&g);
    await_merges(&w, 1);
    ck_assert_uint_eq(world_delete(&w, "a6"), 1);
    ck_assert_uint_eq(world_count(&w), 14); /* of the commit */
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 13);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    char *json = world_get(&w, "a5");
    ck_assert_str_eq(json, "{\"id\":\"a5\",\"body\":\"new\",\"n\":55}");
    free(json);
    ck_assert_uint_lt(w.writer->segments.n, 8);
    end(&w, &g);
}
END_TEST

/* Opens the gate when the writer waits for it. */
static void open_later(void *arg) {
    usleep(20000);
    open_gate(arg);
}

static void with_helper(gate *g, prs_thread *helper) {
    ck_assert_int_eq(prs_thread_start(helper, open_later, g, NULL), PRISM_OK);
}

START_TEST(a_rollback_waits_for_the_end_of_the_merge) {
    world w;
    gate g;
    prs_thread helper;
    make(&w, &g, FAULT_CREATE);
    world_put(&w, "{\"id\":\"c\",\"body\":\"stays\"}");
    world_commit(&w);
    flush_many(&w, 0, 8);
    await_inside(&g);
    with_helper(&g, &helper);
    ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
    prs_thread_join(&helper);
    ck_assert_uint_eq(w.writer->segments.n, 1);
    ck_assert_uint_eq(stats_of(&w).merges, 0);
    ck_assert_uint_eq(stats_of(&w).failed_merges, 0); /* it was cancelled */
    prs_listing listing;
    ck_assert_int_eq(prs_listing_read(&listing, w.disk, NULL), PRISM_OK);
    ck_assert_uint_eq(listing.names.n, 4); /* two commits, two files */
    prs_listing_fini(&listing);
    flush_many(&w, 0, 2);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 5);
    end(&w, &g);
}
END_TEST

START_TEST(closing_cancels_and_leaves_nothing) {
    world w;
    gate g;
    prs_thread helper;
    make(&w, &g, FAULT_CREATE);
    flush_many(&w, 0, 8);
    await_inside(&g);
    with_helper(&g, &helper);
    world_close(&w);
    prs_thread_join(&helper);
    prs_listing listing;
    ck_assert_int_eq(prs_listing_read(&listing, w.disk, NULL), PRISM_OK);
    ck_assert_uint_eq(listing.names.n, 1);
    prs_listing_fini(&listing);
    end(&w, &g);
}
END_TEST

START_TEST(a_merge_that_was_asked_for_goes_first) {
    world w;
    gate g;
    prs_thread helper;
    make(&w, &g, FAULT_CREATE);
    flush_many(&w, 0, 8);
    world_commit(&w);
    await_inside(&g);
    with_helper(&g, &helper);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    prs_thread_join(&helper);
    ck_assert_uint_eq(w.writer->segments.n, 1);
    ck_assert_uint_eq(world_count(&w), 16);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    end(&w, &g);
}
END_TEST

START_TEST(a_commit_waits_where_there_are_too_many_segments) {
    world w;
    gate g;
    prs_thread helper;
    make(&w, &g, FAULT_CREATE);
    flush_many(&w, 0, 30);
    await_inside(&g);
    world_commit(&w); /* at the bound: no need to wait */
    ck_assert_uint_eq(w.writer->segments.n, 30);
    ck_assert_uint_eq(stats_of(&w).merges, 0);
    flush_many(&w, 30, 1);
    with_helper(&g, &helper);
    world_commit(&w);
    prs_thread_join(&helper);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_le(prism_snapshot_segments(snap), PRS_WRITER_MAX_SEGMENTS);
    prs_snapshot_unref(snap);
    ck_assert_uint_eq(world_count(&w), 62);
    end(&w, &g);
}
END_TEST

START_TEST(a_failed_merge_is_told_and_not_tried_for_ever) {
    static const prism_status errors[] = {PRISM_ENOSPC, PRISM_EIO, PRISM_ECORRUPT};
    for (size_t e = 0; e < PRS_COUNT(errors); e++) {
        world w;
        gate g;
        make(&w, &g, 0);
        g.fail_from = 1;
        g.fail_to = UINT64_MAX;
        g.status = errors[e];
        flush_many(&w, 0, 20);
        for (uint32_t i = 20; i < 60; i++) {
            flush_many(&w, i, 1);
            world_commit(&w); /* above the bound too: it cannot be helped */
        }
        prism_writer_stats stats = stats_of(&w);
        ck_assert_uint_ge(stats.failed_merges, 1);
        ck_assert_uint_le(stats.failed_merges, 8); /* 92 wakings: 1, 3, 7, 15, 31 are let pass */
        ck_assert_int_eq(stats.merge_error.code, errors[e]);
        ck_assert_str_eq(stats.merge_error.text, "a fault that was asked for");
        ck_assert_uint_eq(stats.merges, 0);
        ck_assert_uint_eq(world_count(&w), 120);
        g.fail_from = UINT64_MAX; /* the disk is well again */
        for (uint32_t i = 60; i < 124 && stats_of(&w).merges == 0; i++) {
            flush_many(&w, i, 1);
            world_commit(&w);
        }
        await_merges(&w, 1);
        world_commit(&w);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        end(&w, &g);
    }
}
END_TEST

/* Call `at` of the merge thread fails; false if it makes fewer. */
static bool fail_call(uint64_t at, prism_status status) {
    world w;
    gate g;
    make(&w, &g, 0);
    g.fail_from = at;
    g.fail_to = at + 1;
    g.status = status;
    flush_many(&w, 0, 8);
    for (uint32_t i = 0; stats_of(&w).merges + stats_of(&w).failed_merges == 0; i++) {
        ck_assert_uint_lt(i, 20000);
        usleep(100);
    }
    world_commit(&w);
    ck_assert_int_eq(prs_writer_lock(w.writer, NULL), PRISM_OK);
    prs_merger_cancel(w.writer);    /* there may have been another to do, */
    prs_publish_clean_up(w.writer); /* and it may be an unlink that failed */
    prs_writer_unlock(w.writer);
    ck_assert_uint_eq(world_count(&w), 16);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    bool failed = w.fault->n_failed > 0;
    prs_listing listing;
    ck_assert_int_eq(prs_listing_read(&listing, w.disk, NULL), PRISM_OK);
    for (size_t i = 0; i < listing.names.n; i++) { /* no file is left over */
        prs_name *name = &listing.names.ptr[i];
        bool known = name->kind != PRS_NAME_IDX && name->kind != PRS_NAME_DOC;
        for (size_t k = 0; k < w.writer->segments.n; k++)
            known |= prs_id_equal(&w.writer->segments.ptr[k].segment->files.id, &name->id);
        for (uint32_t k = 0; k < w.writer->n_kept; k++) { /* merged again behind the commit */
            const prs_manifest *kept = &w.writer->kept[k].manifest;
            known |= prs_name_is_needed(name, &kept, 1);
        }
        ck_assert(known);
    }
    prs_listing_fini(&listing);
    end(&w, &g);
    return failed;
}

START_TEST(each_call_of_a_merge_may_fail) {
    uint64_t n = 1;
    while (fail_call(n, n % 2 == 0 ? PRISM_EIO : PRISM_ENOSPC)) n++;
    ck_assert_uint_gt(n, 25); /* one merge; a second one would make the number random */
}
END_TEST

START_TEST(a_child_does_not_meet_the_thread) {
    world w;
    gate g;
    make(&w, &g, FAULT_CREATE);
    flush_many(&w, 0, 8);
    await_inside(&g);
    prs_mutex_lock(&w.writer->lock); /* as the thread may hold it at a fork */
    pid_t child = fork();
    if (child == 0) {
        prism_writer_stats stats = {.size = sizeof stats};
        bool good =
            prism_writer_put_json(w.writer, "{\"id\":\"b\"}", 10, 0, NULL) == PRISM_EMISUSE &&
            prism_writer_commit(w.writer, NULL, 0, NULL, NULL) == PRISM_EMISUSE &&
            prism_writer_rollback(w.writer, NULL) == PRISM_EMISUSE &&
            prism_writer_merge(w.writer, 1, NULL, NULL, NULL) == PRISM_EMISUSE &&
            prism_writer_get_stats(w.writer, &stats, NULL) == PRISM_EMISUSE;
        prs_writer_close(w.writer);
        _exit(good ? 0 : 1);
    }
    prs_mutex_unlock(&w.writer->lock);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    open_gate(&g);
    await_merges(&w, 1);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 16);
    end(&w, &g);
}
END_TEST

TEST_SUITE(merge_thread, puts_deletes_and_commits_go_on_beside_a_merge,
           a_rollback_waits_for_the_end_of_the_merge, closing_cancels_and_leaves_nothing,
           a_merge_that_was_asked_for_goes_first, a_commit_waits_where_there_are_too_many_segments,
           a_failed_merge_is_told_and_not_tried_for_ever, each_call_of_a_merge_may_fail,
           a_child_does_not_meet_the_thread)
