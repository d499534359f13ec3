/* show.h - an answer for human eyes. */
#ifndef PSEARCH_SHOW_H
#define PSEARCH_SHOW_H

#include "answer.h"
#include "cli.h"

/* What a search found, with what is needed to show it. */
typedef struct search_answer {
    const cli_options *options;
    prism_index *index;
    prism_snapshot *snap;
    prism_query *query, *filter;
    prism_hits *hits;
    json_t *notes, *text_fields;
    char *text;
    uint64_t took_us, total;
    int total_exact;
    int code; /* CLI_OK, or why some of the answer could not be shown */
} search_answer;

/** Best fragments of a field of a hit; NULL where there are none.  A failure is told and kept in
 *  a->code. */
prism_snippet *search_snippet(search_answer *a, uint64_t gdoc, const char *field);
/** The stored document; never NULL but when out of memory. */
json_t *search_fields(search_answer *a, uint64_t gdoc);

/** Print the hits; the count goes to standard error. */
void show_answer(search_answer *a);

#endif
