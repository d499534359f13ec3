/* upsert.c - which older documents does a new one replace?
 *
 * Structure   keys of new documents -> batches of probes sorted by hash -> each older segment's
 *             sorted hashes are walked once per batch -> live documents found are marked deleted
 * Invariants  Only segments before the new one are probed: a document never deletes a later one, so
 *             the last put of a key wins.  (Within the pending documents pending.c sees to it.)
 * Why so      One look-up per put would touch every segment at random; sorted probes read the
 *             hashes front to back.  64 Ki probes are 2.5 MiB, whatever the flush holds.
 * Source      FORMAT.md section 11.
 * Tested by   tests/unit/write/test_upsert.c, test_model.c */
#include "base/error.h"
#include "base/sort.h"
#include "write/writer.h"

#define BATCH ((uint32_t)1 << 16)

typedef struct found_ctx {
    prism_writer *writer;
    prs_working *working;
    uint64_t n;
    prism_error *err;
} found_ctx;

static prism_status delete_found(void *ctx, const prs_key_probe *probe, uint32_t doc) {
    found_ctx *found = ctx;
    bool fresh;
    (void)probe;
    PRS_TRY(prs_working_delete(found->working, doc, found->writer->mem, &fresh, found->err));
    found->n += fresh;
    found->writer->deletes_changed |= fresh;
    return PRISM_OK;
}

static prism_status probe_segments(prism_writer *writer, size_t n_segments,
                                   const prs_key_probe *probes, size_t n, uint64_t *deleted,
                                   prism_error *err) {
    found_ctx found = {.writer = writer, .err = err};
    for (size_t i = 0; i < n_segments; i++) {
        found.working = &writer->segments.ptr[i];
        if (found.working->segment->keys.n_docs == 0) continue;
        PRS_TRY(
            prs_keys_find_all(&found.working->segment->keys, probes, n, delete_found, &found, err));
    }
    *deleted = found.n;
    return PRISM_OK;
}

prism_status prs_upsert_delete(prism_writer *writer, prs_bytes key, uint64_t *n, prism_error *err) {
    prs_key_probe probe = {.hash = prs_keys_hash(key), .key = key};
    return probe_segments(writer, writer->segments.n, &probe, 1, n, err);
}

/* ---- the documents of a flush ---------------------------------------------------------------- */

static bool probe_before(const void *ctx, const prs_key_probe *a, const prs_key_probe *b) {
    (void)ctx;
    return a->hash < b->hash;
}

PRS_SORT_DEFINE(sort_probes, prs_key_probe, probe_before)

/* The probes of the next documents with a replace bit, from *doc on; returns their number. */
static prism_status fill_batch(const prs_keys *keys, const prs_words *replace, uint32_t *doc,
                               prs_key_probe *batch, uint32_t cap, uint32_t *n, prism_error *err) {
    *n = 0;
    for (; *doc < keys->n_docs && *n < cap; (*doc)++) {
        if (!prs_pending_has(replace, *doc)) continue;
        prs_key_probe *probe = &batch[(*n)++];
        PRS_TRY(prs_keys_get(keys, *doc, &probe->key, err));
        probe->hash = prs_keys_hash(probe->key);
        probe->tag = *doc;
    }
    return PRISM_OK;
}

prism_status prs_upsert_resolve(prism_writer *writer, const prs_words *replace, uint32_t n_replace,
                                prism_error *err) {
    size_t older = writer->segments.n - 1;
    if (n_replace == 0 || older == 0) return PRISM_OK;
    const prs_keys *keys = &writer->segments.ptr[older].segment->keys;
    uint32_t cap = PRS_MIN(n_replace, BATCH);
    size_t bytes = 2 * (size_t)cap * sizeof(prs_key_probe);
    prs_key_probe *batch = prs_mem_alloc(writer->mem, bytes);
    if (batch == NULL) return prs_error_nomem(err);
    prism_status status = PRISM_OK;
    for (uint32_t doc = 0; doc < keys->n_docs;) {
        uint32_t n;
        uint64_t deleted;
        PRS_TRY_OUT(fill_batch(keys, replace, &doc, batch, cap, &n, err));
        sort_probes(batch, batch + cap, n, NULL);
        PRS_TRY_OUT(probe_segments(writer, older, batch, n, &deleted, err));
    }
out:
    prs_mem_free(writer->mem, batch, bytes);
    return status;
}
