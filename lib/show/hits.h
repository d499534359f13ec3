/* hits.h - an answer: found here, come from elsewhere, or merged of several. */
#ifndef PRS_SHOW_HITS_H
#define PRS_SHOW_HITS_H

#include "base/arena.h"
#include "base/buf.h"
#include "index/snapshot.h"
#include "search/page.h"

#include <prismsearch/search.h>

struct prism_hits {
    prs_mem mem;
    prs_arena arena;      /* hits, and keys that are no snapshot's */
    prism_snapshot *snap; /* referenced, whose keys the hits borrow; NULL = none */
    prism_hit *hits;
    uint32_t n;
    uint32_t k, offset; /* as asked for */
    uint64_t total;
    bool total_exact;
    prism_stop stopped; /* PRISM_STOP_NONE: complete */
    int shift;
    prs_sort sort;          /* n 0: best first */
    prs_sort_value *values; /* hits times criteria; NULL = none.  Words are borrowed as keys are */
    bool more;              /* hits follow behind the last one */
    uint32_t n_parts;       /* merged answers; 1 = not merged, 0 = merged more than once */
    uint32_t n_room;
    prism_hit room[]; /* for the hits of a short answer */
};
#define PRS_HITS_ROOM 16u /* at most */

/** An answer without hits.
 *  Params : hook NULL = malloc; snap referenced, may be NULL; k: hits that it will have, at most
 *  Out    : owned: prs_hits_free */
prism_status prs_hits_new(const prism_allocator *hook, prism_snapshot *snap, uint32_t k,
                          prism_hits **out, prism_error *err) PRS_NODISCARD;
void prs_hits_free(prism_hits *hits);
/** Room for n hits, zeroed, in hits->hits; n becomes hits->n. */
prism_status prs_hits_make_room(prism_hits *hits, uint32_t n, prism_error *err) PRS_NODISCARD;

/** Room for the values of hits->n hits in hits->values, zeroed. */
prism_status prs_hits_make_values(prism_hits *hits, prism_error *err) PRS_NODISCARD;
/** < 0 if hit i of a stands before hit k of b, by the order that both are in; parts by number.  0:
 *  only the part and the arrival decide. */
int prs_hits_compare(const prism_hits *a, uint32_t i, size_t part_a, const prism_hits *b,
                     uint32_t k, size_t part_b);
/** The token of the next page as prism_hits_next; nothing is written if there is none.
 *  Errors : EINVAL, ENOMEM */
prism_status prs_hits_next(const prism_hits *hits, uint32_t part, prs_buf *out,
                           prism_error *err) PRS_NODISCARD;

/** Merge as prism_hits_merge into an answer without hits.   Params : n > 0, no part NULL
 *  Errors : EINVAL, ENOMEM */
prism_status prs_hits_merge(prism_hits *into, const prism_hits *const *parts, size_t n, uint32_t k,
                            uint32_t offset, prism_error *err) PRS_NODISCARD;

/** hits_json.c: as JSON text, and from it into an answer without hits.
 *  Errors : ENOMEM; EPARSE */
prism_status prs_hits_encode(const prism_hits *hits, prs_buf *out, prism_error *err) PRS_NODISCARD;
prism_status prs_hits_decode(prism_hits *hits, const char *text, size_t len,
                             prism_error *err) PRS_NODISCARD;

#endif
