/* naive.c - what is the right answer?
 *
 * Everything is an array; every question is a linear scan.  An index is a list of documents; a
 * document has, per field, a length and a list of occurrences (key, position).  A query is walked
 * once per document: first whether it matches, then what it scores.  Nothing is cached but the
 * weight of each leaf, which is found by scanning all documents once.
 *
 * The two modes share matching and counting, and differ in arithmetic only:
 *   NV_EXACT   float32 steps and int32 sums of FORMAT.md section 17
 *   NV_DOUBLE  sum of boost * idf * f / (f + k1 (1 - b + b l / avg)), with libm's log
 *
 * Cost: documents x leaves x occurrences.  Source: FORMAT.md section 17 alone.
 * Tested by: tests/ref/test_naive.c against values worked out by hand; it then judges the
 *            engine. */
#include "naive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *key;
    size_t len;
    int64_t pos;
} occurrence;

typedef struct {
    occurrence *occ;
    size_t n, cap;
    uint32_t length;
    nv_value *values;
    size_t n_values;
} field_of_doc;

typedef struct {
    field_of_doc *fields;
    int deleted, purged;
} document;

struct nv_index {
    int n_fields;
    int *no_lengths;
    double k1, b;
    document *docs;
    uint32_t n, cap;
};

static void *must(void *p) {
    if (p == NULL) abort();
    return p;
}

nv_index *nv_new(int n_fields, double k1, double b) {
    nv_index *ix = must(calloc(1, sizeof *ix));
    ix->n_fields = n_fields;
    ix->no_lengths = must(calloc((size_t)n_fields, sizeof(int)));
    ix->k1 = k1;
    ix->b = b;
    return ix;
}

void nv_free(nv_index *ix) {
    for (uint32_t d = 0; d < ix->n; d++) {
        for (int f = 0; f < ix->n_fields; f++) {
            for (size_t i = 0; i < ix->docs[d].fields[f].n; i++)
                free(ix->docs[d].fields[f].occ[i].key);
            free(ix->docs[d].fields[f].occ);
            for (size_t i = 0; i < ix->docs[d].fields[f].n_values; i++)
                free((char *)(uintptr_t)ix->docs[d].fields[f].values[i].text);
            free(ix->docs[d].fields[f].values);
        }
        free(ix->docs[d].fields);
    }
    free(ix->docs);
    free(ix->no_lengths);
    free(ix);
}

void nv_field_without_lengths(nv_index *ix, int field) {
    ix->no_lengths[field] = 1;
}

uint32_t nv_add_doc(nv_index *ix) {
    if (ix->n == ix->cap) {
        ix->cap = ix->cap ? 2 * ix->cap : 16;
        ix->docs = must(realloc(ix->docs, ix->cap * sizeof *ix->docs));
    }
    document *d = &ix->docs[ix->n];
    d->fields = must(calloc((size_t)ix->n_fields, sizeof *d->fields));
    d->deleted = d->purged = 0;
    return ix->n++;
}

void nv_add_term(nv_index *ix, uint32_t doc, int field, const char *key, size_t len, int64_t pos) {
    field_of_doc *f = &ix->docs[doc].fields[field];
    if (f->n == f->cap) {
        f->cap = f->cap ? 2 * f->cap : 8;
        f->occ = must(realloc(f->occ, f->cap * sizeof *f->occ));
    }
    occurrence *o = &f->occ[f->n++];
    o->key = must(malloc(len + 1));
    memcpy(o->key, key, len);
    o->len = len;
    o->pos = pos;
}

void nv_set_length(nv_index *ix, uint32_t doc, int field, uint32_t length) {
    ix->docs[doc].fields[field].length = length;
}

void nv_add_value(nv_index *ix, uint32_t doc, int field, nv_value value) {
    field_of_doc *f = &ix->docs[doc].fields[field];
    char *text = must(malloc(value.len + 1));
    if (value.type == NV_TEXT) memcpy(text, value.text, value.len);
    f->values = must(realloc(f->values, (f->n_values + 1) * sizeof *f->values));
    value.text = text;
    f->values[f->n_values++] = value;
}

void nv_delete(nv_index *ix, uint32_t doc) {
    ix->docs[doc].deleted = 1;
}
void nv_purge(nv_index *ix, uint32_t doc) {
    ix->docs[doc].deleted = ix->docs[doc].purged = 1;
}

/* ---- counting ------------------------------------------------------------------------------- */

static int is_key(const occurrence *o, const char *key, size_t len) {
    return o->len == len && memcmp(o->key, key, len) == 0;
}

static int has_prefix(const occurrence *o, const char *prefix, size_t len) {
    return o->len >= len && memcmp(o->key, prefix, len) == 0;
}

static uint32_t count_key(const field_of_doc *f, const char *key, size_t len) {
    uint32_t n = 0;
    for (size_t i = 0; i < f->n; i++) n += is_key(&f->occ[i], key, len) ? 1u : 0u;
    return n;
}

static int slot_holds(const nv_slot *s, const occurrence *o) {
    for (int k = 0; k < s->n_keys; k++)
        if (is_key(o, s->keys[k], s->key_len[k])) return 1;
    return s->prefix != NULL && has_prefix(o, s->prefix, s->prefix_len);
}

static int slot_at(const field_of_doc *f, const nv_slot *s, int64_t pos) {
    for (size_t i = 0; i < f->n; i++)
        if (f->occ[i].pos == pos && slot_holds(s, &f->occ[i])) return 1;
    return 0;
}

static int64_t last_position(const field_of_doc *f) {
    int64_t last = -1;
    for (size_t i = 0; i < f->n; i++)
        if (f->occ[i].pos > last) last = f->occ[i].pos;
    return last;
}

static uint32_t count_phrase(const field_of_doc *f, const nv_node *q) {
    uint32_t n = 0;
    int64_t last = last_position(f);
    for (int64_t p = 0; p <= last; p++) {
        int all = 1;
        for (int s = 0; s < q->n_slots && all; s++)
            all = slot_at(f, &q->slots[s], p + q->slots[s].pos);
        n += all ? 1u : 0u;
    }
    return n;
}

static int same_slot(const nv_slot *a, const nv_slot *b) {
    if (a->n_keys != b->n_keys || (a->prefix == NULL) != (b->prefix == NULL)) return 0;
    for (int k = 0; k < a->n_keys; k++)
        if (a->key_len[k] != b->key_len[k] || memcmp(a->keys[k], b->keys[k], a->key_len[k]) != 0)
            return 0;
    return a->prefix == NULL ||
           (a->prefix_len == b->prefix_len && memcmp(a->prefix, b->prefix, a->prefix_len) == 0);
}

static int window_holds(const field_of_doc *f, const nv_node *q, int64_t from, int64_t to) {
    for (int s = 0; s < q->n_slots; s++) {
        int wanted = 0, got = 0;
        for (int t = 0; t < q->n_slots; t++) wanted += same_slot(&q->slots[s], &q->slots[t]);
        for (int64_t p = from; p <= to; p++) got += slot_at(f, &q->slots[s], p);
        if (got < wanted) return 0;
    }
    return 1;
}

static uint32_t count_near(const field_of_doc *f, const nv_node *q) {
    uint32_t n = 0;
    int64_t before = -1, last = last_position(f);
    for (int64_t e = 0; e <= last; e++) {
        int some = 0;
        for (int s = 0; s < q->n_slots && !some; s++) some = slot_at(f, &q->slots[s], e);
        int64_t from = e - (q->n_slots + q->slop) + 1;
        if (from <= before) from = before + 1;
        if (some && window_holds(f, q, from, e)) {
            n++;
            before = e;
        }
    }
    return n;
}

static uint32_t freq_in_field(const field_of_doc *f, const nv_node *q) {
    if (q->kind == NV_TERM) return count_key(f, q->key, q->key_len);
    return q->kind == NV_PHRASE ? count_phrase(f, q) : count_near(f, q);
}

static uint32_t saturate(uint64_t v) {
    return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static uint32_t freq_of(const document *d, const nv_node *q) {
    uint64_t n = 0;
    for (int i = 0; i < q->n_fields; i++)
        n += (uint64_t)q->weights[i] * freq_in_field(&d->fields[q->fields[i]], q);
    return saturate(n);
}

static uint32_t length_of(const document *d, const nv_node *q) {
    uint64_t n = 0;
    for (int i = 0; i < q->n_fields; i++)
        n += (uint64_t)q->weights[i] * d->fields[q->fields[i]].length;
    return saturate(n);
}

/* ---- matching ------------------------------------------------------------------------------- */

static int matches_prefix(const document *d, const nv_node *q) {
    for (int i = 0; i < q->n_fields; i++) {
        const field_of_doc *f = &d->fields[q->fields[i]];
        for (size_t o = 0; o < f->n; o++)
            if (has_prefix(&f->occ[o], q->key, q->key_len)) return 1;
    }
    return 0;
}

static int matches_exists(const document *d, const nv_node *q) {
    for (int i = 0; i < q->n_fields; i++)
        if (d->fields[q->fields[i]].length > 0 || (d->fields[q->fields[i]].n > 0) ||
            d->fields[q->fields[i]].n_values > 0)
            return 1;
    return 0;
}

static int compare_values(const nv_value *a, const nv_value *b) {
    if (a->type == NV_INT) return a->i < b->i ? -1 : a->i > b->i;
    if (a->type == NV_FLOAT) return a->f < b->f ? -1 : a->f > b->f;
    size_t n = a->len < b->len ? a->len : b->len;
    int c = n > 0 ? memcmp(a->text, b->text, n) : 0;
    return c != 0 ? c : a->len < b->len ? -1 : a->len > b->len;
}

static int in_range(const nv_value *v, const nv_node *q) {
    if (q->has_from) {
        int c = compare_values(v, &q->from);
        if (q->above ? c <= 0 : c < 0) return 0;
    }
    if (q->has_to) {
        int c = compare_values(v, &q->to);
        if (q->below ? c >= 0 : c > 0) return 0;
    }
    return 1;
}

static int matches_range(const document *d, const nv_node *q) {
    for (int i = 0; i < q->n_fields; i++) {
        const field_of_doc *f = &d->fields[q->fields[i]];
        for (size_t v = 0; v < f->n_values; v++)
            if (in_range(&f->values[v], q)) return 1;
    }
    return 0;
}

static int matches(const document *d, const nv_node *q);

static int matches_bool(const document *d, const nv_node *q) {
    for (int i = 0; i < q->n_must; i++)
        if (!matches(d, q->must[i])) return 0;
    for (int i = 0; i < q->n_filter; i++)
        if (!matches(d, q->filter[i])) return 0;
    for (int i = 0; i < q->n_must_not; i++)
        if (matches(d, q->must_not[i])) return 0;
    int n = 0, least = q->min_should;
    if (q->n_must + q->n_filter == 0 && q->n_should > 0 && least < 1) least = 1;
    for (int i = 0; i < q->n_should; i++) n += matches(d, q->should[i]);
    return n >= least;
}

static int matches(const document *d, const nv_node *q) {
    switch (q->kind) {
    case NV_ALL: return 1;
    case NV_NONE: return 0;
    case NV_PREFIX: return matches_prefix(d, q);
    case NV_EXISTS: return matches_exists(d, q);
    case NV_RANGE: return matches_range(d, q);
    case NV_CONST: return matches(d, q->must[0]);
    case NV_BOOL: return matches_bool(d, q);
    case NV_MAX:
        for (int i = 0; i < q->n_should; i++)
            if (matches(d, q->should[i])) return 1;
        return 0;
    default: return freq_of(d, q) > 0;
    }
}

/* ---- weights -------------------------------------------------------------------------------- */

typedef struct {
    const nv_node *node;
    double weight64; /* boost * idf */
    float w, c0, c1;
    double avg; /* of the weighted length, for NV_DOUBLE */
    int no_lengths;
} leaf;

typedef struct {
    const nv_index *ix;
    nv_mode mode;
    leaf leaves[512];
    int n;
    double total; /* W */
    int shift;
} weights;

static double exact_ln(double x) {
    int e;
    double m = frexp(x, &e); /* m in [0.5, 1) */
    if (m < 0.70710678118654752440) {
        m *= 2;
        e -= 1;
    }
    double t = (m - 1) / (m + 1), q = t * t, s = 0;
    for (int k = 25; k >= 1; k -= 2) s = s * q + 1.0 / k;
    return 2 * t * s + e * 0.6931471805599453;
}

static double idf_of(double n, double df, nv_mode mode) {
    double x = 1 + (n - df + 0.5) / (df + 0.5);
    return mode == NV_EXACT ? exact_ln(x) : log(x);
}

static int has_any_field(const document *d, const nv_node *q, const nv_index *ix) {
    for (int i = 0; i < q->n_fields; i++) {
        const field_of_doc *f = &d->fields[q->fields[i]];
        if (ix->no_lengths[q->fields[i]] ? f->n > 0 : f->length > 0) return 1;
    }
    return 0;
}

static double df_of(const nv_index *ix, const nv_node *q, const char *key, size_t len) {
    nv_node word = *q;
    word.kind = NV_TERM;
    word.key = key;
    word.key_len = len;
    double df = 0;
    for (uint32_t d = 0; d < ix->n; d++)
        if (!ix->docs[d].purged && freq_of(&ix->docs[d], &word) > 0) df++;
    return df;
}

static void weigh_leaf(weights *ws, const nv_node *q, double boost) {
    const nv_index *ix = ws->ix;
    leaf *l = &ws->leaves[ws->n++];
    if (ws->n >= 512) abort();
    double n = 0, total = 0, idf = 0;
    for (uint32_t d = 0; d < ix->n; d++) {
        if (ix->docs[d].purged) continue;
        n += has_any_field(&ix->docs[d], q, ix);
        for (int i = 0; i < q->n_fields; i++)
            total += (double)q->weights[i] * ix->docs[d].fields[q->fields[i]].length;
    }
    if (n > 0 && q->kind == NV_TERM) idf = idf_of(n, df_of(ix, q, q->key, q->key_len), ws->mode);
    for (int s = 0; n > 0 && s < q->n_slots && q->kind != NV_TERM; s++)
        if (q->slots[s].idf_key != NULL)
            idf += idf_of(n, df_of(ix, q, q->slots[s].idf_key, q->slots[s].idf_len), ws->mode);
    l->node = q;
    l->weight64 = boost * idf;
    l->w = (float)(boost * idf);
    l->no_lengths = 1;
    for (int i = 0; i < q->n_fields; i++)
        if (!ix->no_lengths[q->fields[i]]) l->no_lengths = 0;
    l->avg = n > 0 && total > 0 ? total / n : 0;
    l->c0 = l->no_lengths ? (float)ix->k1 : (float)(ix->k1 * (1 - ix->b));
    l->c1 = l->no_lengths || total == 0 ? 0.0f : (float)(ix->k1 * ix->b * n / total);
    ws->total += ws->mode == NV_EXACT ? (double)l->w : l->weight64;
}

static int is_constant(nv_kind kind) {
    return kind == NV_ALL || kind == NV_PREFIX || kind == NV_EXISTS || kind == NV_RANGE ||
           kind == NV_CONST;
}

static void weigh(weights *ws, const nv_node *q, double boost) {
    boost = boost * q->boost;
    if (q->kind == NV_NONE) return;
    if (is_constant(q->kind)) {
        ws->total += (double)(float)boost;
        return;
    }
    if (q->kind != NV_BOOL && q->kind != NV_MAX) {
        weigh_leaf(ws, q, boost);
        return;
    }
    for (int i = 0; i < q->n_must; i++) weigh(ws, q->must[i], boost);
    for (int i = 0; i < q->n_should; i++) weigh(ws, q->should[i], boost);
    for (int i = 0; i < q->n_extra; i++) weigh(ws, q->extra[i], boost);
}

/* ---- scoring -------------------------------------------------------------------------------- */

/* A score is an exact int32 in NV_EXACT (held in a double without loss) and a double otherwise. */
static double to_units(const weights *ws, float x) {
    float scaled = x * (float)ldexp(1.0, ws->shift);
    return (double)(int32_t)(scaled + 0.5f);
}

static double score_leaf(const weights *ws, const nv_node *q, const document *d) {
    const leaf *l = NULL;
    for (int i = 0; i < ws->n && l == NULL; i++)
        if (ws->leaves[i].node == q) l = &ws->leaves[i];
    uint32_t freq = freq_of(d, q), length = length_of(d, q);
    if (l == NULL || freq == 0) return 0;
    if (ws->mode == NV_DOUBLE) {
        double k1 = ws->ix->k1, b = ws->ix->b;
        double norm = l->no_lengths ? k1 : k1 * (1 - b + (l->avg > 0 ? b * length / l->avg : 0));
        return l->weight64 * freq / (freq + norm);
    }
    float product = l->c1 * (float)length;
    float norm = l->c0 + product;
    float y = norm / (float)freq;
    float below = 1.0f + y;
    return to_units(ws, l->w / below);
}

static double score(const weights *ws, const nv_node *q, const document *d, double boost) {
    if (!matches(d, q)) return 0;
    boost = boost * q->boost;
    if (is_constant(q->kind)) return ws->mode == NV_EXACT ? to_units(ws, (float)boost) : boost;
    if (q->kind != NV_BOOL && q->kind != NV_MAX) return score_leaf(ws, q, d);
    double sum = 0, best = 0;
    for (int i = 0; i < q->n_must; i++) sum += score(ws, q->must[i], d, boost);
    for (int i = 0; i < q->n_extra; i++) sum += score(ws, q->extra[i], d, boost);
    for (int i = 0; i < q->n_should; i++) {
        double s = score(ws, q->should[i], d, boost);
        sum += s;
        if (s > best) best = s;
    }
    return q->kind == NV_MAX ? best : sum;
}

static void prepare(weights *ws, const nv_index *ix, const nv_node *q, nv_mode mode) {
    memset(ws, 0, sizeof *ws);
    ws->ix = ix;
    ws->mode = mode;
    weigh(ws, q, 1.0);
    ws->shift = 40;
    while (ws->shift > -20 && !(ws->total * ldexp(1.0, ws->shift) < 536870912.0)) ws->shift--;
}

/* ---- order ---------------------------------------------------------------------------------- */

const nv_value *nv_sort_value(const nv_index *ix, uint32_t doc, nv_sort by) {
    const field_of_doc *f = &ix->docs[doc].fields[by.field];
    const nv_value *best = NULL;
    for (size_t i = 0; i < f->n_values; i++) {
        int c = best == NULL ? 0 : compare_values(&f->values[i], best);
        if (best == NULL || (by.desc ? c > 0 : c < 0)) best = &f->values[i];
    }
    return best;
}

static int compare_by(const nv_index *ix, const nv_hit *x, const nv_hit *y, nv_sort by) {
    int c;
    if (by.field == NV_BY_SCORE) {
        c = x->score < y->score ? -1 : x->score > y->score;
    } else if (by.field == NV_BY_ARRIVAL) {
        c = x->doc < y->doc ? -1 : x->doc > y->doc;
    } else {
        const nv_value *a = nv_sort_value(ix, x->doc, by), *b = nv_sort_value(ix, y->doc, by);
        if (a == NULL || b == NULL) return (a == NULL) - (b == NULL);
        c = compare_values(a, b);
    }
    return by.desc ? -c : c;
}

static int stands_behind(const nv_index *ix, const nv_hit *x, const nv_hit *y, const nv_sort *by,
                         int n_by) {
    for (int i = 0; i < n_by; i++) {
        int c = compare_by(ix, x, y, by[i]);
        if (c != 0) return c > 0;
    }
    return x->doc > y->doc;
}

/* Merging sort, from the bottom up. */
static void sort_hits(const nv_index *ix, nv_hit *hits, size_t n, const nv_sort *by, int n_by) {
    nv_hit *other = must(malloc((n + 1) * sizeof *other));
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t from = 0; from < n; from += 2 * width) {
            size_t mid = from + width < n ? from + width : n;
            size_t end = mid + width < n ? mid + width : n, a = from, b = mid;
            for (size_t out = from; out < end; out++) {
                int second =
                    a == mid || (b < end && stands_behind(ix, &hits[a], &hits[b], by, n_by));
                other[out] = hits[second ? b++ : a++];
            }
        }
        memcpy(hits, other, n * sizeof *hits);
    }
    free(other);
}

nv_hit *nv_search_by(const nv_index *ix, const nv_node *query, const nv_node *filter,
                     const nv_sort *by, int n_by, nv_mode mode, size_t *n, int *shift) {
    static const nv_sort best_first = {NV_BY_SCORE, 1};
    weights *ws = must(malloc(sizeof *ws));
    prepare(ws, ix, query, mode);
    nv_hit *hits = must(malloc(((size_t)ix->n + 1) * sizeof *hits));
    *n = 0;
    for (uint32_t d = 0; d < ix->n; d++) {
        if (ix->docs[d].deleted || !matches(&ix->docs[d], query)) continue;
        if (filter != NULL && !matches(&ix->docs[d], filter)) continue;
        nv_hit *h = &hits[(*n)++];
        double s = score(ws, query, &ix->docs[d], 1.0);
        h->doc = d;
        h->raw = mode == NV_EXACT ? (int32_t)s : 0;
        h->score = mode == NV_EXACT ? ldexp(s, -ws->shift) : s;
    }
    sort_hits(ix, hits, *n, n_by > 0 ? by : &best_first, n_by > 0 ? n_by : 1);
    *shift = ws->shift;
    free(ws);
    return hits;
}

nv_hit *nv_search(const nv_index *ix, const nv_node *query, nv_mode mode, size_t *n, int *shift) {
    return nv_search_by(ix, query, NULL, NULL, 0, mode, n, shift);
}

double nv_scale(const nv_index *ix, const nv_node *query) {
    weights *ws = must(malloc(sizeof *ws));
    prepare(ws, ix, query, NV_DOUBLE);
    double total = ws->total;
    free(ws);
    return total;
}
