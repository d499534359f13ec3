/* cmd_bench.c - bench: how long do these queries take?
 *
 * Every query is parsed once, run --warmup times untimed and --repeat times timed, in rounds over the whole
 * list (so that a slow spell of the machine is spread over all).  The figure of a query is the
 * median of its repeats; p50, p95, p99 and mean are over queries, for all and for each class.
 * A class is a tag of the query file, else the shape of the parsed tree. */
#include "answer.h"
#include "cli.h"
#include "input.h"
#include "progress.h"

#include <stdlib.h>
#include <string.h>

typedef struct timed_query {
    prism_query *query;
    char *text;
    char class_name[48];
    double *us; /* one per repeat; sorted at the end */
    double median;
    uint64_t total;
} timed_query;

typedef struct bench {
    const cli_options *options;
    prism_index *index;
    prism_snapshot *snap;
    timed_query *queries;
    size_t n, cap, skipped;
    double seconds; /* of the timed part */
} bench;

/* ---- reading -------------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *suffix) {
    size_t n = strlen(name), m = strlen(suffix);
    return n >= m && strcmp(name + n - m, suffix) == 0;
}

/* "Kind: query # freq=..." of luceneutil; near//a b is its span query. */
static bool read_task(const input_line *line, char *text, char *class_name) {
    const char *end = line->text + line->len, *colon = memchr(line->text, ':', line->len);
    if (colon == NULL || line->text[0] == '#') return false;
    const char *hash = memchr(colon, '#', (size_t)(end - colon)), *from = colon + 1;
    if (hash) end = hash;
    while (from < end && *from == ' ') from++;
    while (end > from && end[-1] == ' ') end--;
    bool near = end - from > 6 && memcmp(from, "near//", 6) == 0;
    if (near) from += 6;
    snprintf(class_name, 48, "%.*s", (int)(colon - line->text), line->text);
    snprintf(text, line->len + 16, near ? "\"%.*s\"~10" : "%.*s", (int)(end - from), from);
    return true;
}

static bool read_json(const input_line *line, char *text, char *class_name) {
    json_t *root = json_loadb(line->text, line->len, 0, NULL);
    const char *query = json_string_value(json_object_get(root, "query"));
    const char *tag = json_string_value(json_array_get(json_object_get(root, "tags"), 0));
    if (query) snprintf(text, line->len + 16, "%s", query); /* never longer than its JSON */
    if (tag) snprintf(class_name, 48, "%s", tag);
    json_decref(root);
    return query != NULL;
}

static bool read_query(const char *file, const input_line *line, char *text, char *class_name) {
    class_name[0] = 0;
    if (ends_with(file, ".jsonl") || ends_with(file, ".ndjson"))
        return read_json(line, text, class_name);
    if (ends_with(file, ".tasks")) return read_task(line, text, class_name);
    memcpy(text, line->text, line->len);
    text[line->len] = 0;
    return line->len > 0;
}

static bool make_room(bench *b) {
    if (b->n < b->cap) return true;
    size_t cap = b->cap ? 2 * b->cap : 256;
    timed_query *more = realloc(b->queries, cap * sizeof *more);
    if (more == NULL) return false;
    b->queries = more;
    b->cap = cap;
    return true;
}

static int add_query(bench *b, const input_line *line) {
    prism_error err = PRISM_ERROR_INIT;
    timed_query q;
    memset(&q, 0, sizeof q);
    if (!make_room(b)) return CLI_SYSTEM;
    q.text = malloc(line->len + 16);
    q.us = calloc((size_t)b->options->repeat + 1, sizeof *q.us);
    if (q.text == NULL || q.us == NULL) {
        free(q.text);
        free(q.us);
        return CLI_SYSTEM;
    }
    prism_query_opts opts = answer_query_opts(b->options, NULL);
    if (!read_query(b->options->queries, line, q.text, q.class_name) ||
        prism_query_parse(prism_index_schema(b->index), q.text, strlen(q.text), &opts, &q.query,
                          &err) != PRISM_OK) {
        free(q.text);
        free(q.us);
        b->skipped++;
        return CLI_OK;
    }
    if (q.class_name[0] == 0)
        snprintf(q.class_name, sizeof q.class_name, "%s", prism_query_shape(q.query));
    b->queries[b->n++] = q;
    return CLI_OK;
}

static int read_queries(bench *b) {
    prism_error err = PRISM_ERROR_INIT;
    input_stream *in;
    input_lines lines;
    input_line line;
    bool more;
    int code = CLI_OK;
    if (input_open(b->options->queries, &in, &err) != PRISM_OK) {
        cli_fail(&err);
        return CLI_REJECTED;
    }
    input_lines_init(&lines, in);
    while (code == CLI_OK) {
        if (input_next_line(&lines, &line, &more, &err) != PRISM_OK)
            code = cli_fail(&err);
        else if (!more)
            break;
        else if (line.len > 0)
            code = add_query(b, &line);
    }
    input_lines_fini(&lines);
    input_close(in);
    if (code == CLI_OK && b->n == 0) {
        cli_message("%s: no queries", b->options->queries);
        code = CLI_NOTHING;
    }
    return code;
}

/* ---- timing --------------------------------------------------------------------------------- */

static prism_search_opts search_options(const cli_options *o) {
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.exhaustive = o->exhaustive;
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

static int run_round(bench *b, uint64_t round) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = search_options(b->options);
    for (size_t i = 0; i < b->n; i++) {
        prism_hits *hits = NULL;
        uint64_t start = progress_clock_us();
        prism_status status = prism_search(b->snap, b->queries[i].query, &opts, &hits, &err);
        uint64_t took = progress_clock_us() - start;
        if (status != PRISM_OK) return cli_fail(&err);
        if (round >= b->options->warmup) {
            b->queries[i].us[round - b->options->warmup] = (double)took;
            b->queries[i].total = prism_hits_total(hits, NULL);
            b->seconds += (double)took / 1e6;
        }
        prism_hits_free(hits);
        if (cli_interrupted) return CLI_INTERRUPTED;
    }
    return CLI_OK;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double percentile(const double *sorted, size_t n, double p) {
    size_t i = (size_t)(p * (double)(n - 1) + 0.5);
    return sorted[i];
}

/* {"queries":n,"p50":..,"p95":..,"p99":..,"mean":..,"qps":..} over the queries of a class (NULL: all). */
static json_t *summarize(const bench *b, const char *class_name) {
    double *values = malloc(b->n * sizeof *values), sum = 0;
    size_t n = 0;
    if (values == NULL) return NULL;
    for (size_t i = 0; i < b->n; i++) {
        if (class_name && strcmp(b->queries[i].class_name, class_name) != 0) continue;
        values[n++] = b->queries[i].median;
        sum += b->queries[i].median;
    }
    qsort(values, n, sizeof *values, by_value);
    json_t *row = json_pack("{s:I, s:f, s:f, s:f, s:f, s:f}", "queries", (json_int_t)n, "p50",
                            percentile(values, n, .5), "p95", percentile(values, n, .95), "p99",
                            percentile(values, n, .99), "mean", sum / (double)n, "qps",
                            sum > 0 ? (double)n * 1e6 / sum : 0.0);
    free(values);
    return row;
}

static json_t *report(bench *b) {
    json_t *root = answer_head(b->snap), *classes = json_object(), *each = json_array();
    for (size_t i = 0; i < b->n; i++) {
        timed_query *q = &b->queries[i];
        qsort(q->us, (size_t)b->options->repeat, sizeof *q->us, by_value);
        q->median = percentile(q->us, (size_t)b->options->repeat, .5);
        json_array_append_new(each, json_pack("{s:s, s:s, s:f, s:f, s:I}", "query", q->text,
                                              "class", q->class_name, "us", q->median, "min_us",
                                              q->us[0], "total", (json_int_t)q->total));
    }
    for (size_t i = 0; i < b->n; i++)
        if (json_object_get(classes, b->queries[i].class_name) == NULL)
            json_object_set_new(classes, b->queries[i].class_name,
                                summarize(b, b->queries[i].class_name));
    json_object_set_new(root, "mode", json_string(b->options->mode));
    json_object_set_new(root, "repeat", json_integer((json_int_t)b->options->repeat));
    json_object_set_new(root, "skipped", json_integer((json_int_t)b->skipped));
    json_object_set_new(root, "all", summarize(b, NULL));
    json_object_set_new(root, "classes", classes);
    json_object_set_new(root, "queries", each);
    return root;
}

static void print_row(const char *name, const json_t *row) {
    printf("%-24s %7lld %10.0f %10.0f %10.0f %10.1f %10.0f\n", name,
           (long long)json_integer_value(json_object_get(row, "queries")),
           json_real_value(json_object_get(row, "p50")),
           json_real_value(json_object_get(row, "p95")),
           json_real_value(json_object_get(row, "p99")),
           json_real_value(json_object_get(row, "mean")),
           json_real_value(json_object_get(row, "qps")));
}

static void print_report(const json_t *root) {
    const char *name;
    json_t *row;
    printf("%-24s %7s %10s %10s %10s %10s %10s\n", "class", "queries", "p50 us", "p95 us", "p99 us",
           "mean us", "QPS");
    json_object_foreach(json_object_get(root, "classes"), name, row) {
        print_row(name, row);
    }
    print_row("all", json_object_get(root, "all"));
}

static int run_bench(bench *b) {
    int code = read_queries(b);
    for (uint64_t r = 0; r < b->options->warmup + b->options->repeat && code == CLI_OK; r++)
        code = run_round(b, r);
    if (code != CLI_OK) return code;
    json_t *root = report(b);
    if (b->options->format == FORMAT_HUMAN)
        print_report(root);
    else
        answer_print(root);
    if (b->skipped)
        cli_message("%llu lines could not be read as queries", (unsigned long long)b->skipped);
    json_decref(root);
    return CLI_OK;
}

int cmd_bench(cli_options *o) {
    bench b;
    memset(&b, 0, sizeof b);
    b.options = o;
    if (o->queries == NULL) return cli_usage("bench: --queries FILE is needed");
    if (o->repeat == 0 || o->repeat > 10000) return cli_usage("bench: --repeat must be 1 to 10000");
    cli_catch_interrupts();
    int code = cli_open(o, &b.index, &b.snap);
    if (code == CLI_OK) code = run_bench(&b);
    for (size_t i = 0; i < b.n; i++) {
        prism_query_unref(b.queries[i].query);
        free(b.queries[i].text);
        free(b.queries[i].us);
    }
    free(b.queries);
    prism_snapshot_unref(b.snap);
    prism_index_close(b.index);
    return code;
}
