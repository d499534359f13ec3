/* test_doc_set.c - are the documents of ranges and of existing values those whose documents say
 * so? */
#include "harness/search_kit.h"

#include <prismsearch.h>

#include <stdio.h>

#define N_DOCS 20000u /* columns of several regions of 64 KiB */
#define SCALE INT64_C(1000000000007)

/* Document i: n = (3 i - 1000) SCALE unless 7 divides i; m = i, -i unless 5 divides i. */
static bool has_n(uint32_t i) {
    return i % 7 != 0;
}
static int64_t n_of(uint32_t i) {
    return (3 * (int64_t)i - 1000) * SCALE;
}
static bool has_m(uint32_t i) {
    return i % 5 != 0;
}

static prism_index *make_index(bool pread) {
    static const char schema_json[] = "{\"fields\":[{\"name\":\"n\",\"type\":\"i64\"},"
                                      "{\"name\":\"m\",\"type\":\"i64\",\"many\":true}]}";
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_schema *schema;
    prism_index *index;
    prism_writer *writer;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status =
        prism_schema_from_json(schema_json, sizeof schema_json - 1, &schema, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    opts.use_pread = pread;
    opts.in_memory = 1;
    status = prism_index_create("doc-set", schema, &opts, &index, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    status = prism_writer_open(index, NULL, &writer, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    for (uint32_t i = 0; i < N_DOCS; i++) {
        char json[96], n[32] = "\"x\":0", m[48] = "\"y\":0";
        if (has_n(i)) snprintf(n, sizeof n, "\"n\":%lld", (long long)n_of(i));
        if (has_m(i)) snprintf(m, sizeof m, "\"m\":[%u,-%u]", i, i);
        int len = snprintf(json, sizeof json, "{%s,%s}", n, m);
        status = prism_writer_put_json(writer, json, (size_t)len, 0, &err);
        if (status != PRISM_OK) ck_abort_msg("%s", err.text);
    }
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, &err), PRISM_OK);
    prism_writer_close(writer);
    prism_schema_unref(schema);
    return index;
}

static uint64_t count(prism_index *index, const char *json) {
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_snapshot *snap;
    prism_query *query;
    prism_hits *hits;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prism_snapshot_open(index, &snap, &err), PRISM_OK);
    prism_status status =
        prism_query_from_json(prism_index_schema(index), json, strlen(json), &query, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s", json, err.text);
    opts.k = 10;
    opts.count = PRISM_COUNT_EXACT;
    status = prism_search(snap, query, &opts, &hits, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s", json, err.text);
    int exact;
    uint64_t n = prism_hits_total(hits, &exact);
    ck_assert_int_eq(exact, 1);
    prism_hits_free(hits);
    prism_query_unref(query);
    prism_snapshot_unref(snap);
    return n;
}

static uint64_t range(prism_index *index, const char *field, int64_t from, int64_t to) {
    char json[160];
    snprintf(json, sizeof json,
             "{\"type\":\"range\",\"fields\":{\"%s\":1},\"from\":%lld,\"to\":%lld}", field,
             (long long)from, (long long)to);
    return count(index, json);
}

static uint64_t expect_n(int64_t from, int64_t to) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < N_DOCS; i++) n += has_n(i) && n_of(i) >= from && n_of(i) <= to;
    return n;
}

static uint64_t expect_m(int64_t from, int64_t to) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < N_DOCS; i++) {
        int64_t v = i;
        n += has_m(i) && ((v >= from && v <= to) || (-v >= from && -v <= to));
    }
    return n;
}

START_TEST(values_decide) {
    static const struct {
        int64_t from, to;
    } ranges[] = {{-1000, -1000}, {-997, -997}, {-50000, 100000}, {0, 0},
                  {-7, 300},      {8000, 7000}, {2999, 2999}};
    for (int pread = 0; pread < 2; pread++) { /* bytes that nobody asked for are not there */
        prism_index *index = make_index(pread != 0);
        for (size_t i = 0; i < PRS_COUNT(ranges); i++) {
            int64_t from = ranges[i].from, to = ranges[i].to;
            ck_assert_uint_eq(range(index, "n", from * SCALE, to * SCALE),
                              expect_n(from * SCALE, to * SCALE));
            ck_assert_uint_eq(range(index, "m", from, to), expect_m(from, to));
        }
        prism_index_close(index);
        index = make_index(pread != 0); /* nothing verified by the ranges before */
        ck_assert_uint_eq(count(index, "{\"type\":\"exists\",\"fields\":{\"n\":1}}"),
                          expect_n(INT64_MIN, INT64_MAX));
        ck_assert_uint_eq(count(index, "{\"type\":\"exists\",\"fields\":{\"m\":1}}"),
                          expect_m(INT64_MIN, INT64_MAX));
        prism_index_close(index);
    }
}
END_TEST

/* Original values through the column (tag), folded ones through the dictionary (id). */
START_TEST(keywords_between_two_ends) {
    kit k;
    kit_make(&k, false);
    kit_put(&k, "{\"id\":\"Ab\",\"tag\":\"Ab\"}");
    kit_put(&k, "{\"id\":\"b\",\"tag\":\"b\"}");
    kit_commit(&k);
    kit_put(&k, "{\"id\":\"aC\",\"tag\":\"aC\"}");
    kit_put(&k, "{\"id\":\"C\",\"tag\":\"C\"}");
    kit_put(&k, "{\"id\":\"d\"}");
    kit_commit(&k);
#define TAG "{'type':'range','fields':{'tag':1},"
#define ID "{'type':'range','fields':{'id':1},"
    ck_assert_str_eq(kit_keys(&k, TAG "'from':'Ab','to':'C'}", 9), "Ab C");
    ck_assert_str_eq(kit_keys(&k, TAG "'above':'Ab','to':'b'}", 9), "b aC C");
    ck_assert_str_eq(kit_keys(&k, TAG "'above':'Ab','below':'b'}", 9), "aC C");
    ck_assert_str_eq(kit_keys(&k, TAG "'from':'Aa','below':'Abc'}", 9), "Ab");
    ck_assert_str_eq(kit_keys(&k, TAG "'from':'x'}", 9), "");
    ck_assert_str_eq(kit_keys(&k, TAG "'to':'~'}", 9), "Ab b aC C");
    ck_assert_str_eq(kit_keys(&k, "{'type':'range','fields':{'tag':1}}", 9), "Ab b aC C");
    ck_assert_str_eq(kit_keys(&k, ID "'from':'ab','to':'b'}", 9), "Ab b aC");
    ck_assert_str_eq(kit_keys(&k, ID "'above':'ab','below':'c'}", 9), "b aC");
    ck_assert_str_eq(kit_keys(&k, ID "'above':'ab','to':'c'}", 9), "b aC C");
    ck_assert_str_eq(kit_keys(&k, ID "'from':'A'}", 9), "Ab b aC C d");
    ck_assert_str_eq(kit_keys(&k, ID "'below':'b'}", 9), "Ab aC");
    ck_assert_str_eq(kit_keys(&k, "{'type':'range','fields':{'id':1}}", 9), "Ab b aC C d");
    kit_free(&k);
}
END_TEST

/* Words behind a prefix, longer than it and shorter, are none of it. */
START_TEST(a_prefix_ends_with_its_words) {
    kit k;
    kit_make(&k, false);
    kit_put_body(&k, "1", "abc");
    kit_put_body(&k, "2", "ab");
    kit_put_body(&k, "3", "acdef");
    kit_put_body(&k, "4", "b");
    kit_put_body(&k, "5", "bcdef abx");
    kit_commit(&k);
    ck_assert_uint_eq(
        kit_count(&k, "{'type':'prefix','fields':{'body':1},'key':{'kind':'word','text':'ab'}}"),
        3);
    ck_assert_uint_eq(
        kit_count(&k, "{'type':'prefix','fields':{'body':1},'key':{'kind':'word','text':'a'}}"), 4);
    kit_free(&k);
}
END_TEST

TEST_SUITE(doc_set, a_prefix_ends_with_its_words, values_decide, keywords_between_two_ends)
