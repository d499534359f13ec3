/* test_term_keys.c - are the keys of a block found and read back in each form, and is the form the
 * shortest?  Blocks of every kind of key; damage. */
#include "harness/section_file.h"

#include "format/term_keys.h"

#include <stdlib.h>

enum { MOST = 64 };

typedef struct block {
    uint32_t n, ends[MOST];
    prs_bytes keys[MOST];
    uint8_t bytes[MOST * PRISM_MAX_TERM_BYTES];
    prs_buf coded;
    prs_keys_form form;
} block;

static test_alloc counter;
static prs_mem mem;

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
}

typedef enum key_shape {
    WORDS,
    ACCENTS,
    NUMBERS,
    BYTES,
    LONG,
    PAIRS,
    NEARLY_PAIRS,
    N_KEY_SHAPES
} key_shape;

static size_t put_code(uint8_t *out, uint32_t c) {
    if (c < 0x80) return out[0] = (uint8_t)c, 1;
    if (c < 0x800) return out[0] = (uint8_t)(0xc0 | c >> 6), out[1] = (uint8_t)(0x80 | (c & 63)), 2;
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 63));
        out[2] = (uint8_t)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 63));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 63));
    out[3] = (uint8_t)(0x80 | (c & 63));
    return 4;
}

static uint32_t some_code(test_rng *rng) {
    switch (test_rng_below(rng, 12)) {
    case 0: return 0xffff - (uint32_t)test_rng_below(rng, 300);
    case 1: return 0x10ffff - (uint32_t)test_rng_below(rng, 3);
    case 2: return 0xd7ff + 0x801 * (uint32_t)test_rng_below(rng, 2);
    case 3: return 1 + (uint32_t)test_rng_below(rng, 0x900);
    default: return 0x4e00 + (uint32_t)test_rng_below(rng, 1 << test_rng_below(rng, 15));
    }
}

static size_t make_key(key_shape shape, uint8_t *key, test_rng *rng) {
    size_t len = 1 + (size_t)test_rng_below(rng, 12);
    key[0] = (uint8_t)(shape >= PAIRS ? 3 : 1);
    switch (shape) {
    case PAIRS:
    case NEARLY_PAIRS:
        len = 1 + put_code(key + 1, 0x4e00 + (uint32_t)test_rng_below(rng, 3));
        len += put_code(key + len, some_code(rng));
        if (shape == NEARLY_PAIRS && test_rng_one_in(rng, 20)) key[len++] = 0x80;
        return len;
    case LONG:
        len = 1 + (size_t)test_rng_below(rng, PRISM_MAX_TERM_BYTES);
        memset(key, 'x', len);
        key[len - 1] = (uint8_t)('a' + test_rng_below(rng, 26));
        return len;
    default: break;
    }
    static const char *const alphabets[] = {"etiansqz'", "e\xc3\xa9\xc3\xbcs\xbd", "0123456789.",
                                            "\x00\x01 a\xff"};
    const char *alphabet = alphabets[shape];
    size_t n = shape == BYTES ? 5 : strlen(alphabet);
    for (size_t i = 1; i <= len; i++) key[i] = (uint8_t)alphabet[test_rng_below(rng, n)];
    return 1 + len;
}

static int by_key(const void *a, const void *b) {
    return prs_bytes_compare(*(const prs_bytes *)a, *(const prs_bytes *)b);
}

static void make(block *b, key_shape shape, uint32_t most, test_rng *rng) {
    static uint8_t room[MOST][PRISM_MAX_TERM_BYTES + 16];
    prs_bytes all[MOST];
    for (uint32_t i = 0; i < most; i++)
        all[i] = prs_bytes_of(room[i], make_key(shape, room[i], rng));
    qsort(all, most, sizeof all[0], by_key);
    size_t at = 0;
    b->n = 0;
    for (uint32_t i = 0; i < most; i++) {
        if (i > 0 && prs_bytes_equal(all[i - 1], all[i])) continue;
        memcpy(b->bytes + at, all[i].ptr, all[i].len);
        b->keys[b->n] = prs_bytes_of(b->bytes + at, all[i].len);
        at += all[i].len;
        b->ends[b->n++] = (uint32_t)at;
    }
    prs_buf_init(&b->coded, &mem);
    b->form = prs_term_keys_put(b->bytes, b->ends, b->n, &b->coded);
    ck_assert(!b->coded.failed);
}

static prs_term_keys begin_keys(const block *b) {
    prs_term_keys keys;
    prs_cur c = prs_cur_of(b->coded.ptr, b->coded.len);
    ck_assert(prs_term_keys_begin(&keys, b->form, b->keys[0], b->n, c));
    return keys;
}

static void check_walk(const block *b) {
    uint8_t key[PRISM_MAX_TERM_BYTES];
    uint32_t len = (uint32_t)b->keys[0].len;
    prs_term_keys keys = begin_keys(b);
    memcpy(key, b->keys[0].ptr, len);
    for (uint32_t i = 1; i < b->n; i++) {
        ck_assert(!prs_term_keys_done(&keys));
        ck_assert(prs_term_keys_next(&keys, key, &len));
        ck_assert(prs_bytes_equal(prs_bytes_of(key, len), b->keys[i]));
    }
    ck_assert(prs_term_keys_done(&keys));
}

static void check_find(const block *b, prs_bytes key) {
    uint32_t want = UINT32_MAX;
    bool sound;
    for (uint32_t i = 0; i < b->n; i++)
        if (prs_bytes_equal(key, b->keys[i])) want = i;
    prs_term_keys keys = begin_keys(b);
    ck_assert_uint_eq(prs_term_keys_find(&keys, b->keys[0], b->n, key, &sound), want);
    ck_assert(sound);
}

static void check_finds(const block *b, test_rng *rng) {
    uint8_t near[PRISM_MAX_TERM_BYTES + 1];
    for (uint32_t i = 0; i < b->n; i++) {
        size_t len = b->keys[i].len;
        check_find(b, b->keys[i]);
        memcpy(near, b->keys[i].ptr, len);
        near[len] = (uint8_t)test_rng_below(rng, 256);
        check_find(b, prs_bytes_of(near, len + 1));
        check_find(b, prs_bytes_of(near, len - 1));
        near[test_rng_below(rng, len)] ^= (uint8_t)(1u << test_rng_below(rng, 8));
        check_find(b, prs_bytes_of(near, len));
    }
}

START_TEST(keys_are_found_and_read_back_in_each_form) {
    begin();
    test_rng rng = test_rng_of("term-keys");
    static block b;
    uint32_t seen[3] = {0};
    for (uint32_t round = 0; round < 1500; round++) {
        key_shape shape = (key_shape)(round % N_KEY_SHAPES);
        make(&b, shape, 1 + (uint32_t)test_rng_below(&rng, MOST), &rng);
        if (shape == PAIRS) ck_assert_int_eq(b.form, PRS_KEYS_PAIRS);
        if (shape == BYTES && b.n > 20) ck_assert_int_eq(b.form, PRS_KEYS_RAW);
        if (shape == WORDS && b.n > 20) ck_assert_int_eq(b.form, PRS_KEYS_LETTERS);
        seen[b.form]++;
        check_walk(&b);
        check_finds(&b, &rng);
        prs_buf_fini(&b.coded);
    }
    for (int i = 0; i < 3; i++) ck_assert_uint_gt(seen[i], 100);
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(neighbouring_pairs_take_a_byte) {
    begin();
    static block b;
    size_t at = 0;
    for (b.n = 0; b.n < MOST; b.n++) {
        uint8_t *key = b.bytes + at;
        size_t len = 1;
        key[0] = 3;
        len += put_code(key + len, 0x6570);
        len += put_code(key + len, 0x4e00 + 224 * b.n);
        at += len;
        b.keys[b.n] = prs_bytes_of(key, len);
        b.ends[b.n] = (uint32_t)at;
    }
    prs_buf_init(&b.coded, &mem);
    b.form = prs_term_keys_put(b.bytes, b.ends, b.n, &b.coded);
    ck_assert_int_eq(b.form, PRS_KEYS_PAIRS);
    ck_assert_uint_eq(b.coded.len, MOST - 1);
    check_walk(&b);
    prs_buf_fini(&b.coded);
}
END_TEST

/* Keys ascend or are refused; nothing is read beyond 64 bytes behind the end. */
static bool walk_any(const block *b, const uint8_t *bytes, size_t len) {
    uint8_t key[PRISM_MAX_TERM_BYTES], before[PRISM_MAX_TERM_BYTES];
    uint32_t key_len = (uint32_t)b->keys[0].len;
    prs_term_keys keys;
    bool sound;
    prs_cur c = prs_cur_of(bytes, len);
    if (!prs_term_keys_begin(&keys, b->form, b->keys[0], b->n, c)) return false;
    prs_term_keys again = keys;
    (void)prs_term_keys_find(&again, b->keys[0], b->n, b->keys[b->n - 1], &sound);
    memcpy(key, b->keys[0].ptr, key_len);
    for (uint32_t i = 1; i < b->n; i++) {
        uint32_t before_len = key_len;
        memcpy(before, key, key_len);
        if (!prs_term_keys_next(&keys, key, &key_len)) return false;
        TEST_NEED(key_len >= 1 && key_len <= PRISM_MAX_TERM_BYTES);
        TEST_NEED(prs_bytes_compare(prs_bytes_of(before, before_len), prs_bytes_of(key, key_len)) <
                      0 ||
                  b->form == PRS_KEYS_PAIRS);
    }
    return prs_term_keys_done(&keys);
}

START_TEST(any_bytes_are_refused_or_harmless) {
    begin();
    test_rng rng = test_rng_of("term-keys-any");
    static block b;
    uint32_t n_refused = 0;
    for (uint32_t round = 0; round < 400; round++) {
        make(&b, (key_shape)(round % N_KEY_SHAPES), 20, &rng);
        for (size_t cut = 0; cut < b.coded.len && cut < 200; cut++) {
            uint8_t *bytes = malloc(cut + 64);
            memcpy(bytes, b.coded.ptr, cut);
            TEST_NEED(!walk_any(&b, bytes, cut) || b.n == 1);
            free(bytes);
        }
        for (int i = 0; i < 50 && b.coded.len > 0; i++) {
            uint8_t *bytes = malloc(b.coded.len + 64);
            memcpy(bytes, b.coded.ptr, b.coded.len);
            section_copy copy = {bytes, b.coded.len};
            section_copy_damage(&copy, &rng);
            n_refused += !walk_any(&b, bytes, copy.len);
            free(bytes);
        }
        prs_buf_fini(&b.coded);
    }
    ck_assert_uint_gt(n_refused, 1000);
}
END_TEST

TEST_SUITE(term_keys, keys_are_found_and_read_back_in_each_form, neighbouring_pairs_take_a_byte,
           any_bytes_are_refused_or_harmless)
