/* test_terms.c - dictionary: every key found with its info, no other; order; nasty keys; damage;
 * memory. */
#include "harness/section_file.h"

#include "codec/eliasfano.h"
#include "format/terms.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_KEYS = 40000, N_DOCS = 1000 };

typedef struct dictionary { /* sorted, unique */
    uint32_t n;
    prs_bytes key[MAX_KEYS];
    prs_term_info info[MAX_KEYS];
} dictionary;

static test_alloc counter;
static prs_mem mem;
static dictionary dict;

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
    dict.n = 0;
}

static void drop_keys(void) {
    for (uint32_t i = 0; i < dict.n; i++) free((uint8_t *)(uintptr_t)dict.key[i].ptr);
    dict.n = 0;
    test_alloc_check_empty(&counter);
}

static void add_key(const void *bytes, size_t len) {
    uint8_t *copy = malloc(len);
    memcpy(copy, bytes, len);
    dict.key[dict.n++] = prs_bytes_of(copy, len);
}

static int by_bytes(const void *a, const void *b) {
    return prs_bytes_compare(*(const prs_bytes *)a, *(const prs_bytes *)b);
}

static void sort_keys(void) {
    qsort(dict.key, dict.n, sizeof dict.key[0], by_bytes);
    uint32_t n = 0;
    for (uint32_t i = 0; i < dict.n; i++) {
        if (n > 0 && prs_bytes_equal(dict.key[n - 1], dict.key[i]))
            free((uint8_t *)(uintptr_t)dict.key[i].ptr);
        else
            dict.key[n++] = dict.key[i];
    }
    dict.n = n;
}

/* Short over a small alphabet, long shared prefixes, 1024 bytes, zero bytes, 0xff. */
static void random_keys(uint32_t n, test_rng *rng) {
    uint8_t key[PRISM_MAX_TERM_BYTES];
    for (uint32_t i = 0; i < n; i++) {
        size_t len = 1 + (size_t)test_rng_below(rng, 12);
        for (size_t k = 0; k < len; k++)
            key[k] = (uint8_t)("\0\1ab\xff\xfe"[test_rng_below(rng, 6)]);
        if (test_rng_one_in(rng, 200)) {
            len = test_rng_one_in(rng, 2) ? PRISM_MAX_TERM_BYTES
                                          : 900 + (size_t)test_rng_below(rng, 120);
            memset(key, 'x', len - 8);
            for (size_t k = len - 8; k < len; k++) key[k] = (uint8_t)test_rng_below(rng, 3);
        }
        add_key(key, len);
    }
    sort_keys();
}

static const uint8_t payload[128] = "payload of an inline list, never decoded here";

/* Infos that the format allows; lists are n bytes of filler. */
static void random_infos(test_rng *rng) {
    for (uint32_t i = 0; i < dict.n; i++) {
        prs_term_info *info = &dict.info[i];
        memset(info, 0, sizeof *info);
        info->df = 1 + (uint32_t)test_rng_below(rng, test_rng_one_in(rng, 2) ? 4 : N_DOCS);
        info->cf =
            info->df + test_rng_below(rng, test_rng_one_in(rng, 3) ? 1 + (UINT64_C(1) << 50) : 20);
        info->has_positions = test_rng_one_in(rng, 2);
        info->inlined = info->df <= 4 && info->cf <= 32;
        if (info->cf == 1) {
            info->doc = (uint32_t)test_rng_below(rng, N_DOCS);
            if (info->has_positions)
                info->position =
                    (uint32_t)(test_rng_next(rng) >> (test_rng_one_in(rng, 9) ? 32 : 54));
        } else if (info->inlined) {
            bool more = info->has_positions || info->cf != info->df;
            info->payload = payload;
            info->payload_bit = (uint32_t)test_rng_below(rng, 8);
            info->payload_bits = (uint32_t)prs_ef_bits(info->df, N_DOCS);
            if (more) info->payload_bits += (uint32_t)test_rng_below(rng, 300);
        } else {
            info->positions_len = info->has_positions ? test_rng_below(rng, 300) : 0;
            info->postings_len = 1 + test_rng_below(rng, test_rng_one_in(rng, 50) ? 20000 : 200);
        }
    }
}

static void write_filler(prs_out *out, uint64_t len) {
    static const uint8_t filler[1024];
    for (; len > 0; len -= PRS_MIN(len, sizeof filler))
        prs_out_write(out, filler, (size_t)PRS_MIN(len, sizeof filler));
}

static prism_status write_dictionary(section_file *f, prs_mem *m, prs_terms_totals *totals) {
    prs_terms_writer *tw;
    PRS_TRY(prs_terms_writer_new(m, f->out, N_DOCS, &tw, NULL));
    for (uint32_t i = 0; i < dict.n; i++) {
        prs_term_info *info = &dict.info[i];
        if (!info->inlined) {
            info->off = prs_out_offset(f->out);
            write_filler(f->out, info->positions_len + info->postings_len);
        }
        prs_terms_writer_add(tw, dict.key[i], info);
    }
    prism_status status =
        prs_terms_writer_finish(tw, PRS_COMPONENT_TERMS_INDEX, PRS_FIELD_NONE, totals, NULL);
    prs_terms_writer_free(tw);
    return status;
}

typedef struct opened {
    section_file file;
    prs_section lists, index;
    prs_terms terms;
    prs_terms_totals totals;
} opened;

static void open_dictionary(opened *o, bool pread) {
    ck_assert_int_eq(section_file_begin(&o->file, &mem, PRS_COMPONENT_LISTS), PRISM_OK);
    ck_assert_int_eq(write_dictionary(&o->file, &mem, &o->totals), PRISM_OK);
    ck_assert_int_eq(section_file_open(&o->file, PRS_COMPONENT_LISTS, pread, &o->lists), PRISM_OK);
    ck_assert_int_eq(prs_in_section(o->file.in, PRS_COMPONENT_TERMS_INDEX, PRS_FIELD_NONE,
                                    &o->index),
                     dict.n != 0);
    ck_assert_int_eq(prs_terms_open(&o->terms, &o->lists, &o->index, N_DOCS, NULL), PRISM_OK);
}

static void check_info(const prs_term_info *got, uint32_t i) {
    const prs_term_info *want = &dict.info[i];
    ck_assert_uint_eq(got->ord, i);
    ck_assert_uint_eq(got->df, want->df);
    ck_assert_uint_eq(got->cf, want->cf);
    ck_assert_int_eq(got->has_positions, want->has_positions);
    ck_assert_int_eq(got->inlined, want->inlined);
    ck_assert_uint_eq(got->doc, want->doc);
    ck_assert_uint_eq(got->position, want->position);
    ck_assert_uint_eq(got->payload_bits, want->payload_bits);
    for (uint32_t bit = 0; bit < got->payload_bits; bit++)
        TEST_NEED(prs_bits_load(got->payload, got->payload_bit + bit, 1) ==
                  prs_bits_load(want->payload, want->payload_bit + bit, 1));
    ck_assert_uint_eq(got->off, want->off);
    ck_assert_uint_eq(got->positions_len + got->postings_len,
                      want->positions_len + want->postings_len);
    if (got->df > 128) ck_assert_uint_eq(got->positions_len, want->positions_len);
}

/* Place of the first key >= key. */
static uint32_t model_seek(prs_bytes key) {
    uint32_t low = 0, high = dict.n;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (prs_bytes_compare(dict.key[mid], key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void check_find(const prs_terms *terms, prs_bytes key) {
    uint32_t i = model_seek(key);
    bool want = i < dict.n && prs_bytes_equal(dict.key[i], key), found;
    prs_term_info info;
    ck_assert_int_eq(prs_terms_find(terms, key, &info, &found, NULL), PRISM_OK);
    ck_assert_int_eq(found, want);
    if (found)
        check_info(&info, i);
    else
        ck_assert_uint_eq(info.df, 0);
}

/* From the first key >= key, at most `max` terms, then one step beyond the end. */
static void check_walk(const prs_terms *terms, prs_bytes key, uint32_t max) {
    prs_terms_cursor c;
    bool more;
    ck_assert_int_eq(prs_terms_cursor_seek(&c, terms, key, NULL), PRISM_OK);
    ck_assert(!c.valid);
    for (uint32_t i = model_seek(key); max > 0; i++, max--) {
        ck_assert_int_eq(prs_terms_cursor_next(&c, &more, NULL), PRISM_OK);
        ck_assert_int_eq(more, i < dict.n);
        ck_assert_int_eq(c.valid, more);
        if (!more) break;
        ck_assert(prs_bytes_equal(prs_bytes_of(c.key, c.key_len), dict.key[i]));
        check_info(&c.info, i);
    }
    if (max == 0) return;
    ck_assert_int_eq(prs_terms_cursor_next(&c, &more, NULL), PRISM_OK);
    ck_assert(!more);
}

/* A key near one of the dictionary: cut, grown, or with one byte changed. */
static prs_bytes neighbour(uint8_t *room, test_rng *rng) {
    prs_bytes key = dict.key[test_rng_below(rng, dict.n)];
    memcpy(room, key.ptr, key.len);
    switch (test_rng_below(rng, 3)) {
    case 0: key.len -= key.len > 1; break;
    case 1:
        room[key.len] = (uint8_t)test_rng_below(rng, 2);
        key.len++;
        break;
    default: room[test_rng_below(rng, key.len)] ^= (uint8_t)(1 + test_rng_below(rng, 255));
    }
    return prs_bytes_of(room, key.len);
}

static void check_dictionary(uint32_t n, test_rng *rng, bool pread) {
    static uint8_t room[PRISM_MAX_TERM_BYTES + 1];
    opened o;
    begin();
    random_keys(n, rng);
    random_infos(rng);
    open_dictionary(&o, pread);
    ck_assert_uint_eq(o.terms.n_terms, dict.n);
    ck_assert_uint_eq(o.totals.n_terms, dict.n);
    ck_assert_uint_eq(o.terms.terms_len + o.terms.postings_len + o.terms.positions_len,
                      o.lists.len);
    for (uint32_t i = 0; i < dict.n; i += 1 + dict.n / 3000) check_find(&o.terms, dict.key[i]);
    for (uint32_t i = 0; i < 2000 && dict.n > 0; i++) check_find(&o.terms, neighbour(room, rng));
    check_find(&o.terms, prs_bytes_of("", 0));
    check_walk(&o.terms, prs_bytes_of("", 0), dict.n + 1);
    for (uint32_t i = 0; i < 300 && dict.n > 0; i++) {
        check_walk(&o.terms, neighbour(room, rng), 70);
        check_walk(&o.terms, dict.key[test_rng_below(rng, dict.n)], 3);
    }
    section_file_end(&o.file);
    drop_keys();
}

START_TEST(found_sought_and_walked_as_in_a_sorted_array) {
    test_rng rng = test_rng_of("terms-model");
    static const uint32_t sizes[] = {0, 1, 2, 63, 64, 65, 128, 129, 700, 5000};
    for (size_t s = 0; s < PRS_COUNT(sizes); s++)
        for (int pread = 0; pread < 2; pread++) check_dictionary(sizes[s], &rng, pread != 0);
}
END_TEST

/* Long enough for several runs of term blocks between the lists. */
START_TEST(blocks_are_written_in_runs_between_lists) {
    test_rng rng = test_rng_of("terms-runs");
    check_dictionary(MAX_KEYS, &rng, false);
    opened o;
    begin();
    for (uint32_t i = 0; i < MAX_KEYS; i++) {
        char key[32];
        int len = snprintf(key, sizeof key, "%08x-%08x-term", i, i * 2654435761u);
        add_key(key, (size_t)len);
    }
    random_infos(&rng);
    open_dictionary(&o, false);
    ck_assert_uint_gt(o.terms.terms_len, 3u << 18);
    uint64_t first = prs_load64(o.terms.block_offs);
    uint64_t last = prs_load64(o.terms.block_offs + 8 * (size_t)(o.terms.n_blocks - 1));
    ck_assert_uint_gt(first, 0);
    ck_assert_uint_gt(last - first, o.terms.terms_len + 1000); /* lists lie between them */
    check_walk(&o.terms, prs_bytes_of("", 0), MAX_KEYS + 1);
    section_file_end(&o.file);
    drop_keys();
}
END_TEST

START_TEST(prefixes_of_eight_bytes_may_be_equal) {
    opened o;
    begin();
    test_rng rng = test_rng_of("terms-prefix");
    for (uint32_t i = 0; i < 3000; i++) {
        char key[64];
        int len = snprintf(key, sizeof key, "the same eight bytes%05u", i);
        add_key(key, (size_t)len);
        add_key("the same\0\0\0\0\0\0\0\0", 8 + i % 8);
    }
    sort_keys();
    random_infos(&rng);
    open_dictionary(&o, false);
    for (uint32_t i = 0; i < dict.n; i++) {
        check_find(&o.terms, dict.key[i]);
        check_walk(&o.terms, dict.key[i], 2);
    }
    section_file_end(&o.file);
    drop_keys();
}
END_TEST

START_TEST(no_dictionary_is_an_empty_one) {
    prs_section none = prs_section_of("", 0);
    prs_terms terms;
    prs_terms_cursor cursor;
    prs_term_info info;
    bool found;
    ck_assert_int_eq(prs_terms_open(&terms, &none, &none, 5, NULL), PRISM_OK);
    ck_assert_int_eq(prs_terms_find(&terms, prs_bytes_of("x", 1), &info, &found, NULL), PRISM_OK);
    ck_assert(!found);
    ck_assert_int_eq(prs_terms_cursor_seek(&cursor, &terms, prs_bytes_of("", 0), NULL), PRISM_OK);
    ck_assert_int_eq(prs_terms_cursor_next(&cursor, &found, NULL), PRISM_OK);
    ck_assert(!found);
    prs_section some = prs_section_of("abc", 3);
    ck_assert_int_eq(prs_terms_open(&terms, &some, &none, 5, NULL), PRISM_ECORRUPT);
}
END_TEST

/* Any answer but a wild read; what is answered lies within bounds, and walks end. */
static uint32_t use_damaged(const prs_section *lists, const prs_section *index, test_rng *rng) {
    prs_terms terms;
    static uint8_t room[PRISM_MAX_TERM_BYTES + 1];
    if (prs_terms_open(&terms, lists, index, N_DOCS, NULL) != PRISM_OK) return 1;
    uint32_t n_refused = 0;
    for (int i = 0; i < 5; i++) {
        prs_bytes key = i < 3 ? dict.key[test_rng_below(rng, dict.n)] : neighbour(room, rng);
        prs_term_info info;
        bool found;
        n_refused += prs_terms_find(&terms, key, &info, &found, NULL) != PRISM_OK;
        if (!found || info.inlined) continue;
        ck_assert_uint_le(info.off + info.positions_len + info.postings_len, lists->len);
        ck_assert_uint_le(info.df, N_DOCS);
    }
    prs_terms_cursor cursor;
    bool more = prs_terms_cursor_seek(&cursor, &terms, prs_bytes_of("", 0), NULL) == PRISM_OK;
    uint32_t n = 0;
    prism_status status = PRISM_OK;
    while (more && status == PRISM_OK) {
        status = prs_terms_cursor_next(&cursor, &more, NULL);
        ck_assert_uint_le(n++, dict.n);
    }
    return n_refused + (status != PRISM_OK);
}

START_TEST(damage_is_refused_or_harmless) {
    opened o;
    begin();
    test_rng rng = test_rng_of("terms-damage");
    random_keys(400, &rng);
    random_infos(&rng);
    for (uint32_t i = 0; i < dict.n; i++)
        dict.info[i].postings_len = PRS_MIN(dict.info[i].postings_len, 40u);
    open_dictionary(&o, false);
    uint32_t n_refused = 0;
    for (int round = 0; round < 6000; round++) {
        size_t cut = test_rng_one_in(&rng, 20) ? (size_t)test_rng_below(&rng, 50) : 0;
        section_copy lists =
            section_copy_of(&o.lists, (size_t)o.lists.len - PRS_MIN(cut, (size_t)o.lists.len));
        section_copy index = section_copy_of(&o.index, (size_t)o.index.len);
        section_copy_damage(test_rng_one_in(&rng, 4) ? &index : &lists, &rng);
        prs_section damaged_lists = prs_section_of(lists.bytes, lists.len);
        prs_section damaged_index = prs_section_of(index.bytes, index.len);
        n_refused += use_damaged(&damaged_lists, &damaged_index, &rng) != 0;
        section_copy_free(&lists);
        section_copy_free(&index);
    }
    ck_assert_uint_gt(n_refused, 600);
    section_file_end(&o.file);
    drop_keys();
}
END_TEST

/* ---- bytes that are told of twice ------------------------------------------------------------ */

/* Two blocks of 64 keys alike but for a letter; `rest` bytes behind it, or one in the second. */
static void add_two_blocks(size_t rest) {
    uint8_t key[100];
    memset(key, 'x', sizeof key);
    for (uint32_t i = 0; i < 2 * PRS_TERMS_BLOCK; i++) {
        key[0] = 1;
        key[1] = (uint8_t)('a' + i / PRS_TERMS_BLOCK);
        key[2] = (uint8_t)(' ' + i % PRS_TERMS_BLOCK);
        add_key(key, i < PRS_TERMS_BLOCK ? 2 + rest : 3);
    }
}

/* Walks to the end, or to an error. */
static prism_status walk(const prs_section *lists, const prs_section *index, uint32_t *n,
                         uint64_t *unused, prism_error *err) {
    prs_terms terms;
    prs_terms_cursor cursor;
    bool more = true;
    *n = 0;
    PRS_TRY(prs_terms_open(&terms, lists, index, N_DOCS, err));
    PRS_TRY(prs_terms_cursor_seek(&cursor, &terms, prs_bytes_of(NULL, 0), err));
    while (more) {
        PRS_TRY(prs_terms_cursor_next(&cursor, &more, err));
        *n += more;
    }
    *unused = prs_terms_cursor_unused(&cursor);
    return PRISM_OK;
}

static size_t block_off(const opened *o, uint32_t block) {
    return (size_t)(o->terms.block_offs - o->index.ptr) + 8 * (size_t)block;
}

START_TEST(lists_are_told_of_once) {
    opened o;
    uint32_t n;
    uint64_t unused;
    prism_error err = PRISM_ERROR_INIT;
    begin();
    add_two_blocks(1);
    for (uint32_t i = 0; i < dict.n; i++)
        dict.info[i] = (prs_term_info){.df = 5, .cf = 7, .postings_len = i < 64 ? 1 : 2};
    open_dictionary(&o, false);
    ck_assert_int_eq(walk(&o.lists, &o.index, &n, &unused, NULL), PRISM_OK);
    ck_assert_uint_eq(n, dict.n);
    ck_assert_uint_eq(unused, 0);
    section_copy lists = section_copy_of(&o.lists, (size_t)o.lists.len);
    section_copy index = section_copy_of(&o.index, (size_t)o.index.len);
    prs_section damaged = prs_section_of(lists.bytes, lists.len);
    prs_section forged = prs_section_of(index.bytes, index.len);
    /* The second block is that of both: 256 bytes of lists where there are 192. */
    memcpy(index.bytes + block_off(&o, 0), index.bytes + block_off(&o, 1), 8);
    ck_assert_int_eq(walk(&damaged, &forged, &n, &unused, &err), PRISM_ECORRUPT);
    ck_assert_str_eq(err.text, "lists of terms overlap");
    ck_assert_uint_lt(n, dict.n);
    /* The first is: 64 bytes belong to nobody. */
    memcpy(index.bytes + block_off(&o, 0), o.index.ptr + block_off(&o, 0), 8);
    memcpy(index.bytes + block_off(&o, 1), index.bytes + block_off(&o, 0), 8);
    ck_assert_int_eq(walk(&damaged, &forged, &n, &unused, NULL), PRISM_OK);
    ck_assert_uint_eq(unused, 64);
    section_copy_free(&lists);
    section_copy_free(&index);
    section_file_end(&o.file);
    drop_keys();
}
END_TEST

START_TEST(blocks_are_told_of_once) {
    opened o;
    uint32_t n;
    uint64_t unused;
    prism_error err = PRISM_ERROR_INIT;
    begin();
    add_two_blocks(90);
    for (uint32_t i = 0; i < dict.n; i++)
        dict.info[i] = (prs_term_info){.df = 1, .cf = 1, .inlined = true, .doc = i};
    open_dictionary(&o, false);
    section_copy index = section_copy_of(&o.index, (size_t)o.index.len);
    prs_section forged = prs_section_of(index.bytes, index.len);
    memcpy(index.bytes + block_off(&o, 1), index.bytes + block_off(&o, 0), 8);
    ck_assert_int_eq(walk(&o.lists, &forged, &n, &unused, &err), PRISM_ECORRUPT);
    ck_assert_str_eq(err.text, "term blocks overlap");
    section_copy_free(&index);
    section_file_end(&o.file);
    drop_keys();
}
END_TEST

static prism_status write_with(prs_mem *m, void *ctx) {
    (void)ctx;
    section_file f;
    prs_terms_totals totals;
    prism_status status = section_file_begin(&f, m, PRS_COMPONENT_LISTS);
    if (status == PRISM_OK) status = write_dictionary(&f, m, &totals);
    section_file_end(&f);
    return status;
}

START_TEST(memory_may_run_out_anywhere) {
    begin();
    test_rng rng = test_rng_of("terms-oom");
    random_keys(20000, &rng);
    random_infos(&rng);
    ck_assert_uint_gt(test_oom_sweep(write_with, NULL), 20);
    drop_keys();
}
END_TEST

static prism_status use_terms(prs_in *in, void *ctx) {
    prs_section lists, index;
    prs_terms terms;
    prs_terms_cursor *cursor = calloc(1, sizeof *cursor);
    prs_term_info info;
    bool more = false;
    ck_assert(prs_in_section(in, PRS_COMPONENT_LISTS, PRS_FIELD_NONE, &lists));
    ck_assert(prs_in_section(in, PRS_COMPONENT_TERMS_INDEX, PRS_FIELD_NONE, &index));
    prism_status status = prs_terms_open(&terms, &lists, &index, N_DOCS, NULL);
    if (status == PRISM_OK && *(bool *)ctx) {
        status = prs_terms_cursor_seek(cursor, &terms, prs_bytes_of("", 0), NULL);
        more = true;
        while (status == PRISM_OK && more) status = prs_terms_cursor_next(cursor, &more, NULL);
    } else {
        for (uint32_t i = 0; i < dict.n && status == PRISM_OK; i += 50)
            status = prs_terms_find(&terms, dict.key[i], &info, &more, NULL);
    }
    free(cursor);
    return status;
}

START_TEST(every_read_may_fail) {
    test_rng rng = test_rng_of("terms that cannot be read");
    opened o;
    begin();
    random_keys(20000, &rng);
    random_infos(&rng);
    open_dictionary(&o, true);
    for (int walk = 0; walk < 2; walk++)
        ck_assert_uint_gt(section_file_sweep(&o.file, use_terms, &(bool){walk != 0}), 2);
    section_file_end(&o.file);
    drop_keys();
}
END_TEST

TEST_SUITE(terms, every_read_may_fail, found_sought_and_walked_as_in_a_sorted_array,
           blocks_are_written_in_runs_between_lists, prefixes_of_eight_bytes_may_be_equal,
           no_dictionary_is_an_empty_one, damage_is_refused_or_harmless, lists_are_told_of_once,
           blocks_are_told_of_once, memory_may_run_out_anywhere)
