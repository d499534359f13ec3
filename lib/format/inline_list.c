/* inline_list.c - what does the dictionary hold of a term with a handful of documents?
 *
 * Structure   payload  | gaps of documents | freqs - 1, unless all are 1 | positions |
 *             all varints.  Joined, the three parts of each list go behind those of the list
 *             before; only the gap of its first document changes.
 * Invariants  A joined payload is the bytes that one list of the same documents would have.
 * Why so      Two of three terms of a collection are such lists: a merge spends most of its calls
 *             here, so nothing is opened, decoded or measured that is only to be copied.
 * Cost        about 20 ns a list.
 * Source      FORMAT.md section 6.   Tested by tests/unit/format/test_inline_list.c */
#include "format/inline_list.h"

#include "format/terms_block.h"

static uint8_t *put_varint(uint8_t *out, uint32_t v) {
    for (; v >= 0x80; v >>= 7) *out++ = (uint8_t)(v | 0x80);
    *out++ = (uint8_t)v;
    return out;
}

static uint8_t *put_docs_and_freqs(const uint32_t *docs, const uint32_t *freqs, uint32_t n,
                                   uint64_t cf, uint8_t *out) {
    uint32_t before = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) {
        out = put_varint(out, docs[i] - before - 1);
        before = docs[i];
    }
    for (uint32_t i = 0; i < n && cf != n; i++) out = put_varint(out, freqs[i] - 1);
    return out;
}

size_t prs_inline_put(const uint32_t *docs, const uint32_t *freqs, const uint32_t *positions,
                      uint32_t n, uint64_t cf, uint8_t out[PRS_INLINE_MAX_BYTES]) {
    PRS_ASSERT(prs_terms_must_inline(n, cf));
    uint8_t *at = put_docs_and_freqs(docs, freqs, n, cf, out);
    for (uint32_t i = 0; i < n && positions != NULL; i++) {
        for (uint32_t k = 0; k < freqs[i]; k++, positions++)
            at = put_varint(at, k == 0 ? positions[0] : positions[0] - positions[-1]);
    }
    return (size_t)(at - out);
}

/* ---- joining --------------------------------------------------------------------------------- */

typedef struct joined {
    uint32_t docs[PRS_INLINE_MAX_DF], freqs[PRS_INLINE_MAX_DF], n;
    prs_bytes positions[PRS_INLINE_MAX_DF]; /* by part */
} joined;

/* Are these n varints of at most 5 bytes, and nothing else? */
static bool are_varints(prs_bytes bytes, uint64_t n) {
    uint32_t len = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        if (++len > 5) return false;
        if (bytes.ptr[i] >= 0x80) continue;
        len = 0;
        n--;
    }
    return n == 0 && len == 0;
}

/* Take one list; false if it is unsound. */
static bool take_part(const prs_inline_part *part, joined *all, prs_bytes *positions) {
    const prs_term_info *info = part->info;
    prs_cur c = prs_cur_of(info->payload, info->payload_len);
    uint64_t next = 0, cf = 0;
    uint32_t n = all->n;
    for (uint32_t i = 0; i < info->df; i++) {
        next += (uint64_t)prs_cur_varint32(&c) + 1;
        all->docs[n + i] = part->base + (uint32_t)(next - 1);
    }
    for (uint32_t i = 0; i < info->df; i++) {
        uint64_t freq = info->cf == info->df ? 1 : (uint64_t)prs_cur_varint32(&c) + 1;
        all->freqs[n + i] = (uint32_t)freq;
        cf += freq;
    }
    all->n += info->df;
    *positions = prs_bytes_of(c.at, prs_cur_left(&c));
    return !c.bad && next <= part->n_docs && cf == info->cf &&
           are_varints(*positions, info->has_positions ? cf : 0);
}

bool prs_inline_join(const prs_inline_part *parts, uint32_t n, uint8_t *payload,
                     prs_term_info *info, uint32_t *part) {
    joined all;
    all.n = 0;
    memset(info, 0, sizeof *info);
    info->inlined = true;
    info->has_positions = parts[0].info->has_positions;
    for (uint32_t i = 0; i < n; i++) {
        info->df += parts[i].info->df;
        info->cf += parts[i].info->cf;
    }
    PRS_ASSERT(n <= PRS_INLINE_MAX_DF && prs_terms_must_inline(info->df, info->cf));
    for (uint32_t i = 0; i < n; i++) {
        *part = i;
        if (!take_part(&parts[i], &all, &all.positions[i])) return false;
    }
    uint8_t *at = put_docs_and_freqs(all.docs, all.freqs, all.n, info->cf, payload);
    for (uint32_t i = 0; i < n; i++) {
        if (all.positions[i].len != 0) memcpy(at, all.positions[i].ptr, all.positions[i].len);
        at += all.positions[i].len;
    }
    info->payload = payload;
    info->payload_len = (uint32_t)(at - payload);
    return true;
}
