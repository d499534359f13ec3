/* leaf_fields.c - which fields of this snapshot does a leaf of the query mean? */
#include "search/leaf_fields.h"

#include "base/error.h"

static prism_status bad_field(prism_error *err, uint16_t field) {
    return prs_error_set(err, PRISM_EINVAL,
                         "the query names field number %u, which its schema does not have",
                         (unsigned)field);
}

static int compare_names(const prism_schema *schema, uint16_t a, uint16_t b) {
    return strcmp(schema->fields[a].name, schema->fields[b].name);
}

prism_status prs_leaf_fields_name(prs_arena *arena, const prism_schema *schema,
                                  const prs_fields *fields, prs_named_fields *out,
                                  prism_error *err) {
    memset(out, 0, sizeof *out);
    prs_field_weight *sorted = prs_arena_alloc(arena, fields->n * sizeof *sorted);
    if (sorted == NULL) return prs_error_nomem(err);
    size_t len = 0;
    for (uint32_t i = 0; i < fields->n; i++) {
        prs_field_weight f = fields->ptr[i];
        if (f.field >= schema->n_fields) return bad_field(err, f.field);
        len += strlen(schema->fields[f.field].name) + 1;
        uint32_t at = i;
        for (; at > 0 && compare_names(schema, sorted[at - 1].field, f.field) > 0; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = f;
    }
    uint8_t *names = prs_arena_alloc(arena, len);
    if (names == NULL) return prs_error_nomem(err);
    size_t at = 0;
    for (uint32_t i = 0; i < fields->n; i++) {
        const char *name = schema->fields[sorted[i].field].name;
        size_t n = strlen(name);
        if (i > 0) names[at++] = '\n';
        memcpy(names + at, name, n);
        at += n;
    }
    out->names = prs_bytes_of(names, at);
    out->n = fields->n;
    out->sorted = sorted;
    return PRISM_OK;
}

prism_status prs_leaf_fields_map(prs_arena *arena, const prism_schema *from, const prism_schema *to,
                                 const prs_fields *fields, prs_fields *out, prism_error *err) {
    memset(out, 0, sizeof *out);
    prs_field_weight *mapped = prs_arena_alloc(arena, fields->n * sizeof *mapped);
    if (mapped == NULL) return prs_error_nomem(err);
    uint32_t n = 0;
    for (uint32_t i = 0; i < fields->n; i++) {
        prs_field_weight f = fields->ptr[i];
        if (f.field >= from->n_fields) return bad_field(err, f.field);
        if (from != to) {
            const char *name = from->fields[f.field].name;
            const prs_field *there = prs_schema_field(to, name, strlen(name));
            if (there == NULL) continue;
            f.field = there->no;
        }
        uint32_t at = n++;
        for (; at > 0 && mapped[at - 1].field > f.field; at--) mapped[at] = mapped[at - 1];
        mapped[at] = f;
    }
    out->ptr = mapped;
    out->n = n;
    return PRISM_OK;
}

bool prs_leaf_field_has_lengths(const prism_schema *schema, uint16_t field) {
    const prs_field *f = &schema->fields[field];
    return f->type == PRISM_FIELD_TEXT && (f->flags & PRISM_FIELD_LENGTHS) != 0;
}
