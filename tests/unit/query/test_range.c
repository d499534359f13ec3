/* test_range.c - which values do ranges, comparisons and plain values of each type mean? */
#include "tree.h"

#include "query/combine.h"
#include "query/range.h"
#include "schema/value.h"

static prism_schema *make_schema(void) {
    return tree_schema_of(
        "{\"fields\":[{\"name\":\"title\",\"type\":\"text\",\"boost\":2},"
        "{\"name\":\"body\",\"type\":\"text\"},{\"name\":\"n\",\"type\":\"i64\",\"many\":true},"
        "{\"name\":\"f\",\"type\":\"f64\"},{\"name\":\"b\",\"type\":\"bool\"},"
        "{\"name\":\"date\",\"type\":\"date\"},"
        "{\"name\":\"tags\",\"type\":\"keyword\",\"column\":true,\"many\":true},"
        "{\"name\":\"url\",\"type\":\"keyword\"},"
        "{\"name\":\"shown\",\"type\":\"i64\",\"column\":false,\"stored\":true},"
        "{\"name\":\"label\",\"type\":\"keyword\",\"indexed\":false,\"column\":true},"
        "{\"name\":\"note\",\"type\":\"keyword\",\"indexed\":false}]}");
}

static void check(const tree_case *cases, size_t n) {
    prism_schema *schema = make_schema();
    tree_check(schema, cases, n);
    prs_schema_unref(schema);
}

START_TEST(whole_numbers) {
    static const tree_case cases[] = {
        {"n:[1 TO 5]", "n:[1 5]", NULL, 0},
        {"n:{1 TO 5}", "n:[2 4]", NULL, 0},
        {"n:[1 TO 5}", "n:[1 4]", NULL, 0},
        {"n:{1 TO *]", "n:[2 *]", NULL, 0},
        {"n:[* TO -1]", "n:[* -1]", NULL, 0},
        {"n:[* TO *]", "n:[* *]", NULL, 0},
        {"n:{* TO *}", "n:[* *]", NULL, 0},
        {"n:5", "n:[5 5]", NULL, 0},
        {"n:-5", "n:[-5 -5]", NULL, 0},
        {"n:+5", "n:[5 5]", NULL, 0},
        {"n:\"5\"", "n:[5 5]", NULL, 0},
        {"n:>5", "n:[6 *]", NULL, 0},
        {"n:>=5", "n:[5 *]", NULL, 0},
        {"n:<5", "n:[* 4]", NULL, 0},
        {"n:<=-5", "n:[* -5]", NULL, 0},
        {"n:≤5", "n:[* 5]", NULL, 0},
        {"n:[5 TO 5]", "n:[5 5]", NULL, 0},
        {"n:[5 TO 1]", "none", NULL, 0},
        {"n:[5 TO 5}", "none", NULL, 0},
        {"n:{5 TO 6}", "none", NULL, 0},
        {"n:[9223372036854775807 TO *]", "n:[9223372036854775807 *]", NULL, 0},
        {"n:>9223372036854775807", "none", NULL, 0},
        {"n:<-9223372036854775808", "none", NULL, 0},
        {"n:>9223372036854775808", "none", "2 0", 0},
        {"n:1e400", "none", "2 0", 0},
        {"n:2.5", "none", "2 0", 0},
        {"n:x", "none", "2 0", 0},
        {"n:[x TO 5] apple", "appl", "2", 0},
        {"n:> 5", "5", "2", 0},
        {"n:[ TO 5]", "none", "2 0", 0},
        {"n:5*", "none", "2 0", 0},
        {"n:\"5\"~2", "none", "2 0", 0},
        {"n:５", "n:[5 5]", NULL, 0},
        {"n:［１　ＴＯ　５｝", "n:[1 4]", NULL, 0},
        {"n：＞＝－５", "n:[-5 *]", NULL, 0},
        {"n:0005", "n:[5 5]", NULL, 0},
        {"n:5^2", "n:[5 5]^2", NULL, 0},
        {"n:[1 TO 5]^0.5", "n:[1 5]^0.5", NULL, 0},
        {"shown:5", "none", "6 0", 0},
        {"shown:>5", "none", "6 0", 0},
        {"n:*", "exists(n)", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(other_types) {
    static const tree_case cases[] = {
        {"f:[1 TO 2.5]", "f:[1.0 2.5]", NULL, 0},
        {"f:-0.5", "f:[-0.5 -0.5]", NULL, 0},
        {"f:-0", "f:[0.0 0.0]", NULL, 0},
        {"f:>1", "f:[1.0000000000000002 *]", NULL, 0},
        {"f:>-4.9406564584124654e-324", "f:[0.0 *]", NULL, 0},
        {"f:<0", "f:[* -4.9406564584124654e-324]", NULL, 0},
        {"f:>=1e308", "f:[1e308 *]", NULL, 0},
        {"f:>1e400", "none", "2 0", 0},
        {"f:NaN", "none", "2 0", 0},
        {"f:[NaN TO Infinity]", "none", "2 0", 0},
        {"f:>1.7976931348623157e308", "none", NULL, 0},
        {"f:<-1.7976931348623157e308", "none", NULL, 0},
        {"b:true", "b:[true true]", NULL, 0},
        {"b:false", "b:[false false]", NULL, 0},
        {"b:>false", "b:[true *]", NULL, 0},
        {"b:yes", "none", "2 0", 0},
        {"date:2025-01", "date:[2025-01-01T00:00:00Z 2025-01-31T23:59:59.999Z]", NULL, 0},
        {"date:2024", "date:[2024-01-01T00:00:00Z 2024-12-31T23:59:59.999Z]", NULL, 0},
        {"date:[2025-01 TO 2025-03]", "date:[2025-01-01T00:00:00Z 2025-03-31T23:59:59.999Z]", NULL,
         0},
        {"date:{2025-01 TO 2025-03}", "date:[2025-02-01T00:00:00Z 2025-02-28T23:59:59.999Z]", NULL,
         0},
        {"date:>2025-01", "date:[2025-02-01T00:00:00Z *]", NULL, 0},
        {"date:>=2025-01", "date:[2025-01-01T00:00:00Z *]", NULL, 0},
        {"date:<2025-01", "date:[* 2024-12-31T23:59:59.999Z]", NULL, 0},
        {"date:<=2025-01", "date:[* 2025-01-31T23:59:59.999Z]", NULL, 0},
        {"date:{2025-01 TO 2025-02}", "none", NULL, 0},
        {"date:2025-01-31T23:59", "date:[2025-01-31T23:59:00Z 2025-01-31T23:59:59.999Z]", NULL, 0},
        {"date:\"2025-01-31 23:59:58+08:00\"",
         "date:[2025-01-31T15:59:58Z 2025-01-31T15:59:58.999Z]", NULL, 0},
        {"date:[2025-01-31 10:00 TO \"2025-02-01 00:00\"}",
         "date:[2025-01-31T10:00:00Z 2025-01-31T23:59:59.999Z]", NULL, 0},
        {"date:>9999", "date:[253402300800000 *]", NULL, 0},
        {"date:2025-13", "none", "5 0", 0},
        {"date:[2025-13 TO *] apple", "appl", "5", 0},
        {"date:２０２５－０１－０１", "date:[2025-01-01T00:00:00Z 2025-01-01T23:59:59.999Z]", NULL,
         0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(keywords) {
    static const tree_case cases[] = {
        {"tags:[a TO c]", "tags:[a c]", NULL, 0},
        {"tags:{A TO c}", "tags:{A c}", NULL, 0},
        {"tags:[\"New York\" TO *]", "tags:[New York *]", NULL, 0},
        {"tags:>=Zürich", "tags:[Zürich *]", NULL, 0},
        {"tags:[b TO a]", "none", NULL, 0},
        {"tags:[a TO a]", "tags:[a a]", NULL, 0},
        {"tags:[a TO a}", "none", NULL, 0},
        {"tags:>", "tags:{ *]", NULL, 0},
        {"tags:a", "tags:a", NULL, 0},
        {"url:[Ａ TO C]", "url:[a c]", NULL, 0},
        {"url:{* TO C}", "url:[* c}", NULL, 0},
        {"url:>", "none", "4 0", 0},
        {"label:[a TO b]", "label:[a b]", NULL, 0},
        {"label:a", "none", "0 0", 0},
        {"note:[a TO b]", "none", "5 0", 0},
        {"title:[a TO b]", "none", "6 0", 0},
        {"title:>5", "none", "6 0", 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(beside_other_clauses) {
    static const tree_case cases[] = {
        {"apple n:[1 TO 5]", "(appl n:[1 5])", NULL, 0},
        {"+apple +n:>5 -f:<0", "(+appl +n:[6 *] -f:[* -4.9406564584124654e-324])", NULL, 0},
        {"n:(1 2)", "(n:[1 1] n:[2 2])", NULL, 0},
        {"n:(>=1 AND <5)", "(+n:[1 *] +n:[* 4])", NULL, 0},
        {"n:(+>=1 -3)", "(+n:[1 *] -n:[3 3])", NULL, 0},
        {"n:([1 TO 5] [7 TO *])^2 >5", "(n:[1 5]^2 n:[7 *]^2 5)", NULL, 0},
        {"n:((>5)) <3", "(n:[6 *] 3)", NULL, 0},
        {"n:(title:(>5) >6)", "(title:5 n:[7 *])", NULL, 0},
        {"tags:(>a x)", "(tags:{a *] tags:x)", NULL, 0},
        {"date:(2025 OR 2026)",
         "(date:[2025-01-01T00:00:00Z 2025-12-31T23:59:59.999Z] "
         "date:[2026-01-01T00:00:00Z 2026-12-31T23:59:59.999Z])",
         NULL, 0},
        {"-n:5", "(-n:[5 5] #*:*)", NULL, 0},
        {"-n:[5 TO 1]", "(#*:*)", NULL, 0},
        {"apple n:[5 TO 1]", "appl", NULL, 0},
        {"apple AND n:[5 TO 1]", "none", NULL, 0},
        {"apple n:5", "(+appl +n:[5 5])", NULL, AND},
        {"[1 TO 5] >5", "(1 5^2 ~to^0.3)", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

/* ---- by calls ----------------------------------------------------------------------------- */

static const char *by_call(const prism_schema *schema, const char *field, const char *from,
                           const char *to, bool from_open, bool to_open, prism_status *status) {
    prs_range_end a = {from, from != NULL ? strlen(from) : 0, from_open};
    prs_range_end b = {to, to != NULL ? strlen(to) : 0, to_open};
    prism_query *query;
    prism_error err = PRISM_ERROR_INIT;
    *status = prs_query_range(schema, field, &a, &b, &query, &err);
    if (*status != PRISM_OK) {
        ck_assert_ptr_null(query);
        ck_assert_str_ne(err.text, "");
        return "";
    }
    const char *tree = tree_text(query);
    prs_query_unref(query);
    return tree;
}

START_TEST(queries_by_calls) {
    prism_schema *schema = make_schema();
    prism_status status;
    prism_query *query;
    ck_assert_str_eq(by_call(schema, "n", "1", "5", false, true, &status), "n:[1 4]");
    ck_assert_str_eq(by_call(schema, "n", NULL, NULL, true, true, &status), "n:[* *]");
    ck_assert_str_eq(by_call(schema, "n", "*", NULL, false, false, &status), "");
    ck_assert_int_eq(status, PRISM_EINVAL);
    ck_assert_str_eq(by_call(schema, "tags", "*", NULL, false, false, &status), "tags:[* *]");
    ck_assert_str_eq(by_call(schema, "n", "5", "1", false, false, &status), "none");
    by_call(schema, "body", "5", "1", false, false, &status);
    ck_assert_int_eq(status, PRISM_EINVAL);
    by_call(schema, "nosuch", "5", "1", false, false, &status);
    ck_assert_int_eq(status, PRISM_ENOTFOUND);
    ck_assert_int_eq(prs_query_exists(schema, "n", &query, NULL), PRISM_OK);
    ck_assert_str_eq(tree_text(query), "exists(n)");
    ck_assert_str_eq(prs_query_shape(query), "mixed");
    prs_query_unref(query);
    ck_assert_int_eq(prs_query_exists(schema, "note", &query, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prs_query_exists(schema, "x", &query, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prs_query_all(schema, &query, NULL), PRISM_OK);
    ck_assert_str_eq(tree_text(query), "*:*");
    prs_query_unref(query);
    prs_schema_unref(schema);
}
END_TEST

/* Copies have ends of their own. */
START_TEST(a_joined_range_outlives_its_parts) {
    prism_schema *schema = make_schema();
    prism_query *a = tree_parse(schema, "tags:[abc TO abd}", 17, 0, NULL, NULL);
    prism_query *b = tree_parse(schema, "n:>5", 4, 0, NULL, NULL), *both;
    prism_clause clauses[] = {{a, PRISM_MUST}, {b, PRISM_FILTER}};
    ck_assert_str_eq(prs_query_shape(a), "range");
    ck_assert_int_eq(prs_query_bool(clauses, 2, 0, &both, NULL), PRISM_OK);
    prs_query_unref(a);
    prs_query_unref(b);
    ck_assert_str_eq(tree_text(both), "(+tags:[abc abd} #n:[6 *])");
    prs_query_unref(both);
    prs_schema_unref(schema);
}
END_TEST

/* Whatever is narrowed in any order is what both ends say. */
START_TEST(values_of_all_types_sort_as_they_are) {
    static const double values[] = {-1e300, -2.5, -1, -1e-300, 0, 1e-300, 1, 2.5, 1e300};
    for (size_t i = 1; i < PRS_COUNT(values); i++)
        ck_assert(prs_f64_to_sortable(values[i - 1]) < prs_f64_to_sortable(values[i]));
}
END_TEST

TEST_SUITE(range, whole_numbers, other_types, keywords, beside_other_clauses, queries_by_calls,
           a_joined_range_outlives_its_parts, values_of_all_types_sort_as_they_are)
