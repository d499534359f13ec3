/* sieve.h - sets of documents without scores, as windows of bits that others narrow.
 *
 * What counts, filters and excludes never scores.  Its cursors are of their own kinds: besides the
 * questions of cursor.h they answer one more,
 *
 *     sift    which of these bits stay, if only what matches may stay, or only what does not?
 *
 * so that a conjunction is a window of its rarest part that the others narrow, a word of 64
 * documents or a single document at a time, whichever is less work, and what is excluded is taken
 * away in the same manner.
 *
 *     list    cur_list.c   one posting list
 *     any of  cur_any.c    at least min_match of these
 *     all of  cur_all.c    all of these, none of those
 *     range   cur_range.c  numbers of a column
 *     set     cur_set.c    found beforehand
 *
 * Everything else (phrases) is asked by way of its own calls. */
#ifndef PRS_SEARCH_SIEVE_H
#define PRS_SEARCH_SIEVE_H

#include "search/plan.h"

/* Sets without scores are combined in larger windows than PRS_WINDOW: `fill` of sieves takes so
 * many words, too. */
#define PRS_SIEVE_WORDS 256u

struct prs_sieve_ops {
    /* Unset those of the bits in [base, base + 64 n_words) whose documents match (keep false) or do
     * not (keep true); base a multiple of 64, n_words <= PRS_SIEVE_WORDS.  Forward as `fill`, but
     * one word may be asked in parts, lower bits first.  Bits at and above n_docs are never set. */
    prism_status (*sift)(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words, bool keep,
                         prism_error *err);
    /* As `fill`, but a document may become a byte of `map` instead (prs_words_take_map); NULL: this
     * cursor only fills. */
    prism_status (*fill_map)(prs_cursor *c, uint32_t base, uint64_t *words, uint8_t *map,
                             uint32_t n_words, prism_error *err);
};

/** Set the bits of what any of n cursors matches, as their `fill` does.
 *  Params : less: one of them that is left out, NULL = none; space: as prs_cursor_fill wants it */
prism_status prs_cursors_fill(prs_plan *plan, prs_cursor *const *cursors, uint32_t n,
                              const prs_cursor *less, uint32_t base, uint64_t *words,
                              uint32_t n_words, prs_batch *space, prism_error *err) PRS_NODISCARD;

/** Narrow a window by any cursor: its own sift, else by probing or filling.
 *  Params : space: work space of the caller, not of the cursor; NULL for cursors that sift */
prism_status prs_cursor_sift(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                             bool keep, prs_scratch *space, prism_error *err) PRS_NODISCARD;
/** Set the bits of all documents that a cursor matches, deleted ones too.
 *  Params : c not asked anything yet; space needed by cursors that cannot fill, else NULL */
prism_status prs_cursor_fill_set(prs_cursor *c, prs_bitset *set, prs_batch *space,
                                 prism_error *err) PRS_NODISCARD;
/** `next` of a cursor that has none but `fill`: the matches of one window in [from, to). */
prism_status prs_sieve_next(prs_cursor *c, uint32_t from, uint32_t to, prs_scratch *space,
                            prs_batch *out, prism_error *err) PRS_NODISCARD;

/* Working space of a cursor is made when first needed: it is large, and sieves need none to fill
 * and sift each other. */
static inline bool prs_all_are_sieves(prs_cursor *const *cursors, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (cursors[i]->sieve == NULL) return false;
    }
    return true;
}
static inline prs_batch *prs_scratch_batch(prs_scratch *scratch) {
    return scratch == NULL ? NULL : &scratch->batch;
}

static inline bool prs_window_is_empty(const uint64_t *words, uint32_t n_words) {
    uint64_t any = 0;
    for (uint32_t i = 0; i < n_words; i++) any |= words[i];
    return any == 0;
}

/** A term that does not score: its list, or any of those of its fields.  *out NULL = not here. */
prism_status prs_cur_list_make(prs_plan *plan, const prs_weighted *at, uint32_t depth,
                               prs_cursor **out, prism_error *err) PRS_NODISCARD;
/** One posting list. */
prism_status prs_cur_list_new(prs_plan *plan, const prs_postings_source *source,
                              const prs_term_info *info, uint32_t depth, prs_cursor **out,
                              prism_error *err) PRS_NODISCARD;
/** Is it the list of a word? */
bool prs_cur_is_list(const prs_cursor *c);
/** Its list, opened.   Errors : ECORRUPT, ENOMEM */
prism_status prs_cur_list_open(prs_cursor *c, prs_postings **out, prism_error *err) PRS_NODISCARD;
/** Is it a range of numbers in a column of one value a document? */
bool prs_cur_range_can(const prs_plan *plan, const prs_weighted *at);
/** Then, not scored, by the column itself.  *out NULL = nothing here. */
prism_status prs_cur_range_make(prs_plan *plan, const prs_weighted *at, uint32_t depth,
                                prs_cursor **out, prism_error *err) PRS_NODISCARD;
/** At least min_match >= 1 of n children, n >= 1; the array is the plan's. */
prism_status prs_cur_any_make(prs_plan *plan, prs_cursor **children, uint32_t n, uint32_t min_match,
                              uint32_t depth, prs_cursor **out, prism_error *err) PRS_NODISCARD;
/** Its children if it is any of them; 0 if it is something else. */
uint32_t prs_cur_any_children(const prs_cursor *c, prs_cursor ***children);
/** All of the required (at least one), none of the prohibited; optional parts are ignored. */
prism_status prs_cur_all_make(prs_plan *plan, const prs_and_parts *parts, uint32_t depth,
                              prs_cursor **out, prism_error *err) PRS_NODISCARD;
/** Is all that it requires lists of words? */
bool prs_cur_all_of_lists(const prs_cursor *c);
/** The one that is required, where it is only one, and those that are prohibited; NULL if it is
 *  something else. */
prs_cursor *prs_cur_all_less(const prs_cursor *c, prs_cursor ***prohibited, uint32_t *n);

#endif
