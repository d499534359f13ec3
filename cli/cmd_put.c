/* cmd_put.c - put, add: files, directories and streams into an index.
 *
 *   arguments -> walk -> load.c, a file at a time -> one commit at the end, or one every N
 *   documents
 *
 * One rejected record decides: under --on-error=stop (default) everything since the last commit is
 * given up and the exit code is 7.  A full disk, a signal or any other refusal also leaves the last
 * commit as it was.
 * Tested by: tests/cli/put.sh, tests/cli/bad_input.sh */
#include "answer.h"
#include "input.h"
#include "load.h"
#include "units.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int on_file(void *ctx, const char *path) {
    return load_file(ctx, path);
}

static int on_skipped(void *ctx, const char *path, const char *why) {
    loader *l = ctx;
    progress_clear(&l->progress);
    cli_message("note: %s: %s", path, why);
    return 0;
}

static int on_unreadable(void *ctx, const char *path) {
    prism_error err = PRISM_ERROR_INIT;
    err.code = PRISM_EIO;
    err.sys_errno = errno;
    snprintf(err.text, sizeof err.text, "%s", strerror(errno));
    return load_reject(ctx, path, &err, path, strlen(path));
}

/* ---- how much is there to read?  For the progress bar only. --------------------------------- */

static int add_size(void *ctx, const char *path) {
    uint64_t *total = ctx;
    struct stat st;
    bool standard = strcmp(path, "-") == 0;
    if ((standard ? fstat(STDIN_FILENO, &st) : stat(path, &st)) != 0) return 0;
    if (!S_ISREG(st.st_mode)) {
        *total = 0;
        return 1; /* a pipe: nobody knows */
    }
    *total += (uint64_t)st.st_size;
    return cli_interrupted;
}

static int size_skipped(void *ctx, const char *path, const char *why) {
    (void)ctx;
    (void)path;
    (void)why;
    return 0;
}

static int size_unreadable(void *ctx, const char *path) {
    return size_skipped(ctx, path, NULL);
}

static uint64_t total_size(const cli_options *o) {
    static const input_walker sizes = {add_size, size_skipped, size_unreadable};
    uint64_t total = 0;
    if (!progress_wanted(o->progress)) return 0;
    for (int i = 0; i < o->n_args; i++)
        if (input_walk(o->args[i], &sizes, &total) != 0) return 0;
    return total;
}

/* ---- opening -------------------------------------------------------------------------------- */

/* An order that the writer of a new index would refuse is found before there is an index: one in
 * memory is asked. */
static int check_order(const char *path, const cli_options *o) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts in_memory = PRISM_INDEX_OPTS_INIT;
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    prism_index *index = NULL;
    prism_writer *writer = NULL;
    if (o->reorder == NULL) return CLI_OK;
    in_memory.in_memory = 1;
    opts.reorder = o->reorder;
    prism_status status = prism_index_create(path, NULL, &in_memory, &index, &err);
    if (status == PRISM_OK) status = prism_writer_open(index, &opts, &writer, &err);
    prism_writer_close(writer);
    prism_index_close(index);
    return status == PRISM_OK ? CLI_OK : cli_fail_writer(path, o, &err);
}

/* A directory with other things in it is not made into an index by a slip of the keyboard. */
static int open_index(loader *l, const char *path) {
    prism_error err = PRISM_ERROR_INIT;
    cli_use(path);
    prism_status status = prism_index_open(path, NULL, &l->index, &err);
    if (status == PRISM_ENOTFOUND) {
        if (cli_is_foreign(path)) {
            cli_message("%s: not an index, and not empty: nothing was touched", path);
            return CLI_INDEX;
        }
        int code = check_order(path, l->options);
        if (code != CLI_OK) return code;
        status = prism_index_create(path, NULL, NULL, &l->index, &err);
    }
    if (status != PRISM_OK) return cli_fail_index(path, &err);
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    opts.memory = (size_t)l->options->memory;
    opts.load = l->options->load;
    opts.threads = (unsigned)l->options->threads;
    opts.strict_schema = l->options->strict_schema;
    opts.reorder = l->options->reorder;
    if (prism_writer_open(l->index, &opts, &l->writer, &err) != PRISM_OK)
        return cli_fail_writer(path, l->options, &err);
    if (prism_doc_new(prism_writer_schema(l->writer), &l->doc, &err) != PRISM_OK)
        return cli_fail(&err);
    return CLI_OK;
}

/* Missing inputs are found before an index is made for them. */
static int check_arguments(const cli_options *o) {
    if (o->n_args == 0) return cli_usage("what to index? FILE, DIR, or - for standard input");
    int code = CLI_OK;
    for (int i = 0; i < o->n_args && !o->skip_errors; i++) {
        struct stat st;
        if (strcmp(o->args[i], "-") == 0 || stat(o->args[i], &st) == 0) continue;
        cli_message("%s: %s", o->args[i], strerror(errno));
        code = CLI_REJECTED;
    }
    return code;
}

/* ---- the report ----------------------------------------------------------------------------- */

static double seconds_since(uint64_t start_us) {
    double seconds = (double)(progress_clock_us() - start_us) / 1e6;
    return seconds > 0 ? seconds : 1e-6;
}

static void tell_report(const loader *l, const prism_writer_stats *stats) {
    char text[64], size[32];
    double seconds = seconds_since(l->progress.start_us);
    uint64_t mended = stats->ill_formed + l->mended;
    cli_message("%s, %s in %.2f s (%.1f MB/s), generation %llu",
                units_show_things(l->documents, "document", text), units_show_bytes(l->bytes, size),
                seconds, (double)l->bytes / 1e6 / seconds, (unsigned long long)l->generation);
    if (stats->unknown_fields)
        cli_message("note: %s with names that the schema does not know (the first: %s): kept, not "
                    "searchable",
                    units_show_things(stats->unknown_fields, "document", text),
                    stats->first_unknown_field);
    if (l->left_out.n)
        cli_message("note: %s in front matter that the schema does not know (the first: %s): left "
                    "out",
                    units_show_things(l->left_out.n, "name", text), l->left_out.first);
    if (l->empty.n)
        cli_message("note: %s without anything in it (the first: %s)",
                    units_show_things(l->empty.n, "file", text), l->empty.first);
    if (mended)
        cli_message("note: ill-formed UTF-8 was read as separators in %s",
                    units_show_things(mended, "place", text));
    if (l->rejected)
        cli_message("%s rejected and skipped", units_show_things(l->rejected, "record", text));
}

static int print_report(const loader *l, const prism_writer_stats *stats) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap = NULL;
    if (prism_snapshot_open(l->index, &snap, &err) != PRISM_OK) return cli_fail(&err);
    json_t *root = answer_head(snap);
    json_object_update_new(
        root, json_pack("{s:I, s:I, s:I, s:I, s:I, s:f}", "documents", (json_int_t)l->documents,
                        "rejected", (json_int_t)l->rejected, "bytes", (json_int_t)l->bytes,
                        "unknown_fields", (json_int_t)(stats->unknown_fields + l->left_out.n),
                        "ill_formed", (json_int_t)(stats->ill_formed + l->mended), "seconds",
                        seconds_since(l->progress.start_us)));
    bool done = answer_print(root);
    json_decref(root);
    prism_snapshot_unref(snap);
    return done ? CLI_OK : CLI_SYSTEM;
}

static int report(const loader *l) {
    prism_writer_stats stats;
    prism_error err = PRISM_ERROR_INIT;
    memset(&stats, 0, sizeof stats);
    stats.size = sizeof stats;
    if (prism_writer_get_stats(l->writer, &stats, &err) != PRISM_OK) return cli_fail(&err);
    tell_report(l, &stats);
    return l->options->format == FORMAT_JSON ? print_report(l, &stats) : CLI_OK;
}

static int load(loader *l) {
    static const input_walker files = {on_file, on_skipped, on_unreadable};
    const cli_options *o = l->options;
    int code = CLI_OK;
    progress_begin(&l->progress, o->progress, "indexing", total_size(o));
    for (int i = 0; i < o->n_args && code == CLI_OK; i++) code = input_walk(o->args[i], &files, l);
    progress_last(&l->progress, "writing the index");
    if (code == CLI_OK) code = load_commit(l);
    progress_clear(&l->progress);
    if (code == CLI_OK) return report(l);
    cli_message("stopped: %s",
                l->generation ? "the documents of the last commit are kept, those after it are not"
                              : "nothing was added");
    return code;
}

static int run_loader(cli_options *o, unsigned flags) {
    loader l;
    memset(&l, 0, sizeof l);
    l.options = o;
    l.flags = flags;
    int code = check_arguments(o);
    if (code != CLI_OK) return code;
    const char *path = cli_index_path(o);
    if (path == NULL) path = ".psearch";
    if (o->rejects && (l.rejects = fopen(o->rejects, "wbe")) == NULL) {
        cli_message("%s: %s", o->rejects, strerror(errno));
        return CLI_SYSTEM;
    }
    cli_catch_interrupts();
    code = open_index(&l, path);
    if (code == CLI_OK) code = load(&l);
    prism_doc_free(l.doc);
    prism_writer_close(l.writer);
    prism_index_close(l.index);
    if (l.rejects && fclose(l.rejects) != 0 && code == CLI_OK) {
        cli_message("%s: %s", o->rejects, strerror(errno));
        code = CLI_SYSTEM;
    }
    return code;
}

int cmd_put(cli_options *o) {
    return run_loader(o, PRISM_PUT_REPLACE);
}

int cmd_add(cli_options *o) {
    return run_loader(o, PRISM_PUT_APPEND);
}
