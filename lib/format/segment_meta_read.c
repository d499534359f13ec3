/* segment_meta_read.c - what does a segment say of itself, if its bytes make sense?
 *
 * The numbers are held against each other where one bounds another, because scoring divides by
 * them.
 * Source: FORMAT.md section 5.  Tested by tests/unit/format/test_segment_meta.c */
#include "format/segment_meta.h"

#include "base/cur.h"

#define PRS_FIELD_LEAST_BYTES 8u /* of one field in the section */

static const char *broken_field_rule(const prs_field_meta *f, uint32_t n_docs) {
    if (f->field == PRS_FIELD_NONE) return "number of a field";
    if (f->n_docs_with > n_docs) return "documents with a field";
    if (f->sum_length > (uint64_t)f->n_docs_with * f->max_length) return "lengths of a field";
    if (f->max_length > f->sum_length) return "largest length of a field";
    if (f->sum_df < f->n_terms || f->sum_cf < f->sum_df) return "term statistics of a field";
    if (f->analyzer.len > PRS_MAX_ANALYZER_ID) return "analyzer of a field";
    return NULL;
}

const char *prs_segment_meta_broken_rule(const prs_segment_meta *meta) {
    if (meta->n_docs == 0 || meta->n_docs > PRISM_MAX_SEGMENT_DOCS) return "number of documents";
    if (meta->n_fields > PRISM_MAX_FIELDS) return "number of fields";
    for (uint32_t i = 0; i < meta->n_fields; i++) {
        const prs_field_meta *f = &meta->fields[i];
        if (i > 0 && f->field <= f[-1].field) return "order of the fields";
        const char *broken = broken_field_rule(f, meta->n_docs);
        if (broken != NULL) return broken;
    }
    return NULL;
}

/* false = out of memory; damage is left in the cursor. */
static bool get_field(prs_cur *c, prs_field_meta *f, prs_arena *arena) {
    f->field = (uint16_t)prs_cur_count(c, UINT16_MAX);
    f->n_docs_with = prs_cur_varint32(c);
    f->sum_length = prs_cur_varint(c);
    f->max_length = prs_cur_varint32(c);
    f->n_terms = prs_cur_varint(c);
    f->sum_df = prs_cur_varint(c);
    f->sum_cf = prs_cur_varint(c);
    size_t len = (size_t)prs_cur_count(c, PRS_MAX_ANALYZER_ID);
    const uint8_t *id = prs_cur_take(c, len);
    if (id == NULL) return true;
    f->analyzer = prs_bytes_of(prs_arena_dup(arena, id, len), len);
    return f->analyzer.ptr != NULL;
}

prism_status prs_segment_meta_read(prs_segment_meta *meta, const prs_section *section,
                                   prs_arena *arena, prism_error *err) {
    memset(meta, 0, sizeof *meta);
    PRS_TRY(prs_in_touch(section, 0, section->len, err));
    prs_cur c = prs_cur_of(section->ptr, (size_t)section->len);
    meta->n_docs = prs_cur_32(&c);
    bool zeros = prs_cur_32(&c) == 0;
    meta->arrival_base = prs_cur_64(&c);
    uint32_t n_fields = prs_cur_32(&c);
    zeros = prs_cur_32(&c) == 0 && zeros;
    if (!zeros || n_fields > PRISM_MAX_FIELDS ||
        n_fields > prs_cur_left(&c) / PRS_FIELD_LEAST_BYTES) {
        return prs_section_corrupt(section, section->ptr, err, "a wrong number of fields");
    }
    meta->fields = prs_arena_calloc(arena, n_fields, sizeof *meta->fields);
    if (meta->fields == NULL) return prs_error_nomem(err);
    meta->n_fields = n_fields;
    for (uint32_t i = 0; i < n_fields; i++) {
        if (!get_field(&c, &meta->fields[i], arena)) return prs_error_nomem(err);
    }
    if (c.bad || prs_cur_left(&c) != 0) {
        return prs_section_corrupt(section, c.at, err, "a wrong field in the segment's statistics");
    }
    const char *broken = prs_segment_meta_broken_rule(meta);
    if (broken != NULL) return prs_section_corrupt(section, section->ptr, err, broken);
    return PRISM_OK;
}

const prs_field_meta *prs_segment_meta_field(const prs_segment_meta *meta, uint16_t field) {
    for (uint32_t i = 0; i < meta->n_fields && meta->fields[i].field <= field; i++) {
        if (meta->fields[i].field == field) return &meta->fields[i];
    }
    return NULL;
}
