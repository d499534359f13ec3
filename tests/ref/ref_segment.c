/* ref_segment.c - what does a segment say of itself?  (FORMAT.md sections 4 and 5)
 *
 * SEGMENT and SCHEMA of the .idx file, and that each file holds the sections of its kind only.
 * Tested by: tests/golden. */
#include <string.h>

#include "ref/ref_parts.h"

/* Sections stand in the file of their kind, once a field or once at all. */
static void check_sections(const ref_file *f, uint32_t first, uint32_t last, uint32_t n_fields) {
    for (uint32_t i = 0; i < f->n_sections; i++) {
        const ref_section *s = &f->sections[i];
        int here = s->component >= first && s->component <= last;
        if (s->component == REF_ORDER) here = first == REF_DOCS;
        if (s->component == REF_STOP_SET) here = first == REF_SEGMENT;
        ref_must(here || s->component == REF_SCHEMA, f->name, "it holds sections of its kind only");
        int per_field = (s->component >= REF_LISTS && s->component <= REF_PAIR_TERMS_INDEX) ||
                        s->component == REF_COLUMN || s->component == REF_STOP_SET;
        ref_must(per_field ? s->field < n_fields : s->field == REF_NO_FIELD, f->name,
                 "a section names a field exactly if its component is per field");
        ref_must(s->component != REF_DOC_DICTIONARY, f->name, "no writer makes dictionaries yet");
    }
}

static void read_stats(ref_cur *c, ref_stats *out) {
    out->number = ref_varint32(c);
    out->n_docs_with = ref_varint(c);
    out->sum_length = ref_varint(c);
    out->max_length = ref_varint(c);
    out->n_terms = ref_varint(c);
    out->sum_df = ref_varint(c);
    out->sum_cf = ref_varint(c);
    out->analyzer_len = ref_varint(c);
    out->analyzer = ref_take(c, out->analyzer_len);
}

void ref_segment_open(ref_index *ix, const char *directory, ref_segment *s) {
    (void)directory;
    ref_cur c;
    s->schema = ref_schema_of(&ix->heap, s->idx);
    check_sections(s->idx, REF_SEGMENT, REF_COLUMN, s->schema->n_fields);
    check_sections(s->doc, REF_DOCS, REF_DOC_DICTIONARY, 0);
    if (!ref_file_section(s->idx, REF_SEGMENT, REF_NO_FIELD, &c))
        ref_die(s->idx->name, "has no SEGMENT");
    ref_must(ref_u32(&c) == s->n_docs, "SEGMENT", "it has as many documents as the manifest says");
    ref_must(ref_u32(&c) == 0, "SEGMENT", "bytes 4..7 are zero");
    ref_must(ref_u64(&c) == s->arrival_base, "SEGMENT", "arrival_base is that of the manifest");
    s->n_stats = ref_u32(&c);
    ref_must(ref_u32(&c) == 0, "SEGMENT", "bytes 20..23 are zero");
    ref_must(s->n_stats <= s->schema->n_fields, "SEGMENT", "its fields are those of the schema");
    s->stats = ref_heap_get(&ix->heap, s->n_stats * sizeof *s->stats);
    for (uint32_t i = 0; i < s->n_stats; i++) {
        read_stats(&c, &s->stats[i]);
        ref_must(i == 0 || s->stats[i - 1].number < s->stats[i].number, "SEGMENT",
                 "fields are in the order of their numbers");
        ref_must(s->stats[i].number < s->schema->n_fields, "SEGMENT", "a field is in the schema");
        ref_must(s->stats[i].n_docs_with <= s->n_docs, "SEGMENT", "n_docs_with <= n_docs");
    }
    ref_done(&c);
}

const ref_stats *ref_stats_of(const ref_segment *s, uint32_t field) {
    for (uint32_t i = 0; i < s->n_stats; i++)
        if (s->stats[i].number == field) return &s->stats[i];
    return NULL;
}
