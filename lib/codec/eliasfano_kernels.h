/* eliasfano_kernels.h - between eliasfano.c and the levels of the CPU that read groups. */
#ifndef PRS_CODEC_ELIASFANO_KERNELS_H
#define PRS_CODEC_ELIASFANO_KERNELS_H

#include "codec/eliasfano.h"

typedef struct prs_ef_kernels { /* as the functions of eliasfano.h */
    bool (*decode)(const uint8_t *base, uint64_t bit, uint32_t freq, uint32_t span, uint32_t *out);
    uint32_t (*narrow)(const uint8_t *base, uint64_t bit, uint32_t freq, uint32_t span,
                       uint32_t pos, uint32_t *starts, uint32_t n);
    bool (*ends)(const uint32_t *freqs, const uint32_t *spans, uint32_t n, uint64_t bit,
                 uint64_t *out);
    bool (*ends_of)(const uint8_t *lengths, const uint32_t *docs, const uint32_t *freqs, uint32_t n,
                    uint64_t bit, uint32_t *spans, uint64_t *out);
    uint32_t (*meet)(const prs_ef_group *a, uint32_t a_pos, const prs_ef_group *b, uint32_t b_pos,
                     uint32_t *starts);
    void (*count)(const prs_ef_side *a, const prs_ef_side *b, const uint32_t *spans, uint32_t n,
                  uint8_t *counts);
} prs_ef_kernels;

extern const prs_ef_kernels prs_ef_kernels_base;
extern const prs_ef_kernels prs_ef_kernels_avx2;
extern const prs_ef_kernels prs_ef_kernels_avx512;

#endif
