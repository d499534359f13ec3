/* select.c - how are a few documents picked from many without a branch for each?
 *
 * Structure   scalar kernels here; 8 and 16 at a time in select_avx2.c and select_avx512.c.
 * Invariants  - Kept documents move towards the front, so in and out may be one array: what is
 *               stored at place m was read before, because m never passes i.
 *             - No kernel reads bytes that are not there: the last lanes of a hit array are masked.
 * Why so      After scoring, this is the hottest loop: of 4096 slots of a window often none is
 *             kept, and a branch a document that is taken at random costs more than a division.
 * Cost        AVX-512: 0.1 ns a document. Scalar: about 0.7.
 * Tested by   tests/unit/kernel/test_select.c (every level against plain loops) */
#include "kernel/select.h"

#include "base/cpu.h"
#include "kernel/select_kernels.h"

static uint32_t scalar_floor(const uint32_t *docs, const int32_t *scores, uint32_t n, int32_t floor,
                             uint32_t *out_docs, int32_t *out_scores) {
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++) {
        int32_t score = scores[i];
        out_docs[m] = docs[i];
        out_scores[m] = score;
        m += score >= floor;
    }
    return m;
}

static uint32_t scalar_hits(uint32_t *docs, int32_t *scores, const uint8_t *hit, uint32_t n,
                            uint8_t want) {
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++) {
        docs[m] = docs[i];
        scores[m] = scores[i];
        m += hit[i] == want;
    }
    return m;
}

static uint32_t scalar_slots(int32_t *slots, uint64_t parts, uint32_t base, int32_t least,
                             uint32_t *out_docs, int32_t *out_scores) {
    uint32_t m = 0;
    for (; parts != 0; parts &= parts - 1) {
        uint32_t from = (uint32_t)__builtin_ctzll(parts) * PRS_SLOT_PART;
        for (uint32_t i = from; i < from + PRS_SLOT_PART; i++) {
            int32_t slot = slots[i];
            slots[i] = 0;
            if (slot < least) continue;
            out_docs[m] = base + i;
            out_scores[m++] = slot - PRS_SLOT_TAKEN;
        }
    }
    return m;
}

static uint32_t scalar_place(const uint32_t *docs, uint32_t from, uint32_t n, uint32_t target) {
    for (uint32_t step = 0; step < 4; step++) { /* mostly it is near */
        if (from == n || docs[from] >= target) return from;
        from++;
    }
    uint32_t len = n - from;
    while (len > 0) {
        uint32_t half = len / 2;
        bool below = docs[from + half] < target;
        from = below ? from + half + 1 : from;
        len = below ? len - half - 1 : half;
    }
    return from;
}

static uint32_t scalar_in_bits(const prs_block_bits *bits, const uint32_t *docs,
                               const int32_t *scores, uint32_t n, int32_t need, uint16_t *at,
                               uint8_t *place) {
    return select_in_bits(bits, docs, scores, n, need, at, place);
}

/* By halves, without a branch: every search takes as many steps. */
static uint32_t scalar_in_docs(const uint32_t *block, uint32_t m, const uint32_t *docs, uint32_t n,
                               uint16_t *at, uint8_t *place) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t *from = block;
        for (uint32_t left = m; left > 1; left -= left / 2)
            from += from[left / 2 - 1] < docs[i] ? left / 2 : 0;
        at[found] = (uint16_t)i;
        place[found] = (uint8_t)(from - block);
        found += *from == docs[i];
    }
    return found;
}

static const prs_select_kernels scalar = {scalar_floor, scalar_hits,    scalar_slots,
                                          scalar_place, scalar_in_bits, scalar_in_docs};

static const prs_select_kernels *kernels(void) {
#ifdef __x86_64__
    prs_cpu_level level = prs_cpu();
    if (level == PRS_CPU_AVX512) return &prs_select_avx512;
    if (level == PRS_CPU_AVX2) return &prs_select_avx2;
#endif
    return &scalar;
}

uint32_t prs_select_floor(const uint32_t *docs, const int32_t *scores, uint32_t n, int32_t floor,
                          uint32_t *out_docs, int32_t *out_scores) {
    return kernels()->floor(docs, scores, n, floor, out_docs, out_scores);
}

uint32_t prs_select_hits(uint32_t *docs, int32_t *scores, const uint8_t *hit, uint32_t n,
                         uint8_t want) {
    return kernels()->hits(docs, scores, hit, n, want);
}

/* A floor that no score can reach: nothing is as large, but for the sign. */
uint32_t prs_select_slots(int32_t *slots, uint64_t parts, uint32_t base, int32_t floor,
                          uint32_t *out_docs, int32_t *out_scores) {
    int32_t least = floor >= PRS_SLOT_TAKEN ? INT32_MAX : PRS_SLOT_TAKEN | PRS_MAX(floor, 0);
    return kernels()->slots(slots, parts, base, least, out_docs, out_scores);
}

uint32_t prs_select_place(const uint32_t *docs, uint32_t from, uint32_t n, uint32_t target) {
    if (from >= n || docs[from] >= target) return from;
    return kernels()->place(docs, from + 1, n, target);
}

/* A run: every document from first on, at the place of its distance. */
static uint32_t select_in_run(uint32_t first, const uint32_t *docs, const int32_t *scores,
                              uint32_t n, int32_t need, uint16_t *at, uint8_t *place) {
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (docs[i] < first || scores[i] < need) continue;
        at[m] = (uint16_t)i;
        place[m++] = (uint8_t)(docs[i] - first);
    }
    return m;
}

uint32_t prs_select_in_bits(const prs_block_bits *bits, const uint32_t *docs, const int32_t *scores,
                            uint32_t n, int32_t need, uint16_t *at, uint8_t *place) {
    PRS_ASSERT(n > 0 &&
               (docs[n - 1] < bits->first || docs[n - 1] - bits->first < 64 * bits->n_words));
    if (bits->words == NULL) return select_in_run(bits->first, docs, scores, n, need, at, place);
    return kernels()->in_bits(bits, docs, scores, n, need, at, place);
}

uint32_t prs_select_in_docs(const uint32_t *block, uint32_t m, const uint32_t *docs, uint32_t n,
                            uint16_t *at, uint8_t *place) {
    PRS_ASSERT(m >= 1 && m <= PRS_BLOCK && (n == 0 || docs[n - 1] <= block[m - 1]));
    return kernels()->in_docs(block, m, docs, n, at, place);
}

bool prs_select_any(const int32_t *scores, uint32_t n, int32_t need) {
    uint32_t i = 0;
    for (; i + 16 <= n; i += 16) {
        int32_t most = scores[i];
        for (uint32_t k = 1; k < 16; k++) most = PRS_MAX(most, scores[i + k]);
        if (most >= need) return true;
    }
    for (; i < n; i++) {
        if (scores[i] >= need) return true;
    }
    return false;
}
