/* lengths.h - exact length (or span) of one field in every document: a u16 column with overflow
 * list.
 *
 * FORMAT.md section 9.  The builder takes one value per document and can be read while it grows, so
 * that the postings of a segment are written from the same 2 bytes per document that go to disk. */
#ifndef PRS_FORMAT_LENGTHS_H
#define PRS_FORMAT_LENGTHS_H

#include "base/buf.h"
#include "store/in.h"

#define PRS_LENGTH_OVER 0xffffu /* in the array: look in the overflow list */

/* ---- reading -------------------------------------------------------------------------------- */
typedef struct prs_lengths {
    const uint8_t *array; /* n_docs x u16, little-endian; NULL = every length is 0 */
    const uint8_t *over;  /* n_over x (u32 doc, u32 length), ascending by doc */
    uint32_t n_docs, n_over;
} prs_lengths;

/** Borrow a section LENGTHS or SPANS; an empty section (len 0) makes every length 0.
 *  Verifies and checks the whole section: it is read at random afterwards.
 *  Errors : ECORRUPT.   Threads: any number of readers.   Cost: O(n_docs), memory speed */
prism_status prs_lengths_open(prs_lengths *lengths, const prs_section *section, uint32_t n_docs,
                              prism_error *err) PRS_NODISCARD;
/** Value of a document whose array entry is PRS_LENGTH_OVER.  Use prs_lengths_get. */
uint32_t prs_lengths_overflow(const prs_lengths *lengths, uint32_t doc);

/** Length of doc; 0 if out of range. */
static inline uint32_t prs_lengths_get(const prs_lengths *lengths, uint32_t doc) {
    if (PRS_UNLIKELY(lengths->array == NULL || doc >= lengths->n_docs)) return 0;
    uint32_t v = prs_load16(lengths->array + 2 * (size_t)doc);
    return PRS_LIKELY(v != PRS_LENGTH_OVER) ? v : prs_lengths_overflow(lengths, doc);
}

/** Lengths of n documents, which ascend. */
static inline void prs_lengths_take(const prs_lengths *lengths, const uint32_t *docs, uint32_t n,
                                    uint32_t *out) {
    uint32_t over = 0;
    if (PRS_LIKELY(n > 0 && lengths->array != NULL && docs[n - 1] < lengths->n_docs)) {
        for (uint32_t i = 0; i < n; i++) {
            out[i] = prs_load16(lengths->array + 2 * (size_t)docs[i]);
            over |= out[i] + 1; /* 2^16 for those that are elsewhere */
        }
        if (PRS_LIKELY(over >> 16 == 0)) return;
    }
    for (uint32_t i = 0; i < n; i++) out[i] = prs_lengths_get(lengths, docs[i]);
}

/* ---- writing -------------------------------------------------------------------------------- */
typedef struct prs_lengths_builder {
    prs_buf array, over;
    uint32_t n_docs, n_over;
} prs_lengths_builder;

/** Allocates nothing yet.  Out of memory is sticky and reported by prs_lengths_builder_write. */
void prs_lengths_builder_init(prs_lengths_builder *builder, prs_mem *mem);
void prs_lengths_builder_fini(prs_lengths_builder *builder);
/** The value of the next document. */
void prs_lengths_builder_add(prs_lengths_builder *builder, uint32_t value);
/** What was added so far, for the postings writer; good until the next add or fini.
 *  Errors : ENOMEM, if an add failed. */
prism_status prs_lengths_builder_view(const prs_lengths_builder *builder, prs_lengths *lengths,
                                      prism_error *err) PRS_NODISCARD;
/** Write section LENGTHS or SPANS, which the caller has begun.  Errors : ENOMEM; those of
 *  prs_out */
prism_status prs_lengths_builder_write(const prs_lengths_builder *builder, prs_out *out,
                                       prism_error *err) PRS_NODISCARD;

/* Without holding them, for values that can be had twice: all of them, then the large ones again.
 *
 *     prs_lengths_stream_begin(&stream, out); prs_lengths_stream_add(&stream, values, n);
 *     any number of times; or _copy prs_lengths_stream_end_array(&stream, n_over);
 *     prs_lengths_stream_over(&stream, doc, value);        n_over times, those >=
 *     PRS_LENGTH_OVER */
typedef struct prs_lengths_stream {
    prs_out *out;
} prs_lengths_stream;

/** In the section, which the caller has begun. */
void prs_lengths_stream_begin(prs_lengths_stream *stream, prs_out *out);
void prs_lengths_stream_add(prs_lengths_stream *stream, const uint32_t *values, uint32_t n);
/** Values of n documents of another section, which has an array, as they stand there. */
void prs_lengths_stream_copy(prs_lengths_stream *stream, const prs_lengths *lengths, uint32_t first,
                             uint32_t n);
void prs_lengths_stream_end_array(prs_lengths_stream *stream, uint32_t n_over);
void prs_lengths_stream_over(prs_lengths_stream *stream, uint32_t doc, uint32_t value);

/** The i-th of n_over documents of the overflow list, and its value. */
static inline uint32_t prs_lengths_over_doc(const prs_lengths *lengths, uint32_t i) {
    return prs_load32(lengths->over + 8 * (size_t)i);
}
static inline uint32_t prs_lengths_over_value(const prs_lengths *lengths, uint32_t i) {
    return prs_load32(lengths->over + 8 * (size_t)i + 4);
}

#endif
