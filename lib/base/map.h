/* map.h - open-addressing map from byte keys to dense 32-bit ids, with the keys kept in order of
 * arrival.
 *
 * Ids are 0, 1, 2, ... in order of first insertion; keys are copied into an arena.  Seeded per map
 * and bounded in probe length by growth, so that chosen keys cannot flood it (R50). */
#ifndef PRS_BASE_MAP_H
#define PRS_BASE_MAP_H

#include "base/arena.h"

typedef struct prs_map_slot {
    uint32_t hash, id; /* id UINT32_MAX = free */
} prs_map_slot;

typedef struct prs_map {
    prs_mem *mem;
    prs_arena keys_arena;
    prs_bytes *keys; /* by id */
    uint32_t n, keys_cap;
    uint32_t n_unlisted; /* of them, those that no slot holds */
    uint64_t key_bytes;  /* sum of their lengths */
    prs_map_slot *slots;
    uint32_t mask; /* slots - 1 */
    uint64_t seed;
} prs_map;

/** Allocates nothing yet. */
void prs_map_init(prs_map *map, prs_mem *mem, uint64_t seed);
void prs_map_fini(prs_map *map);
void prs_map_clear(prs_map *map); /* forget all keys, keep the memory */
/** Id of key, inserting it if new (*added, may be NULL, tells).  ENOMEM leaves the map as it
 *  was. */
prism_status prs_map_add(prs_map *map, prs_bytes key, uint32_t *id, bool *added) PRS_NODISCARD;
/** The next id for a key that its caller finds again in another way: no prs_map_add and no
 *  prs_map_find ever meets it.  ENOMEM leaves the map as it was.   Cost: a copy, no hash */
prism_status prs_map_add_unlisted(prs_map *map, prs_bytes key, uint32_t *id) PRS_NODISCARD;
/** Id of key, or UINT32_MAX. */
uint32_t prs_map_find(const prs_map *map, prs_bytes key);

typedef struct prs_map_mark {
    prs_arena_mark keys;
    uint32_t n, n_unlisted;
} prs_map_mark;
prs_map_mark prs_map_save(const prs_map *map);
/** Forget every key that came after the mark; the table stays as large as it has become.
 *  Cost: a probe for each of them */
void prs_map_restore(prs_map *map, prs_map_mark mark);
/** Bytes the map holds, for budgets. */
size_t prs_map_bytes(const prs_map *map);

#endif
