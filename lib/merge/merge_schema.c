/* merge_schema.c - which schema does a merged segment carry?
 *
 * The recipe's, as a flushed one does; but where an input did not know a field, the field is
 * "partial": documents of that input may hold a member of its name, which nobody has indexed.
 * Tested by tests/unit/merge/test_merge_schema.c */
#include "base/error.h"
#include "merge/merge.h"

static bool is_partial(const prs_merge *merge, uint32_t f) {
    for (uint32_t i = 0; i < merge->n_inputs; i++) {
        const prs_segment_field *field = &merge->inputs[i].segment->fields[f];
        if (!field->present || field->partial) return true;
    }
    return false;
}

prism_status prs_merge_schema(const prs_merge *merge, prism_schema **out, prism_error *err) {
    const prism_schema *schema = merge->recipe->schema;
    bool any = false;
    for (uint32_t f = 0; f < schema->n_fields; f++) any |= is_partial(merge, f);
    if (!any) {
        *out = prs_schema_ref(schema);
        return PRISM_OK;
    }
    PRS_TRY(prs_schema_copy(schema, out, err));
    for (uint32_t f = 0; f < schema->n_fields; f++)
        (*out)->fields[f].partial = is_partial(merge, f);
    return PRISM_OK;
}
