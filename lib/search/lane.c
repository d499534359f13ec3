/* lane.c - what does one posting list know about a range of documents?
 *
 * Structure   Three grains: the block stood on (128 postings), its group (32 blocks), and lists
 *             without skip data (at most 128 postings), which are loaded when opened.
 * Invariants  - A lane never stands before `from` of the last call; p.i never passes a document
 *               that a later call may ask for.
 *             - A loaded block is asked whether it has a document in the range at all; an unloaded
 *               one answers with its impacts.
 * Tested by   tests/unit/search/test_lane.c */
#include "search/lane.h"

#include "kernel/select.h"

prism_status prs_lane_open(prs_lane *lane, const prs_postings_source *source,
                           const prs_term_info *info, const prs_lengths *lengths, uint32_t weight,
                           prism_error *err) {
    lane->weight = weight;
    lane->whole.n = 0;
    lane->lengths = lengths;
    return prs_postings_open(&lane->p, source, info, err);
}

prism_status prs_lane_load(prs_lane *lane, uint32_t from, prism_error *err) {
    if (lane->p.n == 0) PRS_TRY(prs_postings_load(&lane->p, err));
    lane->p.i = prs_select_place(lane->p.docs, lane->p.i, lane->p.n, from);
    return PRISM_OK;
}

uint32_t prs_lane_place(const prs_lane *lane, uint32_t to) {
    return lane->p.last_doc < to ? lane->p.n
                                 : prs_select_place(lane->p.docs, lane->p.i, lane->p.n, to);
}

/* The cover of a list that has no skip data, from its postings. */
static prism_status make_whole(prs_lane *lane, prism_error *err) {
    if (lane->whole.n > 0) return PRISM_OK;
    PRS_TRY(prs_postings_freqs(&lane->p, err));
    for (uint32_t i = 0; i < lane->p.n; i++) {
        uint32_t length =
            lane->lengths == NULL ? 0 : prs_lengths_get(lane->lengths, lane->p.docs[i]);
        prs_cover_add(&lane->whole, lane->p.freqs[i], length);
    }
    return PRISM_OK;
}

prism_status prs_lane_block(prs_lane *lane, uint32_t from, uint32_t *to, prs_cover *cover,
                            prism_error *err) {
    cover->n = 0;
    if (prs_lane_ended(lane)) return PRISM_OK;
    if (*to > lane->p.last_doc + 1) *to = lane->p.last_doc + 1;
    if (lane->p.n > 0) {
        PRS_TRY(prs_lane_load(lane, from, err));
        if (lane->p.docs[lane->p.i] >= *to) return PRISM_OK; /* docs[n] is PRS_DOC_END */
    }
    if (lane->p.n_groups == 0) {
        PRS_TRY(make_whole(lane, err));
        *cover = lane->whole;
        return PRISM_OK;
    }
    const prs_impact *pairs;
    uint32_t n;
    PRS_TRY(prs_postings_block_impacts(&lane->p, &pairs, &n, err));
    prs_cover_add_all(cover, pairs, n);
    return PRISM_OK;
}

prism_status prs_lane_group(prs_lane *lane, uint32_t from, uint32_t *to, prs_cover *cover,
                            prism_error *err) {
    cover->n = 0;
    if (prs_lane_ended(lane)) return PRISM_OK;
    if (lane->p.n_groups == 0) {
        PRS_TRY(prs_lane_skip(lane, from, err));
        uint32_t end = *to;
        PRS_TRY(prs_lane_block(lane, from, &end, cover, err));
        return PRISM_OK; /* one block: nothing behind it */
    }
    PRS_TRY(prs_postings_skip_group(&lane->p, from, err));
    if (prs_lane_ended(lane)) return PRISM_OK;
    bool last = lane->p.group + 1 == lane->p.n_groups;
    if (!last && *to > lane->p.group_last_doc + 1) *to = lane->p.group_last_doc + 1;
    prs_cover_add_all(cover, lane->p.group_impacts, lane->p.n_group_impacts);
    return PRISM_OK;
}

prism_status prs_lane_range(prs_lane *lane, uint32_t from, uint32_t *to, prs_cover *cover,
                            prism_error *err) {
    if (lane->p.n_groups == 0 || lane->p.last_doc >= *to - 1)
        return prs_lane_block(lane, from, to, cover, err);
    return prs_lane_group(lane, from, to, cover, err);
}

prism_status prs_lane_has(prs_lane *lane, uint32_t doc, bool *has, prism_error *err) {
    PRS_TRY(prs_lane_skip(lane, doc, err));
    PRS_TRY(prs_lane_load(lane, doc, err));
    *has = lane->p.docs[lane->p.i] == doc; /* docs[n] is PRS_DOC_END */
    return PRISM_OK;
}

prism_status prs_lane_freq(prs_lane *lane, uint32_t doc, uint32_t *freq, prism_error *err) {
    bool has;
    *freq = 0;
    PRS_TRY(prs_lane_has(lane, doc, &has, err));
    if (!has) return PRISM_OK;
    PRS_TRY(prs_postings_freqs(&lane->p, err));
    *freq = lane->p.freqs[lane->p.i];
    return PRISM_OK;
}

/* A dominance point of one field tells of K documents with at least this freq and at most this
 * length in the field;
 * in the other fields they have at least nothing and at most the longest text. */
int32_t prs_lane_prime(const prs_lane *lane, const prs_group *group, uint32_t k) {
    static const uint32_t ranks[PRS_DOMINANCE_POINTS] = {10, 100, 1000};
    for (uint32_t d = 0; d < lane->p.n_dominance; d++) {
        if (ranks[d] < k) continue;
        uint32_t length = 0;
        for (uint32_t f = 0; f < group->n_fields; f++) {
            const prs_group_field *field = &group->fields[f];
            uint32_t most =
                field->lengths == lane->lengths ? lane->p.dominance[d].length : field->max_length;
            length = prs_weigh_add(length, most, field->weight);
        }
        uint32_t freq = prs_weigh_add(0, lane->p.dominance[d].freq, lane->weight);
        return freq == 0 ? 0 : prs_group_one(group, freq, length);
        /* later points are of more documents and lower */
    }
    return 0;
}
