/* range_json.c - how are the ends of a range written down?
 *
 *     {"type":"range","fields":{"n":1},"from":5}                       at least 5
 *     {"type":"range","fields":{"date":1},"from":"2025-01-01T00:00:00Z","to":"2025-01-31"}
 *     {"type":"range","fields":{"tags":1},"above":"a","below":{"hex":"ff"}}
 *
 * Ends        from and to count, above and below do not; one that is left out is open.  Numbers
 *             are written with from and to, dates in ISO 8601 (beyond its years in milliseconds),
 *             f64 so that the same bits come back.
 * Reading     A date may be partial, and is a span then, as in query texts; whole numbers are
 *             milliseconds.  Keywords with a column are the original values, those without are
 *             terms, folded already, as in all of a tree.  A range that is empty by its ends is
 *             read as "none".  Everything read is hostile.
 * Tested by   tests/unit/query/test_range.c */
#include "analysis/token.h"
#include "base/error.h"
#include "query/range.h"
#include "schema/json_text.h"
#include "schema/value.h"

/* ---- writing ------------------------------------------------------------------------------ */

static json_t *number_to_json(prism_field_type type, int64_t v) {
    char text[PRS_DATE_TEXT];
    switch (type) {
    case PRISM_FIELD_BOOL:
        if (v == 0 || v == 1) return json_boolean(v != 0);
        return json_integer(v);
    case PRISM_FIELD_F64: return json_real(prs_f64_from_sortable(v)); /* finite: prs_range_bound */
    case PRISM_FIELD_DATE:
        if (v < PRS_DATE_MIN || v > PRS_DATE_MAX) return json_integer(v);
        return json_stringn(text, prs_date_format(v, text));
    default: return json_integer(v);
    }
}

static json_t *word_to_json(prs_bytes word) {
    static const char digits[] = "0123456789abcdef";
    json_t *text = json_stringn((const char *)word.ptr, word.len);
    if (text != NULL) return text;
    json_t *hex = NULL;
    prs_mem mem;
    prs_buf buf;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&buf, &mem);
    for (size_t i = 0; i < word.len; i++) {
        prs_buf_put8(&buf, (uint8_t)digits[word.ptr[i] >> 4]);
        prs_buf_put8(&buf, (uint8_t)digits[word.ptr[i] & 15]);
    }
    if (!buf.failed) hex = json_pack("{s:s%}", "hex", (const char *)buf.ptr, buf.len);
    prs_buf_fini(&buf);
    return hex;
}

/* A term is written without its kind, which is always that of a word. */
static bool put_word(json_t *object, const prs_node *node, prs_bytes word, const char *name) {
    if (word.ptr == NULL) return true;
    size_t kind = node->range_of == PRS_RANGE_TERMS && word.len > 0 ? 1 : 0;
    json_t *value = word_to_json(prs_bytes_of(word.ptr + kind, word.len - kind));
    return json_object_set_new(object, name, value) == 0;
}

static bool put_number(json_t *object, prism_field_type type, int64_t v, const char *name) {
    return json_object_set_new(object, name, number_to_json(type, v)) == 0;
}

bool prs_range_to_json(const prism_schema *schema, const prs_node *node, void *object) {
    const prs_word_range *words = &node->words;
    bool from, to;
    if (node->range_of != PRS_RANGE_NUMBERS) {
        from = put_word(object, node, words->from, words->above ? "above" : "from");
        to = put_word(object, node, words->to, words->below ? "below" : "to");
        return from && to;
    }
    prism_field_type type = schema->fields[node->fields.ptr[0].field].type;
    from = node->from == INT64_MIN || put_number(object, type, node->from, "from");
    to = node->to == INT64_MAX || put_number(object, type, node->to, "to");
    return from && to;
}

/* ---- reading ------------------------------------------------------------------------------ */

static prism_status bad(prism_error *err, const char *what) {
    return prs_error_set(err, PRISM_EPARSE, "the query tree: %s", what);
}

static prism_status read_date(const prs_field *field, const json_t *value, int64_t *first,
                              int64_t *last, prism_error *err) {
    *first = *last = json_integer_value(value);
    if (json_is_integer(value)) return PRISM_OK;
    if (!json_is_string(value)) return bad(err, "an end of a range of dates must be a date");
    prism_status status = prs_range_values(field, json_string_value(value),
                                           json_string_length(value), first, last, err);
    return status == PRISM_EREJECTED ? bad(err, "an end of a range of dates must be a date")
                                     : status;
}

static prism_status read_number(const prs_field *field, const json_t *value, int64_t *first,
                                int64_t *last, prism_error *err) {
    if (field->type == PRISM_FIELD_DATE) return read_date(field, value, first, last, err);
    if (field->type == PRISM_FIELD_F64) {
        if (!json_is_number(value)) return bad(err, "an end of a range of f64 must be a number");
        *first = *last = prs_f64_to_sortable(json_number_value(value));
        return PRISM_OK;
    }
    bool truth = field->type == PRISM_FIELD_BOOL && json_is_boolean(value);
    if (!truth && !json_is_integer(value))
        return bad(err, "an end of this range must be a whole number");
    *first = *last = truth ? json_is_true(value) : json_integer_value(value);
    return PRISM_OK;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static prism_status read_hex(const json_t *value, uint8_t *out, prism_error *err) {
    const char *hex = json_string_value(value);
    for (size_t i = 0; i < json_string_length(value) / 2; i++) {
        int hi = hex_digit(hex[2 * i]), lo = hex_digit(hex[2 * i + 1]);
        if (hi < 0 || lo < 0) return bad(err, "\"hex\" is not a value");
        out[i] = (uint8_t)(hi * 16 + lo);
    }
    return PRISM_OK;
}

static prism_status read_word(prism_query *query, const json_t *value, prs_range_of of,
                              prs_bytes *out, prism_error *err) {
    const json_t *hex = json_object_get(value, "hex");
    bool is_hex = json_is_string(hex) && json_string_length(hex) % 2 == 0;
    if (!is_hex && !json_is_string(value))
        return bad(err, "an end of a range of keywords must be a text");
    size_t len = is_hex ? json_string_length(hex) / 2 : json_string_length(value);
    size_t kind = of == PRS_RANGE_TERMS ? 1 : 0;
    if (kind + len > PRISM_MAX_TERM_BYTES && kind == 1)
        return bad(err, "an end of a range is longer than a term");
    uint8_t *own = prs_build_alloc(query, kind + len + 1, err);
    if (own == NULL) return PRISM_ENOMEM;
    if (kind == 1) own[0] = PRS_KIND_WORD;
    if (is_hex)
        PRS_TRY(read_hex(hex, own + kind, err));
    else if (len > 0)
        memcpy(own + kind, json_string_value(value), len);
    *out = prs_bytes_of(own, kind + len);
    return PRISM_OK;
}

static prism_status read_end(prism_query *query, const json_t *value, bool is_from, bool excluded,
                             prs_node *node, prism_error *err) {
    const prs_field *field = &query->schema->fields[node->fields.ptr[0].field];
    prs_word_range *words = &node->words;
    int64_t first, last;
    if (value == NULL) return PRISM_OK;
    if (node->range_of == PRS_RANGE_NUMBERS) {
        PRS_TRY(read_number(field, value, &first, &last, err));
        prs_range_bound(node, field, is_from, excluded, first, last);
        return PRISM_OK;
    }
    if (is_from)
        words->above = excluded;
    else
        words->below = excluded;
    return read_word(query, value, node->range_of, is_from ? &words->from : &words->to, err);
}

/* All fields of a range are compared in one way. */
static prism_status check_fields(const prism_query *query, const prs_node *node, prism_error *err) {
    const prs_field *first = &query->schema->fields[node->fields.ptr[0].field];
    for (uint32_t i = 0; i < node->fields.n; i++) {
        const prs_field *field = &query->schema->fields[node->fields.ptr[i].field];
        if (prs_range_obstacle(field) != NULL) return bad(err, "a field of a range has no ranges");
        if (field->type != first->type || prs_range_of_field(field) != prs_range_of_field(first))
            return bad(err, "the fields of a range are not of one type");
    }
    return PRISM_OK;
}

prism_status prs_range_from_json(prism_query *query, const void *object, prs_node *node,
                                 prism_error *err) {
    const json_t *from = json_object_get(object, "from"), *above = json_object_get(object, "above");
    const json_t *to = json_object_get(object, "to"), *below = json_object_get(object, "below");
    PRS_TRY(check_fields(query, node, err));
    if ((from != NULL && above != NULL) || (to != NULL && below != NULL))
        return bad(err, "a range has two ends on one side");
    node->range_of = prs_range_of_field(&query->schema->fields[node->fields.ptr[0].field]);
    node->from = INT64_MIN;
    node->to = INT64_MAX;
    PRS_TRY(read_end(query, from != NULL ? from : above, true, from == NULL, node, err));
    PRS_TRY(read_end(query, to != NULL ? to : below, false, to == NULL, node, err));
    prs_range_settle(node);
    return PRISM_OK;
}
