/* info.c - what does a snapshot hold, and where do its bytes go?
 *
 *   {"documents":n,"deleted":n,"segments":n,"generation":n,"uuid":"hex",
 *    "library":"0.1.0","format":"1.0","bytes":n,
 *    "fields":{"title":{"documents":n,"terms":n,"tokens":n,"postings":n,"bytes":n,
 *                       "analyzer":"mixed-v1 ..."},...},
 *    "components":{"terms":n,"postings":n,"positions":n,...,"envelope":n},
 *    "segment_list":[{"id":"hex","documents":n,"deleted":n,"arrival":n,"bytes":n},...],
 *    "schema":{...}}
 *
 * tokens = occurrences of terms (sum of cf), postings = (term, document) pairs (sum of df).  Bytes
 * of LISTS are given as terms, postings and positions; envelope is what is left: headers, region
 * tables, padding, commit.  Tested by tests/unit/index/test_info.c */
#include "index/info.h"

#include "base/error.h"
#include "base/text.h"
#include "format/components.h"
#include "format/names.h"

static const char *component_name(uint16_t component) {
    static const char *const names[] = {
        [PRS_COMPONENT_SEGMENT] = "segment",
        [PRS_COMPONENT_LISTS] = "lists",
        [PRS_COMPONENT_TERMS_INDEX] = "terms_index",
        [PRS_COMPONENT_LENGTHS] = "lengths",
        [PRS_COMPONENT_SPANS] = "spans",
        [PRS_COMPONENT_PAIR_LISTS] = "pair_lists",
        [PRS_COMPONENT_PAIR_TERMS_INDEX] = "pair_terms_index",
        [PRS_COMPONENT_KEYS] = "keys",
        [PRS_COMPONENT_ORDER] = "order",
        [PRS_COMPONENT_COLUMN] = "columns",
        [PRS_COMPONENT_DOCS] = "docs",
        [PRS_COMPONENT_DOC_INDEX] = "doc_index",
        [PRS_COMPONENT_DOC_DICTIONARY] = "doc_dictionary",
        [PRS_COMPONENT_SCHEMA] = "schema",
        [PRS_COMPONENT_DELETES] = "deletes",
    };
    return component < PRS_COUNT(names) && names[component] != NULL ? names[component] : "other";
}

#define N_COMPONENTS ((size_t)PRS_COMPONENT_DELETES + 2) /* the last: those that we do not know */

typedef struct sums {
    uint64_t component[N_COMPONENTS];
    uint64_t terms, postings, positions; /* parts of LISTS */
    uint64_t files;                      /* lengths of all files */
} sums;

static void add_file(sums *s, prs_in *in, uint16_t only_field, uint64_t *field_bytes) {
    uint16_t component, field;
    prs_section section;
    for (uint32_t i = 0; prs_in_entry(in, i, &component, &field, &section); i++) {
        if (s != NULL) s->component[PRS_MIN((size_t)component, N_COMPONENTS - 1)] += section.len;
        if (field == only_field && field != PRS_FIELD_NONE) *field_bytes += section.len;
    }
    if (s != NULL) s->files += prs_in_len(in);
}

static void add_lists(sums *s, const prs_segment *segment) {
    for (uint32_t f = 0; f < segment->n_fields; f++) {
        const prs_segment_field *field = &segment->fields[f];
        if (!field->present) continue;
        s->terms += field->terms.terms_len;
        s->postings += field->terms.postings_len;
        s->positions += field->terms.positions_len;
    }
}

static void put_field(prs_buf *buf, const prism_snapshot *snap, uint32_t f, bool first) {
    uint64_t docs = 0, terms = 0, tokens = 0, postings = 0, bytes = 0;
    for (uint32_t i = 0; i < snap->n_leaves; i++) {
        const prs_segment *segment = snap->leaves[i].segment;
        const prs_segment_field *field = &segment->fields[f];
        if (!field->present) continue;
        docs += field->n_docs_with;
        terms += field->n_terms;
        tokens += field->sum_cf;
        postings += field->sum_df;
        add_file(NULL, segment->idx, field->no, &bytes);
    }
    const prs_analyzer *analyzer = snap->recipe->analyzers[f];
    prs_buf_printf(buf,
                   "%s\"%s\":{\"documents\":%llu,\"terms\":%llu,\"tokens\":%llu,\"postings\":%llu,"
                   "\"bytes\":%llu",
                   first ? "" : ",", snap->schema->fields[f].name, (unsigned long long)docs,
                   (unsigned long long)terms, (unsigned long long)tokens,
                   (unsigned long long)postings, (unsigned long long)bytes);
    if (analyzer != NULL) prs_buf_printf(buf, ",\"analyzer\":\"%s\"", prs_analyzer_id(analyzer));
    prs_buf_put8(buf, '}');
}

static void put_component(prs_buf *buf, const char *name, uint64_t bytes, bool *first) {
    if (bytes == 0) return;
    prs_buf_printf(buf, "%s\"%s\":%llu", *first ? "" : ",", name, (unsigned long long)bytes);
    *first = false;
}

static void put_components(prs_buf *buf, const sums *s) {
    bool first = true;
    uint64_t known = 0;
    prs_buf_printf(buf, ",\"components\":{");
    put_component(buf, "terms", s->terms, &first);
    put_component(buf, "postings", s->postings, &first);
    put_component(buf, "positions", s->positions, &first);
    for (uint16_t c = 0; c < N_COMPONENTS; c++) {
        known += s->component[c];
        if (c != PRS_COMPONENT_LISTS)
            put_component(buf, component_name(c), s->component[c], &first);
    }
    put_component(buf, "envelope", s->files - known, &first);
    prs_buf_put8(buf, '}');
}

static void put_segments(prs_buf *buf, const prism_snapshot *snap) {
    prs_buf_printf(buf, ",\"segment_list\":[");
    for (uint32_t i = 0; i < snap->n_leaves; i++) {
        const prs_leaf *leaf = &snap->leaves[i];
        const prs_manifest_segment *files = &leaf->segment->files;
        char id[33];
        prs_buf_printf(
            buf,
            "%s{\"id\":\"%s\",\"documents\":%u,\"deleted\":%u,\"arrival\":%llu,\"bytes\":%llu}",
            i == 0 ? "" : ",", prs_name_of_id(id, &files->id), files->n_docs - leaf->n_deleted,
            leaf->n_deleted, (unsigned long long)files->arrival_base,
            (unsigned long long)(files->idx.len + files->doc.len));
    }
    prs_buf_put8(buf, ']');
}

static void put_head(prs_buf *buf, const prism_snapshot *snap, const sums *s) {
    prs_id uuid;
    char hex[33];
    memcpy(uuid.bytes, snap->uuid, sizeof uuid.bytes);
    prs_buf_printf(buf, "{\"documents\":%llu,\"deleted\":%llu,\"segments\":%u,\"generation\":%llu,",
                   (unsigned long long)(snap->n_docs - snap->n_deleted),
                   (unsigned long long)snap->n_deleted, snap->n_leaves,
                   (unsigned long long)snap->generation);
    prs_buf_printf(buf, "\"uuid\":\"%s\",\"library\":\"%s\",\"format\":\"1.0\",\"bytes\":%llu",
                   prs_name_of_id(hex, &uuid), PRISM_VERSION_STRING, (unsigned long long)s->files);
}

static prism_status put_all(prs_buf *buf, const prism_snapshot *snap, prism_error *err) {
    const char *schema;
    size_t schema_len;
    sums s = {.files = snap->manifest.deletes.len};
    s.component[PRS_COMPONENT_DELETES] = snap->manifest.deletes.len;
    for (uint32_t i = 0; i < snap->n_leaves; i++) {
        uint64_t unused = 0;
        add_file(&s, snap->leaves[i].segment->idx, PRS_FIELD_NONE, &unused);
        add_file(&s, snap->leaves[i].segment->doc, PRS_FIELD_NONE, &unused);
        add_lists(&s, snap->leaves[i].segment);
    }
    put_head(buf, snap, &s);
    prs_buf_printf(buf, ",\"fields\":{");
    for (uint32_t f = 0; f < snap->recipe->n_fields; f++) put_field(buf, snap, f, f == 0);
    prs_buf_put8(buf, '}');
    put_components(buf, &s);
    put_segments(buf, snap);
    PRS_TRY(prs_schema_to_json(snap->schema, &schema, &schema_len, err));
    prs_buf_printf(buf, ",\"schema\":");
    prs_buf_put(buf, schema, schema_len);
    prs_buf_put8(buf, '}');
    return prs_buf_status(buf, err);
}

prism_status prs_info_json(const prism_snapshot *snap, char **json, prism_error *err) {
    prs_buf buf;
    prs_buf_init(&buf, snap->mem);
    prism_status status = put_all(&buf, snap, err);
    if (status == PRISM_OK) {
        *json = prs_text_new(snap->mem, buf.ptr, buf.len);
        if (*json == NULL) status = prs_error_nomem(err);
    }
    prs_buf_fini(&buf);
    return status;
}
