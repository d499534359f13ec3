/* test_sort.c - is an order read as it is written, and are values compared as it says? */
#include "harness/test.h"

#include "schema/value.h"
#include "search/sort.h"

#include <stdio.h>

static prism_schema *make_schema(void) {
    static const char json[] =
        "{\"fields\":[{\"name\":\"t\",\"type\":\"text\"},{\"name\":\"n\",\"type\":\"i64\"},"
        "{\"name\":\"f\",\"type\":\"f64\"},{\"name\":\"b\",\"type\":\"bool\"},"
        "{\"name\":\"d\",\"type\":\"date\"},{\"name\":\"k\",\"type\":\"keyword\",\"column\":true},"
        "{\"name\":\"u\",\"type\":\"keyword\"}]}";
    prism_schema *schema;
    ck_assert_int_eq(prism_schema_from_json(json, sizeof json - 1, &schema, NULL), PRISM_OK);
    return schema;
}

/* An order as "n<i64 _score>score", < ascending, > descending; or why not. */
static const char *read(const char *spec) {
    static char out[512];
    prism_schema *schema = make_schema();
    prism_error err = PRISM_ERROR_INIT;
    prs_mem mem;
    prs_arena arena;
    prs_sort sort;
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    prism_status status = prs_sort_parse(spec, schema, &arena, &sort, &err);
    size_t at = (size_t)snprintf(out, sizeof out, "%s", status == PRISM_OK ? "" : err.text);
    if (status != PRISM_OK) ck_assert_int_eq(status, PRISM_EINVAL);
    for (uint32_t i = 0; status == PRISM_OK && i < sort.n; i++) {
        const prs_sort_key *key = &sort.keys[i];
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%s%s%s", i > 0 ? " " : "", key->name,
                               key->desc ? ">" : "<", prs_sort_kind_name(key->kind));
        if (key->kind < PRISM_SORT_SCORE)
            ck_assert_str_eq(schema->fields[key->field].name, key->name);
    }
    if (status == PRISM_OK) {
        bool scores = strstr(out, "_score") != NULL || sort.n == 0;
        ck_assert_int_eq(sort.scored, scores);
    }
    prs_arena_fini(&arena);
    prs_schema_unref(schema);
    return out;
}

START_TEST(orders_are_read) {
    static const char *const cases[][2] = {
        {"", ""},
        {"n", "n<i64"},
        {"n:asc", "n<i64"},
        {"n:desc,f", "n>i64 f<f64"},
        {"b,d:desc,k", "b<bool d>date k<keyword"},
        {"_score", "_score>score"},
        {"_score:asc,_arrival:desc", "_score<score _arrival>arrival"},
        {"d:desc,_score", "d>date _score>score"},
        {"_arrival", "_arrival<arrival"},
        {"x", "the order names \"x\", which is no field"},
        {"t", "the order names \"t\", which has no column"},
        {"u", "the order names \"u\", which has no column"},
        {"n,", "the order names \"\", which is no field"},
        {",n", "the order names \"\", which is no field"},
        {"n:", "the order names \"n:\", where a field may be followed by :asc or :desc"},
        {"n:DESC", "the order names \"n:DESC\", where a field may be followed by :asc or :desc"},
        {"n:desc:asc",
         "the order names \"n:desc:asc\", where a field may be followed by :asc or :desc"},
        {"n,f,n:desc", "the order names \"n\", twice"},
        {"_score,_score:asc", "the order names \"_score\", twice"},
        {" n", "the order names \" n\", which is no field"},
    };
    ck_assert_str_eq(read(NULL), "");
    for (size_t i = 0; i < PRS_COUNT(cases); i++) ck_assert_str_eq(read(cases[i][0]), cases[i][1]);
}
END_TEST

START_TEST(an_order_has_a_limit) {
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    prs_mem mem;
    prs_arena arena;
    prs_sort sort;
    char spec[256] = "", name[8];
    ck_assert_int_eq(prism_schema_new(&schema, NULL), PRISM_OK);
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    for (unsigned i = 0; i <= PRISM_MAX_SORT; i++) {
        snprintf(name, sizeof name, "f%u", i);
        ck_assert_int_eq(prism_schema_add_field(schema, name, PRISM_FIELD_I64, NULL, 0, NULL),
                         PRISM_OK);
        if (i == PRISM_MAX_SORT)
            ck_assert_int_eq(prs_sort_parse(spec, schema, &arena, &sort, &err), PRISM_OK);
        strcat(strcat(spec, i > 0 ? "," : ""), name);
    }
    ck_assert_uint_eq(sort.n, PRISM_MAX_SORT);
    ck_assert_int_eq(prs_sort_parse(spec, schema, &arena, &sort, &err), PRISM_EINVAL);
    prs_arena_fini(&arena);
    prs_schema_unref(schema);
}
END_TEST

START_TEST(values_are_compared) {
    const prs_sort_key up = {PRISM_SORT_I64, false, 0, "n"}, down = {PRISM_SORT_I64, true, 0, "n"},
                       word = {PRISM_SORT_KEYWORD, false, 0, "k"};
    const prs_sort_value one = {.v = 1}, two = {.v = 2}, none = {.missing = true},
                         a = {.v = 9, .text = {(const uint8_t *)"a", 1}},
                         ab = {.v = 1, .text = {(const uint8_t *)"ab", 2}};
    ck_assert_int_lt(prs_sort_compare(&up, &one, &two), 0);
    ck_assert_int_gt(prs_sort_compare(&down, &one, &two), 0);
    ck_assert_int_eq(prs_sort_compare(&down, &two, &two), 0);
    ck_assert_int_lt(prs_sort_compare(&up, &two, &none), 0);
    ck_assert_int_lt(prs_sort_compare(&down, &one, &none), 0);
    ck_assert_int_gt(prs_sort_compare(&down, &none, &one), 0);
    ck_assert_int_eq(prs_sort_compare(&up, &none, &none), 0);
    ck_assert_int_lt(prs_sort_compare(&word, &a, &ab), 0);
}
END_TEST

START_TEST(values_are_shown) {
    const prs_sort_value half = {.v = prs_f64_to_sortable(-0.5)}, none = {.missing = true};
    const prs_sort_key f = {PRISM_SORT_F64, false, 0, "f"}, s = {PRISM_SORT_SCORE, true, 0, "s"};
    prism_sort_value out;
    prs_sort_show(&f, &half, 1, &out);
    ck_assert(out.kind == PRISM_SORT_F64 && !(out.f64 < -0.5) && !(out.f64 > -0.5) && out.i64 == 0);
    prs_sort_show(&f, &none, 1, &out);
    ck_assert(out.kind == PRISM_SORT_MISSING && out.text == NULL);
    prs_sort_show(&s, &(prs_sort_value){.v = 8}, 0.25, &out);
    ck_assert(out.kind == PRISM_SORT_SCORE && !(out.f64 < 2) && !(out.f64 > 2));
    ck_assert_ptr_null(prs_sort_kind_name(PRISM_SORT_MISSING));
    ck_assert_ptr_null(prs_sort_kind_name((prism_sort_kind)8));
}
END_TEST

TEST_SUITE(sort, orders_are_read, an_order_has_a_limit, values_are_compared, values_are_shown)
