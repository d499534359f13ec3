/* fake_cursor.h - cursors over known documents, and a judge of cursors built on them.
 *
 * A fake keeps every promise of search/cursor.h and nothing more: bounds are loose, batches come in
 * small pieces, ranges end where they may, what cannot reach the floor is given or not.  It fails
 * the test when it is asked to go backwards.  The judge asks a cursor in every way the contract
 * allows, at random, and compares with the truth. */
#ifndef PRS_TESTS_FAKE_CURSOR_H
#define PRS_TESTS_FAKE_CURSOR_H

#include "harness/test.h"

#include "search/plan.h"

/* The truth of a query: by document, its score, or -1 where it does not match. */
typedef struct matches {
    uint32_t n_docs;
    int32_t *score;
} matches;

matches matches_new(uint32_t n_docs);
/** One in `rarity` documents, in stretches, with scores 1 .. most (0 for most = 0). */
matches matches_random(uint32_t n_docs, uint64_t rarity, int32_t most, test_rng *rng);
void matches_free(matches *m);

/* A plan without a segment, in which fakes and the cursor to be judged live. */
typedef struct stage {
    prs_mem mem;
    prs_watch watch;
    prs_plan plan;
    int stop; /* not 0: the search is cancelled */
    test_rng *rng;
    uint32_t fail_after; /* calls of all fakes until one fails with EIO; 0 = none does */
} stage;

void stage_open(stage *s, uint32_t n_docs, test_rng *rng);
/** Forget all cursors. */
void stage_clear(stage *s);
void stage_close(stage *s);
/** A cursor over `truth`, which must outlive it. */
prs_cursor *fake_cursor(stage *s, const matches *truth);
/** Fails the test unless the working space of all depths is as it must be between calls. */
void stage_check_clean(const stage *s);

/** Ask for everything by next, at floors that go up and down: nothing with the floor's score is
 *  left out, and every score is right. */
void judge_next(stage *s, prs_cursor *c, const matches *truth, int32_t most);
/** A call of bound for a range that begins at `from`. */
void judge_bound(stage *s, prs_cursor *c, const matches *truth, uint32_t from);
/** Peek, bound, probe and next by turns. */
void judge_mixed(stage *s, prs_cursor *c, const matches *truth, int32_t most);
/** Fill windows; needs ops->fill, or goes by way of next. */
void judge_fill(stage *s, prs_cursor *c, const matches *truth);
/** Make the cursor again and again, and let one call of a fake or the watch stop it, earlier or
 *  later: the error comes out and the working space is clean. */
void judge_failing(stage *s, prs_cursor *(*make)(stage *s, void *ctx), void *ctx);

#endif
