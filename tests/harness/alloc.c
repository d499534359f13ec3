/* alloc.c - what does the library do when memory runs out, and does it hand every size back right?
 *
 * Each block carries its size in front, so that a wrong old_size or size is caught at the call:
 *
 *     [magic 8][size 8][the caller's bytes ...]
 *
 * resize always moves, so that a pointer kept across it is caught by AddressSanitizer. */
#include "harness/test.h"

#include <stdlib.h>

#define TEST_ALLOC_MAGIC UINT64_C(0x70726973616c6c6f)

typedef struct block_head {
    uint64_t magic;
    uint64_t size;
} block_head;

static block_head *head_of(void *ptr, size_t size) {
    block_head *head = (block_head *)ptr - 1;
    ck_assert_msg(head->magic == TEST_ALLOC_MAGIC, "not a live block of this allocator");
    ck_assert_msg(head->size == size, "block of %llu bytes handed back as %zu",
                  (unsigned long long)head->size, size);
    return head;
}

static void release(void *ctx, void *ptr, size_t size) {
    test_alloc *a = ctx;
    if (ptr == NULL) return;
    block_head *head = head_of(ptr, size);
    head->magic = 0;
    memset(ptr, 0xdd, size);
    free(head);
    atomic_fetch_sub(&a->blocks, 1);
    atomic_fetch_sub(&a->bytes, size);
}

static void *resize(void *ctx, void *ptr, size_t old_size, size_t new_size) {
    test_alloc *a = ctx;
    if (ptr != NULL) head_of(ptr, old_size);
    size_t call = atomic_fetch_add(&a->calls, 1) + 1;
    if (a->fail_at != 0 && (call == a->fail_at || (a->fail_on && call > a->fail_at))) return NULL;
    block_head *head = malloc(sizeof *head + new_size);
    if (head == NULL) return NULL;
    *head = (block_head){TEST_ALLOC_MAGIC, new_size};
    atomic_fetch_add(&a->blocks, 1);
    atomic_fetch_add(&a->bytes, new_size);
    memset(head + 1, 0xaa, new_size);
    if (ptr != NULL) {
        memcpy(head + 1, ptr, PRS_MIN(old_size, new_size));
        release(ctx, ptr, old_size);
    }
    return head + 1;
}

prism_allocator test_alloc_hook(test_alloc *a) {
    return (prism_allocator){resize, release, a};
}

void test_alloc_check_empty(const test_alloc *a) {
    ck_assert_msg(atomic_load(&a->blocks) == 0 && atomic_load(&a->bytes) == 0,
                  "%zu blocks, %zu bytes not released", atomic_load(&a->blocks),
                  atomic_load(&a->bytes));
}

/* One run; returns true if an allocation was refused. */
static bool run_refusing(prism_status (*work)(prs_mem *, void *), void *ctx, size_t fail_at,
                         bool fail_on, size_t *calls) {
    test_alloc a = {.fail_at = fail_at, .fail_on = fail_on};
    prism_allocator hook = test_alloc_hook(&a);
    prs_mem mem;
    prs_mem_init(&mem, &hook);
    prism_status status = work(&mem, ctx);
    *calls = atomic_load(&a.calls);
    bool refused = fail_at != 0 && *calls >= fail_at;
    ck_assert_msg(status == (refused ? PRISM_ENOMEM : PRISM_OK),
                  "status %d with allocation %zu refused%s", status, fail_at,
                  fail_on ? " and all after it" : "");
    ck_assert_msg(atomic_load(&mem.live) == 0, "prs_mem still counts %zu bytes",
                  atomic_load(&mem.live));
    test_alloc_check_empty(&a);
    return refused;
}

size_t test_oom_sweep(prism_status (*work)(prs_mem *mem, void *ctx), void *ctx) {
    size_t total, calls;
    run_refusing(work, ctx, 0, false, &total);
    for (size_t n = 1; run_refusing(work, ctx, n, false, &calls); n++) {}
    for (size_t n = 1; run_refusing(work, ctx, n, true, &calls); n++) {}
    return total;
}
