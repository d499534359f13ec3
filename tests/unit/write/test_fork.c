/* test_fork.c - does a child process go on with what other threads of its parent were using at the
 * fork? (include/prismsearch/base.h)
 *
 * Threads do nothing but use what snapshots and schemas keep for all of them, while the process
 * forks again and again; each child does the same.  A lock that it found held would keep it for
 * ever. */
#include "harness/world.h"

#include "query/field_analyzers.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 3, FORKS = 60 };

typedef struct shared {
    prism_snapshot *snap;
    atomic_bool stop;
    atomic_uint n_wrong;
} shared;

/* Everything that is kept for others, once; false if something is wrong. */
static bool use(const shared *all) {
    static const uint16_t fields[][2] = {{1, 2}, {1, 4}, {2, 4}, {0, 1}, {0, 2}, {0, 4}};
    static const uint32_t counts[] = {3, 2, 3, 3, 3, 3};
    const char *json;
    size_t len;
    uint32_t n;
    prs_field_analyzers *analyzers;
    prs_analysis *analysis;
    prs_segment *segment = all->snap->leaves[0].segment;
    bool good = true;
    for (size_t i = 0; i < PRS_COUNT(fields); i++) {
        good &= prs_segment_docs_with_any(segment, fields[i], 2, &n, NULL) == PRISM_OK;
        good &= n == counts[i];
    }
    good &= prs_schema_to_json(all->snap->schema, &json, &len, NULL) == PRISM_OK;
    good &= len == strlen(json);
    good &= prs_field_analyzers_get(all->snap->schema, &analyzers, NULL) == PRISM_OK;
    uint32_t group = prs_field_analyzers_default(analyzers);
    good &= prs_field_analyzers_take(analyzers, group, PRS_AS_INDEXED, &analysis, NULL) == PRISM_OK;
    prs_field_analyzers_give(analyzers, group, PRS_AS_INDEXED, analysis);
    return good;
}

static void *use_on(void *arg) {
    shared *all = arg;
    while (!atomic_load(&all->stop))
        if (!use(all)) atomic_fetch_add(&all->n_wrong, 1);
    return NULL;
}

static int live_on(world *w, const shared *all) {
    (void)alarm(60); /* one that hangs is ended */
    for (int i = 0; i < 100; i++)
        if (!use(all)) return 1;
    prism_snapshot *again; /* the disk is in memory, and nobody was changing it */
    if (prs_snapshot_open(w->index.core, NULL, &again, NULL) != PRISM_OK) return 2;
    bool good = prism_snapshot_documents(again) == 3;
    prs_snapshot_unref(again);
    prs_snapshot_unref(all->snap);
    return good ? 0 : 3;
}

START_TEST(a_child_goes_on) {
    world w;
    shared all = {0};
    pthread_t threads[THREADS];
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"title\":\"one\",\"body\":\"two\"}");
    world_put(&w, "{\"id\":\"b\",\"title\":\"one\",\"lang\":\"en\"}");
    world_put(&w, "{\"id\":\"c\",\"body\":\"one\"}");
    world_commit(&w);
    all.snap = world_snapshot(&w);
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, use_on, &all), 0);
    for (int i = 0; i < FORKS; i++) {
        int status;
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) _exit(live_on(&w, &all));
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child %d: %#x", i, status);
    }
    atomic_store(&all.stop, true);
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    ck_assert_uint_eq(atomic_load(&all.n_wrong), 0);
    prs_snapshot_unref(all.snap);
    world_end(&w);
}
END_TEST

TEST_SUITE(fork, a_child_goes_on)
