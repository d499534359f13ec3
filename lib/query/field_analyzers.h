/* field_analyzers.h - the analyzers of a schema's fields, made once and kept with the schema. */
#ifndef PRS_QUERY_FIELD_ANALYZERS_H
#define PRS_QUERY_FIELD_ANALYZERS_H

#include "analysis/analyzer.h"
#include "schema/schema.h"

#define PRS_NO_GROUP UINT32_MAX

/* Fields with equal analyzer name and options form a group and share its analyzers. */
typedef struct prs_field_analyzers prs_field_analyzers;

/* PRS_UNSTEMMED is the same analyzer with stemming off: prefixes are not stemmed. */
typedef enum prs_analyzer_use { PRS_AS_INDEXED, PRS_UNSTEMMED } prs_analyzer_use;

/** The analyzers of a schema, made at the first call.  Borrowed from the schema.
 *  Errors : EINVAL, EUNSUPPORTED naming the field at fault; ENOMEM.   Threads: any.
 *  Cost   : milliseconds the first time, then one load */
prism_status prs_field_analyzers_get(const prism_schema *schema, prs_field_analyzers **out,
                                     prism_error *err);

/** Group of a field; PRS_NO_GROUP for numbers and dates. */
uint32_t prs_field_analyzers_group(const prs_field_analyzers *all, uint16_t field);
/** Number of groups: 0 .. count - 1. */
uint32_t prs_field_analyzers_count(const prs_field_analyzers *all);
/** The group of mixed-v1 with its defaults, which is always there. */
uint32_t prs_field_analyzers_default(const prs_field_analyzers *all);
/** Does the group's analyzer make one term of a whole value? */
bool prs_field_analyzers_is_whole(const prs_field_analyzers *all, uint32_t group);
/** Is it a tokenizer of the caller's?  Its words are its own: the lists of stop words do not
 *  apply. */
bool prs_field_analyzers_is_custom(const prs_field_analyzers *all, uint32_t group);

/** Borrow a working analysis: nobody else has it until it is given back.   Errors: ENOMEM; *out
 *  NULL */
prism_status prs_field_analyzers_take(prs_field_analyzers *all, uint32_t group,
                                      prs_analyzer_use use, prs_analysis **out, prism_error *err);
void prs_field_analyzers_give(prs_field_analyzers *all, uint32_t group, prs_analyzer_use use,
                              prs_analysis *analysis);

#endif
