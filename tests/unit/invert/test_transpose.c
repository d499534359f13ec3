/* test_transpose.c - are a term's places those of a naive inversion, in one pass and in many? */
#include "lexicon_of.h"

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

TEST_SUITE(transpose, places_are_those_of_a_naive_inversion, the_callback_can_stop,
           every_place_finds_its_document)
