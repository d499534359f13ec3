/* lane_words_avx2.c - plain words by the bits of 64 bytes, 32 bytes at a time. */
#ifdef __x86_64__
#define PRS_LANE_WORDS prs_lane_words_avx2
#include "analysis/lane_words_kernel.h"
#else
typedef int prs_lane_words_avx2_unused; /* a translation unit is not empty */
#endif
