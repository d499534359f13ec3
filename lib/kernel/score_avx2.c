/* score_avx2.c - the scoring loop, 32 bytes at a time. */
#ifdef __x86_64__
#define PRS_SCORE_KERNEL prs_score_block_avx2
#define PRS_SCORE_BYTES 32
#include "kernel/score_kernel.h"
#else
typedef int prs_score_avx2_unused; /* a translation unit is not empty */
#endif
