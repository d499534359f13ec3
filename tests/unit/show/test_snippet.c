/* test_snippet.c - fragments with spans from the stored document, or a clear error. */
#include "harness/search_kit.h"

#include "show/snippet.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t find(const kit *k, const char *id) {
    uint64_t gdoc;
    ck_assert_int_eq(prism_document_find(k->snap, id, strlen(id), &gdoc, NULL), PRISM_OK);
    return gdoc;
}

/* Fragments with [ ] around their spans, "|" between them. */
static const char *show(const kit *k, const char *json, const char *id, const char *field,
                        const prism_snippet_opts *opts) {
    static char out[8192];
    prism_query *query = kit_query(k, json);
    prism_snippet *snippet;
    size_t n = 0;
    ck_assert_int_eq(prism_snippet_make(k->snap, query, find(k, id), field, opts, &snippet, NULL),
                     PRISM_OK);
    for (uint32_t i = 0; i < prism_snippet_count(snippet); i++) {
        prism_fragment f;
        uint32_t s = 0;
        prism_snippet_get(snippet, i, &f);
        if (i > 0) out[n++] = '|';
        for (size_t at = 0; at <= f.len; at++) {
            if (s < f.n_spans && f.spans[s].end == at) {
                out[n++] = ']';
                s++;
            }
            if (s < f.n_spans && f.spans[s].start == at) out[n++] = '[';
            if (at < f.len) out[n++] = f.text[at];
            ck_assert_uint_lt(n, sizeof out - 4);
        }
        ck_assert_uint_eq(s, f.n_spans);
    }
    out[n] = '\0';
    prism_snippet_free(snippet);
    prism_query_unref(query);
    return out;
}

static void make_docs(kit *k) {
    kit_make(k, true);
    kit_put(k, "{\"id\":\"1\",\"title\":\"The cat\",\"body\":\"Once upon a time there was a dog. "
               "It lived in a house by the sea. "
               "One day a cat came by and the dog was glad. They went away together and were never "
               "seen again. "
               "Only a cat stayed behind in the old house.\"}");
    kit_put(k, "{\"id\":\"2\",\"body\":\"南京市長江大橋是南京市的一座橋。它跨越長江。\",\"tag\":"
               "\"Cat\",\"n\":7}");
    kit_commit(k);
}

START_TEST(the_best_fragment) {
    kit k;
    make_docs(&k);
    prism_snippet_opts opts = PRISM_SNIPPET_OPTS_INIT;
    char json[1024];
    snprintf(json, sizeof json, "{'type':'bool','should':[%s,%s]}", kit_word("cat"),
             kit_word("dog"));
    opts.max_bytes = 50;
    ck_assert_str_eq(show(&k, json, "1", "body", &opts),
                     "One day a [cat] came by and the [dog] was glad.");
    opts.n_fragments = 3;
    opts.max_bytes = 36;
    ck_assert_str_eq(show(&k, json, "1", "body", &opts),
                     "was a [dog]. It lived in a house by|a [cat] came by and the [dog] was glad.|"
                     "Only a [cat] stayed behind in the old");
    opts.whole_field = 1;
    ck_assert_str_eq(show(&k, json, "1", "title", &opts), "The [cat]");
    ck_assert_str_eq(show(&k, json, "1", "title", NULL), "The [cat]");
    kit_free(&k);
}
END_TEST

/* Of two places, that of the rarer word, wherever its other documents are. */
START_TEST(rare_words_weigh_more) {
    kit k;
    kit_make(&k, true);
    for (int i = 0; i < 20; i++) {
        kit_put(&k, "{\"body\":\"a common thing\"}");
        if (i % 8 == 0) kit_commit(&k); /* several segments */
    }
    kit_put(&k,
            "{\"id\":\"1\",\"body\":\"It is common here. Between the two stand some other words, "
            "which say nothing at all. It is uncanny there.\"}");
    kit_commit(&k);
    prism_snippet_opts opts = PRISM_SNIPPET_OPTS_INIT;
    char json[1024];
    snprintf(json, sizeof json, "{'type':'bool','should':[%s,%s]}", kit_word("common"),
             kit_word("uncanni"));
    opts.max_bytes = 24;
    ck_assert_str_eq(show(&k, json, "1", "body", &opts), "It is [uncanny] there.");
    kit_free(&k);
}
END_TEST

/* Dictionary words that touch are one span, as pairs are. */
START_TEST(spans_of_dictionary_words_join) {
    kit k;
    kit_make_mixed(&k, "{\"han\":\"uni_bi_words\"}");
    kit_put_body(&k, "1", "在中國人民的中國");
    kit_commit(&k);
    const char *json =
        "{'type':'bool','should':["
        "{'type':'term','fields':{'body':1},'key':{'kind':'hanword','text':'中国'}},"
        "{'type':'term','fields':{'body':1},'key':{'kind':'hanword','text':'人民'}}]}";
    ck_assert_str_eq(show(&k, json, "1", "body", NULL), "在[中國人民]的[中國]");
    kit_free(&k);
}
END_TEST

START_TEST(han_spans_join) {
    kit k;
    make_docs(&k);
    const char *phrase =
        "{'type':'phrase','fields':{'body':1},'slots':["
        "{'pos':0,'keys':[{'kind':'han2','text':'长江'}],'idf':{'kind':'han2','text':'长江'}},"
        "{'pos':2,'keys':[{'kind':'han2','text':'大桥'}],'idf':{'kind':'han2','text':'大桥'}}]}";
    ck_assert_str_eq(show(&k, phrase, "2", "body", NULL),
                     "南京市[長江大橋]是南京市的一座橋。它跨越長江。");
    prism_snippet_opts opts = PRISM_SNIPPET_OPTS_INIT;
    opts.max_bytes = 24; /* eight characters */
    const char *text = show(&k, phrase, "2", "body", &opts);
    ck_assert_ptr_nonnull(strstr(text, "[長江大橋]"));
    ck_assert_uint_le(strlen(text), 26);
    kit_free(&k);
}
END_TEST

START_TEST(without_a_match_its_beginning) {
    kit k;
    make_docs(&k);
    prism_snippet_opts opts = PRISM_SNIPPET_OPTS_INIT;
    opts.max_bytes = 20;
    ck_assert_str_eq(show(&k, kit_word("nowhere"), "1", "body", &opts), "Once upon a time");
    ck_assert_str_eq(show(&k, kit_word("nowhere"), "2", "title", &opts), ""); /* it has no title */
    ck_assert_str_eq(show(&k, kit_word("nowhere"), "2", "n", &opts), "7");
    ck_assert_str_eq(show(&k,
                          "{'type':'term','fields':{'tag':1},'key':{'kind':'word','text':'cat'}}",
                          "2", "tag", &opts),
                     "[Cat]");
    kit_free(&k);
}
END_TEST

/* A match is found up to the limit and not behind it, and no part of a word is marked where the
 * limit cuts one in two. */
START_TEST(long_fields_are_looked_at_so_far) {
    static char json[2 * PRISM_MAX_SNIPPET_BYTES];
    static const struct {
        const char *filler, *last;
        size_t at; /* bytes of filler before the last word */
        bool found;
    } cases[] = {{"x ", "cat", PRISM_MAX_SNIPPET_BYTES - 100, true},
                 {"x ", "cat", PRISM_MAX_SNIPPET_BYTES + 100, false},
                 {"x ", "cat", PRISM_MAX_SNIPPET_BYTES - 2, false},
                 {"x ", "cats", PRISM_MAX_SNIPPET_BYTES - 4, false},
                 {"\346\226\207", "cat", PRISM_MAX_SNIPPET_BYTES - 97, true},
                 {"\346\226\207", "cat", PRISM_MAX_SNIPPET_BYTES + 2, false}};
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        kit k;
        kit_make_mixed(&k, "{}");
        size_t n = (size_t)snprintf(json, sizeof json, "{\"id\":\"1\",\"body\":\""), from = n;
        size_t step = strlen(cases[i].filler);
        while (n - from < cases[i].at) n += (size_t)sprintf(json + n, "%s", cases[i].filler);
        sprintf(json + n, "%s y y\"}", cases[i].last);
        ck_assert_uint_lt(n - from, cases[i].at + step);
        kit_put(&k, json);
        kit_commit(&k);
        prism_snippet_opts opts = PRISM_SNIPPET_OPTS_INIT;
        const char *text = show(&k, kit_word("cat"), "1", "body", &opts);
        ck_assert_msg((strchr(text, '[') != NULL) == cases[i].found, "case %zu: %s", i, text);
        kit_free(&k);
    }
}
END_TEST

START_TEST(errors) {
    kit k;
    make_docs(&k);
    prism_query *query = kit_query(&k, kit_word("cat"));
    prism_snippet *snippet;
    ck_assert_int_eq(prism_snippet_make(k.snap, query, 0, "nofield", NULL, &snippet, NULL),
                     PRISM_ENOTFOUND);
    ck_assert_ptr_null(snippet);
    ck_assert_int_eq(prism_snippet_make(k.snap, query, 99, "body", NULL, &snippet, NULL),
                     PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_snippet_make(NULL, query, 0, "body", NULL, &snippet, NULL),
                     PRISM_EINVAL);
    ck_assert_int_eq(prism_snippet_make(k.snap, NULL, 0, "body", NULL, &snippet, NULL),
                     PRISM_EINVAL);
    ck_assert_int_eq(prism_snippet_make(k.snap, query, 0, NULL, NULL, &snippet, NULL),
                     PRISM_EINVAL);
    ck_assert_uint_eq(prism_snippet_count(NULL), 0);
    prism_fragment fragment;
    prism_snippet_get(NULL, 0, &fragment);
    ck_assert_uint_eq(fragment.len, 0);
    prism_snippet_free(NULL);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

/* Of the caller's allocator, whether it is made, cannot be, or memory runs out. */
START_TEST(all_memory_is_given_back) {
    test_alloc alloc = {0};
    prism_allocator hook = test_alloc_hook(&alloc);
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_index *index;
    prism_snapshot *snap;
    prism_snippet *snippet;
    kit k; /* its schema and queries alone */
    make_docs(&k);
    opts.allocator = &hook;
    opts.in_memory = 1;
    ck_assert_int_eq(prism_index_create("snippets", k.schema, &opts, &index, NULL), PRISM_OK);
    prism_writer *writer;
    const char *json = "{\"id\":\"1\",\"body\":\"One day a cat came by\"}";
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put_json(writer, json, strlen(json), 0, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    prism_writer_close(writer);
    ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
    prism_query *query = kit_query(&k, kit_word("cat"));
    size_t blocks = atomic_load(&alloc.blocks), n_refused = 0;
    ck_assert_int_eq(prism_snippet_make(snap, query, 0, "none", NULL, &snippet, NULL),
                     PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_snippet_make(snap, query, 7, "body", NULL, &snippet, NULL),
                     PRISM_ENOTFOUND);
    ck_assert_uint_eq(atomic_load(&alloc.blocks), blocks);
    for (size_t at = 1;; at++) {
        alloc.fail_at = atomic_load(&alloc.calls) + at;
        prism_status status = prism_snippet_make(snap, query, 0, "body", NULL, &snippet, NULL);
        alloc.fail_at = 0;
        if (status == PRISM_OK) break;
        ck_assert_int_eq(status, PRISM_ENOMEM);
        ck_assert_uint_eq(atomic_load(&alloc.blocks), blocks);
        n_refused++;
    }
    ck_assert_uint_ge(n_refused, 10);
    ck_assert_uint_eq(prism_snippet_count(snippet), 1);
    prism_snippet_free(snippet);
    ck_assert_uint_eq(atomic_load(&alloc.blocks), blocks);
    prism_query_unref(query);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    test_alloc_check_empty(&alloc);
    kit_free(&k);
}
END_TEST

TEST_SUITE(snippet, all_memory_is_given_back, the_best_fragment, rare_words_weigh_more,
           han_spans_join, spans_of_dictionary_words_join, without_a_match_its_beginning,
           long_fields_are_looked_at_so_far, errors)
