/* term_encode.c - how do the places of a term become its list?
 *
 * Structure   places -> cut into documents by prs_places, up to PRS_CHUNK_DOCS at a time ->
 *             postings writer, which takes all blocks of a chunk but the last without a copy
 * Tested by   tests/unit/invert/test_term_encode.c, test_flush.c */
#include "invert/term_encode.h"

#include "base/error.h"

prism_status prs_term_encoder_init(prs_term_encoder *encoder, const prs_term_field *field,
                                   prs_out *out, prs_mem *mem, prism_error *err) {
    encoder->postings = NULL;
    encoder->places = field->places;
    encoder->field_has_positions = field->has_positions;
    prs_u32s_init(&encoder->positions, mem);
    return prs_postings_writer_new(mem, out, field->n_docs, field->lengths, field->spans,
                                   &encoder->postings, err);
}

void prs_term_encoder_fini(prs_term_encoder *encoder) {
    prs_postings_writer_free(encoder->postings);
    if (encoder->positions.mem != NULL) prs_u32s_fini(&encoder->positions);
    encoder->postings = NULL;
}

/* Room for `more` positions behind n. */
static bool grow_positions(prs_term_encoder *encoder, size_t n, size_t more) {
    encoder->positions.n = n;
    return prs_u32s_extend(&encoder->positions, more) != NULL;
}

/* Cut the next places of a term into at most PRS_CHUNK_DOCS documents with their positions; returns
 * the place behind them, 0 if there was no memory.  A place less the base of its document is its
 * position: where that is not below the document's room, the next document begins. */
static uint32_t fill_chunk(prs_term_encoder *encoder, const prs_transpose_term *term, uint32_t at,
                           uint32_t *entry) {
    const prs_places *places = encoder->places;
    const uint32_t *from = term->places, n_places = term->n;
    uint32_t *positions = encoder->positions.ptr;
    size_t used = 0, cap = encoder->positions.cap;
    uint32_t n = 0, e = *entry;
    while (at < n_places && n < PRS_CHUNK_DOCS) {
        e = prs_places_find(places, e, from[at]);
        uint32_t base = places->bases[e], room = places->bases[e + 1] - base;
        uint32_t begin = at, position = from[at] - base;
        do {
            if (PRS_UNLIKELY(used == cap)) {
                if (!grow_positions(encoder, used, used + PRS_CHUNK_DOCS)) return 0;
                positions = encoder->positions.ptr;
                cap = encoder->positions.cap;
            }
            positions[used++] = position;
            if (++at == n_places) break;
            position = from[at] - base;
        } while (position < room);
        encoder->docs[n] = places->docs[e].doc;
        encoder->freqs[n++] = at - begin;
    }
    encoder->n = n;
    *entry = e;
    return at;
}

/* A term of up to PRS_BLOCK places, as nearly all are: documents, freqs and positions in one go. */
__attribute__((always_inline)) static inline prism_status
write_short(prs_term_encoder *encoder, const prs_transpose_term *term, bool with_positions,
            prs_term_info *info, prism_error *err) {
    const prs_places *places = encoder->places;
    uint32_t positions[PRS_BLOCK], n = 0, e = 0;
    for (uint32_t at = 0; at < term->n;) {
        e = prs_places_find(places, e, term->places[at]);
        uint32_t begin = at, base = places->bases[e], end_place = places->bases[e + 1];
        do {
            positions[at] = term->places[at] - base;
            at++;
        } while (at < term->n && term->places[at] < end_place);
        encoder->docs[n] = places->docs[e].doc;
        encoder->freqs[n++] = at - begin;
    }
    return prs_postings_writer_whole(encoder->postings, with_positions, encoder->docs,
                                     encoder->freqs, with_positions ? positions : NULL, n, info,
                                     err);
}

static prism_status write_long(prs_term_encoder *encoder, const prs_transpose_term *term,
                               bool with_positions, prs_term_info *info, prism_error *err) {
    prs_postings_writer_begin(encoder->postings, with_positions);
    for (uint32_t at = 0, entry = 0; at < term->n;) {
        at = fill_chunk(encoder, term, at, &entry);
        if (at == 0) return prs_error_nomem(err);
        prs_postings_writer_add(encoder->postings, encoder->docs, encoder->freqs,
                                with_positions ? encoder->positions.ptr : NULL, encoder->n);
    }
    return prs_postings_writer_finish(encoder->postings, info, err);
}

__attribute__((always_inline)) static inline prism_status encode(prs_term_encoder *encoder,
                                                                 const prs_transpose_term *term,
                                                                 prs_term_info *info,
                                                                 prism_error *err) {
    bool with_positions = encoder->field_has_positions && prs_kind_has_positions(term->key.ptr[0]);
    if (term->n <= PRS_BLOCK) return write_short(encoder, term, with_positions, info, err);
    return write_long(encoder, term, with_positions, info, err);
}

prism_status prs_term_encode(prs_term_encoder *encoder, const prs_transpose_term *term,
                             prs_term_info *info, prism_error *err) {
    return encode(encoder, term, info, err);
}

prism_status prs_term_write(void *ctx, const prs_transpose_term *term, prism_error *err) {
    const prs_term_sink *sink = ctx;
    prs_term_info info;
    PRS_TRY(encode(sink->encoder, term, &info, err));
    prs_terms_writer_add(sink->terms, term->key, &info);
    return PRISM_OK;
}
