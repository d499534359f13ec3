/* match.h - positions in, matches out: phrases and nears on plain arrays.
 *
 * A run is the positions at which one slot may stand, never descending; a position may be there
 * more than once, except in a near.  Search counts the matches, snippets mark what takes part in
 * them: FORMAT.md section 17 has one definition, so has the code. */
#ifndef PRS_KERNEL_MATCH_H
#define PRS_KERNEL_MATCH_H

#include "base/prs.h"

typedef struct prs_run {
    const uint32_t *at;
    uint32_t n;
} prs_run;

/** Places where a phrase may begin, by its first known slot, which stands `pos` behind the
 *  beginning.
 *  Params : starts: room for run.n.   Returns their number */
uint32_t prs_match_begin(prs_run run, uint32_t pos, uint32_t *starts);
/** Keep the beginnings behind which another slot stands; returns their number. */
uint32_t prs_match_narrow(uint32_t *starts, uint32_t n, prs_run run, uint32_t pos);

/* A slot of a near; equal slots are one with need > 1. */
typedef struct prs_near {
    prs_run run;
    uint32_t need; /* different positions of it */
    uint32_t seen; /* used while matching */
} prs_near;

/** Ends of the matches of a near of n slots in all, each match within `width` positions and behind
 *  the one before.
 *  Params : ends: room for nears[0].run.n.   Returns their number */
uint32_t prs_match_near(prs_near *nears, uint32_t n, uint64_t width, uint32_t *ends);

/** Make positions distinct; returns how many are left. */
uint32_t prs_match_distinct(uint32_t *positions, uint32_t n);

#endif
