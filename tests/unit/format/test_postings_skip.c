/* test_postings_skip.c - does a cursor that skips, by blocks, by groups and by documents, stand
 * where a scan would? */
#include "list_file.h"

#include "format/postings_cursor.h"

#include <stdlib.h>

static test_alloc counter;
static prs_mem mem;

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
}

#define N_DOCS ((uint32_t)INT32_MAX)

/* A list of df documents in a field without lengths, spread over all there may be or close
 * together. */
typedef struct skip_list {
    uint32_t df, *docs;
    section_file file;
    prs_term_info info;
    uint8_t payload[64];
    prs_postings_source source;
} skip_list;

static void open_list(skip_list *l, uint32_t df, bool wide, test_rng *rng) {
    prs_postings_writer *pw;
    prs_section section;
    uint32_t *freqs = malloc(df * sizeof *freqs), gap = wide ? N_DOCS / df : 3;
    memset(l, 0, sizeof *l);
    l->df = df;
    l->docs = malloc(df * sizeof *l->docs);
    for (uint32_t i = 0, doc = 0; i < df; i++) {
        doc += (uint32_t)test_rng_below(rng, gap);
        l->docs[i] = doc++;
        freqs[i] = 1 + (uint32_t)test_rng_below(rng, 4);
    }
    ck_assert_int_eq(section_file_begin(&l->file, &mem, PRS_COMPONENT_LISTS), PRISM_OK);
    ck_assert_int_eq(prs_postings_writer_new(&mem, l->file.out, N_DOCS, NULL, NULL, &pw, NULL),
                     PRISM_OK);
    prs_postings_writer_begin(pw, false);
    prs_postings_writer_add(pw, l->docs, freqs, NULL, df);
    ck_assert_int_eq(prs_postings_writer_finish(pw, &l->info, NULL), PRISM_OK);
    list_payload_keep(&l->info, l->payload);
    prs_postings_writer_free(pw);
    ck_assert_int_eq(section_file_open(&l->file, PRS_COMPONENT_LISTS, false, &section), PRISM_OK);
    l->source = (prs_postings_source){section, NULL, N_DOCS};
    free(freqs);
}

static void close_list(skip_list *l) {
    section_file_end(&l->file);
    free(l->docs);
}

/* Where the cursor stands: on block `block`, or before it at the beginning of its group. */
typedef struct stand {
    uint32_t block; /* n_blocks = at the end */
    bool before;    /* after skip_group: the group is entered, its first block not yet */
} stand;

static uint32_t n_blocks(const skip_list *l) {
    return (l->df + 127) / 128;
}

static uint32_t last_of_block(const skip_list *l, uint32_t b) {
    uint32_t end = 128 * (b + 1);
    return l->docs[PRS_MIN(end, l->df) - 1];
}

static uint32_t last_of_group(const skip_list *l, uint32_t b) {
    uint32_t last = b / 32 * 32 + 31;
    return last_of_block(l, PRS_MIN(last, n_blocks(l) - 1));
}

static void check_stand(const prs_postings *p, const skip_list *l, const stand *s) {
    if (s->block == n_blocks(l)) {
        TEST_NEED(p->last_doc == PRS_DOC_END && p->group_last_doc == PRS_DOC_END);
        return;
    }
    bool skips = l->df > 128;
    TEST_NEED(p->group_last_doc == (skips ? last_of_group(l, s->block) : last_of_block(l, 0)));
    TEST_NEED(p->last_doc == (s->before ? p->group_last_doc : last_of_block(l, s->block)));
    if (skips) TEST_NEED(p->group == s->block / 32);
}

/* First block from the one stood on whose last document is at or above the target. */
static uint32_t block_of(const skip_list *l, uint32_t from, uint32_t target) {
    while (from < n_blocks(l) && last_of_block(l, from) < target) from++;
    return from;
}

static void skip_to(prs_postings *p, const skip_list *l, stand *s, uint32_t target) {
    ck_assert_int_eq(prs_postings_skip_to(p, target, NULL), PRISM_OK);
    s->block = block_of(l, s->block, target);
    s->before = false;
}

static void skip_group(prs_postings *p, const skip_list *l, stand *s, uint32_t target) {
    ck_assert_int_eq(prs_postings_skip_group(p, target, NULL), PRISM_OK);
    uint32_t to = block_of(l, s->block, target);
    if (l->df <= 128) {
        s->block = to;
    } else if (to == n_blocks(l) || to / 32 != s->block / 32) {
        *s = (stand){to == n_blocks(l) ? to : to / 32 * 32, to != n_blocks(l)};
    }
}

static void next_block(prs_postings *p, const skip_list *l, stand *s) {
    ck_assert_int_eq(prs_postings_next_block(p, NULL), PRISM_OK);
    if (!s->before && s->block < n_blocks(l)) s->block++;
    s->before = false;
}

static void load(prs_postings *p, const skip_list *l, stand *s) {
    ck_assert_int_eq(prs_postings_load(p, NULL), PRISM_OK);
    s->before = false;
    uint32_t from = 128 * s->block, n = from < l->df ? PRS_MIN(128, l->df - from) : 0;
    TEST_NEED(p->n == n);
    TEST_NEED(n == 0 || memcmp(p->docs, l->docs + from, n * sizeof *p->docs) == 0);
    TEST_NEED(p->docs[n] == PRS_DOC_END);
}

static void seek(prs_postings *p, const skip_list *l, stand *s, uint32_t target) {
    uint32_t doc;
    ck_assert_int_eq(prs_postings_seek(p, target, &doc, NULL), PRISM_OK);
    s->block = block_of(l, s->block, target);
    s->before = false;
    uint32_t at = 128 * s->block;
    while (at < l->df && l->docs[at] < target) at++;
    TEST_NEED(doc == (at < l->df ? l->docs[at] : PRS_DOC_END));
}

/* Near, far, exactly the last of a block, one behind it, or behind all. */
static uint32_t some_target(const skip_list *l, const stand *s, uint64_t reach, test_rng *rng) {
    uint32_t n = n_blocks(l), from = PRS_MIN(s->block, n - 1);
    uint64_t ahead = test_rng_below(rng, reach) + from;
    uint32_t b = (uint32_t)PRS_MIN(ahead, n - 1u);
    if (test_rng_one_in(rng, 300)) return N_DOCS - 1;
    switch (test_rng_below(rng, 4)) {
    case 0: return last_of_block(l, b);
    case 1: return last_of_block(l, b) + 1;
    case 2: return last_of_group(l, b) + (uint32_t)test_rng_below(rng, 2);
    default: return l->docs[128 * b + test_rng_below(rng, PRS_MIN(128, l->df - 128 * b))];
    }
}

/* Forwards only: targets of calls that move by document do not fall. */
static void walk(const skip_list *l, uint64_t reach, test_rng *rng) {
    prs_postings p;
    stand s = {0, false};
    uint32_t least = 0; /* seek remembers its place in a block */
    ck_assert_int_eq(prs_postings_open(&p, &l->source, &l->info, NULL), PRISM_OK);
    for (uint32_t op = 0; op < 4000 && s.block < n_blocks(l); op++) {
        uint32_t target = some_target(l, &s, reach, rng);
        check_stand(&p, l, &s);
        switch (test_rng_below(rng, 6)) {
        case 0: skip_to(&p, l, &s, target); break;
        case 1: skip_group(&p, l, &s, target); break;
        case 2: next_block(&p, l, &s); break;
        case 3: load(&p, l, &s); break;
        default:
            target = PRS_MAX(target, least);
            seek(&p, l, &s, target);
            least = target;
        }
    }
    check_stand(&p, l, &s);
}

START_TEST(a_walk_stands_where_a_scan_would) {
    static const uint32_t sizes[] = {1, 4, 5, 128, 129, 4095, 4096, 4097, 8193, 70000, 300000};
    begin();
    test_rng rng = test_rng_of("skip-walk");
    for (size_t i = 0; i < PRS_COUNT(sizes); i++) {
        for (int wide = 0; wide < 2; wide++) {
            skip_list l;
            open_list(&l, sizes[i], wide != 0, &rng);
            for (uint64_t reach = 1; reach <= 4096; reach *= 4) walk(&l, reach, &rng);
            close_list(&l);
        }
    }
    test_alloc_check_empty(&counter);
}
END_TEST

/* A cursor at its end stays there, whatever is asked. */
START_TEST(the_end_is_the_end) {
    static const uint32_t sizes[] = {3, 100, 129, 9000};
    begin();
    test_rng rng = test_rng_of("skip-end");
    for (size_t i = 0; i < PRS_COUNT(sizes); i++) {
        skip_list l;
        prs_postings p;
        open_list(&l, sizes[i], false, &rng);
        ck_assert_int_eq(prs_postings_open(&p, &l.source, &l.info, NULL), PRISM_OK);
        stand s = {0, false};
        skip_to(&p, &l, &s, l.docs[l.df - 1] + 1);
        ck_assert_uint_eq(s.block, n_blocks(&l));
        for (int op = 0; op < 5; op++) {
            const prs_impact *pairs;
            uint32_t n_pairs;
            check_stand(&p, &l, &s);
            if (op == 0) skip_to(&p, &l, &s, 0);
            if (op == 1) skip_group(&p, &l, &s, 0);
            if (op == 2) next_block(&p, &l, &s);
            if (op == 3) load(&p, &l, &s);
            if (op == 4) seek(&p, &l, &s, 0);
            ck_assert_int_eq(prs_postings_block_impacts(&p, &pairs, &n_pairs, NULL), PRISM_OK);
            ck_assert(pairs == NULL && n_pairs == 0);
        }
        check_stand(&p, &l, &s);
        close_list(&l);
    }
    test_alloc_check_empty(&counter);
}
END_TEST

/* A group that is alone says itself where it ends: never beyond the segment, not even at the number
 * that stands for the end of lists. */
START_TEST(a_lonely_group_ends_within_the_segment) {
    static const uint32_t lasts[] = {199, 200, 1000, PRS_DOC_END - 1, PRS_DOC_END};
    for (uint32_t k = 0; k < PRS_COUNT(lasts); k++) {
        const uint32_t n = 2, last = lasts[k], first = 127;
        uint8_t bytes[160] = {0}, *at = bytes;
        memcpy(at, "\x00\x01\x00\x01\x00\x01\x01\x00\x1f\x05\x00", 11);
        at[0] = (uint8_t)n;
        at[11] = (uint8_t)(3 * n); /* impacts of blocks */
        at += 13;
        uint64_t bit = 0;
        for (uint32_t b = 0; b < n; b++, bit += 31)
            prs_bits_store(at, bit, 31, b == 0 ? first : last - first - 1);
        for (uint32_t b = 0; b < n; b++, bit += 5) prs_bits_store(at, bit, 5, b == 0 ? 3 : 1);
        at += (bit + 7) / 8;
        for (uint32_t b = 0; b < n; b++, at += 3) memcpy(at, "\x01\x01\x00", 3);
        memcpy(at, "\x05\x7f\x00\x00", 4); /* a run of 128 from 0 on */
        at += 4;
        prs_postings_source source = {prs_section_of(bytes, (size_t)(at - bytes)), NULL, 200};
        prs_term_info info = {.df = 129, .cf = 129, .postings_len = (uint64_t)(at - bytes)};
        prs_postings p;
        prism_error err = PRISM_ERROR_INIT;
        prism_status status = prs_postings_open(&p, &source, &info, &err);
        if (status == PRISM_OK) status = prs_cursor_open_blocks(&p, &err);
        ck_assert_msg(status == (last < 200 ? PRISM_OK : PRISM_ECORRUPT), "%u: %s", last, err.text);
    }
}
END_TEST

TEST_SUITE(postings_skip, a_walk_stands_where_a_scan_would, the_end_is_the_end,
           a_lonely_group_ends_within_the_segment)
