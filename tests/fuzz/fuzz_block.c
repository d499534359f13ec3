/* fuzz_block.c - can any bytes make the codecs of a posting block crash, lie, or differ between
 * CPUs?
 *
 *   byte 0   modulo 6: 0 PATCHED bytes, 1 bytes of documents, 2 a block's bytes; 3, 4, 5 the same
 *            three written from numbers that the rest describes
 *   byte 1   n - 1
 *   rest     bytes; or a seed (4), widths and kind (4), exceptions
 *
 * States    - Every CPU level consumes the same bytes, gives the same numbers and writes the same
 *             bytes.
 *           - The bytes behind the end say nothing.
 *           - Documents ascend below PRS_DOC_END, freqs are not 0.
 *           - What was encoded is decoded, in the bytes that were planned. */
#include "fuzz.h"

#include "base/cpu.h"
#include "format/block.h"

#include <stdlib.h>
#include <string.h>

enum { LEVELS = 5 };

static uint32_t levels(prs_cpu_level out[LEVELS]) {
    uint32_t n = 0;
    for (prs_cpu_level level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++)
        if (prs_cpu_supports(level)) out[n++] = level;
    return n;
}

static void use_level(prs_cpu_level level) {
    prism_error err = PRISM_ERROR_INIT;
    fuzz_must(prs_cpu_force(level, &err), &err, "cpu");
}

/* What a decoder said. */
typedef struct answer {
    size_t used;
    uint32_t n;
    uint32_t docs[PRS_BLOCK + 16], freqs[PRS_BLOCK + 16];
} answer;

typedef void (*decode_fn)(const uint8_t *in, const uint8_t *end, uint32_t n, answer *out);

static void decode_patched(const uint8_t *in, const uint8_t *end, uint32_t n, answer *out) {
    out->n = n;
    out->used = prs_pack_decode(in, end, n, out->docs);
}

static void decode_docs(const uint8_t *in, const uint8_t *end, uint32_t n, answer *out) {
    out->n = PRS_BLOCK;
    out->used = prs_pack_decode_docs(in, end, n * 1000003u, out->docs);
    if (out->used == 0) return;
    FUZZ_NEED(out->docs[0] == n * 1000003u);
    for (uint32_t i = 1; i < PRS_BLOCK; i++) FUZZ_NEED(out->docs[i] > out->docs[i - 1]);
    FUZZ_NEED(out->docs[PRS_BLOCK - 1] <= INT32_MAX);
}

static void decode_block(const uint8_t *in, const uint8_t *end, uint32_t n, answer *out) {
    prs_block_head head;
    uint32_t before = n % 3 == 0 ? PRS_NO_DOC : n * 65537u, n_words = 0;
    if (!prs_block_read_head(in, end, before, &head)) return;
    FUZZ_NEED(head.n >= 1 && head.n <= PRS_BLOCK && head.first <= INT32_MAX - 1);
    out->n = head.n;
    const uint8_t *words = (head.tag & PRS_BLOCK_FORM) == PRS_BLOCK_BITSET
                               ? prs_block_read_words(&head, end, &n_words)
                               : NULL;
    const uint8_t *at = prs_block_read_docs(&head, end, out->docs);
    if (at == NULL) return;
    FUZZ_NEED(out->docs[0] == head.first && out->docs[head.n] == PRS_DOC_END);
    for (uint32_t i = 1; i < head.n; i++) FUZZ_NEED(out->docs[i] > out->docs[i - 1]);
    FUZZ_NEED(out->docs[head.n - 1] < PRS_DOC_END && at >= in && at <= end);
    if (words != NULL) FUZZ_NEED(words >= in && n_words * 8 <= (size_t)(end - words));
    uint32_t all;
    if (!prs_block_read_freqs(&head, at, end, out->freqs, &all)) return;
    for (uint32_t i = 0; i < head.n; i++) FUZZ_NEED(out->freqs[i] >= 1 && out->freqs[i] <= all);
    out->used = (size_t)(end - in);
}

/* At each level, with two kinds of bytes behind the end. */
static answer decode(decode_fn fn, const uint8_t *bytes, size_t len, uint32_t n) {
    prs_cpu_level all[LEVELS];
    uint32_t n_levels = levels(all);
    answer first = {0};
    fuzz_copy copy = fuzz_copy_of(bytes, len);
    for (uint32_t i = 0; i < 2 * n_levels; i++) {
        answer other = {0};
        use_level(all[i / 2]);
        memset(copy.bytes + len, i % 2 ? 0 : 0xff, 64);
        fn(copy.bytes, copy.bytes + len, n, &other);
        FUZZ_NEED(other.used <= len);
        if (i == 0) {
            first = other;
            continue;
        }
        FUZZ_NEED(other.used == first.used);
        if (first.used == 0) continue;
        FUZZ_NEED(other.n == first.n);
        FUZZ_NEED(memcmp(other.docs, first.docs, first.n * sizeof(uint32_t)) == 0);
        FUZZ_NEED(memcmp(other.freqs, first.freqs, first.n * sizeof(uint32_t)) == 0);
    }
    prs_cpu_unforce();
    fuzz_copy_end(&copy);
    return first;
}

/* ---- from numbers ---------------------------------------------------------------------------- */

/* n numbers of some width, some of them wider. */
static void make_values(fuzz_input *in, uint32_t n, uint32_t values[PRS_BLOCK]) {
    uint64_t state = fuzz_take(in, 4);
    uint32_t width = (uint32_t)fuzz_take(in, 1) % 33, wide = (uint32_t)fuzz_take(in, 1) % 33,
             every = 1 + (uint32_t)fuzz_take(in, 1);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t w = fuzz_next(&state) % every == 0 ? wide : width;
        values[i] = w == 0 ? 0 : (uint32_t)(fuzz_next(&state) >> (64 - w));
    }
    for (uint32_t i = 0; i < n && fuzz_left(in) >= 5; i++)
        values[fuzz_take(in, 1) % n] = (uint32_t)fuzz_take(in, 4);
}

static void try_patched(fuzz_input *in, uint32_t n) {
    uint32_t values[PRS_BLOCK];
    uint8_t bytes[PRS_PACK_MAX_BYTES + 8], again[PRS_PACK_MAX_BYTES + 8];
    prs_cpu_level all[LEVELS];
    uint32_t n_levels = levels(all);
    make_values(in, n, values);
    prs_pack_plan plan = prs_pack_measure(values, n);
    FUZZ_NEED(plan.len <= PRS_PACK_MAX_BYTES);
    for (uint32_t i = 0; i < n_levels; i++) {
        use_level(all[i]);
        FUZZ_NEED(prs_pack_encode(values, n, &plan, i ? again : bytes) == plan.len);
        if (i) FUZZ_NEED(memcmp(bytes, again, plan.len) == 0);
    }
    prs_cpu_unforce();
    answer a = decode(decode_patched, bytes, plan.len, n);
    FUZZ_NEED(a.used == plan.len && memcmp(a.docs, values, n * sizeof *values) == 0);
    if (plan.len > 0) {
        answer cut = decode(decode_patched, bytes, plan.len - 1, n);
        FUZZ_NEED(cut.used == 0);
    }
}

/* Documents from gaps; false if they leave the range. */
static bool make_docs(const uint32_t *gaps, uint32_t n, uint32_t first, uint32_t *docs) {
    uint64_t doc = first;
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) doc += (uint64_t)gaps[i] + 1;
        if (doc >= PRS_DOC_END) return false;
        docs[i] = (uint32_t)doc;
    }
    return true;
}

static void try_docs(fuzz_input *in, uint32_t first) {
    uint32_t gaps[PRS_BLOCK], docs[PRS_BLOCK];
    uint8_t bytes[PRS_PACK_MAX_BYTES + 8];
    make_values(in, PRS_BLOCK, gaps);
    gaps[0] = 0;
    prs_pack_plan plan = prs_pack_measure(gaps, PRS_BLOCK);
    (void)prs_pack_encode(gaps, PRS_BLOCK, &plan, bytes);
    bool good = make_docs(gaps, PRS_BLOCK, first * 1000003u, docs);
    answer a = decode(decode_docs, bytes, plan.len, first);
    if (good) {
        FUZZ_NEED(a.used == plan.len && memcmp(a.docs, docs, sizeof docs) == 0);
    } else if (a.used != 0) {
        FUZZ_NEED(a.docs[PRS_BLOCK - 1] == PRS_DOC_END);
    }
}

static void try_block(fuzz_input *in, uint32_t n) {
    uint32_t gaps[PRS_BLOCK], docs[PRS_BLOCK], freqs[PRS_BLOCK];
    uint8_t bytes[PRS_BLOCK_MAX_BYTES + 8], again[PRS_BLOCK_MAX_BYTES + 8];
    uint32_t before = (n - 1) % 3 == 0 ? PRS_NO_DOC : (n - 1) * 65537u;
    prs_cpu_level all[LEVELS];
    uint32_t n_levels = levels(all);
    size_t len = 0;
    uint32_t first = before + 1 + (uint32_t)fuzz_take(in, 2);
    make_values(in, n, gaps);
    make_values(in, n, freqs);
    if (!make_docs(gaps, n, first, docs)) return;
    for (uint32_t i = 0; i < n; i++)
        if (freqs[i] == 0) freqs[i] = 1;
    for (uint32_t i = 0; i < n_levels; i++) {
        use_level(all[i]);
        size_t now = prs_block_encode(docs, freqs, n, before, i ? again : bytes);
        FUZZ_NEED(now <= PRS_BLOCK_MAX_BYTES && (i == 0 || now == len));
        len = now;
        if (i) FUZZ_NEED(memcmp(bytes, again, len) == 0);
    }
    prs_cpu_unforce();
    answer a = decode(decode_block, bytes, len, n - 1);
    FUZZ_NEED(a.used == len && a.n == n);
    FUZZ_NEED(memcmp(a.docs, docs, n * sizeof *docs) == 0);
    FUZZ_NEED(memcmp(a.freqs, freqs, n * sizeof *freqs) == 0);
    if (fuzz_left(in) >= 5) { /* and damaged */
        fuzz_copy copy = fuzz_copy_of(bytes, len);
        (void)fuzz_edit(in, copy.bytes, &copy.len);
        (void)decode(decode_block, copy.bytes, copy.len, n - 1);
        fuzz_copy_end(&copy);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    fuzz_input in = fuzz_input_of(data + 2, size - 2);
    uint32_t n = 1 + data[1] % PRS_BLOCK;
    switch (data[0] % 6) {
    case 0: (void)decode(decode_patched, in.at, fuzz_left(&in), n); break;
    case 1: (void)decode(decode_docs, in.at, fuzz_left(&in), data[1]); break;
    case 2: (void)decode(decode_block, in.at, fuzz_left(&in), n - 1); break;
    case 3: try_patched(&in, n); break;
    case 4: try_docs(&in, data[1]); break;
    default: try_block(&in, n);
    }
    return 0;
}
