/* envelope.h - the fixed parts of every file: header, footer, directory entries, region hashes.
 *
 * FORMAT.md section 3.  Pure functions on memory, shared by out.c, in.c and nobody else. */
#ifndef PRS_STORE_ENVELOPE_H
#define PRS_STORE_ENVELOPE_H

#include "base/error.h"
#include "store/out.h"

#define PRS_REGION_LOG2 16u
#define PRS_REGION ((size_t)1 << PRS_REGION_LOG2)
#define PRS_ENVELOPE_HEADER 64u
#define PRS_ENVELOPE_FOOTER 64u
#define PRS_ENVELOPE_ENTRY 24u
#define PRS_ENVELOPE_ALIGN 64u
#define PRS_MAX_SECTIONS 65536u
#define PRS_MAX_FILE (UINT64_C(1) << 47)

/* Numbers of the parts that are hashed but are no region. */
#define PRS_HASH_HEADER UINT64_MAX
#define PRS_HASH_FOOTER (UINT64_MAX - 1)
#define PRS_HASH_TABLE (UINT64_MAX - 2)

typedef struct prs_header {
    prs_file_type type;
    uint32_t format;          /* read only: major << 16 | minor */
    uint32_t read_only_flags; /* unknown ones among the read-only-compatible flags */
    uint32_t compatible_flags;
    prs_id id;
    uint64_t generation;
} prs_header;

typedef struct prs_footer {
    uint64_t dir_off, covered; /* covered: D, the bytes that regions cover */
    uint32_t n_sections, n_regions;
    uint64_t len; /* of the file */
    uint64_t table_hash;
} prs_footer;

/** Hash of n bytes that are part r of a file: a region number or PRS_HASH_*. */
uint64_t prs_envelope_hash(const prs_header *header, uint64_t r, const void *ptr, size_t n);

void prs_envelope_put_header(uint8_t out[PRS_ENVELOPE_HEADER], const prs_header *header);
/** Errors : ECORRUPT not ours or damaged, ETOONEW, ETOOOLD.  `name` is for messages. */
prism_status prs_envelope_get_header(const uint8_t in[PRS_ENVELOPE_HEADER], const char *name,
                                     prs_header *header, prism_error *err) PRS_NODISCARD;

void prs_envelope_put_footer(uint8_t out[PRS_ENVELOPE_FOOTER], const prs_header *header,
                             const prs_footer *footer);
/** Checks that every number in it fits the others and the length of the file (R15, R22).
 *  Errors : ECORRUPT */
prism_status prs_envelope_get_footer(const uint8_t in[PRS_ENVELOPE_FOOTER], const char *name,
                                     const prs_header *header, uint64_t file_len,
                                     prs_footer *footer, prism_error *err) PRS_NODISCARD;

static inline uint64_t prs_envelope_align(uint64_t off) {
    return (off + PRS_ENVELOPE_ALIGN - 1) & ~(uint64_t)(PRS_ENVELOPE_ALIGN - 1);
}

#endif
