/* ref_arrays.c - what is known of each document without its text?
 * (FORMAT.md sections 9, 11, 12: LENGTHS, SPANS, KEYS, ORDER)
 *
 * Tested by: tests/golden. */
#include <string.h>
#include <xxhash.h>

#include "ref/ref_parts.h"

/* The array form of LENGTHS and SPANS. */
static uint32_t *read_numbers(ref_index *ix, const ref_segment *s, ref_cur c) {
    uint32_t *out = ref_heap_get(&ix->heap, s->n_docs * sizeof *out), n_long = 0;
    for (uint32_t d = 0; d < s->n_docs; d++) {
        out[d] = ref_u16(&c);
        n_long += out[d] == 65535;
    }
    ref_align(&c, 64);
    uint32_t n_over = ref_u32(&c);
    ref_must(n_over == n_long, c.what, "every 65535 of the array is in the list, and no other");
    int64_t before = -1;
    for (uint32_t i = 0; i < n_over; i++) {
        uint32_t doc = ref_u32(&c), value = ref_u32(&c);
        ref_must(doc < s->n_docs && (int64_t)doc > before, c.what, "the list ascends by document");
        ref_must(out[doc] == 65535 && value >= 65535, c.what, "the list holds the long ones");
        out[doc] = value;
        before = doc;
    }
    ref_done(&c);
    return out;
}

const uint32_t *ref_lengths(ref_index *ix, const ref_segment *s, uint32_t field) {
    ref_cur c;
    const ref_stats *stats = ref_stats_of(s, field);
    if (!ref_file_section(s->idx, REF_LENGTHS, field, &c)) return NULL;
    uint32_t *out = read_numbers(ix, s, c);
    uint64_t n = 0, sum = 0, max = 0;
    for (uint32_t d = 0; d < s->n_docs; d++) {
        n += out[d] > 0;
        sum += out[d];
        if (out[d] > max) max = out[d];
    }
    ref_must(stats != NULL && stats->n_docs_with == n && stats->sum_length == sum &&
                 stats->max_length == max,
             "SEGMENT", "n_docs_with, sum_length and max_length are those of LENGTHS");
    return out;
}

const uint32_t *ref_spans(ref_index *ix, const ref_segment *s, uint32_t field) {
    ref_cur c;
    const uint32_t *lengths = ref_lengths(ix, s, field);
    if (!ref_file_section(s->idx, REF_SPANS, field, &c)) return lengths;
    uint32_t *out = read_numbers(ix, s, c), differ = 0;
    ref_must(s->schema->fields[field].positions, "SPANS", "only fields with positions have it");
    for (uint32_t d = 0; lengths != NULL && d < s->n_docs; d++) {
        ref_must(out[d] >= lengths[d] && (out[d] == 0) == (lengths[d] == 0), "SPANS",
                 "a span is no less than the length, and 0 with it");
        differ += out[d] != lengths[d];
    }
    ref_must(lengths == NULL || differ > 0, "SPANS",
             "beside LENGTHS it is there only where a span differs from its length");
    return out;
}

/* First entry whose hash's top b bits are at least the bucket's number. */
static void check_buckets(const uint8_t *buckets, const uint8_t *hashes, uint32_t n, uint32_t b) {
    uint32_t entry = 0;
    for (uint64_t k = 0; k <= UINT64_C(1) << b; k++) {
        while (entry < n &&
               (b == 0 ? 0 : ref_bits(hashes, 64 * (uint64_t)entry, 64) >> (64 - b)) < k)
            entry++;
        ref_must(ref_bits(buckets, 32 * k, 32) == entry, "KEYS",
                 "a bucket is the first entry whose hash's top bits reach its number");
    }
}

static void check_entries(const ref_segment *s, const ref_cur *keys, const uint8_t *hashes,
                          const uint8_t *docs) {
    for (uint32_t i = 0; i < s->n_docs; i++) {
        uint64_t hash = ref_bits(hashes, 64 * (uint64_t)i, 64);
        uint32_t doc = (uint32_t)ref_bits(docs, 32 * (uint64_t)i, 32);
        ref_must(doc < s->n_docs, "KEYS", "documents are in the segment");
        ref_must(hash == XXH3_64bits_withSeed(keys[doc].start, ref_left(&keys[doc]), 0), "KEYS",
                 "an entry has the hash of its key");
        if (i == 0) continue;
        uint64_t hash_before = ref_bits(hashes, 64 * (uint64_t)(i - 1), 64);
        uint32_t doc_before = (uint32_t)ref_bits(docs, 32 * (uint64_t)(i - 1), 32);
        int order = ref_order(keys[doc_before].at, ref_left(&keys[doc_before]), keys[doc].at,
                              ref_left(&keys[doc]));
        ref_must(hash_before < hash ||
                     (hash_before == hash && (order < 0 || (order == 0 && doc_before < doc))),
                 "KEYS", "entries ascend by (hash, key, doc)");
        int both_live = !s->deleted[doc] && !s->deleted[doc_before];
        ref_must(!both_live || order != 0, "KEYS", "at most one document of a key is not deleted");
    }
}

const ref_cur *ref_keys(ref_index *ix, const ref_segment *s) {
    ref_cur c;
    int has_keys = ref_file_section(s->idx, REF_KEYS, REF_NO_FIELD, &c);
    ref_must(has_keys == (s->schema->key_field >= 0), "KEYS",
             "it is there if the schema has a key");
    if (!has_keys) return NULL;
    ref_must(ref_u32(&c) == s->n_docs, "KEYS", "every document has a key");
    uint32_t b = ref_u8(&c), width = ref_u8(&c), n = s->n_docs;
    ref_must(b < 32 && (width == 4 || width == 8) && ref_u16(&c) == 0, "KEYS",
             "its sizes are allowed");
    const uint8_t *offsets = ref_take(&c, ((uint64_t)n + 1) * width);
    ref_align(&c, 8);
    const uint8_t *buckets = ref_take(&c, ((UINT64_C(1) << b) + 1) * 4);
    ref_align(&c, 8);
    const uint8_t *hashes = ref_take(&c, 8 * (uint64_t)n), *docs = ref_take(&c, 4 * (uint64_t)n);
    ref_cur *keys = ref_heap_get(&ix->heap, n * sizeof *keys);
    uint64_t at = 0;
    for (uint32_t d = 0; d < n; d++) {
        uint64_t next = ref_bits(offsets, ((uint64_t)d + 1) * width * 8, width * 8u);
        ref_must(ref_bits(offsets, (uint64_t)d * width * 8, width * 8u) == at && next >= at, "KEYS",
                 "key offsets begin with 0 and ascend");
        keys[d] = ref_cut(&c, next - at);
        at = next;
    }
    ref_done(&c);
    check_buckets(buckets, hashes, n, b);
    check_entries(s, keys, hashes, docs);
    return keys;
}

const uint64_t *ref_arrivals(ref_index *ix, const ref_segment *s) {
    ref_cur c;
    uint64_t *out = ref_heap_get(&ix->heap, s->n_docs * sizeof *out);
    for (uint32_t d = 0; d < s->n_docs; d++) out[d] = s->arrival_base + d;
    if (!ref_file_section(s->doc, REF_ORDER, REF_NO_FIELD, &c)) return out;
    uint8_t *seen = ref_heap_get(&ix->heap, s->n_docs);
    uint32_t width = ref_u8(&c);
    ref_must(width <= 32, "ORDER", "width is 0..32");
    ref_zeros(&c, 7);
    uint64_t bits = (uint64_t)s->n_docs * width, bytes = ref_bit_bytes(bits);
    const uint8_t *array = ref_take(&c, bytes);
    ref_tail_zero(array, bits, bytes, "ORDER");
    ref_done(&c);
    for (uint32_t d = 0; d < s->n_docs; d++) {
        uint64_t v = ref_bits(array, (uint64_t)d * width, width);
        ref_must(v < s->n_docs && !seen[v], "ORDER", "arrival numbers are those of the segment");
        seen[v] = 1;
        out[d] = s->arrival_base + v;
    }
    return out;
}
