/* order.c - arrival numbers of a segment's documents: one bit array.
 *
 * Source: FORMAT.md section 12.  Tested by tests/unit/format/test_order.c */
#include "format/order.h"

#include "codec/bits.h"

#define HEAD 8u
#define MAX_WIDTH 57u

prism_status prs_order_open(prs_order *order, const prs_section *section, uint32_t n_docs,
                            prism_error *err) {
    *order = (prs_order){.n_docs = n_docs};
    if (section->len == 0) return PRISM_OK;
    PRS_TRY(prs_in_touch(section, 0, section->len, err));
    uint32_t width = section->ptr[0];
    if (section->len < HEAD || width > MAX_WIDTH ||
        section->len - HEAD < prs_bits_bytes(n_docs, width)) {
        return prs_section_corrupt(section, section->ptr, err,
                                   "arrival numbers do not fit their section");
    }
    order->bits = section->ptr + HEAD;
    order->width = width;
    return PRISM_OK;
}

uint64_t prs_order_get(const prs_order *order, uint32_t doc) {
    if (doc >= order->n_docs) return 0;
    if (order->bits == NULL) return doc;
    return prs_bits_load(order->bits, (uint64_t)doc * order->width, order->width);
}
