/* analysis_bench.c - how much faster is the lexicon than the plain way to analyze text?
 *
 *     zstd -dc articles-00.ndjson.zst | analysis_bench [lang-prefix [megabytes [rounds [way]]]]
 *
 * Structure   Documents in one language ("en", "zh") up to a number of megabytes are kept in
 *             memory, then five ways run over them by turns:
 *
 *               plain     u_strFromUTF8, ICU word iterator, NFKC_Casefold and uncached Snowball for
 *                         each word; for Chinese each character and each pair of a run as a string
 *               scan      surfaces only
 *               run       prs_analysis_run into a callback that counts
 *               fresh     prs_lexicon_scan into a stream of ids, all forgotten before each round:
 *                         every word and pair of the documents is learned
 *               lexicon   the same, the lexicon kept from round to round
 *
 *             The plain way ends where its strings are made: it does not look them up, and it
 *             leaves out compounds, signs, diacritics and Traditional -> Simplified.
 * Output      For each way the median round in MB/s, and its speed over that of the plain way in
 *             the same round: median, least, greatest.
 * Why so      Ways alternate within a round, so that a slow spell of a shared machine hits all of
 *             them; what is to be held is the ratio to the plain way (English >= 5, Chinese >= 6),
 *             not the MB/s.  Between `fresh` and `lexicon` lies a build, which learns ever less. */
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

/* CPU time: on a shared machine the clock on the wall tells of the neighbours. */
static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
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

#define MAX_ROUNDS 101

static void forget(bench *b) {
    prs_lexicon_reset(b->lexicon);
}

static const struct {
    const char *name;
    void (*run)(bench *, const document *);
    void (*before)(bench *); /* outside the time */
} ways[] = {{"plain", plain_way, NULL},
            {"scan", scan_way, NULL},
            {"run", run_way, NULL},
            {"fresh", lexicon_way, forget},
            {"lexicon", lexicon_way, NULL}};

#define N_WAYS PRS_COUNT(ways)

static double seconds[N_WAYS][MAX_ROUNDS]; /* 0 = not run */
static uint64_t terms[N_WAYS];

static void measure(bench *b, size_t way, size_t round) {
    if (ways[way].before != NULL) ways[way].before(b);
    b->terms = 0;
    double start = now();
    for (size_t i = 0; i < b->n; i++) ways[way].run(b, &b->docs[i]);
    seconds[way][round] = now() - start;
    terms[way] = b->terms;
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const bench *b, size_t rounds) {
    printf("%zu documents, %.1f MB, lexicon holds %u terms in %.1f MB\n", b->n,
           (double)b->bytes / 1e6, prs_lexicon_count(b->lexicon),
           (double)prs_lexicon_bytes(b->lexicon) / 1e6);
    for (size_t w = 0; w < N_WAYS; w++) {
        double ratio[MAX_ROUNDS], spent[MAX_ROUNDS];
        if (seconds[w][0] <= 0) continue;
        for (size_t r = 0; r < rounds; r++) {
            spent[r] = seconds[w][r];
            ratio[r] = seconds[0][r] / seconds[w][r];
        }
        qsort(spent, rounds, sizeof *spent, compare_doubles);
        qsort(ratio, rounds, sizeof *ratio, compare_doubles);
        double median = spent[rounds / 2];
        printf("%-8s %7.1f MB/s %6.1f M terms/s", ways[w].name, (double)b->bytes / 1e6 / median,
               (double)terms[w] / 1e6 / median);
        printf("  best %7.1f MB/s  %6.2f x plain (%.2f to %.2f)\n",
               (double)b->bytes / 1e6 / spent[0], ratio[rounds / 2], ratio[0], ratio[rounds - 1]);
    }
}

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
    size_t rounds = argc > 3 ? strtoull(argv[3], NULL, 10) : 9;
    read_documents(&b, argc > 1 ? argv[1] : "en",
                   (argc > 2 ? strtoull(argv[2], NULL, 10) : 20) << 20);
    if (rounds < 1 || rounds > MAX_ROUNDS || b.n == 0 || !open_bench(&b)) {
        fputs("analysis_bench: no documents on standard input, no ICU, or over 101 rounds\n",
              stderr);
        return EXIT_FAILURE;
    }
    for (size_t round = 0; round < rounds; round++) {
        for (size_t w = 0; w < N_WAYS; w++) {
            bool is_asked = argc <= 4 || strcmp(argv[4], ways[w].name) == 0; /* for a profiler */
            if (is_asked) measure(&b, w, round);
        }
    }
    report(&b, rounds);
    close_bench(&b);
    return EXIT_SUCCESS;
}
