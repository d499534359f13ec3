/* fuzz.h - what the fuzz programs share.
 *
 * Each fuzz_*.c is one LLVMFuzzerTestOneInput over (data, size).  Linked with -fsanitize=fuzzer
 * (clang) it explores; linked with driver.c (any compiler) it replays its corpus and some mutations
 * of it in make check.  Whatever the bytes are: no crash, no leak, no block above FUZZ_MAX_BLOCK,
 * and the properties that the program states. */
#ifndef PRISM_FUZZ_H
#define PRISM_FUZZ_H

#include <prismsearch.h>

#include <stddef.h>
#include <stdint.h>

/* The largest block that small inputs may ask for (rule R22: a stored count is bounded before it is
 * believed). */
#define FUZZ_MAX_BLOCK ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Stop the program, saying what was found to be false. */
_Noreturn void fuzz_fail(const char *what, const prism_error *err);
/** Stop unless a call that must succeed did. */
void fuzz_must(prism_status status, const prism_error *err, const char *what);
/** Memory hooks that stop the program at a block above FUZZ_MAX_BLOCK. */
prism_allocator fuzz_allocator(void);

#endif
