/* order_read.c - when did a document of a segment arrive?  One bit array says.
 *
 * Source: FORMAT.md section 12.  Tested by tests/unit/format/test_order.c */
#include "base/error.h"
#include "codec/bits.h"
#include "format/order.h"

#define HEAD 8u
#define MAX_WIDTH 32u

prism_status prs_order_open(prs_order *order, const prs_section *section, uint32_t n_docs,
                            prism_error *err) {
    *order = (prs_order){.n_docs = n_docs};
    if (section->len == 0) return PRISM_OK;
    PRS_TRY(prs_in_touch(section, 0, section->len, err));
    uint32_t width = section->ptr[0];
    if (section->len < HEAD || width > MAX_WIDTH ||
        section->len - HEAD != prs_bits_bytes(n_docs, width)) {
        return prs_section_corrupt(section, section->ptr, err,
                                   "arrival numbers do not fit their section");
    }
    order->section = *section;
    order->bits = section->ptr + HEAD;
    order->width = width;
    return PRISM_OK;
}

uint32_t prs_order_get(const prs_order *order, uint32_t doc) {
    if (doc >= order->n_docs) return 0;
    if (order->bits == NULL) return doc;
    return (uint32_t)prs_bits_load(order->bits, (uint64_t)doc * order->width, order->width);
}

static prism_status bad_numbers(const prs_order *order, prism_error *err) {
    return prs_section_corrupt(&order->section, order->bits, err,
                               "arrival numbers are not those of the segment's documents");
}

prism_status prs_order_check(const prs_order *order, prs_mem *mem, prism_error *err) {
    prs_bitset seen;
    if (order->bits == NULL) return PRISM_OK;
    if (prs_bitset_init(&seen, mem, order->n_docs) != PRISM_OK) return prs_error_nomem(err);
    prism_status status = PRISM_OK;
    for (uint32_t doc = 0; doc < order->n_docs && status == PRISM_OK; doc++) {
        uint32_t arrival = prs_order_get(order, doc);
        if (arrival < order->n_docs && !prs_bitset_get(&seen, arrival))
            prs_bitset_set(&seen, arrival);
        else
            status = bad_numbers(order, err);
    }
    prs_bitset_fini(&seen);
    return status;
}

prism_status prs_order_invert(const prs_order *order, uint32_t *to, prism_error *err) {
    for (uint32_t i = 0; i < order->n_docs; i++) to[i] = UINT32_MAX;
    for (uint32_t doc = 0; doc < order->n_docs; doc++) {
        uint32_t arrival = prs_order_get(order, doc);
        if (arrival >= order->n_docs || to[arrival] != UINT32_MAX) return bad_numbers(order, err);
        to[arrival] = doc;
    }
    return PRISM_OK;
}

prism_status prs_order_apply(const prs_order *order, const prs_bitset *docs, prs_bitset *arrivals,
                             prism_error *err) {
    for (uint32_t w = 0; w < prs_bitset_words(order->n_docs); w++) {
        for (uint64_t word = docs->words[w]; word != 0; word &= word - 1) {
            uint32_t arrival = prs_order_get(order, 64 * w + (uint32_t)__builtin_ctzll(word));
            if (arrival >= order->n_docs) return bad_numbers(order, err);
            prs_bitset_set(arrivals, arrival);
        }
    }
    return PRISM_OK;
}
