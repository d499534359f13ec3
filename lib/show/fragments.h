/* fragments.h - which stretch of a long text shows best why it matches, and where may it be cut? */
#ifndef PRS_SHOW_FRAGMENTS_H
#define PRS_SHOW_FRAGMENTS_H

#include "show/highlight.h"

/* Bytes [start, end) of a text. */
typedef struct prs_stretch {
    uint32_t start, end;
} prs_stretch;

/** May the text be cut at `at`?  Not inside a character, a cluster, or a word. */
bool prs_fragment_may_cut(prs_bytes text, size_t at);

/** The stretch of at most max_bytes that holds the heaviest set of different clauses (the closest
 *  of equal ones, the earliest of equally close), grown to begin and end well: at a sentence if one
 *  is near, else at a word.
 *  Params : marks sorted by start; clauses give the weights; taken: stretches not to touch, n_taken
 *           of them; seen: room for n_clauses counts Returns false if no mark is outside of what is
 *           taken. */
bool prs_fragment_best(prs_bytes text, const prs_marks *marks, const prs_clause *clauses,
                       uint32_t n_clauses, uint32_t *seen, const prs_stretch *taken,
                       uint32_t n_taken, uint32_t max_bytes, prs_stretch *out);
/** The beginning of a text, at most max_bytes. */
prs_stretch prs_fragment_head(prs_bytes text, uint32_t max_bytes);

#endif
