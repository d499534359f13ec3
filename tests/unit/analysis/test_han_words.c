/* test_han_words.c - are HANWORD tokens the dictionary's words, where they stand, and nothing else?
 *
 * The judge is prs_analysis_cut_han, asked about whole runs that are put together from the HAN1
 * terms of a text.  The other options must give the same tokens but for those of kind HANWORD.
 * Examples name words that ICU's dictionary has known in all versions. */
#include "kit.h"

#include "analysis/han_words.h"

#include <stdio.h>
#include <stdlib.h>

#define WORDS "han=uni_bi_words"

static void check_places(const char *options, const char *text, const char *places) {
    kit *k = kit_open(options);
    ck_assert_str_eq(kit_places(k, text), places);
    kit_close(k);
}

/* The words alone, "term@pos+span[start,end)". */
static const char *words_of(kit *k, const void *text, size_t len) {
    static char out[4096];
    size_t at = 0;
    kit_run(k, text, len);
    out[0] = '\0';
    for (size_t i = 0; i < k->n; i++) {
        const prs_token *t = &k->tokens[i].token;
        prs_bytes term = kit_term(k, i);
        if (t->kind != PRS_KIND_HANWORD) continue;
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%.*s@%u+%u[%u,%u)", at == 0 ? "" : " ",
                               (int)term.len, (const char *)term.ptr, t->pos, t->span, t->start,
                               t->end);
        ck_assert_uint_lt(at, sizeof out);
    }
    return out;
}

static void check_words(const char *options, const char *text, const char *words) {
    kit *k = kit_open(options);
    ck_assert_str_eq(words_of(k, text, strlen(text)), words);
    kit_close(k);
}

START_TEST(stand_at_their_first_character) {
    check_places(WORDS, "x中國的人",
                 "x@0+1[0,1), 中'@1+1[1,4) / 中国@1+2[1,7) / 中国~@1+2[1,7), "
                 "国'@2+1[4,7) / 国的@2+2[4,10), 的'@3+1[7,10) / 的人@3+2[7,13), "
                 "人'@4+1[10,13) / 人$@4+1[10,13)");
    check_words(WORDS, "我們中國人民。大學",
                "我们@0+2[0,6) 中国@2+2[6,12) 人民@4+2[12,18) "
                "大学@6+2[21,27)");
    check_words(WORDS, "的 人 中", "");
    check_words(WORDS, "", "");
}
END_TEST

START_TEST(cover_marks_and_signs) {
    check_words(WORDS, "中\u0301国人民", "人民@2+2[8,14)"); /* the mark is part of the character */
    check_words(WORDS, "我中国\ufe00。", "中国@1+2[3,12)");
    check_words(WORDS " join_linebreak=on", "中\r\n国", "中国@0+2[0,8)");
    check_words(WORDS, "中\n国", "");
    check_words(WORDS, "⼈民㍿", "人民@0+2[0,6) 株式会社@2+4[6,9)");
}
END_TEST

START_TEST(come_from_han_runs_only) {
    check_words(WORDS, "ภาษาไทย", "");
    check_words(WORDS " hangul=word", "한국 中国", "中国@1+2[7,13)");
    check_words(WORDS, "カタカナ", "カタカナ@0+4[0,12)");
    check_words("", "中国", "");
    check_words("han=bi", "中国", "");
    check_words("han=uni", "中国", "");
}
END_TEST

START_TEST(are_no_longer_than_tokens) {
    char text[3 * 100 + 1] = "";
    for (int i = 0; i < 86; i++) strcat(text, "한"); /* one word of 258 bytes */
    check_words(WORDS, text, "");
    kit *k = kit_open(WORDS);
    ck_assert_uint_gt(strlen(words_of(k, text + 3, 255)), 255);
    kit_close(k);
    check_words(WORDS " max_token_bytes=16", "한국어한국어 中国", "中国@6+2[19,25)");
}
END_TEST

START_TEST(know_both_ends_of_their_run) {
    kit *k = kit_open(WORDS);
    kit_run(k, "中国人民", 12);
    ck_assert_int_eq(k->tokens[2].token.kind, PRS_KIND_HANWORD);
    ck_assert_int_eq(k->tokens[2].token.flags, PRS_TOKEN_RUN_START);
    ck_assert_int_eq(k->tokens[7].token.kind, PRS_KIND_HANWORD);
    ck_assert_int_eq(k->tokens[7].token.flags, PRS_TOKEN_RUN_END | PRS_TOKEN_JOINED);
    kit_run(k, "中国", 6);
    ck_assert_int_eq(k->tokens[2].token.flags, PRS_TOKEN_RUN_START | PRS_TOKEN_RUN_END);
    kit_close(k);
}
END_TEST

/* Words of the text at hand; the last of them, and no other, ends the run if `ends`. */
static size_t count_words(const kit *k, bool ends) {
    size_t n = 0, n_ends = 0;
    for (size_t i = 0; i < k->n; i++) {
        const prs_token *t = &k->tokens[i].token;
        if (t->kind != PRS_KIND_HANWORD) continue;
        bool is_end = (t->flags & PRS_TOKEN_RUN_END) != 0;
        ck_assert(!is_end || t->pos + t->span == k->n_pos);
        ck_assert_uint_eq(t->end - t->start, 6);
        n_ends += is_end;
        n++;
    }
    ck_assert_uint_eq(n_ends, ends);
    return n;
}

/* A run of more than a piece: words inside each piece, none across their border. */
START_TEST(are_found_in_endless_runs) {
    enum { N = 2 * PRS_HAN_PIECE + 1 };
    char *text = malloc(6 * N), *p = text;
    kit *k = kit_open(WORDS);
    memcpy(p, "的", 3);
    for (size_t i = 0; i + 1 < N; i++) memcpy(p + 3 + 6 * i, "中国", 6);
    kit_run(k, text, 3 + 6 * (N - 1)); /* 4097 characters: four borders, each within a word */
    ck_assert_uint_eq(count_words(k, false), N - 1 - 4);
    kit_run(k, text + 3, 6 * (N - 1)); /* 4096 characters, borders between words */
    ck_assert_uint_eq(count_words(k, true), N - 1);
    kit_close(k);
    free(text);
}
END_TEST

/* ---- against the judge --------------------------------------------------------------------- */

/* Is token i, of kind HANWORD, the one that the cut asks for? */
static void expect_word(const kit *k, size_t i, uint32_t pos, uint32_t n, prs_bytes term) {
    ck_assert_uint_lt(i, k->n);
    const prs_token *t = &k->tokens[i].token;
    ck_assert_uint_eq(t->pos, pos);
    ck_assert_uint_eq(t->span, n);
    ck_assert_msg(prs_bytes_equal(kit_term(k, i), term), "%.*s", (int)term.len,
                  (const char *)term.ptr);
}

static size_t next_word(const kit *k, size_t i) {
    while (i < k->n && k->tokens[i].token.kind != PRS_KIND_HANWORD) i++;
    return i;
}

static uint32_t code_points(prs_bytes text) {
    uint32_t n = 0;
    for (size_t i = 0; i < text.len; i++) n += (text.ptr[i] & 0xc0) != 0x80;
    return n;
}

/* The run whose n HAN1 tokens are first[0..n): all its words, from token *word on. */
static void check_run(kit *k, const size_t *first, uint32_t n, size_t *word) {
    static uint8_t run[1 << 16];
    static uint32_t ends[1 << 16];
    uint32_t n_ends, len = 0, from = 0, from_byte = 0, done = 0, e = 0;
    for (uint32_t c = 0; c < n; c++) {
        prs_bytes term = kit_term(k, first[c]);
        memcpy(run + len, term.ptr, term.len);
        len += (uint32_t)term.len;
    }
    ck_assert_int_eq(prs_analysis_cut_han(k->analysis, run, len, ends, &n_ends, NULL), PRISM_OK);
    for (uint32_t c = 0, byte = 0; c < n; c++) {
        prs_bytes term = kit_term(k, first[c]);
        byte += (uint32_t)term.len;
        done += code_points(term);
        while (e < n_ends && ends[e] < done) e++;
        if (ends[e] != done) continue;
        if (c > from && byte - from_byte <= PRISM_MAX_TOKEN_BYTES) {
            *word = next_word(k, *word);
            expect_word(k, (*word)++, k->tokens[first[from]].token.pos, c + 1 - from,
                        prs_bytes_of(run + from_byte, byte - from_byte));
        }
        from = c + 1;
        from_byte = byte;
    }
}

/* All runs of the text at hand.  SA clusters are HAN1 too, and have no words: `text` is without. */
static void check_all_runs(kit *k) {
    static size_t run[PRS_HAN_PIECE];
    uint32_t n = 0;
    size_t word = 0;
    for (size_t i = 0; i < k->n; i++) {
        const prs_token *t = &k->tokens[i].token;
        if (t->kind != PRS_KIND_HAN1) continue;
        ck_assert_uint_lt(n, PRS_HAN_PIECE);
        run[n++] = i;
        if ((t->flags & PRS_TOKEN_RUN_END) == 0) continue;
        check_run(k, run, n, &word);
        n = 0;
    }
    ck_assert_uint_eq(next_word(k, word), k->n);
}

static bool is_same(const prs_token *a, const prs_token *b) {
    return a->kind == b->kind && a->flags == b->flags && a->pos == b->pos && a->span == b->span &&
           a->start == b->start && a->end == b->end;
}

/* The same tokens without the option, but for the words. */
static void check_rest(const kit *k, kit *plain, const void *text, size_t len) {
    size_t i = 0;
    kit_run(plain, text, len);
    for (size_t j = 0; j < plain->n; j++, i++) {
        while (i < k->n && k->tokens[i].token.kind == PRS_KIND_HANWORD) i++;
        ck_assert_uint_lt(i, k->n);
        ck_assert(is_same(&k->tokens[i].token, &plain->tokens[j].token));
        ck_assert(prs_bytes_equal(kit_term(k, i), kit_term(plain, j)));
    }
    while (i < k->n && k->tokens[i].token.kind == PRS_KIND_HANWORD) i++;
    ck_assert_uint_eq(i, k->n);
    ck_assert_uint_eq(k->n_pos, plain->n_pos);
}

START_TEST(are_those_of_the_dictionary_in_random_text) {
    static const unsigned alphabets[] = {3, 4}; /* Chinese, mixed: no Thai in them */
    test_rng rng = test_rng_of("han words");
    kit *k = kit_open(WORDS), *plain = kit_open("");
    uint8_t text[2000];
    for (size_t i = 0; i < kit_effort(400000) / sizeof text; i++) {
        size_t len = kit_random_text(&rng, alphabets[i % 2], text, sizeof text);
        kit_run(k, text, len);
        check_rest(k, plain, text, len);
        if (alphabets[i % 2] == 3) check_all_runs(k);
    }
    kit_close(k);
    kit_close(plain);
}
END_TEST

START_TEST(are_those_of_the_dictionary_in_articles) {
    size_t len;
    char *text = kit_articles("zh-", (size_t)256 << 10, &len);
    kit *k = kit_open(WORDS), *plain = kit_open("");
    kit_run(k, text, len);
    check_all_runs(k);
    check_rest(k, plain, text, len);
    ck_assert_uint_gt(next_word(k, 0), 0);
    kit_close(k);
    kit_close(plain);
    free(text);
}
END_TEST

TEST_SUITE(han_words, stand_at_their_first_character, cover_marks_and_signs,
           come_from_han_runs_only, are_no_longer_than_tokens, know_both_ends_of_their_run,
           are_found_in_endless_runs, are_those_of_the_dictionary_in_random_text,
           are_those_of_the_dictionary_in_articles)
