/* places.h - the same test in every kind of directory: memory, disk, and disk with its twins. */
#ifndef PRS_TESTS_PLACES_H
#define PRS_TESTS_PLACES_H

#include "harness/test.h"

#include "store/dir.h"

typedef enum place_kind {
    PLACE_MEM,
    PLACE_MEM_PREAD,
    PLACE_FS,
    PLACE_FS_PREAD,
    PLACE_FS_PLAIN,
    PLACE_KINDS
} place_kind;

typedef struct place {
    prs_mem mem;
    prs_dir *dir;
    const char *path; /* NULL in memory */
} place;

/** A new empty directory of that kind, writable. */
void place_open(place *p, place_kind kind);
/** Close it; fails the test unless all memory was released. */
void place_close(place *p);
/** Write a whole file through the directory. */
void place_write(place *p, const char *name, const void *bytes, size_t len);
/** All bytes of a file, of malloc.  Fails the test if there is none. */
uint8_t *place_read(place *p, const char *name, size_t *len);

#endif
