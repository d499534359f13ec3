/* document.h - one document on its way in: typed values by field, and the JSON text that is stored.
 *
 * Filled either from JSON text (json_read.cc: simdjson; on failure Jansson tells line and column) or by hand. */
#ifndef PRS_SCHEMA_DOCUMENT_H
#define PRS_SCHEMA_DOCUMENT_H

#include "base/buf.h"
#include "schema/schema.h"

typedef struct prs_value {
    uint16_t field;
    const uint8_t *text; /* text and keyword: UTF-8 (may hold ill-formed bytes only when built by hand) */
    uint32_t len;
    int64_t i64;         /* numbers, dates (ms), bools; f64 as sortable bits */
} prs_value;

typedef struct prs_document {
    const prism_schema *schema;
    prs_arena arena;       /* values built by hand */
    prs_value *values;     /* in order of the document */
    uint32_t n, cap;
    const uint8_t *key;    /* never empty after reading when the schema has a key */
    uint32_t key_len;
    prs_buf json;          /* what is stored: the given object, with the key put in where it was missing,
                              without fields that are not stored */
    uint32_t n_unknown;    /* JSON names not in the schema */
    char unknown[64];      /* the first of them */
    prs_mem *mem;
} prs_document;

void prs_document_init(prs_document *doc, const prism_schema *schema, prs_mem *mem);
void prs_document_fini(prs_document *doc);
void prs_document_clear(prs_document *doc);

/** A JSON reader keeps simdjson's buffers between documents.   Threads: one per reader. */
typedef struct prs_json_reader prs_json_reader;
prism_status prs_json_reader_new(prs_mem *mem, prs_json_reader **out, prism_error *err);
void prs_json_reader_free(prs_json_reader *reader);
/** Read one document.  Values point into the reader and `doc`: valid until the next read.
 *  Errors : EPARSE (line, column), EREJECTED, ELIMIT; see prism_writer_put_json */
prism_status prs_json_reader_read(prs_json_reader *reader, const char *text, size_t len, bool strict_schema,
                                  prs_document *doc, prism_error *err);
/** The text of a field of a stored document (the i-th value of a many-valued one), for snippets and check.
 *  *found false if absent.  Borrowed until the next call. */
prism_status prs_json_reader_field(prs_json_reader *reader, const char *json, size_t len, const char *field,
                                   uint32_t i, prs_bytes *text, bool *found, prism_error *err);

/** Text to a typed value: date (ISO 8601: YYYY[-MM[-DD[Thh:mm[:ss[.fff]][Z|+hh:mm]]]]), i64, f64, bool. */
prism_status prs_value_parse(prism_field_type type, const char *text, size_t len, int64_t *out,
                             prism_error *err);
/** First and last millisecond of a possibly partial date ("2025-01"), for ranges. */
prism_status prs_date_range(const char *text, size_t len, int64_t *first, int64_t *last, prism_error *err);
/** double <-> int64 that sorts the same way. */
int64_t prs_f64_to_sortable(double v);
double prs_f64_from_sortable(int64_t v);

#endif
