/* column_write.c - how are the values of one field gathered while documents come, in little memory?
 *
 * Structure   places    single: a bit per document, 64 at a time;
 *                       many: number of the first value per document
 *             integers  values -> block of 1024 -> min, max, width -> packed into a spool at once
 *             words     word -> map -> its number in order of arrival (u32 per value in a spool)
 *             column_finish.c makes the section of it.
 *
 * Invariants  - `next_doc` is the first document that may still get values; documents skipped are
 *               filled in as absent when the next one comes, or at finish.
 *             - A document's values are taken in two steps.  The first sorts them, makes them
 *               distinct and has all the room that they need, in the open block, in the spools, in
 *               the map; it can fail, and then it has changed nothing.  The second cannot.
 *             - A many-valued document's values are distinct and ascending.  For words that order
 *               is known only at finish, so distinct comes first (by arrival number), order last
 *               (by rank).
 * Why so      One writer of many, with the documents of minutes in it, must not be spoiled by an
 *             allocation that fails once.  Merges have nothing to lose and take the short way:
 *             their error waits for finish.
 * Cost        Integers: the packed size.  Words: 4 bytes per value, each distinct word once and 40
 *             bytes.
 * Limits      Values of a many-valued column are numbered in 32 bits.
 * Source      FORMAT.md section 13.   Tested by tests/unit/format/test_column.c,
 *             test_column_write.c */
#include "format/column_writer.h"

#include "base/sort.h"
#include "codec/bits.h"

#define HEAD 24u /* bytes of a block's min, max, offset */
#define LARGEST_BLOCK (1u + 8u * PRS_COLUMN_BLOCK)

#define INT_BEFORE(ctx, a, b) ((void)(ctx), *(a) < *(b))
PRS_SORT_DEFINE(sort_ints, int64_t, INT_BEFORE)
PRS_SORT_DEFINE(sort_ids, uint32_t, INT_BEFORE)

int64_t prs_column_from_f64(double x) {
    uint64_t bits;
    if (x == 0) x = 0; /* one zero: -0.0 would sort below 0.0 */
    memcpy(&bits, &x, sizeof bits);
    if (bits >> 63 != 0) bits ^= UINT64_C(0x7fffffffffffffff);
    return (int64_t)bits;
}

double prs_column_to_f64(int64_t v) {
    uint64_t bits = (uint64_t)v;
    double x;
    if (bits >> 63 != 0) bits ^= UINT64_C(0x7fffffffffffffff);
    memcpy(&x, &bits, sizeof x);
    return x;
}

prism_status prs_column_writer_new(prs_mem *mem, prs_column_type type, bool many,
                                   prs_column_writer **out, prism_error *err) {
    uint64_t seed; /* of the word map: words are chosen by strangers (R50) */
    *out = NULL;
    PRS_TRY(prs_random_bytes(&seed, sizeof seed, err));
    prs_column_writer *cw = prs_mem_calloc(mem, 1, sizeof *cw);
    if (cw == NULL) return prs_error_nomem(err);
    cw->mem = mem;
    cw->type = type;
    cw->many = many;
    cw->error.size = sizeof cw->error;
    prs_spool_init(&cw->places, mem);
    prs_spool_init(&cw->heads, mem);
    prs_spool_init(&cw->blocks, mem);
    prs_spool_init(&cw->numbers, mem);
    prs_map_init(&cw->words, mem, seed);
    prs_int_vec_init(&cw->ints, mem);
    prs_int_vec_init(&cw->ints_scratch, mem);
    prs_id_vec_init(&cw->ids, mem);
    prs_id_vec_init(&cw->ids_scratch, mem);
    *out = cw;
    return PRISM_OK;
}

void prs_column_writer_free(prs_column_writer *cw) {
    if (cw == NULL) return;
    prs_spool_fini(&cw->places);
    prs_spool_fini(&cw->heads);
    prs_spool_fini(&cw->blocks);
    prs_spool_fini(&cw->numbers);
    prs_map_fini(&cw->words);
    prs_int_vec_fini(&cw->ints);
    prs_int_vec_fini(&cw->ints_scratch);
    prs_id_vec_fini(&cw->ids);
    prs_id_vec_fini(&cw->ids_scratch);
    prs_mem_free(cw->mem, cw, sizeof *cw);
}

size_t prs_column_writer_bytes(const prs_column_writer *cw) {
    return sizeof *cw + prs_map_bytes(&cw->words) +
           (size_t)(cw->places.bytes + cw->heads.bytes + cw->blocks.bytes + cw->numbers.bytes) +
           (cw->ints.cap + cw->ints_scratch.cap) * sizeof(int64_t) +
           (cw->ids.cap + cw->ids_scratch.cap) * sizeof(uint32_t);
}

uint32_t prs_column_writer_docs_with(const prs_column_writer *cw) {
    return cw->n_docs_with;
}

/* ---- room ------------------------------------------------------------------------------------ */

/* Room for one document of n values; nothing is taken. */
static prism_status reserve(prs_column_writer *cw, uint32_t n, prism_error *err) {
    PRS_TRY(prs_spool_reserve(&cw->places, 1, 8, err));
    if (cw->type == PRS_COLUMN_WORD) return prs_spool_reserve(&cw->numbers, n, 4, err);
    uint64_t n_full = ((uint64_t)cw->n_block + n) / PRS_COLUMN_BLOCK;
    if (PRS_LIKELY(n_full == 0)) return PRISM_OK;
    PRS_TRY(prs_spool_reserve(&cw->heads, n_full, HEAD, err));
    return prs_spool_reserve(&cw->blocks, n_full, LARGEST_BLOCK, err);
}

/* ---- integers: one block at a time ----------------------------------------------------------- */

uint32_t prs_column_writer_width(const prs_column_writer *cw, int64_t *min, int64_t *max) {
    bool any = false;
    *min = *max = 0; /* if no value is present */
    for (uint32_t i = 0; i < cw->n_block; i++) {
        if (cw->block_present[i] == 0) continue;
        int64_t v = cw->block[i];
        if (!any || v < *min) *min = v;
        if (!any || v > *max) *max = v;
        any = true;
    }
    return prs_bit_width64((uint64_t)*max - (uint64_t)*min);
}

size_t prs_column_writer_pack(const prs_column_writer *cw, uint32_t from, int64_t min,
                              uint32_t width, uint8_t bits[8 * PRS_COLUMN_PART + 16]) {
    uint32_t n = PRS_MIN(PRS_COLUMN_PART, cw->n_block - from);
    memset(bits, 0, 8 * PRS_COLUMN_PART + 16);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t v =
            cw->block_present[from + i] != 0 ? (uint64_t)cw->block[from + i] - (uint64_t)min : 0;
        prs_bits_store(bits, (uint64_t)i * width, width, v);
    }
    return (size_t)prs_bits_bytes(n, width);
}

/* The open block is full: there is room to pack it. */
static void pack_block(prs_column_writer *cw) {
    int64_t min, max;
    uint8_t bits[8 * PRS_COLUMN_PART + 16];
    uint32_t width = prs_column_writer_width(cw, &min, &max);
    uint8_t *head = prs_spool_extend(&cw->heads, HEAD);
    uint64_t off = cw->blocks.len;
    uint8_t *at = prs_spool_extend(&cw->blocks, 1 + prs_bits_bytes(cw->n_block, width));
    PRS_ASSERT(head != NULL && at != NULL);
    prs_store64(head, (uint64_t)min);
    prs_store64(head + 8, (uint64_t)max);
    prs_store64(head + 16, off);
    *at++ = (uint8_t)width;
    for (uint32_t from = 0; from < cw->n_block; from += PRS_COLUMN_PART) {
        size_t len = prs_column_writer_pack(cw, from, min, width, bits);
        memcpy(at, bits, len);
        at += len;
    }
    cw->n_block = 0;
}

static void push_int(prs_column_writer *cw, int64_t value, bool present) {
    cw->block[cw->n_block] = value;
    cw->block_present[cw->n_block++] = present;
    cw->n_values++;
    if (cw->n_block == PRS_COLUMN_BLOCK) pack_block(cw);
}

static void push_word(prs_column_writer *cw, uint32_t id) {
    prs_spool_put32(&cw->numbers, id);
    cw->n_values++;
}

/* ---- places ---------------------------------------------------------------------------------- */

/* Write down where the values of `next_doc` begin, or whether it has one, and go to the next. */
static void place_doc(prs_column_writer *cw, bool present) {
    if (cw->many) {
        prs_spool_put32(&cw->places, (uint32_t)cw->n_values);
    } else {
        cw->present |= (uint64_t)present << (cw->next_doc & 63);
        if ((cw->next_doc & 63) == 63) {
            prs_spool_put64(&cw->places, cw->present);
            cw->present = 0;
        }
    }
    cw->n_docs_with += present;
    cw->next_doc++;
}

prism_status prs_column_writer_skip(prs_column_writer *cw, uint32_t doc, prism_error *err) {
    while (cw->next_doc < doc) {
        PRS_TRY(reserve(cw, cw->many ? 0 : 1, err));
        place_doc(cw, false);
        if (cw->many) continue;
        if (cw->type == PRS_COLUMN_INT) {
            push_int(cw, 0, false);
        } else {
            push_word(cw, UINT32_MAX); /* absent */
        }
    }
    return PRISM_OK;
}

/* ---- one document ---------------------------------------------------------------------------- */

/* May `doc` come next, with n >= 1 values?  It does, then. */
static prism_status begin_doc(prs_column_writer *cw, uint32_t doc, uint32_t n, prism_error *err) {
    PRS_ASSERT(cw->n_ready == 0);
    if (doc < cw->next_doc || doc >= PRISM_MAX_SEGMENT_DOCS || (!cw->many && n != 1))
        return prs_error_set(err, PRISM_EINVAL, "column values out of order or too many");
    if (cw->many && cw->n_values + n > UINT32_MAX)
        return prs_error_set(err, PRISM_EBUDGET, "more than 2^32 - 1 values in a column");
    return prs_column_writer_skip(cw, doc, err);
}

prism_status prs_column_writer_ready_ints(prs_column_writer *cw, uint32_t doc,
                                          const int64_t *values, uint32_t n, prism_error *err) {
    PRS_ASSERT(cw->type == PRS_COLUMN_INT);
    if (n == 0) return PRISM_OK;
    PRS_TRY(begin_doc(cw, doc, n, err));
    prs_int_vec_clear(&cw->ints);
    prs_int_vec_clear(&cw->ints_scratch);
    int64_t *sorted = prs_int_vec_extend(&cw->ints, n);
    int64_t *scratch = prs_int_vec_extend(&cw->ints_scratch, n);
    if (sorted == NULL || scratch == NULL) return prs_error_nomem(err);
    memcpy(sorted, values, n * sizeof *values);
    sort_ints(sorted, scratch, n, NULL);
    uint32_t n_distinct = 1;
    for (uint32_t i = 1; i < n; i++) {
        if (sorted[i] != sorted[n_distinct - 1]) sorted[n_distinct++] = sorted[i];
    }
    PRS_TRY(reserve(cw, n_distinct, err));
    cw->n_ready = n_distinct;
    return PRISM_OK;
}

uint32_t *prs_column_writer_ids(prs_column_writer *cw, uint32_t n, uint32_t **scratch) {
    prs_id_vec_clear(&cw->ids);
    prs_id_vec_clear(&cw->ids_scratch);
    uint32_t *ids = prs_id_vec_extend(&cw->ids, n);
    *scratch = prs_id_vec_extend(&cw->ids_scratch, n);
    return *scratch == NULL ? NULL : ids;
}

void prs_column_sort_ids(uint32_t *ids, uint32_t *scratch, uint32_t n) {
    sort_ids(ids, scratch, n, NULL);
}

/* The n ids of a document are there: make them distinct, have room for them. */
static prism_status ready_ids(prs_column_writer *cw, uint32_t *ids, uint32_t *scratch, uint32_t n,
                              prism_error *err) {
    sort_ids(ids, scratch, n, NULL);
    uint32_t n_distinct = 1;
    for (uint32_t i = 1; i < n; i++) {
        if (ids[i] != ids[n_distinct - 1]) ids[n_distinct++] = ids[i];
    }
    PRS_TRY(reserve(cw, n_distinct, err));
    cw->n_ready = n_distinct;
    return PRISM_OK;
}

prism_status prs_column_writer_ready_words(prs_column_writer *cw, uint32_t doc,
                                           const prs_bytes *words, uint32_t n, prism_error *err) {
    PRS_ASSERT(cw->type == PRS_COLUMN_WORD);
    if (n == 0) return PRISM_OK;
    PRS_TRY(begin_doc(cw, doc, n, err));
    cw->words_before = prs_map_save(&cw->words);
    uint32_t *scratch, *ids = prs_column_writer_ids(cw, n, &scratch);
    prism_status status = ids == NULL ? prs_error_nomem(err) : PRISM_OK;
    for (uint32_t i = 0; i < n && status == PRISM_OK; i++) {
        status = prs_map_add(&cw->words, words[i], &ids[i], NULL);
        if (status != PRISM_OK) prs_error_nomem(err);
    }
    if (status == PRISM_OK) status = ready_ids(cw, ids, scratch, n, err);
    if (status != PRISM_OK) prs_map_restore(&cw->words, cw->words_before);
    return status;
}

void prs_column_writer_take(prs_column_writer *cw) {
    if (cw->n_ready == 0) return;
    place_doc(cw, true);
    for (uint32_t i = 0; i < cw->n_ready; i++) {
        if (cw->type == PRS_COLUMN_INT) {
            push_int(cw, cw->ints.ptr[i], true);
        } else {
            push_word(cw, cw->ids.ptr[i]);
        }
    }
    cw->n_ready = 0;
}

void prs_column_writer_forget(prs_column_writer *cw) {
    if (cw->n_ready > 0 && cw->type == PRS_COLUMN_WORD)
        prs_map_restore(&cw->words, cw->words_before);
    cw->n_ready = 0;
}

/* ---- in one step ----------------------------------------------------------------------------- */

static bool ok(const prs_column_writer *cw) {
    return cw->error.code == PRISM_OK;
}

void prs_column_writer_ints(prs_column_writer *cw, uint32_t doc, const int64_t *values,
                            uint32_t n) {
    if (ok(cw) && prs_column_writer_ready_ints(cw, doc, values, n, &cw->error) == PRISM_OK)
        prs_column_writer_take(cw);
}

void prs_column_writer_words(prs_column_writer *cw, uint32_t doc, const prs_bytes *words,
                             uint32_t n) {
    if (ok(cw) && prs_column_writer_ready_words(cw, doc, words, n, &cw->error) == PRISM_OK)
        prs_column_writer_take(cw);
}
