/* term_sort.c - in which order do a field's terms stand in the dictionary?
 *
 * Structure   ids -> items (first 8 key bytes as a big-endian number, id, length)
 *                 -> radix sort on the bytes of the number in which items differ at all
 *                 -> runs of equal numbers: heap or insertion sort on whole keys
 * Invariants  Zero-filling short keys keeps the order of prefixes: a key is never greater than one
 *             that continues it, and equal numbers are looked at again with the whole keys.
 * Why so      A million terms are sorted at every flush.  Comparing keys through two pointers costs
 *             two cache misses per comparison; the numbers are moved with the ids, so most keys are
 *             read once.  The kind byte and rare high bytes make several of the eight digits
 *             constant: those are skipped.  Heap sort for long runs of equal beginnings is slow per
 *             step but has no bad case and no recursion (chosen keys may share any beginning).
 * Cost        ~40 ns per term for words and Han pairs.
 * Tested by   tests/unit/invert/test_term_sort.c */
#include "invert/term_sort.h"

#include "base/error.h"

typedef struct sort_item {
    uint64_t prefix;
    uint32_t id, len;
} sort_item;

#define DIGITS 8u
#define SMALL_RUN 12u

static uint64_t prefix_of(prs_bytes key) {
    uint8_t head[8] = {0};
    memcpy(head, key.ptr, PRS_MIN(key.len, sizeof head));
    uint64_t v = prs_load64(head);
    return __builtin_bswap64(v);
}

static bool key_before(const prs_lexicon *lexicon, const sort_item *a, const sort_item *b) {
    return prs_bytes_compare(prs_lexicon_key(lexicon, a->id), prs_lexicon_key(lexicon, b->id)) < 0;
}

/* One stable pass over digit d, 0 = lowest byte. */
static void radix_pass(const sort_item *from, sort_item *to, uint32_t n, uint32_t d) {
    uint32_t at[256] = {0};
    for (uint32_t i = 0; i < n; i++) at[(from[i].prefix >> (8 * d)) & 255]++;
    for (uint32_t v = 0, sum = 0; v < 256; v++) {
        uint32_t count = at[v];
        at[v] = sum;
        sum += count;
    }
    for (uint32_t i = 0; i < n; i++) to[at[(from[i].prefix >> (8 * d)) & 255]++] = from[i];
}

/* Sort by prefix; returns whichever of the two arrays holds the result. */
static sort_item *radix_sort(sort_item *items, sort_item *other, uint32_t n) {
    uint64_t differ = 0; /* bits in which not all items agree */
    for (uint32_t i = 1; i < n; i++) differ |= items[i].prefix ^ items[0].prefix;
    for (uint32_t d = 0; d < DIGITS; d++) {
        if (((differ >> (8 * d)) & 255) == 0) continue;
        radix_pass(items, other, n, d);
        sort_item *swap = items;
        items = other;
        other = swap;
    }
    return items;
}

static void insertion_sort(const prs_lexicon *lexicon, sort_item *run, size_t n) {
    for (size_t i = 1; i < n; i++) {
        sort_item item = run[i];
        size_t j = i;
        for (; j > 0 && key_before(lexicon, &item, &run[j - 1]); j--) run[j] = run[j - 1];
        run[j] = item;
    }
}

static void sift_down(const prs_lexicon *lexicon, sort_item *run, size_t i, size_t n) {
    sort_item item = run[i];
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && key_before(lexicon, &run[child], &run[child + 1])) child++;
        if (!key_before(lexicon, &item, &run[child])) break;
        run[i] = run[child];
    }
    run[i] = item;
}

static void heap_sort(const prs_lexicon *lexicon, sort_item *run, size_t n) {
    for (size_t i = n / 2; i-- > 0;) sift_down(lexicon, run, i, n);
    for (size_t end = n; end-- > 1;) {
        sort_item top = run[0];
        run[0] = run[end];
        run[end] = top;
        sift_down(lexicon, run, 0, end);
    }
}

static void sort_equal_prefixes(const prs_lexicon *lexicon, sort_item *items, size_t n) {
    for (size_t begin = 0, end; begin < n; begin = end) {
        for (end = begin + 1; end < n && items[end].prefix == items[begin].prefix;) end++;
        if (end - begin > SMALL_RUN) {
            heap_sort(lexicon, items + begin, end - begin);
        } else if (end - begin > 1) {
            insertion_sort(lexicon, items + begin, end - begin);
        }
    }
}

/* The last byte of a short key's prefix is free. */
static uint64_t head_of(const sort_item *item) {
    return item->len < sizeof item->prefix ? item->prefix | item->len : 0;
}

prism_status prs_term_sort(const prs_lexicon *lexicon, uint32_t *ids, uint32_t n, uint64_t *heads,
                           prs_mem *mem, prism_error *err) {
    if (n == 0) return PRISM_OK;
    size_t bytes = 2 * (size_t)n * sizeof(sort_item);
    sort_item *items = prs_mem_alloc(mem, bytes);
    if (items == NULL) return prs_error_nomem(err);
    const prs_bytes *keys = prs_lexicon_keys(lexicon);
    for (uint32_t i = 0; i < n; i++) {
        items[i].prefix = prefix_of(keys[ids[i]]);
        items[i].id = ids[i];
        items[i].len = (uint32_t)keys[ids[i]].len;
    }
    sort_item *sorted = radix_sort(items, items + n, n);
    sort_equal_prefixes(lexicon, sorted, n);
    for (uint32_t i = 0; i < n; i++) ids[i] = sorted[i].id;
    for (uint32_t i = 0; heads != NULL && i < n; i++) heads[i] = head_of(&sorted[i]);
    prs_mem_free(mem, items, bytes);
    return PRISM_OK;
}
