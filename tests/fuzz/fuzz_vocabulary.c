/* fuzz_vocabulary.c - can any words of the caller crash the reading of queries, or make pruned and
 * exhaustive answers differ?
 *
 *   byte 0   bit 0 the schema whose fields have different analyzers   bit 1 plain   bit 2 operator
 *            and   bit 3 keep stop words   bit 4 analyzer options instead: `name=value` lines
 *   rest     up to a NUL the vocabulary; behind it a query
 *
 * A compiler of patterns (wildcards, regular expressions) will have its own program when there is
 * one.
 *
 * States    - A vocabulary is read, or refused with EPARSE (with a line) or ELIMIT; the same text
 *             twice is the same.
 *           - Lenient reading fails for nothing but a limit; a tree written as JSON and read again
 *             is the same tree; pruned and exhaustive answers are one.
 *           - An option is taken or refused with EINVAL; what is made of them has one id. */
#include "fuzz.h"

#include "analysis/analyzer.h"

#include <stdlib.h>
#include <string.h>

static prism_schema *schemas[2];
static prism_index *indexes[2];
static prism_snapshot *snaps[2];

static const char *const schema_texts[2] = {
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},{\"name\":\"title\","
    "\"type\":\"text\",\"boost\":2},{\"name\":\"body\",\"type\":\"text\"}]}",
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},{\"name\":\"title\","
    "\"type\":\"text\",\"options\":{\"stem\":\"off\",\"han\":\"uni_bi_words\"}},{\"name\":\"body\","
    "\"type\":\"text\",\"options\":{\"stem\":\"dual\",\"compounds\":\"off\"}}]}"};

static const char *const documents[] = {
    "{\"id\":\"a\",\"title\":\"Graphics cards\",\"body\":\"A GPU, two graphics cards and wi-fi\"}",
    "{\"id\":\"b\",\"title\":\"数据中心\",\"body\":\"人工智能芯片的数据中心 显卡 吧\"}",
    "{\"id\":\"c\",\"body\":\"pls thx for the chip of the data center\"}",
    "{\"id\":\"d\",\"title\":\"a b c\",\"body\":\"a b a b 的 的的\"}"};

static void make_index(int which) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_writer_opts wopts = PRISM_WRITER_OPTS_INIT;
    prism_writer *writer;
    opts.in_memory = 1;
    wopts.memory = 16 << 20;
    fuzz_must(prism_schema_from_json(schema_texts[which], strlen(schema_texts[which]),
                                     &schemas[which], &err),
              &err, "schema");
    fuzz_must(prism_index_create("fuzz", schemas[which], &opts, &indexes[which], &err), &err,
              "create");
    fuzz_must(prism_writer_open(indexes[which], &wopts, &writer, &err), &err, "writer");
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++)
        fuzz_must(prism_writer_put_json(writer, documents[i], strlen(documents[i]), 0, &err), &err,
                  "put");
    fuzz_must(prism_writer_commit(writer, NULL, 0, NULL, &err), &err, "commit");
    prism_writer_close(writer);
    fuzz_must(prism_snapshot_open(indexes[which], &snaps[which], &err), &err, "snapshot");
}

static prism_hits *search(prism_snapshot *snap, const prism_query *query, int exhaustive) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits;
    opts.exhaustive = exhaustive;
    opts.k = exhaustive ? 100 : 2;
    fuzz_must(prism_search(snap, query, &opts, &hits, &err), &err, "search");
    return hits;
}

static void compare(prism_snapshot *snap, const prism_query *query) {
    prism_hits *all = search(snap, query, 1), *few = search(snap, query, 0);
    for (uint32_t i = 0; i < 2; i++) {
        prism_hit a, b;
        prism_hits_get(all, i, &a);
        prism_hits_get(few, i, &b);
        FUZZ_NEED(a.gdoc == b.gdoc && a.raw_score == b.raw_score);
    }
    prism_hits_free(all);
    prism_hits_free(few);
}

static char *read_query(const prism_schema *schema, prism_vocabulary *vocabulary, unsigned flags,
                        const char *text, size_t len, prism_query **out) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    char *json;
    opts.plain = (flags & 2) != 0;
    opts.default_operator = flags & 4 ? PRISM_AND : PRISM_OR;
    opts.keep_stopwords = (flags & 8) != 0;
    opts.vocabulary = vocabulary;
    prism_status status = prism_query_parse(schema, text, len, &opts, out, &err);
    if (status == PRISM_ELIMIT) return NULL;
    fuzz_must(status, &err, "a text that cannot be read");
    fuzz_must(prism_query_to_json(*out, &json, &err), &err, "tree to JSON");
    return json;
}

static void use(int which, prism_vocabulary *one, prism_vocabulary *two, unsigned flags,
                const char *text, size_t len) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL, *again = NULL, *back;
    char *json, *json_again, *json_back;
    json = read_query(schemas[which], one, flags, text, len, &query);
    if (json == NULL) return;
    json_again = read_query(schemas[which], two, flags, text, len, &again);
    FUZZ_NEED(json_again != NULL && strcmp(json, json_again) == 0);
    fuzz_must(prism_query_from_json(schemas[which], json, strlen(json), &back, &err), &err, json);
    fuzz_must(prism_query_to_json(back, &json_back, &err), &err, "tree to JSON again");
    FUZZ_NEED(strcmp(json, json_back) == 0);
    compare(snaps[which], query);
    prism_free_text(json);
    prism_free_text(json_again);
    prism_free_text(json_back);
    prism_query_unref(query);
    prism_query_unref(again);
    prism_query_unref(back);
}

static void try_vocabulary(unsigned flags, const char *text, size_t len) {
    static const char usual[] = "GPU the 显卡 a 的 data center \"a b\" 人工智能芯片";
    int which = (int)(flags & 1);
    prism_error err = PRISM_ERROR_INIT;
    prism_vocabulary *one, *two;
    const char *nul = memchr(text, 0, len), *end = nul != NULL ? nul : text + len;
    size_t words = (size_t)(end - text);
    if (snaps[which] == NULL) make_index(which);
    prism_status status = prism_vocabulary_from_text(schemas[which], text, words, &one, &err);
    if (status != PRISM_OK) {
        FUZZ_NEED(status == PRISM_ELIMIT || (status == PRISM_EPARSE && err.line > 0));
        return;
    }
    fuzz_must(prism_vocabulary_from_text(schemas[which], text, words, &two, &err), &err, "again");
    if (nul != NULL && nul + 1 < text + len)
        use(which, one, two, flags, nul + 1, len - words - 1);
    else
        use(which, one, two, flags, usual, sizeof usual - 1);
    prism_vocabulary_unref(one);
    prism_vocabulary_unref(two);
}

/* `name=value` lines. */
static void try_options(const char *text, size_t len) {
    prs_analyzer_options options;
    prs_analyzer *one, *two;
    prs_mem mem;
    prism_error err = PRISM_ERROR_INIT;
    const char *end = text + len;
    prs_analyzer_options_init(&options);
    while (text < end) {
        char name[64], value[128];
        const char *eol = memchr(text, '\n', (size_t)(end - text));
        if (eol == NULL) eol = end;
        const char *equals = memchr(text, '=', (size_t)(eol - text));
        size_t n = equals ? (size_t)(equals - text) : 0,
               v = equals ? (size_t)(eol - equals - 1) : 0;
        if (equals != NULL && n < sizeof name && v < sizeof value) {
            memcpy(name, text, n);
            memcpy(value, equals + 1, v);
            name[n] = value[v] = 0;
            prism_status status = prs_analyzer_options_set(&options, name, value, &err);
            FUZZ_NEED(status == PRISM_OK || status == PRISM_EINVAL);
        }
        text = eol < end ? eol + 1 : end;
    }
    fuzz_mem_begin(&mem);
    prism_status status = prs_analyzer_new(&mem, &options, &one, &err);
    FUZZ_NEED(status == PRISM_OK || status == PRISM_EINVAL || status == PRISM_EUNSUPPORTED);
    if (status == PRISM_OK) {
        fuzz_must(prs_analyzer_new(&mem, &options, &two, &err), &err, "again");
        FUZZ_NEED(strcmp(prs_analyzer_id(one), prs_analyzer_id(two)) == 0);
        prs_analyzer_unref(one);
        prs_analyzer_unref(two);
    }
    fuzz_mem_end(&mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    if (data[0] & 16)
        try_options((const char *)data + 1, size - 1);
    else
        try_vocabulary(data[0], (const char *)data + 1, size - 1);
    return 0;
}
