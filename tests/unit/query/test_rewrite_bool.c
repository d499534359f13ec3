/* Does simplifying keep what a tree matches?  Every small tree over three words is compared with
 * its simplified form on every document. */
#include "tree.h"

#include "query/rewrite_bool.h"

static prism_query *query;
static prs_rewrite rw;
static prism_error err = PRISM_ERROR_INIT;

static prs_node *make(prs_node_kind kind, const char *word) {
    prs_node *node = prs_build_node(query, kind, &err);
    ck_assert_ptr_nonnull(node);
    if (kind == PRS_NODE_TERM) node->key = prs_build_key(query, 1, word, 1, &err);
    return node;
}

/* A random tree of the kinds that the parser and rewriter make. */
static prs_node *random_tree(test_rng *rng, int depth) {
    static const char words[] = "abc";
    uint64_t pick = test_rng_below(rng, depth == 0 ? 6 : 16);
    if (pick < 4) return make(PRS_NODE_TERM, &words[test_rng_below(rng, 3)]);
    if (pick == 4) return make(PRS_NODE_ALL, NULL);
    if (pick == 5) return make(PRS_NODE_NONE, NULL);
    prs_node *node = make(PRS_NODE_BOOL, NULL);
    uint64_t n = 1 + test_rng_below(rng, 3);
    for (uint64_t i = 0; i < n; i++) {
        prs_node *child = random_tree(rng, depth - 1);
        uint64_t where = test_rng_below(rng, 4);
        prs_node ***list = where == 0 ? &node->must : where == 1 ? &node->must_not : &node->should;
        uint32_t *count = where == 0   ? &node->n_must
                          : where == 1 ? &node->n_must_not
                                       : &node->n_should;
        ck_assert_int_eq(prs_build_child(query, list, count, child, &err), PRISM_OK);
    }
    node->boost = (double)(1 + test_rng_below(rng, 3));
    return node;
}

static bool matches(const prs_node *node, unsigned doc);

static bool any(prs_node *const *list, uint32_t n, unsigned doc) {
    for (uint32_t i = 0; i < n; i++) {
        if (matches(list[i], doc)) return true;
    }
    return false;
}

static bool all(prs_node *const *list, uint32_t n, unsigned doc) {
    for (uint32_t i = 0; i < n; i++) {
        if (!matches(list[i], doc)) return false;
    }
    return true;
}

/* doc is a set of words: bit 0 = a, bit 1 = b, bit 2 = c. */
static bool matches(const prs_node *node, unsigned doc) {
    if (node->kind == PRS_NODE_TERM) return (doc >> (node->key.ptr[1] - 'a') & 1) != 0;
    if (node->kind != PRS_NODE_BOOL) return node->kind == PRS_NODE_ALL;
    if (!all(node->must, node->n_must, doc) || !all(node->filter, node->n_filter, doc))
        return false;
    if (any(node->must_not, node->n_must_not, doc)) return false;
    return node->n_must + node->n_filter > 0 || node->n_should == 0 ||
           any(node->should, node->n_should, doc);
}

/* Weight of the clauses a document matches, with boosts along the path. */
static double weight(const prs_node *node, unsigned doc, double boost) {
    boost *= node->boost;
    if (!matches(node, doc)) return 0;
    if (node->kind != PRS_NODE_BOOL) return boost;
    double sum = 0;
    for (uint32_t i = 0; i < node->n_must; i++) sum += weight(node->must[i], doc, boost);
    for (uint32_t i = 0; i < node->n_should; i++) sum += weight(node->should[i], doc, boost);
    return sum;
}

static prs_node *simplify(prs_node *node) {
    if (node->kind != PRS_NODE_BOOL) return node;
    for (uint32_t i = 0; i < node->n_must; i++) node->must[i] = simplify(node->must[i]);
    for (uint32_t i = 0; i < node->n_should; i++) node->should[i] = simplify(node->should[i]);
    for (uint32_t i = 0; i < node->n_must_not; i++) node->must_not[i] = simplify(node->must_not[i]);
    prs_node *out;
    ck_assert_int_eq(prs_rewrite_bool(&rw, node, &out), PRISM_OK);
    ck_assert_ptr_nonnull(out);
    return out;
}

static void check_form(const prs_node *node) {
    if (node->kind != PRS_NODE_BOOL) return;
    uint32_t n = node->n_must + node->n_should + node->n_filter;
    ck_assert_uint_gt(n, 0);
    ck_assert(n + node->n_must_not > 1 || node->n_filter == 1); /* NOT nothing is everything */
    ck_assert_uint_eq(node->min_should, node->n_must + node->n_filter == 0);
    for (uint32_t i = 0; i < node->n_must; i++) check_form(node->must[i]);
    for (uint32_t i = 0; i < node->n_should; i++) {
        check_form(node->should[i]);
        ck_assert_int_ne(node->should[i]->kind, PRS_NODE_NONE);
    }
}

START_TEST(same_matches_and_weights) {
    test_rng rng = test_rng_of("rewrite_bool");
    prism_schema *schema = tree_schema();
    for (int round = 0; round < 20000; round++) {
        ck_assert_int_eq(prs_query_new(schema, &query, NULL), PRISM_OK);
        rw = (prs_rewrite){.query = query, .err = &err};
        prs_node *tree = random_tree(&rng, 3);
        bool expected[8];
        double weights[8];
        for (unsigned doc = 0; doc < 8; doc++) {
            expected[doc] = matches(tree, doc);
            weights[doc] = weight(tree, doc, 1);
        }
        prs_node *simple = simplify(tree);
        check_form(simple);
        for (unsigned doc = 0; doc < 8; doc++) {
            ck_assert(matches(simple, doc) == expected[doc]);
            ck_assert_double_eq(weight(simple, doc, 1), weights[doc]);
        }
        prs_query_unref(query);
    }
    prs_schema_unref(schema);
}
END_TEST

START_TEST(stop_words_only_rank_where_others_stay) {
    static const struct {
        const char *words, *tree; /* upper case: a stop word */
    } cases[] = {{"Ab", "(+b ~a^0.3)"},         {"AB", "(a b)"},         {"A", "a"},
                 {"AbC", "(+b ~a^0.3 ~c^0.3)"}, {"abC", "(a b ~c^0.3)"}, {"AAb", "(+b ~a^0.6)"}};
    prism_schema *schema = tree_schema();
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        ck_assert_int_eq(prs_query_new(schema, &query, NULL), PRISM_OK);
        rw = (prs_rewrite){.query = query, .err = &err};
        prs_node *node = make(PRS_NODE_BOOL, NULL);
        for (const char *p = cases[i].words; *p != '\0'; p++) {
            char lower = (char)(*p | 0x20);
            prs_node *term = make(PRS_NODE_TERM, &lower);
            term->stop = lower != *p;
            term->fields = (prs_fields){(prs_field_weight[]){{1, 2}, {2, 1}}, 2};
            ck_assert_int_eq(prs_build_child(query, &node->should, &node->n_should, term, &err),
                             PRISM_OK);
        }
        prs_node *out;
        ck_assert_int_eq(prs_rewrite_bool(&rw, node, &out), PRISM_OK);
        ck_assert_int_eq(prs_build_root(query, out, &err), PRISM_OK);
        ck_assert_str_eq(tree_text(query), cases[i].tree);
        prs_query_unref(query);
    }
    prs_schema_unref(schema);
}
END_TEST

START_TEST(an_empty_bool_is_nothing) {
    prism_schema *schema = tree_schema();
    ck_assert_int_eq(prs_query_new(schema, &query, NULL), PRISM_OK);
    rw = (prs_rewrite){.query = query, .err = &err};
    prs_node *out;
    ck_assert_int_eq(prs_rewrite_bool(&rw, make(PRS_NODE_BOOL, NULL), &out), PRISM_OK);
    ck_assert_ptr_null(out);
    prs_query_unref(query);
    prs_schema_unref(schema);
}
END_TEST

TEST_SUITE(rewrite_bool, same_matches_and_weights, stop_words_only_rank_where_others_stay,
           an_empty_bool_is_nothing)
