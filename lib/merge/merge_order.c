/* merge_order.c - how are the documents of a merged segment numbered, and when did they arrive?
 *
 *   inputs     A (0 1 2 3)  B (0 1 2)         deleted: A1
 *   place      0 - 1 2      3 4 5             live documents, one input behind the other
 *   docs       3   0 1      5 2 4             number in the result; none: the place itself
 *   origins    A2 A3 B1 A0 B2 B0              back again, by number in the result
 *   arrivals   places too, where A and B stand by arrival; else their ORDER says which
 *
 * Invariants  - The arrivals of the result are consecutive whatever its order, because those of
 *               neighbours without their deleted documents are.
 *             - Stored documents stand by arrival: their frames are copied as they are.
 *             - An order that turns out to be that of arrival costs nothing: no ORDER is written.
 * Cost        12 bytes a document where the result is put in another order.
 * Source      FORMAT.md sections 12, 14.
 * Tested by   tests/unit/merge/test_merge_order.c, tests/diff */
#include "base/error.h"
#include "format/components.h"
#include "merge/merge.h"

/* ---- arrivals -------------------------------------------------------------------------------- */

prism_status prs_merge_arrivals_init(prs_merge_arrivals *a, const prs_segment *segment,
                                     const prs_bitset *deleted, uint32_t base, prs_mem *mem,
                                     prism_error *err) {
    *a = (prs_merge_arrivals){.order = &segment->order};
    prism_status status = PRISM_OK;
    if (deleted != NULL && segment->order.bits != NULL) {
        if (prs_bitset_init(&a->deleted, mem, segment->n_docs) != PRISM_OK)
            return prs_error_nomem(err);
        status = prs_order_apply(&segment->order, deleted, &a->deleted, err);
        deleted = &a->deleted;
    }
    if (status == PRISM_OK)
        status = prs_docmap_init(&a->map, segment->n_docs, deleted, base, mem, err);
    if (status != PRISM_OK) prs_merge_arrivals_fini(a);
    return status;
}

void prs_merge_arrivals_fini(prs_merge_arrivals *a) {
    if (a->map.mem != NULL) prs_docmap_fini(&a->map);
    if (a->deleted.words != NULL) prs_bitset_fini(&a->deleted);
    *a = (prs_merge_arrivals){.order = NULL};
}

static prism_status init_arrivals(prs_merge *merge, prism_error *err) {
    prs_mem *mem = &merge->core->mem;
    merge->arrivals = prs_mem_calloc(mem, merge->n_inputs, sizeof *merge->arrivals);
    if (merge->arrivals == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < merge->n_inputs; i++) {
        const prs_merge_input *input = &merge->inputs[i];
        PRS_TRY(prs_order_check(&input->segment->order, mem, err));
        PRS_TRY(prs_merge_arrivals_init(&merge->arrivals[i], input->segment, input->deleted,
                                        merge->maps[i].base, mem, err));
        merge->has_order |= input->segment->order.bits != NULL;
    }
    return PRISM_OK;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static bool stands_by_arrival(const prs_merge *merge) {
    prs_merge_walk walk = {0};
    while (prs_merge_walk_next(merge, &walk)) {
        if (prs_merge_arrivals_get(&merge->arrivals[walk.input], walk.doc) != walk.to) return false;
    }
    return true;
}

static void drop_numbers(prs_merge *merge) {
    prs_mem *mem = &merge->core->mem;
    prs_mem_free(mem, merge->docs, (size_t)merge->n_docs * sizeof *merge->docs);
    prs_mem_free(mem, merge->origins, (size_t)merge->n_docs * sizeof *merge->origins);
    merge->docs = NULL;
    merge->origins = NULL;
}

static void find_origins(prs_merge *merge) {
    for (uint32_t i = 0; i < merge->n_inputs; i++) {
        const prs_docmap *map = &merge->maps[i];
        for (uint32_t doc = 0; doc < map->n_docs; doc++) {
            if (!prs_docmap_is_live(map, doc)) continue;
            merge->origins[merge->docs[prs_docmap_get(map, doc)]] = (uint64_t)i << 32 | doc;
        }
    }
}

static prism_status reorder(prs_merge *merge, prism_error *err) {
    prs_mem *mem = &merge->core->mem;
    uint32_t *docs = prs_mem_alloc(mem, (size_t)merge->n_docs * sizeof *docs);
    uint64_t *origins = prs_mem_alloc(mem, (size_t)merge->n_docs * sizeof *origins);
    prism_status status = docs == NULL || origins == NULL ? prs_error_nomem(err) : PRISM_OK;
    if (status == PRISM_OK) status = prs_reorder_run(merge, docs, err);
    merge->docs = docs;
    merge->origins = origins;
    if (status != PRISM_OK) {
        drop_numbers(merge);
        return status;
    }
    find_origins(merge);
    merge->has_order = !stands_by_arrival(merge);
    return PRISM_OK;
}

prism_status prs_merge_order_init(prs_merge *merge, prism_error *err) {
    PRS_TRY(init_arrivals(merge, err));
    if (merge->reorder == NULL || merge->reorder->kind == PRS_REORDER_NONE) return PRISM_OK;
    if (merge->n_docs > PRS_REORDER_MOST) return PRISM_OK;
    return reorder(merge, err);
}

void prs_merge_order_fini(prs_merge *merge) {
    for (uint32_t i = 0; merge->arrivals != NULL && i < merge->n_inputs; i++)
        prs_merge_arrivals_fini(&merge->arrivals[i]);
    prs_mem_free(&merge->core->mem, merge->arrivals, merge->n_inputs * sizeof *merge->arrivals);
    merge->arrivals = NULL;
    drop_numbers(merge);
}

/* ---- walking --------------------------------------------------------------------------------- */

bool prs_merge_walk_next(const prs_merge *merge, prs_merge_walk *walk) {
    if (walk->n == merge->n_docs) return false;
    walk->to = walk->n++;
    if (merge->origins != NULL) {
        walk->input = (uint32_t)(merge->origins[walk->to] >> 32);
        walk->doc = (uint32_t)merge->origins[walk->to];
        return true;
    }
    for (;;) { /* there is one more live document */
        const prs_docmap *map = &merge->maps[walk->input];
        while (walk->next < map->n_docs && !prs_docmap_is_live(map, walk->next)) walk->next++;
        if (walk->next < map->n_docs) break;
        walk->input++;
        walk->next = 0;
    }
    walk->doc = walk->next++;
    return true;
}

bool prs_merge_join_next(void *ctx, prs_join_step *step) {
    prs_merge_walk walk = {step->input, step->doc, step->own[0], step->own[1], step->own[2]};
    bool more = prs_merge_walk_next(ctx, &walk);
    *step = (prs_join_step){walk.input, walk.doc, {walk.to, walk.n, walk.next}};
    return more;
}

/* ---- ORDER ----------------------------------------------------------------------------------- */

prism_status prs_merge_order_write(prs_merge *merge, prs_out *out, prism_error *err) {
    if (!merge->has_order) return PRISM_OK;
    prs_mem *mem = &merge->core->mem;
    size_t bytes = (size_t)merge->n_docs * sizeof(uint32_t);
    uint32_t *arrivals = prs_mem_alloc(mem, bytes);
    if (arrivals == NULL) return prs_error_nomem(err);
    prs_merge_walk walk = {0};
    while (prs_merge_walk_next(merge, &walk))
        arrivals[walk.to] = prs_merge_arrivals_get(&merge->arrivals[walk.input], walk.doc);
    prs_out_section(out, PRS_COMPONENT_ORDER, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
    prism_status status = prs_order_write(out, arrivals, merge->n_docs, err);
    prs_mem_free(mem, arrivals, bytes);
    return status;
}
