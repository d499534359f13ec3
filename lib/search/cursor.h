/* cursor.h - the documents of one query node in one segment, a batch at a time.
 *
 * A plan is a tree of cursors.  Each answers four questions, always going forward through the
 * documents:
 *
 *     bound   what is the best score in [from, to)?          from impacts; nothing is decoded
 *     peek    where may the next match be?
 *     next    the next batch of matches with their scores    what leads: lists, unions
 *     probe   which of these candidates match, and add your score   what follows: the other side of
 *             an AND
 *     fill    a window of matches as bits                    counting; needs no scores
 *
 * A call covers up to PRS_WINDOW documents, so calling through a pointer costs nothing per
 * document.
 *
 * `floor` is what a whole document must score to be of use.  A cursor may leave out what cannot
 * reach it, never what can; floor <= 0 asks for everything.  In `next` the candidate's score is the
 * cursor's own; in `probe` it is batch->scores[i] (what others gave it so far) plus the cursor's
 * own: callers subtract what is still to come.
 *
 * Forward: `from` and the candidates of a call are never below those of the calls before, `next`
 *          having passed everything before batch->next.  Only peek may look ahead: after peek(x) a
 *          call may begin below x, and then need not give what lies below x.
 *          A cursor that does not score adds nothing and is bounded by 0. */
#ifndef PRS_SEARCH_CURSOR_H
#define PRS_SEARCH_CURSOR_H

#include "base/arena.h"
#include "base/buf.h"
#include "index/snapshot.h"
#include "kernel/select.h"
#include "search/watch.h"

#define PRS_WINDOW 4096u
#define PRS_WINDOW_WORDS (PRS_WINDOW / 64u)
#define PRS_NO_MATCH (-1) /* a bound: nothing matches there */

/* Documents as a list: ascending, with their scores so far. */
typedef struct prs_batch {
    uint32_t n;
    uint32_t next; /* set by `next`: everything before it is done */
    /* Set by `next` of a cursor that tallies, if its plan does: matches before next that are not
     * here, as they are below the floor. */
    uint32_t n_left;
    uint32_t docs[PRS_WINDOW + PRS_SCORE_LANES];
    int32_t scores[PRS_WINDOW + PRS_SCORE_LANES];
} prs_batch;

/* Documents as a window: slot i is 0, or PRS_SLOT_TAKEN and the score of base + i. */
typedef struct prs_window {
    uint32_t base;
    uint64_t touched; /* by parts of PRS_SLOT_PART: some slot there may not be 0 */
    int32_t slots[PRS_WINDOW];
} prs_window;

/* Working space of all cursors at one depth of the tree; contents do not outlive a call.  "All zero
 * between calls" holds after a call that failed, too. */
typedef struct prs_scratch {
    prs_batch batch;
    prs_window window; /* all zero between calls */
    uint8_t hit[PRS_WINDOW];
    uint16_t count[PRS_WINDOW]; /* all zero between calls */
} prs_scratch;
_Static_assert(sizeof(prs_scratch) <= PRS_SNAPSHOT_SPARE_BYTES, "a spare block holds one");

/** A clean one; NULL: no memory.
 *  Params : mem: whose limit it counts for; spares: where it comes from and goes to, NULL = mem */
prs_scratch *prs_scratch_new(prs_mem *mem, prs_spares *spares);
/** As clean as between calls; NULL is fine. */
void prs_scratch_free(prs_scratch *scratch, prs_mem *mem, prs_spares *spares);

typedef struct prs_cursor prs_cursor;

typedef struct prs_cursor_ops {
    /* Upper bound of the score of any match in [from, *to), or PRS_NO_MATCH.  *to may be lowered,
     * to no less than min_to unless what is known ends earlier; always *to > from.  A min_to behind
     * *to means *to: a call before may have lowered it. */
    prism_status (*bound)(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to, int32_t *max,
                          prism_error *err);
    /* No match in [from, *doc); *doc >= from, PRS_DOC_END for none at all. */
    prism_status (*peek)(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err);
    /* Matches from `from` on, below `to`; batch->next in (from, to].  May give none and still not
     * be done. */
    prism_status (*next)(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor, prs_batch *out,
                         prism_error *err);
    /* hit[i] = 1 and scores[i] += own, where docs[i] matches; else hit[i] = 0.  Of what cannot
     * reach the floor less than own may be added. */
    prism_status (*probe)(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                          prism_error *err);
    /* Set bit doc - base of `words` for each match in [base, base + 64 n_words), base a multiple of
     * 64; NULL: through next.  n_words <= PRS_WINDOW_WORDS. */
    prism_status (*fill)(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                         prism_error *err);
    /* A score that at least k documents, deleted ones counted, reach; 0 if that is not known.
     * NULL: not known. */
    int32_t (*prime)(const prs_cursor *c, uint32_t k);
    /* Add all matches in [from, to) to the window, which reaches to; NULL: through next. */
    prism_status (*add)(prs_cursor *c, uint32_t from, uint32_t to, prs_window *window,
                        prism_error *err);
} prs_cursor_ops;

/* What all cursors of a plan share. */
typedef struct prs_plan prs_plan;
typedef struct prs_sieve_ops prs_sieve_ops; /* sieve.h */

struct prs_cursor {
    const prs_cursor_ops *ops;
    prs_plan *plan;
    uint64_t cost; /* documents it may have to look at: an estimate */
    int32_t most;  /* no match scores more */
    bool scored;
    bool heavy;                 /* to find what matches is most of the work of ranking it */
    bool narrow;                /* several must agree */
    bool tallies;               /* next tells how many matches it leaves out (plan.h, tally) */
    bool exact;                 /* cost is the number of its documents, deleted ones too */
    bool one_pass;              /* to score all its matches costs little more than counting them */
    const prs_sieve_ops *sieve; /* NULL: knows only what is above */
};

/* ---- helpers for all cursors ----------------------------------------------------------------- */

/** ops->fill, or the same by way of next and `space`. */
prism_status prs_cursor_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                             prs_batch *space, prism_error *err) PRS_NODISCARD;
/** Add all matches of c in [from, to) to the window: ops->add, or the same by way of next and
 *  `space`.  to - window->base <= PRS_WINDOW. */
prism_status prs_cursor_accumulate(prs_cursor *c, uint32_t from, uint32_t to, prs_window *window,
                                   prs_batch *space, prism_error *err) PRS_NODISCARD;
/** Add n documents, which ascend, to a window.   Errors : ECORRUPT they are not inside */
prism_status prs_window_add(prs_window *window, const uint32_t *docs, const int32_t *scores,
                            uint32_t n, prism_error *err) PRS_NODISCARD;
/** The same for documents that are known to ascend: those of a list. */
prism_status prs_window_add_list(prs_window *window, const uint32_t *docs, const int32_t *scores,
                                 uint32_t n, prism_error *err) PRS_NODISCARD;
/** Slots of the documents from first to last, which are inside, may not be 0 any more. */
static inline void prs_window_touch(prs_window *window, uint32_t first, uint32_t last) {
    uint32_t from = (first - window->base) / PRS_SLOT_PART;
    uint32_t to = (last - window->base) / PRS_SLOT_PART;
    window->touched |= UINT64_MAX << from & UINT64_MAX >> (63 - to);
}
/** Move the window's documents with score >= floor to the end of the batch; the window is all zero
 *  again. */
void prs_window_drain(prs_window *window, int32_t floor, prs_batch *out);

/** Keep the candidates with hit[i] == want. */
void prs_batch_keep_hits(prs_batch *batch, const uint8_t *hit, uint8_t want);
/** Take out the deleted documents; NULL: there are none. */
void prs_batch_drop_deleted(prs_batch *batch, const prs_bitset *deleted);
/** Keep the candidates with score >= floor.  floor <= 0 keeps all. */
void prs_batch_keep_floor(prs_batch *batch, int32_t floor);

/** a - b for floors: no wrap; what is not pruned stays not pruned. */
static inline int32_t prs_floor_less(int32_t floor, int32_t rest) {
    return floor <= rest ? 0 : floor - rest;
}

#endif
