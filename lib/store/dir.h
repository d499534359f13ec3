/* dir.h - a directory of write-once named files: the contract, in disk (dir_fs) and memory
 * (dir_mem) form.
 *
 * Everything except the lock file is created once, written front to back, synced, closed, and never
 * touched again but by unlink.  Names are plain (no slash, no leading dot).  This vtable is where
 * fault injection hooks in: every storage call of the library passes through it. */
#ifndef PRS_STORE_DIR_H
#define PRS_STORE_DIR_H

#include "base/error.h"
#include "base/mem.h"

typedef struct prs_dir prs_dir;
typedef struct prs_file prs_file; /* a file being written */

/* A file opened for reading.  Either `ptr` is its bytes (mapping, or memory), or `ptr` is NULL and
 * `space` is private memory of len + 64 zero bytes for the reader to read_at into when needed. */
typedef struct prs_view {
    const uint8_t *ptr;
    uint8_t *space;
    uint64_t len;
    void *handle; /* of the implementation */
} prs_view;

typedef prism_status (*prs_dir_list_fn)(void *ctx, const char *name);

typedef struct prs_dir_vtable {
    /* O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC; EEXISTS if there is one. */
    prism_status (*create)(prs_dir *dir, const char *name, prs_file **out, prism_error *err);
    prism_status (*write)(prs_dir *dir, prs_file *file, const void *ptr, size_t len,
                          prism_error *err);
    /* All is written: from now on the file can be viewed, though sync and close are to come. */
    void (*seal)(prs_dir *dir, prs_file *file);
    prism_status (*sync)(prs_dir *dir, prs_file *file, prism_error *err); /* fsync, never retried */
    prism_status (*close)(prs_dir *dir, prs_file *file,
                          prism_error *err); /* always frees the file */
    /* Map (or open) an existing regular file; ENOTFOUND if none.  view_close ends it. */
    prism_status (*view_open)(prs_dir *dir, const char *name, prs_view *out, prism_error *err);
    void (*view_close)(prs_dir *dir, prs_view *view);
    /* No read_at is expected soon: release the descriptor of a mapped view (R29), unless keep_open.
     * A later read_at opens the name again and makes sure that it is the same file; ENOTFOUND if it
     * is gone. */
    void (*view_settle)(prs_dir *dir, prs_view *view);
    /* Bytes [off, off+len) into buf by pread; a short file is ECORRUPT. */
    prism_status (*read_at)(prs_dir *dir, const prs_view *view, uint64_t off, void *buf, size_t len,
                            prism_error *err);
    prism_status (*rename_new)(prs_dir *dir, const char *from, const char *to,
                               prism_error *err); /* NOREPLACE */
    prism_status (*unlink)(prs_dir *dir, const char *name, prism_error *err);
    prism_status (*list)(prs_dir *dir, prs_dir_list_fn each, void *ctx, prism_error *err);
    prism_status (*sync_dir)(prs_dir *dir, prism_error *err);
    /* fsync a finished file that somebody wrote without; ENOTFOUND.  Never retried either. */
    prism_status (*sync_name)(prs_dir *dir, const char *name, prism_error *err);
    /* A directory opened for reading is to be written from now on: the probes of
     * prs_dir_fs_open(write). */
    prism_status (*allow_writes)(prs_dir *dir, prism_error *err);
    /* Exclusive writer lock on `name`, created once; EBUSY if held, also by this process. */
    prism_status (*lock)(prs_dir *dir, const char *name, void **lock, prism_error *err);
    void (*unlock)(prs_dir *dir, void *lock);
    void (*close_dir)(prs_dir *dir);
    /* Give a finished file of `from` its name here too (a hard link) and sync its bytes; NULL where
     * that never works.  EUNSUPPORTED: not between these two, copy instead; ENOTFOUND, EEXISTS. */
    prism_status (*link_from)(prs_dir *dir, prs_dir *from, const char *name, prism_error *err);
} prs_dir_vtable;

struct prs_dir {
    const prs_dir_vtable *vt;
    prs_mem *mem;
    /* fsync calls of files and directory since open, asserted in tests (R3) */
    atomic_uint_fast64_t n_syncs;
    /* Set by the owner after open: */
    bool no_sync; /* syncs do nothing and are not counted: for a writer that need not be durable */
    bool plain;   /* plain POSIX twins, link+unlink and flock; all writers agree */
    bool pread;   /* views opened from now on are read with pread, not mapped */
    /* Views settled from now on keep their descriptor: read_at works though others unlink them. */
    bool keep_open;
};

#define PRS_DIR_NAME_MAX 63u /* bytes of a name, without the NUL */

/** True for a name a directory takes: 1..PRS_DIR_NAME_MAX of a-z 0-9 . - with no dot in front. */
bool prs_dir_name_ok(const char *name);

/** Open a directory on disk.  create: make it (one level) if absent.  write: probe that it can be
 *  written (file system refused: NFS, SMB, no fsync of directories -> EUNSUPPORTED; read-only ->
 *  EREADONLY). Without `write` every call that writes returns EREADONLY.  Views are closed before
 *  the directory.
 *  Threads: any for reading; files are written by one thread each.
 *  Errors: ENOTFOUND, EIO, EINVAL (not a directory).  Close with dir->vt->close_dir. */
prism_status prs_dir_fs_open(prs_mem *mem, const char *path, bool create, bool write, prs_dir **out,
                             prism_error *err);
/** Remove a directory on disk that is empty; best effort. */
void prs_dir_fs_remove(const char *path);
/** An empty directory in memory.  Closing it drops the files. */
prism_status prs_dir_mem_new(prs_mem *mem, prs_dir **out, prism_error *err);

#endif
