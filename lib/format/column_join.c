/* column_join.c - how do columns become one without holding their values?
 *
 * Structure   FORMAT.md section 13 in the order of its parts, each a walk over the documents of the
 *             result: places; integers: heads of blocks, then blocks; words: column_join_words.c.
 * Invariants  - Every walk tells the same values: the inputs do not change.
 *             - Values of a document go over in their order, ascending and distinct as they are in
 *               the input.
 *             - There are no more values and words than in the inputs, whatever their bytes are:
 *               places and words that overlap are refused, before they make a large file of a
 *               small one; values of a document that do not ascend, too.
 * Why so      Heads of blocks stand before all blocks.  Reading a value twice costs less than a
 *             spool of what comes later, which would be the column's own size.
 * Cost        about 10 ns a value.
 * Source      FORMAT.md section 13.   Tested by tests/unit/format/test_column_join.c */
#include "format/column_join.h"

#include "base/error.h"
#include "codec/bits.h"

enum { POLL = 1024 };

prism_status prs_column_join_each(const prs_column_join *j, prs_column_doc_fn fn, void *ctx,
                                  prism_error *err) {
    prs_join_step step = {0};
    for (uint32_t n = 0; j->next(j->ctx, &step); n++) {
        const prs_column *column = j->inputs[step.input];
        uint64_t first = 0, end = 0;
        if (n % POLL == 0) PRS_TRY(j->poll(j->ctx, POLL, err));
        if (column != NULL) end = prs_column_values(column, step.doc, &first);
        if (end <= first) first = end = 0;
        PRS_TRY(fn(ctx, step.input, first, end, err));
    }
    return PRISM_OK;
}

typedef struct counting {
    prs_column_join *join;
    uint64_t most; /* values that the inputs have */
} counting;

static prism_status count_doc(void *ctx, uint32_t input, uint64_t first, uint64_t end,
                              prism_error *err) {
    const counting *c = ctx;
    prs_column_join *j = c->join;
    if (!j->many && end - first > 1)
        return prs_error_set(err, PRISM_EINVAL, "several values in a column of single ones");
    j->n_docs++;
    j->n_docs_with += end > first;
    j->n_values += j->many ? end - first : 1;
    if (!j->many) return PRISM_OK;
    if (j->n_values > c->most) {
        const prs_column *column = j->inputs[input];
        return prs_section_corrupt(&column->section, column->places, err,
                                   "documents of a column share values");
    }
    if (j->n_values <= UINT32_MAX) return PRISM_OK;
    return prs_error_set(err, PRISM_ELIMIT, "more than 2^32 - 1 values in a column");
}

prism_status prs_column_join_count(prs_column_join *j, prism_error *err) {
    counting c = {.join = j};
    j->n_docs = j->n_docs_with = 0;
    j->n_values = 0;
    for (uint32_t i = 0; i < j->n_inputs; i++) {
        const prs_column *column = j->inputs[i];
        if (column == NULL) continue;
        if (column->type != j->type)
            return prs_error_set(err, PRISM_EINVAL, "columns of different types");
        c.most += column->n_values;
        PRS_TRY(prs_column_touch(column, err));
    }
    return prs_column_join_each(j, count_doc, &c, err);
}

/* ---- places ---------------------------------------------------------------------------------- */

typedef struct places {
    prs_out *out;
    bool many;
    uint32_t n;        /* documents so far */
    uint64_t n_values; /* many */
    uint64_t present;  /* single: bits of the current 64 documents */
} places;

static void write64(prs_out *out, uint64_t v) {
    uint8_t bytes[8];
    prs_store64(bytes, v);
    prs_out_write(out, bytes, sizeof bytes);
}

static void write32(prs_out *out, uint64_t v) {
    uint8_t bytes[4];
    prs_store32(bytes, (uint32_t)v);
    prs_out_write(out, bytes, sizeof bytes);
}

static prism_status put_place(void *ctx, uint32_t input, uint64_t first, uint64_t end,
                              prism_error *err) {
    places *p = ctx;
    (void)input;
    (void)err;
    if (p->many) {
        write32(p->out, p->n_values);
        p->n_values += end - first;
        return PRISM_OK;
    }
    p->present |= (uint64_t)(end > first) << (p->n & 63);
    if ((++p->n & 63) != 0) return PRISM_OK;
    write64(p->out, p->present);
    p->present = 0;
    return PRISM_OK;
}

static prism_status write_places(const prs_column_join *j, prs_out *out, prism_error *err) {
    places p = {.out = out, .many = j->many};
    PRS_TRY(prs_column_join_each(j, put_place, &p, err));
    if (j->many) {
        write32(out, p.n_values);
    } else if ((p.n & 63) != 0) {
        write64(out, p.present);
    }
    prs_out_align(out, 8);
    return PRISM_OK;
}

/* ---- integers -------------------------------------------------------------------------------- */

typedef struct int_blocks {
    const prs_column_join *join;
    prs_out *out;
    bool heads;   /* write heads, not blocks */
    uint64_t off; /* of the next block in the section */
    uint32_t n;
    int64_t values[PRS_COLUMN_BLOCK];
    bool present[PRS_COLUMN_BLOCK];
    uint8_t bits[8 * PRS_COLUMN_BLOCK + 16];
} int_blocks;

/* Least and greatest of the present values; 0, 0 if there is none. */
static void find_range(const int_blocks *b, int64_t *min, int64_t *max) {
    bool any = false;
    *min = *max = 0;
    for (uint32_t i = 0; i < b->n; i++) {
        if (!b->present[i]) continue;
        if (!any || b->values[i] < *min) *min = b->values[i];
        if (!any || b->values[i] > *max) *max = b->values[i];
        any = true;
    }
}

static void put_block(int_blocks *b) {
    int64_t min, max;
    if (b->n == 0) return;
    find_range(b, &min, &max);
    uint32_t width = prs_bit_width64((uint64_t)max - (uint64_t)min);
    size_t len = (size_t)prs_bits_bytes(b->n, width);
    if (b->heads) {
        write64(b->out, (uint64_t)min);
        write64(b->out, (uint64_t)max);
        write64(b->out, b->off);
        b->off += 1 + len;
    } else {
        uint8_t w = (uint8_t)width;
        memset(b->bits, 0, len + 16);
        for (uint32_t i = 0; i < b->n; i++) {
            uint64_t v = b->present[i] ? (uint64_t)b->values[i] - (uint64_t)min : 0;
            prs_bits_store(b->bits, (uint64_t)i * width, width, v);
        }
        prs_out_write(b->out, &w, 1);
        prs_out_write(b->out, b->bits, len);
    }
    b->n = 0;
}

prism_status prs_column_join_unordered(const prs_column *column, prism_error *err) {
    return prs_section_corrupt(&column->section, column->places, err,
                               "values of a document do not ascend");
}

static void put_int(int_blocks *b, int64_t value, bool present) {
    b->values[b->n] = value;
    b->present[b->n] = present;
    if (++b->n == PRS_COLUMN_BLOCK) put_block(b);
}

static prism_status put_ints(void *ctx, uint32_t input, uint64_t first, uint64_t end,
                             prism_error *err) {
    int_blocks *b = ctx;
    const prs_column *column = b->join->inputs[input];
    int64_t before = 0;
    for (uint64_t v = first; v < end; v++) {
        int64_t value = prs_column_int(column, v);
        if (PRS_UNLIKELY(v > first && value <= before))
            return prs_column_join_unordered(column, err);
        put_int(b, value, true);
        before = value;
    }
    if (first == end && !b->join->many) put_int(b, 0, false);
    return PRISM_OK;
}

static prism_status write_ints(const prs_column_join *j, prs_mem *mem, prs_out *out,
                               prism_error *err) {
    int_blocks *b = prs_mem_alloc(mem, sizeof *b);
    if (b == NULL) return prs_error_nomem(err);
    b->join = j;
    b->out = out;
    b->n = 0;
    uint64_t n_blocks = (j->n_values + PRS_COLUMN_BLOCK - 1) / PRS_COLUMN_BLOCK;
    b->off = prs_out_offset(out) + 24 * n_blocks;
    prism_status status = PRISM_OK;
    for (int pass = 0; pass < 2 && status == PRISM_OK; pass++) {
        b->heads = pass == 0;
        status = prs_column_join_each(j, put_ints, b, err);
        put_block(b);
    }
    prs_mem_free(mem, b, sizeof *b);
    return status;
}

prism_status prs_column_join_write(const prs_column_join *j, prs_mem *mem, prs_out *out,
                                   prism_error *err) {
    uint8_t head[8] = {(uint8_t)j->type, j->many};
    prs_out_write(out, head, sizeof head);
    write64(out, j->n_values);
    PRS_TRY(write_places(j, out, err));
    PRS_TRY(j->type == PRS_COLUMN_INT ? write_ints(j, mem, out, err)
                                      : prs_column_join_words(j, mem, out, err));
    return prs_out_status(out, err);
}
