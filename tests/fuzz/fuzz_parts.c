/* fuzz_parts.c - are the smaller parts of a segment safe on any bytes, and exact?
 *
 *   byte 0   modulo 5: 0 SEGMENT, 1 LENGTHS, 2 KEYS, 3 ORDER, 4 names in a directory
 *            bit 7 bytes as they are, else written from numbers and edited
 *   then     documents (2), a seed (4)
 *   rest     bytes; or edits
 *
 * States    - Opening gives ECORRUPT or something whose every answer is within bounds.
 *           - What was read and written again is read as the same.
 *           - Unedited, what was written comes back; a name that is ours is computed from what it
 *             says. */
#include "fuzz.h"

#include "format/components.h"
#include "format/keys.h"
#include "format/lengths.h"
#include "format/names.h"
#include "format/order.h"
#include "format/segment_meta.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DOCS = 1500, MOST_FIELDS = 20 };

static bool good(prism_status status, bool intact) {
    FUZZ_NEED(status == PRISM_OK || (status == PRISM_ECORRUPT && !intact));
    return status == PRISM_OK;
}

/* ---- SEGMENT --------------------------------------------------------------------------------- */

static prs_segment_meta make_meta(uint32_t n_docs, uint64_t *state, prs_field_meta *fields) {
    static const char id[] = "mixed-v1 ucd=15.0 stem=english:1f3a";
    prs_segment_meta meta = {.n_docs = n_docs, .arrival_base = fuzz_some_bits(state, 63)};
    meta.n_fields = (uint32_t)(fuzz_next(state) % MOST_FIELDS);
    meta.fields = fields;
    for (uint32_t i = 0; i < meta.n_fields; i++) {
        prs_field_meta *f = &fields[i];
        *f = (prs_field_meta){.field = (uint16_t)(2 * i + fuzz_next(state) % 2)};
        f->n_docs_with = (uint32_t)(fuzz_next(state) % (n_docs + 1u));
        if (f->n_docs_with > 0) f->max_length = (uint32_t)fuzz_some_bits(state, 24);
        f->sum_length = f->n_docs_with ? f->max_length + fuzz_next(state) % f->n_docs_with *
                                                             (uint64_t)f->max_length
                                       : 0;
        f->n_terms = fuzz_some_bits(state, 30);
        f->sum_df = f->n_terms + fuzz_some_bits(state, 30);
        f->sum_cf = f->sum_df + fuzz_some_bits(state, 30);
        f->analyzer = prs_bytes_of(id, fuzz_next(state) % sizeof id);
    }
    return meta;
}

static fuzz_copy write_meta(const prs_segment_meta *meta, prs_mem *mem) {
    fuzz_file file;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file_begin(&file, mem, PRS_COMPONENT_SEGMENT);
    fuzz_must(prs_segment_meta_write(meta, mem, file.out, &err), &err, "write");
    fuzz_file_open(&file);
    fuzz_copy copy = fuzz_file_copy(&file, PRS_COMPONENT_SEGMENT);
    fuzz_file_end(&file);
    return copy;
}

static void check_same_meta(const prs_segment_meta *a, const prs_segment_meta *b) {
    FUZZ_NEED(a->n_docs == b->n_docs && a->arrival_base == b->arrival_base);
    FUZZ_NEED(a->n_fields == b->n_fields);
    for (uint32_t i = 0; i < a->n_fields; i++) {
        const prs_field_meta *x = &a->fields[i], *y = &b->fields[i];
        FUZZ_NEED(x->field == y->field && x->n_docs_with == y->n_docs_with);
        FUZZ_NEED(x->max_length == y->max_length && x->sum_length == y->sum_length);
        FUZZ_NEED(x->n_terms == y->n_terms && x->sum_df == y->sum_df && x->sum_cf == y->sum_cf);
        FUZZ_NEED(prs_bytes_equal(x->analyzer, y->analyzer));
        FUZZ_NEED(prs_segment_meta_field(b, x->field) == y);
    }
}

static void use_meta(const fuzz_copy *copy, const prs_segment_meta *want, prs_mem *mem) {
    prs_arena arena;
    prs_segment_meta meta, again;
    prs_section section = fuzz_copy_section(copy);
    prs_arena_init(&arena, mem, 0);
    if (good(prs_segment_meta_read(&meta, &section, &arena, NULL), want != NULL)) {
        FUZZ_NEED(prs_segment_meta_broken_rule(&meta) == NULL);
        if (want != NULL) check_same_meta(want, &meta);
        fuzz_copy second = write_meta(&meta, mem);
        section = fuzz_copy_section(&second);
        FUZZ_NEED(prs_segment_meta_read(&again, &section, &arena, NULL) == PRISM_OK);
        check_same_meta(&meta, &again);
        fuzz_copy_end(&second);
    }
    prs_arena_fini(&arena);
}

static void try_segment(fuzz_input *in, bool raw, uint32_t n_docs, uint64_t *state, prs_mem *mem) {
    prs_field_meta fields[MOST_FIELDS];
    prs_segment_meta meta = make_meta(n_docs, state, fields);
    fuzz_copy copy = raw ? fuzz_copy_of(in->at, fuzz_left(in)) : write_meta(&meta, mem);
    bool intact = !raw && fuzz_edit(in, copy.bytes, &copy.len) == 0;
    use_meta(&copy, intact ? &meta : NULL, mem);
    fuzz_copy_end(&copy);
}

/* ---- LENGTHS --------------------------------------------------------------------------------- */

static fuzz_copy write_lengths(uint32_t *values, uint32_t n_docs, uint64_t *state, prs_mem *mem) {
    prs_lengths_builder builder;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file file;
    prs_lengths_builder_init(&builder, mem);
    for (uint32_t d = 0; d < n_docs; d++) {
        values[d] = (uint32_t)fuzz_some_bits(state, fuzz_next(state) % 9 ? 12 : 32);
        if (fuzz_next(state) % 50 == 0) values[d] = 0xfffe + (uint32_t)(fuzz_next(state) % 4);
        prs_lengths_builder_add(&builder, values[d]);
    }
    fuzz_file_begin(&file, mem, PRS_COMPONENT_LENGTHS);
    fuzz_must(prs_lengths_builder_write(&builder, file.out, &err), &err, "write");
    prs_lengths_builder_fini(&builder);
    fuzz_file_open(&file);
    fuzz_copy copy = fuzz_file_copy(&file, PRS_COMPONENT_LENGTHS);
    fuzz_file_end(&file);
    return copy;
}

static void try_lengths(fuzz_input *in, bool raw, uint32_t n_docs, uint64_t *state, prs_mem *mem) {
    static uint32_t values[MOST_DOCS];
    prs_lengths lengths;
    fuzz_copy copy =
        raw ? fuzz_copy_of(in->at, fuzz_left(in)) : write_lengths(values, n_docs, state, mem);
    bool intact = !raw && fuzz_edit(in, copy.bytes, &copy.len) == 0;
    prs_section section = fuzz_copy_section(&copy);
    if (good(prs_lengths_open(&lengths, &section, n_docs, NULL), intact)) {
        for (uint32_t d = 0; d < n_docs; d++) {
            uint32_t value = prs_lengths_get(&lengths, d);
            if (intact) FUZZ_NEED(value == values[d]);
        }
        FUZZ_NEED(prs_lengths_get(&lengths, n_docs) == 0);
        FUZZ_NEED(prs_lengths_get(&lengths, UINT32_MAX) == 0);
    }
    fuzz_copy_end(&copy);
}

/* ---- KEYS ------------------------------------------------------------------------------------ */

/* Some keys twice. */
static prs_bytes key_of(uint32_t doc, uint64_t seed, char text[32]) {
    uint64_t state = seed;
    uint32_t number = doc % 7 == 6 ? doc - 3 : doc;
    int len = snprintf(text, 32, "k%u", (unsigned)(number * (1 + fuzz_next(&state) % 99)));
    return prs_bytes_of(text, number % 97 == 5 ? 0 : (size_t)len);
}

static fuzz_copy write_keys(uint32_t n_docs, uint64_t seed, prs_mem *mem) {
    prs_keys_writer *kw;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file file;
    char text[32];
    fuzz_file_begin(&file, mem, PRS_COMPONENT_KEYS);
    fuzz_must(prs_keys_writer_new(mem, &kw, &err), &err, "writer");
    for (uint32_t d = 0; d < n_docs; d++) prs_keys_writer_add(kw, key_of(d, seed, text));
    fuzz_must(prs_keys_writer_finish(kw, file.out, n_docs, &err), &err, "write");
    prs_keys_writer_free(kw);
    fuzz_file_open(&file);
    fuzz_copy copy = fuzz_file_copy(&file, PRS_COMPONENT_KEYS);
    fuzz_file_end(&file);
    return copy;
}

static prism_status count_found(void *ctx, const prs_key_probe *probe, uint32_t doc) {
    uint32_t *found = ctx; /* n_docs, wanted, number, seen */
    (void)probe;
    FUZZ_NEED(doc < found[0]);
    found[2]++;
    found[3] |= doc == found[1];
    return PRISM_OK;
}

static prism_status count_doc(void *ctx, uint32_t doc) {
    uint32_t *found = ctx;
    FUZZ_NEED(doc < found[0]);
    found[2]++;
    return PRISM_OK;
}

static prism_status count_fresh(void *ctx, uint32_t doc, prs_bytes key, bool fresh) {
    (void)doc;
    FUZZ_NEED(key.len <= PRISM_MAX_KEY_BYTES);
    *(uint32_t *)ctx += fresh;
    return PRISM_OK;
}

static void try_keys(fuzz_input *in, bool raw, uint32_t n_docs, uint64_t seed, prs_mem *mem) {
    prs_keys keys;
    char text[32];
    fuzz_copy copy = raw ? fuzz_copy_of(in->at, fuzz_left(in)) : write_keys(n_docs, seed, mem);
    bool intact = !raw && fuzz_edit(in, copy.bytes, &copy.len) == 0;
    prs_section section = fuzz_copy_section(&copy);
    if (good(prs_keys_open(&keys, &section, n_docs, NULL), intact)) {
        for (uint32_t d = 0; d < n_docs; d++) {
            prs_bytes key;
            uint32_t found[4] = {n_docs, d, 0, 0};
            prs_key_probe probe = {.key = key_of(d, seed, text)};
            probe.hash = prs_keys_hash(probe.key);
            if (good(prs_keys_get(&keys, d, &key, NULL), intact) && intact)
                FUZZ_NEED(prs_bytes_equal(key, probe.key));
            (void)good(prs_keys_find_all(&keys, &probe, 1, count_found, found, NULL), intact);
            if (intact) FUZZ_NEED(found[3]);
            bool has = false;
            (void)good(prs_keys_has(&keys, &probe, d, &has, NULL), intact);
            if (intact) FUZZ_NEED(has);
        }
        uint32_t n_fresh = 0;
        (void)good(prs_keys_each(&keys, count_fresh, &n_fresh, NULL), intact);
        if (intact) FUZZ_NEED(n_docs == 0 || (n_fresh > 0 && n_fresh <= n_docs));
        uint32_t found[4] = {n_docs, 0, 0, 0};
        (void)good(prs_keys_superseded(&keys, &(prs_order){.n_docs = n_docs}, count_doc, found,
                                       NULL),
                   intact);
    }
    fuzz_copy_end(&copy);
}

/* ---- ORDER, names ---------------------------------------------------------------------------- */

static fuzz_copy write_order(uint32_t *numbers, uint32_t n_docs, uint64_t *state, prs_mem *mem) {
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file file;
    for (uint32_t d = 0; d < n_docs; d++) {
        uint32_t other = (uint32_t)(fuzz_next(state) % (d + 1));
        numbers[d] = numbers[other];
        numbers[other] = d;
    }
    fuzz_file_begin(&file, mem, PRS_COMPONENT_ORDER);
    fuzz_must(prs_order_write(file.out, numbers, n_docs, &err), &err, "write");
    fuzz_file_open(&file);
    fuzz_copy copy = fuzz_file_copy(&file, PRS_COMPONENT_ORDER);
    fuzz_file_end(&file);
    return copy;
}

/* An order, or numbers that are told to be none; a set of documents stays within them. */
static void use_order(const prs_order *order, const uint32_t *want, prs_mem *mem) {
    static uint32_t docs[MOST_DOCS];
    uint32_t n = order->n_docs;
    prs_bitset some, arrivals;
    bool is_order = good(prs_order_check(order, mem, NULL), want != NULL);
    FUZZ_NEED(good(prs_order_invert(order, docs, NULL), want != NULL) == is_order);
    FUZZ_NEED(prs_bitset_init(&some, mem, n) == PRISM_OK);
    FUZZ_NEED(prs_bitset_init(&arrivals, mem, n) == PRISM_OK);
    for (uint32_t d = 0; d < n; d++) {
        uint32_t arrival = prs_order_get(order, d);
        if (want != NULL) FUZZ_NEED(arrival == want[d]);
        if (is_order) FUZZ_NEED(arrival < n && docs[arrival] == d);
        if (d % 3 == 0) prs_bitset_set(&some, d);
    }
    if (good(prs_order_apply(order, &some, &arrivals, NULL), want != NULL) && is_order)
        FUZZ_NEED(prs_bitset_count(&arrivals) == prs_bitset_count(&some));
    FUZZ_NEED(prs_order_get(order, n) == 0);
    prs_bitset_fini(&some);
    prs_bitset_fini(&arrivals);
}

static void try_order(fuzz_input *in, bool raw, uint32_t n_docs, uint64_t *state, prs_mem *mem) {
    static uint32_t numbers[MOST_DOCS];
    prs_order order;
    fuzz_copy copy =
        raw ? fuzz_copy_of(in->at, fuzz_left(in)) : write_order(numbers, n_docs, state, mem);
    bool intact = !raw && fuzz_edit(in, copy.bytes, &copy.len) == 0;
    prs_section section = fuzz_copy_section(&copy);
    if (good(prs_order_open(&order, &section, n_docs, NULL), intact))
        use_order(&order, intact ? numbers : NULL, mem);
    fuzz_copy_end(&copy);
}

static void try_name(fuzz_input *in) {
    char text[PRS_NAME_SIZE], again[PRS_NAME_SIZE];
    size_t len = PRS_MIN(fuzz_left(in), sizeof text - 1);
    memcpy(text, in->at, len);
    text[len] = 0;
    prs_name name = prs_name_parse(text);
    switch (name.kind) {
    case PRS_NAME_COMMIT:
    case PRS_NAME_COMMIT_TMP:
    case PRS_NAME_DELETES:
        FUZZ_NEED(strcmp(prs_name_of_generation(again, name.kind, name.generation), text) == 0);
        break;
    case PRS_NAME_IDX:
    case PRS_NAME_DOC:
        FUZZ_NEED(strcmp(prs_name_of_segment(again, name.kind, &name.id), text) == 0);
        break;
    case PRS_NAME_WRITE_LOCK: FUZZ_NEED(strcmp(text, PRS_NAME_LOCK) == 0); break;
    case PRS_NAME_OTHER: break;
    }
    if (name.kind != PRS_NAME_OTHER) FUZZ_NEED(prs_dir_name_ok(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    prs_mem mem;
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    bool raw = (flags & 128) != 0;
    uint32_t n_docs = 1 + fuzz_below(&in, MOST_DOCS);
    uint64_t state = fuzz_take(&in, 4);
    fuzz_mem_begin(&mem);
    switch ((flags & 127) % 5) {
    case 0: try_segment(&in, raw, n_docs, &state, &mem); break;
    case 1: try_lengths(&in, raw, n_docs, &state, &mem); break;
    case 2: try_keys(&in, raw, n_docs, state, &mem); break;
    case 3: try_order(&in, raw, n_docs, &state, &mem); break;
    default: try_name(&in);
    }
    fuzz_mem_end(&mem);
    return 0;
}
