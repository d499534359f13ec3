/* char_counts.h - how often does each document have each character that the stream leaves out?
 *
 *   stream   中国 国人 人(end) | 中国 国(end)          id -> place of its HAN1 in the table
 *   lists    中: 1x1 2x1   国: 1x1 2x1   人: 1x1       a word for a document: entry, freq
 *
 * A list grows by a word when a document begins, and the word's freq by one with each occurrence.
 * A freq that does not fit goes on in another word of the same document.  The words are counted
 * first in the same way, so that each list has its place.
 *
 * Tested by   tests/unit/invert/test_transpose.c */
#ifndef PRS_INVERT_CHAR_COUNTS_H
#define PRS_INVERT_CHAR_COUNTS_H

#include "analysis/lexicon.h"

#define PRS_CHAR_ONLY 0x80000000u /* beside a character's number: the term is its HAN1 itself */

typedef struct prs_char_count {
    uint32_t entry; /* document of the last word; UINT32_MAX = none */
    uint32_t freq;  /* in the last word */
    uint32_t at;    /* number of words; later the place of the last one */
} prs_char_count;

/* Bits of a word that hold the freq, where there are n documents. */
static inline uint32_t prs_char_freq_bits(uint32_t n_docs) {
    return n_docs < 2 ? 31 : 32 - prs_bit_width32(n_docs - 1);
}

/* Does one more occurrence in document `entry` begin a word? */
static inline bool prs_char_begins(const prs_char_count *count, uint32_t entry,
                                   uint32_t freq_bits) {
    return count->entry != entry || count->freq >> freq_bits != 0;
}

static inline void prs_char_add(prs_char_count *count, uint32_t entry, bool begins) {
    count->freq = begins ? 1 : count->freq + 1;
    count->entry = entry;
    count->at += begins;
}

#endif
