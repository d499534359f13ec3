/* zstd_frame.h - zstd behind our own names and our own memory: one frame in, one frame out. */
#ifndef PRS_FORMAT_ZSTD_FRAME_H
#define PRS_FORMAT_ZSTD_FRAME_H

#include "base/buf.h"

typedef struct prs_zstd_packer prs_zstd_packer;
typedef struct prs_zstd_unpacker prs_zstd_unpacker;

/** level 1..19.  Memory: ~1 MiB at level 3.   Errors: ENOMEM, EINVAL level.   Threads: one */
prism_status prs_zstd_packer_new(prs_mem *mem, int level, prs_zstd_packer **out,
                                 prism_error *err) PRS_NODISCARD;
void prs_zstd_packer_free(prs_zstd_packer *packer);
/** One frame with content size and checksum, in `packed` (replaced). */
prism_status prs_zstd_pack(prs_zstd_packer *packer, prs_bytes in, prs_buf *packed,
                           prism_error *err) PRS_NODISCARD;

prism_status prs_zstd_unpacker_new(prs_mem *mem, prs_zstd_unpacker **out,
                                   prism_error *err) PRS_NODISCARD;
void prs_zstd_unpacker_free(prs_zstd_unpacker *unpacker);
/** Unpack exactly one frame into exactly out_len bytes; the size is checked before anything is
 *  unpacked.
 *  Returns false if the bytes are damaged or of another size; *no_memory tells that
 *  apart. */
bool prs_zstd_unpack(prs_zstd_unpacker *unpacker, prs_bytes packed, uint8_t *out, size_t out_len,
                     bool *no_memory) PRS_NODISCARD;

#endif
