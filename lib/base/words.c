/* words.c - how many bits are set in 64-bit words, and which are left, with the instructions that
 * the CPU has for it? */
#define PRS_WORDS_COUNT prs_words_count_base
#define PRS_WORDS_COUNT_LESS prs_words_count_less_base
#define PRS_WORDS_SIFT prs_words_sift_base
#define PRS_WORDS_TAKE_MAP prs_words_take_map_base
#include "base/words.h"

#include "base/cpu.h"
#include "base/words_kernel.h"

typedef struct words_kernels {
    uint32_t (*count)(const uint8_t *words, uint32_t n);
    uint32_t (*count_less)(const uint8_t *words, const uint8_t *less, uint32_t n);
    void (*sift)(uint64_t *words, const uint64_t *these, uint32_t n, uint64_t flip);
    void (*take_map)(uint64_t *words, uint8_t *map, uint32_t n);
} words_kernels;

static const words_kernels base_kernels = {prs_words_count_base, prs_words_count_less_base,
                                           prs_words_sift_base, prs_words_take_map_base};

#ifdef __x86_64__
#define DECLARE(level)                                                                             \
    uint32_t prs_words_count_##level(const uint8_t *words, uint32_t n);                            \
    uint32_t prs_words_count_less_##level(const uint8_t *words, const uint8_t *less, uint32_t n);  \
    void prs_words_sift_##level(uint64_t *words, const uint64_t *these, uint32_t n,                \
                                uint64_t flip);                                                    \
    void prs_words_take_map_##level(uint64_t *words, uint8_t *map, uint32_t n)
DECLARE(sse42);
DECLARE(avx2);
DECLARE(avx512);

static const words_kernels sse42_kernels = {prs_words_count_sse42, prs_words_count_less_sse42,
                                            prs_words_sift_sse42, prs_words_take_map_sse42};
static const words_kernels avx2_kernels = {prs_words_count_avx2, prs_words_count_less_avx2,
                                           prs_words_sift_avx2, prs_words_take_map_avx2};
static const words_kernels avx512_kernels = {prs_words_count_avx512, prs_words_count_less_avx512,
                                             prs_words_sift_avx2, prs_words_take_map_avx512};

/* The level does not promise to count vectors: the first CPUs of the level lack it. */
static bool counts_vectors(void) {
    return __builtin_cpu_supports("avx512vpopcntdq") != 0;
}
#endif

static const words_kernels *kernels(void) {
    switch (prs_cpu()) {
#ifdef __x86_64__
    case PRS_CPU_AVX512: return counts_vectors() ? &avx512_kernels : &avx2_kernels;
    case PRS_CPU_AVX2: return &avx2_kernels;
    case PRS_CPU_SSE42: return &sse42_kernels;
#endif
    default: return &base_kernels;
    }
}

uint32_t prs_words_count(const void *words, uint32_t n) {
    return kernels()->count(words, n);
}

uint32_t prs_words_count_less(const void *words, const void *less, uint32_t n) {
    return kernels()->count_less(words, less, n);
}

void prs_words_sift(uint64_t *words, const uint64_t *these, uint32_t n, bool keep) {
    kernels()->sift(words, these, n, keep ? 0 : UINT64_MAX);
}

void prs_words_take_map(uint64_t *words, uint8_t *map, uint32_t n) {
    kernels()->take_map(words, map, n);
}
