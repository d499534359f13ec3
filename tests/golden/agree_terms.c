/* agree_terms.c - are a segment's lists those of its stored documents, inverted independently?
 *
 *   stored JSON -> values of the field -> prism_analyze -> (key, document, position), sorted
 *               -> side by side with the terms of the second reader; lengths and spans beside
 *
 * Between two values of a document lie 100 positions that no token has; a value without tokens
 * leaves none.
 * Length = number of different positions, span = one more than the last.
 * Tested by: golden.sh; a token left out here makes it fail. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "second.h"

#define VALUE_GAP 100u

typedef struct token {
    const uint8_t *key;
    uint32_t len, doc, pos;
} token;

typedef struct inverted {
    ref_heap heap;
    const ref_field *field;
    token *at;
    size_t n, cap, next;
    uint32_t *lengths, *spans;
    /* of the value being analyzed */
    uint32_t doc, base, last;
    int any;
} inverted;

static uint8_t kind_number(const char *kind) {
    static const char *const kinds[] = {"word", "han1", "han2", "hanend", "exact", "hanword"};
    for (uint8_t i = 0; i < 6; i++)
        if (strcmp(kind, kinds[i]) == 0) return (uint8_t)(i + 1);
    complain("no such kind of token: %s", kind);
}

static int take_token(void *ctx, const prism_token *t) {
    inverted *v = ctx;
    if (v->n == v->cap) {
        v->cap = v->cap ? 2 * v->cap : 4096;
        v->at = realloc(v->at, v->cap * sizeof *v->at);
        if (v->at == NULL) complain("out of memory");
    }
    uint8_t *key = ref_heap_get(&v->heap, t->len + 1);
    key[0] = kind_number(t->kind);
    memcpy(key + 1, t->term, t->len);
    v->at[v->n++] = (token){key, (uint32_t)t->len + 1, v->doc, v->base + t->pos};
    if (!v->any || t->pos != v->last) v->lengths[v->doc]++;
    v->any = 1;
    v->last = t->pos;
    return 0;
}

static void take_value(inverted *v, const prism_schema *schema, const json_t *value) {
    prism_error err = PRISM_ERROR_INIT;
    if (!json_is_string(value)) return;
    v->any = 0;
    v->base = v->spans[v->doc];
    if (v->base > 0 && v->field->positions) v->base += VALUE_GAP;
    if (prism_analyze(schema, v->field->name, json_string_value(value), json_string_length(value),
                      take_token, v, &err) != PRISM_OK)
        complain_error("analyze", &err);
    if (v->any) v->spans[v->doc] = v->base + v->last + 1;
}

static void take_document(inverted *v, const prism_schema *schema, const ref_cur *doc) {
    json_t *json = json_loadb((const char *)doc->at, ref_left(doc), JSON_ALLOW_NUL, NULL);
    const json_t *value = json_object_get(json, v->field->name);
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++)
            take_value(v, schema, json_array_get(value, i));
    } else {
        take_value(v, schema, value);
    }
    json_decref(json);
}

static int by_place(const void *a, const void *b) {
    const token *x = a, *y = b;
    int c = ref_order(x->key, x->len, y->key, y->len);
    if (c != 0) return c;
    if (x->doc != y->doc) return x->doc < y->doc ? -1 : 1;
    return x->pos < y->pos ? -1 : x->pos > y->pos;
}

/* The next tokens are the occurrences of this term, no more and no fewer. */
static void agree_list(void *ctx, const ref_term *t) {
    inverted *v = ctx;
    const uint32_t *pos = t->positions;
    for (uint64_t i = 0; i < t->df; i++) {
        for (uint32_t k = 0; k < t->freqs[i]; k++) {
            const token *w = v->next < v->n ? &v->at[v->next++] : NULL;
            if (w == NULL || w->doc != t->docs[i] ||
                ref_order(w->key, w->len, t->key, t->key_len) != 0 ||
                (pos != NULL && *pos != w->pos))
                complain("field %s, %.*s, document %" PRIu32 ": the text says otherwise",
                         v->field->name, (int)t->key_len - 1, (const char *)t->key + 1, t->docs[i]);
            if (pos != NULL) pos++;
        }
    }
}

static void agree_numbers(const inverted *v, const uint32_t *found, const uint32_t *want,
                          const char *what, uint32_t n_docs) {
    for (uint32_t d = 0; d < n_docs; d++)
        if ((found == NULL ? 0 : found[d]) != want[d])
            complain("field %s, document %" PRIu32 ": its %s is not that of the text",
                     v->field->name, d, what);
}

void agree_inverted(const prism_schema *schema, ref_index *ix, const ref_segment *s, uint32_t field,
                    const ref_cur *docs) {
    inverted v = {.field = &s->schema->fields[field]};
    v.lengths = ref_heap_get(&v.heap, s->n_docs * sizeof *v.lengths);
    v.spans = ref_heap_get(&v.heap, s->n_docs * sizeof *v.spans);
    for (v.doc = 0; v.doc < s->n_docs; v.doc++) take_document(&v, schema, &docs[v.doc]);
    if (v.n > 0) qsort(v.at, v.n, sizeof *v.at, by_place);
    ref_terms(ix, s, field, agree_list, &v);
    if (v.next != v.n) complain("field %s: the texts have terms more", v.field->name);
    (void)ref_pairs(ix, s, field, NULL, NULL); /* proved by the positions */
    if (v.field->lengths)
        agree_numbers(&v, ref_lengths(ix, s, field), v.lengths, "length", s->n_docs);
    if (v.field->positions) agree_numbers(&v, ref_spans(ix, s, field), v.spans, "span", s->n_docs);
    ref_heap_free(&v.heap);
    free(v.at);
}
