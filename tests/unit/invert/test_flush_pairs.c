/* Pairs of stop words: those of the lists are those of the texts, whatever was merged, deleted and
 * put in another order. */
#include "harness/world.h"

#include <prismsearch/writer.h>

#include <stdio.h>

enum { N_WORDS = 6, N_DOCS = 300, SHORT = 60, MAX_LEN = 3000 };

static const char *const words[N_WORDS] = {"the", "of", "and", "rare", "in", "is"};

/* Documents as numbers of words, and whether they are there. */
static uint8_t docs[N_DOCS][MAX_LEN];
static uint32_t n_words[N_DOCS];
static bool alive[N_DOCS];

static void put(world *w, test_rng *rng, uint32_t id) {
    static char body[MAX_LEN * 6 + 1];
    size_t len = 0;
    /* some longer than a stretch of the walk, and ending where one does */
    uint32_t most = id % 50 == 7 ? MAX_LEN : SHORT;
    n_words[id] = id % 50 == 8 ? 1024 : 1 + (uint32_t)test_rng_below(rng, most - 1);
    for (uint32_t i = 0; i < n_words[id]; i++) {
        docs[id][i] = (uint8_t)test_rng_below(rng, N_WORDS);
        len += (size_t)sprintf(body + len, "%s ", words[docs[id][i]]);
    }
    alive[id] = true;
    world_put(w, "{\"id\":\"%u\",\"body\":\"%s\"}", id, body);
}

static uint32_t times(uint32_t id, uint32_t a, uint32_t b) {
    uint32_t n = 0;
    for (uint32_t i = 0; i + 1 < n_words[id]; i++) n += docs[id][i] == a && docs[id][i + 1] == b;
    return n;
}

/* Sum of the freqs of a pair over all segments, and how many lists have it. */
static uint64_t pair_cf(const prism_snapshot *snap, uint32_t a, uint32_t b, uint64_t *df) {
    uint64_t cf = 0;
    char first[16], second[16];
    uint8_t key[PRS_PAIR_KEY_MAX];
    int n = snprintf(first, sizeof first, "\1%s", words[a]);
    int m = snprintf(second, sizeof second, "\1%s", words[b]);
    uint32_t len =
        prs_stops_pair(prs_bytes_of(first, (size_t)n), prs_bytes_of(second, (size_t)m), key);
    for (uint32_t i = 0; i < snap->n_leaves; i++) {
        const prs_segment *segment = snap->leaves[i].segment;
        const prs_segment_field *field =
            &segment->fields[prs_schema_field(segment->recipe->schema, "body", 4)->no];
        prs_term_info info;
        bool found;
        ck_assert_uint_gt(field->stops.len, 0);
        ck_assert_int_eq(prs_terms_find(&field->pair_terms, prs_bytes_of(key, len), &info, &found,
                                        NULL),
                         PRISM_OK);
        if (!found) continue;
        ck_assert(!info.has_positions);
        cf += info.cf;
        *df += info.df;
    }
    return cf;
}

static void check_pairs(world *w) {
    prism_snapshot *snap = world_snapshot(w);
    for (uint32_t a = 0; a < N_WORDS; a++) {
        for (uint32_t b = 0; b < N_WORDS; b++) {
            uint64_t cf = 0, df = 0, got_df = 0;
            for (uint32_t id = 0; id < N_DOCS; id++) {
                uint32_t n = alive[id] ? times(id, a, b) : 0;
                cf += n;
                df += n > 0;
            }
            ck_assert_uint_eq(pair_cf(snap, a, b, &got_df), cf);
            ck_assert_uint_eq(got_df, df);
        }
    }
    prism_snapshot_unref(snap);
}

START_TEST(lists_are_those_of_the_texts) {
    world w;
    test_rng rng = test_rng_of("flush-pairs");
    world_make(&w, world_schema);
    w.writer->options.stop_tokens = 1;
    memset(alive, 0, sizeof alive);
    for (uint32_t id = 0; id < N_DOCS; id++) {
        put(&w, &rng, id);
        if (id % 100 == 99) world_flush(&w);
    }
    world_commit(&w);
    check_pairs(&w);
    for (uint32_t id = 0; id < N_DOCS; id += 3) {
        char key[16];
        snprintf(key, sizeof key, "%u", id);
        ck_assert_uint_eq(world_delete(&w, key), 1);
        alive[id] = false;
    }
    world_commit(&w);
    ck_assert_int_eq(prs_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    world_commit(&w);
    check_pairs(&w);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

static uint32_t n_with_stops(world *w) {
    uint32_t n = 0;
    prism_snapshot *snap = world_snapshot(w);
    for (uint32_t i = 0; i < snap->n_leaves; i++) {
        const prs_segment *segment = snap->leaves[i].segment;
        n +=
            segment->fields[prs_schema_field(segment->recipe->schema, "body", 4)->no].stops.len > 0;
    }
    prism_snapshot_unref(snap);
    return n;
}

START_TEST(few_tokens_choose_no_set) {
    world w;
    test_rng rng = test_rng_of("flush-pairs-few");
    world_make(&w, world_schema);
    w.writer->options.stop_tokens = 2000;
    put(&w, &rng, 0);
    world_flush(&w);
    for (uint32_t id = 1; id < 200; id++) put(&w, &rng, id);
    world_flush(&w);
    put(&w, &rng, 200); /* few again, but there is a set */
    world_commit(&w);
    ck_assert_uint_eq(n_with_stops(&w), 2);
    ck_assert_int_eq(prs_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    world_commit(&w);
    ck_assert_uint_eq(n_with_stops(&w), 1); /* one input had none */
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

TEST_SUITE(flush_pairs, lists_are_those_of_the_texts, few_tokens_choose_no_set)
