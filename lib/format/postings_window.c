/* postings_window.c - which documents of a window has a list, as bits?
 *
 * Structure   Blocks that lie in the window as a whole are turned into bits from their stored form:
 *             a run is a fill, a bitset an or of shifted words, a packed block a bit per document.
 *             Blocks that cross an edge of the window are loaded, and stay loaded for the next
 *             window.
 * Invariants  Bits are only ever set, and only in [base, base + 64 n_words).  Several lists may
 *             share a map of bytes for what is stored as numbers: setting a bit is a load, an
 *             operation and a store, which the next one in the same byte waits for.
 * Why so      Counting and filtering dense lists is where bitset blocks pay: 64 documents per
 *             operation, against about 1 ns for each on the way through an array.
 * Cost        bench/micro/codec_bench.c.
 * Source      FORMAT.md section 7.   Tested by tests/unit/format/test_postings_window.c,
 *             test_postings_group.c */
#include "format/postings_cursor.h"

typedef struct window {
    uint32_t base;
    uint64_t end; /* base + 64 n_words */
    uint64_t *words;
    uint8_t *map; /* where single documents go; NULL = words */
} window;

/* Neighbours are rarely in the same byte, but mostly in the same word, where each would wait for
 * the one before to be stored. */
static void set_bits(const window *w, const uint32_t *docs, uint32_t n) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint8_t *bytes = (uint8_t *)w->words;
    const uint32_t base = w->base; /* bytes may be anything's: keep it */
#pragma GCC unroll 8
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bit = docs[i] - base;
        bytes[bit >> 3] |= (uint8_t)(1u << (bit & 7));
    }
#else
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bit = docs[i] - w->base;
        w->words[bit >> 6] |= UINT64_C(1) << (bit & 63);
    }
#endif
}

/* A byte each: nothing is loaded, and no store waits for another. */
static void set_docs(const window *w, const uint32_t *docs, uint32_t n) {
    uint8_t *map = w->map;
    const uint32_t base = w->base;
    if (map == NULL) {
        set_bits(w, docs, n);
        return;
    }
#pragma GCC unroll 8
    for (uint32_t i = 0; i < n; i++) map[docs[i] - base] = PRS_MAP_MARK;
}

/* Bits [from, from + n), n >= 1. */
static void set_run(const window *w, uint32_t from, uint32_t n) {
    uint32_t first = from - w->base, last = first + n - 1;
    uint64_t head = ~UINT64_C(0) << (first & 63), tail = ~UINT64_C(0) >> (63 - (last & 63));
    uint32_t a = first >> 6, b = last >> 6;
    if (a == b) {
        w->words[a] |= head & tail;
        return;
    }
    w->words[a] |= head;
    for (uint32_t i = a + 1; i < b; i++) w->words[i] = ~UINT64_C(0);
    w->words[b] |= tail;
}

/* Words whose bit 0 is document `first`; the last one's highest bit is in the window. */
static void set_words(const window *w, uint32_t first, const uint8_t *words, uint32_t n_words) {
    uint32_t shift = (first - w->base) & 63, at = (first - w->base) >> 6;
    uint64_t carry = 0;
    for (uint32_t i = 0; i < n_words; i++) {
        uint64_t word = prs_load64(words + 8 * (size_t)i);
        w->words[at + i] |= word << shift | carry;
        carry = shift == 0 ? 0 : word >> (64 - shift);
    }
    if (carry != 0) w->words[at + n_words] |= carry;
}

/* The block stood on, which is not loaded and ends inside the window.  *whole: it was set as it
 * is. */
static prism_status set_stored(prs_postings *p, const window *w, bool *whole, prism_error *err) {
    const uint8_t *end, *in = prs_cursor_block(p, &end);
    prs_block_head head;
    *whole = false;
    if (!prs_block_read_head(in, end, p->before_block, &head))
        return prs_cursor_corrupt(p, in, err, "head of a block is unsound");
    if (head.first < w->base) return PRISM_OK;
    prs_block_form form = (prs_block_form)(head.tag & PRS_BLOCK_FORM);
    bool sound = true;
    if (form == PRS_BLOCK_RUN) {
        sound = head.first + (head.n - 1) == p->last_doc;
        if (sound) set_run(w, head.first, head.n);
        *whole = true;
    } else if (form == PRS_BLOCK_BITSET) {
        uint32_t n_words;
        const uint8_t *words = prs_block_read_words(&head, end, &n_words);
        sound = words != NULL;
        if (sound) {
            uint64_t top = prs_load64(words + 8 * (size_t)(n_words - 1));
            sound = head.first + 64 * (n_words - 1) + 63 - (uint32_t)__builtin_clzll(top) ==
                    p->last_doc;
        }
        if (sound) set_words(w, head.first, words, n_words);
        *whole = true;
    }
    return sound ? PRISM_OK : prs_cursor_corrupt(p, in, err, "documents of a block are unsound");
}

/* The block stood on, by its documents from p->i on, which moves to the window: a block that
 * reaches over many windows is not searched from its beginning in each. */
static prism_status set_loaded(prs_postings *p, const window *w, prism_error *err) {
    PRS_TRY(prs_postings_load(p, err));
    if (p->docs[p->i] < w->base) p->i = prs_cursor_place(p->docs, p->i, p->n, w->base);
    uint32_t n = p->n;
    if (p->last_doc >= w->end)
        for (n = p->i; p->docs[n] < w->end;) n++;
    set_docs(w, p->docs + p->i, n - p->i);
    return PRISM_OK;
}

prism_status prs_postings_fill_window(prs_postings *p, uint32_t base, uint64_t *words,
                                      uint32_t n_words, prism_error *err) {
    return prs_postings_fill_map(p, base, words, NULL, n_words, err);
}

prism_status prs_postings_fill_map(prs_postings *p, uint32_t base, uint64_t *words, uint8_t *map,
                                   uint32_t n_words, prism_error *err) {
    window w = {base, base + 64 * (uint64_t)n_words, words, map};
    PRS_TRY(prs_postings_skip_to(p, base, err));
    while (p->last_doc != PRS_DOC_END) {
        bool ends_inside = p->last_doc < w.end, done = false;
        if (!ends_inside && (uint32_t)(p->before_block + 1u) >= w.end)
            break; /* begins behind the window */
        if (ends_inside && p->n == 0) PRS_TRY(set_stored(p, &w, &done, err));
        if (!done) PRS_TRY(set_loaded(p, &w, err));
        if (p->last_doc + UINT64_C(1) >= w.end) break;
        PRS_TRY(prs_postings_next_block(p, err));
    }
    return PRISM_OK;
}
