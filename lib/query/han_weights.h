/* han_weights.h - how much a part of an unquoted Han run counts in a ranked query, and other
 * weights to tune.
 *
 * Measured on cmrc2018 (4,218 questions, MRR@10, k1 .9, b .4): characters .923, pairs .974,
 * characters and pairs .977, dictionary words on both sides .978, words and pairs .982, these
 * weights .985.  They are to be tuned over all the shared collections together, never over one.  0
 * leaves the part out. */
#ifndef PRS_QUERY_HAN_WEIGHTS_H
#define PRS_QUERY_HAN_WEIGHTS_H

#define PRS_WEIGHT_PAIR_INSIDE 1.0 /* two characters of one dictionary word */
#define PRS_WEIGHT_PAIR_ACROSS 0.5 /* two characters with a cut between them */
#define PRS_WEIGHT_SINGLE 1.0      /* a character that is a dictionary word by itself */

/* "iPhone 15" also asks for iphone15. */
#define PRS_WEIGHT_JOINED 1.0

#endif
