/* cmd_export.c - export: every stored document, a line each, as put reads it.
 *
 * The newest commit as it is now, live documents only, in the order in which they were put; memory
 * for one frame, however large the index.  With -o the file gets its name when it is whole and on
 * disk, so that an interrupted export never looks like a finished one.
 * Tested by: tests/cli/export.sh */
#include "answer.h"
#include "pick.h"
#include "progress.h"
#include "units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct exporter {
    const cli_options *options;
    FILE *out;
    progress progress;
    uint64_t documents, bytes;
    const char *key; /* --format=ids */
    bool out_of_memory;
} exporter;

static bool put_line(exporter *e, const char *text, size_t len) {
    e->bytes += len + 1;
    return fwrite(text, 1, len, e->out) == len && putc('\n', e->out) != EOF;
}

static bool put_fields(exporter *e, const char *json, size_t len) {
    size_t n;
    char *text = pick_members(json, len, e->options->fields, &n);
    e->out_of_memory = text == NULL;
    bool done = text && put_line(e, text, n);
    free(text);
    return done;
}

/* The key as it is searched for: a string without its escapes, a number as it stands. */
static bool put_key(exporter *e, const char *json, size_t len) {
    size_t n;
    const char *value = pick_value(json, len, e->key, &n);
    if (value == NULL || *value != '"') return value == NULL || put_line(e, value, n);
    json_t *string = json_loadb(value, n, JSON_DECODE_ANY, NULL);
    e->out_of_memory = string == NULL;
    bool done = string && put_line(e, json_string_value(string), json_string_length(string));
    json_decref(string);
    return done;
}

static int take_document(void *ctx, uint64_t gdoc, const char *json, size_t len) {
    exporter *e = ctx;
    (void)gdoc;
    bool done = e->key               ? put_key(e, json, len)
                : e->options->fields ? put_fields(e, json, len)
                                     : put_line(e, json, len);
    if (!done) return 1;
    e->documents++;
    progress_at(&e->progress, e->documents, e->bytes, e->documents);
    return cli_interrupted;
}

/* What the index does not have cannot be exported: said once. */
static void tell_unstored(const prism_schema *schema) {
    const char *text;
    size_t len, i;
    prism_error err = PRISM_ERROR_INIT;
    json_t *root, *field;
    if (prism_schema_to_json(schema, &text, &len, &err) != PRISM_OK) return;
    root = json_loadb(text, len, 0, NULL);
    json_array_foreach(json_object_get(root, "fields"), i,
                       field) if (!json_is_true(json_object_get(field, "stored")))
        cli_message("note: field %s is not stored: its values are not exported",
                    json_string_value(json_object_get(field, "name")));
    json_decref(root);
}

static const char *key_of(const prism_schema *schema, char *out, size_t room) {
    const char *text;
    size_t len;
    prism_error err = PRISM_ERROR_INIT;
    if (prism_schema_to_json(schema, &text, &len, &err) != PRISM_OK) return NULL;
    json_t *root = json_loadb(text, len, 0, NULL);
    const char *key = json_string_value(json_object_get(root, "key"));
    if (key) snprintf(out, room, "%s", key);
    json_decref(root);
    return key ? out : NULL;
}

static int export_to(exporter *e, prism_snapshot *snap) {
    prism_error err = PRISM_ERROR_INIT;
    errno = 0;
    prism_status status = prism_document_each(snap, take_document, e, &err);
    progress_clear(&e->progress);
    if (status == PRISM_OK) return CLI_OK;
    if (status != PRISM_ECANCELED) return cli_fail(&err);
    if (cli_interrupted) return CLI_INTERRUPTED;
    if (e->out_of_memory) {
        cli_message("out of memory");
    } else if (e->out != stdout) { /* of standard output cli_finish tells */
        cli_message("%s: %s", e->options->output, errno ? strerror(errno) : "cannot be written");
    }
    return CLI_SYSTEM;
}

/* ---- -o FILE -------------------------------------------------------------------------------- */

/* As a file that the shell makes: the mask applies. */
static FILE *open_temporary(char *path) {
    int fd = mkstemp(path);
    if (fd < 0) return NULL;
    mode_t mask = umask(0);
    umask(mask);
    FILE *out = fchmod(fd, 0666 & ~mask) == 0 ? fdopen(fd, "wb") : NULL;
    if (out == NULL) {
        close(fd);
        unlink(path);
    }
    return out;
}

static bool is_special(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static int refused(const char *path) {
    cli_message("%s: %s", path, strerror(errno));
    return CLI_SYSTEM;
}

static int export_to_file(exporter *e, prism_snapshot *snap) {
    const char *path = e->options->output;
    char temporary[4096];
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
        return cli_usage("-o: the path is too long");
    if (is_special(path)) { /* a device or a pipe has no name to give */
        if ((e->out = fopen(path, "wbe")) == NULL) return refused(path);
        int code = export_to(e, snap);
        return fclose(e->out) == 0 || code != CLI_OK ? code : refused(path);
    }
    if ((e->out = open_temporary(temporary)) == NULL) return refused(path);
    int code = export_to(e, snap);
    if (code == CLI_OK && (fflush(e->out) != 0 || fsync(fileno(e->out)) != 0)) code = refused(path);
    if (fclose(e->out) != 0 && code == CLI_OK) code = refused(path);
    if (code == CLI_OK && rename(temporary, path) != 0) code = refused(path);
    if (code != CLI_OK) unlink(temporary);
    return code;
}

int cmd_export(cli_options *o) {
    exporter e = {.options = o, .out = stdout};
    prism_index *index;
    prism_snapshot *snap;
    char text[64], size[32], key[128];
    if (o->n_args > 0) return cli_usage("export: %s: unexpected", o->args[0]);
    int code = cli_open(o, &index, &snap);
    if (code != CLI_OK) return code;
    cli_catch_interrupts();
    if (o->format == FORMAT_IDS) e.key = key_of(prism_snapshot_schema(snap), key, sizeof key);
    tell_unstored(prism_snapshot_schema(snap));
    bool to_file = o->output && strcmp(o->output, "-") != 0;
    progress_begin(&e.progress, to_file || !isatty(STDOUT_FILENO) ? o->progress : PROGRESS_NEVER,
                   "exporting", prism_snapshot_documents(snap));
    code = to_file ? export_to_file(&e, snap) : export_to(&e, snap);
    if (code == CLI_OK && to_file)
        cli_message("%s: %s, %s", o->output, units_show_things(e.documents, "document", text),
                    units_show_bytes(e.bytes, size));
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return code;
}
