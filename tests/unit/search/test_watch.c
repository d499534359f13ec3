/* test_watch.c - does a search stop at its deadline and when it is told to, and say so in its
 * answer? */
#include "harness/search_kit.h"

#include "search/watch.h"

#include <stdio.h>
#include <unistd.h>

START_TEST(without_limits_nothing_stops) {
    prs_watch watch = prs_watch_of(0, NULL, 0);
    for (int i = 0; i < 1000; i++) ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_OK);
    ck_assert(!prs_watch_stopped(&watch) && watch.work == 1000);
}
END_TEST

START_TEST(a_deadline_stops_for_good) {
    prism_error err = PRISM_ERROR_INIT;
    prs_watch watch = prs_watch_of(1000, NULL, 0);
    usleep(3000);
    uint32_t ticks = 0;
    while (prs_watch_tick(&watch, &err) == PRISM_OK) ticks++;
    ck_assert_uint_lt(ticks, PRS_WATCH_TICKS); /* that often the clock is looked at */
    ck_assert_int_eq(err.code, PRISM_ECANCELED);
    ck_assert_int_eq(watch.why, PRISM_STOP_DEADLINE);
    for (int i = 0; i < 100; i++) ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_ECANCELED);
}
END_TEST

START_TEST(a_far_deadline_does_not_wrap) {
    static const uint64_t far[] = {UINT64_MAX, UINT64_MAX - 1, UINT64_MAX / 2,
                                   UINT64_C(3600000000)};
    for (size_t i = 0; i < PRS_COUNT(far); i++) {
        prs_watch watch = prs_watch_of(far[i], NULL, 0);
        for (int k = 0; k < 100; k++) ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_OK);
    }
}
END_TEST

START_TEST(a_flag_stops_for_good) {
    volatile int cancel = 0;
    prs_watch watch = prs_watch_of(0, &cancel, 0);
    ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_OK);
    cancel = 1;
    ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_ECANCELED);
    ck_assert_int_eq(watch.why, PRISM_STOP_CANCEL);
    cancel = 0;
    ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_ECANCELED);
}
END_TEST

/* Who fails tells why, not who is stopped by it. */
START_TEST(another_thread_s_failure_stops_for_good) {
    atomic_bool failed;
    prism_error err = PRISM_ERROR_INIT;
    prs_watch watch = prs_watch_of(0, NULL, 0);
    atomic_init(&failed, false);
    watch.failed = &failed;
    ck_assert_int_eq(prs_watch_tick(&watch, &err), PRISM_OK);
    atomic_store(&failed, true);
    for (int i = 0; i < 100; i++) ck_assert_int_eq(prs_watch_tick(&watch, &err), PRISM_ECANCELED);
    ck_assert_int_eq(err.code, PRISM_ECANCELED);
    ck_assert(!prs_watch_stopped(&watch));
}
END_TEST

/* Counts the calls, and stops at the one it is told. */
typedef struct teller {
    uint64_t calls, last;
    uint64_t stop_at; /* 0 = never */
} teller;

static int tell(void *ctx, uint64_t done, uint64_t total) {
    teller *t = ctx;
    ck_assert_uint_eq(total, 0);
    if (t->calls++ > 0) ck_assert_uint_gt(done, t->last);
    t->last = done;
    return t->calls == t->stop_at;
}

START_TEST(progress_is_told_and_can_stop) {
    teller t = {0, 0, 0};
    prs_watch watch = prs_watch_of(0, NULL, 0);
    watch.progress = tell;
    watch.progress_ctx = &t;
    for (int i = 0; i < 1000; i++) ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_OK);
    ck_assert_uint_eq(t.calls, (1000 + PRS_WATCH_TICKS - 1) / PRS_WATCH_TICKS);
    t.stop_at = t.calls + 2;
    uint64_t more = 0;
    while (prs_watch_tick(&watch, NULL) == PRISM_OK) more++;
    ck_assert_uint_le(more, 2 * PRS_WATCH_TICKS);
    ck_assert_int_eq(watch.why, PRISM_STOP_CANCEL);
    uint64_t calls = t.calls;
    for (int i = 0; i < 100; i++) ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_ECANCELED);
    ck_assert_uint_eq(t.calls, calls); /* nobody is asked again */
}
END_TEST

START_TEST(a_budget_of_work_is_kept_to_the_step) {
    for (uint64_t max = 1; max < 100; max += 7) {
        prs_watch watch = prs_watch_of(0, NULL, max);
        uint64_t steps = 0;
        while (prs_watch_tick(&watch, NULL) == PRISM_OK) steps++;
        ck_assert_uint_eq(steps, max);
        ck_assert_int_eq(watch.why, PRISM_STOP_WORK);
        ck_assert_int_eq(prs_watch_tick(&watch, NULL), PRISM_ECANCELED);
    }
}
END_TEST

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

static void make_documents(kit *k) {
    char body[32], json[120];
    kit_make(k, false);
    for (unsigned d = 0; d < 6000; d++) {
        snprintf(body, sizeof body, "all w%u", d % 7);
        snprintf(json, sizeof json, "{\"id\":\"%u\",\"body\":\"%s\",\"n\":%u}", d, body, d);
        kit_put(k, json);
        if (d == 3000) kit_commit(k);
    }
    kit_commit(k);
}

/* Every form of query, cut before it began: no error, no hits that are none, and the answer says
 * that it was cut. */
START_TEST(a_search_that_was_cut_says_so) {
    kit k;
    make_documents(&k);
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
            prism_stop why = way & 4 ? PRISM_STOP_CANCEL : PRISM_STOP_DEADLINE;
            ck_assert_int_eq(prism_hits_stopped(hits), complete ? PRISM_STOP_NONE : why);
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

/* The caller's callback is asked in every form of query, ranked and by values, and can end it. */
START_TEST(progress_ends_every_query) {
    static const char *const orders[] = {NULL, "_arrival"};
    kit k;
    make_documents(&k);
    for (size_t i = 0; i < 2 * PRS_COUNT(queries); i++) {
        prism_query *query = kit_query(&k, queries[i / 2]);
        prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
        teller t = {0, 0, 1};
        opts.sort = orders[i % 2];
        opts.progress = tell;
        opts.progress_ctx = &t;
        prism_hits *hits = kit_search(&k, query, &opts);
        ck_assert_uint_eq(t.calls, 1);
        ck_assert_int_eq(prism_hits_complete(hits), 0);
        ck_assert_int_eq(prism_hits_stopped(hits), PRISM_STOP_CANCEL);
        prism_hits_free(hits);
        prism_query_unref(query);
    }
    kit_free(&k);
}
END_TEST

/* A budget of work cuts every form of query, at any number of steps; given enough, the answer is
 * the whole one again. */
START_TEST(a_budget_of_work_cuts_every_query) {
    kit k;
    make_documents(&k);
    for (size_t i = 0; i < PRS_COUNT(queries); i++) {
        prism_query *query = kit_query(&k, queries[i]);
        uint64_t all = kit_check_agree(&k, query, 10), before = 0;
        int cut = 0;
        for (uint64_t work = 1;; work += 1 + work / 4) {
            prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
            opts.exhaustive = 1;
            opts.count = PRISM_COUNT_EXACT;
            opts.max_work = work;
            prism_hits *hits = kit_search(&k, query, &opts);
            uint64_t total = prism_hits_total(hits, NULL);
            prism_stop why = prism_hits_stopped(hits);
            prism_hits_free(hits);
            ck_assert(total >= before && total <= all); /* more work, no less found */
            before = total;
            if (why == PRISM_STOP_NONE) break;
            ck_assert_int_eq(why, PRISM_STOP_WORK);
            cut++;
            ck_assert_uint_lt(work, 100000);
        }
        ck_assert_uint_eq(before, all);
        ck_assert_msg(cut > 0, "%s", queries[i]);
        prism_query_unref(query);
    }
    kit_free(&k);
}
END_TEST

/* Five hundred times the same beginning is looked up once, and one set of documents serves all; of
 * different ones each needs its own, and a budget that is too little for them is an error. */
START_TEST(memory_of_a_search_is_bounded) {
    kit k;
    make_documents(&k);
    size_t n = 0;
    static char json[80000];
    uint64_t totals[2];
    for (int different = 0; different < 2; different++) {
        n = (size_t)snprintf(json, sizeof json, "{'type':'bool','should':[");
        for (int i = 0; i < 500; i++) {
            n += (size_t)snprintf(json + n, sizeof json - n,
                                  "%s{'type':'prefix','fields':{'body':1},'key':{'kind':'word',"
                                  "'text':'w%.*s%.*d'}}",
                                  i > 0 ? "," : "", different, "x", 3 * different, i);
        }
        snprintf(json + n, sizeof json - n, ",{'type':'all'}]}");
        prism_query *query = kit_query(&k, json);
        prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
        opts.count = PRISM_COUNT_EXACT;
        opts.memory = 3 << 20; /* twice what one set and 500 cursors take */
        prism_hits *hits = NULL;
        prism_error err = PRISM_ERROR_INIT;
        totals[different] = 0;
        prism_status status = prism_search(k.snap, query, &opts, &hits, &err);
        if (different == 0) ck_assert_msg(status == PRISM_OK, "%s", err.text);
        if (status == PRISM_OK) totals[different] = prism_hits_total(hits, NULL);
        prism_hits_free(hits);
        opts.memory = 64 << 10;
        ck_assert_int_eq(prism_search(k.snap, query, &opts, &hits, &err), PRISM_EBUDGET);
        ck_assert_str_eq(err.text, "the search needs more than 65536 bytes of memory");
        ck_assert(hits == NULL);
        opts.memory = 0;
        hits = kit_search(&k, query, &opts);
        ck_assert_uint_eq(prism_hits_total(hits, NULL), 6000);
        prism_hits_free(hits);
        prism_query_unref(query);
    }
    ck_assert_uint_eq(totals[0], 6000);
    kit_free(&k);
}
END_TEST

TEST_SUITE(watch, without_limits_nothing_stops, a_deadline_stops_for_good,
           a_budget_of_work_is_kept_to_the_step, a_budget_of_work_cuts_every_query,
           memory_of_a_search_is_bounded, a_far_deadline_does_not_wrap, a_flag_stops_for_good,
           another_thread_s_failure_stops_for_good, a_search_that_was_cut_says_so,
           progress_is_told_and_can_stop, progress_ends_every_query)
