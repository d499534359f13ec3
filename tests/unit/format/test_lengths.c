/* test_lengths.c - every length exactly, small or large; unsound sections refused. */
#include "harness/section_file.h"

#include "format/lengths.h"

#include <stdlib.h>

static test_alloc counter;
static prs_mem mem;

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
}

static uint32_t some_length(test_rng *rng, uint64_t one_large_in) {
    static const uint32_t edges[] = {65534, 65535, 65536, UINT32_MAX};
    if (!test_rng_one_in(rng, one_large_in)) return (uint32_t)test_rng_below(rng, 3000);
    return test_rng_one_in(rng, 2) ? edges[test_rng_below(rng, 4)] : (uint32_t)test_rng_next(rng);
}

static void make_section(section_file *f, const uint32_t *values, uint32_t n,
                         prs_section *section) {
    prs_lengths_builder builder;
    prs_lengths view;
    ck_assert_int_eq(section_file_begin(f, &mem, PRS_COMPONENT_LENGTHS), PRISM_OK);
    prs_lengths_builder_init(&builder, &mem);
    for (uint32_t i = 0; i < n; i++) {
        prs_lengths_builder_add(&builder, values[i]);
        if (i % 1000 != 0) continue;
        ck_assert_int_eq(prs_lengths_builder_view(&builder, &view, NULL), PRISM_OK);
        ck_assert_uint_eq(view.n_docs, i + 1);
        ck_assert_uint_eq(prs_lengths_get(&view, i), values[i]);
        ck_assert_uint_eq(prs_lengths_get(&view, i + 1), 0);
    }
    ck_assert_int_eq(prs_lengths_builder_write(&builder, f->out, NULL), PRISM_OK);
    prs_lengths_builder_fini(&builder);
    ck_assert_int_eq(section_file_open(f, PRS_COMPONENT_LENGTHS, false, section), PRISM_OK);
}

START_TEST(every_length_comes_back) {
    begin();
    test_rng rng = test_rng_of("lengths");
    static const uint32_t sizes[] = {1, 31, 32, 33, 1000, 70000};
    static uint32_t values[70000];
    for (size_t s = 0; s < PRS_COUNT(sizes); s++) {
        for (uint64_t one_in = 1; one_in < 5000; one_in *= 50) {
            section_file f;
            prs_section section;
            prs_lengths lengths;
            for (uint32_t i = 0; i < sizes[s]; i++) values[i] = some_length(&rng, one_in);
            make_section(&f, values, sizes[s], &section);
            ck_assert_int_eq(prs_lengths_open(&lengths, &section, sizes[s], NULL), PRISM_OK);
            for (uint32_t i = 0; i < sizes[s]; i++)
                ck_assert_uint_eq(prs_lengths_get(&lengths, i), values[i]);
            ck_assert_uint_eq(prs_lengths_get(&lengths, sizes[s]), 0);
            ck_assert_uint_eq(prs_lengths_get(&lengths, UINT32_MAX), 0);
            ck_assert_int_eq(prs_lengths_open(&lengths, &section, sizes[s] + 40, NULL),
                             PRISM_ECORRUPT);
            section_file_end(&f);
        }
    }
    test_alloc_check_empty(&counter);
}
END_TEST

/* Without holding them: the same section. */
START_TEST(streamed_lengths_are_the_same_bytes) {
    begin();
    test_rng rng = test_rng_of("lengths-stream");
    for (uint32_t n = 1; n < 3000; n = n * 3 / 2 + 1) {
        static uint32_t values[3000];
        section_file f, g;
        prs_section section, streamed;
        prs_lengths lengths;
        prs_lengths_stream stream;
        uint32_t n_over = 0, half = n / 2;
        for (uint32_t i = 0; i < n; i++) {
            values[i] = some_length(&rng, 10);
            n_over += values[i] >= PRS_LENGTH_OVER;
        }
        make_section(&f, values, n, &section);
        ck_assert_int_eq(prs_lengths_open(&lengths, &section, n, NULL), PRISM_OK);
        ck_assert_int_eq(section_file_begin(&g, &mem, PRS_COMPONENT_LENGTHS), PRISM_OK);
        prs_lengths_stream_begin(&stream, g.out);
        prs_lengths_stream_add(&stream, values, half);
        prs_lengths_stream_copy(&stream, &lengths, half, n - half);
        prs_lengths_stream_end_array(&stream, n_over);
        ck_assert_uint_eq(lengths.n_over, n_over);
        for (uint32_t i = 0; i < n_over; i++) {
            uint32_t doc = prs_lengths_over_doc(&lengths, i);
            prs_lengths_stream_over(&stream, doc, values[doc]);
        }
        ck_assert_int_eq(section_file_open(&g, PRS_COMPONENT_LENGTHS, false, &streamed), PRISM_OK);
        ck_assert_uint_eq(streamed.len, section.len);
        ck_assert_mem_eq(streamed.ptr, section.ptr, (size_t)section.len);
        section_file_end(&f);
        section_file_end(&g);
    }
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(no_section_is_all_zero) {
    prs_section none = prs_section_of("", 0);
    prs_lengths lengths;
    ck_assert_int_eq(prs_lengths_open(&lengths, &none, 10, NULL), PRISM_OK);
    ck_assert_uint_eq(prs_lengths_get(&lengths, 0), 0);
    ck_assert_uint_eq(prs_lengths_get(&lengths, 10), 0);
}
END_TEST

/* The bytes of FORMAT.md section 9, and each way to break them. */
START_TEST(unsound_overflow_lists_are_refused) {
    uint8_t b[64 + 4 + 16 + 64] = {0}, *over = b + 64 + 4;
    prs_lengths lengths;
    prs_store16(b, 7);
    prs_store16(b + 2, 65535);
    prs_store16(b + 4, 65535);
    prs_store32(b + 64, 2);
    prs_store32(over, 1), prs_store32(over + 4, 65535);
    prs_store32(over + 8, 2), prs_store32(over + 12, 99999);
    prs_section section = prs_section_of(b, 64 + 4 + 16);
    ck_assert_int_eq(prs_lengths_open(&lengths, &section, 3, NULL), PRISM_OK);
    ck_assert_uint_eq(prs_lengths_get(&lengths, 0), 7);
    ck_assert_uint_eq(prs_lengths_get(&lengths, 1), 65535);
    ck_assert_uint_eq(prs_lengths_get(&lengths, 2), 99999);
#define REFUSED(at, bits, value)                                                                   \
    do {                                                                                           \
        uint##bits##_t before = prs_load##bits(at);                                                \
        prs_store##bits(at, value);                                                                \
        ck_assert_int_eq(prs_lengths_open(&lengths, &section, 3, NULL), PRISM_ECORRUPT);           \
        ck_assert_ptr_null(lengths.array);                                                         \
        prs_store##bits(at, before);                                                               \
    } while (0)
    REFUSED(b, 16, 65535);        /* a third one that asks for the list */
    REFUSED(b + 2, 16, 5);        /* one that does not ask */
    REFUSED(over + 4, 32, 65534); /* a value that needs no list */
    REFUSED(over + 8, 32, 1);     /* the same document twice */
    REFUSED(over + 8, 32, 0);     /* not ascending */
    REFUSED(over + 8, 32, 3);     /* no such document */
    REFUSED(b + 64, 32, 1);       /* bytes left over */
    REFUSED(b + 64, 32, 3);       /* entries that are not there */
    REFUSED(b + 64, 32, UINT32_MAX);
    section.len = 64 + 3;
    ck_assert_int_eq(prs_lengths_open(&lengths, &section, 3, NULL), PRISM_ECORRUPT);
}
END_TEST

static prism_status build(prs_mem *m, void *ctx) {
    section_file *f = (section_file *)ctx;
    prs_lengths_builder builder;
    prs_lengths view;
    prs_lengths_builder_init(&builder, m);
    for (uint32_t i = 0; i < 3000; i++) prs_lengths_builder_add(&builder, i * 100);
    prism_status seen = prs_lengths_builder_view(&builder, &view, NULL);
    prism_status status = prs_lengths_builder_write(&builder, f->out, NULL);
    ck_assert_int_eq(seen, status);
    prs_lengths_builder_fini(&builder);
    return status;
}

START_TEST(memory_may_run_out_anywhere) {
    begin();
    section_file f;
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_LENGTHS), PRISM_OK);
    ck_assert_uint_gt(test_oom_sweep(build, &f), 4);
    section_file_end(&f);
    test_alloc_check_empty(&counter);
}
END_TEST

TEST_SUITE(lengths, every_length_comes_back, streamed_lengths_are_the_same_bytes,
           no_section_is_all_zero, unsound_overflow_lists_are_refused, memory_may_run_out_anywhere)
