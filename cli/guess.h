/* guess.h - what the values of one field have in common. */
#ifndef PSEARCH_GUESS_H
#define PSEARCH_GUESS_H

#include "cli.h"

#include <jansson.h>

#define GUESS_SLOTS 8192u   /* distinct values are told apart up to half of this */
#define GUESS_KEYWORD 64u   /* longest value of a keyword of several words, in bytes */
#define GUESS_ONE_WORD 256u /* longest of one word */

typedef struct guess {
    char *name;
    uint64_t documents;                             /* that have the field, null not counted */
    uint64_t n, ints, reals, bools, dates, objects; /* values; the rest are strings */
    uint64_t words;                                 /* strings with white space in them */
    uint64_t foreign;                               /* strings with bytes beyond ASCII */
    size_t longest;                                 /* of the strings, in bytes */
    bool many;
    uint64_t *seen; /* hashes of distinct values, 0 = free */
    uint64_t distinct;
} guess;

typedef struct guesses {
    guess *all;
    size_t n, cap;
    uint64_t documents;
    bool all_real;    /* the document was read with whole numbers as real ones */
    prism_doc *dates; /* of one date field, to ask the library what a date is */
} guesses;

/** 0 or an exit code, told. */
int guesses_init(guesses *g);
void guesses_fini(guesses *g);
/** The guess of a field, made if it is new; NULL when out of memory. */
guess *guesses_field(guesses *g, const char *name, size_t len);
guess *guesses_find(const guesses *g, const char *name);

/* Count one value.  false: out of memory. */
bool guess_string(guesses *g, guess *field, const char *text, size_t len);
bool guess_json(guesses *g, guess *field, const json_t *value);
/** A value that came without a type: a number, true, false, a date or a string by its look. */
bool guess_bare(guesses *g, guess *field, const char *text, size_t len);

/** The field as a member of a schema's "fields"; NULL with *why if it can be none. */
json_t *guess_field(const guess *field, bool is_key, const char **why);

#endif
