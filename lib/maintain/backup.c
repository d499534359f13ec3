/* backup.c - how is an index copied while its writer goes on committing and removing files?
 *
 * Structure   pin      open every file that the commit names; one is gone: all again with the
 *                      then newest commit (as a reader does)
 *             place    link each segment and deletes file, or copy it
 *             prove    every byte at the destination against the manifest's digests, by pread
 *             publish  sync the names, then commit-G.tmp, rename, sync: only now it is an index
 * Invariants  - Only a directory without a file of an index is written to, and its lock is held:
 *               nothing of anybody's is overwritten or removed, and no writer can begin one there.
 *             - What is pinned stays readable: a file unlinked meanwhile is copied through its
 *               view.
 *             - After an error all that was made is taken away again, so that half a backup is
 *               never taken for one; a crash leaves files without a commit, which is no index.
 *             - Damage is not laundered: bytes are copied as they are, never re-checksummed.
 * Why linked  Files are write-once, so a link costs nothing and can go wrong only where the disk
 *             does; `copy` is for that.  The commit file is copied always: it is the one that is
 *             renamed.
 * Source      FORMAT.md sections 2, 3, 18; rules R1, R16, R29, R32.
 * Tested by   tests/unit/maintain/test_backup.c, tests/cli/backup.sh */
#include "maintain/backup.h"

#include "base/error.h"

#define PIECE ((size_t)1 << 20) /* copied or proved between two calls of progress */
#define PIECE_REGIONS 16u

typedef struct backup_file {
    char name[PRS_NAME_SIZE];
    prs_file_type type;
    prs_id id;
    prs_file_check check;
    prs_view view;
    bool made; /* in `to`, by us */
} backup_file;

typedef struct backup {
    const prs_backup_how *how;
    prism_backup_stats *stats;
    prs_dir *from, *to;
    prs_mem *mem;
    prs_arena arena;
    prs_commit commit;
    backup_file *files; /* of segments, and the deletes file; the commit file is the last one */
    size_t n, n_open;
    uint8_t *piece;
    uint64_t done, total;
    char tmp[PRS_NAME_SIZE]; /* of the commit file in `to`; "" = not made or renamed */
} backup;

static prism_status step(backup *b, uint64_t bytes, prism_error *err) {
    b->done += bytes;
    if (b->how->progress == NULL || b->how->progress(b->how->progress_ctx, b->done, b->total) == 0)
        return PRISM_OK;
    return prs_error_set(err, PRISM_ECANCELED, "the backup was cancelled");
}

/* ---- pin ------------------------------------------------------------------------------------- */

static void unpin(backup *b) {
    for (size_t i = 0; i < b->n_open; i++) b->from->vt->view_close(b->from, &b->files[i].view);
    b->n_open = 0;
    prs_arena_fini(&b->arena);
    prs_arena_init(&b->arena, b->mem, 0);
}

static backup_file *add_file(backup *b, prs_file_type type, const prs_id *id,
                             const prs_file_check *check) {
    backup_file *file = &b->files[b->n++];
    file->type = type;
    file->id = *id;
    if (check != NULL) file->check = *check;
    return file;
}

static prism_status list_files(backup *b, prism_error *err) {
    const prs_manifest *m = &b->commit.manifest;
    b->n = 0;
    b->files = prs_arena_calloc(&b->arena, 2 * (size_t)m->n_segments + 2, sizeof *b->files);
    if (b->files == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < m->n_segments; i++) {
        const prs_manifest_segment *s = &m->segments[i];
        backup_file *idx = add_file(b, PRS_FILE_IDX, &s->id, &s->idx);
        prs_name_of_segment(idx->name, PRS_NAME_IDX, &s->id);
        backup_file *doc = add_file(b, PRS_FILE_DOC, &s->id, &s->doc);
        prs_name_of_segment(doc->name, PRS_NAME_DOC, &s->id);
    }
    if (m->deletes_generation != 0) {
        backup_file *file = add_file(b, PRS_FILE_DELETES, &b->commit.uuid, &m->deletes);
        prs_name_of_generation(file->name, PRS_NAME_DELETES, m->deletes_generation);
    }
    backup_file *file = add_file(b, PRS_FILE_COMMIT, &b->commit.uuid, NULL);
    prs_name_of_generation(file->name, PRS_NAME_COMMIT, m->generation);
    return PRISM_OK;
}

static prism_status open_files(backup *b, prism_error *err) {
    for (size_t i = 0; i < b->n; i++) {
        backup_file *file = &b->files[i];
        PRS_TRY(b->from->vt->view_open(b->from, file->name, &file->view, err));
        b->n_open = i + 1;
        b->from->vt->view_settle(b->from, &file->view);
        if (file->type == PRS_FILE_COMMIT) file->check.len = file->view.len;
        if (file->view.len == file->check.len) continue;
        return prs_error_corrupt(err, file->name, PRS_MIN(file->view.len, file->check.len),
                                 "the file has %llu bytes, the manifest says %llu",
                                 (unsigned long long)file->view.len,
                                 (unsigned long long)file->check.len);
    }
    return PRISM_OK;
}

static prism_status pin_commit(backup *b, uint64_t generation, const prs_id *uuid,
                               prism_error *err) {
    PRS_TRY(prs_commit_read(b->from, generation, &b->arena, &b->commit, NULL, err));
    if (uuid != NULL && !prs_id_equal(uuid, &b->commit.uuid)) {
        return prs_error_set(err, PRISM_ECORRUPT,
                             "the directory now holds another index: open it again");
    }
    PRS_TRY(list_files(b, err));
    return open_files(b, err);
}

static prism_status pin(backup *b, const prs_backup_from *from, prism_error *err) {
    uint64_t before = 0;
    for (uint32_t i = 0; i < PRS_OPEN_TRIES; i++) {
        uint64_t generation = from->generation;
        if (generation == 0) PRS_TRY(prs_commit_find_newest(b->from, &generation, err));
        if (generation == 0 && i > 0)
            return prs_error_set(err, PRISM_ENOTFOUND, "there is no index here");
        if (generation == 0) continue; /* a listing may miss what goes and what comes */
        prism_status status = pin_commit(b, generation, from->uuid, err);
        if (status != PRISM_ENOTFOUND) return status;
        unpin(b);
        if (generation == before) return prs_error_recode(err, PRISM_ECORRUPT);
        if (from->generation != 0) return status;
        before = generation;
    }
    return prs_error_set(err, PRISM_EBUSY, "commits came and went faster than they could be read");
}

/* ---- place ----------------------------------------------------------------------------------- */

/* Bytes of a pinned file, whether its name is still there or not. */
static prism_status read_pinned(backup *b, const backup_file *file, uint64_t off, size_t len,
                                prism_error *err) {
    prism_status status = b->from->vt->read_at(b->from, &file->view, off, b->piece, len, err);
    if (status != PRISM_ENOTFOUND || file->view.ptr == NULL) return status;
    memcpy(b->piece, file->view.ptr + off, len);
    return PRISM_OK;
}

static prism_status write_pieces(backup *b, const backup_file *file, prs_file *out,
                                 prism_error *err) {
    for (uint64_t off = 0; off < file->view.len; off += PIECE) {
        size_t len = (size_t)PRS_MIN(file->view.len - off, PIECE);
        PRS_TRY(read_pinned(b, file, off, len, err));
        PRS_TRY(b->to->vt->write(b->to, out, b->piece, len, err));
        PRS_TRY(step(b, len, err));
    }
    return b->to->vt->sync(b->to, out, err);
}

static prism_status copy_file(backup *b, backup_file *file, const char *name, prism_error *err) {
    prs_file *out;
    PRS_TRY(b->to->vt->create(b->to, name, &out, err));
    file->made = true;
    if (file->type == PRS_FILE_COMMIT) memcpy(b->tmp, name, PRS_NAME_SIZE);
    prism_status status = write_pieces(b, file, out, err);
    prism_status closed = b->to->vt->close(b->to, out, status == PRISM_OK ? err : NULL);
    b->stats->files_copied++;
    b->stats->bytes_copied += file->view.len;
    return status != PRISM_OK ? status : closed;
}

/* A link to the file of that name in another directory, if that can be made. */
static prism_status link_file(backup *b, backup_file *file, prs_dir *from, bool *linked,
                              prism_error *err) {
    *linked = false;
    if (from == NULL || b->to->vt->link_from == NULL) return PRISM_OK;
    prism_status status = b->to->vt->link_from(b->to, from, file->name, err);
    if (status == PRISM_EUNSUPPORTED || status == PRISM_ENOTFOUND) return PRISM_OK;
    if (status == PRISM_EEXISTS) return status;
    file->made = *linked = true; /* a link whose sync failed is there too */
    return status;
}

/* ---- prove ----------------------------------------------------------------------------------- */

static prism_status prove(backup *b, const backup_file *file, const char *name, bool quiet,
                          prism_error *err) {
    const prs_hash128 *digest = file->type == PRS_FILE_COMMIT ? NULL : &file->check.digest;
    prs_in *in;
    bool more = true;
    PRS_TRY(prs_in_open(b->to, name, file->type, &file->id, file->check.len, digest,
                        PRS_CHECKSUM_LAZY, &in, err));
    prism_status status = PRISM_OK;
    for (uint64_t r = 0; more && status == PRISM_OK; r += PIECE_REGIONS) {
        status = prs_in_verify_some(in, r, PIECE_REGIONS, &more, err);
        uint64_t off = r * (PIECE / PIECE_REGIONS), len = more ? PIECE : file->check.len - off;
        if (status == PRISM_OK && !quiet) status = step(b, len, err);
    }
    prs_in_close(in);
    return status;
}

/* A file of an earlier backup, if it is the very same. */
static prism_status link_base(backup *b, backup_file *file, bool *linked, prism_error *err) {
    PRS_TRY(link_file(b, file, b->how->base, linked, err));
    if (!*linked || prove(b, file, file->name, true, NULL) == PRISM_OK) return PRISM_OK;
    *linked = false;
    file->made = false;
    return b->to->vt->unlink(b->to, file->name, err);
}

static prism_status place(backup *b, backup_file *file, prism_error *err) {
    bool linked = false;
    if (!b->how->copy) PRS_TRY(link_file(b, file, b->from, &linked, err));
    if (!linked) PRS_TRY(link_base(b, file, &linked, err));
    if (linked) {
        b->stats->files_linked++;
        PRS_TRY(step(b, file->check.len, err));
    } else {
        PRS_TRY(copy_file(b, file, file->name, err));
    }
    return prove(b, file, file->name, false, err);
}

/* ---- publish --------------------------------------------------------------------------------- */

/* commit-G.tmp, compared with what was pinned (it has no digest but its own), then renamed. */
static prism_status publish(backup *b, prism_error *err) {
    backup_file *file = &b->files[b->n - 1];
    char tmp[PRS_NAME_SIZE];
    prs_name_of_generation(tmp, PRS_NAME_COMMIT_TMP, b->commit.manifest.generation);
    PRS_TRY(b->to->vt->sync_dir(b->to, err));
    PRS_TRY(copy_file(b, file, tmp, err));
    PRS_TRY(prove(b, file, tmp, false, err));
    PRS_TRY(b->to->vt->rename_new(b->to, tmp, file->name, err));
    b->tmp[0] = '\0';
    return b->to->vt->sync_dir(b->to, err);
}

/* Take away what was made, the commit first: then it is no index any more, whatever comes. */
static void take_back(backup *b) {
    if (b->tmp[0] != '\0') (void)b->to->vt->unlink(b->to, b->tmp, NULL);
    for (size_t i = b->n; i-- > 0;) {
        if (b->files[i].made) (void)b->to->vt->unlink(b->to, b->files[i].name, NULL);
    }
    (void)b->to->vt->sync_dir(b->to, NULL);
}

static prism_status check_destination(prs_dir *to, prism_error *err) {
    prs_listing listing;
    prism_status status = prs_listing_read(&listing, to, err);
    if (status == PRISM_OK && listing.newest != 0)
        status = prs_error_set(err, PRISM_EEXISTS, "there is an index already");
    if (status == PRISM_OK && listing.names.n > 0) {
        status = prs_error_set(err, PRISM_EEXISTS,
                               "there are files of an index without a commit: an unfinished "
                               "backup or a damaged index; remove them or go elsewhere");
    }
    prs_listing_fini(&listing);
    return status;
}

static prism_status place_all(backup *b, prism_error *err) {
    const prs_manifest *m = &b->commit.manifest;
    prism_backup_stats *stats = b->stats;
    stats->generation = m->generation;
    stats->files = b->n;
    for (size_t i = 0; i < b->n; i++) stats->bytes += b->files[i].check.len;
    for (uint32_t i = 0; i < m->n_segments; i++)
        stats->documents += m->segments[i].n_docs - m->segments[i].n_deleted;
    b->total = 2 * stats->bytes;
    prism_status status = PRISM_OK;
    for (size_t i = 0; i + 1 < b->n && status == PRISM_OK; i++)
        status = place(b, &b->files[i], err);
    if (status == PRISM_OK) status = publish(b, err);
    if (status != PRISM_OK) take_back(b);
    return status;
}

static prism_status run(backup *b, const prs_backup_from *from, prism_error *err) {
    void *lock;
    b->piece = prs_mem_alloc(b->mem, PIECE);
    if (b->piece == NULL) return prs_error_nomem(err);
    prism_status status = check_destination(b->to, err); /* before a lock file is made there */
    if (status == PRISM_OK) status = pin(b, from, err);
    if (status == PRISM_OK) status = b->to->vt->lock(b->to, PRS_NAME_LOCK, &lock, err);
    if (status == PRISM_OK) {
        status = check_destination(b->to, err);
        if (status == PRISM_OK) status = place_all(b, err);
        b->to->vt->unlock(b->to, lock);
    }
    unpin(b);
    prs_mem_free(b->mem, b->piece, PIECE);
    return status;
}

prism_status prs_backup_run(const prs_backup_from *from, prs_dir *to, const prs_backup_how *how,
                            prism_backup_stats *stats, prism_error *err) {
    backup b = {.how = how, .stats = stats, .from = from->dir, .to = to, .mem = to->mem};
    size_t size = stats->size;
    *stats = (prism_backup_stats){.size = size};
    prs_arena_init(&b.arena, b.mem, 0);
    to->pread = true;
    prism_status status = run(&b, from, err);
    prs_arena_fini(&b.arena);
    if (status != PRISM_OK) *stats = (prism_backup_stats){.size = size};
    return status;
}

/* ---- paths ----------------------------------------------------------------------------------- */

/* A directory that was made for the backup goes again if it failed, with the lock file in it. */
static void unmake(prs_dir *dir, const char *path) {
    (void)dir->vt->unlink(dir, PRS_NAME_LOCK, NULL);
    prs_dir_fs_remove(path);
}

static prism_status open_base(prs_mem *mem, const prism_backup_opts *opts, prs_dir **base,
                              prism_error *err) {
    *base = NULL;
    if (opts->base == NULL || opts->copy) return PRISM_OK;
    prism_status status = prs_dir_fs_open(mem, opts->base, false, false, base, err);
    if (status != PRISM_OK) prs_error_file(err, opts->base);
    return status;
}

prism_status prs_backup_to(const prs_backup_from *from, prs_mem *mem, const char *to,
                           const prism_backup_opts *opts, prism_backup_stats *stats,
                           prism_error *err) {
    prs_dir *base, *dir;
    prs_backup_how how = {
        .copy = opts->copy != 0, .progress = opts->progress, .progress_ctx = opts->progress_ctx};
    prism_status status = prs_dir_fs_open(mem, to, false, false, &dir, err);
    bool made = status == PRISM_ENOTFOUND;
    if (status != PRISM_OK && !made) return status;
    if (!made) dir->vt->close_dir(dir);
    PRS_TRY(open_base(mem, opts, &base, err));
    how.base = base;
    status = prs_dir_fs_open(mem, to, true, true, &dir, err);
    if (status == PRISM_OK) {
        status = prs_backup_run(from, dir, &how, stats, err);
        if (status != PRISM_OK && made) unmake(dir, to);
        dir->vt->close_dir(dir);
    }
    if (base != NULL) base->vt->close_dir(base);
    return status;
}

prism_status prs_backup_restore(const char *from, const char *to, const prism_backup_opts *opts,
                                prism_backup_stats *stats, prism_error *err) {
    prs_mem mem;
    prs_backup_from source = {.generation = 0};
    prs_mem_init(&mem, opts->allocator);
    PRS_TRY(prs_dir_fs_open(&mem, from, false, false, &source.dir, err));
    prism_status status = prs_backup_to(&source, &mem, to, opts, stats, err);
    source.dir->vt->close_dir(source.dir);
    return status;
}
