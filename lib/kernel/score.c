/* score.c - how does a statistic become a weight, equal to the bit on every machine?
 *
 * Structure   ln -> idf -> weight -> shift; the per-document part is inline in score.h and, 4 to 16
 *             documents at a time, in score_block.c.
 * Invariants  - Only + - * / on IEEE double and float, each rounded once, never fused; no libm,
 *               whose last bits differ between libraries.
 *             - The shift leaves 2 bits of an int32 free, so that sums of rounded contributions
 *               cannot overflow: 1024 leaves add at most 0.5 each and relative 2^-22 in all.
 * ln          x = m 2^e with m near 1; with t = (m - 1) / (m + 1), ln m = 2 (t + t^3/3 + t^5/5 +
 *             ...).
 *             |t| <= 0.1716, so 13 terms leave less than 2^-66 of m's logarithm: the rounding of
 *             the last additions dominates, about 2 ulp.  A table would be faster and is not
 *             needed: one call a word.
 * Why so      w / (1 + norm / freq) instead of w freq / (freq + norm): freq occurs once, so each
 *             rounded step is monotone in it; and instead of w - w / (1 + freq / norm): nothing
 *             cancels.
 * Source      FORMAT.md section 17.
 * Tested by   tests/unit/kernel/test_score.c, tests/ref (differential) */
#include "kernel/score.h"

#include "base/error.h"

#define PRS_LN_2 0.6931471805599453
/* The double above the square root of 2: m >= it is exactly m >= sqrt(2) for a double m. */
#define PRS_SQRT_2 1.4142135623730951

/* x = m 2^e with m in [sqrt(1/2), sqrt(2)), x normal and positive. */
static double split_binary(double x, int *e) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    *e = (int)((bits >> 52) & 0x7ff) - 1023;
    bits = (bits & UINT64_C(0x000fffffffffffff)) | UINT64_C(0x3ff0000000000000);
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m >= PRS_SQRT_2) {
        m *= 0.5;
        *e += 1;
    }
    return m;
}

double prs_score_ln(double x) {
    int e;
    double m = split_binary(x, &e);
    double t = (m - 1.0) / (m + 1.0);
    double q = t * t;
    double s = 0.0;
    for (int k = 25; k >= 1; k -= 2) {
        double product = s * q;
        s = product + 1.0 / (double)k;
    }
    double twice = 2.0 * t;
    double fraction = twice * s;
    double whole = (double)e * PRS_LN_2;
    return fraction + whole;
}

double prs_score_idf(uint64_t n, uint64_t df) {
    if (df > n) df = n;
    double without = (double)(n - df) + 0.5;
    double with = (double)df + 0.5;
    double ratio = without / with;
    return prs_score_ln(1.0 + ratio);
}

float prs_score_scale(int shift) {
    uint32_t bits = (uint32_t)(127 + shift) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return scale;
}

int prs_score_shift(double total, prism_status *status) {
    *status = PRISM_OK;
    for (int s = PRS_SCORE_MAX_SHIFT; s >= PRS_SCORE_MIN_SHIFT; s--) {
        if (total * (double)prs_score_scale(s) < PRS_SCORE_LIMIT) return s;
    }
    *status = PRISM_ELIMIT;
    return PRS_SCORE_MIN_SHIFT;
}

void prs_score_constants(prs_scorer *scorer, double k1, double b, bool has_lengths, uint64_t n,
                         uint64_t tokens) {
    if (!has_lengths) {
        scorer->c0 = (float)k1;
        scorer->c1 = 0.0f;
        return;
    }
    double short_part = 1.0 - b;
    scorer->c0 = (float)(k1 * short_part);
    double long_part = k1 * b;
    long_part = long_part * (double)n;
    scorer->c1 = tokens == 0 ? 0.0f : (float)(long_part / (double)tokens);
}
