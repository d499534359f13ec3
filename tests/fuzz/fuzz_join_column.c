/* fuzz_join_column.c - are columns joined safely whatever the bytes of the segments are, and has
 * what comes out the values that went in?
 *
 *   byte 0   bit 0 words, else integers   bit 1 many   bit 2 the first segment's bytes as they are,
 *            else written and edited   bit 3 the last segment has no column
 *   then     a seed (4), documents of a segment (2), one in so many deleted (1), segments (1), bits
 *            of a value (1)
 *   rest     bytes; or edits of the first segment
 *
 * States    - Joining gives ECORRUPT, or a section that opens, with the values that each document
 *             had in its segment.
 *           - There are no more values and words than in the segments.
 *           - Unedited, it succeeds, and the check finds nothing. */
#include "fuzz_join.h"

#include "format/column_join.h"
#include "format/components.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_VALUES = 5 };

static fuzz_joining j;

typedef struct kind {
    prs_column_type type;
    bool many;
    uint32_t bits;
} kind;

static void add_values(prs_column_writer *cw, uint32_t doc, const kind *k, uint64_t *state) {
    int64_t ints[MOST_VALUES];
    char texts[MOST_VALUES][24];
    prs_bytes words[MOST_VALUES];
    uint32_t n = (uint32_t)(fuzz_next(state) % (k->many ? MOST_VALUES + 1 : 2));
    for (uint32_t i = 0; i < n; i++) {
        uint64_t v = fuzz_some_bits(state, k->bits);
        ints[i] = (int64_t)(fuzz_next(state) % 4 ? v : 0 - v);
        int len = snprintf(texts[i], sizeof texts[i], "w%llx", (unsigned long long)v);
        words[i] = prs_bytes_of(texts[i], v % 64 == 1 ? 0 : (size_t)len);
    }
    if (n == 0) return;
    if (k->type == PRS_COLUMN_INT)
        prs_column_writer_ints(cw, doc, ints, n);
    else
        prs_column_writer_words(cw, doc, words, n);
}

static fuzz_copy write_part(uint32_t p, const kind *k, uint64_t *state, prs_mem *mem) {
    prs_column_writer *cw;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file file;
    fuzz_file_begin(&file, mem, PRS_COMPONENT_COLUMN);
    fuzz_must(prs_column_writer_new(mem, k->type, k->many, &cw, &err), &err, "writer");
    for (uint32_t doc = 0; doc < j.n_docs[p]; doc++) add_values(cw, doc, k, state);
    fuzz_must(prs_column_writer_finish(cw, file.out, j.n_docs[p], &err), &err, "column");
    prs_column_writer_free(cw);
    fuzz_file_open(&file);
    fuzz_copy copy = fuzz_file_copy(&file, PRS_COMPONENT_COLUMN);
    fuzz_file_end(&file);
    return copy;
}

static void check_doc(const prs_column *made, uint32_t doc, const prs_column *from, uint32_t old) {
    uint64_t first, old_first = 0, old_end = 0, end = prs_column_values(made, doc, &first);
    if (from != NULL) old_end = prs_column_values(from, old, &old_first);
    if (old_end < old_first) old_end = old_first;
    FUZZ_NEED(end - first == old_end - old_first);
    for (uint64_t i = 0; i < end - first; i++) {
        if (made->type == PRS_COLUMN_INT) {
            FUZZ_NEED(prs_column_int(made, first + i) == prs_column_int(from, old_first + i));
        } else {
            prs_bytes a = prs_column_word_bytes(made, prs_column_word(made, first + i));
            prs_bytes b = prs_column_word_bytes(from, prs_column_word(from, old_first + i));
            FUZZ_NEED(prs_bytes_equal(a, b));
        }
    }
}

static void check(fuzz_file *file, const prs_column_join *job, bool intact) {
    prs_column made;
    prism_error err = PRISM_ERROR_INIT;
    uint64_t n_values = 0, n_words = 0, n_bytes = 0;
    fuzz_file_open(file);
    fuzz_copy copy = fuzz_file_copy(file, PRS_COMPONENT_COLUMN);
    prs_section section = fuzz_copy_section(&copy);
    fuzz_must(prs_column_open(&made, &section, j.n_left, &err), &err, "open");
    for (uint32_t p = 0; p < j.n_parts; p++) {
        if (job->inputs[p] == NULL) continue;
        n_values += job->inputs[p]->n_values;
        n_words += job->inputs[p]->n_words;
        n_bytes += job->inputs[p]->word_bytes_len;
    }
    FUZZ_NEED(made.n_values == job->n_values);
    FUZZ_NEED(!made.many || made.n_values <= n_values);
    FUZZ_NEED(made.n_words <= n_words && made.word_bytes_len <= n_bytes);
    if (intact) fuzz_must(prs_column_check(&made, &err), &err, "check");
    for (uint32_t doc = 0; doc < j.n_left; doc++)
        check_doc(&made, doc, job->inputs[j.part_of[doc]], j.doc_of[doc]);
    fuzz_copy_end(&copy);
}

static void join(const prs_column *const *inputs, const kind *k, bool intact, prs_mem *mem) {
    prs_column_join job = {.type = k->type,
                           .many = k->many,
                           .inputs = inputs,
                           .n_inputs = j.n_parts,
                           .ctx = &j,
                           .next = fuzz_joining_next,
                           .poll = fuzz_joining_poll};
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file file;
    fuzz_file_begin(&file, mem, PRS_COMPONENT_COLUMN);
    prism_status status = prs_column_join_count(&job, &err);
    if (status == PRISM_OK) status = prs_column_join_write(&job, mem, file.out, &err);
    if (intact) fuzz_must(status, &err, "join");
    FUZZ_NEED(status == PRISM_OK || status == PRISM_ECORRUPT);
    if (status == PRISM_OK) check(&file, &job, intact);
    fuzz_file_end(&file);
}

/* Open a part; false if it may not be joined: the kind is not that of the others. */
static bool open_part(prs_column *column, const fuzz_copy *copy, uint32_t n_docs, const kind *k,
                      bool intact) {
    prs_section section = fuzz_copy_section(copy);
    prism_status status = prs_column_open(column, &section, n_docs, NULL);
    FUZZ_NEED(status == PRISM_OK || (status == PRISM_ECORRUPT && !intact));
    return status == PRISM_OK && column->type == k->type && column->many <= k->many;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    fuzz_copy copies[FUZZ_PARTS];
    prs_column columns[FUZZ_PARTS];
    const prs_column *inputs[FUZZ_PARTS] = {NULL};
    prs_mem mem;
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    kind k = {.type = flags & 1 ? PRS_COLUMN_WORD : PRS_COLUMN_INT, .many = (flags & 2) != 0};
    uint64_t state = fuzz_take(&in, 4);
    bool intact = true, good = true;
    fuzz_mem_begin(&mem);
    fuzz_joining_make(&j, &in, &state);
    k.bits = 1 + (uint32_t)fuzz_take(&in, 1) % 62;
    for (uint32_t p = 0; p < j.n_parts; p++) {
        if (p == 0 && (flags & 4) != 0) {
            copies[p] = fuzz_copy_of(in.at, fuzz_left(&in));
            intact = false;
        } else {
            copies[p] = write_part(p, &k, &state, &mem);
            if (p == 0) intact = fuzz_edit(&in, copies[p].bytes, &copies[p].len) == 0;
        }
        inputs[p] = &columns[p];
        good &= open_part(&columns[p], &copies[p], j.n_docs[p], &k, intact);
    }
    if (j.n_parts > 1 && (flags & 8) != 0) inputs[j.n_parts - 1] = NULL;
    if (good) join(inputs, &k, intact, &mem);
    for (uint32_t p = 0; p < j.n_parts; p++) fuzz_copy_end(&copies[p]);
    fuzz_mem_end(&mem);
    return 0;
}
