/* dominance.c - how good are at least the 10, 100, 1000 best postings of a list?
 *
 * Structure   A table of counts, class of freq by class of length, filled as blocks are written.
 *             For K the rows are added from the highest freq down; where a running sum along the
 *             lengths reaches K, there is a candidate: (least freq of the class, largest length of
 *             the class).  The best candidate by the reference score wins.
 * Invariants  A point claims less than the table holds: a class is represented by its worst member,
 *             so at least K postings are as good as the point, exactly counted.
 * Why so      A heap of the 1000 best would cost more per posting and still have to guess a
 *             rectangle.  Classes: freq exact below 16, then two per octave; length exact below 16,
 *             then eight per octave, which loses at most 12 % of a length, about 2 % of the score.
 *             The reference score only chooses; validity does not depend on it.
 * Cost        one increment per posting; about 2 us per list of more than 128 documents.
 * Tested by   tests/unit/format/test_dominance.c */
#include "format/dominance.h"

#include "format/impacts.h"

static uint32_t freq_class(uint32_t freq) {
    if (freq < 16) return freq - 1;
    uint32_t b = prs_bit_width32(freq) - 1;
    return PRS_MIN(15 + 2 * (b - 4) + (freq >> (b - 1) & 1), PRS_DOMINANCE_FREQS - 1u);
}

static uint32_t least_freq(uint32_t class) {
    return class < 15 ? class + 1 : (2 + (class - 15) % 2) << (3 + (class - 15) / 2);
}

static uint32_t length_class(uint32_t length) {
    if (length < 16) return length;
    uint32_t b = prs_bit_width32(length) - 1;
    return PRS_MIN(16 + 8 * (b - 4) + (length >> (b - 3) & 7), PRS_DOMINANCE_LENGTHS - 1u);
}

static uint32_t largest_length(uint32_t class) {
    if (class < 16) return class;
    if (class == PRS_DOMINANCE_LENGTHS - 1) return UINT32_MAX;
    return ((9 + (class - 16) % 8) << (1 + (class - 16) / 8)) - 1;
}

void prs_dominance_add(prs_dominance *dom, const uint32_t *freqs, const uint32_t *lengths,
                       uint32_t n) {
    uint32_t rows = dom->rows, max = 0, min = PRS_DOMINANCE_LENGTHS; /* classes of length */
    for (uint32_t i = 0; i < n; i++) {
        uint32_t f = freq_class(freqs[i]), l = lengths ? length_class(lengths[i]) : 0;
        dom->counts[f][l]++;
        rows |= UINT32_C(1) << f;
        max = PRS_MAX(max, l);
        min = PRS_MIN(min, l);
    }
    dom->rows = rows;
    dom->n_lengths = PRS_MAX(dom->n_lengths, max + 1);
    dom->from_end = PRS_MAX(dom->from_end, PRS_DOMINANCE_LENGTHS - min);
}

static const uint32_t ks[PRS_DOMINANCE_POINTS] = {10, 100, 1000};

uint32_t prs_dominance_points(uint64_t df) {
    uint32_t n = 0;
    while (n < PRS_DOMINANCE_POINTS && df >= ks[n]) n++;
    return n;
}

typedef struct search {
    float mean_length;
    float best[PRS_DOMINANCE_POINTS];
    prs_impact *points;
} search;

/* Candidates of one class of freq: `sums` holds all postings of it and above, by class of length
 * from `first` on. */
static void try_row(search *s, const uint32_t *sums, uint32_t n_lengths, uint32_t first,
                    uint32_t freq) {
    uint32_t running = 0;
    uint32_t k = 0;
    for (uint32_t l = 0; l < n_lengths && k < PRS_DOMINANCE_POINTS; l++) {
        running += sums[l];
        for (; k < PRS_DOMINANCE_POINTS && running >= ks[k]; k++) {
            prs_impact point = {freq, largest_length(first + l)};
            float score = prs_impact_score(point, s->mean_length);
            if (score <= s->best[k]) continue;
            s->best[k] = score;
            s->points[k] = point;
        }
    }
}

uint32_t prs_dominance_take(prs_dominance *dom, uint64_t df, float mean_length,
                            prs_impact points[PRS_DOMINANCE_POINTS]) {
    uint32_t sums[PRS_DOMINANCE_LENGTHS] = {0};
    search s = {mean_length, {-1, -1, -1}, points};
    const uint32_t first = PRS_DOMINANCE_LENGTHS - dom->from_end;
    const uint32_t n_lengths = dom->n_lengths - first;
    for (uint32_t rows = dom->rows, f; rows != 0; rows &= ~(UINT32_C(1) << f)) {
        f = prs_bit_width32(rows) - 1; /* what an empty row could claim, one above claims better */
        for (uint32_t l = 0; l < n_lengths; l++) sums[l] += dom->counts[f][first + l];
        try_row(&s, sums, n_lengths, first, least_freq(f));
        memset(dom->counts[f] + first, 0, n_lengths * sizeof dom->counts[f][0]);
    }
    dom->n_lengths = dom->from_end = dom->rows = 0;
    return prs_dominance_points(df);
}
