/* rewrite.h - text leaves to analyzed terms, then the tree made simpler: what the files rewrite_*.c
 * share. */
#ifndef PRS_QUERY_REWRITE_H
#define PRS_QUERY_REWRITE_H

#include "query/build.h"
#include "query/field_analyzers.h"
#include "query/notes.h"
#include "query/reading.h"
#include "query/vocabulary.h"

typedef struct prs_rewrite {
    prism_query *query;
    prs_field_analyzers *analyzers;
    const prs_notes *notes;
    prism_error *err;                   /* never NULL */
    const prism_vocabulary *vocabulary; /* NULL = none */
    bool keep_stopwords;
} prs_rewrite;

/** The whole tree: every TEXT leaf analyzed, every BOOL simplified.
 *  Params : root may be NULL; *out NULL when nothing is left to search for
 *  Errors : EPARSE a note in strict mode; ELIMIT nodes, phrase terms; ENOMEM Recursion: twice
 *           PRISM_MAX_QUERY_DEPTH and a little, by the parser's count of parentheses */
prism_status prs_rewrite_tree(prs_rewrite *rw, prs_node *root, prs_node **out);

/* ---- one leaf over the fields of one analyzer ---------------------------------------------- */

typedef struct prs_leaf_text {
    prs_rewrite *rw;
    const prs_node *leaf;
    prs_reading reading;
    prs_fields fields;     /* of this analyzer */
    prs_fields positioned; /* those of them that have positions */
    prs_map seen;          /* keys of the terms in the list that words are added to ... */
    prs_node **seen_nodes; /* ... and their nodes */
    uint32_t seen_cap;
} prs_leaf_text;

/** A node over the leaf's fields, placed where the leaf is.   Errors: ELIMIT, ENOMEM */
prism_status prs_leaf_node(prs_leaf_text *text, prs_node_kind kind, prs_node **out);
/** A term node. */
prism_status prs_leaf_term(prs_leaf_text *text, uint8_t kind, prs_bytes term, prs_node **out);
/** A term key in the query's arena. */
prism_status prs_leaf_key(prs_leaf_text *text, uint8_t kind, prs_bytes term, prs_bytes *out);
prism_status prs_leaf_must(prs_leaf_text *text, prs_node *parent, prs_node *child);
prism_status prs_leaf_should(prs_leaf_text *text, prs_node *parent, prs_node *child);
/** Add a clause of the leaf to its BOOL: to must if the leaf's words are required, else to
 *  should. */
prism_status prs_leaf_add(prs_leaf_text *text, prs_node *parent, prs_node *child);
/** The same for a term; a term that is there already gets its boost raised instead. */
prism_status prs_leaf_add_term(prs_leaf_text *text, prs_node *parent, uint8_t kind, prs_bytes term,
                               double boost, bool stop);

/** rewrite_words.c: is the word or character at a place a stop word that may step back, as it is
 *  written here?   Errors: ENOMEM */
prism_status prs_leaf_is_stop(const prs_leaf_text *text, uint32_t place, prs_bytes term, bool *out);

/** rewrite_words.c: unquoted words, ranked or required.  *out NULL if there are none. */
prism_status prs_leaf_words(prs_leaf_text *text, prs_node **out);
/** Those of the places [from, to), into `parent`. */
prism_status prs_leaf_places(prs_leaf_text *text, uint32_t from, uint32_t to, prs_node *parent);

/** rewrite_synonyms.c: the same for all places, with the families of the vocabulary. */
prism_status prs_leaf_synonyms(prs_leaf_text *text, prs_node *parent);

/** rewrite_han.c: a run of two or more characters, places [from, to): into `parent`'s should
 *  (ranked) or must. */
prism_status prs_leaf_run(prs_leaf_text *text, uint32_t from, uint32_t to, prs_node *parent);

/* How a phrase is read from places. */
typedef struct prs_phrase_opts {
    bool exact; /* unstemmed forms where the index has them */
    bool prefix_last;
    bool near;
    uint32_t slop;
} prs_phrase_opts;

/** rewrite_phrase.c: places [from, to) as one phrase, near, prefix or, where that says the same,
 *  term.
 *  Compounds in it also match written together.  *out NULL if from == to. */
prism_status prs_leaf_phrase(prs_leaf_text *text, uint32_t from, uint32_t to,
                             const prs_phrase_opts *opts, prs_node **out);

#endif
