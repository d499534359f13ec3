/* Buffer: exact bytes, growth, the sticky error, varints read back by the cursor. */
#include "harness/test.h"

#include "base/buf.h"
#include "base/cur.h"

static test_alloc counter;
static prs_mem mem;
static prs_buf buf;

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
    prs_buf_init(&buf, &mem);
}

static void finish(void) {
    prs_buf_fini(&buf);
    test_alloc_check_empty(&counter);
}

START_TEST(puts_are_little_endian) {
    begin();
    prs_buf_put8(&buf, 0x01);
    prs_buf_put16(&buf, 0x0302);
    prs_buf_put32(&buf, 0x07060504);
    prs_buf_put64(&buf, UINT64_C(0x0f0e0d0c0b0a0908));
    prs_buf_put(&buf, "\x10\x11", 2);
    prs_buf_zero(&buf, 3);
    prs_buf_put(&buf, NULL, 0);
    static const uint8_t want[] = {1,  2,  3,  4,  5,  6,  7,  8, 9, 10,
                                   11, 12, 13, 14, 15, 16, 17, 0, 0, 0};
    ck_assert_uint_eq(buf.len, sizeof want);
    ck_assert_mem_eq(buf.ptr, want, sizeof want);
    ck_assert_int_eq(prs_buf_status(&buf, NULL), PRISM_OK);
    finish();
}
END_TEST

START_TEST(varints_have_known_bytes) {
    static const struct {
        uint64_t value;
        const char *bytes;
        size_t len;
    } table[] = {
        {0, "\x00", 1},
        {127, "\x7f", 1},
        {128, "\x80\x01", 2},
        {16383, "\xff\x7f", 2},
        {16384, "\x80\x80\x01", 3},
        {UINT32_MAX, "\xff\xff\xff\xff\x0f", 5},
        {UINT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10},
    };
    for (size_t i = 0; i < PRS_COUNT(table); i++) {
        begin();
        prs_buf_varint(&buf, table[i].value);
        ck_assert_uint_eq(buf.len, table[i].len);
        ck_assert_mem_eq(buf.ptr, table[i].bytes, table[i].len);
        finish();
    }
}
END_TEST

START_TEST(varints_round_trip) {
    enum { N = 20000 };
    static uint64_t values[N];
    test_rng rng = test_rng_of("buf varints");
    begin();
    for (size_t i = 0; i < N; i++) {
        values[i] = test_rng_next(&rng) >> test_rng_below(&rng, 64);
        prs_buf_varint(&buf, values[i]);
    }
    prs_cur cur = prs_cur_of(buf.ptr, buf.len);
    for (size_t i = 0; i < N; i++) ck_assert_uint_eq(prs_cur_varint(&cur), values[i]);
    ck_assert(!cur.bad);
    ck_assert_uint_eq(prs_cur_left(&cur), 0);
    finish();
}
END_TEST

START_TEST(growth_keeps_bytes_and_is_amortised) {
    begin();
    for (uint32_t i = 0; i < 100000; i++) prs_buf_put32(&buf, i);
    for (uint32_t i = 0; i < 100000; i++) ck_assert_uint_eq(prs_load32(buf.ptr + 4 * (size_t)i), i);
    ck_assert_uint_le(atomic_load(&counter.calls), 20);
    finish();
}
END_TEST

START_TEST(failure_sticks_and_keeps_what_was_written) {
    begin();
    prs_buf_put32(&buf, 0x64636261);
    counter.fail_at = 2;
    prs_buf_zero(&buf, 1000);
    ck_assert(buf.failed);
    prs_buf_put8(&buf, 1); /* there is room, but the error sticks */
    prs_buf_put16(&buf, 1);
    prs_buf_put64(&buf, 1);
    prs_buf_varint(&buf, 1);
    prs_buf_put(&buf, "x", 1);
    prs_buf_printf(&buf, "x");
    ck_assert_ptr_null(prs_buf_extend(&buf, 0));
    ck_assert(!prs_buf_reserve(&buf, 0));
    ck_assert_uint_eq(buf.len, 4);
    ck_assert_mem_eq(buf.ptr, "abcd", 4);
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prs_buf_status(&buf, &err), PRISM_ENOMEM);
    ck_assert_int_eq(err.code, PRISM_ENOMEM);
    finish();
}
END_TEST

START_TEST(clear_forgets_the_error_and_keeps_memory) {
    begin();
    prs_buf_zero(&buf, 50);
    size_t cap = buf.cap;
    counter.fail_at = 2;
    prs_buf_zero(&buf, 5000);
    prs_buf_clear(&buf);
    ck_assert_uint_eq(buf.len, 0);
    ck_assert_uint_eq(buf.cap, cap);
    prs_buf_put8(&buf, 9);
    ck_assert_int_eq(prs_buf_status(&buf, NULL), PRISM_OK);
    finish();
}
END_TEST

START_TEST(impossible_sizes_fail) {
    begin();
    prs_buf_put8(&buf, 1);
    ck_assert(!prs_buf_reserve(&buf, SIZE_MAX));
    ck_assert(buf.failed);
    prs_buf_clear(&buf);
    ck_assert_ptr_null(prs_buf_extend(&buf, SIZE_MAX - 1));
    ck_assert_uint_eq(buf.len, 0);
    finish();
}
END_TEST

START_TEST(growth_stops_at_the_cap_not_at_half) {
    begin();
    mem.single_cap = 1000;
    prs_buf_zero(&buf, 600);
    prs_buf_zero(&buf, 300); /* doubling 600 would pass the cap, 900 does not */
    ck_assert(!buf.failed);
    prs_buf_zero(&buf, 100);
    ck_assert(!buf.failed);
    ck_assert_uint_eq(buf.len, 1000);
    prs_buf_put8(&buf, 1);
    ck_assert(buf.failed);
    finish();
}
END_TEST

START_TEST(printf_grows_to_fit) {
    begin();
    char text[500];
    memset(text, 'y', sizeof text);
    text[sizeof text - 1] = '\0';
    prs_buf_printf(&buf, "%d:", 42);
    prs_buf_printf(&buf, "%s", text);
    prs_buf_printf(&buf, "%s", "");
    ck_assert_uint_eq(buf.len, 3 + 499);
    ck_assert_mem_eq(buf.ptr, "42:yyy", 6);
    ck_assert_uint_eq(buf.ptr[buf.len - 1], 'y');
    finish();
}
END_TEST

/* Texts whose length is just below, at and above the room that is left. */
START_TEST(printf_at_the_edge_of_the_room) {
    for (int width = 60; width <= 68; width++) {
        begin();
        prs_buf_printf(&buf, "%*s|", width, "x");
        ck_assert_uint_eq(buf.len, (size_t)width + 1);
        ck_assert_uint_eq(buf.ptr[width], '|');
        finish();
    }
}
END_TEST

START_TEST(printf_without_memory_fails) {
    begin();
    prs_buf_put8(&buf, 'a');
    counter.fail_at = 2;
    prs_buf_printf(&buf, "%*s", 200, "x");
    ck_assert(buf.failed);
    ck_assert_uint_eq(buf.len, 1);
    finish();
}
END_TEST

static prism_status encode(prs_mem *m, void *ctx) {
    (void)ctx;
    prs_buf b;
    prs_buf_init(&b, m);
    for (uint64_t i = 0; i < 500; i++) prs_buf_varint(&b, i * i * i);
    prs_buf_printf(&b, "%*s", 3000, "x");
    prism_status status = prs_buf_status(&b, NULL);
    prs_buf_fini(&b);
    return status;
}

START_TEST(every_refused_allocation_is_told) {
    ck_assert_uint_ge(test_oom_sweep(encode, NULL), 5);
}
END_TEST

TEST_SUITE(buf, puts_are_little_endian, varints_have_known_bytes, varints_round_trip,
           growth_keeps_bytes_and_is_amortised, failure_sticks_and_keeps_what_was_written,
           clear_forgets_the_error_and_keeps_memory, impossible_sizes_fail,
           growth_stops_at_the_cap_not_at_half, printf_grows_to_fit, printf_at_the_edge_of_the_room,
           printf_without_memory_fails, every_refused_allocation_is_told)
