/* check.h - is everything in an index directory what it should be?
 *
 * Files: check.c (directory, manifests, order of work), check_lists.c (dictionaries and lists),
 * check_parts.c (keys, lengths, documents), check_older.c (commits before the newest),
 * check_twice.c (keys of several segments), check_deep.c (stored documents analyzed again). */
#ifndef PRS_MAINTAIN_CHECK_H
#define PRS_MAINTAIN_CHECK_H

#include "base/bitset.h"
#include "format/names.h"
#include "index/segment.h"

/** See prism_index_check.
 *  Params : opts filled up to its full size Memory : with `normal` and `deep`, private copies of
 *           the files of one commit */
prism_status prs_check_index(const char *path, prism_check_level level,
                             const prism_index_opts *opts, prism_finding_fn each, void *ctx,
                             prism_progress_fn progress, void *progress_ctx, uint64_t *n_findings,
                             prism_error *err) PRS_NODISCARD;

typedef struct prs_check {
    prs_core *core;
    prism_check_level level;
    prism_finding_fn each;
    void *ctx;
    prism_progress_fn progress;
    void *progress_ctx;
    uint64_t done, total; /* documents */
    uint64_t n_findings;
    bool deletions_unknown; /* several live documents of a key are no finding then */
    uint32_t n_here;        /* findings of the part being checked */
    size_t deep_batch;      /* bytes of texts that deep analyzes in one go; 0 = 64 MiB (tests) */
} prs_check;

#define PRS_CHECK_MOST_HERE 20u /* findings told of one part */

/** As prs_check_index over check->core, whose directory was given by the caller (tests). */
prism_status prs_check_run(prs_check *check, prism_error *err) PRS_NODISCARD;

/* ---- between the files of check -------------------------------------------------------------- */

/** Tell a finding (code not OK: counted) or a note (code OK). */
void prs_check_tell(prs_check *check, const prism_error *finding);
/** Tell that a file is damaged, in a sentence. */
void prs_check_say(prs_check *check, const char *file, const char *fmt, ...) PRS_PRINTF(3, 4);
/** A status that says that the index is damaged becomes a finding and OK; others are passed on. */
prism_status prs_check_absorb(prs_check *check, prism_status status, const prism_error *own,
                              prism_error *err);
/** Count documents as done; ECANCELED if the caller wants to stop. */
prism_status prs_check_step(prs_check *check, uint64_t docs, prism_error *err) PRS_NODISCARD;

/** The files that only manifests before the last one of n need: damage is a note. */
prism_status prs_check_older(prs_check *check, const prs_manifest *const *manifests, size_t n,
                             prism_error *err) PRS_NODISCARD;
/** All of a segment: every byte, then every structure; stored documents at level deep.  deleted may
 *  be NULL. */
prism_status prs_check_segment(prs_check *check, const prs_segment *segment,
                               const prs_bitset *deleted, prism_error *err) PRS_NODISCARD;
/** Dictionary, lists and positions of a field: every stored number against what is there. */
prism_status prs_check_lists(prs_check *check, const prs_segment *segment, uint32_t field,
                             prism_error *err) PRS_NODISCARD;
/** Keys, lengths, statistics, stored frames.  deleted may be NULL. */
prism_status prs_check_parts(prs_check *check, const prs_segment *segment,
                             const prs_bitset *deleted, prism_error *err) PRS_NODISCARD;
/** A note of how many live documents have a newer live one of their key in a later segment. */
prism_status prs_check_twice(prs_check *check, const prism_snapshot *snap,
                             prism_error *err) PRS_NODISCARD;
/** Analyze the stored documents again and compare terms, positions, lengths, columns, keys. */
prism_status prs_check_deep(prs_check *check, const prs_segment *segment,
                            prism_error *err) PRS_NODISCARD;

#endif
