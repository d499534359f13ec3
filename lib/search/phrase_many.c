/* phrase_many.c - which documents have a phrase of two words, and how often?
 *
 * Structure   A block of the rarer word at a time, whatever blocks of the other it meets:
 *
 *                 sifted    17 31 90 ...     documents that could compete (phrase_sift.c)
 *                 met       17    90 ...     the other list has them: where the groups of both
 *                                            words begin, which stays good when lists move on
 *                 counted    0     2 ...     eight at a time (codec/eliasfano_count.h)
 *                 asked                      one by one: what that does not count
 *
 * Invariants  - Bits are counted from the beginning of LISTS, so that groups of several blocks of
 *               a list have one base.
 * Why so      A rare word meets a block of a frequent one for each of its documents.  What is done
 *             once for each of those is most of the work; and what a group says, no branch
 *             predictor knows: side by side a document of short texts costs a third.
 * Tested by   tests/unit/search/test_phrase_many.c, test_cur_phrase.c */
#include "kernel/intersect.h"
#include "search/phrase_field.h"
#include "kernel/select.h"

/* So many times as many documents: the other list is asked for each, not intersected. */
#define PRS_PHRASE_ASK_DOCS 8u

/* Documents that have both words. */
typedef struct met {
    prs_phrase_field *f;
    const prs_group *group;
    int32_t floor;
    uint32_t n;
    uint32_t docs[PRS_BLOCK];
    uint8_t lead_place[PRS_BLOCK];
    uint64_t bits[2][PRS_BLOCK]; /* of the lead's groups, the other's */
    uint32_t freqs[2][PRS_BLOCK], spans[PRS_BLOCK];
} met;

/* Bits before the run of positions of the block stood on. */
static uint64_t bits_before(const prs_postings *p) {
    return 8 * (uint64_t)(p->run - p->src->lists.ptr);
}

/* The document of a sifted place, which is the other list's i-th in its block. */
static prism_status add_met(met *m, uint32_t sifted, uint32_t i, prism_error *err) {
    prs_phrase_field *f = m->f;
    prs_postings *p = &f->other->p;
    uint32_t doc = f->sifted[sifted], place = f->sifted_place[sifted];
    if (PRS_UNLIKELY(!p->freqs_ready)) PRS_TRY(prs_postings_freqs(p, err));
    const prs_postings *lead = &f->lead->p;
    /* else the sift has asked before, if it has read freqs: with no floor it has not */
    if (m->floor > 0 && (!lead->freqs_ready || p->freqs[i] < lead->freqs[place])) {
        uint32_t freq = prs_weigh_add(0, p->freqs[i], f->weight);
        if (prs_group_one(m->group, freq, prs_group_length(m->group, doc)) < m->floor)
            return PRISM_OK;
    }
    if (!prs_positions_known(p, i)) PRS_TRY(prs_postings_locate(p, i, err));
    m->docs[m->n] = doc;
    m->lead_place[m->n] = (uint8_t)place;
    m->bits[1][m->n] = bits_before(p) + p->pos_bits[i];
    m->freqs[1][m->n] = p->freqs[i];
    m->spans[m->n] = p->spans[i];
    m->n++;
    return PRISM_OK;
}

/* One document is looked for in the other list. */
static prism_status meet_one(met *m, uint32_t sifted, prism_error *err) {
    prs_lane *other = m->f->other;
    bool has;
    PRS_TRY(prs_postings_has(&other->p, m->f->sifted[sifted], &has, err));
    if (!has) return PRISM_OK;
    PRS_TRY(prs_lane_load(other, m->f->sifted[sifted], err));
    return add_met(m, sifted, other->p.i, err);
}

/* Those from place `at` on are looked for in the block of the other list that reaches the first of
 * them; *next is the first behind it. */
static prism_status meet_block(met *m, uint32_t at, uint32_t end, uint32_t *next,
                               prism_error *err) {
    prs_phrase_field *f = m->f;
    prs_lane *other = f->other;
    uint8_t left[PRS_BLOCK + 1], right[PRS_BLOCK + 1];
    PRS_TRY(prs_lane_load(other, f->sifted[at], err));
    const prs_postings *p = &other->p;
    uint32_t from = p->i, to = f->sifted[end - 1] <= p->last_doc
                                   ? end
                                   : prs_select_place(f->sifted, at, end, p->last_doc + 1);
    uint32_t n = prs_intersect(f->sifted + at, to - at, p->docs + from, p->n - from, left, right);
    for (uint32_t i = 0; i < n; i++) PRS_TRY(add_met(m, at + left[i], from + right[i], err));
    *next = to;
    return PRISM_OK;
}

/* What both lists have of the sifted documents before `to`. */
static prism_status meet_all(met *m, uint32_t to, prs_watch *watch, prism_error *err) {
    prs_phrase_field *f = m->f;
    const prs_postings *p = &f->other->p;
    bool ask = p->info.df / PRS_PHRASE_ASK_DOCS >= f->lead->p.info.df &&
               p->info.df >= p->src->n_docs / PRS_PHRASE_ASK_DOCS;
    uint32_t at = f->at_sifted, end = f->n_sifted, next;
    if (to < f->sifted_to) end = prs_select_place(f->sifted, at, end, to);
    f->at_sifted = end;
    for (; at < end; at = next) {
        PRS_TRY(prs_watch_tick(watch, err));
        PRS_TRY(prs_lane_skip(f->other, f->sifted[at], err));
        f->over = prs_lane_ended(f->other);
        if (f->over) break;
        if (ask) {
            PRS_TRY(meet_one(m, at, err));
            next = at + 1;
        } else {
            PRS_TRY(meet_block(m, at, end, &next, err));
        }
    }
    return PRISM_OK;
}

static prism_status find_leads(met *m, prism_error *err) {
    prs_postings *p = &m->f->lead->p;
    if (PRS_UNLIKELY(!p->freqs_ready)) PRS_TRY(prs_postings_freqs(p, err));
    for (uint32_t i = 0; i < m->n; i++) {
        uint32_t at = m->lead_place[i];
        if (!prs_positions_known(p, at)) PRS_TRY(prs_postings_locate(p, at, err));
        m->bits[0][i] = bits_before(p) + p->pos_bits[at];
        m->freqs[0][i] = p->freqs[at];
    }
    return PRISM_OK;
}

static prism_status count_one(const met *m, uint32_t i, uint32_t *n, prism_error *err) {
    const uint8_t *base = m->f->lead->p.src->lists.ptr;
    prs_positions_at at[2];
    for (uint32_t k = 0; k < 2; k++)
        at[k] = (prs_positions_at){base, m->bits[k][i], m->freqs[k][i], m->spans[i]};
    return prs_phrase_count_two(m->f, at, n, err);
}

static prism_status count_all(met *m, prs_watch *watch, uint32_t *docs, uint32_t *freqs,
                              uint32_t *n, prism_error *err) {
    prs_phrase_field *f = m->f;
    uint8_t quick[PRS_BLOCK];
    const uint8_t *base = f->lead->p.src->lists.ptr;
    prs_ef_side a = {base, m->bits[0], m->freqs[0], f->places[0]};
    prs_ef_side b = {base, m->bits[1], m->freqs[1], f->places[1]};
    prs_ef_count(&a, &b, m->spans, m->n, quick);
    for (uint32_t i = 0; i < m->n; i++) {
        uint32_t count = quick[i];
        if (count == PRS_EF_COUNT_NOT) {
            PRS_TRY(prs_watch_tick(watch, err));
            PRS_TRY(count_one(m, i, &count, err));
        }
        docs[*n] = m->docs[i];
        freqs[*n] = prs_weigh_add(0, count, f->weight);
        *n += count > 0;
    }
    return PRISM_OK;
}

prism_status prs_phrase_count_block(prs_phrase_field *f, const prs_group *group, uint32_t from,
                                    uint32_t *to, int32_t floor, prs_watch *watch, uint32_t *docs,
                                    uint32_t *freqs, uint32_t *n, prism_error *err) {
    *n = 0;
    PRS_TRY(prs_phrase_sift(f, group, from, to, floor, err));
    if (f->over) return PRISM_OK;
    met m;
    m.f = f;
    m.group = group;
    m.floor = floor;
    m.n = 0;
    PRS_TRY(meet_all(&m, *to, watch, err));
    if (m.n == 0) return PRISM_OK;
    PRS_TRY(find_leads(&m, err));
    return count_all(&m, watch, docs, freqs, n, err);
}
