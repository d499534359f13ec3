/* adopt_undo.c - the deletions of the working segments as they were, to go back to.
 *
 * Adopted documents replace older ones, which are marked deleted one batch of keys after another;
 * if that fails half way, nothing of it may stay.  Copies of the bits are small (n_docs / 8) and
 * going back cannot fail.
 * Tested by tests/unit/write/test_adopt_undo.c */
#include "base/error.h"
#include "write/adopt.h"

static size_t bytes_of(const prs_working *working) {
    return prs_bitset_words(working->segment->n_docs) * sizeof(uint64_t);
}

static prism_status keep(prs_adopt_undo *undo, size_t i, prism_error *err) {
    const prs_working *working = &undo->writer->segments.ptr[i];
    undo->n_deleted[i] = working->n_deleted;
    if (working->deleted.words == NULL) return PRISM_OK;
    undo->words[i] = prs_mem_alloc(undo->writer->mem, bytes_of(working));
    if (undo->words[i] == NULL) return prs_error_nomem(err);
    memcpy(undo->words[i], working->deleted.words, bytes_of(working));
    return PRISM_OK;
}

prism_status prs_adopt_undo_begin(prs_adopt_undo *undo, prism_writer *writer, prism_error *err) {
    size_t n = writer->segments.n;
    *undo = (prs_adopt_undo){.writer = writer,
                             .n = n,
                             .changed = writer->changed,
                             .deletes_changed = writer->deletes_changed};
    undo->words = prs_mem_calloc(writer->mem, n, sizeof(uint64_t *));
    undo->n_deleted = prs_mem_calloc(writer->mem, n, sizeof(uint32_t));
    prism_status status =
        undo->words == NULL || undo->n_deleted == NULL ? prs_error_nomem(err) : PRISM_OK;
    for (size_t i = 0; i < n && status == PRISM_OK; i++) status = keep(undo, i, err);
    if (status != PRISM_OK) prs_adopt_undo_end(undo);
    return status;
}

void prs_adopt_undo_run(prs_adopt_undo *undo) {
    prism_writer *writer = undo->writer;
    for (size_t i = 0; i < undo->n; i++) {
        prs_working *working = &writer->segments.ptr[i];
        if (undo->words[i] != NULL) {
            memcpy(working->deleted.words, undo->words[i], bytes_of(working));
        } else if (working->deleted.words != NULL) {
            prs_bitset_fini(&working->deleted);
            working->deleted.words = NULL;
        }
        working->n_deleted = undo->n_deleted[i];
    }
    writer->changed = undo->changed;
    writer->deletes_changed = undo->deletes_changed;
    prs_adopt_undo_end(undo);
}

void prs_adopt_undo_end(prs_adopt_undo *undo) {
    prs_mem *mem = undo->writer->mem;
    for (size_t i = 0; undo->words != NULL && i < undo->n; i++) {
        if (undo->words[i] != NULL)
            prs_mem_free(mem, undo->words[i], bytes_of(&undo->writer->segments.ptr[i]));
    }
    prs_mem_free(mem, undo->words, undo->n * sizeof(uint64_t *));
    prs_mem_free(mem, undo->n_deleted, undo->n * sizeof(uint32_t));
    undo->words = NULL;
    undo->n_deleted = NULL;
}
