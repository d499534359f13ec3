/* fuzz_terms.c - is a dictionary safe on any bytes, and exact?
 *
 *   byte 0   modulo 2: 0 keys from a seed, 1 keys from the bytes themselves
 *   then     a seed (4), number of terms (2), documents (2), bits of a key's length (1)
 *   rest     keys, each as length (1) and bytes, when asked for; then edits: an odd first byte
 *            goes to the section LISTS, an even one to TERMS_INDEX
 *
 * States    - Opening, finding and walking give ECORRUPT or answers within bounds: keys ascend, a
 *             list lies in LISTS.
 *           - What the walk gives and find gives are the same, and so is seeking.
 *           - Unedited, every term comes back with its numbers, and no other is there. */
#include "fuzz.h"

#include "codec/eliasfano.h"
#include "format/components.h"
#include "format/terms.h"
#include "format/terms_block.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_TERMS = 700, MOST_KEY = 300 };

typedef struct term {
    uint8_t key[MOST_KEY];
    size_t len;
    uint32_t df;
    uint64_t cf;
    bool has_positions;
    uint32_t doc, position; /* of a lonely posting */
} term;

static term terms_[MOST_TERMS];
static uint32_t n_terms, n_docs;
static bool intact;

static prs_bytes key_of(const term *t) {
    return prs_bytes_of(t->key, t->len);
}

static int by_key(const void *a, const void *b) {
    return prs_bytes_compare(key_of(a), key_of(b));
}

/* A word of a few letters, or two Han characters that stand close together. */
static size_t make_usual_key(uint8_t *key, bool pair, uint64_t *state) {
    size_t len = 1 + (pair ? 6 : fuzz_next(state) % 14);
    key[0] = pair ? 3 : 1;
    for (size_t i = 1; i < len; i++) {
        uint32_t r = (uint32_t)fuzz_next(state);
        if (!pair)
            key[i] = (uint8_t)("etiansqzg-9"[r % 11]);
        else if (i % 3 == 1)
            key[i] = (uint8_t)(0xe4 + r % 2);
        else
            key[i] = (uint8_t)(i == 2 ? 0xb8 + r % 2 : 0x80 + r % (i == 3 ? 2 : 64));
    }
    return len;
}

static void make_terms(fuzz_input *in, bool from_bytes, uint32_t n, uint32_t bits,
                       uint64_t *state) {
    uint64_t shape = from_bytes ? 0 : fuzz_next(state) % 3;
    for (n_terms = 0; n_terms < n; n_terms++) {
        term *t = &terms_[n_terms];
        t->len = from_bytes ? fuzz_take(in, 1) : 1 + fuzz_some_bits(state, bits);
        t->len = t->len % (MOST_KEY - 1) + 1;
        for (size_t i = 0; i < t->len; i++)
            t->key[i] = (uint8_t)(from_bytes ? fuzz_take(in, 1)
                                  : i < 3    ? 'a' + fuzz_next(state) % 2
                                             : fuzz_next(state));
        if (shape != 0) t->len = make_usual_key(t->key, shape == 2, state);
        t->df = 1 + (uint32_t)(fuzz_some_bits(state, 14) % n_docs);
        if (fuzz_next(state) % 2) t->df = 1;
        t->cf = t->df + (fuzz_next(state) % 3 ? 0 : fuzz_some_bits(state, 40));
        t->has_positions = fuzz_next(state) % 2;
        t->doc = (uint32_t)(fuzz_next(state) % n_docs);
        t->position = (uint32_t)fuzz_some_bits(state, fuzz_next(state) % 9 ? 10 : 32);
    }
    qsort(terms_, n_terms, sizeof *terms_, by_key);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n_terms; i++)
        if (kept == 0 || by_key(&terms_[kept - 1], &terms_[i]) != 0) terms_[kept++] = terms_[i];
    n_terms = kept;
}

/* Lists of any bytes: nobody looks into them here. */
static void write_terms(fuzz_file *file, prs_mem *mem, uint64_t *state) {
    static const uint8_t junk[128];
    prs_terms_writer *tw;
    prs_terms_totals totals;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file_begin(file, mem, PRS_COMPONENT_LISTS);
    fuzz_must(prs_terms_writer_new(mem, file->out, n_docs, &tw, &err), &err, "writer");
    for (uint32_t i = 0; i < n_terms; i++) {
        const term *t = &terms_[i];
        prs_term_info info = {.df = t->df, .cf = t->cf, .has_positions = t->has_positions};
        info.inlined = prs_terms_must_inline(t->df, t->cf);
        if (info.cf == 1) {
            info.doc = t->doc;
            info.position = t->has_positions ? t->position : 0;
        } else if (info.inlined) {
            bool more = t->has_positions || t->cf != t->df;
            info.payload = junk;
            info.payload_bits = (uint32_t)prs_ef_bits(t->df, n_docs);
            info.payload_bits += more ? (uint32_t)(fuzz_next(state) % 200) : 0;
        } else {
            info.off = prs_out_offset(file->out);
            info.positions_len = t->has_positions ? fuzz_next(state) % 40 : 0;
            info.postings_len = 1 + fuzz_next(state) % 20;
            prs_out_write(file->out, junk, info.positions_len);
            prs_out_write(file->out, junk, info.postings_len);
        }
        prs_terms_writer_add(tw, key_of(t), &info);
    }
    fuzz_must(prs_terms_writer_finish(tw, PRS_COMPONENT_TERMS_INDEX, PRS_FIELD_NONE, &totals, &err),
              &err, "terms");
    prs_terms_writer_free(tw);
    fuzz_file_open(file);
}

/* An error is damage, and only where there is some. */
static bool ended(prism_status status) {
    if (status == PRISM_OK) return false;
    FUZZ_NEED(status == PRISM_ECORRUPT && !intact);
    return true;
}

static void check_info(const prs_terms *terms, const prs_term_info *info) {
    FUZZ_NEED(info->df >= 1 && info->df <= n_docs && info->cf >= info->df);
    FUZZ_NEED(info->inlined == prs_terms_must_inline(info->df, info->cf));
    if (info->cf == 1) FUZZ_NEED(info->doc < n_docs);
    if (info->inlined) return;
    FUZZ_NEED(info->off <= terms->lists.len);
    FUZZ_NEED(info->positions_len <= terms->lists.len - info->off);
    FUZZ_NEED(info->postings_len <= terms->lists.len - info->off - info->positions_len);
}

static void check_term(const term *t, const prs_term_info *info, uint32_t ord) {
    FUZZ_NEED(info->df == t->df && info->cf == t->cf && info->ord == ord);
    FUZZ_NEED(info->has_positions == t->has_positions);
    if (t->cf != 1) return;
    FUZZ_NEED(info->doc == t->doc);
    FUZZ_NEED(info->position == (t->has_positions ? t->position : 0));
}

static bool same_info(const prs_term_info *a, const prs_term_info *b) {
    return a->ord == b->ord && a->cf == b->cf && a->df == b->df && a->inlined == b->inlined &&
           a->has_positions == b->has_positions && a->doc == b->doc && a->position == b->position &&
           a->payload == b->payload && a->payload_bit == b->payload_bit &&
           a->payload_bits == b->payload_bits && a->off == b->off &&
           a->positions_len == b->positions_len && a->postings_len == b->postings_len;
}

static void find_it(const prs_terms *terms, const prs_terms_cursor *cursor) {
    prs_term_info info;
    bool found;
    uint8_t longer[PRISM_MAX_TERM_BYTES + 1];
    if (ended(
            prs_terms_find(terms, prs_bytes_of(cursor->key, cursor->key_len), &info, &found, NULL)))
        return;
    if (intact) FUZZ_NEED(found && same_info(&info, &cursor->info));
    if (found) check_info(terms, &info);
    memcpy(longer, cursor->key, cursor->key_len);
    longer[cursor->key_len] = 0;
    if (ended(
            prs_terms_find(terms, prs_bytes_of(longer, cursor->key_len + 1u), &info, &found, NULL)))
        return;
    if (found) check_info(terms, &info);
}

static void walk(const prs_terms *terms) {
    prs_terms_cursor cursor;
    static const prs_bytes none = {NULL, 0};
    uint8_t before[PRISM_MAX_TERM_BYTES];
    uint32_t before_len = 0, n = 0;
    bool more;
    if (ended(prs_terms_cursor_seek(&cursor, terms, none, NULL))) return;
    for (;; n++) {
        if (ended(prs_terms_cursor_next(&cursor, &more, NULL))) return;
        if (!more) break;
        FUZZ_NEED(cursor.key_len > 0 && cursor.key_len <= PRISM_MAX_TERM_BYTES);
        prs_bytes key = prs_bytes_of(cursor.key, cursor.key_len);
        FUZZ_NEED(n == 0 || prs_bytes_compare(prs_bytes_of(before, before_len), key) < 0);
        check_info(terms, &cursor.info);
        if (intact) {
            FUZZ_NEED(n < n_terms && prs_bytes_equal(key, key_of(&terms_[n])));
            check_term(&terms_[n], &cursor.info, n);
        }
        if (n % 7 == 0 || intact) find_it(terms, &cursor);
        memcpy(before, cursor.key, cursor.key_len);
        before_len = cursor.key_len;
    }
    FUZZ_NEED(n == terms->n_terms);
    if (intact) FUZZ_NEED(n == n_terms);
}

/* From a key on: the first one is not below it. */
static void seek(const prs_terms *terms, prs_bytes key) {
    prs_terms_cursor cursor;
    bool more;
    if (ended(prs_terms_cursor_seek(&cursor, terms, key, NULL))) return;
    for (int i = 0; i < 3; i++) {
        if (ended(prs_terms_cursor_next(&cursor, &more, NULL)) || !more) return;
        FUZZ_NEED(prs_bytes_compare(prs_bytes_of(cursor.key, cursor.key_len), key) >= 0);
    }
}

static void use(const fuzz_copy *lists, const fuzz_copy *index) {
    prs_section l = fuzz_copy_section(lists), i = fuzz_copy_section(index);
    prs_terms terms;
    if (ended(prs_terms_open(&terms, &l, &i, n_docs, NULL))) return;
    walk(&terms);
    for (uint32_t t = 0; t < n_terms; t += 13) seek(&terms, key_of(&terms_[t]));
    seek(&terms, prs_bytes_of("\xff\xff", 2));
    seek(&terms, prs_bytes_of("ab", 2));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    prs_mem mem;
    fuzz_file file;
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    uint64_t state = fuzz_take(&in, 4);
    uint32_t n = fuzz_below(&in, MOST_TERMS + 1);
    n_docs = 1 + (uint32_t)fuzz_take(&in, 2);
    uint32_t bits = 1 + (uint32_t)fuzz_take(&in, 1) % 8;
    if (flags & 1) n %= 20;
    fuzz_mem_begin(&mem);
    make_terms(&in, (flags & 1) != 0, n, bits, &state);
    write_terms(&file, &mem, &state);
    fuzz_copy lists = fuzz_file_copy(&file, PRS_COMPONENT_LISTS),
              index = fuzz_file_copy(&file, PRS_COMPONENT_TERMS_INDEX);
    fuzz_copy *which = fuzz_take(&in, 1) & 1 ? &lists : &index;
    intact = fuzz_edit(&in, which->bytes, &which->len) == 0;
    use(&lists, &index);
    fuzz_copy_end(&lists);
    fuzz_copy_end(&index);
    fuzz_file_end(&file);
    fuzz_mem_end(&mem);
    return 0;
}
