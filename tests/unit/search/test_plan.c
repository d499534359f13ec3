/* test_plan.c - which documents do and, or, not, at least, max, const, all and nothing give, nested
 * as they may be?
 *
 * Documents 0 .. 63 have word i where bit i of their number is set, so that the right answer is a
 * formula. */
#include "harness/search_kit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void make_bits(kit *k) {
    kit_make(k, false);
    for (unsigned d = 0; d < 64; d++) {
        char id[8], body[64] = "all";
        for (unsigned i = 0; i < 6; i++) {
            if (d >> i & 1) snprintf(body + strlen(body), sizeof body - strlen(body), " w%u", i);
        }
        snprintf(id, sizeof id, "%u", d);
        kit_put_body(k, id, body);
        if (d % 20 == 19) kit_commit(k); /* several segments */
    }
    kit_commit(k);
}

/* The documents of a query, as a set of bits. */
static uint64_t documents(const kit *k, const char *json) {
    uint64_t set = 0;
    prism_query *query = kit_query(k, json);
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = 64;
    prism_hits *hits = kit_search(k, query, &opts);
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        char id[8] = "";
        prism_hits_get(hits, i, &hit);
        memcpy(id, hit.key, PRS_MIN(hit.key_len, sizeof id - 1));
        set |= UINT64_C(1) << strtoul(id, NULL, 10);
    }
    prism_hits_free(hits);
    ck_assert_uint_eq(kit_check_agree(k, query, 5), (uint64_t)__builtin_popcountll(set));
    prism_query_unref(query);
    return set;
}

/* As a set: all documents with word i. */
static uint64_t bit_set(unsigned i) {
    uint64_t set = 0;
    for (unsigned d = 0; d < 64; d++) set |= (uint64_t)(d >> i & 1) << d;
    return set;
}

static const char *w(unsigned i) {
    char word[8];
    snprintf(word, sizeof word, "w%u", i);
    return kit_body_word(word);
}

static const char *form(const char *fmt, ...) PRS_PRINTF(1, 2);

static const char *form(const char *fmt, ...) {
    static char out[64][8192];
    static unsigned next;
    char *to = out[next++ % 64];
    va_list args;
    va_start(args, fmt);
    vsnprintf(to, sizeof out[0], fmt, args);
    va_end(args);
    return to;
}

START_TEST(the_plain_forms) {
    kit k;
    make_bits(&k);
    uint64_t a = bit_set(0), b = bit_set(1), c = bit_set(2);
    ck_assert_uint_eq(documents(&k, w(0)), a);
    ck_assert_uint_eq(documents(&k, "{'type':'all'}"), UINT64_MAX);
    ck_assert_uint_eq(documents(&k, "{'type':'none'}"), 0);
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','must':[%s,%s,%s]}", w(0), w(1), w(2))),
                      a & b & c);
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','should':[%s,%s,%s]}", w(0), w(1), w(2))),
                      a | b | c);
    ck_assert_uint_eq(
        documents(&k, form("{'type':'bool','must':[%s],'must_not':[%s]}", w(0), w(1))), a & ~b);
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','must':[%s],'should':[%s]}", w(0), w(1))),
                      a);
    ck_assert_uint_eq(
        documents(&k, form("{'type':'bool','filter':[%s],'should':[%s]}", w(0), w(1))), a);
    ck_assert_uint_eq(documents(&k, form("{'type':'max','of':[%s,%s]}", w(0), w(1))), a | b);
    ck_assert_uint_eq(documents(&k, form("{'type':'const','of':%s}", w(3))), bit_set(3));
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','must_not':[%s,%s]}", w(0), w(1))),
                      ~(a | b));
    kit_free(&k);
}
END_TEST

START_TEST(at_least_so_many) {
    kit k;
    make_bits(&k);
    for (unsigned least = 0; least <= 4; least++) {
        uint64_t expected = 0, with_must = 0;
        for (unsigned d = 0; d < 64; d++) {
            unsigned n = (d & 1) + (d >> 1 & 1) + (d >> 2 & 1) + (d >> 3 & 1);
            if (n >= PRS_MAX(least, 1)) expected |= UINT64_C(1) << d;
            if (n >= least && (d >> 5 & 1)) with_must |= UINT64_C(1) << d;
        }
        const char *should =
            form("'should':[%s,%s,%s,%s],'min_should':%u", w(0), w(1), w(2), w(3), least);
        ck_assert_uint_eq(documents(&k, form("{'type':'bool',%s}", should)), expected);
        ck_assert_uint_eq(documents(&k, form("{'type':'bool','must':[%s],%s}", w(5), should)),
                          with_must);
        ck_assert_uint_eq(documents(&k, form("{'type':'bool','filter':[%s],%s}", w(5), should)),
                          with_must);
        ck_assert_uint_eq(
            documents(&k, form("{'type':'bool','must':[{'type':'bool',%s}],'must_not':[%s]}",
                               should, w(5))),
            expected & ~bit_set(5));
    }
    kit_free(&k);
}
END_TEST

START_TEST(nested_forms) {
    kit k;
    make_bits(&k);
    uint64_t a = bit_set(0), b = bit_set(1), c = bit_set(2), d = bit_set(3);
    const char *or_ab = form("{'type':'bool','should':[%s,%s]}", w(0), w(1));
    const char *and_cd = form("{'type':'bool','must':[%s,%s]}", w(2), w(3));
    const char *not_ab = form("{'type':'bool','must_not':[%s]}", or_ab);
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','must':[%s,%s]}", or_ab, and_cd)),
                      (a | b) & c & d);
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','should':[%s,%s]}", or_ab, and_cd)),
                      a | b | (c & d));
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','must':[%s,%s]}", not_ab, w(2))),
                      ~(a | b) & c);
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','should':[%s,%s]}", not_ab, w(2))),
                      ~(a | b) | c);
    ck_assert_uint_eq(documents(&k, form("{'type':'max','of':[%s,{'type':'const','of':%s},%s]}",
                                         and_cd, not_ab, w(4))),
                      (c & d) | ~(a | b) | bit_set(4));
    ck_assert_uint_eq(documents(&k,
                                form("{'type':'bool','must':[%s],'must_not':[%s],'should':[%s]}",
                                     or_ab, and_cd, w(4))),
                      (a | b) & ~(c & d));
    kit_free(&k);
}
END_TEST

/* What a segment does not have is nothing, not an error. */
START_TEST(words_that_are_nowhere) {
    kit k;
    make_bits(&k);
    const char *no = kit_word("nowhere");
    ck_assert_uint_eq(documents(&k, no), 0);
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','must':[%s,%s]}", w(0), no)), 0);
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','filter':[%s],'must':[%s]}", no, w(0))),
                      0);
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','should':[%s,%s]}", w(0), no)),
                      bit_set(0));
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','must':[%s],'must_not':[%s]}", w(0), no)),
                      bit_set(0));
    ck_assert_uint_eq(
        documents(&k, form("{'type':'bool','should':[%s,%s,%s],'min_should':2}", w(0), no, w(1))),
        bit_set(0) & bit_set(1));
    ck_assert_uint_eq(documents(&k, form("{'type':'max','of':[%s,%s]}", no, w(0))), bit_set(0));
    ck_assert_uint_eq(documents(&k, form("{'type':'const','of':%s}", no)), 0);
    ck_assert_uint_eq(documents(&k, form("{'type':'bool','must_not':[%s]}", no)), UINT64_MAX);
    kit_free(&k);
}
END_TEST

static double score_of(const kit *k, const char *json, const char *key) {
    double score = -1;
    prism_query *query = kit_query(k, json);
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = 64;
    prism_hits *hits = kit_search(k, query, &opts);
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        prism_hits_get(hits, i, &hit);
        if (hit.key_len == strlen(key) && memcmp(hit.key, key, hit.key_len) == 0)
            score = (double)hit.score;
    }
    prism_hits_free(hits);
    prism_query_unref(query);
    return score;
}

START_TEST(scores_of_constants_and_filters) {
    kit k;
    make_bits(&k);
    ck_assert_double_eq_tol(score_of(&k, "{'type':'all','boost':2.5}", "7"), 2.5, 1e-6);
    ck_assert_double_eq_tol(score_of(&k, form("{'type':'const','boost':0.5,'of':%s}", w(0)), "7"),
                            0.5, 1e-6);
    ck_assert_double_eq_tol(
        score_of(&k,
                 form("{'type':'bool','boost':3,'must':[{'type':'const','boost':0.5,'of':%s},"
                      "{'type':'prefix','fields':{'body':1},'key':{'kind':'word','text':'w'}}]}",
                      w(0)),
                 "7"),
        4.5, 1e-5);
    ck_assert_double_eq(score_of(&k, form("{'type':'bool','filter':[%s]}", w(0)), "7"), 0.0);
    ck_assert_double_eq(score_of(&k, form("{'type':'bool','must_not':[%s]}", w(0)), "6"), 0.0);
    double plain = score_of(&k, w(0), "7");
    ck_assert_double_eq_tol(
        score_of(&k, form("{'type':'bool','must':[%s],'filter':[%s]}", w(0), w(1)), "7"), plain,
        1e-6);
    ck_assert_double_eq_tol(
        score_of(&k, form("{'type':'max','of':[%s,{'type':'all','boost':0.001}]}", w(0)), "7"),
        plain, 1e-6);
    kit_free(&k);
}
END_TEST

TEST_SUITE(plan, the_plain_forms, at_least_so_many, nested_forms, words_that_are_nowhere,
           scores_of_constants_and_filters)
