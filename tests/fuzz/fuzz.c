/* fuzz.c - what the fuzz programs share. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

void fuzz_fail(const char *what, const prism_error *err) {
    fprintf(stderr, "fuzz: %s: %s %s (%s)\n", what, err ? prism_status_name(err->code) : "",
            err ? err->text : "", err ? err->file : "");
    abort();
}

void fuzz_must(prism_status status, const prism_error *err, const char *what) {
    if (status != PRISM_OK) fuzz_fail(what, err);
}

static void *resize(void *ctx, void *ptr, size_t old_size, size_t new_size) {
    (void)ctx;
    (void)old_size;
    if (new_size > FUZZ_MAX_BLOCK) fuzz_fail("a block larger than any input deserves", NULL);
    return realloc(ptr, new_size);
}

static void release(void *ctx, void *ptr, size_t size) {
    (void)ctx;
    (void)size;
    free(ptr);
}

prism_allocator fuzz_allocator(void) {
    return (prism_allocator){resize, release, NULL};
}
