/* api_check.c - prism_index_check: check arguments, call down.
 *
 * Tested by tests/unit/api/test_api_check.c */
#include "api/opts.h"
#include "base/error.h"
#include "maintain/check.h"

prism_status prism_index_check(const char *path, prism_check_level level,
                               const prism_index_opts *opts, prism_finding_fn each, void *ctx,
                               prism_progress_fn progress, void *progress_ctx, uint64_t *n_findings,
                               prism_error *err) {
    if (n_findings == NULL) return prs_error_set(err, PRISM_EINVAL, "n_findings must not be NULL");
    *n_findings = 0;
    if (path == NULL) return prs_error_set(err, PRISM_EINVAL, "path must not be NULL");
    if ((unsigned)level > PRISM_CHECK_DEEP)
        return prs_error_set(err, PRISM_EINVAL, "no such level of check");
    prism_index_opts own = PRISM_INDEX_OPTS_INIT;
    if (!prs_opts_copy(&own, sizeof own, opts))
        return prs_error_set(err, PRISM_EINVAL, "index options without their size");
    return prs_check_index(path, level, &own, each, ctx, progress, progress_ctx, n_findings, err);
}
