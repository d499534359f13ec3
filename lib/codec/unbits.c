/* unbits.c - which documents are the set bits of a block? */
#include "codec/unbits.h"

#include "base/cpu.h"
#include "codec/unbits_kernels.h"

static uint32_t find_places(const uint8_t *words, uint32_t n, uint32_t base, uint32_t *out) {
    uint32_t *at = out;
    for (uint32_t i = 0; i < n; i++, base += 64)
        at = put_places(prs_load64(words + 8 * (size_t)i), base, at);
    return (uint32_t)(at - out);
}

uint32_t prs_unbits(const uint8_t *words, uint32_t n, uint32_t base, uint32_t *out) {
    switch (prs_cpu()) {
#ifdef __x86_64__
    case PRS_CPU_AVX512: return prs_unbits_avx512(words, n, base, out);
    case PRS_CPU_AVX2: return prs_unbits_avx2(words, n, base, out);
#endif
    default: return find_places(words, n, base, out);
    }
}
