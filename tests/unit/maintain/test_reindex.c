/* test_reindex.c - is an index built anew the one that its documents make, and the old one until
 * then? */
#include "harness/world.h"

#include "maintain/reindex.h"

#include <stdio.h>
#include <stdlib.h>

/* Other types, another analyzer, a field less, and one that documents have held all along. */
static const char other[] = "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
                            "{\"name\":\"extra\",\"type\":\"text\"},"
                            "{\"name\":\"body\",\"type\":\"text\",\"options\":{\"stem\":\"off\"}},"
                            "{\"name\":\"n\",\"type\":\"f64\"},"
                            "{\"name\":\"when\",\"type\":\"keyword\",\"column\":true}]}";

static prism_schema *schema_of(const char *text) {
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_schema_from_json(text, strlen(text), &schema, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    return schema;
}

typedef struct run {
    fault_dir fault;
    test_alloc alloc;
    prs_reindex_args args;
    prism_index_opts opts;
} run;

/* A core over a disk that knows nothing but its directory. */
static prs_core *bare_core(run *r, prs_dir *disk) {
    prism_allocator hook = test_alloc_hook(&r->alloc);
    prs_core *core;
    r->opts = (prism_index_opts)PRISM_INDEX_OPTS_INIT;
    r->opts.allocator = &hook;
    fault_dir_init(&r->fault, disk);
    ck_assert_int_eq(prs_core_new(&r->opts, &core, NULL), PRISM_OK);
    core->dir = &r->fault.base;
    return core;
}

static run new_run(void) {
    run r;
    memset(&r, 0, sizeof r);
    r.args = (prs_reindex_args){.opts = &r.opts, .memory = PRS_WRITER_MIN_MEMORY, .durable = true};
    return r;
}

/* Reindex the closed world in place under a schema, NULL = the same. */
static prism_status reindex(world *w, run *r, const char *text, uint64_t *generation,
                            prism_error *err) {
    prism_schema *schema = text != NULL ? schema_of(text) : NULL;
    size_t more = r->alloc.fail_at;
    uint64_t own;
    r->alloc.fail_at = 0;
    prs_core *core = bare_core(r, w->disk);
    r->alloc.fail_at = more != 0 ? atomic_load(&r->alloc.calls) + more : 0;
    r->args.schema = schema;
    r->args.opts = &r->opts;
    prism_status status =
        prs_reindex_cores(core, core, &r->args, generation != NULL ? generation : &own, err);
    prs_core_unref(core);
    prs_schema_unref(schema);
    test_alloc_check_empty(&r->alloc);
    return status;
}

/* Two segments, a deleted document, a replaced one, a payload; closed. */
static void make_old(world *w) {
    world_make(w, world_schema);
    w->writer->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 0; i < 6; i++) {
        world_put(w,
                  "{\"id\":\"a%u\",\"body\":\"running words %u\",\"n\":%u,\"when\":\"2025-01-0%u\","
                  "\"extra\":\"kept\"}",
                  i, i, i, i + 1);
        if (i == 2) world_commit(w);
    }
    world_delete(w, "a4");
    world_put(w, "{\"id\":\"a0\",\"n\":9}");
    ck_assert_int_eq(prism_writer_commit(w->writer, "pay", 3, NULL, NULL), PRISM_OK);
    world_close(w);
}

static int append(void *ctx, uint64_t gdoc, const char *json, size_t len) {
    (void)gdoc;
    strncat(ctx, json, len);
    return 0;
}

/* All documents of the newest commit, of malloc. */
static char *all_of(world *w) {
    char *text = calloc(1, 4096);
    prism_snapshot *snap = world_snapshot(w);
    ck_assert_int_eq(prism_document_each(snap, append, text, NULL), PRISM_OK);
    prs_snapshot_unref(snap);
    return text;
}

static const char documents[] = "{\"id\":\"a1\",\"body\":\"running words "
                                "1\",\"n\":1,\"when\":\"2025-01-02\",\"extra\":\"kept\"}"
                                "{\"id\":\"a2\",\"body\":\"running words "
                                "2\",\"n\":2,\"when\":\"2025-01-03\",\"extra\":\"kept\"}"
                                "{\"id\":\"a3\",\"body\":\"running words "
                                "3\",\"n\":3,\"when\":\"2025-01-04\",\"extra\":\"kept\"}"
                                "{\"id\":\"a5\",\"body\":\"running words "
                                "5\",\"n\":5,\"when\":\"2025-01-06\",\"extra\":\"kept\"}"
                                "{\"id\":\"a0\",\"n\":9}";

static uint32_t docs_with(const prism_snapshot *snap, const char *name) {
    const prs_field *field = prs_schema_field(snap->schema, name, strlen(name));
    uint32_t n = 0;
    ck_assert_ptr_nonnull(field);
    for (uint32_t i = 0; i < snap->n_leaves; i++)
        n += snap->leaves[i].segment->fields[field->no].n_docs_with;
    return n;
}

static void check_documents(world *w) {
    char *text = all_of(w);
    ck_assert_str_eq(text, documents);
    free(text);
    ck_assert_uint_eq(world_check(w, PRISM_CHECK_DEEP), 0);
}

START_TEST(the_same_schema_makes_the_same_index) {
    world w;
    uint64_t generation;
    size_t len;
    run r = new_run();
    make_old(&w);
    world_open(&w, false);
    prism_snapshot *before = world_snapshot(&w), *after;
    ck_assert_int_eq(reindex(&w, &r, NULL, &generation, NULL), PRISM_OK);
    ck_assert_uint_eq(generation, before->generation + 1);
    ck_assert_int_eq(prs_snapshot_open(w.index.core, before, &after, NULL), PRISM_OK);
    ck_assert_mem_eq(after->uuid, before->uuid, 16);
    ck_assert_ptr_eq(after->recipe, before->recipe);
    ck_assert_mem_eq(prism_snapshot_payload(after, &len), "pay", 3);
    ck_assert_uint_eq(len, 3);
    ck_assert_uint_eq(after->n_deleted, 0);
    ck_assert_uint_eq(after->n_leaves, 1);
    ck_assert_uint_gt(before->n_deleted, 0); /* still readable */
    ck_assert_uint_eq(docs_with(after, "body"), 4);
    ck_assert_uint_ge(after->leaves[0].segment->arrival_base, before->manifest.next_arrival);
    prs_snapshot_unref(after);
    prs_snapshot_unref(before);
    check_documents(&w);
    world_close(&w);
    world_open(&w, true); /* and life goes on: the old segments go with their commit */
    world_put(&w, "{\"id\":\"new\"}");
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 6);
    ck_assert_uint_eq(world_delete(&w, "a3"), 1);
    world_commit(&w);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

START_TEST(another_schema_finds_other_things) {
    world w;
    run r = new_run();
    prs_term_info info;
    bool found;
    static const uint8_t stem[] = "\1run", whole[] = "\1running";
    make_old(&w);
    ck_assert_int_eq(reindex(&w, &r, other, NULL, NULL), PRISM_OK);
    world_open(&w, false);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(snap->schema->n_fields, 5);
    ck_assert_uint_eq(docs_with(snap, "extra"), 4); /* unknown before, a field now */
    ck_assert_uint_eq(docs_with(snap, "n"), 5);
    ck_assert_uint_eq(docs_with(snap, "when"), 4);
    const prs_terms *terms = &snap->leaves[0].segment->fields[2].terms;
    ck_assert_int_eq(prs_terms_find(terms, prs_bytes_of(whole, sizeof whole - 1), &info, &found,
                                    NULL),
                     PRISM_OK);
    ck_assert(found);
    ck_assert_int_eq(
        prs_terms_find(terms, prs_bytes_of(stem, sizeof stem - 1), &info, &found, NULL), PRISM_OK);
    ck_assert(!found);
    prs_snapshot_unref(snap);
    check_documents(&w);
    world_end(&w);
}
END_TEST

START_TEST(values_that_nobody_kept_are_not_lost_by_accident) {
    static const char lossy[] =
        "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
        "{\"name\":\"u\",\"type\":\"text\",\"stored\":false},"
        "{\"name\":\"v\",\"type\":\"i64\",\"stored\":false}]}",
                      less[] = "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
                               "{\"name\":\"v\",\"type\":\"i64\"}]}",
                      none[] = "{\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"}]}";
    world w;
    run r = new_run();
    prism_error err = PRISM_ERROR_INIT;
    world_make(&w, lossy);
    world_put(&w, "{\"id\":\"a\",\"u\":\"words\",\"v\":3}");
    world_commit(&w);
    world_close(&w);
    ck_assert_int_eq(reindex(&w, &r, NULL, NULL, &err), PRISM_EINVAL);
    ck_assert_str_eq(err.text, "fields u, v are not stored: their values would be lost");
    ck_assert_int_eq(reindex(&w, &r, less, NULL, &err), PRISM_EINVAL);
    ck_assert_str_eq(err.text, "field v is not stored: its values would be lost");
    world_open(&w, false);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(docs_with(snap, "u"), 1);
    prs_snapshot_unref(snap);
    world_close(&w);
    r.args.drop_unstored = true;
    ck_assert_int_eq(reindex(&w, &r, NULL, NULL, NULL), PRISM_OK);
    world_open(&w, false);
    snap = world_snapshot(&w);
    ck_assert_uint_eq(docs_with(snap, "u"), 0);
    ck_assert_uint_eq(prism_snapshot_documents(snap), 1);
    prs_snapshot_unref(snap);
    world_close(&w);
    r.args.drop_unstored = false;
    ck_assert_int_eq(reindex(&w, &r, none, NULL, NULL), PRISM_OK); /* they are no fields any more */
    world_end(&w);
}
END_TEST

START_TEST(a_document_that_does_not_fit_is_named) {
    static const char strict[] =
        "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
        "{\"name\":\"extra\",\"type\":\"i64\"}]}";
    world w;
    run r = new_run();
    prism_error err = PRISM_ERROR_INIT;
    make_old(&w);
    ck_assert_int_eq(reindex(&w, &r, strict, NULL, &err), PRISM_EREJECTED);
    ck_assert_str_eq(err.text, "document a1: field extra: \"kept\" is not a value of type i64");
    world_open(&w, false);
    check_documents(&w);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(snap->schema->n_fields, 7);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(under_another_key_the_last_one_wins) {
    static const char by_lang[] =
        "{\"key\":\"lang\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
        "{\"name\":\"lang\",\"type\":\"keyword\"}]}";
    world w;
    run r = new_run();
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 7; i++)
        world_put(&w, "{\"id\":\"%u\",\"lang\":\"%s\"}", i, i % 2 == 0 ? "en" : "zh");
    world_commit(&w);
    world_close(&w);
    ck_assert_int_eq(reindex(&w, &r, by_lang, NULL, NULL), PRISM_OK);
    world_open(&w, false);
    ck_assert_uint_eq(world_count(&w), 2);
    char *en = world_get(&w, "en");
    ck_assert_str_eq(en, "{\"id\":\"6\",\"lang\":\"en\"}");
    free(en);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

static int stop(void *ctx, uint64_t done, uint64_t total) {
    uint32_t *calls = ctx;
    ck_assert_uint_le(done, total);
    ck_assert_uint_eq(total, 5);
    return ++*calls == 2;
}

START_TEST(cancelled_or_locked_it_changes_nothing) {
    world w;
    run r = new_run();
    uint32_t calls = 0;
    make_old(&w);
    r.args.progress = stop;
    r.args.progress_ctx = &calls;
    ck_assert_int_eq(reindex(&w, &r, other, NULL, NULL), PRISM_ECANCELED);
    r.args.progress = NULL;
    world_open(&w, true);
    check_documents(&w);
    ck_assert_int_eq(reindex(&w, &r, other, NULL, NULL), PRISM_EBUSY);
    world_put(&w, "{\"id\":\"b\"}");
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 6);
    world_end(&w);
}
END_TEST

/* ---- elsewhere ------------------------------------------------------------------------------- */

typedef struct elsewhere {
    world w;     /* the source */
    world to;    /* its disk is the target */
    run from, r; /* of source and target */
} elsewhere;

static void begin_elsewhere(elsewhere *e) {
    memset(e, 0, sizeof *e);
    make_old(&e->w);
    prs_mem_init(&e->to.disk_mem, NULL);
    ck_assert_int_eq(prs_dir_mem_new(&e->to.disk_mem, &e->to.disk, NULL), PRISM_OK);
    e->to.options = e->w.options;
    e->from = new_run();
    e->r = new_run();
}

static void end_elsewhere(elsewhere *e) {
    world_end(&e->to);
    world_end(&e->w);
}

static prism_status copy(elsewhere *e, prism_error *err) {
    prism_schema *schema = schema_of(other);
    prs_core *from = bare_core(&e->from, e->w.disk), *to = bare_core(&e->r, e->to.disk);
    uint64_t generation = 0;
    e->r.args.schema = schema;
    e->r.args.opts = &e->r.opts;
    prism_status status = prs_reindex_cores(from, to, &e->r.args, &generation, err);
    if (status == PRISM_OK) ck_assert_uint_eq(generation, 1);
    prs_core_unref(to);
    prs_core_unref(from);
    prs_schema_unref(schema);
    test_alloc_check_empty(&e->from.alloc);
    test_alloc_check_empty(&e->r.alloc);
    return status;
}

START_TEST(elsewhere_it_is_another_index) {
    elsewhere e;
    size_t len;
    begin_elsewhere(&e);
    ck_assert_int_eq(copy(&e, NULL), PRISM_OK);
    world_open(&e.w, false);
    world_open(&e.to, true);
    prism_snapshot *a = world_snapshot(&e.w), *b = world_snapshot(&e.to);
    ck_assert(memcmp(a->uuid, b->uuid, 16) != 0);
    ck_assert_uint_eq(a->schema->n_fields, 7);
    ck_assert_uint_eq(b->schema->n_fields, 5);
    ck_assert_uint_eq(b->manifest.next_arrival, 5);
    ck_assert_mem_eq(prism_snapshot_payload(b, &len), "pay", 3);
    prs_snapshot_unref(a);
    prs_snapshot_unref(b);
    check_documents(&e.w);
    check_documents(&e.to);
    world_close(&e.to);
    ck_assert_int_eq(copy(&e, NULL), PRISM_EEXISTS);
    end_elsewhere(&e);
}
END_TEST

START_TEST(elsewhere_there_is_no_index_until_it_is_whole) {
    uint32_t n_failed = 0;
    for (uint64_t at = 1;; at++) {
        elsewhere e;
        prism_error err = PRISM_ERROR_INIT;
        uint64_t generation;
        begin_elsewhere(&e);
        prs_core *from = bare_core(&e.from, e.w.disk), *to = bare_core(&e.r, e.to.disk);
        e.r.fault.fail_at = at;
        e.r.args.opts = &e.r.opts;
        prism_status status = prs_reindex_cores(from, to, &e.r.args, &generation, &err);
        bool failed = e.r.fault.n_failed > 0;
        prs_core_unref(to);
        prs_core_unref(from);
        prs_listing listing;
        ck_assert_int_eq(prs_listing_read(&listing, e.to.disk, NULL), PRISM_OK);
        if (status == PRISM_OK) {
            ck_assert_uint_eq(listing.newest, 1);
        } else if (status != PRISM_EUNKNOWN) {
            ck_assert(failed && listing.newest == 0);
        }
        n_failed += status != PRISM_OK;
        prs_listing_fini(&listing);
        if (status == PRISM_OK) {
            world_open(&e.to, false);
            check_documents(&e.to);
        }
        world_open(&e.w, false);
        check_documents(&e.w);
        end_elsewhere(&e);
        if (!failed) break;
    }
    ck_assert_uint_gt(n_failed, 10);
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

/* The old index or the new one, whole. */
static bool is_new(world *w) {
    prism_snapshot *snap = world_snapshot(w);
    bool is = snap->schema->n_fields == 5;
    ck_assert_uint_eq(snap->schema->n_fields, is ? 5 : 7);
    ck_assert_uint_eq(docs_with(snap, "body"), is ? 4 : 6); /* deleted ones count until a merge */
    prs_snapshot_unref(snap);
    check_documents(w);
    return is;
}

START_TEST(each_call_of_the_storage_fails) {
    uint32_t n_old = 0, n_unknown = 0;
    for (uint64_t at = 1;; at++) {
        world w;
        run r = new_run();
        uint64_t generation;
        prism_error err = PRISM_ERROR_INIT;
        make_old(&w);
        prism_schema *schema = schema_of(other);
        prs_core *core = bare_core(&r, w.disk);
        r.fault.fail_at = at;
        r.fault.fail_on = at % 3 == 0;
        r.fault.status = at % 2 == 0 ? PRISM_EIO : PRISM_ENOSPC;
        r.args.schema = schema;
        r.args.opts = &r.opts;
        prism_status status = prs_reindex_cores(core, core, &r.args, &generation, &err);
        bool failed = r.fault.n_failed > 0;
        if (status != PRISM_OK) ck_assert_int_eq(err.code, status);
        r.fault.fail_at = 0;
        prs_core_unref(core);
        prs_schema_unref(schema);
        test_alloc_check_empty(&r.alloc);
        world_open(&w, true); /* a writer cleans up what was left */
        if (status == PRISM_EUNKNOWN) {
            n_unknown++;
            (void)is_new(&w);
        } else if (status != PRISM_OK) {
            n_old++;
            ck_assert(failed && status == r.fault.status && !is_new(&w));
        } else {
            ck_assert(is_new(&w));
        }
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
        run r = new_run();
        make_old(&w);
        r.alloc.fail_at = more;
        prism_status status = reindex(&w, &r, other, NULL, NULL);
        bool refused = atomic_load(&r.alloc.calls) >= r.alloc.fail_at;
        world_open(&w, false);
        if (status != PRISM_OK) {
            n_failed++;
            ck_assert(refused && status == PRISM_ENOMEM && !is_new(&w));
        } else {
            ck_assert(is_new(&w));
        }
        world_end(&w);
        if (!refused) break;
    }
    ck_assert_uint_gt(n_failed, 50);
}
END_TEST

/* The same over several flushes, from another key and from none.  Two see to it: the put replaces
 * what is flushed, and the merge into one segment takes out what was left; either would do. */
START_TEST(the_last_one_wins_over_flushes) {
    enum { DOCS = 6, WORDS = 25000 }; /* more words than one flush takes */
    static const char by_lang[] =
        "{\"key\":\"lang\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
        "{\"name\":\"lang\",\"type\":\"keyword\"},{\"name\":\"body\",\"type\":\"text\"}]}";
    static const char no_key[] =
        "{\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
        "{\"name\":\"lang\",\"type\":\"keyword\"},{\"name\":\"body\",\"type\":\"text\"}]}";
    const char *const before[] = {world_schema, no_key};
    size_t cap = WORDS * 12 + 100;
    char *json = malloc(cap);
    for (size_t k = 0; k < PRS_COUNT(before); k++) {
        world w;
        run r = new_run();
        world_make(&w, before[k]);
        for (uint32_t i = 0; i < DOCS; i++) {
            size_t len = (size_t)snprintf(json, cap, "{\"id\":\"%u\",\"lang\":\"%s\",\"body\":\"",
                                          i, i % 2 == 0 ? "en" : "zh");
            for (uint32_t j = 0; j < WORDS; j++)
                len += (size_t)snprintf(json + len, cap - len, "w%ux%u ", j, i);
            len += (size_t)snprintf(json + len, cap - len, "\"}");
            ck_assert_uint_lt(len, cap);
            ck_assert_int_eq(prism_writer_put_json(w.writer, json, len, 0, NULL), PRISM_OK);
        }
        world_commit(&w);
        world_close(&w);
        ck_assert_int_eq(reindex(&w, &r, by_lang, NULL, NULL), PRISM_OK);
        world_open(&w, false);
        ck_assert_uint_eq(world_count(&w), 2);
        char *zh = world_get(&w, "zh");
        ck_assert_ptr_nonnull(strstr(zh, "{\"id\":\"5\""));
        free(zh);
        world_end(&w);
    }
    free(json);
}
END_TEST

TEST_SUITE(reindex, the_same_schema_makes_the_same_index, another_schema_finds_other_things,
           values_that_nobody_kept_are_not_lost_by_accident, a_document_that_does_not_fit_is_named,
           under_another_key_the_last_one_wins, cancelled_or_locked_it_changes_nothing,
           elsewhere_it_is_another_index, elsewhere_there_is_no_index_until_it_is_whole,
           each_call_of_the_storage_fails, each_allocation_fails, the_last_one_wins_over_flushes)
