/* fuzz_join.h - which documents of which segments become one: what the programs share that join
 * keys and columns. */
#ifndef PRISM_FUZZ_JOIN_H
#define PRISM_FUZZ_JOIN_H

#include "fuzz.h"

#include "format/join_step.h"

#include <string.h>

enum { FUZZ_PARTS = 4, FUZZ_PART_DOCS = 1200 };

typedef struct fuzz_joining {
    uint32_t n_parts, n_docs[FUZZ_PARTS], n_left;
    uint32_t number[FUZZ_PARTS][FUZZ_PART_DOCS]; /* of the result, UINT32_MAX: deleted */
    uint32_t part_of[FUZZ_PARTS * FUZZ_PART_DOCS], doc_of[FUZZ_PARTS * FUZZ_PART_DOCS];
} fuzz_joining;

/** Choose segments and documents by four bytes of the input and a state. */
static inline void fuzz_joining_make(fuzz_joining *j, fuzz_input *in, uint64_t *state) {
    uint32_t most = 1 + fuzz_below(in, FUZZ_PART_DOCS), gone_in = (uint32_t)fuzz_take(in, 1);
    j->n_parts = 1 + (uint32_t)fuzz_take(in, 1) % FUZZ_PARTS;
    j->n_left = 0;
    for (uint32_t p = 0; p < j->n_parts; p++) {
        j->n_docs[p] = 1 + (uint32_t)(fuzz_next(state) % most);
        for (uint32_t doc = 0; doc < j->n_docs[p]; doc++) {
            bool gone = gone_in != 0 && fuzz_next(state) % gone_in == 0;
            j->number[p][doc] = gone ? UINT32_MAX : j->n_left;
            if (gone) continue;
            j->part_of[j->n_left] = p;
            j->doc_of[j->n_left++] = doc;
        }
    }
}

static inline bool fuzz_joining_next(void *ctx, prs_join_step *step) {
    const fuzz_joining *j = ctx;
    uint32_t n = step->own[0]++;
    if (n >= j->n_left) return false;
    step->input = j->part_of[n];
    step->doc = j->doc_of[n];
    return true;
}

static inline uint32_t fuzz_joining_number(void *ctx, uint32_t input, uint32_t doc) {
    const fuzz_joining *j = ctx;
    FUZZ_NEED(input < j->n_parts && doc < j->n_docs[input]);
    return j->number[input][doc];
}

static inline prism_status fuzz_joining_poll(void *ctx, uint32_t n, prism_error *err) {
    (void)ctx;
    (void)n;
    (void)err;
    return PRISM_OK;
}

#endif
