/* test_lane.c - does a list know what it has in a range: its block, its group, its places, its
 * freqs? */
#include "harness/search_kit.h"

#include "search/lane.h"

#include <stdio.h>

enum { DOCS = 15000 };

typedef struct lane_world {
    kit k;
    uint32_t freq[DOCS], length[DOCS];
    prs_lane lane;
} lane_world;

static void make_lane_world(lane_world *w, test_rng *rng, uint64_t sparse) {
    kit_make(&w->k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        char id[16], body[256] = "";
        uint32_t more = (uint32_t)test_rng_below(rng, 12);
        bool has = d == DOCS / 2 || test_rng_one_in(rng, sparse); /* once at least */
        w->freq[d] = has ? 1 + (uint32_t)test_rng_below(rng, 9) : 0;
        w->length[d] = w->freq[d] + more;
        for (uint32_t i = 0; i < w->freq[d]; i++) strcat(body, "x ");
        for (uint32_t i = 0; i < more; i++) strcat(body, "y ");
        snprintf(id, sizeof id, "%u", d);
        kit_put_body(&w->k, id, body);
    }
    kit_merge(&w->k);
}

static void open_lane(lane_world *w) {
    const prs_segment_field *field = &w->k.snap->leaves[0].segment->fields[KIT_BODY];
    prs_term_info info;
    bool found;
    ck_assert_int_eq(prs_terms_find(&field->terms, prs_bytes_of("\001x", 2), &info, &found, NULL),
                     PRISM_OK);
    ck_assert(found);
    ck_assert_int_eq(prs_lane_open(&w->lane, &field->source, &info, &field->lengths, 1, NULL),
                     PRISM_OK);
}

static void check_cover(const lane_world *w, const prs_cover *cover, uint32_t from, uint32_t to) {
    for (uint32_t d = from; d < to; d++) {
        bool covered = w->freq[d] == 0;
        for (uint32_t i = 0; i < cover->n && !covered; i++) {
            covered = cover->pairs[i].freq >= w->freq[d] && cover->pairs[i].length <= w->length[d];
        }
        ck_assert_msg(covered, "document %u of [%u, %u)", d, from, to);
    }
}

typedef prism_status (*cover_fn)(prs_lane *, uint32_t, uint32_t *, prs_cover *, prism_error *);

static void check_ranges(lane_world *w, test_rng *rng, cover_fn cover_of, uint64_t most) {
    open_lane(w);
    for (uint32_t from = 0; from < DOCS;) {
        uint32_t to = from + 1 + (uint32_t)test_rng_below(rng, most);
        prs_cover cover;
        to = PRS_MIN(to, DOCS);
        uint32_t wish = to;
        ck_assert_int_eq(prs_lane_skip(&w->lane, from, NULL), PRISM_OK);
        if (test_rng_one_in(rng, 3))
            ck_assert_int_eq(prs_lane_load(&w->lane, from, NULL), PRISM_OK);
        ck_assert_int_eq(cover_of(&w->lane, from, &to, &cover, NULL), PRISM_OK);
        ck_assert(to > from && to <= wish);
        check_cover(w, &cover, from, to);
        from = to;
    }
}

static void check_everything(uint64_t sparse) {
    static lane_world w;
    test_rng rng = test_rng_of("lane");
    make_lane_world(&w, &rng, sparse);
    for (int round = 0; round < 20; round++) {
        check_ranges(&w, &rng, prs_lane_block, 400);
        check_ranges(&w, &rng, prs_lane_range, 5000);
        check_ranges(&w, &rng, prs_lane_group, DOCS);
    }
    open_lane(&w);
    for (uint32_t d = 0; d < DOCS; d += 1 + (uint32_t)test_rng_below(&rng, 40)) {
        uint32_t freq;
        bool has;
        ck_assert_int_eq(prs_lane_has(&w.lane, d, &has, NULL), PRISM_OK);
        ck_assert_int_eq(has, w.freq[d] > 0);
        ck_assert_int_eq(prs_lane_freq(&w.lane, d, &freq, NULL), PRISM_OK);
        ck_assert_uint_eq(freq, w.freq[d]);
    }
    kit_free(&w.k);
}

START_TEST(a_list_of_many_groups) {
    check_everything(1);
}
END_TEST

START_TEST(a_list_of_many_blocks) {
    check_everything(6);
}
END_TEST

START_TEST(a_list_of_one_block) {
    check_everything(300);
}
END_TEST

START_TEST(a_list_of_a_few) {
    check_everything(7000);
}
END_TEST

TEST_SUITE(lane, a_list_of_many_groups, a_list_of_many_blocks, a_list_of_one_block, a_list_of_a_few)
