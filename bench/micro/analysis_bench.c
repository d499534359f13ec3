/* analysis_bench.c - how much faster is the lexicon than the plain way to analyze text?
 *
 *     zstd -dc articles-00.ndjson.zst | analysis_bench [--json] [--rounds N] [lang [megabytes]]
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
 * Why so      What is to be held is the ratio to the plain way (English >= 5, Chinese >= 6), not
 *             the MB/s.  Between `fresh` and `lexicon` lies a build, which learns ever less. */
#include "micro.h"

#include "analysis/lexicon.h"
#include "analysis/scan.h"

#include <jansson.h>
#include <libstemmer.h>
#include <stdio.h>
#include <stdlib.h>
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

/* ---- the ways as the frame wants them ------------------------------------------------------ */

#define WAY(name, each)                                                                            \
    static uint64_t name(void *ctx) {                                                              \
        bench *b = ctx;                                                                            \
        for (size_t i = 0; i < b->n; i++) each(b, &b->docs[i]);                                    \
        return b->sum + b->terms;                                                                  \
    }
WAY(all_plain, plain_way)
WAY(all_scan, scan_way)
WAY(all_run, run_way)
WAY(all_lexicon, lexicon_way)

static void forget(void *ctx) {
    bench *b = ctx;
    prs_lexicon_reset(b->lexicon);
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
    micro_frame m;
    if (!micro_begin(&m, "analysis", &argc, argv) || argc > 3) return 2;
    const char *lang = argc > 1 ? argv[1] : "en";
    read_documents(&b, lang, (argc > 2 ? strtoull(argv[2], NULL, 10) : 8) << 20);
    micro_need(b.n > 0, "analysis_bench: no documents in this language on standard input");
    micro_need(open_bench(&b), "analysis_bench: no ICU or no memory");
    double bytes = (double)b.bytes;
    const micro_way ways[] = {{"plain", all_plain, NULL, &b, bytes},
                              {"scan", all_scan, NULL, &b, bytes},
                              {"run", all_run, NULL, &b, bytes},
                              {"fresh", all_lexicon, forget, &b, bytes},
                              {"lexicon", all_lexicon, NULL, &b, bytes}};
    micro_compare(&m, lang, "B", ways, PRS_COUNT(ways));
    micro_value(&m, lang, "lexicon holds", "terms", prs_lexicon_count(b.lexicon));
    close_bench(&b);
    return micro_end(&m);
}
