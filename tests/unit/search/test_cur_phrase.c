/* test_cur_phrase.c - which documents have a phrase or a near, how often, and what does that score?
 *
 * Texts are cut at white space, one position a word.  Scores show the freq: two documents of equal
 * length and equal freq score the same. */
#include "harness/search_kit.h"

#include <stdio.h>

static const char *phrase(const char *slots) {
    static char out[4][2048];
    static unsigned next;
    char *to = out[next++ % 4];
    snprintf(to, sizeof out[0], "{'type':'phrase','fields':{'title':2,'body':1},'slots':[%s]}",
             slots);
    return to;
}

static const char *near(const char *words, int slop) {
    static char out[2048];
    snprintf(out, sizeof out, "{'type':'near','fields':{'body':1},'slop':%d,'slots':[%s]}", slop,
             words);
    return out;
}

#define KEY(w) "{'kind':'word','text':'" w "'}"
#define SLOT(w, p) "{'pos':" #p ",'keys':[" KEY(w) "],'idf':" KEY(w) "}"

START_TEST(words_stand_in_their_places) {
    kit k;
    kit_make(&k, false);
    kit_put_body(&k, "a", "to be or not to be");
    kit_put_body(&k, "b", "be to or to not");
    kit_put_body(&k, "c", "to x be to be");
    kit_put(&k, "{\"id\":\"d\",\"title\":\"to\",\"body\":\"be\"}"); /* not in one field */
    kit_put(&k, "{\"id\":\"e\",\"title\":\"to be\"}");
    kit_commit(&k);
    ck_assert_str_eq(kit_keys(&k, phrase(SLOT("to", 0) "," SLOT("be", 1)), 9), "e a c");
    ck_assert_str_eq(kit_keys(&k, phrase(SLOT("be", 0) "," SLOT("to", 1)), 9), "b c");
    ck_assert_str_eq(kit_keys(&k, phrase(SLOT("to", 0) "," SLOT("be", 2)), 9), "c");
    ck_assert_str_eq(kit_keys(&k, phrase(SLOT("to", 0) "," SLOT("be", 1) "," SLOT("to", 4)), 9),
                     "a");
    ck_assert_str_eq(kit_keys(&k, phrase(SLOT("to", 0) "," SLOT("nowhere", 1)), 9), "");
    ck_assert_uint_eq(kit_count(&k, phrase(SLOT("to", 0) "," SLOT("be", 1))), 3);
    kit_free(&k);
}
END_TEST

START_TEST(a_phrase_of_equal_words) {
    kit k;
    kit_make(&k, false);
    kit_put_body(&k, "one", "a a x x x");
    kit_put_body(&k, "two", "a a a x x");
    kit_put_body(&k, "none", "a x a x a");
    kit_commit(&k);
    ck_assert_str_eq(kit_keys(&k, phrase(SLOT("a", 0) "," SLOT("a", 1)), 9), "two one");
    kit_free(&k);
}
END_TEST

START_TEST(a_slot_of_several_words_and_of_a_prefix) {
    kit k;
    kit_make(&k, false);
    kit_put_body(&k, "a", "big data");
    kit_put_body(&k, "b", "large data");
    kit_put_body(&k, "c", "bigger database");
    kit_put_body(&k, "d", "data big");
    kit_put_body(&k, "e", "small date");
    kit_commit(&k);
    const char *several = "{'pos':0,'keys':[" KEY("big") "," KEY("large") "]}," SLOT("data", 1);
    ck_assert_str_eq(kit_keys(&k, phrase(several), 9), "a b");
    const char *prefix = SLOT("big", 0) ",{'pos':1,'keys':[],'prefix':" KEY("dat") "}";
    ck_assert_str_eq(kit_keys(&k, phrase(prefix), 9), "a");
    const char *both = "{'pos':0,'keys':[" KEY("large") "],'prefix':" KEY(
        "big") "},{'pos':1,'keys':[],'prefix':" KEY("data") "}";
    ck_assert_uint_eq(kit_count(&k, phrase(both)), 3);
    prism_query *query = kit_query(&k, phrase(both));
    ck_assert_uint_eq(kit_check_agree(&k, query, 2), 3);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

START_TEST(words_stand_near_each_other) {
    kit k;
    kit_make(&k, false);
    kit_put_body(&k, "next", "a b x x x");
    kit_put_body(&k, "turned", "b a x x x");
    kit_put_body(&k, "gap1", "a x b x x");
    kit_put_body(&k, "gap2", "a x x b x");
    kit_put_body(&k, "twice", "a b b a x");
    kit_commit(&k);
    const char *ab = "{'pos':0,'keys':[" KEY("a") "]},{'pos':1,'keys':[" KEY("b") "]}";
    ck_assert_uint_eq(kit_count(&k, near(ab, 0)), 3);
    ck_assert_uint_eq(kit_count(&k, near(ab, 1)), 4);
    ck_assert_uint_eq(kit_count(&k, near(ab, 2)), 5);
    const char *scored = SLOT("a", 0) "," SLOT("b", 1);
    ck_assert_str_eq(kit_keys(&k, near(scored, 0), 9), "twice next turned");
    /* A word asked for twice must be there twice. */
    const char *bb = SLOT("b", 0) "," SLOT("b", 1);
    ck_assert_str_eq(kit_keys(&k, near(bb, 0), 9), "twice");
    kit_free(&k);
}
END_TEST

/* In Han text a lone character is any pair that begins with it, or the last of a run. */
START_TEST(a_lone_han_character_in_a_phrase) {
    kit k;
    kit_make(&k, true);
    kit_put_body(&k, "a", "近24州");
    kit_put_body(&k, "b", "近24州人");
    kit_put_body(&k, "c", "州24近");
    kit_put_body(&k, "d", "24州");
    kit_commit(&k);
    const char *slots =
        "{'pos':0,'keys':[{'kind':'hanend','text':'近'}],'prefix':{'kind':'han2','text':'近'},"
        "'idf':{'kind':'han1','text':'近'}}," SLOT("24",
                                                   1) ","
                                                      "{'pos':2,'keys':[{'kind':'hanend','text':'"
                                                      "州'}],'prefix':{'kind':'han2','text':'州'},"
                                                      "'idf':{'kind':'han1','text':'州'}}";
    ck_assert_str_eq(kit_keys(&k, phrase(slots), 9), "a b");
    kit_free(&k);
}
END_TEST

/* Unions are made for a window of documents at a time: more documents than one window holds. */
START_TEST(unions_cross_their_windows) {
    enum { N = 140000 };
    kit k;
    kit_make(&k, false);
    uint64_t expected = 0;
    for (uint32_t d = 0; d < N; d++) {
        char id[16], body[64];
        bool hit = d % 60000 == 17 || d % 70001 == 5, other = d % 30000 == 8;
        snprintf(id, sizeof id, "%u", d);
        snprintf(body, sizeof body, "%s%u %s", hit || other ? "pre" : "w", d % 7,
                 hit ? "end" : "x");
        kit_put_body(&k, id, body);
        expected += hit;
    }
    kit_merge(&k);
    const char *slots =
        "{'pos':0,'keys':[],'prefix':" KEY("pre") "},{'pos':1,'keys':[],'prefix':" KEY("en") "}";
    ck_assert_uint_eq(kit_count(&k, phrase(slots)), expected);
    const char *led = "{'pos':0,'keys':[],'prefix':" KEY("pre") "}," SLOT("end", 1);
    ck_assert_uint_eq(kit_count(&k, phrase(led)), expected);
    kit_free(&k);
}
END_TEST

TEST_SUITE(cur_phrase, words_stand_in_their_places, a_phrase_of_equal_words,
           a_slot_of_several_words_and_of_a_prefix, words_stand_near_each_other,
           a_lone_han_character_in_a_phrase, unions_cross_their_windows)
