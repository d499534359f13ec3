/* merge.h - several adjacent segments become one, without their deleted documents and without
 * re-analyzing. */
#ifndef PRS_INDEX_MERGE_H
#define PRS_INDEX_MERGE_H

#include "format/manifest.h"
#include "index/docmap.h"
#include "index/segment.h"

typedef struct prs_merge_input {
    prs_segment *segment;
    const prs_bitset *deleted; /* NULL = none */
} prs_merge_input;

typedef struct prs_merge {
    prs_core *core;
    prs_recipe *recipe; /* schema of the result; fields are found by name in the inputs (R35) */
    const prs_merge_input *inputs;
    uint32_t n_inputs;
    prs_docmap *maps; /* by input */
    uint32_t n_docs;  /* of the result */
    prism_progress_fn progress;
    void *progress_ctx;
    uint64_t done, total; /* documents */
    uint32_t since_poll;  /* documents looked at since the caller was asked */
} prs_merge;

/** Merge inputs, ascending by arrival and adjacent, at least one live document among them, into the
 *  two files of segment `id`.  Every byte of the inputs is verified first (R16).
 *  Errors : ECORRUPT, EIO, ENOSPC, ENOMEM, ECANCELED: no file is left, the inputs are untouched.
 *           ELIMIT over PRISM_MAX_SEGMENT_DOCS documents
 *  Memory : about 2 MiB and 2 KiB an input; 4 bytes for 64 documents of an input with deletions,
 *           40 for 64 terms of a dictionary, 4 for a distinct word of a column.  No block over
 *           4 MiB but for those of terms and deletions
 *  Units  : progress in documents */
prism_status prs_merge_run(prs_core *core, prs_recipe *recipe, const prs_merge_input *inputs,
                           uint32_t n, const prs_id *id, prism_progress_fn progress,
                           void *progress_ctx, prs_manifest_segment *files,
                           prism_error *err) PRS_NODISCARD;
/** The same for segments of another index: the result begins at arrival_base, and `core` is where
 *  it is written. */
prism_status prs_merge_run_at(prs_core *core, prs_recipe *recipe, const prs_merge_input *inputs,
                              uint32_t n, uint64_t arrival_base, const prs_id *id,
                              prism_progress_fn progress, void *progress_ctx,
                              prs_manifest_segment *files, prism_error *err) PRS_NODISCARD;

/* ---- between the files of merge -------------------------------------------------------------- */

struct prs_field_meta;
/** merge_lengths.c: LENGTHS and SPANS of one field, its lists between them; statistics into
 *  meta. */
prism_status prs_merge_text(prs_merge *merge, uint32_t field, prs_out *out,
                            struct prs_field_meta *meta, prism_error *err) PRS_NODISCARD;
/** merge_terms.c: LISTS and TERMS_INDEX of one field; statistics of terms into meta, which has
 *  those of lengths. */
prism_status prs_merge_terms(prs_merge *merge, uint32_t field, prs_out *out,
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
