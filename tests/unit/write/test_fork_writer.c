/* test_fork_writer.c - what does a child process do with a writer that it inherited?  It may close
 * it, and takes nothing from its parent. (include/prismsearch/writer.h) */
#include "harness/test.h"

#include <prismsearch.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORKS = 60 };

typedef struct putting {
    prism_writer *writer;
    atomic_bool stop;
    atomic_uint n_put, n_wrong;
} putting;

/* Long documents of new words: most of the time a thread is amid a change of the writer. */
static void *put_on(void *arg) {
    putting *p = arg;
    char json[4096];
    for (unsigned i = 0; !atomic_load(&p->stop); i++) {
        size_t at = (size_t)snprintf(json, sizeof json, "{\"id\":\"%u\",\"body\":\"", i);
        for (unsigned k = 0; k < 200; k++)
            at += (size_t)snprintf(json + at, sizeof json - at, "w%u ", i * 200 + k);
        at += (size_t)snprintf(json + at, sizeof json - at, "\"}");
        if (prism_writer_put_json(p->writer, json, at, PRISM_PUT_APPEND, NULL) != PRISM_OK)
            atomic_fetch_add(&p->n_wrong, 1);
        atomic_fetch_add(&p->n_put, 1);
    }
    return NULL;
}

static void await(pid_t child) {
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child: %#x", status);
}

static void close_in_children(unsigned threads) {
    putting p = {0};
    prism_index *index;
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    pthread_t thread;
    prism_snapshot *snap;
    opts.memory = (size_t)16 << 20;
    opts.threads = threads;
    opts.non_durable = 1;
    const char *path = test_temp_dir();
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, &index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(index, &opts, &p.writer, NULL), PRISM_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, put_on, &p), 0);
    while (atomic_load(&p.n_put) < 10) usleep(1000);
    for (int i = 0; i < FORKS; i++) {
        pid_t child = fork();
        if (child == 0) {
            (void)alarm(60); /* one that hangs is ended */
            prism_writer_close(p.writer);
            prism_index_close(index);
            _exit(0);
        }
        await(child);
    }
    atomic_store(&p.stop, true);
    pthread_join(thread, NULL);
    ck_assert_uint_eq(atomic_load(&p.n_wrong), 0);
    ck_assert_int_eq(prism_writer_commit(p.writer, NULL, 0, NULL, NULL), PRISM_OK);
    prism_writer_close(p.writer);
    ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_snapshot_documents(snap), atomic_load(&p.n_put));
    prism_snapshot_unref(snap);
    prism_index_close(index);
    uint64_t n_findings = 9;
    ck_assert_int_eq(prism_index_check(path, PRISM_CHECK_DEEP, NULL, NULL, NULL, NULL, NULL,
                                       &n_findings, NULL),
                     PRISM_OK);
    ck_assert_uint_eq(n_findings, 0);
}

START_TEST(a_child_closes_what_others_were_using) {
    close_in_children(1);
    close_in_children(3);
}
END_TEST

/* Bytes that the index handle counts: what a quiet writer held is given back in the child. */
START_TEST(a_child_gets_its_memory_back) {
    prism_index *index;
    prism_writer *writer;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    test_alloc alloc = {0};
    prism_allocator hook = test_alloc_hook(&alloc);
    opts.allocator = &hook;
    ck_assert_int_eq(prism_index_create(test_temp_dir(), NULL, &opts, &index, NULL), PRISM_OK);
    size_t before = atomic_load(&alloc.bytes);
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put_json(writer, "{\"id\":\"a\"}", 10, 0, NULL), PRISM_OK);
    pid_t child = fork();
    if (child == 0) {
        prism_writer_close(writer);
        _exit(atomic_load(&alloc.bytes) <= before ? 0 : 1);
    }
    await(child);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    prism_writer_close(writer);
    prism_index_close(index);
}
END_TEST

/* The one who writes: opens, forks a child that closes the writer and lives on, and dies. */
static void write_and_die(const char *path, unsigned threads, const int ready[2],
                          const int end[2]) {
    prism_index *index;
    prism_writer *writer;
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    char c;
    opts.threads = threads;
    if (prism_index_open(path, NULL, &index, NULL) != PRISM_OK ||
        prism_writer_open(index, &opts, &writer, NULL) != PRISM_OK)
        _exit(1);
    pid_t child = fork();
    if (child == 0) {
        prism_writer_close(writer);
        close(end[1]);
        if (write(ready[1], "r", 1) != 1) _exit(1);
        _exit(read(end[0], &c, 1) == 0 ? 0 : 1); /* until the test lets go of the other end */
    }
    _exit(child > 0 && read(ready[0], &c, 1) == 1 ? 0 : 1);
}

START_TEST(a_child_lets_go_of_the_lock) {
    const char *path = test_temp_dir();
    prism_index *index;
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, &index, NULL), PRISM_OK);
    for (unsigned threads = 1; threads < 4; threads += 2) {
        int ready[2], end[2];
        ck_assert_int_eq(pipe(ready), 0);
        ck_assert_int_eq(pipe(end), 0);
        pid_t parent = fork();
        if (parent == 0) write_and_die(path, threads, ready, end);
        await(parent);
        prism_writer *next;
        ck_assert_int_eq(prism_writer_open(index, NULL, &next, NULL), PRISM_OK);
        prism_writer_close(next);
        close(ready[0]), close(ready[1]), close(end[0]), close(end[1]);
    }
    prism_index_close(index);
}
END_TEST

TEST_SUITE(fork_writer, a_child_closes_what_others_were_using, a_child_gets_its_memory_back,
           a_child_lets_go_of_the_lock)
