/* cmd_documents.c - get: documents by key.
 *
 * The stored JSON is printed as it is, a line a document, in the order asked; absent keys are
 * passed over and only an answer without any document exits 1.
 * Tested by: tests/cli/documents.sh */
#include "cli.h"
#include "pick.h"

#include <stdlib.h>
#include <string.h>

/* Some of its members, or NULL for the whole document. */
static bool print_json(const char *json, size_t len, const char *names, prism_error *err) {
    char *some = NULL;
    if (names && (some = pick_members(json, len, names, &len)) == NULL) {
        err->code = PRISM_ENOMEM;
        snprintf(err->text, sizeof err->text, "out of memory");
        return false;
    }
    fwrite(some ? some : json, 1, len, stdout);
    putchar('\n');
    free(some);
    return true;
}

static bool print_document(const cli_options *o, prism_snapshot *snap, uint64_t gdoc,
                           const char *key, prism_error *err) {
    char *json = NULL;
    size_t len;
    if (o->format == FORMAT_IDS) {
        puts(key);
        return true;
    }
    if (prism_document_get(snap, gdoc, &json, &len, err) != PRISM_OK) return false;
    bool done = print_json(json, len, o->fields, err);
    prism_free_text(json);
    return done;
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
