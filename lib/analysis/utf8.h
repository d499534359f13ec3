/* utf8.h - strict UTF-8: one code point, or one maximal ill-formed part, at a time.
 *
 * Ill-formed input is cut as Unicode 15.0 section 3.9 (U+FFFD substitution of maximal subparts) and
 * the WHATWG decoder cut it: the longest prefix of a well-formed sequence is one part, any other
 * byte is a part by itself.  So E2 82 41 is one bad part of two bytes and 'A'. */
#ifndef PRS_ANALYSIS_UTF8_H
#define PRS_ANALYSIS_UTF8_H

#include "base/prs.h"

#define PRS_UTF8_BAD UINT32_MAX /* not a code point: the bytes were one ill-formed part */

/** Code point at p, p < end, any lead byte; *n = bytes of it or of the ill-formed part, >= 1. */
uint32_t prs_utf8_decode_slow(const uint8_t *p, const uint8_t *end, uint32_t *n);

/** As prs_utf8_decode_slow; ASCII, two bytes and most of three (Han) inline. */
static inline uint32_t prs_utf8_decode(const uint8_t *p, const uint8_t *end, uint32_t *n) {
    uint32_t b = p[0];
    if (PRS_LIKELY(b < 0x80)) {
        *n = 1;
        return b;
    }
    if (PRS_LIKELY(b - 0xe1 < 0xf && b != 0xed && end - p >= 3)) { /* no special second byte */
        uint32_t c = p[1] ^ 0x80u, d = p[2] ^ 0x80u;
        if (PRS_LIKELY((c | d) < 0x40)) {
            *n = 3;
            return (b & 0xf) << 12 | c << 6 | d;
        }
    }
    if (b - 0xc2 < 0x1e && end - p >= 2 && (p[1] ^ 0x80u) < 0x40) {
        *n = 2;
        return (b & 0x1f) << 6 | (p[1] & 0x3fu);
    }
    return prs_utf8_decode_slow(p, end, n);
}

/** Write a code point (not a surrogate, <= 0x10FFFF); returns 1..4. */
uint32_t prs_utf8_encode(uint32_t cp, uint8_t out[4]);

/** Number of maximal ill-formed parts in the text; 0 = well-formed. */
uint64_t prs_utf8_count_bad(const void *text, size_t len);

#endif
