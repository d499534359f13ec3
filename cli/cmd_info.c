/* cmd_info.c - info: what is in the index?
 *
 * Tested by: tests/cli/look.sh */
#include "answer.h"
#include "cli.h"
#include "units.h"

#include <string.h>

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
