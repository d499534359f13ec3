/* fuzz_manifest.c - can any bytes of a MANIFEST crash the reader, or say what no writer says?
 *
 *   byte 0   bit 0 bytes as they are, else a manifest from numbers, edited by the rest
 *   then     a seed (4), segments (1), stop sets (1)
 *
 * States    - What is read keeps every rule of FORMAT.md section 15 and is written again byte for
 *             byte.
 *           - Unedited, it comes back. */
#include "fuzz.h"

#include "format/components.h"
#include "format/manifest.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SEGMENTS = 12, MOST_SETS = 4, MOST_KEYS = 5 };

static uint8_t key_bytes[64];

static prs_file_check some_check(uint64_t *state) {
    return (prs_file_check){1 + fuzz_some_bits(state, 40), {fuzz_next(state), fuzz_next(state)}};
}

static prs_manifest make_manifest(uint32_t n_segments, uint32_t n_sets, uint64_t *state,
                                  prs_arena *arena) {
    prs_manifest m = {.generation = 2 + fuzz_some_bits(state, 30)};
    uint64_t arrival = 0;
    m.previous = m.generation - 1;
    m.n_segments = n_segments;
    m.n_stop_sets = n_sets;
    m.segments = prs_arena_calloc(arena, n_segments, sizeof *m.segments);
    m.stop_sets = prs_arena_calloc(arena, n_sets, sizeof *m.stop_sets);
    FUZZ_NEED(m.segments != NULL && m.stop_sets != NULL);
    for (uint32_t i = 0; i < n_segments; i++) {
        prs_manifest_segment *s = &m.segments[i];
        for (size_t k = 0; k < 16; k++) s->id.bytes[k] = (uint8_t)fuzz_next(state);
        s->n_docs = 1 + (uint32_t)(fuzz_some_bits(state, 31) % PRISM_MAX_SEGMENT_DOCS);
        s->n_deleted = fuzz_next(state) % 2 ? (uint32_t)(fuzz_next(state) % s->n_docs) : 0;
        s->arrival_base = arrival += fuzz_some_bits(state, 20);
        arrival += s->n_docs;
        s->idx = some_check(state);
        s->doc = some_check(state);
        if (s->n_deleted > 0) m.deletes_generation = m.generation;
    }
    if (m.deletes_generation > 0) m.deletes = some_check(state);
    m.next_arrival = arrival + fuzz_some_bits(state, 10);
    for (uint32_t i = 0; i < n_sets; i++) {
        prs_stop_set *set = &m.stop_sets[i];
        set->field = (uint16_t)(3 * i + fuzz_next(state) % 3);
        set->n = (uint16_t)(fuzz_next(state) % MOST_KEYS);
        set->keys = prs_arena_calloc(arena, MOST_KEYS, sizeof *set->keys);
        FUZZ_NEED(set->keys != NULL);
        for (uint32_t k = 0; k < set->n; k++)
            set->keys[k] = prs_bytes_of(key_bytes, 1 + fuzz_next(state) % sizeof key_bytes);
    }
    return m;
}

static fuzz_copy write_manifest(const prs_manifest *m, prs_mem *mem) {
    fuzz_file file;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file_begin(&file, mem, PRS_COMPONENT_MANIFEST);
    fuzz_must(prs_manifest_write(m, file.out, &err), &err, "write");
    fuzz_file_open(&file);
    fuzz_copy copy = fuzz_file_copy(&file, PRS_COMPONENT_MANIFEST);
    fuzz_file_end(&file);
    return copy;
}

static void use(const fuzz_copy *copy, bool intact, prs_mem *mem) {
    prs_arena arena;
    prs_manifest m;
    prs_section section = fuzz_copy_section(copy);
    prs_arena_init(&arena, mem, 0);
    prism_status status = prs_manifest_read(&m, &section, &arena, NULL);
    FUZZ_NEED(status == PRISM_OK || (status == PRISM_ECORRUPT && !intact));
    if (status == PRISM_OK) {
        FUZZ_NEED(prs_manifest_broken_rule(&m) == NULL);
        fuzz_copy again = write_manifest(&m, mem);
        FUZZ_NEED(again.len == copy->len && memcmp(again.bytes, copy->bytes, copy->len) == 0);
        fuzz_copy_end(&again);
        for (uint32_t i = 0; i < m.n_segments; i++)
            FUZZ_NEED(prs_manifest_find(&m, &m.segments[i].id) != NULL);
    }
    prs_arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    prs_mem mem;
    fuzz_copy copy;
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    bool intact = false;
    fuzz_mem_begin(&mem);
    if (flags & 1) {
        copy = fuzz_copy_of(in.at, fuzz_left(&in));
    } else {
        prs_arena arena;
        uint64_t state = fuzz_take(&in, 4);
        uint32_t n_segments = (uint32_t)fuzz_take(&in, 1) % MOST_SEGMENTS;
        uint32_t n_sets = (uint32_t)fuzz_take(&in, 1) % MOST_SETS;
        prs_arena_init(&arena, &mem, 0);
        prs_manifest m = make_manifest(n_segments, n_sets, &state, &arena);
        copy = write_manifest(&m, &mem);
        prs_arena_fini(&arena);
        intact = fuzz_edit(&in, copy.bytes, &copy.len) == 0;
    }
    use(&copy, intact, &mem);
    fuzz_copy_end(&copy);
    fuzz_mem_end(&mem);
    return 0;
}
