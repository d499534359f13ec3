/* range.h - values of a field between two ends, as they are typed or given, to a RANGE node. */
#ifndef PRS_QUERY_RANGE_H
#define PRS_QUERY_RANGE_H

#include "query/build.h"
#include "query/field_analyzers.h"

/* An end as text. */
typedef struct prs_range_end {
    const char *text; /* NULL = open */
    size_t len;
    bool excluded; /* the value itself does not count */
} prs_range_end;

/** Does the field hold numbers, dates or truth values, so that a plain value means equality? */
bool prs_range_has_values(const prs_field *field);
/** Why the field has no ranges, as the end of a sentence about it ("is only stored"); NULL if it
 *  has. */
const char *prs_range_obstacle(const prs_field *field);
/** Make a node the range of a field that has ranges: RANGE, or NONE where nothing can lie in it.
 *  Params : node, a fresh one of kind RANGE, in the arena of `query`; err not NULL, of our size
 *  Errors : EREJECTED an end that is no value of the field, with a sentence that quotes it; ELIMIT
 *           a word over PRISM_MAX_TERM_BYTES; ENOMEM; those of a tokenizer */
prism_status prs_range_fill(prism_query *query, const prs_field *field, const prs_range_end *from,
                            const prs_range_end *to, prs_node *node, prism_error *err);
/** The same for ends that are already what is compared: turns a node with such ends into NONE where
 *  nothing can lie between them. */
void prs_range_settle(prs_node *node);
/** What the ranges of a field are compared with. */
prs_range_of prs_range_of_field(const prs_field *field);
/** Integer ends of a number, date or truth value: [first, last] is what the text means.
 *  Errors : EREJECTED */
prism_status prs_range_values(const prs_field *field, const char *text, size_t len, int64_t *first,
                              int64_t *last, prism_error *err);
/** Narrow the numbers of a node by an end that means [first, last], and counts or does not. */
void prs_range_bound(prs_node *node, const prs_field *field, bool is_from, bool excluded,
                     int64_t first, int64_t last);

/** Queries by calls, as the prism_query_* of these names.   Params: opts sound */
prism_status prs_query_range(const prism_schema *schema, const char *field,
                             const prs_range_end *from, const prs_range_end *to, prism_query **out,
                             prism_error *err);
prism_status prs_query_exists(const prism_schema *schema, const char *field, prism_query **out,
                              prism_error *err);
prism_status prs_query_all(const prism_schema *schema, prism_query **out, prism_error *err);

/** range_json.c: the ends of a RANGE node as members of a JSON object, and from them.  False: no
 *  memory for one of them. */
bool prs_range_to_json(const prism_schema *schema, const prs_node *node,
                       void *object) PRS_NODISCARD;
/** Params : object, a json_t with the members of the node; node has its fields
 *  Errors : EPARSE, ENOMEM, ELIMIT */
prism_status prs_range_from_json(prism_query *query, const void *object, prs_node *node,
                                 prism_error *err);

#endif
