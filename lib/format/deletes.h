/* deletes.h - which documents of which segments are deleted as of one generation.
 *
 * FORMAT.md section 16.  In the file a sparse set is a list, a dense one a bit array; in memory
 * each is a prs_bitset with 1 = deleted. */
#ifndef PRS_FORMAT_DELETES_H
#define PRS_FORMAT_DELETES_H

#include "base/bitset.h"
#include "format/manifest.h"

typedef struct prs_deletes_input { /* one segment, in manifest order */
    prs_id id;
    const prs_bitset *deleted; /* NULL = none; set.n = n_docs */
} prs_deletes_input;

/** Write the section DELETES (begun by the caller); segments without deleted documents are left
 * out. */
prism_status prs_deletes_write(const prs_deletes_input *inputs, uint32_t n, prs_mem *mem,
                               prs_out *out, prism_error *err) PRS_NODISCARD;

typedef struct prs_deletes_entry {
    prs_id id;
    uint32_t n_deleted;
    uint8_t kind;
    prs_bytes bytes; /* borrowed from the section */
} prs_deletes_entry;

typedef struct prs_deletes {
    prs_section section;
    uint32_t n;
    prs_deletes_entry *entries; /* in the arena */
} prs_deletes;

/** Find the entries; checks that they are those of the manifest (ids, order, counts) if one is
 * given. */
prism_status prs_deletes_open(prs_deletes *deletes, const prs_section *section,
                              const prs_manifest *manifest, prs_arena *arena,
                              prism_error *err) PRS_NODISCARD;
/** The entry of a segment, or NULL = none of its documents is deleted. */
const prs_deletes_entry *prs_deletes_find(const prs_deletes *deletes, const prs_id *id);
/** Set the bits of an entry in `set`, which is initialised, all zero, with n = n_docs of the
 *  segment.
 *  Errors : ECORRUPT if a doc is out of range, out of order, or their number is not n_deleted. */
prism_status prs_deletes_decode(const prs_deletes *deletes, const prs_deletes_entry *entry,
                                prs_bitset *set, prism_error *err) PRS_NODISCARD;

#endif
