/* pending_texts.c - who analyzes the texts of pending documents, and how full is their segment?
 *
 *   put -> open batch -- full --> analysts (others) ---- settle, in order --> inverter
 *       `-> inverter, if there are no analysts          |
 *                          tally: marks at the ends of batches, whoever analyzed them
 *
 * Invariants  - Batches end, and marks are read, at the same documents whether others analyze or
 *               not: so segments end at the same documents, and have the same bytes.
 *             - A document that may be refused when it is analyzed is analyzed in its put, after
 *               all before it.  What is left to others cannot fail but for memory, and then it is
 *               tried again, so an error never loses a document that was taken.
 * Tested by   tests/unit/invert/test_pending.c, tests/unit/write/test_threads.c */
#include "invert/pending.h"

#define SEAT_BYTES ((size_t)5 << 20) /* the lexicons of a worker: with less they forget too often */
#define PACKER_BYTES ((size_t)3 << 19) /* a worker that packs, and its frames */

/* All that is pending is analyzed, so all is known. */
static void reset_tally(prs_pending *pending) {
    prs_tally_mark mark = prs_inverter_mark(pending->inverter);
    prs_tally_reset(&pending->tally, &mark);
}

uint32_t prs_pending_workers(size_t memory, size_t batch_text, uint32_t threads) {
    if (batch_text != 0) return threads;
    return (uint32_t)PRS_MAX(PRS_MIN(memory / 16 / PACKER_BYTES, threads), 1u);
}

/* A small budget has fewer workers: a tenth of it is for the lexicons of those that analyze, a 16th
 * for those that pack. */
static uint32_t workers_of(const prs_pending *pending, size_t share, size_t bytes) {
    size_t width = prs_pool_width(pending->pool);
    return (uint32_t)(pending->tally.is_small ? width : PRS_MIN(share / bytes, width));
}

prism_status prs_pending_employ(prs_pending *pending, size_t memory, size_t batch_text,
                                prs_pool *pool, prism_error *err) {
    if (memory != SIZE_MAX) pending->inverter->limit = memory / 5 * 4;
    prs_tally_init(&pending->tally, memory, batch_text);
    reset_tally(pending);
    if (pool == NULL) return PRISM_OK;
    pending->pool = pool;
    pending->n_packers = workers_of(pending, memory / 16, PACKER_BYTES);
    size_t lexicons = memory / 10;
    return prs_analysts_new(pending->inverter, pool, workers_of(pending, lexicons, SEAT_BYTES),
                            lexicons, &pending->analysts, err);
}

/* ---- analysis -------------------------------------------------------------------------------- */

static void mark_batch(prs_pending *pending) {
    prs_tally_mark mark = prs_inverter_mark(pending->inverter);
    prs_tally_mark_next(&pending->tally, &mark);
}

/* The results of the oldest batch under way. */
static prism_status settle_one(prs_pending *pending, prism_error *err) {
    PRS_TRY(prs_analysts_settle(pending->analysts, err));
    mark_batch(pending);
    return PRISM_OK;
}

static prism_status make_tally_room(prs_pending *pending, prism_error *err) {
    prs_tally *tally = &pending->tally;
    while (prs_tally_must_leave(tally)) {
        while (!prs_tally_can_leave(tally)) PRS_TRY(settle_one(pending, err));
        prs_tally_leave(tally);
    }
    return PRISM_OK;
}

/* The open batch ends here, if there is anything in it. */
static prism_status end_batch(prs_pending *pending, prism_error *err) {
    if (prs_tally_is_open_empty(&pending->tally)) return PRISM_OK;
    PRS_TRY(make_tally_room(pending, err));
    if (pending->analysts != NULL) {
        while (prs_analysts_must_settle(pending->analysts)) PRS_TRY(settle_one(pending, err));
        prs_analysts_submit(pending->analysts);
    }
    prs_tally_close(&pending->tally);
    if (pending->analysts == NULL) mark_batch(pending);
    return PRISM_OK;
}

prism_status prs_pending_advance(prs_pending *pending, prism_error *err) {
    return prs_tally_batch_is_full(&pending->tally) ? end_batch(pending, err) : PRISM_OK;
}

prism_status prs_pending_settle(prs_pending *pending, prism_error *err) {
    prs_analysts *analysts = pending->analysts;
    if (analysts != NULL && prs_analysts_under_way(analysts) == 0) {
        /* What is less than a batch, and all there is, is analyzed here. */
        PRS_TRY(prs_analysts_scan_open(analysts, err));
    } else if (analysts != NULL) {
        PRS_TRY(end_batch(pending, err));
        while (prs_analysts_under_way(analysts) > 0) {
            PRS_TRY(prs_stopper_ask(pending->stopper, 0, prs_pending_count(pending), err));
            PRS_TRY(settle_one(pending, err));
        }
    }
    reset_tally(pending);
    return PRISM_OK;
}

/* ---- documents ------------------------------------------------------------------------------- */

/* Its texts, as the tally counts them; *alone = it is to be analyzed in its put, for it may be
 * refused: by a tokenizer of the caller's, or because it is too much for the budget or in
 * positions.
 */
static void measure(const prs_pending *pending, const prs_document *doc, uint64_t *text,
                    uint64_t *n_values, bool *alone) {
    *text = *n_values = 0;
    *alone = false;
    for (uint32_t i = 0; i < doc->n; i++) {
        const prs_inverter_field *field = &pending->inverter->fields[doc->values[i].field];
        if (field->lexicon == NULL) continue;
        *text += doc->values[i].len;
        ++*n_values;
        *alone |= field->is_callers;
    }
    *alone |= prs_tally_is_large(&pending->tally, *text, *n_values);
}

/* The texts go to whoever is to analyze them. */
prism_status prs_pending_take_texts(prs_pending *pending, const prs_document *doc,
                                    prism_error *err) {
    uint64_t text, n_values;
    bool alone;
    measure(pending, doc, &text, &n_values, &alone);
    if (alone) {
        PRS_TRY(prs_pending_settle(pending, err));
        PRS_TRY(prs_inverter_add(pending->inverter, doc, err));
        reset_tally(pending);
        return PRISM_OK;
    }
    if (pending->analysts != NULL) {
        PRS_TRY(prs_analysts_add(pending->analysts, doc, err));
    } else {
        PRS_TRY(prs_inverter_add(pending->inverter, doc, err));
    }
    prs_tally_add(&pending->tally, text, n_values);
    return PRISM_OK;
}

/* Texts that nobody has waited for may be analyzed or not; what was learnt from them goes in both
 * cases. */
void prs_pending_clear_texts(prs_pending *pending, size_t lexicon_share) {
    if (prs_tally_has_texts(&pending->tally)) lexicon_share = 0;
    bool keep_terms = prs_inverter_lexicon_weight(pending->inverter) <= lexicon_share;
    if (pending->analysts != NULL) prs_analysts_clear(pending->analysts, keep_terms);
    prs_inverter_clear(pending->inverter, lexicon_share);
    reset_tally(pending);
}

/* ---- fullness -------------------------------------------------------------------------------- */

size_t prs_pending_bytes(const prs_pending *pending) {
    size_t sum = (size_t)prs_tally_stream_bytes(&pending->tally);
    sum += prs_inverter_column_bytes(pending->inverter);
    sum += pending->n_slots * sizeof(prs_key_slot);
    if (pending->keys != NULL) sum += prs_keys_writer_bytes(pending->keys);
    return sum;
}

uint64_t prs_pending_lexicon_weight(const prs_pending *pending) {
    return prs_tally_lexicon_weight(&pending->tally);
}

bool prs_pending_is_full(const prs_pending *pending) {
    const prs_tally *tally = &pending->tally;
    return prs_inverter_is_full_at(pending->inverter, prs_tally_ids(tally),
                                   prs_tally_places(tally));
}
