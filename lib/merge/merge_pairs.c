/* merge_pairs.c - whose pairs does a merged segment keep, and where do they come from if its inputs
 * kept others?
 *
 * Structure   walk    the lists of the set's words side by side, document by document; positions of
 *                     a document, merged, give its pairs
 *
 *                         the  7: 3 9     document 7:  3 the 4 of 9 the     (the, of) once
 *                         of   7: 4
 *
 *             count   one walk: how many postings has each pair, from each input?
 *             fill    pairs in order of keys, a sixteenth of all postings at a time, are gathered
 *                     by another walk and written
 * Invariants  - Lists are those that a flush of the same documents would write (flush_pairs.c): a
 *               pair counts once for each position of its first word.
 *             - A list ascends by document, as the inputs do; where the result has another order
 *               it is sorted as terms are (merge_sort.c).
 * Why so      Sets differ where indexes are joined, and where an index began with small commits: so
 *             it is rare, and may cost a pass over a third of all positions.  Without it such
 *             indexes would never have pairs.
 * Source      FORMAT.md section 10.   Tested by tests/unit/merge/test_merge_pairs.c */
#include "merge/merge_pairs.h"

#include "base/error.h"
#include "base/heap.h"
#include "base/vec.h"
#include "format/components.h"
#include "format/postings_join.h"
#include "merge/merge_sort.h"

#define WALKS 16u /* that fill, if all pairs were small: two of them gather over a 16th, so < 32 */
#define LEAST_AT_ONCE 16384u /* postings */

PRS_VEC_DEFINE(places, uint32_t)

/* A word in the document at hand. */
typedef struct stand {
    uint32_t pos, word;
    size_t next, end; /* of its further positions, in `room` */
} stand;

#define STAND_BEFORE(a, b) ((a)->pos < (b)->pos)
PRS_HEAP_DEFINE(stand_heap, stand, STAND_BEFORE)

typedef struct pairs {
    prs_merge *merge;
    prs_mem *mem;
    const prs_stops *stops;
    uint32_t field, n_pairs;
    uint32_t rank[PRS_STOPS_MAX]; /* of a word as the first of a pair, in order of keys */
    uint32_t word[PRS_STOPS_MAX]; /* and back */
    /* a walk */
    prs_postings *lists; /* by word */
    uint32_t docs[PRS_STOPS_MAX];
    bool filling;
    uint32_t from, to; /* pairs that are gathered; all are counted */
    uint64_t at_once;  /* postings gathered by one walk */
    /* the document at hand */
    stand here[PRS_STOPS_MAX];
    size_t n_here;
    places room;     /* positions of all words, those of each ascend */
    uint32_t *freqs; /* by pair, 0 between documents */
    uint32_t *touched, n_touched;
    /* postings */
    uint32_t *counts; /* by input and pair */
    uint64_t *next;   /* by pair: where the next posting goes */
    uint32_t *out_docs, *out_freqs;
    size_t cap;
    /* lists */
    prs_postings fake; /* postings as the joiner takes them */
    prs_postings_joiner *joiner;
    prs_merge_sorter *sorter; /* NULL = the result is in the order of the inputs */
    prs_postings_writer *sorted;
    prs_terms_writer *terms;
} pairs;

/* ---- the set --------------------------------------------------------------------------------- */

void prs_top_words_offer(prs_top_words *top, prs_bytes key, uint64_t cf) {
    if (top->n == PRS_STOPS_WORDS && cf <= top->cfs[top->n - 1]) return;
    if (!prs_stops_may(key)) return;
    uint32_t at = top->n < PRS_STOPS_WORDS ? top->n++ : top->n - 1;
    for (; at > 0 && top->cfs[at - 1] < cf; at--) {
        top->cfs[at] = top->cfs[at - 1];
        top->lens[at] = top->lens[at - 1];
        memcpy(top->keys[at], top->keys[at - 1], sizeof top->keys[at]);
    }
    top->cfs[at] = cf;
    top->lens[at] = (uint8_t)key.len;
    memcpy(top->keys[at], key.ptr, key.len);
}

static void take_top(const prs_top_words *top, prs_stops *stops) {
    stops->n = 0;
    for (uint32_t i = 0; i < top->n; i++) {
        prs_bytes key = prs_bytes_of(top->keys[i], top->lens[i]);
        uint32_t at = stops->n++;
        for (; at > 0 && prs_bytes_compare(key, stops->keys[at - 1]) < 0; at--)
            stops->keys[at] = stops->keys[at - 1];
        stops->keys[at] = key;
    }
}

prism_status prs_merge_stops(const prs_merge *merge, uint32_t field, const prs_top_words *top,
                             uint64_t sum_cf, prs_stops *stops, bool *same, prism_error *err) {
    uint64_t most = 0;
    stops->n = 0;
    *same = true;
    for (uint32_t i = 0; i < merge->n_inputs; i++) {
        const prs_segment_field *input = &merge->inputs[i].segment->fields[field];
        prs_stops own;
        if (!input->present || input->terms.n_terms == 0) continue;
        PRS_TRY(prs_stops_read(&own, &input->stops, err));
        if (own.n == 0 || (stops->n > 0 && !prs_stops_equal(stops, &own))) *same = false;
        if (own.n == 0 || input->sum_cf <= most) continue;
        most = input->sum_cf;
        *stops = own;
    }
    if (stops->n == 0 && sum_cf >= merge->stop_tokens) {
        take_top(top, stops);
        *same = false; /* a set whose input says it has no tokens was not taken */
    }
    return PRISM_OK;
}

/* ---- one document ---------------------------------------------------------------------------- */

/* Where a word stands in the document that its list stands on. */
static prism_status take_word(pairs *p, uint32_t w, prism_error *err) {
    prs_postings *list = &p->lists[w];
    PRS_TRY(prs_postings_freqs(list, err));
    uint32_t freq = list->freqs[list->i];
    size_t first = p->room.n;
    if (PRS_UNLIKELY(freq == 0)) return PRISM_OK; /* in a file of somebody else's */
    uint32_t *at = places_extend(&p->room, freq);
    if (at == NULL) return prs_error_nomem(err);
    PRS_TRY(prs_postings_positions(list, list->i, at, err));
    const stand here = {.pos = at[0], .word = w, .next = first + 1, .end = first + freq};
    stand_heap_push(p->here, &p->n_here, here);
    return PRISM_OK;
}

/* Words at one position, and at the next. */
static void count_pairs(pairs *p, uint64_t before, uint64_t here) {
    for (; before != 0; before &= before - 1) {
        uint32_t first = p->rank[__builtin_ctzll(before)] * p->stops->n;
        for (uint64_t rest = here; rest != 0; rest &= rest - 1) {
            uint32_t pair = first + (uint32_t)__builtin_ctzll(rest);
            if (p->freqs[pair]++ == 0) p->touched[p->n_touched++] = pair;
        }
    }
}

static void find_pairs(pairs *p) {
    uint64_t before = 0, here = 0, at = 0; /* words at position at - 1, at `at` */
    while (p->n_here > 0) {
        stand *top = &p->here[0];
        if (top->pos != at) {
            count_pairs(p, before, here);
            before = top->pos == at + 1 ? here : 0;
            here = 0;
        }
        at = top->pos;
        here |= UINT64_C(1) << top->word;
        if (top->next < top->end) {
            top->pos = p->room.ptr[top->next++];
        } else {
            *top = p->here[--p->n_here];
        }
        if (p->n_here > 0) stand_heap_down(p->here, p->n_here);
    }
    count_pairs(p, before, here);
}

static void put_pairs(pairs *p, uint32_t input, uint32_t doc) {
    for (uint32_t i = 0; i < p->n_touched; i++) {
        uint32_t pair = p->touched[i];
        if (!p->filling) {
            p->counts[(size_t)input * p->n_pairs + pair]++;
        } else if (pair >= p->from && pair < p->to) {
            uint64_t at = p->next[pair]++;
            if (at < p->cap) { /* the file may have changed since it was counted */
                p->out_docs[at] = doc;
                p->out_freqs[at] = p->freqs[pair];
            }
        }
        p->freqs[pair] = 0;
    }
    p->n_touched = 0;
}

/* ---- a walk ---------------------------------------------------------------------------------- */

static prism_status open_lists(pairs *p, const prs_segment_field *input, prism_error *err) {
    for (uint32_t w = 0; w < p->stops->n; w++) {
        prs_term_info info;
        bool found;
        p->docs[w] = PRS_DOC_END;
        PRS_TRY(prs_terms_find(&input->terms, p->stops->keys[w], &info, &found, err));
        if (!found || !info.has_positions || input->source.spans == NULL) continue;
        PRS_TRY(prs_postings_open(&p->lists[w], &input->source, &info, err));
        PRS_TRY(prs_postings_seek(&p->lists[w], 0, &p->docs[w], err));
    }
    return PRISM_OK;
}

static prism_status take_document(pairs *p, uint32_t input, uint32_t doc, prism_error *err) {
    bool live = prs_docmap_is_live(&p->merge->maps[input], doc);
    p->n_here = 0;
    places_clear(&p->room);
    for (uint32_t w = 0; w < p->stops->n; w++) {
        if (p->docs[w] != doc) continue;
        if (live) PRS_TRY(take_word(p, w, err));
        PRS_TRY(prs_postings_seek(&p->lists[w], doc + 1, &p->docs[w], err));
    }
    find_pairs(p);
    put_pairs(p, input, doc);
    return prs_merge_poll(p->merge, 1, err);
}

static prism_status walk(pairs *p, prism_error *err) {
    for (uint32_t i = 0; i < p->merge->n_inputs; i++) {
        const prs_segment_field *input = &p->merge->inputs[i].segment->fields[p->field];
        if (!input->present || input->terms.n_terms == 0) continue;
        PRS_TRY(open_lists(p, input, err));
        for (;;) {
            uint32_t doc = PRS_DOC_END;
            for (uint32_t w = 0; w < p->stops->n; w++) doc = PRS_MIN(doc, p->docs[w]);
            if (doc == PRS_DOC_END) break;
            PRS_TRY(take_document(p, i, doc, err));
        }
    }
    return PRISM_OK;
}

/* ---- lists ----------------------------------------------------------------------------------- */

static uint64_t count_of(const pairs *p, uint32_t pair) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < p->merge->n_inputs; i++) n += p->counts[(size_t)i * p->n_pairs + pair];
    return n;
}

/* Up to a block of postings of one input, from place `at` on. */
static prism_status add_postings(pairs *p, uint32_t input, uint64_t at, uint32_t n,
                                 prism_error *err) {
    const prs_segment_field *from = &p->merge->inputs[input].segment->fields[p->field];
    prs_kept kept = {.n = n};
    for (uint32_t i = 0; i < n; i++) {
        kept.docs[i] = prs_docmap_get(&p->merge->maps[input], p->out_docs[at + i]);
        kept.places[i] = (uint8_t)i;
    }
    if (p->sorter != NULL)
        return prs_merge_sorter_add(p->sorter, kept.docs, p->out_freqs + at, NULL, n, err);
    p->fake.n = n;
    memcpy(p->fake.docs, p->out_docs + at, n * sizeof *p->fake.docs);
    memcpy(p->fake.freqs, p->out_freqs + at, n * sizeof *p->fake.freqs);
    const prs_lengths *lengths = from->has_lengths ? &from->lengths : NULL;
    return prs_postings_joiner_add(p->joiner, &p->fake, lengths, &kept, err);
}

static prism_status finish_list(pairs *p, prs_term_info *info, prism_error *err) {
    if (p->sorter == NULL) return prs_postings_joiner_finish(p->joiner, info, err);
    prs_postings_writer_begin(p->sorted, false);
    PRS_TRY(prs_merge_sorter_drain(p->sorter, p->sorted, err));
    return prs_postings_writer_finish(p->sorted, info, err);
}

/* The list of a pair whose postings begin at place `at`. */
static prism_status write_list(pairs *p, uint32_t pair, uint64_t at, prism_error *err) {
    uint8_t key[PRS_PAIR_KEY_MAX];
    prs_term_info info;
    const prs_stops *stops = p->stops;
    if (p->sorter == NULL) prs_postings_joiner_begin(p->joiner, false, count_of(p, pair), false);
    for (uint32_t i = 0; i < p->merge->n_inputs; i++) {
        uint32_t left = p->counts[(size_t)i * p->n_pairs + pair];
        for (uint32_t n; left > 0; left -= n, at += n) {
            n = PRS_MIN(left, PRS_BLOCK);
            PRS_TRY(add_postings(p, i, at, n, err));
        }
    }
    PRS_TRY(finish_list(p, &info, err));
    uint32_t len =
        prs_stops_pair(stops->keys[p->word[pair / stops->n]], stops->keys[pair % stops->n], key);
    prs_terms_writer_add(p->terms, prs_bytes_of(key, len), &info);
    return PRISM_OK;
}

/* The pairs [from, to) were counted: gather them and write their lists. */
static prism_status gather(pairs *p, prism_error *err) {
    uint64_t at = 0;
    p->filling = true;
    PRS_TRY(walk(p, err));
    for (uint32_t pair = p->from; pair < p->to; pair++) {
        uint64_t n = count_of(p, pair);
        at += n;
        if (PRS_UNLIKELY(p->next[pair] != at))
            return prs_error_corrupt(err, NULL, 0, "a list changed while it was read");
    }
    at = 0;
    for (uint32_t pair = p->from; pair < p->to; pair++) {
        uint64_t n = count_of(p, pair);
        if (n > 0) PRS_TRY(write_list(p, pair, at, err));
        at += n;
    }
    return PRISM_OK;
}

/* The same for the pairs from p->to on, as many as there is room for. */
static prism_status gather_next(pairs *p, prism_error *err) {
    uint64_t n = 0;
    p->from = p->to;
    for (; p->to < p->n_pairs; p->to++) {
        uint64_t more = count_of(p, p->to);
        if (n > 0 && n + more > p->at_once) break;
        p->next[p->to] = n;
        n += more;
    }
    if (n == 0) return PRISM_OK;
    p->cap = (size_t)n;
    p->out_docs = prs_mem_alloc(p->mem, p->cap * sizeof *p->out_docs);
    p->out_freqs = prs_mem_alloc(p->mem, p->cap * sizeof *p->out_freqs);
    bool got = p->out_docs != NULL && p->out_freqs != NULL;
    prism_status status = got ? gather(p, err) : prs_error_nomem(err);
    prs_mem_free(p->mem, p->out_docs, p->cap * sizeof *p->out_docs);
    prs_mem_free(p->mem, p->out_freqs, p->cap * sizeof *p->out_freqs);
    return status;
}

static prism_status write_lists(pairs *p, prs_out *out, const prs_lengths *lengths,
                                const prs_field_meta *meta, prism_error *err) {
    const prs_field *field = &p->merge->recipe->schema->fields[p->field];
    bool has_lengths = (field->flags & PRISM_FIELD_LENGTHS) != 0 && meta->n_docs_with > 0;
    float mean = has_lengths ? (float)meta->sum_length / (float)meta->n_docs_with : 0;
    prs_terms_totals totals;
    prs_out_section(out, PRS_COMPONENT_PAIR_LISTS, field->no, PRS_COMPONENT_VERSION);
    PRS_TRY(prs_postings_joiner_new(p->mem, out, p->merge->n_docs, mean, &p->joiner, err));
    if (p->merge->docs != NULL) {
        PRS_TRY(prs_merge_sorter_new(p->mem, p->merge->docs, p->merge->n_docs, &p->sorter, err));
        PRS_TRY(
            prs_postings_writer_new(p->mem, out, p->merge->n_docs, lengths, NULL, &p->sorted, err));
    }
    PRS_TRY(prs_terms_writer_new(p->mem, out, p->merge->n_docs, &p->terms, err));
    while (p->to < p->n_pairs) PRS_TRY(gather_next(p, err));
    return prs_terms_writer_finish(p->terms, PRS_COMPONENT_PAIR_TERMS_INDEX, field->no, &totals,
                                   err);
}

/* First words by the key of a pair: by length, then by bytes. */
static void rank_words(pairs *p) {
    const prs_stops *stops = p->stops;
    for (uint32_t i = 0; i < stops->n; i++) {
        uint32_t at = i;
        for (; at > 0 && stops->keys[p->word[at - 1]].len > stops->keys[i].len; at--)
            p->word[at] = p->word[at - 1];
        p->word[at] = i;
    }
    for (uint32_t i = 0; i < stops->n; i++) p->rank[p->word[i]] = i;
}

static prism_status run(pairs *p, prs_out *out, const prs_lengths *lengths,
                        const prs_field_meta *meta, prism_error *err) {
    size_t n = p->n_pairs, all = n * p->merge->n_inputs;
    p->lists = prs_mem_alloc(p->mem, p->stops->n * sizeof *p->lists);
    p->freqs = prs_mem_calloc(p->mem, n, sizeof *p->freqs);
    p->touched = prs_mem_alloc(p->mem, n * sizeof *p->touched);
    p->next = prs_mem_alloc(p->mem, n * sizeof *p->next);
    p->counts = prs_mem_calloc(p->mem, all, sizeof *p->counts);
    if (p->lists == NULL || p->freqs == NULL || p->touched == NULL || p->next == NULL ||
        p->counts == NULL)
        return prs_error_nomem(err);
    rank_words(p);
    PRS_TRY(walk(p, err));
    uint64_t total = 0;
    for (uint32_t pair = 0; pair < p->n_pairs; pair++) total += count_of(p, pair);
    p->at_once = PRS_MAX(total / WALKS, LEAST_AT_ONCE);
    return total > 0 ? write_lists(p, out, lengths, meta, err) : PRISM_OK;
}

prism_status prs_merge_pairs(prs_merge *merge, uint32_t field, const prs_stops *stops, prs_out *out,
                             const prs_lengths *lengths, const prs_field_meta *meta,
                             prism_error *err) {
    prs_mem *mem = &merge->core->mem;
    pairs *p = prs_mem_calloc(mem, 1, sizeof *p);
    if (p == NULL) return prs_error_nomem(err);
    p->merge = merge;
    p->mem = mem;
    p->stops = stops;
    p->field = field;
    p->n_pairs = stops->n * stops->n;
    p->fake.freqs_ready = true; /* a short list without positions */
    places_init(&p->room, mem);
    prism_status status = run(p, out, lengths, meta, err);
    prs_terms_writer_free(p->terms);
    prs_postings_writer_free(p->sorted);
    prs_merge_sorter_free(p->sorter);
    prs_postings_joiner_free(p->joiner);
    places_fini(&p->room);
    size_t n = p->n_pairs;
    prs_mem_free(mem, p->lists, stops->n * sizeof *p->lists);
    prs_mem_free(mem, p->freqs, n * sizeof *p->freqs);
    prs_mem_free(mem, p->touched, n * sizeof *p->touched);
    prs_mem_free(mem, p->next, n * sizeof *p->next);
    prs_mem_free(mem, p->counts, n * merge->n_inputs * sizeof *p->counts);
    prs_mem_free(mem, p, sizeof *p);
    return status;
}
