/* test_deletes.c - do deleted documents come back, as a list and as bits, and nothing else? */
#include "harness/test.h"

#include "format/deletes.h"
#include "harness/section_file.h"

#define N_SETS 7u

typedef struct sets {
    prs_bitset set[N_SETS];
    prs_deletes_input input[N_SETS];
    prs_manifest_segment segments[N_SETS];
    prs_manifest m;
} sets;

static const uint32_t n_docs_of[N_SETS] = {1, 63, 64, 65, 1000, 100000, 300};
/* one document in this many is deleted; 0 = none */
static const uint32_t rarity_of[N_SETS] = {1, 3, 1, 0, 9, 5000, 250};

static prism_status make_sets(sets *s, prs_mem *mem, test_rng *rng) {
    memset(s, 0, sizeof *s);
    s->m.segments = s->segments;
    s->m.n_segments = N_SETS;
    for (uint32_t i = 0; i < N_SETS; i++) {
        uint32_t n = n_docs_of[i];
        PRS_TRY(prs_bitset_init(&s->set[i], mem, n));
        for (uint32_t doc = 0; doc < n; doc++) {
            if (rarity_of[i] != 0 && test_rng_one_in(rng, rarity_of[i]))
                prs_bitset_set(&s->set[i], doc);
        }
        memset(s->input[i].id.bytes, (int)i + 1, 16);
        s->input[i].deleted = i == 3 ? NULL : &s->set[i];
        s->segments[i].id = s->input[i].id;
        s->segments[i].n_docs = n;
        s->segments[i].n_deleted = prs_bitset_count(&s->set[i]);
    }
    return PRISM_OK;
}

static void free_sets(sets *s) {
    for (uint32_t i = 0; i < N_SETS; i++) {
        if (s->set[i].words != NULL) prs_bitset_fini(&s->set[i]);
    }
}

static prism_status check_segment(const prs_deletes *d, const sets *s, uint32_t i, prs_mem *mem) {
    const prs_deletes_entry *e = prs_deletes_find(d, &s->input[i].id);
    uint32_t n = s->segments[i].n_deleted;
    ck_assert_int_eq(e != NULL, n > 0);
    if (e == NULL) return PRISM_OK;
    ck_assert_uint_eq(e->n_deleted, n);
    size_t bits = (size_t)prs_bitset_words(n_docs_of[i]) * 8;
    ck_assert_uint_le(e->bytes.len, bits);
    if (e->kind == 1) ck_assert_uint_eq(e->bytes.len, bits);
    if (n > bits) ck_assert_int_eq(e->kind, 1);
    prs_bitset back;
    PRS_TRY(prs_bitset_init(&back, mem, n_docs_of[i]));
    ck_assert_int_eq(prs_deletes_decode(d, e, &back, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < n_docs_of[i]; doc++) {
        ck_assert_int_eq(prs_bitset_get(&back, doc), prs_bitset_get(&s->set[i], doc));
    }
    prs_bitset_fini(&back);
    return PRISM_OK;
}

static prism_status check_all(sets *s, prs_mem *mem) {
    section_file f;
    prs_section section;
    prs_arena arena;
    prs_deletes d;
    prs_arena_init(&arena, mem, 0);
    prism_status status = section_file_begin(&f, mem, PRS_COMPONENT_DELETES);
    if (status == PRISM_OK) status = prs_deletes_write(s->input, N_SETS, mem, f.out, NULL);
    if (status == PRISM_OK) status = section_file_open(&f, PRS_COMPONENT_DELETES, false, &section);
    if (status == PRISM_OK) status = prs_deletes_open(&d, &section, &s->m, &arena, NULL);
    for (uint32_t i = 0; i < N_SETS && status == PRISM_OK; i++)
        status = check_segment(&d, s, i, mem);
    prs_arena_fini(&arena);
    section_file_end(&f);
    return status;
}

static prism_status round_trip(prs_mem *mem, void *ctx) {
    sets s;
    test_rng rng = test_rng_of(ctx);
    prism_status status = make_sets(&s, mem, &rng);
    if (status == PRISM_OK) status = check_all(&s, mem);
    free_sets(&s);
    return status;
}

START_TEST(deletions_come_back) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    char name[] = "deletes A";
    for (; name[8] < 'K'; name[8]++) ck_assert_int_eq(round_trip(&mem, name), PRISM_OK);
    ck_assert_uint_gt(test_oom_sweep(round_trip, name), 10);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(bytes_are_those_of_the_format) {
    static const uint8_t want[] = {1, 0, 0,    0, 0, 0, 0, 0, /* segments */
                                   8, 8, 8,    8, 8, 8, 8, 8,
                                   8, 8, 8,    8, 8, 8, 8, 8, /* id */
                                   3, 0, 0,    0, 0, 0, 0, 0,
                                   4, 0, 0,    0, 0, 0, 0, 0, /* number, kind, length */
                                   0, 4, 0xc2, 1};            /* 0, 5, 200 */
    prs_mem mem;
    prs_bitset set;
    section_file f;
    prs_section section;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_bitset_init(&set, &mem, 300), PRISM_OK);
    prs_bitset_set(&set, 0);
    prs_bitset_set(&set, 5);
    prs_bitset_set(&set, 200);
    prs_deletes_input input = {{{8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8}}, &set};
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_DELETES), PRISM_OK);
    ck_assert_int_eq(prs_deletes_write(&input, 1, &mem, f.out, NULL), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_DELETES, false, &section), PRISM_OK);
    ck_assert_uint_eq(section.len, sizeof want);
    ck_assert_mem_eq(section.ptr, want, sizeof want);
    section_file_end(&f);
    prs_bitset_fini(&set);
}
END_TEST

START_TEST(a_manifest_that_says_otherwise_is_told) {
    sets s;
    prs_mem mem;
    test_rng rng = test_rng_of("deletes manifest");
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(make_sets(&s, &mem, &rng), PRISM_OK);
    prs_bitset_set(&s.set[1], 0);
    s.segments[1].n_deleted = prs_bitset_count(&s.set[1]);
    ck_assert_int_eq(check_all(&s, &mem), PRISM_OK);
    s.segments[1].n_deleted++;
    ck_assert_int_eq(check_all(&s, &mem), PRISM_ECORRUPT);
    s.segments[1].n_deleted = 0;
    ck_assert_int_eq(check_all(&s, &mem), PRISM_ECORRUPT);
    s.segments[1].n_deleted = prs_bitset_count(&s.set[1]);
    s.segments[3].n_deleted = 1;
    ck_assert_int_eq(check_all(&s, &mem), PRISM_ECORRUPT);
    s.segments[3].n_deleted = 0;
    s.segments[1].id.bytes[15] ^= 1;
    ck_assert_int_eq(check_all(&s, &mem), PRISM_ECORRUPT);
    free_sets(&s);
}
END_TEST

static void ask(const section_copy *copy, prs_mem *mem) {
    prs_section any = prs_section_of(copy->bytes, copy->len);
    prs_arena arena;
    prs_deletes d;
    prs_arena_init(&arena, mem, 0);
    if (prs_deletes_open(&d, &any, NULL, &arena, NULL) == PRISM_OK) {
        for (uint32_t i = 0; i < d.n; i++) {
            prs_bitset set;
            uint32_t n_docs = n_docs_of[d.entries[i].id.bytes[0] % N_SETS];
            ck_assert_int_eq(prs_bitset_init(&set, mem, n_docs), PRISM_OK);
            if (prs_deletes_decode(&d, &d.entries[i], &set, NULL) == PRISM_OK) {
                ck_assert_uint_eq(prs_bitset_count(&set), d.entries[i].n_deleted);
            }
            ck_assert_uint_eq(prs_bitset_next(&set, n_docs), n_docs);
            prs_bitset_fini(&set);
        }
    }
    prs_arena_fini(&arena);
}

START_TEST(any_bytes_are_safe) {
    sets s;
    prs_mem mem;
    section_file f;
    prs_section section;
    test_rng rng = test_rng_of("deletes hostile");
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(make_sets(&s, &mem, &rng), PRISM_OK);
    s.input[5].deleted = NULL; /* keep it small, so that damage meets what matters */
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_DELETES), PRISM_OK);
    ck_assert_int_eq(prs_deletes_write(s.input, N_SETS, &mem, f.out, NULL), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_DELETES, false, &section), PRISM_OK);
    for (size_t round = 0; round < 5000; round++) {
        bool cut = round < section.len;
        section_copy copy = section_copy_of(&section, cut ? round : (size_t)section.len);
        for (uint64_t k = cut ? 0 : test_rng_below(&rng, 3) + 1; k > 0; k--)
            section_copy_damage(&copy, &rng);
        ask(&copy, &mem);
        section_copy_free(&copy);
    }
    section_file_end(&f);
    free_sets(&s);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

typedef struct deletes_use {
    const sets *s;
    prs_mem *mem;
} deletes_use;

static prism_status use_deletes(prs_in *in, void *ctx) {
    const deletes_use *use = ctx;
    prs_section section;
    prs_arena arena;
    prs_deletes d;
    ck_assert(prs_in_section(in, PRS_COMPONENT_DELETES, PRS_FIELD_NONE, &section));
    prs_arena_init(&arena, use->mem, 0);
    prism_status status = prs_deletes_open(&d, &section, &use->s->m, &arena, NULL);
    for (uint32_t i = 0; i < N_SETS && status == PRISM_OK; i++)
        status = check_segment(&d, use->s, i, use->mem);
    prs_arena_fini(&arena);
    return status;
}

START_TEST(every_read_may_fail) {
    sets s;
    prs_mem mem;
    section_file f;
    prs_section section;
    test_rng rng = test_rng_of("deletions that cannot be read");
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(make_sets(&s, &mem, &rng), PRISM_OK);
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_DELETES), PRISM_OK);
    ck_assert_int_eq(prs_deletes_write(s.input, N_SETS, &mem, f.out, NULL), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_DELETES, true, &section), PRISM_OK);
    ck_assert_uint_eq(section_file_sweep(&f, use_deletes, &(deletes_use){&s, &mem}), 1);
    section_file_end(&f);
    free_sets(&s);
}
END_TEST

TEST_SUITE(deletes, every_read_may_fail, deletions_come_back, bytes_are_those_of_the_format,
           a_manifest_that_says_otherwise_is_told, any_bytes_are_safe)
