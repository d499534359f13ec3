/* api_reindex.c - prism_index_reindex, prism_index_upgrade: check arguments, call down.
 *
 * Tested by tests/unit/api/test_api_reindex.c */
#include "api/opts.h"
#include "base/error.h"
#include "maintain/reindex.h"
#include "maintain/upgrade.h"

static prism_status take_index_opts(prism_index_opts *own, const prism_index_opts *opts,
                                    prism_error *err) {
    *own = (prism_index_opts)PRISM_INDEX_OPTS_INIT;
    if (!prs_opts_copy(own, sizeof *own, opts))
        return prs_error_set(err, PRISM_EINVAL, "index options without their size");
    if (own->in_memory)
        return prs_error_set(err, PRISM_EINVAL, "an index in memory has no path to find it by");
    if (own->read_only)
        return prs_error_set(err, PRISM_EREADONLY, "the index options say read_only");
    return PRISM_OK;
}

prism_status prism_index_reindex(const char *path, const prism_schema *schema,
                                 const prism_index_opts *index_opts, const prism_reindex_opts *opts,
                                 prism_progress_fn progress, void *progress_ctx,
                                 uint64_t *generation, prism_error *err) {
    uint64_t own_generation = 0;
    prism_index_opts own;
    prism_reindex_opts given = PRISM_REINDEX_OPTS_INIT;
    if (generation != NULL) *generation = 0;
    if (path == NULL) return prs_error_set(err, PRISM_EINVAL, "path must not be NULL");
    PRS_TRY(take_index_opts(&own, index_opts, err));
    if (!prs_opts_copy(&given, sizeof given, opts))
        return prs_error_set(err, PRISM_EINVAL, "reindex options without their size");
    if (given.memory != 0 && given.memory < PRS_WRITER_MIN_MEMORY)
        return prs_error_set(err, PRISM_EINVAL, "reindexing needs at least 16 MiB of memory");
    prs_reindex_args args = {
        .opts = &own,
        .schema = schema,
        .memory = given.memory != 0 ? given.memory : PRS_WRITER_DEFAULT_MEMORY,
        .drop_unstored = given.drop_unstored != 0,
        .durable = given.non_durable == 0,
        .progress = progress,
        .progress_ctx = progress_ctx,
    };
    PRS_TRY(prs_reindex(path, given.to, &args, &own_generation, err));
    if (generation != NULL) *generation = own_generation;
    return PRISM_OK;
}

static prism_status upgrade(prs_core *core, prism_progress_fn progress, void *ctx, uint64_t *n,
                            prism_error *err) {
    prs_writer_options options = {
        .memory = PRS_WRITER_MIN_MEMORY, .keep_commits = 2, .durable = true};
    prism_writer *writer;
    PRS_TRY(prs_writer_open(core, &options, &writer, err));
    prism_status status = prs_upgrade(writer, prs_upgrade_is_old, progress, ctx, n, err);
    prs_writer_close(writer);
    return status;
}

prism_status prism_index_upgrade(const char *path, const prism_index_opts *index_opts,
                                 prism_progress_fn progress, void *progress_ctx,
                                 uint64_t *n_segments, prism_error *err) {
    uint64_t n = 0;
    prism_index_opts own;
    prs_core *core;
    if (n_segments != NULL) *n_segments = 0;
    if (path == NULL) return prs_error_set(err, PRISM_EINVAL, "path must not be NULL");
    PRS_TRY(take_index_opts(&own, index_opts, err));
    PRS_TRY(prs_core_open(&own, path, &core, err));
    prism_status status = upgrade(core, progress, progress_ctx, &n, err);
    prs_core_unref(core);
    if (status == PRISM_OK && n_segments != NULL) *n_segments = n;
    return status;
}
