/* docstore_write.c - how are documents packed so that one can be had without unpacking many?
 *
 * Structure   add -> texts and ends of the open frame
 *             full for the next -> head | ends | texts -> zstd -> DOCS;  index entry -> spool
 * Invariants  - A frame takes one more document only while it stays within 64 KiB unpacked, so the
 *               only larger frames are those of one document.
 *             - A frame that did not go out, for memory or the file, stays open, so nothing that
 *               was taken is lost: it is tried again, and if the file has failed, its owner moves
 *               the writer to another one first.
 *             - Frames that other threads pack go out in order, each as if it had been packed here.
 *             - DOCS grows as documents come; what is kept is one frame and 16 bytes per frame
 *               before it.
 * Why 64 KiB  Measured by others and by us alike: beyond it zstd gains little, below it every hit
 *             pays for more than its own text anyway; it is also the checksum region.
 * Source      FORMAT.md section 14.   Tested by tests/unit/format/test_docstore.c */
#include "format/docstore.h"

#include "format/components.h"
#include "format/frames.h"
#include "format/zstd_frame.h"
#include "store/spool.h"

struct prs_docstore_writer {
    prs_mem *mem;
    prs_out *out;
    prs_zstd_packer *packer;
    int level;
    prs_frames *frames; /* packed by others, in order; NULL: none are */
    prism_error error;  /* of what no room was made for; code PRISM_OK while there is none */
    uint32_t n_docs, n_frames, max_unpacked;
    uint64_t docs_len; /* bytes of DOCS that went out whole */
    uint32_t n_open;   /* documents of the open frame */
    prs_buf ends;      /* their ends, u32 each */
    prs_buf texts;
    prs_buf unpacked, packed; /* scratch of one frame */
    prs_spool index;
};

prism_status prs_docstore_writer_new(prs_mem *mem, prs_out *out, int level,
                                     prs_docstore_writer **dw, prism_error *err) {
    *dw = NULL;
    prs_docstore_writer *w = prs_mem_calloc(mem, 1, sizeof *w);
    if (w == NULL) return prs_error_nomem(err);
    w->mem = mem;
    w->out = out;
    w->level = level == 0 ? PRS_DOCSTORE_LEVEL : level;
    w->error.size = sizeof w->error;
    prs_buf_init(&w->ends, mem);
    prs_buf_init(&w->texts, mem);
    prs_buf_init(&w->unpacked, mem);
    prs_buf_init(&w->packed, mem);
    prs_spool_init(&w->index, mem);
    prism_status status = prs_zstd_packer_new(mem, w->level, &w->packer, err);
    if (status != PRISM_OK) {
        prs_docstore_writer_free(w);
        return status;
    }
    *dw = w;
    return PRISM_OK;
}

void prs_docstore_writer_free(prs_docstore_writer *w) {
    if (w == NULL) return;
    prs_frames_free(w->frames);
    prs_zstd_packer_free(w->packer);
    prs_buf_fini(&w->ends);
    prs_buf_fini(&w->texts);
    prs_buf_fini(&w->unpacked);
    prs_buf_fini(&w->packed);
    prs_spool_fini(&w->index);
    prs_mem_free(w->mem, w, sizeof *w);
}

size_t prs_docstore_writer_bytes(const prs_docstore_writer *w) {
    return sizeof *w + w->ends.cap + w->texts.cap + w->unpacked.cap + w->packed.cap +
           (size_t)w->index.bytes + (w->frames == NULL ? 0 : prs_frames_bytes(w->frames));
}

prism_status prs_docstore_writer_employ(prs_docstore_writer *w, prs_pool *pool, uint32_t n_workers,
                                        prism_error *err) {
    return prs_frames_new(w->mem, pool, n_workers, w->level, &w->frames, err);
}

static bool ok(const prs_docstore_writer *w) {
    return w->error.code == PRISM_OK;
}

/* Bytes of a frame of n documents with text_len bytes of text. */
static uint64_t frame_len(uint64_t n, uint64_t text_len) {
    return 4 + 4 * (n + 1) + text_len;
}

/* Write a packed frame that begins with document first_doc.  An error: it did not go out. */
static prism_status put_frame(prs_docstore_writer *w, prs_bytes packed, uint32_t unpacked_len,
                              uint32_t first_doc, prism_error *err) {
    PRS_TRY(prs_spool_reserve(&w->index, 1, 16, err));
    prs_out_write(w->out, packed.ptr, packed.len);
    PRS_TRY(prs_out_status(w->out, err));
    uint8_t *entry = prs_spool_extend(&w->index, 16);
    prs_store32(entry, first_doc);
    prs_store32(entry + 4, unpacked_len);
    prs_store64(entry + 8, w->docs_len);
    w->docs_len += packed.len;
    w->n_frames++;
    w->max_unpacked = PRS_MAX(w->max_unpacked, unpacked_len);
    return PRISM_OK;
}

/* The open frame as it is packed, in `b`. */
static prism_status fill_frame(const prs_docstore_writer *w, prs_buf *b, prism_error *err) {
    prs_buf_clear(b);
    prs_buf_put32(b, w->n_open);
    prs_buf_put32(b, 0);
    prs_buf_put(b, w->ends.ptr, w->ends.len);
    prs_buf_put(b, w->texts.ptr, w->texts.len);
    return prs_buf_status(b, err);
}

static void end_frame(prs_docstore_writer *w) {
    w->n_open = 0;
    prs_buf_clear(&w->ends);
    prs_buf_clear(&w->texts);
}

static prism_status flush_here(prs_docstore_writer *w, prism_error *err) {
    prs_buf *b = &w->unpacked;
    PRS_TRY(fill_frame(w, b, err));
    PRS_TRY(prs_zstd_pack(w->packer, prs_bytes_of(b->ptr, b->len), &w->packed, err));
    PRS_TRY(put_frame(w, prs_bytes_of(w->packed.ptr, w->packed.len), (uint32_t)b->len,
                      w->n_docs - w->n_open, err));
    end_frame(w);
    return PRISM_OK;
}

/* Write the oldest of the frames that others pack.  An error: it stays the oldest. */
static prism_status write_oldest(prs_docstore_writer *w, prism_error *err) {
    const prs_frame *frame = prs_frames_oldest(w->frames);
    prs_bytes packed = prs_bytes_of(frame->packed.ptr, frame->packed.len);
    if (frame->status != PRISM_OK) { /* no memory there: once more here */
        prs_bytes unpacked = prs_bytes_of(frame->unpacked.ptr, frame->unpacked.len);
        PRS_TRY(prs_zstd_pack(w->packer, unpacked, &w->packed, err));
        packed = prs_bytes_of(w->packed.ptr, w->packed.len);
    }
    PRS_TRY(put_frame(w, packed, (uint32_t)frame->unpacked.len, frame->first_doc, err));
    prs_frames_drop_oldest(w->frames);
    return PRISM_OK;
}

static prism_status flush_there(prs_docstore_writer *w, prism_error *err) {
    while (prs_frames_is_full(w->frames) || prs_frames_is_oldest_done(w->frames))
        PRS_TRY(write_oldest(w, err));
    prs_frame *frame = prs_frames_next(w->frames);
    PRS_TRY(fill_frame(w, &frame->unpacked, err));
    frame->first_doc = w->n_docs - w->n_open;
    prs_frames_submit(w->frames);
    end_frame(w);
    return PRISM_OK;
}

/* An error: the open frame stays open, for another try or another file (R7). */
static prism_status flush_frame(prs_docstore_writer *w, prism_error *err) {
    if (w->n_open == 0) return PRISM_OK;
    PRS_TRY(prs_out_status(w->out, err));
    return w->frames == NULL ? flush_here(w, err) : flush_there(w, err);
}

/* All frames, those of others too. */
static prism_status flush_all(prs_docstore_writer *w, prism_error *err) {
    PRS_TRY(flush_frame(w, err));
    PRS_TRY(prs_out_status(w->out, err));
    while (w->frames != NULL && prs_frames_any(w->frames)) PRS_TRY(write_oldest(w, err));
    return PRISM_OK;
}

static bool fits(const prs_docstore_writer *w, size_t len) {
    return frame_len((uint64_t)w->n_open + 1, (uint64_t)w->texts.len + len) <= PRS_DOCSTORE_FRAME;
}

static prism_status check_count(const prs_docstore_writer *w, uint64_t n_docs, prism_error *err) {
    if (n_docs <= PRISM_MAX_SEGMENT_DOCS - w->n_docs) return PRISM_OK;
    return prs_error_set(err, PRISM_ELIMIT, "more than %u documents in a segment",
                         PRISM_MAX_SEGMENT_DOCS);
}

static prism_status have_room(prs_buf *buf, size_t n, prism_error *err) {
    if (prs_buf_reserve(buf, n)) return PRISM_OK;
    buf->failed = false; /* what is in it is whole */
    return prs_error_nomem(err);
}

prism_status prs_docstore_writer_prepare(prs_docstore_writer *w, size_t len, prism_error *err) {
    PRS_TRY(check_count(w, 1, err));
    if (frame_len(1, len) > PRS_DOCSTORE_MAX_FRAME) {
        return prs_error_set(err, PRISM_ELIMIT, "a document of more than %u bytes",
                             PRS_DOCSTORE_MAX_FRAME);
    }
    if (!fits(w, len)) PRS_TRY(flush_frame(w, err));
    PRS_TRY(have_room(&w->texts, len, err));
    PRS_TRY(have_room(&w->ends, 4, err));
    return prs_out_status(w->out, err);
}

void prs_docstore_writer_add(prs_docstore_writer *w, prs_bytes json) {
    if (!ok(w) || prs_docstore_writer_prepare(w, json.len, &w->error) != PRISM_OK) return;
    prs_buf_put(&w->texts, json.ptr, json.len);
    prs_buf_put32(&w->ends, (uint32_t)w->texts.len);
    w->n_open++;
    w->n_docs++;
}

void prs_docstore_writer_add_frame(prs_docstore_writer *w, prs_bytes packed, uint32_t unpacked_len,
                                   uint32_t n_docs) {
    if (!ok(w) || flush_all(w, &w->error) != PRISM_OK) return;
    if (check_count(w, n_docs, &w->error) != PRISM_OK) return;
    if (put_frame(w, packed, unpacked_len, w->n_docs, &w->error) == PRISM_OK) w->n_docs += n_docs;
}

prism_status prs_docstore_writer_move(prs_docstore_writer *w, prs_out *from, prs_out *to,
                                      prism_error *err) {
    PRS_TRY(prs_out_copy(from, w->docs_len, to, err));
    w->out = to;
    return PRISM_OK;
}

prism_status prs_docstore_writer_finish(prs_docstore_writer *w, uint32_t n_docs, prism_error *err) {
    if (!ok(w)) {
        if (err != NULL && err->size >= sizeof *err) *err = w->error;
        return w->error.code;
    }
    PRS_TRY(flush_all(w, err));
    PRS_TRY(prs_out_status(w->out, err));
    if (n_docs != w->n_docs) return prs_error_set(err, PRISM_EINVAL, "not one text per document");
    uint8_t head[8], last[16] = {0};
    prs_store32(head, w->n_frames);
    prs_store32(head + 4, w->max_unpacked);
    prs_store32(last, w->n_docs);
    prs_store64(last + 8, w->docs_len);
    prs_out_section(w->out, PRS_COMPONENT_DOC_INDEX, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
    prs_out_write(w->out, head, sizeof head);
    prs_spool_replay(&w->index, w->out);
    prs_out_write(w->out, last, sizeof last);
    return prs_out_status(w->out, err);
}
