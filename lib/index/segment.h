/* segment.h - one immutable segment, open: every reader of its two files behind one reference count.
 *
 * Shared by all snapshots that contain it.  Per-snapshot state (deletions) is not here. */
#ifndef PRS_INDEX_SEGMENT_H
#define PRS_INDEX_SEGMENT_H

#include "base/sync.h"
#include "format/column.h"
#include "format/docstore.h"
#include "format/keys.h"
#include "format/lengths.h"
#include "format/postings.h"
#include "format/segment_meta.h"
#include "format/terms.h"
#include "schema/schema.h"

typedef struct prs_segment_field {
    bool present;                 /* the segment knows this field of the snapshot's schema */
    uint16_t no;                  /* its number inside this segment (mapped by name) */
    uint32_t n_docs_with;
    uint64_t sum_length, sum_df, sum_cf;
    uint32_t max_length;
    prs_terms terms;
    prs_lengths lengths, spans;   /* spans = lengths when the segment has no SPANS */
    prs_postings_source source;
    prs_column column;            /* valid if has_column */
    bool has_lengths, has_positions, has_column;
} prs_segment_field;

typedef struct prs_segment {
    prs_refcount refs;
    prs_mem *mem;
    prs_id id;
    uint32_t n_docs;
    uint64_t arrival_base;
    prs_in *idx, *doc;
    prism_schema *schema;         /* the segment's own */
    prs_segment_field *fields;    /* by field number of the index schema given at open */
    uint32_t n_fields;
    prs_keys keys;                /* n_docs 0 if the schema has no key */
    prs_docstore docs;
    bool has_order;               /* ORDER section: arrival by doc */
    const uint8_t *order;
    uint32_t order_width;
    prs_mutex cache_lock;         /* guards the small cache below */
    struct { uint64_t mask_hash; uint32_t n; } any_cache[8]; /* documents having any of a set of fields */
    uint32_t n_any_cache;
} prs_segment;

uint64_t prs_segment_arrival(const prs_segment *segment, uint32_t doc);
/** Documents whose length is > 0 in at least one of the fields (numbers in the index schema). */
prism_status prs_segment_docs_with_any(prs_segment *segment, const uint16_t *fields, uint32_t n, uint32_t *count,
                                       prism_error *err);
prs_segment *prs_segment_ref(prs_segment *segment);
void prs_segment_unref(prs_segment *segment);

#endif
