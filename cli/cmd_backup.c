/* cmd_backup.c - backup, restore: a copy of an index, proved, and the way back.
 *
 * Both answer with one object (or line) about what was copied.  restore is told where to by -i, and
 * makes that directory; an index that stands there is never touched.
 * Tested by: tests/cli/backup.sh */
#include "answer.h"
#include "cli.h"
#include "progress.h"
#include "units.h"

#include <string.h>

/* Each byte counts twice: placed, then proved. */
static int copy_progress(void *ctx, uint64_t done, uint64_t total) {
    progress *p = ctx;
    p->total = total;
    progress_at(p, 0, done / 2, done);
    return cli_interrupted;
}

static void hex_of(const uint8_t *bytes, char out[33]) {
    for (int i = 0; i < 16; i++) snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* The uuid of what was made, read from there. */
static json_t *uuid_at(const char *path) {
    prism_index *index;
    prism_snapshot *snap = NULL;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    char hex[33];
    opts.read_only = 1;
    opts.checksums = PRISM_CHECKSUMS_OFF;
    if (prism_index_open(path, &opts, &index, NULL) != PRISM_OK) return json_null();
    prism_status status = prism_snapshot_open(index, &snap, NULL);
    if (status == PRISM_OK) hex_of(prism_snapshot_uuid(snap), hex);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return status == PRISM_OK ? json_string(hex) : json_null();
}

static int print_stats(const cli_options *o, const char *from, const char *to,
                       const prism_backup_stats *s) {
    char documents[64], files[64], bytes[32];
    if (o->format == FORMAT_HUMAN || o->format == FORMAT_IDS) {
        cli_message("%s -> %s: generation %llu, %s, %s in %s (%llu linked), all proved", from, to,
                    (unsigned long long)s->generation,
                    units_show_things(s->documents, "document", documents),
                    units_show_bytes(s->bytes, bytes), units_show_things(s->files, "file", files),
                    (unsigned long long)s->files_linked);
        return CLI_OK;
    }
    json_t *root =
        json_pack("{s:i, s:o, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "v", 1, "index",
                  uuid_at(to), "generation", (json_int_t)s->generation, "path",
                  answer_string(to, strlen(to)), "documents", (json_int_t)s->documents, "files",
                  (json_int_t)s->files, "files_linked", (json_int_t)s->files_linked, "files_copied",
                  (json_int_t)s->files_copied, "bytes", (json_int_t)s->bytes, "bytes_copied",
                  (json_int_t)s->bytes_copied);
    bool done = answer_print(root);
    json_decref(root);
    return done ? CLI_OK : CLI_SYSTEM;
}

static prism_backup_opts copy_opts(const cli_options *o, progress *p, const char *verb) {
    prism_backup_opts opts = PRISM_BACKUP_OPTS_INIT;
    opts.copy = o->copy;
    opts.base = o->base;
    opts.progress = copy_progress;
    opts.progress_ctx = p;
    progress_begin(p, o->progress, verb, 0);
    p->thing = NULL; /* bytes only */
    cli_catch_interrupts();
    return opts;
}

/* Damage and a missing index are the source's, all else is about the place that was to be made. */
static int fail(const cli_options *o, const char *to, const prism_error *err) {
    char file[4096];
    if (err->code == PRISM_ECORRUPT || err->code == PRISM_ETOONEW || err->code == PRISM_ETOOOLD)
        return cli_fail(err);
    if (o->base && strcmp(err->file, o->base) == 0) return cli_fail_in(o->base, err);
    snprintf(file, sizeof file, "%s%s%s", to, err->file[0] ? "/" : "", err->file);
    return cli_fail_in(file, err);
}

static int no_path(const cli_options *o, const char *command, const char *what) {
    if (o->n_args == 0) return cli_usage("%s: %s is needed", command, what);
    return cli_usage("%s: %s: unexpected", command, o->args[1]);
}

int cmd_backup(cli_options *o) {
    prism_index *index;
    prism_snapshot *snap;
    prism_error err = PRISM_ERROR_INIT;
    prism_backup_stats stats = {.size = sizeof stats};
    progress p;
    if (o->n_args != 1) return no_path(o, "backup", "the directory to make");
    int code = cli_open(o, &index, &snap);
    if (code != CLI_OK) return code;
    prism_snapshot_unref(snap); /* the newest commit when the copying begins is what is copied */
    prism_backup_opts opts = copy_opts(o, &p, "copying");
    prism_status status = prism_index_backup(index, o->args[0], &opts, &stats, &err);
    progress_clear(&p);
    code = status == PRISM_OK ? print_stats(o, cli_index_path(o), o->args[0], &stats)
                              : fail(o, o->args[0], &err);
    prism_index_close(index);
    return code;
}

static bool is_index(const char *path) {
    prism_index *index;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.read_only = 1;
    bool is = prism_index_open(path, &opts, &index, NULL) != PRISM_ENOTFOUND;
    prism_index_close(index);
    return is;
}

int cmd_restore(cli_options *o) {
    prism_error err = PRISM_ERROR_INIT;
    prism_backup_stats stats = {.size = sizeof stats};
    progress p;
    const char *to = cli_index_path(o);
    if (o->n_args != 1) return no_path(o, "restore", "the backup");
    if (to == NULL) to = ".psearch";
    cli_use(o->args[0]);
    prism_backup_opts opts = copy_opts(o, &p, "restoring");
    prism_status status = prism_index_restore(o->args[0], to, &opts, &stats, &err);
    progress_clear(&p);
    if (status == PRISM_OK) return print_stats(o, o->args[0], to, &stats);
    return fail(o, status == PRISM_ENOTFOUND && !is_index(o->args[0]) ? o->args[0] : to, &err);
}
