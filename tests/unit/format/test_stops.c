/* The set of stop words: written and read, hostile bytes, keys of pairs. */
#include "harness/section_file.h"

#include "format/stops.h"

#include <stdlib.h>

static prs_bytes text(const char *s) {
    return prs_bytes_of(s, strlen(s));
}

static prs_stops three(void) {
    prs_stops stops = {.n = 3, .keys = {text("\1and"), text("\1of"), text("\1the")}};
    return stops;
}

START_TEST(a_set_comes_back) {
    section_file f;
    prs_mem mem;
    prs_section section;
    prs_stops stops = three(), again;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_SEGMENT), PRISM_OK);
    prs_stops_write(&stops, 3, f.out);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_SEGMENT, false, &section), PRISM_OK);
    ck_assert(prs_in_section(f.in, PRS_COMPONENT_STOP_SET, 3, &section));
    ck_assert_uint_eq(section.len, 2 + 3 * 2 + 4 + 3 + 4);
    ck_assert_int_eq(prs_stops_read(&again, &section, NULL), PRISM_OK);
    ck_assert(prs_stops_equal(&stops, &again));
    section = prs_section_of(NULL, 0);
    ck_assert_int_eq(prs_stops_read(&again, &section, NULL), PRISM_OK);
    ck_assert_uint_eq(again.n, 0);
    section_file_end(&f);
}
END_TEST

START_TEST(sets_are_searched) {
    prs_stops stops = three(), other = three();
    ck_assert_uint_eq(prs_stops_find(&stops, text("\1of")), 1);
    ck_assert_uint_eq(prs_stops_find(&stops, text("\1off")), PRS_STOPS_MAX);
    ck_assert(prs_stops_equal(&stops, &other));
    other.keys[1] = text("\1or");
    ck_assert(!prs_stops_equal(&stops, &other));
    other.n = 2;
    ck_assert(!prs_stops_equal(&stops, &other));
    uint8_t key[PRS_PAIR_KEY_MAX];
    ck_assert_uint_eq(prs_stops_pair(stops.keys[1], stops.keys[2], key), 8);
    ck_assert_mem_eq(key, "\3\1of\1the", 8);
}
END_TEST

static prism_status read_bytes(const void *bytes, size_t len) {
    prs_stops stops;
    section_copy copy = {malloc(len + 64), len};
    memcpy(copy.bytes, bytes, len);
    prs_section section = prs_section_of(copy.bytes, len);
    prism_status status = prs_stops_read(&stops, &section, NULL);
    section_copy_free(&copy);
    return status;
}

START_TEST(unsound_sets_are_refused) {
    ck_assert_int_eq(read_bytes("\1\0\2\0\1a", 6), PRISM_OK);
    ck_assert_int_eq(read_bytes("\2\0\2\0\1a\2\0\1b", 10), PRISM_OK);
    ck_assert_int_eq(read_bytes("\0\0", 2), PRISM_ECORRUPT);
    ck_assert_int_eq(read_bytes("\1\0\2\0\1a\0", 7), PRISM_ECORRUPT);       /* behind the end */
    ck_assert_int_eq(read_bytes("\1\0\2\0\1", 5), PRISM_ECORRUPT);          /* cut */
    ck_assert_int_eq(read_bytes("\1\0\0\0", 4), PRISM_ECORRUPT);            /* empty key */
    ck_assert_int_eq(read_bytes("\2\0\2\0\1b\2\0\1a", 10), PRISM_ECORRUPT); /* descending */
    ck_assert_int_eq(read_bytes("\2\0\2\0\1a\2\0\1a", 10), PRISM_ECORRUPT); /* twice */
    uint8_t many[2 + 65 * 4] = {65, 0};
    for (uint32_t i = 0; i < 65; i++) memcpy(many + 2 + 4 * i, (uint8_t[]){2, 0, 1, (uint8_t)i}, 4);
    ck_assert_int_eq(read_bytes(many, sizeof many), PRISM_ECORRUPT);
    many[0] = 64;
    ck_assert_int_eq(read_bytes(many, sizeof many - 4), PRISM_OK);
    uint8_t large[4 + 65] = {1, 0, 65, 0};
    ck_assert_int_eq(read_bytes(large, sizeof large), PRISM_ECORRUPT);
}
END_TEST

TEST_SUITE(stops, a_set_comes_back, sets_are_searched, unsound_sets_are_refused)
