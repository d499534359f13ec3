/* schema.c - which fields does an index have, and is a field table sound?
 *
 * Structure   One array of fields in order of addition (place = number on disk), a map from name to
 *             place, strings in an arena.  Everything made on demand from the table (canonical
 *             JSON, the query layer's analyzers) lives in a cache behind a pointer and a lock, so
 *             that a finished schema can be shared as const.
 * Invariants  - Names are unique, 1..64 bytes of [A-Za-z0-9_.-], not starting with a digit or '-':
 *               they need no quoting in query texts, shells and file headers.
 *             - Flags fit the type: only text has positions and lengths, text has no column, only
 *               text and keyword are INDEXED (numbers and dates are searched through their column).
 *             - The key is one stored, single-valued keyword field; the first one asked for wins.
 *             - boost is 0 for everything but text: only text fields are searched by default.
 * Why so      Text has PRISM_FIELD_MANY by default: an array of paragraphs is a text.  A caller who
 *             wants arrays rejected says so.
 * Tested by   tests/unit/schema/test_schema.c */
#include "schema/schema.h"

#include "base/error.h"

#define FIRST_CAP 8u
#define ALL_FLAGS                                                                                  \
    (PRISM_FIELD_STORED | PRISM_FIELD_INDEXED | PRISM_FIELD_COLUMN | PRISM_FIELD_MANY |            \
     PRISM_FIELD_POSITIONS | PRISM_FIELD_LENGTHS)

/* What a type is called, has by default and may have. */
static const struct {
    const char *name;
    unsigned flags, allowed;
} types[] = {
    [PRISM_FIELD_TEXT] = {"text",
                          PRISM_FIELD_STORED | PRISM_FIELD_INDEXED | PRISM_FIELD_MANY |
                              PRISM_FIELD_POSITIONS | PRISM_FIELD_LENGTHS,
                          ALL_FLAGS & ~PRISM_FIELD_COLUMN},
    [PRISM_FIELD_KEYWORD] = {"keyword", PRISM_FIELD_STORED | PRISM_FIELD_INDEXED,
                             PRISM_FIELD_STORED | PRISM_FIELD_INDEXED | PRISM_FIELD_COLUMN |
                                 PRISM_FIELD_MANY},
    [PRISM_FIELD_I64] = {"i64", PRISM_FIELD_STORED | PRISM_FIELD_COLUMN,
                         PRISM_FIELD_STORED | PRISM_FIELD_COLUMN | PRISM_FIELD_MANY},
    [PRISM_FIELD_F64] = {"f64", PRISM_FIELD_STORED | PRISM_FIELD_COLUMN,
                         PRISM_FIELD_STORED | PRISM_FIELD_COLUMN | PRISM_FIELD_MANY},
    [PRISM_FIELD_BOOL] = {"bool", PRISM_FIELD_STORED | PRISM_FIELD_COLUMN,
                          PRISM_FIELD_STORED | PRISM_FIELD_COLUMN | PRISM_FIELD_MANY},
    [PRISM_FIELD_DATE] = {"date", PRISM_FIELD_STORED | PRISM_FIELD_COLUMN,
                          PRISM_FIELD_STORED | PRISM_FIELD_COLUMN | PRISM_FIELD_MANY},
};

static bool is_type(prism_field_type type) {
    return type >= PRISM_FIELD_TEXT && type <= PRISM_FIELD_DATE;
}

unsigned prs_schema_default_flags(prism_field_type type) {
    return is_type(type) ? types[type].flags : 0;
}

unsigned prs_schema_allowed_flags(prism_field_type type) {
    return is_type(type) ? types[type].allowed : 0;
}

const char *prs_schema_type_name(prism_field_type type) {
    return is_type(type) ? types[type].name : NULL;
}

static void free_text(prism_schema *schema) {
    prs_schema_text *text = atomic_exchange(&schema->cache->text, NULL);
    if (text != NULL) prs_mem_free(&schema->mem, text, sizeof *text + text->len + 1);
}

static void free_cache(prism_schema *schema) {
    prs_schema_cache *cache = schema->cache;
    if (cache == NULL) return;
    prs_schema_slot *slot = atomic_load(&cache->slot);
    if (slot != NULL) slot->free(slot);
    free_text(schema);
    prs_mem_free(&schema->mem, cache, sizeof *cache);
}

/* The handle holds its own prs_mem, so its own block is taken and given back through a copy. */
static void free_schema(prism_schema *schema) {
    free_cache(schema);
    prs_tokenizers_unref(schema->tokenizers);
    prs_map_fini(&schema->names);
    prs_mem_free(&schema->mem, schema->fields, schema->cap * sizeof *schema->fields);
    prs_arena_fini(&schema->arena);
    prs_mem own;
    prs_mem_init(&own, NULL);
    prs_mem_free(&own, schema, sizeof *schema);
}

prism_status prs_schema_new(prism_schema **out, prism_error *err) {
    *out = NULL;
    prs_mem own;
    prs_mem_init(&own, NULL);
    prism_schema *schema = prs_mem_calloc(&own, 1, sizeof *schema);
    if (schema == NULL) return prs_error_nomem(err);
    prs_ref_init(&schema->refs);
    prs_mem_init(&schema->mem, NULL);
    prs_arena_init(&schema->arena, &schema->mem, 1024);
    prs_map_init(&schema->names, &schema->mem, 0);
    schema->key_field = -1;
    prs_schema_cache *cache = prs_mem_calloc(&schema->mem, 1, sizeof *cache);
    if (cache == NULL) {
        free_schema(schema);
        return prs_error_nomem(err);
    }
    atomic_init(&cache->text, NULL);
    atomic_init(&cache->slot, NULL);
    cache->mem = &schema->mem;
    schema->cache = cache;
    *out = schema;
    return PRISM_OK;
}

prism_schema *prs_schema_ref(const prism_schema *schema) {
    /* The count is the one thing that changes in a shared schema; it was never made const. */
    union {
        const prism_schema *shared;
        prism_schema *counted;
    } view = {schema};
    if (schema != NULL) prs_ref_inc(&view.counted->refs);
    return view.counted;
}

void prs_schema_unref(prism_schema *schema) {
    if (schema != NULL && prs_ref_dec(&schema->refs)) free_schema(schema);
}

void prs_schema_set_tokenizers(prism_schema *schema, prism_tokenizers *set) {
    prism_tokenizers *before = schema->tokenizers;
    schema->tokenizers = prs_tokenizers_ref(set);
    prs_tokenizers_unref(before);
}

const prs_field *prs_schema_field(const prism_schema *schema, const char *name, size_t len) {
    uint32_t no = prs_map_find(&schema->names, prs_bytes_of(name, len));
    return no == UINT32_MAX ? NULL : &schema->fields[no];
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}

static prism_status check_name(const prism_schema *schema, const char *name, prism_error *err) {
    size_t len = strnlen(name, PRS_SCHEMA_MAX_NAME + 1);
    if (len == 0) return prs_error_set(err, PRISM_EINVAL, "a field has an empty name");
    if (len > PRS_SCHEMA_MAX_NAME) {
        return prs_error_set(err, PRISM_EINVAL, "the field name %.20s... is longer than %u bytes",
                             name, PRS_SCHEMA_MAX_NAME);
    }
    for (size_t i = 0; i < len; i++) {
        bool inner = i > 0 && ((name[i] >= '0' && name[i] <= '9') || name[i] == '-');
        if (is_letter(name[i]) || inner) continue;
        return prs_error_set(err, PRISM_EINVAL,
                             "the field name \"%s\" has a byte that is not of [A-Za-z0-9_.-], or "
                             "starts with a digit or '-'",
                             name);
    }
    if (prs_schema_field(schema, name, len) != NULL) {
        return prs_error_set(err, PRISM_EINVAL, "the field %s is there twice", name);
    }
    return PRISM_OK;
}

static prism_status check_flags(const char *name, prism_field_type type, unsigned flags,
                                prism_error *err) {
    static const char *const names[] = {"stored", "indexed",   "column",
                                        "many",   "positions", "lengths"};
    unsigned wrong = flags & ~types[type].allowed;
    if ((wrong & ~ALL_FLAGS) != 0) {
        return prs_error_set(err, PRISM_EINVAL, "field %s: unknown flags %#x", name,
                             wrong & ~ALL_FLAGS);
    }
    for (unsigned i = 0; i < PRS_COUNT(names); i++) {
        if ((wrong & (1u << i)) == 0) continue;
        return prs_error_set(err, PRISM_EINVAL, "field %s: a %s field cannot be \"%s\"", name,
                             types[type].name, names[i]);
    }
    if ((flags & (PRISM_FIELD_STORED | PRISM_FIELD_INDEXED | PRISM_FIELD_COLUMN)) == 0) {
        return prs_error_set(err, PRISM_EINVAL,
                             "field %s: neither stored, indexed nor column: leave it out", name);
    }
    unsigned ranked = flags & (PRISM_FIELD_POSITIONS | PRISM_FIELD_LENGTHS);
    if (ranked != 0 && (flags & PRISM_FIELD_INDEXED) == 0) {
        return prs_error_set(err, PRISM_EINVAL, "field %s: positions and lengths need \"indexed\"",
                             name);
    }
    return PRISM_OK;
}

static prism_status check_key(const prs_field *field, prism_error *err) {
    if (field->type != PRISM_FIELD_KEYWORD) {
        return prs_error_set(err, PRISM_EINVAL, "the key field %s must be a keyword field",
                             field->name);
    }
    if ((field->flags & PRISM_FIELD_STORED) == 0 || (field->flags & PRISM_FIELD_MANY) != 0) {
        return prs_error_set(err, PRISM_EINVAL,
                             "the key field %s must be stored and have one value", field->name);
    }
    return PRISM_OK;
}

static prism_status set_analyzer(prism_schema *schema, prs_field *field,
                                 const prism_field_options *options, prism_error *err) {
    bool analyzed = field->type == PRISM_FIELD_TEXT || field->type == PRISM_FIELD_KEYWORD;
    if (!analyzed) {
        field->analyzer = field->options = "";
        if (options->analyzer == NULL && options->options == NULL) return PRISM_OK;
        return prs_error_set(err, PRISM_EINVAL, "field %s: a %s field has no analyzer", field->name,
                             types[field->type].name);
    }
    const char *name = options->analyzer;
    if (name == NULL) name = field->type == PRISM_FIELD_TEXT ? "mixed-v1" : "keyword";
    size_t len = strnlen(name, 32);
    if (len == 0 || len == 32) {
        return prs_error_set(err, PRISM_EINVAL, "field %s: an analyzer's name has 1 to 31 bytes",
                             field->name);
    }
    field->analyzer = (const char *)prs_arena_dup(&schema->arena, name, len);
    if (field->analyzer == NULL) return prs_error_nomem(err);
    return prs_schema_options_text(&schema->arena, field->name, options->options, &field->options,
                                   err);
}

static bool grow_fields(prism_schema *schema) {
    if (schema->n_fields < schema->cap) return true;
    uint32_t cap = schema->cap == 0 ? FIRST_CAP : schema->cap * 2;
    prs_field *fields = prs_mem_resize(&schema->mem, schema->fields, schema->cap * sizeof *fields,
                                       cap * sizeof *fields);
    if (fields == NULL) return false;
    schema->fields = fields;
    schema->cap = cap;
    return true;
}

static prism_status fill_field(prism_schema *schema, prs_field *field, const char *name,
                               prism_field_type type, const prism_field_options *options,
                               prism_error *err) {
    if (options->boost > PRS_SCHEMA_MAX_BOOST) {
        return prs_error_set(err, PRISM_EINVAL, "field %s: boost %u is not in 0..%u", name,
                             options->boost, PRS_SCHEMA_MAX_BOOST);
    }
    if (options->boost > 1 && type != PRISM_FIELD_TEXT) {
        return prs_error_set(err, PRISM_EINVAL, "field %s: only a text field has a boost", name);
    }
    memset(field, 0, sizeof *field);
    field->no = (uint16_t)schema->n_fields;
    field->type = type;
    field->flags = options->flags != 0 ? options->flags : types[type].flags;
    bool searched = type == PRISM_FIELD_TEXT && (field->flags & PRISM_FIELD_INDEXED) != 0;
    field->boost = searched ? options->boost : 0;
    field->name = (const char *)prs_arena_dup(&schema->arena, name, strlen(name));
    if (field->name == NULL) return prs_error_nomem(err);
    PRS_TRY(check_flags(name, type, field->flags, err));
    return set_analyzer(schema, field, options, err);
}

prism_status prs_schema_add(prism_schema *schema, const char *name, prism_field_type type,
                            const prism_field_options *options, bool is_key, prism_error *err) {
    static const prism_field_options defaults = PRISM_FIELD_OPTIONS_INIT;
    if (options == NULL) options = &defaults;
    if (!is_type(type))
        return prs_error_set(err, PRISM_EINVAL, "%d is not a field type", (int)type);
    PRS_TRY(check_name(schema, name, err));
    if (schema->n_fields == PRISM_MAX_FIELDS) {
        return prs_error_set(err, PRISM_ELIMIT, "a schema has at most %u fields", PRISM_MAX_FIELDS);
    }
    prs_field field;
    PRS_TRY(fill_field(schema, &field, name, type, options, err));
    field.is_key = is_key && schema->key_field < 0;
    if (field.is_key) PRS_TRY(check_key(&field, err));
    uint32_t no;
    if (!grow_fields(schema)) return prs_error_nomem(err);
    if (prs_map_add(&schema->names, prs_bytes_of(name, strlen(name)), &no, NULL) != PRISM_OK) {
        return prs_error_nomem(err);
    }
    schema->fields[schema->n_fields++] = field;
    if ((field.flags & PRISM_FIELD_STORED) == 0) schema->has_unstored = true;
    if (field.is_key) schema->key_field = (int32_t)field.no;
    free_text(schema);
    return PRISM_OK;
}

prism_status prs_schema_default(prism_schema **out, prism_error *err) {
    enum {
        FACET = PRISM_FIELD_STORED | PRISM_FIELD_INDEXED | PRISM_FIELD_COLUMN | PRISM_FIELD_MANY
    };
    static const struct {
        const char *name;
        prism_field_type type;
        unsigned flags, boost;
        bool is_key;
    } table[] = {
        {"id", PRISM_FIELD_KEYWORD, 0, 0, true},
        {"title", PRISM_FIELD_TEXT, 0, 2, false},
        {"body", PRISM_FIELD_TEXT, 0, 1, false},
        {"url", PRISM_FIELD_KEYWORD, 0, 0, false},
        {"date", PRISM_FIELD_DATE, 0, 0, false},
        {"lang", PRISM_FIELD_KEYWORD, FACET, 0, false},
        {"source", PRISM_FIELD_KEYWORD, FACET, 0, false},
        {"tags", PRISM_FIELD_KEYWORD, FACET, 0, false},
    };
    PRS_TRY(prs_schema_new(out, err));
    for (size_t i = 0; i < PRS_COUNT(table); i++) {
        prism_field_options options = PRISM_FIELD_OPTIONS_INIT;
        options.flags = table[i].flags;
        options.boost = table[i].boost;
        prism_status status =
            prs_schema_add(*out, table[i].name, table[i].type, &options, table[i].is_key, err);
        if (status != PRISM_OK) {
            prs_schema_unref(*out);
            *out = NULL;
            return status;
        }
    }
    return PRISM_OK;
}
