/* sweep.c - every storage call fails, the power goes at every change, every allocation is refused:
 * is what is on the disk afterwards always the last commit that was acknowledged, or the one on its
 * way, whole?
 *
 *     sweep t1|t2|t2r|t3|all [--cases STATES] [--shard I/N] [--seconds N] [--seed S]
 *
 * The disk is in memory.  The workload W: create, commits 1 to 6 of a history (the fifth merges),
 * with a delete-only commit, the writer opened anew in the middle, a query and a backup.
 *
 *   t1    each call of the directory contract x {EIO, ENOSPC, EMFILE by turns; all with --cases 3}
 *         x {once, for ever}; then with a good disk: what it shows, check, orphans, the next commit
 *   t2    the power goes behind each change, in --cases states of what was not synced: names in
 *         any order, or a prefix of them; bytes lost, zero, torn by sectors, junk behind
 *   t2r   the same while the next writer recovers from such a state, sampled
 *   t3    each allocation x {once, for ever} */
#include "harness/crash_dir.h"
#include "harness/fault_dir.h"
#include "history.h"
#include "program.h"

#include "maintain/backup.h"
#include "maintain/check.h"
#include "write/writer.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 6, KEEP_MODES = CRASH_KEEP_TORN + 1 };

typedef struct disk {
    prs_mem mem;
    prs_dir *dir;
} disk;

static void new_disk(disk *d) {
    prs_mem_init(&d->mem, NULL);
    if (prs_dir_mem_new(&d->mem, &d->dir, NULL) != PRISM_OK) abort();
}

static void end_disk(disk *d) {
    d->dir->vt->close_dir(d->dir);
    if (atomic_load(&d->mem.live) != 0) abort(); /* a file or view was kept */
}

/* ---- handles over a directory ---------------------------------------------------------------- */

typedef struct handle {
    fault_dir around; /* so that closing the handle does not close the disk */
    prism_index index;
    prism_writer *writer;
} handle;

/* Into which order merges put documents: of every third seed each. */
static const char *reorder_of(uint64_t seed) {
    static const char *const orders[] = {NULL, "bp", "-n"};
    return orders[seed % 3];
}
static const char *reorder_now;

static prism_status open_handle(handle *h, prs_dir *dir, bool create, bool write,
                                const prism_allocator *hook, prism_error *err) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prs_writer_options options = {.memory = PRS_WRITER_MIN_MEMORY,
                                  .keep_commits = 2,
                                  .durable = true,
                                  .reorder_text = reorder_now};
    prism_schema *schema;
    memset(h, 0, sizeof *h);
    fault_dir_init(&h->around, dir);
    opts.allocator = hook;
    PRS_TRY(prs_core_new(&opts, &h->index.core, err));
    h->index.core->dir = &h->around.base;
    prism_status status = PRISM_OK;
    if (create) {
        if (prism_schema_from_json(history_schema, strlen(history_schema), &schema, NULL) != 0)
            abort();
        status = prs_core_make(h->index.core, schema, NULL, err);
        prism_schema_unref(schema);
    } else {
        status = prs_core_load(h->index.core, err);
    }
    if (status == PRISM_OK && write)
        status = prs_writer_open(h->index.core, &options, &h->writer, err);
    return status;
}

static void close_handle(handle *h) {
    if (h->index.core == NULL) return;
    prs_writer_close(h->writer);
    prs_core_unref(h->index.core);
    h->index.core = NULL;
    h->writer = NULL;
}

/* ---- the workload ---------------------------------------------------------------------------- */

typedef struct outcome {
    uint32_t acked;
    bool in_flight; /* the next one may have happened all the same */
    bool created;
    prism_status status;
    prism_error err;
} outcome;

/* A query and a backup: they may fail, but not lie.  Returns what they said. */
static prism_status read_all(handle *h, uint64_t seed, const outcome *o, prism_error *err,
                             const char **lie) {
    history_answer a = history_read(&h->index, seed);
    if (a.status == PRISM_OK && (!a.whole || a.round != o->acked)) *lie = "a query";
    if (a.status != PRISM_OK) {
        *err = a.err;
        return a.status;
    }
    disk to;
    prs_backup_from from = {.dir = h->index.core->dir};
    prs_backup_how how = {.copy = true};
    prism_backup_stats stats = {.size = sizeof stats};
    new_disk(&to);
    prism_status status = prs_backup_run(&from, to.dir, &how, &stats, err);
    if (status == PRISM_OK) {
        handle copy;
        to.dir->pread = false;
        if (open_handle(&copy, to.dir, false, false, NULL, err) != PRISM_OK) *lie = "a backup";
        if (*lie == NULL) a = history_read(&copy.index, seed);
        if (!a.whole || a.round != o->acked) *lie = "a backup";
        close_handle(&copy);
    }
    end_disk(&to);
    return status;
}

static outcome work(prs_dir *dir, uint64_t seed, const prism_allocator *hook, size_t *marks,
                    const crash_dir *crash, const char **lie) {
    reorder_now = reorder_of(seed);
    outcome o = {.err = PRISM_ERROR_INIT};
    handle h;
    o.status = open_handle(&h, dir, true, true, hook, &o.err);
    o.created = o.status == PRISM_OK;
    for (uint32_t r = 1; r <= ROUNDS && o.status == PRISM_OK; r++) {
        if (marks != NULL) marks[r - 1] = crash->n_ops;
        o.status = history_write(h.writer, seed, r, 0, &o.acked, &o.err);
        o.in_flight = o.status == PRISM_EUNKNOWN && o.acked < r;
        if (o.status == PRISM_OK && r == 3) {
            close_handle(&h);
            o.status = open_handle(&h, dir, false, true, hook, &o.err);
        }
        if (o.status == PRISM_OK && (r == 2 || r == 5))
            o.status = read_all(&h, seed, &o, &o.err, lie);
    }
    if (marks != NULL) marks[ROUNDS] = crash->n_ops;
    close_handle(&h);
    return o;
}

/* ---- judgement ------------------------------------------------------------------------------- */

typedef struct tally {
    uint64_t findings, notes;
    char first[400];
} tally;

static void take_finding(void *ctx, const prism_error *f) {
    tally *t = ctx;
    if (f->code == PRISM_OK) {
        t->notes++;
    } else if (t->findings++ == 0) {
        snprintf(t->first, sizeof t->first, "%s: %s", f->file, f->text);
    }
}

static tally check_disk(prs_dir *dir, prism_check_level level) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    tally t = {0};
    fault_dir around;
    prs_check check = {.level = level, .each = take_finding, .ctx = &t};
    fault_dir_init(&around, dir);
    if (prs_core_new(&opts, &check.core, NULL) != PRISM_OK) abort();
    check.core->dir = &around.base;
    prism_error err = PRISM_ERROR_INIT;
    if (prs_check_run(&check, &err) != PRISM_OK) take_finding(&t, &err);
    prs_core_unref(check.core);
    dir->pread = false;
    return t;
}

/* The disk, good again, shows a commit of low .. high, whole; the next writer cleans up and goes
 * on.  created false: there may be no index at all. */
static void judge(program *p, const char *what, uint64_t at, prs_dir *dir, uint64_t seed,
                  uint32_t low, uint32_t high, bool created) {
    handle h;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = open_handle(&h, dir, false, false, NULL, &err);
    if (status == PRISM_ENOTFOUND && !created) {
        close_handle(&h);
        return;
    }
    history_answer a = {.err = PRISM_ERROR_INIT};
    if (status == PRISM_OK) a = history_read(&h.index, seed);
    close_handle(&h);
    if (status != PRISM_OK || !a.whole || a.round < low || a.round > high) {
        program_finding(p, "%s %llu: opens %d (%s), commit %u of %u..%u, whole %d: %s", what,
                        (unsigned long long)at, status, err.text, a.round, low, high, a.whole,
                        a.why);
        return;
    }
    tally t = check_disk(dir, PRISM_CHECK_NORMAL);
    if (t.findings > 0)
        program_finding(p, "%s %llu: check: %s", what, (unsigned long long)at, t.first);
    uint32_t next = a.round + 1;
    status = open_handle(&h, dir, false, true, NULL, &err);
    if (status == PRISM_OK) status = history_write(h.writer, seed, next, 0, NULL, &err);
    if (status == PRISM_OK) a = history_read(&h.index, seed);
    close_handle(&h);
    t = check_disk(dir, PRISM_CHECK_DEEP);
    if (status != PRISM_OK || !a.whole || a.round != next || t.findings + t.notes > 0)
        program_finding(p, "%s %llu: life does not go on: %s %s; %llu findings, %llu orphans, %s",
                        what, (unsigned long long)at, err.text, a.why,
                        (unsigned long long)t.findings, (unsigned long long)t.notes, t.first);
}

/* ---- T1 -------------------------------------------------------------------------------------- */

/* One fault; false when there are not so many calls. */
static bool fail_call(program *p, uint64_t at, bool on, prism_status status) {
    disk d;
    fault_dir f;
    const char *lie = NULL;
    new_disk(&d);
    fault_dir_init(&f, d.dir);
    f.fail_at = at;
    f.fail_on = on;
    f.status = status;
    outcome o = work(&f.base, p->seed, NULL, NULL, NULL, &lie);
    bool failed = f.n_failed > 0;
    d.dir->pread = d.dir->no_sync = false;
    if (lie != NULL) program_finding(p, "call %llu: %s lied", (unsigned long long)at, lie);
    if (o.status != PRISM_OK && !failed)
        program_finding(p, "call %llu: %s without a fault", (unsigned long long)at, o.err.text);
    if (o.status != PRISM_OK && o.err.code != o.status)
        program_finding(p, "call %llu: an error without its code", (unsigned long long)at);
    judge(p, on ? "call, for ever" : "call", at, d.dir, p->seed, o.acked, o.acked + o.in_flight,
          o.created);
    end_disk(&d);
    p->done++;
    return failed;
}

static int run_t1(int argc, char **argv) {
    static const prism_status statuses[] = {PRISM_EIO, PRISM_ENOSPC, PRISM_ENOMEM};
    program p;
    program_begin(&p, "T1", argc, argv, 1);
    bool more = true;
    for (uint64_t at = 1; more && program_time_left(&p); at++) {
        for (int on = 0; on < 2 && program_mine(&p, at); on++) {
            for (uint64_t k = 0; k < p.cases && k < PRS_COUNT(statuses); k++)
                more = fail_call(&p, at, on == 1, statuses[(at + k) % PRS_COUNT(statuses)]);
        }
    }
    return program_end(&p);
}

/* ---- T2 -------------------------------------------------------------------------------------- */

typedef struct recording {
    disk disk;
    crash_dir crash;
    size_t marks[ROUNDS + 1];
} recording;

static void record(recording *r, uint64_t seed) {
    const char *lie = NULL;
    new_disk(&r->disk);
    crash_dir_init(&r->crash, r->disk.dir);
    outcome o = work(&r->crash.base, seed, NULL, r->marks, &r->crash, &lie);
    if (o.status != PRISM_OK || lie != NULL) {
        printf("Bail out! the workload fails by itself: %s %s\n", o.err.text, lie ? lie : "");
        exit(99);
    }
}

static void end_recording(recording *r) {
    crash_dir_fini(&r->crash);
    end_disk(&r->disk);
}

/* Commits acknowledged when n changes were made. */
static uint32_t acked_at(const recording *r, size_t n) {
    uint32_t acked = 0;
    while (acked < ROUNDS && n >= r->marks[acked + 1]) acked++;
    return acked;
}

static int run_t2(int argc, char **argv) {
    program p;
    recording r;
    program_begin(&p, "T2", argc, argv, 3);
    record(&r, p.seed);
    test_rng rng = test_rng_of("crash states");
    for (size_t n = 0; n <= r.crash.n_ops && program_time_left(&p); n++) {
        uint32_t acked = acked_at(&r, n);
        for (uint64_t k = 0; k < p.cases && program_mine(&p, n); k++) {
            disk d;
            new_disk(&d);
            crash_dir_restore(&r.crash, n, (crash_keep)((n + k) % KEEP_MODES), &rng, d.dir);
            judge(&p, "change", n, d.dir, p.seed, acked, acked + 1, n >= r.marks[0]);
            end_disk(&d);
            p.done++;
        }
    }
    printf("# %zu changes, %llu states each\n", r.crash.n_ops, (unsigned long long)p.cases);
    end_recording(&r);
    return program_end(&p);
}

/* Fill a recorder with the files of a disk, all of them durable. */
static prism_status copy_name(void *ctx, const char *name) {
    prs_dir **pair = ctx;
    prs_view view;
    prs_file *file;
    PRS_TRY(pair[0]->vt->view_open(pair[0], name, &view, NULL));
    PRS_TRY(pair[1]->vt->create(pair[1], name, &file, NULL));
    PRS_TRY(pair[1]->vt->write(pair[1], file, view.ptr, view.len, NULL));
    PRS_TRY(pair[1]->vt->sync(pair[1], file, NULL));
    PRS_TRY(pair[1]->vt->close(pair[1], file, NULL));
    pair[0]->vt->view_close(pair[0], &view);
    return PRISM_OK;
}

/* The next writer opens, commits, and the power goes once more behind change m of that. */
static void crash_again(program *p, prs_dir *from, uint64_t n, uint32_t low, uint32_t high,
                        test_rng *rng) {
    disk mid;
    crash_dir crash;
    handle h;
    prism_error err = PRISM_ERROR_INIT;
    prs_dir *pair[2] = {from, &crash.base};
    new_disk(&mid);
    crash_dir_init(&crash, mid.dir);
    if (from->vt->list(from, copy_name, pair, NULL) != PRISM_OK ||
        crash.base.vt->sync_dir(&crash.base, NULL) != PRISM_OK)
        abort();
    size_t start = crash.n_ops;
    if (open_handle(&h, &crash.base, false, true, NULL, &err) == PRISM_OK) {
        history_answer a = history_read(&h.index, p->seed);
        if (a.whole && history_write(h.writer, p->seed, a.round + 1, 0, NULL, &err) != PRISM_OK)
            program_finding(p, "change %llu: recovery fails: %s", (unsigned long long)n, err.text);
        size_t m = start + (size_t)test_rng_below(rng, crash.n_ops - start + 1);
        disk d;
        new_disk(&d);
        crash_dir_restore(&crash, m, (crash_keep)test_rng_below(rng, KEEP_MODES), rng, d.dir);
        judge(p, "change in recovery", n * 1000 + m - start, d.dir, p->seed, low, high + 1, true);
        end_disk(&d);
        p->done++;
    }
    close_handle(&h);
    crash_dir_fini(&crash);
    end_disk(&mid);
}

static int run_t2r(int argc, char **argv) {
    program p;
    recording r;
    program_begin(&p, "T2-recovery", argc, argv, 300);
    record(&r, p.seed);
    test_rng rng = test_rng_of("crashes in recovery");
    for (uint64_t i = 0; (p.seconds > 0 || i < p.cases) && program_time_left(&p); i++) {
        disk d;
        size_t span = r.crash.n_ops - r.marks[0];
        size_t n = r.marks[0] + (size_t)test_rng_below(&rng, span + 1);
        crash_keep keep = (crash_keep)test_rng_below(&rng, KEEP_MODES);
        uint32_t acked = acked_at(&r, n);
        new_disk(&d);
        crash_dir_restore(&r.crash, n, keep, &rng, d.dir);
        if (program_mine(&p, i)) crash_again(&p, d.dir, n, acked, acked + 1, &rng);
        end_disk(&d);
    }
    end_recording(&r);
    return program_end(&p);
}

/* ---- T3 -------------------------------------------------------------------------------------- */

static bool refuse(program *p, size_t at, bool on) {
    disk d;
    fault_dir f;
    test_alloc counter = {.fail_at = at, .fail_on = on};
    prism_allocator hook = test_alloc_hook(&counter);
    const char *lie = NULL;
    new_disk(&d);
    fault_dir_init(&f, d.dir);
    outcome o = work(&f.base, p->seed, &hook, NULL, NULL, &lie);
    bool refused = atomic_load(&counter.calls) >= at;
    if (atomic_load(&counter.bytes) != 0)
        program_finding(p, "allocation %zu: %zu bytes are left", at,
                        (size_t)atomic_load(&counter.bytes));
    if (lie != NULL) program_finding(p, "allocation %zu: %s lied", at, lie);
    if (o.status != PRISM_OK && o.status != PRISM_ENOMEM && o.status != PRISM_EUNKNOWN)
        program_finding(p, "allocation %zu: %s", at, o.err.text);
    judge(p, "allocation", at, d.dir, p->seed, o.acked, o.acked + o.in_flight, o.created);
    end_disk(&d);
    p->done++;
    return refused;
}

/* --cases: every so many-th allocation. */
static int run_t3(int argc, char **argv) {
    program p;
    program_begin(&p, "T3", argc, argv, 5);
    bool more = true;
    for (size_t at = 1 + p.seed % p.cases; more && program_time_left(&p); at += p.cases) {
        if (!program_mine(&p, at / p.cases)) continue;
        more = refuse(&p, at, at / p.cases % 2 == 1);
        if (more && p.cases == 1) more = refuse(&p, at, at % 2 == 0);
    }
    return program_end(&p);
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "all";
    if (strcmp(what, "t1") == 0) return run_t1(argc - 1, argv + 1);
    if (strcmp(what, "t2") == 0) return run_t2(argc - 1, argv + 1);
    if (strcmp(what, "t2r") == 0) return run_t2r(argc - 1, argv + 1);
    if (strcmp(what, "t3") == 0) return run_t3(argc - 1, argv + 1);
    printf("Bail out! sweep t1|t2|t2r|t3 [OPTIONS]\n");
    return 99;
}
