/* query.c - how long does this index take for these queries?
 *
 *   prism_query INDEX QUERIES [OPTION...]   a line of JSON for each mode and query of the file
 *   prism_query INDEX --serve [OPTION...]   the same for requests of bench/run-queries
 *
 *   --modes A,B     of top10, top100, top1000, top100count, count (all)
 *   --repeat N      timed runs of each (10)        --max-ms N  no more than this (2000)
 *   --exhaustive    no pruning          --cpu LEVEL  kernels of this level
 *   --threads N     so many threads walk through the file at once, each for itself
 *   --within N      threads that one search may use (wall tells of it, ns is of the first alone)
 *   --filters MIB   filters are kept with the snapshot, in so much memory
 *   --text          queries are read as psearch reads them, not as below
 *   --open          how long it takes to open the index and to answer its first query, and no more
 *
 * QUERIES has lines CLASS TAB QUERY.  A query is built by calls, so that a word is a word and stop
 * words are words, too; it means the same to every engine (bench/peers/README.md):
 *
 *     a b          any          +a +b   all       -a    none         "a b"   a phrase
 *     a*           a prefix     #10..19 (last)    only documents whose number `n` is in there
 *
 * A line: class, query, mode, ns (median of the CPU time of the thread, which neighbours on the
 * machine disturb least), min (its least), wall (median of wall time), runs, count (matches; -1
 * where not known), and the ten best as ids (order of arrival) and scores.  The clock is around
 * prism_search alone: a query is made once, its hits are freed outside. */
#include <prismsearch.h>
#include <pthread.h>

#include "../peer.h"

#define SAMPLES 1024u
#define MAX_CLAUSES 128u
#define ENOUGH_NS 1000000u /* short queries are repeated until this much is spent */

static const struct {
    const char *name;
    uint32_t k;
    prism_count_mode count;
} modes[] = {{"top10", 10, PRISM_COUNT_NONE},
             {"top100", 100, PRISM_COUNT_NONE},
             {"top1000", 1000, PRISM_COUNT_NONE},
             {"top100count", 100, PRISM_COUNT_EXACT},
             {"count", 0, PRISM_COUNT_EXACT}};
#define N_MODES (sizeof modes / sizeof *modes)

typedef struct options {
    const char *index, *queries, *modes;
    unsigned repeat, threads, within;
    size_t filters;
    uint64_t max_ns;
    int exhaustive, text, serve, open;
} options;

/* A query of the file. */
typedef struct item {
    char *class_name, *text;
    prism_query *query, *filter; /* NULL: not made yet; no filter */
} item;

typedef struct result {
    uint64_t median, least, wall; /* ns; median of CPU time, its least, median of wall time */
    unsigned runs;
    prism_hits *hits;
} result;

typedef struct bench {
    options o;
    prism_snapshot *snap;
    item *items;
    size_t n, cap;
} bench;

static void check(prism_status status, const prism_error *err, const char *what) {
    if (status != PRISM_OK) peer_die(what, err->text);
}

static uint64_t now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- queries -------------------------------------------------------------------------------- */

/* The filter at the end of a text, which is cut off it. */
static prism_query *take_filter(const prism_schema *schema, const char *text, size_t *len) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *filter = NULL;
    const char *at = NULL, *dots = NULL;
    for (const char *p = text; p < text + *len; p++)
        if (*p == '#' && (p == text || p[-1] == ' ')) at = p;
    if (at != NULL) dots = strstr(at, "..");
    if (dots == NULL) return NULL;
    check(prism_query_range(schema, "n", at + 1, (size_t)(dots - at - 1), dots + 2,
                            (size_t)(text + *len - dots - 2), 0, &filter, &err),
          &err, text);
    *len = (size_t)(at - text);
    if (*len > 0) --*len; /* the space before it */
    return filter;
}

/* The part of a query that begins at `at`; returns where it ends. */
static const char *read_clause(const prism_schema *schema, const char *at, const char *end,
                               prism_clause *clause, prism_query **out) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    clause->occur = *at == '+' ? PRISM_MUST : *at == '-' ? PRISM_MUST_NOT : PRISM_SHOULD;
    if (clause->occur != PRISM_SHOULD) at++;
    int quoted = *at == '"';
    at += quoted;
    const char *stop = memchr(at, quoted ? '"' : ' ', (size_t)(end - at));
    if (stop == NULL) stop = end;
    size_t len = (size_t)(stop - at);
    if (quoted) {
        check(prism_query_phrase(schema, "body", at, len, &query, &err), &err, at);
    } else if (len > 0 && at[len - 1] == '*') {
        check(prism_query_prefix(schema, "body", at, len - 1, &query, &err), &err, at);
    } else {
        check(prism_query_term(schema, "body", at, len, &query, &err), &err, at);
    }
    clause->query = *out = query;
    return stop + quoted;
}

static prism_query *build(const prism_schema *schema, const char *text, size_t len) {
    prism_error err = PRISM_ERROR_INIT;
    prism_clause clauses[MAX_CLAUSES];
    prism_query *parts[MAX_CLAUSES], *query = NULL;
    size_t n = 0;
    for (const char *p = text, *end = text + len; p < end;) {
        if (*p == ' ') {
            p++;
            continue;
        }
        if (n == MAX_CLAUSES) peer_die(text, "too many clauses");
        p = read_clause(schema, p, end, &clauses[n], &parts[n]);
        n++;
    }
    if (n == 1 && clauses[0].occur != PRISM_MUST_NOT) return parts[0];
    check(prism_query_bool(clauses, n, 0, &query, &err), &err, text);
    for (size_t i = 0; i < n; i++) prism_query_unref(parts[i]);
    return query;
}

static void make_query(const bench *b, item *q) {
    prism_error err = PRISM_ERROR_INIT;
    const prism_schema *schema = prism_snapshot_schema(b->snap);
    size_t len = strlen(q->text);
    q->filter = take_filter(schema, q->text, &len);
    if (b->o.text) {
        check(prism_query_parse(schema, q->text, len, NULL, &q->query, &err), &err, q->text);
    } else {
        q->query = build(schema, q->text, len);
    }
}

static void free_query(item *q) {
    prism_query_unref(q->query);
    prism_query_unref(q->filter);
    q->query = q->filter = NULL;
}

/* ---- timing --------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* One run; its hits replace those of the run before.  Returns: wall time */
static uint64_t run_once(const bench *b, const item *q, const prism_search_opts *opts,
                         prism_hits **hits, uint64_t *cpu) {
    prism_error err = PRISM_ERROR_INIT;
    prism_hits_free(*hits);
    *hits = NULL;
    uint64_t cpu_begin = now(CLOCK_THREAD_CPUTIME_ID), begin = now(CLOCK_MONOTONIC);
    prism_status status = prism_search(b->snap, q->query, opts, hits, &err);
    uint64_t took = now(CLOCK_MONOTONIC) - begin;
    *cpu = now(CLOCK_THREAD_CPUTIME_ID) - cpu_begin;
    check(status, &err, q->text);
    return took;
}

/* Warm, then timed runs: `repeat` of them, fewer (3 at least) where they take long, more where they
 * are short. */
static result time_query(const bench *b, const item *q, size_t mode, unsigned repeat) {
    static _Thread_local uint64_t samples[SAMPLES], walls[SAMPLES];
    uint64_t spent = 0;
    result r = {0, 0, 0, 0, NULL};
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = modes[mode].k;
    opts.count = modes[mode].count;
    opts.exhaustive = b->o.exhaustive;
    opts.filter = q->filter;
    opts.threads = b->o.within;
    opts.filter_cache = b->o.filters;
    run_once(b, q, &opts, &r.hits, samples);
    if (samples[0] < b->o.max_ns / 20) run_once(b, q, &opts, &r.hits, samples);
    while (r.runs < SAMPLES && (r.runs < repeat || spent < ENOUGH_NS) &&
           (r.runs < 3 || spent < b->o.max_ns)) {
        walls[r.runs] = run_once(b, q, &opts, &r.hits, &samples[r.runs]);
        spent += samples[r.runs++];
    }
    qsort(samples, r.runs, sizeof *samples, by_size);
    qsort(walls, r.runs, sizeof *walls, by_size);
    r.median = samples[r.runs / 2];
    r.wall = walls[r.runs / 2];
    r.least = samples[0];
    return r;
}

/* ---- output --------------------------------------------------------------------------------- */

static void print_text(FILE *out, const char *name, const char *text) {
    fprintf(out, "\"%s\":\"", name);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\') fputc('\\', out);
        fputc(*p, out);
    }
    fputs("\",", out);
}

static void print_result(FILE *out, const result *r) {
    int exact = 0;
    uint64_t total = prism_hits_total(r->hits, &exact);
    uint32_t n = prism_hits_count(r->hits) < 10 ? prism_hits_count(r->hits) : 10;
    prism_hit hit;
    fprintf(out, "\"ns\":%llu,\"min\":%llu,\"wall\":%llu,\"runs\":%u,\"count\":%lld,\"ids\":[",
            (unsigned long long)r->median, (unsigned long long)r->least,
            (unsigned long long)r->wall, r->runs, exact ? (long long)total : -1);
    for (uint32_t i = 0; i < n; i++) {
        prism_hits_get(r->hits, i, &hit);
        fprintf(out, "%s%llu", i == 0 ? "" : ",", (unsigned long long)hit.arrival);
    }
    fputs("],\"scores\":[", out);
    for (uint32_t i = 0; i < n; i++) {
        prism_hits_get(r->hits, i, &hit);
        fprintf(out, "%s%.6g", i == 0 ? "" : ",", (double)hit.score);
    }
    fputs("]}\n", out);
}

static void print_line(const bench *b, const item *q, size_t mode, const result *r) {
    char *line = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&line, &len); /* whole lines, also from several threads */
    if (out == NULL) peer_die("output", "out of memory");
    fputc('{', out);
    print_text(out, "class", q->class_name);
    print_text(out, "query", q->text);
    fprintf(out, "\"mode\":\"%s\",", modes[mode].name);
    if (b->o.threads > 1) fprintf(out, "\"threads\":%u,", b->o.threads);
    print_result(out, r);
    fclose(out);
    fwrite(line, 1, len, stdout);
    free(line);
}

/* ---- ways to run ---------------------------------------------------------------------------- */

static int is_wanted(const options *o, size_t mode) {
    const char *name = modes[mode].name;
    size_t len = strlen(name);
    if (o->modes == NULL) return 1;
    for (const char *p = o->modes; (p = strstr(p, name)) != NULL; p += len)
        if ((p == o->modes || p[-1] == ',') && (p[len] == ',' || p[len] == '\0')) return 1;
    return 0;
}

static void read_queries(bench *b) {
    peer_lines in;
    peer_lines_open(&in, b->o.queries);
    while (peer_lines_next(&in)) {
        char *tab = strchr(in.line, '\t');
        if (in.len == 0 || in.line[0] == '%') continue;
        if (tab == NULL) peer_die(b->o.queries, "a line without a tab");
        if (b->n == b->cap) {
            b->cap = b->cap ? 2 * b->cap : 1024;
            b->items = realloc(b->items, b->cap * sizeof *b->items);
            if (b->items == NULL) peer_die("queries", "out of memory");
        }
        item *q = &b->items[b->n++];
        memset(q, 0, sizeof *q);
        q->class_name = strndup(in.line, (size_t)(tab - in.line));
        q->text = strdup(tab + 1);
        if (q->class_name == NULL || q->text == NULL) peer_die("queries", "out of memory");
    }
    peer_lines_close(&in);
}

typedef struct worker {
    const bench *b;
    pthread_barrier_t *barrier;
    unsigned number;
    pthread_t thread;
} worker;

/* Each thread begins somewhere else in the file. */
static void *work(void *ctx) {
    const worker *w = ctx;
    const bench *b = w->b;
    for (size_t mode = 0; mode < N_MODES; mode++) {
        if (!is_wanted(&b->o, mode)) continue;
        pthread_barrier_wait(w->barrier);
        for (size_t i = 0; i < b->n; i++) {
            const item *q = &b->items[(i + w->number * b->n / b->o.threads) % b->n];
            result r = time_query(b, q, mode, b->o.repeat);
            print_line(b, q, mode, &r);
            prism_hits_free(r.hits);
        }
    }
    return NULL;
}

static void run_file(bench *b) {
    worker workers[16];
    pthread_barrier_t barrier;
    read_queries(b);
    for (size_t i = 0; i < b->n; i++) make_query(b, &b->items[i]);
    if (pthread_barrier_init(&barrier, NULL, b->o.threads) != 0) peer_die("threads", "barrier");
    for (unsigned i = 0; i < b->o.threads; i++) {
        workers[i] = (worker){b, &barrier, i, 0};
        if (i > 0 && pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            peer_die("threads", strerror(errno));
        }
    }
    work(&workers[0]);
    for (unsigned i = 1; i < b->o.threads; i++) pthread_join(workers[i].thread, NULL);
    pthread_barrier_destroy(&barrier);
    for (size_t i = 0; i < b->n; i++) {
        free_query(&b->items[i]);
        free(b->items[i].class_name);
        free(b->items[i].text);
    }
    free(b->items);
}

/* Requests MODE TAB REPEAT TAB QUERY; {"error":...} where the mode or the query is none of ours. */
static void serve(bench *b) {
    char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, stdin) > 0) {
        char *repeat = strchr(line, '\t'), *text = repeat ? strchr(repeat + 1, '\t') : NULL;
        if (text == NULL) peer_die("request", line);
        *repeat++ = *text++ = '\0';
        text[strcspn(text, "\n")] = '\0';
        size_t mode = 0;
        while (mode < N_MODES && strcmp(modes[mode].name, line) != 0) mode++;
        if (mode == N_MODES) peer_die(line, "no such mode");
        item q = {text, text, NULL, NULL};
        make_query(b, &q);
        result r = time_query(b, &q, mode, (unsigned)strtoul(repeat, NULL, 10));
        putchar('{');
        print_result(stdout, &r);
        fflush(stdout);
        prism_hits_free(r.hits);
        free_query(&q);
    }
    free(line);
}

static void open_index(bench *b) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index = NULL;
    check(prism_index_open(b->o.index, NULL, &index, &err), &err, b->o.index);
    check(prism_snapshot_open(index, &b->snap, &err), &err, b->o.index);
    prism_index_close(index);
}

/* From nothing open to the hits of the first query of the file, and of it the search; CPU time (all
 * is in memory), medians of 21. */
static void time_open(bench *b) {
    uint64_t whole[21], searching[21];
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    read_queries(b);
    if (b->n == 0) peer_die(b->o.queries, "no query");
    for (size_t i = 0; i < 21; i++) {
        prism_hits *hits = NULL;
        uint64_t begin = now(CLOCK_THREAD_CPUTIME_ID);
        open_index(b);
        make_query(b, &b->items[0]);
        run_once(b, &b->items[0], &opts, &hits, &searching[i]);
        whole[i] = now(CLOCK_THREAD_CPUTIME_ID) - begin;
        prism_hits_free(hits);
        free_query(&b->items[0]);
        prism_snapshot_unref(b->snap);
    }
    qsort(whole, 21, sizeof *whole, by_size);
    qsort(searching, 21, sizeof *searching, by_size);
    printf("{\"open_and_search_ns\":%llu,\"search_ns\":%llu}\n", (unsigned long long)whole[10],
           (unsigned long long)searching[10]);
}

static void read_options(options *o, int argc, char **argv) {
    prism_error err = PRISM_ERROR_INIT;
    *o = (options){.index = argv[1], .repeat = 10, .threads = 1, .max_ns = 2000000000u};
    for (int i = 2; i < argc; i++) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(name, "--exhaustive") == 0) {
            o->exhaustive = 1;
        } else if (strcmp(name, "--text") == 0) {
            o->text = 1;
        } else if (strcmp(name, "--serve") == 0) {
            o->serve = 1;
        } else if (strcmp(name, "--open") == 0) {
            o->open = 1;
        } else if (name[0] != '-' && o->queries == NULL) {
            o->queries = name;
        } else {
            i++;
            if (strcmp(name, "--modes") == 0) {
                o->modes = value;
            } else if (strcmp(name, "--repeat") == 0) {
                o->repeat = (unsigned)strtoul(value, NULL, 10);
            } else if (strcmp(name, "--threads") == 0) {
                o->threads = (unsigned)strtoul(value, NULL, 10);
            } else if (strcmp(name, "--within") == 0) {
                o->within = (unsigned)strtoul(value, NULL, 10);
            } else if (strcmp(name, "--filters") == 0) {
                o->filters = (size_t)strtoull(value, NULL, 10) << 20;
            } else if (strcmp(name, "--max-ms") == 0) {
                o->max_ns = strtoull(value, NULL, 10) * 1000000u;
            } else if (strcmp(name, "--cpu") == 0) {
                check(prism_cpu_use(value, &err), &err, value);
            } else {
                peer_die(name, "no such option");
            }
        }
    }
    if (o->threads < 1 || o->threads > 16) peer_die("--threads", "1 to 16");
    if (o->queries == NULL && !o->serve) peer_die("usage", "prism_query INDEX QUERIES [OPTION...]");
}

int main(int argc, char **argv) {
    bench b = {0};
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("{\"version\":\"%s\",\"detail\":\"%s\"}\n", prism_version(), __VERSION__);
        return 0;
    }
    if (argc < 3) peer_die("usage", "prism_query INDEX QUERIES|--serve [OPTION...]");
    read_options(&b.o, argc, argv);
    if (b.o.open) {
        time_open(&b);
        return 0;
    }
    open_index(&b);
    if (b.o.serve) {
        serve(&b);
    } else {
        run_file(&b);
    }
    prism_snapshot_unref(b.snap);
    return 0;
}
