/* merge_keys.c - the keys of the documents that are left (format/keys_join.c), by the maps of a
 * merge.
 *
 * Tested by tests/unit/merge/test_merge.c, test_merge_memory.c */
#include "base/error.h"
#include "format/components.h"
#include "format/keys_join.h"
#include "merge/merge.h"

static uint32_t number(void *ctx, uint32_t input, uint32_t doc) {
    const prs_merge *merge = ctx;
    const prs_docmap *map = &merge->maps[input];
    if (!prs_docmap_is_live(map, doc)) return PRS_KEYS_GONE;
    uint32_t place = prs_docmap_get(map, doc);
    return merge->docs != NULL ? merge->docs[place] : place;
}

static prism_status poll(void *ctx, uint32_t n, prism_error *err) {
    return prs_merge_poll(ctx, n, err);
}

prism_status prs_merge_keys(prs_merge *merge, prs_out *out, prism_error *err) {
    if (merge->recipe->schema->key_field < 0) return PRISM_OK;
    prs_mem *mem = &merge->core->mem;
    const prs_keys **inputs = prs_mem_alloc(mem, merge->n_inputs * sizeof *inputs);
    if (inputs == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < merge->n_inputs; i++) inputs[i] = &merge->inputs[i].segment->keys;
    prs_keys_join join = {.inputs = inputs,
                          .n_inputs = merge->n_inputs,
                          .n_docs = merge->n_docs,
                          .ctx = merge,
                          .next = prs_merge_join_next,
                          .number = number,
                          .poll = poll};
    prs_out_section(out, PRS_COMPONENT_KEYS, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
    prism_status status = prs_keys_join_write(&join, mem, out, err);
    prs_mem_free(mem, inputs, merge->n_inputs * sizeof *inputs);
    return status;
}
