/* cur_pair.c - when is a phrase a word?
 *
 * A phrase of two stop words whose pair has a list in every field that it may stand in (FORMAT.md
 * section 10) is a term of other lists: freqs, impacts and lengths are those of the phrase.  So it
 * is counted by a look at the dictionary, and its best are found as those of a word are.
 * Scored in several fields at once it stays with cur_phrase.c, which adds up what its fields give.
 * Tested by   tests/unit/search/test_cur_pair.c, tests/diff */
#include "search/phrase_field.h"
#include "search/sieve.h"

typedef struct found_pairs {
    prs_term_info *infos; /* by place in at->fields; df 0 = not there */
    uint32_t n, last;     /* the last that has it */
} found_pairs;

static const prs_segment_field *field_of(const prs_plan *plan, const prs_weighted *at, uint32_t i) {
    return &plan->segment->fields[at->fields.ptr[i].field];
}

/* *all: no field can have the phrase but by a pair. */
static prism_status find_pairs(prs_plan *plan, const prs_weighted *at, found_pairs *found,
                               bool *all, prism_error *err) {
    found->infos = prs_arena_calloc(&plan->arena, at->fields.n, sizeof *found->infos);
    if (found->infos == NULL) return prs_error_nomem(err);
    *all = true;
    for (uint32_t i = 0; i < at->fields.n; i++) {
        const prs_segment_field *field = field_of(plan, at, i);
        uint8_t key[PRS_PAIR_KEY_MAX];
        bool has;
        if (!field->present || !field->has_positions || field->terms.n_terms == 0) continue;
        uint32_t len =
            field->stop_words == NULL ? 0 : prs_phrase_pair(at->node, 0, field->stop_words, key);
        *all = len > 0;
        if (!*all) return PRISM_OK;
        PRS_TRY(prs_terms_find(&field->pair_terms, prs_bytes_of(key, len), &found->infos[i], &has,
                               err));
        if (!has) continue;
        found->n++;
        found->last = i;
    }
    return PRISM_OK;
}

static prism_status make_any(prs_plan *plan, const prs_weighted *at, const found_pairs *found,
                             uint32_t depth, prs_cursor **out, prism_error *err) {
    uint32_t n = 0;
    prs_cursor **made = prs_arena_alloc(&plan->arena, found->n * sizeof *made);
    if (made == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < at->fields.n; i++) {
        if (found->infos[i].df == 0) continue;
        PRS_TRY(prs_cur_list_new(plan, &field_of(plan, at, i)->pair_source, &found->infos[i], depth,
                                 &made[n++], err));
    }
    if (n > 1) return prs_cur_any_make(plan, made, n, 1, depth, out, err);
    *out = made[0];
    return PRISM_OK;
}

prism_status prs_cur_pair_make(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                               bool *is_pair, prs_cursor **out, prism_error *err) {
    found_pairs found = {0};
    *is_pair = at->node->kind == PRS_NODE_PHRASE && at->node->n_slots == 2;
    if (!*is_pair) return PRISM_OK;
    PRS_TRY(find_pairs(plan, at, &found, is_pair, err));
    *is_pair = *is_pair && (!scored || found.n < 2);
    if (!*is_pair || found.n == 0) return PRISM_OK;
    if (!scored) return make_any(plan, at, &found, depth, out, err);
    return prs_cur_word_make(plan, at, &field_of(plan, at, found.last)->pair_source,
                             &found.infos[found.last], found.last, depth, true, out, err);
}
