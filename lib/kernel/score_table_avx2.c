/* score_table_avx2.c - the loop of score_table.c, 32 bytes at a time. */
#ifdef __x86_64__
#define PRS_TABLE_KERNEL prs_score_table_add_avx2
#define PRS_TABLE_BYTES 32
#include "kernel/score_table_kernel.h"
#else
typedef int prs_score_table_avx2_unused; /* a translation unit is not empty */
#endif
