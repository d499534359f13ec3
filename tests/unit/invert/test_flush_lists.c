/* test_flush_lists.c - is a field's part of a file the same to the byte whoever encodes it, in runs
 * of any size, in any number of passes, and after memory was refused? */
#include "harness/world.h"

#include "invert/flush_lists.h"

#include <stdio.h>

static const prs_id id = {{9}};

typedef struct bench {
    world w;
    prs_mem *mem;
    prs_inverter *inverter;
    prs_pool *pool;
    const prs_inverter_field *field;
    prs_lengths_builder builder;
    prs_lengths lengths; /* spans too: each document has one value */
} bench;

/* Texts of frequent words, rare ones, and some that are met once. */
static void add_documents(bench *b, uint32_t n_docs) {
    char json[800];
    prs_json_reader *reader;
    prs_document doc;
    test_rng rng = test_rng_of("flush lists");
    ck_assert_int_eq(prs_json_reader_new(b->mem, &reader, NULL), PRISM_OK);
    prs_document_init(&doc, b->w.index.core->recipe->schema, b->mem);
    for (uint32_t i = 0; i < n_docs; i++) {
        size_t n = (size_t)snprintf(json, sizeof json, "{\"id\":\"k%u\",\"body\":\"only%u", i, i);
        for (uint32_t k = (uint32_t)test_rng_below(&rng, 40); k > 0; k--)
            n += (size_t)snprintf(json + n, sizeof json - n, " w%u 中国",
                                  (unsigned)test_rng_below(&rng, 1 + test_rng_below(&rng, 500)));
        snprintf(json + n, sizeof json - n, "\"}");
        world_read(reader, &doc, json);
        ck_assert_int_eq(prs_inverter_add(b->inverter, &doc, NULL), PRISM_OK);
    }
    prs_document_fini(&doc);
    prs_json_reader_free(reader);
}

static void begin(bench *b, uint32_t n_docs) {
    memset(b, 0, sizeof *b);
    world_make(&b->w, world_schema);
    prs_recipe *recipe = b->w.index.core->recipe;
    b->mem = &b->w.index.core->mem;
    ck_assert_int_eq(prs_inverter_new(recipe, b->mem, &b->inverter, NULL), PRISM_OK);
    ck_assert_int_eq(prs_pool_new(b->mem, 2, &b->pool, NULL), PRISM_OK);
    add_documents(b, n_docs);
    b->field = &b->inverter->fields[prs_schema_field(recipe->schema, "body", 4)->no];
    prs_lengths_builder_init(&b->builder, b->mem);
    for (size_t i = 0; i < b->field->docs.n; i++)
        prs_lengths_builder_add(&b->builder, b->field->docs.ptr[i].length);
    ck_assert_int_eq(prs_lengths_builder_view(&b->builder, &b->lengths, NULL), PRISM_OK);
}

static void end(bench *b) {
    prs_lengths_builder_fini(&b->builder);
    prs_pool_free(b->pool);
    prs_inverter_free(b->inverter);
    world_end(&b->w);
}

typedef struct written {
    uint64_t len;
    prs_hash128 digest;
    prs_terms_totals totals;
} written;

/* A file of the field alone; what a refused one leaves is nothing. */
static prism_status write(bench *b, bool with_pool, size_t scratch, size_t run_places,
                          written *out) {
    prs_flush_lists how = {.mem = b->mem,
                           .n_docs = b->lengths.n_docs,
                           .pool = with_pool ? b->pool : NULL,
                           .scratch = scratch,
                           .run_places = run_places,
                           .lengths = &b->lengths};
    char name[PRS_NAME_SIZE];
    prs_out *file;
    prs_name_of_segment(name, PRS_NAME_IDX, &id);
    PRS_TRY(prs_out_open(b->w.disk, name, PRS_FILE_IDX, &id, 0, &file, NULL));
    prism_status status = prs_flush_lists_write(&how, b->field, file, &out->totals, NULL);
    if (status != PRISM_OK) {
        prs_out_abandon(file);
        return status;
    }
    PRS_TRY(prs_out_finish(file, &out->len, &out->digest, NULL));
    return b->w.disk->vt->unlink(b->w.disk, name, NULL);
}

static void check_same(const written *a, const written *b) {
    ck_assert_uint_eq(a->len, b->len);
    ck_assert_mem_eq(&a->digest, &b->digest, sizeof a->digest);
    ck_assert_mem_eq(&a->totals, &b->totals, sizeof a->totals);
}

START_TEST(the_bytes_are_the_same) {
    static const size_t scratches[] = {0, 40000, 4 << 20}, places[] = {1, 50, 3000, 1 << 20};
    bench b;
    written alone, many;
    memset(&alone, 0, sizeof alone);
    memset(&many, 0, sizeof many);
    begin(&b, 3000);
    ck_assert_int_eq(write(&b, false, 4 << 20, 0, &alone), PRISM_OK);
    ck_assert_uint_gt(alone.totals.n_terms, 3000);
    for (size_t i = 0; i < PRS_COUNT(scratches); i++) {
        ck_assert_int_eq(write(&b, false, scratches[i], 0, &many), PRISM_OK);
        check_same(&many, &alone);
        for (size_t k = 0; k < PRS_COUNT(places); k++) {
            ck_assert_int_eq(write(&b, true, scratches[i], places[k], &many), PRISM_OK);
            check_same(&many, &alone);
        }
    }
    end(&b);
}
END_TEST

/* A worker that is refused memory leaves its run to the caller; what is refused to the caller fails
 * the call, and the same call is well afterwards. */
START_TEST(memory_may_run_out) {
    bench b;
    written alone, many;
    uint32_t refused = 0, well = 0;
    memset(&alone, 0, sizeof alone);
    memset(&many, 0, sizeof many);
    begin(&b, 60);
    ck_assert_int_eq(write(&b, false, 1 << 20, 0, &alone), PRISM_OK);
    for (size_t at = 1; at < 200; at++) {
        b.w.alloc.fail_at = atomic_load(&b.w.alloc.calls) + at;
        prism_status status = write(&b, true, 1 << 20, 20, &many);
        b.w.alloc.fail_at = 0;
        if (status == PRISM_OK) {
            check_same(&many, &alone);
            well++;
            continue;
        }
        ck_assert_int_eq(status, PRISM_ENOMEM);
        refused++;
        ck_assert_int_eq(write(&b, true, 1 << 20, 20, &many), PRISM_OK);
        check_same(&many, &alone);
    }
    ck_assert_uint_gt(refused, 10);
    ck_assert_uint_gt(well, 0);
    end(&b);
}
END_TEST

TEST_SUITE(flush_lists, the_bytes_are_the_same, memory_may_run_out)
