/* test_utf8.c - strict decoding: every code point, and the cuts of ill-formed text. */
#include "analysis/utf8.h"
#include "harness/test.h"

#include <unicode/utf8.h>

START_TEST(every_code_point_round_trips) {
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        uint8_t bytes[4];
        uint32_t n;
        if (cp >= 0xd800 && cp < 0xe000) continue;
        uint32_t len = prs_utf8_encode(cp, bytes);
        TEST_NEED((prs_utf8_decode(bytes, bytes + len, &n)) == cp);
        TEST_NEED(n == len);
        TEST_NEED((prs_utf8_decode_slow(bytes, bytes + len, &n)) == cp);
        for (uint32_t cut = 1; cut < len; cut++) { /* a truncated sequence is one bad part */
            TEST_NEED((prs_utf8_decode(bytes, bytes + cut, &n)) == PRS_UTF8_BAD);
            TEST_NEED(n == cut);
        }
    }
}
END_TEST

/* The examples of Unicode 15.0, tables 3-8 to 3-11, as lengths of the parts in order. */
START_TEST(maximal_parts_of_the_standard) {
    static const struct {
        const char *bytes, *parts;
    } cases[] = {
        {"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", "111111111"},
        {"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", "111111111"},
        {"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", "111111111"},
        {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", "21321"},
        {"\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64", "1321111111"},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        const uint8_t *p = (const uint8_t *)cases[i].bytes, *end = p + strlen(cases[i].bytes);
        for (const char *part = cases[i].parts; *part != '\0'; part++) {
            uint32_t n;
            bool is_ascii = *p < 0x80;
            uint32_t cp = prs_utf8_decode(p, end, &n);
            TEST_NEED(n == (uint32_t)(*part - '0'));
            TEST_NEED(cp == (is_ascii ? *p : PRS_UTF8_BAD));
            p += n;
        }
        TEST_NEED(p == end);
    }
}
END_TEST

START_TEST(random_bytes_cut_as_icu_cuts) {
    test_rng rng = test_rng_of("utf8");
    for (int round = 0; round < 200000; round++) {
        uint8_t text[16];
        test_rng_fill(&rng, text, sizeof text);
        for (size_t i = 0; i < sizeof text; i++) /* make sequences likely */
            if (!test_rng_one_in(&rng, 4))
                text[i] = (uint8_t)(i % 4 ? 0x80 | (text[i] & 0x3f) : 0xc0 | text[i]);
        uint64_t n_bad = 0;
        for (int32_t at = 0; at < (int32_t)sizeof text;) {
            int32_t icu = at, c;
            uint32_t n;
            U8_NEXT(text, icu, (int32_t)sizeof text, c);
            uint32_t cp = prs_utf8_decode(text + at, text + sizeof text, &n);
            TEST_NEED((int32_t)n == icu - at);
            TEST_NEED(cp == (c < 0 ? PRS_UTF8_BAD : (uint32_t)c));
            n_bad += c < 0;
            at = icu;
        }
        TEST_NEED(prs_utf8_count_bad(text, sizeof text) == n_bad);
    }
}
END_TEST

/* NULL is an empty text, and nothing is added to it. */
START_TEST(nothing_is_well_formed) {
    ck_assert_uint_eq(prs_utf8_count_bad(NULL, 0), 0);
}
END_TEST

TEST_SUITE(utf8, nothing_is_well_formed, every_code_point_round_trips,
           maximal_parts_of_the_standard, random_bytes_cut_as_icu_cuts)
