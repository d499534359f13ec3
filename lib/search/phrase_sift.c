/* phrase_sift.c - which documents of a phrase's rarest list could compete, if the phrase stood
 * there as often as the word does?
 *
 * Structure   A block of the list that leads at a time, scored once for all ranges in it:
 *
 *                 lead    17  31  90 ...      128 documents, as often as the word stands there
 *                 score    5   9   4          against the floor, which is 6
 *                 sifted      31              looked for in the other list: other blocks of it
 *                                             are not even loaded
 *
 * Invariants  - What was sifted holds for the block that leads and for floors that are no lower:
 *               beside other words a floor may fall.  Who knows more of what is left (the other
 *               list's freqs, a floor that has risen) rules it out later.
 * Why so      A word beside a stop word has a block of the other list for each of its documents.
 *             As soon as k phrases are known that stand once in a short text, only documents that
 *             have the word twice, or are shorter, can be better: one in ten.
 * Cost        about 1.5 ns a document of the list that leads.
 * Tested by   tests/unit/search/test_phrase_sift.c, test_cur_phrase.c, test_pruning.c */
#include "kernel/intersect.h"
#include "search/phrase_field.h"
#include "kernel/select.h"

/* 0, 1, 2 ... */
#define PRS_SIFT_ROW(n)                                                                            \
    n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9, n + 10, n + 11, n + 12,      \
        n + 13, n + 14, n + 15

static void take_sifted(prs_phrase_field *f, uint32_t n, int32_t floor) {
    f->n_sifted = n;
    f->at_sifted = 0;
    f->sifted_to = f->lead->p.last_doc + 1;
    f->sifted_floor = floor;
}

/* Score the documents from place `at` on of the block that leads. */
static prism_status sift_block(prs_phrase_field *f, const prs_group *group, int32_t floor,
                               prism_error *err) {
    static const uint32_t places[PRS_BLOCK + PRS_SCORE_LANES] = {
        PRS_SIFT_ROW(0),  PRS_SIFT_ROW(16), PRS_SIFT_ROW(32),  PRS_SIFT_ROW(48), PRS_SIFT_ROW(64),
        PRS_SIFT_ROW(80), PRS_SIFT_ROW(96), PRS_SIFT_ROW(112), PRS_SIFT_ROW(128)};
    prs_postings *p = &f->lead->p;
    uint32_t at = p->i, n = p->n - at, own[PRS_GROUP_CHUNK + PRS_SCORE_LANES];
    int32_t scores[PRS_GROUP_CHUNK + PRS_SCORE_LANES];
    if (floor <= 0) {
        memcpy(f->sifted, p->docs + at, n * sizeof *f->sifted);
        memcpy(f->sifted_place, places + at, n * sizeof *f->sifted_place);
        take_sifted(f, n, floor);
        return PRISM_OK;
    }
    PRS_TRY(prs_postings_freqs(p, err));
    const uint32_t *freqs = p->freqs + at;
    if (f->lead_need != 1 || f->weight != 1) {
        for (uint32_t i = 0; i < n; i++)
            own[i] = prs_weigh_add(0, freqs[i] / f->lead_need, f->weight);
        memset(own + n, 0, PRS_SCORE_LANES * sizeof *own); /* the scorer reads so far */
        freqs = own;
    }
    prs_group_score(group, p->docs + at, freqs, n, scores);
    uint32_t kept = prs_select_floor(places, scores, n, floor, f->sifted_place, scores);
    for (uint32_t i = 0; i < kept; i++) {
        f->sifted_place[i] += at;
        f->sifted[i] = p->docs[f->sifted_place[i]];
    }
    take_sifted(f, kept, floor);
    return PRISM_OK;
}

/* Does what was sifted hold?  Others may have moved the list meanwhile. */
static bool still_holds(const prs_phrase_field *f, uint32_t from, int32_t floor) {
    return from < f->sifted_to && floor >= f->sifted_floor &&
           f->lead->p.last_doc + 1 == f->sifted_to;
}

prism_status prs_phrase_sift(prs_phrase_field *f, const prs_group *group, uint32_t from,
                             uint32_t *to, int32_t floor, prism_error *err) {
    if (f->over) return PRISM_OK;
    if (!still_holds(f, from, floor)) {
        PRS_TRY(prs_lane_skip(f->lead, from, err));
        f->over = prs_lane_ended(f->lead);
        if (f->over) return PRISM_OK;
        PRS_TRY(prs_lane_load(f->lead, from, err));
        PRS_TRY(sift_block(f, group, floor, err));
    }
    while (f->at_sifted < f->n_sifted && f->sifted[f->at_sifted] < from) f->at_sifted++;
    *to = PRS_MIN(*to, f->sifted_to);
    return PRISM_OK;
}

/* Those of [at_sifted, end) that the other list has in the block stood on, from its p.i on. */
static void take_both(prs_phrase_field *f, uint32_t end, uint32_t other_end) {
    const prs_postings *other = &f->other->p;
    uint32_t a = f->at_sifted, b = other->i;
    f->n = prs_intersect(f->sifted + a, end - a, other->docs + b, other_end - b, f->lead_place,
                         f->other_place);
    for (uint32_t i = 0; i < f->n; i++) {
        uint32_t place = a + f->lead_place[i];
        f->docs[i] = f->sifted[place];
        f->lead_place[i] = (uint8_t)f->sifted_place[place];
        f->other_place[i] = (uint8_t)(f->other_place[i] + b);
    }
}

prism_status prs_phrase_take_sifted(prs_phrase_field *f, const prs_group *group, uint32_t from,
                                    uint32_t *to, int32_t floor, prism_error *err) {
    f->n = f->at = 0;
    PRS_TRY(prs_phrase_sift(f, group, from, to, floor, err));
    if (f->over || f->at_sifted == f->n_sifted || f->sifted[f->at_sifted] >= *to) return PRISM_OK;
    uint32_t doc = f->sifted[f->at_sifted], end = f->at_sifted;
    PRS_TRY(prs_lane_skip(f->other, doc, err));
    f->over = prs_lane_ended(f->other);
    if (f->over) return PRISM_OK;
    PRS_TRY(prs_lane_load(f->other, doc, err));
    if (f->other->p.last_doc < *to) *to = f->other->p.last_doc + 1;
    while (end < f->n_sifted && f->sifted[end] < *to) end++;
    take_both(f, end, prs_lane_place(f->other, *to));
    f->at_sifted = end;
    return f->n > 0 ? prs_phrase_bound(f, true, err) : PRISM_OK;
}
