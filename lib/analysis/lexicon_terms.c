/* lexicon_terms.c - how does a term, or its key, find its id?
 *
 *     word of up to 16 bytes ------------- memo of words, or of stems ---+
 *     pair of two three-byte characters -- memo of pairs ----------------+--> id, key
 *     HAN1, HANEND of three bytes -------- tables by character ----------+
 *     anything else ---------------------- prs_map ----------------------+
 *
 * Each kind of term has one table that is the truth for it, so a term has one id however it was
 * met.  Keys and ids of all of them are the map's; those that a memo finds are unlisted there.
 *
 *                    memo of words, by surface            of stems, by term
 *     no stemmer     id: of the surface, which is the term
 *     a stemmer      id: of the stem    other: of the term that is spelled so
 *     dual           id: of the stem    other: EXACT      id
 *
 * Why so      A word in the map costs three misses of the cache, of its slot, its place and its
 *             bytes; in a memo one.  Surfaces of a lane and short terms are the same bytes, so one
 *             memo knows both: a stem is most often its own surface, which was looked up just now,
 *             or that of a frequent word, which the cache has.
 * Tested by   tests/unit/analysis/test_lexicon.c */
#include "analysis/lexicon_impl.h"

#include "analysis/utf8.h"
#include "base/error.h"

#define IDS_MAX PRS_STREAM_ID

prism_status prs_lexicon_check_room(const prs_lexicon *lexicon) {
    if (PRS_LIKELY(lexicon->keys.n < IDS_MAX)) return PRISM_OK;
    return prs_error_set(lexicon->err, PRISM_ELIMIT, "more than %u different terms", IDS_MAX);
}

/* A word that a memo can hold: its last byte tells where it ends. */
static bool fits_memo(uint8_t kind, prs_bytes term, prs_word_key *key) {
    if (kind != PRS_KIND_WORD || term.len - 1 >= PRS_WORD_KEY_BYTES) return false;
    *key = prs_word_key_of(term.ptr, term.len);
    return key->lo != 0 && term.ptr[term.len - 1] != 0;
}

/* `term` with its kind before it as a new key. */
static prism_status keep_unlisted(prs_lexicon *lexicon, prs_bytes key, uint32_t *id) {
    PRS_TRY(prs_lexicon_check_room(lexicon));
    if (prs_map_add_unlisted(&lexicon->keys, key, id) == PRISM_OK) return PRISM_OK;
    return prs_error_nomem(lexicon->err);
}

prism_status prs_lexicon_term_slot(prs_lexicon *lexicon, prs_word_key key, uint32_t **slot) {
    bool is_dual = lexicon->analysis->words.is_dual;
    prs_word_memo *memo = is_dual ? &lexicon->stems : &lexicon->words;
    if (prs_word_memo_reserve(memo, 1) != PRISM_OK) return prs_error_nomem(lexicon->err);
    prs_word_entry *entry = prs_word_memo_put(memo, key);
    *slot = is_dual || prs_lexicon_is_own_term(lexicon) ? &entry->id : &entry->other;
    return PRISM_OK;
}

static prism_status add_short(prs_lexicon *lexicon, prs_word_key key, prs_bytes listed,
                              uint32_t *id) {
    uint32_t *slot = NULL;
    PRS_TRY(prs_lexicon_term_slot(lexicon, key, &slot));
    if (*slot == PRS_MEMO_NONE) PRS_TRY(keep_unlisted(lexicon, listed, slot));
    *id = *slot;
    return PRISM_OK;
}

static prism_status add_key(prs_lexicon *lexicon, prs_bytes key, uint32_t *id) {
    prs_word_key short_key;
    if (fits_memo(key.ptr[0], prs_bytes_of(key.ptr + 1, key.len - 1), &short_key))
        return add_short(lexicon, short_key, key, id);
    PRS_TRY(prs_lexicon_check_room(lexicon));
    if (prs_map_add(&lexicon->keys, key, id, NULL) == PRISM_OK) return PRISM_OK;
    return prs_error_nomem(lexicon->err);
}

prism_status prs_lexicon_add(prs_lexicon *lexicon, uint8_t kind, prs_bytes term, uint32_t *id) {
    uint8_t key[PRISM_MAX_TERM_BYTES];
    PRS_ASSERT(term.len < sizeof key);
    key[0] = kind;
    memcpy(key + 1, term.ptr, term.len);
    return add_key(lexicon, prs_bytes_of(key, term.len + 1), id);
}

static bool is_plain_pair(const uint8_t *t, size_t len) {
    return len == 6 && t[0] >= 0xe0 && t[0] < 0xf0 && t[3] >= 0xe0 && t[3] < 0xf0;
}

static bool is_plain_char(uint8_t kind, const uint8_t *t, size_t len) {
    bool is_char = kind == PRS_KIND_HAN1 || kind == PRS_KIND_HANEND;
    return is_char && len == 3 && t[0] >= 0xe0 && t[0] < 0xf0;
}

/* A character of three bytes in well-formed UTF-8. */
static uint32_t wide_char(const uint8_t *p) {
    return (p[0] & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
}

prism_status prs_lexicon_find(prs_lexicon *lexicon, const prs_token *token, uint32_t *id) {
    const uint8_t *t = token->term;
    bool is_pair = token->kind == PRS_KIND_HAN2 && is_plain_pair(t, token->len);
    if (is_plain_char(token->kind, t, token->len))
        return prs_lane_add_char(lexicon, token->kind, wide_char(t), id);
    if (!is_pair) return prs_lexicon_add(lexicon, token->kind, prs_bytes_of(t, token->len), id);
    uint32_t n, first = prs_utf8_decode(t, t + 6, &n), second = prs_utf8_decode(t + 3, t + 6, &n);
    return prs_lane_add_pair(lexicon, first << 16 | second, id);
}

prism_status prs_lexicon_intern(prs_lexicon *lexicon, prs_bytes key, uint32_t *id,
                                prism_error *err) {
    const uint8_t *t = key.ptr + 1;
    lexicon->err = err;
    bool is_char = is_plain_char(key.ptr[0], t, key.len - 1);
    bool is_pair = key.ptr[0] == PRS_KIND_HAN2 && is_plain_pair(t, key.len - 1);
    if (!is_char && !is_pair) {
        /* any HAN1 may be marked in the streams of the others: prs_lexicon_leaves_chars */
        if (key.ptr[0] == PRS_KIND_HAN1 && lexicon->has_chars) PRS_TRY(prs_lane_open_han(lexicon));
        return add_key(lexicon, key, id);
    }
    lexicon->n_pairs = 0; /* what a failed scan has left */
    PRS_TRY(prs_lane_open_han(lexicon));
    if (is_char) return prs_lane_add_char(lexicon, key.ptr[0], wide_char(t), id);
    return prs_lane_intern_pair(lexicon, key, wide_char(t) << 16 | wide_char(t + 3), id);
}

bool prs_lexicon_leaves_chars(const prs_lexicon *lexicon) {
    return lexicon->has_chars && lexicon->han != NULL;
}

uint32_t prs_lexicon_char_of(const prs_lexicon *lexicon, uint32_t id) {
    prs_bytes key = lexicon->keys.keys[id];
    uint32_t c;
    bool tells = prs_lexicon_tells_char(key.ptr[0], key.ptr + 1, key.len - 1, &c);
    if (!tells || !prs_lexicon_leaves_chars(lexicon)) return UINT32_MAX;
    PRS_ASSERT(lexicon->han->han1[c] != 0);
    return lexicon->han->han1[c] - 1;
}
