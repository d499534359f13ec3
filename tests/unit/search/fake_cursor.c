/* fake_cursor.c - how is a cursor judged without an index?  By children whose documents are
 * known. */
#include "unit/search/fake_cursor.h"

#include <stdlib.h>

static uint32_t below(test_rng *rng, uint64_t n) {
    return (uint32_t)test_rng_below(rng, n);
}

/* ---- truth ----------------------------------------------------------------------------------- */

matches matches_new(uint32_t n_docs) {
    matches m = {n_docs, malloc(n_docs * sizeof *m.score)};
    ck_assert_ptr_nonnull(m.score);
    for (uint32_t d = 0; d < n_docs; d++) m.score[d] = -1;
    return m;
}

matches matches_random(uint32_t n_docs, uint64_t rarity, int32_t most, test_rng *rng) {
    matches m = matches_new(n_docs);
    uint64_t here = rarity;
    for (uint32_t d = 0; d < n_docs; d++) {
        if (test_rng_one_in(rng, 700)) here = 1 + test_rng_below(rng, 3 * rarity);
        if (!test_rng_one_in(rng, here)) continue;
        m.score[d] = most == 0 ? 0 : 1 + (int32_t)test_rng_below(rng, (uint64_t)most);
    }
    return m;
}

void matches_free(matches *m) {
    free(m->score);
}

/* ---- fakes ----------------------------------------------------------------------------------- */

typedef struct fake {
    prs_cursor base;
    stage *stage;
    const matches *truth;
    uint32_t from;   /* no call may ask below */
    uint32_t peeked; /* what lies below need not be given any more */
    int32_t limit;   /* above every score */
} fake;

static fake *self(prs_cursor *c) {
    return (fake *)c;
}

static int32_t score_of(const fake *f, uint32_t d) {
    return d < f->peeked && test_rng_one_in(f->stage->rng, 2) ? -1 : f->truth->score[d];
}

static prism_status enter(fake *f, uint32_t from, prism_error *err) {
    TEST_NEED(from >= f->from);
    f->from = from;
    stage *s = f->stage;
    if (s->fail_after != 0 && --s->fail_after == 0)
        return prs_error_set(err, PRISM_EIO, "a fault that was asked for");
    return PRISM_OK;
}

static int32_t best_in(const fake *f, uint32_t from, uint32_t to) {
    int32_t best = PRS_NO_MATCH;
    for (uint32_t d = from; d < to; d++)
        if (d >= f->peeked) best = PRS_MAX(best, f->truth->score[d]);
    return best;
}

static prism_status fake_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                               int32_t *max, prism_error *err) {
    fake *f = self(c);
    test_rng *rng = f->stage->rng;
    TEST_NEED(from < min_to && from < *to && *to <= c->plan->n_docs);
    PRS_TRY(enter(f, from, err));
    min_to = PRS_MIN(min_to, *to);
    if (test_rng_one_in(rng, 2)) *to = min_to + below(rng, *to - min_to + 1);
    if (test_rng_one_in(rng, 6)) *to = from + 1 + below(rng, *to - from); /* it knows no further */
    int32_t best = best_in(f, from, *to);
    *max = test_rng_one_in(rng, 2) ? best : PRS_MAX(best, 0) + (int32_t)below(rng, 3);
    if (test_rng_one_in(rng, 6)) *max = f->limit;
    return PRISM_OK;
}

static prism_status fake_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    fake *f = self(c);
    uint32_t d = from, keep = f->from;
    PRS_TRY(enter(f, from, err));
    f->from = keep;
    f->peeked = PRS_MAX(f->peeked, from);
    while (d < f->truth->n_docs && f->truth->score[d] < 0) d++;
    *doc = d < f->truth->n_docs ? d : PRS_DOC_END;
    if (d > from && d < f->truth->n_docs && test_rng_one_in(f->stage->rng, 3))
        *doc = from + below(f->stage->rng, d - from); /* "may be": it has not looked closely */
    return PRISM_OK;
}

static prism_status fake_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                              prs_batch *out, prism_error *err) {
    fake *f = self(c);
    test_rng *rng = f->stage->rng;
    TEST_NEED(from < to && to <= c->plan->n_docs);
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    PRS_TRY(enter(f, from, err));
    uint32_t most = test_rng_one_in(rng, 3) ? PRS_WINDOW : below(rng, 200);
    out->n = 0;
    for (uint32_t d = from; d < to; d++) {
        int32_t score = score_of(f, d);
        if (out->n == most && d > from) {
            f->from = out->next = d;
            return PRISM_OK;
        }
        if (score < 0 || (score < floor && test_rng_one_in(rng, 2))) continue;
        if (out->n == most) most++;
        out->docs[out->n] = d;
        out->scores[out->n++] = score;
    }
    f->from = out->next = to;
    return PRISM_OK;
}

static prism_status fake_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                               prism_error *err) {
    fake *f = self(c);
    if (batch->n == 0) return PRISM_OK;
    PRS_TRY(enter(f, batch->docs[0], err));
    for (uint32_t i = 0; i < batch->n; i++) {
        int32_t score = score_of(f, batch->docs[i]);
        TEST_NEED(i == 0 || batch->docs[i] > batch->docs[i - 1]);
        bool useless = floor > 0 && batch->scores[i] + score < floor;
        hit[i] = score >= 0 && !(useless && test_rng_one_in(f->stage->rng, 2));
        if (hit[i]) batch->scores[i] += score;
    }
    f->from = batch->docs[batch->n - 1];
    return PRISM_OK;
}

static prism_status fake_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                              prism_error *err) {
    fake *f = self(c);
    TEST_NEED(base % 64 == 0 && n_words <= PRS_WINDOW_WORDS);
    PRS_TRY(enter(f, base, err));
    for (uint32_t d = base; d < PRS_MIN(base + 64 * n_words, f->truth->n_docs); d++)
        if (f->truth->score[d] >= 0) words[(d - base) / 64] |= UINT64_C(1) << (d - base) % 64;
    return PRISM_OK;
}

static int32_t fake_prime(const prs_cursor *c, uint32_t k) {
    const fake *f = (const fake *)c;
    int32_t score = f->limit;
    for (uint32_t n = 0; score > 0; score--) {
        for (uint32_t d = 0; d < f->truth->n_docs; d++) n += f->truth->score[d] == score;
        if (n >= k) break;
    }
    return score;
}

static const prs_cursor_ops with_fill = {fake_bound, fake_peek,  fake_next, fake_probe,
                                         fake_fill,  fake_prime, NULL};
static const prs_cursor_ops plain = {fake_bound, fake_peek, fake_next, fake_probe,
                                     NULL,       NULL,      NULL};

prs_cursor *fake_cursor(stage *s, const matches *truth) {
    fake *f;
    const prs_cursor_ops *ops = test_rng_one_in(s->rng, 2) ? &with_fill : &plain;
    ck_assert_int_eq(prs_plan_cursor(&s->plan, sizeof *f, ops, 3, true, &f, NULL), PRISM_OK);
    f->stage = s;
    f->truth = truth;
    for (uint32_t d = 0; d < truth->n_docs; d++) {
        f->limit = PRS_MAX(f->limit, truth->score[d]);
        f->base.cost += truth->score[d] >= 0;
    }
    f->base.most = f->limit;
    return &f->base;
}

/* ---- the stage ------------------------------------------------------------------------------- */

void stage_open(stage *s, uint32_t n_docs, test_rng *rng) {
    memset(s, 0, sizeof *s);
    prs_mem_init(&s->mem, NULL);
    s->watch = prs_watch_of(0, &s->stop, 0);
    prs_plan_init(&s->plan, &s->mem, &s->watch);
    s->plan.n_docs = n_docs;
    s->rng = rng;
}

void stage_clear(stage *s) {
    prs_arena_reset(&s->plan.arena);
    s->fail_after = 0;
    s->stop = 0;
    s->watch = prs_watch_of(0, &s->stop, 0);
}

void stage_close(stage *s) {
    prs_plan_fini(&s->plan);
    ck_assert_uint_eq(atomic_load(&s->mem.live), 0);
}

void stage_check_clean(const stage *s) {
    for (uint32_t depth = 0; depth < PRS_PLAN_MAX_DEPTH; depth++) {
        const prs_scratch *scratch = s->plan.scratch[depth];
        if (scratch == NULL) continue;
        for (uint32_t i = 0; i < PRS_WINDOW; i++)
            TEST_NEED(scratch->window.slots[i] == 0 && scratch->count[i] == 0);
    }
}

/* ---- judging --------------------------------------------------------------------------------- */

static prs_batch batch; /* large */

/* A call of next: nothing that counts is missing in [from, batch.next), and nothing is wrong. */
static uint32_t judge_call(stage *s, prs_cursor *c, const matches *truth, uint32_t from,
                           uint32_t to, int32_t floor) {
    batch.n = batch.next = 0;
    ck_assert_int_eq(c->ops->next(c, from, to, floor, &batch, NULL), PRISM_OK);
    TEST_NEED(batch.next > from && batch.next <= to && batch.n <= PRS_WINDOW);
    uint32_t d = from;
    for (uint32_t i = 0; i <= batch.n; i++) {
        uint32_t found = i < batch.n ? batch.docs[i] : batch.next;
        TEST_NEED(found >= d && found <= batch.next && (i == batch.n || found < batch.next));
        for (; d < found; d++) TEST_NEED(truth->score[d] < 0 || truth->score[d] < floor);
        if (i == batch.n) break;
        TEST_NEED(truth->score[d] >= 0 && batch.scores[i] == truth->score[d]);
        d++;
    }
    stage_check_clean(s);
    return batch.next;
}

static int32_t some_floor(int32_t most, test_rng *rng) {
    if (test_rng_one_in(rng, 3)) return 0;
    int32_t floor = 1 + (int32_t)test_rng_below(rng, (uint64_t)most + 1);
    return test_rng_one_in(rng, 2) ? floor : floor / 2 + most / 3;
}

void judge_next(stage *s, prs_cursor *c, const matches *truth, int32_t most) {
    int32_t floor = some_floor(most, s->rng);
    for (uint32_t from = 0; from < truth->n_docs;) {
        uint32_t to = truth->n_docs;
        if (test_rng_one_in(s->rng, 4)) floor = some_floor(most, s->rng);
        if (test_rng_one_in(s->rng, 3)) to = from + 1 + below(s->rng, truth->n_docs - from);
        from = judge_call(s, c, truth, from, to, floor);
        if (test_rng_one_in(s->rng, 5))
            from += below(s->rng, truth->n_docs / 9 + 1); /* passed over */
    }
}

void judge_bound(stage *s, prs_cursor *c, const matches *truth, uint32_t from) {
    uint32_t left = truth->n_docs - from; /* often so few that nothing matches there */
    uint32_t to = from + 1 + below(s->rng, test_rng_one_in(s->rng, 2) ? PRS_MIN(left, 30u) : left);
    uint32_t wish = to;
    uint32_t min_to = from + 1 + below(s->rng, to - from);
    int32_t max = -7;
    ck_assert_int_eq(c->ops->bound(c, from, min_to, &to, &max, NULL), PRISM_OK);
    TEST_NEED(to > from && to <= wish);
    for (uint32_t d = from; d < to; d++) TEST_NEED(truth->score[d] <= max);
}

static void judge_peek(prs_cursor *c, const matches *truth, uint32_t from) {
    uint32_t doc;
    ck_assert_int_eq(c->ops->peek(c, from, &doc, NULL), PRISM_OK);
    TEST_NEED(doc >= from);
    for (uint32_t d = from; d < PRS_MIN(doc, truth->n_docs); d++) TEST_NEED(truth->score[d] < 0);
}

/* Candidates from `from` on; returns the last of them. */
static uint32_t judge_probe(stage *s, prs_cursor *c, const matches *truth, uint32_t from,
                            int32_t most) {
    static uint8_t hit[PRS_WINDOW];
    static int32_t given[PRS_WINDOW];
    uint64_t rare = 1 + test_rng_below(s->rng, 30);
    uint32_t last = from, end = from + 1 + below(s->rng, PRS_MIN(truth->n_docs - from, 9000u));
    int32_t floor = some_floor(2 * most, s->rng);
    batch.n = 0;
    for (uint32_t d = from; d < end && batch.n < PRS_WINDOW; d++) {
        if (!test_rng_one_in(s->rng, rare)) continue;
        batch.docs[batch.n] = last = d;
        given[batch.n] = batch.scores[batch.n] = (int32_t)below(s->rng, (uint64_t)most + 1);
        hit[batch.n++] = 9;
    }
    uint32_t n = batch.n;
    ck_assert_int_eq(c->ops->probe(c, &batch, floor, hit, NULL), PRISM_OK);
    TEST_NEED(batch.n == n);
    for (uint32_t i = 0; i < n; i++) {
        int32_t own = truth->score[batch.docs[i]];
        TEST_NEED(hit[i] <= 1 && (own >= 0 || hit[i] == 0));
        if (own >= 0 && given[i] + own >= floor) {
            TEST_NEED(hit[i] == 1 && batch.scores[i] == given[i] + own);
        } else { /* of no use: perhaps a part was not looked at */
            TEST_NEED(batch.scores[i] >= given[i] && batch.scores[i] <= given[i] + PRS_MAX(own, 0));
            TEST_NEED(hit[i] == 1 || batch.scores[i] == given[i]);
        }
    }
    stage_check_clean(s);
    return last;
}

void judge_mixed(stage *s, prs_cursor *c, const matches *truth, int32_t most) {
    int32_t floor = some_floor(most, s->rng);
    for (uint32_t from = 0; from < truth->n_docs;) {
        if (test_rng_one_in(s->rng, 4)) floor = some_floor(most, s->rng);
        switch (test_rng_below(s->rng, 4)) {
        case 0: judge_bound(s, c, truth, from); break;
        case 1: judge_peek(c, truth, from); break;
        case 2: from = judge_probe(s, c, truth, from, most) + 1; break;
        default: from = judge_call(s, c, truth, from, truth->n_docs, floor);
        }
    }
}

void judge_fill(stage *s, prs_cursor *c, const matches *truth) {
    for (uint32_t base = 0; base < truth->n_docs;) {
        uint32_t n_words = 1 + below(s->rng, PRS_WINDOW_WORDS);
        uint64_t *words = calloc(n_words, sizeof *words); /* of malloc: its end is guarded */
        uint64_t before = test_rng_next(s->rng);
        words[0] = before;
        ck_assert_int_eq(prs_cursor_fill(c, base, words, n_words, &batch, NULL), PRISM_OK);
        for (uint32_t i = 0; i < 64 * n_words; i++) {
            bool match = base + i < truth->n_docs && truth->score[base + i] >= 0;
            bool was = i < 64 && (before >> i & 1) != 0; /* bits are only ever set */
            TEST_NEED((words[i / 64] >> i % 64 & 1) == (match || was));
        }
        free(words);
        stage_check_clean(s);
        base += 64 * n_words;
    }
}

static prism_status run(stage *s, prs_cursor *c, uint64_t way) {
    static uint8_t hit[PRS_WINDOW];
    uint32_t n_docs = s->plan.n_docs, to = n_docs, doc;
    int32_t max;
    switch (way) {
    case 0:
    case 1:
        for (uint32_t from = 0; from < n_docs; from = batch.next)
            PRS_TRY(c->ops->next(c, from, n_docs, way == 0 ? 0 : 3, &batch, NULL));
        return PRISM_OK;
    case 2:
        for (uint32_t from = 0; from < n_docs; from += 3000) {
            batch.n = PRS_MIN(3000u, n_docs - from);
            for (uint32_t i = 0; i < batch.n; i++) {
                batch.docs[i] = from + i;
                batch.scores[i] = 1;
            }
            PRS_TRY(c->ops->probe(c, &batch, 2, hit, NULL));
        }
        return PRISM_OK;
    case 3: PRS_TRY(c->ops->bound(c, 0, n_docs, &to, &max, NULL)); return PRISM_OK;
    case 4: return c->ops->peek(c, 0, &doc, NULL);
    default: {
        uint64_t words[PRS_WINDOW_WORDS] = {0};
        return prs_cursor_fill(c, 0, words, PRS_WINDOW_WORDS, &batch, NULL);
    }
    }
}

void judge_failing(stage *s, prs_cursor *(*make)(stage *s, void *ctx), void *ctx) {
    enum { WAYS = 6 };
    for (uint64_t way = 0; way < WAYS; way++) {
        for (uint32_t after = 1; after < 4000; after += 1 + after / 12) {
            stage_clear(s);
            prs_cursor *c = make(s, ctx);
            s->fail_after = after;
            prism_status status = run(s, c, way);
            bool failed = s->fail_after == 0;
            ck_assert_int_eq(status, failed ? PRISM_EIO : PRISM_OK);
            stage_check_clean(s);
            if (!failed) break;
        }
    }
    stage_clear(s);
    prs_cursor *c = make(s, ctx);
    s->stop = 1;
    ck_assert_int_eq(run(s, c, 0), PRISM_ECANCELED);
    stage_clear(s);
}
