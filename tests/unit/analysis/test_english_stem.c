/* test_english_stem.c - does our English stemmer answer as libstemmer does, for words that are put
 * together from everything that its rules look at?  Vocabularies:
 * tests/conformance/test_snowball.c. */
#include "kit.h"

#include "analysis/english_stem.h"
#include "analysis/stem.h"

#include <libstemmer.h>
#include <stdlib.h>

static const char *const parts[] = {
    "gener", "commun", "arsen", "al",    "iz",    "ation", "ional", "ness",  "ful",    "ed",
    "ing",   "ly",     "eed",   "eedly", "edly",  "ingly", "y",     "s",     "'",      "'s",
    "'s'",   "ies",    "ied",   "sses",  "us",    "ss",    "bl",    "at",    "tt",     "ee",
    "e",     "l",      "li",    "ogi",   "logi",  "enci",  "anci",  "abli",  "entli",  "izer",
    "ator",  "alism",  "aliti", "ousli", "iviti", "bli",   "fulli", "ative", "lessli", "icate",
    "iciti", "ical",   "ement", "ment",  "ent",   "ion",   "sion",  "tion",  "biliti", "ism",
    "ate",   "iti",    "ous",   "ive",   "ize",   "ant",   "able",  "ible",  "ance",   "ence",
    "er",    "ic",     "a",     "b",     "c",     "d",     "g",     "h",     "i",      "k",
    "m",     "n",      "o",     "p",     "r",     "t",     "u",     "w",     "x",      "yy",
    "sky",   "inn",    "out",   "proc",  "herr",  "cann",  "skis",  "early", "and",    "es",
};

/* Up to four parts and up to three letters. */
static uint32_t make_word(test_rng *rng, uint8_t *word) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz'aeiouy";
    uint32_t len = 0, n = 1 + (uint32_t)test_rng_below(rng, 4);
    for (uint32_t i = 0; i < n; i++) {
        const char *part = parts[test_rng_below(rng, sizeof parts / sizeof *parts)];
        memcpy(word + len, part, strlen(part));
        len += (uint32_t)strlen(part);
    }
    for (uint64_t i = test_rng_below(rng, 4); i > 0; i--)
        word[len++] = (uint8_t)letters[test_rng_below(rng, sizeof letters - 1)];
    return len;
}

static bool is_same(struct sb_stemmer *lib, const uint8_t *word, uint32_t len) {
    uint8_t ours[64];
    memcpy(ours, word, len);
    uint32_t n = prs_english_stem(ours, len);
    const sb_symbol *theirs = sb_stemmer_stem(lib, word, (int)len);
    return (int)n == sb_stemmer_length(lib) && memcmp(ours, theirs, n) == 0;
}

/* Version 3 changed some answers; we answer as version 2 wherever we run. */
static bool is_version_2(struct sb_stemmer *lib) {
    const sb_symbol *text = sb_stemmer_stem(lib, (const sb_symbol *)"universities", 12);
    return sb_stemmer_length(lib) == 7 && memcmp(text, "univers", 7) == 0;
}

START_TEST(answers_as_libstemmer) {
    test_rng rng = test_rng_of(__func__);
    struct sb_stemmer *lib = sb_stemmer_new("english", "UTF_8");
    uint8_t word[64];
    ck_assert_ptr_nonnull(lib);
    for (uint32_t i = 0; i < 400000 && is_version_2(lib); i++) {
        uint32_t len = make_word(&rng, word);
        if (!is_same(lib, word, len)) ck_abort_msg("%.*s", (int)len, (const char *)word);
    }
    sb_stemmer_delete(lib);
}
END_TEST

static void check(const char *from, const char *to) {
    uint8_t word[64];
    uint32_t len = (uint32_t)strlen(from);
    memcpy(word, from, len);
    uint32_t n = prs_english_stem(word, len);
    ck_assert_msg(n == strlen(to) && memcmp(word, to, n) == 0, "%s -> %.*s", from, (int)n,
                  (const char *)word);
}

START_TEST(follows_the_rules) {
    check("generalizations", "general");
    check("universities", "univers");
    check("'tis", "tis");
    check("dogs'", "dog");
    check("banquo's'", "banquo");
    check("hoping", "hope");
    check("hopping", "hop");
    check("agreed", "agre");
    check("feed", "feed");
    check("ties", "tie");
    check("cries", "cri");
    check("gas", "gas");
    check("kiwis", "kiwi");
    check("youth", "youth");
    check("boyish", "boyish");
    check("by", "by");
    check("saying", "say");
    check("skies", "sky");
    check("innings", "inning");
    check("exceeding", "exceed");
    check("adoption", "adopt");
    check("controll", "control");
    check("rate", "rate");
    check("relate", "relat");
    check("'''", "'");
    check("", "");
}
END_TEST

/* Whatever the bytes are: the word never grows, and nothing beside it is touched. */
START_TEST(stays_within_the_word) {
    test_rng rng = test_rng_of(__func__);
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t len = (uint32_t)test_rng_below(&rng, 20);
        uint8_t *word = malloc(len + 1);
        ck_assert_ptr_nonnull(word);
        for (uint32_t k = 0; k < len; k++)
            word[k] = (uint8_t)(test_rng_one_in(&rng, 4) ? test_rng_below(&rng, 256)
                                                         : 'a' + test_rng_below(&rng, 26));
        word[len] = 0xa5;
        ck_assert_uint_le(prs_english_stem(word, len), len);
        ck_assert_uint_eq(word[len], 0xa5);
        free(word);
    }
}
END_TEST

/* The fingerprint is part of every analyzer that stems: were ours another one than libstemmer's, an
 * index of before could not be written to any more. */
START_TEST(fingerprints_are_those_of_libstemmer) {
    static const char *const probes[] = {
#define PROBE(word) word,
#include "analysis/stem_probe.def"
#undef PROBE
    };
    prism_error err = PRISM_ERROR_INIT;
    prs_stem stem;
    ck_assert_int_eq(prs_stem_open(&stem, "english", &err), PRISM_OK);
    struct sb_stemmer *theirs = sb_stemmer_new("english", "UTF_8");
    ck_assert_ptr_nonnull(theirs);
    for (size_t i = 0; i < PRS_COUNT(probes) && is_version_2(theirs); i++) {
        prs_bytes ours;
        prs_bytes probe = prs_bytes_of(probes[i], strlen(probes[i]));
        ck_assert_int_eq(prs_stem_word(&stem, probe, &ours, &err), PRISM_OK);
        const sb_symbol *want = sb_stemmer_stem(theirs, probe.ptr, (int)probe.len);
        ck_assert_ptr_nonnull(want);
        ck_assert_uint_eq(ours.len, (size_t)sb_stemmer_length(theirs));
        ck_assert_msg(memcmp(ours.ptr, want, ours.len) == 0, "%s", probes[i]);
    }
    sb_stemmer_delete(theirs);
    prs_stem_close(&stem);
}
END_TEST

TEST_SUITE(english_stem, answers_as_libstemmer, follows_the_rules, stays_within_the_word,
           fingerprints_are_those_of_libstemmer)
