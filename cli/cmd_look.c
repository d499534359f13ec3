/* cmd_look.c - analyze, parse, terms, info, check: looking inside.
 *
 * Each is one call of the library and a printer.  analyze and parse need no index: where there is
 * none they use the default schema.  terms prints as it walks, but for --top, which gathers and
 * sorts.  check prints findings as results, because scripts want them, and exits 4 if there is any.
 * Tested by: tests/cli/usage.sh, tests/cli/bad_input.sh */
#include "answer.h"
#include "cli.h"
#include "input.h"
#include "progress.h"
#include "units.h"

#include <stdlib.h>
#include <string.h>

/* The schema of the index, or the default one where there is no index. */
static int find_schema(const cli_options *o, prism_schema **schema) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    const char *path = cli_index_path(o);
    opts.read_only = 1;
    if (path == NULL)
        return prism_schema_default(schema, &err) == PRISM_OK ? CLI_OK : cli_fail(&err);
    if (prism_index_open(path, &opts, &index, &err) != PRISM_OK) return cli_fail_index(path, &err);
    const prism_schema *found = prism_index_schema(index);
    const char *text;
    size_t len;
    prism_status status = prism_schema_to_json(found, &text, &len, &err);
    if (status == PRISM_OK) status = prism_schema_from_json(text, len, schema, &err);
    prism_index_close(index);
    return status == PRISM_OK ? CLI_OK : cli_fail(&err);
}

/* ---- analyze -------------------------------------------------------------------------------- */

static int print_token(void *ctx, const prism_token *t) {
    (void)ctx;
    json_t *line = json_pack("{s:s%, s:s, s:I, s:I, s:I, s:I}", "term", t->term, t->len, "kind",
                             t->kind, "pos", (json_int_t)t->pos, "span", (json_int_t)t->span,
                             "start", (json_int_t)t->start, "end", (json_int_t)t->end);
    bool done = answer_print(line);
    json_decref(line);
    return !done;
}

static char *text_argument(const cli_options *o, size_t *len, prism_error *err) {
    char *text = NULL;
    if (o->n_args > 0) {
        text = cli_join_args(o);
        if (text) *len = strlen(text);
        return text;
    }
    input_stream *in;
    if (input_open("-", &in, err) != PRISM_OK) return NULL;
    prism_status status = input_read_all(in, PRISM_MAX_DOC_BYTES, &text, len, err);
    input_close(in);
    return status == PRISM_OK ? text : NULL;
}

int cmd_analyze(cli_options *o) {
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema = NULL;
    size_t len = 0;
    int code = find_schema(o, &schema);
    if (code != CLI_OK) return code;
    char *text = text_argument(o, &len, &err);
    if (text == NULL ||
        prism_analyze(schema, o->field, text, len, print_token, NULL, &err) != PRISM_OK)
        code = err.code == PRISM_ENOTFOUND && o->field ? cli_usage("%s: no such field", o->field)
                                                       : cli_fail(&err);
    free(text);
    prism_schema_unref(schema);
    return code;
}

/* ---- parse ---------------------------------------------------------------------------------- */

static int print_tree(const prism_query *query, const char *text, json_t *notes, prism_error *err) {
    char *tree = NULL;
    if (prism_query_to_json(query, &tree, err) != PRISM_OK) return cli_fail(err);
    json_t *root = json_pack("{s:i, s:s, s:s, s:o, s:O}", "v", 1, "query", text, "shape",
                             prism_query_shape(query), "tree",
                             json_loads(tree, JSON_ALLOW_NUL, NULL), "notes", notes);
    bool done = answer_print(root);
    json_decref(root);
    prism_free_text(tree);
    return done ? CLI_OK : CLI_SYSTEM;
}

int cmd_parse(cli_options *o) {
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema = NULL;
    prism_query *query = NULL;
    if (o->n_args == 0) return cli_usage("parse: a query is needed");
    int code = find_schema(o, &schema);
    if (code != CLI_OK) return code;
    char *text = cli_join_args(o);
    json_t *notes = json_array();
    prism_query_opts opts = answer_query_opts(o, notes);
    if (text == NULL ||
        prism_query_parse(schema, text, strlen(text), &opts, &query, &err) != PRISM_OK) {
        cli_fail(&err);
        code = err.code == PRISM_ENOMEM ? CLI_SYSTEM : CLI_USAGE;
    } else {
        code = print_tree(query, text, notes, &err);
    }
    json_decref(notes);
    free(text);
    prism_query_unref(query);
    prism_schema_unref(schema);
    return code;
}

/* ---- terms ---------------------------------------------------------------------------------- */

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
    bool failed;
} term_list;

static bool print_term(const cli_options *o, const term_row *r, const char *term) {
    if (o->format == FORMAT_JSON || o->format == FORMAT_JSONL) {
        json_t *line = json_pack("{s:s%, s:s, s:I, s:I}", "term", term, r->len, "kind", r->kind,
                                 "df", (json_int_t)r->df, "cf", (json_int_t)r->cf);
        bool done = answer_print(line);
        json_decref(line);
        return done;
    }
    if (o->format == FORMAT_HUMAN)
        printf("%10llu %10llu  ", (unsigned long long)r->df, (unsigned long long)r->cf);
    fwrite(term, 1, r->len, stdout);
    putchar('\n');
    return true;
}

static int take_term(void *ctx, const char *term, size_t len, const char *kind, uint64_t df,
                     uint64_t cf) {
    term_list *list = ctx;
    /* The last characters of runs are an index structure, not words of their own. */
    if (strcmp(kind, "hanend") == 0) return 0;
    term_row row = {NULL, len, kind, df, cf};
    if (list->options->top == 0) return !print_term(list->options, &row, term);
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 1024;
        term_row *rows = realloc(list->rows, cap * sizeof *rows);
        if (rows == NULL) return 1;
        list->rows = rows;
        list->cap = cap;
    }
    row.term = malloc(len + 1);
    if (row.term == NULL) return 1;
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

int cmd_terms(cli_options *o) {
    prism_index *index;
    prism_snapshot *snap;
    prism_error err = PRISM_ERROR_INIT;
    term_list list = {o, NULL, 0, 0, false};
    const char *prefix = o->prefix ? o->prefix : "";
    if (o->field == NULL) return cli_usage("terms: --field is needed");
    int code = cli_open(o, &index, &snap);
    if (code != CLI_OK) return code;
    prism_status status =
        prism_snapshot_terms(snap, o->field, prefix, strlen(prefix), take_term, &list, &err);
    if (status == PRISM_ENOTFOUND)
        code = cli_usage("%s: no such field", o->field);
    else if (status != PRISM_OK)
        code = cli_fail(&err);
    if (list.n > 1) qsort(list.rows, list.n, sizeof *list.rows, by_df);
    for (size_t i = 0; i < list.n; i++) {
        if (code == CLI_OK && i < o->top) print_term(o, &list.rows[i], list.rows[i].term);
        free(list.rows[i].term);
    }
    free(list.rows);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return code;
}

/* ---- info ----------------------------------------------------------------------------------- */

static void print_rows(json_t *object, const char *title) {
    const char *name;
    json_t *value;
    char text[32];
    if (object == NULL || json_object_size(object) == 0) return;
    printf("%s\n", title);
    json_object_foreach(object, name, value) {
        if (json_is_integer(value))
            printf("  %-24s %14s\n", name,
                   units_show_count((uint64_t)json_integer_value(value), text));
        else if (json_is_object(value)) {
            char *line = json_dumps(value, 0);
            printf("  %-24s %s\n", name, line ? line : "");
            free(line);
        }
    }
}

static void print_info(json_t *info) {
    const char *name;
    json_t *value;
    char text[32];
    json_object_foreach(info, name, value) {
        if (json_is_integer(value))
            printf("%-14s %s\n", name, units_show_count((uint64_t)json_integer_value(value), text));
        else if (json_is_string(value))
            printf("%-14s %s\n", name, json_string_value(value));
    }
    print_rows(json_object_get(info, "fields"), "fields");
    print_rows(json_object_get(info, "components"), "bytes");
}

int cmd_info(cli_options *o) {
    prism_index *index;
    prism_snapshot *snap;
    prism_error err = PRISM_ERROR_INIT;
    char *text = NULL;
    int code = cli_open(o, &index, &snap);
    if (code != CLI_OK) return code;
    if (prism_snapshot_info(snap, &text, &err) != PRISM_OK) {
        code = cli_fail(&err);
    } else {
        json_t *root = answer_head(snap), *info = json_loads(text, 0, NULL);
        json_object_update_missing(root, info);
        if (o->format == FORMAT_HUMAN)
            print_info(root);
        else
            answer_print(root);
        json_decref(info);
        json_decref(root);
    }
    prism_free_text(text);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return code;
}

/* ---- check ---------------------------------------------------------------------------------- */

typedef struct checker {
    const cli_options *options;
    progress progress;
} checker;

static void print_finding(void *ctx, const prism_error *f) {
    const checker *c = ctx;
    const char *code = f->code == PRISM_OK ? "note" : prism_status_name(f->code);
    if (c->options->format == FORMAT_JSON || c->options->format == FORMAT_JSONL) {
        json_t *line = json_pack("{s:s, s:s, s:s}", "code", code, "file", f->file, "text", f->text);
        if (f->offset != UINT64_MAX)
            json_object_set_new(line, "offset", json_integer((json_int_t)f->offset));
        answer_print(line);
        json_decref(line);
    } else if (f->offset != UINT64_MAX) {
        printf("%s: %s: byte %llu: %s\n", code, f->file, (unsigned long long)f->offset, f->text);
    } else {
        printf("%s: %s: %s\n", code, f->file, f->text);
    }
}

static int check_progress(void *ctx, uint64_t done, uint64_t total) {
    checker *c = ctx;
    (void)total;
    progress_at(&c->progress, done, 0);
    return cli_interrupted;
}

int cmd_check(cli_options *o) {
    static const prism_check_level levels[] = {PRISM_CHECK_NORMAL, PRISM_CHECK_QUICK,
                                               PRISM_CHECK_DEEP};
    prism_error err = PRISM_ERROR_INIT;
    checker c = {.options = o};
    uint64_t n = 0;
    const char *path = cli_index_path(o);
    if (path == NULL) {
        cli_message("no index: say -i PATH, or set PSEARCH_INDEX");
        return CLI_INDEX;
    }
    cli_catch_interrupts();
    progress_begin(&c.progress, o->progress, "checking", 0);
    prism_status status = prism_index_check(path, levels[o->check], NULL, print_finding, &c,
                                            check_progress, &c, &n, &err);
    progress_end(&c.progress);
    if (status != PRISM_OK) return cli_fail_index(path, &err);
    if (n == 0) cli_message("%s: no damage found", path);
    return n == 0 ? CLI_OK : CLI_DAMAGE;
}
