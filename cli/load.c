/* load.c - how do the documents of one file reach the writer?
 *
 *   file -> stream -> (NDJSON lines | one article) -> put -> a commit every N
 *
 * Under --on-error=stop the first rejected record is an exit code, and the caller gives up what is
 * not committed.  Under skip it is told, counted, and written to --rejects as it came (a file that
 * is rejected as a whole by its path).  What the system refuses - a full disk, no memory - stops in
 * either case.
 * Tested by: tests/cli/put.sh, tests/cli/formats.sh, tests/cli/bad_input.sh */
#include "load.h"

#include "article.h"
#include "input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void tally_add(tally *t, const char *what) {
    if (t->n++ == 0) snprintf(t->first, sizeof t->first, "%s", what);
}

/* The rejects must be on their way to disk before the commit that makes them the only copy. */
static int flush_rejects(loader *l) {
    if (l->rejects == NULL || (fflush(l->rejects) == 0 && !ferror(l->rejects))) return CLI_OK;
    cli_message("%s: %s", l->options->rejects, strerror(errno));
    return CLI_SYSTEM;
}

int load_commit(loader *l) {
    prism_error err = PRISM_ERROR_INIT;
    int code = flush_rejects(l);
    if (code != CLI_OK) return code;
    if (prism_writer_commit(l->writer, NULL, 0, &l->generation, &err) != PRISM_OK)
        return cli_fail(&err);
    l->committed_at = l->documents;
    return CLI_OK;
}

static const char *shown_path(const char *path) {
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static bool keep(loader *l, const char *text, size_t len) {
    return l->rejects == NULL || fwrite(text, 1, len, l->rejects) == len;
}

static bool keep_line(loader *l, const char *text, size_t len) {
    return keep(l, text, len) && (l->rejects == NULL || putc('\n', l->rejects) != EOF);
}

/* Tell it; *skip: the command goes on, and the record is to be kept. */
static int refuse(loader *l, const char *path, const prism_error *err, bool *skip) {
    progress_clear(&l->progress);
    int code = cli_fail_in(shown_path(path), err);
    if (err->code == PRISM_ENOTFOUND || err->code == PRISM_EIO) code = CLI_REJECTED;
    *skip = l->options->skip_errors && (code == CLI_REJECTED || code == CLI_USAGE);
    l->rejected += *skip;
    return code;
}

int load_reject(loader *l, const char *path, const prism_error *err, const char *record,
                size_t len) {
    bool skip;
    int code = refuse(l, path, err, &skip);
    if (!skip) return code;
    return keep_line(l, record, len) ? CLI_OK : flush_rejects(l);
}

static int reject_file(loader *l, const char *path, const prism_error *err) {
    return load_reject(l, path, err, path, strlen(path));
}

static bool is_record_error(prism_status status) {
    return status == PRISM_EPARSE || status == PRISM_EREJECTED || status == PRISM_ELIMIT ||
           status == PRISM_EBUDGET;
}

static int after_put(loader *l, const input_stream *in) {
    l->documents++;
    progress_at(&l->progress, l->documents, l->bytes, l->packed_done + input_consumed(in));
    if (l->options->commit_every && l->documents - l->committed_at >= l->options->commit_every) {
        int code = load_commit(l);
        if (code != CLI_OK) return code;
    }
    return cli_interrupted ? CLI_INTERRUPTED : CLI_OK;
}

/* ---- NDJSON --------------------------------------------------------------------------------- */

static bool is_blank(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r') return false;
    return true;
}

/* A line longer than any document: kept whole, though not at once in memory. */
static int reject_long(loader *l, const char *path, input_lines *lines, const input_line *line) {
    prism_error err = PRISM_ERROR_INIT, own = PRISM_ERROR_INIT;
    const char *text = line->text;
    size_t len = line->len;
    bool skip, done = true;
    err.code = PRISM_ELIMIT;
    err.line = (uint32_t)(line->number > UINT32_MAX ? UINT32_MAX : line->number);
    err.column = 1;
    snprintf(err.text, sizeof err.text, "the line is longer than a document may be (%u MiB)",
             PRISM_MAX_DOC_BYTES >> 20);
    int code = refuse(l, path, &err, &skip);
    if (!skip) return code;
    while (len > 0 && done) {
        done = keep(l, text, len);
        if (input_line_rest(lines, &text, &len, &own) != PRISM_OK)
            return reject_file(l, path, &own);
        l->bytes += len;
    }
    return done && keep_line(l, "", 0) ? CLI_OK : flush_rejects(l);
}

static int put_line(loader *l, const char *path, input_lines *lines, const input_line *line) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status;
    size_t bom =
        line->number == 1 && line->len >= 3 && memcmp(line->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (is_blank(line->text + bom, line->len - bom)) return CLI_OK;
    if (line->too_long) return reject_long(l, path, lines, line);
    status = prism_writer_put_json(l->writer, line->text + bom, line->len - bom, l->flags, &err);
    if (status == PRISM_OK) return after_put(l, lines->in);
    if (!is_record_error(status)) return cli_fail(&err);
    /* The library counts lines inside the record; a record is one line of the file. */
    err.line = (uint32_t)(line->number > UINT32_MAX ? UINT32_MAX : line->number);
    err.column = err.column ? err.column + (uint32_t)bom : 1;
    return load_reject(l, path, &err, line->text, line->len);
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
            code = reject_file(l, path, &err);
            break;
        }
        if (!more) break;
        l->bytes += line.len + 1;
        code = put_line(l, path, &lines, &line);
    }
    if (code == CLI_OK && lines.number == 0) tally_add(&l->empty, shown_path(path));
    input_lines_fini(&lines);
    return code;
}

/* ---- articles ------------------------------------------------------------------------------- */

/* The file as well-formed text.  NULL: *code tells. */
static char *read_text(loader *l, const char *path, input_stream *in, size_t *len, int *code) {
    prism_error err = PRISM_ERROR_INIT;
    char *raw = NULL, *text;
    size_t raw_len = 0;
    uint64_t n_bad;
    if (input_read_all(in, PRISM_MAX_DOC_BYTES, &raw, &raw_len, &err) != PRISM_OK) {
        *code = reject_file(l, path, &err);
        return NULL;
    }
    text = input_mend_utf8(raw, raw_len, len, &n_bad);
    free(raw);
    if (text == NULL) {
        cli_message("out of memory");
        *code = CLI_SYSTEM;
        return NULL;
    }
    if (raw_len == 0) tally_add(&l->empty, shown_path(path));
    l->mended += n_bad;
    l->bytes += raw_len;
    return text;
}

static int put_article(loader *l, const char *path, input_stream *in, bool markdown) {
    prism_error err = PRISM_ERROR_INIT;
    size_t len;
    int code = CLI_OK;
    char *text = read_text(l, path, in, &len, &code);
    if (text == NULL) return code;
    if (len == 0 && strcmp(path, "-") == 0) { /* nothing came, and nothing to name it by */
        free(text);
        return CLI_OK;
    }
    prism_doc_clear(l->doc);
    prism_status status = markdown
                              ? article_from_markdown(l->doc, path, text, len,
                                                      l->options->strict_schema, &l->left_out, &err)
                              : article_from_text(l->doc, path, text, len, &err);
    free(text);
    if (status == PRISM_OK) status = prism_writer_put(l->writer, l->doc, l->flags, &err);
    if (status == PRISM_OK) return after_put(l, in);
    return is_record_error(status) ? reject_file(l, path, &err) : cli_fail(&err);
}

static file_kind choose_kind(const loader *l, const char *path, const uint8_t *head, size_t n) {
    static const file_kind kinds[] = {
        [INPUT_NDJSON] = KIND_NDJSON, [INPUT_TEXT] = KIND_TEXT, [INPUT_MARKDOWN] = KIND_MARKDOWN};
    cli_input asked = l->options->input;
    if (asked == INPUT_AUTO) return kind_guess(path, head, n);
    bool binary = asked != INPUT_NDJSON && n > 0 && memchr(head, 0, n);
    return binary ? KIND_BINARY : kinds[asked];
}

static int put_kind(loader *l, const char *path, input_stream *in, file_kind kind) {
    prism_error err = PRISM_ERROR_INIT;
    switch (kind) {
    case KIND_NDJSON: return put_ndjson(l, path, in);
    case KIND_TEXT: return put_article(l, path, in, false);
    case KIND_MARKDOWN: return put_article(l, path, in, true);
    case KIND_BINARY:
        err.code = PRISM_EREJECTED;
        snprintf(err.text, sizeof err.text, "this is a binary file (it holds NUL bytes)");
        break;
    case KIND_UNBUILT:
        err.code = PRISM_EUNSUPPORTED;
        snprintf(err.text, sizeof err.text,
                 "files of this kind are not in this version; --input=text takes it as plain text");
        break;
    }
    return reject_file(l, path, &err);
}

int load_file(loader *l, const char *path) {
    prism_error err = PRISM_ERROR_INIT;
    input_stream *in;
    const uint8_t *head = NULL;
    size_t n = 0;
    int code;
    if (input_open(path, &in, &err) != PRISM_OK) return reject_file(l, path, &err);
    if (input_peek(in, &head, &n, &err) != PRISM_OK)
        code = reject_file(l, path, &err);
    else
        code = put_kind(l, path, in, choose_kind(l, path, head, n));
    l->packed_done += input_consumed(in);
    input_close(in);
    return code;
}
