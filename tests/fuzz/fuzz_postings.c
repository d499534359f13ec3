/* fuzz_postings.c - is the way through a long list (skip levels, impacts, blocks, positions) safe
 * on any bytes, and true on its own?
 *
 *   byte 0   bit 0 bytes as they are, else a list written from numbers and then edited
 *            bit 1 without positions   bit 2 without spans   bits 3-7 shape, in fives
 *   then     documents of the segment (2), a seed (4), the most postings (2), the most bits of a
 *            freq (1)
 *   rest     bytes; or edits
 *
 * States    - Every answer is ECORRUPT, with the cursor at its end, or within its bounds: documents
 *             ascend below n_docs, freqs fit the bytes, positions ascend below the span.
 *           - Reading block by block, by seeking, by groups and by windows says the same of sound
 *             bytes.
 *           - Unedited, the list comes back: documents, freqs, positions; and no posting is better
 *             than the impacts of its block, group and list. */
#include "fuzz.h"

#include "format/components.h"
#include "format/postings_writer.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DOCS = 20000, MOST_DF = 6000, MOST_LONG = 700 };

typedef struct list {
    uint32_t n_docs, df, n_seen; /* seen: read back so far */
    uint64_t cf;
    bool has_positions, intact;
    uint32_t *docs, *freqs, *positions;
    uint64_t *first; /* position of each doc's first */
    uint32_t *length;
    prs_lengths_builder builder;
    prs_lengths lengths;
} list;

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void make_lengths(list *l, prs_mem *mem, uint64_t *state) {
    prism_error err = PRISM_ERROR_INIT;
    l->length = fuzz_malloc(l->n_docs * sizeof(uint32_t));
    prs_lengths_builder_init(&l->builder, mem);
    for (uint32_t doc = 0; doc < l->n_docs; doc++) {
        l->length[doc] = 1 + (uint32_t)fuzz_some_bits(state, fuzz_next(state) % 500 ? 10 : 20);
        prs_lengths_builder_add(&l->builder, l->length[doc]);
    }
    fuzz_must(prs_lengths_builder_view(&l->builder, &l->lengths, &err), &err, "lengths");
}

static uint32_t gap(uint32_t shape, uint64_t *state) {
    switch (shape) {
    case 0: return 1;
    case 1: return fuzz_next(state) % 8 ? 1 : 2;
    case 2: return 1 + (uint32_t)(fuzz_next(state) % 3);
    case 3: return fuzz_next(state) % 300 ? 1 : 1 + (uint32_t)(fuzz_next(state) % 500);
    default: return 1 + (uint32_t)fuzz_some_bits(state, 7);
    }
}

static void make_list(list *l, uint32_t shape, uint32_t most, uint32_t freq_bits, uint64_t *state) {
    uint32_t *docs = l->docs = fuzz_malloc(most * sizeof(uint32_t));
    l->freqs = fuzz_malloc(most * sizeof(uint32_t));
    l->first = fuzz_malloc((most + 1) * sizeof(uint64_t));
    uint32_t doc = shape % 2 ? (uint32_t)(fuzz_next(state) % l->n_docs) : 0;
    for (; l->df < most && doc < l->n_docs; doc += gap(shape, state)) {
        l->freqs[l->df] = freq_bits ? 1 + (uint32_t)fuzz_some_bits(state, freq_bits) : 1;
        l->first[l->df] = l->cf;
        docs[l->df] = doc;
        l->cf += l->freqs[l->df++];
    }
    l->first[l->df] = l->cf;
    if (!l->has_positions) return;
    l->positions = fuzz_malloc((size_t)l->cf * sizeof(uint32_t));
    for (uint32_t i = 0; i < l->df; i++) {
        uint32_t *at = l->positions + l->first[i];
        for (uint32_t k = 0; k < l->freqs[i]; k++)
            at[k] = (uint32_t)(fuzz_next(state) % l->length[docs[i]]);
        qsort(at, l->freqs[i], sizeof *at, by_value);
    }
}

/* ---- walks ----------------------------------------------------------------------------------- */

static bool ended(const prs_postings *p, prism_status status, const list *l) {
    if (status == PRISM_OK) return false;
    FUZZ_NEED(status == PRISM_ECORRUPT && p->last_doc == PRS_DOC_END && !l->intact);
    return true;
}

static bool bounded(const prs_impact *pairs, uint32_t n, uint32_t freq, uint32_t length) {
    for (uint32_t i = 0; i < n; i++)
        if (freq <= pairs[i].freq && length >= pairs[i].length) return true;
    return n == 0;
}

static void check_impacts(const prs_postings *p, const list *l, const prs_impact *pairs,
                          uint32_t n) {
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t freq = p->freqs[i], length = l->length[p->docs[i]];
        FUZZ_NEED(bounded(pairs, n, freq, length));
        FUZZ_NEED(bounded(p->group_impacts, p->n_group_impacts, freq, length));
        FUZZ_NEED(bounded(p->list_impacts, p->n_list_impacts, freq, length));
    }
}

/* Positions of document i, into memory of exactly its freq. */
static bool walk_positions(prs_postings *p, uint32_t i, const list *l) {
    uint32_t freq = p->freqs[i], *out = fuzz_malloc(freq * sizeof *out);
    bool good = !ended(p, prs_postings_positions(p, i, out, NULL), l);
    uint32_t span = good ? prs_lengths_get(&l->lengths, p->docs[i]) : 0;
    for (uint32_t k = 0; good && k < freq; k++)
        FUZZ_NEED(out[k] < span && (k == 0 || out[k - 1] <= out[k]));
    if (good && l->intact)
        FUZZ_NEED(memcmp(out, l->positions + l->first[l->n_seen + i], freq * sizeof *out) == 0);
    free(out);
    return good;
}

static bool walk_block(prs_postings *p, list *l, uint32_t *next_doc, uint64_t *state) {
    const prs_impact *pairs;
    uint32_t n_pairs;
    if (ended(p, prs_postings_block_impacts(p, &pairs, &n_pairs, NULL), l)) return false;
    FUZZ_NEED(n_pairs <= PRS_BLOCK_IMPACTS);
    if (ended(p, prs_postings_load(p, NULL), l) || ended(p, prs_postings_freqs(p, NULL), l))
        return false;
    FUZZ_NEED(p->n >= 1 && p->n <= PRS_BLOCK && p->docs[p->n] == PRS_DOC_END);
    for (uint32_t i = 0; i < p->n; i++) {
        FUZZ_NEED(p->docs[i] >= *next_doc && p->docs[i] < l->n_docs && p->freqs[i] >= 1);
        *next_doc = p->docs[i] + 1;
    }
    if (l->intact) {
        FUZZ_NEED(p->n <= l->df - l->n_seen);
        FUZZ_NEED(memcmp(p->docs, l->docs + l->n_seen, p->n * sizeof(uint32_t)) == 0);
        FUZZ_NEED(memcmp(p->freqs, l->freqs + l->n_seen, p->n * sizeof(uint32_t)) == 0);
        check_impacts(p, l, pairs, n_pairs);
    }
    uint32_t from = (uint32_t)(fuzz_next(state) % p->n); /* the groups are found from there */
    for (uint32_t i = 0; p->info.has_positions && i < p->n; i++)
        if (!walk_positions(p, (from + i) % p->n, l)) return false;
    l->n_seen += p->n;
    return true;
}

static uint64_t mix(uint64_t sum, uint32_t doc) {
    return (sum ^ doc) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Each walk: false after an error, else *sum of the documents. */
static bool walk_blocks(const prs_postings_source *src, const prs_term_info *info, list *l,
                        uint64_t *state, uint64_t *sum) {
    prs_postings p;
    uint32_t next_doc = 0;
    l->n_seen = 0;
    if (ended(&p, prs_postings_open(&p, src, info, NULL), l)) return false;
    while (p.last_doc != PRS_DOC_END) {
        if (!walk_block(&p, l, &next_doc, state)) return false;
        for (uint32_t i = 0; i < p.n; i++) *sum = mix(*sum, p.docs[i]);
        if (ended(&p, prs_postings_next_block(&p, NULL), l)) return false;
    }
    if (l->intact) FUZZ_NEED(l->n_seen == l->df);
    return true;
}

/* Every document, by seeking; now and then to a group first. */
static bool walk_seeks(const prs_postings_source *src, const prs_term_info *info, list *l,
                       uint64_t *state, uint64_t *sum) {
    prs_postings p;
    uint32_t doc = 0;
    if (ended(&p, prs_postings_open(&p, src, info, NULL), l)) return false;
    for (uint32_t target = 0; target < l->n_docs; target = doc + 1) {
        if (fuzz_next(state) % 4 == 0 && ended(&p, prs_postings_skip_group(&p, target, NULL), l))
            return false;
        if (ended(&p, prs_postings_seek(&p, target, &doc, NULL), l)) return false;
        FUZZ_NEED(doc >= target && (doc < l->n_docs || doc == PRS_DOC_END));
        if (doc == PRS_DOC_END) break;
        *sum = mix(*sum, doc);
    }
    return true;
}

static bool walk_jumps(const prs_postings_source *src, const prs_term_info *info, list *l,
                       uint64_t *state) {
    prs_postings p;
    if (ended(&p, prs_postings_open(&p, src, info, NULL), l)) return false;
    for (uint64_t target = fuzz_next(state) % l->n_docs; target < l->n_docs;
         target += 1 + fuzz_some_bits(state, 14)) {
        uint32_t doc;
        if (ended(&p, prs_postings_seek(&p, (uint32_t)target, &doc, NULL), l)) return false;
        FUZZ_NEED(doc >= target);
        if (doc == PRS_DOC_END) break;
        FUZZ_NEED(p.docs[p.i] == doc);
        if (p.info.has_positions && fuzz_next(state) % 2) {
            if (ended(&p, prs_postings_freqs(&p, NULL), l)) return false;
            uint32_t *out = fuzz_malloc(p.freqs[p.i] * sizeof *out);
            bool bad = ended(&p, prs_postings_positions(&p, p.i, out, NULL), l);
            free(out);
            if (bad) return false;
        }
    }
    return true;
}

static bool walk_windows(const prs_postings_source *src, const prs_term_info *info, list *l,
                         uint64_t *sum) {
    enum { WORDS = 5 };
    prs_postings p;
    uint64_t *words = fuzz_malloc(WORDS * sizeof *words);
    bool good = !ended(&p, prs_postings_open(&p, src, info, NULL), l);
    for (uint32_t base = 0; good && base < l->n_docs; base += 64 * WORDS) {
        memset(words, 0, WORDS * sizeof *words);
        good = !ended(&p, prs_postings_fill_window(&p, base, words, WORDS, NULL), l);
        for (uint32_t w = 0; good && w < WORDS; w++)
            for (uint64_t bits = words[w]; bits != 0; bits &= bits - 1)
                *sum = mix(*sum, base + 64 * w + (uint32_t)__builtin_ctzll(bits));
    }
    free(words);
    return good;
}

static void walk(const prs_postings_source *src, const prs_term_info *info, list *l,
                 uint64_t *state) {
    uint64_t by_block = 0, by_seek = 0, by_window = 0;
    bool good = walk_blocks(src, info, l, state, &by_block);
    bool seeks = walk_seeks(src, info, l, state, &by_seek);
    bool windows = walk_windows(src, info, l, &by_window);
    (void)walk_jumps(src, info, l, state);
    if (good && seeks) FUZZ_NEED(by_block == by_seek);
    if (good && windows) FUZZ_NEED(by_block == by_window);
}

/* ---- what is walked -------------------------------------------------------------------------- */

static prs_postings_source source_of(const fuzz_copy *copy, const list *l) {
    return (prs_postings_source){fuzz_copy_section(copy), l->has_positions ? &l->lengths : NULL,
                                 l->n_docs};
}

/* What a dictionary may say of a list of these bytes. */
static void walk_bytes(fuzz_input *in, list *l, uint32_t df, uint32_t more, uint64_t *state) {
    fuzz_copy copy = fuzz_copy_of(in->at, fuzz_left(in));
    prs_postings_source src = source_of(&copy, l);
    prs_term_info info = {.df = 1 + df % l->n_docs, .has_positions = l->has_positions};
    info.cf = (uint64_t)info.df + more;
    info.inlined = info.df <= PRS_INLINE_MAX_DF && info.cf <= PRS_INLINE_MAX_CF;
    if (info.inlined) {
        info.doc = info.position = more;
        info.payload = copy.bytes;
        info.payload_bit = copy.len != 0 ? df % 8 : 0;
        info.payload_bits = (uint32_t)(8 * copy.len) - info.payload_bit;
    } else {
        info.positions_len = l->has_positions && copy.len ? more % copy.len : 0;
        info.postings_len = copy.len - info.positions_len;
    }
    walk(&src, &info, l, state);
    fuzz_copy_end(&copy);
}

static void walk_written(fuzz_input *in, list *l, prs_mem *mem, uint64_t *state) {
    fuzz_file file;
    prs_postings_writer *pw;
    prs_term_info info;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file_begin(&file, mem, PRS_COMPONENT_LISTS);
    fuzz_must(prs_postings_writer_new(mem, file.out, l->n_docs, &l->lengths, NULL, &pw, &err), &err,
              "writer");
    prs_postings_writer_begin(pw, l->has_positions);
    for (uint32_t i = 0, n; i < l->df; i += n) {
        n = 1 + (uint32_t)fuzz_some_bits(state, 13);
        n = PRS_MIN(n, l->df - i);
        prs_postings_writer_add(pw, l->docs + i, l->freqs + i,
                                l->has_positions ? l->positions + l->first[i] : NULL, n);
    }
    fuzz_must(prs_postings_writer_finish(pw, &info, &err), &err, "list");
    FUZZ_NEED(info.df == l->df && info.cf == l->cf);
    fuzz_copy payload = fuzz_copy_of(info.payload, (info.payload_bits + 7) / 8);
    prs_postings_writer_free(pw);
    fuzz_file_open(&file);
    fuzz_copy copy = fuzz_file_copy(&file, PRS_COMPONENT_LISTS);
    bool has_payload = info.payload != NULL; /* a lonely posting has none */
    fuzz_copy *edited = has_payload ? &payload : &copy;
    l->intact = fuzz_edit(in, edited->bytes, &edited->len) == 0;
    if (has_payload) {
        info.payload = payload.bytes;
        if (!l->intact) info.payload_bits = (uint32_t)(8 * payload.len);
    }
    prs_postings_source src = source_of(&copy, l);
    if (info.inlined || info.off + info.positions_len + info.postings_len <= copy.len)
        walk(&src, &info, l, state);
    fuzz_copy_end(&payload);
    fuzz_copy_end(&copy);
    fuzz_file_end(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    prs_mem mem;
    list l = {0};
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    l.n_docs = 1 + fuzz_below(&in, MOST_DOCS);
    uint64_t state = fuzz_take(&in, 4);
    uint32_t most = 1 + fuzz_below(&in, MOST_DF), bits = (uint32_t)fuzz_take(&in, 1) % 9;
    if (bits > 4) most = 1 + most % MOST_LONG;
    l.has_positions = (flags & 2) == 0;
    fuzz_mem_begin(&mem);
    make_lengths(&l, &mem, &state);
    if (flags & 1) {
        walk_bytes(&in, &l, most - 1, (uint32_t)(state >> 3) % 5000 * bits, &state);
    } else {
        make_list(&l, flags >> 3 & 7, most, bits, &state);
        walk_written(&in, &l, &mem, &state);
    }
    prs_lengths_builder_fini(&l.builder);
    free(l.docs);
    free(l.freqs);
    free(l.first);
    free(l.positions);
    free(l.length);
    fuzz_mem_end(&mem);
    return 0;
}
