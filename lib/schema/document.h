/* document.h - one document on its way in: typed values by field, and the JSON text that is stored.
 *
 * Filled either from JSON text (json_read.c) or by hand; both ways give the same values and the
 * same stored text.  What a JSON value may be for a field:
 *
 *   null, or no such name     the field is absent
 *   string                    text, keyword: itself; other types: see prs_value_parse
 *   number, true, false       the like type; for text and keyword its text as written, 1.10, true
 *   array of such             only for a PRISM_FIELD_MANY field (text is one by default); a null
 *                             in it is skipped
 *   object, array of arrays   rejected
 *
 * The values of a many-valued text field are one after another in its token positions, with a gap
 * of PRS_VALUE_GAP positions between them, so that no phrase reaches from one to the next. */
#ifndef PRS_SCHEMA_DOCUMENT_H
#define PRS_SCHEMA_DOCUMENT_H

#include "base/buf.h"
#include "schema/schema.h"
#include "schema/value.h"

#include <prismsearch/writer.h>

#define PRS_VALUE_GAP 100u
#define PRS_MAX_JSON_DEPTH 64u /* R50: nesting of a document, itself included */

typedef struct prs_value {
    uint16_t field;
    /* text and keyword: UTF-8 (may hold ill-formed bytes only when built by hand); by hand also the
     * given text of the other types; NULL if there is none */
    const uint8_t *text;
    uint32_t len;
    int64_t i64; /* numbers, dates (ms), bools; f64 as sortable bits */
} prs_value;

typedef struct prs_document {
    const prism_schema *schema;
    /* texts of values that are not in the reader: built by hand, numbers as text, made keys */
    prs_arena arena;
    prs_value *values; /* in order of the document */
    uint32_t n, cap;
    const uint8_t *key; /* never empty after reading when the schema has a key */
    uint32_t key_len;
    /* what is stored: the given object without white space between its parts, with the key put in
     * first where it was missing, without fields that are not stored */
    prs_buf json;
    uint32_t n_unknown;      /* JSON names not in the schema */
    char unknown[64];        /* the first of them, cut between characters */
    uint64_t text_bytes;     /* sum of the texts added by hand */
    uint64_t *has_value;     /* by hand: a bit for each field that has one */
    bool finished;           /* by hand: json and key are up to date */
    bool made_key;           /* the last value is a key made of the content */
    const uint64_t *ignored; /* a bit for each field whose values are not looked at; NULL = none */
    prs_mem *mem;
} prs_document;

/* The public builder.  prism_writer_put finishes `document`, then reads it. */
struct prism_doc {
    prs_mem mem;
    prism_schema *schema; /* a reference */
    prs_document document;
};

void prs_document_init(prs_document *doc, const prism_schema *schema, prs_mem *mem);
void prs_document_fini(prs_document *doc);
void prs_document_clear(prs_document *doc);

/** Add a value by its text form; it is copied.
 *  Errors : ENOTFOUND no such field; EREJECTED a second value of a single field, a bad value, a bad
 *           key; ELIMIT more than PRISM_MAX_DOC_BYTES of text; ENOMEM.  The document is as
 *           before. */
prism_status prs_document_add(prs_document *doc, const char *field, const char *text, size_t len,
                              prism_error *err);
/** Make `json` and `key` of a document built by hand; nothing to do if that was done since the last
 *  add.
 *  Ill-formed bytes of texts become U+FFFD in the stored text.   Errors: ELIMIT, ENOMEM */
prism_status prs_document_finish(prs_document *doc, prism_error *err);

/** A JSON reader keeps simdjson's buffers between documents.   Threads: one per reader. */
typedef struct prs_json_reader prs_json_reader;
prism_status prs_json_reader_new(prs_mem *mem, prs_json_reader **out, prism_error *err);
void prs_json_reader_free(prs_json_reader *reader);
/** Read one document.  Values point into the reader and `doc`: valid until the next read.
 *  Params : strict_schema refuses names that the schema does not know
 *  Errors : EPARSE not a JSON object, ill-formed UTF-8, a name twice at any level (offset, line,
 *           column); EREJECTED a value that does not fit its field, a bad key, an unknown name
 *           under strict_schema; ELIMIT more than PRISM_MAX_DOC_BYTES or PRS_MAX_JSON_DEPTH;
 *           ENOMEM.  `doc` is cleared on any error. */
prism_status prs_json_reader_read(prs_json_reader *reader, const char *text, size_t len,
                                  bool strict_schema, prs_document *doc, prism_error *err);
/** The text of a field of a stored document (the i-th value of a many-valued one), for snippets and
 *  check.
 *  *found false if absent.  Borrowed until the next call.   Errors: ECORRUPT not a JSON object;
 *  ENOMEM */
prism_status prs_json_reader_field(prs_json_reader *reader, const char *json, size_t len,
                                   const char *field, uint32_t i, prs_bytes *text, bool *found,
                                   prism_error *err);

/* ---- shared with the JSON reader ---------------------------------------------------------- */

/** Room for one more value; NULL when out of memory. */
prs_value *prs_document_push(prs_document *doc);
/** Take a text as the key.   Errors: EREJECTED empty, too long, or with a NUL in it */
prism_status prs_document_set_key(prs_document *doc, const uint8_t *text, size_t len,
                                  prism_error *err);
/** Make the key from the content, XXH3-128 in hex, as a value of the key field. */
prism_status prs_document_make_key(prs_document *doc, const void *content, size_t len,
                                   prism_error *err);
/** Bytes of `"name":"32 hex digits",`, which a made key adds to the stored text. */
size_t prs_document_made_key_len(const prs_document *doc);
/** Write that member. */
void prs_document_put_made_key(const prs_document *doc, char *out);

#endif
