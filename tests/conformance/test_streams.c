/* test_streams.c - what must hold for the token stream of any text?
 *
 *   ranges       start < end <= length, on code-point and cluster bounds; positions have no gaps
 *                and their starts never decrease; the bytes a token covers, analyzed alone, give
 *                its term again
 *   han modes    uni_bi, bi, uni and uni_bi_words number every character and word alike
 *   context      what stands before white space does not change what follows, and a text fed in
 *                pieces that end at white space gives the tokens of the whole
 *   substrings   1 to 8 characters of a line are found in it as a phrase of bigrams
 *
 * Random text over eight alphabets, and the shared articles. */
#include "kit.h"

#include "analysis/unicode.h"
#include "analysis/utf8.h"

#include <stdlib.h>

/* What is at each byte of a text. */
enum { INSIDE, BASE, MARK };

/* One of the above for each byte and the end; free with free(). */
static uint8_t *map_text(const uint8_t *text, size_t len) {
    uint8_t *map = calloc(len + 1, 1);
    ck_assert_ptr_nonnull(map);
    for (size_t at = 0; at < len;) {
        uint32_t n, cp = prs_utf8_decode(text + at, text + len, &n);
        map[at] = prs_unicode_get(cp)->cls == PRS_CLASS_MARK ? MARK : BASE;
        at += n;
    }
    map[len] = BASE;
    return map;
}

/* A range ends where a character with its marks ends; only a cluster over 255 bytes is divided. */
static bool is_whole(const prs_token *t, const uint8_t *map) {
    bool may_be_cut = t->end - t->start >= PRISM_MAX_TOKEN_BYTES - 4;
    return map[t->start] == BASE && (map[t->end] == BASE || (may_be_cut && map[t->end] == MARK));
}

static void check_ranges(const kit *k, const uint8_t *text, size_t len) {
    uint32_t pos = 0, start = 0;
    uint8_t *map = map_text(text, len);
    for (size_t i = 0; i < k->n; i++) {
        const prs_token *t = &k->tokens[i].token;
        bool is_new = i == 0 || t->pos != pos;
        bool holds = t->start < t->end && t->end <= len && t->len > 0 && t->span > 0 &&
                     t->pos + t->span <= k->n_pos && is_whole(t, map);
        if (is_new) holds = holds && t->pos == (i == 0 ? 0 : pos + 1) && t->start >= start;
        if (!holds)
            ck_abort_msg("token %zu: @%u+%u[%u,%u) of %zu", i, t->pos, t->span, t->start, t->end,
                         len);
        if (is_new) start = t->start;
        pos = t->pos;
    }
    ck_assert_uint_eq(k->n_pos, k->n == 0 ? 0 : pos + 1);
    free(map);
}

/* Does the analysis of the bytes of a token hold its term? */
static bool gives(kit *slice, const uint8_t *text, const prs_token *token, prs_bytes term) {
    kit_run(slice, text + token->start, token->end - token->start);
    for (size_t i = 0; i < slice->n; i++) {
        if (slice->tokens[i].token.kind == token->kind && prs_bytes_equal(kit_term(slice, i), term))
            return true;
    }
    return false;
}

/* Is there nothing but marks in [from, to)? */
static bool are_marks(const uint8_t *text, uint32_t from, uint32_t to) {
    while (from < to) {
        uint32_t n, cp = prs_utf8_decode(text + from, text + to, &n);
        if (prs_unicode_get(cp)->cls != PRS_CLASS_MARK) return false;
        from += n;
    }
    return from == to;
}

/* Pieces of an over-long token have lost what made them a number or a word: alone they may read
 * otherwise.  Two words that touch are such pieces (or a compat sign and its neighbour), and so are
 * two with nothing but the marks of a cluster between that is too long by itself (T12). */
static bool is_piece(const kit *k, const uint8_t *text, size_t i) {
    const prs_token *t = &k->tokens[i].token;
    if (t->kind != PRS_KIND_WORD && t->kind != PRS_KIND_EXACT) return false;
    for (size_t j = i < 8 ? 0 : i - 8; j < PRS_MIN(k->n, i + 9); j++) {
        const prs_token *other = &k->tokens[j].token;
        if (other->kind != PRS_KIND_WORD) continue;
        if (are_marks(text, other->end, t->start) || are_marks(text, t->end, other->start))
            return true;
    }
    return false;
}

static void check_slices(kit *k, kit *slice, const uint8_t *text) {
    for (size_t i = 0; i < k->n; i++) {
        const prs_token *t = &k->tokens[i].token;
        prs_bytes term = kit_term(k, i);
        if (is_piece(k, text, i) || gives(slice, text, t, term)) continue;
        ck_abort_msg("\"%.*s\" does not give \"%.*s\" (kind %u)", (int)(t->end - t->start),
                     (const char *)text + t->start, (int)term.len, (const char *)term.ptr, t->kind);
    }
}

START_TEST(ranges_of_random_text) {
    static const char *const sets[] = {"", "stem=dual han=bi", "han=uni hangul=word",
                                       "han=uni_bi_words", "stem=off sa=icu"};
    test_rng rng = test_rng_of("ranges");
    uint8_t text[1024];
    for (size_t s = 0; s < PRS_COUNT(sets); s++) {
        kit *k = kit_open(sets[s]), *slice = kit_open(sets[s]);
        for (size_t i = 0; i < kit_effort(200000) / sizeof text; i++) {
            size_t len = kit_random_text(&rng, (unsigned)i % KIT_ALPHABETS, text, sizeof text);
            kit_run(k, text, len);
            check_ranges(k, text, len);
            if (s < 4)
                check_slices(k, slice, text); /* ICU reads a word of a Thai run otherwise alone */
        }
        kit_close(k);
        kit_close(slice);
    }
}
END_TEST

static void check_articles(const char *lang, const char *options) {
    size_t len;
    char *text = kit_articles(lang, (size_t)512 << 10, &len);
    kit *k = kit_open(options), *slice = kit_open(options);
    kit_run(k, text, len);
    check_ranges(k, (const uint8_t *)text, len);
    check_slices(k, slice, (const uint8_t *)text);
    kit_close(k);
    kit_close(slice);
    free(text);
}

START_TEST(ranges_of_english_articles) {
    check_articles("en", "");
}
END_TEST

START_TEST(ranges_of_chinese_articles) {
    check_articles("zh-", "");
}
END_TEST

START_TEST(ranges_of_dictionary_words) {
    check_articles("zh-", "han=uni_bi_words");
}
END_TEST

/* Where the first token of each position starts. */
static size_t starts_of(const kit *k, uint32_t *out) {
    size_t n = 0;
    for (size_t i = 0; i < k->n; i++) {
        if (i == 0 || k->tokens[i].token.pos != k->tokens[i - 1].token.pos)
            out[n++] = k->tokens[i].token.start;
    }
    return n;
}

START_TEST(positions_in_every_han_mode) {
    test_rng rng = test_rng_of("modes");
    static uint8_t text[4096];
    static uint32_t a[4096], b[4096];
    kit *modes[] = {kit_open("han=uni_bi"), kit_open("han=bi"), kit_open("han=uni"),
                    kit_open("han=uni_bi_words")};
    for (size_t i = 0; i < kit_effort(400000) / sizeof text; i++) {
        size_t len = kit_random_text(&rng, (unsigned)i % KIT_ALPHABETS, text, 1200);
        kit_run(modes[0], text, len);
        size_t n = starts_of(modes[0], a);
        for (size_t m = 1; m < PRS_COUNT(modes); m++) {
            kit_run(modes[m], text, len);
            ck_assert_uint_eq(modes[m]->n_pos, modes[0]->n_pos);
            ck_assert_uint_eq(starts_of(modes[m], b), n);
            ck_assert_mem_eq(a, b, n * sizeof *a);
        }
    }
    for (size_t m = 0; m < PRS_COUNT(modes); m++) kit_close(modes[m]);
}
END_TEST

/* The tokens after a head and a space are those of the tail alone, moved. */
static void check_context(const char *options) {
    test_rng rng = test_rng_of("context");
    uint8_t text[600];
    kit *whole = kit_open(options), *tail = kit_open(options), *head = kit_open(options);
    for (size_t i = 0; i < kit_effort(400000) / sizeof text; i++) {
        unsigned alphabet = (unsigned)test_rng_below(&rng, KIT_ALPHABETS - 1);
        size_t cut = kit_random_text(&rng, alphabet, text, 200);
        text[cut] = ' ';
        size_t len = cut + 1 + kit_random_text(&rng, alphabet, text + cut + 1, 300);
        kit_run(whole, text, len);
        kit_run(head, text, cut);
        kit_run(tail, text + cut + 1, len - cut - 1);
        ck_assert_uint_eq(whole->n, head->n + tail->n);
        for (size_t t = 0; t < tail->n; t++) {
            const prs_token *x = &whole->tokens[head->n + t].token, *y = &tail->tokens[t].token;
            bool is_same = x->kind == y->kind && x->flags == y->flags &&
                           x->pos == y->pos + head->n_pos && x->span == y->span &&
                           x->start == y->start + cut + 1 && x->end == y->end + cut + 1 &&
                           prs_bytes_equal(kit_term(whole, head->n + t), kit_term(tail, t));
            if (!is_same) ck_abort_msg("token %zu after \"%.*s\"", t, (int)cut, (const char *)text);
        }
    }
    kit_close(whole);
    kit_close(tail);
    kit_close(head);
}

START_TEST(context_before_white_space_is_nothing) {
    check_context("stem=dual");
    check_context("han=uni_bi_words");
}
END_TEST

/* Feeds a text in pieces, each from one white space to the next chosen one. */
static void check_pieces(kit *whole, kit *part, test_rng *rng, const uint8_t *text, size_t len) {
    size_t at = 0, done = 0;
    uint32_t n_pos = 0;
    uint64_t n_bad = 0;
    kit_run(whole, text, len);
    while (at < len) {
        size_t end = at + 1;
        while (end < len && !(strchr(" \n\t\r\v\f", text[end]) != NULL && text[end] != '\0' &&
                              test_rng_one_in(rng, 3)))
            end++;
        kit_run(part, text + at, end - at);
        for (size_t i = 0; i < part->n; i++, done++) {
            TEST_NEED(done < whole->n);
            const prs_token *x = &whole->tokens[done].token, *y = &part->tokens[i].token;
            bool is_same = x->kind == y->kind && x->flags == y->flags && x->pos == y->pos + n_pos &&
                           x->span == y->span && x->start == y->start + at &&
                           x->end == y->end + at &&
                           prs_bytes_equal(kit_term(whole, done), kit_term(part, i));
            if (!is_same) ck_abort_msg("token %zu, in the piece from byte %zu", done, at);
        }
        n_pos += part->n_pos;
        n_bad += part->n_bad;
        at = end;
    }
    TEST_NEED(done == whole->n);
    TEST_NEED(n_pos == whole->n_pos);
    TEST_NEED(n_bad == whole->n_bad);
}

START_TEST(pieces_give_the_whole) {
    test_rng rng = test_rng_of("pieces");
    static uint8_t text[4096];
    static const char *const sets[] = {"", "stem=dual han=bi hangul=word", "max_token_bytes=16",
                                       "sa=icu emoji=off"};
    for (size_t s = 0; s < PRS_COUNT(sets); s++) {
        kit *whole = kit_open(sets[s]), *part = kit_open(sets[s]);
        for (size_t i = 0; i < kit_effort(400000) / sizeof text; i++) {
            size_t len = kit_random_text(&rng, (unsigned)i % KIT_ALPHABETS, text, sizeof text);
            check_pieces(whole, part, &rng, text, len);
        }
        kit_close(whole);
        kit_close(part);
    }
}
END_TEST

START_TEST(pieces_of_articles_give_the_whole) {
    test_rng rng = test_rng_of("pieces of articles");
    size_t len;
    char *text = kit_articles("", (size_t)1 << 20, &len);
    kit *whole = kit_open(""), *part = kit_open("");
    check_pieces(whole, part, &rng, (const uint8_t *)text, len);
    kit_close(whole);
    kit_close(part);
    free(text);
}
END_TEST

/* Are the query's bigrams, or its only character, at these positions of the text? */
static bool is_phrase_at(const kit *text, const kit *query, uint32_t pos) {
    for (size_t q = 0; q < query->n; q++) {
        const prs_token *want = &query->tokens[q].token;
        bool is_wanted =
            want->kind == PRS_KIND_HAN2 || (query->n_pos == 1 && want->kind == PRS_KIND_HAN1);
        bool is_there = !is_wanted;
        for (size_t t = 0; t < text->n && !is_there; t++) {
            const prs_token *has = &text->tokens[t].token;
            is_there = has->kind == want->kind && has->pos == pos + want->pos &&
                       prs_bytes_equal(kit_term(text, t), kit_term(query, q));
        }
        if (!is_there) return false;
    }
    return query->n > 0;
}

/* Up to `want` characters of the run that token `first` is in: the byte behind the last of them. */
static uint32_t substring_end(const kit *k, size_t first, uint64_t want) {
    uint32_t end = k->tokens[first].token.end;
    for (size_t i = first; i < k->n && want > 0; i++) {
        const prs_token *t = &k->tokens[i].token;
        if (t->kind != PRS_KIND_HAN1) continue;
        end = t->end;
        want--;
        if ((t->flags & PRS_TOKEN_RUN_END) != 0) break;
    }
    return end;
}

/* A random HAN1 token, or k->n. */
static size_t pick_character(const kit *k, test_rng *rng) {
    for (int tries = 0; tries < 50 && k->n > 0; tries++) {
        size_t i = test_rng_below(rng, k->n);
        if (k->tokens[i].token.kind == PRS_KIND_HAN1) return i;
    }
    return k->n;
}

START_TEST(every_substring_is_found) {
    test_rng rng = test_rng_of("substrings");
    size_t len, n_checked = 0;
    char *articles = kit_articles("zh-Hant", (size_t)1 << 20, &len);
    kit *text = kit_open(""), *query = kit_open("");
    for (size_t tries = 0; tries < 3000; tries++) {
        size_t at = test_rng_below(&rng, len - 400), end = at + 300;
        while ((articles[at] & 0xc0) == 0x80) at++;
        while ((articles[end] & 0xc0) == 0x80) end++;
        kit_run(text, articles + at, end - at);
        size_t first = pick_character(text, &rng);
        if (first == text->n) continue;
        uint32_t from = text->tokens[first].token.start;
        uint32_t to = substring_end(text, first, 1 + test_rng_below(&rng, 8));
        kit_run(query, articles + at + from, to - from);
        if (!is_phrase_at(text, query, text->tokens[first].token.pos)) {
            ck_abort_msg("%.*s", (int)(to - from), articles + at + from);
        }
        n_checked++;
    }
    ck_assert_uint_gt(n_checked, 1000);
    kit_close(text);
    kit_close(query);
    free(articles);
}
END_TEST

TEST_SUITE(streams, ranges_of_random_text, ranges_of_english_articles, ranges_of_chinese_articles,
           ranges_of_dictionary_words, positions_in_every_han_mode,
           context_before_white_space_is_nothing, pieces_give_the_whole,
           pieces_of_articles_give_the_whole, every_substring_is_found)
