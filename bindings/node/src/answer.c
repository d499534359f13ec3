/* answer.c - what a search found: documents, marked fragments, the way to the next page.
 *
 * The pool reads the stored texts of all hits beside the search; they stay bytes here, and become
 * objects of JavaScript hit by hit when they are asked for.  An answer refers to the query and the
 * snapshot that it is of, so that fragments can be made however long it is kept.
 * The library counts bytes; fragments count units of 16 bits, as strings of JavaScript do.
 * Tested by: test/search.test.js, test/highlight.test.js */
#include "addon.h"

#include <stdlib.h>

/* Bytes that the collector of JavaScript cannot see by itself. */
static void tell_collector(addon_answer *a, int64_t change) {
    int64_t now;
    if (a->env != NULL && change != 0) (void)napi_adjust_external_memory(a->env, change, &now);
    a->bytes = (size_t)((int64_t)a->bytes + change);
}

void addon_answer_free(void *data) {
    addon_answer *a = data;
    if (a == NULL) return;
    tell_collector(a, -(int64_t)a->bytes);
    for (uint32_t i = 0; a->json != NULL && i < a->n; i++) prism_free_text(a->json[i]);
    for (uint32_t i = 0; a->snippets != NULL && i < a->n * a->n_fields; i++)
        prism_snippet_free(a->snippets[i]);
    free(a->json);
    free(a->json_len);
    free(a->snippets);
    prism_hits_free(a->hits);
    prism_query_unref(a->query);
    prism_snapshot_unref(a->snap);
    free(a);
}

/* ---- loading, in the pool -------------------------------------------------------------------- */

static prism_status load_document(addon_answer *a, uint32_t i, prism_error *err) {
    prism_hit hit;
    prism_hits_get(a->hits, i, &hit);
    prism_status status = prism_document_get(a->snap, hit.gdoc, &a->json[i], &a->json_len[i], err);
    a->bytes += a->json_len[i];
    return status;
}

/* A field that the document has not, or that is not stored, has no fragments. */
static prism_status load_snippets(addon_answer *a, uint32_t i, char *const *fields,
                                  const prism_snippet_opts *opts, prism_error *err) {
    prism_hit hit;
    prism_hits_get(a->hits, i, &hit);
    for (uint32_t f = 0; f < a->n_fields; f++) {
        prism_snippet **out = &a->snippets[i * a->n_fields + f];
        prism_status status =
            prism_snippet_make(a->snap, a->query, hit.gdoc, fields[f], opts, out, err);
        if (status != PRISM_OK && status != PRISM_ENOTFOUND) return status;
    }
    return PRISM_OK;
}

prism_status addon_answer_load(addon_answer *a, bool documents, char *const *fields,
                               uint32_t n_fields, const prism_snippet_opts *opts,
                               const volatile int *cancelled, prism_error *err) {
    prism_status status = PRISM_OK;
    if (documents) {
        a->json = calloc((size_t)a->n + 1, sizeof *a->json);
        a->json_len = calloc((size_t)a->n + 1, sizeof *a->json_len);
        if (a->json == NULL || a->json_len == NULL)
            return addon_fail(err, PRISM_ENOMEM, "no memory");
    }
    if (n_fields > 0) {
        a->snippets = calloc((size_t)a->n * n_fields + 1, sizeof(prism_snippet *));
        if (a->snippets == NULL) return addon_fail(err, PRISM_ENOMEM, "no memory");
        a->n_fields = n_fields;
    }
    for (uint32_t i = 0; status == PRISM_OK && i < a->n && !*cancelled; i++) {
        if (documents) status = load_document(a, i, err);
        if (status == PRISM_OK && n_fields > 0) status = load_snippets(a, i, fields, opts, err);
    }
    return status;
}

void addon_answer_shown(napi_env env, addon_answer *a) {
    size_t bytes = a->bytes;
    a->env = env;
    a->bytes = 0;
    tell_collector(a, (int64_t)bytes);
}

/* ---- reading, in JavaScript's thread --------------------------------------------------------- */

/* The answer and the hit that arguments 0 and 1 name; NULL: an exception. */
static addon_answer *get_hit(addon_args *args, napi_env env, napi_callback_info info, uint32_t *i) {
    if (!addon_args_get(args, env, info)) return NULL;
    addon_handle *handle = addon_handle_open(env, args->v[0], ADDON_ANSWER);
    if (handle == NULL || !addon_get_u32(args, 1, i)) return NULL;
    addon_answer *a = handle->ptr;
    if (*i < a->n) return a;
    addon_throw_type(env, "no such hit");
    return NULL;
}

static bool get_names(napi_env env, napi_value array, addon_names *names) {
    uint32_t n = 0;
    if (addon_is_nothing(env, array)) return true;
    if (napi_get_array_length(env, array, &n) != napi_ok) return false;
    names->some = true;
    names->ends = calloc((size_t)n + 1, sizeof *names->ends);
    if (names->ends == NULL) {
        addon_throw_memory(env);
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        napi_value name;
        if (napi_get_element(env, array, i, &name) != napi_ok ||
            !addon_put_string(env, name, &names->text))
            return false;
        names->ends[i] = names->text.len;
    }
    names->n = n;
    if (!names->text.failed) return true;
    addon_throw_memory(env);
    return false;
}

/* Read a stored text that was made into an object, and asked for again. */
static bool load_again(napi_env env, addon_answer *a, uint32_t i) {
    prism_error err = PRISM_ERROR_INIT;
    if (a->json[i] != NULL) return true;
    size_t bytes = a->bytes;
    prism_status status = load_document(a, i, &err);
    size_t more = a->bytes - bytes;
    a->bytes = bytes;
    tell_collector(a, (int64_t)more);
    if (status != PRISM_OK) addon_throw(env, &err);
    return status == PRISM_OK;
}

/* Texts of a page that no longer are the answer's: reading them may run code of JavaScript (setters
 * of prototypes), which may ask the answer for the same ones. */
typedef struct taken_page {
    uint32_t n;
    char **json;
    size_t *len;
} taken_page;

static void free_page(taken_page *page) {
    for (uint32_t j = 0; page->json != NULL && j < page->n; j++) prism_free_text(page->json[j]);
    free(page->json);
    free(page->len);
}

static bool take_page(napi_env env, addon_answer *a, uint32_t i, taken_page *page) {
    page->json = calloc((size_t)page->n + 1, sizeof *page->json);
    page->len = calloc((size_t)page->n + 1, sizeof *page->len);
    if (page->json == NULL || page->len == NULL) {
        addon_throw_memory(env);
        return false;
    }
    for (uint32_t j = 0; j < page->n; j++) {
        if (!load_again(env, a, i + j)) return false;
        page->json[j] = a->json[i + j];
        page->len[j] = a->json_len[i + j];
        a->json[i + j] = NULL;
        tell_collector(a, -(int64_t)page->len[j]);
    }
    return true;
}

/* answerDocuments(answer, i, n, names): those from hit i on, n at most; null if they were not read.
 * lib/hits.js keeps what it gets, so the texts are given back: an answer that was shown costs no
 * more than its hits. */
static napi_value documents(napi_env env, napi_callback_info info) {
    addon_args args;
    addon_names names = {.some = false};
    taken_page page = {.n = 0};
    uint32_t i;
    napi_value made = NULL;
    addon_answer *a = get_hit(&args, env, info, &i);
    if (a == NULL || !addon_get_u32(&args, 2, &page.n)) return NULL;
    if (a->json == NULL) return addon_null(env);
    if (page.n > a->n - i) page.n = a->n - i;
    if (get_names(env, args.v[3], &names) && take_page(env, a, i, &page))
        made = addon_page_from_json(env, page.json, page.len, page.n, &names);
    addon_text_free(&names.text);
    free(names.ends);
    free_page(&page);
    return made;
}

/* answerBytes(answer, i): null if it was not read */
static napi_value document_bytes(napi_env env, napi_callback_info info) {
    addon_args args;
    uint32_t i;
    napi_value bytes = NULL;
    addon_answer *a = get_hit(&args, env, info, &i);
    if (a == NULL) return NULL;
    if (a->json == NULL) return addon_null(env);
    if (!load_again(env, a, i)) return NULL;
    return napi_create_buffer_copy(env, a->json_len[i], a->json[i], NULL, &bytes) == napi_ok ? bytes
                                                                                             : NULL;
}

/* answerHit(answer, i): [number of the document, arrival] */
static napi_value facts(napi_env env, napi_callback_info info) {
    addon_args args;
    prism_hit hit;
    uint32_t i;
    addon_answer *a = get_hit(&args, env, info, &i);
    if (a == NULL) return NULL;
    prism_hits_get(a->hits, i, &hit);
    napi_value parts[] = {addon_number(env, hit.gdoc), addon_number(env, hit.arrival)};
    return addon_array(env, parts, 2);
}

/* answerNext(answer): a token or null */
static napi_value next(napi_env env, napi_callback_info info) {
    prism_error err = PRISM_ERROR_INIT;
    char *token = NULL;
    addon_args args;
    if (!addon_args_get(&args, env, info)) return NULL;
    addon_handle *handle = addon_handle_open(env, args.v[0], ADDON_ANSWER);
    if (handle == NULL) return NULL;
    if (prism_hits_next(((addon_answer *)handle->ptr)->hits, 0, &token, &err) != PRISM_OK)
        return addon_throw(env, &err);
    return addon_take_text(env, token);
}

static napi_value sort_value(napi_env env, const prism_sort_value *value) {
    napi_value made = NULL;
    switch (value->kind) {
    case PRISM_SORT_I64:
    case PRISM_SORT_ARRIVAL: return addon_integer(env, value->i64);
    case PRISM_SORT_F64:
    case PRISM_SORT_SCORE:
        return napi_create_double(env, value->f64, &made) == napi_ok ? made : NULL;
    case PRISM_SORT_BOOL: return addon_bool(env, value->i64 != 0);
    case PRISM_SORT_DATE:
        return napi_create_date(env, (double)value->i64, &made) == napi_ok ? made : NULL;
    case PRISM_SORT_KEYWORD: return addon_string(env, value->text, value->len);
    case PRISM_SORT_MISSING:
    default: return addon_null(env);
    }
}

/* answerSortValues(answer, i) */
static napi_value sort_values(napi_env env, napi_callback_info info) {
    addon_args args;
    uint32_t i;
    napi_value values[PRISM_MAX_SORT];
    addon_answer *a = get_hit(&args, env, info, &i);
    if (a == NULL) return NULL;
    uint32_t n = prism_hits_sort_count(a->hits);
    for (uint32_t j = 0; j < n && j < PRISM_MAX_SORT; j++) {
        prism_sort_value value;
        prism_hits_sort_value(a->hits, i, j, &value);
        values[j] = sort_value(env, &value);
    }
    return addon_array(env, values, n < PRISM_MAX_SORT ? n : PRISM_MAX_SORT);
}

/* ---- fragments ------------------------------------------------------------------------------- */

/* Units of 16 bits of the bytes from..to. */
static size_t count_units(const char *text, size_t from, size_t to) {
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        unsigned char c = (unsigned char)text[i];
        n += (size_t)((c & 0xC0) != 0x80) + (size_t)(c >= 0xF0);
    }
    return n;
}

static napi_value spans_of(napi_env env, const prism_fragment *f) {
    napi_value spans = NULL;
    size_t at = 0, byte = 0;
    if (napi_create_array_with_length(env, f->n_spans, &spans) != napi_ok) return NULL;
    for (uint32_t i = 0; i < f->n_spans; i++) {
        size_t start = at + count_units(f->text, byte, f->spans[i].start);
        at = start + count_units(f->text, f->spans[i].start, f->spans[i].end);
        byte = f->spans[i].end;
        napi_value ends[] = {addon_number(env, start), addon_number(env, at)};
        napi_value span = addon_array(env, ends, 2);
        if (span == NULL || napi_set_element(env, spans, i, span) != napi_ok) return NULL;
    }
    return spans;
}

/* [[text, [[start, end], ...], offset in bytes], ...] */
static napi_value fragments_of(napi_env env, const prism_snippet *snippet) {
    napi_value list = NULL;
    uint32_t n = prism_snippet_count(snippet);
    if (napi_create_array_with_length(env, n, &list) != napi_ok) return NULL;
    for (uint32_t i = 0; i < n; i++) {
        prism_fragment f;
        prism_snippet_get(snippet, i, &f);
        napi_value parts[] = {addon_string(env, f.text, f.len), spans_of(env, &f),
                              addon_number(env, f.offset)};
        napi_value fragment = addon_array(env, parts, 3);
        if (fragment == NULL || napi_set_element(env, list, i, fragment) != napi_ok) return NULL;
    }
    return list;
}

/* answerFragments(answer, i, f): of field f of those that were highlighted */
static napi_value highlighted(napi_env env, napi_callback_info info) {
    addon_args args;
    uint32_t i, f;
    addon_answer *a = get_hit(&args, env, info, &i);
    if (a == NULL || !addon_get_u32(&args, 2, &f)) return NULL;
    if (a->snippets == NULL || f >= a->n_fields) return addon_throw_type(env, "no such field");
    return fragments_of(env, a->snippets[i * a->n_fields + f]);
}

typedef struct snippet_job {
    addon_job job;
    uint32_t hit;
    char *field;
    prism_snippet_opts opts;
    prism_snippet *snippet;
} snippet_job;

static void run_snippet(addon_job *job) {
    snippet_job *own = (snippet_job *)job;
    addon_answer *a = job->handles[0]->ptr;
    prism_hit hit;
    prism_hits_get(a->hits, own->hit, &hit);
    job->status =
        prism_snippet_make(a->snap, a->query, hit.gdoc, own->field == NULL ? "" : own->field,
                           &own->opts, &own->snippet, &job->err);
}

static napi_value finish_snippet(napi_env env, addon_job *job) {
    return fragments_of(env, ((snippet_job *)job)->snippet);
}

static void drop_snippet(addon_job *job) {
    snippet_job *own = (snippet_job *)job;
    free(own->field);
    prism_snippet_free(own->snippet);
}

/* fragments(answer, i, field, maxBytes, count, whole, mode) */
static napi_value fragments(napi_env env, napi_callback_info info) {
    addon_args args;
    bool whole = false;
    uint32_t i;
    if (get_hit(&args, env, info, &i) == NULL) return NULL;
    snippet_job *own = addon_job_new(env, sizeof *own, run_snippet, finish_snippet, drop_snippet);
    if (own == NULL) return NULL;
    own->hit = i;
    own->opts = (prism_snippet_opts)PRISM_SNIPPET_OPTS_INIT;
    if (addon_job_use(env, &own->job, args.v[0], ADDON_ANSWER) == NULL ||
        !addon_get_name(&args, 2, &own->field) || !addon_get_u32(&args, 3, &own->opts.max_bytes) ||
        !addon_get_u32(&args, 4, &own->opts.n_fragments) || !addon_get_bool(&args, 5, &whole))
        return addon_job_drop(env, &own->job);
    own->opts.whole_field = whole;
    return addon_job_start(&args, 6, &own->job);
}

const addon_function addon_answer_functions[] = {{"answerDocuments", documents},
                                                 {"answerBytes", document_bytes},
                                                 {"answerHit", facts},
                                                 {"answerNext", next},
                                                 {"answerSortValues", sort_values},
                                                 {"answerFragments", highlighted},
                                                 {"fragments", fragments},
                                                 {NULL, NULL}};
