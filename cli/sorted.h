/* sorted.h - what the hits of a sorted answer stand by. */
#ifndef PSEARCH_SORTED_H
#define PSEARCH_SORTED_H

#include <prismsearch.h>

#include <jansson.h>

#include <stdbool.h>

/** Do the hits have scores?  Not in an order without _score. */
bool sorted_has_scores(const prism_hits *hits);
/** The values of hit i: numbers, true or false, dates in ISO 8601, texts; null for none. */
json_t *sorted_values(const prism_hits *hits, uint32_t i);
/** Value j of hit i as text for a person, with its field's name out of --sort; false if it has
 *  none, or if it is a score.   Params: out has room for `size` bytes */
bool sorted_fact(const prism_hits *hits, uint32_t i, uint32_t j, const char *sort, char *out,
                 size_t size);

#endif
