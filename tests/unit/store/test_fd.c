/* test_fd.c - are descriptors kept off stdio, and do loops survive signals and short counts? */
#include "harness/test.h"

#include "store/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(stdio_numbers_are_not_used) {
    int dir = open(test_temp_dir(), O_RDONLY | O_DIRECTORY);
    ck_assert_int_ge(dir, 3);
    int saved = dup(0);
    close(0);
    int fd = prs_fd_open(dir, "file", O_RDWR | O_CREAT | O_EXCL, 0600);
    ck_assert_int_ge(fd, 3);
    ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    ck_assert_int_eq(fcntl(0, F_GETFD), -1); /* 0 is closed again */
    dup2(saved, 0);
    ck_assert_int_eq(prs_fd_close(fd), 0);
    ck_assert_int_eq(prs_fd_open(dir, "file", O_RDWR | O_CREAT | O_EXCL, 0600), -1);
    ck_assert_int_eq(errno, EEXIST);
    ck_assert_int_eq(prs_fd_close(fd), -1);
    ck_assert_int_eq(errno, EBADF);
}
END_TEST

static volatile sig_atomic_t n_alarms;

static void on_alarm(int number) {
    (void)number;
    n_alarms++;
}

static void start_alarms(void) {
    struct sigaction action = {.sa_handler = on_alarm}; /* no SA_RESTART: calls return EINTR */
    struct itimerval every = {{0, 1000}, {0, 1000}};
    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &every, NULL), 0);
}

/* Read the pipe slowly in a child; exits 0 if the bytes are right. */
static pid_t slow_reader(int fd, size_t len) {
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid != 0) return pid;
    uint8_t buf[4096];
    size_t at = 0;
    bool good = true;
    for (ssize_t n; (n = read(fd, buf, sizeof buf)) > 0; at += (size_t)n) {
        for (ssize_t i = 0; i < n; i++) good = good && buf[i] == (uint8_t)((at + (size_t)i) % 251);
        if (at % 65536 < 4096) usleep(3000);
    }
    _exit(good && at == len ? 0 : 1);
}

START_TEST(writes_go_on_after_signals) {
    enum { LEN = 1 << 20 };
    static uint8_t bytes[LEN];
    int fds[2], status;
    for (size_t i = 0; i < LEN; i++) bytes[i] = (uint8_t)(i % 251);
    ck_assert_int_eq(pipe(fds), 0);
    pid_t pid = fork(); /* so that the reader does not hold the writing end */
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        close(fds[1]);
        pid_t reader = slow_reader(fds[0], LEN);
        _exit(waitpid(reader, &status, 0) == reader && WIFEXITED(status) ? WEXITSTATUS(status) : 2);
    }
    close(fds[0]);
    start_alarms();
    ck_assert_int_eq(prs_fd_write_all(fds[1], bytes, LEN), 0);
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    close(fds[1]);
    while (waitpid(pid, &status, 0) < 0) ck_assert_int_eq(errno, EINTR);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_int_gt(n_alarms, 3);
}
END_TEST

START_TEST(reads_stop_at_the_end) {
    int dir = open(test_temp_dir(), O_RDONLY | O_DIRECTORY);
    int fd = prs_fd_open(dir, "file", O_RDWR | O_CREAT, 0600);
    uint8_t buf[16];
    ck_assert_int_eq(prs_fd_write_all(fd, "0123456789", 10), 0);
    ck_assert_int_eq(prs_fd_read_at(fd, buf, 4, 3), 4);
    ck_assert_mem_eq(buf, "3456", 4);
    ck_assert_int_eq(prs_fd_read_at(fd, buf, 16, 3), 7);
    ck_assert_int_eq(prs_fd_read_at(fd, buf, 16, 10), 0);
    ck_assert_int_eq(prs_fd_read_at(-1, buf, 16, 0), -1);
    ck_assert_int_eq(prs_fd_close(fd), 0);
}
END_TEST

START_TEST(a_full_disk_is_told) {
    int fd = open("/dev/full", O_WRONLY);
    if (fd < 0) test_skip("no /dev/full");
    ck_assert_int_eq(prs_fd_write_all(fd, "x", 1), -1);
    ck_assert_int_eq(errno, ENOSPC);
    close(fd);
}
END_TEST

TEST_SUITE(fd, stdio_numbers_are_not_used, writes_go_on_after_signals, reads_stop_at_the_end,
           a_full_disk_is_told)
