/* order.h - arrival numbers of a segment's documents, where they are not consecutive (FORMAT.md
 * section 12). */
#ifndef PRS_FORMAT_ORDER_H
#define PRS_FORMAT_ORDER_H

#include "store/in.h"

typedef struct prs_order { /* immutable after open: any threads */
    const uint8_t *bits;   /* NULL = arrival number is arrival_base + doc */
    uint32_t width, n_docs;
} prs_order;

/** Borrow a section ORDER, verified whole; an absent one (len 0) means consecutive numbers.
 *  Errors : ECORRUPT */
prism_status prs_order_open(prs_order *order, const prs_section *section, uint32_t n_docs,
                            prism_error *err) PRS_NODISCARD;
/** Arrival number - arrival_base of doc, 0 if out of range.   Cost: ~1 ns */
uint64_t prs_order_get(const prs_order *order, uint32_t doc);

#endif
