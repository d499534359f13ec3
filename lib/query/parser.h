/* parser.h - a query text to a tree whose leaves are still text. */
#ifndef PRS_QUERY_PARSER_H
#define PRS_QUERY_PARSER_H

#include "query/build.h"
#include "query/field_analyzers.h"
#include "query/notes.h"

/** Parse a query text.
 *  Params : query, where nodes are made; analyzers of its schema; defaults = fields of words
 *           without a field;
 *           *root NULL when nothing is left to search for
 *  Errors : EPARSE in strict mode; ELIMIT nodes, nesting; ENOMEM
 *  Cost   : linear in the text */
prism_status prs_parser_run(prism_query *query, const prs_field_analyzers *analyzers,
                            prs_fields defaults, const char *text, size_t len,
                            const prs_notes *notes, prs_node **root);

/** A leaf of plain words over fields: for texts in which no character is an operator. */
prism_status prs_parser_plain(prism_query *query, prs_fields defaults, const char *text, size_t len,
                              const prs_notes *notes, prs_node **root);

#endif
