/* part_weights.h - how much does a part of an unquoted text count in a ranked query?
 *
 * Tuned over all the shared collections together, never over one, and only where all gain or stay
 * (bench/NOTES.md has the figures).  0 leaves the part out. */
#ifndef PRS_QUERY_PART_WEIGHTS_H
#define PRS_QUERY_PART_WEIGHTS_H

/* Han runs.  cmrc2018, MRR@10, k1 1.2, b .75: pairs inside 1, across .5 .9843; .75, .5 .9853;
 * .75, .4 .9856; .7, .35 .9851; .6, .4 .9848; single characters .75 .9853. */
#define PRS_WEIGHT_PAIR_INSIDE 0.75 /* two characters of one dictionary word, in a longer run */
#define PRS_WEIGHT_PAIR_ACROSS 0.4  /* two characters with a cut between them */
#define PRS_WEIGHT_SINGLE 1.0       /* a character that is a dictionary word by itself */

/* A dictionary word that is a term by itself (han = uni_bi_words), and the pairs inside it.
 * cmrc2018, MRR@10, k1 1.2, b .75: .9843 without words, .9855 with these weights, .973 where both
 * count 1. */
#define PRS_WEIGHT_HANWORD 0.25
#define PRS_WEIGHT_PAIR_OF_HANWORD 0.5

/* "iPhone 15" also asks for iphone15. */
#define PRS_WEIGHT_JOINED 1.0

/* "Wi-Fi router": half for wi-fi as written, half for each of its words, so that "descended from
 * Huguenots" answers "Huguenot-descended" and still stands behind it. */
#define PRS_WEIGHT_COMPOUND 0.5
#define PRS_WEIGHT_COMPOUND_WORD 0.5

/* A stop word beside other words: it ranks, but no document matches for its sake. */
#define PRS_WEIGHT_STOP_WORD 0.3

#endif
