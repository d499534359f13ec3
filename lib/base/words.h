/* words.h - how many bits are set in 64-bit words, and which are left?
 *
 * Windows of documents and bitsets are counted here, with the instruction that the CPU has for it.
 * Words may lie at any address. */
#ifndef PRS_BASE_WORDS_H
#define PRS_BASE_WORDS_H

#include "base/prs.h"

/** Ones in n words. */
uint32_t prs_words_count(const void *words, uint32_t n);
/** Ones in n words that are not in `less`. */
uint32_t prs_words_count_less(const void *words, const void *less, uint32_t n);

/** Unset the ones that are not in `these` (keep), or that are (not keep). */
void prs_words_sift(uint64_t *words, const uint64_t *these, uint32_t n, bool keep);
/** Or a map of 64 n bytes into n words: bit i where the highest bit of byte i is set.  The map is
 *  all zero afterwards. */
void prs_words_take_map(uint64_t *words, uint8_t *map, uint32_t n);

#endif
