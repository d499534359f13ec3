/* group.c - how long is a document that is searched in several fields, and what does a freq in it
 * score?
 *
 * Lengths come from a column of 2 bytes a document and field, read one document after the other:
 * gathers are slower than plain loads (measured for posting lists of every density), and documents
 * of a block are near each other.
 * Tested by   tests/unit/search/test_group.c */
#include "search/group.h"

#include "base/error.h"

prism_status prs_group_init(prs_group *group, prs_arena *arena, const prs_segment *segment,
                            const prs_fields *fields, const prs_scorer *scorer, prism_error *err) {
    group->scorer = *scorer;
    group->n_fields = 0;
    group->fields = prs_arena_alloc(arena, fields->n * sizeof *group->fields);
    if (group->fields == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < fields->n; i++) {
        const prs_segment_field *field = &segment->fields[fields->ptr[i].field];
        if (!field->present || !field->has_lengths) continue;
        group->fields[group->n_fields++] =
            (prs_group_field){&field->lengths, fields->ptr[i].weight, field->max_length};
    }
    return PRISM_OK;
}

uint32_t prs_group_length(const prs_group *group, uint32_t doc) {
    uint32_t length = 0;
    for (uint32_t f = 0; f < group->n_fields; f++) {
        length = prs_weigh_add(length, prs_lengths_get(group->fields[f].lengths, doc),
                               group->fields[f].weight);
    }
    return length;
}

void prs_group_score(const prs_group *group, const uint32_t *docs, const uint32_t *freqs,
                     uint32_t n, int32_t *scores) {
    uint32_t lengths[PRS_GROUP_CHUNK];
    PRS_ASSERT(n <= PRS_GROUP_CHUNK);
    memset(lengths, 0, ((n + PRS_SCORE_LANES - 1) & ~(PRS_SCORE_LANES - 1)) * sizeof lengths[0]);
    for (uint32_t f = 0; f < group->n_fields; f++) {
        const prs_lengths *column = group->fields[f].lengths;
        uint32_t weight = group->fields[f].weight;
        for (uint32_t i = 0; i < n; i++) {
            lengths[i] = prs_weigh_add(lengths[i], prs_lengths_get(column, docs[i]), weight);
        }
    }
    prs_score_block(&group->scorer, freqs, lengths, n, scores);
}
