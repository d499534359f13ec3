/* merge.h - several adjacent segments become one, without their deleted documents and without
 * re-analyzing. */
#ifndef PRS_MERGE_MERGE_H
#define PRS_MERGE_MERGE_H

#include "format/join_step.h"
#include "format/manifest.h"
#include "merge/docmap.h"
#include "merge/reorder.h"
#include "index/segment.h"

/* Documents of a segment up to which a merge reorders: tables by document and lists being sorted
 * stay below the largest block of memory.  Larger ones stay as they stand. */
#define PRS_REORDER_MOST (UINT32_C(1) << 24)

typedef struct prs_merge_input {
    prs_segment *segment;
    const prs_bitset *deleted; /* NULL = none */
} prs_merge_input;

/* When the live documents of an input arrived, as numbers in the result: 0 is its arrival_base. */
typedef struct prs_merge_arrivals {
    const prs_order *order;
    prs_docmap map;     /* of arrivals; its deleted ones are those of the input, by arrival */
    prs_bitset deleted; /* what map refers to, where ORDER makes it differ from the input's */
} prs_merge_arrivals;

/* Numbers of a document in a merge: `place` among the live documents of all inputs, one input
 * behind the other; `doc` in the result.  They differ where the result is put in another order. */
typedef struct prs_merge {
    prs_core *core;
    prs_recipe *recipe; /* schema of the result; fields are found by name in the inputs (R35) */
    const prs_merge_input *inputs;
    uint32_t n_inputs;
    const prs_reorder *reorder; /* NULL = documents stay as they stand in the inputs */
    uint64_t stop_tokens;       /* of a field that has no set: from so many on one is chosen */
    prs_docmap *maps;           /* by input: documents to places */
    uint32_t n_docs;            /* of the result */
    /* merge_order.c */
    prs_merge_arrivals *arrivals; /* by input */
    uint32_t *docs;               /* by place; NULL = doc is place */
    uint64_t *origins;            /* by doc: input << 32 | document of it; NULL as docs is */
    bool has_order;               /* the result does not stand by arrival */
    prism_progress_fn progress;
    void *progress_ctx;
    uint64_t done, total; /* documents */
    uint32_t since_poll;  /* documents looked at since the caller was asked */
} prs_merge;

/** Merge inputs, ascending by arrival and adjacent, at least one live document among them, into the
 *  two files of segment `id`.  Every byte of the inputs is verified first (R16).
 *  Params : reorder may be NULL: documents stay as they stand in the inputs
 *           stop_tokens as in prism_writer_opts
 *  Errors : ECORRUPT, EIO, ENOSPC, ENOMEM, ECANCELED: no file is left, the inputs are untouched.
 *           ELIMIT over PRISM_MAX_SEGMENT_DOCS documents
 *  Memory : about 2 MiB and 2 KiB an input; 4 bytes for 64 documents of an input with deletions,
 *           40 for 64 terms of a dictionary, 4 for a distinct word of a column.  No block over
 *           4 MiB but for those of terms and deletions
 *  Units  : progress in documents */
prism_status prs_merge_run(prs_core *core, prs_recipe *recipe, const prs_merge_input *inputs,
                           uint32_t n, const prs_reorder *reorder, uint64_t stop_tokens,
                           const prs_id *id, prism_progress_fn progress, void *progress_ctx,
                           prs_manifest_segment *files, prism_error *err) PRS_NODISCARD;
/** The same for segments of another index: the result begins at arrival_base, and `core` is where
 *  it is written. */
prism_status prs_merge_run_at(prs_core *core, prs_recipe *recipe, const prs_merge_input *inputs,
                              uint32_t n, const prs_reorder *reorder, uint64_t stop_tokens,
                              uint64_t arrival_base, const prs_id *id, prism_progress_fn progress,
                              void *progress_ctx, prs_manifest_segment *files,
                              prism_error *err) PRS_NODISCARD;

/* ---- between the files of merge -------------------------------------------------------------- */

/** merge_order.c: how the documents of the result are numbered; maps and n_docs are there.
 *  Errors : those of finding an order; ECORRUPT an input's ORDER is none */
prism_status prs_merge_order_init(prs_merge *merge, prism_error *err) PRS_NODISCARD;
void prs_merge_order_fini(prs_merge *merge);
/** The section ORDER, if the result needs one. */
prism_status prs_merge_order_write(prs_merge *merge, prs_out *out, prism_error *err) PRS_NODISCARD;
/** Params : base = live documents of the inputs before; segment's ORDER was found to be one */
prism_status prs_merge_arrivals_init(prs_merge_arrivals *arrivals, const prs_segment *segment,
                                     const prs_bitset *deleted, uint32_t base, prs_mem *mem,
                                     prism_error *err) PRS_NODISCARD;
void prs_merge_arrivals_fini(prs_merge_arrivals *arrivals);
/** Of a live document. */
static inline uint32_t prs_merge_arrivals_get(const prs_merge_arrivals *arrivals, uint32_t doc) {
    return prs_docmap_get(&arrivals->map, prs_order_get(arrivals->order, doc));
}

/** reorder.c: the number in the result of each place, by merge->reorder, which is not NONE.
 *  Params : docs[n_docs], a permutation behind PRISM_OK.   Errors: ECANCELED, ECORRUPT, ENOMEM */
prism_status prs_reorder_run(prs_merge *merge, uint32_t *docs, prism_error *err) PRS_NODISCARD;
/** reorder_field.c: the places in the order of a column. */
prism_status prs_reorder_field(prs_merge *merge, uint32_t *places, prism_error *err) PRS_NODISCARD;
/** reorder_bisect.c: ... with documents of like words beside each other. */
prism_status prs_reorder_bisect(prs_merge *merge, uint32_t *places, prism_error *err) PRS_NODISCARD;

/* The documents of the result one by one: where each comes from. */
typedef struct prs_merge_walk {
    uint32_t input, doc; /* at hand */
    uint32_t to;         /* its number in the result */
    uint32_t n;          /* documents given so far */
    uint32_t next;       /* document of the input, where doc is place */
} prs_merge_walk;
/** Step to the next document of the result, beginning with {0}; false behind the last one. */
bool prs_merge_walk_next(const prs_merge *merge, prs_merge_walk *walk);
/** The same walk for format/keys_join.h and column_join.h; ctx is the merge. */
bool prs_merge_join_next(void *ctx, prs_join_step *step);

struct prs_field_meta;
/** merge_lengths.c: LENGTHS and SPANS of one field, its lists between them; statistics into
 *  meta. */
prism_status prs_merge_text(prs_merge *merge, uint32_t field, prs_out *out,
                            struct prs_field_meta *meta, prism_error *err) PRS_NODISCARD;
/** merge_terms.c: LISTS and TERMS_INDEX of one field; statistics of terms into meta, which has
 *  those of lengths.
 *  Params : lengths, spans of the result [borrowed], NULL as for prs_postings_writer_new; asked for
 *           only where documents are put in another order */
prism_status prs_merge_terms(prs_merge *merge, uint32_t field, prs_out *out,
                             const prs_lengths *lengths, const prs_lengths *spans,
                             struct prs_field_meta *meta, prism_error *err) PRS_NODISCARD;
/** merge_column.c: COLUMN of one field, if a document has a value; statistics into meta. */
prism_status prs_merge_column(prs_merge *merge, uint32_t field, prs_out *out,
                              struct prs_field_meta *meta, prism_error *err) PRS_NODISCARD;
/** merge_keys.c: KEYS, if the schema has a key. */
prism_status prs_merge_keys(prs_merge *merge, prs_out *out, prism_error *err) PRS_NODISCARD;
/** merge_schema.c: the schema of the result.   Out: owned: prs_schema_unref */
prism_status prs_merge_schema(const prs_merge *merge, prism_schema **out,
                              prism_error *err) PRS_NODISCARD;
/** Report progress; ECANCELED if the caller wants to stop (R33). */
prism_status prs_merge_step(prs_merge *merge, uint64_t docs, prism_error *err) PRS_NODISCARD;
/** n more documents were looked at; every 4096 of them the caller is asked whether to stop. */
prism_status prs_merge_poll(prs_merge *merge, uint32_t n, prism_error *err) PRS_NODISCARD;

#endif
