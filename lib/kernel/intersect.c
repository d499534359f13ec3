/* intersect.c - which documents do two decoded blocks have in common?
 *
 * Structure   few against many   each of the few is looked for by halving, all of them at once as
 *                                far as the CPU sees ahead; with vectors, by the ends of the many's
 *                                groups
 *             about as many      side by side, without a branch; with AVX2 eight of the left are
 *                                compared with eight of the right (intersect_avx2.c)
 * Tested by   tests/unit/kernel/test_intersect.c, every level against a plain loop */
#include "kernel/intersect.h"

#include "base/cpu.h"
#include "kernel/intersect_kernels.h"

#define PRS_MEET_FEW 16u   /* so many times as many, by halving */
#define PRS_MEET_GROUPS 4u /* ... by groups of 8; of 16: wherever one side is shorter */

/* First place of n with at[place] >= want, n if there is none; n >= 1. */
static inline uint32_t lower_bound(const uint32_t *at, uint32_t n, uint32_t want) {
    const uint32_t *base = at;
    for (; n > 1; n -= n / 2) base += base[n / 2 - 1] < want ? n / 2 : 0;
    return (uint32_t)(base - at) + (*base < want);
}

static uint32_t meet_few(const uint32_t *few, uint32_t n, const uint32_t *many, uint32_t m,
                         uint8_t *few_place, uint8_t *many_place) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = lower_bound(many, m, few[i]);
        few_place[found] = (uint8_t)i;
        many_place[found] = (uint8_t)at;
        found += at < m && many[at] == few[i];
    }
    return found;
}

static uint32_t meet_steps(const uint32_t *left, uint32_t n, const uint32_t *right, uint32_t m,
                           uint8_t *left_place, uint8_t *right_place) {
    uint32_t i = 0, k = 0, found = 0;
    while (i < n && k < m) {
        uint32_t x = left[i], y = right[k];
        left_place[found] = (uint8_t)i;
        right_place[found] = (uint8_t)k;
        found += x == y;
        i += x <= y;
        k += y <= x;
    }
    return found;
}

uint32_t prs_intersect(const uint32_t *left, uint32_t n, const uint32_t *right, uint32_t m,
                       uint8_t *left_place, uint8_t *right_place) {
    if (n == 0 || m == 0) return 0;
#ifdef __x86_64__
    prs_cpu_level level = prs_cpu();
    if (level >= PRS_CPU_AVX512) {
        if (n <= m) return prs_intersect_few_avx512(left, n, right, m, left_place, right_place);
        return prs_intersect_few_avx512(right, m, left, n, right_place, left_place);
    }
    if (level >= PRS_CPU_AVX2) {
        if (m / PRS_MEET_GROUPS >= n)
            return prs_intersect_few_avx2(left, n, right, m, left_place, right_place);
        if (n / PRS_MEET_GROUPS >= m)
            return prs_intersect_few_avx2(right, m, left, n, right_place, left_place);
        return prs_intersect_avx2(left, n, right, m, left_place, right_place);
    }
#endif
    if (m / PRS_MEET_FEW >= n) return meet_few(left, n, right, m, left_place, right_place);
    if (n / PRS_MEET_FEW >= m) return meet_few(right, m, left, n, right_place, left_place);
    return meet_steps(left, n, right, m, left_place, right_place);
}
