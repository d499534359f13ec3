/* rewrite_han.c - what does an unquoted run of Han characters ask for?
 *
 *     run          北 京 大 学 的 学 生
 *     dictionary   北京大学 | 的 | 学生
 *     ranked       北京 .75  京大 .75  大学 .75  学的 .4  的学 .4  学生 .75   的 (single) 1
 *     required     "北京大学"  "学生"
 *
 * Ranked      Every pair of the run, weighted by whether the dictionary cuts it, and the
 *             single-character words: any document that holds the run's words scores, the run
 *             itself scores most, and nothing depends on the dictionary being right. The weights
 *             are in part_weights.h.
 * Required    One phrase for each dictionary piece, all of them. A single character joins the piece
 *             before it, the first one the piece behind; but a function character (的, 了) that is a
 *             piece is left out where there is a longer piece, as a stop word would be: otherwise
 *             "北京大学的学生" would not find "北京大学学生".
 * The caller's own words (vocabulary.h) go before the dictionary: where one stands, it is cut out
 * whole.
 * No dictionary, or characters it does not know: nothing is cut, the run is one word.
 * Under han = uni there are no pairs: every character counts, and phrases are made of characters.
 * Under han = uni_bi_words a ranked run also asks for its words, whose pairs then count less. They
 * find nothing that their pairs do not find.
 * Source      docs/analysis.md section 7.
 * Cost        1-2 us for 8 characters.
 * Tested by   tests/unit/query/test_rewrite_han.c */
#include "query/rewrite.h"

#include "base/error.h"
#include "query/part_weights.h"

/* Words of a run, as places. */
typedef struct piece {
    uint32_t from, to;
    bool is_function; /* a function character, or a stop word of the caller's, by itself */
} piece;

typedef struct pieces {
    prs_mem *mem;
    piece *ptr;
    uint32_t n, cap;
} pieces;

/* ---- cutting ------------------------------------------------------------------------------ */

static uint32_t count_code_points(prs_bytes text) {
    uint32_t n = 0;
    for (size_t i = 0; i < text.len; i++) n += (text.ptr[i] & 0xc0) != 0x80;
    return n;
}

/* Folded text of the run; what was there before is kept. */
static void put_run(const prs_reading *reading, uint32_t from, uint32_t to, prs_buf *out) {
    for (uint32_t i = from; i < to; i++) {
        prs_bytes c = prs_reading_char(reading, i);
        prs_buf_put(out, c.ptr, c.len);
    }
}

/* Turn ends in code points into places; an end inside a character is none. */
static void place_pieces(const prs_reading *reading, uint32_t from, uint32_t to,
                         const uint32_t *ends, uint32_t n_ends, pieces *out) {
    uint32_t done = 0, start = from, e = 0;
    for (uint32_t i = from; i < to; i++) {
        done += count_code_points(prs_reading_char(reading, i));
        while (e < n_ends && ends[e] < done) e++;
        if (i + 1 < to && (e == n_ends || ends[e] != done)) continue;
        prs_bytes c = prs_reading_char(reading, i);
        bool single = i == start;
        out->ptr[out->n++] = (piece){start, i + 1, single && prs_is_function_char(c.ptr, c.len)};
        start = i + 1;
    }
}

/* Where a word of the vocabulary stands, it begins and ends a piece, and nothing is cut in it. */
static prism_status cut_out_words(prs_leaf_text *text, uint32_t from, uint32_t to, pieces *out) {
    const prs_rewrite *rw = text->rw;
    if (rw->vocabulary == NULL) return PRISM_OK;
    size_t room = to - from + 1u;
    bool *begins = prs_mem_calloc(out->mem, room, sizeof *begins);
    if (begins == NULL) return prs_error_nomem(rw->err);
    for (uint32_t w = 0; w < out->n; w++) begins[out->ptr[w].from - from] = true;
    prism_status status = PRISM_OK;
    for (uint32_t i = from, len; i < to && status == PRISM_OK; i += PRS_MAX(len, 1)) {
        status = prs_vocabulary_word(rw->vocabulary, &text->reading, i, to, &len, rw->err);
        if (status != PRISM_OK || len == 0) continue;
        for (uint32_t k = 0; k <= len; k++) begins[i - from + k] = k == 0 || k == len;
    }
    out->n = 0;
    for (uint32_t i = from, start = from; i < to && status == PRISM_OK; i++) {
        if (i + 1 < to && !begins[i + 1 - from]) continue;
        prs_bytes c = prs_reading_char(&text->reading, i);
        out->ptr[out->n++] =
            (piece){start, i + 1, i == start && prs_is_function_char(c.ptr, c.len)};
        start = i + 1;
    }
    prs_mem_free(out->mem, begins, room * sizeof *begins);
    return status;
}

/* A single character that is a stop word of the caller's is as good as a function character. */
static prism_status mark_stops(const prs_leaf_text *text, pieces *out) {
    for (uint32_t w = 0; w < out->n; w++) {
        piece *word = &out->ptr[w];
        if (word->to - word->from != 1 || word->is_function) continue;
        prs_bytes c = prs_reading_char(&text->reading, word->from);
        PRS_TRY(prs_leaf_is_stop(text, word->from, c, &word->is_function));
    }
    return PRISM_OK;
}

/* Room for `out` is one piece a character. */
static prism_status cut(prs_leaf_text *text, uint32_t from, uint32_t to, pieces *out) {
    prs_rewrite *rw = text->rw;
    prs_buf run;
    prs_buf_init(&run, out->mem);
    put_run(&text->reading, from, to, &run);
    uint32_t *ends = NULL, n_ends = 0;
    size_t room = run.len * sizeof *ends;
    prism_status status = prs_buf_status(&run, rw->err);
    if (status == PRISM_OK) {
        ends = prs_mem_alloc(out->mem, room);
        if (ends == NULL) status = prs_error_nomem(rw->err);
    }
    if (status == PRISM_OK) {
        status =
            prs_analysis_cut_han(text->reading.analysis, run.ptr, run.len, ends, &n_ends, rw->err);
        if (status == PRISM_EUNSUPPORTED) {
            n_ends = 0;
            status = PRISM_OK;
        }
    }
    if (status == PRISM_OK) {
        place_pieces(&text->reading, from, to, ends, n_ends, out);
        status = cut_out_words(text, from, to, out);
    }
    if (status == PRISM_OK) status = mark_stops(text, out);
    prs_mem_free(out->mem, ends, room);
    prs_buf_fini(&run);
    return status;
}

/* ---- ranked ------------------------------------------------------------------------------- */

static prism_status add_kind(prs_leaf_text *text, uint32_t place, uint8_t kind, double weight,
                             prs_node *parent) {
    const prs_read_token *token = prs_reading_find(&text->reading, place, kind, 0, 0);
    bool stop = false;
    if (token == NULL || weight == 0) return PRISM_OK;
    prs_bytes term = prs_reading_term(&text->reading, token);
    if (kind == PRS_KIND_HAN1) PRS_TRY(prs_leaf_is_stop(text, place, term, &stop));
    return prs_leaf_add_term(text, parent, kind, term, weight, stop);
}

/* A pair inside a dictionary word. One that is the whole run overlaps no other: it is a word like
 * any, as it is where it is required. */
static double weight_inside(uint32_t run_len, bool whole) {
    if (whole) return PRS_WEIGHT_PAIR_OF_HANWORD;
    return run_len == 2 ? 1.0 : PRS_WEIGHT_PAIR_INSIDE;
}

/* Is the piece as a whole a term of the field? */
static bool is_term(const prs_leaf_text *text, const piece *word) {
    const prs_read_token *token =
        prs_reading_find(&text->reading, word->from, PRS_KIND_HANWORD, 0, 0);
    return token != NULL && token->span == word->to - word->from;
}

static prism_status add_ranked(prs_leaf_text *text, const pieces *words, prs_node *parent) {
    uint32_t from = words->ptr[0].from, to = words->ptr[words->n - 1].to;
    bool has_pairs = prs_reading_find(&text->reading, from, PRS_KIND_HAN2, 0, 0) != NULL;
    for (uint32_t w = 0; w < words->n; w++) {
        const piece *word = &words->ptr[w];
        bool single = word->to - word->from == 1;
        bool whole = is_term(text, word);
        double inside = weight_inside(to - from, whole);
        if (whole)
            PRS_TRY(add_kind(text, word->from, PRS_KIND_HANWORD, PRS_WEIGHT_HANWORD, parent));
        for (uint32_t i = word->from; i < word->to; i++) {
            double weight = i + 1 < word->to ? inside : PRS_WEIGHT_PAIR_ACROSS;
            if (i + 1 < to) PRS_TRY(add_kind(text, i, PRS_KIND_HAN2, weight, parent));
            if (single || !has_pairs)
                PRS_TRY(add_kind(text, i, PRS_KIND_HAN1, PRS_WEIGHT_SINGLE, parent));
        }
    }
    return PRISM_OK;
}

/* ---- required ----------------------------------------------------------------------------- */

/* Leave out function characters beside longer pieces, then join single characters to a
 * neighbour. */
static void join_singles(pieces *words) {
    bool has_long = false;
    uint32_t n = 0, kept = 0;
    for (uint32_t w = 0; w < words->n; w++) has_long |= words->ptr[w].to - words->ptr[w].from > 1;
    for (uint32_t w = 0; w < words->n; w++) {
        if (!has_long || !words->ptr[w].is_function) words->ptr[n++] = words->ptr[w];
    }
    for (uint32_t w = 0; w < n; w++) {
        piece word = words->ptr[w];
        bool single = word.to - word.from == 1;
        if (single && kept > 0 && words->ptr[kept - 1].to == word.from) {
            words->ptr[kept - 1].to = word.to;
        } else if (single && w + 1 < n && words->ptr[w + 1].from == word.to) {
            words->ptr[w + 1].from = word.from;
        } else {
            words->ptr[kept++] = word;
        }
    }
    words->n = kept;
}

static prism_status add_required(prs_leaf_text *text, pieces *words, prs_node *parent) {
    static const prs_phrase_opts as_indexed = {false, false, false, 0};
    join_singles(words);
    for (uint32_t w = 0; w < words->n; w++) {
        prs_node *phrase;
        PRS_TRY(prs_leaf_phrase(text, words->ptr[w].from, words->ptr[w].to, &as_indexed, &phrase));
        PRS_TRY(prs_leaf_must(text, parent, phrase));
    }
    return PRISM_OK;
}

prism_status prs_leaf_run(prs_leaf_text *text, uint32_t from, uint32_t to, prs_node *parent) {
    pieces words = {&text->rw->query->mem, NULL, 0, to - from};
    words.ptr = prs_mem_alloc(words.mem, words.cap * sizeof *words.ptr);
    if (words.ptr == NULL) return prs_error_nomem(text->rw->err);
    prism_status status = cut(text, from, to, &words);
    if (status == PRISM_OK) {
        status = text->leaf->required ? add_required(text, &words, parent)
                                      : add_ranked(text, &words, parent);
    }
    prs_mem_free(words.mem, words.ptr, words.cap * sizeof *words.ptr);
    return status;
}
