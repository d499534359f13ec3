/* test_manifest.c - does a generation come back, and is every broken rule found? */
#include "harness/test.h"

#include "format/manifest.h"
#include "harness/section_file.h"

#define N_SEGMENTS 5u

typedef struct sample {
    prs_manifest m;
    prs_manifest_segment segments[N_SEGMENTS];
    prs_stop_set sets[2];
    prs_bytes keys[3];
} sample;

static void make_sample(sample *s) {
    memset(s, 0, sizeof *s);
    s->keys[0] = prs_bytes_of("\1the", 4);
    s->keys[1] = prs_bytes_of("\1of", 3);
    s->keys[2] = prs_bytes_of("x", 1);
    s->sets[0] = (prs_stop_set){3, 2, s->keys};
    s->sets[1] = (prs_stop_set){9, 1, s->keys + 2};
    for (uint32_t i = 0; i < N_SEGMENTS; i++) {
        prs_manifest_segment *seg = &s->segments[i];
        memset(seg->id.bytes, (int)i + 1, sizeof seg->id.bytes);
        seg->n_docs = 100 + i;
        seg->n_deleted = i % 2 * 7;
        seg->arrival_base = 1000 * (uint64_t)i;
        seg->idx = (prs_file_check){4096 + i, {i, ~(uint64_t)i}};
        seg->doc = (prs_file_check){8192 + i, {77 * (uint64_t)i, 5}};
    }
    s->m = (prs_manifest){.generation = 12,
                          .previous = 11,
                          .next_arrival = 5000,
                          .deletes_generation = 10,
                          .deletes = {320, {1, 2}},
                          .n_segments = N_SEGMENTS,
                          .n_stop_sets = 2,
                          .segments = s->segments,
                          .stop_sets = s->sets};
}

static prism_status write_sample(const sample *s, prs_mem *mem, section_file *f) {
    PRS_TRY(section_file_begin(f, mem, PRS_COMPONENT_MANIFEST));
    return prs_manifest_write(&s->m, f->out, NULL);
}

static void check_equal(const prs_manifest *a, const prs_manifest *b) {
    ck_assert_uint_eq(a->generation, b->generation);
    ck_assert_uint_eq(a->previous, b->previous);
    ck_assert_uint_eq(a->next_arrival, b->next_arrival);
    ck_assert_uint_eq(a->deletes_generation, b->deletes_generation);
    ck_assert_mem_eq(&a->deletes, &b->deletes, sizeof a->deletes);
    ck_assert_uint_eq(a->n_segments, b->n_segments);
    ck_assert_uint_eq(a->n_stop_sets, b->n_stop_sets);
    for (uint32_t i = 0; i < a->n_segments; i++) {
        ck_assert_mem_eq(&a->segments[i], &b->segments[i], sizeof a->segments[i]);
    }
    for (uint32_t i = 0; i < a->n_stop_sets; i++) {
        ck_assert_uint_eq(a->stop_sets[i].field, b->stop_sets[i].field);
        ck_assert_uint_eq(a->stop_sets[i].n, b->stop_sets[i].n);
        for (uint32_t k = 0; k < a->stop_sets[i].n; k++) {
            ck_assert(prs_bytes_equal(a->stop_sets[i].keys[k], b->stop_sets[i].keys[k]));
        }
    }
}

static prism_status round_trip(prs_mem *mem, void *ctx) {
    const sample *s = ctx;
    section_file f;
    prs_section section;
    prs_arena arena;
    prs_manifest back;
    prs_arena_init(&arena, mem, 0);
    prism_status status = write_sample(s, mem, &f);
    if (status == PRISM_OK) status = section_file_open(&f, PRS_COMPONENT_MANIFEST, false, &section);
    if (status == PRISM_OK) status = prs_manifest_read(&back, &section, &arena, NULL);
    section_file_end(&f); /* what was read stays */
    if (status == PRISM_OK) check_equal(&back, &s->m);
    prs_arena_fini(&arena);
    return status;
}

START_TEST(generations_come_back) {
    sample s;
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    make_sample(&s);
    ck_assert_int_eq(round_trip(&mem, &s), PRISM_OK);
    ck_assert_uint_gt(test_oom_sweep(round_trip, &s), 5);
    s.m = (prs_manifest){.generation = 1};
    ck_assert_int_eq(round_trip(&mem, &s), PRISM_OK);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(layout_is_that_of_the_format) {
    sample s;
    prs_mem mem;
    section_file f;
    prs_section section;
    prs_mem_init(&mem, NULL);
    make_sample(&s);
    ck_assert_int_eq(write_sample(&s, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_MANIFEST, false, &section), PRISM_OK);
    ck_assert_uint_eq(section.len, 64 + N_SEGMENTS * 80 + (4 + 2 + 4 + 2 + 3) + (4 + 2 + 1));
    ck_assert_uint_eq(prs_load64(section.ptr), 12);
    ck_assert_uint_eq(prs_load64(section.ptr + 32), 320);
    ck_assert_uint_eq(prs_load32(section.ptr + 56), N_SEGMENTS);
    ck_assert_uint_eq(prs_load32(section.ptr + 60), 2);
    ck_assert_uint_eq(section.ptr[64 + 80], 2);                     /* id of segment 1 */
    ck_assert_uint_eq(prs_load32(section.ptr + 64 + 80 + 16), 101); /* its documents */
    ck_assert_uint_eq(prs_load32(section.ptr + 64 + 80 + 20), 7);
    ck_assert_uint_eq(prs_load64(section.ptr + 64 + 80 + 24), 1000);
    ck_assert_uint_eq(prs_load64(section.ptr + 64 + 80 + 32), 4097);
    ck_assert_uint_eq(prs_load64(section.ptr + 64 + 80 + 56), 8193);
    ck_assert_mem_eq(section.ptr + 64 + N_SEGMENTS * 80, "\3\0\2\0\4\0\1the\3\0\1of\11\0\1\0\1\0x",
                     22);
    section_file_end(&f);
}
END_TEST

/* Break rule number `which`; false if there is no such. */
static bool break_rule(sample *s, int which) {
    switch (which) {
    case 0: s->m.generation = 0; break;
    case 1: s->m.previous = 12; break;
    case 2: s->m.deletes_generation = 13; break;
    case 3: s->m.deletes.len = 0; break;
    case 4: s->m.deletes_generation = 0; break;
    case 5: s->segments[2].n_docs = 0; break;
    case 6: s->segments[2].n_docs = PRISM_MAX_SEGMENT_DOCS + 1; break;
    case 7: s->segments[2].n_deleted = 103; break;
    case 8: s->segments[2].arrival_base = 1000; break;
    case 9: s->segments[4].arrival_base = 5000; break;
    case 10: s->segments[0].idx.len = 0; break;
    case 11: s->segments[0].doc.len = 0; break;
    case 12: s->sets[1].field = 3; break;
    case 13: s->keys[1].len = 0; break;
    case 14: s->keys[1].len = PRISM_MAX_TERM_BYTES + 1; break;
    case 15: /* deletions without a file of them */
        s->m.deletes_generation = 0;
        s->m.deletes.len = 0;
        break;
    case 16: s->segments[0].n_docs = 1001; break; /* into the arrival numbers of the next */
    case 17: s->segments[4].n_docs = 1001; break;
    default: return false;
    }
    return true;
}

START_TEST(broken_rules_are_not_written) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    for (int which = 0;; which++) {
        sample s;
        section_file f;
        make_sample(&s);
        ck_assert_ptr_null(prs_manifest_broken_rule(&s.m));
        if (!break_rule(&s, which)) break;
        ck_assert_msg(prs_manifest_broken_rule(&s.m) != NULL, "rule %d", which);
        ck_assert_int_eq(write_sample(&s, &mem, &f), PRISM_EINVAL);
        section_file_end(&f);
    }
}
END_TEST

START_TEST(any_bytes_are_safe) {
    sample s;
    prs_mem mem;
    section_file f;
    prs_section section;
    test_rng rng = test_rng_of("manifest hostile");
    prs_mem_init(&mem, NULL);
    make_sample(&s);
    ck_assert_int_eq(write_sample(&s, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_MANIFEST, false, &section), PRISM_OK);
    for (size_t round = 0; round < 6000; round++) {
        bool cut = round < section.len;
        section_copy copy = section_copy_of(&section, cut ? round : (size_t)section.len);
        for (uint64_t k = cut ? 0 : test_rng_below(&rng, 3) + 1; k > 0; k--)
            section_copy_damage(&copy, &rng);
        prs_section any = prs_section_of(copy.bytes, copy.len);
        prs_arena arena;
        prs_manifest back;
        prs_arena_init(&arena, &mem, 0);
        prism_status status = prs_manifest_read(&back, &any, &arena, NULL);
        if (cut) ck_assert_int_eq(status, PRISM_ECORRUPT);
        if (status == PRISM_OK) {
            ck_assert_ptr_null(prs_manifest_broken_rule(&back));
            prs_id id = {{99}};
            (void)prs_manifest_find(&back, &id);
        }
        prs_arena_fini(&arena);
        section_copy_free(&copy);
    }
    section_file_end(&f);
}
END_TEST

START_TEST(segments_are_found_by_id) {
    sample s;
    prs_id other = {{1, 1, 1}};
    make_sample(&s);
    for (uint32_t i = 0; i < N_SEGMENTS; i++) {
        ck_assert_ptr_eq(prs_manifest_find(&s.m, &s.segments[i].id), &s.segments[i]);
    }
    ck_assert_ptr_null(prs_manifest_find(&s.m, &other));
}
END_TEST

static prism_status use_manifest(prs_in *in, void *ctx) {
    prs_section section;
    prs_manifest back;
    ck_assert(prs_in_section(in, PRS_COMPONENT_MANIFEST, PRS_FIELD_NONE, &section));
    return prs_manifest_read(&back, &section, ctx, NULL);
}

START_TEST(every_read_may_fail) {
    sample s;
    section_file f;
    prs_section section;
    prs_mem mem;
    prs_arena arena;
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    make_sample(&s);
    ck_assert_int_eq(write_sample(&s, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_MANIFEST, true, &section), PRISM_OK);
    ck_assert_uint_eq(section_file_sweep(&f, use_manifest, &arena), 1);
    section_file_end(&f);
    prs_arena_fini(&arena);
}
END_TEST

TEST_SUITE(manifest, every_read_may_fail, generations_come_back, layout_is_that_of_the_format,
           broken_rules_are_not_written, any_bytes_are_safe, segments_are_found_by_id)
