/* life.h - the life of an index, as diff_life.c leads it and life_judge.c judges it: the model. */
#ifndef PRS_TESTS_DIFF_LIFE_H
#define PRS_TESTS_DIFF_LIFE_H

#include "diff/world.h"

enum { MAX_DOCS = 4000, MAX_HELD = 4, N_QUERIES = 12, MAX_EXTRA = 3 };

typedef struct life_doc {
    char key[12], body[200];
    unsigned tag, number;
    unsigned extra; /* bit f: has a value of the field x<f>, which came later */
    uint64_t arrival;
    bool alive, committed_alive;
} life_doc;

typedef struct held { /* a snapshot and what it answered when it was taken */
    prism_snapshot *snap;
    uint64_t documents, answers;
} held;

typedef struct life {
    uint64_t seed;
    diff_rng rng, orders; /* orders: of documents, so that all else is as it would be */
    char path[64], other[64];
    prism_schema *schemas[MAX_EXTRA + 1]; /* by the number of fields that came later */
    uint32_t n_extra, committed_extra;
    prism_index *index;
    prism_writer *writer;
    life_doc docs[MAX_DOCS];
    uint32_t n_docs, n_committed; /* documents ever put; of those, put before the last commit */
    uint64_t next_key, generation;
    char payload[24];
    held held[MAX_HELD];
    uint32_t n_held;
    uint64_t n_commits, n_checked;
} life;

/** Say what is wrong, with the seed, and end the program. */
_Noreturn void life_fail(const life *l, const char *form, ...);
void life_need(const life *l, prism_status status, const char *what, const prism_error *err);

/** Values of the field `tag`, by life_doc.tag. */
extern const char *const life_tags[3];
/** A document of the model as JSON, and put into a writer. */
void life_show(const life_doc *d, char *json, size_t cap);
void life_put_in(const life *l, prism_writer *writer, const life_doc *d, unsigned flags);
/** The live document of a key; NULL if there is none. */
life_doc *life_find(life *l, const char *key);

/** Compare the answers to one query: the keys, or order and scores too. */
typedef void (*life_compare_fn)(const life *l, prism_snapshot *mine, prism_snapshot *twin,
                                const char *text);
void life_compare_sets(const life *l, prism_snapshot *mine, prism_snapshot *twin, const char *text);
void life_compare_scores(const life *l, prism_snapshot *mine, prism_snapshot *twin,
                         const char *text);
/** Compare a snapshot with an index of the live documents alone. */
void life_compare_with_twin(life *l, prism_snapshot *mine, life_compare_fn compare);

/** Are the documents of a snapshot, by key, those of the model? */
void life_check_documents(life *l, prism_snapshot *snap);
/** Do the snapshots that are held answer as they did? */
void life_check_held(life *l);
/** Hold one more, for another one if there are enough. */
void life_hold(life *l, prism_snapshot *snap);

#endif
