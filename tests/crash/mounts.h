/* mounts.h - file systems of a test's own: in a mount namespace that ends with the program. */
#ifndef PRS_TESTS_CRASH_MOUNTS_H
#define PRS_TESTS_CRASH_MOUNTS_H

#include <stdbool.h>

/** A namespace of our own; NULL, or why not (no root, no namespaces). */
const char *mounts_begin(void);
/** A tmpfs of that size over a folder. */
bool mounts_tmpfs(const char *folder, const char *size);

typedef struct mounts_disk {
    char image[128], device[64];
    const char *type; /* "ext4", "xfs" */
} mounts_disk;

/** An image file of so many MiB below folder, formatted, on a loop device; NULL or why not. */
const char *mounts_disk_make(mounts_disk *d, const char *folder, const char *type, unsigned mib);
/** Format it anew. */
bool mounts_disk_format(const mounts_disk *d);
bool mounts_disk_mount(const mounts_disk *d, const char *folder);
/** Tries for a second: a killed process may still hold it. */
bool mounts_unmount(const char *folder);
void mounts_disk_end(const mounts_disk *d);
/** Stop the file system as a power loss does: nothing more reaches the disk, not even the log. */
bool mounts_shut_down(const char *folder);

#endif
