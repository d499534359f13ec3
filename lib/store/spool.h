/* spool.h - bytes gathered in memory until their turn comes in a file: append, then replay.
 *
 * A list of chunks, so that no block of memory grows with the file and nothing is ever copied to
 * grow.  Sticky like prs_buf: after a failed append `failed` is set and nothing more is taken; who
 * cannot live with that asks for room first. */
#ifndef PRS_STORE_SPOOL_H
#define PRS_STORE_SPOOL_H

#include "base/error.h"
#include "base/mem.h"
#include "store/out.h"

typedef struct prs_spool_chunk prs_spool_chunk;

typedef struct prs_spool {
    prs_mem *mem;
    prs_spool_chunk *first, *last;
    uint64_t len;   /* bytes appended */
    uint64_t bytes; /* memory held */
    bool failed;
} prs_spool;

void prs_spool_init(prs_spool *spool, prs_mem *mem); /* allocates nothing */
void prs_spool_fini(prs_spool *spool);
/** Have room for `n` more appends of at most `piece` bytes each (<= 64 KiB): they cannot fail then.
 *  Errors : ENOMEM: nothing has changed, not even `failed` */
prism_status prs_spool_reserve(prs_spool *spool, uint64_t n, size_t piece,
                               prism_error *err) PRS_NODISCARD;
/** n contiguous bytes at the end, to be filled by the caller; NULL on failure.  n <= 64 KiB. */
uint8_t *prs_spool_extend(prs_spool *spool, size_t n);
void prs_spool_put(prs_spool *spool, const void *ptr, size_t n); /* any n */
void prs_spool_put16(prs_spool *spool, uint16_t v);
void prs_spool_put32(prs_spool *spool, uint32_t v);
void prs_spool_put64(prs_spool *spool, uint64_t v);
/** Write all of it to the current section. */
void prs_spool_replay(const prs_spool *spool, prs_out *out);
prism_status prs_spool_status(const prs_spool *spool, prism_error *err);

/** Byte `off` (< len), and what was appended with it by one extend.   Cost: one step per MiB before
 * it */
const uint8_t *prs_spool_at(const prs_spool *spool, uint64_t off);

/* Front to back in the pieces in which it was appended: fixed-size items never straddle. */
typedef struct prs_spool_reader {
    const prs_spool_chunk *chunk;
    size_t at;
} prs_spool_reader;

prs_spool_reader prs_spool_read(const prs_spool *spool);
/** The next n bytes, which were appended by one extend of n; NULL at the end. */
const uint8_t *prs_spool_next(prs_spool_reader *reader, size_t n);
/** All that is left of the current chunk, *n bytes; NULL at the end. */
const uint8_t *prs_spool_next_run(prs_spool_reader *reader, size_t *n);

#endif
