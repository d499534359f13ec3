/* english_stem.h - the Porter2 stemmer of English ("english" of Snowball 2), without an object. */
#ifndef PRS_ANALYSIS_ENGLISH_STEM_H
#define PRS_ANALYSIS_ENGLISH_STEM_H

#include "base/prs.h"

/** Stem a word of a-z and apostrophes in place; returns its new length, which may be 0 and is never
 *  greater.
 *  Cost   : 20-40 ns, a twentieth of the interpreter-like code that is made from Snowball's sources
 *  Source : the algorithm as published on Snowball's pages ("The English (Porter2) stemming
 *           algorithm"), version 2 */
uint32_t prs_english_stem(uint8_t *word, uint32_t len);

#endif
