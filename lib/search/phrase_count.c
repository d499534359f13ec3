/* phrase_count.c - how often does a phrase stand in a document that has its two rarest words?
 *
 * Structure   Beginnings that the rarest word here allows, narrowed by the next and so on; words
 *             other than the two that lead are sought only while any beginning is left:
 *
 *                 "the book of life"    book  3 40 77   life 5 60     begins 2          2 lists
 *                                       of    4 ...                   begins 2          sought
 *                                       the   0 2 ...                 begins 2          sought
 *
 *             A word with many positions is not decoded for few beginnings: its group of bits is
 *             asked for each (prs_postings_narrow).
 * Invariants  A slot that stands in several places of the phrase has its positions read once, or
 *             is asked once for each place.
 * Source      FORMAT.md section 17.
 * Tested by   tests/unit/search/test_phrase_count.c, test_cur_phrase.c */
#include "search/phrase_field.h"

/* Decoding a position costs less than asking for one: so many of a word's for one beginning. */
#define PRS_PHRASE_ASK_RATIO 8u

/* Room for n beginnings. */
static prism_status make_room(prs_phrase_field *f, uint32_t n, uint32_t **starts,
                              prism_error *err) {
    if (PRS_UNLIKELY(f->starts->cap / sizeof **starts < n)) {
        prs_buf_clear(f->starts);
        prs_buf_extend(f->starts, (size_t)n * sizeof **starts);
        PRS_TRY(prs_buf_status(f->starts, err));
    }
    *starts = (uint32_t *)(void *)f->starts->ptr; /* memory of the hook: aligned for any type */
    return PRISM_OK;
}

/* Stand on candidate i with spot s; false if the document does not have it. */
static prism_status stand_spot(prs_phrase_field *f, uint32_t s, uint32_t i, bool *has,
                               prism_error *err) {
    prs_spot *spot = &f->spots[s];
    *has = true;
    if (spot->lane != NULL && spot->lane == f->lead) {
        f->lead->p.i = f->lead_place[i];
    } else if (spot->lane != NULL && spot->lane == f->other) {
        f->other->p.i = f->other_place[i];
    } else {
        uint32_t found;
        PRS_TRY(prs_spot_seek(spot, f->docs[i], &found, err));
        *has = found == f->docs[i];
        if (!*has) return PRISM_OK;
    }
    return prs_spot_freq(spot, err);
}

static prism_status begin(prs_phrase_field *f, uint32_t s, uint32_t **starts, uint32_t *n,
                          prism_error *err) {
    prs_spot *spot = &f->spots[s];
    const uint32_t *places = f->places + f->first_place[s];
    uint32_t n_places = f->first_place[s + 1] - f->first_place[s];
    PRS_TRY(make_room(f, spot->freq, starts, err));
    PRS_TRY(prs_spot_positions(spot, err));
    *n = prs_match_begin(spot->run, places[0], *starts);
    for (uint32_t k = 1; k<n_places && * n> 0; k++)
        *n = prs_match_narrow(*starts, *n, spot->run, places[k]);
    return PRISM_OK;
}

static prism_status narrow(prs_phrase_field *f, uint32_t s, uint32_t *starts, uint32_t *n,
                           prism_error *err) {
    prs_spot *spot = &f->spots[s];
    const uint32_t *places = f->places + f->first_place[s];
    uint32_t n_places = f->first_place[s + 1] - f->first_place[s];
    if (spot->lane != NULL && spot->freq / PRS_PHRASE_ASK_RATIO >= *n) {
        for (uint32_t k = 0; k<n_places && * n> 0; k++)
            PRS_TRY(
                prs_postings_narrow(&spot->lane->p, spot->lane->p.i, places[k], starts, n, err));
        return PRISM_OK;
    }
    PRS_TRY(prs_spot_positions(spot, err));
    for (uint32_t k = 0; k<n_places && * n> 0; k++)
        *n = prs_match_narrow(starts, *n, spot->run, places[k]);
    return PRISM_OK;
}

/* Words that may rule a document out before positions are read. */
static prism_status stand_early(prs_phrase_field *f, uint32_t i, bool *has, prism_error *err) {
    *has = true;
    for (uint32_t k = 0; k < f->n_pairs && *has; k++) {
        prs_lane *pair = &f->pairs[k];
        if (pair != f->lead && pair != f->other) PRS_TRY(prs_lane_has(pair, f->docs[i], has, err));
    }
    for (uint32_t s = 2; s < f->n_early && *has; s++) PRS_TRY(stand_spot(f, s, i, has, err));
    return PRISM_OK;
}

/* Beginnings that the words which lead allow, whatever they are. */
static prism_status begin_plainly(prs_phrase_field *f, uint32_t i, uint32_t **starts, uint32_t *n,
                                  prism_error *err) {
    uint32_t first = 0, n_lead = PRS_MIN(f->n_spots, 2);
    for (uint32_t s = 0; s < n_lead; s++) {
        bool has;
        PRS_TRY(stand_spot(f, s, i, &has, err));
        if (!has) return PRISM_OK;
        if (f->spots[s].freq < f->spots[first].freq) first = s;
    }
    PRS_TRY(begin(f, first, starts, n, err));
    return n_lead > 1 && *n > 0 ? narrow(f, 1 - first, *starts, n, err) : PRISM_OK;
}

/* Read a group; what is wrong is said. */
static prism_status read_group(const prs_postings *p, const prs_positions_at *at, uint32_t *out,
                               prism_error *err) {
    if (PRS_LIKELY(prs_positions_read(at, out))) return PRISM_OK;
    return prs_section_corrupt(&p->src->lists, at->base, err, "positions of a block are unsound");
}

/* The same for two lists with each word in one place, whose groups are found, and have many
 * positions: those of the shorter are read, the other is asked for them where it has far more. */
static prism_status begin_with_many(prs_phrase_field *f, const prs_positions_at at[2],
                                    uint32_t **starts, uint32_t *n, prism_error *err) {
    const prs_postings *p[2] = {&f->lead->p, &f->other->p};
    uint32_t few = at[1].freq < at[0].freq, many = 1 - few;
    PRS_TRY(make_room(f, at[few].freq, starts, err));
    PRS_TRY(read_group(p[few], &at[few], *starts, err));
    prs_run run = {*starts, at[few].freq};
    *n = prs_match_begin(run, f->places[few], *starts);
    if (at[many].freq / PRS_PHRASE_ASK_RATIO >= *n) {
        *n = prs_positions_narrow(&at[many], f->places[many], *starts, *n);
        return PRISM_OK;
    }
    prs_buf *room = f->spots[many].positions;
    prs_buf_clear(room);
    prs_buf_extend(room, (size_t)at[many].freq * sizeof **starts);
    PRS_TRY(prs_buf_status(room, err));
    uint32_t *positions = (uint32_t *)(void *)room->ptr; /* as above */
    PRS_TRY(read_group(p[many], &at[many], positions, err));
    run = (prs_run){positions, at[many].freq};
    *n = prs_match_narrow(*starts, *n, run, f->places[many]);
    return PRISM_OK;
}

static prism_status begin_at(prs_phrase_field *f, const prs_positions_at at[2], uint32_t **starts,
                             uint32_t *n, prism_error *err) {
    *starts = f->few;
    if (at[0].freq == 1 && at[1].freq == 1) { /* most pairs of short texts */
        uint32_t a = prs_positions_only(&at[0]), b = prs_positions_only(&at[1]);
        f->few[0] = a - f->places[0];
        *n = a >= f->places[0] && (uint64_t)f->few[0] + f->places[1] == b;
        return PRISM_OK;
    }
    *n = prs_ef_meet(&at[0], f->places[0], &at[1], f->places[1], f->few);
    if (PRS_LIKELY(*n != PRS_EF_MEET_NOT)) return PRISM_OK;
    return begin_with_many(f, at, starts, n, err);
}

prism_status prs_phrase_count_two(prs_phrase_field *f, const prs_positions_at at[2], uint32_t *n,
                                  prism_error *err) {
    uint32_t *starts;
    return begin_at(f, at, &starts, n, err);
}

/* The same where each word stands in one place of the phrase, which is nearly every phrase. */
static prism_status begin_with_two(prs_phrase_field *f, uint32_t i, uint32_t **starts, uint32_t *n,
                                   prism_error *err) {
    prs_postings *lead = &f->lead->p, *other = &f->other->p;
    uint32_t at_lead = lead->i = f->lead_place[i], at_other = other->i = f->other_place[i];
    if (PRS_UNLIKELY(!lead->freqs_ready)) PRS_TRY(prs_postings_freqs(lead, err));
    if (PRS_UNLIKELY(!other->freqs_ready)) PRS_TRY(prs_postings_freqs(other, err));
    if (!prs_positions_known(lead, at_lead)) PRS_TRY(prs_postings_locate(lead, at_lead, err));
    if (!prs_positions_known(other, at_other)) PRS_TRY(prs_postings_locate(other, at_other, err));
    prs_positions_at at[2] = {prs_positions_of(lead, at_lead), prs_positions_of(other, at_other)};
    return begin_at(f, at, starts, n, err);
}

/* "a b c" by its pairs: where every b follows an a, as many as (b, c) there are; where every b
 * stands before a c, as many as (a, b).  *known: it is so, and no position need be read. */
static prism_status count_middle(prs_phrase_field *f, uint32_t i, uint32_t *n, bool *known,
                                 prism_error *err) {
    uint32_t found;
    PRS_TRY(prs_spot_seek(f->middle, f->docs[i], &found, err));
    *known = found == f->docs[i];
    if (!*known) return PRISM_OK; /* lists that do not fit each other */
    PRS_TRY(prs_spot_freq(f->middle, err));
    PRS_TRY(prs_postings_freqs(&f->lead->p, err));
    PRS_TRY(prs_postings_freqs(&f->other->p, err));
    uint32_t one = f->lead->p.freqs[f->lead_place[i]], two = f->other->p.freqs[f->other_place[i]];
    *known = PRS_MAX(one, two) == f->middle->freq;
    *n = *known ? PRS_MIN(one, two) : 0;
    return PRISM_OK;
}

static prism_status count_phrase(prs_phrase_field *f, uint32_t i, uint32_t *n, prism_error *err) {
    uint32_t *starts = NULL;
    bool has = true, known = false;
    if (f->middle != NULL) PRS_TRY(count_middle(f, i, n, &known, err));
    if (known) return PRISM_OK;
    if (f->is_pair) {
        *n = f->most[i];
        return PRISM_OK;
    }
    if (f->n_early > 2 || f->n_pairs > 0) PRS_TRY(stand_early(f, i, &has, err));
    if (!has) return PRISM_OK;
    if (f->two_plain) {
        PRS_TRY(begin_with_two(f, i, &starts, n, err));
    } else {
        PRS_TRY(begin_plainly(f, i, &starts, n, err));
    }
    for (uint32_t s = 2; s<f->n_spots && * n> 0; s++) {
        if (s >= f->n_early) PRS_TRY(stand_spot(f, s, i, &has, err));
        if (has) {
            PRS_TRY(narrow(f, s, starts, n, err));
        } else {
            *n = 0;
        }
    }
    return PRISM_OK;
}

static prism_status count_near(prs_phrase_field *f, const prs_node *node, uint32_t i,
                               prs_near *nears, uint32_t *n, prism_error *err) {
    uint32_t least = 0, *ends;
    for (uint32_t s = 0; s < f->n_spots; s++) {
        bool has;
        PRS_TRY(stand_spot(f, s, i, &has, err));
        if (!has) return PRISM_OK;
        if (f->spots[s].freq < f->spots[least].freq) least = s;
    }
    PRS_TRY(make_room(f, f->spots[least].freq, &ends, err));
    for (uint32_t s = 0; s < f->n_spots; s++) {
        prs_spot *spot = &f->spots[s];
        PRS_TRY(prs_spot_positions(spot, err));
        prs_spot_make_distinct(spot);
        nears[s] = (prs_near){spot->run, spot->need, 0};
    }
    *n = prs_match_near(nears, f->n_spots, (uint64_t)node->n_slots + node->slop, ends);
    return PRISM_OK;
}

prism_status prs_phrase_count(prs_phrase_field *f, const prs_node *node, uint32_t i,
                              prs_near *nears, uint32_t *n, prism_error *err) {
    *n = 0;
    if (node->kind == PRS_NODE_NEAR) return count_near(f, node, i, nears, n, err);
    return count_phrase(f, i, n, err);
}
