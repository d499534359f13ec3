/* test_threads.c - does an index have the same bytes whatever the number of threads that build it,
 * and is nothing lost or half there when memory runs out amid them? */
#include "harness/world.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the same bytes -------------------------------------------------------------------------- */

enum { DOCS = 4000, KEYS = 3000, WORDS = 150000 };

static bool is_beyond; /* its only ideographs are of four bytes */

static size_t put_words(char *out, size_t room, uint32_t n, test_rng *rng) {
    static const char *const others[] = {"中国人民",   "wi-fi", "don't",
                                         "日本語の文", "U.S.",  "café"};
    size_t len = 0;
    for (uint32_t i = 0; i < n && len + 64 < room; i++) {
        uint64_t word = test_rng_below(rng, test_rng_one_in(rng, 3) ? WORDS : 50);
        if (test_rng_one_in(rng, 8)) {
            const char *other = is_beyond ? "𠮷" : others[word % 6];
            len += (size_t)snprintf(out + len, room - len, "%s ", other);
        } else {
            len += (size_t)snprintf(out + len, room - len, "word%u ", (unsigned)word);
        }
    }
    return len;
}

static void put_document(prism_writer *writer, uint32_t i, test_rng *rng) {
    static char json[400000], words[300000];
    uint32_t n = (uint32_t)test_rng_below(rng, 400); /* some are too large to be left to others */
    if (i % 1000 == 500) n = 30000;
    size_t len = put_words(words, sizeof words, n, rng);
    int size =
        snprintf(json, sizeof json,
                 "{\"id\":\"k%u\",\"title\":\"%.*s\",\"body\":\"%s\",\"tags\":[\"t%u\",\"u\"],"
                 "\"n\":%u}",
                 (unsigned)test_rng_below(rng, KEYS), (int)PRS_MIN(len, (size_t)40), "title of it",
                 words, i % 7, i);
    ck_assert(size > 0 && (size_t)size < sizeof json);
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prism_writer_put_json(writer, json, (size_t)size, 0, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
}

static void fill(world *w) {
    test_rng rng = test_rng_of("threads");
    for (uint32_t i = 0; i < DOCS; i++) {
        put_document(w->writer, i, &rng);
        if (i % 97 == 0) {
            char key[16];
            snprintf(key, sizeof key, "k%u", (unsigned)test_rng_below(&rng, KEYS));
            (void)world_delete(w, key);
        }
        if (i == 50) ck_assert_int_eq(prism_writer_rollback(w->writer, NULL), PRISM_OK);
        if (i == 900) world_flush(w);
        if (i == 2000) (void)world_commit(w);
        ck_assert_int_eq(prism_writer_put_json(w->writer, "{\"id\":\"bad\",\"n\":{}}", 19, 0, NULL),
                         PRISM_EREJECTED);
    }
    (void)world_commit(w);
}

typedef struct bytes {
    uint64_t hash;
    uint32_t n_files, n_segments;
} bytes;

static bytes build(uint32_t threads) {
    world w;
    bytes out = {0};
    prs_listing listing;
    world_make(&w, world_schema);
    world_close(&w);
    w.options = (prs_writer_options){.memory = PRS_WRITER_MIN_MEMORY,
                                     .keep_commits = 1,
                                     .threads = threads,
                                     .merge_here = true,
                                     .max_segments = PRISM_NO_MERGE,
                                     .batch_text = 4000,
                                     .id_seed = 7};
    world_open(&w, true);
    fill(&w);
    ck_assert_uint_eq(world_check(&w, threads == 3 ? PRISM_CHECK_DEEP : PRISM_CHECK_NORMAL), 0);
    out.n_segments = (uint32_t)w.writer->segments.n;
    ck_assert_int_eq(prs_listing_read(&listing, w.disk, NULL), PRISM_OK);
    for (size_t i = 0; i < listing.names.n; i++) {
        const prs_name *name = &listing.names.ptr[i];
        char text[PRS_NAME_SIZE];
        prs_view view;
        if (name->kind != PRS_NAME_IDX && name->kind != PRS_NAME_DOC) continue;
        prs_name_of_segment(text, name->kind, &name->id);
        ck_assert_int_eq(w.disk->vt->view_open(w.disk, text, &view, NULL), PRISM_OK);
        out.hash += prs_hash64(view.ptr, (size_t)view.len, prs_load64(name->id.bytes));
        out.n_files++;
        w.disk->vt->view_close(w.disk, &view);
    }
    prs_listing_fini(&listing);
    world_end(&w);
    return out;
}

START_TEST(the_bytes_do_not_depend_on_the_threads) {
    static const uint32_t threads[] = {2, 3, 8};
    bytes one = build(1);
    ck_assert_uint_gt(one.n_segments, 4); /* the budget has ended some */
    for (uint32_t i = 0; i < PRS_COUNT(threads); i++) {
        bytes many = build(threads[i]);
        ck_assert_uint_eq(many.n_segments, one.n_segments);
        ck_assert_uint_eq(many.n_files, one.n_files);
        ck_assert_msg(many.hash == one.hash, "%u threads", threads[i]);
    }
}
END_TEST

/* ---- memory ---------------------------------------------------------------------------------- */

enum { FEW = 12 };

/* Put, again where memory ran out, and commit. */
static void work(world *w, uint64_t *refused) {
    char json[256];
    for (uint32_t i = 0; i < FEW; i++) {
        int len =
            snprintf(json, sizeof json,
                     "{\"id\":\"k%u\",\"body\":\"one two%u 中国人民 three\",\"n\":%u}", i, i, i);
        prism_status status = PRISM_ENOMEM;
        for (uint32_t tries = 0; status == PRISM_ENOMEM && tries < 3; tries++) {
            status = prism_writer_put_json(w->writer, json, (size_t)len, 0, NULL);
            *refused += status == PRISM_ENOMEM;
        }
        ck_assert_int_eq(status, PRISM_OK);
    }
    prism_status status = prism_writer_commit(w->writer, NULL, 0, NULL, NULL);
    if (status == PRISM_ENOMEM) {
        ++*refused;
        status = prism_writer_commit(w->writer, NULL, 0, NULL, NULL);
    }
    ck_assert_int_eq(status, PRISM_OK);
}

/* Whoever only takes the terms of others has met no ideograph of three bytes, either. */
START_TEST(ideographs_of_four_bytes_alone) {
    is_beyond = true;
    bytes one = build(1), many = build(3);
    ck_assert_msg(many.hash == one.hash && many.n_files == one.n_files, "3 threads");
    is_beyond = false;
}
END_TEST

START_TEST(memory_may_run_out_anywhere) {
    uint64_t refused = 0, failed = 0;
    for (size_t nth = 1; nth < 700; nth++) {
        world w;
        world_make(&w, world_schema);
        world_close(&w);
        w.options.threads = 3;
        w.options.batch_text = 1;
        w.options.merge_here = true;
        w.fail_at = nth;
        prism_status status = world_try_open(&w, true, NULL);
        if (status == PRISM_OK) {
            work(&w, &refused);
            world_close(&w);
            w.fail_at = 0;
            world_open(&w, false);
            ck_assert_uint_eq(world_count(&w), FEW);
            ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        } else {
            ck_assert_int_eq(status, PRISM_ENOMEM);
            failed++;
            world_close(&w);
        }
        world_end(&w);
    }
    ck_assert_uint_gt(refused, 50);
    ck_assert_uint_gt(failed, 10);
}
END_TEST

/* ---- the budget ------------------------------------------------------------------------------ */

/* Long documents: all words new, or letters; what fills first is the lexicon, or the stream. */
static void put_long(world *w, uint32_t i, bool new_words, uint32_t *word) {
    static char json[70000];
    size_t at = (size_t)snprintf(json, sizeof json, "{\"id\":\"k%u\",\"body\":\"", i);
    while (at < 60000) {
        if (new_words) {
            at += (size_t)snprintf(json + at, sizeof json - at, "w%u ", ++*word);
        } else {
            json[at++] = (char)('a' + ++*word * 7919 % 26);
            json[at++] = ' ';
        }
    }
    at += (size_t)snprintf(json + at, sizeof json - at, "\"}");
    ck_assert_int_eq(prism_writer_put_json(w->writer, json, at, 0, NULL), PRISM_OK);
}

static void keep_budget(uint32_t threads, bool new_words) {
    world w;
    uint32_t word = 0;
    prism_writer_stats stats = {.size = sizeof stats};
    world_make(&w, world_schema);
    world_close(&w);
    w.options = (prs_writer_options){.memory = (size_t)110 << 20,
                                     .keep_commits = 1,
                                     .threads = threads,
                                     .max_segments = PRISM_NO_MERGE};
    world_open(&w, true);
    ck_assert_ptr_nonnull(w.writer->pending.analysts); /* this budget has room for workers */
    for (uint32_t i = 0; stats.flushes < 2 || i % 100 != 50; i++) {
        put_long(&w, i, new_words, &word);
        ck_assert_int_eq(prism_writer_get_stats(w.writer, &stats, NULL), PRISM_OK);
    }
    (void)world_commit(&w);
    ck_assert_int_eq(prism_writer_get_stats(w.writer, &stats, NULL), PRISM_OK);
    ck_assert_uint_le(stats.memory_peak, w.options.memory + w.options.memory / 4); /* R37 */
    world_end(&w);
}

START_TEST(workers_are_within_the_budget) {
    keep_budget(2, true);
    keep_budget(8, true);
    keep_budget(3, false);
}
END_TEST

/* ---- what goes on beside --------------------------------------------------------------------- */

START_TEST(all_is_found_at_once) {
    world w;
    world_make(&w, world_schema);
    world_close(&w);
    w.options.threads = 3;
    w.options.batch_text = 100;
    world_open(&w, true);
    uint64_t live = 0;
    for (uint32_t i = 0; i < 300; i++) {
        world_put(&w, "{\"id\":\"k%u\",\"body\":\"common word%u and more of it\"}", i, i);
        live++;
        if (i % 5 == 0) {
            char key[16];
            snprintf(key, sizeof key, "k%u", i);
            live -= world_delete(&w, key);
        }
        if (i % 50 != 49) continue;
        prism_snapshot *snap;
        ck_assert_int_eq(prism_writer_snapshot(w.writer, &snap, NULL), PRISM_OK);
        ck_assert_uint_eq(snap->n_docs - snap->n_deleted, live);
        prism_snapshot_unref(snap);
    }
    world_put(&w, "{\"id\":\"gone\",\"body\":\"never committed\"}");
    ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
    world_put(&w, "{\"id\":\"last\",\"body\":\"dropped at close, with a task under way\"}");
    world_put(
        &w,
        "{\"id\":\"last\",\"body\":\"dropped at close, with a task under way, or two of them\"}");
    world_end(&w);
}
END_TEST

TEST_SUITE(threads, the_bytes_do_not_depend_on_the_threads, ideographs_of_four_bytes_alone,
           memory_may_run_out_anywhere, workers_are_within_the_budget, all_is_found_at_once)
