/* progress.h - how far a long command is, on standard error. */
#ifndef PSEARCH_PROGRESS_H
#define PSEARCH_PROGRESS_H

#include "cli.h"

typedef struct progress {
    cli_progress_mode mode;
    const char *verb;     /* "indexing" */
    uint64_t total_bytes; /* 0 = unknown */
    uint64_t start_us, next_us;
    bool shown;
} progress;

void progress_begin(progress *p, cli_progress_mode mode, const char *verb, uint64_t total_bytes);
/** Cheap enough to call once a document. */
void progress_at(progress *p, uint64_t documents, uint64_t bytes);
/** Remove the bar. */
void progress_end(progress *p);
uint64_t progress_clock_us(void);

#endif
