/* term_keys_code.h - the nibbles of PRS_KEYS_LETTERS, between term_keys_write.c and _read.c
 * (FORMAT.md section 6).
 *
 * Letters by how often they stand in what English keys do not share with the key before. */
#ifndef PRS_FORMAT_TERM_KEYS_CODE_H
#define PRS_FORMAT_TERM_KEYS_CODE_H

#include "base/prs.h"

#define PRS_LETTERS_SHORT 13u /* nibbles below are a letter; from here on, the next one belongs */
#define PRS_HEAD_MAX 15u      /* of a nibble of a head: an extra follows */
#define PRS_REST_LEAST 1u     /* units of a rest whose nibble is 0 */

/* By nibble; by (nibble - 13) * 16 + the next one. */
static const uint8_t prs_letters_short[16] = {'e', 't', 'i', 'a', 'n', 's', 'r', 'o',
                                              'l', 'c', 'd', 'p', 'u', 0,   0,   0};
static const uint8_t prs_letters_long[48] = {
    0x67, 0x6d, 0x68, 0x79, 0x66, 0x62, 0x76, 0x6b, 0x77, 0x78, 0x7a, 0x6a, 0x71, 0x30, 0x31, 0x32,
    0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x2d, 0x27, 0x2e, 0x5f, 0x2b, 0xc3, 0xa0, 0xa1, 0xa2,
    0xa3, 0xa4, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xad, 0xae, 0xaf, 0xb1, 0xb3, 0xb4, 0xb5, 0xb6, 0xbc};

/* Pairs: the first byte of a key. */
#define PRS_PAIR_NEAR 224u  /* below: the second character is at most so far on */
#define PRS_PAIR_OTHER 255u /* two varints; between: another byte */
#define PRS_PAIR_FAR ((PRS_PAIR_OTHER - PRS_PAIR_NEAR) << 8)

/* A character of UTF-8 from at[0 .. len): its bytes, 0 if it is none. */
static inline uint32_t prs_pair_char(const uint8_t *at, size_t len, uint32_t *code) {
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (len == 0) return 0;
    uint32_t lead = at[0], n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (n > len || (lead >= 0x80 && lead < 0xc0) || lead >= 0xf8) return 0;
    uint32_t c = n == 1 ? lead : lead & (0x7fu >> n);
    for (uint32_t i = 1; i < n; i++) {
        if ((at[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (at[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return 0;
    *code = c;
    return n;
}

/* Three bytes of which most Han characters are; false if they are something else. */
static inline bool prs_pair_three(const uint8_t *at, uint32_t *code) {
    uint32_t c = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
    *code = (c >> 4 & 0xf000) | (c >> 2 & 0xfc0) | (c & 0x3f);
    return (c & 0xf0c0c0) == 0xe08080 && *code >= 0x800 && (*code & 0xf800) != 0xd800;
}

/* Is the key a kind byte 3 and two characters? */
static inline bool prs_pair_of(prs_bytes key, uint32_t *first, uint32_t *second) {
    if (key.len < 3 || key.ptr[0] != 3) return false;
    if (PRS_LIKELY(key.len == 7) && PRS_LIKELY(prs_pair_three(key.ptr + 1, first)) &&
        PRS_LIKELY(prs_pair_three(key.ptr + 4, second)))
        return true;
    uint32_t n = prs_pair_char(key.ptr + 1, key.len - 1, first);
    if (n == 0) return false;
    uint32_t m = prs_pair_char(key.ptr + 1 + n, key.len - 1 - n, second);
    return m != 0 && 1 + (size_t)n + m == key.len;
}

#endif
