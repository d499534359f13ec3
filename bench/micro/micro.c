/* micro.c - ways by turns, their medians and ratios: see micro.h.
 *
 * Invariants  How often a way runs in a row is found in a round of its own, which is thrown away
 *             and warms the caches.  All ways of a round stand beside each other in time.
 * Output      A line a way; with --json an object a line: docs/bench/results/README.md. */
#include "micro.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double micro_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void micro_need(bool holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "%s\n", what);
    exit(1);
}

/* ---- the command line
 * -------------------------------------------------------------------------- */

static bool take_value(micro_frame *m, const char *name, const char *value) {
    char *end = NULL;
    if (strcmp(name, "--only") == 0 || strcmp(name, "--run") == 0) {
        *(name[2] == 'o' ? &m->only : &m->run) = value;
        return true;
    }
    double number = strtod(value, &end);
    if (end == value || *end != '\0') return false;
    if (strcmp(name, "--seconds") == 0) m->least_seconds = number;
    if (strcmp(name, "--rounds") == 0) m->rounds = (unsigned)number;
    return m->least_seconds >= 0 && m->rounds >= 1 && m->rounds <= MICRO_MAX_ROUNDS;
}

static bool is_ours(const char *name) {
    return strcmp(name, "--only") == 0 || strcmp(name, "--seconds") == 0 ||
           strcmp(name, "--rounds") == 0 || strcmp(name, "--run") == 0;
}

bool micro_begin(micro_frame *m, const char *bench, int *argc, char **argv) {
    int kept = 1;
    *m = (micro_frame){.bench = bench, .rounds = 15, .least_seconds = 0.005};
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            m->json = true;
        } else if (is_ours(argv[i])) {
            if (i + 1 == *argc || !take_value(m, argv[i], argv[i + 1])) {
                fprintf(stderr, "%s: %s wants a value (--rounds 1 to %d)\n", bench, argv[i],
                        MICRO_MAX_ROUNDS);
                return false;
            }
            i++;
        } else {
            argv[kept++] = argv[i];
        }
    }
    *argc = kept;
    return true;
}

bool micro_wants(const micro_frame *m, const char *name) {
    return m->only == NULL || strstr(name, m->only) != NULL;
}

/* ---- measuring
 * --------------------------------------------------------------------------------- */

/* Seconds of one run, the mean of n in a row. */
static double time_way(micro_frame *m, const micro_way *way, unsigned n) {
    if (way->before != NULL) way->before(way->ctx);
    double start = micro_clock();
    for (unsigned i = 0; i < n; i++) m->sink += way->run(way->ctx);
    return (micro_clock() - start) / n;
}

static unsigned runs_in_a_row(micro_frame *m, const micro_way *way) {
    unsigned n = 1;
    if (way->before != NULL) {
        time_way(m, way, 1);
        return 1;
    }
    while (time_way(m, way, n) * n < m->least_seconds && n < 1u << 24) n *= 2;
    return n;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct summary {
    double least, median, greatest;
} summary;

static summary sum_up(const double *values, unsigned n) {
    double sorted[MICRO_MAX_ROUNDS];
    memcpy(sorted, values, n * sizeof *values);
    qsort(sorted, n, sizeof *sorted, by_size);
    return (summary){sorted[0], sorted[n / 2], sorted[n - 1]};
}

/* ---- telling
 * ----------------------------------------------------------------------------------- */

static void tell_text(const char *name, const char *unit, const micro_way *way, double rate,
                      const summary *ratio) {
    static const struct {
        double one;
        const char *prefix;
    } scales[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {0, ""}};
    size_t s = 0;
    while (rate < scales[s].one) s++;
    printf("%-26s %-14s %8.2f %s%s/s", name, way->name,
           rate / (scales[s].one > 0 ? scales[s].one : 1), scales[s].prefix, unit);
    if (ratio != NULL)
        printf("  %7.2fx (%.2f to %.2f)", ratio->median, ratio->least, ratio->greatest);
    printf("\n");
}

static void begin_json(const micro_frame *m, const char *name, const char *way, const char *unit) {
    printf("{\"kind\":\"micro\"");
    if (m->run != NULL) printf(",\"run\":\"%s\"", m->run);
    printf(",\"bench\":\"%s\",\"case\":\"%s\",\"way\":\"%s\",\"unit\":\"%s\"", m->bench, name, way,
           unit);
}

static void tell_json(const micro_frame *m, const char *name, const char *unit,
                      const micro_way *ways, const micro_way *way, double rate,
                      const summary *ratio) {
    begin_json(m, name, way->name, unit);
    printf(",\"per_s\":%.6g,\"rounds\":%u", rate, m->rounds);
    if (ratio != NULL)
        printf(",\"over\":\"%s\",\"ratio\":%.4g,\"least\":%.4g,\"greatest\":%.4g", ways[0].name,
               ratio->median, ratio->least, ratio->greatest);
    printf("}\n");
}

void micro_compare(micro_frame *m, const char *name, const char *unit, const micro_way *ways,
                   size_t n) {
    static double seconds[MICRO_MAX_WAYS][MICRO_MAX_ROUNDS], ratios[MICRO_MAX_ROUNDS];
    unsigned runs[MICRO_MAX_WAYS];
    micro_need(n <= MICRO_MAX_WAYS, "too many ways");
    if (!micro_wants(m, name)) return;
    for (size_t w = 0; w < n; w++) runs[w] = runs_in_a_row(m, &ways[w]);
    for (unsigned round = 0; round < m->rounds; round++)
        for (size_t w = 0; w < n; w++)
            seconds[w][round] = time_way(m, &ways[w], runs[w]) / ways[w].amount;
    for (size_t w = 0; w < n; w++) {
        for (unsigned r = 0; r < m->rounds; r++) ratios[r] = seconds[0][r] / seconds[w][r];
        summary spent = sum_up(seconds[w], m->rounds), ratio = sum_up(ratios, m->rounds);
        const summary *told = w > 0 ? &ratio : NULL;
        if (m->json)
            tell_json(m, name, unit, ways, &ways[w], 1 / spent.median, told);
        else
            tell_text(w == 0 ? name : "", unit, &ways[w], 1 / spent.median, told);
    }
    fflush(stdout);
}

void micro_value(const micro_frame *m, const char *name, const char *way, const char *unit,
                 double value) {
    if (!micro_wants(m, name)) return;
    if (m->json) {
        begin_json(m, name, way, unit);
        printf(",\"value\":%.6g}\n", value);
        return;
    }
    printf("%-26s %-14s %8.3f %s\n", name, way, value, unit);
}

int micro_end(const micro_frame *m) {
    if (m->sink == 42) fputc('\n', stderr); /* it has been looked at */
    return fflush(stdout) == 0 ? 0 : 1;
}
