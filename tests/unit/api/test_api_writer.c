/* test_api_writer.c - do the exported functions of writer.h refuse bad arguments and pass good ones
 * on? */
#include "harness/test.h"

#include <prismsearch.h>

#include <pthread.h>
#include <stdatomic.h>

static prism_index *new_index(void) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_index *index;
    opts.in_memory = 1;
    ck_assert_int_eq(prism_index_create("", NULL, &opts, &index, NULL), PRISM_OK);
    return index;
}

START_TEST(null_arguments) {
    prism_index *index = new_index();
    prism_writer *writer;
    prism_writer_stats stats = {.size = sizeof stats};
    ck_assert_int_eq(prism_writer_open(NULL, NULL, &writer, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_writer_open(index, NULL, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_writer_put_json(NULL, "{}", 2, 0, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_writer_put(NULL, NULL, 0, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_writer_delete(NULL, "x", 1, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_writer_commit(NULL, NULL, 0, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_writer_rollback(NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_writer_merge(NULL, 1, NULL, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_writer_get_stats(NULL, &stats, NULL), PRISM_EINVAL);
    prism_writer_close(NULL);
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put_json(writer, NULL, 2, 0, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_writer_put_json(writer, "{}", 2, 2, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_writer_delete(writer, NULL, 1, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 1, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_writer_merge(writer, 0, NULL, NULL, NULL), PRISM_EINVAL);
    stats.size = 1;
    ck_assert_int_eq(prism_writer_get_stats(writer, &stats, NULL), PRISM_EINVAL);
    prism_writer_close(writer);
    prism_index_close(index);
}
END_TEST

START_TEST(options_are_checked) {
    prism_index *index = new_index();
    prism_writer *writer;
    static const struct {
        size_t memory;
        unsigned threads;
        int keep;
        prism_status want;
    } cases[] = {{1 << 20, 1, 0, PRISM_EINVAL}, {0, 257, 0, PRISM_EINVAL},
                 {0, 1, -1, PRISM_EINVAL},      {0, 1, 1001, PRISM_EINVAL},
                 {0, 2, 0, PRISM_OK},           {16 << 20, 0, 1, PRISM_OK}};
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
        opts.memory = cases[i].memory;
        opts.threads = cases[i].threads;
        opts.keep_commits = cases[i].keep;
        ck_assert_int_eq(prism_writer_open(index, &opts, &writer, NULL), cases[i].want);
        prism_writer_close(writer);
    }
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    prism_error err = PRISM_ERROR_INIT;
    opts.reorder = "nothing";
    ck_assert_int_eq(prism_writer_open(index, &opts, &writer, &err), PRISM_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "\"nothing\""));
    opts.reorder = "random:7";
    ck_assert_int_eq(prism_writer_open(index, &opts, &writer, NULL), PRISM_OK);
    prism_writer_close(writer);
    opts.size = 0;
    ck_assert_int_eq(prism_writer_open(index, &opts, &writer, NULL), PRISM_EINVAL);
    prism_index_close(index);
}
END_TEST

START_TEST(a_document_built_by_hand) {
    prism_index *index = new_index();
    prism_writer *writer;
    prism_doc *doc, *other;
    prism_schema *schema;
    prism_snapshot *snap;
    uint64_t gdoc;
    char *json;
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_doc_new(prism_index_schema(index), &doc, NULL), PRISM_OK);
    ck_assert_int_eq(prism_doc_add(doc, "id", "a", 1, NULL), PRISM_OK);
    ck_assert_int_eq(prism_doc_add(doc, "title", "one", 3, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put(writer, doc, 0, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put(writer, doc, 0, NULL), PRISM_OK); /* replaces itself */
    ck_assert_int_eq(prism_schema_new(&schema, NULL), PRISM_OK);
    ck_assert_int_eq(prism_schema_add_field(schema, "id", PRISM_FIELD_KEYWORD, NULL, 1, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prism_doc_new(schema, &other, NULL), PRISM_OK);
    ck_assert_int_eq(prism_doc_add(other, "id", "b", 1, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put(writer, other, 0, NULL), PRISM_EINVAL); /* another schema */
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_snapshot_documents(snap), 1);
    ck_assert_int_eq(prism_document_find(snap, "a", 1, &gdoc, NULL), PRISM_OK);
    ck_assert_int_eq(prism_document_get(snap, gdoc, &json, NULL, NULL), PRISM_OK);
    ck_assert_str_eq(json, "{\"id\":\"a\",\"title\":\"one\"}");
    prism_free_text(json);
    prism_snapshot_unref(snap);
    prism_doc_free(doc);
    prism_doc_free(other);
    prism_schema_unref(schema);
    prism_writer_close(writer);
    prism_index_close(index);
}
END_TEST

/* ---- a schema beside its changes ------------------------------------------------------------- */

typedef struct changing {
    prism_writer *writer;
    atomic_bool stop;
    atomic_uint n_wrong;
} changing;

static void *change_on(void *arg) {
    changing *c = arg;
    for (int i = 0; !atomic_load(&c->stop); i++) {
        prism_schema *copy = NULL, *now = NULL;
        bool good =
            prism_writer_schema_ref(c->writer, &now, NULL) == PRISM_OK &&
            prism_schema_copy(now, &copy, NULL) == PRISM_OK &&
            prism_schema_add_field(copy, "more", PRISM_FIELD_I64, NULL, 0, NULL) == PRISM_OK &&
            prism_writer_set_schema(c->writer, copy, NULL) == PRISM_OK &&
            prism_writer_rollback(c->writer, NULL) == PRISM_OK;
        if (!good) atomic_fetch_add(&c->n_wrong, 1);
        prism_schema_unref(copy);
        prism_schema_unref(now);
    }
    return NULL;
}

START_TEST(a_schema_beside_its_changes) {
    changing c = {0};
    pthread_t thread;
    prism_schema *last = NULL;
    prism_index *index = new_index();
    ck_assert_int_eq(prism_writer_open(index, NULL, &c.writer, NULL), PRISM_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, change_on, &c), 0);
    for (int i = 0; i < 2000; i++) {
        const char *json;
        size_t len;
        prism_schema_unref(last);
        ck_assert_int_eq(prism_writer_schema_ref(c.writer, &last, NULL), PRISM_OK);
        ck_assert_int_eq(prism_schema_to_json(last, &json, &len, NULL), PRISM_OK);
        TEST_NEED(len == strlen(json));
    }
    atomic_store(&c.stop, true);
    pthread_join(thread, NULL);
    ck_assert_uint_eq(atomic_load(&c.n_wrong), 0);
    prism_writer_close(c.writer);
    prism_index_close(index);
    const char *json; /* it outlives both */
    ck_assert_int_eq(prism_schema_to_json(last, &json, NULL, NULL), PRISM_OK);
    prism_schema_unref(last);
}
END_TEST

TEST_SUITE(api_writer, a_schema_beside_its_changes, null_arguments, options_are_checked,
           a_document_built_by_hand)
