/* arena.h - bump allocation for things that die together: one document batch, query, segment. */
#ifndef PRS_BASE_ARENA_H
#define PRS_BASE_ARENA_H

#include "base/spare.h"

typedef struct prs_arena_chunk prs_arena_chunk;

typedef struct prs_arena {
    prs_mem *mem;
    prs_spares *spares;    /* where chunks of their size come from; NULL = mem */
    prs_arena_chunk *head; /* newest chunk */
    uint8_t *at, *end;     /* free space of the newest chunk */
    size_t total;          /* bytes held in chunks */
    size_t chunk_size;     /* size of the next chunk */
} prs_arena;

typedef struct prs_arena_mark {
    prs_arena_chunk *head;
    uint8_t *at;
} prs_arena_mark;

/** No allocation happens before the first prs_arena_alloc.  first_chunk 0 = 4 KiB; chunks double to
 *  1 MiB. */
void prs_arena_init(prs_arena *arena, prs_mem *mem, size_t first_chunk);
/** The same with chunks from `spares`, which outlive it; NULL = as above.  Their bytes count for
 *  mem.  Larger requests, and what is over PRS_ARENA_SPARES chunks, come from mem. */
void prs_arena_init_spares(prs_arena *arena, prs_mem *mem, size_t first_chunk, prs_spares *spares);
#define PRS_ARENA_SPARES 8u
void prs_arena_fini(prs_arena *arena);
/** n bytes, 16-aligned, uninitialised; NULL when out of memory.   Threads: one.  Cost: O(1) */
void *prs_arena_alloc(prs_arena *arena, size_t n) PRS_NODISCARD;
void *prs_arena_calloc(prs_arena *arena, size_t count, size_t size) PRS_NODISCARD;
/** Copy of len bytes with a NUL behind. */
uint8_t *prs_arena_dup(prs_arena *arena, const void *ptr, size_t len) PRS_NODISCARD;
/** Forget all allocations, keep the largest chunk. */
void prs_arena_reset(prs_arena *arena);
prs_arena_mark prs_arena_save(const prs_arena *arena);
void prs_arena_restore(prs_arena *arena, prs_arena_mark mark);

#endif
