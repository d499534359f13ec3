/* adopt.h - documents of other indexes become ours without being analyzed again. */
#ifndef PRS_WRITE_ADOPT_H
#define PRS_WRITE_ADOPT_H

#include "index/snapshot.h"
#include "write/writer.h"

/** Add all live documents of other indexes' newest commits, in order of the paths, as if each were
 *  put now.  All or nothing; nothing is committed.
 *  Params : progress may be NULL; in documents, over all paths
 *  Errors : EINVAL the index itself or a copy of it, or another schema, naming path and field;
 *           EANALYZER; ENOTFOUND; ECORRUPT, EIO naming path and file; ENOSPC, ENOMEM, ELIMIT;
 *           ECANCELED by progress.  Those of the flush are sticky, the others are not */
prism_status prs_writer_add_segments(prism_writer *writer, const char *const *paths, size_t n,
                                     prism_progress_fn progress, void *ctx,
                                     prism_error *err) PRS_NODISCARD;

/* ---- between the files of adopt -------------------------------------------------------------- */

typedef struct prs_adopt_source { /* another index, open for reading */
    const char *path;             /* as typed */
    prs_mem *mem;                 /* of the reader */
    prs_core *core;
    prism_snapshot *snap;
    prs_segment **segments; /* by leaf of snap, opened with the reader's recipe */
    uint32_t n_segments;
} prs_adopt_source;

/** adopt_source.c: open the newest commit of another index, its fields numbered as in `recipe`.
 *  Params : core: memory, tokenizers and io are taken from it; source: prs_adopt_close, after an
 *           error too
 *  Errors : as prs_writer_add_segments, the path in err->file */
prism_status prs_adopt_open(prs_core *core, prs_recipe *recipe, const char *path,
                            prs_adopt_source *source, prism_error *err) PRS_NODISCARD;
void prs_adopt_close(prs_adopt_source *source);
/** Put the path before the file that an error names, if the file is one of the source's. */
void prs_adopt_name_error(const prs_adopt_source *source, prism_error *err);

/** adopt_schema.c: may segments of `theirs` go on under `ours`?  Fields are found by name (R35):
 *  each of theirs must be ours too, of the same type, flags and analyzer; ours may have more.
 *  Errors : EINVAL, EANALYZER, naming the field and the reason */
prism_status prs_adopt_check_schema(const prs_recipe *ours, const prs_recipe *theirs,
                                    prism_error *err) PRS_NODISCARD;

/** adopt_undo.c: the deletions of the working segments, to go back to. */
typedef struct prs_adopt_undo {
    prism_writer *writer;
    size_t n; /* working segments then */
    uint64_t **words;
    uint32_t *n_deleted;
    bool changed, deletes_changed;
} prs_adopt_undo;

/** Errors : ENOMEM.   Out: end with one of the two below */
prism_status prs_adopt_undo_begin(prs_adopt_undo *undo, prism_writer *writer,
                                  prism_error *err) PRS_NODISCARD;
/** What is marked deleted since then is no more; segments behind those are the caller's. */
void prs_adopt_undo_run(prs_adopt_undo *undo);
void prs_adopt_undo_end(prs_adopt_undo *undo);

#endif
