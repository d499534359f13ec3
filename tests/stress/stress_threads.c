/* stress_threads.c - does every snapshot show one commit, whole, whatever goes on beside it?
 *
 *   writer thread   put, delete, commit, rollback, merge   (merges also in the writer's own thread)
 *   meddler         calls of the same writer that change nothing, so that calls meet
 *   8 readers       open or refresh -> judge -> search -> judge an older one again
 *
 * Judge      Each commit carries what it must hold as its payload: a version for each key, 0 for
 *            none.  A snapshot is right if it holds exactly these, each once; if its generation is
 *            not below the last commit that had returned before it was opened; and if it is still
 *            right when everything has changed around it.
 * Usage      stress_threads [--seconds N] [--dir DIR] [--memory MIB] [--threads N] [--text BYTES]
 *                           [--still N] [--search-threads N]; PRISM_SEED
 *            By default the budget is small, so that segments are built by one thread.  With 128
 *            MiB, 3 threads and texts of 20,000 bytes several build one.  `still` documents lie
 *            below in four segments and never change: with 300,000 of them, a search has work for
 *            several threads.  ThreadSanitizer and Helgrind run it too. */
#include <prismsearch.h>

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { KEYS = 200, READERS = 8, WORDS = 20, MOST_TEXT = 100000, STILL_SEGMENTS = 4 };

static const char schema_json[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"body\",\"type\":\"text\"},{\"name\":\"n\",\"type\":\"i64\"}]}";

typedef struct model {
    uint32_t versions[KEYS];
} model;

/* What was asked for. */
static struct {
    double seconds;
    const char *dir;
    uint32_t memory, threads, text, still, search_threads;
} asked = {.seconds = 2, .memory = 16, .threads = 2, .search_threads = 1};

static prism_index *the_index;
static prism_writer *the_writer;
static atomic_uint_fast64_t last_returned; /* generation of the last commit that returned */
static atomic_int stop;
static atomic_uint_fast64_t n_snapshots, n_searches, n_held;

_Noreturn static void fail(const char *what, ...) __attribute__((format(printf, 1, 2)));

static void fail(const char *what, ...) {
    va_list args;
    va_start(args, what);
    printf("not ok 1 - ");
    vprintf(what, args);
    printf("\n1..1\n");
    va_end(args);
    fflush(stdout);
    _exit(1);
}

static void need(prism_status status, const prism_error *err, const char *what) {
    if (status != PRISM_OK)
        fail("%s: %s: %s (%s)", what, prism_status_name(status), err->text, err->file);
}

/* ---- random numbers: splitmix64 -------------------------------------------------------------- */

static uint64_t next(uint64_t *rng) {
    uint64_t z = (*rng += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint32_t below(uint64_t *rng, uint32_t n) {
    return (uint32_t)(next(rng) % n);
}

/* ---- documents ------------------------------------------------------------------------------- */

/* Words follow from key and version, so that a reader knows them too. */
static uint32_t word_of(uint32_t key, uint32_t version) {
    return (key * 7 + version * 13) % WORDS;
}

static void put(model *m, uint32_t key, uint32_t version) {
    static char filler[MOST_TEXT + 1], json[MOST_TEXT + 256];
    prism_error err = PRISM_ERROR_INIT;
    for (uint32_t i = 0; i + 8 <= asked.text && filler[i] == 0; i += 8) {
        char word[9];
        snprintf(word, sizeof word, "f%06u ", i * 7919 % 1000000);
        memcpy(filler + i, word, 8);
    }
    int len = snprintf(json, sizeof json,
                       "{\"id\":\"k%u\",\"body\":\"common w%u 数据中心 of k%u %s\",\"n\":%u}", key,
                       word_of(key, version), key, filler, version);
    need(prism_writer_put_json(the_writer, json, (size_t)len, 0, &err), &err, "put");
    m->versions[key] = version;
}

static void delete_key(model *m, uint32_t key) {
    char text[16];
    uint64_t n;
    prism_error err = PRISM_ERROR_INIT;
    int len = snprintf(text, sizeof text, "k%u", key);
    need(prism_writer_delete(the_writer, text, (size_t)len, &n, &err), &err, "delete");
    if (n != (m->versions[key] != 0)) fail("delete of k%u says %u", key, (unsigned)n);
    m->versions[key] = 0;
}

/* Documents that are there from the beginning and stay. */
static void put_still(void) {
    prism_error err = PRISM_ERROR_INIT;
    for (uint32_t i = 0; i < asked.still; i++) {
        char json[64];
        int len = snprintf(json, sizeof json, "{\"id\":\"s%u\",\"body\":\"common\"}", i);
        need(prism_writer_put_json(the_writer, json, (size_t)len, 0, &err), &err, "put");
        if (i % (asked.still / STILL_SEGMENTS + 1) == asked.still / STILL_SEGMENTS ||
            i + 1 == asked.still)
            need(prism_writer_commit(the_writer, NULL, 0, NULL, &err), &err, "commit");
    }
}

/* ---- the writer ------------------------------------------------------------------------------ */

static void commit(const model *m) {
    uint64_t generation;
    prism_error err = PRISM_ERROR_INIT;
    need(prism_writer_commit(the_writer, m, sizeof *m, &generation, &err), &err, "commit");
    atomic_store(&last_returned, generation);
}

static void *write_on(void *arg) {
    uint64_t rng = *(uint64_t *)arg;
    model committed = {{0}}, pending = {{0}};
    prism_error err = PRISM_ERROR_INIT;
    uint32_t version = 1;
    while (!atomic_load(&stop)) {
        switch (below(&rng, 60)) {
        case 0:
        case 1:
        case 2:
        case 3:
            commit(&pending);
            committed = pending;
            break;
        case 4:
            need(prism_writer_rollback(the_writer, &err), &err, "rollback");
            pending = committed;
            break;
        case 5:
            if (below(&rng, 8) != 0) break;
            commit(&pending); /* merge commits, with the payload of the last commit */
            committed = pending;
            need(prism_writer_merge(the_writer, 1 + below(&rng, 4), NULL, NULL, &err), &err,
                 "merge");
            break;
        default:
            if (below(&rng, 4) == 0) {
                delete_key(&pending, below(&rng, KEYS));
            } else {
                put(&pending, below(&rng, KEYS), version++);
            }
            break;
        }
    }
    commit(&pending);
    return NULL;
}

/* Calls that change nothing, from another thread. */
static void *meddle(void *arg) {
    prism_error err = PRISM_ERROR_INIT;
    while (!atomic_load(&stop)) {
        prism_writer_stats stats = {.size = sizeof stats};
        uint64_t n;
        need(prism_writer_get_stats(the_writer, &stats, &err), &err, "stats");
        if (stats.failed_merges > 0) fail("a merge failed: %s", stats.merge_error.text);
        need(prism_writer_delete(the_writer, "nobody", 6, &n, &err), &err, "delete");
        if (n != 0) fail("a document that never was has been deleted");
        usleep(200);
    }
    return arg;
}

/* ---- the readers ----------------------------------------------------------------------------- */

static void judge_key(prism_snapshot *snap, uint32_t key, uint32_t version) {
    char text[16], want[32], *json;
    uint64_t gdoc;
    prism_error err = PRISM_ERROR_INIT;
    int len = snprintf(text, sizeof text, "k%u", key);
    prism_status status = prism_document_find(snap, text, (size_t)len, &gdoc, &err);
    if (version == 0 && status == PRISM_ENOTFOUND) return;
    if (version == 0)
        fail("k%u is there in generation %u", key, (unsigned)prism_snapshot_generation(snap));
    need(status, &err, text);
    need(prism_document_get(snap, gdoc, &json, NULL, &err), &err, "get");
    snprintf(want, sizeof want, "\"n\":%u}", version);
    if (strstr(json, want) == NULL) fail("%s instead of version %u", json, version);
    prism_free_text(json);
}

static uint64_t count(prism_snapshot *snap, const prism_query *query) {
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits;
    prism_error err = PRISM_ERROR_INIT;
    int exact;
    opts.k = 3;
    opts.count = PRISM_COUNT_EXACT;
    opts.threads = asked.search_threads;
    need(prism_search(snap, query, &opts, &hits, &err), &err, "search");
    uint64_t total = prism_hits_total(hits, &exact);
    prism_hits_free(hits);
    atomic_fetch_add(&n_searches, 1);
    return total;
}

typedef struct reader {
    uint64_t rng;
    prism_query *common, *words[WORDS];
} reader;

static void judge(reader *r, prism_snapshot *snap) {
    size_t len;
    const void *payload = prism_snapshot_payload(snap, &len);
    model m = {{0}};
    if (len == sizeof m) memcpy(&m, payload, sizeof m);
    if (len != sizeof m && len != 0) fail("a payload of %zu bytes", len);
    uint64_t live = asked.still, with = 0;
    uint32_t word = below(&r->rng, WORDS);
    for (uint32_t key = 0; key < KEYS; key++) {
        live += m.versions[key] != 0;
        with += m.versions[key] != 0 && word_of(key, m.versions[key]) == word;
    }
    if (prism_snapshot_documents(snap) != live)
        fail("generation %u holds %u documents instead of %u",
             (unsigned)prism_snapshot_generation(snap), (unsigned)prism_snapshot_documents(snap),
             (unsigned)live);
    if (count(snap, r->common) != live) fail("a word of all documents is not in all");
    if (count(snap, r->words[word]) != with)
        fail("w%u is not in %u documents", word, (unsigned)with);
    for (uint32_t i = 0; i < 20; i++) {
        uint32_t key = below(&r->rng, KEYS);
        judge_key(snap, key, m.versions[key]);
    }
    if (prism_snapshot_segments(snap) > 30) fail("%u segments", prism_snapshot_segments(snap));
    atomic_fetch_add(&n_snapshots, 1);
}

static prism_query *query_of(const char *text) {
    prism_query *query;
    prism_error err = PRISM_ERROR_INIT;
    need(prism_query_term(prism_index_schema(the_index), "body", text, strlen(text), &query, &err),
         &err, "query");
    return query;
}

static void *read_on(void *arg) {
    reader r = {.rng = *(uint64_t *)arg};
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap = NULL, *old = NULL;
    r.common = query_of("common");
    for (uint32_t i = 0; i < WORDS; i++) {
        char text[16];
        snprintf(text, sizeof text, "w%u", i);
        r.words[i] = query_of(text);
    }
    while (!atomic_load(&stop)) {
        prism_snapshot *fresh;
        uint64_t before = atomic_load(&last_returned);
        if (snap == NULL || below(&r.rng, 4) == 0) {
            need(prism_snapshot_open(the_index, &fresh, &err), &err, "open");
        } else {
            need(prism_snapshot_refresh(snap, &fresh, &err), &err, "refresh");
        }
        prism_snapshot_unref(snap);
        snap = fresh;
        if (prism_snapshot_generation(snap) < before) fail("a commit that returned is not seen");
        judge(&r, snap);
        if (old == NULL) old = prism_snapshot_ref(snap);
        if (below(&r.rng, 10) != 0) continue;
        judge(&r, old);
        atomic_fetch_add(&n_held, prism_snapshot_generation(old) < prism_snapshot_generation(snap));
        prism_snapshot_unref(old);
        old = NULL;
    }
    prism_snapshot_unref(old);
    prism_snapshot_unref(snap);
    prism_query_unref(r.common);
    for (uint32_t i = 0; i < WORDS; i++) prism_query_unref(r.words[i]);
    return NULL;
}

/* ---- the run --------------------------------------------------------------------------------- */

static void start(pthread_t *thread, void *(*work)(void *), uint64_t *seed) {
    if (pthread_create(thread, NULL, work, seed) != 0) fail("no thread");
}

static void run(double seconds, uint64_t seed) {
    pthread_t writer, meddler, readers[READERS];
    uint64_t seeds[READERS + 2];
    for (size_t i = 0; i < READERS + 2; i++) seeds[i] = next(&seed);
    start(&writer, write_on, &seeds[READERS]);
    start(&meddler, meddle, &seeds[READERS + 1]);
    for (size_t i = 0; i < READERS; i++) start(&readers[i], read_on, &seeds[i]);
    struct timespec pause = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&pause, NULL);
    atomic_store(&stop, 1);
    pthread_join(writer, NULL);
    pthread_join(meddler, NULL);
    for (size_t i = 0; i < READERS; i++) pthread_join(readers[i], NULL);
}

static void complain(void *ctx, const prism_error *finding) {
    (void)ctx;
    if (finding->code != PRISM_OK) fail("check: %s: %s", finding->file, finding->text);
}

static void read_arguments(int argc, char **argv) {
    static const struct {
        const char *name;
        uint32_t *value;
    } numbers[] = {{"--memory", &asked.memory},
                   {"--threads", &asked.threads},
                   {"--text", &asked.text},
                   {"--still", &asked.still},
                   {"--search-threads", &asked.search_threads}};
    for (int i = 1; i < argc; i += 2) {
        bool known = false;
        if (i + 1 == argc) fail("%s needs a value", argv[i]);
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
            if (strcmp(argv[i], numbers[k].name) != 0) continue;
            *numbers[k].value = (uint32_t)strtoul(argv[i + 1], NULL, 10);
            known = true;
        }
        if (strcmp(argv[i], "--seconds") == 0)
            asked.seconds = strtod(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--dir") == 0)
            asked.dir = argv[i + 1];
        else if (!known)
            fail("unknown option %s", argv[i]);
    }
    if (asked.text > MOST_TEXT) asked.text = MOST_TEXT;
}

static void open_all(const char *dir, prism_schema **schema) {
    prism_error err = PRISM_ERROR_INIT;
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    opts.memory = (size_t)asked.memory << 20;
    opts.threads = asked.threads;
    opts.non_durable = 1; /* the more commits a second */
    need(prism_schema_from_json(schema_json, strlen(schema_json), schema, &err), &err, "schema");
    need(prism_index_create(dir, *schema, NULL, &the_index, &err), &err, "create");
    need(prism_writer_open(the_index, &opts, &the_writer, &err), &err, "writer");
}

static void close_all(const char *dir, prism_schema *schema) {
    prism_error err = PRISM_ERROR_INIT;
    prism_writer_stats stats = {.size = sizeof stats};
    uint64_t n_findings;
    need(prism_writer_get_stats(the_writer, &stats, &err), &err, "stats");
    prism_writer_close(the_writer);
    prism_index_close(the_index);
    prism_schema_unref(schema);
    need(prism_index_check(dir, PRISM_CHECK_DEEP, NULL, complain, NULL, NULL, NULL, &n_findings,
                           &err),
         &err, "check");
    printf("# %llu commits, %llu merges, %llu snapshots judged, %llu after they had grown old, "
           "%llu searches\n",
           (unsigned long long)atomic_load(&last_returned), (unsigned long long)stats.merges,
           (unsigned long long)atomic_load(&n_snapshots), (unsigned long long)atomic_load(&n_held),
           (unsigned long long)atomic_load(&n_searches));
    if (stats.merges == 0) fail("nothing was merged");
}

int main(int argc, char **argv) {
    char folder[] = "/tmp/prism-stress-XXXXXX";
    const char *given = getenv("PRISM_SEED");
    prism_schema *schema;
    read_arguments(argc, argv);
    uint64_t seed = given == NULL                  ? 20261130
                    : strcmp(given, "random") == 0 ? (uint64_t)time(NULL) * 1000003u
                                                   : strtoull(given, NULL, 10);
    printf("# seed %llu, %g seconds\n", (unsigned long long)seed, asked.seconds);
    const char *dir = asked.dir != NULL ? asked.dir : mkdtemp(folder);
    if (dir == NULL) fail("no temporary folder");
    open_all(dir, &schema);
    put_still();
    run(asked.seconds, seed);
    close_all(dir, schema);
    printf("ok 1 - every snapshot is one commit, whole\n1..1\n");
    if (dir == folder) {
        char command[64];
        snprintf(command, sizeof command, "rm -rf %s", folder);
        if (system(command) != 0) return 1;
    }
    return 0;
}
