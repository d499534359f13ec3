/* map.c - how does a byte key find its dense number, even if the keys were chosen to make it slow?
 *
 * Structure   Linear probing over slots of 8 bytes, keys beside them by id, bytes in an arena:
 *
 *                 slots[hash & mask] -> {hash, id} {hash, id} {free} ...
 *                 keys[id]           -> (ptr, len) into keys_arena, NUL-terminated
 *
 * Invariants  - The table is at most 3/4 full, so every probe meets a free slot.
 *             - Only the newest keys can be removed, and those behind one in its run move up, so
 *               there are no tombstones.
 *             - A slot keeps 32 bits of its key's hash: growth re-places slots without reading
 *               keys, and a probe reads a key only when all 32 bits agree.
 *             - ids are 0 .. n-1 in order of first insertion, whatever the seed.
 *             - Unlisted keys have an id and a copy, and no slot.
 * Flooding    XXH3 with a per-map seed keeps an outsider from choosing collisions.  As a second
 *             fence, a run of more than PRS_MAP_PROBE_MAX slots makes the table grow, as long as it
 *             is at least 1/8 full: keys that share their low bits are spread by the next bit.
 *             Below 1/8 they collide in all bits we keep, growth would not help and memory must not
 *             be the price, so the probe is left long.
 * Why so      Ids instead of stored values: callers keep their own arrays by id, which stay dense
 *             and in order of arrival.  Robin Hood and SIMD groups were not taken: the analysis
 *             memo is the hot table and has its own layout; this one serves everything else.
 * Cost        Expected O(1); 8 bytes per slot, 16 + the key's bytes per key.
 * Tested by   tests/unit/base/test_map.c */
#include "base/map.h"

#include "base/hash.h"

#define PRS_MAP_FREE UINT32_MAX
#define PRS_MAP_FIRST_SLOTS 16u
#define PRS_MAP_FIRST_KEYS 8u
#define PRS_MAP_PROBE_MAX 64u

void prs_map_init(prs_map *map, prs_mem *mem, uint64_t seed) {
    memset(map, 0, sizeof *map);
    map->mem = mem;
    map->seed = seed;
    prs_arena_init(&map->keys_arena, mem, 0);
}

static size_t slot_count(const prs_map *map) {
    return map->slots == NULL ? 0 : (size_t)map->mask + 1;
}

void prs_map_fini(prs_map *map) {
    prs_mem_free(map->mem, map->slots, slot_count(map) * sizeof *map->slots);
    prs_mem_free(map->mem, map->keys, map->keys_cap * sizeof *map->keys);
    prs_arena_fini(&map->keys_arena);
    prs_map_init(map, map->mem, map->seed);
}

static void free_all_slots(prs_map_slot *slots, size_t count) {
    for (size_t i = 0; i < count; i++) {
        slots[i].hash = 0;
        slots[i].id = PRS_MAP_FREE;
    }
}

void prs_map_clear(prs_map *map) {
    free_all_slots(map->slots, slot_count(map));
    prs_arena_reset(&map->keys_arena);
    map->n = map->n_unlisted = 0;
    map->key_bytes = 0;
}

/* Double the slots and place every id anew. */
static bool grow_slots(prs_map *map) {
    if (map->slots != NULL && map->mask > UINT32_MAX / 2) return false;
    size_t count = map->slots == NULL ? PRS_MAP_FIRST_SLOTS : slot_count(map) * 2;
    prs_map_slot *slots = prs_mem_alloc(map->mem, count * sizeof *slots);
    if (slots == NULL) return false;
    free_all_slots(slots, count);
    uint32_t mask = (uint32_t)(count - 1);
    for (size_t i = 0; i < slot_count(map); i++) {
        prs_map_slot slot = map->slots[i];
        if (slot.id == PRS_MAP_FREE) continue;
        uint32_t at = slot.hash & mask;
        while (slots[at].id != PRS_MAP_FREE) at = (at + 1) & mask;
        slots[at] = slot;
    }
    prs_mem_free(map->mem, map->slots, slot_count(map) * sizeof *slots);
    map->slots = slots;
    map->mask = mask;
    return true;
}

static bool grow_keys(prs_map *map) {
    if (map->keys_cap > UINT32_MAX / 2) return false;
    uint32_t cap = map->keys_cap == 0 ? PRS_MAP_FIRST_KEYS : map->keys_cap * 2;
    prs_bytes *keys =
        prs_mem_resize(map->mem, map->keys, map->keys_cap * sizeof *keys, cap * sizeof *keys);
    if (keys == NULL) return false;
    map->keys = keys;
    map->keys_cap = cap;
    return true;
}

static uint32_t hash_key(const prs_map *map, prs_bytes key) {
    return (uint32_t)(prs_hash64(key.ptr, key.len, map->seed) >> 32);
}

/* The slot that holds key, or the free slot where it belongs; *probes = slots looked at before
 * it. */
static uint32_t find_slot(const prs_map *map, prs_bytes key, uint32_t hash, uint32_t *probes) {
    uint32_t at = hash & map->mask;
    uint32_t steps = 0;
    for (;; at = (at + 1) & map->mask, steps++) {
        prs_map_slot slot = map->slots[at];
        if (slot.id == PRS_MAP_FREE) break;
        if (slot.hash == hash && prs_bytes_equal(map->keys[slot.id], key)) break;
    }
    *probes = steps;
    return at;
}

static bool is_crowded(const prs_map *map, uint32_t probes) {
    uint64_t slots = (uint64_t)map->mask + 1, n = map->n - map->n_unlisted;
    if (n + 1 > slots / 4 * 3) return true;
    return probes > PRS_MAP_PROBE_MAX && n >= slots / 8;
}

/* Keep a copy of a new key under the next id. */
static prism_status keep_key(prs_map *map, prs_bytes key, uint32_t *id) {
    if (map->n == map->keys_cap && !grow_keys(map)) return PRISM_ENOMEM;
    uint8_t *copy = prs_arena_dup(&map->keys_arena, key.ptr, key.len);
    if (copy == NULL) return PRISM_ENOMEM;
    map->keys[map->n] = prs_bytes_of(copy, key.len);
    *id = map->n++;
    map->key_bytes += key.len;
    return PRISM_OK;
}

prism_status prs_map_add(prs_map *map, prs_bytes key, uint32_t *id, bool *added) {
    uint32_t hash = hash_key(map, key);
    uint32_t probes;
    if (map->slots == NULL && !grow_slots(map)) return PRISM_ENOMEM;
    uint32_t at = find_slot(map, key, hash, &probes);
    if (map->slots[at].id != PRS_MAP_FREE) {
        *id = map->slots[at].id;
        if (added != NULL) *added = false;
        return PRISM_OK;
    }
    while (is_crowded(map, probes)) {
        if (!grow_slots(map)) return PRISM_ENOMEM;
        at = find_slot(map, key, hash, &probes);
    }
    if (keep_key(map, key, id) != PRISM_OK) return PRISM_ENOMEM;
    map->slots[at].hash = hash;
    map->slots[at].id = *id;
    if (added != NULL) *added = true;
    return PRISM_OK;
}

prism_status prs_map_add_unlisted(prs_map *map, prs_bytes key, uint32_t *id) {
    if (keep_key(map, key, id) != PRISM_OK) return PRISM_ENOMEM;
    map->n_unlisted++;
    return PRISM_OK;
}

prs_map_mark prs_map_save(const prs_map *map) {
    prs_map_mark mark = {prs_arena_save(&map->keys_arena), map->n, map->n_unlisted};
    return mark;
}

/* Free the slot `hole`: what its run holds behind it moves up, as far as it may. */
static void free_slot(prs_map *map, uint32_t hole) {
    for (uint32_t at = (hole + 1) & map->mask;; at = (at + 1) & map->mask) {
        prs_map_slot slot = map->slots[at];
        if (slot.id == PRS_MAP_FREE) break;
        uint32_t from_home = (at - slot.hash) & map->mask, from_hole = (at - hole) & map->mask;
        if (from_home < from_hole) continue; /* its probe begins behind the hole */
        map->slots[hole] = slot;
        hole = at;
    }
    map->slots[hole] = (prs_map_slot){0, PRS_MAP_FREE};
}

void prs_map_restore(prs_map *map, prs_map_mark mark) {
    for (uint32_t id = map->n; id-- > mark.n;) {
        uint32_t probes;
        if (map->slots == NULL) break; /* all of them unlisted */
        uint32_t at = find_slot(map, map->keys[id], hash_key(map, map->keys[id]), &probes);
        if (map->slots[at].id == id) free_slot(map, at);
    }
    map->n = mark.n;
    map->n_unlisted = mark.n_unlisted;
    prs_arena_restore(&map->keys_arena, mark.keys);
}

uint32_t prs_map_find(const prs_map *map, prs_bytes key) {
    if (map->slots == NULL) return UINT32_MAX;
    uint32_t probes;
    uint32_t at = find_slot(map, key, hash_key(map, key), &probes);
    return map->slots[at].id;
}

size_t prs_map_bytes(const prs_map *map) {
    return map->keys_arena.total + map->keys_cap * sizeof *map->keys +
           slot_count(map) * sizeof *map->slots;
}
