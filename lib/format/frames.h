/* frames.h - frames of stored documents that other threads pack, in order. */
#ifndef PRS_FORMAT_FRAMES_H
#define PRS_FORMAT_FRAMES_H

#include "base/buf.h"
#include "base/pool.h"

typedef struct prs_frame {
    prs_buf unpacked, packed;
    uint32_t first_doc;
    prism_status status; /* of packing */
} prs_frame;

typedef struct prs_frames prs_frames;

/** Params : pool [borrowed], of whose workers the first n_workers pack; level of zstd
 *  Errors : ENOMEM.   Memory: 128 KiB a frame, two frames and ~1 MiB a worker */
prism_status prs_frames_new(prs_mem *mem, prs_pool *pool, uint32_t n_workers, int level,
                            prs_frames **out, prism_error *err) PRS_NODISCARD;
/** Drops what is under way.  NULL is fine. */
void prs_frames_free(prs_frames *frames);
/** Can no frame be handed in before the oldest is dropped?  Is any under way? */
bool prs_frames_is_full(const prs_frames *frames);
bool prs_frames_any(const prs_frames *frames);
/** False too if there is none. */
bool prs_frames_is_oldest_done(prs_frames *frames);
/** The next frame, to be filled and handed in: it is not full. */
prs_frame *prs_frames_next(prs_frames *frames);
void prs_frames_submit(prs_frames *frames);
/** The oldest under way, packed or failed; borrowed until it is dropped. */
const prs_frame *prs_frames_oldest(prs_frames *frames);
void prs_frames_drop_oldest(prs_frames *frames);
size_t prs_frames_bytes(const prs_frames *frames);

#endif
