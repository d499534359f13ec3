/* cur.h - a bounds-checked cursor over untrusted bytes, with a sticky failure.
 *
 * Every read past the end, over-long varint or bad count sets `bad` and yields zero from then on,
 * so that decoders read as straight lines and check once.  Compares are n <= end - p (R21). */
#ifndef PRS_BASE_CUR_H
#define PRS_BASE_CUR_H

#include "base/prs.h"

typedef struct prs_cur {
    const uint8_t *at, *end;
    bool bad;
} prs_cur;

/* ptr may be NULL when len is 0: then at and end point to nothing in particular, because NULL must
 * not even be added 0 to. */
static inline prs_cur prs_cur_of(const void *ptr, size_t len) {
    const uint8_t *p = ptr != NULL ? (const uint8_t *)ptr : (const uint8_t *)"";
    prs_cur c = {p, p + len, false};
    return c;
}

static inline size_t prs_cur_left(const prs_cur *c) {
    return (size_t)(c->end - c->at);
}

static inline void prs_cur_fail(prs_cur *c) {
    c->bad = true;
    c->at = c->end;
}

/* The next n bytes, or NULL with bad set (n == 0 is fine). */
static inline const uint8_t *prs_cur_take(prs_cur *c, size_t n) {
    if (PRS_UNLIKELY(n > prs_cur_left(c))) {
        prs_cur_fail(c);
        return NULL;
    }
    const uint8_t *p = c->at;
    c->at += n;
    return p;
}

static inline uint8_t prs_cur_8(prs_cur *c) {
    const uint8_t *p = prs_cur_take(c, 1);
    return p ? *p : 0;
}

static inline uint16_t prs_cur_16(prs_cur *c) {
    const uint8_t *p = prs_cur_take(c, 2);
    return p ? prs_load16(p) : 0;
}

static inline uint32_t prs_cur_32(prs_cur *c) {
    const uint8_t *p = prs_cur_take(c, 4);
    return p ? prs_load32(p) : 0;
}

static inline uint64_t prs_cur_64(prs_cur *c) {
    const uint8_t *p = prs_cur_take(c, 8);
    return p ? prs_load64(p) : 0;
}

/* LEB128, at most 10 bytes, excess bits rejected. */
static inline uint64_t prs_cur_varint(prs_cur *c) {
    uint64_t v = 0;
    if (PRS_LIKELY(c->at < c->end && *c->at < 0x80)) return *c->at++;
    for (uint32_t shift = 0; shift < 70; shift += 7) {
        uint8_t b = prs_cur_8(c);
        if (shift == 63 && b > 1) break;
        v |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80) return PRS_UNLIKELY(c->bad) ? 0 : v;
    }
    prs_cur_fail(c);
    return 0;
}

/* LEB128 that must fit 32 bits. */
static inline uint32_t prs_cur_varint32(prs_cur *c) {
    uint64_t v = prs_cur_varint(c);
    if (PRS_UNLIKELY(v > UINT32_MAX)) {
        prs_cur_fail(c);
        return 0;
    }
    return (uint32_t)v;
}

/* A stored count: fails if above max (R22). */
static inline uint64_t prs_cur_count(prs_cur *c, uint64_t max) {
    uint64_t v = prs_cur_varint(c);
    if (PRS_UNLIKELY(v > max)) {
        prs_cur_fail(c);
        return 0;
    }
    return v;
}

#endif
