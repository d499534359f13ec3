/* json_read.c - which values does a JSON document hold for a schema, and what of it is stored?
 *
 * Structure   text -> padded copy -> simdjson's tape -> checks -> values
 *                         \-> compact copy in doc->json, where the key is put in and what is not
 *                             stored is taken out, in place:
 *
 *                 { "title" : "x", "hidden": 1 }       given
 *                 ........{"title":"x","hidden":1}     compacted behind a gap for the key member
 *                 ........{"title":"x"}                not stored: out
 *                 {"id":"9f..","title":"x"}            the key fills the gap
 *
 * Invariants  - Everything is checked before anything is taken: syntax, UTF-8 and number ranges by
 *               simdjson, repeated names and depth by check_value; so the stored text is always
 *               sound.
 *             - String values are the tape's unescaped strings, not copies.  Numbers for text
 *               fields are the raw token (1.10 stays 1.10), found by walking the compact text
 *               beside the tape.
 *             - A document gives the same made key whatever white space it came with.
 * Hostile     Repeated names are found by comparing pairs up to SMALL names, by a seeded map above;
 *             recursion stops at PRS_MAX_JSON_DEPTH. On an error Jansson reads the text again to
 *             find the place: slow, but only then.
 * Cost        Parsing, compacting and checking run at about 1 GB/s together.
 * Tested by   tests/unit/schema/test_json_read.c */
#include "base/error.h"
#include "base/hash.h"
#include "base/vec.h"
#include "schema/document.h"
#include "schema/json_dom.h"
#include "schema/json_raw.h"
#include "schema/json_text.h"

#define SMALL 16u
#define LARGE_BUFFER ((size_t)4 << 20) /* above this, memory is given back */

PRS_VEC_DEFINE(name_vec, prs_bytes)

struct prs_json_reader {
    prs_mem *mem;
    prs_json_dom *dom;
    prs_buf padded;  /* the text with PRS_JSON_PADDING zero bytes behind it */
    prs_buf compact; /* of a stored document */
    name_vec names;  /* of the object being checked */
    uint64_t seed;
};

prism_status prs_json_reader_new(prs_mem *mem, prs_json_reader **out, prism_error *err) {
    *out = NULL;
    prs_json_reader *reader = prs_mem_calloc(mem, 1, sizeof *reader);
    if (reader == NULL) return prs_error_nomem(err);
    reader->mem = mem;
    prs_buf_init(&reader->padded, mem);
    prs_buf_init(&reader->compact, mem);
    name_vec_init(&reader->names, mem);
    prism_status status = prs_random_bytes(&reader->seed, sizeof reader->seed, err);
    if (status == PRISM_OK) {
        reader->dom = prs_json_dom_new();
        if (reader->dom == NULL) status = prs_error_nomem(err);
    }
    if (status != PRISM_OK) {
        prs_json_reader_free(reader);
        return status;
    }
    *out = reader;
    return PRISM_OK;
}

void prs_json_reader_free(prs_json_reader *reader) {
    if (reader == NULL) return;
    prs_json_dom_free(reader->dom);
    prs_buf_fini(&reader->padded);
    prs_buf_fini(&reader->compact);
    name_vec_fini(&reader->names);
    prs_mem_free(reader->mem, reader, sizeof *reader);
}

/* ---- parsing ------------------------------------------------------------------------------ */

/* An empty buffer with room for n bytes; an outsized one is given back first. */
static prism_status make_room(prs_buf *buf, size_t n, prism_error *err) {
    prs_mem *mem = buf->mem;
    if (buf->cap > LARGE_BUFFER && n <= buf->cap / 8) {
        prs_buf_fini(buf);
        prs_buf_init(buf, mem);
    }
    prs_buf_clear(buf);
    prs_buf_reserve(buf, n);
    return prs_buf_status(buf, err);
}

static prism_status parse(prs_json_reader *reader, const char *text, size_t len,
                          prs_json_value *root, prs_json_result *result, prism_error *err) {
    PRS_TRY(make_room(&reader->padded, len + PRS_JSON_PADDING, err));
    prs_buf_put(&reader->padded, text, len);
    prs_buf_zero(&reader->padded, PRS_JSON_PADDING);
    *result = prs_json_dom_parse(reader->dom, (const char *)reader->padded.ptr, len,
                                 PRS_MAX_JSON_DEPTH, root);
    return *result == PRS_JSON_NOMEM ? prs_error_nomem(err) : PRISM_OK;
}

/* ---- checks simdjson leaves to us --------------------------------------------------------- */

typedef enum verdict { SOUND, NAME_TWICE, TOO_DEEP, NO_MEMORY } verdict;

static verdict find_repeated_hashed(const prs_json_reader *reader) {
    prs_map map;
    verdict result = SOUND;
    prs_map_init(&map, reader->mem, reader->seed);
    for (size_t i = 0; i < reader->names.n && result == SOUND; i++) {
        uint32_t id;
        bool added = false;
        if (prs_map_add(&map, reader->names.ptr[i], &id, &added) != PRISM_OK)
            result = NO_MEMORY;
        else if (!added)
            result = NAME_TWICE;
    }
    prs_map_fini(&map);
    return result;
}

static verdict find_repeated(const prs_json_reader *reader) {
    const prs_bytes *names = reader->names.ptr;
    if (reader->names.n > SMALL) return find_repeated_hashed(reader);
    for (size_t i = 1; i < reader->names.n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (prs_bytes_equal(names[i], names[j])) return NAME_TWICE;
        }
    }
    return SOUND;
}

static verdict check_names(prs_json_reader *reader, prs_json_value object) {
    prs_json_iter members = prs_json_dom_members(object);
    prs_json_value value;
    const char *name;
    size_t len;
    name_vec_clear(&reader->names);
    while (prs_json_dom_next_member(&members, &name, &len, &value)) {
        if (!name_vec_push(&reader->names, prs_bytes_of(name, len))) return NO_MEMORY;
    }
    return find_repeated(reader);
}

/* Recursion: PRS_MAX_JSON_DEPTH at most. */
static verdict check_value(prs_json_reader *reader, prs_json_value value, uint32_t depth) {
    prs_json_type type = prs_json_dom_type(value);
    if (type != PRS_JSON_OBJECT && type != PRS_JSON_ARRAY) return SOUND;
    if (depth > PRS_MAX_JSON_DEPTH) return TOO_DEEP;
    verdict result = type == PRS_JSON_OBJECT ? check_names(reader, value) : SOUND;
    prs_json_iter iter =
        type == PRS_JSON_OBJECT ? prs_json_dom_members(value) : prs_json_dom_items(value);
    prs_json_value child;
    const char *name;
    size_t len;
    while (result == SOUND) {
        bool more = type == PRS_JSON_OBJECT ? prs_json_dom_next_member(&iter, &name, &len, &child)
                                            : prs_json_dom_next_item(&iter, &child);
        if (!more) break;
        result = check_value(reader, child, depth + 1);
    }
    return result;
}

static prism_status too_deep(prism_error *err) {
    return prs_error_set(err, PRISM_ELIMIT, "the document is nested deeper than %u levels",
                         PRS_MAX_JSON_DEPTH);
}

static prism_status check(prs_json_reader *reader, const char *text, size_t len,
                          prs_json_value root, prs_json_result result, prism_error *err) {
    if (result == PRS_JSON_DEEP) return too_deep(err);
    if (result != PRS_JSON_OK) return prs_json_locate_error(text, len, "the document", err);
    if (prs_json_dom_type(root) != PRS_JSON_OBJECT) {
        size_t start = 0;
        while (start < len && memchr(" \t\r\n", text[start], 4) != NULL) start++;
        prs_error_set(err, PRISM_EPARSE, "a document must be a JSON object");
        prs_json_error_at(err, text, len, start);
        return PRISM_EPARSE;
    }
    switch (check_value(reader, root, 1)) {
    case SOUND: return PRISM_OK;
    case NAME_TWICE: return prs_json_locate_error(text, len, "the document", err);
    case TOO_DEEP: return too_deep(err);
    case NO_MEMORY: break;
    }
    return prs_error_nomem(err);
}

/* ---- walking the compact text beside the tape --------------------------------------------- */

typedef struct raw_members {
    const char *at; /* the name of member number `next` */
    uint32_t next;
} raw_members;

/* The raw value of member number i; i must not fall from call to call. */
static const char *raw_value(raw_members *raw, uint32_t i) {
    for (; raw->next < i; raw->next++)
        raw->at = prs_json_skip_value(prs_json_skip_string(raw->at) + 1) + 1;
    return prs_json_skip_string(raw->at) + 1;
}

static const char *raw_item(const char *array, uint32_t i) {
    const char *p = array + 1;
    while (i-- > 0) p = prs_json_skip_value(p) + 1;
    return p;
}

/* ---- values ------------------------------------------------------------------------------- */

typedef struct taker {
    prs_document *doc;
    raw_members raw;
    uint32_t member;
    const char *item; /* raw item of the array being read, NULL outside arrays */
    uint32_t item_no;
} taker;

static prism_status refuse(const prs_field *field, const char *what, prism_error *err) {
    return prs_error_set(err, PRISM_EREJECTED, "field %s: %s is not a value of type %s",
                         field->name, what, prs_schema_type_name(field->type));
}

static prism_status push_text(taker *t, const prs_field *field, const void *text, size_t len,
                              prism_error *err) {
    if (field->is_key) PRS_TRY(prs_document_set_key(t->doc, text, len, err));
    prs_value *value = prs_document_push(t->doc);
    if (value == NULL) return prs_error_nomem(err);
    value->field = field->no;
    value->text = text;
    value->len = (uint32_t)len;
    return PRISM_OK;
}

static prism_status push_i64(taker *t, const prs_field *field, int64_t i64, prism_error *err) {
    prs_value *value = prs_document_push(t->doc);
    if (value == NULL) return prs_error_nomem(err);
    value->field = field->no;
    value->i64 = i64;
    return PRISM_OK;
}

static bool is_textual(const prs_field *field) {
    return field->type == PRISM_FIELD_TEXT || field->type == PRISM_FIELD_KEYWORD;
}

static prism_status take_string(taker *t, const prs_field *field, prs_json_value value,
                                prism_error *err) {
    size_t len;
    int64_t i64;
    const char *text = prs_json_dom_string(value, &len);
    if (is_textual(field)) return push_text(t, field, text, len, err);
    prism_status status = prs_value_parse(field->type, text, len, &i64, err);
    if (status == PRISM_OK) return push_i64(t, field, i64, err);
    return prs_error_set(err, status, "field %s: \"%.*s\" is not a value of type %s", field->name,
                         prs_quote_len(text, len), text, prs_schema_type_name(field->type));
}

/* A number or truth value as it was written. */
static prism_status take_token(taker *t, const prs_field *field, prism_error *err) {
    const char *token = t->item != NULL ? t->item : raw_value(&t->raw, t->member);
    size_t len = strcspn(token, ",]}");
    /* the compact text will be moved */
    const uint8_t *copy = prs_arena_dup(&t->doc->arena, token, len);
    if (copy == NULL) return prs_error_nomem(err);
    return push_text(t, field, copy, len, err);
}

static prism_status take_number(taker *t, const prs_field *field, prs_json_value value,
                                prism_error *err) {
    prs_json_type type = prs_json_dom_type(value);
    if (is_textual(field)) return take_token(t, field, err);
    if (field->type == PRISM_FIELD_F64) {
        return push_i64(t, field, prs_f64_to_sortable(prs_json_dom_f64(value)), err);
    }
    if (field->type != PRISM_FIELD_I64) return refuse(field, "a number", err);
    if (type == PRS_JSON_I64) return push_i64(t, field, prs_json_dom_i64(value), err);
    double number = prs_json_dom_f64(value);
    bool whole = type == PRS_JSON_F64 && number >= -0x1p53 && number <= 0x1p53 &&
                 (double)(int64_t)number == number; /* 3.0, as some writers put it */
    if (!whole)
        return refuse(field, type == PRS_JSON_F64 ? "a fraction" : "a number above 2^63-1", err);
    return push_i64(t, field, (int64_t)number, err);
}

static prism_status take_scalar(taker *t, const prs_field *field, prs_json_value value,
                                prism_error *err) {
    switch (prs_json_dom_type(value)) {
    case PRS_JSON_NULL: return PRISM_OK;
    case PRS_JSON_STRING: return take_string(t, field, value, err);
    case PRS_JSON_I64:
    case PRS_JSON_U64:
    case PRS_JSON_F64: return take_number(t, field, value, err);
    case PRS_JSON_BOOL:
        if (is_textual(field)) return take_token(t, field, err);
        if (field->type != PRISM_FIELD_BOOL) return refuse(field, "true or false", err);
        return push_i64(t, field, prs_json_dom_bool(value), err);
    case PRS_JSON_ARRAY: return refuse(field, "an array", err);
    case PRS_JSON_OBJECT: break;
    }
    return refuse(field, "an object", err);
}

static prism_status take_array(taker *t, const prs_field *field, prs_json_value array,
                               prism_error *err) {
    if ((field->flags & PRISM_FIELD_MANY) == 0) {
        return prs_error_set(err, PRISM_EREJECTED, "field %s has one value, not an array",
                             field->name);
    }
    prs_json_iter items = prs_json_dom_items(array);
    prs_json_value item;
    const char *raw = is_textual(field) ? raw_item(raw_value(&t->raw, t->member), 0) : NULL;
    while (prs_json_dom_next_item(&items, &item)) {
        t->item = raw;
        PRS_TRY(take_scalar(t, field, item, err));
        if (raw != NULL) raw = prs_json_skip_value(raw) + 1;
    }
    t->item = NULL;
    return PRISM_OK;
}

static prism_status note_unknown(prs_document *doc, const char *name, size_t len, bool strict,
                                 prism_error *err) {
    if (strict) {
        return prs_error_set(err, PRISM_EREJECTED, "the schema has no field \"%.*s\"",
                             prs_quote_len(name, len), name);
    }
    if (doc->n_unknown++ == 0) {
        size_t n = PRS_MIN(len, sizeof doc->unknown - 1);
        while (n < len && n > 0 && ((uint8_t)name[n] & 0xc0) == 0x80) n--;
        memcpy(doc->unknown, name, n);
        doc->unknown[n] = '\0';
    }
    return PRISM_OK;
}

static bool is_ignored(const prs_document *doc, const prs_field *field) {
    return doc->ignored != NULL && ((doc->ignored[field->no / 64] >> (field->no % 64)) & 1) != 0;
}

static prism_status take_members(prs_document *doc, prs_json_value root, const char *compact,
                                 bool strict, prism_error *err) {
    taker t = {.doc = doc, .raw = {compact + 1, 0}};
    prs_json_iter members = prs_json_dom_members(root);
    prs_json_value value;
    const char *name;
    size_t len;
    for (; prs_json_dom_next_member(&members, &name, &len, &value); t.member++) {
        const prs_field *field = prs_schema_field(doc->schema, name, len);
        if (field != NULL && is_ignored(doc, field)) continue;
        if (field == NULL)
            PRS_TRY(note_unknown(doc, name, len, strict, err));
        else if (prs_json_dom_type(value) == PRS_JSON_ARRAY)
            PRS_TRY(take_array(&t, field, value, err));
        else
            PRS_TRY(take_scalar(&t, field, value, err));
    }
    return PRISM_OK;
}

/* ---- the stored text ---------------------------------------------------------------------- */

typedef enum key_state { KEY_GIVEN, KEY_NULL, KEY_ABSENT } key_state;

static key_state find_key(const prism_schema *schema, prs_json_value root) {
    const char *key = schema->fields[schema->key_field].name, *name;
    prs_json_iter members = prs_json_dom_members(root);
    prs_json_value value;
    size_t len;
    while (prs_json_dom_next_member(&members, &name, &len, &value)) {
        if (len != strlen(key) || memcmp(name, key, len) != 0) continue;
        return prs_json_dom_type(value) == PRS_JSON_NULL ? KEY_NULL : KEY_GIVEN;
    }
    return KEY_ABSENT;
}

/* Take the members of fields that are not stored out of a compact object; returns its new length.
 * A null key goes too: the made one takes its place. */
static size_t drop_unstored(const prism_schema *schema, prs_json_value root, char *object,
                            bool drop_key) {
    prs_json_iter members = prs_json_dom_members(root);
    prs_json_value value;
    const char *name, *at = object + 1;
    char *out = object + 1;
    size_t len;
    while (prs_json_dom_next_member(&members, &name, &len, &value)) {
        const prs_field *field = prs_schema_field(schema, name, len);
        const char *end = prs_json_skip_value(prs_json_skip_string(at) + 1);
        bool keep = field == NULL ||
                    ((field->flags & PRISM_FIELD_STORED) != 0 && !(field->is_key && drop_key));
        if (keep) {
            if (out > object + 1) *out++ = ',';
            memmove(out, at, (size_t)(end - at));
            out += end - at;
        }
        at = end + 1;
    }
    *out++ = '}';
    return (size_t)(out - object);
}

/* `json` holds a gap of `gap` bytes, then the object of `len` bytes: move its brace to the front
 * and fill the gap with the key. */
static void insert_key(prs_document *doc, size_t gap, size_t len) {
    char *json = (char *)doc->json.ptr;
    json[0] = '{';
    prs_document_put_made_key(doc, json + 1);
    if (len == 2) json[gap] = '}'; /* {} had nothing else: no comma */
    doc->json.len = len == 2 ? gap + 1 : gap + len;
}

static prism_status take_document(prs_json_reader *reader, size_t len, bool strict,
                                  prs_json_value root, prs_document *doc, prism_error *err) {
    const prism_schema *schema = doc->schema;
    key_state key = schema->key_field < 0 ? KEY_GIVEN : find_key(schema, root);
    bool make_key = key != KEY_GIVEN;
    size_t gap = make_key ? prs_document_made_key_len(doc) : 0, compact_len;
    PRS_TRY(make_room(&doc->json, gap + len + PRS_JSON_PADDING, err));
    char *compact = (char *)doc->json.ptr + gap;
    compact_len = prs_json_compact((const char *)reader->padded.ptr, len, compact);
    doc->json.len = gap + compact_len;
    PRS_TRY(take_members(doc, root, compact, strict, err));
    if (make_key) PRS_TRY(prs_document_make_key(doc, compact, compact_len, err));
    if (schema->has_unstored || key == KEY_NULL) {
        compact_len = drop_unstored(schema, root, compact, key == KEY_NULL);
        doc->json.len = gap + compact_len;
    }
    if (make_key) insert_key(doc, gap, compact_len);
    doc->finished = true;
    return PRISM_OK;
}

prism_status prs_json_reader_read(prs_json_reader *reader, const char *text, size_t len,
                                  bool strict_schema, prs_document *doc, prism_error *err) {
    prs_json_value root;
    prs_json_result result;
    prs_document_clear(doc);
    if (len > PRISM_MAX_DOC_BYTES) {
        return prs_error_set(err, PRISM_ELIMIT, "a document of %zu bytes, %u at most", len,
                             PRISM_MAX_DOC_BYTES);
    }
    PRS_TRY(parse(reader, text, len, &root, &result, err));
    prism_status status = check(reader, text, len, root, result, err);
    if (status == PRISM_OK) status = take_document(reader, len, strict_schema, root, doc, err);
    if (status != PRISM_OK) prs_document_clear(doc);
    return status;
}

/* ---- stored documents --------------------------------------------------------------------- */

/* Value number i of a member, nulls not counted; *raw follows. */
static bool pick_value(prs_json_value *value, const char **raw, uint32_t i) {
    prs_json_iter items = prs_json_dom_items(*value);
    bool is_array = prs_json_dom_type(*value) == PRS_JSON_ARRAY;
    if (!is_array) return i == 0 && prs_json_dom_type(*value) != PRS_JSON_NULL;
    const char *at = raw_item(*raw, 0);
    for (; prs_json_dom_next_item(&items, value); at = prs_json_skip_value(at) + 1) {
        if (prs_json_dom_type(*value) == PRS_JSON_NULL || i-- > 0) continue;
        *raw = at;
        return true;
    }
    return false;
}

static bool find_field(prs_json_value root, const char *compact, const char *field, uint32_t i,
                       prs_bytes *text) {
    raw_members raw = {compact + 1, 0};
    prs_json_iter members = prs_json_dom_members(root);
    prs_json_value value;
    const char *name;
    size_t len;
    for (uint32_t member = 0; prs_json_dom_next_member(&members, &name, &len, &value); member++) {
        if (len != strlen(field) || memcmp(name, field, len) != 0) continue;
        const char *token = raw_value(&raw, member);
        if (!pick_value(&value, &token, i)) return false;
        prs_json_type type = prs_json_dom_type(value);
        if (type == PRS_JSON_ARRAY || type == PRS_JSON_OBJECT) return false;
        if (type == PRS_JSON_STRING) {
            const char *string = prs_json_dom_string(value, &len);
            *text = prs_bytes_of(string, len);
        } else {
            *text = prs_bytes_of(token, strcspn(token, ",]}"));
        }
        return true;
    }
    return false;
}

prism_status prs_json_reader_field(prs_json_reader *reader, const char *json, size_t len,
                                   const char *field, uint32_t i, prs_bytes *text, bool *found,
                                   prism_error *err) {
    prs_json_value root;
    prs_json_result result;
    *text = prs_bytes_of("", 0);
    *found = false;
    PRS_TRY(parse(reader, json, len, &root, &result, err));
    PRS_TRY(make_room(&reader->compact, len + PRS_JSON_PADDING, err));
    char *compact = (char *)reader->compact.ptr;
    bool sound = result == PRS_JSON_OK && prs_json_dom_type(root) == PRS_JSON_OBJECT;
    if (!sound) return prs_error_set(err, PRISM_ECORRUPT, "a stored document is not a JSON object");
    reader->compact.len = prs_json_compact((const char *)reader->padded.ptr, len, compact);
    *found = find_field(root, compact, field, i, text);
    return PRISM_OK;
}
