/* column_write.c - how are the values of one field packed while documents come, in little memory?
 *
 * Structure   places    single: a bit per document, 64 at a time;
 *                       many: number of the first value per document
 *             integers  values -> block of 1024 -> min, max, width -> packed into a spool at once
 *             words     word -> map -> its number in order of arrival (u32 per value in a spool);
 *                       finish: sort the words, rank per arrival number, pack ranks
 *
 * Invariants  - `next_doc` is the first document that may still get values; documents skipped are
 *               filled in as absent when the next one comes, or at finish.
 *             - A many-valued document's values are distinct and ascending.  For words that order
 *               is known only at finish, so distinct comes first (by arrival number), order last
 *               (by rank).
 * Cost        Integers: the packed size.  Words: 4 bytes per value, each distinct word once and 40
 *             bytes.
 * Limits      Values of a many-valued column are numbered in 32 bits; 16 million distinct words
 *             (one block of memory while they are sorted).
 * Source      FORMAT.md section 13.   Tested by tests/unit/format/test_column.c */
#include "format/column.h"

#include "base/map.h"
#include "base/sort.h"
#include "base/vec.h"
#include "codec/bits.h"
#include "store/spool.h"

#define PRS_PACK_STEP 512u /* words packed at a time: a whole number of bytes for every width */

PRS_VEC_DEFINE(int_vec, int64_t)
PRS_VEC_DEFINE(word_vec, uint32_t)

#define INT_BEFORE(ctx, a, b) ((void)(ctx), *(a) < *(b))
PRS_SORT_DEFINE(sort_ints, int64_t, INT_BEFORE)
PRS_SORT_DEFINE(sort_words, uint32_t, INT_BEFORE)

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

struct prs_column_writer {
    prs_mem *mem;
    prs_column_type type;
    bool many;
    prism_error error; /* code PRISM_OK while nothing failed */
    uint32_t next_doc, n_docs_with;
    uint64_t n_values;
    uint64_t present; /* single: bits of the current 64 documents */
    prs_spool places;
    /* integers: the open block, then packed ones */
    uint32_t n_block;
    int64_t block[PRS_COLUMN_BLOCK];
    uint8_t block_present[PRS_COLUMN_BLOCK];
    prs_spool heads; /* min, max, offset from the first block */
    prs_spool blocks;
    /* words */
    prs_map words;
    prs_spool numbers;
    /* scratch of one document */
    int_vec ints, ints_scratch;
    word_vec ids, ids_scratch;
};

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
    int_vec_init(&cw->ints, mem);
    int_vec_init(&cw->ints_scratch, mem);
    word_vec_init(&cw->ids, mem);
    word_vec_init(&cw->ids_scratch, mem);
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
    int_vec_fini(&cw->ints);
    int_vec_fini(&cw->ints_scratch);
    word_vec_fini(&cw->ids);
    word_vec_fini(&cw->ids_scratch);
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

static bool ok(const prs_column_writer *cw) {
    return cw->error.code == PRISM_OK;
}

static void no_memory(prs_column_writer *cw) {
    if (ok(cw)) prs_error_nomem(&cw->error);
}

/* ---- integers: one block at a time ----------------------------------------------------------- */

/* Least and greatest of the present values; 0, 0 if there is none. */
static void block_range(const prs_column_writer *cw, int64_t *min, int64_t *max) {
    bool any = false;
    *min = *max = 0;
    for (uint32_t i = 0; i < cw->n_block; i++) {
        if (cw->block_present[i] == 0) continue;
        int64_t v = cw->block[i];
        if (!any || v < *min) *min = v;
        if (!any || v > *max) *max = v;
        any = true;
    }
}

static void flush_block(prs_column_writer *cw) {
    int64_t min, max;
    if (cw->n_block == 0) return;
    block_range(cw, &min, &max);
    uint32_t width = prs_bit_width64((uint64_t)max - (uint64_t)min);
    size_t len = (size_t)prs_bits_bytes(cw->n_block, width);
    prs_spool_put64(&cw->heads, (uint64_t)min);
    prs_spool_put64(&cw->heads, (uint64_t)max);
    prs_spool_put64(&cw->heads, cw->blocks.len);
    /* an eighth of the block at a time: 128 values, whole bytes */
    uint8_t bits[PRS_COLUMN_BLOCK + 16];
    uint8_t *at = prs_spool_extend(&cw->blocks, 1 + len);
    if (at == NULL || cw->heads.failed) {
        no_memory(cw);
        return;
    }
    *at++ = (uint8_t)width;
    for (uint32_t from = 0; from < cw->n_block; from += 128) {
        uint32_t n = PRS_MIN(128u, cw->n_block - from);
        memset(bits, 0, sizeof bits);
        for (uint32_t i = 0; i < n; i++) {
            uint64_t v = cw->block_present[from + i] != 0
                             ? (uint64_t)cw->block[from + i] - (uint64_t)min
                             : 0;
            prs_bits_store(bits, (uint64_t)i * width, width, v);
        }
        memcpy(at, bits, (size_t)prs_bits_bytes(n, width));
        at += prs_bits_bytes(n, width);
    }
    cw->n_block = 0;
}

static void push_int(prs_column_writer *cw, int64_t value, bool present) {
    cw->block[cw->n_block] = value;
    cw->block_present[cw->n_block++] = present;
    cw->n_values++;
    if (cw->n_block == PRS_COLUMN_BLOCK) flush_block(cw);
}

static void push_word(prs_column_writer *cw, uint32_t id) {
    prs_spool_put32(&cw->numbers, id);
    cw->n_values++;
    if (cw->numbers.failed) no_memory(cw);
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
    if (cw->places.failed) no_memory(cw);
}

/* Documents up to `doc` have no value. */
static void skip_to(prs_column_writer *cw, uint32_t doc) {
    while (cw->next_doc < doc && ok(cw)) {
        place_doc(cw, false);
        if (cw->many) continue;
        if (cw->type == PRS_COLUMN_INT) {
            push_int(cw, 0, false);
        } else {
            push_word(cw, UINT32_MAX); /* absent */
        }
    }
}

/* Ready to take n >= 1 values of `doc`? */
static bool begin_doc(prs_column_writer *cw, uint32_t doc, uint32_t n) {
    if (!ok(cw) || n == 0) return false;
    if (doc < cw->next_doc || doc >= PRISM_MAX_SEGMENT_DOCS || (!cw->many && n != 1)) {
        prs_error_set(&cw->error, PRISM_EINVAL, "column values out of order or too many");
        return false;
    }
    if (cw->many && cw->n_values + n > UINT32_MAX) {
        prs_error_set(&cw->error, PRISM_ELIMIT, "more than 2^32 - 1 values in a column");
        return false;
    }
    skip_to(cw, doc);
    place_doc(cw, true);
    return ok(cw);
}

void prs_column_writer_ints(prs_column_writer *cw, uint32_t doc, const int64_t *values,
                            uint32_t n) {
    PRS_ASSERT(cw->type == PRS_COLUMN_INT);
    if (!begin_doc(cw, doc, n)) return;
    int_vec_clear(&cw->ints);
    int_vec_clear(&cw->ints_scratch);
    int64_t *sorted = int_vec_extend(&cw->ints, n), *scratch = int_vec_extend(&cw->ints_scratch, n);
    if (sorted == NULL || scratch == NULL) {
        no_memory(cw);
        return;
    }
    memcpy(sorted, values, n * sizeof *values);
    sort_ints(sorted, scratch, n, NULL);
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || sorted[i] != sorted[i - 1]) push_int(cw, sorted[i], true);
    }
}

/* ---- words ----------------------------------------------------------------------------------- */

uint32_t prs_column_writer_intern(prs_column_writer *cw, prs_bytes word) {
    uint32_t id = 0;
    PRS_ASSERT(cw->type == PRS_COLUMN_WORD);
    if (ok(cw) && prs_map_add(&cw->words, word, &id, NULL) != PRISM_OK) no_memory(cw);
    return id;
}

/* The ids of one document, distinct. */
static void push_distinct(prs_column_writer *cw, uint32_t *ids, uint32_t *scratch, uint32_t n) {
    sort_words(ids, scratch, n, NULL);
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || ids[i] != ids[i - 1]) push_word(cw, ids[i]);
    }
}

static uint32_t *scratch_ids(prs_column_writer *cw, uint32_t n, uint32_t **scratch) {
    word_vec_clear(&cw->ids);
    word_vec_clear(&cw->ids_scratch);
    uint32_t *ids = word_vec_extend(&cw->ids, n);
    *scratch = word_vec_extend(&cw->ids_scratch, n);
    if (ids == NULL || *scratch == NULL) {
        no_memory(cw);
        return NULL;
    }
    return ids;
}

void prs_column_writer_words(prs_column_writer *cw, uint32_t doc, const prs_bytes *words,
                             uint32_t n) {
    PRS_ASSERT(cw->type == PRS_COLUMN_WORD);
    if (!begin_doc(cw, doc, n)) return;
    uint32_t *scratch, *ids = scratch_ids(cw, n, &scratch);
    if (ids == NULL) return;
    for (uint32_t i = 0; i < n; i++) ids[i] = prs_column_writer_intern(cw, words[i]);
    push_distinct(cw, ids, scratch, n);
}

void prs_column_writer_interned(prs_column_writer *cw, uint32_t doc, const uint32_t *words,
                                uint32_t n) {
    PRS_ASSERT(cw->type == PRS_COLUMN_WORD);
    if (!begin_doc(cw, doc, n)) return;
    uint32_t *scratch, *ids = scratch_ids(cw, n, &scratch);
    if (ids == NULL) return;
    for (uint32_t i = 0; i < n; i++) {
        PRS_ASSERT(words[i] < cw->words.n);
        ids[i] = words[i];
    }
    push_distinct(cw, ids, scratch, n);
}

/* ---- finish ---------------------------------------------------------------------------------- */

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
    uint8_t bits[PRS_PACK_STEP * 4 + 16];
} rank_packer;

static void pack_flush(rank_packer *p) {
    prs_out_write(p->out, p->bits, (size_t)prs_bits_bytes(p->n, p->width));
    memset(p->bits, 0, sizeof p->bits);
    p->n = 0;
}

static void pack_number(rank_packer *p, uint32_t v) {
    prs_bits_store(p->bits, (uint64_t)p->n * p->width, p->width, v);
    if (++p->n == PRS_PACK_STEP) pack_flush(p);
}

/* Ranks of one document's n numbers, ascending. */
static bool pack_doc(prs_column_writer *cw, rank_packer *packer, prs_spool_reader *numbers,
                     uint32_t n, const uint32_t *ranks) {
    if (n == 0) return true;
    uint32_t *scratch, *ids = scratch_ids(cw, n, &scratch);
    if (ids == NULL) return false;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t id = prs_load32(prs_spool_next(numbers, 4));
        ids[i] = id == UINT32_MAX ? 0 : ranks[id];
    }
    sort_words(ids, scratch, n, NULL);
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

static void write_ints(const prs_column_writer *cw, prs_out *out) {
    prs_spool_reader heads = prs_spool_read(&cw->heads);
    uint64_t first = prs_out_offset(out) + cw->heads.len; /* of the first block */
    for (const uint8_t *p = prs_spool_next(&heads, 8); p != NULL; p = prs_spool_next(&heads, 8)) {
        prs_out_write(out, p, 8);
        prs_out_write(out, prs_spool_next(&heads, 8), 8);
        write64(out, first + prs_load64(prs_spool_next(&heads, 8)));
    }
    prs_spool_replay(&cw->blocks, out);
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
    if (ok(cw) && n_docs < cw->next_doc) {
        prs_error_set(&cw->error, PRISM_EINVAL, "column values behind the last document");
    }
    skip_to(cw, n_docs);
    if (ok(cw)) flush_block(cw);
    if (ok(cw)) {
        uint8_t head[8] = {(uint8_t)cw->type, cw->many};
        prs_out_write(out, head, sizeof head);
        write64(out, cw->n_values);
        write_places(cw, out);
    }
    if (ok(cw) && cw->type == PRS_COLUMN_INT) write_ints(cw, out);
    if (ok(cw) && cw->type == PRS_COLUMN_WORD) PRS_TRY(write_words(cw, out, err));
    if (!ok(cw)) {
        if (err != NULL && err->size >= sizeof *err) *err = cw->error;
        return cw->error.code;
    }
    return prs_out_status(out, err);
}
