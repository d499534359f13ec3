/* document.c - how do values added one by one become a document that can be indexed and stored?
 *
 * Structure   values[]   in the order they were added, texts in the arena
 *             json       {"id":"k1","title":"...","tags":["a","b"]}: fields in schema order, the
 *                        values of one field in the order they were added, written by finish
 * The key     Where the schema has one and the document does not, it is made of the content:
 * XXH3-128 in 32
 *             hex digits over the JSON text before the key is put in.  So the same content gets the
 *             same key however its JSON was laid out, and a put of it again replaces it.
 * Invariants  - After a refused add the values are as before.
 *             - A single-valued field has at most one value (has_value).
 *             - The stored text is valid UTF-8 and at most PRISM_MAX_DOC_BYTES long, key included
 *               apart.
 * Tested by   tests/unit/schema/test_document.c */
#include "schema/document.h"

#include "base/error.h"
#include "base/hash.h"
#include "schema/json_text.h"

#include <inttypes.h>
#include <stdio.h>

#define FIRST_VALUES 16u
#define HEX_KEY 32u

void prs_document_init(prs_document *doc, const prism_schema *schema, prs_mem *mem) {
    memset(doc, 0, sizeof *doc);
    doc->schema = schema;
    doc->mem = mem;
    prs_arena_init(&doc->arena, mem, 0);
    prs_buf_init(&doc->json, mem);
}

static size_t has_value_bytes(const prs_document *doc) {
    return ((size_t)doc->schema->n_fields / 64 + 1) * sizeof *doc->has_value;
}

void prs_document_fini(prs_document *doc) {
    prs_mem_free(doc->mem, doc->values, doc->cap * sizeof *doc->values);
    prs_mem_free(doc->mem, doc->has_value, has_value_bytes(doc));
    prs_buf_fini(&doc->json);
    prs_arena_fini(&doc->arena);
    prs_document_init(doc, doc->schema, doc->mem);
}

void prs_document_clear(prs_document *doc) {
    prs_arena_reset(&doc->arena);
    prs_buf_clear(&doc->json);
    if (doc->has_value != NULL) memset(doc->has_value, 0, has_value_bytes(doc));
    doc->n = doc->n_unknown = doc->key_len = 0;
    doc->text_bytes = 0;
    doc->key = NULL;
    doc->unknown[0] = '\0';
    doc->finished = doc->made_key = false;
}

prs_value *prs_document_push(prs_document *doc) {
    if (doc->n == doc->cap) {
        if (doc->cap > UINT32_MAX / 2) return NULL;
        uint32_t cap = doc->cap == 0 ? FIRST_VALUES : doc->cap * 2;
        prs_value *values =
            prs_mem_resize(doc->mem, doc->values, doc->cap * sizeof *values, cap * sizeof *values);
        if (values == NULL) return NULL;
        doc->values = values;
        doc->cap = cap;
    }
    prs_value *value = &doc->values[doc->n++];
    memset(value, 0, sizeof *value);
    return value;
}

/* ---- the key ------------------------------------------------------------------------------ */

static const prs_field *key_field(const prs_document *doc) {
    return &doc->schema->fields[doc->schema->key_field];
}

prism_status prs_document_set_key(prs_document *doc, const uint8_t *text, size_t len,
                                  prism_error *err) {
    const char *name = key_field(doc)->name;
    if (len == 0)
        return prs_error_set(err, PRISM_EREJECTED, "field %s: a key cannot be empty", name);
    if (len > PRISM_MAX_KEY_BYTES) {
        return prs_error_set(err, PRISM_EREJECTED, "field %s: a key of %zu bytes, %u at most", name,
                             len, PRISM_MAX_KEY_BYTES);
    }
    if (memchr(text, '\0', len) != NULL) {
        return prs_error_set(err, PRISM_EREJECTED, "field %s: a key cannot hold a NUL", name);
    }
    doc->key = text;
    doc->key_len = (uint32_t)len;
    return PRISM_OK;
}

prism_status prs_document_make_key(prs_document *doc, const void *content, size_t len,
                                   prism_error *err) {
    char hex[HEX_KEY + 1];
    prs_hash128 hash = prs_hash128_of(content, len);
    snprintf(hex, sizeof hex, "%016" PRIx64 "%016" PRIx64, hash.hi, hash.lo);
    const uint8_t *text = prs_arena_dup(&doc->arena, hex, HEX_KEY);
    prs_value *value = text == NULL ? NULL : prs_document_push(doc);
    if (value == NULL) return prs_error_nomem(err);
    value->field = key_field(doc)->no;
    value->text = text;
    value->len = HEX_KEY;
    doc->made_key = true;
    return prs_document_set_key(doc, text, HEX_KEY, err);
}

size_t prs_document_made_key_len(const prs_document *doc) {
    return strlen(key_field(doc)->name) + HEX_KEY + strlen("\"\":\"\",");
}

void prs_document_put_made_key(const prs_document *doc, char *out) {
    const char *name = key_field(doc)->name;
    size_t len = strlen(name);
    *out++ = '"';
    memcpy(out, name, len);
    out += len;
    memcpy(out, "\":\"", 3);
    memcpy(out + 3, doc->key, HEX_KEY);
    memcpy(out + 3 + HEX_KEY, "\",", 2);
}

/* ---- adding by hand ----------------------------------------------------------------------- */

static bool is_textual(const prs_field *field) {
    return field->type == PRISM_FIELD_TEXT || field->type == PRISM_FIELD_KEYWORD;
}

static bool mark_value(prs_document *doc, const prs_field *field, bool *had) {
    if (doc->has_value == NULL) {
        doc->has_value = prs_mem_calloc(doc->mem, 1, has_value_bytes(doc));
        if (doc->has_value == NULL) return false;
    }
    uint64_t *word = &doc->has_value[field->no / 64], bit = UINT64_C(1) << (field->no % 64);
    *had = (*word & bit) != 0;
    *word |= bit;
    return true;
}

static prism_status push_text(prs_document *doc, const prs_field *field, const char *text,
                              size_t len, int64_t i64, prism_error *err) {
    uint8_t *copy = prs_arena_dup(&doc->arena, text, len);
    if (copy == NULL) return prs_error_nomem(err);
    if (field->is_key) PRS_TRY(prs_document_set_key(doc, copy, len, err));
    prs_value *value = prs_document_push(doc);
    if (value == NULL) return prs_error_nomem(err);
    value->field = field->no;
    value->text = copy;
    value->len = (uint32_t)len;
    value->i64 = i64;
    doc->text_bytes += len;
    return PRISM_OK;
}

/* Take back the key that an earlier finish has made. */
static void unmake_key(prs_document *doc) {
    if (!doc->made_key) return;
    doc->n--;
    doc->key = NULL;
    doc->key_len = 0;
    doc->made_key = false;
}

prism_status prs_document_add(prs_document *doc, const char *name, const char *text, size_t len,
                              prism_error *err) {
    const prs_field *field = prs_schema_field(doc->schema, name, strlen(name));
    int64_t i64 = 0;
    bool had;
    if (field == NULL)
        return prs_error_set(err, PRISM_ENOTFOUND, "the schema has no field %.64s", name);
    if (len > PRISM_MAX_DOC_BYTES - doc->text_bytes) {
        return prs_error_set(err, PRISM_ELIMIT, "a document has at most %u bytes",
                             PRISM_MAX_DOC_BYTES);
    }
    if (!is_textual(field)) {
        prism_status status = prs_value_parse(field->type, text, len, &i64, err);
        if (status != PRISM_OK) {
            return prs_error_set(err, status, "field %s: \"%.*s\" is not a value of type %s", name,
                                 prs_quote_len(text, len), text, prs_schema_type_name(field->type));
        }
    }
    unmake_key(doc);
    doc->finished = false;
    if (!mark_value(doc, field, &had)) return prs_error_nomem(err);
    if (had && (field->flags & PRISM_FIELD_MANY) == 0) {
        return prs_error_set(err, PRISM_EREJECTED, "field %s has one value, not several", name);
    }
    prism_status status = push_text(doc, field, text, len, i64, err);
    if (status != PRISM_OK && !had)
        doc->has_value[field->no / 64] &= ~(UINT64_C(1) << (field->no % 64));
    return status;
}

/* ---- writing the stored text -------------------------------------------------------------- */

static void put_value(prs_buf *json, const prs_field *field, const prs_value *value) {
    const char *text = (const char *)value->text;
    switch (field->type) {
    case PRISM_FIELD_I64: prs_buf_printf(json, "%" PRId64, value->i64); break;
    case PRISM_FIELD_BOOL:
    /* JSON already: prs_value_parse */
    case PRISM_FIELD_F64: prs_buf_put(json, text, value->len); break;
    default: prs_json_put_string(json, text, value->len); break;
    }
}

/* Places of the values by field, then by order of addition: a counting sort. */
static uint32_t *sort_by_field(prs_document *doc, uint32_t **starts) {
    uint32_t n_fields = doc->schema->n_fields;
    uint32_t *start = prs_arena_calloc(&doc->arena, (size_t)n_fields + 1, sizeof *start);
    uint32_t *order = prs_arena_alloc(&doc->arena, (doc->n + 1) * sizeof *order);
    uint32_t *fill = prs_arena_calloc(&doc->arena, (size_t)n_fields + 1, sizeof *fill);
    if (start == NULL || order == NULL || fill == NULL) return NULL;
    for (uint32_t i = 0; i < doc->n; i++) start[doc->values[i].field + 1]++;
    for (uint32_t f = 0; f < n_fields; f++) start[f + 1] += start[f];
    for (uint32_t i = 0; i < doc->n; i++) {
        uint16_t f = doc->values[i].field;
        order[start[f] + fill[f]++] = i;
    }
    *starts = start;
    return order;
}

static void put_field(prs_document *doc, const prs_field *field, const uint32_t *places,
                      uint32_t n) {
    prs_buf *json = &doc->json;
    prs_buf_printf(json, "%s\"%s\":%s", json->len > 1 ? "," : "", field->name, n > 1 ? "[" : "");
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) prs_buf_put8(json, ',');
        put_value(json, field, &doc->values[places[i]]);
    }
    if (n > 1) prs_buf_put8(json, ']');
}

/* The object of all values, or of those that are stored; the key first. */
static prism_status write_json(prs_document *doc, bool stored_only, prism_error *err) {
    const prism_schema *schema = doc->schema;
    prs_arena_mark mark = prs_arena_save(&doc->arena);
    uint32_t *starts, *order = sort_by_field(doc, &starts);
    if (order == NULL) {
        prs_arena_restore(&doc->arena, mark);
        return prs_error_nomem(err);
    }
    prs_buf_clear(&doc->json);
    prs_buf_put8(&doc->json, '{');
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t f = 0; f < schema->n_fields; f++) {
            const prs_field *field = &schema->fields[f];
            uint32_t n = starts[f + 1] - starts[f];
            bool wanted = !stored_only || (field->flags & PRISM_FIELD_STORED) != 0;
            if (n > 0 && wanted && field->is_key == (pass == 0))
                put_field(doc, field, order + starts[f], n);
        }
    }
    prs_buf_put8(&doc->json, '}');
    prs_arena_restore(&doc->arena, mark);
    PRS_TRY(prs_buf_status(&doc->json, err));
    if (doc->json.len <= PRISM_MAX_DOC_BYTES) return PRISM_OK;
    return prs_error_set(err, PRISM_ELIMIT, "a document of %zu bytes as JSON, %u at most",
                         doc->json.len, PRISM_MAX_DOC_BYTES);
}

prism_status prs_document_finish(prs_document *doc, prism_error *err) {
    if (doc->finished) return PRISM_OK;
    unmake_key(doc);
    if (doc->schema->key_field >= 0 && doc->key == NULL) {
        PRS_TRY(write_json(doc, false, err));
        PRS_TRY(prs_document_make_key(doc, doc->json.ptr, doc->json.len, err));
    }
    PRS_TRY(write_json(doc, true, err));
    doc->finished = true;
    return PRISM_OK;
}
