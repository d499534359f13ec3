/* postings_join.c - how do lists of several segments become one without decoding their positions?
 *
 * Structure   A list that is too long to wait for its directory is added twice: the first time
 *             positions are written and groups measured, the second time groups are written.
 *
 *             blocks that stay whole, of long lists   bytes copied behind a new head
 *             all others                              documents and freqs -> pending (up to 128),
 *                                                     positions: their bits -> run -> new block
 *
 *             At the end as in postings_writer.c: inline, a short list, or the builder's groups.
 * Invariants  - The run holds the groups of the pending documents, and zeros behind them.
 *             - Of the blocks of a list at most a tenth are short, but for the last one: where a
 *               block could only be copied behind a short one, it is encoded again instead.
 *             - A block is cut only when the posting after it is there.
 *             - Whatever the bytes of a block are, nothing is read beyond it, and the documents
 *               that come out of it ascend.
 * Why so      A group's size follows from freq and span, so the bits of a whole block are found by
 *             an addition per document, and moved 64 at a time: a tenth of decoding and encoding
 *             them.  Copied blocks are decoded nevertheless, for exact impacts and dominance
 *             points: those that are stored would get looser with every merge.
 * Cost        about 3 ns a posting copied, 9 a posting encoded again.
 * Source      FORMAT.md sections 6 to 8.   Tested by tests/unit/format/test_postings_join.c */
#include "format/postings_join.h"

#include "base/error.h"
#include "codec/eliasfano.h"
#include "format/block.h"
#include "format/postings_cursor.h"
#include "format/postings_group.h"
#include "format/short_list.h"

#define COPY_MIN_DF (8u * PRS_BLOCK) /* shorter lists are encoded again */
#define SHORT_OF 10u                 /* at most one block of so many is short */
#define RUN_MARGIN 16u               /* bytes that are touched behind the last bit of the run */

struct prs_postings_joiner {
    prs_mem *mem;
    prs_out *out;
    bool has_lengths, has_positions;
    bool is_long;         /* the list may have more than a block, and there are lengths */
    bool no_memory;       /* sticky until the next list */
    uint32_t n_docs;      /* of the result */
    uint64_t df, cf, off; /* of the current list */
    uint64_t positions_len, postings_len;
    uint32_t last_doc;          /* of the last finished block, PRS_NO_DOC before it */
    uint32_t n_blocks, n_short; /* finished */
    /* postings not yet in a block */
    uint32_t n;
    uint32_t docs[PRS_BLOCK], freqs[PRS_BLOCK];
    uint32_t lengths[PRS_BLOCK]; /* if is_long */
    uint8_t *run;                /* groups of their positions */
    size_t run_cap;
    uint64_t run_bits;
    uint64_t marks[PRS_MARKS_MAX];         /* bits before each posting that has one */
    prs_buf whole;                         /* a short list, encoded */
    uint8_t payload[PRS_INLINE_MAX_BYTES]; /* of an inline list */
    prs_list_builder list;
};

prism_status prs_postings_joiner_new(prs_mem *mem, prs_out *out, uint32_t n_docs, float mean_length,
                                     prs_postings_joiner **joiner, prism_error *err) {
    prs_postings_joiner *pj = prs_mem_calloc(mem, 1, sizeof *pj);
    *joiner = pj;
    if (pj == NULL) return prs_error_nomem(err);
    pj->mem = mem;
    pj->out = out;
    pj->n_docs = n_docs;
    pj->has_lengths = mean_length > 0;
    prs_buf_init(&pj->whole, mem);
    prs_list_builder_init(&pj->list, mem, mean_length);
    return PRISM_OK;
}

void prs_postings_joiner_free(prs_postings_joiner *pj) {
    if (pj == NULL) return;
    prs_list_builder_fini(&pj->list);
    prs_buf_fini(&pj->whole);
    prs_mem_free(pj->mem, pj->run, pj->run_cap);
    prs_mem_free(pj->mem, pj, sizeof *pj);
}

static void clear_run(prs_postings_joiner *pj) {
    if (pj->run_bits != 0) memset(pj->run, 0, (size_t)((pj->run_bits + 7) / 8));
    pj->run_bits = 0;
}

static void begin_pass(prs_postings_joiner *pj) {
    pj->df = pj->cf = pj->positions_len = 0;
    pj->last_doc = PRS_NO_DOC;
    pj->n_blocks = pj->n_short = 0;
    pj->n = 0;
    clear_run(pj);
}

void prs_postings_joiner_begin(prs_postings_joiner *pj, bool has_positions, uint64_t max_df,
                               bool twice) {
    pj->has_positions = has_positions;
    pj->is_long = pj->has_lengths && max_df > PRS_BLOCK;
    pj->no_memory = false;
    pj->off = prs_out_offset(pj->out);
    pj->postings_len = 0;
    begin_pass(pj);
    if (!prs_list_builder_empty(&pj->list) || pj->list.no_memory) prs_list_builder_reset(&pj->list);
    pj->list.pass = twice ? PRS_LIST_MEASURE : PRS_LIST_ONCE;
}

/* ---- finished blocks ------------------------------------------------------------------------- */

static void put_positions(prs_postings_joiner *pj, const uint8_t *bytes, size_t len) {
    if (pj->list.pass != PRS_LIST_WRITE) prs_out_write(pj->out, bytes, len);
    pj->positions_len += len;
}

/* What skipping needs to know of a block's postings; pos_len and bytes are there already. */
static void add_to_list(prs_postings_joiner *pj, prs_new_block *block, const uint32_t *freqs,
                        const uint32_t *lengths, uint32_t n) {
    prs_front front;
    prs_front_of(&front, freqs, pj->has_lengths ? lengths : NULL, n);
    prs_dominance_add(&pj->list.dominance, freqs, pj->has_lengths ? lengths : NULL, n);
    block->front = &front;
    prs_list_builder_add(&pj->list, block);
    pj->last_doc = block->last_doc;
    pj->n_blocks++;
    pj->n_short += n < PRS_BLOCK;
}

static uint64_t put_run(prs_postings_joiner *pj) {
    uint8_t head[PRS_MARKS_MAX_BYTES + 8];
    size_t len = (size_t)((pj->run_bits + 7) / 8);
    size_t head_len = prs_marks_put(pj->marks, pj->n, pj->run_bits, head);
    put_positions(pj, head, head_len);
    put_positions(pj, pj->run, len);
    return head_len + len;
}

static void put_pending(prs_postings_joiner *pj) {
    uint8_t bytes[PRS_BLOCK_MAX_BYTES + 8];
    if (pj->n == 0) return;
    prs_new_block block = {.bytes = bytes, .last_doc = pj->docs[pj->n - 1]};
    if (pj->has_positions) block.pos_len = put_run(pj);
    block.len = (uint32_t)prs_block_encode(pj->docs, pj->freqs, pj->n, pj->last_doc, bytes);
    add_to_list(pj, &block, pj->freqs, pj->lengths, pj->n);
    pj->n = 0;
    clear_run(pj);
}

/* ---- a block that is encoded again ----------------------------------------------------------- */

/* Make room for so many bits more. */
static bool grow_run(prs_postings_joiner *pj, uint64_t n_bits) {
    uint64_t need = (pj->run_bits + n_bits) / 8 + RUN_MARGIN;
    if (PRS_LIKELY(need <= pj->run_cap)) return true;
    if (need > atomic_load(&pj->mem->single_cap) / 2) {
        pj->no_memory = true;
        return false;
    }
    size_t cap = (size_t)PRS_MAX(2 * need, 4096u);
    uint8_t *run = prs_mem_resize(pj->mem, pj->run, pj->run_cap, cap);
    if (run == NULL) {
        pj->no_memory = true;
        return false;
    }
    memset(run + pj->run_cap, 0, cap - pj->run_cap);
    pj->run = run;
    pj->run_cap = cap;
    return true;
}

/* k groups that begin at bits[] of another run become those of the postings from number i on. */
static void mark_groups(prs_postings_joiner *pj, uint32_t i, const uint64_t *bits, uint32_t k) {
    uint32_t next = (i + PRS_MARK_EVERY - 1) / PRS_MARK_EVERY * PRS_MARK_EVERY;
    for (; next < i + k; next += PRS_MARK_EVERY)
        pj->marks[next / PRS_MARK_EVERY] = pj->run_bits + bits[next - i] - bits[0];
}

/* Positions of documents in the stored run of a block: bits of neighbours are moved at once. */
static void move_groups(prs_postings_joiner *pj, const prs_postings *from, const uint8_t *run,
                        const uint8_t *places, uint32_t n) {
    for (uint32_t i = 0, k; i < n; i += k) {
        k = (uint32_t)(places[n - 1] - places[i]) == n - 1 - i ? n - i : 1;
        uint64_t first = from->pos_bits[places[i]], end = from->pos_bits[places[i] + k];
        if (!grow_run(pj, end - first)) return;
        mark_groups(pj, pj->n + i, from->pos_bits + places[i], k);
        prs_bits_copy(pj->run, pj->run_bits, run, first, end - first);
        pj->run_bits += end - first;
    }
}

/* The position of a lonely posting becomes a group. */
static prism_status encode_lonely(prs_postings_joiner *pj, prs_postings *from, prism_error *err) {
    uint32_t position, span = prs_lengths_get(from->src->spans, from->docs[0]);
    PRS_TRY(prs_postings_positions(from, 0, &position, err));
    if (PRS_UNLIKELY(position >= span)) /* read anew: the file may have changed */
        return prs_cursor_corrupt(from, prs_cursor_payload(from), err,
                                  "a position beyond its document");
    if (!grow_run(pj, prs_ef_bits(1, span))) return PRISM_OK;
    if (pj->n % PRS_MARK_EVERY == 0) pj->marks[pj->n / PRS_MARK_EVERY] = pj->run_bits;
    pj->run_bits = prs_ef_encode(pj->run, pj->run_bits, &position, 1, span);
    return PRISM_OK;
}

/* Append n kept postings, as many as there is room for. */
static prism_status add_pending(prs_postings_joiner *pj, prs_postings *from, const uint8_t *run,
                                const prs_lengths *lengths, const prs_kept *kept, uint32_t first,
                                uint32_t n, prism_error *err) {
    const uint8_t *places = kept->places + first;
    memcpy(pj->docs + pj->n, kept->docs + first, n * sizeof *kept->docs);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = pj->n + i;
        pj->freqs[at] = from->freqs[places[i]];
        pj->cf += pj->freqs[at];
        if (pj->is_long) pj->lengths[at] = prs_lengths_get(lengths, from->docs[places[i]]);
    }
    if (run != NULL)
        move_groups(pj, from, run, places, n);
    else if (pj->has_positions)
        PRS_TRY(encode_lonely(pj, from, err));
    pj->n += n;
    pj->df += n;
    return PRISM_OK;
}

static prism_status add_again(prs_postings_joiner *pj, prs_postings *from,
                              const prs_lengths *lengths, const prs_kept *kept, prism_error *err) {
    const uint8_t *run = NULL;
    if (pj->has_positions && !prs_cursor_is_lonely(from))
        PRS_TRY(prs_cursor_position_bits(from, &run, err));
    for (uint32_t i = 0, n; i < kept->n && !pj->no_memory; i += n) {
        if (pj->n == PRS_BLOCK) put_pending(pj);
        n = PRS_MIN(PRS_BLOCK - pj->n, kept->n - i);
        PRS_TRY(add_pending(pj, from, run, lengths, kept, i, n, err));
    }
    return PRISM_OK;
}

/* ---- a block that is copied ------------------------------------------------------------------ */

/* May the block be copied, be it behind a short one? */
static bool may_copy(const prs_postings_joiner *pj, const prs_postings *from,
                     const prs_kept *kept) {
    if (!kept->shifted || from->n_groups == 0 || from->info.df < COPY_MIN_DF) return false;
    /* Lists of up to 128 stay one block: nothing is cut before there are more. */
    if (pj->df + from->n <= PRS_BLOCK) return false;
    uint32_t n_short = (pj->n % PRS_BLOCK != 0 ? 1u : 0) + (from->n < PRS_BLOCK ? 1u : 0);
    return n_short == 0 || (pj->n_short + n_short) * SHORT_OF <= pj->n_blocks;
}

/* Append a block of `from` whose stored bytes are known; a new head, all else as it is. */
static void put_copy(prs_postings_joiner *pj, const prs_postings *from, const prs_lengths *lengths,
                     const prs_kept *kept, prs_bytes body, prs_bytes positions) {
    uint8_t bytes[PRS_BLOCK_MAX_BYTES];
    uint32_t room[PRS_BLOCK], n = from->n;
    size_t head = prs_block_put_head(from->tag, n, kept->docs[0], pj->last_doc, bytes);
    memcpy(bytes + head, body.ptr, body.len);
    prs_new_block block = {.bytes = bytes,
                           .len = (uint32_t)(head + body.len),
                           .last_doc = kept->docs[n - 1],
                           .pos_len = positions.len};
    put_positions(pj, positions.ptr, positions.len);
    for (uint32_t i = 0; i < n; i++) pj->cf += from->freqs[i];
    for (uint32_t i = 0; i < n && pj->has_lengths; i++)
        room[i] = prs_lengths_get(lengths, from->docs[i]);
    pj->df += n;
    add_to_list(pj, &block, from->freqs, room, n);
}

prism_status prs_postings_joiner_add(prs_postings_joiner *pj, prs_postings *from,
                                     const prs_lengths *lengths, const prs_kept *kept,
                                     prism_error *err) {
    PRS_ASSERT(kept->n >= 1 && kept->n <= from->n && from->freqs_ready);
    PRS_ASSERT(!pj->has_positions || from->info.has_positions);
    if (may_copy(pj, from, kept) && pj->has_positions == from->info.has_positions) {
        prs_bytes body, positions;
        PRS_TRY(prs_cursor_stored(from, &body, &positions, err));
        /* Other writers may choose wasteful widths: such a block is encoded again. */
        if (body.len <= PRS_BLOCK_MAX_BYTES - PRS_BLOCK_HEAD_BYTES) {
            put_pending(pj);
            if (!pj->no_memory) put_copy(pj, from, lengths, kept, body, positions);
            return PRISM_OK;
        }
    }
    return add_again(pj, from, lengths, kept, err);
}

/* ---- ending a list --------------------------------------------------------------------------- */

/* A list that has become short enough for the dictionary. */
static void put_inline(prs_postings_joiner *pj, prs_term_info *info) {
    prs_inline_put_run(pj->docs, pj->freqs, pj->has_positions ? pj->run : NULL, pj->run_bits, pj->n,
                       pj->cf, pj->n_docs, pj->payload, info);
}

static void write_short(prs_postings_joiner *pj, prs_term_info *info) {
    size_t room = PRS_SHORT_HEAD_BYTES(pj->n) + (size_t)(pj->run_bits / 8) + RUN_MARGIN;
    prs_buf_clear(&pj->whole);
    uint8_t *out = prs_buf_extend(&pj->whole, room);
    if (out == NULL) {
        pj->no_memory = true;
        return;
    }
    memset(out, 0, room);
    uint64_t bit = prs_short_put(pj->docs, pj->freqs, pj->n, pj->cf, pj->n_docs, false, out);
    if (pj->has_positions) prs_bits_copy(out, bit, pj->run, 0, pj->run_bits);
    uint64_t len = (bit + pj->run_bits + 7) / 8;
    prs_out_write(pj->out, out, (size_t)len);
    info->postings_len = (bit + 7) / 8;
    pj->positions_len = len - info->postings_len;
}

prism_status prs_postings_joiner_again(prs_postings_joiner *pj, bool *again, prism_error *err) {
    PRS_ASSERT(pj->list.pass == PRS_LIST_MEASURE);
    *again = false;
    if (pj->no_memory) return prs_error_nomem(err);
    if (prs_list_builder_empty(&pj->list)) return PRISM_OK; /* a short one after all */
    put_pending(pj);
    if (!prs_list_builder_write(&pj->list, pj->df, pj->has_positions, pj->out, &pj->postings_len))
        return prs_error_nomem(err);
    begin_pass(pj);
    *again = true;
    return prs_out_status(pj->out, err);
}

static prism_status end_second(prs_postings_joiner *pj, prism_error *err) {
    if (prs_list_builder_end_second(&pj->list)) return PRISM_OK;
    if (pj->list.no_memory) return prs_error_nomem(err);
    return prs_error_corrupt(err, NULL, 0, "a list changed while it was read");
}

prism_status prs_postings_joiner_finish(prs_postings_joiner *pj, prs_term_info *info,
                                        prism_error *err) {
    memset(info, 0, sizeof *info);
    if (pj->df == 0) return prs_error_set(err, PRISM_EINVAL, "a list without documents");
    if (pj->no_memory) return prs_error_nomem(err);
    prs_term_info made = {.df = (uint32_t)pj->df, .cf = pj->cf, .has_positions = pj->has_positions};
    if (prs_terms_must_inline(made.df, made.cf)) {
        put_inline(pj, &made);
    } else if (prs_list_builder_empty(&pj->list)) {
        write_short(pj, &made);
        if (pj->no_memory) return prs_error_nomem(err);
    } else {
        put_pending(pj);
        if (pj->list.pass == PRS_LIST_WRITE) {
            PRS_TRY(end_second(pj, err));
        } else if (!prs_list_builder_write(&pj->list, pj->df, pj->has_positions, pj->out,
                                           &pj->postings_len)) {
            return prs_error_nomem(err);
        }
        made.postings_len = pj->postings_len;
    }
    PRS_TRY(prs_out_status(pj->out, err));
    if (!made.inlined) {
        made.off = pj->off;
        made.positions_len = pj->positions_len;
    }
    *info = made;
    return PRISM_OK;
}
