/* api_writer_query.c - delete by query: the one call of a writer that searches.
 *
 * Structure   lock | snapshot of the writer | all that match, as bits | mark them deleted | unlock
 * Invariants  - The lock is held from the snapshot on: no put of another thread comes between.
 *             - Nothing is marked before everything was found.
 * Why here    lib/write does not know lib/search; what joins them is the interface.
 * Tested by tests/unit/api/test_api_writer_query.c, tests/diff */
#include "api/writer_lock.h"
#include "base/error.h"
#include "index/snapshot.h"
#include "search/matches.h"

static prism_status delete_matches(prism_writer *writer, const prism_query *query, uint64_t *n,
                                   prism_error *err) {
    prism_snapshot *snap;
    prs_matches matches;
    prs_watch watch = prs_watch_of(0, NULL, 0);
    PRS_TRY(prs_api_check_schema(writer, query->schema, "query", err));
    PRS_TRY(prs_writer_view(writer, &snap, err));
    prism_status status = prs_matches_find(snap, query, writer->mem, &watch, &matches, err);
    if (status == PRISM_OK) status = prs_writer_delete_docs(writer, snap, matches.sets, n, err);
    prs_matches_fini(&matches);
    prs_snapshot_unref(snap);
    return status;
}

prism_status prism_writer_delete_query(prism_writer *writer, const prism_query *query, uint64_t *n,
                                       prism_error *err) {
    uint64_t deleted = 0;
    if (n != NULL) *n = 0;
    if (query == NULL) return prs_error_set(err, PRISM_EINVAL, "query must not be NULL");
    PRS_TRY(prs_api_enter(writer, err));
    prism_status status = delete_matches(writer, query, &deleted, err);
    if (n != NULL) *n = deleted;
    return prs_api_leave(writer, status);
}
