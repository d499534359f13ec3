/* test_syscalls.c - each system call of the storage layer that can fail does: is it told, with the
 * right code, and is nothing left open or made? */
#include "places.h"
#include "syscalls.h"

#include "store/fd.h"
#include "store/lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int n_descriptors(void) {
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (dir == NULL) test_skip("no /proc");
    while (readdir(dir) != NULL) n++;
    closedir(dir);
    return n;
}

static void expect(prism_status got, prism_status want, const prism_error *err, int sys_errno) {
    ck_assert_uint_gt(syscalls_pass(), 0); /* the plan was met */
    ck_assert_int_eq(got, want);
    ck_assert_int_eq(err->code, want);
    ck_assert_int_eq(err->sys_errno, sys_errno);
}

/* Opening for writing, with the directory to be made or there. */
static void open_fails(const char *call, uint32_t nth, int sys_errno, bool create,
                       prism_status want) {
    static char path[4096];
    prs_mem mem;
    prs_dir *dir;
    prism_error err = PRISM_ERROR_INIT;
    prs_mem_init(&mem, NULL);
    snprintf(path, sizeof path, "%s%s", test_temp_dir(), create ? "/new" : "");
    int before = n_descriptors();
    syscalls_fail(call, nth, sys_errno);
    prism_status status = prs_dir_fs_open(&mem, path, create, true, &dir, &err);
    expect(status, want, &err, want == PRISM_EUNSUPPORTED ? 0 : sys_errno);
    ck_assert_ptr_null(dir);
    ck_assert_int_eq(n_descriptors(), before);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}

START_TEST(opening_tells_what_failed) {
    open_fails("openat", 1, EACCES, false, PRISM_EIO);
    open_fails("openat", 1, EMFILE, true, PRISM_EIO);
    open_fails("openat", 1, ENOTDIR, true, PRISM_EINVAL);
    open_fails("openat", 2, EMFILE, true, PRISM_EIO); /* the one just made */
    open_fails("openat", 3, EACCES, true, PRISM_EIO); /* its parent */
    open_fails("mkdir", 1, EACCES, true, PRISM_EIO);
    open_fails("fstatvfs", 1, EIO, false, PRISM_EIO);
    open_fails("fstatvfs", 1, EIO, true, PRISM_EIO); /* though the parent can be synced */
    open_fails("faccessat", 1, EIO, false, PRISM_EIO);
    open_fails("faccessat", 1, EACCES, false, PRISM_EREADONLY);
    open_fails("fstatfs", 1, EIO, false, PRISM_EIO);
    open_fails("fsync", 1, EIO, false, PRISM_EIO);
    open_fails("fsync", 1, EINVAL, false, PRISM_EUNSUPPORTED); /* rule R3 */
    open_fails("fsync", 1, ENOTSUP, false, PRISM_EUNSUPPORTED);
    open_fails("fstat", 1, EIO, false, PRISM_EIO); /* what a file system says that gave up */
}
END_TEST

START_TEST(somebody_may_be_faster_to_make_the_directory) {
    static char path[4096];
    prs_mem mem;
    prs_dir *dir;
    prs_mem_init(&mem, NULL);
    snprintf(path, sizeof path, "%s/new", test_temp_dir());
    syscalls_fail("mkdir", 1, 0);
    ck_assert_int_eq(prs_dir_fs_open(&mem, path, true, true, &dir, NULL), PRISM_OK);
    ck_assert_uint_eq(syscalls_pass(), 1);
    dir->vt->close_dir(dir);
}
END_TEST

START_TEST(a_parent_of_others_is_no_obstacle) {
    prs_mem mem;
    prs_dir *dir;
    prs_mem_init(&mem, NULL);
    const char *path = test_temp_dir();
    syscalls_fail("openat", 2, EACCES); /* ".." of a directory that was there */
    ck_assert_int_eq(prs_dir_fs_open(&mem, path, true, true, &dir, NULL), PRISM_OK);
    ck_assert_uint_eq(syscalls_pass(), 1);
    dir->vt->close_dir(dir);
}
END_TEST

START_TEST(network_file_systems_are_refused) {
    static const uint32_t magics[] = {0x6969u, 0x517bu, 0xff534d42u, 0xfe534d42u};
    static const char *const names[] = {"NFS", "SMB", "CIFS", "SMB"};
    const char *path = test_temp_dir();
    prs_mem mem;
    prs_dir *dir;
    prs_mem_init(&mem, NULL);
    for (size_t i = 0; i < PRS_COUNT(magics); i++) {
        prism_error err = PRISM_ERROR_INIT;
        syscalls_file_system(magics[i]);
        prism_status status = prs_dir_fs_open(&mem, path, false, true, &dir, &err);
        expect(status, PRISM_EUNSUPPORTED, &err, 0);
        ck_assert_ptr_nonnull(strstr(err.text, names[i]));
    }
    syscalls_file_system(0x6969u); /* reading needs no locks */
    ck_assert_int_eq(prs_dir_fs_open(&mem, path, false, false, &dir, NULL), PRISM_OK);
    prism_error err = PRISM_ERROR_INIT;
    expect(dir->vt->allow_writes(dir, &err), PRISM_EUNSUPPORTED, &err, 0);
    ck_assert_int_eq(dir->vt->allow_writes(dir, NULL), PRISM_OK);
    ck_assert_int_eq(dir->vt->allow_writes(dir, NULL), PRISM_OK); /* asked again */
    dir->vt->close_dir(dir);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(what_a_file_was_refused_sticks) {
    place p;
    prs_file *file;
    prism_error err = PRISM_ERROR_INIT;
    place_open(&p, PLACE_FS);
    syscalls_fail("openat", 1, EMFILE);
    expect(p.dir->vt->create(p.dir, "a", &file, &err), PRISM_EIO, &err, EMFILE);
    ck_assert_ptr_null(file);
    ck_assert_int_eq(p.dir->vt->create(p.dir, "a", &file, NULL), PRISM_OK);
    ck_assert_int_eq(p.dir->vt->write(p.dir, file, "x", 1, NULL), PRISM_OK);
    syscalls_fail("fsync", 1, EIO);
    expect(p.dir->vt->sync(p.dir, file, &err), PRISM_EIO, &err, EIO);
    ck_assert_int_eq(p.dir->vt->sync(p.dir, file, NULL), PRISM_EIO); /* rule R7 */
    ck_assert_int_eq(p.dir->vt->write(p.dir, file, "x", 1, NULL), PRISM_EIO);
    syscalls_fail("close", 1, ENOSPC);
    expect(p.dir->vt->close(p.dir, file, &err), PRISM_ENOSPC, &err, ENOSPC);
    ck_assert_int_eq(p.dir->vt->create(p.dir, "b", &file, NULL), PRISM_OK);
    syscalls_fail("write", 1, 0); /* takes nothing and says so: not for ever */
    expect(p.dir->vt->write(p.dir, file, "x", 1, &err), PRISM_EIO, &err, EIO);
    syscalls_fail("close", 1, EINTR); /* it is closed */
    ck_assert_int_eq(p.dir->vt->close(p.dir, file, NULL), PRISM_OK);
    ck_assert_uint_eq(syscalls_pass(), 1);
    place_close(&p);
}
END_TEST

static void view_fails(place *p, const char *call, int sys_errno, prism_status want) {
    prs_view view;
    prism_error err = PRISM_ERROR_INIT;
    int before = n_descriptors();
    syscalls_fail(call, 1, sys_errno);
    prism_status status = p->dir->vt->view_open(p->dir, "a", &view, &err);
    expect(status, want, &err, want == PRISM_ECORRUPT ? 0 : sys_errno);
    ck_assert_str_eq(err.file, "a");
    ck_assert_ptr_null(view.handle);
    ck_assert_int_eq(n_descriptors(), before);
}

START_TEST(views_tell_what_failed) {
    for (int kind = 0; kind < 2; kind++) {
        place p;
        prs_view view;
        uint8_t buf[8];
        prism_error err = PRISM_ERROR_INIT;
        place_open(&p, kind == 0 ? PLACE_FS : PLACE_FS_PREAD);
        place_write(&p, "a", "bytes", 5);
        view_fails(&p, "openat", EMFILE, PRISM_EIO);
        view_fails(&p, "fstat", EIO, PRISM_EIO);
        view_fails(&p, "fstat", 0, PRISM_ECORRUPT); /* larger than memory can be */
        view_fails(&p, "mmap", ENOMEM, PRISM_ENOMEM);
        ck_assert_int_eq(p.dir->vt->view_open(p.dir, "a", &view, NULL), PRISM_OK);
        syscalls_fail("pread", 1, EIO);
        expect(p.dir->vt->read_at(p.dir, &view, 2, buf, 3, &err), PRISM_EIO, &err, EIO);
        ck_assert_uint_eq(err.offset, 2);
        syscalls_fail("pread", 1, EINTR);
        ck_assert_int_eq(p.dir->vt->read_at(p.dir, &view, 2, buf, 3, NULL), PRISM_OK);
        ck_assert_uint_eq(syscalls_pass(), 1);
        ck_assert_mem_eq(buf, "tes", 3);
        p.dir->vt->view_settle(p.dir, &view);
        p.dir->vt->view_close(p.dir, &view);
        place_close(&p);
    }
}
END_TEST

static prism_status count(void *ctx, const char *name) {
    (void)name;
    ++*(uint32_t *)ctx;
    return PRISM_OK;
}

static prism_status refuse(void *ctx, const char *name) {
    (void)ctx;
    (void)name;
    return PRISM_ECANCELED;
}

START_TEST(listing_tells_what_failed) {
    static const char *const calls[] = {"openat", "fdopendir", "readdir"};
    place p;
    uint32_t n = 0;
    place_open(&p, PLACE_FS);
    place_write(&p, "a", "x", 1);
    for (size_t i = 0; i < PRS_COUNT(calls); i++) {
        prism_error err = PRISM_ERROR_INIT;
        int before = n_descriptors();
        syscalls_fail(calls[i], 1, EIO);
        expect(p.dir->vt->list(p.dir, count, &n, &err), PRISM_EIO, &err, EIO);
        ck_assert_uint_eq(n, 0);
        ck_assert_int_eq(n_descriptors(), before);
    }
    ck_assert_int_eq(p.dir->vt->list(p.dir, refuse, NULL, NULL), PRISM_ECANCELED);
    ck_assert_int_eq(p.dir->vt->list(p.dir, count, &n, NULL), PRISM_OK);
    ck_assert_uint_eq(n, 1);
    place_close(&p);
}
END_TEST

START_TEST(names_tell_what_failed) {
    place p;
    prism_error err = PRISM_ERROR_INIT;
    place_open(&p, PLACE_FS);
    place_write(&p, "a", "x", 1);
    syscalls_fail("renameat2", 1, EIO);
    expect(p.dir->vt->rename_new(p.dir, "a", "b", &err), PRISM_EIO, &err, EIO);
    ck_assert_str_eq(err.file, "b");
    syscalls_fail("linkat", 1, EIO); /* the twin is not asked when the flag is known */
    ck_assert_int_eq(p.dir->vt->rename_new(p.dir, "a", "b", NULL), PRISM_OK);
    syscalls_pass();
    static const int unknown[] = {EINVAL, ENOSYS};
    for (size_t i = 0; i < PRS_COUNT(unknown); i++) { /* file systems without the flag */
        const char *from = i == 0 ? "b" : "c", *to = i == 0 ? "c" : "d";
        syscalls_fail("renameat2", 1, unknown[i]);
        ck_assert_int_eq(p.dir->vt->rename_new(p.dir, from, to, NULL), PRISM_OK);
        ck_assert_uint_eq(syscalls_pass(), 1);
    }
    p.dir->plain = true;
    syscalls_fail("linkat", 1, EIO);
    expect(p.dir->vt->rename_new(p.dir, "d", "e", &err), PRISM_EIO, &err, EIO);
    syscalls_fail("unlinkat", 1, EIO);
    expect(p.dir->vt->rename_new(p.dir, "d", "e", &err), PRISM_EIO, &err, EIO);
    syscalls_fail("unlinkat", 1, EIO);
    expect(p.dir->vt->unlink(p.dir, "e", &err), PRISM_EIO, &err, EIO);
    ck_assert_str_eq(err.file, "e");
    syscalls_fail("fsync", 1, EIO);
    expect(p.dir->vt->sync_dir(p.dir, &err), PRISM_EIO, &err, EIO);
    syscalls_fail("fstat", 1, EIO);
    expect(p.dir->vt->sync_dir(p.dir, &err), PRISM_EIO, &err, EIO);
    place_close(&p);
}
END_TEST

START_TEST(links_tell_what_failed) {
    static const struct {
        int sys_errno;
        prism_status want;
    } cases[] = {{ENOENT, PRISM_ENOTFOUND},
                 {EEXIST, PRISM_EEXISTS},
                 {EXDEV, PRISM_EUNSUPPORTED},
                 {EPERM, PRISM_EUNSUPPORTED},
                 {EACCES, PRISM_EUNSUPPORTED},
                 {EMLINK, PRISM_EUNSUPPORTED},
                 {ENOSYS, PRISM_EUNSUPPORTED},
                 {EOPNOTSUPP, PRISM_EUNSUPPORTED},
                 {EIO, PRISM_EIO},
                 {ENOSPC, PRISM_ENOSPC}};
    place from, to;
    prism_error err = PRISM_ERROR_INIT;
    place_open(&from, PLACE_FS);
    place_open(&to, PLACE_FS);
    place_write(&from, "a", "x", 1);
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        syscalls_fail("linkat", 1, cases[i].sys_errno);
        expect(to.dir->vt->link_from(to.dir, from.dir, "a", &err), cases[i].want, &err,
               cases[i].sys_errno);
    }
    syscalls_fail("openat", 1, EMFILE); /* linked, but not synced: not done */
    expect(to.dir->vt->link_from(to.dir, from.dir, "a", &err), PRISM_EIO, &err, EMFILE);
    ck_assert_int_eq(to.dir->vt->unlink(to.dir, "a", NULL), PRISM_OK);
    syscalls_fail("fsync", 1, EIO);
    expect(to.dir->vt->link_from(to.dir, from.dir, "a", &err), PRISM_EIO, &err, EIO);
    ck_assert_int_eq(to.dir->vt->unlink(to.dir, "a", NULL), PRISM_OK);
    to.dir->no_sync = true;
    syscalls_fail("fsync", 1, EIO); /* which is not called */
    ck_assert_int_eq(to.dir->vt->link_from(to.dir, from.dir, "a", NULL), PRISM_OK);
    ck_assert_uint_eq(syscalls_pass(), 0);
    place_close(&to);
    place_close(&from);
}
END_TEST

START_TEST(descriptors_survive_signals_and_full_tables) {
    int dir = open(test_temp_dir(), O_RDONLY | O_DIRECTORY);
    syscalls_fail("openat", 1, EINTR);
    int fd = prs_fd_open(dir, "file", O_RDWR | O_CREAT, 0600);
    ck_assert_int_ge(fd, 3);
    ck_assert_uint_eq(syscalls_pass(), 1);
    syscalls_fail("write", 1, EINTR);
    ck_assert_int_eq(prs_fd_write_all(fd, "0123", 4), 0);
    ck_assert_uint_eq(syscalls_pass(), 1);
    char buf[4];
    syscalls_fail("pread", 2, EIO); /* one call reads it all, and there is no other */
    ck_assert_int_eq(prs_fd_read_at(fd, buf, 4, 0), 4);
    ck_assert_uint_eq(syscalls_pass(), 0);
    ck_assert_int_eq(prs_fd_close(fd), 0);
    int saved = dup(0), before = n_descriptors();
    close(0);
    errno = EINTR;                     /* of an earlier call: 0 is a descriptor all the same */
    syscalls_fail("fcntl", 1, EMFILE); /* no number above 2 is left */
    ck_assert_int_eq(prs_fd_open(dir, "file", O_RDWR, 0600), -1);
    ck_assert_int_eq(errno, EMFILE);
    ck_assert_uint_eq(syscalls_pass(), 1);
    dup2(saved, 0);
    ck_assert_int_eq(n_descriptors(), before); /* 0 was closed again, and is there once more */
    close(saved);
    close(dir);
}
END_TEST

/* ---- the lock -------------------------------------------------------------------------------- */

static void lock_fails(const char *call, int sys_errno, prism_status want) {
    int dir = open(test_temp_dir(), O_RDONLY | O_DIRECTORY), fd;
    int before = n_descriptors();
    prism_error err = PRISM_ERROR_INIT;
    syscalls_fail_on(call, 1, sys_errno);
    prism_status status = prs_lock_take(dir, "write.lock", false, &fd, &err);
    ck_assert_uint_gt(syscalls_pass(), 0);
    ck_assert_int_eq(status, want);
    ck_assert_int_eq(err.code, want);
    ck_assert_str_eq(err.file, "write.lock");
    ck_assert_int_eq(n_descriptors(), before);
    close(dir);
}

START_TEST(locks_tell_what_failed) {
    lock_fails("openat", EMFILE, PRISM_EIO);
    lock_fails("fstat", EIO, PRISM_ECORRUPT);
#if !defined(PRS_PLAIN_POSIX) && defined(F_OFD_SETLK)
    static const int none[] = {ENOLCK, ENOTSUP, EINVAL, ENOSYS}, held[] = {EAGAIN, EACCES};
    for (size_t i = 0; i < PRS_COUNT(none); i++) lock_fails("fcntl", none[i], PRISM_EUNSUPPORTED);
    for (size_t i = 0; i < PRS_COUNT(held); i++) lock_fails("fcntl", held[i], PRISM_EBUSY);
    lock_fails("fcntl", EIO, PRISM_EIO);
#endif
    lock_fails("fstatat", EIO, PRISM_EBUSY); /* never the file of that name */
}
END_TEST

static void replace(void *ctx) {
    int dir = *(int *)ctx;
    ck_assert_int_eq(unlinkat(dir, "write.lock", 0), 0);
    int fd = openat(dir, "write.lock", O_RDWR | O_CREAT | O_EXCL, 0600);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

START_TEST(a_lock_that_is_replaced_over_and_over_is_not_had) {
    int dir = open(test_temp_dir(), O_RDONLY | O_DIRECTORY), fd;
    prism_error err = PRISM_ERROR_INIT;
    int before = n_descriptors();
    syscalls_before("fstatat", replace, &dir);
    ck_assert_int_eq(prs_lock_take(dir, "write.lock", false, &fd, &err), PRISM_EBUSY);
    ck_assert_uint_eq(syscalls_pass(), 8); /* tries */
    ck_assert_ptr_nonnull(strstr(err.text, "replaced"));
    ck_assert_int_eq(n_descriptors(), before);
    ck_assert_int_eq(prs_lock_take(dir, "write.lock", false, &fd, NULL), PRISM_OK);
    prs_lock_release(fd);
    syscalls_fail("fstatat", 1, EIO); /* replaced once: the next try has it */
    ck_assert_int_eq(prs_lock_take(dir, "write.lock", false, &fd, NULL), PRISM_OK);
    ck_assert_uint_eq(syscalls_pass(), 1);
    prs_lock_release(fd);
    close(dir);
}
END_TEST

START_TEST(a_lock_without_a_note_is_a_lock) {
    int dir = open(test_temp_dir(), O_RDONLY | O_DIRECTORY), fd, other;
    prism_error err = PRISM_ERROR_INIT;
    syscalls_fail("ftruncate", 1, EIO);
    ck_assert_int_eq(prs_lock_take(dir, "write.lock", false, &fd, NULL), PRISM_OK);
    ck_assert_uint_eq(syscalls_pass(), 1);
    ck_assert_int_eq(prs_lock_take(dir, "write.lock", false, &other, &err), PRISM_EBUSY);
    ck_assert_ptr_null(strstr(err.text, "process"));
    prs_lock_release(fd);
    close(dir);
}
END_TEST

TEST_SUITE(syscalls, opening_tells_what_failed, somebody_may_be_faster_to_make_the_directory,
           a_parent_of_others_is_no_obstacle, network_file_systems_are_refused,
           what_a_file_was_refused_sticks, views_tell_what_failed, listing_tells_what_failed,
           names_tell_what_failed, links_tell_what_failed,
           descriptors_survive_signals_and_full_tables, locks_tell_what_failed,
           a_lock_that_is_replaced_over_and_over_is_not_had, a_lock_without_a_note_is_a_lock)
