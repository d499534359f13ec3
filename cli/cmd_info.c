/* cmd_info.c - info, check: what is in the index, and is it whole?
 *
 * check prints findings as results, because scripts want them, and exits 4 if there is any; files
 * that belong to no commit are notes, not damage.  Its JSON object names the index only if enough
 * of it could be read to know it.
 * Tested by: tests/cli/look.sh, tests/cli/check.sh */
#include "answer.h"
#include "cli.h"
#include "progress.h"
#include "units.h"

#include <string.h>

/* ---- info ----------------------------------------------------------------------------------- */

static uint64_t number_of(const json_t *object, const char *name) {
    return (uint64_t)json_integer_value(json_object_get(object, name));
}

static const char *type_of(const json_t *info, const char *name) {
    size_t i;
    json_t *field;
    json_array_foreach(json_object_get(json_object_get(info, "schema"), "fields"), i, field) {
        const char *known = json_string_value(json_object_get(field, "name"));
        if (known && strcmp(known, name) == 0)
            return json_string_value(json_object_get(field, "type"));
    }
    return "";
}

static void print_fields(const json_t *info) {
    static const char *const columns[] = {"documents", "terms", "tokens", "bytes"};
    const char *name;
    json_t *row;
    char text[32];
    printf("\n%-16s %-8s", "field", "type");
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) printf(" %14s", columns[c]);
    putchar('\n');
    json_object_foreach(json_object_get(info, "fields"), name, row) {
        printf("%-16s %-8s", name, type_of(info, name));
        for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++)
            printf(" %14s", units_show_count(number_of(row, columns[c]), text));
        putchar('\n');
    }
}

static void print_components(const json_t *info) {
    const char *name;
    json_t *bytes;
    char text[32];
    uint64_t total = number_of(info, "bytes");
    printf("\n%-16s %23s\n", "component", "bytes");
    json_object_foreach(json_object_get(info, "components"), name, bytes) {
        uint64_t n = (uint64_t)json_integer_value(bytes);
        printf("%-16s %23s %7.1f %%\n", name, units_show_count(n, text),
               total ? 100.0 * (double)n / (double)total : 0);
    }
}

static void print_info(const char *path, const json_t *info) {
    static const char *const counts[] = {"generation", "documents", "deleted", "segments", "bytes"};
    static const char *const texts[] = {"uuid", "format", "library"};
    char text[32];
    printf("%-16s %s\n", "index", path);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        printf("%-16s %s\n", counts[i], units_show_count(number_of(info, counts[i]), text));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *value = json_string_value(json_object_get(info, texts[i]));
        if (value) printf("%-16s %s\n", texts[i], value);
    }
    print_fields(info);
    print_components(info);
}

int cmd_info(cli_options *o) {
    prism_index *index;
    prism_snapshot *snap;
    prism_error err = PRISM_ERROR_INIT;
    char *text = NULL;
    if (o->n_args > 0) return cli_usage("info: %s: unexpected", o->args[0]);
    int code = cli_open(o, &index, &snap);
    if (code != CLI_OK) return code;
    if (prism_snapshot_info(snap, &text, &err) != PRISM_OK) {
        code = cli_fail(&err);
    } else {
        json_t *root = answer_head(snap), *info = json_loads(text, 0, NULL);
        bool done = json_object_update_missing(root, info) == 0;
        if (o->format == FORMAT_HUMAN)
            print_info(cli_index_path(o), root);
        else
            done = done && answer_print(root);
        if (!done) code = CLI_SYSTEM;
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
    json_t *findings; /* of the JSON object */
} checker;

static json_t *json_finding(const prism_error *f, const char *code) {
    json_t *line =
        json_pack("{s:s, s:o, s:o}", "code", code, "file", answer_string(f->file, strlen(f->file)),
                  "text", answer_string(f->text, strlen(f->text)));
    if (f->offset != UINT64_MAX)
        json_object_set_new(line, "offset", json_integer((json_int_t)f->offset));
    return line;
}

static void take_finding(void *ctx, const prism_error *f) {
    checker *c = ctx;
    const char *code = f->code == PRISM_OK ? "note" : prism_status_name(f->code);
    progress_clear(&c->progress);
    if (c->options->format == FORMAT_JSON) {
        json_array_append_new(c->findings, json_finding(f, code));
    } else if (c->options->format == FORMAT_JSONL) {
        json_t *line = json_finding(f, code);
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
    c->progress.total = total;
    progress_at(&c->progress, done, 0, done);
    return cli_interrupted;
}

static bool print_check(const char *path, const checker *c, uint64_t n) {
    prism_index *index = NULL;
    prism_snapshot *snap = NULL;
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.read_only = 1;
    opts.checksums = PRISM_CHECKSUMS_OFF;
    bool known = prism_index_open(path, &opts, &index, &err) == PRISM_OK &&
                 prism_snapshot_open(index, &snap, &err) == PRISM_OK;
    json_t *root =
        known ? answer_head(snap) : json_pack("{s:i, s:n, s:n}", "v", 1, "index", "generation");
    json_object_set_new(root, "damaged", json_integer((json_int_t)n));
    json_object_set(root, "findings", c->findings);
    bool done = answer_print(root);
    json_decref(root);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return done;
}

int cmd_check(cli_options *o) {
    static const prism_check_level levels[] = {PRISM_CHECK_NORMAL, PRISM_CHECK_QUICK,
                                               PRISM_CHECK_DEEP};
    prism_error err = PRISM_ERROR_INIT;
    checker c = {.options = o};
    uint64_t n = 0;
    bool done = true;
    char text[64];
    const char *path = cli_index_path(o);
    if (o->n_args > 0) return cli_usage("check: %s: unexpected", o->args[0]);
    if (path == NULL) return cli_no_index();
    cli_catch_interrupts();
    cli_use(path);
    c.findings = json_array();
    progress_begin(&c.progress, o->progress, "checking", 0);
    prism_status status = prism_index_check(path, levels[o->check], NULL, take_finding, &c,
                                            check_progress, &c, &n, &err);
    progress_clear(&c.progress);
    if (status == PRISM_OK && o->format == FORMAT_JSON) done = print_check(path, &c, n);
    json_decref(c.findings);
    if (status != PRISM_OK) return cli_fail_index(path, &err);
    if (!done) return CLI_SYSTEM;
    if (n == 0)
        cli_message("%s: no damage found", path);
    else
        cli_message("%s: %s of damage", path, units_show_things(n, "finding", text));
    return n == 0 ? CLI_OK : CLI_DAMAGE;
}
