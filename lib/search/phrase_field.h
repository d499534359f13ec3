/* phrase_field.h - the words of a phrase or near in one field of a segment: which documents may
 * match, and how often does each?
 *
 * Two lists lead: those of the fewest documents.  Their blocks are intersected, and what is left
 * are candidates; all other words are looked at only where positions of the first two agree.
 *
 *     to = ...;  prs_phrase_cut(f, from, &to)     for every field of the phrase: one range for all
 *     prs_phrase_take(f, to, freqs)               candidates of [from, to) in f->docs[0 .. f->n)
 *     prs_phrase_count(f, node, i, nears, &n)     matches in candidate i, i ascending */
#ifndef PRS_SEARCH_PHRASE_FIELD_H
#define PRS_SEARCH_PHRASE_FIELD_H

#include "search/spot.h"

typedef struct prs_phrase_field {
    uint32_t weight;
    prs_spot *spots; /* different slots by cost: lists first, then unions */
    uint32_t n_spots;
    uint32_t *places;      /* where the slots stand in the phrase, those of a spot together */
    uint32_t *first_place; /* of each spot; n_spots + 1 */
    prs_lane *pairs;       /* lists of adjacent stop words of the phrase */
    uint32_t n_pairs;
    prs_lane *lead, *other; /* the two of the fewest documents, pairs too; NULL: no such list */
    uint32_t lead_need, other_need; /* near: equal slots */
    uint64_t cost;                  /* documents of the lead */
    bool is_pair;                   /* the phrase is one pair: its freq is that of the list */
    prs_spot *middle;   /* of three stop words, whose two pairs lead; NULL: it is something else */
    uint32_t n_early;   /* spots that rule out documents before positions are read */
    bool two_plain;     /* both stand once in the phrase, and are no inline lists */
    bool over;          /* nothing behind */
    uint32_t union_doc; /* without lists: the candidate stood on */
    prs_buf *starts;    /* positions in the making */
    uint32_t few[PRS_EF_MEET_MAX]; /* the same where they are few */
    /* Documents of the lead's block that could compete; places in it (phrase_sift.c). */
    uint32_t n_sifted, at_sifted, sifted_to;
    int32_t sifted_floor;
    uint32_t sifted[PRS_BLOCK + 16];
    uint32_t sifted_place[PRS_BLOCK + 16];
    /* The candidates of a range, places of both lists in their blocks, matches at most. */
    uint32_t n, at;
    uint32_t docs[PRS_BLOCK + 1], most[PRS_BLOCK];
    uint8_t lead_place[PRS_BLOCK + 1], other_place[PRS_BLOCK + 1];
} prs_phrase_field;

/** Open the lists of all slots of a node in a field that has positions; *nowhere if one slot is
 *  not in it.
 *  Errors : ENOMEM, ECORRUPT, EIO, ECANCELED */
prism_status prs_phrase_open(prs_phrase_field *f, prs_plan *plan, const prs_node *node,
                             const prs_segment_field *field, uint32_t weight, bool *nowhere,
                             prism_error *err) PRS_NODISCARD;
/** Stand on the blocks that reach `from`; *to is lowered to where the first of them ends.  `from`
 *  never falls. */
prism_status prs_phrase_cut(prs_phrase_field *f, uint32_t from, uint32_t *to,
                            prism_error *err) PRS_NODISCARD;
/** Candidates of the range, cut before: docs, ascending, and if `freqs` the most matches that each
 *  may have. */
prism_status prs_phrase_take(prs_phrase_field *f, uint32_t to, bool freqs,
                             prism_error *err) PRS_NODISCARD;
/** Make doc the one candidate if both lists have it, else there is none.  Documents never fall. */
prism_status prs_phrase_stand(prs_phrase_field *f, uint32_t doc, bool freqs,
                              prism_error *err) PRS_NODISCARD;
/** First document >= from that both lists have, PRS_DOC_END if there is none. */
prism_status prs_phrase_peek(prs_phrase_field *f, uint32_t from, uint32_t *doc,
                             prism_error *err) PRS_NODISCARD;

/** The key of the pair that slots s and s + 1 of a phrase are, if its list in a field with such a
 *  set tells all about them; its length, 0 if it does not. */
uint32_t prs_phrase_pair(const prs_node *node, uint32_t s, const prs_stops *stops,
                         uint8_t key[PRS_PAIR_KEY_MAX]);

/* phrase_count.c */

/** Matches of the node in candidate i.  Candidates ascend from call to call.
 *  Params : nears: room for one of each slot */
prism_status prs_phrase_count(prs_phrase_field *f, const prs_node *node, uint32_t i,
                              prs_near *nears, uint32_t *n, prism_error *err) PRS_NODISCARD;

/** No more matches than the lists' freqs allow in each candidate; without freqs, who knows. */
prism_status prs_phrase_bound(prs_phrase_field *f, bool freqs, prism_error *err) PRS_NODISCARD;

/** Beginnings that two groups of the phrase's two words, lead and other, allow in a document.
 *  Errors : ENOMEM; ECORRUPT a group is none */
prism_status prs_phrase_count_two(prs_phrase_field *f, const prs_positions_at at[2], uint32_t *n,
                                  prism_error *err) PRS_NODISCARD;

/* phrase_sift.c */

/** Documents of the lead's block from `from` on that could reach the floor by the freqs of that
 *  list alone; a floor <= 0: all.  *to is lowered to where the block ends.  A field with two
 *  lists; what is sifted is f->sifted[at_sifted .. n_sifted).  */
prism_status prs_phrase_sift(prs_phrase_field *f, const prs_group *group, uint32_t from,
                             uint32_t *to, int32_t floor, prism_error *err) PRS_NODISCARD;
/** prs_phrase_cut and prs_phrase_take at once, for what is sifted. */
prism_status prs_phrase_take_sifted(prs_phrase_field *f, const prs_group *group, uint32_t from,
                                    uint32_t *to, int32_t floor, prism_error *err) PRS_NODISCARD;

/* phrase_many.c */

/** Is it a phrase of two words, whose documents can be counted many at a time? */
static inline bool prs_phrase_is_two(const prs_phrase_field *f, const prs_node *node) {
    return f->two_plain && f->n_spots == 2 && node->kind == PRS_NODE_PHRASE;
}
/** Such a phrase: documents of [from, *to) that have it, ascending, and how often; *to is lowered
 *  to where the lead's block ends.  Those may be missing that
 *  stay below the floor.
 *  Params : docs, freqs: room for PRS_BLOCK */
prism_status prs_phrase_count_block(prs_phrase_field *f, const prs_group *group, uint32_t from,
                                    uint32_t *to, int32_t floor, prs_watch *watch, uint32_t *docs,
                                    uint32_t *freqs, uint32_t *n, prism_error *err) PRS_NODISCARD;

#endif
