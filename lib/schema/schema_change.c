/* schema_change.c - may an index go on under another schema, without lying about the documents that
 * it has?
 *
 *   what                               why
 *   new fields at the end       yes    older documents simply have no value
 *   boost                       yes    it is asked for only by queries
 *   stored      true  -> false  yes    kept texts stay; what comes is not kept
 *   many        false -> true   yes    one value is a special case of several
 *   all else                    no     segments hold the old form: values, terms and lengths that
 *                                      are not there cannot be asked for, and what the schema calls
 *                                      gone would still be answered until a merge
 *
 * Fields keep their places, because a place is the number on disk.  A refusal names field, member,
 * old and new value, and the way out, which is always to build the index anew.
 * Source      FORMAT.md section 15.
 * Tested by   tests/unit/schema/test_schema_change.c */
#include "base/error.h"
#include "schema/schema.h"

static prism_status refuse_text(const prs_field *field, const char *member, const char *from,
                                const char *to, prism_error *err) {
    return prs_error_set(err, PRISM_EINVAL, "field %s: %s %.60s cannot become %.60s: reindex",
                         field->name, member, from[0] != '\0' ? from : "{}",
                         to[0] != '\0' ? to : "{}");
}

static prism_status check_flags(const prs_field *from, const prs_field *to, prism_error *err) {
    static const struct {
        const char *name;
        unsigned flag;
        bool may_set, may_clear;
    } rules[] = {
        {"stored", PRISM_FIELD_STORED, false, true},
        {"indexed", PRISM_FIELD_INDEXED, false, false},
        {"column", PRISM_FIELD_COLUMN, false, false},
        {"many", PRISM_FIELD_MANY, true, false},
        {"positions", PRISM_FIELD_POSITIONS, false, false},
        {"lengths", PRISM_FIELD_LENGTHS, false, false},
    };
    for (size_t i = 0; i < PRS_COUNT(rules); i++) {
        bool was = (from->flags & rules[i].flag) != 0, is = (to->flags & rules[i].flag) != 0;
        if (was == is || (is ? rules[i].may_set : rules[i].may_clear)) continue;
        return refuse_text(from, rules[i].name, was ? "true" : "false", is ? "true" : "false", err);
    }
    return PRISM_OK;
}

static prism_status check_field(const prs_field *from, const prism_schema *schema,
                                prism_error *err) {
    const prs_field *to = prs_schema_field(schema, from->name, strlen(from->name));
    if (to == NULL)
        return prs_error_set(err, PRISM_EINVAL, "field %s cannot be taken out: reindex",
                             from->name);
    if (to->no != from->no) {
        return prs_error_set(err, PRISM_EINVAL,
                             "field %s: place %u cannot become %u: new fields come last, or "
                             "reindex",
                             from->name, from->no + 1u, to->no + 1u);
    }
    if (to->type != from->type) {
        return refuse_text(from, "type", prs_schema_type_name(from->type),
                           prs_schema_type_name(to->type), err);
    }
    PRS_TRY(check_flags(from, to, err));
    if (strcmp(from->analyzer, to->analyzer) != 0)
        return refuse_text(from, "analyzer", from->analyzer, to->analyzer, err);
    if (strcmp(from->options, to->options) != 0)
        return refuse_text(from, "options", from->options, to->options, err);
    return PRISM_OK;
}

static const char *key_of(const prism_schema *schema) {
    return schema->key_field < 0 ? "none" : schema->fields[schema->key_field].name;
}

prism_status prs_schema_check_change(const prism_schema *from, const prism_schema *to,
                                     prism_error *err) {
    for (uint32_t i = 0; i < from->n_fields; i++) PRS_TRY(check_field(&from->fields[i], to, err));
    if (from->key_field == to->key_field) return PRISM_OK;
    return prs_error_set(err, PRISM_EINVAL, "the key %s cannot become %s: reindex", key_of(from),
                         key_of(to));
}

prism_status prs_schema_copy(const prism_schema *schema, prism_schema **out, prism_error *err) {
    PRS_TRY(prs_schema_new(out, err));
    prs_schema_set_tokenizers(*out, schema->tokenizers);
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < schema->n_fields && status == PRISM_OK; i++) {
        const prs_field *field = &schema->fields[i];
        prism_field_options options = PRISM_FIELD_OPTIONS_INIT;
        options.flags = field->flags;
        options.boost = field->boost;
        options.analyzer = field->analyzer[0] != '\0' ? field->analyzer : NULL;
        options.options = field->analyzer[0] != '\0' ? field->options : NULL;
        status = prs_schema_add(*out, field->name, field->type, &options, field->is_key, err);
    }
    if (status == PRISM_OK) return PRISM_OK;
    prs_schema_unref(*out);
    *out = NULL;
    return status;
}
