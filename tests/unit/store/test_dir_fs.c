/* test_dir_fs.c - what is particular to files on disk? (the common contract: test_dir.c) */
#include "places.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *path_in(const char *folder, const char *name) {
    static char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert(n > 0 && (size_t)n < sizeof path);
    return path;
}

static prism_status open_at(prs_mem *mem, const char *path, bool create, bool write) {
    prs_dir *dir;
    prism_status status = prs_dir_fs_open(mem, path, create, write, &dir, NULL);
    ck_assert((dir == NULL) == (status != PRISM_OK));
    if (dir != NULL) dir->vt->close_dir(dir);
    return status;
}

START_TEST(directories_are_opened_or_made) {
    const char *folder = test_temp_dir();
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(open_at(&mem, path_in(folder, "ix"), false, false), PRISM_ENOTFOUND);
    ck_assert_int_eq(open_at(&mem, path_in(folder, "no/ix"), true, true),
                     PRISM_ENOTFOUND); /* one level only */
    ck_assert_int_eq(open_at(&mem, path_in(folder, "ix"), true, true), PRISM_OK);
    ck_assert_int_eq(open_at(&mem, path_in(folder, "ix"), true, true), PRISM_OK);
    ck_assert_int_eq(open_at(&mem, path_in(folder, "ix"), false, false), PRISM_OK);
    ck_assert_int_eq(open_at(&mem, path_in(folder, "ix/"), false, true), PRISM_OK);
    FILE *file = fopen(path_in(folder, "file"), "w");
    fclose(file);
    ck_assert_int_eq(open_at(&mem, path_in(folder, "file"), true, true), PRISM_EINVAL);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

static int n_descriptors(void) {
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (dir == NULL) test_skip("no /proc");
    while (readdir(dir) != NULL) n++;
    closedir(dir);
    return n;
}

START_TEST(settled_views_hold_no_descriptor) {
    place p;
    prs_view view;
    uint8_t buf[4];
    place_open(&p, PLACE_FS);
    place_write(&p, "a", "bytes", 5);
    int before = n_descriptors();
    ck_assert_int_eq(p.dir->vt->view_open(p.dir, "a", &view, NULL), PRISM_OK);
    ck_assert_int_eq(n_descriptors(), before + 1);
    p.dir->vt->view_settle(p.dir, &view);
    ck_assert_int_eq(n_descriptors(), before);
    ck_assert_int_eq(p.dir->vt->read_at(p.dir, &view, 1, buf, 4, NULL), PRISM_OK);
    ck_assert_mem_eq(buf, "ytes", 4);
    ck_assert_int_eq(n_descriptors(), before);
    ck_assert_int_eq(p.dir->vt->unlink(p.dir, "a", NULL), PRISM_OK);
    ck_assert_int_eq(p.dir->vt->read_at(p.dir, &view, 1, buf, 4, NULL), PRISM_ENOTFOUND);
    place_write(&p, "a", "other", 5); /* the name means another file now */
    ck_assert_int_eq(p.dir->vt->read_at(p.dir, &view, 1, buf, 4, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(n_descriptors(), before);
    ck_assert_mem_eq(view.ptr, "bytes", 5); /* the mapping stays */
    p.dir->vt->view_close(p.dir, &view);
    place_close(&p);
}
END_TEST

START_TEST(views_kept_open_can_be_read_without_a_name) {
    place p;
    prs_view view;
    uint8_t buf[4];
    place_open(&p, PLACE_FS);
    place_write(&p, "a", "bytes", 5);
    int before = n_descriptors();
    p.dir->keep_open = true;
    ck_assert_int_eq(p.dir->vt->view_open(p.dir, "a", &view, NULL), PRISM_OK);
    p.dir->vt->view_settle(p.dir, &view);
    ck_assert_int_eq(n_descriptors(), before + 1);
    ck_assert_int_eq(p.dir->vt->unlink(p.dir, "a", NULL), PRISM_OK);
    place_write(&p, "a", "other", 5);
    ck_assert_int_eq(p.dir->vt->read_at(p.dir, &view, 1, buf, 4, NULL), PRISM_OK);
    ck_assert_mem_eq(buf, "ytes", 4);
    p.dir->vt->view_close(p.dir, &view);
    ck_assert_int_eq(n_descriptors(), before);
    place_close(&p);
}
END_TEST

START_TEST(a_file_cut_short_is_an_error_without_mapping) {
    place p;
    prs_view view;
    uint8_t buf[5];
    prism_error err = PRISM_ERROR_INIT;
    place_open(&p, PLACE_FS_PREAD);
    place_write(&p, "a", "bytes", 5);
    ck_assert_int_eq(p.dir->vt->view_open(p.dir, "a", &view, NULL), PRISM_OK);
    p.dir->vt->view_settle(p.dir, &view);
    ck_assert_int_eq(truncate(path_in(p.path, "a"), 3), 0);
    ck_assert_int_eq(p.dir->vt->read_at(p.dir, &view, 0, buf, 5, &err), PRISM_ECORRUPT);
    ck_assert_str_eq(err.file, "a");
    ck_assert_uint_eq(err.offset, 3);
    p.dir->vt->view_close(p.dir, &view);
    place_close(&p);
}
END_TEST

START_TEST(only_regular_files_are_viewed) {
    place p;
    prs_view view;
    prs_file *file;
    place_open(&p, PLACE_FS);
    place_write(&p, "a", "bytes", 5);
    ck_assert_int_eq(symlink("a", path_in(p.path, "link")), 0);
    ck_assert_int_eq(mkfifo(path_in(p.path, "fifo"), 0600), 0);
    ck_assert_int_eq(mkdir(path_in(p.path, "folder"), 0700), 0);
    ck_assert_int_eq(symlink("nowhere", path_in(p.path, "dangling")), 0);
    ck_assert_int_eq(p.dir->vt->view_open(p.dir, "link", &view, NULL), PRISM_ECORRUPT);
    ck_assert_int_eq(p.dir->vt->view_open(p.dir, "fifo", &view, NULL), PRISM_ECORRUPT);
    ck_assert_int_eq(p.dir->vt->view_open(p.dir, "folder", &view, NULL), PRISM_ECORRUPT);
    ck_assert_int_eq(p.dir->vt->create(p.dir, "dangling", &file, NULL), PRISM_EEXISTS);
    ck_assert_int_ne(access(path_in(p.path, "nowhere"), F_OK), 0);
    place_close(&p);
}
END_TEST

START_TEST(the_directory_is_held_not_named) {
    const char *folder = test_temp_dir();
    char from[4096], to[4096];
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    place p = {.path = from};
    prs_mem_init(&p.mem, NULL);
    snprintf(from, sizeof from, "%s/from", folder);
    snprintf(to, sizeof to, "%s/to", folder);
    ck_assert_int_eq(prs_dir_fs_open(&p.mem, from, true, true, &p.dir, NULL), PRISM_OK);
    ck_assert_int_eq(rename(from, to), 0);
    ck_assert_int_eq(mkdir(from, 0700), 0); /* another directory takes the name */
    place_write(&p, "a", "x", 1);
    ck_assert_int_eq(access(path_in(to, "a"), F_OK), 0);
    ck_assert_int_ne(access(path_in(from, "a"), F_OK), 0);
    place_close(&p);
}
END_TEST

static void check_refused(prs_dir *dir, prism_status want) {
    prs_file *file;
    void *lock;
    ck_assert_int_eq(dir->vt->create(dir, "b", &file, NULL), want);
    ck_assert_int_eq(dir->vt->rename_new(dir, "a", "b", NULL), want);
    ck_assert_int_eq(dir->vt->unlink(dir, "a", NULL), want);
    ck_assert_int_eq(dir->vt->sync_dir(dir, NULL), want);
    ck_assert_int_eq(dir->vt->lock(dir, "write.lock", &lock, NULL), want);
}

START_TEST(readers_write_nothing_until_allowed) {
    place p;
    prs_dir *reader;
    prs_view view;
    place_open(&p, PLACE_FS);
    place_write(&p, "a", "bytes", 5);
    ck_assert_int_eq(prs_dir_fs_open(&p.mem, p.path, false, false, &reader, NULL), PRISM_OK);
    check_refused(reader, PRISM_EREADONLY);
    ck_assert_int_eq(reader->vt->view_open(reader, "a", &view, NULL), PRISM_OK);
    ck_assert_mem_eq(view.ptr, "bytes", 5);
    reader->vt->view_close(reader, &view);
    ck_assert_int_eq(reader->vt->allow_writes(reader, NULL), PRISM_OK);
    ck_assert_int_eq(reader->vt->rename_new(reader, "a", "b", NULL), PRISM_OK);
    reader->vt->close_dir(reader);
    place_close(&p);
}
END_TEST

START_TEST(a_child_may_read_but_not_write) {
    place p;
    int status;
    place_open(&p, PLACE_FS);
    place_write(&p, "a", "bytes", 5);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        size_t len;
        check_refused(p.dir, PRISM_EMISUSE);
        free(place_read(&p, "a", &len));
        _exit(len == 5 ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    place_close(&p);
}
END_TEST

START_TEST(without_permission_it_is_read_only) {
    place p;
    bool root = geteuid() == 0;
    place_open(&p, PLACE_FS);
    ck_assert_int_eq(chmod(path_in(p.path, ".."), 0755), 0);
    ck_assert_int_eq(chmod(p.path, 0555), 0);
    if (root && seteuid(65534) != 0) test_skip("cannot become somebody else");
    prism_status read = open_at(&p.mem, p.path, false, false);
    prism_status write = open_at(&p.mem, p.path, false, true);
    if (root) ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(chmod(p.path, 0755), 0);
    ck_assert_int_eq(read, PRISM_OK);
    ck_assert_int_eq(write, PRISM_EREADONLY);
    place_close(&p);
}
END_TEST

START_TEST(a_full_disk_is_told_and_sticks) {
    static const uint8_t bytes[50000];
    const char *folder = test_temp_dir();
    prs_mem mem;
    prs_dir *dir;
    prs_file *file;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = PRISM_OK;
    test_mount(folder, "size=64k", 0);
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_dir_fs_open(&mem, folder, false, true, &dir, NULL), PRISM_OK);
    ck_assert_int_eq(dir->vt->create(dir, "a", &file, NULL), PRISM_OK);
    for (int i = 0; i < 2 && status == PRISM_OK; i++)
        status = dir->vt->write(dir, file, bytes, 50000, &err);
    ck_assert_int_eq(status, PRISM_ENOSPC);
    ck_assert_int_eq(err.sys_errno, ENOSPC);
    ck_assert_str_eq(err.file, "a");
    ck_assert_int_eq(dir->vt->write(dir, file, bytes, 1, NULL), PRISM_EIO); /* never retried (R7) */
    ck_assert_int_eq(dir->vt->sync(dir, file, NULL), PRISM_EIO);
    ck_assert_int_eq(dir->vt->close(dir, file, NULL), PRISM_OK);
    ck_assert_int_eq(dir->vt->unlink(dir, "a", NULL), PRISM_OK);
    ck_assert_int_eq(dir->vt->create(dir, "b", &file, NULL), PRISM_OK); /* room again */
    ck_assert_int_eq(dir->vt->write(dir, file, bytes, 50000, NULL), PRISM_OK);
    ck_assert_int_eq(dir->vt->close(dir, file, NULL), PRISM_OK);
    dir->vt->close_dir(dir);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(a_read_only_disk_is_told) {
    const char *folder = test_temp_dir();
    prs_mem mem;
    test_mount(folder, NULL, MS_RDONLY);
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(open_at(&mem, folder, false, true), PRISM_EREADONLY);
    ck_assert_int_eq(open_at(&mem, folder, false, false), PRISM_OK);
}
END_TEST

static void put_file(prs_dir *dir, const char *name, const char *text) {
    prs_file *file;
    ck_assert_int_eq(dir->vt->create(dir, name, &file, NULL), PRISM_OK);
    ck_assert_int_eq(dir->vt->write(dir, file, text, strlen(text), NULL), PRISM_OK);
    ck_assert_int_eq(dir->vt->close(dir, file, NULL), PRISM_OK);
}

START_TEST(files_are_linked_between_directories) {
    const char *folder = test_temp_dir();
    prs_mem mem;
    prs_dir *from, *to, *reader, *memory;
    prs_view view;
    struct stat st;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_dir_fs_open(&mem, path_in(folder, "from"), true, true, &from, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prs_dir_fs_open(&mem, path_in(folder, "to"), true, true, &to, NULL), PRISM_OK);
    ck_assert_int_eq(prs_dir_fs_open(&mem, path_in(folder, "to"), false, false, &reader, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prs_dir_mem_new(&mem, &memory, NULL), PRISM_OK);
    put_file(from, "a", "text");
    put_file(memory, "m", "text");
    uint64_t syncs = atomic_load(&to->n_syncs);
    ck_assert_int_eq(to->vt->link_from(to, from, "a", NULL), PRISM_OK);
    ck_assert_uint_eq(atomic_load(&to->n_syncs), syncs + 1); /* its writer may have made none */
    ck_assert_int_eq(stat(path_in(folder, "to/a"), &st), 0);
    ck_assert_uint_eq(st.st_nlink, 2);
    ck_assert_int_eq(from->vt->unlink(from, "a", NULL), PRISM_OK);
    ck_assert_int_eq(to->vt->view_open(to, "a", &view, NULL), PRISM_OK);
    ck_assert_mem_eq(view.ptr, "text", 4);
    to->vt->view_close(to, &view);
    put_file(from, "a", "another");
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(to->vt->link_from(to, from, "a", &err), PRISM_EEXISTS);
    ck_assert_str_eq(err.file, "a");
    ck_assert_int_eq(to->vt->link_from(to, from, "b", NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(to->vt->link_from(to, from, "../to/a", NULL), PRISM_EINVAL);
    ck_assert_int_eq(to->vt->link_from(to, memory, "m", NULL), PRISM_EUNSUPPORTED);
    ck_assert_int_eq(reader->vt->link_from(reader, from, "a", NULL), PRISM_EREADONLY);
    ck_assert_ptr_null((void *)(uintptr_t)memory->vt->link_from);
    memory->vt->close_dir(memory);
    reader->vt->close_dir(reader);
    from->vt->close_dir(from);
    to->vt->close_dir(to);
    prs_dir_fs_remove(path_in(folder, "to")); /* not empty */
    ck_assert_int_eq(stat(path_in(folder, "to/a"), &st), 0);
    ck_assert_int_eq(unlink(path_in(folder, "to/a")), 0);
    prs_dir_fs_remove(path_in(folder, "to"));
    ck_assert_int_ne(stat(path_in(folder, "to"), &st), 0);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(other_file_systems_are_not_linked_to) {
    const char *folder = test_temp_dir();
    prs_mem mem;
    prs_dir *from, *to;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_dir_fs_open(&mem, path_in(folder, "from"), true, true, &from, NULL),
                     PRISM_OK);
    put_file(from, "a", "text");
    ck_assert_int_eq(mkdir(path_in(folder, "to"), 0700), 0);
    test_mount(path_in(folder, "to"), "size=64k", 0);
    ck_assert_int_eq(prs_dir_fs_open(&mem, path_in(folder, "to"), false, true, &to, NULL),
                     PRISM_OK);
    ck_assert_int_eq(to->vt->link_from(to, from, "a", NULL), PRISM_EUNSUPPORTED);
    to->vt->close_dir(to);
    from->vt->close_dir(from);
}
END_TEST

/* A directory just made whose name cannot be made durable is an error; one that was there need not
 * have a parent that is ours to open. */
START_TEST(a_new_name_is_made_durable_or_told) {
    place p;
    bool root = geteuid() == 0;
    place_open(&p, PLACE_FS);
    ck_assert_int_eq(chmod(path_in(p.path, ".."), 0755), 0);
    ck_assert_int_eq(chmod(p.path, 0733), 0); /* others may make names, not read */
    if (!root) ck_assert_int_eq(chmod(p.path, 0333), 0);
    if (root && seteuid(65534) != 0) test_skip("cannot become somebody else");
    prism_status made = open_at(&p.mem, path_in(p.path, "ix"), true, true);
    prism_status there = open_at(&p.mem, path_in(p.path, "ix"), true, true);
    if (root) ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(chmod(p.path, 0755), 0);
    ck_assert_int_ne(made, PRISM_OK);
    ck_assert_int_eq(there, PRISM_OK);
    ck_assert_int_eq(rmdir(path_in(p.path, "ix")), 0);
    place_close(&p);
}
END_TEST

TEST_SUITE(dir_fs, files_are_linked_between_directories, other_file_systems_are_not_linked_to,
           directories_are_opened_or_made, settled_views_hold_no_descriptor,
           views_kept_open_can_be_read_without_a_name, a_file_cut_short_is_an_error_without_mapping,
           only_regular_files_are_viewed, the_directory_is_held_not_named,
           readers_write_nothing_until_allowed, a_child_may_read_but_not_write,
           without_permission_it_is_read_only, a_full_disk_is_told_and_sticks,
           a_read_only_disk_is_told, a_new_name_is_made_durable_or_told)
