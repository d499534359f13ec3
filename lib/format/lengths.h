/* lengths.h - exact length (or span) of one field in every document: a u16 column with overflow list. */
#ifndef PRS_FORMAT_LENGTHS_H
#define PRS_FORMAT_LENGTHS_H

#include "store/in.h"

typedef struct prs_lengths {
    const uint8_t *array; /* n_docs x u16, little-endian, 64-aligned; NULL = every length is 0 */
    const uint8_t *over;  /* n_over x (u32 doc, u32 length) */
    uint32_t n_docs, n_over;
    prs_section section;
} prs_lengths;

/** Write n_docs values as section LENGTHS or SPANS (the caller has begun it). */
prism_status prs_lengths_write(prs_out *out, const uint32_t *values, uint32_t n_docs, prism_error *err);
/** Verifies the whole section (it is read at random afterwards). */
prism_status prs_lengths_open(prs_lengths *lengths, const prs_section *section, uint32_t n_docs,
                              prism_error *err);
uint32_t prs_lengths_overflow(const prs_lengths *lengths, uint32_t doc);

static inline uint32_t prs_lengths_get(const prs_lengths *lengths, uint32_t doc) {
    if (PRS_UNLIKELY(lengths->array == NULL || doc >= lengths->n_docs)) return 0;
    uint32_t v = prs_load16(lengths->array + 2 * (size_t)doc);
    return PRS_LIKELY(v != 0xffff) ? v : prs_lengths_overflow(lengths, doc);
}

#endif
