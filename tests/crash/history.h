/* history.h - commits 1, 2, 3, ... that follow from a seed alone, written to an index, and the
 * question which of them an index shows.
 *
 * Commit r puts, replaces and deletes a few of HISTORY_KEYS keys, each version naming r, and its
 * payload is r in decimal; every fifth merges all segments behind it.  So whoever knows the seed
 * knows what every commit must hold, whole. */
#ifndef PRS_TESTS_CRASH_HISTORY_H
#define PRS_TESTS_CRASH_HISTORY_H

#include <prismsearch.h>
#include <stdbool.h>

enum { HISTORY_KEYS = 40 };

/** Schema: id (key), body (text), n (i64 column). */
extern const char history_schema[];

/** Put and delete what commit `round` >= 1 does, commit, perhaps merge.  *acked (may be NULL) =
 *  round once the commit returned OK.  padding: bytes of text more in each document. */
prism_status history_write(prism_writer *writer, uint64_t seed, uint32_t round, uint32_t padding,
                           uint32_t *acked, prism_error *err);

typedef struct history_answer {
    prism_status status; /* of opening and reading */
    uint32_t round;      /* of the commit that is there; 0 = the empty one */
    bool whole;          /* it holds exactly what that commit holds */
    prism_error err;
    char why[400]; /* if not whole */
} history_answer;

/** What does the newest commit of an open index show?  Every key is fetched, and searched for. */
history_answer history_read(prism_index *index, uint64_t seed);
/** The same of a snapshot. */
history_answer history_read_snapshot(prism_snapshot *snap, uint64_t seed);

#endif
