/* naive_block.h - FORMAT.md section 7 a second time, slowly: blocks of postings read bit by bit.
 * Shares no code with lib/, so that both may be asked about any bytes and must agree. */
#ifndef PRS_TESTS_NAIVE_BLOCK_H
#define PRS_TESTS_NAIVE_BLOCK_H

#include "harness/test.h"

/* One block, as a document list or as what its bytes say. */
typedef struct block_model {
    uint32_t n, before; /* before: last document of the block before; UINT32_MAX = there is none */
    uint32_t docs[128], freqs[128];
} block_model;

typedef enum block_shape { /* of the documents: each asks for another form or width */
                           BLOCK_CONSECUTIVE,
                           BLOCK_CLOSE,  /* bitset */
                           BLOCK_SPARSE, /* packed */
                           BLOCK_UNEVEN, /* packed with exceptions */
                           BLOCK_HUGE,   /* up to 2^31 - 2 */
                           N_BLOCK_SHAPES,
} block_shape;

typedef enum freq_shape { FREQ_ONES, FREQ_SMALL, FREQ_UNEVEN, FREQ_HUGE, N_FREQ_SHAPES } freq_shape;

/** n postings of a shape; the last document of BLOCK_HUGE is 2^31 - 2. */
void block_model_make(block_model *b, uint32_t n, block_shape docs, freq_shape freqs,
                      test_rng *rng);

/** What the bytes say behind b->before; false if FORMAT.md does not allow them. */
bool naive_block_read(const uint8_t *in, size_t len, block_model *b);
/** Bytes of the shortest PATCHED form of n values: every width tried. */
size_t naive_patched_len(const uint32_t *values, uint32_t n);
/** Bytes of the shortest PLANES form: every depth tried. */
size_t naive_planes_len(const uint32_t *values, uint32_t n);

/* Bytes with 64 readable ones behind, of malloc, so that AddressSanitizer sees reads beyond. */
uint8_t *naive_guarded(const uint8_t *bytes, size_t len);

#endif
