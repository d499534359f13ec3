/* test_memory.c - does a query that runs out of memory anywhere say so, and leave nothing behind?
 *
 * A query's parts lie in an arena, which asks for memory once in a few KiB: so blanks behind the
 * text move the places where that is, until every allocation has met it.  Queries have no hook of
 * the caller's; the program's own realloc stands before that of libc. */
#include "tree.h"

#include "query/combine.h"
#include "query/range.h"
#include "query/vocabulary.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    uint64_t calls, fail_at; /* 0 = never */
    bool failed;
} plan;

void *realloc(void *ptr, size_t size) {
    static void *(*real)(void *, size_t);
    if (real == NULL) real = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    if (plan.fail_at != 0 && ++plan.calls >= plan.fail_at) {
        plan.failed = true;
        return NULL;
    }
    return real(ptr, size);
}

typedef prism_status (*making)(const prism_schema *schema, void *ctx, prism_query **query,
                               prism_error *err);

/* Make it with the 1st, 2nd, 3rd ... call refused, and all behind it. */
static uint32_t sweep(const prism_schema *schema, making make, void *ctx) {
    for (uint32_t at = 1;; at++) {
        prism_error err = PRISM_ERROR_INIT;
        prism_query *query = NULL;
        plan.calls = 0;
        plan.failed = false;
        plan.fail_at = at;
        prism_status status = make(schema, ctx, &query, &err);
        plan.fail_at = 0;
        TEST_NEED(status == (plan.failed ? PRISM_ENOMEM : PRISM_OK));
        TEST_NEED(err.code == status && (query != NULL) == (status == PRISM_OK));
        prs_query_unref(query);
        if (!plan.failed) return at - 1;
    }
}

enum { MOST_BLANKS = 1500 };

typedef struct parsing {
    char text[4096];
    size_t len;
    prism_query_opts opts;
} parsing;

static prism_status parse(const prism_schema *schema, void *ctx, prism_query **query,
                          prism_error *err) {
    const parsing *p = ctx;
    return prs_query_parse(schema, p->text, p->len, &p->opts, query, err);
}

static const char *const texts[] = {
    "apple pie -\"cherry tart\"~3 +(title:plum^2 OR pear)",
    "wi-fi covid19 covid 19 don't e-mail AND \"high speed\"* test*",
    "南京市长江大桥 \"数据库系统\" 的 中 title:北京大学",
    "the of and to be or not to be",
    "tags:red tags:* date:[2024-01 TO 2025] date:>=2025 *:*",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    "\"one two three four five six seven\" \"one 数据 two\"~5",
    "(a (b (c -d) +e) OR f) g AND (h i)",
};

START_TEST(parsing_may_run_out_anywhere) {
    prism_schema *schema = tree_schema();
    static parsing p;
    uint64_t n = 0;
    for (size_t i = 0; i < PRS_COUNT(texts); i++) {
        for (int flags = 0; flags < 4; flags++) {
            size_t len = strlen(texts[i]);
            p.opts = (prism_query_opts)PRISM_QUERY_OPTS_INIT;
            p.opts.plain = flags == 3;
            p.opts.keep_stopwords = flags == 2;
            p.opts.default_operator = flags == 1 ? PRISM_AND : PRISM_OR;
            memcpy(p.text, texts[i], len);
            memset(p.text + len, ' ', MOST_BLANKS);
            prism_query *warm; /* what the schema keeps of its analyzers is there from now on */
            p.len = len;
            ck_assert_int_eq(parse(schema, &p, &warm, NULL), PRISM_OK);
            prs_query_unref(warm);
            for (size_t blanks = 0; blanks < MOST_BLANKS; blanks += 5) {
                p.len = len + blanks;
                n += sweep(schema, parse, &p);
            }
        }
    }
    ck_assert_uint_gt(n, 20000);
    prs_schema_unref(schema);
}
END_TEST

START_TEST(families_may_run_out_anywhere) {
    static const char words[] = "stop pls 吧\nword 智能芯 京大\nsame GPU, graphics card, 显卡\n"
                                "same wi-fi, wireless\nsame the, le\n";
    static const char *const asked[] = {"fast GPU 15 graphics card pls",
                                        "显卡 智能芯片 wireless gpu", "\"graphics card\" wi-fi 吧"};
    prism_schema *schema = tree_schema_of("{\"fields\":[{\"name\":\"t\",\"type\":\"text\"}]}");
    prism_vocabulary *vocabulary;
    static parsing p;
    ck_assert_int_eq(prs_vocabulary_from_text(schema, words, strlen(words), &vocabulary, NULL),
                     PRISM_OK);
    for (size_t i = 0; i < PRS_COUNT(asked); i++) {
        for (int required = 0; required < 2; required++) {
            size_t len = strlen(asked[i]);
            p.opts = (prism_query_opts)PRISM_QUERY_OPTS_INIT;
            p.opts.vocabulary = vocabulary;
            p.opts.default_operator = required ? PRISM_AND : PRISM_OR;
            memcpy(p.text, asked[i], len);
            memset(p.text + len, ' ', MOST_BLANKS);
            for (size_t blanks = 0; blanks < MOST_BLANKS; blanks += 5) {
                p.len = len + blanks;
                ck_assert_uint_gt(sweep(schema, parse, &p), 1);
            }
        }
    }
    prs_vocabulary_unref(vocabulary);
    prs_schema_unref(schema);
}
END_TEST

typedef struct leaf_of {
    parsing *p;
    prs_leaf_kind kind;
} leaf_of;

static prism_status make_leaf(const prism_schema *schema, void *ctx, prism_query **query,
                              prism_error *err) {
    const leaf_of *l = ctx;
    return prs_query_leaf(schema, "body,title^3", l->p->text, l->p->len, l->kind, 2, query, err);
}

static prism_status combine(const prism_schema *schema, void *ctx, prism_query **query,
                            prism_error *err) {
    (void)schema;
    prism_query *const *parts = ctx;
    const prism_clause clauses[] = {{parts[2], PRISM_MUST_NOT}, /* it grows: all else moves */
                                    {parts[0], PRISM_MUST},
                                    {parts[1], PRISM_SHOULD},
                                    {parts[0], PRISM_FILTER}};
    return prs_query_bool(clauses, PRS_COUNT(clauses), 0, query, err);
}

static prism_status boost(const prism_schema *schema, void *ctx, prism_query **query,
                          prism_error *err) {
    (void)schema;
    return prs_query_boost(ctx, 2.0, query, err);
}

static prism_status read_json(const prism_schema *schema, void *ctx, prism_query **query,
                              prism_error *err) {
    const prs_buf *json = ctx;
    return prs_query_from_json(schema, (const char *)json->ptr, json->len, query, err);
}

static void sweep_parts(const prism_schema *schema, prism_query *const *parts) {
    prs_mem mem;
    prs_buf json;
    prism_query *all;
    ck_assert_uint_gt(sweep(schema, combine, (void *)(uintptr_t)parts), 1);
    ck_assert_uint_gt(sweep(schema, boost, parts[0]), 1);
    ck_assert_int_eq(combine(schema, (void *)(uintptr_t)parts, &all, NULL), PRISM_OK);
    prs_mem_init(&mem, NULL);
    prs_buf_init(&json, &mem);
    ck_assert_int_eq(prs_query_to_json(all, &json, NULL), PRISM_OK);
    ck_assert_uint_gt(sweep(schema, read_json, &json), 1);
    prs_buf_fini(&json);
    prs_query_unref(all);
}

/* Words, and a last one that grows to 200 characters before there is one more of them. */
static size_t grow(char *text, size_t by) {
    size_t len = 0;
    for (size_t i = 0; i < by / 200; i++) len += (size_t)sprintf(text + len, "w%zu ", i);
    memset(text + len, 'k', by % 200 + 1);
    return len + by % 200 + 1;
}

START_TEST(leaves_and_parts_may_run_out_anywhere) {
    static const char text[] =
        "\"high speed wi-fi\" 数据 date:[2024 TO 2025] tags:{a TO b] cat~ x*";
    prism_schema *schema = tree_schema();
    static parsing p;
    size_t len = strlen(text);
    p.opts = (prism_query_opts)PRISM_QUERY_OPTS_INIT;
    for (size_t blanks = 0; blanks < MOST_BLANKS; blanks += 5) {
        prism_query *parts[3];
        memcpy(p.text, text, len);
        memset(p.text + len, ' ', blanks);
        p.len = len + blanks;
        ck_assert_int_eq(parse(schema, &p, &parts[0], NULL), PRISM_OK);
        p.len = 11; /* a phrase */
        ck_assert_int_eq(parse(schema, &p, &parts[1], NULL), PRISM_OK);
        p.len = grow(p.text, 2 * blanks);
        ck_assert_int_eq(parse(schema, &p, &parts[2], NULL), PRISM_OK);
        sweep_parts(schema, parts);
        for (int i = 0; i < 3; i++) prs_query_unref(parts[i]);
    }
    for (int kind = PRS_LEAF_WORDS; kind <= PRS_LEAF_PREFIX; kind++) {
        memcpy(p.text, "wi-fi of 数据库 covid 19", 26);
        memset(p.text + 26, ' ', sizeof p.text - 26);
        for (size_t blanks = 0; blanks < sizeof p.text - 26;
             blanks += blanks >= 2500 && blanks % 2 == 0 ? 6 : 111) {
            p.len = 26 + blanks;
            ck_assert_uint_gt(sweep(schema, make_leaf, &(leaf_of){&p, (prs_leaf_kind)kind}), 1);
        }
    }
    prs_schema_unref(schema);
}
END_TEST

#define KEY(text) "{\"kind\":\"word\",\"text\":\"" text "\"}"
#define T "\"fields\":{\"t\":1}"

static const char *const trees[] = {
    "{\"type\":\"phrase\"," T ",\"slots\":[{\"pos\":0,\"keys\":[" KEY("a") "," KEY(
        "b") "]},{\"pos\":2,\"prefix\":" KEY("c") "}]}",
    "{\"type\":\"near\"," T ",\"slop\":3,\"slots\":[{\"pos\":0,\"keys\":[" KEY("a") "]}]}",
    "{\"type\":\"prefix\"," T ",\"key\":" KEY("x") "}",
    "{\"type\":\"exists\",\"fields\":{\"t\":2,\"k\":3}}",
    "{\"type\":\"max\",\"of\":[{\"type\":\"all\"},{\"type\":\"const\",\"of\":{\"type\":\"all\"}}]}",
    "{\"type\":\"range\",\"fields\":{\"k\":1},\"from\":\"a\",\"below\":{\"hex\":\"ff00\"}}",
    "{\"type\":\"range\",\"fields\":{\"d\":1},\"from\":\"2024\",\"to\":\"2025\"}",
    "{\"type\":\"bool\",\"should\":[{\"type\":\"all\"}],\"must_not\":[{\"type\":\"none\"}],"
    "\"filter\":[{\"type\":\"all\"}],\"extra\":[{\"type\":\"none\"}]}",
};

#define TERM "{\"type\":\"term\"," T ",\"key\":{\"kind\":\"word\",\"text\":\"%0*d\"}}"

/* Behind a term whose key grows, at the end of the first chunk. */
START_TEST(trees_may_run_out_anywhere) {
    static char text[8192];
    prism_schema *schema = tree_schema_of("{\"fields\":[{\"name\":\"t\",\"type\":\"text\"},"
                                          "{\"name\":\"k\",\"type\":\"keyword\"},"
                                          "{\"name\":\"d\",\"type\":\"date\"}]}");
    for (size_t i = 0; i < PRS_COUNT(trees); i++) {
        for (int more = 0; more < 1000; more += 7) {
            prs_buf json = {.ptr = (uint8_t *)text};
            json.len = (size_t)snprintf(text, sizeof text,
                                        "{\"type\":\"bool\",\"must\":[" TERM "," TERM "," TERM
                                        "," TERM ",%s]}",
                                        1000, 7, 1000, 7, 600, 7, 1 + more, 7, trees[i]);
            ck_assert_uint_gt(sweep(schema, read_json, &json), 0);
        }
    }
    prs_schema_unref(schema);
}
END_TEST

typedef struct ranging {
    const char *field;
    prs_range_end from, to;
    bool all, exists;
} ranging;

static prism_status make_range(const prism_schema *schema, void *ctx, prism_query **query,
                               prism_error *err) {
    const ranging *r = ctx;
    if (r->all) return prs_query_all(schema, query, err);
    if (r->exists) return prs_query_exists(schema, r->field, query, err);
    return prs_query_range(schema, r->field, &r->from, &r->to, query, err);
}

START_TEST(ranges_may_run_out_anywhere) {
    static char large[5000];
    memset(large, 'x', sizeof large);
    ranging ranges[] = {
        {.all = true},
        {.exists = true, .field = "k"},
        {.field = "d", .from = {"2024", 4, false}, .to = {"2025", 4, true}},
        {.field = "k", .from = {large, sizeof large, false}, .to = {large, 4000, true}},
        {.field = "k", .from = {"a", 1, false}, .to = {large, sizeof large, false}},
        {.field = "f", .from = {large, 900, false}, .to = {large, 1000, false}},
        {.field = "f", .from = {"a", 1, false}, .to = {"b", 1, false}},
    };
    prism_schema *schema =
        tree_schema_of("{\"fields\":[{\"name\":\"k\",\"type\":\"keyword\",\"column\":true},"
                       "{\"name\":\"f\",\"type\":\"keyword\",\"column\":false},{\"name\":\"d\","
                       "\"type\":\"date\"}]}");
    for (size_t i = 0; i < PRS_COUNT(ranges); i++)
        ck_assert_uint_gt(sweep(schema, make_range, &ranges[i]), 1);
    prs_schema_unref(schema);
}
END_TEST

TEST_SUITE(memory, ranges_may_run_out_anywhere, trees_may_run_out_anywhere,
           parsing_may_run_out_anywhere, families_may_run_out_anywhere,
           leaves_and_parts_may_run_out_anywhere)
