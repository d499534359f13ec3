/* test_api_contract.c - do all exported functions keep the conventions of prismsearch/base.h?
 *
 * A NULL where none is allowed is PRISM_EINVAL, with a sentence, and outputs are NULL or 0; what is
 * given back may be NULL; getters of NULL give 0.  One object of each kind stands ready, so that
 * one argument at a time is wrong. */
#include "harness/test.h"

#include <prismsearch.h>
#include <stdio.h>

typedef struct world {
    prism_schema *schema;
    prism_index *index;
    prism_writer *writer;
    prism_doc *doc;
    prism_snapshot *snap;
    prism_query *query;
    prism_hits *hits;
    prism_snippet *snippet;
    prism_stats *stats;
    uint64_t gdoc;
} world;

static const char text[] = "{\"id\":\"a\",\"title\":\"Hello 世界\",\"body\":\"again\"}";

static void make(world *w) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.in_memory = 1;
    ck_assert_int_eq(prism_schema_default(&w->schema, NULL), PRISM_OK);
    ck_assert_int_eq(prism_index_create("", w->schema, &opts, &w->index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(w->index, NULL, &w->writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_doc_new(w->schema, &w->doc, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put_json(w->writer, text, strlen(text), 0, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_commit(w->writer, "pay", 3, NULL, NULL), PRISM_OK);
    ck_assert_int_eq(prism_snapshot_open(w->index, &w->snap, NULL), PRISM_OK);
    ck_assert_int_eq(prism_query_parse(w->schema, "hello", 5, NULL, &w->query, NULL), PRISM_OK);
    ck_assert_int_eq(prism_search(w->snap, w->query, NULL, &w->hits, NULL), PRISM_OK);
    ck_assert_int_eq(prism_document_find(w->snap, "a", 1, &w->gdoc, NULL), PRISM_OK);
    ck_assert_int_eq(
        prism_snippet_make(w->snap, w->query, w->gdoc, "title", NULL, &w->snippet, NULL), PRISM_OK);
    ck_assert_int_eq(prism_stats_collect(w->snap, w->query, &w->stats, NULL), PRISM_OK);
}

static void unmake(world *w) {
    prism_stats_free(w->stats);
    prism_snippet_free(w->snippet);
    prism_hits_free(w->hits);
    prism_query_unref(w->query);
    prism_snapshot_unref(w->snap);
    prism_doc_free(w->doc);
    prism_writer_close(w->writer);
    prism_index_close(w->index);
    prism_schema_unref(w->schema);
}

static prism_error err;

/* The call must be refused as a bad argument and say so. */
#define REFUSED(call)                                                                              \
    do {                                                                                           \
        err = (prism_error)PRISM_ERROR_INIT;                                                       \
        ck_assert_int_eq(call, PRISM_EINVAL);                                                      \
        ck_assert_int_eq(err.code, PRISM_EINVAL);                                                  \
        ck_assert_str_ne(err.text, "");                                                            \
    } while (0)
/* ... and leave NULL in `out`, a pointer that held another value. */
#define REFUSED_OUT(out, call)                                                                     \
    do {                                                                                           \
        out = (void *)&err;                                                                        \
        REFUSED(call);                                                                             \
        ck_assert_ptr_null(out);                                                                   \
    } while (0)

START_TEST(schemas_and_documents) {
    world w;
    make(&w);
    prism_schema *schema;
    prism_doc *doc;
    const char *json;
    REFUSED(prism_schema_default(NULL, &err));
    REFUSED(prism_schema_new(NULL, &err));
    REFUSED(prism_schema_from_json("{}", 2, NULL, &err));
    REFUSED_OUT(schema, prism_schema_from_json(NULL, 2, &schema, &err));
    REFUSED(prism_schema_to_json(w.schema, NULL, NULL, &err));
    REFUSED_OUT(json, prism_schema_to_json(NULL, &json, NULL, &err));
    ck_assert_int_eq(prism_schema_new(&schema, NULL), PRISM_OK);
    REFUSED(prism_schema_add_field(NULL, "x", PRISM_FIELD_TEXT, NULL, 0, &err));
    REFUSED(prism_schema_add_field(schema, NULL, PRISM_FIELD_TEXT, NULL, 0, &err));
    REFUSED(prism_schema_add_field(schema, "x", (prism_field_type)9, NULL, 0, &err));
    REFUSED(prism_schema_add_field(w.schema, "x", PRISM_FIELD_TEXT, NULL, 0, &err)); /* in use */
    prism_schema_unref(schema);
    REFUSED(prism_schema_copy(w.schema, NULL, &err));
    REFUSED_OUT(schema, prism_schema_copy(NULL, &schema, &err));
    ck_assert_int_eq(prism_schema_copy(w.schema, &schema, NULL), PRISM_OK); /* takes more fields */
    ck_assert_int_eq(prism_schema_add_field(schema, "x", PRISM_FIELD_TEXT, NULL, 0, &err),
                     PRISM_OK);
    prism_schema_unref(schema);
    prism_schema_unref(NULL);
    ck_assert_ptr_null(prism_schema_ref(NULL));
    REFUSED(prism_doc_new(w.schema, NULL, &err));
    REFUSED_OUT(doc, prism_doc_new(NULL, &doc, &err));
    REFUSED(prism_doc_add(NULL, "id", "x", 1, &err));
    REFUSED(prism_doc_add(w.doc, NULL, "x", 1, &err));
    REFUSED(prism_doc_add(w.doc, "id", NULL, 1, &err));
    prism_doc_clear(NULL);
    prism_doc_free(NULL);
    unmake(&w);
}
END_TEST

START_TEST(indexes_and_snapshots) {
    world w;
    make(&w);
    prism_index *index;
    prism_snapshot *snap;
    char *json;
    uint64_t n = 9;
    size_t len = 9;
    REFUSED(prism_index_create("x", NULL, NULL, NULL, &err));
    REFUSED_OUT(index, prism_index_create(NULL, NULL, NULL, &index, &err));
    REFUSED(prism_index_open("x", NULL, NULL, &err));
    REFUSED_OUT(index, prism_index_open(NULL, NULL, &index, &err));
    REFUSED(prism_snapshot_open(w.index, NULL, &err));
    REFUSED_OUT(snap, prism_snapshot_open(NULL, &snap, &err));
    REFUSED(prism_snapshot_refresh(w.snap, NULL, &err));
    REFUSED_OUT(snap, prism_snapshot_refresh(NULL, &snap, &err));
    REFUSED(prism_snapshot_info(w.snap, NULL, &err));
    REFUSED_OUT(json, prism_snapshot_info(NULL, &json, &err));
    REFUSED(prism_document_find(w.snap, "a", 1, NULL, &err));
    REFUSED(prism_document_find(w.snap, NULL, 1, &n, &err));
    ck_assert_uint_eq(n, 0);
    REFUSED(prism_document_find(NULL, "a", 1, &n, &err));
    ck_assert_int_eq(prism_document_find(w.snap, NULL, 0, &n, &err), PRISM_ENOTFOUND);
    REFUSED(prism_document_get(w.snap, 0, NULL, NULL, &err));
    REFUSED_OUT(json, prism_document_get(NULL, 0, &json, &len, &err));
    ck_assert_uint_eq(len, 0);
    REFUSED(prism_document_each(NULL, NULL, NULL, &err));
    REFUSED(prism_document_each(w.snap, NULL, NULL, &err));
    REFUSED(prism_snapshot_terms(w.snap, "body", "", 0, NULL, NULL, &err));
    ck_assert_uint_eq(prism_snapshot_generation(NULL) + prism_snapshot_documents(NULL) +
                          prism_snapshot_deleted(NULL) + prism_snapshot_segments(NULL),
                      0);
    ck_assert(prism_snapshot_uuid(NULL) == NULL && prism_snapshot_schema(NULL) == NULL);
    ck_assert(prism_index_schema(NULL) == NULL && prism_snapshot_ref(NULL) == NULL);
    ck_assert_ptr_null(prism_snapshot_payload(NULL, NULL));
    ck_assert_mem_eq(prism_snapshot_payload(w.snap, &len), "pay", 3);
    ck_assert_uint_eq(len, 3);
    prism_index_close(NULL);
    prism_snapshot_unref(NULL);
    prism_free_text(NULL);
    unmake(&w);
}
END_TEST

START_TEST(writers) {
    world w;
    make(&w);
    prism_writer *writer;
    prism_snapshot *snap;
    prism_writer_stats stats = {.size = sizeof stats};
    uint64_t n = 9;
    REFUSED(prism_writer_open(w.index, NULL, NULL, &err));
    REFUSED_OUT(writer, prism_writer_open(NULL, NULL, &writer, &err));
    REFUSED(prism_writer_put_json(NULL, text, strlen(text), 0, &err));
    REFUSED(prism_writer_put_json(w.writer, NULL, 3, 0, &err));
    REFUSED(prism_writer_put_json(w.writer, text, strlen(text), 2, &err));
    REFUSED(prism_writer_put(NULL, w.doc, 0, &err));
    REFUSED(prism_writer_put(w.writer, NULL, 0, &err));
    REFUSED(prism_writer_delete(NULL, "a", 1, &n, &err));
    ck_assert_uint_eq(n, 0);
    REFUSED(prism_writer_delete(w.writer, NULL, 1, NULL, &err));
    n = 9; /* an empty text may be NULL */
    ck_assert_int_eq(prism_writer_delete(w.writer, NULL, 0, &n, &err), PRISM_OK);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(prism_writer_put_json(w.writer, NULL, 0, 0, &err), PRISM_EPARSE);
    prism_put_opts put = PRISM_PUT_OPTS_INIT;
    REFUSED(prism_writer_put_json_with(NULL, "{}", 2, &put, &err));
    REFUSED(prism_writer_put_json_with(w.writer, NULL, 1, &put, &err));
    put.flags = 2;
    REFUSED(prism_writer_put_json_with(w.writer, "{}", 2, &put, &err));
    put = (prism_put_opts){.flags = 0};
    REFUSED(prism_writer_put_json_with(w.writer, "{}", 2, &put, &err));
    ck_assert_int_eq(prism_writer_put_json_with(w.writer, NULL, 0, NULL, &err), PRISM_EPARSE);
    n = 9;
    REFUSED(prism_writer_delete_query(NULL, w.query, &n, &err));
    ck_assert_uint_eq(n, 0);
    REFUSED(prism_writer_delete_query(w.writer, NULL, NULL, &err));
    n = 9;
    REFUSED(prism_writer_commit(NULL, NULL, 0, &n, &err));
    ck_assert_uint_eq(n, 0);
    REFUSED(prism_writer_commit(w.writer, NULL, 1, NULL, &err));
    n = 9;
    REFUSED(prism_writer_commit_with(NULL, NULL, &n, &err));
    ck_assert_uint_eq(n, 0);
    prism_commit_opts commit = PRISM_COMMIT_OPTS_INIT;
    commit.payload_len = 1;
    REFUSED(prism_writer_commit_with(w.writer, &commit, NULL, &err));
    commit = (prism_commit_opts){.payload_len = 0};
    REFUSED(prism_writer_commit_with(w.writer, &commit, NULL, &err));
    ck_assert_int_eq(prism_writer_commit_with(w.writer, NULL, &n, &err), PRISM_OK);
    REFUSED(prism_writer_schema_ref(w.writer, NULL, &err));
    prism_schema *own;
    REFUSED_OUT(own, prism_writer_schema_ref(NULL, &own, &err));
    REFUSED(prism_writer_rollback(NULL, &err));
    REFUSED(prism_writer_snapshot(w.writer, NULL, &err));
    REFUSED_OUT(snap, prism_writer_snapshot(NULL, &snap, &err));
    const char *paths[] = {NULL};
    REFUSED(prism_writer_add_segments(NULL, NULL, 0, NULL, NULL, &err));
    REFUSED(prism_writer_add_segments(w.writer, NULL, 1, NULL, NULL, &err));
    REFUSED(prism_writer_add_segments(w.writer, paths, 1, NULL, NULL, &err));
    ck_assert_int_eq(prism_writer_add_segments(w.writer, paths, 0, NULL, NULL, &err), PRISM_OK);
    REFUSED(prism_writer_merge(NULL, 1, NULL, NULL, &err));
    REFUSED(prism_writer_merge(w.writer, 0, NULL, NULL, &err));
    REFUSED(prism_writer_set_schema(NULL, prism_index_schema(w.index), &err));
    REFUSED(prism_writer_set_schema(w.writer, NULL, &err));
    REFUSED(prism_writer_get_stats(NULL, &stats, &err));
    REFUSED(prism_writer_get_stats(w.writer, NULL, &err));
    prism_writer_close(NULL);
    ck_assert(prism_writer_schema(NULL) == NULL && prism_writer_schema(w.writer) != NULL);
    ck_assert_int_eq(prism_writer_get_stats(w.writer, &stats, &err), PRISM_OK);
    ck_assert_uint_eq(stats.documents_put, 1);
    unmake(&w);
}
END_TEST

START_TEST(queries) {
    world w;
    make(&w);
    prism_query *query;
    char *json;
    prism_clause clause = {w.query, PRISM_MUST}, bad = {NULL, PRISM_MUST},
                 odd = {w.query, (prism_occur)4};
    REFUSED(prism_query_parse(w.schema, "x", 1, NULL, NULL, &err));
    REFUSED_OUT(query, prism_query_parse(NULL, "x", 1, NULL, &query, &err));
    REFUSED_OUT(query, prism_query_parse(w.schema, NULL, 1, NULL, &query, &err));
    REFUSED(prism_query_to_json(w.query, NULL, &err));
    REFUSED_OUT(json, prism_query_to_json(NULL, &json, &err));
    REFUSED(prism_query_from_json(w.schema, "{}", 2, NULL, &err));
    REFUSED_OUT(query, prism_query_from_json(NULL, "{}", 2, &query, &err));
    REFUSED_OUT(query, prism_query_from_json(w.schema, NULL, 2, &query, &err));
    REFUSED(prism_query_term(w.schema, NULL, "x", 1, NULL, &err));
    REFUSED_OUT(query, prism_query_term(NULL, NULL, "x", 1, &query, &err));
    REFUSED_OUT(query, prism_query_phrase(w.schema, NULL, NULL, 1, &query, &err));
    REFUSED_OUT(query, prism_query_prefix(w.schema, "none", "x", 1, &query, &err));
    REFUSED_OUT(query, prism_query_near(w.schema, NULL, "x y", 3, UINT32_MAX, &query, &err));
    REFUSED(prism_query_range(w.schema, "date", "2025", 4, NULL, 0, 0, NULL, &err));
    REFUSED_OUT(query, prism_query_range(NULL, "date", "2025", 4, NULL, 0, 0, &query, &err));
    REFUSED_OUT(query, prism_query_range(w.schema, NULL, "2025", 4, NULL, 0, 0, &query, &err));
    REFUSED_OUT(query, prism_query_range(w.schema, "date", NULL, 4, NULL, 0, 0, &query, &err));
    REFUSED_OUT(query, prism_query_range(w.schema, "date", NULL, 0, NULL, 4, 0, &query, &err));
    REFUSED_OUT(query, prism_query_range(w.schema, "date", NULL, 0, NULL, 0, 4, &query, &err));
    REFUSED_OUT(query, prism_query_range(w.schema, "date", "soon", 4, NULL, 0, 0, &query, &err));
    REFUSED_OUT(query, prism_query_range(w.schema, "body", "a", 1, NULL, 0, 0, &query, &err));
    REFUSED(prism_query_exists(w.schema, "date", NULL, &err));
    REFUSED_OUT(query, prism_query_exists(NULL, "date", &query, &err));
    REFUSED_OUT(query, prism_query_exists(w.schema, NULL, &query, &err));
    REFUSED(prism_query_all(w.schema, NULL, &err));
    REFUSED_OUT(query, prism_query_all(NULL, &query, &err));
    ck_assert_int_eq(prism_query_range(w.schema, "nosuch", "a", 1, NULL, 0, 0, &query, &err),
                     PRISM_ENOTFOUND);
    ck_assert_ptr_null(query);
    ck_assert_int_eq(prism_query_range(w.schema, "date", "2025", 4, NULL, 0, PRISM_RANGE_OPEN_FROM,
                                       &query, NULL),
                     PRISM_OK);
    ck_assert_str_eq(prism_query_shape(query), "range");
    prism_query_unref(query);
    REFUSED(prism_query_bool(&clause, 1, 0, NULL, &err));
    REFUSED_OUT(query, prism_query_bool(NULL, 1, 0, &query, &err));
    REFUSED_OUT(query, prism_query_bool(&clause, 0, 0, &query, &err));
    REFUSED_OUT(query, prism_query_bool(&bad, 1, 0, &query, &err));
    REFUSED_OUT(query, prism_query_bool(&odd, 1, 0, &query, &err));
    REFUSED_OUT(query, prism_query_bool(&clause, 1, 1, &query, &err));
    REFUSED(prism_query_boost(w.query, 1.0, NULL, &err));
    REFUSED_OUT(query, prism_query_boost(NULL, 1.0, &query, &err));
    REFUSED_OUT(query, prism_query_boost(w.query, -1.0, &query, &err));
    REFUSED_OUT(query, prism_query_boost(w.query, 0.0 / (double)(w.gdoc * 0), &query, &err));
    REFUSED(prism_analyze(w.schema, NULL, "x", 1, NULL, NULL, &err));
    ck_assert_ptr_null(prism_query_ref(NULL));
    prism_query_unref(NULL);
    ck_assert_str_eq(prism_query_shape(NULL), "none");
    ck_assert_int_eq(prism_query_bool(&clause, 1, 0, &query, &err), PRISM_OK);
    ck_assert_str_eq(prism_query_shape(query), "term");
    prism_query_unref(query);
    unmake(&w);
}
END_TEST

START_TEST(answers) {
    world w;
    make(&w);
    prism_hits *hits;
    prism_snippet *snippet;
    prism_stats *stats;
    prism_hit hit;
    prism_fragment fragment;
    char *json;
    const prism_hits *parts[] = {w.hits, NULL};
    REFUSED(prism_search(w.snap, w.query, NULL, NULL, &err));
    REFUSED_OUT(hits, prism_search(NULL, w.query, NULL, &hits, &err));
    REFUSED_OUT(hits, prism_search(w.snap, NULL, NULL, &hits, &err));
    REFUSED(prism_hits_encode(w.hits, NULL, &err));
    REFUSED_OUT(json, prism_hits_encode(NULL, &json, &err));
    REFUSED(prism_hits_decode("{}", 2, NULL, &err));
    REFUSED_OUT(hits, prism_hits_decode(NULL, 2, &hits, &err));
    REFUSED(prism_hits_merge(parts, 1, 1, 0, NULL, &err));
    REFUSED_OUT(hits, prism_hits_merge(parts, 2, 1, 0, &hits, &err));
    REFUSED_OUT(hits, prism_hits_merge(parts, 0, 1, 0, &hits, &err));
    REFUSED(prism_hits_next(w.hits, 0, NULL, &err));
    REFUSED_OUT(json, prism_hits_next(NULL, 0, &json, &err));
    REFUSED_OUT(json, prism_hits_next(w.hits, 1, &json, &err));
    prism_sort_value value;
    prism_hits_sort_value(NULL, 0, 0, &value);
    ck_assert(value.kind == PRISM_SORT_MISSING && value.text == NULL);
    ck_assert_uint_eq(prism_hits_sort_count(NULL), 0);
    ck_assert(prism_hits_complete(NULL) == 0 && prism_hits_shift(NULL) == 0);
    prism_hits_get(NULL, 0, &hit);
    ck_assert_str_eq(hit.key, "");
    prism_hits_free(NULL);
    REFUSED(prism_snippet_make(w.snap, w.query, 0, "body", NULL, NULL, &err));
    REFUSED_OUT(snippet, prism_snippet_make(NULL, w.query, 0, "body", NULL, &snippet, &err));
    REFUSED_OUT(snippet, prism_snippet_make(w.snap, NULL, 0, "body", NULL, &snippet, &err));
    REFUSED_OUT(snippet, prism_snippet_make(w.snap, w.query, 0, NULL, NULL, &snippet, &err));
    ck_assert_uint_eq(prism_snippet_count(NULL), 0);
    prism_snippet_get(NULL, 0, &fragment);
    ck_assert_str_eq(fragment.text, "");
    prism_snippet_free(NULL);
    REFUSED(prism_stats_collect(w.snap, w.query, NULL, &err));
    REFUSED_OUT(stats, prism_stats_collect(NULL, w.query, &stats, &err));
    REFUSED_OUT(stats, prism_stats_collect(w.snap, NULL, &stats, &err));
    REFUSED(prism_stats_merge(NULL, w.stats, &err));
    REFUSED(prism_stats_merge(w.stats, NULL, &err));
    REFUSED(prism_stats_to_json(w.stats, NULL, &err));
    REFUSED_OUT(json, prism_stats_to_json(NULL, &json, &err));
    REFUSED(prism_stats_from_json("{}", 2, NULL, &err));
    REFUSED_OUT(stats, prism_stats_from_json(NULL, 2, &stats, &err));
    prism_stats_free(NULL);
    unmake(&w);
}
END_TEST

/* Callers of older headers have smaller options, those of newer ones larger: both are served. */
START_TEST(options_of_any_size) {
    world w;
    make(&w);
    prism_schema *schema;
    prism_query *query;
    struct {
        prism_query_opts opts;
        int more;
    } newer = {PRISM_QUERY_OPTS_INIT, 7};
    prism_query_opts older = PRISM_QUERY_OPTS_INIT;
    prism_field_options field = PRISM_FIELD_OPTIONS_INIT;
    newer.opts.size = sizeof newer;
    ck_assert_int_eq(prism_query_parse(w.schema, "x", 1, &newer.opts, &query, &err), PRISM_OK);
    prism_query_unref(query);
    older.size = offsetof(prism_query_opts, strict);
    older.strict = 1; /* beyond its size: must not count */
    ck_assert_int_eq(prism_query_parse(w.schema, "x)", 2, &older, &query, &err), PRISM_OK);
    prism_query_unref(query);
    older.size = sizeof older.size - 1;
    REFUSED_OUT(query, prism_query_parse(w.schema, "x", 1, &older, &query, &err));
    ck_assert_int_eq(prism_schema_new(&schema, NULL), PRISM_OK);
    field.size = offsetof(prism_field_options, analyzer);
    field.analyzer = "beyond";
    ck_assert_int_eq(prism_schema_add_field(schema, "a", PRISM_FIELD_TEXT, &field, 0, &err),
                     PRISM_OK);
    field.size = 0;
    REFUSED(prism_schema_add_field(schema, "b", PRISM_FIELD_TEXT, &field, 0, &err));
    prism_schema_unref(schema);
    unmake(&w);
}
END_TEST

/* What the Errors of a comment promise beyond arguments, where a test would be one line. */
START_TEST(errors_that_are_promised) {
    world w;
    make(&w);
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_index *index;
    prism_writer *second;
    prism_snippet *snippet;
    prism_query *query;
    char *json;
    uint64_t gdoc;
    const char *path = test_temp_dir();
    char file[4096], missing[4096];
    snprintf(file, sizeof file, "%s/file", path);
    snprintf(missing, sizeof missing, "%s/no/such", path);
    FILE *f = fopen(file, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_int_eq(prism_index_open(path, NULL, &index, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_index_open(missing, NULL, &index, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_index_open(file, NULL, &index, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_index_create(missing, NULL, NULL, &index, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_index_create(file, NULL, NULL, &index, NULL), PRISM_EINVAL);
    opts.read_only = 1;
    ck_assert_int_eq(prism_index_create(path, NULL, &opts, &index, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, &index, NULL), PRISM_OK);
    prism_index_close(index);
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, &index, NULL), PRISM_EEXISTS);
    ck_assert_int_eq(prism_index_open(path, &opts, &index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(index, NULL, &second, NULL), PRISM_EREADONLY);
    prism_index_close(index);
    ck_assert_int_eq(prism_writer_open(w.index, NULL, &second, NULL), PRISM_EBUSY);
    ck_assert_int_eq(prism_document_find(w.snap, "b", 1, &gdoc, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_document_get(w.snap, 1, &json, NULL, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_snippet_make(w.snap, w.query, w.gdoc, "no", NULL, &snippet, NULL),
                     PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_snippet_make(w.snap, w.query, 1, "title", NULL, &snippet, NULL),
                     PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_doc_add(w.doc, "no", "x", 1, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_doc_add(w.doc, "date", "soon", 4, NULL), PRISM_EREJECTED);
    ck_assert_int_eq(prism_doc_add(w.doc, "id", "", 0, NULL), PRISM_EREJECTED);
    ck_assert_int_eq(prism_query_from_json(w.schema, "{", 1, &query, NULL), PRISM_EPARSE);
    unmake(&w);
}
END_TEST

TEST_SUITE(api_contract, schemas_and_documents, indexes_and_snapshots, writers, queries, answers,
           options_of_any_size, errors_that_are_promised)
