/* cmd_rm.c - rm: delete documents, by key or by query.
 *
 *   keys: of the arguments, or of standard input | --query   ->  one commit, or --dry-run: a count
 *
 * All in one commit, so that an interrupt or a fault deletes nothing; --dry-run counts on a
 * snapshot and takes no lock.  A query is read as search reads it, notes included: --strict, and
 * --dry-run first, are for those who want to be sure.
 * Tested by: tests/cli/rm.sh, tests/cli/documents.sh */
#include "answer.h"
#include "cli.h"
#include "input.h"
#include "units.h"

#include <stdlib.h>
#include <string.h>

typedef struct remover {
    const cli_options *options;
    prism_writer *writer; /* NULL: dry run */
    prism_index *index;
    prism_snapshot *snap; /* what the count is told of */
    json_t *notes;
    uint64_t n;
    uint64_t *found; /* dry run: the documents of the keys so far */
    size_t n_found, cap_found;
} remover;

/* ---- by key --------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* A key named twice is one document. */
static void count_found(remover *r) {
    if (r->n_found > 0) qsort(r->found, r->n_found, sizeof *r->found, by_number);
    for (size_t i = 0; i < r->n_found; i++) r->n += i == 0 || r->found[i] != r->found[i - 1];
}

static prism_status find_key(remover *r, const char *key, size_t len, prism_error *err) {
    uint64_t gdoc;
    prism_status status = prism_document_find(r->snap, key, len, &gdoc, err);
    if (status == PRISM_ENOTFOUND) return PRISM_OK;
    if (status != PRISM_OK) return status;
    if (r->n_found == r->cap_found) {
        size_t cap = r->cap_found ? 2 * r->cap_found : 64;
        uint64_t *more = realloc(r->found, cap * sizeof *more);
        if (more == NULL) {
            *err = (prism_error)PRISM_ERROR_INIT;
            err->code = PRISM_ENOMEM;
            return PRISM_ENOMEM;
        }
        r->found = more;
        r->cap_found = cap;
    }
    r->found[r->n_found++] = gdoc;
    return PRISM_OK;
}

static prism_status remove_key(remover *r, const char *key, size_t len, prism_error *err) {
    uint64_t n = 0;
    if (r->writer == NULL) return find_key(r, key, len, err);
    prism_status status = prism_writer_delete(r->writer, key, len, &n, err);
    r->n += n;
    return status;
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

static int remove_keys(remover *r) {
    const cli_options *o = r->options;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = PRISM_OK;
    for (int i = 0; i < o->n_args && status == PRISM_OK && !cli_interrupted; i++)
        status = strcmp(o->args[i], "-") == 0 ? remove_listed(r, &err)
                                              : remove_key(r, o->args[i], strlen(o->args[i]), &err);
    count_found(r);
    return status == PRISM_OK ? CLI_OK : cli_fail(&err);
}

/* ---- by query ------------------------------------------------------------------------------- */

static prism_status count_matches(remover *r, const prism_query *query, prism_error *err) {
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits = NULL;
    opts.k = 0;
    opts.count = PRISM_COUNT_EXACT;
    opts.cancel = &cli_interrupted;
    prism_status status = prism_search(r->snap, query, &opts, &hits, err);
    if (status == PRISM_OK) r->n = prism_hits_total(hits, NULL);
    prism_hits_free(hits);
    return status;
}

static int remove_matches(remover *r) {
    const cli_options *o = r->options;
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    prism_query_opts opts = answer_query_opts(o, r->notes);
    if (prism_query_parse(prism_index_schema(r->index), o->query, strlen(o->query), &opts, &query,
                          &err) != PRISM_OK) {
        cli_fail(&err);
        return err.code == PRISM_ENOMEM ? CLI_SYSTEM : CLI_USAGE;
    }
    if (o->format != FORMAT_JSON) answer_tell_notes(r->notes);
    prism_status status = r->writer ? prism_writer_delete_query(r->writer, query, &r->n, &err)
                                    : count_matches(r, query, &err);
    prism_query_unref(query);
    return status == PRISM_OK ? CLI_OK : cli_fail(&err);
}

/* ---- the command ---------------------------------------------------------------------------- */

static int tell_removed(const remover *r) {
    const cli_options *o = r->options;
    char text[64];
    bool done = true;
    if (o->format == FORMAT_JSON) {
        json_t *root = answer_head(r->snap);
        json_object_set_new(root, "deleted", json_integer((json_int_t)r->n));
        json_object_set_new(root, "dry_run", json_boolean(o->dry_run));
        if (o->query) json_object_set(root, "notes", r->notes);
        done = answer_print(root);
        json_decref(root);
    } else if (o->dry_run) {
        printf("%llu\n", (unsigned long long)r->n);
    } else {
        cli_message("%s deleted", units_show_things(r->n, "document", text));
    }
    return !done ? CLI_SYSTEM : r->n > 0 ? CLI_OK : CLI_NOTHING;
}

static int remove_all(remover *r) {
    int code = r->options->query ? remove_matches(r) : remove_keys(r);
    return code == CLI_OK && cli_interrupted ? CLI_INTERRUPTED : code;
}

static int commit(remover *r) {
    prism_error err = PRISM_ERROR_INIT;
    bool done = (r->n == 0 || prism_writer_commit(r->writer, NULL, 0, NULL, &err) == PRISM_OK) &&
                prism_snapshot_open(r->index, &r->snap, &err) == PRISM_OK;
    return done ? tell_removed(r) : cli_fail(&err);
}

static int run_dry(remover *r) {
    int code = cli_open(r->options, &r->index, &r->snap);
    if (code == CLI_OK) code = remove_all(r);
    return code == CLI_OK ? tell_removed(r) : code;
}

static int run(remover *r) {
    prism_error err = PRISM_ERROR_INIT;
    const char *path = cli_index_path(r->options);
    if (path == NULL) return cli_no_index();
    cli_use(path);
    if (prism_index_open(path, NULL, &r->index, &err) != PRISM_OK ||
        prism_writer_open(r->index, NULL, &r->writer, &err) != PRISM_OK)
        return cli_fail_index(path, &err);
    int code = remove_all(r);
    return code == CLI_OK ? commit(r) : code;
}

int cmd_rm(cli_options *o) {
    remover r = {.options = o};
    if (o->query && o->n_args > 0) return cli_usage("rm: keys, or --query, but not both");
    if (!o->query && o->n_args == 0)
        return cli_usage("rm: a key is needed, or - for keys on standard input, or --query");
    r.notes = json_array();
    cli_catch_interrupts();
    int code = r.notes == NULL ? CLI_SYSTEM : o->dry_run ? run_dry(&r) : run(&r);
    prism_snapshot_unref(r.snap);
    prism_writer_close(r.writer);
    prism_index_close(r.index);
    json_decref(r.notes);
    free(r.found);
    return code;
}
