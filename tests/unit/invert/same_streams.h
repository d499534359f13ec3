/* same_streams.h - do two inverters hold the same documents, word for word?  Ids may differ. */
#ifndef PRS_TESTS_INDEX_SAME_STREAMS_H
#define PRS_TESTS_INDEX_SAME_STREAMS_H

#include "harness/test.h"

#include "invert/inverter.h"

static inline void check_same_stream(const prs_inverter_field *x, const prs_inverter_field *y) {
    ck_assert_uint_eq(x->stream.n, y->stream.n);
    for (size_t i = 0; i < x->stream.n; i++) {
        uint32_t p = x->stream.ids[i], q = y->stream.ids[i];
        ck_assert_uint_eq(p & ~PRS_STREAM_ID, q & ~PRS_STREAM_ID);
        if (prs_stream_is_gap(p)) {
            ck_assert_uint_eq(p, q);
            i++;
            ck_assert_uint_eq(x->stream.ids[i], y->stream.ids[i]);
            continue;
        }
        ck_assert(prs_bytes_equal(prs_lexicon_key(x->lexicon, p & PRS_STREAM_ID),
                                  prs_lexicon_key(y->lexicon, q & PRS_STREAM_ID)));
    }
}

static inline void check_same_streams(const prs_inverter *a, const prs_inverter *b) {
    ck_assert_uint_eq(a->n_bad, b->n_bad);
    for (uint32_t f = 0; f < a->n_fields; f++) {
        const prs_inverter_field *x = &a->fields[f], *y = &b->fields[f];
        ck_assert_uint_eq(x->docs.n, y->docs.n);
        ck_assert_uint_eq(x->n_places, y->n_places);
        if (x->docs.n > 0)
            ck_assert_int_eq(memcmp(x->docs.ptr, y->docs.ptr, x->docs.n * sizeof *x->docs.ptr), 0);
        check_same_stream(x, y);
    }
}

#endif
