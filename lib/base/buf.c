/* buf.c - how do encoders write bytes as straight lines and still notice that memory ran out?
 *
 * Structure   ptr[0, len) is written, ptr[len, cap) is room; `failed` is the sticky error.
 * Invariants  - len <= cap; ptr is NULL only while cap is 0.
 *             - Once `failed`, len no longer moves, so the bytes before the failure stay readable.
 *             - Capacity doubles, but never asks for more than the allocator's single block while
 *               the bytes needed still fit one.
 * Cost        Amortised O(1) per byte.
 * Tested by   tests/unit/base/test_buf.c */
#include "base/buf.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

#define PRS_BUF_FIRST_CAP ((size_t)64)

void prs_buf_init(prs_buf *buf, prs_mem *mem) {
    memset(buf, 0, sizeof *buf);
    buf->mem = mem;
}

void prs_buf_fini(prs_buf *buf) {
    prs_mem_free(buf->mem, buf->ptr, buf->cap);
    prs_buf_init(buf, buf->mem);
}

void prs_buf_clear(prs_buf *buf) {
    buf->len = 0;
    buf->failed = false;
}

/* The next capacity that holds `need` bytes. */
static size_t grown_cap(const prs_buf *buf, size_t need) {
    size_t limit = atomic_load(&buf->mem->single_cap);
    size_t cap = buf->cap > limit / 2 ? limit : buf->cap * 2;
    if (cap < PRS_BUF_FIRST_CAP) cap = PRS_BUF_FIRST_CAP;
    return PRS_MAX(cap, need);
}

static bool grow(prs_buf *buf, size_t n) {
    if (n > SIZE_MAX - buf->len) {
        buf->failed = true;
        return false;
    }
    size_t cap = grown_cap(buf, buf->len + n);
    uint8_t *p = prs_mem_resize(buf->mem, buf->ptr, buf->cap, cap);
    if (p == NULL) {
        buf->failed = true;
        return false;
    }
    buf->ptr = p;
    buf->cap = cap;
    return true;
}

bool prs_buf_reserve(prs_buf *buf, size_t n) {
    if (PRS_UNLIKELY(buf->failed)) return false;
    if (PRS_LIKELY(n <= buf->cap - buf->len && buf->ptr != NULL)) return true;
    return grow(buf, n);
}

uint8_t *prs_buf_extend(prs_buf *buf, size_t n) {
    if (!prs_buf_reserve(buf, n)) return NULL;
    uint8_t *p = buf->ptr + buf->len;
    buf->len += n;
    return p;
}

void prs_buf_put(prs_buf *buf, const void *ptr, size_t n) {
    uint8_t *p = prs_buf_extend(buf, n);
    if (p != NULL && n != 0) memcpy(p, ptr, n);
}

void prs_buf_put8(prs_buf *buf, uint8_t v) {
    uint8_t *p = prs_buf_extend(buf, 1);
    if (p != NULL) *p = v;
}

void prs_buf_put16(prs_buf *buf, uint16_t v) {
    uint8_t *p = prs_buf_extend(buf, 2);
    if (p != NULL) prs_store16(p, v);
}

void prs_buf_put32(prs_buf *buf, uint32_t v) {
    uint8_t *p = prs_buf_extend(buf, 4);
    if (p != NULL) prs_store32(p, v);
}

void prs_buf_put64(prs_buf *buf, uint64_t v) {
    uint8_t *p = prs_buf_extend(buf, 8);
    if (p != NULL) prs_store64(p, v);
}

void prs_buf_varint(prs_buf *buf, uint64_t v) {
    if (!prs_buf_reserve(buf, 10)) return;
    buf->len = (size_t)(prs_varint_put(buf->ptr + buf->len, v) - buf->ptr);
}

void prs_buf_zero(prs_buf *buf, size_t n) {
    uint8_t *p = prs_buf_extend(buf, n);
    if (p != NULL && n != 0) memset(p, 0, n);
}

void prs_buf_printf(prs_buf *buf, const char *fmt, ...) {
    if (!prs_buf_reserve(buf, 1)) return;
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    size_t room = buf->cap - buf->len;
    int n = vsnprintf((char *)buf->ptr + buf->len, room, fmt, args);
    if (n < 0) {
        buf->failed = true;
    } else if ((size_t)n < room) {
        buf->len += (size_t)n;
    } else if (prs_buf_reserve(buf, (size_t)n + 1)) { /* the NUL needs room, it is not counted */
        vsnprintf((char *)buf->ptr + buf->len, (size_t)n + 1, fmt, again);
        buf->len += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

prism_status prs_buf_status(const prs_buf *buf, prism_error *err) {
    return buf->failed ? prs_error_nomem(err) : PRISM_OK;
}
