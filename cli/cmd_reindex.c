/* cmd_reindex.c - reindex, upgrade: the same documents under other rules, or in the newest format.
 *
 * Both are one call of the library and one commit: until then everybody sees the old index, and an
 * interrupt leaves it as it was.
 * Tested by: tests/cli/reindex.sh */
#include "answer.h"
#include "progress.h"
#include "schema_file.h"
#include "units.h"

#include <string.h>

static int at_progress(void *ctx, uint64_t done, uint64_t total) {
    progress *p = ctx;
    p->total = total;
    progress_at(p, done, 0, done);
    return cli_interrupted;
}

/* The index as it is now, for the report. */
static int open_result(const char *path, prism_index **index, prism_snapshot **snap) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.read_only = 1;
    *index = NULL;
    *snap = NULL;
    if (prism_index_open(path, &opts, index, &err) == PRISM_OK &&
        prism_snapshot_open(*index, snap, &err) == PRISM_OK)
        return CLI_OK;
    prism_index_close(*index);
    *index = NULL;
    return cli_fail_index(path, &err);
}

/* `count` under the name `what` in the JSON form; `text` for people. */
static int report(const cli_options *o, const char *path, const char *what, bool of_documents,
                  uint64_t count, const char *text) {
    prism_index *index;
    prism_snapshot *snap;
    char things[64];
    int code = open_result(path, &index, &snap);
    if (code != CLI_OK) return code;
    if (of_documents) count = prism_snapshot_documents(snap);
    if (o->format == FORMAT_JSON) {
        json_t *root = answer_head(snap);
        json_object_set_new(root, what, json_integer((json_int_t)count));
        if (!answer_print(root)) code = CLI_SYSTEM;
        json_decref(root);
    } else if (of_documents) {
        cli_message("%s: %s reindexed, generation %llu", path,
                    units_show_things(count, "document", things),
                    (unsigned long long)prism_snapshot_generation(snap));
    } else {
        cli_message("%s: %s", path, text);
    }
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return code;
}

static int fail(const char *path, prism_error *err) {
    if (cli_interrupted && err->code == PRISM_ECANCELED) {
        cli_message("%s: stopped: the index is as it was", path);
        return CLI_INTERRUPTED;
    }
    if (err->code == PRISM_EINVAL && strstr(err->text, "not stored")) {
        cli_message("%s: %s; --drop-unstored goes on without them", path, err->text);
        return CLI_USAGE;
    }
    bool rejected = err->code == PRISM_EREJECTED || err->code == PRISM_ELIMIT;
    return rejected ? cli_fail_in(path, err) : cli_fail_index(path, err);
}

int cmd_reindex(cli_options *o) {
    prism_error err = PRISM_ERROR_INIT;
    prism_reindex_opts opts = PRISM_REINDEX_OPTS_INIT;
    prism_schema *schema = NULL;
    progress p;
    const char *path = cli_index_path(o);
    if (o->n_args > 0) return cli_usage("reindex: %s: unexpected", o->args[0]);
    if (path == NULL) return cli_no_index();
    int code = o->schema ? schema_read_file(o->schema, o->key, &schema) : CLI_OK;
    if (code != CLI_OK) return code;
    if (o->to && cli_is_foreign(o->to)) {
        cli_message(cli_is_index(o->to) ? "%s: there is an index already: nothing was touched"
                                        : "%s: not an index, and not empty: nothing was touched",
                    o->to);
        prism_schema_unref(schema);
        return CLI_INDEX;
    }
    cli_catch_interrupts();
    cli_use(path);
    opts.to = o->to;
    opts.memory = (size_t)o->memory;
    opts.drop_unstored = o->drop_unstored;
    progress_begin(&p, o->progress, "reindexing", 0);
    prism_status status =
        prism_index_reindex(path, schema, NULL, &opts, at_progress, &p, NULL, &err);
    progress_clear(&p);
    prism_schema_unref(schema);
    if (status != PRISM_OK) return fail(path, &err);
    return report(o, o->to ? o->to : path, "documents", true, 0, "");
}

int cmd_upgrade(cli_options *o) {
    prism_error err = PRISM_ERROR_INIT;
    progress p;
    uint64_t n = 0;
    char text[96], things[64];
    const char *path = cli_index_path(o);
    if (o->n_args > 0) return cli_usage("upgrade: %s: unexpected", o->args[0]);
    if (path == NULL) return cli_no_index();
    cli_catch_interrupts();
    cli_use(path);
    progress_begin(&p, o->progress, "upgrading", 0);
    prism_status status = prism_index_upgrade(path, NULL, at_progress, &p, &n, &err);
    progress_clear(&p);
    if (status != PRISM_OK) return fail(path, &err);
    if (n == 0)
        snprintf(text, sizeof text, "nothing to do: every segment is of the newest format");
    else
        snprintf(text, sizeof text, "%s rewritten", units_show_things(n, "segment", things));
    return report(o, path, "rewritten", false, n, text);
}
