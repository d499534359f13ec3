/* hits.c - who owns the hits of an answer, and how do answers of several indexes become one?
 *
 *     part 0   9 7 7 2        the best head of all parts, the lowest part where they are equal
 *     part 1   9 8 3      ->  9(0) 9(1) 8(1) 7(0) 7(0) 3(1) 2(0)
 *
 * Invariants  - Parts are of one scale: equal shifts, or no hits.  Raw scores can then be compared.
 *             - A part that may hold back a hit that belongs into the result is refused: it must
 *               have been asked for as many as are wanted in all, or have found fewer than asked.
 *             - Keys are copied: the result depends on no part and no snapshot.
 * Why so      With statistics given a score depends on nothing in the index but the document, and
 *             "arrived earlier" is "in an earlier part, or earlier in it" where parts are stretches
 *             of one stream of documents: so the order is that of one index over all of them.
 * Cost        (k + offset) times n comparisons; n is a number of machines.
 * Tested by   tests/unit/search/test_hits.c */
#include "search/hits.h"

#include "base/error.h"
#include "search/score.h"

/* hits hold their own prs_mem, so their block is taken and given back through a copy */
prism_status prs_hits_new(const prism_allocator *hook, prism_snapshot *snap, prism_hits **out,
                          prism_error *err) {
    prs_mem own;
    prs_mem_init(&own, hook);
    prism_hits *hits = prs_mem_calloc(&own, 1, sizeof *hits);
    *out = hits;
    if (hits == NULL) return prs_error_nomem(err);
    prs_mem_init(&hits->mem, hook);
    prs_arena_init(&hits->arena, &hits->mem, 0);
    hits->snap = prs_snapshot_ref(snap);
    return PRISM_OK;
}

void prs_hits_free(prism_hits *hits) {
    if (hits == NULL) return;
    prs_arena_fini(&hits->arena);
    prs_mem own;
    prs_mem_init(&own, &hits->mem.hook);
    prism_snapshot *snap = hits->snap;
    prs_mem_free(&own, hits, sizeof *hits);
    prs_snapshot_unref(snap);
}

prism_status prs_hits_make_room(prism_hits *hits, uint32_t n, prism_error *err) {
    hits->hits = prs_arena_calloc(&hits->arena, n, sizeof *hits->hits);
    if (hits->hits == NULL) return prs_error_nomem(err);
    hits->n = n;
    return PRISM_OK;
}

/* ---- merging ------------------------------------------------------------------------------- */

static prism_status check_part(const prism_hits *part, uint32_t wanted, prism_error *err) {
    if (part->offset != 0)
        return prs_error_set(err, PRISM_EINVAL, "a part was searched with an offset");
    if (part->k < wanted && part->n == part->k) {
        return prs_error_set(err, PRISM_EINVAL,
                             "a part was searched for %u hits, where k + offset is %u", part->k,
                             wanted);
    }
    return PRISM_OK;
}

/* Take over what is not hits; the scale is that of the parts that have any. */
static prism_status join_totals(prism_hits *into, const prism_hits *const *parts, size_t n,
                                uint32_t wanted, prism_error *err) {
    bool scaled = false;
    into->total_exact = true;
    into->shift = parts[0]->shift;
    for (size_t i = 0; i < n; i++) {
        const prism_hits *part = parts[i];
        PRS_TRY(check_part(part, wanted, err));
        if (part->n > 0 && scaled && part->shift != into->shift) {
            return prs_error_set(
                err, PRISM_EINVAL,
                "the parts were not searched for one query with the same statistics");
        }
        if (part->n > 0) into->shift = part->shift;
        scaled = scaled || part->n > 0;
        into->total += part->total;
        into->total_exact = into->total_exact && part->total_exact;
        if (into->stopped == PRISM_STOP_NONE) into->stopped = part->stopped;
    }
    return PRISM_OK;
}

/* The part whose next hit is the best; n if none has one. */
static size_t find_best(const prism_hits *const *parts, const uint32_t *next, size_t n) {
    size_t best = n;
    for (size_t i = 0; i < n; i++) {
        if (next[i] == parts[i]->n) continue;
        if (best == n ||
            parts[i]->hits[next[i]].raw_score > parts[best]->hits[next[best]].raw_score) {
            best = i;
        }
    }
    return best;
}

static prism_status copy_hit(prism_hits *into, prism_hit *to, const prism_hit *from, size_t part,
                             prism_error *err) {
    *to = *from;
    to->part = (uint32_t)part;
    to->key = (const char *)prs_arena_dup(&into->arena, from->key, from->key_len);
    return to->key != NULL ? PRISM_OK : prs_error_nomem(err);
}

static prism_status take_best(prism_hits *into, const prism_hits *const *parts, size_t n,
                              uint32_t wanted, prism_error *err) {
    uint32_t *next = prs_arena_calloc(&into->arena, n, sizeof *next);
    if (next == NULL) return prs_error_nomem(err);
    uint32_t room = into->n;
    into->n = 0;
    for (uint32_t rank = 0; rank < wanted; rank++) {
        size_t best = find_best(parts, next, n);
        if (best == n) break;
        const prism_hit *hit = &parts[best]->hits[next[best]++];
        if (rank < into->offset) continue;
        PRS_ASSERT(into->n < room);
        PRS_TRY(copy_hit(into, &into->hits[into->n++], hit, best, err));
    }
    return PRISM_OK;
}

prism_status prs_hits_merge(prism_hits *into, const prism_hits *const *parts, size_t n, uint32_t k,
                            uint32_t offset, prism_error *err) {
    uint32_t wanted = k + offset;
    into->k = k;
    into->offset = offset;
    PRS_TRY(join_totals(into, parts, n, wanted, err));
    PRS_TRY(prs_hits_make_room(into, k, err));
    return take_best(into, parts, n, wanted, err);
}
