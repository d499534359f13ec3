/* dir_fs.c - how do named write-once files live in a directory of a POSIX file system?
 *
 * Structure   fs_dir holds one directory descriptor, opened once; every call is relative to it,
 *             so that renaming or replacing the directory meanwhile cannot split an index in two.
 *                 create/write/sync/close   fs_file: a descriptor and a sticky failure
 *                 view_open/read_at         fs_view: a read-only mapping, or private space
 *                 rename_new                renameat2(RENAME_NOREPLACE), or link and unlink
 *                 link_from                 a hard link between two directories on disk
 *                 lock                      store/lock.c
 *
 * Invariants  - Nothing is opened for writing twice, truncated, or renamed over (R2): create is
 *               O_EXCL.
 *             - After a failed write or sync the file takes nothing more (R7): the kernel may have
 *               thrown away the pages, so a later success would mean nothing.
 *             - Mappings are read-only and shared; private mappings would not save anybody from
 *               SIGBUS either when a file is cut short from outside, which is out of contract
 *               (R18).  With `pread` nothing is mapped but anonymous space, and such a cut is an
 *               error.
 *             - A settled view holds no descriptor (R29), unless keep_open asks for it: then what
 *               others unlink can still be read.  read_at else opens the name again and
 *               insists on the same inode; an unlinked file stays readable through its mapping
 *               only.
 *             - A process that was forked may read, but what writes returns EMISUSE (R27).
 * Why fsync   and not fdatasync: see R1.  Directory fsync is not optional; where it is not offered,
 *             writing is refused at open (R3).
 * Source      rules R1 to R8, R18, R24, R26 to R29; open(2), rename(2), fsync(2)
 * Tested by   tests/unit/store/test_dir.c, test_dir_fs.c */
#include "store/dir.h"

#include "base/sync.h"
#include "store/fd.h"
#include "store/lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

#define PRS_VIEW_PADDING 64u /* bytes that decoders may read behind the end (FORMAT.md section 3) */

typedef struct fs_dir {
    prs_dir base;
    int fd;
    bool writable;
    int64_t process;
} fs_dir;

struct prs_file {
    int fd;
    bool failed, sealed;
    char name[PRS_DIR_NAME_MAX + 1];
};

typedef struct fs_view {
    int fd; /* -1 once settled */
    dev_t dev;
    ino_t ino;
    void *map;
    size_t map_len;
    char name[PRS_DIR_NAME_MAX + 1];
} fs_view;

static fs_dir *fs_of(prs_dir *dir) {
    return (fs_dir *)dir;
}

static prism_status check_name(const char *name, prism_error *err) {
    if (prs_dir_name_ok(name)) return PRISM_OK;
    return prs_error_set(err, PRISM_EINVAL, "not a name for a file of an index");
}

static prism_status check_writer(const fs_dir *fs, prism_error *err) {
    if (!fs->writable) {
        return prs_error_set(err, PRISM_EREADONLY, "the directory was opened for reading");
    }
    if (fs->process != prs_process_id()) {
        return prs_error_set(err, PRISM_EMISUSE, "a writer cannot be used after fork in the child");
    }
    return PRISM_OK;
}

/* Keep errno, file and text of an error, but give it the code that fits this call. */
static prism_status recode(prism_error *err, prism_status code) {
    if (err != NULL && err->size >= sizeof *err) err->code = code;
    return code;
}

static prism_status not_found(prism_error *err, const char *name) {
    prs_error_set(err, PRISM_ENOTFOUND, "no such file");
    prs_error_file(err, name);
    return PRISM_ENOTFOUND;
}

/* ---- writing --------------------------------------------------------------------------------- */

static prism_status fs_create(prs_dir *dir, const char *name, prs_file **out, prism_error *err) {
    fs_dir *fs = fs_of(dir);
    *out = NULL;
    PRS_TRY(check_name(name, err));
    PRS_TRY(check_writer(fs, err));
    prs_file *file = prs_mem_calloc(dir->mem, 1, sizeof *file);
    if (file == NULL) return prs_error_nomem(err);
    memcpy(file->name, name, strlen(name) + 1);
    file->fd = prs_fd_open(fs->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);
    if (file->fd < 0) {
        int saved = errno;
        prs_mem_free(dir->mem, file, sizeof *file);
        prism_status status = prs_error_sys(err, saved, name, "cannot create the file");
        return saved == EEXIST ? recode(err, PRISM_EEXISTS) : status;
    }
    *out = file;
    return PRISM_OK;
}

static prism_status check_alive(const prs_file *file, prism_error *err) {
    if (!file->failed) return PRISM_OK;
    prs_error_set(err, PRISM_EIO, "an earlier write to this file failed");
    prs_error_file(err, file->name);
    return PRISM_EIO;
}

static prism_status fs_write(prs_dir *dir, prs_file *file, const void *ptr, size_t len,
                             prism_error *err) {
    (void)dir;
    PRS_ASSERT(!file->sealed);
    PRS_TRY(check_alive(file, err));
    if (prs_fd_write_all(file->fd, ptr, len) == 0) return PRISM_OK;
    file->failed = true;
    return prs_error_sys(err, errno, file->name, "cannot write");
}

static void fs_seal(prs_dir *dir, prs_file *file) {
    (void)dir;
    file->sealed = true;
}

static prism_status fs_sync(prs_dir *dir, prs_file *file, prism_error *err) {
    PRS_TRY(check_alive(file, err));
    if (dir->no_sync) return PRISM_OK;
    atomic_fetch_add_explicit(&dir->n_syncs, 1, memory_order_relaxed);
    if (fsync(file->fd) == 0) return PRISM_OK;
    file->failed = true;
    return prs_error_sys(err, errno, file->name, "cannot sync the file");
}

static prism_status fs_close(prs_dir *dir, prs_file *file, prism_error *err) {
    prism_status status = PRISM_OK;
    if (prs_fd_close(file->fd) != 0) {
        status = prs_error_sys(err, errno, file->name, "cannot close the file");
    }
    prs_mem_free(dir->mem, file, sizeof *file);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

static prism_status map_view(prs_dir *dir, fs_view *fv, uint64_t len, prs_view *out,
                             prism_error *err) {
    static const uint8_t nothing[PRS_VIEW_PADDING];
    if (len > (uint64_t)PTRDIFF_MAX - PRS_VIEW_PADDING) {
        return prs_error_corrupt(err, fv->name, 0, "the file is too large to be one of an index");
    }
    out->len = len;
    if (len == 0 && !dir->pread) { /* which mmap refuses */
        out->ptr = nothing;
        return PRISM_OK;
    }
    void *map;
    if (dir->pread) {
        fv->map_len = (size_t)len + PRS_VIEW_PADDING;
        map = mmap(NULL, fv->map_len, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    } else {
        fv->map_len = (size_t)len;
        map = mmap(NULL, fv->map_len, PROT_READ, MAP_SHARED, fv->fd, 0);
    }
    if (map == MAP_FAILED) return prs_error_sys(err, errno, fv->name, "cannot map the file");
    fv->map = map;
    if (dir->pread) {
        out->space = map;
    } else {
        out->ptr = map;
    }
    return PRISM_OK;
}

static void free_view(prs_dir *dir, fs_view *fv) {
    if (fv->map != NULL) (void)munmap(fv->map, fv->map_len);
    if (fv->fd >= 0) (void)prs_fd_close(fv->fd);
    prs_mem_free(dir->mem, fv, sizeof *fv);
}

/* Open for reading; O_NONBLOCK so that a FIFO of that name is found out instead of waited for. */
static prism_status open_regular(const fs_dir *fs, const char *name, int *fd, struct stat *st,
                                 prism_error *err) {
    *fd = prs_fd_open(fs->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);
    if (*fd < 0) {
        if (errno == ENOENT) return not_found(err, name);
        if (errno == ELOOP) return prs_error_corrupt(err, name, 0, "the file is a symbolic link");
        return prs_error_sys(err, errno, name, "cannot open the file");
    }
    prism_status status = PRISM_OK;
    if (fstat(*fd, st) != 0) {
        status = prs_error_sys(err, errno, name, "cannot look at the file");
    } else if (!S_ISREG(st->st_mode)) {
        status = prs_error_corrupt(err, name, 0, "not a regular file");
    }
    if (status == PRISM_OK) return PRISM_OK;
    (void)prs_fd_close(*fd);
    *fd = -1;
    return status;
}

static prism_status fs_view_open(prs_dir *dir, const char *name, prs_view *out, prism_error *err) {
    *out = (prs_view){0};
    PRS_TRY(check_name(name, err));
    fs_view *fv = prs_mem_calloc(dir->mem, 1, sizeof *fv);
    if (fv == NULL) return prs_error_nomem(err);
    memcpy(fv->name, name, strlen(name) + 1);
    struct stat st;
    prism_status status = open_regular(fs_of(dir), name, &fv->fd, &st, err);
    if (status == PRISM_OK) {
        fv->dev = st.st_dev;
        fv->ino = st.st_ino;
        status = map_view(dir, fv, (uint64_t)st.st_size, out, err);
    }
    if (status != PRISM_OK) {
        free_view(dir, fv);
        *out = (prs_view){0};
        return status;
    }
    out->handle = fv;
    return PRISM_OK;
}

static void fs_view_close(prs_dir *dir, prs_view *view) {
    if (view->handle != NULL) free_view(dir, view->handle);
    *view = (prs_view){0};
}

static void fs_view_settle(prs_dir *dir, prs_view *view) {
    fs_view *fv = view->handle;
    if (view->space != NULL || fv->fd < 0 || dir->keep_open)
        return; /* without a mapping the descriptor is all there is */
    (void)prs_fd_close(fv->fd);
    fv->fd = -1;
}

/* A descriptor for a settled view, by name, if the name still means the same file. */
static prism_status reopen(const fs_dir *fs, const fs_view *fv, int *fd, prism_error *err) {
    struct stat st;
    PRS_TRY(open_regular(fs, fv->name, fd, &st, err));
    if (st.st_dev == fv->dev && st.st_ino == fv->ino) return PRISM_OK;
    (void)prs_fd_close(*fd);
    return not_found(err, fv->name);
}

static prism_status fs_read_at(prs_dir *dir, const prs_view *view, uint64_t off, void *buf,
                               size_t len, prism_error *err) {
    const fs_view *fv = view->handle;
    int fd = fv->fd;
    if (off > view->len || len > view->len - off) {
        return prs_error_corrupt(err, fv->name, off, "a read past the end of the file");
    }
    if (fd < 0) PRS_TRY(reopen(fs_of(dir), fv, &fd, err));
    ssize_t n = prs_fd_read_at(fd, buf, len, off);
    int saved = errno;
    if (fv->fd < 0) (void)prs_fd_close(fd);
    if (n < 0) {
        prism_status status = prs_error_sys(err, saved, fv->name, "cannot read");
        prs_error_at(err, off, 0, 0);
        return status;
    }
    if ((size_t)n < len) {
        return prs_error_corrupt(err, fv->name, off + (uint64_t)n, "the file was cut short");
    }
    return PRISM_OK;
}

/* ---- names ----------------------------------------------------------------------------------- */

static int rename_by_link(int fd, const char *from, const char *to) {
    if (linkat(fd, from, fd, to, 0) != 0) return -1;
    return unlinkat(fd, from, 0);
}

#if defined(PRS_PLAIN_POSIX) || !defined(RENAME_NOREPLACE)
static int rename_new(int fd, const char *from, const char *to, bool plain) {
    (void)plain;
    return rename_by_link(fd, from, to);
}
#else
static int rename_new(int fd, const char *from, const char *to, bool plain) {
    if (plain) return rename_by_link(fd, from, to);
    if (renameat2(fd, from, fd, to, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1; /* file systems and kernels without the flag */
    return rename_by_link(fd, from, to);
}
#endif

static prism_status fs_rename_new(prs_dir *dir, const char *from, const char *to,
                                  prism_error *err) {
    fs_dir *fs = fs_of(dir);
    PRS_TRY(check_name(from, err));
    PRS_TRY(check_name(to, err));
    PRS_TRY(check_writer(fs, err));
    if (rename_new(fs->fd, from, to, dir->plain) == 0) return PRISM_OK;
    int saved = errno;
    prism_status status = prs_error_sys(err, saved, to, "cannot give the file its name");
    if (saved == EEXIST) return recode(err, PRISM_EEXISTS);
    if (saved == ENOENT) return recode(err, PRISM_ENOTFOUND);
    return status;
}

static prism_status fs_unlink(prs_dir *dir, const char *name, prism_error *err) {
    fs_dir *fs = fs_of(dir);
    PRS_TRY(check_name(name, err));
    PRS_TRY(check_writer(fs, err));
    if (unlinkat(fs->fd, name, 0) == 0) return PRISM_OK;
    if (errno == ENOENT) return not_found(err, name);
    return prs_error_sys(err, errno, name, "cannot remove the file");
}

static prism_status fs_list(prs_dir *dir, prs_dir_list_fn each, void *ctx, prism_error *err) {
    /* A fresh open: a duplicate would share its reading position with every other listing. */
    int fd = prs_fd_open(fs_of(dir)->fd, ".", O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) return prs_error_sys(err, errno, NULL, "cannot list the directory");
    DIR *stream = fdopendir(fd);
    if (stream == NULL) {
        int saved = errno;
        (void)prs_fd_close(fd);
        return prs_error_sys(err, saved, NULL, "cannot list the directory");
    }
    prism_status status = PRISM_OK;
    while (status == PRISM_OK) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (entry == NULL) {
            if (errno != 0) status = prs_error_sys(err, errno, NULL, "cannot list the directory");
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        status = each(ctx, entry->d_name);
    }
    (void)closedir(stream);
    return status;
}

/* XFS that has shut down (an I/O error below its log) lets the fsync of a directory return 0 though
 * the names are lost; it refuses to look at it afterwards, which is what gives it away. */
static prism_status sync_descriptor(int fd, prism_error *err) {
    struct stat st;
    if (fsync(fd) == 0) {
        if (fstat(fd, &st) == 0) return PRISM_OK;
        return prs_error_sys(err, errno, NULL, "the file system gave up below the directory");
    }
    if (errno == EINVAL || errno == ENOTSUP) {
        return prs_error_set(
            err, PRISM_EUNSUPPORTED,
            "this file system cannot sync a directory, so no commit there would be safe");
    }
    return prs_error_sys(err, errno, NULL, "cannot sync the directory");
}

static prism_status fs_sync_dir(prs_dir *dir, prism_error *err) {
    PRS_TRY(check_writer(fs_of(dir), err));
    if (dir->no_sync) return PRISM_OK;
    atomic_fetch_add_explicit(&dir->n_syncs, 1, memory_order_relaxed);
    return sync_descriptor(fs_of(dir)->fd, err);
}

static prism_status fs_sync_name(prs_dir *dir, const char *name, prism_error *err) {
    struct stat st;
    int fd;
    PRS_TRY(check_name(name, err));
    PRS_TRY(check_writer(fs_of(dir), err));
    if (dir->no_sync) return PRISM_OK;
    PRS_TRY(open_regular(fs_of(dir), name, &fd, &st, err));
    prism_status status = PRISM_OK;
    atomic_fetch_add_explicit(&dir->n_syncs, 1, memory_order_relaxed);
    if (fsync(fd) != 0) status = prs_error_sys(err, errno, name, "cannot sync the file");
    (void)prs_fd_close(fd);
    return status;
}

static prism_status fs_link_from(prs_dir *dir, prs_dir *from, const char *name, prism_error *err) {
    fs_dir *fs = fs_of(dir);
    PRS_TRY(check_name(name, err));
    PRS_TRY(check_writer(fs, err));
    if (from->vt != dir->vt)
        return prs_error_set(err, PRISM_EUNSUPPORTED, "the other directory is not on disk");
    if (linkat(fs_of(from)->fd, name, fs->fd, name, 0) == 0)
        return fs_sync_name(dir, name, err); /* it may have been written without syncs */
    int saved = errno;
    prism_status status = prs_error_sys(err, saved, name, "cannot link the file");
    switch (saved) {
    case ENOENT: return recode(err, PRISM_ENOTFOUND);
    case EEXIST: return recode(err, PRISM_EEXISTS);
    case EXDEV:  /* another file system */
    case EPERM:  /* one without links, or a file of somebody else's */
    case EACCES: /* likewise */
    case EMLINK:
    case ENOSYS:
    case EOPNOTSUPP: return recode(err, PRISM_EUNSUPPORTED);
    default: return status;
    }
}

/* ---- the lock -------------------------------------------------------------------------------- */

static prism_status fs_lock(prs_dir *dir, const char *name, void **lock, prism_error *err) {
    fs_dir *fs = fs_of(dir);
    *lock = NULL;
    PRS_TRY(check_name(name, err));
    PRS_TRY(check_writer(fs, err));
    int *held = prs_mem_alloc(dir->mem, sizeof *held);
    if (held == NULL) return prs_error_nomem(err);
    prism_status status = prs_lock_take(fs->fd, name, dir->plain, held, err);
    if (status != PRISM_OK) {
        prs_mem_free(dir->mem, held, sizeof *held);
        return status;
    }
    *lock = held;
    return PRISM_OK;
}

static void fs_unlock(prs_dir *dir, void *lock) {
    if (lock == NULL) return;
    prs_lock_release(*(int *)lock);
    prs_mem_free(dir->mem, lock, sizeof(int));
}

static void fs_close_dir(prs_dir *dir) {
    fs_dir *fs = fs_of(dir);
    (void)prs_fd_close(fs->fd);
    prs_mem_free(dir->mem, fs, sizeof *fs);
}

/* ---- opening --------------------------------------------------------------------------------- */

#ifdef __linux__
/* Network file systems whose locks or renames are not what they seem (R27). */
static prism_status check_file_system(int fd, prism_error *err) {
    static const struct {
        uint32_t magic;
        const char *name;
    } refused[] = {{0x6969u, "NFS"}, {0x517bu, "SMB"}, {0xff534d42u, "CIFS"}, {0xfe534d42u, "SMB"}};
    struct statfs st;
    if (fstatfs(fd, &st) != 0)
        return prs_error_sys(err, errno, NULL, "cannot look at the file system");
    for (size_t i = 0; i < PRS_COUNT(refused); i++) {
        if ((uint32_t)st.f_type == refused[i].magic) {
            return prs_error_set(err, PRISM_EUNSUPPORTED, "an index cannot be written on %s",
                                 refused[i].name);
        }
    }
    return PRISM_OK;
}
#else
static prism_status check_file_system(int fd, prism_error *err) {
    (void)fd;
    (void)err;
    return PRISM_OK;
}
#endif

static prism_status check_writable(int fd, prism_error *err) {
    struct statvfs st;
    if (fstatvfs(fd, &st) != 0)
        return prs_error_sys(err, errno, NULL, "cannot look at the file system");
    if ((st.f_flag & ST_RDONLY) != 0) {
        return prs_error_set(err, PRISM_EREADONLY, "the file system is read-only");
    }
    if (faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) != 0) {
        int saved = errno;
        prism_status status = prs_error_sys(err, saved, NULL, "the directory cannot be written to");
        return saved == EACCES ? recode(err, PRISM_EREADONLY) : status;
    }
    PRS_TRY(check_file_system(fd, err));
    return sync_descriptor(fd, err);
}

static prism_status fs_allow_writes(prs_dir *dir, prism_error *err) {
    fs_dir *fs = fs_of(dir);
    if (!fs->writable) PRS_TRY(check_writable(fs->fd, err));
    fs->writable = true;
    return PRISM_OK;
}

static prism_status open_failed(int sys_errno, prism_error *err) {
    prism_status status = prs_error_sys(err, sys_errno, NULL, "cannot open the index directory");
    if (sys_errno == ENOENT) return recode(err, PRISM_ENOTFOUND);
    if (sys_errno == ENOTDIR) return recode(err, PRISM_EINVAL);
    return status;
}

/* Make the directory's own name durable: fsync its parent, found without taking the path apart. */
static prism_status sync_parent(int fd, prism_error *err) {
    int parent = prs_fd_open(fd, "..", O_RDONLY | O_DIRECTORY, 0);
    if (parent < 0) return prs_error_sys(err, errno, NULL, "cannot open the parent directory");
    prism_status status = sync_descriptor(parent, err);
    (void)prs_fd_close(parent);
    return status;
}

static prism_status open_directory(const char *path, bool create, int *fd, bool *made,
                                   prism_error *err) {
    *made = false;
    *fd = prs_fd_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
    if (*fd >= 0) return PRISM_OK;
    if (errno != ENOENT || !create) return open_failed(errno, err);
    if (mkdir(path, 0777) == 0) {
        *made = true;
    } else if (errno != EEXIST) { /* EEXIST: somebody was faster, which is as good */
        return open_failed(errno, err);
    }
    *fd = prs_fd_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
    return *fd >= 0 ? PRISM_OK : open_failed(errno, err);
}

static const prs_dir_vtable fs_vtable = {
    .create = fs_create,
    .write = fs_write,
    .seal = fs_seal,
    .sync = fs_sync,
    .close = fs_close,
    .view_open = fs_view_open,
    .view_close = fs_view_close,
    .view_settle = fs_view_settle,
    .read_at = fs_read_at,
    .rename_new = fs_rename_new,
    .unlink = fs_unlink,
    .list = fs_list,
    .sync_dir = fs_sync_dir,
    .sync_name = fs_sync_name,
    .allow_writes = fs_allow_writes,
    .lock = fs_lock,
    .unlock = fs_unlock,
    .close_dir = fs_close_dir,
    .link_from = fs_link_from,
};

prism_status prs_dir_fs_open(prs_mem *mem, const char *path, bool create, bool write, prs_dir **out,
                             prism_error *err) {
    *out = NULL;
    fs_dir *fs = prs_mem_calloc(mem, 1, sizeof *fs);
    if (fs == NULL) return prs_error_nomem(err);
    fs->base.vt = &fs_vtable;
    fs->base.mem = mem;
    atomic_init(&fs->base.n_syncs, 0);
    fs->writable = write;
    fs->process = prs_process_id();
    bool made;
    prism_status status = open_directory(path, create, &fs->fd, &made, err);
    if (status != PRISM_OK) {
        prs_mem_free(mem, fs, sizeof *fs);
        return status;
    }
    if (write) status = check_writable(fs->fd, err);
    if (status == PRISM_OK && create && write) {
        /* Also where the directory was there: it may be the work of one who died before this sync.
         * But then its parent need not be ours to open. */
        status = sync_parent(fs->fd, made ? err : NULL);
        if (!made) status = PRISM_OK;
    }
    if (status != PRISM_OK) {
        fs_close_dir(&fs->base);
        return status;
    }
    *out = &fs->base;
    return PRISM_OK;
}

void prs_dir_fs_remove(const char *path) {
    (void)rmdir(path);
}
