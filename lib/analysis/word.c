/* word.c - how is one word folded and stemmed, and how seldom can that be done?
 *
 *     surface "Banquo’s"  --fold-->  "banquo's"  --stem-->  "banquo"
 *                                        |                     |
 *                                        +---- apostrophes out-+
 *                                        v                     v
 *                                 plain "banquos"        stem "banquo"
 *
 * The result is a function of the surface's bytes and of what the scanner says they are, so a
 * direct-mapped cache of 64-byte slots may answer: in running text 98 words of 100 are repeats.
 *
 *     slot   key lo 8 | hi 8 | memo 4 | plain_len stem_len flags | plain, then stem[41]
 *
 * The key is the surface itself, up to 16 bytes, zeros behind; ASCII in lower case, so that The and
 * the are one.  A stem that is a prefix of plain, as most are, takes no room of its own.  Words
 * with longer keys or values are made each time.  The memo is the caller's: a lexicon keeps there
 * which id the stem has, and so need not look it up.
 *
 * Invariants  A piece of a cut token (PRS_SURFACE_CUT) is never cached: what the scanner said of it
 *             (grouped, initials) came from bytes that are not in the piece.
 * Why so      16384 slots, not 4096: 1.3 times the speed on English articles.
 * Cost        1 MiB, allocated when a text is long enough to repeat itself.
 * Tested by   tests/unit/analysis/test_word.c; equality with and without by test_lexicon.c */
#include "analysis/word.h"

#include "analysis/memo.h"
#include "base/error.h"

#define KEY_MAX 16u
#define TEXT_MAX 41u

enum { SLOT_STEM_IS_PREFIX = 1, SLOT_HAS_EXACT = 2 };

struct prs_word_slot {
    prs_word_key key; /* lo 0 = free */
    uint32_t memo;
    uint8_t plain_len, stem_len, flags;
    uint8_t text[TEXT_MAX];
};

static_assert(sizeof(prs_word_slot) == 64, "a slot is a cache line");

prism_status prs_words_init(prs_words *words, prs_mem *mem, const prs_fold *fold,
                            const char *language, bool is_dual, prism_error *err) {
    words->mem = mem;
    words->fold = fold;
    words->is_dual = is_dual;
    words->cache = NULL;
    words->cache_mask = 0;
    words->stem = (prs_stem){.handle = NULL};
    return language == NULL ? PRISM_OK : prs_stem_open(&words->stem, language, err);
}

void prs_words_fini(prs_words *words) {
    prs_stem_close(&words->stem);
    prs_mem_free(words->mem, words->cache, (words->cache_mask + 1) * sizeof *words->cache);
    words->cache = NULL;
}

prism_status prs_words_warm(prs_words *words, uint32_t bits, prism_error *err) {
    if (words->cache != NULL) return PRISM_OK;
    size_t n = (size_t)1 << bits;
    words->cache = prs_mem_calloc(words->mem, n, sizeof *words->cache);
    if (words->cache == NULL) return prs_error_nomem(err);
    words->cache_mask = n - 1;
    return PRISM_OK;
}

void prs_words_forget(prs_words *words) {
    for (uint64_t i = 0; words->cache != NULL && i <= words->cache_mask; i++)
        words->cache[i].memo = 0;
}

static uint32_t drop_apostrophes(uint8_t *text, uint32_t len) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < len; i++) {
        if (text[i] != '\'') text[n++] = text[i];
    }
    return n;
}

static unsigned drop_flags(const prs_surface *surface) {
    unsigned drop = 0;
    if ((surface->flags & PRS_SURFACE_INITIALS) != 0) drop |= PRS_FOLD_DROP_DOTS;
    if ((surface->flags & PRS_SURFACE_GROUPED) != 0) drop |= PRS_FOLD_DROP_COMMAS;
    return drop;
}

/* Stem a folded word, apostrophes and all. */
static prism_status stem_plain(prs_words *words, prs_bytes plain, prs_word *out, prism_error *err) {
    prs_bytes stem;
    PRS_TRY(prs_stem_word(&words->stem, plain, &stem, err));
    uint32_t stem_len = (uint32_t)PRS_MIN(stem.len, sizeof words->stemmed);
    memcpy(words->stemmed, stem.ptr, stem_len);
    stem_len = drop_apostrophes(words->stemmed, stem_len);
    if (stem_len > 0) out->stem = prs_bytes_of(words->stemmed, stem_len);
    return PRISM_OK;
}

static prism_status make_word(prs_words *words, const uint8_t *text, const prs_surface *surface,
                              prs_word *out, prism_error *err) {
    uint32_t len;
    prs_bytes raw = prs_bytes_of(text + surface->start, surface->end - surface->start);
    PRS_TRY(prs_fold_word(words->fold, &words->scratch, raw, drop_flags(surface), words->plain,
                          &len, err));
    out->stem = prs_bytes_of(NULL, 0);
    out->has_exact = false;
    out->memo = NULL;
    if (words->stem.handle != NULL) {
        bool has_digit = (surface->flags & PRS_SURFACE_DIGIT) != 0;
        prs_bytes folded = prs_bytes_of(words->plain, len);
        out->has_exact = words->is_dual && prs_stem_collides(&words->stem, folded, has_digit);
        if (prs_stem_applies(&words->stem, folded, has_digit)) {
            PRS_TRY(stem_plain(words, folded, out, err));
        }
    }
    out->plain = prs_bytes_of(words->plain, drop_apostrophes(words->plain, len));
    if (out->stem.len == 0 || out->plain.len == 0) out->stem = out->plain;
    out->has_exact = out->has_exact && out->plain.len > 0;
    return PRISM_OK;
}

static bool starts_with(prs_bytes text, prs_bytes prefix) {
    return prefix.len <= text.len && memcmp(text.ptr, prefix.ptr, prefix.len) == 0;
}

static void fill_slot(prs_word_slot *slot, prs_word_key key, prs_word *word) {
    bool is_prefix = starts_with(word->plain, word->stem);
    size_t room = word->plain.len + (is_prefix ? 0 : word->stem.len);
    if (room > TEXT_MAX || word->plain.len == 0) return;
    slot->key = key;
    slot->memo = 0;
    word->memo = &slot->memo;
    slot->plain_len = (uint8_t)word->plain.len;
    slot->stem_len = (uint8_t)word->stem.len;
    slot->flags =
        (uint8_t)((is_prefix ? SLOT_STEM_IS_PREFIX : 0) | (word->has_exact ? SLOT_HAS_EXACT : 0));
    memcpy(slot->text, word->plain.ptr, word->plain.len);
    if (!is_prefix) memcpy(slot->text + word->plain.len, word->stem.ptr, word->stem.len);
}

static void read_slot(prs_word_slot *slot, prs_word *out) {
    bool is_prefix = (slot->flags & SLOT_STEM_IS_PREFIX) != 0;
    out->plain = prs_bytes_of(slot->text, slot->plain_len);
    out->stem = prs_bytes_of(slot->text + (is_prefix ? 0 : slot->plain_len), slot->stem_len);
    out->has_exact = (slot->flags & SLOT_HAS_EXACT) != 0;
    out->memo = &slot->memo;
}

/* The key of a surface, which has 1 to 16 bytes.  Bit 5 is the case of a letter, and set in every
 * other ASCII byte that a word can hold: digits . , and the apostrophe. */
static prs_word_key make_key(const uint8_t *p, size_t len, bool is_ascii) {
    prs_word_key key = prs_word_key_of(p, len);
    if (!is_ascii) return key;
    uint64_t lower = UINT64_C(0x2020202020202020);
    key.lo |= len < 8 ? lower >> (8 * (8 - len)) : lower;
    if (len > 8) key.hi |= lower >> (8 * (16 - len));
    return key;
}

static prs_word_slot *find_slot(const prs_words *words, prs_word_key key) {
    uint64_t hash =
        (key.lo ^ (key.hi * UINT64_C(0x9e3779b97f4a7c15))) * UINT64_C(0xd6e8feb86659fd93);
    return &words->cache[hash >> 40 & words->cache_mask];
}

prism_status prs_words_make(prs_words *words, const uint8_t *text, const prs_surface *surface,
                            prs_word *out, prism_error *err) {
    size_t len = surface->end - surface->start;
    if (words->cache == NULL || len > KEY_MAX || (surface->flags & PRS_SURFACE_CUT) != 0) {
        return make_word(words, text, surface, out, err);
    }
    prs_word_key key =
        make_key(text + surface->start, len, (surface->flags & PRS_SURFACE_ASCII) != 0);
    prs_word_slot *slot = find_slot(words, key);
    if (slot->key.lo == key.lo && slot->key.hi == key.hi) {
        read_slot(slot, out);
        return PRISM_OK;
    }
    PRS_TRY(make_word(words, text, surface, out, err));
    fill_slot(slot, key, out);
    return PRISM_OK;
}

prism_status prs_words_make_folded(prs_words *words, prs_bytes plain, prs_word *out,
                                   prism_error *err) {
    bool has_digit = false;
    for (size_t i = 0; i < plain.len; i++) has_digit |= plain.ptr[i] < 'a';
    *out = (prs_word){.plain = plain, .stem = plain};
    if (words->stem.handle == NULL) return PRISM_OK;
    out->has_exact = words->is_dual && prs_stem_collides(&words->stem, plain, has_digit);
    if (!prs_stem_applies(&words->stem, plain, has_digit)) return PRISM_OK;
    return stem_plain(words, plain, out, err);
}
