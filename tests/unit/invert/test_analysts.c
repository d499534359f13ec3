/* test_analysts.c - do the documents of many batches come out in their order, whoever analyzed
 * them, whatever was forgotten or refused on the way? */
#include "same_streams.h"
#include "harness/world.h"

#include "invert/analysts.h"

#include <sched.h>
#include <stdio.h>

enum { DOCS = 400, THREADS = 2, SEATS = 3 };

typedef struct bench {
    world w;
    prs_inverter *self, *other; /* one analyzes all itself, for one others do */
    prs_pool *pool;
    prs_analysts *analysts;
    prs_json_reader *reader;
    prs_document doc;
    test_rng rng;
} bench;

static prs_inverter *inverter_of(bench *b) {
    prs_inverter *inv;
    prs_mem *mem = &b->w.index.core->mem;
    ck_assert_int_eq(prs_inverter_new(b->w.index.core->recipe, mem, &inv, NULL), PRISM_OK);
    return inv;
}

static void begin(bench *b, size_t memory) {
    world_make(&b->w, world_schema);
    prs_mem *mem = &b->w.index.core->mem;
    b->rng = test_rng_of("analysts");
    b->self = inverter_of(b);
    b->other = inverter_of(b);
    ck_assert_int_eq(prs_pool_new(mem, THREADS, &b->pool, NULL), PRISM_OK);
    ck_assert_int_eq(prs_analysts_new(b->other, b->pool, SEATS, memory, &b->analysts, NULL),
                     PRISM_OK);
    ck_assert_ptr_nonnull(b->analysts);
    ck_assert_int_eq(prs_json_reader_new(mem, &b->reader, NULL), PRISM_OK);
    prs_document_init(&b->doc, b->w.index.core->recipe->schema, mem);
}

static void end(bench *b) {
    prs_document_fini(&b->doc);
    prs_json_reader_free(b->reader);
    prs_analysts_free(b->analysts);
    prs_pool_free(b->pool);
    prs_inverter_free(b->self);
    prs_inverter_free(b->other);
    world_end(&b->w);
}

/* The next document, for both. */
static void add(bench *b, uint32_t i) {
    char json[600];
    size_t n =
        (size_t)snprintf(json, sizeof json,
                         "{\"id\":\"k%u\",\"title\":[\"t%u\",\"and more\"],\"body\":\"", i, i % 7);
    for (uint32_t k = (uint32_t)test_rng_below(&b->rng, 30); k > 0; k--)
        n += (size_t)snprintf(json + n, sizeof json - n, "w%u 中国 ",
                              (unsigned)test_rng_below(&b->rng, 1 + i));
    snprintf(json + n, sizeof json - n, "\",\"tags\":[\"x%u\"]}", i % 11);
    world_read(b->reader, &b->doc, json);
    ck_assert_int_eq(prs_inverter_add(b->self, &b->doc, NULL), PRISM_OK);
    ck_assert_int_eq(prs_analysts_add(b->analysts, &b->doc, NULL), PRISM_OK);
}

static void settle(bench *b) {
    ck_assert_int_eq(prs_analysts_settle(b->analysts, NULL), PRISM_OK);
}

static void settle_all(bench *b) {
    while (prs_analysts_under_way(b->analysts) > 0) settle(b);
}

/* Batches of 1 .. 5 documents. */
static void fill(bench *b, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        add(b, i);
        if (!test_rng_one_in(&b->rng, 3)) continue;
        while (prs_analysts_must_settle(b->analysts)) settle(b);
        prs_analysts_submit(b->analysts);
    }
    if (prs_analysts_must_settle(b->analysts)) settle(b);
    prs_analysts_submit(b->analysts);
    settle_all(b);
}

START_TEST(documents_keep_their_order) {
    static const size_t memory[] = {1, 600000, 64 << 20}; /* forget at each batch, at some, never */
    for (size_t i = 0; i < PRS_COUNT(memory); i++) {
        bench b;
        begin(&b, memory[i]);
        fill(&b, DOCS);
        check_same_streams(b.other, b.self);
        ck_assert_uint_eq(b.other->n_docs, DOCS);
        ck_assert_uint_eq(prs_inverter_lexicon_weight(b.other),
                          prs_inverter_lexicon_weight(b.self));
        ck_assert_uint_gt(prs_analysts_bytes(b.analysts), 0);
        ck_assert_uint_gt(prs_analysts_lexicon_bytes(b.analysts), 0);
        end(&b);
    }
}
END_TEST

START_TEST(what_is_less_than_a_batch_is_analyzed_here) {
    bench b;
    begin(&b, 1 << 20);
    for (uint32_t i = 0; i < 3; i++) add(&b, i);
    ck_assert_uint_eq(prs_analysts_under_way(b.analysts), 0);
    ck_assert_int_eq(prs_analysts_scan_open(b.analysts, NULL), PRISM_OK);
    check_same_streams(b.other, b.self);
    prs_analysts_submit(b.analysts); /* nothing is left to hand in */
    ck_assert_uint_eq(prs_analysts_under_way(b.analysts), 0);
    end(&b);
}
END_TEST

/* With batches under way, or none; with terms that stay, or go. */
START_TEST(all_can_be_forgotten) {
    bench b;
    begin(&b, 64 << 20);
    for (uint32_t round = 0; round < 8; round++) {
        bool keep = round % 2 == 0, under_way = round % 4 > 1;
        prs_inverter_clear(b.self, SIZE_MAX);
        fill(&b, 40);
        check_same_streams(b.other, b.self);
        for (uint32_t i = 0; i < 3 && under_way; i++) {
            add(&b, i);
            prs_analysts_submit(b.analysts);
        }
        prs_analysts_clear(b.analysts, keep && !under_way);
        ck_assert_uint_eq(prs_analysts_under_way(b.analysts), 0);
        prs_inverter_clear(b.other, keep && !under_way ? SIZE_MAX : 0);
    }
    end(&b);
}
END_TEST

/* A worker that has no memory leaves its batch to the caller; a caller that has none tries
 * again. */
START_TEST(no_memory_loses_nothing) {
    uint32_t refused = 0;
    for (size_t at = 1; at < 120; at++) {
        bench b;
        begin(&b, at % 2 == 0 ? 1 : 64 << 20);
        for (uint32_t i = 0; i < 2; i++) {
            add(&b, i);
            if (i == 1) b.w.alloc.fail_at = atomic_load(&b.w.alloc.calls) + at;
            prs_analysts_submit(b.analysts);
            sched_yield();
        }
        for (uint32_t tries = 0; prs_analysts_under_way(b.analysts) > 0; tries++) {
            ck_assert_uint_lt(tries, 5);
            prism_status status = prs_analysts_settle(b.analysts, NULL);
            if (status == PRISM_OK) continue;
            ck_assert_int_eq(status, PRISM_ENOMEM);
            refused++;
        }
        b.w.alloc.fail_at = 0;
        check_same_streams(b.other, b.self);
        end(&b);
    }
    ck_assert_uint_gt(refused, 0);
}
END_TEST

START_TEST(a_single_worker_needs_no_analysts) {
    bench b;
    prs_analysts *none;
    begin(&b, 1);
    ck_assert_int_eq(prs_analysts_new(b.other, b.pool, 1, 64 << 20, &none, NULL), PRISM_OK);
    ck_assert_ptr_null(none);
    ck_assert_int_eq(prs_analysts_new(b.other, NULL, SEATS, 64 << 20, &none, NULL), PRISM_OK);
    ck_assert_ptr_null(none);
    end(&b);
}
END_TEST

TEST_SUITE(analysts, documents_keep_their_order, what_is_less_than_a_batch_is_analyzed_here,
           all_can_be_forgotten, no_memory_loses_nothing, a_single_worker_needs_no_analysts)
