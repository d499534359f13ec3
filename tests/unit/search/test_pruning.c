/* test_pruning.c - is the pruned answer the exhaustive one, bit for bit, where there are blocks and
 * groups to skip?
 *
 * Thousands of documents in several segments, some deleted, words of every frequency, texts of very
 * different length in stretches, so that block maxima differ; and every form of query over them, at
 * random. */
#include "harness/search_kit.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

enum { DOCS = 12000, WORDS = 40 };

static void make_text(test_rng *rng, prs_buf *out, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        uint64_t rank = test_rng_below(rng, WORDS);
        rank = test_rng_below(rng, rank + 1); /* lower ones are more frequent */
        if (test_rng_one_in(rng, 3)) rank = test_rng_below(rng, rank + 1);
        prs_buf_printf(out, "%sw%u", i == 0 ? "" : " ", (unsigned)rank);
    }
}

static void put_document(kit *k, test_rng *rng, prs_mem *mem, uint32_t d) {
    prs_buf json;
    prs_buf_init(&json, mem);
    uint32_t stretch = d / 700 % 3, most = stretch == 0 ? 4 : stretch == 1 ? 20 : 80;
    prs_buf_printf(&json, "{\"id\":\"%u\",\"title\":\"", d);
    make_text(rng, &json, (uint32_t)test_rng_below(rng, 4));
    prs_buf_printf(&json, "\",\"body\":\"");
    make_text(rng, &json, (uint32_t)test_rng_below(rng, most));
    prs_buf_printf(&json, "\",\"tag\":\"t%u\"}", (unsigned)test_rng_below(rng, 4));
    prs_buf_put8(&json, 0);
    ck_assert(!json.failed);
    kit_put(k, (const char *)json.ptr);
    prs_buf_fini(&json);
}

static void make_world(kit *k, test_rng *rng, bool deletes) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    kit_make(k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        put_document(k, rng, &mem, d);
        if (d == DOCS / 8 || d == DOCS / 2) kit_commit(k);
    }
    kit_commit(k);
    for (uint32_t d = 0; deletes && d < DOCS; d++) {
        char id[16];
        snprintf(id, sizeof id, "%u", d);
        if (test_rng_one_in(rng, 9)) kit_delete(k, id);
    }
    kit_commit(k);
}

static void put_node(prs_buf *out, test_rng *rng, int depth);

static void put_list(prs_buf *out, test_rng *rng, const char *name, uint64_t n, int depth) {
    prs_buf_printf(out, ",'%s':[", name);
    for (uint64_t i = 0; i < n; i++) {
        if (i > 0) prs_buf_put8(out, ',');
        put_node(out, rng, depth);
    }
    prs_buf_put8(out, ']');
}

static unsigned any_word(test_rng *rng) {
    return (unsigned)test_rng_below(rng, WORDS);
}

static void put_fields(prs_buf *out, test_rng *rng) {
    static const char *const all[] = {"'body':1", "'title':2,'body':1", "'title':2,'body':1",
                                      "'title':3,'body':2", "'title':1"};
    prs_buf_printf(out, "'fields':{%s}", all[test_rng_below(rng, PRS_COUNT(all))]);
}

static void put_slots(prs_buf *out, test_rng *rng) {
    uint64_t n = 2 + test_rng_below(rng, 2);
    prs_buf_printf(out, ",'slots':[");
    for (uint64_t i = 0; i < n; i++) {
        unsigned word = any_word(rng) / 3;
        prs_buf_printf(
            out,
            "%s{'pos':%u,'keys':[{'kind':'word','text':'w%u'}],'idf':{'kind':'word','text':'w%u'}}",
            i == 0 ? "" : ",", (unsigned)i, word, word);
    }
    prs_buf_put8(out, ']');
}

static void put_leaf(prs_buf *out, test_rng *rng) {
    switch (test_rng_below(rng, 10)) {
    case 0:
        prs_buf_printf(out, "{'type':'phrase',");
        put_fields(out, rng);
        put_slots(out, rng);
        break;
    case 1:
        prs_buf_printf(out, "{'type':'near','slop':%u,", (unsigned)test_rng_below(rng, 4));
        put_fields(out, rng);
        put_slots(out, rng);
        break;
    case 2:
        prs_buf_printf(out,
                       "{'type':'prefix','fields':{'body':1},'key':{'kind':'word','text':'w%u'}",
                       any_word(rng) % 4 + 1);
        break;
    case 3:
        prs_buf_printf(out, "{'type':'term','fields':{'tag':1},'key':{'kind':'word','text':'t%u'}",
                       any_word(rng) % 4);
        break;
    default:
        prs_buf_printf(out, "{'type':'term',");
        put_fields(out, rng);
        prs_buf_printf(out, ",'key':{'kind':'word','text':'w%u'}", any_word(rng));
        break;
    }
    if (test_rng_one_in(rng, 4))
        prs_buf_printf(out, ",'boost':%u.5", (unsigned)test_rng_below(rng, 4));
    prs_buf_put8(out, '}');
}

static void put_bool(prs_buf *out, test_rng *rng, int depth) {
    uint64_t n = 1 + test_rng_below(rng, 5);
    prs_buf_printf(out, "{'type':'bool'");
    switch (test_rng_below(rng, 5)) {
    case 0:
    case 1:
        put_list(out, rng, "should", n, depth - 1);
        if (test_rng_one_in(rng, 4))
            prs_buf_printf(out, ",'min_should':%u", (unsigned)test_rng_below(rng, n + 1));
        break;
    case 2: put_list(out, rng, "must", n, depth - 1); break;
    default:
        put_list(out, rng, "must", 1 + test_rng_below(rng, 2), depth - 1);
        put_list(out, rng, "should", test_rng_below(rng, 3), depth - 1);
        break;
    }
    if (test_rng_one_in(rng, 5)) put_list(out, rng, "must_not", 1, depth - 1);
    if (test_rng_one_in(rng, 5)) put_list(out, rng, "filter", 1, depth - 1);
    prs_buf_put8(out, '}');
}

static void put_node(prs_buf *out, test_rng *rng, int depth) {
    if (depth == 0 || test_rng_one_in(rng, 3)) {
        put_leaf(out, rng);
    } else if (test_rng_one_in(rng, 8)) {
        prs_buf_printf(out, "{'type':'max'");
        put_list(out, rng, "of", 2, depth - 1);
        prs_buf_put8(out, '}');
    } else if (test_rng_one_in(rng, 10)) {
        prs_buf_printf(out, "{'type':'const','of':");
        put_node(out, rng, depth - 1);
        prs_buf_put8(out, '}');
    } else {
        put_bool(out, rng, depth);
    }
}

static uint64_t check_random(const kit *k, test_rng *rng, int depth) {
    static const uint32_t ns[] = {1, 3, 10, 100, 1000};
    prs_mem mem;
    prs_buf json;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&json, &mem);
    put_node(&json, rng, depth);
    prs_buf_put8(&json, 0);
    prism_query *query = kit_query(k, (const char *)json.ptr);
    uint64_t n = kit_check_agree(k, query, ns[test_rng_below(rng, PRS_COUNT(ns))]);
    prism_query_unref(query);
    prs_buf_fini(&json);
    return n;
}

static void check_world(const char *name, bool deletes, bool merged) {
    test_rng rng = test_rng_of(name);
    kit k;
    uint64_t total = 0;
    make_world(&k, &rng, deletes);
    if (merged) kit_merge(&k);
    for (int i = 0; i < 150; i++) total += check_random(&k, &rng, 1);
    for (int i = 0; i < 250; i++) total += check_random(&k, &rng, 3);
    ck_assert_uint_gt(total, 100000); /* the queries do find something */
    kit_free(&k);
}

START_TEST(over_several_segments) {
    check_world("segments", false, false);
}
END_TEST

START_TEST(with_deletions) {
    check_world("deletions", true, false);
}
END_TEST

START_TEST(in_one_segment) {
    check_world("merged", true, true);
}
END_TEST

TEST_SUITE(pruning, over_several_segments, with_deletions, in_one_segment)
