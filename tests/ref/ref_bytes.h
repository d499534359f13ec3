/* ref_bytes.h - the second reader's way to bytes: a cursor that ends the program at the first
 * byte that FORMAT.md does not allow, and a heap that is freed at once. */
#ifndef REF_BYTES_H
#define REF_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* All the memory of one index.  Begin with {0}; freed by ref_heap_free. */
typedef struct ref_heap {
    struct ref_block *blocks;
} ref_heap;

/* n zero bytes, at least 1. */
void *ref_heap_get(ref_heap *heap, uint64_t n);
void ref_heap_free(ref_heap *heap);

/* Bytes not read yet; `what` names the file or section in messages. */
typedef struct ref_cur {
    const uint8_t *start, *at, *end;
    const char *what;
} ref_cur;

ref_cur ref_cur_of(const uint8_t *bytes, uint64_t len, const char *what);
uint64_t ref_left(const ref_cur *c);
uint64_t ref_place(const ref_cur *c); /* bytes read so far */

/* Say what is wrong with a file and end the program with status 1. */
_Noreturn void ref_die(const char *what, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same unless `holds`; `rule` is the sentence of FORMAT.md that must hold. */
void ref_must(int holds, const char *what, const char *rule);

uint8_t ref_u8(ref_cur *c);
uint16_t ref_u16(ref_cur *c);
uint32_t ref_u32(ref_cur *c);
uint64_t ref_u64(ref_cur *c);
uint64_t ref_varint(ref_cur *c);
uint32_t ref_varint32(ref_cur *c);
const uint8_t *ref_take(ref_cur *c, uint64_t n);
ref_cur ref_cut(ref_cur *c, uint64_t n); /* a cursor over the next n bytes, which are passed */
void ref_zeros(ref_cur *c, uint64_t n);
void ref_align(ref_cur *c, uint64_t to); /* zero bytes to a multiple, counted from the start */
void ref_done(const ref_cur *c);         /* nothing may be left */

uint32_t ref_bits_of(uint64_t v);      /* bits(v) of FORMAT.md section 1 */
uint64_t ref_bit_bytes(uint64_t bits); /* bytes that hold so many bits */
/* w bits of a bit array, from bit number `bit`; w <= 64. */
uint64_t ref_bits(const uint8_t *array, uint64_t bit, uint32_t w);
/* The bits of a bit array from `used` to the end of its bytes are zero. */
void ref_tail_zero(const uint8_t *array, uint64_t used, uint64_t bytes, const char *what);
/* A bit array that is read from its first bit on. */
typedef struct ref_bit_cur {
    const uint8_t *array;
    uint64_t bit, end;
    const char *what;
} ref_bit_cur;
ref_bit_cur ref_bit_cur_of(const ref_cur *c); /* over the bytes that are left */
/* ref_codes.c */
uint64_t ref_bits_next(ref_bit_cur *c, uint32_t w);
uint64_t ref_rice(ref_bit_cur *c, uint32_t k);
uint64_t ref_exp(ref_bit_cur *c, uint32_t k);
void ref_ef(ref_bit_cur *c, uint64_t n, uint64_t s, uint32_t *out);
/* memcmp, then the shorter first. */
int ref_order(const uint8_t *a, uint64_t a_len, const uint8_t *b, uint64_t b_len);

#endif
