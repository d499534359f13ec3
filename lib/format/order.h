/* order.h - arrival numbers of a segment's documents, where they are not consecutive (FORMAT.md
 * section 12).
 *
 *   doc      0 1 2 3        lists, lengths, columns, keys
 *   arrival  2 0 3 1        arrival number - arrival_base: the place in the stored documents */
#ifndef PRS_FORMAT_ORDER_H
#define PRS_FORMAT_ORDER_H

#include "base/bitset.h"
#include "store/in.h"
#include "store/out.h"

typedef struct prs_order { /* immutable after open: any threads */
    const uint8_t *bits;   /* NULL = arrival number is arrival_base + doc */
    prs_section section;
    uint32_t width, n_docs;
} prs_order;

/** Borrow a section ORDER, verified whole; an absent one (len 0) means consecutive numbers.
 *  Errors : ECORRUPT */
prism_status prs_order_open(prs_order *order, const prs_section *section, uint32_t n_docs,
                            prism_error *err) PRS_NODISCARD;
/** Arrival number - arrival_base of doc, 0 if out of range; below n_docs in a segment that is not
 *  damaged.   Cost: ~1 ns */
uint32_t prs_order_get(const prs_order *order, uint32_t doc);
/** The documents by arrival: to[arrival] = doc, n_docs of each.
 *  Errors : ECORRUPT the numbers are not 0 .. n_docs - 1, each once.   Cost: ~3 ns a document */
prism_status prs_order_invert(const prs_order *order, uint32_t *to, prism_error *err) PRS_NODISCARD;
/** Are the numbers 0 .. n_docs - 1, each once?   Errors: ECORRUPT no; ENOMEM */
prism_status prs_order_check(const prs_order *order, prs_mem *mem, prism_error *err) PRS_NODISCARD;
/** A set of documents as a set of arrivals, which is empty at first and has n_docs bits.
 *  Errors : ECORRUPT a number beyond n_docs */
prism_status prs_order_apply(const prs_order *order, const prs_bitset *docs, prs_bitset *arrivals,
                             prism_error *err) PRS_NODISCARD;

/** Write the section ORDER (begun by the caller): the arrival of each document, less arrival_base.
 *  Errors : those of out */
prism_status prs_order_write(prs_out *out, const uint32_t *arrivals, uint32_t n_docs,
                             prism_error *err) PRS_NODISCARD;

#endif
