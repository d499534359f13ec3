/* test_watch.c - does a search stop at its deadline and when it is told to, and say so in its
 * answer? */
#include "unit/search/kit.h"

#include "search/watch.h"

#include <stdio.h>
#include <unistd.h>

START_TEST(without_limits_nothing_stops) {
    prs_watch watch = prs_watch_of(0, NULL);
    for (int i = 0; i < 1000; i++) ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_OK);
    ck_assert(!watch.stopped && watch.ticks == 0); /* the clock was not asked */
}
END_TEST

START_TEST(a_deadline_stops_for_good) {
    prism_error err = PRISM_ERROR_INIT;
    prs_watch watch = prs_watch_of(1000, NULL);
    usleep(3000);
    uint32_t ticks = 0;
    while (prs_watch_tick(&watch, &err) == PRISM_OK) ticks++;
    ck_assert_uint_lt(ticks, PRS_WATCH_TICKS); /* that often the clock is looked at */
    ck_assert_int_eq(err.code, PRISM_ECANCELED);
    for (int i = 0; i < 100; i++) ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_ECANCELED);
}
END_TEST

START_TEST(a_far_deadline_does_not_wrap) {
    static const uint64_t far[] = {UINT64_MAX, UINT64_MAX - 1, UINT64_MAX / 2,
                                   UINT64_C(3600000000)};
    for (size_t i = 0; i < PRS_COUNT(far); i++) {
        prs_watch watch = prs_watch_of(far[i], NULL);
        for (int k = 0; k < 100; k++) ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_OK);
    }
}
END_TEST

START_TEST(a_flag_stops_for_good) {
    volatile int cancel = 0;
    prs_watch watch = prs_watch_of(0, &cancel);
    ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_OK);
    cancel = 1;
    ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_ECANCELED);
    cancel = 0;
    ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_ECANCELED);
}
END_TEST

/* Every form of query, cut before it began: no error, no hits that are none, and the answer says
 * that it was cut. */
START_TEST(a_search_that_was_cut_says_so) {
    static const char *const queries[] = {
        "{'type':'all'}",
        "{'type':'term','fields':{'body':1},'key':{'kind':'word','text':'w1'}}",
        "{'type':'prefix','fields':{'body':1},'key':{'kind':'word','text':'w'}}",
        "{'type':'exists','fields':{'n':1}}",
        "{'type':'bool','should':[{'type':'term','fields':{'body':1},'key':{'kind':'word','text':'"
        "w1'}},"
        "{'type':'term','fields':{'body':1},'key':{'kind':'word','text':'w2'}}]}",
        "{'type':'bool','must':[{'type':'term','fields':{'body':1},'key':{'kind':'word','text':'w1'"
        "}},"
        "{'type':'term','fields':{'body':1},'key':{'kind':'word','text':'all'}}]}",
        "{'type':'phrase','fields':{'body':1},'slots':[{'pos':0,'keys':[{'kind':'word','text':'all'"
        "}],"
        "'idf':{'kind':'word','text':'all'}},{'pos':1,'keys':[{'kind':'word','text':'w1'}],"
        "'idf':{'kind':'word','text':'w1'}}]}"};
    kit k;
    char body[32], json[120];
    kit_make(&k, false);
    for (unsigned d = 0; d < 6000; d++) {
        snprintf(body, sizeof body, "all w%u", d % 7);
        snprintf(json, sizeof json, "{\"id\":\"%u\",\"body\":\"%s\",\"n\":%u}", d, body, d);
        kit_put(&k, json);
        if (d == 3000) kit_commit(&k);
    }
    kit_commit(&k);
    for (size_t i = 0; i < PRS_COUNT(queries); i++) {
        prism_query *query = kit_query(&k, queries[i]);
        uint64_t all = kit_check_agree(&k, query, 10); /* uncut it finds what is there */
        ck_assert_uint_gt(all, 800);
        for (int way = 0; way < 8; way++) {
            static const volatile int stop = 1;
            prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
            int exact = 9;
            opts.k = way & 1 ? 0 : 10;
            opts.count = way & 2 ? PRISM_COUNT_EXACT : PRISM_COUNT_NONE;
            if (way & 4)
                opts.cancel = &stop;
            else
                opts.timeout_us = 1;
            prism_hits *hits = kit_search(&k, query, &opts);
            uint64_t total = prism_hits_total(hits, &exact);
            bool complete = prism_hits_complete(hits) != 0;
            if (way & 4) ck_assert_msg(!complete, "way %d: %s", way, queries[i]);
            /* a search may be over before its first look at the clock */
            if (complete && (opts.k == 0 || (way & 2) != 0)) ck_assert(exact == 1 && total == all);
            if (!complete) ck_assert_int_eq(exact, 0);
            ck_assert_uint_le(total, all);
            ck_assert_uint_le(prism_hits_count(hits), opts.k);
            prism_hits_free(hits);
        }
        ck_assert_uint_gt(kit_check_agree(&k, query, 10),
                          800); /* and uncut it finds what is there */
        prism_query_unref(query);
    }
    kit_free(&k);
}
END_TEST

TEST_SUITE(watch, without_limits_nothing_stops, a_deadline_stops_for_good,
           a_far_deadline_does_not_wrap, a_flag_stops_for_good, a_search_that_was_cut_says_so)
