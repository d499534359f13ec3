/* heap.h - binary heap as a macro over a plain array: top-k and k-way merges.
 *
 * PRS_HEAP_DEFINE(name, T, before) makes
 *   static void name_push(T *heap, size_t *n, T item)   - the array has room for *n + 1
 *   static T    name_pop(T *heap, size_t *n)            - removes the root; *n > 0
 *   static void name_down(T *heap, size_t n)            - restore after heap[0] was changed
 * where before(a, b) (both T *) is true if a must be nearer the root than b. */
#ifndef PRS_BASE_HEAP_H
#define PRS_BASE_HEAP_H

#include "base/prs.h"

#define PRS_HEAP_DEFINE(name, T, before)                                                           \
    PRS_UNUSED static void name##_down(T *heap, size_t n) {                                        \
        size_t i = 0;                                                                              \
        T item = heap[0];                                                                          \
        for (;;) {                                                                                 \
            size_t child = 2 * i + 1;                                                              \
            if (child >= n) break;                                                                 \
            if (child + 1 < n && before(&heap[child + 1], &heap[child])) child++;                  \
            if (!before(&heap[child], &item)) break;                                               \
            heap[i] = heap[child];                                                                 \
            i = child;                                                                             \
        }                                                                                          \
        heap[i] = item;                                                                            \
    }                                                                                              \
    PRS_UNUSED static void name##_push(T *heap, size_t *n, T item) {                               \
        size_t i = (*n)++;                                                                         \
        while (i > 0 && before(&item, &heap[(i - 1) / 2])) {                                       \
            heap[i] = heap[(i - 1) / 2];                                                           \
            i = (i - 1) / 2;                                                                       \
        }                                                                                          \
        heap[i] = item;                                                                            \
    }                                                                                              \
    PRS_UNUSED static T name##_pop(T *heap, size_t *n) {                                           \
        T top = heap[0];                                                                           \
        heap[0] = heap[--(*n)];                                                                    \
        if (*n > 0) name##_down(heap, *n);                                                         \
        return top;                                                                                \
    }

#endif
