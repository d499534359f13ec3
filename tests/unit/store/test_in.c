/* test_in.c - does a file come back as written, and is every damage found? */
#include "harness/test.h"

#include "store/envelope.h"
#include "store/in.h"

#include <stdio.h>

typedef struct place {
    prs_mem mem;
    prs_dir *dir;
} place;

static void place_open(place *p) {
    prs_mem_init(&p->mem, NULL);
    ck_assert_int_eq(prs_dir_mem_new(&p->mem, &p->dir, NULL), PRISM_OK);
}

static void place_close(place *p) {
    p->dir->vt->close_dir(p->dir);
    ck_assert_uint_eq(atomic_load(&p->mem.live), 0);
}

static prs_id id_of(uint8_t b) {
    prs_id id;
    memset(id.bytes, b, sizeof id.bytes);
    return id;
}

/* Bytes of section i: different everywhere, so that a shift is seen. */
static uint8_t byte_of(uint32_t section, size_t at) {
    return (uint8_t)prs_hash_mix64(((uint64_t)section << 40) + at);
}

static void write_bytes(prs_out *out, uint32_t section, size_t len) {
    uint8_t chunk[1000];
    for (size_t at = 0; at < len;) {
        size_t n = PRS_MIN(len - at, sizeof chunk);
        for (size_t i = 0; i < n; i++) chunk[i] = byte_of(section, at + i);
        prs_out_write(out, chunk, n);
        at += n;
    }
}

static uint64_t write_file(place *p, const char *name, const size_t *lens, uint32_t n, prs_hash128 *digest) {
    prs_id id = id_of(7);
    prs_out *out;
    uint64_t len;
    ck_assert_int_eq(prs_out_open(p->dir, name, PRS_FILE_IDX, &id, 0, &out, NULL), PRISM_OK);
    for (uint32_t i = n; i-- > 0;) { /* sections may come in any order */
        prs_out_section(out, (uint16_t)(i / 3 + 1), (uint16_t)(i % 3), 1);
        write_bytes(out, i, lens[i]);
        ck_assert_uint_eq(prs_out_offset(out), lens[i]);
    }
    ck_assert_int_eq(prs_out_finish(out, &len, digest, NULL), PRISM_OK);
    return len;
}

static void check_sections(prs_in *in, const size_t *lens, uint32_t n) {
    prs_section s;
    uint16_t component, field;
    for (uint32_t i = 0; i < n; i++) {
        ck_assert(prs_in_section(in, (uint16_t)(i / 3 + 1), (uint16_t)(i % 3), &s));
        ck_assert_uint_eq(s.len, lens[i]);
        ck_assert_uint_eq(s.version, 1);
        ck_assert_uint_eq(s.offset % 64, 0);
        ck_assert_int_eq(prs_in_touch(&s, 0, s.len, NULL), PRISM_OK);
        for (size_t at = 0; at < lens[i]; at++) ck_assert_uint_eq(s.ptr[at], byte_of(i, at));
        ck_assert(prs_in_entry(in, i, &component, &field, &s));
        ck_assert_uint_eq(component, i / 3 + 1);
        ck_assert_uint_eq(field, i % 3);
    }
    ck_assert(!prs_in_section(in, 99, 0, &s));
    ck_assert_ptr_null(s.ptr);
    ck_assert(!prs_in_entry(in, n, &component, &field, &s));
}

static void round_trip(place *p, const size_t *lens, uint32_t n) {
    static const prs_checksum_mode modes[] = {PRS_CHECKSUM_LAZY, PRS_CHECKSUM_EAGER, PRS_CHECKSUM_OFF};
    prs_hash128 digest;
    prs_id id = id_of(7);
    uint64_t len = write_file(p, "f.idx", lens, n, &digest);
    for (size_t m = 0; m < PRS_COUNT(modes); m++) {
        for (int pread = 0; pread < 2; pread++) {
            prs_in *in;
            p->dir->pread = pread != 0;
            ck_assert_int_eq(prs_in_open(p->dir, "f.idx", PRS_FILE_IDX, &id, len, &digest, modes[m], &in, NULL),
                             PRISM_OK);
            check_sections(in, lens, n);
            ck_assert_int_eq(prs_in_verify_all(in, NULL), PRISM_OK);
            ck_assert_uint_eq(prs_in_len(in), len);
            prs_in_close(in);
        }
    }
    p->dir->pread = false;
    ck_assert_int_eq(p->dir->vt->unlink(p->dir, "f.idx", NULL), PRISM_OK);
}

START_TEST(what_is_written_comes_back) {
    static const size_t sizes[] = {0, 1, 63, 64, 65, 65471, 65472, 65473, 65535, 65536, 65537, 200000};
    place p;
    place_open(&p);
    round_trip(&p, NULL, 0);
    for (size_t i = 0; i < PRS_COUNT(sizes); i++) {
        round_trip(&p, &sizes[i], 1);
        size_t three[3] = {sizes[i], 0, sizes[PRS_COUNT(sizes) - 1 - i]};
        round_trip(&p, three, 3);
    }
    round_trip(&p, sizes, PRS_COUNT(sizes));
    place_close(&p);
}
END_TEST

TEST_SUITE(in, what_is_written_comes_back)
