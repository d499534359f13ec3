/* agree_columns.c - does a column hold the values of the stored documents?
 *
 * The values of a document are made anew from its JSON: numbers as they are, bool as 0 or 1, f64 as
 * sortable bits, dates as milliseconds by timegm, keywords as they were given; sorted, each once.
 * Tested by: golden.sh. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "second.h"

typedef struct value {
    int64_t number;
    const char *word;
    uint64_t len;
    json_t *owner; /* keeps word */
} value;

typedef struct values {
    const ref_field *field;
    uint32_t n_docs;
    value **of_doc; /* sorted, each once */
    uint32_t *n, *next;
} values;

/* YYYY-MM-DD, perhaps Thh:mm:ss, perhaps a zone +hh:mm; milliseconds. */
static int64_t date_of(const char *text) {
    int f[6] = {0}, n = 0, zone_hours = 0, zone_minutes = 0;
    char sign = 'Z';
    n = sscanf(text, "%d-%d-%dT%d:%d:%d", &f[0], &f[1], &f[2], &f[3], &f[4], &f[5]);
    if (n != 3 && n != 6) complain("a date that this test cannot read: %s", text);
    if (n == 6 && sscanf(text + 19, "%c%d:%d", &sign, &zone_hours, &zone_minutes) < 1) sign = 'Z';
    struct tm tm = {.tm_year = f[0] - 1900,
                    .tm_mon = f[1] - 1,
                    .tm_mday = f[2],
                    .tm_hour = f[3],
                    .tm_min = f[4],
                    .tm_sec = f[5]};
    int64_t zone = 60 * (60 * (int64_t)zone_hours + zone_minutes);
    if (sign != 'Z' && sign != '+' && sign != '-') complain("no such zone: %s", text);
    return 1000 * ((int64_t)timegm(&tm) + (sign == '-' ? zone : -zone));
}

/* FORMAT.md section 13: the bits, those below the sign inverted where it is set; one zero. */
static int64_t sortable(double x) {
    uint64_t bits;
    if (x == 0) x = 0;
    memcpy(&bits, &x, sizeof bits);
    return (int64_t)(bits >> 63 ? bits ^ UINT64_C(0x7fffffffffffffff) : bits);
}

static value value_of(ref_type type, json_t *json) {
    value v = {0, NULL, 0, NULL};
    if (type == REF_KEYWORD) {
        v.owner = json_incref(json);
        v.word = json_string_value(json);
        v.len = json_string_length(json);
    } else if (type == REF_DATE) {
        v.number = date_of(json_string_value(json));
    } else if (type == REF_BOOL) {
        v.number = json_is_true(json);
    } else if (type == REF_F64) {
        v.number = sortable(json_number_value(json));
    } else {
        v.number = json_integer_value(json);
    }
    return v;
}

static int by_value(const void *a, const void *b) {
    const value *x = a, *y = b;
    if (x->word != NULL)
        return ref_order((const uint8_t *)x->word, x->len, (const uint8_t *)y->word, y->len);
    return x->number < y->number ? -1 : x->number > y->number;
}

static void take_document(values *v, uint32_t d, const ref_cur *doc) {
    json_t *json = json_loadb((const char *)doc->at, ref_left(doc), JSON_ALLOW_NUL, NULL);
    json_t *given = json_object_get(json, v->field->name);
    size_t n = json_is_array(given) ? json_array_size(given) : given != NULL;
    value *to = calloc(n + 1, sizeof *to);
    if (to == NULL) complain("out of memory");
    v->of_doc[d] = to;
    for (size_t i = 0; i < n; i++) {
        json_t *one = json_is_array(given) ? json_array_get(given, i) : given;
        if (!json_is_null(one)) to[v->n[d]++] = value_of(v->field->type, one);
    }
    qsort(to, v->n[d], sizeof *to, by_value);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < v->n[d]; i++) {
        if (kept > 0 && by_value(&to[kept - 1], &to[i]) == 0)
            json_decref(to[i].owner);
        else
            to[kept++] = to[i];
    }
    v->n[d] = kept;
    json_decref(json);
}

static void agree_value(void *ctx, uint32_t doc, const ref_value *found) {
    values *v = ctx;
    if (v->next[doc] == v->n[doc])
        complain("column %s, document %" PRIu32 ": a value too many", v->field->name, doc);
    const value *want = &v->of_doc[doc][v->next[doc]++];
    int same = want->word != NULL
                   ? found->word != NULL && ref_order((const uint8_t *)want->word, want->len,
                                                      found->word, found->word_len) == 0
                   : found->word == NULL && want->number == found->number;
    if (!same) complain("column %s, document %" PRIu32 ": another value", v->field->name, doc);
}

void agree_column(ref_index *ix, const ref_segment *s, uint32_t field, const ref_cur *docs) {
    values v = {.field = &s->schema->fields[field], .n_docs = s->n_docs};
    v.of_doc = calloc(s->n_docs, sizeof *v.of_doc);
    v.n = calloc(s->n_docs, sizeof *v.n);
    v.next = calloc(s->n_docs, sizeof *v.next);
    if (v.of_doc == NULL || v.n == NULL || v.next == NULL) complain("out of memory");
    for (uint32_t d = 0; d < s->n_docs; d++) take_document(&v, d, &docs[d]);
    ref_column(ix, s, field, agree_value, &v);
    for (uint32_t d = 0; d < s->n_docs; d++) {
        if (v.next[d] != v.n[d])
            complain("column %s, document %" PRIu32 ": a value is missing", v.field->name, d);
        for (uint32_t i = 0; i < v.n[d]; i++) json_decref(v.of_doc[d][i].owner);
        free(v.of_doc[d]);
    }
    free(v.of_doc);
    free(v.n);
    free(v.next);
}
