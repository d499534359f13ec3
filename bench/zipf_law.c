/* zipf_law.c - how often does the word of each rank come, decided by integers alone?
 *
 * Structure   Outcomes are the ranks 1..7873, each by itself, and behind them intervals of ranks,
 *             each about a 24th longer than the one before; inside an interval every rank is as
 *             likely.  An outcome is drawn by the alias method: a slot by 14 random bits, then the
 *             slot's own outcome or its alias by 32 more.
 * Invariants  No floating point: shares of the head are one division, those of the tail come from a
 *             logarithm and a power in fixed point, good to 1 part in 10^8.  Sums are exact, so all
 *             machines fill the same slots.
 * Cost        Drawing: one load of 8 bytes out of 128 KiB; a second number in the tail (one in
 *             seven).
 * Source      Walker 1977, Vose 1991 (alias method); zipf.h (the law)
 * Tested by   tests/bench/zipf.sh */
#include "zipf.h"

#include <stdlib.h>

__extension__ typedef unsigned __int128 wide;

enum { HEAD = 7873, SLOT_BITS = 14, SLOTS = 1 << SLOT_BITS };

typedef struct slot {
    uint32_t threshold; /* of 2^32: below it the slot's own outcome, else the alias */
    uint16_t alias;
} slot;

struct zipf_law {
    slot slots[SLOTS];
    uint64_t roots[32];           /* of 2: see exp2_fixed */
    uint64_t first[SLOTS - HEAD]; /* of each interval of ranks; the next one's is its end */
};

/* ---- fixed point
 * ------------------------------------------------------------------------------- */

/* log2(x) in units of 2^-32, x >= 1: square, and see whether it passes 2. */
static uint64_t log2_fixed(uint64_t x) {
    unsigned whole = 63 - (unsigned)__builtin_clzll(x);
    uint64_t m = x << (63 - whole); /* 1 <= m / 2^63 < 2 */
    uint64_t log = (uint64_t)whole << 32;
    for (uint64_t bit = UINT64_C(1) << 31; bit != 0; bit >>= 1) {
        wide square = (wide)m * m >> 63;
        if (square >> 64 != 0) {
            log |= bit;
            square >>= 1;
        }
        m = (uint64_t)square;
    }
    return log;
}

static uint64_t square_root(wide x) {
    uint64_t root = 0;
    for (uint64_t bit = UINT64_C(1) << 63; bit != 0; bit >>= 1) {
        uint64_t try = root | bit;
        if ((wide)try * try <= x) root = try;
    }
    return root;
}

/* roots[i] = 2^(2^-(i + 1)) in units of 2^-62. */
static void find_roots(uint64_t roots[32]) {
    uint64_t root = UINT64_C(1) << 63;
    for (int i = 0; i < 32; i++) roots[i] = root = square_root((wide)root << 62);
}

/* 2^(f / 2^32) in units of 2^-62: the product of the roots of 2 that f has bits for. */
static uint64_t exp2_fixed(const uint64_t roots[32], uint32_t f) {
    uint64_t power = UINT64_C(1) << 62;
    for (int i = 0; f != 0; i++, f <<= 1)
        if (f >> 31) power = (uint64_t)((wide)power * roots[i] >> 62);
    return power;
}

/* (x / HEAD)^-0.77 in units of 2^-40, x >= HEAD. */
static uint64_t tail_share(const zipf_law *law, uint64_t x) {
    uint64_t e = (log2_fixed(x) - log2_fixed(HEAD)) * 77 / 100;
    uint64_t whole = e >> 32;
    uint32_t f = (uint32_t)e;
    if (f == 0) return (UINT64_C(1) << 40) >> whole;
    return exp2_fixed(law->roots, -f) >> (22 + whole + 1); /* 2^-f = 2^(1 - f) / 2 */
}

/* ---- the table
 * --------------------------------------------------------------------------------- */

static uint64_t head_weight(uint64_t rank) {
    return (UINT64_C(10) << 44) / (10 * rank + 27);
}

/* Weights of all outcomes; returns how many there are. */
static uint32_t weigh(zipf_law *law, uint64_t *weights) {
    uint32_t n = 0;
    for (uint64_t rank = 1; rank <= HEAD; rank++) weights[n++] = head_weight(rank);
    uint64_t first = HEAD + 1, share = tail_share(law, first), *at = law->first;
    while (first < ZIPF_LAST_RANK) {
        uint64_t next = first + first / 24;
        if (next > ZIPF_LAST_RANK) next = ZIPF_LAST_RANK;
        uint64_t next_share = tail_share(law, next);
        /* the integral of the tail over the interval, which meets the head's last weight */
        weights[n++] =
            (uint64_t)((wide)head_weight(HEAD) * HEAD * 100 / 77 * (share - next_share) >> 40);
        *at++ = first;
        first = next;
        share = next_share;
    }
    *at = ZIPF_LAST_RANK;
    return n;
}

/* Vose: fill each slot of too little weight with some of one that has too much. */
static void fill_slots(zipf_law *law, uint64_t *weights, uint16_t *poor, uint16_t *rich) {
    uint64_t total = 0;
    uint32_t n_poor = 0, n_rich = 0;
    for (uint32_t i = 0; i < SLOTS; i++) total += weights[i];
    for (uint32_t i = 0; i < SLOTS; i++) {
        weights[i] <<= SLOT_BITS; /* now their mean is `total` */
        if (weights[i] < total)
            poor[n_poor++] = (uint16_t)i;
        else
            rich[n_rich++] = (uint16_t)i;
    }
    while (n_poor > 0 && n_rich > 0) {
        uint32_t p = poor[--n_poor], r = rich[n_rich - 1];
        law->slots[p].threshold = (uint32_t)(((wide)weights[p] << 32) / total);
        law->slots[p].alias = (uint16_t)r;
        weights[r] -= total - weights[p];
        if (weights[r] >= total) continue;
        n_rich--;
        poor[n_poor++] = (uint16_t)r;
    }
    while (n_rich > 0) {
        uint32_t r = rich[--n_rich];
        law->slots[r] = (slot){UINT32_MAX, (uint16_t)r};
    }
}

zipf_law *zipf_law_new(void) {
    zipf_law *law = calloc(1, sizeof *law);
    uint64_t *weights = calloc(SLOTS, sizeof *weights);
    uint16_t *lists = calloc(2 * SLOTS, sizeof *lists);
    if (law != NULL && weights != NULL && lists != NULL) {
        find_roots(law->roots);
        weigh(law, weights);
        fill_slots(law, weights, lists, lists + SLOTS);
    } else {
        free(law);
        law = NULL;
    }
    free(lists);
    free(weights);
    return law;
}

uint64_t zipf_law_rank(const zipf_law *law, zipf_random *random) {
    uint64_t bits = zipf_next(random);
    uint32_t outcome = (uint32_t)bits & (SLOTS - 1);
    const slot *s = &law->slots[outcome];
    if ((uint32_t)(bits >> 32) >= s->threshold) outcome = s->alias;
    if (outcome < HEAD) return outcome + 1;
    uint64_t first = law->first[outcome - HEAD];
    return first + zipf_below(random, (uint32_t)(law->first[outcome - HEAD + 1] - first));
}

/* Twelve uniform numbers add up to a normal one of variance 1 (Irwin and Hall), cut at 6. */
uint32_t zipf_length(const zipf_law *law, zipf_random *random, uint32_t median, uint32_t sigma) {
    int64_t z = -(INT64_C(6) << 32);
    for (int i = 0; i < 12; i++) z += (int64_t)(zipf_next(random) >> 32);
    /* as a power of 2: sigma / 1000 / ln 2, and no fraction of a negative number */
    int64_t e = z / 1000 * (int64_t)sigma / 1000000 * 1442695 + (INT64_C(64) << 32);
    if (e < 0) return 1;
    wide length = (wide)exp2_fixed(law->roots, (uint32_t)e) * median;
    unsigned shift = 62 + 64 - (unsigned)(e >> 32);
    length = shift < 128 ? length >> shift : 0;
    if (length > ZIPF_MAX_WORDS) return ZIPF_MAX_WORDS;
    return length == 0 ? 1 : (uint32_t)length;
}
