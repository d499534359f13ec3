/* intersect_kernels.h - between intersect.c and its vector kernels. */
#ifndef PRS_KERNEL_INTERSECT_KERNELS_H
#define PRS_KERNEL_INTERSECT_KERNELS_H

#include "base/prs.h"

#define PRS_INTERSECT_MAX 256u /* documents of a side */

/** As prs_intersect. */
uint32_t prs_intersect_avx2(const uint32_t *left, uint32_t n, const uint32_t *right, uint32_t m,
                            uint8_t *left_place, uint8_t *right_place);
/** The same where n is small beside m, m >= 1. */
uint32_t prs_intersect_few_avx2(const uint32_t *few, uint32_t n, const uint32_t *many, uint32_t m,
                                uint8_t *few_place, uint8_t *many_place);
uint32_t prs_intersect_few_avx512(const uint32_t *few, uint32_t n, const uint32_t *many, uint32_t m,
                                  uint8_t *few_place, uint8_t *many_place);

#endif
