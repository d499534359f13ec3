/* test_check_lists.c - does check see every change of a dictionary and its lists that changes
 * what they mean, and every bound that promises too much, although each byte for itself may be
 * sound? */
#include "harness/world.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct bench {
    world w;
    prism_snapshot *snap;
    prs_segment *segment;
    prs_check check;
    uint32_t n_told;
    char last[256];
    uint32_t seen[16]; /* findings by sentence */
} bench;

enum { BODY = 2, TAGS = 3 };
enum { NO_KIND = 6, NO_LENGTH = 7 }; /* sentences */

static const char *const sentences[] = {
    "a block's impacts do not cover a posting",
    "a group's impacts do not cover a posting",
    "the list's impacts do not cover a posting",
    "a dominance point promises more documents than there are",
    "its counts are not those of its list",
    "positions where there must be none",
    "no such kind of term",
    "has the term has length 0",
    "its statistics are not those of its terms",
    "is unsound",
    "are unsound",
};

static void take(void *ctx, const prism_error *finding) {
    bench *b = ctx;
    b->n_told++;
    snprintf(b->last, sizeof b->last, "%s", finding->text);
    for (size_t i = 0; i < PRS_COUNT(sentences); i++)
        b->seen[i] += strstr(finding->text, sentences[i]) != NULL;
}

/* 300 documents: one word in all of them (groups), one in few (a block), rare ones (inline). */
static void begin_with(bench *b, uint64_t stop_tokens) {
    static char json[4000];
    memset(b, 0, sizeof *b);
    world_make(&b->w, world_schema);
    world_close(&b->w);
    b->w.options.stop_tokens = stop_tokens;
    world_open(&b->w, true);
    for (uint32_t i = 0; i < 300; i++) {
        int at =
            snprintf(json, sizeof json, "{\"id\":\"k%u\",\"tags\":[\"t%u\"],\"body\":\"", i, i % 3);
        for (uint32_t k = 0; k <= i * 7 % 11; k++) at += snprintf(json + at, 20, "common ");
        for (uint32_t k = 0; k < i * 13 % 60; k++) at += snprintf(json + at, 20, "f%u ", k % 2);
        snprintf(json + at, 60, "%s r%u%s\"}", i % 10 == 0 ? "some" : "", i / 4,
                 i % 9 ? "" : " 数据");
        world_put(&b->w, "%s", json);
    }
    world_commit(&b->w);
    world_close(&b->w);
    world_open(&b->w, false);
    b->w.index.core->checksums = PRS_CHECKSUM_OFF; /* damage comes after the checksums were made */
    b->snap = world_snapshot(&b->w);
    b->segment = b->snap->leaves[0].segment;
    b->check =
        (prs_check){.core = b->w.index.core, .level = PRISM_CHECK_DEEP, .each = take, .ctx = b};
}

static void begin(bench *b) {
    begin_with(b, 0);
}

static void end(bench *b) {
    prs_snapshot_unref(b->snap);
    world_end(&b->w);
}

static bool is_told(bench *b, uint32_t field) {
    b->n_told = 0;
    b->check.n_here = 0;
    b->last[0] = '\0';
    ck_assert_int_eq(prs_check_lists(&b->check, b->segment, field, NULL), PRISM_OK);
    return b->n_told > 0;
}

/* ---- meaning --------------------------------------------------------------------------------- */

static prism_status hash_list(const prs_segment_field *f, const prs_term_info *info, prs_buf *all) {
    prs_postings p;
    PRS_TRY(prs_postings_open(&p, &f->source, info, NULL));
    while (p.last_doc != PRS_DOC_END) {
        PRS_TRY(prs_postings_load(&p, NULL));
        PRS_TRY(prs_postings_freqs(&p, NULL));
        for (uint32_t i = 0; i < p.n; i++) {
            prs_buf_put32(all, p.docs[i]);
            prs_buf_put32(all, p.freqs[i]);
            if (!info->has_positions) continue;
            uint32_t *out = malloc(p.freqs[i] * sizeof *out);
            prism_status status = prs_postings_positions(&p, i, out, NULL);
            if (status == PRISM_OK) prs_buf_put(all, out, p.freqs[i] * sizeof *out);
            free(out);
            PRS_TRY(status);
        }
        PRS_TRY(prs_postings_next_block(&p, NULL));
    }
    return PRISM_OK;
}

/* All terms with all that their lists say; 0 if something cannot be read. */
static uint64_t meaning(const prs_segment_field *f) {
    static prs_terms_cursor cursor;
    prs_mem mem;
    prs_buf all;
    bool more = true;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&all, &mem);
    prism_status status = prs_terms_cursor_seek(&cursor, &f->terms, prs_bytes_of(NULL, 0), NULL);
    while (status == PRISM_OK) {
        status = prs_terms_cursor_next(&cursor, &more, NULL);
        if (status != PRISM_OK || !more) break;
        prs_buf_put(&all, cursor.key, cursor.key_len);
        prs_buf_put64(&all, cursor.info.df);
        prs_buf_put64(&all, cursor.info.cf);
        status = hash_list(f, &cursor.info, &all);
    }
    uint64_t hash = status == PRISM_OK ? prs_hash64(all.ptr, all.len, 0) : 0;
    prs_buf_fini(&all);
    return hash;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static uint8_t *bytes_of(const prs_section *section) {
    uint8_t *bytes;
    memcpy(&bytes, &section->ptr, sizeof bytes);
    return bytes;
}

/* What lists cannot know of themselves, the documents do: a position that became another one. */
static bool is_told_by_documents(bench *b) {
    b->n_told = 0;
    b->check.n_here = 0;
    ck_assert_int_eq(prs_check_deep(&b->check, b->segment, NULL), PRISM_OK);
    return b->n_told > 0;
}

/* Whatever bit is flipped: check tells, or every list still says the same. */
static void flip_all(bench *b, uint32_t field, uint32_t step, uint32_t *n_told, uint32_t *n_flips) {
    const prs_segment_field *f = &b->segment->fields[field];
    uint8_t *bytes = bytes_of(&f->terms.lists);
    uint64_t truth = meaning(f);
    ck_assert(!is_told(b, field) && truth != 0);
    for (uint64_t i = 0; i < 8 * f->terms.lists.len; i += step) {
        bytes[i / 8] ^= (uint8_t)(1u << i % 8);
        bool told = is_told(b, field);
        if (!told && meaning(f) != truth && !is_told_by_documents(b))
            ck_abort_msg("bit %llu of byte %llu", (unsigned long long)i % 8,
                         (unsigned long long)i / 8);
        *n_told += told;
        *n_flips += 1;
        bytes[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    ck_assert(!is_told(b, field) && meaning(f) == truth);
}

START_TEST(no_change_of_meaning_passes) {
    bench b;
    uint32_t n_told = 0, n_flips = 0;
    begin(&b);
    flip_all(&b, BODY, 13, &n_told, &n_flips);
    flip_all(&b, TAGS, 5, &n_told, &n_flips);
    ck_assert_uint_gt(n_flips, 1000);
    ck_assert_uint_gt(n_told, n_flips / 2);
    for (size_t i = 0; i < PRS_COUNT(sentences); i++) { /* the flips came by all of them */
        if (i == 7 || i == 6) continue;                 /* the next test */
        ck_assert_msg(b.seen[i] > 0, "nobody said: %s", sentences[i]);
    }
    end(&b);
}
END_TEST

START_TEST(what_the_rest_of_the_segment_says_counts) {
    bench b;
    begin(&b);
    prs_segment_field *body = &b.segment->fields[BODY];
    uint8_t *lengths;
    memcpy(&lengths, &body->lengths.array, sizeof lengths);
    uint16_t keep = prs_load16(lengths + 2 * 77);
    prs_store16(lengths + 2 * 77, 0);
    ck_assert(is_told(&b, BODY));
    ck_assert_uint_gt(b.seen[NO_LENGTH], 0);
    prs_store16(lengths + 2 * 77, keep);
    ck_assert(!is_told(&b, BODY));

    body->n_terms++;
    ck_assert(is_told(&b, BODY));
    body->n_terms--;
    body->sum_cf++;
    ck_assert(is_told(&b, BODY));
    body->sum_cf--;

    prs_field *schema_field = &b.segment->recipe->schema->fields[BODY];
    schema_field->type = PRISM_FIELD_KEYWORD; /* which has words only */
    ck_assert(is_told(&b, BODY));
    ck_assert_uint_gt(b.seen[NO_KIND], 0);
    schema_field->type = PRISM_FIELD_TEXT;

    body->has_positions = false;
    ck_assert(is_told(&b, BODY));
    body->has_positions = true;

    body->terms.lists.len += 5; /* bytes without a meaning */
    ck_assert(is_told(&b, BODY));
    ck_assert_ptr_nonnull(strstr(b.last, "5 bytes of its lists belong to no term"));
    body->terms.lists.len -= 5;
    ck_assert(!is_told(&b, BODY));
    end(&b);
}
END_TEST

START_TEST(memory_may_run_out) {
    bench b;
    uint32_t n_failed = 0;
    begin(&b);
    for (size_t more = 1;; more++) {
        b.w.alloc.fail_at = atomic_load(&b.w.alloc.calls) + more;
        prism_status status = prs_check_lists(&b.check, b.segment, BODY, NULL);
        bool refused = atomic_load(&b.w.alloc.calls) >= b.w.alloc.fail_at;
        b.w.alloc.fail_at = 0;
        ck_assert_int_eq(status, refused ? PRISM_ENOMEM : PRISM_OK);
        ck_assert_uint_eq(b.n_told, 0);
        n_failed += refused;
        if (!refused) break;
    }
    ck_assert_uint_ge(n_failed, 3);
    end(&b);
}
END_TEST

/* A set that has another word than the pairs were made of. */
START_TEST(pairs_are_of_the_set) {
    bench b;
    begin_with(&b, 1);
    prs_segment_field *body = &b.segment->fields[BODY];
    ck_assert_uint_gt(body->pair_terms.n_terms, 2);
    ck_assert(!is_told(&b, BODY));
    uint8_t *stops = bytes_of(&body->stops), *word = memmem(stops, body->stops.len, "f1", 2);
    ck_assert_ptr_nonnull(word);
    word[1] = '8';
    ck_assert(is_told(&b, BODY));
    ck_assert_ptr_nonnull(strstr(b.last, "no pair of stop words"));
    word[1] = '1';
    ck_assert(!is_told(&b, BODY));
    end(&b);
}
END_TEST

TEST_SUITE(check_lists, pairs_are_of_the_set, no_change_of_meaning_passes,
           what_the_rest_of_the_segment_says_counts, memory_may_run_out)
