/* test_api_index.c - do the exported functions of index.h refuse bad arguments and pass good ones
 * on? */
#include "harness/test.h"

#include <prismsearch.h>

START_TEST(null_arguments) {
    prism_index *index = NULL;
    prism_snapshot *snap = NULL;
    uint64_t n;
    char *json;
    ck_assert_int_eq(prism_index_create(NULL, NULL, NULL, &index, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_index_create("x", NULL, NULL, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_index_open(NULL, NULL, &index, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_index_open("x", NULL, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_snapshot_open(NULL, &snap, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_snapshot_refresh(NULL, &snap, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_snapshot_info(NULL, &json, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_document_find(NULL, "x", 1, &n, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_document_get(NULL, 0, &json, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_snapshot_terms(NULL, "f", "", 0, NULL, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_index_check(NULL, PRISM_CHECK_QUICK, NULL, NULL, NULL, NULL, NULL, &n,
                                       NULL),
                     PRISM_EINVAL);
    ck_assert_int_eq(prism_index_check("x", (prism_check_level)9, NULL, NULL, NULL, NULL, NULL, &n,
                                       NULL),
                     PRISM_EINVAL);
    ck_assert_int_eq(prism_index_check("x", PRISM_CHECK_QUICK, NULL, NULL, NULL, NULL, NULL, NULL,
                                       NULL),
                     PRISM_EINVAL);
    ck_assert_uint_eq(prism_snapshot_generation(NULL), 0);
    ck_assert_uint_eq(prism_snapshot_documents(NULL), 0);
    ck_assert_uint_eq(prism_snapshot_deleted(NULL), 0);
    ck_assert_uint_eq(prism_snapshot_segments(NULL), 0);
    ck_assert_ptr_null(prism_snapshot_uuid(NULL));
    ck_assert_ptr_null(prism_snapshot_schema(NULL));
    ck_assert_ptr_null(prism_index_schema(NULL));
    ck_assert_ptr_null(prism_snapshot_ref(NULL));
    prism_snapshot_unref(NULL);
    prism_index_close(NULL);
    prism_free_text(NULL);
}
END_TEST

START_TEST(options_of_any_size) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_index *index;
    opts.in_memory = 1;
    opts.size = 4;
    ck_assert_int_eq(prism_index_create("", NULL, &opts, &index, NULL), PRISM_EINVAL);
    opts.size = sizeof opts;
    opts.checksums = (prism_checksums)7;
    ck_assert_int_eq(prism_index_create("", NULL, &opts, &index, NULL), PRISM_EINVAL);
    opts.checksums = PRISM_CHECKSUMS_EAGER;
    opts.read_only = 1;
    ck_assert_int_eq(prism_index_create("", NULL, &opts, &index, NULL), PRISM_EINVAL);
    opts.read_only = 0;
    ck_assert_int_eq(prism_index_open("", &opts, &index, NULL), PRISM_EINVAL); /* in memory */
    struct newer {
        prism_index_opts opts;
        int more;
    } newer = {PRISM_INDEX_OPTS_INIT, 1};
    newer.opts.in_memory = 1;
    newer.opts.size = sizeof newer; /* from a caller with a later header */
    ck_assert_int_eq(prism_index_create("", NULL, &newer.opts, &index, NULL), PRISM_OK);
    ck_assert_ptr_nonnull(prism_index_schema(index));
    prism_index_close(index);
}
END_TEST

START_TEST(one_document_there_and_back) {
    static const char doc[] = "{\"id\":\"a\",\"title\":\"Hello 世界\"}";
    const char *path = test_temp_dir();
    for (int use_pread = 0; use_pread < 2; use_pread++) {
        prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
        prism_index *index;
        prism_writer *writer;
        prism_snapshot *snap, *again;
        uint64_t gdoc;
        char *json;
        size_t len;
        opts.use_pread = use_pread;
        if (use_pread) {
            ck_assert_int_eq(prism_index_open(path, &opts, &index, NULL), PRISM_OK);
        } else {
            ck_assert_int_eq(prism_index_create(path, NULL, &opts, &index, NULL), PRISM_OK);
            ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
            ck_assert_int_eq(prism_writer_put_json(writer, doc, strlen(doc), 0, NULL), PRISM_OK);
            ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
            prism_writer_close(writer);
        }
        ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
        ck_assert_int_eq(prism_snapshot_refresh(snap, &again, NULL), PRISM_OK);
        ck_assert_ptr_eq(snap, again);
        prism_snapshot_unref(again);
        prism_index_close(index); /* the snapshot lives on */
        ck_assert_uint_eq(prism_snapshot_documents(snap), 1);
        ck_assert_int_eq(prism_document_find(snap, "a", 1, &gdoc, NULL), PRISM_OK);
        ck_assert_int_eq(prism_document_get(snap, gdoc, &json, &len, NULL), PRISM_OK);
        ck_assert_str_eq(json, doc);
        ck_assert_uint_eq(len, strlen(doc));
        prism_free_text(json);
        ck_assert_int_eq(prism_snapshot_info(snap, &json, NULL), PRISM_OK);
        prism_free_text(json);
        prism_snapshot_unref(snap);
    }
    uint64_t n_findings = 9;
    ck_assert_int_eq(prism_index_check(path, PRISM_CHECK_DEEP, NULL, NULL, NULL, NULL, NULL,
                                       &n_findings, NULL),
                     PRISM_OK);
    ck_assert_uint_eq(n_findings, 0);
}
END_TEST

TEST_SUITE(api_index, null_arguments, options_of_any_size, one_document_there_and_back)
