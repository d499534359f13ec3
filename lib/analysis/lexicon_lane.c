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

prism_status prs_lane_open_han(prs_lexicon *lexicon) {
    if (lexicon->han != NULL) return PRISM_OK;
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

/* Stem a word met for the first time: its ids to `made`, and to the memo. */
static prism_status make_ids(prs_lexicon *lexicon, prs_bytes plain, prs_word_entry *made) {
    prs_word word;
    PRS_TRY(prs_words_make_folded(&lexicon->analysis->words, plain, &word, lexicon->err));
    PRS_TRY(prs_lexicon_add(lexicon, PRS_KIND_WORD, word.stem, &made->id));
    if (word.has_exact) PRS_TRY(prs_lexicon_add(lexicon, PRS_KIND_EXACT, word.plain, &made->other));
    if (prs_word_memo_reserve(&lexicon->words, 1) != PRISM_OK) return prs_error_nomem(lexicon->err);
    prs_word_entry *entry = prs_word_memo_put(&lexicon->words, made->key);
    entry->id = made->id;
    if (word.has_exact) entry->other = made->other;
    return PRISM_OK;
}

/* The bytes of a word behind those of `kind`; returns its length. */
static uint32_t spell(prs_word_key key, uint8_t kind, uint8_t out[1 + PRS_ASCII_WORD_KEY]) {
    out[0] = kind;
    memcpy(out + 1, &key.lo, 8);
    memcpy(out + 9, &key.hi, 8);
    uint32_t bits = key.hi != 0 ? 64 + prs_bit_width64(key.hi) : prs_bit_width64(key.lo);
    return (bits + 7) / 8;
}

/* Remember a word met for the first time. */
static prism_status learn_word(prs_lexicon *lexicon, const prs_lane_word *item,
                               prs_word_entry *entry) {
    uint8_t text[1 + PRS_ASCII_WORD_KEY];
    uint32_t len = spell(item->key, PRS_KIND_WORD, text);
    *entry = (prs_word_entry){item->key, 0, PRS_MEMO_NONE};
    if (!prs_lexicon_is_own_term(lexicon))
        return make_ids(lexicon, prs_bytes_of(text + 1, len), entry);
    PRS_TRY(prs_lexicon_check_room(lexicon));
    if (prs_map_add_unlisted(&lexicon->keys, prs_bytes_of(text, 1 + len), &entry->id) != PRISM_OK)
        return prs_error_nomem(lexicon->err);
    prs_word_memo_add(&lexicon->words, entry);
    return PRISM_OK;
}

static inline prism_status put_word(prs_lexicon *lexicon, const prs_lane_word *item, bool is_dual,
                                    uint32_t *ids) {
    prs_word_entry made;
    const prs_word_entry *entry = prs_word_memo_find(&lexicon->words, item->key, item->hash);
    if (PRS_UNLIKELY(entry == NULL || entry->id == PRS_MEMO_NONE)) {
        PRS_TRY(learn_word(lexicon, item, &made));
        entry = &made;
    }
    ids[0] = entry->id;
    if (PRS_UNLIKELY(is_dual) && entry->other != PRS_MEMO_NONE)
        ids[1] = entry->other | PRS_STREAM_STACKED;
    return PRISM_OK;
}

/* Words with chunks among them: entries move behind each by what it came to. */
static prism_status flush_chunks(prs_lexicon *lexicon) {
    prs_stream *out = lexicon->out;
    size_t end = out->n, moved = 0;
    bool is_dual = lexicon->analysis->words.is_dual;
    for (uint32_t i = 0; i < lexicon->n_words; i++) {
        const prs_lane_word *item = &lexicon->word_queue[i];
        size_t at = lexicon->base + item->at + moved;
        if (item->key.lo != 0) {
            PRS_TRY(put_word(lexicon, item, is_dual, out->ids + at));
            continue;
        }
        out->n = at;
        PRS_TRY(prs_lane_put_chunk(lexicon, (uint32_t)item->key.hi));
        moved += out->n - at;
    }
    out->n = end + moved;
    lexicon->n_words = lexicon->n_chunks = 0;
    return PRISM_OK;
}

static prism_status flush_words(prs_lexicon *lexicon) {
    if (lexicon->n_chunks > 0) return flush_chunks(lexicon);
    uint32_t *ids = lexicon->out->ids + lexicon->base;
    bool is_dual = lexicon->analysis->words.is_dual;
    for (uint32_t i = 0; i < lexicon->n_words; i++) {
        const prs_lane_word *item = &lexicon->word_queue[i];
        PRS_TRY(put_word(lexicon, item, is_dual, ids + item->at));
    }
    lexicon->n_words = 0;
    return PRISM_OK;
}

prism_status prs_lane_refill(prs_lexicon *lexicon) {
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

/* Plain words from *from on: as prs_lane_run would take them one by one (lane_words.h).  Stops at
 * anything else.  spaced: what stands between blanks, as it is. */
static inline prism_status run_words(prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                                     uint32_t *from, bool spaced) {
    prs_stream *out = lexicon->out;
    bool stop = false;
    while (!stop && *from < len) {
        if (PRS_UNLIKELY(PRS_LANE_BATCH - lexicon->n_words < PRS_LANE_WORDS_ROOM))
            PRS_TRY(prs_lane_refill(lexicon));
        prs_lane_queue queue = {lexicon->words, lexicon->word_queue, lexicon->n_words,
                                PRS_LANE_BATCH, (uint32_t)(out->n - lexicon->base)};
        *from += prs_lane_words(text + *from, len - *from, spaced, &queue, &stop);
        uint32_t n = queue.n - lexicon->n_words;
        lexicon->span += n;
        out->n += n;
        lexicon->n_words = queue.n;
    }
    return PRISM_OK;
}

prism_status prs_lane_run_spaced(prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                                 uint32_t *from) {
    if (lexicon->n_words == 0) PRS_TRY(prs_lane_refill(lexicon));
    PRS_TRY(prs_lexicon_reserve(lexicon, 2 * PRS_LANE_BATCH));
    return run_words(lexicon, text, len, from, true);
}

/* ---- runs of Han ---------------------------------------------------------------------------- */

static uint32_t *char_slot(prs_lane_han *han, uint8_t kind, uint32_t folded) {
    return kind == PRS_KIND_HAN1 ? &han->han1[folded] : &han->last[folded];
}

static prism_status learn_char(prs_lexicon *lexicon, uint8_t kind, uint32_t folded) {
    uint8_t bytes[4];
    uint32_t id, *slot = char_slot(lexicon->han, kind, folded);
    if (*slot != 0) return PRISM_OK;
    PRS_TRY(
        prs_lexicon_add(lexicon, kind, prs_bytes_of(bytes, prs_utf8_encode(folded, bytes)), &id));
    *slot = id + 1;
    return PRISM_OK;
}

/* Where there is a HANEND there is the HAN1 that it tells. */
static inline prism_status char_id(prs_lexicon *lexicon, uint8_t kind, uint32_t folded,
                                   uint32_t *id) {
    uint32_t *slot = char_slot(lexicon->han, kind, folded);
    if (PRS_UNLIKELY(*slot == 0)) {
        if (lexicon->has_chars) PRS_TRY(learn_char(lexicon, PRS_KIND_HAN1, folded));
        PRS_TRY(learn_char(lexicon, kind, folded));
    }
    *id = *slot - 1;
    return PRISM_OK;
}

/* Give a pair that is new its id; `bytes` are its term key.  Its first character has one, too. */
static prism_status keep_pair(prs_lexicon *lexicon, prs_bytes bytes, uint32_t key, uint32_t *id) {
    uint32_t first;
    if (lexicon->has_chars) PRS_TRY(char_id(lexicon, PRS_KIND_HAN1, key >> 16, &first));
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
    uint32_t tells = lexicon->has_chars ? PRS_STREAM_TELLS : 0;
    for (uint32_t i = 0; i < lexicon->n_pairs; i++) {
        const prs_lane_pair *pair = &lexicon->pair_queue[i];
        uint32_t id = prs_pair_memo_find(&lexicon->pairs, pair->key, pair->hash);
        if (PRS_UNLIKELY(id == PRS_MEMO_NONE)) PRS_TRY(learn_pair(lexicon, pair->key, &id));
        ids[pair->at] = id | tells;
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

prism_status prs_lane_add_char(prs_lexicon *lexicon, uint8_t kind, uint32_t folded, uint32_t *id) {
    return char_id(lexicon, kind, folded, id);
}

prism_status prs_lane_intern_pair(prs_lexicon *lexicon, prs_bytes bytes, uint32_t key,
                                  uint32_t *id) {
    prs_pair_memo *memo = &lexicon->pairs;
    if (!prs_pair_memo_has_room(memo, PRS_LANE_BATCH + 1)) PRS_TRY(refill_pairs(lexicon));
    *id = prs_pair_memo_find(memo, key, prs_pair_memo_hash(memo, key));
    return *id != PRS_MEMO_NONE ? PRISM_OK : keep_pair(lexicon, bytes, key, id);
}

/* Write the term of a character that begins no pair. */
static inline prism_status put_last(prs_lexicon *lexicon, uint32_t folded) {
    prs_stream *out = lexicon->out;
    uint32_t *entry = &out->ids[out->n];
    PRS_TRY(char_id(lexicon, PRS_KIND_HANEND, folded, entry));
    if (lexicon->has_chars) *entry |= PRS_STREAM_TELLS;
    out->n++;
    return PRISM_OK;
}

/* Write the terms of characters 0 to m - 1 of a run, each of which has a next one. */
static inline prism_status put_pairs(prs_lexicon *lexicon, const uint16_t *run, uint32_t m) {
    prs_stream *out = lexicon->out;
    for (uint32_t i = 0; i < m;) {
        if (PRS_UNLIKELY(lexicon->n_pairs == PRS_LANE_BATCH)) PRS_TRY(refill_pairs(lexicon));
        const prs_pair_memo memo = lexicon->pairs;
        prs_lane_pair *item = &lexicon->pair_queue[lexicon->n_pairs];
        uint32_t entry = (uint32_t)(out->n - lexicon->base);
        uint32_t end = PRS_MIN(m, i + PRS_LANE_BATCH - lexicon->n_pairs), from = i;
        for (; i < end; i++, item++) {
            uint32_t key = (uint32_t)run[i] << 16 | run[i + 1];
            *item = (prs_lane_pair){prs_pair_memo_hash(&memo, key), key, entry++};
            prs_pair_memo_prefetch(&memo, item->hash);
        }
        lexicon->n_pairs += end - from;
        out->n = lexicon->base + entry;
    }
    return PRISM_OK;
}

/* Is a run certainly over before p, which is the end or an ASCII byte? */
static inline bool is_run_end(const uint8_t *p, const uint8_t *end) {
    return p == end || classify(*p) != LEADER || is_plain_or_end(p + 1, end);
}

/* wide_code, at a character that most likely has three bytes. */
static inline uint32_t run_code(const prs_lexicon *lexicon, const uint8_t *p, const uint8_t *end,
                                uint32_t *size) {
    if (PRS_UNLIKELY(end - p < 4)) return wide_code(lexicon, p, end, size);
    uint32_t four = prs_load32(p);
    uint32_t cp = (four & 0xf) << 12 | (four >> 2 & 0xfc0) | (four >> 16 & 0x3f);
    bool is_sound =
        (four & 0xc0c0f0) == 0x8080e0 && cp >= 0x800; /* surrogates: see prs_lane_open_han */
    if (PRS_UNLIKELY(!is_sound)) return wide_code(lexicon, p, end, size);
    *size = 3;
    return lexicon->han->fold[cp];
}

/* The run at *at.  Tells whether the lane may go on behind it. */
static prism_status run_han(prs_lexicon *lexicon, const uint8_t *text, uint32_t len, uint32_t *at,
                            bool *is_clean) {
    uint16_t run[RUN_MAX + 1];
    const uint8_t *p = text + *at, *end = text + len;
    uint32_t n = 0, code = 0, size = 0;
    while (n < RUN_MAX && p < end && *p >= 0x80) {
        code = run_code(lexicon, p, end, &size);
        if (code < PRS_LANE_HAN_MIN) break;
        run[n++] = (uint16_t)code;
        p += size;
    }
    bool is_full = n == RUN_MAX;
    bool is_wide = p < end && *p >= 0x80;
    bool is_over = !is_full && (is_wide ? code != PRS_LANE_SLOW : is_run_end(p, end));
    uint32_t n_out = is_over ? n : n > 2 ? n - 2 : 0;
    run[n] = 0;
    PRS_TRY(prs_lexicon_reserve(lexicon, n));
    prs_han_mode mode = lexicon->analysis->analyzer->options.han;
    uint32_t m = mode == PRS_HAN_UNI ? 0 : n_out < n ? n_out : n - 1; /* that begin a pair */
    PRS_TRY(put_pairs(lexicon, run, m));
    for (uint32_t i = m; i < n_out; i++) PRS_TRY(put_last(lexicon, run[i]));
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
    PRS_TRY(prs_lane_open_han(lexicon));
    PRS_TRY(prs_lane_refill(lexicon));
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
    bool is_clean = true, is_dual = lexicon->analysis->words.is_dual;
    while (is_clean && at < len) {
        if (!is_dual) {
            PRS_TRY(run_words(lexicon, text, len, &at, false));
            if (at == len) break;
        }
        byte_class c = classify(text[at]);
        if (c == WORD_BYTE) {
            prs_ascii_word word = read_word(text + at, end);
            if (word.len > PRS_ASCII_WORD_KEY ||
                !is_sure_end(lexicon, text + at + word.len, end, word.len)) {
                break;
            }
            if (PRS_UNLIKELY(lexicon->n_words == PRS_LANE_BATCH)) PRS_TRY(prs_lane_refill(lexicon));
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
                if (PRS_UNLIKELY(lexicon->n_chunks > 0)) PRS_TRY(prs_lane_refill(lexicon));
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
