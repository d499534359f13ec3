/* ref_columns.c - which values does a column hold?  (FORMAT.md section 13)
 *
 * Tested by: tests/golden. */
#include "ref/ref_parts.h"

typedef struct column {
    const ref_segment *s;
    uint32_t type, many;
    uint64_t n_values;
    const uint8_t *places; /* bit array, or n_docs + 1 u32 */
    const uint8_t *section;
    /* integer */
    const uint8_t *blocks;
    /* keyword */
    uint64_t n_words;
    uint32_t width;
    const uint8_t *word_offsets, *numbers, *words;
} column;

/* Values of document d: numbers from .. to - 1. */
static void places_of(const column *c, uint32_t d, uint64_t *from, uint64_t *to) {
    if (c->many) {
        *from = ref_bits(c->places, 32 * (uint64_t)d, 32);
        *to = ref_bits(c->places, 32 * ((uint64_t)d + 1), 32);
        ref_must(*from <= *to && *to <= c->n_values, "COLUMN", "places ascend");
    } else {
        *from = d;
        *to = d + ref_bits(c->places, d, 1);
    }
}

static void read_places(column *c, ref_cur *cur) {
    uint64_t n = c->s->n_docs;
    uint64_t bytes = c->many ? 4 * (n + 1) : ref_bit_bytes(n);
    c->places = ref_take(cur, bytes);
    ref_align(cur, 8);
    if (c->many) {
        ref_must(ref_bits(c->places, 0, 32) == 0 && ref_bits(c->places, 32 * n, 32) == c->n_values,
                 "COLUMN", "places begin with 0 and end with n_values");
    } else {
        ref_tail_zero(c->places, n, bytes, "COLUMN");
        ref_must(c->n_values == n, "COLUMN", "without many there is a value a document");
    }
}

static int is_absent(const column *c, uint64_t i) {
    return !c->many && ref_bits(c->places, i, 1) == 0;
}

static int64_t integer_at(const column *c, uint64_t i) {
    const uint8_t *block = c->blocks + 24 * (i / 1024);
    uint64_t min = ref_bits(block, 0, 64), offset = ref_bits(block, 128, 64);
    uint32_t width = c->section[offset];
    return (int64_t)(min + ref_bits(c->section + offset + 1, i % 1024 * width, width));
}

/* Blocks lie without gaps; min, max and width are right; absent values are the minimum. */
static void read_integers(column *c, ref_cur *cur) {
    uint64_t n_blocks = (c->n_values + 1023) / 1024;
    c->blocks = ref_take(cur, 24 * n_blocks);
    for (uint64_t b = 0; b < n_blocks; b++) {
        int64_t min = (int64_t)ref_bits(c->blocks + 24 * b, 0, 64);
        int64_t max = (int64_t)ref_bits(c->blocks + 24 * b, 64, 64);
        uint64_t n = c->n_values - 1024 * b, met_min = 0, met_max = 0, present = 0;
        if (n > 1024) n = 1024;
        ref_must(ref_bits(c->blocks + 24 * b, 128, 64) == ref_place(cur), "COLUMN",
                 "blocks lie without gaps");
        uint32_t width = ref_u8(cur);
        ref_must(min <= max && width == ref_bits_of((uint64_t)max - (uint64_t)min), "COLUMN",
                 "a block's width is bits(max - min)");
        uint64_t bytes = ref_bit_bytes(n * width);
        ref_tail_zero(ref_take(cur, bytes), n * width, bytes, "COLUMN");
        for (uint64_t i = 1024 * b; i < 1024 * b + n; i++) {
            int64_t v = integer_at(c, i);
            ref_must(v >= min && v <= max, "COLUMN", "values are in min .. max");
            ref_must(!is_absent(c, i) || v == min, "COLUMN", "absent values are the minimum");
            if (is_absent(c, i)) continue;
            present++;
            met_min |= v == min;
            met_max |= v == max;
        }
        ref_must(present == 0 ? min == 0 && max == 0 : met_min && met_max, "COLUMN",
                 "min and max are those of the values; 0 for a block without any");
    }
    ref_done(cur);
}

static void word_at(const column *c, uint64_t w, const uint8_t **at, uint64_t *len) {
    uint64_t from = ref_bits(c->word_offsets, 64 * w, 64);
    *at = c->words + from;
    *len = ref_bits(c->word_offsets, 64 * (w + 1), 64) - from;
}

static void read_words(column *c, ref_cur *cur) {
    c->n_words = ref_u32(cur);
    ref_must(ref_u32(cur) == 0, "COLUMN", "bytes behind n_words are zero");
    c->word_offsets = ref_take(cur, 8 * (c->n_words + 1));
    c->width = ref_u8(cur);
    ref_must(c->width <= 32, "COLUMN", "width is 0..32");
    ref_zeros(cur, 7);
    uint64_t bits = c->n_values * c->width;
    c->numbers = ref_take(cur, ref_bit_bytes(bits));
    ref_tail_zero(c->numbers, bits, ref_bit_bytes(bits), "COLUMN");
    ref_align(cur, 8);
    uint64_t len = ref_left(cur), before = 0;
    c->words = ref_take(cur, len);
    for (uint64_t w = 0; w <= c->n_words; w++) {
        uint64_t at = ref_bits(c->word_offsets, 64 * w, 64);
        ref_must(at >= before && at <= len && (w > 0 || at == 0), "COLUMN", "word offsets ascend");
        before = at;
    }
    ref_must(before == len, "COLUMN", "the word offsets cover the word bytes");
    for (uint64_t w = 1; w < c->n_words; w++) {
        const uint8_t *a, *b;
        uint64_t a_len, b_len;
        word_at(c, w - 1, &a, &a_len);
        word_at(c, w, &b, &b_len);
        ref_must(ref_order(a, a_len, b, b_len) < 0, "COLUMN", "words ascend and are distinct");
    }
    for (uint64_t i = 0; i < c->n_values; i++) {
        uint64_t v = ref_bits(c->numbers, i * c->width, c->width);
        ref_must(is_absent(c, i) ? v == 0 : v < c->n_words, "COLUMN",
                 "word numbers are those of words");
    }
}

static void each_value(const column *c, ref_value_fn each, void *ctx) {
    for (uint32_t d = 0; d < c->s->n_docs; d++) {
        uint64_t from, to;
        int64_t before = 0;
        places_of(c, d, &from, &to);
        for (uint64_t i = from; i < to; i++) {
            ref_value v = {0, NULL, 0};
            v.number = c->type == 1 ? integer_at(c, i)
                                    : (int64_t)ref_bits(c->numbers, i * c->width, c->width);
            if (c->type == 2) word_at(c, (uint64_t)v.number, &v.word, &v.word_len);
            ref_must(i == from || before < v.number, "COLUMN",
                     "a document's values ascend and are distinct");
            before = v.number;
            if (each != NULL) each(ctx, d, &v);
        }
    }
}

int ref_column(ref_index *ix, const ref_segment *s, uint32_t field, ref_value_fn each, void *ctx) {
    (void)ix;
    ref_cur cur;
    column c = {.s = s};
    if (!ref_file_section(s->idx, REF_COLUMN, field, &cur)) return 0;
    ref_must(s->schema->fields[field].column, "COLUMN", "the field is a column");
    c.section = cur.start;
    c.type = ref_u8(&cur);
    c.many = ref_u8(&cur);
    ref_must(c.type >= 1 && c.type <= 2 && c.many <= 1, "COLUMN", "its type is known");
    ref_must((c.type == 2) == (s->schema->fields[field].type == REF_KEYWORD), "COLUMN",
             "its type is that of the field");
    ref_must((int)c.many == s->schema->fields[field].many, "COLUMN", "it is many as the field is");
    ref_zeros(&cur, 6);
    c.n_values = ref_u64(&cur);
    ref_must(c.n_values <= UINT32_MAX, "COLUMN", "n_values < 2^32");
    read_places(&c, &cur);
    if (c.type == 1)
        read_integers(&c, &cur);
    else
        read_words(&c, &cur);
    each_value(&c, each, ctx);
    return 1;
}
