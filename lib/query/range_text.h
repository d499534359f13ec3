/* range_text.h - [a TO b], {a TO b], >=a, <b: where such a range ends in a query text, and what its
 * ends are. */
#ifndef PRS_QUERY_RANGE_TEXT_H
#define PRS_QUERY_RANGE_TEXT_H

#include "base/prs.h"

/* One end as it is written. */
typedef struct prs_range_mark {
    uint32_t at, end; /* bytes of the text, still with backslashes, without quotes */
    bool open;        /* * or nothing written: no end */
    bool excluded;    /* the value itself does not count */
} prs_range_mark;

typedef struct prs_range_text {
    prs_range_mark from, to;
    uint32_t end; /* behind it */
    bool whole;   /* in brackets or with a quoted value: a suffix may follow at once */
} prs_range_text;

/** Does a range or a comparison begin here?   Cost: a character */
bool prs_range_text_begins(const char *text, uint32_t len, uint32_t at);
/** Read the one that begins at `at`; false if it is none: no TO, no closing bracket.
 *  Params : word_end: where the word that begins at `at` ends, for a comparison
 *  Cost   : up to the next closing bracket, or quote */
bool prs_range_text_read(const char *text, uint32_t len, uint32_t at, uint32_t word_end,
                         prs_range_text *out);
/** A text with the full-width forms of ASCII characters as ASCII, into out (room for len bytes);
 *  returns the length. */
size_t prs_range_text_narrow(const char *text, size_t len, char *out);

#endif
