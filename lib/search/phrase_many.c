/* phrase_many.c - how often does a phrase stand in each of many documents that have its two rarest
 * words?
 *
 * Structure   Candidates of a range, all in one block of each of the two lists:
 *
 *                 found     where the groups of both words begin, list by list
 *                 counted   by eight documents at a time (codec/eliasfano_count.h)
 *                 asked     one by one (phrase_count.c): what that does not count, and where
 *                           the phrase has more words than the two
 * Why so      One by one each step waits for the one before it, and what it finds no branch
 *             predictor knows.  Side by side a document of short texts costs a third.
 * Tested by   tests/unit/search/test_phrase_many.c, test_cur_phrase.c */
#include "search/phrase_field.h"

/* Fewer are counted one by one. */
#define PRS_PHRASE_MANY 3u

/* Groups of a list in the candidates. */
typedef struct many_groups {
    uint64_t bits[PRS_BLOCK];
    uint32_t freqs[PRS_BLOCK];
} many_groups;

static prism_status find_groups(prs_postings *p, const uint8_t *places, const uint8_t *which,
                                uint32_t n, many_groups *out, uint32_t *spans, prism_error *err) {
    if (PRS_UNLIKELY(!p->freqs_ready)) PRS_TRY(prs_postings_freqs(p, err));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = places[which[i]];
        if (!prs_positions_known(p, at)) PRS_TRY(prs_postings_locate(p, at, err));
        out->bits[i] = p->pos_bits[at];
        out->freqs[i] = p->freqs[at];
        spans[i] = p->spans[at];
    }
    return PRISM_OK;
}

static prism_status count_two(prs_phrase_field *f, const uint8_t *which, uint32_t n,
                              uint8_t *counts, prism_error *err) {
    many_groups lead, other;
    uint32_t spans[PRS_BLOCK]; /* of both: they are of the same documents */
    PRS_TRY(find_groups(&f->lead->p, f->lead_place, which, n, &lead, spans, err));
    PRS_TRY(find_groups(&f->other->p, f->other_place, which, n, &other, spans, err));
    prs_ef_side a = {f->lead->p.run, lead.bits, lead.freqs, f->places[0]};
    prs_ef_side b = {f->other->p.run, other.bits, other.freqs, f->places[1]};
    prs_ef_count(&a, &b, spans, n, counts);
    return PRISM_OK;
}

prism_status prs_phrase_count_many(prs_phrase_field *f, const prs_node *node, const uint8_t *which,
                                   uint32_t n, prs_near *nears, prs_watch *watch, uint32_t *counts,
                                   prism_error *err) {
    uint8_t quick[PRS_BLOCK];
    bool two = f->two_plain && f->n_spots == 2 && node->kind == PRS_NODE_PHRASE;
    if (!two || n < PRS_PHRASE_MANY) {
        memset(quick, PRS_EF_COUNT_NOT, n);
    } else {
        PRS_TRY(count_two(f, which, n, quick, err));
    }
    for (uint32_t i = 0; i < n; i++) {
        counts[i] = quick[i];
        if (quick[i] != PRS_EF_COUNT_NOT) continue;
        PRS_TRY(prs_watch_tick(watch, err));
        PRS_TRY(prs_phrase_count(f, node, which[i], nears, &counts[i], err));
    }
    return PRISM_OK;
}
