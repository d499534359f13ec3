/* test_upsert.c - which older documents does a new one replace: all of its key in the segments
 * before, none behind, none of another key? */
#include "harness/world.h"

#include <stdio.h>
#include <stdlib.h>

static void open_plain(world *w) {
    world_make(w, world_schema);
    world_close(w);
    w->options.max_segments = PRISM_NO_MERGE;
    w->options.durable = false;
    world_open(w, true);
}

static void put_flags(world *w, uint32_t key, uint32_t n, unsigned flags) {
    char json[64];
    int len = snprintf(json, sizeof json, "{\"id\":\"k%u\",\"n\":%u}", key, n);
    ck_assert_int_eq(prism_writer_put_json(w->writer, json, (size_t)len, flags, NULL), PRISM_OK);
}

static void flush(world *w) {
    ck_assert_int_eq(prs_writer_flush(w->writer, NULL), PRISM_OK);
}

static uint64_t live(const world *w) {
    uint64_t n = 0;
    for (size_t i = 0; i < w->writer->segments.n; i++) {
        const prs_working *working = &w->writer->segments.ptr[i];
        n += working->segment->n_docs - working->n_deleted;
        if (working->deleted.words != NULL)
            ck_assert_uint_eq(prs_bitset_count(&working->deleted), working->n_deleted);
        else
            ck_assert_uint_eq(working->n_deleted, 0);
    }
    return n;
}

/* ---- model ----------------------------------------------------------------------------------- */

enum { KEYS = 150, ROUNDS = 30 };

/* Live versions of each key: an append over a flushed one leaves both. */
typedef struct model {
    uint32_t n_live[KEYS], newest[KEYS];
    bool pending[KEYS]; /* one of the live ones is not flushed yet */
} model;

static void model_put(model *m, uint32_t key, uint32_t n, bool append) {
    if (!append) m->n_live[key] = 0;
    if (append && m->pending[key]) m->n_live[key]--; /* of one flush at most one lives */
    m->n_live[key]++;
    m->newest[key] = n;
    m->pending[key] = true;
}

static void check_model(world *w, const model *m) {
    uint64_t total = 0;
    for (uint32_t k = 0; k < KEYS; k++) {
        char key[16], want[32];
        snprintf(key, sizeof key, "k%u", k);
        snprintf(want, sizeof want, "\"n\":%u}", m->newest[k]);
        char *json = world_get(w, key);
        if ((json != NULL) != (m->n_live[k] > 0)) ck_abort_msg("key %u", k);
        if (json != NULL) ck_assert_ptr_nonnull(strstr(json, want));
        free(json);
        total += m->n_live[k];
    }
    ck_assert_uint_eq(world_count(w), total);
}

START_TEST(a_model_of_keys_agrees) {
    static const unsigned flags[] = {PRISM_PUT_REPLACE, PRISM_PUT_REPLACE, PRISM_PUT_APPEND};
    test_rng rng = test_rng_of("upsert-model");
    world w;
    model m = {.n_live = {0}};
    open_plain(&w);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint64_t ops = test_rng_below(&rng, 60); ops > 0; ops--) {
            uint32_t k = (uint32_t)test_rng_below(&rng, KEYS);
            if (test_rng_one_in(&rng, 5)) {
                char key[16];
                snprintf(key, sizeof key, "k%u", k);
                ck_assert_uint_eq(world_delete(&w, key), m.n_live[k] > 0);
                m.n_live[k] = 0;
                m.pending[k] = false;
            } else {
                unsigned f = flags[test_rng_below(&rng, PRS_COUNT(flags))];
                put_flags(&w, k, 1000 * round + k, f);
                model_put(&m, k, 1000 * round + k, f == PRISM_PUT_APPEND);
            }
        }
        flush(&w);
        memset(m.pending, 0, sizeof m.pending);
        if (round % 3 != 2) continue;
        world_commit(&w);
        check_model(&w, &m);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_NORMAL), 0);
    }
    ck_assert_uint_ge(w.writer->segments.n, 20);
    world_end(&w);
}
END_TEST

/* One key put over and over is looked for once a flush: else a hundred thousand puts of it in each
 * of two flushes are ten thousand million looks at documents. */
START_TEST(a_key_put_often_is_looked_for_once) {
    enum { OFTEN = 20000 };
    world w;
    open_plain(&w);
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < OFTEN; i++) put_flags(&w, 1, i, PRISM_PUT_REPLACE);
        put_flags(&w, 1, OFTEN, PRISM_PUT_APPEND); /* what was replaced before stays replaced */
        ck_assert_uint_eq(w.writer->pending.n_replace, 1);
        flush(&w);
        ck_assert_uint_eq(live(&w), 1);
    }
    ck_assert_uint_eq(w.writer->segments.n, 3);
    world_commit(&w);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_NORMAL), 0);
    world_end(&w);
}
END_TEST

/* More replacing documents than one batch of probes holds, some in between that replace nothing. */
START_TEST(more_than_one_batch) {
    enum { MANY = 70000 };
    world w;
    open_plain(&w);
    world_close(&w);
    w.options.memory = (size_t)128 << 20; /* one flush each */
    world_open(&w, true);
    for (uint32_t i = 0; i < MANY; i++) put_flags(&w, i, 1, PRISM_PUT_APPEND);
    flush(&w);
    for (uint32_t i = 0; i < MANY; i++) { /* backwards, so that numbers of documents differ */
        uint32_t key = MANY - 1 - i;
        if (key % 50 == 7)
            put_flags(&w, MANY + key, 2, PRISM_PUT_APPEND);
        else
            put_flags(&w, key, 2, PRISM_PUT_REPLACE);
    }
    flush(&w);
    ck_assert_uint_eq(w.writer->segments.n, 2);
    ck_assert_uint_eq(w.writer->segments.ptr[0].n_deleted, MANY - MANY / 50);
    ck_assert_uint_eq(w.writer->segments.ptr[1].n_deleted, 0);
    for (uint32_t i = 0; i < MANY; i++) {
        if (prs_bitset_get(&w.writer->segments.ptr[0].deleted, i) != (i % 50 != 7))
            ck_abort_msg("document %u", i);
    }
    world_end(&w);
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

/* Commit: a0 .. a199 in two segments.  Then replace and delete some of them, flush, with one
 * failure. */
static void make_base(world *w) {
    open_plain(w);
    for (uint32_t i = 0; i < 200; i++) {
        put_flags(w, i, 1, PRISM_PUT_REPLACE);
        if (i == 99) flush(w);
    }
    world_commit(w);
    world_close(w);
    w->disk->pread = true; /* regions are read, so that reading may fail */
    world_open(w, true);
    w->fault->base.pread = true;
}

static prism_status change(world *w) {
    prism_error err = PRISM_ERROR_INIT;
    char json[64];
    for (uint32_t i = 50; i < 150; i++) {
        int len = snprintf(json, sizeof json, "{\"id\":\"k%u\",\"n\":2}", i);
        PRS_TRY(prism_writer_put_json(w->writer, json, (size_t)len, 0, &err));
    }
    for (uint32_t i = 0; i < 10; i++) {
        snprintf(json, sizeof json, "k%u", 3 * i);
        PRS_TRY(prism_writer_delete(w->writer, json, strlen(json), NULL, &err));
    }
    return prs_writer_flush(w->writer, &err);
}

/* Whatever failed: an error sticks until rollback, the commit is whole, and the change can be
 * made again. */
static void judge(world *w, prism_status status, prism_status expected, uint64_t at) {
    if (status != PRISM_OK) {
        ck_assert_msg(status == expected, "%d at %llu", status, (unsigned long long)at);
        ck_assert_int_eq(prism_writer_rollback(w->writer, NULL), PRISM_OK);
        ck_assert_uint_eq(live(w), 200);
        ck_assert_int_eq(change(w), PRISM_OK);
    }
    ck_assert_uint_eq(world_count(w), 200); /* not committed yet */
    ck_assert_uint_eq(live(w), 190);
    world_commit(w);
    ck_assert_uint_eq(world_count(w), 190);
    ck_assert_uint_eq(world_check(w, PRISM_CHECK_NORMAL), 0);
}

START_TEST(each_call_of_the_storage_fails) {
    uint32_t n_failed = 0;
    for (uint64_t at = 1;; at++) {
        world w;
        make_base(&w);
        w.fault->n_calls = 0;
        w.fault->fail_at = at;
        prism_status status = change(&w);
        bool failed = w.fault->n_failed > 0;
        w.fault->fail_at = 0;
        n_failed += status != PRISM_OK;
        judge(&w, status, PRISM_EIO, at);
        world_end(&w);
        if (!failed) break;
    }
    ck_assert_uint_gt(n_failed, 8);
}
END_TEST

START_TEST(each_allocation_fails) {
    uint32_t n_failed = 0;
    for (size_t more = 1;; more++) {
        world w;
        make_base(&w);
        w.alloc.fail_at = atomic_load(&w.alloc.calls) + more;
        prism_status status = change(&w);
        bool refused = atomic_load(&w.alloc.calls) >= w.alloc.fail_at;
        w.alloc.fail_at = 0;
        n_failed += status != PRISM_OK;
        judge(&w, status, PRISM_ENOMEM, more);
        world_end(&w);
        if (!refused) break;
    }
    ck_assert_uint_gt(n_failed, 20);
}
END_TEST

/* Keys of an older segment are damaged: a put cannot know what it replaces, and says so. */
START_TEST(damaged_keys_are_told) {
    enum { MANY = 40000 }; /* so many that opening reads the first region of the keys only */
    world w;
    prism_error err = PRISM_ERROR_INIT;
    open_plain(&w);
    for (uint32_t i = 0; i < MANY; i++) put_flags(&w, i, 1, PRISM_PUT_APPEND);
    world_commit(&w);
    world_close(&w);
    world_open(&w, true);
    const prs_keys *keys = &w.writer->segments.ptr[0].segment->keys;
    uint8_t *bytes;
    memcpy(&bytes, &keys->section.ptr, sizeof bytes);
    bytes += keys->hashes + (uint64_t)keys->n_docs * 4;
    *bytes ^= 4; /* the map shows what is on the disk */
    for (uint32_t i = 0; i < 1000; i++) put_flags(&w, i, 2, PRISM_PUT_REPLACE);
    ck_assert_int_eq(prs_writer_flush(w.writer, &err), PRISM_ECORRUPT);
    ck_assert_int_eq(err.code, PRISM_ECORRUPT);
    ck_assert_uint_eq(w.writer->segments.n, 1); /* the new one is gone again */
    ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_ECORRUPT);
    *bytes ^= 4;
    ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
    ck_assert_uint_eq(world_count(&w), MANY);
    ck_assert_uint_eq(world_delete(&w, "k7"), 1);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), MANY - 1);
    world_end(&w);
}
END_TEST

TEST_SUITE(upsert, a_model_of_keys_agrees, a_key_put_often_is_looked_for_once, more_than_one_batch,
           each_call_of_the_storage_fails, each_allocation_fails, damaged_keys_are_told)
