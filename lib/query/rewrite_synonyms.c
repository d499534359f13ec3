/* rewrite_synonyms.c - how does one of the caller's synonyms find the others?
 *
 *     same       gpu, graphics card, 显卡
 *     ranked     fast gpu         fast max(gpu, "graphic card", "显卡")
 *                graphics card    graphic card max(gpu, "显卡")
 *     required   fast gpu         +fast +(gpu or "graphic card" or "显卡")
 *
 * Structure   Families are looked for from left to right, the longest entry first, also inside runs
 *             of Han characters; a compound is met as a whole or not at all.  The other texts of a
 *             family are asked for as phrases: a synonym of several words is one thing.
 * Ranked      A single word and its kin are one clause, scored by the best: a document that says
 *             both does not count twice.  An entry of several words or characters keeps its own
 *             clauses, and the others join them.
 * Required    The entry as it would be asked for, or any other of its family.
 * Tested by   tests/unit/query/test_rewrite_synonyms.c */
#include "query/rewrite.h"

static const prs_phrase_opts as_indexed = {false, false, false, 0};

/* Another text of a family, as a phrase; *out NULL if it has no word here. */
static prism_status make_phrase(prs_leaf_text *text, prs_bytes kin, prs_node **out) {
    prs_rewrite *rw = text->rw;
    prs_leaf_text other = *text;
    prism_status status =
        prs_reading_init(&other.reading, &rw->query->mem, rw->analyzers, text->reading.group,
                         PRS_AS_INDEXED, (const char *)kin.ptr, kin.len, rw->err);
    *out = NULL;
    if (status == PRISM_OK)
        status = prs_leaf_phrase(&other, 0, (uint32_t)other.reading.places.n, &as_indexed, out);
    prs_reading_fini(&other.reading);
    return status;
}

/* All other texts of the family into the should of `parent`. */
static prism_status add_kin(prs_leaf_text *text, const prs_kinship *kin, prs_node *parent) {
    for (uint32_t i = 0; i < kin->family->n; i++) {
        prs_node *phrase;
        if (i == kin->own) continue;
        PRS_TRY(make_phrase(text, kin->family->texts[i], &phrase));
        if (phrase != NULL) PRS_TRY(prs_leaf_should(text, parent, phrase));
    }
    return PRISM_OK;
}

/* Required: the places as they are, or any of the family. */
static prism_status add_either(prs_leaf_text *text, uint32_t place, const prs_kinship *kin,
                               prs_node *parent) {
    prs_node *either, *own;
    PRS_TRY(prs_leaf_node(text, PRS_NODE_BOOL, &either));
    PRS_TRY(prs_leaf_node(text, PRS_NODE_BOOL, &own));
    PRS_TRY(prs_leaf_places(text, place, place + kin->len, own));
    PRS_TRY(prs_leaf_should(text, either, own));
    PRS_TRY(add_kin(text, kin, either));
    either->min_should = 1;
    return prs_leaf_must(text, parent, either);
}

/* Ranked: a word and its family, the best of which counts. */
static prism_status add_best(prs_leaf_text *text, uint32_t place, const prs_kinship *kin,
                             prs_node *parent) {
    prs_node *own, *best;
    PRS_TRY(prs_leaf_node(text, PRS_NODE_BOOL, &own));
    PRS_TRY(prs_leaf_places(text, place, place + 1, own));
    if (own->n_should == 0) return PRISM_OK; /* it was there before: its boost was raised */
    PRS_TRY(prs_leaf_node(text, PRS_NODE_MAX, &best));
    PRS_TRY(prs_leaf_should(text, best, own->n_should == 1 ? own->should[0] : own));
    PRS_TRY(add_kin(text, kin, best));
    return prs_leaf_should(text, parent, best);
}

/* Ranked: the family of an entry that has clauses of its own. */
static prism_status add_others(prs_leaf_text *text, const prs_kinship *kin, prs_node *parent) {
    prs_node *best;
    PRS_TRY(prs_leaf_node(text, PRS_NODE_MAX, &best));
    PRS_TRY(add_kin(text, kin, best));
    return best->n_should == 0 ? PRISM_OK : prs_leaf_should(text, parent, best);
}

/* Places of the compound that begins here; 1 if there is none. */
static uint32_t compound_at(const prs_reading *reading, uint32_t place) {
    const prs_read_token *concat =
        prs_reading_find(reading, place, PRS_KIND_WORD, PRS_TOKEN_CONCAT, PRS_TOKEN_CONCAT);
    bool whole = concat != NULL && concat->span <= reading->places.n - place;
    return whole ? concat->span : 1;
}

prism_status prs_leaf_synonyms(prs_leaf_text *text, prs_node *parent) {
    const prs_reading *reading = &text->reading;
    const prs_rewrite *rw = text->rw;
    uint32_t n = (uint32_t)reading->places.n, open = 0; /* [open, i): places not yet asked for */
    for (uint32_t i = 0, used; i < n; i += used) {
        prs_kinship kin = {0};
        used = compound_at(reading, i);
        PRS_TRY(prs_vocabulary_kin(rw->vocabulary, reading, i, n, &kin, rw->err));
        if (kin.len < used) continue;
        bool single = kin.len == 1 && !prs_reading_is_han(reading, i);
        used = kin.len;
        if (!text->leaf->required && !single) {
            PRS_TRY(add_others(text, &kin, parent));
            continue;
        }
        PRS_TRY(prs_leaf_places(text, open, i, parent));
        PRS_TRY(text->leaf->required ? add_either(text, i, &kin, parent)
                                     : add_best(text, i, &kin, parent));
        open = i + used;
    }
    return prs_leaf_places(text, open, n, parent);
}
