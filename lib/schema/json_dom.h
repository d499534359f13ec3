/* json_dom.h - one parsed JSON text, walked from C: the face of simdjson that we use.
 *
 * Plain C types only, because json_dom.cc cannot include our C11 headers (atomics).  Values and
 * iterators are simdjson's own two-word handles in opaque clothes; they are valid until the next
 * parse. */
#ifndef PRS_SCHEMA_JSON_DOM_H
#define PRS_SCHEMA_JSON_DOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A text handed to prs_json_dom_parse or _compact has this many readable bytes behind it. */
#define PRS_JSON_PADDING 64u

typedef struct prs_json_dom prs_json_dom; /* simdjson's parser and the last document */

typedef enum prs_json_result {
    PRS_JSON_OK = 0,
    PRS_JSON_BAD,  /* not JSON, or a number out of range; Jansson tells where */
    PRS_JSON_DEEP, /* nested deeper than the parser was told */
    PRS_JSON_NOMEM,
} prs_json_result;

typedef enum prs_json_type {
    PRS_JSON_NULL = 1,
    PRS_JSON_BOOL,
    PRS_JSON_I64, /* whole numbers from -2^63 to 2^63 - 1 */
    PRS_JSON_U64, /* whole numbers above */
    PRS_JSON_F64,
    PRS_JSON_STRING,
    PRS_JSON_ARRAY,
    PRS_JSON_OBJECT,
} prs_json_type;

typedef struct prs_json_value {
    uint64_t opaque[2];
} prs_json_value;

typedef struct prs_json_iter {
    uint64_t at[2], end[2];
} prs_json_iter;

/** NULL when out of memory. */
prs_json_dom *prs_json_dom_new(void);
void prs_json_dom_free(prs_json_dom *dom);

/** Parse a whole text and check all of it.  Nesting above max_depth may be refused, within it is
 *  not.
 *  Memory : simdjson's own, about 14 times the longest recent text; it shrinks again after a long
 *           one */
prs_json_result prs_json_dom_parse(prs_json_dom *dom, const char *text, size_t len,
                                   uint32_t max_depth, prs_json_value *root);

prs_json_type prs_json_dom_type(prs_json_value value);
/** Members of an object, items of an array, in order. */
prs_json_iter prs_json_dom_members(prs_json_value object);
prs_json_iter prs_json_dom_items(prs_json_value array);
/** The next one, or false.  The name is unescaped UTF-8. */
bool prs_json_dom_next_member(prs_json_iter *iter, const char **name, size_t *name_len,
                              prs_json_value *value);
bool prs_json_dom_next_item(prs_json_iter *iter, prs_json_value *value);
/** The content of a value of that type; zero or "" for another type.  Strings are unescaped UTF-8,
 *  NUL behind. */
const char *prs_json_dom_string(prs_json_value value, size_t *len);
int64_t prs_json_dom_i64(prs_json_value value);
double prs_json_dom_f64(prs_json_value value); /* of any number */
bool prs_json_dom_bool(prs_json_value value);

#ifdef __cplusplus
}
#endif
#endif
