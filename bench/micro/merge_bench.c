/* merge_bench.c - how fast do segments become one?
 *
 *     merge_bench [--json] [--rounds N] [--only TEXT] DIRECTORY
 *
 * Structure   In DIRECTORY, an empty folder on the file system that is to be measured, 8,000
 *             documents of the generated corpus in as many segments as the way says are merged into
 *             one.  Building them is outside the time.  Documents a second, over the way with 2
 *             segments; beside it the way that also drops every tenth document, and what putting
 *             the same documents costs altogether.  No fsync.
 * Why so      The public calls, because a merge is made of all its parts: reading, verifying,
 *             lists, dictionary, stored documents, writing. */
#include "micro.h"

#include "../zipf.h"

#include <prismsearch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DOCS = 8000 };

typedef struct merge_bench {
    const char *directory;
    char *text;
    size_t ends[DOCS];
    unsigned segments;
    bool drops;
    unsigned n_made; /* indexes, for their names */
    prism_index *index;
    prism_writer *writer;
} merge_bench;

static void close_index(merge_bench *b) {
    prism_writer_close(b->writer);
    prism_index_close(b->index);
    b->writer = NULL;
    b->index = NULL;
}

static void put(merge_bench *b, unsigned from, unsigned to) {
    for (unsigned i = from; i < to; i++) {
        size_t start = i == 0 ? 0 : b->ends[i - 1];
        micro_need(prism_writer_put_json(b->writer, b->text + start, b->ends[i] - start,
                                         PRISM_PUT_REPLACE, NULL) == PRISM_OK,
                   "put");
    }
    micro_need(prism_writer_commit(b->writer, NULL, 0, NULL, NULL) == PRISM_OK, "commit");
}

static void open_index(merge_bench *b) {
    char path[4096];
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    opts.non_durable = 1;
    opts.max_segments = PRISM_NO_MERGE;
    opts.keep_commits = 1;
    snprintf(path, sizeof path, "%s/%u", b->directory, b->n_made % 2); /* the last one's files go */
    b->n_made++;
    (void)prism_index_open(path, NULL, &b->index, NULL);
    if (b->index == NULL)
        micro_need(prism_index_create(path, NULL, NULL, &b->index, NULL) == PRISM_OK, path);
    micro_need(prism_writer_open(b->index, &opts, &b->writer, NULL) == PRISM_OK, path);
}

/* Nothing in it, whatever was there. */
static void empty_index(merge_bench *b) {
    prism_query *all = NULL;
    micro_need(prism_query_parse(prism_index_schema(b->index), "*:*", 3, NULL, &all, NULL) ==
                       PRISM_OK &&
                   prism_writer_delete_query(b->writer, all, NULL, NULL) == PRISM_OK &&
                   prism_writer_merge(b->writer, 1, NULL, NULL, NULL) == PRISM_OK,
               "emptying");
    prism_query_unref(all);
}

static void prepare_index(merge_bench *b) {
    close_index(b);
    open_index(b);
    empty_index(b);
}

static void prepare(void *ctx) {
    merge_bench *b = ctx;
    prepare_index(b);
    for (unsigned i = 0; i < b->segments; i++)
        put(b, DOCS / b->segments * i, DOCS / b->segments * (i + 1));
    for (unsigned i = 0; i < DOCS && b->drops; i += 10) {
        char key[16];
        int len = snprintf(key, sizeof key, "z%09u", i);
        micro_need(prism_writer_delete(b->writer, key, (size_t)len, NULL, NULL) == PRISM_OK,
                   "delete");
    }
    micro_need(prism_writer_commit(b->writer, NULL, 0, NULL, NULL) == PRISM_OK, "commit");
}

static uint64_t merge(void *ctx) {
    merge_bench *b = ctx;
    micro_need(prism_writer_merge(b->writer, 1, NULL, NULL, NULL) == PRISM_OK, "merge");
    return 1;
}

static void prepare_empty(void *ctx) {
    prepare_index(ctx);
}

static uint64_t put_all(void *ctx) {
    put(ctx, 0, DOCS);
    return 1;
}

static char *make_corpus(size_t *ends) {
    zipf_options options = ZIPF_OPTIONS_INIT;
    zipf *z = zipf_new(&options);
    size_t len = 0;
    char *text = malloc(DOCS * 1024 + ZIPF_MAX_DOCUMENT);
    micro_need(z != NULL && text != NULL, "out of memory");
    for (unsigned i = 0; i < DOCS; i++) {
        micro_need(len <= DOCS * 1024, "documents are longer than thought");
        ends[i] = len += zipf_document(z, i, text + len);
    }
    zipf_free(z);
    return text;
}

int main(int argc, char **argv) {
    static merge_bench b[4];
    static const unsigned segments[4] = {2, 8, 8, 1};
    static char directories[4][4000];
    micro_frame m;
    if (!micro_begin(&m, "merge", &argc, argv) || argc != 2) {
        fputs("usage: merge_bench [--json] [--rounds N] DIRECTORY\n", stderr);
        return 2;
    }
    for (unsigned i = 0; i < 4; i++) {
        snprintf(directories[i], sizeof directories[i], "%s/way%u", argv[1], i);
        b[i].directory = directories[i];
        b[i].text = i == 0 ? make_corpus(b[0].ends) : b[0].text;
        memcpy(b[i].ends, b[0].ends, sizeof b[0].ends);
        b[i].segments = segments[i];
        b[i].drops = i == 2;
    }
    micro_way ways[] = {{"2 segments", merge, prepare, &b[0], DOCS},
                        {"8 segments", merge, prepare, &b[1], DOCS},
                        {"8, a tenth drops", merge, prepare, &b[2], DOCS},
                        {"put", put_all, prepare_empty, &b[3], DOCS}};
    if (m.rounds == 15) m.rounds = 7; /* building takes its time */
    micro_compare(&m, "merge", "docs", ways, 4);
    for (unsigned i = 0; i < 4; i++) close_index(&b[i]);
    free(b[0].text);
    return micro_end(&m);
}
