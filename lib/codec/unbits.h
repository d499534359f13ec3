/* unbits.h - the places of the set bits of a few words. */
#ifndef PRS_CODEC_UNBITS_H
#define PRS_CODEC_UNBITS_H

#include "base/prs.h"

#define PRS_UNBITS_ROOM 16u /* numbers behind the last that may be overwritten */

/** base + i for each set bit i of n words of 8 bytes, little-endian, ascending; their number.
 *  Params : out has room for all of them and PRS_UNBITS_ROOM more
 *  Cost   : AVX-512 about 0.25 ns a number where one bit in four is set */
uint32_t prs_unbits(const uint8_t *words, uint32_t n, uint32_t base, uint32_t *out);

#endif
