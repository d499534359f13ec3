/* intersect_kernels.h - between intersect.c and its vector kernel. */
#ifndef PRS_SEARCH_INTERSECT_KERNELS_H
#define PRS_SEARCH_INTERSECT_KERNELS_H

#include "base/prs.h"

/** As prs_intersect. */
uint32_t prs_intersect_avx2(const uint32_t *left, uint32_t n, const uint32_t *right, uint32_t m,
                            uint8_t *left_place, uint8_t *right_place);

#endif
