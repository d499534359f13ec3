/* gate.c - a fixed piece of work, in phases, whose instructions are counted (bench/gate.py).
 *
 *     gate CPU-LEVEL DIRECTORY [DOCUMENTS]
 *
 * Structure   Two indexes of the generated corpus, one of words, one of Han, are built in
 *             DIRECTORY, which must be empty; some documents are replaced, the segments merged;
 *             then queries of each class are asked, and stored documents read.  Each phase is one
 *             function phase_*, behind which a profiler writes down what it has counted; the
 *             corpus, directories and handles are made in the first, phase_setup.
 * Invariants  - Nothing depends on the clock, the machine or the size of its memory; what remains
 *               are the library's random seeds of hash tables, about .1 % of a phase.
 *             - Every call is checked, and each class of queries must find documents, so that an
 *               empty answer does not pass for a fast one.
 * Why so      Instructions are the one cost that a loaded machine measures well.  They do not see
 *             cache misses: bench/micro does.
 * Tested by   tests/bench/gate.sh */
#include "zipf.h"

#include <prismsearch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEAN_BYTES = 512, QUERIES = 50, SEGMENTS = 4 };

typedef struct corpus {
    char *text;
    size_t *ends; /* of each document */
    uint32_t n;
    zipf_script script;
} corpus;

typedef struct side { /* an index and what stands in it */
    corpus corpus;
    prism_index *index;
    prism_writer *writer;
    prism_snapshot *snap;
} side;

typedef struct gate {
    uint32_t n; /* documents */
    const char *directory;
    side en, zh;
    uint64_t found; /* by the queries of a phase */
} gate;

static prism_error err = PRISM_ERROR_INIT;

static void check(prism_status status, const char *what) {
    if (status == PRISM_OK) return;
    fprintf(stderr, "gate: %s: %s: %s\n", what, prism_status_name(status), err.text);
    exit(1);
}

static void need(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "gate: %s\n", what);
    exit(1);
}

/* ---- the corpus
 * -------------------------------------------------------------------------------- */

static void make_corpus(corpus *c, zipf_script script, uint32_t n) {
    zipf_options options = ZIPF_OPTIONS_INIT;
    options.script = script;
    zipf *z = zipf_new(&options);
    size_t len = 0, cap = (size_t)n * 2 * MEAN_BYTES + ZIPF_MAX_DOCUMENT;
    c->text = malloc(cap);
    c->ends = calloc(n, sizeof *c->ends);
    need(z != NULL && c->text != NULL && c->ends != NULL, "out of memory");
    for (uint32_t i = 0; i < n; i++) {
        need(len + ZIPF_MAX_DOCUMENT <= cap, "documents are longer than thought");
        len += zipf_document(z, i, c->text + len);
        c->ends[i] = len;
    }
    c->n = n;
    c->script = script;
    zipf_free(z);
}

static void put(const side *s, uint32_t from, uint32_t to, unsigned flags) {
    for (uint32_t i = from; i < to; i++) {
        size_t start = i == 0 ? 0 : s->corpus.ends[i - 1];
        check(prism_writer_put_json(s->writer, s->corpus.text + start, s->corpus.ends[i] - start,
                                    flags, &err),
              "put");
    }
}

static void commit(const side *s) {
    check(prism_writer_commit(s->writer, NULL, 0, NULL, &err), "commit");
}

/* ---- phases of building
 * ------------------------------------------------------------------------ */

#define PHASE(name)                                                                                \
    void phase_##name(gate *g);                                                                    \
    __attribute__((noinline)) void phase_##name(gate *g)

static void open_side(side *s, const char *directory, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    check(prism_index_create(path, NULL, NULL, &s->index, &err), path);
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    opts.memory = 64u << 20;
    opts.non_durable = 1; /* what the disk does is not counted */
    opts.max_segments = PRISM_NO_MERGE;
    check(prism_writer_open(s->index, &opts, &s->writer, &err), path);
}

/* What the gate does not look at. */
PHASE(setup) {
    make_corpus(&g->en.corpus, ZIPF_ASCII, g->n / SEGMENTS * SEGMENTS);
    make_corpus(&g->zh.corpus, ZIPF_HAN, g->n / 2);
    open_side(&g->en, g->directory, "en");
    open_side(&g->zh, g->directory, "zh");
}

PHASE(build_en) {
    uint32_t n = g->en.corpus.n / SEGMENTS;
    for (uint32_t i = 0; i < SEGMENTS; i++) {
        put(&g->en, i * n, (i + 1) * n, PRISM_PUT_REPLACE);
        commit(&g->en);
    }
}

PHASE(build_zh) {
    put(&g->zh, 0, g->zh.corpus.n, PRISM_PUT_REPLACE);
    commit(&g->zh);
}

/* Blocks of lists and frames of documents are copied as they are. */
PHASE(merge) {
    check(prism_writer_merge(g->en.writer, 1, NULL, NULL, &err), "merge");
}

PHASE(replace) {
    put(&g->en, 0, g->en.corpus.n / 16, PRISM_PUT_REPLACE);
    commit(&g->en);
}

/* A merge that drops documents writes all of it anew. */
PHASE(purge) {
    check(prism_writer_merge(g->en.writer, 1, NULL, NULL, &err), "purge");
}

PHASE(open) {
    check(prism_snapshot_open(g->en.index, &g->en.snap, &err), "open");
    check(prism_snapshot_open(g->zh.index, &g->zh.snap, &err), "open");
}

/* ---- phases of searching
 * ----------------------------------------------------------------------- */

/* Fill each %1..%9 of a form with a word: the digit chooses how frequent it is, i which one. */
static size_t fill(const char *form, uint32_t i, zipf_script script, char *out) {
    static const uint64_t firsts[] = {0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000};
    size_t len = 0;
    for (; *form; form++) {
        if (*form != '%') {
            out[len++] = *form;
            continue;
        }
        uint64_t first = firsts[*++form - '0'];
        len += zipf_word(script, first + i * 7919u % first, out + len);
    }
    return len;
}

static void ask(gate *g, const side *s, const char *form, uint32_t i, prism_search_opts *opts) {
    char text[400];
    prism_query *query = NULL;
    prism_hits *hits = NULL;
    size_t len = fill(form, i, s->corpus.script, text);
    check(prism_query_parse(prism_snapshot_schema(s->snap), text, len, NULL, &query, &err),
          "parse");
    check(prism_search(s->snap, query, opts, &hits, &err), "search");
    g->found += prism_hits_count(hits);
    prism_hits_free(hits);
    prism_query_unref(query);
}

static void ask_all(gate *g, const side *s, const char *form, prism_search_opts *opts) {
    for (uint32_t i = 0; i < QUERIES; i++) ask(g, s, form, i, opts);
}

#define QUERY_PHASE(name, side, form)                                                              \
    PHASE(name) {                                                                                  \
        prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;                                           \
        ask_all(g, &g->side, form, &opts);                                                         \
    }
QUERY_PHASE(term, en, "%5")
QUERY_PHASE(or, en, "%3 %5 %7")
QUERY_PHASE(and, en, "+%3 +%4")
QUERY_PHASE(phrase, en, "\"%3 %4\"")
QUERY_PHASE(near, en, "\"%3 %4\"~4")
QUERY_PHASE(prefix, en, "be*")
QUERY_PHASE(range, en, "+%4 +date:[2005 TO 2012-06]")
QUERY_PHASE(not, en, "%4 -%3")
QUERY_PHASE(han, zh, "%5%6")
QUERY_PHASE(han_phrase, zh, "\"%5%3\"")

PHASE(count) {
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.count = PRISM_COUNT_EXACT;
    ask_all(g, &g->en, "%4 %5", &opts);
}

PHASE(sort) {
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.sort = "date:desc,source";
    ask_all(g, &g->en, "%3 %6", &opts);
}

static void snippets(gate *g, const side *s, const char *form) {
    char text[400];
    prism_query *query = NULL;
    prism_hits *hits = NULL;
    size_t len = fill(form, 0, s->corpus.script, text);
    check(prism_query_parse(prism_snapshot_schema(s->snap), text, len, NULL, &query, &err),
          "parse");
    check(prism_search(s->snap, query, NULL, &hits, &err), "search");
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        prism_snippet *snippet = NULL;
        prism_hits_get(hits, i, &hit);
        check(prism_snippet_make(s->snap, query, hit.gdoc, "body", NULL, &snippet, &err),
              "snippet");
        g->found += prism_snippet_count(snippet);
        prism_snippet_free(snippet);
    }
    prism_hits_free(hits);
    prism_query_unref(query);
}

PHASE(snippet) {
    snippets(g, &g->en, "%4 %5");
    snippets(g, &g->zh, "%4%5");
}

static int see(void *ctx, uint64_t gdoc, const char *json, size_t len) {
    gate *g = ctx;
    (void)gdoc;
    g->found += len > 0 && json[0] == '{';
    return 0;
}

PHASE(export) {
    check(prism_document_each(g->en.snap, see, g, &err), "export");
}

/* ---- all of it
 * --------------------------------------------------------------------------------- */

typedef struct phase {
    void (*run)(gate *g);
    uint64_t least; /* what it must find, or it is not the work that it should be */
} phase;

static const phase phases[] = {
    {phase_setup, 0},      {phase_build_en, 0}, {phase_build_zh, 0}, {phase_merge, 0},
    {phase_replace, 0},    {phase_purge, 0},    {phase_open, 0},     {phase_term, 400},
    {phase_or, 400},       {phase_and, 400},    {phase_phrase, 5},   {phase_near, 5},
    {phase_prefix, 400},   {phase_range, 400},  {phase_not, 400},    {phase_han, 400},
    {phase_han_phrase, 1}, {phase_count, 400},  {phase_sort, 400},   {phase_snippet, 20},
    {phase_export, 400},
};

static void close_side(side *s) {
    prism_snapshot_unref(s->snap);
    prism_writer_close(s->writer);
    prism_index_close(s->index);
    free(s->corpus.text);
    free(s->corpus.ends);
}

int main(int argc, char **argv) {
    static gate g;
    unsigned long n = argc > 3 ? strtoul(argv[3], NULL, 10) : 4000;
    if (argc < 3 || n < 400 || n > 1000000) {
        fputs("usage: gate CPU-LEVEL DIRECTORY [DOCUMENTS, 400 to 1000000]\n", stderr);
        return 2;
    }
    check(prism_cpu_use(argv[1], &err), argv[1]);
    g.n = (uint32_t)n;
    g.directory = argv[2];
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
        g.found = 0;
        phases[i].run(&g);
        char what[64];
        snprintf(what, sizeof what, "phase %zu found %llu only", i, (unsigned long long)g.found);
        need(g.found >= phases[i].least, what);
    }
    close_side(&g.en);
    close_side(&g.zh);
    return 0;
}
