/* query_json.c - how is a tree written down?
 *
 *   {"type":"term","fields":{"title":2,"body":1},"key":{"kind":"word","text":"nvidia"},"boost":1.5}
 *   {"type":"phrase","fields":{...},"slots":[{"pos":0,"keys":[KEY...],"prefix":KEY,"idf":KEY}...]}
 *   {"type":"near", ... "slop":3}     {"type":"prefix","fields":{...},"key":KEY}
 *   {"type":"exists","fields":{...}}
 *   {"type":"bool","must":[...],"should":[...],"must_not":[...],"filter":[...],"extra":[...],
 *    "min_should":1}
 *   {"type":"max","of":[...]}     {"type":"const","of":{...}}     {"type":"all"}
 *   {"type":"none"} {"type":"range", ...} (range_json.c)
 *
 * KEY = {"kind":"word|han1|han2|hanend|exact|hanword","text":"..."}; bytes that are not UTF-8 as
 * {"kind":..,"hex":"..."}.
 * A boost of 1 is left out.  The tree is the final one, after analysis: what one machine sends
 * another.
 * Everything read is hostile: types, kinds, fields, counts and depth are checked.
 * Tested by: tests/unit/query/test_query_json.c (round trips, bad input) */
#include "query/build.h"

#include "analysis/token.h"
#include "base/error.h"
#include "query/range.h"
#include "schema/json_text.h"

static const char *const kind_names[] = {"", "word", "han1", "han2", "hanend", "exact", "hanword"};

/* ---- writing -------------------------------------------------------------------------------- */

/* No member may be left out for want of memory: two filters that differ in it would be one to a
 * cache of filters. */
typedef struct writer {
    const prism_query *query;
    bool failed;
} writer;

static void put(writer *w, json_t *object, const char *name, json_t *value) {
    w->failed |= json_object_set_new(object, name, value) != 0; /* NULL, too */
}

static void append(writer *w, json_t *array, json_t *value) {
    w->failed |= json_array_append_new(array, value) != 0;
}

static json_t *key_to_json(prs_bytes key) {
    uint8_t kind = key.len > 0 ? key.ptr[0] : 0;
    const char *name = kind < PRS_COUNT(kind_names) ? kind_names[kind] : "";
    json_t *text = json_stringn((const char *)key.ptr + 1, key.len > 0 ? key.len - 1 : 0);
    if (text) return json_pack("{s:s, s:o}", "kind", name, "text", text);
    char hex[2 * PRISM_MAX_TERM_BYTES + 1];
    for (size_t i = 1; i < key.len; i++) {
        hex[2 * i - 2] = "0123456789abcdef"[key.ptr[i] >> 4];
        hex[2 * i - 1] = "0123456789abcdef"[key.ptr[i] & 15];
    }
    return json_pack("{s:s, s:s%}", "kind", name, "hex", hex, key.len > 0 ? 2 * (key.len - 1) : 0);
}

static json_t *fields_to_json(writer *w, prs_fields fields) {
    json_t *object = json_object();
    for (uint32_t i = 0; i < fields.n; i++)
        put(w, object, w->query->schema->fields[fields.ptr[i].field].name,
            json_integer(fields.ptr[i].weight));
    return object;
}

static json_t *slot_to_json(writer *w, const prs_slot *slot) {
    json_t *object = json_pack("{s:i}", "pos", (int)slot->pos), *keys = json_array();
    for (uint32_t i = 0; i < slot->n_keys; i++) append(w, keys, key_to_json(slot->keys[i]));
    put(w, object, "keys", keys);
    if (slot->prefix.len > 0) put(w, object, "prefix", key_to_json(slot->prefix));
    if (slot->idf_key.len > 0) put(w, object, "idf", key_to_json(slot->idf_key));
    return object;
}

static json_t *node_to_json(writer *w, const prs_node *node);

static void put_list(writer *w, json_t *object, const char *name, prs_node *const *list,
                     uint32_t n) {
    if (n == 0) return;
    json_t *array = json_array();
    for (uint32_t i = 0; i < n; i++) append(w, array, node_to_json(w, list[i]));
    put(w, object, name, array);
}

static void put_leaf(writer *w, json_t *object, const prs_node *node) {
    if (node->fields.n > 0) put(w, object, "fields", fields_to_json(w, node->fields));
    if (node->key.len > 0) put(w, object, "key", key_to_json(node->key));
    if (node->n_slots > 0) {
        json_t *slots = json_array();
        for (uint32_t i = 0; i < node->n_slots; i++)
            append(w, slots, slot_to_json(w, &node->slots[i]));
        put(w, object, "slots", slots);
    }
    if (node->kind == PRS_NODE_NEAR) put(w, object, "slop", json_integer(node->slop));
    if (node->kind == PRS_NODE_RANGE)
        w->failed |= !prs_range_to_json(w->query->schema, node, object);
}

static json_t *node_to_json(writer *w, const prs_node *node) {
    json_t *object = json_pack("{s:s}", "type", prs_node_kind_name(node->kind));
    put_leaf(w, object, node);
    if (node->kind == PRS_NODE_CONST) {
        if (node->n_must > 0) put(w, object, "of", node_to_json(w, node->must[0]));
    } else if (node->kind == PRS_NODE_MAX) {
        put_list(w, object, "of", node->should, node->n_should);
    } else {
        put_list(w, object, "must", node->must, node->n_must);
        put_list(w, object, "should", node->should, node->n_should);
        put_list(w, object, "must_not", node->must_not, node->n_must_not);
        put_list(w, object, "filter", node->filter, node->n_filter);
        put_list(w, object, "extra", node->extra, node->n_extra);
        if (node->min_should > 0) put(w, object, "min_should", json_integer(node->min_should));
    }
    if (node->boost != 1.0) put(w, object, "boost", json_real(node->boost));
    return object;
}

prism_status prs_query_to_json(const prism_query *query, prs_buf *out, prism_error *err) {
    writer w = {query, false};
    json_t *root = query->root ? node_to_json(&w, query->root) : json_pack("{s:s}", "type", "none");
    if (root == NULL || w.failed) {
        json_decref(root);
        return prs_error_nomem(err);
    }
    prs_json_put(out, root, JSON_COMPACT);
    json_decref(root);
    return prs_buf_status(out, err);
}

/* ---- reading -------------------------------------------------------------------------------- */

typedef struct reader {
    prism_query *query;
    prism_error *err; /* never NULL, and of our size */
} reader;

static prism_status bad(const reader *r, const char *what) {
    return prs_error_set(r->err, PRISM_EPARSE, "the query tree: %s", what);
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static prism_status read_hex(const reader *r, const json_t *value, uint8_t kind, prs_bytes *out) {
    const char *hex = json_string_value(value);
    size_t n = json_string_length(value) / 2;
    uint8_t bytes[PRISM_MAX_TERM_BYTES];
    if (json_string_length(value) % 2 != 0 || n >= sizeof bytes)
        return bad(r, "\"hex\" is not a key");
    for (size_t i = 0; i < n; i++) {
        int hi = hex_digit(hex[2 * i]), lo = hex_digit(hex[2 * i + 1]);
        if (hi < 0 || lo < 0) return bad(r, "\"hex\" is not a key");
        bytes[i] = (uint8_t)(hi * 16 + lo);
    }
    *out = prs_build_key(r->query, kind, bytes, n, r->err);
    return out->ptr ? PRISM_OK : r->err->code;
}

static prism_status read_key(const reader *r, const json_t *value, prs_bytes *out) {
    const char *name = json_string_value(json_object_get(value, "kind"));
    const json_t *text = json_object_get(value, "text"), *hex = json_object_get(value, "hex");
    uint8_t kind = 0;
    for (uint8_t k = 1; name && k < PRS_COUNT(kind_names); k++)
        if (strcmp(name, kind_names[k]) == 0) kind = k;
    if (kind == 0) return bad(r, "a key needs a \"kind\"");
    if (json_is_string(hex)) return read_hex(r, hex, kind, out);
    if (!json_is_string(text)) return bad(r, "a key needs a \"text\"");
    *out = prs_build_key(r->query, kind, json_string_value(text), json_string_length(text), r->err);
    return out->ptr ? PRISM_OK : r->err->code;
}

static prism_status read_fields(const reader *r, json_t *object, prs_fields *out) {
    size_t n = json_object_size(object), i = 0;
    const char *name;
    json_t *value;
    if (!json_is_object(object) || n == 0 || n > PRISM_MAX_FIELDS)
        return bad(r, "\"fields\" must name fields");
    prs_field_weight *list = prs_build_alloc(r->query, n * sizeof *list, r->err);
    if (list == NULL) return PRISM_ENOMEM;
    json_object_foreach(object, name, value) {
        const prs_field *field = prs_schema_field(r->query->schema, name, strlen(name));
        json_int_t weight = json_integer_value(value);
        if (field == NULL) return bad(r, "a field is not in the schema");
        if (weight < 1 || weight > PRS_SCHEMA_MAX_BOOST)
            return bad(r, "a field's weight must be 1 to 100");
        size_t at = i++;
        for (; at > 0 && list[at - 1].field > field->no; at--) list[at] = list[at - 1];
        list[at].field = field->no;
        list[at].weight = (uint16_t)weight;
    }
    out->ptr = list;
    out->n = (uint32_t)n;
    return PRISM_OK;
}

static prism_status read_slot(const reader *r, const json_t *value, prs_slot *slot) {
    const json_t *keys = json_object_get(value, "keys"), *prefix = json_object_get(value, "prefix");
    const json_t *idf = json_object_get(value, "idf"), *pos = json_object_get(value, "pos");
    size_t n = json_array_size(keys);
    if (n == 0 && prefix == NULL) return bad(r, "a slot needs keys or a prefix");
    if (n > PRISM_MAX_PHRASE_TERMS) return bad(r, "a slot has too many keys");
    json_int_t place = json_integer_value(pos);
    if (!json_is_integer(pos) || place < 0 || place > PRISM_MAX_DOC_TOKENS)
        return bad(r, "a slot needs a \"pos\"");
    prs_bytes *list = prs_build_alloc(r->query, (n + 1) * sizeof *list, r->err);
    if (list == NULL) return PRISM_ENOMEM;
    for (size_t i = 0; i < n; i++) PRS_TRY(read_key(r, json_array_get(keys, i), &list[i]));
    slot->pos = (uint32_t)place;
    slot->keys = list;
    slot->n_keys = (uint32_t)n;
    if (prefix) PRS_TRY(read_key(r, prefix, &slot->prefix));
    return idf ? read_key(r, idf, &slot->idf_key) : PRISM_OK;
}

static prism_status read_slots(const reader *r, const json_t *object, prs_node *node) {
    const json_t *slots = json_object_get(object, "slots");
    size_t n = json_array_size(slots);
    const json_t *given = json_object_get(object, "slop");
    json_int_t slop = json_integer_value(given);
    if (node->kind == PRS_NODE_NEAR && !json_is_integer(given))
        return bad(r, "near needs a \"slop\"");
    if (n == 0 || n > PRISM_MAX_PHRASE_TERMS) return bad(r, "\"slots\" must hold 1 to 256 places");
    if (slop < 0 || slop > PRISM_MAX_DOC_TOKENS) return bad(r, "\"slop\" is out of range");
    node->slots = prs_build_alloc(r->query, n * sizeof *node->slots, r->err);
    if (node->slots == NULL) return PRISM_ENOMEM;
    node->n_slots = (uint32_t)n;
    node->slop = (uint32_t)slop;
    for (size_t i = 0; i < n; i++) {
        PRS_TRY(read_slot(r, json_array_get(slots, i), &node->slots[i]));
        if (i > 0 && node->slots[i].pos < node->slots[i - 1].pos)
            return bad(r, "slots must ascend by \"pos\"");
    }
    return node->slots[0].pos == 0 ? PRISM_OK : bad(r, "the first slot must have \"pos\" 0");
}

static prism_status read_node(const reader *r, json_t *object, uint32_t depth, prs_node **out);

static prism_status read_list(const reader *r, const json_t *array, uint32_t depth,
                              prs_node ***list, uint32_t *n) {
    if (array != NULL && !json_is_array(array)) return bad(r, "a list of nodes must be an array");
    for (size_t i = 0; i < json_array_size(array); i++) {
        prs_node *child;
        PRS_TRY(read_node(r, json_array_get(array, i), depth + 1, &child));
        PRS_TRY(prs_build_child(r->query, list, n, child, r->err));
    }
    return PRISM_OK;
}

static prism_status read_bool(const reader *r, json_t *object, uint32_t depth, prs_node *node) {
    PRS_TRY(read_list(r, json_object_get(object, "must"), depth, &node->must, &node->n_must));
    PRS_TRY(read_list(r, json_object_get(object, "should"), depth, &node->should, &node->n_should));
    PRS_TRY(read_list(r, json_object_get(object, "must_not"), depth, &node->must_not,
                      &node->n_must_not));
    PRS_TRY(read_list(r, json_object_get(object, "filter"), depth, &node->filter, &node->n_filter));
    PRS_TRY(read_list(r, json_object_get(object, "extra"), depth, &node->extra, &node->n_extra));
    const json_t *given = json_object_get(object, "min_should");
    json_int_t least = json_integer_value(given);
    if ((given != NULL && !json_is_integer(given)) || least < 0 ||
        least > (json_int_t)node->n_should)
        return bad(r, "\"min_should\" is out of range");
    node->min_should = (uint32_t)least;
    return PRISM_OK;
}

static prism_status read_inner(const reader *r, json_t *object, uint32_t depth, prs_node *node) {
    json_t *of = json_object_get(object, "of");
    switch (node->kind) {
    case PRS_NODE_BOOL: return read_bool(r, object, depth, node);
    case PRS_NODE_MAX:
        PRS_TRY(read_list(r, of, depth, &node->should, &node->n_should));
        return node->n_should > 0 ? PRISM_OK : bad(r, "max needs \"of\": a list");
    case PRS_NODE_CONST: {
        prs_node *child;
        if (!json_is_object(of)) return bad(r, "const needs \"of\": a node");
        PRS_TRY(read_node(r, of, depth + 1, &child));
        return prs_build_child(r->query, &node->must, &node->n_must, child, r->err);
    }
    default: return PRISM_OK; /* all, none */
    }
}

static prism_status read_leaf(const reader *r, json_t *object, prs_node *node) {
    PRS_TRY(read_fields(r, json_object_get(object, "fields"), &node->fields));
    switch (node->kind) {
    case PRS_NODE_TERM:
    case PRS_NODE_PREFIX: return read_key(r, json_object_get(object, "key"), &node->key);
    case PRS_NODE_PHRASE:
    case PRS_NODE_NEAR: return read_slots(r, object, node);
    case PRS_NODE_RANGE: return prs_range_from_json(r->query, object, node, r->err);
    default: return PRISM_OK; /* exists */
    }
}

/* A misspelt member must not be silently without effect. */
static prism_status check_members(const reader *r, json_t *object) {
    static const char *const known[] = {"type",  "boost",     "fields", "key",      "slots",
                                        "slop",  "from",      "above",  "to",       "below",
                                        "of",    "must",      "should", "must_not", "filter",
                                        "extra", "min_should"};
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) {
        size_t i = 0;
        while (i < PRS_COUNT(known) && strcmp(name, known[i]) != 0) i++;
        if (i == PRS_COUNT(known)) return bad(r, "a node has a member that is not known");
    }
    return PRISM_OK;
}

static bool is_leaf(prs_node_kind kind) {
    return kind >= PRS_NODE_TERM && kind <= PRS_NODE_RANGE;
}

static prism_status read_node(const reader *r, json_t *object, uint32_t depth, prs_node **out) {
    const char *type = json_string_value(json_object_get(object, "type"));
    const json_t *boost = json_object_get(object, "boost");
    prs_node_kind kind = PRS_NODE_TEXT;
    *out = NULL;
    if (depth > PRISM_MAX_QUERY_DEPTH)
        return prs_error_set(r->err, PRISM_ELIMIT, "the query is nested deeper than %u levels",
                             PRISM_MAX_QUERY_DEPTH);
    for (int k = PRS_NODE_ALL; type && k < PRS_NODE_TEXT; k++)
        if (strcmp(type, prs_node_kind_name((prs_node_kind)k)) == 0) kind = (prs_node_kind)k;
    if (kind == PRS_NODE_TEXT) return bad(r, "a node needs a \"type\" that is known");
    PRS_TRY(check_members(r, object));
    prs_node *node = prs_build_node(r->query, kind, r->err);
    if (node == NULL) return r->err->code;
    if (boost) {
        node->boost = json_number_value(boost);
        if (!json_is_number(boost) || !(node->boost >= 0 && node->boost <= PRS_MAX_BOOST))
            return bad(r, "\"boost\" must be 0 to 1000000");
    }
    *out = node;
    return is_leaf(kind) ? read_leaf(r, object, node) : read_inner(r, object, depth, node);
}

prism_status prs_query_from_json(const prism_schema *schema, const char *text, size_t len,
                                 prism_query **out, prism_error *err) {
    json_error_t where;
    prism_error local = PRISM_ERROR_INIT;
    prism_query *query;
    prs_node *root = NULL;
    *out = NULL;
    if (err == NULL || err->size < sizeof *err) err = &local;
    if (len > PRISM_MAX_DOC_BYTES)
        return prs_error_set(err, PRISM_ELIMIT, "the query tree is too long");
    PRS_TRY(prs_query_new(schema, &query, err));
    json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    reader r = {query, err};
    prism_status status = object ? read_node(&r, object, 1, &root)
                                 : prs_json_syntax_error(text, len, &where, "the query tree", err);
    if (status == PRISM_OK) status = prs_build_root(query, root, err);
    json_decref(object);
    if (status != PRISM_OK)
        prs_query_unref(query);
    else
        *out = query;
    return status;
}
