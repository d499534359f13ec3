/* eliasfano_avx2.c - groups of positions read with AVX2, BMI2, LZCNT and POPCNT. */
#ifdef __x86_64__
#define PRS_EF_TABLE prs_ef_kernels_avx2
#include "codec/eliasfano_read.h"
#else
typedef int prs_ef_avx2_unused; /* a translation unit is not empty */
#endif
