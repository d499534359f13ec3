/* api_maintain.c - the exported functions of prismsearch/maintain.h: check arguments, call down.
 *
 * Tested by tests/unit/api/test_api_maintain.c */
#include "api/opts.h"
#include "base/error.h"
#include "maintain/backup.h"
#include "index/core.h"
#include "maintain/repair.h"

static prism_status null_argument(prism_error *err, const char *name) {
    return prs_error_set(err, PRISM_EINVAL, "%s must not be NULL", name);
}

/* ---- backup, restore ------------------------------------------------------------------------- */

static prism_status take_opts(prism_backup_opts *own, const prism_backup_opts *opts,
                              const prism_backup_stats *stats, prism_error *err) {
    *own = (prism_backup_opts)PRISM_BACKUP_OPTS_INIT;
    if (!prs_opts_copy(own, sizeof *own, opts))
        return prs_error_set(err, PRISM_EINVAL, "backup options without their size");
    if (stats != NULL && stats->size < sizeof stats->size)
        return prs_error_set(err, PRISM_EINVAL, "backup statistics without their size");
    return PRISM_OK;
}

/* Give as much as the caller's struct has. */
static void give_stats(prism_backup_stats *stats, const prism_backup_stats *own) {
    if (stats == NULL) return;
    size_t size = stats->size;
    memcpy(stats, own, PRS_MIN(size, sizeof *own));
    stats->size = size;
}

prism_status prism_index_backup(prism_index *index, const char *to, const prism_backup_opts *opts,
                                prism_backup_stats *stats, prism_error *err) {
    prism_backup_opts own;
    prism_backup_stats made = {.size = sizeof made};
    if (index == NULL || to == NULL) return null_argument(err, index == NULL ? "index" : "to");
    PRS_TRY(take_opts(&own, opts, stats, err));
    prs_core *core = index->core;
    prs_backup_from from = {.dir = core->dir, .generation = core->pinned, .uuid = &core->uuid};
    prism_status status = prs_backup_to(&from, &core->mem, to, &own, &made, err);
    give_stats(stats, &made);
    return status;
}

prism_status prism_index_restore(const char *from, const char *to, const prism_backup_opts *opts,
                                 prism_backup_stats *stats, prism_error *err) {
    prism_backup_opts own;
    prism_backup_stats made = {.size = sizeof made};
    if (from == NULL || to == NULL) return null_argument(err, from == NULL ? "from" : "to");
    PRS_TRY(take_opts(&own, opts, stats, err));
    prism_status status = prs_backup_restore(from, to, &own, &made, err);
    give_stats(stats, &made);
    return status;
}

/* ---- repair, salvage ------------------------------------------------------------------------- */

static prism_status repair(const char *path, bool salvage, const prism_repair_opts *opts,
                           prism_repair_stats *stats, prism_error *err) {
    prism_repair_opts own = PRISM_REPAIR_OPTS_INIT;
    prism_repair_stats made = {.size = sizeof made};
    if (path == NULL) return null_argument(err, "path");
    if (!prs_opts_copy(&own, sizeof own, opts))
        return prs_error_set(err, PRISM_EINVAL, "repair options without their size");
    if (stats != NULL && stats->size < sizeof stats->size)
        return prs_error_set(err, PRISM_EINVAL, "repair statistics without their size");
    prism_status status = prs_repair_index(path, salvage, &own, &made, err);
    if (stats != NULL) {
        size_t size = stats->size;
        memcpy(stats, &made, PRS_MIN(size, sizeof made));
        stats->size = size;
    }
    return status;
}

prism_status prism_index_repair(const char *path, const prism_repair_opts *opts,
                                prism_repair_stats *stats, prism_error *err) {
    return repair(path, false, opts, stats, err);
}

prism_status prism_index_salvage(const char *path, const prism_repair_opts *opts,
                                 prism_repair_stats *stats, prism_error *err) {
    return repair(path, true, opts, stats, err);
}
