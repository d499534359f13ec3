/* herd.c - does every acknowledged commit survive the death of its writer, and does no reader ever
 * see anything but one whole commit?
 *
 *   writer     commits as fast as it can; tells each number through a pipe once it returned OK
 *   readers    refresh, keep old snapshots a while, compare each with the history
 *   parent     lets the writer live some milliseconds, kill -9; kills, stops and restarts readers;
 *              then opens, compares and checks
 *
 * A reader never goes back to an older commit than it saw before. */
#include "herd.h"

#include "history.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void nap(unsigned us) {
    struct timespec t = {us / 1000000, (long)(us % 1000000) * 1000};
    while (nanosleep(&t, &t) != 0 && errno == EINTR) {}
}

/* A line for the parent; short enough for one write to be whole. */
static void tell(int fd, const char *who, uint32_t round, const char *what) {
    char line[512];
    int len = snprintf(line, sizeof line, "%s, commit %u: %.400s\n", who, round, what);
    (void)!write(fd, line, (size_t)len);
}

/* ---- the children ---------------------------------------------------------------------------- */

static _Noreturn void be_writer(const herd *h, uint64_t seed) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index;
    prism_writer *writer = NULL;
    prism_status status = prism_index_open(h->path, NULL, &index, &err);
    history_answer a = {.err = PRISM_ERROR_INIT};
    if (status == PRISM_OK) status = prism_writer_open(index, NULL, &writer, &err);
    if (status == PRISM_OK) {
        a = history_read(index, seed);
        status = a.status;
    }
    for (uint32_t r = a.round + 1; status == PRISM_OK; r++) {
        status = history_write(writer, seed, r, (unsigned)(r % 7) * 300, NULL, &err);
        if (status == PRISM_OK && write(h->acks[1], &r, sizeof r) != (ssize_t)sizeof r) break;
    }
    tell(h->findings[1], "writer", a.round, err.text);
    _exit(1);
}

/* One look; the snapshot before is looked at again now and then, its files may be gone. */
static bool look(prism_snapshot **snap, uint64_t seed, uint32_t *seen, prism_error *err,
                 const char **what, char why[400]) {
    prism_snapshot *next;
    history_answer old = history_read_snapshot(*snap, seed);
    prism_status status = prism_snapshot_refresh(*snap, &next, err);
    *what = status != PRISM_OK ? err->text : NULL;
    if (status != PRISM_OK) return false;
    history_answer a = history_read_snapshot(next, seed);
    prism_snapshot_unref(*snap);
    *snap = next;
    const history_answer *bad = !old.whole ? &old : &a;
    snprintf(why, 400, "%s", bad->why);
    *what = !bad->whole ? why : a.round < *seen ? "it went back to an older commit" : NULL;
    *seen = a.round;
    return *what == NULL;
}

static _Noreturn void be_reader(const herd *h, uint64_t seed, bool pread) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    uint32_t seen = 0;
    opts.read_only = 1;
    opts.use_pread = pread;
    for (;;) {
        prism_error err = PRISM_ERROR_INIT;
        prism_index *index;
        prism_snapshot *snap = NULL;
        char why[400];
        prism_status status = prism_index_open(h->path, &opts, &index, &err);
        if (status == PRISM_OK) status = prism_snapshot_open(index, &snap, &err);
        const char *what = err.text;
        bool good = status == PRISM_OK;
        for (int i = 0; good && i < 20; i++) good = look(&snap, seed, &seen, &err, &what, why);
        if (!good && err.code != PRISM_EBUSY) {
            tell(h->findings[1], pread ? "pread reader" : "reader", seen, what);
            _exit(1);
        }
        prism_snapshot_unref(snap);
        prism_index_close(index);
    }
}

static int start(const herd *h, uint64_t seed, int reader) {
    int pid = fork();
    if (pid != 0) return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (reader < 0) be_writer(h, seed);
    be_reader(h, seed, reader % 2 == 1);
}

/* ---- the parent ------------------------------------------------------------------------------ */

static bool make_index(const char *path) {
    prism_schema *schema;
    prism_index *index;
    if (prism_schema_from_json(history_schema, strlen(history_schema), &schema, NULL) != PRISM_OK)
        return false;
    prism_status status = prism_index_create(path, schema, NULL, &index, NULL);
    prism_schema_unref(schema);
    if (status == PRISM_OK) prism_index_close(index);
    return status == PRISM_OK;
}

bool herd_begin(herd *h, const program *p, const char *path, int n_readers) {
    memset(h, 0, sizeof *h);
    h->path = path;
    h->n_readers = n_readers;
    h->least_ms = 5;
    h->most_ms = 100;
    h->state = p->seed;
    return make_index(path) && pipe2(h->findings, O_NONBLOCK) == 0 &&
           pipe2(h->acks, O_NONBLOCK) == 0;
}

static void end_child(int *pid) {
    if (*pid <= 0) return;
    (void)kill(*pid, SIGKILL);
    while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR) {}
    *pid = 0;
}

static void take_findings(herd *h, program *p) {
    char text[4096];
    ssize_t n = read(h->findings[0], text, sizeof text - 1);
    if (n <= 0) return;
    text[n] = '\0';
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
        program_finding(p, "%s", line);
}

static void take_acks(herd *h) {
    uint32_t rounds[1024];
    ssize_t n;
    while ((n = read(h->acks[0], rounds, sizeof rounds)) > 0)
        h->acked = rounds[(size_t)n / sizeof *rounds - 1];
}

static void disturb_readers(herd *h, uint64_t seed) {
    for (int i = 0; i < h->n_readers; i++) {
        uint64_t draw = program_below(&h->state, 8);
        if (h->readers[i] == 0) {
            h->readers[i] = start(h, seed, i);
            h->stopped[i] = false;
        } else if (draw == 0) {
            end_child(&h->readers[i]);
        } else if (h->stops && draw < 4) {
            (void)kill(h->readers[i], h->stopped[i] ? SIGCONT : SIGSTOP);
            h->stopped[i] = !h->stopped[i];
        }
    }
}

/* What is there now: the last acknowledged commit, or the one in flight; nothing is damaged. */
static void judge(herd *h, program *p) {
    prism_index *index = NULL;
    prism_error err = PRISM_ERROR_INIT;
    uint64_t n = 0;
    history_answer a = {.err = PRISM_ERROR_INIT};
    prism_status status = prism_index_open(h->path, NULL, &index, &err);
    if (status == PRISM_OK) a = history_read(index, p->seed);
    prism_index_close(index);
    if (!a.whole || a.round < h->acked || a.round > h->acked + 1)
        program_finding(p, "after kill %llu: commit %u, acknowledged %u: %s %s",
                        (unsigned long long)p->done, a.round, h->acked, err.text, a.why);
    h->acked = a.round; /* what was in flight is there to stay */
    status = prism_index_check(h->path, PRISM_CHECK_NORMAL, NULL, NULL, NULL, NULL, NULL, &n, &err);
    if (status != PRISM_OK || n > 0)
        program_finding(p, "after kill %llu: check: %s, %llu findings", (unsigned long long)p->done,
                        err.text, (unsigned long long)n);
}

void herd_round(herd *h, program *p) {
    disturb_readers(h, p->seed);
    h->writer = start(h, p->seed, -1);
    unsigned ms = h->least_ms + (unsigned)program_below(&h->state, h->most_ms - h->least_ms + 1);
    if (h->stops && program_below(&h->state, 3) == 0) { /* a writer may be stopped anywhere too */
        nap(ms * 500);
        (void)kill(h->writer, SIGSTOP);
        nap(5000);
        (void)kill(h->writer, SIGCONT);
        nap(ms * 500);
    } else {
        nap(ms * 1000);
    }
    end_child(&h->writer);
    take_acks(h);
    take_findings(h, p);
    judge(h, p);
    p->done++;
}

void herd_end(herd *h, program *p) {
    for (int i = 0; i < h->n_readers; i++) end_child(&h->readers[i]);
    take_findings(h, p);
    judge(h, p);
    printf("# %u commits\n", h->acked);
    for (int i = 0; i < 2; i++) {
        (void)close(h->findings[i]);
        (void)close(h->acks[i]);
    }
}
