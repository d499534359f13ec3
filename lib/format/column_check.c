/* column_check.c - does a column keep every rule of the format, value by value?
 *
 * For `check` and for tests; reading does without, since its getters are safe on any bytes.
 * Source: FORMAT.md section 13; rule R17.  Tested by tests/unit/format/test_column.c */
#include "format/column.h"

#include "codec/bits.h"

static prism_status wrong(const prs_column *c, const void *at, prism_error *err, const char *what) {
    return prs_section_corrupt(&c->section, at, err, what);
}

static prism_status check_places(const prs_column *c, prism_error *err) {
    uint32_t left = c->n_docs % 64;
    if (!c->many) {
        if (left != 0 && prs_load64(c->places + c->n_docs / 64 * (size_t)8) >> left != 0) {
            return wrong(c, c->places, err, "a column has values behind its last document");
        }
        return PRISM_OK;
    }
    uint32_t before = 0;
    for (size_t doc = 0; doc <= c->n_docs; doc++) {
        uint32_t first = prs_load32(c->places + 4 * doc);
        if (first < before || (doc == 0 && first != 0) ||
            (doc == c->n_docs && first != c->n_values)) {
            return wrong(c, c->places + 4 * doc, err, "a column's value numbers are out of order");
        }
        before = first;
    }
    return PRISM_OK;
}

/* Is value v there (single), that is, does it count for the range of its block? */
static bool is_present(const prs_column *c, uint64_t v) {
    return c->many || (c->places[v >> 3] >> (v & 7) & 1) != 0;
}

static prism_status check_block(const prs_column *c, uint32_t b, uint64_t *end, prism_error *err) {
    const uint8_t *head = c->blocks + (size_t)b * 24;
    uint64_t off = prs_load64(head + 16), base = (uint64_t)b * PRS_COLUMN_BLOCK;
    uint64_t n = PRS_MIN((uint64_t)PRS_COLUMN_BLOCK, c->n_values - base);
    int64_t min, max, least = INT64_MAX, most = INT64_MIN;
    prs_column_range(c, b, &min, &max);
    if (off != *end || off >= c->section.len || c->section.ptr[off] > 64) {
        return wrong(c, head, err, "a block of a column is not where it should be");
    }
    uint32_t width = c->section.ptr[off];
    *end = off + 1 + prs_bits_bytes(n, width);
    if (*end > c->section.len || width != prs_bit_width64((uint64_t)max - (uint64_t)min)) {
        return wrong(c, head, err, "a block of a column has a wrong width");
    }
    for (uint64_t v = base; v < base + n; v++) {
        int64_t value = prs_column_int(c, v);
        if (!is_present(c, v)) {
            if (value != min) return wrong(c, head, err, "an absent value is not the least");
            continue;
        }
        least = PRS_MIN(least, value);
        most = PRS_MAX(most, value);
    }
    if (least > most) least = most = 0;
    if (least != min || most != max)
        return wrong(c, head, err, "a block of a column has a wrong range");
    return PRISM_OK;
}

static prism_status check_words(const prs_column *c, prism_error *err) {
    if (prs_load64(c->word_offs) != 0 ||
        prs_load64(c->word_offs + 8 * (size_t)c->n_words) != c->word_bytes_len) {
        return wrong(c, c->word_offs, err, "a column's words do not fill their room");
    }
    for (uint32_t w = 0; w < c->n_words; w++) {
        const uint8_t *off = c->word_offs + 8 * (size_t)w;
        bool good =
            prs_load64(off) <= prs_load64(off + 8) && prs_load64(off + 8) <= c->word_bytes_len;
        if (good && w > 0) {
            good =
                prs_bytes_compare(prs_column_word_bytes(c, w - 1), prs_column_word_bytes(c, w)) < 0;
        }
        if (!good) return wrong(c, off, err, "a column's words are out of order");
    }
    for (uint64_t v = 0; v < c->n_values; v++) {
        uint32_t word = prs_column_word(c, v);
        bool absent = !is_present(c, v);
        if (absent ? word != 0 : word >= c->n_words) {
            return wrong(c, c->numbers, err, "a column names a word that is not there");
        }
    }
    return PRISM_OK;
}

/* Values of one document ascend and differ. */
static prism_status check_order(const prs_column *c, prism_error *err) {
    for (uint32_t doc = 0; c->many && doc < c->n_docs; doc++) {
        uint64_t first, end = prs_column_values(c, doc, &first);
        for (uint64_t v = first + 1; v < end; v++) {
            bool good = c->type == PRS_COLUMN_INT
                            ? prs_column_int(c, v - 1) < prs_column_int(c, v)
                            : prs_column_word(c, v - 1) < prs_column_word(c, v);
            if (!good) return wrong(c, c->places, err, "values of a document are out of order");
        }
    }
    return PRISM_OK;
}

prism_status prs_column_check(const prs_column *c, prism_error *err) {
    PRS_TRY(prs_column_touch(c, err));
    PRS_TRY(check_places(c, err));
    if (c->type == PRS_COLUMN_WORD) {
        PRS_TRY(check_words(c, err));
    } else {
        uint64_t end = (uint64_t)(c->blocks - c->section.ptr) + (uint64_t)c->n_blocks * 24;
        for (uint32_t b = 0; b < c->n_blocks; b++) PRS_TRY(check_block(c, b, &end, err));
        if (end != c->section.len)
            return wrong(c, c->blocks, err, "a column does not end with its blocks");
    }
    return check_order(c, err);
}
