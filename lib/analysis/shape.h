/* shape.h - is a word initials, a grouped number, too long?  Questions scan.c asks about one
 * token. */
#ifndef PRS_ANALYSIS_SHAPE_H
#define PRS_ANALYSIS_SHAPE_H

#include "analysis/wordbreak.h"

/** T3: end of the run of single letters with dots (U.S.A., e.g.) that begins with the letter at
 *  `at`, or 0.  The whole chain must be single letters (e.g.com is a host name), two at least, and
 *  within max_bytes.   Cost: the chain */
uint32_t prs_shape_initials(const prs_word_rules *rules, const uint8_t *text, uint32_t len,
                            uint32_t at, uint32_t max_bytes);

/** T4: is the word 1,234 or 12,345,678.90, perhaps with letters behind (10,000mAh)? */
bool prs_shape_is_grouped(const uint8_t *text, uint32_t start, uint32_t end);

/** T12: end of the first piece of [start, end), which is longer than max_bytes: as many clusters as
 *  fit; if the first does not, its first code points.  *next = start of the next piece; marks that
 *  fit no piece stand between, so that no piece begins with one. */
uint32_t prs_shape_cut(const uint8_t *text, uint32_t start, uint32_t end, uint32_t max_bytes,
                       uint32_t *next);

#endif
