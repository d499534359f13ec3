/* mem.c - where does every byte of the library come from, and who counts it?
 *
 * Structure   caller's hook (or malloc's family) <- prs_mem (count, cap) <- arenas, buffers, maps.
 * Invariants  - `live` is the sum of the sizes asked for, so a balanced handle ends at 0; a size of
 *               0 is asked for, counted and released as 1.
 *             - The count goes up before the hook is called and down again if it refuses, so `live`
 *               never under-reports while another thread looks at a budget.
 * Why so      Sizes are passed back by the caller instead of kept in a header before each block:
 *             our containers know them, blocks keep malloc's alignment, and hooks with sized
 *             release need nothing more.
 * Tested by   tests/unit/base/test_mem.c */
#include "base/mem.h"

#include <stdlib.h>

static void *malloc_resize(void *ctx, void *ptr, size_t old_size, size_t new_size) {
    (void)ctx;
    (void)old_size;
    return realloc(ptr, new_size);
}

static void malloc_release(void *ctx, void *ptr, size_t size) {
    (void)ctx;
    (void)size;
    free(ptr);
}

void prs_mem_init(prs_mem *mem, const prism_allocator *hook) {
    static const prism_allocator system_hook = {malloc_resize, malloc_release, NULL};
    mem->hook = hook != NULL ? *hook : system_hook;
    PRS_ASSERT(mem->hook.resize != NULL && mem->hook.release != NULL);
    atomic_init(&mem->single_cap, PRS_MEM_SINGLE_CAP);
    mem->limit = SIZE_MAX;
    atomic_init(&mem->refused, false);
    atomic_init(&mem->live, 0);
    atomic_init(&mem->peak, 0);
}

static void count_down(prs_mem *mem, size_t n) {
    atomic_fetch_sub_explicit(&mem->live, n, memory_order_relaxed);
}

/* False, and nothing counted, if that would be more than the limit. */
static bool count_up(prs_mem *mem, size_t n) {
    size_t now = atomic_fetch_add_explicit(&mem->live, n, memory_order_relaxed) + n;
    if (now > mem->limit) {
        count_down(mem, n);
        atomic_store_explicit(&mem->refused, true, memory_order_relaxed);
        return false;
    }
    size_t peak = atomic_load_explicit(&mem->peak, memory_order_relaxed);
    while (now > peak) {
        if (atomic_compare_exchange_weak_explicit(&mem->peak, &peak, now, memory_order_relaxed,
                                                  memory_order_relaxed)) {
            break;
        }
    }
    return true;
}

bool prs_mem_charge(prs_mem *mem, size_t n) {
    return count_up(mem, n);
}

void prs_mem_discharge(prs_mem *mem, size_t n) {
    count_down(mem, n);
}

void *prs_mem_resize(prs_mem *mem, void *ptr, size_t old_n, size_t new_n) {
    size_t want = new_n != 0 ? new_n : 1;
    size_t have = ptr == NULL ? 0 : old_n != 0 ? old_n : 1;
    if (want > atomic_load_explicit(&mem->single_cap, memory_order_relaxed)) return NULL;
    if (want > have && !count_up(mem, want - have)) return NULL;
    void *p = mem->hook.resize(mem->hook.ctx, ptr, have, want);
    if (p == NULL) {
        if (want > have) count_down(mem, want - have);
        return NULL;
    }
    if (want < have) count_down(mem, have - want);
    return p;
}

void *prs_mem_alloc(prs_mem *mem, size_t n) {
    return prs_mem_resize(mem, NULL, 0, n);
}

void *prs_mem_calloc(prs_mem *mem, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) return NULL;
    void *p = prs_mem_alloc(mem, count * size);
    if (p != NULL) memset(p, 0, count * size);
    return p;
}

void prs_mem_free(prs_mem *mem, void *ptr, size_t n) {
    if (ptr == NULL) return;
    size_t have = n != 0 ? n : 1;
    mem->hook.release(mem->hook.ctx, ptr, have);
    count_down(mem, have);
}

char *prs_mem_strndup(prs_mem *mem, const char *s, size_t len) {
    if (len == SIZE_MAX) return NULL;
    char *p = prs_mem_alloc(mem, len + 1);
    if (p == NULL) return NULL;
    if (len != 0) memcpy(p, s, len);
    p[len] = '\0';
    return p;
}
