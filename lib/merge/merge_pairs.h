/* merge_pairs.h - the stop words of a merged field, and lists of their pairs from positions. */
#ifndef PRS_MERGE_MERGE_PAIRS_H
#define PRS_MERGE_MERGE_PAIRS_H

#include "format/segment_meta.h"
#include "format/stops.h"
#include "merge/merge.h"

/* The most frequent words that may be stop words, as their terms come by, in order of keys. */
typedef struct prs_top_words {
    uint32_t n;
    uint64_t cfs[PRS_STOPS_WORDS]; /* the most frequent first */
    uint8_t lens[PRS_STOPS_WORDS], keys[PRS_STOPS_WORDS][PRS_STOP_KEY_MAX];
} prs_top_words;

void prs_top_words_offer(prs_top_words *top, prs_bytes key, uint64_t cf);

/** The set of the result: that of all inputs, or of the one with most tokens; if none has one, the
 *  top words of a field that has merge->stop_tokens; else none (n = 0).
 *  Params : top, and what the inputs hold, are referred to; *same: all inputs that have terms have
 *           this very set */
prism_status prs_merge_stops(const prs_merge *merge, uint32_t field, const prs_top_words *top,
                             uint64_t sum_cf, prs_stops *stops, bool *same,
                             prism_error *err) PRS_NODISCARD;
/** Write PAIR_LISTS and PAIR_TERMS_INDEX of a set from the positions of its words; nothing if no
 *  pair stands anywhere.
 *  Params : lengths of the result, as for prs_merge_terms
 *  Memory : half a byte a posting of a pair, at least 128 KiB, at most 8 bytes a document of the
 *           most frequent pair more; 10 KiB a word; 4 bytes a position of the words of the set in
 *           the document that has most of them, 8 where the vector has just grown
 *  Cost   : positions of all words of the set, up to 32 times */
prism_status prs_merge_pairs(prs_merge *merge, uint32_t field, const prs_stops *stops, prs_out *out,
                             const prs_lengths *lengths, const prs_field_meta *meta,
                             prism_error *err) PRS_NODISCARD;

#endif
