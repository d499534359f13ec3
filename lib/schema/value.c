/* value.c - what do the texts of numbers and truth values mean?
 *
 * Floating point  is read by Jansson, whose number grammar is JSON's and does not follow the
 * locale.  It is kept as
 *                 an int64 that sorts as the double does: the bits of a positive double grow with
 *                 it, those of a negative one are flipped below the sign.
 * Tested by       tests/unit/schema/test_value.c */
#include "schema/value.h"

#include "base/error.h"

#include <jansson.h>

static prism_status refuse(const char *what, const char *text, size_t len, prism_error *err) {
    return prs_error_set(err, PRISM_EREJECTED, "\"%.*s\" is not %s", prs_quote_len(text, len), text,
                         what);
}

/* [+-]digits, within int64_t. */
static bool read_i64(const char *text, size_t len, int64_t *out) {
    size_t at = len > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    bool negative = at == 1 && text[0] == '-';
    uint64_t limit = (uint64_t)INT64_MAX + negative, v = 0;
    if (at == len) return false;
    for (; at < len; at++) {
        if (text[at] < '0' || text[at] > '9') return false;
        uint64_t digit = (uint64_t)(text[at] - '0');
        if (v > (limit - digit) / 10) return false;
        v = v * 10 + digit;
    }
    *out = !negative ? (int64_t)v : v == 0 ? 0 : -(int64_t)(v - 1) - 1;
    return true;
}

static bool read_f64(const char *text, size_t len, double *out) {
    json_t *number = json_loadb(text, len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
    bool ok = json_is_number(number);
    *out = ok ? json_number_value(number) : 0;
    json_decref(number);
    return ok;
}

static bool read_bool(const char *text, size_t len, int64_t *out) {
    *out = len == 4;
    return (len == 4 && memcmp(text, "true", 4) == 0) ||
           (len == 5 && memcmp(text, "false", 5) == 0);
}

prism_status prs_value_parse(prism_field_type type, const char *text, size_t len, int64_t *out,
                             prism_error *err) {
    int64_t last;
    double number;
    *out = 0;
    switch (type) {
    case PRISM_FIELD_I64:
        return read_i64(text, len, out) ? PRISM_OK
                                        : refuse("a whole number of 64 bits", text, len, err);
    case PRISM_FIELD_F64:
        if (!read_f64(text, len, &number)) return refuse("a number", text, len, err);
        *out = prs_f64_to_sortable(number);
        return PRISM_OK;
    case PRISM_FIELD_BOOL:
        return read_bool(text, len, out) ? PRISM_OK : refuse("true or false", text, len, err);
    case PRISM_FIELD_DATE: return prs_date_range(text, len, out, &last, err);
    case PRISM_FIELD_TEXT:
    case PRISM_FIELD_KEYWORD: break;
    }
    return prs_error_set(err, PRISM_EINVAL, "a value of field type %d is its text", (int)type);
}

int64_t prs_f64_to_sortable(double v) {
    uint64_t bits;
    if (v == 0) v = 0; /* one zero */
    memcpy(&bits, &v, sizeof bits);
    if (bits >> 63) bits ^= UINT64_MAX >> 1;
    int64_t out;
    memcpy(&out, &bits, sizeof out);
    return out;
}

double prs_f64_from_sortable(int64_t v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    if (bits >> 63) bits ^= UINT64_MAX >> 1;
    double out;
    memcpy(&out, &bits, sizeof out);
    return out;
}
