/* sort.c - which of two documents comes first in an order that was asked for?
 *
 *     "date:desc,tags,_score"   criteria; the first that tells two documents apart decides
 *
 *     missing   last, in both directions: who sorts news by date looks for no news without one
 *     many      the least value for asc, the greatest for desc: the sorter picks it
 *     ties      by arrival: the sorter's business, too
 *
 * A name of one's own that begins with an underscore is a field, but for _score and _arrival.
 * Tested by tests/unit/search/test_sort.c */
#include "search/sort.h"

#include "base/error.h"
#include "schema/value.h"

static const char *const kind_names[] = {"",     "i64",     "f64",   "bool",
                                         "date", "keyword", "score", "arrival"};

const char *prs_sort_kind_name(prism_sort_kind kind) {
    return kind > PRISM_SORT_MISSING && (size_t)kind < PRS_COUNT(kind_names) ? kind_names[kind]
                                                                             : NULL;
}

/* ---- reading -------------------------------------------------------------------------------- */

static bool is(const char *text, size_t len, const char *word) {
    return len == strlen(word) && memcmp(text, word, len) == 0;
}

static prism_sort_kind kind_of(prism_field_type type) {
    switch (type) {
    case PRISM_FIELD_I64: return PRISM_SORT_I64;
    case PRISM_FIELD_F64: return PRISM_SORT_F64;
    case PRISM_FIELD_BOOL: return PRISM_SORT_BOOL;
    case PRISM_FIELD_DATE: return PRISM_SORT_DATE;
    case PRISM_FIELD_KEYWORD: return PRISM_SORT_KEYWORD;
    case PRISM_FIELD_TEXT: break;
    }
    return PRISM_SORT_MISSING;
}

static prism_status refuse(prism_error *err, const char *text, size_t len, const char *why) {
    return prs_error_set(err, PRISM_EINVAL, "the order names \"%.*s\", %s",
                         prs_quote_len(text, len), text, why);
}

static prism_status read_name(const prism_schema *schema, const char *name, size_t len,
                              prs_sort_key *key, prism_error *err) {
    key->field = 0;
    if (is(name, len, "_score") || is(name, len, "_arrival")) {
        key->kind = name[1] == 's' ? PRISM_SORT_SCORE : PRISM_SORT_ARRIVAL;
        key->name = name[1] == 's' ? "_score" : "_arrival";
        key->desc = key->kind == PRISM_SORT_SCORE;
        return PRISM_OK;
    }
    const prs_field *field = prs_schema_field(schema, name, len);
    if (field == NULL) return refuse(err, name, len, "which is no field");
    if ((field->flags & PRISM_FIELD_COLUMN) == 0)
        return refuse(err, name, len, "which has no column");
    *key = (prs_sort_key){kind_of(field->type), false, field->no, field->name};
    return PRISM_OK;
}

/* "name", "name:asc" or "name:desc". */
static prism_status read_key(const prism_schema *schema, const char *text, size_t len,
                             prs_sort_key *key, prism_error *err) {
    const char *colon = memchr(text, ':', len);
    size_t name_len = colon != NULL ? (size_t)(colon - text) : len;
    PRS_TRY(read_name(schema, text, name_len, key, err));
    if (colon == NULL) return PRISM_OK;
    size_t rest = len - name_len - 1;
    key->desc = is(colon + 1, rest, "desc");
    if (key->desc || is(colon + 1, rest, "asc")) return PRISM_OK;
    return refuse(err, text, len, "where a field may be followed by :asc or :desc");
}

static bool is_known(const prs_sort *sort, const prs_sort_key *key) {
    for (uint32_t i = 0; i < sort->n; i++) {
        if (strcmp(sort->keys[i].name, key->name) == 0) return true;
    }
    return false;
}

static prism_status add_key(prs_sort *sort, const prs_sort_key *key, prism_error *err) {
    if (is_known(sort, key)) return refuse(err, key->name, strlen(key->name), "twice");
    if (sort->n == PRISM_MAX_SORT)
        return prs_error_set(err, PRISM_EINVAL, "an order of more than %u fields", PRISM_MAX_SORT);
    sort->keys[sort->n++] = *key;
    sort->scored = sort->scored || key->kind == PRISM_SORT_SCORE;
    return PRISM_OK;
}

prism_status prs_sort_parse(const char *spec, const prism_schema *schema, prs_arena *arena,
                            prs_sort *out, prism_error *err) {
    prs_sort sort = {0, NULL, false}, best_first = {0, NULL, true};
    prs_sort_key keys[PRISM_MAX_SORT];
    *out = best_first;
    if (spec == NULL || *spec == '\0') return PRISM_OK;
    sort.keys = keys;
    for (const char *at = spec; at != NULL;) {
        prs_sort_key key;
        const char *comma = strchr(at, ',');
        size_t len = comma != NULL ? (size_t)(comma - at) : strlen(at);
        PRS_TRY(read_key(schema, at, len, &key, err));
        PRS_TRY(add_key(&sort, &key, err));
        at = comma != NULL ? comma + 1 : NULL;
    }
    return prs_sort_copy(&sort, arena, out, err);
}

prism_status prs_sort_copy(const prs_sort *from, prs_arena *arena, prs_sort *out,
                           prism_error *err) {
    *out = *from;
    out->keys = NULL;
    if (from->n == 0) return PRISM_OK;
    out->keys = prs_arena_calloc(arena, from->n, sizeof *out->keys);
    if (out->keys == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < from->n; i++) {
        const char *name = from->keys[i].name;
        out->keys[i] = from->keys[i];
        out->keys[i].name = (const char *)prs_arena_dup(arena, name, strlen(name));
        if (out->keys[i].name == NULL) return prs_error_nomem(err);
    }
    return PRISM_OK;
}

bool prs_sort_equal(const prs_sort *a, const prs_sort *b) {
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++) {
        const prs_sort_key *x = &a->keys[i], *y = &b->keys[i];
        if (x->kind != y->kind || x->desc != y->desc || strcmp(x->name, y->name) != 0) return false;
    }
    return true;
}

/* ---- values --------------------------------------------------------------------------------- */

int prs_sort_compare(const prs_sort_key *key, const prs_sort_value *a, const prs_sort_value *b) {
    if (a->missing || b->missing) return (int)a->missing - (int)b->missing;
    int order = key->kind == PRISM_SORT_KEYWORD ? prs_bytes_compare(a->text, b->text)
                                                : (a->v > b->v) - (a->v < b->v);
    return key->desc ? -order : order;
}

void prs_sort_show(const prs_sort_key *key, const prs_sort_value *value, double unit,
                   prism_sort_value *out) {
    *out = (prism_sort_value){.kind = value->missing ? PRISM_SORT_MISSING : key->kind};
    switch (out->kind) {
    case PRISM_SORT_MISSING: break;
    case PRISM_SORT_F64: out->f64 = prs_f64_from_sortable(value->v); break;
    case PRISM_SORT_SCORE: out->f64 = (double)value->v * unit; break;
    case PRISM_SORT_KEYWORD:
        out->text = (const char *)value->text.ptr;
        out->len = value->text.len;
        break;
    default: out->i64 = value->v;
    }
}
