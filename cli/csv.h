/* csv.h - records of comma- or tab-separated values (RFC 4180). */
#ifndef PSEARCH_CSV_H
#define PSEARCH_CSV_H

#include "input.h"

typedef struct csv_field {
    const char *text; /* not ended by a NUL; valid until the next record */
    size_t len;
} csv_field;

typedef struct csv_reader {
    input_stream *in;
    char separator;
    char chunk[1 << 16];
    size_t at, n; /* in the chunk */
    char *text;   /* of the record */
    size_t len, cap;
    size_t *ends; /* of its fields in text */
    csv_field *fields;
    size_t n_fields, cap_fields;
    uint64_t line; /* where the record begins, from 1 */
    uint64_t next_line;
} csv_reader;

/** Params: separator ',' or '\t'; `in` stays the caller's. */
void csv_init(csv_reader *csv, input_stream *in, char separator);
void csv_fini(csv_reader *csv);
/** The next record that is not an empty line, in csv->fields; *more false at the end.  "" inside a
 *  quoted field is one quote, line ends may be CR LF; a byte order mark is passed over.
 *  Errors : EPARSE a quoted field without an end, or text behind it (line); ELIMIT over
 *           PRISM_MAX_DOC_BYTES; EIO, ENOMEM */
prism_status csv_next(csv_reader *csv, bool *more, prism_error *err);

#endif
