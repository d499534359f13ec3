/* transpose.c - how does a stream in document order become posting lists, within a given memory?
 *
 * Structure   count tokens per id -> ids in use, sorted by key, each with its range in the places
 *             of all -> cut into passes whose places fit the scratch -> per pass: walk the stream,
 *             scatter what lies in the range of the pass
 *
 *   sorted terms   | aa ab ... | ca ...            | the ... |
 *   pass           0           1                    2
 *   cursor[id]     next free place of an id, counted through all passes
 *
 *             With helpers the documents are cut into slices, each with a cursor table of its own:
 *             a term's places are those of the first slice, then of the second ...
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
 * Tested by   tests/unit/invert/test_transpose.c (against a naive inversion, any scratch) */
#include "invert/transpose.h"

#include "base/error.h"
#include "invert/term_sort.h"

#define NOT_NOW UINT32_MAX
#define AHEAD 12u       /* terms between asking for a key and using it */
#define FETCH_PLACE 12u /* entries of the stream between asking for a place and writing it */
#define MIN_SLICE 4096u /* entries of the stream that are worth a task */

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

typedef struct transposer transposer;

typedef struct slice { /* documents that one worker walks */
    const transposer *t;
    prs_task task;
    uint32_t first, last; /* entries of documents */
    uint32_t base;        /* place of the first */
    uint32_t *cursor;     /* by id: tokens, then the place in `places` of its next one */
} slice;

struct transposer {
    const prs_transpose_input *in;
    prs_mem *mem;
    prs_pool *pool;
    uint32_t n_lexicon;
    slice *slices;
    uint32_t n_slices;
    uint32_t *sorted; /* ids in use, in order of keys */
    uint32_t *starts; /* n_sorted + 1: in all places of the field */
    uint32_t n_sorted;
    uint32_t *places;
    size_t cap; /* room in places */
    /* the pass: terms whose places begin from `from` on and end at `to` */
    uint32_t from, to;
};

/* More than one slice is worth its table where it takes little of the scratch. */
static uint32_t count_slices(const prs_transpose_input *in, size_t scratch, prs_pool *pool) {
    size_t table = (size_t)prs_lexicon_count(in->lexicon) * sizeof(uint32_t);
    size_t most = table == 0 ? 1 : scratch / 2 / table;
    uint32_t n = PRS_MIN(prs_pool_width(pool), in->n_ids / MIN_SLICE + 1);
    return (uint32_t)PRS_MAX(PRS_MIN((size_t)n, most), 1u);
}

/* Cut the documents where each slice has about as many entries of the stream. */
static void cut_slices(transposer *t) {
    const prs_transpose_input *in = t->in;
    uint32_t e = 0, base = 0;
    for (uint32_t s = 0; s < t->n_slices; s++) {
        uint64_t end = (uint64_t)in->n_ids * (s + 1) / t->n_slices;
        slice *cut = &t->slices[s];
        cut->t = t;
        cut->first = e;
        cut->base = base;
        while (e < in->n_docs && (s + 1 == t->n_slices || in->docs[e].start < end))
            base += in->docs[e++].span;
        cut->last = e;
    }
}

static prism_status begin(transposer *t, size_t scratch, prism_error *err) {
    t->n_lexicon = prs_lexicon_count(t->in->lexicon);
    t->n_slices = count_slices(t->in, scratch, t->pool);
    t->slices = prs_mem_calloc(t->mem, t->n_slices, sizeof *t->slices);
    if (t->slices == NULL) return prs_error_nomem(err);
    for (uint32_t s = 0; s < t->n_slices; s++) {
        t->slices[s].cursor = prs_mem_calloc(t->mem, t->n_lexicon, sizeof(uint32_t));
        if (t->slices[s].cursor == NULL) return prs_error_nomem(err);
    }
    cut_slices(t);
    return PRISM_OK;
}

static void end(transposer *t) {
    for (uint32_t s = 0; t->slices != NULL && s < t->n_slices; s++)
        prs_mem_free(t->mem, t->slices[s].cursor, (size_t)t->n_lexicon * sizeof(uint32_t));
    prs_mem_free(t->mem, t->slices, t->n_slices * sizeof *t->slices);
    prs_mem_free(t->mem, t->sorted, (size_t)t->n_sorted * sizeof(uint32_t));
    prs_mem_free(t->mem, t->starts, ((size_t)t->n_sorted + 1) * sizeof(uint32_t));
    prs_mem_free(t->mem, t->places, t->cap * sizeof(uint32_t));
}

/* Run a task for each slice, the first one here. */
static void run_slices(transposer *t, void (*run)(void *ctx, uint32_t worker)) {
    for (uint32_t s = 1; s < t->n_slices; s++) {
        t->slices[s].task.run = run;
        t->slices[s].task.ctx = &t->slices[s];
        prs_pool_submit(t->pool, &t->slices[s].task);
    }
    run(&t->slices[0], 0);
    for (uint32_t s = 1; s < t->n_slices; s++) prs_pool_wait(t->pool, &t->slices[s].task);
}

static uint32_t stream_end(const prs_transpose_input *in, uint32_t e) {
    return e < in->n_docs ? in->docs[e].start : in->n_ids;
}

static void count_tokens(void *ctx, uint32_t worker) {
    const slice *own = ctx;
    const prs_transpose_input *in = own->t->in;
    const uint32_t *ids = in->ids;
    uint32_t *counts = own->cursor, stop = stream_end(in, own->last);
    (void)worker;
    for (uint32_t i = stream_end(in, own->first); i < stop; i++) {
        if (prs_stream_is_gap(ids[i])) {
            i++; /* the number that follows is no id */
        } else {
            counts[ids[i] & ~PRS_STREAM_STACKED]++;
        }
    }
}

/* Ids in use, to `out` unless NULL; returns their number. */
static uint32_t list_used(const transposer *t, uint32_t *out) {
    const uint32_t *counts = t->slices[0].cursor;
    uint32_t n = 0;
    for (uint32_t id = 0; id < t->n_lexicon; id++) {
        bool used = counts[id] != 0;
        for (uint32_t s = 1; s < t->n_slices; s++) used |= t->slices[s].cursor[id] != 0;
        if (!used) continue;
        if (out != NULL) out[n] = id;
        n++;
    }
    return n;
}

/* Counts become the places where each slice begins with each term. */
static void hand_out_places(transposer *t) {
    uint32_t sum = 0, *first = t->slices[0].cursor;
    for (uint32_t i = 0; i < t->n_sorted; i++) {
        uint32_t id = t->sorted[i], in_first = first[id];
        t->starts[i] = sum;
        first[id] = sum;
        sum += in_first;
        for (uint32_t s = 1; s < t->n_slices; s++) {
            uint32_t *cursor = &t->slices[s].cursor[id], count = *cursor;
            *cursor = sum;
            sum += count;
        }
    }
    t->starts[t->n_sorted] = sum;
}

/* What is not in use needs no place: nothing in the stream asks for it. */
static prism_status sort_terms(transposer *t, prism_error *err) {
    uint32_t n = list_used(t, NULL);
    t->n_sorted = n;
    t->sorted = prs_mem_alloc(t->mem, (size_t)n * sizeof(uint32_t));
    t->starts = prs_mem_alloc(t->mem, ((size_t)n + 1) * sizeof(uint32_t));
    if (t->sorted == NULL || t->starts == NULL) return prs_error_nomem(err);
    (void)list_used(t, t->sorted);
    PRS_TRY(prs_term_sort(t->in->lexicon, t->sorted, n, t->mem, err));
    hand_out_places(t);
    return PRISM_OK;
}

/* Room for the scratch asked for, for the greatest term at least, for all tokens at most. */
static prism_status size_scratch(transposer *t, size_t scratch, prism_error *err) {
    size_t all = t->starts[t->n_sorted], greatest = 0;
    for (uint32_t i = 0; i < t->n_sorted; i++)
        greatest = PRS_MAX(greatest, t->starts[i + 1] - t->starts[i]);
    size_t tables =
        ((size_t)t->n_lexicon * t->n_slices + 2 * (size_t)t->n_sorted) * sizeof(uint32_t);
    size_t wanted = PRS_MAX(scratch / 4, scratch > tables ? scratch - tables : 0);
    wanted = PRS_MIN(wanted, atomic_load(&t->mem->single_cap)) / sizeof(uint32_t);
    t->cap = PRS_MIN(all, PRS_MAX(greatest, wanted));
    t->places = prs_mem_alloc(t->mem, t->cap * sizeof(uint32_t));
    return t->places == NULL ? prs_error_nomem(err) : PRISM_OK;
}

/* The pass takes terms from `first` on until the scratch is full; returns the end. */
static uint32_t open_pass(transposer *t, uint32_t first) {
    uint32_t last = first;
    t->from = t->starts[first];
    while (last < t->n_sorted && t->starts[last + 1] - t->from <= t->cap) last++;
    t->to = t->starts[last];
    return last;
}

/* The cursors of its last term stand where the next pass begins: its tokens would come again. */
static void close_pass(transposer *t, uint32_t last) {
    for (uint32_t s = 0; s < t->n_slices; s++) t->slices[s].cursor[t->sorted[last - 1]] = 0;
}

/* The next place of an id that comes soon.  What is no id, but the number behind a gap, may be
 * above them all. */
static inline void fetch_place(const transposer *t, const uint32_t *cursor, uint32_t entry) {
    uint32_t id = entry & ~PRS_STREAM_STACKED;
    if (PRS_LIKELY(id < t->n_lexicon)) __builtin_prefetch(t->places + (cursor[id] - t->from));
}

static void scatter(void *ctx, uint32_t worker) {
    const slice *own = ctx;
    const transposer *t = own->t;
    const prs_transpose_input *in = t->in;
    const uint32_t *ids = in->ids;
    uint32_t *cursor = own->cursor, *places = t->places;
    uint32_t base = own->base, from = t->from, n = t->to - t->from;
    uint32_t last = stream_end(in, own->last), ahead = last - PRS_MIN(last, FETCH_PLACE);
    (void)worker;
    for (uint32_t e = own->first; e < own->last; e++) {
        uint32_t stop = stream_end(in, e + 1);
        uint32_t place = base - 1; /* the first token is not stacked: it steps onto base */
        for (uint32_t i = in->docs[e].start; i < stop; i++) {
            uint32_t entry = ids[i];
            if (i < ahead) fetch_place(t, cursor, ids[i + FETCH_PLACE]);
            if (PRS_UNLIKELY(prs_stream_is_gap(entry))) {
                place += ids[++i];
                continue;
            }
            place += (entry >> 31) ^ 1u;
            uint32_t id = entry & ~PRS_STREAM_STACKED;
            uint32_t at = cursor[id] - from;
            if (at >= n) continue; /* of another pass */
            places[at] = place;
            cursor[id]++;
        }
        base += in->docs[e].span;
    }
}

/* Terms of a pass in order of keys are random places in the lexicon: where their keys are, and the
 * keys, are asked for ahead, so that the memory works on many of them together. */
prism_status prs_transpose_terms(const prs_transpose_pass *pass, uint32_t first, uint32_t last,
                                 prs_transpose_fn each, void *ctx, prism_error *err) {
    const prs_bytes *keys = prs_lexicon_keys(pass->lexicon);
    for (uint32_t i = first; i < last; i++) {
        if (last - i > 2 * AHEAD) __builtin_prefetch(&keys[pass->ids[i + 2 * AHEAD]]);
        if (last - i > AHEAD) __builtin_prefetch(keys[pass->ids[i + AHEAD]].ptr);
        uint32_t id = pass->ids[i], start = pass->starts[i];
        prs_transpose_term term = {id, keys[id], pass->places + (start - pass->starts[0]),
                                   pass->starts[i + 1] - start};
        PRS_TRY(each(ctx, &term, err));
    }
    return PRISM_OK;
}

prism_status prs_transpose_passes(const prs_transpose_input *input, size_t scratch, prs_pool *pool,
                                  prs_mem *mem, prs_transpose_pass_fn each, void *ctx,
                                  prism_error *err) {
    transposer t = {.in = input, .mem = mem, .pool = pool};
    prism_status status;
    PRS_TRY_OUT(begin(&t, scratch, err));
    run_slices(&t, count_tokens);
    PRS_TRY_OUT(sort_terms(&t, err));
    PRS_TRY_OUT(size_scratch(&t, scratch, err));
    for (uint32_t first = 0; first < t.n_sorted;) {
        uint32_t last = open_pass(&t, first);
        run_slices(&t, scatter);
        prs_transpose_pass pass = {input->lexicon, t.sorted + first, t.starts + first, t.places,
                                   last - first};
        PRS_TRY_OUT(each(ctx, &pass, err));
        close_pass(&t, last);
        first = last;
    }
out:
    end(&t);
    return status;
}

/* ---- a term at a time ------------------------------------------------------------------------ */

typedef struct single {
    prs_transpose_fn each;
    void *ctx;
} single;

static prism_status hand_out(void *ctx, const prs_transpose_pass *pass, prism_error *err) {
    const single *to = ctx;
    return prs_transpose_terms(pass, 0, pass->n, to->each, to->ctx, err);
}

prism_status prs_transpose_run(const prs_transpose_input *input, size_t scratch, prs_mem *mem,
                               prs_transpose_fn each, void *ctx, prism_error *err) {
    single to = {each, ctx};
    return prs_transpose_passes(input, scratch, NULL, mem, hand_out, &to, err);
}
