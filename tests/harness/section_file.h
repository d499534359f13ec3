/* section_file.h - one section written through a file in memory and opened again: what most format
 * tests need. */
#ifndef PRS_TESTS_SECTION_FILE_H
#define PRS_TESTS_SECTION_FILE_H

#include "harness/test.h"

#include "format/components.h"
#include "store/in.h"

typedef struct section_file {
    prs_mem *mem;
    prs_dir *dir;
    prs_out *out;
    prs_in *in;
} section_file;

/** A directory in memory with a file in which section (component, none) has begun. */
prism_status section_file_begin(section_file *f, prs_mem *mem, uint16_t component);
/** Finish the file and open it; *section is its first one.  pread: read it without mapping. */
prism_status section_file_open(section_file *f, uint16_t component, bool pread,
                               prs_section *section);
/** Open the finished file without mapping, and use it with its 1st, 2nd, 3rd ... read refused, and
 *  the disk gone behind that: `use` must return EIO whenever one was, else OK.  Returns how many
 *  reads (regions of 64 KiB) an undisturbed use takes, 1 or more. */
uint32_t section_file_sweep(section_file *f, prism_status (*use)(prs_in *in, void *ctx), void *ctx);
/** Close what is open, whatever happened before. */
void section_file_end(section_file *f);

/* A private copy of a section with damage done to it, and 64 readable bytes behind. */
typedef struct section_copy {
    uint8_t *bytes; /* of malloc, so that AddressSanitizer guards its ends */
    size_t len;
} section_copy;

/** Copy `len` bytes of a section; `len` may cut it short. */
section_copy section_copy_of(const prs_section *section, size_t len);
void section_copy_free(section_copy *copy);
/** Change 1 to 8 bytes at random: flips, small numbers, extremes, or a copied run. */
void section_copy_damage(section_copy *copy, test_rng *rng);

#endif
