/* Is the same oddity a note in lenient mode and an error with its place in strict mode? */
#include "harness/test.h"

#include "query/notes.h"

typedef struct heard {
    size_t at, n;
    char text[256];
} heard;

static void hear(void *ctx, size_t at, const char *text) {
    heard *h = ctx;
    h->at = at;
    h->n++;
    memcpy(h->text, text, strlen(text) + 1);
}

START_TEST(lenient_calls_back) {
    heard h = {0, 0, ""};
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    prism_error err = PRISM_ERROR_INIT;
    prs_notes notes = {&opts, &err};
    ck_assert_int_eq(prs_note(&notes, 7, "no %s", "ears"), PRISM_OK);
    opts.note = hear;
    opts.note_ctx = &h;
    ck_assert_int_eq(prs_note(&notes, 7, "field %s", "x"), PRISM_OK);
    ck_assert_uint_eq(h.at, 7);
    ck_assert_uint_eq(h.n, 1);
    ck_assert_str_eq(h.text, "field x");
    ck_assert_int_eq(err.code, PRISM_OK);
}
END_TEST

START_TEST(strict_refuses) {
    heard h = {0, 0, ""};
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    prism_error err = PRISM_ERROR_INIT;
    prs_notes notes = {&opts, &err};
    opts.strict = 1;
    opts.note = hear;
    opts.note_ctx = &h;
    ck_assert_int_eq(prs_note(&notes, 7, "field %s", "x"), PRISM_EPARSE);
    ck_assert_uint_eq(h.n, 0);
    ck_assert_uint_eq(err.offset, 7);
    ck_assert_uint_eq(err.column, 8);
    ck_assert_str_eq(err.text, "field x");
}
END_TEST

TEST_SUITE(notes, lenient_calls_back, strict_refuses)
