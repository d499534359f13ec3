/* fuzz_json.c - can any document or schema make the writing side crash or contradict itself?
 *
 *   byte 0   bits 0-1  0, 1 document, 2 schema, 3 document under the default schema
 *            bit 2     strict
 *            bit 3     several documents, one a line
 *   rest     the text
 *
 * States    - A document is taken or refused with EPARSE, EREJECTED or ELIMIT, and refusing leaves
 *             no trace.
 *           - What was taken can be committed, passes the deep check of its index (which analyzes
 *             the stored documents again), and merges.
 *           - A schema that was read, written and read again is the same schema, and an index can
 *             be made of it, or it is refused with EINVAL or EUNSUPPORTED. */
#include "fuzz.h"

#include "maintain/check.h"
#include "index/core.h"
#include "write/writer.h"

#include <stdio.h>
#include <string.h>

static const char own_schema[] = "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":"
                                 "\"keyword\"},{\"name\":\"title\",\"type\":\"text\",\"boost\":2},"
                                 "{\"name\":\"body\",\"type\":\"text\",\"many\":true},{\"name\":"
                                 "\"tags\",\"type\":\"keyword\",\"many\":true,\"column\":true},"
                                 "{\"name\":\"n\",\"type\":\"i64\",\"many\":true},{\"name\":\"x\","
                                 "\"type\":\"f64\"},{\"name\":\"ok\",\"type\":\"bool\"},"
                                 "{\"name\":\"when\",\"type\":\"date\"},{\"name\":\"raw\",\"type\":"
                                 "\"text\",\"analyzer\":\"whitespace\"}]}";

static prs_core *new_core(const prism_schema *schema, prism_status *status, prism_error *err) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_allocator hook = fuzz_allocator();
    prs_core *core;
    opts.allocator = &hook;
    opts.in_memory = 1;
    *status = prs_core_create(&opts, "fuzz", schema, &core, err);
    return core;
}

static void tell(void *ctx, const prism_error *finding) {
    (void)ctx;
    if (finding->code != PRISM_OK) fuzz_fail("check finds damage in a new index", finding);
}

/* By a core of its own over the same directory. */
static void check(prs_core *core) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prs_check job = {.level = PRISM_CHECK_DEEP, .each = tell};
    bool pread = core->dir->pread;
    fuzz_must(prs_core_new(&opts, &job.core, &err), &err, "core");
    job.core->dir = core->dir;
    fuzz_must(prs_check_run(&job, &err), &err, "check");
    job.core->dir = NULL;
    prs_core_unref(job.core);
    core->dir->pread = pread;
}

static uint64_t put_lines(prism_writer *writer, const char *text, size_t len, bool lines) {
    uint64_t n = 0;
    while (len > 0) {
        const char *end = lines ? memchr(text, '\n', len) : NULL;
        size_t part = end != NULL ? (size_t)(end - text) : len;
        prism_error err = PRISM_ERROR_INIT;
        prism_status status = prism_writer_put_json(writer, text, part, 0, &err);
        if (status == PRISM_OK)
            n++;
        else if (status != PRISM_EPARSE && status != PRISM_EREJECTED && status != PRISM_ELIMIT)
            fuzz_fail("an odd error for a bad document", &err);
        if (end == NULL) break;
        len -= part + 1;
        text = end + 1;
    }
    return n;
}

static void put_documents(prs_core *core, const char *text, size_t len, unsigned flags) {
    prism_error err = PRISM_ERROR_INIT;
    prs_writer_options options = {.memory = PRS_WRITER_MIN_MEMORY,
                                  .keep_commits = 1,
                                  .max_segments = PRISM_NO_MERGE,
                                  .strict_schema = (flags & 4) != 0};
    prism_writer *writer;
    fuzz_must(prs_writer_open(core, &options, &writer, &err), &err, "writer");
    uint64_t n = put_lines(writer, text, len, (flags & 8) != 0);
    fuzz_must(prism_writer_commit(writer, NULL, 0, NULL, &err), &err, "commit");
    if (n > 0) {
        check(core);
        (void)put_lines(writer, text, len, (flags & 8) != 0); /* all are replaced */
        fuzz_must(prism_writer_commit(writer, NULL, 0, NULL, &err), &err, "commit again");
        fuzz_must(prism_writer_merge(writer, 1, NULL, NULL, &err), &err, "merge");
        check(core);
    }
    prism_writer_close(writer);
}

static void read_document(const char *text, size_t len, unsigned flags) {
    static prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status;
    if (schema == NULL)
        fuzz_must(prism_schema_from_json(own_schema, sizeof own_schema - 1, &schema, &err), &err,
                  "schema");
    prs_core *core = new_core((flags & 3) == 3 ? NULL : schema, &status, &err);
    fuzz_must(status, &err, "create");
    put_documents(core, text, len, flags);
    prs_core_unref(core);
}

static void read_schema(const char *text, size_t len) {
    static const char document[] =
        "{\"id\":\"1\",\"title\":\"one two\",\"body\":\"数据 x\",\"a\":\"b\"}";
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema, *again;
    const char *json, *json_again;
    size_t json_len, again_len;
    prism_status status = prism_schema_from_json(text, len, &schema, &err);
    if (status == PRISM_EPARSE || status == PRISM_EINVAL || status == PRISM_ELIMIT) return;
    fuzz_must(status, &err, "an odd error for a bad schema");
    fuzz_must(prism_schema_to_json(schema, &json, &json_len, &err), &err, "schema to JSON");
    fuzz_must(prism_schema_from_json(json, json_len, &again, &err), &err, json);
    fuzz_must(prism_schema_to_json(again, &json_again, &again_len, &err), &err, "to JSON again");
    if (json_len != again_len || memcmp(json, json_again, json_len) != 0)
        fuzz_fail("a schema is another one after JSON", NULL);
    prism_schema_unref(again);
    prs_core *core = new_core(schema, &status, &err);
    if (status == PRISM_OK) {
        put_documents(core, document, sizeof document - 1, 0);
        prs_core_unref(core);
    } else if (status != PRISM_EINVAL && status != PRISM_EUNSUPPORTED) {
        fuzz_fail("an odd error for an odd schema", &err);
    }
    prism_schema_unref(schema);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    if ((data[0] & 3) == 2)
        read_schema((const char *)data + 1, size - 1);
    else
        read_document((const char *)data + 1, size - 1, data[0]);
    return 0;
}
