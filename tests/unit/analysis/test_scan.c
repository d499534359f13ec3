/* test_scan.c - golden surfaces rule by rule, then properties that hold for any bytes. */
#include "analysis/scan.h"
#include "analysis/wordbreak.h"
#include "analysis/utf8.h"
#include "harness/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- surfaces as text --------------------------------------------------------------------------
 *
 * One item a surface, parted by '|':  [lead sign] [type letter if not WORD] bytes [trail sign]
 *   "~" before: joined to the previous one (no space);  "(-)" before: the joiner
 *   "^" "$" around: first, last of its run;  "!i" initials, "!g" grouped, "!c" a piece */
static void put(char *out, size_t cap, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void put(char *out, size_t cap, const char *format, ...) {
    va_list args;
    size_t n = strlen(out);
    va_start(args, format);
    int wrote = vsnprintf(out + n, cap - n, format, args);
    va_end(args);
    ck_assert(wrote >= 0 && (size_t)wrote < cap - n);
}

static void put_surface(char *out, size_t cap, const char *text, const prs_surface *s) {
    static const char *const names[] = {"", "", "", "SA:", "E:", "C:"};
    if (out[0] != '\0') put(out, cap, "|");
    if (!(s->flags & PRS_SURFACE_SPACE_BEFORE)) put(out, cap, "~");
    if (s->join != 0) put(out, cap, "(%c)", s->join);
    if (s->lead != PRS_SIGN_NONE)
        put(out, cap, "{%.*s}", (int)(s->start - s->lead_start), text + s->lead_start);
    put(out, cap, "%s%s%.*s%s", names[s->type], s->flags & PRS_SURFACE_RUN_START ? "^" : "",
        (int)(s->end - s->start), text + s->start, s->flags & PRS_SURFACE_RUN_END ? "$" : "");
    if (s->trail != PRS_SIGN_NONE)
        put(out, cap, "{%.*s}", (int)(s->trail_end - s->end), text + s->end);
    if (s->flags & PRS_SURFACE_INITIALS) put(out, cap, "!i");
    if (s->flags & PRS_SURFACE_GROUPED) put(out, cap, "!g");
    if (s->flags & PRS_SURFACE_CUT) put(out, cap, "!c");
}

static void expect_with(const prs_scan_options *options, const char *text, const char *expected) {
    char got[4096] = "";
    prs_scan scan;
    prs_surface s;
    prs_scan_init(&scan, options, text, strlen(text));
    while (prs_scan_next(&scan, &s)) put_surface(got, sizeof got, text, &s);
    ck_assert_msg(strcmp(got, expected) == 0, "%s\n  gives    %s\n  expected %s", text, got,
                  expected);
}

static prs_scan_options defaults(void) {
    prs_scan_options options;
    prs_scan_options_init(&options);
    return options;
}

static void expect(const char *text, const char *expected) {
    prs_scan_options options = defaults();
    expect_with(&options, text, expected);
}

START_TEST(worked_examples) {
    expect("達267%。", "^達$|~267{%}");
    expect("AI公司", "AI|~^公|~司$");
    expect("近24州", "^近$|~24|~^州$");
    expect("Uber One訂閱服務", "Uber|One|~^訂|~閱|~服|~務$");
    expect("GPT-4, C++", "GPT|~(-)4|C{++}");
    expect("$10B ＡＢＣ１", "{$}10B|ＡＢＣ１");
    expect("user@huawei.com", "user|~huawei|~(.)com");
    expect("", "");
    expect(" \n", "");
}
END_TEST

START_TEST(t1_to_t3_colon_at_dot) {
    expect("10:30 key:value a：b", "10|~30|key|~value|a|~b");
    expect("3.14 1.2.3 v2.0.rc ３．１４", "3.14|1.2.3|v2.0|~(.)rc|３．１４");
    expect("U.S.A. e.g. a.m", "U.S.A.!i|e.g.!i|a.m!i");
    expect("e.g.com a.b1 a.1 J.Smith", "e|~(.)g|~(.)com|a|~(.)b1|a|~(.)1|J|~(.)Smith");
    expect("foo.a.b 3.a.b", "foo|~(.)a|~(.)b|3|~(.)a|~(.)b");
    expect("U.S.-China A. B", "U.S.!i|~(-)China|A|B");
    expect("Ｕ．Ｓ． É.U. 中a.b", "Ｕ．Ｓ．!i|É.U.!i|^中$|~a.b!i");
}
END_TEST

START_TEST(t4_t5_numbers_and_apostrophes) {
    expect("1,234.56 12,345,678 1,2 1234,567 1,234,5",
           "1,234.56!g|12,345,678!g|1,2|1234,567|1,234,5");
    expect("10,000mAh 1,234.5.6 １，０００ 1,234'5", "10,000mAh!g|1,234.5.6|１，０００!g|1,234'5");
    expect("don't O’Neil 'tis rock'n'roll 5'10", "don't|O’Neil|tis|rock'n'roll|5'10");
    expect("a;b 1;2 a'1", "a|~b|1;2|a|~1");
}
END_TEST

START_TEST(t6_t7_joiners) {
    expect("wi-fi snake_case AT&T node.js", "wi|~(-)fi|snake|~(_)case|AT|~(&)T|node|~(.)js");
    expect("a--b a - b a‐b a‑b a－b a＿b", "a|~b|a|b|a|~(-)b|a|~(-)b|a|~(-)b|a|~(_)b");
    expect("10B 24h 5G iPhone15Pro", "10B|24h|5G|iPhone15Pro");
    expect("a-\xcc\x81"
           "b",
           "a|~b");
}
END_TEST

START_TEST(t8_sigils) {
    expect("c++ c# c+ C++11 c#x a++b", "c{++}|c{#}|c|C|~11|c|~x|a|~b");
    expect("C#程序 C++语言", "C{#}|~^程|~序$|C{++}|~^语|~言$");
    expect(".net #tag @user a.net a#b 我#tag ##x",
           "{.}net|{#}tag|{@}user|a|~(.)net|a|~b|^我$|~{#}tag|{#}x");
    expect("$10b 5€ 5 € a$ $a US$10 10€20", "{$}10b|5{€}|5|a|a|US|~{$}10|10{€}|~{€}20");
    expect("267% 7‰ ７％ a%", "267{%}|7{‰}|７{％}|a");
    expect("c#\xcc\x81 5%\xcc\x81", "c|5");
    prs_scan_options off = defaults();
    off.sigils = false;
    expect_with(&off, "c++ .net $5 a-b", "c|net|5|a|~(-)b");
}
END_TEST

START_TEST(t9_emoji) {
    expect("👩‍🚀🇨🇳🇺🇸x", "E:👩‍🚀|~E:🇨🇳|~E:🇺🇸|~x");
    expect("1️⃣2️⃣ a1️⃣ #️⃣ 1️",
           "E:1️⃣|~E:2️⃣|a|~E:1️⃣|E:#️⃣|1️");
    expect("☺ ☺️ ☺︎ 😀︎ ☝🏽 ❤‍🔥", "E:☺️|E:☝🏽|E:❤‍🔥");
    expect("© ® ©️ ™ ™️ ℹ ℹ️b", "C:™|C:™️|ℹ|E:ℹ️|~b");
    expect("a‍😀 🈚 🈚︎", "a‍|~E:😀|E:🈚|C:🈚︎");
    prs_scan_options off = defaults();
    off.emoji = false;
    expect_with(&off, "a😀b 1️⃣ ℹ️ 🇨🇳 🈚", "a|~b|1️⃣|ℹ️|C:🈚");
}
END_TEST

START_TEST(t10_t11_compat_and_marks) {
    expect("5㎏ ①② ½ ㈱ x²", "5|~C:㎏|C:①|~C:②|C:½|C:㈱|x|~C:²");
    expect("cafe\xcc\x81s soft\xc2\xadhyphen a\xe2\x80\x8b"
           "b",
           "cafe\xcc\x81s|soft\xc2\xadhyphen|a|b");
    expect("か\xe3\x82\x99は \xe4\xb8\xad\xf3\xa0\x84\x80文",
           "^か\xe3\x82\x99|~は$|^\xe4\xb8\xad\xf3\xa0\x84\x80|~文$");
    expect("\xcc\x81"
           "a \xcc\x81"
           "b",
           "a|b");
}
END_TEST

START_TEST(runs) {
    expect("中文あアー한글", "^中|~文|~あ|~ア|~ー|~한|~글$");
    expect("佐々木 二〇", "^佐|~々|~木$|^二|~〇$");
    expect("⽇本 中，文 中 文", "^⽇|~本$|^中$|~^文$|^中$|^文$");
    expect("\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8ㅋㅋ",
           "^\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8|~ㅋ|~ㅋ$");
    expect("สวัสดี กำ中", "SA:^ส|~SA:วั|~SA:ส|~SA:ดี$|SA:^กำ$|~^中$");
    prs_scan_options word = defaults();
    word.hangul_word = true;
    expect_with(&word, "한글abc 中한", "한글abc|^中$|~한");
}
END_TEST

/* Each code point behind a plain ideograph: the shortcuts for neighbours know them all. */
START_TEST(every_neighbour_of_a_plain_ideograph) {
    prs_scan_options options = defaults();
    for (uint32_t cp = 1; cp < 0x110000; cp++) {
        if (cp >= 0xd800 && cp < 0xe000) continue;
        uint8_t text[16] = "中文"; /* the second by the shortest path */
        prs_surface s[4];
        prs_scan scan;
        uint32_t n = prs_utf8_encode(cp, text + 6), class = prs_unicode_get(cp)->cls;
        bool is_mark = class == PRS_CLASS_MARK;
        bool goes_on = class >= PRS_CLASS_HAN && class <= PRS_CLASS_HANGUL_LVT;
        prs_scan_init(&scan, &options, text, 6 + n);
        TEST_NEED(prs_scan_next(&scan, &s[0]) && prs_scan_next(&scan, &s[1]));
        bool is_right = s[1].end == (is_mark ? 6 + n : 6) &&
                        (s[1].flags & PRS_SURFACE_RUN_END) == (goes_on ? 0 : PRS_SURFACE_RUN_END);
        if (!is_right) ck_abort_msg("U+%04X behind an ideograph", cp);
    }
}
END_TEST

START_TEST(option_join_linebreak) {
    prs_scan_options join = defaults();
    join.join_linebreak = true;
    expect("中\n文", "^中$|^文$");
    expect_with(&join, "中\n文\r\nか\r国", "^中|~文|~か|~国$");
    expect_with(&join, "中\n\n文 中\n 文 中\na 한\n글 中\n한",
                "^中$|^文$|^中$|^文$|^中$|a|^한$|^글$|^中$|^한$");
}
END_TEST

START_TEST(t12_long_tokens) {
    prs_scan_options small = defaults();
    small.max_token_bytes = 16;
    expect_with(&small, "abcdefghijklmnop qabcdefghijklmnop$",
                "abcdefghijklmnop|qabcdefghijklmno!c|~p!c");
    expect_with(&small, "éééééééééé", "éééééééé!c|~éé!c");
    expect_with(&small, "$12345678901234567%", "1234567890123456!c|~7!c");
    expect_with(&small, "a.b.c.d.e.f.g.h a.b.c.d.e.f.g.h.i",
                "a.b.c.d.e.f.g.h!i|a|~(.)b|~(.)c|~(.)d|~(.)e|~(.)f|~(.)g|~(.)h|~(.)i");
    /* a cluster over the limit keeps its base and what fits */
    expect_with(&small, "中\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81文",
                "^中\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81|~文$");
    expect_with(&small,
                "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
                "b",
                "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81!c|~b!c");
}
END_TEST

/* ---- any bytes ------------------------------------------------------------------------------- */

static uint32_t pick(test_rng *rng) {
    static const uint32_t often[] = {
        ' ',    ' ',    '\n',   'a',    'b',    'Z',     '1',     '2',     '\'',   '.',     ',',
        '-',    '_',    '&',    '#',    '+',    '%',     '$',     '@',     ':',    0x301,   0x200d,
        0xfe0f, 0x20e3, 0xfe0e, 0xad,   0x5d0,  0x22,    0x2019,  0x4e2d,  0x6587, 0x20000, 0x3042,
        0xac00, 0x1100, 0x1161, 0xe01,  0xe33,  0x1f600, 0x1f1e8, 0x1f3fd, 0x2764, 0x2122,  0x2460,
        0xff11, 0xff21, 0xff0e, 0x3000, 0x200b, 0xe9,    0x20ac,  0xff0b,  0x309b, 0};
    if (!test_rng_one_in(rng, 12)) return often[test_rng_below(rng, PRS_COUNT(often))];
    return (uint32_t)test_rng_below(rng, 0x110000);
}

static size_t random_text(test_rng *rng, uint8_t *text, size_t cap) {
    size_t len = 0, n = 1 + test_rng_below(rng, cap / 4);
    for (size_t i = 0; i < n && len + 4 <= cap; i++) {
        uint32_t cp = pick(rng);
        if (test_rng_one_in(rng, 40)) {
            text[len++] = (uint8_t)test_rng_next(rng);
        } else if (cp < 0xd800 || cp > 0xdfff) {
            len += prs_utf8_encode(cp, text + len);
        }
    }
    return len;
}

static size_t scan_all(const prs_scan_options *options, const uint8_t *text, size_t len,
                       prs_surface *out, uint64_t *n_bad) {
    prs_scan scan;
    size_t n = 0;
    prs_scan_init(&scan, options, text, len);
    while (prs_scan_next(&scan, &out[n])) n++;
    *n_bad = scan.n_bad;
    return n;
}

static prs_scan_options random_options(test_rng *rng) {
    prs_scan_options options = defaults();
    options.hangul_word = test_rng_one_in(rng, 2);
    options.emoji = !test_rng_one_in(rng, 4);
    options.max_token_bytes = test_rng_one_in(rng, 2) ? 16 : 255;
    return options;
}

/* boundary[at] = `at` is reached by decoding from the beginning. */
static void find_boundaries(const uint8_t *text, uint32_t len, bool *boundary) {
    memset(boundary, 0, len + 1);
    boundary[len] = true;
    for (uint32_t at = 0, n; at < len; at += n) {
        boundary[at] = true;
        prs_utf8_decode(text + at, text + len, &n);
    }
}

static void check_surface(const uint8_t *text, size_t len, const bool *boundary,
                          const prs_surface *s, uint32_t floor) {
    TEST_NEED(s->start >= floor);
    TEST_NEED(s->start < s->end);
    TEST_NEED(s->lead_start <= s->start);
    TEST_NEED(s->end <= s->trail_end);
    TEST_NEED(s->trail_end <= len);
    TEST_NEED(boundary[s->start] && boundary[s->end]);
    TEST_NEED(prs_utf8_count_bad(text + s->start, s->end - s->start) == 0);
    TEST_NEED((s->lead != 0) == (s->lead_start != s->start));
    TEST_NEED((s->trail != 0) == (s->trail_end != s->end));
    prs_cluster first = prs_wordbreak_cluster(text, (uint32_t)len, s->start);
    TEST_NEED(first.uc->cls != PRS_CLASS_MARK);
    uint32_t some = PRS_SURFACE_LETTER | PRS_SURFACE_DIGIT | PRS_SURFACE_CUT;
    if (s->type == PRS_SURFACE_WORD) TEST_NEED(s->flags & some);
    bool is_ascii = true;
    for (uint32_t i = s->start; i < s->end; i++) is_ascii &= text[i] < 0x80;
    if (s->type == PRS_SURFACE_WORD) TEST_NEED(is_ascii == ((s->flags & PRS_SURFACE_ASCII) != 0));
}

START_TEST(any_bytes_give_sound_surfaces) {
    test_rng rng = test_rng_of("sound");
    bool boundary[513];
    uint8_t text[512];
    static prs_surface surfaces[512];
    for (int round = 0; round < 20000; round++) {
        size_t len = random_text(&rng, text, sizeof text);
        prs_scan_options options = random_options(&rng);
        uint64_t n_bad;
        uint8_t *exact = malloc(len); /* so that sanitizers see a byte read too far */
        TEST_NEED(exact != NULL);
        memcpy(exact, text, len);
        size_t n = scan_all(&options, exact, len, surfaces, &n_bad);
        free(exact);
        TEST_NEED(n_bad == prs_utf8_count_bad(text, len));
        find_boundaries(text, (uint32_t)len, boundary);
        for (size_t i = 0; i < n; i++) {
            check_surface(text, len, boundary, &surfaces[i], i > 0 ? surfaces[i - 1].end : 0);
            TEST_NEED(surfaces[i].end - surfaces[i].start <= options.max_token_bytes);
            bool ends = surfaces[i].type == PRS_SURFACE_HAN || surfaces[i].type == PRS_SURFACE_SA;
            bool opens = i + 1 < n && !(surfaces[i + 1].flags & PRS_SURFACE_RUN_START) &&
                         surfaces[i + 1].type == surfaces[i].type;
            if (ends) TEST_NEED(((surfaces[i].flags & PRS_SURFACE_RUN_END) == 0) == opens);
        }
    }
}
END_TEST

/* Text behind white space does not depend on what stands before it, and the other way round. */
START_TEST(white_space_cuts_dependence) {
    test_rng rng = test_rng_of("context");
    static uint8_t text[1100];
    static prs_surface whole[1100], parts[1100];
    for (int round = 0; round < 20000; round++) {
        prs_scan_options options = random_options(&rng);
        size_t first = random_text(&rng, text, 512);
        text[first] = (uint8_t) " \n\t"[test_rng_below(&rng, 3)];
        size_t len = first + 1 + random_text(&rng, text + first + 1, 512);
        uint64_t n_bad, bad_first, bad_second;
        size_t n = scan_all(&options, text, len, whole, &n_bad);
        size_t n_first = scan_all(&options, text, first, parts, &bad_first);
        size_t n_second =
            scan_all(&options, text + first + 1, len - first - 1, parts + n_first, &bad_second);
        TEST_NEED(n == n_first + n_second);
        TEST_NEED(n_bad == bad_first + bad_second);
        uint32_t shift = (uint32_t)first + 1;
        for (size_t i = n_first; i < n; i++) {
            parts[i].start += shift;
            parts[i].end += shift;
            parts[i].lead_start += shift;
            parts[i].trail_end += shift;
        }
        ck_assert_mem_eq(whole, parts, n * sizeof *whole);
    }
}
END_TEST

/* Scanning the bytes of one surface alone finds the same surface. */
START_TEST(a_slice_gives_itself) {
    test_rng rng = test_rng_of("slice");
    uint8_t text[512];
    static prs_surface surfaces[512], alone[512];
    for (int round = 0; round < 20000; round++) {
        size_t len = random_text(&rng, text, sizeof text);
        prs_scan_options options = random_options(&rng);
        uint64_t n_bad;
        size_t n = scan_all(&options, text, len, surfaces, &n_bad);
        for (size_t i = 0; i < n; i++) {
            const prs_surface *s = &surfaces[i];
            if (s->flags & PRS_SURFACE_CUT) continue; /* a piece may begin with a middle */
            size_t n_alone = scan_all(&options, text + s->start, s->end - s->start, alone, &n_bad);
            TEST_NEED(n_alone == 1);
            TEST_NEED(alone[0].start == 0);
            TEST_NEED(alone[0].end == s->end - s->start);
            TEST_NEED(alone[0].type == s->type);
            uint32_t same = PRS_SURFACE_ASCII | PRS_SURFACE_LETTER | PRS_SURFACE_DIGIT |
                            PRS_SURFACE_NUMBER | PRS_SURFACE_INITIALS | PRS_SURFACE_GROUPED |
                            PRS_SURFACE_APOSTROPHE | PRS_SURFACE_UPPER;
            TEST_NEED((alone[0].flags & same) == (s->flags & same));
        }
    }
}
END_TEST

/* The ASCII loop is an optimisation: the segment rules alone say the same. */
START_TEST(ascii_loop_equals_general_rules) {
    static const char alphabet[] = "abcXYZ0189'.,;:-_ \"#+$%&@()\n";
    test_rng rng = test_rng_of("ascii");
    uint8_t text[256];
    static prs_surface surfaces[256];
    prs_scan_options options = defaults();
    for (int round = 0; round < 100000; round++) {
        uint32_t len = 1 + (uint32_t)test_rng_below(&rng, sizeof text - 1), at = 0;
        for (uint32_t i = 0; i < len; i++)
            text[i] = (uint8_t)alphabet[test_rng_below(&rng, sizeof alphabet - 1)];
        uint64_t n_bad;
        size_t n = scan_all(&options, text, len, surfaces, &n_bad);
        for (size_t i = 0; i < n; i++) {
            const prs_surface *s = &surfaces[i];
            prs_uax_segment seg = {.end = at};
            while (!(seg.flags & (PRS_SURFACE_LETTER | PRS_SURFACE_DIGIT))) {
                at = seg.end;
                TEST_NEED(at < len);
                seg = prs_wordbreak_read(prs_wordbreak_mixed(false, true), text, len, at);
            }
            TEST_NEED(s->start == at);
            if (s->flags & PRS_SURFACE_INITIALS) {
                at = s->end;
                continue;
            }
            TEST_NEED(s->end == seg.end);
            TEST_NEED((s->flags & seg.flags) == seg.flags);
            at = seg.end;
        }
    }
}
END_TEST

TEST_SUITE(scan, worked_examples, t1_to_t3_colon_at_dot, t4_t5_numbers_and_apostrophes,
           t6_t7_joiners, t8_sigils, t9_emoji, t10_t11_compat_and_marks, runs,
           every_neighbour_of_a_plain_ideograph, option_join_linebreak, t12_long_tokens,
           any_bytes_give_sound_surfaces, white_space_cuts_dependence, a_slice_gives_itself,
           ascii_loop_equals_general_rules)
