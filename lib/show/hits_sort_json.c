/* hits_sort_json.c - how do the order of an answer and the values of its hits travel?
 *
 *     of the answer  "more":true,"parts":3,"sort":[["date","date","desc"],["_score",...]]
 *     of a hit       "sort":["1735689600000",null]
 *
 *     numbers    as texts, so that 64 bits come through any JSON reader: column values, f64 as its
 *                sortable bits
 *     keywords   {"text":"..."} or {"hex":"..."}
 *     null       no value; of _score and _arrival: the hit's own
 *
 * Tested by tests/unit/show/test_hits_sort_json.c */
#include "show/hits_sort_json.h"

#include "base/error.h"
#include "schema/json_text.h"
#include "schema/value.h"

/* ---- writing ------------------------------------------------------------------------------- */

static const char *direction(const prs_sort_key *key) {
    return key->desc ? "desc" : "asc";
}

void prs_hits_put_order(const prism_hits *hits, prs_buf *out) {
    if (hits->more) prs_buf_printf(out, "\"more\":true,");
    if (hits->n_parts != 1) prs_buf_printf(out, "\"parts\":%u,", hits->n_parts);
    for (uint32_t i = 0; i < hits->sort.n; i++) {
        const prs_sort_key *key = &hits->sort.keys[i];
        prs_buf_printf(out, "%s[\"%s\",\"%s\",\"%s\"]%s", i == 0 ? "\"sort\":[" : ",", key->name,
                       prs_sort_kind_name(key->kind), direction(key),
                       i + 1 == hits->sort.n ? "]," : "");
    }
}

void prs_hits_put_bytes(prs_buf *out, const char *text_name, prs_bytes bytes) {
    size_t n;
    bool is_utf8 = true;
    for (size_t at = 0; at < bytes.len && is_utf8; at += n)
        is_utf8 = prs_json_ill_formed((const char *)bytes.ptr, bytes.len, at, &n) == 0;
    if (is_utf8) {
        prs_buf_printf(out, "\"%s\":", text_name);
        prs_json_put_string(out, (const char *)bytes.ptr, bytes.len);
        return;
    }
    prs_buf_printf(out, "\"hex\":\"");
    for (size_t i = 0; i < bytes.len; i++) prs_buf_printf(out, "%02x", bytes.ptr[i]);
    prs_buf_put8(out, '"');
}

static void put_value(prs_buf *out, const prs_sort_key *key, const prs_sort_value *value) {
    if (value->missing || key->kind == PRISM_SORT_SCORE || key->kind == PRISM_SORT_ARRIVAL) {
        prs_buf_printf(out, "null");
    } else if (key->kind == PRISM_SORT_KEYWORD) {
        prs_buf_put8(out, '{');
        prs_hits_put_bytes(out, "text", value->text);
        prs_buf_put8(out, '}');
    } else {
        prs_buf_printf(out, "\"%lld\"", (long long)value->v);
    }
}

void prs_hits_put_values(const prism_hits *hits, uint32_t i, prs_buf *out) {
    uint32_t n = hits->sort.n;
    if (n == 0) return;
    prs_buf_printf(out, ",\"sort\":[");
    for (uint32_t c = 0; c < n; c++) {
        if (c > 0) prs_buf_put8(out, ',');
        put_value(out, &hits->sort.keys[c], &hits->values[(size_t)i * n + c]);
    }
    prs_buf_put8(out, ']');
}

/* ---- reading ------------------------------------------------------------------------------- */

static prism_status refuse(prism_error *err) {
    return prs_error_set(err, PRISM_EPARSE,
                         "the answer is not what prism_hits_encode writes: sort");
}

static bool read_kind(const char *text, prism_sort_kind *out) {
    for (int kind = PRISM_SORT_I64; text != NULL && kind <= PRISM_SORT_ARRIVAL; kind++) {
        *out = (prism_sort_kind)kind;
        if (strcmp(text, prs_sort_kind_name(*out)) == 0) return true;
    }
    return false;
}

static prism_status read_key(prism_hits *hits, const json_t *from, prs_sort_key *key,
                             prism_error *err) {
    const json_t *name = json_array_get(from, 0);
    const char *way = json_string_value(json_array_get(from, 2));
    if (json_array_size(from) != 3 || !json_is_string(name) || way == NULL ||
        !read_kind(json_string_value(json_array_get(from, 1)), &key->kind))
        return refuse(err);
    size_t len = json_string_length(name);
    if (len == 0 || len > PRS_SCHEMA_MAX_NAME || strlen(json_string_value(name)) != len)
        return refuse(err);
    key->desc = strcmp(way, "desc") == 0;
    if (!key->desc && strcmp(way, "asc") != 0) return refuse(err);
    key->name = (const char *)prs_arena_dup(&hits->arena, json_string_value(name), len);
    return key->name != NULL ? PRISM_OK : prs_error_nomem(err);
}

static prism_status read_parts(prism_hits *hits, const json_t *root, prism_error *err) {
    const json_t *parts = json_object_get(root, "parts"), *more = json_object_get(root, "more");
    json_int_t n = json_integer_value(parts);
    if (parts != NULL && (!json_is_integer(parts) || n < 0 || n > UINT32_MAX)) return refuse(err);
    if (more != NULL && !json_is_boolean(more)) return refuse(err);
    if (parts != NULL) hits->n_parts = (uint32_t)n;
    hits->more = json_is_true(more);
    return PRISM_OK;
}

prism_status prs_hits_read_order(prism_hits *hits, const void *root, prism_error *err) {
    const json_t *sort = json_object_get(root, "sort");
    size_t n = json_array_size(sort);
    PRS_TRY(read_parts(hits, root, err));
    if (sort == NULL) return PRISM_OK;
    if (n == 0 || n > PRISM_MAX_SORT) return refuse(err);
    hits->sort.keys = prs_arena_calloc(&hits->arena, n, sizeof *hits->sort.keys);
    if (hits->sort.keys == NULL) return prs_error_nomem(err);
    hits->sort.scored = false;
    hits->sort.n = (uint32_t)n;
    for (uint32_t i = 0; i < hits->sort.n; i++) {
        PRS_TRY(read_key(hits, json_array_get(sort, i), &hits->sort.keys[i], err));
        hits->sort.scored |= hits->sort.keys[i].kind == PRISM_SORT_SCORE;
    }
    return PRISM_OK;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool prs_hits_read_hex(const char *hex, size_t len, char *out) {
    for (size_t i = 0; i < len / 2; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        out[i] = (char)(high << 4 | low);
    }
    return len % 2 == 0;
}

static prism_status read_word(prism_hits *hits, const json_t *from, prs_bytes *out,
                              prism_error *err) {
    const json_t *text = json_object_get(from, "text"), *hex = json_object_get(from, "hex");
    if (!json_is_string(text) && !json_is_string(hex)) return refuse(err);
    bool is_text = json_is_string(text);
    size_t len = is_text ? json_string_length(text) : json_string_length(hex) / 2;
    char *own = prs_arena_alloc(&hits->arena, len + 1);
    if (own == NULL) return prs_error_nomem(err);
    if (is_text)
        memcpy(own, json_string_value(text), len);
    else if (!prs_hits_read_hex(json_string_value(hex), json_string_length(hex), own))
        return refuse(err);
    *out = prs_bytes_of(own, len);
    return PRISM_OK;
}

static prism_status read_value(prism_hits *hits, const json_t *from, const prs_sort_key *key,
                               const prism_hit *hit, prs_sort_value *out, prism_error *err) {
    if (key->kind == PRISM_SORT_SCORE || key->kind == PRISM_SORT_ARRIVAL) {
        out->v = key->kind == PRISM_SORT_SCORE ? hit->raw_score : (int64_t)hit->arrival;
        return json_is_null(from) ? PRISM_OK : refuse(err);
    }
    out->missing = json_is_null(from);
    if (out->missing) return PRISM_OK;
    if (key->kind == PRISM_SORT_KEYWORD) return read_word(hits, from, &out->text, err);
    if (!json_is_string(from) ||
        prs_value_parse(PRISM_FIELD_I64, json_string_value(from), json_string_length(from), &out->v,
                        NULL) != PRISM_OK)
        return refuse(err);
    return PRISM_OK;
}

prism_status prs_hits_read_values(prism_hits *hits, uint32_t i, const void *from,
                                  prism_error *err) {
    uint32_t n = hits->sort.n;
    const json_t *values = json_object_get(from, "sort");
    if (n == 0) return values == NULL ? PRISM_OK : refuse(err);
    if (json_array_size(values) != n) return refuse(err);
    for (uint32_t c = 0; c < n; c++) {
        PRS_TRY(read_value(hits, json_array_get(values, c), &hits->sort.keys[c], &hits->hits[i],
                           &hits->values[(size_t)i * n + c], err));
    }
    bool in_order = i == 0 || prs_hits_compare(hits, i - 1, hits->hits[i - 1].part, hits, i,
                                               hits->hits[i].part) <= 0;
    return in_order ? PRISM_OK : refuse(err);
}
