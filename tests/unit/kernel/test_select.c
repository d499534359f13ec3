/* test_select.c - do the loops of every CPU level keep what plain loops keep? */
#include "harness/test.h"

#include "base/cpu.h"
#include "kernel/select.h"

enum { MOST = 700, ROOM = MOST + PRS_SCORE_LANES };

typedef struct some {
    uint32_t n, docs[ROOM];
    int32_t scores[ROOM];
    uint8_t hit[MOST];
} some;

static uint32_t below(test_rng *rng, uint64_t n) {
    return (uint32_t)test_rng_below(rng, n);
}

static some make_some(test_rng *rng) {
    static some s;
    uint32_t doc = below(rng, 100), gap = 1 + below(rng, 9);
    uint64_t rare = 1 + test_rng_below(rng, 40);
    s.n = test_rng_one_in(rng, 4) ? below(rng, 20) : below(rng, MOST + 1);
    for (uint32_t i = 0; i < ROOM; i++) {
        s.docs[i] = doc;
        doc += 1 + below(rng, gap);
        s.scores[i] = test_rng_one_in(rng, rare) ? 100 + (int32_t)below(rng, 9) : 50;
        if (i < MOST) s.hit[i] = (uint8_t)test_rng_one_in(rng, rare);
    }
    return s;
}

static void check_floor(test_rng *rng, bool in_place) {
    static some s, t;
    s = t = make_some(rng);
    int32_t floor = 40 + (int32_t)below(rng, 75);
    if (test_rng_one_in(rng, 9)) floor = INT32_MIN;
    static uint32_t other_docs[ROOM];
    static int32_t other_scores[ROOM];
    uint32_t *docs = in_place ? t.docs : other_docs;
    int32_t *scores = in_place ? t.scores : other_scores;
    uint32_t m = prs_select_floor(t.docs, t.scores, t.n, floor, docs, scores), k = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.scores[i] < floor) continue;
        TEST_NEED(k < m && docs[k] == s.docs[i] && scores[k] == s.scores[i]);
        k++;
    }
    TEST_NEED(k == m);
    TEST_NEED(prs_select_any(s.scores, s.n, floor) == (k > 0));
}

static void check_hits(test_rng *rng) {
    static some s, t;
    s = t = make_some(rng);
    uint8_t want = (uint8_t)below(rng, 2);
    uint32_t m = prs_select_hits(t.docs, t.scores, t.hit, t.n, want), k = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.hit[i] != want) continue;
        TEST_NEED(k < m && t.docs[k] == s.docs[i] && t.scores[k] == s.scores[i]);
        k++;
    }
    TEST_NEED(k == m);
}

static void check_slots(test_rng *rng) {
    enum { SLOTS = 64 * PRS_SLOT_PART };
    static int32_t slots[SLOTS], before[SLOTS], scores[SLOTS + PRS_SCORE_LANES];
    static uint32_t docs[SLOTS + PRS_SCORE_LANES];
    uint64_t rare = 1 + test_rng_below(rng, 60), parts = test_rng_next(rng) & test_rng_next(rng);
    uint32_t base = below(rng, 9999);
    int32_t floor = (int32_t)below(rng, 30);
    if (test_rng_one_in(rng, 9)) floor = test_rng_one_in(rng, 2) ? PRS_SLOT_TAKEN : -3;
    for (uint32_t i = 0; i < SLOTS; i++) {
        bool taken = test_rng_one_in(rng, rare);
        before[i] = slots[i] = taken ? PRS_SLOT_TAKEN | (int32_t)below(rng, 40) : 0;
    }
    uint32_t m = prs_select_slots(slots, parts, base, floor, docs, scores), k = 0;
    for (uint32_t i = 0; i < SLOTS; i++) {
        bool mine = (parts >> i / PRS_SLOT_PART & 1) != 0;
        TEST_NEED(slots[i] == (mine ? 0 : before[i]));
        int32_t score = before[i] & ~PRS_SLOT_TAKEN;
        if (!mine || before[i] == 0 || score < floor) continue;
        TEST_NEED(k < m && docs[k] == base + i && scores[k] == score);
        k++;
    }
    TEST_NEED(k == m);
}

static void check_place(test_rng *rng) {
    static some s;
    s = make_some(rng);
    s.docs[s.n] = PRS_DOC_END;
    uint32_t from = below(rng, s.n + 1), k = from;
    uint32_t target = test_rng_one_in(rng, 9) ? PRS_DOC_END : below(rng, s.docs[MOST] + 9);
    while (k < s.n && s.docs[k] < target) k++;
    TEST_NEED(prs_select_place(s.docs, from, s.n, target) == k);
}

/* Blocks of bits and runs, asked for documents before, inside and between. */
static void check_in_bits(test_rng *rng) {
    static some s;
    s = make_some(rng);
    static uint64_t words[256];
    static uint32_t place_of[256 * 64];
    memset(words, 0, sizeof words);
    uint32_t n_bits = 0, first = below(rng, 300);
    bool run = test_rng_one_in(rng, 3);
    uint32_t n_words = 1 + below(rng, run ? 2 : test_rng_one_in(rng, 3) ? 255 : 8);
    uint64_t rare = 64 * n_words / 128 + 1;
    for (uint32_t i = 0; i < 64 * n_words; i++) {
        bool set = (run || i == 0 || test_rng_one_in(rng, rare)) && n_bits < PRS_BLOCK;
        place_of[i] = set ? n_bits++ : UINT32_MAX;
        if (set) words[i / 64] |= UINT64_C(1) << i % 64;
    }
    prs_block_bits bits = {run ? NULL : (const uint8_t *)words, n_words, first, n_bits};
    uint32_t end = first + (run ? n_bits : 64 * n_words), n = 0;
    while (n < s.n && s.docs[n] < end) n++;
    if (n == 0) return;
    uint16_t at[PRS_BLOCK + 1];
    uint8_t place[PRS_BLOCK + 1];
    int32_t need = test_rng_one_in(rng, 2) ? INT32_MIN : 100;
    uint32_t m = prs_select_in_bits(&bits, s.docs, s.scores, n, need, at, place), k = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (s.docs[i] < first || s.scores[i] < need) continue;
        if (place_of[s.docs[i] - first] == UINT32_MAX) continue;
        TEST_NEED(k < m && at[k] == i && place[k] == place_of[s.docs[i] - first]);
        k++;
    }
    TEST_NEED(k == m);
}

/* A decoded block, behind which anything stands, asked for few documents or many. */
static void check_in_docs(test_rng *rng) {
    static some s, b;
    s = make_some(rng);
    b = make_some(rng);
    uint32_t m = test_rng_one_in(rng, 2) ? PRS_BLOCK : 1 + below(rng, PRS_BLOCK), n = 0, k = 0;
    if (test_rng_one_in(rng, 2))
        for (uint32_t i = 0; i < ROOM; i++) b.docs[i] = s.docs[i] + below(rng, 2) * (i % 3 == 0);
    for (uint32_t i = 1; i < m; i++) b.docs[i] = PRS_MAX(b.docs[i], b.docs[i - 1] + 1);
    while (n < s.n && s.docs[n] <= b.docs[m - 1]) n++;
    uint32_t first = below(rng, n + 1);
    uint32_t few = below(rng, 20);
    if (test_rng_one_in(rng, 2)) n = PRS_MIN(n, first + few);
    uint16_t at[MOST + 1];
    uint8_t place[MOST + 1];
    uint32_t found = prs_select_in_docs(b.docs, m, s.docs + first, n - first, at, place);
    for (uint32_t i = first, j = 0; i < n; i++) {
        while (j < m && b.docs[j] < s.docs[i]) j++;
        if (j == m || b.docs[j] != s.docs[i]) continue;
        TEST_NEED(k < found && at[k] == i - first && place[k] == j);
        k++;
    }
    TEST_NEED(k == found);
}

START_TEST(every_level_keeps_the_same) {
    test_rng rng = test_rng_of("select");
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (!prs_cpu_supports((prs_cpu_level)level)) continue;
        ck_assert_int_eq(prs_cpu_force((prs_cpu_level)level, NULL), PRISM_OK);
        for (int round = 0; round < 1500; round++) {
            check_floor(&rng, round % 2 == 0);
            check_hits(&rng);
            if (round % 8 == 0) check_slots(&rng);
            check_place(&rng);
            check_in_bits(&rng);
            check_in_docs(&rng);
        }
    }
    prs_cpu_unforce();
}
END_TEST

TEST_SUITE(select, every_level_keeps_the_same)
