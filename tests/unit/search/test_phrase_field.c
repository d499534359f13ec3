/* Candidates of a phrase: lists of every density against each other, over blocks and ranges. */
#include "harness/search_kit.h"

#include <stdio.h>
#include <stdlib.h>

#define KEY(w) "{'kind':'word','text':'" w "'}"
#define SLOT(w, p) "{'pos':" #p ",'keys':[" KEY(w) "],'idf':" KEY(w) "}"

static const char *phrase(const char *fields, const char *slots) {
    static char out[2048];
    snprintf(out, sizeof out, "{'type':'phrase','fields':{%s},'slots':[%s]}", fields, slots);
    return out;
}

/* Document i: "x y" where i is a multiple of every, "x _ y" elsewhere, and z in some. */
static uint64_t put_docs(kit *k, uint32_t n, uint32_t every, bool in_title) {
    uint64_t matches = 0;
    for (uint32_t i = 0; i < n; i++) {
        char json[200];
        bool match = i % every == 0;
        snprintf(json, sizeof json, "{\"id\":\"%u\",\"%s\":\"%s%s\"}", i,
                 in_title && i % 3 == 0 ? "title" : "body", match ? "x y" : "x _ y",
                 i % 7 == 0 ? " z" : "");
        kit_put(k, json);
        matches += match;
    }
    kit_commit(k);
    return matches;
}

START_TEST(dense_lists_of_many_blocks) {
    static const uint32_t every[] = {1, 2, 50, 700};
    for (size_t e = 0; e < PRS_COUNT(every); e++) {
        kit k;
        kit_make(&k, false);
        uint64_t want = put_docs(&k, 1500, every[e], false);
        const char *xy = phrase("'body':1", SLOT("x", 0) "," SLOT("y", 1));
        ck_assert_uint_eq(kit_count(&k, xy), want);
        prism_query *query = kit_query(&k, xy);
        ck_assert_uint_eq(kit_check_agree(&k, query, 7), want);
        prism_query_unref(query);
        kit_free(&k);
    }
}
END_TEST

/* Blocks of two fields end at different documents; matches of both are one stream. */
START_TEST(two_fields_are_one_stream) {
    kit k;
    kit_make(&k, false);
    uint64_t want = put_docs(&k, 2000, 5, true);
    const char *xy = phrase("'title':2,'body':1", SLOT("x", 0) "," SLOT("y", 1));
    ck_assert_uint_eq(kit_count(&k, xy), want);
    prism_query *query = kit_query(&k, xy);
    ck_assert_uint_eq(kit_check_agree(&k, query, 10), want);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

/* One list alone leads: the other slot is a union. */
START_TEST(a_list_and_a_union) {
    kit k;
    kit_make(&k, false);
    uint64_t want = put_docs(&k, 900, 4, false);
    const char *xy =
        phrase("'body':1",
               SLOT("x", 0) ",{'pos':1,'keys':[" KEY("y") "," KEY("z") "],'idf':" KEY("y") "}");
    ck_assert_uint_eq(kit_count(&k, xy), want);
    kit_free(&k);
}
END_TEST

/* As a clause a phrase is asked how far there is no match, and about single documents. */
START_TEST(a_phrase_among_other_words) {
    kit k;
    kit_make(&k, false);
    put_docs(&k, 1500, 50, false);
    static const char *const must[] = {"'must':[", "'should':[", "'must':[", "'must':["};
    static const char *const more[] = {",", ",", "],'must_not':[", "],'filter':["};
    static const uint64_t want[] = {5, 240, 25, 5};
    for (size_t i = 0; i < PRS_COUNT(must); i++) {
        static char json[4096];
        snprintf(json, sizeof json, "{'type':'bool',%s%s%s%s]}", must[i],
                 phrase("'body':1", SLOT("x", 0) "," SLOT("y", 1)), more[i], kit_body_word("z"));
        ck_assert_uint_eq(kit_count(&k, json), want[i]);
        prism_query *query = kit_query(&k, json);
        ck_assert_uint_eq(kit_check_agree(&k, query, 3), want[i]);
        prism_query_unref(query);
    }
    kit_free(&k);
}
END_TEST

TEST_SUITE(phrase_field, dense_lists_of_many_blocks, two_fields_are_one_stream, a_list_and_a_union,
           a_phrase_among_other_words)
