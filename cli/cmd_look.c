/* cmd_look.c - analyze, parse: how does the library read a text, and a query?
 *
 * Neither needs an index: where there is none they use the default schema.  Both answer as JSON
 * always; a tree printed on a terminal is laid out for the eye.  The end of a run of Han characters
 * is in the index a second time, as a structure for phrases; as a token it would only be a
 * repetition, so analyze leaves it out, as terms does.
 * Tested by: tests/cli/look.sh */
#include "answer.h"
#include "cli.h"
#include "input.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The schema of the index, or the default one where there is no index; *head (may be NULL): of a
 * JSON answer. */
static int find_schema(const cli_options *o, prism_schema **schema, json_t **head) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index;
    prism_index_opts opts = cli_reading(o);
    const char *path = cli_index_path(o);
    if (path == NULL) {
        if (head) *head = json_pack("{s:i, s:n, s:i}", "v", 1, "index", "generation", 0);
        return prism_schema_default(schema, &err) == PRISM_OK ? CLI_OK : cli_fail(&err);
    }
    cli_use(path);
    if (prism_index_open(path, &opts, &index, &err) != PRISM_OK) return cli_fail_index(path, &err);
    const prism_schema *found = prism_index_schema(index);
    const char *text;
    size_t len;
    prism_status status = prism_schema_to_json(found, &text, &len, &err);
    if (status == PRISM_OK) status = prism_schema_from_json(text, len, schema, &err);
    prism_snapshot *snap = NULL;
    if (status == PRISM_OK && head &&
        (status = prism_snapshot_open(index, &snap, &err)) == PRISM_OK)
        *head = answer_head(snap);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return status == PRISM_OK ? CLI_OK : cli_fail(&err);
}

/* ---- analyze -------------------------------------------------------------------------------- */

static int print_token(void *ctx, const prism_token *t) {
    (void)ctx;
    if (strcmp(t->kind, "hanend") == 0) return 0;
    json_t *line = json_pack("{s:o, s:I, s:I, s:I, s:I}", "term", answer_string(t->term, t->len),
                             "pos", (json_int_t)t->pos, "span", (json_int_t)t->span, "start",
                             (json_int_t)t->start, "end", (json_int_t)t->end);
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
    int code = find_schema(o, &schema, NULL);
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

static bool print_for_eyes(const json_t *value) {
    if (json_dumpf(value, stdout, JSON_INDENT(2)) != 0) return false;
    return putchar('\n') != EOF;
}

static int print_tree(const cli_options *o, json_t *head, const prism_query *query,
                      const char *text, json_t *notes, prism_error *err) {
    char *tree = NULL;
    if (prism_query_to_json(query, &tree, err) != PRISM_OK) return cli_fail(err);
    json_t *rest = json_pack("{s:o, s:s, s:o, s:O}", "query", answer_string(text, strlen(text)),
                             "shape", prism_query_shape(query), "tree",
                             json_loads(tree, JSON_ALLOW_NUL, NULL), "notes", notes);
    bool eyes = o->format == FORMAT_HUMAN && isatty(STDOUT_FILENO);
    bool done = rest && json_object_update_new(head, rest) == 0 &&
                (eyes ? print_for_eyes(head) : answer_print(head));
    prism_free_text(tree);
    return done ? CLI_OK : CLI_SYSTEM;
}

int cmd_parse(cli_options *o) {
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema = NULL;
    prism_query *query = NULL;
    if (o->n_args == 0) return cli_usage("parse: a query is needed");
    json_t *head = NULL;
    int code = find_schema(o, &schema, &head);
    if (code == CLI_OK) code = cli_read_words(o, schema);
    if (code != CLI_OK) {
        json_decref(head);
        prism_schema_unref(schema);
        return code;
    }
    char *text = cli_join_args(o);
    json_t *notes = json_array();
    prism_query_opts opts = answer_query_opts(o, notes);
    if (text == NULL ||
        prism_query_parse(schema, text, strlen(text), &opts, &query, &err) != PRISM_OK) {
        cli_fail(&err);
        code = err.code == PRISM_ENOMEM ? CLI_SYSTEM : CLI_USAGE;
    } else {
        code = print_tree(o, head, query, text, notes, &err);
    }
    json_decref(head);
    json_decref(notes);
    free(text);
    prism_query_unref(query);
    prism_schema_unref(schema);
    return code;
}
