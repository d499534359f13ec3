/* segment_meta_write.c - how does a segment write down its own statistics?
 *
 * Source: FORMAT.md section 5.  Tested by tests/unit/format/test_segment_meta.c */
#include "format/segment_meta.h"

#include "base/buf.h"

static void put_field(prs_buf *buf, const prs_field_meta *f) {
    prs_buf_varint(buf, f->field);
    prs_buf_varint(buf, f->n_docs_with);
    prs_buf_varint(buf, f->sum_length);
    prs_buf_varint(buf, f->max_length);
    prs_buf_varint(buf, f->n_terms);
    prs_buf_varint(buf, f->sum_df);
    prs_buf_varint(buf, f->sum_cf);
    prs_buf_varint(buf, f->analyzer.len);
    prs_buf_put(buf, f->analyzer.ptr, f->analyzer.len);
}

prism_status prs_segment_meta_write(const prs_segment_meta *meta, prs_mem *mem, prs_out *out,
                                    prism_error *err) {
    const char *broken = prs_segment_meta_broken_rule(meta);
    if (broken != NULL)
        return prs_error_set(err, PRISM_EINVAL, "a segment that must not be: %s", broken);
    prs_buf buf;
    prs_buf_init(&buf, mem);
    prs_buf_put32(&buf, meta->n_docs);
    prs_buf_put32(&buf, 0);
    prs_buf_put64(&buf, meta->arrival_base);
    prs_buf_put32(&buf, meta->n_fields);
    prs_buf_put32(&buf, 0);
    for (uint32_t i = 0; i < meta->n_fields; i++) put_field(&buf, &meta->fields[i]);
    prism_status status = prs_buf_status(&buf, err);
    if (status == PRISM_OK) {
        prs_out_write(out, buf.ptr, buf.len);
        status = prs_out_status(out, err);
    }
    prs_buf_fini(&buf);
    return status;
}
