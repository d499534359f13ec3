/* test_lost.c - of a segment that is given up: every key and text whose bytes are whole, and no
 * other. */
#include "harness/hurt.h"

#include "maintain/lost.h"

/* Tell segment `i` of the newest commit. */
static prism_status tell(world *w, uint32_t i, prs_lost *lost, hurt_told *told) {
    prs_arena arena;
    prs_commit commit;
    memset(told, 0, sizeof *told);
    world_open(w, false);
    w->index.core->dir->pread = true;
    prs_arena_init(&arena, w->index.core->recipe->mem, 0);
    ck_assert_int_eq(prs_commit_read_newest(w->index.core->dir, &arena, &commit, NULL, NULL),
                     PRISM_OK);
    lost->core = w->index.core;
    lost->schema = w->index.core->recipe->schema;
    if (lost->each == NULL) lost->each = hurt_take_lost;
    lost->ctx = told;
    prism_status status = prs_lost_tell(lost, &commit.manifest.segments[i], NULL, NULL);
    prs_arena_fini(&arena);
    world_close(w);
    w->disk->pread = false;
    return status;
}

START_TEST(a_whole_segment_tells_all) {
    world w;
    hurt_told told;
    prs_lost lost = {.n = 0};
    hurt_fill(&w);
    ck_assert_int_eq(tell(&w, 0, &lost, &told), PRISM_OK);
    ck_assert(told.n == 30 && told.n_keys == 30 && told.n_texts == 30);
    ck_assert(lost.n == 30 && lost.n_keys == 30 && lost.n_texts == 30);
    ck_assert_ptr_nonnull(strstr(told.keys, " a29 "));
    world_end(&w);
}
END_TEST

START_TEST(keys_come_from_texts_where_they_must) {
    world w;
    hurt_told told;
    prs_lost lost = {.n = 0};
    char name[PRS_NAME_SIZE], doc[PRS_NAME_SIZE];
    hurt_fill(&w);
    hurt_name(&w, 1, false, name);
    hurt_name(&w, 0, true, doc);
    hurt_byte(&w, name, 10, 1); /* its header: nothing of it opens */
    ck_assert_int_eq(tell(&w, 1, &lost, &told), PRISM_OK);
    ck_assert(told.n_keys == 25 && told.n_texts == 25);
    ck_assert_ptr_nonnull(strstr(told.keys, " b19 "));
    hurt_byte(&w, doc, -1, 1); /* a footer: no text, but keys */
    lost = (prs_lost){.n = 0};
    ck_assert_int_eq(tell(&w, 0, &lost, &told), PRISM_OK);
    ck_assert(told.n == 30 && told.n_keys == 30 && told.n_texts == 0);
    world_end(&w);
}
END_TEST

/* Frames of a large .doc file: those in a damaged region are lost, the others are not. */
START_TEST(region_by_region) {
    world w;
    hurt_told told;
    prs_lost lost = {.n = 0};
    char name[PRS_NAME_SIZE], body[3001];
    test_rng rng = test_rng_of("lost regions");
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 200; i++) {
        for (size_t k = 0; k < 3000; k++) body[k] = (char)('a' + test_rng_below(&rng, 26));
        body[3000] = '\0';
        world_put(&w, "{\"id\":\"k%u\",\"lang\":\"en\",\"n\":%u,\"unknown\":\"%s\"}", i, i, body);
    }
    world_commit(&w);
    world_close(&w);
    hurt_name(&w, 0, true, name);
    hurt_byte(&w, name, 100000, 1);
    ck_assert_int_eq(tell(&w, 0, &lost, &told), PRISM_OK);
    ck_assert_uint_eq(lost.n_keys, 200);
    ck_assert_msg(lost.n_texts > 100 && lost.n_texts < 190, "%llu texts",
                  (unsigned long long)lost.n_texts);
    world_end(&w);
}
END_TEST

static prism_status keep_even(void *ctx, prs_bytes key, bool *kept, prism_error *err) {
    (void)ctx;
    (void)err;
    *kept = (key.ptr[key.len - 1] - '0') % 2 == 0;
    return PRISM_OK;
}

START_TEST(who_is_kept_is_not_told) {
    world w;
    hurt_told told;
    prs_lost lost = {.is_kept = keep_even};
    hurt_fill(&w);
    ck_assert_int_eq(tell(&w, 0, &lost, &told), PRISM_OK);
    ck_assert(told.n == 15 && lost.n == 15);
    ck_assert_ptr_null(strstr(told.keys, " a10 "));
    world_end(&w);
}
END_TEST

START_TEST(memory_may_run_out) {
    world w;
    hurt_fill(&w);
    for (size_t at = 2; at < 400; at++) {
        hurt_told told = {0};
        prs_arena arena;
        prs_commit commit;
        world_open(&w, false);
        w.index.core->dir->pread = true;
        prs_arena_init(&arena, &w.disk_mem, 0);
        ck_assert_int_eq(prs_commit_read_newest(w.index.core->dir, &arena, &commit, NULL, NULL),
                         PRISM_OK);
        prs_lost lost = {.core = w.index.core,
                         .schema = w.index.core->recipe->schema,
                         .each = hurt_take_lost,
                         .ctx = &told};
        size_t before = atomic_load(&w.alloc.calls);
        w.alloc.fail_at = before + at;
        w.alloc.fail_on = true;
        prism_status status = prs_lost_tell(&lost, &commit.manifest.segments[0], NULL, NULL);
        bool refused = atomic_load(&w.alloc.calls) >= before + at;
        ck_assert_int_eq(status, refused ? PRISM_ENOMEM : PRISM_OK);
        prs_arena_fini(&arena);
        world_close(&w);
        w.disk->pread = false;
        if (!refused) break;
        ck_assert_uint_lt(at, 399);
    }
    world_end(&w);
}
END_TEST

TEST_SUITE(lost, a_whole_segment_tells_all, keys_come_from_texts_where_they_must, region_by_region,
           who_is_kept_is_not_told, memory_may_run_out)
