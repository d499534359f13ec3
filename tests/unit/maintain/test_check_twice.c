/* test_check_twice.c - keys that live in several segments are counted in one note, and no other
 * key is. */
#include "harness/hurt.h"

typedef struct notes {
    uint32_t n;
    unsigned long long documents;
} notes;

static void take_note(void *ctx, const prism_error *finding) {
    notes *all = ctx;
    ck_assert_int_eq(finding->code, PRISM_OK);
    if (strstr(finding->text, "added without replacing") == NULL) return;
    all->n++;
    ck_assert_int_eq(sscanf(finding->text, "%llu", &all->documents), 1);
}

/* Documents in the note; 0: there is none. */
static uint64_t told(world *w, prism_check_level level) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    notes all = {.n = 0};
    fault_dir around;
    prs_check check = {.level = level, .each = take_note, .ctx = &all};
    fault_dir_init(&around, w->disk);
    ck_assert_int_eq(prs_core_new(&opts, &check.core, NULL), PRISM_OK);
    check.core->dir = &around.base;
    ck_assert_int_eq(prs_check_run(&check, NULL), PRISM_OK);
    ck_assert_uint_eq(check.n_findings, 0);
    prs_core_unref(check.core);
    w->disk->pread = false;
    ck_assert_uint_le(all.n, 1);
    return all.documents;
}

static void append(world *w, const char *key) {
    char json[100];
    int len = snprintf(json, sizeof json, "{\"id\":\"%s\",\"body\":\"again\"}", key);
    ck_assert_int_eq(prism_writer_put_json(w->writer, json, (size_t)len, PRISM_PUT_APPEND, NULL),
                     PRISM_OK);
}

START_TEST(documents_with_a_newer_one_are_counted) {
    world w;
    hurt_fill(&w); /* replaced and deleted documents there are no case of this */
    ck_assert_uint_eq(told(&w, PRISM_CHECK_NORMAL), 0);
    world_open(&w, true);
    append(&w, "a0");  /* lives in the second segment */
    append(&w, "b0");  /* in the third */
    append(&w, "a10"); /* is deleted */
    append(&w, "new");
    append(&w, "c3");
    append(&w, "c3"); /* twice in a segment: the last one counts */
    world_commit(&w);
    world_close(&w);
    ck_assert_uint_eq(told(&w, PRISM_CHECK_NORMAL), 3);
    ck_assert_uint_eq(told(&w, PRISM_CHECK_DEEP), 3);
    ck_assert_uint_eq(told(&w, PRISM_CHECK_QUICK), 0); /* that reads no keys */
    world_open(&w, true);
    append(&w, "a0"); /* in three segments now: two are older */
    world_commit(&w);
    world_close(&w);
    ck_assert_uint_eq(told(&w, PRISM_CHECK_NORMAL), 4);
    world_open(&w, true);
    world_put(&w, "{\"id\":\"a0\",\"body\":\"put\"}");
    world_commit(&w);
    world_close(&w);
    ck_assert_uint_eq(told(&w, PRISM_CHECK_NORMAL), 2);
    world_open(&w, true);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    world_close(&w);
    ck_assert_uint_eq(told(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

TEST_SUITE(check_twice, documents_with_a_newer_one_are_counted)
