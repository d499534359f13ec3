/* sort.h - a stable sort as a macro: no allocation, no recursion, no quadratic input.
 *
 * PRS_SORT_DEFINE(name, T, before) makes
 *   static void name(T *items, T *scratch, size_t n, const void *ctx)   - scratch has room for n
 * where before(ctx, a, b) (a, b: const T *) is true if a must come before b.  Runs of 16 are sorted
 * by insertion, then merged in pairs; in order already: n comparisons per level.  scratch may be
 * NULL for n <= PRS_SORT_RUN. */
#ifndef PRS_BASE_SORT_H
#define PRS_BASE_SORT_H

#include "base/prs.h"

#define PRS_SORT_RUN ((size_t)16)

#define PRS_SORT_DEFINE(name, T, before)                                                           \
    static void name##_insert(T *items, size_t n, const void *ctx) {                               \
        for (size_t i = 1; i < n; i++) {                                                           \
            T sort_item_ = items[i];                                                               \
            size_t at = i;                                                                         \
            for (; at > 0 && before(ctx, &sort_item_, &items[at - 1]); at--)                       \
                items[at] = items[at - 1];                                                         \
            items[at] = sort_item_;                                                                \
        }                                                                                          \
    }                                                                                              \
    static void name##_merge(const T *a, size_t n_a, const T *b, size_t n_b, T *out,               \
                             const void *ctx) {                                                    \
        if (n_b == 0 || !before(ctx, &b[0], &a[n_a - 1])) { /* in order already */                 \
            memcpy(out, a, n_a * sizeof(T));                                                       \
            if (n_b > 0) memcpy(out + n_a, b, n_b * sizeof(T));                                    \
            return;                                                                                \
        }                                                                                          \
        while (n_a > 0 && n_b > 0) {                                                               \
            bool second = before(ctx, b, a);                                                       \
            *out++ = second ? *b : *a;                                                             \
            if (second) {                                                                          \
                b++;                                                                               \
                n_b--;                                                                             \
            } else {                                                                               \
                a++;                                                                               \
                n_a--;                                                                             \
            }                                                                                      \
        }                                                                                          \
        if (n_a > 0) memcpy(out, a, n_a * sizeof(T));                                              \
        if (n_b > 0) memcpy(out, b, n_b * sizeof(T));                                              \
    }                                                                                              \
    PRS_UNUSED static void name(T *items, T *scratch, size_t n, const void *ctx) {                 \
        for (size_t i = 0; i < n; i += PRS_SORT_RUN) {                                             \
            name##_insert(items + i, PRS_MIN(PRS_SORT_RUN, n - i), ctx);                           \
        }                                                                                          \
        T *from = items, *to = scratch;                                                            \
        for (size_t run = PRS_SORT_RUN; run < n; run *= 2) {                                       \
            for (size_t i = 0; i < n; i += 2 * run) {                                              \
                size_t n_a = PRS_MIN(run, n - i), n_b = PRS_MIN(run, n - i - n_a);                 \
                name##_merge(from + i, n_a, from + i + n_a, n_b, to + i, ctx);                     \
            }                                                                                      \
            T *swap = from;                                                                        \
            from = to;                                                                             \
            to = swap;                                                                             \
        }                                                                                          \
        if (from != items) memcpy(items, from, n * sizeof(T));                                     \
    }

#endif
