/* keys_join.c - how do tables of keys become one without sorting, hashing or holding a key?
 *
 * Structure   in document order    key offsets; at the end the key bytes
 *             in hash order        buckets, hashes, documents: for each of the three a walk over
 *                                  the sorted entries of all inputs
 * Invariants  - Every walk tells the same entries, as many as there are documents: what an input
 *               says is looked at anew each time, and a number that does not fit is an error.
 *             - Entries of one hash go out by key and new number, however many inputs have it:
 *               they alone are gathered.
 * Why so      The parts of the section lie behind one another, so either two of them wait in memory
 *             (12 bytes a document) or the inputs are walked three times: 8 bytes a document, read
 *             in order.
 * Cost        about 100 ns a document; memory 16 bytes an input and what is written at a time.
 * Source      FORMAT.md section 11.   Tested by tests/unit/format/test_keys_join.c */
#include "format/keys_join.h"

#include "base/error.h"
#include "base/heap.h"
#include "base/sort.h"
#include "base/vec.h"

enum { PIECE = 8192, POLL = 1024 };

/* Numbers on their way to the section. */
typedef struct piece {
    prs_out *out;
    size_t len;
    uint8_t bytes[PIECE + 8];
} piece;

static void flush(piece *p) {
    prs_out_write(p->out, p->bytes, p->len);
    p->len = 0;
}

static inline void put(piece *p, uint64_t v, uint32_t width) {
    prs_store64(p->bytes + p->len, v);
    p->len += width;
    if (PRS_UNLIKELY(p->len >= PIECE)) flush(p);
}

/* ---- in document order ----------------------------------------------------------------------- */

typedef prism_status (*key_fn)(piece *p, prs_bytes key, void *ctx);

static prism_status each_key(const prs_keys_join *j, piece *p, key_fn fn, void *ctx,
                             prism_error *err) {
    prs_join_step step = {0};
    uint32_t n = 0;
    for (; j->next(j->ctx, &step); n++) {
        prs_bytes key;
        if (n % POLL == 0) PRS_TRY(j->poll(j->ctx, POLL, err));
        PRS_TRY(prs_keys_get(j->inputs[step.input], step.doc, &key, err));
        PRS_TRY(fn(p, key, ctx));
    }
    if (n == j->n_docs) return PRISM_OK;
    return prs_error_set(err, PRISM_EINVAL, "not one key per document");
}

static prism_status add_len(piece *p, prs_bytes key, void *ctx) {
    uint64_t *sum = ctx;
    (void)p;
    *sum += key.len;
    return PRISM_OK;
}

typedef struct offsets {
    uint64_t next;
    uint32_t width;
} offsets;

static prism_status put_offset(piece *p, prs_bytes key, void *ctx) {
    offsets *o = ctx;
    put(p, o->next, o->width);
    o->next += key.len;
    return PRISM_OK;
}

static prism_status put_key(piece *p, prs_bytes key, void *ctx) {
    (void)ctx;
    if (p->len + key.len > PIECE) flush(p);
    if (key.len > PIECE) {
        prs_out_write(p->out, key.ptr, key.len);
    } else if (key.len > 0) {
        memcpy(p->bytes + p->len, key.ptr, key.len);
        p->len += key.len;
    }
    return PRISM_OK;
}

/* ---- in hash order --------------------------------------------------------------------------- */

typedef struct entry {
    uint64_t hash;
    uint32_t doc;         /* new number */
    uint32_t input, from; /* document of the input */
} entry;

static bool entry_before(const entry *a, const entry *b) {
    return a->hash != b->hash ? a->hash < b->hash : a->doc < b->doc;
}

PRS_HEAP_DEFINE(entry_heap, entry, entry_before)

/* An entry of those that have one hash, with its key. */
typedef struct same_hash {
    entry e;
    prs_bytes key;
} same_hash;

#define KEY_BEFORE(ctx, a, b)                                                                      \
    ((void)(ctx), prs_bytes_compare((a)->key, (b)->key) != 0                                       \
                      ? prs_bytes_compare((a)->key, (b)->key) < 0                                  \
                      : (a)->e.doc < (b)->e.doc)
PRS_SORT_DEFINE(sort_same, same_hash, KEY_BEFORE)
PRS_VEC_DEFINE(same_vec, same_hash)

typedef struct walk {
    const prs_keys_join *join;
    uint32_t *next; /* by input: its next entry */
    entry *heap;
    size_t n;
    same_vec same, scratch;
} walk;

/* Touched so many entries at a time. */
static prism_status touch(const prs_keys *k, uint32_t at, prism_error *err) {
    uint64_t n = PRS_MIN((uint32_t)POLL, k->n_docs - at);
    PRS_TRY(prs_in_touch(&k->section, k->hashes + 8 * (uint64_t)at, 8 * n, err));
    return prs_in_touch(&k->section, k->docs + 4 * (uint64_t)at, 4 * n, err);
}

static prism_status corrupt(const prs_keys *k, uint64_t off, prism_error *err, const char *what) {
    return prs_section_corrupt(&k->section, k->section.ptr + off, err, what);
}

/* The next entry of an input that is in the result, to *e; false behind the last.  None has a hash
 * below that of `before`, the one that was told last of this input. */
static prism_status find_next(walk *w, uint32_t input, uint64_t before, entry *e, bool *found,
                              prism_error *err) {
    const prs_keys_join *j = w->join;
    const prs_keys *k = j->inputs[input];
    *found = false;
    while (w->next[input] < k->n_docs && !*found) {
        uint32_t at = w->next[input]++;
        if (at % POLL == 0) {
            PRS_TRY(touch(k, at, err));
            PRS_TRY(j->poll(j->ctx, POLL, err));
        }
        uint64_t doc_off = k->docs + 4 * (uint64_t)at, hash_off = k->hashes + 8 * (uint64_t)at;
        uint32_t doc = prs_load32(k->section.ptr + doc_off);
        *e = (entry){prs_load64(k->section.ptr + hash_off), 0, input, doc};
        if (doc >= k->n_docs) return corrupt(k, doc_off, err, "a wrong document of a key");
        if (e->hash < before) return corrupt(k, hash_off, err, "hashes of keys do not ascend");
        e->doc = j->number(j->ctx, input, doc);
        *found = e->doc != PRS_KEYS_GONE;
    }
    return PRISM_OK;
}

static prism_status begin_walk(walk *w, prism_error *err) {
    w->n = 0;
    for (uint32_t i = 0; i < w->join->n_inputs; i++) {
        entry e;
        bool found;
        w->next[i] = 0;
        PRS_TRY(find_next(w, i, 0, &e, &found, err));
        if (found) entry_heap_push(w->heap, &w->n, e);
    }
    return PRISM_OK;
}

/* The least entry; there is one. */
static prism_status take(walk *w, entry *e, prism_error *err) {
    bool found;
    *e = w->heap[0];
    PRS_TRY(find_next(w, e->input, e->hash, &w->heap[0], &found, err));
    if (!found) w->heap[0] = w->heap[--w->n];
    if (w->n > 0) entry_heap_down(w->heap, w->n);
    return PRISM_OK;
}

typedef void (*entry_fn)(piece *p, const entry *e, void *ctx);

/* Add an entry to those of its hash. */
static prism_status add_same(walk *w, const entry *e, prism_error *err) {
    same_hash *same = same_vec_extend(&w->same, 1);
    if (same == NULL) return prs_error_nomem(err);
    same->e = *e;
    return prs_keys_get(w->join->inputs[e->input], e->from, &same->key, err);
}

/* Tell the entries of e's hash, which others have too, by key and number. */
static prism_status tell_same(walk *w, const entry *e, piece *p, entry_fn fn, void *ctx,
                              uint32_t *n, prism_error *err) {
    same_vec_clear(&w->same);
    PRS_TRY(add_same(w, e, err));
    while (w->n > 0 && w->heap[0].hash == e->hash) {
        entry other;
        PRS_TRY(take(w, &other, err));
        PRS_TRY(add_same(w, &other, err));
    }
    same_vec_clear(&w->scratch);
    same_hash *scratch = same_vec_extend(&w->scratch, w->same.n);
    if (scratch == NULL) return prs_error_nomem(err);
    sort_same(w->same.ptr, scratch, w->same.n, NULL);
    for (size_t i = 0; i < w->same.n; i++) fn(p, &w->same.ptr[i].e, ctx);
    *n += (uint32_t)w->same.n - 1;
    return PRISM_OK;
}

static prism_status each_entry(walk *w, piece *p, entry_fn fn, void *ctx, prism_error *err) {
    uint32_t n = 0;
    PRS_TRY(begin_walk(w, err));
    for (; w->n > 0 && n < w->join->n_docs; n++) {
        entry e;
        PRS_TRY(take(w, &e, err));
        if (w->n > 0 && w->heap[0].hash == e.hash) {
            PRS_TRY(tell_same(w, &e, p, fn, ctx, &n, err));
        } else {
            fn(p, &e, ctx);
        }
    }
    if (n == w->join->n_docs && w->n == 0) return PRISM_OK;
    return corrupt(w->join->inputs[0], 0, err, "keys do not name each document once");
}

typedef struct buckets {
    uint32_t log2, n_entries; /* so far */
    uint64_t next;            /* bucket whose first entry is not told yet */
} buckets;

static void put_buckets(piece *p, const entry *e, void *ctx) {
    buckets *b = ctx;
    uint64_t bucket = b->log2 == 0 ? 0 : e->hash >> (64 - b->log2);
    for (; b->next <= bucket; b->next++) put(p, b->n_entries, 4);
    b->n_entries++;
}

static void put_hash(piece *p, const entry *e, void *ctx) {
    (void)ctx;
    put(p, e->hash, 8);
}

static void put_doc(piece *p, const entry *e, void *ctx) {
    (void)ctx;
    put(p, e->doc, 4);
}

/* ---- the section ----------------------------------------------------------------------------- */

static void align(piece *p) {
    flush(p);
    prs_out_align(p->out, 8);
}

/* Bytes of all keys: no more than the inputs have, or some overlap. */
static prism_status measure(const prs_keys_join *j, piece *p, uint64_t *bytes_len,
                            prism_error *err) {
    uint64_t most = 0;
    *bytes_len = 0;
    for (uint32_t i = 0; i < j->n_inputs; i++) most += j->inputs[i]->bytes_len;
    PRS_TRY(each_key(j, p, add_len, bytes_len, err));
    if (*bytes_len <= most) return PRISM_OK;
    return corrupt(j->inputs[0], 0, err, "keys overlap");
}

static prism_status write_parts(const prs_keys_join *j, walk *w, piece *p, prism_error *err) {
    uint64_t bytes_len;
    uint32_t bits = prs_bit_width32(j->n_docs);
    buckets b = {.log2 = bits > 2 ? bits - 2 : 0};
    PRS_TRY(measure(j, p, &bytes_len, err));
    offsets o = {0, bytes_len <= UINT32_MAX ? 4 : 8};
    put(p, j->n_docs, 4);
    put(p, b.log2, 1);
    put(p, o.width, 3);
    PRS_TRY(each_key(j, p, put_offset, &o, err));
    put(p, o.next, o.width);
    align(p);
    PRS_TRY(each_entry(w, p, put_buckets, &b, err));
    for (; b.next <= UINT64_C(1) << b.log2; b.next++) put(p, j->n_docs, 4);
    align(p);
    PRS_TRY(each_entry(w, p, put_hash, NULL, err));
    PRS_TRY(each_entry(w, p, put_doc, NULL, err));
    PRS_TRY(each_key(j, p, put_key, NULL, err));
    flush(p);
    return prs_out_status(p->out, err);
}

prism_status prs_keys_join_write(const prs_keys_join *join, prs_mem *mem, prs_out *out,
                                 prism_error *err) {
    walk w = {.join = join};
    same_vec_init(&w.same, mem);
    same_vec_init(&w.scratch, mem);
    piece *p = prs_mem_alloc(mem, sizeof *p);
    w.next = prs_mem_alloc(mem, join->n_inputs * sizeof *w.next);
    w.heap = prs_mem_alloc(mem, join->n_inputs * sizeof *w.heap);
    prism_status status;
    if (p != NULL && w.next != NULL && w.heap != NULL) {
        p->out = out;
        p->len = 0;
        status = write_parts(join, &w, p, err);
    } else {
        status = prs_error_nomem(err);
    }
    same_vec_fini(&w.same);
    same_vec_fini(&w.scratch);
    prs_mem_free(mem, p, sizeof *p);
    prs_mem_free(mem, w.next, join->n_inputs * sizeof *w.next);
    prs_mem_free(mem, w.heap, join->n_inputs * sizeof *w.heap);
    return status;
}
