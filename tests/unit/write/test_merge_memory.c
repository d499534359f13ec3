/* test_merge_memory.c - does a merge need memory by the inputs and not by the documents (R37, R39)?
 *
 * A word of keyword columns costs 4 bytes, 64 terms of a dictionary their first key and 20 bytes,
 * 64 documents of an input with deletions 12 bytes; all else is the same for any number. */
#include "harness/world.h"

#include "merge/merge.h"

#include <stdio.h>

enum { PARTS = 3 };

/* Documents with a key, a term that all have, one that none shares, values in all columns. */
static void put_many(world *w, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        world_put(w,
                  "{\"id\":\"key of %u\",\"body\":\"all all of%u\",\"lang\":\"l%u\",\"n\":%u,"
                  "\"tags\":[\"a\",\"b%u\"],\"when\":\"2024-01-%02u\"}",
                  i, i, i % 7, i * 7919u, i % 50, i % 28 + 1);
        if (i % (n / PARTS + 1) == n / PARTS) world_flush(w);
    }
    world_commit(w);
}

/* Peak above what was held before, of merging all segments of the writer. */
static size_t peak_of_merge(world *w, uint32_t expect) {
    prs_merge_input inputs[PARTS];
    prs_manifest_segment files;
    prs_mem *mem = &w->index.core->mem;
    prs_id id = {{7}};
    ck_assert_uint_eq(w->writer->segments.n, PARTS);
    for (uint32_t i = 0; i < PARTS; i++) {
        const prs_working *working = &w->writer->segments.ptr[i];
        inputs[i] =
            (prs_merge_input){working->segment, working->n_deleted > 0 ? &working->deleted : NULL};
    }
    size_t before = atomic_load(&mem->live), cap = mem->single_cap;
    atomic_store(&mem->peak, before);
    mem->single_cap = (size_t)1 << 20; /* no block grows with the documents */
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_merge_run(w->index.core, w->writer->recipe, inputs, PARTS, NULL, 0,
                                        &id, NULL, NULL, &files, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    ck_assert_uint_eq(files.n_docs, expect);
    ck_assert_uint_eq(atomic_load(&mem->live), before);
    mem->single_cap = cap;
    return atomic_load(&mem->peak) - before;
}

static size_t run(uint32_t n, uint32_t n_deleted) {
    world w;
    world_make(&w, world_schema);
    world_close(&w);
    w.options.memory = (size_t)256 << 20; /* flushes where we ask for them only */
    w.options.max_segments = PRISM_NO_MERGE;
    world_open(&w, true);
    put_many(&w, n);
    for (uint32_t i = 0; i < n_deleted; i++) {
        char key[32];
        snprintf(key, sizeof key, "key of %u", i * (n / n_deleted));
        ck_assert_uint_eq(world_delete(&w, key), 1);
    }
    size_t peak = peak_of_merge(&w, n - n_deleted);
    world_end(&w);
    return peak;
}

START_TEST(memory_does_not_grow_with_the_documents) {
    enum { FEW = 40000, MANY = 120000 }; /* both fill the buffers of terms */
    size_t few = run(FEW, 0), many = run(MANY, 0), purged = run(MANY, 1000);
    printf("# %zu bytes for %d documents, %zu for %d, %zu with deletions\n", few, FEW, many, MANY,
           purged);
    /* Two terms a document are its own: (2 / 64) * (12 + 20) bytes, and room to double. */
    ck_assert_uint_le(many, few + (size_t)(MANY - FEW) * 2);
    ck_assert_uint_le(purged, many + ((size_t)1 << 20)); /* a frame to pack anew */
    ck_assert_uint_le(many, (size_t)2 << 20);
}
END_TEST

TEST_SUITE(merge_memory, memory_does_not_grow_with_the_documents)
