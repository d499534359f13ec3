/* test_terms_walk.c - the dictionary over segments: sums, order, prefixes, stopping. */
#include "world.h"

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

TEST_SUITE(terms_walk, terms_of_all_segments)
