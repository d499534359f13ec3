/* test_json_raw.c - strings of every length and escape are found to end where a plain loop finds
 * it. */
#include "harness/test.h"

#include "schema/json_dom.h"
#include "schema/json_raw.h"

enum { MAX = 4096 };

/* A string of n pieces at p, as JSON; returns the byte behind it. */
static char *put_string(char *p, uint64_t n, test_rng *rng) {
    static const char *const pieces[] = {
        "a", " ", "\\\"", "\\\\",    "\\n",          "{",
        "]", ",", ":",    "\\u00e9", "\xe4\xb8\xad", "0123456789abcdefghijklmnopqrstuvwxyz"};
    *p++ = '"';
    for (uint64_t i = 0; i < n; i++) {
        const char *piece = pieces[test_rng_below(rng, PRS_COUNT(pieces))];
        memcpy(p, piece, strlen(piece));
        p += strlen(piece);
    }
    *p++ = '"';
    return p;
}

static const char *naive_skip(const char *p) {
    for (p++; *p != '"'; p++) p += *p == '\\';
    return p + 1;
}

START_TEST(strings_end_at_their_quote) {
    test_rng rng = test_rng_of("strings");
    for (uint32_t i = 0; i < 5000; i++) {
        char text[MAX] = {0};
        char *end = put_string(text, i % 60, &rng);
        *end = ':';
        ck_assert_ptr_eq(prs_json_skip_string(text), naive_skip(text));
        ck_assert_ptr_eq(prs_json_skip_value(text), end);
    }
}
END_TEST

/* Every place of an escape in the bytes that are looked at together. */
START_TEST(escapes_may_stand_anywhere) {
    for (uint32_t n = 0; n < 70; n++) {
        char text[MAX] = {0}, out[MAX];
        text[0] = '"';
        memset(text + 1, 'x', n);
        memcpy(text + 1 + n, "\\\"\\\\\"", 6);
        size_t len = n + 6;
        ck_assert_ptr_eq(prs_json_skip_string(text), text + len);
        memset(out, '#', sizeof out);
        ck_assert_uint_eq(prs_json_compact(text, len, out), len);
        ck_assert_int_eq(memcmp(out, text, len), 0);
        ck_assert_int_eq(out[len + PRS_JSON_PADDING], '#');
    }
}
END_TEST

static char *put_blanks(char *p, test_rng *rng) {
    for (uint64_t n = test_rng_below(rng, 4); n > 0; n--) *p++ = " \t\r\n"[test_rng_below(rng, 4)];
    return p;
}

START_TEST(compact_drops_blanks_outside_strings_only) {
    test_rng rng = test_rng_of("blanks");
    for (uint32_t i = 0; i < 3000; i++) {
        char text[MAX + PRS_JSON_PADDING] = {0}, want[MAX], out[MAX + PRS_JSON_PADDING];
        char *t = text, *w = want;
        static const char *const others[] = {"{", "[", "-1.5e3", "true", "null",
                                             "]", "}", ",",      ":"};
        while (t < text + MAX - 2500) {
            t = put_blanks(t, &rng);
            const char *start = t;
            if (test_rng_below(&rng, 2) == 0) {
                t = put_string(t, test_rng_below(&rng, 30), &rng);
            } else {
                const char *other = others[test_rng_below(&rng, PRS_COUNT(others))];
                memcpy(t, other, strlen(other));
                t += strlen(other);
            }
            memcpy(w, start, (size_t)(t - start));
            w += t - start;
        }
        t = put_blanks(t, &rng);
        size_t len = prs_json_compact(text, (size_t)(t - text), out);
        ck_assert_uint_eq(len, (size_t)(w - want));
        ck_assert_int_eq(memcmp(out, want, len), 0);
    }
}
END_TEST

START_TEST(compact_drops_white_space_outside_strings) {
    char padded[128] = " { \"a b\" :\t[ 1 ,\n2 ] ,\r\n \"\\\" \" : \" x \" } ", out[192];
    size_t len = prs_json_compact(padded, strlen(padded), out);
    ck_assert_uint_eq(len, strlen("{\"a b\":[1,2],\"\\\" \":\" x \"}"));
    ck_assert_mem_eq(out, "{\"a b\":[1,2],\"\\\" \":\" x \"}", len);
}
END_TEST

START_TEST(values_are_skipped_whole) {
    static const char *const values[] = {"1",
                                         "-0.5e7",
                                         "true",
                                         "null",
                                         "\"a\\\"]}\"",
                                         "[]",
                                         "{}",
                                         "[1,[2,\"]\"],{\"a\":[{}]}]",
                                         "{\"a\":{\"}\":1},\"b\":[null]}"};
    for (size_t i = 0; i < PRS_COUNT(values); i++) {
        char text[256] = {0};
        size_t len = strlen(values[i]);
        memcpy(text, values[i], len);
        text[len] = ',';
        ck_assert_ptr_eq(prs_json_skip_value(text), text + len);
    }
}
END_TEST

TEST_SUITE(json_raw, strings_end_at_their_quote, escapes_may_stand_anywhere,
           compact_drops_blanks_outside_strings_only, compact_drops_white_space_outside_strings,
           values_are_skipped_whole)
