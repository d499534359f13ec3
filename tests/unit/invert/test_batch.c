/* test_batch.c - do texts come out of a batch as they went in, and does what a worker makes of them
 * become the streams that the inverter would have made itself? */
#include "same_streams.h"
#include "harness/world.h"

static const char *const docs[] = {
    "{\"id\":\"a\",\"title\":\"one two\",\"body\":\"three one 中国人民\",\"tags\":[\"x\",\"y\"]}",
    "{\"id\":\"b\",\"body\":[\"first value\",\"\",\"second one\"]}",
    "{\"id\":\"c\",\"n\":4}",
    "{\"id\":\"d\",\"title\":\"wi-fi don't\",\"body\":\"four\",\"tags\":[\"x\"]}",
};

static prs_inverter *inverter_of(world *w) {
    prs_inverter *inv;
    ck_assert_int_eq(prs_inverter_new(w->index.core->recipe, &w->disk_mem, &inv, NULL), PRISM_OK);
    return inv;
}

/* Ids of the worker's lexicons, turned into those of the inverter's. */
static void make_tables(const prs_text_batch *batch, prs_inverter *to, prs_id_table *tables) {
    for (uint32_t f = 0; f < to->n_fields; f++) {
        prs_id_table_init(&tables[f], to->mem);
        const uint8_t *at = batch->terms[f].keys.ptr;
        for (uint32_t i = 0; i < batch->terms[f].n; i++) {
            uint32_t id, len = prs_load16(at);
            ck_assert_int_eq(prs_lexicon_intern(to->lexicons[f], prs_bytes_of(at + 2, len), &id,
                                                NULL),
                             PRISM_OK);
            ck_assert(prs_id_table_push(&tables[f], id));
            at += 2 + len;
        }
    }
}

START_TEST(a_worker_makes_the_same_streams) {
    world w;
    world_make(&w, world_schema);
    prs_inverter *self = inverter_of(&w), *other = inverter_of(&w), *late = inverter_of(&w);
    prs_inverter *worker = inverter_of(&w); /* for its lexicons */
    prs_text_batch batch;
    prs_lexicon *lexicons[16] = {NULL};
    prs_id_table tables[16];
    prs_json_reader *reader;
    prs_document doc;
    ck_assert_int_eq(prs_json_reader_new(&w.disk_mem, &reader, NULL), PRISM_OK);
    prs_document_init(&doc, w.index.core->recipe->schema, &w.disk_mem);
    ck_assert_int_eq(prs_batch_init(&batch, self->n_fields, &w.disk_mem, NULL), PRISM_OK);
    for (uint32_t f = 0; f < self->n_fields; f++) lexicons[f] = worker->fields[f].lexicon;
    for (uint32_t i = 0; i < PRS_COUNT(docs); i++) {
        world_read(reader, &doc, docs[i]);
        ck_assert_int_eq(prs_inverter_add(self, &doc, NULL), PRISM_OK);
        ck_assert_int_eq(prs_inverter_add_later(other, &doc, &batch, NULL), PRISM_OK);
    }
    ck_assert_uint_eq(other->n_docs, self->n_docs);
    ck_assert_uint_eq(prs_inverter_column_bytes(other), prs_inverter_column_bytes(self));
    prs_batch_analyze(&batch, self->recipe, lexicons, worker->lexicons);
    ck_assert_int_eq(batch.status, PRISM_OK);
    ck_assert_uint_gt(prs_batch_bytes(&batch), 0);
    make_tables(&batch, other, tables);
    ck_assert_int_eq(prs_inverter_take(other, &batch, tables, NULL), PRISM_OK);
    check_same_streams(other, self);
    ck_assert_uint_eq(prs_inverter_lexicon_weight(other), prs_inverter_lexicon_weight(self));
    ck_assert_int_eq(prs_inverter_scan(late, &batch, NULL), PRISM_OK);
    check_same_streams(late, self);
    for (uint32_t f = 0; f < self->n_fields; f++) prs_id_table_fini(&tables[f]);
    prs_batch_clear(&batch);
    prs_batch_reader empty = prs_batch_read(&batch);
    ck_assert(!prs_batch_next_field(&empty));
    prs_batch_fini(&batch);
    prs_document_fini(&doc);
    prs_json_reader_free(reader);
    prs_inverter_free(self);
    prs_inverter_free(other);
    prs_inverter_free(late);
    prs_inverter_free(worker);
    world_end(&w);
}
END_TEST

START_TEST(texts_come_back) {
    prs_mem mem;
    prs_text_batch batch;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_batch_init(&batch, 3, &mem, NULL), PRISM_OK);
    prs_batch_put_field(&batch, 7, 2, 2);
    prs_batch_put_value(&batch, "abc", 3);
    prs_batch_put_value(&batch, NULL, 0);
    prs_batch_put_field(&batch, 9, 0, 1);
    prs_batch_put_value(&batch, "d", 1);
    ck_assert_uint_eq(batch.first_doc, 7);
    prs_batch_reader r = prs_batch_read(&batch);
    ck_assert(prs_batch_next_field(&r));
    ck_assert_uint_eq(r.doc, 7);
    ck_assert_uint_eq(r.field, 2);
    ck_assert_uint_eq(r.n, 2);
    ck_assert(prs_bytes_equal(prs_batch_next_value(&r), prs_bytes_of((const uint8_t *)"abc", 3)));
    ck_assert_uint_eq(prs_batch_next_value(&r).len, 0);
    ck_assert(prs_batch_next_field(&r));
    ck_assert_uint_eq(r.doc, 9);
    ck_assert_uint_eq(r.field, 0);
    ck_assert_uint_eq(prs_batch_next_value(&r).len, 1);
    ck_assert(!prs_batch_next_field(&r));
    prs_batch_fini(&batch);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

TEST_SUITE(batch, texts_come_back, a_worker_makes_the_same_streams)
