/* cmd_documents.c - get: documents by key.
 *
 * The stored JSON is printed as it is, a line a document, in the order asked; absent keys are
 * passed over and only an answer without any document exits 1.
 * Tested by: tests/cli/documents.sh */
#include "answer.h"
#include "cli.h"

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
