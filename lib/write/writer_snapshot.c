/* writer_snapshot.c - how are documents found before they are committed?
 *
 *   pending --flush, no fsync--> segment ---\
 *   working segments ------------------------+--> snapshot: references, and copies of the deletions
 *   last commit: generation, payload, uuid -/
 *
 * Invariants  - A snapshot shares the open segments with the writer and copies what the writer may
 *               still change: merges, commits, rollback and close leave it as it is.  Its files may
 *               lose their names meanwhile: they are mapped, or, under io = pread, open.
 *             - Nothing is published: no reader sees more than before, and a power loss takes what
 *               was not committed.  The files flushed here are synced once, by the commit that
 *               names them, or never if a merge replaces them first.
 *             - Many snapshots between two commits would leave many small segments: the policy of
 *               merges holds here too (but for a bulk load, which merges at its end).
 * Cost        The flush; n_docs / 8 bytes for each segment with deletions.
 * Source      DESIGN sections 3 and 9; rules R1, R7, R31.
 * Tested by   tests/unit/write/test_writer_snapshot.c */
#include "base/error.h"
#include "index/snapshot.h"
#include "write/writer.h"

static prism_status copy_deleted(const prs_working *working, prism_snapshot *snap, uint32_t i,
                                 prism_error *err) {
    prs_bitset *to = &snap->deleted[i];
    if (working->n_deleted == 0) return PRISM_OK;
    if (prs_bitset_init(to, snap->mem, working->segment->n_docs) != PRISM_OK)
        return prs_error_nomem(err);
    memcpy(to->words, working->deleted.words, prs_bitset_words(to->n) * sizeof(uint64_t));
    snap->leaves[i].deleted = to;
    return PRISM_OK;
}

static prism_status fill_leaves(const prism_writer *writer, prism_snapshot *snap,
                                prism_error *err) {
    uint32_t n = (uint32_t)writer->segments.n;
    snap->leaves = prs_arena_calloc(&snap->arena, n, sizeof *snap->leaves);
    snap->deleted = prs_arena_calloc(&snap->arena, n, sizeof *snap->deleted);
    snap->manifest.segments = prs_arena_calloc(&snap->arena, n, sizeof *snap->manifest.segments);
    if (snap->leaves == NULL || snap->deleted == NULL || snap->manifest.segments == NULL)
        return prs_error_nomem(err);
    for (uint32_t i = 0; i < n; i++) {
        const prs_working *working = &writer->segments.ptr[i];
        prs_leaf *leaf = &snap->leaves[i];
        *leaf = (prs_leaf){.segment = prs_segment_ref(working->segment),
                           .n_deleted = working->n_deleted,
                           .base = snap->n_docs};
        snap->n_leaves = i + 1;
        snap->manifest.segments[i] = working->segment->files;
        snap->manifest.segments[i].n_deleted = working->n_deleted;
        snap->n_docs += working->segment->n_docs;
        snap->n_deleted += working->n_deleted;
        PRS_TRY(copy_deleted(working, snap, i, err));
    }
    snap->manifest.n_segments = n;
    return PRISM_OK;
}

static prism_status fill_snapshot(const prism_writer *writer, prism_snapshot *snap,
                                  prism_error *err) {
    const prs_manifest *last = &writer->kept[writer->n_kept - 1].manifest;
    snap->of_writer = true;
    snap->generation = last->generation;
    snap->manifest.generation = last->generation;
    snap->manifest.previous = last->previous;
    snap->manifest.next_arrival = writer->next_arrival;
    memcpy(snap->uuid, writer->core->uuid.bytes, sizeof snap->uuid);
    snap->recipe = prs_recipe_ref(writer->recipe);
    snap->schema = snap->recipe->schema;
    size_t len = writer->payload.len;
    const uint8_t *payload = prs_arena_dup(&snap->arena, writer->payload.ptr, len);
    if (len > 0 && payload == NULL) return prs_error_nomem(err);
    snap->payload = prs_bytes_of(len > 0 ? payload : NULL, len);
    return fill_leaves(writer, snap, err);
}

prism_status prs_writer_view(prism_writer *writer, prism_snapshot **out, prism_error *err) {
    prism_snapshot *snap;
    *out = NULL;
    PRS_TRY(prs_writer_flush_unsynced(writer, err));
    PRS_TRY(prs_snapshot_new(writer->core, &snap, err));
    prism_status status = fill_snapshot(writer, snap, err);
    if (status != PRISM_OK) {
        prs_snapshot_unref(snap);
        return status;
    }
    *out = snap;
    return PRISM_OK;
}

prism_status prs_writer_snapshot(prism_writer *writer, prism_snapshot **out, prism_error *err) {
    *out = NULL;
    PRS_TRY(prs_writer_flush_unsynced(writer, err));
    PRS_TRY(prs_merge_between(writer, err));
    return prs_writer_view(writer, out, err);
}
