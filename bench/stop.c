/* stop.c - told to stop, how soon does a search end?
 *
 *   prism_stop INDEX QUERIES [ROUNDS]   one query a line; ROUNDS stops of each, 20 by default
 *   -> a line for each way to stop:  way N  p50 x us  p99 x us  max x us  (the query of the max)
 *
 * Each query is run whole once, for its time T.  Then it is stopped ROUNDS times at a random moment
 * within T, by the cancel flag (another thread sets it) and by its own deadline; what is measured
 * is the time from then to the return.  All matches are ranked (exhaustive, with a count), so that
 * there is something to stop. */
#include <prismsearch.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void wait_until(uint64_t then) {
    while (now_ns() < then) { /* finer than any sleep */
    }
}

typedef struct samples {
    double *us;
    size_t n, cap;
    double max;
    char worst[120];
} samples;

static void add(samples *s, double us, const char *query) {
    if (s->n == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 1024;
        s->us = realloc(s->us, s->cap * sizeof *s->us);
        if (s->us == NULL) exit(8);
    }
    s->us[s->n++] = us;
    if (us <= s->max) return;
    s->max = us;
    snprintf(s->worst, sizeof s->worst, "%.100s", query);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *way, samples *s) {
    if (s->n == 0) return;
    qsort(s->us, s->n, sizeof *s->us, by_size);
    printf("%-9s %6zu  p50 %.0f us  p99 %.0f us  max %.0f us  (%s)\n", way, s->n, s->us[s->n / 2],
           s->us[s->n * 99 / 100], s->us[s->n - 1], s->worst);
    free(s->us);
}

static void fail(const prism_error *err) {
    fprintf(stderr, "prism_stop: %s\n", err->text);
    exit(3);
}

typedef struct stopper {
    uint64_t at, done; /* ns */
    volatile int flag;
} stopper;

static void *set_flag(void *ctx) {
    stopper *s = ctx;
    wait_until(s->at);
    s->done = now_ns();
    s->flag = 1;
    return NULL;
}

/* Run a query to its end; returns whether it was stopped. */
static int search(prism_snapshot *snap, const prism_query *query, uint64_t timeout_us,
                  const volatile int *cancel) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits;
    opts.count = PRISM_COUNT_EXACT;
    opts.exhaustive = 1;
    opts.timeout_us = timeout_us;
    opts.cancel = cancel;
    opts.k = 1000;
    if (prism_search(snap, query, &opts, &hits, &err) != PRISM_OK) fail(&err);
    int stopped = !prism_hits_complete(hits);
    prism_hits_free(hits);
    return stopped;
}

static void stop_by_flag(prism_snapshot *snap, const prism_query *query, uint64_t after,
                         samples *out, const char *text) {
    stopper s = {now_ns() + 50000 + after, 0, 0}; /* the thread needs a moment to begin */
    pthread_t thread;
    if (pthread_create(&thread, NULL, set_flag, &s) != 0) exit(8);
    wait_until(s.at - after);
    int stopped = search(snap, query, 0, &s.flag);
    uint64_t end = now_ns();
    pthread_join(thread, NULL);
    if (stopped && end > s.done) add(out, (double)(end - s.done) / 1e3, text);
}

static void stop_by_deadline(prism_snapshot *snap, const prism_query *query, uint64_t after,
                             samples *out, const char *text) {
    uint64_t begin = now_ns(), us = after / 1000 + 1;
    if (search(snap, query, us, NULL))
        add(out, (double)(now_ns() - begin) / 1e3 - (double)us, text);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fputs("usage: prism_stop INDEX QUERIES [ROUNDS]\n", stderr);
        return 2;
    }
    int rounds = argc > 3 ? atoi(argv[3]) : 20;
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index;
    prism_snapshot *snap;
    if (prism_index_open(argv[1], NULL, &index, &err) != PRISM_OK ||
        prism_snapshot_open(index, &snap, &err) != PRISM_OK)
        fail(&err);
    FILE *f = fopen(argv[2], "r");
    if (f == NULL) {
        fprintf(stderr, "prism_stop: cannot read %s\n", argv[2]);
        return 3;
    }
    samples flag = {0}, deadline = {0};
    static char line[65536];
    srand(1);
    while (fgets(line, sizeof line, f) != NULL) {
        prism_query *query;
        line[strcspn(line, "\r\n")] = 0;
        if (prism_query_parse(prism_snapshot_schema(snap), line, strlen(line), NULL, &query,
                              &err) != PRISM_OK)
            fail(&err);
        search(snap, query, 0, NULL); /* warm */
        uint64_t begin = now_ns();
        search(snap, query, 0, NULL);
        uint64_t whole = now_ns() - begin;
        for (int i = 0; i < rounds; i++) {
            uint64_t after = (uint64_t)((double)whole * rand() / RAND_MAX);
            stop_by_flag(snap, query, after, &flag, line);
            stop_by_deadline(snap, query, after, &deadline, line);
        }
        prism_query_unref(query);
    }
    fclose(f);
    report("flag", &flag);
    report("deadline", &deadline);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return 0;
}
