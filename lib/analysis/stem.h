/* stem.h - the Snowball stemmers, one handle a thread, and a fingerprint of what they do.
 *
 *     on: running -> run    off: running -> running    dual: running -> run, EXACT running */
#ifndef PRS_ANALYSIS_STEM_H
#define PRS_ANALYSIS_STEM_H

#include "base/prs.h"

struct sb_stemmer;

#define PRS_STEM_OWN_MAX 64u /* bytes of the longest word that english_stem.h gets */

typedef struct prs_stem {
    struct sb_stemmer *handle;
    bool is_english;  /* english or porter: [a-z'] only; others: any word without digits */
    bool is_ours;     /* english: see english_stem.h */
    uint32_t min_len; /* bytes of the shortest word it looks at: english 3, others 1 */
    uint8_t word[PRS_STEM_OWN_MAX];
} prs_stem;

/** Open a stemmer by its Snowball name ("english", "french" ...).
 *  Errors : EINVAL no such algorithm in this libstemmer; ENOMEM.   Threads: a handle for each */
prism_status prs_stem_open(prs_stem *stem, const char *language, prism_error *err);
void prs_stem_close(prs_stem *stem);
/** Is this a Snowball algorithm of the linked library? */
bool prs_stem_is_language(const char *language);

/** Does the stemmer look at this folded word at all?  has_digit: it holds one, in any script. */
bool prs_stem_applies(const prs_stem *stem, prs_bytes folded, bool has_digit);
/** May a stem be equal to this word, so that dual needs an EXACT form to tell them apart?
 *  As prs_stem_applies, without the minimum length. */
bool prs_stem_collides(const prs_stem *stem, prs_bytes folded, bool has_digit);

/** The stem, borrowed until the next call; the word itself where the stem is empty.
 *  Params : folded, for which prs_stem_applies
 *  Errors : ENOMEM.   Cost: 50 ns (english), else 200 to 500 */
prism_status prs_stem_word(prs_stem *stem, prs_bytes folded, prs_bytes *out, prism_error *err);

/** Hash of the stemmer's answers to the probe list (stem_probe.def): equal for two libraries that
 *  stem alike, so that an index is never searched with other stems than its own.   Cost: 0.2 ms */
prism_status prs_stem_fingerprint(prs_stem *stem, uint64_t *out, prism_error *err);

#endif
