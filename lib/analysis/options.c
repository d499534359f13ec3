/* options.c - what may a schema say about an analyzer, and what happens when it says nothing?
 *
 * An option is a name and a text, because schemas are JSON and command lines are text:
 *
 *   stem             off | on | dual | the name of a Snowball algorithm, which also turns it on
 *   stem_language    the name of a Snowball algorithm
 *   diacritics       fold | keep            fold_except   letters that stay, "åäö"
 *   ts_fold          on | off               han           uni_bi | bi | uni | uni_bi_words
 *   hangul           ngram | word           sa            ngram | icu
 *   join_linebreak compounds sigils emoji   on | off
 *   max_token_bytes  16 .. 255
 *
 * "true" and "false" are taken for on and off.   Tested by   tests/unit/analysis/test_options.c */
#include "analysis/analyzer.h"

#include "analysis/stem.h"
#include "base/error.h"

#define TOKEN_BYTES_MIN 16u

void prs_analyzer_options_init(prs_analyzer_options *options) {
    memset(options, 0, sizeof *options);
    memcpy(options->name, "mixed-v1", sizeof "mixed-v1");
    memcpy(options->stem_language, "english", sizeof "english");
    options->stem = PRS_STEM_ON;
    options->diacritics = PRS_DIACRITICS_FOLD;
    options->ts_fold = true;
    options->han = PRS_HAN_UNI_BI;
    options->hangul = PRS_HANGUL_NGRAM;
    options->sa = PRS_SA_NGRAM;
    options->compounds = options->sigils = options->emoji = true;
    options->max_token_bytes = PRISM_MAX_TOKEN_BYTES;
}

void prs_analyzer_options_custom(prs_analyzer_options *options, const char *name,
                                 const char *version, prism_tokenize_fn tokenize, void *ctx) {
    size_t name_len = strlen(name), version_len = strlen(version);
    PRS_ASSERT(name_len < sizeof options->name && version_len < sizeof options->custom_version);
    prs_analyzer_options_init(options);
    memcpy(options->name, name, name_len + 1);
    memcpy(options->custom_version, version, version_len + 1);
    options->custom = tokenize;
    options->custom_ctx = ctx;
}

static prism_status refuse(const char *name, const char *value, prism_error *err) {
    return prs_error_set(err, PRISM_EINVAL, "analyzer option \"%s\" cannot be \"%s\"", name, value);
}

/* Index of value among n words; n if it is none of them. */
static unsigned find_word(const char *value, const char *const *words, unsigned n) {
    unsigned i = 0;
    while (i < n && strcmp(value, words[i]) != 0) i++;
    return i;
}

static prism_status set_language(prs_analyzer_options *options, const char *name, const char *value,
                                 prism_error *err) {
    size_t len = strlen(value);
    if (len >= sizeof options->stem_language || !prs_stem_is_language(value)) {
        return refuse(name, value, err);
    }
    memcpy(options->stem_language, value, len + 1);
    return PRISM_OK;
}

static prism_status set_stem(prs_analyzer_options *options, const char *name, const char *value,
                             prism_error *err) {
    static const char *const words[] = {"off", "on", "dual", "false", "true"};
    static const prs_stem_mode modes[] = {PRS_STEM_OFF, PRS_STEM_ON, PRS_STEM_DUAL, PRS_STEM_OFF,
                                          PRS_STEM_ON};
    unsigned i = find_word(value, words, PRS_COUNT(words));
    if (i < PRS_COUNT(words)) {
        options->stem = modes[i];
        return PRISM_OK;
    }
    PRS_TRY(set_language(options, name, value, err));
    if (options->stem == PRS_STEM_OFF) options->stem = PRS_STEM_ON;
    return PRISM_OK;
}

static prism_status set_diacritics(prs_analyzer_options *options, const char *name,
                                   const char *value, prism_error *err) {
    static const char *const words[] = {"fold", "keep"};
    unsigned i = find_word(value, words, PRS_COUNT(words));
    if (i == PRS_COUNT(words)) return refuse(name, value, err);
    options->diacritics = (prs_diacritics_mode)i;
    return PRISM_OK;
}

static prism_status set_fold_except(prs_analyzer_options *options, const char *name,
                                    const char *value, prism_error *err) {
    size_t len = strlen(value);
    if (len >= sizeof options->fold_except) return refuse(name, value, err);
    memcpy(options->fold_except, value, len + 1);
    return PRISM_OK;
}

static prism_status set_han(prs_analyzer_options *options, const char *name, const char *value,
                            prism_error *err) {
    static const char *const words[] = {"uni_bi", "bi", "uni", "uni_bi_words"};
    unsigned i = find_word(value, words, PRS_COUNT(words));
    if (i == PRS_COUNT(words)) return refuse(name, value, err);
    options->han = (prs_han_mode)i;
    return PRISM_OK;
}

static prism_status set_hangul(prs_analyzer_options *options, const char *name, const char *value,
                               prism_error *err) {
    static const char *const words[] = {"ngram", "word"};
    unsigned i = find_word(value, words, PRS_COUNT(words));
    if (i == PRS_COUNT(words)) return refuse(name, value, err);
    options->hangul = (prs_hangul_mode)i;
    return PRISM_OK;
}

static prism_status set_sa(prs_analyzer_options *options, const char *name, const char *value,
                           prism_error *err) {
    static const char *const words[] = {"ngram", "icu"};
    unsigned i = find_word(value, words, PRS_COUNT(words));
    if (i == PRS_COUNT(words)) return refuse(name, value, err);
    options->sa = (prs_sa_mode)i;
    return PRISM_OK;
}

static prism_status set_token_bytes(prs_analyzer_options *options, const char *name,
                                    const char *value, prism_error *err) {
    uint32_t n = 0;
    for (const char *p = value; *p != '\0'; p++) {
        if (*p < '0' || *p > '9' || n > PRISM_MAX_TOKEN_BYTES) return refuse(name, value, err);
        n = n * 10 + (uint32_t)(*p - '0');
    }
    if (n < TOKEN_BYTES_MIN || n > PRISM_MAX_TOKEN_BYTES) return refuse(name, value, err);
    options->max_token_bytes = n;
    return PRISM_OK;
}

static prism_status set_switch(bool *out, const char *name, const char *value, prism_error *err) {
    static const char *const words[] = {"off", "false", "on", "true"};
    unsigned i = find_word(value, words, PRS_COUNT(words));
    if (i == PRS_COUNT(words)) return refuse(name, value, err);
    *out = i >= 2;
    return PRISM_OK;
}

/* The switch of a name, or NULL. */
static bool *find_switch(prs_analyzer_options *options, const char *name) {
    if (strcmp(name, "ts_fold") == 0) return &options->ts_fold;
    if (strcmp(name, "join_linebreak") == 0) return &options->join_linebreak;
    if (strcmp(name, "compounds") == 0) return &options->compounds;
    if (strcmp(name, "sigils") == 0) return &options->sigils;
    if (strcmp(name, "emoji") == 0) return &options->emoji;
    return NULL;
}

prism_status prs_analyzer_options_set(prs_analyzer_options *options, const char *name,
                                      const char *value, prism_error *err) {
    static const struct {
        const char *name;
        prism_status (*set)(prs_analyzer_options *, const char *, const char *, prism_error *);
    } setters[] = {{"stem", set_stem},
                   {"stem_language", set_language},
                   {"diacritics", set_diacritics},
                   {"fold_except", set_fold_except},
                   {"han", set_han},
                   {"hangul", set_hangul},
                   {"sa", set_sa},
                   {"max_token_bytes", set_token_bytes}};
    if (options->custom != NULL) {
        return prs_error_set(err, PRISM_EINVAL, "the tokenizer \"%s\" takes no options",
                             options->name);
    }
    for (size_t i = 0; i < PRS_COUNT(setters); i++) {
        if (strcmp(name, setters[i].name) == 0) return setters[i].set(options, name, value, err);
    }
    bool *is_on = find_switch(options, name);
    if (is_on != NULL) return set_switch(is_on, name, value, err);
    return prs_error_set(err, PRISM_EINVAL, "no analyzer option is called \"%s\"", name);
}
