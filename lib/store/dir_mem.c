/* dir_mem.c - how do named write-once files live in memory, with the contract of those on disk?
 *
 * Structure   mem_dir -> list of names -> mem_file: bytes, reference count
 *             A name, an open writer and every view hold one reference each, so that an unlinked
 *             file lives as long as it is viewed, as on disk.
 * Invariants  - Bytes move only while the file is being written; a view can be opened after seal
 *               or close only, so a view's pointer stays good without a lock.
 *             - One mutex guards list, counts and the lock names; it is a leaf: no call goes out
 *               under it but allocation, and list works on one name at a time.
 *             - Where a fork left it with a thread that the child does not have, the list may be
 *               torn: the child looks at it no more, what it has open stays good.
 * Limits      A file is one block of memory, so at most prs_mem's greatest block (256 MiB at
 *             first).
 * Tested by   tests/unit/store/test_dir.c (the same tests as dir_fs), test_dir_mem.c */
#include "store/dir.h"

#include "base/buf.h"
#include "base/sync.h"
#include "base/vec.h"

#define PRS_MEM_MAX_LOCKS 4

typedef struct mem_file {
    prs_buf bytes;
    uint32_t refs;
    bool closed;
} mem_file;

struct prs_file {
    mem_file *file;
};

typedef struct mem_name {
    char text[PRS_DIR_NAME_MAX + 1];
    mem_file *file;
} mem_name;

PRS_VEC_DEFINE(name_vec, mem_name)

typedef struct mem_lock {
    char name[PRS_DIR_NAME_MAX + 1]; /* "" = free */
} mem_lock;

typedef struct mem_dir {
    prs_dir base;
    prs_fork_mutex mutex;
    name_vec names;
    mem_lock locks[PRS_MEM_MAX_LOCKS];
} mem_dir;

typedef struct mem_view {
    mem_file *file;
    uint8_t *space; /* with dir->pread */
    size_t space_len;
} mem_view;

static mem_dir *mem_of(prs_dir *dir) {
    return (mem_dir *)dir;
}

static prism_status check_name(const char *name, prism_error *err) {
    if (prs_dir_name_ok(name)) return PRISM_OK;
    return prs_error_set(err, PRISM_EINVAL, "not a name for a file of an index");
}

static prism_status failed(prism_error *err, prism_status code, const char *name,
                           const char *what) {
    prs_error_set(err, code, "%s", what);
    prs_error_file(err, name);
    return code;
}

/* Place of a name in the list, or names.n.  The mutex is held. */
static size_t find(const mem_dir *md, const char *name) {
    size_t i = 0;
    while (i < md->names.n && strcmp(md->names.ptr[i].text, name) != 0) i++;
    return i;
}

/* Drop a reference; the mutex is held. */
static void unref(mem_dir *md, mem_file *file) {
    if (--file->refs > 0) return;
    prs_buf_fini(&file->bytes);
    prs_mem_free(md->base.mem, file, sizeof *file);
}

/* Add a name for a file, or say why not.  The mutex is held. */
static prism_status link_name(mem_dir *md, const char *name, mem_file *file, prism_error *err) {
    if (find(md, name) < md->names.n) return failed(err, PRISM_EEXISTS, name, "the file exists");
    mem_name entry = {.file = file};
    memcpy(entry.text, name, strlen(name) + 1);
    if (!name_vec_push(&md->names, entry)) return prs_error_nomem(err);
    file->refs++;
    return PRISM_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static prism_status mem_create(prs_dir *dir, const char *name, prs_file **out, prism_error *err) {
    mem_dir *md = mem_of(dir);
    *out = NULL;
    PRS_TRY(check_name(name, err));
    mem_file *file = prs_mem_calloc(dir->mem, 1, sizeof *file);
    prs_file *writer = prs_mem_alloc(dir->mem, sizeof *writer);
    if (file == NULL || writer == NULL) {
        prs_mem_free(dir->mem, file, sizeof *file);
        prs_mem_free(dir->mem, writer, sizeof *writer);
        return prs_error_nomem(err);
    }
    prs_buf_init(&file->bytes, dir->mem);
    file->refs = 1;
    writer->file = file;
    prs_fork_mutex_lock(&md->mutex);
    prism_status status = link_name(md, name, file, err);
    if (status != PRISM_OK) unref(md, file);
    prs_fork_mutex_unlock(&md->mutex);
    if (status != PRISM_OK) {
        prs_mem_free(dir->mem, writer, sizeof *writer);
        return status;
    }
    *out = writer;
    return PRISM_OK;
}

static prism_status mem_write(prs_dir *dir, prs_file *file, const void *ptr, size_t len,
                              prism_error *err) {
    (void)dir;
    PRS_ASSERT(!file->file->closed);
    prs_buf_put(&file->file->bytes, ptr, len);
    return prs_buf_status(&file->file->bytes, err);
}

/* The bytes move no more. */
static void mem_seal(prs_dir *dir, prs_file *file) {
    mem_dir *md = mem_of(dir);
    prs_fork_mutex_lock(&md->mutex);
    file->file->closed = true;
    prs_fork_mutex_unlock(&md->mutex);
}

static prism_status mem_sync(prs_dir *dir, prs_file *file, prism_error *err) {
    if (!dir->no_sync) atomic_fetch_add_explicit(&dir->n_syncs, 1, memory_order_relaxed);
    return prs_buf_status(&file->file->bytes, err);
}

static prism_status mem_close(prs_dir *dir, prs_file *file, prism_error *err) {
    mem_dir *md = mem_of(dir);
    prism_status status = prs_buf_status(&file->file->bytes, err);
    prs_fork_mutex_lock(&md->mutex);
    file->file->closed = true;
    unref(md, file->file);
    prs_fork_mutex_unlock(&md->mutex);
    prs_mem_free(dir->mem, file, sizeof *file);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The file of a name with one more reference. */
static prism_status take_file(mem_dir *md, const char *name, mem_file **out, prism_error *err) {
    prism_status status = PRISM_OK;
    prs_fork_mutex_lock(&md->mutex);
    bool torn = atomic_load(&md->mutex.lost);
    size_t i = torn ? 0 : find(md, name);
    if (torn) {
        status = failed(err, PRISM_EMISUSE, name, "the directory was changing at the fork");
    } else if (i == md->names.n) {
        status = failed(err, PRISM_ENOTFOUND, name, "no such file");
    } else if (!md->names.ptr[i].file->closed) {
        status = failed(err, PRISM_EMISUSE, name, "the file is still being written");
    } else {
        *out = md->names.ptr[i].file;
        (*out)->refs++;
    }
    prs_fork_mutex_unlock(&md->mutex);
    return status;
}

static void mem_view_close(prs_dir *dir, prs_view *view) {
    mem_dir *md = mem_of(dir);
    mem_view *mv = view->handle;
    if (mv != NULL) {
        prs_mem_free(dir->mem, mv->space, mv->space_len);
        prs_fork_mutex_lock(&md->mutex);
        unref(md, mv->file);
        prs_fork_mutex_unlock(&md->mutex);
        prs_mem_free(dir->mem, mv, sizeof *mv);
    }
    *view = (prs_view){0};
}

static prism_status mem_view_open(prs_dir *dir, const char *name, prs_view *out, prism_error *err) {
    *out = (prs_view){0};
    PRS_TRY(check_name(name, err));
    mem_view *mv = prs_mem_calloc(dir->mem, 1, sizeof *mv);
    if (mv == NULL) return prs_error_nomem(err);
    prism_status status = take_file(mem_of(dir), name, &mv->file, err);
    if (status != PRISM_OK) {
        prs_mem_free(dir->mem, mv, sizeof *mv);
        return status;
    }
    static const uint8_t nothing[64];
    out->handle = mv;
    out->len = mv->file->bytes.len;
    out->ptr = out->len > 0 ? mv->file->bytes.ptr : nothing;
    if (!dir->pread) return PRISM_OK;
    mv->space_len = (size_t)out->len + 64;
    mv->space = prs_mem_calloc(dir->mem, 1, mv->space_len);
    if (mv->space == NULL) {
        mem_view_close(dir, out);
        return prs_error_nomem(err);
    }
    out->ptr = NULL;
    out->space = mv->space;
    return PRISM_OK;
}

static void mem_view_settle(prs_dir *dir, prs_view *view) {
    (void)dir;
    (void)view;
}

static prism_status mem_read_at(prs_dir *dir, const prs_view *view, uint64_t off, void *buf,
                                size_t len, prism_error *err) {
    const mem_view *mv = view->handle;
    (void)dir;
    if (off > view->len || len > view->len - off) {
        return prs_error_corrupt(err, NULL, off, "a read past the end of the file");
    }
    if (len > 0) memcpy(buf, mv->file->bytes.ptr + off, len);
    return PRISM_OK;
}

/* ---- names ----------------------------------------------------------------------------------- */

static prism_status mem_rename_new(prs_dir *dir, const char *from, const char *to,
                                   prism_error *err) {
    mem_dir *md = mem_of(dir);
    PRS_TRY(check_name(from, err));
    PRS_TRY(check_name(to, err));
    prism_status status = PRISM_OK;
    prs_fork_mutex_lock(&md->mutex);
    size_t i = find(md, from);
    if (i == md->names.n) {
        status = failed(err, PRISM_ENOTFOUND, from, "no such file");
    } else if (find(md, to) < md->names.n) {
        status = failed(err, PRISM_EEXISTS, to, "the file exists");
    } else {
        memcpy(md->names.ptr[i].text, to, strlen(to) + 1);
    }
    prs_fork_mutex_unlock(&md->mutex);
    return status;
}

static prism_status mem_unlink(prs_dir *dir, const char *name, prism_error *err) {
    mem_dir *md = mem_of(dir);
    PRS_TRY(check_name(name, err));
    prism_status status = PRISM_OK;
    prs_fork_mutex_lock(&md->mutex);
    bool torn = atomic_load(&md->mutex.lost);
    size_t i = torn ? 0 : find(md, name);
    if (torn) {
        status = failed(err, PRISM_EMISUSE, name, "the directory was changing at the fork");
    } else if (i == md->names.n) {
        status = failed(err, PRISM_ENOTFOUND, name, "no such file");
    } else {
        mem_file *file = md->names.ptr[i].file;
        md->names.ptr[i] = md->names.ptr[--md->names.n];
        unref(md, file);
    }
    prs_fork_mutex_unlock(&md->mutex);
    return status;
}

/* Copies one name at a time out of the lock, so that `each` may call the directory; names that come
 * or go meanwhile may be missed or told twice, as with readdir. */
static prism_status mem_list(prs_dir *dir, prs_dir_list_fn each, void *ctx, prism_error *err) {
    mem_dir *md = mem_of(dir);
    for (size_t i = 0;; i++) {
        mem_name entry;
        prs_fork_mutex_lock(&md->mutex);
        bool torn = atomic_load(&md->mutex.lost);
        bool more = !torn && i < md->names.n;
        if (more) entry = md->names.ptr[i];
        prs_fork_mutex_unlock(&md->mutex);
        if (torn) return failed(err, PRISM_EMISUSE, "", "the directory was changing at the fork");
        if (!more) return PRISM_OK;
        PRS_TRY(each(ctx, entry.text));
    }
}

static prism_status mem_sync_dir(prs_dir *dir, prism_error *err) {
    (void)err;
    if (!dir->no_sync) atomic_fetch_add_explicit(&dir->n_syncs, 1, memory_order_relaxed);
    return PRISM_OK;
}

static prism_status mem_sync_name(prs_dir *dir, const char *name, prism_error *err) {
    mem_dir *md = mem_of(dir);
    PRS_TRY(check_name(name, err));
    if (dir->no_sync) return PRISM_OK;
    prs_fork_mutex_lock(&md->mutex);
    bool found = find(md, name) < md->names.n;
    prs_fork_mutex_unlock(&md->mutex);
    if (!found) return failed(err, PRISM_ENOTFOUND, name, "no such file");
    atomic_fetch_add_explicit(&dir->n_syncs, 1, memory_order_relaxed);
    return PRISM_OK;
}

static prism_status mem_allow_writes(prs_dir *dir, prism_error *err) {
    (void)dir;
    (void)err;
    return PRISM_OK;
}

/* ---- the lock -------------------------------------------------------------------------------- */

static prism_status mem_lock_take(prs_dir *dir, const char *name, void **lock, prism_error *err) {
    mem_dir *md = mem_of(dir);
    *lock = NULL;
    PRS_TRY(check_name(name, err));
    prism_status status = PRISM_OK;
    mem_lock *free_slot = NULL;
    prs_fork_mutex_lock(&md->mutex);
    for (size_t i = 0; i < PRS_MEM_MAX_LOCKS; i++) {
        if (md->locks[i].name[0] == '\0') {
            free_slot = &md->locks[i];
        } else if (strcmp(md->locks[i].name, name) == 0) {
            status = failed(err, PRISM_EBUSY, name, "another writer has this index open");
        }
    }
    if (status == PRISM_OK && free_slot == NULL) {
        status = failed(err, PRISM_ELIMIT, name, "more locks than a directory in memory has");
    }
    if (status == PRISM_OK) {
        memcpy(free_slot->name, name, strlen(name) + 1);
        *lock = free_slot;
    }
    prs_fork_mutex_unlock(&md->mutex);
    return status;
}

static void mem_unlock(prs_dir *dir, void *lock) {
    mem_dir *md = mem_of(dir);
    if (lock == NULL) return;
    prs_fork_mutex_lock(&md->mutex);
    ((mem_lock *)lock)->name[0] = '\0';
    prs_fork_mutex_unlock(&md->mutex);
}

static void mem_close_dir(prs_dir *dir) {
    mem_dir *md = mem_of(dir);
    if (atomic_load(&md->mutex.lost)) return; /* torn: nothing is lost but memory of the child's */
    for (size_t i = 0; i < md->names.n; i++) unref(md, md->names.ptr[i].file);
    name_vec_fini(&md->names);
    prs_fork_mutex_fini(&md->mutex);
    prs_mem_free(dir->mem, md, sizeof *md);
}

static const prs_dir_vtable mem_vtable = {
    .create = mem_create,
    .write = mem_write,
    .seal = mem_seal,
    .sync = mem_sync,
    .close = mem_close,
    .view_open = mem_view_open,
    .view_close = mem_view_close,
    .view_settle = mem_view_settle,
    .read_at = mem_read_at,
    .rename_new = mem_rename_new,
    .unlink = mem_unlink,
    .list = mem_list,
    .sync_dir = mem_sync_dir,
    .sync_name = mem_sync_name,
    .allow_writes = mem_allow_writes,
    .lock = mem_lock_take,
    .unlock = mem_unlock,
    .close_dir = mem_close_dir,
};

prism_status prs_dir_mem_new(prs_mem *mem, prs_dir **out, prism_error *err) {
    *out = NULL;
    mem_dir *md = prs_mem_calloc(mem, 1, sizeof *md);
    if (md == NULL) return prs_error_nomem(err);
    md->base.vt = &mem_vtable;
    md->base.mem = mem;
    atomic_init(&md->base.n_syncs, 0);
    name_vec_init(&md->names, mem);
    prism_status status = prs_fork_mutex_init(&md->mutex, err);
    if (status != PRISM_OK) {
        prs_mem_free(mem, md, sizeof *md);
        return status;
    }
    *out = &md->base;
    return PRISM_OK;
}
