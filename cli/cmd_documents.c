/* cmd_documents.c - get, rm: documents by key.
 *
 * get prints the stored JSON as it is, a line a document, in the order asked; absent keys are
 * passed over and only an answer without any document exits 1.  rm deletes in one commit, so that
 * an interrupt or a fault deletes nothing; --dry-run counts on a snapshot and takes no lock.
 * Tested by: tests/cli/documents.sh */
#include "answer.h"
#include "cli.h"
#include "input.h"
#include "units.h"

#include <string.h>

static bool print_document(const cli_options *o, prism_snapshot *snap, uint64_t gdoc,
                           const char *key, prism_error *err) {
    char *json = NULL;
    size_t len;
    if (o->format == FORMAT_IDS) {
        puts(key);
        return true;
    }
    if (prism_document_get(snap, gdoc, &json, &len, err) != PRISM_OK) return false;
    if (o->fields) {
        json_t *fields = answer_fields(json, len, o->fields);
        answer_print(fields);
        json_decref(fields);
    } else {
        fwrite(json, 1, len, stdout);
        putchar('\n');
    }
    prism_free_text(json);
    return true;
}

int cmd_get(cli_options *o) {
    prism_index *index;
    prism_snapshot *snap;
    prism_error err = PRISM_ERROR_INIT;
    int found = 0, code;
    if (o->n_args == 0) return cli_usage("get: a key is needed");
    code = cli_open(o, &index, &snap);
    if (code != CLI_OK) return code;
    for (int i = 0; i < o->n_args && code == CLI_OK; i++) {
        uint64_t gdoc;
        prism_status status =
            prism_document_find(snap, o->args[i], strlen(o->args[i]), &gdoc, &err);
        if (status == PRISM_ENOTFOUND) continue;
        if (status != PRISM_OK || !print_document(o, snap, gdoc, o->args[i], &err))
            code = cli_fail(&err);
        found++;
    }
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return code != CLI_OK ? code : found > 0 ? CLI_OK : CLI_NOTHING;
}

/* ---- rm ------------------------------------------------------------------------------------- */

typedef struct remover {
    prism_writer *writer; /* NULL: dry run */
    prism_snapshot *snap; /* dry run */
    uint64_t n;
} remover;

static prism_status remove_key(remover *r, const char *key, size_t len, prism_error *err) {
    uint64_t n = 0;
    if (r->writer) {
        prism_status status = prism_writer_delete(r->writer, key, len, &n, err);
        r->n += n;
        return status;
    }
    prism_status status = prism_document_find(r->snap, key, len, &n, err);
    if (status == PRISM_OK) r->n++;
    return status == PRISM_ENOTFOUND ? PRISM_OK : status;
}

static prism_status remove_listed(remover *r, prism_error *err) {
    input_stream *in;
    input_lines lines;
    input_line line;
    bool more = true;
    prism_status status = input_open("-", &in, err);
    if (status != PRISM_OK) return status;
    input_lines_init(&lines, in);
    while (status == PRISM_OK && !cli_interrupted) {
        status = input_next_line(&lines, &line, &more, err);
        if (status != PRISM_OK || !more) break;
        if (line.len > 0) status = remove_key(r, line.text, line.len, err);
    }
    input_lines_fini(&lines);
    input_close(in);
    return status;
}

static prism_status remove_all(const cli_options *o, remover *r, prism_error *err) {
    prism_status status = PRISM_OK;
    for (int i = 0; i < o->n_args && status == PRISM_OK && !cli_interrupted; i++)
        status = strcmp(o->args[i], "-") == 0 ? remove_listed(r, err)
                                              : remove_key(r, o->args[i], strlen(o->args[i]), err);
    return status;
}

/* `snap`: of what is now in the index, for the JSON form. */
static int tell_removed(const cli_options *o, const remover *r, const prism_snapshot *snap) {
    char text[64];
    bool done = true;
    if (o->format == FORMAT_JSON) {
        json_t *root = answer_head(snap);
        json_object_set_new(root, "deleted", json_integer((json_int_t)r->n));
        json_object_set_new(root, "dry_run", json_boolean(o->dry_run));
        done = answer_print(root);
        json_decref(root);
    } else if (o->dry_run) {
        printf("%llu\n", (unsigned long long)r->n);
    } else {
        cli_message("%s deleted", units_show_things(r->n, "document", text));
    }
    return !done ? CLI_SYSTEM : r->n > 0 ? CLI_OK : CLI_NOTHING;
}

static int dry_run(cli_options *o) {
    remover r = {NULL, NULL, 0};
    prism_index *index;
    prism_error err = PRISM_ERROR_INIT;
    int code = cli_open(o, &index, &r.snap);
    if (code != CLI_OK) return code;
    code = remove_all(o, &r, &err) == PRISM_OK ? tell_removed(o, &r, r.snap) : cli_fail(&err);
    prism_snapshot_unref(r.snap);
    prism_index_close(index);
    return code;
}

int cmd_rm(cli_options *o) {
    remover r = {NULL, NULL, 0};
    prism_index *index = NULL;
    prism_error err = PRISM_ERROR_INIT;
    const char *path = cli_index_path(o);
    if (o->n_args == 0) return cli_usage("rm: a key is needed, or - for keys on standard input");
    if (o->dry_run) return dry_run(o);
    if (path == NULL) return cli_no_index();
    cli_catch_interrupts();
    cli_use(path);
    int code = CLI_OK;
    if (prism_index_open(path, NULL, &index, &err) != PRISM_OK ||
        prism_writer_open(index, NULL, &r.writer, &err) != PRISM_OK)
        code = cli_fail_index(path, &err);
    else if (remove_all(o, &r, &err) != PRISM_OK)
        code = cli_fail(&err);
    else if (cli_interrupted)
        code = CLI_INTERRUPTED;
    else if (r.n > 0 && prism_writer_commit(r.writer, NULL, 0, NULL, &err) != PRISM_OK)
        code = cli_fail(&err);
    else if (prism_snapshot_open(index, &r.snap, &err) != PRISM_OK)
        code = cli_fail(&err);
    else
        code = tell_removed(o, &r, r.snap);
    prism_snapshot_unref(r.snap);
    prism_writer_close(r.writer);
    prism_index_close(index);
    return code;
}
