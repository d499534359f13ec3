/* test_api_maintain.c - do backup, restore, repair and salvage keep the conventions, and does an
 * index that is only read stay as it is, or end in an error when somebody cuts its files? */
#include "harness/test.h"

#include <prismsearch.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void fill(prism_index *index, int from, int to) {
    prism_writer *writer;
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    for (int i = from; i < to; i++) {
        char json[4000];
        int len =
            snprintf(json, sizeof json,
                     "{\"id\":\"k%d\",\"title\":\"some %d\",\"body\":\"words %d 数据", i, i, i);
        for (int k = 0; k < 200; k++) /* so much that files have several regions */
            len += snprintf(json + len, sizeof json - (size_t)len, " %x",
                            (unsigned)(i * 201 + k + 1) * 2654435761u);
        len += snprintf(json + len, sizeof json - (size_t)len, "\"}");
        ck_assert_int_eq(prism_writer_put_json(writer, json, (size_t)len, 0, NULL), PRISM_OK);
    }
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    prism_writer_close(writer);
}

static prism_index *make(const char *path, bool in_memory) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_index *index;
    opts.in_memory = in_memory;
    ck_assert_int_eq(prism_index_create(path, NULL, &opts, &index, NULL), PRISM_OK);
    fill(index, 0, 300);
    return index;
}

static const char *below(const char *folder, const char *name) {
    static char paths[8][300];
    static int at;
    char *path = paths[at++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static uint64_t findings(const char *path) {
    uint64_t n = 99;
    ck_assert_int_eq(prism_index_check(path, PRISM_CHECK_DEEP, NULL, NULL, NULL, NULL, NULL, &n,
                                       NULL),
                     PRISM_OK);
    return n;
}

/* The only file whose name ends so. */
static const char *file_of(const char *path, const char *end) {
    DIR *dir = opendir(path);
    static char name[300];
    const struct dirent *entry;
    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name), n = strlen(end);
        if (len > n && strcmp(entry->d_name + len - n, end) == 0)
            snprintf(name, sizeof name, "%.100s/%.60s", path, entry->d_name);
    }
    closedir(dir);
    return name;
}

static void turn(const char *file, long at) {
    ck_assert_int_eq(chmod(file, 0600), 0);
    FILE *f = fopen(file, "r+b");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fseek(f, at, SEEK_SET), 0);
    int c = fgetc(f);
    ck_assert_int_eq(fseek(f, at, SEEK_SET), 0);
    ck_assert_int_ne(fputc(c ^ 0x55, f), EOF);
    ck_assert_int_eq(fclose(f), 0);
}

#define REFUSED(call)                                                                              \
    do {                                                                                           \
        prism_error err = PRISM_ERROR_INIT;                                                        \
        ck_assert_int_eq(call, PRISM_EINVAL);                                                      \
        ck_assert_int_eq(err.code, PRISM_EINVAL);                                                  \
        ck_assert_str_ne(err.text, "");                                                            \
    } while (0)

START_TEST(arguments_that_make_no_sense) {
    const char *folder = test_temp_dir();
    prism_index *index = make("", true);
    prism_backup_opts opts = PRISM_BACKUP_OPTS_INIT;
    prism_backup_stats stats = {.size = 0};
    prism_repair_opts repair_opts = PRISM_REPAIR_OPTS_INIT;
    prism_repair_stats repair_stats = {.size = 0};
    opts.size = 3;
    repair_opts.size = 3;
    REFUSED(prism_index_backup(NULL, "x", NULL, NULL, &err));
    REFUSED(prism_index_backup(index, NULL, NULL, NULL, &err));
    REFUSED(prism_index_backup(index, "x", &opts, NULL, &err));
    REFUSED(prism_index_backup(index, "x", NULL, &stats, &err));
    REFUSED(prism_index_restore(NULL, "x", NULL, NULL, &err));
    REFUSED(prism_index_restore("x", NULL, NULL, NULL, &err));
    REFUSED(prism_index_restore("x", "y", &opts, NULL, &err));
    REFUSED(prism_index_restore("x", "y", NULL, &stats, &err));
    REFUSED(prism_index_repair(NULL, NULL, NULL, &err));
    REFUSED(prism_index_repair("x", &repair_opts, NULL, &err));
    REFUSED(prism_index_repair("x", NULL, &repair_stats, &err));
    REFUSED(prism_index_salvage(NULL, NULL, NULL, &err));
    REFUSED(prism_index_salvage("x", &repair_opts, NULL, &err));
    REFUSED(prism_index_salvage("x", NULL, &repair_stats, &err));
    ck_assert_int_eq(prism_index_repair(folder, NULL, NULL, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_index_salvage(folder, NULL, NULL, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_index_restore(folder, below(folder, "x"), NULL, NULL, NULL),
                     PRISM_ENOTFOUND);
    ck_assert_int_ne(access(below(folder, "x"), F_OK), 0);
    ck_assert_int_eq(prism_index_backup(index, below(folder, "no/x"), NULL, NULL, NULL),
                     PRISM_ENOTFOUND);
    prism_index_close(index);
}
END_TEST

/* Structs of an older caller, shorter than ours, are filled as far as they go. */
START_TEST(structs_of_any_size) {
    const char *folder = test_temp_dir();
    prism_index *index = make(below(folder, "ix"), false);
    struct {
        prism_backup_stats stats;
        uint64_t guard;
    } b = {{.size = offsetof(prism_backup_stats, files)}, 7};
    b.stats.files = 77;
    ck_assert_int_eq(prism_index_backup(index, below(folder, "b"), NULL, &b.stats, NULL), PRISM_OK);
    ck_assert(b.stats.generation == 2 && b.stats.documents == 300 && b.stats.files == 77);
    b.stats.size = sizeof b;
    ck_assert_int_eq(prism_index_restore(below(folder, "b"), below(folder, "c"), NULL, &b.stats,
                                         NULL),
                     PRISM_OK);
    ck_assert(b.stats.files == 3 && b.guard == 7 && b.stats.size == sizeof b);
    prism_index_close(index);
    struct {
        prism_repair_stats stats;
        uint64_t guard;
    } r = {{.size = sizeof r}, 7};
    ck_assert_int_eq(prism_index_repair(below(folder, "c"), NULL, &r.stats, NULL), PRISM_OK);
    ck_assert(r.stats.from == 2 && r.stats.documents == 300 && r.guard == 7);
}
END_TEST

START_TEST(an_index_in_memory_is_saved) {
    const char *folder = test_temp_dir();
    prism_index *index = make("", true);
    ck_assert_int_eq(prism_index_backup(index, below(folder, "b"), NULL, NULL, NULL), PRISM_OK);
    prism_index_close(index);
    ck_assert_uint_eq(findings(below(folder, "b")), 0);
}
END_TEST

/* A writer keeps repair away; a rehearsal goes on beside it. */
START_TEST(repair_and_writers) {
    const char *folder = test_temp_dir(), *path = below(folder, "ix");
    prism_index *index = make(path, false);
    prism_writer *writer;
    prism_repair_opts opts = PRISM_REPAIR_OPTS_INIT;
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    turn(file_of(path, ".doc"), 200);
    ck_assert_int_eq(prism_index_repair(path, NULL, NULL, NULL), PRISM_EBUSY);
    ck_assert_int_eq(prism_index_salvage(path, NULL, NULL, NULL), PRISM_EBUSY);
    opts.dry_run = 1;
    prism_repair_stats stats = {.size = sizeof stats};
    ck_assert_int_eq(prism_index_repair(path, &opts, &stats, NULL), PRISM_OK);
    ck_assert(stats.lost == 300 && stats.lost_keys == 300 && stats.generation == 0);
    prism_writer_close(writer);
    ck_assert_int_eq(prism_index_repair(path, NULL, &stats, NULL), PRISM_OK);
    ck_assert(stats.generation == 3 && stats.documents == 0);
    ck_assert_uint_eq(findings(path), 0);
    prism_index_close(index);
}
END_TEST

START_TEST(memory_may_run_out) {
    const char *folder = test_temp_dir(), *path = below(folder, "ix");
    prism_index_close(make(path, false));
    turn(file_of(path, ".doc"), 200);
    for (size_t at = 1;; at += 1 + at / 8) {
        test_alloc counter = {.fail_at = at, .fail_on = true};
        prism_allocator hook = test_alloc_hook(&counter);
        prism_repair_opts opts = PRISM_REPAIR_OPTS_INIT;
        opts.allocator = &hook;
        prism_repair_stats stats = {.size = sizeof stats};
        prism_status status = prism_index_repair(path, &opts, &stats, NULL);
        test_alloc_check_empty(&counter);
        if (atomic_load(&counter.calls) < at) {
            ck_assert_int_eq(status, PRISM_OK);
            break;
        }
        ck_assert_msg(status == PRISM_ENOMEM, "allocation %zu: %d", at, status);
        ck_assert_uint_eq(findings(path), 1); /* nothing was published */
    }
    ck_assert_uint_eq(findings(path), 0);
    /* and a restore */
    const char *to = below(folder, "to");
    for (size_t at = 1;; at += 1 + at / 8) {
        test_alloc counter = {.fail_at = at};
        prism_allocator hook = test_alloc_hook(&counter);
        prism_backup_opts opts = PRISM_BACKUP_OPTS_INIT;
        opts.allocator = &hook;
        prism_status status = prism_index_restore(path, to, &opts, NULL, NULL);
        test_alloc_check_empty(&counter);
        if (atomic_load(&counter.calls) < at) {
            ck_assert_int_eq(status, PRISM_OK);
            break;
        }
        ck_assert_int_eq(status, PRISM_ENOMEM);
        ck_assert_int_ne(access(to, F_OK), 0);
    }
}
END_TEST

/* ---- reading --------------------------------------------------------------------------------- */

static prism_status read_everything(prism_snapshot *snap, prism_error *err) {
    prism_query *query;
    prism_hits *hits;
    prism_status status = PRISM_OK;
    for (int i = 0; i < 300 && status == PRISM_OK; i++) {
        char key[16], *json;
        uint64_t gdoc;
        int len = snprintf(key, sizeof key, "k%d", i);
        status = prism_document_find(snap, key, (size_t)len, &gdoc, err);
        if (status == PRISM_OK) status = prism_document_get(snap, gdoc, &json, NULL, err);
        if (status == PRISM_OK) prism_free_text(json);
    }
    if (status != PRISM_OK) return status;
    status =
        prism_query_parse(prism_snapshot_schema(snap), "words 数据 some", 17, NULL, &query, err);
    if (status == PRISM_OK) {
        status = prism_search(snap, query, NULL, &hits, err);
        if (status == PRISM_OK) prism_hits_free(hits);
        prism_query_unref(query);
    }
    return status;
}

/* Without mapping a file that is cut short under an open snapshot is an error with its name, at
 * whatever byte it is cut. */
START_TEST(a_cut_is_an_error_without_mapping) {
    for (int doc = 0; doc < 2; doc++) {
        uint32_t failed = 0;
        for (int part = 0; part < 12; part++) {
            const char *folder = test_temp_dir(), *path = below(folder, "ix");
            prism_index_close(make(path, false));
            prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
            prism_index *index;
            prism_snapshot *snap;
            prism_error err = PRISM_ERROR_INIT;
            opts.use_pread = 1;
            opts.read_only = 1;
            ck_assert_int_eq(prism_index_open(path, &opts, &index, NULL), PRISM_OK);
            ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
            if (part % 2 == 0) ck_assert_int_eq(read_everything(snap, NULL), PRISM_OK);
            const char *file = file_of(path, doc ? ".doc" : ".idx");
            struct stat st;
            ck_assert_int_eq(stat(file, &st), 0);
            ck_assert_int_eq(chmod(file, 0600), 0);
            ck_assert_int_eq(truncate(file, st.st_size * part / 12), 0);
            prism_status status = read_everything(snap, &err);
            if (part % 2 == 0) {
                ck_assert_int_eq(status, PRISM_OK); /* it was read before */
            } else if (status != PRISM_OK) {
                ck_assert_int_eq(status, PRISM_ECORRUPT);
                ck_assert_ptr_nonnull(strstr(err.file, doc ? ".doc" : ".idx"));
                failed++;
            }
            prism_snapshot *again;
            ck_assert_int_eq(prism_snapshot_open(index, &again, NULL), PRISM_ECORRUPT);
            prism_snapshot_unref(snap);
            prism_index_close(index);
        }
        ck_assert_uint_gt(failed, 0);
    }
}
END_TEST

/* A snapshot opened before goes on when its files lose their names. */
START_TEST(gone_names_do_not_matter) {
    for (int use_pread = 0; use_pread < 2; use_pread++) {
        const char *folder = test_temp_dir(), *path = below(folder, "ix");
        prism_index_close(make(path, false));
        prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
        prism_index *index;
        prism_snapshot *snap, *next;
        opts.use_pread = use_pread;
        ck_assert_int_eq(prism_index_open(path, &opts, &index, NULL), PRISM_OK);
        ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
        ck_assert_int_eq(unlink(file_of(path, ".idx")), 0);
        ck_assert_int_eq(unlink(file_of(path, ".doc")), 0);
        ck_assert_int_eq(read_everything(snap, NULL), PRISM_OK);
        ck_assert_int_eq(prism_snapshot_open(index, &next, NULL), PRISM_ECORRUPT);
        prism_snapshot_unref(snap);
        prism_index_close(index);
    }
}
END_TEST

TEST_SUITE(api_maintain, arguments_that_make_no_sense, structs_of_any_size,
           an_index_in_memory_is_saved, repair_and_writers, memory_may_run_out,
           a_cut_is_an_error_without_mapping, gone_names_do_not_matter)
