/* test_transpose.c - are a term's places those of a naive inversion, in one pass and in many? */
#include "lexicon_of.h"

#include "invert/char_counts.h"
#include "invert/transpose.h"

#include <stdio.h>
#include <stdlib.h>

enum { VOCABULARY = 300, DOCS = 200, MOST = 60 };

typedef struct stream_case {
    lexicon_of l;
    uint32_t *ids;
    uint32_t n_ids;
    prs_stream_doc docs[DOCS];
    uint32_t n_docs;
    /* the naive inversion: (id, place), in order of the stream */
    uint32_t *naive_id, *naive_place;
    uint32_t n_naive;
} stream_case;

/* Random documents: words, words stacked on the one before, gaps; some documents are missing. */
static void make(stream_case *c, test_rng *rng) {
    char word[16];
    memset(c, 0, sizeof *c);
    lexicon_open(&c->l);
    for (uint32_t i = 0; i < VOCABULARY; i++) {
        snprintf(word, sizeof word, "w%u", (i * 7919u) % 100003u);
        lexicon_take(&c->l, word);
    }
    c->ids = calloc(DOCS * MOST * 3, sizeof *c->ids);
    c->naive_id = calloc(DOCS * MOST, sizeof *c->naive_id);
    c->naive_place = calloc(DOCS * MOST, sizeof *c->naive_place);
    uint32_t base = 0;
    for (uint32_t doc = 0; doc < DOCS; doc++) {
        if (test_rng_one_in(rng, 5)) continue;
        uint32_t n = 1 + (uint32_t)test_rng_below(rng, MOST), pos = 0, next = 0;
        prs_stream_doc *entry = &c->docs[c->n_docs++];
        *entry = (prs_stream_doc){.doc = doc, .start = c->n_ids};
        for (uint32_t i = 0; i < n; i++) {
            uint64_t r = test_rng_below(rng, VOCABULARY);
            uint32_t id = (uint32_t)(r * r / VOCABULARY); /* few are frequent */
            bool stacked = i > 0 && test_rng_one_in(rng, 6);
            if (!stacked && test_rng_one_in(rng, 10)) {
                uint32_t gap = 1 + (uint32_t)test_rng_below(rng, 50);
                c->ids[c->n_ids++] = PRS_STREAM_GAP;
                c->ids[c->n_ids++] = gap;
                next += gap;
            }
            if (!stacked) {
                pos = next++;
                entry->length++;
            }
            c->ids[c->n_ids++] = id | (stacked ? PRS_STREAM_STACKED : 0);
            c->naive_id[c->n_naive] = id;
            c->naive_place[c->n_naive++] = base + pos;
        }
        entry->span = next;
        base += next;
    }
}

static void drop(stream_case *c) {
    free(c->ids);
    free(c->naive_id);
    free(c->naive_place);
    lexicon_close(&c->l);
}

typedef struct comparison {
    const stream_case *c;
    uint32_t n_terms, n_places;
    uint8_t last[64];
    size_t last_len;
} comparison;

static prism_status compare(void *ctx, const prs_transpose_term *term, prism_error *err) {
    comparison *cmp = ctx;
    (void)err;
    ck_assert_int_gt(prs_bytes_compare(term->key, prs_bytes_of(cmp->last, cmp->last_len)), 0);
    memcpy(cmp->last, term->key.ptr, term->key.len);
    cmp->last_len = term->key.len;
    uint32_t at = 0;
    for (uint32_t i = 0; i < cmp->c->n_naive; i++) {
        if (cmp->c->naive_id[i] != term->id) continue;
        ck_assert_uint_lt(at, term->n);
        ck_assert_uint_eq(term->places[at++], cmp->c->naive_place[i]);
    }
    ck_assert_uint_eq(at, term->n);
    cmp->n_terms++;
    cmp->n_places += term->n;
    return PRISM_OK;
}

START_TEST(places_are_those_of_a_naive_inversion) {
    static const size_t scratches[] = {0, 5000, 20000, 1 << 20};
    stream_case *c = malloc(sizeof *c);
    test_rng rng = test_rng_of("transpose");
    for (uint32_t round = 0; round < 5; round++) {
        make(c, &rng);
        for (size_t s = 0; s < PRS_COUNT(scratches); s++) {
            prs_transpose_input input = {c->l.lexicon, c->ids, c->n_ids, c->docs, c->n_docs};
            comparison cmp = {.c = c};
            ck_assert_int_eq(
                prs_transpose_run(&input, scratches[s], &c->l.mem, compare, &cmp, NULL), PRISM_OK);
            ck_assert_uint_eq(cmp.n_places, c->n_naive);
        }
        drop(c);
    }
    free(c);
}
END_TEST

static prism_status stop(void *ctx, const prs_transpose_term *term, prism_error *err) {
    uint32_t *n = ctx;
    (void)term;
    (void)err;
    return ++*n == 3 ? PRISM_EIO : PRISM_OK;
}

START_TEST(the_callback_can_stop) {
    stream_case *c = malloc(sizeof *c);
    test_rng rng = test_rng_of("transpose stop");
    uint32_t n = 0;
    make(c, &rng);
    prs_transpose_input input = {c->l.lexicon, c->ids, c->n_ids, c->docs, c->n_docs};
    ck_assert_int_eq(prs_transpose_run(&input, 4096, &c->l.mem, stop, &n, NULL), PRISM_EIO);
    ck_assert_uint_eq(n, 3);
    drop(c);
    free(c);
}
END_TEST

START_TEST(every_place_finds_its_document) {
    test_rng rng = test_rng_of("places");
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    for (uint32_t round = 0; round < 20; round++) {
        prs_stream_doc docs[100];
        uint32_t n = 1 + (uint32_t)test_rng_below(&rng, 100), base = 0;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t span =
                1 + (uint32_t)test_rng_below(&rng, test_rng_one_in(&rng, 9) ? 5000 : 20);
            docs[i] = (prs_stream_doc){.doc = 2 * i, .span = span};
        }
        prs_places places;
        ck_assert_int_eq(prs_places_init(&places, docs, n, &mem, NULL), PRISM_OK);
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t p = base; p < base + docs[i].span; p++) {
                ck_assert_uint_eq(
                    prs_places_find(&places, (uint32_t)test_rng_below(&rng, i + 1), p), i);
            }
            base += docs[i].span;
        }
        prs_places_fini(&places);
    }
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

/* ---- characters that the stream leaves out -------------------------------------------------- */

enum { CHARS = 40, CHAR_DOCS = 300 };

typedef struct char_case {
    lexicon_of l;
    prs_stream_doc docs[CHAR_DOCS];
    uint32_t freqs[CHARS][CHAR_DOCS]; /* of the character, by document */
    uint32_t n_terms, n_chars, n_met;
} char_case;

/* Runs of characters from U+3041 on, which nothing folds, words, and now and then one of four
 * bytes, whose pairs tell nothing; every seventh document has none of the first. */
static void make_chars(char_case *c, test_rng *rng) {
    char text[4096];
    memset(c, 0, sizeof *c);
    lexicon_open_as(&c->l, "mixed-v1");
    for (uint32_t i = 0; i < CHAR_DOCS; i++) {
        size_t len = 0, n = 1 + test_rng_below(rng, 300);
        for (size_t k = 0; k < n; k++) {
            uint32_t r = (uint32_t)test_rng_below(rng, CHARS), which = r * r / CHARS;
            if (test_rng_one_in(rng, 30)) len += (size_t)sprintf(text + len, " w%u ", r);
            if (test_rng_one_in(rng, 40)) len += (size_t)sprintf(text + len, "\xf0\xa0\x80\x80");
            if (i % 7 == 6) continue;
            c->freqs[which][i]++;
            len += (size_t)sprintf(text + len, "\xe3\x81%c", (char)(0x81 + which));
        }
        text[len] = '\0';
        c->docs[i] = (prs_stream_doc){.doc = 3 * i, .start = (uint32_t)c->l.stream.n};
        c->docs[i].span = c->docs[i].length = lexicon_take(&c->l, text);
    }
}

static void count_met(char_case *c) {
    for (uint32_t k = 0; k < CHARS; k++) {
        uint32_t cf = 0;
        for (uint32_t e = 0; e < CHAR_DOCS; e++) cf += c->freqs[k][e];
        c->n_met += cf > 0;
    }
    ck_assert_uint_gt(c->n_met, 20);
}

static prism_status count_chars(void *ctx, const prs_transpose_term *term, prism_error *err) {
    char_case *c = ctx;
    (void)err;
    c->n_terms++;
    ck_assert_uint_eq(term->freq_bits != 0, term->key.ptr[0] == PRS_KIND_HAN1);
    if (term->key.ptr[0] != PRS_KIND_HAN1 || term->key.len != 4) return PRISM_OK;
    const uint32_t *freqs = c->freqs[(term->key.ptr[3] & 63) - 1];
    uint32_t at = 0, mask = (UINT32_C(1) << term->freq_bits) - 1;
    for (uint32_t e = 0; e < CHAR_DOCS; e++) {
        uint32_t sum = 0;
        for (; at < term->n && term->places[at] >> term->freq_bits == e; at++)
            sum += (term->places[at] & mask) + 1;
        ck_assert_uint_eq(sum, freqs[e]);
    }
    ck_assert_uint_eq(at, term->n);
    c->n_chars++;
    return PRISM_OK;
}

START_TEST(characters_are_counted_from_what_tells_them) {
    static const size_t scratches[] = {0, 30000, 1 << 20};
    char_case *c = malloc(sizeof *c);
    test_rng rng = test_rng_of("transpose chars");
    make_chars(c, &rng);
    count_met(c);
    for (size_t s = 0; s < PRS_COUNT(scratches); s++) {
        prs_transpose_input input = {c->l.lexicon, c->l.stream.ids, (uint32_t)c->l.stream.n,
                                     c->docs, CHAR_DOCS};
        c->n_terms = c->n_chars = 0;
        ck_assert_int_eq(prs_transpose_run(&input, scratches[s], &c->l.mem, count_chars, c, NULL),
                         PRISM_OK);
        ck_assert_uint_eq(c->n_terms, prs_lexicon_count(c->l.lexicon));
        ck_assert_uint_eq(c->n_chars, c->n_met);
    }
    lexicon_close(&c->l);
    free(c);
}
END_TEST

START_TEST(a_freq_that_does_not_fit_takes_another_word) {
    prs_char_count count = {.entry = UINT32_MAX};
    uint32_t bits = prs_char_freq_bits(1u << 30);
    ck_assert_uint_eq(bits, 2);
    ck_assert_uint_eq(prs_char_freq_bits((1u << 30) + 1), 1);
    ck_assert_uint_eq(prs_char_freq_bits(1), 31);
    for (uint32_t i = 0; i < 10; i++) {
        bool begins = prs_char_begins(&count, 7, bits);
        ck_assert_uint_eq(begins, i % 4 == 0);
        prs_char_add(&count, 7, begins);
    }
    ck_assert_uint_eq(count.at, 3);
    ck_assert_uint_eq(count.freq, 2);
    ck_assert(prs_char_begins(&count, 8, bits));
}
END_TEST

TEST_SUITE(transpose, characters_are_counted_from_what_tells_them,
           a_freq_that_does_not_fit_takes_another_word, places_are_those_of_a_naive_inversion,
           the_callback_can_stop, every_place_finds_its_document)
