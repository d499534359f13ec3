/* test_cur_meet.c - are the documents that all of some words have, and their scores, what lists
 * give that meet block by block, dense and rare ones, in fields of equal lengths and of others?
 *
 * Judged as every cursor is; scored, and as the lists by which a conjunction without scores
 * leads. */
#include "harness/search_kit.h"
#include "unit/search/fake_cursor.h"

#include "base/cpu.h"

#include <stdio.h>
#include <stdlib.h>

enum { DOCS = 14000, WORDS = 7, MOST_WORDS = 4 };

static const char names[WORDS] = {'a', 'b', 'c', 'd', 'e', 'f', 'g'};
static const uint64_t rarity[WORDS] = {1, 2, 4, 25, 60, 70, 900};

typedef struct meet_world {
    kit k;
    stage s; /* its generator, and what it checks */
    uint8_t freq[WORDS][DOCS];
    uint32_t length[DOCS], title_length[DOCS];
    matches truth;
} meet_world;

static void make_documents(meet_world *w, test_rng *rng) {
    static char json[1200], body[900], title[64];
    kit_make(&w->k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        uint32_t more = (uint32_t)test_rng_below(rng, 20), n = 0, m = 0;
        w->title_length[d] = (uint32_t)test_rng_below(rng, 4);
        w->length[d] = more;
        for (uint32_t i = 0; i < WORDS; i++) {
            bool has = test_rng_one_in(rng, rarity[i]) || d % 5000 == 17;
            if (d >= 4000 + 700 * i && d < 5200 + 700 * i) has = false; /* nothing, for long */
            w->freq[i][d] =
                (uint8_t)(has ? 1 + test_rng_below(rng, 1 + test_rng_below(rng, 7)) : 0);
            w->length[d] += w->freq[i][d];
            for (uint32_t j = 0; j < w->freq[i][d]; j++) {
                body[n++] = names[i];
                body[n++] = ' ';
            }
        }
        for (uint32_t i = 0; i < more; i++) n += (uint32_t)sprintf(body + n, "z ");
        for (uint32_t i = 0; i < w->title_length[d]; i++) m += (uint32_t)sprintf(title + m, "t ");
        body[n] = title[m] = '\0';
        snprintf(json, sizeof json, "{\"id\":\"%u\",\"title\":\"%s\",\"body\":\"%s\"}", d, title,
                 body);
        kit_put(&w->k, json);
    }
    kit_merge(&w->k);
    ck_assert_uint_eq(w->k.snap->n_leaves, 1);
    w->truth = matches_new(DOCS);
}

static const struct {
    const char *fields;
    uint32_t body, title;
} fields[] = {{"{'body':1}", 1, 0}, {"{'body':3}", 3, 0}, {"{'title':2,'body':1}", 1, 2}};

/* A query of some words, weighed: field set `sets[i]` of word `words[i]`. */
typedef struct asked {
    uint32_t n, words[MOST_WORDS], sets[MOST_WORDS];
    prism_query *query;
    prs_arena arena;
    prs_mem mem;
    prs_weights weights;
    prs_plan plan;
} asked;

static void choose(asked *q, test_rng *rng) {
    uint32_t set = (uint32_t)test_rng_below(rng, PRS_COUNT(fields));
    bool mixed = test_rng_one_in(rng, 3);
    memset(q, 0, sizeof *q);
    q->n = 2 + (uint32_t)test_rng_below(rng, MOST_WORDS - 1);
    for (uint32_t i = 0; i < q->n; i++) { /* one may come twice */
        q->words[i] = (uint32_t)test_rng_below(rng, WORDS);
        q->sets[i] = mixed ? (uint32_t)test_rng_below(rng, PRS_COUNT(fields)) : set;
    }
}

static void ask(meet_world *w, asked *q) {
    char json[900] = "{'type':'bool','must':[";
    size_t len = strlen(json);
    for (uint32_t i = 0; i < q->n; i++)
        len += (size_t)snprintf(json + len, sizeof json - len,
                                "%s{'type':'term','fields':%s,'key':{'kind':'word','text':'%c'}}",
                                i > 0 ? "," : "", fields[q->sets[i]].fields, names[q->words[i]]);
    snprintf(json + len, sizeof json - len, "]}");
    prs_mem_init(&q->mem, NULL);
    prs_arena_init(&q->arena, &q->mem, 0);
    q->query = kit_query(&w->k, json);
    prs_weigh_opts opts = {1.2, 0.75, NULL, &w->s.watch}; /* the words are looked up here */
    ck_assert_int_eq(prs_weigh(&q->arena, w->k.snap, q->query, &opts, &q->weights, NULL), PRISM_OK);
    prs_plan_init(&q->plan, &q->mem, &w->s.watch);
}

static int32_t set_truth(meet_world *w, const asked *q, bool scored) {
    int32_t most = scored;
    for (uint32_t d = 0; d < DOCS; d++) {
        int32_t score = 0;
        for (uint32_t i = 0; i < q->n && score >= 0; i++) {
            uint32_t set = q->sets[i], freq = w->freq[q->words[i]][d] * fields[set].body;
            uint32_t length =
                w->length[d] * fields[set].body + w->title_length[d] * fields[set].title;
            int32_t own = prs_score_one(&q->weights.root->must[i].scorer, PRS_MAX(freq, 1), length);
            score = freq == 0 ? -1 : score + (scored ? own : 0);
        }
        w->truth.score[d] = score;
        most = PRS_MAX(most, score);
    }
    return most;
}

static prs_cursor *plan(meet_world *w, asked *q, bool scored) {
    ck_assert_int_eq(prs_plan_make(&q->plan, &w->k.snap->leaves[0], q->weights.root, scored, NULL),
                     PRISM_OK);
    ck_assert_ptr_nonnull(q->plan.root);
    ck_assert_int_eq(q->plan.root->one_pass, scored);
    return q->plan.root;
}

static void judge_query(meet_world *w, asked *q) {
    ask(w, q);
    int32_t most = set_truth(w, q, true);
    for (int round = 0; round < 2; round++) {
        judge_next(&w->s, plan(w, q, true), &w->truth, most);
        judge_mixed(&w->s, plan(w, q, true), &w->truth, most);
    }
    prs_cursor *c = plan(w, q, true);
    for (uint32_t from = 0; from < DOCS; from += 1 + (uint32_t)test_rng_below(w->s.rng, 900))
        judge_bound(&w->s, c, &w->truth, from);
    set_truth(w, q, false);
    judge_next(&w->s, plan(w, q, false), &w->truth, 0);
    judge_mixed(&w->s, plan(w, q, false), &w->truth, 0);
    prs_plan_fini(&q->plan);
    prs_arena_fini(&q->arena);
    prism_query_unref(q->query);
    ck_assert_uint_eq(atomic_load(&q->mem.live), 0);
}

START_TEST(every_density_on_every_level) {
    static meet_world w;
    test_rng rng = test_rng_of("meet-lists");
    make_documents(&w, &rng);
    stage_open(&w.s, DOCS, &rng);
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (!prs_cpu_supports((prs_cpu_level)level)) continue;
        ck_assert_int_eq(prs_cpu_force((prs_cpu_level)level, NULL), PRISM_OK);
        for (int round = 0; round < 16; round++) {
            asked q;
            choose(&q, &rng);
            judge_query(&w, &q);
        }
        prs_cpu_unforce();
    }
    stage_close(&w.s);
    matches_free(&w.truth);
    kit_free(&w.k);
}
END_TEST

TEST_SUITE(cur_meet, every_density_on_every_level)
