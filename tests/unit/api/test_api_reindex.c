/* test_api_reindex.c - reindex and upgrade as a caller meets them: arguments, files on disk, an
 * index whose tokenizer is of another version. */
#include "harness/test.h"

#include <prismsearch.h>
#include <stdio.h>

/* One token a text: its first letter, or its whole under version 2. */
static prism_status cut(void *ctx, const char *text, size_t len, prism_token_fn emit,
                        void *emit_ctx, prism_error *err) {
    size_t n = ctx != NULL ? len : 1;
    prism_token token = {.term = text, .len = n, .end = n};
    (void)err;
    return emit(emit_ctx, &token) != 0 ? PRISM_ECANCELED : PRISM_OK;
}

static prism_tokenizers *make_set(const char *version) {
    prism_tokenizers *set;
    prism_tokenizer t = PRISM_TOKENIZER_INIT;
    t.name = "mine";
    t.version = version;
    t.tokenize = cut;
    t.ctx = version[0] == '2' ? &t : NULL; /* only whether it is there is looked at */
    ck_assert_int_eq(prism_tokenizers_new(&set, NULL), PRISM_OK);
    ck_assert_int_eq(prism_tokenizers_add(set, &t, NULL), PRISM_OK);
    return set;
}

static prism_index_opts opts_with(prism_tokenizers *set) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.tokenizers = set;
    return opts;
}

static const char schema_text[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"body\",\"type\":\"text\",\"analyzer\":\"mine\"}]}";

static void make_index(const char *path, prism_tokenizers *set) {
    static const char *const docs[] = {"{\"id\":\"a\",\"body\":\"apple\"}",
                                       "{\"id\":\"b\",\"body\":\"avocado\"}"};
    prism_index_opts opts = opts_with(set);
    prism_schema *schema;
    prism_index *index;
    prism_writer *writer;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prism_schema_from_json_with(schema_text, strlen(schema_text), set, &schema,
                                                 &err),
                     PRISM_OK);
    ck_assert_int_eq(prism_index_create(path, schema, &opts, &index, &err), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, &err), PRISM_OK);
    for (size_t i = 0; i < PRS_COUNT(docs); i++)
        ck_assert_int_eq(prism_writer_put_json(writer, docs[i], strlen(docs[i]), 0, &err),
                         PRISM_OK);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, &err), PRISM_OK);
    prism_writer_close(writer);
    prism_index_close(index);
    prism_schema_unref(schema);
}

/* Documents found for a word; or the status of opening, which is negative. */
static int count(const char *path, prism_tokenizers *set, const char *word) {
    prism_index_opts opts = opts_with(set);
    prism_index *index = NULL;
    prism_snapshot *snap = NULL;
    prism_query *query = NULL;
    prism_hits *hits = NULL;
    prism_status status = prism_index_open(path, &opts, &index, NULL);
    if (status == PRISM_OK) status = prism_snapshot_open(index, &snap, NULL);
    if (status == PRISM_OK)
        status =
            prism_query_term(prism_snapshot_schema(snap), "body", word, strlen(word), &query, NULL);
    if (status == PRISM_OK) status = prism_search(snap, query, NULL, &hits, NULL);
    int n = status == PRISM_OK ? (int)prism_hits_count(hits) : status;
    prism_hits_free(hits);
    prism_query_unref(query);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return n;
}

START_TEST(an_index_cut_by_other_rules_is_reindexed) {
    char path[512];
    snprintf(path, sizeof path, "%s/ix", test_temp_dir());
    prism_tokenizers *one = make_set("1"), *two = make_set("2");
    prism_index_opts opts = opts_with(two);
    prism_error err = PRISM_ERROR_INIT;
    uint64_t generation = 0;
    make_index(path, one);
    ck_assert_int_eq(count(path, one, "avocado"), 2); /* both begin with a */
    ck_assert_int_eq(count(path, two, "avocado"), PRISM_EANALYZER);
    ck_assert_int_eq(prism_index_reindex(path, NULL, NULL, NULL, NULL, NULL, NULL, &err),
                     PRISM_EANALYZER); /* whose is "mine"? */
    ck_assert_ptr_nonnull(strstr(err.text, "mine"));
    ck_assert_int_eq(prism_index_upgrade(path, &opts, NULL, NULL, NULL, &err), PRISM_EANALYZER);
    ck_assert_ptr_nonnull(strstr(err.text, "reindex"));
    ck_assert_int_eq(prism_index_reindex(path, NULL, &opts, NULL, NULL, NULL, &generation, &err),
                     PRISM_OK);
    ck_assert_uint_eq(generation, 3);
    ck_assert_int_eq(count(path, two, "avocado"), 1);
    ck_assert_int_eq(count(path, one, "avocado"), PRISM_EANALYZER);
    prism_tokenizers_unref(one);
    prism_tokenizers_unref(two);
}
END_TEST

START_TEST(a_lost_tokenizer_is_left_behind) {
    char path[512], to[512];
    const char *dir = test_temp_dir();
    snprintf(path, sizeof path, "%s/ix", dir);
    snprintf(to, sizeof to, "%s/new", dir);
    prism_tokenizers *one = make_set("1");
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema;
    prism_reindex_opts opts = PRISM_REINDEX_OPTS_INIT;
    static const char plain[] =
        "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
        "{\"name\":\"body\",\"type\":\"text\"}]}";
    make_index(path, one);
    ck_assert_int_eq(prism_schema_from_json(plain, strlen(plain), &schema, &err), PRISM_OK);
    opts.to = to;
    ck_assert_int_eq(prism_index_reindex(path, schema, NULL, &opts, NULL, NULL, NULL, &err),
                     PRISM_OK);
    ck_assert_int_eq(count(to, NULL, "avocado"), 1);
    ck_assert_int_eq(count(path, one, "avocado"), 2);
    ck_assert_int_eq(prism_index_reindex(path, schema, NULL, &opts, NULL, NULL, NULL, &err),
                     PRISM_EEXISTS);
    ck_assert_str_eq(err.file, to);
    ck_assert_int_eq(prism_index_reindex(path, schema, NULL, NULL, NULL, NULL, NULL, &err),
                     PRISM_OK);
    ck_assert_int_eq(count(path, NULL, "avocado"), 1);
    prism_schema_unref(schema);
    prism_tokenizers_unref(one);
}
END_TEST

START_TEST(a_field_is_added_with_a_tokenizer_of_the_index) {
    char path[512];
    snprintf(path, sizeof path, "%s/ix", test_temp_dir());
    prism_tokenizers *one = make_set("1");
    prism_index_opts opts = opts_with(one);
    prism_field_options field = PRISM_FIELD_OPTIONS_INIT;
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index;
    prism_writer *writer;
    prism_schema *schema;
    static const char doc[] = "{\"id\":\"c\",\"more\":\"quince\"}";
    make_index(path, one);
    ck_assert_int_eq(prism_index_open(path, &opts, &index, &err), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, &err), PRISM_OK);
    ck_assert_int_eq(prism_schema_copy(prism_writer_schema(writer), &schema, &err), PRISM_OK);
    field.analyzer = "mine";
    ck_assert_msg(prism_schema_add_field(schema, "more", PRISM_FIELD_TEXT, &field, 0, &err) ==
                      PRISM_OK,
                  "%s", err.text);
    ck_assert_int_eq(prism_writer_set_schema(writer, schema, &err), PRISM_OK);
    prism_schema_unref(schema);
    ck_assert_int_eq(prism_writer_put_json(writer, doc, strlen(doc), 0, &err), PRISM_OK);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, &err), PRISM_OK);
    prism_writer_close(writer);
    prism_index_close(index);
    ck_assert_int_eq(prism_index_open(path, &opts, &index, &err), PRISM_OK);
    prism_snapshot *snap;
    prism_query *query;
    prism_hits *hits;
    ck_assert_int_eq(prism_snapshot_open(index, &snap, &err), PRISM_OK);
    ck_assert_int_eq(prism_query_parse(prism_snapshot_schema(snap), "more:quark", 10, NULL, &query,
                                       &err),
                     PRISM_OK); /* its first letter */
    ck_assert_int_eq(prism_search(snap, query, NULL, &hits, &err), PRISM_OK);
    ck_assert_uint_eq(prism_hits_count(hits), 1);
    prism_hits_free(hits);
    prism_query_unref(query);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    prism_tokenizers_unref(one);
}
END_TEST

START_TEST(arguments) {
    char path[512];
    snprintf(path, sizeof path, "%s/ix", test_temp_dir());
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_reindex_opts how = PRISM_REINDEX_OPTS_INIT;
    uint64_t n = 9;
    ck_assert_int_eq(prism_index_reindex(NULL, NULL, NULL, NULL, NULL, NULL, &n, &err),
                     PRISM_EINVAL);
    ck_assert_uint_eq(n, 0);
    n = 9;
    ck_assert_int_eq(prism_index_upgrade(NULL, NULL, NULL, NULL, &n, &err), PRISM_EINVAL);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(prism_index_reindex(path, NULL, NULL, NULL, NULL, NULL, NULL, &err),
                     PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_index_upgrade(path, NULL, NULL, NULL, NULL, &err), PRISM_ENOTFOUND);
    how.memory = 1000;
    ck_assert_int_eq(prism_index_reindex(path, NULL, NULL, &how, NULL, NULL, NULL, &err),
                     PRISM_EINVAL);
    how.size = 0;
    ck_assert_int_eq(prism_index_reindex(path, NULL, NULL, &how, NULL, NULL, NULL, &err),
                     PRISM_EINVAL);
    opts.in_memory = 1;
    ck_assert_int_eq(prism_index_reindex(path, NULL, &opts, NULL, NULL, NULL, NULL, &err),
                     PRISM_EINVAL);
    opts.in_memory = 0;
    opts.read_only = 1;
    ck_assert_int_eq(prism_index_upgrade(path, &opts, NULL, NULL, NULL, &err), PRISM_EREADONLY);
    opts.size = 0;
    ck_assert_int_eq(prism_index_upgrade(path, &opts, NULL, NULL, NULL, &err), PRISM_EINVAL);
}
END_TEST

START_TEST(todays_index_needs_no_upgrade) {
    char path[512];
    snprintf(path, sizeof path, "%s/ix", test_temp_dir());
    prism_index *index;
    prism_error err = PRISM_ERROR_INIT;
    uint64_t n = 9;
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, &index, &err), PRISM_OK);
    ck_assert_int_eq(prism_index_upgrade(path, NULL, NULL, NULL, &n, &err), PRISM_OK);
    ck_assert_uint_eq(n, 0);
    prism_snapshot *snap;
    ck_assert_int_eq(prism_snapshot_open(index, &snap, &err), PRISM_OK);
    ck_assert_uint_eq(prism_snapshot_generation(snap), 1);
    prism_snapshot_unref(snap);
    prism_index_close(index);
}
END_TEST

TEST_SUITE(api_reindex, an_index_cut_by_other_rules_is_reindexed, a_lost_tokenizer_is_left_behind,
           a_field_is_added_with_a_tokenizer_of_the_index, arguments, todays_index_needs_no_upgrade)
