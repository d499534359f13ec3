/* test_api_tokenizer.c - does a caller's tokenizer cut documents, queries, highlights and checks
 * alike, and is an index without its tokenizer refused? */
#include "harness/test.h"

#include <prismsearch.h>
#include <stdio.h>

/* Words of letters, lower-cased; camelCase also as its parts; "!n" stands for n empty positions;
 * '?' refuses the text, '%' breaks a rule. */
typedef struct splitter {
    int released;
    atomic_uint calls;
} splitter;

static bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
static bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

/* One word [start, end) at *pos. */
static int put_word(const char *text, size_t start, size_t end, uint32_t *pos, prism_token_fn emit,
                    void *emit_ctx) {
    char folded[64];
    size_t part = start, n = end - start;
    uint32_t first = *pos;
    for (size_t i = 0; i < n; i++) {
        char c = text[start + i];
        folded[i] = is_upper(c) ? (char)(c - 'A' + 'a') : c;
    }
    uint32_t n_parts = 1;
    for (size_t i = start + 1; i < end; i++) n_parts += is_upper(text[i]) && is_lower(text[i - 1]);
    for (size_t i = start + 1; i <= end; i++) {
        if (i < end && !(is_upper(text[i]) && is_lower(text[i - 1]))) continue;
        prism_token token = {
            .term = folded + (part - start), .len = i - part, .pos = *pos, .start = part, .end = i};
        if (emit(emit_ctx, &token) != 0) return -1;
        prism_token whole = {folded, n, NULL, first, n_parts, start, end};
        if (*pos == first && n_parts > 1 && emit(emit_ctx, &whole) != 0) return -1;
        ++*pos;
        part = i;
    }
    return 0;
}

static prism_status split(void *ctx, const char *text, size_t len, prism_token_fn emit,
                          void *emit_ctx, prism_error *err) {
    splitter *s = ctx;
    uint32_t pos = 0;
    atomic_fetch_add(&s->calls, 1);
    for (size_t at = 0, end; at < len; at = end) {
        end = at + 1;
        if (text[at] == '!') pos += (uint32_t)(text[end++] - '0');
        if (text[at] == '?') {
            static const char sorry[] = "no questions";
            memcpy(err->text, sorry, sizeof sorry);
            return PRISM_EREJECTED;
        }
        if (text[at] == '%') {
            prism_token beyond = {"x", 1, NULL, pos, 1, at, len + 1};
            return emit(emit_ctx, &beyond) != 0 ? PRISM_ECANCELED : PRISM_OK;
        }
        if (!is_upper(text[at]) && !is_lower(text[at])) continue;
        while (end < len && (is_upper(text[end]) || is_lower(text[end]))) end++;
        if (put_word(text, at, end, &pos, emit, emit_ctx) != 0) return PRISM_ECANCELED;
    }
    return PRISM_OK;
}

static void release(void *ctx) {
    ((splitter *)ctx)->released++;
}

static prism_tokenizers *make_set(splitter *s, const char *version) {
    prism_tokenizers *set;
    prism_tokenizer t = PRISM_TOKENIZER_INIT;
    t.name = "code";
    t.version = version;
    t.tokenize = split;
    t.ctx = s;
    t.release = release;
    ck_assert_int_eq(prism_tokenizers_new(&set, NULL), PRISM_OK);
    ck_assert_int_eq(prism_tokenizers_add(set, &t, NULL), PRISM_OK);
    return set;
}

static const char schema_text[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"body\",\"type\":\"text\",\"analyzer\":\"code\"},"
    "{\"name\":\"note\",\"type\":\"text\",\"boost\":0}]}";

static prism_index *make_index(const char *path, prism_tokenizers *set) {
    prism_schema *schema;
    prism_index *index;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_msg(prism_schema_from_json_with(schema_text, strlen(schema_text), set, &schema,
                                              &err) == PRISM_OK,
                  "%s", err.text);
    ck_assert_msg(prism_index_create(path, schema, NULL, &index, &err) == PRISM_OK, "%s", err.text);
    prism_schema_unref(schema);
    return index;
}

/* Documents 0, 1, 2 ... of these bodies; those that are refused are counted. */
static uint32_t put_bodies(prism_index *index, const char *const *bodies, uint32_t n) {
    prism_writer *writer;
    uint32_t refused = 0;
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    for (uint32_t i = 0; i < n; i++) {
        char json[512];
        prism_error err = PRISM_ERROR_INIT;
        int len = snprintf(json, sizeof json, "{\"id\":\"%u\",\"body\":\"%s\"}", i, bodies[i]);
        prism_status status = prism_writer_put_json(writer, json, (size_t)len, 0, &err);
        if (status == PRISM_OK) continue;
        ck_assert_int_eq(status, PRISM_EREJECTED);
        ck_assert_ptr_nonnull(strstr(err.text, "the tokenizer \"code\" failed: no questions"));
        refused++;
    }
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    prism_writer_close(writer);
    return refused;
}

/* Keys of the hits in order of keys: "0 2". */
static const char *found(prism_snapshot *snap, const char *text) {
    static char out[256];
    prism_query *query;
    prism_hits *hits;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_msg(prism_query_parse(prism_snapshot_schema(snap), text, strlen(text), NULL, &query,
                                    &err) == PRISM_OK,
                  "%s: %s", text, err.text);
    ck_assert_int_eq(prism_search(snap, query, NULL, &hits, NULL), PRISM_OK);
    out[0] = '\0';
    for (char key = '0'; key <= '9'; key++) {
        for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
            prism_hit hit;
            prism_hits_get(hits, i, &hit);
            size_t len = strlen(out);
            if (hit.key[0] == key)
                snprintf(out + len, sizeof out - len, "%s%c", len > 0 ? " " : "", key);
        }
    }
    prism_hits_free(hits);
    prism_query_unref(query);
    return out;
}

static const char *const bodies[] = {"parseJson now", "parse json", "parsejson", "json parse",
                                     "ask?",          "one!3two",   "the if"};

START_TEST(documents_and_queries_are_cut_alike) {
    splitter s = {0};
    prism_tokenizers *set = make_set(&s, "1");
    const char *path = test_temp_dir();
    prism_index *index = make_index(path, set);
    prism_snapshot *snap;
    prism_tokenizers_unref(set);
    ck_assert_uint_eq(put_bodies(index, bodies, PRS_COUNT(bodies)), 1);
    ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
    prism_index_close(index); /* snapshot and query go on without it */
    ck_assert_str_eq(found(snap, "json"), "0 1 3");
    ck_assert_str_eq(found(snap, "parseJson"), "0 1 2");
    ck_assert_str_eq(found(snap, "parsejson"), "0 2");
    ck_assert_str_eq(found(snap, "\"parse json\""), "0 1");
    ck_assert_str_eq(found(snap, "\"parseJson now\""), "0");
    ck_assert_str_eq(found(snap, "\"json parse\"~0"), "0 1 3");
    ck_assert_str_eq(found(snap, "pars*"), "0 1 2 3");
    ck_assert_str_eq(found(snap, "\"one two\""), "");
    ck_assert_str_eq(found(snap, "\"one two\"~3"), "5");
    ck_assert_str_eq(found(snap, "\"one!3two\""), "5");
    ck_assert_str_eq(found(snap, "if parse"), "0 1 3 6"); /* no stop words of English */
    ck_assert_str_eq(found(snap, "one 2"), "5");          /* nothing to join */
    ck_assert_int_eq(s.released, 0);
    prism_snapshot_unref(snap);
    ck_assert_int_eq(s.released, 1);
}
END_TEST

/* The marked parts of the whole text, joined by '|'. */
static const char *marked(prism_snapshot *snap, const char *key, const char *text) {
    static char out[256];
    uint64_t gdoc;
    prism_query *query;
    prism_snippet *snippet;
    prism_fragment f;
    ck_assert_int_eq(prism_document_find(snap, key, strlen(key), &gdoc, NULL), PRISM_OK);
    ck_assert_int_eq(prism_query_parse(prism_snapshot_schema(snap), text, strlen(text), NULL,
                                       &query, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prism_snippet_make(snap, query, gdoc, "body", NULL, &snippet, NULL), PRISM_OK);
    prism_snippet_get(snippet, 0, &f);
    out[0] = '\0';
    for (uint32_t i = 0; i < f.n_spans; i++) {
        size_t len = strlen(out);
        snprintf(out + len, sizeof out - len, "%s%.*s", len > 0 ? "|" : "",
                 (int)(f.spans[i].end - f.spans[i].start), f.text + f.spans[i].start);
    }
    prism_snippet_free(snippet);
    prism_query_unref(query);
    return out;
}

START_TEST(highlights_go_by_its_ranges) {
    splitter s = {0};
    prism_tokenizers *set = make_set(&s, "1");
    prism_index *index = make_index(test_temp_dir(), set);
    prism_snapshot *snap;
    put_bodies(index, bodies, 3);
    ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
    ck_assert_str_eq(marked(snap, "0", "json"), "Json");
    ck_assert_str_eq(marked(snap, "0", "parsejson"), "parseJson");
    ck_assert_str_eq(marked(snap, "1", "\"parse json\""), "parse|json");
    prism_snapshot_unref(snap);
    prism_index_close(index);
    prism_tokenizers_unref(set);
    ck_assert_int_eq(s.released, 1);
}
END_TEST

START_TEST(an_index_needs_its_tokenizer) {
    splitter s = {0}, other = {0};
    prism_tokenizers *set = make_set(&s, "1"), *newer = make_set(&other, "2");
    const char *path = test_temp_dir();
    prism_index *index = make_index(path, set);
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap;
    uint64_t n = 9;
    put_bodies(index, bodies, 3);
    prism_index_close(index);

    ck_assert_int_eq(prism_index_open(path, NULL, &index, &err), PRISM_EANALYZER);
    ck_assert_ptr_null(index);
    ck_assert_ptr_nonnull(strstr(err.text, "field body: its tokenizer \"code\" is not registered"));
    err = (prism_error)PRISM_ERROR_INIT;
    ck_assert_int_eq(prism_index_check(path, PRISM_CHECK_DEEP, NULL, NULL, NULL, NULL, NULL, &n,
                                       &err),
                     PRISM_EANALYZER);
    ck_assert_ptr_nonnull(strstr(err.text, "\"code\""));
    ck_assert_uint_eq(n, 0);

    opts.tokenizers = newer;
    ck_assert_int_eq(prism_index_open(path, &opts, &index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_snapshot_open(index, &snap, &err), PRISM_EANALYZER);
    ck_assert_ptr_nonnull(strstr(err.text, "custom:code version=1"));
    prism_index_close(index);

    opts.tokenizers = set;
    ck_assert_int_eq(prism_index_open(path, &opts, &index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
    ck_assert_str_eq(found(snap, "json"), "0 1");
    unsigned before = s.calls;
    ck_assert_int_eq(prism_index_check(path, PRISM_CHECK_DEEP, &opts, NULL, NULL, NULL, NULL, &n,
                                       &err),
                     PRISM_OK);
    ck_assert_uint_eq(n, 0);
    ck_assert_uint_gt(s.calls, before);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    prism_tokenizers_unref(set);
    prism_tokenizers_unref(newer);
    ck_assert(s.released == 1 && other.released == 1);
}
END_TEST

START_TEST(a_rule_broken_refuses_that_document_only) {
    static const char good[] = "{\"id\":\"a\",\"body\":\"aB c\"}",
                      bad[] = "{\"id\":\"b\",\"body\":\"aB c %\"}",
                      more[] = "{\"id\":\"c\",\"body\":\"aB d\"}";
    splitter s = {0};
    prism_tokenizers *set = make_set(&s, "1");
    const char *path = test_temp_dir();
    prism_index *index = make_index(path, set);
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_writer *writer;
    prism_snapshot *snap;
    prism_error err = PRISM_ERROR_INIT;
    uint64_t n = 9;
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put_json(writer, good, strlen(good), 0, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put_json(writer, bad, strlen(bad), 0, &err), PRISM_EINVAL);
    ck_assert_str_eq(err.text, "the tokenizer \"code\" gave a range outside of the text");
    ck_assert_int_eq(prism_writer_put_json(writer, more, strlen(more), 0, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    prism_writer_close(writer);
    ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_snapshot_documents(snap), 2);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    opts.tokenizers = set;
    ck_assert_int_eq(prism_index_check(path, PRISM_CHECK_DEEP, &opts, NULL, NULL, NULL, NULL, &n,
                                       NULL),
                     PRISM_OK);
    ck_assert_uint_eq(n, 0);
    prism_tokenizers_unref(set);
}
END_TEST

static int join(void *ctx, const prism_token *token) {
    char *out = ctx;
    size_t len = strlen(out);
    snprintf(out + len, 200 - len, "%.*s/%s@%u+%u[%zu,%zu) ", (int)token->len, token->term,
             token->kind, token->pos, token->span, token->start, token->end);
    return 0;
}

START_TEST(analyze_shows_its_tokens) {
    splitter s = {0};
    prism_tokenizers *set = make_set(&s, "1");
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    char out[200] = "";
    ck_assert_int_eq(prism_schema_from_json_with(schema_text, strlen(schema_text), set, &schema,
                                                 NULL),
                     PRISM_OK);
    ck_assert_int_eq(prism_analyze(schema, "body", "aB c", 4, join, out, NULL), PRISM_OK);
    ck_assert_str_eq(out, "a/word@0+1[0,1) ab/word@0+2[0,2) b/word@1+1[1,2) c/word@2+1[3,4) ");
    ck_assert_int_eq(prism_analyze(schema, "body", "a ?", 3, join, out, &err), PRISM_EREJECTED);
    ck_assert_str_eq(err.text, "the tokenizer \"code\" failed: no questions");
    prism_query *query;
    ck_assert_int_eq(prism_query_parse(schema, "a\\?", 3, NULL, &query, &err), PRISM_EREJECTED);
    ck_assert_ptr_null(query);
    prism_schema_unref(schema);
    prism_tokenizers_unref(set);
}
END_TEST

START_TEST(schemas_are_built_with_it) {
    splitter s = {0};
    prism_tokenizers *set = make_set(&s, "1");
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    prism_field_options options = PRISM_FIELD_OPTIONS_INIT;
    options.analyzer = "code";
    ck_assert_int_eq(prism_schema_new(&schema, NULL), PRISM_OK);
    ck_assert_int_eq(prism_schema_add_field(schema, "body", PRISM_FIELD_TEXT, &options, 0, &err),
                     PRISM_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "\"code\""));
    ck_assert_int_eq(prism_schema_set_tokenizers(schema, set, NULL), PRISM_OK);
    ck_assert_int_eq(prism_schema_set_tokenizers(schema, set, NULL), PRISM_EMISUSE);
    ck_assert_int_eq(prism_schema_add_field(schema, "body", PRISM_FIELD_TEXT, &options, 0, NULL),
                     PRISM_OK);
    options.options = "{\"stem\":\"off\"}";
    ck_assert_int_eq(prism_schema_add_field(schema, "b", PRISM_FIELD_TEXT, &options, 0, &err),
                     PRISM_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "takes no options"));
    prism_tokenizer t = {sizeof t, "late", "1", split, NULL, NULL};
    ck_assert_int_eq(prism_tokenizers_add(set, &t, NULL), PRISM_EMISUSE);
    prism_schema_unref(schema);
    ck_assert_int_eq(prism_schema_from_json(schema_text, strlen(schema_text), &schema, &err),
                     PRISM_EINVAL);
    ck_assert_ptr_null(schema);
    ck_assert_ptr_nonnull(strstr(err.text, "no analyzer is called \"code\""));
    prism_tokenizers_unref(set);
}
END_TEST

START_TEST(bad_arguments) {
    prism_tokenizers *set;
    prism_tokenizer t = PRISM_TOKENIZER_INIT;
    prism_schema *schema;
    ck_assert_int_eq(prism_tokenizers_new(NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_tokenizers_new(&set, NULL), PRISM_OK);
    ck_assert_int_eq(prism_tokenizers_add(NULL, &t, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_tokenizers_add(set, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_tokenizers_add(set, &t, NULL), PRISM_EINVAL);
    t.size = 0;
    ck_assert_int_eq(prism_tokenizers_add(set, &t, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_schema_default(&schema, NULL), PRISM_OK);
    ck_assert_int_eq(prism_schema_set_tokenizers(NULL, set, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_schema_set_tokenizers(schema, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_schema_from_json_with(NULL, 1, set, &schema, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_schema_from_json_with("{}", 2, set, NULL, NULL), PRISM_EINVAL);
    prism_tokenizers_unref(set);
    prism_tokenizers_unref(NULL);
}
END_TEST

TEST_SUITE(api_tokenizer, documents_and_queries_are_cut_alike, highlights_go_by_its_ranges,
           an_index_needs_its_tokenizer, a_rule_broken_refuses_that_document_only,
           analyze_shows_its_tokens, schemas_are_built_with_it, bad_arguments)
