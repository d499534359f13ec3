/* fuzz_model.c - does any sequence of operations and faults lead to another index than the model?
 *
 *   byte 0   bits 0-1 segments kept (by policy, 1, any number, 2)   bit 2 load   bit 3 deep check
 *   rest     operations of 2 bytes: what (low 4 bits) and a number:
 *            put, delete, flush, commit, merge, rollback, reopen, or a fault: the storage call so
 *            many calls from now fails (bit 7: and all after it)
 *
 * The model is two arrays: what is committed and what will be.
 *
 * States    - After each commit, merge, rollback and opening, every key has the committed version
 *             or none, and every word finds as many documents as have it.
 *           - Where a fault struck a commit, what is there is the old state or, if it was said to
 *             be unknown, the new one: never a mixture.  Where it struck before, nothing happened.
 *           - The check finds nothing, ever; a second try without faults works. */
#include "fuzz.h"

#include "harness/fault_dir.h"
#include "maintain/check.h"
#include "index/core.h"
#include "index/snapshot.h"
#include "write/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 20, WORDS = 12, BODY = 3, MOST_OPS = 200 };

typedef struct version {
    bool live;
    uint32_t number; /* of the put */
} version;

typedef struct model {
    version committed[KEYS], pending[KEYS];
    uint32_t n_puts;
} model;

typedef struct world {
    prs_mem disk_mem;
    prs_dir *disk; /* what is written stays here */
    fault_dir *fault;
    prs_core *core;
    prism_writer *writer;
    prs_writer_options options;
} world;

static const char schema_text[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},{\"name\":\"body\","
    "\"type\":\"text\"},{\"name\":\"tags\",\"type\":\"keyword\",\"many\":true,\"column\":true},"
    "{\"name\":\"n\",\"type\":\"i64\"}]}";

static prism_schema *schema;
static prism_query *word_queries[WORDS];

static const char *word_of(uint32_t i) {
    static const char *const words[WORDS] = {"chip",  "cloud", "数据", "wi-fi", "power", "网络",
                                             "alpha", "beta",  "查询", "gamma", "delta", "C++"};
    return words[i % WORDS];
}

/* Does version `number` hold the word? */
static bool holds(uint32_t number, uint32_t word) {
    for (uint32_t i = 0; i < BODY; i++)
        if ((number * 7 + i * 5) % WORDS == word) return true;
    return false;
}

static int json_of(uint32_t key, uint32_t number, char out[256]) {
    return snprintf(out, 256,
                    "{\"id\":\"k%u\",\"body\":\"%s %s %s\",\"n\":%u,\"tags\":[\"t%u\",\"u\"]}", key,
                    word_of(number * 7), word_of(number * 7 + 5), word_of(number * 7 + 10), number,
                    number % 5);
}

static void make_once(void) {
    prism_error err = PRISM_ERROR_INIT;
    fuzz_must(prism_schema_from_json(schema_text, sizeof schema_text - 1, &schema, &err), &err,
              "schema");
    for (uint32_t i = 0; i < WORDS; i++) {
        char text[32];
        int len = snprintf(text, sizeof text, "body:\"%s\"", word_of(i));
        fuzz_must(prism_query_parse(schema, text, (size_t)len, NULL, &word_queries[i], &err), &err,
                  "query");
    }
}

/* ---- handles --------------------------------------------------------------------------------- */

static prs_core *new_core(prs_dir *dir) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_allocator hook = fuzz_allocator();
    prism_error err = PRISM_ERROR_INIT;
    prs_core *core;
    opts.allocator = &hook;
    fuzz_must(prs_core_new(&opts, &core, &err), &err, "core");
    core->dir = dir;
    return core;
}

static fault_dir *new_fault(prs_dir *disk) {
    fault_dir *fault = fuzz_malloc(sizeof *fault);
    memset(fault, 0, sizeof *fault);
    fault_dir_init(fault, disk);
    fault->calls = FAULT_ALL & ~(unsigned)FAULT_LOCK;
    return fault;
}

static void close_world(world *w) {
    prs_writer_close(w->writer);
    w->writer = NULL;
    prs_core_unref(w->core);
    free(w->fault);
}

static void make_world(world *w, unsigned flags) {
    static const uint32_t most[4] = {0, 1, PRISM_NO_MERGE, 2};
    prism_error err = PRISM_ERROR_INIT;
    memset(w, 0, sizeof *w);
    fuzz_mem_begin(&w->disk_mem);
    w->options = (prs_writer_options){.memory = PRS_WRITER_MIN_MEMORY,
                                      .keep_commits = 2,
                                      .max_segments = most[flags & 3],
                                      .load = (flags & 4) != 0,
                                      .durable = true,
                                      .id_seed = 7};
    fuzz_must(prs_dir_mem_new(&w->disk_mem, &w->disk, &err), &err, "disk");
    w->fault = new_fault(w->disk);
    w->core = new_core(&w->fault->base);
    fuzz_must(prs_core_make(w->core, schema, NULL, &err), &err, "make");
    fuzz_must(prs_writer_open(w->core, &w->options, &w->writer, &err), &err, "writer");
}

static prism_status open_world(world *w, prism_error *err) {
    w->options.id_seed++; /* ids follow from it */
    w->core = new_core(&w->fault->base);
    prism_status status = prs_core_load(w->core, err);
    if (status == PRISM_OK) status = prs_writer_open(w->core, &w->options, &w->writer, err);
    return status;
}

/* ---- judging --------------------------------------------------------------------------------- */

static bool has_version(prism_snapshot *snap, uint32_t key, const version *v) {
    char text[16], want[256];
    char *json;
    uint64_t gdoc;
    size_t len;
    prism_error err = PRISM_ERROR_INIT;
    int n = snprintf(text, sizeof text, "k%u", key);
    prism_status status = prism_document_find(snap, text, (size_t)n, &gdoc, &err);
    if (status == PRISM_ENOTFOUND) return !v->live;
    fuzz_must(status, &err, "find");
    if (!v->live) return false;
    int want_len = json_of(key, v->number, want);
    fuzz_must(prism_document_get(snap, gdoc, &json, &len, &err), &err, "get");
    bool same = len == (size_t)want_len && memcmp(json, want, len) == 0;
    prism_free_text(json);
    return same;
}

static bool is_state(prism_snapshot *snap, const version *state) {
    uint64_t n = 0;
    for (uint32_t key = 0; key < KEYS; key++) {
        if (!has_version(snap, key, &state[key])) return false;
        n += state[key].live;
    }
    return prism_snapshot_documents(snap) == n;
}

static void check_words(prism_snapshot *snap, const version *state) {
    for (uint32_t i = 0; i < WORDS; i++) {
        prism_error err = PRISM_ERROR_INIT;
        prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
        prism_hits *hits;
        uint64_t n = 0;
        opts.k = KEYS;
        opts.count = PRISM_COUNT_EXACT;
        for (uint32_t key = 0; key < KEYS; key++)
            n += state[key].live && holds(state[key].number, i);
        fuzz_must(prism_search(snap, word_queries[i], &opts, &hits, &err), &err, "search");
        FUZZ_NEED(prism_hits_total(hits, NULL) == n && prism_hits_count(hits) == n);
        prism_hits_free(hits);
    }
}

/* The committed state; `unknown`: or the one that was on its way, which then is the committed. */
static void judge(world *w, model *m, bool unknown) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap;
    fuzz_must(prs_snapshot_open(w->core, NULL, &snap, &err), &err, "snapshot");
    if (unknown && is_state(snap, m->pending)) memcpy(m->committed, m->pending, sizeof m->pending);
    FUZZ_NEED(is_state(snap, m->committed));
    check_words(snap, m->committed);
    prs_snapshot_unref(snap);
}

static void tell(void *ctx, const prism_error *finding) {
    (void)ctx;
    if (finding->code != PRISM_OK) fuzz_fail("check finds damage", finding);
}

static void check_disk(const world *w, prism_check_level level) {
    prism_error err = PRISM_ERROR_INIT;
    fault_dir *fault = new_fault(w->disk);
    prs_check job = {.core = new_core(&fault->base), .level = level, .each = tell};
    fuzz_must(prs_check_run(&job, &err), &err, "check");
    prs_core_unref(job.core);
    free(fault);
    w->disk->pread = false;
}

/* ---- operations ------------------------------------------------------------------------------ */

/* Close, whatever state it is in, and open again without faults. */
static void reopen(world *w, model *m, bool unknown) {
    prism_error err = PRISM_ERROR_INIT;
    close_world(w);
    w->fault = new_fault(w->disk);
    fuzz_must(open_world(w, &err), &err, "reopen");
    check_disk(w, PRISM_CHECK_NORMAL);
    judge(w, m, unknown);
    memcpy(m->pending, m->committed, sizeof m->pending);
}

/* An operation failed: only where a fault struck.  The writer goes on by rollback where it may. */
static void recover(world *w, model *m, prism_status status, const prism_error *err) {
    prism_error again = PRISM_ERROR_INIT;
    if (w->fault->n_failed == 0) fuzz_fail("an operation failed without a fault", err);
    w->fault->fail_at = 0;
    w->fault->n_failed = 0;
    if (status == PRISM_EUNKNOWN) {
        reopen(w, m, true);
    } else if (prism_writer_rollback(w->writer, &again) == PRISM_OK) {
        judge(w, m, false);
        memcpy(m->pending, m->committed, sizeof m->pending);
    } else {
        reopen(w, m, false);
    }
}

static void did_commit(world *w, model *m, prism_status status, const prism_error *err) {
    if (status != PRISM_OK) {
        recover(w, m, status, err);
        return;
    }
    memcpy(m->committed, m->pending, sizeof m->pending);
    w->fault->fail_at = 0; /* what comes now must not fail */
    judge(w, m, false);
}

static void put(world *w, model *m, uint8_t number) {
    char json[256];
    prism_error err = PRISM_ERROR_INIT;
    uint32_t key = number % KEYS;
    int len = json_of(key, m->n_puts, json);
    prism_status status = prism_writer_put_json(w->writer, json, (size_t)len, 0, &err);
    if (status != PRISM_OK) {
        recover(w, m, status, &err);
        return;
    }
    m->pending[key] = (version){true, m->n_puts++};
}

static void drop(world *w, model *m, uint8_t number) {
    char key[16];
    prism_error err = PRISM_ERROR_INIT;
    uint32_t k = number % KEYS;
    uint64_t n = 99;
    int len = snprintf(key, sizeof key, "k%u", k);
    prism_status status = prism_writer_delete(w->writer, key, (size_t)len, &n, &err);
    if (status != PRISM_OK) {
        recover(w, m, status, &err);
        return;
    }
    FUZZ_NEED(n == m->pending[k].live);
    m->pending[k].live = false;
}

static void step(world *w, model *m, uint8_t what, uint8_t number) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status;
    if (w->fault->fail_at == 0) w->fault->n_failed = 0;
    switch (what & 15) {
    case 8:
    case 9: drop(w, m, number); break;
    case 10:
        status = prs_writer_flush(w->writer, &err);
        if (status != PRISM_OK) recover(w, m, status, &err);
        break;
    case 11: did_commit(w, m, prism_writer_commit(w->writer, NULL, 0, NULL, &err), &err); break;
    case 12:
        did_commit(w, m, prism_writer_merge(w->writer, 1 + number % 3, NULL, NULL, &err), &err);
        break;
    case 13:
        status = prism_writer_rollback(w->writer, &err);
        if (status != PRISM_OK) {
            recover(w, m, status, &err);
            break;
        }
        memcpy(m->pending, m->committed, sizeof m->pending);
        w->fault->fail_at = 0; /* what comes now must not fail */
        judge(w, m, false);
        break;
    case 14: reopen(w, m, false); break;
    case 15:
        w->fault->fail_at = w->fault->n_calls + 1 + (number & 63);
        w->fault->fail_on = (number & 128) != 0;
        w->fault->status = number & 64 ? PRISM_ENOSPC : PRISM_EIO;
        break;
    default: put(w, m, number);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    world w;
    model m = {0};
    if (size < 3) return 0;
    if (schema == NULL) make_once();
    make_world(&w, data[0]);
    for (size_t i = 1; i + 2 <= size && i < 2 * MOST_OPS; i += 2)
        step(&w, &m, data[i], data[i + 1]);
    reopen(&w, &m, false);
    if (data[0] & 8) check_disk(&w, PRISM_CHECK_DEEP);
    close_world(&w);
    w.disk->vt->close_dir(w.disk);
    fuzz_mem_end(&w.disk_mem);
    return 0;
}
