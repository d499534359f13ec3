/* stored.c - what did its documents say, when an index cannot or need not be searched?
 *
 *   newest commit -> schema, deletions -> segment after segment: `.doc` -> its live documents
 *
 * Invariants  - An `.idx` file is not even opened: that its terms were cut by other rules, or by a
 *               tokenizer that nobody has any more, is no hindrance.
 *             - Segments ascend by arrival, and so do the stored documents in them; deletions
 *               name documents by number, which ORDER takes to arrivals.
 *             - All files are open before the first document is given out; one frame is unpacked at
 *               a time.
 * Source      FORMAT.md sections 14 to 16; rules R13, R16.
 * Tested by   tests/unit/maintain/test_stored.c */
#include "maintain/stored.h"

#include "base/error.h"
#include "format/components.h"
#include "format/deletes.h"
#include "format/docstore.h"
#include "format/order.h"

/* ---- the commit ------------------------------------------------------------------------------ */

static prism_status decode_deletes(prs_stored *stored, prs_in *in, prs_arena *arena,
                                   prism_error *err) {
    const prs_manifest *manifest = &stored->commit.manifest;
    prs_section section;
    prs_deletes deletes;
    (void)prs_in_section(in, PRS_COMPONENT_DELETES, PRS_FIELD_NONE, &section);
    PRS_TRY(prs_deletes_open(&deletes, &section, manifest, arena, err));
    for (uint32_t i = 0; i < manifest->n_segments; i++) {
        const prs_manifest_segment *files = &manifest->segments[i];
        if (files->n_deleted == 0) continue;
        const prs_deletes_entry *entry = prs_deletes_find(&deletes, &files->id);
        PRS_ASSERT(entry != NULL); /* prs_deletes_open compared them with the manifest */
        if (prs_bitset_init(&stored->deleted[i], &stored->core->mem, files->n_docs) != PRISM_OK)
            return prs_error_nomem(err);
        PRS_TRY(prs_deletes_decode(&deletes, entry, &stored->deleted[i], err));
    }
    return PRISM_OK;
}

static prism_status read_deletes(prs_stored *stored, prism_error *err) {
    const prs_manifest *manifest = &stored->commit.manifest;
    stored->deleted =
        prs_arena_calloc(&stored->arena, manifest->n_segments, sizeof *stored->deleted);
    if (stored->deleted == NULL) return prs_error_nomem(err);
    if (manifest->deletes_generation == 0) return PRISM_OK;
    char name[PRS_NAME_SIZE];
    prs_in *in;
    prs_arena arena;
    prs_name_of_generation(name, PRS_NAME_DELETES, manifest->deletes_generation);
    PRS_TRY(prs_in_open(stored->core->dir, name, PRS_FILE_DELETES, &stored->commit.uuid,
                        manifest->deletes.len, &manifest->deletes.digest, PRS_CHECKSUM_EAGER, &in,
                        err));
    prs_arena_init(&arena, &stored->core->mem, 0);
    prism_status status = decode_deletes(stored, in, &arena, err);
    prs_arena_fini(&arena);
    prs_in_close(in);
    return status;
}

static prism_status read_commit(prs_stored *stored, prism_error *err) {
    char name[PRS_NAME_SIZE];
    bool read_only = false;
    PRS_TRY(prs_commit_read_newest(stored->core->dir, &stored->arena, &stored->commit, &read_only,
                                   err));
    stored->core->read_only |= read_only;
    prs_name_of_generation(name, PRS_NAME_COMMIT, stored->commit.manifest.generation);
    PRS_TRY(prs_recipe_read_schema(stored->commit.schema, name, false, &stored->schema, err));
    for (uint32_t i = 0; i < stored->commit.manifest.n_segments; i++) {
        const prs_manifest_segment *files = &stored->commit.manifest.segments[i];
        stored->n_live += files->n_docs - files->n_deleted;
    }
    return PRISM_OK;
}

static prism_status open_files(prs_stored *stored, prism_error *err) {
    const prs_manifest *manifest = &stored->commit.manifest;
    stored->docs = prs_arena_calloc(&stored->arena, manifest->n_segments, sizeof(prs_in *));
    if (stored->docs == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < manifest->n_segments; i++) {
        const prs_manifest_segment *files = &manifest->segments[i];
        char name[PRS_NAME_SIZE];
        prs_name_of_segment(name, PRS_NAME_DOC, &files->id);
        PRS_TRY(prs_in_open(stored->core->dir, name, PRS_FILE_DOC, &files->id, files->doc.len,
                            &files->doc.digest, stored->core->checksums, &stored->docs[i], err));
    }
    return PRISM_OK;
}

static prism_status try_open(prs_stored *stored, prs_core *core, prism_error *err) {
    *stored = (prs_stored){.core = core};
    prs_arena_init(&stored->arena, &core->mem, 0);
    prism_status status = read_commit(stored, err);
    if (status == PRISM_OK) status = read_deletes(stored, err);
    if (status == PRISM_OK) status = open_files(stored, err);
    return status;
}

prism_status prs_stored_open(prs_stored *stored, prs_core *core, prism_error *err) {
    uint64_t before = 0;
    for (uint32_t i = 0; i < PRS_OPEN_TRIES; i++) {
        prism_status status = try_open(stored, core, err);
        if (status == PRISM_OK) return PRISM_OK;
        uint64_t generation = stored->commit.manifest.generation; /* 0: there is no commit */
        prs_stored_fini(stored);
        if (status != PRISM_ENOTFOUND || generation == 0) return status;
        /* A file of it is gone: fine if there is a newer commit now, damage if not (R29). */
        if (generation == before) return prs_error_recode(err, PRISM_ECORRUPT);
        before = generation;
    }
    return prs_error_set(err, PRISM_EBUSY,
                         "commits came and went faster than they could be opened");
}

void prs_stored_fini(prs_stored *stored) {
    for (uint32_t i = 0; stored->deleted != NULL && i < stored->commit.manifest.n_segments; i++) {
        if (stored->deleted[i].words != NULL) prs_bitset_fini(&stored->deleted[i]);
    }
    for (uint32_t i = 0; stored->docs != NULL && i < stored->commit.manifest.n_segments; i++)
        prs_in_close(stored->docs[i]);
    stored->deleted = NULL;
    stored->docs = NULL;
    prs_schema_unref(stored->schema);
    stored->schema = NULL;
    prs_arena_fini(&stored->arena);
}

/* ---- its documents --------------------------------------------------------------------------- */

static prism_status open_documents(const prs_manifest_segment *files, prs_in *in,
                                   prs_docstore *docs, prism_error *err) {
    prs_section section, index;
    PRS_TRY(prs_in_verify_all(in, err));
    (void)prs_in_section(in, PRS_COMPONENT_DOCS, PRS_FIELD_NONE, &section);
    (void)prs_in_section(in, PRS_COMPONENT_DOC_INDEX, PRS_FIELD_NONE, &index);
    return prs_docstore_open(docs, &section, &index, files->n_docs, err);
}

/* The deleted documents of a segment by arrival; words NULL: none. */
static prism_status deleted_arrivals(prs_stored *stored, uint32_t i, prs_bitset *arrivals,
                                     prism_error *err) {
    uint32_t n = stored->commit.manifest.segments[i].n_docs;
    prs_section section;
    prs_order order;
    *arrivals = (prs_bitset){0};
    (void)prs_in_section(stored->docs[i], PRS_COMPONENT_ORDER, PRS_FIELD_NONE, &section);
    PRS_TRY(prs_order_open(&order, &section, n, err));
    if (stored->deleted[i].words == NULL) return PRISM_OK;
    if (prs_bitset_init(arrivals, &stored->core->mem, n) != PRISM_OK) return prs_error_nomem(err);
    return prs_order_apply(&order, &stored->deleted[i], arrivals, err);
}

static prism_status walk_segment(prs_stored *stored, uint32_t i, prs_docstore_cursor *cursor,
                                 prs_stored_fn each, void *ctx, prism_error *err) {
    const prs_manifest_segment *files = &stored->commit.manifest.segments[i];
    prs_docstore docs;
    prs_bitset deleted = {0};
    prism_status status = open_documents(files, stored->docs[i], &docs, err);
    if (status == PRISM_OK) status = deleted_arrivals(stored, i, &deleted, err);
    for (uint32_t at = 0; status == PRISM_OK && at < files->n_docs; at++) {
        prs_bytes json;
        if (deleted.words != NULL && prs_bitset_get(&deleted, at)) continue;
        status = prs_docstore_get(&docs, cursor, at, &json, err);
        if (status == PRISM_OK) status = each(ctx, json, err);
    }
    if (deleted.words != NULL) prs_bitset_fini(&deleted);
    return status;
}

prism_status prs_stored_each(prs_stored *stored, prs_stored_fn each, void *ctx, prism_error *err) {
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; status == PRISM_OK && i < stored->commit.manifest.n_segments; i++) {
        prs_docstore_cursor cursor; /* of one store, which is a local below */
        prs_docstore_cursor_init(&cursor, &stored->core->mem);
        status = walk_segment(stored, i, &cursor, each, ctx, err);
        prs_docstore_cursor_fini(&cursor);
    }
    return status;
}
