/* deletes_write.c - how are the deleted documents of a generation written in few bytes?
 *
 * Each segment takes the smaller of two kinds: a list of gaps (one byte per document while they are
 * fewer than one in 128) or a bit array.  The whole file is rewritten by every commit that deletes;
 * at one bit per document that is 125 kB for a million documents, and a reader needs one file only.
 * Source: FORMAT.md section 16.  Tested by tests/unit/format/test_deletes.c */
#include "format/deletes.h"

#include "base/buf.h"

/* Gaps between deleted documents; false if that takes more than `limit` bytes. */
static bool encode_list(const prs_bitset *set, prs_buf *buf, size_t limit) {
    uint32_t before = UINT32_MAX; /* -1 */
    prs_buf_clear(buf);
    for (uint32_t doc = prs_bitset_next(set, 0); doc < set->n;
         doc = prs_bitset_next(set, doc + 1)) {
        prs_buf_varint(buf, doc - before - 1);
        before = doc;
        if (buf->len > limit) return false;
    }
    return true;
}

static void encode_bits(const prs_bitset *set, prs_buf *buf) {
    prs_buf_clear(buf);
    for (uint32_t i = 0; i < prs_bitset_words(set->n); i++) prs_buf_put64(buf, set->words[i]);
}

static void put_segment(const prs_deletes_input *in, uint32_t n_deleted, prs_buf *buf,
                        prs_out *out) {
    size_t bits_len = (size_t)prs_bitset_words(in->deleted->n) * 8;
    bool list = encode_list(in->deleted, buf, bits_len);
    if (!list) encode_bits(in->deleted, buf);
    uint8_t head[32] = {0};
    memcpy(head, in->id.bytes, sizeof in->id.bytes);
    prs_store32(head + 16, n_deleted);
    head[20] = list ? 0 : 1;
    prs_store64(head + 24, buf->len);
    prs_out_write(out, head, sizeof head);
    prs_out_write(out, buf->ptr, buf->len);
}

prism_status prs_deletes_write(const prs_deletes_input *inputs, uint32_t n, prs_mem *mem,
                               prs_out *out, prism_error *err) {
    uint32_t n_entries = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (inputs[i].deleted != NULL &&
            prs_bitset_next(inputs[i].deleted, 0) < inputs[i].deleted->n) {
            n_entries++;
        }
    }
    uint8_t head[8] = {0};
    prs_store32(head, n_entries);
    prs_out_write(out, head, sizeof head);
    prs_buf buf;
    prs_buf_init(&buf, mem);
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < n && status == PRISM_OK; i++) {
        uint32_t n_deleted = inputs[i].deleted == NULL ? 0 : prs_bitset_count(inputs[i].deleted);
        if (n_deleted == 0) continue;
        put_segment(&inputs[i], n_deleted, &buf, out);
        status = prs_buf_status(&buf, err);
    }
    prs_buf_fini(&buf);
    return status == PRISM_OK ? prs_out_status(out, err) : status;
}
