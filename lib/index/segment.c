/* segment.c - how are a segment's two files opened without believing them, and shared?
 *
 * Structure   `.idx`: SEGMENT, SCHEMA -> fields of the recipe found by name -> dictionary, lengths,
 *             column `.doc`: documents
 * Invariants  - Numbers, names and analyzers are cross-checked: n_docs and arrival_base with the
 *               manifest, each field's analyzer id with the one opened for it (EANALYZER: other
 *               rules made these terms).
 *             - A field that the segment does not know, or knows with another type, is simply
 *               absent.
 *             - Lengths are verified now, because their getter cannot fail; all else on first
 *               touch.
 * Source      FORMAT.md section 5; rules R15, R24, R31, R35.
 * Tested by   tests/unit/index/test_segment.c */
#include "index/segment.h"

#include "base/bitset.h"
#include "base/error.h"
#include "format/components.h"
#include "format/names.h"
#include "format/segment_meta.h"

#define PRS_SEGMENT_MEMO_BLOCKS 4u /* of a dictionary */

/* ---- fields ---------------------------------------------------------------------------------- */

static prism_status check_analyzer(const prs_segment *seg, uint32_t f, const prs_field_meta *meta,
                                   prism_error *err) {
    const prs_analyzer *analyzer = seg->recipe->analyzers[f];
    if (analyzer == NULL || meta->analyzer.len == 0) return PRISM_OK;
    const char *id = prs_analyzer_id(analyzer);
    if (prs_bytes_equal(meta->analyzer, prs_bytes_of(id, strlen(id)))) return PRISM_OK;
    prs_error_set(err, PRISM_EANALYZER,
                  "field %s was analyzed by other rules (%.*s): reindex from the stored documents",
                  seg->recipe->schema->fields[f].name, (int)PRS_MIN(meta->analyzer.len, 80),
                  (const char *)meta->analyzer.ptr);
    prs_error_file(err, prs_in_name(seg->idx));
    return PRISM_EANALYZER;
}

static prism_status open_lengths(prs_segment *seg, prs_segment_field *field, prism_error *err) {
    prs_section section;
    field->has_lengths = prs_in_section(seg->idx, PRS_COMPONENT_LENGTHS, field->no, &section);
    PRS_TRY(prs_lengths_open(&field->lengths, &section, seg->n_docs, err));
    if (!prs_in_section(seg->idx, PRS_COMPONENT_SPANS, field->no, &section)) {
        field->spans = field->lengths;
        return PRISM_OK;
    }
    return prs_lengths_open(&field->spans, &section, seg->n_docs, err);
}

/* Pairs of stop words, if they are kept. */
static prism_status open_pairs(const prs_segment *seg, prs_segment_field *field, prism_error *err) {
    prs_section lists, index;
    if (!prs_in_section(seg->idx, PRS_COMPONENT_STOP_SET, field->no, &field->stops))
        return PRISM_OK;
    field->stop_words = prs_mem_alloc(&seg->core->mem, sizeof *field->stop_words);
    if (field->stop_words == NULL) return prs_error_nomem(err);
    PRS_TRY(prs_stops_read(field->stop_words, &field->stops, err));
    (void)prs_in_section(seg->idx, PRS_COMPONENT_PAIR_LISTS, field->no, &lists);
    (void)prs_in_section(seg->idx, PRS_COMPONENT_PAIR_TERMS_INDEX, field->no, &index);
    PRS_TRY(prs_terms_open(&field->pair_terms, &lists, &index, seg->n_docs, err));
    field->pair_source = (prs_postings_source){.lists = lists, .n_docs = seg->n_docs};
    return PRISM_OK;
}

/* A small dictionary is as quick itself. */
static void open_memo(const prs_segment *seg, prs_terms *terms, prs_terms_memo *memo) {
    prs_terms_memo_init(memo, &seg->core->mem);
    terms->memo = terms->n_blocks >= PRS_SEGMENT_MEMO_BLOCKS ? memo : NULL;
}

static prism_status open_field(prs_segment *seg, uint32_t f, const prs_field_meta *meta,
                               prism_error *err) {
    prs_segment_field *field = &seg->fields[f];
    const prs_field *own = &seg->schema->fields[field->no];
    prs_section lists, index, column;
    PRS_TRY(check_analyzer(seg, f, meta, err));
    field->n_docs_with = meta->n_docs_with;
    field->max_length = meta->max_length;
    field->sum_length = meta->sum_length;
    field->n_terms = meta->n_terms;
    field->sum_df = meta->sum_df;
    field->sum_cf = meta->sum_cf;
    PRS_TRY(open_lengths(seg, field, err));
    (void)prs_in_section(seg->idx, PRS_COMPONENT_LISTS, field->no, &lists);
    (void)prs_in_section(seg->idx, PRS_COMPONENT_TERMS_INDEX, field->no, &index);
    PRS_TRY(prs_terms_open(&field->terms, &lists, &index, seg->n_docs, err));
    field->has_positions = (own->flags & PRISM_FIELD_POSITIONS) != 0;
    field->source = (prs_postings_source){.lists = lists, .n_docs = seg->n_docs};
    if (field->has_positions) {
        field->source.spans = &field->spans;
        PRS_TRY(open_pairs(seg, field, err));
    }
    open_memo(seg, &field->terms, &field->memo);
    open_memo(seg, &field->pair_terms, &field->pair_memo);
    field->has_column = prs_in_section(seg->idx, PRS_COMPONENT_COLUMN, field->no, &column);
    if (field->has_column) PRS_TRY(prs_column_open(&field->column, &column, seg->n_docs, err));
    return PRISM_OK;
}

static prism_status open_fields(prs_segment *seg, const prs_segment_meta *meta, prism_error *err) {
    const prism_schema *schema = seg->recipe->schema;
    for (uint32_t f = 0; f < seg->n_fields; f++) {
        const char *name = schema->fields[f].name;
        const prs_field *own = prs_schema_field(seg->schema, name, strlen(name));
        if (own == NULL || own->type != schema->fields[f].type) continue;
        seg->fields[f].no = own->no;
        const prs_field_meta *field_meta = prs_segment_meta_field(meta, own->no);
        if (field_meta == NULL) continue;
        seg->fields[f].present = true;
        seg->fields[f].partial = own->partial;
        PRS_TRY(open_field(seg, f, field_meta, err));
    }
    return PRISM_OK;
}

/* ---- whole segments -------------------------------------------------------------------------- */

/* The segment's schema: the recipe's own when the texts are equal. */
static prism_status open_schema(prs_segment *seg, prism_error *err) {
    prs_section section;
    const char *json;
    size_t len;
    (void)prs_in_section(seg->idx, PRS_COMPONENT_SCHEMA, PRS_FIELD_NONE, &section);
    PRS_TRY(prs_in_touch(&section, 0, section.len, err));
    PRS_TRY(prs_schema_to_json(seg->recipe->schema, &json, &len, err));
    prs_bytes text = prs_bytes_of(section.ptr, (size_t)section.len);
    if (prs_bytes_equal(text, prs_bytes_of(json, len))) {
        seg->schema = prs_schema_ref(seg->recipe->schema);
        return PRISM_OK;
    }
    return prs_recipe_read_schema(text, prs_in_name(seg->idx), true, &seg->schema, err);
}

static prism_status open_meta(prs_segment *seg, prs_arena *arena, prism_error *err) {
    prs_section section;
    prs_segment_meta meta;
    (void)prs_in_section(seg->idx, PRS_COMPONENT_SEGMENT, PRS_FIELD_NONE, &section);
    PRS_TRY(prs_segment_meta_read(&meta, &section, arena, err));
    if (meta.n_docs != seg->n_docs || meta.arrival_base != seg->arrival_base) {
        return prs_section_corrupt(&section, section.ptr, err,
                                   "documents are not those of the manifest");
    }
    return open_fields(seg, &meta, err);
}

static prism_status open_keys(prs_segment *seg, prism_error *err) {
    prs_section section;
    if (!prs_in_section(seg->idx, PRS_COMPONENT_KEYS, PRS_FIELD_NONE, &section)) return PRISM_OK;
    return prs_keys_open(&seg->keys, &section, seg->n_docs, err);
}

static prism_status open_order(prs_segment *seg, prism_error *err) {
    prs_section section;
    (void)prs_in_section(seg->doc, PRS_COMPONENT_ORDER, PRS_FIELD_NONE, &section);
    return prs_order_open(&seg->order, &section, seg->n_docs, err);
}

static prism_status open_docs(prs_segment *seg, prism_error *err) {
    prs_section docs, index;
    (void)prs_in_section(seg->doc, PRS_COMPONENT_DOCS, PRS_FIELD_NONE, &docs);
    (void)prs_in_section(seg->doc, PRS_COMPONENT_DOC_INDEX, PRS_FIELD_NONE, &index);
    return prs_docstore_open(&seg->docs, &docs, &index, seg->n_docs, err);
}

static prism_status open_files(prs_segment *seg, prism_error *err) {
    prs_core *core = seg->core;
    const prs_manifest_segment *files = &seg->files;
    char name[PRS_NAME_SIZE];
    prs_name_of_segment(name, PRS_NAME_IDX, &files->id);
    PRS_TRY(prs_in_open(core->dir, name, PRS_FILE_IDX, &files->id, files->idx.len,
                        &files->idx.digest, core->checksums, &seg->idx, err));
    prs_name_of_segment(name, PRS_NAME_DOC, &files->id);
    return prs_in_open(core->dir, name, PRS_FILE_DOC, &files->id, files->doc.len,
                       &files->doc.digest, core->checksums, &seg->doc, err);
}

static prism_status open_parts(prs_segment *seg, prism_error *err) {
    PRS_TRY(open_schema(seg, err));
    prs_arena arena;
    prs_arena_init(&arena, &seg->core->mem, 0);
    prism_status status = open_meta(seg, &arena, err);
    prs_arena_fini(&arena);
    PRS_TRY(status);
    PRS_TRY(open_keys(seg, err));
    PRS_TRY(open_order(seg, err));
    return open_docs(seg, err);
}

/* With the files of `from`, or, NULL, with files of its own. */
static prism_status open_with(prs_segment *seg, const prs_segment *from, prism_error *err) {
    if (seg->fields == NULL) return prs_error_nomem(err);
    if (from == NULL) {
        PRS_TRY(open_files(seg, err));
    } else {
        seg->idx = prs_in_ref(from->idx);
        seg->doc = prs_in_ref(from->doc);
    }
    return open_parts(seg, err);
}

static prism_status open_segment(prs_core *core, prs_recipe *recipe,
                                 const prs_manifest_segment *files, const prs_segment *from,
                                 prs_segment **out, prism_error *err) {
    *out = NULL;
    prs_segment *seg = prs_mem_calloc(&core->mem, 1, sizeof *seg);
    if (seg == NULL) return prs_error_nomem(err);
    prs_ref_init(&seg->refs);
    seg->core = prs_core_ref(core);
    seg->recipe = prs_recipe_ref(recipe);
    seg->files = *files;
    seg->files.n_deleted = 0;
    seg->n_docs = files->n_docs;
    seg->arrival_base = files->arrival_base;
    seg->n_fields = recipe->n_fields;
    seg->fields = prs_mem_calloc(&core->mem, seg->n_fields, sizeof *seg->fields);
    prism_status status = open_with(seg, from, err);
    if (status != PRISM_OK) {
        prs_segment_unref(seg);
        return status;
    }
    *out = seg;
    return PRISM_OK;
}

prism_status prs_segment_open(prs_core *core, prs_recipe *recipe, const prs_manifest_segment *files,
                              prs_segment **out, prism_error *err) {
    return open_segment(core, recipe, files, NULL, out, err);
}

prism_status prs_segment_open_as(const prs_segment *from, prs_recipe *recipe, prs_segment **out,
                                 prism_error *err) {
    return open_segment(from->core, recipe, &from->files, from, out, err);
}

prs_segment *prs_segment_ref(prs_segment *segment) {
    prs_ref_inc(&segment->refs);
    return segment;
}

void prs_segment_unref(prs_segment *segment) {
    if (segment == NULL || !prs_ref_dec(&segment->refs)) return;
    prs_core *core = segment->core;
    prs_in_close(segment->idx);
    prs_in_close(segment->doc);
    prs_schema_unref(segment->schema);
    prs_recipe_unref(segment->recipe);
    for (uint32_t f = 0; segment->fields != NULL && f < segment->n_fields; f++) {
        prs_mem_free(&core->mem, segment->fields[f].stop_words, sizeof(prs_stops));
        prs_terms_memo_fini(&segment->fields[f].memo);
        prs_terms_memo_fini(&segment->fields[f].pair_memo);
    }
    prs_mem_free(&core->mem, segment->fields, segment->n_fields * sizeof *segment->fields);
    prs_mem_free(&core->mem, segment, sizeof *segment);
    prs_core_unref(core);
}

/* ---- questions ------------------------------------------------------------------------------- */

uint64_t prs_segment_arrival(const prs_segment *segment, uint32_t doc) {
    return segment->arrival_base + prs_order_get(&segment->order, doc);
}

prism_status prs_segment_document(const prs_segment *segment, prs_docstore_cursor *cursor,
                                  uint32_t doc, prs_bytes *json, prism_error *err) {
    const prs_order *order = &segment->order;
    if (doc >= segment->n_docs) return prs_error_set(err, PRISM_EINVAL, "no such document");
    uint32_t arrival = prs_order_get(order, doc);
    if (arrival >= segment->n_docs)
        return prs_section_corrupt(&order->section, order->bits, err, "no such arrival number");
    return prs_docstore_get(&segment->docs, cursor, arrival, json, err);
}

prism_status prs_segment_by_arrival(const prs_segment *segment, prs_mem *mem, uint32_t **docs,
                                    prism_error *err) {
    *docs = NULL;
    if (segment->order.bits == NULL) return PRISM_OK;
    uint32_t *to = prs_mem_alloc(mem, (size_t)segment->n_docs * sizeof *to);
    if (to == NULL) return prs_error_nomem(err);
    prism_status status = prs_order_invert(&segment->order, to, err);
    if (status == PRISM_OK)
        *docs = to;
    else
        prs_mem_free(mem, to, (size_t)segment->n_docs * sizeof *to);
    return status;
}

static void mark_lengths(const prs_lengths *lengths, prs_bitset *set) {
    if (lengths->array == NULL) return;
    for (uint32_t doc = 0; doc < set->n; doc++) {
        uint64_t has = prs_load16(lengths->array + 2 * (size_t)doc) != 0;
        set->words[doc >> 6] |= has << (doc & 63);
    }
}

static prism_status mark_column(const prs_column *column, prs_bitset *set, prism_error *err) {
    PRS_TRY(prs_column_touch(column, err));
    for (uint32_t doc = 0; doc < set->n; doc++) {
        if (prs_column_has(column, doc)) prs_bitset_set(set, doc);
    }
    return PRISM_OK;
}

/* The documents of all terms of a field that keeps neither lengths nor a column. */
static prism_status mark_terms(const prs_segment_field *field, prs_bitset *set, prs_mem *mem,
                               prism_error *err) {
    struct walk {
        prs_terms_cursor cursor;
        prs_postings postings;
    } *walk = prs_mem_alloc(mem, sizeof *walk);
    if (walk == NULL) return prs_error_nomem(err);
    prism_status status =
        prs_terms_cursor_seek(&walk->cursor, &field->terms, prs_bytes_of(NULL, 0), err);
    bool more = status == PRISM_OK;
    while (more) {
        PRS_TRY_OUT(prs_terms_cursor_next(&walk->cursor, &more, err));
        if (!more) break;
        PRS_TRY_OUT(prs_postings_open(&walk->postings, &field->source, &walk->cursor.info, err));
        PRS_TRY_OUT(prs_postings_fill_window(&walk->postings, 0, set->words,
                                             prs_bitset_words(set->n), err));
    }
out:
    prs_mem_free(mem, walk, sizeof *walk);
    return status;
}

static prism_status count_any(prs_segment *segment, const uint16_t *fields, uint32_t n,
                              uint32_t *count, prism_error *err) {
    prs_bitset set;
    if (prs_bitset_init(&set, &segment->core->mem, segment->n_docs) != PRISM_OK)
        return prs_error_nomem(err);
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < n && status == PRISM_OK; i++) {
        const prs_segment_field *field = &segment->fields[fields[i]];
        if (!field->present) continue;
        if (field->has_lengths) {
            mark_lengths(&field->lengths, &set);
        } else if (field->has_column) {
            status = mark_column(&field->column, &set, err);
        } else {
            status = mark_terms(field, &set, &segment->core->mem, err);
        }
    }
    *count = prs_bitset_count(&set);
    prs_bitset_fini(&set);
    return status;
}

/* Two halves of different entries do not fit together: their hashes would have to differ by no more
 * than counts do. */
static bool find_cached(const prs_segment *segment, uint64_t hash, uint32_t *count) {
    for (uint32_t i = 0; i < PRS_SEGMENT_ANY_CACHE; i++) {
        const struct prs_segment_any *any = &segment->any_cache[i];
        uint64_t n = atomic_load_explicit(&any->n, memory_order_relaxed);
        uint64_t proof = atomic_load_explicit(&any->proof, memory_order_relaxed);
        if (n == 0 || (proof ^ n) != hash) continue;
        *count = (uint32_t)(n - 1);
        return true;
    }
    return false;
}

static void put_cached(prs_segment *segment, uint64_t hash, uint32_t count) {
    uint32_t at = atomic_fetch_add_explicit(&segment->n_any_cache, 1, memory_order_relaxed);
    struct prs_segment_any *any = &segment->any_cache[at % PRS_SEGMENT_ANY_CACHE];
    uint64_t n = (uint64_t)count + 1;
    atomic_store_explicit(&any->proof, hash ^ n, memory_order_relaxed);
    atomic_store_explicit(&any->n, n, memory_order_relaxed);
}

prism_status prs_segment_docs_with_any(prs_segment *segment, const uint16_t *fields, uint32_t n,
                                       uint32_t *count, prism_error *err) {
    *count = 0;
    for (uint32_t i = 0; i < n; i++) PRS_ASSERT(fields[i] < segment->n_fields);
    if (n == 1) {
        *count = segment->fields[fields[0]].n_docs_with;
        return PRISM_OK;
    }
    uint64_t hash = prs_hash64(fields, n * sizeof *fields, 0);
    if (find_cached(segment, hash, count)) return PRISM_OK;
    PRS_TRY(count_any(segment, fields, n, count, err));
    put_cached(segment, hash, *count);
    return PRISM_OK;
}
