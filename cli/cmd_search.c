/* cmd_search.c - search: a query in, ranked and highlighted documents out.
 *
 *   words -> prism_query_parse -> prism_search -> per hit: stored document, best fragments -> one
 *   of four forms
 *
 * The human form shows the title and the best part of every other text field; the JSON form carries
 * the spans, counted in the unit asked for.  Control bytes of a document never reach a terminal.
 * Tested by: tests/cli/usage.sh, tests/scenarios */
#include "answer.h"
#include "cli.h"
#include "progress.h"
#include "units.h"

#include <stdlib.h>
#include <string.h>

typedef struct answer {
    const cli_options *options;
    prism_index *index;
    prism_snapshot *snap;
    prism_query *query;
    prism_hits *hits;
    json_t *notes, *text_fields;
    char *text;
    uint64_t took_us, total;
    int total_exact;
} answer;

#define MARK_ON "\033[1;31m"
#define BOLD_ON "\033[1m"
#define DIM_ON "\033[2m"
#define OFF "\033[0m"

static int parse_query(answer *a) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query_opts opts = answer_query_opts(a->options, a->notes);
    prism_status status = prism_query_parse(prism_index_schema(a->index), a->text, strlen(a->text),
                                            &opts, &a->query, &err);
    if (status == PRISM_OK) return CLI_OK;
    cli_fail(&err);
    return status == PRISM_ENOMEM ? CLI_SYSTEM : CLI_USAGE;
}

static int find(answer *a) {
    const cli_options *o = a->options;
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = o->count ? 0 : (uint32_t)o->n;
    opts.offset = o->count ? 0 : (uint32_t)o->offset;
    opts.count = PRISM_COUNT_EXACT;
    opts.exhaustive = o->exhaustive;
    opts.timeout_us = o->timeout_us;
    opts.cancel = &cli_interrupted;
    uint64_t start = progress_clock_us();
    if (prism_search(a->snap, a->query, &opts, &a->hits, &err) != PRISM_OK) return cli_fail(&err);
    a->took_us = progress_clock_us() - start;
    a->total = prism_hits_total(a->hits, &a->total_exact);
    return CLI_OK;
}

/* ---- highlights ----------------------------------------------------------------------------- */

static prism_snippet *make_snippet(const answer *a, uint64_t gdoc, const char *field) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snippet_opts opts = PRISM_SNIPPET_OPTS_INIT;
    prism_snippet *snippet = NULL;
    opts.whole_field = a->options->highlight || strcmp(field, "title") == 0;
    if (prism_snippet_make(a->snap, a->query, gdoc, field, &opts, &snippet, &err) == PRISM_OK)
        return snippet;
    if (err.code != PRISM_ENOTFOUND) cli_fail(&err);
    return NULL;
}

static json_t *json_highlights(const answer *a, uint64_t gdoc) {
    json_t *all = json_object(), *name;
    size_t i;
    json_array_foreach(a->text_fields, i, name) {
        prism_snippet *snippet = make_snippet(a, gdoc, json_string_value(name));
        json_t *list = json_array();
        for (uint32_t f = 0; f < prism_snippet_count(snippet); f++) {
            prism_fragment fragment;
            prism_snippet_get(snippet, f, &fragment);
            if (fragment.n_spans == 0) continue;
            json_array_append_new(list,
                                  json_pack("{s:s%, s:o}", "text", fragment.text, fragment.len,
                                            "spans", answer_spans(&fragment, a->options->offsets)));
        }
        if (json_array_size(list) > 0) json_object_set(all, json_string_value(name), list);
        json_decref(list);
        prism_snippet_free(snippet);
    }
    return all;
}

static json_t *stored_fields(const answer *a, uint64_t gdoc, const char *names) {
    char *json = NULL;
    size_t len;
    prism_error err = PRISM_ERROR_INIT;
    if (prism_document_get(a->snap, gdoc, &json, &len, &err) != PRISM_OK) {
        cli_fail(&err);
        return json_object();
    }
    json_t *fields = answer_fields(json, len, names);
    prism_free_text(json);
    return fields ? fields : json_object();
}

static json_t *json_hit(const answer *a, const prism_hit *hit) {
    return json_pack("{s:s%, s:f, s:o, s:o}", "id", hit->key, hit->key_len, "score",
                     (double)hit->score, "fields", stored_fields(a, hit->gdoc, a->options->fields),
                     "highlights", json_highlights(a, hit->gdoc));
}

/* ---- the four forms ------------------------------------------------------------------------- */

static bool print_json(const answer *a) {
    json_t *root = answer_head(a->snap), *hits = json_array();
    for (uint32_t i = 0; i < prism_hits_count(a->hits); i++) {
        prism_hit hit;
        prism_hits_get(a->hits, i, &hit);
        json_array_append_new(hits, json_hit(a, &hit));
    }
    json_object_set_new(root, "query", json_string(a->text));
    json_object_set_new(root, "took_us", json_integer((json_int_t)a->took_us));
    json_object_set_new(root, "total",
                        json_pack("{s:I, s:s}", "value", (json_int_t)a->total, "relation",
                                  a->total_exact ? "eq" : "gte"));
    json_object_set_new(root, "hits", hits);
    json_object_set_new(root, "facets", json_object());
    json_object_set_new(root, "next", json_null());
    json_object_set(root, "notes", a->notes);
    bool done = answer_print(root);
    json_decref(root);
    return done;
}

static bool print_jsonl(const answer *a) {
    bool done = true;
    for (uint32_t i = 0; done && i < prism_hits_count(a->hits); i++) {
        prism_hit hit;
        prism_hits_get(a->hits, i, &hit);
        json_t *line = json_hit(a, &hit);
        done = answer_print(line);
        json_decref(line);
    }
    return done;
}

static bool print_ids(const answer *a) {
    for (uint32_t i = 0; i < prism_hits_count(a->hits); i++) {
        prism_hit hit;
        prism_hits_get(a->hits, i, &hit);
        fwrite(hit.key, 1, hit.key_len, stdout);
        putchar('\n');
    }
    return true;
}

/* Text with its spans marked; line breaks become spaces; control bytes never reach the terminal. */
static void print_marked(const prism_fragment *f, bool color, const char *base) {
    uint32_t s = 0;
    for (size_t i = 0; i < f->len; i++) {
        if (color && s < f->n_spans && i == f->spans[s].start) fputs(MARK_ON, stdout);
        unsigned char c = (unsigned char)f->text[i];
        putchar(c < 0x20 || c == 0x7f ? ' ' : c);
        if (s < f->n_spans && i + 1 == f->spans[s].end) {
            if (color) printf(OFF "%s", base);
            s++;
        }
    }
}

static void print_field(const answer *a, const prism_hit *hit, const char *field, bool title) {
    bool color = a->options->color;
    const char *base = title && color ? BOLD_ON : "";
    prism_snippet *snippet = make_snippet(a, hit->gdoc, field);
    for (uint32_t i = 0; i < prism_snippet_count(snippet); i++) {
        prism_fragment fragment;
        prism_snippet_get(snippet, i, &fragment);
        if (!title) fputs("    ", stdout);
        fputs(base, stdout);
        print_marked(&fragment, color, base);
        fputs(title && color ? OFF : "", stdout);
        if (!title) putchar('\n');
    }
    prism_snippet_free(snippet);
}

static void print_facts(const answer *a, const prism_hit *hit) {
    static const char *const names[] = {"url", "date", "source", "lang"};
    json_t *fields = stored_fields(a, hit->gdoc, "url,date,source,lang");
    if (a->options->color) fputs(DIM_ON, stdout);
    printf("    %.*s", (int)hit->key_len, hit->key);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = json_string_value(json_object_get(fields, names[i]));
        if (value) printf("  %s", value);
    }
    printf("  (%.4f)%s\n", (double)hit->score, a->options->color ? OFF : "");
    json_decref(fields);
}

static bool print_human(const answer *a) {
    size_t f;
    json_t *name;
    for (uint32_t i = 0; i < prism_hits_count(a->hits); i++) {
        prism_hit hit;
        prism_hits_get(a->hits, i, &hit);
        printf("%2u. ", (unsigned)(i + 1 + a->options->offset));
        json_array_foreach(a->text_fields, f, name) {
            const char *field = json_string_value(name);
            bool title = strcmp(field, "title") == 0;
            if (!title && f == 0) putchar('\n');
            print_field(a, &hit, field, title);
            if (title) putchar('\n');
        }
        print_facts(a, &hit);
    }
    char n[32];
    cli_message("%s%s documents in %.1f ms", a->total_exact ? "" : "at least ",
                units_show_count(a->total, n), (double)a->took_us / 1000);
    return true;
}

static bool print_count(const answer *a) {
    if (a->options->format != FORMAT_JSON && a->options->format != FORMAT_JSONL) {
        printf("%llu\n", (unsigned long long)a->total);
        return true;
    }
    return print_json(a);
}

static int print_answer(const answer *a) {
    static bool (*const forms[])(const answer *) = {print_human, print_json, print_jsonl,
                                                    print_ids};
    if (a->options->format != FORMAT_JSON) answer_tell_notes(a->notes);
    bool done = a->options->count ? print_count(a) : forms[a->options->format](a);
    if (!done) {
        cli_message("out of memory");
        return CLI_SYSTEM;
    }
    if (cli_interrupted) return CLI_INTERRUPTED;
    if (!prism_hits_complete(a->hits)) return CLI_PARTIAL;
    return a->total > 0 ? CLI_OK : CLI_NOTHING;
}

int cmd_search(cli_options *o) {
    answer a;
    memset(&a, 0, sizeof a);
    a.options = o;
    if (o->n_args == 0) return cli_usage("search: a query is needed");
    cli_catch_interrupts();
    a.text = cli_join_args(o);
    a.notes = json_array();
    int code = a.text && a.notes ? cli_open(o, &a.index, &a.snap) : CLI_SYSTEM;
    if (code == CLI_OK) code = parse_query(&a);
    if (code == CLI_OK) code = find(&a);
    if (code == CLI_OK) {
        a.text_fields = answer_text_fields(prism_index_schema(a.index));
        code = print_answer(&a);
    }
    json_decref(a.text_fields);
    json_decref(a.notes);
    prism_hits_free(a.hits);
    prism_query_unref(a.query);
    prism_snapshot_unref(a.snap);
    prism_index_close(a.index);
    free(a.text);
    return code;
}
