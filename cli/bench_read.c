/* bench_read.c - which queries are to be timed?
 *
 *   *.jsonl  *.ndjson   {"query":"+a +b","tags":["and","global"]}     class: each of the tags
 *   *.tasks             AndHighHigh: +s +have # freq=15798 freq=13    class: the kind
 *   anything else       +s +have                                      class: the shape of the tree
 *
 * Of a luceneutil line: the frequencies are left out, count(...) asks for the count alone, near//a
 * b is "a b"~10.  What this version has no form for (sorting, facets, filters, vectors, fuzzy
 * words, ...) is skipped, and told once a form.
 * Source: mikemccand/luceneutil, src/main/perf/TaskParser.java.   Tested by: tests/cli/bench.sh */
#include "bench.h"

#include "answer.h"
#include "input.h"

#include <stdlib.h>
#include <string.h>

static bool ends_with(const char *name, const char *suffix) {
    size_t n = strlen(name), m = strlen(suffix);
    return n >= m && strcmp(name + n - m, suffix) == 0;
}

/* ---- what is left out ----------------------------------------------------------------------- */

static void skip_form(bench *b, const char *reason, uint64_t line) {
    b->skipped++;
    size_t i = 0;
    while (i < b->n_forms && strcmp(b->forms[i].reason, reason) != 0) i++;
    if (i == BENCH_FORMS) i--; /* the last one takes the rest */
    if (i == b->n_forms) {
        snprintf(b->forms[i].reason, sizeof b->forms[i].reason, "%s", reason);
        b->forms[i].line = line;
        b->n_forms++;
    }
    b->forms[i].n++;
}

/* The lenient parser says which forms it dropped; a query without them is another query. */
static void watch_note(void *ctx, size_t at, const char *text) {
    char *reason = ctx;
    (void)at;
    const char *end = strstr(text, "not in this version");
    if (end == NULL || reason[0]) return;
    snprintf(reason, BENCH_REASON, "%.*s", (int)(end - text) + (int)strlen("not in this version"),
             text);
}

/* ---- one line ------------------------------------------------------------------------------- */

typedef struct reading {
    char *text;       /* room for the line and 16 bytes */
    const char *skip; /* why it cannot be asked; NULL = it can */
    timed_query *query;
} reading;

static void add_class(timed_query *q, const char *name, size_t len) {
    if (q->n_classes == BENCH_CLASSES) return;
    snprintf(q->classes[q->n_classes++], sizeof q->classes[0], "%.*s", (int)(len < 63 ? len : 63),
             name);
}

static bool holds(const char *from, const char *end, const char *what) {
    return memmem(from, (size_t)(end - from), what, strlen(what)) != NULL;
}

/* Forms of luceneutil that are no query text of ours. */
static const char *unbuilt_task(const char *from, const char *end, size_t kind_len,
                                const char *kind) {
    static const char *const options[][2] = {
        {"+facets:", "facets are not in this version"},
        {"ilter=", "a filter is not in this version"},
        {"+combinedFields=", "fields of one task are not in this version"},
        {"+dismaxFields=", "the best of several fields is not in this version"},
        {"+minShouldMatch=", "a minimum of matches is not in this version"},
        {"+constantScore", "a constant score is not in this version"},
        {"+searchAfter=", "a search after a hit is not in this version"},
        {"sort//", "sorting is not in this version"},
        {"vector//", "vectors are not in this version"},
        {"ordered//", "words in order are not in this version"},
    };
    bool slashes = holds(from, end, "//");
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (holds(from, end, options[i][0])) return options[i][1];
    if (slashes && end - from > 5 && memcmp(from, "group", 5) == 0)
        return "grouping is not in this version";
    if (kind_len == 7 && memcmp(kind, "Respell", 7) == 0) return "spelling is not in this version";
    bool near = end - from > 6 && memcmp(from, "near//", 6) == 0;
    return slashes && !near ? "ranges and sets of numbers are not in this version" : NULL;
}

static void read_task(const input_line *line, reading *r) {
    const char *end = line->text + line->len, *colon = memchr(line->text, ':', line->len);
    if (colon == NULL) {
        r->skip = "a line is not 'Kind: query'";
        return;
    }
    const char *hash = memmem(colon, (size_t)(end - colon), " # ", 3), *from = colon + 1;
    if (hash) end = hash;
    while (from < end && *from == ' ') from++;
    while (end > from && end[-1] == ' ') end--;
    if (end - from > 7 && memcmp(from, "count(", 6) == 0 && end[-1] == ')') {
        r->query->count_only = true;
        from += 6;
        end--;
    }
    add_class(r->query, line->text, (size_t)(colon - line->text));
    r->skip = unbuilt_task(from, end, (size_t)(colon - line->text), line->text);
    bool near = end - from > 6 && memcmp(from, "near//", 6) == 0;
    if (near) from += 6;
    int len = (int)(end - from);
    if (near)
        snprintf(r->text, line->len + 16, "\"%.*s\"~10", len, from);
    else
        snprintf(r->text, line->len + 16, "%.*s", len, from);
}

static void read_object(const input_line *line, reading *r) {
    json_t *root = json_loadb(line->text, line->len, 0, NULL), *tag;
    size_t i;
    const char *query = json_string_value(json_object_get(root, "query"));
    if (query) /* never longer than its JSON */
        snprintf(r->text, line->len + 16, "%s", query);
    else
        r->skip = "a line is not a JSON object with a query";
    json_array_foreach(json_object_get(root, "tags"), i, tag) {
        if (json_is_string(tag))
            add_class(r->query, json_string_value(tag), json_string_length(tag));
    }
    json_decref(root);
}

static void read_line(const char *file, const input_line *line, reading *r) {
    if (ends_with(file, ".jsonl") || ends_with(file, ".ndjson")) {
        read_object(line, r);
    } else if (ends_with(file, ".tasks")) {
        read_task(line, r);
    } else {
        memcpy(r->text, line->text, line->len);
        r->text[line->len] = 0;
    }
}

/* Parse what was read; `reason` tells why it cannot be asked. */
static void parse(const bench *b, reading *r, char *reason) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query_opts opts = answer_query_opts(b->options, NULL);
    opts.note = watch_note;
    opts.note_ctx = reason;
    if (prism_query_parse(prism_index_schema(b->index), r->text, strlen(r->text), &opts,
                          &r->query->query, &err) != PRISM_OK)
        snprintf(reason, BENCH_REASON, "%.*s", BENCH_REASON - 1, err.text);
    if (reason[0]) r->skip = reason;
    const char *shape = r->query->query ? prism_query_shape(r->query->query) : "";
    if (r->query->n_classes == 0) add_class(r->query, shape, strlen(shape));
}

static void free_query(timed_query *q) {
    prism_query_unref(q->query);
    free(q->text);
    free(q->us);
}

static bool grow(bench *b) {
    if (b->n < b->cap) return true;
    size_t cap = b->cap ? 2 * b->cap : 256;
    timed_query *more = realloc(b->queries, cap * sizeof *more);
    if (more == NULL) return false;
    b->queries = more;
    b->cap = cap;
    return true;
}

static int add_query(bench *b, const input_line *line) {
    timed_query q;
    char reason[BENCH_REASON] = "";
    memset(&q, 0, sizeof q);
    q.text = malloc(line->len + 16);
    q.us = calloc((size_t)b->options->repeat, sizeof *q.us);
    if (q.text == NULL || q.us == NULL || !grow(b)) {
        free_query(&q);
        cli_message("out of memory");
        return CLI_SYSTEM;
    }
    reading r = {q.text, NULL, &q};
    q.text[0] = 0;
    read_line(b->options->queries, line, &r);
    if (r.skip == NULL) parse(b, &r, reason);
    if (r.skip) {
        skip_form(b, r.skip, line->number);
        free_query(&q);
    } else {
        b->queries[b->n++] = q;
    }
    return CLI_OK;
}

static bool is_comment(const char *file, const input_line *line) {
    return line->len == 0 || (ends_with(file, ".tasks") && line->text[0] == '#');
}

int bench_read(bench *b) {
    const char *file = b->options->queries;
    prism_error err = PRISM_ERROR_INIT;
    input_stream *in;
    input_lines lines;
    input_line line;
    bool more;
    int code = CLI_OK;
    if (input_open(file, &in, &err) != PRISM_OK) {
        cli_fail_in(file, &err);
        return CLI_REJECTED;
    }
    input_lines_init(&lines, in);
    while (code == CLI_OK) {
        if (input_next_line(&lines, &line, &more, &err) != PRISM_OK)
            code = cli_fail_in(file, &err);
        else if (!more)
            break;
        else if (!is_comment(file, &line))
            code = add_query(b, &line);
    }
    input_lines_fini(&lines);
    input_close(in);
    for (size_t i = 0; i < b->n_forms; i++)
        cli_message("note: %s: %llu skipped, the first at line %llu: %s", file,
                    (unsigned long long)b->forms[i].n, (unsigned long long)b->forms[i].line,
                    b->forms[i].reason);
    if (code == CLI_OK && b->n == 0) {
        cli_message("%s: no query that can be asked", file);
        code = CLI_NOTHING;
    }
    return code;
}

void bench_fini(bench *b) {
    for (size_t i = 0; i < b->n; i++) free_query(&b->queries[i]);
    free(b->queries);
}
