/* cmd_schema.c - schema: show it, add a field, change what can be changed.
 *
 *   schema [show]                          a table; --format=json what --schema of init reads back
 *   schema add-field NAME TYPE [OPTIONS]   or add-field '{"name":..., "type":...}'
 *   schema set FILE                        the whole schema: new fields, boosts, stored, many
 *
 * A change is one commit.  Documents are not touched, so what would need them is refused by the
 * library, which says why and names reindex.
 * Tested by: tests/cli/schema.sh */
#include "answer.h"
#include "schema_file.h"
#include "units.h"

#include <stdlib.h>
#include <string.h>

/* ---- show ----------------------------------------------------------------------------------- */

static const char *const flag_names[] = {"stored", "indexed",   "column",
                                         "many",   "positions", "lengths"};

static void print_field(const json_t *field, const char *key) {
    const char *name = json_string_value(json_object_get(field, "name"));
    const json_t *boost = json_object_get(field, "boost");
    const char *analyzer = json_string_value(json_object_get(field, "analyzer"));
    json_t *options = json_object_get(field, "options");
    printf("%-16s %-8s", name, json_string_value(json_object_get(field, "type")));
    if (boost)
        printf(" %5lld  ", (long long)json_integer_value(boost));
    else
        printf(" %5s  ", "");
    bool first = true;
    if (key && strcmp(name, key) == 0) {
        fputs("key", stdout);
        first = false;
    }
    for (size_t i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++) {
        if (!json_is_true(json_object_get(field, flag_names[i]))) continue;
        printf("%s%s", first ? "" : " ", flag_names[i]);
        first = false;
    }
    if (analyzer && strcmp(analyzer, "mixed-v1") != 0 && strcmp(analyzer, "keyword") != 0)
        printf(" analyzer=%s", analyzer);
    if (options) {
        char *text = json_dumps(options, JSON_COMPACT);
        printf(" options=%s", text ? text : "");
        free(text);
    }
    putchar('\n');
}

static int print_schema(const cli_options *o, prism_snapshot *snap) {
    json_t *schema = schema_to_value(prism_snapshot_schema(snap)), *field;
    size_t i;
    bool done = schema != NULL;
    if (done && o->format != FORMAT_HUMAN) {
        json_t *root = answer_head(snap);
        done = json_object_set(root, "schema", schema) == 0 && answer_print(root);
        json_decref(root);
    } else if (done) {
        const char *key = json_string_value(json_object_get(schema, "key"));
        printf("%-16s %-8s %5s  %s\n", "field", "type", "boost", "kept as");
        json_array_foreach(json_object_get(schema, "fields"), i, field) print_field(field, key);
    }
    json_decref(schema);
    return done ? CLI_OK : CLI_SYSTEM;
}

static int show(cli_options *o) {
    prism_index *index;
    prism_snapshot *snap;
    if (o->n_args > 1) return cli_usage("schema show: %s: unexpected", o->args[1]);
    int code = cli_open(o, &index, &snap);
    if (code != CLI_OK) return code;
    code = print_schema(o, snap);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return code;
}

/* ---- change --------------------------------------------------------------------------------- */

static int tell_change(const cli_options *o, const char *path, prism_index *index,
                       const char *what) {
    prism_snapshot *snap;
    prism_error err = PRISM_ERROR_INIT;
    if (prism_snapshot_open(index, &snap, &err) != PRISM_OK) return cli_fail(&err);
    cli_message("%s: %s, generation %llu", path, what,
                (unsigned long long)prism_snapshot_generation(snap));
    int code = o->format == FORMAT_JSON ? print_schema(o, snap) : CLI_OK;
    prism_snapshot_unref(snap);
    return code;
}

/* What is asked for, from the schema as it is; an exit code, told. */
typedef int (*make_schema)(cli_options *o, const prism_schema *now, prism_schema **out);

static int change(cli_options *o, make_schema make, const char *what) {
    prism_index *index = NULL;
    prism_writer *writer = NULL;
    prism_schema *schema = NULL;
    prism_error err = PRISM_ERROR_INIT;
    const char *path = cli_index_path(o);
    if (path == NULL) return cli_no_index();
    cli_use(path);
    int code = CLI_OK;
    if (prism_index_open(path, NULL, &index, &err) != PRISM_OK ||
        prism_writer_open(index, NULL, &writer, &err) != PRISM_OK)
        code = cli_fail_index(path, &err);
    if (code == CLI_OK) code = make(o, prism_writer_schema(writer), &schema);
    if (code == CLI_OK && (prism_writer_set_schema(writer, schema, &err) != PRISM_OK ||
                           prism_writer_commit(writer, NULL, 0, NULL, &err) != PRISM_OK))
        code = cli_fail(&err);
    if (code == CLI_OK) code = tell_change(o, path, index, what);
    prism_schema_unref(schema);
    prism_writer_close(writer);
    prism_index_close(index);
    return code;
}

static void set_flag(json_t *field, const char *name, cli_yes_no value) {
    if (value != YES_NO_UNSET) json_object_set_new(field, name, json_boolean(value == YES));
}

static int parse_options(const char *text, json_t *field) {
    json_error_t where;
    json_t *options = json_loads(text, JSON_REJECT_DUPLICATES, &where);
    if (!json_is_object(options)) {
        json_decref(options);
        return cli_usage("--analyzer-options must be a JSON object such as {\"stem\":\"off\"}");
    }
    json_object_set_new(field, "options", options);
    return CLI_OK;
}

/* The field that the arguments and options speak of. */
static int field_of_options(const cli_options *o, json_t **out) {
    json_t *field = json_object();
    int code = CLI_OK;
    json_object_set_new(field, "name", answer_string(o->args[1], strlen(o->args[1])));
    json_object_set_new(field, "type", answer_string(o->args[2], strlen(o->args[2])));
    set_flag(field, "stored", o->stored);
    set_flag(field, "indexed", o->indexed);
    set_flag(field, "positions", o->positions);
    set_flag(field, "lengths", o->lengths);
    if (o->column) json_object_set_new(field, "column", json_true());
    if (o->many) json_object_set_new(field, "many", json_true());
    if (o->boost) json_object_set_new(field, "boost", json_integer((json_int_t)o->boost_value));
    if (o->analyzer)
        json_object_set_new(field, "analyzer", answer_string(o->analyzer, strlen(o->analyzer)));
    if (o->analyzer_options) code = parse_options(o->analyzer_options, field);
    *out = field;
    return code;
}

static int field_of_json(const char *text, json_t **out) {
    json_error_t where;
    *out = json_loads(text, JSON_REJECT_DUPLICATES, &where);
    if (json_is_object(*out)) return CLI_OK;
    if (*out == NULL) return cli_usage("add-field: column %d: %s", where.column, where.text);
    return cli_usage("add-field: a field is one JSON object");
}

static bool has_field(const json_t *schema, const json_t *field) {
    const char *name = json_string_value(json_object_get(field, "name"));
    size_t i;
    json_t *other;
    json_array_foreach(json_object_get(schema, "fields"), i, other) {
        const char *theirs = json_string_value(json_object_get(other, "name"));
        if (name && theirs && strcmp(name, theirs) == 0) return true;
    }
    return false;
}

static int with_field(cli_options *o, const prism_schema *now, prism_schema **out) {
    json_t *field = NULL, *schema = schema_to_value(now);
    int code = o->n_args == 2 ? field_of_json(o->args[1], &field) : field_of_options(o, &field);
    if (code == CLI_OK && schema == NULL) code = CLI_SYSTEM;
    if (code == CLI_OK && has_field(schema, field))
        code = cli_usage("add-field: there is a field %s already (see psearch schema)",
                         json_string_value(json_object_get(field, "name")));
    if (code == CLI_OK) {
        json_array_append(json_object_get(schema, "fields"), field);
        code = schema_from_value("add-field", schema, out);
        if (code == CLI_REJECTED) code = CLI_USAGE;
    }
    json_decref(field);
    json_decref(schema);
    return code;
}

static int add_field(cli_options *o) {
    char what[128];
    bool is_json = o->n_args == 2 && o->args[1][0] == '{';
    if (!is_json && o->n_args != 3)
        return cli_usage("schema add-field: a NAME and a TYPE are needed, or one JSON object");
    snprintf(what, sizeof what, "field %.64s added", is_json ? "" : o->args[1]);
    return change(o, with_field, is_json ? "field added" : what);
}

static int from_file(cli_options *o, const prism_schema *now, prism_schema **out) {
    (void)now;
    return schema_read_file(o->args[1], NULL, out);
}

static int set_schema(cli_options *o) {
    if (o->n_args != 2) return cli_usage("schema set: a FILE with a schema is needed");
    return change(o, from_file, "schema changed");
}

int cmd_schema(cli_options *o) {
    const char *what = o->n_args > 0 ? o->args[0] : "show";
    if (strcmp(what, "show") == 0) return show(o);
    if (strcmp(what, "add-field") == 0) return add_field(o);
    if (strcmp(what, "set") == 0) return set_schema(o);
    return cli_usage("schema: '%s' is none of show, add-field, set", what);
}
