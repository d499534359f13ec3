/* test_check_older.c - damage in files that only an older commit needs is a note, once a file, and
 * no finding. */
#include "harness/hurt.h"

typedef struct notes {
    uint32_t n;
    char last[300];
} notes;

static void take_note(void *ctx, const prism_error *finding) {
    notes *all = ctx;
    ck_assert_int_eq(finding->code, PRISM_OK);
    if (strstr(finding->text, "older one") == NULL) return;
    all->n++;
    snprintf(all->last, sizeof all->last, "%.60s", finding->file);
}

static notes check_notes(world *w, prism_check_level level) {
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
    return all;
}

START_TEST(damage_of_older_commits_is_a_note) {
    world w;
    char name[PRS_NAME_SIZE];
    hurt_fill(&w);
    hurt_name(&w, 0, true, name);
    world_open(&w, true);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    world_close(&w);
    ck_assert_uint_eq(check_notes(&w, PRISM_CHECK_NORMAL).n, 0);
    hurt_byte(&w, name, 100, 4); /* commits 2, 3 and 4 have this segment */
    notes all = check_notes(&w, PRISM_CHECK_NORMAL);
    ck_assert_uint_eq(all.n, 1);
    ck_assert_str_eq(all.last, name);
    ck_assert_uint_eq(check_notes(&w, PRISM_CHECK_QUICK).n, 0); /* that reads metadata only */
    hurt_byte(&w, "deletes-0000000000000003", 70, 1);
    ck_assert_uint_eq(check_notes(&w, PRISM_CHECK_DEEP).n, 2);
    ck_assert_int_eq(w.disk->vt->unlink(w.disk, name, NULL), PRISM_OK); /* dropped meanwhile */
    ck_assert_uint_eq(check_notes(&w, PRISM_CHECK_NORMAL).n, 1);
    world_end(&w);
}
END_TEST

TEST_SUITE(check_older, damage_of_older_commits_is_a_note)
