/* cmd_init.c - init: a new index, empty, with the schema that is asked for.
 *
 * The index is made where -i or PSEARCH_INDEX say, else as .psearch here (not in the nearest one
 * upwards: that is there already).  --infer makes nothing: it prints the schema that a file asks
 * for, to be read, mended, and given back with --schema.
 * Tested by: tests/cli/init.sh */
#include "answer.h"
#include "infer.h"
#include "schema_file.h"
#include "units.h"

#include <stdlib.h>
#include <string.h>

static const char *new_index_path(const cli_options *o) {
    if (o->index) return o->index;
    const char *env = getenv("PSEARCH_INDEX");
    return env && *env ? env : ".psearch";
}

/* The default schema, with another key if one is asked for. */
static int default_schema(const char *key, prism_schema **out) {
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema;
    *out = NULL;
    if (prism_schema_default(&schema, &err) != PRISM_OK) return cli_fail(&err);
    if (key == NULL) {
        *out = schema;
        return CLI_OK;
    }
    json_t *value = schema_to_value(schema);
    prism_schema_unref(schema);
    int code = json_object_set_new(value, "key", json_string(key)) != 0
                   ? cli_usage("--key: '%s' is not a name", key)
                   : schema_from_value("the default schema", value, out);
    json_decref(value);
    return code == CLI_REJECTED ? CLI_USAGE : code;
}

/* Nothing may be there but an empty directory. */
static int check_place(const char *path) {
    prism_index *index;
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.read_only = 1;
    prism_status status = prism_index_open(path, &opts, &index, &err);
    if (status == PRISM_ENOTFOUND) {
        if (!cli_is_foreign(path)) return CLI_OK;
        cli_message("%s: not an index, and not empty: nothing was touched", path);
        return CLI_INDEX;
    }
    prism_index_close(index);
    if (status != PRISM_OK) return cli_fail_index(path, &err);
    cli_message("%s: there is an index already: nothing was touched", path);
    return CLI_INDEX;
}

static int tell(const cli_options *o, const char *path, prism_index *index) {
    prism_snapshot *snap;
    prism_error err = PRISM_ERROR_INIT;
    if (prism_snapshot_open(index, &snap, &err) != PRISM_OK) return cli_fail(&err);
    json_t *schema = schema_to_value(prism_snapshot_schema(snap));
    bool done = schema != NULL;
    if (done && o->format == FORMAT_JSON) {
        json_t *root = answer_head(snap);
        done = json_object_set(root, "schema", schema) == 0 && answer_print(root);
        json_decref(root);
    } else if (done) {
        char text[64];
        const char *key = json_string_value(json_object_get(schema, "key"));
        cli_message("%s: a new index, %s, %s%s", path,
                    units_show_things(json_array_size(json_object_get(schema, "fields")), "field",
                                      text),
                    key ? "key " : "no key", key ? key : "");
    }
    json_decref(schema);
    prism_snapshot_unref(snap);
    return done ? CLI_OK : CLI_SYSTEM;
}

int cmd_init(cli_options *o) {
    prism_schema *schema;
    prism_index *index = NULL;
    prism_error err = PRISM_ERROR_INIT;
    if (o->n_args > 0)
        return cli_usage("init: %s: unexpected (the index is named by -i)", o->args[0]);
    if (o->schema && o->infer) return cli_usage("init: --schema or --infer, not both");
    if (o->infer) return infer_print(o);
    const char *path = new_index_path(o);
    cli_use(path);
    int code =
        o->schema ? schema_read_file(o->schema, o->key, &schema) : default_schema(o->key, &schema);
    if (code != CLI_OK) return code;
    code = check_place(path);
    if (code == CLI_OK && prism_index_create(path, schema, NULL, &index, &err) != PRISM_OK)
        code = cli_fail_index(path, &err);
    if (code == CLI_OK) code = tell(o, path, index);
    prism_index_close(index);
    prism_schema_unref(schema);
    return code;
}
