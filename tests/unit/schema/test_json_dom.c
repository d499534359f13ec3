/* Does C see through the shim exactly what simdjson parsed? */
#include "harness/test.h"

#include "schema/json_dom.h"

#include <stdlib.h>

static prs_json_result parse(prs_json_dom *dom, const char *text, size_t len, uint32_t depth,
                             prs_json_value *root) {
    static char padded[1 << 16];
    memset(padded, 0, sizeof padded);
    memcpy(padded, text, len);
    return prs_json_dom_parse(dom, padded, len, depth, root);
}

START_TEST(values_are_walked_in_order) {
    static const char text[] =
        "{\"a\":[null,true,false,-3,18446744073709551615,2.5,\"\\u4e2d\\u0000\"],\"b\":{},\"\":[]}";
    static const prs_json_type types[] = {PRS_JSON_NULL,  PRS_JSON_BOOL, PRS_JSON_BOOL,
                                          PRS_JSON_I64,   PRS_JSON_U64,  PRS_JSON_F64,
                                          PRS_JSON_STRING};
    prs_json_dom *dom = prs_json_dom_new();
    prs_json_value root, value, items[7];
    const char *name;
    size_t len;
    ck_assert_int_eq(parse(dom, text, strlen(text), 64, &root), PRS_JSON_OK);
    ck_assert_int_eq(prs_json_dom_type(root), PRS_JSON_OBJECT);
    prs_json_iter members = prs_json_dom_members(root);
    ck_assert(prs_json_dom_next_member(&members, &name, &len, &value));
    ck_assert(len == 1 && *name == 'a');
    prs_json_iter array = prs_json_dom_items(value);
    for (size_t i = 0; i < 7; i++) {
        ck_assert(prs_json_dom_next_item(&array, &items[i]));
        ck_assert_int_eq(prs_json_dom_type(items[i]), types[i]);
    }
    ck_assert(!prs_json_dom_next_item(&array, &value));
    ck_assert(prs_json_dom_bool(items[1]) && !prs_json_dom_bool(items[2]));
    ck_assert_int_eq(prs_json_dom_i64(items[3]), -3);
    ck_assert_double_eq(prs_json_dom_f64(items[3]), -3);
    ck_assert_double_eq(prs_json_dom_f64(items[4]), 0x1p64);
    ck_assert_double_eq(prs_json_dom_f64(items[5]), 2.5);
    ck_assert_mem_eq(prs_json_dom_string(items[6], &len), "\xe4\xb8\xad\0", 5);
    ck_assert_uint_eq(len, 4);
    ck_assert(prs_json_dom_next_member(&members, &name, &len, &value));
    array = prs_json_dom_members(value);
    ck_assert(!prs_json_dom_next_member(&array, &name, &len, &root));
    ck_assert(prs_json_dom_next_member(&members, &name, &len, &value));
    ck_assert_uint_eq(len, 0);
    array = prs_json_dom_items(value);
    ck_assert(!prs_json_dom_next_item(&array, &root));
    ck_assert(!prs_json_dom_next_member(&members, &name, &len, &value));
    prs_json_dom_free(dom);
}
END_TEST

START_TEST(wrong_questions_get_nothing) {
    prs_json_dom *dom = prs_json_dom_new();
    prs_json_value root, value;
    size_t len;
    ck_assert_int_eq(parse(dom, "12", 2, 64, &root), PRS_JSON_OK);
    prs_json_iter none = prs_json_dom_items(root);
    ck_assert(!prs_json_dom_next_item(&none, &value));
    none = prs_json_dom_members(root);
    ck_assert(!prs_json_dom_next_item(&none, &value));
    ck_assert_str_eq(prs_json_dom_string(root, &len), "");
    ck_assert(!prs_json_dom_bool(root));
    ck_assert_int_eq(parse(dom, "\"x\"", 3, 64, &root), PRS_JSON_OK);
    ck_assert_int_eq(prs_json_dom_i64(root), 0);
    ck_assert_double_eq(prs_json_dom_f64(root), 0);
    prs_json_dom_free(dom);
}
END_TEST

START_TEST(bad_texts_are_bad_and_deep_ones_deep) {
    static const char *const bad[] = {"",       "{",     "[1,]", "{\"a\":1}}", "\"\xff\"",
                                      "\"\n\"", "1e999", "nul",  "{} {}"};
    prs_json_dom *dom = prs_json_dom_new();
    prs_json_value root;
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        ck_assert_msg(parse(dom, bad[i], strlen(bad[i]), 64, &root) == PRS_JSON_BAD, "%s", bad[i]);
    }
    char deep[400];
    memset(deep, '[', 200);
    memset(deep + 200, ']', 200);
    ck_assert_int_eq(parse(dom, deep + 101, 198, 99, &root), PRS_JSON_OK);
    ck_assert_int_eq(parse(dom, deep + 100, 200, 100, &root), PRS_JSON_OK);
    ck_assert_int_eq(parse(dom, deep, 400, 100, &root), PRS_JSON_DEEP);
    ck_assert_int_eq(parse(dom, deep, 400, 200, &root), PRS_JSON_OK);
    prs_json_dom_free(dom);
}
END_TEST

START_TEST(a_small_text_after_an_outsized_one) {
    size_t len = (size_t)9 << 20;
    char *big = malloc(len + PRS_JSON_PADDING);
    memset(big, ' ', len + PRS_JSON_PADDING);
    big[0] = '"';
    big[len - 1] = '"';
    prs_json_dom *dom = prs_json_dom_new();
    prs_json_value root;
    size_t got;
    ck_assert_int_eq(prs_json_dom_parse(dom, big, len, 64, &root), PRS_JSON_OK);
    prs_json_dom_string(root, &got);
    ck_assert_uint_eq(got, len - 2);
    ck_assert_int_eq(parse(dom, "[7]", 3, 64, &root), PRS_JSON_OK);
    prs_json_iter items = prs_json_dom_items(root);
    ck_assert(prs_json_dom_next_item(&items, &root));
    ck_assert_int_eq(prs_json_dom_i64(root), 7);
    ck_assert_int_eq(prs_json_dom_parse(dom, big, len, 64, &root), PRS_JSON_OK);
    prs_json_dom_free(dom);
    free(big);
}
END_TEST

TEST_SUITE(json_dom, values_are_walked_in_order, wrong_questions_get_nothing,
           bad_texts_are_bad_and_deep_ones_deep, a_small_text_after_an_outsized_one)
