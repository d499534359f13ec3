/* docstore_read.c - what is the JSON of one document, if its frame can be trusted?
 *
 * Structure   doc -> frame (halving over the index) -> checksum -> unpack into the cursor -> its
 *             ends -> bytes
 * Invariants  - Sizes are known from the index before anything is unpacked and are bounded by 17
 *               MiB (R22); zstd must then give exactly that many bytes of exactly that frame.
 *             - All ends of a frame are checked when it is unpacked, in private memory, so each
 *               document after that costs two loads.
 *             - The store is immutable; all that changes is in the caller's cursor.
 * Source      FORMAT.md section 14; rules R16, R19.
 * Tested by   tests/unit/format/test_docstore.c */
#include "format/docstore.h"

#include "base/error.h"
#include "format/zstd_frame.h"

#define PRS_DOC_ENTRY 16u

typedef struct frame_entry {
    uint32_t first_doc, unpacked_len;
    uint64_t off;
} frame_entry;

static const uint8_t *entry_at(const prs_docstore *s, uint32_t frame) {
    return s->index.ptr + 8 + (size_t)frame * PRS_DOC_ENTRY;
}

static frame_entry load_entry(const prs_docstore *s, uint32_t frame) {
    const uint8_t *p = entry_at(s, frame);
    frame_entry e = {prs_load32(p), prs_load32(p + 4), prs_load64(p + 8)};
    return e;
}

/* May frame `a` stand before `b`?  Both are private copies. */
static bool frame_is_good(const prs_docstore *s, const frame_entry *a, const frame_entry *b) {
    if (a->first_doc >= b->first_doc || b->first_doc > s->n_docs) return false;
    if (a->off >= b->off || b->off > s->docs.len) return false;
    if (a->unpacked_len == 0 || a->unpacked_len > s->max_unpacked) return false;
    return b->first_doc - a->first_doc == 1 || a->unpacked_len <= PRS_DOCSTORE_FRAME;
}

static prism_status bad_index(const prs_docstore *s, const void *at, prism_error *err) {
    return prs_section_corrupt(&s->index, at, err, "a wrong entry in the index of documents");
}

prism_status prs_docstore_open(prs_docstore *s, const prs_section *docs, const prs_section *index,
                               uint32_t n_docs, prism_error *err) {
    memset(s, 0, sizeof *s);
    PRS_TRY(prs_in_touch(index, 0, index->len, err));
    prs_docstore store = {*docs, *index, n_docs, 0, 0};
    if (index->len < 8 + PRS_DOC_ENTRY) return bad_index(&store, index->ptr, err);
    store.n_frames = prs_load32(index->ptr);
    store.max_unpacked = prs_load32(index->ptr + 4);
    if (index->len - 8 != ((uint64_t)store.n_frames + 1) * PRS_DOC_ENTRY ||
        store.max_unpacked > PRS_DOCSTORE_MAX_FRAME) {
        return bad_index(&store, index->ptr, err);
    }
    frame_entry e = load_entry(&store, 0);
    if (e.first_doc != 0 || e.off != 0) return bad_index(&store, entry_at(&store, 0), err);
    for (uint32_t i = 0; i < store.n_frames; i++) {
        frame_entry next = load_entry(&store, i + 1);
        if (!frame_is_good(&store, &e, &next)) return bad_index(&store, entry_at(&store, i), err);
        e = next;
    }
    if (e.first_doc != n_docs || e.unpacked_len != 0 || e.off != docs->len) {
        return bad_index(&store, entry_at(&store, store.n_frames), err);
    }
    *s = store;
    return PRISM_OK;
}

prism_status prs_docstore_frame_get(const prs_docstore *s, uint32_t frame, prs_docstore_frame *out,
                                    prism_error *err) {
    memset(out, 0, sizeof *out);
    if (frame >= s->n_frames) return prs_error_set(err, PRISM_EINVAL, "no such frame");
    frame_entry e = load_entry(s, frame), next = load_entry(s, frame + 1);
    if (!frame_is_good(s, &e, &next)) return bad_index(s, entry_at(s, frame), err);
    PRS_TRY(prs_in_touch(&s->docs, e.off, next.off - e.off, err));
    out->first_doc = e.first_doc;
    out->n_docs = next.first_doc - e.first_doc;
    out->unpacked_len = e.unpacked_len;
    out->packed = prs_bytes_of(s->docs.ptr + e.off, (size_t)(next.off - e.off));
    return PRISM_OK;
}

void prs_docstore_cursor_init(prs_docstore_cursor *cursor, prs_mem *mem) {
    memset(cursor, 0, sizeof *cursor);
    cursor->mem = mem;
    prs_buf_init(&cursor->unpacked, mem);
}

void prs_docstore_cursor_fini(prs_docstore_cursor *cursor) {
    prs_zstd_unpacker_free(cursor->unpacker);
    prs_buf_fini(&cursor->unpacked);
    prs_docstore_cursor_init(cursor, cursor->mem);
}

/* Last frame whose first document is not behind doc. */
static uint32_t find_frame(const prs_docstore *s, uint32_t doc) {
    uint32_t lo = 0, hi = s->n_frames; /* the answer is in [lo, hi) */
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (load_entry(s, mid).first_doc <= doc) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* Is this the unpacked form of n documents: their number, ascending ends, and their bytes to the
 * end? */
static bool frame_makes_sense(prs_bytes unpacked, uint32_t n) {
    uint64_t head = 4 + 4 * ((uint64_t)n + 1);
    if (unpacked.len < head || prs_load32(unpacked.ptr) != n) return false;
    uint32_t before = 0;
    if (prs_load32(unpacked.ptr + 4) != 0) return false;
    for (uint32_t i = 1; i <= n; i++) {
        uint32_t end = prs_load32(unpacked.ptr + 4 + 4 * (size_t)i);
        if (end < before) return false;
        before = end;
    }
    return before == unpacked.len - head;
}

static prism_status unpack_frame(const prs_docstore *s, prs_docstore_cursor *c, uint32_t frame,
                                 prism_error *err) {
    prs_docstore_frame f;
    bool no_memory;
    c->store = NULL;
    PRS_TRY(prs_docstore_frame_get(s, frame, &f, err));
    if (c->unpacker == NULL) PRS_TRY(prs_zstd_unpacker_new(c->mem, &c->unpacker, err));
    prs_buf_clear(&c->unpacked);
    if (prs_buf_extend(&c->unpacked, f.unpacked_len) == NULL)
        return prs_buf_status(&c->unpacked, err);
    if (!prs_zstd_unpack(c->unpacker, f.packed, c->unpacked.ptr, f.unpacked_len, &no_memory)) {
        if (no_memory) return prs_error_nomem(err);
        return prs_section_corrupt(&s->docs, f.packed.ptr, err,
                                   "documents that cannot be unpacked");
    }
    if (!frame_makes_sense(prs_bytes_of(c->unpacked.ptr, f.unpacked_len), f.n_docs)) {
        return prs_section_corrupt(&s->docs, f.packed.ptr, err, "unpacked documents make no sense");
    }
    c->store = s;
    c->frame = frame;
    c->first_doc = f.first_doc;
    c->n_docs = f.n_docs;
    return PRISM_OK;
}

prism_status prs_docstore_get(const prs_docstore *s, prs_docstore_cursor *c, uint32_t doc,
                              prs_bytes *json, prism_error *err) {
    *json = prs_bytes_of(NULL, 0);
    if (doc >= s->n_docs) return prs_error_set(err, PRISM_EINVAL, "no such document");
    if (c->store != s || doc < c->first_doc || doc - c->first_doc >= c->n_docs) {
        PRS_TRY(unpack_frame(s, c, find_frame(s, doc), err));
    }
    if (doc < c->first_doc ||
        doc - c->first_doc >= c->n_docs) { /* only if the index changed under us */
        return bad_index(s, s->index.ptr, err);
    }
    const uint8_t *ends = c->unpacked.ptr + 4 + 4 * (size_t)(doc - c->first_doc);
    const uint8_t *texts = c->unpacked.ptr + 4 + 4 * ((size_t)c->n_docs + 1);
    uint32_t from = prs_load32(ends), to = prs_load32(ends + 4);
    *json = prs_bytes_of(texts + from, to - from);
    return PRISM_OK;
}
