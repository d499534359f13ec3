/* tree.c - the short form of query trees, and the runner of tables of them. */
#include "tree.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static char out[1 << 16];
static size_t at;

static void put(const char *fmt, ...) PRS_PRINTF(1, 2);

static void put(const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(out + at, sizeof out - at, fmt, args);
    va_end(args);
    ck_assert(n >= 0 && (size_t)n < sizeof out - at);
    at += (size_t)n;
}

static void put_key(const json_t *key, const char *star) {
    static const char *const suffixes[][2] = {{"word", ""},     {"han1", ".1"},  {"han2", ".2"},
                                              {"hanend", ".e"}, {"exact", ".x"}, {"hanword", ".w"}};
    const char *kind = json_string_value(json_object_get(key, "kind"));
    const char *text = json_string_value(json_object_get(key, "text"));
    if (text == NULL) text = json_string_value(json_object_get(key, "hex"));
    ck_assert(kind != NULL && text != NULL);
    for (size_t i = 0; i < PRS_COUNT(suffixes); i++) {
        if (strcmp(kind, suffixes[i][0]) == 0) put("%s%s%s", text, star, suffixes[i][1]);
    }
}

static void put_fields(json_t *node) {
    char *text = json_dumps(json_object_get(node, "fields"), JSON_COMPACT);
    if (text != NULL && strcmp(text, "{\"title\":2,\"body\":1}") != 0) {
        const char *name;
        json_t *weight;
        bool first = true;
        json_object_foreach(json_object_get(node, "fields"), name, weight) {
            put("%s%s", first ? "" : ",", name);
            if (json_integer_value(weight) != 1) put("^%d", (int)json_integer_value(weight));
            first = false;
        }
        put(":");
    }
    free(text);
}

static void put_slots(json_t *node) {
    int next = 0;
    size_t i;
    json_t *slot;
    put("\"");
    json_array_foreach(json_object_get(node, "slots"), i, slot) {
        int pos = (int)json_integer_value(json_object_get(slot, "pos"));
        json_t *keys = json_object_get(slot, "keys"), *prefix = json_object_get(slot, "prefix");
        size_t n = json_array_size(keys);
        bool braces = n + (prefix != NULL) > 1;
        put("%s", i > 0 ? " " : "");
        for (; next < pos; next++) put("_ ");
        put("%s", braces ? "{" : "");
        for (size_t k = 0; k < n; k++) {
            put("%s", k > 0 ? "|" : "");
            put_key(json_array_get(keys, k), "");
        }
        if (prefix != NULL) {
            put("%s", n > 0 ? "|" : "");
            put_key(prefix, "*");
        }
        put("%s", braces ? "}" : "");
        if (pos < next) put("+0");
        next = pos + 1;
    }
    put("\"");
}

static void put_node(json_t *node);

static void put_list(json_t *list, const char *sign, const char *between, bool *any) {
    size_t i;
    json_t *child;
    json_array_foreach(list, i, child) {
        put("%s%s", *any ? between : "", sign);
        put_node(child);
        *any = true;
    }
}

static void put_bool(json_t *node) {
    json_t *must = json_object_get(node, "must"), *should = json_object_get(node, "should");
    json_t *filter = json_object_get(node, "filter");
    bool any = false;
    put("(");
    put_list(must, "+", " ", &any);
    put_list(json_object_get(node, "must_not"), "-", " ", &any);
    put_list(filter, "#", " ", &any);
    put_list(should, "", " ", &any);
    put_list(json_object_get(node, "extra"), "~", " ", &any);
    put(")");
    int least = (int)json_integer_value(json_object_get(node, "min_should"));
    if (least != (json_array_size(must) + json_array_size(filter) == 0)) put("/%d", least);
}

static void put_inner(json_t *node, const char *type) {
    bool any = false;
    json_t *of = json_object_get(node, "of");
    if (strcmp(type, "bool") == 0) {
        put_bool(node);
    } else if (strcmp(type, "max") == 0) {
        put("max(");
        put_list(of, "", ", ", &any);
        put(")");
    } else if (strcmp(type, "const") == 0) {
        put("const(");
        put_node(of);
        put(")");
    } else {
        put("%s", strcmp(type, "all") == 0 ? "*:*" : type);
    }
}

static void put_end(const json_t *end) {
    char *text = json_dumps(end, JSON_ENCODE_ANY | JSON_COMPACT);
    put("%s", text == NULL ? "*" : json_is_string(end) ? json_string_value(end) : text);
    free(text);
}

static void put_range(json_t *node) {
    const json_t *above = json_object_get(node, "above"), *below = json_object_get(node, "below");
    put("%s", above != NULL ? "{" : "[");
    put_end(above != NULL ? above : json_object_get(node, "from"));
    put(" ");
    put_end(below != NULL ? below : json_object_get(node, "to"));
    put("%s", below != NULL ? "}" : "]");
}

static void put_node(json_t *node) {
    const char *type = json_string_value(json_object_get(node, "type"));
    ck_assert_ptr_nonnull(type);
    json_t *fields = json_object_get(node, "fields"), *boost = json_object_get(node, "boost");
    if (fields == NULL) {
        put_inner(node, type);
    } else if (strcmp(type, "exists") == 0) {
        put("exists(");
        put_fields(node);
        at--; /* its colon */
        put(")");
    } else {
        put_fields(node);
        if (strcmp(type, "near") == 0)
            put("near%d", (int)json_integer_value(json_object_get(node, "slop")));
        if (strcmp(type, "range") == 0)
            put_range(node);
        else if (strcmp(type, "term") == 0)
            put_key(json_object_get(node, "key"), "");
        else if (strcmp(type, "prefix") == 0)
            put_key(json_object_get(node, "key"), "*");
        else
            put_slots(node);
    }
    if (boost != NULL) put("^%g", json_number_value(boost));
}

const char *tree_text(const prism_query *query) {
    prs_mem mem;
    prs_buf json;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&json, &mem);
    ck_assert_int_eq(prs_query_to_json(query, &json, NULL), PRISM_OK);
    json_t *root =
        json_loadb((const char *)json.ptr, json.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    ck_assert_ptr_nonnull(root);
    at = 0;
    out[0] = '\0';
    put_node(root);
    json_decref(root);
    prs_buf_fini(&json);
    return out;
}

prism_schema *tree_schema_of(const char *json) {
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_msg(prs_schema_from_json(json, strlen(json), &schema, &err) == PRISM_OK, "%s",
                  err.text);
    return schema;
}

prism_schema *tree_schema(void) {
    prism_schema *schema;
    ck_assert_int_eq(prs_schema_default(&schema, NULL), PRISM_OK);
    return schema;
}

static void keep_note(void *ctx, size_t offset, const char *text) {
    char *notes = ctx;
    size_t len = strlen(notes);
    ck_assert_uint_gt(strlen(text), 0);
    snprintf(notes + len, 256 - len, "%s%zu", len > 0 ? " " : "", offset);
}

prism_query *tree_parse(const prism_schema *schema, const char *text, size_t len, int flags,
                        const char *fields, char *notes) {
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query;
    opts.plain = (flags & PLAIN) != 0;
    opts.default_operator = (flags & AND) != 0 ? PRISM_AND : PRISM_OR;
    opts.strict = (flags & STRICT) != 0;
    opts.keep_stopwords = (flags & KEEP_STOPWORDS) != 0;
    opts.fields = fields;
    if (notes != NULL) {
        notes[0] = '\0';
        opts.note = keep_note;
        opts.note_ctx = notes;
    }
    prism_status status = prs_query_parse(schema, text, len, &opts, &query, &err);
    ck_assert_msg(status == PRISM_OK, "%.*s: %d %s", (int)len, text, status, err.text);
    return query;
}

void tree_check(const prism_schema *schema, const tree_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const tree_case *c = &cases[i];
        char notes[256];
        prism_query *query = tree_parse(schema, c->text, strlen(c->text), c->flags, NULL, notes);
        const char *tree = tree_text(query);
        ck_assert_msg(strcmp(tree, c->tree) == 0, "%s\n  gives    %s\n  expected %s", c->text, tree,
                      c->tree);
        ck_assert_msg(strcmp(notes, c->notes != NULL ? c->notes : "") == 0, "%s\n  notes at \"%s\"",
                      c->text, notes);
        prs_query_unref(query);
    }
}
