/* lane.h - one posting list inside a plan: where it stands, what it can give, what it gives.
 *
 * A thin layer over prs_postings that works on ranges of documents [from, to), `from` never
 * falling. */
#ifndef PRS_SEARCH_LANE_H
#define PRS_SEARCH_LANE_H

#include "search/group.h"

typedef struct prs_lane {
    prs_postings p;
    uint32_t weight;
    prs_cover whole; /* lists without skip data: pairs above all of it; made on first use */
    const prs_lengths *lengths;
} prs_lane;

/** Open a term's list.  lengths NULL = the field has none. */
prism_status prs_lane_open(prs_lane *lane, const prs_postings_source *source,
                           const prs_term_info *info, const prs_lengths *lengths, uint32_t weight,
                           prism_error *err) PRS_NODISCARD;

static inline bool prs_lane_ended(const prs_lane *lane) {
    return lane->p.last_doc == PRS_DOC_END;
}

/** Stand on the block that reaches `from` (not loaded). */
static inline prism_status prs_lane_skip(prs_lane *lane, uint32_t from, prism_error *err) {
    return prs_postings_skip_to(&lane->p, from, err);
}

/** Load the block stood on and set p.i to the first of its documents >= from.  skip first. */
prism_status prs_lane_load(prs_lane *lane, uint32_t from, prism_error *err) PRS_NODISCARD;
/** Place of the first document >= to in the loaded block, from p.i on. */
uint32_t prs_lane_place(const prs_lane *lane, uint32_t to);

/** Pairs above the postings of [from, *to) in the block stood on; *to is lowered to the block's
 *  end.  skip first. */
prism_status prs_lane_block(prs_lane *lane, uint32_t from, uint32_t *to, prs_cover *cover,
                            prism_error *err) PRS_NODISCARD;
/** The same for the group of blocks that reaches `from`; moves the list there. */
prism_status prs_lane_group(prs_lane *lane, uint32_t from, uint32_t *to, prs_cover *cover,
                            prism_error *err) PRS_NODISCARD;
/** The finest of the two that reaches *to, which is lowered only where a group ends.  skip
 *  first. */
prism_status prs_lane_range(prs_lane *lane, uint32_t from, uint32_t *to, prs_cover *cover,
                            prism_error *err) PRS_NODISCARD;
/** A score that at least k documents of the list reach, deleted ones counted; 0 if that is not
 *  known. */
int32_t prs_lane_prime(const prs_lane *lane, const prs_group *group, uint32_t k);
/** Freq in a document, 0 if it is not there.  Documents never fall. */
prism_status prs_lane_freq(prs_lane *lane, uint32_t doc, uint32_t *freq,
                           prism_error *err) PRS_NODISCARD;
/** Is the document there?  Leaves freqs alone. */
prism_status prs_lane_has(prs_lane *lane, uint32_t doc, bool *has, prism_error *err) PRS_NODISCARD;

#endif
