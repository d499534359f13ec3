/* rewrite_words.c - what do unquoted words ask for?
 *
 *     text       GPT-4      C++     the    iPhone 15              AI公司
 *     ranked     max(        c++    the?   iphone 15 iphone15     ai 公司
 *                 "gpt 4", gpt4), gpt, 4
 *     required   the max    the same       (iphone and 15) or iphone15, ai and 公司
 *
 * Word        its term. With a sign that makes a sigil form, that form alone: C++ does not find C,
 *             $250 does not find 250; C finds them all, because the plain form stands beside the
 *             sigil form in the index. Two forms ("$5%") must both be there.
 * Compound    the larger of its parts as a phrase and its concatenation: what is written wi-fi is
 *             found as wi-fi and as wifi. In a ranked query of several words its parts count as
 *             words too, each side by half: "Huguenot-descended arms" is also answered by "arms of
 *             Huguenots". A compound that is all of the query is asked for as it is written.
 * Joined      a word of letters and, after white space, a word of digits also ask for the two as
 *             one word. In a ranked query that is one more clause, in a required one an
 *             alternative. Only in this order: "15 iPhone" is not written 15iphone.
 * Stop words  are marked; where another clause stands beside them rewrite_bool.c lets them only
 *             rank.
 * Runs of Han characters are rewrite_han.c's.
 * Ranked terms that are there already get their boosts added up instead of a node: a long text
 * makes few.
 * Tested by   tests/unit/query/test_rewrite_words.c */
#include "query/rewrite.h"

#include "base/error.h"
#include "query/part_weights.h"

#define MAX_JOINED_BYTES 64u

/* Joining numbers and leaving out stop words are rules for English: not for a caller's
 * tokenizer. */
static bool is_custom(const prs_leaf_text *text) {
    return prs_field_analyzers_is_custom(text->rw->analyzers, text->reading.group);
}

static const prs_phrase_opts as_indexed = {false, false, false, 0};

static bool has_sigil(const prs_reading *reading, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        if (prs_reading_find(reading, i, PRS_KIND_WORD, PRS_TOKEN_SIGIL, PRS_TOKEN_SIGIL) != NULL)
            return true;
    }
    return false;
}

/* ---- compounds ---------------------------------------------------------------------------- */

prism_status prs_leaf_is_stop(const prs_leaf_text *text, uint32_t place, prs_bytes term,
                              bool *out) {
    const prs_rewrite *rw = text->rw;
    *out = text->leaf->implicit && !rw->keep_stopwords;
    if (!*out || (!is_custom(text) && prs_is_stopword(term.ptr, term.len))) return PRISM_OK;
    return prs_vocabulary_is_stop(rw->vocabulary, &text->reading, place, out, rw->err);
}

/* The parts of a compound as words. */
static prism_status add_parts(prs_leaf_text *text, uint32_t from, uint32_t to, prs_node *parent) {
    for (uint32_t i = from; i < to; i++) {
        const prs_read_token *word = prs_reading_word(&text->reading, i);
        if (word == NULL) continue;
        prs_bytes term = prs_reading_term(&text->reading, word);
        bool stop;
        PRS_TRY(prs_leaf_is_stop(text, i, term, &stop));
        PRS_TRY(
            prs_leaf_add_term(text, parent, PRS_KIND_WORD, term, PRS_WEIGHT_COMPOUND_WORD, stop));
    }
    return PRISM_OK;
}

/* A compound's parts, as a phrase, or its concatenation: prs_leaf_phrase tries both.  *used = its
 * places. */
static prism_status add_compound(prs_leaf_text *text, uint32_t place, prs_node *parent,
                                 uint32_t *used) {
    const prs_reading *reading = &text->reading;
    const prs_read_token *concat =
        prs_reading_find(reading, place, PRS_KIND_WORD, PRS_TOKEN_CONCAT, PRS_TOKEN_CONCAT);
    prs_node *node;
    *used = 0;
    if (concat == NULL) return PRISM_OK;
    *used = prs_reading_covered(reading, place, concat);
    PRS_TRY(prs_leaf_phrase(text, place, place + *used, &as_indexed, &node));
    if (!text->leaf->required && reading->places.n > *used) {
        node->boost = PRS_WEIGHT_COMPOUND;
        PRS_TRY(add_parts(text, place, place + *used, parent));
    }
    return prs_leaf_add(text, parent, node);
}

/* ---- letters and digits ------------------------------------------------------------------- */

static bool all_ascii(const char *from, const char *to, bool (*is)(char)) {
    for (const char *p = from; p < to; p++) {
        if (!is(*p)) return false;
    }
    return to > from;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
static bool is_not_digit(char c) {
    return !is_digit(c);
}
static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Two words "iPhone 15" at places i and i + 1? */
static bool are_joinable(const prs_leaf_text *text, uint32_t i) {
    const prs_reading *reading = &text->reading;
    if (is_custom(text) || i + 1 >= reading->places.n || prs_reading_is_han(reading, i + 1) ||
        has_sigil(reading, i, i + 2))
        return false;
    const prs_read_token *word = prs_reading_word(reading, i),
                         *number = prs_reading_word(reading, i + 1);
    if (word == NULL || number == NULL || reading->places.ptr[i + 1].n != 1) return false;
    prs_bytes term = prs_reading_term(reading, word);
    const char *t = reading->text;
    return number->end - word->start <= MAX_JOINED_BYTES && !prs_is_stopword(term.ptr, term.len) &&
           all_ascii(t + word->end, t + number->start, is_blank) &&
           all_ascii(t + number->start, t + number->end, is_digit) &&
           all_ascii(t + word->start, t + word->end, is_not_digit);
}

/* The term of the two written as one; len 0 if the analyzer makes no single word of it. */
static prism_status join(prs_leaf_text *text, uint32_t i, prs_bytes *key) {
    prs_rewrite *rw = text->rw;
    const prs_reading *reading = &text->reading;
    const prs_read_token *word = prs_reading_word(reading, i),
                         *number = prs_reading_word(reading, i + 1);
    char joined[MAX_JOINED_BYTES];
    size_t len = word->end - word->start, more = number->end - number->start;
    memcpy(joined, reading->text + word->start, len);
    memcpy(joined + len, reading->text + number->start, more);
    prs_reading one;
    prism_status status = prs_reading_init(&one, &rw->query->mem, rw->analyzers, reading->group,
                                           PRS_AS_INDEXED, joined, len + more, rw->err);
    *key = prs_bytes_of(NULL, 0);
    if (status == PRISM_OK && one.places.n == 1 && one.tokens.ptr[0].kind == PRS_KIND_WORD) {
        status = prs_leaf_key(text, PRS_KIND_WORD, prs_reading_term(&one, &one.tokens.ptr[0]), key);
    }
    prs_reading_fini(&one);
    return status;
}

/* ---- words -------------------------------------------------------------------------------- */

/* Two or more forms at one place, in a node of their own. */
static prism_status add_forms(prs_leaf_text *text, uint32_t place, bool sigils, prs_node *parent) {
    const prs_reading *reading = &text->reading;
    const prs_place *at = &reading->places.ptr[place];
    prs_node *node, *child;
    PRS_TRY(prs_leaf_node(text, sigils ? PRS_NODE_BOOL : PRS_NODE_MAX, &node));
    for (uint32_t i = 0; i < at->n; i++) {
        const prs_read_token *token = &reading->tokens.ptr[at->first + i];
        bool is_sigil = (token->flags & PRS_TOKEN_SIGIL) != 0;
        if (token->kind != PRS_KIND_WORD || is_sigil != sigils ||
            (token->flags & PRS_TOKEN_CONCAT) != 0)
            continue;
        PRS_TRY(prs_leaf_term(text, token->kind, prs_reading_term(reading, token), &child));
        PRS_TRY(sigils ? prs_leaf_must(text, node, child) : prs_leaf_should(text, node, child));
    }
    return prs_leaf_add(text, parent, node);
}

static prism_status add_word(prs_leaf_text *text, uint32_t place, prs_node *parent) {
    const prs_reading *reading = &text->reading;
    const prs_place *at = &reading->places.ptr[place];
    bool sigils = has_sigil(reading, place, place + 1);
    const prs_read_token *only = NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; i < at->n; i++) {
        const prs_read_token *token = &reading->tokens.ptr[at->first + i];
        bool is_sigil = (token->flags & PRS_TOKEN_SIGIL) != 0;
        if (token->kind != PRS_KIND_WORD || is_sigil != sigils ||
            (token->flags & PRS_TOKEN_CONCAT) != 0)
            continue;
        only = token;
        n++;
    }
    if (n != 1) return n == 0 ? PRISM_OK : add_forms(text, place, sigils, parent);
    prs_bytes term = prs_reading_term(reading, only);
    bool stop = false;
    if (!sigils) PRS_TRY(prs_leaf_is_stop(text, place, term, &stop));
    return prs_leaf_add_term(text, parent, PRS_KIND_WORD, term, 1.0, stop);
}

/* Words i and i + 1, or the two as one: required. */
static prism_status add_either(prs_leaf_text *text, uint32_t i, prs_bytes joined,
                               prs_node *parent) {
    prs_node *either, *both, *one;
    PRS_TRY(prs_leaf_node(text, PRS_NODE_BOOL, &either));
    PRS_TRY(prs_leaf_node(text, PRS_NODE_BOOL, &both));
    PRS_TRY(prs_leaf_node(text, PRS_NODE_TERM, &one));
    one->key = joined;
    for (uint32_t k = i; k < i + 2; k++) {
        prs_node *word;
        prs_bytes term = prs_reading_term(&text->reading, prs_reading_word(&text->reading, k));
        PRS_TRY(prs_leaf_term(text, PRS_KIND_WORD, term, &word));
        PRS_TRY(prs_leaf_must(text, both, word));
    }
    PRS_TRY(prs_leaf_should(text, either, both));
    PRS_TRY(prs_leaf_should(text, either, one));
    either->min_should = 1;
    return prs_leaf_must(text, parent, either);
}

/* The word at a place, with the number behind it if the two may be one.  *used = places. */
static prism_status add_word_or_pair(prs_leaf_text *text, uint32_t place, uint32_t to,
                                     prs_node *parent, uint32_t *used) {
    prs_bytes joined = prs_bytes_of(NULL, 0);
    *used = 1;
    if (place + 1 < to && are_joinable(text, place)) PRS_TRY(join(text, place, &joined));
    if (joined.len > 0 && text->leaf->required) {
        *used = 2;
        return add_either(text, place, joined, parent);
    }
    PRS_TRY(add_word(text, place, parent));
    if (joined.len == 0 || PRS_WEIGHT_JOINED == 0) return PRISM_OK;
    prs_bytes term = prs_bytes_of(joined.ptr + 1, joined.len - 1);
    return prs_leaf_add_term(text, parent, PRS_KIND_WORD, term, PRS_WEIGHT_JOINED, false);
}

static prism_status add_lone_char(prs_leaf_text *text, uint32_t place, prs_node *parent) {
    prs_node *node;
    PRS_TRY(prs_leaf_phrase(text, place, place + 1, &as_indexed, &node));
    prs_bytes c = prs_reading_char(&text->reading, place);
    PRS_TRY(prs_leaf_is_stop(text, place, c, &node->stop));
    return prs_leaf_add(text, parent, node);
}

prism_status prs_leaf_places(prs_leaf_text *text, uint32_t from, uint32_t to, prs_node *parent) {
    const prs_reading *reading = &text->reading;
    for (uint32_t i = from, used; i < to; i += used) {
        if (prs_reading_is_han(reading, i)) {
            used = PRS_MIN(prs_reading_run_end(reading, i), to) - i;
            if (used == 1)
                PRS_TRY(add_lone_char(text, i, parent));
            else
                PRS_TRY(prs_leaf_run(text, i, i + used, parent));
            continue;
        }
        PRS_TRY(add_compound(text, i, parent, &used));
        if (used == 0) PRS_TRY(add_word_or_pair(text, i, to, parent, &used));
    }
    return PRISM_OK;
}

prism_status prs_leaf_words(prs_leaf_text *text, prs_node **out) {
    uint32_t n = (uint32_t)text->reading.places.n;
    prs_node *parent;
    *out = NULL;
    if (n == 0) return PRISM_OK;
    PRS_TRY(prs_leaf_node(text, PRS_NODE_BOOL, &parent));
    if (text->rw->vocabulary == NULL)
        PRS_TRY(prs_leaf_places(text, 0, n, parent));
    else
        PRS_TRY(prs_leaf_synonyms(text, parent));
    *out = parent;
    return PRISM_OK;
}
