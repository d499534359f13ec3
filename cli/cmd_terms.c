/* cmd_terms.c - terms: which words are in a field, and how often?
 *
 * Printed as the dictionary is walked, in its order, so that a vocabulary of any size passes
 * through; --top gathers all, sorts by df, and prints the first.  The JSON object is written around
 * the walk by hand for the same reason.
 * Tested by: tests/cli/look.sh */
#include "answer.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

typedef struct term_row {
    char *term;
    size_t len;
    const char *kind;
    uint64_t df, cf;
} term_row;

typedef struct term_list {
    const cli_options *options;
    term_row *rows; /* with --top: all of them, sorted afterwards */
    size_t n, cap;
    uint64_t printed;
    bool failed; /* out of memory */
} term_list;

static bool print_term(term_list *list, const term_row *r, const char *term) {
    cli_format format = list->options->format;
    bool first = list->printed++ == 0;
    if (format == FORMAT_JSON || format == FORMAT_JSONL) {
        json_t *line = json_pack("{s:o, s:s, s:I, s:I}", "term", answer_string(term, r->len),
                                 "kind", r->kind, "df", (json_int_t)r->df, "cf", (json_int_t)r->cf);
        if (format == FORMAT_JSON && !first) putchar(',');
        bool done = line && json_dumpf(line, stdout, JSON_COMPACT) == 0;
        if (format == FORMAT_JSONL) putchar('\n');
        json_decref(line);
        return done;
    }
    if (format == FORMAT_HUMAN)
        printf("%10llu %10llu  ", (unsigned long long)r->df, (unsigned long long)r->cf);
    fwrite(term, 1, r->len, stdout);
    return putchar('\n') != EOF;
}

static int take_term(void *ctx, const char *term, size_t len, const char *kind, uint64_t df,
                     uint64_t cf) {
    term_list *list = ctx;
    /* The last characters of runs are an index structure, not words of their own. */
    if (strcmp(kind, "hanend") == 0) return 0;
    term_row row = {NULL, len, kind, df, cf};
    if (list->options->top == 0) return !print_term(list, &row, term);
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 1024;
        term_row *rows = realloc(list->rows, cap * sizeof *rows);
        if (rows) {
            list->rows = rows;
            list->cap = cap;
        }
    }
    row.term = list->n < list->cap ? malloc(len + 1) : NULL;
    list->failed = row.term == NULL;
    if (list->failed) return 1;
    memcpy(row.term, term, len);
    list->rows[list->n++] = row;
    return 0;
}

static int by_df(const void *a, const void *b) {
    const term_row *x = a, *y = b;
    if (x->df != y->df) return x->df > y->df ? -1 : 1;
    size_t n = x->len < y->len ? x->len : y->len;
    int c = memcmp(x->term, y->term, n);
    return c != 0 ? c : x->len < y->len ? -1 : x->len > y->len;
}

/* `{"v":1,...,"field":"body","terms":[`, to be closed by `]}`. */
static void open_object(const prism_snapshot *snap, const char *field) {
    json_t *head = answer_head(snap);
    json_object_set_new(head, "field", answer_string(field, strlen(field)));
    char *text = json_dumps(head, JSON_COMPACT);
    if (text) printf("%.*s,\"terms\":[", (int)strlen(text) - 1, text);
    free(text);
    json_decref(head);
}

static int walk(prism_snapshot *snap, term_list *list) {
    const cli_options *o = list->options;
    prism_error err = PRISM_ERROR_INIT;
    const char *prefix = o->prefix ? o->prefix : "";
    prism_status status =
        prism_snapshot_terms(snap, o->field, prefix, strlen(prefix), take_term, list, &err);
    if (list->failed) {
        cli_message("out of memory");
        return CLI_SYSTEM;
    }
    if (status != PRISM_OK) return cli_fail(&err);
    if (list->n > 1) qsort(list->rows, list->n, sizeof *list->rows, by_df);
    for (size_t i = 0; i < list->n && i < o->top; i++)
        print_term(list, &list->rows[i], list->rows[i].term);
    return CLI_OK;
}

static bool has_field(const prism_snapshot *snap, const char *name) {
    prism_error err = PRISM_ERROR_INIT;
    const char *text;
    size_t len, i;
    bool found = false;
    json_t *field;
    if (prism_schema_to_json(prism_snapshot_schema(snap), &text, &len, &err) != PRISM_OK)
        return true; /* the walk will tell */
    json_t *root = json_loadb(text, len, 0, NULL);
    json_array_foreach(json_object_get(root, "fields"), i, field) {
        const char *known = json_string_value(json_object_get(field, "name"));
        if (known && strcmp(known, name) == 0) found = true;
    }
    json_decref(root);
    return found;
}

int cmd_terms(cli_options *o) {
    prism_index *index;
    prism_snapshot *snap;
    term_list list;
    memset(&list, 0, sizeof list);
    list.options = o;
    if (o->field == NULL) return cli_usage("terms: --field is needed");
    if (o->n_args > 0) return cli_usage("terms: %s: unexpected", o->args[0]);
    int code = cli_open(o, &index, &snap);
    if (code != CLI_OK) return code;
    if (has_field(snap, o->field)) {
        if (o->format == FORMAT_JSON) open_object(snap, o->field);
        code = walk(snap, &list);
        if (o->format == FORMAT_JSON && code == CLI_OK) puts("]}");
    } else {
        code = cli_usage("%s: no such field", o->field);
    }
    for (size_t i = 0; i < list.n; i++) free(list.rows[i].term);
    free(list.rows);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return code == CLI_OK && list.printed == 0 ? CLI_NOTHING : code;
}
