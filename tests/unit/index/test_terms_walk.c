/* test_terms_walk.c - the dictionary over segments: sums, order, prefixes, stopping. */
#include "harness/world.h"

#include <stdio.h>

typedef struct walk {
    char text[1024];
    int stop_after;
} walk;

static int take(void *ctx, const char *term, size_t len, const char *kind, uint64_t df,
                uint64_t cf) {
    walk *w = ctx;
    size_t at = strlen(w->text);
    snprintf(w->text + at, sizeof w->text - at, "%.*s/%s/%u/%u ", (int)len, term, kind,
             (unsigned)df, (unsigned)cf);
    return --w->stop_after == 0;
}

static const char *walk_over(prism_snapshot *snap, walk *w, const char *field, const char *prefix) {
    memset(w, 0, sizeof *w);
    ck_assert_int_eq(prism_snapshot_terms(snap, field, prefix, strlen(prefix), take, w, NULL),
                     PRISM_OK);
    return w->text;
}

START_TEST(terms_of_all_segments) {
    world w;
    walk got;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"title\":\"apple apple bee\",\"tags\":[\"Red\"]}");
    world_commit(&w);
    world_put(&w, "{\"id\":\"b\",\"title\":\"apple ant 数据\",\"tags\":[\"red\",\"blue\"]}");
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_str_eq(walk_over(snap, &got, "title", ""),
                     "ant/word/1/1 appl/word/2/3 bee/word/1/1 据/han1/1/1 数/han1/1/1 "
                     "数据/han2/1/1 据/hanend/1/1 ");
    ck_assert_str_eq(walk_over(snap, &got, "title", "a"), "ant/word/1/1 appl/word/2/3 ");
    ck_assert_str_eq(walk_over(snap, &got, "title", "据"), "据/han1/1/1 据/hanend/1/1 ");
    ck_assert_str_eq(walk_over(snap, &got, "title", "zz"), "");
    ck_assert_str_eq(walk_over(snap, &got, "tags", ""), "blue/word/1/1 red/word/2/2 ");
    ck_assert_str_eq(walk_over(snap, &got, "n", ""), "");
    memset(&got, 0, sizeof got);
    got.stop_after = 2;
    ck_assert_int_eq(prism_snapshot_terms(snap, "title", "", 0, take, &got, NULL), PRISM_ECANCELED);
    ck_assert_str_eq(got.text, "ant/word/1/1 appl/word/2/3 ");
    ck_assert_int_eq(prism_snapshot_terms(snap, "nofield", "", 0, take, &got, NULL),
                     PRISM_ENOTFOUND);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

static void check_positions(prism_snapshot *snap, const char *key, bool has_positions) {
    const prs_segment_field *field = &snap->leaves[0].segment->fields[0];
    prs_term_info info;
    bool found;
    ck_assert_int_eq(prs_terms_find(&field->terms, prs_bytes_of(key, strlen(key)), &info, &found,
                                    NULL),
                     PRISM_OK);
    ck_assert(found);
    ck_assert_int_eq(info.has_positions, has_positions);
}

/* Under han = uni_bi_words: a term like the others, but without positions, before a merge and
 * after. */
START_TEST(dictionary_words) {
    static const char schema[] = "{\"fields\":[{\"name\":\"t\",\"type\":\"text\",\"options\":"
                                 "{\"han\":\"uni_bi_words\"}}]}";
    world w;
    walk got;
    world_make(&w, schema);
    world_put(&w, "{\"t\":\"中国人民\"}");
    world_put(&w, "{\"t\":\"中國中国\"}");
    world_commit(&w);
    for (int round = 0; round < 2; round++) {
        prism_snapshot *snap = world_snapshot(&w);
        ck_assert_uint_eq(snap->n_leaves, 1);
        ck_assert_str_eq(walk_over(snap, &got, "t", "中国"), "中国/han2/2/3 中国/hanword/2/3 ");
        check_positions(snap, "\3中国", true);
        check_positions(snap, "\6中国", false);
        prs_snapshot_unref(snap);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        if (round > 0) break;
        world_put(&w, "{\"t\":\"一\"}");
        world_commit(&w);
        ck_assert_int_eq(prs_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    }
    world_end(&w);
}
END_TEST

/* Each allocation is refused once, and for ever: that is told, and nothing is kept. */
START_TEST(memory_may_run_out) {
    world w;
    walk got;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"title\":\"apple bee\"}");
    world_commit(&w);
    world_put(&w, "{\"id\":\"b\",\"title\":\"cat\"}");
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    size_t blocks = atomic_load(&w.alloc.blocks), n_refused = 0;
    for (int round = 0; round < 2; round++) {
        for (size_t at = 1;; at++) {
            memset(&got, 0, sizeof got);
            size_t before = atomic_load(&w.alloc.calls);
            w.alloc.fail_on = round == 1;
            w.alloc.fail_at = before + at;
            prism_status status = prism_snapshot_terms(snap, "title", "", 0, take, &got, NULL);
            w.alloc.fail_at = 0;
            ck_assert_uint_eq(atomic_load(&w.alloc.blocks), blocks);
            if (status == PRISM_OK) break;
            ck_assert_int_eq(status, PRISM_ENOMEM);
            n_refused++;
        }
        ck_assert_str_eq(got.text, "appl/word/1/1 bee/word/1/1 cat/word/1/1 ");
    }
    ck_assert_uint_ge(n_refused, 6);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

TEST_SUITE(terms_walk, memory_may_run_out, terms_of_all_segments, dictionary_words)
