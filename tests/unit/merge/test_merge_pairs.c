/* test_merge_pairs.c - pairs of a merged segment are those of its texts, where inputs kept none or
 * others; the set is that of the input with most tokens, or the most frequent words. */
#include "harness/world.h"

#include "merge/merge_pairs.h"

#include <stdio.h>
#include <stdlib.h>

enum { N_WORDS = 6, MAX_DOCS = 4000, MAX_LEN = 700 };

static const char *const words[N_WORDS] = {"the", "of", "and", "rare", "in", "is"};
static uint8_t docs[MAX_DOCS][MAX_LEN];
static uint32_t n_words[MAX_DOCS], n_docs;
static bool alive[MAX_DOCS];

static void put_some(world *w, test_rng *rng, uint32_t n, uint32_t len, uint32_t of_words) {
    char *body = malloc(MAX_LEN * 6 + 1);
    for (; n > 0; n--, n_docs++) {
        size_t at = 0;
        n_words[n_docs] = 1 + (uint32_t)test_rng_below(rng, len);
        for (uint32_t i = 0; i < n_words[n_docs]; i++) {
            docs[n_docs][i] = (uint8_t)test_rng_below(rng, of_words);
            at += (size_t)sprintf(body + at, "%s ", words[docs[n_docs][i]]);
        }
        alive[n_docs] = true;
        world_put(w, "{\"id\":\"%u\",\"n\":%u,\"body\":\"%s\"}", n_docs, n_docs * 7919 % 1000,
                  body);
    }
    world_flush(w);
    free(body);
}

static const prs_segment_field *body_of(const prism_snapshot *snap, uint32_t leaf) {
    const prs_segment *segment = snap->leaves[leaf].segment;
    return &segment->fields[prs_schema_field(segment->recipe->schema, "body", 4)->no];
}

static void check_pair(const prs_segment_field *field, uint32_t a, uint32_t b) {
    uint64_t cf = 0, df = 0;
    char first[16], second[16];
    uint8_t key[PRS_PAIR_KEY_MAX];
    prs_term_info info;
    bool found;
    for (uint32_t id = 0; id < n_docs; id++) {
        uint32_t n = 0;
        for (uint32_t i = 0; alive[id] && i + 1 < n_words[id]; i++)
            n += docs[id][i] == a && docs[id][i + 1] == b;
        cf += n;
        df += n > 0;
    }
    int n = snprintf(first, sizeof first, "\1%s", words[a]);
    int m = snprintf(second, sizeof second, "\1%s", words[b]);
    uint32_t len =
        prs_stops_pair(prs_bytes_of(first, (size_t)n), prs_bytes_of(second, (size_t)m), key);
    ck_assert_int_eq(
        prs_terms_find(&field->pair_terms, prs_bytes_of(key, len), &info, &found, NULL), PRISM_OK);
    ck_assert_int_eq(found, df > 0);
    ck_assert_uint_eq(info.df, df);
    ck_assert_uint_eq(info.cf, cf);
}

/* One segment, whose set is all words, or so many of them; check compares the lists with the
 * positions, impacts included. */
static void check_merged(world *w, uint32_t of_words) {
    prism_snapshot *snap = world_snapshot(w);
    ck_assert_uint_eq(snap->n_leaves, 1);
    const prs_segment_field *field = body_of(snap, 0);
    ck_assert_ptr_nonnull(field->stop_words);
    ck_assert_uint_eq(field->stop_words->n, of_words);
    for (uint32_t a = 0; a < of_words; a++) {
        for (uint32_t b = 0; b < of_words; b++) check_pair(field, a, b);
    }
    prism_snapshot_unref(snap);
    ck_assert_uint_eq(world_check(w, PRISM_CHECK_DEEP), 0);
}

static void merge_all(world *w) {
    ck_assert_int_eq(prs_writer_merge(w->writer, 1, NULL, NULL, NULL), PRISM_OK);
    world_commit(w);
}

static void begin(world *w, uint64_t stop_tokens) {
    world_make(w, world_schema);
    w->writer->options.stop_tokens = stop_tokens;
    n_docs = 0;
}

/* Inputs without a set before and behind one with it, and documents deleted in all of them. */
static void some_keep_none(prs_reorder_kind kind) {
    world w;
    test_rng rng = test_rng_of("merge-pairs");
    begin(&w, 5000);
    w.writer->options.reorder.kind = kind;
    put_some(&w, &rng, 50, 20, N_WORDS);
    put_some(&w, &rng, 900, 40, N_WORDS);
    w.writer->options.stop_tokens = UINT64_MAX;
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert(body_of(snap, 0)->stop_words == NULL && body_of(snap, 1)->stop_words != NULL);
    prism_snapshot_unref(snap);
    for (uint32_t id = 0; id < n_docs; id += 3) {
        char key[16];
        snprintf(key, sizeof key, "%u", id);
        ck_assert_uint_eq(world_delete(&w, key), 1);
        alive[id] = false;
    }
    world_commit(&w);
    merge_all(&w);
    check_merged(&w, N_WORDS);
    put_some(&w, &rng, 40, 30, N_WORDS); /* kept by all now: joined */
    world_commit(&w);
    merge_all(&w);
    check_merged(&w, N_WORDS);
    world_end(&w);
}

START_TEST(inputs_without_a_set) {
    some_keep_none(PRS_REORDER_NONE);
}
END_TEST

START_TEST(in_another_order) {
    some_keep_none(PRS_REORDER_BISECT);
}
END_TEST

static bool has_set(world *w) {
    prism_snapshot *snap = world_snapshot(w);
    ck_assert_uint_eq(snap->n_leaves, 1);
    bool has = body_of(snap, 0)->stop_words != NULL;
    prism_snapshot_unref(snap);
    return has;
}

/* No input has a set, together they have tokens enough; lists of 36 pairs of 2^20 tokens take
 * several walks.  Where the writer says never, a merge does not choose either. */
START_TEST(a_set_is_chosen_by_the_merge) {
    world w;
    test_rng rng = test_rng_of("merge-pairs-chosen");
    begin(&w, UINT64_MAX);
    put_some(&w, &rng, 500, 40, N_WORDS);
    put_some(&w, &rng, 100, 40, N_WORDS);
    world_commit(&w);
    w.writer->options.stop_tokens = 0;
    merge_all(&w);
    ck_assert(!has_set(&w)); /* too few */
    w.writer->options.stop_tokens = UINT64_MAX;
    put_some(&w, &rng, MAX_DOCS - 20 - n_docs, MAX_LEN, N_WORDS);
    world_commit(&w);
    merge_all(&w);
    ck_assert(!has_set(&w)); /* never */
    put_some(&w, &rng, MAX_DOCS - n_docs, MAX_LEN, N_WORDS);
    world_commit(&w);
    w.writer->options.stop_tokens = 0;
    merge_all(&w);
    check_merged(&w, N_WORDS);
    world_end(&w);
}
END_TEST

/* Tokens of both inputs together, to the last one, are what counts. */
START_TEST(from_as_many_tokens_as_the_writer_says) {
    for (uint64_t more = 0; more < 2; more++) {
        world w;
        test_rng rng = test_rng_of("merge-pairs-tokens");
        uint64_t tokens = 0;
        begin(&w, UINT64_MAX);
        put_some(&w, &rng, 50, 40, N_WORDS);
        put_some(&w, &rng, 70, 40, N_WORDS);
        world_commit(&w);
        for (uint32_t id = 0; id < n_docs; id++) tokens += n_words[id];
        w.writer->options.stop_tokens = tokens + more;
        merge_all(&w);
        if (more == 0) check_merged(&w, N_WORDS);
        ck_assert_int_eq(has_set(&w), more == 0);
        world_end(&w);
    }
}
END_TEST

/* An input with a set whose statistics say it has no tokens: its lists are not those of the set
 * that is chosen. */
START_TEST(a_set_without_tokens_is_not_kept) {
    world w;
    test_rng rng = test_rng_of("merge-pairs-forged");
    begin(&w, 1);
    put_some(&w, &rng, 50, 20, N_WORDS);
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    prs_segment *segment = snap->leaves[0].segment;
    uint32_t f = prs_schema_field(segment->recipe->schema, "body", 4)->no;
    const prs_merge_input input = {.segment = segment};
    const prs_merge merge = {.inputs = &input, .n_inputs = 1, .stop_tokens = 1};
    prs_top_words top = {.n = 0};
    prs_stops stops;
    bool same;
    prs_top_words_offer(&top, prs_bytes_of("\1the", 4), 9);
    ck_assert_int_eq(prs_merge_stops(&merge, f, &top, 9, &stops, &same, NULL), PRISM_OK);
    ck_assert(same && stops.n == N_WORDS);
    uint64_t sum_cf = segment->fields[f].sum_cf;
    segment->fields[f].sum_cf = 0;
    ck_assert_int_eq(prs_merge_stops(&merge, f, &top, 9, &stops, &same, NULL), PRISM_OK);
    ck_assert(!same && stops.n == 1);
    segment->fields[f].sum_cf = sum_cf;
    prism_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

/* Whatever allocation of such a merge is refused: it did not happen, and can be made again. */
START_TEST(memory_may_be_refused) {
    world w;
    test_rng rng = test_rng_of("merge-pairs-memory");
    begin(&w, 500);
    put_some(&w, &rng, 5, 20, N_WORDS);
    put_some(&w, &rng, 80, 40, N_WORDS);
    world_commit(&w);
    prism_status status = PRISM_ENOMEM;
    uint32_t n = 1;
    for (; status != PRISM_OK; n++) {
        ck_assert_uint_lt(n, 5000);
        w.alloc.fail_at = atomic_load(&w.alloc.calls) + n;
        status = prs_writer_merge(w.writer, 1, NULL, NULL, NULL);
        w.alloc.fail_at = 0;
        ck_assert(status == PRISM_OK || status == PRISM_ENOMEM);
    }
    ck_assert_uint_gt(n, 20);
    world_commit(&w);
    check_merged(&w, N_WORDS);
    world_end(&w);
}
END_TEST

START_TEST(the_most_frequent_words_are_on_top) {
    prs_top_words top = {.n = 0};
    char key[8];
    prs_top_words_offer(&top, prs_bytes_of("\2the", 4), 1000); /* no words of letters */
    prs_top_words_offer(&top,
                        prs_bytes_of("\1"
                                     "1a",
                                     3),
                        1000);
    prs_top_words_offer(&top, prs_bytes_of("\1", 1), 1000);
    ck_assert_uint_eq(top.n, 0);
    for (uint32_t i = 0; i < 200; i++) {
        int n = snprintf(key, sizeof key, "\1w%03u", i);
        prs_top_words_offer(&top, prs_bytes_of(key, (size_t)n), 1 + i * 37 % 200);
    }
    ck_assert_uint_eq(top.n, PRS_STOPS_WORDS);
    for (uint32_t i = 0; i < top.n; i++) {
        uint32_t no = (uint32_t)strtoul((const char *)&top.keys[i][2], NULL, 10);
        ck_assert_uint_eq(top.cfs[i], 200 - i);
        ck_assert_uint_eq(1 + no * 37 % 200, 200 - i);
    }
}
END_TEST

TEST_SUITE(merge_pairs, inputs_without_a_set, in_another_order, a_set_is_chosen_by_the_merge,
           from_as_many_tokens_as_the_writer_says, a_set_without_tokens_is_not_kept,
           memory_may_be_refused, the_most_frequent_words_are_on_top)
