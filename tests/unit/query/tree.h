/* tree.h - query trees in short, for tables of tests.
 *
 *     apple^2              a term, with its boost if it is not 1
 *     title:apple          over other than the default fields
 *     学.1 北京.2 的.e x.x   terms of the kinds han1, han2, hanend, exact; hanword is .w
 *     "a b"  "a _ b"       slots one behind the other; _ is a position without a slot
 *     "a b+0"              two slots at one position
 *     "{的.e|的*.2}"        a slot of several keys or with a prefix
 *     near3"a b"  a*       near; prefix
 *     exists(tags) *:* none
 *     n:[1 5] tags:{a *]   a range with its ends, { } for ends that do not count, * for open ones
 *     (+a -b #c d ~e)      bool: must, must_not, filter, should, extra
 *     (d e)/2              min_should if it is not as usual
 *     max(a, b)  const(a)
 *
 * Read from the JSON form, so that it is tested along. */
#ifndef PRS_TESTS_QUERY_TREE_H
#define PRS_TESTS_QUERY_TREE_H

#include "harness/test.h"

#include "query/build.h"

/* Options of a case, to be or-ed. */
enum { PLAIN = 1, AND = 2, STRICT = 4, KEEP_STOPWORDS = 8 };

typedef struct tree_case {
    const char *text, *tree;
    const char *notes; /* offsets of the notes, "0 17"; NULL = none */
    int flags;
} tree_case;

/** Schema of the tables: the default one. */
prism_schema *tree_schema(void);
/** Another. */
prism_schema *tree_schema_of(const char *json);
/** Parse under a schema; fails the test if that fails.  notes (may be NULL) has room for 256 bytes
 *  of offsets. */
prism_query *tree_parse(const prism_schema *schema, const char *text, size_t len, int flags,
                        const char *fields, char *notes);
/** The short form; static buffer. */
const char *tree_text(const prism_query *query);
/** Run a table; under the default fields. */
void tree_check(const prism_schema *schema, const tree_case *cases, size_t n);

#endif
