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
 * Cost        one increment per posting; about 1 us per list of more than 128 documents.
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
    uint32_t max_freq = 0, max_length = 0, min_length = PRS_DOMINANCE_LENGTHS; /* classes */
    for (uint32_t i = 0; i < n; i++) {
        uint32_t f = freq_class(freqs[i]), l = lengths ? length_class(lengths[i]) : 0;
        dom->counts[f][l]++;
        max_freq = PRS_MAX(max_freq, f);
        max_length = PRS_MAX(max_length, l);
        min_length = PRS_MIN(min_length, l);
    }
    dom->first_length = dom->n_freqs == 0 ? min_length : PRS_MIN(dom->first_length, min_length);
    dom->n_freqs = PRS_MAX(dom->n_freqs, max_freq + 1);
    dom->n_lengths = PRS_MAX(dom->n_lengths, max_length + 1);
}

static const uint32_t ks[PRS_DOMINANCE_POINTS] = {10, 100, 1000};

typedef struct search {
    float mean_length;
    float best[PRS_DOMINANCE_POINTS];
    prs_impact *points;
} search;

/* Candidates of one class of freq: `sums` holds all postings of it and above, by class of length,
 * none below class `first`, and enough of them for n_points. */
static void try_row(search *s, const uint64_t *sums, uint32_t first, uint32_t n_points,
                    uint32_t freq) {
    uint64_t running = 0;
    uint32_t k = 0;
    for (uint32_t l = first; k < n_points; l++) {
        running += sums[l];
        for (; k < n_points && running >= ks[k]; k++) {
            prs_impact point = {freq, largest_length(l)};
            float score = prs_impact_score(point, s->mean_length);
            if (score <= s->best[k]) continue;
            s->best[k] = score;
            s->points[k] = point;
        }
    }
}

uint32_t prs_dominance_take(prs_dominance *dom, uint64_t df, float mean_length,
                            prs_impact points[PRS_DOMINANCE_POINTS]) {
    uint64_t sums[PRS_DOMINANCE_LENGTHS] = {0}, total = 0;
    search s = {mean_length, {-1, -1, -1}, points};
    uint32_t first = dom->first_length, n_points = 0;
    for (uint32_t f = dom->n_freqs; f-- > 0;) {
        uint64_t before = total;
        for (uint32_t l = first; l < dom->n_lengths; l++) {
            sums[l] += dom->counts[f][l];
            total += dom->counts[f][l];
        }
        /* An empty row has the candidates of the one above, at less freq. */
        if (total == before) continue;
        memset(dom->counts[f], 0, sizeof dom->counts[f]);
        while (n_points < PRS_DOMINANCE_POINTS && total >= ks[n_points]) n_points++;
        if (n_points > 0) try_row(&s, sums, first, n_points, least_freq(f));
    }
    dom->n_freqs = dom->n_lengths = dom->first_length = 0;
    uint32_t n = 0;
    while (n < PRS_DOMINANCE_POINTS && df >= ks[n]) n++;
    return n;
}
