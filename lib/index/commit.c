/* commit.c - how does a new generation appear at one instant, and what if the disk fails at that
 * instant?
 *
 *   write commit-G.tmp | fsync | rename to commit-G, never replacing | fsync directory
 *   `-- any failure: unlink, nothing happened --'  `-- any failure: EUNKNOWN, touch nothing --'
 *
 * Invariants  Nothing is allocated and no descriptor is opened between rename and directory sync
 *             (R4).
 * Source      FORMAT.md sections 15 and 18; rules R1, R4, R8.
 * Tested by   tests/unit/index/test_commit.c, test_faults.c */
#include "index/commit.h"

#include "base/error.h"
#include "format/components.h"

static void put_section(prs_out *out, uint16_t component, prs_bytes bytes) {
    prs_out_section(out, component, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
    prs_out_write(out, bytes.ptr, bytes.len);
}

static prism_status write_tmp(prs_dir *dir, const char *name, const prs_commit *commit,
                              prism_error *err) {
    prs_out *out;
    PRS_TRY(prs_out_open(dir, name, PRS_FILE_COMMIT, &commit->uuid, commit->manifest.generation,
                         &out, err));
    if (commit->unsynced) prs_out_set_flags(out, PRS_FLAG_UNSYNCED);
    prs_out_section(out, PRS_COMPONENT_MANIFEST, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
    prism_status status = prs_manifest_write(&commit->manifest, out, err);
    if (status != PRISM_OK) {
        prs_out_abandon(out);
        return status;
    }
    put_section(out, PRS_COMPONENT_SCHEMA, commit->schema);
    if (commit->payload.len > 0) put_section(out, PRS_COMPONENT_PAYLOAD, commit->payload);
    return prs_out_finish(out, NULL, NULL, err);
}

prism_status prs_commit_publish(prs_dir *dir, const prs_commit *commit, prism_error *err) {
    char tmp[PRS_NAME_SIZE], name[PRS_NAME_SIZE];
    prs_name_of_generation(tmp, PRS_NAME_COMMIT_TMP, commit->manifest.generation);
    prs_name_of_generation(name, PRS_NAME_COMMIT, commit->manifest.generation);
    PRS_TRY(write_tmp(dir, tmp, commit, err));
    if (dir->vt->rename_new(dir, tmp, name, err) != PRISM_OK)
        return prs_error_recode(err, PRISM_EUNKNOWN);
    if (dir->vt->sync_dir(dir, err) != PRISM_OK) return prs_error_recode(err, PRISM_EUNKNOWN);
    return PRISM_OK;
}

prism_status prs_commit_sync_segment(prs_dir *dir, const prs_id *id, prism_error *err) {
    char name[PRS_NAME_SIZE];
    PRS_TRY(dir->vt->sync_name(dir, prs_name_of_segment(name, PRS_NAME_DOC, id), err));
    return dir->vt->sync_name(dir, prs_name_of_segment(name, PRS_NAME_IDX, id), err);
}

prism_status prs_commit_sync_files(prs_dir *dir, const prs_manifest *manifest, prism_error *err) {
    char name[PRS_NAME_SIZE];
    for (uint32_t i = 0; i < manifest->n_segments; i++)
        PRS_TRY(prs_commit_sync_segment(dir, &manifest->segments[i].id, err));
    if (manifest->deletes_generation == 0) return PRISM_OK;
    prs_name_of_generation(name, PRS_NAME_DELETES, manifest->deletes_generation);
    return dir->vt->sync_name(dir, name, err);
}

/* ---- reading --------------------------------------------------------------------------------- */

static prism_status copy_section(prs_in *in, uint16_t component, prs_arena *arena, prs_bytes *out,
                                 prism_error *err) {
    prs_section section;
    *out = prs_bytes_of(NULL, 0);
    if (!prs_in_section(in, component, PRS_FIELD_NONE, &section)) return PRISM_OK;
    PRS_TRY(prs_in_touch(&section, 0, section.len, err));
    const uint8_t *copy = prs_arena_dup(arena, section.ptr, (size_t)section.len);
    if (copy == NULL) return prs_error_nomem(err);
    *out = prs_bytes_of(copy, (size_t)section.len);
    return PRISM_OK;
}

static prism_status read_parts(prs_in *in, uint64_t generation, prs_arena *arena,
                               prs_commit *commit, prism_error *err) {
    prs_section section;
    (void)prs_in_section(in, PRS_COMPONENT_MANIFEST, PRS_FIELD_NONE, &section);
    PRS_TRY(prs_manifest_read(&commit->manifest, &section, arena, err));
    if (commit->manifest.generation != generation || prs_in_generation(in) != generation) {
        return prs_error_corrupt(err, prs_in_name(in), 0,
                                 "the generation inside is not that of the name");
    }
    commit->uuid = *prs_in_id(in);
    commit->unsynced = (prs_in_flags(in) & PRS_FLAG_UNSYNCED) != 0;
    PRS_TRY(copy_section(in, PRS_COMPONENT_SCHEMA, arena, &commit->schema, err));
    return copy_section(in, PRS_COMPONENT_PAYLOAD, arena, &commit->payload, err);
}

prism_status prs_commit_read(prs_dir *dir, uint64_t generation, prs_arena *arena,
                             prs_commit *commit, bool *read_only, prism_error *err) {
    char name[PRS_NAME_SIZE];
    prs_in *in;
    prs_name_of_generation(name, PRS_NAME_COMMIT, generation);
    PRS_TRY(prs_in_open(dir, name, PRS_FILE_COMMIT, NULL, 0, NULL, PRS_CHECKSUM_EAGER, &in, err));
    prism_status status = read_parts(in, generation, arena, commit, err);
    if (read_only != NULL) *read_only = prs_in_read_only(in);
    prs_in_close(in);
    return status;
}

prism_status prs_commit_refuse(prism_error *err) {
    return prs_error_set(err, PRISM_EREADONLY,
                         "committed by a newer version of the library, which lets this one read "
                         "the index but not write to it");
}

prism_status prs_commit_find_newest(prs_dir *dir, uint64_t *generation, prism_error *err) {
    prs_listing listing;
    prism_status status = prs_listing_read(&listing, dir, err);
    *generation = status == PRISM_OK ? listing.newest : 0;
    prs_listing_fini(&listing);
    return status;
}

prism_status prs_commit_read_newest(prs_dir *dir, prs_arena *arena, prs_commit *commit,
                                    bool *read_only, prism_error *err) {
    for (uint32_t i = 0; i < PRS_OPEN_TRIES; i++) {
        uint64_t generation;
        PRS_TRY(prs_commit_find_newest(dir, &generation, err));
        if (generation == 0 && i == 0) continue; /* a listing may miss what goes and what comes */
        if (generation == 0) return prs_error_set(err, PRISM_ENOTFOUND, "there is no index here");
        prism_status status = prs_commit_read(dir, generation, arena, commit, read_only, err);
        if (status != PRISM_ENOTFOUND) return status;
    }
    return prs_error_set(err, PRISM_EBUSY, "commits came and went faster than they could be read");
}
