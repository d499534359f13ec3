/* fault_dir.c - what if this very call to the storage failed?
 *
 * A failing write leaves half of its bytes behind, as a full disk does; a failing close closes all
 * the same; a failing sync leaves the file written; a failing rename renames nothing. */
#include "harness/fault_dir.h"

static fault_dir *fault_of(prs_dir *dir) {
    fault_dir *f = (fault_dir *)dir;
    if (f->inner->pread != dir->pread) f->inner->pread = dir->pread;
    if (f->inner->keep_open != dir->keep_open) f->inner->keep_open = dir->keep_open;
    if (f->inner->plain != dir->plain) f->inner->plain = dir->plain;
    if (f->inner->no_sync != dir->no_sync) f->inner->no_sync = dir->no_sync;
    return f;
}

/* Is it this call's turn to fail? */
static bool fails(fault_dir *f, fault_call call, const char *name, prism_error *err) {
    if (f->hook != NULL) {
        prism_status status = f->hook(f->hook_ctx, call, name);
        if (status != PRISM_OK) {
            f->status = status;
            f->n_failed++;
            prs_error_set(err, status, "a fault that was asked for");
            prs_error_file(err, name);
            return true;
        }
    }
    if ((f->calls & (unsigned)call) == 0) return false;
    uint64_t n = ++f->n_calls;
    if (f->fail_at == 0 || (n != f->fail_at && !(f->fail_on && n > f->fail_at))) return false;
    f->n_failed++;
    prs_error_set(err, f->status, "a fault that was asked for");
    prs_error_file(err, name);
    return true;
}

static prism_status fault_create(prs_dir *dir, const char *name, prs_file **out, prism_error *err) {
    fault_dir *f = fault_of(dir);
    *out = NULL;
    return fails(f, FAULT_CREATE, name, err) ? f->status
                                             : f->inner->vt->create(f->inner, name, out, err);
}

static prism_status fault_write(prs_dir *dir, prs_file *file, const void *ptr, size_t len,
                                prism_error *err) {
    fault_dir *f = fault_of(dir);
    if (!fails(f, FAULT_WRITE, NULL, err))
        return f->inner->vt->write(f->inner, file, ptr, len, err);
    (void)f->inner->vt->write(f->inner, file, ptr, len / 2, NULL);
    return f->status;
}

static void fault_seal(prs_dir *dir, prs_file *file) {
    fault_dir *f = fault_of(dir);
    f->inner->vt->seal(f->inner, file);
}

static prism_status fault_sync(prs_dir *dir, prs_file *file, prism_error *err) {
    fault_dir *f = fault_of(dir);
    if (!dir->no_sync) atomic_fetch_add(&dir->n_syncs, 1);
    return fails(f, FAULT_SYNC, NULL, err) ? f->status : f->inner->vt->sync(f->inner, file, err);
}

static prism_status fault_close(prs_dir *dir, prs_file *file, prism_error *err) {
    fault_dir *f = fault_of(dir);
    if (!fails(f, FAULT_CLOSE, NULL, err)) return f->inner->vt->close(f->inner, file, err);
    (void)f->inner->vt->close(f->inner, file, NULL);
    return f->status;
}

static prism_status fault_view_open(prs_dir *dir, const char *name, prs_view *out,
                                    prism_error *err) {
    fault_dir *f = fault_of(dir);
    *out = (prs_view){0};
    return fails(f, FAULT_VIEW, name, err) ? f->status
                                           : f->inner->vt->view_open(f->inner, name, out, err);
}

static void fault_view_close(prs_dir *dir, prs_view *view) {
    fault_dir *f = fault_of(dir);
    f->inner->vt->view_close(f->inner, view);
}

static void fault_view_settle(prs_dir *dir, prs_view *view) {
    fault_dir *f = fault_of(dir);
    f->inner->vt->view_settle(f->inner, view);
}

static prism_status fault_read_at(prs_dir *dir, const prs_view *view, uint64_t off, void *buf,
                                  size_t len, prism_error *err) {
    fault_dir *f = fault_of(dir);
    if (fails(f, FAULT_READ, NULL, err)) return f->status;
    return f->inner->vt->read_at(f->inner, view, off, buf, len, err);
}

static prism_status fault_rename_new(prs_dir *dir, const char *from, const char *to,
                                     prism_error *err) {
    fault_dir *f = fault_of(dir);
    return fails(f, FAULT_RENAME, to, err) ? f->status
                                           : f->inner->vt->rename_new(f->inner, from, to, err);
}

static prism_status fault_unlink(prs_dir *dir, const char *name, prism_error *err) {
    fault_dir *f = fault_of(dir);
    return fails(f, FAULT_UNLINK, name, err) ? f->status
                                             : f->inner->vt->unlink(f->inner, name, err);
}

static prism_status fault_list(prs_dir *dir, prs_dir_list_fn each, void *ctx, prism_error *err) {
    fault_dir *f = fault_of(dir);
    return fails(f, FAULT_LIST, NULL, err) ? f->status
                                           : f->inner->vt->list(f->inner, each, ctx, err);
}

static prism_status fault_sync_dir(prs_dir *dir, prism_error *err) {
    fault_dir *f = fault_of(dir);
    if (!dir->no_sync) atomic_fetch_add(&dir->n_syncs, 1);
    return fails(f, FAULT_SYNC_DIR, NULL, err) ? f->status : f->inner->vt->sync_dir(f->inner, err);
}

static prism_status fault_sync_name(prs_dir *dir, const char *name, prism_error *err) {
    fault_dir *f = fault_of(dir);
    if (!dir->no_sync) atomic_fetch_add(&dir->n_syncs, 1);
    return fails(f, FAULT_SYNC, name, err) ? f->status
                                           : f->inner->vt->sync_name(f->inner, name, err);
}

static prism_status fault_allow_writes(prs_dir *dir, prism_error *err) {
    fault_dir *f = fault_of(dir);
    return f->inner->vt->allow_writes(f->inner, err);
}

static prism_status fault_lock(prs_dir *dir, const char *name, void **lock, prism_error *err) {
    fault_dir *f = fault_of(dir);
    *lock = NULL;
    return fails(f, FAULT_LOCK, name, err) ? f->status
                                           : f->inner->vt->lock(f->inner, name, lock, err);
}

static void fault_unlock(prs_dir *dir, void *lock) {
    fault_dir *f = fault_of(dir);
    f->inner->vt->unlock(f->inner, lock);
}

static prism_status fault_link_from(prs_dir *dir, prs_dir *from, const char *name,
                                    prism_error *err) {
    fault_dir *f = fault_of(dir);
    if (f->inner->vt->link_from == NULL)
        return prs_error_set(err, PRISM_EUNSUPPORTED, "no links in this directory");
    return fails(f, FAULT_LINK, name, err) ? f->status
                                           : f->inner->vt->link_from(f->inner, from, name, err);
}

static void fault_close_dir(prs_dir *dir) {
    (void)dir; /* the inner directory is the test's */
}

void fault_dir_init(fault_dir *fault, prs_dir *inner) {
    static const prs_dir_vtable vtable = {
        .create = fault_create,
        .write = fault_write,
        .seal = fault_seal,
        .sync = fault_sync,
        .close = fault_close,
        .view_open = fault_view_open,
        .view_close = fault_view_close,
        .view_settle = fault_view_settle,
        .read_at = fault_read_at,
        .rename_new = fault_rename_new,
        .unlink = fault_unlink,
        .list = fault_list,
        .sync_dir = fault_sync_dir,
        .sync_name = fault_sync_name,
        .allow_writes = fault_allow_writes,
        .lock = fault_lock,
        .unlock = fault_unlock,
        .close_dir = fault_close_dir,
        .link_from = fault_link_from,
    };
    memset(fault, 0, sizeof *fault);
    fault->base.vt = &vtable;
    fault->base.mem = inner->mem;
    atomic_init(&fault->base.n_syncs, 0);
    fault->inner = inner;
    fault->calls = FAULT_ALL;
    fault->status = PRISM_EIO;
}
