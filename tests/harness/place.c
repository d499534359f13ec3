/* place.c - where do tests write, and where do they find files?
 *
 * One folder under TMPDIR for each program, removed when it ends, however its tests ended: tests
 * run in forks, so a test that crashes cannot clean up after itself. */
#include "harness/test.h"

#include "harness/private.h"

#include "config.h"

#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

static char root[PATH_MAX];

const char *test_places_open(void) {
    const char *base = getenv("TMPDIR");
    if (base == NULL || *base == '\0') base = "/tmp";
    snprintf(root, sizeof root, "%s/prismsearch-test-XXXXXX", base);
    if (mkdtemp(root) == NULL) {
        perror(root);
        exit(99);
    }
    return root;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void test_places_close(void) {
    if (getenv("PRISM_KEEP_TEMP") != NULL) {
        printf("# kept %s\n", root);
    } else if (nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0) {
        perror(root);
    }
}

/* Several folders in one test each keep their name until it ends; the list keeps leak checkers
 * calm. */
typedef struct temp_dir {
    struct temp_dir *before;
    char path[PATH_MAX];
} temp_dir;

const char *test_temp_dir(void) {
    static temp_dir *newest;
    temp_dir *dir = malloc(sizeof *dir);
    ck_assert_ptr_nonnull(dir);
    int n = snprintf(dir->path, sizeof dir->path, "%s/XXXXXX", root);
    ck_assert(n > 0 && (size_t)n < sizeof dir->path);
    ck_assert_msg(mkdtemp(dir->path) != NULL, "cannot create %s", dir->path);
    dir->before = newest;
    newest = dir;
    return dir->path;
}

void test_mount(const char *folder, const char *options, unsigned long flags) {
    if (geteuid() != 0) test_skip("only root may mount a small file system");
    /* In a chroot "/" is no mount point, and the mount might spread to outside and outlive us. */
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        test_skip("no mounts of our own here (a container or a chroot)");
    if (mount("tmpfs", folder, "tmpfs", flags, options) != 0) test_skip("no tmpfs here");
}

static const char *join_existing(const char *folder, const char *relative) {
    static char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", folder, relative);
    if (n < 0 || (size_t)n >= sizeof path) return NULL;
    return access(path, R_OK) == 0 ? path : NULL;
}

const char *test_shared_path(const char *relative) {
    const char *folder = getenv("PRISM_SHARED");
    if (folder == NULL) folder = PRS_SHARED_DIR;
    if (*folder == '\0') test_skip("no shared collections (--with-shared=DIR)");
    const char *path = join_existing(folder, relative);
    if (path == NULL) {
        fprintf(stderr, "# %s/%s\n", folder, relative);
        test_skip("a file of the shared collections is missing");
    }
    return path;
}

const char *test_source_path(const char *relative) {
    const char *folder = getenv("PRISM_SRCDIR");
    const char *path = join_existing(folder != NULL ? folder : ".", relative);
    ck_assert_msg(path != NULL, "no %s in the source tree", relative);
    return path;
}
