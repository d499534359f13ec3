/* test_page.c - does a place come back from its token, and from no other text? */
#include "harness/test.h"

#include "search/page.h"

#include <math.h>
#include <stdlib.h>

static prs_sort_key keys[] = {{PRISM_SORT_DATE, true, 1, "date"},
                              {PRISM_SORT_KEYWORD, false, 2, "tags"},
                              {PRISM_SORT_KEYWORD, true, 3, "lang"},
                              {PRISM_SORT_SCORE, true, 0, "_score"},
                              {PRISM_SORT_ARRIVAL, false, 0, "_arrival"}};
static prs_sort order = {PRS_COUNT(keys), keys, true};
static prs_sort best_first = {0, NULL, true};

static prs_page make_page(prs_sort_value *values) {
    memset(values, 0, PRS_COUNT(keys) * sizeof *values);
    values[0].v = INT64_MIN;
    values[1].text = prs_bytes_of("a\0\xff數", 6);
    values[2].missing = true;
    return (prs_page){values, 12345, -7, UINT64_MAX - 1, PRS_PART_LATER};
}

static char *encode(const prs_sort *sort, const prs_page *page) {
    prs_mem mem;
    prs_buf buf;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&buf, &mem);
    prs_page_encode(sort, page, &buf);
    ck_assert_int_eq(prs_buf_status(&buf, NULL), PRISM_OK);
    char *token = strndup((const char *)buf.ptr, buf.len);
    ck_assert_ptr_nonnull(token);
    ck_assert_uint_eq(strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_"),
                      buf.len);
    prs_buf_fini(&buf);
    return token;
}

static prism_status decode(const char *token, const prs_sort *sort, prs_arena *arena,
                           prs_page *out) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_page_decode(token, sort, arena, out, &err);
    if (status != PRISM_OK) ck_assert_str_ne(err.text, "");
    return status;
}

START_TEST(a_place_comes_back) {
    prs_sort_value values[PRS_COUNT(keys)];
    prs_page page = make_page(values), back;
    prs_mem mem;
    prs_arena arena;
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    char *token = encode(&order, &page);
    ck_assert_int_eq(decode(token, &order, &arena, &back), PRISM_OK);
    ck_assert(back.values[0].v == INT64_MIN && !back.values[0].missing);
    ck_assert(prs_bytes_equal(back.values[1].text, values[1].text));
    ck_assert(back.values[2].missing);
    ck_assert(back.raw == 12345 && back.shift == -7 && back.arrival == UINT64_MAX - 1);
    ck_assert_int_eq(back.part, PRS_PART_LATER);
    free(token);
    token = encode(&best_first, &page);
    ck_assert_int_eq(decode(token, &best_first, &arena, &back), PRISM_OK);
    ck_assert(back.raw == 12345 && back.arrival == UINT64_MAX - 1);
    free(token);
    prs_arena_fini(&arena);
}
END_TEST

START_TEST(another_order_is_refused) {
    prs_sort_value values[PRS_COUNT(keys)];
    prs_page page = make_page(values), back;
    prs_mem mem;
    prs_arena arena;
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    char *token = encode(&order, &page);
    ck_assert_int_eq(decode(token, &best_first, &arena, &back), PRISM_EINVAL);
    for (size_t i = 0; i < PRS_COUNT(keys); i++) {
        prs_sort_key other[PRS_COUNT(keys)];
        prs_sort with = {PRS_COUNT(keys), other, true};
        memcpy(other, keys, sizeof keys);
        other[i].desc = !other[i].desc;
        ck_assert_int_eq(decode(token, &with, &arena, &back), PRISM_EINVAL);
        other[i] = keys[i];
        other[i].name = "else";
        ck_assert_int_eq(decode(token, &with, &arena, &back), PRISM_EINVAL);
        other[i] = keys[i];
        with.n--;
        ck_assert_int_eq(decode(token, &with, &arena, &back), PRISM_EINVAL);
    }
    free(token);
    prs_arena_fini(&arena);
}
END_TEST

START_TEST(other_texts_are_refused) {
    static const char *const texts[] = {"",      "A", "AA",   "AAAA",      "AAAAAAAA",
                                        "hello", "!", "\xff", "AAAA AAAA", "AAAAA="};
    prs_sort_value values[PRS_COUNT(keys)];
    prs_page page = make_page(values), back;
    prs_mem mem;
    prs_arena arena;
    test_rng rng = test_rng_of("page");
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    for (size_t i = 0; i < PRS_COUNT(texts); i++)
        ck_assert_int_eq(decode(texts[i], &order, &arena, &back), PRISM_EINVAL);
    char *token = encode(&order, &page);
    size_t len = strlen(token);
    for (int i = 0; i < 20000; i++) { /* every change is found by the hash, or makes no token */
        char *copy = strdup(token);
        ck_assert_ptr_nonnull(copy);
        size_t at = test_rng_below(&rng, len);
        if (test_rng_one_in(&rng, 3))
            copy[at] = '\0';
        else
            copy[at] = "ABCDwxyz0189-_ !"[test_rng_below(&rng, 16)];
        bool same = strcmp(copy, token) == 0;
        bool last = at + 1 == len && copy[at] != '\0'; /* bits that fill up the last digit */
        prism_status status = decode(copy, &order, &arena, &back);
        if (!last) ck_assert_int_eq(status, same ? PRISM_OK : PRISM_EINVAL);
        free(copy);
        prs_arena_reset(&arena);
    }
    free(token);
    prs_arena_fini(&arena);
}
END_TEST

START_TEST(scores_of_other_scales) {
    prs_page page = {.raw = 96, .shift = 5}; /* 3 */
    ck_assert_int_eq(prs_page_compare_score(&page, 96, 5), 0);
    ck_assert_int_eq(prs_page_compare_score(&page, 97, 5), 1);
    ck_assert_int_eq(prs_page_compare_score(&page, 192, 6), 0);
    ck_assert_int_eq(prs_page_compare_score(&page, 191, 6), -1);
    ck_assert_int_eq(prs_page_compare_score(&page, 3, 0), 0);
    ck_assert_int_eq(prs_page_compare_score(&page, 2, 0), -1);
    ck_assert_int_eq(prs_page_compare_score(&page, 1, -2), 1);
    page.shift = -20;
    ck_assert_int_eq(prs_page_compare_score(&page, INT32_MAX, 40), -1);
    ck_assert(prs_page_is_behind(&page, 1, 40, 0));
}
END_TEST

START_TEST(parts_decide_before_arrivals) {
    prs_page page = {.raw = 5, .arrival = 10};
    ck_assert(!prs_page_is_behind(&page, 5, 0, 10) && prs_page_is_behind(&page, 5, 0, 11));
    ck_assert(!prs_page_is_behind(&page, 6, 0, 11) && prs_page_is_behind(&page, 4, 0, 9));
    page.part = PRS_PART_LATER;
    ck_assert(prs_page_is_behind(&page, 5, 0, 0));
    page.part = PRS_PART_EARLIER;
    ck_assert(!prs_page_is_behind(&page, 5, 0, 99));
}
END_TEST

TEST_SUITE(page, a_place_comes_back, another_order_is_refused, other_texts_are_refused,
           scores_of_other_scales, parts_decide_before_arrivals)
