/* test_id.c - does anything that changes tokens change the id, and nothing else?
 *
 * The constants below belong to rules version mixed-v1 and UCD 15.0.  If one of them no longer
 * fits, what an index holds and what a query asks for has changed under one id.  After the first
 * release that takes a new rules version ("mixed-v2", with the old rules kept); before it, the new
 * constant is written here. */
#include "kit.h"

#include "analysis/fold.h"
#include "analysis/unicode.h"
#include "analysis/utf8.h"
#include "base/hash.h"

#include <stdlib.h>
#include <unicode/uversion.h>

#define TABLES_HASH UINT64_C(0xaadebbac6251505f)
#define RULES_HASH UINT64_C(0x32060562e338fd47)
#define PROBE_LIST_HASH UINT64_C(0x7c63d1b01ceec1a6)

/* The members of prs_analyzer_options, each of which is in every_option_changes_it below.  A new
 * one goes here, there, into id.c and into docs/analysis.md. */
typedef struct known_options {
    char name[32], stem_language[24];
    prs_stem_mode stem;
    prs_diacritics_mode diacritics;
    char fold_except[64];
    bool ts_fold;
    prs_han_mode han;
    prs_hangul_mode hangul;
    prs_sa_mode sa;
    bool join_linebreak, compounds, sigils, emoji;
    uint32_t max_token_bytes;
    prism_tokenize_fn custom; /* known by its name and version */
    void *custom_ctx;
    char custom_version[32];
} known_options;
static_assert(sizeof(known_options) == sizeof(prs_analyzer_options), "an option is not in the id");

static void get_id(const char *options, char *out, size_t cap) {
    kit *k = kit_open(options);
    ck_assert_uint_lt(strlen(prs_analyzer_id(k->analyzer)), cap);
    strcpy(out, prs_analyzer_id(k->analyzer));
    kit_close(k);
}

START_TEST(every_option_changes_it) {
    static const char *const sets[] = {"",
                                       "stem=off",
                                       "stem=dual",
                                       "stem=porter",
                                       "stem=german",
                                       "diacritics=keep",
                                       "fold_except=å",
                                       "fold_except=åä",
                                       "ts_fold=off",
                                       "han=bi",
                                       "han=uni",
                                       "han=uni_bi_words",
                                       "hangul=word",
                                       "sa=icu",
                                       "join_linebreak=on",
                                       "compounds=off",
                                       "sigils=off",
                                       "emoji=off",
                                       "max_token_bytes=64",
                                       "name=keyword",
                                       "name=keyword ts_fold=off",
                                       "name=whitespace",
                                       "name=whitespace max_token_bytes=64"};
    char ids[PRS_COUNT(sets)][400];
    for (size_t i = 0; i < PRS_COUNT(sets); i++) {
        get_id(sets[i], ids[i], sizeof ids[i]);
        for (size_t j = 0; j < i; j++) ck_assert_str_ne(ids[i], ids[j]);
    }
    ck_assert_ptr_nonnull(strstr(ids[0], "mixed-v1 ucd=15.0 stem=english:"));
}
END_TEST

START_TEST(icu_is_named_where_it_decides_terms) {
    char id[400], icu[64] = "icu:", text[U_MAX_VERSION_STRING_LENGTH];
    UVersionInfo version;
    u_getVersion(version);
    u_versionToString(version, text);
    strcat(icu, text);
    get_id("", id, sizeof id);
    ck_assert_ptr_null(strstr(id, "icu"));
    get_id("sa=icu", id, sizeof id);
    ck_assert_ptr_nonnull(strstr(id, icu));
    get_id("han=uni_bi_words", id, sizeof id);
    ck_assert_ptr_nonnull(strstr(id, "han=uni_bi_words:icu:"));
    ck_assert_ptr_nonnull(strstr(id, icu));
    ck_assert_ptr_nonnull(strstr(id, "sa=ngram"));
}
END_TEST

START_TEST(equal_recipes_have_equal_ids) {
    static const char *const pairs[][2] = {
        {"", "stem=on stem_language=english"},
        {"stem=off", "stem=german stem=off"},
        {"fold_except=åÄ", "fold_except=äåÅ"},
        {"diacritics=keep", "diacritics=keep fold_except=å"},
        {"name=keyword", "name=keyword stem=off han=bi diacritics=keep"},
        {"name=whitespace", "name=whitespace ts_fold=off"},
    };
    for (size_t i = 0; i < PRS_COUNT(pairs); i++) {
        char a[400], b[400];
        get_id(pairs[i][0], a, sizeof a);
        get_id(pairs[i][1], b, sizeof b);
        ck_assert_str_eq(a, b);
    }
}
END_TEST

START_TEST(tables_belong_to_the_version) {
    uint64_t hash = 0;
    prs_fold fold;
    static prs_fold_scratch scratch;
    ck_assert_int_eq(prs_fold_init(&fold, true, "", true, NULL), PRISM_OK);
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        const prs_uc *uc = prs_unicode_get(cp);
        uint32_t simple = prs_unicode_simplify(cp), len = 0;
        uint8_t raw[4], out[PRS_FOLD_WORD_MAX];
        hash = prs_hash64(uc, sizeof *uc, hash);
        hash = prs_hash64(&simple, sizeof simple, hash);
        if (uc->cls == PRS_CLASS_OTHER || uc->cls == PRS_CLASS_MARK)
            continue; /* the unassigned among them */
        prs_bytes text = prs_bytes_of(raw, prs_utf8_encode(cp, raw));
        if (prs_fold_word(&fold, &scratch, text, 0, out, &len, NULL) != PRISM_OK) ck_abort();
        hash = prs_hash64(out, len, hash);
    }
    ck_assert_msg(hash == TABLES_HASH, "TABLES_HASH is 0x%016llx now", (unsigned long long)hash);
}
END_TEST

/* A fixed text: the generator of random text from a fixed state. */
START_TEST(rules_belong_to_the_version) {
    static const char *const sets[] = {
        "stem=off", "stem=off han=bi compounds=off hangul=word",
        "stem=off diacritics=keep sigils=off emoji=off join_linebreak=on",
        "stem=off max_token_bytes=16 ts_fold=off han=uni"};
    static uint8_t text[1 << 15];
    uint64_t hash = 0;
    for (size_t s = 0; s < PRS_COUNT(sets); s++) {
        kit *k = kit_open(sets[s]);
        for (unsigned alphabet = 0; alphabet < KIT_ALPHABETS; alphabet++) {
            test_rng rng = {{1, 2, 3, alphabet + 4}};
            kit_run(k, text, kit_random_text(&rng, alphabet, text, sizeof text));
            for (size_t i = 0; i < k->n; i++) {
                prs_token t = k->tokens[i].token;
                uint32_t numbers[] = {t.len, t.kind, t.flags, t.pos, t.span, t.start, t.end};
                hash = prs_hash64(numbers, sizeof numbers, hash);
                hash = prs_hash64(kit_term(k, i).ptr, t.len, hash);
            }
        }
        kit_close(k);
    }
    ck_assert_msg(hash == RULES_HASH, "RULES_HASH is 0x%016llx now", (unsigned long long)hash);
}
END_TEST

START_TEST(probe_list_belongs_to_the_version) {
    static const char *const probes[] = {
#define PROBE(word) word,
#include "analysis/stem_probe.def"
#undef PROBE
    };
    uint64_t hash = 0;
    for (size_t i = 0; i < PRS_COUNT(probes); i++)
        hash = prs_hash64(probes[i], strlen(probes[i]) + 1, hash);
    ck_assert_msg(hash == PROBE_LIST_HASH, "PROBE_LIST_HASH is 0x%016llx now",
                  (unsigned long long)hash);
}
END_TEST

TEST_SUITE(id, every_option_changes_it, icu_is_named_where_it_decides_terms,
           equal_recipes_have_equal_ids, tables_belong_to_the_version, rules_belong_to_the_version,
           probe_list_belongs_to_the_version)
