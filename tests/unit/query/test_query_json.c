/* Is every tree written and read back, and everything else that looks like one refused? */
#include "tree.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static void read_back(const char *json, const char *tree) {
    prism_schema *schema = tree_schema();
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query;
    prism_status status = prs_query_from_json(schema, json, strlen(json), &query, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s", json, err.text);
    ck_assert_str_eq(tree_text(query), tree);
    prs_query_unref(query);
    prs_schema_unref(schema);
}

#define F "\"fields\":{\"body\":1}"
#define KEY(text) "{\"kind\":\"word\",\"text\":\"" text "\"}"

START_TEST(every_kind_is_read) {
    read_back("{\"type\":\"all\"}", "*:*");
    read_back("{\"type\":\"none\",\"boost\":2}", "none^2");
    read_back("{\"type\":\"term\",\"fields\":{\"title\":7,\"body\":1},\"key\":" KEY(
                  "x") ",\"boost\":1.5}",
              "title^7,body:x^1.5");
    read_back("{\"type\":\"term\",\"fields\":{\"body\":1,\"title\":2},\"key\":" KEY("x") "}", "x");
    read_back("{\"type\":\"term\"," F ",\"key\":{\"kind\":\"han1\",\"hex\":\"e4b8ad\"}}",
              "body:中.1");
    read_back("{\"type\":\"term\"," F ",\"key\":{\"kind\":\"hanword\",\"text\":\"中国\"}}",
              "body:中国.w");
    read_back("{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"hex\":\"ff00\"}}",
              "body:ff00");
    read_back("{\"type\":\"prefix\"," F ",\"key\":" KEY("x") "}", "body:x*");
    read_back("{\"type\":\"exists\"," F "}", "exists(body)");
    read_back("{\"type\":\"phrase\"," F ",\"slots\":[{\"pos\":0,\"keys\":[" KEY("a") "," KEY(
                  "b") "]},"
                       "{\"pos\":2,\"prefix\":" KEY("c") "}]}",
              "body:\"{a|b} _ c*\"");
    read_back("{\"type\":\"near\"," F
              ",\"slop\":3,\"slots\":[{\"pos\":0,\"keys\":[" KEY("a") "]}]}",
              "body:near3\"a\"");
    read_back("{\"type\":\"bool\",\"must\":[{\"type\":\"all\"}],\"should\":[{\"type\":\"none\"}],"
              "\"must_not\":["
              "{\"type\":\"none\"}],\"filter\":[{\"type\":\"all\"}],\"min_should\":1}",
              "(+*:* -none #*:* none)/1");
    read_back("{\"type\":\"range\",\"fields\":{\"date\":1},\"from\":-1,\"to\":2}",
              "date:[1969-12-31T23:59:59.999Z 1970-01-01T00:00:00.002Z]");
    read_back("{\"type\":\"max\",\"of\":[{\"type\":\"all\"},{\"type\":\"none\"}]}",
              "max(*:*, none)");
    read_back("{\"type\":\"const\",\"of\":{\"type\":\"all\"},\"boost\":0}", "const(*:*)^0");
}
END_TEST

/* The longest key there is, of bytes that are no text, and one that is longer. */
START_TEST(the_longest_key_comes_back) {
    static char json[2 * PRISM_MAX_TERM_BYTES + 200];
    prism_schema *schema = tree_schema();
    for (size_t more = 0; more < 2; more++) {
        prism_query *query, *again;
        prs_buf text;
        size_t at, n = 2 * (PRISM_MAX_TERM_BYTES - 1 + more);
        at = (size_t)snprintf(json, sizeof json,
                              "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"hex\":\"");
        memset(json + at, 'f', n);
        snprintf(json + at + n, sizeof json - at - n, "\"}}");
        prism_status status = prs_query_from_json(schema, json, strlen(json), &query, NULL);
        ck_assert_int_eq(status == PRISM_OK, more == 0);
        if (status != PRISM_OK) continue;
        prs_buf_init(&text, &query->mem);
        ck_assert_int_eq(prs_query_to_json(query, &text, NULL), PRISM_OK);
        ck_assert_int_eq(
            prs_query_from_json(schema, (const char *)text.ptr, text.len, &again, NULL), PRISM_OK);
        ck_assert_uint_eq(again->root->key.len, PRISM_MAX_TERM_BYTES);
        ck_assert(prs_bytes_equal(again->root->key, query->root->key));
        prs_query_unref(again);
        prs_buf_fini(&text); /* its memory is the query's */
        prs_query_unref(query);
    }
    prs_schema_unref(schema);
}
END_TEST

/* As many keys as a slot may have, as many slots as a phrase may have, and one more. */
START_TEST(lists_have_limits) {
    static char json[1 << 16];
    prism_schema *schema = tree_schema();
    for (int slots = 0; slots < 2; slots++) {
        for (uint32_t n = PRISM_MAX_PHRASE_TERMS; n <= PRISM_MAX_PHRASE_TERMS + 1; n++) {
            prism_query *query;
            prism_error err = PRISM_ERROR_INIT;
            size_t at =
                (size_t)snprintf(json, sizeof json, "{\"type\":\"phrase\"," F ",\"slots\":[");
            if (!slots)
                at += (size_t)snprintf(json + at, sizeof json - at, "{\"pos\":0,\"keys\":[");
            for (uint32_t i = 0; i < n; i++)
                at += (size_t)snprintf(json + at, sizeof json - at,
                                       slots ? "%s{\"pos\":%u,\"keys\":[" KEY("a") "]}"
                                             : "%s{\"kind\":\"word\",\"text\":\"a%u\"}",
                                       i > 0 ? "," : "", i);
            snprintf(json + at, sizeof json - at, slots ? "]}" : "]}]}");
            prism_status status = prs_query_from_json(schema, json, strlen(json), &query, &err);
            ck_assert_msg(status == (n <= PRISM_MAX_PHRASE_TERMS ? PRISM_OK : PRISM_EPARSE),
                          "%u: %s", n, err.text);
            prs_query_unref(query);
        }
    }
    prs_schema_unref(schema);
}
END_TEST

static const char *const bad[] = {
    "",
    "[]",
    "3",
    "{}",
    "{\"type\":3}",
    "{\"type\":\"text\"}",
    "{\"type\":\"\"}",
    "{\"type\":\"terms\"}",
    "{\"type\":\"all\",\"type\":\"all\"}",
    "{\"type\":\"all\",\"boost\":\"2\"}",
    "{\"type\":\"all\",\"boost\":-1}",
    "{\"type\":\"all\",\"boost\":1e7}",
    "{\"type\":\"term\"}",
    "{\"type\":\"term\"," F "}",
    "{\"type\":\"term\"," F ",\"key\":{}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\"}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"x\",\"text\":\"x\"}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"\",\"text\":\"x\"}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"hex\":\"f\"}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"hex\":\"zz\"}}",
    "{\"type\":\"term\",\"fields\":{},\"key\":" KEY("x") "}",
    "{\"type\":\"term\",\"fields\":[\"body\"],\"key\":" KEY("x") "}",
    "{\"type\":\"term\",\"fields\":{\"nosuch\":1},\"key\":" KEY("x") "}",
    "{\"type\":\"term\",\"fields\":{\"body\":0},\"key\":" KEY("x") "}",
    "{\"type\":\"term\",\"fields\":{\"body\":101},\"key\":" KEY("x") "}",
    "{\"type\":\"term\",\"fields\":{\"body\":\"1\"},\"key\":" KEY("x") "}",
    "{\"type\":\"phrase\"," F "}",
    "{\"type\":\"phrase\"," F ",\"slots\":[]}",
    "{\"type\":\"phrase\"," F ",\"slots\":[3]}",
    "{\"type\":\"phrase\"," F ",\"slots\":[{\"pos\":0,\"keys\":[]}]}",
    "{\"type\":\"phrase\"," F ",\"slots\":[{\"keys\":[" KEY("a") "]}]}",
    "{\"type\":\"phrase\"," F ",\"slots\":[{\"pos\":1,\"keys\":[" KEY("a") "]}]}",
    "{\"type\":\"phrase\"," F ",\"slots\":[{\"pos\":-1,\"keys\":[" KEY("a") "]}]}",
    "{\"type\":\"phrase\"," F ",\"slots\":[{\"pos\":0,\"keys\":[" KEY(
        "a") "]},{\"pos\":2,\"keys\":[" KEY("a") "]},{\"pos\":1,\"keys\":[" KEY("a") "]}]}",
    "{\"type\":\"near\"," F ",\"slop\":-1,\"slots\":[{\"pos\":0,\"keys\":[" KEY("a") "]}]}",
    "{\"type\":\"max\"}",
    "{\"type\":\"max\",\"of\":[]}",
    "{\"type\":\"max\",\"of\":[3]}",
    "{\"type\":\"const\"}",
    "{\"type\":\"const\",\"of\":[]}",
    "{\"type\":\"bool\",\"must\":[{}]}",
    "{\"type\":\"bool\",\"must\":{}}",
    "{\"type\":\"bool\",\"musst\":[]}",
    "{\"type\":\"bool\",\"min_should\":\"0\"}",
    "{\"type\":\"all\",\"note\":1}",
    "{\"type\":\"range\"}",
    "{\"type\":\"range\"," F "}",
    "{\"type\":\"range\"," F ",\"from\":1,\"to\":\"2\"}",
    "{\"type\":\"range\"," F ",\"from\":1,\"to\":2}",
    "{\"type\":\"near\"," F ",\"slots\":[{\"pos\":0,\"keys\":[" KEY("a") "]}]}",
    "{\"type\":\"bool\",\"min_should\":1}",
    "{\"type\":\"bool\",\"min_should\":-1}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"hex\":\"0g\"}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"hex\":\"g0\"}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"hex\":\"0:\"}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"hex\":\"0/\"}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"hex\":\"A0\"}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"hex\":\"0`\"}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"hex\":5}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"text\":5}}",
    "{\"type\":\"term\"," F ",\"key\":{\"kind\":5,\"text\":\"x\"}}",
    "{\"type\":\"term\"," F ",\"key\":5}",
    "{\"type\":\"term\",\"fields\":5,\"key\":" KEY("x") "}",
    "{\"type\":\"all\",\"boost\":null}",
    "{\"type\":\"bool\",\"must\":null}",
    "{\"type\":\"bool\",\"min_should\":null}",
    "{\"type\":\"bool\",\"min_should\":99999999999}",
    "{\"type\":\"near\"," F ",\"slop\":\"1\",\"slots\":[{\"pos\":0,\"keys\":[" KEY("a") "]}]}",
    "{\"type\":\"near\"," F
    ",\"slop\":99999999999,\"slots\":[{\"pos\":0,\"keys\":[" KEY("a") "]}]}",
    "{\"type\":\"phrase\"," F ",\"slots\":[{\"pos\":\"0\",\"keys\":[" KEY("a") "]}]}",
    "{\"type\":\"phrase\"," F ",\"slots\":[{\"pos\":99999999999,\"keys\":[" KEY("a") "]}]}",
    "{\"type\":\"all\"} x",
};

START_TEST(everything_else_is_refused) {
    prism_schema *schema = tree_schema();
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        prism_error err = PRISM_ERROR_INIT;
        prism_query *query;
        prism_status status = prs_query_from_json(schema, bad[i], strlen(bad[i]), &query, &err);
        ck_assert_msg(status == PRISM_EPARSE, "%s: %d %s", bad[i], status, err.text);
        ck_assert_ptr_null(query);
    }
    prs_schema_unref(schema);
}
END_TEST

START_TEST(bad_json_has_a_place) {
    static const char text[] = "{\"type\":\n \"all\",}";
    prism_schema *schema = tree_schema();
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query;
    ck_assert_int_eq(prs_query_from_json(schema, text, strlen(text), &query, &err), PRISM_EPARSE);
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 8);
    prs_schema_unref(schema);
}
END_TEST

static size_t nest(char *out, unsigned levels) {
    size_t at = 0;
    for (unsigned i = 1; i < levels; i++)
        at += (size_t)sprintf(out + at, "{\"type\":\"const\",\"of\":");
    at += (size_t)sprintf(out + at, "{\"type\":\"all\"}");
    for (unsigned i = 1; i < levels; i++) out[at++] = '}';
    return at;
}

START_TEST(limits) {
    static char text[1 << 17];
    prism_schema *schema = tree_schema();
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query;
    ck_assert_int_eq(prs_query_from_json(schema, text, nest(text, 64), &query, &err), PRISM_OK);
    prs_query_unref(query);
    ck_assert_int_eq(prs_query_from_json(schema, text, nest(text, 65), &query, &err), PRISM_ELIMIT);
    ck_assert_int_eq(prs_query_from_json(schema, text, nest(text, 2000), &query, &err),
                     PRISM_ELIMIT);
    for (unsigned n = PRISM_MAX_QUERY_NODES - 1; n <= PRISM_MAX_QUERY_NODES; n++) {
        size_t at = (size_t)sprintf(text, "{\"type\":\"bool\",\"should\":[");
        for (unsigned i = 0; i < n; i++)
            at += (size_t)sprintf(text + at, "%s{\"type\":\"all\"}", i > 0 ? "," : "");
        at += (size_t)sprintf(text + at, "]}");
        prism_status wanted = n < PRISM_MAX_QUERY_NODES ? PRISM_OK : PRISM_ELIMIT;
        ck_assert_int_eq(prs_query_from_json(schema, text, at, &query, &err), wanted);
        prs_query_unref(query);
    }
    prs_schema_unref(schema);
}
END_TEST

/* Bytes changed at random in a good tree: read or refused, never worse. */
START_TEST(damaged_trees) {
    static const char text[] =
        "+apple \"pear {tree}\"~3 -title:x wi-fi* 北京大学 tags:* (a OR b)^2";
    test_rng rng = test_rng_of("query_json");
    prism_schema *schema = tree_schema();
    prism_query *query = tree_parse(schema, text, strlen(text), 0, NULL, NULL);
    prs_mem mem;
    prs_buf json;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&json, &mem);
    ck_assert_int_eq(prs_query_to_json(query, &json, NULL), PRISM_OK);
    unsigned n_ok = 0;
    for (int round = 0; round < 5000; round++) {
        char copy[8192];
        ck_assert_uint_lt(json.len, sizeof copy);
        memcpy(copy, json.ptr, json.len);
        copy[test_rng_below(&rng, json.len)] = "0123456789abcx{}[]\",:-"[test_rng_below(&rng, 22)];
        prism_query *damaged;
        prism_error err = PRISM_ERROR_INIT;
        prism_status status = prs_query_from_json(schema, copy, json.len, &damaged, &err);
        ck_assert(status == PRISM_OK || (status == PRISM_EPARSE && err.text[0] != '\0'));
        n_ok += status == PRISM_OK;
        prs_query_unref(damaged);
    }
    ck_assert_uint_gt(n_ok, 50);
    prs_buf_fini(&json);
    prs_query_unref(query);
    prs_schema_unref(schema);
}
END_TEST

/* ---- no memory ------------------------------------------------------------------------------- */

static long until_failure = -1; /* allocations of the JSON library that are still had */

static void *alloc_or_not(size_t size) {
    if (until_failure == 0) return NULL;
    if (until_failure > 0) until_failure--;
    return malloc(size);
}

/* A tree is written whole or not at all, whichever allocation is refused: half a filter would be
 * the name of another one. */
START_TEST(memory_that_is_refused_leaves_nothing_out) {
    /* clang-format off */
    static const char json[] =
        "{\"type\":\"bool\","
        "\"must\":[{\"type\":\"term\"," F ",\"key\":" KEY("a") ",\"boost\":3}],"
        "\"should\":[{\"type\":\"phrase\"," F ",\"slots\":["
        "{\"pos\":0,\"keys\":[" KEY("b") "],\"idf\":" KEY("b") "},"
        "{\"pos\":1,\"keys\":[" KEY("c") "," KEY("d") "],\"prefix\":" KEY("e") "}]},"
        "{\"type\":\"term\"," F ",\"key\":{\"kind\":\"word\",\"hex\":\"ff00\"}}],"
        "\"must_not\":[{\"type\":\"range\",\"fields\":{\"date\":1},\"from\":-1,\"to\":2},"
        "{\"type\":\"max\",\"of\":[{\"type\":\"all\"},{\"type\":\"exists\"," F "}]}],"
        "\"filter\":[{\"type\":\"const\",\"of\":{\"type\":\"near\"," F ",\"slop\":3,"
        "\"slots\":[{\"pos\":0,\"keys\":[" KEY("f") "]}]}},"
        "{\"type\":\"range\",\"fields\":{\"tags\":1},\"from\":\"x\",\"below\":{\"hex\":\"ff\"}}],"
        "\"min_should\":1}";
    /* clang-format on */
    prism_schema *schema = tree_schema();
    prism_query *query;
    prs_mem mem;
    prs_buf whole, text;
    ck_assert_int_eq(prs_query_from_json(schema, json, strlen(json), &query, NULL), PRISM_OK);
    prs_mem_init(&mem, NULL);
    prs_buf_init(&whole, &mem);
    ck_assert_int_eq(prs_query_to_json(query, &whole, NULL), PRISM_OK);
    json_malloc_t old_malloc;
    json_free_t old_free;
    json_get_alloc_funcs(&old_malloc, &old_free);
    json_set_alloc_funcs(alloc_or_not, free);
    prism_status status = PRISM_ENOMEM;
    long n = 0;
    for (; status != PRISM_OK; n++) {
        ck_assert_int_lt(n, 10000);
        prs_buf_init(&text, &mem);
        until_failure = n;
        status = prs_query_to_json(query, &text, NULL);
        until_failure = -1;
        ck_assert(status == PRISM_OK || status == PRISM_ENOMEM);
        if (status == PRISM_OK) {
            ck_assert_uint_eq(text.len, whole.len);
            ck_assert_mem_eq(text.ptr, whole.ptr, whole.len);
        }
        prs_buf_fini(&text);
    }
    json_set_alloc_funcs(old_malloc, old_free);
    ck_assert_int_gt(n, 100);
    prs_buf_fini(&whole);
    prs_query_unref(query);
    prs_schema_unref(schema);
}
END_TEST

/* ---- one value at a time is another ---------------------------------------------------------- */

static const char every_type[] =
    "{\"fields\":[{\"name\":\"body\",\"type\":\"text\"},"
    "{\"name\":\"plain\",\"type\":\"text\",\"positions\":false},"
    "{\"name\":\"tag\",\"type\":\"keyword\",\"column\":true},"
    "{\"name\":\"word\",\"type\":\"keyword\"},"
    "{\"name\":\"kept\",\"type\":\"keyword\",\"indexed\":false},"
    "{\"name\":\"n\",\"type\":\"i64\"},{\"name\":\"x\",\"type\":\"f64\"},"
    "{\"name\":\"ok\",\"type\":\"bool\"},{\"name\":\"d\",\"type\":\"date\"}]}";

#define RANGE(field, ends) "{\"type\":\"range\",\"fields\":{\"" field "\":1}," ends "}"

static const char *const trees[] = {
    "{\"type\":\"bool\",\"must\":[{\"type\":\"all\"}],\"should\":[{\"type\":\"none\"},{\"type\":"
    "\"all\"}],"
    "\"must_not\":[{\"type\":\"none\"}],\"filter\":[{\"type\":\"all\"}],\"extra\":[{\"type\":"
    "\"term\"," F ",\"key\":" KEY("x") "}],\"min_should\":2,\"boost\":3}",
    "{\"type\":\"max\",\"of\":[{\"type\":\"all\"},{\"type\":\"const\",\"of\":{\"type\":\"all\"},"
    "\"boost\":2}]}",
    "{\"type\":\"phrase\"," F
    ",\"slots\":[{\"pos\":0,\"keys\":[" KEY("a") "," KEY("b") "]},{\"pos\":2,\"prefix\":" KEY(
        "c") ",\"keys\":[{\"kind\":\"han1\",\"hex\":\"e4b8ad\"}]}]}",
    "{\"type\":\"near\"," F ",\"slop\":3,\"slots\":[{\"pos\":0,\"keys\":[" KEY(
        "a") "]},{\"pos\":1,\"keys\":[" KEY("b") "]}]}",
    "{\"type\":\"prefix\"," F ",\"key\":" KEY("x") "}",
    "{\"type\":\"exists\",\"fields\":{\"n\":1,\"kept\":2}}",
    RANGE("n", "\"from\":-5,\"to\":9"),
    RANGE("n", "\"above\":-5,\"below\":9"),
    RANGE("n", "\"above\":9223372036854775807"),
    RANGE("n", "\"to\":-9223372036854775807"),
    RANGE("x", "\"from\":-0.0,\"below\":1e300"),
    RANGE("x", "\"above\":1,\"to\":2.5"),
    RANGE("ok", "\"from\":false,\"to\":true"),
    RANGE("ok", "\"above\":0,\"to\":1"),
    RANGE("d", "\"from\":\"2024\",\"to\":\"2025-03-01T10:00:00Z\""),
    RANGE("d", "\"above\":\"2024-05\",\"below\":1700000000000"),
    RANGE("tag", "\"from\":\"a\",\"to\":\"b\""),
    RANGE("tag", "\"above\":{\"hex\":\"ff00\"},\"below\":{\"hex\":\"\"}"),
    RANGE("word", "\"from\":\"a\",\"below\":{\"hex\":\"ff\"}"),
    RANGE("word", "\"above\":\"\""),
};

static const char *const others[] = {"null",
                                     "true",
                                     "0",
                                     "1",
                                     "2",
                                     "-1",
                                     "1.5",
                                     "1e300",
                                     "99999999999",
                                     "\"\"",
                                     "\"x\"",
                                     "\"2024\"",
                                     "\"body\"",
                                     "[]",
                                     "{}",
                                     "[{\"type\":\"all\"}]",
                                     "{\"type\":\"all\"}",
                                     "{\"hex\":\"zz\"}",
                                     "{\"hex\":\"6\"}",
                                     "{\"hex\":7}",
                                     "{\"body\":0}",
                                     "{\"n\":1}",
                                     "{\"plain\":1}",
                                     "{\"tag\":1,\"word\":1}"};

static json_t *json_of(const char *text) {
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    ck_assert_msg(json != NULL, "%s", text);
    return json;
}

typedef struct changing {
    const prism_schema *schema;
    const json_t *root;
    unsigned n_ok, n;
} changing;

/* Read or refused; what was read is written as what reads the same. */
static void try_tree(changing *c) {
    char *text = json_dumps(c->root, JSON_COMPACT);
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query, *again;
    prism_status status = prs_query_from_json(c->schema, text, strlen(text), &query, &err);
    ck_assert_msg(status == PRISM_OK || status == PRISM_EPARSE || status == PRISM_ELIMIT,
                  "%s: %d %s", text, status, err.text);
    ck_assert_int_eq(prs_query_from_json(c->schema, text, strlen(text), &again, NULL), status);
    c->n++;
    if (status == PRISM_OK) {
        prs_mem mem;
        prs_buf first, second;
        prs_mem_init(&mem, NULL);
        prs_buf_init(&first, &mem);
        prs_buf_init(&second, &mem);
        prs_query_unref(again);
        ck_assert_int_eq(prs_query_to_json(query, &first, NULL), PRISM_OK);
        ck_assert_int_eq(prs_query_from_json(c->schema, (const char *)first.ptr, first.len, &again,
                                             &err),
                         PRISM_OK);
        ck_assert_int_eq(prs_query_to_json(again, &second, NULL), PRISM_OK);
        ck_assert_uint_eq(first.len, second.len);
        ck_assert_mem_eq(first.ptr, second.ptr, first.len);
        prs_buf_fini(&first);
        prs_buf_fini(&second);
        c->n_ok++;
    }
    prs_query_unref(query);
    prs_query_unref(again);
    free(text);
}

/* Each value below `in` by turns each of the others, and left out. */
static void change_below(changing *c, json_t *in) {
    size_t n = json_is_object(in) ? json_object_size(in) : json_array_size(in);
    for (size_t i = 0; i < n; i++) {
        const char *name = NULL;
        void *at = json_is_object(in) ? json_object_iter(in) : NULL;
        for (size_t k = 0; k < i && at != NULL; k++) at = json_object_iter_next(in, at);
        char key[64] = "";
        if (at != NULL) snprintf(key, sizeof key, "%s", name = json_object_iter_key(at));
        json_t *was = at != NULL ? json_object_iter_value(at) : json_array_get(in, i);
        json_incref(was);
        for (size_t k = 0; k < PRS_COUNT(others); k++) {
            json_t *other = json_of(others[k]);
            if (name != NULL)
                json_object_set_new(in, key, other);
            else
                json_array_set_new(in, i, other);
            try_tree(c);
        }
        if (name != NULL)
            json_object_set(in, key, was);
        else
            json_array_set(in, i, was);
        change_below(c, was);
        json_decref(was);
    }
}

START_TEST(one_value_at_a_time_is_another) {
    changing c = {.schema = tree_schema_of(every_type)};
    for (size_t i = 0; i < PRS_COUNT(trees); i++) {
        json_t *root = json_of(trees[i]);
        unsigned before = c.n_ok;
        c.root = root;
        try_tree(&c);
        ck_assert_msg(c.n_ok == before + 1, "%s", trees[i]);
        change_below(&c, root);
        json_decref(root);
    }
    ck_assert_uint_gt(c.n_ok, 200);
    ck_assert_uint_gt(c.n - c.n_ok, 1000);
    prs_schema_unref((prism_schema *)(uintptr_t)c.schema);
}
END_TEST

TEST_SUITE(query_json, one_value_at_a_time_is_another, every_kind_is_read, lists_have_limits,
           the_longest_key_comes_back, everything_else_is_refused, bad_json_has_a_place, limits,
           damaged_trees, memory_that_is_refused_leaves_nothing_out)
