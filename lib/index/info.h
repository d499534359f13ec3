/* info.h - what a snapshot holds, as JSON. */
#ifndef PRS_INDEX_INFO_H
#define PRS_INDEX_INFO_H

#include "index/snapshot.h"

/** See prism_snapshot_info.   Out: *json owned: prs_text_free.   Errors: ENOMEM */
prism_status prs_info_json(const prism_snapshot *snap, char **json, prism_error *err) PRS_NODISCARD;

#endif
