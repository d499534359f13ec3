/* test_stem.c - which words reach the stemmer, and is a changed stemmer noticed?  Vocabularies:
 * tests/conformance/test_snowball.c. */
#include "kit.h"

#include "analysis/stem.h"

#include <libstemmer.h>

static prs_stem open_stem(const char *language) {
    prs_stem stem;
    ck_assert_int_eq(prs_stem_open(&stem, language, NULL), PRISM_OK);
    return stem;
}

static prs_bytes text(const char *s) {
    return prs_bytes_of(s, strlen(s));
}

static void check(prs_stem *stem, const char *from, const char *to) {
    prs_bytes out;
    ck_assert_int_eq(prs_stem_word(stem, text(from), &out, NULL), PRISM_OK);
    ck_assert_msg(prs_bytes_equal(out, text(to)), "%s -> %.*s", from, (int)out.len,
                  (const char *)out.ptr);
}

START_TEST(stems) {
    prs_stem english = open_stem("english"), german = open_stem("german");
    check(&english, "running", "run");
    check(&english, "banquo's", "banquo");
    check(&english, "universities", "univers");
    check(&german, "kategorien", "kategori");
    prs_stem_close(&english);
    prs_stem_close(&german);
    prs_stem_close(&german); /* twice does no harm */
}
END_TEST

START_TEST(english_takes_latin_letters_only) {
    prs_stem stem = open_stem("english");
    ck_assert(prs_stem_applies(&stem, text("runs"), false));
    ck_assert(prs_stem_applies(&stem, text("i'm"), false));
    ck_assert(!prs_stem_applies(&stem, text("as"), false));
    ck_assert(prs_stem_collides(&stem, text("as"), false));
    ck_assert(!prs_stem_collides(&stem, text(""), false));
    ck_assert(!prs_stem_applies(&stem, text("h264s"), true));
    ck_assert(!prs_stem_applies(&stem, text("книги"), false));
    ck_assert(!prs_stem_applies(&stem, text("naïves"), false));
    ck_assert(!prs_stem_applies(&stem, text("col·lecting"), false));
    prs_stem_close(&stem);
    prs_stem russian = open_stem("russian");
    ck_assert(prs_stem_applies(&russian, text("книги"), false));
    ck_assert(!prs_stem_applies(&russian, text("книг1"), true));
    prs_stem_close(&russian);
}
END_TEST

START_TEST(knows_its_languages) {
    prs_stem stem;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert(prs_stem_is_language("english"));
    ck_assert(prs_stem_is_language("porter"));
    ck_assert(!prs_stem_is_language("klingon"));
    ck_assert(!prs_stem_is_language(""));
    ck_assert_int_eq(prs_stem_open(&stem, "klingon", &err), PRISM_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "klingon"));
}
END_TEST

START_TEST(fingerprints_tell_stemmers_apart) {
    static const char *const names[] = {"english", "porter",    "french",     "german",
                                        "spanish", "italian",   "portuguese", "russian",
                                        "dutch",   "swedish",   "norwegian",  "danish",
                                        "finnish", "hungarian", "romanian",   "turkish",
                                        "arabic",  "greek",     "hindi",      "tamil"};
    uint64_t prints[PRS_COUNT(names)];
    for (size_t i = 0; i < PRS_COUNT(names); i++) {
        uint64_t again;
        prs_stem stem = open_stem(names[i]);
        ck_assert_int_eq(prs_stem_fingerprint(&stem, &prints[i], NULL), PRISM_OK);
        ck_assert_int_eq(prs_stem_fingerprint(&stem, &again, NULL), PRISM_OK);
        ck_assert_uint_eq(prints[i], again);
        prs_stem_close(&stem);
        for (size_t j = 0; j < i; j++) ck_assert_uint_ne(prints[i], prints[j]);
    }
}
END_TEST

/* Every algorithm of the linked library is an option, and stems as the library does. */
START_TEST(every_language_is_an_option) {
    static const char *const words[] = {"running", "maisons", "häusern", "kirjoissa", "книгами"};
    size_t n = 0;
    for (const char **name = sb_stemmer_list(); *name != NULL; name++, n++) {
        char options[64];
        snprintf(options, sizeof options, "diacritics=keep stem=%s", *name);
        kit *k = kit_open(options);
        ck_assert_ptr_nonnull(strstr(prs_analyzer_id(k->analyzer), *name));
        struct sb_stemmer *direct = sb_stemmer_new(*name, "UTF_8");
        bool is_english = strcmp(*name, "english") == 0 || strcmp(*name, "porter") == 0;
        for (size_t i = 0; i < PRS_COUNT(words); i++) {
            const char *wanted = words[i];
            size_t len = strlen(wanted);
            if (!is_english || strspn(wanted, "abcdefghijklmnopqrstuvwxyz") == len) {
                wanted =
                    (const char *)sb_stemmer_stem(direct, (const sb_symbol *)words[i], (int)len);
                len = (size_t)sb_stemmer_length(direct);
            }
            kit_run(k, words[i], strlen(words[i]));
            ck_assert_uint_eq(k->n, 1);
            ck_assert_msg(prs_bytes_equal(kit_term(k, 0), prs_bytes_of(wanted, len)), "%s: %s",
                          *name, words[i]);
        }
        sb_stemmer_delete(direct);
        kit_close(k);
    }
    ck_assert_uint_ge(n, 15);
}
END_TEST

TEST_SUITE(stem, every_language_is_an_option, stems, english_takes_latin_letters_only,
           knows_its_languages, fingerprints_tell_stemmers_apart)
