/* analysis_bench.c - how much faster is the lexicon than the plain way to analyze text?
 *
 *     zstd -dc articles-00.ndjson.zst | analysis_bench [lang-prefix [megabytes [rounds [way]]]]
 *
 * Structure   Documents in one language ("en", "zh") up to a number of megabytes are kept in
 *             memory, then four ways run over them by turns, and each way's best round counts:
 *
 *               plain     u_strFromUTF8, ICU word iterator, NFKC_Casefold and uncached Snowball for
 *                         each word; for Chinese each character and each pair of a run as a string
 *               scan      surfaces only
 *               run       prs_analysis_run into a callback that counts
 *               lexicon   prs_lexicon_scan into a stream of ids, the lexicon kept from round to
 *                         round
 *
 *             The plain way ends where its strings are made: it does not look them up.
 * Why so      Ways alternate within a round, so that a slow spell of a shared machine hits all of
 *             them; what is to be held is the ratio lexicon / plain (English >= 5, Chinese >= 6),
 *             not the MB/s. */
#include "analysis/lexicon.h"
#include "analysis/scan.h"

#include <jansson.h>
#include <libstemmer.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unicode/ubrk.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

typedef struct document {
    char *text;
    size_t len;
} document;

typedef struct bench {
    document *docs;
    size_t n, cap, bytes;
    prs_mem mem;
    prs_analyzer *analyzer;
    prs_analysis *analysis;
    prs_lexicon *lexicon;
    prs_stream stream;
    UBreakIterator *words;
    const UNormalizer2 *nfkc_cf;
    struct sb_stemmer *stemmer;
    UChar *wide;
    size_t wide_cap;
    uint64_t terms, sum; /* what the ways made, so that no work is left out */
} bench;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- input -------------------------------------------------------------------------------- */

static void keep_line(bench *b, const char *line, size_t len, const char *lang) {
    json_t *article = json_loadb(line, len, 0, NULL);
    const char *has = json_string_value(json_object_get(article, "lang"));
    json_t *body = json_object_get(article, "body");
    if (has != NULL && strncmp(has, lang, strlen(lang)) == 0 && json_is_string(body)) {
        if (b->n == b->cap) {
            b->cap = b->cap == 0 ? 1024 : 2 * b->cap;
            b->docs = realloc(b->docs, b->cap * sizeof *b->docs);
        }
        document *doc = &b->docs[b->n++];
        doc->len = json_string_length(body);
        doc->text = malloc(doc->len + 1);
        memcpy(doc->text, json_string_value(body), doc->len + 1);
        b->bytes += doc->len;
    }
    json_decref(article);
}

static void read_documents(bench *b, const char *lang, size_t max) {
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    while (b->bytes < max && (len = getline(&line, &cap, stdin)) > 0) {
        keep_line(b, line, (size_t)len, lang);
    }
    free(line);
}

/* ---- the plain way ------------------------------------------------------------------------- */

static void take_term(bench *b, const char *term, size_t len) {
    b->terms++;
    b->sum += len + (uint8_t)term[len / 2];
}

/* One ICU word -> a folded, stemmed string. */
static void plain_word(bench *b, const UChar *word, int32_t len) {
    UChar folded[512];
    char utf8[1536];
    int32_t n = 0;
    UErrorCode code = U_ZERO_ERROR;
    int32_t m =
        unorm2_normalize(b->nfkc_cf, word, PRS_MIN(len, 256), folded, PRS_COUNT(folded), &code);
    u_strToUTF8(utf8, sizeof utf8, &n, folded, m, &code);
    if (U_FAILURE(code) || n == 0) return;
    const sb_symbol *stem = sb_stemmer_stem(b->stemmer, (const sb_symbol *)utf8, n);
    take_term(b, (const char *)stem, (size_t)sb_stemmer_length(b->stemmer));
}

static bool is_han(UChar c) {
    return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff);
}

/* A dictionary word of Han -> its characters, and each pair that begins in it. */
static void plain_han(bench *b, const UChar *word, int32_t len, bool goes_on) {
    for (int32_t i = 0; i < len; i++) {
        UChar folded[64];
        char utf8[192];
        int32_t n = 0;
        int32_t take = i + 1 < len || goes_on ? 2 : 1;
        UErrorCode code = U_ZERO_ERROR;
        int32_t m = unorm2_normalize(b->nfkc_cf, word + i, take, folded, PRS_COUNT(folded), &code);
        u_strToUTF8(utf8, sizeof utf8, &n, folded, m, &code);
        if (U_FAILURE(code) || n == 0) continue;
        take_term(b, utf8, (size_t)n); /* the pair, or the last character */
        if (take == 2) take_term(b, utf8, PRS_MIN((size_t)n, 3)); /* the character */
    }
}

static void plain_way(bench *b, const document *doc) {
    int32_t n = 0;
    UErrorCode code = U_ZERO_ERROR;
    u_strFromUTF8(b->wide, (int32_t)b->wide_cap, &n, doc->text, (int32_t)doc->len, &code);
    ubrk_setText(b->words, b->wide, n, &code);
    if (U_FAILURE(code)) return;
    for (int32_t from = 0, to; (to = ubrk_next(b->words)) != UBRK_DONE; from = to) {
        if (ubrk_getRuleStatus(b->words) < UBRK_WORD_NONE_LIMIT) continue;
        if (is_han(b->wide[from])) {
            plain_han(b, b->wide + from, to - from, to < n && is_han(b->wide[to]));
        } else {
            plain_word(b, b->wide + from, to - from);
        }
    }
}

/* ---- our ways ------------------------------------------------------------------------------ */

static void scan_way(bench *b, const document *doc) {
    prs_scan_options options;
    prs_scan scan;
    prs_surface surface;
    prs_scan_options_init(&options);
    prs_scan_init(&scan, &options, doc->text, doc->len);
    while (prs_scan_next(&scan, &surface)) {
        b->terms++;
        b->sum += surface.end;
    }
}

static prism_status count_token(void *ctx, const prs_token *token) {
    bench *b = ctx;
    b->terms++;
    b->sum += token->len;
    return PRISM_OK;
}

static void run_way(bench *b, const document *doc) {
    prs_analysis_run(b->analysis, doc->text, doc->len, count_token, b, NULL, NULL, NULL);
}

static void lexicon_way(bench *b, const document *doc) {
    uint32_t n_pos, n_span;
    b->stream.n = b->stream.n > (1u << 22) ? 0 : b->stream.n;
    size_t before = b->stream.n;
    prs_lexicon_scan(b->lexicon, doc->text, doc->len, &b->stream, &n_pos, &n_span, NULL, NULL);
    b->terms += b->stream.n - before;
}

/* ---- measuring ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*run)(bench *, const document *);
} ways[] = {{"plain", plain_way}, {"scan", scan_way}, {"run", run_way}, {"lexicon", lexicon_way}};

static bool open_bench(bench *b) {
    prs_analyzer_options options;
    UErrorCode code = U_ZERO_ERROR;
    prs_analyzer_options_init(&options);
    prs_mem_init(&b->mem, NULL);
    b->stream.mem = &b->mem;
    b->words = ubrk_open(UBRK_WORD, "zh", NULL, 0, &code);
    b->nfkc_cf = unorm2_getNFKCCasefoldInstance(&code);
    b->stemmer = sb_stemmer_new("english", "UTF_8");
    for (size_t i = 0; i < b->n; i++) b->wide_cap = PRS_MAX(b->wide_cap, b->docs[i].len);
    b->wide = malloc((b->wide_cap + 1) * sizeof *b->wide);
    return U_SUCCESS(code) && b->stemmer != NULL &&
           prs_analyzer_new(&b->mem, &options, &b->analyzer, NULL) == PRISM_OK &&
           prs_analysis_new(b->analyzer, &b->mem, &b->analysis, NULL) == PRISM_OK &&
           prs_lexicon_new(b->analyzer, &b->mem, &b->lexicon, NULL) == PRISM_OK;
}

static void close_bench(bench *b) {
    prs_lexicon_free(b->lexicon);
    prs_analysis_free(b->analysis);
    prs_analyzer_unref(b->analyzer);
    prs_mem_free(&b->mem, b->stream.ids, b->stream.cap * sizeof *b->stream.ids);
    sb_stemmer_delete(b->stemmer);
    ubrk_close(b->words);
    free(b->wide);
    for (size_t i = 0; i < b->n; i++) free(b->docs[i].text);
    free(b->docs);
}

int main(int argc, char **argv) {
    bench b = {0};
    double best[PRS_COUNT(ways)] = {0}, first[PRS_COUNT(ways)] = {0};
    uint64_t terms[PRS_COUNT(ways)] = {0};
    long rounds = argc > 3 ? strtol(argv[3], NULL, 10) : 5;
    read_documents(&b, argc > 1 ? argv[1] : "en",
                   (argc > 2 ? strtoull(argv[2], NULL, 10) : 20) << 20);
    if (b.n == 0 || !open_bench(&b)) {
        fputs("analysis_bench: no documents on standard input, or no ICU\n", stderr);
        return EXIT_FAILURE;
    }
    for (long round = 0; round < rounds; round++) {
        for (size_t w = 0; w < PRS_COUNT(ways); w++) {
            if (argc > 4 && strcmp(argv[4], ways[w].name) != 0) continue; /* for a profiler */
            b.terms = 0;
            double start = now();
            for (size_t i = 0; i < b.n; i++) ways[w].run(&b, &b.docs[i]);
            double spent = now() - start;
            if (round == 0) first[w] = spent;
            if (round == 0 || spent < best[w]) best[w] = spent;
            terms[w] = b.terms;
        }
    }
    printf("%zu documents, %.1f MB, lexicon holds %u terms in %.1f MB\n", b.n,
           (double)b.bytes / 1e6, prs_lexicon_count(b.lexicon),
           (double)prs_lexicon_bytes(b.lexicon) / 1e6);
    for (size_t w = 0; w < PRS_COUNT(ways); w++) {
        if (best[w] <= 0) continue;
        printf("%-8s %8.1f MB/s %7.1f M terms/s  first %7.1f MB/s  %5.2f x plain\n", ways[w].name,
               (double)b.bytes / 1e6 / best[w], (double)terms[w] / 1e6 / best[w],
               (double)b.bytes / 1e6 / first[w], best[0] / best[w]);
    }
    close_bench(&b);
    return EXIT_SUCCESS;
}
