/* vocabulary.h - what the caller's own words say about a place of a query: stop word, word of a
 * run, one of a family of synonyms. */
#ifndef PRS_QUERY_VOCABULARY_H
#define PRS_QUERY_VOCABULARY_H

#include "query/reading.h"

#include <prismsearch/vocabulary.h>

/* Texts that stand for each other. */
typedef struct prs_family {
    const prs_bytes *texts;
    uint32_t n;
} prs_family;

/* The family that the places [from, from + len) of a reading belong to; `own` is their text in
 * it. */
typedef struct prs_kinship {
    const prs_family *family;
    uint32_t own, len;
} prs_kinship;

/** As prism_vocabulary_from_text; arguments are sound. */
prism_status prs_vocabulary_from_text(const prism_schema *schema, const char *text, size_t len,
                                      prism_vocabulary **out, prism_error *err) PRS_NODISCARD;
prism_vocabulary *prs_vocabulary_ref(prism_vocabulary *vocabulary);
void prs_vocabulary_unref(prism_vocabulary *vocabulary);
/** Was it read for a schema that says the same as this one? */
bool prs_vocabulary_fits(const prism_vocabulary *vocabulary, const prism_schema *schema);

/* Each takes NULL for a vocabulary that is empty.  Errors : ENOMEM */

/** Is the word at a place a stop word? */
prism_status prs_vocabulary_is_stop(const prism_vocabulary *vocabulary, const prs_reading *reading,
                                    uint32_t place, bool *is_stop, prism_error *err) PRS_NODISCARD;
/** Places of the longest `word` that begins at a place and ends before `to`; 0 = none. */
prism_status prs_vocabulary_word(const prism_vocabulary *vocabulary, const prs_reading *reading,
                                 uint32_t place, uint32_t to, uint32_t *len,
                                 prism_error *err) PRS_NODISCARD;
/** The longest `same` entry that begins there; out->len 0 = none. */
prism_status prs_vocabulary_kin(const prism_vocabulary *vocabulary, const prs_reading *reading,
                                uint32_t place, uint32_t to, prs_kinship *out,
                                prism_error *err) PRS_NODISCARD;

#endif
