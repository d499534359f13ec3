/* cmd_merge.c - merge: fewer segments, and other indexes taken in.
 *
 *   --from OTHER...   their documents, as if put now   \
 *   all segments down to --max-segments                 >  one commit, or on Ctrl-C none
 *
 * Other indexes are named by --from and by what follows its value; they may be in use and are not
 * changed.
 * Tested by: tests/cli/merge.sh */
#include "answer.h"
#include "cli.h"
#include "progress.h"
#include "units.h"

#include <string.h>

typedef struct merging {
    const cli_options *options;
    prism_index *index;
    prism_writer *writer;
    prism_snapshot *snap; /* of what is there at the end */
    progress progress;
    uint64_t documents; /* under way, for the bar; 0 = the unit of progress is documents */
    uint64_t added;
} merging;

static int show_progress(void *ctx, uint64_t done, uint64_t total) {
    merging *m = ctx;
    uint64_t documents = done;
    if (m->documents > 0 && total > 0)
        documents = (uint64_t)((double)m->documents * ((double)done / (double)total));
    m->progress.total = total;
    progress_at(&m->progress, documents, 0, done);
    return cli_interrupted;
}

static int interrupted(void) {
    cli_message("interrupted: the index is as it was");
    return CLI_INTERRUPTED;
}

static int failed(const prism_error *err) {
    return err->code == PRISM_ECANCELED && cli_interrupted ? interrupted() : cli_fail(err);
}

/* ---- the two works -------------------------------------------------------------------------- */

static int add_others(merging *m) {
    const cli_options *o = m->options;
    prism_error err = PRISM_ERROR_INIT;
    prism_writer_stats stats = {.size = sizeof stats};
    progress_begin(&m->progress, o->progress, "adding", 0);
    prism_status status = prism_writer_add_segments(m->writer, (const char *const *)o->args,
                                                    (size_t)o->n_args, show_progress, m, &err);
    progress_clear(&m->progress);
    if (status != PRISM_OK) {
        /* Other indexes are named by their paths, our own files by their bare names. */
        bool is_path = strchr(err.file, '/') != NULL;
        for (int i = 0; i < o->n_args; i++) is_path |= strcmp(err.file, o->args[i]) == 0;
        if (!is_path || err.code == PRISM_ECANCELED) return failed(&err);
        int code = cli_fail_in(err.file, &err);
        return err.code == PRISM_EIO ? CLI_INDEX : code;
    }
    if (prism_writer_get_stats(m->writer, &stats, &err) != PRISM_OK) return cli_fail(&err);
    m->added = stats.documents_put;
    return CLI_OK;
}

static int merge_down(merging *m) {
    const cli_options *o = m->options;
    prism_error err = PRISM_ERROR_INIT;
    if (prism_snapshot_open(m->index, &m->snap, &err) != PRISM_OK) return cli_fail(&err);
    m->documents = prism_snapshot_documents(m->snap) + m->added;
    prism_snapshot_unref(m->snap);
    m->snap = NULL;
    progress_begin(&m->progress, o->progress, "merging", 0);
    prism_status status =
        prism_writer_merge(m->writer, (uint32_t)o->max_segments, show_progress, m, &err);
    progress_clear(&m->progress);
    return status == PRISM_OK ? CLI_OK : failed(&err);
}

/* ---- the command ---------------------------------------------------------------------------- */

static int tell(merging *m) {
    const cli_options *o = m->options;
    char added[64], documents[64], segments[64];
    prism_error err = PRISM_ERROR_INIT;
    if (prism_snapshot_open(m->index, &m->snap, &err) != PRISM_OK) return cli_fail(&err);
    uint64_t n = prism_snapshot_documents(m->snap), n_segments = prism_snapshot_segments(m->snap);
    if (o->format == FORMAT_JSON) {
        json_t *root = answer_head(m->snap);
        json_object_set_new(root, "added", json_integer((json_int_t)m->added));
        json_object_set_new(root, "documents", json_integer((json_int_t)n));
        json_object_set_new(root, "segments", json_integer((json_int_t)n_segments));
        bool done = answer_print(root);
        json_decref(root);
        return done ? CLI_OK : CLI_SYSTEM;
    }
    if (o->from) cli_message("%s added", units_show_things(m->added, "document", added));
    cli_message("%s in %s", units_show_things(n, "document", documents),
                units_show_things(n_segments, "segment", segments));
    return CLI_OK;
}

static int run(merging *m) {
    prism_error err = PRISM_ERROR_INIT;
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    const char *path = cli_index_path(m->options);
    if (path == NULL) return cli_no_index();
    cli_use(path);
    opts.max_segments = PRISM_NO_MERGE; /* nothing but what is asked for */
    opts.reorder = m->options->reorder;
    if (prism_index_open(path, NULL, &m->index, &err) != PRISM_OK)
        return cli_fail_index(path, &err);
    if (prism_writer_open(m->index, &opts, &m->writer, &err) != PRISM_OK)
        return cli_fail_writer(path, m->options, &err);
    int code = m->options->from ? add_others(m) : CLI_OK;
    if (code == CLI_OK && cli_interrupted) return interrupted();
    if (code == CLI_OK) code = merge_down(m);
    return code == CLI_OK ? tell(m) : code;
}

int cmd_merge(cli_options *o) {
    merging m = {.options = o};
    if (!o->from && o->n_args > 0)
        return cli_usage("merge: %s: unexpected (other indexes come after --from)", o->args[0]);
    if (o->max_segments == 0 || o->max_segments > UINT32_MAX - 1)
        return cli_usage("--max-segments must be at least 1");
    cli_catch_interrupts();
    int code = run(&m);
    prism_snapshot_unref(m.snap);
    prism_writer_close(m.writer);
    prism_index_close(m.index);
    return code;
}
