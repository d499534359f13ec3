/* lane_words_avx512.c - plain words by the bits of 64 bytes, which one instruction compares. */
#ifdef __x86_64__
#define PRS_LANE_WORDS prs_lane_words_avx512
#include "analysis/lane_words_kernel.h"
#else
typedef int prs_lane_words_avx512_unused; /* a translation unit is not empty */
#endif
