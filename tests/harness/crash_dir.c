/* crash_dir.c - what is on the disk after a power loss at this very moment?
 *
 * Bytes and names become durable apart: a file's bytes by its sync, names by the directory's.
 * Until then a disk may keep bytes and names or lose them, names one by one and in any order; a
 * rename is kept or lost whole.  Nothing is assumed of what file systems do beyond that (that a
 * file's sync keeps its name, say). */
#include "harness/crash_dir.h"

#include <stdlib.h>
#include <string.h>

typedef enum op_kind { OP_CREATE, OP_WRITE, OP_SYNC, OP_RENAME, OP_UNLINK, OP_SYNC_DIR } op_kind;

struct crash_op {
    op_kind kind;
    uint32_t inode; /* CREATE, WRITE, SYNC: also by a name */
    char name[PRS_DIR_NAME_MAX + 1], to[PRS_DIR_NAME_MAX + 1];
    uint8_t *bytes; /* WRITE */
    size_t len;
};

static crash_dir *crash_of(prs_dir *dir) {
    crash_dir *c = (crash_dir *)dir;
    c->inner->pread = dir->pread;
    c->inner->keep_open = dir->keep_open;
    c->inner->plain = dir->plain;
    c->inner->no_sync = dir->no_sync;
    return c;
}

static crash_op *add_op(crash_dir *c, op_kind kind, const char *name) {
    if (c->n_ops == c->cap_ops) {
        c->cap_ops = c->cap_ops ? 2 * c->cap_ops : 256;
        c->ops = realloc(c->ops, c->cap_ops * sizeof *c->ops);
        ck_assert_ptr_nonnull(c->ops);
    }
    crash_op *op = &c->ops[c->n_ops++];
    memset(op, 0, sizeof *op);
    op->kind = kind;
    memcpy(op->name, name, strlen(name) + 1);
    return op;
}

/* Place of a file being written; of NULL a free one. */
static uint32_t find_open(const crash_dir *c, const prs_file *file) {
    uint32_t i = 0;
    while (i < PRS_COUNT(c->open) && c->open[i].file != file) i++;
    ck_assert_uint_lt(i, PRS_COUNT(c->open));
    return i;
}

/* The inode that a name had just before change number n. */
static uint32_t inode_before(const crash_dir *dir, size_t n, const char *name) {
    while (n-- > 0) {
        const crash_op *op = &dir->ops[n];
        if (op->kind == OP_CREATE && strcmp(op->name, name) == 0) return op->inode;
        if (op->kind == OP_RENAME && strcmp(op->to, name) == 0)
            return inode_before(dir, n, op->name);
    }
    ck_abort_msg("a name of nothing");
}

/* ---- calls passed on ------------------------------------------------------------------------- */

static prism_status crash_create(prs_dir *dir, const char *name, prs_file **out, prism_error *err) {
    crash_dir *c = crash_of(dir);
    PRS_TRY(c->inner->vt->create(c->inner, name, out, err));
    uint32_t i = find_open(c, NULL);
    c->open[i].file = *out;
    c->open[i].inode = c->n_inodes++;
    add_op(c, OP_CREATE, name)->inode = c->open[i].inode;
    return PRISM_OK;
}

static prism_status crash_write(prs_dir *dir, prs_file *file, const void *ptr, size_t len,
                                prism_error *err) {
    crash_dir *c = crash_of(dir);
    PRS_TRY(c->inner->vt->write(c->inner, file, ptr, len, err));
    crash_op *op = add_op(c, OP_WRITE, "");
    op->inode = c->open[find_open(c, file)].inode;
    op->bytes = malloc(len + 1);
    ck_assert_ptr_nonnull(op->bytes);
    if (len > 0) memcpy(op->bytes, ptr, len);
    op->len = len;
    return PRISM_OK;
}

static void crash_seal(prs_dir *dir, prs_file *file) {
    crash_dir *c = crash_of(dir);
    c->inner->vt->seal(c->inner, file);
}

static prism_status crash_sync(prs_dir *dir, prs_file *file, prism_error *err) {
    crash_dir *c = crash_of(dir);
    PRS_TRY(c->inner->vt->sync(c->inner, file, err));
    if (!dir->no_sync) add_op(c, OP_SYNC, "")->inode = c->open[find_open(c, file)].inode;
    return PRISM_OK;
}

static prism_status crash_close(prs_dir *dir, prs_file *file, prism_error *err) {
    crash_dir *c = crash_of(dir);
    c->open[find_open(c, file)].file = NULL;
    return c->inner->vt->close(c->inner, file, err);
}

static prism_status crash_view_open(prs_dir *dir, const char *name, prs_view *out,
                                    prism_error *err) {
    crash_dir *c = crash_of(dir);
    return c->inner->vt->view_open(c->inner, name, out, err);
}

static void crash_view_close(prs_dir *dir, prs_view *view) {
    crash_dir *c = crash_of(dir);
    c->inner->vt->view_close(c->inner, view);
}

static void crash_view_settle(prs_dir *dir, prs_view *view) {
    crash_dir *c = crash_of(dir);
    c->inner->vt->view_settle(c->inner, view);
}

static prism_status crash_read_at(prs_dir *dir, const prs_view *view, uint64_t off, void *buf,
                                  size_t len, prism_error *err) {
    crash_dir *c = crash_of(dir);
    return c->inner->vt->read_at(c->inner, view, off, buf, len, err);
}

static prism_status crash_rename_new(prs_dir *dir, const char *from, const char *to,
                                     prism_error *err) {
    crash_dir *c = crash_of(dir);
    PRS_TRY(c->inner->vt->rename_new(c->inner, from, to, err));
    crash_op *op = add_op(c, OP_RENAME, from);
    memcpy(op->to, to, strlen(to) + 1);
    return PRISM_OK;
}

static prism_status crash_unlink(prs_dir *dir, const char *name, prism_error *err) {
    crash_dir *c = crash_of(dir);
    PRS_TRY(c->inner->vt->unlink(c->inner, name, err));
    add_op(c, OP_UNLINK, name);
    return PRISM_OK;
}

static prism_status crash_list(prs_dir *dir, prs_dir_list_fn each, void *ctx, prism_error *err) {
    crash_dir *c = crash_of(dir);
    return c->inner->vt->list(c->inner, each, ctx, err);
}

static prism_status crash_sync_dir(prs_dir *dir, prism_error *err) {
    crash_dir *c = crash_of(dir);
    PRS_TRY(c->inner->vt->sync_dir(c->inner, err));
    if (!dir->no_sync) add_op(c, OP_SYNC_DIR, "");
    return PRISM_OK;
}

static prism_status crash_sync_name(prs_dir *dir, const char *name, prism_error *err) {
    crash_dir *c = crash_of(dir);
    PRS_TRY(c->inner->vt->sync_name(c->inner, name, err));
    if (dir->no_sync) return PRISM_OK;
    uint32_t inode = inode_before(c, c->n_ops, name);
    add_op(c, OP_SYNC, "")->inode = inode;
    return PRISM_OK;
}

static prism_status crash_allow_writes(prs_dir *dir, prism_error *err) {
    crash_dir *c = crash_of(dir);
    return c->inner->vt->allow_writes(c->inner, err);
}

static prism_status crash_lock(prs_dir *dir, const char *name, void **lock, prism_error *err) {
    crash_dir *c = crash_of(dir);
    return c->inner->vt->lock(c->inner, name, lock, err);
}

static void crash_unlock(prs_dir *dir, void *lock) {
    crash_dir *c = crash_of(dir);
    c->inner->vt->unlock(c->inner, lock);
}

static void crash_close_dir(prs_dir *dir) {
    (void)dir; /* the inner directory is the test's */
}

void crash_dir_init(crash_dir *dir, prs_dir *inner) {
    static const prs_dir_vtable vtable = {
        .create = crash_create,
        .write = crash_write,
        .seal = crash_seal,
        .sync = crash_sync,
        .close = crash_close,
        .view_open = crash_view_open,
        .view_close = crash_view_close,
        .view_settle = crash_view_settle,
        .read_at = crash_read_at,
        .rename_new = crash_rename_new,
        .unlink = crash_unlink,
        .list = crash_list,
        .sync_dir = crash_sync_dir,
        .sync_name = crash_sync_name,
        .allow_writes = crash_allow_writes,
        .lock = crash_lock,
        .unlock = crash_unlock,
        .close_dir = crash_close_dir,
    };
    memset(dir, 0, sizeof *dir);
    dir->base.vt = &vtable;
    dir->base.mem = inner->mem;
    atomic_init(&dir->base.n_syncs, 0);
    dir->inner = inner;
}

void crash_dir_fini(crash_dir *dir) {
    for (size_t i = 0; i < dir->n_ops; i++) free(dir->ops[i].bytes);
    free(dir->ops);
}

/* ---- after the power loss -------------------------------------------------------------------- */

typedef struct disk_name {
    char text[PRS_DIR_NAME_MAX + 1]; /* "" = gone */
    uint32_t inode;
} disk_name;

typedef struct disk {
    disk_name *names;
    size_t n;
} disk;

static disk_name *find_name(const disk *d, const char *text) {
    for (size_t i = 0; i < d->n; i++)
        if (strcmp(d->names[i].text, text) == 0) return &d->names[i];
    return NULL;
}

static void set_name(disk *d, const char *text, uint32_t inode) {
    disk_name *name = find_name(d, text);
    if (name == NULL) name = &d->names[d->n++];
    memcpy(name->text, text, strlen(text) + 1);
    name->inode = inode;
}

static void drop_name(disk *d, const char *text) {
    disk_name *name = find_name(d, text);
    if (name != NULL) name->text[0] = '\0';
}

static void apply(const crash_dir *dir, size_t at, disk *d) {
    const crash_op *op = &dir->ops[at];
    if (op->kind == OP_CREATE) set_name(d, op->name, op->inode);
    if (op->kind == OP_UNLINK) drop_name(d, op->name);
    if (op->kind != OP_RENAME) return;
    set_name(d, op->to, inode_before(dir, at, op->name));
    drop_name(d, op->name);
}

/* The names on the disk: those synced, and some of the others. */
static void find_names(const crash_dir *dir, size_t n, crash_keep keep, test_rng *rng, disk *d) {
    size_t synced = n;
    while (synced > 0 && dir->ops[synced - 1].kind != OP_SYNC_DIR) synced--;
    size_t prefix =
        keep == CRASH_KEEP_TORN ? synced + (size_t)test_rng_below(rng, n - synced + 1) : synced;
    for (size_t i = 0; i < n; i++) {
        bool kept = i < prefix || keep == CRASH_KEEP_ALL || keep == CRASH_KEEP_NAMES ||
                    (keep == CRASH_KEEP_SOME && test_rng_below(rng, 2) == 0);
        if (kept) apply(dir, i, d);
    }
}

/* Some sectors (of 512 bytes or 4 KiB) of what was not synced reached the disk, the others are
 * zero. */
static size_t tear(uint8_t *bytes, size_t synced, size_t all, test_rng *rng) {
    size_t sector = test_rng_below(rng, 2) == 0 ? 512 : 4096;
    for (size_t at = synced; at < all;) {
        size_t end = PRS_MIN((at / sector + 1) * sector, all);
        if (test_rng_below(rng, 2) == 0) memset(bytes + at, 0, end - at);
        at = end;
    }
    return all;
}

/* The bytes of a file on the disk, of malloc: those synced, and some of the others. */
static uint8_t *find_bytes(const crash_dir *dir, size_t n, uint32_t inode, crash_keep keep,
                           test_rng *rng, size_t *len) {
    size_t all = 0, synced = 0;
    uint8_t *bytes = NULL;
    for (size_t i = 0; i < n; i++) {
        const crash_op *op = &dir->ops[i];
        if (op->inode != inode) continue;
        if (op->kind == OP_SYNC) synced = all;
        if (op->kind != OP_WRITE) continue;
        bytes = realloc(bytes, all + op->len + 1);
        ck_assert_ptr_nonnull(bytes);
        memcpy(bytes + all, op->bytes, op->len);
        all += op->len;
    }
    size_t good = keep == CRASH_KEEP_ALL || keep == CRASH_KEEP_BYTES ? all
                  : keep == CRASH_KEEP_SOME ? synced + (size_t)test_rng_below(rng, all - synced + 1)
                                            : synced;
    if (keep == CRASH_KEEP_TORN) good = tear(bytes, synced, all, rng);
    for (size_t i = good; i < all; i++)
        bytes[i] = keep == CRASH_KEEP_SOME ? (uint8_t)test_rng_below(rng, 256) : 0;
    *len = keep == CRASH_KEEP_NOTHING ? synced : all;
    return bytes;
}

static void write_file(prs_dir *to, const char *name, const uint8_t *bytes, size_t len) {
    prs_file *file;
    ck_assert_int_eq(to->vt->create(to, name, &file, NULL), PRISM_OK);
    if (len > 0) ck_assert_int_eq(to->vt->write(to, file, bytes, len, NULL), PRISM_OK);
    ck_assert_int_eq(to->vt->close(to, file, NULL), PRISM_OK);
}

void crash_dir_restore(const crash_dir *dir, size_t n, crash_keep keep, test_rng *rng,
                       prs_dir *to) {
    disk d = {calloc(dir->n_ops + 1, sizeof *d.names), 0};
    ck_assert_ptr_nonnull(d.names);
    find_names(dir, n, keep, rng, &d);
    for (size_t i = 0; i < d.n; i++) {
        size_t len;
        if (d.names[i].text[0] == '\0') continue;
        uint8_t *bytes = find_bytes(dir, n, d.names[i].inode, keep, rng, &len);
        write_file(to, d.names[i].text, bytes, len);
        free(bytes);
    }
    free(d.names);
}
