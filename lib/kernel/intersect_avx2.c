/* intersect_avx2.c - documents of two blocks compared eight by eight.
 *
 * About as many: of two groups of eight the one whose last document is smaller has met all it can
 * and makes room for the next; equal ones both do.  Documents that meet are few: the place in the
 * right group is looked for only then.
 * Few: how many groups of the many end before a document says in which group it would be, without a
 * branch.
 * What lies behind the ends may be anything, and is masked. */
#ifdef __x86_64__
#include "kernel/intersect_kernels.h"

typedef uint32_t u32x8 __attribute__((vector_size(32)));
typedef float f32x8 __attribute__((vector_size(32)));

static inline u32x8 load(const uint32_t *at) {
    u32x8 v;
    memcpy(&v, at, sizeof v);
    return v;
}

/* Bit i: lane i is set. */
static inline uint32_t lanes(u32x8 mask) {
    return (uint32_t)__builtin_ia32_movmskps256((f32x8)mask);
}

/* Lanes of a group of which n are left. */
static inline uint32_t within(uint32_t n) {
    return n >= 8 ? 0xff : (1u << n) - 1;
}

/* Lanes of the left group that stand anywhere in the right one. */
static inline uint32_t compare(u32x8 left, const uint32_t *right) {
    u32x8 equal = {0};
    for (uint32_t k = 0; k < 8; k++) equal |= (u32x8)(left == right[k]);
    return lanes(equal);
}

uint32_t prs_intersect_avx2(const uint32_t *left, uint32_t n, const uint32_t *right, uint32_t m,
                            uint8_t *left_place, uint8_t *right_place) {
    uint32_t found = 0, i = 0, k = 0;
    while (i < n && k < m) {
        uint32_t hits = compare(load(left + i), right + k) & within(n - i);
        for (; hits != 0; hits &= hits - 1) {
            uint32_t at = i + (uint32_t)__builtin_ctz(hits);
            uint32_t there = lanes((u32x8)(load(right + k) == left[at])) & within(m - k);
            if (there == 0) continue; /* behind the end */
            left_place[found] = (uint8_t)at;
            right_place[found++] = (uint8_t)(k + (uint32_t)__builtin_ctz(there));
        }
        uint32_t x = left[PRS_MIN(i + 7, n - 1)], y = right[PRS_MIN(k + 7, m - 1)];
        i += x <= y ? 8 : 0;
        k += y <= x ? 8 : 0;
    }
    return found;
}
/* ---- few against many ------------------------------------------------------------------------ */

typedef int32_t i32x8 __attribute__((vector_size(32)));

uint32_t prs_intersect_few_avx2(const uint32_t *few, uint32_t n, const uint32_t *many, uint32_t m,
                                uint8_t *few_place, uint8_t *many_place) {
    uint32_t lasts[PRS_INTERSECT_MAX / 8], n_groups = (m + 7) / 8, found = 0;
    for (uint32_t g = 0; g + 1 < n_groups; g++) lasts[g] = many[8 * g + 7];
    for (uint32_t g = n_groups - 1; g % 8 != 0 || g == n_groups - 1; g++)
        lasts[g] = INT32_MAX; /* what is behind all others can only be in the last */
    for (uint32_t i = 0; i < n; i++) {
        uint32_t group = 0;
        for (uint32_t g = 0; g < n_groups; g += 8)
            group += (uint32_t)__builtin_popcount(
                lanes((u32x8)((i32x8)load(lasts + g) < (int32_t)few[i])));
        uint32_t there = lanes((u32x8)(load(many + 8 * group) == few[i])) & within(m - 8 * group);
        few_place[found] = (uint8_t)i;
        many_place[found] = (uint8_t)(8 * group + (uint32_t)__builtin_ctz(there | 0x100));
        found += there != 0;
    }
    return found;
}
#else
typedef int prs_intersect_avx2_unused; /* a translation unit is not empty */
#endif
