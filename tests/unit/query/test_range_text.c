/* test_range_text.c - where do ranges end, and what are their ends, whatever is written? */
#include "harness/test.h"

#include "query/range_text.h"

#include <stdio.h>
#include <stdlib.h>

/* The range at the beginning of a text as "[from to} behind", the ends as they are written. */
static const char *read(const char *text) {
    static char out[512];
    prs_range_text r;
    uint32_t len = (uint32_t)strlen(text);
    const char *space = strchr(text, ' ');
    uint32_t word_end = space != NULL ? (uint32_t)(space - text) : len;
    if (!prs_range_text_begins(text, len, 0)) return "no";
    if (!prs_range_text_read(text, len, 0, word_end, &r)) return "none";
    ck_assert(r.end <= len && r.from.at <= r.from.end && r.from.end <= r.end);
    ck_assert(r.to.at <= r.to.end && r.to.end <= r.end);
    snprintf(out, sizeof out, "%s%.*s|%.*s%s%s", r.from.excluded ? "{" : "[",
             r.from.open ? 1 : (int)(r.from.end - r.from.at), r.from.open ? "*" : text + r.from.at,
             r.to.open ? 1 : (int)(r.to.end - r.to.at), r.to.open ? "*" : text + r.to.at,
             r.to.excluded ? "}" : "]", text + r.end);
    return out;
}

START_TEST(forms) {
    static const struct {
        const char *text, *range;
    } cases[] = {
        {"[a TO b]", "[a|b]"},
        {"{a TO b} c", "{a|b} c"},
        {"[a TO b}^2", "[a|b}^2"},
        {"{* TO b]", "{*|b]"},
        {"[  a b   TO   c d  ]x", "[a b|c d]x"},
        {"[\"a TO ]\" TO “b }”]", "[a TO ]|b }]"},
        {"[「a」 TO \"b\"]", "[a|b]"},
        {"[a\\] TO \\[b]", "[a\\]|\\[b]"},
        {"[\\* TO b]", "[\\*|b]"},
        {"[\"*\" TO b]", "[*|b]"},
        {"[a TO TO b]", "[a|TO b]"},
        {"[a TO b TO c]", "[a|b TO c]"},
        {"[ TO b]", "[|b]"},
        {"[TO b]", "none"},
        {"[a TO ]", "[a|]"},
        {"[a to b]", "none"},
        {"[aTO b]", "none"},
        {"[a b]", "none"},
        {"[a TO b", "none"},
        {"[a TO [b]", "none"},
        {"[a [TO b]", "none"},
        {"[5\" TO 6\"]", "[5\"|6\"]"},
        {"[\"5 TO 6]", "[\"5|6]"},
        {"［a　TO　b｝", "[a|b}"},
        {"［２０２５ ＴＯ ＊］", "[２０２５|*]"},
        {">5", "{5|*]"},
        {">=5 x", "[5|*] x"},
        {"<5", "[*|5}"},
        {"<=5", "[*|5]"},
        {"≥5", "[5|*]"},
        {"≤5", "[*|5]"},
        {"＞＝５ x", "[５|*] x"},
        {">\"a b\"^2", "{a b|*]^2"},
        {">", "{|*]"},
        {"> 5", "{|*] 5"},
        {">*", "{*|*]"},
        {"=5", "no"},
        {"a", "no"},
        {"", "no"},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        const char *got = read(cases[i].text);
        ck_assert_msg(strcmp(got, cases[i].range) == 0, "%s\n  gives    %s\n  expected %s",
                      cases[i].text, got, cases[i].range);
    }
}
END_TEST

START_TEST(random_texts_stay_inside) {
    static const char *const parts[] = {"[",  "{", "]",    "}", " TO ", " ", "\"", "「", "」",
                                        "\\", "a", "\xff", "*", ">",    "=", "［", "＊", "”"};
    test_rng rng = test_rng_of("range text");
    for (int i = 0; i < 20000; i++) {
        char text[128] = "";
        for (uint64_t n = 1 + test_rng_below(&rng, 14); n > 0; n--)
            strcat(text, parts[test_rng_below(&rng, PRS_COUNT(parts))]);
        (void)read(text);
        char *narrow = malloc(strlen(text) + 1); /* exactly the room that is promised */
        ck_assert_ptr_nonnull(narrow);
        ck_assert_uint_le(prs_range_text_narrow(text, strlen(text), narrow), strlen(text));
        free(narrow);
    }
}
END_TEST

START_TEST(full_width_is_narrowed) {
    static const struct {
        const char *text, *narrow;
    } cases[] = {{"２０２５－０１", "2025-01"},
                 {"　５．５ｅ３　", " 5.5e3 "},
                 {"中\xff５", "中\xff"
                              "5"},
                 {"", ""}};
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        char out[64];
        size_t n = prs_range_text_narrow(cases[i].text, strlen(cases[i].text), out);
        ck_assert_uint_eq(n, strlen(cases[i].narrow));
        ck_assert_mem_eq(out, cases[i].narrow, n);
    }
}
END_TEST

/* What stands behind the text closes nothing, opens nothing, and is no character of it. */
START_TEST(nothing_behind_the_text_is_read) {
    static const struct {
        const char *text;
        uint32_t len;
    } cases[] = {{"[a TO b]", 7},    {"[a TO b}", 7},  {"[\"a\" TO \"b\"]", 11},
                 {"[a TO “b”]", 10}, {"[a TO b］", 7}, {"[a TO b］", 8}};
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prs_range_text r;
        ck_assert(prs_range_text_begins(cases[i].text, cases[i].len, 0));
        ck_assert_msg(!prs_range_text_read(cases[i].text, cases[i].len, 0, 2, &r), "%s",
                      cases[i].text);
    }
    ck_assert(!prs_range_text_begins("[a TO b]", 0, 0));
    ck_assert(!prs_range_text_begins("a[b TO c]", 1, 1));
}
END_TEST

TEST_SUITE(range_text, forms, random_texts_stay_inside, full_width_is_narrowed,
           nothing_behind_the_text_is_read)
