/* delete_docs.c - documents found in a snapshot of the writer are deleted, all or none.
 *
 * What needs memory comes first, so that nothing can fail once a document is marked.
 * Tested by tests/unit/write/test_delete_docs.c, tests/unit/api/test_api_writer_query.c */
#include "base/error.h"
#include "index/snapshot.h"
#include "write/writer.h"

/* The working segment that a leaf shows; the order is the same while nothing was merged. */
static prs_working *find_working(prism_writer *writer, const prs_leaf *leaf) {
    for (size_t i = 0; i < writer->segments.n; i++) {
        if (writer->segments.ptr[i].segment == leaf->segment) return &writer->segments.ptr[i];
    }
    return NULL;
}

static prism_status make_room(prism_writer *writer, const prs_leaf *leaf, prism_error *err) {
    prs_working *working = find_working(writer, leaf);
    if (working == NULL) {
        return prs_error_set(err, PRISM_EINVAL,
                             "documents of a segment that the writer does not have any more");
    }
    if (working->deleted.words != NULL) return PRISM_OK;
    return prs_bitset_init(&working->deleted, writer->mem, working->segment->n_docs) == PRISM_OK
               ? PRISM_OK
               : prs_error_nomem(err);
}

prism_status prs_writer_delete_docs(prism_writer *writer, const prism_snapshot *snap,
                                    const prs_bitset *docs, uint64_t *n, prism_error *err) {
    uint64_t sum = 0;
    *n = 0;
    for (uint32_t i = 0; i < snap->n_leaves; i++) {
        if (docs[i].words != NULL) PRS_TRY(make_room(writer, &snap->leaves[i], err));
    }
    for (uint32_t i = 0; i < snap->n_leaves; i++) {
        if (docs[i].words == NULL) continue;
        prs_working *working = find_working(writer, &snap->leaves[i]);
        prs_bitset_or(&working->deleted, &docs[i]);
        uint32_t now = prs_bitset_count(&working->deleted);
        sum += now - working->n_deleted;
        working->n_deleted = now;
    }
    writer->deletes_changed |= sum > 0;
    writer->stats.documents_deleted += sum;
    *n = sum;
    return PRISM_OK;
}
