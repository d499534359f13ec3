/* schema.h - what the fields of a document are.
 *
 * A schema is immutable once it is in use, reference-counted, shareable between threads.  As JSON:
 *
 *   {"key":"id","fields":[
 *     {"name":"id","type":"keyword"},
 *     {"name":"title","type":"text","boost":2,"analyzer":"mixed-v1","options":{"stem":"english"}},
 *     {"name":"price","type":"f64","stored":false}]}
 *
 * Only "name" and "type" are needed.  Members are those of prism_field_options, each flag by its
 * name in lower case; one that is not known is an error. */
#ifndef PRISMSEARCH_SCHEMA_H
#define PRISMSEARCH_SCHEMA_H

#include <prismsearch/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct prism_schema prism_schema;
/** Tokenizers of your own, that fields may name as their analyzer: see ext/tokenizer.h. */
typedef struct prism_tokenizers prism_tokenizers;

/** What the values of a field are. */
typedef enum prism_field_type {
    PRISM_FIELD_TEXT = 1, /* analyzed: words, phrases, ranking, snippets */
    /* the whole value, folded: exact match; a column for facets, sorting */
    PRISM_FIELD_KEYWORD = 2,
    PRISM_FIELD_I64 = 3,
    PRISM_FIELD_F64 = 4,
    PRISM_FIELD_BOOL = 5,
    PRISM_FIELD_DATE = 6, /* ISO 8601 text in JSON; milliseconds since 1970 UTC inside */
} prism_field_type;

/* Flags of a field. */
#define PRISM_FIELD_STORED 1u     /* kept in the stored document */
#define PRISM_FIELD_INDEXED 2u    /* searchable */
#define PRISM_FIELD_COLUMN 4u     /* value per document at hand: filter, sort, facet */
#define PRISM_FIELD_MANY 8u       /* a document may have several values (JSON array) */
#define PRISM_FIELD_POSITIONS 16u /* text: phrases work */
#define PRISM_FIELD_LENGTHS 32u   /* text: ranking knows lengths */

/** How a field is kept; start from PRISM_FIELD_OPTIONS_INIT. */
typedef struct prism_field_options {
    size_t size;
    unsigned flags;       /* PRISM_FIELD_*; 0 = the type's default */
    unsigned boost;       /* weight in ranking, 1..100; 0 = not among the default search fields */
    const char *analyzer; /* "mixed-v1", "keyword", "whitespace" or a tokenizer of yours;
                             NULL = "mixed-v1" for text, "keyword" for keyword */
    const char *options;  /* analyzer options as JSON object text, or NULL */
} prism_field_options;
#define PRISM_FIELD_OPTIONS_INIT                                                                   \
    { sizeof(prism_field_options), 0, 1, NULL, NULL }

/** The schema of `psearch put` on a new index: id (key), title^2, body, url, date, lang, source,
 *  tags.
 *  Params : out [owned: prism_schema_unref]
 *  Errors : none but those of base.h */
PRISM_API prism_status prism_schema_default(prism_schema **out, prism_error *err);
/** Read a schema from JSON.
 *  Params : out [owned: prism_schema_unref]
 *  Errors : PRISM_EPARSE not JSON, or a name twice, with line and column; PRISM_EINVAL naming the
 *           field, member, analyzer or option at fault; PRISM_ELIMIT above PRISM_MAX_FIELDS
 *  Cost   : milliseconds: the analyzers are made */
PRISM_API prism_status prism_schema_from_json(const char *text, size_t len, prism_schema **out,
                                              prism_error *err);
/** Compact JSON of a schema, every member written out, fields in order.
 *  Params : *json [borrowed from schema], a string; *len its length without NUL, len may be NULL
 *  Errors : none but those of base.h */
PRISM_API prism_status prism_schema_to_json(const prism_schema *schema, const char **json,
                                            size_t *len, prism_error *err);

/** Start an empty schema to add fields to.
 *  Params : out [owned: prism_schema_unref]
 *  Errors : none but those of base.h
 *  Threads: one, until it is complete */
PRISM_API prism_status prism_schema_new(prism_schema **out, prism_error *err);
/** Add a field; the first one added with is_key != 0 is the document key: a stored keyword of one
 *  value.
 *  Params : name 1 to 64 bytes of [A-Za-z0-9_.-], not starting with a digit or '-', copied; options
 *           may be NULL, copied
 *  Errors : PRISM_EINVAL a bad or known name, flags that do not fit the type, an analyzer or option
 *           that is none, a schema in use; PRISM_ELIMIT above PRISM_MAX_FIELDS.  The schema is then
 *           as it was
 *  Threads: one, until the schema is complete */
PRISM_API prism_status prism_schema_add_field(prism_schema *schema, const char *name,
                                              prism_field_type type,
                                              const prism_field_options *options, int is_key,
                                              prism_error *err);

/** A schema of the same fields and tokenizers, to add fields to.
 *  Params : out [owned: prism_schema_unref]
 *  Errors : none but those of base.h */
PRISM_API prism_status prism_schema_copy(const prism_schema *schema, prism_schema **out,
                                         prism_error *err);

/** Another reference; returns its argument, which may be NULL.   Threads: any */
PRISM_API prism_schema *prism_schema_ref(prism_schema *schema);
/** Drop a reference; NULL is fine.   Threads: any */
PRISM_API void prism_schema_unref(prism_schema *schema);

#ifdef __cplusplus
}
#endif
#endif
