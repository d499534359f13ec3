/* highlight.h - which bytes of a text take part in the clauses of a query that it matches?
 *
 * Prepared once for a query, a document and a field, then run over the texts of that field. */
#ifndef PRS_SHOW_HIGHLIGHT_H
#define PRS_SHOW_HIGHLIGHT_H

#include "analysis/analyzer.h"
#include "base/map.h"
#include "base/vec.h"
#include "index/snapshot.h"
#include "query/ast.h"

/* The keys and prefixes that may stand in one slot, by number. */
typedef struct prs_slot_keys {
    const uint32_t *ids;
    uint32_t n, pos;
} prs_slot_keys;

/* A leaf of the query that is searched in the field; words and prefixes have one slot. */
typedef struct prs_clause {
    const prs_node *node;
    prs_slot_keys *slots;
    uint32_t n_slots;
    double weight; /* the rarer, the heavier */
} prs_clause;

/* A token of the text that some clause asks for. */
typedef struct prs_sighting {
    uint32_t id;
    uint32_t pos, start, end;
    bool han;
} prs_sighting;

/* Bytes that take part in a match of a clause. */
typedef struct prs_mark {
    uint32_t start, end;
    uint32_t clause;
    bool han;
} prs_mark;

PRS_VEC_DEFINE(prs_clauses, prs_clause)
PRS_VEC_DEFINE(prs_sightings, prs_sighting)
PRS_VEC_DEFINE(prs_marks, prs_mark)
PRS_VEC_DEFINE(prs_prefixes, prs_bytes)

typedef struct prs_highlight {
    prs_mem *mem;
    prs_arena arena;
    const prism_snapshot *snap;
    const prism_schema *schema; /* of the query */
    uint16_t field;             /* of the snapshot */
    uint64_t gdoc;
    prs_clauses clauses;
    prs_map keys;          /* exact keys: id = number in order */
    prs_prefixes prefixes; /* id = PRS_PREFIX_ID + number */
    prs_analysis *analysis;
    prs_sightings sightings; /* of the text in hand, by position */
    prs_buf run_space, match_space;
    prs_marks marks; /* result: by start, longer first */
} prs_highlight;

/** Find the clauses of a query that are searched in `field` (number in the snapshot's schema).  Of
 *  a bool inside another, only if the document matches it.
 *  Errors : ENOMEM, ECORRUPT, EIO, EINVAL.   To be ended with prs_highlight_fini whatever the
 *           result */
prism_status prs_highlight_init(prs_highlight *h, prs_mem *mem, const prism_snapshot *snap,
                                const prism_query *query, uint16_t field, uint64_t gdoc,
                                prism_error *err) PRS_NODISCARD;
void prs_highlight_fini(prs_highlight *h);
/** Analyze a text of the field; h->marks says what to mark in it.   Cost: analysis, about 100
 *  MB/s */
prism_status prs_highlight_run(prs_highlight *h, prs_bytes text, prism_error *err) PRS_NODISCARD;

#endif
