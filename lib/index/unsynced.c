/* unsynced.c - the two files of a segment that is readable and not yet durable.
 *
 * Tested by tests/unit/index/test_unsynced.c, test_writer_snapshot.c */
#include "index/unsynced.h"

#include "base/error.h"

prism_status prs_unsynced_confirm(prs_unsynced *files, prism_error *err) {
    prs_unsynced own = *files;
    *files = (prs_unsynced){NULL, NULL};
    prism_status status = PRISM_OK;
    if (own.doc != NULL) status = prs_out_confirm(own.doc, err);
    if (own.idx == NULL) return status;
    if (status == PRISM_OK) return prs_out_confirm(own.idx, err);
    prs_out_leave(own.idx);
    return status;
}

void prs_unsynced_leave(prs_unsynced *files) {
    prs_out_leave(files->doc);
    prs_out_leave(files->idx);
    *files = (prs_unsynced){NULL, NULL};
}
