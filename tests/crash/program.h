/* program.h - what the programs of tests/crash and tests/stress share: options, a clock, the line
 * of counters.
 *
 *     --seconds N   go on for about so long (0: the fixed amount of make check)
 *     --seed S      of all random choices; printed
 *     --shard I/N   every N-th case, from the I-th (0 <= I < N)
 *     --cases N     the amount: kills, cycles, states a place, as the program says
 *
 * Each program speaks TAP and ends with one line for machines:
 *     counters: NAME cases=N seconds=S seed=X findings=F */
#ifndef PRS_TESTS_CRASH_PROGRAM_H
#define PRS_TESTS_CRASH_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct program {
    const char *name; /* in the counters: "T2b-ext4" */
    double seconds, start;
    uint64_t seed, cases, shard, n_shards;
    uint64_t done, findings;
    const char *rest[8]; /* arguments that are no options */
    int n_rest;
} program;

/** Parse; exits 99 on nonsense.  `cases` as given, else `default_cases`. */
void program_begin(program *p, const char *name, int argc, char **argv, uint64_t default_cases);
/** Is case number `n` ours? */
bool program_mine(const program *p, uint64_t n);
/** Time left, of --seconds?  Without it: true. */
bool program_time_left(const program *p);
/** Count a case that went wrong, and say how. */
void program_finding(program *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** One TAP test and the counters; the exit code. */
int program_end(program *p);
/** The plan is printed by the program: 1..n.  A skip with its reason. */
int program_skip(const program *p, const char *reason);
double program_clock(void);

/** A new empty folder, in memory if the system has such a place (syncs are for nothing there), else
 *  below /tmp; exits 99 where that fails.  Static buffer. */
const char *program_folder(bool in_memory);
/** Remove a folder with the files and folders in it, as far as that goes. */
void program_remove(const char *path);

/** A small generator: the same numbers for the same seed everywhere. */
uint64_t program_random(uint64_t *state);
/** 0 <= result < n. */
uint64_t program_below(uint64_t *state, uint64_t n);

#endif
