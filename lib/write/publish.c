/* publish.c - how do the working segments become the next commit, and what may be removed
 * afterwards?
 *
 *   fsync what waits | deletes-G if changed | fsync directory | commit-G (commit.c) | clean up
 *   `-- and, once, what an earlier writer left unsynced
 *
 * Invariants  - What the new commit needs in memory is made before anything is published (R4).
 *             - Failing before publication leaves the writer as it was; the next try uses the next
 *               number (R7).
 *             - A file is unlinked only if it is ours by name, no kept commit needs it, it is not
 *               under way to the next one, and the lock is held (R6).
 * Source      FORMAT.md sections 2, 15, 16, 18; rules R1 to R9, R28.
 * Tested by   tests/unit/write/test_publish.c, test_commit.c, test_faults.c */
#include "base/error.h"
#include "format/components.h"
#include "format/deletes.h"
#include "index/snapshot.h"
#include "write/writer.h"

/* ---- kept commits ---------------------------------------------------------------------------- */

static void drop_oldest(prism_writer *writer) {
    prs_arena_fini(&writer->kept[0].arena);
    writer->n_kept--;
    memmove(writer->kept, writer->kept + 1, writer->n_kept * sizeof *writer->kept);
}

static const prs_manifest *last_manifest(const prism_writer *writer) {
    return writer->n_kept == 0 ? NULL : &writer->kept[writer->n_kept - 1].manifest;
}

/* The highest commit of a listing below a generation, 0 if there is none. */
static uint64_t commit_below(const prs_listing *listing, uint64_t below) {
    uint64_t generation = 0;
    for (size_t i = 0; i < listing->names.n; i++) {
        const prs_name *name = &listing->names.ptr[i];
        if (name->kind == PRS_NAME_COMMIT && name->generation < below) {
            generation = PRS_MAX(generation, name->generation);
        }
    }
    return generation;
}

static prism_status keep_older(prism_writer *writer, uint64_t generation, prism_error *err) {
    prs_commit commit;
    prs_kept kept;
    bool newest = writer->n_kept == 0, read_only = false; /* the newest comes first */
    prs_arena_init(&kept.arena, writer->mem, 0);
    prism_status status =
        prs_commit_read(writer->core->dir, generation, &kept.arena, &commit, &read_only, err);
    if (status == PRISM_OK && newest && read_only) status = prs_commit_refuse(err);
    if (status != PRISM_OK) {
        prs_arena_fini(&kept.arena);
        return status;
    }
    kept.manifest = commit.manifest;
    if (newest) writer->base_unsynced = commit.unsynced;
    memmove(writer->kept + 1, writer->kept, writer->n_kept * sizeof *writer->kept);
    writer->kept[0] = kept;
    writer->n_kept++;
    return PRISM_OK;
}

/* Read the newest commits of a listing into `kept`, oldest first.  An older one that is damaged is
 * not kept. */
static prism_status load_kept(prism_writer *writer, const prs_listing *listing, prism_error *err) {
    while (writer->n_kept > 0) drop_oldest(writer);
    uint64_t generation = UINT64_MAX;
    for (uint32_t want = writer->options.keep_commits; want > 0; want--) {
        generation = commit_below(listing, generation);
        if (generation == 0) break;
        prism_status status = keep_older(writer, generation, err);
        bool matters =
            generation == listing->newest || status == PRISM_ENOMEM || status == PRISM_EIO;
        if (status != PRISM_OK && matters) return status;
    }
    return PRISM_OK;
}

/* ---- load ------------------------------------------------------------------------------------ */

static prism_status take_leaf(prism_writer *writer, const prs_leaf *leaf, prism_error *err) {
    prs_working working = {.n_deleted = leaf->n_deleted};
    if (leaf->deleted != NULL) {
        if (prs_bitset_init(&working.deleted, writer->mem, leaf->deleted->n) != PRISM_OK) {
            return prs_error_nomem(err);
        }
        memcpy(working.deleted.words, leaf->deleted->words,
               prs_bitset_words(leaf->deleted->n) * sizeof(uint64_t));
    }
    working.segment = prs_segment_ref(leaf->segment);
    if (prs_workings_push(&writer->segments, working)) return PRISM_OK;
    prs_working_fini(&working, writer->core->dir, false);
    return prs_error_nomem(err);
}

static prism_status take_snapshot(prism_writer *writer, const prism_snapshot *snap,
                                  prism_error *err) {
    PRS_TRY(prs_writer_take_recipe(writer, snap->recipe, err));
    for (uint32_t i = 0; i < snap->n_leaves; i++) PRS_TRY(take_leaf(writer, &snap->leaves[i], err));
    writer->next_arrival = snap->manifest.next_arrival;
    writer->changed = writer->deletes_changed = false;
    prs_buf_clear(&writer->payload);
    prs_buf_put(&writer->payload, snap->payload.ptr, snap->payload.len);
    return prs_buf_status(&writer->payload, err);
}

/* The newest commit stays a kept one, but nothing of it goes into the next: see reindex.c. */
static prism_status begin_afresh(prism_writer *writer, prism_error *err) {
    const prs_manifest *last = last_manifest(writer);
    PRS_TRY(prs_writer_take_recipe(writer, writer->core->recipe, err));
    writer->next_arrival = last != NULL ? last->next_arrival : 0;
    writer->changed = true;
    return PRISM_OK;
}

prism_status prs_publish_load(prism_writer *writer, prism_error *err) {
    prs_listing listing;
    prism_status status = prs_listing_read(&listing, writer->core->dir, err);
    if (status == PRISM_OK) {
        writer->generation = PRS_MAX(writer->generation, listing.highest);
        status = load_kept(writer, &listing, err);
    }
    prs_listing_fini(&listing);
    PRS_TRY(status);
    if (writer->options.afresh) return begin_afresh(writer, err);
    prism_snapshot *snap;
    PRS_TRY(prs_snapshot_open(writer->core, NULL, &snap, err));
    status = take_snapshot(writer, snap, err);
    prs_snapshot_unref(snap);
    return status;
}

/* ---- publish --------------------------------------------------------------------------------- */

static prism_status fill_manifest(prism_writer *writer, prs_kept *kept, prism_error *err) {
    const prs_manifest *last = last_manifest(writer);
    prs_manifest *m = &kept->manifest;
    if (writer->generation == UINT64_MAX)
        return prs_error_set(err, PRISM_ELIMIT, "no generation number is left for a commit");
    *m = (prs_manifest){.generation = ++writer->generation,
                        .previous = last != NULL ? last->generation : 0,
                        .next_arrival = writer->next_arrival,
                        .n_segments = (uint32_t)writer->segments.n};
    m->segments = prs_arena_alloc(&kept->arena, m->n_segments * sizeof *m->segments);
    if (m->segments == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < m->n_segments; i++) {
        m->segments[i] = writer->segments.ptr[i].segment->files;
        m->segments[i].n_deleted = writer->segments.ptr[i].n_deleted;
    }
    return PRISM_OK;
}

static bool has_deleted(const prism_writer *writer) {
    for (size_t i = 0; i < writer->segments.n; i++) {
        if (writer->segments.ptr[i].n_deleted > 0) return true;
    }
    return false;
}

static prism_status write_deletes(prism_writer *writer, const char *name, prs_manifest *m,
                                  prism_error *err) {
    size_t n = writer->segments.n, bytes = n * sizeof(prs_deletes_input);
    prs_deletes_input *inputs = prs_mem_calloc(writer->mem, n, sizeof *inputs);
    if (inputs == NULL) return prs_error_nomem(err);
    for (size_t i = 0; i < n; i++) {
        const prs_working *working = &writer->segments.ptr[i];
        inputs[i].id = working->segment->files.id;
        if (working->n_deleted > 0) inputs[i].deleted = &working->deleted;
    }
    prs_out *out;
    prism_status status = prs_out_open(writer->core->dir, name, PRS_FILE_DELETES,
                                       &writer->core->uuid, m->generation, &out, err);
    if (status == PRISM_OK) {
        prs_out_section(out, PRS_COMPONENT_DELETES, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
        status = prs_deletes_write(inputs, (uint32_t)n, writer->mem, out, err);
        if (status == PRISM_OK) {
            status = prs_out_finish(out, &m->deletes.len, &m->deletes.digest, err);
        } else {
            prs_out_abandon(out);
        }
    }
    prs_mem_free(writer->mem, inputs, bytes);
    return status;
}

/* The deletes file of the new commit: none, the last commit's, or a new one (*name not ""). */
static prism_status give_deletes(prism_writer *writer, prs_manifest *m, char name[PRS_NAME_SIZE],
                                 prism_error *err) {
    const prs_manifest *last = last_manifest(writer);
    name[0] = '\0';
    if (!has_deleted(writer)) return PRISM_OK;
    if (!writer->deletes_changed && last != NULL) {
        m->deletes_generation = last->deletes_generation;
        m->deletes = last->deletes;
        return PRISM_OK;
    }
    char own[PRS_NAME_SIZE];
    prs_name_of_generation(own, PRS_NAME_DELETES, m->generation);
    m->deletes_generation = m->generation;
    PRS_TRY(write_deletes(writer, own, m, err));
    memcpy(name, own, sizeof own);
    return PRISM_OK;
}

/* A durable commit names nothing that is not: what the last one left unsynced and this one names
 * again is synced once, by its name.  A failure is not tried again (R7): the segment is written
 * anew, and so is the deletes file. */
static prism_status sync_base(prism_writer *writer, const prs_manifest *m, prism_error *err) {
    prs_dir *dir = writer->core->dir;
    char name[PRS_NAME_SIZE];
    if (!writer->base_unsynced || !writer->options.durable) return PRISM_OK;
    for (size_t i = 0; i < writer->segments.n; i++) {
        prs_working *working = &writer->segments.ptr[i];
        if (working->is_new) continue;
        prism_status status = prs_commit_sync_segment(dir, &working->segment->files.id, err);
        if (status == PRISM_OK) continue;
        working->doubtful = true;
        return status;
    }
    if (m->deletes_generation != 0 && m->deletes_generation != m->generation) {
        prs_name_of_generation(name, PRS_NAME_DELETES, m->deletes_generation);
        prism_status status = dir->vt->sync_name(dir, name, err);
        if (status != PRISM_OK) writer->deletes_changed = true;
        PRS_TRY(status);
    }
    writer->base_unsynced = false;
    return PRISM_OK;
}

/* The names of the new files are made durable.  A failure is not tried again (R7): the kernel may
 * have forgotten what it could not write, and a later success would mean nothing.  So the next try
 * takes other names (prs_merge_suspects). */
static prism_status confirm_names(prism_writer *writer, prism_error *err) {
    prs_dir *dir = writer->core->dir;
    prism_status status = dir->vt->sync_dir(dir, err);
    if (status == PRISM_OK) return PRISM_OK;
    for (size_t i = 0; i < writer->segments.n; i++) {
        if (writer->segments.ptr[i].is_new) writer->segments.ptr[i].suspect = true;
    }
    prs_merge_job_suspect(writer);
    return status;
}

static prism_status publish_kept(prism_writer *writer, prs_kept *kept, prs_bytes payload,
                                 prism_error *err) {
    prs_dir *dir = writer->core->dir;
    char deletes[PRS_NAME_SIZE];
    const char *json;
    prs_commit commit = {
        .uuid = writer->core->uuid, .payload = payload, .unsynced = !writer->options.durable};
    PRS_TRY(fill_manifest(writer, kept, err));
    PRS_TRY(prs_writer_sync(writer, err));
    PRS_TRY(prs_schema_to_json(writer->recipe->schema, &json, &commit.schema.len, err));
    commit.schema.ptr = (const uint8_t *)json;
    PRS_TRY(give_deletes(writer, &kept->manifest, deletes, err));
    commit.manifest = kept->manifest;
    prism_status status = sync_base(writer, &kept->manifest, err);
    if (status == PRISM_OK) status = confirm_names(writer, err);
    if (status == PRISM_OK) status = prs_commit_publish(dir, &commit, err);
    if (status != PRISM_OK && status != PRISM_EUNKNOWN && deletes[0] != '\0') {
        (void)dir->vt->unlink(dir, deletes, NULL);
    }
    return status;
}

/* From here on nothing can fail: the commit stands. */
static void accept(prism_writer *writer, const prs_kept *kept) {
    writer->kept[writer->n_kept++] = *kept;
    while (writer->n_kept > writer->options.keep_commits) drop_oldest(writer);
    for (size_t i = 0; i < writer->segments.n; i++) writer->segments.ptr[i].is_new = false;
    writer->changed = writer->deletes_changed = false;
}

prism_status prs_publish(prism_writer *writer, prs_bytes payload, prism_error *err) {
    prs_kept kept;
    prism_error own = PRISM_ERROR_INIT;
    bool same_payload = payload.ptr == writer->payload.ptr; /* then it must not move */
    PRS_TRY(prs_merge_suspects(writer, err));
    if (!same_payload && !prs_buf_reserve(&writer->payload, payload.len)) {
        writer->payload.failed = false;
        return prs_error_nomem(err);
    }
    prs_arena_init(&kept.arena, writer->mem, 0);
    prism_status status = publish_kept(writer, &kept, payload, &own);
    if (status != PRISM_OK) {
        prs_arena_fini(&kept.arena);
        if (status == PRISM_EUNKNOWN) prs_writer_poison(writer, &own);
        if (err != NULL && err->size >= sizeof *err) *err = own;
        return status;
    }
    accept(writer, &kept);
    if (!same_payload) {
        writer->payload.len = 0;
        prs_buf_put(&writer->payload, payload.ptr, payload.len); /* there is room: reserved above */
    }
    prs_publish_clean_up(writer);
    return PRISM_OK;
}

/* ---- clean-up -------------------------------------------------------------------------------- */

static void unlink_name(prs_dir *dir, const prs_name *name) {
    char text[PRS_NAME_SIZE];
    if (name->kind == PRS_NAME_IDX || name->kind == PRS_NAME_DOC) {
        prs_name_of_segment(text, name->kind, &name->id);
    } else {
        prs_name_of_generation(text, name->kind, name->generation);
    }
    (void)dir->vt->unlink(dir, text, NULL);
}

/* Written by this writer for a commit to come: flushed, merged, or still growing. */
static bool is_under_way(const prism_writer *writer, const prs_name *name) {
    if (name->kind != PRS_NAME_IDX && name->kind != PRS_NAME_DOC) return false;
    if (prs_merge_job_writes(writer, &name->id)) return true;
    if (writer->pending.is_open && prs_id_equal(&writer->pending.id, &name->id)) return true;
    for (size_t i = 0; i < writer->segments.n; i++) {
        if (prs_id_equal(&writer->segments.ptr[i].segment->files.id, &name->id)) return true;
    }
    return false;
}

void prs_publish_clean_up(prism_writer *writer) {
    prs_dir *dir = writer->core->dir;
    prs_listing listing;
    const prs_manifest **manifests = prs_mem_alloc(writer->mem, writer->n_kept * sizeof *manifests);
    for (uint32_t i = 0; manifests != NULL && i < writer->n_kept; i++)
        manifests[i] = &writer->kept[i].manifest;
    if (prs_listing_read(&listing, dir, NULL) == PRISM_OK && manifests != NULL) {
        for (size_t i = 0; i < listing.names.n; i++) {
            const prs_name *name = &listing.names.ptr[i];
            if (prs_name_is_needed(name, manifests, writer->n_kept)) continue;
            if (!is_under_way(writer, name)) unlink_name(dir, name);
        }
    }
    prs_listing_fini(&listing);
    prs_mem_free(writer->mem, manifests, writer->n_kept * sizeof *manifests);
}
