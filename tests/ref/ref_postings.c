/* ref_postings.c - which postings does a list hold?  (FORMAT.md section 7)
 *
 * Of a list of more than 128 documents (others: ref_short.c).  It has a table of groups, dominance
 * points, and impacts for the list, each group and each block; all are proved here against the
 * postings themselves.
 * Tested by: tests/golden. */
#include "ref/ref_parts.h"

typedef struct group {
    uint32_t last_doc, n_blocks;
    uint64_t end, positions_end;
} group;

typedef struct widths {
    uint32_t last, bytes, pos, impacts_len, n;
    const uint8_t *array;
} widths;

static void read_widths(ref_cur *c, uint32_t n_blocks, widths *w) {
    w->n = n_blocks;
    w->last = ref_u8(c);
    w->bytes = ref_u8(c);
    w->pos = ref_u8(c);
    ref_must(w->last <= 32 && w->bytes <= 32 && w->pos <= 32, "group", "widths are 0..32");
    w->impacts_len = ref_u16(c);
    uint64_t bits = (uint64_t)n_blocks * (w->last + w->bytes + w->pos);
    w->array = ref_take(c, ref_bit_bytes(bits));
    ref_tail_zero(w->array, bits, ref_bit_bytes(bits), "group");
}

static uint64_t last_gap(const widths *w, uint32_t b) {
    return ref_bits(w->array, (uint64_t)b * w->last, w->last);
}
static uint64_t block_bytes(const widths *w, uint32_t b) {
    return ref_bits(w->array, (uint64_t)w->n * w->last + (uint64_t)b * w->bytes, w->bytes);
}
static uint64_t position_bytes(const widths *w, uint32_t b) {
    return ref_bits(w->array, (uint64_t)w->n * (w->last + w->bytes) + (uint64_t)b * w->pos, w->pos);
}

/* The group's postings and the positions of them; both cursors are used up.  of_list: the impacts
 * of a list of one group, else NULL. */
static void read_group(ref_list *l, const group *g, ref_cur c, ref_cur positions, int64_t *last,
                       const ref_impacts *of_list) {
    ref_impacts of_group, of_block;
    widths w;
    uint64_t first_of_group = l->n;
    if (of_list != NULL)
        of_group = *of_list;
    else
        ref_impacts_read(&c, 8, &of_group);
    read_widths(&c, g->n_blocks, &w);
    ref_must(l->has_positions || w.pos == 0, "group", "w_pos is 0 without positions");
    ref_cur impacts = ref_cut(&c, w.impacts_len);
    for (uint32_t b = 0; b < g->n_blocks; b++) {
        uint64_t first = l->n;
        ref_cur block = ref_cut(&c, block_bytes(&w, b));
        ref_block_read(l, &block, *last);
        ref_done(&block);
        ref_cur run = ref_cut(&positions, position_bytes(&w, b));
        if (l->has_positions) ref_block_positions(l, first, &run);
        ref_must(l->docs[l->n - 1] == *last + 1 + (int64_t)last_gap(&w, b), "group",
                 "the last document of a block is the one said");
        *last = l->docs[l->n - 1];
        ref_impacts_read(&impacts, 4, &of_block);
        ref_impacts_hold(&of_block, l, first, "block");
    }
    ref_done(&impacts);
    ref_done(&c);
    ref_done(&positions);
    ref_must(of_list != NULL || l->docs[l->n - 1] == g->last_doc, "group",
             "its last document is that of its last block");
    ref_impacts_hold(&of_group, l, first_of_group, "group");
}

/* At least K postings have freq >= f and length <= length. */
static void check_dominance(const ref_list *l, uint32_t k, uint32_t f, uint32_t length) {
    uint64_t n = 0;
    for (uint64_t i = 0; i < l->n; i++)
        n += l->freqs[i] >= f && (l->lengths == NULL ? 0 : l->lengths[l->docs[i]]) <= length;
    ref_must(n >= k, "dominance", "at least K postings have freq >= f and length <= l");
}

static void read_groups(ref_list *l, ref_cur c, ref_cur positions) {
    static const uint32_t ks[3] = {10, 100, 1000};
    uint32_t point[3][2];
    uint32_t n_points = 0, only = ref_u8(&c);
    l->n_groups = only != 0 ? 1 : ref_u32(&c);
    ref_must(l->n_groups >= 1 && l->n_groups <= ref_left(&c) / 24 + 1, "postings",
             "its groups fit");
    ref_must(only != 0 || l->n_groups > 1, "postings", "a list of one group has no table");
    ref_cur table = ref_cut(&c, only != 0 ? 0 : 24 * (uint64_t)l->n_groups);
    while (n_points < 3 && l->df >= ks[n_points]) n_points++;
    for (uint32_t k = 0; k < n_points; k++)
        for (int i = 0; i < 2; i++) point[k][i] = ref_varint32(&c);
    ref_impacts of_list;
    ref_impacts_read(&c, 8, &of_list);
    int64_t last = -1;
    for (uint32_t i = 0; i < l->n_groups; i++) {
        group g;
        if (only != 0) {
            g = (group){0, only, ref_place(&c) + ref_left(&c), ref_left(&positions)};
        } else {
            g.last_doc = ref_u32(&table);
            g.n_blocks = ref_u32(&table);
            g.end = ref_u64(&table);
            g.positions_end = ref_u64(&table);
        }
        ref_must(g.n_blocks >= 1 && g.n_blocks <= 32, "postings", "a group has 1 to 32 blocks");
        ref_must(g.end >= ref_place(&c) && g.positions_end >= ref_place(&positions), "postings",
                 "groups follow each other");
        read_group(l, &g, ref_cut(&c, g.end - ref_place(&c)),
                   ref_cut(&positions, g.positions_end - ref_place(&positions)), &last,
                   only != 0 ? &of_list : NULL);
    }
    ref_done(&c);
    ref_done(&positions);
    ref_impacts_hold(&of_list, l, 0, "list");
    for (uint32_t k = 0; k < n_points; k++) check_dominance(l, ks[k], point[k][0], point[k][1]);
}

void ref_list_read(ref_list *l, ref_cur postings, ref_cur positions) {
    read_groups(l, postings, positions);
    uint64_t cf = 0;
    for (uint64_t i = 0; i < l->n; i++) cf += l->freqs[i];
    ref_must(l->n == l->df && cf == l->cf, "postings", "a list has df postings and cf occurrences");
}
