/* test_lock.c - is there one holder, within a process, across processes, and after a death? */
#include "harness/test.h"

#include "store/lock.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOCK "write.lock"

static int open_dir(void) {
    int dir = open(test_temp_dir(), O_RDONLY | O_DIRECTORY);
    ck_assert_int_ge(dir, 0);
    return dir;
}

/* What a process of its own gets when it tries. */
static prism_status try_elsewhere(int dir, bool plain) {
    int status;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        int fd;
        _exit(-prs_lock_take(dir, LOCK, plain, &fd, NULL));
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return -WEXITSTATUS(status);
}

static void one_holder(bool plain) {
    int dir = open_dir(), fd, second;
    char text[40];
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prs_lock_take(dir, LOCK, plain, &fd, NULL), PRISM_OK);
    ck_assert_int_ge(fd, 3);
    ck_assert_int_eq(prs_lock_take(dir, LOCK, plain, &second, &err), PRISM_EBUSY);
    ck_assert_int_eq(err.code, PRISM_EBUSY);
    ck_assert_str_eq(err.file, LOCK);
    snprintf(text, sizeof text, "(process %lld)", (long long)getpid());
    ck_assert_ptr_nonnull(strstr(err.text, text)); /* a person wants to know whom to ask */
    static const char *const others[] = {"", "held last by process ", "held last by process 12x\n",
                                         "held last by process 99999999999999999999\n", "hello"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ck_assert_int_eq(ftruncate(fd, 0), 0);
        ck_assert_int_ge(pwrite(fd, others[i], strlen(others[i]), 0), 0);
        ck_assert_int_eq(prs_lock_take(dir, LOCK, plain, &second, &err), PRISM_EBUSY);
        ck_assert_ptr_null(strstr(err.text, "process"));
    }
    ck_assert_int_eq(try_elsewhere(dir, plain), PRISM_EBUSY);
    int other = openat(dir, LOCK, O_RDWR); /* an unrelated descriptor of the file comes and goes */
    ck_assert_int_eq(close(other), 0);
    ck_assert_int_eq(try_elsewhere(dir, plain), PRISM_EBUSY);
    prs_lock_release(fd);
    ck_assert_int_eq(try_elsewhere(dir, plain), PRISM_OK); /* released again by its exit */
    ck_assert_int_eq(prs_lock_take(dir, LOCK, plain, &fd, NULL), PRISM_OK);
    prs_lock_release(fd);
    ck_assert_int_eq(faccessat(dir, LOCK, F_OK, 0), 0); /* the file stays */
    close(dir);
}

START_TEST(there_is_one_holder) {
    one_holder(false);
    one_holder(true);
}
END_TEST

START_TEST(the_holders_death_releases) {
    for (int plain = 0; plain < 2; plain++) {
        int dir = open_dir(), ready[2], fd, status;
        char byte;
        ck_assert_int_eq(pipe(ready), 0);
        pid_t pid = fork();
        ck_assert_int_ge(pid, 0);
        if (pid == 0) {
            if (prs_lock_take(dir, LOCK, plain != 0, &fd, NULL) != PRISM_OK) _exit(1);
            if (write(ready[1], "x", 1) != 1) _exit(1);
            for (;;) pause();
        }
        ck_assert_int_eq(read(ready[0], &byte, 1), 1);
        ck_assert_int_eq(prs_lock_take(dir, LOCK, plain != 0, &fd, NULL), PRISM_EBUSY);
        kill(pid, SIGKILL);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_int_eq(prs_lock_take(dir, LOCK, plain != 0, &fd, NULL), PRISM_OK);
        prs_lock_release(fd);
        close(dir);
    }
}
END_TEST

START_TEST(a_child_that_tidies_up_takes_nothing_away) {
    for (int plain = 0; plain < 2; plain++) {
        int dir = open_dir(), fd, second, status;
        ck_assert_int_eq(prs_lock_take(dir, LOCK, plain != 0, &fd, NULL), PRISM_OK);
        pid_t pid = fork();
        ck_assert_int_ge(pid, 0);
        if (pid == 0) {
            prs_lock_release(fd);
            _exit(0);
        }
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_int_eq(prs_lock_take(dir, LOCK, plain != 0, &second, NULL), PRISM_EBUSY);
        prs_lock_release(fd);
        close(dir);
    }
}
END_TEST

START_TEST(only_a_regular_file_is_a_lock) {
    int dir = open_dir(), fd;
    ck_assert_int_eq(mkfifoat(dir, LOCK, 0600), 0);
    ck_assert_int_eq(prs_lock_take(dir, LOCK, false, &fd, NULL), PRISM_ECORRUPT);
    ck_assert_int_eq(unlinkat(dir, LOCK, 0), 0);
    ck_assert_int_eq(symlinkat("elsewhere", dir, LOCK), 0);
    ck_assert_int_lt(prs_lock_take(dir, LOCK, false, &fd, NULL), PRISM_OK);
    ck_assert_int_ne(faccessat(dir, "elsewhere", F_OK, 0),
                     0); /* nothing was made behind the link */
    close(dir);
}
END_TEST

START_TEST(a_replaced_file_is_another_lock) {
    int dir = open_dir(), first, second;
    struct stat held, named;
    ck_assert_int_eq(prs_lock_take(dir, LOCK, false, &first, NULL), PRISM_OK);
    ck_assert_int_eq(unlinkat(dir, LOCK, 0), 0); /* somebody breaks the rule */
    ck_assert_int_eq(prs_lock_take(dir, LOCK, false, &second, NULL), PRISM_OK);
    ck_assert_int_eq(fstat(second, &held), 0);
    ck_assert_int_eq(fstatat(dir, LOCK, &named, 0), 0);
    ck_assert(held.st_ino == named.st_ino);
    prs_lock_release(first);
    prs_lock_release(second);
    close(dir);
}
END_TEST

/* In a directory of somebody else's the name may be a link to a file of ours: it is locked, not
 * written over. */
START_TEST(what_is_no_lock_is_not_written_over) {
    static const char *const others[] = {"precious", "held last by proxy", "\n"};
    static const char *const ours[] = {"", "held last by", "held last by process 7\n",
                                       "held last by process 123456789123\nmore"};
    int dir = open_dir(), fd;
    char text[64];
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        int file = openat(dir, "other", O_RDWR | O_CREAT | O_TRUNC, 0600);
        ck_assert_int_eq(write(file, others[i], strlen(others[i])), (ssize_t)strlen(others[i]));
        ck_assert_int_eq(linkat(dir, "other", dir, LOCK, 0), 0);
        ck_assert_int_eq(prs_lock_take(dir, LOCK, false, &fd, NULL), PRISM_OK);
        prs_lock_release(fd);
        ck_assert_int_eq(pread(file, text, sizeof text, 0), (ssize_t)strlen(others[i]));
        ck_assert_mem_eq(text, others[i], strlen(others[i]));
        close(file);
        unlinkat(dir, LOCK, 0);
    }
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        char want[64];
        int file = openat(dir, LOCK, O_RDWR | O_CREAT | O_TRUNC, 0600);
        ck_assert_int_eq(write(file, ours[i], strlen(ours[i])), (ssize_t)strlen(ours[i]));
        ck_assert_int_eq(prs_lock_take(dir, LOCK, false, &fd, NULL), PRISM_OK);
        prs_lock_release(fd);
        int len = snprintf(want, sizeof want, "held last by process %lld\n", (long long)getpid());
        ck_assert_int_eq(pread(file, text, sizeof text, 0), len);
        ck_assert_mem_eq(text, want, (size_t)len);
        close(file);
    }
    close(dir);
}
END_TEST

TEST_SUITE(lock, what_is_no_lock_is_not_written_over, there_is_one_holder,
           the_holders_death_releases, a_child_that_tidies_up_takes_nothing_away,
           only_a_regular_file_is_a_lock, a_replaced_file_is_another_lock)
