/* words.c - how many bits are set in 64-bit words, with the instruction that the CPU has for it? */
#define PRS_WORDS_COUNT prs_words_count_base
#define PRS_WORDS_COUNT_LESS prs_words_count_less_base
#include "base/words.h"

#include "base/cpu.h"
#include "base/words_kernel.h"

#ifdef __x86_64__
uint32_t prs_words_count_sse42(const uint8_t *words, uint32_t n);
uint32_t prs_words_count_less_sse42(const uint8_t *words, const uint8_t *less, uint32_t n);
uint32_t prs_words_count_avx512(const uint8_t *words, uint32_t n);
uint32_t prs_words_count_less_avx512(const uint8_t *words, const uint8_t *less, uint32_t n);

/* The level does not promise it: the first CPUs of the level lack it. */
static bool counts_vectors(void) {
    return __builtin_cpu_supports("avx512vpopcntdq") != 0;
}
#endif

uint32_t prs_words_count(const void *words, uint32_t n) {
    switch (prs_cpu()) {
#ifdef __x86_64__
    case PRS_CPU_AVX512:
        if (n >= 16 && counts_vectors()) return prs_words_count_avx512(words, n);
        return prs_words_count_sse42(words, n);
    case PRS_CPU_AVX2:
    case PRS_CPU_SSE42: return prs_words_count_sse42(words, n);
#endif
    default: return prs_words_count_base(words, n);
    }
}

uint32_t prs_words_count_less(const void *words, const void *less, uint32_t n) {
    switch (prs_cpu()) {
#ifdef __x86_64__
    case PRS_CPU_AVX512:
        if (n >= 16 && counts_vectors()) return prs_words_count_less_avx512(words, less, n);
        return prs_words_count_less_sse42(words, less, n);
    case PRS_CPU_AVX2:
    case PRS_CPU_SSE42: return prs_words_count_less_sse42(words, less, n);
#endif
    default: return prs_words_count_less_base(words, less, n);
    }
}
