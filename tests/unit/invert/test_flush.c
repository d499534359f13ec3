/* test_flush.c - does a segment hold what its documents said, word by word, and is nothing left
 * when one of its files cannot be written? */
#include "harness/world.h"

#include "invert/flush.h"
#include "index/segment_write.h"

#include <stdio.h>
#include <stdlib.h>

static const prs_id id = {{6}};

/* positions or lengths, both, neither */
static const char kinds_schema[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"both\",\"type\":\"text\",\"many\":true},"
    "{\"name\":\"lengths\",\"type\":\"text\",\"many\":true,\"positions\":false},"
    "{\"name\":\"positions\",\"type\":\"text\",\"many\":true,\"lengths\":false},"
    "{\"name\":\"neither\",\"type\":\"text\",\"many\":true,\"positions\":false,\"lengths\":false},"
    "{\"name\":\"n\",\"type\":\"i64\",\"column\":true},"
    "{\"name\":\"never\",\"type\":\"text\"}]}";
enum { BOTH = 1, LENGTHS, POSITIONS, NEITHER, N, NEVER, FIELDS };

typedef struct bench {
    world w;
    prs_pending pending;
    prs_json_reader *reader;
    prs_document doc;
} bench;

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
    world_end(&b->w);
}

static void open_pending(bench *b) {
    ck_assert_int_eq(prs_pending_open(&b->pending, &id, NULL), PRISM_OK);
}

static void add(bench *b, const char *json) {
    world_read(b->reader, &b->doc, json);
    ck_assert_int_eq(prs_pending_add(&b->pending, &b->doc, false, NULL), PRISM_OK);
}

static uint32_t count_files(bench *b) {
    prs_listing listing;
    uint32_t n = 0;
    ck_assert_int_eq(prs_listing_read(&listing, b->w.disk, NULL), PRISM_OK);
    for (size_t i = 0; i < listing.names.n; i++)
        n += listing.names.ptr[i].kind == PRS_NAME_IDX || listing.names.ptr[i].kind == PRS_NAME_DOC;
    prs_listing_fini(&listing);
    return n;
}

/* ---- truth ----------------------------------------------------------------------------------- */

enum { WORDS = 8, MOST_DOCS = 5000, MOST_TOKENS = 24 };

/* The tokens of a document: word and position.  Word w is put with a probability that falls with
 * w. */
typedef struct truth {
    uint32_t n_docs;
    uint32_t n[MOST_DOCS], span[MOST_DOCS];
    uint8_t word[MOST_DOCS][MOST_TOKENS];
    uint32_t position[MOST_DOCS][MOST_TOKENS];
    bool has_n[MOST_DOCS];
} truth;

/* One or two values, as JSON; positions of the second begin behind a gap. */
static void make_text(truth *t, uint32_t d, char *out, test_rng *rng) {
    uint32_t n_values = test_rng_one_in(rng, 4) ? 2 : 1;
    t->n[d] = t->span[d] = 0;
    *out++ = '[';
    for (uint32_t v = 0; v < n_values; v++) {
        uint32_t n = test_rng_one_in(rng, 6) ? 0 : (uint32_t)test_rng_below(rng, MOST_TOKENS / 2);
        uint32_t from = t->span[d] == 0 || n == 0 ? t->span[d] : t->span[d] + PRS_VALUE_GAP;
        out += sprintf(out, "%s\"", v == 0 ? "" : ",");
        for (uint32_t i = 0; i < n; i++) {
            uint64_t word = test_rng_below(rng, 1 + test_rng_below(rng, WORDS));
            t->word[d][t->n[d]] = (uint8_t)word;
            t->position[d][t->n[d]++] = from + i;
            out += sprintf(out, "w%ux ", (unsigned)word);
        }
        t->span[d] = from + n;
        out += sprintf(out, "\"");
    }
    strcpy(out, "]");
}

static void make_truth(bench *b, truth *t, uint32_t n_docs, test_rng *rng) {
    char text[800], json[4000];
    t->n_docs = n_docs;
    for (uint32_t d = 0; d < n_docs; d++) {
        make_text(t, d, text, rng);
        t->has_n[d] = test_rng_one_in(rng, 3);
        snprintf(json, sizeof json,
                 "{\"id\":\"%u\",\"both\":%s,\"lengths\":%s,\"positions\":%s,\"neither\":%s%s}", d,
                 text, text, text, text, t->has_n[d] ? ",\"n\":7" : "");
        add(b, json);
    }
}

/* ---- judging --------------------------------------------------------------------------------- */

/* The list of a word against the truth. */
static void check_word(const prs_segment_field *field, const truth *t, uint32_t word) {
    char key[8];
    prs_term_info info;
    prs_postings p;
    bool found;
    int len = snprintf(key, sizeof key, "%cw%ux", 1, word);
    ck_assert_int_eq(prs_terms_find(&field->terms, prs_bytes_of(key, (size_t)len), &info, &found,
                                    NULL),
                     PRISM_OK);
    uint32_t df = 0;
    uint64_t cf = 0;
    if (found) ck_assert_int_eq(prs_postings_open(&p, &field->source, &info, NULL), PRISM_OK);
    for (uint32_t d = 0; d < t->n_docs; d++) {
        uint32_t positions[MOST_TOKENS], read[MOST_TOKENS], freq = 0, doc;
        for (uint32_t i = 0; i < t->n[d]; i++)
            if (t->word[d][i] == word) positions[freq++] = t->position[d][i];
        if (freq == 0) continue;
        df++;
        cf += freq;
        ck_assert(found);
        ck_assert_int_eq(prs_postings_seek(&p, d, &doc, NULL), PRISM_OK);
        ck_assert_uint_eq(doc, d);
        ck_assert_int_eq(prs_postings_freqs(&p, NULL), PRISM_OK);
        ck_assert_uint_eq(p.freqs[p.i], freq);
        if (!field->has_positions) continue;
        ck_assert_int_eq(prs_postings_positions(&p, p.i, read, NULL), PRISM_OK);
        ck_assert_mem_eq(read, positions, freq * sizeof *read);
    }
    ck_assert_int_eq(found, df > 0);
    if (!found) return;
    ck_assert_uint_eq(info.df, df);
    ck_assert_uint_eq(info.cf, cf);
    ck_assert_int_eq(info.has_positions, field->has_positions);
}

static void check_field(const prs_segment_field *field, const truth *t, bool lengths,
                        bool positions) {
    uint64_t sum = 0;
    uint32_t with = 0, most = 0;
    ck_assert(field->has_lengths == lengths && field->has_positions == positions);
    for (uint32_t d = 0; d < t->n_docs; d++) {
        sum += t->n[d];
        with += t->n[d] > 0;
        most = PRS_MAX(most, t->n[d]);
        if (lengths) ck_assert_uint_eq(prs_lengths_get(&field->lengths, d), t->n[d]);
        if (positions) ck_assert_uint_eq(prs_lengths_get(&field->spans, d), t->span[d]);
    }
    ck_assert_uint_eq(field->n_docs_with, with);
    ck_assert_uint_eq(field->sum_length, lengths ? sum : 0);
    ck_assert_uint_eq(field->max_length, lengths ? most : 0);
    for (uint32_t word = 0; word < WORDS; word++) check_word(field, t, word);
}

static void check_segment(bench *b, const prs_manifest_segment *files, const truth *t) {
    prs_segment *segment;
    prism_error err = PRISM_ERROR_INIT;
    prs_core *core = b->w.index.core;
    prism_status status = prs_segment_open(core, core->recipe, files, &segment, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    ck_assert_uint_eq(segment->n_docs, t->n_docs);
    check_field(&segment->fields[BOTH], t, true, true);
    check_field(&segment->fields[LENGTHS], t, true, false);
    check_field(&segment->fields[POSITIONS], t, false, true);
    check_field(&segment->fields[NEITHER], t, false, false);
    ck_assert_uint_eq(segment->fields[NEVER].n_docs_with + segment->fields[NEVER].n_terms, 0);
    const prs_segment_field *n = &segment->fields[N];
    uint32_t with = 0;
    if (n->has_column) ck_assert_int_eq(prs_column_touch(&n->column, NULL), PRISM_OK);
    for (uint32_t d = 0; d < t->n_docs; d++) {
        prs_bytes key;
        char want[16];
        with += t->has_n[d];
        ck_assert_int_eq(n->has_column && prs_column_has(&n->column, d), t->has_n[d]);
        ck_assert_int_eq(prs_keys_get(&segment->keys, d, &key, NULL), PRISM_OK);
        snprintf(want, sizeof want, "%u", d);
        ck_assert(prs_bytes_equal(key, prs_bytes_of(want, strlen(want))));
        ck_assert_uint_eq(prs_segment_arrival(segment, d), files->arrival_base + d);
    }
    ck_assert_uint_eq(n->n_docs_with, with);
    prs_segment_unref(segment);
}

START_TEST(a_segment_holds_what_its_documents_said) {
    static const uint32_t sizes[] = {1, 2, 63, 64, 65, 127, 128, 129, 257, MOST_DOCS};
    static truth t; /* large */
    bench b;
    test_rng rng = test_rng_of("flush-truth");
    begin(&b, kinds_schema);
    for (size_t s = 0; s < PRS_COUNT(sizes); s++) { /* scratch: in one pass, or in many */
        prs_manifest_segment files;
        prism_error err = PRISM_ERROR_INIT;
        open_pending(&b);
        make_truth(&b, &t, sizes[s], &rng);
        prism_status status = prs_flush(&b.pending, 1000 * s, s % 2 == 0 ? (size_t)16 << 20 : 4096,
                                        &files, NULL, &err);
        ck_assert_msg(status == PRISM_OK, "%s", err.text);
        ck_assert(files.n_docs == sizes[s] && files.n_deleted == 0 &&
                  files.arrival_base == 1000 * s);
        ck_assert(prs_id_equal(&files.id, &id));
        check_segment(&b, &files, &t);
        ck_assert_uint_eq(count_files(&b), 2);
        prs_pending_keep_file(&b.pending, NULL);
        prs_pending_clear(&b.pending, s % 3 == 0 ? 0 : SIZE_MAX);
        ck_assert_uint_eq(count_files(&b), 2); /* they are the caller's now */
        prs_segment_unlink(b.w.disk, &id);
    }
    end(&b);
}
END_TEST

START_TEST(deleted_documents_are_counted_and_stay) {
    bench b;
    prs_manifest_segment files;
    begin(&b, world_schema);
    open_pending(&b);
    for (uint32_t i = 0; i < 70; i++) {
        char json[64];
        snprintf(json, sizeof json, "{\"id\":\"%u\",\"body\":\"x\"}", i % 60);
        add(&b, json);
    }
    ck_assert(prs_pending_delete(&b.pending, prs_bytes_of("30", 2)));
    ck_assert_int_eq(prs_flush(&b.pending, 5, 1 << 20, &files, NULL, NULL), PRISM_OK);
    ck_assert(files.n_docs == 70 && files.n_deleted == 11 && files.arrival_base == 5);
    end(&b);
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

static void add_some(bench *b) {
    char json[400];
    open_pending(b);
    for (uint32_t i = 0; i < 300; i++) {
        snprintf(json, sizeof json,
                 "{\"id\":\"%u\",\"title\":\"one two\",\"body\":[\"x%u y\",\"数据 z\"],"
                 "\"tags\":[\"a\",\"b%u\"],\"n\":%u,\"lang\":\"en\"}",
                 i, i % 9, i % 5, i);
        add(b, json);
    }
}

static const prs_id other_id = {{9, 9, 9}};

/* Does a segment hold the documents of add_some? */
static void expect_some(bench *b, const prs_manifest_segment *files) {
    prs_segment *segment;
    prs_docstore_cursor cursor;
    char want[16];
    ck_assert_uint_eq(files->n_docs, 300);
    ck_assert_int_eq(prs_segment_open(b->w.index.core, b->w.index.core->recipe, files, &segment,
                                      NULL),
                     PRISM_OK);
    prs_docstore_cursor_init(&cursor, &b->w.index.core->mem);
    for (uint32_t i = 0; i < 300; i++) {
        prs_bytes json;
        ck_assert_int_eq(prs_docstore_get(&segment->docs, &cursor, i, &json, NULL), PRISM_OK);
        int len = snprintf(want, sizeof want, "{\"id\":\"%u\"", i);
        ck_assert(memcmp(json.ptr, want, (size_t)len) == 0);
    }
    ck_assert_int_eq(prs_in_verify_all(segment->idx, NULL), PRISM_OK);
    ck_assert_int_eq(prs_in_verify_all(segment->doc, NULL), PRISM_OK);
    prs_docstore_cursor_fini(&cursor);
    prs_segment_unref(segment);
}

/* A flush that failed can be tried again under another id, and then nothing is left of the first;
 * or, `forget`, no file and no memory is left when the documents are given up. */
static void judge_failure(bench *b, prism_status status, prism_status expected, bool forget) {
    prs_manifest_segment files;
    ck_assert_int_eq(status, expected);
    bool stuck = prs_pending_is_stuck(&b->pending); /* else it failed before it touched the file */
    ck_assert(stuck || expected == PRISM_ENOMEM);
    if (forget) {
        prs_pending_clear(&b->pending, 0);
        ck_assert_uint_eq(count_files(b), 0);
        ck_assert_uint_eq(world_count(&b->w), 0);
        add_some(b);
    } else {
        if (stuck) ck_assert_int_eq(prs_pending_move(&b->pending, &other_id, NULL), PRISM_OK);
    }
    ck_assert_int_eq(prs_flush(&b->pending, 0, 1 << 20, &files, NULL, NULL), PRISM_OK);
    ck_assert(prs_id_equal(&files.id, forget || !stuck ? &id : &other_id));
    ck_assert_uint_eq(count_files(b), 2);
    expect_some(b, &files);
}

static void fail_calls_and(bool forget) {
    uint32_t n_failed = 0;
    for (uint64_t at = 1;; at++) {
        bench b;
        prism_error err = PRISM_ERROR_INIT;
        prs_manifest_segment files;
        begin(&b, world_schema);
        add_some(&b);
        b.w.fault->n_calls = 0;
        b.w.fault->fail_at = at;
        b.w.fault->status = at % 2 == 0 ? PRISM_EIO : PRISM_ENOSPC;
        prism_status status = prs_flush(&b.pending, 0, 1 << 20, &files, NULL, &err);
        bool failed = b.w.fault->n_failed > 0;
        b.w.fault->fail_at = 0;
        if (failed) {
            n_failed++;
            ck_assert_int_eq(err.code, status);
            judge_failure(&b, status, b.w.fault->status, forget);
        } else {
            ck_assert_int_eq(status, PRISM_OK);
        }
        end(&b);
        if (!failed) break;
    }
    ck_assert_uint_ge(n_failed, 6); /* write, sync, close of two files, create of one */
}

START_TEST(each_call_of_the_storage_fails) {
    fail_calls_and(false);
    fail_calls_and(true);
}
END_TEST

static void fail_allocations_and(bool forget) {
    uint32_t n_failed = 0;
    for (size_t more = 1;; more++) {
        bench b;
        prism_error err = PRISM_ERROR_INIT;
        prs_manifest_segment files;
        begin(&b, world_schema);
        add_some(&b);
        b.w.alloc.fail_at = atomic_load(&b.w.alloc.calls) + more;
        prism_status status = prs_flush(&b.pending, 0, 1 << 20, &files, NULL, &err);
        bool refused = atomic_load(&b.w.alloc.calls) >= b.w.alloc.fail_at;
        b.w.alloc.fail_at = 0;
        if (refused) {
            n_failed++;
            ck_assert_int_eq(err.code, status);
            judge_failure(&b, status, PRISM_ENOMEM, forget);
        }
        end(&b);
        if (!refused) break;
    }
    ck_assert_uint_gt(n_failed, 30);
}

START_TEST(each_allocation_fails) {
    fail_allocations_and(false);
    fail_allocations_and(true);
}
END_TEST

TEST_SUITE(flush, a_segment_holds_what_its_documents_said, deleted_documents_are_counted_and_stay,
           each_call_of_the_storage_fails, each_allocation_fails)
