/* words_sse42.c - ones of words, by the instruction for one word. */
#ifdef __x86_64__
#define PRS_WORDS_COUNT prs_words_count_sse42
#define PRS_WORDS_COUNT_LESS prs_words_count_less_sse42
#define PRS_WORDS_SIFT prs_words_sift_sse42
#define PRS_WORDS_TAKE_MAP prs_words_take_map_sse42
#include "base/words_kernel.h"
#else
typedef int prs_words_sse42_unused; /* a translation unit is not empty */
#endif
