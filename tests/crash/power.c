/* power.c - a real file system loses power while a writer runs: does every commit that returned OK
 * survive (T2b)?
 *
 *     power ext4|xfs [--cases CYCLES] [--seconds N] [--seed S]
 *
 * An image on a loop device.  A cycle: mount, a writer commits, the shutdown ioctl (no log flush)
 * some milliseconds later, kill, unmount; then mount again, which replays the log, and look.
 * Stands in for pulling the plug: what was not synced is really gone. */
#include "history.h"
#include "mounts.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct power {
    program p;
    mounts_disk disk;
    char folder[96], path[128];
    uint32_t acked;
    bool created;
    int acks[2];
    uint64_t state, hits; /* hits: shutdowns that met an unfinished commit */
} power;

/* ---- the writer ------------------------------------------------------------------------------ */

static prism_status open_writer(const power *w, prism_index **index, prism_writer **writer,
                                prism_error *err) {
    prism_schema *schema;
    prism_status status = prism_index_open(w->path, NULL, index, err);
    if (status == PRISM_ENOTFOUND) {
        status = prism_schema_from_json(history_schema, strlen(history_schema), &schema, err);
        if (status != PRISM_OK) return status;
        status = prism_index_create(w->path, schema, NULL, index, err);
        prism_schema_unref(schema);
    }
    return status == PRISM_OK ? prism_writer_open(*index, NULL, writer, err) : status;
}

static _Noreturn void be_writer(const power *w) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index = NULL;
    prism_writer *writer = NULL;
    uint32_t round = 0;
    prism_status status = open_writer(w, &index, &writer, &err);
    if (status == PRISM_OK) (void)!write(w->acks[1], &round, sizeof round); /* created */
    if (status == PRISM_OK) round = history_read(index, w->p.seed).round;
    while (status == PRISM_OK) {
        round++;
        status = history_write(writer, w->p.seed, round, round % 5 * 400, NULL, &err);
        if (status == PRISM_OK) (void)!write(w->acks[1], &round, sizeof round);
    }
    pause(); /* the disk is gone; wait for the end */
    _exit(0);
}

static void nap(unsigned us) {
    struct timespec t = {us / 1000000, (long)(us % 1000000) * 1000};
    while (nanosleep(&t, &t) != 0 && errno == EINTR) {}
}

static void take_acks(power *w) {
    uint32_t round;
    while (read(w->acks[0], &round, sizeof round) == (ssize_t)sizeof round) {
        w->created = true;
        if (round > w->acked) w->acked = round;
    }
}

/* ---- one cycle ------------------------------------------------------------------------------- */

static bool lose_power(power *w) {
    if (!mounts_disk_mount(&w->disk, w->folder)) return false;
    int pid = fork();
    if (pid == 0) be_writer(w);
    nap(2000 + (unsigned)program_below(&w->state, 60000));
    bool done = mounts_shut_down(w->folder);
    (void)kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    take_acks(w);
    return mounts_unmount(w->folder) && done;
}

/* A file that no commit names: the power went in the middle of one. */
static void count_note(void *ctx, const prism_error *finding) {
    *(bool *)ctx |= finding->code == PRISM_OK;
}

static void judge(power *w) {
    program *p = &w->p;
    prism_index *index = NULL;
    prism_error err = PRISM_ERROR_INIT;
    history_answer a = {.err = PRISM_ERROR_INIT};
    prism_status status = prism_index_open(w->path, NULL, &index, &err);
    if (status == PRISM_ENOTFOUND && !w->created) return;
    if (status == PRISM_OK) a = history_read(index, p->seed);
    prism_index_close(index);
    if (!a.whole || a.round < w->acked || a.round > w->acked + 1)
        program_finding(p, "cycle %llu: commit %u, acknowledged %u: %s %s",
                        (unsigned long long)p->done, a.round, w->acked, err.text, a.why);
    uint64_t n = 0;
    bool hit = false;
    status = prism_index_check(w->path, PRISM_CHECK_NORMAL, NULL, count_note, &hit, NULL, NULL, &n,
                               &err);
    w->hits += hit;
    if (status != PRISM_OK || n > 0)
        program_finding(p, "cycle %llu: check: %s, %llu findings", (unsigned long long)p->done,
                        err.text, (unsigned long long)n);
    w->created = true;
    w->acked = a.round;
}

static bool cycle(power *w) {
    if (w->p.done % 50 == 0) {
        if (!mounts_disk_format(&w->disk)) return false;
        w->acked = 0;
        w->created = false;
    }
    if (!lose_power(w)) return false;
    if (!mounts_disk_mount(&w->disk, w->folder)) {
        program_finding(&w->p, "cycle %llu: the file system is gone",
                        (unsigned long long)w->p.done);
        return false;
    }
    judge(w);
    w->p.done++;
    return mounts_unmount(w->folder);
}

int main(int argc, char **argv) {
    static power w;
    program *p = &w.p;
    const char *type = argc > 1 && argv[1][0] != '-' ? argv[1] : "ext4";
    program_begin(p, strcmp(type, "xfs") == 0 ? "T2b-xfs" : "T2b-ext4", argc, argv, 10);
    const char *reason = mounts_begin();
    if (reason != NULL) return program_skip(p, reason);
    const char *folder = program_folder(true);
    w.state = p->seed;
    snprintf(w.folder, sizeof w.folder, "%s/mnt", folder);
    snprintf(w.path, sizeof w.path, "%s/mnt/ix", folder);
    reason = mounts_disk_make(&w.disk, folder, type, strcmp(type, "xfs") == 0 ? 320 : 32);
    if (reason == NULL && (mkdir(w.folder, 0700) != 0 || pipe2(w.acks, O_NONBLOCK) != 0))
        reason = "no folder";
    while (reason == NULL && (p->seconds > 0 || p->done < p->cases) && program_time_left(p)) {
        if (cycle(&w)) continue;
        if (p->findings == 0) reason = "it cannot be mounted, shut down or unmounted here";
        break;
    }
    mounts_disk_end(&w.disk);
    program_remove(folder);
    if (reason != NULL && p->done == 0) return program_skip(p, reason);
    if (reason != NULL) program_finding(p, "%s", reason);
    printf("# %llu of %llu shutdowns left an unfinished commit\n", (unsigned long long)w.hits,
           (unsigned long long)p->done);
    return program_end(p);
}
