/* terms_memo.h - what was looked up in a dictionary lately.
 *
 * People ask for the same words again and again, and a search that was planned for its hits asks
 * once more for their number. */
#ifndef PRS_FORMAT_TERMS_MEMO_H
#define PRS_FORMAT_TERMS_MEMO_H

#include "base/mem.h"
#include "format/term_info.h"

#define PRS_TERMS_MEMO_SLOTS 256u /* 32 KiB, made when the first word is looked up */
#define PRS_TERMS_MEMO_KEY 23u    /* bytes; longer keys are not remembered */

typedef struct prs_terms_memo_slot prs_terms_memo_slot;

typedef struct prs_terms_memo {
    prs_mem *mem;
    _Atomic(prs_terms_memo_slot *) slots; /* NULL = none yet */
} prs_terms_memo;

/** Allocates nothing yet. */
void prs_terms_memo_init(prs_terms_memo *memo, prs_mem *mem);
/** Nobody else uses it.  One that is all zero is fine. */
void prs_terms_memo_fini(prs_terms_memo *memo);
/** What was remembered of a key; false: nothing.   Threads: any.   Cost: 20 ns */
bool prs_terms_memo_get(const prs_terms_memo *memo, prs_bytes key, prs_term_info *info);
/** Remember it; something else may be forgotten, and if there is no memory nothing happens.
 *  Threads: any */
void prs_terms_memo_put(prs_terms_memo *memo, prs_bytes key, const prs_term_info *info);

#endif
