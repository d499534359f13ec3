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

/* The infos of a block while they are read. */
typedef struct infos {
    uint32_t kind; /* 0 no term has positions, 1 all, 2 some */
    uint64_t lonely, positioned;
    uint32_t width, over_width;
    uint64_t n_over, n_over_seen, next_list;
    ref_bit_cur bits, docs, positions, over;
} infos;

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

/* The prefix of block b, whose first key is at hand. */
static void check_prefix(const walk *w, uint32_t b) {
    uint64_t prefix = 0;
    for (uint64_t i = 0; i < 8; i++) prefix = prefix << 8 | (i < w->key_len ? w->key[i] : 0);
    ref_must(number_at(w->prefixes, b, 8) == prefix, "TERMS_INDEX",
             "prefixes are the first 8 bytes of the keys");
}

/* Onto the next key, or the first of block b; it must follow the one before. */
static void next_key(walk *w, ref_key_walk *keys, uint32_t b, uint64_t place) {
    uint8_t before[1024];
    uint64_t before_len = w->key_len;
    memcpy(before, w->key, before_len);
    if (place == 0) {
        uint64_t from = number_at(w->key_offsets, b, 4), to = number_at(w->key_offsets, b + 1, 4);
        ref_must(from < to && to <= w->keys_len && to - from <= 1024, "TERMS_INDEX",
                 "key offsets ascend");
        w->key_len = to - from;
        memcpy(w->key, w->keys + from, w->key_len);
        check_prefix(w, b);
    } else {
        w->key_len = ref_keys_next(keys, w->key, w->key_len);
    }
    if (w->seen_terms > 0)
        ref_must(ref_order(before, before_len, w->key, w->key_len) < 0, "term block",
                 "keys are sorted and unique");
    uint32_t kinds = w->s->schema->fields[w->field].type == REF_TEXT ? 6 : 1;
    ref_must(w->of_pairs || (w->key[0] >= 1 && w->key[0] <= kinds), "term block",
             "a key begins with its kind");
}

static ref_list list_of(const walk *w, const ref_term *t) {
    return (ref_list){.lengths = w->lengths,
                      .spans = w->spans,
                      .n_docs = w->s->n_docs,
                      .has_positions = t->has_positions,
                      .df = t->df,
                      .cf = t->cf,
                      .docs = w->docs,
                      .freqs = w->freqs,
                      .positions = w->positions};
}

/* The next list of LISTS. */
static void read_list(walk *w, infos *in, ref_term *t) {
    ref_list l = list_of(w, t);
    ref_cur c = w->lists;
    uint64_t positions_len = 0, len;
    if (t->df > 128 && t->has_positions) positions_len = ref_exp(&in->bits, ref_bits_of(t->cf));
    len = ref_exp(&in->bits, ref_bits_of(t->df));
    ref_must(positions_len < UINT64_C(1) << 62 && len < UINT64_C(1) << 62, "term block",
             "a list is in LISTS");
    ref_take(&c, in->next_list);
    add_piece(w, in->next_list, positions_len + len);
    in->next_list += positions_len + len;
    ref_cur positions = ref_cut(&c, positions_len), postings = ref_cut(&c, len);
    uint64_t of_postings = len;
    if (t->df <= 128)
        of_postings = ref_short_read(&l, postings);
    else
        ref_list_read(&l, postings, positions);
    w->positions_seen += positions_len + len - of_postings;
    w->postings_seen += of_postings;
    t->n_blocks = l.n_blocks;
    t->n_groups = l.n_groups;
    t->n_run = l.n_run;
    t->n_bitset = l.n_bitset;
    t->n_packed = l.n_packed;
    t->n_exceptions = l.n_exceptions;
}

/* The next lonely posting. */
static void read_lonely(walk *w, infos *in, const ref_term *t) {
    w->docs[0] = (uint32_t)ref_bits_next(&in->docs, ref_bits_of(w->s->n_docs - 1));
    w->freqs[0] = 1;
    ref_must(w->docs[0] < w->s->n_docs, "term block", "documents are in the segment");
    if (!t->has_positions) return;
    uint64_t pos = ref_bits_next(&in->positions, in->width);
    if (in->n_over > 0 && pos == (UINT64_C(1) << in->width) - 1) {
        ref_must(in->n_over_seen++ < in->n_over, "term block", "n_over positions are large");
        pos = ref_bits_next(&in->over, in->over_width);
    }
    ref_must(w->spans != NULL && pos < w->spans[w->docs[0]], "inline list",
             "a position is less than the span");
    w->positions[0] = (uint32_t)pos;
}

static void read_other(walk *w, infos *in, ref_term *t) {
    t->df = ref_exp(&in->bits, 0) + 1;
    ref_must(t->df <= w->s->n_docs, "term block", "1 <= df <= n_docs");
    uint32_t b = ref_bits_of(t->df);
    uint64_t least = t->df == 1 ? 2 : t->df, more = ref_exp(&in->bits, b > 3 ? b - 3 : 0);
    ref_must(more < (UINT64_C(1) << 63) - least, "term block", "cf < 2^63");
    t->cf = least + more;
    t->is_inline = t->df <= 4 && t->cf <= 32;
    room(w, t->df, t->cf);
    if (t->is_inline) {
        ref_list l = list_of(w, t);
        uint64_t bits = t->cf == t->df && !t->has_positions ? 0 : ref_exp(&in->bits, 5);
        ref_inline_read(&l, bits, &in->bits);
    } else {
        read_list(w, in, t);
    }
}

/* One term's info, and its list. */
static void read_term(walk *w, infos *in, uint64_t place) {
    ref_term t = {.key = w->key, .key_len = w->key_len};
    int positions = w->key[0] != 2 && w->key[0] != 6 && !w->of_pairs;
    t.has_positions = in->kind == 1 || (in->kind == 2 && (in->positioned >> place & 1) == 1);
    ref_must(t.has_positions == (w->s->schema->fields[w->field].positions && positions),
             "term block", "positions are there for all kinds but 2 and 6, if the field has them");
    if ((in->lonely >> place & 1) == 1) {
        t.df = t.cf = 1;
        t.is_inline = 1;
        room(w, 1, 1);
        read_lonely(w, in, &t);
    } else {
        read_other(w, in, &t);
    }
    t.docs = w->docs;
    t.freqs = w->freqs;
    t.positions = t.has_positions ? w->positions : NULL;
    w->seen_terms++;
    w->sum_df += t.df;
    w->sum_cf += t.cf;
    if (w->each != NULL) w->each(w->ctx, &t);
}

/* n values of so many bits, passed. */
static ref_bit_cur cut_bits(ref_bit_cur *c, uint64_t n) {
    ref_must(n <= c->end - c->bit, c->what, "a bit array holds what it must");
    ref_bit_cur part = {c->array, c->bit, c->bit + n, c->what};
    c->bit += n;
    return part;
}

static void begin_infos(const walk *w, infos *in, uint32_t kind, uint64_t n, ref_cur bytes) {
    uint64_t n_lonely = 0, n_positions = 0;
    memset(in, 0, sizeof *in);
    in->kind = kind;
    in->bits = ref_bit_cur_of(&bytes);
    ref_must(kind <= 2, "term block", "none, all or some have positions");
    in->lonely = ref_bits_next(&in->bits, (uint32_t)n);
    in->positioned = kind == 2 ? ref_bits_next(&in->bits, (uint32_t)n) : 0;
    if (kind == 1) in->positioned = UINT64_MAX;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t lonely = in->lonely >> i & 1;
        n_lonely += lonely;
        n_positions += lonely & in->positioned >> i;
    }
    if (n_positions > 0) {
        in->width = (uint32_t)ref_bits_next(&in->bits, 6);
        in->n_over = ref_bits_next(&in->bits, 6);
        if (in->n_over > 0) in->over_width = (uint32_t)ref_bits_next(&in->bits, 6);
    }
    ref_must(in->width <= 32 && in->over_width <= 32, "term block", "widths are 0..32");
    in->docs = cut_bits(&in->bits, n_lonely * ref_bits_of(w->s->n_docs - 1));
    in->positions = cut_bits(&in->bits, n_positions * in->width);
    in->over = cut_bits(&in->bits, in->n_over * in->over_width);
}

static void read_block(walk *w, uint32_t b) {
    uint64_t at = number_at(w->offsets, b, 8), n = w->n_terms - 64 * (uint64_t)b;
    ref_cur c = w->lists;
    ref_take(&c, at);
    const uint8_t *begin = c.at;
    uint32_t forms = ref_u8(&c);
    if (n > 64) n = 64;
    ref_must(forms >> 4 == 0, "term block", "other bits of the forms are 0");
    uint64_t keys_len = ref_varint(&c), infos_len = ref_varint(&c), first = ref_varint(&c);
    ref_cur keys_bytes = ref_cut(&c, keys_len), infos_bytes = ref_cut(&c, infos_len);
    add_piece(w, at, (uint64_t)(c.at - begin));
    w->term_bytes_seen += (uint64_t)(c.at - begin);
    uint64_t lists_before = w->postings_seen + w->positions_seen;
    ref_key_walk keys = {0};
    infos in;
    ref_keys_begin(&keys, forms & 3, n, keys_bytes);
    begin_infos(w, &in, forms >> 2, n, infos_bytes);
    in.next_list = first;
    for (uint64_t i = 0; i < n; i++) {
        next_key(w, &keys, b, i);
        read_term(w, &in, i);
    }
    ref_keys_end(&keys);
    ref_must(in.n_over_seen == in.n_over, "term block", "n_over positions are large");
    ref_must(ref_bit_bytes(in.bits.bit) == infos_len, "term block", "infos end with the last term");
    ref_tail_zero(in.bits.array, in.bits.bit, infos_len, "term block");
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
