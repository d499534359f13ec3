/* vec.h - typed growable array as a macro.
 *
 * PRS_VEC_DEFINE(name, T) makes `struct name { T *ptr; size_t n, cap; prs_mem *mem; }` with
 *   name_init(v, mem), name_fini(v), name_clear(v),
 *   name_push(v, item) -> bool (false = out of memory, vector unchanged),
 *   name_extend(v, k) -> T * (k uninitialised items at the end, NULL = out of memory). */
#ifndef PRS_BASE_VEC_H
#define PRS_BASE_VEC_H

#include "base/mem.h"

#define PRS_VEC_DEFINE(name, T)                                                                    \
    typedef struct name {                                                                          \
        T *ptr;                                                                                    \
        size_t n, cap;                                                                             \
        prs_mem *mem;                                                                              \
    } name;                                                                                        \
    PRS_UNUSED static void name##_init(name *v, prs_mem *mem) {                                    \
        memset(v, 0, sizeof *v);                                                                   \
        v->mem = mem;                                                                              \
    }                                                                                              \
    PRS_UNUSED static void name##_fini(name *v) {                                                  \
        prs_mem_free(v->mem, v->ptr, v->cap * sizeof(T));                                          \
        v->ptr = NULL;                                                                             \
        v->n = v->cap = 0;                                                                         \
    }                                                                                              \
    PRS_UNUSED static void name##_clear(name *v) {                                                 \
        v->n = 0;                                                                                  \
    }                                                                                              \
    PRS_UNUSED static T *name##_extend(name *v, size_t k) {                                        \
        if (k > v->cap - v->n) {                                                                   \
            size_t cap = v->cap ? v->cap : 8;                                                      \
            while (cap - v->n < k) {                                                               \
                if (cap > SIZE_MAX / sizeof(T) / 2) return NULL;                                   \
                cap *= 2;                                                                          \
            }                                                                                      \
            T *p = (T *)prs_mem_resize(v->mem, v->ptr, v->cap * sizeof(T), cap * sizeof(T));       \
            if (p == NULL) return NULL;                                                            \
            v->ptr = p;                                                                            \
            v->cap = cap;                                                                          \
        }                                                                                          \
        T *at = v->ptr + v->n;                                                                     \
        v->n += k;                                                                                 \
        return at;                                                                                 \
    }                                                                                              \
    PRS_UNUSED static bool name##_push(name *v, T item) {                                          \
        T *at = name##_extend(v, 1);                                                               \
        if (at == NULL) return false;                                                              \
        *at = item;                                                                                \
        return true;                                                                               \
    }

#endif
