/* lexicon_chunks.c - what stands between two sure separators and is no plain word, from memory.
 *
 *   queue of the lane   | some | U.S. | words | behind | well-known | it |
 *   entries             | 0    |      | 1     | 2      |            | 3  |      as they are pushed
 *   when it is flushed  | 0    | 1 2  | 3     | 4      | 5 6 7      | 8  |      moved by chunks
 *
 * A chunk waits in the queue of words while the memory looks for its slot; how many entries it will
 * have is known only when it is its turn, so those behind it move.  Nothing else may be in the
 * stream behind a waiting chunk: before characters and before the general lane the queue is
 * flushed.
 *
 * Positions of the general lane count from where the text's others end, words that wait behind the
 * chunk among them: in the stream only differences are seen.
 *
 * Tested by   tests/unit/analysis/test_lexicon.c (equal to prs_analysis_run on any text) */
#include "analysis/lexicon_impl.h"

#include "base/error.h"

/* The bytes of the chunk, zeros behind. */
static void copy_text(prs_lane_chunk *chunk, const uint8_t *text, uint32_t len) {
    uint32_t n = chunk->end - chunk->from;
    if (PRS_LIKELY(len - chunk->from >= PRS_CHUNK_MAX)) {
        memcpy(chunk->text, text + chunk->from, PRS_CHUNK_MAX);
        for (uint32_t i = n; i < PRS_CHUNK_MAX; i++) chunk->text[i] = 0;
    } else {
        memset(chunk->text, 0, PRS_CHUNK_MAX);
        memcpy(chunk->text, text + chunk->from, n);
    }
}

prism_status prs_lane_push_chunk(prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                                 uint32_t from, uint32_t end) {
    if (PRS_UNLIKELY(lexicon->n_words == PRS_LANE_BATCH)) PRS_TRY(prs_lane_refill(lexicon));
    lexicon->text = text;
    prs_lane_chunk *chunk = &lexicon->chunk_queue[lexicon->n_chunks];
    chunk->from = from;
    chunk->end = end;
    copy_text(chunk, text, len);
    prs_chunk_memo_fetch(&lexicon->chunks, chunk->text);
    prs_lane_word *item = &lexicon->word_queue[lexicon->n_words++];
    item->key = (prs_word_key){0, lexicon->n_chunks++};
    item->at = (uint32_t)(lexicon->out->n - lexicon->base);
    return PRISM_OK;
}

/* Remember what the chunk came to: the entries from `from` on. */
static prism_status keep(prs_lexicon *lexicon, const prs_lane_chunk *chunk, size_t from,
                         uint32_t n_pos) {
    prs_chunk made = {.n_pos = (uint8_t)n_pos};
    size_t n = lexicon->out->n - from;
    if (n > PRS_CHUNK_IDS) return PRISM_OK;
    memcpy(made.text, chunk->text, sizeof made.text);
    memcpy(made.ids, lexicon->out->ids + from, n * sizeof *made.ids);
    made.n_ids = (uint8_t)n;
    return prs_chunk_memo_add(&lexicon->chunks, &made) == PRISM_OK ? PRISM_OK
                                                                   : prs_error_nomem(lexicon->err);
}

/* As a text of its own. */
static prism_status analyze(prs_lexicon *lexicon, const prs_lane_chunk *chunk) {
    uint64_t bad = 0;
    size_t from = lexicon->out->n;
    uint32_t at = chunk->from, span = lexicon->span;
    while (at < chunk->end)
        PRS_TRY(prs_lexicon_general(lexicon, lexicon->text, chunk->end, &at, &bad));
    lexicon->n_bad += bad;
    return bad > 0 ? PRISM_OK : keep(lexicon, chunk, from, lexicon->span - span);
}

prism_status prs_lane_put_chunk(prs_lexicon *lexicon, uint32_t no) {
    const prs_lane_chunk *chunk = &lexicon->chunk_queue[no];
    PRS_TRY(prs_lexicon_reserve(lexicon, PRS_CHUNK_IDS));
    const prs_chunk *known = prs_chunk_memo_find(&lexicon->chunks, chunk->text);
    if (known == NULL) {
        PRS_TRY(analyze(lexicon, chunk));
    } else {
        memcpy(lexicon->out->ids + lexicon->out->n, known->ids, sizeof known->ids);
        lexicon->out->n += known->n_ids;
        lexicon->span += known->n_pos;
    }
    return prs_lexicon_reserve(lexicon, 2 * PRS_LANE_BATCH);
}
