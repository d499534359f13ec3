/* id.c - when do two analyzers give the same tokens for every text?
 *
 *   mixed-v1 ucd=15.0 stem=english:9b1c... diacritics=fold ts_fold=on han=uni_bi hangul=ngram ...
 *   keyword-v1 ucd=15.0 ts_fold=on
 *   whitespace-v1 max_token_bytes=255
 *   custom:NAME version=VERSION
 *
 * If their ids are equal.  The id names the version of the rules, the data they are applied to,
 * every option that the recipe reads, and what the linked stemmer does (prs_stem_fingerprint).
 * Options that mean the same are written the same: kept letters are sorted code points, the
 * language is left out when nothing is stemmed.  ICU's version is in it only under sa = icu and
 * han = uni_bi_words, where ICU decides terms.  A tokenizer of the caller's is known by its name
 * and version: its owner changes the version with the rules.
 *
 * A change of a table or of a rule needs a new version here: test_id.c holds the hash of all tables
 * beside the version they belong to.   Tested by   tests/unit/analysis/test_id.c */
#include "analysis/analyzer_impl.h"

#include "analysis/unicode.h"
#include "base/error.h"

#include <unicode/uversion.h>

static const char *on_off(bool is_on) {
    return is_on ? "on" : "off";
}

static prism_status write_stem(prs_buf *id, const prs_analyzer_options *options, prism_error *err) {
    if (options->stem == PRS_STEM_OFF) {
        prs_buf_printf(id, " stem=off");
        return PRISM_OK;
    }
    prs_stem stem;
    uint64_t print = 0;
    PRS_TRY(prs_stem_open(&stem, options->stem_language, err));
    prism_status status = prs_stem_fingerprint(&stem, &print, err);
    prs_stem_close(&stem);
    prs_buf_printf(id, " stem=%s%s:%016llx", options->stem == PRS_STEM_DUAL ? "dual:" : "",
                   options->stem_language, (unsigned long long)print);
    return status;
}

static void write_diacritics(prs_buf *id, const prs_analyzer *analyzer) {
    const prs_fold *fold = &analyzer->fold;
    prs_buf_printf(id, " diacritics=%s", fold->strip ? "fold" : "keep");
    for (uint32_t i = 0; fold->strip && i < fold->n_keep; i++) {
        prs_buf_printf(id, "%s%x", i == 0 ? " fold_except=" : ",", fold->keep[i].base);
        for (uint32_t m = 0; m < fold->keep[i].n_marks; m++) {
            prs_buf_printf(id, "+%x", fold->keep[i].marks[m]);
        }
    }
}

/* The ICU that the process runs with, which is not always the one it was built with. */
static void write_icu_version(char *out) {
    UVersionInfo version;
    memcpy(out, "icu:", sizeof "icu:");
    u_getVersion(version);
    u_versionToString(version, out + 4);
}

static prism_status write_mixed(prs_buf *id, const prs_analyzer *analyzer, prism_error *err) {
    static const char *const han[] = {"uni_bi", "bi", "uni", "uni_bi_words"};
    char icu[sizeof "icu:" + U_MAX_VERSION_STRING_LENGTH];
    const prs_analyzer_options *options = &analyzer->options;
    bool has_words = options->han == PRS_HAN_UNI_BI_WORDS;
    write_icu_version(icu);
    prs_buf_printf(id, "mixed-v1 ucd=%s", PRS_UCD_VERSION);
    PRS_TRY(write_stem(id, options, err));
    write_diacritics(id, analyzer);
    prs_buf_printf(id, " ts_fold=%s han=%s%s%s", on_off(options->ts_fold), han[options->han],
                   has_words ? ":" : "", has_words ? icu : "");
    prs_buf_printf(id, " hangul=%s sa=%s", options->hangul == PRS_HANGUL_WORD ? "word" : "ngram",
                   options->sa == PRS_SA_ICU ? icu : "ngram");
    prs_buf_printf(id, " join_linebreak=%s compounds=%s sigils=%s emoji=%s max_token_bytes=%u",
                   on_off(options->join_linebreak), on_off(options->compounds),
                   on_off(options->sigils), on_off(options->emoji), options->max_token_bytes);
    return PRISM_OK;
}

prism_status prs_analyzer_write_id(prs_analyzer *analyzer, prism_error *err) {
    prs_buf *id = &analyzer->id;
    const prs_analyzer_options *options = &analyzer->options;
    switch (analyzer->recipe) {
    case PRS_RECIPE_MIXED: PRS_TRY(write_mixed(id, analyzer, err)); break;
    case PRS_RECIPE_KEYWORD:
        prs_buf_printf(id, "keyword-v1 ucd=%s ts_fold=%s", PRS_UCD_VERSION,
                       on_off(options->ts_fold));
        break;
    case PRS_RECIPE_WHITESPACE:
        prs_buf_printf(id, "whitespace-v1 max_token_bytes=%u", options->max_token_bytes);
        break;
    case PRS_RECIPE_CUSTOM:
        prs_buf_printf(id, "custom:%s version=%s", options->name, options->custom_version);
        break;
    }
    prs_buf_put8(id, 0);
    return prs_buf_status(id, err);
}
