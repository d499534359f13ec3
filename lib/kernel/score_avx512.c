/* score_avx512.c - the scoring loop, 64 bytes at a time. */
#ifdef __x86_64__
#define PRS_SCORE_KERNEL prs_score_block_avx512
#define PRS_SCORE_BYTES 64
#include "kernel/score_kernel.h"
#else
typedef int prs_score_avx512_unused; /* a translation unit is not empty */
#endif
