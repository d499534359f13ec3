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
#include "invert/char_counts.h"
#include "invert/term_sort.h"

#define NOT_NOW UINT32_MAX
#define AHEAD 12u       /* terms between asking for a key and using it */
#define FETCH_PLACE 16u /* entries of the stream between asking for a place and writing it */
#define FETCH_NEXT 24u  /* and before that, between asking for a cursor and reading it */
#define MANY_PAIRS 4u   /* more than one term of so many a pair: the text is mostly characters */
#define MIN_SLICE 4096u /* entries of the stream that are worth a task */

/* ---- places -> documents --------------------------------------------------------------------- */

prism_status prs_places_init(prs_places *places, const prs_stream_doc *docs, uint32_t n_docs,
                             prs_mem *mem, prism_error *err) {
    *places = (prs_places){.mem = mem, .docs = docs, .n_docs = n_docs};
    uint64_t total = 0;
    for (uint32_t i = 0; i < n_docs; i++) total += docs[i].span;
    PRS_ASSERT(total < NOT_NOW);
    uint32_t mean = (uint32_t)(total / PRS_MAX(n_docs, 1u));
    places->shift = mean > 7 ? prs_bit_width32(mean) - 3 : 0;
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
    uint32_t first, last;  /* entries of documents */
    uint32_t base;         /* place of the first */
    uint32_t *cursor;      /* by id: tokens, then the place in `places` of its next one */
    prs_char_count *chars; /* by number of a character; the first is none */
} slice;

struct transposer {
    const prs_transpose_input *in;
    prs_mem *mem;
    prs_pool *pool;
    uint32_t n_lexicon;
    uint32_t stride;    /* numbers of a cursor: 2 where it tells a character, too */
    uint32_t freq_bits; /* of lists of characters, 0 = there are none */
    uint32_t n_chars;
    uint32_t *char_ids; /* by number */
    uint8_t *tells;     /* by document: does any of its terms tell a character?  NULL = none does */
    uint32_t *tags;     /* with a stride of 1: by id, the character that a term tells */
    slice *slices;
    uint32_t n_slices;
    uint32_t *sorted; /* ids in use, in order of keys */
    uint64_t *heads;  /* of their keys; NULL where the scratch is short */
    uint32_t *starts; /* n_sorted + 1: in all places of the field */
    uint32_t n_sorted;
    uint32_t *places;
    size_t cap; /* room in places */
    /* the pass: terms whose places begin from `from` on and end at `to` */
    uint32_t from, to;
};

static size_t cursor_bytes(const transposer *t) {
    return (size_t)t->n_lexicon * t->stride * sizeof(uint32_t);
}

/* More than one slice is worth its table where it takes little of the scratch. */
static uint32_t count_slices(const transposer *t, size_t scratch) {
    size_t table = cursor_bytes(t), most = table == 0 ? 1 : scratch / 2 / table;
    uint32_t n = PRS_MIN(prs_pool_width(t->pool), t->in->n_ids / MIN_SLICE + 1);
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

/* Number the HAN1 of the lexicon, from 1 on, and see how many terms are pairs. */
static prism_status number_chars(transposer *t, prism_error *err) {
    const prs_bytes *keys = prs_lexicon_keys(t->in->lexicon);
    uint32_t n_kinds[256] = {0}, n = 1;
    for (uint32_t id = 0; id < t->n_lexicon; id++) n_kinds[keys[id].ptr[0]]++;
    t->n_chars = 1 + n_kinds[PRS_KIND_HAN1];
    t->stride = n_kinds[PRS_KIND_HAN2] > t->n_lexicon / MANY_PAIRS ? 2 : 1;
    t->freq_bits = t->n_chars > 1 ? prs_char_freq_bits(t->in->n_docs) : 0;
    if (t->n_chars == 1) return PRISM_OK;
    t->char_ids = prs_mem_alloc(t->mem, t->n_chars * sizeof(uint32_t));
    if (t->stride == 1) t->tags = prs_mem_calloc(t->mem, t->n_lexicon, sizeof(uint32_t));
    t->tells = prs_mem_alloc(t->mem, t->in->n_docs);
    if (t->tells == NULL || t->char_ids == NULL || (t->stride == 1 && t->tags == NULL))
        return prs_error_nomem(err);
    for (uint32_t id = 0; id < t->n_lexicon; id++) {
        if (keys[id].ptr[0] == PRS_KIND_HAN1) t->char_ids[n++] = id;
    }
    return PRISM_OK;
}

/* Beside the cursor of each term, or by its id, the number of the character that it tells. */
static void mark_chars(transposer *t) {
    const prs_lexicon *lexicon = t->in->lexicon;
    uint32_t *first = t->slices[0].cursor, *tags = t->stride == 2 ? first + 1 : t->tags;
    for (uint32_t n = 1; n < t->n_chars; n++)
        tags[(size_t)t->char_ids[n] * t->stride] = n | PRS_CHAR_ONLY;
    for (uint32_t id = 0; t->n_chars > 1 && id < t->n_lexicon; id++) {
        uint32_t c = prs_lexicon_char_of(lexicon, id);
        if (c == UINT32_MAX) continue;
        tags[(size_t)id * t->stride] = tags[(size_t)c * t->stride] & ~PRS_CHAR_ONLY;
    }
    for (uint32_t s = 1; s < t->n_slices; s++) memcpy(t->slices[s].cursor, first, cursor_bytes(t));
}

static prism_status make_tables(transposer *t, slice *own, prism_error *err) {
    own->cursor = prs_mem_calloc(t->mem, cursor_bytes(t), 1);
    own->chars = prs_mem_calloc(t->mem, t->n_chars, sizeof *own->chars);
    if (own->cursor == NULL || own->chars == NULL) return prs_error_nomem(err);
    for (uint32_t n = 1; n < t->n_chars; n++) own->chars[n].entry = UINT32_MAX;
    return PRISM_OK;
}

static prism_status begin(transposer *t, size_t scratch, prism_error *err) {
    t->n_lexicon = prs_lexicon_count(t->in->lexicon);
    t->stride = t->n_chars = 1;
    if (prs_lexicon_leaves_chars(t->in->lexicon)) PRS_TRY(number_chars(t, err));
    t->n_slices = count_slices(t, scratch);
    t->slices = prs_mem_calloc(t->mem, t->n_slices, sizeof *t->slices);
    if (t->slices == NULL) return prs_error_nomem(err);
    for (uint32_t s = 0; s < t->n_slices; s++) PRS_TRY(make_tables(t, &t->slices[s], err));
    cut_slices(t);
    mark_chars(t);
    return PRISM_OK;
}

static void end(transposer *t) {
    for (uint32_t s = 0; t->slices != NULL && s < t->n_slices; s++) {
        prs_mem_free(t->mem, t->slices[s].cursor, cursor_bytes(t));
        prs_mem_free(t->mem, t->slices[s].chars, t->n_chars * sizeof(prs_char_count));
    }
    prs_mem_free(t->mem, t->char_ids, t->n_chars * sizeof(uint32_t));
    prs_mem_free(t->mem, t->tells, t->in->n_docs);
    prs_mem_free(t->mem, t->tags, (size_t)t->n_lexicon * sizeof(uint32_t));
    prs_mem_free(t->mem, t->slices, t->n_slices * sizeof *t->slices);
    prs_mem_free(t->mem, t->sorted, (size_t)t->n_sorted * sizeof(uint32_t));
    prs_mem_free(t->mem, t->heads, t->n_sorted * sizeof *t->heads);
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

/* The cursor of an id that comes later. */
static inline void fetch_cursor(const uint32_t *cursor, uint32_t stride, uint32_t entry) {
    __builtin_prefetch(&cursor[(size_t)(entry & PRS_STREAM_ID) * stride]);
}

/* What character a term tells of, or is. */
static inline uint32_t char_tag(const transposer *t, const uint32_t *cursor, uint32_t stride,
                                uint32_t id) {
    return stride == 2 ? cursor[2 * (size_t)id + 1] : t->tags[id];
}

__attribute__((always_inline)) static inline void count_by(const slice *own, uint32_t stride) {
    const transposer *t = own->t;
    const uint32_t *ids = t->in->ids;
    uint32_t *counts = own->cursor;
    uint32_t last = stream_end(t->in, own->last), ahead = last - PRS_MIN(last, FETCH_NEXT);
    for (uint32_t e = own->first; e < own->last; e++) {
        uint32_t stop = stream_end(t->in, e + 1), seen = 0;
        for (uint32_t i = t->in->docs[e].start; i < stop; i++) {
            if (PRS_UNLIKELY(prs_stream_is_gap(ids[i]))) {
                i++; /* the number that follows is no id */
                continue;
            }
            seen |= ids[i];
            if (stride == 2 && i < ahead) fetch_cursor(counts, 2, ids[i + FETCH_NEXT]);
            uint32_t id = ids[i] & PRS_STREAM_ID;
            if ((ids[i] & PRS_STREAM_TELLS) != 0) {
                uint32_t tag = char_tag(t, counts, stride, id);
                prs_char_count *c = &own->chars[tag & ~PRS_CHAR_ONLY];
                prs_char_add(c, e, prs_char_begins(c, e, t->freq_bits));
                if ((tag & PRS_CHAR_ONLY) != 0) continue;
            }
            counts[(size_t)id * stride]++;
        }
        if (t->tells != NULL) t->tells[e] = (seen & PRS_STREAM_TELLS) != 0;
    }
    for (uint32_t n = 1; n < t->n_chars; n++) {
        counts[(size_t)t->char_ids[n] * stride] = own->chars[n].at;
        own->chars[n].entry = UINT32_MAX;
    }
}

static void count_tokens(void *ctx, uint32_t worker) {
    const slice *own = ctx;
    (void)worker;
    own->t->stride == 1 ? count_by(own, 1) : count_by(own, 2);
}

/* Ids in use, to `out` unless NULL; returns their number. */
static uint32_t list_used(const transposer *t, uint32_t *out) {
    uint32_t n = 0;
    for (uint32_t id = 0; id < t->n_lexicon; id++) {
        size_t at = (size_t)id * t->stride;
        bool used = t->slices[0].cursor[at] != 0;
        for (uint32_t s = 1; s < t->n_slices; s++) used |= t->slices[s].cursor[at] != 0;
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
        size_t at = (size_t)t->sorted[i] * t->stride;
        uint32_t in_first = first[at];
        t->starts[i] = sum;
        first[at] = sum;
        sum += in_first;
        for (uint32_t s = 1; s < t->n_slices; s++) {
            uint32_t *cursor = &t->slices[s].cursor[at], count = *cursor;
            *cursor = sum;
            sum += count;
        }
    }
    t->starts[t->n_sorted] = sum;
    for (uint32_t s = 0; s < t->n_slices; s++) {
        for (uint32_t n = 1; n < t->n_chars; n++)
            t->slices[s].chars[n].at = t->slices[s].cursor[(size_t)t->char_ids[n] * t->stride] - 1;
    }
}

/* What is not in use needs no place: nothing in the stream asks for it. */
static prism_status sort_terms(transposer *t, size_t scratch, prism_error *err) {
    uint32_t n = list_used(t, NULL);
    t->n_sorted = n;
    t->sorted = prs_mem_alloc(t->mem, (size_t)n * sizeof(uint32_t));
    t->starts = prs_mem_alloc(t->mem, ((size_t)n + 1) * sizeof(uint32_t));
    if (t->sorted == NULL || t->starts == NULL) return prs_error_nomem(err);
    (void)list_used(t, t->sorted);
    if (n < scratch / 4 / sizeof *t->heads) {
        t->heads = prs_mem_alloc(t->mem, (size_t)n * sizeof *t->heads);
        if (t->heads == NULL) return prs_error_nomem(err);
    }
    PRS_TRY(prs_term_sort(t->in->lexicon, t->sorted, n, t->heads, t->mem, err));
    hand_out_places(t);
    return PRISM_OK;
}

/* Room for the scratch asked for, for the greatest term at least, for all tokens at most. */
static prism_status size_scratch(transposer *t, size_t scratch, prism_error *err) {
    size_t all = t->starts[t->n_sorted], greatest = 0;
    for (uint32_t i = 0; i < t->n_sorted; i++)
        greatest = PRS_MAX(greatest, t->starts[i + 1] - t->starts[i]);
    size_t chars = t->n_chars * sizeof(prs_char_count);
    size_t tables =
        (cursor_bytes(t) + chars) * t->n_slices +
        (size_t)t->n_sorted * (2 * sizeof(uint32_t) + (t->heads != NULL ? sizeof *t->heads : 0)) +
        (t->tags != NULL ? (size_t)t->n_lexicon * sizeof *t->tags : 0);
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
    uint32_t id = t->sorted[last - 1];
    for (uint32_t s = 0; s < t->n_slices; s++) {
        slice *own = &t->slices[s];
        uint32_t tag = t->n_chars > 1 ? char_tag(t, own->cursor, t->stride, id) : 0;
        if ((tag & PRS_CHAR_ONLY) != 0) own->chars[tag & ~PRS_CHAR_ONLY].at = NOT_NOW - 1;
        own->cursor[(size_t)id * t->stride] = 0;
    }
}

/* One more of a character in document e, if it is of this pass. */
static void scatter_char(const transposer *t, prs_char_count *c, uint32_t e) {
    bool begins = prs_char_begins(c, e, t->freq_bits);
    uint32_t at = c->at + begins - t->from;
    if (at >= t->to - t->from) return;
    prs_char_add(c, e, begins);
    t->places[at] = e << t->freq_bits | (c->freq - 1);
}

/* The entries [ids, stop) of document e, whose places begin at `base`.  Entries are asked for ahead
 * as far as the stream goes, at `end`.  What is no id, but the number behind a gap, may be above
 * all ids. */
__attribute__((always_inline)) static inline void scatter_doc(const slice *own, uint32_t e,
                                                              uint32_t base, uint32_t stride,
                                                              bool tells, const uint32_t *end) {
    const transposer *t = own->t;
    const uint32_t *ids = t->in->ids + t->in->docs[e].start,
                   *stop = t->in->ids + stream_end(t->in, e + 1);
    uint32_t *cursor = own->cursor, *places = t->places, from = t->from, n = t->to - from;
    uint32_t place = base - 1; /* the first token is not stacked: it steps onto base */
    for (; ids < stop; ids++) {
        uint32_t entry = *ids;
        if (PRS_LIKELY(ids < end)) {
            uint32_t soon = ids[FETCH_PLACE] & PRS_STREAM_ID;
            if (stride == 2) fetch_cursor(cursor, 2, ids[FETCH_PLACE + FETCH_NEXT]);
            if (PRS_LIKELY(soon < t->n_lexicon))
                __builtin_prefetch(places + (cursor[(size_t)soon * stride] - from));
        }
        if (PRS_UNLIKELY(prs_stream_is_gap(entry))) {
            place += *++ids;
            continue;
        }
        place += (entry >> 31) ^ 1u;
        uint32_t *next = &cursor[(size_t)(entry & PRS_STREAM_ID) * stride];
        if (tells && (entry & PRS_STREAM_TELLS) != 0) {
            uint32_t tag = char_tag(t, cursor, stride, entry & PRS_STREAM_ID);
            scatter_char(t, &own->chars[tag & ~PRS_CHAR_ONLY], e);
            if ((tag & PRS_CHAR_ONLY) != 0) continue;
        }
        uint32_t at = *next - from;
        if (at >= n) continue; /* of another pass */
        places[at] = place;
        ++*next;
    }
}

__attribute__((always_inline)) static inline void scatter_by(const slice *own, uint32_t stride) {
    const prs_transpose_input *in = own->t->in;
    uint32_t ahead = FETCH_PLACE + (stride == 2 ? FETCH_NEXT : 0), base = own->base;
    uint32_t last = stream_end(in, own->last);
    const uint32_t *end = in->ids + (last - PRS_MIN(last, ahead));
    for (uint32_t e = own->first; e < own->last; e++) {
        if (stride == 2 || (own->t->tells != NULL && own->t->tells[e] != 0))
            scatter_doc(own, e, base, stride, true, end);
        else
            scatter_doc(own, e, base, stride, false, end);
        base += in->docs[e].span;
    }
}

static void scatter(void *ctx, uint32_t worker) {
    const slice *own = ctx;
    (void)worker;
    own->t->stride == 1 ? scatter_by(own, 1) : scatter_by(own, 2);
}

prs_bytes prs_transpose_key(const prs_transpose_pass *pass, uint32_t i, uint8_t room[8]) {
    uint64_t head = pass->heads != NULL ? pass->heads[i] : 0;
    return head != 0 ? prs_term_head_key(head, room)
                     : prs_lexicon_keys(pass->lexicon)[pass->ids[i]];
}

/* Terms of a pass in order of keys are random places in the lexicon: where the keys are that have
 * no head, and then those keys, are asked for ahead, so that the memory works on many of them
 * together.  Inlined by force: the compiler takes a function that only prefetches for one that
 * does nothing, and leaves out its calls. */
__attribute__((always_inline)) static inline void
fetch_key(const prs_transpose_pass *pass, const prs_bytes *keys, uint32_t i, bool bytes) {
    if (pass->heads != NULL && pass->heads[i] != 0) return;
    const prs_bytes *key = &keys[pass->ids[i]];
    __builtin_prefetch(bytes ? (const void *)key->ptr : key);
}

prism_status prs_transpose_terms(const prs_transpose_pass *pass, uint32_t first, uint32_t last,
                                 prs_transpose_fn each, void *ctx, prism_error *err) {
    const prs_bytes *keys = prs_lexicon_keys(pass->lexicon);
    for (uint32_t i = first; i < last; i++) {
        uint8_t room[8];
        if (last - i > 2 * AHEAD) fetch_key(pass, keys, i + 2 * AHEAD, false);
        if (last - i > AHEAD) fetch_key(pass, keys, i + AHEAD, true);
        uint32_t start = pass->starts[i];
        prs_transpose_term term = {pass->ids[i], prs_transpose_key(pass, i, room),
                                   pass->places + (start - pass->starts[0]),
                                   pass->starts[i + 1] - start, 0};
        if (term.key.ptr[0] == PRS_KIND_HAN1) term.freq_bits = pass->freq_bits;
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
    PRS_TRY_OUT(sort_terms(&t, scratch, err));
    PRS_TRY_OUT(size_scratch(&t, scratch, err));
    for (uint32_t first = 0; first < t.n_sorted;) {
        uint32_t last = open_pass(&t, first);
        run_slices(&t, scatter);
        prs_transpose_pass pass = {
            input->lexicon,   t.sorted + first, t.heads == NULL ? NULL : t.heads + first,
            t.starts + first, t.places,         last - first,
            t.freq_bits};
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
