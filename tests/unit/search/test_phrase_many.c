/* Phrases of two words, counted by blocks of the rarer one: whatever blocks of the other it meets,
 * and groups of every size.  Numbers, of which there are no pairs. */
#include "harness/search_kit.h"

#include "base/cpu.h"

#include <stdio.h>

#define KEY(w) "{'kind':'word','text':'" w "'}"
#define SLOT(w, p) "{'pos':" #p ",'keys':[" KEY(w) "],'idf':" KEY(w) "}"
#define PHRASE(slots) "{'type':'phrase','fields':{'body':1},'slots':[" slots "]}"

/* Every eighth of a text has another share of the words; some texts are long, so that a group is
 * longer than what is counted at once.  Returns how many documents have "1 2", and "2 1". */
static void put_texts(kit *k, uint32_t n, uint32_t every, uint64_t want[2]) {
    test_rng rng = test_rng_of("phrase-many");
    static char text[40000], json[41000];
    want[0] = want[1] = 0;
    for (uint32_t i = 0; i < n; i++) {
        size_t len = 0, words = test_rng_one_in(&rng, 60) ? 700 : 1 + test_rng_below(&rng, 20);
        uint32_t share = 1 + (uint32_t)test_rng_below(&rng, 12);
        bool has = test_rng_one_in(&rng, every), found[2] = {false, false};
        char before = '_';
        for (size_t w = 0; w < words; w++) {
            char word = '_';
            if (test_rng_one_in(&rng, share)) word = '2';
            if (has && test_rng_one_in(&rng, share + 1)) word = '1';
            found[0] |= before == '1' && word == '2';
            found[1] |= before == '2' && word == '1';
            before = word;
            text[len++] = word;
            text[len++] = ' ';
        }
        text[len] = 0;
        snprintf(json, sizeof json, "{\"id\":\"%u\",\"body\":\"%s\"}", i, text);
        kit_put(k, json);
        want[0] += found[0];
        want[1] += found[1];
    }
    kit_commit(k);
}

static void expect_counts(kit *k, const uint64_t want[2]) {
    static const char *const both[] = {PHRASE(SLOT("1", 0) "," SLOT("2", 1)),
                                       PHRASE(SLOT("2", 0) "," SLOT("1", 1))};
    for (size_t i = 0; i < 2; i++) {
        prism_query *query = kit_query(k, both[i]);
        ck_assert_uint_eq(kit_count(k, both[i]), want[i]);
        ck_assert_uint_eq(kit_check_agree(k, query, 10), want[i]);
        prism_query_unref(query);
    }
}

START_TEST(blocks_of_every_density) {
    static const uint32_t every[] = {1, 2, 12, 60, 400};
    static const prs_cpu_level levels[] = {PRS_CPU_SCALAR, PRS_CPU_SSE42, PRS_CPU_AVX2,
                                           PRS_CPU_AVX512};
    for (size_t e = 0; e < PRS_COUNT(every); e++) {
        kit k;
        uint64_t want[2];
        kit_make(&k, false);
        put_texts(&k, 5000, every[e], want);
        ck_assert_uint_gt(want[0], 0);
        for (size_t l = 0; l < PRS_COUNT(levels); l++) {
            if (prs_cpu_force(levels[l], NULL) == PRISM_OK) expect_counts(&k, want);
        }
        prs_cpu_unforce();
        kit_free(&k);
    }
}
END_TEST

TEST_SUITE(phrase_many, blocks_of_every_density)
