/* segment_write.h - what flush and merge share when they write a segment: its statistics, schema,
 * removal. */
#ifndef PRS_INDEX_SEGMENT_WRITE_H
#define PRS_INDEX_SEGMENT_WRITE_H

#include "format/manifest.h"
#include "format/segment_meta.h"
#include "index/core.h"

/** A meta of all fields of the recipe with zero statistics and the ids of their analyzers.   Out:
 *  end it */
prism_status prs_segment_meta_begin(prs_segment_meta *meta, const prs_recipe *recipe,
                                    const prs_manifest_segment *files, prs_mem *mem,
                                    prism_error *err) PRS_NODISCARD;
void prs_segment_meta_end(prs_segment_meta *meta, prs_mem *mem);
/** The last two sections of an `.idx` file: SCHEMA and SEGMENT. */
prism_status prs_segment_write_tail(prs_out *out, const prs_segment_meta *meta,
                                    const prism_schema *schema, prs_mem *mem,
                                    prism_error *err) PRS_NODISCARD;
/** Unlink both files of a segment, best effort. */
void prs_segment_unlink(prs_dir *dir, const prs_id *id);

#endif
