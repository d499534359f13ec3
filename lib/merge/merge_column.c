/* merge_column.c - the values of the documents that are left (format/column_join.c), by the maps of
 * a merge.
 *
 * Tested by tests/unit/merge/test_merge.c, test_merge_memory.c */
#include "base/error.h"
#include "format/column_join.h"
#include "format/components.h"
#include "format/segment_meta.h"
#include "merge/merge.h"

static prism_status poll(void *ctx, uint32_t n, prism_error *err) {
    return prs_merge_poll(ctx, n, err);
}

static prism_status write_column(prs_column_join *join, uint32_t f, prs_mem *mem, prs_out *out,
                                 prs_field_meta *meta, prism_error *err) {
    PRS_TRY(prs_column_join_count(join, err));
    if (join->n_docs_with == 0) return PRISM_OK;
    meta->n_docs_with = join->n_docs_with;
    prs_out_section(out, PRS_COMPONENT_COLUMN, (uint16_t)f, PRS_COMPONENT_VERSION);
    return prs_column_join_write(join, mem, out, err);
}

prism_status prs_merge_column(prs_merge *merge, uint32_t f, prs_out *out, prs_field_meta *meta,
                              prism_error *err) {
    const prs_field *field = &merge->recipe->schema->fields[f];
    prs_mem *mem = &merge->core->mem;
    const prs_column **inputs = prs_mem_alloc(mem, merge->n_inputs * sizeof *inputs);
    if (inputs == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < merge->n_inputs; i++) {
        const prs_segment_field *from = &merge->inputs[i].segment->fields[f];
        inputs[i] = from->present && from->has_column ? &from->column : NULL;
    }
    prs_column_join join = {.type = field->type == PRISM_FIELD_KEYWORD ? PRS_COLUMN_WORD
                                                                       : PRS_COLUMN_INT,
                            .many = (field->flags & PRISM_FIELD_MANY) != 0,
                            .inputs = inputs,
                            .n_inputs = merge->n_inputs,
                            .ctx = merge,
                            .next = prs_merge_join_next,
                            .poll = poll};
    prism_status status = write_column(&join, f, mem, out, meta, err);
    prs_mem_free(mem, inputs, merge->n_inputs * sizeof *inputs);
    return status;
}
