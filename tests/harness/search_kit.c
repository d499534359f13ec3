/* search_kit.c - small indexes in memory, queries from JSON, and answers as strings, for the tests
 * of search. */
#include "harness/search_kit.h"

#include <stdio.h>
#include <stdlib.h>

#define KIT_OK(call)                                                                               \
    do {                                                                                           \
        prism_status kit_status_ = (call);                                                         \
        ck_assert_msg(kit_status_ == PRISM_OK, "%s: %s", prism_status_name(kit_status_),           \
                      err.text);                                                                   \
    } while (0)

static const char schema_json[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"title\",\"type\":\"text\",\"boost\":2,\"analyzer\":\"%s\",\"options\":%s},"
    "{\"name\":\"body\",\"type\":\"text\",\"analyzer\":\"%s\",\"options\":%s},"
    "{\"name\":\"tag\",\"type\":\"keyword\",\"column\":true},"
    "{\"name\":\"n\",\"type\":\"i64\",\"column\":true},"
    "{\"name\":\"many\",\"type\":\"i64\",\"column\":true,\"many\":true}]}";

static void make_with(kit *k, const char *analyzer, const char *options) {
    prism_error err = PRISM_ERROR_INIT;
    char json[1024];
    memset(k, 0, sizeof *k);
    int n = snprintf(json, sizeof json, schema_json, analyzer, options, analyzer, options);
    ck_assert_int_lt(n, (int)sizeof json);
    KIT_OK(prism_schema_from_json(json, (size_t)n, &k->schema, &err));
    prism_index_opts index_opts = PRISM_INDEX_OPTS_INIT;
    index_opts.in_memory = 1;
    KIT_OK(prism_index_create("kit", k->schema, &index_opts, &k->index, &err));
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    opts.max_segments = 1000;
    opts.stop_tokens = 1; /* the words of the first flush have pairs, so nearly all */
    opts.non_durable = 1;
    KIT_OK(prism_writer_open(k->index, &opts, &k->writer, &err));
}

void kit_make(kit *k, bool mixed) {
    make_with(k, mixed ? "mixed-v1" : "whitespace", "{}");
}

void kit_make_mixed(kit *k, const char *options) {
    make_with(k, "mixed-v1", options);
}

void kit_free(kit *k) {
    prism_snapshot_unref(k->snap);
    prism_writer_close(k->writer);
    prism_index_close(k->index);
    prism_schema_unref(k->schema);
}

void kit_put(kit *k, const char *json) {
    prism_error err = PRISM_ERROR_INIT;
    KIT_OK(prism_writer_put_json(k->writer, json, strlen(json), PRISM_PUT_REPLACE, &err));
}

void kit_put_body(kit *k, const char *id, const char *body) {
    size_t n = strlen(id) + strlen(body) + 64;
    char *json = malloc(n);
    ck_assert_ptr_nonnull(json);
    snprintf(json, n, "{\"id\":\"%s\",\"body\":\"%s\"}", id, body);
    kit_put(k, json);
    free(json);
}

void kit_delete(kit *k, const char *id) {
    prism_error err = PRISM_ERROR_INIT;
    uint64_t n;
    KIT_OK(prism_writer_delete(k->writer, id, strlen(id), &n, &err));
    ck_assert_uint_eq(n, 1);
}

static void look(kit *k) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot_unref(k->snap);
    KIT_OK(prism_snapshot_open(k->index, &k->snap, &err));
}

void kit_commit(kit *k) {
    prism_error err = PRISM_ERROR_INIT;
    KIT_OK(prism_writer_commit(k->writer, NULL, 0, NULL, &err));
    look(k);
}

void kit_merge(kit *k) {
    prism_error err = PRISM_ERROR_INIT;
    KIT_OK(prism_writer_merge(k->writer, 1, NULL, NULL, &err));
    look(k);
    ck_assert_uint_eq(k->snap->n_leaves, 1);
}

prism_query *kit_query(const kit *k, const char *json) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    char *copy = strdup(json);
    ck_assert_ptr_nonnull(copy);
    for (char *at = copy; *at != '\0'; at++) {
        if (*at == '\'') *at = '"';
    }
    prism_status status = prism_query_from_json(k->schema, copy, strlen(copy), &query, &err);
    ck_assert_msg(status == PRISM_OK, "%s in %s", err.text, copy);
    free(copy);
    return query;
}

static const char *word_in(const char *fields, const char *word) {
    static char space[64][256];
    static unsigned next;
    char *out = space[next++ % 64];
    snprintf(out, sizeof space[0],
             "{'type':'term','fields':{%s},'key':{'kind':'word','text':'%s'}}", fields, word);
    return out;
}

const char *kit_word(const char *word) {
    return word_in("'title':2,'body':1", word);
}

const char *kit_body_word(const char *word) {
    return word_in("'body':1", word);
}

prism_hits *kit_search(const kit *k, const prism_query *query, const prism_search_opts *opts) {
    prism_error err = PRISM_ERROR_INIT;
    prism_hits *hits = NULL;
    KIT_OK(prism_search(k->snap, query, opts, &hits, &err));
    return hits;
}

const char *kit_keys(const kit *k, const char *json, uint32_t n) {
    static char out[1024];
    size_t len = 0;
    prism_query *query = kit_query(k, json);
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = n;
    prism_hits *hits = kit_search(k, query, &opts);
    out[0] = '\0';
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        prism_hits_get(hits, i, &hit);
        len += (size_t)snprintf(out + len, sizeof out - len, "%s%.*s", i == 0 ? "" : " ",
                                (int)hit.key_len, hit.key);
        ck_assert_uint_lt(len, sizeof out);
    }
    prism_hits_free(hits);
    prism_query_unref(query);
    return out;
}

uint64_t kit_count(const kit *k, const char *json) {
    prism_query *query = kit_query(k, json);
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = 0;
    prism_hits *hits = kit_search(k, query, &opts);
    int exact;
    uint64_t n = prism_hits_total(hits, &exact);
    ck_assert_int_eq(exact, 1);
    prism_hits_free(hits);
    prism_query_unref(query);
    return n;
}

static void check_same(const prism_hits *a, const prism_hits *b, uint32_t n) {
    ck_assert_uint_eq(prism_hits_count(a), n);
    for (uint32_t i = 0; i < n; i++) {
        prism_hit x, y;
        prism_hits_get(a, i, &x);
        prism_hits_get(b, i, &y);
        ck_assert_msg(x.gdoc == y.gdoc && x.raw_score == y.raw_score,
                      "hit %u: %llu (%d), not %llu (%d)", i, (unsigned long long)x.gdoc,
                      (int)x.raw_score, (unsigned long long)y.gdoc, (int)y.raw_score);
    }
}

uint64_t kit_check_agree(const kit *k, const prism_query *query, uint32_t n) {
    int exact;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = PRISM_MAX_K;
    opts.exhaustive = 1;
    prism_hits *all = kit_search(k, query, &opts);
    uint64_t total = prism_hits_total(all, &exact);
    ck_assert_int_eq(exact, 1);
    ck_assert_uint_eq(prism_hits_count(all), PRS_MIN(total, PRISM_MAX_K));
    opts.exhaustive = 0;
    opts.k = n;
    prism_hits *pruned = kit_search(k, query, &opts);
    check_same(pruned, all, (uint32_t)PRS_MIN(total, n));
    ck_assert_uint_le(prism_hits_total(pruned, &exact), total);
    if (exact) ck_assert_uint_eq(prism_hits_total(pruned, &exact), total);
    opts.count = PRISM_COUNT_EXACT;
    prism_hits *counted = kit_search(k, query, &opts);
    check_same(counted, all, (uint32_t)PRS_MIN(total, n));
    ck_assert_uint_eq(prism_hits_total(counted, &exact), total);
    opts.k = 0;
    prism_hits *only = kit_search(k, query, &opts);
    ck_assert_uint_eq(prism_hits_total(only, &exact), total);
    prism_hits_free(only);
    prism_hits_free(counted);
    prism_hits_free(pruned);
    prism_hits_free(all);
    return total;
}
