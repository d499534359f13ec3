/* test_highlight.c - which bytes of a text are marked for which form of query? */
#include "harness/search_kit.h"

#include "show/highlight.h"

#include <stdio.h>

/* The text of document "1"'s body with [ ] around what is marked, merged as marks overlap. */
static const char *marked(const kit *k, const char *text, const char *json) {
    static char out[512];
    prs_mem mem;
    prs_highlight h;
    uint64_t gdoc;
    prism_query *query = kit_query(k, json);
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prism_document_find(k->snap, "1", 1, &gdoc, NULL), PRISM_OK);
    ck_assert_int_eq(prs_highlight_init(&h, &mem, k->snap, query, KIT_BODY, gdoc, NULL), PRISM_OK);
    ck_assert_int_eq(prs_highlight_run(&h, prs_bytes_of(text, strlen(text)), NULL), PRISM_OK);
    size_t n = 0;
    for (size_t at = 0; at <= strlen(text); at++) {
        bool in = false, before = false;
        for (size_t i = 0; i < h.marks.n; i++) {
            in = in || (h.marks.ptr[i].start <= at && at < h.marks.ptr[i].end);
            before = before || (h.marks.ptr[i].start < at && at <= h.marks.ptr[i].end);
            if (i > 0) ck_assert_uint_le(h.marks.ptr[i - 1].start, h.marks.ptr[i].start);
        }
        if (before && !in) out[n++] = ']';
        if (in && !before) out[n++] = '[';
        out[n++] = text[at];
        ck_assert_uint_lt(n, sizeof out - 3);
    }
    prs_highlight_fini(&h);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
    prism_query_unref(query);
    return out;
}

static void make_one(kit *k, bool mixed, const char *text) {
    kit_make(k, mixed);
    kit_put_body(k, "1", text);
    kit_put_body(k, "2", "something else");
    kit_commit(k);
}

#define KEY(kind, w) "{'kind':'" kind "','text':'" w "'}"
#define SLOT(kind, w, p) "{'pos':" #p ",'keys':[" KEY(kind, w) "],'idf':" KEY(kind, w) "}"
#define PHRASE(slots) "{'type':'phrase','fields':{'title':2,'body':1},'slots':[" slots "]}"

START_TEST(words_where_they_count) {
    kit k;
    const char *text = "big cat and a big dog";
    make_one(&k, false, text);
    ck_assert_str_eq(marked(&k, text, kit_word("big")), "[big] cat and a [big] dog");
    ck_assert_str_eq(marked(&k, text, kit_word("nowhere")), "big cat and a big dog");
    ck_assert_str_eq(marked(&k, text,
                            "{'type':'term','fields':{'title':1},'key':" KEY("word", "big") "}"),
                     text);
    ck_assert_str_eq(marked(&k, text, PHRASE(SLOT("word", "big", 0) "," SLOT("word", "dog", 1))),
                     "big cat and a [big] [dog]");
    ck_assert_str_eq(marked(&k, text, PHRASE(SLOT("word", "dog", 0) "," SLOT("word", "big", 1))),
                     text);
    ck_assert_str_eq(marked(&k, text,
                            "{'type':'prefix','fields':{'body':1},'key':" KEY("word", "a") "}"),
                     "big cat [and] [a] big dog");
    kit_free(&k);
}
END_TEST

START_TEST(nears_and_forms) {
    kit k;
    char json[1024];
    const char *text = "x cat y dog z z z z cat";
    make_one(&k, false, text);
    ck_assert_str_eq(marked(&k, text,
                            "{'type':'near','slop':1,'fields':{'body':1},'slots':[" SLOT(
                                "word", "dog", 0) "," SLOT("word", "cat", 1) "]}"),
                     "x [cat] y [dog] z z z z cat");
    snprintf(json, sizeof json, "{'type':'bool','must':[%s],'must_not':[%s],'should':[%s]}",
             kit_word("x"), kit_word("z"), kit_word("dog"));
    ck_assert_str_eq(marked(&k, text, json), "[x] cat y [dog] z z z z cat");
    snprintf(json, sizeof json, "{'type':'max','of':[%s,%s]}", kit_word("y"), kit_word("nowhere"));
    ck_assert_str_eq(marked(&k, text, json), "x cat [y] dog z z z z cat");
    snprintf(json, sizeof json, "{'type':'const','of':%s}", kit_word("y"));
    ck_assert_str_eq(marked(&k, text, json), "x cat [y] dog z z z z cat");
    kit_free(&k);
}
END_TEST

/* Part of a bool that the document does not match as a whole is no match. */
START_TEST(inner_bools_count_as_a_whole) {
    kit k;
    char json[2048], inner[1024];
    const char *text = "cat dog cow";
    make_one(&k, false, text);
    snprintf(inner, sizeof inner, "{'type':'bool','must':[%s,%s]}", kit_word("dog"),
             kit_word("nowhere"));
    snprintf(json, sizeof json, "{'type':'bool','should':[%s,%s]}", kit_word("cat"), inner);
    ck_assert_str_eq(marked(&k, text, json), "[cat] dog cow");
    snprintf(inner, sizeof inner, "{'type':'bool','must':[%s,%s]}", kit_word("dog"),
             kit_word("cow"));
    snprintf(json, sizeof json, "{'type':'bool','should':[%s,%s]}", kit_word("cat"), inner);
    ck_assert_str_eq(marked(&k, text, json), "[cat] [dog] [cow]");
    kit_free(&k);
}
END_TEST

START_TEST(mixed_text_with_signs_and_han) {
    kit k;
    const char *text = "Running C++ on 數據中心 and wi-fi";
    make_one(&k, true, text);
    ck_assert_str_eq(marked(&k, text, kit_word("run")), "[Running] C++ on 數據中心 and wi-fi");
    ck_assert_str_eq(marked(&k, text, kit_word("c++")), "Running [C++] on 數據中心 and wi-fi");
    ck_assert_str_eq(marked(&k, text, kit_word("wifi")), "Running C++ on 數據中心 and [wi-fi]");
    ck_assert_str_eq(marked(&k, text, PHRASE(SLOT("han2", "数据", 0) "," SLOT("han2", "中心", 2))),
                     "Running C++ on [數據中心] and wi-fi");
    ck_assert_str_eq(marked(&k, text,
                            "{'type':'term','fields':{'body':1},'key':" KEY("han1", "据") "}"),
                     "Running C++ on 數[據]中心 and wi-fi");
    kit_free(&k);
}
END_TEST

TEST_SUITE(highlight, words_where_they_count, nears_and_forms, inner_bools_count_as_a_whole,
           mixed_text_with_signs_and_han)
