/* manifest.h - one generation of the index: its segments, their files' digests, deletes, stop sets.
 *
 * FORMAT.md section 15.  A plain struct; what a decoded one points to lives in the arena given. */
#ifndef PRS_FORMAT_MANIFEST_H
#define PRS_FORMAT_MANIFEST_H

#include "base/arena.h"
#include "store/in.h"

typedef struct prs_file_check { /* what a manifest knows of a file */
    uint64_t len;
    prs_hash128 digest;
} prs_file_check;

typedef struct prs_manifest_segment {
    prs_id id;
    uint32_t n_docs, n_deleted;
    uint64_t arrival_base;
    prs_file_check idx, doc;
} prs_manifest_segment;

typedef struct prs_stop_set {
    uint16_t field, n;
    prs_bytes *keys; /* term keys, 1..PRISM_MAX_TERM_BYTES bytes */
} prs_stop_set;

typedef struct prs_manifest {
    uint64_t generation;         /* 1.. */
    uint64_t previous;           /* 0 = none */
    uint64_t next_arrival;       /* arrival number of the next document */
    uint64_t deletes_generation; /* 0 = nothing is deleted */
    prs_file_check deletes;
    uint32_t n_segments, n_stop_sets;
    prs_manifest_segment *segments; /* ascending by arrival_base */
    prs_stop_set *stop_sets;        /* ascending by field */
} prs_manifest;

#define PRS_MAX_SEGMENTS 65536u

/** The first rule of FORMAT.md section 15 that the manifest breaks, in words; NULL if none.  Writer
 *  and reader both ask. */
const char *prs_manifest_broken_rule(const prs_manifest *manifest);
/** Write the section MANIFEST (begun by the caller).
 *  Errors : EINVAL if the struct breaks a rule of FORMAT.md section 15 (a bug of ours); sticky
 *           errors of `out`. */
prism_status prs_manifest_write(const prs_manifest *manifest, prs_out *out,
                                prism_error *err) PRS_NODISCARD;
/** Read and check it.  Stop set keys are copied, so that the file may be closed.
 *  Errors : ECORRUPT, ENOMEM.   Cost: O(segments) */
prism_status prs_manifest_read(prs_manifest *manifest, const prs_section *section, prs_arena *arena,
                               prism_error *err) PRS_NODISCARD;
/** The segment with this id, or NULL. */
const prs_manifest_segment *prs_manifest_find(const prs_manifest *manifest, const prs_id *id);

#endif
