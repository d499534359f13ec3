/* test_adopt_source.c - another index opened for reading: what is said of it, and in whose name. */
#include "harness/world.h"

#include "write/adopt.h"

#include <stdio.h>

START_TEST(fields_are_numbered_as_ours) {
    world w;
    prism_index *index;
    prism_writer *writer;
    prism_schema *schema;
    prs_adopt_source source;
    const char *path = test_temp_dir();
    static const char theirs[] =
        "{\"key\":\"id\",\"fields\":[{\"name\":\"body\",\"type\":\"text\"},"
        "{\"name\":\"id\",\"type\":\"keyword\"}]}";
    world_make(&w, world_schema);
    ck_assert_int_eq(prism_schema_from_json(theirs, sizeof theirs - 1, &schema, NULL), PRISM_OK);
    ck_assert_int_eq(prism_index_create(path, schema, NULL, &index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put_json(writer, "{\"id\":\"a\",\"body\":\"x\"}", 21, 0, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    ck_assert_int_eq(prs_adopt_open(w.index.core, w.writer->recipe, path, &source, NULL), PRISM_OK);
    ck_assert_uint_eq(source.n_segments, 1);
    const prs_segment *segment = source.segments[0];
    ck_assert_uint_eq(segment->n_fields, 7);
    ck_assert(segment->fields[0].present && segment->fields[0].no == 1); /* id */
    ck_assert(segment->fields[2].present && segment->fields[2].no == 0); /* body */
    ck_assert(!segment->fields[1].present);
    prism_error err = PRISM_ERROR_INIT;
    char want[sizeof err.file];
    prs_error_corrupt(&err, prs_in_name(segment->doc), 7, "damage");
    prs_adopt_name_error(&source, &err);
    snprintf(want, sizeof want, "%s/%s", path, prs_in_name(segment->doc));
    ck_assert_str_eq(err.file, want);
    ck_assert_uint_eq(err.offset, 7);
    prs_error_corrupt(&err, "other.idx", 7, "damage"); /* one of ours */
    prs_adopt_name_error(&source, &err);
    ck_assert_str_eq(err.file, "other.idx");
    prs_error_nomem(&err);
    prs_adopt_name_error(&source, &err);
    ck_assert_str_eq(err.file, "");
    prs_adopt_close(&source);
    prs_adopt_close(&source);
    prism_writer_close(writer);
    prism_index_close(index);
    prism_schema_unref(schema);
    world_end(&w);
}
END_TEST

START_TEST(a_long_path_keeps_its_end) {
    world w;
    prs_adopt_source source;
    prism_error err = PRISM_ERROR_INIT;
    char path[400];
    memset(path, 'x', sizeof path);
    memcpy(path, "/tmp/", 5);
    memcpy(path + 350, "/the/end", 9);
    for (size_t i = 100; i < 350; i += 100) path[i] = '/';
    world_make(&w, world_schema);
    ck_assert_int_eq(prs_adopt_open(w.index.core, w.writer->recipe, path, &source, &err),
                     PRISM_ENOTFOUND);
    prs_adopt_close(&source);
    ck_assert_str_eq(err.file + strlen(err.file) - 8, "/the/end");
    ck_assert_uint_gt(strlen(err.file), 100);
    ck_assert_int_eq(prs_adopt_open(w.index.core, w.writer->recipe, path, &source, NULL),
                     PRISM_ENOTFOUND);
    prs_adopt_close(&source);
    world_end(&w);
}
END_TEST

TEST_SUITE(adopt_source, fields_are_numbered_as_ours, a_long_path_keeps_its_end)
