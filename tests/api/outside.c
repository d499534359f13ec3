/* outside.c - a program outside of the tree: the whole way through installed headers, in the C that
 * C99 and C++17 share.  Says "ok" and ends with 0, or says which line failed. */
#include <prismsearch.h>
#include <stdio.h>
#include <string.h>

static prism_error err = PRISM_ERROR_INIT;
static int line;

/* Every call must succeed. */
#define NEED(call)                                                                                 \
    do {                                                                                           \
        line = __LINE__;                                                                           \
        if ((call) != PRISM_OK) goto out;                                                          \
    } while (0)
#define CHECK(condition) NEED((condition) ? PRISM_OK : PRISM_EINVAL)

/* Every byte is a word: "ab" is a@0 b@1. */
static prism_status by_bytes(void *ctx, const char *text, size_t len, prism_token_fn emit,
                             void *emit_ctx, prism_error *said) {
    (void)ctx;
    (void)said;
    for (size_t i = 0; i < len; i++) {
        prism_token token = {NULL, 0, NULL, 0, 0, 0, 0};
        token.term = text + i;
        token.len = 1;
        token.pos = (uint32_t)i;
        token.start = i;
        token.end = i + 1;
        if (emit(emit_ctx, &token) != 0) break;
    }
    return PRISM_OK;
}

static int count_token(void *ctx, const prism_token *token) {
    (void)token;
    ++*(int *)ctx;
    return 0;
}

int main(int argc, char **argv) {
    static const char fields[] =
        "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
        "{\"name\":\"body\",\"type\":\"text\",\"analyzer\":\"bytes\"}]}";
    static const char text[] = "{\"id\":\"x\",\"body\":\"hay needle hay\"}";
    prism_tokenizers *set = NULL;
    prism_schema *schema = NULL;
    prism_index *index = NULL;
    prism_writer *writer = NULL;
    prism_doc *doc = NULL;
    prism_snapshot *snap = NULL;
    prism_query *query = NULL;
    prism_hits *hits = NULL;
    prism_snippet *snippet = NULL;
    prism_stats *stats = NULL;
    char *json = NULL;
    prism_tokenizer tokenizer = PRISM_TOKENIZER_INIT;
    prism_index_opts index_opts = PRISM_INDEX_OPTS_INIT;
    prism_writer_opts writer_opts = PRISM_WRITER_OPTS_INIT;
    prism_query_opts query_opts = PRISM_QUERY_OPTS_INIT;
    prism_search_opts search_opts = PRISM_SEARCH_OPTS_INIT;
    prism_snippet_opts snippet_opts = PRISM_SNIPPET_OPTS_INIT;
    prism_fragment fragment;
    prism_hit hit;
    uint64_t findings = 0;
    int n = 0;

    CHECK(argc == 2);
    CHECK(strcmp(prism_version(), PRISM_VERSION_STRING) == 0);
    tokenizer.name = "bytes";
    tokenizer.version = "1";
    tokenizer.tokenize = by_bytes;
    NEED(prism_tokenizers_new(&set, &err));
    NEED(prism_tokenizers_add(set, &tokenizer, &err));
    NEED(prism_schema_from_json_with(fields, strlen(fields), set, &schema, &err));
    NEED(prism_analyze(schema, "body", "abc", 3, count_token, &n, &err));
    CHECK(n == 3);
    NEED(prism_index_create(argv[1], schema, &index_opts, &index, &err));
    NEED(prism_writer_open(index, &writer_opts, &writer, &err));
    NEED(prism_writer_put_json(writer, text, strlen(text), PRISM_PUT_REPLACE, &err));
    NEED(prism_doc_new(schema, &doc, &err));
    NEED(prism_doc_add(doc, "id", "y", 1, &err));
    NEED(prism_doc_add(doc, "body", "straw", 5, &err));
    NEED(prism_writer_put(writer, doc, PRISM_PUT_REPLACE, &err));
    NEED(prism_writer_commit(writer, NULL, 0, NULL, &err));
    NEED(prism_snapshot_open(index, &snap, &err));
    CHECK(prism_snapshot_documents(snap) == 2);
    NEED(prism_query_parse(schema, "\"needle\"", 8, &query_opts, &query, &err));
    search_opts.count = PRISM_COUNT_EXACT;
    NEED(prism_search(snap, query, &search_opts, &hits, &err));
    CHECK(prism_hits_count(hits) == 1 && prism_hits_total(hits, NULL) == 1);
    prism_hits_get(hits, 0, &hit);
    CHECK(hit.key_len == 1 && hit.key[0] == 'x');
    NEED(prism_snippet_make(snap, query, hit.gdoc, "body", &snippet_opts, &snippet, &err));
    prism_snippet_get(snippet, 0, &fragment);
    CHECK(fragment.n_spans > 0 && fragment.spans[0].start == 4);
    NEED(prism_stats_collect(snap, query, &stats, &err));
    NEED(prism_query_to_json(query, &json, &err));
    index_opts.tokenizers = set;
    NEED(prism_index_check(argv[1], PRISM_CHECK_DEEP, &index_opts, NULL, NULL, NULL, NULL,
                           &findings, &err));
    CHECK(findings == 0);
    line = 0;
out:
    prism_free_text(json);
    prism_stats_free(stats);
    prism_snippet_free(snippet);
    prism_hits_free(hits);
    prism_query_unref(query);
    prism_snapshot_unref(snap);
    prism_doc_free(doc);
    prism_writer_close(writer);
    prism_index_close(index);
    prism_schema_unref(schema);
    prism_tokenizers_unref(set);
    if (line == 0) {
        puts("ok");
        return 0;
    }
    printf("line %d: %s: %s\n", line, prism_status_name(err.code), err.text);
    return 1;
}
