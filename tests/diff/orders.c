/* orders.c - do filters, orders and pages give what the judge says?
 *
 *   whole    all hits under a filter in an order, with their keys, scores and values
 *   count    of a filtered search, exact
 *   pages    a few hits at a time, each behind the token of the page before: the same hits, none
 *            twice, none left out, and no token behind the last
 *
 * Orders have one to four criteria of all kinds; where the best come first, pages are pruned. */
#include "diff/orders.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void diff_order_make(diff_order *order, diff_world *w) {
    static const int fields[] = {FIELD_N,     FIELD_F,     FIELD_B,       FIELD_DATE,
                                 FIELD_LABEL, NV_BY_SCORE, NV_BY_ARRIVAL, FIELD_LABEL};
    memset(order, 0, sizeof *order);
    order->scored = true;
    if (diff_below(&w->rng, 4) == 0) return;
    order->scored = false;
    bool used[N_FIELDS + 2] = {false};
    size_t len = 0;
    for (uint32_t n = 1 + diff_below(&w->rng, 4); n > 0; n--) {
        int field = fields[diff_below(&w->rng, 8)];
        if (used[field + 2]) continue;
        used[field + 2] = true;
        bool desc = diff_below(&w->rng, 2);
        const char *name = field == NV_BY_SCORE     ? "_score"
                           : field == NV_BY_ARRIVAL ? "_arrival"
                                                    : diff_field_names[field];
        bool plain = desc == (field == NV_BY_SCORE) && diff_below(&w->rng, 2);
        len += (size_t)snprintf(order->text + len, sizeof order->text - len, "%s%s%s",
                                len > 0 ? "," : "", name,
                                plain  ? ""
                                : desc ? ":desc"
                                       : ":asc");
        order->by[order->n_by++] = (nv_sort){field, desc};
        order->scored |= field == NV_BY_SCORE;
    }
}

typedef struct asking {
    diff_world *w;
    prism_snapshot *snap;
    const prism_query *query, *filter;
    const diff_order *order;
    const nv_hit *wanted;
    size_t n;
} asking;

static prism_hits *ask(const asking *a, uint32_t k, const char *after, bool count) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits = NULL;
    opts.k = k;
    opts.k1 = a->w->k1;
    opts.b = a->w->b;
    static const size_t kept[] = {0, 3000, 1 << 20}; /* bytes: not, few, all */
    opts.filter = a->filter;
    opts.filter_cache = kept[diff_below(&a->w->rng, 3)];
    opts.threads = (unsigned)diff_below(&a->w->rng, 3);
    opts.sort = a->order->text;
    opts.after = after;
    opts.count = count ? PRISM_COUNT_EXACT : PRISM_COUNT_NONE;
    if (prism_search(a->snap, a->query, &opts, &hits, &err) != PRISM_OK)
        diff_die(a->order->text, &err);
    return hits;
}

static bool same_value(const prism_sort_value *got, const nv_value *want) {
    if (want == NULL) return got->kind == PRISM_SORT_MISSING;
    if (want->type == NV_INT) return got->kind != PRISM_SORT_MISSING && got->i64 == want->i;
    if (want->type == NV_FLOAT)
        return got->kind == PRISM_SORT_F64 && !(got->f64 < want->f) && !(got->f64 > want->f);
    return got->kind == PRISM_SORT_KEYWORD && got->len == want->len &&
           memcmp(got->text, want->text, want->len) == 0;
}

static bool same_values(const asking *a, const prism_hits *hits, uint32_t i, const nv_hit *want) {
    if (prism_hits_sort_count(hits) != (uint32_t)a->order->n_by) return false;
    for (int c = 0; c < a->order->n_by; c++) {
        prism_sort_value value;
        prism_hits_sort_value(hits, i, (uint32_t)c, &value);
        if (a->order->by[c].field >= 0) {
            if (!same_value(&value, nv_sort_value(a->w->naive, want->doc, a->order->by[c])))
                return false;
        } else if (a->order->by[c].field == NV_BY_SCORE) {
            if (fabs(value.f64 - want->score) > 0) return false;
        }
    }
    return true;
}

/* Hits from number `first` of the judge's on. */
static bool same_hits(const asking *a, const prism_hits *hits, size_t first, size_t n) {
    if (prism_hits_count(hits) != n) return false;
    for (uint32_t i = 0; i < n; i++) {
        const nv_hit *want = &a->wanted[first + i];
        prism_hit h;
        prism_hits_get(hits, i, &h);
        const char *key = a->w->keys[want->doc];
        if (h.key_len != strlen(key) || memcmp(h.key, key, h.key_len) != 0) return false;
        if (h.raw_score != (a->order->scored ? want->raw : 0)) return false;
        if (!same_values(a, hits, i, want)) return false;
    }
    return true;
}

static char *next_of(const prism_hits *hits) {
    prism_error err = PRISM_ERROR_INIT;
    char *token;
    if (prism_hits_next(hits, 0, &token, &err) != PRISM_OK) diff_die("token", &err);
    return token;
}

static const char *check_pages(const asking *a, uint32_t k, uint64_t *n_pages) {
    const char *wrong = NULL;
    char *token = NULL;
    for (size_t first = 0; wrong == NULL; first += k) {
        size_t n = a->n - first < k ? a->n - first : k;
        prism_hits *hits = ask(a, k, token, diff_below(&a->w->rng, 2));
        if (!same_hits(a, hits, first, n)) wrong = "a page is not that of the judge";
        prism_free_text(token);
        token = next_of(hits);
        /* best first without a count, a last full page may be followed by an empty one */
        bool last = first + k >= a->n;
        if (token == NULL && !last) wrong = "a token is missing";
        if (token != NULL && last && (a->order->n_by > 0 || n < k)) wrong = "a token too many";
        prism_hits_free(hits);
        ++*n_pages;
        if (token == NULL || first + n >= a->n) break;
        if (first > 40 * (size_t)k) break; /* enough of it */
    }
    prism_free_text(token);
    return wrong;
}

static const char *check_whole(const asking *a) {
    const char *wrong = NULL;
    int exact = 0;
    prism_hits *hits = ask(a, PRISM_MAX_K, NULL, true);
    if (!same_hits(a, hits, 0, a->n < PRISM_MAX_K ? a->n : PRISM_MAX_K))
        wrong = "not the judge's order";
    if (prism_hits_total(hits, &exact) != a->n || !exact) wrong = "not the judge's count";
    prism_hits_free(hits);
    hits = ask(a, 0, NULL, false);
    if (prism_hits_total(hits, &exact) != a->n || !exact) wrong = "counting alone differs";
    prism_hits_free(hits);
    return wrong;
}

const char *diff_order_check(diff_world *w, prism_snapshot *snap, const diff_query *q,
                             const prism_query *query, const diff_query *filter_meaning,
                             const prism_query *filter, const diff_order *order,
                             uint64_t *n_pages) {
    asking a = {w, snap, query, filter, order, NULL, 0};
    int shift;
    nv_hit *wanted =
        nv_search_by(w->naive, q->root, filter_meaning != NULL ? filter_meaning->root : NULL,
                     order->by, order->n_by, NV_EXACT, &a.n, &shift);
    a.wanted = wanted;
    const char *wrong = check_whole(&a);
    if (wrong == NULL) wrong = check_pages(&a, 1 + diff_below(&w->rng, 12), n_pages);
    free(wanted);
    return wrong;
}
