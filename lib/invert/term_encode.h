/* term_encode.h - the places of a term become its list. */
#ifndef PRS_INVERT_TERM_ENCODE_H
#define PRS_INVERT_TERM_ENCODE_H

#include "format/postings_writer.h"
#include "invert/transpose.h"

PRS_VEC_DEFINE(prs_u32s, uint32_t)

#define PRS_CHUNK_DOCS (4u * PRS_BLOCK)

/* Of one thread, for one field. */
typedef struct prs_term_encoder {
    prs_postings_writer *postings;
    const prs_places *places;
    bool field_has_positions;
    /* One chunk of a term: documents, freqs, positions. */
    uint32_t n, docs[PRS_CHUNK_DOCS], freqs[PRS_CHUNK_DOCS];
    prs_u32s positions;
} prs_term_encoder;

/* What encoders of a field share.  All borrowed. */
typedef struct prs_term_field {
    uint32_t n_docs;                    /* of the segment */
    const prs_lengths *lengths, *spans; /* NULL = none */
    const prs_places *places;
    bool has_positions;
} prs_term_field;

/** Lists go to `out`, which stands in a section LISTS or gathers. */
prism_status prs_term_encoder_init(prs_term_encoder *encoder, const prs_term_field *field,
                                   prs_out *out, prs_mem *mem, prism_error *err) PRS_NODISCARD;
void prs_term_encoder_fini(prs_term_encoder *encoder);
/** Write the list of a term.  info->payload is borrowed until the next.   Errors : of
 *  prs_postings_writer_finish */
prism_status prs_term_encode(prs_term_encoder *encoder, const prs_transpose_term *term,
                             prs_term_info *info, prism_error *err) PRS_NODISCARD;

/* Lists and dictionary, straight into one file. */
typedef struct prs_term_sink {
    prs_term_encoder *encoder;
    prs_terms_writer *terms;
} prs_term_sink;

/** prs_transpose_fn over a prs_term_sink. */
prism_status prs_term_write(void *sink, const prs_transpose_term *term,
                            prism_error *err) PRS_NODISCARD;

#endif
