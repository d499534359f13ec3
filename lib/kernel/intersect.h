/* intersect.h - which documents do two decoded blocks have in common, and where in each? */
#ifndef PRS_KERNEL_INTERSECT_H
#define PRS_KERNEL_INTERSECT_H

#include "base/prs.h"

/** Places of equal documents: left[left_place[i]] = right[right_place[i]]; returns their number.
 *  Params : left, right ascending, n and m at most 256, 15 more readable behind both;
 *           places: room for the smaller of n and m, and one more
 *  Cost   : AVX2: 0.5 ns a document of both; where one side is a third of the other, 2 ns for each
 *           of the fewer with AVX-512; 2 without; few against many by halving */
uint32_t prs_intersect(const uint32_t *left, uint32_t n, const uint32_t *right, uint32_t m,
                       uint8_t *left_place, uint8_t *right_place);

#endif
