/* fuzz_join_keys.c - are tables of keys joined safely whatever the bytes of the segments are, and
 * is what comes out a table of the keys that went in?
 *
 *   byte 0   bit 0 the first segment's bytes as they are, else written and edited
 *            bits 1-2 how often keys are the same
 *   then     a seed (4), documents of a segment (2), one in so many deleted (1), segments (1)
 *   rest     bytes; or edits of the first segment
 *
 * States    - Joining gives ECORRUPT, or a section that opens, with the key that each document had
 *             in its segment.
 *           - What is written is not more than what was there.
 *           - Unedited, it succeeds, and every key finds its documents. */
#include "fuzz_join.h"

#include "format/components.h"
#include "format/keys_join.h"

#include <stdio.h>
#include <stdlib.h>

static fuzz_joining j;

static prs_bytes some_key(char text[40], uint32_t spread, uint64_t *state) {
    uint64_t r = fuzz_next(state);
    int len = snprintf(text, 40, "k%u", (unsigned)(r >> 32) % (1u << (4 * spread + 3)));
    return prs_bytes_of(text, r % 60 == 0 ? 0 : (size_t)len);
}

static fuzz_copy write_part(uint32_t p, uint32_t spread, uint64_t *state, prs_mem *mem) {
    prs_keys_writer *kw;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file file;
    char text[40];
    fuzz_file_begin(&file, mem, PRS_COMPONENT_KEYS);
    fuzz_must(prs_keys_writer_new(mem, &kw, &err), &err, "writer");
    for (uint32_t d = 0; d < j.n_docs[p]; d++)
        prs_keys_writer_add(kw, some_key(text, spread, state));
    fuzz_must(prs_keys_writer_finish(kw, file.out, j.n_docs[p], &err), &err, "write");
    prs_keys_writer_free(kw);
    fuzz_file_open(&file);
    fuzz_copy copy = fuzz_file_copy(&file, PRS_COMPONENT_KEYS);
    fuzz_file_end(&file);
    return copy;
}

static prism_status look_for(void *ctx, const prs_key_probe *probe, uint32_t doc) {
    uint32_t *found = ctx; /* wanted, seen */
    (void)probe;
    FUZZ_NEED(doc < j.n_left);
    found[1] |= doc == found[0];
    return PRISM_OK;
}

/* Each document's key is the one it had; found by it if `intact`. */
static void check(const prs_keys *made, const prs_keys *keys, bool intact) {
    for (uint32_t doc = 0; doc < j.n_left; doc++) {
        prs_key_probe probe = {0};
        prs_bytes was;
        uint32_t found[2] = {doc, 0};
        FUZZ_NEED(prs_keys_get(made, doc, &probe.key, NULL) == PRISM_OK);
        FUZZ_NEED(prs_keys_get(&keys[j.part_of[doc]], j.doc_of[doc], &was, NULL) == PRISM_OK);
        FUZZ_NEED(prs_bytes_equal(probe.key, was));
        probe.hash = prs_keys_hash(probe.key);
        prism_status status = prs_keys_find_all(made, &probe, 1, look_for, found, NULL);
        FUZZ_NEED(status == PRISM_OK || (status == PRISM_ECORRUPT && !intact));
        if (intact) FUZZ_NEED(found[1]);
    }
}

static void join(const prs_keys *keys, bool intact, prs_mem *mem) {
    const prs_keys *inputs[FUZZ_PARTS];
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file file;
    uint64_t bytes = 0;
    for (uint32_t p = 0; p < j.n_parts; p++) {
        inputs[p] = &keys[p];
        bytes += keys[p].section.len;
    }
    prs_keys_join job = {.inputs = inputs,
                         .n_inputs = j.n_parts,
                         .n_docs = j.n_left,
                         .ctx = &j,
                         .next = fuzz_joining_next,
                         .number = fuzz_joining_number,
                         .poll = fuzz_joining_poll};
    fuzz_file_begin(&file, mem, PRS_COMPONENT_KEYS);
    prism_status status = prs_keys_join_write(&job, mem, file.out, &err);
    if (intact) fuzz_must(status, &err, "join");
    FUZZ_NEED(status == PRISM_OK || status == PRISM_ECORRUPT);
    if (status == PRISM_OK) {
        prs_keys made;
        fuzz_file_open(&file);
        fuzz_copy copy = fuzz_file_copy(&file, PRS_COMPONENT_KEYS);
        prs_section section = fuzz_copy_section(&copy);
        fuzz_must(prs_keys_open(&made, &section, j.n_left, &err), &err, "open");
        FUZZ_NEED(copy.len <= 64 + 6 * bytes); /* buckets may be more than those of the inputs */
        check(&made, keys, intact);
        fuzz_copy_end(&copy);
    }
    fuzz_file_end(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    fuzz_copy copies[FUZZ_PARTS];
    prs_keys keys[FUZZ_PARTS];
    prs_mem mem;
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    uint64_t state = fuzz_take(&in, 4);
    bool intact = true, good = true;
    fuzz_mem_begin(&mem);
    fuzz_joining_make(&j, &in, &state);
    for (uint32_t p = 0; p < j.n_parts; p++) {
        if (p == 0 && (flags & 1) != 0) {
            copies[p] = fuzz_copy_of(in.at, fuzz_left(&in));
            intact = false;
        } else {
            copies[p] = write_part(p, flags >> 1 & 3, &state, &mem);
            if (p == 0) intact = fuzz_edit(&in, copies[p].bytes, &copies[p].len) == 0;
        }
        prs_section section = fuzz_copy_section(&copies[p]);
        prism_status status = prs_keys_open(&keys[p], &section, j.n_docs[p], NULL);
        FUZZ_NEED(status == PRISM_OK || (status == PRISM_ECORRUPT && !intact));
        good &= status == PRISM_OK;
    }
    if (good && j.n_left > 0) join(keys, intact, &mem);
    for (uint32_t p = 0; p < j.n_parts; p++) fuzz_copy_end(&copies[p]);
    fuzz_mem_end(&mem);
    return 0;
}
