/* prs.h - the dialect of C that this library is written in: widths, endian loads, try, likely.
 *
 * Every internal header includes this one first.  Nothing here allocates or fails. */
#ifndef PRS_BASE_PRS_H
#define PRS_BASE_PRS_H

#include <prismsearch/base.h>
#include <prismsearch/error.h>

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Return the status of a failed call to our caller; nothing to clean up. */
#define PRS_TRY(call)                                                                              \
    do {                                                                                           \
        prism_status prs_try_status_ = (call);                                                     \
        if (PRS_UNLIKELY(prs_try_status_ != PRISM_OK)) return prs_try_status_;                     \
    } while (0)

/* As PRS_TRY, for functions with one `out:` label and a `prism_status status` local. */
#define PRS_TRY_OUT(call)                                                                          \
    do {                                                                                           \
        status = (call);                                                                           \
        if (PRS_UNLIKELY(status != PRISM_OK)) goto out;                                            \
    } while (0)

#define PRS_LIKELY(x) __builtin_expect(!!(x), 1)
#define PRS_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define PRS_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PRS_MIN(a, b) ((a) < (b) ? (a) : (b))
#define PRS_MAX(a, b) ((a) > (b) ? (a) : (b))
#define PRS_UNUSED __attribute__((unused))
#define PRS_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define PRS_NODISCARD __attribute__((warn_unused_result))
/* assert is for our own bugs only; bytes from disk, network or user are never asserted.  Compiled
 * out, what it looks at still counts as used. */
#ifdef NDEBUG
#define PRS_ASSERT(x) ((void)sizeof((x) ? 1 : 0))
#else
#define PRS_ASSERT(x) assert(x)
#endif

/* A borrowed run of bytes. */
typedef struct prs_bytes {
    const uint8_t *ptr;
    size_t len;
} prs_bytes;

static inline prs_bytes prs_bytes_of(const void *ptr, size_t len) {
    prs_bytes b = {(const uint8_t *)ptr, len};
    return b;
}

/* Byte-wise order (memcmp, then shorter first): the order of every sorted key on disk. */
static inline int prs_bytes_compare(prs_bytes a, prs_bytes b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (c != 0) return c;
    return a.len < b.len ? -1 : a.len > b.len;
}

static inline bool prs_bytes_equal(prs_bytes a, prs_bytes b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Unaligned little-endian loads and stores; on little-endian hosts each is one instruction. */
static inline uint16_t prs_load16(const void *p) {
    uint16_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap16(v);
#endif
    return v;
}

static inline uint32_t prs_load32(const void *p) {
    uint32_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

static inline uint64_t prs_load64(const void *p) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static inline void prs_store16(void *p, uint16_t v) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap16(v);
#endif
    memcpy(p, &v, sizeof v);
}

static inline void prs_store32(void *p, uint32_t v) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    memcpy(p, &v, sizeof v);
}

static inline void prs_store64(void *p, uint64_t v) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    memcpy(p, &v, sizeof v);
}

/* Number of bits needed to write v: 0 for 0, 32 for UINT32_MAX. */
static inline uint32_t prs_bit_width32(uint32_t v) {
    return v == 0 ? 0 : 32u - (uint32_t)__builtin_clz(v);
}

static inline uint32_t prs_bit_width64(uint64_t v) {
    return v == 0 ? 0 : 64u - (uint32_t)__builtin_clzll(v);
}

/** Write v as LEB128, up to 10 bytes; returns the byte behind it. */
static inline uint8_t *prs_varint_put(uint8_t *at, uint64_t v) {
    for (; v >= 0x80; v >>= 7) *at++ = (uint8_t)(v | 0x80);
    *at++ = (uint8_t)v;
    return at;
}

#endif
