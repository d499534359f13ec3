/* search_kit.h - small indexes in memory, queries from JSON, and answers as strings, for the tests
 * of search. */
#ifndef PRS_TESTS_SEARCH_KIT_H
#define PRS_TESTS_SEARCH_KIT_H

#include "harness/test.h"

#include "index/snapshot.h"
#include "query/ast.h"

#include <prismsearch/search.h>
#include <prismsearch/writer.h>

/* Fields: id (key), title (text, boost 2), body (text), tag (keyword, column), n (i64, column),
 * many (i64, several).
 * Texts are cut at white space and nothing else is done to them, unless the kit is made with
 * `mixed`. */
typedef struct kit {
    prism_schema *schema;
    prism_index *index;
    prism_writer *writer;
    prism_snapshot *snap; /* of the last commit */
} kit;

enum { KIT_TITLE = 1, KIT_BODY = 2, KIT_TAG = 3, KIT_N = 4, KIT_MANY = 5 };

void kit_make(kit *k, bool mixed);
/** As kit_make(k, true), with options of both text fields as JSON: "{\"han\":\"bi\"}". */
void kit_make_mixed(kit *k, const char *options);
void kit_free(kit *k);
/** Put a document given as JSON. */
void kit_put(kit *k, const char *json);
/** Put {"id": id, "body": body}. */
void kit_put_body(kit *k, const char *id, const char *body);
void kit_delete(kit *k, const char *id);
/** Commit without merging, and look at it. */
void kit_commit(kit *k);
/** One segment of all, and look at it. */
void kit_merge(kit *k);

/** A query from its JSON form, in which ' stands for ".   Frees with prism_query_unref. */
prism_query *kit_query(const kit *k, const char *json);
/** Shorthand: t(word) in JSON of a word in title^2 and body; b(word) in body only. */
const char *kit_word(const char *word);
const char *kit_body_word(const char *word);
/** Keys of the hits, best first, with a space between: static memory of one call. */
const char *kit_keys(const kit *k, const char *json, uint32_t n);
/** Number of matches, by counting alone. */
uint64_t kit_count(const kit *k, const char *json);
prism_hits *kit_search(const kit *k, const prism_query *query, const prism_search_opts *opts);
/** Pruned top n, exhaustive top n and counts of the query agree; returns the number of matches. */
uint64_t kit_check_agree(const kit *k, const prism_query *query, uint32_t n);

#endif
