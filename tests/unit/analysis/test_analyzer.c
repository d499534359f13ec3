/* test_analyzer.c - lives of analyzers and analyses, names, limits, stopping, memory. */
#include "kit.h"

static prism_status new_of(prs_mem *mem, const prs_analyzer_options *options, prism_error *err) {
    prs_analyzer *analyzer = (prs_analyzer *)mem; /* must become NULL */
    prism_status status = prs_analyzer_new(mem, options, &analyzer, err);
    if (status != PRISM_OK) ck_assert_ptr_null(analyzer);
    prs_analyzer_unref(analyzer);
    ck_assert_uint_eq(atomic_load(&mem->live), 0);
    return status;
}

static prism_status never(void *ctx, const char *text, size_t len, prism_token_fn emit,
                          void *emit_ctx, prism_error *err) {
    (void)ctx;
    (void)text;
    (void)len;
    (void)emit;
    (void)emit_ctx;
    (void)err;
    return PRISM_OK;
}

START_TEST(refuses_impossible_recipes) {
    prs_mem mem;
    prism_error err = PRISM_ERROR_INIT;
    prs_mem_init(&mem, NULL);
    prs_analyzer_options o = kit_options("name=unheard");
    ck_assert_int_eq(new_of(&mem, &o, &err), PRISM_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "unheard"));
    o.custom = never;
    ck_assert_int_eq(new_of(&mem, &o, &err), PRISM_OK);
    o = kit_options("name=keyword");
    o.custom = never;
    ck_assert_int_eq(new_of(&mem, &o, &err), PRISM_EINVAL);
    o = kit_options("");
    memset(o.name, 'x', sizeof o.name);
    ck_assert_int_eq(new_of(&mem, &o, &err), PRISM_EINVAL);
    o = kit_options("");
    o.max_token_bytes = 4;
    ck_assert_int_eq(new_of(&mem, &o, &err), PRISM_EINVAL);
    o = kit_options("");
    memcpy(o.stem_language, "klingon", sizeof "klingon");
    ck_assert_int_eq(new_of(&mem, &o, &err), PRISM_EINVAL);
    o.stem = PRS_STEM_OFF;
    ck_assert_int_eq(new_of(&mem, &o, &err), PRISM_OK);
    o = kit_options("fold_except=7");
    ck_assert_int_eq(new_of(&mem, &o, &err), PRISM_EINVAL);
}
END_TEST

START_TEST(counts_references) {
    prs_mem mem;
    prs_analyzer *analyzer;
    prs_analysis *analysis;
    prs_analyzer_options o = kit_options("stem=off");
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_analyzer_new(&mem, &o, &analyzer, NULL), PRISM_OK);
    ck_assert_ptr_eq(prs_analyzer_ref(analyzer), analyzer);
    prs_analyzer_unref(analyzer);
    ck_assert_int_eq(prs_analysis_new(analyzer, &mem, &analysis, NULL), PRISM_OK);
    prs_analyzer_unref(analyzer); /* the analysis still holds it */
    ck_assert_int_eq(prs_analyzer_options_of(analyzer)->stem, PRS_STEM_OFF);
    prs_analysis_free(analysis);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
    prs_analyzer_unref(NULL);
    prs_analysis_free(NULL);
}
END_TEST

static prism_status stop_at_third(void *ctx, const prs_token *token) {
    (void)token;
    return ++*(int *)ctx == 3 ? PRISM_ECANCELED : PRISM_OK;
}

START_TEST(stops_when_told) {
    static const char *const names[] = {"", "name=whitespace"};
    for (size_t i = 0; i < PRS_COUNT(names); i++) {
        kit *k = kit_open(names[i]);
        int n = 0;
        ck_assert_int_eq(prs_analysis_run(k->analysis, "a b c d e", 9, stop_at_third, &n, NULL,
                                          NULL, NULL),
                         PRISM_ECANCELED);
        ck_assert_int_eq(n, 3);
        n = 0; /* and may be used again */
        ck_assert_int_eq(
            prs_analysis_run(k->analysis, "a b", 3, stop_at_third, &n, NULL, NULL, NULL), PRISM_OK);
        kit_close(k);
    }
}
END_TEST

START_TEST(refuses_giant_text) {
    kit *k = kit_open("");
    int n = 0;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status =
        prs_analysis_run(k->analysis, "", UINT32_MAX, stop_at_third, &n, NULL, NULL, &err);
    ck_assert_int_eq(status, PRISM_ELIMIT);
    ck_assert_int_eq(prs_analysis_run(k->analysis, NULL, 0, stop_at_third, &n, NULL, NULL, &err),
                     PRISM_OK);
    kit_close(k);
}
END_TEST

typedef struct work {
    const char *options;
} work;

static prism_status ignore(void *ctx, const prs_token *token) {
    (void)ctx;
    (void)token;
    return PRISM_OK;
}

static prism_status analyze_under_pressure(prs_mem *mem, void *ctx) {
    static const char text[] = "Running naïve 數據 C++ ภาษาไทย 🚀 ㎏ connection ";
    char long_text[40 * sizeof text];
    prs_analyzer_options o = kit_options(((work *)ctx)->options);
    prs_analyzer *analyzer = NULL;
    prs_analysis *analysis = NULL;
    for (size_t i = 0; i < 40; i++)
        memcpy(long_text + i * (sizeof text - 1), text, sizeof text - 1);
    prism_status status = prs_analyzer_new(mem, &o, &analyzer, NULL);
    if (status == PRISM_OK) status = prs_analysis_new(analyzer, mem, &analysis, NULL);
    if (status == PRISM_OK) {
        status = prs_analysis_run(analysis, long_text, 40 * (sizeof text - 1), ignore, NULL, NULL,
                                  NULL, NULL);
    }
    if (status == PRISM_OK) {
        uint32_t ends[4], n;
        status = prs_analysis_cut_han(analysis, "数据中心", 12, ends, &n, NULL);
    }
    prs_analysis_free(analysis);
    prs_analyzer_unref(analyzer);
    return status;
}

START_TEST(survives_every_refused_allocation) {
    static const char *const sets[] = {"", "sa=icu stem=dual", "han=uni_bi_words", "name=keyword",
                                       "name=whitespace"};
    for (size_t i = 0; i < PRS_COUNT(sets); i++) {
        work w = {sets[i]};
        ck_assert_uint_gt(test_oom_sweep(analyze_under_pressure, &w), 2);
    }
}
END_TEST

TEST_SUITE(analyzer, refuses_impossible_recipes, counts_references, stops_when_told,
           refuses_giant_text, survives_every_refused_allocation)
