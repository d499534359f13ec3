/* transpose.c - how does a stream in document order become posting lists, within a given memory?
 *
 * Structure   count tokens per id -> ids in use, sorted by key -> cut into passes whose places fit
 *             the scratch -> per pass: hand each of its ids a place range, walk the stream, scatter
 *
 *   sorted terms   | aa ab ... | ca ...            | the ... |
 *   pass           0           1                    2
 *   cursor[id]     next free place of an id of this pass, NOT_NOW for all others
 *
 * Invariants  - The stream is walked front to back, so every term's places come out ascending.
 *             - A pass covers a range of sorted terms, so output leaves in key order whatever the
 *               number of passes: the bytes written do not depend on the scratch.
 * Why so      Per-term growing lists (slices, chains) cost a cache miss and bookkeeping per token
 *             and waste a quarter of the memory; the stream costs 4 bytes per token and is written
 *             once.  Scattering (doc, position) pairs would take 8 bytes per token; a place is 4,
 *             and the document is found again from it by a small table that stays in cache
 *             (prs_places).
 * Cost        Walk ~2 ns, scatter ~4 ns per token; passes = 4 x tokens / scratch.
 * Tested by   tests/unit/index/test_transpose.c (against a naive inversion, any scratch) */
#include "index/transpose.h"

#include "base/error.h"
#include "index/term_sort.h"

#define NOT_NOW UINT32_MAX
#define AHEAD 16u

/* ---- places -> documents --------------------------------------------------------------------- */

prism_status prs_places_init(prs_places *places, const prs_stream_doc *docs, uint32_t n_docs,
                             prs_mem *mem, prism_error *err) {
    *places = (prs_places){.mem = mem, .docs = docs, .n_docs = n_docs};
    uint64_t total = 0;
    for (uint32_t i = 0; i < n_docs; i++) total += docs[i].span;
    PRS_ASSERT(total < NOT_NOW);
    uint32_t mean = (uint32_t)(total / PRS_MAX(n_docs, 1u));
    places->shift = mean > 1 ? prs_bit_width32(mean) - 1 : 0;
    places->n_pages = (uint32_t)(total >> places->shift) + 1;
    places->bases = prs_mem_alloc(mem, ((size_t)n_docs + 1) * sizeof(uint32_t));
    places->pages = prs_mem_alloc(mem, (size_t)places->n_pages * sizeof(uint32_t));
    if (places->bases == NULL || places->pages == NULL) {
        prs_places_fini(places);
        return prs_error_nomem(err);
    }
    uint32_t base = 0, page = 0;
    for (uint32_t i = 0; i < n_docs; i++) {
        places->bases[i] = base;
        base += docs[i].span;
        for (; page < places->n_pages && ((uint64_t)page << places->shift) < base; page++) {
            places->pages[page] = i;
        }
    }
    for (; page < places->n_pages; page++) places->pages[page] = n_docs;
    places->bases[n_docs] = base;
    return PRISM_OK;
}

void prs_places_fini(prs_places *places) {
    prs_mem_free(places->mem, places->bases, ((size_t)places->n_docs + 1) * sizeof(uint32_t));
    prs_mem_free(places->mem, places->pages, (size_t)places->n_pages * sizeof(uint32_t));
    places->bases = places->pages = NULL;
}

/* ---- the transposition ----------------------------------------------------------------------- */

typedef struct transposer {
    const prs_transpose_input *in;
    prs_mem *mem;
    uint32_t n_lexicon;
    uint32_t *counts; /* by id: tokens */
    uint32_t *cursor; /* by id: next free place in this pass */
    uint32_t *sorted; /* ids in use, in order of keys */
    uint32_t n_sorted;
    uint32_t *places;
    size_t cap; /* room in places */
} transposer;

static prism_status begin(transposer *t, prism_error *err) {
    t->n_lexicon = prs_lexicon_count(t->in->lexicon);
    t->counts = prs_mem_calloc(t->mem, t->n_lexicon, sizeof(uint32_t));
    t->cursor = prs_mem_alloc(t->mem, (size_t)t->n_lexicon * sizeof(uint32_t));
    return t->counts == NULL || t->cursor == NULL ? prs_error_nomem(err) : PRISM_OK;
}

static void end(transposer *t) {
    prs_mem_free(t->mem, t->counts, (size_t)t->n_lexicon * sizeof(uint32_t));
    prs_mem_free(t->mem, t->cursor, (size_t)t->n_lexicon * sizeof(uint32_t));
    prs_mem_free(t->mem, t->sorted, (size_t)t->n_sorted * sizeof(uint32_t));
    prs_mem_free(t->mem, t->places, t->cap * sizeof(uint32_t));
}

static void count_tokens(transposer *t) {
    const uint32_t *ids = t->in->ids;
    for (uint32_t i = 0; i < t->in->n_ids; i++) {
        if (prs_stream_is_gap(ids[i])) {
            i++; /* the number that follows is no id */
        } else {
            t->counts[ids[i] & ~PRS_STREAM_STACKED]++;
        }
    }
}

static prism_status sort_terms(transposer *t, prism_error *err) {
    uint32_t n = 0;
    for (uint32_t id = 0; id < t->n_lexicon; id++) n += t->counts[id] != 0;
    t->sorted = prs_mem_alloc(t->mem, (size_t)n * sizeof(uint32_t));
    if (t->sorted == NULL) return prs_error_nomem(err);
    t->n_sorted = n;
    n = 0;
    for (uint32_t id = 0; id < t->n_lexicon; id++) {
        t->cursor[id] = NOT_NOW;
        if (t->counts[id] != 0) t->sorted[n++] = id;
    }
    return prs_term_sort(t->in->lexicon, t->sorted, n, t->mem, err);
}

/* Room for the scratch asked for, for the greatest term at least, for all tokens at most. */
static prism_status size_scratch(transposer *t, size_t scratch, prism_error *err) {
    size_t all = 0, greatest = 0;
    for (uint32_t i = 0; i < t->n_sorted; i++) {
        uint32_t n = t->counts[t->sorted[i]];
        all += n;
        greatest = PRS_MAX(greatest, n);
    }
    size_t tables = ((size_t)t->n_lexicon * 2 + t->n_sorted) * sizeof(uint32_t);
    size_t wanted = PRS_MAX(scratch / 4, scratch > tables ? scratch - tables : 0);
    wanted = PRS_MIN(wanted, t->mem->single_cap) / sizeof(uint32_t);
    t->cap = PRS_MIN(all, PRS_MAX(greatest, wanted));
    t->places = prs_mem_alloc(t->mem, t->cap * sizeof(uint32_t));
    return t->places == NULL ? prs_error_nomem(err) : PRISM_OK;
}

/* Hand out place ranges to the terms from `first` on until the scratch is full; returns the end. */
static uint32_t open_pass(transposer *t, uint32_t first) {
    size_t used = 0;
    uint32_t i = first;
    for (; i < t->n_sorted; i++) {
        uint32_t id = t->sorted[i];
        if (t->counts[id] > t->cap - used) break;
        t->cursor[id] = (uint32_t)used;
        used += t->counts[id];
    }
    return i;
}

static void scatter(transposer *t) {
    const prs_transpose_input *in = t->in;
    const uint32_t *ids = in->ids;
    uint32_t *cursor = t->cursor, *places = t->places;
    uint32_t base = 0;
    for (uint32_t e = 0; e < in->n_docs; e++) {
        uint32_t stop = e + 1 < in->n_docs ? in->docs[e + 1].start : in->n_ids;
        uint32_t place = base - 1; /* the first token is not stacked: it steps onto base */
        for (uint32_t i = in->docs[e].start; i < stop; i++) {
            uint32_t entry = ids[i];
            if (PRS_UNLIKELY(prs_stream_is_gap(entry))) {
                place += ids[++i];
                continue;
            }
            place += (entry >> 31) ^ 1u;
            uint32_t id = entry & ~PRS_STREAM_STACKED;
            uint32_t at = cursor[id];
            if (at == NOT_NOW) continue;
            places[at] = place;
            cursor[id] = at + 1;
        }
        base += in->docs[e].span;
    }
}

/* Terms of a pass in order of keys are random places in the lexicon: their keys are asked for AHEAD
 * at once, so that the memory works on all of them together. */
static prism_status hand_out(transposer *t, uint32_t first, uint32_t last, prs_transpose_fn each,
                             void *ctx, prism_error *err) {
    prs_transpose_term terms[AHEAD];
    while (first < last) {
        uint32_t n = PRS_MIN(last - first, AHEAD);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t id = t->sorted[first + i], count = t->counts[id];
            terms[i] = (prs_transpose_term){id, prs_lexicon_key(t->in->lexicon, id),
                                            t->places + (t->cursor[id] - count), count};
            __builtin_prefetch(terms[i].key.ptr);
            __builtin_prefetch(terms[i].places);
            t->cursor[id] = NOT_NOW;
        }
        for (uint32_t i = 0; i < n; i++) PRS_TRY(each(ctx, &terms[i], err));
        first += n;
    }
    return PRISM_OK;
}

prism_status prs_transpose_run(const prs_transpose_input *input, size_t scratch, prs_mem *mem,
                               prs_transpose_fn each, void *ctx, prism_error *err) {
    transposer t = {.in = input, .mem = mem};
    prism_status status;
    PRS_TRY_OUT(begin(&t, err));
    count_tokens(&t);
    PRS_TRY_OUT(sort_terms(&t, err));
    PRS_TRY_OUT(size_scratch(&t, scratch, err));
    for (uint32_t first = 0; first < t.n_sorted;) {
        uint32_t last = open_pass(&t, first);
        scatter(&t);
        PRS_TRY_OUT(hand_out(&t, first, last, each, ctx, err));
        first = last;
    }
out:
    end(&t);
    return status;
}
