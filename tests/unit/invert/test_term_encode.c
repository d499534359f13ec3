/* test_term_encode.c - do the places of a term come back as documents, freqs and positions, in
 * whatever form its list is, and is a list the same wherever it is written? */
#include "harness/section_file.h"

#include "invert/term_encode.h"

#include <stdlib.h>

enum { DOCS = 600, SPAN = 40 };

typedef struct bench {
    prs_mem mem;
    section_file f;
    prs_stream_doc docs[DOCS];
    prs_places places;
    prs_lengths_builder spans;
    prs_lengths lengths;
    uint32_t where[DOCS * SPAN], n; /* of the term */
} bench;

/* Documents 0, 2, 4 ... have the field; the term is at the first `freq` of every `every`th. */
static void begin(bench *b, uint32_t every, uint32_t freq) {
    memset(b, 0, sizeof *b);
    prs_mem_init(&b->mem, NULL);
    prs_lengths_builder_init(&b->spans, &b->mem);
    for (uint32_t i = 0; i < DOCS; i++) {
        b->docs[i] = (prs_stream_doc){2 * i, 0, SPAN, SPAN};
        prs_lengths_builder_add(&b->spans, SPAN);
        prs_lengths_builder_add(&b->spans, 0);
        for (uint32_t k = 0; k < freq && i % every == 0; k++) b->where[b->n++] = i * SPAN + k;
    }
    ck_assert_int_eq(prs_lengths_builder_view(&b->spans, &b->lengths, NULL), PRISM_OK);
    ck_assert_int_eq(prs_places_init(&b->places, b->docs, DOCS, &b->mem, NULL), PRISM_OK);
    ck_assert_int_eq(section_file_begin(&b->f, &b->mem, PRS_COMPONENT_LISTS), PRISM_OK);
}

static void end(bench *b) {
    section_file_end(&b->f);
    prs_places_fini(&b->places);
    prs_lengths_builder_fini(&b->spans);
    ck_assert_uint_eq(atomic_load(&b->mem.live), 0);
}

static void encode(bench *b, const char *key, prs_out *out, prs_term_info *info, uint8_t *payload) {
    prs_term_field field = {2 * DOCS, &b->lengths, NULL, &b->places, true};
    prs_term_encoder *encoder = calloc(1, sizeof *encoder);
    prs_transpose_term term = {0, prs_bytes_of((const uint8_t *)key, strlen(key)), b->where, b->n,
                               0};
    ck_assert_int_eq(prs_term_encoder_init(encoder, &field, out, &b->mem, NULL), PRISM_OK);
    ck_assert_int_eq(prs_term_encode(encoder, &term, info, NULL), PRISM_OK);
    if (info->payload != NULL)
        info->payload = memcpy(payload, info->payload, (info->payload_bits + 7) / 8);
    prs_term_encoder_fini(encoder);
    prs_term_encoder_fini(encoder); /* once more does nothing */
    free(encoder);
}

static void check_list(bench *b, const prs_term_info *info, uint32_t every, uint32_t freq) {
    prs_section section;
    prs_postings p;
    uint32_t doc = 0, positions[SPAN];
    ck_assert_int_eq(section_file_open(&b->f, PRS_COMPONENT_LISTS, false, &section), PRISM_OK);
    prs_postings_source source = {section, &b->lengths, 2 * DOCS};
    ck_assert_uint_eq(info->df, (DOCS + every - 1) / every);
    ck_assert_uint_eq(info->cf, (uint64_t)info->df * freq);
    ck_assert_int_eq(prs_postings_open(&p, &source, info, NULL), PRISM_OK);
    for (uint32_t i = 0; i < DOCS; i += every) {
        ck_assert_int_eq(prs_postings_seek(&p, 2 * i, &doc, NULL), PRISM_OK);
        ck_assert_uint_eq(doc, 2 * i);
        ck_assert_int_eq(prs_postings_freqs(&p, NULL), PRISM_OK);
        ck_assert_uint_eq(p.freqs[p.i], freq);
        if (!info->has_positions) continue;
        ck_assert_int_eq(prs_postings_positions(&p, p.i, positions, NULL), PRISM_OK);
        for (uint32_t k = 0; k < freq; k++) ck_assert_uint_eq(positions[k], k);
    }
    ck_assert_int_eq(prs_postings_seek(&p, 2 * DOCS, &doc, NULL), PRISM_OK);
    ck_assert_uint_eq(doc, PRS_DOC_END);
}

/* In the dictionary, in one block, in many, with one and with many places in a document. */
START_TEST(lists_come_back) {
    static const uint32_t cases[][2] = {{599, 1}, {599, 16}, {599, 17}, {10, 2},  {5, 1},
                                        {5, 2},   {3, 30},   {1, 1},    {1, SPAN}};
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        static bench b;
        prs_term_info info;
        uint8_t payload[256];
        begin(&b, cases[i][0], cases[i][1]);
        encode(&b, "\1word", b.f.out, &info, payload);
        ck_assert(info.has_positions);
        check_list(&b, &info, cases[i][0], cases[i][1]);
        end(&b);
    }
}
END_TEST

/* A part of a compound has none, though its field has. */
START_TEST(kinds_without_positions_have_none) {
    for (uint32_t every = 1; every < 200; every += 198) {
        static bench b;
        prs_term_info info;
        uint8_t payload[256];
        char key[] = "?word";
        for (uint8_t kind = 1; kind < 32; kind++) {
            if (prs_kind_has_positions(kind)) continue;
            key[0] = (char)kind;
            begin(&b, every, 1);
            encode(&b, key, b.f.out, &info, payload);
            ck_assert(!info.has_positions);
            check_list(&b, &info, every, 1);
            end(&b);
        }
    }
}
END_TEST

START_TEST(a_list_is_the_same_in_memory) {
    static const uint32_t every[] = {599, 5, 1};
    for (size_t i = 0; i < PRS_COUNT(every); i++) {
        static bench b;
        prs_out *gather;
        prs_term_info info, other;
        uint8_t payload[256], other_payload[256];
        prs_section section;
        begin(&b, every[i], 3);
        ck_assert_int_eq(prs_out_gather_new(&b.mem, &gather, NULL), PRISM_OK);
        prs_buf *bytes = prs_out_gather_begin(gather);
        encode(&b, "\1word", gather, &other, other_payload);
        encode(&b, "\1word", b.f.out, &info, payload);
        ck_assert_uint_eq(info.inlined, other.inlined);
        ck_assert_uint_eq(info.payload_bits, other.payload_bits);
        ck_assert_uint_eq(info.positions_len, other.positions_len);
        ck_assert_uint_eq(info.postings_len, other.postings_len);
        if (info.inlined) {
            ck_assert_mem_eq(payload, other_payload, (info.payload_bits + 7) / 8);
        } else {
            ck_assert_int_eq(section_file_open(&b.f, PRS_COMPONENT_LISTS, false, &section),
                             PRISM_OK);
            ck_assert_uint_eq(section.len, bytes->len);
            ck_assert_mem_eq(section.ptr, bytes->ptr, bytes->len);
        }
        prs_out_gather_free(gather);
        end(&b);
    }
}
END_TEST

TEST_SUITE(term_encode, lists_come_back, kinds_without_positions_have_none,
           a_list_is_the_same_in_memory)
