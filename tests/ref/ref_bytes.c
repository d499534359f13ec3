/* ref_bytes.c - how does the second reader take numbers out of bytes?  (FORMAT.md section 1)
 *
 * One byte at a time, in the plainest way.  Whatever does not fit ends the program with a sentence:
 * the reader is a judge of files, not a part of an application, so it has no errors to hand on.
 * Memory is a chain of zeroed blocks that lives as long as the index.
 * Tested by: tests/ref/ref_selftest.c (the worked examples of FORMAT.md), tests/golden. */
#include "ref/ref_bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ref_block {
    struct ref_block *next;
    max_align_t data[];
};

void *ref_heap_get(ref_heap *heap, uint64_t n) {
    struct ref_block *b = n < SIZE_MAX / 2 ? calloc(1, sizeof *b + (n ? n : 1)) : NULL;
    if (b == NULL) ref_die("memory", "no %llu bytes", (unsigned long long)n);
    b->next = heap->blocks;
    heap->blocks = b;
    return b->data;
}

void ref_heap_free(ref_heap *heap) {
    while (heap->blocks != NULL) {
        struct ref_block *b = heap->blocks;
        heap->blocks = b->next;
        free(b);
    }
}

void ref_die(const char *what, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "second reader: %s: ", what);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void ref_must(int holds, const char *what, const char *rule) {
    if (!holds) ref_die(what, "it does not hold that %s", rule);
}

ref_cur ref_cur_of(const uint8_t *bytes, uint64_t len, const char *what) {
    return (ref_cur){bytes, bytes, bytes + len, what};
}

uint64_t ref_left(const ref_cur *c) {
    return (uint64_t)(c->end - c->at);
}

uint64_t ref_place(const ref_cur *c) {
    return (uint64_t)(c->at - c->start);
}

const uint8_t *ref_take(ref_cur *c, uint64_t n) {
    if (n > ref_left(c))
        ref_die(c->what, "ends at byte %llu, %llu more are needed",
                (unsigned long long)ref_place(c), (unsigned long long)n);
    const uint8_t *p = c->at;
    c->at += n;
    return p;
}

ref_cur ref_cut(ref_cur *c, uint64_t n) {
    const uint8_t *p = ref_take(c, n);
    return ref_cur_of(p, n, c->what);
}

static uint64_t number(ref_cur *c, uint32_t bytes) {
    const uint8_t *p = ref_take(c, bytes);
    uint64_t v = 0;
    for (uint32_t i = 0; i < bytes; i++) v |= (uint64_t)p[i] << (8 * i);
    return v;
}

uint8_t ref_u8(ref_cur *c) {
    return (uint8_t)number(c, 1);
}
uint16_t ref_u16(ref_cur *c) {
    return (uint16_t)number(c, 2);
}
uint32_t ref_u32(ref_cur *c) {
    return (uint32_t)number(c, 4);
}
uint64_t ref_u64(ref_cur *c) {
    return number(c, 8);
}

static uint64_t leb128(ref_cur *c, uint32_t max_bits) {
    uint64_t v = 0;
    for (uint32_t shift = 0; shift < max_bits; shift += 7) {
        uint64_t byte = ref_u8(c), part = byte & 127;
        if (max_bits - shift < 7)
            ref_must(part >> (max_bits - shift) == 0, c->what, "a varint has no excess bits");
        v |= part << shift;
        if (byte < 128) return v;
    }
    ref_die(c->what, "a varint is too long, at byte %llu", (unsigned long long)ref_place(c));
}

uint64_t ref_varint(ref_cur *c) {
    return leb128(c, 64);
}

uint32_t ref_varint32(ref_cur *c) {
    return (uint32_t)leb128(c, 32);
}

void ref_zeros(ref_cur *c, uint64_t n) {
    const uint8_t *p = ref_take(c, n);
    for (uint64_t i = 0; i < n; i++)
        if (p[i] != 0) ref_die(c->what, "a byte that is said to be zero is %u", p[i]);
}

void ref_align(ref_cur *c, uint64_t to) {
    ref_zeros(c, (to - ref_place(c) % to) % to);
}

void ref_done(const ref_cur *c) {
    if (c->at != c->end) ref_die(c->what, "%llu bytes too many", (unsigned long long)ref_left(c));
}

uint32_t ref_bits_of(uint64_t v) {
    uint32_t n = 0;
    for (; v != 0; v >>= 1) n++;
    return n;
}

uint64_t ref_bit_bytes(uint64_t bits) {
    return bits / 8 + (bits % 8 != 0);
}

uint64_t ref_bits(const uint8_t *array, uint64_t bit, uint32_t w) {
    uint64_t v = 0;
    for (uint32_t i = 0; i < w; i++, bit++) v |= (uint64_t)(array[bit / 8] >> (bit % 8) & 1) << i;
    return v;
}

void ref_tail_zero(const uint8_t *array, uint64_t used, uint64_t bytes, const char *what) {
    for (uint64_t bit = used; bit < 8 * bytes; bit++)
        ref_must(ref_bits(array, bit, 1) == 0, what, "the unused bits of a bit array are zero");
}

int ref_order(const uint8_t *a, uint64_t a_len, const uint8_t *b, uint64_t b_len) {
    int c = memcmp(a, b, a_len < b_len ? a_len : b_len);
    if (c != 0) return c;
    return a_len < b_len ? -1 : a_len > b_len;
}
