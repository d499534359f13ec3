/* hostile_queries.c - does every query built to hurt end soon, small, and with a clear word?
 *
 * Each is read leniently, strictly, with the operator and, and as plain words, or as a tree, then
 * searched in an index with 12,000 words that begin alike.  It must end within MOST_SECONDS
 * (sanitizers are slow; without them all take milliseconds), with less than MOST_BYTES for a
 * search, and either work or say PRISM_ELIMIT or, where the reading was strict or the input a bad
 * tree, PRISM_EPARSE.
 * Source: rules R44, R45, R48.   Speaks TAP. */
#include "fuzz.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_SECONDS 4.0
#define MOST_BYTES ((size_t)64 << 20)

enum { N_WORDS = 12000, MOST_TEXT = 1 << 20 };

static prism_schema *schema;
static prism_index *index_;
static prism_snapshot *snap;
static size_t live, peak;
static int n_tests, n_bad;
static char text[MOST_TEXT];
static size_t len;

static void *count_resize(void *ctx, void *ptr, size_t old_size, size_t new_size) {
    (void)ctx;
    void *p = realloc(ptr, new_size);
    if (p == NULL) return NULL;
    live += new_size - (ptr != NULL ? old_size : 0);
    if (live > peak) peak = live;
    return p;
}

static void count_release(void *ctx, void *ptr, size_t size) {
    (void)ctx;
    if (ptr != NULL) live -= size;
    free(ptr);
}

static double now(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- texts ----------------------------------------------------------------------------------- */

static void begin(void) {
    len = 0;
}

static void put(const char *part) {
    size_t n = strlen(part);
    if (len + n > MOST_TEXT) fuzz_fail("the text is longer than the test thought", NULL);
    memcpy(text + len, part, n);
    len += n;
}

static void repeat(const char *part, size_t times) {
    for (size_t i = 0; i < times; i++) put(part);
}

/* ---- the index ------------------------------------------------------------------------------- */

static void make_index(void) {
    static const char json[] = "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
                               "{\"name\":\"title\",\"type\":"
                               "\"text\",\"boost\":2},{\"name\":\"body\",\"type\":\"text\"},"
                               "{\"name\":\"n\",\"type\":\"i64\"},"
                               "{\"name\":\"k\",\"type\":\"keyword\",\"column\":true}]}";
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_writer *writer;
    opts.in_memory = 1;
    fuzz_must(prism_schema_from_json(json, sizeof json - 1, &schema, &err), &err, "schema");
    fuzz_must(prism_index_create("hostile", schema, &opts, &index_, &err), &err, "create");
    fuzz_must(prism_writer_open(index_, NULL, &writer, &err), &err, "writer");
    for (uint32_t i = 0; i < N_WORDS; i++) {
        char doc[256];
        int n = snprintf(doc, sizeof doc,
                         "{\"id\":\"%u\",\"title\":\"a\",\"body\":\"a b a%u 数%s a b a b\","
                         "\"n\":%u,\"k\":\"k%u\"}",
                         i, i, i % 2 ? "据" : "学", i, i);
        fuzz_must(prism_writer_put_json(writer, doc, (size_t)n, PRISM_PUT_APPEND, &err), &err,
                  "put");
    }
    fuzz_must(prism_writer_commit(writer, NULL, 0, NULL, &err), &err, "commit");
    prism_writer_close(writer);
    fuzz_must(prism_snapshot_open(index_, &snap, &err), &err, "snapshot");
}

/* ---- judging --------------------------------------------------------------------------------- */

static void judge(const char *name, const char *how, double began, prism_status status,
                  const prism_error *err, bool may_refuse, bool must_work) {
    double took = now() - began;
    bool fine = status == PRISM_OK || (status == PRISM_ELIMIT && !must_work) ||
                (status == PRISM_EPARSE && may_refuse);
    bool told = status == PRISM_OK || (err->text[0] != '\0' && err->code == status);
    bool small = peak < MOST_BYTES && live == 0;
    bool good = fine && told && small && took < MOST_SECONDS;
    printf("%sok %d - %s, %s: %s%s%s, %.0f ms, %zu KiB\n", good ? "" : "not ", ++n_tests, name, how,
           prism_status_name(status), status ? ": " : "", status ? err->text : "", took * 1e3,
           peak >> 10);
    peak = 0;
    n_bad += !good;
}

static prism_status search(const prism_query *query, prism_error *err) {
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_allocator hook = {count_resize, count_release, NULL};
    prism_hits *hits;
    opts.allocator = &hook;
    prism_status status = prism_search(snap, query, &opts, &hits, err);
    if (status == PRISM_OK && prism_hits_count(hits) > 0) {
        prism_hit hit;
        prism_snippet *snippet;
        prism_hits_get(hits, 0, &hit);
        status = prism_snippet_make(snap, query, hit.gdoc, "body", NULL, &snippet, err);
        if (status == PRISM_OK) prism_snippet_free(snippet);
    }
    prism_hits_free(hits);
    return status;
}

/* The text, in the three ways of reading it; must_work: lenient reading has no excuse. */
static void try_text(const char *name, bool must_work) {
    static const char *const hows[] = {"lenient", "strict", "and", "plain"};
    for (int how = 0; how < 4; how++) {
        prism_error err = PRISM_ERROR_INIT;
        prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
        prism_query *query;
        double began = now();
        opts.strict = how == 1;
        opts.default_operator = how == 2 ? PRISM_AND : PRISM_OR;
        opts.plain = how == 3;
        prism_status status = prism_query_parse(schema, text, len, &opts, &query, &err);
        if (status == PRISM_OK) status = search(query, &err);
        prism_query_unref(query);
        judge(name, hows[how], began, status, &err, how == 1, must_work && how == 0);
    }
}

static void try_tree(const char *name, bool must_work) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query;
    double began = now();
    prism_status status = prism_query_from_json(schema, text, len, &query, &err);
    if (status == PRISM_OK) status = search(query, &err);
    prism_query_unref(query);
    judge(name, "tree", began, status, &err, !must_work, must_work);
}

/* ---- queries --------------------------------------------------------------------------------- */

static void try_repeated(const char *name, const char *part, size_t times, bool must_work) {
    begin();
    repeat(part, times);
    try_text(name, must_work);
}

static void try_texts(void) {
    try_repeated("the longest text of one word", "a", PRISM_MAX_QUERY_BYTES, true);
    try_repeated("one byte too many", "a", PRISM_MAX_QUERY_BYTES + 1, false);
    try_repeated("the longest text of words", "a ", PRISM_MAX_QUERY_BYTES / 2, false);
    try_repeated("a million bytes", "a ", MOST_TEXT / 2, false);
    try_repeated("many clauses", "+a -b ", 10000, false);
    try_repeated("1000 clauses", "+a ", 1000, true);
    try_repeated("parentheses that never close", "(", 60000, false);
    try_repeated("60 that never close", "(", 60, true);
    try_repeated("parentheses that were never open", ")", 60000, true);
    try_repeated("empty parentheses", "()", 30000, false);
    try_repeated("quotes", "\"", 60000, false);
    try_repeated("fewer quotes", "\"", 2000, true);
    try_repeated("quotes that never close", "\"a ", 20000, false);
    try_repeated("corner brackets that never close", "「a ", 10000, false);
    try_repeated("signs", "+-", 30000, true);
    try_repeated("NOT NOT NOT", "NOT ", 15000, true);
    try_repeated("AND AND AND", "AND ", 15000, true);
    try_repeated("a OR OR", "a OR ", 12000, false);
    try_repeated("fields of fields", "title:", 10000, true);
    try_repeated("stars", "*", 60000, true);
    try_repeated("prefixes", "a* ", 50, true);
    try_repeated("more prefixes", "a* ", 20000, false);
    try_repeated("boosts of boosts", "^9", 30000, true);
    try_repeated("backslashes", "\\", 60000, true);
    try_repeated("Han characters", "数", PRISM_MAX_QUERY_BYTES / 3, false);
    try_repeated("compounds", "wi-", 20000, false);
    try_repeated("ill-formed bytes", "\xff\xc0", 30000, true);
    try_repeated("colons", ":", 60000, true);
    try_repeated("slashes", "/", 60000, true);
    try_repeated("brackets", "[", 60000, true);
}

static void try_ranges(void) {
    try_repeated("ranges", "n:[1 TO 9] ", 1000, true);
    try_repeated("more ranges", "n:[1 TO 9] ", 5000, false);
    try_repeated("ranges that never close", "n:[1 TO ", 8000, false);
    try_repeated("ranges without TO", "n:[", 20000, false);
    try_repeated("ranges of quotes", "n:[\"", 15000, false);
    try_repeated("ranges of corner brackets", "n:[「", 10000, false);
    try_repeated("ranges of spaces", "n:[    ", 9000, false);
    try_repeated("ranges of backslashes", "n:[\\", 15000, false);
    try_repeated("comparisons", "n:>", 20000, false);
    try_repeated("comparisons of quotes", "n:>\"", 15000, false);
    try_repeated("words between words", "k:[k1 TO k9] ", 900, true);
    try_repeated("keys without a column", "id:[1 TO 9] ", 200, true);
    begin();
    put("n:(");
    repeat(">1 <2 [3 TO 4] ", 4000);
    put(")");
    try_text("a group of ranges", false);
    begin();
    put("n:[1 TO");
    repeat(" ", 60000);
    put("9]");
    try_text("a range of many spaces", true);
    begin();
    put("n:>=");
    repeat("9", 60000);
    try_text("a number of many digits", false);
    begin();
    put("k:[");
    repeat("a", 30000);
    put(" TO ");
    repeat("b", 30000);
    put("]");
    try_text("ends of many bytes", true);
}

static void try_wrapped(void) {
    begin();
    repeat("(", 64);
    put("a");
    repeat(")", 64);
    try_text("as deep as may be", true);
    begin();
    repeat("(", 65);
    put("a");
    repeat(")", 65);
    try_text("one deeper", false);
    begin();
    repeat("title:(", 64);
    put("a");
    repeat(")", 64);
    try_text("as deep as may be, with fields", true);
    begin();
    put("\"");
    repeat("a ", 256);
    put("\"");
    try_text("the longest phrase", true);
    begin();
    put("\"");
    repeat("a ", 257);
    put("\"");
    try_text("a phrase too long", false);
    begin();
    put("\"");
    repeat("a b ", 100);
    put("\"~100000");
    try_text("near in any order", true);
    begin();
    put("\"");
    repeat("数", 255);
    put("\"");
    try_text("a long Han phrase", true);
    begin();
    put("a*");
    try_text("12,000 words that begin so", true);
    begin();
    put("\"b a*\"");
    try_text("a phrase that ends in 12,000 words", true);
    begin();
    put("\"数*\" 数* *:* -a");
    try_text("beginnings and everything", true);
}

static void put_deep(const char *open, const char *middle, const char *close, size_t times) {
    begin();
    repeat(open, times);
    put(middle);
    repeat(close, times);
}

static void try_trees(void) {
    put_deep("{\"type\":\"const\",\"of\":", "{\"type\":\"all\"}", "}", 63);
    try_tree("as deep as may be", true);
    put_deep("{\"type\":\"const\",\"of\":", "{\"type\":\"all\"}", "}", 64);
    try_tree("one deeper", false);
    put_deep("{\"type\":\"const\",\"of\":", "{\"type\":\"all\"}", "}", 20000);
    try_tree("very deep", false);
    put_deep("[", "", "]", 200000);
    try_tree("arrays of arrays", false);
    begin();
    put("{\"type\":\"bool\",\"should\":[{\"type\":\"all\"}");
    repeat(",{\"type\":\"all\"}", 1022);
    put("]}");
    try_tree("as many nodes as may be", true);
    begin();
    put("{\"type\":\"max\",\"of\":[{\"type\":\"all\"}");
    repeat(",{\"type\":\"all\"}", 60000);
    put("]}");
    try_tree("60,000 nodes", false);
    begin();
    put("{\"type\":\"phrase\",\"fields\":{\"body\":1},\"slots\":[{\"pos\":0,\"keys\":[{\"kind\":"
        "\"word\",\"text\":\"a\"}");
    repeat(",{\"kind\":\"word\",\"text\":\"a\"}", 20000);
    put("]}]}");
    try_tree("20,000 words in one place", false);
    begin();
    put("{\"type\":\"near\",\"fields\":{\"body\":1},\"slop\":2147483647,\"slots\":[{\"pos\":0,"
        "\"keys\":[{\"kind\":\"word\",\"text\":"
        "\"a\"}]}");
    repeat(",{\"pos\":0,\"keys\":[{\"kind\":\"word\",\"text\":\"a\"}]}", 255);
    put("]}");
    try_tree("256 places of one word", false);
}

int main(void) {
    make_index();
    try_texts();
    try_ranges();
    try_wrapped();
    try_trees();
    printf("1..%d\n", n_tests);
    prism_snapshot_unref(snap);
    prism_index_close(index_);
    prism_schema_unref(schema);
    return n_bad > 0;
}
