/* eliasfano_avx512.c - groups of positions read with AVX-512. */
#ifdef __x86_64__
#define PRS_EF_TABLE prs_ef_kernels_avx512
#include "codec/eliasfano_read.h"
#else
typedef int prs_ef_avx512_unused; /* a translation unit is not empty */
#endif
