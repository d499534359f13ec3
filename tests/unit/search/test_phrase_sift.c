/* Documents that are not looked for in the other list are those that could not compete: phrases of
 * words of all densities and freqs, judged as every cursor is, at floors that rise and fall.
 * Numbers, of which there are no pairs. */
#include "harness/search_kit.h"
#include "unit/search/fake_cursor.h"

#include "base/cpu.h"

#include <stdio.h>

enum { DOCS = 6000, LONGEST = 40, LAST = 3 };

static const char *const names[] = {"_", "5", "77", "9"};

typedef struct sift_world {
    kit k;
    stage s;
    uint8_t words[DOCS][LONGEST], length[DOCS];
    matches truth;
} sift_world;

/* Texts of 1 to 40 words: 77 in one of `every`, 5 in most, 9 in some. */
static void make_world(sift_world *w, test_rng *rng, uint64_t every) {
    kit_make(&w->k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        char id[16], body[LONGEST * 4] = "";
        bool has = test_rng_one_in(rng, every);
        w->length[d] = (uint8_t)(1 + test_rng_below(rng, test_rng_one_in(rng, 4) ? LONGEST : 6));
        for (uint32_t i = 0; i < w->length[d]; i++) {
            uint8_t word = test_rng_one_in(rng, 2) ? 1 : test_rng_one_in(rng, 9) ? LAST : 0;
            if (has && test_rng_one_in(rng, 3)) word = 2;
            w->words[d][i] = word;
            strcat(body, names[word]);
            strcat(body, " ");
        }
        snprintf(id, sizeof id, "%u", d);
        kit_put_body(&w->k, id, body);
    }
    kit_merge(&w->k);
    w->truth = matches_new(DOCS);
    stage_open(&w->s, DOCS, rng);
}

static void free_world(sift_world *w) {
    stage_close(&w->s);
    matches_free(&w->truth);
    kit_free(&w->k);
}

/* A phrase of words[at[i]], i = 0 .. n - 1. */
typedef struct asked {
    uint32_t n, at[3], weight;
    prism_query *query;
    prs_mem mem;
    prs_arena arena;
    prs_weights weights;
    prism_stats *stats;
    prs_plan plan;
} asked;

static int32_t set_truth(sift_world *w, const asked *q) {
    int32_t most = 1;
    for (uint32_t d = 0; d < DOCS; d++) {
        uint32_t freq = 0;
        for (uint32_t i = 0; i + q->n <= w->length[d]; i++) {
            uint32_t k = 0;
            while (k < q->n && w->words[d][i + k] == q->at[k]) k++;
            freq += k == q->n;
        }
        w->truth.score[d] = freq == 0 ? -1
                                      : prs_score_one(&q->weights.root->scorer, freq * q->weight,
                                                      w->length[d] * q->weight);
        most = PRS_MAX(most, w->truth.score[d]);
    }
    return most;
}

static int32_t ask(sift_world *w, asked *q) {
    char json[1000];
    size_t len = (size_t)snprintf(json, sizeof json,
                                  "{'type':'phrase','fields':{'body':%u},'slots':[", q->weight);
    for (uint32_t i = 0; i < q->n; i++)
        len += (size_t)snprintf(json + len, sizeof json - len,
                                "%s{'pos':%u,'keys':[{'kind':'word','text':'%s'}],"
                                "'idf':{'kind':'word','text':'%s'}}",
                                i == 0 ? "" : ",", i, names[q->at[i]], names[q->at[i]]);
    snprintf(json + len, sizeof json - len, "]}");
    prs_mem_init(&q->mem, NULL);
    prs_arena_init(&q->arena, &q->mem, 0);
    q->query = kit_query(&w->k, json);
    ck_assert_int_eq(prs_stats_new(NULL, &q->stats, NULL), PRISM_OK);
    ck_assert_int_eq(prs_stats_collect(q->stats, w->k.snap, q->query, &w->s.watch, NULL), PRISM_OK);
    prs_weigh_opts opts = {1.2, 0.75, q->stats, NULL};
    ck_assert_int_eq(prs_weigh(&q->arena, w->k.snap, q->query, &opts, &q->weights, NULL), PRISM_OK);
    prs_plan_init(&q->plan, &q->mem, &w->s.watch);
    return set_truth(w, q);
}

static prs_cursor *plan(sift_world *w, asked *q, bool scored) {
    ck_assert_int_eq(prs_plan_make(&q->plan, &w->k.snap->leaves[0], q->weights.root, scored, NULL),
                     PRISM_OK);
    return q->plan.root;
}

/* Having looked ahead, it need not give what lies before; what it gives is right. */
static void judge_ahead(sift_world *w, prs_cursor *c, int32_t most) {
    static prs_batch out;
    uint32_t doc, d, to, ahead = 0;
    for (uint32_t from = 0; from < DOCS; from = out.next) {
        int32_t floor = 1 + (int32_t)test_rng_below(w->s.rng, (uint64_t)most);
        to = from + 1 + (uint32_t)test_rng_below(w->s.rng, 900);
        if (test_rng_one_in(w->s.rng, 2)) {
            uint32_t far = from + (uint32_t)test_rng_below(w->s.rng, 400);
            ahead = PRS_MAX(ahead, far);
            ck_assert_int_eq(c->ops->peek(c, ahead, &doc, NULL), PRISM_OK);
        }
        to = PRS_MIN(to, (uint32_t)DOCS);
        ck_assert_int_eq(c->ops->next(c, from, to, floor, &out, NULL), PRISM_OK);
        d = from;
        for (uint32_t i = 0; i <= out.n; i++) {
            uint32_t found = i < out.n ? out.docs[i] : out.next;
            for (; d < found; d++) TEST_NEED(d < ahead || w->truth.score[d] < floor);
            if (i == out.n) break;
            TEST_NEED(out.scores[i] == w->truth.score[d]);
            d++;
        }
    }
}

static void judge_phrase(sift_world *w, asked q, int rounds) {
    int32_t most = ask(w, &q);
    for (int round = 0; round < rounds && plan(w, &q, true) != NULL; round++) {
        judge_next(&w->s, plan(w, &q, true), &w->truth, most);
        judge_mixed(&w->s, plan(w, &q, true), &w->truth, most);
        judge_ahead(w, plan(w, &q, true), most);
        judge_fill(&w->s, plan(w, &q, false), &w->truth);
    }
    prs_plan_fini(&q.plan);
    prs_stats_free(q.stats);
    prs_arena_fini(&q.arena);
    prism_query_unref(q.query);
    ck_assert_uint_eq(atomic_load(&q.mem.live), 0);
}

START_TEST(every_density_on_every_level) {
    static sift_world w;
    static const uint64_t every[] = {1, 4, 30, 200};
    for (size_t e = 0; e < PRS_COUNT(every); e++) {
        test_rng rng = test_rng_of("phrase-sift");
        make_world(&w, &rng, every[e]);
        for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
            if (prs_cpu_force((prs_cpu_level)level, NULL) != PRISM_OK) continue;
            judge_phrase(&w, (asked){.n = 2, .at = {2, 1}, .weight = 1}, 8);
            judge_phrase(&w, (asked){.n = 2, .at = {1, LAST}, .weight = 3}, 8);
            judge_phrase(&w, (asked){.n = 3, .at = {LAST, 1, 2}, .weight = 1}, 4);
            judge_phrase(&w, (asked){.n = 3, .at = {2, 1, 2}, .weight = 2}, 4);
        }
        prs_cpu_unforce();
        free_world(&w);
    }
}
END_TEST

TEST_SUITE(phrase_sift, every_density_on_every_level)
