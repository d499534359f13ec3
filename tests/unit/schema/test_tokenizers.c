/* test_tokenizers.c - who may be in a set of tokenizers, and when are contexts released? */
#include "harness/test.h"

#include "schema/schema.h"

static prism_status nothing(void *ctx, const char *text, size_t len, prism_token_fn emit,
                            void *emit_ctx, prism_error *err) {
    (void)ctx;
    (void)text;
    (void)len;
    (void)emit;
    (void)emit_ctx;
    (void)err;
    return PRISM_OK;
}

static void count(void *ctx) {
    ++*(int *)ctx;
}

START_TEST(names_are_checked) {
    static const struct {
        const char *name, *version;
        prism_status status;
    } cases[] = {
        {"code", "1", PRISM_OK},
        {"Code-2_b.c", "2026-01", PRISM_OK},
        {"0123456789012345678901234567890", "0123456789012345678901234567890", PRISM_OK},
        {"01234567890123456789012345678901", "1", PRISM_EINVAL},
        {"a", "01234567890123456789012345678901", PRISM_EINVAL},
        {"", "1", PRISM_EINVAL},
        {NULL, "1", PRISM_EINVAL},
        {"a", "", PRISM_EINVAL},
        {"a", NULL, PRISM_EINVAL},
        {"a b", "1", PRISM_EINVAL},
        {"a\"", "1", PRISM_EINVAL},
        {"數", "1", PRISM_EINVAL},
        {"code", "2", PRISM_EEXISTS},
        {"mixed-v1", "1", PRISM_EEXISTS},
        {"keyword", "1", PRISM_EEXISTS},
        {"whitespace", "1", PRISM_EEXISTS},
    };
    prism_tokenizers *set;
    ck_assert_int_eq(prs_tokenizers_new(&set, NULL), PRISM_OK);
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_tokenizer t = PRISM_TOKENIZER_INIT;
        prism_error err = PRISM_ERROR_INIT;
        t.name = cases[i].name;
        t.version = cases[i].version;
        t.tokenize = nothing;
        ck_assert_msg(prs_tokenizers_add(set, &t, &err) == cases[i].status, "%zu: %s", i, err.text);
    }
    prism_tokenizer t = PRISM_TOKENIZER_INIT;
    t.name = t.version = "b";
    ck_assert_int_eq(prs_tokenizers_add(set, &t, NULL), PRISM_EINVAL); /* no function */
    ck_assert_str_eq(prs_tokenizers_find(set, "code")->version, "1");
    ck_assert_ptr_null(prs_tokenizers_find(set, "b"));
    ck_assert_ptr_null(prs_tokenizers_find(NULL, "code"));
    prs_tokenizers_unref(set);
}
END_TEST

START_TEST(contexts_are_released_once_behind_the_last_user) {
    int released[2] = {0, 0};
    prism_tokenizers *set;
    prism_schema *schema;
    ck_assert_int_eq(prs_tokenizers_new(&set, NULL), PRISM_OK);
    prism_tokenizer t = PRISM_TOKENIZER_INIT;
    t.name = t.version = "a";
    t.tokenize = nothing;
    t.ctx = &released[0];
    t.release = count;
    ck_assert_int_eq(prs_tokenizers_add(set, &t, NULL), PRISM_OK);
    ck_assert_int_eq(prs_tokenizers_add(set, &t, NULL), PRISM_EEXISTS);
    t.name = "b";
    t.ctx = &released[1];
    ck_assert_int_eq(prs_tokenizers_add(set, &t, NULL), PRISM_OK);
    ck_assert_int_eq(prs_schema_new(&schema, NULL), PRISM_OK);
    prs_schema_set_tokenizers(schema, set);
    t.name = "c";
    ck_assert_int_eq(prs_tokenizers_add(set, &t, NULL), PRISM_EMISUSE);
    prs_tokenizers_unref(set);
    ck_assert(released[0] == 0 && released[1] == 0);
    prs_schema_unref(schema);
    ck_assert(released[0] == 1 && released[1] == 1);
    prs_tokenizers_unref(NULL);
}
END_TEST

TEST_SUITE(tokenizers, names_are_checked, contexts_are_released_once_behind_the_last_user)
