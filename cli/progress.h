/* progress.h - how far a long command is, on standard error. */
#ifndef PSEARCH_PROGRESS_H
#define PSEARCH_PROGRESS_H

#include "cli.h"

typedef struct progress {
    cli_progress_mode mode;
    const char *verb, *thing; /* "indexing", "document"; thing NULL: bytes only */
    uint64_t total;           /* of the whole work, in the unit of `done`; 0 = unknown */
    uint64_t start_us, next_us;
    uint64_t documents, bytes, done; /* of the last call */
    bool shown;
} progress;

/** Will anything be shown in this mode?  (auto: only on a terminal.) */
bool progress_wanted(cli_progress_mode mode);
void progress_begin(progress *p, cli_progress_mode mode, const char *verb, uint64_t total);
/** Documents and bytes of text so far; `done` of `total` tells the time left.  Cheap enough to call
 *  once a document. */
void progress_at(progress *p, uint64_t documents, uint64_t bytes, uint64_t done);
/** Take the bar off the screen, before a message or at the end. */
void progress_clear(progress *p);
/** All input is in: a last line in plain and json form; on a terminal, what goes on meanwhile. */
void progress_last(progress *p, const char *doing);
uint64_t progress_clock_us(void);

#endif
