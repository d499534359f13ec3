/* sort.h - an order that was asked for, and the values that documents stand by in it. */
#ifndef PRS_SEARCH_SORT_H
#define PRS_SEARCH_SORT_H

#include "base/arena.h"
#include "schema/schema.h"

#include <prismsearch/search.h>

/* One criterion. */
typedef struct prs_sort_key {
    prism_sort_kind kind; /* of its values; never MISSING */
    bool desc;
    uint16_t field;   /* number in the schema; 0 for SCORE and ARRIVAL */
    const char *name; /* string: "date", "_score" */
} prs_sort_key;

typedef struct prs_sort {
    uint32_t n; /* 0: best first */
    prs_sort_key *keys;
    bool scored; /* scores are needed: best first, or _score is a criterion */
} prs_sort;

/* What a document stands by under one criterion. */
typedef struct prs_sort_value {
    bool missing;
    int64_t v;      /* as in columns (f64 as sortable bits); raw score; arrival */
    prs_bytes text; /* KEYWORD */
} prs_sort_value;

/** Read "date:desc,n".   Params: spec NULL or "" = best first; names and keys live in the arena
 *  Errors : EINVAL, naming what cannot be sorted by; ENOMEM */
prism_status prs_sort_parse(const char *spec, const prism_schema *schema, prs_arena *arena,
                            prs_sort *out, prism_error *err) PRS_NODISCARD;
/** Copy an order into another arena. */
prism_status prs_sort_copy(const prs_sort *from, prs_arena *arena, prs_sort *out,
                           prism_error *err) PRS_NODISCARD;
/** Are two orders the same? */
bool prs_sort_equal(const prs_sort *a, const prs_sort *b);

/** "asc", "desc"; and by name the kind of a field's values, "i64", "score"; NULL for MISSING. */
const char *prs_sort_kind_name(prism_sort_kind kind);

/** < 0 if a stands before b under a criterion, > 0 if behind it. */
int prs_sort_compare(const prs_sort_key *key, const prs_sort_value *a, const prs_sort_value *b);

/** What callers see of a value; raw scores count `unit` each. */
void prs_sort_show(const prs_sort_key *key, const prs_sort_value *value, double unit,
                   prism_sort_value *out);

#endif
