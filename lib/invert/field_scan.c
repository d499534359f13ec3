/* field_scan.c - the values of one field of one document, appended to a stream of the field.
 *
 * Tested by tests/unit/invert/test_field_scan.c, test_inverter.c */
#include "invert/field_scan.h"

#include "base/error.h"
#include "schema/document.h"

/* Room for about the tokens of a text: most scans then never grow the stream.  One that may not be
 * taken at all gets no more than half of what is allowed. */
static prism_status reserve(prs_stream *stream, size_t text_len, size_t limit, prism_error *err) {
    if (limit != 0) text_len = PRS_MIN(text_len, limit / 6);
    size_t want = stream->n + text_len - text_len / 4 + 64;
    if (want <= stream->cap) return PRISM_OK;
    size_t cap = PRS_MAX(want, stream->cap + stream->cap / 8);
    uint32_t *ids = prs_mem_resize(stream->mem, stream->ids, stream->cap * sizeof(uint32_t),
                                   cap * sizeof(uint32_t));
    if (ids == NULL) return prs_error_nomem(err);
    stream->ids = ids;
    stream->cap = cap;
    return PRISM_OK;
}

prism_status prs_field_scan(const prs_field *field, prs_lexicon *lexicon, prs_bytes text,
                            size_t limit, prs_stream *stream, prs_stream_doc *into, uint64_t *n_bad,
                            prism_error *err) {
    bool gap = into->span > 0 && (field->flags & PRISM_FIELD_POSITIONS) != 0;
    PRS_TRY(reserve(stream, text.len, limit, err));
    size_t before = stream->n;
    if (gap) {
        stream->ids[stream->n++] = PRS_STREAM_GAP;
        stream->ids[stream->n++] = PRS_VALUE_GAP;
    }
    uint32_t n_pos = 0, n_span = 0;
    uint64_t bad = 0;
    PRS_TRY(prs_lexicon_scan(lexicon, text.ptr, text.len, stream, &n_pos, &n_span, &bad, err));
    *n_bad += bad;
    if (n_span == 0) {
        stream->n = before; /* no token: no gap either */
        return PRISM_OK;
    }
    into->length += n_pos;
    into->span += n_span + (gap ? PRS_VALUE_GAP : 0);
    if (into->span > PRISM_MAX_DOC_TOKENS) {
        return prs_error_set(err, PRISM_ELIMIT, "field %s has more than %u positions", field->name,
                             PRISM_MAX_DOC_TOKENS);
    }
    return PRISM_OK;
}
