/* cmd_bench.c - bench: how long do these queries take?
 *
 * Every query is parsed once, run --warmup times untimed and --repeat times timed, in rounds over
 * the whole list (so that a slow spell of the machine is spread over all).  A query has p50, p95,
 * p99 and mean over its repeats.  A class, and all queries together, have them over the p50 of
 * their queries, and as QPS what one thread would reach at these p50, one query after the other.
 * Source: search-benchmark-game, luceneutil.   Tested by: tests/cli/bench.sh */
#include "bench.h"

#include "answer.h"
#include "progress.h"
#include "width.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static double clock_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ---- timing --------------------------------------------------------------------------------- */

static prism_search_opts search_options(const bench *b) {
    const cli_options *o = b->options;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.filter = b->filter;
    opts.sort = o->sort;
    opts.exhaustive = o->exhaustive;
    opts.threads = (unsigned)o->threads;
    opts.cancel = &cli_interrupted;
    opts.count = strstr(o->mode, "count") ? PRISM_COUNT_EXACT : PRISM_COUNT_NONE;
    if (strcmp(o->mode, "count") == 0)
        opts.k = 0;
    else if (strcmp(o->mode, "top100") == 0)
        opts.k = 100;
    else if (strcmp(o->mode, "top1000") == 0)
        opts.k = 1000;
    return opts;
}

static int time_query(bench *b, timed_query *q, double *us) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = search_options(b);
    prism_hits *hits = NULL;
    if (q->count_only) {
        opts.k = 0;
        opts.count = PRISM_COUNT_EXACT;
    }
    double start = clock_us();
    if (prism_search(b->snap, q->query, &opts, &hits, &err) != PRISM_OK) return cli_fail(&err);
    double took = clock_us() - start;
    if (us) *us = took;
    q->total = prism_hits_total(hits, NULL);
    prism_hits_free(hits);
    return cli_interrupted ? CLI_INTERRUPTED : CLI_OK;
}

static int run_rounds(bench *b) {
    const cli_options *o = b->options;
    progress p;
    int code = CLI_OK;
    uint64_t rounds = o->warmup + o->repeat, done = 0;
    progress_begin(&p, o->progress, "timing", rounds * b->n);
    p.thing = "run";
    for (uint64_t r = 0; r < rounds && code == CLI_OK; r++) {
        for (size_t i = 0; i < b->n && code == CLI_OK; i++) {
            timed_query *q = &b->queries[i];
            code = time_query(b, q, r < o->warmup ? NULL : &q->us[r - o->warmup]);
            done++;
            progress_at(&p, done, 0, done);
        }
    }
    progress_clear(&p);
    return code;
}

/* ---- figures -------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double percentile(const double *sorted, size_t n, double p) {
    return sorted[(size_t)(p * (double)(n - 1) + 0.5)];
}

/* {"p50","p95","p99","mean"} of n > 0 sorted values. */
static json_t *figures(const double *sorted, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += sorted[i];
    return json_pack("{s:f, s:f, s:f, s:f}", "p50", percentile(sorted, n, .5), "p95",
                     percentile(sorted, n, .95), "p99", percentile(sorted, n, .99), "mean",
                     sum / (double)n);
}

static double median(const bench *b, const timed_query *q) {
    return percentile(q->us, (size_t)b->options->repeat, .5);
}

static bool is_of(const timed_query *q, const char *class_name) {
    for (size_t i = 0; i < q->n_classes; i++)
        if (strcmp(q->classes[i], class_name) == 0) return true;
    return false;
}

/* The figures of the queries of a class (NULL: all), with their number and QPS. */
static json_t *summarize(const bench *b, const char *class_name) {
    double *values = malloc(b->n * sizeof *values), sum = 0;
    size_t n = 0;
    if (values == NULL) return NULL;
    for (size_t i = 0; i < b->n; i++) {
        if (class_name && !is_of(&b->queries[i], class_name)) continue;
        values[n] = median(b, &b->queries[i]);
        sum += values[n++];
    }
    qsort(values, n, sizeof *values, by_value);
    json_t *row = figures(values, n);
    json_object_set_new(row, "queries", json_integer((json_int_t)n));
    json_object_set_new(row, "qps", json_real(sum > 0 ? (double)n * 1e6 / sum : 0));
    free(values);
    return row;
}

static json_t *query_row(const bench *b, const timed_query *q) {
    json_t *row = json_object(), *classes = json_array();
    for (size_t i = 0; i < q->n_classes; i++)
        json_array_append_new(classes, answer_string(q->classes[i], strlen(q->classes[i])));
    json_object_set_new(row, "query", answer_string(q->text, strlen(q->text)));
    json_object_set(row, "class", json_array_get(classes, 0));
    json_object_set_new(row, "classes", classes);
    json_object_update_new(row, figures(q->us, (size_t)b->options->repeat));
    json_object_set_new(row, "min", json_real(q->us[0]));
    json_object_set_new(row, "total", json_integer((json_int_t)q->total));
    return row;
}

static json_t *all_classes(const bench *b) {
    json_t *classes = json_object();
    for (size_t i = 0; i < b->n; i++) {
        const timed_query *q = &b->queries[i];
        for (size_t c = 0; c < q->n_classes; c++)
            if (json_object_get(classes, q->classes[c]) == NULL)
                json_object_set_new(classes, q->classes[c], summarize(b, q->classes[c]));
    }
    return classes;
}

static json_t *skipped_forms(const bench *b) {
    json_t *forms = json_object();
    for (size_t i = 0; i < b->n_forms; i++)
        json_object_set_new(forms, b->forms[i].reason, json_integer((json_int_t)b->forms[i].n));
    return forms;
}

static json_t *report(const bench *b) {
    json_t *root = answer_head(b->snap), *each = json_array();
    for (size_t i = 0; i < b->n; i++) json_array_append_new(each, query_row(b, &b->queries[i]));
    json_object_set_new(root, "mode", json_string(b->options->mode));
    json_object_set_new(root, "repeat", json_integer((json_int_t)b->options->repeat));
    json_object_set_new(root, "skipped", json_integer((json_int_t)b->skipped));
    json_object_set_new(root, "skipped_forms", skipped_forms(b));
    json_object_set_new(root, "all", summarize(b, NULL));
    json_object_set_new(root, "classes", all_classes(b));
    json_object_set_new(root, "queries", each);
    return root;
}

/* ---- printing ------------------------------------------------------------------------------- */

static double real_of(const json_t *row, const char *name) {
    return json_real_value(json_object_get(row, name));
}

/* The first 40 columns of a name, filled up with blanks. */
static void print_name(const char *name) {
    unsigned columns = 0;
    uint32_t cp;
    for (const char *p = name, *end = name + strlen(name); p < end;) {
        size_t n = width_read(p, end, &cp);
        if (columns + width_of(cp) > 40) break;
        if (width_is_control(cp))
            putchar(' ');
        else
            fwrite(p, 1, n, stdout);
        columns += width_is_control(cp) ? 1 : width_of(cp);
        p += n;
    }
    printf("%*s", (int)(40 - columns), "");
}

static void print_row(const char *name, const json_t *row, const char *last) {
    print_name(name);
    printf(" %10.1f %10.1f %10.1f %10.1f %s\n", real_of(row, "p50"), real_of(row, "p95"),
           real_of(row, "p99"), real_of(row, "mean"), last);
}

static void print_class(const char *name, const json_t *row) {
    char last[64];
    snprintf(last, sizeof last, "%8lld %10.0f",
             (long long)json_integer_value(json_object_get(row, "queries")), real_of(row, "qps"));
    print_row(name, row, last);
}

/* The queries first, so that what one looks for stands at the end. */
static void print_human(const json_t *root) {
    const char *name;
    size_t i;
    json_t *row;
    char last[32];
    printf("%-40s %10s %10s %10s %10s %8s\n", "query (microseconds)", "p50", "p95", "p99", "mean",
           "found");
    json_array_foreach(json_object_get(root, "queries"), i, row) {
        snprintf(last, sizeof last, "%8lld",
                 (long long)json_integer_value(json_object_get(row, "total")));
        print_row(json_string_value(json_object_get(row, "query")), row, last);
    }
    printf("\n%-40s %10s %10s %10s %10s %8s %10s\n", "class", "p50", "p95", "p99", "mean",
           "queries", "QPS");
    json_object_foreach(json_object_get(root, "classes"), name, row) {
        print_class(name, row);
    }
    print_class("all", json_object_get(root, "all"));
}

static bool print_report(const bench *b) {
    json_t *root = report(b), *row;
    size_t i;
    bool done = true;
    if (b->options->format == FORMAT_HUMAN) {
        print_human(root);
    } else if (b->options->format == FORMAT_JSONL) {
        json_array_foreach(json_object_get(root, "queries"), i, row) {
            done = done && answer_print(row);
        }
    } else {
        done = answer_print(root);
    }
    json_decref(root);
    return done;
}

static int read_filter(bench *b) {
    const char *text = b->options->filter;
    prism_error err = PRISM_ERROR_INIT;
    prism_query_opts opts = answer_query_opts(b->options, NULL);
    if (text == NULL) return CLI_OK;
    opts.strict = 1;
    if (prism_query_parse(prism_index_schema(b->index), text, strlen(text), &opts, &b->filter,
                          &err) == PRISM_OK)
        return CLI_OK;
    return cli_usage("--filter: %s", err.text);
}

static int run_bench(bench *b) {
    int code = read_filter(b);
    if (code == CLI_OK) code = bench_read(b);
    if (code == CLI_OK) code = run_rounds(b);
    if (code != CLI_OK) return code;
    for (size_t i = 0; i < b->n; i++)
        qsort(b->queries[i].us, (size_t)b->options->repeat, sizeof(double), by_value);
    return print_report(b) ? CLI_OK : CLI_SYSTEM;
}

int cmd_bench(cli_options *o) {
    bench b;
    prism_error err = PRISM_ERROR_INIT;
    memset(&b, 0, sizeof b);
    b.options = o;
    if (o->queries == NULL) return cli_usage("bench: --queries FILE is needed");
    if (o->n_args > 0) return cli_usage("bench: %s: unexpected", o->args[0]);
    if (o->repeat == 0 || o->repeat > 10000) return cli_usage("bench: --repeat must be 1 to 10000");
    if (o->cpu && prism_cpu_use(o->cpu, &err) != PRISM_OK)
        return cli_usage("--cpu=%s: %s", o->cpu, err.text);
    cli_catch_interrupts();
    int code = cli_open(o, &b.index, &b.snap);
    if (code == CLI_OK) code = cli_read_words(o, prism_index_schema(b.index));
    if (code == CLI_OK) code = run_bench(&b);
    bench_fini(&b);
    prism_query_unref(b.filter);
    prism_snapshot_unref(b.snap);
    prism_index_close(b.index);
    return code;
}
