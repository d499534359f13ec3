/* scan_bench.c - how fast is the scanner, and how much faster than ICU's word iterator?
 *
 *     scan_bench [--json] [--rounds N] FILE ...          text in UTF-8, as it is
 *
 * Structure   A case for each file; ways: ICU's root word iterator over UTF-16 already converted,
 *             the general segment loop alone (plain UAX #29, no fast path), the scanner.  Bytes of
 *             UTF-8 a second; at most 16 MiB of a file are taken.
 * Invariants  A pass ends at the end of the text, and its token count enters a sink, so that
 *             nothing is optimised away. */
#include "micro.h"

#include "analysis/scan.h"
#include "analysis/wordbreak.h"

#include <stdio.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

enum { MAX_BYTES = 16 << 20 };

static uint8_t text[MAX_BYTES];
static UChar wide[MAX_BYTES];
static uint32_t len;
static int32_t wide_len;

static uint64_t run_scanner(void *unused) {
    prs_scan_options options;
    prs_scan scan;
    prs_surface surface;
    uint64_t n = 0;
    (void)unused;
    prs_scan_options_init(&options);
    prs_scan_init(&scan, &options, text, len);
    while (prs_scan_next(&scan, &surface)) n += surface.end - surface.start;
    return n;
}

static uint64_t run_segments(void *unused) {
    uint64_t n = 0;
    (void)unused;
    for (uint32_t at = 0; at < len; n++)
        at = prs_wordbreak_read(&prs_wordbreak_default, text, len, at).end;
    return n;
}

static uint64_t run_icu(void *words) {
    UErrorCode status = U_ZERO_ERROR;
    uint64_t n = 0;
    ubrk_setText(words, wide, wide_len, &status);
    while (ubrk_next(words) != UBRK_DONE) n += ubrk_getRuleStatus(words) != UBRK_WORD_NONE;
    return n;
}

static bool load(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return false;
    len = (uint32_t)fread(text, 1, sizeof text, file);
    fclose(file);
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8WithSub(wide, MAX_BYTES, &wide_len, (const char *)text, (int32_t)len, 0xfffd, NULL,
                         &status);
    return U_SUCCESS(status) && len > 0;
}

int main(int argc, char **argv) {
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *words = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    micro_frame m;
    bool good = micro_begin(&m, "scan", &argc, argv);
    if (U_FAILURE(status) || !good || argc < 2) {
        fprintf(stderr, "usage: scan_bench [--json] [--rounds N] FILE ...\n");
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        micro_need(load(argv[i]), "scan_bench: a file cannot be read, or is empty");
        micro_way ways[] = {{"icu", run_icu, NULL, words, len},
                            {"segments", run_segments, NULL, NULL, len},
                            {"scanner", run_scanner, NULL, NULL, len}};
        const char *name = strrchr(argv[i], '/');
        micro_compare(&m, name != NULL ? name + 1 : argv[i], "B", ways, PRS_COUNT(ways));
    }
    ubrk_close(words);
    return micro_end(&m);
}
