/* ref_terms.c - which terms does a field have, and where are their lists?  (FORMAT.md section 6)
 *
 * Walks the blocks that TERMS_INDEX names, decodes every term with its postings, and keeps a map of
 * the bytes of LISTS, so that in the end every byte belongs to exactly one list or block.
 * Tested by: tests/golden. */
#include <stdlib.h>
#include <string.h>

#include "ref/ref_parts.h"

typedef struct piece {
    uint64_t off, len;
} piece;

typedef struct walk {
    ref_index *ix;
    const ref_segment *s;
    uint32_t field;
    int of_pairs; /* PAIR_LISTS and PAIR_TERMS_INDEX */
    ref_cur lists, index;
    uint64_t n_terms, term_bytes, postings_bytes, position_bytes;
    uint32_t n_blocks;
    const uint8_t *prefixes, *offsets, *key_offsets, *keys;
    uint64_t keys_len;
    const uint32_t *lengths, *spans;
    piece *pieces;
    uint64_t n_pieces, cap_pieces;
    uint8_t key[1024];
    uint64_t key_len;
    uint64_t seen_terms, sum_df, sum_cf, postings_seen, positions_seen, term_bytes_seen;
    uint32_t *docs, *freqs, *positions;
    uint64_t cap_docs, cap_positions;
    ref_term_fn each;
    void *ctx;
} walk;

static uint64_t number_at(const uint8_t *table, uint64_t i, uint32_t bytes) {
    return ref_bits(table, i * bytes * 8, bytes * 8);
}

static void add_piece(walk *w, uint64_t off, uint64_t len) {
    if (len == 0) return;
    if (w->n_pieces == w->cap_pieces) {
        w->cap_pieces = w->cap_pieces ? 2 * w->cap_pieces : 64;
        w->pieces = realloc(w->pieces, w->cap_pieces * sizeof *w->pieces);
        if (w->pieces == NULL) ref_die("memory", "none left");
    }
    w->pieces[w->n_pieces++] = (piece){off, len};
}

static void room(walk *w, uint64_t df, uint64_t cf) {
    if (df > w->cap_docs) {
        w->cap_docs = 2 * df;
        w->docs = realloc(w->docs, w->cap_docs * sizeof *w->docs);
        w->freqs = realloc(w->freqs, w->cap_docs * sizeof *w->freqs);
    }
    if (cf > w->cap_positions) {
        ref_must(cf < UINT64_C(1) << 40, "LISTS", "cf is of a size that this reader can hold");
        w->cap_positions = 2 * cf;
        w->positions = realloc(w->positions, w->cap_positions * sizeof *w->positions);
    }
    if (w->docs == NULL || w->freqs == NULL || w->positions == NULL) ref_die("memory", "none left");
}

static void read_index(walk *w) {
    ref_cur *c = &w->index;
    w->n_terms = ref_u64(c);
    w->n_blocks = ref_u32(c);
    ref_must(ref_u32(c) == 0, "TERMS_INDEX", "bytes 12..15 are zero");
    w->term_bytes = ref_u64(c);
    w->postings_bytes = ref_u64(c);
    w->position_bytes = ref_u64(c);
    ref_must(w->term_bytes + w->postings_bytes + w->position_bytes == ref_left(&w->lists),
             "TERMS_INDEX", "blocks, postings and positions add up to LISTS");
    w->prefixes = ref_take(c, 8 * (uint64_t)w->n_blocks);
    w->offsets = ref_take(c, 8 * (uint64_t)w->n_blocks);
    w->key_offsets = ref_take(c, 4 * ((uint64_t)w->n_blocks + 1));
    w->keys_len = ref_left(c);
    w->keys = ref_take(c, w->keys_len);
    ref_must(w->n_terms >= 1 && w->n_blocks == (w->n_terms + 63) / 64, "TERMS_INDEX",
             "all blocks but the last have 64 terms");
    ref_must(number_at(w->key_offsets, 0, 4) == 0 &&
                 number_at(w->key_offsets, w->n_blocks, 4) == w->keys_len,
             "TERMS_INDEX", "the key offsets cover the key bytes");
}

/* The entry of block b: its first key whole, and the prefix of it. */
static void check_entry(const walk *w, uint32_t b, const uint8_t *key, uint64_t len) {
    uint64_t from = number_at(w->key_offsets, b, 4), to = number_at(w->key_offsets, b + 1, 4);
    uint64_t prefix = 0;
    ref_must(from <= to && to <= w->keys_len, "TERMS_INDEX", "key offsets ascend");
    ref_must(ref_order(w->keys + from, to - from, key, len) == 0, "TERMS_INDEX",
             "the key of a block is its first term");
    for (uint64_t i = 0; i < 8; i++) prefix = prefix << 8 | (i < len ? key[i] : 0);
    ref_must(number_at(w->prefixes, b, 8) == prefix, "TERMS_INDEX",
             "prefixes are the first 8 bytes of the keys");
}

/* The next key, which must follow the one before and share with it as much as it can. */
static void next_key(walk *w, ref_cur *keys, int first_of_block) {
    uint8_t key[1024];
    uint64_t shared = first_of_block ? 0 : ref_varint(keys), rest = ref_varint(keys);
    ref_must(shared <= w->key_len && rest <= 1024 && shared + rest <= 1024 && shared + rest >= 1,
             "term block", "a key has 1 to 1024 bytes");
    memcpy(key, w->key, shared);
    memcpy(key + shared, ref_take(keys, rest), rest);
    if (w->seen_terms > 0)
        ref_must(ref_order(w->key, w->key_len, key, shared + rest) < 0, "term block",
                 "keys are sorted and unique");
    if (!first_of_block && shared < w->key_len && rest > 0)
        ref_must(w->key[shared] != key[shared], "term block",
                 "as many bytes as possible are shared");
    memcpy(w->key, key, shared + rest);
    w->key_len = shared + rest;
    uint32_t kinds = w->s->schema->fields[w->field].type == REF_TEXT ? 6 : 1;
    ref_must(w->of_pairs || (key[0] >= 1 && key[0] <= kinds), "term block",
             "a key begins with its kind");
}

static void read_inline(const walk *w, ref_cur c, const ref_term *t) {
    int64_t doc = -1;
    uint64_t sum = 0, at = 0;
    for (uint64_t i = 0; i < t->df; i++) {
        doc += (int64_t)ref_varint32(&c) + 1;
        ref_must(doc < w->s->n_docs, "inline list", "documents are in the segment");
        w->docs[i] = (uint32_t)doc;
        w->freqs[i] = 1;
    }
    for (uint64_t i = 0; t->cf != t->df && i < t->df; i++) w->freqs[i] = ref_varint32(&c) + 1;
    for (uint64_t i = 0; i < t->df; i++) {
        ref_must(w->freqs[i] >= 1 && w->freqs[i] <= 32, "inline list", "cf is at most 32");
        sum += w->freqs[i];
    }
    ref_must(sum == t->cf, "inline list", "freqs add up to cf");
    for (uint64_t i = 0; t->has_positions && i < t->df; i++) {
        uint64_t pos = 0;
        for (uint32_t k = 0; k < w->freqs[i]; k++) {
            pos = k == 0 ? ref_varint32(&c) : pos + ref_varint32(&c);
            ref_must(w->spans != NULL && pos < w->spans[w->docs[i]], "inline list",
                     "a position is less than the span");
            w->positions[at++] = (uint32_t)pos;
        }
    }
    ref_done(&c);
}

static void read_list(walk *w, uint64_t *off, uint64_t positions_len, uint64_t postings_len,
                      ref_term *t) {
    ref_list l = {.lengths = w->lengths,
                  .spans = w->spans,
                  .n_docs = w->s->n_docs,
                  .has_positions = t->has_positions,
                  .df = t->df,
                  .cf = t->cf,
                  .docs = w->docs,
                  .freqs = w->freqs,
                  .positions = w->positions};
    ref_cur c = w->lists;
    ref_take(&c, *off);
    ref_cur positions = ref_cut(&c, positions_len), postings = ref_cut(&c, postings_len);
    add_piece(w, *off, positions_len + postings_len);
    *off += positions_len + postings_len;
    w->positions_seen += positions_len;
    w->postings_seen += postings_len;
    ref_list_read(&l, postings, positions);
    t->n_blocks = l.n_blocks;
    t->n_groups = l.n_groups;
    t->n_run = l.n_run;
    t->n_bitset = l.n_bitset;
    t->n_packed = l.n_packed;
    t->n_exceptions = l.n_exceptions;
}

/* One term's info, and its list; *off is where the next list begins. */
static void read_term(walk *w, ref_cur *infos, uint64_t *off) {
    uint64_t tag = ref_varint(infos);
    ref_term t = {.key = w->key, .key_len = w->key_len};
    t.df = tag >> 2;
    t.has_positions = (tag >> 1 & 1) != 0;
    t.is_inline = (tag & 1) != 0;
    uint64_t more = ref_varint(infos);
    ref_must(t.df >= 1 && t.df <= w->s->n_docs, "term block", "1 <= df <= n_docs");
    ref_must(more < (UINT64_C(1) << 63) - t.df, "term block", "cf < 2^63");
    t.cf = t.df + more;
    ref_must(t.is_inline == (t.df <= 4 && t.cf <= 32), "term block",
             "a term is inline exactly when df <= 4 and cf <= 32");
    int positions = w->key[0] != 2 && w->key[0] != 6 && !w->of_pairs;
    ref_must(t.has_positions == (w->s->schema->fields[w->field].positions && positions),
             "term block", "positions are there for all kinds but 2 and 6, if the field has them");
    room(w, t.df, t.cf);
    if (t.is_inline) {
        uint64_t len = ref_varint(infos);
        read_inline(w, ref_cut(infos, len), &t);
    } else {
        uint64_t positions_len = t.has_positions ? ref_varint(infos) : 0;
        uint64_t postings_len = ref_varint(infos);
        read_list(w, off, positions_len, postings_len, &t);
    }
    t.docs = w->docs;
    t.freqs = w->freqs;
    t.positions = t.has_positions ? w->positions : NULL;
    w->seen_terms++;
    w->sum_df += t.df;
    w->sum_cf += t.cf;
    if (w->each != NULL) w->each(w->ctx, &t);
}

static void read_block(walk *w, uint32_t b) {
    uint64_t at = number_at(w->offsets, b, 8), n = w->n_terms - 64 * (uint64_t)b;
    ref_cur c = w->lists;
    ref_take(&c, at);
    const uint8_t *begin = c.at;
    ref_must(ref_varint(&c) == (n < 64 ? n : 64), "term block",
             "it holds 64 terms, the last the rest");
    uint64_t keys_len = ref_varint(&c), infos_len = ref_varint(&c);
    ref_cur keys = ref_cut(&c, keys_len), infos = ref_cut(&c, infos_len);
    add_piece(w, at, (uint64_t)(c.at - begin));
    w->term_bytes_seen += (uint64_t)(c.at - begin);
    uint64_t off = ref_varint(&infos), first = off;
    uint64_t lists_before = w->postings_seen + w->positions_seen;
    for (uint64_t i = 0; i < n && i < 64; i++) {
        next_key(w, &keys, i == 0);
        if (i == 0) check_entry(w, b, w->key, w->key_len);
        read_term(w, &infos, &off);
    }
    ref_done(&keys);
    ref_done(&infos);
    ref_must(first == 0 || w->postings_seen + w->positions_seen > lists_before, "term block",
             "the offset is 0 for a block without lists");
}

static int by_offset(const void *a, const void *b) {
    const piece *x = a, *y = b;
    return x->off < y->off ? -1 : x->off > y->off;
}

static void check_sums(walk *w, const ref_stats *stats) {
    uint64_t end = 0;
    if (w->n_pieces > 0) qsort(w->pieces, w->n_pieces, sizeof *w->pieces, by_offset);
    for (uint64_t i = 0; i < w->n_pieces; i++) {
        ref_must(w->pieces[i].off == end, "LISTS", "lists and blocks lie back to back");
        end += w->pieces[i].len;
    }
    ref_must(end == ref_left(&w->lists), "LISTS", "every byte belongs to a list or a block");
    ref_must(w->term_bytes_seen == w->term_bytes && w->postings_seen == w->postings_bytes &&
                 w->positions_seen == w->position_bytes,
             "TERMS_INDEX", "its sums of bytes are right");
    if (w->of_pairs) return;
    ref_must(stats != NULL && w->seen_terms == stats->n_terms && w->sum_df == stats->sum_df &&
                 w->sum_cf == stats->sum_cf,
             "SEGMENT", "n_terms, sum_df and sum_cf are those of the terms");
}

static void read_all(walk *w, const ref_stats *stats) {
    const ref_segment *s = w->s;
    w->lengths = s->schema->fields[w->field].lengths ? ref_lengths(w->ix, s, w->field) : NULL;
    w->spans = ref_spans(w->ix, s, w->field);
    read_index(w);
    for (uint32_t b = 0; b < w->n_blocks; b++) read_block(w, b);
    check_sums(w, stats);
    free(w->pieces);
    free(w->docs);
    free(w->freqs);
    free(w->positions);
}

void ref_terms(ref_index *ix, const ref_segment *s, uint32_t field, ref_term_fn each, void *ctx) {
    walk w = {.ix = ix, .s = s, .field = field, .each = each, .ctx = ctx};
    const ref_stats *stats = ref_stats_of(s, field);
    w.lists = ref_cur_of(NULL, 0, "LISTS");
    int has_lists = ref_file_section(s->idx, REF_LISTS, field, &w.lists);
    if (!ref_file_section(s->idx, REF_TERMS_INDEX, field, &w.index)) {
        ref_must(!has_lists || ref_left(&w.lists) == 0, "LISTS", "without terms it is empty");
        ref_must(stats == NULL || stats->n_terms + stats->sum_df + stats->sum_cf == 0, "SEGMENT",
                 "a field without TERMS_INDEX has no terms");
        return;
    }
    ref_must(s->schema->fields[field].indexed, "TERMS_INDEX", "the field is indexed");
    read_all(&w, stats);
}

void ref_pair_terms(ref_index *ix, const ref_segment *s, uint32_t field, ref_term_fn each,
                    void *ctx) {
    walk w = {.ix = ix, .s = s, .field = field, .of_pairs = 1, .each = each, .ctx = ctx};
    w.lists = ref_cur_of(NULL, 0, "PAIR_LISTS");
    int has_lists = ref_file_section(s->idx, REF_PAIR_LISTS, field, &w.lists);
    if (!ref_file_section(s->idx, REF_PAIR_TERMS_INDEX, field, &w.index)) {
        ref_must(!has_lists || ref_left(&w.lists) == 0, "PAIR_LISTS", "without pairs it is empty");
        return;
    }
    read_all(&w, NULL);
}
