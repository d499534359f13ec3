/* test_fields.c - every type of field with every set of flags that it can have: do documents keep,
 * find and lose exactly what the flags say, through commit, reopening, merging and reindexing; and
 * is what is no value of the type refused, saying why? */
#include "harness/test.h"

#include <prismsearch.h>
#include <stdio.h>
#include <stdarg.h>

static const struct {
    prism_field_type type;
    const char *name, *one, *two; /* as JSON */
    const char *word;             /* finds `one` alone, where words are indexed */
} types[] = {
    {PRISM_FIELD_TEXT, "text", "\"apple pie\"", "\"pear tart\"", "pie"},
    {PRISM_FIELD_KEYWORD, "keyword", "\"New York\"", "\"Berlin\"", "\"New York\""},
    {PRISM_FIELD_I64, "i64", "-9223372036854775808", "9223372036854775807", NULL},
    {PRISM_FIELD_F64, "f64", "-1.5e300", "0.25", NULL},
    {PRISM_FIELD_BOOL, "bool", "true", "false", NULL},
    {PRISM_FIELD_DATE, "date", "\"2024-02-29\"", "\"1969-12-31T23:59:59.999Z\"", NULL},
};

typedef struct kind {
    size_t t; /* place in types */
    unsigned flags;
    char path[512];
} kind;

static bool has(const kind *k, unsigned flag) {
    return (k->flags & flag) != 0;
}

static prism_status make_schema(const kind *k, prism_schema **out) {
    prism_field_options options = PRISM_FIELD_OPTIONS_INIT;
    options.flags = k->flags;
    ck_assert_int_eq(prism_schema_new(out, NULL), PRISM_OK);
    ck_assert_int_eq(prism_schema_add_field(*out, "id", PRISM_FIELD_KEYWORD, NULL, 1, NULL),
                     PRISM_OK);
    prism_status status = prism_schema_add_field(*out, "v", types[k->t].type, &options, 0, NULL);
    if (status != PRISM_OK) prism_schema_unref(*out);
    return status;
}

static prism_writer *open_writer(prism_index *index) {
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    prism_writer *writer;
    opts.non_durable = 1;
    opts.max_segments = PRISM_NO_MERGE;
    ck_assert_int_eq(prism_writer_open(index, &opts, &writer, NULL), PRISM_OK);
    return writer;
}

PRS_PRINTF(2, 3)
static void put(prism_writer *writer, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_msg(prism_writer_put_json(writer, text, (size_t)len, 0, &err) == PRISM_OK, "%s: %s",
                  text, err.text);
}

static uint64_t count(prism_snapshot *snap, const char *text) {
    prism_query *query;
    prism_hits *hits;
    ck_assert_int_eq(prism_query_parse(prism_snapshot_schema(snap), text, strlen(text), NULL,
                                       &query, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prism_search(snap, query, NULL, &hits, NULL), PRISM_OK);
    uint64_t n = prism_hits_count(hits);
    prism_hits_free(hits);
    prism_query_unref(query);
    return n;
}

static void expect_stored(const kind *k, prism_snapshot *snap, const char *key, const char *value) {
    char want[256];
    uint64_t gdoc;
    char *json;
    if (has(k, PRISM_FIELD_STORED) && value != NULL) {
        snprintf(want, sizeof want, "{\"id\":\"%s\",\"v\":%s}", key, value);
    } else {
        snprintf(want, sizeof want, "{\"id\":\"%s\"}", key);
    }
    ck_assert_int_eq(prism_document_find(snap, key, strlen(key), &gdoc, NULL), PRISM_OK);
    ck_assert_int_eq(prism_document_get(snap, gdoc, &json, NULL, NULL), PRISM_OK);
    ck_assert_str_eq(json, want);
    prism_free_text(json);
}

static void several(const kind *k, char *out, size_t room) {
    snprintf(out, room, has(k, PRISM_FIELD_MANY) ? "[%s,%s]" : "%s", types[k->t].two,
             types[k->t].two);
}

/* lost: the values of a field that is not stored are gone, after reindexing. */
static void look(const kind *k, bool lost, const char *when) {
    char both[256], word[64];
    prism_index *index;
    prism_snapshot *snap;
    uint64_t findings;
    bool asked = has(k, PRISM_FIELD_INDEXED | PRISM_FIELD_COLUMN) && !lost;
    ck_assert_int_eq(prism_index_open(k->path, NULL, &index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
    several(k, both, sizeof both);
    expect_stored(k, snap, "a", types[k->t].one);
    expect_stored(k, snap, "b", both);
    expect_stored(k, snap, "c", NULL);
    ck_assert_uint_eq(prism_snapshot_documents(snap), 3);
    uint64_t n = count(snap, "v:*");
    ck_assert_msg(n == (asked ? 2 : 0), "%s %#x %s: %d documents have a value", types[k->t].name,
                  k->flags, when, (int)n);
    if (types[k->t].word != NULL && has(k, PRISM_FIELD_INDEXED)) {
        snprintf(word, sizeof word, "v:%s", types[k->t].word);
        ck_assert_msg(count(snap, word) == (lost ? 0 : 1), "%s %#x %s", types[k->t].name, k->flags,
                      when);
    }
    ck_assert_int_eq(prism_index_check(k->path, PRISM_CHECK_DEEP, NULL, NULL, NULL, NULL, NULL,
                                       &findings, NULL),
                     PRISM_OK);
    ck_assert_msg(findings == 0, "%s %#x %s", types[k->t].name, k->flags, when);
    prism_snapshot_unref(snap);
    prism_index_close(index);
}

static void live(const kind *k, prism_schema *schema) {
    char both[256];
    prism_index *index;
    prism_reindex_opts opts = PRISM_REINDEX_OPTS_INIT;
    ck_assert_int_eq(prism_index_create(k->path, schema, NULL, &index, NULL), PRISM_OK);
    prism_writer *writer = open_writer(index);
    several(k, both, sizeof both);
    put(writer, "{\"id\":\"a\",\"v\":%s}", types[k->t].one);
    put(writer, "{\"id\":\"gone\",\"v\":%s}", types[k->t].one);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    put(writer, "{\"id\":\"b\",\"v\":%s}", both);
    put(writer, "{\"id\":\"c\",\"v\":null}");
    ck_assert_int_eq(prism_writer_delete(writer, "gone", 4, NULL, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    /* A null is kept as it came; again without it, so that all kinds look alike below. */
    put(writer, "{\"id\":\"c\"}");
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    prism_writer_close(writer);
    prism_index_close(index);
    look(k, false, "committed");
    ck_assert_int_eq(prism_index_open(k->path, NULL, &index, NULL), PRISM_OK);
    writer = open_writer(index);
    ck_assert_int_eq(prism_writer_merge(writer, 1, NULL, NULL, NULL), PRISM_OK);
    prism_writer_close(writer);
    prism_index_close(index);
    look(k, false, "merged");
    bool lossy = !has(k, PRISM_FIELD_STORED);
    opts.non_durable = 1;
    opts.drop_unstored = lossy;
    ck_assert_int_eq(prism_index_reindex(k->path, NULL, NULL, &opts, NULL, NULL, NULL, NULL),
                     PRISM_OK);
    look(k, lossy, "reindexed");
}

START_TEST(each_type_with_each_set_of_flags) {
    static const unsigned want[] = {18, 14, 6, 6, 6, 6};
    const char *dir = test_temp_dir();
    for (size_t t = 0; t < PRS_COUNT(types); t++) {
        unsigned n = 0;
        for (unsigned flags = 1; flags < 64; flags++) {
            kind k = {t, flags, ""};
            prism_schema *schema;
            if (make_schema(&k, &schema) != PRISM_OK) continue;
            snprintf(k.path, sizeof k.path, "%s/%zu-%u", dir, t, flags);
            live(&k, schema);
            prism_schema_unref(schema);
            n++;
        }
        ck_assert_uint_eq(n, want[t]);
    }
}
END_TEST

START_TEST(a_flag_that_a_type_cannot_have_is_named) {
    static const struct {
        prism_field_type type;
        unsigned flags;
        const char *says;
    } cases[] = {
        {PRISM_FIELD_TEXT, PRISM_FIELD_COLUMN, "field v: a text field cannot be \"column\""},
        {PRISM_FIELD_I64, PRISM_FIELD_INDEXED, "field v: a i64 field cannot be \"indexed\""},
        {PRISM_FIELD_DATE, PRISM_FIELD_POSITIONS | PRISM_FIELD_STORED,
         "field v: a date field cannot be \"positions\""},
        {PRISM_FIELD_KEYWORD, PRISM_FIELD_LENGTHS | PRISM_FIELD_INDEXED,
         "field v: a keyword field cannot be \"lengths\""},
        {PRISM_FIELD_BOOL, PRISM_FIELD_MANY,
         "field v: neither stored, indexed nor column: leave it out"},
        {PRISM_FIELD_TEXT, PRISM_FIELD_STORED | PRISM_FIELD_POSITIONS,
         "field v: positions and lengths need \"indexed\""},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_schema *schema;
        prism_error err = PRISM_ERROR_INIT;
        prism_field_options options = PRISM_FIELD_OPTIONS_INIT;
        options.flags = cases[i].flags;
        ck_assert_int_eq(prism_schema_new(&schema, NULL), PRISM_OK);
        ck_assert_int_eq(prism_schema_add_field(schema, "v", cases[i].type, &options, 0, &err),
                         PRISM_EINVAL);
        ck_assert_str_eq(err.text, cases[i].says);
        prism_schema_unref(schema);
    }
}
END_TEST

START_TEST(what_is_no_value_is_refused) {
    static const struct {
        const char *type, *value;
        prism_status status;
        const char *says; /* part of the text; NULL: taken */
    } cases[] = {
        {"i64", "9223372036854775807", PRISM_OK, NULL},
        {"i64", "9223372036854775808", PRISM_EREJECTED, "field v: a number above 2^63-1"},
        {"i64", "-9223372036854775809", PRISM_EPARSE, "big"},
        {"i64", "1.5", PRISM_EREJECTED, "field v: a fraction is not a value of type i64"},
        {"i64", "1e3", PRISM_OK, NULL}, /* it is whole */
        {"i64", "1e-3", PRISM_EREJECTED, "field v: a fraction"},
        {"i64", "\"12\"", PRISM_OK, NULL},
        {"i64", "\"12 \"", PRISM_EREJECTED, "field v: \"12 \" is not a value of type i64"},
        {"i64", "\"9223372036854775808\"", PRISM_EREJECTED, "not a value of type i64"},
        {"i64", "true", PRISM_EREJECTED, "true or false is not a value of type i64"},
        {"i64", "[1]", PRISM_EREJECTED, "field v has one value, not an array"},
        {"i64", "{}", PRISM_EREJECTED, "an object is not a value of type i64"},
        {"f64", "-0.0", PRISM_OK, NULL},
        {"f64", "1e308", PRISM_OK, NULL},
        {"f64", "1e400", PRISM_EPARSE, "1e400"},
        {"f64", "NaN", PRISM_EPARSE, "NaN"},
        {"f64", "\"NaN\"", PRISM_EREJECTED, "\"NaN\" is not a value of type f64"},
        {"f64", "\"1e400\"", PRISM_EREJECTED, "\"1e400\" is not a value of type f64"},
        {"f64", "\"inf\"", PRISM_EREJECTED, "not a value of type f64"},
        {"f64", "\"0x10\"", PRISM_EREJECTED, "not a value of type f64"},
        {"bool", "\"true\"", PRISM_OK, NULL},
        {"bool", "1", PRISM_EREJECTED, "a number is not a value of type bool"},
        {"bool", "\"yes\"", PRISM_EREJECTED, "\"yes\" is not a value of type bool"},
        {"date", "\"2024-02-29\"", PRISM_OK, NULL},
        {"date", "\"2025-02-29\"", PRISM_EREJECTED, "\"2025-02-29\" is not a value of type date"},
        {"date", "\"2025-02-30\"", PRISM_EREJECTED, "\"2025-02-30\" is not a value of type date"},
        {"date", "\"2025-13-01\"", PRISM_EREJECTED, "not a value of type date"},
        {"date", "\"2025-01-01T25:00:00Z\"", PRISM_EREJECTED, "not a value of type date"},
        {"date", "1735689600000", PRISM_EREJECTED, "a number is not a value of type date"},
        {"date", "\"\"", PRISM_EREJECTED, "\"\" is not a value of type date"},
        {"keyword", "1.10", PRISM_OK, NULL},
        {"keyword", "[\"a\"]", PRISM_EREJECTED, "field v has one value, not an array"},
        {"text", "[\"a\",[\"b\"]]", PRISM_EREJECTED, "an array is not a value of type text"},
        {"text", "\"\\ud800\"", PRISM_EPARSE, ""},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        char text[256];
        prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
        prism_schema *schema;
        prism_index *index;
        prism_error err = PRISM_ERROR_INIT;
        opts.in_memory = 1;
        int len = snprintf(text, sizeof text,
                           "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
                           "{\"name\":\"v\",\"type\":\"%s\"}]}",
                           cases[i].type);
        ck_assert_int_eq(prism_schema_from_json(text, (size_t)len, &schema, NULL), PRISM_OK);
        ck_assert_int_eq(prism_index_create("fields", schema, &opts, &index, NULL), PRISM_OK);
        prism_writer *writer = open_writer(index);
        len = snprintf(text, sizeof text, "{\"id\":\"x\",\"v\":%s}", cases[i].value);
        prism_status status = prism_writer_put_json(writer, text, (size_t)len, 0, &err);
        ck_assert_msg(status == cases[i].status, "%s: %d %s", text, status, err.text);
        if (cases[i].says != NULL)
            ck_assert_msg(strstr(err.text, cases[i].says) != NULL, "%s: %s", text, err.text);
        put(writer, "{\"id\":\"y\"}"); /* and the writer is as it was */
        ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
        prism_snapshot *snap;
        ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
        ck_assert_uint_eq(prism_snapshot_documents(snap), status == PRISM_OK ? 2 : 1);
        prism_snapshot_unref(snap);
        prism_writer_close(writer);
        prism_index_close(index);
        prism_schema_unref(schema);
    }
}
END_TEST

TEST_SUITE(fields, each_type_with_each_set_of_flags, a_flag_that_a_type_cannot_have_is_named,
           what_is_no_value_is_refused)
