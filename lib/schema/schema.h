/* schema.h - the field table, inside: what prism_schema (public) is made of.
 *
 * The schema layer knows names, types and flags; analyzers are opened by index and query from the
 * analyzer name and options kept here as text.  A schema is built by one thread, then shared: from
 * the first prs_schema_ref on nothing changes but the cache, whose parts are published whole. */
#ifndef PRS_SCHEMA_SCHEMA_H
#define PRS_SCHEMA_SCHEMA_H

#include "base/arena.h"
#include "base/map.h"
#include "base/sync.h"
#include "schema/tokenizers.h"

#include <prismsearch/schema.h>

#define PRS_SCHEMA_MAX_NAME 64u
#define PRS_SCHEMA_MAX_BOOST 100u

typedef struct prs_field {
    const char *name; /* string */
    uint16_t no;      /* index in the table = field number on disk */
    prism_field_type type;
    unsigned flags; /* PRISM_FIELD_* */
    uint32_t boost; /* 0 = not a default search field; always 0 unless text */
    /* string: "mixed-v1", "keyword", "whitespace", ... ; "" for numbers */
    const char *analyzer;
    /* compact JSON object of analyzer options, names sorted, values strings; "" = defaults */
    const char *options;
    bool is_key;
    /* only in the schema of a segment: some of its documents were put before the schema had the
     * field, and may hold a member of its name that is not indexed */
    bool partial;
} prs_field;

typedef struct prs_schema_text {
    size_t len;
    char json[]; /* and a NUL */
} prs_schema_text;

/* What is made on demand from a finished schema: NULL until someone has made it, whole, and never
 * changed then.  Two may make it at once; one is taken.  There is no lock that a thread could leave
 * behind in a child process.  `slot` belongs to the layer that fills it (query: its analyzers) and
 * begins with the function that frees it. */
typedef struct prs_schema_slot {
    void (*free)(struct prs_schema_slot *slot);
} prs_schema_slot;

typedef struct prs_schema_cache {
    prs_mem *mem;                    /* the schema's */
    _Atomic(prs_schema_text *) text; /* canonical */
    _Atomic(prs_schema_slot *) slot;
} prs_schema_cache;

struct prism_schema {
    prs_refcount refs;
    prs_mem mem;
    prs_arena arena;
    prs_field *fields;
    uint32_t n_fields, cap;
    int32_t key_field;            /* -1 = none */
    bool has_unstored;            /* some field is not stored */
    prs_map names;                /* id = field number */
    prism_tokenizers *tokenizers; /* referenced; NULL = none */
    prs_schema_cache *cache;
};

/** An empty schema with one reference.   Errors: ENOMEM, EIO.   Out: owned: prs_schema_unref */
prism_status prs_schema_new(prism_schema **out, prism_error *err);
/** The default schema of `psearch put`: id (key), title^2, body, url, date, lang, source, tags. */
prism_status prs_schema_default(prism_schema **out, prism_error *err);
/** As prism_schema_add_field; analyzer options are checked for form only (a JSON object of strings,
 *  booleans and whole numbers), their meaning is the analysis layer's. */
prism_status prs_schema_add(prism_schema *schema, const char *name, prism_field_type type,
                            const prism_field_options *options, bool is_key, prism_error *err);
/** Another reference.  A schema handed out as const may be referenced too: only the count
 *  changes. */
prism_schema *prs_schema_ref(const prism_schema *schema);
void prs_schema_unref(prism_schema *schema);
/** Refer to the caller's tokenizers, before the analyzers of the schema are asked for; NULL is
 *  fine. */
void prs_schema_set_tokenizers(prism_schema *schema, prism_tokenizers *set);

/** Field by name, or NULL. */
const prs_field *prs_schema_field(const prism_schema *schema, const char *name, size_t len);
/** Flags of a type when none are given; 0 for a number that is no type. */
unsigned prs_schema_default_flags(prism_field_type type);
/** Flags that a type can have. */
unsigned prs_schema_allowed_flags(prism_field_type type);
/** "text", "keyword", ...; NULL for a number that is no type. */
const char *prs_schema_type_name(prism_field_type type);

/** Read a schema.   Errors: EPARSE (offset, line, column); EINVAL naming the field; ELIMIT;
 *  ENOMEM */
prism_status prs_schema_from_json(const char *text, size_t len, prism_schema **out,
                                  prism_error *err);
/** Read a schema that the library has written into a file: a field may be "partial". */
prism_status prs_schema_from_file(const char *text, size_t len, prism_schema **out,
                                  prism_error *err);
/** May an index with documents go on under another schema?  schema_change.c has the table.
 *  Errors : EINVAL naming the first field and member that must not change, with both values */
prism_status prs_schema_check_change(const prism_schema *from, const prism_schema *to,
                                     prism_error *err);
/** A schema of the same fields, to add more to.   Out: owned: prs_schema_unref   Errors: ENOMEM */
prism_status prs_schema_copy(const prism_schema *schema, prism_schema **out, prism_error *err);
/** Canonical text: compact, every member written out.  *json is a string borrowed from the schema.
 *  Threads: any, once the schema is finished. */
prism_status prs_schema_to_json(const prism_schema *schema, const char **json, size_t *len,
                                prism_error *err);
/** Check analyzer options text (NULL or "" = none) and write it canonically into `arena`. */
prism_status prs_schema_options_text(prs_arena *arena, const char *field, const char *text,
                                     const char **out, prism_error *err);

/** Call `set(ctx, name, value)` for each option of a field's analyzer options text (already
 *  validated). */
typedef prism_status (*prs_option_fn)(void *ctx, const char *name, const char *value,
                                      prism_error *err);
prism_status prs_field_each_option(const prs_field *field, prs_option_fn set, void *ctx,
                                   prism_error *err);

#endif
