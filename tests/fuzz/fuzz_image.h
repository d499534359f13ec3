/* fuzz_image.h - the files of a small index in memory: made the same every time, damaged as edits
 * say, made whole again as a hostile writer would. */
#ifndef PRISM_FUZZ_IMAGE_H
#define PRISM_FUZZ_IMAGE_H

#include "fuzz.h"

enum { FUZZ_FILES = 16, FUZZ_EDIT = 6, FUZZ_EDITS = 32 };

typedef struct fuzz_image_file {
    char name[PRS_DIR_NAME_MAX + 1];
    uint8_t *bytes;
    size_t len;
} fuzz_image_file;

typedef struct fuzz_image {
    fuzz_image_file files[FUZZ_FILES];
    size_t n;
} fuzz_image;

typedef enum fuzz_image_kind {
    FUZZ_IMAGE_SMALL, /* 60 documents in three segments, some of them deleted */
    FUZZ_IMAGE_MANY,  /* 4500 in one, likewise */
    /* 200 in two with pairs of stop words, one of them in an order of its own */
    FUZZ_IMAGE_ORDERED,
} fuzz_image_kind;

void fuzz_image_make(fuzz_image *im, fuzz_image_kind kind);
fuzz_image fuzz_image_copy(const fuzz_image *from);
void fuzz_image_end(fuzz_image *im);
/** One edit of FUZZ_EDIT bytes: file, section (or header, directory, footer), place (2), operation,
 *  value. */
void fuzz_image_edit(fuzz_image *im, const uint8_t *e);
/** Make region tables, footers, headers and the digests in the manifest right. */
void fuzz_image_mend(fuzz_image *im);
/** A directory in memory with these files. */
prs_dir *fuzz_image_dir(const fuzz_image *im, prs_mem *mem);

#endif
