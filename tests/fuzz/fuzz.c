/* fuzz.c - what the fuzz programs share: see fuzz.h. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t live; /* bytes handed out by fuzz_allocator; programs are of one thread */

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
    if (new_size > FUZZ_MAX_BLOCK) fuzz_fail("a block larger than any input deserves", NULL);
    live += new_size - old_size;
    if (live > FUZZ_MAX_LIVE) fuzz_fail("more memory than any input deserves", NULL);
    return realloc(ptr, new_size);
}

static void release(void *ctx, void *ptr, size_t size) {
    (void)ctx;
    if (ptr != NULL) live -= size;
    free(ptr);
}

prism_allocator fuzz_allocator(void) {
    return (prism_allocator){resize, release, NULL};
}

void *fuzz_malloc(size_t n) {
    void *p = malloc(n ? n : 1);
    if (p == NULL) fuzz_fail("out of memory", NULL);
    return p;
}

/* ---- reading the input ----------------------------------------------------------------------- */

uint64_t fuzz_take(fuzz_input *in, size_t n) {
    uint64_t v = 0;
    for (size_t i = 0; i < n && in->at < in->end; i++) v |= (uint64_t)*in->at++ << 8 * i;
    return v;
}

uint64_t fuzz_next(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t fuzz_some_bits(uint64_t *state, uint32_t bits) {
    uint32_t width = 1 + (uint32_t)(fuzz_next(state) % bits);
    return fuzz_next(state) >> (64 - width);
}

static void edit_one(uint8_t *bytes, size_t *len, size_t at, uint8_t how, uint8_t value) {
    static const uint64_t odd[] = {0,          1,           2,          0x7f,
                                   0x80,       0xff,        0xffff,     0x10000,
                                   0x7fffffff, 0x80000000u, 0xffffffff, 0xfffffffe,
                                   UINT64_MAX, INT64_MAX,   1ull << 40, 0x4040404040404040};
    size_t left = *len - at;
    switch (how % 9) {
    case 0: bytes[at] = value; break;
    case 1: bytes[at] ^= (uint8_t)(1u << (value & 7)); break;
    case 2: bytes[at] = (uint8_t)(bytes[at] + value); break;
    case 3:
        if (left >= 4) prs_store32(bytes + at, (uint32_t)odd[value & 15]);
        break;
    case 4:
        if (left >= 8) prs_store64(bytes + at, odd[value & 15]);
        break;
    case 5: memset(bytes + at, value, left < 8 ? left : 8); break;
    case 6: { /* bytes from elsewhere */
        size_t n = left < 8 ? left : 8, from = (size_t)value * 7 % (*len - n + 1);
        memmove(bytes + at, bytes + from, n);
        break;
    }
    case 7: /* what follows moves up by one */
        memmove(bytes + at + 1, bytes + at, left - 1);
        bytes[at] = value;
        break;
    default:
        if (value < 32) *len = at;
    }
}

uint32_t fuzz_edit(fuzz_input *in, uint8_t *bytes, size_t *len) {
    uint32_t n = 0;
    while (fuzz_left(in) >= 5 && n < 24 && *len > 0) {
        uint64_t place = fuzz_take(in, 3);
        uint8_t how = (uint8_t)fuzz_take(in, 1), value = (uint8_t)fuzz_take(in, 1);
        edit_one(bytes, len, (size_t)(place % *len), how, value);
        n++;
    }
    return n;
}

/* ---- memory, sections, files ----------------------------------------------------------------- */

void fuzz_mem_begin(prs_mem *mem) {
    prism_allocator hook = fuzz_allocator();
    prs_mem_init(mem, &hook);
}

void fuzz_mem_end(const prs_mem *mem) {
    if (atomic_load(&mem->live) != 0) fuzz_fail("memory was not released", NULL);
}

fuzz_copy fuzz_copy_of(const void *ptr, size_t len) {
    fuzz_copy copy = {fuzz_malloc(len + 64), len};
    if (len > 0) memcpy(copy.bytes, ptr, len);
    memset(copy.bytes + len, 0xee, 64);
    return copy;
}

void fuzz_copy_end(fuzz_copy *copy) {
    free(copy->bytes);
    copy->bytes = NULL;
}

static const char file_name[] = "00000000000000000000000000000007.idx";

void fuzz_file_begin(fuzz_file *f, prs_mem *mem, uint16_t component) {
    prs_id id = {{7}};
    prism_error err = PRISM_ERROR_INIT;
    memset(f, 0, sizeof *f);
    f->mem = mem;
    fuzz_must(prs_dir_mem_new(mem, &f->dir, &err), &err, "directory");
    fuzz_must(prs_out_open(f->dir, file_name, PRS_FILE_IDX, &id, 0, &f->out, &err), &err, "out");
    prs_out_section(f->out, component, PRS_FIELD_NONE, 1);
}

void fuzz_file_open(fuzz_file *f) {
    prs_id id = {{7}};
    prism_error err = PRISM_ERROR_INIT;
    prs_out *out = f->out;
    f->out = NULL;
    fuzz_must(prs_out_finish(out, NULL, NULL, &err), &err, "finish");
    fuzz_must(prs_in_open(f->dir, file_name, PRS_FILE_IDX, &id, 0, NULL, PRS_CHECKSUM_EAGER, &f->in,
                          &err),
              &err, "open");
}

fuzz_copy fuzz_file_copy(fuzz_file *f, uint16_t component) {
    prs_section section;
    (void)prs_in_section(f->in, component, PRS_FIELD_NONE, &section);
    return fuzz_copy_of(section.ptr, (size_t)section.len);
}

void fuzz_file_end(fuzz_file *f) {
    if (f->out != NULL) prs_out_abandon(f->out);
    if (f->in != NULL) prs_in_close(f->in);
    f->dir->vt->close_dir(f->dir);
}
