/* utf8.c - which code point, or which ill-formed part, begins here? */
#include "analysis/utf8.h"

/* Least and greatest second byte after a lead byte of three or four (Unicode 15.0, table 3-7). */
static void second_bounds(uint32_t lead, uint32_t *low, uint32_t *high) {
    *low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    *high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
}

uint32_t prs_utf8_decode_slow(const uint8_t *p, const uint8_t *end, uint32_t *n) {
    uint32_t lead = p[0], low, high;
    *n = 1;
    if (lead < 0x80) return lead;
    if (lead < 0xc2 || lead > 0xf4) return PRS_UTF8_BAD;
    uint32_t n_more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    uint32_t cp = lead & (0x3fu >> n_more);
    second_bounds(lead, &low, &high);
    for (uint32_t i = 1; i <= n_more; i++) {
        if (end - p <= (ptrdiff_t)i || p[i] < low || p[i] > high) return PRS_UTF8_BAD;
        cp = cp << 6 | (p[i] & 0x3fu);
        *n = i + 1; /* an ill-formed part ends before the first byte that does not fit */
        low = 0x80;
        high = 0xbf;
    }
    return cp;
}

uint32_t prs_utf8_encode(uint32_t cp, uint8_t out[4]) {
    if (cp < 0x80) {
        out[0] = (uint8_t)cp;
        return 1;
    }
    uint32_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (uint32_t i = n - 1; i > 0; i--, cp >>= 6) out[i] = (uint8_t)(0x80 | (cp & 0x3f));
    out[0] = (uint8_t)((0xf00u >> n & 0xf0u) | cp);
    return n;
}

uint64_t prs_utf8_count_bad(const void *text, size_t len) {
    if (len == 0) return 0; /* text may be NULL then */
    const uint8_t *p = text, *end = p + len;
    uint64_t n_bad = 0;
    while (p < end) {
        uint32_t n;
        n_bad += prs_utf8_decode(p, end, &n) == PRS_UTF8_BAD;
        p += n;
    }
    return n_bad;
}
