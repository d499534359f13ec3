/* Are nodes, keys, lists and depth held to the limits, and everything freed at once? */
#include "harness/test.h"

#include "query/build.h"

static prism_schema *schema;
static prism_query *query;

static void open_query(void) {
    ck_assert_int_eq(prs_schema_default(&schema, NULL), PRISM_OK);
    ck_assert_int_eq(prs_query_new(schema, &query, NULL), PRISM_OK);
}

static void close_query(void) {
    prs_query_unref(query);
    prs_schema_unref(schema);
}

START_TEST(nodes_are_counted) {
    prism_error err = PRISM_ERROR_INIT;
    open_query();
    for (unsigned i = 0; i < PRISM_MAX_QUERY_NODES; i++) {
        prs_node *node = prs_build_node(query, PRS_NODE_ALL, &err);
        ck_assert(node != NULL && node->boost == 1.0);
    }
    ck_assert_ptr_null(prs_build_node(query, PRS_NODE_ALL, &err));
    ck_assert_int_eq(err.code, PRISM_ELIMIT);
    close_query();
}
END_TEST

START_TEST(keys_are_bounded) {
    char text[PRISM_MAX_TERM_BYTES];
    prism_error err = PRISM_ERROR_INIT;
    memset(text, 'x', sizeof text);
    open_query();
    prs_bytes key = prs_build_key(query, 1, text, PRISM_MAX_TERM_BYTES - 1, &err);
    ck_assert_uint_eq(key.len, PRISM_MAX_TERM_BYTES);
    ck_assert(key.ptr[0] == 1 && key.ptr[1] == 'x');
    ck_assert_ptr_null(prs_build_key(query, 1, text, PRISM_MAX_TERM_BYTES, &err).ptr);
    ck_assert_int_eq(err.code, PRISM_ELIMIT);
    ck_assert_uint_eq(prs_build_key(query, 3, NULL, 0, &err).len, 1);
    close_query();
}
END_TEST

START_TEST(lists_keep_their_order) {
    prs_node *nodes[100], **list = NULL;
    uint32_t n = 0;
    open_query();
    for (int i = 0; i < 100; i++) {
        nodes[i] = prs_build_node(query, PRS_NODE_ALL, NULL);
        ck_assert_int_eq(prs_build_child(query, &list, &n, nodes[i], NULL), PRISM_OK);
    }
    ck_assert_uint_eq(n, 100);
    ck_assert_mem_eq(list, nodes, sizeof nodes);
    close_query();
}
END_TEST

/* A chain of BOOLs, each the only child of the one above, in one of the four lists. */
static prs_node *chain(unsigned levels, int which) {
    prs_node *node = prs_build_node(query, PRS_NODE_ALL, NULL);
    for (unsigned i = 1; i < levels; i++) {
        prs_node *parent = prs_build_node(query, PRS_NODE_BOOL, NULL);
        prs_node ***lists[] = {&parent->must, &parent->should, &parent->must_not, &parent->filter};
        uint32_t *counts[] = {&parent->n_must, &parent->n_should, &parent->n_must_not,
                              &parent->n_filter};
        ck_assert_int_eq(prs_build_child(query, lists[which], counts[which], node, NULL), PRISM_OK);
        node = parent;
    }
    return node;
}

START_TEST(depth_is_bounded) {
    for (int which = 0; which < 4; which++) {
        prism_error err = PRISM_ERROR_INIT;
        open_query();
        ck_assert_int_eq(prs_build_root(query, chain(PRISM_MAX_QUERY_DEPTH, which), &err),
                         PRISM_OK);
        ck_assert_int_eq(prs_build_root(query, chain(PRISM_MAX_QUERY_DEPTH + 1, which), &err),
                         PRISM_ELIMIT);
        ck_assert_ptr_nonnull(strstr(err.text, "64"));
        close_query();
    }
}
END_TEST

START_TEST(shapes) {
    static const struct {
        const char *text, *shape;
    } cases[] = {
        {"apple", "term"},
        {"apple pie", "or"},
        {"apple AND pie", "and"},
        {"\"apple pie\"", "phrase"},
        {"\"apple pie\"~2", "near"},
        {"app*", "prefix"},
        {"happy*", "prefix"},
        {"+apple pie", "mixed"},
        {"apple -pie", "mixed"},
        {"wi-fi", "mixed"},
        {"tags:*", "mixed"},
        {"*:*", "all"},
        {"", "none"},
        {"(apple AND pie) tart", "mixed"},
        {"大学学生", "or"},
    };
    ck_assert_int_eq(prs_schema_default(&schema, NULL), PRISM_OK);
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
        ck_assert_int_eq(prs_query_parse(schema, cases[i].text, strlen(cases[i].text), &opts,
                                         &query, NULL),
                         PRISM_OK);
        ck_assert_msg(strcmp(prs_query_shape(query), cases[i].shape) == 0, "%s: %s", cases[i].text,
                      prs_query_shape(query));
        prs_query_unref(query);
    }
    prs_schema_unref(schema);
}
END_TEST

START_TEST(references) {
    open_query();
    ck_assert_ptr_eq(prs_query_ref(query), query);
    prs_query_unref(query);
    ck_assert_ptr_nonnull(prs_build_node(query, PRS_NODE_ALL, NULL));
    close_query();
    prs_query_unref(NULL);
}
END_TEST

TEST_SUITE(build, nodes_are_counted, keys_are_bounded, lists_keep_their_order, depth_is_bounded,
           shapes, references)
