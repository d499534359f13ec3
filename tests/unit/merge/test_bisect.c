/* test_bisect.c - do documents of like words come to stand beside each other? */
#include "harness/test.h"

#include "merge/bisect.h"

#include <math.h>
#include <stdlib.h>

enum { TOPICS = 16, WORDS = 40, COMMON = 30 };

/* Documents of TOPICS topics, each with words of its own and some that all have, in random
 * order. */
static prs_forward make_rows(uint32_t n_docs, test_rng *rng) {
    prs_forward f = {.n_docs = n_docs, .n_terms = TOPICS * WORDS + COMMON};
    f.firsts = calloc(n_docs + 1, sizeof *f.firsts);
    f.lens = calloc(n_docs, sizeof *f.lens);
    f.terms = calloc((size_t)n_docs * 30, sizeof *f.terms);
    uint64_t n = 0;
    for (uint32_t doc = 0; doc < n_docs; doc++) {
        uint32_t topic = (uint32_t)test_rng_below(rng, TOPICS);
        f.firsts[doc] = n;
        for (uint32_t w = 0; w < WORDS; w++)
            if (test_rng_one_in(rng, 3) && n - f.firsts[doc] < 20) f.terms[n++] = topic * WORDS + w;
        for (uint32_t w = 0; w < COMMON; w++)
            if (test_rng_one_in(rng, 4) && n - f.firsts[doc] < 30)
                f.terms[n++] = TOPICS * WORDS + w;
        f.lens[doc] = (uint32_t)(n - f.firsts[doc]);
    }
    f.firsts[n_docs] = n;
    return f;
}

static prs_forward copy_of(const prs_forward *from) {
    prs_forward f = *from;
    f.firsts = malloc((f.n_docs + 1) * sizeof *f.firsts);
    f.lens = malloc(f.n_docs * sizeof *f.lens);
    f.terms = malloc(from->firsts[f.n_docs] * sizeof *f.terms + 4);
    memcpy(f.firsts, from->firsts, (f.n_docs + 1) * sizeof *f.firsts);
    memcpy(f.lens, from->lens, f.n_docs * sizeof *f.lens);
    memcpy(f.terms, from->terms, from->firsts[f.n_docs] * sizeof *f.terms);
    return f;
}

static void free_rows(prs_forward *f) {
    free(f->firsts);
    free(f->lens);
    free(f->terms);
}

/* Bits that the gaps between the documents of all terms take. */
static double cost_of(const prs_forward *f, const uint32_t *order) {
    double sum = 0;
    uint32_t *last = calloc(f->n_terms, sizeof *last); /* 1 above the place */
    for (uint32_t at = 0; at < f->n_docs; at++) {
        for (uint32_t k = 0; k < f->lens[order[at]]; k++) {
            uint32_t term = f->terms[f->firsts[order[at]] + k];
            sum += log2(at + 1 - last[term]);
            last[term] = at + 1;
        }
    }
    free(last);
    return sum;
}

static uint32_t *some_order(uint32_t n) {
    uint32_t *order = malloc(n * sizeof *order);
    for (uint32_t i = 0; i < n; i++) order[i] = i;
    return order;
}

static bool is_permutation(const uint32_t *order, uint32_t n) {
    uint8_t *seen = calloc(n, 1);
    uint32_t distinct = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (order[i] < n && !seen[order[i]]) distinct++;
        if (order[i] < n) seen[order[i]] = 1;
    }
    free(seen);
    return distinct == n;
}

typedef struct asking {
    uint64_t n, most; /* questions; after `most` of them the answer is no */
} asking;

static prism_status ask(void *ctx, uint32_t n, prism_error *err) {
    asking *a = ctx;
    (void)n;
    (void)err;
    return ++a->n > a->most ? PRISM_ECANCELED : PRISM_OK;
}

static prism_status bisect(const prs_forward *rows, uint32_t *order, uint64_t most) {
    prs_mem mem;
    asking a = {0, most};
    prs_forward used = copy_of(rows);
    prs_mem_init(&mem, NULL);
    prism_status status = prs_bisect(&used, order, &mem, ask, &a, NULL);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
    free_rows(&used);
    return status;
}

START_TEST(topics_are_found) {
    test_rng rng = test_rng_of("bisect");
    static const uint32_t sizes[] = {500, 3000, 10000};
    for (size_t i = 0; i < PRS_COUNT(sizes); i++) {
        prs_forward rows = make_rows(sizes[i], &rng);
        uint32_t *order = some_order(sizes[i]), *again = some_order(sizes[i]);
        double before = cost_of(&rows, order);
        ck_assert_int_eq(bisect(&rows, order, UINT64_MAX), PRISM_OK);
        ck_assert(is_permutation(order, sizes[i]));
        double after = cost_of(&rows, order);
        ck_assert_msg(after < 0.62 * before, "%u documents: %.0f of %.0f bits", sizes[i], after,
                      before);
        ck_assert_int_eq(bisect(&rows, again, UINT64_MAX), PRISM_OK);
        ck_assert_mem_eq(order, again, sizes[i] * sizeof *order);
        free(order);
        free(again);
        free_rows(&rows);
    }
}
END_TEST

START_TEST(small_and_empty_inputs_stay_permutations) {
    test_rng rng = test_rng_of("bisect small");
    for (uint32_t n = 1; n < 120; n++) {
        prs_forward rows = make_rows(n, &rng);
        if (n % 3 == 0) memset(rows.lens, 0, n * sizeof *rows.lens); /* documents without words */
        uint32_t *order = some_order(n);
        ck_assert_int_eq(bisect(&rows, order, UINT64_MAX), PRISM_OK);
        ck_assert(is_permutation(order, n));
        free(order);
        free_rows(&rows);
    }
}
END_TEST

/* The bytes of one machine are those of another: a sum over the order of a fixed input. */
START_TEST(an_order_is_the_same_everywhere) {
    enum { N = 700 };
    prs_forward rows = {.n_docs = N, .n_terms = 97};
    static uint64_t firsts[N + 1];
    static uint32_t lens[N], terms[N * 5];
    uint64_t state = 1;
    for (uint32_t doc = 0; doc < N; doc++) {
        firsts[doc] = 5 * (uint64_t)doc;
        lens[doc] = 5;
        for (uint32_t k = 0; k < 5; k++) {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
            terms[5 * doc + k] = (uint32_t)((state >> 40) % 19 + 19 * k);
        }
    }
    firsts[N] = 5 * N;
    rows.firsts = firsts;
    rows.lens = lens;
    rows.terms = terms;
    uint32_t *order = some_order(N);
    uint64_t sum = 0;
    ck_assert_int_eq(bisect(&rows, order, UINT64_MAX), PRISM_OK);
    for (uint32_t i = 0; i < N; i++) sum = sum * 31 + order[i];
    ck_assert_uint_eq(sum, UINT64_C(13381979981138620568));
    free(order);
}
END_TEST

START_TEST(it_can_be_stopped_at_any_time) {
    test_rng rng = test_rng_of("bisect stop");
    prs_forward rows = make_rows(600, &rng);
    for (uint64_t most = 0; most < 40; most++) {
        uint32_t *order = some_order(600);
        ck_assert_int_eq(bisect(&rows, order, most), PRISM_ECANCELED);
        ck_assert(is_permutation(order, 600));
        free(order);
    }
    free_rows(&rows);
}
END_TEST

static prism_status work(prs_mem *mem, void *ctx) {
    asking a = {0, UINT64_MAX};
    prs_forward used = copy_of(ctx);
    uint32_t *order = some_order(used.n_docs);
    prism_status status = prs_bisect(&used, order, mem, ask, &a, NULL);
    free(order);
    free_rows(&used);
    return status;
}

START_TEST(memory_may_run_out) {
    test_rng rng = test_rng_of("bisect memory");
    prs_forward rows = make_rows(200, &rng);
    ck_assert_uint_ge(test_oom_sweep(work, &rows), 8);
    free_rows(&rows);
}
END_TEST

TEST_SUITE(bisect, topics_are_found, small_and_empty_inputs_stay_permutations,
           an_order_is_the_same_everywhere, it_can_be_stopped_at_any_time, memory_may_run_out)
