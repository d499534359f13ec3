/* between.c - which values of a bit array lie between two ends? */
#include "codec/between.h"

#include "base/cpu.h"
#include "codec/between_kernels.h"
#include "codec/bits.h"

static void between_scalar(const uint8_t *bits, uint32_t from, uint32_t n, uint32_t w, uint64_t low,
                           uint64_t span, uint64_t *words) {
    for (uint32_t i = from; i < n; i++) {
        uint64_t value = prs_bits_load64(bits, (uint64_t)i * w, w);
        words[i >> 6] |= (uint64_t)(value - low <= span) << (i & 63);
    }
}

void prs_between(const uint8_t *bits, uint32_t n, uint32_t w, uint64_t low, uint64_t span,
                 uint64_t *words) {
    uint32_t done = 0;
    if (w < 64 && low >> w != 0) return; /* no value is so large */
#ifdef __x86_64__
    prs_cpu_level level = prs_cpu();
    bool vectors = level == PRS_CPU_AVX2 || level == PRS_CPU_AVX512;
    if (vectors && w > 0 && w <= PRS_BETWEEN_VEC_BITS) {
        uint32_t most = (1u << w) - 1, first = (uint32_t)low;
        uint32_t wide = (uint32_t)PRS_MIN(span, most - first);
        done = n & ~63u;
        if (level == PRS_CPU_AVX512 && w <= PRS_BETWEEN_HALVES)
            prs_between_avx512(bits, done, w, first, wide, words);
        else
            prs_between_avx2(bits, done, w, first, wide, words);
    }
#endif
    between_scalar(bits, done, n, w, low, span, words);
}
