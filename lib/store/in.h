/* in.h - read one file of FORMAT.md section 3: checked at open, regions verified on first touch.
 *
 * Open reads header, footer, directory and region table into private memory, checks them and the
 * digest given by the manifest: O(metadata).  After that a section is a borrowed run of mapped
 * bytes (or private memory under io = pread), and prs_in_touch verifies the 64 KiB regions below a
 * range the first time they are used.  At least 64 bytes may be read behind every section. */
#ifndef PRS_STORE_IN_H
#define PRS_STORE_IN_H

#include "store/out.h"

typedef enum prs_checksum_mode {
    PRS_CHECKSUM_LAZY,
    PRS_CHECKSUM_EAGER,
    PRS_CHECKSUM_OFF
} prs_checksum_mode;

typedef struct prs_in prs_in;

typedef struct prs_section {
    const uint8_t *ptr;
    uint64_t len;
    prs_in *in;      /* NULL for a section made in memory by a test */
    uint64_t offset; /* of ptr in the file */
    uint16_t version;
} prs_section;

/** Errors : ENOTFOUND, ECORRUPT (file and offset), ETOONEW, EIO.
 *  Params : expect_len / expect_digest from the manifest, 0 / NULL = not known (commit files,
 *           check). */
prism_status prs_in_open(prs_dir *dir, const char *name, prs_file_type type, const prs_id *id,
                         uint64_t expect_len, const prs_hash128 *expect_digest,
                         prs_checksum_mode mode, prs_in **out, prism_error *err);
prs_in *prs_in_ref(prs_in *in);
/** Drop a reference; the last one closes.  NULL is fine. */
void prs_in_close(prs_in *in);
/** Id and generation in the header. */
const prs_id *prs_in_id(const prs_in *in);
uint64_t prs_in_generation(const prs_in *in);
uint64_t prs_in_len(const prs_in *in);
/** Format it is in, as PRS_FORMAT. */
uint32_t prs_in_format(const prs_in *in);
const char *prs_in_name(const prs_in *in);
/** True if the header has a read-only-compatible flag unknown to us: the index may be read, not
 * written. */
bool prs_in_read_only(const prs_in *in);
/** The compatible flags of the header. */
uint32_t prs_in_flags(const prs_in *in);

/** Find a section; false (and an empty section) if the file has none. */
bool prs_in_section(prs_in *in, uint16_t component, uint16_t field, prs_section *out);
/** The i-th directory entry, for info and check; false past the end. */
bool prs_in_entry(prs_in *in, uint32_t i, uint16_t *component, uint16_t *field, prs_section *out);

/** Verify the regions under [off, off+len) of the section if not yet done.
 *  Errors : ECORRUPT with file and offset.   Threads: any (atomic bitmap).   Cost: one load when
 *           done */
prism_status prs_in_touch(const prs_section *section, uint64_t off, uint64_t len, prism_error *err);
/** Verify every region by pread, not through the mapping (check, merge, backup). */
prism_status prs_in_verify_all(prs_in *in, prism_error *err);
/** The same for the regions first .. first + n - 1, as far as there are so many.  Returns with
 *  *more false behind the last one. */
prism_status prs_in_verify_some(prs_in *in, uint64_t first, uint64_t n, bool *more,
                                prism_error *err);

/** ECORRUPT naming the file and the offset of `at` in it. */
prism_status prs_section_corrupt(const prs_section *section, const void *at, prism_error *err,
                                 const char *what);
/** A section over plain memory, for tests and fuzzing (no checksums; caller pads 64 bytes). */
prs_section prs_section_of(const void *ptr, size_t len);

#endif
