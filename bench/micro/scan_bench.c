/* scan_bench.c - how fast is the scanner, and how much faster than ICU's word iterator?
 *
 *     scan_bench FILE ...          text in UTF-8, as it is
 *
 * Structure   One row per file: MB/s of UTF-8 through the scanner, through the general segment loop
 *             alone (plain UAX #29, no fast path), and through ICU's root word iterator over UTF-16
 *             already converted; the best of interleaved rounds, then the ratio.
 * Invariants  A pass ends at the end of the text, and its token count enters a sink, so that
 *             nothing is optimised away.
 * Why so      The three alternate within a round: on a shared machine a slow spell hits all of
 *             them, so ratios hold where MB/s do not. */
#include "analysis/scan.h"
#include "analysis/wordbreak.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

enum { ROUNDS = 15, MAX_BYTES = 16 << 20 };

static uint8_t text[MAX_BYTES];
static UChar wide[MAX_BYTES];
static uint32_t len;
static int32_t wide_len;
static volatile uint64_t sink;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void run_scanner(UBreakIterator *unused) {
    prs_scan_options options;
    prs_scan scan;
    prs_surface surface;
    uint64_t n = 0;
    (void)unused;
    prs_scan_options_init(&options);
    prs_scan_init(&scan, &options, text, len);
    while (prs_scan_next(&scan, &surface)) n += surface.end - surface.start;
    sink += n;
}

static void run_segments(UBreakIterator *unused) {
    uint64_t n = 0;
    (void)unused;
    for (uint32_t at = 0; at < len; n++)
        at = prs_wordbreak_read(&prs_wordbreak_default, text, len, at).end;
    sink += n;
}

static void run_icu(UBreakIterator *words) {
    UErrorCode status = U_ZERO_ERROR;
    uint64_t n = 0;
    ubrk_setText(words, wide, wide_len, &status);
    while (ubrk_next(words) != UBRK_DONE) n += ubrk_getRuleStatus(words) != UBRK_WORD_NONE;
    sink += n;
}

typedef struct runner {
    const char *name;
    void (*run)(UBreakIterator *words);
    double best;
} runner;

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

static void bench(const char *path, UBreakIterator *words) {
    runner runners[] = {
        {"scanner", run_scanner, 1e9}, {"segments", run_segments, 1e9}, {"icu", run_icu, 1e9}};
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < PRS_COUNT(runners); i++) {
            double start = now();
            runners[i].run(words);
            double spent = now() - start;
            if (spent < runners[i].best) runners[i].best = spent;
        }
    }
    printf("%-24s %6.1f MB ", path, len / 1e6);
    for (size_t i = 0; i < PRS_COUNT(runners); i++)
        printf(" %s %.0f MB/s", runners[i].name, len / runners[i].best / 1e6);
    printf("  scanner/icu %.1f\n", runners[2].best / runners[0].best);
}

int main(int argc, char **argv) {
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *words = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    if (U_FAILURE(status) || argc < 2) {
        fprintf(stderr, "usage: scan_bench FILE ...\n");
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        if (load(argv[i]))
            bench(argv[i], words);
        else
            fprintf(stderr, "scan_bench: cannot read %s\n", argv[i]);
    }
    ubrk_close(words);
    return 0;
}
