/* reading.h - a piece of query text, analyzed: its tokens, gathered by position. */
#ifndef PRS_QUERY_READING_H
#define PRS_QUERY_READING_H

#include "base/buf.h"
#include "base/vec.h"
#include "query/field_analyzers.h"

typedef struct prs_read_token {
    uint8_t kind, flags;
    uint32_t pos, span, start, end; /* as prs_token */
    uint32_t off, len;              /* of the term in `bytes` */
} prs_read_token;

/* All tokens of one position. */
typedef struct prs_place {
    uint32_t pos, first, n;
    uint32_t char_off, char_len; /* the folded character, of a place of a run; in `bytes` */
} prs_place;

PRS_VEC_DEFINE(prs_read_tokens, prs_read_token)
PRS_VEC_DEFINE(prs_places, prs_place)

typedef struct prs_reading {
    prs_field_analyzers *analyzers;
    prs_analysis *analysis; /* borrowed from analyzers; also for cutting runs */
    uint32_t group;
    prs_analyzer_use use;
    const char *text;
    prs_buf bytes; /* terms */
    prs_read_tokens tokens;
    prs_places places;
} prs_reading;

/** Analyze a text.   Out: owned: prs_reading_fini, also after an error.   Errors: ENOMEM, ELIMIT */
prism_status prs_reading_init(prs_reading *reading, prs_mem *mem, prs_field_analyzers *analyzers,
                              uint32_t group, prs_analyzer_use use, const char *text, size_t len,
                              prism_error *err);
void prs_reading_fini(prs_reading *reading);

prs_bytes prs_reading_term(const prs_reading *reading, const prs_read_token *token);
/** First token of a place of a kind whose flags, of those in mask, are exactly `flags`; NULL if
 *  there is none. */
const prs_read_token *prs_reading_find(const prs_reading *reading, uint32_t place, uint8_t kind,
                                       uint8_t mask, uint8_t flags);
/** A word as such, neither concatenation nor sigil form. */
static inline const prs_read_token *prs_reading_word(const prs_reading *reading, uint32_t place) {
    return prs_reading_find(reading, place, PRS_KIND_WORD, PRS_TOKEN_CONCAT | PRS_TOKEN_SIGIL, 0);
}
/** Is the place a character of a Han, kana, Hangul or SA run? */
bool prs_reading_is_han(const prs_reading *reading, uint32_t place);
/** How many places from `place` on a token of that place spans: fewer than positions where there
 *  are gaps, 1 at least. */
uint32_t prs_reading_covered(const prs_reading *reading, uint32_t place,
                             const prs_read_token *token);
/** The place behind the run that begins at `place`. */
uint32_t prs_reading_run_end(const prs_reading *reading, uint32_t place);
/** The folded character at a place of a run. */
prs_bytes prs_reading_char(const prs_reading *reading, uint32_t place);

#endif
