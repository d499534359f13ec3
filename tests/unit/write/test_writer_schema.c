/* test_writer_schema.c - does a change of the schema do what it says, and nothing when it fails? */
#include "harness/world.h"

#include <stdio.h>
#include <stdlib.h>

/* world_schema and two fields behind it; `n` is not stored any more, `lang` takes many. */
static const char longer[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"title\",\"type\":\"text\",\"boost\":5},{\"name\":\"body\",\"type\":\"text\"},"
    "{\"name\":\"tags\",\"type\":\"keyword\",\"many\":true,\"column\":true},"
    "{\"name\":\"lang\",\"type\":\"keyword\",\"many\":true},"
    "{\"name\":\"n\",\"type\":\"i64\",\"stored\":false},"
    "{\"name\":\"when\",\"type\":\"date\"},"
    "{\"name\":\"note\",\"type\":\"text\"},"
    "{\"name\":\"price\",\"type\":\"f64\"}]}";

static prism_schema *schema_of(const char *text) {
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_schema_from_json(text, strlen(text), &schema, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    return schema;
}

static prism_status set_schema(world *w, const char *text, prism_error *err) {
    prism_schema *schema = schema_of(text);
    prism_status status = prism_writer_set_schema(w->writer, schema, err);
    prs_schema_unref(schema);
    return status;
}

/* Documents with terms in a field of the newest commit. */
static uint32_t docs_with(world *w, uint32_t field) {
    prism_snapshot *snap = world_snapshot(w);
    uint32_t n = 0;
    for (uint32_t i = 0; i < snap->n_leaves; i++) {
        const prs_segment *segment = snap->leaves[i].segment;
        ck_assert_uint_lt(field, segment->n_fields);
        n += segment->fields[field].n_docs_with;
    }
    prs_snapshot_unref(snap);
    return n;
}

static uint32_t n_fields(world *w) {
    prism_snapshot *snap = world_snapshot(w);
    uint32_t n = snap->schema->n_fields;
    prs_snapshot_unref(snap);
    return n;
}

#define NOTE 7
#define PRICE 8

/* An index of two segments, of 3 and 2 documents.  Their `note` is not of the schema, one does not
 * even fit it; one document is deleted. */
static void make_old(world *w) {
    world_make(w, world_schema);
    w->writer->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 0; i < 5; i++) {
        world_put(w, "{\"id\":\"a%u\",\"body\":\"word %u\",\"n\":%u,\"note\":%s}", i, i, i,
                  i == 1 ? "{\"x\":1}" : "\"old words\"");
        if (i == 2) world_commit(w);
    }
    world_commit(w);
    world_delete(w, "a0");
    world_commit(w);
}

static void put_new(world *w, const char *key) {
    world_put(w,
              "{\"id\":\"%s\",\"body\":\"word\",\"n\":7,\"lang\":[\"en\",\"zh\"],"
              "\"note\":\"new words\",\"price\":1.5}",
              key);
}

START_TEST(fields_are_added_without_reindexing) {
    world w;
    make_old(&w);
    world_put(&w, "{\"id\":\"pending\",\"note\":\"as before\"}");
    prism_snapshot *before = world_snapshot(&w), *after;
    ck_assert_int_eq(set_schema(&w, longer, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_writer_schema(w.writer)->n_fields, 9);
    ck_assert_uint_eq(n_fields(&w), 7); /* not yet committed */
    put_new(&w, "b0");
    world_commit(&w);
    ck_assert_uint_eq(before->schema->n_fields, 7);
    w.fault->calls = FAULT_VIEW; /* files of the two new segments, commit, deletes: no more */
    w.fault->n_calls = 0;
    ck_assert_int_eq(prs_snapshot_open(w.index.core, before, &after, NULL), PRISM_OK);
    ck_assert_uint_eq(w.fault->n_calls, 6);
    ck_assert_uint_eq(after->schema->n_fields, 9);
    ck_assert_uint_eq(after->schema->fields[1].boost, 5);
    ck_assert_uint_eq(prism_snapshot_documents(after), 6);
    ck_assert_uint_eq(prism_snapshot_documents(before), 4);
    ck_assert(!after->leaves[0].segment->fields[NOTE].present);
    prs_snapshot_unref(after);
    prs_snapshot_unref(before);
    ck_assert_uint_eq(docs_with(&w, NOTE), 1);
    ck_assert_uint_eq(docs_with(&w, PRICE), 1);
    char *old = world_get(&w, "a3"), *fresh = world_get(&w, "b0");
    ck_assert_str_eq(old, "{\"id\":\"a3\",\"body\":\"word 3\",\"n\":3,\"note\":\"old words\"}");
    ck_assert_ptr_null(strstr(fresh, "\"n\":")); /* not stored any more */
    free(old);
    free(fresh);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

START_TEST(merges_carry_the_new_fields) {
    world w;
    make_old(&w);
    ck_assert_int_eq(set_schema(&w, longer, NULL), PRISM_OK);
    put_new(&w, "b0");
    put_new(&w, "a1"); /* in the place of an old one */
    world_commit(&w);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(docs_with(&w, NOTE), 2);
    ck_assert_uint_eq(docs_with(&w, PRICE), 2);
    ck_assert_uint_eq(docs_with(&w, 2), 5);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(snap->n_leaves, 1);
    const prs_segment *segment = snap->leaves[0].segment;
    ck_assert(segment->fields[NOTE].partial && segment->fields[PRICE].partial);
    ck_assert(!segment->fields[1].partial && !snap->schema->fields[NOTE].partial);
    prs_snapshot_unref(snap);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    for (uint32_t i = 0; i < 3; i++) { /* and again with segments of its own kind */
        char key[8];
        snprintf(key, sizeof key, "c%u", i);
        put_new(&w, key);
        world_commit(&w);
    }
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(docs_with(&w, NOTE), 5);
    snap = world_snapshot(&w);
    ck_assert(snap->leaves[0].segment->fields[NOTE].partial);
    prs_snapshot_unref(snap);
    world_close(&w);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_open(&w, true);
    ck_assert_uint_eq(n_fields(&w), 9);
    ck_assert_uint_eq(world_count(&w), 8);
    world_end(&w);
}
END_TEST

/* One segment with documents from before and behind the change, the new one with `note`. */
static void make_merged(world *w, const char *note, int price) {
    make_old(w);
    ck_assert_int_eq(set_schema(w, longer, NULL), PRISM_OK);
    world_put(w, "{\"id\":\"b\",\"note\":\"%s\",\"price\":%d}", note, price);
    world_commit(w);
    ck_assert_int_eq(prism_writer_merge(w->writer, 1, NULL, NULL, NULL), PRISM_OK);
}

/* A field of only some documents is compared where it is indexed. */
START_TEST(check_sees_through_partial_fields) {
    static const struct {
        const char *note;
        int price;
        uint64_t n_findings;
    } others[] = {{"fresh word", 5, 0}, {"fresh work", 5, 2}, {"fresh word", 6, 1}};
    for (size_t i = 0; i < PRS_COUNT(others); i++) {
        world a, b;
        make_merged(&a, "fresh word", 5);
        make_merged(&b, others[i].note, others[i].price);
        prism_snapshot *sa = world_snapshot(&a), *sb = world_snapshot(&b);
        prs_segment *segment = sa->leaves[0].segment;
        ck_assert(segment->fields[NOTE].partial && segment->fields[PRICE].partial);
        prs_docstore own = segment->docs; /* documents of the one, index of the other */
        segment->docs = sb->leaves[0].segment->docs;
        prs_check check = {.core = a.index.core, .level = PRISM_CHECK_DEEP};
        ck_assert_int_eq(prs_check_deep(&check, segment, NULL), PRISM_OK);
        ck_assert_uint_eq(check.n_findings, others[i].n_findings);
        segment->docs = own;
        prs_snapshot_unref(sa);
        prs_snapshot_unref(sb);
        world_end(&a);
        world_end(&b);
    }
}
END_TEST

START_TEST(only_the_schema_makes_a_commit) {
    world w;
    make_old(&w);
    uint64_t generation = world_commit(&w);
    ck_assert_int_eq(set_schema(&w, world_schema, NULL), PRISM_OK); /* equal: nothing */
    ck_assert_uint_eq(world_commit(&w), generation);
    ck_assert_int_eq(set_schema(&w, longer, NULL), PRISM_OK);
    ck_assert_uint_eq(world_commit(&w), generation + 1);
    ck_assert_uint_eq(n_fields(&w), 9);
    ck_assert_uint_eq(world_count(&w), 4);
    ck_assert_uint_eq(world_delete(&w, "a4"), 1); /* keys are found in segments opened anew */
    put_new(&w, "a3");
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 3);
    world_end(&w);
}
END_TEST

START_TEST(a_rollback_brings_the_old_schema_back) {
    world w;
    make_old(&w);
    ck_assert_int_eq(set_schema(&w, longer, NULL), PRISM_OK);
    put_new(&w, "b0");
    ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_writer_schema(w.writer)->n_fields, 7);
    world_put(&w, "{\"id\":\"c\",\"lang\":\"en\",\"n\":3}");
    world_commit(&w);
    ck_assert_uint_eq(n_fields(&w), 7);
    ck_assert_uint_eq(world_count(&w), 5);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

START_TEST(a_snapshot_of_the_writer_has_the_new_schema) {
    world w;
    prism_snapshot *before, *after;
    make_old(&w);
    ck_assert_int_eq(prism_writer_snapshot(w.writer, &before, NULL), PRISM_OK);
    ck_assert_int_eq(set_schema(&w, longer, NULL), PRISM_OK);
    put_new(&w, "b0");
    ck_assert_int_eq(prism_writer_snapshot(w.writer, &after, NULL), PRISM_OK);
    ck_assert_uint_eq(before->schema->n_fields, 7);
    ck_assert_uint_eq(after->schema->n_fields, 9);
    ck_assert_uint_eq(prism_snapshot_documents(after), 5);
    ck_assert_uint_eq(after->leaves[after->n_leaves - 1].segment->fields[NOTE].n_docs_with, 1);
    ck_assert_uint_eq(n_fields(&w), 7);
    prs_snapshot_unref(before);
    prs_snapshot_unref(after);
    world_commit(&w);
    ck_assert_uint_eq(docs_with(&w, NOTE), 1);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

START_TEST(what_cannot_be_changed_changes_nothing) {
    world w;
    prism_error err = PRISM_ERROR_INIT;
    make_old(&w);
    world_put(&w, "{\"id\":\"pending\",\"note\":\"as before\"}");
    ck_assert_int_eq(
        set_schema(&w, "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"}]}",
                   &err),
        PRISM_EINVAL);
    ck_assert_str_eq(err.text, "field title cannot be taken out: reindex");
    ck_assert_uint_eq(prs_pending_count(&w.writer->pending), 1); /* not even flushed */
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 5);
    ck_assert_uint_eq(n_fields(&w), 7);
    /* A tokenizer must be one of the index handle's. */
    char other[1024];
    size_t len = strlen(world_schema);
    snprintf(other, sizeof other,
             "%.*s,{\"name\":\"code\",\"type\":\"text\",\"analyzer\":\"mine\"}]}", (int)(len - 2),
             world_schema);
    ck_assert_int_eq(set_schema(&w, other, &err), PRISM_EANALYZER);
    ck_assert_ptr_nonnull(strstr(err.text, "code"));
    ck_assert_uint_eq(prism_writer_schema(w.writer)->n_fields, 7);
    world_end(&w);
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

/* Exactly the old or exactly the new schema, with the documents that go with it. */
static bool is_new(world *w) {
    uint32_t n = n_fields(w);
    ck_assert(n == 7 || n == 9);
    char *b0 = world_get(w, "b0"), *p = world_get(w, "p");
    ck_assert((b0 != NULL) == (n == 9) && (p != NULL) == (n == 9));
    free(b0);
    free(p);
    ck_assert_uint_eq(world_count(w), n == 9 ? 6 : 4);
    return n == 9;
}

static prism_status change_all(world *w, prism_error *err) {
    static const char p[] = "{\"id\":\"p\",\"n\":1}", b0[] = "{\"id\":\"b0\",\"note\":\"new\"}";
    PRS_TRY(prism_writer_put_json(w->writer, p, strlen(p), 0, err));
    PRS_TRY(set_schema(w, longer, err));
    PRS_TRY(prism_writer_put_json(w->writer, b0, strlen(b0), 0, err));
    return prism_writer_commit(w->writer, NULL, 0, NULL, err);
}

START_TEST(each_call_of_the_storage_fails) {
    uint32_t n_old = 0, n_unknown = 0;
    for (uint64_t at = 1;; at++) {
        world w;
        make_old(&w);
        w.fault->n_calls = 0;
        w.fault->fail_at = at;
        w.fault->fail_on = at % 3 == 0;
        w.fault->status = at % 2 == 0 ? PRISM_EIO : PRISM_ENOSPC;
        prism_status status = change_all(&w, NULL);
        bool failed = w.fault->n_failed > 0;
        w.fault->fail_at = 0;
        if (status == PRISM_EUNKNOWN) {
            n_unknown++;
            world_close(&w);
            world_open(&w, true);
            (void)is_new(&w);
        } else if (status != PRISM_OK) {
            n_old++;
            ck_assert(failed && status == w.fault->status && !is_new(&w));
            ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
            ck_assert(!is_new(&w));
            ck_assert_int_eq(change_all(&w, NULL), PRISM_OK);
        }
        if (status != PRISM_EUNKNOWN) ck_assert(is_new(&w));
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        world_end(&w);
        if (!failed) break;
    }
    ck_assert_uint_ge(n_unknown, 2);
    ck_assert_uint_gt(n_old, 20);
}
END_TEST

START_TEST(each_allocation_fails) {
    uint32_t n_failed = 0;
    for (size_t more = 1;; more++) {
        world w;
        make_old(&w);
        world_put(&w, "{\"id\":\"p\",\"n\":1}");
        prism_schema *schema = schema_of(longer);
        w.alloc.fail_at = atomic_load(&w.alloc.calls) + more;
        prism_status status = prism_writer_set_schema(w.writer, schema, NULL);
        bool refused = atomic_load(&w.alloc.calls) >= w.alloc.fail_at;
        w.alloc.fail_at = 0;
        if (status != PRISM_OK) {
            n_failed++;
            ck_assert(refused && status == PRISM_ENOMEM);
            ck_assert_uint_eq(prism_writer_schema(w.writer)->n_fields, 7);
            ck_assert_int_eq(prism_writer_set_schema(w.writer, schema, NULL), PRISM_OK);
        }
        prs_schema_unref(schema);
        put_new(&w, "b0");
        world_commit(&w);
        ck_assert(is_new(&w));
        char *json = world_get(&w, "p"); /* whatever failed, it is there */
        ck_assert_ptr_nonnull(json);
        free(json);
        world_end(&w);
        if (!refused) break;
    }
    ck_assert_uint_gt(n_failed, 20);
}
END_TEST

START_TEST(the_power_may_go_at_any_moment) {
    static const crash_keep keeps[] = {CRASH_KEEP_NOTHING, CRASH_KEEP_ALL, CRASH_KEEP_NAMES,
                                       CRASH_KEEP_BYTES, CRASH_KEEP_SOME};
    test_rng rng = test_rng_of("schema crash");
    crash_dir crash;
    world w;
    world_make_crashing(&w, world_schema, &crash);
    w.writer->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 0; i < 4; i++) world_put(&w, "{\"id\":\"a%u\",\"note\":\"old\"}", i);
    world_commit(&w);
    size_t from = crash.n_ops;
    ck_assert_int_eq(change_all(&w, NULL), PRISM_OK);
    world_close(&w);
    size_t to = crash.n_ops;
    w.disk = crash.inner;
    uint32_t n_new = 0, n_old = 0;
    for (size_t n = from; n <= to; n++) {
        for (size_t k = 0; k < PRS_COUNT(keeps); k++) {
            world after = w;
            ck_assert_int_eq(prs_dir_mem_new(&w.disk_mem, &after.disk, NULL), PRISM_OK);
            crash_dir_restore(&crash, n, keeps[k], &rng, after.disk);
            world_open(&after, true);
            bool is = is_new(&after);
            n_new += is;
            n_old += !is;
            ck_assert(is || n < to); /* what was acknowledged is there */
            world_put(&after, "{\"id\":\"late\",\"note\":\"words\"}"); /* life goes on */
            world_commit(&after);
            ck_assert_uint_eq(world_check(&after, PRISM_CHECK_DEEP), 0);
            world_close(&after);
            after.disk->vt->close_dir(after.disk);
        }
    }
    ck_assert(n_new > 0 && n_old > 0);
    crash_dir_fini(&crash);
    world_end(&w);
}
END_TEST

TEST_SUITE(writer_schema, fields_are_added_without_reindexing, merges_carry_the_new_fields,
           check_sees_through_partial_fields, only_the_schema_makes_a_commit,
           a_rollback_brings_the_old_schema_back, a_snapshot_of_the_writer_has_the_new_schema,
           what_cannot_be_changed_changes_nothing, each_call_of_the_storage_fails,
           each_allocation_fails, the_power_may_go_at_any_moment)
