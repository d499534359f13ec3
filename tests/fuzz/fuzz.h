/* fuzz.h - what the fuzz programs share.
 *
 * Each fuzz_*.c is one LLVMFuzzerTestOneInput over (data, size).  Linked with -fsanitize=fuzzer
 * (clang; tools/fuzz.sh) it explores; linked with driver.c (any compiler) it replays its corpus and
 * some mutations of it in make check.  Whatever the bytes are: no crash, no leak, no block above
 * FUZZ_MAX_BLOCK, not more than FUZZ_MAX_LIVE in all, and the properties that the program states.
 *
 * A program that builds something and then damages it reads its input with fuzz_take: a few bytes
 * say what to build, the rest are edits (fuzz_edit).  Without edits what was built must come back
 * as it was. */
#ifndef PRISM_FUZZ_H
#define PRISM_FUZZ_H

#include <prismsearch.h>

#include "base/mem.h"
#include "store/in.h"

#include <stddef.h>
#include <stdint.h>

/* The largest block that small inputs may ask for (rule R22: a stored count is bounded before it is
 * believed), and the most that a case may hold. */
#define FUZZ_MAX_BLOCK ((size_t)64 << 20)
#define FUZZ_MAX_LIVE ((size_t)256 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Stop the program, saying what was found to be false. */
_Noreturn void fuzz_fail(const char *what, const prism_error *err);
/** Stop unless a call that must succeed did. */
void fuzz_must(prism_status status, const prism_error *err, const char *what);
/** Stop unless it is true. */
#define FUZZ_NEED(x) ((x) ? (void)0 : fuzz_fail(#x, NULL))
/** Memory hooks that stop the program at a block above FUZZ_MAX_BLOCK. */
prism_allocator fuzz_allocator(void);
/** malloc that stops the program instead of failing. */
void *fuzz_malloc(size_t n);

/* ---- reading the input ----------------------------------------------------------------------- */

typedef struct fuzz_input {
    const uint8_t *at, *end;
} fuzz_input;

static inline fuzz_input fuzz_input_of(const uint8_t *data, size_t size) {
    return (fuzz_input){data, data + size};
}
static inline size_t fuzz_left(const fuzz_input *in) {
    return (size_t)(in->end - in->at);
}
/** The next n <= 8 bytes as a number, low byte first; bytes that are not there are 0. */
uint64_t fuzz_take(fuzz_input *in, size_t n);
/** As fuzz_take of two bytes, modulo n. */
static inline uint32_t fuzz_below(fuzz_input *in, uint32_t n) {
    return (uint32_t)(fuzz_take(in, 2) % n);
}
/** Numbers that follow from a state and nothing else. */
uint64_t fuzz_next(uint64_t *state);
/** A number of at most `bits` bits (1..64), small ones as likely as large ones. */
uint64_t fuzz_some_bits(uint64_t *state, uint32_t bits);

/** Damage bytes as the rest of the input says, 5 bytes an edit, at most 24 of them; the number of
 *  edits made.  *len may shrink. */
uint32_t fuzz_edit(fuzz_input *in, uint8_t *bytes, size_t *len);

/* ---- memory, sections, files ----------------------------------------------------------------- */

/** A counted memory; fuzz_mem_end stops the program unless all was released. */
void fuzz_mem_begin(prs_mem *mem);
void fuzz_mem_end(const prs_mem *mem);

/* A private copy of bytes, of exact size but for the 64 bytes that may be read behind it. */
typedef struct fuzz_copy {
    uint8_t *bytes;
    size_t len;
} fuzz_copy;

fuzz_copy fuzz_copy_of(const void *ptr, size_t len);
void fuzz_copy_end(fuzz_copy *copy);
static inline prs_section fuzz_copy_section(const fuzz_copy *copy) {
    return prs_section_of(copy->bytes, copy->len);
}

/* A file in memory with sections of the caller's: written, then read. */
typedef struct fuzz_file {
    prs_mem *mem;
    prs_dir *dir;
    prs_out *out;
    prs_in *in;
} fuzz_file;

/** A new file in which section (component, none) has begun. */
void fuzz_file_begin(fuzz_file *f, prs_mem *mem, uint16_t component);
/** Finish it and open it, proved. */
void fuzz_file_open(fuzz_file *f);
/** A copy of one of its sections; an empty one if it is not there. */
fuzz_copy fuzz_file_copy(fuzz_file *f, uint16_t component);
void fuzz_file_end(fuzz_file *f);

#endif
