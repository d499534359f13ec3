/* cmd_search.c - search: a query in, ranked and highlighted documents out.
 *
 *   words -> prism_query_parse -> prism_search -> per hit: stored document, best fragments -> one
 *   of four forms
 *
 * The human form is in show.c.  The JSON form carries the spans, counted in the unit asked for.  A
 * document that cannot be read (damage, a fault of the disk) ends the answer with that exit code:
 * half a hit is never passed off as a whole one.
 * Tested by: tests/cli/search.sh, tests/cli/search_json.sh, tests/cli/sort.sh,
 * tests/scenarios */
#include "show.h"

#include "pick.h"
#include "progress.h"
#include "sorted.h"

#include <stdlib.h>
#include <string.h>

static int parse_text(search_answer *a, const char *option, const char *text,
                      prism_query_opts *opts, prism_query **query) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status =
        prism_query_parse(prism_index_schema(a->index), text, strlen(text), opts, query, &err);
    if (status == PRISM_OK) return CLI_OK;
    cli_fail_in(option, &err);
    return status == PRISM_ENOMEM ? CLI_SYSTEM : CLI_USAGE;
}

/* Offsets of a filter's notes are those of its own text. */
static void filter_note(void *ctx, size_t at, const char *text) {
    char whole[512];
    snprintf(whole, sizeof whole, "--filter: %s", text);
    answer_note(ctx, at, whole);
}

static int parse_query(search_answer *a) {
    prism_query_opts opts = answer_query_opts(a->options, a->notes);
    int code = parse_text(a, "", a->text, &opts, &a->query);
    if (code != CLI_OK || a->options->filter == NULL) return code;
    opts.note = filter_note;
    return parse_text(a, "--filter", a->options->filter, &opts, &a->filter);
}

/* The library does not know how its options are called here. */
static int fail_search(const cli_options *o, const prism_error *err) {
    bool of_order = strstr(err->text, "the order ") == err->text;
    if (err->code != PRISM_EINVAL) return cli_fail(err);
    if (of_order && o->sort) return cli_fail_in("--sort", err);
    if (strstr(err->text, "no token") && o->after)
        return cli_usage("--after: '%s' is no token: it is the \"next\" of an answer", o->after);
    return o->after && !of_order ? cli_fail_in("--after", err) : cli_fail(err);
}

static int find(search_answer *a) {
    const cli_options *o = a->options;
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = o->count ? 0 : (uint32_t)o->n;
    opts.offset = o->count ? 0 : (uint32_t)o->offset;
    opts.count = PRISM_COUNT_EXACT;
    opts.exhaustive = o->exhaustive;
    opts.threads = (unsigned)o->threads;
    opts.timeout_us = o->timeout_us;
    opts.filter = a->filter;
    opts.sort = o->sort;
    opts.after = o->after;
    opts.cancel = &cli_interrupted;
    uint64_t start = progress_clock_us();
    if (prism_search(a->snap, a->query, &opts, &a->hits, &err) != PRISM_OK)
        return fail_search(o, &err);
    a->took_us = progress_clock_us() - start;
    a->total = prism_hits_total(a->hits, &a->total_exact);
    return CLI_OK;
}

/* ---- highlights ----------------------------------------------------------------------------- */

/* One damaged place may spoil several parts of a hit; it is told once. */
static void fail_once(search_answer *a, const prism_error *err) {
    if (a->code == CLI_OK) a->code = cli_fail(err);
}

prism_snippet *search_snippet(search_answer *a, uint64_t gdoc, const char *field) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snippet_opts opts = PRISM_SNIPPET_OPTS_INIT;
    prism_snippet *snippet = NULL;
    opts.whole_field = a->options->highlight || strcmp(field, "title") == 0;
    if (prism_snippet_make(a->snap, a->query, gdoc, field, &opts, &snippet, &err) == PRISM_OK)
        return snippet;
    if (err.code != PRISM_ENOTFOUND) fail_once(a, &err);
    return NULL;
}

static json_t *json_highlights(search_answer *a, uint64_t gdoc) {
    json_t *all = json_object(), *name;
    size_t i;
    json_array_foreach(a->text_fields, i, name) {
        prism_snippet *snippet = search_snippet(a, gdoc, json_string_value(name));
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

json_t *search_fields(search_answer *a, uint64_t gdoc) {
    char *json = NULL;
    size_t len;
    prism_error err = PRISM_ERROR_INIT;
    if (prism_document_get(a->snap, gdoc, &json, &len, &err) != PRISM_OK) {
        fail_once(a, &err);
        return json_object();
    }
    json_t *fields = answer_fields(json, len);
    prism_free_text(json);
    return fields ? fields : json_object();
}

/* The document, or what --fields names of it, as a string for answer_print_hits. */
static json_t *json_fields(search_answer *a, uint64_t gdoc) {
    char *json = NULL;
    size_t len;
    prism_error err = PRISM_ERROR_INIT;
    if (prism_document_get(a->snap, gdoc, &json, &len, &err) != PRISM_OK) {
        fail_once(a, &err);
        return json_string("{}");
    }
    const char *names = a->options->fields;
    char *some = names ? pick_members(json, len, names, &len) : NULL;
    json_t *fields = names == NULL ? json_stringn(json, len)
                     : some        ? json_stringn(some, len)
                                   : NULL;
    free(some);
    prism_free_text(json);
    return fields;
}

static json_t *json_hit(search_answer *a, uint32_t i) {
    prism_hit hit;
    prism_hits_get(a->hits, i, &hit);
    bool scored = sorted_has_scores(a->hits);
    json_t *out = json_pack("{s:o, s:o, s:o, s:o}", "id", answer_string(hit.key, hit.key_len),
                            "score", scored ? json_real((double)hit.score) : json_null(), "fields",
                            json_fields(a, hit.gdoc), "highlights", json_highlights(a, hit.gdoc));
    if (prism_hits_sort_count(a->hits) > 0)
        json_object_set_new(out, "sort", sorted_values(a->hits, i));
    return out;
}

/* The token of the next page, or null. */
static json_t *json_next(search_answer *a) {
    prism_error err = PRISM_ERROR_INIT;
    char *token = NULL;
    if (prism_hits_next(a->hits, 0, &token, &err) != PRISM_OK) fail_once(a, &err);
    json_t *value = token ? json_string(token) : json_null();
    prism_free_text(token);
    return value;
}

/* ---- the four forms ------------------------------------------------------------------------- */

static bool print_json(search_answer *a) {
    json_t *root = answer_head(a->snap), *hits = json_array();
    for (uint32_t i = 0; i < prism_hits_count(a->hits) && a->code == CLI_OK; i++) {
        json_array_append_new(hits, json_hit(a, i));
    }
    json_object_set_new(root, "query", answer_string(a->text, strlen(a->text)));
    json_object_set_new(root, "took_us", json_integer((json_int_t)a->took_us));
    json_object_set_new(root, "total",
                        json_pack("{s:I, s:s}", "value", (json_int_t)a->total, "relation",
                                  a->total_exact ? "eq" : "gte"));
    json_object_set_new(root, "hits", hits);
    json_object_set_new(root, "facets", json_object());
    json_object_set_new(root, "next", json_next(a));
    json_object_set(root, "notes", a->notes);
    bool done = a->code != CLI_OK || answer_print_hits(root);
    json_decref(root);
    return done;
}

static bool print_jsonl(search_answer *a) {
    bool done = true;
    for (uint32_t i = 0; done && a->code == CLI_OK && i < prism_hits_count(a->hits); i++) {
        json_t *line = json_hit(a, i);
        done = a->code != CLI_OK || (line && answer_print_hits(line));
        json_decref(line);
    }
    return done;
}

static bool print_ids(search_answer *a) {
    for (uint32_t i = 0; i < prism_hits_count(a->hits); i++) {
        prism_hit hit;
        prism_hits_get(a->hits, i, &hit);
        fwrite(hit.key, 1, hit.key_len, stdout);
        putchar('\n');
    }
    return true;
}

static bool print_human(search_answer *a) {
    show_answer(a);
    return true;
}

static bool print_count(search_answer *a) {
    if (a->options->format != FORMAT_JSON && a->options->format != FORMAT_JSONL) {
        printf("%llu\n", (unsigned long long)a->total);
        return true;
    }
    return print_json(a);
}

static int print_answer(search_answer *a) {
    static bool (*const forms[])(search_answer *) = {print_human, print_json, print_jsonl,
                                                     print_ids};
    if (a->options->format != FORMAT_JSON) answer_tell_notes(a->notes);
    bool done = a->options->count ? print_count(a) : forms[a->options->format](a);
    if (!done) {
        if (!ferror(stdout)) cli_message("out of memory");
        return CLI_SYSTEM;
    }
    if (a->code != CLI_OK) return a->code;
    if (cli_interrupted) return CLI_INTERRUPTED;
    if (!prism_hits_complete(a->hits)) {
        cli_message("the time was up: this is what was found until then");
        return CLI_PARTIAL;
    }
    return a->total > 0 ? CLI_OK : CLI_NOTHING;
}

int cmd_search(cli_options *o) {
    search_answer a;
    memset(&a, 0, sizeof a);
    a.options = o;
    if (o->n_args == 0) return cli_usage("search: a query is needed");
    cli_catch_interrupts();
    a.text = cli_join_args(o);
    a.notes = json_array();
    int code = a.text && a.notes ? cli_open(o, &a.index, &a.snap) : CLI_SYSTEM;
    if (code == CLI_OK) code = cli_read_words(o, prism_index_schema(a.index));
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
    prism_query_unref(a.filter);
    prism_snapshot_unref(a.snap);
    prism_index_close(a.index);
    free(a.text);
    return code;
}
