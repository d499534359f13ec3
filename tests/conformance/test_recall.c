/* test_recall.c - is every string of Han characters found, whichever script it is typed in?
 *
 * The first promise of the library, through its exported calls alone: articles go into an index, a
 * random run of 1 to 8 ideographs is taken from one of them and searched for in quotes, and the
 * article must be among all hits.  Each run is asked for three times: as it stands, in Simplified
 * characters, and with each character changed for another of those that fold alike (Traditional for
 * a Simplified text).  For some of them all hits are held against a search of the folded texts byte
 * by byte: the same documents, no more and no less.
 *
 * Two collections: the articles that come with the source, always, and the shared ones. */
#include "kit.h"

#include "analysis/fold.h"
#include "analysis/unicode.h"
#include "analysis/utf8.h"

#include <prismsearch.h>

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { RUN_MAX = 8, KEY_MAX = 64, CLASSES = 0xa000 };

typedef struct article {
    char key[KEY_MAX];
    char *body;
    size_t len;
    char *folded; /* body with each character folded by itself, for the search byte by byte */
    size_t folded_len;
} article;

typedef struct world {
    prs_mem mem;
    prism_index *index;
    prism_writer *writer;
    prism_snapshot *snap;
    article *articles;
    size_t n, cap;
    uint32_t *class_first, *class_next; /* characters that fold alike, as chains */
} world;

#define NEED_OK(call)                                                                              \
    do {                                                                                           \
        prism_error need_err = PRISM_ERROR_INIT;                                                   \
        prism_error *err = &need_err;                                                              \
        if ((call) != PRISM_OK) ck_abort_msg("%s", need_err.text);                                 \
    } while (0)

/* ---- the collection -------------------------------------------------------------------------- */

static void put_article(world *w, const char *key, const char *body, size_t len) {
    prism_doc *doc;
    if (w->n == w->cap) {
        w->cap = w->cap == 0 ? 64 : 2 * w->cap;
        w->articles = realloc(w->articles, w->cap * sizeof *w->articles);
        ck_assert_ptr_nonnull(w->articles);
    }
    article *a = &w->articles[w->n++];
    memset(a, 0, sizeof *a);
    ck_assert_uint_lt(strlen(key), sizeof a->key);
    strcpy(a->key, key);
    a->len = len;
    a->body = malloc(len + 1);
    ck_assert_ptr_nonnull(a->body);
    memcpy(a->body, body, len);
    a->body[len] = '\0';
    NEED_OK(prism_doc_new(prism_index_schema(w->index), &doc, err));
    NEED_OK(prism_doc_add(doc, "id", key, strlen(key), err));
    NEED_OK(prism_doc_add(doc, "body", body, len, err));
    NEED_OK(prism_writer_put(w->writer, doc, PRISM_PUT_REPLACE, err));
    prism_doc_free(doc);
}

static void open_world(world *w) {
    prism_index_opts index_opts = PRISM_INDEX_OPTS_INIT;
    prism_writer_opts writer_opts = PRISM_WRITER_OPTS_INIT;
    memset(w, 0, sizeof *w);
    prs_mem_init(&w->mem, NULL);
    index_opts.in_memory = 1;
    NEED_OK(prism_index_create("recall", NULL, &index_opts, &w->index, err));
    NEED_OK(prism_writer_open(w->index, &writer_opts, &w->writer, err));
}

static void chain_classes(world *w) {
    w->class_first = calloc(CLASSES, sizeof *w->class_first);
    w->class_next = calloc(CLASSES, sizeof *w->class_next);
    ck_assert(w->class_first != NULL && w->class_next != NULL);
    for (uint32_t cp = PRS_SIMPLIFY_BEGIN; cp < CLASSES; cp++) {
        uint32_t simple = prs_unicode_simplify(cp);
        if (simple >= CLASSES) continue;
        w->class_next[cp] = w->class_first[simple];
        w->class_first[simple] = cp;
    }
}

/* Compat signs are words of their own, so they get separators around them. */
static void fold_article(article *a) {
    static prs_fold_scratch scratch;
    prs_fold fold;
    NEED_OK(prs_fold_init(&fold, false, "", true, err));
    a->folded = malloc(a->len * 12 + 1);
    ck_assert_ptr_nonnull(a->folded);
    const uint8_t *p = (const uint8_t *)a->body, *end = p + a->len;
    for (uint32_t size; p < end; p += size) {
        uint8_t out[PRS_FOLD_WORD_MAX];
        uint32_t len = 0, cp = prs_utf8_decode(p, end, &size);
        bool is_compat = prs_unicode_get(cp)->cls == PRS_CLASS_COMPAT;
        if (cp >= 0x3400 && cp < CLASSES) {
            len = prs_utf8_encode(prs_unicode_simplify(cp), out);
        } else if (cp != PRS_UTF8_BAD) {
            NEED_OK(prs_fold_compat(&fold, &scratch, prs_bytes_of(p, size), out, &len, err));
        }
        if (is_compat) a->folded[a->folded_len++] = ' ';
        memcpy(a->folded + a->folded_len, out, PRS_MIN(len, 10));
        a->folded_len += PRS_MIN(len, 10);
        if (is_compat) a->folded[a->folded_len++] = ' ';
    }
}

static void finish_world(world *w) {
    NEED_OK(prism_writer_commit(w->writer, NULL, 0, NULL, err));
    NEED_OK(prism_snapshot_open(w->index, &w->snap, err));
    ck_assert_uint_eq(prism_snapshot_documents(w->snap), w->n);
    ck_assert_uint_le(w->n, PRISM_MAX_K);
    for (size_t i = 0; i < w->n; i++) fold_article(&w->articles[i]);
    chain_classes(w);
}

static void close_world(world *w) {
    prism_snapshot_unref(w->snap);
    prism_writer_close(w->writer);
    prism_index_close(w->index);
    for (size_t i = 0; i < w->n; i++) {
        free(w->articles[i].body);
        free(w->articles[i].folded);
    }
    free(w->articles);
    free(w->class_first);
    free(w->class_next);
}

/* ---- one run
 * ----------------------------------------------------------------------------------- */

typedef struct han_run {
    uint32_t cp[RUN_MAX];
    size_t n;
} han_run;

static bool is_ideograph(uint32_t cp) {
    return (cp >= 0x3400 && cp < 0x4dc0) || (cp >= 0x4e00 && cp < 0xa000) ||
           (cp >= 0x20000 && cp < 0x2a6e0);
}

/* 1 to 8 ideographs in a row, from a random place of the article on; false if there are none. */
static bool pick_run(const article *a, test_rng *rng, han_run *run) {
    size_t want = 1 + test_rng_below(rng, RUN_MAX), at = test_rng_below(rng, a->len);
    const uint8_t *p = (const uint8_t *)a->body + at, *end = (const uint8_t *)a->body + a->len;
    run->n = 0;
    for (uint32_t size; p < end && run->n < want; p += size) {
        uint32_t cp = prs_utf8_decode(p, end, &size);
        if (is_ideograph(cp))
            run->cp[run->n++] = cp;
        else if (run->n > 0)
            break;
    }
    /* A mark behind the last one belongs to it: then another run is taken. */
    uint32_t size;
    return run->n > 0 &&
           (p >= end || prs_unicode_get(prs_utf8_decode(p, end, &size))->cls != PRS_CLASS_MARK);
}

static size_t write_run(const han_run *run, char *out) {
    size_t len = 0;
    for (size_t i = 0; i < run->n; i++) len += prs_utf8_encode(run->cp[i], (uint8_t *)out + len);
    out[len] = '\0';
    return len;
}

static han_run simplified(const han_run *run) {
    han_run out = *run;
    for (size_t i = 0; i < out.n; i++) out.cp[i] = prs_unicode_simplify(out.cp[i]);
    return out;
}

/* Each character by a random one that folds alike; tells whether any differs. */
static bool vary(const world *w, const han_run *run, test_rng *rng, han_run *out) {
    bool differs = false;
    *out = *run;
    for (size_t i = 0; i < run->n; i++) {
        uint32_t n = 0, simple = prs_unicode_simplify(run->cp[i]);
        if (simple >= CLASSES) continue;
        for (uint32_t cp = w->class_first[simple]; cp != 0; cp = w->class_next[cp]) {
            if (cp != run->cp[i] && test_rng_one_in(rng, ++n)) out->cp[i] = cp;
        }
        differs |= n > 0;
    }
    return differs;
}

static prism_hits *search_quoted(const world *w, const han_run *run) {
    char text[4 * RUN_MAX + 3] = "\"";
    prism_query *query;
    prism_hits *hits;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    size_t len = 1 + write_run(run, text + 1);
    text[len++] = '"';
    opts.k = (uint32_t)w->n;
    NEED_OK(prism_query_parse(prism_index_schema(w->index), text, len, NULL, &query, err));
    NEED_OK(prism_search(w->snap, query, &opts, &hits, err));
    prism_query_unref(query);
    return hits;
}

static bool is_hit(const prism_hits *hits, const char *key) {
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        prism_hits_get(hits, i, &hit);
        if (hit.key_len == strlen(key) && memcmp(hit.key, key, hit.key_len) == 0) return true;
    }
    return false;
}

static void check_found(const world *w, const han_run *run, const article *a) {
    prism_hits *hits = search_quoted(w, run);
    if (!is_hit(hits, a->key)) {
        char text[4 * RUN_MAX + 1];
        write_run(run, text);
        ck_abort_msg("\"%s\" does not find %s", text, a->key);
    }
    prism_hits_free(hits);
}

/* All hits are all articles whose folded text holds the folded run. */
static void check_exact(const world *w, const han_run *run) {
    char text[4 * RUN_MAX + 1];
    han_run folded = simplified(run);
    size_t len = write_run(&folded, text);
    prism_hits *hits = search_quoted(w, run);
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        const article *a = &w->articles[i];
        bool holds = memmem(a->folded, a->folded_len, text, len) != NULL;
        if (holds != is_hit(hits, a->key))
            ck_abort_msg("%s and \"%s\": %s", a->key, text, holds ? "not found" : "a false hit");
        n += holds;
    }
    ck_assert_uint_eq(prism_hits_count(hits), n);
    prism_hits_free(hits);
}

static void check_recall(const world *w, const char *name, size_t n_runs) {
    test_rng rng = test_rng_of(name);
    size_t n = 0, n_other = 0, of_length[RUN_MAX + 1] = {0};
    for (size_t tries = 0; n < n_runs && tries < 100 * n_runs; tries++) {
        const article *a = &w->articles[test_rng_below(&rng, w->n)];
        han_run run, other;
        if (a->len == 0 || !pick_run(a, &rng, &run)) continue;
        n++;
        of_length[run.n]++;
        check_found(w, &run, a);
        other = simplified(&run);
        check_found(w, &other, a);
        if (vary(w, &run, &rng, &other)) {
            n_other++;
            check_found(w, &other, a);
        }
        if (n % 10 == 0) check_exact(w, &other);
    }
    ck_assert_uint_eq(n, n_runs);
    ck_assert_uint_gt(n_other, n_runs / 4);
    for (size_t i = 1; i <= RUN_MAX; i++) ck_assert_uint_gt(of_length[i], 0);
}

/* ---- collections
 * ------------------------------------------------------------------------------- */

START_TEST(in_the_articles_of_the_source) {
    world w;
    open_world(&w);
    DIR *folder = opendir(test_source_path("examples/articles"));
    ck_assert_ptr_nonnull(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[400];
        size_t len;
        if (strstr(entry->d_name, ".md") == NULL) continue;
        snprintf(path, sizeof path, "examples/articles/%s", entry->d_name);
        char *text = kit_read_file(test_source_path(path), &len);
        put_article(&w, entry->d_name, text, len);
        free(text);
    }
    closedir(folder);
    ck_assert_uint_ge(w.n, 24);
    finish_world(&w);
    check_recall(&w, "recall of examples", 1000);
    close_world(&w);
}
END_TEST

static void put_line(void *ctx, const json_t *line) {
    const json_t *body = json_object_get(line, "body");
    const char *id = json_string_value(json_object_get(line, "id"));
    if (id != NULL && json_is_string(body))
        put_article(ctx, id, json_string_value(body), json_string_length(body));
}

START_TEST(in_the_shared_articles) {
    world w;
    open_world(&w);
    kit_each_article(put_line, &w);
    ck_assert_uint_ge(w.n, 1000);
    finish_world(&w);
    check_recall(&w, "recall of shared articles", 2000);
    close_world(&w);
}
END_TEST

TEST_SUITE(recall, in_the_articles_of_the_source, in_the_shared_articles)
