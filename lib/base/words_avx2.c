/* words_avx2.c - bits of words, 32 bytes at a time where there is an instruction for so many. */
#ifdef __x86_64__
#define PRS_WORDS_COUNT prs_words_count_avx2
#define PRS_WORDS_COUNT_LESS prs_words_count_less_avx2
#define PRS_WORDS_SIFT prs_words_sift_avx2
#define PRS_WORDS_TAKE_MAP prs_words_take_map_avx2
#include "base/words_kernel.h"
#else
typedef int prs_words_avx2_unused; /* a translation unit is not empty */
#endif
