/* api_index.c - the exported functions of prismsearch/index.h: check arguments, call down.
 *
 * Outputs are NULL or 0 from the first line on, so that they are after any error.  Options come
 * from callers of any version: api/opts.h copies as much as they have.
 * Tested by tests/unit/api/test_api_index.c */
#include "api/opts.h"
#include "base/error.h"
#include "base/text.h"
#include "index/documents.h"
#include "index/info.h"
#include "index/snapshot.h"
#include "index/terms_walk.h"

static prism_status null_argument(prism_error *err, const char *name) {
    return prs_error_set(err, PRISM_EINVAL, "%s must not be NULL", name);
}

/* ---- index ----------------------------------------------------------------------------------- */

static prism_status take_opts(prism_index_opts *own, const prism_index_opts *opts,
                              prism_error *err) {
    *own = (prism_index_opts)PRISM_INDEX_OPTS_INIT;
    if (!prs_opts_copy(own, sizeof *own, opts)) {
        return prs_error_set(err, PRISM_EINVAL, "index options without their size");
    }
    if ((unsigned)own->checksums > PRISM_CHECKSUMS_OFF) {
        return prs_error_set(err, PRISM_EINVAL, "no such mode of checksums: %u",
                             (unsigned)own->checksums);
    }
    return PRISM_OK;
}

/* Wrap a core; the handle is allocated with the core's memory. */
static prism_status wrap(prs_core *core, prism_index **out, prism_error *err) {
    prism_index *index = prs_mem_alloc(&core->mem, sizeof *index);
    if (index == NULL) {
        prs_core_unref(core);
        return prs_error_nomem(err);
    }
    index->core = core;
    *out = index;
    return PRISM_OK;
}

prism_status prism_index_create(const char *path, const prism_schema *schema,
                                const prism_index_opts *opts, prism_index **out, prism_error *err) {
    prism_index_opts own;
    prs_core *core;
    if (out == NULL) return null_argument(err, "out");
    *out = NULL;
    if (path == NULL) return null_argument(err, "path");
    PRS_TRY(take_opts(&own, opts, err));
    if (own.read_only)
        return prs_error_set(err, PRISM_EINVAL, "an index cannot be created read-only");
    PRS_TRY(prs_core_create(&own, path, schema, &core, err));
    return wrap(core, out, err);
}

prism_status prism_index_open(const char *path, const prism_index_opts *opts, prism_index **out,
                              prism_error *err) {
    prism_index_opts own;
    prs_core *core;
    if (out == NULL) return null_argument(err, "out");
    *out = NULL;
    if (path == NULL) return null_argument(err, "path");
    PRS_TRY(take_opts(&own, opts, err));
    if (own.in_memory)
        return prs_error_set(err, PRISM_EINVAL, "an index in memory can only be created");
    PRS_TRY(prs_core_open(&own, path, &core, err));
    return wrap(core, out, err);
}

void prism_index_close(prism_index *index) {
    if (index == NULL) return;
    prs_core *core = index->core;
    prs_mem_free(&core->mem, index, sizeof *index);
    prs_core_unref(core);
}

const prism_schema *prism_index_schema(const prism_index *index) {
    return index == NULL ? NULL : index->core->recipe->schema;
}

/* ---- snapshots ------------------------------------------------------------------------------- */

prism_status prism_snapshot_open(prism_index *index, prism_snapshot **out, prism_error *err) {
    if (out == NULL) return null_argument(err, "out");
    *out = NULL;
    if (index == NULL) return null_argument(err, "index");
    return prs_snapshot_open(index->core, NULL, out, err);
}

prism_status prism_snapshot_refresh(prism_snapshot *snap, prism_snapshot **out, prism_error *err) {
    if (out == NULL) return null_argument(err, "out");
    *out = NULL;
    if (snap == NULL) return null_argument(err, "snap");
    return prs_snapshot_open(snap->core, snap, out, err);
}

prism_snapshot *prism_snapshot_ref(prism_snapshot *snap) {
    return prs_snapshot_ref(snap);
}

void prism_snapshot_unref(prism_snapshot *snap) {
    prs_snapshot_unref(snap);
}

uint64_t prism_snapshot_generation(const prism_snapshot *snap) {
    return snap == NULL ? 0 : snap->generation;
}

const uint8_t *prism_snapshot_uuid(const prism_snapshot *snap) {
    return snap == NULL ? NULL : snap->uuid;
}

uint64_t prism_snapshot_documents(const prism_snapshot *snap) {
    return snap == NULL ? 0 : snap->n_docs - snap->n_deleted;
}

uint64_t prism_snapshot_deleted(const prism_snapshot *snap) {
    return snap == NULL ? 0 : snap->n_deleted;
}

uint32_t prism_snapshot_segments(const prism_snapshot *snap) {
    return snap == NULL ? 0 : snap->n_leaves;
}

const prism_schema *prism_snapshot_schema(const prism_snapshot *snap) {
    return snap == NULL ? NULL : snap->schema;
}

const void *prism_snapshot_payload(const prism_snapshot *snap, size_t *len) {
    bool has_any = snap != NULL && snap->payload.len > 0;
    if (len != NULL) *len = has_any ? snap->payload.len : 0;
    return has_any ? snap->payload.ptr : NULL;
}

prism_status prism_snapshot_info(prism_snapshot *snap, char **json, prism_error *err) {
    if (json == NULL) return null_argument(err, "json");
    *json = NULL;
    if (snap == NULL) return null_argument(err, "snap");
    return prs_info_json(snap, json, err);
}

void prism_free_text(char *text) {
    prs_text_free(text);
}

/* ---- documents and terms --------------------------------------------------------------------- */

prism_status prism_document_find(prism_snapshot *snap, const char *key, size_t len, uint64_t *gdoc,
                                 prism_error *err) {
    if (gdoc == NULL) return null_argument(err, "gdoc");
    *gdoc = 0;
    if (snap == NULL) return null_argument(err, "snap");
    if (key == NULL && len > 0) return null_argument(err, "key");
    return prs_document_find(snap, prs_bytes_of(key, len), gdoc, err);
}

prism_status prism_document_get(prism_snapshot *snap, uint64_t gdoc, char **json, size_t *len,
                                prism_error *err) {
    if (json == NULL) return null_argument(err, "json");
    *json = NULL;
    if (len != NULL) *len = 0;
    if (snap == NULL) return null_argument(err, "snap");
    return prs_document_get(snap, gdoc, json, len, err);
}

prism_status prism_document_each(prism_snapshot *snap, prism_document_fn each, void *ctx,
                                 prism_error *err) {
    if (snap == NULL || each == NULL) return null_argument(err, snap == NULL ? "snap" : "each");
    return prs_document_each(snap, each, ctx, err);
}

prism_status prism_snapshot_terms(prism_snapshot *snap, const char *field, const char *prefix,
                                  size_t prefix_len, prism_term_fn each, void *ctx,
                                  prism_error *err) {
    if (snap == NULL || field == NULL || each == NULL) {
        return null_argument(err, snap == NULL ? "snap" : field == NULL ? "field" : "each");
    }
    if (prefix == NULL && prefix_len > 0) return null_argument(err, "prefix");
    return prs_terms_walk(snap, field, prs_bytes_of(prefix, prefix_len), each, ctx, err);
}
