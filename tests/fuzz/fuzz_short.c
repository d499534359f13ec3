/* fuzz_short.c - are lists of up to 128 documents, in LISTS and in the dictionary, safe on any
 * bytes, and exact; and are inline ones joined so?
 *
 *   byte 0   modulo 4: 0 bits of a short list, 1 bits of an inline one, 2 a list written and
 *            edited, 3 inline lists joined, the first one edited
 *            bits 4-6 of 2 and 3: how close documents stand
 *   then     documents of the segment (4), a seed (4), n (1), bits of a freq (1), bit where the
 *            list begins (1)
 *   rest     bits; or edits
 *
 * States    - Documents that are read ascend below n_docs; freqs are at least 1 and add up to cf;
 *             nothing is read beyond the end.
 *           - What was read is written in bits that read the same, no more of them where the writer
 *             has the choice.
 *           - Joined lists are the bits of one that is written at once, or told to be unsound.
 *           - Unedited, what was written comes back, in all its bits. */
#include "fuzz.h"

#include "codec/eliasfano.h"
#include "format/short_list.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = PRS_SHORT_MAX_DF, ROOM = PRS_SHORT_HEAD_BYTES(MOST) };

typedef struct list {
    uint32_t n, n_docs;
    uint64_t cf;
    uint32_t docs[MOST], freqs[MOST];
} list;

static bool read_list(const fuzz_copy *copy, uint32_t from, bool inlined, list *l, uint64_t *left) {
    prs_bit_cur c = prs_bit_cur_of(copy->bytes, from, 8 * (uint64_t)copy->len);
    if (c.bad || !prs_short_read_docs(&c, l->n, l->n_docs, inlined, l->docs)) return false;
    for (uint32_t i = 0; i < l->n; i++)
        FUZZ_NEED(l->docs[i] < l->n_docs && (i == 0 || l->docs[i - 1] < l->docs[i]));
    if (!prs_short_read_freqs(&c, l->n, l->cf, l->freqs)) return false;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        FUZZ_NEED(l->freqs[i] >= 1);
        sum += l->freqs[i];
    }
    FUZZ_NEED(sum == l->cf);
    *left = prs_bit_cur_left(&c);
    return true;
}

/* What was read, written and read again; the bits that it takes. */
static uint64_t write_again(const list *l, bool inlined) {
    list again = {.n = l->n, .n_docs = l->n_docs, .cf = l->cf};
    uint64_t left;
    uint8_t *out = calloc(1, ROOM);
    if (out == NULL) fuzz_fail("out of memory", NULL);
    uint64_t bits = prs_short_put(l->docs, l->freqs, l->n, l->cf, l->n_docs, inlined, out);
    fuzz_copy copy = fuzz_copy_of(out, (size_t)(bits + 7) / 8);
    FUZZ_NEED(bits <= 8 * (ROOM - 9) && read_list(&copy, 0, inlined, &again, &left) && left < 8);
    FUZZ_NEED(memcmp(again.docs, l->docs, l->n * sizeof *l->docs) == 0);
    FUZZ_NEED(memcmp(again.freqs, l->freqs, l->n * sizeof *l->freqs) == 0);
    fuzz_copy_end(&copy);
    free(out);
    return bits;
}

static void try_bits(fuzz_input *in, list *l, bool inlined, uint32_t from) {
    fuzz_copy copy = fuzz_copy_of(in->at, fuzz_left(in));
    uint64_t left, all = 8 * (uint64_t)copy.len;
    if (read_list(&copy, from, inlined, l, &left)) {
        uint64_t bits = write_again(l, inlined);
        if (inlined) FUZZ_NEED(bits == all - from - left); /* one way to write them */
    }
    fuzz_copy_end(&copy);
}

/* ---- lists of numbers ------------------------------------------------------------------------ */

static void make(list *l, uint32_t spread, uint32_t freq_bits, uint64_t *state) {
    uint64_t doc = fuzz_some_bits(state, 4 + 3 * spread);
    uint32_t n = 0;
    l->cf = 0;
    for (; n < l->n && doc < l->n_docs; n++) {
        l->docs[n] = (uint32_t)doc;
        l->freqs[n] = freq_bits ? 1 + (uint32_t)fuzz_some_bits(state, freq_bits) : 1;
        l->freqs[n] = PRS_MAX(l->freqs[n], 1u);
        l->cf += l->freqs[n];
        doc += 1 + fuzz_some_bits(state, 1 + 4 * spread);
    }
    l->n = n;
}

static void try_written(fuzz_input *in, list *l) {
    list read = *l;
    uint64_t left;
    uint8_t *out = calloc(1, ROOM);
    if (out == NULL) fuzz_fail("out of memory", NULL);
    uint64_t bits = prs_short_put(l->docs, l->freqs, l->n, l->cf, l->n_docs, false, out);
    fuzz_copy copy = fuzz_copy_of(out, (size_t)(bits + 7) / 8);
    bool intact = fuzz_edit(in, copy.bytes, &copy.len) == 0;
    bool good = read_list(&copy, 0, false, &read, &left);
    if (good) (void)write_again(&read, false);
    if (intact) {
        FUZZ_NEED(good && left < 8);
        FUZZ_NEED(memcmp(read.docs, l->docs, l->n * sizeof *l->docs) == 0);
        FUZZ_NEED(memcmp(read.freqs, l->freqs, l->n * sizeof *l->freqs) == 0);
    }
    fuzz_copy_end(&copy);
    free(out);
}

/* ---- joining --------------------------------------------------------------------------------- */

typedef struct inline_list {
    list l;
    prs_term_info info;
    uint8_t payload[PRS_INLINE_MAX_BYTES];
    fuzz_copy copy;
} inline_list;

/* A list of the first segments, such that all together are inline, without positions. */
static bool make_part(inline_list *p, uint32_t n_docs, uint32_t spread, uint32_t left_cf,
                      uint64_t *state) {
    p->l.n_docs = n_docs;
    p->l.n = 1 + (uint32_t)(fuzz_next(state) % 2);
    make(&p->l, spread, 3, state);
    if (p->l.n == 0 || p->l.cf > left_cf) return false;
    prs_inline_put(p->l.docs, p->l.freqs, NULL, NULL, p->l.n, p->l.cf, n_docs, p->payload,
                   &p->info);
    p->copy = fuzz_copy_of(p->info.payload, (p->info.payload_bits + 7) / 8);
    if (p->info.payload != NULL) p->info.payload = p->copy.bytes;
    return true;
}

static void check_joined(const inline_list *parts, uint32_t n, uint32_t n_docs,
                         const prs_term_info *made) {
    list all = {.n_docs = n_docs};
    prs_term_info want;
    uint8_t payload[PRS_INLINE_MAX_BYTES];
    for (uint32_t p = 0; p < n; p++) {
        prs_bit_cur run;
        uint32_t docs[PRS_INLINE_MAX_DF], freqs[PRS_INLINE_MAX_DF];
        FUZZ_NEED(prs_inline_read(&parts[p].info, parts[p].l.n_docs, docs, freqs, &run));
        for (uint32_t i = 0; i < parts[p].info.df; i++) {
            all.docs[all.n] = p * parts[0].l.n_docs + docs[i];
            all.freqs[all.n++] = freqs[i];
            all.cf += freqs[i];
        }
    }
    prs_inline_put(all.docs, all.freqs, NULL, NULL, all.n, all.cf, n_docs, payload, &want);
    FUZZ_NEED(made->df == want.df && made->cf == want.cf && made->inlined && want.inlined);
    FUZZ_NEED(made->payload_bits == want.payload_bits && made->doc == want.doc);
    if (want.payload_bits != 0)
        FUZZ_NEED(memcmp(made->payload, want.payload, (want.payload_bits + 7) / 8) == 0);
}

static void try_joined(fuzz_input *in, uint32_t n_docs, uint32_t spread, uint64_t *state) {
    inline_list parts[2];
    prs_inline_part joined[2];
    prs_term_info info;
    uint8_t payload[PRS_INLINE_MAX_BYTES];
    uint32_t n = 0, bad, each = n_docs / 2;
    if (each == 0) return;
    for (; n < 2 && make_part(&parts[n], each, spread, PRS_INLINE_MAX_CF / 2, state); n++)
        joined[n] = (prs_inline_part){&parts[n].info, n * each, each, NULL};
    if (n == 0) return;
    bool intact = fuzz_edit(in, parts[0].copy.bytes, &parts[0].copy.len) == 0;
    if (!intact && parts[0].info.payload != NULL)
        parts[0].info.payload_bits = (uint32_t)(8 * parts[0].copy.len);
    bool good = prs_inline_join(joined, n, n_docs, payload, &info, &bad);
    if (!good) FUZZ_NEED(bad == 0 && !intact);
    if (good) check_joined(parts, n, n_docs, &info);
    for (uint32_t p = 0; p < n; p++) fuzz_copy_end(&parts[p].copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    list l = {0};
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    l.n_docs = 1 + (uint32_t)(fuzz_take(&in, 4) % INT32_MAX);
    uint64_t state = fuzz_take(&in, 4);
    l.n = 1 + (uint32_t)fuzz_take(&in, 1) % MOST;
    uint32_t freq_bits = (uint32_t)fuzz_take(&in, 1) % 33, from = (uint32_t)fuzz_take(&in, 1) % 8;
    switch (flags % 4) {
    case 0:
    case 1:
        l.n = flags % 4 == 1 ? 1 + l.n % PRS_INLINE_MAX_DF : l.n;
        if (l.n > l.n_docs) return 0;
        l.cf = l.n + fuzz_some_bits(&state, 1 + freq_bits);
        try_bits(&in, &l, flags % 4 == 1, from);
        break;
    case 2:
        make(&l, flags >> 4 & 7, freq_bits, &state);
        if (l.n > 0) try_written(&in, &l);
        break;
    default: try_joined(&in, l.n_docs, flags >> 4 & 7, &state);
    }
    return 0;
}
