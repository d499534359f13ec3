/* fuzz_deletes.c - are the deletions of a commit safe on any bytes, and exact?
 *
 *   byte 0   bit 0 bytes as they are
 *   then     a seed (4), segments (1), bits of a segment's documents (1), of 8: how dense (1)
 *   rest     bytes; or edits
 *
 * States    - Decoding gives ECORRUPT, or exactly n_deleted bits below n_docs and none above.
 *           - Unedited, every set comes back, whichever way it was written. */
#include "fuzz.h"

#include "format/components.h"
#include "format/deletes.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SEGMENTS = 6, RAW_DOCS = 1000 };

typedef struct model {
    uint32_t n;
    prs_bitset sets[MOST_SEGMENTS];
    prs_deletes_input inputs[MOST_SEGMENTS];
} model;

static void make_model(model *m, uint32_t n, uint32_t bits, uint32_t dense, uint64_t *state,
                       prs_mem *mem) {
    prism_error err = PRISM_ERROR_INIT;
    for (m->n = 0; m->n < n; m->n++) {
        prs_bitset *set = &m->sets[m->n];
        prs_deletes_input *input = &m->inputs[m->n];
        uint32_t n_docs = 1 + (uint32_t)fuzz_some_bits(state, 1 + bits % 14);
        (void)err;
        FUZZ_NEED(prs_bitset_init(set, mem, n_docs) == PRISM_OK);
        for (uint32_t d = 0; d < n_docs; d++)
            if (fuzz_next(state) % 256 < dense) prs_bitset_set(set, d);
        for (size_t k = 0; k < 16; k++) input->id.bytes[k] = (uint8_t)fuzz_next(state);
        input->deleted = fuzz_next(state) % 5 ? set : NULL;
    }
}

static void decode_one(const prs_deletes *d, const prs_deletes_entry *e, uint32_t n_docs,
                       const prs_bitset *want, prs_mem *mem) {
    prs_bitset set;
    FUZZ_NEED(prs_bitset_init(&set, mem, n_docs) == PRISM_OK);
    prism_status status = prs_deletes_decode(d, e, &set, NULL);
    FUZZ_NEED(status == PRISM_OK || (status == PRISM_ECORRUPT && want == NULL));
    if (status == PRISM_OK) FUZZ_NEED(prs_bitset_count(&set) == e->n_deleted);
    if (n_docs % 64 != 0) FUZZ_NEED(set.words[n_docs / 64] >> n_docs % 64 == 0);
    if (want != NULL)
        FUZZ_NEED(memcmp(set.words, want->words, 8 * (size_t)prs_bitset_words(n_docs)) == 0);
    prs_bitset_fini(&set);
}

static void use(const fuzz_copy *copy, const model *m, bool intact, prs_mem *mem) {
    prs_arena arena;
    prs_deletes d;
    prs_section section = fuzz_copy_section(copy);
    prs_arena_init(&arena, mem, 0);
    prism_status status = prs_deletes_open(&d, &section, NULL, &arena, NULL);
    FUZZ_NEED(status == PRISM_OK || (status == PRISM_ECORRUPT && !intact));
    if (status == PRISM_OK) {
        for (uint32_t i = 0; i < d.n; i++)
            decode_one(&d, &d.entries[i], i < m->n ? m->sets[i].n : RAW_DOCS, NULL, mem);
        for (uint32_t i = 0; i < m->n; i++) {
            const prs_deletes_entry *e = prs_deletes_find(&d, &m->inputs[i].id);
            uint32_t n = m->inputs[i].deleted ? prs_bitset_count(&m->sets[i]) : 0;
            if (intact) FUZZ_NEED((e != NULL) == (n > 0));
            if (e != NULL) decode_one(&d, e, m->sets[i].n, intact ? &m->sets[i] : NULL, mem);
        }
    }
    prs_arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    prs_mem mem;
    model m = {0};
    fuzz_copy copy;
    bool intact = false;
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    uint64_t state = fuzz_take(&in, 4);
    uint32_t n = (uint32_t)fuzz_take(&in, 1) % MOST_SEGMENTS, bits = (uint32_t)fuzz_take(&in, 1),
             dense = (uint32_t)fuzz_take(&in, 1);
    fuzz_mem_begin(&mem);
    if (flags & 1) {
        copy = fuzz_copy_of(in.at, fuzz_left(&in));
    } else {
        fuzz_file file;
        prism_error err = PRISM_ERROR_INIT;
        make_model(&m, n, bits, dense, &state, &mem);
        fuzz_file_begin(&file, &mem, PRS_COMPONENT_DELETES);
        fuzz_must(prs_deletes_write(m.inputs, m.n, &mem, file.out, &err), &err, "write");
        fuzz_file_open(&file);
        copy = fuzz_file_copy(&file, PRS_COMPONENT_DELETES);
        fuzz_file_end(&file);
        intact = fuzz_edit(&in, copy.bytes, &copy.len) == 0;
    }
    use(&copy, &m, intact, &mem);
    fuzz_copy_end(&copy);
    for (uint32_t i = 0; i < m.n; i++) prs_bitset_fini(&m.sets[i]);
    fuzz_mem_end(&mem);
    return 0;
}
