/* segment_write.c - what flush and merge share when they write a segment.
 *
 * Source: FORMAT.md section 5.  Tested by tests/unit/index/test_segment_write.c */
#include "index/segment_write.h"

#include "base/error.h"
#include "format/components.h"
#include "format/names.h"

prism_status prs_segment_meta_begin(prs_segment_meta *meta, const prs_recipe *recipe,
                                    const prs_manifest_segment *files, prs_mem *mem,
                                    prism_error *err) {
    *meta = (prs_segment_meta){
        .n_docs = files->n_docs, .n_fields = recipe->n_fields, .arrival_base = files->arrival_base};
    meta->fields = prs_mem_calloc(mem, meta->n_fields, sizeof *meta->fields);
    if (meta->fields == NULL) return prs_error_nomem(err);
    for (uint32_t f = 0; f < meta->n_fields; f++) {
        meta->fields[f].field = (uint16_t)f;
        if (recipe->analyzers[f] == NULL) continue;
        const char *id = prs_analyzer_id(recipe->analyzers[f]);
        meta->fields[f].analyzer = prs_bytes_of(id, strlen(id));
    }
    return PRISM_OK;
}

void prs_segment_meta_end(prs_segment_meta *meta, prs_mem *mem) {
    prs_mem_free(mem, meta->fields, meta->n_fields * sizeof *meta->fields);
    meta->fields = NULL;
}

prism_status prs_segment_write_tail(prs_out *out, const prs_segment_meta *meta,
                                    const prism_schema *schema, prs_mem *mem, prism_error *err) {
    const char *json;
    size_t len;
    PRS_TRY(prs_schema_to_json(schema, &json, &len, err));
    prs_out_section(out, PRS_COMPONENT_SCHEMA, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
    prs_out_write(out, json, len);
    prs_out_section(out, PRS_COMPONENT_SEGMENT, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
    return prs_segment_meta_write(meta, mem, out, err);
}

void prs_segment_unlink(prs_dir *dir, const prs_id *id) {
    char name[PRS_NAME_SIZE];
    (void)dir->vt->unlink(dir, prs_name_of_segment(name, PRS_NAME_IDX, id), NULL);
    (void)dir->vt->unlink(dir, prs_name_of_segment(name, PRS_NAME_DOC, id), NULL);
}
