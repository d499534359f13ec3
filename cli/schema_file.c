/* schema_file.c - which schema is in this file?
 *
 * Either a schema alone, or what `psearch schema show --format=json` printed, so that the schema of
 * one index makes another.  The file is an input like any other: whatever is wrong with it is exit
 * code 7, with the place if it is no JSON, with the field if it is no schema.
 * Tested by: tests/cli/init.sh, tests/cli/reindex.sh */
#include "schema_file.h"

#include "input.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SCHEMA_FILE ((size_t)16 << 20)

static int reject(const char *path, const prism_error *err) {
    (void)cli_fail_in(strcmp(path, "-") == 0 ? "standard input" : path, err);
    return err->code == PRISM_ENOMEM ? CLI_SYSTEM : CLI_REJECTED;
}

/* The whole file, of malloc; NULL: told, *code is the exit code. */
static char *read_text(const char *path, size_t *len, int *code) {
    prism_error err = PRISM_ERROR_INIT;
    input_stream *in = NULL;
    char *text = NULL;
    prism_status status = input_open(path, &in, &err);
    if (status == PRISM_OK) {
        status = input_read_all(in, MAX_SCHEMA_FILE, &text, len, &err);
        input_close(in);
    }
    if (status == PRISM_OK) return text;
    *code = reject(path, &err);
    return NULL;
}

int schema_from_value(const char *name, const json_t *value, prism_schema **out) {
    prism_error err = PRISM_ERROR_INIT;
    char *text = json_dumps(value, JSON_COMPACT);
    *out = NULL;
    if (text == NULL) {
        cli_message("out of memory");
        return CLI_SYSTEM;
    }
    prism_status status = prism_schema_from_json(text, strlen(text), out, &err);
    free(text);
    err.line = err.column = 0; /* of a text that nobody has seen */
    err.offset = UINT64_MAX;
    return status == PRISM_OK ? CLI_OK : reject(name, &err);
}

json_t *schema_to_value(const prism_schema *schema) {
    const char *text;
    size_t len;
    prism_error err = PRISM_ERROR_INIT;
    if (prism_schema_to_json(schema, &text, &len, &err) != PRISM_OK) return NULL;
    return json_loadb(text, len, 0, NULL);
}

static int from_root(const char *path, json_t *root, const char *key, prism_schema **out) {
    json_t *schema = json_object_get(root, "schema");
    if (!json_is_object(schema) || json_object_get(root, "v") == NULL) schema = root;
    if (key && json_is_object(schema) && json_object_set_new(schema, "key", json_string(key)) != 0)
        return cli_usage("--key: '%s' is not a name", key);
    return schema_from_value(path, schema, out);
}

int schema_read_file(const char *path, const char *key, prism_schema **out) {
    prism_error err = PRISM_ERROR_INIT;
    size_t len;
    int code = CLI_OK;
    *out = NULL;
    char *text = read_text(path, &len, &code);
    if (text == NULL) return code;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    if (root) {
        code = from_root(path, root, key, out);
    } else { /* the library says where it is no JSON */
        prism_status status = prism_schema_from_json(text, len, out, &err);
        if (status != PRISM_OK) code = reject(path, &err);
    }
    json_decref(root);
    free(text);
    return code;
}
