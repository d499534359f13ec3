/* schema_json.c - how is a field table written as JSON, and read back, mistakes named?
 *
 *   {"key":"id","fields":[
 *     {"name":"id","type":"keyword","stored":true,"indexed":true,"column":false,"many":false, ...},
 *     {"name":"title","type":"text","boost":2, ...,
 *     "analyzer":"mixed-v1","options":{"stem":"off"}}]}
 *
 * Reading     Only "name" and "type" are needed, the rest has the type's defaults; "boost" is 1 for
 *             a text field. "indexed":false takes positions and lengths away with it. A member that
 *             is not known is an error: a misspelt flag must not be silently without effect.
 * Writing     Every member that the type can have is written out, in this order, so that a stored
 *             schema means the same to a later version with other defaults. "options" only where
 *             there are any.
 * Options     Values may be strings, booleans (on, off) or whole numbers; they are kept as strings
 *             under sorted names, so that equal options are equal texts.
 * Source      The format of a stored schema is FORMAT.md section 15.
 * Tested by   tests/unit/schema/test_schema_json.c */
#include "base/error.h"
#include "schema/json_text.h"
#include "schema/schema.h"

#include <stdio.h>

static const struct {
    const char *name;
    unsigned flag;
} flag_names[] = {
    {"stored", PRISM_FIELD_STORED},       {"indexed", PRISM_FIELD_INDEXED},
    {"column", PRISM_FIELD_COLUMN},       {"many", PRISM_FIELD_MANY},
    {"positions", PRISM_FIELD_POSITIONS}, {"lengths", PRISM_FIELD_LENGTHS},
};

/* ---- analyzer options -------------------------------------------------------------------- */

static prism_status put_option(json_t *canonical, const char *field, const char *name,
                               json_t *value, prism_error *err) {
    char number[24];
    const char *text;
    if (json_is_string(value)) {
        text = json_string_value(value);
    } else if (json_is_boolean(value)) {
        text = json_is_true(value) ? "on" : "off";
    } else if (json_is_integer(value)) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        text = number;
    } else {
        return prs_error_set(
            err, PRISM_EINVAL,
            "field %s: analyzer option %s must be a string, a boolean or a whole number", field,
            name);
    }
    if (json_object_set_new(canonical, name, json_string(text)) != 0) return prs_error_nomem(err);
    return PRISM_OK;
}

static prism_status canonical_options(json_t *given, const char *field, prs_arena *arena,
                                      const char **out, prism_error *err) {
    prism_status status = PRISM_OK;
    prs_buf text;
    json_t *canonical = json_object();
    if (canonical == NULL) return prs_error_nomem(err);
    prs_buf_init(&text, arena->mem);
    const char *name;
    json_t *value;
    json_object_foreach(given, name, value) {
        PRS_TRY_OUT(put_option(canonical, field, name, value, err));
    }
    prs_json_put(&text, canonical, JSON_COMPACT | JSON_SORT_KEYS);
    PRS_TRY_OUT(prs_buf_status(&text, err));
    *out = (const char *)prs_arena_dup(arena, text.ptr, text.len);
    if (*out == NULL) status = prs_error_nomem(err);
out:
    prs_buf_fini(&text);
    json_decref(canonical);
    return status;
}

prism_status prs_schema_options_text(prs_arena *arena, const char *field, const char *text,
                                     const char **out, prism_error *err) {
    *out = "";
    if (text == NULL || *text == '\0') return PRISM_OK;
    json_t *given = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    prism_status status = PRISM_OK;
    if (!json_is_object(given)) {
        status = prs_error_set(err, PRISM_EINVAL,
                               "field %s: analyzer options must be one JSON object", field);
    } else if (json_object_size(given) > 0) {
        status = canonical_options(given, field, arena, out, err);
    }
    json_decref(given);
    return status;
}

prism_status prs_field_each_option(const prs_field *field, prs_option_fn set, void *ctx,
                                   prism_error *err) {
    if (field->options[0] == '\0') return PRISM_OK;
    json_t *options = json_loads(field->options, 0, NULL);
    if (options == NULL) return prs_error_nomem(err); /* our own canonical text */
    prism_status status = PRISM_OK;
    const char *name;
    json_t *value;
    json_object_foreach(options, name, value) {
        status = set(ctx, name, json_string_value(value), err);
        if (status != PRISM_OK) break;
    }
    json_decref(options);
    return status;
}

/* ---- reading ------------------------------------------------------------------------------ */

typedef struct field_reader {
    const char *name;
    prism_field_type type;
    prism_field_options options;
    unsigned set, unset;   /* flags named true and false */
    bool of_file, partial; /* "partial" is a member in files only */
    prs_buf options_text;
} field_reader;

static prism_status expect(bool ok, const char *field, const char *member, const char *what,
                           prism_error *err) {
    if (ok) return PRISM_OK;
    return prs_error_set(err, PRISM_EINVAL, "field %s: \"%s\" must be %s", field, member, what);
}

static prism_status read_type(field_reader *f, json_t *value, prism_error *err) {
    const char *name = json_string_value(value);
    for (int type = PRISM_FIELD_TEXT; name != NULL && type <= PRISM_FIELD_DATE; type++) {
        if (strcmp(name, prs_schema_type_name((prism_field_type)type)) != 0) continue;
        f->type = (prism_field_type)type;
        return PRISM_OK;
    }
    return expect(false, f->name, "type", "one of text, keyword, i64, f64, bool, date", err);
}

static prism_status read_flag(field_reader *f, const char *member, json_t *value,
                              prism_error *err) {
    for (size_t i = 0; i < PRS_COUNT(flag_names); i++) {
        if (strcmp(member, flag_names[i].name) != 0) continue;
        PRS_TRY(expect(json_is_boolean(value), f->name, member, "true or false", err));
        if (json_is_true(value))
            f->set |= flag_names[i].flag;
        else
            f->unset |= flag_names[i].flag;
        return PRISM_OK;
    }
    return prs_error_set(err, PRISM_EINVAL, "field %s: unknown member \"%.40s\"", f->name, member);
}

static prism_status read_member(field_reader *f, const char *member, json_t *value,
                                prism_error *err) {
    if (strcmp(member, "name") == 0) return PRISM_OK;
    if (strcmp(member, "type") == 0) return read_type(f, value, err);
    if (strcmp(member, "boost") == 0) {
        json_int_t boost = json_integer_value(value);
        bool ok = json_is_integer(value) && boost >= 0 && boost <= (json_int_t)PRS_SCHEMA_MAX_BOOST;
        f->options.boost = ok ? (unsigned)boost : 0;
        return expect(ok, f->name, member, "a whole number, 0 to 100", err);
    }
    if (strcmp(member, "analyzer") == 0) {
        f->options.analyzer = json_string_value(value);
        return expect(f->options.analyzer != NULL, f->name, member, "a string", err);
    }
    if (strcmp(member, "options") == 0) {
        PRS_TRY(expect(json_is_object(value), f->name, member, "an object", err));
        prs_json_put(&f->options_text, value, JSON_COMPACT);
        prs_buf_put8(&f->options_text, '\0');
        return prs_buf_status(&f->options_text, err);
    }
    if (f->of_file && strcmp(member, "partial") == 0) {
        f->partial = json_is_true(value);
        return expect(json_is_boolean(value), f->name, member, "true or false", err);
    }
    return read_flag(f, member, value, err);
}

static prism_status read_field(prism_schema *schema, json_t *object, size_t i, const char *key,
                               bool of_file, prism_error *err) {
    prism_status status;
    field_reader f = {.options = PRISM_FIELD_OPTIONS_INIT, .of_file = of_file};
    f.name = json_string_value(json_object_get(object, "name"));
    if (f.name == NULL) {
        return prs_error_set(err, PRISM_EINVAL,
                             "field number %zu must be an object with a \"name\"", i);
    }
    PRS_TRY(expect(json_object_get(object, "type") != NULL, f.name, "type", "given", err));
    prs_buf_init(&f.options_text, &schema->mem);
    const char *member;
    json_t *value;
    json_object_foreach(object, member, value) {
        PRS_TRY_OUT(read_member(&f, member, value, err));
    }
    unsigned flags = prs_schema_default_flags(f.type);
    if (f.unset & PRISM_FIELD_INDEXED) flags &= ~(PRISM_FIELD_POSITIONS | PRISM_FIELD_LENGTHS);
    flags = (flags & ~f.unset) | f.set;
    if (flags == 0) {
        status =
            prs_error_set(err, PRISM_EINVAL,
                          "field %s: neither stored, indexed nor column: leave it out", f.name);
        goto out;
    }
    f.options.flags = flags;
    if (f.options_text.len > 0) f.options.options = (const char *)f.options_text.ptr;
    bool is_key = key != NULL && strcmp(f.name, key) == 0;
    status = prs_schema_add(schema, f.name, f.type, &f.options, is_key, err);
    if (status == PRISM_OK) schema->fields[schema->n_fields - 1].partial = f.partial;
out:
    prs_buf_fini(&f.options_text);
    return status;
}

static prism_status read_schema(prism_schema *schema, json_t *root, bool of_file,
                                prism_error *err) {
    if (!json_is_object(root))
        return prs_error_set(err, PRISM_EINVAL, "a schema is one JSON object");
    const char *member;
    json_t *value;
    json_object_foreach(root, member, value) {
        if (strcmp(member, "key") == 0 || strcmp(member, "fields") == 0) continue;
        return prs_error_set(err, PRISM_EINVAL, "unknown member \"%.40s\" of the schema", member);
    }
    json_t *key_value = json_object_get(root, "key");
    const char *key = json_string_value(key_value);
    if (key_value != NULL && !json_is_null(key_value) && key == NULL) {
        return prs_error_set(err, PRISM_EINVAL, "\"key\" must be the name of a field");
    }
    json_t *fields = json_object_get(root, "fields");
    if (json_array_size(fields) == 0) {
        return prs_error_set(err, PRISM_EINVAL,
                             "\"fields\" must be an array of at least one field");
    }
    for (size_t i = 0; i < json_array_size(fields); i++) {
        PRS_TRY(read_field(schema, json_array_get(fields, i), i, key, of_file, err));
    }
    if (key != NULL && schema->key_field < 0) {
        return prs_error_set(err, PRISM_EINVAL, "the key field %.64s is not among the fields", key);
    }
    return PRISM_OK;
}

static prism_status from_json(const char *text, size_t len, bool of_file, prism_schema **out,
                              prism_error *err) {
    *out = NULL;
    json_error_t where;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
    if (root == NULL) return prs_json_syntax_error(text, len, &where, "the schema", err);
    prism_schema *schema = NULL;
    prism_status status = prs_schema_new(&schema, err);
    if (status == PRISM_OK) status = read_schema(schema, root, of_file, err);
    json_decref(root);
    if (status != PRISM_OK) {
        prs_schema_unref(schema);
        return status;
    }
    *out = schema;
    return PRISM_OK;
}

prism_status prs_schema_from_json(const char *text, size_t len, prism_schema **out,
                                  prism_error *err) {
    return from_json(text, len, false, out, err);
}

prism_status prs_schema_from_file(const char *text, size_t len, prism_schema **out,
                                  prism_error *err) {
    return from_json(text, len, true, out, err);
}

/* ---- writing ------------------------------------------------------------------------------ */

static void put_field(prs_buf *buf, const prs_field *field) {
    /* Names are of [A-Za-z0-9_.-] and need no escapes; an analyzer's name may. */
    prs_buf_printf(buf, "{\"name\":\"%s\",\"type\":\"%s\"", field->name,
                   prs_schema_type_name(field->type));
    if (field->type == PRISM_FIELD_TEXT) prs_buf_printf(buf, ",\"boost\":%u", field->boost);
    for (size_t i = 0; i < PRS_COUNT(flag_names); i++) {
        unsigned flag = flag_names[i].flag;
        if ((prs_schema_allowed_flags(field->type) & flag) == 0) continue;
        prs_buf_printf(buf, ",\"%s\":%s", flag_names[i].name,
                       (field->flags & flag) ? "true" : "false");
    }
    if (field->analyzer[0] != '\0') {
        prs_buf_printf(buf, ",\"analyzer\":");
        prs_json_put_string(buf, field->analyzer, strlen(field->analyzer));
    }
    if (field->options[0] != '\0') prs_buf_printf(buf, ",\"options\":%s", field->options);
    if (field->partial) prs_buf_printf(buf, ",\"partial\":true");
    prs_buf_put8(buf, '}');
}

static prism_status make_text(const prism_schema *schema, prs_schema_text **out, prism_error *err) {
    prs_mem *mem = schema->cache->mem;
    prs_buf buf;
    prs_buf_init(&buf, mem);
    prs_buf_put8(&buf, '{');
    if (schema->key_field >= 0) {
        prs_buf_printf(&buf, "\"key\":\"%s\",", schema->fields[schema->key_field].name);
    }
    prs_buf_printf(&buf, "\"fields\":[");
    for (uint32_t i = 0; i < schema->n_fields; i++) {
        if (i > 0) prs_buf_put8(&buf, ',');
        put_field(&buf, &schema->fields[i]);
    }
    prs_buf_printf(&buf, "]}");
    prism_status status = prs_buf_status(&buf, err);
    if (status == PRISM_OK) {
        *out = prs_mem_alloc(mem, sizeof **out + buf.len + 1);
        if (*out == NULL) status = prs_error_nomem(err);
    }
    if (status == PRISM_OK) {
        (*out)->len = buf.len;
        memcpy((*out)->json, buf.ptr, buf.len);
        (*out)->json[buf.len] = '\0';
    }
    prs_buf_fini(&buf);
    return status;
}

prism_status prs_schema_to_json(const prism_schema *schema, const char **json, size_t *len,
                                prism_error *err) {
    prs_schema_cache *cache = schema->cache;
    prs_schema_text *text = atomic_load_explicit(&cache->text, memory_order_acquire);
    *json = NULL;
    *len = 0;
    if (text == NULL) {
        prs_schema_text *own, *none = NULL;
        PRS_TRY(make_text(schema, &own, err));
        text = own;
        if (!atomic_compare_exchange_strong(&cache->text, &none, own)) { /* another was faster */
            text = none;
            prs_mem_free(cache->mem, own, sizeof *own + own->len + 1);
        }
    }
    *json = text->json;
    *len = text->len;
    return PRISM_OK;
}
