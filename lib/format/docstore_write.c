/* docstore_write.c - how are documents packed so that one can be had without unpacking many?
 *
 * Structure   add -> texts and ends of the open frame
 *             full -> head | ends | texts -> zstd -> DOCS;  index entry -> spool
 * Invariants  - A frame takes one more document only while it stays within 64 KiB unpacked, so the
 *               only larger frames are those of one document.
 *             - After a failure of the file a frame that did not go out stays open, so nothing that
 *               was taken is lost: the file's owner moves the writer to another one.
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
    prism_error error;  /* code PRISM_OK while nothing failed */
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

/* Does the file take nothing more?  Then the open frame waits for another (R7). */
static bool is_stuck(const prs_docstore_writer *w) {
    return prs_out_status(w->out, NULL) != PRISM_OK;
}

/* Write a packed frame that begins with document first_doc; false if it did not go out. */
static bool put_frame(prs_docstore_writer *w, prs_bytes packed, uint32_t unpacked_len,
                      uint32_t first_doc) {
    prs_out_write(w->out, packed.ptr, packed.len);
    if (is_stuck(w)) return false;
    uint8_t *entry = prs_spool_extend(&w->index, 16);
    if (entry == NULL) {
        prs_error_nomem(&w->error);
        return false;
    }
    prs_store32(entry, first_doc);
    prs_store32(entry + 4, unpacked_len);
    prs_store64(entry + 8, w->docs_len);
    w->docs_len += packed.len;
    w->n_frames++;
    w->max_unpacked = PRS_MAX(w->max_unpacked, unpacked_len);
    return true;
}

/* The open frame as it is packed, in `b`. */
static bool fill_frame(prs_docstore_writer *w, prs_buf *b) {
    prs_buf_clear(b);
    prs_buf_put32(b, w->n_open);
    prs_buf_put32(b, 0);
    prs_buf_put(b, w->ends.ptr, w->ends.len);
    prs_buf_put(b, w->texts.ptr, w->texts.len);
    return prs_buf_status(b, &w->error) == PRISM_OK;
}

static void end_frame(prs_docstore_writer *w) {
    w->n_open = 0;
    prs_buf_clear(&w->ends);
    prs_buf_clear(&w->texts);
}

static void flush_frame_here(prs_docstore_writer *w) {
    prs_buf *b = &w->unpacked;
    if (!fill_frame(w, b)) return;
    if (prs_zstd_pack(w->packer, prs_bytes_of(b->ptr, b->len), &w->packed, &w->error) != PRISM_OK)
        return;
    if (put_frame(w, prs_bytes_of(w->packed.ptr, w->packed.len), (uint32_t)b->len,
                  w->n_docs - w->n_open)) {
        end_frame(w);
    }
}

/* Write the oldest of the frames that others pack; false if it did not go out. */
static bool write_oldest(prs_docstore_writer *w) {
    const prs_frame *frame = prs_frames_oldest(w->frames);
    prs_bytes packed = prs_bytes_of(frame->packed.ptr, frame->packed.len);
    if (frame->status != PRISM_OK) { /* no memory there: once more here */
        prs_bytes unpacked = prs_bytes_of(frame->unpacked.ptr, frame->unpacked.len);
        if (prs_zstd_pack(w->packer, unpacked, &w->packed, &w->error) != PRISM_OK) return false;
        packed = prs_bytes_of(w->packed.ptr, w->packed.len);
    }
    if (!put_frame(w, packed, (uint32_t)frame->unpacked.len, frame->first_doc)) return false;
    prs_frames_drop_oldest(w->frames);
    return true;
}

static void flush_frame_there(prs_docstore_writer *w) {
    while (prs_frames_is_full(w->frames) || prs_frames_is_oldest_done(w->frames)) {
        if (!write_oldest(w)) return;
    }
    prs_frame *frame = prs_frames_next(w->frames);
    if (!fill_frame(w, &frame->unpacked)) return;
    frame->first_doc = w->n_docs - w->n_open;
    prs_frames_submit(w->frames);
    end_frame(w);
}

static void flush_frame(prs_docstore_writer *w) {
    if (!ok(w) || w->n_open == 0 || is_stuck(w)) return;
    if (w->frames == NULL) {
        flush_frame_here(w);
    } else {
        flush_frame_there(w);
    }
}

/* All frames, the open one too. */
static void flush_all(prs_docstore_writer *w) {
    flush_frame(w);
    while (ok(w) && !is_stuck(w) && w->frames != NULL && prs_frames_any(w->frames)) {
        if (!write_oldest(w)) return;
    }
}

static bool room_for(prs_docstore_writer *w, uint64_t n_docs) {
    if (n_docs <= PRISM_MAX_SEGMENT_DOCS - w->n_docs) return true;
    prs_error_set(&w->error, PRISM_ELIMIT, "more than %u documents in a segment",
                  PRISM_MAX_SEGMENT_DOCS);
    return false;
}

static bool fits(const prs_docstore_writer *w, size_t len) {
    return frame_len((uint64_t)w->n_open + 1, (uint64_t)w->texts.len + len) <= PRS_DOCSTORE_FRAME;
}

prism_status prs_docstore_writer_prepare(prs_docstore_writer *w, size_t len, prism_error *err) {
    if (!fits(w, len)) flush_frame(w);
    if (!ok(w)) {
        if (err != NULL && err->size >= sizeof *err) *err = w->error;
        return w->error.code;
    }
    return prs_out_status(w->out, err);
}

void prs_docstore_writer_add(prs_docstore_writer *w, prs_bytes json) {
    if (!ok(w) || !room_for(w, 1)) return;
    if (frame_len(1, json.len) > PRS_DOCSTORE_MAX_FRAME) {
        prs_error_set(&w->error, PRISM_ELIMIT, "a document of more than %u bytes",
                      PRS_DOCSTORE_MAX_FRAME);
        return;
    }
    if (!fits(w, json.len)) flush_frame(w);
    prs_buf_put(&w->texts, json.ptr, json.len);
    prs_buf_put32(&w->ends, (uint32_t)w->texts.len);
    if (w->texts.failed || w->ends.failed) {
        if (ok(w)) prs_error_nomem(&w->error);
        return;
    }
    w->n_open++;
    w->n_docs++;
    if (w->texts.len >= PRS_DOCSTORE_FRAME) flush_frame(w);
}

void prs_docstore_writer_add_frame(prs_docstore_writer *w, prs_bytes packed, uint32_t unpacked_len,
                                   uint32_t n_docs) {
    flush_all(w);
    if (!ok(w) || !room_for(w, n_docs)) return;
    if (put_frame(w, packed, unpacked_len, w->n_docs)) w->n_docs += n_docs;
}

prism_status prs_docstore_writer_move(prs_docstore_writer *w, prs_out *from, prs_out *to,
                                      prism_error *err) {
    PRS_TRY(prs_out_copy(from, w->docs_len, to, err));
    w->out = to;
    return PRISM_OK;
}

prism_status prs_docstore_writer_finish(prs_docstore_writer *w, uint32_t n_docs, prism_error *err) {
    flush_all(w);
    if (!ok(w)) {
        if (err != NULL && err->size >= sizeof *err) *err = w->error;
        return w->error.code;
    }
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
