/* sieve_kit.h - a judge of cursors that sift, on top of that of fake_cursor.h. */
#ifndef PRS_TESTS_SIEVE_KIT_H
#define PRS_TESTS_SIEVE_KIT_H

#include "unit/search/fake_cursor.h"

#include "search/sieve.h"

/** Documents without scores, a fake of which is a set. */
matches sieve_matches(uint32_t n_docs, test_rng *rng);
/** A cursor over them that does not score; sifts or not, fills or not. */
prs_cursor *sieve_fake(stage *s, const matches *truth);
/** Narrow windows of random bits, and fill some between; large ones too. */
void judge_sift(stage *s, prs_cursor *c, const matches *truth);

#endif
