/* snapshot.c - how does a reader get a view that never changes, without a lock, while a writer goes
 * on?
 *
 * Structure   newest commit -> deletes file -> every segment (shared with an earlier snapshot where
 *             the id is the same) -> leaves; any file gone -> all again with the then newest commit
 * Invariants  - Files are opened before the snapshot is handed out; once open they stay readable
 *               though the writer unlinks them.
 *             - A snapshot is immutable; its parts live until the last reference is dropped (R31).
 *             - A damaged newest commit is an error, never a silent step back to an older one
 *               (R13).
 * Cost        O(metadata) of the segments not shared; one directory listing if nothing changed
 *             (R30).
 * Source      FORMAT.md sections 15, 16, 18; rules R13, R15, R29, R30, R31.
 * Tested by   tests/unit/index/test_snapshot.c */
#include "index/snapshot.h"

#include "base/error.h"
#include "format/components.h"
#include "format/deletes.h"
#include "format/names.h"
#include "index/commit.h"

static void free_snapshot(prism_snapshot *snap) {
    prs_core *core = snap->core;
    for (uint32_t i = 0; snap->leaves != NULL && i < snap->n_leaves; i++) {
        prs_segment_unref(snap->leaves[i].segment);
        if (snap->deleted[i].words != NULL) prs_bitset_fini(&snap->deleted[i]);
    }
    prs_recipe_unref(snap->recipe);
    prs_bits_cache_fini(&snap->cache);
    prs_score_cache_fini(&snap->scores);
    prs_spares_fini(&snap->spares);
    prs_spares_fini(&snap->arenas);
    prs_arena_fini(&snap->arena);
    prs_mem_free(&core->mem, snap, sizeof *snap);
    prs_core_unref(core);
}

prism_status prs_snapshot_new(prs_core *core, prism_snapshot **out, prism_error *err) {
    prism_snapshot *snap = prs_mem_calloc(&core->mem, 1, sizeof *snap);
    *out = NULL;
    if (snap == NULL) return prs_error_nomem(err);
    prs_ref_init(&snap->refs);
    snap->mem = &core->mem;
    snap->core = prs_core_ref(core);
    prs_arena_init(&snap->arena, &core->mem, 0);
    prs_spares_init(&snap->spares, &core->mem, PRS_SNAPSHOT_SPARE_BYTES);
    prs_spares_init(&snap->arenas, &core->mem, PRS_SNAPSHOT_ARENA_BYTES);
    prism_status status = prs_bits_cache_init(&snap->cache, &core->mem, err);
    if (status == PRISM_OK) status = prs_score_cache_init(&snap->scores, &core->mem, err);
    if (status != PRISM_OK) {
        prs_snapshot_unref(snap);
        return status;
    }
    *out = snap;
    return PRISM_OK;
}

/* ---- parts ----------------------------------------------------------------------------------- */

/* The core's recipe, or the base's, if the canonical schema text is theirs; else none. */
static prism_status find_recipe(prism_snapshot *snap, const prism_snapshot *base, prs_bytes text,
                                prism_error *err) {
    prs_recipe *known[2] = {base != NULL ? base->recipe : NULL, snap->core->recipe};
    for (size_t i = 0; i < PRS_COUNT(known) && snap->recipe == NULL; i++) {
        const char *json;
        size_t len;
        if (known[i] == NULL) continue;
        PRS_TRY(prs_schema_to_json(known[i]->schema, &json, &len, err));
        if (prs_bytes_equal(text, prs_bytes_of(json, len))) snap->recipe = prs_recipe_ref(known[i]);
    }
    return PRISM_OK;
}

/* A known recipe though the text may be written in another way, or a new one. */
static prism_status make_recipe(prism_snapshot *snap, const prism_snapshot *base,
                                prism_schema *schema, prism_error *err) {
    const char *json;
    size_t len;
    PRS_TRY(prs_schema_to_json(schema, &json, &len, err));
    PRS_TRY(find_recipe(snap, base, prs_bytes_of(json, len), err));
    if (snap->recipe != NULL) return PRISM_OK;
    prs_schema_set_tokenizers(schema, snap->core->tokenizers);
    return prs_recipe_new(snap->mem, schema, &snap->recipe, err);
}

static prism_status give_recipe(prism_snapshot *snap, const prism_snapshot *base, prs_bytes text,
                                prism_error *err) {
    PRS_TRY(find_recipe(snap, base, text, err));
    if (snap->recipe != NULL) return PRISM_OK;
    prism_schema *schema;
    char name[PRS_NAME_SIZE];
    prs_name_of_generation(name, PRS_NAME_COMMIT, snap->generation);
    PRS_TRY(prs_recipe_read_schema(text, name, false, &schema, err));
    prism_status status = make_recipe(snap, base, schema, err);
    prs_schema_unref(schema);
    return status;
}

static bool same_check(const prs_file_check *a, const prs_file_check *b) {
    return a->len == b->len && a->digest.lo == b->digest.lo && a->digest.hi == b->digest.hi;
}

/* But for deletions, which are the commit's. */
static bool same_files(const prs_manifest_segment *a, const prs_manifest_segment *b) {
    return prs_id_equal(&a->id, &b->id) && a->n_docs == b->n_docs &&
           a->arrival_base == b->arrival_base && same_check(&a->idx, &b->idx) &&
           same_check(&a->doc, &b->doc);
}

/* The segment in `base` that is known to be what the manifest says.  Any other is opened, which
 * finds out. */
static prs_segment *find_shared(const prism_snapshot *base, const prs_manifest_segment *files) {
    if (base == NULL) return NULL;
    for (uint32_t i = 0; i < base->n_leaves; i++) {
        if (same_files(&base->leaves[i].segment->files, files)) return base->leaves[i].segment;
    }
    return NULL;
}

static prism_status open_leaves(prism_snapshot *snap, const prism_snapshot *base,
                                prism_error *err) {
    uint32_t n = snap->manifest.n_segments;
    snap->leaves = prs_arena_calloc(&snap->arena, n, sizeof *snap->leaves);
    snap->deleted = prs_arena_calloc(&snap->arena, n, sizeof *snap->deleted);
    if (snap->leaves == NULL || snap->deleted == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < n; i++) {
        const prs_manifest_segment *files = &snap->manifest.segments[i];
        prs_leaf *leaf = &snap->leaves[i];
        prs_segment *shared = find_shared(base, files);
        if (shared != NULL && base->recipe == snap->recipe) {
            leaf->segment = prs_segment_ref(shared);
        } else if (shared != NULL) {
            PRS_TRY(prs_segment_open_as(shared, snap->recipe, &leaf->segment, err));
        } else {
            PRS_TRY(prs_segment_open(snap->core, snap->recipe, files, &leaf->segment, err));
        }
        snap->n_leaves = i + 1;
        leaf->base = snap->n_docs;
        leaf->n_deleted = files->n_deleted;
        snap->n_docs += files->n_docs;
        snap->n_deleted += files->n_deleted;
    }
    return PRISM_OK;
}

static prism_status read_deletes(prism_snapshot *snap, prs_in *in, prs_arena *arena,
                                 prism_error *err) {
    prs_section section;
    prs_deletes deletes;
    (void)prs_in_section(in, PRS_COMPONENT_DELETES, PRS_FIELD_NONE, &section);
    PRS_TRY(prs_deletes_open(&deletes, &section, &snap->manifest, arena, err));
    for (uint32_t i = 0; i < snap->n_leaves; i++) {
        prs_leaf *leaf = &snap->leaves[i];
        if (leaf->n_deleted == 0) continue;
        const prs_deletes_entry *entry = prs_deletes_find(&deletes, &leaf->segment->files.id);
        PRS_ASSERT(entry != NULL); /* prs_deletes_open compared them with the manifest */
        if (prs_bitset_init(&snap->deleted[i], snap->mem, leaf->segment->n_docs) != PRISM_OK) {
            return prs_error_nomem(err);
        }
        leaf->deleted = &snap->deleted[i];
        PRS_TRY(prs_deletes_decode(&deletes, entry, &snap->deleted[i], err));
    }
    return PRISM_OK;
}

static prism_status open_deletes(prism_snapshot *snap, prism_error *err) {
    const prs_manifest *manifest = &snap->manifest;
    if (manifest->deletes_generation == 0) return PRISM_OK;
    char name[PRS_NAME_SIZE];
    prs_in *in;
    prs_arena arena;
    prs_name_of_generation(name, PRS_NAME_DELETES, manifest->deletes_generation);
    PRS_TRY(prs_in_open(snap->core->dir, name, PRS_FILE_DELETES, &snap->core->uuid,
                        manifest->deletes.len, &manifest->deletes.digest, PRS_CHECKSUM_EAGER, &in,
                        err));
    prs_arena_init(&arena, snap->mem, 0);
    prism_status status = read_deletes(snap, in, &arena, err);
    prs_arena_fini(&arena);
    prs_in_close(in);
    return status;
}

/* ---- opening --------------------------------------------------------------------------------- */

static prism_status open_parts(prism_snapshot *snap, const prism_snapshot *base,
                               uint64_t generation, prism_error *err) {
    prs_commit commit;
    PRS_TRY(prs_commit_read(snap->core->dir, generation, &snap->arena, &commit, NULL, err));
    if (!prs_id_equal(&commit.uuid, &snap->core->uuid)) {
        return prs_error_set(err, PRISM_ECORRUPT,
                             "the directory now holds another index: open it again");
    }
    snap->manifest = commit.manifest;
    snap->generation = generation;
    memcpy(snap->uuid, commit.uuid.bytes, sizeof snap->uuid);
    snap->payload = commit.payload;
    PRS_TRY(give_recipe(snap, base, commit.schema, err));
    snap->schema = snap->recipe->schema;
    PRS_TRY(open_leaves(snap, base, err));
    return open_deletes(snap, err);
}

static prism_status try_open(prs_core *core, prism_snapshot *base, prism_snapshot **out,
                             prism_error *err) {
    uint64_t generation;
    PRS_TRY(prs_core_generation(core, &generation, err));
    if (generation == 0)
        return prs_error_set(err, PRISM_ENOTFOUND, "the index is gone: no commit is left");
    if (base != NULL && base->generation == generation && !base->of_writer) {
        *out = prs_snapshot_ref(base);
        return PRISM_OK;
    }
    prism_snapshot *snap;
    PRS_TRY(prs_snapshot_new(core, &snap, err));
    prism_status status = open_parts(snap, base, generation, err);
    if (status != PRISM_OK) {
        prs_snapshot_unref(snap);
        return status;
    }
    *out = snap;
    return PRISM_OK;
}

prism_status prs_snapshot_open(prs_core *core, prism_snapshot *base, prism_snapshot **out,
                               prism_error *err) {
    *out = NULL;
    uint64_t before = 0;
    for (uint32_t i = 0; i < PRS_OPEN_TRIES; i++) {
        prism_status status = try_open(core, base, out, err);
        if (status != PRISM_ENOTFOUND) return status;
        /* A file of the newest commit is gone, or the listing missed both the commit that went and
         * the one that came: fine if there is a newer one now, damage if not. */
        uint64_t now;
        PRS_TRY(prs_core_generation(core, &now, err));
        if (i > 0 && now == before) return prs_error_recode(err, PRISM_ECORRUPT);
        before = now;
    }
    return prs_error_set(err, PRISM_EBUSY,
                         "commits came and went faster than they could be opened");
}

prism_snapshot *prs_snapshot_ref(prism_snapshot *snap) {
    if (snap != NULL) prs_ref_inc(&snap->refs);
    return snap;
}

void prs_snapshot_unref(prism_snapshot *snap) {
    if (snap != NULL && prs_ref_dec(&snap->refs)) free_snapshot(snap);
}

/* ---- questions ------------------------------------------------------------------------------- */

const prs_leaf *prs_snapshot_leaf(const prism_snapshot *snap, uint64_t gdoc, uint32_t *doc) {
    *doc = 0;
    if (gdoc >= snap->n_docs) return NULL;
    uint32_t low = 0, high = snap->n_leaves;
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (snap->leaves[mid].base <= gdoc) {
            low = mid;
        } else {
            high = mid;
        }
    }
    *doc = (uint32_t)(gdoc - snap->leaves[low].base);
    return &snap->leaves[low];
}

prs_analyzer *prs_snapshot_analyzer(const prism_snapshot *snap, uint16_t field) {
    return field < snap->recipe->n_fields ? snap->recipe->analyzers[field] : NULL;
}
