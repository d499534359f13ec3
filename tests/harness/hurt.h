/* hurt.h - an index of three segments for the tests of repair, and ways to damage it. */
#ifndef PRS_TESTS_HARNESS_HURT_H
#define PRS_TESTS_HARNESS_HURT_H

#include "harness/world.h"

#include "maintain/repair.h"
#include "store/envelope.h"

#include <stdio.h>
#include <stdlib.h>

/* Commit 2: a0..a29.  Commit 3: b0..b19, a0..a4 newer, a10 deleted.  Commit 4: c0..c9, b0 newer,
 * a11 deleted.  58 live documents of 66 in three segments; all commits are kept. */
PRS_UNUSED static void hurt_fill(world *w) {
    world_make(w, world_schema);
    world_close(w);
    w->options.keep_commits = 10;
    w->options.max_segments = PRISM_NO_MERGE;
    world_open(w, true);
    for (uint32_t i = 0; i < 30; i++)
        world_put(w, "{\"id\":\"a%u\",\"body\":\"word%u 数据 again\",\"n\":%u}", i, i % 7, i);
    world_commit(w);
    for (uint32_t i = 0; i < 20; i++) world_put(w, "{\"id\":\"b%u\",\"body\":\"second\"}", i);
    for (uint32_t i = 0; i < 5; i++) world_put(w, "{\"id\":\"a%u\",\"body\":\"newer\"}", i);
    ck_assert_uint_eq(world_delete(w, "a10"), 1);
    world_commit(w);
    for (uint32_t i = 0; i < 10; i++) world_put(w, "{\"id\":\"c%u\",\"body\":\"third\"}", i);
    world_put(w, "{\"id\":\"b0\",\"body\":\"newest\"}");
    ck_assert_uint_eq(world_delete(w, "a11"), 1);
    world_commit(w);
    world_close(w);
}

typedef struct hurt_names {
    char name[24][PRS_NAME_SIZE];
    size_t n;
} hurt_names;

PRS_UNUSED static prism_status hurt_take_name(void *ctx, const char *name) {
    hurt_names *all = ctx;
    strcpy(all->name[all->n++], name);
    return PRISM_OK;
}

/* The file of segment i (0 to 2) of the newest commit. */
PRS_UNUSED static void hurt_name(world *w, uint32_t i, bool doc, char name[PRS_NAME_SIZE]) {
    world_open(w, false);
    prism_snapshot *snap = world_snapshot(w);
    prs_name_of_segment(name, doc ? PRS_NAME_DOC : PRS_NAME_IDX,
                        &snap->leaves[i].segment->files.id);
    prs_snapshot_unref(snap);
    world_close(w);
}

/* Flip bits of the byte at `at`, counted from the end if negative. */
PRS_UNUSED static void hurt_byte(world *w, const char *name, int64_t at, uint8_t bits) {
    prs_view view;
    ck_assert_int_eq(w->disk->vt->view_open(w->disk, name, &view, NULL), PRISM_OK);
    size_t place = at >= 0 ? (size_t)at : (size_t)((int64_t)view.len + at);
    ((uint8_t *)(uintptr_t)view.ptr)[place] ^= bits;
    w->disk->vt->view_close(w->disk, &view);
}

/* A file of one region is given a flag that this library does not know (byte 16: of those that
 * forbid to write), and all checksums are made right again. */
PRS_UNUSED static void hurt_flag(prs_dir *disk, const char *name, size_t at) {
    prs_view view;
    prs_header header;
    prs_footer footer;
    ck_assert_int_eq(disk->vt->view_open(disk, name, &view, NULL), PRISM_OK);
    uint8_t *bytes = (uint8_t *)(uintptr_t)view.ptr, *end = bytes + view.len;
    ck_assert_int_eq(prs_envelope_get_header(bytes, name, &header, NULL), PRISM_OK);
    ck_assert_int_eq(prs_envelope_get_footer(end - PRS_ENVELOPE_FOOTER, name, &header, view.len,
                                             &footer, NULL),
                     PRISM_OK);
    ck_assert_uint_eq(footer.n_regions, 1);
    bytes[at] |= 0x80;
    prs_store64(bytes + 56, prs_envelope_hash(&header, PRS_HASH_HEADER, bytes, 56));
    uint8_t *table = bytes + footer.covered;
    prs_store64(table, prs_envelope_hash(&header, 0, bytes, (size_t)footer.covered));
    footer.table_hash = prs_envelope_hash(&header, PRS_HASH_TABLE, table, 8);
    prs_envelope_put_footer(end - PRS_ENVELOPE_FOOTER, &header, &footer);
    disk->vt->view_close(disk, &view);
}

/* The first place of a text in a file. */
PRS_UNUSED static int64_t hurt_find(world *w, const char *name, const char *text) {
    prs_view view;
    ck_assert_int_eq(w->disk->vt->view_open(w->disk, name, &view, NULL), PRISM_OK);
    const void *at = memmem(view.ptr, view.len, text, strlen(text));
    ck_assert_ptr_nonnull(at);
    int64_t place = (const uint8_t *)at - view.ptr;
    w->disk->vt->view_close(w->disk, &view);
    return place;
}

typedef struct hurt_told {
    uint32_t n, n_keys, n_texts, n_findings;
    int stop_at;
    char keys[2048]; /* " a1 a2 " */
} hurt_told;

PRS_UNUSED static int hurt_take_lost(void *ctx, const char *key, size_t key_len, const char *json,
                                     size_t json_len) {
    hurt_told *t = ctx;
    t->n++;
    t->n_keys += key != NULL;
    t->n_texts += json != NULL;
    ck_assert(json == NULL || (json[0] == '{' && json[json_len - 1] == '}'));
    if (key != NULL)
        snprintf(t->keys + strlen(t->keys), sizeof t->keys - strlen(t->keys), " %.*s ",
                 (int)key_len, key);
    return t->stop_at != 0 && (int)t->n >= t->stop_at;
}

PRS_UNUSED static void hurt_take_finding(void *ctx, const prism_error *finding) {
    hurt_told *t = ctx;
    t->n_findings += finding->code != PRISM_OK;
}

/* Repair or salvage by a core of its own over `dir`. */
PRS_UNUSED static prism_status hurt_mend(prs_dir *dir, bool salvage, bool dry_run, hurt_told *told,
                                         prism_repair_stats *stats, prism_error *err) {
    prism_index_opts index_opts = PRISM_INDEX_OPTS_INIT;
    prism_repair_opts opts = PRISM_REPAIR_OPTS_INIT;
    test_alloc alloc;
    prism_allocator hook = test_alloc_hook(&alloc);
    prs_check check = {.each = hurt_take_finding, .ctx = told};
    memset(&alloc, 0, sizeof alloc);
    index_opts.allocator = &hook;
    memset(told, 0, sizeof *told);
    memset(stats, 0, sizeof *stats);
    opts.dry_run = dry_run;
    opts.lost = hurt_take_lost;
    opts.lost_ctx = told;
    fault_dir *around = calloc(1, sizeof *around);
    fault_dir_init(around, dir);
    if (dry_run) /* count what must not be */
        around->calls = FAULT_CREATE | FAULT_WRITE | FAULT_SYNC | FAULT_RENAME | FAULT_UNLINK |
                        FAULT_SYNC_DIR | FAULT_LOCK;
    ck_assert_int_eq(prs_core_new(&index_opts, &check.core, NULL), PRISM_OK);
    check.core->dir = &around->base;
    prism_status status = salvage ? prs_salvage_run(&check, &opts, stats, err)
                                  : prs_repair_run(&check, &opts, stats, err);
    prs_core_unref(check.core);
    test_alloc_check_empty(&alloc);
    dir->pread = false;
    if (dry_run) ck_assert_uint_eq(around->n_calls, 0);
    free(around);
    return status;
}

PRS_UNUSED static uint64_t hurt_count(world *w) {
    world_open(w, false);
    uint64_t n = world_count(w);
    world_close(w);
    return n;
}

#endif
