/* docstore.h - the stored documents of a segment: JSON in zstd frames of at most 64 KiB, and the
 * way to one.
 *
 * FORMAT.md section 14.  The reader is immutable; a cursor (one thread) holds the frame unpacked
 * last, so that documents read in order, or hits that are neighbours, unpack each frame once. */
#ifndef PRS_FORMAT_DOCSTORE_H
#define PRS_FORMAT_DOCSTORE_H

#include "base/buf.h"
#include "base/pool.h"
#include "store/in.h"

#define PRS_DOCSTORE_FRAME (64u << 10)     /* largest unpacked frame of more than one document */
#define PRS_DOCSTORE_MAX_FRAME (17u << 20) /* largest unpacked frame */
#define PRS_DOCSTORE_LEVEL 3               /* zstd level if the caller has no wish */

/* ---- writing --------------------------------------------------------------------------------- */
typedef struct prs_docstore_writer prs_docstore_writer;
/** Writes to the section DOCS of `out` (begun by the caller) as documents come; nothing else may be
 *  written to `out` until finish.  level 1..19, 0 = PRS_DOCSTORE_LEVEL. */
prism_status prs_docstore_writer_new(prs_mem *mem, prs_out *out, int level,
                                     prs_docstore_writer **dw, prism_error *err) PRS_NODISCARD;
/** Have frames packed by the first n_workers workers of a pool [borrowed], from now on.  The bytes
 *  are the same; a failure of the file may come out a few frames later.
 *  Errors : ENOMEM: goes on alone */
prism_status prs_docstore_writer_employ(prs_docstore_writer *dw, prs_pool *pool, uint32_t n_workers,
                                        prism_error *err) PRS_NODISCARD;
/** Have room for a document of `len` bytes, so that adding it next cannot fail: a frame that is
 *  full goes out.
 *  Errors : EIO, ENOSPC the file takes nothing more, see prs_docstore_writer_move; ENOMEM: what was
 *           added stays in every case, and the same can be tried again */
prism_status prs_docstore_writer_prepare(prs_docstore_writer *dw, size_t len,
                                         prism_error *err) PRS_NODISCARD;
/** The next document (doc 0 first).  Errors are sticky where no room was made.   Cost: zstd, ~5 us
 *  per KiB at level 3 */
void prs_docstore_writer_add(prs_docstore_writer *dw, prs_bytes json);
/** A whole packed frame of another segment (prs_docstore_frame_get) with its n_docs documents. */
void prs_docstore_writer_add_frame(prs_docstore_writer *dw, prs_bytes packed, uint32_t unpacked_len,
                                   uint32_t n_docs);
size_t prs_docstore_writer_bytes(const prs_docstore_writer *dw);
/** Go on in the section DOCS of another file, into which all that was written is copied first.
 *  Errors : as prs_out_copy: nothing was changed, `from` is good for another try */
prism_status prs_docstore_writer_move(prs_docstore_writer *dw, prs_out *from, prs_out *to,
                                      prism_error *err) PRS_NODISCARD;
/** Ends DOCS, writes the section DOC_INDEX.  May be called again after a move, whatever failed,
 *  with no document added in between. */
prism_status prs_docstore_writer_finish(prs_docstore_writer *dw, uint32_t n_docs,
                                        prism_error *err) PRS_NODISCARD;
void prs_docstore_writer_free(prs_docstore_writer *dw);

/* ---- reading --------------------------------------------------------------------------------- */
typedef struct prs_docstore { /* immutable after open: any threads */
    prs_section docs, index;
    uint32_t n_docs, n_frames, max_unpacked;
} prs_docstore;

/** Checks DOC_INDEX whole.   Cost: O(frames) */
prism_status prs_docstore_open(prs_docstore *store, const prs_section *docs,
                               const prs_section *index, uint32_t n_docs,
                               prism_error *err) PRS_NODISCARD;

typedef struct prs_docstore_cursor {
    prs_mem *mem;
    struct prs_zstd_unpacker *unpacker; /* made at first use */
    const prs_docstore *store;          /* whose frame is unpacked, NULL = none */
    uint32_t frame, first_doc, n_docs;
    prs_buf unpacked;
} prs_docstore_cursor;

/** Allocates nothing yet.  One cursor may serve many stores in turn; it is finished before any of
 *  them is closed. */
void prs_docstore_cursor_init(prs_docstore_cursor *cursor, prs_mem *mem);
void prs_docstore_cursor_fini(prs_docstore_cursor *cursor);
/** The JSON of a document, borrowed from the cursor until its next use.
 *  Errors : EINVAL doc, ECORRUPT, ENOMEM.   Cost: one frame (~60 us) or nothing if it is the last
 *           one's */
prism_status prs_docstore_get(const prs_docstore *store, prs_docstore_cursor *cursor, uint32_t doc,
                              prs_bytes *json, prism_error *err) PRS_NODISCARD;

typedef struct prs_docstore_frame {
    uint32_t first_doc, n_docs, unpacked_len;
    prs_bytes packed; /* verified by region checksum, borrowed */
} prs_docstore_frame;
/** A packed frame as it is, for merging and check. */
prism_status prs_docstore_frame_get(const prs_docstore *store, uint32_t frame,
                                    prs_docstore_frame *out, prism_error *err) PRS_NODISCARD;

#endif
