/* test_segment_meta.c - do a segment's statistics come back, and is nonsense found? */
#include "harness/test.h"

#include "format/segment_meta.h"
#include "harness/section_file.h"

static prs_field_meta fields[] = {
    {0, 90, 300, 20000, 1000, 5000, 20000, {(const uint8_t *)"mixed-v1", 8}},
    {1, 100, 1, 100, 3, 100, 100, {(const uint8_t *)"exact-v1", 8}},
    {7, 12, 0, 0, 0, 0, 0, {NULL, 0}},
};
static prs_segment_meta sample = {100, 3, UINT64_C(1) << 40, fields};

static prism_status write_sample(const prs_segment_meta *meta, prs_mem *mem, section_file *f) {
    PRS_TRY(section_file_begin(f, mem, PRS_COMPONENT_SEGMENT));
    return prs_segment_meta_write(meta, mem, f->out, NULL);
}

static void check_equal(const prs_segment_meta *a, const prs_segment_meta *b) {
    ck_assert_uint_eq(a->n_docs, b->n_docs);
    ck_assert_uint_eq(a->n_fields, b->n_fields);
    ck_assert_uint_eq(a->arrival_base, b->arrival_base);
    for (uint32_t i = 0; i < a->n_fields; i++) {
        const prs_field_meta *x = &a->fields[i], *y = &b->fields[i];
        ck_assert_uint_eq(x->field, y->field);
        ck_assert_uint_eq(x->n_docs_with, y->n_docs_with);
        ck_assert_uint_eq(x->max_length, y->max_length);
        ck_assert_uint_eq(x->sum_length, y->sum_length);
        ck_assert_uint_eq(x->n_terms, y->n_terms);
        ck_assert_uint_eq(x->sum_df, y->sum_df);
        ck_assert_uint_eq(x->sum_cf, y->sum_cf);
        ck_assert(prs_bytes_equal(x->analyzer, y->analyzer));
        ck_assert_ptr_eq(prs_segment_meta_field(a, y->field), x);
    }
    ck_assert_ptr_null(prs_segment_meta_field(a, 5));
    ck_assert_ptr_null(prs_segment_meta_field(a, 8));
}

static prism_status round_trip(prs_mem *mem, void *ctx) {
    section_file f;
    prs_section section;
    prs_arena arena;
    prs_segment_meta back;
    prs_arena_init(&arena, mem, 0);
    prism_status status = write_sample(ctx, mem, &f);
    if (status == PRISM_OK) status = section_file_open(&f, PRS_COMPONENT_SEGMENT, true, &section);
    if (status == PRISM_OK) status = prs_segment_meta_read(&back, &section, &arena, NULL);
    section_file_end(&f);
    if (status == PRISM_OK) check_equal(&back, ctx);
    prs_arena_fini(&arena);
    return status;
}

START_TEST(statistics_come_back) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(round_trip(&mem, &sample), PRISM_OK);
    prs_segment_meta bare = {1, 0, 0, NULL};
    ck_assert_int_eq(round_trip(&mem, &bare), PRISM_OK);
    ck_assert_uint_gt(test_oom_sweep(round_trip, &sample), 5);
}
END_TEST

START_TEST(bytes_are_those_of_the_format) {
    static const uint8_t want[] = {100,  0,    0,    0,    0,    0,    0,   0,    0,   0,    0,
                                   0,    0,    1,    0,    0,    3,    0,   0,    0,   0,    0,
                                   0,    0,    0,    90,   0xa0, 0x9c, 1,   0xac, 2,   0xe8, 7,
                                   0x88, 0x27, 0xa0, 0x9c, 1,    8,    'm', 'i',  'x', 'e',  'd',
                                   '-',  'v',  '1',  1,    100,  100,  1,   3,    100, 100,  8};
    prs_mem mem;
    section_file f;
    prs_section section;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(write_sample(&sample, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_SEGMENT, false, &section), PRISM_OK);
    ck_assert_uint_eq(section.len, sizeof want + 8 + 8);
    ck_assert_mem_eq(section.ptr, want, sizeof want);
    section_file_end(&f);
}
END_TEST

static bool break_rule(prs_segment_meta *m, prs_field_meta *f, int which) {
    switch (which) {
    case 0: m->n_docs = 0; break;
    case 1: m->n_docs = PRISM_MAX_SEGMENT_DOCS + 1; break;
    case 2: m->n_fields = PRISM_MAX_FIELDS + 1; break;
    case 3: f[1].field = 0; break;
    case 4: f[2].field = PRS_FIELD_NONE; break;
    case 5: f[0].n_docs_with = 101; break;
    case 6: f[0].sum_length = 90 * 300 + 1; break;
    case 7: f[1].max_length = 101; break;
    case 8: f[0].sum_df = 999; break;
    case 9: f[0].sum_cf = 4999; break;
    case 10: f[0].analyzer.len = PRS_MAX_ANALYZER_ID + 1; break;
    default: return false;
    }
    return true;
}

START_TEST(broken_rules_are_not_written) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    ck_assert_ptr_null(prs_segment_meta_broken_rule(&sample));
    for (int which = 0;; which++) {
        prs_field_meta f[3] = {fields[0], fields[1], fields[2]};
        prs_segment_meta m = sample;
        section_file file;
        m.fields = f;
        if (!break_rule(&m, f, which)) break;
        ck_assert_msg(prs_segment_meta_broken_rule(&m) != NULL, "rule %d", which);
        ck_assert_int_eq(write_sample(&m, &mem, &file), PRISM_EINVAL);
        section_file_end(&file);
    }
}
END_TEST

START_TEST(any_bytes_are_safe) {
    prs_mem mem;
    section_file f;
    prs_section section;
    test_rng rng = test_rng_of("segment_meta hostile");
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(write_sample(&sample, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_SEGMENT, false, &section), PRISM_OK);
    for (size_t round = 0; round < 5000; round++) {
        bool cut = round < section.len;
        section_copy copy = section_copy_of(&section, cut ? round : (size_t)section.len);
        for (uint64_t k = cut ? 0 : test_rng_below(&rng, 3) + 1; k > 0; k--)
            section_copy_damage(&copy, &rng);
        prs_section any = prs_section_of(copy.bytes, copy.len);
        prs_arena arena;
        prs_segment_meta back;
        prs_arena_init(&arena, &mem, 0);
        prism_status status = prs_segment_meta_read(&back, &any, &arena, NULL);
        if (cut) ck_assert_int_eq(status, PRISM_ECORRUPT);
        if (status == PRISM_OK) ck_assert_ptr_null(prs_segment_meta_broken_rule(&back));
        prs_arena_fini(&arena);
        section_copy_free(&copy);
    }
    section_file_end(&f);
}
END_TEST

static prism_status use_meta(prs_in *in, void *ctx) {
    prs_section section;
    prs_segment_meta back;
    ck_assert(prs_in_section(in, PRS_COMPONENT_SEGMENT, PRS_FIELD_NONE, &section));
    return prs_segment_meta_read(&back, &section, ctx, NULL);
}

START_TEST(every_read_may_fail) {
    section_file f;
    prs_section section;
    prs_mem mem;
    prs_arena arena;
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    ck_assert_int_eq(write_sample(&sample, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_SEGMENT, true, &section), PRISM_OK);
    ck_assert_uint_eq(section_file_sweep(&f, use_meta, &arena), 1);
    section_file_end(&f);
    prs_arena_fini(&arena);
}
END_TEST

TEST_SUITE(segment_meta, every_read_may_fail, statistics_come_back, bytes_are_those_of_the_format,
           broken_rules_are_not_written, any_bytes_are_safe)
