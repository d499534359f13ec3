/* agree.c - do the library and the second reader say the same of an index?
 *
 *   library      snapshot counts, prism_document_get, prism_document_find, prism_snapshot_terms
 *   reader       manifest, DOCS, KEYS, the terms of all segments
 *   inversion    agree_terms.c and agree_columns.c go from the stored documents to lists and
 *                columns by themselves
 *
 * gdoc = the documents of the segments before + the document in its segment.
 * Tested by: itself over indexes of every kind (golden.sh, second_reader.sh); it ends at the first
 *            difference. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "second.h"

typedef struct count {
    uint8_t *key;
    uint64_t len, df, cf;
} count;

typedef struct counts {
    ref_heap heap;
    count *at;
    size_t n, cap, next;
    const char *field;
} counts;

/* ---- documents ------------------------------------------------------------------------------- */

static void agree_document(prism_snapshot *snap, uint64_t gdoc, const ref_cur *doc) {
    prism_error err = PRISM_ERROR_INIT;
    char *json = NULL;
    size_t len = 0;
    if (prism_document_get(snap, gdoc, &json, &len, &err) != PRISM_OK) complain_error("get", &err);
    if (len != ref_left(doc) || memcmp(json, doc->at, len) != 0)
        complain("document %" PRIu64 " is stored otherwise", gdoc);
    prism_free_text(json);
}

/* A live document is found by its key; of a deleted one the key is gone or another document's. */
static void agree_key(prism_snapshot *snap, uint64_t gdoc, const ref_cur *key, int deleted) {
    prism_error err = PRISM_ERROR_INIT;
    uint64_t found = 0;
    prism_status status =
        prism_document_find(snap, (const char *)key->at, ref_left(key), &found, &err);
    if (status != PRISM_OK && status != PRISM_ENOTFOUND) complain_error("find", &err);
    if (deleted ? status == PRISM_OK && found == gdoc : status != PRISM_OK || found != gdoc)
        complain("the key of document %" PRIu64 " is not found as it should", gdoc);
}

static void agree_documents(prism_snapshot *snap, ref_index *ix, const ref_segment *s,
                            uint64_t first) {
    const ref_cur *docs = ref_documents(ix, s), *keys = ref_keys(ix, s);
    const prism_schema *schema = prism_snapshot_schema(snap);
    for (uint32_t d = 0; d < s->n_docs; d++) {
        if (!s->deleted[d]) agree_document(snap, first + d, &docs[d]);
        if (keys != NULL) agree_key(snap, first + d, &keys[d], s->deleted[d]);
    }
    for (uint32_t f = 0; f < s->schema->n_fields; f++) {
        if (!s->schema->fields[f].stored || s->schema->fields[f].partial) continue;
        if (s->schema->fields[f].indexed) agree_inverted(schema, ix, s, f, docs);
        if (s->schema->fields[f].column) agree_column(ix, s, f, docs);
    }
}

/* ---- dictionaries ---------------------------------------------------------------------------- */

static void count_term(void *ctx, const ref_term *t) {
    counts *c = ctx;
    if (c->n == c->cap) {
        c->cap = c->cap ? 2 * c->cap : 1024;
        c->at = realloc(c->at, c->cap * sizeof *c->at);
        if (c->at == NULL) complain("out of memory");
    }
    count *to = &c->at[c->n++];
    *to = (count){ref_heap_get(&c->heap, t->key_len), t->key_len, t->df, t->cf};
    memcpy(to->key, t->key, t->key_len);
}

static int by_key(const void *a, const void *b) {
    const count *x = a, *y = b;
    return ref_order(x->key, x->len, y->key, y->len);
}

/* Sorted, equal keys added up. */
static void sum_counts(counts *c) {
    size_t n = 0;
    if (c->n > 0) qsort(c->at, c->n, sizeof *c->at, by_key);
    for (size_t i = 0; i < c->n; i++) {
        if (n > 0 && by_key(&c->at[n - 1], &c->at[i]) == 0) {
            c->at[n - 1].df += c->at[i].df;
            c->at[n - 1].cf += c->at[i].cf;
        } else {
            c->at[n++] = c->at[i];
        }
    }
    c->n = n;
}

static int agree_term(void *ctx, const char *term, size_t len, const char *kind, uint64_t df,
                      uint64_t cf) {
    static const char *const kinds[] = {"", "word", "han1", "han2", "hanend", "exact", "hanword"};
    counts *c = ctx;
    if (c->next == c->n) complain("field %s: the library has terms more", c->field);
    const count *t = &c->at[c->next++];
    if (t->len != len + 1 || memcmp(t->key + 1, term, len) != 0 || t->key[0] > 6 ||
        strcmp(kinds[t->key[0]], kind) != 0 || t->df != df || t->cf != cf)
        complain("field %s: the library has %.*s (%s) df %" PRIu64 " cf %" PRIu64, c->field,
                 (int)len, term, kind, df, cf);
    return 0;
}

static void agree_dictionary(prism_snapshot *snap, ref_index *ix, uint32_t field) {
    prism_error err = PRISM_ERROR_INIT;
    counts c = {.field = ix->schema->fields[field].name};
    for (uint32_t i = 0; i < ix->n_segments; i++)
        ref_terms(ix, &ix->segments[i], field, count_term, &c);
    sum_counts(&c);
    if (prism_snapshot_terms(snap, c.field, "", 0, agree_term, &c, &err) != PRISM_OK)
        complain_error(c.field, &err);
    if (c.next != c.n) complain("field %s: the library has too few terms", c.field);
    ref_heap_free(&c.heap);
    free(c.at);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void agree_counts(const prism_snapshot *snap, const ref_index *ix) {
    uint64_t docs = 0, deleted = 0;
    for (uint32_t i = 0; i < ix->n_segments; i++) {
        docs += ix->segments[i].n_docs;
        deleted += ix->segments[i].n_deleted;
    }
    if (prism_snapshot_generation(snap) != ix->generation ||
        prism_snapshot_segments(snap) != ix->n_segments ||
        prism_snapshot_documents(snap) != docs - deleted ||
        prism_snapshot_deleted(snap) != deleted ||
        memcmp(prism_snapshot_uuid(snap), ix->commit->id, 16) != 0)
        complain("generation, uuid or counts of the snapshot differ");
}

void agree(const char *directory) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_index *index;
    prism_snapshot *snap;
    ref_index *ix = ref_open(directory);
    opts.read_only = 1;
    if (prism_index_open(directory, &opts, &index, &err) != PRISM_OK)
        complain_error(directory, &err);
    if (prism_snapshot_open(index, &snap, &err) != PRISM_OK) complain_error(directory, &err);
    agree_counts(snap, ix);
    uint64_t first = 0;
    for (uint32_t i = 0; i < ix->n_segments; i++) {
        agree_documents(snap, ix, &ix->segments[i], first);
        first += ix->segments[i].n_docs;
    }
    for (uint32_t f = 0; f < ix->schema->n_fields; f++)
        if (ix->schema->fields[f].indexed) agree_dictionary(snap, ix, f);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    ref_close(ix);
}
