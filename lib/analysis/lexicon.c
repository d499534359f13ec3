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
#include "base/error.h"
#include "base/hash.h"

#define WARM_BYTES 1024u

/* ---- life --------------------------------------------------------------------------------- */

static void init_tables(prs_lexicon *lexicon) {
    prs_map_init(&lexicon->keys, lexicon->mem, lexicon->seeds[0]);
    prs_word_memo_init(&lexicon->words, lexicon->mem, &lexicon->seeds[1]);
    prs_word_memo_init(&lexicon->stems, lexicon->mem, &lexicon->seeds[1]);
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
    lexicon->has_chars = lexicon->has_lanes && analyzer->options.han != PRS_HAN_BI;
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
    prs_word_memo_fini(&lexicon->stems);
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
           prs_word_memo_bytes(&lexicon->stems) + prs_pair_memo_bytes(&lexicon->pairs) +
           prs_chunk_memo_bytes(&lexicon->chunks) +
           (lexicon->han == NULL ? 0 : sizeof *lexicon->han);
}

/* The key and its place in the table of keys; then the slots of map and memo, which for a pair are
 * those of its memo alone.  Tables are between a quarter and a half full. */
#define PAIR_WEIGHT 44u
#define WORD_WEIGHT 96u

uint64_t prs_lexicon_weight(const prs_lexicon *lexicon) {
    const prs_map *keys = &lexicon->keys;
    uint64_t n_pairs = lexicon->pairs.n;
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

/* At position `pos`. */
static prism_status put_id(prs_lexicon *lexicon, uint32_t id, uint32_t pos) {
    PRS_TRY(prs_lexicon_reserve(lexicon, 3));
    uint32_t *at = lexicon->out->ids + lexicon->out->n, *from = at;
    if (pos < lexicon->span) {
        *at++ = id | PRS_STREAM_STACKED;
    } else {
        if (pos > lexicon->span) {
            *at++ = PRS_STREAM_GAP;
            *at++ = pos - lexicon->span;
        }
        *at++ = id;
        lexicon->span = pos + 1;
        lexicon->pos++;
    }
    lexicon->out->n += (size_t)(at - from);
    return PRISM_OK;
}

/* A HAN1 that waited is left out if what comes behind it tells that it was there. */
static prism_status put_held(prs_lexicon *lexicon, const prs_token *next) {
    uint32_t c;
    lexicon->is_held = false;
    if (prs_lexicon_tells_char(next->kind, next->term, next->len, &c)) return PRISM_OK;
    return put_id(lexicon, lexicon->held | PRS_STREAM_TELLS, next->pos);
}

/* prs_token_fn of the general lane and of the analyzers without lanes: positions are the text's. */
static prism_status put_token(void *ctx, const prs_token *token) {
    prs_lexicon *lexicon = ctx;
    uint32_t id;
    if (token->memo != NULL && *token->memo != 0) {
        id = *token->memo - 1;
    } else {
        PRS_TRY(prs_lexicon_find(lexicon, token, &id));
        if (token->memo != NULL) *token->memo = id + 1;
    }
    if (PRS_UNLIKELY(lexicon->is_held)) {
        PRS_TRY(put_held(lexicon, token));
        uint32_t c;
        if (prs_lexicon_tells_char(token->kind, token->term, token->len, &c))
            id |= PRS_STREAM_TELLS;
    }
    if (token->kind == PRS_KIND_HAN1 && lexicon->has_chars) {
        lexicon->is_held = true;
        lexicon->held = id;
        return PRISM_OK;
    }
    return put_id(lexicon, id, token->pos);
}

/* ---- the general lane ---------------------------------------------------------------------- */

prism_status prs_lexicon_general(prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
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

static prism_status scan_lanes(prs_lexicon *lexicon, const uint8_t *text, uint32_t len) {
    uint32_t at = 0;
    bool has_chunks = !lexicon->analysis->analyzer->options.join_linebreak;
    if (len >= WARM_BYTES)
        PRS_TRY(prs_words_warm(&lexicon->analysis->words, PRS_WORDS_CACHE_BITS, lexicon->err));
    while (at < len) {
        PRS_TRY(prs_lane_run(lexicon, text, len, &at));
        if (at == len) break;
        uint32_t end = has_chunks ? prs_lane_chunk_end(lexicon, text, len, at) : 0;
        if (end > 0) {
            PRS_TRY(prs_lane_push_chunk(lexicon, text, len, at, end));
            at = end;
            continue;
        }
        if (lexicon->n_chunks > 0) PRS_TRY(prs_lane_refill(lexicon));
        PRS_TRY(prs_lexicon_general(lexicon, text, len, &at, &lexicon->n_bad));
    }
    return prs_lane_flush(lexicon);
}

static uint32_t next_blank(const uint8_t *text, uint32_t len, uint32_t at) {
    while (at < len && text[at] != ' ' && (uint8_t)(text[at] - '\t') >= 5) at++;
    return at;
}

/* Text between two ASCII blanks gives the same words whatever stands around them. */
static prism_status scan_spaced(prs_lexicon *lexicon, const uint8_t *text, uint32_t len) {
    for (uint32_t at = 0; at < len;) {
        PRS_TRY(prs_lane_run_spaced(lexicon, text, len, &at));
        if (at == len) break;
        uint32_t end = len - at < PRS_ASCII_WORD_LOOK ? len : next_blank(text, len, at);
        uint32_t pos = lexicon->span;
        PRS_TRY(prs_whitespace_run(lexicon->analysis, prs_bytes_of(text + at, end - at), put_token,
                                   lexicon, &pos, &lexicon->n_bad, lexicon->err));
        at = end;
    }
    PRS_TRY(prs_lane_flush(lexicon));
    lexicon->pos = lexicon->span;
    return PRISM_OK;
}

static prism_status scan_with(prs_lexicon *lexicon, const uint8_t *text, uint32_t len) {
    if (lexicon->has_lanes) return scan_lanes(lexicon, text, len);
    if (lexicon->is_spaced) return scan_spaced(lexicon, text, len);
    return prs_analysis_run(lexicon->analysis, text, len, put_token, lexicon, NULL, &lexicon->n_bad,
                            lexicon->err);
}

prism_status prs_lexicon_scan(prs_lexicon *lexicon, const void *text, size_t len, prs_stream *out,
                              uint32_t *n_pos, uint32_t *n_span, uint64_t *n_bad,
                              prism_error *err) {
    lexicon->out = out;
    lexicon->base = out->n;
    lexicon->err = err;
    lexicon->pos = lexicon->span = 0;
    lexicon->n_bad = 0;
    lexicon->is_held = false;
    lexicon->n_words = lexicon->n_chunks = lexicon->n_pairs = 0;
    *n_pos = *n_span = 0;
    if (n_bad != NULL) *n_bad = 0;
    if (len >= UINT32_MAX) return prs_error_set(err, PRISM_ELIMIT, "a text of 4 GiB or more");
    if (len == 0) text = ""; /* NULL is not to be added to */
    prism_status status = scan_with(lexicon, text, (uint32_t)len);
    if (status == PRISM_OK) status = check_positions(lexicon);
    if (status != PRISM_OK) {
        out->n = lexicon->base;
        return status;
    }
    *n_pos = lexicon->has_lanes ? lexicon->span : lexicon->pos;
    *n_span = lexicon->span;
    if (n_bad != NULL) *n_bad = lexicon->n_bad;
    return PRISM_OK;
}
