/* utf16.h - steps through UTF-16, in which ICU wants its text; a lone surrogate is U+FFFD. */
#ifndef PRS_ANALYSIS_UTF16_H
#define PRS_ANALYSIS_UTF16_H

#include "base/prs.h"

/** Code point at *at, which moves behind it; *at < n. */
static inline uint32_t prs_utf16_next(const uint16_t *text, int32_t n, int32_t *at) {
    uint32_t c = text[(*at)++];
    if (PRS_LIKELY((c & 0xf800) != 0xd800)) return c;
    if (c < 0xdc00 && *at < n && (text[*at] & 0xfc00) == 0xdc00) {
        uint32_t low = text[(*at)++];
        return 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
    }
    return 0xfffd;
}

/** Write a code point at `at`, which has room for two units; returns the place behind it. */
static inline int32_t prs_utf16_put(uint16_t *text, int32_t at, uint32_t cp) {
    if (PRS_LIKELY(cp < 0x10000)) {
        text[at++] = (uint16_t)cp;
        return at;
    }
    text[at++] = (uint16_t)(0xd7c0 + (cp >> 10));
    text[at++] = (uint16_t)(0xdc00 | (cp & 0x3ff));
    return at;
}

#endif
