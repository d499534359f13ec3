/* fuzz_positions.c - are position groups (Elias-Fano) safe on any bytes, and exact?
 *
 *   byte 0   bit 0 bytes as they are, else groups written from numbers
 *   then     freq (2), span (4), first bit (1); a seed (4) or the bytes
 *
 * States    - A group is taken only if it is the group of its positions: writing them again gives
 *             the same bits.  Positions never decrease and are below span.
 *           - Groups written back to back, at any bit, come back, and their size is prs_ef_bits.
 *           - Bytes behind the group say nothing.
 *           - Two groups of few positions meet alike at every level of the CPU.
 *           - Marks that are taken ascend inside the run, and come back when they are written. */
#include "fuzz.h"

#include "base/cpu.h"
#include "codec/eliasfano.h"
#include "format/marks.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 4096, MARKED = 128 };

static uint64_t get_bit(const uint8_t *bytes, uint64_t bit) {
    return bytes[bit >> 3] >> (bit & 7) & 1;
}

static void check_same_bits(const uint8_t *a, uint64_t from_a, const uint8_t *b, uint64_t from_b,
                            uint64_t n) {
    for (uint64_t i = 0; i < n; i++) FUZZ_NEED(get_bit(a, from_a + i) == get_bit(b, from_b + i));
}

static void check_positions(const uint32_t *positions, uint32_t freq, uint32_t span) {
    for (uint32_t i = 0; i < freq; i++)
        FUZZ_NEED(positions[i] < span && (i == 0 || positions[i] >= positions[i - 1]));
}

/* The bits from `bit` on as two groups, one behind the other. */
static void try_meet(const uint8_t *bytes, size_t len, uint32_t freq, uint32_t span, uint32_t bit) {
    prs_ef_group a = {bytes, bit, 1 + freq % 9, span}, b = {bytes, 0, 1 + freq / 9 % 9, span};
    uint32_t want[PRS_EF_MEET_MAX], got[PRS_EF_MEET_MAX];
    b.bit = a.bit + prs_ef_bits(a.freq, span);
    if (b.bit + prs_ef_bits(b.freq, span) > 8 * (uint64_t)len) return;
    FUZZ_NEED(prs_cpu_force(PRS_CPU_SCALAR, NULL) == PRISM_OK);
    uint32_t n = prs_ef_meet(&a, freq % 3, &b, 1, want);
    prs_cpu_unforce();
    FUZZ_NEED(prs_ef_meet(&a, freq % 3, &b, 1, got) == n);
    FUZZ_NEED(n == PRS_EF_MEET_NOT || memcmp(want, got, n * sizeof *want) == 0);
}

static void try_marks(const uint8_t *bytes, size_t len, uint32_t n) {
    uint64_t marks[PRS_MARKS_MAX], again[PRS_MARKS_MAX];
    uint8_t out[PRS_MARKS_MAX_BYTES + 64];
    uint32_t head, head_again;
    if (!prs_marks_read(bytes, len, n, marks, &head)) return;
    FUZZ_NEED(head <= len);
    for (uint32_t k = 1; k < prs_marks_count(n); k++)
        FUZZ_NEED(marks[k] >= marks[k - 1] && marks[k] <= 8 * (uint64_t)(len - head));
    uint32_t put = prs_marks_put(marks, n, 8 * (uint64_t)(len - head), out);
    FUZZ_NEED(put <= head); /* of the fewest bits */
    FUZZ_NEED(prs_marks_read(out, put + (len - head), n, again, &head_again));
    FUZZ_NEED(memcmp(marks, again, prs_marks_count(n) * sizeof *marks) == 0);
}

static void try_bytes(fuzz_input *in, uint32_t freq, uint32_t span, uint32_t bit) {
    size_t len = fuzz_left(in);
    uint64_t n_bits = prs_ef_bits(freq, span);
    fuzz_copy whole = fuzz_copy_of(in->at, len);
    try_meet(whole.bytes, len, freq, span, bit);
    try_marks(whole.bytes, len, 1 + freq % MARKED);
    fuzz_copy_end(&whole);
    if (bit + n_bits > 8 * (uint64_t)len) return;
    size_t used = (size_t)((bit + n_bits + 7) / 8);
    fuzz_copy copy = fuzz_copy_of(in->at, used);
    uint32_t *out = fuzz_malloc(freq * sizeof *out), *other = fuzz_malloc(freq * sizeof *out);
    bool good = prs_ef_decode(copy.bytes, bit, freq, span, out);
    memset(copy.bytes + used, 0x55, 64);
    FUZZ_NEED(prs_ef_decode(copy.bytes, bit, freq, span, other) == good);
    if (good) {
        check_positions(out, freq, span);
        FUZZ_NEED(memcmp(out, other, freq * sizeof *out) == 0);
        uint8_t *again = calloc(used + 16, 1);
        FUZZ_NEED(again != NULL && prs_ef_encode(again, bit, out, freq, span) == bit + n_bits);
        check_same_bits(copy.bytes, bit, again, bit, n_bits);
        free(again);
    }
    free(out);
    free(other);
    fuzz_copy_end(&copy);
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void make_positions(uint64_t *state, uint32_t freq, uint32_t span, uint32_t *out) {
    for (uint32_t i = 0; i < freq; i++) out[i] = (uint32_t)(fuzz_some_bits(state, 32) % span);
    qsort(out, freq, sizeof *out, by_value);
}

/* Three groups back to back. */
static void try_numbers(fuzz_input *in, uint32_t freq, uint32_t span, uint32_t bit) {
    uint32_t freqs[3] = {freq, 1 + fuzz_below(in, 40), 1}, *positions[3];
    uint32_t spans[3] = {span, 1 + (uint32_t)(fuzz_take(in, 4) % INT32_MAX), span};
    uint64_t state = fuzz_take(in, 4), at[4] = {bit};
    for (int g = 0; g < 3; g++) at[g + 1] = at[g] + prs_ef_bits(freqs[g], spans[g]);
    size_t len = (size_t)((at[3] + 7) / 8);
    uint8_t *bytes = calloc(len + 9, 1);
    FUZZ_NEED(bytes != NULL);
    for (int g = 0; g < 3; g++) {
        positions[g] = fuzz_malloc(freqs[g] * sizeof(uint32_t));
        make_positions(&state, freqs[g], spans[g], positions[g]);
        FUZZ_NEED(prs_ef_encode(bytes, at[g], positions[g], freqs[g], spans[g]) == at[g + 1]);
    }
    fuzz_copy copy = fuzz_copy_of(bytes, len);
    for (int g = 0; g < 3; g++) {
        uint32_t *out = fuzz_malloc(freqs[g] * sizeof *out);
        FUZZ_NEED(prs_ef_decode(copy.bytes, at[g], freqs[g], spans[g], out));
        FUZZ_NEED(memcmp(out, positions[g], freqs[g] * sizeof *out) == 0);
        free(out);
        free(positions[g]);
    }
    (void)fuzz_edit(in, copy.bytes, &copy.len);
    if (copy.len == len) {
        uint32_t *out = fuzz_malloc(freq * sizeof *out);
        if (prs_ef_decode(copy.bytes, bit, freq, span, out)) check_positions(out, freq, span);
        free(out);
    }
    fuzz_copy_end(&copy);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    uint32_t freq = 1 + fuzz_below(&in, MOST);
    uint32_t span = 1 + (uint32_t)(fuzz_take(&in, 4) % INT32_MAX);
    uint32_t bit = (uint32_t)fuzz_take(&in, 1);
    if (flags & 1)
        try_bytes(&in, freq, span, bit);
    else
        try_numbers(&in, freq, span, bit);
    return 0;
}
