/* lexicon_lane.c - how are the plain cases told from the rest, at two nanoseconds a word?
 *
 * State "clean": what stands before `at` is a separator, the start of the text or the end of a run,
 * so nothing before it matters.  From there, by the byte at `at`:
 *
 *     word byte        a word of the lane, if what follows ends it for sure     -> clean behind it
 *     plain            a separator in every context                             -> skip
 *     hyphen-like      ' - _ & % +: nothing, without a word before it           -> skip
 *     leader           . # @ $ *: a separator if one follows; else slow
 *     >= 0x80          table: Han -> run; break, mid-number -> skip; else slow
 *
 * "Slow" leaves the lane with *at on that byte.  A word is sure if it is followed by the end, by a
 * plain byte (, and ; after a digit are not, before a digit), by . ' - _ or & and then the end or a
 * plain byte (a dot not after a single letter: U. S.), by a Han character, or by a non-ASCII break.
 *
 * A run of Han is collected, and goes out when its end is sure.  A mark, a sign or anything slow
 * behind it may change its last character: then the lane keeps all but the last two, whose bigram
 * also changes, and the general lane goes on from there.
 *
 * Ids are asked for in batches: a word or a bigram gets its entry in the stream at once and its
 * hash is prefetched; the id is written there when PRS_LANE_BATCH of them wait.
 *
 * Tested by   tests/unit/analysis/test_lexicon.c */
#include "analysis/lexicon_impl.h"

#include "analysis/ascii_word.h"
#include "analysis/unicode.h"
#include "analysis/utf8.h"
#include "base/error.h"

#define RUN_MAX 256u

/* ---- what bytes are ------------------------------------------------------------------------ */

typedef enum { PLAIN, COMMA, HYPHEN, LEADER, STAR, WORD_BYTE, WIDE } byte_class;

enum { P = PLAIN, C = COMMA, H = HYPHEN, L = LEADER, S = STAR, W = WORD_BYTE };

static inline byte_class classify(uint8_t c) {
    static const uint8_t classes[128] = {
        /* in ASCII order: 32 controls, then blank ! " # $ % & ' ( ) * + , - . / 0-9 ... */
        P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P,
        P, P, P, P, P, P, P, P, P, L, L, H, H, H, P, P, S, H, C, H, L, P, W, W, W, W,
        W, W, W, W, W, W, P, C, P, P, P, P, L, W, W, W, W, W, W, W, W, W, W, W, W, W,
        W, W, W, W, W, W, W, W, W, W, W, W, W, P, P, P, P, H, P, W, W, W, W, W, W, W,
        W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, P, P, P, P, P,
    };
    return c < 0x80 ? (byte_class)classes[c] : WIDE;
}

/* A character of the Han lane, or PRS_LANE_*. */
static uint16_t lane_code(const prs_analysis *analysis, uint32_t cp) {
    const prs_uc *uc = prs_unicode_get(cp);
    const prs_analyzer_options *options = &analysis->analyzer->options;
    bool is_han = uc->cls == PRS_CLASS_HAN ||
                  (uc->cls == PRS_CLASS_HANGUL && options->hangul == PRS_HANGUL_NGRAM);
    /* a newline may not end the run; its words are known only to the end */
    bool is_whole = options->join_linebreak || options->han == PRS_HAN_UNI_BI_WORDS;
    if (is_han && is_whole) return PRS_LANE_SLOW;
    if (is_han && cp >= PRS_LANE_HAN_MIN && (uc->flags & PRS_UC_NFKC_CF) == 0) {
        uint32_t folded = options->ts_fold ? prs_unicode_simplify(cp) : cp;
        bool fits = folded >= PRS_LANE_HAN_MIN && folded <= 0xffff;
        return (uint16_t)(fits ? folded : PRS_LANE_SLOW);
    }
    if (uc->cls == PRS_CLASS_MIDNUM) return PRS_LANE_MIDNUM;
    if (uc->cls != PRS_CLASS_OTHER || uc->sign != 0) return PRS_LANE_SLOW;
    return (uc->flags & (PRS_UC_PICT | PRS_UC_EMOJI)) == 0 ? PRS_LANE_BREAK : PRS_LANE_SLOW;
}

static prism_status open_han(prs_lexicon *lexicon) {
    prs_lane_han *han = prs_mem_calloc(lexicon->mem, 1, sizeof *han);
    if (han == NULL) return prs_error_nomem(lexicon->err);
    for (uint32_t cp = 0x80; cp < 0x10000; cp++) {
        bool is_surrogate = cp >= 0xd800 && cp <= 0xdfff;
        han->fold[cp] = is_surrogate ? PRS_LANE_SLOW : lane_code(lexicon->analysis, cp);
    }
    lexicon->han = han;
    return PRISM_OK;
}

/* Code of the character at p, and its size; lexicon->han is open. */
static inline uint32_t wide_code(const prs_lexicon *lexicon, const uint8_t *p, const uint8_t *end,
                                 uint32_t *size) {
    uint32_t cp = prs_utf8_decode(p, end, size);
    return PRS_LIKELY(cp < 0x10000) ? lexicon->han->fold[cp] : PRS_LANE_SLOW;
}

/* The end, or a byte that separates whatever stands before it. */
static inline bool is_plain_or_end(const uint8_t *p, const uint8_t *end) {
    if (p == end) return true;
    byte_class c = classify(*p);
    return c == PLAIN || c == COMMA;
}

/* ---- words --------------------------------------------------------------------------------- */

/* Fold and stem a word met for the first time, and remember it. */
static prism_status learn_word(prs_lexicon *lexicon, prs_word_key key, const prs_word_entry **out) {
    uint8_t text[PRS_ASCII_WORD_KEY];
    memcpy(text, &key.lo, 8);
    memcpy(text + 8, &key.hi, 8);
    prs_surface surface = {.type = PRS_SURFACE_WORD, .flags = PRS_SURFACE_ASCII};
    while (surface.end < sizeof text && text[surface.end] != 0) {
        uint8_t c = text[surface.end++];
        surface.flags |= prs_ascii_is_digit(c) ? PRS_SURFACE_DIGIT : PRS_SURFACE_LETTER;
    }
    prs_word word;
    prs_word_entry entry = {key, 0, PRS_MEMO_NONE};
    PRS_TRY(prs_words_make(&lexicon->analysis->words, text, &surface, &word, lexicon->err));
    PRS_TRY(prs_lexicon_add(lexicon, PRS_KIND_WORD, word.stem, &entry.id));
    if (word.has_exact) {
        PRS_TRY(prs_lexicon_add(lexicon, PRS_KIND_EXACT, word.plain, &entry.exact));
    }
    prs_word_memo_add(&lexicon->words, &entry);
    *out = prs_word_memo_find(&lexicon->words, key, prs_word_memo_hash(&lexicon->words, key));
    return PRISM_OK;
}

static prism_status flush_words(prs_lexicon *lexicon) {
    if (lexicon->n_words == 0) return PRISM_OK;
    uint32_t *ids = lexicon->out->ids + lexicon->base;
    for (uint32_t i = 0; i < lexicon->n_words; i++) {
        const prs_lane_word *word = &lexicon->word_queue[i];
        const prs_word_entry *entry = prs_word_memo_find(&lexicon->words, word->key, word->hash);
        if (PRS_UNLIKELY(entry == NULL)) PRS_TRY(learn_word(lexicon, word->key, &entry));
        ids[word->at] = entry->id;
        if (entry->exact != PRS_MEMO_NONE) ids[word->at + 1] = entry->exact | PRS_STREAM_STACKED;
    }
    lexicon->n_words = 0;
    return PRISM_OK;
}

static prism_status refill_words(prs_lexicon *lexicon) {
    PRS_TRY(flush_words(lexicon));
    if (prs_word_memo_reserve(&lexicon->words, PRS_LANE_BATCH) != PRISM_OK) {
        return prs_error_nomem(lexicon->err);
    }
    return prs_lexicon_reserve(lexicon, 2 * PRS_LANE_BATCH);
}

/* Queue a word; its entries are in the stream at once.  A word without digits has an EXACT form
 * under dual: the same test as prs_stem_collides, on ASCII. */
static inline void push_word(prs_lexicon *lexicon, const prs_ascii_word *word) {
    prs_lane_word *item = &lexicon->word_queue[lexicon->n_words++];
    item->key = word->key;
    item->hash = prs_word_memo_hash(&lexicon->words, word->key);
    item->at = (uint32_t)(lexicon->out->n - lexicon->base);
    prs_word_memo_prefetch(&lexicon->words, item->hash);
    bool has_exact = lexicon->analysis->words.is_dual && !word->has_digit;
    lexicon->out->n += has_exact ? 2 : 1;
    lexicon->span++;
}

/* Is the word that ends at p certainly whole, and free of signs and joiners? */
static inline bool is_sure_end(const prs_lexicon *lexicon, const uint8_t *p, const uint8_t *end,
                               uint32_t word_len) {
    if (PRS_UNLIKELY(p == end)) return true;
    bool after_digit = prs_ascii_is_digit(p[-1]);
    uint32_t size;
    switch (classify(*p)) {
    case PLAIN: return true;
    case COMMA: return !after_digit || is_plain_or_end(p + 1, end) || prs_ascii_is_letter(p[1]);
    case HYPHEN: return *p != '+' && *p != '%' && is_plain_or_end(p + 1, end);
    case LEADER: return *p == '.' && (word_len > 1 || after_digit) && is_plain_or_end(p + 1, end);
    case WIDE: {
        uint32_t code = wide_code(lexicon, p, end, &size);
        return code == PRS_LANE_MIDNUM ? !after_digit : code != PRS_LANE_SLOW;
    }
    case STAR:
    case WORD_BYTE: break;
    }
    return false;
}

/* The word at p, where fewer than PRS_ASCII_WORD_LOOK bytes may be left. */
static inline prs_ascii_word read_word(const uint8_t *p, const uint8_t *end) {
    if (PRS_LIKELY((size_t)(end - p) >= PRS_ASCII_WORD_LOOK)) return prs_ascii_word_at(p);
    uint8_t tail[PRS_ASCII_WORD_LOOK] = {0};
    memcpy(tail, p, (size_t)(end - p));
    return prs_ascii_word_at(tail);
}

/* ---- runs of Han ---------------------------------------------------------------------------- */

static prism_status learn_char(prs_lexicon *lexicon, uint8_t kind, uint32_t folded,
                               uint32_t *slot) {
    uint8_t bytes[4];
    uint32_t id;
    PRS_TRY(
        prs_lexicon_add(lexicon, kind, prs_bytes_of(bytes, prs_utf8_encode(folded, bytes)), &id));
    *slot = id + 1;
    return PRISM_OK;
}

/* Give a pair that is new its id; `bytes` are its term key. */
static prism_status keep_pair(prs_lexicon *lexicon, prs_bytes bytes, uint32_t key, uint32_t *id) {
    PRS_TRY(prs_lexicon_check_room(lexicon));
    if (prs_map_add_unlisted(&lexicon->keys, bytes, id) != PRISM_OK)
        return prs_error_nomem(lexicon->err);
    prs_pair_memo_add(&lexicon->pairs, key, *id);
    return PRISM_OK;
}

static prism_status learn_pair(prs_lexicon *lexicon, uint32_t key, uint32_t *id) {
    uint8_t bytes[1 + 4 + 4] = {PRS_KIND_HAN2};
    uint32_t len = 1 + prs_utf8_encode(key >> 16, bytes + 1);
    len += prs_utf8_encode(key & 0xffff, bytes + len);
    return keep_pair(lexicon, prs_bytes_of(bytes, len), key, id);
}

static prism_status flush_pairs(prs_lexicon *lexicon) {
    if (lexicon->n_pairs == 0) return PRISM_OK;
    uint32_t *ids = lexicon->out->ids + lexicon->base;
    for (uint32_t i = 0; i < lexicon->n_pairs; i++) {
        const prs_lane_pair *pair = &lexicon->pair_queue[i];
        uint32_t id = prs_pair_memo_find(&lexicon->pairs, pair->key, pair->hash);
        if (PRS_UNLIKELY(id == PRS_MEMO_NONE)) PRS_TRY(learn_pair(lexicon, pair->key, &id));
        ids[pair->at] |= id; /* the entry holds PRS_STREAM_STACKED or nothing */
    }
    lexicon->n_pairs = 0;
    return PRISM_OK;
}

static prism_status refill_pairs(prs_lexicon *lexicon) {
    PRS_TRY(flush_pairs(lexicon));
    if (prs_pair_memo_reserve(&lexicon->pairs, 2 * PRS_LANE_BATCH) != PRISM_OK) {
        return prs_error_nomem(lexicon->err);
    }
    return PRISM_OK;
}

/* Growth would spoil the hashes that wait, so they go first; one of them may be this very pair. */
prism_status prs_lane_add_pair(prs_lexicon *lexicon, uint32_t key, uint32_t *id) {
    prs_pair_memo *memo = &lexicon->pairs;
    if (!prs_pair_memo_has_room(memo, PRS_LANE_BATCH + 1)) PRS_TRY(refill_pairs(lexicon));
    *id = prs_pair_memo_find(memo, key, prs_pair_memo_hash(memo, key));
    return *id != PRS_MEMO_NONE ? PRISM_OK : learn_pair(lexicon, key, id);
}

prism_status prs_lane_intern_pair(prs_lexicon *lexicon, prs_bytes bytes, uint32_t key,
                                  uint32_t *id) {
    prs_pair_memo *memo = &lexicon->pairs;
    if (!prs_pair_memo_has_room(memo, PRS_LANE_BATCH + 1)) PRS_TRY(refill_pairs(lexicon));
    *id = prs_pair_memo_find(memo, key, prs_pair_memo_hash(memo, key));
    return *id != PRS_MEMO_NONE ? PRISM_OK : keep_pair(lexicon, bytes, key, id);
}

static inline prism_status push_pair(prs_lexicon *lexicon, uint32_t key) {
    if (PRS_UNLIKELY(lexicon->n_pairs == PRS_LANE_BATCH)) PRS_TRY(refill_pairs(lexicon));
    prs_lane_pair *item = &lexicon->pair_queue[lexicon->n_pairs++];
    item->key = key;
    item->hash = prs_pair_memo_hash(&lexicon->pairs, key);
    item->at = (uint32_t)(lexicon->out->n - lexicon->base);
    prs_pair_memo_prefetch(&lexicon->pairs, item->hash);
    return PRISM_OK;
}

static inline prism_status char_id(prs_lexicon *lexicon, uint8_t kind, uint32_t folded,
                                   uint32_t *id) {
    uint32_t *slot =
        kind == PRS_KIND_HAN1 ? &lexicon->han->han1[folded] : &lexicon->han->last[folded];
    if (PRS_UNLIKELY(*slot == 0)) PRS_TRY(learn_char(lexicon, kind, folded, slot));
    *id = *slot - 1;
    return PRISM_OK;
}

/* Write the terms of character i of a run.  next = 0: it is the last. */
static inline prism_status put_char(prs_lexicon *lexicon, prs_han_mode mode, uint32_t folded,
                                    uint32_t next) {
    prs_stream *out = lexicon->out;
    uint32_t stacked = 0, id;
    if (mode != PRS_HAN_BI) {
        PRS_TRY(char_id(lexicon, PRS_KIND_HAN1, folded, &id));
        out->ids[out->n++] = id;
        stacked = PRS_STREAM_STACKED;
    }
    if (next != 0 && mode != PRS_HAN_UNI) {
        PRS_TRY(push_pair(lexicon, folded << 16 | next));
        out->ids[out->n++] = stacked;
        return PRISM_OK;
    }
    PRS_TRY(char_id(lexicon, PRS_KIND_HANEND, folded, &id));
    out->ids[out->n++] = id | stacked;
    return PRISM_OK;
}

/* Is a run certainly over before p, which is the end or an ASCII byte? */
static inline bool is_run_end(const uint8_t *p, const uint8_t *end) {
    return p == end || classify(*p) != LEADER || is_plain_or_end(p + 1, end);
}

/* The run at *at.  Tells whether the lane may go on behind it. */
static prism_status run_han(prs_lexicon *lexicon, const uint8_t *text, uint32_t len, uint32_t *at,
                            bool *is_clean) {
    uint16_t run[RUN_MAX + 1];
    const uint8_t *p = text + *at, *end = text + len;
    uint32_t n = 0, code = 0, size = 0;
    while (n < RUN_MAX && p < end && *p >= 0x80) {
        code = wide_code(lexicon, p, end, &size);
        if (code < PRS_LANE_HAN_MIN) break;
        run[n++] = (uint16_t)code;
        p += size;
    }
    bool is_full = n == RUN_MAX;
    bool is_wide = p < end && *p >= 0x80;
    bool is_over = !is_full && (is_wide ? code != PRS_LANE_SLOW : is_run_end(p, end));
    uint32_t n_out = is_over ? n : n > 2 ? n - 2 : 0;
    run[n] = 0;
    PRS_TRY(prs_lexicon_reserve(lexicon, 2 * (size_t)n));
    prs_han_mode mode = lexicon->analysis->analyzer->options.han;
    for (uint32_t i = 0; i < n_out; i++) PRS_TRY(put_char(lexicon, mode, run[i], run[i + 1]));
    lexicon->span += n_out;
    *at += 3 * n_out; /* every character of the lane has three bytes */
    *is_clean = is_over || is_full;
    return PRISM_OK;
}

/* ---- the lane ------------------------------------------------------------------------------- */

prism_status prs_lane_flush(prs_lexicon *lexicon) {
    PRS_TRY(flush_words(lexicon));
    return flush_pairs(lexicon);
}

/* Make ready what the loops below take for granted: the tables, and room for all that can be
 * learned before the next refill.  Needed whenever the queues are empty, for a flush takes room and
 * reserves none. */
static prism_status open_lane(prs_lexicon *lexicon) {
    if (PRS_UNLIKELY(lexicon->han == NULL)) PRS_TRY(open_han(lexicon));
    PRS_TRY(refill_words(lexicon));
    return refill_pairs(lexicon);
}

/* A byte at `at` that is no word byte and below 0x80; false = only the general lane knows. */
static inline bool skip_byte(const uint8_t *text, uint32_t len, uint32_t at, byte_class c) {
    if (c == LEADER) return is_plain_or_end(text + at + 1, text + len);
    if (c == STAR) return at + 1 == len || text[at + 1] < 0x80;
    return true;
}

prism_status prs_lane_run(prs_lexicon *lexicon, const uint8_t *text, uint32_t len, uint32_t *from) {
    const uint8_t *end = text + len;
    uint32_t at = *from;
    if (lexicon->n_words + lexicon->n_pairs == 0) PRS_TRY(open_lane(lexicon));
    PRS_TRY(prs_lexicon_reserve(lexicon, 2 * PRS_LANE_BATCH));
    bool is_clean = true;
    while (is_clean && at < len) {
        byte_class c = classify(text[at]);
        if (c == WORD_BYTE) {
            prs_ascii_word word = read_word(text + at, end);
            if (word.len > PRS_ASCII_WORD_KEY ||
                !is_sure_end(lexicon, text + at + word.len, end, word.len)) {
                break;
            }
            if (PRS_UNLIKELY(lexicon->n_words == PRS_LANE_BATCH)) PRS_TRY(refill_words(lexicon));
            push_word(lexicon, &word);
            at += word.len;
        } else if (c != WIDE) {
            if (!skip_byte(text, len, at, c)) break;
            at++;
        } else {
            uint32_t size;
            uint32_t code = wide_code(lexicon, text + at, end, &size);
            if (code == PRS_LANE_SLOW) break;
            if (code < PRS_LANE_HAN_MIN) {
                at += size;
            } else {
                PRS_TRY(run_han(lexicon, text, len, &at, &is_clean));
                PRS_TRY(prs_lexicon_reserve(lexicon, 2 * PRS_LANE_BATCH));
            }
        }
    }
    *from = at;
    return PRISM_OK;
}

/* A quotation mark may join Hebrew letters; every other plain byte cuts. */
uint32_t prs_lane_chunk_end(const prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                            uint32_t from) {
    for (uint32_t at = from, size = 1; at - from <= PRS_CHUNK_MAX; at += size, size = 1) {
        if (at == len) return at;
        byte_class c = classify(text[at]);
        if (c == PLAIN && text[at] != '"') return at;
        if (c == WIDE && wide_code(lexicon, text + at, text + len, &size) == PRS_LANE_BREAK)
            return at;
    }
    return 0;
}

bool prs_lane_is_clean(const prs_lexicon *lexicon, const uint8_t *text, uint32_t len, uint32_t at) {
    if (at >= len) return true;
    byte_class c = classify(text[at]);
    uint32_t size;
    if (c == WIDE) return wide_code(lexicon, text + at, text + len, &size) != PRS_LANE_SLOW;
    return c == PLAIN || c == COMMA;
}
