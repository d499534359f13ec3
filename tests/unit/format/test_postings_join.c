/* test_postings_join.c - are lists of several segments, joined, the list of all their documents:
 * in the bytes of one that was written at once where it is short, block by block where it is
 * long? */
#include "list_file.h"

#include "format/block.h"
#include "format/postings_join.h"

#include <stdlib.h>

static test_alloc counter;
static prs_mem mem;

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
}

static void open_joiner(section_file *f, uint32_t n_docs, float mean, prs_postings_joiner **pj) {
    ck_assert_int_eq(section_file_begin(f, &mem, PRS_COMPONENT_LISTS), PRISM_OK);
    ck_assert_int_eq(prs_postings_joiner_new(&mem, f->out, n_docs, mean, pj, NULL), PRISM_OK);
}

/* ---- segments, and the one that they become -------------------------------------------------- */

enum { MAX_PARTS = 6 };

typedef struct part {
    field_model *field;
    list_model *list;
    list_file file;
    bool *gone;      /* by document */
    uint32_t *moved; /* new number by document */
} part;

typedef struct joining {
    uint32_t n_parts, n_docs;
    part parts[MAX_PARTS];
    /* what must come out */
    prs_lengths_builder length_builder, span_builder;
    prs_lengths lengths, spans;
    list_model all;
} joining;

/* One document in `gone_in` is deleted, none for 0. */
static void make_part(joining *j, part *p, uint32_t max_docs, list_shape shape, uint32_t gone_in,
                      test_rng *rng) {
    uint32_t n = 1 + (uint32_t)test_rng_below(rng, max_docs);
    p->field = field_model_new(&mem, n, rng);
    p->list = list_model_new(p->field, shape, 0, test_rng_one_in(rng, 3) ? 1 : 100, rng);
    p->gone = calloc(n, sizeof *p->gone);
    p->moved = calloc(n, sizeof *p->moved);
    for (uint32_t doc = 0; doc < n; doc++) {
        p->gone[doc] = gone_in != 0 && test_rng_one_in(rng, gone_in);
        p->moved[doc] = j->n_docs;
        if (p->gone[doc]) continue;
        j->n_docs++;
        prs_lengths_builder_add(&j->length_builder, p->field->length[doc]);
        prs_lengths_builder_add(&j->span_builder, p->field->span[doc]);
    }
}

static void add_expected(list_model *all, const part *p) {
    const list_model *l = p->list;
    for (uint32_t i = 0; i < l->df; i++) {
        if (p->gone[l->docs[i]]) continue;
        all->docs[all->df] = p->moved[l->docs[i]];
        all->freqs[all->df++] = l->freqs[i];
        memcpy(all->positions + all->cf, l->positions + l->first[i],
               l->freqs[i] * sizeof *all->positions);
        all->cf += l->freqs[i];
        all->first[all->df] = all->cf;
    }
}

static void make(joining *j, uint32_t max_docs, list_shape shape, uint32_t gone_in, bool positions,
                 test_rng *rng) {
    uint64_t df = 0, cf = 0;
    memset(j, 0, sizeof *j);
    j->n_parts = 1 + (uint32_t)test_rng_below(rng, MAX_PARTS);
    prs_lengths_builder_init(&j->length_builder, &mem);
    prs_lengths_builder_init(&j->span_builder, &mem);
    for (uint32_t i = 0; i < j->n_parts; i++) {
        part *p = &j->parts[i];
        make_part(j, p, max_docs, shape, test_rng_one_in(rng, 3) ? 0 : gone_in, rng);
        list_file_make(&p->file, &mem, p->field, p->list, positions, 0, rng);
        df += p->list->df;
        cf += p->list->cf;
    }
    ck_assert_int_eq(prs_lengths_builder_view(&j->length_builder, &j->lengths, NULL), PRISM_OK);
    ck_assert_int_eq(prs_lengths_builder_view(&j->span_builder, &j->spans, NULL), PRISM_OK);
    j->all.docs = calloc(df, sizeof(uint32_t));
    j->all.freqs = calloc(df, sizeof(uint32_t));
    j->all.first = calloc(df + 1, sizeof(uint64_t));
    j->all.positions = calloc(cf, sizeof(uint32_t));
    for (uint32_t i = 0; i < j->n_parts; i++) add_expected(&j->all, &j->parts[i]);
}

static void end(joining *j) {
    for (uint32_t i = 0; i < j->n_parts; i++) {
        list_file_end(&j->parts[i].file);
        list_model_free(j->parts[i].list);
        field_model_free(j->parts[i].field);
        free(j->parts[i].gone);
        free(j->parts[i].moved);
    }
    prs_lengths_builder_fini(&j->length_builder);
    prs_lengths_builder_fini(&j->span_builder);
    free(j->all.docs);
    free(j->all.freqs);
    free(j->all.first);
    free(j->all.positions);
}

/* Append what is left of a list; false and the error of a list whose bytes are unsound. */
static prism_status join_part(prs_postings_joiner *pj, const part *p, const prs_term_info *info,
                              const prs_postings_source *source) {
    prs_postings cursor;
    PRS_TRY(prs_postings_open(&cursor, source, info, NULL));
    while (cursor.last_doc != PRS_DOC_END) {
        prs_kept kept = {0};
        PRS_TRY(prs_postings_load(&cursor, NULL));
        PRS_TRY(prs_postings_freqs(&cursor, NULL));
        for (uint32_t i = 0; i < cursor.n; i++) {
            if (p->gone[cursor.docs[i]]) continue;
            kept.places[kept.n] = (uint8_t)i;
            kept.docs[kept.n++] = p->moved[cursor.docs[i]];
        }
        kept.shifted = kept.n == cursor.n && kept.docs[kept.n - 1] - kept.docs[0] ==
                                                 cursor.docs[kept.n - 1] - cursor.docs[0];
        if (kept.n != 0)
            PRS_TRY(prs_postings_joiner_add(pj, &cursor, &p->field->lengths, &kept, NULL));
        PRS_TRY(prs_postings_next_block(&cursor, NULL));
    }
    return PRISM_OK;
}

static void check_read(const joining *j, const prs_term_info *info, const prs_section *section,
                       bool positions, uint32_t *n_blocks, uint32_t *n_short) {
    prs_postings_source source = {*section, positions ? &j->spans : NULL, j->n_docs};
    const list_model *all = &j->all;
    prs_postings p;
    uint32_t at = 0;
    uint32_t *room = malloc((all->cf + 1) * sizeof *room);
    *n_blocks = *n_short = 0;
    ck_assert_uint_eq(info->df, all->df);
    ck_assert_uint_eq(info->cf, all->cf);
    ck_assert_int_eq(prs_postings_open(&p, &source, info, NULL), PRISM_OK);
    while (p.last_doc != PRS_DOC_END) {
        ck_assert_int_eq(prs_postings_load(&p, NULL), PRISM_OK);
        ck_assert_int_eq(prs_postings_freqs(&p, NULL), PRISM_OK);
        ck_assert_uint_le(p.n, all->df - at);
        ck_assert_mem_eq(p.docs, all->docs + at, p.n * sizeof *p.docs);
        ck_assert_mem_eq(p.freqs, all->freqs + at, p.n * sizeof *p.freqs);
        for (uint32_t i = 0; i < p.n && positions; i++) {
            ck_assert_int_eq(prs_postings_positions(&p, i, room, NULL), PRISM_OK);
            ck_assert_mem_eq(room, all->positions + all->first[at + i], p.freqs[i] * sizeof *room);
        }
        at += p.n;
        ++*n_blocks;
        *n_short += p.n < PRS_BLOCK && at < all->df;
        ck_assert_int_eq(prs_postings_next_block(&p, NULL), PRISM_OK);
    }
    ck_assert_uint_eq(at, all->df);
    free(room);
}

static float mean_of(const joining *j) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < j->n_docs; i++) sum += prs_lengths_get(&j->lengths, i);
    return (float)sum / (float)j->n_docs;
}

/* The same list written at once. */
static void compare_bytes(const joining *j, bool positions, const prs_term_info *info,
                          const prs_section *section, test_rng *rng) {
    section_file f;
    prs_section at_once;
    prs_postings_writer *pw;
    prs_term_info written;
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_LISTS), PRISM_OK);
    ck_assert_int_eq(prs_postings_writer_new(&mem, f.out, j->n_docs, &j->lengths, &j->spans, &pw,
                                             NULL),
                     PRISM_OK);
    ck_assert_int_eq(list_model_write(&j->all, pw, positions, 0, rng, &written), PRISM_OK);
    ck_assert_int_eq(written.inlined, info->inlined);
    if (written.inlined) {
        ck_assert_uint_eq(written.doc, info->doc);
        ck_assert_uint_eq(written.position, info->position);
        ck_assert_uint_eq(written.payload_bits, info->payload_bits);
        if (info->payload_bits != 0)
            ck_assert_mem_eq(written.payload, info->payload, list_payload_len(info));
    }
    prs_postings_writer_free(pw);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_LISTS, false, &at_once), PRISM_OK);
    ck_assert_uint_eq(written.positions_len, info->positions_len);
    ck_assert_uint_eq(at_once.len, section->len);
    if (section->len != 0) ck_assert_mem_eq(at_once.ptr, section->ptr, (size_t)section->len);
    section_file_end(&f);
}

static void join_parts(prs_postings_joiner *pj, const joining *j) {
    for (uint32_t i = 0; i < j->n_parts; i++) {
        const list_file *from = &j->parts[i].file;
        ck_assert_int_eq(join_part(pj, &j->parts[i], &from->info, &from->source), PRISM_OK);
    }
}

static uint64_t max_df(const joining *j) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < j->n_parts; i++) sum += j->parts[i].list->df;
    return sum;
}

/* Returns whether any block is short but for the last. */
static bool run(uint32_t max_docs, list_shape shape, uint32_t gone_in, test_rng *rng) {
    joining j;
    section_file f;
    prs_section section;
    prs_postings_joiner *pj;
    prs_term_info info;
    uint8_t payload[512];
    uint32_t n_blocks, n_short;
    bool positions = !test_rng_one_in(rng, 4), is_small = true;
    bool twice = test_rng_one_in(rng, 2), again = false;
    make(&j, max_docs, shape, gone_in, positions, rng);
    if (j.all.df == 0) {
        end(&j);
        return false;
    }
    open_joiner(&f, j.n_docs, mean_of(&j), &pj);
    prs_postings_joiner_begin(pj, positions, max_df(&j), twice);
    for (uint32_t i = 0; i < j.n_parts; i++) is_small &= j.parts[i].file.info.df < 1024;
    join_parts(pj, &j);
    if (twice) ck_assert_int_eq(prs_postings_joiner_again(pj, &again, NULL), PRISM_OK);
    ck_assert_int_eq(again, twice && j.all.df > 128);
    if (again) join_parts(pj, &j);
    ck_assert_int_eq(prs_postings_joiner_finish(pj, &info, NULL), PRISM_OK);
    list_payload_keep(&info, payload);
    prs_postings_joiner_free(pj);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_LISTS, false, &section), PRISM_OK);
    check_read(&j, &info, &section, positions, &n_blocks, &n_short);
    ck_assert_uint_le(10 * n_short, n_blocks);
    if (is_small) compare_bytes(&j, positions, &info, &section, rng);
    if (is_small) ck_assert_uint_eq(n_short, 0);
    section_file_end(&f);
    end(&j);
    return n_short > 0;
}

START_TEST(short_lists_are_bytes_of_one_that_was_written_at_once) {
    begin();
    test_rng rng = test_rng_of("join-short");
    for (uint32_t i = 0; i < 3000; i++) {
        list_shape shape = (list_shape)(i % N_SHAPES);
        (void)run(i % 3 == 0 ? 6 : i % 3 == 1 ? 100 : 1023, shape, 1 + i % 7, &rng);
    }
    test_alloc_check_empty(&counter);
}
END_TEST

static prism_status join_again(prs_mem *own, void *ctx) {
    const joining *j = ctx;
    section_file f;
    prs_postings_joiner *pj = NULL;
    prs_term_info info;
    prism_status status = section_file_begin(&f, own, PRS_COMPONENT_LISTS);
    if (status == PRISM_OK)
        status = prs_postings_joiner_new(own, f.out, j->n_docs, mean_of(j), &pj, NULL);
    if (status == PRISM_OK) prs_postings_joiner_begin(pj, true, max_df(j), false);
    for (uint32_t i = 0; i < j->n_parts && status == PRISM_OK; i++) {
        const list_file *from = &j->parts[i].file;
        status = join_part(pj, &j->parts[i], &from->info, &from->source);
    }
    if (status == PRISM_OK) status = prs_postings_joiner_finish(pj, &info, NULL);
    if (status == PRISM_OK) status = prs_out_status(f.out, NULL);
    if (pj != NULL) prs_postings_joiner_free(pj);
    section_file_end(&f);
    return status;
}

START_TEST(memory_may_run_out) {
    begin();
    test_rng rng = test_rng_of("join-memory");
    for (uint32_t i = 0; i < 40; i++) {
        joining j;
        uint32_t most = i % 4 == 0 ? 2000 : i % 4 == 1 ? 300 : 60;
        make(&j, most, (list_shape)(i % N_SHAPES), 3, true, &rng);
        if (j.all.df != 0) ck_assert_uint_gt(test_oom_sweep(join_again, &j), 4);
        end(&j);
    }
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(long_lists_have_few_short_blocks) {
    begin();
    test_rng rng = test_rng_of("join-long");
    uint32_t n_with_short = 0;
    for (uint32_t i = 0; i < 60; i++) {
        static const uint32_t gone_in[] = {0, 20000, 100};
        n_with_short += run(30000, (list_shape)(i % N_SHAPES), gone_in[i % 3], &rng);
    }
    ck_assert_uint_gt(n_with_short, 10);
    test_alloc_check_empty(&counter);
}
END_TEST

/* ---- edges ----------------------------------------------------------------------------------- */

#define N_DOCS ((uint32_t)INT32_MAX) /* the largest segment: documents 0 .. 2^31 - 2 */

/* All blocks of a list, `shift` further up. */
static void join_all(prs_postings_joiner *pj, prs_postings *from, const prs_lengths *lengths,
                     uint32_t shift) {
    while (from->last_doc != PRS_DOC_END) {
        prs_kept kept = {.shifted = true};
        ck_assert_int_eq(prs_postings_load(from, NULL), PRISM_OK);
        ck_assert_int_eq(prs_postings_freqs(from, NULL), PRISM_OK);
        kept.n = from->n;
        for (uint32_t i = 0; i < from->n; i++) {
            kept.docs[i] = from->docs[i] + shift;
            kept.places[i] = (uint8_t)i;
        }
        ck_assert_int_eq(prs_postings_joiner_add(pj, from, lengths, &kept, NULL), PRISM_OK);
        ck_assert_int_eq(prs_postings_next_block(from, NULL), PRISM_OK);
    }
}

/* Documents first, first + 2, ... in a list of its own, without positions. */
static void write_odd(section_file *f, uint32_t first, uint32_t df, prs_term_info *info,
                      prs_postings_source *source, uint8_t payload[64]) {
    prs_postings_writer *pw;
    prs_section section;
    ck_assert_int_eq(section_file_begin(f, &mem, PRS_COMPONENT_LISTS), PRISM_OK);
    ck_assert_int_eq(prs_postings_writer_new(&mem, f->out, N_DOCS, NULL, NULL, &pw, NULL),
                     PRISM_OK);
    prs_postings_writer_begin(pw, false);
    for (uint32_t i = 0; i < df; i++) {
        uint32_t doc = first + 2 * i, freq = 1 + i % 3;
        prs_postings_writer_add(pw, &doc, &freq, NULL, 1);
    }
    ck_assert_int_eq(prs_postings_writer_finish(pw, info, NULL), PRISM_OK);
    list_payload_keep(info, payload);
    prs_postings_writer_free(pw);
    ck_assert_int_eq(section_file_open(f, PRS_COMPONENT_LISTS, false, &section), PRISM_OK);
    *source = (prs_postings_source){section, NULL, N_DOCS};
}

/* Two lists become one whose last document is the last there may be. */
START_TEST(up_to_the_last_document) {
    static const uint32_t sizes[] = {1, 3, 127, 128, 129, 1024, 1025, 5000};
    begin();
    for (size_t c = 0; c < PRS_COUNT(sizes) * PRS_COUNT(sizes); c++) {
        uint32_t df[2] = {sizes[c % PRS_COUNT(sizes)], sizes[c / PRS_COUNT(sizes)]};
        uint32_t first[2] = {0, INT32_MAX / 2 - 2 * df[1]}, at = 0, doc;
        section_file in[2], f;
        prs_postings_joiner *pj;
        prs_postings_source source[2];
        prs_term_info info[2], made;
        prs_postings p;
        prs_section section;
        uint8_t payload[3][64];
        open_joiner(&f, N_DOCS, 0, &pj);
        prs_postings_joiner_begin(pj, false, df[0] + df[1], false);
        for (int i = 0; i < 2; i++) {
            write_odd(&in[i], first[i], df[i], &info[i], &source[i], payload[i]);
            ck_assert_int_eq(prs_postings_open(&p, &source[i], &info[i], NULL), PRISM_OK);
            uint32_t end = first[1] + 2 * df[1] - 2;
            join_all(pj, &p, NULL, i == 0 ? 0 : INT32_MAX - 1 - end);
        }
        ck_assert_int_eq(prs_postings_joiner_finish(pj, &made, NULL), PRISM_OK);
        list_payload_keep(&made, payload[2]);
        prs_postings_joiner_free(pj);
        ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_LISTS, false, &section), PRISM_OK);
        prs_postings_source all = {section, NULL, N_DOCS};
        ck_assert_int_eq(prs_postings_open(&p, &all, &made, NULL), PRISM_OK);
        ck_assert_uint_eq(made.df, df[0] + df[1]);
        for (uint32_t i = 0; i < made.df; i++, at = doc + 1) {
            uint32_t want = i < df[0] ? 2 * i : INT32_MAX - 1 - 2 * (made.df - 1 - i);
            ck_assert_int_eq(prs_postings_seek(&p, at, &doc, NULL), PRISM_OK);
            ck_assert_uint_eq(doc, want);
            ck_assert_int_eq(prs_postings_freqs(&p, NULL), PRISM_OK);
            ck_assert_uint_eq(p.freqs[p.i], 1 + (i < df[0] ? i : i - df[0]) % 3);
        }
        for (int i = 0; i < 2; i++) section_file_end(&in[i]);
        section_file_end(&f);
    }
    test_alloc_check_empty(&counter);
}
END_TEST

/* Another writer's list: blocks with every freq an exception of a wide group, 1.3 KB each. */
static size_t put_wasteful(uint8_t *at, uint32_t first) {
    uint8_t *out = at;
    *out++ = PRS_BLOCK_PACKED;
    *out++ = 127;
    *out++ = first == 0 ? 0 : 1; /* behind the block before: 1 document left out */
    *out++ = 32;                 /* documents: 128 deltas - 1 of 0, but for the second */
    *out++ = 0;
    memset(out, 0, 512);
    out[4] = 1;
    out += 512;
    *out++ = 31; /* freqs - 1: 2^31, all of it exception */
    *out++ = 128;
    memset(out, 0, 16 * 31);
    out += 16 * 31;
    for (uint32_t i = 0; i < 128; i++) *out++ = (uint8_t)i;
    memset(out, 1, 128);
    return (size_t)(out + 128 - at);
}

START_TEST(a_wasteful_block_is_written_anew) {
    begin();
    uint8_t blocks[2][2048], *bytes = calloc(1, 8192), *at = bytes;
    size_t lens[2] = {put_wasteful(blocks[0], 0), put_wasteful(blocks[1], 1)};
    ck_assert_uint_gt(lens[0], PRS_BLOCK_MAX_BYTES);
    /* blocks of the only group, three dominance points, impacts; group: widths, impacts of
     * blocks */
    static const uint8_t impacts[] = {1, 0x81, 0x80, 0x80, 0x80, 0x08, 0};
    *at++ = 2;
    for (int i = 0; i < 3; i++, at += 2) at[0] = 1, at[1] = 0;
    memcpy(at, impacts, sizeof impacts);
    at += sizeof impacts;
    *at++ = 8, *at++ = 16, *at++ = 0;
    prs_store16(at, 2 * sizeof impacts);
    at += 2;
    *at++ = 128; /* 128 - NO_DOC - 1, then 258 - 128 - 1 */
    *at++ = 129;
    for (int i = 0; i < 2; i++, at += 2) prs_store16(at, (uint16_t)lens[i]);
    for (int i = 0; i < 2; i++, at += sizeof impacts) memcpy(at, impacts, sizeof impacts);
    for (int i = 0; i < 2; at += lens[i++]) memcpy(at, blocks[i], lens[i]);

    prs_term_info info = {
        .df = 1024, .cf = 256 * (UINT64_C(1) << 31) + 256, .postings_len = (uint64_t)(at - bytes)};
    prs_postings_source source = {prs_section_of(bytes, (size_t)(at - bytes)), NULL, 1000};
    prs_postings p;
    section_file f;
    prs_section section;
    prs_postings_joiner *pj;
    open_joiner(&f, N_DOCS, 0, &pj);
    prs_postings_joiner_begin(pj, false, 256, false);
    ck_assert_int_eq(prs_postings_open(&p, &source, &info, NULL), PRISM_OK);
    join_all(pj, &p, NULL, 5);
    ck_assert_int_eq(prs_postings_joiner_finish(pj, &info, NULL), PRISM_OK);
    ck_assert_uint_lt(info.postings_len, lens[0]); /* both */
    ck_assert_uint_eq(info.df, 256);
    prs_postings_joiner_free(pj);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_LISTS, false, &section), PRISM_OK);
    source = (prs_postings_source){section, NULL, 1000};
    ck_assert_int_eq(prs_postings_open(&p, &source, &info, NULL), PRISM_OK);
    for (uint32_t i = 0; i < 256; i++) {
        if (i == 128) ck_assert_int_eq(prs_postings_next_block(&p, NULL), PRISM_OK);
        ck_assert_int_eq(prs_postings_load(&p, NULL), PRISM_OK);
        ck_assert_int_eq(prs_postings_freqs(&p, NULL), PRISM_OK);
        ck_assert_uint_eq(p.docs[i % 128], 5 + i + (i >= 1) + (i >= 128) + (i >= 129));
        ck_assert_uint_eq(p.freqs[i % 128], (1u << 31) + 1);
    }
    section_file_end(&f);
    free(bytes);
    test_alloc_check_empty(&counter);
}
END_TEST

/* ---- damage ---------------------------------------------------------------------------------- */

static prism_status join_damaged(prs_postings_joiner *pj, const joining *j, test_rng *rng) {
    prism_status status = PRISM_OK;
    for (uint32_t k = 0; k < j->n_parts && status == PRISM_OK; k++) {
        const list_file *from = &j->parts[k].file;
        section_copy copy = section_copy_of(&from->section, (size_t)from->section.len);
        section_copy_damage(&copy, rng);
        prs_postings_source source = from->source;
        source.lists = prs_section_of(copy.bytes, copy.len);
        status = join_part(pj, &j->parts[k], &from->info, &source);
        section_copy_free(&copy);
    }
    return status;
}

/* Whatever the bytes are: an error, or a list that is sound but for its positions. */
START_TEST(any_bytes) {
    begin();
    test_rng rng = test_rng_of("join-damage");
    for (uint32_t i = 0; i < 2000; i++) {
        joining j;
        section_file f;
        prs_postings_joiner *pj;
        prs_term_info made;
        make(&j, i % 2 == 0 ? 300 : 5000, (list_shape)(i % N_SHAPES), 50, true, &rng);
        open_joiner(&f, j.n_docs, 100, &pj);
        prs_postings_joiner_begin(pj, true, max_df(&j), i % 2 == 0);
        prism_status status = join_damaged(pj, &j, &rng);
        bool again = false;
        if (status == PRISM_OK && i % 2 == 0) status = prs_postings_joiner_again(pj, &again, NULL);
        if (status == PRISM_OK && again) status = join_damaged(pj, &j, &rng); /* another damage */
        ck_assert_msg(status == PRISM_OK || status == PRISM_ECORRUPT, "status %d", (int)status);
        if (status == PRISM_OK) {
            status = prs_postings_joiner_finish(pj, &made, NULL);
            ck_assert(status == PRISM_OK || status == PRISM_ECORRUPT || status == PRISM_EINVAL);
        }
        prs_postings_joiner_free(pj);
        section_file_end(&f);
        end(&j);
    }
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(nothing_is_no_list) {
    begin();
    section_file f;
    prs_postings_joiner *pj;
    prs_term_info info;
    open_joiner(&f, N_DOCS, 0, &pj);
    prs_postings_joiner_begin(pj, true, 5, false);
    ck_assert_int_eq(prs_postings_joiner_finish(pj, &info, NULL), PRISM_EINVAL);
    prs_postings_joiner_free(pj);
    prs_postings_joiner_free(NULL);
    section_file_end(&f);
    test_alloc_check_empty(&counter);
}
END_TEST

TEST_SUITE(postings_join, short_lists_are_bytes_of_one_that_was_written_at_once, memory_may_run_out,
           long_lists_have_few_short_blocks, up_to_the_last_document,
           a_wasteful_block_is_written_anew, any_bytes, nothing_is_no_list)
