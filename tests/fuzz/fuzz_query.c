/* fuzz_query.c - can any text, tree or statistics make the query side crash or contradict itself?
 *
 *   byte 0   bit 0 strict   bit 1 operator and   bit 2 plain   bit 3 keep stop words
 *            bits 4-5: 0 text, 1 token of a page, 2 tree as JSON, 3 statistics as JSON
 *            bits 6-7: the order in which its hits are asked for, too
 *   rest     the text
 *
 * States    - Lenient reading fails for nothing but a limit.
 *           - A tree written as JSON and read again is the same tree.
 *           - Pruned, exhaustive and counted answers are one answer, and so is the one with the
 *             query's own statistics handed in from outside, after a way through JSON.
 *           - Hits in an order are as many as there are, and pages of two are the same hits; one
 *             query as the filter of everything finds what it finds.
 *           - A token that is none, or of another order, is refused; others give some page.
 *           - Every snippet's spans lie in its text, ascending and apart. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static prism_schema *schema;
static prism_index *index_;
static prism_snapshot *snap;

static const char *const documents[] = {
    "{\"id\":\"a\",\"title\":\"Custom silicon\",\"body\":\"Nvidia's custom silicon and wi-fi, C++ "
    "and $10B.\"}",
    "{\"id\":\"b\",\"title\":\"数据中心\",\"body\":\"数据中心的芯片 AI公司 the to be or not to "
    "be\",\"tag\":\"red\",\"date\":\"2025-01-31\",\"f\":-0.5,\"label\":[\"b\",\"A\"]}",
    "{\"id\":\"c\",\"body\":\"Running runs; power 267% of U.S.A. node.js GPT-4 GPT 4 iPhone "
    "15\",\"tag\":\"blue\"}",
    "{\"id\":\"d\",\"title\":\"豪賭\",\"body\":\"數據中心 豪賭 電力 right of first "
    "refusal\",\"n\":5,\"date\":\"2025-02-01T10:00:00Z\",\"f\":1e300,\"label\":\"\"}",
    "{\"id\":\"e\",\"title\":\"a a a b\",\"body\":\"a b a b a b c 的 的的 "
    "的的的\",\"n\":-7,\"b\":true,\"label\":\"z\"}",
};

static void make_index(void) {
    static const char json[] =
        "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
        "{\"name\":\"title\",\"type\":\"text\","
        "\"boost\":2},{\"name\":\"body\",\"type\":\"text\"},{\"name\":"
        "\"tag\",\"type\":\"keyword\"},"
        "{\"name\":\"n\",\"type\":\"i64\"},{\"name\":\"date\",\"type\":\"date\"},"
        "{\"name\":\"f\",\"type\":\"f64\"},{\"name\":\"b\",\"type\":\"bool\"},"
        "{\"name\":\"label\",\"type\":\"keyword\",\"column\":true,\"many\":true}]}";
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_writer_opts wopts = PRISM_WRITER_OPTS_INIT;
    prism_writer *writer;
    opts.in_memory = 1;
    wopts.max_segments = PRISM_NO_MERGE;
    wopts.memory = 16 << 20;
    fuzz_must(prism_schema_from_json(json, sizeof json - 1, &schema, &err), &err, "schema");
    fuzz_must(prism_index_create("fuzz", schema, &opts, &index_, &err), &err, "create");
    fuzz_must(prism_writer_open(index_, &wopts, &writer, &err), &err, "writer");
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        fuzz_must(prism_writer_put_json(writer, documents[i], strlen(documents[i]), 0, &err), &err,
                  "put");
        if (i == 2) fuzz_must(prism_writer_commit(writer, NULL, 0, NULL, &err), &err, "commit");
    }
    fuzz_must(prism_writer_commit(writer, NULL, 0, NULL, &err), &err, "commit");
    prism_writer_close(writer);
    fuzz_must(prism_snapshot_open(index_, &snap, &err), &err, "snapshot");
}

static void take_note(void *ctx, size_t at, const char *text) {
    size_t len = *(size_t *)ctx;
    if (at > len || text == NULL || strlen(text) > 4096) fuzz_fail("a note behind the text", NULL);
}

static prism_hits *search(const prism_query *query, int exhaustive, uint32_t k,
                          const prism_stats *stats) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits;
    opts.exhaustive = exhaustive;
    opts.k = k;
    opts.count = exhaustive ? PRISM_COUNT_EXACT : PRISM_COUNT_NONE;
    opts.stats = stats;
    fuzz_must(prism_search(snap, query, &opts, &hits, &err), &err, "search");
    return hits;
}

static void check_same(prism_hits *a, prism_hits *b, uint32_t most) {
    uint32_t n = prism_hits_count(a) < most ? prism_hits_count(a) : most;
    if (prism_hits_count(b) != n) fuzz_fail("another number of hits", NULL);
    for (uint32_t i = 0; i < n; i++) {
        prism_hit x, y;
        prism_hits_get(a, i, &x);
        prism_hits_get(b, i, &y);
        if (x.gdoc != y.gdoc || x.raw_score != y.raw_score) fuzz_fail("another hit", NULL);
    }
    prism_hits_free(b);
}

static void check_snippets(const prism_query *query, uint64_t gdoc) {
    static const char *const fields[] = {"title", "body"};
    for (size_t f = 0; f < 2; f++) {
        prism_error err = PRISM_ERROR_INIT;
        prism_snippet_opts opts = PRISM_SNIPPET_OPTS_INIT;
        prism_snippet *snippet;
        opts.max_bytes = 16;
        opts.n_fragments = 2;
        opts.whole_field = (int)(gdoc & 1);
        fuzz_must(prism_snippet_make(snap, query, gdoc, fields[f], &opts, &snippet, &err), &err,
                  "snippet");
        for (uint32_t i = 0; i < prism_snippet_count(snippet); i++) {
            prism_fragment fragment;
            prism_snippet_get(snippet, i, &fragment);
            uint32_t end = 0;
            for (uint32_t s = 0; s < fragment.n_spans; s++) {
                if (fragment.spans[s].start < end ||
                    fragment.spans[s].end <= fragment.spans[s].start ||
                    fragment.spans[s].end > fragment.len)
                    fuzz_fail("a span out of place", NULL);
                end = fragment.spans[s].end;
            }
        }
        prism_snippet_free(snippet);
    }
}

static void check_round_trip(const prism_query *query) {
    prism_error err = PRISM_ERROR_INIT;
    char *first, *second;
    prism_query *again;
    fuzz_must(prism_query_to_json(query, &first, &err), &err, "tree to JSON");
    fuzz_must(prism_query_from_json(schema, first, strlen(first), &again, &err), &err, first);
    fuzz_must(prism_query_to_json(again, &second, &err), &err, "tree to JSON again");
    if (strcmp(first, second) != 0) fuzz_fail("a tree is another one after JSON", NULL);
    prism_free_text(first);
    prism_free_text(second);
    prism_query_unref(again);
}

static prism_stats *own_stats(const prism_query *query) {
    prism_error err = PRISM_ERROR_INIT;
    prism_stats *stats, *again;
    char *json;
    fuzz_must(prism_stats_collect(snap, query, &stats, &err), &err, "stats");
    fuzz_must(prism_stats_to_json(stats, &json, &err), &err, "stats to JSON");
    fuzz_must(prism_stats_from_json(json, strlen(json), &again, &err), &err, "stats from JSON");
    prism_free_text(json);
    prism_stats_free(stats);
    return again;
}

static const char *const orders[] = {"date:desc", "label,n:desc", "_score,f", ""};

static prism_hits *page(const prism_query *query, const prism_query *filter, unsigned order,
                        uint32_t k, const char *after) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits;
    opts.k = k;
    opts.count = PRISM_COUNT_EXACT;
    opts.filter = filter;
    opts.sort = orders[order];
    opts.after = after;
    fuzz_must(prism_search(snap, query, &opts, &hits, &err), &err, "page");
    return hits;
}

static void check_pages(const prism_query *query, unsigned order, uint32_t total) {
    prism_hits *all = page(query, NULL, order, 100, NULL);
    prism_query *every;
    char *token = NULL;
    uint32_t first = 0;
    if (prism_hits_count(all) != total) fuzz_fail("another number in an order", NULL);
    do {
        prism_hits *two = page(query, NULL, order, 2, token);
        for (uint32_t i = 0; i < prism_hits_count(two); i++) {
            prism_hit x, y;
            prism_hits_get(all, first++, &x);
            prism_hits_get(two, i, &y);
            if (x.gdoc != y.gdoc) fuzz_fail("another hit on a page", NULL);
        }
        prism_free_text(token);
        fuzz_must(prism_hits_next(two, 0, &token, NULL), NULL, "token");
        prism_hits_free(two);
    } while (token != NULL);
    if (first != total) fuzz_fail("pages of another number", NULL);
    prism_hits_free(all);
    fuzz_must(prism_query_all(schema, &every, NULL), NULL, "all");
    all = page(every, query, order, 100, NULL);
    if (prism_hits_count(all) != total) fuzz_fail("another number as a filter", NULL);
    prism_hits_free(all);
    prism_query_unref(every);
}

/* A token of a stranger: refused, or some page. */
static void read_token(unsigned flags, const char *text, size_t len) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_query *every;
    prism_hits *hits;
    char *token = calloc(1, len + 1);
    if (token == NULL) fuzz_fail("out of memory", NULL);
    memcpy(token, text, len);
    opts.sort = orders[flags >> 6 & 3];
    opts.after = token;
    fuzz_must(prism_query_all(schema, &every, &err), &err, "all");
    prism_status status = prism_search(snap, every, &opts, &hits, &err);
    if (status != PRISM_OK && status != PRISM_EINVAL) fuzz_fail("an odd error for a token", &err);
    prism_hits_free(hits);
    prism_query_unref(every);
    free(token);
}

static void use_query(const prism_query *query, unsigned order) {
    prism_hits *all = search(query, 1, 100, NULL);
    int exact;
    check_round_trip(query);
    (void)prism_query_shape(query);
    if (prism_hits_total(all, &exact) != prism_hits_count(all) || !exact)
        fuzz_fail("another count", NULL);
    check_same(all, search(query, 0, 1, NULL), 1);
    check_same(all, search(query, 0, 3, NULL), 3);
    check_pages(query, order, prism_hits_count(all));
    prism_stats *stats = own_stats(query);
    check_same(all, search(query, 0, 100, stats), 100);
    prism_stats_free(stats);
    for (uint32_t i = 0; i < prism_hits_count(all) && i < 2; i++) {
        prism_hit hit;
        prism_hits_get(all, i, &hit);
        check_snippets(query, hit.gdoc);
    }
    prism_hits_free(all);
}

static void read_text(unsigned flags, const char *text, size_t len) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    prism_query *query;
    opts.strict = flags & 1;
    opts.default_operator = flags & 2 ? PRISM_AND : PRISM_OR;
    opts.plain = (flags & 4) != 0;
    opts.keep_stopwords = (flags & 8) != 0;
    opts.note = take_note;
    opts.note_ctx = &len;
    prism_status status = prism_query_parse(schema, text, len, &opts, &query, &err);
    if (status == PRISM_OK) {
        use_query(query, flags >> 6 & 3);
    } else if (!(opts.strict && status == PRISM_EPARSE) && status != PRISM_ELIMIT) {
        fuzz_fail("a text that cannot be read", &err);
    }
    prism_query_unref(query);
}

static void read_tree(unsigned flags, const char *text, size_t len) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query;
    prism_status status = prism_query_from_json(schema, text, len, &query, &err);
    if (status == PRISM_OK) {
        use_query(query, flags >> 6 & 3);
    } else if (status != PRISM_EPARSE && status != PRISM_ELIMIT && status != PRISM_ENOTFOUND &&
               status != PRISM_EINVAL) {
        fuzz_fail("an odd error for a bad tree", &err);
    }
    prism_query_unref(query);
}

/* Statistics of a stranger: they fit the query or they are refused. */
static void read_stats(const char *text, size_t len) {
    prism_error err = PRISM_ERROR_INIT;
    prism_stats *stats;
    if (prism_stats_from_json(text, len, &stats, &err) != PRISM_OK) return;
    static const char *const queries[] = {"custom silicon", "数据中心", "\"a b\" n*"};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
        prism_query *query;
        prism_hits *hits;
        prism_stats *own;
        fuzz_must(prism_query_parse(schema, queries[i], strlen(queries[i]), NULL, &query, &err),
                  &err, "parse");
        opts.stats = stats;
        (void)prism_search(snap, query, &opts, &hits, &err);
        prism_hits_free(hits);
        fuzz_must(prism_stats_collect(snap, query, &own, &err), &err, "stats");
        if (prism_stats_merge(own, stats, &err) == PRISM_OK) {
            opts.stats = own;
            (void)prism_search(snap, query, &opts, &hits, &err);
            prism_hits_free(hits);
        }
        prism_stats_free(own);
        prism_query_unref(query);
    }
    prism_stats_free(stats);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    if (snap == NULL) make_index();
    const char *text = (const char *)data + 1;
    switch (data[0] >> 4 & 3) {
    case 1: read_token(data[0], text, size - 1); break;
    case 2: read_tree(data[0], text, size - 1); break;
    case 3: read_stats(text, size - 1); break;
    default: read_text(data[0], text, size - 1);
    }
    return 0;
}
