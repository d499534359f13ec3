/* impacts.c - which pairs of (freq, length) bound a set of postings, in few bytes?
 *
 * Structure   Score bounds must hold for any k1, b, weights and mean length, so not scores are
 *             stored but the pareto front: the postings that no other beats in freq and length at
 *             once.
 *
 *                 length ^      .        .  needless: more freq at less length exists
 *                        |   .     (3)
 *                        | .   (2)          the front, ascending in both
 *                        | (1)       .
 *                        +---------------> freq
 *
 *             A front that is too long is shortened by replacing neighbours (f1, l1) < (f2, l2) by
 *             (f2, l1), which bounds both.
 * Invariants  Pairs strictly ascend in both members; what was bounded before a step is bounded
 *             after it.
 * Why so      Which neighbours to merge is decided by a reference score: first by how much the
 *             bound of the whole set rises, then by how much the pair itself does.  Greedy: fronts
 *             have 3 to 10 pairs in practice, and an exact choice was not measurably tighter.  One
 *             pair (max freq, min length) would be looser; exact fronts would be longer than the
 *             postings they bound.
 * Cost        about 1 ns per posting.
 * Source      Grand, Muir, Ferenczi & Lin, ECIR 2020 (block maxima without scores); FORMAT.md
 *             section 7.
 * Tested by   tests/unit/format/test_impacts.c */
#include "format/impacts.h"

enum { SMALL = 64 }; /* freqs below this are looked up, others sorted */

/* Pairs come with freq descending; keep those that are shorter than all before. */
static void keep_if_shorter(prs_front *front, uint32_t freq, uint32_t length) {
    if (front->n != 0 && length >= front->pairs[front->n - 1].length) return;
    front->pairs[front->n++] = (prs_impact){freq, length};
}

static void reverse(prs_front *front) {
    for (uint32_t i = 0, j = front->n - 1; i < j; i++, j--) {
        prs_impact pair = front->pairs[i];
        front->pairs[i] = front->pairs[j];
        front->pairs[j] = pair;
    }
}

/* Postings of large freq, sorted by freq descending, then length ascending; rarely more than a
 * few. */
static uint32_t sort_large(const uint32_t *freqs, const uint32_t *lengths, uint32_t n,
                           prs_impact *large) {
    uint32_t n_large = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (PRS_LIKELY(freqs[i] < SMALL)) continue;
        prs_impact pair = {freqs[i], lengths[i]};
        uint32_t at = n_large++;
        for (; at > 0 && (large[at - 1].freq < pair.freq ||
                          (large[at - 1].freq == pair.freq && large[at - 1].length > pair.length));
             at--)
            large[at] = large[at - 1];
        large[at] = pair;
    }
    return n_large;
}

void prs_front_of(prs_front *front, const uint32_t *freqs, const uint32_t *lengths, uint32_t n) {
    front->n = 0;
    if (lengths == NULL) {
        uint32_t max = freqs[0];
        for (uint32_t i = 1; i < n; i++) max = PRS_MAX(max, freqs[i]);
        front->pairs[front->n++] = (prs_impact){max, 0};
        return;
    }
    uint32_t shortest[SMALL]; /* by freq, where `seen` has its bit */
    uint64_t seen = 0;
    bool any_large = false;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t freq = freqs[i];
        if (PRS_UNLIKELY(freq >= SMALL)) {
            any_large = true;
            continue;
        }
        bool first = (seen >> freq & 1) == 0;
        seen |= UINT64_C(1) << freq;
        if (first || lengths[i] < shortest[freq]) shortest[freq] = lengths[i];
    }
    if (any_large) {
        prs_impact large[PRS_BLOCK];
        uint32_t n_large = sort_large(freqs, lengths, n, large);
        for (uint32_t i = 0; i < n_large; i++)
            keep_if_shorter(front, large[i].freq, large[i].length);
    }
    while (seen != 0) {
        uint32_t freq = 63u - (uint32_t)__builtin_clzll(seen);
        seen &= ~(UINT64_C(1) << freq);
        keep_if_shorter(front, freq, shortest[freq]);
    }
    reverse(front);
}

float prs_impact_score(prs_impact impact, float mean_length) {
    float length = mean_length > 0 ? (float)impact.length / mean_length : 0;
    return (float)impact.freq / ((float)impact.freq + 0.3f + 0.9f * length);
}

void prs_front_reduce(prs_front *front, uint32_t max, float mean_length) {
    if (PRS_LIKELY(front->n <= max)) return;
    float score[PRS_FRONT_MAX], best = 0;
    for (uint32_t i = 0; i < front->n; i++) {
        score[i] = prs_impact_score(front->pairs[i], mean_length);
        best = PRS_MAX(best, score[i]);
    }
    while (front->n > max) {
        uint32_t cheapest = 0;
        float least = 0, new_score = 0;
        for (uint32_t i = 0; i + 1 < front->n; i++) {
            prs_impact both = {front->pairs[i + 1].freq, front->pairs[i].length};
            float s = prs_impact_score(both, mean_length);
            float loss = s - PRS_MAX(score[i], score[i + 1]);
            if (s > best) loss += 1000 * (s - best);
            if (i != 0 && loss >= least) continue;
            cheapest = i;
            least = loss;
            new_score = s;
        }
        front->pairs[cheapest].freq = front->pairs[cheapest + 1].freq;
        score[cheapest] = new_score;
        best = PRS_MAX(best, new_score);
        front->n--;
        for (uint32_t i = cheapest + 1; i < front->n; i++) {
            front->pairs[i] = front->pairs[i + 1];
            score[i] = score[i + 1];
        }
    }
}

/* Is the last pair of `a` to come before that of `b`?  Neither is empty. */
static bool comes_first(const prs_front *a, const prs_front *b) {
    const prs_impact *x = &a->pairs[a->n - 1], *y = &b->pairs[b->n - 1];
    return x->freq != y->freq ? x->freq > y->freq : x->length <= y->length;
}

void prs_front_join(prs_front *front, const prs_front *other, float mean_length) {
    if (front->n == 0) {
        *front = *other;
        return;
    }
    prs_front a = *front, b = *other;
    prs_front_reduce(&a, PRS_FRONT_MAX / 2, mean_length);
    prs_front_reduce(&b, PRS_FRONT_MAX / 2, mean_length);
    front->n = 0;
    while (a.n > 0 || b.n > 0) { /* from the largest freq down; of equals the shorter first */
        bool take_a = b.n == 0 || (a.n > 0 && comes_first(&a, &b));
        prs_front *from = take_a ? &a : &b;
        from->n--;
        keep_if_shorter(front, from->pairs[from->n].freq, from->pairs[from->n].length);
    }
    reverse(front);
}

size_t prs_impacts_put(const prs_front *front, uint8_t *out) {
    uint8_t *at = out;
    *at++ = (uint8_t)front->n;
    prs_impact least = {0, 0}; /* that the next pair may have */
    for (uint32_t i = 0; i < front->n; i++) {
        prs_impact pair = front->pairs[i];
        at = prs_varint_put(at, pair.freq - least.freq);
        at = prs_varint_put(at, pair.length - least.length);
        least = (prs_impact){pair.freq + 1, pair.length + 1};
    }
    return (size_t)(at - out);
}

/* A varint of at most 5 bytes, all of which are there; larger than 2^32 - 1 if it is unsound. */
static inline uint64_t next_varint(const uint8_t **at) {
    const uint8_t *p = *at;
    uint64_t v = *p++;
    if (PRS_UNLIKELY(v >= 0x80)) {
        v &= 0x7f;
        for (uint32_t shift = 7; shift < 35; shift += 7) {
            uint64_t b = *p++;
            v |= (b & 0x7f) << shift;
            if (b < 0x80) break;
            if (shift == 28) v = UINT64_MAX;
        }
    }
    *at = p;
    return v;
}

/* Pairs far enough from the end that no byte need be asked for.  False if there is anything about
 * them that is not plain; they are looked at again then. */
static bool read_inside(prs_cur *c, prs_impact *out, uint32_t n) {
    const uint8_t *at = c->at;
    uint64_t freq = 0, length = 0, most = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t more_freq = next_varint(&at), more_length = next_varint(&at);
        freq += more_freq;
        length += more_length;
        most |= more_freq | more_length | freq | length;
        out[i] = (prs_impact){(uint32_t)freq++, (uint32_t)length++};
    }
    if (PRS_UNLIKELY(most > UINT32_MAX)) return false;
    c->at = at;
    return true;
}

uint32_t prs_impacts_read(prs_cur *c, prs_impact *out, uint32_t max) {
    uint32_t n = prs_cur_8(c);
    uint64_t freq = 0, length = 0; /* of the pair before, plus one */
    if (PRS_UNLIKELY(n == 0 || n > max)) prs_cur_fail(c);
    if (PRS_LIKELY(!c->bad && prs_cur_left(c) >= 10 * (size_t)n) && read_inside(c, out, n))
        return n;
    for (uint32_t i = 0; i < n && !c->bad; i++) {
        freq += prs_cur_varint32(c);
        length += prs_cur_varint32(c);
        if (PRS_UNLIKELY(freq > UINT32_MAX || length > UINT32_MAX)) prs_cur_fail(c);
        out[i] = (prs_impact){(uint32_t)freq++, (uint32_t)length++};
    }
    return c->bad ? 0 : n;
}
