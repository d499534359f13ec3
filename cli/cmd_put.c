/* cmd_put.c - put, add: files, directories and streams into an index.
 *
 *   argument -> walk -> file -> stream -> (NDJSON lines | one article) -> writer -> commit
 *
 * One rejected record decides: under --on-error=stop (default) everything since the last commit is
 * given up and the exit code is 7; under skip it is counted, told, and kept in --rejects.
 * A full disk, a signal or any other refusal also leaves the last commit as it was. */
#include "article.h"
#include "cli.h"
#include "input.h"
#include "progress.h"
#include "units.h"

#include <errno.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct loader {
    const cli_options *options;
    prism_index *index;
    prism_writer *writer;
    prism_doc *doc;
    unsigned flags;
    FILE *rejects;
    progress progress;
    uint64_t documents, rejected, bytes, mended, committed_at, generation;
    unsigned unknown;
    char unknown_name[64];
} loader;

static prism_status commit(loader *l, prism_error *err) {
    prism_status status = prism_writer_commit(l->writer, NULL, 0, &l->generation, err);
    if (status == PRISM_OK) l->committed_at = l->documents;
    return status;
}

/* A record that cannot be taken: tell it; keep it; go on or stop.  Returns an exit code, 0 to go
 * on. */
static int reject(loader *l, const prism_error *err, const char *record, size_t len) {
    int code = cli_fail(err);
    if (code == CLI_INDEX) code = CLI_REJECTED; /* a missing input file, not a missing index */
    if (code == CLI_SYSTEM && err->code == PRISM_EIO) code = CLI_REJECTED;
    if (!l->options->skip_errors || code != CLI_REJECTED) return code;
    l->rejected++;
    if (l->rejects && len > 0 &&
        (fwrite(record, 1, len, l->rejects) != len || fputc('\n', l->rejects) == EOF)) {
        cli_message("%s: %s", l->options->rejects, strerror(errno));
        return CLI_SYSTEM;
    }
    return CLI_OK;
}

static bool is_record_error(prism_status status) {
    return status == PRISM_EPARSE || status == PRISM_EREJECTED || status == PRISM_ELIMIT;
}

static int after_put(loader *l, prism_status status, prism_error *err, const char *record,
                     size_t len) {
    if (status != PRISM_OK)
        return is_record_error(status) ? reject(l, err, record, len) : cli_fail(err);
    l->documents++;
    progress_at(&l->progress, l->documents, l->bytes);
    if (l->options->commit_every && l->documents - l->committed_at >= l->options->commit_every &&
        commit(l, err) != PRISM_OK)
        return cli_fail(err);
    return cli_interrupted ? CLI_INTERRUPTED : CLI_OK;
}

static bool is_blank(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r') return false;
    return true;
}

static void locate(prism_error *err, const char *path, uint64_t line, size_t column) {
    snprintf(err->file, sizeof err->file, "%s", strcmp(path, "-") == 0 ? "standard input" : path);
    err->line = (uint32_t)(line > UINT32_MAX ? UINT32_MAX : line);
    err->column = (uint32_t)column;
}

static int put_line(loader *l, const char *path, const input_line *line) {
    prism_error err = PRISM_ERROR_INIT;
    size_t bom =
        line->number == 1 && line->len >= 3 && memcmp(line->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (is_blank(line->text + bom, line->len - bom)) return CLI_OK;
    prism_status status;
    if (line->too_long) {
        status = err.code = PRISM_ELIMIT;
        snprintf(err.text, sizeof err.text, "the line is longer than a document may be (%u MiB)",
                 PRISM_MAX_DOC_BYTES >> 20);
    } else {
        status =
            prism_writer_put_json(l->writer, line->text + bom, line->len - bom, l->flags, &err);
    }
    /* The library counts lines inside the record; a record is one line of the file. */
    if (is_record_error(status))
        locate(&err, path, line->number, err.column ? err.column + bom : 1);
    return after_put(l, status, &err, line->text, line->len);
}

static int put_ndjson(loader *l, const char *path, input_stream *in) {
    prism_error err = PRISM_ERROR_INIT;
    input_lines lines;
    input_line line;
    bool more = true;
    int code = CLI_OK;
    input_lines_init(&lines, in);
    while (code == CLI_OK) {
        if (input_next_line(&lines, &line, &more, &err) != PRISM_OK) {
            code = reject(l, &err, "", 0);
            break;
        }
        if (!more) break;
        l->bytes += line.len + 1;
        code = put_line(l, path, &line);
    }
    input_lines_fini(&lines);
    return code;
}

static int put_article(loader *l, const char *path, input_stream *in, bool markdown) {
    prism_error err = PRISM_ERROR_INIT;
    char *raw = NULL, *text = NULL;
    size_t raw_len = 0, len;
    uint64_t n_bad;
    prism_status status = input_read_all(in, PRISM_MAX_DOC_BYTES, &raw, &raw_len, &err);
    if (status != PRISM_OK) return reject(l, &err, "", 0);
    text = input_mend_utf8(raw, raw_len, &len, &n_bad);
    free(raw);
    if (text == NULL) {
        err.code = PRISM_ENOMEM;
        return cli_fail(&err);
    }
    l->mended += n_bad;
    l->bytes += raw_len;
    prism_doc_clear(l->doc);
    status = markdown ? article_from_markdown(l->doc, path, text, len, &l->unknown, l->unknown_name,
                                              &err)
                      : article_from_text(l->doc, path, text, len, &err);
    if (status == PRISM_OK) status = prism_writer_put(l->writer, l->doc, l->flags, &err);
    if (is_record_error(status)) locate(&err, path, err.line, err.column);
    int code = after_put(l, status, &err, path, strlen(path));
    free(text);
    return code;
}

static bool ends_with(const char *name, size_t len, const char *suffix) {
    size_t n = strlen(suffix);
    return len >= n && memcmp(name + len - n, suffix, n) == 0;
}

static cli_input guess_kind(const char *path, const uint8_t *head, size_t n) {
    size_t len = strlen(path), i = 0;
    if (ends_with(path, len, ".gz"))
        len -= 3;
    else if (ends_with(path, len, ".zst"))
        len -= 4;
    if (ends_with(path, len, ".ndjson") || ends_with(path, len, ".jsonl") ||
        ends_with(path, len, ".json"))
        return INPUT_NDJSON;
    if (ends_with(path, len, ".md") || ends_with(path, len, ".markdown")) return INPUT_MARKDOWN;
    if (strcmp(path, "-") != 0) return INPUT_TEXT;
    while (i < n && (head[i] == ' ' || head[i] == '\n' || head[i] == '\r' || head[i] == '\t' ||
                     head[i] >= 0x80))
        i++;
    return i < n && head[i] == '{' ? INPUT_NDJSON : INPUT_TEXT;
}

static int put_file(void *ctx, const char *path) {
    loader *l = ctx;
    prism_error err = PRISM_ERROR_INIT;
    input_stream *in;
    const uint8_t *head = NULL;
    size_t n = 0;
    int code;
    if (input_open(path, &in, &err) != PRISM_OK) return reject(l, &err, "", 0);
    if (input_peek(in, &head, &n, &err) != PRISM_OK) {
        code = reject(l, &err, "", 0);
        input_close(in);
        return code;
    }
    cli_input kind =
        l->options->input != INPUT_AUTO ? l->options->input : guess_kind(path, head, n);
    if (kind != INPUT_NDJSON && memchr(head, 0, n) != NULL) {
        err.code = PRISM_EREJECTED;
        locate(&err, path, 0, 0);
        snprintf(err.text, sizeof err.text, "this is a binary file (it holds NUL bytes)");
        code = reject(l, &err, "", 0);
    } else {
        code = kind == INPUT_NDJSON ? put_ndjson(l, path, in)
                                    : put_article(l, path, in, kind == INPUT_MARKDOWN);
    }
    input_close(in);
    return code;
}

static int on_loop(void *ctx, const char *path) {
    (void)ctx;
    cli_message("%s: this directory is inside itself (a loop of links): not entered again", path);
    return 0;
}

static int on_unreadable(void *ctx, const char *path) {
    prism_error err = PRISM_ERROR_INIT;
    err.code = PRISM_EIO;
    err.sys_errno = errno;
    locate(&err, path, 0, 0);
    snprintf(err.text, sizeof err.text, "%s", strerror(errno));
    return reject(ctx, &err, "", 0);
}

static uint64_t total_size(const cli_options *o) {
    uint64_t total = 0;
    for (int i = 0; i < o->n_args; i++) {
        struct stat st;
        size_t len = strlen(o->args[i]);
        if (stat(o->args[i], &st) != 0 || !S_ISREG(st.st_mode) ||
            ends_with(o->args[i], len, ".gz") || ends_with(o->args[i], len, ".zst"))
            return 0;
        total += (uint64_t)st.st_size;
    }
    return total;
}

/* ---- opening -------------------------------------------------------------------------------- */

/* A directory with other things in it is not made into an index by a slip of the keyboard. */
static bool is_foreign(const char *path) {
    DIR *dir = opendir(path);
    if (dir == NULL) return errno != ENOENT;
    int n = 0;
    for (struct dirent *e = readdir(dir); e; e = readdir(dir))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) n++;
    closedir(dir);
    return n > 0;
}

static int open_index(loader *l, const char *path) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prism_index_open(path, NULL, &l->index, &err);
    if (status == PRISM_ENOTFOUND) {
        if (is_foreign(path)) {
            cli_message("%s: not an index, and not empty: nothing was touched", path);
            return CLI_INDEX;
        }
        status = prism_index_create(path, NULL, NULL, &l->index, &err);
    }
    if (status != PRISM_OK) return cli_fail_index(path, &err);
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    opts.memory = (size_t)l->options->memory;
    opts.load = l->options->load;
    opts.strict_schema = l->options->strict_schema;
    if (prism_writer_open(l->index, &opts, &l->writer, &err) != PRISM_OK)
        return cli_fail_index(path, &err);
    if (prism_doc_new(prism_index_schema(l->index), &l->doc, &err) != PRISM_OK)
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

static void report(const loader *l) {
    char n[32], size[32];
    prism_writer_stats stats;
    prism_error err = PRISM_ERROR_INIT;
    memset(&stats, 0, sizeof stats);
    stats.size = sizeof stats;
    if (prism_writer_get_stats(l->writer, &stats, &err) != PRISM_OK) return;
    double seconds = (double)(progress_clock_us() - l->progress.start_us) / 1e6;
    uint64_t unknown = stats.unknown_fields + l->unknown, mended = stats.ill_formed + l->mended;
    cli_message("%s documents, %s in %.2f s (%.1f MB/s), generation %llu",
                units_show_count(l->documents, n), units_show_bytes(l->bytes, size), seconds,
                (double)l->bytes / 1e6 / (seconds > 0 ? seconds : 1),
                (unsigned long long)l->generation);
    if (unknown)
        cli_message("%s documents hold names that the schema does not know (the first: %s); kept, "
                    "not searchable",
                    units_show_count(unknown, n),
                    stats.first_unknown_field[0] ? stats.first_unknown_field : l->unknown_name);
    if (mended)
        cli_message("%s ill-formed UTF-8 parts were read as separators",
                    units_show_count(mended, n));
    if (l->rejected)
        cli_message("%s records were rejected and skipped", units_show_count(l->rejected, n));
}

static int load(loader *l) {
    const cli_options *o = l->options;
    prism_error err = PRISM_ERROR_INIT;
    int code = CLI_OK;
    progress_begin(&l->progress, o->progress, "indexing", total_size(o));
    for (int i = 0; i < o->n_args && code == CLI_OK; i++)
        code = input_walk(o->args[i], put_file, on_loop, on_unreadable, l);
    progress_end(&l->progress);
    if (code == CLI_OK && commit(l, &err) != PRISM_OK) code = cli_fail(&err);
    if (code == CLI_OK) {
        report(l);
        return CLI_OK; /* skipped records were asked to be skipped: counted above, not a failure */
    }
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
    if (o->rejects && (l.rejects = fopen(o->rejects, "wb")) == NULL) {
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
