/* test_model.c - random puts, deletes, flushes, commits, rollbacks, merges and reopenings, against
 * a model that is two arrays: what is committed, and what will be. */
#include "harness/world.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEYS = 60, WORDS = 30, BODY = 4 };

typedef struct version {
    bool live;
    uint32_t number;      /* of the put: also the value of n */
    uint32_t words[BODY]; /* of its body, all different */
} version;

typedef struct model {
    version committed[KEYS], pending[KEYS];
    uint32_t n_puts;
} model;

/* Latin words and Han pairs, so that every kind of term occurs. */
static const char *word_of(uint32_t word, char text[16]) {
    static const char *const han[] = {"数据", "中心", "软件", "工程", "网络",
                                      "存储", "查询", "索引", "文本", "向量"};
    if (word >= WORDS - PRS_COUNT(han)) return han[word - (WORDS - PRS_COUNT(han))];
    snprintf(text, 16, "w%02u", word);
    return text;
}

static void json_of(uint32_t key, const version *v, char *out, size_t size) {
    char words[128] = "", text[16];
    for (uint32_t i = 0; i < BODY; i++) {
        strcat(words, word_of(v->words[i], text));
        strcat(words, " ");
    }
    snprintf(out, size, "{\"id\":\"k%u\",\"body\":\"%s\",\"n\":%u,\"tags\":[\"t%u\",\"t%u\"]}", key,
             words, v->number, v->number % 5, v->number % 7);
}

static void put(world *w, model *m, test_rng *rng) {
    uint32_t key = (uint32_t)test_rng_below(rng, KEYS);
    version *v = &m->pending[key];
    v->live = true;
    v->number = m->n_puts++;
    uint32_t first = (uint32_t)test_rng_below(rng, WORDS);
    for (uint32_t i = 0; i < BODY; i++) v->words[i] = (first + i * 7) % WORDS;
    char json[512];
    json_of(key, v, json, sizeof json);
    world_put(w, "%s", json);
}

static void delete (world *w, model *m, test_rng *rng) {
    char key[16];
    uint32_t k = (uint32_t)test_rng_below(rng, KEYS);
    snprintf(key, sizeof key, "k%u", k);
    ck_assert_uint_eq(world_delete(w, key), m->pending[k].live);
    m->pending[k].live = false;
}

typedef struct term_counts {
    uint64_t df[WORDS];
    uint64_t pairs;
} term_counts;

static int count_term(void *ctx, const char *term, size_t len, const char *kind, uint64_t df,
                      uint64_t cf) {
    term_counts *counts = ctx;
    char text[16];
    (void)cf;
    if (strcmp(kind, "word") != 0 && strcmp(kind, "han2") != 0) return 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        const char *word = word_of(i, text);
        if (strlen(word) == len && memcmp(word, term, len) == 0) counts->df[i] = df;
    }
    return 0;
}

/* The snapshot of the last commit holds exactly the committed versions. */
static void compare(world *w, const model *m, bool purged) {
    uint64_t live = 0, want[WORDS] = {0};
    for (uint32_t k = 0; k < KEYS; k++) {
        const version *v = &m->committed[k];
        char key[16], json[512];
        snprintf(key, sizeof key, "k%u", k);
        char *got = world_get(w, key);
        ck_assert_int_eq(got != NULL, v->live);
        if (v->live) {
            json_of(k, v, json, sizeof json);
            ck_assert_str_eq(got, json);
            live++;
            for (uint32_t i = 0; i < BODY; i++) want[v->words[i]]++;
        }
        free(got);
    }
    prism_snapshot *snap = world_snapshot(w);
    term_counts counts = {{0}, 0};
    ck_assert_uint_eq(prism_snapshot_documents(snap), live);
    ck_assert_int_eq(prism_snapshot_terms(snap, "body", "", 0, count_term, &counts, NULL),
                     PRISM_OK);
    for (uint32_t i = 0; i < WORDS; i++) {
        if (purged) ck_assert_uint_eq(counts.df[i], want[i]);
        ck_assert_uint_ge(counts.df[i], want[i]);
    }
    if (purged) ck_assert_uint_eq(prism_snapshot_deleted(snap), 0);
    prs_snapshot_unref(snap);
}

static void step(world *w, model *m, test_rng *rng) {
    switch (test_rng_below(rng, 40)) {
    case 0:
    case 1:
    case 2: world_commit(w); break;
    case 3: {
        uint32_t most = 1 + (uint32_t)test_rng_below(rng, 3);
        ck_assert_int_eq(prism_writer_merge(w->writer, most, NULL, NULL, NULL), PRISM_OK);
        memcpy(m->committed, m->pending, sizeof m->committed);
        compare(w, m, most == 1);
        return;
    }
    case 4: {
        ck_assert_int_eq(prism_writer_rollback(w->writer, NULL), PRISM_OK);
        memcpy(m->pending, m->committed, sizeof m->pending);
        return;
    }
    case 5:
        world_close(w); /* what is not committed is lost */
        world_open(w, true);
        memcpy(m->pending, m->committed, sizeof m->pending);
        compare(w, m, false);
        return;
    case 6:
    case 7:
    case 8: world_flush(w); return;
    case 9:
    case 10:
    case 11:
    case 12:
    case 13: delete (w, m, rng); return;
    default: put(w, m, rng); return;
    }
    memcpy(m->committed, m->pending, sizeof m->committed);
    compare(w, m, false);
}

static void run(const char *name, bool load, uint32_t max_segments, uint32_t threads,
                uint32_t steps) {
    world w;
    model *m = calloc(1, sizeof *m);
    test_rng rng = test_rng_of(name);
    world_make(&w, world_schema);
    world_close(&w);
    w.options.load = load;
    w.options.max_segments = max_segments;
    w.options.threads = threads;
    world_open(&w, true);
    for (uint32_t i = 0; i < steps; i++) {
        step(&w, m, &rng);
        /* a check lists the directory by a handle of its own: not beside the thread's */
        if (i % 100 == 99 && threads < 2) ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    }
    world_commit(&w);
    world_close(&w);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
    free(m);
}

START_TEST(random_operations_by_policy) {
    run("model policy", false, 0, 1, 1500);
}
END_TEST

START_TEST(random_operations_in_one_segment) {
    run("model one", false, 1, 1, 500);
}
END_TEST

START_TEST(random_operations_of_a_load) {
    run("model load", true, 0, 1, 700);
}
END_TEST

START_TEST(random_operations_without_merges) {
    run("model none", false, PRISM_NO_MERGE, 1, 500);
}
END_TEST

START_TEST(random_operations_beside_a_merge_thread) {
    run("model thread", false, 0, 2, 1500);
    run("model thread one", false, 1, 2, 300);
    run("model thread three", false, 3, 2, 700);
}
END_TEST

TEST_SUITE(model, random_operations_beside_a_merge_thread, random_operations_by_policy,
           random_operations_in_one_segment, random_operations_of_a_load,
           random_operations_without_merges)
