/* herd.h - one writer and some readers as processes of their own, stopped and killed at random. */
#ifndef PRS_TESTS_CRASH_HERD_H
#define PRS_TESTS_CRASH_HERD_H

#include "program.h"

enum { HERD_READERS = 16 };

typedef struct herd {
    const char *path;
    int n_readers;
    bool stops;                        /* SIGSTOP and SIGCONT besides SIGKILL */
    unsigned least_ms, most_ms;        /* life of the writer */
    int findings[2], acks[2];          /* pipes */
    int writer, readers[HERD_READERS]; /* process ids, 0 = none */
    bool stopped[HERD_READERS];
    uint32_t acked; /* by any writer so far */
    uint64_t state; /* of the random numbers */
} herd;

/** Make the index and the pipes.  false: it cannot be made. */
bool herd_begin(herd *h, const program *p, const char *path, int n_readers);
/** One life of a writer, kill -9 at its end; what is there afterwards is judged. */
void herd_round(herd *h, program *p);
/** Kill all that is left, judge once more. */
void herd_end(herd *h, program *p);

#endif
