/* schema.h - the field table, inside: what prism_schema (public) is made of.
 *
 * The schema layer knows names, types and flags; analyzers are opened by index and query from the
 * analyzer name and options kept here as text. */
#ifndef PRS_SCHEMA_SCHEMA_H
#define PRS_SCHEMA_SCHEMA_H

#include "base/arena.h"
#include "base/sync.h"

#include <prismsearch/schema.h>

typedef struct prs_field {
    const char *name;          /* string */
    uint16_t no;               /* index in the table = field number on disk */
    prism_field_type type;
    unsigned flags;            /* PRISM_FIELD_* */
    uint32_t boost;            /* 0 = not a default search field */
    const char *analyzer;      /* string: "mixed-v1", "keyword", "whitespace", ... ; "" for numbers */
    const char *options;       /* compact JSON object of analyzer options, "" = defaults */
    bool is_key;
} prs_field;

struct prism_schema {
    prs_refcount refs;
    prs_mem mem;
    prs_arena arena;
    prs_field *fields;
    uint32_t n_fields, cap;
    int32_t key_field;         /* -1 = none */
    char *json;                /* cache of the canonical text, made by complete/to_json */
    size_t json_len;
};

/** Field by name, or NULL. */
const prs_field *prs_schema_field(const prism_schema *schema, const char *name, size_t len);
/** Call `set(ctx, name, value)` for each option of a field's analyzer options text (already validated). */
typedef prism_status (*prs_option_fn)(void *ctx, const char *name, const char *value, prism_error *err);
prism_status prs_field_each_option(const prs_field *field, prs_option_fn set, void *ctx, prism_error *err);

#endif
