/* arena.c - how do a thousand small things of one document, query or segment cost one release?
 *
 * Structure   A list of chunks, newest first; only the newest has free space.
 *
 *                 head -> [older|size|......used......|at....free....end]
 *                           |
 *                           v
 *                         [older|size|......used.................]   -> NULL
 *
 * Invariants  - `at` is 16-aligned, at <= end, and both lie in `head` (or are NULL without one).
 *             - `total` is the sum of the chunks' sizes, headers included.
 *             - Chunks double up to 1 MiB; a larger request gets a chunk of its own size.  Those
 *               that come from spares, which have one size, are the first few.
 *             - A mark is (chunk, at): restoring it releases exactly the chunks that are newer.
 * Why so      A request that does not fit always opens a new *newest* chunk, even when that wastes
 *             the tail of the old one (at most half, by the doubling): placing it behind the head
 *             would save the tail and break marks.
 *             Free space is poisoned under AddressSanitizer, so an arena hides no overrun.
 * Cost        Allocation O(1); reset and restore O(chunks).
 * Tested by   tests/unit/base/test_arena.c */
#include "base/arena.h"

#if defined(__SANITIZE_ADDRESS__)
#define PRS_ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PRS_ARENA_ASAN 1
#endif
#endif

#ifdef PRS_ARENA_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(ptr, n) ((void)(ptr), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(ptr, n) ((void)(ptr), (void)(n))
#endif

#define PRS_ARENA_ALIGN ((size_t)16)
#define PRS_ARENA_FIRST_CHUNK ((size_t)4 << 10)
#define PRS_ARENA_LAST_CHUNK ((size_t)1 << 20)

struct prs_arena_chunk {
    alignas(16) prs_arena_chunk *older;
    size_t size; /* of the whole block; that of the spares: it is one of them */
};

static uint8_t *chunk_begin(prs_arena_chunk *chunk) {
    return (uint8_t *)chunk + sizeof *chunk;
}

static uint8_t *chunk_end(prs_arena_chunk *chunk) {
    return (uint8_t *)chunk + chunk->size;
}

void prs_arena_init(prs_arena *arena, prs_mem *mem, size_t first_chunk) {
    memset(arena, 0, sizeof *arena);
    arena->mem = mem;
    if (first_chunk == 0) first_chunk = PRS_ARENA_FIRST_CHUNK;
    if (first_chunk > PRS_ARENA_LAST_CHUNK) first_chunk = PRS_ARENA_LAST_CHUNK;
    arena->chunk_size = first_chunk;
}

void prs_arena_init_spares(prs_arena *arena, prs_mem *mem, size_t first_chunk, prs_spares *spares) {
    prs_arena_init(arena, mem, first_chunk);
    arena->spares = spares;
    if (spares != NULL) arena->chunk_size = spares->size;
}

static bool is_spare(const prs_arena *arena, size_t size) {
    return arena->spares != NULL && size == arena->spares->size;
}

static void release_chunk(prs_arena *arena, prs_arena_chunk *chunk) {
    arena->total -= chunk->size;
    ASAN_UNPOISON_MEMORY_REGION(chunk, chunk->size);
    if (is_spare(arena, chunk->size))
        prs_spares_return(arena->spares, arena->mem, chunk);
    else
        prs_mem_free(arena->mem, chunk, chunk->size);
}

/* Make [at, end of head) the free space. */
static void set_free_space(prs_arena *arena, uint8_t *at) {
    arena->at = at;
    arena->end = chunk_end(arena->head);
    ASAN_POISON_MEMORY_REGION(at, (size_t)(arena->end - at));
}

void prs_arena_fini(prs_arena *arena) {
    while (arena->head != NULL) {
        prs_arena_chunk *older = arena->head->older;
        release_chunk(arena, arena->head);
        arena->head = older;
    }
    arena->at = arena->end = NULL;
}

/* Open a chunk with room for n (a multiple of the alignment). */
static bool add_chunk(prs_arena *arena, size_t n) {
    if (n > SIZE_MAX - sizeof(prs_arena_chunk)) return false;
    size_t size = PRS_MAX(arena->chunk_size, n + sizeof(prs_arena_chunk));
    bool used;
    prs_arena_chunk *chunk = is_spare(arena, size)
                                 ? prs_spares_borrow(arena->spares, arena->mem, &used)
                                 : prs_mem_alloc(arena->mem, size);
    if (chunk == NULL) return false;
    chunk->older = arena->head;
    chunk->size = size;
    arena->head = chunk;
    arena->total += size;
    bool spares_left =
        is_spare(arena, arena->chunk_size) && arena->total < PRS_ARENA_SPARES * arena->spares->size;
    if (arena->chunk_size < PRS_ARENA_LAST_CHUNK && !spares_left) {
        arena->chunk_size = PRS_MIN(arena->chunk_size * 2, PRS_ARENA_LAST_CHUNK);
    }
    set_free_space(arena, chunk_begin(chunk));
    return true;
}

void *prs_arena_alloc(prs_arena *arena, size_t n) {
    if (n > SIZE_MAX - PRS_ARENA_ALIGN) return NULL;
    size_t step = n == 0 ? PRS_ARENA_ALIGN : (n + PRS_ARENA_ALIGN - 1) & ~(PRS_ARENA_ALIGN - 1);
    if (PRS_UNLIKELY(step > (size_t)(arena->end - arena->at))) {
        if (!add_chunk(arena, step)) return NULL;
    }
    uint8_t *p = arena->at;
    arena->at += step;
    ASAN_UNPOISON_MEMORY_REGION(p, n);
    return p;
}

void *prs_arena_calloc(prs_arena *arena, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) return NULL;
    void *p = prs_arena_alloc(arena, count * size);
    if (p != NULL) memset(p, 0, count * size);
    return p;
}

uint8_t *prs_arena_dup(prs_arena *arena, const void *ptr, size_t len) {
    if (len == SIZE_MAX) return NULL;
    uint8_t *p = prs_arena_alloc(arena, len + 1);
    if (p == NULL) return NULL;
    if (len != 0) memcpy(p, ptr, len);
    p[len] = 0;
    return p;
}

void prs_arena_reset(prs_arena *arena) {
    prs_arena_chunk *keep = arena->head;
    if (keep == NULL) return;
    for (prs_arena_chunk *c = keep->older; c != NULL; c = c->older) {
        if (c->size > keep->size) keep = c;
    }
    for (prs_arena_chunk *c = arena->head; c != NULL;) {
        prs_arena_chunk *older = c->older;
        if (c != keep) release_chunk(arena, c);
        c = older;
    }
    keep->older = NULL;
    arena->head = keep;
    set_free_space(arena, chunk_begin(keep));
}

prs_arena_mark prs_arena_save(const prs_arena *arena) {
    prs_arena_mark mark = {arena->head, arena->at};
    return mark;
}

void prs_arena_restore(prs_arena *arena, prs_arena_mark mark) {
    if (mark.head == NULL) { /* taken before the first allocation */
        prs_arena_reset(arena);
        return;
    }
    while (arena->head != mark.head) {
        prs_arena_chunk *older = arena->head->older;
        release_chunk(arena, arena->head);
        arena->head = older;
    }
    set_free_space(arena, mark.at);
}
