/* test_pending.c - what of the documents in memory is alive, in any order of puts and deletes,
 * and is a document taken whole or not at all? */
#include "harness/world.h"

#include "invert/flush.h"

#include <stdio.h>
#include <stdlib.h>

static const prs_id id = {{5}};

typedef struct bench {
    world w;
    prs_pending pending;
    prs_json_reader *reader;
    prs_document doc;
    bool with_key;
} bench;

static const char no_key[] = "{\"fields\":[{\"name\":\"body\",\"type\":\"text\"},"
                             "{\"name\":\"n\",\"type\":\"i64\"}]}";

static void begin(bench *b, const char *schema) {
    memset(b, 0, sizeof *b);
    world_make(&b->w, schema);
    ck_assert_int_eq(prs_pending_init(&b->pending, b->w.index.core, b->w.index.core->recipe, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prs_json_reader_new(&b->w.disk_mem, &b->reader, NULL), PRISM_OK);
    prs_document_init(&b->doc, b->w.index.core->recipe->schema, &b->w.disk_mem);
}

static void end(bench *b) {
    prs_document_fini(&b->doc);
    prs_json_reader_free(b->reader);
    prs_pending_fini(&b->pending);
    prs_pending_fini(&b->pending); /* once more does nothing */
    world_end(&b->w);
}

static prism_status try_add(bench *b, const char *json, bool replace, prism_error *err) {
    world_read(b->reader, &b->doc, json);
    return prs_pending_add(&b->pending, &b->doc, replace, err);
}

static void add(bench *b, const char *json, bool replace) {
    ck_assert_int_eq(try_add(b, json, replace, NULL), PRISM_OK);
}

static bool file_exists(bench *b) {
    char name[PRS_NAME_SIZE];
    prs_view view;
    prs_name_of_segment(name, PRS_NAME_DOC, &id);
    prism_status status = b->w.disk->vt->view_open(b->w.disk, name, &view, NULL);
    if (status == PRISM_OK) b->w.disk->vt->view_close(b->w.disk, &view);
    return status == PRISM_OK;
}

/* ---- model ----------------------------------------------------------------------------------- */

enum { KEYS = 3000, OPS = 9000 };

typedef struct model {
    uint32_t n;
    uint32_t newest[KEYS]; /* document of each key, UINT32_MAX = none alive */
    uint32_t last[KEYS];   /* its last document, alive or not */
    bool replace[OPS], dead[OPS];
} model;

static void check_model(const prs_pending *p, const model *m) {
    uint32_t n_dead = 0, n_replace = 0;
    ck_assert_uint_eq(prs_pending_count(p), m->n);
    for (uint32_t d = 0; d < m->n; d++) {
        TEST_NEED(prs_pending_has(&p->deleted, d) == m->dead[d]);
        TEST_NEED(prs_pending_has(&p->replace, d) == m->replace[d]);
        n_dead += m->dead[d];
        n_replace += m->replace[d];
    }
    ck_assert_uint_eq(p->n_deleted, n_dead);
    ck_assert_uint_eq(p->n_replace, n_replace);
}

/* Of the documents of a key the last one alone asks for older versions, for all of them. */
static void ask(model *m, uint32_t key, bool replace) {
    uint32_t before = m->last[key];
    m->replace[m->n] = replace || (before != UINT32_MAX && m->replace[before]);
    if (before != UINT32_MAX) m->replace[before] = false;
    m->last[key] = m->n;
}

static void kill_newest(model *m, uint32_t key) {
    if (m->newest[key] != UINT32_MAX) m->dead[m->newest[key]] = true;
    m->newest[key] = UINT32_MAX;
}

START_TEST(a_model_of_keys_agrees) {
    static model m;
    bench b;
    test_rng rng = test_rng_of("pending-model");
    begin(&b, world_schema);
    for (int round = 0; round < 3; round++) { /* nothing is left of the round before */
        uint64_t keys = round == 0 ? 3 : round == 1 ? KEYS : 200;
        memset(&m, 0, sizeof m);
        memset(m.newest, 0xff, sizeof m.newest);
        memset(m.last, 0xff, sizeof m.last);
        ck_assert_int_eq(prs_pending_open(&b.pending, &id, NULL), PRISM_OK);
        ck_assert_int_eq(prs_pending_open(&b.pending, &id, NULL), PRISM_OK); /* is open */
        for (uint32_t op = 0; op < OPS; op++) {
            char json[64];
            uint32_t key = (uint32_t)test_rng_below(&rng, keys);
            if (test_rng_one_in(&rng, 4)) {
                int len = snprintf(json, sizeof json, "k%u", key);
                TEST_NEED(prs_pending_delete(&b.pending, prs_bytes_of(json, (size_t)len)) ==
                          (m.newest[key] != UINT32_MAX));
                kill_newest(&m, key);
                continue;
            }
            bool replace = !test_rng_one_in(&rng, 3);
            snprintf(json, sizeof json, "{\"id\":\"k%u\"}", key);
            add(&b, json, replace);
            kill_newest(&m, key);
            m.newest[key] = m.n;
            ask(&m, key, replace);
            m.n++;
            if (op % 999 == 0 || m.n == 63 || m.n == 64 || m.n == 65) check_model(&b.pending, &m);
        }
        check_model(&b.pending, &m);
        ck_assert_uint_ge(b.pending.n_slots, 2 * PRS_MIN(keys, m.n)); /* at most half full */
        prs_pending_clear(&b.pending, SIZE_MAX);
        ck_assert(!file_exists(&b) && prs_pending_count(&b.pending) == 0);
        ck_assert(!prs_pending_delete(&b.pending, prs_bytes_of("k0", 2)));
        ck_assert_uint_eq(b.pending.n_deleted + b.pending.n_replace, 0);
    }
    end(&b);
}
END_TEST

static prism_status add_with_key(bench *b, const uint8_t *key, uint32_t len, prism_error *err) {
    world_read(b->reader, &b->doc, "{\"id\":\"a\",\"body\":\"x\"}");
    b->doc.key = key;
    b->doc.key_len = len;
    return prs_pending_add(&b->pending, &b->doc, true, err);
}

static uint32_t longest_run(const prs_pending *p) {
    uint32_t longest = 0, run = 0;
    for (uint32_t i = 0; i < 2 * p->n_slots; i++) { /* around the end, too */
        run = p->slots[i % p->n_slots].doc == UINT32_MAX ? 0 : run + 1;
        longest = PRS_MAX(longest, run);
    }
    return longest;
}

/* Keys whose hashes end, or begin, in the same 12 bits: in places by those they would be one
 * run. */
START_TEST(chosen_keys_do_not_meet_in_the_table) {
    for (uint32_t top = 0; top < 2; top++) {
        bench b;
        uint64_t tried = 0;
        begin(&b, world_schema);
        ck_assert_int_eq(prs_pending_open(&b.pending, &id, NULL), PRISM_OK);
        while (prs_pending_count(&b.pending) < 2000) {
            char key[24];
            uint32_t len =
                (uint32_t)snprintf(key, sizeof key, "k%llu", (unsigned long long)tried++);
            uint64_t hash = prs_keys_hash(prs_bytes_of(key, len));
            if ((top ? hash >> 52 : hash & 0xfff) != 0) continue;
            ck_assert_int_eq(add_with_key(&b, (const uint8_t *)key, len, NULL), PRISM_OK);
        }
        ck_assert_uint_eq(b.pending.n_slots, 4096);
        ck_assert_uint_lt(longest_run(&b.pending), 500);
        end(&b);
    }
}
END_TEST

/* Two pendings put the same keys at other places. */
START_TEST(places_cannot_be_foreseen) {
    bench a, b;
    begin(&a, world_schema);
    begin(&b, world_schema);
    ck_assert(a.pending.secret % 2 == 1 && b.pending.secret % 2 == 1);
    ck_assert_uint_ne(a.pending.secret, b.pending.secret);
    end(&b);
    end(&a);
}
END_TEST

/* XXH3 of 32 bytes multiplies (first 8 ^ constant) by (next 8 ^ constant): where the first factor
 * is 0 the next 8 bytes may be anything. */
static void collide(uint8_t key[32], uint64_t i) {
    static const uint8_t zero[8] = {0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe};
    memset(key, 'x', 32);
    memcpy(key, zero, sizeof zero);
    memcpy(key + 8, &i, sizeof i);
}

START_TEST(keys_made_to_collide_are_refused) {
    bench b;
    uint8_t key[32];
    prism_error err = PRISM_ERROR_INIT;
    begin(&b, world_schema);
    ck_assert_int_eq(prs_pending_open(&b.pending, &id, NULL), PRISM_OK);
    collide(key, 0);
    uint64_t hash = prs_keys_hash(prs_bytes_of(key, 32));
    for (uint64_t i = 0; i <= PRS_MAX_SAME_HASH - 1; i++) {
        collide(key, i);
        ck_assert_uint_eq(prs_keys_hash(prs_bytes_of(key, 32)), hash);
        ck_assert_int_eq(add_with_key(&b, key, 32, &err), PRISM_OK);
    }
    collide(key, PRS_MAX_SAME_HASH);
    ck_assert_int_eq(add_with_key(&b, key, 32, &err), PRISM_ELIMIT);
    ck_assert_ptr_nonnull(strstr(err.text, "keys made to collide"));
    ck_assert_uint_eq(prs_pending_count(&b.pending), PRS_MAX_SAME_HASH); /* not taken */
    ck_assert(!prs_pending_delete(&b.pending, prs_bytes_of(key, 32)));
    collide(key, PRS_MAX_SAME_HASH - 1); /* one of those that are there is as good as ever, */
    ck_assert_int_eq(add_with_key(&b, key, 32, &err), PRISM_OK);
    ck_assert_uint_eq(b.pending.n_deleted, 1);
    ck_assert(prs_pending_delete(&b.pending, prs_bytes_of(key, 32)));
    add(&b, "{\"id\":\"other\"}", true); /* and one of another hash */
    end(&b);
}
END_TEST

START_TEST(without_keys_every_document_is_its_own) {
    bench b;
    begin(&b, no_key);
    ck_assert_int_eq(prs_pending_open(&b.pending, &id, NULL), PRISM_OK);
    for (int i = 0; i < 100; i++) add(&b, "{\"body\":\"the same\"}", true);
    ck_assert_uint_eq(prs_pending_count(&b.pending), 100);
    ck_assert_uint_eq(b.pending.n_deleted + b.pending.n_replace + b.pending.n_slots, 0);
    ck_assert(!prs_pending_delete(&b.pending, prs_bytes_of("the same", 8)));
    ck_assert_uint_gt(prs_pending_bytes(&b.pending), 0);
    end(&b);
}
END_TEST

START_TEST(held_bytes_are_counted) {
    bench b;
    begin(&b, world_schema);
    size_t empty = prs_pending_bytes(&b.pending);
    ck_assert_int_eq(prs_pending_open(&b.pending, &id, NULL), PRISM_OK);
    for (uint32_t i = 0; i < 5000; i++) {
        char json[64];
        snprintf(json, sizeof json, "{\"id\":\"%u\",\"body\":\"one two three four\"}", i);
        add(&b, json, true);
    }
    ck_assert_uint_ge(b.pending.n_slots, 2 * 5000); /* a key table at most half full */
    size_t full = prs_pending_bytes(&b.pending);
    ck_assert_uint_ge(full - empty, 5000 * (4 * 5 + 20)); /* terms, and what a key costs */
    prs_pending_clear(&b.pending, SIZE_MAX);
    ck_assert_uint_lt(prs_pending_bytes(&b.pending), full / 2);
    end(&b);
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

START_TEST(a_file_that_does_not_open_leaves_nothing_open) {
    for (uint64_t at = 1; at <= 2; at++) {
        bench b;
        begin(&b, world_schema);
        b.w.fault->calls = FAULT_CREATE;
        b.w.fault->n_calls = 0;
        b.w.fault->fail_at = at;
        prism_status status = prs_pending_open(&b.pending, &id, NULL);
        ck_assert_int_eq(status, at == 1 ? PRISM_EIO : PRISM_OK);
        ck_assert_int_eq(b.pending.is_open, status == PRISM_OK);
        b.w.fault->fail_at = 0;
        ck_assert_int_eq(prs_pending_open(&b.pending, &id, NULL), PRISM_OK);
        add(&b, "{\"id\":\"a\"}", true);
        end(&b);
    }
    for (size_t more = 1;; more++) {
        bench b;
        begin(&b, world_schema);
        b.w.alloc.fail_at = atomic_load(&b.w.alloc.calls) + more;
        prism_status status = prs_pending_open(&b.pending, &id, NULL);
        ck_assert_int_eq(b.pending.is_open, status == PRISM_OK);
        if (status != PRISM_OK) {
            ck_assert_int_eq(status, PRISM_ENOMEM);
            ck_assert(!file_exists(&b));
        }
        end(&b);
        if (status == PRISM_OK) break;
    }
}
END_TEST

/* Out of memory: the document is not there, what was there is; the same put works afterwards. */
START_TEST(a_document_is_taken_whole_or_not_at_all) {
    uint32_t n_refused = 0;
    for (size_t more = 1;; more++) {
        bench b;
        prism_error err = PRISM_ERROR_INIT;
        begin(&b, world_schema);
        ck_assert_int_eq(prs_pending_open(&b.pending, &id, NULL), PRISM_OK);
        for (uint32_t i = 0; i < 64; i++) { /* the next one needs a word of bits */
            char json[64];
            snprintf(json, sizeof json, "{\"id\":\"k%u\",\"body\":\"w%u\"}", i % 50, i);
            add(&b, json, true);
        }
        ck_assert_uint_eq(b.pending.n_deleted, 14);
        world_read(b.reader, &b.doc,
                   "{\"id\":\"k7\",\"title\":\"new words\",\"tags\":[\"x\",\"y\"],\"n\":3}");
        b.w.alloc.fail_at = atomic_load(&b.w.alloc.calls) + more;
        prism_status status = prs_pending_add(&b.pending, &b.doc, true, &err);
        bool refused = atomic_load(&b.w.alloc.calls) >= b.w.alloc.fail_at;
        b.w.alloc.fail_at = 0;
        if (status != PRISM_OK) {
            n_refused++;
            ck_assert_int_eq(status, PRISM_ENOMEM);
            ck_assert(refused);
            ck_assert_uint_eq(prs_pending_count(&b.pending), 64);
            ck_assert_uint_eq(b.pending.n_deleted, 14);
            ck_assert(!prs_pending_has(&b.pending.deleted, 57)); /* k7 is alive */
            ck_assert_int_eq(prs_pending_add(&b.pending, &b.doc, true, NULL), PRISM_OK);
        }
        ck_assert_uint_eq(prs_pending_count(&b.pending), 65);
        ck_assert_uint_eq(b.pending.n_deleted, 15);
        ck_assert(prs_pending_has(&b.pending.deleted, 57));
        /* and all can be written */
        prs_manifest_segment files;
        ck_assert_int_eq(prs_flush(&b.pending, 0, 1 << 20, &files, NULL, NULL), PRISM_OK);
        ck_assert(files.n_docs == 65 && files.n_deleted == 15);
        end(&b);
        if (!refused) break;
    }
    ck_assert_uint_gt(n_refused, 3);
}
END_TEST

static int text_of(char *json, size_t size, int i, size_t len) {
    test_rng rng = test_rng_of("pending-text");
    rng.s[0] += (uint64_t)i;
    int at = snprintf(json, size, "{\"id\":\"k%d\",\"body\":\"", i);
    while ((size_t)at < len)
        at += snprintf(json + at, size - (size_t)at, "%llx ",
                       (unsigned long long)test_rng_next(&rng));
    return at + snprintf(json + at, size - (size_t)at, "\"}");
}

/* The stored document i of the flushed segment. */
static void expect_text(const prs_segment *segment, prs_docstore_cursor *cursor, int i,
                        size_t len) {
    static char want[200100];
    prs_bytes json;
    int n = text_of(want, sizeof want, i, len);
    ck_assert_int_eq(prs_docstore_get(&segment->docs, cursor, (uint32_t)i, &json, NULL), PRISM_OK);
    TEST_NEED(json.len == (size_t)n && memcmp(json.ptr, want, json.len) == 0);
}

static void flush_and_expect(bench *b, int n, const size_t *lens) {
    prs_manifest_segment files;
    prs_segment *segment;
    prs_docstore_cursor cursor;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_flush(&b->pending, 0, 1 << 20, &files, NULL, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    ck_assert_int_eq(prs_segment_open(b->w.index.core, b->w.index.core->recipe, &files, &segment,
                                      NULL),
                     PRISM_OK);
    prs_docstore_cursor_init(&cursor, &b->w.index.core->mem);
    for (int i = 0; i < n; i++) expect_text(segment, &cursor, i, lens[i % 4]);
    prs_docstore_cursor_fini(&cursor);
    prs_segment_unref(segment);
}

/* Each write of the `.doc` file fails in turn, and the documents go on in another: those that were
 * taken are all there, those that were refused can be put again. */
static void fail_write(uint64_t at, const size_t *lens, bool *met) {
    enum { DOCS = 40 };
    static char json[200100];
    bench b;
    uint32_t n_refused = 0, n_ids = 0;
    begin(&b, world_schema);
    ck_assert_int_eq(prs_pending_open(&b.pending, &id, NULL), PRISM_OK);
    b.w.fault->calls = FAULT_WRITE;
    b.w.fault->n_calls = 0;
    b.w.fault->fail_at = at;
    b.w.fault->status = PRISM_ENOSPC;
    for (int i = 0; i < DOCS;) {
        (void)text_of(json, sizeof json, i, lens[i % 4]);
        prism_error err = PRISM_ERROR_INIT;
        prism_status status = try_add(&b, json, true, &err);
        if (status == PRISM_OK) {
            i++;
            continue;
        }
        n_refused++;
        ck_assert_int_eq(status, PRISM_ENOSPC);
        ck_assert_int_eq(err.code, PRISM_ENOSPC);
        ck_assert(prs_pending_is_stuck(&b.pending));
        ck_assert_int_eq(prs_pending_count(&b.pending), i);
        prs_id next = {{9, (uint8_t)++n_ids}};
        ck_assert_int_eq(prs_pending_move(&b.pending, &next, NULL), PRISM_OK);
        ck_assert(!prs_pending_is_stuck(&b.pending));
        ck_assert(!file_exists(&b)); /* the first is gone */
    }
    *met = b.w.fault->n_failed > 0;
    b.w.fault->fail_at = 0;
    if (prs_pending_is_stuck(&b.pending)) {
        prs_id next = {{8}};
        ck_assert_int_eq(prs_pending_move(&b.pending, &next, NULL), PRISM_OK);
        n_refused++;
    }
    ck_assert_uint_eq(n_refused, *met);
    flush_and_expect(&b, DOCS, lens);
    end(&b);
}

static void fail_each_write(const size_t lens[4]) {
    bool met = true;
    uint64_t at = 1;
    for (; met; at++) fail_write(at, lens, &met);
    ck_assert_uint_gt(at, 3);
}

START_TEST(a_failed_file_is_left_for_a_copy) {
    fail_each_write((const size_t[]){9000, 9000, 9000, 9000}); /* frames of many documents */
}
END_TEST

START_TEST(a_failed_file_of_single_documents_is_left_too) {
    fail_each_write((const size_t[]){50000, 60000, 70000, 40});
}
END_TEST

START_TEST(a_failed_file_of_frames_larger_than_a_region_is_left_too) {
    fail_each_write((const size_t[]){190000, 30, 66000, 131000});
}
END_TEST

/* After a failed sync the system may show other bytes than were written: they are not believed. */
START_TEST(what_cannot_be_read_back_is_lost) {
    static char json[200100];
    bench b;
    prism_error err = PRISM_ERROR_INIT;
    prs_manifest_segment files;
    prs_id next = {{7}};
    begin(&b, world_schema);
    ck_assert_int_eq(prs_pending_open(&b.pending, &id, NULL), PRISM_OK);
    for (int i = 0; i < 10; i++) {
        (void)text_of(json, sizeof json, i, 30000);
        add(&b, json, true);
    }
    b.w.fault->calls = FAULT_SYNC;
    b.w.fault->n_calls = 0;
    b.w.fault->fail_at = 1;
    ck_assert_int_eq(prs_flush(&b.pending, 0, 1 << 20, &files, NULL, NULL), PRISM_EIO);
    char name[PRS_NAME_SIZE];
    prs_view view; /* in memory the view is the file itself */
    uint8_t *bytes;
    prs_name_of_segment(name, PRS_NAME_DOC, &id);
    ck_assert_int_eq(b.w.disk->vt->view_open(b.w.disk, name, &view, NULL), PRISM_OK);
    memcpy(&bytes, &view.ptr, sizeof bytes);
    bytes[70000] ^= 1;
    ck_assert_int_eq(prs_pending_move(&b.pending, &next, &err), PRISM_ECORRUPT);
    ck_assert_str_eq(err.file, name);
    ck_assert_uint_eq(err.offset, 65536);
    bytes[70000] ^= 1;
    b.w.disk->vt->view_close(b.w.disk, &view);
    ck_assert_int_eq(prs_pending_move(&b.pending, &next, &err), PRISM_OK);
    static const size_t lens[4] = {30000, 30000, 30000, 30000};
    flush_and_expect(&b, 10, lens);
    end(&b);
}
END_TEST

/* One analyzes its documents itself, the other has workers for batches of a few: both say the same
 * of their budget behind every document, for segments end by it. */
START_TEST(a_segment_is_as_full_with_workers_as_without) {
    static bench alone, helped;
    prs_pool *pool;
    prs_mem mem;
    test_rng rng = test_rng_of("pending-tally");
    prs_mem_init(&mem, NULL);
    begin(&alone, world_schema);
    begin(&helped, world_schema);
    ck_assert_int_eq(prs_pool_new(&mem, 2, &pool, NULL), PRISM_OK);
    size_t memory = (size_t)64 << 20;
    ck_assert_int_eq(prs_pending_employ(&alone.pending, memory, 300, NULL, NULL), PRISM_OK);
    ck_assert_int_eq(prs_pending_employ(&helped.pending, memory, 300, pool, NULL), PRISM_OK);
    ck_assert_int_eq(prs_pending_open(&alone.pending, &id, NULL), PRISM_OK);
    ck_assert_int_eq(prs_pending_open(&helped.pending, &id, NULL), PRISM_OK);
    uint64_t weight = 0;
    for (uint32_t d = 0; d < 600; d++) {
        char json[300];
        int n = snprintf(json, sizeof json, "{\"id\":\"k%u\",\"body\":\"", d);
        for (uint64_t w = test_rng_below(&rng, 30); w > 0; w--)
            n += snprintf(json + n, sizeof json - (size_t)n, "w%u ", (unsigned)(d * 7 + w) % 5000);
        snprintf(json + n, sizeof json - (size_t)n, "\"}");
        ck_assert_int_eq(prs_pending_advance(&alone.pending, NULL), PRISM_OK);
        ck_assert_int_eq(prs_pending_advance(&helped.pending, NULL), PRISM_OK);
        add(&alone, json, true);
        add(&helped, json, true);
        TEST_NEED(prs_pending_lexicon_weight(&alone.pending) ==
                  prs_pending_lexicon_weight(&helped.pending));
        TEST_NEED(prs_tally_stream_bytes(&alone.pending.tally) ==
                  prs_tally_stream_bytes(&helped.pending.tally));
        if (d == 300) weight = alone.pending.tally.known.lexicon_weight;
    }
    ck_assert_uint_gt(weight, 0); /* known, not estimated */
    ck_assert_uint_gt(alone.pending.tally.known.lexicon_weight, weight);
    ck_assert_int_eq(prs_pending_settle(&helped.pending, NULL), PRISM_OK);
    end(&helped);
    prs_pool_free(pool);
    end(&alone);
}
END_TEST

TEST_SUITE(pending, a_segment_is_as_full_with_workers_as_without, a_model_of_keys_agrees,
           chosen_keys_do_not_meet_in_the_table, places_cannot_be_foreseen,
           keys_made_to_collide_are_refused, without_keys_every_document_is_its_own,
           held_bytes_are_counted, a_file_that_does_not_open_leaves_nothing_open,
           a_document_is_taken_whole_or_not_at_all, a_failed_file_is_left_for_a_copy,
           a_failed_file_of_single_documents_is_left_too,
           a_failed_file_of_frames_larger_than_a_region_is_left_too,
           what_cannot_be_read_back_is_lost)
