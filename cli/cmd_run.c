/* cmd_run.c - run: a TREC run over a file of queries.
 *
 *   qid<TAB>text  ->  qid Q0 docid rank score tag     rank from 1, score with 6 decimals
 *
 * The text is plain words: no character in it is an operator.  A query without a hit writes no
 * line.
 * The readers of such files cut at blanks, so a blank in an id would shift its columns: it becomes
 * `_`, with a note.
 * Tested by: tests/cli/run.sh */
#include "cli.h"
#include "input.h"
#include "progress.h"

#include <stdlib.h>
#include <string.h>

typedef struct runner {
    const cli_options *options;
    prism_index *index;
    prism_snapshot *snap;
    progress progress;
    uint64_t queries, hits;
    bool told_blank;
} runner;

static void write_id(runner *r, const char *id, size_t len) {
    for (size_t i = 0; i < len; i++) {
        bool blank = id[i] == ' ' || (id[i] >= '\t' && id[i] <= '\r');
        putchar(blank ? '_' : id[i]);
        if (!blank || r->told_blank) continue;
        r->told_blank = true;
        cli_message("note: an id holds blanks, written as _: %.*s", (int)len, id);
    }
}

static void write_hits(runner *r, const char *qid, size_t qid_len, const prism_hits *hits) {
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        prism_hits_get(hits, i, &hit);
        write_id(r, qid, qid_len);
        fputs(" Q0 ", stdout);
        write_id(r, hit.key, hit.key_len);
        printf(" %u %.6f %s\n", (unsigned)(i + 1), (double)hit.score, r->options->tag);
    }
}

static int run_query(runner *r, const input_line *line) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    prism_hits *hits = NULL;
    prism_query_opts qopts = PRISM_QUERY_OPTS_INIT;
    prism_search_opts sopts = PRISM_SEARCH_OPTS_INIT;
    const char *tab = memchr(line->text, '\t', line->len);
    if (tab == NULL || tab == line->text) {
        cli_message("%s:%llu:1: not a query id, a tab and a text", r->options->queries,
                    (unsigned long long)line->number);
        return CLI_REJECTED;
    }
    size_t qid_len = (size_t)(tab - line->text);
    qopts.plain = 1;
    qopts.fields = r->options->fields_searched;
    qopts.vocabulary = r->options->words;
    sopts.k = (uint32_t)r->options->k;
    sopts.exhaustive = r->options->exhaustive;
    sopts.threads = (unsigned)r->options->threads;
    sopts.cancel = &cli_interrupted;
    int code = CLI_OK;
    if (prism_query_parse(prism_index_schema(r->index), tab + 1, line->len - qid_len - 1, &qopts,
                          &query, &err) != PRISM_OK) {
        err.line = (uint32_t)line->number;
        err.column = err.column ? err.column + (uint32_t)qid_len + 1 : 1;
        code = cli_fail_in(r->options->queries, &err);
    } else if (prism_search(r->snap, query, &sopts, &hits, &err) != PRISM_OK) {
        code = cli_fail(&err);
    } else {
        write_hits(r, line->text, qid_len, hits);
        r->queries++;
        r->hits += prism_hits_count(hits);
        progress_at(&r->progress, r->queries, 0, 0);
    }
    prism_hits_free(hits);
    prism_query_unref(query);
    if (code == CLI_OK && ferror(stdout)) return CLI_SYSTEM; /* told when the output is closed */
    return code == CLI_OK && cli_interrupted ? CLI_INTERRUPTED : code;
}

static int run_file(runner *r) {
    prism_error err = PRISM_ERROR_INIT;
    input_stream *in;
    input_lines lines;
    input_line line;
    bool more;
    int code = CLI_OK;
    if (input_open(r->options->queries, &in, &err) != PRISM_OK) {
        cli_fail_in(r->options->queries, &err);
        return CLI_REJECTED;
    }
    input_lines_init(&lines, in);
    while (code == CLI_OK) {
        if (input_next_line(&lines, &line, &more, &err) != PRISM_OK)
            code = cli_fail_in(r->options->queries, &err);
        else if (!more)
            break;
        else if (line.len > 0)
            code = run_query(r, &line);
    }
    input_lines_fini(&lines);
    input_close(in);
    return code;
}

int cmd_run(cli_options *o) {
    runner r;
    memset(&r, 0, sizeof r);
    r.options = o;
    if (o->queries == NULL) return cli_usage("run: --queries FILE is needed");
    if (o->n_args > 0) return cli_usage("run: %s: unexpected", o->args[0]);
    cli_catch_interrupts();
    int code = cli_open(o, &r.index, &r.snap);
    if (code == CLI_OK) code = cli_read_words(o, prism_index_schema(r.index));
    if (code == CLI_OK) {
        progress_begin(&r.progress, o->progress, "running", 0);
        r.progress.thing = "topic";
        code = run_file(&r);
        progress_clear(&r.progress);
    }
    prism_snapshot_unref(r.snap);
    prism_index_close(r.index);
    return code == CLI_OK && r.hits == 0 ? CLI_NOTHING : code;
}
