/* rewrite_phrase.c - which terms must stand side by side for a quoted text to be there?
 *
 *     "wi-fi 路由器 的"*    places   wi(+wifi) fi | 路 由 器 | 的
 *     slots                 wi@0  fi@1  路由@2  由器@3  的@5
 *     or, written together  wifi@0      路由@1  由器@2  的@4
 *
 * Word        the word's term; its sigil forms alone if it has any (C++ is not C); the unstemmed
 *             form where the index keeps one.
 * Han run     every pair at its position: then the run matches exactly where it is a substring. The
 *             last character needs no slot, the pair before covers it. A lone character is any pair
 *             that begins with it, or it at the end of a run.
 * Compound    written in parts or as one word: a phrase for each choice, the best of them counts.
 *             So "wi-fi router" finds "wifi router". The first MAX_CHOICES compounds of a phrase
 *             are tried both ways, further ones in parts only. The other direction ("wifi router"
 *             finding "wi-fi router") would need the index to lie about positions: it is not done.
 * Prefix      the last word is an unstemmed beginning. Its stem counts too: happy* must find
 *             "happy", which the index knows as happi.
 * Near        the same slots, in any order, within a window; compounds in parts.
 * A phrase of one slot is a term; one over fields without positions is a conjunction, with a note.
 * Source      docs/analysis.md section 7, ast.h.
 * Tested by   tests/unit/query/test_rewrite_phrase.c */
#include "query/rewrite.h"

#include "base/error.h"

#define MAX_CHOICES 3u

typedef struct builder {
    prs_leaf_text *text;
    const prs_phrase_opts *opts;
    uint32_t from, to;
    uint32_t compounds[MAX_CHOICES]; /* places of compounds that may be written together */
    uint32_t n_compounds;
    prs_slot *slots;
    uint32_t n, cap;
    uint32_t shift; /* positions saved by compounds written together */
} builder;

/* ---- slots -------------------------------------------------------------------------------- */

static prism_status add_slot(builder *b, uint32_t place, prs_slot **out) {
    if (b->n == PRISM_MAX_PHRASE_TERMS) {
        return prs_error_set(b->text->rw->err, PRISM_ELIMIT, "a phrase has more than %u terms",
                             PRISM_MAX_PHRASE_TERMS);
    }
    if (b->n == b->cap) {
        uint32_t cap = b->cap == 0 ? 4 : b->cap * 2;
        prs_slot *slots =
            prs_build_alloc(b->text->rw->query, cap * sizeof *slots, b->text->rw->err);
        if (slots == NULL) return PRISM_ENOMEM;
        if (b->n > 0) memcpy(slots, b->slots, b->n * sizeof *slots);
        b->slots = slots;
        b->cap = cap;
    }
    *out = &b->slots[b->n++];
    memset(*out, 0, sizeof **out);
    (*out)->pos = b->text->reading.places.ptr[place].pos - b->shift;
    return PRISM_OK;
}

static prism_status set_keys(builder *b, prs_slot *slot, const prs_bytes *keys, uint32_t n) {
    prs_bytes *copy = prs_build_alloc(b->text->rw->query, n * sizeof *copy, b->text->rw->err);
    if (copy == NULL) return PRISM_ENOMEM;
    memcpy(copy, keys, n * sizeof *copy);
    slot->keys = copy;
    slot->n_keys = n;
    slot->idf_key = keys[0];
    return PRISM_OK;
}

/* A slot of one token's term. */
static prism_status add_token(builder *b, uint32_t place, const prs_read_token *token) {
    prs_slot *slot;
    prs_bytes key;
    PRS_TRY(add_slot(b, place, &slot));
    PRS_TRY(prs_leaf_key(b->text, token->kind, prs_reading_term(&b->text->reading, token), &key));
    return set_keys(b, slot, &key, 1);
}

static bool continues_run(const prs_reading *reading, uint32_t place) {
    const prs_place *at = &reading->places.ptr[place];
    return place + 1 < reading->places.n && prs_reading_is_han(reading, place + 1) &&
           at[1].pos == at->pos + 1 &&
           (reading->tokens.ptr[at[1].first].flags & PRS_TOKEN_RUN_START) == 0;
}

/* A character that no pair of the phrase covers. */
static prism_status add_lone(builder *b, uint32_t place) {
    prs_leaf_text *text = b->text;
    prs_bytes c = prs_reading_char(&text->reading, place), end;
    prs_slot *slot;
    PRS_TRY(add_slot(b, place, &slot));
    PRS_TRY(prs_leaf_key(text, PRS_KIND_HANEND, c, &end));
    PRS_TRY(set_keys(b, slot, &end, 1));
    PRS_TRY(prs_leaf_key(text, PRS_KIND_HAN2, c, &slot->prefix));
    if (prs_reading_find(&text->reading, place, PRS_KIND_HAN1, 0, 0) == NULL) return PRISM_OK;
    return prs_leaf_key(text, PRS_KIND_HAN1, c, &slot->idf_key);
}

static prism_status add_char(builder *b, uint32_t place, bool *covered) {
    const prs_reading *reading = &b->text->reading;
    const prs_read_token *pair = prs_reading_find(reading, place, PRS_KIND_HAN2, 0, 0);
    bool was_covered = *covered;
    *covered = pair != NULL && place + 1 < b->to && continues_run(reading, place);
    if (*covered) return add_token(b, place, pair);
    return was_covered ? PRISM_OK : add_lone(b, place);
}

/* All plain forms at a place: one, unless a custom tokenizer stacks words. */
static prism_status add_plain(builder *b, uint32_t place) {
    const prs_reading *reading = &b->text->reading;
    const prs_place *at = &reading->places.ptr[place];
    prs_bytes keys[8];
    uint32_t n = 0;
    prs_slot *slot;
    for (uint32_t i = 0; i < at->n && n < PRS_COUNT(keys); i++) {
        const prs_read_token *token = &reading->tokens.ptr[at->first + i];
        if (token->kind != PRS_KIND_WORD || (token->flags & PRS_TOKEN_CONCAT) != 0) continue;
        PRS_TRY(prs_leaf_key(b->text, token->kind, prs_reading_term(reading, token), &keys[n++]));
    }
    PRS_TRY(add_slot(b, place, &slot));
    return set_keys(b, slot, keys, n);
}

static prism_status add_word(builder *b, uint32_t place) {
    const prs_reading *reading = &b->text->reading;
    const prs_place *at = &reading->places.ptr[place];
    bool has_sigil = false;
    for (uint32_t i = 0; i < at->n; i++) {
        const prs_read_token *token = &reading->tokens.ptr[at->first + i];
        if ((token->flags & PRS_TOKEN_SIGIL) == 0) continue;
        PRS_TRY(add_token(b, place, token)); /* two forms, two slots at one position */
        has_sigil = true;
    }
    if (has_sigil) return PRISM_OK;
    const prs_read_token *exact =
        b->opts->exact ? prs_reading_find(reading, place, PRS_KIND_EXACT, 0, 0) : NULL;
    return exact != NULL ? add_token(b, place, exact) : add_plain(b, place);
}

/* ---- the last word as a beginning --------------------------------------------------------- */

/* The unstemmed form of the word at a place, as a key. */
static prism_status unstemmed_key(builder *b, uint32_t place, prs_bytes *out) {
    prs_leaf_text *text = b->text;
    prs_rewrite *rw = text->rw;
    const prs_read_token *word = prs_reading_word(&text->reading, place);
    prs_reading plain;
    prism_status status =
        prs_reading_init(&plain, &rw->query->mem, rw->analyzers, text->reading.group, PRS_UNSTEMMED,
                         text->reading.text + word->start, word->end - word->start, rw->err);
    const prs_read_token *form =
        status == PRISM_OK && plain.places.n > 0 ? prs_reading_word(&plain, 0) : NULL;
    prs_bytes term =
        form != NULL ? prs_reading_term(&plain, form) : prs_reading_term(&text->reading, word);
    if (status == PRISM_OK) status = prs_leaf_key(text, PRS_KIND_WORD, term, out);
    prs_reading_fini(&plain);
    return status;
}

/* Turn the last slot, of the word at a place, into a prefix: `written` is a form that is no
 * stem. */
static prism_status make_prefix(builder *b, uint32_t place, bool written) {
    prs_slot *slot = &b->slots[b->n - 1];
    prs_bytes key = slot->keys[0];
    slot->idf_key = prs_bytes_of(NULL, 0);
    if (!written && key.ptr[0] == PRS_KIND_WORD)
        PRS_TRY(unstemmed_key(b, place, &slot->prefix));
    else
        slot->prefix = key;
    bool covers =
        key.len >= slot->prefix.len && memcmp(key.ptr, slot->prefix.ptr, slot->prefix.len) == 0;
    if (covers) slot->n_keys = 0;
    return PRISM_OK;
}

static bool has_sigil(const prs_reading *reading, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        if (prs_reading_find(reading, i, PRS_KIND_WORD, PRS_TOKEN_SIGIL, PRS_TOKEN_SIGIL) != NULL)
            return true;
    }
    return false;
}

/* ---- the phrase --------------------------------------------------------------------------- */

static const prs_read_token *concat_at(const prs_reading *reading, uint32_t place) {
    return prs_reading_find(reading, place, PRS_KIND_WORD, PRS_TOKEN_CONCAT, PRS_TOKEN_CONCAT);
}

static void find_compounds(builder *b) {
    const prs_reading *reading = &b->text->reading;
    for (uint32_t i = b->from; i < b->to && b->n_compounds < MAX_CHOICES && !b->opts->near; i++) {
        const prs_read_token *concat = concat_at(reading, i);
        if (concat == NULL) continue;
        uint32_t covered = prs_reading_covered(reading, i, concat);
        if (covered > b->to - i || has_sigil(reading, i, i + covered)) continue;
        b->compounds[b->n_compounds++] = i;
    }
}

static bool is_together(const builder *b, uint32_t place, unsigned choice) {
    for (uint32_t i = 0; i < b->n_compounds; i++) {
        if (b->compounds[i] == place) return (choice >> i & 1) != 0;
    }
    return false;
}

/* The slots under one choice: bit i = compound i is written together. */
static prism_status fill_slots(builder *b, unsigned choice) {
    const prs_reading *reading = &b->text->reading;
    bool covered = false, together = false;
    uint32_t last = b->from;
    b->slots = NULL;
    b->n = b->cap = b->shift = 0;
    for (uint32_t i = b->from; i < b->to;) {
        uint32_t used = 1;
        last = i;
        together = is_together(b, i, choice);
        if (together) {
            const prs_read_token *concat = concat_at(reading, i);
            used = prs_reading_covered(reading, i, concat);
            PRS_TRY(add_token(b, i, concat));
            b->shift += concat->span - 1;
        } else if (prs_reading_is_han(reading, i)) {
            PRS_TRY(add_char(b, i, &covered));
        } else {
            PRS_TRY(add_word(b, i));
        }
        i += used;
    }
    uint32_t base = b->slots[0].pos;
    for (uint32_t s = 0; s < b->n; s++) b->slots[s].pos -= base;
    if (!b->opts->prefix_last || prs_reading_is_han(reading, last)) return PRISM_OK;
    return make_prefix(b, last, together || has_sigil(reading, last, last + 1));
}

/* word*, as a filter-like clause of constant score; with the stem where the prefix does not cover
 * it. */
static prism_status prefix_node(builder *b, const prs_slot *slot, prs_node **out) {
    prs_node *prefix, *either, *term;
    PRS_TRY(prs_leaf_node(b->text, PRS_NODE_PREFIX, &prefix));
    prefix->key = slot->prefix;
    *out = prefix;
    if (slot->n_keys == 0) return PRISM_OK;
    PRS_TRY(prs_leaf_node(b->text, PRS_NODE_TERM, &term));
    term->key = slot->keys[0];
    PRS_TRY(prs_leaf_node(b->text, PRS_NODE_BOOL, &either));
    PRS_TRY(prs_leaf_should(b->text, either, prefix));
    PRS_TRY(prs_leaf_should(b->text, either, term));
    either->min_should = 1;
    PRS_TRY(prs_leaf_node(b->text, PRS_NODE_CONST, out));
    return prs_leaf_must(b->text, *out, either);
}

/* One slot says the same as a term or a prefix; a lone character as its own term. */
static prism_status single_node(builder *b, prs_node **out) {
    const prs_slot *slot = &b->slots[0];
    bool lone = slot->n_keys == 1 && slot->keys[0].ptr[0] == PRS_KIND_HANEND;
    bool term =
        lone ? slot->idf_key.ptr[0] == PRS_KIND_HAN1 : slot->n_keys == 1 && slot->prefix.len == 0;
    if (!lone && slot->prefix.len > 0) return prefix_node(b, slot, out);
    PRS_TRY(prs_leaf_node(b->text, term ? PRS_NODE_TERM : PRS_NODE_PHRASE, out));
    if (term) {
        (*out)->key = slot->idf_key;
        return PRISM_OK;
    }
    (*out)->fields = b->text->positioned;
    (*out)->slots = b->slots;
    (*out)->n_slots = 1;
    return PRISM_OK;
}

/* Without positions: all that the slots name, wherever it stands. */
static prism_status conjunction(builder *b, prs_node **out) {
    prs_slot *slots = b->slots;
    uint32_t n = b->n;
    PRS_TRY(prs_leaf_node(b->text, PRS_NODE_BOOL, out));
    for (uint32_t i = 0; i < n; i++) {
        prs_node *child;
        b->slots = &slots[i];
        PRS_TRY(single_node(b, &child));
        PRS_TRY(prs_leaf_must(b->text, *out, child));
    }
    return PRISM_OK;
}

static prism_status slots_node(builder *b, prs_node **out) {
    if (b->n == 1) return single_node(b, out);
    if (b->text->positioned.n == 0) return conjunction(b, out);
    PRS_TRY(prs_leaf_node(b->text, b->opts->near ? PRS_NODE_NEAR : PRS_NODE_PHRASE, out));
    (*out)->fields = b->text->positioned;
    (*out)->slots = b->slots;
    (*out)->n_slots = b->n;
    (*out)->slop = b->opts->slop;
    return PRISM_OK;
}

prism_status prs_leaf_phrase(prs_leaf_text *text, uint32_t from, uint32_t to,
                             const prs_phrase_opts *opts, prs_node **out) {
    builder b = {.text = text, .opts = opts, .from = from, .to = to};
    *out = NULL;
    if (from == to) return PRISM_OK;
    if (text->positioned.n == 0 && text->leaf->quoted && to - from > 1) {
        PRS_TRY(prs_note(
            text->rw->notes, text->leaf->at,
            "the field has no positions: the words of the phrase are required, not their order"));
    }
    find_compounds(&b);
    prs_node *best = NULL;
    if (b.n_compounds > 0) PRS_TRY(prs_leaf_node(text, PRS_NODE_MAX, &best));
    for (unsigned choice = 0; choice < 1u << b.n_compounds; choice++) {
        PRS_TRY(fill_slots(&b, choice));
        PRS_TRY(slots_node(&b, out));
        if (best != NULL) PRS_TRY(prs_leaf_should(text, best, *out));
    }
    if (best != NULL) *out = best;
    return PRISM_OK;
}
