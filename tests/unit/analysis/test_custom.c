/* test_custom.c - is a caller's tokenizer believed only as far as it may be? */
#include "harness/test.h"

#include "analysis/analyzer.h"

#include <stdio.h>

/* A tokenizer that plays a list of tokens, and returns what it is told to. */
typedef struct script {
    const prism_token *tokens;
    size_t n;
    prism_status returns;
    const char *says;
    bool deaf; /* ignores what emit says */
} script;

static prism_status play(void *ctx, const char *text, size_t len, prism_token_fn emit,
                         void *emit_ctx, prism_error *err) {
    const script *s = ctx;
    (void)text;
    (void)len;
    ck_assert_ptr_nonnull(err);
    for (size_t i = 0; i < s->n; i++) {
        if (emit(emit_ctx, &s->tokens[i]) != 0 && !s->deaf) return PRISM_ECANCELED;
    }
    if (s->says != NULL) memcpy(err->text, s->says, strlen(s->says) + 1);
    return s->returns;
}

/* What came out: "term@pos+span[start,end) ..." */
typedef struct heard {
    char text[4096];
    uint32_t n, n_pos;
    uint64_t n_bad;
    prism_status refuse; /* returned for each token */
    prism_error err;
} heard;

static prism_status hear(void *ctx, const prs_token *token) {
    heard *h = ctx;
    size_t len = strlen(h->text);
    ck_assert_uint_eq(token->kind, PRS_KIND_WORD);
    ck_assert_uint_eq((token->flags & PRS_TOKEN_CONCAT) != 0, token->span > 1);
    snprintf(h->text + len, sizeof h->text - len, "%s%.*s@%u+%u[%u,%u)", len > 0 ? " " : "",
             (int)PRS_MIN(token->len, 20u), (const char *)token->term, token->pos, token->span,
             token->start, token->end);
    h->n++;
    return h->refuse;
}

static prism_status run(script *s, const char *text, heard *h) {
    prs_mem mem;
    prs_analyzer_options options;
    prs_analyzer *analyzer;
    prs_analysis *analysis;
    prs_mem_init(&mem, NULL);
    h->text[0] = '\0';
    h->n = 0;
    h->err = (prism_error)PRISM_ERROR_INIT;
    prs_analyzer_options_custom(&options, "mine", "v2", play, s);
    ck_assert_int_eq(prs_analyzer_new(&mem, &options, &analyzer, NULL), PRISM_OK);
    ck_assert_str_eq(prs_analyzer_id(analyzer), "custom:mine version=v2");
    ck_assert_int_eq(prs_analysis_new(analyzer, &mem, &analysis, NULL), PRISM_OK);
    prism_status status =
        prs_analysis_run(analysis, text, strlen(text), hear, h, &h->n_pos, &h->n_bad, &h->err);
    prs_analysis_free(analysis);
    prs_analyzer_unref(analyzer);
    return status;
}

START_TEST(good_tokens_come_through) {
    static const prism_token tokens[] = {
        {.term = "parse", .len = 5, .pos = 2, .start = 0, .end = 5},
        {.term = "read", .len = 4, .pos = 2, .span = 1, .kind = "word"},
        {.term = "parsejson", .len = 9, .pos = 2, .span = 2, .end = 10},
        {.term = "json", .len = 4, .pos = 3, .start = 5, .end = 10},
        {.term = "x", .len = 1, .pos = 9999999},
    };
    script s = {tokens, PRS_COUNT(tokens), PRISM_OK, NULL, false};
    heard h = {.refuse = PRISM_OK};
    ck_assert_int_eq(run(&s, "0123456789", &h), PRISM_OK);
    ck_assert_str_eq(h.text, "parse@2+1[0,5) read@2+1[0,0) parsejson@2+2[0,10) json@3+1[5,10) "
                             "x@9999999+1[0,0)");
    ck_assert_uint_eq(h.n_pos, 3);
}
END_TEST

/* The second token of a text of three bytes and "數". */
static const struct {
    prism_token token;
    prism_status status;
    const char *says;
} faults[] = {
    {{.term = NULL, .len = 1, .pos = 5}, PRISM_EINVAL, "empty term"},
    {{.term = "x", .len = 0, .pos = 5}, PRISM_EINVAL, "empty term"},
    {{.term = "x", .len = 1, .kind = "han1", .pos = 5}, PRISM_EINVAL, "kind"},
    {{.term = "x", .len = 1, .pos = 4}, PRISM_EINVAL, "went back"},
    {{.term = "x", .len = 1, .pos = 5, .end = 7}, PRISM_EINVAL, "outside"},
    {{.term = "x", .len = 1, .pos = 5, .start = 3, .end = 0}, PRISM_EINVAL, "outside"},
    {{.term = "x", .len = 1, .pos = 5, .start = SIZE_MAX, .end = SIZE_MAX},
     PRISM_EINVAL,
     "outside"},
    {{.term = "x", .len = 1, .pos = 5, .end = 4}, PRISM_EINVAL, "cuts a character"},
    {{.term = "x", .len = 1, .pos = 5, .start = 5, .end = 6}, PRISM_EINVAL, "cuts a character"},
    {{.term = "x", .len = 1, .pos = 6, .span = 2}, PRISM_EINVAL, "wide token"},
    {{.term = "x", .len = 1, .pos = PRISM_MAX_DOC_TOKENS}, PRISM_ELIMIT, "10000000"},
    {{.term = "x", .len = 1, .pos = UINT32_MAX}, PRISM_ELIMIT, "10000000"},
    {{.term = "x", .len = 1, .pos = 5, .span = UINT32_MAX}, PRISM_ELIMIT, "10000000"},
    {{.term = "x", .len = 1024, .pos = 5}, PRISM_ELIMIT, "1023 bytes"},
    {{.term = "x", .len = SIZE_MAX, .pos = 5}, PRISM_ELIMIT, "1023 bytes"},
};

START_TEST(bad_tokens_end_the_run) {
    for (size_t i = 0; i < PRS_COUNT(faults); i++) {
        prism_token tokens[] = {{.term = "first", .len = 5, .pos = 5},
                                faults[i].token,
                                {.term = "last", .len = 4, .pos = 99}};
        script s = {tokens, 3, PRISM_OK, NULL, i % 2 == 0};
        heard h = {.refuse = PRISM_OK};
        ck_assert_msg(run(&s, "abc數", &h) == faults[i].status, "%zu: %s", i, h.err.text);
        ck_assert_int_eq(h.err.code, faults[i].status);
        ck_assert_msg(strstr(h.err.text, faults[i].says) != NULL, "%zu: %s", i, h.err.text);
        ck_assert_ptr_nonnull(strstr(h.err.text, "the tokenizer \"mine\""));
        ck_assert_uint_eq(h.n, 1);
    }
}
END_TEST

START_TEST(ill_formed_texts_may_be_cut_anywhere) {
    static const prism_token token = {.term = "x", .len = 1, .start = 1, .end = 2};
    script s = {&token, 1, PRISM_OK, NULL, false};
    heard h = {.refuse = PRISM_OK};
    ck_assert_int_eq(run(&s, "\xbf\xbf\xbf", &h), PRISM_OK);
    ck_assert_uint_eq(h.n, 1);
    ck_assert_uint_gt(h.n_bad, 0);
}
END_TEST

START_TEST(forms_of_a_position_are_few_and_different) {
    static const prism_token same[] = {{.term = "a", .len = 1},  {.term = "ab", .len = 2},
                                       {.term = "a", .len = 1},  {.term = "b", .len = 1},
                                       {.term = "ab", .len = 2}, {.term = "a", .len = 1, .pos = 1}};
    script s = {same, PRS_COUNT(same), PRISM_OK, NULL, false};
    heard h = {.refuse = PRISM_OK};
    ck_assert_int_eq(run(&s, "", &h), PRISM_OK);
    ck_assert_str_eq(h.text, "a@0+1[0,0) ab@0+1[0,0) b@0+1[0,0) a@1+1[0,0)");
    prism_token many[PRISM_MAX_STACKED_TOKENS + 1];
    for (size_t i = 0; i < PRS_COUNT(many); i++)
        many[i] = (prism_token){.term = "0123456789", .len = i + 1};
    s = (script){many, PRISM_MAX_STACKED_TOKENS, PRISM_OK, NULL, false};
    ck_assert_int_eq(run(&s, "", &h), PRISM_OK);
    s.n++;
    ck_assert_int_eq(run(&s, "", &h), PRISM_ELIMIT);
    ck_assert_ptr_nonnull(strstr(h.err.text, "more than 8"));
}
END_TEST

START_TEST(failures_are_passed_on) {
    static const prism_token token = {.term = "x", .len = 1};
    heard h = {.refuse = PRISM_ECANCELED};
    script s = {&token, 1, PRISM_OK, NULL, true};
    ck_assert_int_eq(run(&s, "", &h), PRISM_ECANCELED); /* ours, though the tokenizer hides it */
    s.deaf = false;
    ck_assert_int_eq(run(&s, "", &h), PRISM_ECANCELED);
    h.refuse = PRISM_OK;
    s.returns = PRISM_EREJECTED;
    ck_assert_int_eq(run(&s, "", &h), PRISM_EREJECTED);
    ck_assert_str_eq(h.err.text, "the tokenizer \"mine\" failed");
    s.says = "no verbs";
    ck_assert_int_eq(run(&s, "", &h), PRISM_EREJECTED);
    ck_assert_str_eq(h.err.text, "the tokenizer \"mine\" failed: no verbs");
    s.returns = 7; /* no status at all */
    ck_assert_int_eq(run(&s, "", &h), PRISM_EINVAL);
    s.returns = -1000;
    ck_assert_int_eq(run(&s, "", &h), PRISM_EINVAL);
}
END_TEST

static prism_status run_in(prs_mem *mem, void *ctx) {
    prs_analyzer_options options;
    prs_analyzer *analyzer;
    prs_analysis *analysis;
    heard h = {.refuse = PRISM_OK};
    prs_analyzer_options_custom(&options, "mine", "1", play, ctx);
    PRS_TRY(prs_analyzer_new(mem, &options, &analyzer, NULL));
    prism_status status = prs_analysis_new(analyzer, mem, &analysis, NULL);
    if (status == PRISM_OK) {
        status = prs_analysis_run(analysis, "abc", 3, hear, &h, NULL, NULL, NULL);
        prs_analysis_free(analysis);
    }
    prs_analyzer_unref(analyzer);
    return status;
}

START_TEST(memory_may_run_out_anywhere) {
    static char long_term[1000];
    memset(long_term, 'x', sizeof long_term);
    prism_token tokens[] = {{.term = "a", .len = 1}, {.term = long_term, .len = sizeof long_term}};
    script s = {tokens, PRS_COUNT(tokens), PRISM_OK, NULL, false};
    ck_assert_uint_gt(test_oom_sweep(run_in, &s), 3);
}
END_TEST

TEST_SUITE(custom, good_tokens_come_through, bad_tokens_end_the_run,
           ill_formed_texts_may_be_cut_anywhere, forms_of_a_position_are_few_and_different,
           failures_are_passed_on, memory_may_run_out_anywhere)
