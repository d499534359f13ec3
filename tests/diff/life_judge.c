/* life_judge.c - does an index say what the model says, and what an index of the survivors alone
 * would?  The judge of diff_life.c: it asks the library and changes nothing. */
#include "diff/life.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const extra_value[MAX_EXTRA] = {"\"v\"", "\"w1 w2 數據\"", "7"};
static const char *const extra_query[MAX_EXTRA] = {"x0:v", "x1:w1", "x2:[5 TO 9]"};

static const char *const queries[N_QUERIES] = {"w1 w2 w3",     "+w1 -w4", "\"w1 w2\"",   "數據",
                                               "\"數據中心\"", "w*",      "\"w2 w3\"~4", "tag:red",
                                               "*:*",          "w1 數",   "+w2 +中心",   "-w1"};

_Noreturn void life_fail(const life *l, const char *form, ...) {
    va_list args;
    va_start(args, form);
    printf("# seed %llu: ", (unsigned long long)l->seed);
    vprintf(form, args);
    printf("\nnot ok 1 - an index is what its survivors make it\n1..1\n");
    va_end(args);
    exit(1);
}

void life_need(const life *l, prism_status status, const char *what, const prism_error *err) {
    if (status != PRISM_OK)
        life_fail(l, "%s: %s %s %s", what, prism_status_name(status), err->file, err->text);
}
/* ---- documents --------------------------------------------------------------------------- */

const char *const life_tags[3] = {"red", "green", "Blue"};

void life_show(const life_doc *d, char *json, size_t cap) {
    int len = snprintf(json, cap, "{\"id\":\"%s\",\"body\":\"%s\",\"tag\":\"%s\",\"n\":%u", d->key,
                       d->body, life_tags[d->tag], d->number);
    for (uint32_t f = 0; f < MAX_EXTRA; f++) {
        if (d->extra >> f & 1)
            len += snprintf(json + len, cap - (size_t)len, ",\"x%u\":%s", f, extra_value[f]);
    }
    snprintf(json + len, cap - (size_t)len, "}");
}

void life_put_in(const life *l, prism_writer *writer, const life_doc *d, unsigned flags) {
    char json[400];
    prism_error err = PRISM_ERROR_INIT;
    life_show(d, json, sizeof json);
    life_need(l, prism_writer_put_json(writer, json, strlen(json), flags, &err), "put", &err);
}

life_doc *life_find(life *l, const char *key) {
    for (uint32_t i = l->n_docs; i > 0; i--) {
        if (l->docs[i - 1].alive && strcmp(l->docs[i - 1].key, key) == 0) return &l->docs[i - 1];
    }
    return NULL;
}
/* ---- answers --------------------------------------------------------------------------------- */

static prism_hits *search(const life *l, prism_snapshot *snap, const char *text, uint32_t k) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query;
    prism_hits *hits;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = k;
    opts.count = PRISM_COUNT_EXACT;
    life_need(
        l, prism_query_parse(prism_snapshot_schema(snap), text, strlen(text), NULL, &query, &err),
        "query", &err);
    life_need(l, prism_search(snap, query, &opts, &hits, &err), "search", &err);
    prism_query_unref(query);
    return hits;
}

/* The query q, of those that the schema of a snapshot allows; NULL: there are no more. */
static const char *query_of(const life *l, const prism_snapshot *snap, uint32_t q) {
    prism_error err = PRISM_ERROR_INIT;
    const char *json;
    char name[16];
    if (q < N_QUERIES) return queries[q];
    q -= N_QUERIES;
    life_need(l, prism_schema_to_json(prism_snapshot_schema(snap), &json, NULL, &err), "schema",
              &err);
    snprintf(name, sizeof name, "\"x%u\"", q);
    return q < MAX_EXTRA && strstr(json, name) != NULL ? extra_query[q] : NULL;
}

/* All that the queries answer, in one number. */
static uint64_t answers_of(const life *l, prism_snapshot *snap) {
    uint64_t sum = 14695981039346656037u;
    const char *text;
    for (uint32_t q = 0; (text = query_of(l, snap, q)) != NULL; q++) {
        prism_hits *hits = search(l, snap, text, 50);
        for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
            prism_hit h;
            prism_hits_get(hits, i, &h);
            for (size_t b = 0; b < h.key_len; b++) sum = (sum ^ (uint8_t)h.key[b]) * 1099511628211u;
            sum = (sum ^ (uint32_t)h.raw_score) * 1099511628211u;
        }
        sum += prism_hits_total(hits, NULL);
        prism_hits_free(hits);
    }
    return sum;
}

static int by_key(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Keys of all matches, sorted; in *n their number.  Free the array and the one block behind it. */
static char **keys_of(const prism_hits *hits, uint32_t *n) {
    *n = prism_hits_count(hits);
    char **keys = calloc(*n + 1u, sizeof *keys), *space = calloc(*n + 1u, 12);
    if (keys == NULL || space == NULL) diff_die("out of memory", NULL);
    keys[*n] = space;
    for (uint32_t i = 0; i < *n; i++) {
        prism_hit h;
        prism_hits_get(hits, i, &h);
        keys[i] = space + 12u * i;
        memcpy(keys[i], h.key, h.key_len < 11 ? h.key_len : 11);
    }
    qsort(keys, *n, sizeof *keys, by_key);
    return keys;
}

void life_compare_sets(const life *l, prism_snapshot *mine, prism_snapshot *twin,
                       const char *text) {
    prism_hits *a = search(l, mine, text, PRISM_MAX_K), *b = search(l, twin, text, PRISM_MAX_K);
    uint32_t n, m;
    char **x = keys_of(a, &n), **y = keys_of(b, &m);
    if (n != m) life_fail(l, "%s: %u documents, %u in the twin", text, n, m);
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(x[i], y[i]) != 0) life_fail(l, "%s: %s, not %s", text, x[i], y[i]);
    }
    free(x[n]);
    free(y[m]);
    free(x);
    free(y);
    prism_hits_free(a);
    prism_hits_free(b);
}

void life_compare_scores(const life *l, prism_snapshot *mine, prism_snapshot *twin,
                         const char *text) {
    prism_hits *a = search(l, mine, text, PRISM_MAX_K), *b = search(l, twin, text, PRISM_MAX_K);
    if (prism_hits_count(a) != prism_hits_count(b)) life_fail(l, "%s: other counts", text);
    for (uint32_t i = 0; i < prism_hits_count(a); i++) {
        prism_hit x, y;
        prism_hits_get(a, i, &x);
        prism_hits_get(b, i, &y);
        if (x.key_len != y.key_len || memcmp(x.key, y.key, x.key_len) != 0 ||
            x.raw_score != y.raw_score) {
            life_fail(l, "%s: hit %u is %.*s %d, in the twin %.*s %d", text, i, (int)x.key_len,
                      x.key, (int)x.raw_score, (int)y.key_len, y.key, (int)y.raw_score);
        }
    }
    prism_hits_free(a);
    prism_hits_free(b);
}

/* ---- the twin -------------------------------------------------------------------------------- */

/* Compare the newest commit with an index of the live documents alone. */
void life_compare_with_twin(life *l, prism_snapshot *mine, life_compare_fn compare) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_index *index;
    prism_writer *writer;
    prism_snapshot *twin;
    opts.in_memory = 1;
    life_need(l, prism_index_create("twin", l->schemas[l->n_extra], &opts, &index, &err), "twin",
              &err);
    life_need(l, prism_writer_open(index, NULL, &writer, &err), "twin", &err);
    for (uint32_t i = 0; i < l->n_docs; i++) {
        if (l->docs[i].alive) life_put_in(l, writer, &l->docs[i], PRISM_PUT_APPEND);
    }
    life_need(l, prism_writer_commit(writer, NULL, 0, NULL, &err), "twin", &err);
    life_need(l, prism_snapshot_open(index, &twin, &err), "twin", &err);
    const char *text;
    for (uint32_t q = 0; (text = query_of(l, twin, q)) != NULL; q++) {
        if (query_of(l, mine, q) == NULL) life_fail(l, "a field of the schema is missing");
        compare(l, mine, twin, text);
    }
    prism_snapshot_unref(twin);
    prism_writer_close(writer);
    prism_index_close(index);
}

/* ---- checks ---------------------------------------------------------------------------------- */

void life_check_documents(life *l, prism_snapshot *snap) {
    uint64_t alive = 0;
    for (uint32_t i = 0; i < l->n_docs; i++) {
        const life_doc *d = &l->docs[i];
        alive += d->alive;
        if (!d->alive && life_find(l, d->key) != NULL)
            continue; /* replaced: another one has the key */
        prism_error err = PRISM_ERROR_INIT;
        uint64_t gdoc;
        prism_status status = prism_document_find(snap, d->key, strlen(d->key), &gdoc, &err);
        if (!d->alive) {
            if (status != PRISM_ENOTFOUND) life_fail(l, "%s is back (%s)", d->key, err.text);
            continue;
        }
        life_need(l, status, d->key, &err);
        char want[400], *got;
        life_show(d, want, sizeof want);
        life_need(l, prism_document_get(snap, gdoc, &got, NULL, &err), d->key, &err);
        if (strcmp(got, want) != 0) life_fail(l, "%s is %s, not %s", d->key, got, want);
        prism_free_text(got);
    }
    if (prism_snapshot_documents(snap) != alive)
        life_fail(l, "%llu documents, not %llu", (unsigned long long)prism_snapshot_documents(snap),
                  (unsigned long long)alive);
}

void life_check_held(life *l) {
    for (uint32_t i = 0; i < l->n_held; i++) {
        const held *h = &l->held[i];
        if (prism_snapshot_documents(h->snap) != h->documents ||
            answers_of(l, h->snap) != h->answers) {
            life_fail(l, "a snapshot of generation %llu has changed",
                      (unsigned long long)prism_snapshot_generation(h->snap));
        }
    }
}

void life_hold(life *l, prism_snapshot *snap) {
    if (l->n_held == MAX_HELD) {
        uint32_t out = diff_below(&l->rng, MAX_HELD);
        prism_snapshot_unref(l->held[out].snap);
        l->held[out] = l->held[--l->n_held];
    }
    l->held[l->n_held++] =
        (held){prism_snapshot_ref(snap), prism_snapshot_documents(snap), answers_of(l, snap)};
}
