/* world.h - a random index made twice: in the engine and in the naive judge. */
#ifndef PRISM_DIFF_WORLD_H
#define PRISM_DIFF_WORLD_H

#include <prismsearch.h>

#include "ref/naive.h"

#include <stdbool.h>

enum {
    FIELD_TITLE,
    FIELD_BODY,
    FIELD_TAG, /* keyword, terms only */
    FIELD_N,   /* i64, in every second world several in a document */
    FIELD_F,   /* f64 */
    FIELD_B,   /* bool */
    FIELD_DATE,
    FIELD_LABEL, /* keyword with a column, several in every second world */
    N_FIELDS
};
extern const char *const diff_field_names[N_FIELDS];

/* Repeatable random numbers (splitmix64). */
typedef struct diff_rng {
    uint64_t s;
} diff_rng;
uint64_t diff_random(diff_rng *rng);
uint32_t diff_below(diff_rng *rng, uint32_t n); /* 0 <= result < n, n > 0 */

/* One analyzed token of a document: what queries are made from. */
typedef struct diff_token {
    char key[64]; /* kind byte + text */
    size_t len;
    uint32_t doc, pos;
    int field;
} diff_token;

typedef struct diff_world {
    prism_schema *schema;
    prism_index *index;
    prism_writer *writer;
    nv_index *naive;
    char (*keys)[16]; /* key of each naive document */
    bool *alive;
    uint32_t n_docs;
    diff_token *tokens; /* of all documents, in order */
    size_t n_tokens, cap_tokens;
    diff_rng rng;
    double k1, b;
    uint32_t next_key;
    int kind;             /* of texts: Latin, Han, both */
    bool many;            /* several values in n and label */
    bool bare[FIELD_TAG]; /* of the text fields: without lengths */
    bool has_words;       /* han = uni_bi_words in both text fields */
    bool reordered; /* merges put documents in orders of their own; drawn from `orders`, so that all
                     * else is as it would be */
    diff_rng orders;
    bool has_pairs; /* of stop words, from the first flush on */
    bool big;       /* thousands of small documents: lists of several blocks and groups */
} diff_world;

/** Documents, commits and deletions, all from the seed.  Exits the program if the engine fails. */
void diff_world_make(diff_world *w, uint64_t seed);
void diff_world_free(diff_world *w);
/* Months in which documents are dated: their name, first millisecond and number of days. */
typedef struct diff_month {
    const char *name;
    int64_t first;
    uint32_t days;
} diff_month;
enum { N_MONTHS = 4 };
extern const diff_month diff_months[N_MONTHS];
#define DIFF_DAY INT64_C(86400000)
/** A value such as documents have in n, f, label: for ends of ranges, too. */
int64_t diff_world_int(diff_world *w);
double diff_world_float(diff_world *w);
const char *diff_world_label(diff_world *w);
/** Put n documents with new keys, and do not commit them. */
void diff_world_put(diff_world *w, uint32_t n);
/** Merge to one segment, in another order of documents where the world is `reordered`: both sides
 *  forget deleted documents. */
void diff_world_merge(diff_world *w);
/** Print where and stop the program. */
_Noreturn void diff_die(const char *what, const prism_error *err);

#endif
