/* enospc.c - the disk is really full, at every step of 4 KiB (T2c).
 *
 *     enospc [tmpfs|ext4] [--cases WORKLOADS] [--seconds N]
 *
 * A file fills the file system but for k pages, k = 0, 1, 2, ...; then an index is made, a commit
 * puts or only deletes, or all is merged, or backed up.  It works, or fails with ENOSPC; then the
 * last commit is there whole, the remains go when a writer opens, and with room made it works. */
#include "history.h"
#include "mounts.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct site {
    program p;
    char folder[96], path[128], filler[128], copy[128];
    uint32_t round; /* of the newest commit */
} site;

/* ---- the filler ------------------------------------------------------------------------------ */

/* Fill the disk but for `pages`; false where it has not so many. */
static bool fill(const site *s, unsigned pages) {
    static const char zeros[4096];
    off_t len = 0;
    int fd = open(s->filler, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    for (ssize_t n; (n = write(fd, zeros, sizeof zeros)) > 0;) len += n;
    off_t keep = len - (off_t)pages * 4096;
    bool good = errno == ENOSPC && keep >= 0 && ftruncate(fd, keep) == 0 && fsync(fd) == 0;
    return close(fd) == 0 && good;
}

static void make_room(const site *s) {
    (void)unlink(s->filler);
}

/* ---- workloads ------------------------------------------------------------------------------- */

static prism_status create(const site *s, prism_index **index, prism_error *err) {
    prism_schema *schema;
    *index = NULL;
    prism_status status =
        prism_schema_from_json(history_schema, strlen(history_schema), &schema, err);
    if (status != PRISM_OK) return status;
    status = prism_index_create(s->path, schema, NULL, index, err);
    prism_schema_unref(schema);
    return status;
}

static prism_status open_writer(const site *s, prism_index **index, prism_writer **writer,
                                prism_error *err) {
    *writer = NULL;
    prism_status status = prism_index_open(s->path, NULL, index, err);
    return status == PRISM_OK ? prism_writer_open(*index, NULL, writer, err) : status;
}

/* Commit the next round, or merge; *again: once more in the same writer, with room made. */
static prism_status commit(site *s, unsigned what, bool again, prism_error *err) {
    prism_index *index;
    prism_writer *writer;
    prism_status status = open_writer(s, &index, &writer, err);
    if (status == PRISM_OK) {
        status = what == 2 ? prism_writer_merge(writer, 1, NULL, NULL, err)
                           : history_write(writer, s->p.seed, s->round + 1, what == 0 ? 1500 : 0,
                                           &s->round, err);
    }
    if (again && status == PRISM_ENOSPC) {
        prism_error own = PRISM_ERROR_INIT;
        make_room(s);
        prism_status now = prism_writer_rollback(writer, &own);
        if (now == PRISM_OK)
            now = history_write(writer, s->p.seed, s->round + 1, 0, &s->round, &own);
        if (now != PRISM_OK) program_finding(&s->p, "not even with room: %s", own.text);
    }
    prism_writer_close(writer);
    prism_index_close(index);
    return status;
}

static prism_status back_up(const site *s, prism_error *err) {
    prism_index *index;
    prism_backup_opts opts = PRISM_BACKUP_OPTS_INIT;
    opts.copy = 1;
    prism_status status = prism_index_open(s->path, NULL, &index, err);
    if (status == PRISM_OK) status = prism_index_backup(index, s->copy, &opts, NULL, err);
    prism_index_close(index);
    struct stat st;
    if (status != PRISM_OK && stat(s->copy, &st) == 0) return PRISM_EEXISTS; /* remains */
    program_remove(s->copy);
    return status;
}

/* ---- judgement ------------------------------------------------------------------------------- */

static void count_notes(void *ctx, const prism_error *finding) {
    *(uint64_t *)ctx += finding->code == PRISM_OK;
}

static void judge(site *s, const char *what, unsigned pages, bool clean) {
    prism_index *index = NULL;
    prism_error err = PRISM_ERROR_INIT;
    uint64_t n = 0, notes = 0;
    history_answer a = {.err = PRISM_ERROR_INIT};
    prism_status status = prism_index_open(s->path, NULL, &index, &err);
    if (status == PRISM_OK) a = history_read(index, s->p.seed);
    prism_index_close(index);
    if (!a.whole || a.round != s->round)
        program_finding(&s->p, "%s, %u pages: commit %u, not %u: %s %s", what, pages, a.round,
                        s->round, err.text, a.why);
    status = prism_index_check(s->path, PRISM_CHECK_NORMAL, NULL, count_notes, &notes, NULL, NULL,
                               &n, &err);
    if (status != PRISM_OK || n > 0 || (clean && notes > 0))
        program_finding(&s->p, "%s, %u pages: check %s, %llu findings, %llu orphans", what, pages,
                        err.text, (unsigned long long)n, (unsigned long long)notes);
}

/* One workload with so much room; true if it was enough. */
static bool try(site *s, unsigned what, unsigned pages) {
    static const char *const names[] = {"put", "small commit", "merge", "backup"};
    prism_error err = PRISM_ERROR_INIT;
    if (!fill(s, pages)) return true;
    prism_status status = what == 3 ? back_up(s, &err) : commit(s, what, pages % 2 == 1, &err);
    if (status != PRISM_OK && status != PRISM_ENOSPC)
        program_finding(&s->p, "%s, %u pages: %d %s", names[what], pages, status, err.text);
    if (pages % 2 == 0) judge(s, names[what], pages, false); /* still full */
    make_room(s);
    prism_error own = PRISM_ERROR_INIT;
    if (commit(s, 0, false, &own) != PRISM_OK)
        program_finding(&s->p, "%s, %u pages: the next commit: %s", names[what], pages, own.text);
    judge(s, names[what], pages, true);
    s->p.done++;
    return status == PRISM_OK;
}

static void try_create(site *s) {
    for (unsigned pages = 0, n = 0; n < 3; pages++) {
        prism_index *index;
        prism_error err = PRISM_ERROR_INIT;
        program_remove(s->path);
        if (!fill(s, pages)) break;
        prism_status status = create(s, &index, &err);
        if (status != PRISM_OK && status != PRISM_ENOSPC)
            program_finding(&s->p, "create, %u pages: %d %s", pages, status, err.text);
        prism_index_close(index);
        make_room(s);
        if (status != PRISM_OK && create(s, &index, &err) == PRISM_OK) prism_index_close(index);
        s->round = 0;
        judge(s, "create", pages, false);
        s->p.done++;
        n += status == PRISM_OK;
    }
}

static void run(site *s) {
    try_create(s);
    for (uint64_t k = 0; k < s->p.cases && program_time_left(&s->p); k++) {
        for (unsigned what = 0; what < 4; what++)
            for (unsigned pages = 0, n = 0; n < 3 && pages < 1024; pages++)
                n += try(s, what, pages);
    }
}

int main(int argc, char **argv) {
    static site s;
    program *p = &s.p;
    bool ext4 = argc > 1 && strcmp(argv[1], "ext4") == 0;
    mounts_disk disk = {.type = "ext4"};
    program_begin(p, ext4 ? "T2c-ext4" : "T2c-tmpfs", argc, argv, 1);
    const char *reason = mounts_begin();
    if (reason != NULL) return program_skip(p, reason);
    const char *folder = program_folder(true);
    snprintf(s.folder, sizeof s.folder, "%s/mnt", folder);
    snprintf(s.path, sizeof s.path, "%s/ix", s.folder);
    snprintf(s.filler, sizeof s.filler, "%s/filler", s.folder);
    snprintf(s.copy, sizeof s.copy, "%s/copy", s.folder);
    if (mkdir(s.folder, 0700) != 0) reason = "no folder";
    if (reason == NULL && ext4) reason = mounts_disk_make(&disk, folder, "ext4", 4);
    if (reason == NULL &&
        !(ext4 ? mounts_disk_mount(&disk, s.folder) : mounts_tmpfs(s.folder, "4m")))
        reason = "it cannot be mounted";
    if (reason == NULL) {
        run(&s);
        (void)mounts_unmount(s.folder);
    }
    mounts_disk_end(&disk);
    program_remove(folder);
    return reason != NULL ? program_skip(p, reason) : program_end(p);
}
