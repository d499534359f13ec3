/* stem.c - which word does the stemmer see, and how do we notice that another stemmer answers?
 *
 * libstemmer is linked, not copied, and its algorithms change (Snowball 3 stems some English words
 * otherwise than 2).  An index must not be searched with other stems than its own, so the analyzer
 * id holds a hash of the linked stemmer's answers to a checked-in probe list.
 *
 * English is offered [a-z']{3,} only (the older Porter algorithm [a-z']+, which is its own rule):
 * everything else in English text is a code, a number or a name of another script, and stemming
 * these conflates what must stay apart.  Another language is an explicit choice of the schema, and
 * gets every word that holds no digit, in any script.
 *
 * English, which most texts are stemmed as, is our own code (english_stem.c): the same answers as
 * Snowball 2 for a twentieth of the instructions.  Words too long for it, and those with other
 * letters, which only the fingerprint asks for, go to libstemmer: it counts letters, not bytes.
 *
 * Rejected    Guessing the language of a text: a wrong guess hides documents (analysis.md, 2.6).
 * Tested by   tests/unit/analysis/test_stem.c, tests/conformance/test_snowball.c */
#include "analysis/stem.h"

#include "analysis/english_stem.h"
#include "base/error.h"
#include "base/hash.h"

#include <libstemmer.h>

#define ENGLISH_MIN_LEN 3u

static const char *const probes[] = {
#define PROBE(word) word,
#include "analysis/stem_probe.def"
#undef PROBE
};

bool prs_stem_is_language(const char *language) {
    for (const char **name = sb_stemmer_list(); *name != NULL; name++) {
        if (strcmp(*name, language) == 0) return true;
    }
    return false;
}

prism_status prs_stem_open(prs_stem *stem, const char *language, prism_error *err) {
    memset(stem, 0, sizeof *stem);
    if (!prs_stem_is_language(language)) {
        return prs_error_set(err, PRISM_EINVAL, "no stemmer for language \"%s\"", language);
    }
    stem->handle = sb_stemmer_new(language, "UTF_8");
    if (stem->handle == NULL) return prs_error_nomem(err);
    bool is_porter = strcmp(language, "porter") == 0;
    stem->is_english = is_porter || strcmp(language, "english") == 0;
    stem->is_ours = stem->is_english && !is_porter;
    stem->min_len = stem->is_english && !is_porter ? ENGLISH_MIN_LEN : 1;
    return PRISM_OK;
}

void prs_stem_close(prs_stem *stem) {
    if (stem->handle != NULL) sb_stemmer_delete(stem->handle);
    stem->handle = NULL;
}

static bool is_plain(prs_bytes folded) {
    for (size_t i = 0; i < folded.len; i++) {
        uint8_t c = folded.ptr[i];
        if ((uint8_t)(c - 'a') >= 26 && c != '\'') return false;
    }
    return true;
}

bool prs_stem_collides(const prs_stem *stem, prs_bytes folded, bool has_digit) {
    if (folded.len == 0 || has_digit) return false;
    return !stem->is_english || is_plain(folded);
}

bool prs_stem_applies(const prs_stem *stem, prs_bytes folded, bool has_digit) {
    return folded.len >= stem->min_len && prs_stem_collides(stem, folded, has_digit);
}

prism_status prs_stem_word(prs_stem *stem, prs_bytes folded, prs_bytes *out, prism_error *err) {
    if (stem->is_ours && folded.len <= sizeof stem->word && is_plain(folded)) {
        memcpy(stem->word, folded.ptr, folded.len);
        *out = prs_bytes_of(stem->word, prs_english_stem(stem->word, (uint32_t)folded.len));
        if (out->len == 0) *out = folded;
        return PRISM_OK;
    }
    const sb_symbol *text = sb_stemmer_stem(stem->handle, folded.ptr, (int)folded.len);
    if (text == NULL) return prs_error_nomem(err);
    *out = prs_bytes_of(text, (size_t)sb_stemmer_length(stem->handle));
    if (out->len == 0) *out = folded;
    return PRISM_OK;
}

prism_status prs_stem_fingerprint(prs_stem *stem, uint64_t *out, prism_error *err) {
    uint64_t hash = 0;
    for (size_t i = 0; i < PRS_COUNT(probes); i++) {
        prs_bytes answer = {NULL, 0};
        PRS_TRY(prs_stem_word(stem, prs_bytes_of(probes[i], strlen(probes[i])), &answer, err));
        hash = prs_hash64(answer.ptr, answer.len, hash);
    }
    *out = hash;
    return PRISM_OK;
}
