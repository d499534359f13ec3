/* unbits_avx2.c - the same loop with BMI and POPCNT. */
#ifdef __x86_64__
#include "codec/unbits_kernels.h"

uint32_t prs_unbits_avx2(const uint8_t *words, uint32_t n, uint32_t base, uint32_t *out) {
    uint32_t *at = out;
    for (uint32_t i = 0; i < n; i++, base += 64)
        at = put_places(prs_load64(words + 8 * (size_t)i), base, at);
    return (uint32_t)(at - out);
}
#else
typedef int prs_unbits_avx2_unused; /* a translation unit is not empty */
#endif
