/* test_positions_read.c - are the positions of any document found, in any order; and of any
 * bytes, only positions that its document has room for? */
#include "list_file.h"
#include "naive_block.h"

#include <stdlib.h>

static test_alloc counter;
static prs_mem mem;

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
}

static uint32_t below(test_rng *rng, uint64_t n) {
    return (uint32_t)test_rng_below(rng, n);
}

/* ---- truth ----------------------------------------------------------------------------------- */

static void check_document(prs_postings *p, const list_model *list, uint32_t from, uint32_t i) {
    uint32_t freq = list->freqs[from + i], *out = malloc(freq * sizeof *out);
    ck_assert_int_eq(prs_postings_positions(p, i, out, NULL), PRISM_OK);
    ck_assert_mem_eq(out, list->positions + list->first[from + i], freq * sizeof *out);
    free(out);
}

/* Some documents of each block, forwards and backwards. */
static void check_list(const list_file *lf, const list_model *list, test_rng *rng) {
    prs_postings p;
    uint32_t from = 0;
    ck_assert_int_eq(prs_postings_open(&p, &lf->source, &lf->info, NULL), PRISM_OK);
    while (p.last_doc != PRS_DOC_END) {
        ck_assert_int_eq(prs_postings_load(&p, NULL), PRISM_OK);
        ck_assert_int_eq(prs_postings_freqs(&p, NULL), PRISM_OK);
        for (uint32_t k = 0; k < 6; k++) check_document(&p, list, from, below(rng, p.n));
        check_document(&p, list, from, p.n - 1);
        check_document(&p, list, from, 0);
        from += p.n;
        ck_assert_int_eq(prs_postings_next_block(&p, NULL), PRISM_OK);
    }
    ck_assert_uint_eq(from, list->df);
}

static const uint32_t sizes[] = {1,   2,   4,        5,        127,      128,
                                 129, 257, 31 * 128, 32 * 128, 33 * 128, 9000};

START_TEST(any_document_in_any_order) {
    begin();
    test_rng rng = test_rng_of("positions-order");
    field_model *field = field_model_new(&mem, 60000, &rng);
    for (list_shape shape = 0; shape < N_SHAPES; shape++) {
        for (size_t s = 0; s < PRS_COUNT(sizes); s++) {
            list_model *list = list_model_new(field, shape, sizes[s], s % 3 == 0 ? 1 : 300, &rng);
            list_file lf;
            list_file_make(&lf, &mem, field, list, true, 0, &rng);
            check_list(&lf, list, &rng);
            list_file_end(&lf);
            list_model_free(list);
        }
    }
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

/* Spans up to 2^32 - 1, freqs that fill them and freqs beyond. */
START_TEST(the_longest_documents) {
    static const uint32_t spans[] = {1, 1, 2, 2, UINT32_MAX, UINT32_MAX, 1u << 31, 3, 65535, 65536};
    static const uint32_t freqs[] = {1, 40, 1, 2, 1, 3, 2, 7, 65535, 3};
    enum { DOCS = PRS_COUNT(spans) };
    begin();
    prs_lengths_builder builder;
    prs_lengths lengths;
    prs_lengths_builder_init(&builder, &mem);
    for (uint32_t d = 0; d < DOCS; d++) prs_lengths_builder_add(&builder, spans[d]);
    ck_assert_int_eq(prs_lengths_builder_view(&builder, &lengths, NULL), PRISM_OK);
    list_model list = {.df = DOCS};
    uint32_t docs[DOCS], *positions = calloc(70000, sizeof *positions);
    uint64_t first[DOCS + 1] = {0};
    for (uint32_t d = 0; d < DOCS; d++) {
        docs[d] = d;
        first[d + 1] = first[d] + freqs[d];
        for (uint32_t k = 0; k < freqs[d]; k++) /* the last one is the last there may be */
            positions[first[d] + k] = (uint32_t)((uint64_t)(spans[d] - 1) * (k + 1) / freqs[d]);
    }
    list.docs = docs, list.positions = positions, list.first = first;
    list.freqs = (uint32_t *)(uintptr_t)freqs;
    section_file f;
    prs_postings_writer *pw;
    list_file lf = {.section = {0}};
    test_rng rng = test_rng_of("positions-long");
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_LISTS), PRISM_OK);
    ck_assert_int_eq(prs_postings_writer_new(&mem, f.out, DOCS, &lengths, NULL, &pw, NULL),
                     PRISM_OK);
    ck_assert_int_eq(list_model_write(&list, pw, true, 0, &rng, &lf.info), PRISM_OK);
    prs_postings_writer_free(pw);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_LISTS, false, &lf.section), PRISM_OK);
    lf.source = (prs_postings_source){lf.section, &lengths, DOCS};
    check_list(&lf, &list, &rng);
    section_file_end(&f);
    free(positions);
    prs_lengths_builder_fini(&builder);
    test_alloc_check_empty(&counter);
}
END_TEST

/* ---- any bytes ------------------------------------------------------------------------------- */

typedef struct damaged {
    uint8_t *bytes; /* positions and postings, or the payload */
    size_t len;
    prs_term_info info;
    prs_postings_source source;
} damaged;

static damaged copy_of(const list_file *lf) {
    damaged d = {.info = lf->info, .source = lf->source};
    const prs_term_info *info = &lf->info;
    d.len =
        info->inlined ? list_payload_len(info) : (size_t)(info->positions_len + info->postings_len);
    if (!info->inlined)
        ck_assert_int_eq(prs_in_touch(&lf->section, info->off, d.len, NULL), PRISM_OK);
    const uint8_t *list = info->payload != NULL ? info->payload : (const uint8_t *)"";
    d.bytes = naive_guarded(info->inlined ? list : lf->section.ptr + info->off, d.len);
    d.info.off = 0;
    if (d.info.payload != NULL) d.info.payload = d.bytes;
    if (info->df <= 128) { /* as the dictionary says it */
        d.info.postings_len += d.info.positions_len;
        d.info.positions_len = 0;
    }
    d.source.lists =
        prs_section_of(info->inlined ? (const uint8_t *)"" : d.bytes, info->inlined ? 0 : d.len);
    return d;
}

/* A list cut short: a copy of its own each time, so that its end is where memory ends. */
static void cut(const damaged *whole, test_rng *rng) {
    for (size_t len = 0; len < whole->len; len++) {
        damaged d = *whole;
        d.bytes = naive_guarded(whole->bytes, len);
        if (d.info.inlined) {
            d.info.payload = d.bytes;
            d.info.payload_bits = (uint32_t)(8 * len);
        } else if (len <
                   d.info.positions_len) { /* the postings are all there: the positions are not */
            free(d.bytes);
            size_t less = (size_t)d.info.positions_len - len;
            d.bytes = naive_guarded(whole->bytes + less, whole->len - less);
            d.source.lists = prs_section_of(d.bytes, whole->len - less);
            d.info.positions_len = len;
        } else {
            d.source.lists = prs_section_of(d.bytes, len);
            TEST_NEED(!list_walk_any_bytes(&d.source, &d.info, rng)); /* outside the section */
            d.info.postings_len = len - d.info.positions_len;
        }
        TEST_NEED(!list_walk_any_bytes(&d.source, &d.info, rng));
        free(d.bytes);
    }
}

/* A payload with something behind its last position. */
static void lengthen(const damaged *whole, test_rng *rng) {
    damaged d = *whole;
    if (d.info.payload == NULL) return;
    d.bytes = calloc(1, d.len + 1 + 64);
    memcpy(d.bytes, whole->bytes, d.len);
    d.info.payload = d.bytes;
    d.info.payload_bits++;
    TEST_NEED(!list_walk_any_bytes(&d.source, &d.info, rng));
    free(d.bytes);
}

static void flip(const damaged *d, test_rng *rng) {
    for (size_t i = 0; i < 8 * d->len; i++) {
        d->bytes[i / 8] ^= (uint8_t)(1u << i % 8);
        (void)list_walk_any_bytes(&d->source, &d->info, rng);
        d->bytes[i / 8] ^= (uint8_t)(1u << i % 8);
    }
}

static void scribble(const damaged *d, test_rng *rng) {
    uint8_t *keep = naive_guarded(d->bytes, d->len);
    section_copy copy = {d->bytes, d->len};
    for (int round = 0; round < 300; round++) {
        for (uint32_t n = 1 + below(rng, 3); n > 0; n--) section_copy_damage(&copy, rng);
        (void)list_walk_any_bytes(&d->source, &d->info, rng);
        memcpy(d->bytes, keep, d->len);
    }
    free(keep);
}

START_TEST(any_bytes_give_positions_in_bounds_or_an_error) {
    static const uint32_t few[] = {1, 2, 4, 5, 40, 128, 129, 140};
    begin();
    test_rng rng = test_rng_of("positions-any");
    field_model *field = field_model_new(&mem, 700, &rng);
    for (size_t s = 0; s < PRS_COUNT(few); s++) {
        for (uint32_t max_freq = 1; max_freq <= 7; max_freq += 6) {
            list_shape shape = s % 2 == 0 ? SHAPE_HALF : SHAPE_DENSE;
            list_model *list = list_model_new(field, shape, few[s], max_freq, &rng);
            list_file lf;
            list_file_make(&lf, &mem, field, list, true, 0, &rng);
            damaged d = copy_of(&lf);
            ck_assert(list_walk_any_bytes(&d.source, &d.info, &rng));
            cut(&d, &rng);
            lengthen(&d, &rng);
            flip(&d, &rng);
            scribble(&d, &rng);
            free(d.bytes);
            list_file_end(&lf);
            list_model_free(list);
        }
    }
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

/* Bits of a document's group by FORMAT.md section 8. */
static uint64_t group_bits(uint32_t freq, uint32_t span) {
    uint32_t low = 0;
    if (freq == 1) {
        while (low < 32 && (uint64_t)(span - 1) >> low != 0) low++;
        return low;
    }
    while (span / freq >> (low + 1) != 0) low++;
    return (uint64_t)freq * low + freq + ((span - 1) >> low);
}

/* No document is read from bytes behind the run, though they are there: each is asked for alone. */
START_TEST(a_group_ends_within_its_run) {
    begin();
    test_rng rng = test_rng_of("positions-run");
    field_model *field = field_model_new(&mem, 500, &rng);
    for (int round = 0; round < 6; round++) {
        list_model *list = list_model_new(field, SHAPE_HALF, 60, round % 2 == 0 ? 1 : 9, &rng);
        list_file lf;
        list_file_make(&lf, &mem, field, list, true, 0, &rng);
        damaged d = copy_of(&lf);
        uint64_t whole = d.info.postings_len;
        for (uint64_t len = lf.info.postings_len; len < whole; len++) {
            uint8_t *bytes = naive_guarded(d.bytes, (size_t)len);
            memcpy(bytes + len, d.bytes + len, (size_t)PRS_MIN(whole - len, 64));
            prs_postings_source source = {prs_section_of(bytes, (size_t)len), d.source.spans,
                                          d.source.n_docs};
            prs_term_info info = d.info;
            info.postings_len = len;
            uint64_t end = 0;
            for (uint32_t i = 0; i < list->df; i++) {
                prs_postings p;
                uint32_t out[64];
                ck_assert_int_eq(prs_postings_open(&p, &source, &info, NULL), PRISM_OK);
                prism_status status = prs_postings_freqs(&p, NULL);
                if (i == 0) end = p.bits.bit; /* behind the freqs */
                end += group_bits(list->freqs[i], field->span[list->docs[i]]);
                if (status == PRISM_OK) status = prs_postings_positions(&p, i, out, NULL);
                if (end > 8 * len) ck_assert_int_eq(status, PRISM_ECORRUPT);
            }
            ck_assert_uint_eq((end + 7) / 8, whole);
            free(bytes);
        }
        free(d.bytes);
        list_file_end(&lf);
        list_model_free(list);
    }
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

/* Whoever asks for positions trusts the freq: it may not be larger than what the bytes can hold. */
START_TEST(inline_lists_hold_no_more_than_they_may) {
    static const uint8_t payload[80] = {0};
    prs_lengths spans = {0};
    prs_postings_source source = {prs_section_of("", 0), &spans, 10};
    prs_term_info info = {
        .inlined = true, .has_positions = true, .payload = payload, .payload_bits = 100};
    prs_postings p;
    static const struct {
        uint32_t df;
        uint64_t cf;
    } cases[] = {{0, 0}, {0, 1}, {2, 1}, {5, 5}, {1, 33}, {1, UINT32_MAX}, {1, UINT64_C(1) << 32}};
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        info.df = cases[i].df;
        info.cf = cases[i].cf;
        ck_assert_int_eq(prs_postings_open(&p, &source, &info, NULL), PRISM_ECORRUPT);
        ck_assert_uint_eq(p.last_doc, PRS_DOC_END);
    }
    info.df = 1;
    info.cf = 32;
    ck_assert_int_eq(prs_postings_open(&p, &source, &info, NULL), PRISM_OK);
}
END_TEST

/* Of a lonely posting: below the span, or refused. */
START_TEST(a_lonely_position_is_checked) {
    begin();
    prs_lengths_builder builder;
    prs_lengths spans;
    prs_lengths_builder_init(&builder, &mem);
    prs_lengths_builder_add(&builder, 7);
    ck_assert_int_eq(prs_lengths_builder_view(&builder, &spans, NULL), PRISM_OK);
    prs_postings_source source = {prs_section_of("", 0), &spans, 1};
    for (uint32_t position = 5; position < 9; position++) {
        prs_term_info info = {
            .df = 1, .cf = 1, .inlined = true, .has_positions = true, .position = position};
        prs_postings p;
        uint32_t out = 0;
        ck_assert_int_eq(prs_postings_open(&p, &source, &info, NULL), PRISM_OK);
        ck_assert_int_eq(prs_postings_positions(&p, 0, &out, NULL),
                         position < 7 ? PRISM_OK : PRISM_ECORRUPT);
        if (position < 7) ck_assert_uint_eq(out, position);
        info.doc = 1;
        ck_assert_int_eq(prs_postings_open(&p, &source, &info, NULL), PRISM_ECORRUPT);
    }
    prs_lengths_builder_fini(&builder);
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(a_list_without_positions_says_so) {
    begin();
    test_rng rng = test_rng_of("positions-none");
    field_model *field = field_model_new(&mem, 300, &rng);
    list_model *list = list_model_new(field, SHAPE_ALL, 200, 3, &rng);
    list_file lf;
    uint32_t out[8];
    prs_postings p;
    list_file_make(&lf, &mem, field, list, false, 0, &rng);
    ck_assert_int_eq(prs_postings_open(&p, &lf.source, &lf.info, NULL), PRISM_OK);
    ck_assert_int_eq(prs_postings_load(&p, NULL), PRISM_OK);
    ck_assert_int_eq(prs_postings_freqs(&p, NULL), PRISM_OK);
    ck_assert_int_eq(prs_postings_positions(&p, 0, out, NULL), PRISM_EMISUSE);
    ck_assert_uint_ne(p.last_doc, PRS_DOC_END); /* the cursor is none the worse */
    lf.info.has_positions = true;               /* and without spans nobody could read them */
    lf.source.spans = NULL;
    ck_assert_int_eq(prs_postings_open(&p, &lf.source, &lf.info, NULL), PRISM_OK);
    ck_assert_int_eq(prs_postings_load(&p, NULL), PRISM_OK);
    p.freqs_ready = true;
    ck_assert_int_eq(prs_postings_positions(&p, 0, out, NULL), PRISM_EMISUSE);
    list_file_end(&lf);
    list_model_free(list);
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

TEST_SUITE(positions_read, any_document_in_any_order, the_longest_documents,
           any_bytes_give_positions_in_bounds_or_an_error, a_group_ends_within_its_run,
           inline_lists_hold_no_more_than_they_may, a_lonely_position_is_checked,
           a_list_without_positions_says_so)
