/* documents.c - stored documents of a snapshot: by key, by number, or all of them.
 *
 * Tested by tests/unit/index/test_documents.c */
#include "index/documents.h"

#include "base/error.h"
#include "base/text.h"

typedef struct live_doc {
    const prs_leaf *leaf;
    uint32_t doc;
    bool found;
} live_doc;

static prism_status take_live(void *ctx, const prs_key_probe *probe, uint32_t doc) {
    live_doc *live = ctx;
    (void)probe;
    if (live->leaf->deleted != NULL && prs_bitset_get(live->leaf->deleted, doc)) return PRISM_OK;
    live->doc = doc; /* docs ascend: the last one is the newest */
    live->found = true;
    return PRISM_OK;
}

prism_status prs_document_find(const prism_snapshot *snap, prs_bytes key, uint64_t *gdoc,
                               prism_error *err) {
    prs_key_probe probe = {.hash = prs_keys_hash(key), .key = key};
    if (snap->schema->key_field < 0)
        return prs_error_set(err, PRISM_ENOTFOUND, "the schema has no key");
    for (uint32_t i = snap->n_leaves; i-- > 0;) {
        live_doc live = {.leaf = &snap->leaves[i]};
        if (live.leaf->segment->keys.n_docs == 0) continue;
        PRS_TRY(prs_keys_find_all(&live.leaf->segment->keys, &probe, 1, take_live, &live, err));
        if (!live.found) continue;
        *gdoc = live.leaf->base + live.doc;
        return PRISM_OK;
    }
    return prs_error_set(err, PRISM_ENOTFOUND, "no document has this key");
}

prism_status prs_document_get(const prism_snapshot *snap, uint64_t gdoc, char **json, size_t *len,
                              prism_error *err) {
    uint32_t doc;
    const prs_leaf *leaf = prs_snapshot_leaf(snap, gdoc, &doc);
    if (leaf == NULL || (leaf->deleted != NULL && prs_bitset_get(leaf->deleted, doc))) {
        return prs_error_set(err, PRISM_ENOTFOUND, "there is no document with this number");
    }
    prs_docstore_cursor cursor;
    prs_bytes text;
    prs_docstore_cursor_init(&cursor, snap->mem);
    prism_status status = prs_segment_document(leaf->segment, &cursor, doc, &text, err);
    if (status == PRISM_OK) {
        *json = prs_text_new(snap->mem, text.ptr, text.len);
        if (*json == NULL) status = prs_error_nomem(err);
        if (*json != NULL && len != NULL) *len = text.len;
    }
    prs_docstore_cursor_fini(&cursor);
    return status;
}

typedef struct walk {
    prs_docstore_cursor cursor;
    prism_document_fn each;
    void *ctx;
} walk;

/* As they are stored, each frame is unpacked once. */
static prism_status each_by_arrival(walk *w, const prs_leaf *leaf, const uint32_t *docs,
                                    prism_error *err) {
    for (uint32_t i = 0; i < leaf->segment->n_docs; i++) {
        uint32_t doc = docs != NULL ? docs[i] : i;
        prs_bytes json;
        if (leaf->deleted != NULL && prs_bitset_get(leaf->deleted, doc)) continue;
        PRS_TRY(prs_docstore_get(&leaf->segment->docs, &w->cursor, i, &json, err));
        if (w->each(w->ctx, leaf->base + doc, (const char *)json.ptr, json.len) != 0)
            return prs_error_set(err, PRISM_ECANCELED, "stopped by the caller");
    }
    return PRISM_OK;
}

static prism_status each_of_leaf(walk *w, const prs_leaf *leaf, prs_mem *mem, prism_error *err) {
    uint32_t *docs;
    PRS_TRY(prs_segment_by_arrival(leaf->segment, mem, &docs, err));
    prism_status status = each_by_arrival(w, leaf, docs, err);
    prs_mem_free(mem, docs, (size_t)leaf->segment->n_docs * sizeof *docs);
    return status;
}

prism_status prs_document_each(const prism_snapshot *snap, prism_document_fn each, void *ctx,
                               prism_error *err) {
    walk w = {.each = each, .ctx = ctx};
    prism_status status = PRISM_OK;
    prs_docstore_cursor_init(&w.cursor, snap->mem);
    for (uint32_t i = 0; i < snap->n_leaves && status == PRISM_OK; i++)
        status = each_of_leaf(&w, &snap->leaves[i], snap->mem, err);
    prs_docstore_cursor_fini(&w.cursor);
    return status;
}
