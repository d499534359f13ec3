/* Is a field table accepted exactly when it is sound, found by name, and gone without a trace? */
#include "harness/test.h"

#include "schema/schema.h"

#include <stdio.h>

static prism_schema *empty(void) {
    prism_schema *schema;
    ck_assert_int_eq(prs_schema_new(&schema, NULL), PRISM_OK);
    return schema;
}

static void expect_refusal(prism_schema *schema, const char *name, prism_field_type type,
                           const prism_field_options *options, bool is_key, prism_status status,
                           const char *words) {
    prism_error err = PRISM_ERROR_INIT;
    uint32_t before = schema->n_fields;
    ck_assert_int_eq(prs_schema_add(schema, name, type, options, is_key, &err), status);
    ck_assert_int_eq(err.code, status);
    ck_assert_msg(strstr(err.text, words) != NULL, "\"%s\" does not say \"%s\"", err.text, words);
    ck_assert_uint_eq(schema->n_fields, before);
}

START_TEST(default_schema_is_the_contract) {
    prism_schema *s;
    ck_assert_int_eq(prs_schema_default(&s, NULL), PRISM_OK);
    ck_assert_uint_eq(s->n_fields, 8);
    ck_assert_int_eq(s->key_field, 0);
    const prs_field *id = prs_schema_field(s, "id", 2), *title = prs_schema_field(s, "title", 5);
    const prs_field *body = prs_schema_field(s, "body", 4), *url = prs_schema_field(s, "url", 3);
    const prs_field *date = prs_schema_field(s, "date", 4), *tags = prs_schema_field(s, "tags", 4);
    ck_assert(id->is_key && id->type == PRISM_FIELD_KEYWORD && (id->flags & PRISM_FIELD_MANY) == 0);
    ck_assert_uint_eq(title->boost, 2);
    ck_assert_uint_eq(title->flags, PRISM_FIELD_STORED | PRISM_FIELD_INDEXED | PRISM_FIELD_MANY |
                                        PRISM_FIELD_POSITIONS | PRISM_FIELD_LENGTHS);
    ck_assert_uint_eq(body->boost, 1);
    ck_assert_str_eq(body->analyzer, "mixed-v1");
    ck_assert_str_eq(url->analyzer, "keyword");
    ck_assert_uint_eq(url->flags & PRISM_FIELD_COLUMN, 0);
    ck_assert_uint_eq(date->flags, PRISM_FIELD_STORED | PRISM_FIELD_COLUMN);
    ck_assert_str_eq(date->analyzer, "");
    ck_assert_uint_eq(tags->flags, PRISM_FIELD_STORED | PRISM_FIELD_INDEXED | PRISM_FIELD_COLUMN |
                                       PRISM_FIELD_MANY);
    ck_assert_ptr_null(prs_schema_field(s, "titl", 4));
    ck_assert_ptr_null(prs_schema_field(s, "", 0));
    for (uint32_t i = 0; i < s->n_fields; i++) ck_assert_uint_eq(s->fields[i].no, i);
    prs_schema_unref(s);
}
END_TEST

START_TEST(names_are_checked) {
    prism_schema *s = empty();
    static const char *const good[] = {"a", "_x", ".hidden", "a-b", "A9", "x.y.z"};
    static const char *const bad[] = {"", "9a", "-a", "a b", "a:b", "caf\xc3\xa9", "a\"", "a^2"};
    for (size_t i = 0; i < PRS_COUNT(good); i++) {
        ck_assert_int_eq(prs_schema_add(s, good[i], PRISM_FIELD_TEXT, NULL, false, NULL), PRISM_OK);
    }
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        expect_refusal(s, bad[i], PRISM_FIELD_TEXT, NULL, false, PRISM_EINVAL, "name");
    }
    expect_refusal(s, "a", PRISM_FIELD_DATE, NULL, false, PRISM_EINVAL, "twice");
    char name[PRS_SCHEMA_MAX_NAME + 2];
    memset(name, 'n', sizeof name);
    name[PRS_SCHEMA_MAX_NAME + 1] = '\0';
    expect_refusal(s, name, PRISM_FIELD_TEXT, NULL, false, PRISM_EINVAL, "longer");
    name[PRS_SCHEMA_MAX_NAME] = '\0';
    ck_assert_int_eq(prs_schema_add(s, name, PRISM_FIELD_TEXT, NULL, false, NULL), PRISM_OK);
    prs_schema_unref(s);
}
END_TEST

START_TEST(flags_must_fit_the_type) {
    static const struct {
        prism_field_type type;
        unsigned flags;
        const char *words;
    } cases[] = {
        {PRISM_FIELD_TEXT, PRISM_FIELD_INDEXED | PRISM_FIELD_COLUMN, "column"},
        {PRISM_FIELD_TEXT, PRISM_FIELD_STORED | PRISM_FIELD_POSITIONS, "need \"indexed\""},
        {PRISM_FIELD_KEYWORD, PRISM_FIELD_INDEXED | PRISM_FIELD_LENGTHS, "lengths"},
        {PRISM_FIELD_KEYWORD, PRISM_FIELD_INDEXED | PRISM_FIELD_POSITIONS, "positions"},
        {PRISM_FIELD_I64, PRISM_FIELD_COLUMN | PRISM_FIELD_INDEXED, "indexed"},
        {PRISM_FIELD_DATE, PRISM_FIELD_COLUMN | PRISM_FIELD_LENGTHS, "lengths"},
        {PRISM_FIELD_BOOL, PRISM_FIELD_MANY, "leave it out"},
        {PRISM_FIELD_F64, 64, "unknown flags"},
        {(prism_field_type)0, PRISM_FIELD_STORED, "not a field type"},
        {(prism_field_type)7, PRISM_FIELD_STORED, "not a field type"},
    };
    prism_schema *s = empty();
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_field_options options = PRISM_FIELD_OPTIONS_INIT;
        options.flags = cases[i].flags;
        expect_refusal(s, "f", cases[i].type, &options, false, PRISM_EINVAL, cases[i].words);
    }
    prs_schema_unref(s);
}
END_TEST

START_TEST(boost_belongs_to_searched_text) {
    prism_schema *s = empty();
    prism_field_options options = PRISM_FIELD_OPTIONS_INIT;
    options.boost = 101;
    expect_refusal(s, "t", PRISM_FIELD_TEXT, &options, false, PRISM_EINVAL, "0..100");
    options.boost = 2;
    expect_refusal(s, "k", PRISM_FIELD_KEYWORD, &options, false, PRISM_EINVAL, "boost");
    options.boost = 100;
    ck_assert_int_eq(prs_schema_add(s, "t", PRISM_FIELD_TEXT, &options, false, NULL), PRISM_OK);
    options.flags = PRISM_FIELD_STORED;
    ck_assert_int_eq(prs_schema_add(s, "u", PRISM_FIELD_TEXT, &options, false, NULL), PRISM_OK);
    ck_assert_int_eq(prs_schema_add(s, "k", PRISM_FIELD_KEYWORD, NULL, false, NULL), PRISM_OK);
    ck_assert_uint_eq(s->fields[0].boost, 100);
    ck_assert_uint_eq(s->fields[1].boost, 0);
    ck_assert_uint_eq(s->fields[2].boost, 0);
    prs_schema_unref(s);
}
END_TEST

START_TEST(key_is_one_stored_keyword) {
    prism_schema *s = empty();
    prism_field_options options = PRISM_FIELD_OPTIONS_INIT;
    expect_refusal(s, "t", PRISM_FIELD_TEXT, NULL, true, PRISM_EINVAL, "must be a keyword");
    options.flags = PRISM_FIELD_STORED | PRISM_FIELD_MANY;
    expect_refusal(s, "k", PRISM_FIELD_KEYWORD, &options, true, PRISM_EINVAL, "one value");
    options.flags = PRISM_FIELD_INDEXED;
    expect_refusal(s, "k", PRISM_FIELD_KEYWORD, &options, true, PRISM_EINVAL, "stored");
    ck_assert_int_eq(s->key_field, -1);
    ck_assert_int_eq(prs_schema_add(s, "t", PRISM_FIELD_TEXT, NULL, false, NULL), PRISM_OK);
    ck_assert_int_eq(prs_schema_add(s, "k", PRISM_FIELD_KEYWORD, NULL, true, NULL), PRISM_OK);
    ck_assert_int_eq(prs_schema_add(s, "k2", PRISM_FIELD_KEYWORD, NULL, true, NULL), PRISM_OK);
    ck_assert_int_eq(s->key_field, 1);
    ck_assert(!s->fields[2].is_key);
    prs_schema_unref(s);
}
END_TEST

START_TEST(analyzers_are_named_and_options_canonical) {
    prism_schema *s = empty();
    prism_field_options options = PRISM_FIELD_OPTIONS_INIT;
    options.analyzer = "whitespace";
    options.options = " { \"stem\" : \"off\", \"max_token_bytes\": 64, \"emoji\": false } ";
    ck_assert_int_eq(prs_schema_add(s, "t", PRISM_FIELD_TEXT, &options, false, NULL), PRISM_OK);
    ck_assert_str_eq(s->fields[0].analyzer, "whitespace");
    ck_assert_str_eq(s->fields[0].options,
                     "{\"emoji\":\"off\",\"max_token_bytes\":\"64\",\"stem\":\"off\"}");
    options.options = "{}";
    ck_assert_int_eq(prs_schema_add(s, "u", PRISM_FIELD_TEXT, &options, false, NULL), PRISM_OK);
    ck_assert_str_eq(s->fields[1].options, "");
    static const char *const bad[] = {
        "[]", "{", "{\"a\":1,\"a\":2}", "{\"stem\":null}", "{\"stem\":1.5}", "{\"stem\":{}}"};
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        options.options = bad[i];
        expect_refusal(s, "v", PRISM_FIELD_TEXT, &options, false, PRISM_EINVAL, "option");
    }
    options.options = NULL;
    options.analyzer = "a-name-of-more-than-thirty-one-bytes";
    expect_refusal(s, "v", PRISM_FIELD_TEXT, &options, false, PRISM_EINVAL, "31 bytes");
    options.analyzer = "keyword";
    expect_refusal(s, "v", PRISM_FIELD_DATE, &options, false, PRISM_EINVAL, "no analyzer");
    prs_schema_unref(s);
}
END_TEST

static prism_status collect(void *ctx, const char *name, const char *value, prism_error *err) {
    (void)err;
    strcat(strcat(strcat(strcat(ctx, name), "="), value), " ");
    return strcmp(name, "stop") == 0 ? PRISM_ECANCELED : PRISM_OK;
}

START_TEST(options_are_handed_out_one_by_one) {
    prs_field field = {.options = "{\"han\":\"bi\",\"stem\":\"off\"}"};
    char seen[64] = "";
    ck_assert_int_eq(prs_field_each_option(&field, collect, seen, NULL), PRISM_OK);
    ck_assert(strcmp(seen, "han=bi stem=off ") == 0 || strcmp(seen, "stem=off han=bi ") == 0);
    field.options = "{\"stop\":\"1\"}";
    ck_assert_int_eq(prs_field_each_option(&field, collect, seen, NULL), PRISM_ECANCELED);
    field.options = "";
    ck_assert_int_eq(prs_field_each_option(&field, NULL, NULL, NULL), PRISM_OK);
}
END_TEST

START_TEST(at_most_1024_fields) {
    prism_schema *s = empty();
    char name[16];
    for (unsigned i = 0; i < PRISM_MAX_FIELDS; i++) {
        snprintf(name, sizeof name, "f%u", i);
        ck_assert_int_eq(prs_schema_add(s, name, PRISM_FIELD_TEXT, NULL, false, NULL), PRISM_OK);
    }
    expect_refusal(s, "more", PRISM_FIELD_TEXT, NULL, false, PRISM_ELIMIT, "1024");
    ck_assert_uint_eq(prs_schema_field(s, "f1023", 5)->no, 1023);
    prs_schema_unref(s);
}
END_TEST

typedef struct counted_slot {
    prs_schema_slot slot;
    int freed;
} counted_slot;

static void count_slot(prs_schema_slot *slot) {
    ((counted_slot *)slot)->freed++;
}

START_TEST(references_are_counted) {
    prism_schema *s;
    counted_slot slot = {{count_slot}, 0};
    ck_assert_int_eq(prs_schema_default(&s, NULL), PRISM_OK);
    atomic_store(&s->cache->slot, &slot.slot);
    const prism_schema *shared = s;
    ck_assert_ptr_eq(prs_schema_ref(shared), s);
    prs_schema_unref(s);
    ck_assert_int_eq(slot.freed, 0);
    ck_assert_uint_eq(s->n_fields, 8);
    prs_schema_unref(s);
    ck_assert_int_eq(slot.freed, 1);
    prs_schema_unref(NULL);
    ck_assert_ptr_null(prs_schema_ref(NULL));
}
END_TEST

TEST_SUITE(schema, default_schema_is_the_contract, names_are_checked, flags_must_fit_the_type,
           boost_belongs_to_searched_text, key_is_one_stored_keyword,
           analyzers_are_named_and_options_canonical, options_are_handed_out_one_by_one,
           at_most_1024_fields, references_are_counted)
