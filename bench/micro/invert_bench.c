/* invert_bench.c - how fast is each step from text to sorted lists of places?
 *
 *     invert_bench [--json] [--rounds N] [--only TEXT]
 *
 * Structure   The generated corpus (bench/zipf.h), 3 MB of words and 3 MB of Han:
 *               tokenize    surfaces only; tokens one by one; a lexicon that forgets before each
 *                           round; a lexicon that stays.  Bytes of text a second
 *               transpose   the stream of ids to each term's places, in one pass and in several
 *                           (scratch memory is short).  Ids a second
 *               sort terms  ids into the order of their keys, over qsort with the same comparison.
 *                           Terms a second
 * Invariants  Transposing gives back as many places as there are ids; sorts agree. */
#include "micro.h"

#include "../zipf.h"
#include "analysis/lexicon.h"
#include "analysis/scan.h"
#include "invert/term_sort.h"
#include "invert/transpose.h"

#include <stdio.h>
#include <stdlib.h>

enum { BYTES = 3 << 20 };

typedef struct text {
    const char *ptr;
    size_t len;
} text;

typedef struct invert_bench {
    prs_mem mem;
    char *bytes;
    text *texts; /* bodies */
    uint32_t n;
    size_t total; /* bytes of the bodies */
    prs_analyzer *analyzer;
    prs_analysis *analysis;
    prs_lexicon *lexicon;
    prs_stream stream;
    prs_stream_doc *docs;
    uint32_t *ids, *by_qsort;
    size_t scratch;
} invert_bench;

/* ---- the corpus
 * -------------------------------------------------------------------------------- */

static void make_texts(invert_bench *b, zipf_script script) {
    zipf_options options = ZIPF_OPTIONS_INIT;
    options.script = script;
    zipf *z = zipf_new(&options);
    b->bytes = malloc(BYTES + ZIPF_MAX_DOCUMENT);
    b->texts = calloc(BYTES / 64, sizeof *b->texts);
    micro_need(z != NULL && b->bytes != NULL && b->texts != NULL, "out of memory");
    for (size_t len = 0; len < BYTES && b->n < BYTES / 64;) {
        char *line = b->bytes + len;
        size_t line_len = zipf_document(z, b->n, line);
        line[line_len - 1] = '\0';
        char *body = strstr(line, "\"body\":\"");
        micro_need(body != NULL, "a document without a body");
        body += strlen("\"body\":\"");
        b->texts[b->n++] = (text){body, strcspn(body, "\"")};
        b->total += strcspn(body, "\"");
        len += line_len;
    }
    zipf_free(z);
}

/* ---- tokenizing
 * -------------------------------------------------------------------------------- */

static uint64_t surfaces(void *ctx) {
    invert_bench *b = ctx;
    uint64_t n = 0;
    prs_scan_options options;
    prs_scan_options_init(&options);
    for (uint32_t i = 0; i < b->n; i++) {
        prs_scan scan;
        prs_surface surface;
        prs_scan_init(&scan, &options, b->texts[i].ptr, b->texts[i].len);
        while (prs_scan_next(&scan, &surface)) n++;
    }
    return n;
}

static prism_status count(void *ctx, const prs_token *token) {
    *(uint64_t *)ctx += token->len;
    return PRISM_OK;
}

static uint64_t tokens(void *ctx) {
    invert_bench *b = ctx;
    uint64_t n = 0;
    for (uint32_t i = 0; i < b->n; i++)
        micro_need(prs_analysis_run(b->analysis, b->texts[i].ptr, b->texts[i].len, count, &n, NULL,
                                    NULL, NULL) == PRISM_OK,
                   "analysis failed");
    return n;
}

static uint64_t scan_all(void *ctx) {
    invert_bench *b = ctx;
    b->stream.n = 0;
    for (uint32_t i = 0; i < b->n; i++) {
        prs_stream_doc *doc = &b->docs[i];
        uint64_t n_bad;
        *doc = (prs_stream_doc){.doc = i, .start = (uint32_t)b->stream.n};
        micro_need(prs_lexicon_scan(b->lexicon, b->texts[i].ptr, b->texts[i].len, &b->stream,
                                    &doc->length, &doc->span, &n_bad, NULL) == PRISM_OK,
                   "the lexicon failed");
    }
    return b->stream.n;
}

static void forget(void *ctx) {
    invert_bench *b = ctx;
    prs_lexicon_reset(b->lexicon);
}

/* ---- transposing
 * ------------------------------------------------------------------------------- */

static prism_status add_places(void *ctx, const prs_transpose_term *term, prism_error *err) {
    (void)err;
    if (term->freq_bits == 0) *(uint64_t *)ctx += term->n; /* others are in no stream */
    return PRISM_OK;
}

static uint64_t transpose(invert_bench *b, size_t scratch) {
    prs_transpose_input input = {b->lexicon, b->stream.ids, (uint32_t)b->stream.n, b->docs, b->n};
    uint64_t n = 0;
    micro_need(prs_transpose_run(&input, scratch, &b->mem, add_places, &n, NULL) == PRISM_OK,
               "transposing failed");
    micro_need(n == b->stream.n, "places were lost");
    return n;
}

static uint64_t transpose_once(void *ctx) {
    return transpose(ctx, SIZE_MAX);
}

static uint64_t transpose_often(void *ctx) {
    invert_bench *b = ctx;
    return transpose(b, b->stream.n);
}

/* ---- sorting
 * ----------------------------------------------------------------------------------- */

static void all_ids(const invert_bench *b, uint32_t *ids, uint32_t n) {
    (void)b;
    for (uint32_t i = 0; i < n; i++) ids[i] = i;
}

static uint64_t sort_terms(void *ctx) {
    invert_bench *b = ctx;
    uint32_t n = prs_lexicon_count(b->lexicon);
    all_ids(b, b->ids, n);
    micro_need(prs_term_sort(b->lexicon, b->ids, n, NULL, &b->mem, NULL) == PRISM_OK,
               "sorting failed");
    return b->ids[0];
}

static const prs_lexicon *compared;

static int by_key(const void *a, const void *b) {
    return prs_bytes_compare(prs_lexicon_key(compared, *(const uint32_t *)a),
                             prs_lexicon_key(compared, *(const uint32_t *)b));
}

static uint64_t sort_by_qsort(void *ctx) {
    invert_bench *b = ctx;
    uint32_t n = prs_lexicon_count(b->lexicon);
    all_ids(b, b->by_qsort, n);
    compared = b->lexicon;
    qsort(b->by_qsort, n, sizeof *b->by_qsort, by_key);
    return b->by_qsort[0];
}

/* ---- all
 * --------------------------------------------------------------------------------------- */

static void open_bench(invert_bench *b, zipf_script script) {
    prs_analyzer_options options;
    memset(b, 0, sizeof *b);
    prs_mem_init(&b->mem, NULL);
    b->stream.mem = &b->mem;
    make_texts(b, script);
    b->docs = calloc(b->n, sizeof *b->docs);
    prs_analyzer_options_init(&options);
    micro_need(b->docs != NULL &&
                   prs_analyzer_new(&b->mem, &options, &b->analyzer, NULL) == PRISM_OK &&
                   prs_analysis_new(b->analyzer, &b->mem, &b->analysis, NULL) == PRISM_OK &&
                   prs_lexicon_new(b->analyzer, &b->mem, &b->lexicon, NULL) == PRISM_OK,
               "out of memory");
    scan_all(b);
    uint32_t n = prs_lexicon_count(b->lexicon);
    b->ids = calloc(n, sizeof *b->ids);
    b->by_qsort = calloc(n, sizeof *b->by_qsort);
    micro_need(b->ids != NULL && b->by_qsort != NULL, "out of memory");
    sort_terms(b);
    sort_by_qsort(b);
    micro_need(memcmp(b->ids, b->by_qsort, n * sizeof *b->ids) == 0, "sorts do not agree");
}

static void close_bench(invert_bench *b) {
    prs_mem_free(&b->mem, b->stream.ids, b->stream.cap * sizeof *b->stream.ids);
    prs_lexicon_free(b->lexicon);
    prs_analysis_free(b->analysis);
    prs_analyzer_unref(b->analyzer);
    free(b->ids);
    free(b->by_qsort);
    free(b->docs);
    free(b->texts);
    free(b->bytes);
}

static void bench_script(micro_frame *m, zipf_script script, const char *lang) {
    static invert_bench b;
    char name[40];
    open_bench(&b, script);
    double bytes = (double)b.total;
    micro_way tokenizing[] = {{"tokens", tokens, NULL, &b, bytes},
                              {"surfaces", surfaces, NULL, &b, bytes},
                              {"lexicon, fresh", scan_all, forget, &b, bytes},
                              {"lexicon, warm", scan_all, NULL, &b, bytes}};
    snprintf(name, sizeof name, "tokenize %s", lang);
    micro_compare(m, name, "B", tokenizing, PRS_COUNT(tokenizing));
    double ids = (double)b.stream.n, terms = prs_lexicon_count(b.lexicon);
    micro_way transposing[] = {{"one pass", transpose_once, NULL, &b, ids},
                               {"short memory", transpose_often, NULL, &b, ids}};
    snprintf(name, sizeof name, "transpose %s", lang);
    micro_compare(m, name, "ids", transposing, PRS_COUNT(transposing));
    micro_way sorting[] = {{"qsort", sort_by_qsort, NULL, &b, terms},
                           {"term_sort", sort_terms, NULL, &b, terms}};
    snprintf(name, sizeof name, "sort terms %s", lang);
    micro_compare(m, name, "terms", sorting, PRS_COUNT(sorting));
    close_bench(&b);
}

int main(int argc, char **argv) {
    micro_frame m;
    if (!micro_begin(&m, "invert", &argc, argv) || argc > 1) return 2;
    bench_script(&m, ZIPF_ASCII, "en");
    bench_script(&m, ZIPF_HAN, "zh");
    return micro_end(&m);
}
