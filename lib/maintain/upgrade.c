/* upgrade.c - which segments are of an older format, and how do they get to the newest?
 *
 * A segment is rewritten by merging it with nothing: merging re-encodes what it reads, maps fields
 * by name, drops deleted documents, and writes the newest format only (R35, R42).  Without a live
 * document it is dropped.  Format 1.0 is the first, so today's files are never old.
 * Tested by tests/unit/maintain/test_upgrade.c */
#include "maintain/upgrade.h"

#include "base/error.h"
#include "format/components.h"

static bool file_is_old(prs_in *in) {
    prs_section section;
    uint16_t component, field;
    if (prs_in_format(in) < PRS_FORMAT) return true;
    for (uint32_t i = 0; prs_in_entry(in, i, &component, &field, &section); i++) {
        bool ours = component >= PRS_COMPONENT_SEGMENT && component <= PRS_COMPONENT_DELETES;
        if (ours && section.version < PRS_COMPONENT_VERSION) return true;
    }
    return false;
}

bool prs_upgrade_is_old(const prs_segment *segment) {
    return file_is_old(segment->idx) || file_is_old(segment->doc);
}

prism_status prs_upgrade(prism_writer *writer, bool (*is_old)(const prs_segment *segment),
                         prism_progress_fn progress, void *ctx, uint64_t *n, prism_error *err) {
    *n = 0;
    prs_merger_cancel(writer);
    for (uint32_t i = 0; i < writer->segments.n;) {
        const prs_working *working = &writer->segments.ptr[i];
        if (working->is_new || !is_old(working->segment)) {
            i++;
            continue;
        }
        PRS_TRY(prs_merge_rewrite(writer, i, progress, ctx, err)); /* is new then, or gone */
        ++*n;
    }
    if (*n == 0) return PRISM_OK;
    return prs_publish(writer, prs_bytes_of(writer->payload.ptr, writer->payload.len), err);
}
