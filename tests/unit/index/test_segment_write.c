/* test_segment_write.c - what flush and merge share: are statistics and schema of a segment read
 * as they were written, and do both files go when it is not wanted? */
#include "harness/world.h"

#include "format/components.h"
#include "format/segment_meta.h"
#include "index/segment_write.h"

#include <stdlib.h>

#define NAME "0a000000000000000000000000000000"

static const prs_id id = {{10}};

START_TEST(a_meta_begins_with_the_analyzers) {
    world w;
    world_make(&w, world_schema);
    const prs_recipe *recipe = w.index.core->recipe;
    prs_manifest_segment files = {.id = id, .n_docs = 7, .arrival_base = 99};
    prs_segment_meta meta;
    ck_assert_int_eq(prs_segment_meta_begin(&meta, recipe, &files, &w.disk_mem, NULL), PRISM_OK);
    ck_assert(meta.n_docs == 7 && meta.arrival_base == 99 && meta.n_fields == recipe->n_fields);
    for (uint32_t f = 0; f < meta.n_fields; f++) {
        const prs_field_meta *field = &meta.fields[f];
        ck_assert_uint_eq(field->field, f);
        ck_assert(field->n_docs_with == 0 && field->sum_length == 0 && field->max_length == 0);
        ck_assert(field->n_terms == 0 && field->sum_df == 0 && field->sum_cf == 0);
        const char *want = recipe->analyzers[f] ? prs_analyzer_id(recipe->analyzers[f]) : "";
        ck_assert(prs_bytes_equal(field->analyzer, prs_bytes_of(want, strlen(want))));
    }
    prs_segment_meta_end(&meta, &w.disk_mem);
    ck_assert_ptr_null(meta.fields);
    world_end(&w);
}
END_TEST

static prism_status write_file(world *w, const prs_segment_meta *meta, prs_mem *mem) {
    prs_out *out;
    PRS_TRY(prs_out_open(w->disk, NAME ".idx", PRS_FILE_IDX, &id, 0, &out, NULL));
    prism_status status =
        prs_segment_write_tail(out, meta, w->index.core->recipe->schema, mem, NULL);
    if (status != PRISM_OK) {
        prs_out_abandon(out);
        return status;
    }
    return prs_out_finish(out, NULL, NULL, NULL);
}

START_TEST(the_tail_is_read_back) {
    world w;
    world_make(&w, world_schema);
    prs_manifest_segment files = {.id = id, .n_docs = 7, .arrival_base = 99};
    prs_segment_meta meta, read;
    prs_in *in;
    prs_section section;
    prs_arena arena;
    const char *json;
    size_t len;
    prs_arena_init(&arena, &w.disk_mem, 0);
    ck_assert_int_eq(prs_segment_meta_begin(&meta, w.index.core->recipe, &files, &w.disk_mem, NULL),
                     PRISM_OK);
    meta.fields[1] = (prs_field_meta){.field = 1,
                                      .n_docs_with = 7,
                                      .max_length = 3,
                                      .sum_length = 12,
                                      .n_terms = 5,
                                      .sum_df = 9,
                                      .sum_cf = 12,
                                      .analyzer = meta.fields[1].analyzer};
    ck_assert_int_eq(write_file(&w, &meta, &w.disk_mem), PRISM_OK);
    ck_assert_int_eq(prs_in_open(w.disk, NAME ".idx", PRS_FILE_IDX, &id, 0, NULL,
                                 PRS_CHECKSUM_EAGER, &in, NULL),
                     PRISM_OK);
    ck_assert(prs_in_section(in, PRS_COMPONENT_SEGMENT, PRS_FIELD_NONE, &section));
    ck_assert_int_eq(prs_segment_meta_read(&read, &section, &arena, NULL), PRISM_OK);
    ck_assert(read.n_docs == 7 && read.arrival_base == 99 && read.n_fields == meta.n_fields);
    ck_assert(read.fields[1].sum_df == 9 && read.fields[1].sum_length == 12);
    for (uint32_t f = 0; f < read.n_fields; f++)
        ck_assert(prs_bytes_equal(read.fields[f].analyzer, meta.fields[f].analyzer));
    ck_assert(prs_in_section(in, PRS_COMPONENT_SCHEMA, PRS_FIELD_NONE, &section));
    ck_assert_int_eq(prs_schema_to_json(w.index.core->recipe->schema, &json, &len, NULL), PRISM_OK);
    ck_assert_uint_eq(section.len, len);
    ck_assert_mem_eq(section.ptr, json, len);
    prs_in_close(in);
    prs_segment_meta_end(&meta, &w.disk_mem);
    prs_arena_fini(&arena);
    world_end(&w);
}
END_TEST

START_TEST(both_files_are_unlinked) {
    world w;
    world_make(&w, world_schema);
    static const char *const names[] = {NAME ".idx", NAME ".doc"};
    for (uint32_t present = 0; present < 4; present++) { /* one may be missing, or both */
        for (uint32_t i = 0; i < 2; i++) {
            prs_file *file;
            if ((present >> i & 1) == 0) continue;
            ck_assert_int_eq(w.disk->vt->create(w.disk, names[i], &file, NULL), PRISM_OK);
            ck_assert_int_eq(w.disk->vt->close(w.disk, file, NULL), PRISM_OK);
        }
        prs_segment_unlink(w.disk, &id);
        for (uint32_t i = 0; i < 2; i++) {
            prs_view view;
            ck_assert_int_eq(w.disk->vt->view_open(w.disk, names[i], &view, NULL), PRISM_ENOTFOUND);
        }
    }
    world_end(&w);
}
END_TEST

typedef struct oom_case {
    world *w;
} oom_case;

static prism_status write_all(prs_mem *mem, void *ctx) {
    world *w = ((oom_case *)ctx)->w;
    prs_manifest_segment files = {.id = id, .n_docs = 7};
    prs_segment_meta meta;
    PRS_TRY(prs_segment_meta_begin(&meta, w->index.core->recipe, &files, mem, NULL));
    prism_status status = write_file(w, &meta, mem);
    prs_segment_meta_end(&meta, mem);
    prs_segment_unlink(w->disk, &id);
    return status;
}

START_TEST(memory_may_run_out) {
    world w;
    world_make(&w, world_schema);
    oom_case c = {&w};
    ck_assert_uint_ge(test_oom_sweep(write_all, &c), 1);
    world_end(&w);
}
END_TEST

TEST_SUITE(segment_write, a_meta_begins_with_the_analyzers, the_tail_is_read_back,
           both_files_are_unlinked, memory_may_run_out)
