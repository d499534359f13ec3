/* test_check.c - does check see every flipped byte, and nothing in a sound index? */
#include "harness/world.h"

#include <stdio.h>
#include <stdlib.h>

static void fill(world *w) {
    world_make(w, world_schema);
    for (uint32_t i = 0; i < 300; i++) {
        world_put(w,
                  "{\"id\":\"k%u\",\"title\":\"number %u\",\"body\":\"the text of %u 数据中心 "
                  "word%u word%u\","
                  "\"tags\":[\"a%u\",\"b\"],\"n\":%u,\"lang\":\"en\"}",
                  i, i, i, i % 7, i % 50, i % 3, i);
        if (i == 200) world_commit(w);
    }
    world_delete(w, "k17");
    world_commit(w);
    ck_assert_uint_eq(world_check(w, PRISM_CHECK_DEEP), 0);
    world_close(w);
}

/* The bytes of a file on the disk in memory, to be damaged. */
static uint8_t *bytes_of(world *w, const char *name, prs_view *view) {
    uint8_t *bytes;
    ck_assert_int_eq(w->disk->vt->view_open(w->disk, name, view, NULL), PRISM_OK);
    memcpy(&bytes, &view->ptr, sizeof bytes);
    return bytes;
}

typedef struct names {
    char name[16][PRS_NAME_SIZE];
    size_t n;
} names;

static prism_status take_name(void *ctx, const char *name) {
    names *all = ctx;
    if (strcmp(name, PRS_NAME_LOCK) != 0) strcpy(all->name[all->n++], name);
    return PRISM_OK;
}

START_TEST(every_flipped_byte_is_found) {
    world w;
    names all = {.n = 0};
    test_rng rng = test_rng_of("check flips");
    fill(&w);
    ck_assert_int_eq(w.disk->vt->list(w.disk, take_name, &all, NULL), PRISM_OK);
    ck_assert_uint_ge(all.n, 6);
    for (uint32_t round = 0; round < 150; round++) {
        prs_view view;
        const char *name = all.name[test_rng_below(&rng, all.n)];
        uint8_t *bytes = bytes_of(&w, name, &view), bit = (uint8_t)(1u << test_rng_below(&rng, 8));
        size_t at = (size_t)test_rng_below(&rng, view.len);
        bytes[at] ^= bit;
        ck_assert_msg(world_check(&w, PRISM_CHECK_NORMAL) > 0, "%s byte %zu bit %u", name, at, bit);
        bytes[at] ^= bit;
        w.disk->vt->view_close(w.disk, &view);
    }
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

START_TEST(a_damaged_file_is_named_once) {
    world w;
    names all = {.n = 0};
    fill(&w);
    ck_assert_int_eq(w.disk->vt->list(w.disk, take_name, &all, NULL), PRISM_OK);
    for (size_t i = 0; i < all.n; i++) {
        if (strstr(all.name[i], ".doc") == NULL) continue;
        prs_view view;
        uint8_t *bytes = bytes_of(&w, all.name[i], &view);
        bytes[100] ^= 4;
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_NORMAL), 1);
        bytes[100] ^= 4;
        w.disk->vt->view_close(w.disk, &view);
    }
    world_end(&w);
}
END_TEST

START_TEST(deep_sees_an_index_of_other_texts) {
    world a, b;
    world_make(&a, world_schema);
    world_put(&a, "{\"id\":\"x\",\"body\":\"one two three\",\"n\":1}");
    world_commit(&a);
    world_make(&b, world_schema);
    world_put(&b, "{\"id\":\"x\",\"body\":\"one two four\",\"n\":2}");
    world_commit(&b);
    /* the documents of one segment with the index of another, all checksums right */
    prism_snapshot *sa = world_snapshot(&a), *sb = world_snapshot(&b);
    prs_segment *segment = sa->leaves[0].segment;
    prs_docstore own = segment->docs;
    segment->docs = sb->leaves[0].segment->docs;
    prs_check check = {.core = a.index.core, .level = PRISM_CHECK_DEEP};
    ck_assert_int_eq(prs_check_parts(&check, segment, NULL, NULL), PRISM_OK);
    ck_assert_int_eq(prs_check_deep(&check, segment, NULL), PRISM_OK);
    ck_assert_uint_eq(check.n_findings,
                      3); /* "four" is missing, n = 2 is missing, a posting too many */
    segment->docs = own;
    prs_snapshot_unref(sa);
    prs_snapshot_unref(sb);
    world_end(&a);
    world_end(&b);
}
END_TEST

static void tell_place(void *ctx, const prism_error *finding) {
    char *text = ctx;
    snprintf(text + strlen(text), 2000 - strlen(text), "%s\n", finding->text);
}

/* However many documents are analyzed in one go, the same is found at the same places. */
START_TEST(deep_goes_on_from_batch_to_batch) {
    static const size_t batches[] = {0, 1, 100, 1000};
    world w;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 200; i++)
        world_put(&w, "{\"id\":\"%u\",\"title\":\"a title %u\",\"body\":\"w%u 数据库 of w%u\"}", i,
                  i % 3, i % 17, i % 5);
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    prs_segment *segment = snap->leaves[0].segment;
    for (unsigned wrong = 0; wrong < 2; wrong++) {
        char first[2000] = "";
        prs_lengths own = segment->fields[2].lengths;
        uint8_t lengths[2 * 200];
        for (uint32_t doc = 0; doc < 200; doc++)
            prs_store16(lengths + 2 * doc, (uint16_t)(prs_lengths_get(&own, doc) + (doc == 150)));
        if (wrong) segment->fields[2].lengths = (prs_lengths){lengths, NULL, 200, 0};
        for (size_t i = 0; i < PRS_COUNT(batches); i++) {
            char told[2000] = "";
            prs_check check = {.core = w.index.core,
                               .level = PRISM_CHECK_DEEP,
                               .deep_batch = batches[i],
                               .each = tell_place,
                               .ctx = i == 0 ? first : told};
            ck_assert_int_eq(prs_check_deep(&check, segment, NULL), PRISM_OK);
            ck_assert_uint_eq(check.n_findings, wrong);
            ck_assert_uint_eq(check.done, 200);
            if (i > 0) ck_assert_str_eq(told, first);
        }
        ck_assert(!wrong || strstr(first, "document 150") != NULL);
        segment->fields[2].lengths = own;
    }
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(wrong_statistics_are_told) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"x\",\"body\":\"one two three\",\"tags\":[\"a\"],\"n\":1}");
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    prs_segment *segment = snap->leaves[0].segment;
    prs_check check = {.core = w.index.core, .level = PRISM_CHECK_NORMAL};
    segment->fields[2].sum_length++;
    ck_assert_int_eq(prs_check_parts(&check, segment, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(check.n_findings, 1);
    segment->fields[3].n_docs_with++;
    ck_assert_int_eq(prs_check_parts(&check, segment, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(check.n_findings, 3);
    segment->fields[2].sum_df--;
    ck_assert_int_eq(prs_check_lists(&check, segment, 2, NULL), PRISM_OK);
    ck_assert_uint_eq(check.n_findings, 4);
    segment->fields[2].sum_df++;
    ck_assert_int_eq(prs_check_lists(&check, segment, 2, NULL), PRISM_OK);
    ck_assert_uint_eq(check.n_findings, 4);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

static void count_notes(void *ctx, const prism_error *finding) {
    uint32_t *n = ctx;
    *n += finding->code == PRISM_OK;
}

START_TEST(orphans_are_notes) {
    const char *path = test_temp_dir();
    prism_index *index;
    uint64_t n_findings;
    uint32_t notes = 0;
    char orphan[512];
    ck_assert_int_eq(prism_index_check(path, PRISM_CHECK_NORMAL, NULL, count_notes, &notes, NULL,
                                       NULL, &n_findings, NULL),
                     PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, &index, NULL), PRISM_OK);
    prism_index_close(index);
    snprintf(orphan, sizeof orphan, "%s/00112233445566778899aabbccddeeff.idx", path);
    FILE *f = fopen(orphan, "w");
    fclose(f);
    ck_assert_int_eq(prism_index_check(path, PRISM_CHECK_NORMAL, NULL, count_notes, &notes, NULL,
                                       NULL, &n_findings, NULL),
                     PRISM_OK);
    ck_assert_uint_eq(n_findings, 0);
    ck_assert_uint_eq(notes, 1);
}
END_TEST

static int stop(void *ctx, uint64_t done, uint64_t total) {
    (void)ctx;
    (void)done;
    ck_assert_uint_gt(total, 0);
    return 1;
}

START_TEST(a_check_can_be_cancelled) {
    const char *path = test_temp_dir();
    prism_index *index;
    prism_writer *writer;
    uint64_t n_findings;
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, &index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put_json(writer, "{\"id\":\"a\",\"body\":\"x\"}", 21, 0, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    prism_writer_close(writer);
    prism_index_close(index);
    ck_assert_int_eq(prism_index_check(path, PRISM_CHECK_NORMAL, NULL, NULL, NULL, stop, NULL,
                                       &n_findings, NULL),
                     PRISM_ECANCELED);
}
END_TEST

/* Two segments, deletions, and the deletions of an older commit. */
static void fill_small(world *w) {
    world_make(w, world_schema);
    for (uint32_t i = 0; i < 40; i++) {
        world_put(w,
                  "{\"id\":\"k%u\",\"title\":\"number %u\",\"body\":\"text of 数据 word%u\","
                  "\"tags\":[\"a%u\",\"b\"],\"n\":%u,\"lang\":\"en\"}",
                  i, i, i % 7, i % 3, i);
        if (i == 20) world_commit(w);
    }
    world_delete(w, "k7");
    world_commit(w);
    world_delete(w, "k17");
    world_commit(w);
    world_close(w);
}

/* A check by a handle of its own; allocation number `fail_at` and all behind it are refused. */
static prism_status check_with(world *w, fault_dir *fault, size_t fail_at, bool *refused) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prs_check check = {.level = PRISM_CHECK_DEEP};
    test_alloc alloc;
    memset(&alloc, 0, sizeof alloc);
    prism_allocator hook = test_alloc_hook(&alloc);
    opts.allocator = &hook;
    ck_assert_int_eq(prs_core_new(&opts, &check.core, NULL), PRISM_OK);
    check.core->dir = &fault->base;
    size_t before = atomic_load(&alloc.calls);
    alloc.fail_at = fail_at == 0 ? 0 : before + fail_at;
    alloc.fail_on = true;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_check_run(&check, &err);
    ck_assert_int_eq(err.code, status);
    *refused = fail_at != 0 && atomic_load(&alloc.calls) >= before + fail_at;
    if (status == PRISM_OK) ck_assert_uint_eq(check.n_findings, 0);
    prs_core_unref(check.core);
    test_alloc_check_empty(&alloc);
    w->disk->pread = false;
    return status;
}

/* A check that ran out of memory, or whose disk is gone, says that: it finds no damage. */
START_TEST(a_check_that_cannot_go_on_says_so) {
    world w;
    bool refused = true, failed = true;
    fill_small(&w);
    size_t at = 1;
    for (; refused; at++) {
        fault_dir fault;
        fault_dir_init(&fault, w.disk);
        prism_status status = check_with(&w, &fault, at, &refused);
        ck_assert_int_eq(status, refused ? PRISM_ENOMEM : PRISM_OK);
        ck_assert_uint_lt(at, 5000);
    }
    ck_assert_uint_gt(at, 100);
    for (at = 1; failed; at++) {
        fault_dir fault;
        fault_dir_init(&fault, w.disk);
        fault.calls = FAULT_VIEW | FAULT_READ | FAULT_LIST;
        fault.fail_at = at;
        fault.fail_on = true;
        prism_status status = check_with(&w, &fault, 0, &refused);
        failed = fault.n_failed > 0;
        ck_assert_int_eq(status, failed ? PRISM_EIO : PRISM_OK);
    }
    ck_assert_uint_gt(at, 20);
    world_end(&w);
}
END_TEST

TEST_SUITE(check, a_check_that_cannot_go_on_says_so, every_flipped_byte_is_found,
           a_damaged_file_is_named_once, deep_sees_an_index_of_other_texts,
           deep_goes_on_from_batch_to_batch, wrong_statistics_are_told, orphans_are_notes,
           a_check_can_be_cancelled)
