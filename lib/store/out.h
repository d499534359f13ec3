/* out.h - write one file of FORMAT.md section 3: header, aligned sections, region checksums,
 * footer.
 *
 * Sticky: after a failure every call does nothing; prs_out_finish reports the first error.  The
 * checksums are computed as the bytes go out; nothing is read back. */
#ifndef PRS_STORE_OUT_H
#define PRS_STORE_OUT_H

#include "base/buf.h"
#include "base/hash.h"
#include "store/dir.h"

typedef enum prs_file_type {
    PRS_FILE_COMMIT = 1,
    PRS_FILE_DELETES = 2,
    PRS_FILE_IDX = 3,
    PRS_FILE_DOC = 4,
} prs_file_type;

typedef struct prs_id {
    uint8_t bytes[16];
} prs_id;

static inline bool prs_id_equal(const prs_id *a, const prs_id *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

#define PRS_FIELD_NONE 0xffffu
#define PRS_FORMAT 0x10000u /* version that is written: major << 16 | minor */

typedef struct prs_out prs_out;

/** Create `name` in `dir` and begin with its header.   Threads: one per out. */
prism_status prs_out_open(prs_dir *dir, const char *name, prs_file_type type, const prs_id *id,
                          uint64_t generation, prs_out **out, prism_error *err);
/** No file: what is written to its one section is gathered in memory, for someone else to write.
 *  Only prs_out_write, _offset and _status are for it. */
prism_status prs_out_gather_new(prs_mem *mem, prs_out **out, prism_error *err) PRS_NODISCARD;
void prs_out_gather_free(prs_out *out);
/** Begin again with nothing, and no error.
 *  Returns: the bytes, borrowed; they may be exchanged for another buffer of the same memory */
prs_buf *prs_out_gather_begin(prs_out *out);
/** The compatible flags of the header; before the first section. */
void prs_out_set_flags(prs_out *out, uint32_t compatible);
/** Begin a section at the next multiple of 64; ends the one before.  Sections may come in any
 * order. */
void prs_out_section(prs_out *out, uint16_t component, uint16_t field, uint16_t version);
void prs_out_write(prs_out *out, const void *ptr, size_t len);
/** Bytes written to the current section so far. */
uint64_t prs_out_offset(const prs_out *out);
/** Zero bytes until the section's length is a multiple of align. */
void prs_out_align(prs_out *out, size_t align);
/** OK or the first failure so far. */
prism_status prs_out_status(const prs_out *out, prism_error *err);
/** Directory, region table, footer, fsync, close; frees `out` whatever happens.
 *  *len and *digest (may be NULL) = length of the file, XXH3-128 of its region table. */
prism_status prs_out_finish(prs_out *out, uint64_t *len, prs_hash128 *digest, prism_error *err);
/** As prs_out_finish without fsync and close: the file can be read, a power loss may take it.
 *  Afterwards prs_out_confirm or prs_out_leave is due; on failure `out` is freed as by finish. */
prism_status prs_out_seal(prs_out *out, uint64_t *len, prs_hash128 *digest, prism_error *err);
/** fsync and close a sealed file; frees `out`.  On failure the file is still there and not to be
 *  trusted: no fsync of it counts any more (R7). */
prism_status prs_out_confirm(prs_out *out, prism_error *err);
/** Close a sealed file as it is; frees `out`; NULL is fine. */
void prs_out_leave(prs_out *out);
/** Close and unlink (best effort) a file that is not wanted; frees `out`. */
void prs_out_abandon(prs_out *out);

/* For a file whose bytes may be wanted again, should something fail later: finish in two steps. */

/** As prs_out_finish, or without `sync` as prs_out_seal, but nothing is freed or unlinked, whatever
 *  happens. */
prism_status prs_out_end(prs_out *out, bool sync, uint64_t *len, prs_hash128 *digest,
                         prism_error *err) PRS_NODISCARD;
/** The bytes of an ended file will not be wanted again: free what only prs_out_copy needs.  What is
 *  left is due to prs_out_confirm or prs_out_leave, as behind prs_out_seal; if it was synced, to
 *  the latter. */
void prs_out_thin(prs_out *out);
/** Write the first n bytes of the first section of `from`, ended or failed, to the current section
 *  of `to`.  What had reached the file is read back and believed only if it has the checksum that
 *  was computed when it was written: after a failed sync the system may show anything.
 *  Params : n bytes were written whole: no call that wrote one of them met a failure
 *  Errors : ECORRUPT they cannot be had back; EIO, ENOMEM; those of `to` */
prism_status prs_out_copy(prs_out *from, uint64_t n, prs_out *to, prism_error *err) PRS_NODISCARD;

#endif
