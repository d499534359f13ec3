/* Does a JSON document give the right values and stored text, and every bad one the right place?
 * Random texts are held against Jansson. */
#include "harness/test.h"

#include "schema/document.h"

#include <jansson.h>
#include <stdio.h>

static const char schema_text[] = "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":"
                                  "\"keyword\"},{\"name\":\"t\",\"type\":\"text\"},"
                                  "{\"name\":\"one\",\"type\":\"text\",\"many\":false},{\"name\":"
                                  "\"n\",\"type\":\"i64\",\"many\":true},"
                                  "{\"name\":\"f\",\"type\":\"f64\"},{\"name\":\"b\",\"type\":"
                                  "\"bool\"},{\"name\":\"d\",\"type\":\"date\"},"
                                  "{\"name\":\"tags\",\"type\":\"keyword\",\"many\":true},"
                                  "{\"name\":\"h\",\"type\":\"text\",\"stored\":false}]}";

static prs_mem mem;
static prism_schema *schema;
static prs_json_reader *reader;
static prs_document doc;

static void setup(void) {
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_schema_from_json(schema_text, strlen(schema_text), &schema, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prs_json_reader_new(&mem, &reader, NULL), PRISM_OK);
    prs_document_init(&doc, schema, &mem);
}

static void teardown(void) {
    prs_document_fini(&doc);
    prs_json_reader_free(reader);
    prs_schema_unref(schema);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}

static prism_status read_text(const char *text, size_t len, prism_error *err) {
    return prs_json_reader_read(reader, text, len, false, &doc, err);
}

static void must_read(const char *text) {
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_msg(read_text(text, strlen(text), &err) == PRISM_OK, "%s: %s", text, err.text);
}

static void expect_stored(const char *text, const char *stored) {
    must_read(text);
    ck_assert_msg(doc.json.len == strlen(stored) && memcmp(doc.json.ptr, stored, doc.json.len) == 0,
                  "%s gives %.*s", text, (int)doc.json.len, (const char *)doc.json.ptr);
}

/* The values as text: "t=abc n=3 ". */
static const char *values_text(void) {
    static char out[512];
    size_t at = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < doc.n; i++) {
        const prs_value *v = &doc.values[i];
        int n = v->text != NULL
                    ? snprintf(out + at, sizeof out - at, "%s=%.*s ", schema->fields[v->field].name,
                               (int)v->len, (const char *)v->text)
                    : snprintf(out + at, sizeof out - at, "%s=%lld ", schema->fields[v->field].name,
                               (long long)v->i64);
        at += (size_t)n;
    }
    return out;
}

static void expect_values(const char *text, const char *values) {
    must_read(text);
    ck_assert_str_eq(values_text(), values);
}

START_TEST(values_by_type) {
    setup();
    expect_values("{\"id\":\"x\",\"t\":\"caf\\u00e9\"}", "id=x t=caf\xc3\xa9 ");
    expect_values("{\"id\":\"x\",\"t\":null,\"n\":null,\"tags\":[]}", "id=x ");
    expect_values("{\"id\":\"x\",\"n\":[1,null,-2,\"3\",4.0]}", "id=x n=1 n=-2 n=3 n=4 ");
    expect_values("{\"id\":\"x\",\"tags\":[\"a\",null,\"b\"]}", "id=x tags=a tags=b ");
    expect_values("{\"id\":\"x\",\"b\":true,\"d\":\"1970-01-02\"}", "id=x b=1 d=86400000 ");
    expect_values("{\"id\":\"x\",\"b\":\"false\"}", "id=x b=0 ");
    must_read("{\"id\":\"x\",\"f\":2.5}");
    ck_assert_int_eq(doc.values[1].i64, prs_f64_to_sortable(2.5));
    must_read("{\"id\":\"x\",\"f\":-3}");
    ck_assert_int_eq(doc.values[1].i64, prs_f64_to_sortable(-3));
    must_read("{\"id\":\"x\",\"f\":\"1e2\"}");
    ck_assert_int_eq(doc.values[1].i64, prs_f64_to_sortable(100));
    teardown();
}
END_TEST

START_TEST(numbers_and_truth_as_text) {
    setup();
    expect_values("{ \"id\" : 42 , \"t\" : 1.10, \"tags\" : [ 1e3 , true, \"x,]\", 0.0, false ] , "
                  "\"one\":-0 }",
                  "id=42 t=1.10 tags=1e3 tags=true tags=x,] tags=0.0 tags=false one=-0 ");
    expect_values("{\"u\":[{\"a\":\"]}\\\"\"},[[1]],2],\"id\":7,\"u2\":{},\"t\":[2,\"a\\\"b\",3]}",
                  "id=7 t=2 t=a\"b t=3 ");
    ck_assert_mem_eq(doc.key, "7", 1);
    teardown();
}
END_TEST

START_TEST(values_that_do_not_fit) {
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"{\"t\":{}}", "field t: an object"},
        {"{\"t\":[[]]}", "field t: an array"},
        {"{\"t\":[{}]}", "field t: an object"},
        {"{\"one\":[\"a\"]}", "field one has one value"},
        {"{\"id\":[\"a\"]}", "field id has one value"},
        {"{\"id\":\"\"}", "cannot be empty"},
        {"{\"id\":\"a\\u0000b\"}", "NUL"},
        {"{\"n\":1.5}", "field n: a fraction"},
        {"{\"n\":1e300}", "field n: a fraction"},
        {"{\"n\":9223372036854775808}", "field n: a number above"},
        {"{\"n\":true}", "field n: true or false"},
        {"{\"n\":\"x\"}", "field n: \"x\""},
        {"{\"f\":\"x\"}", "type f64"},
        {"{\"b\":1}", "field b: a number"},
        {"{\"b\":\"yes\"}", "type bool"},
        {"{\"d\":2024}", "field d: a number"},
        {"{\"d\":\"2024-13\"}", "field d: \"2024-13\""},
    };
    setup();
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_error err = PRISM_ERROR_INIT;
        prism_status status = read_text(cases[i].text, strlen(cases[i].text), &err);
        ck_assert_msg(status == PRISM_EREJECTED, "%s: %d %s", cases[i].text, status, err.text);
        ck_assert_msg(strstr(err.text, cases[i].words) != NULL, "%s: %s", cases[i].text, err.text);
        ck_assert_uint_eq(doc.n, 0);
        ck_assert_uint_eq(doc.json.len, 0);
    }
    teardown();
}
END_TEST

START_TEST(stored_text) {
    setup();
    expect_stored(" { \"id\" : \"a b\" ,\n\t\"x\" : [ 1 , { } ] , \"t\":\"caf\\u00e9\" }\r\n",
                  "{\"id\":\"a b\",\"x\":[1,{}],\"t\":\"caf\\u00e9\"}");
    expect_stored("{\"h\":\"gone\",\"id\":1}", "{\"id\":1}");
    expect_stored("{\"id\":1,\"h\":[\"a\\\"}\",\"b\"],\"t\":\"x\"}", "{\"id\":1,\"t\":\"x\"}");
    expect_stored("{\"id\":1,\"t\":\"x\",\"\\u0068\":\"gone\"}", "{\"id\":1,\"t\":\"x\"}");
    ck_assert_str_eq(values_text(), "id=1 t=x h=gone ");
    teardown();
}
END_TEST

START_TEST(missing_keys_are_made) {
    char made[33] = "", expected[128];
    setup();
    must_read("{\"t\":\"x\"}");
    ck_assert_uint_eq(doc.key_len, 32);
    memcpy(made, doc.key, 32);
    snprintf(expected, sizeof expected, "{\"id\":\"%s\",\"t\":\"x\"}", made);
    expect_stored(" {\"t\" : \"x\"} ", expected);
    snprintf(expected, sizeof expected, "t=x id=%s ", made);
    ck_assert_str_eq(values_text(), expected);
    must_read("{}");
    memcpy(made, doc.key, 32);
    snprintf(expected, sizeof expected, "{\"id\":\"%s\"}", made);
    expect_stored("{ }", expected);
    must_read("{\"t\":\"x\",\"id\":null,\"h\":\"y\"}");
    memcpy(made, doc.key, 32);
    snprintf(expected, sizeof expected, "{\"id\":\"%s\",\"t\":\"x\"}", made);
    expect_stored("{\"t\":\"x\",\"id\":null,\"h\":\"y\"}", expected);
    must_read("{\"h\":\"y\"}");
    memcpy(made, doc.key, 32);
    snprintf(expected, sizeof expected, "{\"id\":\"%s\"}", made);
    expect_stored("{\"h\":\"y\"}", expected);
    teardown();
}
END_TEST

START_TEST(unknown_names) {
    static const char text[] = "{\"id\":1,\"nope\":[{\"x\":1}],\"\xe4\xb8\xad\":2}";
    prism_error err = PRISM_ERROR_INIT;
    setup();
    must_read(text);
    ck_assert_uint_eq(doc.n_unknown, 2);
    ck_assert_str_eq(doc.unknown, "nope");
    ck_assert_int_eq(prs_json_reader_read(reader, text, strlen(text), true, &doc, &err),
                     PRISM_EREJECTED);
    ck_assert_ptr_nonnull(strstr(err.text, "\"nope\""));
    char longer[256] = "{\"id\":1,\"";
    memset(longer + 9, 'a', 62);
    strcpy(longer + 71, "\xe4\xb8\xad\":1}");
    must_read(longer);
    ck_assert_uint_eq(strlen(doc.unknown), 62);
    teardown();
}
END_TEST

START_TEST(bad_texts_have_a_place) {
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *words;
    } cases[] = {
        {"", 1, 1, "not JSON"},
        {"\n [1]", 2, 2, "object"},
        {"\"x\"", 1, 1, "object"},
        {"{\"a\":1,\n \"a\":2}", 2, 2, "twice"},
        {"{\"a\":1,\n \"\\u0061\":2}", 2, 2, "twice"},
        {"{\"x\":[0,{\"y\":{\"b\":1,\"b\":1}}]}", 1, 21, "twice"},
        {"{\"t\":\"\xc3\x28\"}", 1, 7, "UTF-8"},
        {"{\"t\":\"\xed\xa0\x80\"}", 1, 7, "UTF-8"},
        {"{\"\xf5\":1}", 1, 3, "UTF-8"},
        {"{\"t\":\"a\nb\"}", 1, 8, "newline"},
        {"{\"t\":\"\\ud800\"}", 1, 6, "Unicode"},
        {"{\"t\":1e999}", 1, 6, "overflow"},
        {"{\"t\":truth}", 1, 6, "invalid token"},
        {"{\"t\":1} x", 1, 9, "end of file"},
        {"{\"t\":1", 1, 7, "not JSON"},
        {"{\"t\":\"a", 1, 8, "not JSON"},
        {"{t:1}", 1, 2, "not JSON"},
    };
    setup();
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_error err = PRISM_ERROR_INIT;
        prism_status status = read_text(cases[i].text, strlen(cases[i].text), &err);
        ck_assert_msg(status == PRISM_EPARSE, "%s: %d", cases[i].text, status);
        ck_assert_msg(err.line == cases[i].line && err.column == cases[i].column, "%s: %u:%u %s",
                      cases[i].text, err.line, err.column, err.text);
        ck_assert_msg(strstr(err.text, cases[i].words) != NULL, "%s: %s", cases[i].text, err.text);
    }
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(read_text("{\"t\":\"a\0b\"}", 11, &err), PRISM_EPARSE);
    ck_assert_uint_eq(err.column, 8);
    ck_assert_int_eq(read_text("{\"t\":1}\0", 8, &err), PRISM_EPARSE);
    ck_assert_int_eq(read_text("{\"t\":1\0}", 8, &err), PRISM_EPARSE);
    ck_assert_uint_eq(err.column, 7);
    ck_assert_ptr_nonnull(strstr(err.text, "NUL"));
    teardown();
}
END_TEST

static size_t nest(char *out, unsigned levels, const char *open, const char *inner,
                   const char *close) {
    size_t at = (size_t)sprintf(out, "{\"id\":1,\"x\":");
    for (unsigned i = 0; i < levels; i++) at += (size_t)sprintf(out + at, "%s", open);
    at += (size_t)sprintf(out + at, "%s", inner);
    for (unsigned i = 0; i < levels; i++) at += (size_t)sprintf(out + at, "%s", close);
    return at + (size_t)sprintf(out + at, "}");
}

START_TEST(depth_is_limited) {
    char text[2048];
    prism_error err = PRISM_ERROR_INIT;
    setup();
    ck_assert_int_eq(read_text(text, nest(text, 63, "[", "", "]"), NULL), PRISM_OK);
    ck_assert_int_eq(read_text(text, nest(text, 63, "{\"a\":", "1", "}"), NULL), PRISM_OK);
    ck_assert_int_eq(read_text(text, nest(text, 64, "[", "", "]"), &err), PRISM_ELIMIT);
    ck_assert_ptr_nonnull(strstr(err.text, "64"));
    ck_assert_int_eq(read_text(text, nest(text, 64, "[", "1", "]"), NULL), PRISM_ELIMIT);
    ck_assert_int_eq(read_text(text, nest(text, 64, "{\"a\":", "1", "}"), NULL), PRISM_ELIMIT);
    ck_assert_int_eq(read_text(text, nest(text, 64, "{\"a\":", "{}", "}"), NULL), PRISM_ELIMIT);
    ck_assert_int_eq(read_text(text, nest(text, 300, "[", "1", "]"), NULL), PRISM_ELIMIT);
    teardown();
}
END_TEST

START_TEST(size_is_limited) {
    size_t len = PRISM_MAX_DOC_BYTES;
    char *text = malloc(len + 1);
    memset(text, 'x', len + 1);
    memcpy(text, "{\"t\":\"", 6);
    memcpy(text + len - 2, "\"}", 2);
    setup();
    ck_assert_int_eq(read_text(text, len, NULL), PRISM_OK);
    ck_assert_uint_eq(doc.values[0].len, len - 8);
    ck_assert_uint_gt(doc.json.len, len);
    ck_assert_int_eq(read_text(text, len + 1, NULL), PRISM_ELIMIT);
    expect_stored("{\"id\":\"small\"}", "{\"id\":\"small\"}");
    ck_assert_uint_lt(atomic_load(&mem.live), 1 << 20); /* the large buffers went */
    teardown();
    free(text);
}
END_TEST

START_TEST(many_names_are_told_apart) {
    size_t cap = 1 << 20, at = 1;
    char *text = malloc(cap);
    setup();
    text[0] = '{';
    for (unsigned i = 0; i < 40000; i++) at += (size_t)sprintf(text + at, "\"n%u\":%u,", i, i);
    size_t end = at;
    at += (size_t)sprintf(text + at, "\"last\":0}");
    ck_assert_int_eq(read_text(text, at, NULL), PRISM_OK);
    ck_assert_uint_eq(doc.n_unknown, 40001);
    at = end + (size_t)sprintf(text + end, "\"n777\":0}");
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(read_text(text, at, &err), PRISM_EPARSE);
    ck_assert_uint_eq(err.offset, end);
    teardown();
    free(text);
}
END_TEST

START_TEST(stored_fields_are_found_again) {
    static const char json[] =
        " {\"t\":[\"a\",null,2.50,\"\\u4e2d\"],\"one\":\"x\",\"n\":[true],\"o\":{},\"z\":null} ";
    static const struct {
        const char *field;
        uint32_t i;
        const char *text; /* NULL = absent */
    } cases[] = {
        {"t", 0, "a"},    {"t", 1, "2.50"}, {"t", 2, "\xe4\xb8\xad"},
        {"t", 3, NULL},   {"one", 0, "x"},  {"one", 1, NULL},
        {"n", 0, "true"}, {"o", 0, NULL},   {"z", 0, NULL},
        {"no", 0, NULL},  {"", 0, NULL},
    };
    setup();
    prs_bytes text;
    bool found;
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        ck_assert_int_eq(prs_json_reader_field(reader, json, strlen(json), cases[i].field,
                                               cases[i].i, &text, &found, NULL),
                         PRISM_OK);
        ck_assert_msg(found == (cases[i].text != NULL), "%s[%u]", cases[i].field, cases[i].i);
        if (found)
            ck_assert(prs_bytes_equal(text, prs_bytes_of(cases[i].text, strlen(cases[i].text))));
    }
    ck_assert_int_eq(prs_json_reader_field(reader, "[1]", 3, "t", 0, &text, &found, NULL),
                     PRISM_ECORRUPT);
    ck_assert_int_eq(prs_json_reader_field(reader, "{\"t\":", 5, "t", 0, &text, &found, NULL),
                     PRISM_ECORRUPT);
    teardown();
}
END_TEST

/* ---- random texts ------------------------------------------------------------------------- */

static size_t random_value(test_rng *rng, char *out, int depth);

static size_t random_space(test_rng *rng, char *out) {
    size_t n = test_rng_one_in(rng, 4) ? test_rng_below(rng, 3) : 0;
    for (size_t i = 0; i < n; i++) out[i] = " \t\r\n"[test_rng_below(rng, 4)];
    return n;
}

static size_t random_string(test_rng *rng, char *out) {
    static const char *const parts[] = {"a",
                                        "t",
                                        "n",
                                        "id",
                                        "one",
                                        " ",
                                        ",",
                                        "]",
                                        "}",
                                        "{",
                                        "\\\"",
                                        "\\\\",
                                        "\\n",
                                        "\\u4e2d",
                                        "\xe4\xb8\xad",
                                        "\\u0000",
                                        "\xf0\x9f\x98\x80",
                                        "h",
                                        ":"};
    size_t at = 0, n = test_rng_below(rng, 4);
    out[at++] = '"';
    for (size_t i = 0; i < n; i++)
        at += (size_t)sprintf(out + at, "%s", parts[test_rng_below(rng, PRS_COUNT(parts))]);
    out[at++] = '"';
    return at;
}

static size_t random_list(test_rng *rng, char *out, int depth, bool object) {
    size_t at = 0, n = test_rng_below(rng, depth == 0 ? 6 : 4);
    out[at++] = object ? '{' : '[';
    for (size_t i = 0; i < n; i++) {
        if (i > 0) out[at++] = ',';
        at += random_space(rng, out + at);
        if (object) {
            at += random_string(rng, out + at);
            at += random_space(rng, out + at);
            out[at++] = ':';
            at += random_space(rng, out + at);
        }
        at += random_value(rng, out + at, depth + 1);
        at += random_space(rng, out + at);
    }
    out[at++] = object ? '}' : ']';
    return at;
}

static size_t random_value(test_rng *rng, char *out, int depth) {
    static const char *const scalars[] = {"null", "true", "false", "0",
                                          "-1",   "1.50", "3e2",   "12345678901"};
    uint64_t pick = test_rng_below(rng, depth < 4 ? 6 : 4);
    if (depth == 0 || pick == 5) return random_list(rng, out, depth, true);
    if (pick == 4) return random_list(rng, out, depth, false);
    if (pick >= 2) return random_string(rng, out);
    return (size_t)sprintf(out, "%s", scalars[test_rng_below(rng, PRS_COUNT(scalars))]);
}

/* The stored text must say what was given, less "h", plus a key where there was none. */
static void compare_stored(json_t *given) {
    json_t *stored = json_loadb((const char *)doc.json.ptr, doc.json.len,
                                JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    ck_assert_ptr_nonnull(stored);
    json_t *id = json_object_get(given, "id");
    json_object_del(given, "h");
    if (id == NULL || json_is_null(id)) {
        json_object_set_new(given, "id", json_stringn((const char *)doc.key, doc.key_len));
    }
    ck_assert(json_equal(given, stored));
    json_decref(stored);
}

START_TEST(random_documents_agree_with_jansson) {
    static char text[1 << 16];
    test_rng rng = test_rng_of("json_read");
    unsigned n_ok = 0, n_bad = 0;
    setup();
    for (int round = 0; round < 20000; round++) {
        size_t len = random_value(&rng, text, 0);
        if (test_rng_one_in(&rng, 3))
            text[test_rng_below(&rng, len)] = (char)test_rng_below(&rng, 256);
        json_error_t where;
        json_t *given = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
        bool nul_name = given == NULL && json_error_code(&where) == json_error_null_byte_in_key;
        prism_error err = PRISM_ERROR_INIT;
        prism_status status = read_text(text, len, &err);
        if (status == PRISM_EPARSE) ck_assert_uint_ge(err.line, 1);
        bool has_nul = memchr(text, '\0', len) != NULL; /* Jansson steps over it between tokens */
        if (has_nul) ck_assert_int_eq(status, PRISM_EPARSE);
        if (!nul_name && !has_nul) {
            ck_assert_msg((given == NULL) == (status == PRISM_EPARSE), "%.*s: %d %s", (int)len,
                          text, status, err.text);
        }
        if (given != NULL && status == PRISM_OK) compare_stored(given);
        n_ok += status == PRISM_OK;
        n_bad += status == PRISM_EPARSE;
        json_decref(given);
    }
    ck_assert_uint_gt(n_ok, 1000);
    ck_assert_uint_gt(n_bad, 1000);
    teardown();
}
END_TEST

static prism_status read_under(prs_mem *failing, void *ctx) {
    static const char text[] =
        "{\"t\":\"x\",\"tags\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17],\"h\":1,"
        "\"a\":1,\"b\":true,\"c\":1,\"e\":1,\"f\":1,\"g\":1,\"i\":1,\"j\":1,\"k\":1,\"l\":1,\"m\":"
        "1,"
        "\"n\":1,\"o\":1,\"p\":1}";
    prs_json_reader *r;
    prs_document d;
    prism_status status = prs_json_reader_new(failing, &r, NULL);
    if (status != PRISM_OK) return status;
    prs_document_init(&d, ctx, failing);
    status = prs_json_reader_read(r, text, strlen(text), false, &d, NULL);
    prs_document_fini(&d);
    prs_json_reader_free(r);
    return status;
}

START_TEST(every_allocation_may_fail) {
    setup();
    ck_assert_uint_gt(test_oom_sweep(read_under, schema), 5);
    teardown();
}
END_TEST

TEST_SUITE(json_read, values_by_type, numbers_and_truth_as_text, values_that_do_not_fit,
           stored_text, missing_keys_are_made, unknown_names, bad_texts_have_a_place,
           depth_is_limited, size_is_limited, many_names_are_told_apart,
           stored_fields_are_found_again, random_documents_agree_with_jansson,
           every_allocation_may_fail)
