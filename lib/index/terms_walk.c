/* terms_walk.c - the dictionary of a field over all segments of a snapshot: a merge of cursors.
 *
 * Keys begin with their kind, so a prefix of the text is one range per kind, walked one after
 * another.  Tested by tests/unit/index/test_terms_walk.c */
#include "index/terms_walk.h"

#include "analysis/token.h"
#include "base/error.h"
#include "base/heap.h"

static bool cursor_before(prs_terms_cursor *const *a, prs_terms_cursor *const *b) {
    return prs_bytes_compare(prs_bytes_of((*a)->key, (*a)->key_len),
                             prs_bytes_of((*b)->key, (*b)->key_len)) < 0;
}

typedef prs_terms_cursor *cursor_ptr;
PRS_HEAP_DEFINE(cursor_heap, cursor_ptr, cursor_before)

typedef struct term_walk {
    const prism_snapshot *snap;
    uint16_t field;
    prs_terms_cursor *cursors; /* by leaf */
    cursor_ptr *heap;
    size_t n_heap;
    uint8_t key[PRISM_MAX_TERM_BYTES]; /* current */
    uint8_t start[PRISM_MAX_TERM_BYTES];
    size_t start_len;
    prism_term_fn each;
    void *ctx;
} term_walk;

const char *prs_kind_name(uint8_t kind) {
    switch (kind) {
    case PRS_KIND_WORD: return "word";
    case PRS_KIND_HAN1: return "han1";
    case PRS_KIND_HAN2: return "han2";
    case PRS_KIND_HANEND: return "hanend";
    case PRS_KIND_EXACT: return "exact";
    case PRS_KIND_HANWORD: return "hanword";
    default: return "?";
    }
}

/* Step a cursor; back into the heap while its key begins with the start. */
static prism_status advance(term_walk *walk, prs_terms_cursor *cursor, prism_error *err) {
    bool more;
    PRS_TRY(prs_terms_cursor_next(cursor, &more, err));
    if (!more || cursor->key_len < walk->start_len) return PRISM_OK;
    if (memcmp(cursor->key, walk->start, walk->start_len) != 0) return PRISM_OK;
    cursor_heap_push(walk->heap, &walk->n_heap, cursor);
    return PRISM_OK;
}

/* Sum up one term over the segments and hand it out. */
static prism_status hand_out(term_walk *walk, prism_error *err) {
    uint64_t df = 0, cf = 0;
    uint32_t len = walk->heap[0]->key_len;
    memcpy(walk->key, walk->heap[0]->key, len);
    while (walk->n_heap > 0 && walk->heap[0]->key_len == len &&
           memcmp(walk->heap[0]->key, walk->key, len) == 0) {
        prs_terms_cursor *cursor = cursor_heap_pop(walk->heap, &walk->n_heap);
        df += cursor->info.df;
        cf += cursor->info.cf;
        PRS_TRY(advance(walk, cursor, err));
    }
    if (walk->each(walk->ctx, (const char *)walk->key + 1, len - 1, prs_kind_name(walk->key[0]), df,
                   cf) == 0) {
        return PRISM_OK;
    }
    return prs_error_set(err, PRISM_ECANCELED, "the walk over the dictionary was stopped");
}

static prism_status walk_range(term_walk *walk, prism_error *err) {
    walk->n_heap = 0;
    for (uint32_t i = 0; i < walk->snap->n_leaves; i++) {
        const prs_segment_field *field = &walk->snap->leaves[i].segment->fields[walk->field];
        if (!field->present || field->terms.n_terms == 0) continue;
        prs_bytes start = prs_bytes_of(walk->start, walk->start_len);
        PRS_TRY(prs_terms_cursor_seek(&walk->cursors[i], &field->terms, start, err));
        PRS_TRY(advance(walk, &walk->cursors[i], err));
    }
    while (walk->n_heap > 0) PRS_TRY(hand_out(walk, err));
    return PRISM_OK;
}

static prism_status walk_kinds(term_walk *walk, prs_bytes prefix, prism_error *err) {
    for (uint8_t kind = PRS_KIND_WORD; kind <= PRS_KIND_MAX; kind++) {
        walk->start[0] = kind;
        if (prefix.len > 0) memcpy(walk->start + 1, prefix.ptr, prefix.len);
        walk->start_len = prefix.len + 1;
        PRS_TRY(walk_range(walk, err));
    }
    return PRISM_OK;
}

prism_status prs_terms_walk(const prism_snapshot *snap, const char *field, prs_bytes prefix,
                            prism_term_fn each, void *ctx, prism_error *err) {
    const prs_field *known = prs_schema_field(snap->schema, field, strlen(field));
    if (known == NULL) return prs_error_set(err, PRISM_ENOTFOUND, "there is no field %.64s", field);
    if (prefix.len >= PRISM_MAX_TERM_BYTES) return PRISM_OK; /* no term is that long */
    size_t n = snap->n_leaves;
    term_walk *walk = prs_mem_calloc(snap->mem, 1, sizeof *walk);
    prs_terms_cursor *cursors = prs_mem_alloc(snap->mem, n * sizeof *cursors);
    cursor_ptr *heap = prs_mem_alloc(snap->mem, n * sizeof *heap);
    prism_status status;
    if (walk != NULL && cursors != NULL && heap != NULL) {
        walk->snap = snap;
        walk->field = known->no;
        walk->cursors = cursors;
        walk->heap = heap;
        walk->each = each;
        walk->ctx = ctx;
        status = walk_kinds(walk, prefix, err);
    } else {
        status = prs_error_nomem(err);
    }
    prs_mem_free(snap->mem, walk, sizeof *walk);
    prs_mem_free(snap->mem, cursors, n * sizeof *cursors);
    prs_mem_free(snap->mem, heap, n * sizeof *heap);
    return status;
}
