/* diff_life.c - after any life, is an index what it would be had only the survivors been put?
 *
 *   life     put add delete commit rollback merge reopen ...      an index on disk
 *            delete by query; snapshots of what is not committed; new fields; other indexes
 *            adopted, whose keys may be ours; all that beside a merge thread, or not
 *   model    an array of documents: alive or not, committed or not
 *   twin     a new index in memory of the live documents, in order of arrival, nothing else
 *
 * After each commit: the numbers, the payload, the generation and each key are the model's, and
 * snapshots taken earlier still give the answers they gave.  Now and then, and at the end: each
 * query finds the same set of keys as in the twin (deleted = never added).  At the end, merged to
 * one segment: the same order and the same scores, too, and a deep check finds nothing.
 *
 * Usage: diff_life [LIVES [STEPS [SEED]]]   default 25 x 120; SEED from PRISM_SEED, else a fixed
 *        one; "random" draws one.  `diff_life 1 STEPS SEED` repeats a failure.  Speaks TAP. */
#include "diff/life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char schema_json[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"body\",\"type\":\"text\",\"boost\":1},"
    "{\"name\":\"tag\",\"type\":\"keyword\",\"column\":true},"
    "{\"name\":\"n\",\"type\":\"i64\"}";
static const char *const extra_json[MAX_EXTRA] = {
    ",{\"name\":\"x0\",\"type\":\"keyword\",\"column\":true}",
    ",{\"name\":\"x1\",\"type\":\"text\"}", ",{\"name\":\"x2\",\"type\":\"i64\"}"};

/* ---- the documents --------------------------------------------------------------------------- */

static void make_body(diff_rng *rng, char *out) {
    static const char *const han[] = {"數", "據", "中", "心", "的"};
    size_t len = 0;
    *out = 0;
    for (uint32_t n = diff_below(rng, 12); n > 0; n--) {
        if (diff_below(rng, 4) == 0) {
            for (uint32_t c = 1 + diff_below(rng, 4); c > 0; c--)
                len += (size_t)sprintf(out + len, "%s", han[diff_below(rng, 5)]);
            len += (size_t)sprintf(out + len, " ");
        } else {
            uint32_t a = diff_below(rng, 9), b = diff_below(rng, 9);
            len += (size_t)sprintf(out + len, "w%u ", a < b ? a : b);
        }
    }
}

/* ---- steps ----------------------------------------------------------------------------------- */

static life_doc make_document(life *l, uint32_t n_extra) {
    life_doc d = {.tag = diff_below(&l->rng, 3), .number = diff_below(&l->rng, 100), .alive = true};
    d.extra = diff_below(&l->rng, 1u << n_extra);
    make_body(&l->rng, d.body);
    return d;
}

static void put(life *l, bool append) {
    if (l->n_docs == MAX_DOCS) return;
    life_doc d = make_document(l, l->n_extra);
    if (append || l->next_key == 0 || diff_below(&l->rng, 3) != 0) {
        snprintf(d.key, sizeof d.key, "k%llu", (unsigned long long)l->next_key++);
    } else {
        snprintf(d.key, sizeof d.key, "k%u", diff_below(&l->rng, (uint32_t)l->next_key));
        life_doc *old = life_find(l, d.key);
        if (old != NULL) old->alive = false;
    }
    life_put_in(l, l->writer, &d, append ? PRISM_PUT_APPEND : PRISM_PUT_REPLACE);
    l->docs[l->n_docs++] = d;
}

static void delete_key(life *l) {
    if (l->next_key == 0) return;
    char key[12];
    uint64_t n;
    prism_error err = PRISM_ERROR_INIT;
    snprintf(key, sizeof key, "k%u", diff_below(&l->rng, (uint32_t)l->next_key));
    life_doc *old = life_find(l, key);
    life_need(l, prism_writer_delete(l->writer, key, strlen(key), &n, &err), "delete", &err);
    if (n != (old != NULL)) life_fail(l, "deleted %llu of %s", (unsigned long long)n, key);
    if (old != NULL) old->alive = false;
}

/* By tag, or by number, or both: what the model can tell without looking for words. */
static void delete_matches(life *l) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query;
    char text[64];
    uint64_t n, want = 0;
    uint32_t tag = diff_below(&l->rng, 4), from = diff_below(&l->rng, 110);
    uint32_t to = from + diff_below(&l->rng, tag == 3 ? 5 : 30);
    if (tag < 3)
        snprintf(text, sizeof text, "+tag:%s +n:[%u TO %u]", life_tags[tag], from, to);
    else
        snprintf(text, sizeof text, "n:[%u TO %u]", from, to);
    for (uint32_t i = 0; i < l->n_docs; i++) {
        life_doc *d = &l->docs[i];
        if (!d->alive || (tag < 3 && d->tag != tag) || d->number < from || d->number > to) continue;
        d->alive = false;
        want++;
    }
    life_need(l, prism_query_parse(l->schemas[l->n_extra], text, strlen(text), NULL, &query, &err),
              text, &err);
    life_need(l, prism_writer_delete_query(l->writer, query, &n, &err), "delete by query", &err);
    prism_query_unref(query);
    if (n != want)
        life_fail(l, "%s deleted %llu, not %llu", text, (unsigned long long)n,
                  (unsigned long long)want);
}

static void forget(life *l) {
    l->n_docs = l->n_committed;
    l->n_extra = l->committed_extra;
    for (uint32_t i = 0; i < l->n_docs; i++) l->docs[i].alive = l->docs[i].committed_alive;
}

static void remember(life *l) {
    l->n_committed = l->n_docs;
    l->committed_extra = l->n_extra;
    for (uint32_t i = 0; i < l->n_docs; i++) l->docs[i].committed_alive = l->docs[i].alive;
}

static void rollback(life *l) {
    prism_error err = PRISM_ERROR_INIT;
    life_need(l, prism_writer_rollback(l->writer, &err), "rollback", &err);
    forget(l);
}

static void add_field(life *l) {
    prism_error err = PRISM_ERROR_INIT;
    if (l->n_extra == MAX_EXTRA) return;
    l->n_extra++;
    life_need(l, prism_writer_set_schema(l->writer, l->schemas[l->n_extra], &err), "set_schema",
              &err);
}

/* Many small segments: what is pending is flushed, and a merge thread has something to do. */
static void flush(life *l) {
    for (uint32_t n = 1 + diff_below(&l->rng, 8); n > 0; n--) {
        prism_error err = PRISM_ERROR_INIT;
        prism_snapshot *snap;
        put(l, false);
        life_need(l, prism_writer_snapshot(l->writer, &snap, &err), "snapshot of the writer", &err);
        prism_snapshot_unref(snap);
    }
}

static void open_writer(life *l) {
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    prism_error err = PRISM_ERROR_INIT;
    opts.load = diff_below(&l->rng, 4) == 0;
    opts.memory = diff_below(&l->rng, 2) ? 0 : 16 << 20;
    opts.threads = 1 + diff_below(&l->rng, 3);
    opts.non_durable = diff_below(&l->rng, 3) == 0;
    opts.keep_commits = (int)diff_below(&l->rng, 4);
    opts.max_segments = diff_below(&l->rng, 3) == 0   ? 0
                        : diff_below(&l->rng, 2) == 0 ? PRISM_NO_MERGE
                                                      : 1 + diff_below(&l->rng, 4);
    static const char *const orders[] = {NULL, NULL, "random:3", "n", "-tag", "bp"};
    opts.reorder = orders[diff_below(&l->orders, sizeof orders / sizeof orders[0])];
    life_need(l, prism_writer_open(l->index, &opts, &l->writer, &err), "writer", &err);
}

/* What is not committed is gone, as by a rollback. */
static void reopen(life *l) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_writer_close(l->writer);
    prism_index_close(l->index);
    opts.use_pread = diff_below(&l->rng, 2) != 0;
    opts.checksums = (prism_checksums)diff_below(&l->rng, 3);
    life_need(l, prism_index_open(l->path, &opts, &l->index, &err), "open", &err);
    open_writer(l);
    forget(l);
}

static void remove_index(const char *path) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    if (system(command) != 0) diff_die("cannot remove the index", NULL);
}

/* Another index of a few documents, in several segments; they come behind ours in the model. */
static void make_other(life *l, uint32_t n_extra, bool in_model) {
    prism_error err = PRISM_ERROR_INIT;
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    prism_index *index;
    prism_writer *writer;
    uint32_t first = l->n_docs;
    opts.non_durable = 1;
    opts.max_segments = diff_below(&l->rng, 2) ? PRISM_NO_MERGE : 0;
    remove_index(l->other);
    life_need(l, prism_index_create(l->other, l->schemas[n_extra], NULL, &index, &err), "other",
              &err);
    life_need(l, prism_writer_open(index, &opts, &writer, &err), "other", &err);
    for (uint32_t n = diff_below(&l->rng, 20); n > 0 && l->n_docs < MAX_DOCS; n--) {
        life_doc d = make_document(l, n_extra);
        bool fresh = l->next_key == 0 || diff_below(&l->rng, 2);
        uint32_t key = fresh ? (uint32_t)l->next_key++ : diff_below(&l->rng, (uint32_t)l->next_key);
        snprintf(d.key, sizeof d.key, "k%u", key);
        for (uint32_t i = first; i < l->n_docs; i++) {
            if (strcmp(l->docs[i].key, d.key) == 0) l->docs[i].alive = false;
        }
        life_put_in(l, writer, &d, PRISM_PUT_REPLACE);
        if (diff_below(&l->rng, 8) == 0) { /* the other index has deleted documents, too */
            life_need(l, prism_writer_delete(writer, d.key, strlen(d.key), NULL, &err), "other",
                      &err);
            d.alive = false;
        }
        l->docs[l->n_docs++] = d;
        if (diff_below(&l->rng, 4) == 0)
            life_need(l, prism_writer_commit(writer, NULL, 0, NULL, &err), "other", &err);
    }
    life_need(l, prism_writer_commit(writer, NULL, 0, NULL, &err), "other", &err);
    prism_writer_close(writer);
    prism_index_close(index);
    if (!in_model) l->n_docs = first;
    for (uint32_t i = first; i < l->n_docs; i++) {
        if (!l->docs[i].alive) continue;
        for (uint32_t k = 0; k < first; k++) {
            if (strcmp(l->docs[k].key, l->docs[i].key) == 0) l->docs[k].alive = false;
        }
    }
}

/* Its documents are put behind ours; one with a field that we do not have changes nothing. */
static void adopt(life *l) {
    prism_error err = PRISM_ERROR_INIT;
    uint32_t n_extra = diff_below(&l->rng, MAX_EXTRA + 1);
    bool fits = n_extra <= l->n_extra;
    const char *paths[2] = {l->other, l->other}; /* twice: the second replaces the first */
    make_other(l, n_extra, fits);
    prism_status status =
        prism_writer_add_segments(l->writer, paths, 1 + diff_below(&l->rng, 2), NULL, NULL, &err);
    if (fits) life_need(l, status, "adopt", &err);
    if (!fits && status != PRISM_EINVAL) life_fail(l, "a field too many was adopted");
}

/* ---- looking at it --------------------------------------------------------------------------- */
/* The newest commit, now and then by way of an older snapshot. */
static prism_snapshot *newest(life *l) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap;
    if (l->n_held > 0 && diff_below(&l->rng, 2) == 0) {
        life_need(l, prism_snapshot_refresh(l->held[0].snap, &snap, &err), "refresh", &err);
        if (prism_snapshot_generation(snap) == l->generation) return snap;
        prism_snapshot_unref(snap); /* of a handle that was closed before: another directory? */
        life_fail(l, "refresh gives generation %llu", (unsigned long long)l->generation);
    }
    life_need(l, prism_snapshot_open(l->index, &snap, &err), "snapshot", &err);
    return snap;
}

/* What is not committed can be seen, too, and stays as it was. */
static void look_ahead(life *l) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap;
    life_need(l, prism_writer_snapshot(l->writer, &snap, &err), "snapshot of the writer", &err);
    if (prism_snapshot_generation(snap) != l->generation) life_fail(l, "looked ahead: generation");
    life_check_documents(l, snap);
    if (diff_below(&l->rng, 4) == 0) life_compare_with_twin(l, snap, life_compare_sets);
    if (diff_below(&l->rng, 2) == 0) life_hold(l, snap);
    prism_snapshot_unref(snap);
}

static void commit(life *l) {
    prism_error err = PRISM_ERROR_INIT;
    uint64_t generation;
    snprintf(l->payload, sizeof l->payload, "p%llu", (unsigned long long)l->n_commits);
    life_need(l, prism_writer_commit(l->writer, l->payload, strlen(l->payload), &generation, &err),
              "commit", &err);
    if (generation <= l->generation) life_fail(l, "the generation did not grow");
    l->generation = generation;
    l->n_commits++;
    remember(l);
}

static void check_newest(life *l) {
    size_t len;
    prism_snapshot *snap = newest(l);
    const void *payload = prism_snapshot_payload(snap, &len);
    if (prism_snapshot_generation(snap) != l->generation) life_fail(l, "another generation");
    if (len != strlen(l->payload) || (len > 0 && memcmp(payload, l->payload, len) != 0))
        life_fail(l, "another payload");
    life_check_documents(l, snap);
    if (diff_below(&l->rng, 4) == 0) life_compare_with_twin(l, snap, life_compare_sets);
    if (diff_below(&l->rng, 3) == 0) life_hold(l, snap);
    life_check_held(l);
    prism_snapshot_unref(snap);
    l->n_checked++;
}

static void merge(life *l) {
    prism_error err = PRISM_ERROR_INIT;
    uint32_t most = 1 + diff_below(&l->rng, 3);
    life_need(l, prism_writer_merge(l->writer, most, NULL, NULL, &err), "merge", &err);
    prism_snapshot *snap;
    life_need(l, prism_snapshot_open(l->index, &snap, &err), "snapshot", &err);
    if (prism_snapshot_segments(snap) > most) life_fail(l, "more than %u segments", most);
    if (prism_snapshot_generation(snap) > l->generation) {
        l->generation = prism_snapshot_generation(snap);
        remember(l);
    }
    prism_snapshot_unref(snap);
    check_newest(l);
}

static void step(life *l) {
    uint32_t dice = diff_below(&l->rng, 100);
    if (dice < 48) {
        for (uint32_t n = 1 + diff_below(&l->rng, diff_below(&l->rng, 5) == 0 ? 60 : 8); n > 0; n--)
            put(l, diff_below(&l->rng, 5) == 0);
    } else if (dice < 56) {
        flush(l);
    } else if (dice < 58) {
        add_field(l);
    } else if (dice < 62) {
        adopt(l);
    } else if (dice < 72) {
        delete_key(l);
    } else if (dice < 75) {
        delete_matches(l);
    } else if (dice < 78) {
        look_ahead(l);
    } else if (dice < 90) {
        commit(l);
        check_newest(l);
    } else if (dice < 93) {
        rollback(l);
    } else if (dice < 96) {
        merge(l);
    } else {
        reopen(l);
        check_newest(l);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void count_finding(void *ctx, const prism_error *finding) {
    if (finding->code == PRISM_OK) return;
    printf("# check: %s: %s\n", finding->file, finding->text);
    (void)ctx;
}

static void end(life *l) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap;
    uint64_t n;
    life_need(l, prism_writer_merge(l->writer, 1, NULL, NULL, &err), "merge", &err);
    life_need(l, prism_snapshot_open(l->index, &snap, &err), "snapshot", &err);
    life_compare_with_twin(l, snap, life_compare_scores);
    if (prism_snapshot_deleted(snap) != 0) life_fail(l, "deleted documents were merged in");
    prism_snapshot_unref(snap);
    life_check_held(l);
    while (l->n_held > 0) prism_snapshot_unref(l->held[--l->n_held].snap);
    prism_writer_close(l->writer);
    prism_index_close(l->index);
    life_need(l,
              prism_index_check(l->path, PRISM_CHECK_DEEP, NULL, count_finding, NULL, NULL, NULL,
                                &n, &err),
              "check", &err);
    if (n != 0) life_fail(l, "check finds %llu things", (unsigned long long)n);
    for (uint32_t i = 0; i <= MAX_EXTRA; i++) prism_schema_unref(l->schemas[i]);
}

static void make_schemas(life *l) {
    char json[1024];
    int len = snprintf(json, sizeof json, "%s", schema_json);
    for (uint32_t i = 0; i <= MAX_EXTRA; i++) {
        prism_error err = PRISM_ERROR_INIT;
        snprintf(json + len, sizeof json - (size_t)len, "]}");
        life_need(l, prism_schema_from_json(json, strlen(json), &l->schemas[i], &err), "schema",
                  &err);
        if (i < MAX_EXTRA)
            len += snprintf(json + len, sizeof json - (size_t)len, "%s", extra_json[i]);
    }
}

static void live(uint64_t seed, uint32_t steps, uint64_t totals[2]) {
    prism_error err = PRISM_ERROR_INIT;
    life *l = calloc(1, sizeof *l);
    if (l == NULL) diff_die("out of memory", NULL);
    l->seed = l->rng.s = seed;
    l->orders.s = ~seed;
    snprintf(l->path, sizeof l->path, "diff_life.%ld.index", (long)getpid());
    snprintf(l->other, sizeof l->other, "diff_life.%ld.other", (long)getpid());
    remove_index(l->path);
    make_schemas(l);
    life_need(l, prism_index_create(l->path, l->schemas[0], NULL, &l->index, &err), "create", &err);
    l->generation = 1;
    open_writer(l);
    for (uint32_t i = 0; i < steps; i++) step(l);
    commit(l);
    check_newest(l);
    end(l);
    totals[0] += l->n_commits;
    totals[1] += l->n_checked;
    remove_index(l->path);
    remove_index(l->other);
    free(l);
}

int main(int argc, char **argv) {
    uint32_t n_lives = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 25;
    uint32_t steps = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 120;
    const char *given = argc > 3 ? argv[3] : getenv("PRISM_SEED");
    bool fresh = given != NULL && strcmp(given, "random") == 0;
    uint64_t seed = fresh   ? (uint64_t)time(NULL) * 1000003u
                    : given ? strtoull(given, NULL, 10)
                            : 20261130;
    uint64_t totals[2] = {0, 0};
    time_t begin = time(NULL);
    printf("# first seed %llu, %u lives of %u steps\n", (unsigned long long)seed, n_lives, steps);
    for (uint32_t i = 0; i < n_lives; i++) live(seed + i, steps, totals);
    printf("# counters: T5-life cases=%llu seconds=%lld seed=%llu findings=0\n",
           (unsigned long long)totals[1], (long long)(time(NULL) - begin),
           (unsigned long long)seed);
    printf("# %llu commits\nok 1 - an index is what its survivors make it\n1..1\n",
           (unsigned long long)totals[0]);
    return 0;
}
