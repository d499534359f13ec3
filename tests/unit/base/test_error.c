/* Errors: every member written, text cut between characters, NULL and unmade structs left alone. */
#include "harness/test.h"

#include "base/error.h"

#include <errno.h>

/* An error full of another failure's leavings. */
static prism_error stale(void) {
    prism_error err;
    memset(&err, 0x5a, sizeof err);
    err.size = sizeof err;
    return err;
}

START_TEST(set_fills_every_member) {
    prism_error err = stale();
    ck_assert_int_eq(prs_error_set(&err, PRISM_EINVAL, "k is %d", 7), PRISM_EINVAL);
    ck_assert_uint_eq(err.size, sizeof err);
    ck_assert_int_eq(err.code, PRISM_EINVAL);
    ck_assert_int_eq(err.sys_errno, 0);
    ck_assert_uint_eq(err.offset, UINT64_MAX);
    ck_assert_uint_eq(err.line, 0);
    ck_assert_uint_eq(err.column, 0);
    ck_assert_str_eq(err.file, "");
    ck_assert_str_eq(err.text, "k is 7");
}
END_TEST

START_TEST(null_error_returns_the_code) {
    ck_assert_int_eq(prs_error_set(NULL, PRISM_EBUSY, "x"), PRISM_EBUSY);
    ck_assert_int_eq(prs_error_sys(NULL, EROFS, "f", "x"), PRISM_EREADONLY);
    ck_assert_int_eq(prs_error_corrupt(NULL, "f", 1, "x"), PRISM_ECORRUPT);
    ck_assert_int_eq(prs_error_nomem(NULL), PRISM_ENOMEM);
    prs_error_at(NULL, 1, 2, 3);
    prs_error_file(NULL, "f");
}
END_TEST

START_TEST(struct_without_size_is_not_touched) {
    prism_error err, before;
    memset(&err, 0x5a, sizeof err);
    err.size = sizeof err - 1;
    before = err;
    ck_assert_int_eq(prs_error_set(&err, PRISM_EINVAL, "x"), PRISM_EINVAL);
    ck_assert_int_eq(prs_error_sys(&err, EIO, "f", "x"), PRISM_EIO);
    ck_assert_int_eq(prs_error_corrupt(&err, "f", 1, "x"), PRISM_ECORRUPT);
    prs_error_at(&err, 1, 2, 3);
    prs_error_file(&err, "g");
    ck_assert_mem_eq(&err, &before, sizeof err);
}
END_TEST

/* Texts whose cut falls on every byte of characters of 1, 2, 3 and 4 bytes. */
START_TEST(text_is_cut_between_characters) {
    static const char *const characters[] = {"a", "\xc3\xa9", "\xe6\x95\xb8", "\xf0\x9f\x98\x80"};
    for (size_t c = 0; c < PRS_COUNT(characters); c++) {
        size_t width = strlen(characters[c]);
        for (size_t lead = 0; lead < 5; lead++) {
            char text[600] = "";
            memset(text, 'x', lead);
            while (strlen(text) < 400) strcat(text, characters[c]);
            prism_error err = PRISM_ERROR_INIT;
            prs_error_set(&err, PRISM_EINVAL, "%s", text);
            size_t fits = (sizeof err.text - 1 - lead) / width * width + lead;
            ck_assert_uint_eq(strlen(err.text), fits);
            ck_assert_mem_eq(err.text, text, fits);
        }
    }
}
END_TEST

START_TEST(text_that_just_fits_is_whole) {
    prism_error err = PRISM_ERROR_INIT;
    char text[sizeof err.text + 1];
    memset(text, 'x', sizeof text);
    text[sizeof err.text - 1] = '\0';
    prs_error_set(&err, PRISM_EINVAL, "%s", text);
    ck_assert_str_eq(err.text, text);
}
END_TEST

START_TEST(ill_formed_text_is_cut_without_loss) {
    char text[600];
    memset(text, 0x80,
           sizeof text - 1); /* continuation bytes only: there is no character to keep whole */
    text[sizeof text - 1] = '\0';
    prism_error err = PRISM_ERROR_INIT;
    prs_error_set(&err, PRISM_EINVAL, "%s", text);
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
}
END_TEST

START_TEST(system_errors_map_to_statuses) {
    static const struct {
        int number;
        prism_status status;
    } table[] = {{ENOSPC, PRISM_ENOSPC},   {EDQUOT, PRISM_ENOSPC}, {ENOMEM, PRISM_ENOMEM},
                 {EROFS, PRISM_EREADONLY}, {EIO, PRISM_EIO},       {ENOENT, PRISM_EIO},
                 {99999, PRISM_EIO}};
    for (size_t i = 0; i < PRS_COUNT(table); i++) {
        prism_error err = stale();
        ck_assert_int_eq(prs_error_sys(&err, table[i].number, "name", "cannot read"),
                         table[i].status);
        ck_assert_int_eq(err.sys_errno, table[i].number);
        ck_assert_int_eq(err.code, table[i].status);
        ck_assert_str_eq(err.file, "name");
        ck_assert_uint_eq(err.offset, UINT64_MAX);
    }
}
END_TEST

START_TEST(system_words_end_the_text) {
    prism_error err = PRISM_ERROR_INIT;
    prs_error_sys(&err, ENOSPC, NULL, "cannot write %d bytes", 10);
    ck_assert_str_eq(err.text, "cannot write 10 bytes: no space left on device");
    ck_assert_str_eq(err.file, "");
    prs_error_sys(&err, 4095, NULL, "cannot write");
    ck_assert_str_eq(err.text, "cannot write: system error 4095");
}
END_TEST

START_TEST(system_words_survive_a_long_sentence) {
    static const char tail[] = ": no space left on device";
    char text[600];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    prism_error err = PRISM_ERROR_INIT;
    prs_error_sys(&err, ENOSPC, NULL, "%s", text);
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
    ck_assert_str_eq(err.text + sizeof err.text - sizeof tail, tail);
}
END_TEST

START_TEST(corruption_says_where) {
    prism_error err = stale();
    ck_assert_int_eq(prs_error_corrupt(&err, "a.idx", 4096, "block %d", 3), PRISM_ECORRUPT);
    ck_assert_str_eq(err.file, "a.idx");
    ck_assert_uint_eq(err.offset, 4096);
    ck_assert_str_eq(err.text, "block 3");
    ck_assert_int_eq(err.sys_errno, 0);
}
END_TEST

START_TEST(places_are_added) {
    prism_error err = PRISM_ERROR_INIT;
    prs_error_set(&err, PRISM_EPARSE, "bad");
    prs_error_at(&err, 12, 3, 4);
    char name[300];
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    memcpy(name + 126, "\xe6\x95\xb8", 3); /* its first byte is the last that would fit */
    prs_error_file(&err, name);
    ck_assert_uint_eq(err.offset, 12);
    ck_assert_uint_eq(err.line, 3);
    ck_assert_uint_eq(err.column, 4);
    ck_assert_uint_eq(strlen(err.file), 126);
    ck_assert_str_eq(err.text, "bad");
    prs_error_file(&err, NULL);
    ck_assert_str_eq(err.file, "");
}
END_TEST

START_TEST(statuses_have_names) {
    ck_assert_str_eq(prs_status_name(PRISM_OK), "OK");
    ck_assert_str_eq(prs_status_name(PRISM_ENOMEM), "ENOMEM");
    ck_assert_str_eq(prs_status_name(PRISM_ECORRUPT), "ECORRUPT");
    ck_assert_str_eq(prs_status_name(PRISM_EANALYZER), "EANALYZER");
    ck_assert_str_eq(prs_status_name(PRISM_EINVAL), "EINVAL");
    ck_assert_str_eq(prs_status_name(PRISM_EREADONLY), "EREADONLY");
    ck_assert_str_eq(prs_status_name(PRISM_EBUDGET), "EBUDGET");
    ck_assert_str_eq(prs_status_name(PRISM_EBUDGET - 1), "UNKNOWN");
    ck_assert_str_eq(prs_status_name(1), "UNKNOWN");
    ck_assert_str_eq(prs_status_name(INT32_MIN), "UNKNOWN");
    ck_assert_str_eq(prs_status_name(INT32_MAX), "UNKNOWN");
}
END_TEST

TEST_SUITE(error, set_fills_every_member, null_error_returns_the_code,
           struct_without_size_is_not_touched, text_is_cut_between_characters,
           text_that_just_fits_is_whole, ill_formed_text_is_cut_without_loss,
           system_errors_map_to_statuses, system_words_end_the_text,
           system_words_survive_a_long_sentence, corruption_says_where, places_are_added,
           statuses_have_names)
