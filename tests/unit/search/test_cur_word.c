/* test_cur_word.c - does a word in one field give its documents and scores, however dense its list
 * is, whatever it is asked, on every level of the CPU?
 *
 * Words from everywhere (runs) over one in two (bits) to a handful; judged as every cursor is. */
#include "harness/search_kit.h"
#include "unit/search/fake_cursor.h"

#include "base/cpu.h"

#include <stdio.h>
#include <stdlib.h>

enum { DOCS = 12000, WORDS = 6 };

static const char names[WORDS] = {'a', 'b', 'c', 'd', 'e', 'f'};
static const uint64_t rarity[WORDS] = {1, 2, 4, 25, 400, 4000};

typedef struct word_world {
    kit k;
    stage s; /* its generator, and what it checks */
    uint8_t freq[WORDS][DOCS];
    uint32_t length[DOCS], title_length[DOCS];
    matches truth;
} word_world;

static void make_documents(word_world *w, test_rng *rng) {
    static char json[1200], body[900], title[64];
    kit_make(&w->k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        uint32_t more = (uint32_t)test_rng_below(rng, 20), n = 0, m = 0;
        w->title_length[d] = (uint32_t)test_rng_below(rng, 4);
        w->length[d] = more;
        for (uint32_t i = 0; i < WORDS; i++) {
            bool has = test_rng_one_in(rng, rarity[i]) || d == DOCS / 2;
            if (d >= DOCS / 3 && d < DOCS / 2 && i != 0) has = false; /* nothing, for long */
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

/* A query of one word, weighed. */
typedef struct asked {
    prism_query *query;
    prs_arena arena;
    prs_mem mem;
    prs_weights weights;
    prism_stats *stats;
    prs_plan plan;
} asked;

static const struct {
    const char *fields;
    uint32_t body, title;
} fields[] = {{"{'body':1}", 1, 0}, {"{'body':3}", 3, 0}, {"{'title':2,'body':1}", 1, 2}};

static int32_t set_truth(word_world *w, const asked *q, uint32_t word, uint32_t f) {
    int32_t most = 1;
    for (uint32_t d = 0; d < DOCS; d++) {
        uint32_t freq = w->freq[word][d] * fields[f].body;
        uint32_t length = w->length[d] * fields[f].body + w->title_length[d] * fields[f].title;
        int32_t score = freq == 0 ? -1 : prs_score_one(&q->weights.root->scorer, freq, length);
        w->truth.score[d] = score;
        most = PRS_MAX(most, score);
    }
    return most;
}

static int32_t ask(word_world *w, asked *q, uint32_t word, uint32_t f) {
    char json[160];
    snprintf(json, sizeof json, "{'type':'term','fields':%s,'key':{'kind':'word','text':'%c'}}",
             fields[f].fields, names[word]);
    memset(q, 0, sizeof *q);
    prs_mem_init(&q->mem, NULL);
    prs_arena_init(&q->arena, &q->mem, 0);
    q->query = kit_query(&w->k, json);
    ck_assert_int_eq(prs_stats_new(NULL, &q->stats, NULL), PRISM_OK);
    ck_assert_int_eq(prs_stats_collect(q->stats, w->k.snap, q->query, &w->s.watch, NULL), PRISM_OK);
    prs_weigh_opts opts = {1.2, 0.75, q->stats, NULL};
    ck_assert_int_eq(prs_weigh(&q->arena, w->k.snap, q->query, &opts, &q->weights, NULL), PRISM_OK);
    prs_plan_init(&q->plan, &q->mem, &w->s.watch);
    return set_truth(w, q, word, f);
}

static prs_cursor *plan(word_world *w, asked *q) {
    ck_assert_int_eq(prs_plan_make(&q->plan, &w->k.snap->leaves[0], q->weights.root, true, NULL),
                     PRISM_OK);
    ck_assert_ptr_nonnull(q->plan.root);
    return q->plan.root;
}

static void end_asking(asked *q) {
    prs_plan_fini(&q->plan);
    prs_stats_free(q->stats);
    prs_arena_fini(&q->arena);
    prism_query_unref(q->query);
    ck_assert_uint_eq(atomic_load(&q->mem.live), 0);
}

/* Windows of any size, one after the other. */
static void judge_add(word_world *w, prs_cursor *c) {
    static prs_window window;
    static prs_batch space, out;
    for (uint32_t from = 0; from < DOCS;) {
        uint32_t size = 1 + (uint32_t)test_rng_below(w->s.rng, PRS_WINDOW);
        uint32_t to = PRS_MIN(from + size, (uint32_t)DOCS), n = 0;
        window.base = from;
        ck_assert_int_eq(prs_cursor_accumulate(c, from, to, &window, &space, NULL), PRISM_OK);
        out.n = 0;
        prs_window_drain(&window, 0, &out);
        for (uint32_t d = from; d < to; d++) {
            if (w->truth.score[d] < 0) continue;
            TEST_NEED(n < out.n && out.docs[n] == d);
            TEST_NEED(out.scores[n] == w->truth.score[d]);
            n++;
        }
        TEST_NEED(n == out.n && window.touched == 0);
        from = to;
    }
}

/* A floor that a document reaches and not a point more: it must be there. */
static void judge_floor(word_world *w, prs_cursor *c, int32_t floor) {
    static prs_batch out;
    uint32_t d = 0;
    for (uint32_t from = 0; from < DOCS; from = out.next) {
        ck_assert_int_eq(c->ops->next(c, from, DOCS, floor, &out, NULL), PRISM_OK);
        for (uint32_t i = 0; i < out.n; i++, d++) {
            for (; d < out.docs[i]; d++) TEST_NEED(w->truth.score[d] < floor);
            TEST_NEED(out.scores[i] == w->truth.score[d]);
        }
    }
    for (; d < DOCS; d++) TEST_NEED(w->truth.score[d] < floor);
}

static void judge_word(word_world *w, asked *q, int32_t most) {
    for (int round = 0; round < 3; round++) {
        judge_next(&w->s, plan(w, q), &w->truth, most);
        judge_mixed(&w->s, plan(w, q), &w->truth, most);
        judge_add(w, plan(w, q));
        int32_t some = w->truth.score[test_rng_below(w->s.rng, DOCS)];
        judge_floor(w, plan(w, q), PRS_MAX(some, 1));
    }
    judge_floor(w, plan(w, q), most);
    uint32_t from = 0;
    prs_cursor *c = plan(w, q);
    while (from < DOCS) {
        judge_bound(&w->s, c, &w->truth, from);
        from += 1 + (uint32_t)test_rng_below(w->s.rng, 300);
    }
}

static void judge_level(word_world *w, prs_cpu_level level) {
    ck_assert_int_eq(prs_cpu_force(level, NULL), PRISM_OK);
    for (uint32_t word = 0; word < WORDS; word++) {
        for (uint32_t f = 0; f < PRS_COUNT(fields); f++) {
            asked q;
            int32_t most = ask(w, &q, word, f);
            judge_word(w, &q, most);
            end_asking(&q);
        }
    }
    prs_cpu_unforce();
}

START_TEST(every_density_on_every_level) {
    static word_world w;
    test_rng rng = test_rng_of("word");
    make_documents(&w, &rng);
    stage_open(&w.s, DOCS, &rng);
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (prs_cpu_supports((prs_cpu_level)level)) judge_level(&w, (prs_cpu_level)level);
    }
    stage_close(&w.s);
    matches_free(&w.truth);
    kit_free(&w.k);
}
END_TEST

TEST_SUITE(cur_word, every_density_on_every_level)
