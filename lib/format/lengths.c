/* lengths.c - how long is a field in a document, exactly, in two bytes?
 *
 * Structure   FORMAT.md section 9:  | u16 per document | to 64 | n_over | (doc, value) by doc |
 *             65535 in the array sends the reader to the list, which is searched by halves.
 * Invariants  - A reader that opened has an overflow entry for each 65535 and no others, in order,
 *               so that a look-up cannot miss.
 *             - The builder holds exactly the bytes of the section, in its two parts.
 * Why so      Exact, because one lossy byte per document (what other engines keep) changes up to
 *             5 % of the ten best documents.  A fixed width beats bit packing: scoring reads it at
 *             random.
 * Cost        Open: one pass over the section.  Get: one load.
 * Tested by   tests/unit/format/test_lengths.c */
#include "format/lengths.h"

#include "base/cur.h"
#include "base/error.h"

enum { ALIGN = 64, OVER_ENTRY = 8 };

static uint64_t array_bytes(uint32_t n_docs) {
    return ((uint64_t)2 * n_docs + ALIGN - 1) / ALIGN * ALIGN;
}

/* ---- reading -------------------------------------------------------------------------------- */

typedef uint16_t row __attribute__((vector_size(16)));
enum { ROW = 8, ROWS = 4096 }; /* so few rows at a time that no sum of a lane can wrap */

/* 65535 is the same in any order of bytes. */
static uint32_t count_over(const uint8_t *array, uint32_t n_docs) {
    uint32_t n = 0, i = 0;
    while (n_docs - i >= ROW) {
        row sums = {0}, value;
        uint32_t end = i + PRS_MIN((n_docs - i) / ROW, (uint32_t)ROWS) * ROW;
        for (; i < end; i += ROW) {
            memcpy(&value, array + 2 * (size_t)i, sizeof value);
            sums += (row)(value == PRS_LENGTH_OVER) & 1;
        }
        for (uint32_t lane = 0; lane < ROW; lane++) n += sums[lane];
    }
    for (; i < n_docs; i++) n += prs_load16(array + 2 * (size_t)i) == PRS_LENGTH_OVER;
    return n;
}

/* The overflow list names documents that ask for it, ascending, with values that need it. */
static bool over_is_sound(const prs_lengths *lengths) {
    uint32_t next = 0;
    for (uint32_t i = 0; i < lengths->n_over; i++) {
        uint32_t doc = prs_load32(lengths->over + OVER_ENTRY * (size_t)i);
        uint32_t value = prs_load32(lengths->over + OVER_ENTRY * (size_t)i + 4);
        if (doc < next || doc >= lengths->n_docs || value < PRS_LENGTH_OVER) return false;
        if (prs_load16(lengths->array + 2 * (size_t)doc) != PRS_LENGTH_OVER) return false;
        next = doc + 1;
    }
    return count_over(lengths->array, lengths->n_docs) == lengths->n_over;
}

prism_status prs_lengths_open(prs_lengths *lengths, const prs_section *section, uint32_t n_docs,
                              prism_error *err) {
    memset(lengths, 0, sizeof *lengths);
    if (section->len == 0) return PRISM_OK;
    PRS_TRY(prs_in_touch(section, 0, section->len, err));
    uint64_t array = array_bytes(n_docs);
    if (section->len < array + 4)
        return prs_section_corrupt(section, section->ptr, err, "lengths end early");
    prs_lengths opened = {section->ptr, section->ptr + array + 4, n_docs,
                          prs_load32(section->ptr + array)};
    if (section->len - array - 4 != (uint64_t)OVER_ENTRY * opened.n_over || !over_is_sound(&opened))
        return prs_section_corrupt(section, section->ptr + array, err,
                                   "overflow list of lengths is unsound");
    *lengths = opened;
    return PRISM_OK;
}

uint32_t prs_lengths_overflow(const prs_lengths *lengths, uint32_t doc) {
    uint32_t from = 0, to = lengths->n_over;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        uint32_t at = prs_load32(lengths->over + OVER_ENTRY * (size_t)mid);
        if (at == doc) return prs_load32(lengths->over + OVER_ENTRY * (size_t)mid + 4);
        if (at < doc)
            from = mid + 1;
        else
            to = mid;
    }
    return PRS_LENGTH_OVER; /* not reached on opened lengths */
}

/* ---- writing -------------------------------------------------------------------------------- */

void prs_lengths_builder_init(prs_lengths_builder *builder, prs_mem *mem) {
    prs_buf_init(&builder->array, mem);
    prs_buf_init(&builder->over, mem);
    builder->n_docs = builder->n_over = 0;
}

void prs_lengths_builder_fini(prs_lengths_builder *builder) {
    prs_buf_fini(&builder->array);
    prs_buf_fini(&builder->over);
}

void prs_lengths_builder_add(prs_lengths_builder *builder, uint32_t value) {
    uint32_t doc = builder->n_docs++;
    prs_buf_put16(&builder->array, (uint16_t)PRS_MIN(value, PRS_LENGTH_OVER));
    if (PRS_LIKELY(value < PRS_LENGTH_OVER)) return;
    prs_buf_put32(&builder->over, doc);
    prs_buf_put32(&builder->over, value);
    builder->n_over++;
}

prism_status prs_lengths_builder_view(const prs_lengths_builder *builder, prs_lengths *lengths,
                                      prism_error *err) {
    memset(lengths, 0, sizeof *lengths);
    PRS_TRY(prs_buf_status(&builder->array, err));
    PRS_TRY(prs_buf_status(&builder->over, err));
    *lengths =
        (prs_lengths){builder->array.ptr, builder->over.ptr, builder->n_docs, builder->n_over};
    return PRISM_OK;
}

prism_status prs_lengths_builder_write(const prs_lengths_builder *builder, prs_out *out,
                                       prism_error *err) {
    PRS_TRY(prs_buf_status(&builder->array, err));
    PRS_TRY(prs_buf_status(&builder->over, err));
    uint8_t n_over[4];
    prs_store32(n_over, builder->n_over);
    prs_out_write(out, builder->array.ptr, builder->array.len);
    prs_out_align(out, ALIGN);
    prs_out_write(out, n_over, sizeof n_over);
    prs_out_write(out, builder->over.ptr, builder->over.len);
    return prs_out_status(out, err);
}

/* ---- writing what is elsewhere -------------------------------------------------------------- */

enum { PIECE = 512 };

void prs_lengths_stream_begin(prs_lengths_stream *stream, prs_out *out) {
    stream->out = out;
}

void prs_lengths_stream_add(prs_lengths_stream *stream, const uint32_t *values, uint32_t n) {
    uint8_t bytes[2 * PIECE];
    while (n > 0) {
        uint32_t k = PRS_MIN(n, (uint32_t)PIECE);
        for (uint32_t i = 0; i < k; i++)
            prs_store16(bytes + 2 * (size_t)i, (uint16_t)PRS_MIN(values[i], PRS_LENGTH_OVER));
        prs_out_write(stream->out, bytes, 2 * (size_t)k);
        values += k;
        n -= k;
    }
}

void prs_lengths_stream_copy(prs_lengths_stream *stream, const prs_lengths *lengths, uint32_t first,
                             uint32_t n) {
    PRS_ASSERT(n <= lengths->n_docs && first <= lengths->n_docs - n);
    prs_out_write(stream->out, lengths->array + 2 * (size_t)first, 2 * (size_t)n);
}

void prs_lengths_stream_end_array(prs_lengths_stream *stream, uint32_t n_over) {
    uint8_t bytes[4];
    prs_store32(bytes, n_over);
    prs_out_align(stream->out, ALIGN);
    prs_out_write(stream->out, bytes, sizeof bytes);
}

void prs_lengths_stream_over(prs_lengths_stream *stream, uint32_t doc, uint32_t value) {
    uint8_t bytes[OVER_ENTRY];
    prs_store32(bytes, doc);
    prs_store32(bytes + 4, value);
    prs_out_write(stream->out, bytes, sizeof bytes);
}
