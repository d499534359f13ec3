/* tally.h - how full is the pending segment, counted so that the answer depends on the documents
 * alone?
 *
 *   documents   | batch | batch | batch | open batch |
 *               '-known-'  `--- window ---'
 *               marks say   texts are measured
 *
 * Where a segment ends must not hang on how many threads analyze, nor on how fast: the same
 * documents give the same bytes.  So what is known exactly is what stood behind the last batch that
 * has left the window, however much of the window was analyzed already; the rest is estimated from
 * the lengths of its texts. */
#ifndef PRS_INVERT_TALLY_H
#define PRS_INVERT_TALLY_H

#include "base/prs.h"

#define PRS_TALLY_BATCHES 16u /* most batches in the window */

/* All that the documents up to the end of a batch have come to. */
typedef struct prs_tally_mark {
    uint64_t stream_bytes;          /* ids and entries of documents, all fields */
    uint64_t most_ids, most_places; /* of the fullest field */
    uint64_t lexicon_weight;
} prs_tally_mark;

typedef struct prs_tally_batch {
    uint64_t text, n_values;
    prs_tally_mark mark;
    bool is_marked;
} prs_tally_batch;

typedef struct prs_tally {
    bool is_small; /* batches of a size asked for: whoever splits work splits it small (tests) */
    size_t batch_text;  /* the document that brings a batch to so many bytes of text ends it */
    size_t window_text; /* the window has at most about as many */
    size_t whole_text;  /* a document with more is analyzed alone, in its put */
    prs_tally_mark known;
    prs_tally_batch batches[PRS_TALLY_BATCHES]; /* a ring */
    uint32_t first, n;                          /* closed batches in the window */
    prs_tally_batch open;
    uint64_t text, n_values; /* of all documents after `known` */
} prs_tally;

/** Params : memory = the writer's budget; batch_text, see above, 0 = by the budget */
void prs_tally_init(prs_tally *tally, size_t memory, size_t batch_text);
/** No documents, and all of them known: a segment begins, or a document was analyzed alone. */
void prs_tally_reset(prs_tally *tally, const prs_tally_mark *mark);
/** A document of n_values texts joins the open batch. */
void prs_tally_add(prs_tally *tally, uint64_t text, uint64_t n_values);
static inline bool prs_tally_batch_is_full(const prs_tally *tally) {
    return tally->open.text + tally->open.n_values * 8 >= tally->batch_text;
}
static inline bool prs_tally_is_open_empty(const prs_tally *tally) {
    return tally->open.n_values == 0;
}
/** Is there any text that is not known by its mark? */
static inline bool prs_tally_has_texts(const prs_tally *tally) {
    return tally->n_values > 0;
}
/** Is a document so large that it is not to wait for its analysis? */
static inline bool prs_tally_is_large(const prs_tally *tally, uint64_t text, uint64_t n_values) {
    return text + n_values * 128 > tally->whole_text;
}
/** Must the oldest batch leave before the open one is closed? */
bool prs_tally_must_leave(const prs_tally *tally);
/** Has the oldest batch its mark? */
static inline bool prs_tally_can_leave(const prs_tally *tally) {
    return tally->batches[tally->first].is_marked;
}
/** The oldest batch leaves the window. */
void prs_tally_leave(prs_tally *tally);
/** The open batch is whole; there is room for it. */
void prs_tally_close(prs_tally *tally);
/** What stands behind the oldest closed batch without a mark. */
void prs_tally_mark_next(prs_tally *tally, const prs_tally_mark *mark);

/** Bytes of streams: known, and estimated for the window. */
uint64_t prs_tally_stream_bytes(const prs_tally *tally);
/** Weight of the lexicons, likewise. */
uint64_t prs_tally_lexicon_weight(const prs_tally *tally);
/** Entries and positions of the fullest field, likewise. */
uint64_t prs_tally_ids(const prs_tally *tally);
uint64_t prs_tally_places(const prs_tally *tally);

#endif
