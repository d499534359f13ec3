/* answer.h - the forms of a search answer: JSON version 1, JSON lines, ids, human. */
#ifndef PSEARCH_ANSWER_H
#define PSEARCH_ANSWER_H

#include "cli.h"

#include <jansson.h>

/** {"v":1,"index":uuid,"generation":n}: the head of every JSON object answer.  NULL when out of
 *  memory. */
json_t *answer_head(const prism_snapshot *snap);
/** Print a JSON value on one line; false when out of memory. */
bool answer_print(const json_t *value);
/** Text of any bytes as a JSON string; ill-formed UTF-8 parts become U+FFFD.  NULL when out of
 *  memory. */
json_t *answer_string(const char *text, size_t len);
/** The names of the text fields of a schema, as a JSON array in schema order. */
json_t *answer_text_fields(const prism_schema *schema);
/** A stored document for showing: numbers beyond 2^63 make all whole ones fractions. */
json_t *answer_fields(const char *json, size_t len);
/** Print an object as answer_print does, but for the strings named "fields" in it or in its hits:
 *  they hold JSON, which is printed as it stands, numbers of any size included. */
bool answer_print_hits(json_t *answer);
/** Spans of a fragment in the unit asked for. */
json_t *answer_spans(const prism_fragment *fragment, cli_offsets unit);

/** The parser's notes, gathered by answer_note as a JSON array (the ctx of
 *  prism_query_opts.note_ctx). */
void answer_note(void *ctx, size_t at, const char *text);
/** Print notes as messages on standard error. */
void answer_tell_notes(const json_t *notes);
/** Query options of the command line. */
prism_query_opts answer_query_opts(const cli_options *o, json_t *notes);

#endif
