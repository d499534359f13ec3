/* postings_writer.c - how does a term's list get to disk while its postings arrive?
 *
 * Structure   postings -> pending (up to 128) -> block -> positions to `out`, documents and freqs
 *             to the list builder
 *             at the end:  df <= 4, cf <= 32   inline payload, nothing written
 *                          df <= 128           a short list: postings, then positions
 *                          (short_list.c)
 *                          more                the builder's groups (postings_group.c)
 * Invariants  - A block is cut only when the posting after it is there, so a list of up to 128
 *               postings is still pending, whole, at the end, and pieces of any size give the same
 *               blocks.
 *             - Positions of a block are in `out` before its documents are anywhere: a term's
 *               positions stand together, in front of its postings.
 * Why so      Positions are three quarters of the bytes, so they are what must not wait.
 * Cost        about 4 ns per posting and 2 per position; a short list costs no more than its
 *             postings.
 * Source      FORMAT.md sections 6 to 8.   Tested by tests/unit/format/test_postings_writer.c,
 *             test_postings.c */
#include "format/postings_writer.h"

#include "base/error.h"
#include "codec/eliasfano.h"
#include "format/block.h"
#include "format/marks.h"
#include "format/postings_group.h"
#include "format/short_list.h"

struct prs_postings_writer {
    prs_mem *mem;
    prs_out *out;
    uint32_t n_docs;
    const prs_lengths *lengths, *spans; /* lengths NULL: a field without */
    bool has_positions;
    bool no_memory, bad_position; /* sticky until the next list */
    uint64_t df, cf, off;         /* of the current list */
    uint64_t positions_len;
    uint32_t last_doc; /* of the last finished block, PRS_NO_DOC before it */
    /* postings not yet in a block */
    uint32_t n;
    uint32_t docs[PRS_BLOCK], freqs[PRS_BLOCK];
    prs_buf positions; /* theirs, as u32 in memory order */
    /* scratch */
    prs_buf run;                           /* positions of one block, or a short list, encoded */
    uint8_t payload[PRS_INLINE_MAX_BYTES]; /* of an inline list */
    prs_list_builder list;
};

static float mean_of(const prs_lengths *lengths) {
    uint64_t sum = 0, n = 0;
    for (uint32_t doc = 0; lengths != NULL && doc < lengths->n_docs; doc++) {
        uint32_t length = prs_lengths_get(lengths, doc);
        sum += length;
        n += length != 0;
    }
    return n == 0 ? 0 : (float)sum / (float)n;
}

prism_status prs_postings_writer_new(prs_mem *mem, prs_out *out, uint32_t n_docs,
                                     const prs_lengths *lengths, const prs_lengths *spans,
                                     prs_postings_writer **writer, prism_error *err) {
    *writer = NULL;
    prs_postings_writer *pw = (prs_postings_writer *)prs_mem_calloc(mem, 1, sizeof *pw);
    if (pw == NULL) return prs_error_nomem(err);
    pw->mem = mem;
    pw->out = out;
    pw->n_docs = n_docs;
    pw->lengths = lengths;
    pw->spans = spans ? spans : lengths;
    prs_buf_init(&pw->positions, mem);
    prs_buf_init(&pw->run, mem);
    prs_list_builder_init(&pw->list, mem, mean_of(lengths));
    *writer = pw;
    return PRISM_OK;
}

void prs_postings_writer_free(prs_postings_writer *pw) {
    if (pw == NULL) return;
    prs_buf_fini(&pw->positions);
    prs_buf_fini(&pw->run);
    prs_list_builder_fini(&pw->list);
    prs_mem_free(pw->mem, pw, sizeof *pw);
}

void prs_postings_writer_begin(prs_postings_writer *pw, bool has_positions) {
    PRS_ASSERT(!has_positions || pw->spans != NULL);
    pw->has_positions = has_positions;
    pw->no_memory = pw->bad_position = false;
    pw->df = pw->cf = pw->positions_len = 0;
    pw->off = prs_out_offset(pw->out);
    pw->last_doc = PRS_NO_DOC;
    pw->n = 0;
    prs_buf_clear(&pw->positions);
    if (!prs_list_builder_empty(&pw->list) || pw->list.no_memory) prs_list_builder_reset(&pw->list);
}

/* Spans of n documents, the bits of their positions, and those before each that has a mark; false
 * if a position is beyond its span, which would write outside the group. */
static bool measure_positions(const prs_postings_writer *pw, const uint32_t *docs,
                              const uint32_t *freqs, const uint32_t *positions, uint32_t n,
                              uint32_t *spans, uint64_t marks[PRS_MARKS_MAX], uint64_t *n_bits) {
    *n_bits = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i % PRS_MARK_EVERY == 0) marks[i / PRS_MARK_EVERY] = *n_bits;
        spans[i] = prs_lengths_get(pw->spans, docs[i]);
        if (PRS_UNLIKELY(positions[freqs[i] - 1] >= spans[i])) return false;
        positions += freqs[i];
        *n_bits += prs_ef_bits(freqs[i], spans[i]);
    }
    return true;
}

/* Room for n_bits, zeroed, with what writing touches behind; NULL when out of memory. */
static uint8_t *make_room(prs_postings_writer *pw, uint64_t n_bits) {
    size_t len = (size_t)((n_bits + 7) / 8) + 9;
    prs_buf_clear(&pw->run);
    uint8_t *out = prs_buf_extend(&pw->run, len);
    if (out == NULL)
        pw->no_memory = true;
    else
        memset(out, 0, len);
    return out;
}

/* Encode and write the positions of n postings; returns the bytes. */
static uint64_t write_positions(prs_postings_writer *pw, const uint32_t *docs,
                                const uint32_t *freqs, const uint32_t *positions, uint32_t n) {
    uint32_t spans[PRS_BLOCK];
    uint8_t head[PRS_MARKS_MAX_BYTES + 8];
    uint64_t n_bits, marks[PRS_MARKS_MAX];
    if (!measure_positions(pw, docs, freqs, positions, n, spans, marks, &n_bits)) {
        pw->bad_position = true;
        return 0;
    }
    uint8_t *out = make_room(pw, n_bits);
    if (out == NULL) return 0;
    prs_ef_encode_groups(out, 0, positions, freqs, spans, n);
    size_t len = (size_t)((n_bits + 7) / 8), head_len = prs_marks_put(marks, n, n_bits, head);
    prs_out_write(pw->out, head, head_len);
    prs_out_write(pw->out, out, len);
    pw->positions_len += head_len + len;
    return head_len + len;
}

/* Lengths of n documents into `lengths`; NULL for a field without. */
static const uint32_t *gather_lengths(const prs_postings_writer *pw, const uint32_t *docs,
                                      uint32_t n, uint32_t *lengths) {
    if (pw->lengths == NULL) return NULL;
    for (uint32_t i = 0; i < n; i++) lengths[i] = prs_lengths_get(pw->lengths, docs[i]);
    return lengths;
}

/* What skipping needs to know of a block's postings; pos_len and bytes are there already. */
static void add_to_list(prs_postings_writer *pw, prs_new_block *block, const uint32_t *docs,
                        const uint32_t *freqs, uint32_t n) {
    uint32_t room[PRS_BLOCK];
    const uint32_t *lengths = gather_lengths(pw, docs, n, room);
    prs_front front;
    prs_front_of(&front, freqs, lengths, n);
    prs_dominance_add(&pw->list.dominance, freqs, lengths, n);
    block->front = &front;
    block->last_doc = docs[n - 1];
    prs_list_builder_add(&pw->list, block);
    pw->last_doc = docs[n - 1];
}

static void put_block(prs_postings_writer *pw, const uint32_t *docs, const uint32_t *freqs,
                      const uint32_t *positions, uint32_t n) {
    uint8_t bytes[PRS_BLOCK_MAX_BYTES + 8];
    prs_new_block block = {.bytes = bytes};
    if (pw->has_positions) block.pos_len = write_positions(pw, docs, freqs, positions, n);
    block.len = (uint32_t)prs_block_encode(docs, freqs, n, pw->last_doc, bytes);
    add_to_list(pw, &block, docs, freqs, n);
}

static void put_pending(prs_postings_writer *pw) {
    if (pw->n == 0) return;
    pw->no_memory |= pw->positions.failed;
    if (!pw->no_memory)
        put_block(pw, pw->docs, pw->freqs, (const uint32_t *)(const void *)pw->positions.ptr,
                  pw->n);
    pw->n = 0;
    prs_buf_clear(&pw->positions);
}

static uint64_t sum_freqs(const uint32_t *freqs, uint32_t n) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += freqs[i];
    return sum;
}

void prs_postings_writer_add(prs_postings_writer *pw, const uint32_t *docs, const uint32_t *freqs,
                             const uint32_t *positions, uint32_t n) {
    pw->df += n;
    while (n > 0 && !pw->no_memory && !pw->bad_position) {
        if (pw->n == PRS_BLOCK) put_pending(pw);
        bool direct = pw->n == 0 && n > PRS_BLOCK;
        uint32_t take = PRS_MIN(PRS_BLOCK - pw->n, n);
        uint64_t n_positions = sum_freqs(freqs, take);
        pw->cf += n_positions;
        if (direct) {
            put_block(pw, docs, freqs, positions, take);
        } else {
            memcpy(pw->docs + pw->n, docs, take * sizeof *docs);
            memcpy(pw->freqs + pw->n, freqs, take * sizeof *freqs);
            if (pw->has_positions)
                prs_buf_put(&pw->positions, positions, (size_t)n_positions * sizeof *positions);
            pw->n += take;
        }
        docs += take;
        freqs += take;
        if (pw->has_positions) positions += n_positions;
        n -= take;
    }
}

/* ---- ending a list -------------------------------------------------------------------------- */

/* A short list: all of it, not yet in a block. */
typedef struct short_list {
    const uint32_t *docs, *freqs, *positions;
    uint32_t n;
} short_list;

static void write_short(prs_postings_writer *pw, const short_list *list, const uint32_t *spans,
                        uint64_t n_bits, prs_term_info *info) {
    uint8_t *out = make_room(pw, 8 * (uint64_t)PRS_SHORT_HEAD_BYTES(list->n) + n_bits);
    if (out == NULL) return;
    uint64_t head =
        prs_short_put(list->docs, list->freqs, list->n, info->cf, pw->n_docs, false, out);
    if (pw->has_positions)
        prs_ef_encode_groups(out, head, list->positions, list->freqs, spans, list->n);
    uint64_t len = (head + n_bits + 7) / 8;
    prs_out_write(pw->out, out, (size_t)len);
    info->postings_len = (head + 7) / 8;
    pw->positions_len = len - info->postings_len;
}

/* A list that needs no skip data; df, cf are in info. */
static void put_short(prs_postings_writer *pw, const short_list *list, prs_term_info *info) {
    uint32_t spans[PRS_BLOCK];
    uint64_t n_bits = 0, marks[PRS_MARKS_MAX]; /* which a short list does without */
    if (pw->has_positions && !measure_positions(pw, list->docs, list->freqs, list->positions,
                                                list->n, spans, marks, &n_bits)) {
        pw->bad_position = true;
    } else if (prs_terms_must_inline(info->df, info->cf)) {
        prs_inline_put(list->docs, list->freqs, pw->has_positions ? list->positions : NULL, spans,
                       list->n, info->cf, pw->n_docs, pw->payload, info);
    } else {
        write_short(pw, list, spans, n_bits, info);
    }
}

static prism_status status_of(const prs_postings_writer *pw, prism_error *err) {
    if (pw->no_memory) return prs_error_nomem(err);
    if (pw->bad_position)
        return prs_error_set(err, PRISM_EINVAL, "a position beyond the span of its document");
    return prs_out_status(pw->out, err);
}

/* The list is written: did all go well, and where is it? */
static prism_status end_list(prs_postings_writer *pw, prs_term_info *made, prs_term_info *info,
                             prism_error *err) {
    PRS_TRY(status_of(pw, err));
    if (!made->inlined) {
        made->off = pw->off;
        made->positions_len = pw->positions_len;
    }
    *info = *made;
    return PRISM_OK;
}

prism_status prs_postings_writer_finish(prs_postings_writer *pw, prs_term_info *info,
                                        prism_error *err) {
    memset(info, 0, sizeof *info);
    if (pw->df == 0) return prs_error_set(err, PRISM_EINVAL, "a list without documents");
    pw->no_memory |= pw->positions.failed;
    PRS_TRY(status_of(pw, err));
    prs_term_info made = {.df = (uint32_t)pw->df, .cf = pw->cf, .has_positions = pw->has_positions};
    if (prs_list_builder_empty(&pw->list)) {
        short_list list = {pw->docs, pw->freqs, (const uint32_t *)(const void *)pw->positions.ptr,
                           pw->n};
        put_short(pw, &list, &made);
    } else {
        put_pending(pw);
        pw->no_memory |= !prs_list_builder_write(&pw->list, pw->df, pw->has_positions, pw->out,
                                                 &made.postings_len);
    }
    return end_list(pw, &made, info, err);
}

prism_status prs_postings_writer_whole(prs_postings_writer *pw, bool has_positions,
                                       const uint32_t *docs, const uint32_t *freqs,
                                       const uint32_t *positions, uint32_t n, prs_term_info *info,
                                       prism_error *err) {
    PRS_ASSERT(n >= 1 && n <= PRS_BLOCK);
    memset(info, 0, sizeof *info);
    prs_postings_writer_begin(pw, has_positions);
    short_list list = {docs, freqs, positions, n};
    prs_term_info made = {.df = n, .cf = sum_freqs(freqs, n), .has_positions = has_positions};
    put_short(pw, &list, &made);
    return end_list(pw, &made, info, err);
}
