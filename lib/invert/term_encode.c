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

/* The documents that have been cut, with their freqs.  entries[k] and ends[k] are of the k-th from
 * 1 on. */
static void take_docs(prs_term_encoder *encoder, const uint32_t *entries, const uint32_t *ends,
                      uint32_t n) {
    const prs_stream_doc *docs = encoder->places->docs;
    for (uint32_t i = 0; i < n; i++) {
        encoder->docs[i] = docs[entries[i + 1]].doc;
        encoder->freqs[i] = ends[i + 1] - ends[i];
    }
    encoder->n = n;
}

/* Cut the next places of a term into at most PRS_CHUNK_DOCS documents with their positions; returns
 * the place behind them, 0 if there was no memory.  Whether a place begins a document nobody can
 * foretell, so there is no branch on it: the end of the last one is written with each place. */
static uint32_t fill_chunk(prs_term_encoder *encoder, const prs_transpose_term *term, uint32_t at) {
    const prs_places *places = encoder->places;
    uint32_t entries[PRS_CHUNK_DOCS + 2], ends[PRS_CHUNK_DOCS + 2], n = 0, last = UINT32_MAX;
    size_t used = 0;
    ends[0] = at;
    while (at < term->n && n <= PRS_CHUNK_DOCS) {
        if (used == encoder->positions.cap && !grow_positions(encoder, used, PRS_CHUNK_DOCS))
            return 0;
        size_t room = encoder->positions.cap - used;
        uint32_t *positions = encoder->positions.ptr + used;
        uint32_t stop = (uint32_t)PRS_MIN(term->n, at + room), from = at;
        for (; at < stop; at++) {
            uint32_t place = term->places[at], e = prs_places_entry(places, place);
            n += e != last;
            last = e;
            entries[n] = e;
            if (PRS_UNLIKELY(n > PRS_CHUNK_DOCS)) break;
            ends[n] = at + 1;
            *positions++ = place - places->bases[e];
        }
        used += at - from;
    }
    take_docs(encoder, entries, ends, PRS_MIN(n, PRS_CHUNK_DOCS));
    return at;
}

/* A term of up to PRS_BLOCK places, as nearly all are: documents, freqs and positions in one go. */
__attribute__((always_inline)) static inline prism_status
write_short(prs_term_encoder *encoder, const prs_transpose_term *term, bool with_positions,
            prs_term_info *info, prism_error *err) {
    const prs_places *places = encoder->places;
    uint32_t positions[PRS_BLOCK], entries[PRS_BLOCK + 1], ends[PRS_BLOCK + 1];
    uint32_t n = 0, last = UINT32_MAX;
    ends[0] = 0;
    for (uint32_t at = 0; at < term->n; at++) {
        uint32_t place = term->places[at], e = prs_places_entry(places, place);
        n += e != last;
        last = e;
        entries[n] = e;
        ends[n] = at + 1;
        positions[at] = place - places->bases[e];
    }
    take_docs(encoder, entries, ends, n);
    return prs_postings_writer_whole(encoder->postings, with_positions, encoder->docs,
                                     encoder->freqs, with_positions ? positions : NULL, n, info,
                                     err);
}

/* Documents and freqs that are counted already. */
static prism_status write_counted(prs_term_encoder *encoder, const prs_transpose_term *term,
                                  prs_term_info *info, prism_error *err) {
    const prs_stream_doc *docs = encoder->places->docs;
    uint32_t bits = term->freq_bits, mask = (UINT32_C(1) << bits) - 1, n = 0, last = UINT32_MAX;
    prs_postings_writer_begin(encoder->postings, false);
    for (uint32_t at = 0; at < term->n; at++) {
        uint32_t entry = term->places[at] >> bits, freq = (term->places[at] & mask) + 1;
        if (PRS_UNLIKELY(entry == last)) {
            encoder->freqs[n - 1] += freq;
            continue;
        }
        if (PRS_UNLIKELY(n == PRS_CHUNK_DOCS)) {
            prs_postings_writer_add(encoder->postings, encoder->docs, encoder->freqs, NULL, n);
            n = 0;
        }
        encoder->docs[n] = docs[entry].doc;
        encoder->freqs[n++] = freq;
        last = entry;
    }
    prs_postings_writer_add(encoder->postings, encoder->docs, encoder->freqs, NULL, n);
    return prs_postings_writer_finish(encoder->postings, info, err);
}

static prism_status write_long(prs_term_encoder *encoder, const prs_transpose_term *term,
                               bool with_positions, prs_term_info *info, prism_error *err) {
    prs_postings_writer_begin(encoder->postings, with_positions);
    for (uint32_t at = 0; at < term->n;) {
        at = fill_chunk(encoder, term, at);
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
    if (term->freq_bits != 0) return write_counted(encoder, term, info, err);
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
