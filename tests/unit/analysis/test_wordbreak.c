/* test_wordbreak.c - the boundary loop: UAX #29 line by line, and where mixed-v1 departs from
 * it. */
#include "analysis/wordbreak.h"
#include "analysis/scan.h"
#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_CPS = 64, MAX_BYTES = 4 * MAX_CPS };

/* One line of WordBreakTest.txt. */
typedef struct sample {
    uint8_t text[MAX_BYTES];
    uint32_t len, n;
    uint32_t offset[MAX_CPS + 1]; /* of each code point, and the end */
    bool breaks[MAX_CPS + 1];     /* a boundary before code point i */
} sample;

static void read_sample(const char *line, sample *s) {
    memset(s, 0, sizeof *s);
    while (*line != '\0' && *line != '#' && *line != '\n') {
        char *end;
        if (memcmp(line, "÷", 2) == 0) s->breaks[s->n] = true;
        if ((unsigned char)*line >= 0x80) {
            line += 2;
            continue;
        }
        unsigned long cp = strtoul(line, &end, 16);
        if (end == line) {
            line++;
            continue;
        }
        ck_assert_uint_lt(s->n, MAX_CPS);
        s->len += prs_utf8_encode((uint32_t)cp, s->text + s->len);
        s->offset[++s->n] = s->len;
        line = end;
    }
}

/* The test file of the pinned version, from the distribution or the shared collections. */
static FILE *open_test_file(void) {
    static const char *const places[] = {"/usr/share/unicode/auxiliary/WordBreakTest.txt"};
    char first[80];
    for (size_t i = 0; i < PRS_COUNT(places); i++) {
        FILE *file = fopen(places[i], "r");
        if (file == NULL) continue;
        if (fgets(first, sizeof first, file) && strstr(first, "WordBreakTest-" PRS_UCD_VERSION))
            return file;
        fclose(file);
    }
    FILE *file = fopen(test_shared_path("unicode/WordBreakTest.txt"), "r");
    ck_assert_ptr_nonnull(file);
    return file;
}

START_TEST(default_mode_is_uax29) {
    FILE *file = open_test_file();
    char line[1024];
    uint32_t n_lines = 0;
    while (fgets(line, sizeof line, file)) {
        sample s;
        if (line[0] == '#') continue;
        read_sample(line, &s);
        uint32_t at = 0;
        for (uint32_t i = 0; i <= s.n; i++) {
            ck_assert_msg(s.breaks[i] == (s.offset[i] == at), "code point %u of %s", i, line);
            if (s.offset[i] == at && at < s.len)
                at = prs_wordbreak_read(&prs_wordbreak_default, s.text, s.len, at).end;
        }
        n_lines++;
    }
    fclose(file);
    ck_assert_uint_eq(n_lines, 1823);
}
END_TEST

/* ---- mixed-v1 against UAX #29 ---------------------------------------------------------------- */

/* Segments as text, "0-1 2-3" in code points. */
static void put_range(char *out, size_t cap, const sample *s, uint32_t start, uint32_t end) {
    size_t used = strlen(out);
    uint32_t from = 0, to = 0;
    while (s->offset[from] != start) from++;
    while (s->offset[to] != end) to++;
    int n = snprintf(out + used, cap - used, "%s%u-%u", used > 0 ? " " : "", from, to);
    ck_assert(n > 0 && (size_t)n < cap - used);
}

/* Segments of UAX #29 that hold anything mixed-v1 makes tokens of. */
static void default_tokens(const sample *s, char *out, size_t cap) {
    out[0] = '\0';
    for (uint32_t at = 0, end; at < s->len; at = end) {
        bool is_token = false;
        end = prs_wordbreak_read(&prs_wordbreak_default, s->text, s->len, at).end;
        for (uint32_t from = at; from < end;) {
            prs_cluster c = prs_wordbreak_cluster(s->text, end, from);
            uint8_t cls = c.uc->cls;
            is_token |= prs_role_is_word((prs_role)prs_wordbreak_mixed(true, true)->roles[cls]) ||
                        cls == PRS_CLASS_HAN || cls == PRS_CLASS_SA || cls == PRS_CLASS_COMPAT ||
                        cls == PRS_CLASS_RI || (c.uc->flags & PRS_UC_EMOJI_PRES);
            from = c.end;
        }
        if (is_token) put_range(out, cap, s, at, end);
    }
}

static void mixed_tokens(const sample *s, char *out, size_t cap) {
    prs_scan_options options;
    prs_scan scan;
    prs_surface surface;
    out[0] = '\0';
    prs_scan_options_init(&options);
    prs_scan_init(&scan, &options, s->text, s->len);
    while (prs_scan_next(&scan, &surface)) put_range(out, cap, s, surface.start, surface.end);
}

/* The next entry of mixed_v1_differences.txt: rule \t code points \t tokens. */
static bool next_difference(FILE *list, char *line, size_t cap, char **cps, char **tokens) {
    while (fgets(line, (int)cap, list)) {
        if (line[0] == '#' || line[0] == '\n') continue;
        line[strcspn(line, "\n")] = '\0';
        *cps = strchr(line, '\t');
        ck_assert_ptr_nonnull(*cps);
        *(*cps)++ = '\0';
        *tokens = strchr(*cps, '\t');
        ck_assert_ptr_nonnull(*tokens);
        *(*tokens)++ = '\0';
        return true;
    }
    return false;
}

static void put_code_points(const sample *s, char *out, size_t cap) {
    out[0] = '\0';
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t n;
        size_t used = strlen(out);
        uint32_t cp = prs_utf8_decode(s->text + s->offset[i], s->text + s->len, &n);
        snprintf(out + used, cap - used, "%s%04X", i > 0 ? " " : "", cp);
    }
}

/* Every line where mixed-v1 has other tokens than UAX #29 is in the list, in order, with its rule;
 * nothing else is. */
START_TEST(mixed_mode_differs_as_listed) {
    FILE *file = open_test_file();
    FILE *list = fopen(test_source_path("tests/unit/analysis/mixed_v1_differences.txt"), "r");
    ck_assert_ptr_nonnull(list);
    char line[1024], entry[1024], ours[512], theirs[512], cps[512], *listed_cps, *listed_tokens;
    while (fgets(line, sizeof line, file)) {
        sample s;
        if (line[0] == '#') continue;
        read_sample(line, &s);
        default_tokens(&s, theirs, sizeof theirs);
        mixed_tokens(&s, ours, sizeof ours);
        if (strcmp(ours, theirs) == 0) continue;
        put_code_points(&s, cps, sizeof cps);
        ck_assert_msg(next_difference(list, entry, sizeof entry, &listed_cps, &listed_tokens),
                      "not listed: %s", cps);
        ck_assert_str_eq(cps, listed_cps);
        ck_assert_str_eq(ours, listed_tokens);
    }
    ck_assert_msg(!next_difference(list, entry, sizeof entry, &listed_cps, &listed_tokens),
                  "listed but equal: %s", listed_cps);
    fclose(list);
    fclose(file);
}
END_TEST

TEST_SUITE(wordbreak, default_mode_is_uax29, mixed_mode_differs_as_listed)
