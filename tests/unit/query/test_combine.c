/* test_combine.c - is a query made by calls the one that is parsed, do parts stay as they were? */
#include "tree.h"

#include "query/combine.h"

#include <stdio.h>
#include <stdlib.h>

static prism_query *leaf(const prism_schema *schema, prs_leaf_kind kind, uint32_t slop,
                         const char *text) {
    prism_query *query;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_msg(prs_query_leaf(schema, NULL, text, strlen(text), kind, slop, &query, &err) ==
                      PRISM_OK,
                  "%s: %s", text, err.text);
    return query;
}

/* The tree of parsing, in memory of one call. */
static const char *parsed(const prism_schema *schema, const char *text) {
    static char out[4096];
    prism_query *query = tree_parse(schema, text, strlen(text), 0, NULL, NULL);
    snprintf(out, sizeof out, "%s", tree_text(query));
    prism_query_unref(query);
    return out;
}

START_TEST(leaves_are_those_of_the_parser) {
    static const struct {
        prs_leaf_kind kind;
        uint32_t slop;
        const char *text, *same;
    } cases[] = {
        {PRS_LEAF_WORDS, 0, "Running", "running"},
        {PRS_LEAF_WORDS, 0, "wi-fi", "wi-fi"},
        {PRS_LEAF_WORDS, 0, "cat dog", "+cat +dog"},
        {PRS_LEAF_WORDS, 0, "C++", "C++"},
        {PRS_LEAF_WORDS, 0, "+the AND -x*", "+the +AND +x"},
        {PRS_LEAF_WORDS, 0, "人工智能", "+人工智能"},
        {PRS_LEAF_WORDS, 0, "!?", ""},
        {PRS_LEAF_PHRASE, 0, "to be or not", "\"to be or not\""},
        {PRS_LEAF_PHRASE, 0, "人工智能", "\"人工智能\""},
        {PRS_LEAF_NEAR, 0, "a b", "\"a b\"~0"},
        {PRS_LEAF_NEAR, 7, "a b c", "\"a b c\"~7"},
        {PRS_LEAF_PREFIX, 0, "happ", "happ*"},
        {PRS_LEAF_PREFIX, 0, "very happ", "\"very happ\"*"},
    };
    prism_schema *schema = tree_schema();
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_query *query = leaf(schema, cases[i].kind, cases[i].slop, cases[i].text);
        const char *same = parsed(schema, cases[i].same);
        ck_assert_msg(strcmp(tree_text(query), same) == 0, "%s: %s, not %s", cases[i].text,
                      tree_text(query), same);
        prism_query_unref(query);
    }
    prism_schema_unref(schema);
}
END_TEST

START_TEST(leaves_have_limits) {
    prism_schema *schema = tree_schema();
    prism_query *query;
    prism_error err = PRISM_ERROR_INIT;
    size_t len = PRISM_MAX_QUERY_BYTES + 1;
    char *text = malloc(len);
    ck_assert_ptr_nonnull(text);
    memset(text, 'x', len);
    ck_assert_int_eq(prs_query_leaf(schema, NULL, text, len, PRS_LEAF_WORDS, 0, &query, &err),
                     PRISM_ELIMIT);
    for (size_t i = 1; i < len; i += 2) text[i] = ' ';
    ck_assert_int_eq(prs_query_leaf(schema, NULL, text, 1000, PRS_LEAF_PHRASE, 0, &query, &err),
                     PRISM_ELIMIT);
    ck_assert_int_eq(prs_query_leaf(schema, "titel", "x", 1, PRS_LEAF_WORDS, 0, &query, &err),
                     PRISM_EINVAL);
    ck_assert_ptr_null(query);
    ck_assert_int_eq(prs_query_leaf(schema, "tags", "X y", 3, PRS_LEAF_WORDS, 0, &query, NULL),
                     PRISM_OK);
    ck_assert_str_eq(tree_text(query), "tags:x y");
    prism_query_unref(query);
    free(text);
    prism_schema_unref(schema);
}
END_TEST

/* One clause a letter: "+a b -c #d" of the terms a, b, c, d. */
static prism_query *join(const prism_schema *schema, const char *clauses, uint32_t min_should,
                         prism_status *status) {
    prism_clause list[16] = {{NULL, PRISM_SHOULD}};
    prism_query *made[16], *out = NULL;
    size_t n = 0;
    for (const char *p = clauses; *p != '\0'; p++) {
        prism_occur occur = *p == '+'   ? PRISM_MUST
                            : *p == '-' ? PRISM_MUST_NOT
                            : *p == '#' ? PRISM_FILTER
                                        : PRISM_SHOULD;
        if (*p == ' ') continue;
        if (occur != PRISM_SHOULD) p++;
        char word[2] = {*p, '\0'};
        made[n] = leaf(schema, PRS_LEAF_WORDS, 0, word);
        list[n] = (prism_clause){made[n], occur};
        n++;
    }
    *status = prs_query_bool(list, n, min_should, &out, NULL);
    while (n > 0) prism_query_unref(made[--n]); /* the whole stands alone */
    return out;
}

START_TEST(clauses_are_joined_as_the_parser_joins) {
    static const char *const cases[] = {"b", "b c", "+b +c", "+b c -d", "-b", "-b -c", "b b c"};
    prism_schema *schema = tree_schema();
    prism_status status;
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_query *query = join(schema, cases[i], 0, &status);
        ck_assert_int_eq(status, PRISM_OK);
        const char *same = parsed(schema, cases[i]);
        ck_assert_msg(strcmp(tree_text(query), same) == 0, "%s: %s, not %s", cases[i],
                      tree_text(query), same);
        prism_query_unref(query);
    }
    prism_query *query = join(schema, "+b #c d", 0, &status);
    ck_assert_str_eq(tree_text(query), "(+b #c d)");
    prism_query_unref(query);
    query = join(schema, "b c d", 2, &status);
    ck_assert_str_eq(tree_text(query), "(b c d)/2");
    prism_query_unref(query);
    query = join(schema, "+b c d", 1, &status);
    ck_assert_str_eq(tree_text(query), "(+b c d)/1");
    prism_query_unref(query);
    ck_assert_ptr_null(join(schema, "+b c d", 3, &status));
    ck_assert_int_eq(status, PRISM_EINVAL);
    prism_schema_unref(schema);
}
END_TEST

START_TEST(boosts_multiply) {
    prism_schema *schema = tree_schema();
    prism_query *cat = leaf(schema, PRS_LEAF_WORDS, 0, "cat"), *twice, *much, *none;
    ck_assert_int_eq(prs_query_boost(cat, 2.0, &twice, NULL), PRISM_OK);
    ck_assert_str_eq(tree_text(twice), "cat^2");
    ck_assert_str_eq(tree_text(cat), "cat");
    ck_assert_int_eq(prs_query_boost(twice, 0.25, &much, NULL), PRISM_OK);
    ck_assert_str_eq(tree_text(much), "cat^0.5");
    prism_query_unref(much);
    ck_assert_int_eq(prs_query_boost(twice, 500000.0, &much, NULL), PRISM_OK);
    ck_assert_int_eq(prs_query_boost(much, 1.5, &none, NULL), PRISM_EINVAL);
    ck_assert_ptr_null(none);
    prism_query_unref(much);
    prism_query_unref(twice);
    prism_query_unref(cat);
    prism_schema_unref(schema);
}
END_TEST

START_TEST(schemas_must_be_the_same) {
    prism_schema *a = tree_schema(), *b = tree_schema(),
                 *c = tree_schema_of("{\"fields\":[{\"name\":\"body\",\"type\":\"text\"}]}");
    prism_query *x = leaf(a, PRS_LEAF_WORDS, 0, "x"), *y = leaf(b, PRS_LEAF_WORDS, 0, "y"),
                *z = leaf(c, PRS_LEAF_WORDS, 0, "z"), *out;
    prism_clause alike[] = {{x, PRISM_SHOULD}, {y, PRISM_SHOULD}},
                 unlike[] = {{x, PRISM_SHOULD}, {z, PRISM_SHOULD}};
    ck_assert_int_eq(prs_query_bool(alike, 2, 0, &out, NULL), PRISM_OK);
    prism_query_unref(out);
    ck_assert_int_eq(prs_query_bool(unlike, 2, 0, &out, NULL), PRISM_EINVAL);
    ck_assert_ptr_null(out);
    prism_query_unref(x);
    prism_query_unref(y);
    prism_query_unref(z);
    prism_schema_unref(a);
    prism_schema_unref(b);
    prism_schema_unref(c);
}
END_TEST

/* Clauses that only rank are copied as all others are. */
START_TEST(extras_outlive_their_parts) {
    prism_schema *schema = tree_schema();
    prism_query *part = tree_parse(schema, "the apple", 9, 0, NULL, NULL), *again, *out;
    ck_assert_str_eq(tree_text(part), "(+appl ~the^0.3)");
    prism_clause clause = {part, PRISM_MUST};
    ck_assert_int_eq(prs_query_bool(&clause, 1, 0, &out, NULL), PRISM_OK);
    ck_assert_int_eq(prs_query_boost(out, 2.0, &again, NULL), PRISM_OK);
    ck_assert_ptr_nonnull(again->root->extra);
    ck_assert(again->root->extra != out->root->extra && out->root->extra != part->root->extra);
    prism_query_unref(part);
    prism_query_unref(out);
    ck_assert_str_eq(tree_text(again), "(+appl ~the^0.3)^2");
    prism_query_unref(again);
    prism_schema_unref(schema);
}
END_TEST

START_TEST(the_whole_has_the_limits_of_a_query) {
    prism_schema *schema = tree_schema();
    prism_query *query = leaf(schema, PRS_LEAF_PHRASE, 0, "a b"), *next;
    prism_status status = PRISM_OK;
    uint32_t depth = 1;
    while (status == PRISM_OK && depth < 200) { /* must_not is not dissolved */
        prism_clause two[] = {{query, PRISM_MUST_NOT}, {query, PRISM_FILTER}};
        status = prs_query_bool(two, depth % 2 + 1, 0, &next, NULL);
        if (status == PRISM_OK) {
            prism_query_unref(query);
            query = next;
            depth++;
        }
        ck_assert_uint_le(query->n_nodes, PRISM_MAX_QUERY_NODES);
    }
    ck_assert_int_eq(status, PRISM_ELIMIT);
    ck_assert_uint_gt(depth, 5);
    prism_query_unref(query);
    query = leaf(schema, PRS_LEAF_PHRASE, 0, "a b");
    for (status = PRISM_OK, depth = 1; status == PRISM_OK && depth < 200; depth++) {
        prism_clause one = {query, PRISM_MUST_NOT};
        status = prs_query_bool(&one, 1, 0, &next, NULL);
        if (status != PRISM_OK) break;
        prism_query_unref(query);
        query = next;
    }
    ck_assert_int_eq(status, PRISM_ELIMIT);
    ck_assert_uint_eq(depth, PRISM_MAX_QUERY_DEPTH);
    prism_query_unref(query);
    prism_schema_unref(schema);
}
END_TEST

/* A copy is its original, member by member, and lives without it. */
START_TEST(copies_are_whole) {
    static const char *const texts[] = {"apple",
                                        "\"high speed wi-fi\"",
                                        "\"a b\"~7 -c",
                                        "\"数据库 的 系统\" 中国 的",
                                        "title:(happy -x) happ*",
                                        "date:[2024 TO 2025] tags:{a TO b] tags:*",
                                        "*:* AND x^3",
                                        "\"very happ\"* covid19 covid 19 wi-fi"};
    prism_schema *schema = tree_schema();
    for (size_t i = 0; i < PRS_COUNT(texts); i++) {
        prism_query *query = tree_parse(schema, texts[i], strlen(texts[i]), 0, NULL, NULL), *copy;
        prs_buf before, behind;
        prs_mem mem;
        prs_mem_init(&mem, NULL);
        prs_buf_init(&before, &mem);
        prs_buf_init(&behind, &mem);
        ck_assert_int_eq(prs_query_to_json(query, &before, NULL), PRISM_OK);
        ck_assert_int_eq(prs_query_boost(query, 1.0, &copy, NULL), PRISM_OK);
        prism_query_unref(query);
        ck_assert_int_eq(prs_query_to_json(copy, &behind, NULL), PRISM_OK);
        ck_assert_msg(before.len == behind.len && memcmp(before.ptr, behind.ptr, before.len) == 0,
                      "%s:\n%.*s\n%.*s", texts[i], (int)before.len, (const char *)before.ptr,
                      (int)behind.len, (const char *)behind.ptr);
        prism_query_unref(copy);
        prs_buf_fini(&before);
        prs_buf_fini(&behind);
    }
    prism_schema_unref(schema);
}
END_TEST

TEST_SUITE(combine, copies_are_whole, leaves_are_those_of_the_parser, leaves_have_limits,
           clauses_are_joined_as_the_parser_joins, boosts_multiply, schemas_must_be_the_same,
           extras_outlive_their_parts, the_whole_has_the_limits_of_a_query)
