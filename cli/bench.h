/* bench.h - timed queries: what bench_read.c fills and cmd_bench.c runs. */
#ifndef PSEARCH_BENCH_H
#define PSEARCH_BENCH_H

#include "cli.h"

enum { BENCH_CLASSES = 8, BENCH_FORMS = 32, BENCH_REASON = 96 };

typedef struct timed_query {
    prism_query *query;
    char *text;
    char classes[BENCH_CLASSES][64];
    size_t n_classes;
    bool count_only; /* the line itself asks for the count alone */
    double *us;      /* one a repeat; sorted at the end */
    double mean;
    uint64_t total;
} timed_query;

/* Lines that could not be asked, by why. */
typedef struct skipped_form {
    char reason[BENCH_REASON];
    uint64_t n, line; /* how many, and the first one's line */
} skipped_form;

typedef struct bench {
    const cli_options *options;
    prism_index *index;
    prism_snapshot *snap;
    prism_query *filter; /* --filter, or NULL */
    timed_query *queries;
    size_t n, cap;
    skipped_form forms[BENCH_FORMS];
    size_t n_forms;
    uint64_t skipped;
} bench;

/** Read and parse the file of --queries.  CLI_OK, CLI_NOTHING without one query, or another exit
 *  code, told. */
int bench_read(bench *b);
void bench_fini(bench *b);

#endif
