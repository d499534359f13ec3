/* segment.h - one immutable segment, open: every reader of its two files behind one reference
 * count.
 *
 * Shared by all snapshots that contain it.  Per-snapshot state (deletions) is not here.  Fields are
 * numbered as in the schema it was opened with (the snapshot's); the segment's own numbers are
 * found by name. */
#ifndef PRS_INDEX_SEGMENT_H
#define PRS_INDEX_SEGMENT_H

#include "format/column.h"
#include "format/docstore.h"
#include "format/keys.h"
#include "format/lengths.h"
#include "format/manifest.h"
#include "format/order.h"
#include "format/postings.h"
#include "format/stops.h"
#include "format/terms.h"
#include "index/core.h"

typedef struct prs_segment_field {
    bool present;         /* the segment's schema has a field of this name and type */
    bool partial;         /* not for all of its documents: see prs_field */
    uint16_t no;          /* its number inside this segment */
    uint32_t n_docs_with; /* documents with a length > 0, or with a value */
    uint32_t max_length;
    uint64_t sum_length, n_terms, sum_df, sum_cf;
    prs_terms terms;            /* empty if nothing is indexed */
    prs_lengths lengths, spans; /* spans = lengths when the segment has no SPANS */
    prs_postings_source source;
    /* Pairs of stop words: stops.len 0 = none are kept, else what is not in pair_terms is
     * nowhere. */
    prs_section stops;
    prs_stops *stop_words; /* read from it; NULL = no pairs are kept */
    prs_terms pair_terms;
    prs_terms_memo memo, pair_memo; /* of both */
    prs_postings_source pair_source;
    prs_column column; /* valid if has_column */
    bool has_lengths, has_positions, has_column;
} prs_segment_field;

#define PRS_SEGMENT_ANY_CACHE 8u

typedef struct prs_segment {
    prs_refcount refs;
    prs_core *core;
    prs_recipe *recipe; /* whose field numbers `fields` follows */
    /* id, n_docs, arrival_base, lengths and digests; n_deleted is 0 here */
    prs_manifest_segment files;
    uint32_t n_docs;
    uint64_t arrival_base;
    prs_in *idx, *doc;
    prism_schema *schema;      /* the segment's own */
    prs_segment_field *fields; /* by field number of recipe->schema */
    uint32_t n_fields;
    prs_keys keys; /* n_docs 0 if the schema has no key */
    prs_docstore docs;
    prs_order order; /* arrival by doc */
    /* Documents having any of a set of fields.  Written and read without a lock, word by word, so
     * each entry proves itself: `proof` is the hash of the fields xor `n`. */
    struct prs_segment_any {
        atomic_uint_fast64_t proof, n; /* n: the count + 1; 0 = empty */
    } any_cache[PRS_SEGMENT_ANY_CACHE];
    atomic_uint n_any_cache;
} prs_segment;

/** Open the two files of a segment and every reader in them.
 *  Errors : ENOTFOUND a file is gone (R29: try again), ECORRUPT, ETOONEW, EANALYZER, EIO, ENOMEM */
prism_status prs_segment_open(prs_core *core, prs_recipe *recipe, const prs_manifest_segment *files,
                              prs_segment **out, prism_error *err) PRS_NODISCARD;
/** The same segment by another recipe, after a change of the schema: its files stay open and what
 *  is verified of them stays so.
 *  Errors : as prs_segment_open, but ENOTFOUND */
prism_status prs_segment_open_as(const prs_segment *from, prs_recipe *recipe, prs_segment **out,
                                 prism_error *err) PRS_NODISCARD;
prs_segment *prs_segment_ref(prs_segment *segment);
void prs_segment_unref(prs_segment *segment);

/** Arrival number of a document. */
uint64_t prs_segment_arrival(const prs_segment *segment, uint32_t doc);
/** The stored JSON of a document, borrowed from the cursor until its next use: stored documents
 *  stand by arrival.   Errors, cost: prs_docstore_get */
prism_status prs_segment_document(const prs_segment *segment, prs_docstore_cursor *cursor,
                                  uint32_t doc, prs_bytes *json, prism_error *err) PRS_NODISCARD;
/** The documents in order of arrival, n_docs of them; NULL where that is the order of their
 *  numbers.
 *  Params : *docs owned: prs_mem_free(mem, docs, n_docs * 4)
 *  Errors : ECORRUPT, ENOMEM */
prism_status prs_segment_by_arrival(const prs_segment *segment, prs_mem *mem, uint32_t **docs,
                                    prism_error *err) PRS_NODISCARD;
/** Documents whose length is > 0 (no lengths: that have a value) in at least one of the fields.
 *  Params : fields ascending, numbers of recipe->schema.   Cost: O(n_docs) once per set, then a
 *           look-up */
prism_status prs_segment_docs_with_any(prs_segment *segment, const uint16_t *fields, uint32_t n,
                                       uint32_t *count, prism_error *err) PRS_NODISCARD;

#endif
