/* test_postings_group.c - do groups and the directory around them say what FORMAT.md asks, in as
 * few bits; and do readers of any bytes stay inside? */
#include "list_file.h"
#include "naive_block.h"

#include "format/block.h"
#include "format/postings_group.h"

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

/* ---- a list of blocks ------------------------------------------------------------------------ */

typedef struct block_of_list {
    uint32_t n, docs[128], freqs[128], lengths[128];
    uint64_t pos_len;
    uint8_t bytes[PRS_BLOCK_MAX_BYTES + 8];
    size_t len;
} block_of_list;

typedef struct blocks {
    uint32_t n;
    uint64_t df;
    block_of_list *b;
} blocks;

typedef enum kind { FULL, SHORT, TINY, LAST_DOCS, POSITIONS, N_KINDS } kind;

static blocks make_blocks(uint32_t n, kind k, test_rng *rng) {
    blocks all = {n, 0, calloc(n, sizeof *all.b)};
    uint32_t doc = k == LAST_DOCS ? INT32_MAX - 1 - 128 * n - 4 * n : 0, before = PRS_NO_DOC;
    if (k == LAST_DOCS && n > 1) doc = 0; /* a first gap of nothing, one of 2^31 later */
    for (uint32_t i = 0; i < n; i++) {
        block_of_list *b = &all.b[i];
        b->n = k == TINY ? 4 : k == SHORT ? 1 + below(rng, 128) : 128;
        for (uint32_t j = 0; j < b->n; j++) {
            b->docs[j] = doc;
            b->freqs[j] = test_rng_one_in(rng, 40) ? UINT32_MAX - below(rng, 9) : 1 + below(rng, 9);
            b->lengths[j] = b->freqs[j] + below(rng, 500);
            doc += k == LAST_DOCS ? 1 : 1 + below(rng, 3);
        }
        if (k == LAST_DOCS && i == 0) doc = INT32_MAX - 1 - 128 * (n - 1) + 1;
        b->pos_len = k == POSITIONS ? (i % 3 == 0 ? UINT32_MAX : below(rng, 1000)) : 0;
        b->len = prs_block_encode(b->docs, b->freqs, b->n, before, b->bytes);
        before = b->docs[b->n - 1];
        all.df += b->n;
    }
    return all;
}

static void add_blocks(prs_list_builder *list, const blocks *all) {
    for (uint32_t i = 0; i < all->n; i++) {
        const block_of_list *b = &all->b[i];
        prs_front front;
        prs_front_of(&front, b->freqs, b->lengths, b->n);
        prs_dominance_add(&list->dominance, b->freqs, b->lengths, b->n);
        prs_new_block block = {b->bytes, (uint32_t)b->len, b->docs[b->n - 1], b->pos_len, &front};
        prs_list_builder_add(list, &block);
    }
}

/* ---- FORMAT.md section 7, a second time ------------------------------------------------------ */

typedef struct reader {
    const uint8_t *at, *end;
} reader;

static uint64_t take(reader *r, uint32_t bytes) {
    uint64_t v = 0;
    ck_assert((size_t)(r->end - r->at) >= bytes);
    for (uint32_t i = 0; i < bytes; i++) v |= (uint64_t)*r->at++ << (8 * i);
    return v;
}

static uint32_t varint(reader *r) {
    uint64_t v = 0, b;
    uint32_t shift = 0;
    do {
        b = take(r, 1);
        v |= (b & 127) << shift;
        shift += 7;
    } while (b >= 128);
    ck_assert_uint_le(v, UINT32_MAX);
    return (uint32_t)v;
}

/* Impacts, which must bound all postings of `n` blocks. */
static void check_impacts(reader *r, uint32_t max, const block_of_list *b, uint32_t n) {
    prs_impact pairs[8];
    uint32_t n_pairs = (uint32_t)take(r, 1);
    ck_assert(n_pairs >= 1 && n_pairs <= max);
    for (uint32_t i = 0; i < n_pairs; i++) {
        pairs[i].freq = varint(r) + (i > 0 ? pairs[i - 1].freq + 1 : 0);
        pairs[i].length = varint(r) + (i > 0 ? pairs[i - 1].length + 1 : 0);
    }
    for (uint32_t k = 0; k < n; k++) {
        for (uint32_t j = 0; j < b[k].n; j++) {
            bool bounded = false;
            for (uint32_t i = 0; i < n_pairs; i++)
                bounded |= pairs[i].freq >= b[k].freqs[j] && pairs[i].length <= b[k].lengths[j];
            TEST_NEED(bounded);
        }
    }
}

static uint64_t bits_at(const uint8_t *bytes, size_t bit, uint32_t w) {
    uint64_t v = 0;
    for (uint32_t k = 0; k < w; k++, bit++) v |= (uint64_t)(bytes[bit / 8] >> bit % 8 & 1) << k;
    return v;
}

static uint32_t width(uint64_t v) {
    uint32_t w = 0;
    for (; v != 0; v >>= 1) w++;
    return w;
}

static void check_group(reader r, const block_of_list *b, uint32_t n, uint32_t before,
                        bool is_only) {
    if (!is_only) check_impacts(&r, 8, b, n); /* else they are those of the list */
    uint32_t w_last = (uint32_t)take(&r, 1), w_bytes = (uint32_t)take(&r, 1),
             w_pos = (uint32_t)take(&r, 1), impacts_len = (uint32_t)take(&r, 2), most[3] = {0};
    const uint8_t *bits = r.at;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t last = b[i].docs[b[i].n - 1], gap = last - before - 1;
        before = last;
        ck_assert_uint_eq(bits_at(bits, (size_t)i * w_last, w_last), gap);
        ck_assert_uint_eq(bits_at(bits, (size_t)n * w_last + i * w_bytes, w_bytes), b[i].len);
        ck_assert_uint_eq(bits_at(bits, (size_t)n * (w_last + w_bytes) + i * w_pos, w_pos),
                          b[i].pos_len);
        most[0] = PRS_MAX(most[0], width(gap));
        most[1] = PRS_MAX(most[1], width(b[i].len));
        most[2] = PRS_MAX(most[2], width(b[i].pos_len));
    }
    ck_assert(w_last == most[0] && w_bytes == most[1] && w_pos == most[2]);
    r.at += ((size_t)n * (w_last + w_bytes + w_pos) + 7) / 8;
    reader impacts = {r.at, r.at + impacts_len};
    for (uint32_t i = 0; i < n; i++) check_impacts(&impacts, 4, &b[i], 1);
    ck_assert_ptr_eq(impacts.at, impacts.end);
    r.at = impacts.end;
    for (uint32_t i = 0; i < n; i++) {
        ck_assert((size_t)(r.end - r.at) >= b[i].len);
        ck_assert_mem_eq(r.at, b[i].bytes, b[i].len);
        r.at += b[i].len;
    }
    ck_assert_ptr_eq(r.at, r.end);
}

static void check_dominance(reader *r, uint32_t n, const blocks *all) {
    static const uint32_t ks[] = {10, 100, 1000};
    for (uint32_t k = 0; k < n; k++) {
        uint32_t freq = varint(r), length = varint(r), count = 0;
        for (uint32_t i = 0; i < all->n; i++)
            for (uint32_t j = 0; j < all->b[i].n; j++)
                count += all->b[i].freqs[j] >= freq && all->b[i].lengths[j] <= length;
        ck_assert_uint_ge(count, ks[k]);
    }
}

static void check_list(const uint8_t *bytes, size_t len, const blocks *all, bool has_positions) {
    reader r = {bytes, bytes + len};
    uint32_t n_only = (uint32_t)take(&r, 1), n_groups = n_only != 0 ? 1 : (uint32_t)take(&r, 4),
             before = PRS_NO_DOC;
    uint32_t n_dominance = all->df < 10 ? 0 : all->df < 100 ? 1 : all->df < 1000 ? 2 : 3;
    ck_assert_uint_eq(n_groups, (all->n + 31) / 32);
    ck_assert_uint_eq(n_only, n_groups == 1 ? all->n : 0);
    reader entries = r;
    if (n_only == 0) r.at += 24 * (size_t)n_groups;
    check_dominance(&r, n_dominance, all);
    check_impacts(&r, 8, all->b, all->n);
    uint64_t from = (uint64_t)(r.at - bytes), positions = 0;
    for (uint32_t g = 0; g < n_groups; g++) {
        const block_of_list *b = all->b + 32 * (size_t)g;
        uint32_t n = PRS_MIN(32, all->n - 32 * g), last = b[n - 1].docs[b[n - 1].n - 1];
        uint64_t end = len;
        for (uint32_t i = 0; i < n; i++) positions += b[i].pos_len;
        if (n_only == 0) {
            ck_assert_uint_eq(take(&entries, 4), last);
            ck_assert_uint_eq(take(&entries, 4), n);
            end = take(&entries, 8);
            ck_assert(end > from && end <= len);
            ck_assert_uint_eq(take(&entries, 8), has_positions ? positions : 0);
        }
        check_group((reader){bytes + from, bytes + end}, b, n, before, n_only != 0);
        from = end;
        before = last;
    }
    ck_assert_uint_eq(from, len);
}

/* ---- tests ----------------------------------------------------------------------------------- */

typedef struct written {
    section_file file;
    prs_section section;
    uint64_t len;
} written;

static void write_blocks(written *w, prs_list_builder *list, const blocks *all,
                         bool has_positions) {
    ck_assert_int_eq(section_file_begin(&w->file, &mem, PRS_COMPONENT_LISTS), PRISM_OK);
    add_blocks(list, all);
    ck_assert(prs_list_builder_write(list, all->df, has_positions, w->file.out, &w->len));
    ck_assert_uint_eq(prs_out_offset(w->file.out), w->len);
    ck_assert_int_eq(section_file_open(&w->file, PRS_COMPONENT_LISTS, false, &w->section),
                     PRISM_OK);
    ck_assert_int_eq(prs_in_touch(&w->section, 0, w->len, NULL), PRISM_OK);
}

static const uint32_t counts[] = {1, 2, 31, 32, 33, 63, 64, 65, 97};

/* One builder for all lists: nothing of one is left in the next. */
START_TEST(groups_hold_32_blocks_and_say_so) {
    begin();
    test_rng rng = test_rng_of("group");
    prs_list_builder *list = calloc(1, sizeof *list);
    prs_list_builder_init(list, &mem, 250);
    for (kind k = 0; k < N_KINDS; k++) {
        for (size_t c = 0; c < PRS_COUNT(counts); c++) {
            blocks all = make_blocks(counts[c], k, &rng);
            written w;
            ck_assert(prs_list_builder_empty(list));
            write_blocks(&w, list, &all, k == POSITIONS);
            check_list(w.section.ptr, (size_t)w.len, &all, k == POSITIONS);
            section_file_end(&w.file);
            free(all.b);
            ck_assert(!prs_list_builder_empty(list));
            prs_list_builder_reset(list);
        }
    }
    prs_list_builder_fini(list);
    free(list);
    test_alloc_check_empty(&counter);
}
END_TEST

/* Lists of more than 128 documents, in blocks of 4: all the more structure in few bytes. */
START_TEST(any_bytes_of_a_list_stay_inside) {
    begin();
    test_rng rng = test_rng_of("group-any");
    for (uint32_t n = 33; n <= 40; n += 7) {
        prs_list_builder *list = calloc(1, sizeof *list);
        prs_list_builder_init(list, &mem, 250);
        blocks all = make_blocks(n, TINY, &rng);
        written w;
        write_blocks(&w, list, &all, false);
        size_t len = (size_t)w.len;
        prs_term_info info = {.df = (uint32_t)all.df, .cf = all.df, .postings_len = len};
        uint32_t n_docs = all.b[n - 1].docs[3] + 1;
        uint8_t *bytes = naive_guarded(w.section.ptr, len);
        prs_postings_source source = {prs_section_of(bytes, len), NULL, n_docs};
        ck_assert(list_walk_any_bytes(&source, &info, &rng));
        source.n_docs--;
        ck_assert(!list_walk_any_bytes(&source, &info, &rng)); /* a document too many */
        source.n_docs++;
        for (size_t i = 0; i < 8 * len; i++) {
            bytes[i / 8] ^= (uint8_t)(1u << i % 8);
            (void)list_walk_any_bytes(&source, &info, &rng);
            bytes[i / 8] ^= (uint8_t)(1u << i % 8);
        }
        section_copy copy = {bytes, len};
        for (uint32_t round = 0; round < 3000; round++) {
            for (uint32_t k = 1 + below(&rng, 3); k > 0; k--) section_copy_damage(&copy, &rng);
            (void)list_walk_any_bytes(&source, &info, &rng);
            memcpy(bytes, w.section.ptr, len);
        }
        free(bytes);
        for (size_t less = 0; less < len; less++) {
            bytes = naive_guarded(w.section.ptr, less);
            source.lists = prs_section_of(bytes, less);
            info.postings_len = less;
            TEST_NEED(!list_walk_any_bytes(&source, &info, &rng));
            free(bytes);
        }
        section_file_end(&w.file);
        free(all.b);
        prs_list_builder_fini(list);
        free(list);
    }
    test_alloc_check_empty(&counter);
}
END_TEST

typedef struct oom_case {
    const blocks *all;
} oom_case;

static prism_status build(prs_mem *m, void *ctx) {
    const oom_case *c = (const oom_case *)ctx;
    section_file f;
    uint64_t len;
    prism_status status = section_file_begin(&f, m, PRS_COMPONENT_LISTS);
    prs_list_builder *list = calloc(1, sizeof *list);
    prs_list_builder_init(list, m, 10);
    for (int twice = 0; twice < 2 && status == PRISM_OK; twice++) {
        add_blocks(list, c->all);
        if (!prs_list_builder_write(list, c->all->df, false, f.out, &len)) status = PRISM_ENOMEM;
        prs_list_builder_reset(list);
        ck_assert(!list->no_memory && prs_list_builder_empty(list));
    }
    if (status == PRISM_OK) status = prs_out_status(f.out, NULL);
    prs_list_builder_fini(list);
    free(list);
    section_file_end(&f);
    return status;
}

START_TEST(memory_may_run_out) {
    begin();
    test_rng rng = test_rng_of("group-oom");
    blocks all = make_blocks(32 * 17 + 1, FULL, &rng); /* the array of groups grows */
    oom_case c = {&all};
    ck_assert_uint_gt(test_oom_sweep(build, &c), 8);
    free(all.b);
}
END_TEST

TEST_SUITE(postings_group, groups_hold_32_blocks_and_say_so, any_bytes_of_a_list_stay_inside,
           memory_may_run_out)
