/* value.h - the text of a number, date or truth value, and the int64 it is kept as. */
#ifndef PRS_SCHEMA_VALUE_H
#define PRS_SCHEMA_VALUE_H

#include "base/prs.h"

#include <prismsearch/schema.h>

#define PRS_DATE_MIN INT64_C(-62135596800000) /* 0001-01-01T00:00:00Z */
#define PRS_DATE_MAX INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */
#define PRS_DATE_TEXT 48u                     /* room for prs_date_format */

/* Bytes of a text that a sentence quotes: at most 40, whole characters.  For "%.*s". */
static inline int prs_quote_len(const char *text, size_t len) {
    size_t n = len < 40 ? len : 40;
    while (n < len && n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80) n--;
    return (int)n;
}

/** Text to a typed value: a whole number, a number as JSON writes it, true or false, a date (ISO
 *  8601:
 *  YYYY[-MM[-DD[Thh:mm[:ss[.fff]][Z|+hh:mm]]]]; a partial one means its first millisecond).
 *  Errors : EREJECTED, with a sentence that quotes the text; EINVAL for text and keyword types */
prism_status prs_value_parse(prism_field_type type, const char *text, size_t len, int64_t *out,
                             prism_error *err);
/** First and last millisecond of a possibly partial date ("2025-01"), for ranges.   Errors:
 *  EREJECTED */
prism_status prs_date_range(const char *text, size_t len, int64_t *first, int64_t *last,
                            prism_error *err);
/** ISO 8601 in UTC, "2025-01-31T23:59:59.123Z", without a fraction where it is 0; years outside
 *  0001..9999 are held at the nearest moment.  Returns the length. */
size_t prs_date_format(int64_t ms, char out[PRS_DATE_TEXT]);
/** double <-> int64 that sorts the same way; -0 becomes 0.  v is not a NaN. */
int64_t prs_f64_to_sortable(double v);
double prs_f64_from_sortable(int64_t v);

#endif
