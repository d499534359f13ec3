/* lexicon_impl.h - what a lexicon is made of; between lexicon.c and lexicon_lane.c only. */
#ifndef PRS_ANALYSIS_LEXICON_IMPL_H
#define PRS_ANALYSIS_LEXICON_IMPL_H

#include "analysis/analyzer_impl.h"
#include "analysis/lexicon.h"
#include "analysis/memo.h"
#include "base/map.h"

#define PRS_LANE_BATCH 64u

/* What a BMP code point is to the Han lane; anything above is its folded character. */
enum {
    PRS_LANE_SLOW = 0,  /* only the general lane knows */
    PRS_LANE_BREAK = 1, /* separates whatever stands beside it */
    PRS_LANE_MIDNUM = 2 /* separates, unless digits stand on both sides */
};
#define PRS_LANE_HAN_MIN 0x800u /* folded characters of the lane are at least this */

/* Tables of the Han lane, made when the first non-ASCII byte is met. */
typedef struct prs_lane_han {
    uint16_t fold[0x10000]; /* by code point: PRS_LANE_* or the folded character */
    uint32_t han1[0x10000]; /* by folded character: id + 1 of HAN1, 0 = not seen */
    uint32_t last[0x10000]; /* the same for HANEND */
} prs_lane_han;

typedef struct prs_lane_word {
    prs_word_key key;
    uint64_t hash;
    uint32_t at; /* entry of the stream, counted from the text's first */
} prs_lane_word;

typedef struct prs_lane_pair {
    uint64_t hash;
    uint32_t key;
    uint32_t at;
} prs_lane_pair;

struct prs_lexicon {
    prs_mem *mem;
    prs_analysis *analysis;
    bool has_lanes; /* mixed-v1 */
    bool is_spaced; /* whitespace: a lane of its own */
    /* Term key <-> id.  Pairs of two three-byte characters are unlisted here: they are found in
     * `pairs`, which is the truth for them.  The other memos only remember. */
    prs_map keys;
    prs_word_memo words;
    prs_pair_memo pairs;
    prs_chunk_memo chunks;
    prs_lane_han *han;
    uint64_t seeds[4];

    /* The text at hand. */
    prs_stream *out;
    size_t base;   /* entries of `out` before this text */
    uint32_t pos;  /* positions used so far */
    uint32_t span; /* positions used, and gaps */
    prism_error *err;
    uint32_t n_words, n_pairs; /* waiting for their ids */
    prs_lane_word word_queue[PRS_LANE_BATCH];
    prs_lane_pair pair_queue[PRS_LANE_BATCH];
};

/** Room for n more entries of the stream.   Errors : ENOMEM, ELIMIT too many positions */
prism_status prs_lexicon_reserve(prs_lexicon *lexicon, size_t n);
/** May one more term have an id?   Errors : ELIMIT 2^31 - 1 terms */
prism_status prs_lexicon_check_room(const prs_lexicon *lexicon);
/** Id of a key that is no plain pair, new or old.   Errors : ENOMEM, ELIMIT 2^31 - 1 terms */
prism_status prs_lexicon_add(prs_lexicon *lexicon, uint8_t kind, prs_bytes term, uint32_t *id);

/** Walk the text from *at on, which must be the start of the text or follow a separator, as far as
 *  the lanes can be sure: to the end, or to a place from which the general lane takes over as if a
 *  text began there.   Cost: 2-4 ns a word, 3-6 ns a Han character */
prism_status prs_lane_run(prs_lexicon *lexicon, const uint8_t *text, uint32_t len, uint32_t *at);
/** Is what stands before `at`, the end of a group, of no matter for what follows?  prs_lane_run has
 *  been called before. */
bool prs_lane_is_clean(const prs_lexicon *lexicon, const uint8_t *text, uint32_t len, uint32_t at);
/** End of the chunk that begins at `from`, where prs_lane_run stopped: the end of the text, or a
 *  separator that parts what stands on its sides, whatever that is.  0 = over PRS_CHUNK_MAX
 *  bytes. */
uint32_t prs_lane_chunk_end(const prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                            uint32_t from);
/** Id of a plain pair, new or old: two folded characters of three bytes each, the first in the high
 *  half of the key.  prs_lane_run has been called before.   Errors : ENOMEM, ELIMIT */
prism_status prs_lane_add_pair(prs_lexicon *lexicon, uint32_t key, uint32_t *id);
/** Id of HAN1 or HANEND of a folded character of three bytes, likewise. */
prism_status prs_lane_add_char(prs_lexicon *lexicon, uint8_t kind, uint32_t folded, uint32_t *id);
/** For the analyzer `whitespace`: words of fewer than 16 ASCII bytes with a blank behind each, from
 *  *at on, which is the start of a text or follows a blank, as far as they go. */
prism_status prs_lane_run_spaced(prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                                 uint32_t *at);
/** The same for a pair whose term key is there already. */
prism_status prs_lane_intern_pair(prs_lexicon *lexicon, prs_bytes bytes, uint32_t key,
                                  uint32_t *id);
/** Give the words and pairs in the queues their ids. */
prism_status prs_lane_flush(prs_lexicon *lexicon);

#endif
