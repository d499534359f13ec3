/* How often a phrase stands in a document: freqs show in scores, as all texts are equally long. */
#include "harness/search_kit.h"

#include <stdio.h>

#define KEY(w) "{'kind':'word','text':'" w "'}"
#define SLOT(w, p) "{'pos':" #p ",'keys':[" KEY(w) "],'idf':" KEY(w) "}"

static const char *phrase(const char *slots) {
    static char out[2048];
    snprintf(out, sizeof out, "{'type':'phrase','fields':{'body':1},'slots':[%s]}", slots);
    return out;
}

/* Document "d" + i: i times `part` of n words, filled up with `fill` to 120 words; behind them many
 * documents that hold the words apart, so that no list is in the dictionary. */
static void put_times(kit *k, const char *part, uint32_t n, const char *fill) {
    char text[4096], id[16];
    for (uint32_t i = 1; i <= 9; i++) {
        size_t len = 0;
        for (uint32_t w = 0; w < i; w++) len += (size_t)sprintf(text + len, "%s _ ", part);
        for (uint32_t w = i * (n + 1); w < 120; w++)
            len += (size_t)sprintf(text + len, "%s ", fill);
        snprintf(id, sizeof id, "d%u", i);
        kit_put_body(k, id, text);
    }
    for (uint32_t i = 0; i < 300; i++) {
        snprintf(id, sizeof id, "x%u", i);
        kit_put_body(k, id, "c _ b _ a _ d");
    }
    kit_commit(k);
}

static void expect_by_freq(const char *part, uint32_t n, const char *fill, const char *slots) {
    kit k;
    kit_make(&k, false);
    put_times(&k, part, n, fill);
    ck_assert_str_eq(kit_keys(&k, phrase(slots), 20), "d9 d8 d7 d6 d5 d4 d3 d2 d1");
    ck_assert_uint_eq(kit_count(&k, phrase(slots)), 9);
    prism_query *query = kit_query(&k, phrase(slots));
    ck_assert_uint_eq(kit_check_agree(&k, query, 4), 9);
    prism_query_unref(query);
    kit_free(&k);
}

START_TEST(words_of_like_freqs) {
    expect_by_freq("a b", 2, "_", SLOT("a", 0) "," SLOT("b", 1));
    expect_by_freq("a b c d", 4, "_",
                   SLOT("a", 0) "," SLOT("b", 1) "," SLOT("c", 2) "," SLOT("d", 3));
}
END_TEST

/* The other word stands in 100 places: it is asked, not decoded. */
START_TEST(a_rare_word_beside_a_common_one) {
    expect_by_freq("a b", 2, "b", SLOT("a", 0) "," SLOT("b", 1));
    expect_by_freq("b a", 2, "b", SLOT("b", 0) "," SLOT("a", 1));
    expect_by_freq("a c b", 3, "b", SLOT("a", 0) "," SLOT("c", 1) "," SLOT("b", 2));
}
END_TEST

START_TEST(a_word_in_several_places) {
    expect_by_freq("a b a", 3, "_", SLOT("a", 0) "," SLOT("b", 1) "," SLOT("a", 2));
    expect_by_freq("b b c", 3, "_", SLOT("b", 0) "," SLOT("b", 1) "," SLOT("c", 2));
}
END_TEST

START_TEST(nears_count_without_overlaps) {
    kit k;
    kit_make(&k, false);
    put_times(&k, "a b", 2, "_");
    const char *near =
        "{'type':'near','fields':{'body':1},'slop':0,'slots':[" SLOT("b", 0) "," SLOT("a", 1) "]}";
    ck_assert_str_eq(kit_keys(&k, near, 20), "d9 d8 d7 d6 d5 d4 d3 d2 d1");
    kit_free(&k);
}
END_TEST

/* Three stop words, in every order and with themselves: as by positions alone, which a slot of two
 * words asks for. */
START_TEST(three_stop_words) {
    static const char *const words[] = {"a", "b", "c"};
    kit k;
    test_rng rng = test_rng_of("phrase-three-stops");
    kit_make(&k, false);
    for (uint32_t d = 0; d < 700; d++) {
        char id[16], body[64] = "";
        snprintf(id, sizeof id, "%u", d);
        uint32_t n = 1 + (uint32_t)test_rng_below(&rng, 12);
        for (uint32_t i = 0; i < n; i++) {
            strcat(body, words[test_rng_below(&rng, test_rng_one_in(&rng, 3) ? 3 : 2)]);
            strcat(body, " ");
        }
        kit_put_body(&k, id, body);
    }
    kit_commit(&k);
    for (uint32_t p = 0; p < 27; p++) {
        char json[2][900], want[900];
        uint32_t at[3] = {p % 3, p / 3 % 3, p / 9};
        for (uint32_t slow = 0; slow < 2; slow++) {
            char *to = json[slow], *end = to + sizeof json[slow];
            to +=
                snprintf(to, (size_t)(end - to), "{'type':'phrase','fields':{'body':1},'slots':[");
            for (uint32_t s = 0; s < 3; s++)
                to += snprintf(to, (size_t)(end - to),
                               "%s{'pos':%u,'keys':[{'kind':'word','text':'%s'}%s],"
                               "'idf':{'kind':'word','text':'%s'}}",
                               s == 0 ? "" : ",", s, words[at[s]],
                               s == 1 && slow != 0 ? ",{'kind':'word','text':'none'}" : "",
                               words[at[s]]);
            snprintf(to, (size_t)(end - to), "]}");
        }
        snprintf(want, sizeof want, "%s", kit_keys(&k, json[1], 50));
        ck_assert_str_eq(kit_keys(&k, json[0], 50), want);
        prism_query *query = kit_query(&k, json[0]);
        ck_assert_uint_eq(kit_check_agree(&k, query, 10), kit_count(&k, json[1]));
        prism_query_unref(query);
    }
    kit_free(&k);
}
END_TEST

TEST_SUITE(phrase_count, words_of_like_freqs, a_rare_word_beside_a_common_one,
           a_word_in_several_places, nears_count_without_overlaps, three_stop_words)
