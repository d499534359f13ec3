/* test_envelope.c - is every flipped bit of a header or a footer found, and every wrong number? */
#include "harness/test.h"

#include "store/envelope.h"

static const prs_header sample_header = {
    .type = PRS_FILE_COMMIT,
    .id = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
    .generation = 77};
static const prs_footer sample_footer = {640, 704, 2, 1, 704 + 8 + 64, 0x1122334455667788};

static prism_status read_header(const uint8_t bytes[64]) {
    prs_header h;
    return prs_envelope_get_header(bytes, "f", &h, NULL);
}

START_TEST(headers_come_back) {
    uint8_t bytes[64];
    prs_header h;
    prs_envelope_put_header(bytes, &sample_header);
    ck_assert_mem_eq(bytes, "\x89PRSM\r\n\x1a\1\1\0\0", 12);
    ck_assert_uint_eq(prs_load64(bytes + 40), 77);
    ck_assert_int_eq(prs_envelope_get_header(bytes, "f", &h, NULL), PRISM_OK);
    ck_assert_int_eq(h.type, PRS_FILE_COMMIT);
    ck_assert(prs_id_equal(&h.id, &sample_header.id));
    ck_assert_uint_eq(h.generation, 77);
    ck_assert_uint_eq(h.read_only_flags, 0);
    ck_assert_uint_eq(h.format, PRS_FORMAT);
}
END_TEST

START_TEST(every_bit_of_a_header_counts) {
    uint8_t bytes[64];
    prs_envelope_put_header(bytes, &sample_header);
    for (int bit = 0; bit < 512; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert_msg(read_header(bytes) == PRISM_ECORRUPT, "bit %d", bit);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}
END_TEST

/* Change bytes of a header and make its hash right again. */
static prism_status read_changed(size_t at, uint8_t value) {
    uint8_t bytes[64];
    prs_envelope_put_header(bytes, &sample_header);
    bytes[at] = value;
    prs_store64(bytes + 56, prs_envelope_hash(&sample_header, PRS_HASH_HEADER, bytes, 56));
    return read_header(bytes);
}

START_TEST(versions_and_flags_are_obeyed) {
    ck_assert_int_eq(read_changed(9, 1), PRISM_OK);
    ck_assert_int_eq(read_changed(9, 2), PRISM_ETOONEW);
    ck_assert_int_eq(read_changed(9, 0), PRISM_ETOOOLD);
    ck_assert_int_eq(read_changed(10, 9), PRISM_OK);      /* a later minor is readable */
    ck_assert_int_eq(read_changed(14, 1), PRISM_ETOONEW); /* incompatible flag */
    ck_assert_int_eq(read_changed(18, 1), PRISM_OK);      /* read-only flag: read, not written */
    ck_assert_int_eq(read_changed(22, 255), PRISM_OK);    /* compatible flag */
    uint8_t bytes[64];
    prs_header h;
    prism_error err = PRISM_ERROR_INIT;
    prs_envelope_put_header(bytes, &sample_header);
    bytes[9] = 2;
    prs_store64(bytes + 56, prs_envelope_hash(&sample_header, PRS_HASH_HEADER, bytes, 56));
    ck_assert_int_eq(prs_envelope_get_header(bytes, "f", &h, &err), PRISM_ETOONEW);
    ck_assert_int_eq(err.code, PRISM_ETOONEW);
    ck_assert_str_eq(err.file, "f");
    ck_assert_ptr_nonnull(strstr(err.text, "newer version"));
    prs_envelope_put_header(bytes, &sample_header);
    bytes[18] = 1;
    prs_store64(bytes + 56, prs_envelope_hash(&sample_header, PRS_HASH_HEADER, bytes, 56));
    ck_assert_int_eq(prs_envelope_get_header(bytes, "f", &h, NULL), PRISM_OK);
    ck_assert_uint_eq(h.read_only_flags, 1u << 16);
}
END_TEST

static prism_status read_footer(const uint8_t bytes[64], uint64_t file_len) {
    prs_footer f;
    return prs_envelope_get_footer(bytes, "f", &sample_header, file_len, &f, NULL);
}

START_TEST(every_bit_of_a_footer_counts) {
    uint8_t bytes[64];
    prs_footer f;
    prs_envelope_put_footer(bytes, &sample_header, &sample_footer);
    ck_assert_int_eq(
        prs_envelope_get_footer(bytes, "f", &sample_header, sample_footer.len, &f, NULL), PRISM_OK);
    ck_assert_mem_eq(&f, &sample_footer, sizeof f);
    for (int bit = 0; bit < 512; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert_msg(read_footer(bytes, sample_footer.len) == PRISM_ECORRUPT, "bit %d", bit);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    ck_assert_int_eq(read_footer(bytes, sample_footer.len + 64), PRISM_ECORRUPT);
    prs_header other = sample_header;
    other.id.bytes[3]++;
    ck_assert_int_eq(prs_envelope_get_footer(bytes, "f", &other, sample_footer.len, &f, NULL),
                     PRISM_ECORRUPT);
    other = sample_header;
    other.type = PRS_FILE_IDX;
    ck_assert_int_eq(prs_envelope_get_footer(bytes, "f", &other, sample_footer.len, &f, NULL),
                     PRISM_ECORRUPT);
}
END_TEST

START_TEST(numbers_that_disagree_are_found) {
    /* a right hash over wrong numbers: one number changed at a time */
    for (int which = 0; which < 10; which++) {
        prs_footer f = sample_footer;
        uint8_t bytes[64];
        uint64_t len = f.len;
        switch (which) {
        case 0: f.dir_off = 0; break;
        case 1: f.dir_off = 64; break;
        case 2: f.dir_off = 639; break;
        case 3: f.covered = 768; break;
        case 4: f.covered = UINT64_MAX - 63; break;
        case 5: f.n_sections = 3; break;
        case 6: f.n_sections = UINT32_MAX; break;
        case 7: f.n_regions = 2; break;
        case 8: f.n_regions = 0; break;
        case 9: f.len--; break;
        }
        prs_envelope_put_footer(bytes, &sample_header, &f);
        ck_assert_msg(read_footer(bytes, len) == PRISM_ECORRUPT, "number %d", which);
    }
}
END_TEST

START_TEST(hashes_know_their_place) {
    prs_header a = sample_header, b = sample_header;
    uint64_t h = prs_envelope_hash(&a, 5, "bytes", 5);
    ck_assert_uint_ne(h, prs_envelope_hash(&a, 6, "bytes", 5));
    ck_assert_uint_ne(h, prs_envelope_hash(&a, 5, "bytez", 5));
    b.id.bytes[0]++;
    ck_assert_uint_ne(h, prs_envelope_hash(&b, 5, "bytes", 5));
    b = a;
    b.type = PRS_FILE_DOC;
    ck_assert_uint_ne(h, prs_envelope_hash(&b, 5, "bytes", 5));
}
END_TEST

TEST_SUITE(envelope, headers_come_back, every_bit_of_a_header_counts, versions_and_flags_are_obeyed,
           every_bit_of_a_footer_counts, numbers_that_disagree_are_found, hashes_know_their_place)
