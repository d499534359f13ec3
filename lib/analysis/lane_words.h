/* lane_words.h - the plain ASCII words of a text, 64 bytes at a time: found, in lower case, hashed
 * and asked for in their memo. */
#ifndef PRS_ANALYSIS_LANE_WORDS_H
#define PRS_ANALYSIS_LANE_WORDS_H

#include "analysis/memo.h"

/* A word of the lane, or a chunk that stands among them: then lo is 0 and hi its place in
 * chunk_queue. */
typedef struct prs_lane_word {
    prs_word_key key;
    uint64_t hash;
    uint32_t at; /* entry of the stream, counted from the text's first */
} prs_lane_word;

#define PRS_LANE_WORDS_ROOM 32u /* words that 64 bytes may hold */

typedef struct prs_lane_queue {
    prs_word_memo memo;
    prs_lane_word *words;
    uint32_t n, cap;
    uint32_t entry; /* of the next word; each takes one */
} prs_lane_queue;

/** Queue the words of a text that has just begun or stands behind a separator, as far as each is
 *  short (below 16 bytes) and surely whole; with spaced: what stands between blanks, as it is.
 *  Returns the bytes that are done, behind which the text is as at its beginning.
 *  Shapes : ends at the end of the text, where the queue has no room for 64 bytes more, or with
 *           *stop at something else
 *  Cost   : about 2 ns a word, of which half is waiting for the memory behind the memo */
uint32_t prs_lane_words(const uint8_t *text, uint32_t len, bool spaced, prs_lane_queue *queue,
                        bool *stop);

#endif
