/* lexicon_impl.h - what a lexicon is made of; between lexicon.c and lexicon_*.c only. */
#ifndef PRS_ANALYSIS_LEXICON_IMPL_H
#define PRS_ANALYSIS_LEXICON_IMPL_H

#include "analysis/analyzer_impl.h"
#include "analysis/lane_words.h"
#include "analysis/lexicon.h"
#include "analysis/memo.h"
#include "base/map.h"

#define PRS_LANE_BATCH 96u

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

typedef struct prs_lane_chunk {
    uint8_t text[PRS_CHUNK_MAX]; /* zeros behind */
    uint32_t from, end;          /* of the text at hand */
} prs_lane_chunk;

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
    bool has_chars; /* HAN1 beside HAN2 and HANEND */
    /* Term key <-> id.  Pairs of two three-byte characters are unlisted here: they are found in
     * `pairs`, which is the truth for them; and words of up to 16 bytes, which are found by
     * prs_lexicon_term_slot.  `chunks` and, with a stemmer, surfaces only remember. */
    prs_map keys;
    prs_word_memo words; /* by surface; see lexicon_terms.c */
    prs_word_memo stems; /* by term, under dual */
    prs_pair_memo pairs;
    prs_chunk_memo chunks;
    prs_lane_han *han;
    uint64_t seeds[4];

    /* The text at hand. */
    prs_stream *out;
    size_t base;    /* entries of `out` before this text */
    uint32_t pos;   /* positions used so far */
    uint32_t span;  /* positions used, and gaps */
    bool is_held;   /* the general lane has met a HAN1 and not yet what follows it: */
    uint32_t held;  /* its id */
    uint64_t n_bad; /* bytes that are no UTF-8 */
    const uint8_t *text;
    prism_error *err;
    uint32_t n_words, n_pairs; /* waiting for their ids */
    uint32_t n_chunks;         /* of n_words */
    prs_lane_word word_queue[PRS_LANE_BATCH];
    prs_lane_chunk chunk_queue[PRS_LANE_BATCH];
    prs_lane_pair pair_queue[PRS_LANE_BATCH];
};

/* Folding leaves a word of the lane as it is, and what stands between blanks is not even folded: so
 * without a stemmer it is its own term. */
static inline bool prs_lexicon_is_own_term(const prs_lexicon *lexicon) {
    return lexicon->is_spaced || lexicon->analysis->words.stem.handle == NULL;
}

/** Where the id of a term of up to 16 bytes is kept, PRS_MEMO_NONE if it has none yet.  Borrowed
 *  until the next term.   Errors : ENOMEM */
prism_status prs_lexicon_term_slot(prs_lexicon *lexicon, prs_word_key key, uint32_t **slot);
/** Room for n more entries of the stream.   Errors : ENOMEM, ELIMIT too many positions */
prism_status prs_lexicon_reserve(prs_lexicon *lexicon, size_t n);
/** May one more term have an id?   Errors : ELIMIT 2^30 - 1 terms */
prism_status prs_lexicon_check_room(const prs_lexicon *lexicon);
/** Is this the key of a HAN2 or HANEND of characters of three bytes each?  They tell their HAN1.
 *  *c : the first. */
static inline bool prs_lexicon_tells_char(uint8_t kind, const uint8_t *t, size_t len, uint32_t *c) {
    bool is_wide = len >= 3 && t[0] >= 0xe0 && t[0] < 0xf0;
    bool is_pair = kind == PRS_KIND_HAN2 && len == 6 && t[3] >= 0xe0 && t[3] < 0xf0;
    if (!is_wide || !(is_pair || (kind == PRS_KIND_HANEND && len == 3))) return false;
    *c = (t[0] & 15u) << 12 | (t[1] & 63u) << 6 | (t[2] & 63u);
    return true;
}

/** Id of a key that is no plain pair, new or old.   Errors : ENOMEM, ELIMIT 2^30 - 1 terms */
prism_status prs_lexicon_add(prs_lexicon *lexicon, uint8_t kind, prs_bytes term, uint32_t *id);
/** Id of a token's term, new or old; likewise. */
prism_status prs_lexicon_find(prs_lexicon *lexicon, const prs_token *token, uint32_t *id);
/** The general lane: groups from *at on, as if the text began there, until a separator follows or
 *  the text ends.  *n_bad : what is no UTF-8 is added. */
prism_status prs_lexicon_general(prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                                 uint32_t *at, uint64_t *n_bad);

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
/** The tables of the Han lane, if they are not there.   Errors : ENOMEM */
prism_status prs_lane_open_han(prs_lexicon *lexicon);
/** Queue the chunk [from, end) of the text. */
prism_status prs_lane_push_chunk(prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                                 uint32_t from, uint32_t end);
/** Put the entries of a chunk of the queue at the end of the stream; behind them there is room for
 *  a queue of words. */
prism_status prs_lane_put_chunk(prs_lexicon *lexicon, uint32_t no);
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
/** Give the words and chunks in their queue their ids, and make room for as many more. */
prism_status prs_lane_refill(prs_lexicon *lexicon);
/** Give all in the queues their ids. */
prism_status prs_lane_flush(prs_lexicon *lexicon);

#endif
