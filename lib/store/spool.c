/* spool.c - where do bytes wait whose place in the file is behind others not yet known?
 *
 * Structure   chunk (1 KiB, doubling to 1 MiB) -> chunk -> chunk; `last` is being filled, and
 *             empty ones that were asked for in advance hang behind it.
 * Invariants  - extend never splits its n bytes over two chunks; the rest of the old one is left
 *               unused, and `len` counts used bytes only.
 * Cost        Amortised O(1); memory at most 1 MiB or twice the bytes, whichever is less, more than
 *             held.
 * Tested by   tests/unit/store/test_spool.c */
#include "store/spool.h"

#define PRS_SPOOL_FIRST ((size_t)1 << 10)
#define PRS_SPOOL_LARGEST ((size_t)1 << 20)
#define PRS_SPOOL_PIECE ((size_t)64 << 10) /* most of one extend */

struct prs_spool_chunk {
    prs_spool_chunk *next;
    size_t len, cap;
    uint8_t bytes[];
};

void prs_spool_init(prs_spool *spool, prs_mem *mem) {
    memset(spool, 0, sizeof *spool);
    spool->mem = mem;
}

void prs_spool_fini(prs_spool *spool) {
    prs_spool_chunk *chunk = spool->first;
    while (chunk != NULL) {
        prs_spool_chunk *next = chunk->next;
        prs_mem_free(spool->mem, chunk, sizeof *chunk + chunk->cap);
        chunk = next;
    }
    prs_spool_init(spool, spool->mem);
}

/* A new chunk that can take n bytes, behind `tail` (NULL: the first of all); NULL on failure. */
static prs_spool_chunk *add_chunk(prs_spool *spool, prs_spool_chunk *tail, size_t n) {
    size_t cap = PRS_SPOOL_FIRST;
    while (cap < PRS_SPOOL_LARGEST && (cap < n || cap < spool->bytes)) cap *= 2;
    prs_spool_chunk *chunk = prs_mem_alloc(spool->mem, sizeof *chunk + cap);
    if (chunk == NULL) return NULL;
    *chunk = (prs_spool_chunk){.cap = cap};
    if (tail != NULL) {
        tail->next = chunk;
    } else {
        spool->first = spool->last = chunk;
    }
    spool->bytes += sizeof *chunk + cap;
    return chunk;
}

prism_status prs_spool_reserve(prs_spool *spool, uint64_t n, size_t piece, prism_error *err) {
    PRS_ASSERT(piece > 0 && piece <= PRS_SPOOL_PIECE && !spool->failed);
    prs_spool_chunk *tail = spool->last;
    if (PRS_LIKELY(tail != NULL && (tail->cap - tail->len) / piece >= n)) return PRISM_OK;
    for (prs_spool_chunk *chunk = tail; chunk != NULL; chunk = chunk->next) {
        n -= PRS_MIN(n, (chunk->cap - chunk->len) / piece);
        tail = chunk;
    }
    while (n > 0) {
        tail = add_chunk(spool, tail, piece);
        if (tail == NULL) return prs_error_nomem(err);
        n -= PRS_MIN(n, tail->cap / piece);
    }
    return PRISM_OK;
}

/* Go on to a chunk with room for n bytes: one that waits, or a new one. */
static bool next_chunk(prs_spool *spool, size_t n) {
    prs_spool_chunk *last = spool->last;
    while (last != NULL && last->next != NULL) {
        spool->last = last = last->next;
        if (n <= last->cap) return true;
    }
    prs_spool_chunk *chunk = add_chunk(spool, last, n);
    if (chunk == NULL) return false;
    spool->last = chunk;
    return true;
}

uint8_t *prs_spool_extend(prs_spool *spool, size_t n) {
    PRS_ASSERT(n <= PRS_SPOOL_PIECE);
    if (spool->failed) return NULL;
    if (spool->last == NULL || n > spool->last->cap - spool->last->len) {
        if (!next_chunk(spool, n)) {
            spool->failed = true;
            return NULL;
        }
    }
    uint8_t *at = spool->last->bytes + spool->last->len;
    spool->last->len += n;
    spool->len += n;
    return at;
}

void prs_spool_put(prs_spool *spool, const void *ptr, size_t n) {
    const uint8_t *from = ptr;
    while (n > 0) {
        size_t k = PRS_MIN(n, PRS_SPOOL_PIECE);
        uint8_t *at = prs_spool_extend(spool, k);
        if (at == NULL) return;
        memcpy(at, from, k);
        from += k;
        n -= k;
    }
}

void prs_spool_put16(prs_spool *spool, uint16_t v) {
    uint8_t *at = prs_spool_extend(spool, 2);
    if (at != NULL) prs_store16(at, v);
}

void prs_spool_put32(prs_spool *spool, uint32_t v) {
    uint8_t *at = prs_spool_extend(spool, 4);
    if (at != NULL) prs_store32(at, v);
}

void prs_spool_put64(prs_spool *spool, uint64_t v) {
    uint8_t *at = prs_spool_extend(spool, 8);
    if (at != NULL) prs_store64(at, v);
}

void prs_spool_replay(const prs_spool *spool, prs_out *out) {
    for (const prs_spool_chunk *c = spool->first; c != NULL; c = c->next) {
        prs_out_write(out, c->bytes, c->len);
    }
}

prism_status prs_spool_status(const prs_spool *spool, prism_error *err) {
    return spool->failed ? prs_error_nomem(err) : PRISM_OK;
}

const uint8_t *prs_spool_at(const prs_spool *spool, uint64_t off) {
    const prs_spool_chunk *chunk = spool->first;
    PRS_ASSERT(off < spool->len);
    while (off >= chunk->len) {
        off -= chunk->len;
        chunk = chunk->next;
    }
    return chunk->bytes + off;
}

prs_spool_reader prs_spool_read(const prs_spool *spool) {
    prs_spool_reader reader = {spool->first, 0};
    return reader;
}

const uint8_t *prs_spool_next_run(prs_spool_reader *reader, size_t *n) {
    while (reader->chunk != NULL && reader->at == reader->chunk->len) {
        reader->chunk = reader->chunk->next;
        reader->at = 0;
    }
    *n = 0;
    if (reader->chunk == NULL) return NULL;
    const uint8_t *p = reader->chunk->bytes + reader->at;
    *n = reader->chunk->len - reader->at;
    reader->at = reader->chunk->len;
    return p;
}

const uint8_t *prs_spool_next(prs_spool_reader *reader, size_t n) {
    size_t left;
    const uint8_t *p = prs_spool_next_run(reader, &left);
    if (p == NULL) return NULL;
    PRS_ASSERT(left >= n);
    reader->at -= left - n;
    return p;
}
