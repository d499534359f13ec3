/* test_names.c - are exactly our names ours, and are needed files told from orphans? */
#include "harness/test.h"

#include "format/names.h"

#define ID "000102030405060708090a0b0c0d0eff"

static const prs_id sample_id = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255}};

START_TEST(names_are_made_and_parsed) {
    static const struct {
        prs_name_kind kind;
        uint64_t generation;
        const char *text;
    } cases[] = {
        {PRS_NAME_COMMIT, 1, "commit-0000000000000001"},
        {PRS_NAME_COMMIT, UINT64_MAX, "commit-ffffffffffffffff"},
        {PRS_NAME_COMMIT_TMP, 0x123456789abcdef0, "commit-123456789abcdef0.tmp"},
        {PRS_NAME_DELETES, 26, "deletes-000000000000001a"},
        {PRS_NAME_IDX, 0, ID ".idx"},
        {PRS_NAME_DOC, 0, ID ".doc"},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        char text[PRS_NAME_SIZE];
        bool segment = cases[i].generation == 0;
        const char *made = segment
                               ? prs_name_of_segment(text, cases[i].kind, &sample_id)
                               : prs_name_of_generation(text, cases[i].kind, cases[i].generation);
        ck_assert_str_eq(made, cases[i].text);
        ck_assert(prs_dir_name_ok(made));
        prs_name name = prs_name_parse(made);
        ck_assert_int_eq(name.kind, cases[i].kind);
        ck_assert_uint_eq(name.generation, cases[i].generation);
        if (segment) ck_assert(prs_id_equal(&name.id, &sample_id));
    }
    char hex[33];
    ck_assert_str_eq(prs_name_of_id(hex, &sample_id), ID);
    ck_assert_int_eq(prs_name_parse("write.lock").kind, PRS_NAME_WRITE_LOCK);
}
END_TEST

START_TEST(near_misses_are_not_ours) {
    static const char *const others[] = {
        "",
        "a",
        "commit",
        "commit-",
        "commit-1",
        "commit-000000000000000",
        "commit-00000000000000011",
        "commit-0000000000000000",
        "deletes-0000000000000000",
        "commit-000000000000000A",
        "commit-000000000000000g",
        "commit-0000000000000001.",
        "commit-0000000000000001.tm",
        "commit-0000000000000001.tmpx",
        "deletes-0000000000000001.tmp",
        "Commit-0000000000000001",
        " commit-0000000000000001",
        "commit-+000000000000001",
        "commit- 000000000000001",
        ID,
        ID ".",
        ID ".id",
        ID ".idxx",
        ID ".IDX",
        ID "0.idx",
        "0" ID ".idx",
        "write.lock2",
        "write.loc",
        "000102030405060708090a0b0c0d0eF.idx",
        ".idx",
        "commit-0000000000000001\n",
        "\xff\xfe",
    };
    for (size_t i = 0; i < PRS_COUNT(others); i++) {
        ck_assert_msg(prs_name_parse(others[i]).kind == PRS_NAME_OTHER, "%s", others[i]);
    }
}
END_TEST

static void touch_file(prs_dir *dir, const char *name) {
    prs_file *file;
    ck_assert_int_eq(dir->vt->create(dir, name, &file, NULL), PRISM_OK);
    ck_assert_int_eq(dir->vt->close(dir, file, NULL), PRISM_OK);
}

static void fill_dir(prs_dir *dir) {
    touch_file(dir, "commit-0000000000000001");
    touch_file(dir, "commit-0000000000000003");
    touch_file(dir, "commit-0000000000000007.tmp");
    touch_file(dir, "deletes-0000000000000009");
    touch_file(dir, "write.lock");
    touch_file(dir, "notes.txt");
    touch_file(dir, ID ".idx");
    touch_file(dir, ID ".doc");
}

static prism_status list_all(prs_mem *mem, void *ctx) {
    prs_dir *dir;
    prs_listing listing;
    (void)ctx;
    PRS_TRY(prs_dir_mem_new(mem, &dir, NULL));
    prism_status status = PRISM_OK;
    if (ctx != NULL) fill_dir(dir);
    status = prs_listing_read(&listing, dir, NULL);
    if (status == PRISM_OK && ctx != NULL) {
        ck_assert_uint_eq(listing.names.n, 6);
        ck_assert_uint_eq(listing.newest, 3);
        ck_assert_uint_eq(listing.highest, 9);
        ck_assert_uint_eq(listing.n_others, 1);
    }
    prs_listing_fini(&listing);
    dir->vt->close_dir(dir);
    return status;
}

START_TEST(a_directory_is_read_at_once) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(list_all(&mem, &mem), PRISM_OK);
    ck_assert_int_eq(list_all(&mem, NULL), PRISM_OK);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(orphans_are_what_no_manifest_needs) {
    prs_manifest_segment segment = {.id = sample_id};
    prs_manifest old = {.generation = 3, .deletes_generation = 2};
    prs_manifest new = {
        .generation = 4, .deletes_generation = 4, .n_segments = 1, .segments = &segment};
    const prs_manifest *kept[2] = {&old, &new};
    static const struct {
        const char *text;
        bool needed;
    } cases[] = {
        {"commit-0000000000000003", true},
        {"commit-0000000000000004", true},
        {"commit-0000000000000002", false},
        {"commit-0000000000000004.tmp", false},
        {"deletes-0000000000000002", true},
        {"deletes-0000000000000003", false},
        {ID ".idx", true},
        {ID ".doc", true},
        {"ff0102030405060708090a0b0c0d0eff.idx", false},
        {"write.lock", true},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prs_name name = prs_name_parse(cases[i].text);
        ck_assert_msg(prs_name_is_needed(&name, kept, 2) == cases[i].needed, "%s", cases[i].text);
        if (name.kind != PRS_NAME_WRITE_LOCK) ck_assert(!prs_name_is_needed(&name, kept, 0));
    }
}
END_TEST

TEST_SUITE(names, names_are_made_and_parsed, near_misses_are_not_ours, a_directory_is_read_at_once,
           orphans_are_what_no_manifest_needs)
