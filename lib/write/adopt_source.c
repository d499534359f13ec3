/* adopt_source.c - another index, opened so that its segments can be merged into ours.
 *
 * Structure   core of its own (directory, uuid) | newest commit: segments, deletions | each segment
 *             again, with the fields numbered as ours
 * Invariants  - Nothing there is locked or written: it may be in use, its writer included.
 *             - Views keep their descriptors: a merge verifies its inputs by pread, and their names
 *               may go meanwhile.
 * Source      rules R29, R35.
 * Tested by   tests/unit/write/test_adopt.c */
#include "base/error.h"
#include "write/adopt.h"
#include "index/commit.h"

/* err->file becomes path/file; a path too long for both keeps its end. */
static void name_file(const char *path, prism_error *err) {
    char file[sizeof err->file], both[2 * sizeof err->file];
    if (err == NULL || err->size < sizeof *err) return;
    memcpy(file, err->file, sizeof file);
    size_t len = strlen(file), room = sizeof file - 2 - len, path_len = strlen(path);
    const char *end = path_len > room ? path + (path_len - room) : path;
    size_t end_len = strlen(end);
    memcpy(both, end, end_len);
    if (len > 0) both[end_len++] = '/';
    memcpy(both + end_len, file, len + 1);
    prs_error_file(err, both);
}

static prism_status open_core(prs_core *ours, prs_adopt_source *source, prism_error *err) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.read_only = 1;
    opts.use_pread = ours->dir->pread;
    opts.allocator = &ours->mem.hook;
    opts.tokenizers = ours->tokenizers;
    PRS_TRY(prs_core_open(&opts, source->path, &source->core, err));
    source->core->dir->keep_open = true;
    if (!prs_id_equal(&source->core->uuid, &ours->uuid)) return PRISM_OK;
    return prs_error_set(err, PRISM_EINVAL, "this is the index itself, or a copy of it");
}

static prism_status open_segments(prs_recipe *recipe, prs_adopt_source *source, prism_error *err) {
    const prism_snapshot *snap = source->snap;
    source->segments = prs_mem_calloc(source->mem, snap->n_leaves, sizeof(prs_segment *));
    if (source->segments == NULL) return prs_error_nomem(err);
    source->n_segments = snap->n_leaves;
    for (uint32_t i = 0; i < snap->n_leaves; i++) {
        const prs_manifest_segment *files = &snap->manifest.segments[i];
        PRS_TRY(prs_segment_open(source->core, recipe, files, &source->segments[i], err));
    }
    return PRISM_OK;
}

static void close_commit(prs_adopt_source *source) {
    for (uint32_t i = 0; i < source->n_segments; i++) prs_segment_unref(source->segments[i]);
    prs_mem_free(source->mem, source->segments, source->n_segments * sizeof(prs_segment *));
    source->segments = NULL;
    source->n_segments = 0;
    prs_snapshot_unref(source->snap);
    source->snap = NULL;
}

/* A segment may vanish between the two times it is opened: again, then, with the newest commit. */
static prism_status open_commit(prs_recipe *recipe, prs_adopt_source *source, prism_error *err) {
    for (uint32_t i = 0; i < PRS_OPEN_TRIES; i++) {
        PRS_TRY(prs_snapshot_open(source->core, NULL, &source->snap, err));
        PRS_TRY(prs_adopt_check_schema(recipe, source->snap->recipe, err));
        prism_status status = open_segments(recipe, source, err);
        if (status != PRISM_ENOTFOUND) return status;
        close_commit(source);
    }
    return prs_error_set(err, PRISM_EBUSY,
                         "commits came and went faster than they could be opened");
}

prism_status prs_adopt_open(prs_core *core, prs_recipe *recipe, const char *path,
                            prs_adopt_source *source, prism_error *err) {
    *source = (prs_adopt_source){.path = path, .mem = &core->mem};
    prism_status status = open_core(core, source, err);
    if (status == PRISM_OK) status = open_commit(recipe, source, err);
    if (status != PRISM_OK) name_file(path, err);
    return status;
}

void prs_adopt_close(prs_adopt_source *source) {
    close_commit(source);
    prs_core_unref(source->core);
    source->core = NULL;
}

/* ---- errors ---------------------------------------------------------------------------------- */

static bool is_of(const prs_adopt_source *source, const char *file) {
    for (uint32_t i = 0; i < source->n_segments; i++) {
        const prs_segment *segment = source->segments[i];
        if (segment == NULL) continue;
        if (strcmp(file, prs_in_name(segment->idx)) == 0) return true;
        if (strcmp(file, prs_in_name(segment->doc)) == 0) return true;
    }
    return false;
}

void prs_adopt_name_error(const prs_adopt_source *source, prism_error *err) {
    if (err->file[0] != '\0' && is_of(source, err->file)) name_file(source->path, err);
}
