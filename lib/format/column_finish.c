/* column_finish.c - how does what a column writer has gathered become the section COLUMN?
 *
 * Structure   places | integers: heads and blocks, the open one behind the packed ones
 *                    | words: sort them, rank per arrival number, pack ranks, then their bytes
 *
 * Invariants  Nothing gathered is used up or changed: what fails here, for memory or the file, can
 *             be written again, whole, to another file.  The one thing done to the writer, marking
 *             documents without a value, is the same the second time.
 * Cost        Words: sorting them; 24 bytes of memory for each distinct one meanwhile.
 * Limits      16 million distinct words (one block of memory while they are sorted).
 * Source      FORMAT.md section 13.   Tested by tests/unit/format/test_column.c,
 *             test_column_write.c */
#include "format/column_writer.h"

#include "base/sort.h"
#include "codec/bits.h"

#define PACK_STEP 512u /* words packed at a time: a whole number of bytes for every width */

typedef struct word_rank {
    uint64_t prefix; /* first 8 bytes, big-endian: decides nearly every comparison */
    uint32_t id;
} word_rank;

static inline bool word_before(const void *ctx, const word_rank *a, const word_rank *b) {
    if (a->prefix != b->prefix) return a->prefix < b->prefix;
    const prs_bytes *keys = ctx;
    return prs_bytes_compare(keys[a->id], keys[b->id]) < 0;
}

PRS_SORT_DEFINE(sort_ranks, word_rank, word_before)

static void write64(prs_out *out, uint64_t v) {
    uint8_t bytes[8];
    prs_store64(bytes, v);
    prs_out_write(out, bytes, sizeof bytes);
}

static uint64_t prefix_of(prs_bytes word) {
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; i++) prefix = prefix << 8 | (i < word.len ? word.ptr[i] : 0);
    return prefix;
}

/* The words in byte order; ranks[id] = place of word id in it. */
static prism_status rank_words(const prs_column_writer *cw, word_rank *order, uint32_t *ranks,
                               prism_error *err) {
    uint32_t n = cw->words.n;
    word_rank *scratch = prs_mem_alloc(cw->mem, n * sizeof *scratch);
    if (scratch == NULL) return prs_error_nomem(err);
    for (uint32_t id = 0; id < n; id++) {
        word_rank item = {prefix_of(cw->words.keys[id]), id};
        order[id] = item;
    }
    sort_ranks(order, scratch, n, cw->words.keys);
    for (uint32_t i = 0; i < n; i++) ranks[order[i].id] = i;
    prs_mem_free(cw->mem, scratch, n * sizeof *scratch);
    return PRISM_OK;
}

typedef struct rank_packer { /* numbers -> bit array in `out` */
    prs_out *out;
    uint32_t width, n;
    uint8_t bits[PACK_STEP * 4 + 16];
} rank_packer;

static void pack_flush(rank_packer *p) {
    prs_out_write(p->out, p->bits, (size_t)prs_bits_bytes(p->n, p->width));
    memset(p->bits, 0, sizeof p->bits);
    p->n = 0;
}

static void pack_number(rank_packer *p, uint32_t v) {
    prs_bits_store(p->bits, (uint64_t)p->n * p->width, p->width, v);
    if (++p->n == PACK_STEP) pack_flush(p);
}

/* Ranks of one document's n numbers, ascending. */
static bool pack_doc(prs_column_writer *cw, rank_packer *packer, prs_spool_reader *numbers,
                     uint32_t n, const uint32_t *ranks) {
    if (n == 0) return true;
    uint32_t *scratch, *ids = prs_column_writer_ids(cw, n, &scratch);
    if (ids == NULL) return false;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t id = prs_load32(prs_spool_next(numbers, 4));
        ids[i] = id == UINT32_MAX ? 0 : ranks[id];
    }
    prs_column_sort_ids(ids, scratch, n);
    for (uint32_t i = 0; i < n; i++) pack_number(packer, ids[i]);
    return true;
}

static prism_status write_numbers(prs_column_writer *cw, prs_out *out, const uint32_t *ranks,
                                  uint32_t width, prism_error *err) {
    rank_packer packer = {.out = out, .width = width};
    prs_spool_reader numbers = prs_spool_read(&cw->numbers), places = prs_spool_read(&cw->places);
    uint64_t left = cw->n_values;
    if (cw->many && cw->next_doc > 0) (void)prs_spool_next(&places, 4); /* doc 0 begins at 0 */
    for (uint64_t from = 0; left > 0;) {
        uint64_t to = from + 1;
        if (cw->many) {
            const uint8_t *next = prs_spool_next(&places, 4);
            to = next != NULL ? prs_load32(next) : cw->n_values;
        }
        if (!pack_doc(cw, &packer, &numbers, (uint32_t)(to - from), ranks))
            return prs_error_nomem(err);
        left -= to - from;
        from = to;
    }
    pack_flush(&packer);
    return PRISM_OK;
}

static void write_word_offsets(const prs_column_writer *cw, const word_rank *order, prs_out *out) {
    uint64_t off = 0;
    for (uint32_t i = 0; i < cw->words.n; i++) {
        write64(out, off);
        off += cw->words.keys[order[i].id].len;
    }
    write64(out, off);
}

static prism_status write_words(prs_column_writer *cw, prs_out *out, prism_error *err) {
    size_t n = cw->words.n;
    word_rank *order = prs_mem_alloc(cw->mem, n * sizeof *order);
    uint32_t *ranks = prs_mem_alloc(cw->mem, n * sizeof *ranks);
    prism_status status =
        order == NULL || ranks == NULL ? prs_error_nomem(err) : rank_words(cw, order, ranks, err);
    if (status == PRISM_OK) {
        uint32_t width = n > 1 ? prs_bit_width32((uint32_t)n - 1) : 0;
        write64(out, n);
        write_word_offsets(cw, order, out);
        write64(out, width);
        status = write_numbers(cw, out, ranks, width, err);
        prs_out_align(out, 8);
        for (size_t i = 0; i < n; i++) {
            prs_bytes word = cw->words.keys[order[i].id];
            prs_out_write(out, word.ptr, word.len);
        }
    }
    prs_mem_free(cw->mem, order, n * sizeof *order);
    prs_mem_free(cw->mem, ranks, n * sizeof *ranks);
    return status;
}

/* The block that is not full yet, behind all others. */
static void write_open_block(const prs_column_writer *cw, prs_out *out, int64_t min,
                             uint32_t width) {
    uint8_t bits[8 * PRS_COLUMN_PART + 16], head = (uint8_t)width;
    prs_out_write(out, &head, 1);
    for (uint32_t from = 0; from < cw->n_block; from += PRS_COLUMN_PART) {
        size_t len = prs_column_writer_pack(cw, from, min, width, bits);
        prs_out_write(out, bits, len);
    }
}

static void write_ints(const prs_column_writer *cw, prs_out *out) {
    prs_spool_reader heads = prs_spool_read(&cw->heads);
    int64_t min, max;
    uint32_t width = prs_column_writer_width(cw, &min, &max);
    bool open = cw->n_block > 0;
    uint64_t first = prs_out_offset(out) + cw->heads.len + (open ? 24 : 0); /* of the first block */
    for (const uint8_t *p = prs_spool_next(&heads, 24); p != NULL; p = prs_spool_next(&heads, 24)) {
        prs_out_write(out, p, 16);
        write64(out, first + prs_load64(p + 16));
    }
    if (open) {
        write64(out, (uint64_t)min);
        write64(out, (uint64_t)max);
        write64(out, first + cw->blocks.len);
    }
    prs_spool_replay(&cw->blocks, out);
    if (open) write_open_block(cw, out, min, width);
}

static void write_places(const prs_column_writer *cw, prs_out *out) {
    uint8_t last[8];
    prs_spool_replay(&cw->places, out);
    if (cw->many) {
        prs_store32(last, (uint32_t)cw->n_values);
        prs_out_write(out, last, 4);
    } else if ((cw->next_doc & 63) != 0) {
        prs_store64(last, cw->present);
        prs_out_write(out, last, 8);
    }
    prs_out_align(out, 8);
}

prism_status prs_column_writer_finish(prs_column_writer *cw, prs_out *out, uint32_t n_docs,
                                      prism_error *err) {
    PRS_ASSERT(cw->n_ready == 0);
    if (cw->error.code != PRISM_OK) {
        if (err != NULL && err->size >= sizeof *err) *err = cw->error;
        return cw->error.code;
    }
    if (n_docs < cw->next_doc)
        return prs_error_set(err, PRISM_EINVAL, "column values behind the last document");
    PRS_TRY(prs_column_writer_skip(cw, n_docs, err));
    uint8_t head[8] = {(uint8_t)cw->type, cw->many};
    prs_out_write(out, head, sizeof head);
    write64(out, cw->n_values);
    write_places(cw, out);
    if (cw->type == PRS_COLUMN_INT) {
        write_ints(cw, out);
    } else {
        PRS_TRY(write_words(cw, out, err));
    }
    return prs_out_status(out, err);
}
