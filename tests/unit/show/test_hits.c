/* test_hits.c - is the merged answer of several indexes that of one, what may be wrong refused? */
#include "harness/search_kit.h"

#include "show/hits.h"

#include <stdio.h>

#define PARTS 3u
#define DOCS 60u

/* The body, and values of which few are different and some are not there. */
static void put_values(kit *k, test_rng *rng, const char *key, const char *body) {
    static const char *const values[] = {"", ",\"tag\":\"x\"", ",\"tag\":\"Y\"", ",\"tag\":\"y\""};
    char json[512];
    size_t len = (size_t)snprintf(json, sizeof json, "{\"id\":\"%s\",\"body\":\"%s\"%s", key, body,
                                  values[test_rng_below(rng, 4)]);
    if (test_rng_below(rng, 3) > 0)
        len += (size_t)snprintf(json + len, sizeof json - len, ",\"n\":%d",
                                (int)test_rng_below(rng, 5) - 2);
    if (test_rng_below(rng, 3) > 0)
        len += (size_t)snprintf(json + len, sizeof json - len, ",\"many\":[%d,%d]",
                                (int)test_rng_below(rng, 4), (int)test_rng_below(rng, 4));
    snprintf(json + len, sizeof json - len, "}");
    kit_put(k, json);
}

/* Documents of few words, so that many scores are equal. */
static void put_random(kit *k, test_rng *rng, uint32_t id) {
    static const char *const words[] = {"cat", "dog", "fox", "owl", "the"};
    char body[200] = "", key[12];
    uint64_t n = 1 + test_rng_below(rng, 6);
    for (uint64_t i = 0; i < n; i++) {
        strcat(body, i > 0 ? " " : "");
        strcat(body, words[test_rng_below(rng, PRS_COUNT(words))]);
    }
    snprintf(key, sizeof key, "%u", id);
    put_values(k, rng, key, body);
}

/* One index of all documents, and one for each stretch of them. */
typedef struct shards {
    kit all, parts[PARTS];
} shards;

static void make_shards(shards *s, test_rng *rng) {
    kit_make(&s->all, false);
    for (uint32_t p = 0; p < PARTS; p++) {
        kit_make(&s->parts[p], false);
        for (uint32_t i = 0; i < DOCS / PARTS; i++) {
            test_rng again = *rng;
            put_random(&s->all, rng, p * DOCS + i);
            put_random(&s->parts[p], &again, p * DOCS + i);
        }
        kit_commit(&s->parts[p]);
    }
    kit_commit(&s->all);
}

static void free_shards(shards *s) {
    for (uint32_t p = 0; p < PARTS; p++) kit_free(&s->parts[p]);
    kit_free(&s->all);
}

static prism_hits *ask_parts(const shards *s, const prism_query *query, uint32_t k, uint32_t offset,
                             bool by_text) {
    prism_hits *hits[PARTS], *merged;
    prism_stats *stats = NULL, *more;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    for (uint32_t p = 0; p < PARTS; p++) {
        ck_assert_int_eq(prism_stats_collect(s->parts[p].snap, query, &more, NULL), PRISM_OK);
        if (stats == NULL) {
            stats = more;
            continue;
        }
        ck_assert_int_eq(prism_stats_merge(stats, more, NULL), PRISM_OK);
        prism_stats_free(more);
    }
    opts.stats = stats;
    opts.k = k + offset;
    opts.count = PRISM_COUNT_EXACT;
    for (uint32_t p = 0; p < PARTS; p++) {
        hits[p] = kit_search(&s->parts[p], query, &opts);
        if (!by_text) continue;
        char *json;
        ck_assert_int_eq(prism_hits_encode(hits[p], &json, NULL), PRISM_OK);
        prism_hits_free(hits[p]);
        ck_assert_int_eq(prism_hits_decode(json, strlen(json), &hits[p], NULL), PRISM_OK);
        prism_free_text(json);
    }
    const prism_hits *list[PARTS] = {hits[0], hits[1], hits[2]};
    ck_assert_int_eq(prism_hits_merge(list, PARTS, k, offset, &merged, NULL), PRISM_OK);
    for (uint32_t p = 0; p < PARTS; p++) prism_hits_free(hits[p]);
    prism_stats_free(stats);
    return merged;
}

static void check_equal(const shards *s, const prism_hits *merged, const prism_hits *whole) {
    prism_hit a, b;
    int exact;
    ck_assert_uint_eq(prism_hits_count(merged), prism_hits_count(whole));
    ck_assert_uint_eq(prism_hits_total(merged, &exact), prism_hits_total(whole, NULL));
    ck_assert_int_eq(exact, 1);
    ck_assert_int_eq(prism_hits_shift(merged), prism_hits_shift(whole));
    for (uint32_t i = 0; i < prism_hits_count(whole); i++) {
        prism_hits_get(merged, i, &a);
        prism_hits_get(whole, i, &b);
        ck_assert(a.key_len == b.key_len && memcmp(a.key, b.key, a.key_len) == 0);
        ck_assert_int_eq(a.raw_score, b.raw_score);
        ck_assert_mem_eq(&a.score, &b.score, sizeof a.score);
        char *json; /* hit.part and hit.gdoc lead to the document */
        ck_assert_uint_lt(a.part, PARTS);
        ck_assert_int_eq(prism_document_get(s->parts[a.part].snap, a.gdoc, &json, NULL, NULL),
                         PRISM_OK);
        char id[40];
        snprintf(id, sizeof id, "{\"id\":\"%.*s\",", (int)a.key_len, a.key);
        ck_assert_ptr_eq(strstr(json, id), json);
        prism_free_text(json);
    }
}

START_TEST(merged_equals_one_index) {
    test_rng rng = test_rng_of("hits");
    shards s;
    make_shards(&s, &rng);
    static const char *const queries[] = {
        "{'type':'term','fields':{'body':1},'key':{'kind':'word','text':'cat'}}",
        ("{'type':'bool','should':["
         "{'type':'term','fields':{'body':1},'key':{'kind':'word','text':'fox'}},"
         "{'type':'term','fields':{'body':1},'key':{'kind':'word','text':'owl'}}]}"),
        "{'type':'term','fields':{'body':1},'key':{'kind':'word','text':'unicorn'}}",
        "{'type':'all'}"};
    for (size_t q = 0; q < PRS_COUNT(queries); q++) {
        prism_query *query = kit_query(&s.all, queries[q]);
        for (uint32_t i = 0; i < 12; i++) {
            prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
            opts.k = i < 2 ? i : (uint32_t)test_rng_below(&rng, DOCS + 20);
            opts.offset = (uint32_t)test_rng_below(&rng, 20);
            opts.count = PRISM_COUNT_EXACT;
            prism_hits *whole = kit_search(&s.all, query, &opts);
            prism_hits *merged = ask_parts(&s, query, opts.k, opts.offset, i % 2 == 0);
            check_equal(&s, merged, whole);
            prism_hits_free(merged);
            prism_hits_free(whole);
        }
        prism_query_unref(query);
    }
    free_shards(&s);
}
END_TEST

/* ---- orders -------------------------------------------------------------------------------- */

/* One page from all parts, each behind its own token; tokens become those of the next page. */
static prism_hits *page_of_parts(const shards *s, const prism_query *query, const char *sort,
                                 uint32_t k, char **tokens, bool by_text) {
    prism_hits *hits[PARTS], *merged;
    prism_stats *stats, *more;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    ck_assert_int_eq(prism_stats_collect(s->parts[0].snap, query, &stats, NULL), PRISM_OK);
    for (uint32_t p = 1; p < PARTS; p++) {
        ck_assert_int_eq(prism_stats_collect(s->parts[p].snap, query, &more, NULL), PRISM_OK);
        ck_assert_int_eq(prism_stats_merge(stats, more, NULL), PRISM_OK);
        prism_stats_free(more);
    }
    opts.stats = stats;
    opts.k = k;
    opts.sort = sort;
    opts.count = PRISM_COUNT_EXACT;
    for (uint32_t p = 0; p < PARTS; p++) {
        char *json;
        opts.after = tokens[p];
        hits[p] = kit_search(&s->parts[p], query, &opts);
        if (!by_text) continue;
        ck_assert_int_eq(prism_hits_encode(hits[p], &json, NULL), PRISM_OK);
        prism_hits_free(hits[p]);
        ck_assert_int_eq(prism_hits_decode(json, strlen(json), &hits[p], NULL), PRISM_OK);
        prism_free_text(json);
    }
    const prism_hits *list[PARTS] = {hits[0], hits[1], hits[2]};
    ck_assert_int_eq(prism_hits_merge(list, PARTS, k, 0, &merged, NULL), PRISM_OK);
    for (uint32_t p = 0; p < PARTS; p++) {
        prism_hits_free(hits[p]);
        prism_free_text(tokens[p]);
        ck_assert_int_eq(prism_hits_next(merged, p, &tokens[p], NULL), PRISM_OK);
    }
    prism_stats_free(stats);
    return merged;
}

static void check_page(const prism_hits *merged, const prism_hits *whole, uint32_t first,
                       uint32_t k) {
    uint32_t left = prism_hits_count(whole) - first, n = PRS_MIN(left, k);
    ck_assert_uint_eq(prism_hits_count(merged), n);
    for (uint32_t i = 0; i < n; i++) {
        prism_hit a, b;
        prism_hits_get(merged, i, &a);
        prism_hits_get(whole, first + i, &b);
        ck_assert_msg(a.key_len == b.key_len && memcmp(a.key, b.key, a.key_len) == 0,
                      "hit %u is %.*s, not %.*s", first + i, (int)a.key_len, a.key, (int)b.key_len,
                      b.key);
        ck_assert_int_eq(a.raw_score, b.raw_score);
        for (uint32_t j = 0; j < prism_hits_sort_count(whole); j++) {
            prism_sort_value x, y;
            prism_hits_sort_value(merged, i, j, &x);
            prism_hits_sort_value(whole, first + i, j, &y);
            ck_assert_int_eq(x.kind, y.kind);
            if (x.kind == PRISM_SORT_ARRIVAL) continue; /* of its own index */
            ck_assert(x.i64 == y.i64 && x.len == y.len && !(x.f64 < y.f64) && !(x.f64 > y.f64));
        }
    }
}

START_TEST(orders_and_pages_of_many_are_those_of_one) {
    static const char *const orders[] = {"",
                                         "n",
                                         "n:desc,tag",
                                         "tag:desc",
                                         "many:desc",
                                         "_score,n",
                                         "tag,_score:asc",
                                         "_arrival",
                                         "_arrival:desc",
                                         "n,_arrival:desc"};
    test_rng rng = test_rng_of("orders of hits");
    shards s;
    make_shards(&s, &rng);
    prism_query *query = kit_query(&s.all, kit_body_word("cat"));
    for (size_t o = 0; o < PRS_COUNT(orders); o++) {
        prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
        opts.k = PRISM_MAX_K;
        opts.sort = orders[o];
        prism_hits *whole = kit_search(&s.all, query, &opts);
        for (uint32_t k = 1; k < 20; k += 6) {
            char *tokens[PARTS] = {NULL};
            uint32_t first = 0;
            do {
                prism_hits *merged = page_of_parts(&s, query, orders[o], k, tokens, k % 2 == 0);
                check_page(merged, whole, first, k);
                first += prism_hits_count(merged);
                prism_hits_free(merged);
            } while (tokens[0] != NULL);
            ck_assert_uint_eq(first, prism_hits_count(whole));
            ck_assert(tokens[1] == NULL && tokens[2] == NULL);
        }
        prism_hits_free(whole);
    }
    prism_query_unref(query);
    free_shards(&s);
}
END_TEST

START_TEST(answers_of_other_orders_are_not_merged) {
    test_rng rng = test_rng_of("orders that differ");
    shards s;
    make_shards(&s, &rng);
    prism_query *query = kit_query(&s.all, "{'type':'all'}");
    prism_hits *hits[3], *out, *twice;
    static const char *const orders[] = {"n", "n:desc", ""};
    char *token;
    for (int i = 0; i < 3; i++) {
        prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
        opts.k = 5;
        opts.sort = orders[i];
        hits[i] = kit_search(&s.all, query, &opts);
    }
    for (int i = 0; i < 3; i++) {
        const prism_hits *same[] = {hits[i], hits[i]}, *other[] = {hits[i], hits[(i + 1) % 3]};
        ck_assert_int_eq(prism_hits_merge(other, 2, 5, 0, &out, NULL), PRISM_EINVAL);
        ck_assert_int_eq(prism_hits_merge(same, 2, 5, 0, &out, NULL), PRISM_OK);
        const prism_hits *nested[] = {out, hits[i]};
        ck_assert_int_eq(prism_hits_merge(nested, 2, 5, 0, &twice, NULL), PRISM_OK);
        ck_assert_int_eq(prism_hits_next(out, 1, &token, NULL), PRISM_OK);
        ck_assert_ptr_nonnull(token);
        prism_free_text(token);
        ck_assert_int_eq(prism_hits_next(out, 2, &token, NULL), PRISM_EINVAL);
        ck_assert_int_eq(prism_hits_next(twice, 0, &token, NULL), PRISM_EINVAL);
        prism_hits_free(twice);
        prism_hits_free(out);
    }
    for (int i = 0; i < 3; i++) prism_hits_free(hits[i]);
    prism_query_unref(query);
    free_shards(&s);
}
END_TEST

/* An answer by hand. */
static prism_hits *answer(int shift, uint32_t k, uint32_t n, uint64_t total) {
    prism_hits *hits;
    ck_assert_int_eq(prs_hits_new(NULL, NULL, 0, &hits, NULL), PRISM_OK);
    ck_assert_int_eq(prs_hits_make_room(hits, n, NULL), PRISM_OK);
    for (uint32_t i = 0; i < n; i++) hits->hits[i].key = "x";
    hits->shift = shift;
    hits->k = k;
    hits->total = total;
    hits->total_exact = true;
    return hits;
}

static prism_status merge_two(prism_hits *a, prism_hits *b, uint32_t k, uint32_t offset,
                              prism_hits **out) {
    const prism_hits *parts[] = {a, b};
    return prism_hits_merge(parts, 2, k, offset, out, NULL);
}

START_TEST(parts_that_do_not_fit_are_refused) {
    prism_hits *ten = answer(20, 10, 10, 50), *all = answer(20, 10, 3, 3),
               *other = answer(21, 20, 3, 3), *empty = answer(7, 20, 0, 0), *out;
    ck_assert_int_eq(merge_two(ten, all, 10, 0, &out), PRISM_OK);
    ck_assert_uint_eq(prism_hits_total(out, NULL), 53);
    ck_assert_uint_eq(prism_hits_count(out), 10);
    prism_hits_free(out);
    ck_assert_int_eq(merge_two(ten, all, 8, 3, &out), PRISM_EINVAL); /* ten may hold back one */
    ck_assert_ptr_null(out);
    ck_assert_int_eq(merge_two(all, all, 20, 3, &out), PRISM_OK); /* it had no more */
    ck_assert_uint_eq(prism_hits_count(out), 3);
    prism_hits_free(out);
    ck_assert_int_eq(merge_two(all, other, 3, 0, &out), PRISM_EINVAL); /* two scales */
    ck_assert_int_eq(merge_two(empty, all, 3, 0, &out), PRISM_OK);     /* one has no hits */
    ck_assert_int_eq(prism_hits_shift(out), 20);
    prism_hits_free(out);
    all->offset = 1;
    ck_assert_int_eq(merge_two(all, ten, 3, 0, &out), PRISM_EINVAL);
    all->offset = 0;
    ten->total_exact = false;
    all->stopped = PRISM_STOP_CANCEL;
    ck_assert_int_eq(merge_two(ten, all, 3, 0, &out), PRISM_OK);
    int exact;
    (void)prism_hits_total(out, &exact);
    ck_assert(!exact && !prism_hits_complete(out));
    prism_hits_free(out);
    ck_assert_int_eq(merge_two(ten, all, PRISM_MAX_K, 1, &out), PRISM_EINVAL);
    ck_assert_int_eq(merge_two(ten, all, UINT32_MAX, UINT32_MAX, &out), PRISM_EINVAL);
    ck_assert_int_eq(merge_two(ten, NULL, 3, 0, &out), PRISM_EINVAL);
    ck_assert_int_eq(prism_hits_merge(NULL, 1, 3, 0, &out, NULL), PRISM_EINVAL);
    prism_hits_free(ten);
    prism_hits_free(all);
    prism_hits_free(other);
    prism_hits_free(empty);
}
END_TEST

TEST_SUITE(hits, merged_equals_one_index, orders_and_pages_of_many_are_those_of_one,
           answers_of_other_orders_are_not_merged, parts_that_do_not_fit_are_refused)
