/* test_short_list.c - do short lists come back, in the form of the dictionary and in that of LISTS,
 * are joined ones what one list of the same documents would be, and are unsound ones refused? */
#include "harness/test.h"

#include "codec/eliasfano.h"
#include "format/short_list.h"

#include <stdlib.h>

enum { MOST = 128 };

/* ---- documents and freqs --------------------------------------------------------------------- */

typedef struct long_list {
    uint32_t n, n_docs, docs[MOST], freqs[MOST];
    uint64_t cf;
} long_list;

static void make_list(long_list *l, uint32_t most, uint32_t round, test_rng *rng) {
    uint32_t wide = (uint32_t)test_rng_below(rng, 31);
    l->n = 1 + (uint32_t)test_rng_below(rng, most);
    l->cf = 0;
    uint64_t doc = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        uint64_t gap = test_rng_one_in(rng, 9) ? test_rng_next(rng) >> (63 - wide) : 0;
        uint32_t left = INT32_MAX - 1 - (l->n - i); /* documents end at 2^31 - 2 */
        doc = PRS_MIN(doc + gap % 1000000007, left);
        l->docs[i] = (uint32_t)doc++;
        l->freqs[i] = 1;
        if (round % 3 == 0) l->freqs[i] += (uint32_t)test_rng_below(rng, 4);
        if (round % 7 == 0) l->freqs[i] = UINT32_MAX - (uint32_t)test_rng_below(rng, 2);
        if (round % 11 == 0 && i == 0) l->freqs[i] = UINT32_MAX;
        l->cf += l->freqs[i];
    }
    l->n_docs = (uint32_t)doc + (uint32_t)(round % 2 != 0 ? 0 : INT32_MAX - doc);
}

START_TEST(documents_and_freqs_come_back) {
    test_rng rng = test_rng_of("short-lists");
    for (uint32_t round = 0; round < 4000; round++) {
        static uint8_t out[PRS_SHORT_HEAD_BYTES(MOST)];
        long_list l;
        uint32_t docs[MOST], freqs[MOST];
        bool inlined = round % 2 == 0;
        make_list(&l, inlined ? 4 : MOST, round, &rng);
        memset(out, 0, sizeof out);
        uint64_t bits = prs_short_put(l.docs, l.freqs, l.n, l.cf, l.n_docs, inlined, out);
        ck_assert_uint_le(bits, 8 * (PRS_SHORT_HEAD_BYTES(l.n) - 16));
        prs_bit_cur c = prs_bit_cur_of(out, 0, bits);
        ck_assert(prs_short_read_docs(&c, l.n, l.n_docs, inlined, docs));
        ck_assert(prs_short_read_freqs(&c, l.n, l.cf, freqs));
        ck_assert_uint_eq(prs_bit_cur_left(&c), 0);
        ck_assert_mem_eq(docs, l.docs, l.n * sizeof *docs);
        ck_assert_mem_eq(freqs, l.freqs, l.n * sizeof *freqs);
        c = prs_bit_cur_of(out, 0, bits); /* one document fewer in the segment */
        ck_assert(!prs_short_read_docs(&c, l.n, l.docs[l.n - 1], inlined, docs) || inlined);
    }
}
END_TEST

/* Whatever the bits are: documents ascend below n_docs, freqs add up, or all is refused. */
START_TEST(any_bits_are_refused_or_sound) {
    test_rng rng = test_rng_of("short-any");
    uint32_t n_sound = 0;
    for (uint32_t round = 0; round < 20000; round++) {
        uint32_t docs[MOST], freqs[MOST];
        long_list l;
        bool inlined = round % 2 == 0;
        size_t len = 1 + (size_t)test_rng_below(&rng, 40);
        uint8_t *bytes = malloc(len + 64);
        make_list(&l, inlined ? 4 : 12, round, &rng);
        if (round % 5 != 0) {
            l.n_docs = 1 + (uint32_t)test_rng_below(&rng, 2000);
            l.n = PRS_MIN(l.n, l.n_docs);
            l.cf = l.n + test_rng_below(&rng, 1 + l.n);
        }
        test_rng_fill(&rng, bytes, len);
        prs_bit_cur c = prs_bit_cur_of(bytes, 0, 8 * len);
        bool good = prs_short_read_docs(&c, l.n, l.n_docs, inlined, docs);
        for (uint32_t i = 0; good && i < l.n; i++)
            TEST_NEED(docs[i] < l.n_docs && (i == 0 || docs[i - 1] < docs[i]));
        good = good && prs_short_read_freqs(&c, l.n, l.cf, freqs);
        uint64_t sum = 0;
        for (uint32_t i = 0; good && i < l.n; i++) {
            TEST_NEED(freqs[i] >= 1);
            sum += freqs[i];
        }
        TEST_NEED(!good || sum == l.cf);
        n_sound += good;
        free(bytes);
    }
    ck_assert_uint_gt(n_sound, 500);
}
END_TEST

START_TEST(impossible_freqs_are_refused) {
    static const uint8_t zeros[64] = {0};
    uint32_t freqs[MOST];
    static const struct {
        uint32_t n;
        uint64_t cf;
        bool good;
    } cases[] = {{1, UINT32_MAX, true},
                 {1, UINT64_C(1) << 32, false},
                 {2, UINT64_C(2) << 32, false},
                 {128, INT64_MAX, false},
                 {3, 3, true}};
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prs_bit_cur c = prs_bit_cur_of(zeros, 0, 0);
        ck_assert_int_eq(prs_short_read_freqs(&c, cases[i].n, cases[i].cf, freqs), cases[i].good);
    }
}
END_TEST

/* ---- inline lists ---------------------------------------------------------------------------- */

typedef struct inline_list {
    uint32_t df, n_docs;
    uint64_t cf;
    uint32_t docs[PRS_INLINE_MAX_DF], freqs[PRS_INLINE_MAX_DF], spans[PRS_INLINE_MAX_DF];
    uint32_t positions[PRS_INLINE_MAX_CF];
    uint8_t payload[PRS_INLINE_MAX_BYTES];
    prs_term_info info;
    prs_lengths_builder builder;
    prs_lengths lengths;
} inline_list;

static prs_mem mem;

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* At most so many documents and positions; at least one of each. */
static void make(inline_list *l, uint32_t max_df, uint32_t max_cf, bool positions, test_rng *rng) {
    memset(l, 0, sizeof *l);
    l->df = 1 + (uint32_t)test_rng_below(rng, PRS_MIN(max_df, max_cf));
    uint32_t left = max_cf - l->df, doc = (uint32_t)test_rng_below(rng, 5);
    for (uint32_t i = 0; i < l->df; i++, doc += 1 + (uint32_t)test_rng_below(rng, 60)) {
        uint32_t more = test_rng_one_in(rng, 2) ? 0 : (uint32_t)test_rng_below(rng, left + 1);
        left -= more;
        l->docs[i] = doc;
        l->freqs[i] = 1 + more;
        l->spans[i] = 1 + (uint32_t)(test_rng_next(rng) >> (33 + test_rng_below(rng, 28)));
        for (uint32_t k = 0; k < l->freqs[i]; k++)
            l->positions[l->cf + k] = (uint32_t)test_rng_below(rng, l->spans[i]);
        qsort(l->positions + l->cf, l->freqs[i], sizeof(uint32_t), by_value);
        l->cf += l->freqs[i];
    }
    l->n_docs = doc + 1;
    prs_lengths_builder_init(&l->builder, &mem);
    for (uint32_t d = 0, i = 0; d < l->n_docs; d++)
        prs_lengths_builder_add(&l->builder, i < l->df && l->docs[i] == d ? l->spans[i++] : 0);
    ck_assert_int_eq(prs_lengths_builder_view(&l->builder, &l->lengths, NULL), PRISM_OK);
    prs_inline_put(l->docs, l->freqs, positions ? l->positions : NULL, l->spans, l->df, l->cf,
                   l->n_docs, l->payload, &l->info);
}

static prs_inline_part part_of(const inline_list *l, uint32_t base) {
    return (prs_inline_part){&l->info, base, l->n_docs, l->info.has_positions ? &l->lengths : NULL};
}

/* Lists that fit together, behind one another; returns how many. */
static uint32_t make_parts(inline_list *lists, prs_inline_part *parts, bool positions,
                           test_rng *rng) {
    uint32_t n = 0, df = 4, cf = 32, base = (uint32_t)test_rng_below(rng, 1000);
    while (df > 0 && cf > 0 && (n == 0 || test_rng_one_in(rng, 2))) {
        make(&lists[n], df, cf, positions, rng);
        df -= lists[n].df;
        cf -= (uint32_t)lists[n].cf;
        parts[n] = part_of(&lists[n], base);
        base += lists[n++].n_docs;
    }
    return n;
}

static void check_read(const inline_list *l, bool positions) {
    uint32_t docs[PRS_INLINE_MAX_DF], freqs[PRS_INLINE_MAX_DF], out[PRS_INLINE_MAX_CF];
    const uint32_t *want = l->positions;
    prs_bit_cur run;
    ck_assert(prs_inline_read(&l->info, l->n_docs, docs, freqs, &run));
    ck_assert_mem_eq(docs, l->docs, l->df * sizeof *docs);
    ck_assert_mem_eq(freqs, l->freqs, l->df * sizeof *freqs);
    if (l->cf == 1) {
        ck_assert_uint_eq(l->info.position, positions ? l->positions[0] : 0);
        return;
    }
    for (uint32_t i = 0; i < l->df && positions; i++) {
        uint64_t at = run.bit;
        ck_assert(prs_bit_cur_skip(&run, prs_ef_bits(freqs[i], l->spans[i])));
        ck_assert(prs_ef_decode(run.base, at, freqs[i], l->spans[i], out));
        ck_assert_mem_eq(out, want, freqs[i] * sizeof *out);
        want += freqs[i];
    }
    ck_assert_uint_eq(prs_bit_cur_left(&run), 0);
}

START_TEST(joined_lists_are_bits_of_one) {
    test_rng rng = test_rng_of("inline-join");
    prs_mem_init(&mem, NULL);
    for (uint32_t round = 0; round < 20000; round++) {
        inline_list lists[4], all;
        prs_inline_part parts[4];
        prs_term_info info;
        uint8_t payload[PRS_INLINE_MAX_BYTES];
        bool positions = round % 3 != 0;
        uint32_t bad, n = make_parts(lists, parts, positions, &rng), n_docs = 0;
        memset(&all, 0, sizeof all);
        for (uint32_t i = 0; i < n; i++) {
            check_read(&lists[i], positions);
            for (uint32_t k = 0; k < lists[i].df; k++) {
                all.docs[all.df] = lists[i].docs[k] + parts[i].base;
                all.spans[all.df] = lists[i].spans[k];
                all.freqs[all.df++] = lists[i].freqs[k];
            }
            memcpy(all.positions + all.cf, lists[i].positions,
                   (size_t)lists[i].cf * sizeof(uint32_t));
            all.cf += lists[i].cf;
            n_docs = parts[i].base + parts[i].n_docs + (uint32_t)test_rng_below(&rng, 100);
        }
        prs_inline_put(all.docs, all.freqs, positions ? all.positions : NULL, all.spans, all.df,
                       all.cf, n_docs, all.payload, &all.info);
        ck_assert(prs_inline_join(parts, n, n_docs, payload, &info, &bad));
        ck_assert_uint_eq(info.df, all.df);
        ck_assert_uint_eq(info.cf, all.cf);
        ck_assert(info.inlined && info.has_positions == positions);
        ck_assert_uint_eq(info.doc, all.info.doc);
        ck_assert_uint_eq(info.position, all.info.position);
        ck_assert_uint_eq(info.payload_bits, all.info.payload_bits);
        if (info.payload_bits != 0)
            ck_assert_mem_eq(info.payload, all.payload, (info.payload_bits + 7) / 8);
        for (uint32_t i = 0; i < n; i++) prs_lengths_builder_fini(&lists[i].builder);
    }
}
END_TEST

/* Cut, lengthened, of other numbers, with any byte changed: refused, or something that fits. */
START_TEST(unsound_lists_are_refused) {
    test_rng rng = test_rng_of("inline-bad");
    prs_mem_init(&mem, NULL);
    for (uint32_t round = 0; round < 3000; round++) {
        inline_list l;
        prs_term_info joined;
        uint8_t payload[PRS_INLINE_MAX_BYTES];
        uint32_t bad = 9;
        bool positions = round % 2 == 0;
        make(&l, 4, 32, positions, &rng);
        prs_inline_part part = part_of(&l, 5);
        ck_assert(prs_inline_join(&part, 1, 2000, payload, &joined, &bad));
        part.n_docs = l.docs[l.df - 1]; /* a document too far */
        if (part.n_docs > l.df && l.cf == 1)
            ck_assert(!prs_inline_join(&part, 1, 2000, payload, &joined, &bad));
        part = part_of(&l, 5);
        uint32_t whole = l.info.payload_bits, docs = (uint32_t)prs_ef_bits(l.df, l.n_docs);
        for (uint32_t bits = 0; bits < docs && bits < whole; bits++) {
            l.info.payload_bits = bits;
            ck_assert(!prs_inline_join(&part, 1, 2000, payload, &joined, &bad));
            ck_assert_uint_eq(bad, 0);
        }
        l.info.payload_bits = positions ? 4000 : whole + 1;
        if (l.cf != 1) ck_assert(!prs_inline_join(&part, 1, 2000, payload, &joined, &bad));
        l.info.payload_bits = whole;
        for (uint32_t i = 0; i < whole; i++) {
            l.payload[i / 8] ^= (uint8_t)(1u << i % 8);
            if (prs_inline_join(&part, 1, 2000, payload, &joined, &bad))
                TEST_NEED(joined.payload_bits <= 8 * PRS_INLINE_MAX_BYTES);
            l.payload[i / 8] ^= (uint8_t)(1u << i % 8);
        }
        prs_lengths_builder_fini(&l.builder);
    }
}
END_TEST

TEST_SUITE(short_list, documents_and_freqs_come_back, any_bits_are_refused_or_sound,
           impossible_freqs_are_refused, joined_lists_are_bits_of_one, unsound_lists_are_refused)
