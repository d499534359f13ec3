/* adopt_schema.c - may segments made under another schema go on under ours?
 *
 * A merge finds fields by name and copies what it finds.  So a field must mean the same on both
 * sides: same type, same flags (what is kept), same analyzer (what the terms are).  A field that
 * only ours has is simply without values there; one that only theirs has would be lost, and is
 * refused.  The place of a field and its boost do not matter: the one is found by name, the other
 * is asked for by queries alone.
 * Tested by tests/unit/write/test_adopt_schema.c */
#include "base/error.h"
#include "write/adopt.h"

static prism_status check_flags(const prs_field *ours, const prs_field *theirs, prism_error *err) {
    static const struct {
        unsigned flag;
        const char *name;
    } flags[] = {{PRISM_FIELD_STORED, "stored"},       {PRISM_FIELD_INDEXED, "indexed"},
                 {PRISM_FIELD_COLUMN, "column"},       {PRISM_FIELD_MANY, "many"},
                 {PRISM_FIELD_POSITIONS, "positions"}, {PRISM_FIELD_LENGTHS, "lengths"}};
    for (size_t i = 0; i < PRS_COUNT(flags); i++) {
        bool here = (ours->flags & flags[i].flag) != 0,
             there = (theirs->flags & flags[i].flag) != 0;
        if (here == there) continue;
        return prs_error_set(err, PRISM_EINVAL, "field %s: %s is %s there and %s here",
                             theirs->name, flags[i].name, there ? "true" : "false",
                             here ? "true" : "false");
    }
    return PRISM_OK;
}

static prism_status check_analyzer(const prs_field *theirs, const prs_analyzer *a,
                                   const prs_analyzer *b, prism_error *err) {
    PRS_ASSERT((a == NULL) == (b == NULL)); /* equal flags */
    if (a == NULL || strcmp(prs_analyzer_id(a), prs_analyzer_id(b)) == 0) return PRISM_OK;
    return prs_error_set(err, PRISM_EANALYZER,
                         "field %s is analyzed by other rules: %.80s there, %.80s here",
                         theirs->name, prs_analyzer_id(b), prs_analyzer_id(a));
}

static prism_status check_field(const prs_recipe *ours, const prs_recipe *theirs, uint32_t f,
                                prism_error *err) {
    const prs_field *field = &theirs->schema->fields[f];
    const prs_field *own = prs_schema_field(ours->schema, field->name, strlen(field->name));
    if (own == NULL) {
        return prs_error_set(err, PRISM_EINVAL, "field %s is not in the schema here: add it first",
                             field->name);
    }
    if (own->type != field->type) {
        return prs_error_set(err, PRISM_EINVAL, "field %s is %s there and %s here", field->name,
                             prs_schema_type_name(field->type), prs_schema_type_name(own->type));
    }
    PRS_TRY(check_flags(own, field, err));
    return check_analyzer(field, ours->analyzers[own->no], theirs->analyzers[f], err);
}

static const char *key_of(const prism_schema *schema) {
    return schema->key_field < 0 ? "none" : schema->fields[schema->key_field].name;
}

prism_status prs_adopt_check_schema(const prs_recipe *ours, const prs_recipe *theirs,
                                    prism_error *err) {
    for (uint32_t f = 0; f < theirs->n_fields; f++) PRS_TRY(check_field(ours, theirs, f, err));
    const char *here = key_of(ours->schema), *there = key_of(theirs->schema);
    if (strcmp(here, there) == 0) return PRISM_OK;
    return prs_error_set(err, PRISM_EINVAL, "the key is %s there and %s here", there, here);
}
