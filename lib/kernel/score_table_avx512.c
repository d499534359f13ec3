/* score_table_avx512.c - the loop of score_table.c, 64 bytes at a time. */
#ifdef __x86_64__
#define PRS_TABLE_KERNEL prs_score_table_add_avx512
#define PRS_TABLE_BYTES 64
#include "kernel/score_table_kernel.h"
#else
typedef int prs_score_table_avx512_unused; /* a translation unit is not empty */
#endif
