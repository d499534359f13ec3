/* lexicon.h - text -> stream of term ids, for the inverter: the analyzer with a memory.
 *
 * A lexicon gives each distinct term key a dense id in order of arrival, and remembers, per
 * distinct surface form, the ids it came to (the memo), so that folding and stemming run once per
 * form.  One lexicon serves all fields of one worker that share an analyzer.
 *
 * The stream: one u32 per term occurrence, in order of position.
 *   bit 31      this term has the same position as the one before
 *   bit 30      the term is a HAN1, or one is left out here
 *   bits 0..29  term id;  PRS_STREAM_GAP (0x7fffffff) escapes: the next u32 is a
 *               number of positions to skip
 * The first entry of a text has bit 31 clear and position = base (prs_stream tracks it).
 *
 * Left out is HAN1 before a HAN2 or HANEND that tells which it is (prs_lexicon_char_of): it stands
 * at the same position, has no positions of its own, and would be half of the stream of Chinese.
 *
 * Proved equal to prs_analysis_run by tests/unit/analysis/test_lexicon.c. */
#ifndef PRS_ANALYSIS_LEXICON_H
#define PRS_ANALYSIS_LEXICON_H

#include "analysis/analyzer.h"

#define PRS_STREAM_STACKED 0x80000000u
#define PRS_STREAM_TELLS 0x40000000u
#define PRS_STREAM_ID 0x3fffffffu
#define PRS_STREAM_GAP 0x7fffffffu

typedef struct prs_lexicon prs_lexicon;

typedef struct prs_stream {
    prs_mem *mem;
    uint32_t *ids;
    size_t n, cap; /* entries; cap grows by doubling, or by the caller's own reserve */
} prs_stream;

prism_status prs_lexicon_new(prs_analyzer *analyzer, prs_mem *mem, prs_lexicon **out,
                             prism_error *err);
void prs_lexicon_free(prs_lexicon *lexicon);

/** Append the terms of a text to `out`.  *n_pos = positions used by this text (length plus gaps is
 *  the same unless a custom tokenizer left gaps: then *n_span > *n_pos).
 *  Errors : ENOMEM (stream restored to its old length), ELIMIT (> PRISM_MAX_DOC_TOKENS) */
prism_status prs_lexicon_scan(prs_lexicon *lexicon, const void *text, size_t len, prs_stream *out,
                              uint32_t *n_pos, uint32_t *n_span, uint64_t *n_bad, prism_error *err);

/** Distinct terms so far; the key (kind byte + folded bytes) of an id, borrowed until reset. */
uint32_t prs_lexicon_count(const prs_lexicon *lexicon);
prs_bytes prs_lexicon_key(const prs_lexicon *lexicon, uint32_t id);
/** All keys, by id; good until the next term. */
const prs_bytes *prs_lexicon_keys(const prs_lexicon *lexicon);
/** Id of the HAN1 that stands wherever this term does and is left out of streams; UINT32_MAX =
 *  none.
 *  Cost: reads the key */
uint32_t prs_lexicon_char_of(const prs_lexicon *lexicon, uint32_t id);
/** Do streams leave out any HAN1? */
bool prs_lexicon_leaves_chars(const prs_lexicon *lexicon);
/** Id of a key that another lexicon of the same analyzer has, new or old.   Errors : ENOMEM, ELIMIT
 *  2^30 - 1 terms */
prism_status prs_lexicon_intern(prs_lexicon *lexicon, prs_bytes key, uint32_t *id,
                                prism_error *err) PRS_NODISCARD;
static inline bool prs_stream_is_gap(uint32_t entry) {
    return entry == PRS_STREAM_GAP;
}

/** Bytes held (terms + memo), for the writer's budget. */
size_t prs_lexicon_bytes(const prs_lexicon *lexicon);
/** About the bytes that the terms take in a lexicon that has met them in texts.  Unlike the bytes
 *  it holds, this is a function of the set of its terms alone: not of their order, nor of how they
 *  came in. */
uint64_t prs_lexicon_weight(const prs_lexicon *lexicon);
/** Forget ids and memo when they outgrow their share; otherwise they survive a flush. */
void prs_lexicon_reset(prs_lexicon *lexicon);

#endif
