/* fuzz_column.c - are the values of a column safe on any bytes, and exact?
 *
 *   byte 0   bit 0 words, else integers   bit 1 many   bit 2 bytes as they are
 *   then     documents (2), a seed (4), bits of a value (1), one document in so many has none (1)
 *   rest     bytes; or edits
 *
 * States    - Opening tells damage or succeeds; then every getter returns within its bounds.
 *           - Where the check finds nothing, values ascend, ranges hold, a word is found where it
 *             is.
 *           - Unedited, the check finds nothing and every value comes back. */
#include "fuzz.h"

#include "format/column.h"
#include "format/components.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DOCS = 2500, MOST_VALUES = 6 };

typedef struct model {
    bool many, words;
    uint32_t n_docs;
    uint32_t n[MOST_DOCS];
    int64_t values[MOST_DOCS][MOST_VALUES]; /* distinct, ascending */
} model;

static model m;

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Words of numbers in the order of the numbers. */
static prs_bytes word_of(int64_t v, char text[24]) {
    return prs_bytes_of(text,
                        (size_t)snprintf(text, 24, "%020llu",
                                         (unsigned long long)((uint64_t)v ^ UINT64_C(1) << 63)));
}

static void make_model(uint32_t bits, uint32_t gaps, uint64_t *state) {
    for (uint32_t doc = 0; doc < m.n_docs; doc++) {
        uint32_t n = gaps && fuzz_next(state) % gaps == 0 ? 0
                     : m.many ? 1 + (uint32_t)(fuzz_next(state) % MOST_VALUES)
                              : 1;
        for (uint32_t i = 0; i < n; i++) {
            int64_t v = (int64_t)fuzz_some_bits(state, 1 + bits % 64);
            m.values[doc][i] = fuzz_next(state) % 3 ? v : -v;
        }
        qsort(m.values[doc], n, sizeof(int64_t), by_value);
        m.n[doc] = 0;
        for (uint32_t i = 0; i < n; i++)
            if (m.n[doc] == 0 || m.values[doc][i] != m.values[doc][m.n[doc] - 1])
                m.values[doc][m.n[doc]++] = m.values[doc][i];
    }
}

static void write_model(fuzz_file *file, prs_mem *mem) {
    prs_column_writer *cw;
    prism_error err = PRISM_ERROR_INIT;
    char text[MOST_VALUES][24];
    prs_bytes words[MOST_VALUES];
    fuzz_file_begin(file, mem, PRS_COMPONENT_COLUMN);
    fuzz_must(prs_column_writer_new(mem, m.words ? PRS_COLUMN_WORD : PRS_COLUMN_INT, m.many, &cw,
                                    &err),
              &err, "writer");
    for (uint32_t doc = 0; doc < m.n_docs; doc++) {
        if (m.n[doc] == 0) continue;
        for (uint32_t i = 0; i < m.n[doc]; i++) words[i] = word_of(m.values[doc][i], text[i]);
        if (m.words)
            prs_column_writer_words(cw, doc, words, m.n[doc]);
        else
            prs_column_writer_ints(cw, doc, m.values[doc], m.n[doc]);
    }
    fuzz_must(prs_column_writer_finish(cw, file->out, m.n_docs, &err), &err, "column");
    prs_column_writer_free(cw);
    fuzz_file_open(file);
}

static void check_value(const prs_column *c, uint64_t v, int64_t want) {
    char text[24];
    if (c->type == PRS_COLUMN_INT) {
        FUZZ_NEED(prs_column_int(c, v) == want);
    } else {
        prs_bytes word = word_of(want, text);
        uint32_t number = prs_column_word(c, v);
        bool exact;
        FUZZ_NEED(prs_bytes_equal(prs_column_word_bytes(c, number), word));
        FUZZ_NEED(prs_column_find_word(c, word, &exact) == number && exact);
    }
}

static void check_model(const prs_column *c) {
    FUZZ_NEED(c->many == m.many && (c->type == PRS_COLUMN_WORD) == m.words);
    for (uint32_t doc = 0; doc < m.n_docs; doc++) {
        uint64_t first, end = prs_column_values(c, doc, &first);
        FUZZ_NEED(end - first == m.n[doc] && prs_column_has(c, doc) == (m.n[doc] > 0));
        for (uint32_t i = 0; i < m.n[doc]; i++) check_value(c, first + i, m.values[doc][i]);
    }
}

/* Numbers of values and words beyond any end, too. */
static void look_around(const prs_column *c) {
    int64_t ints[70], min, max;
    uint64_t first;
    bool exact;
    for (uint64_t v = 0; v < c->n_values + 70; v += v / 3 + 1) {
        if (c->type == PRS_COLUMN_INT) {
            prs_column_ints(c, v, 70, ints);
            for (uint32_t i = 0; i < 70; i++) FUZZ_NEED(ints[i] == prs_column_int(c, v + i));
        } else {
            prs_bytes word = prs_column_word_bytes(c, prs_column_word(c, v));
            for (size_t i = 0; i < word.len; i++) min = word.ptr[i];
        }
    }
    for (uint32_t b = 0; c->type == PRS_COLUMN_INT && b < c->n_blocks + 2; b++)
        prs_column_range(c, b, &min, &max);
    for (uint64_t doc = 0; doc < (uint64_t)c->n_docs + 70; doc += doc / 5 + 1) {
        uint64_t end = prs_column_values(c, (uint32_t)doc, &first);
        FUZZ_NEED(first <= end && end <= c->n_values);
        if (prs_column_has(c, (uint32_t)doc)) FUZZ_NEED(doc < c->n_docs);
    }
    if (c->type == PRS_COLUMN_WORD) {
        FUZZ_NEED(prs_column_find_word(c, prs_bytes_of("0000000000m", 11), &exact) <= c->n_words);
        FUZZ_NEED(prs_column_word_bytes(c, c->n_words).len == 0);
        FUZZ_NEED(prs_column_word_bytes(c, UINT32_MAX).len == 0);
    }
}

/* What the check promises. */
static void check_promises(const prs_column *c) {
    int64_t min, max;
    bool exact;
    for (uint64_t v = 0; c->type == PRS_COLUMN_INT && v < c->n_values; v++) {
        prs_column_range(c, (uint32_t)(v / PRS_COLUMN_BLOCK), &min, &max);
        FUZZ_NEED(prs_column_int(c, v) >= min && prs_column_int(c, v) <= max);
    }
    for (uint32_t w = 0; c->type == PRS_COLUMN_WORD && w < c->n_words; w++)
        FUZZ_NEED(prs_column_find_word(c, prs_column_word_bytes(c, w), &exact) == w && exact);
}

static void use(const fuzz_copy *copy, bool intact) {
    prs_section section = fuzz_copy_section(copy);
    prs_column column;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_column_open(&column, &section, m.n_docs, &err);
    if (status != PRISM_OK) {
        FUZZ_NEED(status == PRISM_ECORRUPT && !intact);
        return;
    }
    look_around(&column);
    status = prs_column_check(&column, &err);
    if (intact) fuzz_must(status, &err, "check");
    if (status == PRISM_OK) check_promises(&column);
    if (intact) check_model(&column);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    prs_mem mem;
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    m.n_docs = fuzz_below(&in, MOST_DOCS + 1);
    uint64_t state = fuzz_take(&in, 4);
    uint32_t bits = (uint32_t)fuzz_take(&in, 1), gaps = (uint32_t)fuzz_take(&in, 1);
    m.words = (flags & 1) != 0;
    m.many = (flags & 2) != 0;
    if (flags & 4) {
        fuzz_copy copy = fuzz_copy_of(in.at, fuzz_left(&in));
        use(&copy, false);
        fuzz_copy_end(&copy);
        return 0;
    }
    fuzz_file file;
    fuzz_mem_begin(&mem);
    make_model(bits, gaps, &state);
    write_model(&file, &mem);
    fuzz_copy copy = fuzz_file_copy(&file, PRS_COMPONENT_COLUMN);
    bool intact = fuzz_edit(&in, copy.bytes, &copy.len) == 0;
    use(&copy, intact);
    fuzz_copy_end(&copy);
    fuzz_file_end(&file);
    fuzz_mem_end(&mem);
    return 0;
}
