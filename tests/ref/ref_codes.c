/* ref_codes.c - how are numbers written in bit arrays?  (FORMAT.md section 1: RICE, EXP, EF)
 *
 * Tested by: tests/golden. */
#include "ref/ref_parts.h"

ref_bit_cur ref_bit_cur_of(const ref_cur *c) {
    return (ref_bit_cur){c->at, 0, 8 * ref_left(c), c->what};
}

uint64_t ref_bits_next(ref_bit_cur *c, uint32_t w) {
    ref_must(w <= c->end - c->bit, c->what, "a bit array holds what it must");
    uint64_t v = ref_bits(c->array, c->bit, w);
    c->bit += w;
    return v;
}

static uint32_t zeros(ref_bit_cur *c) {
    uint32_t n = 0;
    while (ref_bits_next(c, 1) == 0) n++;
    return n;
}

uint64_t ref_exp(ref_bit_cur *c, uint32_t k) {
    uint32_t more = zeros(c);
    ref_must(more + k <= 63, c->what, "an EXP code has 63 bits");
    uint64_t q = (uint64_t)1 << more | ref_bits_next(c, more);
    return (q - 1) << k | ref_bits_next(c, k);
}

uint64_t ref_rice(ref_bit_cur *c, uint32_t k) {
    uint32_t high = 0;
    while (high < 16 && ref_bits_next(c, 1) == 0) high++;
    if (high < 16) return (uint64_t)high << k | ref_bits_next(c, k);
    uint64_t v = ref_exp(c, k) + ((uint64_t)16 << k);
    ref_must(k <= 32 && v <= UINT32_MAX, c->what, "a RICE code has 32 bits");
    return v;
}

void ref_ef(ref_bit_cur *c, uint64_t n, uint64_t s, uint32_t *out) {
    ref_must(s >= 1, c->what, "numbers of EF(S) are below S");
    if (n == 1) {
        out[0] = (uint32_t)ref_bits_next(c, ref_bits_of(s - 1));
    } else {
        uint32_t l = s < n ? 0 : ref_bits_of(s / n) - 1;
        uint64_t upper = n + ((s - 1) >> l), found = 0, low = c->bit, high = low + n * l;
        ref_must(n * l + upper <= c->end - c->bit, c->what, "a group lies in its run");
        for (uint64_t j = 0; j < upper; j++) {
            if (ref_bits(c->array, high + j, 1) == 0) continue;
            ref_must(found < n, c->what, "as many bits are set as there are numbers");
            out[found] = (uint32_t)((j - found) << l | ref_bits(c->array, low + found * l, l));
            found++;
        }
        ref_must(found == n, c->what, "as many bits are set as there are numbers");
        c->bit = high + upper;
    }
    for (uint64_t i = 0; i < n; i++) {
        ref_must(out[i] < s, c->what, "numbers of EF(S) are below S");
        ref_must(i == 0 || out[i - 1] <= out[i], c->what, "numbers of EF(S) never decrease");
    }
}
