/* test_memory.c - does a writer hold what it says that it holds, and no more than it was
 * allowed? */
#include "harness/world.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

/* A document whose body has n words. */
static char *long_json(uint32_t n, const char *key, test_rng *rng) {
    size_t size = 64 + (size_t)n * 8, at;
    char *json = malloc(size);
    at = (size_t)snprintf(json, size, "{\"id\":\"%s\",\"body\":\"", key);
    for (uint32_t i = 0; i < n; i++)
        at += (size_t)snprintf(json + at, size - at, "w%u ", (unsigned)test_rng_below(rng, 5000));
    snprintf(json + at, size - at, "\"}");
    return json;
}

static size_t of_malloc(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* Those of sanitizers and of valgrind tell nothing. */
static bool malloc_counts(void) {
    size_t before = of_malloc();
    char *block = malloc(1 << 20);
    bool counts = block != NULL && of_malloc() >= before + (1 << 20);
    free(block);
    return counts;
}

/* R38: what we count and what malloc has handed out differ by 5 % at most.  CK_FORK: the process is
 * this test's own. */
START_TEST(the_count_is_that_of_malloc) {
    prism_index *index;
    prism_writer *writer;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    test_rng rng = test_rng_of("accounting");
    char key[16];
    if (!malloc_counts()) {
        printf("# this malloc does not tell what it has handed out: skipped\n");
        return;
    }
    ck_assert_int_eq(prism_index_create(test_temp_dir(), NULL, &opts, &index, NULL), PRISM_OK);
    prism_writer_stats stats = {.size = sizeof stats}, before = stats;
    prism_writer_opts wopts = PRISM_WRITER_OPTS_INIT;
    wopts.memory = (size_t)32 << 20;
    ck_assert_int_eq(prism_writer_open(index, &wopts, &writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_get_stats(writer, &before, NULL), PRISM_OK);
    size_t base = of_malloc();
    for (uint32_t i = 0; i < 9000; i++) {
        snprintf(key, sizeof key, "k%u", i);
        char *json = long_json(20 + i % 400, key, &rng);
        ck_assert_int_eq(prism_writer_put_json(writer, json, strlen(json), 0, NULL), PRISM_OK);
        free(json);
    }
    ck_assert_int_eq(prism_writer_get_stats(writer, &stats, NULL), PRISM_OK);
    double ours = (double)(stats.memory - before.memory), theirs = (double)(of_malloc() - base);
    ck_assert_uint_eq(stats.flushes, 0);
    ck_assert_double_gt(ours, 5e6);
    ck_assert_msg(theirs < ours * 1.05 && theirs > ours * 0.95, "%.0f counted, %.0f of malloc",
                  ours, theirs);
    prism_writer_close(writer);
    prism_index_close(index);
}
END_TEST

/* A put that finds more than its share of the budget taken flushes first, and no other does. */
START_TEST(a_flush_comes_when_the_share_is_spent) {
    world w;
    test_rng rng = test_rng_of("share");
    uint64_t before = 0;
    world_make(&w, world_schema);
    for (uint32_t i = 0; before < 2; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%u", i);
        char *json = long_json(200, key, &rng);
        size_t bytes = prs_pending_bytes(&w.writer->pending);
        ck_assert_int_eq(prism_writer_put_json(w.writer, json, strlen(json), 0, NULL), PRISM_OK);
        size_t share = PRS_WRITER_MIN_MEMORY / 20 * 11, slack = share / 50; /* a batch's estimate */
        if (w.writer->stats.flushes > before)
            ck_assert_uint_gt(bytes + slack, share);
        else
            ck_assert_uint_lt(bytes, share + slack);
        before = w.writer->stats.flushes;
        free(json);
    }
    world_end(&w);
}
END_TEST

START_TEST(a_document_above_the_budget_is_refused) {
    world w;
    prism_error err = PRISM_ERROR_INIT;
    test_rng rng = test_rng_of("too large");
    world_make(&w, world_schema); /* 16 MiB: 3.3 million words */
    world_put(&w, "{\"id\":\"a\",\"body\":\"one two\"}");
    char *json = long_json(3000000, "large", &rng);
    prism_status status = prism_writer_put_json(w.writer, json, strlen(json), 0, &err);
    free(json);
    ck_assert_msg(status == PRISM_ELIMIT, "%s: %s", prs_status_name(status), err.text);
    json = long_json(2000000, "fits", &rng);
    ck_assert_int_eq(prism_writer_put_json(w.writer, json, strlen(json), 0, &err), PRISM_OK);
    free(json);
    size_t before = atomic_load(&w.index.core->mem.live);
    w.writer->pending.inverter->limit = 4 << 20; /* as if the budget were smaller */
    json = long_json(1500000, "too large", &rng);
    ck_assert_int_eq(prism_writer_put_json(w.writer, json, strlen(json), 0, &err), PRISM_EBUDGET);
    free(json);
    ck_assert_ptr_nonnull(strstr(err.text, "bytes"));
    size_t live = atomic_load(&w.index.core->mem.live);
    ck_assert_uint_lt(live, before); /* what it had taken is given back */
    world_put(&w, "{\"id\":\"b\",\"body\":\"one two\"}");
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 3);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

/* R39: blocks have a greatest size; a table that would outgrow it makes a flush, not an error. */
START_TEST(the_greatest_block_is_enough_for_any_number) {
    world w;
    test_rng rng = test_rng_of("blocks");
    world_make(&w, world_schema);
    w.writer->options.max_segments = PRISM_NO_MERGE;
    w.index.core->mem.single_cap = 1 << 20;
    for (uint32_t i = 0; i < 200000; i++) {
        char json[128];
        const char *field = i % 3 == 0 ? "tags" : i % 3 == 1 ? "title" : "body";
        int len = snprintf(json, sizeof json, "{\"id\":\"k%u\",\"%s\":\"t%u\"}", i, field,
                           (unsigned)test_rng_below(&rng, 100000));
        /* appended: the look-up of old versions has a batch of a fixed size, larger than that */
        ck_assert_int_eq(prism_writer_put_json(w.writer, json, (size_t)len, PRISM_PUT_APPEND, NULL),
                         PRISM_OK);
    }
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 200000);
    prism_writer_stats stats = {.size = sizeof stats};
    ck_assert_int_eq(prism_writer_get_stats(w.writer, &stats, NULL), PRISM_OK);
    ck_assert_uint_gt(stats.flushes, 1);
    world_end(&w);
}
END_TEST

/* A budget above the greatest block is not cut up by it. */
START_TEST(a_large_budget_has_large_blocks) {
    world w;
    size_t usual = PRS_MEM_SINGLE_CAP, large = 4 * PRS_MEM_SINGLE_CAP;
    uint64_t ids = usual / sizeof(uint32_t); /* a stream of just that block */
    world_make(&w, world_schema);
    prs_mem *mem = &w.index.core->mem;
    ck_assert_uint_eq(atomic_load(&mem->single_cap), usual);
    ck_assert(prs_inverter_is_full_at(w.writer->pending.inverter, ids, ids));
    prism_writer_close(w.writer);
    w.options.memory = large;
    ck_assert_int_eq(prs_writer_open(w.index.core, &w.options, &w.writer, NULL), PRISM_OK);
    ck_assert_uint_eq(atomic_load(&mem->single_cap), large);
    ck_assert(!prs_inverter_is_full_at(w.writer->pending.inverter, ids, ids));
    atomic_store(&mem->single_cap, SIZE_MAX); /* entries have 32 bits all the same */
    ck_assert(prs_inverter_is_full_at(w.writer->pending.inverter, UINT32_MAX, ids));
    prism_writer *second;
    ck_assert_int_eq(prs_writer_open(w.index.core, &w.options, &second, NULL), PRISM_EBUSY);
    ck_assert_uint_eq(atomic_load(&mem->single_cap), SIZE_MAX);
    prism_writer_close(w.writer);
    w.writer = NULL;
    ck_assert_uint_eq(atomic_load(&mem->single_cap), usual);
    world_end(&w);
}
END_TEST

TEST_SUITE(memory, the_count_is_that_of_malloc, a_flush_comes_when_the_share_is_spent,
           a_document_above_the_budget_is_refused, the_greatest_block_is_enough_for_any_number,
           a_large_budget_has_large_blocks)
