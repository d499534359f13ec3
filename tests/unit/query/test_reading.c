/* Are tokens found by place, runs by their ends, and characters in every han mode? */
#include "harness/test.h"

#include "query/reading.h"

#include <stdio.h>

static prs_mem mem;
static prism_schema *schema;
static prs_reading reading;

static void open_reading(const char *han, const char *text) {
    char json[256];
    prs_field_analyzers *all;
    snprintf(json, sizeof json,
             "{\"fields\":[{\"name\":\"t\",\"type\":\"text\",\"options\":{\"han\":\"%s\"}}]}", han);
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_schema_from_json(json, strlen(json), &schema, NULL), PRISM_OK);
    ck_assert_int_eq(prs_field_analyzers_get(schema, &all, NULL), PRISM_OK);
    ck_assert_int_eq(prs_reading_init(&reading, &mem, all, prs_field_analyzers_group(all, 0),
                                      PRS_AS_INDEXED, text, strlen(text), NULL),
                     PRISM_OK);
}

static void close_reading(void) {
    prs_reading_fini(&reading);
    prs_schema_unref(schema);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}

static void expect_char(uint32_t place, const char *c) {
    ck_assert(prs_bytes_equal(prs_reading_char(&reading, place), prs_bytes_of(c, strlen(c))));
}

START_TEST(places_and_forms) {
    open_reading("uni_bi", "$5 wi-fi 你好 a");
    ck_assert_uint_eq(reading.places.n, 6);
    const prs_read_token *word = prs_reading_word(&reading, 0);
    ck_assert(prs_bytes_equal(prs_reading_term(&reading, word), prs_bytes_of("5", 1)));
    const prs_read_token *sigil =
        prs_reading_find(&reading, 0, PRS_KIND_WORD, PRS_TOKEN_SIGIL, PRS_TOKEN_SIGIL);
    ck_assert(prs_bytes_equal(prs_reading_term(&reading, sigil), prs_bytes_of("$5", 2)));
    ck_assert_ptr_nonnull(
        prs_reading_find(&reading, 1, PRS_KIND_WORD, PRS_TOKEN_CONCAT, PRS_TOKEN_CONCAT));
    ck_assert_ptr_null(
        prs_reading_find(&reading, 2, PRS_KIND_WORD, PRS_TOKEN_CONCAT, PRS_TOKEN_CONCAT));
    ck_assert_ptr_null(prs_reading_find(&reading, 2, PRS_KIND_HAN2, 0, 0));
    ck_assert(!prs_reading_is_han(&reading, 2) && prs_reading_is_han(&reading, 3));
    ck_assert_uint_eq(prs_reading_run_end(&reading, 3), 5);
    close_reading();
}
END_TEST

START_TEST(characters_in_every_mode) {
    static const char *const modes[] = {"uni_bi", "bi", "uni"};
    for (size_t i = 0; i < PRS_COUNT(modes); i++) {
        open_reading(modes[i], "中國人 か゚き");
        expect_char(0, "中");
        expect_char(1, "国");
        expect_char(2, "人");
        ck_assert_uint_eq(prs_reading_run_end(&reading, 0), 3);
        expect_char(4, "き");
        close_reading();
    }
}
END_TEST

START_TEST(runs_side_by_side_are_two) {
    open_reading("uni_bi", "大学 学生,人");
    ck_assert_uint_eq(prs_reading_run_end(&reading, 0), 2);
    ck_assert_uint_eq(prs_reading_run_end(&reading, 2), 4);
    ck_assert_uint_eq(prs_reading_run_end(&reading, 4), 5);
    close_reading();
}
END_TEST

START_TEST(nothing_to_read) {
    open_reading("uni_bi", " ... ");
    ck_assert_uint_eq(reading.places.n, 0);
    close_reading();
}
END_TEST

TEST_SUITE(reading, places_and_forms, characters_in_every_mode, runs_side_by_side_are_two,
           nothing_to_read)
