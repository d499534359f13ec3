/* plan.h - from a weighted query to cursors over one segment.
 *
 * A plan lives as long as the search works on its segment; everything in it comes from its
 * arena. */
#ifndef PRS_SEARCH_PLAN_H
#define PRS_SEARCH_PLAN_H

#include "search/cursor.h"
#include "search/lane.h"
#include "search/weigh.h"

/* Levels of cursors: a bool may become two (all of these, any of those). */
#define PRS_PLAN_MAX_DEPTH (2u * PRISM_MAX_QUERY_DEPTH + 2u)

typedef struct prs_plan_buf prs_plan_buf;
struct prs_plan_buf { /* memory of a cursor that may grow, released with the plan */
    prs_buf buf;
    prs_plan_buf *next;
};

typedef struct prs_plan_set prs_plan_set;
struct prs_plan_set { /* documents of a filter, shared by all clauses that ask for the same */
    const prs_weighted *at;
    const uint64_t *words;
    uint64_t n;
    prs_plan_set *next;
};

typedef struct prs_plan_bits prs_plan_bits;
struct prs_plan_bits { /* sets of the snapshot's cache that the plan refers to */
    prs_bits *bits;
    prs_plan_bits *next;
};

typedef struct prs_kept_filter prs_kept_filter; /* filter_set.h */

#define PRS_PLAN_TABLES 8u /* 4 MiB, of the largest segments that have tables */

struct prs_plan {
    prs_mem *mem;
    prs_arena arena;
    prs_watch *watch;
    const prs_leaf *leaf;
    uint32_t leaf_no; /* of its snapshot */
    prs_segment *segment;
    uint32_t n_docs;
    bool scored; /* false: only which documents match */
    uint32_t k;  /* hits wanted, which a floor will tell of; 0 = none, or all are looked at */
    /* All matches are counted: a root that tallies leaves out only what is below the floor, and
     * counts that in n_left. */
    bool tally;
    prs_plan_buf *bufs;
    prs_plan_set *sets;
    const prs_plan *lender; /* whose sets serve, too, if it is of the same segment; NULL = none */
    prs_plan_bits *held;
    uint32_t n_tables;           /* of scores, among what is held; PRS_PLAN_TABLES at most */
    prs_score_cache *scores;     /* where scores of frequent words are kept; NULL = nowhere */
    prs_spares *spares;          /* where working space comes from; NULL = mem */
    const prs_kept_filter *kept; /* NULL = no filter is looked for in the cache */
    uint8_t *map;                /* all zero between calls: sieve.c; NULL until it is needed */
    prs_cursor *root;            /* NULL: nothing matches here */
    uint32_t n_scratch;
    prs_scratch *scratch[PRS_PLAN_MAX_DEPTH]; /* the first n_scratch; NULL: none at that depth */
};

/** Allocates nothing yet.  One plan serves segment after segment. */
void prs_plan_init(prs_plan *plan, prs_mem *mem, prs_watch *watch);
/** Working space and chunks of its arena come from these and go back to them; behind init alone.
 *  NULL: from mem. */
void prs_plan_lend(prs_plan *plan, prs_spares *spares, prs_spares *arenas);
void prs_plan_fini(prs_plan *plan);
/** Make the cursors of a query over a segment; what was planned before is gone.
 *  Errors : ENOMEM, ECORRUPT, EIO; ECANCELED by the watch; ELIMIT too deep
 *  Cost   : dictionary look-ups; prefixes are expanded here */
prism_status prs_plan_make(prs_plan *plan, const prs_leaf *leaf, const prs_weighted *root,
                           bool scored, prism_error *err) PRS_NODISCARD;
/** A score that at least k documents of the segment reach, deleted ones not counted; 0 if nothing
 *  is known. */
int32_t prs_plan_prime(const prs_plan *plan, uint32_t k);

/* ---- for the makers of cursors
 * ---------------------------------------------------------------- */

/** A zeroed cursor of `size` bytes at a depth of the tree.   Errors : ENOMEM, ELIMIT */
prism_status prs_plan_cursor(prs_plan *plan, size_t size, const prs_cursor_ops *ops, uint32_t depth,
                             bool scored, void *out, prism_error *err) PRS_NODISCARD;
/** Working space of the cursors of a depth.   Errors : ENOMEM */
prism_status prs_plan_scratch(prs_plan *plan, uint32_t depth, prs_scratch **out,
                              prism_error *err) PRS_NODISCARD;
/** What the dictionary of at->fields.ptr[i] in the plan's segment says of a TERM; df 0: nothing.
 *  Params : *space where it is put if it was not asked before; *info there or in the weights */
prism_status prs_plan_find(const prs_plan *plan, const prs_weighted *at, uint32_t i,
                           prs_term_info *space, const prs_term_info **info,
                           prism_error *err) PRS_NODISCARD;
/** Hold a set of a cache until the plan is made anew; its reference is given up on error, too.
 *  Errors : ENOMEM */
prism_status prs_plan_hold(prs_plan *plan, prs_bits *bits, prism_error *err) PRS_NODISCARD;
/** A buffer that the plan releases.   Errors : ENOMEM */
prism_status prs_plan_buffer(prs_plan *plan, prs_buf **out, prism_error *err) PRS_NODISCARD;

/* One maker for each kind; *out NULL = nothing matches in this segment. */
prism_status prs_cur_term_make(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                               prs_cursor **out, prism_error *err) PRS_NODISCARD;
/* The same for one list, of the field at->fields.ptr[field]. */
prism_status prs_cur_word_make(prs_plan *plan, const prs_weighted *at,
                               const prs_postings_source *source, const prs_term_info *info,
                               uint32_t field, uint32_t depth, bool scored, prs_cursor **out,
                               prism_error *err) PRS_NODISCARD;
/* The same for a phrase of two words whose pair has lists: *is_pair; else nothing is made. */
prism_status prs_cur_pair_make(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                               bool *is_pair, prs_cursor **out, prism_error *err) PRS_NODISCARD;
/* Its list and how it is scored; NULL: it is no cur_word. */
prs_lane *prs_cur_word_lane(prs_cursor *c, const prs_group **group);
/* All of n >= 2 words (scored) or lists (not), by cost: prs_cur_word_lane or prs_cur_is_list of
 * each.  They are asked by it alone. */
prism_status prs_cur_meet_make(prs_plan *plan, prs_cursor **children, uint32_t n, bool scored,
                               prs_cursor **out, prism_error *err) PRS_NODISCARD;
prism_status prs_cur_phrase_make(prs_plan *plan, const prs_weighted *at, uint32_t depth,
                                 bool scored, prs_cursor **out, prism_error *err) PRS_NODISCARD;
/* Let a cursor of that kind use a table of its scores (score_table.h), if there is one; returns
 * whether it does, false for other kinds.  Before it is asked anything. */
prism_status prs_cur_word_tabulate(prs_cursor *c, bool *does, prism_error *err) PRS_NODISCARD;
/* All documents of `child`, or of the segment if NULL, with one score. */
prism_status prs_cur_const_make(prs_plan *plan, prs_cursor *child, int32_t units, uint32_t depth,
                                bool scored, prs_cursor **out, prism_error *err) PRS_NODISCARD;
/* A set of documents found beforehand: PREFIX, EXISTS, RANGE. */
prism_status prs_cur_set_make(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                              prs_cursor **out, prism_error *err) PRS_NODISCARD;
/* A set that is known, of n documents; n > 0, n_docs bits and a word more. */
prism_status prs_cur_words_make(prs_plan *plan, const uint64_t *words, uint64_t n, int32_t units,
                                uint32_t depth, bool scored, prs_cursor **out,
                                prism_error *err) PRS_NODISCARD;
/* children are borrowed arrays in the plan's arena; n >= 1, none NULL.  Behind the n that decide
 * stand n_extra that only add to the score of what matches. */
prism_status prs_cur_or_make(prs_plan *plan, prs_cursor **children, uint32_t n, uint32_t n_extra,
                             uint32_t min_match, uint32_t depth, bool scored, prs_cursor **out,
                             prism_error *err) PRS_NODISCARD;
prism_status prs_cur_max_make(prs_plan *plan, prs_cursor **children, uint32_t n, uint32_t depth,
                              bool scored, prs_cursor **out, prism_error *err) PRS_NODISCARD;
typedef struct prs_and_parts {
    prs_cursor **required, **optional, **prohibited;
    uint32_t n_required, n_optional, n_prohibited;
    bool has_should; /* the first optional one: all the shoulds */
} prs_and_parts;
prism_status prs_cur_and_make(prs_plan *plan, const prs_and_parts *parts, uint32_t depth,
                              bool scored, prs_cursor **out, prism_error *err) PRS_NODISCARD;

#endif
