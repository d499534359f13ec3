/* combine.h - queries made by calls: a leaf of one text, and finished queries joined. */
#ifndef PRS_QUERY_COMBINE_H
#define PRS_QUERY_COMBINE_H

#include "query/build.h"

typedef enum prs_leaf_kind {
    PRS_LEAF_WORDS,  /* all words of the text */
    PRS_LEAF_PHRASE, /* side by side, as they stand */
    PRS_LEAF_NEAR,   /* in any order, within slop */
    PRS_LEAF_PREFIX, /* a phrase whose last word is a beginning */
} prs_leaf_kind;

/** One text as a query (query.c).   Params : fields as prism_query_opts.fields, or NULL
 *  Errors : EINVAL fields; ELIMIT; ENOMEM; those of a tokenizer */
prism_status prs_query_leaf(const prism_schema *schema, const char *fields, const char *text,
                            size_t len, prs_leaf_kind kind, uint32_t slop, prism_query **out,
                            prism_error *err);
/** As prism_query_bool, prism_query_boost.   Params : n > 0, no query NULL, occur, boost sound */
prism_status prs_query_bool(const prism_clause *clauses, size_t n, uint32_t min_should,
                            prism_query **out, prism_error *err);
prism_status prs_query_boost(const prism_query *query, double boost, prism_query **out,
                             prism_error *err);
/** Are two queries of one schema, or of equal ones?   Errors: EINVAL if not; ENOMEM */
prism_status prs_query_check_schemas(const prism_schema *a, const prism_schema *b,
                                     prism_error *err);

#endif
