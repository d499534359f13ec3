/* stats.h - the integers that weights are made of: documents and tokens of sets of fields,
 * documents of words.
 *
 *   sets    "body\ntitle"       n_docs 123224 (having any of them)   tokens 51002233, 1020331 (by
 *           field)
 *   words   (set 0, 01 "cat")   df 912 (having the word in any of them)
 *
 * Fields go by name, sorted, so that statistics of many indexes can be added even if their schemas
 * number fields differently.  Only scored words are counted: filters need no statistics. */
#ifndef PRS_SEARCH_STATS_H
#define PRS_SEARCH_STATS_H

#include "base/map.h"
#include "index/snapshot.h"
#include "search/leaf_fields.h"
#include "search/watch.h"

#include <prismsearch/search.h>

typedef struct prs_stats_set {
    uint64_t n_docs;
    uint64_t *tokens; /* by field of the set */
    uint32_t n_fields;
} prs_stats_set;

struct prism_stats {
    prs_mem mem;
    prs_arena arena;
    prs_map set_keys;    /* names joined by '\n' -> set */
    prs_map word_keys;   /* set as u32, term key -> word */
    prs_stats_set *sets; /* room for set_keys.n and more */
    uint64_t *dfs;       /* by word */
    uint32_t sets_cap, dfs_cap;
};

/** Empty statistics.   Out: owned: prs_stats_free */
prism_status prs_stats_new(const prism_allocator *hook, prism_stats **out,
                           prism_error *err) PRS_NODISCARD;
void prs_stats_free(prism_stats *stats);
/** Add the set or word if new (*added); ids are dense, in order of first use.  Errors : ENOMEM */
prism_status prs_stats_add_set(prism_stats *stats, prs_bytes names, uint32_t n_fields,
                               uint32_t *set, bool *added, prism_error *err) PRS_NODISCARD;
prism_status prs_stats_add_word(prism_stats *stats, uint32_t set, prs_bytes key, uint32_t *word,
                                bool *added, prism_error *err) PRS_NODISCARD;
/** The set or word, or UINT32_MAX. */
uint32_t prs_stats_find_set(const prism_stats *stats, prs_bytes names);
uint32_t prs_stats_find_word(const prism_stats *stats, uint32_t set, prs_bytes key);

/** Count everything that the scored leaves of the query need in the snapshot.
 *  Errors : ECORRUPT, EIO, ENOMEM, ECANCELED
 *  Cost   : dictionary look-ups; a word in several fields: its lists, once */
prism_status prs_stats_collect(prism_stats *stats, const prism_snapshot *snap,
                               const prism_query *query, prs_watch *watch,
                               prism_error *err) PRS_NODISCARD;
/** Add what a snapshot has of a set of fields to set->n_docs and set->tokens[named->n].
 *  Params : named by the numbers of `schema`, here by those of the snapshot's; arena: scratch
 *  Errors : ECORRUPT, EIO, ENOMEM */
prism_status prs_stats_count_set(const prism_snapshot *snap, const prism_schema *schema,
                                 const prs_named_fields *named, const prs_fields *here,
                                 prs_arena *arena, prs_stats_set *set,
                                 prism_error *err) PRS_NODISCARD;
/** Add the numbers of `from`.  Errors : EINVAL not of the same query, ELIMIT; then nothing was
 *  added */
prism_status prs_stats_merge(prism_stats *into, const prism_stats *from,
                             prism_error *err) PRS_NODISCARD;
/** JSON text, a string allocated from the statistics' own memory hook.  */
prism_status prs_stats_to_json(const prism_stats *stats, prs_buf *out,
                               prism_error *err) PRS_NODISCARD;
prism_status prs_stats_from_json(prism_stats *stats, const char *text, size_t len,
                                 prism_error *err) PRS_NODISCARD;

#endif
