/* analysts.h - workers that analyze documents beside the thread that puts them.
 *
 *   add -> open batch --submit--> queue of the pool --> a seat: lexicons of its own
 *                                                          |
 *   inverter <--settle, in order of the documents-- batch <-'
 *
 * Used by the thread that has the writer; what is pending is as if that thread had analyzed all
 * itself as soon as prs_analysts_settle_all has returned. */
#ifndef PRS_INVERT_ANALYSTS_H
#define PRS_INVERT_ANALYSTS_H

#include "invert/inverter.h"

typedef struct prs_analysts prs_analysts;

/** Params : inverter and pool [borrowed]; n_seats = workers that analyze, the caller is one;
 *           memory = bytes that the lexicons of all seats may have before one more batch
 *  Returns: *out NULL, and PRISM_OK: fewer than two seats, nothing to analyze, or an analyzer that
 *           may fail on some text: all analysis is to be the caller's
 *  Errors : ENOMEM */
prism_status prs_analysts_new(prs_inverter *inverter, prs_pool *pool, uint32_t n_seats,
                              size_t memory, prs_analysts **out, prism_error *err) PRS_NODISCARD;
/** Drops what is under way.  NULL is fine. */
void prs_analysts_free(prs_analysts *analysts);
/** Take a document: see prs_inverter_add_later. */
prism_status prs_analysts_add(prs_analysts *analysts, const prs_document *doc,
                              prism_error *err) PRS_NODISCARD;
/** Is there no room to hand in a batch before one is settled? */
bool prs_analysts_must_settle(const prs_analysts *analysts);
/** Hand in the open batch, unless there is nothing in it; there is room. */
void prs_analysts_submit(prs_analysts *analysts);
/** Analyze the open batch here and now; nothing is under way.   Errors : ENOMEM: it is as it was */
prism_status prs_analysts_scan_open(prs_analysts *analysts, prism_error *err) PRS_NODISCARD;
/** The results of the oldest batch handed in go to the inverter; there is one.
 *  Errors : ENOMEM: it is still the oldest, try again */
prism_status prs_analysts_settle(prs_analysts *analysts, prism_error *err) PRS_NODISCARD;
/** Batches handed in and not settled. */
uint32_t prs_analysts_under_way(const prs_analysts *analysts);
/** Forget all texts, and, unless keep_terms, what was learnt from them: the inverter's lexicons are
 *  emptied, too. */
void prs_analysts_clear(prs_analysts *analysts, bool keep_terms);
/** Bytes of the lexicons of the seats, where nothing is under way; of all else. */
size_t prs_analysts_lexicon_bytes(const prs_analysts *analysts);
size_t prs_analysts_bytes(const prs_analysts *analysts);

#endif
