/* Are the caller's own words read as written, found as asked, and refused with line and column? */
#include "tree.h"

#include "query/vocabulary.h"

#include <malloc.h>
#include <stdio.h>

static prism_vocabulary *read_words(const prism_schema *schema, const char *text) {
    prism_vocabulary *v;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_msg(prs_vocabulary_from_text(schema, text, strlen(text), &v, &err) == PRISM_OK, "%s",
                  err.text);
    return v;
}

static void refuse(const char *text, prism_status code, uint32_t line, uint32_t column) {
    prism_schema *schema = tree_schema();
    prism_vocabulary *v = (prism_vocabulary *)schema;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prs_vocabulary_from_text(schema, text, strlen(text), &v, &err), code);
    ck_assert_ptr_null(v);
    ck_assert_msg(err.line == line && err.column == column, "%s: line %u column %u: %s", text,
                  err.line, err.column, err.text);
    prs_schema_unref(schema);
}

START_TEST(bad_lines_are_named) {
    refuse("synonym a, b", PRISM_EPARSE, 1, 1);
    refuse("# fine\nstop a\n  like a b\n", PRISM_EPARSE, 3, 3);
    refuse("stop", PRISM_EPARSE, 1, 5);
    refuse("word  !!", PRISM_EPARSE, 1, 7);
    refuse("stop 你好", PRISM_EPARSE, 1, 6);
    refuse("same a", PRISM_EPARSE, 1, 7);
    refuse("same a,", PRISM_EPARSE, 1, 8);
    refuse("same a,,b", PRISM_EPARSE, 1, 8);
    refuse("same a, !?", PRISM_EPARSE, 1, 9);
    refuse("same car, auto\nsame cars, wagon", PRISM_EPARSE, 2, 6);
    refuse("word 一二三四五六七八九十一二三四五六七", PRISM_ELIMIT, 1, 6);
    char text[600] = "same a0";
    for (int i = 1; i < 65; i++) sprintf(text + strlen(text), ", a%d", i);
    refuse(text, PRISM_ELIMIT, 1, (uint32_t)(strstr(text, " a64") - text) + 1);
}
END_TEST

static void check_reading(const prism_vocabulary *v, prism_schema *schema, const char *text,
                          const char *kinds) {
    prs_field_analyzers *all;
    prs_reading reading;
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_field_analyzers_get(schema, &all, NULL), PRISM_OK);
    ck_assert_int_eq(prs_reading_init(&reading, &mem, all, 0, PRS_AS_INDEXED, text, strlen(text),
                                      NULL),
                     PRISM_OK);
    char got[64] = "";
    uint32_t n = (uint32_t)reading.places.n;
    for (uint32_t i = 0; i < n; i++) {
        bool stop;
        uint32_t word;
        prs_kinship kin = {0};
        ck_assert_int_eq(prs_vocabulary_is_stop(v, &reading, i, &stop, NULL), PRISM_OK);
        ck_assert_int_eq(prs_vocabulary_word(v, &reading, i, n, &word, NULL), PRISM_OK);
        ck_assert_int_eq(prs_vocabulary_kin(v, &reading, i, n, &kin, NULL), PRISM_OK);
        sprintf(got + strlen(got), "%s%u%u ", stop ? "s" : "", word, kin.len);
    }
    ck_assert_str_eq(got, kinds);
    prs_reading_fini(&reading);
}

START_TEST(entries_are_found_as_they_are_analyzed) {
    prism_schema *schema = tree_schema();
    prism_vocabulary *v = read_words(schema, "# words\r\n"
                                             "\r\n"
                                             "stop pls  Thx 吧\r\n"
                                             "word 人工智能芯片\t人工智能\n"
                                             "\tsame GPU , graphics card，顯卡\n"
                                             "same C++, cpp");
    check_reading(v, schema, "PLS thx thxx 吧", "s00 s00 00 s00 ");
    check_reading(v, schema, "人工智能芯片", "60 00 00 00 00 00 ");
    check_reading(v, schema, "人工智能的", "40 00 00 00 00 ");
    check_reading(v, schema, "gpu graphic cards graphics", "11 22 00 00 ");
    check_reading(v, schema, "买显卡的", "00 22 00 00 ");
    check_reading(v, schema, "C C++", "00 11 ");
    ck_assert(prs_vocabulary_fits(v, schema));
    prism_schema *same = tree_schema(),
                 *other = tree_schema_of("{\"fields\":[{\"name\":\"t\",\"type\":\"text\"}]}");
    ck_assert(prs_vocabulary_fits(v, same));
    ck_assert(!prs_vocabulary_fits(v, other));
    ck_assert_ptr_eq(prs_vocabulary_ref(v), v);
    (void)mallopt(M_PERTURB, 0xa5); /* what is freed has other bytes */
    prs_vocabulary_unref(v);
    check_reading(v, schema, "C C++", "00 11 ");
    ck_assert(prs_vocabulary_fits(v, schema));
    prs_vocabulary_unref(v);
    prs_vocabulary_unref(NULL);
    prs_schema_unref(same);
    prs_schema_unref(other);
    prs_schema_unref(schema);
}
END_TEST

START_TEST(each_analyzer_has_its_own) {
    prism_schema *schema = tree_schema_of(
        "{\"fields\":[{\"name\":\"t\",\"type\":\"text\",\"analyzer\":\"whitespace\"},"
        "{\"name\":\"k\",\"type\":\"keyword\"}]}");
    prism_vocabulary *v = read_words(schema, "same GPU, card");
    prs_field_analyzers *all;
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_field_analyzers_get(schema, &all, NULL), PRISM_OK);
    for (int upper = 0; upper < 2; upper++) {
        prs_reading reading;
        prs_kinship kin;
        ck_assert_int_eq(prs_reading_init(&reading, &mem, all, prs_field_analyzers_group(all, 0),
                                          PRS_AS_INDEXED, upper ? "GPU" : "gpu", 3, NULL),
                         PRISM_OK);
        ck_assert_int_eq(prs_vocabulary_kin(v, &reading, 0, 1, &kin, NULL), PRISM_OK);
        ck_assert_uint_eq(kin.len, (uint32_t)upper);
        prs_reading_fini(&reading);
    }
    prs_vocabulary_unref(v);
    prs_schema_unref(schema);
}
END_TEST

/* Pieces of good lines and any bytes: read, or refused with the place; what was read can be
 * asked. */
START_TEST(any_bytes_are_read_or_refused) {
    static const char *const pieces[] = {"stop ", "word ", "same ",    "\n",    ",",     "，",
                                         " a b",  "显卡",  "gpu",      "C++",   "wi-fi", "#",
                                         "\r",    "\xff",  "\xe6\x98", "❤️"};
    test_rng rng = test_rng_of("vocabulary");
    prism_schema *schema = tree_schema();
    uint32_t n_read = 0;
    for (int round = 0; round < 3000; round++) {
        char text[256];
        size_t len = 0;
        for (uint64_t n = test_rng_below(&rng, 14); n > 0; n--) {
            const char *piece = pieces[test_rng_below(&rng, PRS_COUNT(pieces))];
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        if (len > 0 && test_rng_one_in(&rng, 4))
            text[test_rng_below(&rng, len)] = (char)test_rng_below(&rng, 256);
        prism_vocabulary *v;
        prism_error err = PRISM_ERROR_INIT;
        prism_status status = prs_vocabulary_from_text(schema, text, len, &v, &err);
        if (status != PRISM_OK) {
            ck_assert_ptr_null(v);
            ck_assert(status == PRISM_EPARSE && err.line >= 1 && err.column >= 1);
            ck_assert_uint_le(err.offset, len);
            continue;
        }
        n_read++;
        prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
        prism_query *query;
        opts.vocabulary = v;
        opts.default_operator = round % 2 ? PRISM_AND : PRISM_OR;
        ck_assert_int_eq(prs_query_parse(schema, text, len, &opts, &query, NULL), PRISM_OK);
        prs_query_unref(query);
        prs_vocabulary_unref(v);
    }
    ck_assert_uint_gt(n_read, 100);
    prs_schema_unref(schema);
}
END_TEST

TEST_SUITE(vocabulary, bad_lines_are_named, entries_are_found_as_they_are_analyzed,
           each_analyzer_has_its_own, any_bytes_are_read_or_refused)
