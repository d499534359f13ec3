/* lexicon.c - text -> term ids, without folding, stemming or storing the same word twice.
 *
 *     text ---> fast lanes (lexicon_lane.c) --- memo of words, memo of pairs --+
 *          \                                                                     +--> stream of ids
 *           \-> general lane: prs_mixed_step -> term key --- prs_map ------------+
 *
 * The fast lanes take the plain cases: an ASCII word with a separator behind it, a run of BMP Han,
 * kana or Hangul characters.  At anything else they stop, and the general lane takes one group of
 * surfaces (or more, until a separator follows) from there.  Both meet in one map from term keys to
 * ids, so that a term has one id however it was met; the memos save the way to the map.
 *
 * Why it is right to start the general lane in the middle of a text: text behind a separator gives
 * the same surfaces whatever stands before it (scan.h), and a run cut before a character goes on as
 * a run that begins there, except for a flag that the stream does not hold.
 *
 * Invariants  - Ids are dense.  They are given when a term is first resolved, which for words of a
 *               lane is up to PRS_LANE_BATCH words later than met: a function of the texts, not of
 *               the seeds.
 *             - On an error the stream has its old length; ids given meanwhile stay valid.
 * Rejected    One memo of strings for all surfaces: Han bigrams as strings cost 2.4 times as much
 *             (DESIGN.md section 5), and words over 16 bytes are 1 % of text.
 * Tested by   tests/unit/analysis/test_lexicon.c (equal to prs_analysis_run on any text) */
#include "analysis/lexicon_impl.h"

#include "analysis/ascii_word.h"
#include "analysis/utf8.h"
#include "base/error.h"
#include "base/hash.h"

#define IDS_MAX PRS_STREAM_GAP
#define WARM_BYTES 1024u

/* ---- life --------------------------------------------------------------------------------- */

static void init_tables(prs_lexicon *lexicon) {
    prs_map_init(&lexicon->keys, lexicon->mem, lexicon->seeds[0]);
    prs_word_memo_init(&lexicon->words, lexicon->mem, &lexicon->seeds[1]);
    prs_pair_memo_init(&lexicon->pairs, lexicon->mem, lexicon->seeds[3]);
    prs_chunk_memo_init(&lexicon->chunks, lexicon->mem);
}

prism_status prs_lexicon_new(prs_analyzer *analyzer, prs_mem *mem, prs_lexicon **out,
                             prism_error *err) {
    *out = NULL;
    uint64_t seeds[4];
    PRS_TRY(prs_random_bytes(seeds, sizeof seeds, err));
    prs_lexicon *lexicon = prs_mem_calloc(mem, 1, sizeof *lexicon);
    if (lexicon == NULL) return prs_error_nomem(err);
    lexicon->mem = mem;
    lexicon->has_lanes = analyzer->recipe == PRS_RECIPE_MIXED;
    lexicon->is_spaced = analyzer->recipe == PRS_RECIPE_WHITESPACE &&
                         analyzer->options.max_token_bytes >= PRS_ASCII_WORD_KEY;
    memcpy(lexicon->seeds, seeds, sizeof seeds);
    init_tables(lexicon);
    prism_status status = prs_analysis_new(analyzer, mem, &lexicon->analysis, err);
    if (status != PRISM_OK) {
        prs_mem_free(mem, lexicon, sizeof *lexicon);
        return status;
    }
    *out = lexicon;
    return PRISM_OK;
}

void prs_lexicon_reset(prs_lexicon *lexicon) {
    prs_map_fini(&lexicon->keys);
    prs_word_memo_fini(&lexicon->words);
    prs_pair_memo_fini(&lexicon->pairs);
    prs_chunk_memo_fini(&lexicon->chunks);
    prs_mem_free(lexicon->mem, lexicon->han, sizeof *lexicon->han);
    lexicon->han = NULL;
    if (lexicon->analysis != NULL) prs_words_forget(&lexicon->analysis->words);
    init_tables(lexicon);
}

void prs_lexicon_free(prs_lexicon *lexicon) {
    if (lexicon == NULL) return;
    prs_lexicon_reset(lexicon);
    prs_analysis_free(lexicon->analysis);
    prs_mem_free(lexicon->mem, lexicon, sizeof *lexicon);
}

uint32_t prs_lexicon_count(const prs_lexicon *lexicon) {
    return lexicon->keys.n;
}

prs_bytes prs_lexicon_key(const prs_lexicon *lexicon, uint32_t id) {
    PRS_ASSERT(id < lexicon->keys.n);
    return lexicon->keys.keys[id];
}

const prs_bytes *prs_lexicon_keys(const prs_lexicon *lexicon) {
    return lexicon->keys.keys;
}

size_t prs_lexicon_bytes(const prs_lexicon *lexicon) {
    return sizeof *lexicon + prs_map_bytes(&lexicon->keys) + prs_word_memo_bytes(&lexicon->words) +
           prs_pair_memo_bytes(&lexicon->pairs) + prs_chunk_memo_bytes(&lexicon->chunks) +
           (lexicon->han == NULL ? 0 : sizeof *lexicon->han);
}

/* The key and its place in the table of keys; then the slots of map and memo, which for a pair are
 * those of its memo alone.  Tables are between a quarter and a half full. */
#define PAIR_WEIGHT 44u
#define WORD_WEIGHT 96u

uint64_t prs_lexicon_weight(const prs_lexicon *lexicon) {
    const prs_map *keys = &lexicon->keys;
    uint64_t n_pairs = keys->n_unlisted;
    return keys->key_bytes + n_pairs * PAIR_WEIGHT + (keys->n - n_pairs) * WORD_WEIGHT;
}

/* ---- the stream --------------------------------------------------------------------------- */

static prism_status check_positions(const prs_lexicon *lexicon) {
    if (lexicon->span <= PRISM_MAX_DOC_TOKENS) return PRISM_OK;
    return prs_error_set(lexicon->err, PRISM_ELIMIT, "a field of more than %u positions",
                         PRISM_MAX_DOC_TOKENS);
}

prism_status prs_lexicon_reserve(prs_lexicon *lexicon, size_t n) {
    prs_stream *out = lexicon->out;
    PRS_TRY(check_positions(lexicon));
    if (n <= out->cap - out->n) return PRISM_OK;
    size_t cap = out->cap < 256 ? 256 : out->cap;
    while (cap - out->n < n) {
        if (cap > SIZE_MAX / sizeof *out->ids / 2) return prs_error_nomem(lexicon->err);
        cap *= 2;
    }
    uint32_t *ids = prs_mem_resize(out->mem, out->ids, out->cap * sizeof *ids, cap * sizeof *ids);
    if (ids == NULL) return prs_error_nomem(lexicon->err);
    out->ids = ids;
    out->cap = cap;
    return PRISM_OK;
}

prism_status prs_lexicon_check_room(const prs_lexicon *lexicon) {
    if (PRS_LIKELY(lexicon->keys.n < IDS_MAX)) return PRISM_OK;
    return prs_error_set(lexicon->err, PRISM_ELIMIT, "more than %u different terms", IDS_MAX);
}

prism_status prs_lexicon_add(prs_lexicon *lexicon, uint8_t kind, prs_bytes term, uint32_t *id) {
    uint8_t key[PRISM_MAX_TERM_BYTES];
    PRS_ASSERT(term.len < sizeof key);
    PRS_TRY(prs_lexicon_check_room(lexicon));
    key[0] = kind;
    memcpy(key + 1, term.ptr, term.len);
    if (prs_map_add(&lexicon->keys, prs_bytes_of(key, term.len + 1), id, NULL) != PRISM_OK) {
        return prs_error_nomem(lexicon->err);
    }
    return PRISM_OK;
}

static bool is_plain_pair(const uint8_t *t, size_t len) {
    return len == 6 && t[0] >= 0xe0 && t[0] < 0xf0 && t[3] >= 0xe0 && t[3] < 0xf0;
}

/* A character of three bytes in well-formed UTF-8. */
static uint32_t wide_char(const uint8_t *p) {
    return (p[0] & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
}

/* A pair of two characters of three bytes is known to the memo of pairs alone. */
static prism_status find_id(prs_lexicon *lexicon, const prs_token *token, uint32_t *id) {
    const uint8_t *t = token->term;
    bool is_pair = token->kind == PRS_KIND_HAN2 && is_plain_pair(t, token->len);
    bool is_char = token->kind == PRS_KIND_HAN1 || token->kind == PRS_KIND_HANEND;
    if (is_char && token->len == 3)
        return prs_lane_add_char(lexicon, token->kind, wide_char(t), id);
    if (!is_pair) return prs_lexicon_add(lexicon, token->kind, prs_bytes_of(t, token->len), id);
    uint32_t n, first = prs_utf8_decode(t, t + 6, &n), second = prs_utf8_decode(t + 3, t + 6, &n);
    return prs_lane_add_pair(lexicon, first << 16 | second, id);
}

prism_status prs_lexicon_intern(prs_lexicon *lexicon, prs_bytes key, uint32_t *id,
                                prism_error *err) {
    const uint8_t *t = key.ptr + 1;
    lexicon->err = err;
    if (key.ptr[0] == PRS_KIND_HAN2 && is_plain_pair(t, key.len - 1)) {
        lexicon->n_pairs = 0; /* what a failed scan has left */
        return prs_lane_intern_pair(lexicon, key, wide_char(t) << 16 | wide_char(t + 3), id);
    }
    PRS_TRY(prs_lexicon_check_room(lexicon));
    if (prs_map_add(&lexicon->keys, key, id, NULL) != PRISM_OK) return prs_error_nomem(err);
    return PRISM_OK;
}

/* prs_token_fn of the general lane and of the analyzers without lanes: positions are the text's. */
static prism_status put_token(void *ctx, const prs_token *token) {
    prs_lexicon *lexicon = ctx;
    uint32_t id;
    if (token->memo != NULL && *token->memo != 0) {
        id = *token->memo - 1;
    } else {
        PRS_TRY(find_id(lexicon, token, &id));
        if (token->memo != NULL) *token->memo = id + 1;
    }
    PRS_TRY(prs_lexicon_reserve(lexicon, 3));
    uint32_t *at = lexicon->out->ids + lexicon->out->n, *from = at;
    if (token->pos < lexicon->span) {
        *at++ = id | PRS_STREAM_STACKED;
    } else {
        if (token->pos > lexicon->span) {
            *at++ = PRS_STREAM_GAP;
            *at++ = token->pos - lexicon->span;
        }
        *at++ = id;
        lexicon->span = token->pos + 1;
        lexicon->pos++;
    }
    lexicon->out->n += (size_t)(at - from);
    return PRISM_OK;
}

/* ---- the general lane ---------------------------------------------------------------------- */

/* Groups from *at on, as if the text began there, until a separator follows or the text ends. */
static prism_status run_general(prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                                uint32_t *at, uint64_t *n_bad) {
    prs_mixed run;
    bool is_clean = false;
    prs_mixed_begin(&run, lexicon->analysis, text + *at, len - *at, put_token, lexicon,
                    lexicon->err);
    run.pos = lexicon->span;
    while (run.has_next && !is_clean) {
        PRS_TRY(prs_mixed_step(&run));
        bool is_cut = run.has_next && (run.next.flags & PRS_SURFACE_CUT) != 0;
        is_clean = !is_cut && prs_lane_is_clean(lexicon, text, len, *at + run.end);
    }
    *n_bad += is_clean ? run.n_bad : run.scan.n_bad;
    *at = is_clean ? *at + run.end : len;
    return PRISM_OK;
}

/* Remember what the chunk came to: the entries from `from` on. */
static prism_status keep_chunk(prs_lexicon *lexicon, prs_chunk *chunk, size_t from,
                               uint32_t n_pos) {
    size_t n = lexicon->out->n - from;
    if (n > PRS_CHUNK_IDS) return PRISM_OK;
    memcpy(chunk->ids, lexicon->out->ids + from, n * sizeof *chunk->ids);
    chunk->n_ids = (uint8_t)n;
    chunk->n_pos = (uint8_t)n_pos;
    return prs_chunk_memo_add(&lexicon->chunks, chunk) == PRISM_OK ? PRISM_OK
                                                                   : prs_error_nomem(lexicon->err);
}

/* The chunk from *at to `end` as a text of its own, from memory if it was met before. */
static prism_status run_chunk(prs_lexicon *lexicon, const uint8_t *text, uint32_t end, uint32_t *at,
                              uint64_t *n_bad) {
    prs_chunk chunk;
    uint64_t bad = 0;
    size_t from = lexicon->out->n;
    uint32_t span = lexicon->span;
    memset(&chunk, 0, sizeof chunk);
    memcpy(chunk.text, text + *at, end - *at);
    const prs_chunk *known = prs_chunk_memo_find(&lexicon->chunks, chunk.text);
    if (known == NULL) {
        while (*at < end) PRS_TRY(run_general(lexicon, text, end, at, &bad));
        *n_bad += bad;
        return bad > 0 ? PRISM_OK : keep_chunk(lexicon, &chunk, from, lexicon->span - span);
    }
    PRS_TRY(prs_lexicon_reserve(lexicon, PRS_CHUNK_IDS));
    memcpy(lexicon->out->ids + from, known->ids, sizeof known->ids);
    lexicon->out->n += known->n_ids;
    lexicon->span += known->n_pos;
    *at = end;
    return PRISM_OK;
}

static prism_status scan_lanes(prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                               uint64_t *n_bad) {
    uint32_t at = 0;
    bool has_chunks = !lexicon->analysis->analyzer->options.join_linebreak;
    if (len >= WARM_BYTES)
        PRS_TRY(prs_words_warm(&lexicon->analysis->words, PRS_WORDS_CACHE_BITS, lexicon->err));
    while (at < len) {
        PRS_TRY(prs_lane_run(lexicon, text, len, &at));
        if (at == len) break;
        uint32_t end = has_chunks ? prs_lane_chunk_end(lexicon, text, len, at) : 0;
        if (end > 0)
            PRS_TRY(run_chunk(lexicon, text, end, &at, n_bad));
        else
            PRS_TRY(run_general(lexicon, text, len, &at, n_bad));
    }
    return prs_lane_flush(lexicon);
}

static uint32_t next_blank(const uint8_t *text, uint32_t len, uint32_t at) {
    while (at < len && text[at] != ' ' && (uint8_t)(text[at] - '\t') >= 5) at++;
    return at;
}

/* Text between two ASCII blanks gives the same words whatever stands around them. */
static prism_status scan_spaced(prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                                uint64_t *n_bad) {
    for (uint32_t at = 0; at < len;) {
        PRS_TRY(prs_lane_run_spaced(lexicon, text, len, &at));
        if (at == len) break;
        uint32_t end = len - at < PRS_ASCII_WORD_LOOK ? len : next_blank(text, len, at);
        uint32_t pos = lexicon->span;
        PRS_TRY(prs_whitespace_run(lexicon->analysis, prs_bytes_of(text + at, end - at), put_token,
                                   lexicon, &pos, n_bad, lexicon->err));
        at = end;
    }
    PRS_TRY(prs_lane_flush(lexicon));
    lexicon->pos = lexicon->span;
    return PRISM_OK;
}

static prism_status scan_with(prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                              uint64_t *n_bad) {
    if (lexicon->has_lanes) return scan_lanes(lexicon, text, len, n_bad);
    if (lexicon->is_spaced) return scan_spaced(lexicon, text, len, n_bad);
    return prs_analysis_run(lexicon->analysis, text, len, put_token, lexicon, NULL, n_bad,
                            lexicon->err);
}

prism_status prs_lexicon_scan(prs_lexicon *lexicon, const void *text, size_t len, prs_stream *out,
                              uint32_t *n_pos, uint32_t *n_span, uint64_t *n_bad,
                              prism_error *err) {
    uint64_t bad = 0;
    lexicon->out = out;
    lexicon->base = out->n;
    lexicon->err = err;
    lexicon->pos = lexicon->span = 0;
    lexicon->n_words = lexicon->n_pairs = 0;
    *n_pos = *n_span = 0;
    if (n_bad != NULL) *n_bad = 0;
    if (len >= UINT32_MAX) return prs_error_set(err, PRISM_ELIMIT, "a text of 4 GiB or more");
    if (len == 0) text = ""; /* NULL is not to be added to */
    prism_status status = scan_with(lexicon, text, (uint32_t)len, &bad);
    if (status == PRISM_OK) status = check_positions(lexicon);
    if (status != PRISM_OK) {
        out->n = lexicon->base;
        return status;
    }
    *n_pos = lexicon->has_lanes ? lexicon->span : lexicon->pos;
    *n_span = lexicon->span;
    if (n_bad != NULL) *n_bad = bad;
    return PRISM_OK;
}
