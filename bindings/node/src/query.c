/* query.c - how does a query that JavaScript describes become one of the library?
 *
 * lib/query.js describes it as arrays, [kind, ...]: read here in JavaScript's thread into a tree of
 * C, and made into a prism_query where the schema is known: in the pool, by the schema of the very
 * snapshot that is searched.
 *
 *   PARSE   text, all, fields, strict, plain, keepStopwords, vocabulary
 *   TERM, PHRASE, PREFIX   text, fields       NEAR    text, fields, slop
 *   RANGE   field, from, to, flags            EXISTS  field            ALL     -
 *   JSON    text                              BOOST   query, weight
 *   BOOL    least, [occur, query, occur, query ...]
 *
 * Tested by: test/query.test.js, test/hostile.test.js */
#include "addon.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PARTS 8
#define MAX_CLAUSES PRISM_MAX_QUERY_NODES
#define MAX_NODES (4 * PRISM_MAX_QUERY_NODES) /* weights and texts count, too */

enum kind { PARSE, TERM, PHRASE, NEAR, PREFIX, RANGE, EXISTS, ALL, JSON, BOOST, BOOL };

struct addon_query {
    uint32_t kind;
    char *text, *fields, *to, *vocabulary; /* RANGE: text = from, fields = field */
    size_t len, to_len, vocabulary_len;
    uint32_t number; /* slop, flags, least */
    double weight;
    bool all, strict, plain, keep_stopwords;
    uint32_t n; /* BOOL, BOOST: parts */
    addon_query **parts;
    prism_occur *occurs;
};

void addon_query_free(addon_query *q) {
    if (q == NULL) return;
    for (uint32_t i = 0; i < q->n; i++) addon_query_free(q->parts[i]);
    free(q->parts);
    free(q->occurs);
    free(q->text);
    free(q->fields);
    free(q->to);
    free(q->vocabulary);
    free(q);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* How deep, and how many so far: the same part may stand in several places, and again inside. */
typedef struct query_count {
    uint32_t depth, nodes;
} query_count;

static addon_query *read_query(napi_env env, napi_value spec, query_count *count);

static bool get_parts(addon_args *args, napi_env env, napi_value spec) {
    bool is = false;
    uint32_t n = 0;
    args->env = env;
    if (napi_is_array(env, spec, &is) != napi_ok || !is ||
        napi_get_array_length(env, spec, &n) != napi_ok) {
        addon_throw_type(env, "no description of a query");
        return false;
    }
    for (uint32_t i = 0; i < MAX_PARTS; i++) /* what is not there is undefined */
        if (napi_get_element(env, spec, i, &args->v[i]) != napi_ok) return false;
    return true;
}

static bool read_text(addon_args *args, addon_query *q) {
    return addon_get_text(args, 1, &q->text, &q->len);
}

static bool read_parse(addon_args *args, addon_query *q) {
    return read_text(args, q) && addon_get_bool(args, 2, &q->all) &&
           addon_get_name(args, 3, &q->fields) && addon_get_bool(args, 4, &q->strict) &&
           addon_get_bool(args, 5, &q->plain) && addon_get_bool(args, 6, &q->keep_stopwords) &&
           addon_get_text(args, 7, &q->vocabulary, &q->vocabulary_len);
}

static bool read_range(addon_args *args, addon_query *q) {
    return addon_get_name(args, 1, &q->fields) && addon_get_text(args, 2, &q->text, &q->len) &&
           addon_get_text(args, 3, &q->to, &q->to_len) && addon_get_u32(args, 4, &q->number);
}

static bool make_room(napi_env env, addon_query *q, uint32_t n) {
    q->parts = calloc(n, sizeof *q->parts);
    q->occurs = calloc(n, sizeof *q->occurs);
    if (q->parts != NULL && q->occurs != NULL) return true;
    addon_throw_memory(env);
    return false;
}

static bool read_boost(addon_args *args, addon_query *q, query_count *count) {
    if (!addon_get_double(args, 2, &q->weight) || !make_room(args->env, q, 1)) return false;
    q->parts[0] = read_query(args->env, args->v[1], count);
    q->n = 1;
    return q->parts[0] != NULL;
}

static bool read_clause(addon_args *args, addon_query *q, uint32_t i, query_count *count) {
    addon_args pair = {.env = args->env};
    uint32_t occur;
    if (napi_get_element(args->env, args->v[2], i * 2, &pair.v[0]) != napi_ok ||
        napi_get_element(args->env, args->v[2], i * 2 + 1, &pair.v[1]) != napi_ok ||
        !addon_get_u32(&pair, 0, &occur))
        return false;
    q->occurs[i] = (prism_occur)occur;
    q->parts[i] = read_query(args->env, pair.v[1], count);
    q->n = i + 1;
    return q->parts[i] != NULL;
}

static bool read_bool(addon_args *args, addon_query *q, query_count *count) {
    uint32_t n = 0;
    if (!addon_get_u32(args, 1, &q->number) ||
        napi_get_array_length(args->env, args->v[2], &n) != napi_ok)
        return false;
    n /= 2;
    if (n > MAX_CLAUSES) {
        addon_throw_status(args->env, PRISM_ELIMIT, "a query of more than 1024 parts");
        return false;
    }
    if (!make_room(args->env, q, n + 1)) return false;
    for (uint32_t i = 0; i < n; i++)
        if (!read_clause(args, q, i, count)) return false;
    return true;
}

static bool read_parts(addon_args *args, addon_query *q, query_count *count) {
    switch (q->kind) {
    case PARSE: return read_parse(args, q);
    case TERM:
    case PHRASE:
    case PREFIX: return read_text(args, q) && addon_get_name(args, 2, &q->fields);
    case NEAR:
        return read_text(args, q) && addon_get_name(args, 2, &q->fields) &&
               addon_get_u32(args, 3, &q->number);
    case RANGE: return read_range(args, q);
    case EXISTS: return addon_get_name(args, 1, &q->fields);
    case JSON: return read_text(args, q);
    case BOOST: return read_boost(args, q, count);
    case BOOL: return read_bool(args, q, count);
    case ALL: return true;
    default: addon_throw_type(args->env, "no description of a query"); return false;
    }
}

static addon_query *read_query(napi_env env, napi_value spec, query_count *count) {
    addon_args args;
    napi_handle_scope scope;
    if (count->depth > PRISM_MAX_QUERY_DEPTH || count->nodes++ > MAX_NODES) {
        addon_throw_status(env, PRISM_ELIMIT, "a query of too many parts, or nested too deep");
        return NULL;
    }
    addon_query *q = calloc(1, sizeof *q);
    if (q == NULL) {
        addon_throw_memory(env);
        return NULL;
    }
    bool good = napi_open_handle_scope(env, &scope) == napi_ok;
    count->depth++;
    if (good) {
        good = get_parts(&args, env, spec) && addon_get_u32(&args, 0, &q->kind) &&
               read_parts(&args, q, count);
        napi_close_handle_scope(env, scope);
    }
    count->depth--;
    if (good) return q;
    addon_query_free(q);
    return NULL;
}

addon_query *addon_query_read(napi_env env, napi_value spec) {
    query_count count = {0, 0};
    return read_query(env, spec, &count);
}

/* ---- notes ----------------------------------------------------------------------------------- */

/* One behind the other: offset, length, text. */
static void keep_note(void *ctx, size_t at, const char *text) {
    addon_text *notes = ctx;
    size_t head[2] = {at, strlen(text)};
    addon_text_put(notes, head, sizeof head);
    addon_text_put(notes, text, head[1]);
}

napi_value addon_notes(napi_env env, const addon_text *notes) {
    napi_value list = NULL;
    uint32_t n = 0;
    if (notes->failed) return addon_throw_memory(env);
    if (napi_create_array(env, &list) != napi_ok) return NULL;
    for (size_t i = 0; i < notes->len;) {
        size_t head[2];
        memcpy(head, notes->ptr + i, sizeof head);
        i += sizeof head;
        napi_value pair[] = {addon_number(env, head[0]),
                             addon_string(env, notes->ptr + i, head[1])};
        i += head[1];
        napi_value note = addon_array(env, pair, 2);
        if (note == NULL || napi_set_element(env, list, n++, note) != napi_ok) return NULL;
    }
    return list;
}

/* ---- making ---------------------------------------------------------------------------------- */

static const char *or_empty(const char *text) {
    return text == NULL ? "" : text;
}

static prism_status make_parsed(const addon_query *q, const prism_schema *schema, addon_text *notes,
                                prism_query **out, prism_error *err) {
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    prism_vocabulary *vocabulary = NULL;
    if (q->vocabulary != NULL) {
        prism_status status =
            prism_vocabulary_from_text(schema, q->vocabulary, q->vocabulary_len, &vocabulary, err);
        if (status != PRISM_OK) return status;
    }
    opts.default_operator = q->all ? PRISM_AND : PRISM_OR;
    opts.strict = q->strict;
    opts.plain = q->plain;
    opts.fields = q->fields;
    opts.keep_stopwords = q->keep_stopwords;
    opts.vocabulary = vocabulary;
    if (notes != NULL) {
        opts.note = keep_note;
        opts.note_ctx = notes;
    }
    prism_status status = prism_query_parse(schema, or_empty(q->text), q->len, &opts, out, err);
    prism_vocabulary_unref(vocabulary);
    return status;
}

static prism_status make_boosted(const addon_query *q, const prism_schema *schema,
                                 addon_text *notes, prism_query **out, prism_error *err) {
    prism_query *part = NULL;
    prism_status status = addon_query_make(q->parts[0], schema, notes, &part, err);
    if (status == PRISM_OK) status = prism_query_boost(part, q->weight, out, err);
    prism_query_unref(part);
    return status;
}

static prism_status make_bool(const addon_query *q, const prism_schema *schema, addon_text *notes,
                              prism_query **out, prism_error *err) {
    prism_status status = PRISM_OK;
    prism_clause *clauses = calloc((size_t)q->n + 1, sizeof *clauses);
    prism_query **made = calloc((size_t)q->n + 1, sizeof *made);
    if (clauses == NULL || made == NULL) status = addon_fail(err, PRISM_ENOMEM, "no memory");
    for (uint32_t i = 0; status == PRISM_OK && i < q->n; i++) {
        status = addon_query_make(q->parts[i], schema, notes, &made[i], err);
        clauses[i] = (prism_clause){made[i], q->occurs[i]};
    }
    if (status == PRISM_OK) status = prism_query_bool(clauses, q->n, q->number, out, err);
    for (uint32_t i = 0; made != NULL && i < q->n; i++) prism_query_unref(made[i]);
    free(clauses);
    free(made);
    return status;
}

prism_status addon_query_make(const addon_query *q, const prism_schema *schema, addon_text *notes,
                              prism_query **out, prism_error *err) {
    const char *text = or_empty(q->text), *field = or_empty(q->fields);
    switch ((enum kind)q->kind) {
    case PARSE: return make_parsed(q, schema, notes, out, err);
    case TERM: return prism_query_term(schema, q->fields, text, q->len, out, err);
    case PHRASE: return prism_query_phrase(schema, q->fields, text, q->len, out, err);
    case PREFIX: return prism_query_prefix(schema, q->fields, text, q->len, out, err);
    case NEAR: return prism_query_near(schema, q->fields, text, q->len, q->number, out, err);
    case RANGE:
        return prism_query_range(schema, field, q->text, q->len, q->to, q->to_len, q->number, out,
                                 err);
    case EXISTS: return prism_query_exists(schema, field, out, err);
    case JSON: return prism_query_from_json(schema, text, q->len, out, err);
    case BOOST: return make_boosted(q, schema, notes, out, err);
    case BOOL: return make_bool(q, schema, notes, out, err);
    case ALL:
    default: return prism_query_all(schema, out, err);
    }
}
