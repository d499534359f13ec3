/* micro.h - the frame of all small benches: ways by turns, medians, ratios.
 *
 *     micro_frame m; if (!micro_begin(&m, "memo", &argc, argv)) return 2;          takes --json,
 *     --rounds, --only micro_way ways[] = {{"before", run_before, NULL, &ctx, n}, {"after",
 *     run_after, NULL, &ctx, n}}; micro_compare(&m, "find, 1000 words", "finds", ways, 2);
 *     once a case return micro_end(&m);
 *
 * A round runs each way once, as often in a row as makes about five milliseconds; its time is the
 * CPU time of the process, because the clock on the wall tells of the neighbours.  For each way the
 * median of the rounds is told, in units a second, and its speed over that of the first way in the
 * same round: median, least and greatest.  On a shared machine the ratios are what to trust. */
#ifndef PRISM_BENCH_MICRO_H
#define PRISM_BENCH_MICRO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MICRO_MAX_ROUNDS 101
#define MICRO_MAX_WAYS 12

typedef struct micro_frame {
    const char *bench; /* name of the program */
    const char *run;   /* id of a call of many benches, NULL = none */
    const char *only;  /* a part of the names of the cases to run, NULL = all */
    unsigned rounds;
    double least_seconds; /* of a way in a round */
    bool json;
    uint64_t sink; /* what ways give back is added up, so that none is optimized away */
} micro_frame;

typedef struct micro_way {
    const char *name;
    uint64_t (*run)(void *ctx);
    void (*before)(void *ctx); /* outside the time, before each run; may be NULL.  Then a run is not
                                  repeated: it should be long enough */
    void *ctx;
    double amount; /* units of one run */
} micro_way;

/** Read what the frame knows of the command line: --json, --rounds N, --only TEXT, --seconds S,
 *  --run ID.  The rest stays in argv, *argc counts it.  False after a complaint. */
bool micro_begin(micro_frame *m, const char *bench, int *argc, char **argv);
/** Run n ways by turns and tell.  Params: name, unit [borrowed until the next call] */
void micro_compare(micro_frame *m, const char *name, const char *unit, const micro_way *ways,
                   size_t n);
/** Would this case run? */
bool micro_wants(const micro_frame *m, const char *name);
/** Say something that is not a time, such as a size. */
void micro_value(const micro_frame *m, const char *name, const char *way, const char *unit,
                 double value);
/** The exit code. */
int micro_end(const micro_frame *m);

/** Ends the program where a call failed that must not. */
void micro_need(bool holds, const char *what);
double micro_clock(void); /* CPU seconds of the process */

/* Numbers from a seed (splitmix64). */
static inline uint64_t micro_random(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

#endif
