/* test_rbbi.c - does the scanner find what ICU finds under the same rules?
 *
 * Random texts over alphabets that each press on one part of the rules, 10^7 bytes and more in all,
 * and the shared articles.  Every member of every surface must be equal.  Code points that the ICU
 * at hand and the pinned UCD see differently are left out of the alphabets (oracle_knows). */
#include "kit.h"

#include "analysis/scan.h"
#include "analysis/unicode.h"
#include "analysis/utf8.h"
#include "conformance/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <unicode/uchar.h>

/* ---- comparing ------------------------------------------------------------------------------- */

static void show(char *out, size_t cap, const uint8_t *text, const prs_surface *s) {
    snprintf(out, cap, "%u-%u \"%.*s\" type %u flags %x join '%c' lead %u@%u trail %u@%u", s->start,
             s->end, (int)(s->end - s->start), (const char *)text + s->start, s->type, s->flags,
             s->join ? s->join : ' ', s->lead, s->lead_start, s->trail, s->trail_end);
}

static void show_bytes(char *out, size_t cap, const uint8_t *text, uint32_t from, uint32_t to) {
    size_t n = 0;
    for (uint32_t i = from; i < to && n + 4 < cap; i++)
        n += (size_t)snprintf(out + n, cap - n, "%02x ", text[i]);
}

static void compare(oracle *o, const prs_scan_options *options, const uint8_t *text, uint32_t len) {
    uint32_t n, i = 0;
    uint64_t n_bad;
    prs_scan scan;
    prs_surface got = {0};
    const prs_surface *expected = oracle_run(o, text, len, &n, &n_bad);
    prs_scan_init(&scan, options, text, len);
    for (; prs_scan_next(&scan, &got); i++) {
        if (i < n && memcmp(&got, &expected[i], sizeof got) == 0) continue;
        char ours[800], theirs[800] = "none", bytes[800];
        show(ours, sizeof ours, text, &got);
        if (i < n) show(theirs, sizeof theirs, text, &expected[i]);
        uint32_t from = got.start > 24 ? got.start - 24 : 0;
        show_bytes(bytes, sizeof bytes, text, from, PRS_MIN(len, got.end + 24));
        ck_abort_msg("surface %u\n  scanner %s\n  ICU     %s\n  bytes from %u: %s", i, ours, theirs,
                     from, bytes);
    }
    if (i != n) ck_abort_msg("the scanner finds %u surfaces, ICU %u", i, n);
    if (scan.n_bad != n_bad) ck_abort_msg("ill-formed parts");
}

/* ---- alphabets ------------------------------------------------------------------------------- */

typedef struct range {
    uint32_t from, to, weight;
} range;

static uint32_t pick(test_rng *rng, const range *ranges) {
    uint32_t total = 0, i = 0;
    for (const range *r = ranges; r->weight != 0; r++) total += r->weight;
    for (;;) {
        uint32_t at = (uint32_t)test_rng_below(rng, total);
        for (i = 0; at >= ranges[i].weight; i++) at -= ranges[i].weight;
        uint32_t cp =
            ranges[i].from + (uint32_t)test_rng_below(rng, ranges[i].to - ranges[i].from + 1);
        if ((cp < 0xd800 || cp > 0xdfff) && oracle_knows(cp)) return cp;
    }
}

/* clang-format off */
#define ONE(cp, weight) {cp, cp, weight}
#define MARKS \
    ONE(0x301, 4), ONE(0xad, 2), ONE(0x200d, 3), ONE(0xfe0f, 3), ONE(0x20e3, 2), ONE(0x2060, 1)
#define LATIN {'a', 'c', 12}, {'A', 'C', 4}, {'0', '2', 8}, ONE(' ', 6)

static const range ascii[] = {
    {'a', 'z', 20}, {'A', 'Z', 6}, {'0', '9', 12}, ONE(' ', 6), ONE('.', 9), ONE(',', 7),
    ONE('\'', 3), {'!', '/', 10}, {':', '@', 6}, {'[', '`', 4}, {'{', 0x7f, 2}, {0, 31, 2},
    {0},
};
static const range letters_and_dots[] = {
    {'a', 'b', 8}, ONE('.', 8), ONE('1', 1), ONE(' ', 1), ONE('-', 1), ONE(0xff0e, 1),
    ONE(0x301, 1), ONE(0xe9, 1), ONE(0x4e2d, 1),
    {0},
};
static const range numbers[] = {
    {'0', '9', 24}, ONE(',', 8), ONE('.', 2), ONE('k', 1), ONE(' ', 2), ONE(0xff0c, 1),
    {0xff10, 0xff19, 2}, ONE('%', 1), ONE('$', 1),
    {0},
};
static const range marks[] = {
    LATIN, MARKS, ONE('.', 3), ONE(',', 3), ONE('\'', 3), ONE('+', 3), ONE('#', 3), ONE('-', 2),
    ONE('%', 2), ONE('$', 2), {0x300, 0x36f, 3}, {0xc0, 0x24f, 6}, ONE(0x200b, 1), ONE(0x2019, 2),
    {0},
};
static const range han[] = {
    LATIN, MARKS, {0x4e00, 0x9fff, 30}, {0x3000, 0x30ff, 12}, {0x3400, 0x4dff, 2},
    {0xac00, 0xd7a3, 4}, {0x20000, 0x2a6df, 2}, {0x2e80, 0x2fd5, 2}, {0xf900, 0xfaff, 1},
    {0xff01, 0xff20, 3}, {0xe0100, 0xe01ef, 1}, ONE('#', 1),
    {0},
};
static const range emoji[] = {
    LATIN, MARKS, MARKS, {0x1f300, 0x1faff, 20}, {0x1f1e6, 0x1f1ff, 8}, {0x1f3fb, 0x1f3ff, 3},
    {0x2600, 0x27bf, 6}, {0x1f170, 0x1f251, 3}, ONE(0x2139, 2), ONE(0x24c2, 2), ONE(0x2122, 2),
    ONE(0xa9, 2), ONE(0x3297, 2), ONE(0x1f201, 2), ONE(0xfe0e, 4), ONE('#', 3), ONE('*', 2),
    {0xe0020, 0xe007f, 2}, {0x4e00, 0x4e10, 2},
    {0},
};
static const range hebrew[] = {
    {0x5d0, 0x5ea, 20}, ONE('"', 6), ONE('\'', 6), ONE(0x5f3, 2), ONE(0x5f4, 3), ONE(0x2019, 3),
    ONE(0xff07, 2), {0x591, 0x5c7, 3}, LATIN, ONE('.', 2), ONE(':', 2), ONE(0x301, 2),
    {0x620, 0x66f, 6},
    {0},
};
static const range wide[] = {
    {0xff00, 0xffef, 40}, {0xfe10, 0xfe6f, 12}, LATIN, {0x2010, 0x2030, 4}, {0x2100, 0x218f, 4},
    {0x2460, 0x24ff, 4}, {0x3200, 0x33ff, 8}, {0x20a0, 0x20c0, 3}, {0xfb00, 0xfb4f, 2},
    {0xfdf0, 0xfdff, 2}, {0xfe70, 0xfe7f, 2}, ONE(0x301, 2),
    {0},
};
static const range hangul[] = {
    {0x1100, 0x11ff, 20}, {0xac00, 0xac40, 12}, {0xa960, 0xa97c, 3}, {0xd7b0, 0xd7fb, 3},
    {0x3130, 0x318f, 4}, {0xffa0, 0xffdc, 4}, {0x302a, 0x302f, 2}, LATIN, MARKS,
    {0x4e00, 0x4e08, 3},
    {0},
};
static const range sa[] = {
    {0xe01, 0xe5b, 30}, {0xe81, 0xedf, 20}, {0x1000, 0x109f, 20}, {0x1780, 0x17f9, 20},
    {0x1950, 0x19df, 3}, {0x1a20, 0x1aad, 3}, {0xaa60, 0xaadf, 3}, {0x11700, 0x11746, 2}, LATIN,
    MARKS, {0x4e00, 0x4e08, 3},
    {0},
};
static const range any[] = {
    LATIN, {0, 0x10ffff, 6}, {0, 0x2fff, 40}, {0xa000, 0xffff, 10}, {0x10000, 0x1ffff, 10},
    ONE('.', 4), ONE('\'', 4),
    {0},
};
/* clang-format on */

/* ---- runs ------------------------------------------------------------------------------------ */

static char *read_file(const char *path) {
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    static char text[16384];
    size_t n = fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    fclose(file);
    return text;
}

static const char *rules(void) {
    return read_file(test_source_path("tests/conformance/mixed_v1.rbbi.txt"));
}

static prs_scan_options options_of(uint32_t round) {
    prs_scan_options options;
    prs_scan_options_init(&options);
    options.emoji = round % 4 != 1;
    options.hangul_word = round % 4 == 2;
    if (round % 4 == 3) options.max_token_bytes = 16;
    return options;
}

/* Bad bytes may come together as a code point that the two see differently: put '.' in its
 * place. */
static void replace_unknown(uint8_t *text, uint32_t len) {
    uint32_t n;
    for (uint32_t at = 0; at < len; at += n) {
        uint32_t cp = prs_utf8_decode(text + at, text + len, &n);
        if (cp != PRS_UTF8_BAD && !oracle_knows(cp)) memset(text + at, '.', n);
    }
}

static void run_alphabet(const char *name, const range *alphabet, uint32_t one_bad_in) {
    enum { BYTES = 1200000 };
    test_rng rng = test_rng_of(name);
    static uint8_t text[4096];
    for (uint32_t round = 0; round < 4; round++) {
        prs_scan_options options = options_of(round);
        oracle *o = oracle_new(rules(), &options);
        for (uint32_t done = 0; done < BYTES / 4;) {
            uint32_t len = 0, target = 1 + (uint32_t)test_rng_below(&rng, sizeof text - 8);
            while (len < target) {
                if (one_bad_in != 0 && test_rng_one_in(&rng, one_bad_in))
                    text[len++] = (uint8_t)(0x80 | test_rng_next(&rng));
                else
                    len += prs_utf8_encode(pick(&rng, alphabet), text + len);
            }
            /* truncate a sequence */
            if (one_bad_in != 0) {
                len -= (uint32_t)test_rng_below(&rng, 3) % len;
                replace_unknown(text, len);
            }
            compare(o, &options, text, len);
            done += len;
        }
        oracle_free(o);
    }
}

#define RUN(name, one_bad_in)                                                                      \
    START_TEST(equals_icu_on_##name) {                                                             \
        run_alphabet(#name, name, one_bad_in);                                                     \
    }                                                                                              \
    END_TEST

RUN(ascii, 0)
RUN(letters_and_dots, 0)
RUN(numbers, 0)
RUN(marks, 0)
RUN(han, 0)
RUN(emoji, 0)
RUN(hebrew, 0)
RUN(wide, 0)
RUN(hangul, 0)
RUN(sa, 0)
RUN(any, 12)

/* Every code point that both know, between words, alone, behind a sign and before one. */
START_TEST(equals_icu_on_every_code_point) {
    static const char *const frames[][2] = {{"a", "b"},   {"1", "2"},       {" ", " "},
                                            {"中", "文"}, {"a.", ".b"},     {"\u05d0", "\u05d0"},
                                            {"1,", "00"}, {"", "\ufe0f 9"}, {"x#", "++"}};
    prs_scan_options options = options_of(0);
    uint32_t n_left_out = 0;
    oracle *o = oracle_new(rules(), &options);
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        if (cp >= 0xd800 && cp <= 0xdfff) continue;
        if (!oracle_knows(cp)) {
            n_left_out++;
            continue;
        }
        for (size_t i = 0; i < PRS_COUNT(frames); i++) {
            uint8_t text[32];
            uint32_t len = (uint32_t)strlen(frames[i][0]);
            memcpy(text, frames[i][0], len);
            len += prs_utf8_encode(cp, text + len);
            memcpy(text + len, frames[i][1], strlen(frames[i][1]));
            compare(o, &options, text, len + (uint32_t)strlen(frames[i][1]));
        }
    }
    oracle_free(o);
    UVersionInfo version, pinned;
    u_getUnicodeVersion(version);
    u_versionFromString(pinned, PRS_UCD_VERSION);
    if (memcmp(version, pinned, sizeof version) == 0) ck_assert_uint_eq(n_left_out, 2);
}
END_TEST

/* A text in pieces, cut behind a line end or, in long lines, anywhere. */
typedef struct pieces {
    oracle *o;
    prs_scan_options options;
    uint64_t total;
} pieces;

static void compare_pieces(pieces *p, const json_t *value) {
    const uint8_t *text = (const uint8_t *)json_string_value(value);
    size_t len = json_string_length(value), take;
    for (size_t at = 0; at < len; at += take) {
        take = len - at;
        if (take > ORACLE_MAX_BYTES) {
            const uint8_t *line_end = memrchr(text + at, '\n', ORACLE_MAX_BYTES);
            take = line_end == NULL ? ORACLE_MAX_BYTES : (size_t)(line_end + 1 - (text + at));
        }
        compare(p->o, &p->options, text + at, (uint32_t)take);
    }
    p->total += len;
}

static void compare_article(void *ctx, const json_t *article) {
    compare_pieces(ctx, json_object_get(article, "title"));
    compare_pieces(ctx, json_object_get(article, "body"));
}

/* Every title and body of the shared articles. */
START_TEST(equals_icu_on_articles) {
    pieces p = {.options = options_of(0)};
    p.o = oracle_new(rules(), &p.options);
    kit_each_article(compare_article, &p);
    ck_assert_uint_gt(p.total, 6000000);
    oracle_free(p.o);
}
END_TEST

TEST_SUITE(rbbi, equals_icu_on_every_code_point, equals_icu_on_ascii,
           equals_icu_on_letters_and_dots, equals_icu_on_numbers, equals_icu_on_marks,
           equals_icu_on_han, equals_icu_on_emoji, equals_icu_on_hebrew, equals_icu_on_wide,
           equals_icu_on_hangul, equals_icu_on_sa, equals_icu_on_any, equals_icu_on_articles)
