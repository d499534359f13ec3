/* segment_meta.h - what a segment says of itself: number of documents, first arrival, field
 * statistics.
 *
 * FORMAT.md section 5.  Small, read whole at open. */
#ifndef PRS_FORMAT_SEGMENT_META_H
#define PRS_FORMAT_SEGMENT_META_H

#include "base/arena.h"
#include "store/in.h"

typedef struct prs_field_meta {
    uint16_t field;       /* number in the segment's schema */
    uint32_t n_docs_with; /* documents with a length > 0, or with a value */
    uint32_t max_length;
    uint64_t sum_length;
    uint64_t n_terms, sum_df, sum_cf;
    prs_bytes analyzer; /* its id; empty for fields that are not analyzed */
} prs_field_meta;

typedef struct prs_segment_meta {
    uint32_t n_docs, n_fields;
    uint64_t arrival_base;
    prs_field_meta *fields; /* ascending by field number */
} prs_segment_meta;

#define PRS_MAX_ANALYZER_ID 1024u /* bytes */

/** The first rule of FORMAT.md section 5 that the numbers break, in words; NULL if none. */
const char *prs_segment_meta_broken_rule(const prs_segment_meta *meta);
/** Write the section SEGMENT (begun by the caller). */
prism_status prs_segment_meta_write(const prs_segment_meta *meta, prs_mem *mem, prs_out *out,
                                    prism_error *err) PRS_NODISCARD;
/** Read and check it; the struct's arrays and ids are copied into the arena. */
prism_status prs_segment_meta_read(prs_segment_meta *meta, const prs_section *section,
                                   prs_arena *arena, prism_error *err) PRS_NODISCARD;
/** Meta of a field, or NULL. */
const prs_field_meta *prs_segment_meta_field(const prs_segment_meta *meta, uint16_t field);

#endif
