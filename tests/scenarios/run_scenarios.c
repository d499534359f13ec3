/* run_scenarios.c - do the stories in tests/scenarios/ *.json come true, through the C interface
 * and through psearch?
 *
 *   {"name":"...","documents":[{...}],"delete":["id"],"adopt":[{...}],"delete_query":["..."],
 *    "later":[{...}],
 *    "searches":[{"query":"...","operator":"and","fields":"title^2,body","strict":true,
 *                 "filter":"date:2025","sort":"date:desc",
 *                 "page":2,              asked for in pages of so many hits, each behind the last
 *                 "hits":["a","b"],      these, in this order
 *                 "set":["b","a"],       these, in any order
 *                 "first":"a",           this one first, others may follow
 *                 "marks":{"a":{"body":["custom","silicon"]}},   the marked texts, in order
 *                 "notes":1,             number of the parser's notes
 *                 "error":"EPARSE"}]}
 *
 * "adopt" documents are put into another index, which is then taken in; "delete_query" deletes what
 * matches.  "later" documents are put and committed after the first ones, so that there are two
 * segments.  Bindings run the same files.
 * Usage: run_scenarios DIR [PSEARCH]   (with PSEARCH: through that program).  Speaks TAP. */
#include "story.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int n_tests, n_failed;
static char work[] = "/tmp/prism-scenarios-XXXXXX";

static void result(bool ok, const char *name, const char *what, json_t *got) {
    n_tests++;
    if (!ok) n_failed++;
    printf("%sok %d - %s: %s\n", ok ? "" : "not ", n_tests, name, what);
    if (!ok && got) {
        char *text = json_dumps(got, JSON_COMPACT);
        printf("# got %s\n", text ? text : "?");
        free(text);
    }
}

/* ---- through the C interface: the same JSON that psearch prints ------------------------------ */

static json_t *c_highlights(prism_snapshot *snap, const prism_query *query, uint64_t gdoc) {
    static const char *const fields[] = {"title", "body"};
    json_t *all = json_object();
    for (size_t f = 0; f < 2; f++) {
        prism_snippet *snippet = NULL;
        prism_snippet_opts opts = PRISM_SNIPPET_OPTS_INIT;
        opts.whole_field = f == 0;
        if (prism_snippet_make(snap, query, gdoc, fields[f], &opts, &snippet, NULL) != PRISM_OK)
            continue;
        json_t *list = json_array();
        for (uint32_t i = 0; i < prism_snippet_count(snippet); i++) {
            prism_fragment g;
            prism_snippet_get(snippet, i, &g);
            json_t *spans = json_array();
            for (uint32_t s = 0; s < g.n_spans; s++)
                json_array_append_new(spans, json_pack("[i, i]", (int)g.spans[s].start,
                                                       (int)g.spans[s].end));
            json_array_append_new(list,
                                  json_pack("{s:s%, s:o}", "text", g.text, g.len, "spans", spans));
        }
        json_object_set_new(all, fields[f], list);
        prism_snippet_free(snippet);
    }
    return all;
}

static void count_note(void *ctx, size_t at, const char *text) {
    json_array_append_new(ctx, json_pack("{s:I, s:s}", "at", (json_int_t)at, "text", text));
}

/* A text that is not there is no query. */
static bool c_parse(prism_index *index, json_t *text, const prism_query_opts *opts,
                    prism_query **out, prism_error *err) {
    if (text == NULL) return true;
    return prism_query_parse(prism_index_schema(index), json_string_value(text),
                             json_string_length(text), opts, out, err) == PRISM_OK;
}

static json_t *c_search(prism_index *index, json_t *search) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query_opts qopts = PRISM_QUERY_OPTS_INIT;
    prism_search_opts sopts = PRISM_SEARCH_OPTS_INIT;
    prism_snapshot *snap = NULL;
    prism_query *query = NULL;
    prism_hits *hits = NULL;
    const char *op = json_string_value(json_object_get(search, "operator"));
    prism_query *filter = NULL;
    json_t *notes = json_array(), *list = json_array(), *page = json_object_get(search, "page");
    char *token = NULL;
    sopts.k = page ? (uint32_t)json_integer_value(page) : 100;
    sopts.sort = json_string_value(json_object_get(search, "sort"));
    qopts.default_operator = op && strcmp(op, "and") == 0 ? PRISM_AND : PRISM_OR;
    qopts.fields = json_string_value(json_object_get(search, "fields"));
    qopts.strict = json_is_true(json_object_get(search, "strict"));
    qopts.note = count_note;
    qopts.note_ctx = notes;
    bool ready = prism_snapshot_open(index, &snap, &err) == PRISM_OK &&
                 c_parse(index, json_object_get(search, "query"), &qopts, &query, &err) &&
                 c_parse(index, json_object_get(search, "filter"), &qopts, &filter, &err);
    sopts.filter = filter;
    while (ready && prism_search(snap, query, &sopts, &hits, &err) == PRISM_OK) {
        for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
            prism_hit h;
            prism_hits_get(hits, i, &h);
            json_array_append_new(list, json_pack("{s:s%, s:o}", "id", h.key, h.key_len,
                                                  "highlights", c_highlights(snap, query, h.gdoc)));
        }
        prism_free_text(token);
        ready = page && prism_hits_next(hits, 0, &token, &err) == PRISM_OK && token;
        sopts.after = token;
        prism_hits_free(hits);
        hits = NULL;
        if (!page) token = NULL;
    }
    prism_free_text(token);
    json_t *answer = json_pack("{s:o, s:o}", "hits", list, "notes", notes);
    if (err.code != PRISM_OK)
        json_object_set_new(answer, "error", json_string(prism_status_name(err.code)));
    prism_query_unref(filter);
    prism_query_unref(query);
    prism_snapshot_unref(snap);
    return answer;
}

/* ---- through psearch ------------------------------------------------------------------------- */

/* Run argv with `input` on its standard input; its standard output is parsed as JSON.  *code = exit
 * code. */
static json_t *run_program(const char *const *argv, const char *input, int *code) {
    char out[64], in[64];
    snprintf(out, sizeof out, "%s/out", work);
    snprintf(in, sizeof in, "%s/in", work);
    FILE *f = fopen(in, "w");
    if (f == NULL) return NULL;
    fputs(input, f);
    fclose(f);
    fflush(NULL); /* or the child prints it again */
    pid_t pid = fork();
    if (pid == 0) {
        if (freopen(in, "r", stdin) && freopen(out, "w", stdout) &&
            freopen("/dev/null", "w", stderr))
            execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) return NULL;
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return json_load_file(out, JSON_ALLOW_NUL, NULL);
}

static int psearch_put(const char *program, const char *index, json_t *documents) {
    const char *argv[] = {program, "-i", index, "put", "--input=ndjson", "-", NULL};
    size_t i, len = 1;
    json_t *doc;
    char *all = calloc(1, 1);
    int code = -1;
    json_array_foreach(documents, i, doc) {
        char *text = json_dumps(doc, JSON_COMPACT);
        all = realloc(all, len + strlen(text) + 1);
        strcpy(all + len - 1, text);
        strcat(all, "\n");
        len += strlen(text) + 1;
        free(text);
    }
    json_decref(run_program(argv, all, &code));
    free(all);
    return code;
}

/* One page behind a token; NULL = the first. */
static json_t *psearch_page(const char *program, const char *index, json_t *search,
                            const char *after) {
    static const char *const options[][2] = {{"operator", "--default-operator="},
                                             {"fields", "--fields-searched="},
                                             {"filter", "--filter="},
                                             {"sort", "--sort="}};
    char values[6][512];
    const char *argv[20] = {program, "-i", index, "search", "--format=json"}, *value;
    json_t *page = json_object_get(search, "page");
    int n = 5, code = 0;
    for (size_t i = 0; i < 4; i++) {
        value = json_string_value(json_object_get(search, options[i][0]));
        if (value == NULL) continue;
        snprintf(values[i], sizeof values[i], "%s%s", options[i][1], value);
        argv[n++] = values[i];
    }
    snprintf(values[4], sizeof values[4], "-n%d", page ? (int)json_integer_value(page) : 100);
    argv[n++] = values[4];
    if (after) {
        snprintf(values[5], sizeof values[5], "--after=%s", after);
        argv[n++] = values[5];
    }
    if (json_is_true(json_object_get(search, "strict"))) argv[n++] = "--strict";
    argv[n++] = "--";
    argv[n++] = json_string_value(json_object_get(search, "query"));
    argv[n] = NULL;
    json_t *answer = run_program(argv, "", &code);
    if (answer == NULL) answer = json_pack("{s:[]}", "hits");
    if (code == 2)
        json_object_set_new(answer, "error", json_string("EPARSE"));
    else if (code > 1)
        json_object_set_new(answer, "error", json_integer(code));
    return answer;
}

static json_t *psearch_search(const char *program, const char *index, json_t *search) {
    json_t *answer = psearch_page(program, index, search, NULL);
    const char *next = json_string_value(json_object_get(answer, "next"));
    char token[512];
    while (next && json_object_get(search, "page")) {
        snprintf(token, sizeof token, "%s", next);
        json_t *more = psearch_page(program, index, search, token);
        json_array_extend(json_object_get(answer, "hits"), json_object_get(more, "hits"));
        json_object_set(answer, "next", json_object_get(more, "next"));
        next = json_string_value(json_object_get(answer, "next"));
        json_decref(more);
    }
    return answer;
}

static bool psearch_build(const char *program, const char *index, const char *other,
                          json_t *story) {
    json_t *later = json_object_get(story, "later"), *gone = json_object_get(story, "delete"), *key;
    json_t *adopt = json_object_get(story, "adopt");
    size_t i;
    int code = psearch_put(program, index, json_object_get(story, "documents"));
    json_array_foreach(gone, i, key) {
        const char *argv[] = {program, "-i", index, "rm", json_string_value(key), NULL};
        int ignored;
        json_decref(run_program(argv, "", &ignored));
    }
    if (adopt && code == 0) {
        const char *argv[] = {program, "-i", index, "merge", "--from", other, NULL};
        code = psearch_put(program, other, adopt);
        if (code == 0) json_decref(run_program(argv, "", &code));
    }
    json_array_foreach(json_object_get(story, "delete_query"), i, key) {
        const char *argv[] = {program, "-i", index, "rm", "--query", json_string_value(key), NULL};
        int ignored;
        json_decref(run_program(argv, "", &ignored));
    }
    if (later && code == 0) code = psearch_put(program, index, later);
    return code == 0;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static json_t *ids_of(json_t *answer) {
    json_t *ids = json_array(), *hit;
    size_t i;
    json_array_foreach(json_object_get(answer, "hits"), i, hit) {
        json_array_append(ids, json_object_get(hit, "id"));
    }
    return ids;
}

static bool holds(json_t *array, json_t *value) {
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item) {
        if (json_equal(item, value)) return true;
    }
    return false;
}

static bool same_set(json_t *a, json_t *b) {
    size_t i;
    json_t *item;
    if (json_array_size(a) != json_array_size(b)) return false;
    json_array_foreach(a, i, item) {
        if (!holds(b, item)) return false;
    }
    return true;
}

static json_t *marks_of(json_t *answer, const char *id, const char *field) {
    json_t *marks = json_array(), *hit, *fragment, *span;
    size_t i, f, s;
    json_array_foreach(json_object_get(answer, "hits"), i, hit) {
        if (strcmp(json_string_value(json_object_get(hit, "id")), id) != 0) continue;
        json_array_foreach(json_object_get(json_object_get(hit, "highlights"), field), f,
                           fragment) {
            const char *text = json_string_value(json_object_get(fragment, "text"));
            json_array_foreach(json_object_get(fragment, "spans"), s, span) {
                json_int_t from = json_integer_value(json_array_get(span, 0)),
                           to = json_integer_value(json_array_get(span, 1));
                json_array_append_new(marks, json_stringn(text + from, (size_t)(to - from)));
            }
        }
    }
    return marks;
}

static void check_marks(const char *name, const char *query, json_t *answer, json_t *wanted) {
    const char *id, *field;
    json_t *fields, *texts;
    char what[512];
    json_object_foreach(wanted, id, fields) {
        json_object_foreach(fields, field, texts) {
            json_t *got = marks_of(answer, id, field);
            snprintf(what, sizeof what, "%s marks in %s of %s", query, field, id);
            result(json_equal(got, texts), name, what, got);
            json_decref(got);
        }
    }
}

static void check_search(const char *name, json_t *search, json_t *answer) {
    const char *query = json_string_value(json_object_get(search, "query"));
    json_t *hits = json_object_get(search, "hits"), *set = json_object_get(search, "set");
    json_t *first = json_object_get(search, "first"), *marks = json_object_get(search, "marks");
    json_t *notes = json_object_get(search, "notes"), *error = json_object_get(search, "error");
    json_t *ids = ids_of(answer);
    if (error)
        result(json_equal(error, json_object_get(answer, "error")), name, query, answer);
    else if (json_object_get(answer, "error"))
        result(false, name, query, answer);
    if (hits) result(json_equal(hits, ids), name, query, ids);
    if (set) result(same_set(set, ids), name, query, ids);
    if (first) result(json_equal(first, json_array_get(ids, 0)), name, query, ids);
    if (notes)
        result((size_t)json_integer_value(notes) ==
                   json_array_size(json_object_get(answer, "notes")),
               name, query, answer);
    if (marks) check_marks(name, query, answer, marks);
    json_decref(ids);
}

static void tell(const char *path, const char *program) {
    json_error_t where;
    prism_error err = PRISM_ERROR_INIT;
    json_t *story = json_load_file(path, 0, &where), *search;
    const char *name = json_string_value(json_object_get(story, "name"));
    char index[64], other[64];
    size_t i;
    if (story == NULL || name == NULL) {
        printf("# %s:%d: %s\n", path, where.line, where.text);
        result(false, path, "can be read", NULL);
        return;
    }
    snprintf(index, sizeof index, "%s/index-%d", work, n_tests);
    snprintf(other, sizeof other, "%s/other-%d", work, n_tests);
    prism_index *handle = program ? NULL : story_build(story, NULL, other, &err);
    bool built = program ? psearch_build(program, index, other, story) : handle != NULL;
    if (!built) printf("# %s %s\n", prism_status_name(err.code), err.text);
    result(built, name, "is indexed", NULL);
    json_array_foreach(json_object_get(story, "searches"), i, search) {
        if (!built) break;
        json_t *answer =
            program ? psearch_search(program, index, search) : c_search(handle, search);
        check_search(name, search, answer);
        json_decref(answer);
    }
    prism_index_close(handle);
    json_decref(story);
}

static int is_story(const struct dirent *e) {
    size_t n = strlen(e->d_name);
    return n > 5 && strcmp(e->d_name + n - 5, ".json") == 0;
}

int main(int argc, char **argv) {
    struct dirent **names;
    const char *src = getenv("PRISM_SRCDIR"), *build = getenv("PRISM_BUILDDIR");
    static char dir[4096], program[4096], path[8192];
    bool through_psearch = argc > 2 || strstr(argv[0], "psearch") != NULL;
    snprintf(dir, sizeof dir, "%s%s",
             argc > 1 ? argv[1]
             : src    ? src
                      : ".",
             argc > 1 ? "" : "/tests/scenarios");
    snprintf(program, sizeof program, "%s%s",
             argc > 2 ? argv[2]
             : build  ? build
                      : ".",
             argc > 2 ? "" : "/psearch");
    int n = scandir(dir, &names, is_story, alphasort);
    if (n <= 0 || mkdtemp(work) == NULL) {
        printf("Bail out! no scenarios in %s\n", dir);
        return 99;
    }
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
        tell(path, through_psearch ? program : NULL);
        free(names[i]);
    }
    free(names);
    printf("1..%d\n", n_tests);
    snprintf(path, sizeof path, "rm -rf %s", work);
    if (system(path) != 0) printf("# %s was left behind\n", work);
    return n_failed > 0;
}
