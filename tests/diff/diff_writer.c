/* diff_writer.c - does a writer do to an index what it says?
 *
 * For each random index (tests/diff/world.c):
 *   snapshot   what is put and not committed is found as the judge finds it, with its scores
 *   delete     by query: as many as the judge finds, exactly those, while others are pending;
 *              the deleted ones still count in statistics
 *   adopt      an index that took in k others, each with replaced and deleted documents of its own,
 *              has the documents of one that was given all of them in order; and the same scores
 *              once both are one segment
 *
 * Usage: diff_writer [INDEXES [QUERIES [SEED]]] default 150 x 24; SEED as in diff_search.  On a
 *        difference it prints the seed of that index; `diff_writer 1 QUERIES SEED` repeats it.
 *        Speaks TAP. */
#include "diff/queries.h"
#include "diff/world.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t seed_now;
static struct { uint64_t searches, deletes, deleted, adoptions, adopted, compared; } counts;

_Noreturn static void differ(const char *what, const char *query) {
    printf("# seed %llu query %s\nnot ok 1 - %s\n1..1\n", (unsigned long long)seed_now, query,
           what);
    exit(1);
}

static void ok(prism_status status, const char *what, const prism_error *err) {
    if (status == PRISM_OK) return;
    printf("# seed %llu\n", (unsigned long long)seed_now);
    diff_die(what, err);
}

static prism_query *parse(const prism_schema *schema, const char *json) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    ok(prism_query_from_json(schema, json, strlen(json), &query, &err), json, &err);
    return query;
}

static prism_hits *search(const diff_world *w, prism_snapshot *snap, const prism_query *query,
                          uint32_t k) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits = NULL;
    opts.k = k;
    opts.count = PRISM_COUNT_EXACT;
    opts.k1 = w->k1;
    opts.b = w->b;
    ok(prism_search(snap, query, &opts, &hits, &err), "search", &err);
    return hits;
}

static prism_snapshot *view(prism_writer *writer) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap = NULL;
    ok(prism_writer_snapshot(writer, &snap, &err), "snapshot", &err);
    return snap;
}

/* ---- snapshots and deletions
 * ------------------------------------------------------------------ */

/* The writer's snapshot answers as the judge does. */
static void check_view(const diff_world *w, const diff_query *q) {
    size_t n;
    int shift;
    nv_hit *exact = nv_search(w->naive, q->root, NV_EXACT, &n, &shift);
    prism_snapshot *snap = view(w->writer);
    prism_query *query = parse(w->schema, q->json);
    prism_hits *hits = search(w, snap, query, 100);
    uint32_t want = n < 100 ? (uint32_t)n : 100;
    if (prism_hits_total(hits, NULL) != n || prism_hits_count(hits) != want)
        differ("a snapshot of the writer has other matches than the judge", q->json);
    for (uint32_t i = 0; i < want; i++) {
        prism_hit h;
        prism_hits_get(hits, i, &h);
        const char *key = w->keys[exact[i].doc];
        if (h.raw_score != exact[i].raw || h.key_len != strlen(key) ||
            memcmp(h.key, key, h.key_len) != 0)
            differ("a snapshot of the writer has other hits than the judge", q->json);
    }
    counts.searches++;
    prism_hits_free(hits);
    prism_query_unref(query);
    prism_snapshot_unref(snap);
    free(exact);
}

static void delete_matches(diff_world *w, const diff_query *q) {
    size_t n;
    int shift;
    uint64_t deleted = 0;
    prism_error err = PRISM_ERROR_INIT;
    nv_hit *exact = nv_search(w->naive, q->root, NV_EXACT, &n, &shift);
    if (n <= w->n_docs / 3) { /* something must be left for the next ones */
        prism_query *query = parse(w->schema, q->json);
        ok(prism_writer_delete_query(w->writer, query, &deleted, &err), "delete", &err);
        if (deleted != n) differ("not as many were deleted as the judge finds", q->json);
        for (size_t i = 0; i < n; i++) {
            nv_delete(w->naive, exact[i].doc);
            w->alive[exact[i].doc] = false;
        }
        counts.deletes++;
        counts.deleted += n;
        prism_query_unref(query);
    }
    free(exact);
}

static void run_queries(diff_world *w, uint32_t n_queries) {
    for (uint32_t i = 0; i < n_queries && w->n_tokens > 0; i++) {
        diff_query a, b; /* they point to the tokens, which a put may move */
        if (i % 5 == 1) diff_world_put(w, 1 + diff_below(&w->rng, 3));
        diff_query_make(&a, w);
        diff_query_make(&b, w);
        if (i % 3 == 0) delete_matches(w, &a);
        check_view(w, &a);
        check_view(w, &b);
        diff_query_free(&a);
        diff_query_free(&b);
    }
}

/* ---- adopted is put
 * --------------------------------------------------------------------------- */

typedef struct place {
    char path[64];
    prism_index *index;
    prism_writer *writer;
} place;

/* Every third world merges into orders of documents, the parts into others than the whole. */
static bool is_reordered(void) {
    return seed_now % 3 == 1;
}

static void open_place(place *p, const diff_world *w, bool on_disk) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts iopts = PRISM_INDEX_OPTS_INIT;
    prism_writer_opts wopts = PRISM_WRITER_OPTS_INIT;
    snprintf(p->path, sizeof p->path, "/tmp/prism-adopt-XXXXXX");
    if (on_disk && mkdtemp(p->path) == NULL) diff_die("no place for an index", NULL);
    iopts.in_memory = !on_disk;
    iopts.use_pread = (int)(seed_now & 1);
    wopts.non_durable = 1;
    wopts.max_segments = seed_now % 3 == 0 ? 0 : PRISM_NO_MERGE;
    if (is_reordered()) wopts.reorder = on_disk ? "random:7" : "n";
    ok(prism_index_create(p->path, w->schema, &iopts, &p->index, &err), "create", &err);
    ok(prism_writer_open(p->index, &wopts, &p->writer, &err), "writer", &err);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void close_place(place *p, bool on_disk) {
    prism_writer_close(p->writer);
    prism_index_close(p->index);
    if (on_disk) (void)nftw(p->path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void commit(place *p) {
    prism_error err = PRISM_ERROR_INIT;
    ok(prism_writer_commit(p->writer, NULL, 0, NULL, &err), "commit", &err);
}

static void put(place *p, const char *json) {
    prism_error err = PRISM_ERROR_INIT;
    ok(prism_writer_put_json(p->writer, json, strlen(json), PRISM_PUT_REPLACE, &err), "put", &err);
}

static void merge(place *p) {
    prism_error err = PRISM_ERROR_INIT;
    ok(prism_writer_merge(p->writer, 1, NULL, NULL, &err), "merge", &err);
}

/* A document of the world's under a key of a few, so that they replace each other. */
static void put_some(place *p, diff_world *w, prism_snapshot *texts) {
    char *json, *mine;
    prism_error err = PRISM_ERROR_INIT;
    uint64_t all = prism_snapshot_documents(texts) + prism_snapshot_deleted(texts);
    uint64_t gdoc = diff_random(&w->rng) % all;
    while (prism_document_get(texts, gdoc, &json, NULL, NULL) != PRISM_OK) gdoc = (gdoc + 1) % all;
    const char *rest = strstr(json, ",\"title\"");
    if (rest == NULL) diff_die("a document without a title", &err);
    mine = malloc(strlen(rest) + 64);
    if (mine == NULL) diff_die("out of memory", NULL);
    sprintf(mine, "{\"id\":\"k%u\"%s", diff_below(&w->rng, 40), rest);
    put(p, mine);
    free(mine);
    prism_free_text(json);
}

static void fill(place *p, diff_world *w, prism_snapshot *texts) {
    prism_error err = PRISM_ERROR_INIT;
    for (uint32_t n = diff_below(&w->rng, 40); n > 0; n--) {
        char key[16];
        int len = snprintf(key, sizeof key, "k%u", diff_below(&w->rng, 40));
        put_some(p, w, texts);
        if (diff_below(&w->rng, 6) == 0)
            ok(prism_writer_delete(p->writer, key, (size_t)len, NULL, &err), "delete", &err);
        if (diff_below(&w->rng, 10) == 0) commit(p);
        if (is_reordered() && n % 16 == 0) merge(p);
    }
    commit(p);
}

static int give_one(void *ctx, uint64_t gdoc, const char *json, size_t len) {
    prism_error err = PRISM_ERROR_INIT;
    (void)gdoc;
    place *to = ctx;
    ok(prism_writer_put_json(to->writer, json, len, PRISM_PUT_REPLACE, &err), "put", &err);
    counts.adopted++;
    return 0;
}

/* Give all documents of an index to another, one by one, in order of arrival. */
static void give_all(place *to, place *from) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap;
    ok(prism_snapshot_open(from->index, &snap, &err), "snapshot", &err);
    ok(prism_document_each(snap, give_one, to, &err), "each", &err);
    prism_snapshot_unref(snap);
}

static void compare(const diff_world *w, place *a, place *b, const char *json, bool scores) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *x, *y;
    ok(prism_snapshot_open(a->index, &x, &err), "snapshot", &err);
    ok(prism_snapshot_open(b->index, &y, &err), "snapshot", &err);
    prism_query *query = parse(w->schema, json);
    prism_hits *hx = search(w, x, query, 1000), *hy = search(w, y, query, 1000);
    if (prism_hits_total(hx, NULL) != prism_hits_total(hy, NULL))
        differ("adopted documents match otherwise", json);
    for (uint32_t i = 0; scores && i < prism_hits_count(hx); i++) {
        prism_hit p, q;
        prism_hits_get(hx, i, &p);
        prism_hits_get(hy, i, &q);
        if (p.raw_score != q.raw_score || p.key_len != q.key_len ||
            memcmp(p.key, q.key, p.key_len) != 0)
            differ("adopted documents score otherwise", json);
    }
    counts.compared++;
    prism_hits_free(hx);
    prism_hits_free(hy);
    prism_query_unref(query);
    prism_snapshot_unref(x);
    prism_snapshot_unref(y);
}

static void run_adoption(diff_world *w, uint32_t n_queries) {
    static const char all[] = "{\"type\":\"all\"}";
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *texts = view(w->writer);
    if (prism_snapshot_documents(texts) == 0) {
        prism_snapshot_unref(texts);
        return;
    }
    place parts[4], adopter, putter;
    const char *paths[4];
    uint32_t n = 1 + diff_below(&w->rng, 4);
    open_place(&adopter, w, false);
    open_place(&putter, w, false);
    for (uint32_t i = 0; i < n; i++) {
        open_place(&parts[i], w, true);
        fill(&parts[i], w, texts);
        paths[i] = parts[i].path;
    }
    uint64_t before = w->rng.s; /* both have some of their own already, and get some more after */
    fill(&adopter, w, texts);
    put_some(&adopter, w, texts);
    w->rng.s = before;
    fill(&putter, w, texts);
    put_some(&putter, w, texts);
    ok(prism_writer_add_segments(adopter.writer, paths, n, NULL, NULL, &err), "adopt", &err);
    counts.adoptions++;
    for (uint32_t i = 0; i < n; i++) give_all(&putter, &parts[i]);
    before = w->rng.s;
    put_some(&adopter, w, texts);
    w->rng.s = before;
    put_some(&putter, w, texts);
    commit(&adopter);
    commit(&putter);
    compare(w, &adopter, &putter, all, true); /* the same documents in the same order */
    for (int merged = 0; merged < 2; merged++) {
        for (uint32_t i = 0; i < n_queries && w->n_tokens > 0; i++) {
            diff_query q;
            diff_query_make(&q, w);
            compare(w, &adopter, &putter, q.json, merged == 1);
            diff_query_free(&q);
        }
        merge(&adopter);
        merge(&putter);
    }
    for (uint32_t i = 0; i < n; i++) close_place(&parts[i], true);
    close_place(&adopter, false);
    close_place(&putter, false);
    prism_snapshot_unref(texts);
}

int main(int argc, char **argv) {
    uint32_t n_indexes = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 150;
    uint32_t n_queries = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 24;
    const char *given = argc > 3 ? argv[3] : getenv("PRISM_SEED");
    bool fresh = given != NULL && strcmp(given, "random") == 0;
    uint64_t seed = fresh   ? (uint64_t)time(NULL) * 1000003u
                    : given ? strtoull(given, NULL, 10)
                            : 20261130;
    printf("# first seed %llu, %u indexes, %u queries each\n", (unsigned long long)seed, n_indexes,
           n_queries);
    for (uint32_t i = 0; i < n_indexes; i++) {
        diff_world w;
        seed_now = seed + i;
        diff_world_make(&w, seed_now);
        run_queries(&w, n_queries);
        run_adoption(&w, n_queries);
        diff_world_free(&w);
    }
    printf("# %llu searches before commit, %llu deletions by query (%llu documents), %llu "
           "adoptions (%llu documents, %llu searches compared)\n",
           (unsigned long long)counts.searches, (unsigned long long)counts.deletes,
           (unsigned long long)counts.deleted, (unsigned long long)counts.adoptions,
           (unsigned long long)counts.adopted, (unsigned long long)counts.compared);
    printf("ok 1 - a writer does what it says\n1..1\n");
    return 0;
}
