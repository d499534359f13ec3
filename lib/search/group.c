/* group.c - how long is a document that is searched in several fields, and what does a freq in it
 * score?
 *
 * Lengths come from a column of 2 bytes a document and field, read one document after the other:
 * gathers are slower than plain loads (measured for posting lists of every density), and documents
 * of a block are near each other.  What does not fit 2 bytes is looked for behind the loop, where
 * the column has any such; sums that could pass 32 bits take the careful way.
 * Tested by   tests/unit/search/test_group.c */
#include "search/group.h"

#include "base/error.h"
#include "kernel/dense.h"

/* Which of the quick ways to lengths are open? */
static void find_ways(prs_group *group) {
    uint64_t weights = 0;
    bool whole = true, over = false;
    for (uint32_t f = 0; f < group->n_fields; f++) {
        const prs_lengths *column = group->fields[f].lengths;
        weights += group->fields[f].weight;
        whole = whole && column->array != NULL && column->n_docs >= group->n_docs;
        over = over || column->n_over != 0;
    }
    group->plain = whole && group->n_fields == 1 && weights == 1;
    group->narrow = whole && !over && weights <= UINT32_MAX / PRS_LENGTH_OVER;
}

prism_status prs_group_init(prs_group *group, prs_arena *arena, const prs_segment *segment,
                            const prs_fields *fields, const prs_scorer *scorer, prism_error *err) {
    group->scorer = *scorer;
    group->times = 1;
    group->n_fields = 0;
    group->fields = prs_arena_alloc(arena, fields->n * sizeof *group->fields);
    if (group->fields == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < fields->n; i++) {
        const prs_segment_field *field = &segment->fields[fields->ptr[i].field];
        if (!field->present || !field->has_lengths) continue;
        group->fields[group->n_fields++] =
            (prs_group_field){&field->lengths, fields->ptr[i].weight, field->max_length};
    }
    group->n_docs = segment->n_docs;
    find_ways(group);
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

/* Lengths of one field, of weight 1: the common case. */
static void read_plain(const prs_lengths *column, const uint32_t *docs, uint32_t n,
                       uint32_t *lengths) {
    const uint8_t *array = column->array;
    for (uint32_t i = 0; i < n; i++) lengths[i] = prs_load16(array + 2 * (size_t)docs[i]);
    for (uint32_t i = 0; column->n_over != 0 && i < n; i++) {
        if (PRS_UNLIKELY(lengths[i] == PRS_LENGTH_OVER))
            lengths[i] = prs_lengths_overflow(column, docs[i]);
    }
}

static void add_field(const prs_group_field *field, const uint32_t *docs, uint32_t n,
                      uint32_t *lengths) {
    const prs_lengths *column = field->lengths;
    uint32_t weight = field->weight;
    for (uint32_t i = 0; i < n; i++)
        lengths[i] = prs_weigh_add(lengths[i], prs_lengths_get(column, docs[i]), weight);
}

/* The same where no sum can wrap: weights together times the largest length are below 2^32. */
static void add_narrow(const prs_group_field *field, const uint32_t *docs, uint32_t n,
                       uint32_t *lengths) {
    const uint8_t *array = field->lengths->array;
    uint32_t weight = field->weight;
    for (uint32_t i = 0; i < n; i++) lengths[i] += prs_load16(array + 2 * (size_t)docs[i]) * weight;
}

void prs_group_lengths(const prs_group *group, const uint32_t *docs, uint32_t n,
                       uint32_t *lengths) {
    bool inside = n > 0 && docs[n - 1] < group->n_docs; /* they ascend */
    if (group->plain && inside) {
        read_plain(group->fields[0].lengths, docs, n, lengths);
        return;
    }
    memset(lengths, 0, n * sizeof *lengths);
    for (uint32_t f = 0; f < group->n_fields; f++) {
        if (group->narrow && inside)
            add_narrow(&group->fields[f], docs, n, lengths);
        else
            add_field(&group->fields[f], docs, n, lengths);
    }
}

void prs_group_score(const prs_group *group, const uint32_t *docs, const uint32_t *freqs,
                     uint32_t n, int32_t *scores) {
    uint32_t lengths[PRS_GROUP_CHUNK];
    PRS_ASSERT(n <= PRS_GROUP_CHUNK);
    uint32_t end = (n + PRS_SCORE_LANES - 1) & ~(PRS_SCORE_LANES - 1);
    for (uint32_t i = n; i < end; i++) lengths[i] = 0;
    prs_group_lengths(group, docs, n, lengths);
    prs_score_block(&group->scorer, freqs, lengths, n, scores);
    for (uint32_t i = 0; group->times != 1 && i < n; i++) scores[i] *= group->times;
}

bool prs_group_score_bits(const prs_group *group, const prs_block_bits *bits, uint32_t last_doc,
                          const uint32_t *freqs, uint32_t *lengths, int32_t *scores) {
    if (!group->plain || last_doc >= group->n_docs) return false;
    const uint8_t *array = group->fields[0].lengths->array;
    if (!prs_dense_lengths(bits, array + 2 * (size_t)bits->first, lengths)) return false;
    for (uint32_t i = bits->n; i % PRS_SCORE_LANES != 0; i++) lengths[i] = 0;
    prs_score_block(&group->scorer, freqs, lengths, bits->n, scores);
    for (uint32_t i = 0; group->times != 1 && i < bits->n; i++) scores[i] *= group->times;
    return true;
}
