/* weigh.h - a query tree with its numbers: which nodes score, with what weights, in the fields of
 * this snapshot.
 *
 * Made once for a search, read by the plan of every segment.  Same shape as the query tree. */
#ifndef PRS_SEARCH_WEIGH_H
#define PRS_SEARCH_WEIGH_H

#include "kernel/score.h"
#include "search/stats.h"

/* What the dictionaries say of a word: asked once, for the statistics and for the plans. */
typedef struct prs_found {
    const prs_leaf *leaves; /* of the snapshot */
    uint32_t n_fields;      /* of the word */
    prs_term_info infos[];  /* by leaf, then by field; df 0: it is not there */
} prs_found;

typedef struct prs_weighted prs_weighted;
struct prs_weighted {
    const prs_node *node;
    bool scored;            /* false below filter, must_not and const */
    bool constant;          /* scored, with the same contribution for every document */
    prs_fields fields;      /* leaves: by number in the snapshot's schema */
    prs_scorer scorer;      /* scored words, phrases, nears */
    double boost;           /* product along the path */
    int32_t units;          /* constant: the contribution */
    int32_t most;           /* no document gets more */
    uint32_t more;          /* how often the same word stands again beside it: it counts for all */
    bool again;             /* ... and is such a one, which `more` of the first has counted */
    const prs_found *found; /* TERM; NULL = not asked */
    /* as many as the node has, NULL for none; CONST: must[0] */
    prs_weighted *must, *should, *must_not, *filter, *extra;
};

typedef struct prs_weigh_opts {
    double k1, b;
    const prism_stats *stats; /* NULL = those of the snapshot, counted here */
    prs_watch *watch;         /* NULL with statistics */
} prs_weigh_opts;

typedef struct prs_weights {
    prs_weighted *root;
    int shift;
} prs_weights;

/** Weigh a query for a snapshot.  Everything lives in the arena.
 *  Errors : ENOMEM; EINVAL statistics that lack a word of the query; ELIMIT weights beyond the
 *           range of scores; where it counts those of prs_stats_collect, whose numbers it finds */
prism_status prs_weigh(prs_arena *arena, const prism_snapshot *snap, const prism_query *query,
                       const prs_weigh_opts *opts, prs_weights *out,
                       prism_error *err) PRS_NODISCARD;
/** Let every match of the weighed query also match a filter, which changes no score: *out is the
 *  root of both.   Params: filter of a query of the same schema
 *  Errors : ENOMEM */
prism_status prs_weigh_filter(prs_arena *arena, const prism_snapshot *snap,
                              const prism_query *filter, prs_weights *weights,
                              prism_error *err) PRS_NODISCARD;
/** The same tree without weights, to ask only what matches a node. */
prism_status prs_weigh_nothing(prs_arena *arena, const prism_snapshot *snap,
                               const prism_schema *schema, const prs_node *node, prs_weighted **out,
                               prism_error *err) PRS_NODISCARD;

#endif
