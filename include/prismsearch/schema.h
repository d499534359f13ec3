/* schema.h - what the fields of a document are.
 *
 * A schema is immutable once built, reference-counted, shareable between threads.  As JSON:
 *   {"key":"id","fields":[{"name":"title","type":"text","boost":2,"stored":true,"analyzer":"mixed-v1",
 *                          "options":{"stem":"english"}}, ...]}
 */
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
    PRISM_FIELD_KEYWORD =
        2, /* the whole value, folded; exact match, column for facets and sorting */
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
    const char *analyzer; /* NULL = "mixed-v1" for text, "keyword" for keyword */
    const char *options;  /* analyzer options as JSON object text, or NULL */
} prism_field_options;
#define PRISM_FIELD_OPTIONS_INIT                                                                   \
    { sizeof(prism_field_options), 0, 1, NULL, NULL }

/** The schema of `psearch put` on a new index: id (key), title^2, body, url, date, lang, source, tags.
 *  Params : out [owned: prism_schema_unref].   Errors: PRISM_ENOMEM */
PRISM_API prism_status prism_schema_default(prism_schema **out, prism_error *err);
/** Read a schema from JSON.
 *  Errors : PRISM_EPARSE with line and column for bad JSON; PRISM_EINVAL naming the field or option at fault */
PRISM_API prism_status prism_schema_from_json(const char *text, size_t len, prism_schema **out,
                                              prism_error *err);
/** Compact JSON of a schema; fields in order.  Params: *json is a string borrowed from the schema. */
PRISM_API prism_status prism_schema_to_json(const prism_schema *schema, const char **json,
                                            size_t *len, prism_error *err);

/** Start an empty schema to add fields to.  It must not be shared before it is complete. */
PRISM_API prism_status prism_schema_new(prism_schema **out, prism_error *err);
/** Add a field; the first PRISM_FIELD_KEYWORD added with is_key != 0 is the document key.
 *  Params : name 1..64 bytes of [A-Za-z0-9_.-], not starting with a digit or '-'; options may be NULL
 *  Errors : PRISM_EINVAL bad name, duplicate, bad options; PRISM_ELIMIT above PRISM_MAX_FIELDS */
PRISM_API prism_status prism_schema_add_field(prism_schema *schema, const char *name,
                                              prism_field_type type,
                                              const prism_field_options *options, int is_key,
                                              prism_error *err);

/** Another reference; returns its argument.   Threads: any. */
PRISM_API prism_schema *prism_schema_ref(prism_schema *schema);
/** Drop a reference; NULL is fine.   Threads: any. */
PRISM_API void prism_schema_unref(prism_schema *schema);

#ifdef __cplusplus
}
#endif
#endif
