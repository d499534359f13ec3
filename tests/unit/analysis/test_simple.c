/* test_simple.c - one value, words between spaces, a caller's own tokens. */
#include "kit.h"

#include <stdlib.h>

START_TEST(keyword_is_one_term) {
    kit *k = kit_open("name=keyword");
    ck_assert_str_eq(kit_places(k, "  New York-Straße \n"), "new york-strasse@0+1[2,18)");
    ck_assert_str_eq(kit_terms(k, "É數ＡＢ"), "é数ab");
    ck_assert_str_eq(kit_terms(k, " \t\u3000 "), "");
    ck_assert_uint_eq(k->n_pos, 0);
    ck_assert_str_eq(kit_terms(k, ""), "");
    ck_assert_str_eq(kit_terms(k, "running C++"), "running c++");
    kit_run(k,
            "a\xff"
            "b",
            3);
    ck_assert_uint_eq(k->n_bad, 1);
    ck_assert_uint_eq(k->n, 1);
    ck_assert(prs_bytes_equal(kit_term(k, 0), prs_bytes_of("a\xef\xbf\xbd"
                                                           "b",
                                                           5)));
    kit_close(k);
    kit *traditional = kit_open("name=keyword ts_fold=off");
    ck_assert_str_eq(kit_terms(traditional, "數"), "數");
    kit_close(traditional);
}
END_TEST

START_TEST(long_keywords_stay_apart) {
    kit *k = kit_open("name=keyword");
    char a[1601] = "", b[1601];
    for (int i = 0; i < 533; i++) strcat(a, "数");
    strcpy(b, a);
    b[1590] = 'x';
    b[1591] = 'x';
    b[1592] = 'x';
    kit_run(k, a, 1599);
    prs_bytes term = kit_term(k, 0);
    ck_assert_uint_le(term.len, 1023);
    ck_assert_uint_gt(term.len, 1000);
    ck_assert_mem_eq(term.ptr, a, 999);
    char first[1024];
    memcpy(first, term.ptr, term.len);
    size_t first_len = term.len;
    kit_run(k, b, 1599);
    term = kit_term(k, 0);
    ck_assert(!prs_bytes_equal(term, prs_bytes_of(first, first_len)));
    a[1023] = '\0';
    kit_run(k, a, 1023); /* exactly the limit: as it is */
    ck_assert(prs_bytes_equal(kit_term(k, 0), prs_bytes_of(a, 1023)));
    kit_close(k);
}
END_TEST

START_TEST(whitespace_folds_nothing) {
    kit *k = kit_open("name=whitespace max_token_bytes=16");
    ck_assert_str_eq(kit_places(k, " C++ Ünï\u3000數據,x\u2028y"),
                     "C++@0+1[1,4), Ünï@1+1[5,10), 數據,x@2+1[13,21), y@3+1[24,25)");
    ck_assert_str_eq(kit_places(k, "數數數數數數 z"),
                     "數數數數數@0+1[0,15), 數@1+1[15,18), z@2+1[19,20)");
    ck_assert_str_eq(kit_terms(k, "a\u200b"
                                  "b"),
                     "a\u200b"
                     "b"); /* not White_Space */
    kit_run(k,
            "a\xff"
            "b",
            3);
    ck_assert_uint_eq(k->n, 2);
    ck_assert_uint_eq(k->n_bad, 1);
    kit_close(k);
}
END_TEST

TEST_SUITE(simple, keyword_is_one_term, long_keywords_stay_apart, whitespace_folds_nothing)
