/* marks.c - how is a group of positions found without adding up all before it?
 *
 * Structure   run of a block   | 6 bits w | w bits for posting 32, 64, 96 | groups |
 *
 *             A mark is where the group begins, less where it would if all groups were of one
 *             size: a few bits, as those differences are small.
 * Invariants  - Marks that were read ascend, and lie inside the run.
 * Why so      A group's size hangs on its document's span, and spans of documents that are far apart
 *             are each a line of the cache: where a block has one candidate, most of its time went
 *             into spans of others.  Three marks cost 3 to 4 bytes a block; seven would cost twice
 *             that and save another eighth.
 * Source      FORMAT.md section 8.   Tested by tests/unit/format/test_marks.c */
#include "format/marks.h"

/* Where posting 32 k would begin. */
static inline uint64_t even(uint64_t n_bytes, uint32_t k, uint32_t n) {
    uint64_t whole = 8 * n_bytes * (PRS_MARK_EVERY * k);
    return n == 128 ? whole / 128 : whole / n;
}

uint32_t prs_marks_put(const uint64_t *marks, uint32_t n, uint64_t n_bits, uint8_t *out) {
    uint64_t zigzag[PRS_MARKS_MAX], all = 0;
    uint32_t count = prs_marks_count(n), bit = 6;
    if (count < 2) return 0;
    for (uint32_t k = 1; k < count; k++) {
        int64_t off = (int64_t)(marks[k] - even((n_bits + 7) / 8, k, n));
        zigzag[k] = ((uint64_t)off << 1) ^ (uint64_t)(off >> 63);
        all |= zigzag[k];
    }
    uint32_t w = prs_bit_width64(all);
    PRS_ASSERT(w <= 57);
    memset(out, 0, PRS_MARKS_MAX_BYTES + 8);
    prs_bits_store(out, 0, 6, w);
    for (uint32_t k = 1; k < count; k++, bit += w) prs_bits_store(out, bit, w, zigzag[k]);
    return (bit + 7) / 8;
}

bool prs_marks_read(const uint8_t *run, uint64_t len, uint32_t n, uint64_t marks[PRS_MARKS_MAX],
                    uint32_t *head) {
    uint32_t count = prs_marks_count(n);
    marks[0] = 0;
    *head = 0;
    if (count < 2) return true;
    if (PRS_UNLIKELY(len == 0)) return false;
    uint32_t w = run[0] & 63, bit = 6;
    *head = (bit + w * (count - 1) + 7) / 8;
    if (PRS_UNLIKELY(w > 57 || *head > len || len >> 32 != 0)) return false;
    uint64_t n_bytes = len - *head;
    for (uint32_t k = 1; k < count; k++, bit += w) {
        uint64_t v = prs_bits_load(run, bit, w);
        marks[k] = even(n_bytes, k, n) + ((v >> 1) ^ -(v & 1)); /* wraps to huge below 0 */
        if (PRS_UNLIKELY(marks[k] < marks[k - 1] || marks[k] > 8 * n_bytes)) return false;
    }
    return true;
}
