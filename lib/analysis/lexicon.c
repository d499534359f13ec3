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

#include "base/error.h"
#include "base/hash.h"

#define IDS_MAX PRS_STREAM_GAP
#define WARM_BYTES 1024u

/* ---- life --------------------------------------------------------------------------------- */

static void init_tables(prs_lexicon *lexicon) {
    prs_map_init(&lexicon->keys, lexicon->mem, lexicon->seeds[0]);
    prs_word_memo_init(&lexicon->words, lexicon->mem, &lexicon->seeds[1]);
    prs_pair_memo_init(&lexicon->pairs, lexicon->mem, lexicon->seeds[3]);
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
    prs_mem_free(lexicon->mem, lexicon->han, sizeof *lexicon->han);
    lexicon->han = NULL;
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

size_t prs_lexicon_bytes(const prs_lexicon *lexicon) {
    return sizeof *lexicon + prs_map_bytes(&lexicon->keys) + prs_word_memo_bytes(&lexicon->words) +
           prs_pair_memo_bytes(&lexicon->pairs) + (lexicon->han == NULL ? 0 : sizeof *lexicon->han);
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

prism_status prs_lexicon_add(prs_lexicon *lexicon, uint8_t kind, prs_bytes term, uint32_t *id) {
    uint8_t key[PRISM_MAX_TERM_BYTES];
    PRS_ASSERT(term.len < sizeof key);
    if (lexicon->keys.n == IDS_MAX) {
        return prs_error_set(lexicon->err, PRISM_ELIMIT, "more than %u different terms", IDS_MAX);
    }
    key[0] = kind;
    memcpy(key + 1, term.ptr, term.len);
    if (prs_map_add(&lexicon->keys, prs_bytes_of(key, term.len + 1), id, NULL) != PRISM_OK) {
        return prs_error_nomem(lexicon->err);
    }
    return PRISM_OK;
}

/* prs_token_fn of the general lane and of the analyzers without lanes: positions are the text's. */
static prism_status put_token(void *ctx, const prs_token *token) {
    prs_lexicon *lexicon = ctx;
    uint32_t id;
    PRS_TRY(prs_lexicon_add(lexicon, token->kind, prs_bytes_of(token->term, token->len), &id));
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

static prism_status scan_lanes(prs_lexicon *lexicon, const uint8_t *text, uint32_t len,
                               uint64_t *n_bad) {
    uint32_t at = 0;
    if (len >= WARM_BYTES) PRS_TRY(prs_words_warm(&lexicon->analysis->words, lexicon->err));
    while (at < len) {
        PRS_TRY(prs_lane_run(lexicon, text, len, &at));
        if (at < len) PRS_TRY(run_general(lexicon, text, len, &at, n_bad));
    }
    return prs_lane_flush(lexicon);
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
    prism_status status =
        lexicon->has_lanes
            ? scan_lanes(lexicon, text, (uint32_t)len, &bad)
            : prs_analysis_run(lexicon->analysis, text, len, put_token, lexicon, NULL, &bad, err);
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
