/* test_word.c - does the cache of words answer as the makers of words do? */
#include "kit.h"

#include "analysis/word.h"

#include <stdlib.h>

static void check_equal(const prs_word *a, const prs_word *b, prs_bytes surface) {
    if (prs_bytes_equal(a->plain, b->plain) && prs_bytes_equal(a->stem, b->stem) &&
        a->has_exact == b->has_exact) {
        return;
    }
    ck_abort_msg("%.*s: %.*s %.*s / %.*s %.*s", (int)surface.len, (const char *)surface.ptr,
                 (int)a->plain.len, (const char *)a->plain.ptr, (int)a->stem.len,
                 (const char *)a->stem.ptr, (int)b->plain.len, (const char *)b->plain.ptr,
                 (int)b->stem.len, (const char *)b->stem.ptr);
}

/* All WORD surfaces of random texts, made by a cold and by a warm maker. */
static void compare_makers(const char *language, bool is_dual, uint32_t max_token_bytes,
                           uint32_t cache_bits) {
    prs_fold fold;
    prs_mem mem;
    prs_words *cold = malloc(sizeof *cold), *warm = malloc(sizeof *warm);
    uint8_t text[4096];
    test_rng rng = test_rng_of("words");
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_fold_init(&fold, true, "", true, NULL), PRISM_OK);
    ck_assert_int_eq(prs_words_init(cold, &mem, &fold, language, is_dual, NULL), PRISM_OK);
    ck_assert_int_eq(prs_words_init(warm, &mem, &fold, language, is_dual, NULL), PRISM_OK);
    ck_assert_int_eq(prs_words_warm(warm, cache_bits, NULL), PRISM_OK);
    prs_scan_options options;
    prs_scan_options_init(&options);
    options.max_token_bytes = max_token_bytes;
    for (int i = 0; i < 400; i++) {
        size_t len = kit_random_text(&rng, (unsigned)i % KIT_ALPHABETS, text, sizeof text);
        prs_scan scan;
        prs_surface surface;
        prs_scan_init(&scan, &options, text, len);
        while (prs_scan_next(&scan, &surface)) {
            prs_word a, b;
            if (surface.type != PRS_SURFACE_WORD) continue;
            if (prs_words_make(cold, text, &surface, &a, NULL) != PRISM_OK) ck_abort();
            if (prs_words_make(warm, text, &surface, &b, NULL) != PRISM_OK) ck_abort();
            check_equal(&a, &b, prs_bytes_of(text + surface.start, surface.end - surface.start));
        }
    }
    prs_words_fini(cold);
    prs_words_fini(warm);
    free(cold);
    free(warm);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}

START_TEST(warm_equals_cold) {
    compare_makers("english", false, 255, PRS_WORDS_CACHE_BITS);
    compare_makers("english", true, 16, PRS_WORDS_CACHE_BITS);
    compare_makers("french", true, 255, 4);
    compare_makers("english", false, 255, 0); /* one slot: every other word pushes one out */
    compare_makers(NULL, false, 32, 1);
}
END_TEST

static void check(const char *language, bool is_dual, const char *text, const char *plain,
                  const char *stem, bool has_exact) {
    prs_fold fold;
    prs_mem mem;
    static prs_words words;
    prs_word out;
    prs_scan scan;
    prs_scan_options options;
    prs_surface surface;
    prs_mem_init(&mem, NULL);
    prs_scan_options_init(&options);
    ck_assert_int_eq(prs_fold_init(&fold, true, "", true, NULL), PRISM_OK);
    ck_assert_int_eq(prs_words_init(&words, &mem, &fold, language, is_dual, NULL), PRISM_OK);
    prs_scan_init(&scan, &options, text, strlen(text));
    ck_assert(prs_scan_next(&scan, &surface));
    ck_assert_int_eq(prs_words_make(&words, (const uint8_t *)text, &surface, &out, NULL), PRISM_OK);
    ck_assert_msg(prs_bytes_equal(out.plain, prs_bytes_of(plain, strlen(plain))), "%s: %.*s", text,
                  (int)out.plain.len, (const char *)out.plain.ptr);
    ck_assert_msg(prs_bytes_equal(out.stem, prs_bytes_of(stem, strlen(stem))), "%s: %.*s", text,
                  (int)out.stem.len, (const char *)out.stem.ptr);
    ck_assert_msg(out.has_exact == has_exact, "%s", text);
    prs_words_fini(&words);
}

START_TEST(makes_plain_and_stem) {
    check("english", false, "Banquo’s", "banquos", "banquo", false);
    check("english", false, "don't", "dont", "dont", false);
    check("english", false, "O'Neil's", "oneils", "oneil", false);
    check("english", false, "U.S.A.", "usa", "usa", false);
    check("english", false, "1,234.56", "1234.56", "1234.56", false);
    check("english", false, "Straßen", "strassen", "strassen", false);
    check("english", false, "Cafés", "cafes", "cafe", false); /* folded before stemmed */
    check("english", false, "MP3s", "mp3s", "mp3s", false);
    check("english", false, "Книги", "книги", "книги", false);
    check("english", false, "ʼ", "", "", false);
    check("english", true, "as", "as", "as", true);
    check("english", true, "Runs", "runs", "run", true);
    check("english", true, "книги", "книги", "книги", false);
    check("russian", true, "книги", "книги", "книг", true);
    check(NULL, false, "Running", "running", "running", false);
}
END_TEST

static uint32_t *memo_of(prs_words *words, const char *text) {
    prs_surface surface = {.type = PRS_SURFACE_WORD,
                           .flags = PRS_SURFACE_ASCII | PRS_SURFACE_LETTER,
                           .end = (uint32_t)strlen(text)};
    prs_word word;
    ck_assert_int_eq(prs_words_make(words, (const uint8_t *)text, &surface, &word, NULL), PRISM_OK);
    return word.memo;
}

/* What the caller notes stays with the word as long as its slot, and no longer. */
START_TEST(memos_stay_with_their_words) {
    prs_mem mem;
    prs_words *words = malloc(sizeof *words);
    prs_fold fold;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_fold_init(&fold, true, "", true, NULL), PRISM_OK);
    ck_assert_int_eq(prs_words_init(words, &mem, &fold, "english", false, NULL), PRISM_OK);
    ck_assert_ptr_null(memo_of(words, "running")); /* no cache, no slot */
    ck_assert_int_eq(prs_words_warm(words, 0, NULL), PRISM_OK);
    ck_assert_uint_eq(*memo_of(words, "running"), 0);
    *memo_of(words, "running") = 7;
    ck_assert_uint_eq(*memo_of(words, "Running"), 7);
    ck_assert_ptr_null(memo_of(words, "incomprehensibilities")); /* too long for a slot */
    ck_assert_uint_eq(*memo_of(words, "running"), 7);
    ck_assert_uint_eq(*memo_of(words, "walks"), 0); /* takes the only slot */
    ck_assert_uint_eq(*memo_of(words, "running"), 0);
    *memo_of(words, "running") = 8;
    prs_words_forget(words);
    ck_assert_uint_eq(*memo_of(words, "running"), 0);
    prs_words_fini(words);
    free(words);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

TEST_SUITE(word, warm_equals_cold, makes_plain_and_stem, memos_stay_with_their_words)
