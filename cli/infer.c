/* infer.c - which schema does a file ask for?
 *
 *   NDJSON, CSV or TSV -> every value is counted by guess.c -> fields in order of first appearance
 *       -> the key -> printed, a field a line, ready to be mended and given to init --schema
 *
 * The whole file is read, since a field may show another kind of value at its end.  What cannot be
 * a field is left out with a note; it stays in the stored documents.
 * Memory: per field 64 KiB.
 * Tested by: tests/cli/init.sh */
#include "infer.h"

#include "answer.h"
#include "csv.h"
#include "guess.h"
#include "schema_file.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *shown(const char *path) {
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static int reject(const char *path, const prism_error *err) {
    (void)cli_fail_in(shown(path), err);
    return err->code == PRISM_ENOMEM ? CLI_SYSTEM : CLI_REJECTED;
}

static int no_memory(void) {
    cli_message("out of memory");
    return CLI_SYSTEM;
}

static int reject_at(const char *path, uint64_t line, int column, const char *what) {
    prism_error err = PRISM_ERROR_INIT;
    err.code = PRISM_EPARSE;
    err.line = (uint32_t)line;
    err.column = column > 0 ? (uint32_t)column : 1;
    snprintf(err.text, sizeof err.text, "%s", what);
    return reject(path, &err);
}

/* ---- NDJSON --------------------------------------------------------------------------------- */

static int take_object(guesses *g, json_t *root) {
    const char *name;
    json_t *value;
    json_object_foreach(root, name, value) {
        guess *field = guesses_field(g, name, strlen(name));
        if (field == NULL || !guess_json(g, field, value)) return no_memory();
        field->documents += !json_is_null(value);
    }
    g->documents++;
    return CLI_OK;
}

static int take_line(guesses *g, const char *path, const input_line *line) {
    json_error_t where;
    const char *text = line->text;
    size_t len = line->len;
    if (line->number == 1 && len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    size_t blank = 0;
    while (blank < len && (text[blank] == ' ' || text[blank] == '\t' || text[blank] == '\r'))
        blank++;
    if (blank == len) return CLI_OK;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
    g->all_real = root == NULL; /* a whole number over 64 bits is a number still */
    if (root == NULL)
        root = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
    if (root == NULL) return reject_at(path, line->number, where.column, where.text);
    int code = json_is_object(root) ? take_object(g, root)
                                    : reject_at(path, line->number, 1, "this is not a JSON object");
    json_decref(root);
    return code;
}

static int read_ndjson(guesses *g, const char *path, input_stream *in) {
    prism_error err = PRISM_ERROR_INIT;
    input_lines lines;
    input_line line;
    bool more = true;
    int code = CLI_OK;
    input_lines_init(&lines, in);
    while (code == CLI_OK) {
        if (input_next_line(&lines, &line, &more, &err) != PRISM_OK) code = reject(path, &err);
        if (code != CLI_OK || !more) break;
        code = line.too_long ? reject_at(path, line.number, 1, "the line is too long")
                             : take_line(g, path, &line);
    }
    input_lines_fini(&lines);
    return code;
}

/* ---- CSV, TSV ------------------------------------------------------------------------------- */

/* Numbers of the guesses by column. */
static size_t *take_header(guesses *g, const csv_reader *csv) {
    size_t *columns = calloc(csv->n_fields, sizeof *columns);
    for (size_t i = 0; columns && i < csv->n_fields; i++) {
        guess *field = guesses_field(g, csv->fields[i].text, csv->fields[i].len);
        if (field == NULL) {
            free(columns);
            return NULL;
        }
        columns[i] = (size_t)(field - g->all);
    }
    return columns;
}

static int take_record(guesses *g, const csv_reader *csv, const size_t *columns, size_t n) {
    for (size_t i = 0; i < csv->n_fields && i < n; i++) {
        guess *field = &g->all[columns[i]];
        if (!guess_bare(g, field, csv->fields[i].text, csv->fields[i].len)) return no_memory();
        field->documents += csv->fields[i].len > 0;
    }
    g->documents++;
    return CLI_OK;
}

static int read_table(guesses *g, const char *path, csv_reader *csv) {
    prism_error err = PRISM_ERROR_INIT;
    bool more = true;
    int code = CLI_OK;
    if (csv_next(csv, &more, &err) != PRISM_OK) return reject(path, &err);
    if (!more) return CLI_OK;
    size_t n = csv->n_fields, *columns = take_header(g, csv);
    if (columns == NULL) return no_memory();
    while (code == CLI_OK && more) {
        if (csv_next(csv, &more, &err) != PRISM_OK)
            code = reject(path, &err);
        else if (more && csv->n_fields > n)
            code = reject_at(path, csv->line, 1, "the record has more values than the first line");
        else if (more)
            code = take_record(g, csv, columns, n);
    }
    free(columns);
    return code;
}

static int read_csv(guesses *g, const char *path, input_stream *in, char separator) {
    csv_reader *csv = malloc(sizeof *csv);
    if (csv == NULL) return no_memory();
    csv_init(csv, in, separator);
    int code = read_table(g, path, csv);
    csv_fini(csv);
    free(csv);
    return code;
}

/* ---- which kind? ---------------------------------------------------------------------------- */

static bool ends_with(const char *path, size_t len, const char *suffix) {
    size_t n = strlen(suffix);
    return len >= n && strncasecmp(path + len - n, suffix, n) == 0;
}

/* '{' = NDJSON, else the separator.  A pipe is known by its first line. */
static char kind_of(const char *path, input_stream *in) {
    const uint8_t *head = NULL;
    size_t n = 0, len = strlen(path), i = 0;
    prism_error ignored = PRISM_ERROR_INIT;
    if (ends_with(path, len, ".gz")) len -= 3;
    if (ends_with(path, len, ".zst")) len -= 4;
    if (ends_with(path, len, ".csv")) return ',';
    if (ends_with(path, len, ".tsv")) return '\t';
    if (input_peek(in, &head, &n, &ignored) != PRISM_OK) return '{';
    if (n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0) i = 3;
    while (i < n && (head[i] == ' ' || head[i] == '\n' || head[i] == '\r')) i++;
    if (i < n && head[i] == '{') return '{';
    if (ends_with(path, len, "json") || ends_with(path, len, ".jsonl")) return '{';
    for (size_t k = i; k < n && head[k] != '\n'; k++)
        if (head[k] == '\t') return '\t';
    return ',';
}

static int read_file(guesses *g, const char *path) {
    prism_error err = PRISM_ERROR_INIT;
    input_stream *in;
    if (input_open(path, &in, &err) != PRISM_OK) return reject(path, &err);
    char kind = kind_of(path, in);
    int code = kind == '{' ? read_ndjson(g, path, in) : read_csv(g, path, in, kind);
    input_close(in);
    return code;
}

/* ---- the schema ----------------------------------------------------------------------------- */

static const char *pick_key(const guesses *g, const char *asked) {
    if (asked) return asked;
    return guesses_find(g, "id") == NULL && guesses_find(g, "_id") ? "_id" : "id";
}

/* Would the library take a field of this name?  *why is NULL if so. */
static bool is_name(const char *name, char *why, size_t room) {
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    if (prism_schema_new(&schema, &err) != PRISM_OK) return false;
    bool is = prism_schema_add_field(schema, name, PRISM_FIELD_BOOL, NULL, 0, &err) == PRISM_OK;
    prism_schema_unref(schema);
    snprintf(why, room, "%s", err.text);
    return is;
}

static void add_field(json_t *fields, const guess *field, bool is_key) {
    const char *why;
    char reason[240];
    if (!is_name(field->name, reason, sizeof reason)) {
        cli_message("note: left out: %s", reason);
        return;
    }
    if (json_array_size(fields) == PRISM_MAX_FIELDS) {
        cli_message("note: field %s is left out: %u fields are the most", field->name,
                    PRISM_MAX_FIELDS);
        return;
    }
    json_t *value = guess_field(field, is_key, &why);
    if (value)
        json_array_append_new(fields, value);
    else
        cli_message("note: field %s is left out: %s", field->name, why);
}

static int check_key(const guesses *g, const char *key, bool asked) {
    const guess *field = guesses_find(g, key);
    if (field == NULL && asked) return cli_usage("--key: no document has a field %s", key);
    if (field == NULL) {
        cli_message("note: no field id: one is added, made of the content of each document");
        return CLI_OK;
    }
    if (field->many || field->objects > 0)
        return cli_usage("field %s cannot be the key: it holds %s", key,
                         field->many ? "arrays" : "objects");
    if (field->documents < g->documents)
        cli_message("note: %llu documents have no %s: it is made of their content",
                    (unsigned long long)(g->documents - field->documents), key);
    return CLI_OK;
}

/* A field a line, as people write schemas. */
static void print_schema(const json_t *schema) {
    size_t i;
    json_t *field, *fields = json_object_get(schema, "fields");
    printf("{\n  \"key\": \"%s\",\n  \"fields\": [\n",
           json_string_value(json_object_get(schema, "key")));
    json_array_foreach(fields, i, field) {
        char *text = json_dumps(field, 0);
        printf("    %s%s\n", text ? text : "", i + 1 < json_array_size(fields) ? "," : "");
        free(text);
    }
    puts("  ]\n}");
}

static int print_guess(const cli_options *o, const guesses *g, json_t *schema) {
    const char *key = pick_key(g, o->key);
    json_t *fields = json_array();
    prism_schema *checked;
    int code = check_key(g, key, o->key != NULL);
    json_object_set_new(schema, "key", json_string(key));
    json_object_set_new(schema, "fields", fields);
    if (code != CLI_OK) return code;
    if (guesses_find(g, key) == NULL)
        json_array_append_new(fields, json_pack("{s:s, s:s}", "name", key, "type", "keyword"));
    for (size_t i = 0; i < g->n; i++)
        add_field(fields, &g->all[i], strcmp(g->all[i].name, key) == 0);
    code = schema_from_value(shown(o->infer), schema, &checked); /* what we print is one */
    prism_schema_unref(checked);
    if (code != CLI_OK) return code;
    if (o->format == FORMAT_HUMAN)
        print_schema(schema);
    else if (!answer_print(schema))
        return CLI_SYSTEM;
    return CLI_OK;
}

int infer_print(const cli_options *o) {
    guesses g;
    int code = guesses_init(&g);
    if (code == CLI_OK) code = read_file(&g, o->infer);
    if (code == CLI_OK && g.documents == 0) {
        cli_message("%s: there is no document in it", shown(o->infer));
        code = CLI_REJECTED;
    }
    if (code == CLI_OK) {
        json_t *schema = json_object();
        code = print_guess(o, &g, schema);
        json_decref(schema);
    }
    guesses_fini(&g);
    return code;
}
