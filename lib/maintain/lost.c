/* lost.c - what can still be read of a segment that is damaged?
 *
 *   key    .idx KEYS, if the regions below it are whole; else the stored text's key field
 *   text   .doc, frame by frame; which document a text is of is told by ORDER beside it.  Where
 *          that is damaged no text belongs to a key or a deletion: of a segment with deletions the
 *          keys alone are told, else the texts alone
 *
 * Only bytes that match their checksum are told: what is damaged is lost, not guessed.
 * Tested by tests/unit/maintain/test_lost.c */
#include "maintain/lost.h"

#include "base/error.h"
#include "format/components.h"
#include "format/docstore.h"
#include "format/keys.h"
#include "format/names.h"
#include "format/order.h"
#include "schema/document.h"

typedef struct remains {
    prs_lost *lost;
    const prs_manifest_segment *files;
    prs_in *idx, *doc; /* NULL: not even that opens */
    prs_keys keys;
    prs_docstore docs;
    prs_order order;
    prs_docstore_cursor cursor;
    prs_json_reader *reader;
    bool has_keys, has_docs, has_order;
} remains;

/* Memory is the only thing that is not the damage's fault. */
static prism_status absorb(prism_status status, bool *good, prism_error *err) {
    *good = status == PRISM_OK;
    return status == PRISM_ENOMEM ? prs_error_nomem(err) : PRISM_OK;
}

static prism_status open_keys(remains *r, prism_error *err) {
    prs_dir *dir = r->lost->core->dir;
    prs_section section;
    char name[PRS_NAME_SIZE];
    prs_name_of_segment(name, PRS_NAME_IDX, &r->files->id);
    PRS_TRY(absorb(prs_in_open(dir, name, PRS_FILE_IDX, &r->files->id, r->files->idx.len,
                               &r->files->idx.digest, PRS_CHECKSUM_LAZY, &r->idx, NULL),
                   &r->has_keys, err));
    if (!r->has_keys) return PRISM_OK;
    r->has_keys = prs_in_section(r->idx, PRS_COMPONENT_KEYS, PRS_FIELD_NONE, &section);
    if (!r->has_keys) return PRISM_OK;
    return absorb(prs_keys_open(&r->keys, &section, r->files->n_docs, NULL), &r->has_keys, err);
}

static prism_status open_docs(remains *r, prism_error *err) {
    prs_dir *dir = r->lost->core->dir;
    prs_section docs, index, order;
    char name[PRS_NAME_SIZE];
    prs_name_of_segment(name, PRS_NAME_DOC, &r->files->id);
    PRS_TRY(absorb(prs_in_open(dir, name, PRS_FILE_DOC, &r->files->id, r->files->doc.len,
                               &r->files->doc.digest, PRS_CHECKSUM_LAZY, &r->doc, NULL),
                   &r->has_docs, err));
    if (!r->has_docs) return PRISM_OK;
    (void)prs_in_section(r->doc, PRS_COMPONENT_DOCS, PRS_FIELD_NONE, &docs);
    (void)prs_in_section(r->doc, PRS_COMPONENT_DOC_INDEX, PRS_FIELD_NONE, &index);
    PRS_TRY(absorb(prs_docstore_open(&r->docs, &docs, &index, r->files->n_docs, NULL), &r->has_docs,
                   err));
    (void)prs_in_section(r->doc, PRS_COMPONENT_ORDER, PRS_FIELD_NONE, &order);
    return absorb(prs_order_open(&r->order, &order, r->files->n_docs, NULL), &r->has_order, err);
}

/* The key in KEYS, or in the stored text. */
static prism_status find_key(remains *r, uint32_t doc, prs_bytes json, bool has_json,
                             prs_bytes *key, bool *found, prism_error *err) {
    const prism_schema *schema = r->lost->schema;
    *found = false;
    if (schema->key_field < 0) return PRISM_OK;
    if (r->has_keys) PRS_TRY(absorb(prs_keys_get(&r->keys, doc, key, NULL), found, err));
    if (*found || !has_json) return PRISM_OK;
    bool good, there = false;
    prism_status status =
        prs_json_reader_field(r->reader, (const char *)json.ptr, json.len,
                              schema->fields[schema->key_field].name, 0, key, &there, NULL);
    PRS_TRY(absorb(status, &good, err));
    *found = good && there;
    return PRISM_OK;
}

static prism_status tell_document(remains *r, uint32_t doc, prism_error *err) {
    prs_lost *lost = r->lost;
    prs_bytes key = {0}, json = {0};
    bool has_key, has_json = false, kept = false;
    if (r->has_docs)
        PRS_TRY(absorb(prs_docstore_get(&r->docs, &r->cursor, prs_order_get(&r->order, doc), &json,
                                        NULL),
                       &has_json, err));
    PRS_TRY(find_key(r, doc, json, has_json, &key, &has_key, err));
    if (has_key && lost->is_kept != NULL)
        PRS_TRY(lost->is_kept(lost->is_kept_ctx, key, &kept, err));
    if (kept) return PRISM_OK;
    lost->n++;
    lost->n_keys += has_key;
    lost->n_texts += has_json;
    if (lost->each == NULL ||
        lost->each(lost->ctx, has_key ? (const char *)key.ptr : NULL, has_key ? key.len : 0,
                   has_json ? (const char *)json.ptr : NULL, has_json ? json.len : 0) == 0) {
        return PRISM_OK;
    }
    return prs_error_set(err, PRISM_ECANCELED, "the repair was cancelled");
}

prism_status prs_lost_tell(prs_lost *lost, const prs_manifest_segment *files,
                           const prs_bitset *deleted, prism_error *err) {
    remains r = {.lost = lost, .files = files};
    prs_docstore_cursor_init(&r.cursor, &lost->core->mem);
    prism_status status = prs_json_reader_new(&lost->core->mem, &r.reader, err);
    if (status == PRISM_OK) status = open_keys(&r, err);
    if (status == PRISM_OK) status = open_docs(&r, err);
    if (r.has_docs && !r.has_order) {
        r.has_docs = deleted == NULL;
        r.has_keys = r.has_keys && !r.has_docs;
        r.order = (prs_order){.n_docs = files->n_docs};
    }
    for (uint32_t doc = 0; doc < files->n_docs && status == PRISM_OK; doc++) {
        if (deleted == NULL || !prs_bitset_get(deleted, doc)) status = tell_document(&r, doc, err);
    }
    prs_docstore_cursor_fini(&r.cursor);
    prs_json_reader_free(r.reader);
    prs_in_close(r.idx);
    prs_in_close(r.doc);
    return status;
}
