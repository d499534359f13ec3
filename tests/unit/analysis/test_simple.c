/* test_simple.c - one value, words between spaces, a caller's own tokens. */
#include "kit.h"

#include <stdlib.h>

START_TEST(keyword_is_one_term) {
    kit *k = kit_open("name=keyword");
    ck_assert_str_eq(kit_places(k, "  New York-Straße \n"), "new york-strasse@0+1[2,18)");
    ck_assert_str_eq(kit_terms(k, "É數ＡＢ"), "é数ab");
    ck_assert_str_eq(kit_terms(k, " \t\u3000 "), "");
    ck_assert_uint_eq(k->n_pos, 0);
    ck_assert_str_eq(kit_terms(k, ""), "");
    ck_assert_str_eq(kit_terms(k, "running C++"), "running c++");
    kit_run(k,
            "a\xff"
            "b",
            3);
    ck_assert_uint_eq(k->n_bad, 1);
    ck_assert_uint_eq(k->n, 1);
    ck_assert(prs_bytes_equal(kit_term(k, 0), prs_bytes_of("a\xef\xbf\xbd"
                                                           "b",
                                                           5)));
    kit_close(k);
    kit *traditional = kit_open("name=keyword ts_fold=off");
    ck_assert_str_eq(kit_terms(traditional, "數"), "數");
    kit_close(traditional);
}
END_TEST

START_TEST(long_keywords_stay_apart) {
    kit *k = kit_open("name=keyword");
    char a[1601] = "", b[1601];
    for (int i = 0; i < 533; i++) strcat(a, "数");
    strcpy(b, a);
    b[1590] = 'x';
    b[1591] = 'x';
    b[1592] = 'x';
    kit_run(k, a, 1599);
    prs_bytes term = kit_term(k, 0);
    ck_assert_uint_le(term.len, 1023);
    ck_assert_uint_gt(term.len, 1000);
    ck_assert_mem_eq(term.ptr, a, 999);
    char first[1024];
    memcpy(first, term.ptr, term.len);
    size_t first_len = term.len;
    kit_run(k, b, 1599);
    term = kit_term(k, 0);
    ck_assert(!prs_bytes_equal(term, prs_bytes_of(first, first_len)));
    a[1023] = '\0';
    kit_run(k, a, 1023); /* exactly the limit: as it is */
    ck_assert(prs_bytes_equal(kit_term(k, 0), prs_bytes_of(a, 1023)));
    kit_close(k);
}
END_TEST

START_TEST(whitespace_folds_nothing) {
    kit *k = kit_open("name=whitespace max_token_bytes=16");
    ck_assert_str_eq(kit_places(k, " C++ Ünï\u3000數據,x\u2028y"),
                     "C++@0+1[1,4), Ünï@1+1[5,10), 數據,x@2+1[13,21), y@3+1[24,25)");
    ck_assert_str_eq(kit_places(k, "數數數數數數 z"),
                     "數數數數數@0+1[0,15), 數@1+1[15,18), z@2+1[19,20)");
    ck_assert_str_eq(kit_terms(k, "a\u200b"
                                  "b"),
                     "a\u200b"
                     "b"); /* not White_Space */
    kit_run(k,
            "a\xff"
            "b",
            3);
    ck_assert_uint_eq(k->n, 2);
    ck_assert_uint_eq(k->n_bad, 1);
    kit_close(k);
}
END_TEST

/* A tokenizer that hands out the token in ctx, after one at position 5. */
static prism_status two_tokens(void *ctx, const char *text, size_t len, prs_token_fn emit,
                               void *emit_ctx) {
    (void)text;
    (void)len;
    prs_token first = {
        .term = (const uint8_t *)"first", .len = 5, .kind = PRS_KIND_WORD, .pos = 5, .span = 1};
    PRS_TRY(emit(emit_ctx, &first));
    return emit(emit_ctx, ctx);
}

static prism_status count_token(void *ctx, const prs_token *token) {
    (void)token;
    ++*(int *)ctx;
    return PRISM_OK;
}

static prism_status run_custom(prs_custom_tokenizer_fn custom, void *ctx, prs_token_fn emit,
                               void *emit_ctx, uint32_t *n_pos, prism_error *err) {
    prs_mem mem;
    prs_analyzer_options options;
    prs_analyzer *analyzer;
    prs_analysis *analysis;
    prs_mem_init(&mem, NULL);
    prs_analyzer_options_init(&options);
    memcpy(options.name, "mine", sizeof "mine");
    options.custom = custom;
    options.custom_ctx = ctx;
    ck_assert_int_eq(prs_analyzer_new(&mem, &options, &analyzer, NULL), PRISM_OK);
    ck_assert_str_eq(prs_analyzer_id(analyzer), "custom:mine");
    ck_assert_int_eq(prs_analysis_new(analyzer, &mem, &analysis, NULL), PRISM_OK);
    prism_status status =
        prs_analysis_run(analysis, "0123456789", 10, emit, emit_ctx, n_pos, NULL, err);
    prs_analysis_free(analysis);
    prs_analyzer_unref(analyzer);
    return status;
}

START_TEST(custom_tokens_are_checked) {
    const uint8_t *x = (const uint8_t *)"x";
    static uint8_t big[1024];
    const prs_token good = {
        .term = x, .len = 1, .kind = PRS_KIND_WORD, .pos = 5, .span = 1, .start = 3, .end = 10};
    prs_token bad[10];
    for (size_t i = 0; i < PRS_COUNT(bad); i++) bad[i] = good;
    bad[0].len = 0;
    bad[1].term = NULL;
    bad[2].kind = PRS_KIND_HAN1;
    bad[3].span = 0;
    bad[4].pos = 4;
    bad[5].end = 11;
    bad[6].start = 11;
    bad[7].term = big;
    bad[7].len = sizeof big;
    bad[8].pos = PRISM_MAX_DOC_TOKENS;
    bad[9].span = UINT32_MAX;
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        prism_error err = PRISM_ERROR_INIT;
        int n = 0;
        ck_assert_msg(run_custom(two_tokens, &bad[i], count_token, &n, NULL, &err) == PRISM_EINVAL,
                      "%zu", i);
        ck_assert_int_eq(n, 1);
        ck_assert_ptr_nonnull(strstr(err.text, "tokenizer"));
    }
    uint32_t n_pos;
    int n = 0;
    prs_token same = good, later = good;
    later.pos = 9;
    ck_assert_int_eq(run_custom(two_tokens, &same, count_token, &n, &n_pos, NULL), PRISM_OK);
    ck_assert_uint_eq(n_pos, 1);
    ck_assert_int_eq(run_custom(two_tokens, &later, count_token, &n, &n_pos, NULL), PRISM_OK);
    ck_assert_uint_eq(n_pos, 2);
}
END_TEST

static prism_status fail_token(void *ctx, const prs_token *token) {
    (void)ctx;
    (void)token;
    return PRISM_ECANCELED;
}

/* A tokenizer that ignores what emit says. */
static prism_status deaf(void *ctx, const char *text, size_t len, prs_token_fn emit,
                         void *emit_ctx) {
    two_tokens(ctx, text, len, emit, emit_ctx);
    return PRISM_OK;
}

static prism_status broken(void *ctx, const char *text, size_t len, prs_token_fn emit,
                           void *emit_ctx) {
    (void)ctx;
    (void)text;
    (void)len;
    (void)emit;
    (void)emit_ctx;
    return PRISM_EIO;
}

START_TEST(custom_failures_are_passed_on) {
    prs_token token = {
        .term = (const uint8_t *)"x", .len = 1, .kind = PRS_KIND_WORD, .pos = 5, .span = 1};
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(run_custom(two_tokens, &token, fail_token, NULL, NULL, &err), PRISM_ECANCELED);
    ck_assert_int_eq(run_custom(deaf, &token, fail_token, NULL, NULL, &err), PRISM_ECANCELED);
    ck_assert_int_eq(run_custom(broken, &token, fail_token, NULL, NULL, &err), PRISM_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, "mine"));
}
END_TEST

TEST_SUITE(simple, keyword_is_one_term, long_keywords_stay_apart, whitespace_folds_nothing,
           custom_tokens_are_checked, custom_failures_are_passed_on)
