/* hits.c - who owns the hits of an answer, and how do answers of several indexes become one?
 *
 *     part 0   9 7 7 2        the best head of all parts, the lowest part where they are equal
 *     part 1   9 8 3      ->  9(0) 9(1) 8(1) 7(0) 7(0) 3(1) 2(0)
 *
 * Invariants  - Parts are of one scale: equal shifts, or no hits.  Raw scores can then be compared.
 *             - A part that may hold back a hit that belongs into the result is refused: it must
 *               have been asked for as many as are wanted in all, or have found fewer than asked.
 *             - Keys and values are copied: the result depends on no part and no snapshot.
 *             - Parts in an order by values are in one, and are merged by these values; "arrived
 *               earlier" is "in an earlier part" in criteria, too.
 * Why so      With statistics given a score depends on nothing in the index but the document, and
 *             "arrived earlier" is "in an earlier part, or earlier in it" where parts are stretches
 *             of one stream of documents: so the order is that of one index over all of them.
 * Cost        (k + offset) times n comparisons; n is a number of machines.
 * Tested by   tests/unit/show/test_hits.c */
#include "show/hits.h"

#include "base/error.h"
#include "kernel/score.h"

/* hits hold their own prs_mem, so their block is taken and given back through a copy */
static size_t block_size(uint32_t n_room) {
    return sizeof(prism_hits) + n_room * sizeof(prism_hit);
}

prism_status prs_hits_new(const prism_allocator *hook, prism_snapshot *snap, uint32_t k,
                          prism_hits **out, prism_error *err) {
    prs_mem own;
    prs_mem_init(&own, hook);
    uint32_t n_room = k <= PRS_HITS_ROOM ? k : 0;
    prism_hits *hits = prs_mem_alloc(&own, block_size(n_room));
    *out = hits;
    if (hits == NULL) return prs_error_nomem(err);
    memset(hits, 0, sizeof *hits);
    hits->n_room = n_room;
    prs_mem_init(&hits->mem, hook);
    prs_arena_init(&hits->arena, &hits->mem, 0);
    hits->snap = prs_snapshot_ref(snap);
    hits->sort.scored = true;
    hits->n_parts = 1;
    return PRISM_OK;
}

void prs_hits_free(prism_hits *hits) {
    if (hits == NULL) return;
    prs_arena_fini(&hits->arena);
    prs_mem own;
    prs_mem_init(&own, &hits->mem.hook);
    prism_snapshot *snap = hits->snap;
    prs_mem_free(&own, hits, block_size(hits->n_room));
    prs_snapshot_unref(snap);
}

prism_status prs_hits_make_room(prism_hits *hits, uint32_t n, prism_error *err) {
    hits->hits =
        n <= hits->n_room ? hits->room : prs_arena_alloc(&hits->arena, n * sizeof *hits->hits);
    if (hits->hits == NULL) return prs_error_nomem(err);
    memset(hits->hits, 0, n * sizeof *hits->hits);
    hits->n = n;
    return PRISM_OK;
}

prism_status prs_hits_make_values(prism_hits *hits, prism_error *err) {
    hits->values =
        prs_arena_calloc(&hits->arena, (size_t)hits->n * hits->sort.n + 1, sizeof *hits->values);
    return hits->values != NULL ? PRISM_OK : prs_error_nomem(err);
}

/* ---- order ---------------------------------------------------------------------------------- */

/* Arrival numbers are those of one index: between two the part decides. */
static int compare_arrivals(const prism_hit *a, size_t part_a, const prism_hit *b, size_t part_b) {
    if (part_a != part_b) return part_a < part_b ? -1 : 1;
    return (a->arrival > b->arrival) - (a->arrival < b->arrival);
}

int prs_hits_compare(const prism_hits *a, uint32_t i, size_t part_a, const prism_hits *b,
                     uint32_t k, size_t part_b) {
    const prs_sort *sort = &a->sort;
    int32_t x = a->hits[i].raw_score, y = b->hits[k].raw_score;
    if (sort->n == 0) return (x < y) - (x > y);
    for (uint32_t c = 0; c < sort->n; c++) {
        const prs_sort_key *key = &sort->keys[c];
        int order = prs_sort_compare(key, &a->values[(size_t)i * sort->n + c],
                                     &b->values[(size_t)k * sort->n + c]);
        if (key->kind == PRISM_SORT_ARRIVAL) {
            order = compare_arrivals(&a->hits[i], part_a, &b->hits[k], part_b);
            order = key->desc ? -order : order;
        }
        if (order != 0) return order;
    }
    return 0;
}

/* ---- the next page -------------------------------------------------------------------------- */

prism_status prs_hits_next(const prism_hits *hits, uint32_t part, prs_buf *out, prism_error *err) {
    if (hits->n_parts == 0)
        return prs_error_set(err, PRISM_EINVAL, "an answer that was merged twice has no token");
    if (part >= hits->n_parts)
        return prs_error_set(err, PRISM_EINVAL, "there is no part %u of %u", part, hits->n_parts);
    if (!hits->more || hits->n == 0) return PRISM_OK;
    const prism_hit *last = &hits->hits[hits->n - 1];
    uint32_t own = hits->n_parts == 1 ? 0 : last->part;
    prs_page page = {.raw = last->raw_score, .shift = hits->shift, .arrival = last->arrival};
    if (hits->sort.n > 0) page.values = hits->values + (size_t)(hits->n - 1) * hits->sort.n;
    if (part != own) page.part = part > own ? PRS_PART_LATER : PRS_PART_EARLIER;
    prs_page_encode(&hits->sort, &page, out);
    return prs_buf_status(out, err);
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
        into->more = into->more || part->more;
        if (part->n_parts != 1) into->n_parts = 0;
        if (into->stopped == PRISM_STOP_NONE) into->stopped = part->stopped;
    }
    return PRISM_OK;
}

/* All parts are in one order, which becomes that of the result. */
static prism_status join_orders(prism_hits *into, const prism_hits *const *parts, size_t n,
                                prism_error *err) {
    for (size_t i = 1; i < n; i++) {
        if (!prs_sort_equal(&parts[0]->sort, &parts[i]->sort))
            return prs_error_set(err, PRISM_EINVAL, "the parts are not in one order");
    }
    into->n_parts = (uint32_t)n;
    return prs_sort_copy(&parts[0]->sort, &into->arena, &into->sort, err);
}

/* The part whose next hit is the best; n if none has one. */
static size_t find_best(const prism_hits *const *parts, const uint32_t *next, size_t n) {
    size_t best = n;
    for (size_t i = 0; i < n; i++) {
        if (next[i] == parts[i]->n) continue;
        if (best == n || prs_hits_compare(parts[i], next[i], i, parts[best], next[best], best) < 0)
            best = i;
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

static prism_status copy_values(prism_hits *into, uint32_t to, const prism_hits *from, uint32_t i,
                                prism_error *err) {
    uint32_t n = into->sort.n;
    for (uint32_t c = 0; c < n; c++) {
        prs_sort_value *value = &into->values[(size_t)to * n + c];
        *value = from->values[(size_t)i * n + c];
        if (value->text.ptr == NULL) continue;
        value->text.ptr = prs_arena_dup(&into->arena, value->text.ptr, value->text.len);
        if (value->text.ptr == NULL) return prs_error_nomem(err);
    }
    return PRISM_OK;
}

static bool any_left(const prism_hits *const *parts, const uint32_t *next, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (next[i] < parts[i]->n) return true;
    }
    return false;
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
        uint32_t i = next[best]++;
        if (rank < into->offset) continue;
        PRS_ASSERT(into->n < room);
        PRS_TRY(copy_values(into, into->n, parts[best], i, err));
        PRS_TRY(copy_hit(into, &into->hits[into->n++], &parts[best]->hits[i], best, err));
    }
    into->more = into->more || any_left(parts, next, n);
    return PRISM_OK;
}

prism_status prs_hits_merge(prism_hits *into, const prism_hits *const *parts, size_t n, uint32_t k,
                            uint32_t offset, prism_error *err) {
    uint32_t wanted = k + offset;
    into->k = k;
    into->offset = offset;
    PRS_TRY(join_orders(into, parts, n, err));
    PRS_TRY(join_totals(into, parts, n, wanted, err));
    if (k == 0) into->shift = 0; /* as of one index that was only counted */
    PRS_TRY(prs_hits_make_room(into, k, err));
    PRS_TRY(prs_hits_make_values(into, err));
    return take_best(into, parts, n, wanted, err);
}
