/* tally.c - how full is the pending segment, counted so that the answer depends on the documents
 * alone?
 *
 * Structure   known mark | window: closed batches, each with the length of its texts, and its mark
 *             as soon as it has been analyzed | open batch
 * Invariants  - Chunks are closed and leave by counts of bytes and values alone; a mark is used
 *               when its batch leaves, never earlier.  So all answers are functions of the
 *               documents.
 *             - The window is at most a 64th of the budget and a batch: what is estimated is little
 *               beside what is known.
 * Why so      Exact counts at the moment of asking are a matter of luck as soon as threads analyze,
 *             and estimates alone are off by a factor of three between scripts.
 * Estimates   2 bytes of stream for a byte of text: English has 0.8, Chinese 2.6; documents made to
 *             be dense (single letters, all forms kept) have 4 to 8.  For these the window is the
 *             error: about 6/64 of the budget at worst, within what a document alone may take.
 * Tested by   tests/unit/invert/test_tally.c */
#include "invert/tally.h"

#define ID_BYTES 2u     /* of streams, estimated for a byte of text */
#define TERM_BYTES 1u   /* of new terms, likewise */
#define VALUE_BYTES 24u /* an entry of its document and field, a gap */
#define VALUE_PLACES 128u

void prs_tally_init(prs_tally *tally, size_t memory, size_t batch_text) {
    *tally = (prs_tally){.window_text = PRS_MIN(memory / 64, (size_t)8 << 20)};
    tally->batch_text = batch_text != 0 ? batch_text : PRS_MIN(memory / 1024, (size_t)256 << 10);
    tally->is_small = batch_text != 0;
    tally->whole_text = PRS_MIN(memory / 128, (size_t)2 << 20);
}

void prs_tally_reset(prs_tally *tally, const prs_tally_mark *mark) {
    tally->known = *mark;
    tally->first = tally->n = 0;
    tally->open = (prs_tally_batch){0};
    tally->text = tally->n_values = 0;
}

void prs_tally_add(prs_tally *tally, uint64_t text, uint64_t n_values) {
    tally->open.text += text;
    tally->open.n_values += n_values;
    tally->text += text;
    tally->n_values += n_values;
}

bool prs_tally_must_leave(const prs_tally *tally) {
    return tally->n == PRS_TALLY_BATCHES || (tally->n > 0 && tally->text > tally->window_text);
}

void prs_tally_leave(prs_tally *tally) {
    const prs_tally_batch *batch = &tally->batches[tally->first];
    PRS_ASSERT(tally->n > 0 && batch->is_marked);
    tally->known = batch->mark;
    tally->text -= batch->text;
    tally->n_values -= batch->n_values;
    tally->first = (tally->first + 1) % PRS_TALLY_BATCHES;
    tally->n--;
}

void prs_tally_close(prs_tally *tally) {
    PRS_ASSERT(tally->n < PRS_TALLY_BATCHES);
    tally->batches[(tally->first + tally->n++) % PRS_TALLY_BATCHES] = tally->open;
    tally->open = (prs_tally_batch){0};
}

void prs_tally_mark_next(prs_tally *tally, const prs_tally_mark *mark) {
    for (uint32_t i = 0; i < tally->n; i++) {
        prs_tally_batch *batch = &tally->batches[(tally->first + i) % PRS_TALLY_BATCHES];
        if (batch->is_marked) continue;
        batch->mark = *mark;
        batch->is_marked = true;
        return;
    }
    PRS_ASSERT(false);
}

uint64_t prs_tally_stream_bytes(const prs_tally *tally) {
    return tally->known.stream_bytes + tally->text * ID_BYTES + tally->n_values * VALUE_BYTES;
}

uint64_t prs_tally_lexicon_weight(const prs_tally *tally) {
    return tally->known.lexicon_weight + tally->text * TERM_BYTES;
}

uint64_t prs_tally_ids(const prs_tally *tally) {
    return tally->known.most_ids + tally->text * 2 + tally->n_values * 2;
}

uint64_t prs_tally_places(const prs_tally *tally) {
    return tally->known.most_places + tally->text * 2 + tally->n_values * VALUE_PLACES;
}
