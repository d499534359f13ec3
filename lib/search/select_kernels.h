/* select_kernels.h - the loops of select.h for wide registers, between select.c and the files of
 * each CPU level. */
#ifndef PRS_SEARCH_SELECT_KERNELS_H
#define PRS_SEARCH_SELECT_KERNELS_H

#include "base/prs.h"

typedef struct prs_select_kernels {
    uint32_t (*floor)(const uint32_t *docs, const int32_t *scores, uint32_t n, int32_t floor,
                      uint32_t *out_docs, int32_t *out_scores);
    uint32_t (*hits)(uint32_t *docs, int32_t *scores, const uint8_t *hit, uint32_t n, uint8_t want);
    uint32_t (*slots)(int32_t *slots, uint32_t n, uint32_t base, int32_t least, uint32_t *out_docs,
                      int32_t *out_scores);
    uint32_t (*place)(const uint32_t *docs, uint32_t from, uint32_t n, uint32_t target);
} prs_select_kernels;

extern const prs_select_kernels prs_select_avx2, prs_select_avx512;

#endif
