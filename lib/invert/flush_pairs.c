/* flush_pairs.c - where do two of the most frequent words stand side by side?
 *
 * Structure   set     the one in use, or the words that this stream has most of
 *             walk    the stream once more, a mask of the set's words for each position:
 *
 *                         ... because  of   the  end ...      before 010000   here 000100
 *                                                             pair (of, the) once more in this doc
 *
 *             walk of a document where no word is stacked and no position left out, as nearly all:
 *                     the number of each pair of neighbours is written down, and kept if both are
 *                     of the set, without a branch on what nobody can foretell
 *
 *             sort    postings of all pairs, as they came, are counted into lists; lists are
 *                     written in order of keys
 * Invariants  - A pair is counted once for each position that its first word stands at, however
 *               often either is stacked there.
 *             - Adjacent are positions that differ by one: a gap of a custom tokenizer parts words.
 * Why so      Phrases of nothing but such words have most of their positions to decode and few
 *             documents that match.  Their pairs are 1-3 % of the bytes.  From the stream they cost
 *             a walk; from lists they would cost decoding a third of all positions.
 * Source      FORMAT.md section 10.   Tested by tests/unit/invert/test_flush_pairs.c */
#include "invert/flush_pairs.h"

#include "base/error.h"
#include "format/components.h"
#include "format/postings_writer.h"

typedef struct pair_posting {
    uint32_t pair, doc, freq;
} pair_posting;

PRS_VEC_DEFINE(pair_postings, pair_posting)

#define N_PAIRS (PRS_STOPS_MAX * PRS_STOPS_MAX)
#define STRETCH 1024u /* entries of a document that are walked at once */

typedef struct pairs {
    uint32_t n_docs; /* of the segment */
    const prs_inverter_field *field;
    prs_mem *mem;
    prs_stops stops;
    uint32_t n_ids;
    uint8_t *word; /* by id: 1 + its place in the set, 0: not in it */
    pair_postings found;
    /* of the document at hand */
    uint32_t freqs[N_PAIRS];
    uint16_t touched[N_PAIRS + 1];
    uint32_t n_touched;
    uint16_t seen[STRETCH + 1]; /* pairs of a stretch, as they come */
    /* lists */
    uint32_t starts[N_PAIRS + 1];
    uint32_t *docs, *counts;
} pairs;

/* ---- the set --------------------------------------------------------------------------------- */

static uint32_t stream_end(const prs_inverter_field *f, size_t e) {
    return e + 1 < f->docs.n ? f->docs.ptr[e + 1].start : (uint32_t)f->stream.n;
}

/* The most frequent words so far, most frequent first; equal ones by their keys. */
typedef struct top_words {
    uint32_t n, ids[PRS_STOPS_WORDS];
    uint32_t counts[PRS_STOPS_WORDS];
} top_words;

static void offer_word(const prs_lexicon *lexicon, top_words *top, uint32_t id, uint32_t count) {
    if (top->n == PRS_STOPS_WORDS && count < top->counts[top->n - 1]) return;
    prs_bytes key = prs_lexicon_key(lexicon, id);
    if (!prs_stops_may(key)) return;
    uint32_t at = top->n;
    while (at > 0 && (top->counts[at - 1] < count ||
                      (top->counts[at - 1] == count &&
                       prs_bytes_compare(key, prs_lexicon_key(lexicon, top->ids[at - 1])) < 0)))
        at--;
    if (at == PRS_STOPS_WORDS) return;
    top->n = PRS_MIN(top->n + 1, PRS_STOPS_WORDS);
    for (uint32_t i = top->n - 1; i > at; i--) {
        top->ids[i] = top->ids[i - 1];
        top->counts[i] = top->counts[i - 1];
    }
    top->ids[at] = id;
    top->counts[at] = count;
}

/* The set in order of keys. */
static void take_words(pairs *p, const top_words *top) {
    prs_stops *stops = &p->stops;
    for (uint32_t i = 0; i < top->n; i++) {
        prs_bytes key = prs_lexicon_key(p->field->lexicon, top->ids[i]);
        uint32_t at = stops->n++;
        for (; at > 0 && prs_bytes_compare(key, stops->keys[at - 1]) < 0; at--)
            stops->keys[at] = stops->keys[at - 1];
        stops->keys[at] = key;
    }
}

static prism_status choose(pairs *p, prism_error *err) {
    const prs_inverter_field *f = p->field;
    top_words top = {0};
    uint32_t *counts = prs_mem_calloc(p->mem, p->n_ids, sizeof *counts);
    if (counts == NULL) return prs_error_nomem(err);
    for (size_t i = 0; i < f->stream.n; i++) {
        uint32_t entry = f->stream.ids[i];
        if (prs_stream_is_gap(entry)) {
            i++;
        } else {
            counts[entry & PRS_STREAM_ID]++;
        }
    }
    for (uint32_t id = 0; id < p->n_ids; id++) {
        if (counts[id] > 0) offer_word(f->lexicon, &top, id, counts[id]);
    }
    prs_mem_free(p->mem, counts, p->n_ids * sizeof *counts);
    take_words(p, &top);
    return PRISM_OK;
}

/* Which ids are words of the set?  They are asked for by their keys, as a lexicon may have
 * millions; one that was not met yet gets an id. */
static prism_status mark_words(pairs *p, prism_error *err) {
    uint32_t ids[PRS_STOPS_MAX];
    for (uint32_t i = 0; i < p->stops.n; i++)
        PRS_TRY(prs_lexicon_intern(p->field->lexicon, p->stops.keys[i], &ids[i], err));
    p->n_ids = prs_lexicon_count(p->field->lexicon);
    p->word = prs_mem_calloc(p->mem, p->n_ids, 1);
    if (p->word == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < p->stops.n; i++) p->word[ids[i]] = (uint8_t)(i + 1);
    return PRISM_OK;
}

/* ---- the walk -------------------------------------------------------------------------------- */

/* Words at one position, and at the next. */
static void count_pairs(pairs *p, uint64_t before, uint64_t here) {
    for (; before != 0; before &= before - 1) {
        uint32_t first = (uint32_t)__builtin_ctzll(before) * PRS_STOPS_MAX;
        for (uint64_t rest = here; rest != 0; rest &= rest - 1) {
            uint32_t pair = first + (uint32_t)__builtin_ctzll(rest);
            if (p->freqs[pair]++ == 0) p->touched[p->n_touched++] = (uint16_t)pair;
        }
    }
}

static bool end_document(pairs *p, uint32_t doc) {
    pair_posting *out = pair_postings_extend(&p->found, p->n_touched);
    if (out == NULL) return false;
    for (uint32_t i = 0; i < p->n_touched; i++) {
        uint32_t pair = p->touched[i];
        out[i] = (pair_posting){pair, doc, p->freqs[pair]};
        p->freqs[pair] = 0;
    }
    p->n_touched = 0;
    return true;
}

/* Is each entry a position of its own, next to the one before? */
static bool is_row(const uint32_t *ids, uint32_t n) {
    uint32_t odd = 0;
    for (uint32_t i = 0; i < n; i++)
        odd |= (ids[i] & PRS_STREAM_STACKED) | prs_stream_is_gap(ids[i]);
    return odd == 0;
}

/* Pairs of n <= STRETCH words of a row, behind word number *before of the set, 0 = none of it. */
static void walk_row(pairs *p, const uint32_t *ids, uint32_t n, uint32_t *before) {
    uint32_t last = *before, n_seen = 0, n_touched = p->n_touched;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t word = p->word[ids[i] & PRS_STREAM_ID];
        p->seen[n_seen] = (uint16_t)(last * PRS_STOPS_MAX + word - (PRS_STOPS_MAX + 1));
        n_seen += (last != 0) & (word != 0);
        last = word;
    }
    for (uint32_t i = 0; i < n_seen; i++) {
        uint32_t pair = p->seen[i];
        p->touched[n_touched] = (uint16_t)pair;
        n_touched += p->freqs[pair]++ == 0;
    }
    p->n_touched = n_touched;
    *before = last;
}

static void walk_document(pairs *p, uint32_t from, uint32_t to) {
    const uint32_t *ids = p->field->stream.ids;
    if (is_row(ids + from, to - from)) {
        for (uint32_t last = 0, n; from < to; from += n) {
            n = PRS_MIN(to - from, STRETCH);
            walk_row(p, ids + from, n, &last);
        }
        return;
    }
    uint64_t before = 0, here = 0; /* words at the last position and the one at hand */
    for (uint32_t i = from; i < to; i++) {
        uint32_t entry = ids[i];
        if (PRS_UNLIKELY(prs_stream_is_gap(entry))) {
            if (ids[++i] == 0) continue;
            count_pairs(p, before, here);
            before = here = 0;
            continue;
        }
        if ((entry & PRS_STREAM_STACKED) == 0) {
            if ((before != 0) & (here != 0)) count_pairs(p, before, here);
            before = here;
            here = 0;
        }
        uint32_t word = p->word[entry & PRS_STREAM_ID];
        if (word != 0) here |= UINT64_C(1) << (word - 1);
    }
    count_pairs(p, before, here);
}

static prism_status walk(pairs *p, prism_error *err) {
    const prs_inverter_field *f = p->field;
    for (size_t e = 0; e < f->docs.n; e++) {
        walk_document(p, f->docs.ptr[e].start, stream_end(f, e));
        if (p->n_touched > 0 && !end_document(p, f->docs.ptr[e].doc)) return prs_error_nomem(err);
    }
    return PRISM_OK;
}

/* ---- lists ----------------------------------------------------------------------------------- */

/* Postings into lists; those of a list stay in order of documents. */
static prism_status sort_postings(pairs *p, prism_error *err) {
    size_t n = p->found.n;
    p->docs = prs_mem_alloc(p->mem, n * sizeof *p->docs);
    p->counts = prs_mem_alloc(p->mem, n * sizeof *p->counts);
    if (p->docs == NULL || p->counts == NULL) return prs_error_nomem(err);
    for (size_t i = 0; i < n; i++) p->starts[p->found.ptr[i].pair + 1]++;
    for (uint32_t k = 0; k < N_PAIRS; k++) p->starts[k + 1] += p->starts[k];
    for (size_t i = n; i-- > 0;) { /* backwards: ends become beginnings */
        const pair_posting *at = &p->found.ptr[i];
        uint32_t to = --p->starts[at->pair + 1];
        p->docs[to] = at->doc;
        p->counts[to] = at->freq;
    }
    return PRISM_OK;
}

/* After sorting, starts[k + 1] is where list k begins. */
static prism_status write_list(const pairs *p, uint32_t first, uint32_t second,
                               prs_postings_writer *pw, prs_terms_writer *tw, prism_error *err) {
    uint32_t k = first * PRS_STOPS_MAX + second, begin = p->starts[k + 1];
    uint32_t end = k + 1 < N_PAIRS ? p->starts[k + 2] : (uint32_t)p->found.n;
    uint8_t key[PRS_PAIR_KEY_MAX];
    prs_term_info info;
    if (begin == end) return PRISM_OK;
    prs_postings_writer_begin(pw, false);
    prs_postings_writer_add(pw, p->docs + begin, p->counts + begin, NULL, end - begin);
    PRS_TRY(prs_postings_writer_finish(pw, &info, err));
    uint32_t len = prs_stops_pair(p->stops.keys[first], p->stops.keys[second], key);
    prs_terms_writer_add(tw, prs_bytes_of(key, len), &info);
    return PRISM_OK;
}

/* First words by the key of a pair: by length, then by bytes. */
static void sort_firsts(const pairs *p, uint32_t *order) {
    const prs_stops *stops = &p->stops;
    for (uint32_t i = 0; i < stops->n; i++) {
        uint32_t at = i;
        for (; at > 0 && stops->keys[order[at - 1]].len > stops->keys[i].len; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

static prism_status write_lists(const pairs *p, const prs_lengths *lengths, prs_out *out,
                                prism_error *err) {
    uint16_t no = p->field->field->no;
    uint32_t order[PRS_STOPS_MAX];
    prs_postings_writer *pw = NULL;
    prs_terms_writer *tw = NULL;
    prs_terms_totals totals;
    prism_status status;
    sort_firsts(p, order);
    prs_out_section(out, PRS_COMPONENT_PAIR_LISTS, no, PRS_COMPONENT_VERSION);
    PRS_TRY_OUT(prs_postings_writer_new(p->mem, out, p->n_docs, lengths, NULL, &pw, err));
    PRS_TRY_OUT(prs_terms_writer_new(p->mem, out, p->n_docs, &tw, err));
    for (uint32_t i = 0; i < p->stops.n; i++) {
        for (uint32_t k = 0; k < p->stops.n; k++)
            PRS_TRY_OUT(write_list(p, order[i], k, pw, tw, err));
    }
    PRS_TRY_OUT(prs_terms_writer_finish(tw, PRS_COMPONENT_PAIR_TERMS_INDEX, no, &totals, err));
out:
    prs_terms_writer_free(tw);
    prs_postings_writer_free(pw);
    return status;
}

static prism_status run(pairs *p, uint64_t tokens, const prs_lengths *lengths, prs_out *out,
                        prism_error *err) {
    if (p->stops.n == 0) {
        if (p->field->stream.n < tokens) return PRISM_OK;
        PRS_TRY(choose(p, err));
        if (p->stops.n == 0) return PRISM_OK;
    }
    PRS_TRY(mark_words(p, err));
    PRS_TRY(walk(p, err));
    if (p->found.n > 0) {
        PRS_TRY(sort_postings(p, err));
        PRS_TRY(write_lists(p, lengths, out, err));
    }
    prs_stops_write(&p->stops, p->field->field->no, out);
    return prs_out_status(out, err);
}

prism_status prs_flush_pairs(const prs_inverter_field *field, const prs_stops *known,
                             uint64_t tokens, uint32_t n_docs, const prs_lengths *lengths,
                             prs_mem *mem, prs_out *out, prism_error *err) {
    if (known->n == 0 && field->stream.n < tokens) return PRISM_OK;
    pairs *p = prs_mem_calloc(mem, 1, sizeof *p);
    if (p == NULL) return prs_error_nomem(err);
    p->field = field;
    p->mem = mem;
    p->stops = *known;
    p->n_docs = n_docs;
    p->n_ids = prs_lexicon_count(field->lexicon);
    pair_postings_init(&p->found, mem);
    prism_status status = run(p, tokens, lengths, out, err);
    size_t n = p->found.n;
    prs_mem_free(mem, p->docs, n * sizeof *p->docs);
    prs_mem_free(mem, p->counts, n * sizeof *p->counts);
    prs_mem_free(mem, p->word, p->n_ids);
    pair_postings_fini(&p->found);
    prs_mem_free(mem, p, sizeof *p);
    return status;
}
