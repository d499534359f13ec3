/* fuzz_open.c - can any bytes in the files of an index, with any query, make a reader, check or a
 * merge crash or lie?
 *
 *   byte 0   bits 0-1  checksums lazy, eager, off, off
 *            bit 2     make all checksums right again
 *            bit 3     read with pread
 *            bit 4     write to it afterwards
 *            bit 5     the index of many documents
 *            bit 6     the deep check
 *            bit 7     the index with an order and pairs of stop words
 *   byte 1   number of edits, modulo 33
 *   then     edits of 6 bytes: file, section (or header, directory, footer), place (2), operation,
 *            value
 *   rest     a query, read leniently; with none, a dozen fixed ones are asked
 *
 * Bytes of the index and the query change together: LLVMFuzzerCustomMutator knows the shape, moves
 * edits between sections, breaks query texts at their tokens, and mostly leaves bit 2 set
 * (fuzz_image.c mends).
 *
 * States    - Whatever is damaged is an error or an answer, never a crash.
 *           - No small file asks for a large block.
 *           - If check finds nothing, searching pruned is searching exhaustively, and a merge
 *             succeeds. */
#include "fuzz_image.h"

#include "maintain/check.h"
#include "index/core.h"
#include "index/snapshot.h"
#include "write/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fuzz_image images[3];

static const char *const queries[] = {"chip cloud the",
                                      "+a b -c",
                                      "\"b b\"",
                                      "数据中心",
                                      "\"数据 the\"",
                                      "\"chip the power\"~3",
                                      "c* p*",
                                      "tags:t1 a",
                                      "title:cloud^3 body:chip",
                                      "wi-fi C++",
                                      "*:* -b",
                                      "a OR (b AND c)",
                                      "\"of the chip\"",
                                      "n:[5 TO 50] \"to the\""};
enum { N_QUERIES = sizeof queries / sizeof queries[0] };

static prs_core *open_core(const fuzz_image *im, unsigned flags) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_allocator hook = fuzz_allocator();
    prs_core *core;
    prism_error err = PRISM_ERROR_INIT;
    opts.allocator = &hook;
    opts.checksums = (flags & 3) == 3 ? PRISM_CHECKSUMS_OFF : (prism_checksums)(flags & 3);
    fuzz_must(prs_core_new(&opts, &core, &err), &err, "core");
    core->dir = fuzz_image_dir(im, &core->mem);
    core->dir->pread = (flags & 8) != 0;
    return core;
}

/* Damage may be told in many ways, but it is not a lack of memory, and not nothing. */
static bool good(prism_status status, const prism_error *err) {
    if (status == PRISM_ENOMEM || status == PRISM_EIO) fuzz_fail("an odd error for damage", err);
    return status == PRISM_OK;
}

static int count_term(void *ctx, const char *term, size_t len, const char *kind, uint64_t df,
                      uint64_t cf) {
    (void)term;
    (void)kind;
    *(uint64_t *)ctx += len + df + cf;
    return 0;
}

static void look_around(prism_snapshot *snap) {
    static const char *const fields[] = {"title", "body", "id", "tags"};
    prism_error err = PRISM_ERROR_INIT;
    char *json;
    uint64_t n = prism_snapshot_documents(snap) + prism_snapshot_deleted(snap), sum = 0, gdoc;
    if (good(prism_snapshot_info(snap, &json, &err), &err)) prism_free_text(json);
    for (size_t f = 0; f < 4; f++)
        (void)good(prism_snapshot_terms(snap, fields[f], "", 0, count_term, &sum, &err), &err);
    for (uint64_t d = 0; d < n; d += n / 8 + 1) {
        size_t len;
        if (good(prism_document_get(snap, d, &json, &len, &err), &err)) prism_free_text(json);
    }
    (void)good(prism_document_find(snap, "k3", 2, &gdoc, &err), &err);
    (void)good(prism_document_find(snap, "nobody", 6, &gdoc, &err), &err);
}

static prism_hits *search(prism_snapshot *snap, const prism_query *query, int exhaustive,
                          uint32_t k) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits;
    opts.exhaustive = exhaustive;
    opts.k = k;
    opts.count = exhaustive ? PRISM_COUNT_EXACT : PRISM_COUNT_NONE;
    return good(prism_search(snap, query, &opts, &hits, &err), &err) ? hits : NULL;
}

static void show_snippets(prism_snapshot *snap, const prism_query *query, const prism_hits *hits) {
    for (uint32_t i = 0; i < prism_hits_count(hits) && i < 3; i++) {
        prism_error err = PRISM_ERROR_INIT;
        prism_hit hit;
        prism_snippet *snippet;
        prism_hits_get(hits, i, &hit);
        if (good(prism_snippet_make(snap, query, hit.gdoc, "body", NULL, &snippet, &err), &err))
            prism_snippet_free(snippet);
    }
}

static void compare(const prism_hits *all, const prism_hits *few, uint32_t k) {
    uint32_t n = prism_hits_count(all) < k ? prism_hits_count(all) : k;
    if (prism_hits_count(few) != n) fuzz_fail("pruning finds another number", NULL);
    for (uint32_t i = 0; i < n; i++) {
        prism_hit a, b;
        prism_hits_get(all, i, &a);
        prism_hits_get(few, i, &b);
        if (a.gdoc != b.gdoc || a.raw_score != b.raw_score) fuzz_fail("pruning finds others", NULL);
    }
}

static void search_one(prism_snapshot *snap, const char *text, size_t len, bool sound) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query;
    prism_status status =
        prism_query_parse(prism_snapshot_schema(snap), text, len, NULL, &query, &err);
    if (status == PRISM_ELIMIT) return;
    fuzz_must(status, &err, "parse");
    prism_hits *all = search(snap, query, 1, 10000), *few = search(snap, query, 0, 3);
    if (sound && (all == NULL || few == NULL)) fuzz_fail("a sound index is not searched", NULL);
    if (sound) compare(all, few, 3);
    if (all != NULL) show_snippets(snap, query, all);
    prism_hits_free(all);
    prism_hits_free(few);
    prism_query_unref(query);
}

static void search_around(prism_snapshot *snap, prs_bytes query, bool sound) {
    if (query.len > 0) {
        search_one(snap, (const char *)query.ptr, query.len, sound);
        return;
    }
    for (size_t i = 0; i < N_QUERIES; i++) search_one(snap, queries[i], strlen(queries[i]), sound);
}

/* Number of findings of a check, which knows nothing of how the index was opened. */
static uint64_t check(const fuzz_image *im, prism_check_level level) {
    prism_error err = PRISM_ERROR_INIT;
    prs_check job = {.core = open_core(im, 0), .level = level};
    prism_status status = prs_check_run(&job, &err);
    prs_core_unref(job.core);
    return good(status, &err) ? job.n_findings : 1;
}

static void write_to_it(prs_core *core, bool sound) {
    prism_error err = PRISM_ERROR_INIT;
    prs_writer_options options = {
        .memory = PRS_WRITER_MIN_MEMORY, .keep_commits = 1, .max_segments = PRISM_NO_MERGE};
    prism_writer *writer;
    prism_status status = prs_writer_open(core, &options, &writer, &err);
    if (status == PRISM_OK)
        status = prism_writer_put_json(writer, "{\"id\":\"k7\",\"body\":\"a chip\"}", 27, 0, &err);
    if (status == PRISM_OK) status = prism_writer_delete(writer, "k8", 2, NULL, &err);
    if (status == PRISM_OK) status = prism_writer_commit(writer, NULL, 0, NULL, &err);
    if (status == PRISM_OK) status = prism_writer_merge(writer, 1, NULL, NULL, &err);
    if (sound && status != PRISM_OK) fuzz_fail("a sound index is not written", &err);
    (void)good(status, &err);
    prism_writer_close(writer);
}

static void use(const fuzz_image *im, unsigned flags, prs_bytes query) {
    prism_error err = PRISM_ERROR_INIT;
    prs_core *core = open_core(im, flags);
    prism_snapshot *snap = NULL;
    bool sound = check(im, flags & 64 ? PRISM_CHECK_DEEP : PRISM_CHECK_NORMAL) == 0;
    prism_status status = prs_core_load(core, &err);
    if (status == PRISM_OK) status = prs_snapshot_open(core, NULL, &snap, &err);
    if (sound && status != PRISM_OK) fuzz_fail("a sound index does not open", &err);
    if (good(status, &err)) {
        look_around(snap);
        search_around(snap, query, sound);
        if (flags & 16) write_to_it(core, sound);
    }
    prs_snapshot_unref(snap);
    prs_core_unref(core);
}

/* Where the edits end. */
static size_t edits_end(const uint8_t *data, size_t size) {
    if (size < 2) return size;
    size_t n = data[1] % (FUZZ_EDITS + 1), there = (size - 2) / FUZZ_EDIT;
    return 2 + FUZZ_EDIT * (n < there ? n : there);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    if (images[0].n == 0) {
        fuzz_image_make(&images[0], FUZZ_IMAGE_SMALL);
        fuzz_image_make(&images[1], FUZZ_IMAGE_MANY);
        fuzz_image_make(&images[2], FUZZ_IMAGE_ORDERED);
    }
    unsigned flags = data[0];
    size_t end = edits_end(data, size);
    fuzz_image im = fuzz_image_copy(&images[flags & 128 ? 2 : (flags >> 5) & 1]);
    for (size_t at = 2; at < end; at += FUZZ_EDIT) fuzz_image_edit(&im, data + at);
    if (flags & 4) fuzz_image_mend(&im);
    use(&im, flags, prs_bytes_of(data + end, size - end));
    fuzz_image_end(&im);
    return 0;
}

/* ---- the mutator ----------------------------------------------------------------------------- */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

/* Add, drop or change an edit; the new size. */
static size_t mutate_edits(uint8_t *data, size_t size, size_t max, uint64_t *state) {
    size_t end = edits_end(data, size), n = (end - 2) / FUZZ_EDIT;
    size_t which = n ? fuzz_next(state) % n : 0;
    uint8_t *e = data + 2 + FUZZ_EDIT * which;
    data[1] = (uint8_t)n;
    if (n == 0 || (fuzz_next(state) % 3 == 0 && n < FUZZ_EDITS)) {
        if (size + FUZZ_EDIT > max) return size;
        memmove(e + FUZZ_EDIT, e, size - (size_t)(e - data));
        for (size_t i = 0; i < FUZZ_EDIT; i++) e[i] = (uint8_t)fuzz_next(state);
        e[3] &= (uint8_t)(fuzz_next(state) % 2 ? 0 : 255); /* near the beginning of a part */
        data[1]++;
        return size + FUZZ_EDIT;
    }
    if (fuzz_next(state) % 6 == 0) {
        memmove(e, e + FUZZ_EDIT, size - (size_t)(e - data) - FUZZ_EDIT);
        data[1]--;
        return size - FUZZ_EDIT;
    }
    size_t byte = fuzz_next(state) % FUZZ_EDIT;
    e[byte] = fuzz_next(state) % 2 ? (uint8_t)(e[byte] + fuzz_next(state) % 5 - 2)
                                   : (uint8_t)fuzz_next(state);
    return size;
}

/* Another query: a fixed one, a piece of one put in, or the bytes changed as they come. */
static size_t mutate_query(uint8_t *data, size_t size, size_t max, uint64_t *state) {
    size_t end = edits_end(data, size), len = size - end;
    const char *text = queries[fuzz_next(state) % N_QUERIES];
    size_t n = strlen(text);
    switch (fuzz_next(state) % 4) {
    case 0:
        if (end + n > max) return size;
        memcpy(data + end, text, n);
        return end + n;
    case 1: {
        size_t at = end + (len ? fuzz_next(state) % (len + 1) : 0);
        if (size + n + 1 > max) return size;
        memmove(data + at + n + 1, data + at, size - at);
        data[at] = ' ';
        memcpy(data + at + 1, text, n);
        return size + n + 1;
    }
    case 2: return end; /* all fixed ones */
    default: return end + LLVMFuzzerMutate(data + end, len, max - end);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed) {
    uint64_t state = seed;
    if (max < 64) return LLVMFuzzerMutate(data, size, max);
    while (size < 2) data[size++] = 0;
    for (uint64_t i = 1 + fuzz_next(&state) % 3; i > 0; i--) {
        uint64_t what = fuzz_next(&state) % 8;
        if (what < 5)
            size = mutate_edits(data, size, max, &state);
        else if (what < 7)
            size = mutate_query(data, size, max, &state);
        else
            data[0] = (uint8_t)fuzz_next(&state);
    }
    if (fuzz_next(&state) % 8) data[0] |= 4;
    /* The large index is slow. */
    if (fuzz_next(&state) % 4) data[0] &= (uint8_t)~32u;
    return size;
}
