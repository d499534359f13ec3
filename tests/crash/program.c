/* program.c - options, clock and counters of the long programs. */
#include "program.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double program_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void usage(const char *what) {
    printf("Bail out! %s: [--seconds N] [--seed S] [--shard I/N] [--cases N]\n", what);
    exit(99);
}

static uint64_t number(const char *text, char **end) {
    errno = 0;
    uint64_t n = strtoull(text, end, 10);
    if (errno != 0 || *end == text) usage(text);
    return n;
}

static uint64_t whole(const char *text) {
    char *end;
    uint64_t n = number(text, &end);
    if (*end != '\0') usage(text);
    return n;
}

static void take(program *p, const char *name, const char *value) {
    char *end;
    if (strcmp(name, "--seconds") == 0) {
        p->seconds = (double)whole(value);
    } else if (strcmp(name, "--seed") == 0) {
        p->seed = whole(value);
        (void)setenv("PRISM_SEED", value, 1); /* of the harness */
    } else if (strcmp(name, "--cases") == 0 || strcmp(name, "--kills") == 0) {
        p->cases = whole(value);
    } else if (strcmp(name, "--shard") == 0) {
        p->shard = number(value, &end);
        if (*end != '/') usage(value);
        p->n_shards = whole(end + 1);
        if (p->n_shards == 0 || p->shard >= p->n_shards) usage(value);
    } else {
        usage(name);
    }
}

void program_begin(program *p, const char *name, int argc, char **argv, uint64_t default_cases) {
    const char *seed = getenv("PRISM_SEED");
    memset(p, 0, sizeof *p);
    p->name = name;
    p->cases = default_cases;
    p->n_shards = 1;
    p->seed = seed != NULL && *seed >= '0' && *seed <= '9' ? whole(seed) : 20261130;
    p->start = program_clock();
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0) {
            if (i + 1 == argc) usage(argv[i]);
            take(p, argv[i], argv[i + 1]);
            i++;
        } else if (p->n_rest < 8) {
            p->rest[p->n_rest++] = argv[i];
        }
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
}

bool program_mine(const program *p, uint64_t n) {
    return n % p->n_shards == p->shard;
}

bool program_time_left(const program *p) {
    return p->seconds == 0 || program_clock() - p->start < p->seconds;
}

void program_finding(program *p, const char *fmt, ...) {
    va_list args;
    printf("# %s: ", p->name);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf("\n");
    p->findings++;
}

static void print_counters(const program *p) {
    printf("counters: %s cases=%llu seconds=%.1f seed=%llu findings=%llu\n", p->name,
           (unsigned long long)p->done, program_clock() - p->start, (unsigned long long)p->seed,
           (unsigned long long)p->findings);
}

int program_end(program *p) {
    bool good = p->findings == 0 && p->done > 0;
    print_counters(p);
    printf("%s - %s: %llu cases\n1..1\n", good ? "ok 1" : "not ok 1", p->name,
           (unsigned long long)p->done);
    return good ? 0 : 1;
}

int program_skip(const program *p, const char *reason) {
    printf("1..0 # SKIP %s: %s\n", p->name, reason);
    return 0;
}

const char *program_folder(bool in_memory) {
    static char path[64];
    snprintf(path, sizeof path, "/dev/shm/prism-crash-XXXXXX");
    if (in_memory && mkdtemp(path) != NULL) return path;
    snprintf(path, sizeof path, "/tmp/prism-crash-XXXXXX");
    if (mkdtemp(path) != NULL) return path;
    printf("Bail out! no folder can be made\n");
    exit(99);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at) {
    (void)st;
    (void)at;
    (void)(kind == FTW_DP ? rmdir(path) : unlink(path));
    return 0;
}

void program_remove(const char *path) {
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

uint64_t program_random(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t program_below(uint64_t *state, uint64_t n) {
    return program_random(state) % n;
}
