/* api_search.c - search.h for callers: are the arguments sane, and whose is the memory?
 *
 * Structure   prism_search   options -> order, page -> statistics (own or given) -> weights, filter
 *                            -> segments, best first or by values -> hits
 * Invariants  - Every output is NULL or 0 after an error.
 *             - A hit's key is borrowed from the snapshot's mapping; hits hold a reference to the
 *               snapshot, so keys live as long as both.
 *             - Options grow at the end: what lies beyond the caller's `size` has its default.
 * Tested by   tests/unit/api/test_api_search.c */
#include "base/error.h"
#include "base/text.h"
#include "query/build.h"
#include "query/combine.h"
#include "search/filter_set.h"
#include "search/sorter.h"
#include "show/hits.h"
#include "show/snippet.h"

#include <prismsearch/search.h>

#define PRS_DEFAULT_K1 1.2
#define PRS_DEFAULT_B 0.75
#define PRS_SEARCH_MAX_THREADS 256u /* as of a writer */
#define PRS_SEARCH_MEMORY ((size_t)64 << 20)

static prism_status missing(prism_error *err, const char *what) {
    return prs_error_set(err, PRISM_EINVAL, "%s is NULL", what);
}

/* ---- searching ----------------------------------------------------------------------------- */

static prism_status check_wanted(uint32_t k, uint32_t offset, prism_error *err) {
    if (k <= PRISM_MAX_K && offset <= PRISM_MAX_K - k) return PRISM_OK;
    return prs_error_set(err, PRISM_EINVAL, "k + offset is over %u", PRISM_MAX_K);
}

static prism_status read_opts(const prism_search_opts *given, prism_search_opts *out,
                              prism_error *err) {
    const prism_search_opts defaults = PRISM_SEARCH_OPTS_INIT;
    *out = defaults;
    if (given != NULL) {
        if (given->size < sizeof given->size)
            return prs_error_set(err, PRISM_EINVAL, "the search options have no size");
        memcpy(out, given, PRS_MIN(given->size, sizeof *out));
    }
    if (!(out->k1 >= 0.0)) out->k1 = PRS_DEFAULT_K1;
    if (!(out->b >= 0.0)) out->b = PRS_DEFAULT_B;
    if (out->k1 > 1e6 || out->b > 1.0)
        return prs_error_set(err, PRISM_EINVAL, "k1 is over 1e6, or b over 1");
    PRS_TRY(check_wanted(out->k, out->offset, err));
    if (out->threads > PRS_SEARCH_MAX_THREADS)
        return prs_error_set(err, PRISM_EINVAL, "threads is over %u", PRS_SEARCH_MAX_THREADS);
    if (out->count != PRISM_COUNT_NONE && out->count != PRISM_COUNT_EXACT) {
        return prs_error_set(err, PRISM_EINVAL, "there is no count mode %d", (int)out->count);
    }
    return PRISM_OK;
}

/* A search on its way: what lives until it ends, in the memory of the hits. */
typedef struct searching {
    prism_hits *hits;
    const prism_query *query;
    const prism_search_opts *opts;
    prs_watch *watch;
    bool lent; /* the snapshot's working space: its memory is that of the search */
    prs_arena arena;
    prs_weights weights;
    prs_page page;
    prs_kept_filter kept;
    prs_search_request request;
} searching;

static prism_status fill_hit(const prism_hits *hits, const prs_top_hit *found, float unit,
                             prism_hit *out, prism_error *err) {
    const prs_leaf *leaf = &hits->snap->leaves[found->leaf];
    prs_bytes key = {(const uint8_t *)"", 0};
    if (leaf->segment->keys.n_docs > 0)
        PRS_TRY(prs_keys_get(&leaf->segment->keys, found->doc, &key, err));
    *out = (prism_hit){.gdoc = leaf->base + found->doc,
                       .key = (const char *)key.ptr,
                       .key_len = key.len,
                       .score = (float)found->score * unit,
                       .raw_score = found->score,
                       .arrival = found->arrival};
    return PRISM_OK;
}

/* Turn what the searcher found into hits, less the first `offset`. */
static prism_status fill_best(searching *s, const prs_search_result *result, prism_error *err) {
    prism_hits *hits = s->hits;
    const prs_topk *top = &result->top;
    hits->total = result->total;
    hits->total_exact = result->total_exact;
    hits->more = top->n == top->k && top->k > 0;
    if (result->total_exact && s->request.page == NULL) hits->more = result->total > top->k;
    if (top->n <= hits->offset) return PRISM_OK;
    PRS_TRY(prs_hits_make_room(hits, (uint32_t)top->n - hits->offset, err));
    float unit = prs_score_scale(-hits->shift);
    for (uint32_t i = 0; i < hits->n; i++)
        PRS_TRY(fill_hit(hits, &top->heap[hits->offset + i], unit, &hits->hits[i], err));
    return PRISM_OK;
}

static prism_status fill_sorted(searching *s, const prs_sorted *sorted, prism_error *err) {
    prism_hits *hits = s->hits;
    uint32_t n = hits->sort.n;
    hits->total = sorted->total;
    hits->total_exact = !prs_watch_stopped(s->watch);
    hits->more = sorted->behind > s->request.k;
    if (sorted->n <= hits->offset) return PRISM_OK;
    PRS_TRY(prs_hits_make_room(hits, sorted->n - hits->offset, err));
    PRS_TRY(prs_hits_make_values(hits, err));
    float unit = prs_score_scale(-hits->shift);
    for (uint32_t i = 0; i < hits->n; i++) {
        const prs_sorted_hit *found = &sorted->hits[hits->offset + i];
        memcpy(hits->values + (size_t)i * n, found->values, n * sizeof *found->values);
        PRS_TRY(fill_hit(hits, &found->hit, unit, &hits->hits[i], err));
    }
    return PRISM_OK;
}

static prism_status run_best(searching *s, prism_error *err) {
    prs_search_result result = {0};
    prs_topk_init(&result.top, &s->hits->mem, s->request.k);
    prism_status status = prs_searcher_run(&s->request, &s->hits->mem, &result, err);
    if (status == PRISM_OK) status = fill_best(s, &result, err);
    prs_topk_fini(&result.top);
    return status;
}

static prism_status run_sorted(searching *s, prism_error *err) {
    prs_sorted sorted;
    prism_status status = prs_sorter_run(&s->request, &s->hits->sort, s->request.page,
                                         s->hits->shift, &s->hits->mem, &sorted, err);
    if (status == PRISM_OK) status = fill_sorted(s, &sorted, err);
    prs_sorted_fini(&sorted);
    return status;
}

/* A filter is known by its text as JSON, which says all that it depends on but the segment. */
static prism_status name_filter(searching *s, prism_error *err) {
    prs_buf text;
    prs_buf_init(&text, &s->hits->mem);
    prism_status status = prs_query_to_json(s->opts->filter, &text, err);
    prs_bytes name = prs_bytes_of(NULL, 0);
    if (status == PRISM_OK) {
        name = prs_bytes_of(prs_arena_dup(&s->arena, text.ptr, text.len), text.len);
        if (name.ptr == NULL) status = prs_error_nomem(err);
    }
    prs_buf_fini(&text);
    s->kept =
        (prs_kept_filter){s->weights.root->filter, name, s->hits->snap, s->opts->filter_cache};
    return status;
}

/* Statistics and weights, as far as there are scores; and the filter. */
static prism_status weigh(searching *s, prism_error *err) {
    const prism_search_opts *opts = s->opts;
    prism_hits *hits = s->hits;
    bool no_scores = !hits->sort.scored || (opts->k == 0 && opts->stats == NULL);
    if (no_scores) {
        PRS_TRY(prs_weigh_nothing(&s->arena, hits->snap, s->query->schema, s->query->root,
                                  &s->weights.root, err));
    } else {
        prs_weigh_opts weigh = {opts->k1, opts->b, opts->stats, s->watch};
        PRS_TRY(prs_weigh(&s->arena, hits->snap, s->query, &weigh, &s->weights, err));
    }
    hits->shift = opts->k == 0 ? 0 : s->weights.shift;
    if (opts->filter == NULL) return PRISM_OK;
    PRS_TRY(prs_weigh_filter(&s->arena, hits->snap, opts->filter, &s->weights, err));
    /* The name says what a filter means under the snapshot's schema. */
    bool keep = opts->filter_cache != 0 &&
                prs_query_check_schemas(opts->filter->schema, hits->snap->schema, NULL) == PRISM_OK;
    return keep ? name_filter(s, err) : PRISM_OK;
}

static prism_status prepare(searching *s, prism_error *err) {
    const prism_search_opts *opts = s->opts;
    prism_hits *hits = s->hits;
    if (opts->filter != NULL)
        PRS_TRY(prs_query_check_schemas(s->query->schema, opts->filter->schema, err));
    PRS_TRY(prs_sort_parse(opts->sort, hits->snap->schema, &hits->arena, &hits->sort, err));
    if (opts->after != NULL)
        PRS_TRY(prs_page_decode(opts->after, &hits->sort, &s->arena, &s->page, err));
    PRS_TRY(weigh(s, err));
    s->request = (prs_search_request){.snap = hits->snap,
                                      .root = s->weights.root,
                                      .k = opts->k == 0 ? 0 : opts->k + opts->offset,
                                      .exact_count = opts->count == PRISM_COUNT_EXACT,
                                      .exhaustive = opts->exhaustive != 0,
                                      .watch = s->watch,
                                      .page = opts->after != NULL ? &s->page : NULL,
                                      .shift = hits->shift,
                                      .threads = opts->threads,
                                      .scores = s->lent ? &hits->snap->scores : NULL,
                                      .spares = s->lent ? &hits->snap->spares : NULL,
                                      .arenas = s->lent ? &hits->snap->arenas : NULL,
                                      .kept = s->kept.at != NULL ? &s->kept : NULL};
    return PRISM_OK;
}

static bool same_hook(const prism_allocator *a, const prism_allocator *b) {
    return a->resize == b->resize && a->release == b->release && a->ctx == b->ctx;
}

static prism_status run(prism_hits *hits, const prism_query *query, const prism_search_opts *opts,
                        prs_watch *watch, prism_error *err) {
    searching s = {.hits = hits, .query = query, .opts = opts, .watch = watch};
    s.lent = same_hook(&hits->mem.hook, &hits->snap->mem->hook);
    prs_arena_init_spares(&s.arena, &hits->mem, 0, s.lent ? &hits->snap->arenas : NULL);
    prism_status status = prepare(&s, err);
    bool by_values = hits->sort.n > 0 && s.request.k > 0;
    if (status == PRISM_OK) status = by_values ? run_sorted(&s, err) : run_best(&s, err);
    prs_arena_fini(&s.arena);
    hits->stopped = watch->why;
    if (status == PRISM_ECANCELED && prs_watch_stopped(watch)) return PRISM_OK; /* no hits yet */
    if (status == PRISM_ENOMEM && atomic_load(&hits->mem.refused)) {
        return prs_error_set(err, PRISM_EBUDGET, "the search needs more than %zu bytes of memory",
                             hits->mem.limit);
    }
    return status;
}

prism_status prism_search(prism_snapshot *snap, const prism_query *query,
                          const prism_search_opts *opts, prism_hits **out, prism_error *err) {
    if (out == NULL) return missing(err, "out");
    *out = NULL;
    if (snap == NULL || query == NULL) return missing(err, snap == NULL ? "snap" : "query");
    prism_search_opts options;
    PRS_TRY(read_opts(opts, &options, err));
    const prism_allocator *hook = options.allocator != NULL ? options.allocator : &snap->mem->hook;
    prs_watch watch = prs_watch_of(options.timeout_us, options.cancel, options.max_work);
    watch.progress = options.progress;
    watch.progress_ctx = options.progress_ctx;
    prism_hits *hits;
    PRS_TRY(prs_hits_new(hook, snap, options.k, &hits, err));
    hits->mem.limit = options.memory != 0 ? options.memory : PRS_SEARCH_MEMORY;
    hits->k = options.k;
    hits->offset = options.offset;
    prism_status status = run(hits, query, &options, &watch, err);
    if (status != PRISM_OK) {
        prism_hits_free(hits);
        return status;
    }
    *out = hits;
    return PRISM_OK;
}

uint32_t prism_hits_count(const prism_hits *hits) {
    return hits == NULL ? 0 : hits->n;
}

uint64_t prism_hits_total(const prism_hits *hits, int *exact) {
    if (exact != NULL) *exact = hits != NULL && hits->total_exact;
    return hits == NULL ? 0 : hits->total;
}

int prism_hits_complete(const prism_hits *hits) {
    return hits != NULL && hits->stopped == PRISM_STOP_NONE;
}

prism_stop prism_hits_stopped(const prism_hits *hits) {
    return hits == NULL ? PRISM_STOP_NONE : hits->stopped;
}

int prism_hits_shift(const prism_hits *hits) {
    return hits == NULL ? 0 : hits->shift;
}

void prism_hits_get(const prism_hits *hits, uint32_t i, prism_hit *hit) {
    if (hit == NULL) return;
    const prism_hit none = {.key = ""};
    *hit = hits != NULL && i < hits->n ? hits->hits[i] : none;
}

void prism_hits_free(prism_hits *hits) {
    prs_hits_free(hits);
}

/* ---- answers of other indexes -------------------------------------------------------------- */

/* A buffer as a text of the caller's, and its end. */
static prism_status hand_over(prs_mem *mem, prs_buf *buf, prism_status status, char **json,
                              prism_error *err) {
    if (status == PRISM_OK) {
        *json = prs_text_new(mem, buf->ptr, buf->len);
        if (*json == NULL) status = prs_error_nomem(err);
    }
    prs_buf_fini(buf);
    return status;
}

prism_status prism_hits_encode(const prism_hits *hits, char **json, prism_error *err) {
    if (json == NULL) return missing(err, "json");
    *json = NULL;
    if (hits == NULL) return missing(err, "hits");
    prs_mem mem;
    prs_buf buf;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&buf, &mem);
    prism_status status = prs_hits_encode(hits, &buf, err);
    return hand_over(&mem, &buf, status, json, err);
}

/* What has become of an answer that was filled. */
static prism_status finish_hits(prism_hits *hits, prism_status status, prism_hits **out) {
    if (status == PRISM_OK)
        *out = hits;
    else
        prs_hits_free(hits);
    return status;
}

prism_status prism_hits_decode(const char *text, size_t len, prism_hits **out, prism_error *err) {
    if (out == NULL) return missing(err, "out");
    *out = NULL;
    if (text == NULL && len > 0) return missing(err, "text");
    prism_hits *hits;
    PRS_TRY(prs_hits_new(NULL, NULL, 0, &hits, err));
    return finish_hits(hits, prs_hits_decode(hits, text != NULL ? text : "", len, err), out);
}

prism_status prism_hits_merge(const prism_hits *const *parts, size_t n, uint32_t k, uint32_t offset,
                              prism_hits **out, prism_error *err) {
    if (out == NULL) return missing(err, "out");
    *out = NULL;
    if (parts == NULL || n == 0) return prs_error_set(err, PRISM_EINVAL, "there are no parts");
    for (size_t i = 0; i < n; i++) {
        if (parts[i] == NULL) return missing(err, "a part");
    }
    PRS_TRY(check_wanted(k, offset, err));
    if (n > UINT32_MAX) return prs_error_set(err, PRISM_EINVAL, "too many parts");
    prism_hits *hits;
    PRS_TRY(prs_hits_new(NULL, NULL, 0, &hits, err));
    return finish_hits(hits, prs_hits_merge(hits, parts, n, k, offset, err), out);
}

/* ---- snippets ------------------------------------------------------------------------------ */

prism_status prism_snippet_make(prism_snapshot *snap, const prism_query *query, uint64_t gdoc,
                                const char *field, const prism_snippet_opts *opts,
                                prism_snippet **out, prism_error *err) {
    if (out == NULL) return missing(err, "out");
    *out = NULL;
    if (snap == NULL) return missing(err, "snap");
    if (query == NULL || field == NULL) return missing(err, query == NULL ? "query" : "field");
    prism_snippet_opts options = PRISM_SNIPPET_OPTS_INIT;
    if (opts != NULL) {
        if (opts->size < sizeof opts->size)
            return prs_error_set(err, PRISM_EINVAL, "the snippet options have no size");
        memcpy(&options, opts, PRS_MIN(opts->size, sizeof options));
    }
    prs_snippet_request request = {
        snap, query, gdoc, field, options.max_bytes, options.n_fragments, options.whole_field != 0};
    if (request.max_bytes == 0) request.max_bytes = PRS_SNIPPET_BYTES;
    if (request.n_fragments == 0) request.n_fragments = 1;
    request.n_fragments = PRS_MIN(request.n_fragments, PRS_SNIPPET_MAX_FRAGMENTS);
    return prs_snippet_make(&request, out, err);
}

uint32_t prism_snippet_count(const prism_snippet *snippet) {
    return snippet == NULL ? 0 : snippet->n;
}

void prism_snippet_get(const prism_snippet *snippet, uint32_t i, prism_fragment *fragment) {
    if (fragment == NULL) return;
    const prism_fragment none = {.text = ""};
    *fragment = snippet != NULL && i < snippet->n ? snippet->fragments[i] : none;
}

void prism_snippet_free(prism_snippet *snippet) {
    prs_snippet_free(snippet);
}

/* ---- statistics ---------------------------------------------------------------------------- */

prism_status prism_stats_collect(prism_snapshot *snap, const prism_query *query, prism_stats **out,
                                 prism_error *err) {
    if (out == NULL) return missing(err, "out");
    *out = NULL;
    if (snap == NULL || query == NULL) return missing(err, snap == NULL ? "snap" : "query");
    prism_stats *stats;
    PRS_TRY(prs_stats_new(&snap->mem->hook, &stats, err));
    prs_watch watch = prs_watch_of(0, NULL, 0);
    prism_status status = prs_stats_collect(stats, snap, query, &watch, err);
    if (status != PRISM_OK) {
        prs_stats_free(stats);
        return status;
    }
    *out = stats;
    return PRISM_OK;
}

prism_status prism_stats_merge(prism_stats *into, const prism_stats *from, prism_error *err) {
    if (into == NULL || from == NULL) return missing(err, into == NULL ? "into" : "from");
    return prs_stats_merge(into, from, err);
}

prism_status prism_stats_to_json(const prism_stats *stats, char **json, prism_error *err) {
    if (json == NULL) return missing(err, "json");
    *json = NULL;
    if (stats == NULL) return missing(err, "stats");
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    prs_buf buf;
    prs_buf_init(&buf, &mem);
    return hand_over(&mem, &buf, prs_stats_to_json(stats, &buf, err), json, err);
}

prism_status prism_stats_from_json(const char *text, size_t len, prism_stats **out,
                                   prism_error *err) {
    if (out == NULL) return missing(err, "out");
    *out = NULL;
    if (text == NULL && len > 0) return missing(err, "text");
    prism_stats *stats;
    PRS_TRY(prs_stats_new(NULL, &stats, err));
    prism_status status = prs_stats_from_json(stats, text != NULL ? text : "", len, err);
    if (status != PRISM_OK) {
        prs_stats_free(stats);
        return status;
    }
    *out = stats;
    return PRISM_OK;
}

void prism_stats_free(prism_stats *stats) {
    prs_stats_free(stats);
}
