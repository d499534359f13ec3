/* diff_search.c - does the engine give the answers of the naive judge, bit for bit?
 *
 * For each random index: random queries; for each query
 *   exact      every document (of the first 10,000), in order, with the same integer score, and
 *              the same scale
 *   double     scores within 2e-6 (relative, plus half a unit of the integer scale per leaf) of the
 *              textbook formula
 *   pruned     top 1, 3, 10, 100 equal to the beginning of the exhaustive answer
 *   count      equal to the number of matching documents: alone, with pruned hits, on 1 to 3
 *              threads
 *   order      every second query also in an order by values, with a filter (kept with the snapshot
 *              or not) or without, whole and in pages (orders.c)
 *   merged     after merging to one segment: equal to the judge without deleted documents; and,
 *              with the statistics of before (or three times those) handed in, equal to the answer
 *              of before with the same A quarter as many queries again are texts, read by the
 *              engine's parser and by texts.c.
 *
 * Each index is searched by kernels of another CPU level, as far as this one has them.
 *
 * Usage: diff_search [INDEXES [QUERIES [SEED]]] default 500 x 80; SEED from PRISM_SEED, else a
 *        fixed one; "random" draws one On a difference it prints the seed of that index, the query
 *        and both answers; `diff_search 1 QUERIES SEED` repeats it.  Speaks TAP. */
#include "diff/orders.h"
#include "diff/queries.h"
#include "diff/texts.h"
#include "diff/world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct tally {
    uint64_t queries, texts, hits, pruned, counted, merged, orders, pages;
} tally;

typedef struct run {
    diff_world *w;
    uint64_t seed;
    tally *counts;
    prism_snapshot *snap;
} run;

static void show(const run *r, const diff_query *q, const prism_hits *hits, const nv_hit *naive,
                 size_t n) {
    printf("# seed %llu query %s\n", (unsigned long long)r->seed, q->json);
    for (uint32_t i = 0; i < prism_hits_count(hits) && i < 20; i++) {
        prism_hit h;
        prism_hits_get(hits, i, &h);
        printf("#   engine %2u %.*s %d\n", i, (int)h.key_len, h.key, (int)h.raw_score);
    }
    for (size_t i = 0; i < n && i < 20; i++)
        printf("#   judge  %2zu %s %d\n", i, r->w->keys[naive[i].doc], (int)naive[i].raw);
}

_Noreturn static void differ(const run *r, const diff_query *q, const prism_hits *hits,
                             const nv_hit *naive, size_t n, const char *what) {
    show(r, q, hits, naive, n);
    printf("not ok 1 - %s\n1..1\n", what);
    exit(1);
}

static prism_hits *search(const run *r, const prism_query *query, prism_snapshot *snap, uint32_t k,
                          bool exhaustive, bool count, const prism_stats *stats) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits = NULL;
    opts.k = k;
    opts.exhaustive = exhaustive;
    opts.count = count ? PRISM_COUNT_EXACT : PRISM_COUNT_NONE;
    opts.k1 = r->w->k1;
    opts.b = r->w->b;
    opts.stats = stats;
    if (prism_search(snap, query, &opts, &hits, &err) != PRISM_OK) {
        printf("# seed %llu\n", (unsigned long long)r->seed);
        diff_die("search", &err);
    }
    return hits;
}

static bool same(const run *r, const prism_hits *hits, const nv_hit *naive, size_t n) {
    if (n > PRISM_MAX_K) n = PRISM_MAX_K;
    if (prism_hits_count(hits) != n) return false;
    for (uint32_t i = 0; i < n; i++) {
        prism_hit h;
        prism_hits_get(hits, i, &h);
        const char *key = r->w->keys[naive[i].doc];
        if (h.raw_score != naive[i].raw || h.key_len != strlen(key) ||
            memcmp(h.key, key, h.key_len) != 0)
            return false;
    }
    return true;
}

static void check_doubles(const run *r, const diff_query *q, const prism_hits *hits,
                          const nv_hit *exact, size_t n, int shift) {
    size_t n_double;
    int ignored;
    nv_hit *textbook = nv_search(r->w->naive, q->root, NV_DOUBLE, &n_double, &ignored);
    if (n_double != n)
        differ(r, q, hits, textbook, n_double, "the two modes of the judge disagree");
    double *by_doc = calloc(r->w->n_docs + 1, sizeof *by_doc);
    if (by_doc == NULL) diff_die("out of memory", NULL);
    for (size_t i = 0; i < n; i++) by_doc[textbook[i].doc] = textbook[i].score;
    for (size_t i = 0; i < n; i++) {
        double a = exact[i].score, b = by_doc[exact[i].doc];
        if (fabs(a - b) > 2e-6 * b + 16 * ldexp(1.0, -shift))
            differ(r, q, hits, exact, n, "not the textbook score");
    }
    free(by_doc);
    free(textbook);
}

static void check_pruned(const run *r, const diff_query *q, const prism_query *query,
                         const nv_hit *exact, size_t n) {
    static const uint32_t ks[] = {1, 3, 10, 100};
    for (size_t i = 0; i < sizeof ks / sizeof ks[0]; i++) {
        prism_hits *hits = search(r, query, r->snap, ks[i], false, false, NULL);
        if (!same(r, hits, exact, n < ks[i] ? n : ks[i]))
            differ(r, q, hits, exact, n, "pruned is not exhaustive");
        r->counts->pruned++;
        prism_hits_free(hits);
    }
}

/* Counting never scores; hits beside an exact count are pruned all the same. */
static void check_counts(const run *r, const diff_query *q, const prism_query *query,
                         const nv_hit *exact, size_t n) {
    static const uint32_t ks[] = {0, 10, 100};
    for (size_t i = 0; i < sizeof ks / sizeof ks[0]; i++) {
        prism_error err = PRISM_ERROR_INIT;
        prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
        prism_hits *hits = NULL;
        int counted = 0;
        opts.k = ks[i];
        opts.count = PRISM_COUNT_EXACT;
        opts.k1 = r->w->k1;
        opts.b = r->w->b;
        opts.threads = (unsigned)diff_below(&r->w->rng, 4);
        if (prism_search(r->snap, query, &opts, &hits, &err) != PRISM_OK) diff_die("count", &err);
        if (prism_hits_total(hits, &counted) != n || !counted)
            differ(r, q, hits, exact, n, "not the judge's count, without scores");
        if (!same(r, hits, exact, n < ks[i] ? n : ks[i]))
            differ(r, q, hits, exact, n, "pruned beside a count is not exhaustive");
        r->counts->counted++;
        prism_hits_free(hits);
    }
}

/* Everything about one query on one snapshot. */
static void check_query(const run *r, const diff_query *q, const prism_query *query) {
    size_t n;
    int shift;
    nv_hit *exact = nv_search(r->w->naive, q->root, NV_EXACT, &n, &shift);
    prism_hits *hits = search(r, query, r->snap, PRISM_MAX_K, true, true, NULL);
    if (!same(r, hits, exact, n)) differ(r, q, hits, exact, n, "not the judge's answer");
    if (n > 0 && prism_hits_shift(hits) != shift)
        differ(r, q, hits, exact, n, "not the judge's scale");
    int counted = 0;
    if (prism_hits_total(hits, &counted) != n || !counted)
        differ(r, q, hits, exact, n, "not the judge's count");
    check_doubles(r, q, hits, exact, n, shift);
    check_pruned(r, q, query, exact, n);
    check_counts(r, q, query, exact, n);
    r->counts->queries++;
    r->counts->hits += n;
    prism_hits_free(hits);
    free(exact);
}

static prism_query *parse(const run *r, const diff_query *q) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    if (prism_query_from_json(r->w->schema, q->json, strlen(q->json), &query, &err) != PRISM_OK) {
        printf("# seed %llu query %s\n", (unsigned long long)r->seed, q->json);
        diff_die("query", &err);
    }
    return query;
}

static prism_snapshot *open_snapshot(const run *r) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap = NULL;
    if (prism_snapshot_open(r->w->index, &snap, &err) != PRISM_OK) diff_die("snapshot", &err);
    return snap;
}

/* The statistics of a snapshot for a query, as if there were `times` such snapshots; on their way
 * through JSON. */
static prism_stats *collect(prism_snapshot *snap, const prism_query *query, uint32_t times) {
    prism_error err = PRISM_ERROR_INIT;
    prism_stats *stats, *one, *copy;
    char *json;
    if (prism_stats_collect(snap, query, &stats, &err) != PRISM_OK) diff_die("stats", &err);
    for (uint32_t i = 1; i < times; i++) {
        if (prism_stats_collect(snap, query, &one, &err) != PRISM_OK) diff_die("stats", &err);
        if (prism_stats_merge(stats, one, &err) != PRISM_OK) diff_die("stats", &err);
        prism_stats_free(one);
    }
    if (prism_stats_to_json(stats, &json, &err) != PRISM_OK) diff_die("stats", &err);
    if (prism_stats_from_json(json, strlen(json), &copy, &err) != PRISM_OK) diff_die(json, &err);
    prism_free_text(json);
    prism_stats_free(stats);
    return copy;
}

/* With the statistics of `before` the merged snapshot must answer as `before` did; and with any
 * others both must give one answer. */
static void check_merged(const run *r, prism_snapshot *before, const diff_query *q,
                         const prism_query *query, uint32_t times) {
    prism_stats *stats = collect(before, query, times);
    prism_hits *a = search(r, query, before, 100, false, false, times > 1 ? stats : NULL),
               *b = search(r, query, r->snap, 100, false, false, stats);
    bool equal = prism_hits_count(a) == prism_hits_count(b);
    for (uint32_t i = 0; equal && i < prism_hits_count(a); i++) {
        prism_hit x, y;
        prism_hits_get(a, i, &x);
        prism_hits_get(b, i, &y);
        equal = x.raw_score == y.raw_score && x.key_len == y.key_len &&
                memcmp(x.key, y.key, x.key_len) == 0;
    }
    if (!equal) differ(r, q, b, NULL, 0, "merged is not unmerged under given statistics");
    r->counts->merged++;
    prism_hits_free(a);
    prism_hits_free(b);
    prism_stats_free(stats);
}

/* Texts and what they mean. */
static void check_texts(const run *r, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        prism_error err = PRISM_ERROR_INIT;
        prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
        prism_query *query;
        diff_text t;
        diff_text_make(&t, r->w);
        opts.default_operator = t.op;
        opts.strict = t.text[0] != '\0';
        if (prism_query_parse(r->w->schema, t.text, strlen(t.text), &opts, &query, &err) !=
            PRISM_OK) {
            printf("# seed %llu text %s\n", (unsigned long long)r->seed, t.text);
            diff_die("text", &err);
        }
        check_query(r, &t.meaning, query);
        r->counts->texts++;
        prism_query_unref(query);
        diff_query_free(&t.meaning);
    }
}

/* The query in a random order, with another query as its filter or without. */
static void check_order(const run *r, const diff_query *q, const prism_query *query) {
    diff_order order;
    diff_query filter;
    diff_order_make(&order, r->w);
    diff_query_make(&filter, r->w);
    bool filtered = diff_below(&r->w->rng, 2);
    prism_query *by = filtered ? parse(r, &filter) : NULL;
    const char *wrong = diff_order_check(r->w, r->snap, q, query, filtered ? &filter : NULL, by,
                                         &order, &r->counts->pages);
    if (wrong != NULL) {
        printf("# order \"%s\" filter %s\n", order.text, filtered ? filter.json : "none");
        differ(r, q, NULL, NULL, 0, wrong);
    }
    r->counts->orders++;
    prism_query_unref(by);
    diff_query_free(&filter);
}

/* Results do not depend on it. */
static void choose_kernels(uint64_t seed) {
    static const char *const levels[] = {"scalar", "sse42", "avx2", "avx512"};
    (void)prism_cpu_use(NULL, NULL);
    (void)prism_cpu_use(levels[seed % 4], NULL); /* not here: then the best there are */
}

static void run_index(uint64_t seed, uint32_t n_queries, tally *counts) {
    diff_world w;
    choose_kernels(seed);
    diff_world_make(&w, seed);
    run r = {&w, seed, counts, NULL};
    diff_query *queries = calloc(n_queries, sizeof *queries);
    if (queries == NULL) diff_die("out of memory", NULL);
    prism_snapshot *before = r.snap = open_snapshot(&r);
    for (uint32_t i = 0; i < n_queries && w.n_tokens > 0; i++) {
        diff_query_make(&queries[i], &w);
        prism_query *query = parse(&r, &queries[i]);
        check_query(&r, &queries[i], query);
        if (i % 2 == 0) check_order(&r, &queries[i], query);
        prism_query_unref(query);
    }
    check_texts(&r, n_queries / 4);
    diff_world_merge(&w);
    r.snap = open_snapshot(&r);
    for (uint32_t i = 0; i < n_queries && w.n_tokens > 0; i++) {
        prism_query *query = parse(&r, &queries[i]);
        if (i % 4 == 0) check_query(&r, &queries[i], query);
        if (i % 4 == 1) check_order(&r, &queries[i], query);
        check_merged(&r, before, &queries[i], query, i % 4 == 3 ? 3 : 1);
        prism_query_unref(query);
        diff_query_free(&queries[i]);
    }
    prism_snapshot_unref(before);
    prism_snapshot_unref(r.snap);
    free(queries);
    diff_world_free(&w);
}

int main(int argc, char **argv) {
    uint32_t n_indexes = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 500;
    uint32_t n_queries = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 80;
    const char *given = argc > 3 ? argv[3] : getenv("PRISM_SEED");
    bool fresh = given != NULL && strcmp(given, "random") == 0;
    uint64_t seed = fresh   ? (uint64_t)time(NULL) * 1000003u
                    : given ? strtoull(given, NULL, 10)
                            : 20261130;
    tally counts = {0};
    printf("# first seed %llu, %u indexes, %u queries each\n", (unsigned long long)seed, n_indexes,
           n_queries);
    for (uint32_t i = 0; i < n_indexes; i++) run_index(seed + i, n_queries, &counts);
    printf("# %llu queries (%llu of them texts; %llu hits), %llu pruned answers, %llu counts, %llu "
           "merged "
           "answers, %llu orders in %llu pages\n",
           (unsigned long long)counts.queries, (unsigned long long)counts.texts,
           (unsigned long long)counts.hits, (unsigned long long)counts.pruned,
           (unsigned long long)counts.counted, (unsigned long long)counts.merged,
           (unsigned long long)counts.orders, (unsigned long long)counts.pages);
    printf("ok 1 - the engine answers as the judge does\n1..1\n");
    return 0;
}
