/* test_word_df.c - how many documents have a word in any field: by windows, by seeking, in one list
 * or none. */
#include "harness/search_kit.h"

#include "search/word_df.h"

#include <stdio.h>

enum { DOCS = 20000 };

START_TEST(unions_are_exact) {
    test_rng rng = test_rng_of("df");
    uint32_t rare = 0, even = 0, body_only = 0, dense = 0;
    prs_mem mem;
    kit k;
    prs_mem_init(&mem, NULL);
    kit_make(&k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        /* rare: often in body, seldom in title (seeking); even: alike in both (windows) */
        bool rare_body = test_rng_one_in(&rng, 2), rare_title = test_rng_one_in(&rng, 300);
        bool even_body = test_rng_one_in(&rng, 3), even_title = test_rng_one_in(&rng, 4);
        bool only = test_rng_one_in(&rng, 50), dense_body = d < 10000,
             dense_title = d >= 9000 && d < 18000;
        char json[256];
        snprintf(json, sizeof json,
                 "{\"id\":\"%u\",\"title\":\"%s %s %s\",\"body\":\"%s %s %s %s\"}", d,
                 rare_title ? "rare" : "x", even_title ? "even" : "x", dense_title ? "dense" : "x",
                 rare_body ? "rare" : "x", even_body ? "even even" : "x", only ? "only" : "x",
                 dense_body ? "dense" : "x");
        kit_put(&k, json);
        rare += rare_body || rare_title;
        even += even_body || even_title;
        dense += dense_body || dense_title;
        body_only += only;
    }
    kit_merge(&k);
    prs_field_weight both[] = {{KIT_TITLE, 2}, {KIT_BODY, 1}};
    const struct {
        const char *word;
        uint32_t df;
    } cases[] = {
        {"rare", rare}, {"even", even}, {"only", body_only}, {"dense", dense}, {"nowhere", 0}};
    for (int round = 0; round < 2; round++) { /* the second time it may be remembered */
        for (size_t i = 0; i < PRS_COUNT(cases); i++) {
            char key[16] = "\001";
            uint32_t df;
            prs_term_info infos[2];
            prs_watch watch = prs_watch_of(0, NULL, 0);
            strcat(key, cases[i].word);
            ck_assert_int_eq(prs_word_df(k.snap->leaves[0].segment, &(prs_fields){both, 2},
                                         prs_bytes_of(key, strlen(key)), &mem, &watch, infos, &df,
                                         NULL),
                             PRISM_OK);
            ck_assert_msg(df == cases[i].df, "%s: %u, not %u", cases[i].word, df, cases[i].df);
        }
    }
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
    kit_free(&k);
}
END_TEST

TEST_SUITE(word_df, unions_are_exact)
