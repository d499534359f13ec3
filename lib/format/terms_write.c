/* terms_write.c - how is the dictionary of a field written while its lists are, in one pass and
 * little memory?
 *
 * Structure   keys, infos   of the block being gathered (up to 64 terms); they are encoded when it
 *                           is whole (term_keys_write.c, term_infos.c)
 *             blocks        finished blocks that wait for their run in LISTS
 *             prefixes, offs, key_offs, index_keys   the parts of TERMS_INDEX, one entry per block
 *
 *                 LISTS  | lists ... | term blocks, 256 KiB | lists ... | term blocks | ...
 *
 * Invariants  - Finished blocks go out only between two blocks' lists, so the lists of a block stay
 *               together and one offset per block finds them all.
 *             - Offsets of waiting blocks count from the start of `blocks` until they are written.
 * Why so      The dictionary in a section of its own would have to wait in memory for the lists to
 *             end, or be written twice.  Runs of 256 KiB keep a scan of the dictionary (prefixes,
 *             patterns) as good as contiguous: it touches at most one foreign region in five.
 * Cost        about 30 ns per term.
 * Source      FORMAT.md section 6.   Tested by tests/unit/format/test_terms.c */
#include "format/terms.h"

#include "base/error.h"
#include "format/components.h"
#include "format/terms_block.h"

#define TERMS_RUN ((size_t)256 << 10) /* bytes of finished blocks that are worth a run */

struct prs_terms_writer {
    prs_mem *mem;
    prs_out *out;
    uint32_t n_docs;
    /* The current block: keys back to back, infos whose payloads are copied. */
    uint32_t n_in_block;
    prs_buf keys, payloads;
    uint32_t key_ends[PRS_TERMS_BLOCK];
    prs_term_info infos[PRS_TERMS_BLOCK];
    size_t payload_at[PRS_TERMS_BLOCK];
    bool has_list;       /* it has a term that is not inline ... */
    uint64_t first_list; /* ... and its first list begins here */
    uint64_t next_list;  /* where the next list of the block must begin */
    uint8_t last_key[PRISM_MAX_TERM_BYTES];
    size_t last_len;
    prs_buf coded_keys, coded_infos; /* scratch */
    prs_buf blocks;
    prs_buf prefixes, offs, key_offs, index_keys;
    uint32_t n_blocks, n_written; /* blocks finished; those of them in LISTS */
    bool no_memory, too_large;    /* sticky; a buffer's own flag is lost when it is cleared */
    prs_terms_totals totals;
};

static prs_buf *buffer(prs_terms_writer *tw, size_t i) {
    prs_buf *all[] = {&tw->keys,     &tw->payloads, &tw->coded_keys, &tw->coded_infos, &tw->blocks,
                      &tw->prefixes, &tw->offs,     &tw->key_offs,   &tw->index_keys,  NULL};
    return all[i];
}

prism_status prs_terms_writer_new(prs_mem *mem, prs_out *out, uint32_t n_docs,
                                  prs_terms_writer **writer, prism_error *err) {
    *writer = NULL;
    prs_terms_writer *tw = (prs_terms_writer *)prs_mem_calloc(mem, 1, sizeof *tw);
    if (tw == NULL) return prs_error_nomem(err);
    tw->mem = mem;
    tw->out = out;
    tw->n_docs = n_docs;
    for (size_t i = 0; buffer(tw, i) != NULL; i++) prs_buf_init(buffer(tw, i), mem);
    *writer = tw;
    return PRISM_OK;
}

void prs_terms_writer_free(prs_terms_writer *tw) {
    if (tw == NULL) return;
    for (size_t i = 0; buffer(tw, i) != NULL; i++) prs_buf_fini(buffer(tw, i));
    prs_mem_free(tw->mem, tw, sizeof *tw);
}

static void add_key(prs_terms_writer *tw, prs_bytes key) {
    if (!prs_buf_reserve(&tw->keys, key.len)) return;
    memcpy(tw->keys.ptr + tw->keys.len, key.ptr, key.len);
    tw->keys.len += key.len;
    tw->key_ends[tw->n_in_block] = (uint32_t)tw->keys.len;
}

/* The key before the next one: of the block, or that the block before ended with. */
static prs_bytes last_key(const prs_terms_writer *tw) {
    uint32_t n = tw->n_in_block, from = n > 1 ? tw->key_ends[n - 2] : 0;
    if (n == 0 || tw->keys.failed) return prs_bytes_of(tw->last_key, tw->last_len);
    return prs_bytes_of(tw->keys.ptr + from, tw->key_ends[n - 1] - from);
}

/* Lists of a block lie one behind another. */
static void note_list(prs_terms_writer *tw, const prs_term_info *info) {
    if (!tw->has_list) tw->first_list = tw->next_list = info->off;
    tw->has_list = true;
    PRS_ASSERT(info->off == tw->next_list || prs_out_status(tw->out, NULL) != PRISM_OK);
    tw->next_list += info->positions_len + info->postings_len;
    tw->totals.positions_len += info->positions_len;
    tw->totals.postings_len += info->postings_len;
}

static void add_info(prs_terms_writer *tw, const prs_term_info *info) {
    PRS_ASSERT(info->df > 0 && info->cf >= info->df);
    PRS_ASSERT(info->inlined == prs_terms_must_inline(info->df, info->cf));
    if (!info->inlined) note_list(tw, info);
    tw->infos[tw->n_in_block] = *info;
    if (info->payload == NULL) return;
    size_t len = (info->payload_bit + (size_t)info->payload_bits + 7) / 8;
    if (!prs_buf_reserve(&tw->payloads, len + 16)) return; /* copied as 64-bit words later */
    tw->payload_at[tw->n_in_block] = tw->payloads.len;
    memcpy(tw->payloads.ptr + tw->payloads.len, info->payload, len);
    tw->payloads.len += len;
}

/* The entry of a block in TERMS_INDEX but for its offset, when its first key comes. */
static void add_index_entry(prs_terms_writer *tw, prs_bytes key) {
    tw->too_large |= tw->index_keys.len > UINT32_MAX - PRISM_MAX_TERM_BYTES;
    prs_buf_put64(&tw->prefixes, prs_terms_prefix(key));
    prs_buf_put32(&tw->key_offs, (uint32_t)tw->index_keys.len);
    prs_buf_put(&tw->index_keys, key.ptr, key.len);
}

/* The gathered block without its list offset and lengths. */
static uint8_t encode_block(prs_terms_writer *tw) {
    uint32_t n = tw->n_in_block;
    for (uint32_t i = 0; i < n; i++)
        if (tw->infos[i].payload != NULL)
            tw->infos[i].payload = tw->payloads.ptr + tw->payload_at[i];
    prs_keys_form form = prs_term_keys_put(tw->keys.ptr, tw->key_ends, n, &tw->coded_keys);
    prs_infos_positions positions = prs_term_infos_put(tw->infos, n, tw->n_docs, &tw->coded_infos);
    return (uint8_t)((uint32_t)form | (uint32_t)positions << 2);
}

static void clear_block(prs_terms_writer *tw) {
    prs_bytes last = last_key(tw);
    memmove(tw->last_key, last.ptr, last.len);
    tw->last_len = last.len;
    prs_buf_clear(&tw->keys);
    prs_buf_clear(&tw->payloads);
    prs_buf_clear(&tw->coded_keys);
    prs_buf_clear(&tw->coded_infos);
    tw->n_in_block = 0;
    tw->has_list = false;
}

/* Append the gathered block to those that wait. */
static void finish_block(prs_terms_writer *tw) {
    tw->no_memory |= tw->keys.failed || tw->payloads.failed;
    if (!tw->no_memory) {
        prs_buf_put64(&tw->offs, tw->blocks.len);
        prs_buf_put8(&tw->blocks, encode_block(tw));
        prs_buf_varint(&tw->blocks, tw->coded_keys.len);
        prs_buf_varint(&tw->blocks, tw->coded_infos.len);
        prs_buf_varint(&tw->blocks, tw->has_list ? tw->first_list : 0);
        prs_buf_put(&tw->blocks, tw->coded_keys.ptr, tw->coded_keys.len);
        prs_buf_put(&tw->blocks, tw->coded_infos.ptr, tw->coded_infos.len);
        tw->no_memory |= tw->coded_keys.failed || tw->coded_infos.failed;
        tw->n_blocks++;
    }
    clear_block(tw);
}

/* Write the blocks that wait, as one run of LISTS. */
static void write_blocks(prs_terms_writer *tw) {
    tw->no_memory |= tw->blocks.failed || tw->offs.failed;
    if (tw->no_memory) return;
    uint64_t base = prs_out_offset(tw->out);
    for (; tw->n_written < tw->n_blocks; tw->n_written++) {
        uint8_t *off = tw->offs.ptr + 8 * (size_t)tw->n_written;
        prs_store64(off, base + prs_load64(off));
    }
    prs_out_write(tw->out, tw->blocks.ptr, tw->blocks.len);
    tw->totals.terms_len += tw->blocks.len;
    prs_buf_clear(&tw->blocks);
}

void prs_terms_writer_add(prs_terms_writer *tw, prs_bytes key, const prs_term_info *info) {
    PRS_ASSERT(key.len >= 1 && key.len <= PRISM_MAX_TERM_BYTES);
    PRS_ASSERT(tw->totals.n_terms == 0 || tw->keys.failed ||
               prs_bytes_compare(last_key(tw), key) < 0);
    if (tw->n_in_block == 0) add_index_entry(tw, key);
    add_key(tw, key);
    add_info(tw, info);
    tw->totals.n_terms++;
    tw->totals.sum_df += info->df;
    tw->totals.sum_cf += info->cf;
    if (++tw->n_in_block < PRS_TERMS_BLOCK) return;
    finish_block(tw);
    if (tw->blocks.len >= TERMS_RUN) write_blocks(tw);
}

static void write_index(prs_terms_writer *tw) {
    uint8_t head[PRS_TERMS_INDEX_HEAD] = {0};
    prs_store64(head, tw->totals.n_terms);
    prs_store32(head + 8, tw->n_blocks);
    prs_store64(head + 16, tw->totals.terms_len);
    prs_store64(head + 24, tw->totals.postings_len);
    prs_store64(head + 32, tw->totals.positions_len);
    prs_buf_put32(&tw->key_offs, (uint32_t)tw->index_keys.len);
    tw->no_memory |= tw->prefixes.failed || tw->key_offs.failed || tw->index_keys.failed;
    if (tw->no_memory) return;
    prs_out_write(tw->out, head, sizeof head);
    prs_out_write(tw->out, tw->prefixes.ptr, tw->prefixes.len);
    prs_out_write(tw->out, tw->offs.ptr, tw->offs.len);
    prs_out_write(tw->out, tw->key_offs.ptr, tw->key_offs.len);
    prs_out_write(tw->out, tw->index_keys.ptr, tw->index_keys.len);
}

prism_status prs_terms_writer_finish(prs_terms_writer *tw, uint16_t component, uint16_t field,
                                     prs_terms_totals *totals, prism_error *err) {
    memset(totals, 0, sizeof *totals);
    if (tw->n_in_block != 0) finish_block(tw);
    if (tw->n_blocks != 0) {
        write_blocks(tw);
        prs_out_section(tw->out, component, field, PRS_COMPONENT_VERSION);
        write_index(tw);
    }
    if (tw->too_large)
        return prs_error_set(err, PRISM_ELIMIT,
                             "the dictionary of a field is too large for a segment");
    if (tw->no_memory) return prs_error_nomem(err);
    PRS_TRY(prs_out_status(tw->out, err));
    *totals = tw->totals;
    return PRISM_OK;
}
