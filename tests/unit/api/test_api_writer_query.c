/* test_api_writer_query.c - delete by query: exactly what matches now, or nothing. */
#include "harness/world.h"

#include <prismsearch.h>

#include <stdio.h>
#include <stdlib.h>

static prism_query *parse(const prism_schema *schema, const char *text) {
    prism_query *query;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prism_query_parse(schema, text, strlen(text), NULL, &query, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s", text, err.text);
    return query;
}

static uint64_t delete_by(world *w, const char *text) {
    uint64_t n = 99;
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = parse(prism_index_schema(&w->index), text);
    prism_status status = prism_writer_delete_query(w->writer, query, &n, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s: %s", text, prs_status_name(status), err.text);
    prism_query_unref(query);
    return n;
}

START_TEST(all_that_match_now) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"red apple\"}");
    world_put(&w, "{\"id\":\"b\",\"body\":\"green apple\"}");
    world_put(&w, "{\"id\":\"c\",\"body\":\"red plum\",\"tags\":[\"x\"],\"n\":5}");
    world_commit(&w);
    world_put(&w, "{\"id\":\"a\",\"body\":\"blue\"}"); /* its old version matches no more */
    world_put(&w, "{\"id\":\"d\",\"body\":\"red wine 红色的酒\"}");
    world_put(&w, "{\"id\":\"e\",\"body\":\"red wine\"}");
    world_delete(&w, "e");
    ck_assert_uint_eq(delete_by(&w, "nothing"), 0);
    ck_assert_uint_eq(delete_by(&w, "body:re*"), 2); /* c, committed, and d, pending */
    ck_assert_uint_eq(delete_by(&w, "body:re*"), 0);
    ck_assert_uint_eq(world_count(&w), 3);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 2);
    world_put(&w, "{\"id\":\"d\",\"body\":\"red wine 红色的酒\"}"); /* later puts are safe */
    ck_assert_uint_eq(delete_by(&w, "\"色的\""), 1);
    ck_assert_uint_eq(delete_by(&w, "apple OR blue"), 2);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 0);
    ck_assert_uint_eq(delete_by(&w, "*:*"), 0);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

START_TEST(rollback_undoes_it) {
    world w;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 9; i++) world_put(&w, "{\"id\":\"a%u\",\"body\":\"apple\"}", i);
    world_commit(&w);
    ck_assert_uint_eq(delete_by(&w, "apple"), 9);
    ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
    ck_assert_uint_eq(delete_by(&w, "id:a3"), 1);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 8);
    world_end(&w);
}
END_TEST

START_TEST(a_query_of_another_schema_is_refused) {
    world w;
    prism_schema *other, *same;
    uint64_t n = 9;
    prism_error err = PRISM_ERROR_INIT;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"apple\"}");
    ck_assert_int_eq(prism_schema_default(&other, NULL), PRISM_OK);
    prism_query *query = parse(other, "apple");
    ck_assert_int_eq(prism_writer_delete_query(w.writer, query, &n, &err), PRISM_EINVAL);
    ck_assert_uint_eq(n, 0);
    ck_assert_str_eq(err.text, "the query was built for another schema");
    prism_query_unref(query);
    prism_schema_unref(other);
    ck_assert_int_eq(prism_schema_from_json(world_schema, strlen(world_schema), &same, NULL),
                     PRISM_OK);
    query = parse(same, "apple"); /* another object that says the same will do */
    ck_assert_int_eq(prism_writer_delete_query(w.writer, query, NULL, &err), PRISM_OK);
    prism_query_unref(query);
    prism_schema_unref(same);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 0);
    world_end(&w);
}
END_TEST

/* A damaged list: the search fails, so nothing is deleted, and the writer goes on. */
START_TEST(a_search_that_fails_deletes_nothing) {
    world w;
    uint64_t n = 9;
    prism_error err = PRISM_ERROR_INIT;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 20000; i++)
        world_put(&w, "{\"id\":\"a%u\",\"body\":\"apple w%u x%u\"}", i, i, i);
    world_commit(&w);
    world_close(&w);
    world_open(&w, false);
    w.index.core->dir->pread = true; /* regions are read when they are touched */
    ck_assert_int_eq(prs_writer_open(w.index.core, &w.options, &w.writer, NULL), PRISM_OK);
    world_put(&w, "{\"id\":\"b\",\"body\":\"white\"}");
    prism_query *query = parse(prism_index_schema(&w.index), "w* OR x*");
    w.fault->calls = FAULT_READ;
    w.fault->n_calls = 0;
    w.fault->fail_on = true;
    prism_snapshot *snap; /* its own reads are made before the fault */
    ck_assert_int_eq(prs_writer_view(w.writer, &snap, NULL), PRISM_OK);
    prism_snapshot_unref(snap);
    w.fault->fail_at = w.fault->n_calls + 1;
    ck_assert_int_eq(prism_writer_delete_query(w.writer, query, &n, &err), PRISM_EIO);
    ck_assert_uint_eq(n, 0);
    w.fault->fail_at = 0;
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 20001);
    ck_assert_int_eq(prism_writer_delete_query(w.writer, query, &n, &err), PRISM_OK);
    ck_assert_uint_eq(n, 20001);
    prism_query_unref(query);
    world_end(&w);
}
END_TEST

/* ---- against a model ------------------------------------------------------------------------- */

enum { KEYS = 50, WORDS = 12 };

typedef struct model {
    uint32_t pending[KEYS], committed[KEYS]; /* words as bits; 0 = no document */
} model;

static uint32_t count(const uint32_t *docs) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < KEYS; k++) n += docs[k] != 0;
    return n;
}

static void put_random(world *w, model *m, test_rng *rng) {
    char body[128] = "", word[8];
    uint32_t key = (uint32_t)test_rng_below(rng, KEYS), words = 0;
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t one = (uint32_t)test_rng_below(rng, WORDS);
        snprintf(word, sizeof word, "w%02u ", one);
        strcat(body, word);
        words |= 1u << one;
    }
    world_put(w, "{\"id\":\"k%u\",\"body\":\"%s\"}", key, body);
    m->pending[key] = words;
}

static void delete_random(world *w, model *m, test_rng *rng) {
    char text[64];
    uint32_t a = (uint32_t)test_rng_below(rng, WORDS), b = (uint32_t)test_rng_below(rng, WORDS),
             n = 0;
    uint64_t kind = test_rng_below(rng, 3);
    if (kind == 2) snprintf(text, sizeof text, "w%u*", a / 10); /* all that begin so */
    if (kind < 2) snprintf(text, sizeof text, kind == 0 ? "+w%02u +w%02u" : "+w%02u -w%02u", a, b);
    for (uint32_t k = 0; k < KEYS; k++) {
        uint32_t d = m->pending[k];
        bool has_a = (d >> a) & 1, has_b = (d >> b) & 1;
        bool matches = kind == 0   ? has_a && has_b
                       : kind == 1 ? has_a && !has_b
                                   : (d & (a / 10 == 0 ? 0x3ffu : 0xc00u)) != 0;
        if (!matches) continue;
        m->pending[k] = 0;
        n++;
    }
    ck_assert_uint_eq(delete_by(w, text), n);
}

static void step(world *w, model *m, test_rng *rng) {
    switch (test_rng_below(rng, 30)) {
    case 0:
    case 1: delete_random(w, m, rng); return;
    case 2:
        world_commit(w);
        memcpy(m->committed, m->pending, sizeof m->committed);
        ck_assert_uint_eq(world_count(w), count(m->committed));
        return;
    case 3:
        ck_assert_int_eq(prism_writer_rollback(w->writer, NULL), PRISM_OK);
        memcpy(m->pending, m->committed, sizeof m->pending);
        return;
    case 4: {
        prism_snapshot *snap;
        ck_assert_int_eq(prism_writer_snapshot(w->writer, &snap, NULL), PRISM_OK);
        ck_assert_uint_eq(prism_snapshot_documents(snap), count(m->pending));
        prism_snapshot_unref(snap);
        return;
    }
    default: put_random(w, m, rng); return;
    }
}

START_TEST(random_operations) {
    world w;
    model m = {{0}, {0}};
    test_rng rng = test_rng_of("delete by query");
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 3000; i++) step(&w, &m, &rng);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), count(m.pending));
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

/* Two commits of 6 documents each; then half of them deleted by query, and a third commit. */
static prism_status live(world *w, uint32_t *n_ok) {
    prism_error err = PRISM_ERROR_INIT;
    char json[64];
    *n_ok = 0;
    PRS_TRY(world_try_open(w, true, &err));
    for (int i = 0; i < 12; i++) {
        int len = snprintf(json, sizeof json, "{\"id\":\"a%d\",\"body\":\"%s\"}", i,
                           i % 2 == 0 ? "even all" : "odd all");
        PRS_TRY(prism_writer_put_json(w->writer, json, (size_t)len, 0, &err));
        if (i == 5) PRS_TRY(prism_writer_commit(w->writer, NULL, 0, NULL, &err));
    }
    *n_ok = 1;
    prism_query *query;
    PRS_TRY(prism_query_parse(prism_index_schema(&w->index), "even", 4, NULL, &query, &err));
    uint64_t n;
    prism_status status = prism_writer_delete_query(w->writer, query, &n, &err);
    ck_assert_uint_eq(n, status == PRISM_OK ? 6 : 0);
    if (status == PRISM_OK) status = prism_writer_commit(w->writer, NULL, 0, NULL, &err);
    prism_query_unref(query);
    return status;
}

static void judge(world *w, prism_status status, uint32_t n_ok, size_t at) {
    world_open(w, true);
    uint64_t n = world_count(w);
    ck_assert_msg(n == 6 || (n == 0 && n_ok == 0), "call %zu: %llu documents", at,
                  (unsigned long long)n);
    char *even = world_get(w, "a0"), *odd = world_get(w, "a11");
    if (n == 6) ck_assert((even == NULL) == (odd != NULL)); /* all of it or nothing of it */
    if (status == PRISM_OK) ck_assert(n == 6 && even == NULL);
    free(even);
    free(odd);
    ck_assert_uint_eq(world_check(w, PRISM_CHECK_DEEP), 0);
}

START_TEST(memory_may_run_out_anywhere) {
    for (size_t at = 1;; at++) {
        world w;
        uint32_t n_ok;
        world_make(&w, world_schema);
        world_close(&w);
        w.fail_at = at;
        prism_status status = live(&w, &n_ok);
        bool refused = atomic_load(&w.alloc.calls) >= at;
        w.alloc.fail_at = w.fail_at = 0;
        ck_assert(refused || status == PRISM_OK);
        ck_assert(status == PRISM_OK || status == PRISM_ENOMEM);
        world_close(&w);
        judge(&w, status, n_ok, at);
        world_end(&w);
        if (!refused) break;
        if (at > 300) at += at / 200;
    }
}
END_TEST

static bool run_with_fault(uint64_t at, bool on) {
    world w;
    uint32_t n_ok;
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
    prism_status status = live(&w, &n_ok);
    bool failed = around.n_failed > 0;
    around.fail_at = 0;
    world_close(&w);
    w.disk = disk;
    judge(&w, status, n_ok, at);
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

TEST_SUITE(api_writer_query, all_that_match_now, rollback_undoes_it,
           a_query_of_another_schema_is_refused, a_search_that_fails_deletes_nothing,
           random_operations, memory_may_run_out_anywhere, storage_may_fail_anywhere)
