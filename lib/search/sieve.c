/* sieve.c - how is a window of bits narrowed by a cursor that knows lists only, and walked by one
 * that knows windows only?
 *
 * A window with few bits is asked about document by document (probe); one with many, where the
 * cursor can fill, is compared word by word.
 * Tested by   tests/unit/search/test_sieve.c */
#include "search/sieve.h"

#include "base/words.h"

#define PRS_SIFT_BY_WORDS 512u /* bits of a window from which filling is the cheaper way */

#define PRS_DENSE 4u      /* a list of one document in so many is mostly bits */
#define PRS_MAP_LEAST 16u /* one document in so many to be set */

/* Bits to candidates. */
static void list_bits(uint32_t base, const uint64_t *words, uint32_t n_words, prs_batch *out) {
    uint32_t n = 0;
    for (uint32_t w = 0; w < n_words; w++) {
        for (uint64_t word = words[w]; word != 0; word &= word - 1) {
            out->docs[n] = base + w * 64 + (uint32_t)__builtin_ctzll(word);
            out->scores[n++] = 0;
        }
    }
    out->n = n;
}

static prism_status sift_by_probe(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                                  bool keep, prs_scratch *space, prism_error *err) {
    prs_batch *batch = &space->batch;
    list_bits(base, words, n_words, batch);
    PRS_TRY(c->ops->probe(c, batch, 0, space->hit, err));
    for (uint32_t i = 0; i < batch->n; i++) {
        uint32_t at = batch->docs[i] - base;
        if ((space->hit[i] != 0) != keep) words[at >> 6] &= ~(UINT64_C(1) << (at & 63));
    }
    return PRISM_OK;
}

static prism_status sift_window(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                                bool keep, prs_scratch *space, prism_error *err) {
    uint32_t ones = prs_words_count(words, n_words);
    if (ones == 0) return PRISM_OK;
    if (c->ops->fill == NULL || ones < PRS_SIFT_BY_WORDS)
        return sift_by_probe(c, base, words, n_words, keep, space, err);
    uint64_t mine[PRS_WINDOW_WORDS] = {0};
    PRS_TRY(c->ops->fill(c, base, mine, n_words, err));
    prs_words_sift(words, mine, n_words, keep);
    return PRISM_OK;
}

prism_status prs_cursor_sift(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                             bool keep, prs_scratch *space, prism_error *err) {
    if (c->sieve != NULL) return c->sieve->sift(c, base, words, n_words, keep, err);
    for (uint32_t i = 0; i < n_words; i += PRS_WINDOW_WORDS) {
        uint32_t n = PRS_MIN(n_words - i, PRS_WINDOW_WORDS);
        PRS_TRY(sift_window(c, base + 64 * i, words + i, n, keep, space, err));
    }
    return PRISM_OK;
}

static bool fills_maps(const prs_cursor *c) {
    return c->sieve != NULL && c->sieve->fill_map != NULL;
}

/* Are there so many documents to be set one by one that a byte for each is cheaper? */
static bool maps(const prs_plan *plan, prs_cursor *const *cursors, uint32_t n,
                 const prs_cursor *less) {
    uint64_t single = 0;
    for (uint32_t i = 0; i < n; i++) {
        const prs_cursor *c = cursors[i];
        if (c != less && fills_maps(c) && c->cost * PRS_DENSE < plan->n_docs)
            single += c->cost; /* others are bits */
    }
    return single * PRS_MAP_LEAST >= plan->n_docs;
}

prism_status prs_cursors_fill(prs_plan *plan, prs_cursor *const *cursors, uint32_t n,
                              const prs_cursor *less, uint32_t base, uint64_t *words,
                              uint32_t n_words, prs_batch *space, prism_error *err) {
    uint8_t *map = NULL;
    if (maps(plan, cursors, n, less)) {
        if (plan->map == NULL) plan->map = prs_arena_calloc(&plan->arena, PRS_SIEVE_WORDS, 64);
        if (plan->map == NULL) return prs_error_nomem(err);
        map = plan->map;
    }
    for (uint32_t i = 0; i < n; i++) { /* first: there may be unions below, which use the map */
        prs_cursor *c = cursors[i];
        if (c != less && !(map != NULL && fills_maps(c)))
            PRS_TRY(prs_cursor_fill(c, base, words, n_words, space, err));
    }
    for (uint32_t i = 0; i < n && map != NULL; i++) {
        prs_cursor *c = cursors[i];
        if (c != less && fills_maps(c))
            PRS_TRY(c->sieve->fill_map(c, base, words, map, n_words, err));
    }
    if (map != NULL) prs_words_take_map(words, map, n_words);
    return PRISM_OK;
}

prism_status prs_cursor_fill_set(prs_cursor *cursor, prs_bitset *set, prs_batch *space,
                                 prism_error *err) {
    uint32_t n_words = prs_bitset_words(set->n);
    for (uint32_t from = 0; from < set->n;) {
        uint32_t doc;
        PRS_TRY(prs_watch_tick(cursor->plan->watch, err));
        PRS_TRY(cursor->ops->peek(cursor, from, &doc, err));
        if (doc >= set->n) break;
        uint32_t word = doc >> 6, n = PRS_MIN(n_words - word, PRS_SIEVE_WORDS);
        PRS_TRY(prs_cursor_fill(cursor, word << 6, set->words + word, n, space, err));
        if (n_words - word <= n) break;
        from = (word + n) << 6;
    }
    return PRISM_OK;
}

/* The matches in [from, to), which lies in one word: asked bit by bit, since filling would go back
 * to the beginning of the word, or ahead to its end. */
static prism_status next_in_word(prs_cursor *c, uint32_t from, uint32_t to, prs_scratch *space,
                                 prs_batch *out, prism_error *err) {
    uint32_t base = from & ~63u;
    uint64_t word = UINT64_MAX << (from & 63);
    if (to - base < 64) word &= (UINT64_C(1) << (to - base)) - 1;
    PRS_TRY(prs_cursor_sift(c, base, &word, 1, true, space, err));
    list_bits(base, &word, 1, out);
    out->next = to;
    return PRISM_OK;
}

prism_status prs_sieve_next(prs_cursor *c, uint32_t from, uint32_t to, prs_scratch *space,
                            prs_batch *out, prism_error *err) {
    uint64_t words[PRS_WINDOW_WORDS];
    uint32_t doc;
    out->n = 0;
    out->next = to;
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    PRS_TRY(c->ops->peek(c, from, &doc, err));
    if (doc >= to) return PRISM_OK;
    uint32_t base = doc & ~63u;
    if (base < from || to - base < 64)
        return next_in_word(c, doc, PRS_MIN(to, base + 64), space, out, err);
    uint32_t n_words = PRS_MIN((to - base) / 64, PRS_WINDOW_WORDS);
    memset(words, 0, n_words * sizeof *words);
    PRS_TRY(c->ops->fill(c, base, words, n_words, err));
    list_bits(base, words, n_words, out);
    out->next = base + 64 * n_words;
    return PRISM_OK;
}
