/* group.h - scoring one word or phrase over several fields at once: BM25F of FORMAT.md section 17.
 *
 *     freq   = sum of weight x freq in the field       over the fields that have it
 *     length = sum of weight x length of the field     over all fields of the leaf */
#ifndef PRS_SEARCH_GROUP_H
#define PRS_SEARCH_GROUP_H

#include "base/arena.h"
#include "index/segment.h"
#include "kernel/cover.h"
#include "query/ast.h"

typedef struct prs_group_field {
    const prs_lengths *lengths;
    uint32_t weight;
    uint32_t max_length; /* in this segment */
} prs_group_field;

typedef struct prs_group {
    prs_scorer scorer;
    prs_group_field *fields; /* those with lengths in this segment */
    uint32_t n_fields;
    uint32_t n_docs;
    int32_t times; /* the word stands in the query so often */
    bool plain;    /* one field of weight 1 */
    bool narrow;   /* no sum of lengths can pass 32 bits */
} prs_group;

/** Gather the lengths of a leaf's fields in a segment.   Errors : ENOMEM */
prism_status prs_group_init(prs_group *group, prs_arena *arena, const prs_segment *segment,
                            const prs_fields *fields, const prs_scorer *scorer,
                            prism_error *err) PRS_NODISCARD;
/** Length of one document. */
uint32_t prs_group_length(const prs_group *group, uint32_t doc);
/** Contribution of a freq and length, both weighed. */
static inline int32_t prs_group_one(const prs_group *group, uint32_t freq, uint32_t length) {
    return prs_score_one(&group->scorer, freq, length) * group->times;
}
/** The best contribution below a cover; -1 if it is empty. */
static inline int32_t prs_group_bound(const prs_group *group, const prs_cover *cover) {
    int32_t best = prs_cover_bound(cover, &group->scorer);
    return best < 0 ? best : best * group->times;
}
/** Lengths of n documents, which ascend. */
void prs_group_lengths(const prs_group *group, const uint32_t *docs, uint32_t n, uint32_t *lengths);
/** Contributions of n documents, which ascend, n <= PRS_GROUP_CHUNK.
 *  Params : freqs readable, scores writable for n rounded up to PRS_SCORE_LANES */
void prs_group_score(const prs_group *group, const uint32_t *docs, const uint32_t *freqs,
                     uint32_t n, int32_t *scores);
#define PRS_GROUP_CHUNK 128u
/** The same for the documents of a dense block, the last of which is last_doc; false: they have to
 *  be listed.
 *  Params : freqs, lengths (working space), scores: room for PRS_SCORE_LANES more than there are */
bool prs_group_score_bits(const prs_group *group, const prs_block_bits *bits, uint32_t last_doc,
                          const uint32_t *freqs, uint32_t *lengths, int32_t *scores);

#endif
