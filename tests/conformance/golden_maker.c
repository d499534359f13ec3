/* golden_maker.c - how is the golden index made, the same bytes every time?
 *
 *     golden_maker NAME DIRECTORY      (one of the names below; the directory holds no index yet)
 *
 * The documents come from a small generator with fixed seeds, the index id and the segment ids from
 * the library's inside (prs_core_make, id_seed): so this program sees lib/, and no public option is
 * needed.
 * What is in them, so that every form of FORMAT.md occurs:
 *   tiny     six documents of one to three words: the worked examples of FORMAT.md section 20 are
 *            bytes of it
 *   mixed    3 segments with replaced and deleted documents (both forms of deletes); every field
 *            type; columns of one and of many values; Latin, Han, exact forms, compounds; run,
 *            bitset and packed blocks with exceptions; dominance points; many-valued texts (SPANS);
 *            a length and a span over 65535
 *   groups   one segment without keys, merged of three, 4,300 short documents: lists of more than
 *            one group, short blocks where lists were joined
 *   large    more than 65,536 documents and 100,000 terms in one segment and a small one behind it,
 *            both with deletions: numbers of more than 16 bits everywhere
 *   grown    a segment merged of one from before two fields were added and one from after
 *            ("partial"), and a later one
 *   pairs    lists of pairs of stop words: a merge with deletions, and a segment behind it
 *   ordered  a merge that put documents in the order of a column (ORDER), with pairs, and a segment
 *            by arrival behind it; RICE codes that are cut short
 *   words    200 documents with dictionary words (kind 6). They follow ICU's version: it is made
 *            anew for the second reader each time, and no golden index tests/golden/v1.0 holds what
 *            it wrote once; tests/golden/golden.sh compares.  `make regen-golden` writes them anew:
 *            for a new version of the format in a new folder, or before 1.0 is released. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/prs.h"
#include "index/core.h"
#include "write/writer.h"
#include "store/dir.h"

static const char mixed_schema[] =
    "{\"key\":\"id\",\"fields\":["
    "{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"title\",\"type\":\"text\",\"boost\":2,\"options\":{\"stem\":\"off\"}},"
    "{\"name\":\"body\",\"type\":\"text\",\"options\":{\"stem\":\"dual\"}},"
    "{\"name\":\"plain\",\"type\":\"text\",\"positions\":false,\"options\":{\"stem\":\"off\"}},"
    "{\"name\":\"bare\",\"type\":\"text\",\"lengths\":false,\"many\":true,\"options\":{\"stem\":"
    "\"off\"}},"
    "{\"name\":\"hidden\",\"type\":\"text\",\"stored\":false,\"options\":{\"stem\":\"off\"}},"
    "{\"name\":\"tags\",\"type\":\"keyword\",\"many\":true,\"column\":true},"
    "{\"name\":\"lang\",\"type\":\"keyword\",\"column\":true},"
    "{\"name\":\"when\",\"type\":\"date\"},"
    "{\"name\":\"n\",\"type\":\"i64\",\"many\":true,\"column\":true},"
    "{\"name\":\"x\",\"type\":\"f64\"},"
    "{\"name\":\"ok\",\"type\":\"bool\"}]}";

static const char tiny_schema[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"t\",\"type\":\"text\",\"options\":{\"stem\":\"off\"}},"
    "{\"name\":\"n\",\"type\":\"i64\",\"column\":true}]}";

static const char groups_schema[] =
    "{\"fields\":[{\"name\":\"t\",\"type\":\"text\",\"options\":{\"stem\":\"off\"}}]}";

static const char large_schema[] = "{\"fields\":[{\"name\":\"t\",\"type\":\"text\",\"stored\":"
                                   "false,\"options\":{\"stem\":\"off\"}},"
                                   "{\"name\":\"n\",\"type\":\"i64\"}]}";

/* The schema before and after fields were added. */
static const char small_schema[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"t\",\"type\":\"text\",\"options\":{\"stem\":\"off\"}}]}";
static const char grown_schema[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"t\",\"type\":\"text\",\"boost\":3,\"options\":{\"stem\":\"off\"}},"
    "{\"name\":\"note\",\"type\":\"text\",\"options\":{\"stem\":\"off\"}},"
    "{\"name\":\"n\",\"type\":\"i64\"}]}";

static const char words_schema[] =
    "{\"fields\":[{\"name\":\"t\",\"type\":\"text\",\"options\":{\"han\":\"uni_bi_words\"}}]}";

static _Noreturn void die(const char *what, const prism_error *err) {
    fprintf(stderr, "golden_maker: %s: %s %s\n", what, prism_status_name(err->code), err->text);
    exit(1);
}

/* ---- chance, the same every time ------------------------------------------------------------- */

typedef struct chance {
    uint64_t s;
} chance;

static uint64_t next(chance *c) {
    uint64_t z = (c->s += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint32_t below(chance *c, uint32_t n) {
    return (uint32_t)(next(c) % n);
}

/* ---- texts ----------------------------------------------------------------------------------- */

typedef struct text {
    size_t len, cap;
    char *at;
} text;

static void add(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(text *t, const char *format, ...) {
    va_list args;
    if (t->cap - t->len < 4096) {
        t->cap = 2 * t->cap + 8192;
        t->at = realloc(t->at, t->cap);
        if (t->at == NULL) abort();
    }
    va_start(args, format);
    int n = vsnprintf(t->at + t->len, t->cap - t->len, format, args);
    va_end(args);
    if (n < 0 || n >= 4096) abort();
    t->len += (size_t)n;
}

static void repeat(text *t, const char *word, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) add(t, "%s%s", i > 0 ? " " : "", word);
}

static const char *const latin[] = {"custom", "silicon", "running", "models", "Wi-Fi", "GPT-4",
                                    "$10B",   "267%",    "C++",     "the",    "AT&T",  "Nvidia",
                                    "café",   "O'Neil",  "U.S.A.",  "cloud"};
static const char *const han[] = {"数据中心", "數據", "芯片", "豪賭", "云", "人工智能公司"};

static void add_words(text *t, chance *c, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        add(t, "%s%s", i > 0 ? " " : "", latin[below(c, (uint32_t)PRS_COUNT(latin))]);
}

/* Words in patterns over the document's number: one list of each kind of block. */
static void add_patterns(text *t, chance *c, uint32_t i) {
    add(t, "every");
    if (i % 3 != 1) add(t, " dense");
    if (i % 3 == 2 || i >= 280) add(t, " ");
    if (below(c, 100) < 46 && i % 40 < 36)
        repeat(t, " patchy", 1 + (below(c, 30) == 0 ? 40 : below(c, 2)));
    if (i % 7 == 0) add(t, " seventh");
    add(t, " ");
}

/* ---- documents ------------------------------------------------------------------------------- */

static void mixed_document(text *t, chance *c, const char *key, uint32_t i) {
    t->len = 0;
    add(t, "{\"id\":\"%s\",\"title\":\"", key);
    add_words(t, c, 1 + below(c, 2));
    add(t, "%s\",\"body\":\"", i % 4 == 0 ? han[below(c, (uint32_t)PRS_COUNT(han))] : "");
    add_patterns(t, c, i);
    add_words(t, c, below(c, 4));
    add(t, "\"");
    if (i % 5 == 0) add(t, ",\"plain\":\"plain %s\"", i % 2 ? "odd" : "even 云");
    if (i % 6 == 0)
        add(t, ",\"bare\":[\"first value\",\"second\"%s]", i % 4 ? "" : ",\"third 芯片\"");
    if (i % 50 == 7) add(t, ",\"hidden\":\"secret words\"");
    if (i % 8 == 0) add(t, ",\"tags\":[\"Red\",\"tag-%u\"]", below(c, 9));
    if (i % 3 == 0) add(t, ",\"lang\":\"%s\"", i % 2 ? "en" : "zh");
    if (i % 4 == 1) add(t, ",\"when\":\"2026-%02u-%02uT10:00:00Z\"", 1 + i % 12, 1 + i % 28);
    if (i % 5 == 2) add(t, ",\"n\":[%u,-%u]", below(c, 1000), below(c, 100000));
    if (i % 9 == 3) add(t, ",\"x\":%s%u.5", i % 2 ? "-" : "", below(c, 50));
    if (i % 10 == 4) add(t, ",\"ok\":%s", i % 4 ? "true" : "false");
    add(t, "}");
}

/* One document whose length and another whose span need the list of long ones. */
static void long_document(text *t, const char *key, bool span_only) {
    t->len = 0;
    add(t, "{\"id\":\"%s\",\"title\":\"long\",\"body\":\"every\",\"%s\":", key,
        span_only ? "bare" : "plain");
    add(t, span_only ? "[" : "\"");
    for (uint32_t i = 0; i < (span_only ? 700u : 66000u); i++)
        add(t, "%s%s", i == 0 ? "" : span_only ? "," : " ", span_only ? "\"far\"" : "long");
    add(t, span_only ? "]}" : "\"}");
}

/* ---- the indexes ----------------------------------------------------------------------------- */

static void put(prism_writer *w, const text *t) {
    prism_error err = PRISM_ERROR_INIT;
    if (prism_writer_put_json(w, t->at, t->len, PRISM_PUT_REPLACE, &err) != PRISM_OK)
        die("put", &err);
}

static void drop(prism_writer *w, const char *key) {
    prism_error err = PRISM_ERROR_INIT;
    uint64_t n = 0;
    if (prism_writer_delete(w, key, strlen(key), &n, &err) != PRISM_OK || n != 1) die(key, &err);
}

static void commit(prism_writer *w, const char *payload) {
    prism_error err = PRISM_ERROR_INIT;
    if (prism_writer_commit(w, payload, strlen(payload), NULL, &err) != PRISM_OK)
        die("commit", &err);
}

static void put_mixed(prism_writer *w, text *t, chance *c, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%u", i);
        mixed_document(t, c, key, i);
        put(w, t);
    }
}

static void make_mixed(prism_writer *w, text *t) {
    chance c = {2026};
    char key[16];
    put_mixed(w, t, &c, 0, 320);
    put_mixed(w, t, &c, 10, 12); /* twice in one segment */
    commit(w, "one");
    put_mixed(w, t, &c, 400, 430);
    for (uint32_t i = 20; i < 120; i += 1 + i % 2) { /* many: a bit array */
        snprintf(key, sizeof key, "k%u", i);
        drop(w, key);
    }
    commit(w, "two");
    put_mixed(w, t, &c, 300, 304); /* replaces */
    put_mixed(w, t, &c, 500, 502);
    drop(w, "k405"); /* few: a list */
    drop(w, "k422");
    long_document(t, "far", true);
    put(w, t);
    long_document(t, "长", false);
    put(w, t);
    commit(w, "three");
}

static void make_tiny(prism_writer *w, text *t) {
    static const char *const docs[] = {
        "{\"id\":\"a\",\"t\":\"fox\",\"n\":7}", "{\"id\":\"b\",\"t\":\"red fox\",\"n\":9}",
        "{\"id\":\"c\",\"t\":\"fox fox 狐\"}",  "{\"id\":\"d\",\"t\":\"the fox\",\"n\":-1}",
        "{\"id\":\"e\",\"t\":\"fox\"}",         "{\"id\":\"f\",\"t\":\"fox red\"}"};
    for (size_t i = 0; i < PRS_COUNT(docs); i++) {
        t->len = 0;
        add(t, "%s", docs[i]);
        put(w, t);
    }
    commit(w, "tiny");
    drop(w, "e");
    commit(w, "tiny");
}

static void make_groups(prism_writer *w, text *t) {
    prism_error err = PRISM_ERROR_INIT;
    chance c = {7};
    for (uint32_t i = 0; i < 4300; i++) {
        if (i == 1000 || i == 2500) commit(w, "");
        t->len = 0;
        add(t, "{\"t\":\"all%s%s\"}", i % 3 != 0 ? " most" : "",
            below(&c, 16) == 0 ? " few all" : "");
        put(w, t);
    }
    commit(w, "");
    if (prism_writer_merge(w, 1, NULL, NULL, &err) != PRISM_OK) die("merge", &err);
}

static void drop_matches(prism_writer *w, const char *query_text) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query;
    uint64_t n;
    if (prism_query_parse(prism_writer_schema(w), query_text, strlen(query_text), NULL, &query,
                          &err) != PRISM_OK)
        die(query_text, &err);
    if (prism_writer_delete_query(w, query, &n, &err) != PRISM_OK || n == 0) die(query_text, &err);
    prism_query_unref(query);
}

static void put_large(prism_writer *w, text *t, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) { /* a word of its own, one of a few, one of them all */
        t->len = 0;
        add(t, "{\"t\":\"all u%x m%u v%x\",\"n\":%u}", i * 2654435761u >> 8, i % 1000, i, i);
        put(w, t);
    }
}

static void make_large(prism_writer *w, text *t) {
    put_large(w, t, 0, 70000);
    commit(w, "one");
    put_large(w, t, 70000, 71000);
    drop_matches(w, "m7");
    drop_matches(w, "n:[69000 TO 70100]");
    commit(w, "two");
}

/* Stop words from the first flush on; a merge with deletions, and a segment behind it. */
static void make_pairs(prism_writer *w, text *t) {
    static const char *const words[] = {"the", "of", "to", "be", "or", "not", "fox", "red"};
    prism_error err = PRISM_ERROR_INIT;
    chance c = {11};
    for (uint32_t i = 0; i < 500; i++) {
        if (i == 200 || i == 400) commit(w, "");
        if (i == 400) {
            drop(w, "3");
            drop(w, "77");
            if (prism_writer_merge(w, 1, NULL, NULL, &err) != PRISM_OK) die("merge", &err);
        }
        t->len = 0;
        add(t, "{\"id\":\"%u\",\"t\":\"", i);
        for (uint32_t n = below(&c, 12); n > 0; n--)
            add(t, "%s ", words[below(&c, (uint32_t)PRS_COUNT(words))]);
        add(t, "\"}");
        put(w, t);
    }
    commit(w, "");
}

/* Documents of which a merge puts those of small n first: "clump" stands in many neighbours and, in
 * one document very often, far away (RICE codes that are cut short), pairs go along, stored
 * documents stay.  A segment by arrival behind it, and deletions in both. */
static void put_ordered(prism_writer *w, text *t, chance *c, uint32_t i) {
    static const char *const words[] = {"the", "of", "to", "fox", "red", "all"};
    uint32_t n = i * 7919 % 1009;
    t->len = 0;
    add(t, "{\"id\":\"%u\",\"n\":%d,\"t\":\"", i, (int)n - 500);
    for (uint32_t k = below(c, 9); k > 0; k--)
        add(t, "%s ", words[below(c, (uint32_t)PRS_COUNT(words))]);
    if (n < 20 || n == 1000) repeat(t, "clump ", n == 1000 ? 90 : 1);
    if (i % 4 == 0) add(t, "every r%u", i % 31);
    add(t, "\"}");
    put(w, t);
}

static void make_ordered(prism_writer *w, text *t) {
    prism_error err = PRISM_ERROR_INIT;
    chance c = {13};
    for (uint32_t i = 0; i < 1200; i++) {
        if (i == 300 || i == 800) commit(w, "");
        if (i == 1100) {
            drop(w, "3");
            drop(w, "777");
            commit(w, "");
            if (prism_writer_merge(w, 1, NULL, NULL, &err) != PRISM_OK) die("merge", &err);
        }
        put_ordered(w, t, &c, i);
    }
    drop(w, "40");
    drop(w, "1150");
    commit(w, "ordered");
}

static void make_words(prism_writer *w, text *t) {
    static const char *const pieces[] = {"中国", "人民", "大学", "数据",
                                         "的",   "，",   "AI",   "株式会社"};
    chance c = {9};
    for (uint32_t i = 0; i < 200; i++) {
        t->len = 0;
        add(t, "{\"t\":\"");
        for (uint32_t n = 1 + below(&c, 30); n > 0; n--)
            add(t, "%s", pieces[below(&c, (uint32_t)PRS_COUNT(pieces))]);
        add(t, "\"}");
        put(w, t);
    }
    commit(w, "");
}

static void put_text(prism_writer *w, text *t, const char *json) {
    t->len = 0;
    add(t, "%s", json);
    put(w, t);
}

static void make_grown(prism_writer *w, text *t) {
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema;
    put_text(w, t, "{\"id\":\"a\",\"t\":\"old fox\",\"note\":\"not a field yet\",\"n\":1}");
    put_text(w, t, "{\"id\":\"b\",\"t\":\"old\",\"note\":{\"x\":1},\"n\":\"one\"}");
    commit(w, "old");
    if (prism_schema_from_json(grown_schema, strlen(grown_schema), &schema, &err) != PRISM_OK ||
        prism_writer_set_schema(w, schema, &err) != PRISM_OK)
        die("schema", &err);
    prism_schema_unref(schema);
    put_text(w, t, "{\"id\":\"c\",\"t\":\"new fox\",\"note\":\"a field now\",\"n\":2}");
    commit(w, "new");
    if (prism_writer_merge(w, 1, NULL, NULL, &err) != PRISM_OK) die("merge", &err);
    put_text(w, t, "{\"id\":\"d\",\"t\":\"fox\",\"note\":\"field\",\"n\":3}");
    commit(w, "newer");
}

static const struct {
    const char *name, *schema;
    void (*make)(prism_writer *w, text *t);
} golden[] = {{"mixed", mixed_schema, make_mixed}, {"groups", groups_schema, make_groups},
              {"tiny", tiny_schema, make_tiny},    {"words", words_schema, make_words},
              {"large", large_schema, make_large}, {"grown", small_schema, make_grown},
              {"pairs", small_schema, make_pairs}, {"ordered", tiny_schema, make_ordered}};

/* Index k of the list above; ids follow from k. */
static void make(size_t k, const char *directory) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_error err = PRISM_ERROR_INIT;
    bool has_pairs = golden[k].make == make_pairs || golden[k].make == make_ordered;
    prs_writer_options options = {.memory = (size_t)64 << 20,
                                  .keep_commits = 1,
                                  .max_segments = PRISM_NO_MERGE,
                                  .durable = true,
                                  .stop_tokens = has_pairs ? 1 : 0,
                                  .reorder_text = golden[k].make == make_ordered ? "n" : NULL,
                                  .id_seed = 1 + k};
    prs_id uuid = {.bytes = "golden index v1"};
    const char *json = golden[k].schema;
    prs_core *core;
    prism_schema *schema;
    prism_writer *w;
    if (prism_schema_from_json(json, strlen(json), &schema, &err) != PRISM_OK) die("schema", &err);
    if (prs_core_new(&opts, &core, &err) != PRISM_OK) die("core", &err);
    if (prs_dir_fs_open(&core->mem, directory, true, true, &core->dir, &err) != PRISM_OK)
        die(directory, &err);
    if (prs_core_make(core, schema, &uuid, &err) != PRISM_OK) die("create", &err);
    prism_schema_unref(schema);
    if (prs_writer_open(core, &options, &w, &err) != PRISM_OK) die("writer", &err);
    text t = {0, 0, NULL};
    golden[k].make(w, &t);
    free(t.at);
    prs_writer_close(w);
    prs_core_unref(core);
}

int main(int argc, char **argv) {
    for (size_t k = 0; argc == 3 && k < PRS_COUNT(golden); k++) {
        if (strcmp(argv[1], golden[k].name) != 0) continue;
        make(k, argv[2]);
        return 0;
    }
    fprintf(stderr,
            "usage: golden_maker tiny|mixed|groups|large|grown|words|pairs|ordered DIRECTORY\n");
    return 2;
}
