/* postings_skip.c - where in a long list is the block that may hold a document, and is it worth
 * decoding?
 *
 * Structure   directory (24 bytes a group)  -> group  -> numbers of its blocks  -> block
 *             (a list of one group has none: its impacts are the list's, its blocks end it)
 *             by galloping, then halves        entered    decoded 32 at a time     postings_read.c
 *
 *             Three depths of laziness: a group's impacts are read when it is entered, the numbers
 *             of its blocks when one is stood on, their impacts when asked for.
 * Invariants  - Directory entries are checked in pairs as they are used, so opening a list costs
 *               the same for a thousand groups as for one.  A directory out of order may hide
 *               documents of a damaged list; it cannot lead outside of it, nor backwards.
 *             - With blocks_ready, the blocks tile their area, their last documents ascend to the
 *               group's, their positions tile the group's.
 *             - Bytes of a group were verified (prs_in_touch) when it is entered.
 * Why so      Two levels were measured by others to be as good as ten.  Impacts of a group lie in
 *             the group, not in the directory: they are needed only where the cursor goes.
 * Cost        Entering a group: two cache misses; its numbers 32 x 3 bit loads, about 60 ns.
 * Source      FORMAT.md section 7.   Tested by tests/unit/format/test_postings_skip.c,
 *             test_postings_group.c */
#include "base/cur.h"
#include "codec/bits.h"
#include "format/dominance.h"
#include "format/impacts.h"
#include "format/postings_cursor.h"

enum { LIST_HEAD = 5, GROUP_ENTRY = 24 };

static const uint8_t *entry(const prs_postings *p, uint32_t g) {
    return p->list + LIST_HEAD + GROUP_ENTRY * (size_t)g;
}

static uint32_t entry_last_doc(const prs_postings *p, uint32_t g) {
    return prs_load32(entry(p, g));
}

static prism_status touch_list(prs_postings *p, uint64_t from, uint64_t len, prism_error *err) {
    uint64_t off = (uint64_t)(p->list - p->src->lists.ptr);
    return prs_cursor_status(p, prs_in_touch(&p->src->lists, off + from, len, err));
}

/* ---- groups --------------------------------------------------------------------------------- */

/* Bounds of group g from its entry and the one before; false if they make no sense. */
static bool read_entry(prs_postings *p, uint32_t g, uint64_t *from, uint64_t *to) {
    const uint8_t *at = entry(p, g), *before = at - GROUP_ENTRY;
    uint64_t len = (uint64_t)(p->list_end - p->list);
    p->before_group = g == 0 ? PRS_NO_DOC : prs_load32(before);
    *from = g == 0 ? p->groups_off : prs_load64(before + 8);
    p->pos_off = g == 0 ? 0 : prs_load64(before + 16);
    p->group_last_doc = prs_load32(at);
    p->n_blocks = prs_load32(at + 4);
    *to = prs_load64(at + 8);
    p->pos_end = prs_load64(at + 16);
    if (g > 0 && p->before_group >= p->group_last_doc) return false;
    if (g + 1 == p->n_groups && *to != len) return false;
    return p->group_last_doc < p->src->n_docs && p->n_blocks >= 1 &&
           p->n_blocks <= PRS_GROUP_BLOCKS && p->groups_off <= *from && *from < *to && *to <= len &&
           p->pos_off <= p->pos_end && p->pos_end <= p->info.positions_len;
}

/* The only group of a list: what a directory would say of it follows from the list.  Its last
 * document is that of its blocks, which are opened at once. */
static void enter_single(prs_postings *p, uint32_t n_blocks) {
    p->before_group = PRS_NO_DOC;
    p->group_last_doc = p->last_doc = PRS_DOC_END;
    p->n_blocks = n_blocks;
    p->pos_off = 0;
    p->pos_end = p->info.has_positions ? p->info.positions_len : 0;
    p->n_group_impacts = p->n_list_impacts;
    memcpy(p->group_impacts, p->list_impacts, p->n_list_impacts * sizeof *p->list_impacts);
    p->group = 0;
    p->head = p->list + p->groups_off;
    p->group_end = p->list_end;
    p->n = p->i = 0;
    p->blocks_ready = p->impacts_ready = false;
}

/* Stand before the first block of group g. */
static prism_status enter_group(prs_postings *p, uint32_t g, prism_error *err) {
    uint64_t from, to;
    if (PRS_UNLIKELY(!read_entry(p, g, &from, &to)))
        return prs_cursor_corrupt(p, entry(p, g), err, "directory of a list is unsound");
    PRS_TRY(touch_list(p, from, to - from, err));
    prs_cur c = prs_cur_of(p->list + from, (size_t)(to - from));
    p->n_group_impacts = prs_impacts_read(&c, p->group_impacts, PRS_GROUP_IMPACTS);
    if (PRS_UNLIKELY(c.bad))
        return prs_cursor_corrupt(p, c.at, err, "impacts of a group are unsound");
    p->group = g;
    p->head = c.at;
    p->group_end = c.end;
    p->last_doc = p->group_last_doc;
    p->n = p->i = 0;
    p->seen = PRS_BLOCK_UNSEEN;
    p->blocks_ready = p->impacts_ready = false;
    return PRISM_OK;
}

/* Dominance points and impacts; *n_blocks: of a single group, 0 if there is a directory. */
static prism_status read_list_head(prs_postings *p, uint32_t *n_blocks, prism_error *err) {
    uint64_t len = (uint64_t)(p->list_end - p->list);
    PRS_TRY(touch_list(p, 0, PRS_MIN(len, LIST_HEAD), err));
    prs_cur c = prs_cur_of(p->list, (size_t)len);
    *n_blocks = prs_cur_8(&c);
    uint32_t n_groups = *n_blocks != 0 ? 1 : prs_cur_32(&c);
    if (*n_blocks == 0) prs_cur_take(&c, GROUP_ENTRY * (size_t)n_groups);
    if (c.bad || n_groups == 0 || *n_blocks > PRS_GROUP_BLOCKS)
        return prs_cursor_corrupt(p, p->list, err, "head of a list is unsound");
    uint64_t more = 10 * PRS_DOMINANCE_POINTS + PRS_IMPACTS_BYTES(PRS_GROUP_IMPACTS);
    PRS_TRY(touch_list(p, 0, (uint64_t)(c.at - p->list) + PRS_MIN(prs_cur_left(&c), more), err));
    p->n_dominance = prs_dominance_points(p->info.df);
    for (uint32_t i = 0; i < p->n_dominance; i++) {
        p->dominance[i].freq = prs_cur_varint32(&c);
        p->dominance[i].length = prs_cur_varint32(&c);
    }
    p->n_list_impacts = prs_impacts_read(&c, p->list_impacts, PRS_GROUP_IMPACTS);
    if (c.bad) return prs_cursor_corrupt(p, p->list, err, "impacts of a list are unsound");
    p->n_groups = n_groups;
    p->groups_off = (uint64_t)(c.at - p->list);
    return PRISM_OK;
}

prism_status prs_cursor_open_list(prs_postings *p, prism_error *err) {
    uint32_t n_blocks;
    PRS_TRY(read_list_head(p, &n_blocks, err));
    if (n_blocks == 0) {
        PRS_TRY(enter_group(p, 0, err));
    } else {
        PRS_TRY(touch_list(p, 0, (uint64_t)(p->list_end - p->list), err));
        enter_single(p, n_blocks);
    }
    return prs_cursor_open_blocks(p, err);
}

/* First group after the current one whose last document is >= target, n_groups if there is none. */
static uint32_t find_group(const prs_postings *p, uint32_t target) {
    uint32_t low = p->group + 1, high = low, step = 1, n = p->n_groups;
    while (high < n && entry_last_doc(p, high) < target) {
        low = high + 1;
        high = n - low > step ? low + step : n;
        step *= 2;
    }
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (entry_last_doc(p, mid) < target)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

prism_status prs_postings_skip_group(prs_postings *p, uint32_t target, prism_error *err) {
    if (target <= p->group_last_doc) return PRISM_OK;
    uint32_t g = p->n_groups == 0 ? 0 : find_group(p, target);
    if (g < p->n_groups) return enter_group(p, g, err);
    prs_cursor_end(p);
    return PRISM_OK;
}

/* ---- blocks --------------------------------------------------------------------------------- */

static void stand_on(prs_postings *p, uint32_t block) {
    p->block = block;
    p->last_doc = p->block_last[block];
    p->before_block = block == 0 ? p->before_group : p->block_last[block - 1];
    p->n = p->i = 0;
    p->seen = PRS_BLOCK_UNSEEN;
}

/* The next n numbers of w bits: each added to the one before, plus `more`. */
static inline uint64_t read_sums(const uint8_t *bits, uint64_t bit, uint32_t w, uint32_t n,
                                 uint64_t sum, uint64_t more, uint32_t *out) {
    for (uint32_t i = 0; i < n; i++, bit += w) {
        sum += prs_bits_load(bits, bit, w) + more;
        out[i] = (uint32_t)sum;
    }
    return sum;
}

/* The numbers of the blocks from the bit array, but for those of positions; false if they do not
 * tile what they must.  Sums of u32 in u64. */
static bool read_numbers(prs_postings *p, const uint8_t *bits, const uint8_t *w) {
    uint32_t n = p->n_blocks, none = 0;
    uint64_t last = read_sums(bits, 0, w[0], n, (uint64_t)(uint32_t)(p->before_group + 1u) - 1u, 1,
                              p->block_last);
    if (p->group_last_doc == PRS_DOC_END) { /* a group that is alone: nobody else knows its end */
        if (last + 1 > p->src->n_docs) return false;
        p->group_last_doc = (uint32_t)last;
    }
    if (last != p->group_last_doc) return false;
    uint64_t off = read_sums(bits, (uint64_t)n * w[0], w[1], n, 0, 0, p->block_off + 1);
    p->block_off[0] = 0;
    for (uint32_t b = 0; b < n; b++) none |= p->block_off[b] == p->block_off[b + 1];
    p->pos_numbers = bits;
    p->pos_bit = n * ((uint32_t)w[0] + w[1]);
    p->pos_width = w[2];
    p->pos_ready = false;
    return none == 0 && off == (uint64_t)(p->group_end - p->blocks) && off <= UINT32_MAX;
}

prism_status prs_cursor_open_positions(prs_postings *p, prism_error *err) {
    if (p->pos_ready) return PRISM_OK;
    uint64_t pos = p->pos_off, bit = p->pos_bit;
    for (uint32_t b = 0; b < p->n_blocks; b++, bit += p->pos_width) {
        p->block_pos_off[b] = pos;
        pos += prs_bits_load(p->pos_numbers, bit, p->pos_width);
    }
    p->block_pos_off[p->n_blocks] = pos;
    if (PRS_UNLIKELY(pos != p->pos_end))
        return prs_cursor_corrupt(p, p->head, err, "numbers of a group are unsound");
    p->pos_ready = true;
    return PRISM_OK;
}

prism_status prs_cursor_open_blocks(prs_postings *p, prism_error *err) {
    if (p->blocks_ready) return PRISM_OK;
    prs_cur c = {p->head, p->group_end, false};
    const uint8_t *w = prs_cur_take(&c, 3);
    size_t impacts_len = prs_cur_16(&c);
    if (c.bad || w[0] > 32 || w[1] > 32 || w[2] > 32)
        return prs_cursor_corrupt(p, p->head, err, "head of a group is unsound");
    const uint8_t *bits =
        prs_cur_take(&c, (size_t)prs_bits_bytes(p->n_blocks, (uint32_t)w[0] + w[1] + w[2]));
    p->block_impacts = prs_cur_take(&c, impacts_len);
    p->blocks = c.at;
    if (PRS_UNLIKELY(c.bad || !read_numbers(p, bits, w)))
        return prs_cursor_corrupt(p, p->head, err, "numbers of a group are unsound");
    p->blocks_ready = true;
    stand_on(p, 0);
    return PRISM_OK;
}

prism_status prs_postings_next_block(prs_postings *p, prism_error *err) {
    if (!p->blocks_ready) return prs_cursor_open_blocks(p, err);
    if (p->last_doc == PRS_DOC_END) return PRISM_OK;
    if (p->n_groups != 0 && p->block + 1 < p->n_blocks) {
        stand_on(p, p->block + 1);
        return PRISM_OK;
    }
    if (p->n_groups != 0 && p->group + 1 < p->n_groups) {
        PRS_TRY(enter_group(p, p->group + 1, err));
        return prs_cursor_open_blocks(p, err);
    }
    prs_cursor_end(p);
    return PRISM_OK;
}

prism_status prs_postings_skip_to(prs_postings *p, uint32_t target, prism_error *err) {
    if (p->blocks_ready && target <= p->last_doc) return PRISM_OK;
    PRS_TRY(prs_postings_skip_group(p, target, err));
    PRS_TRY(prs_cursor_open_blocks(p, err));
    if (p->n_groups == 0 || target <= p->last_doc) return PRISM_OK;
    uint32_t b = p->block + 1;
    while (p->block_last[b] < target)
        b++; /* the last one is group_last_doc, which is not below it */
    stand_on(p, b);
    return PRISM_OK;
}

prism_status prs_postings_block_impacts(prs_postings *p, const prs_impact **pairs, uint32_t *n,
                                        prism_error *err) {
    *pairs = NULL;
    *n = 0;
    if (p->n_groups == 0 || p->last_doc == PRS_DOC_END) return PRISM_OK;
    PRS_TRY(prs_cursor_open_blocks(p, err));
    if (!p->impacts_ready) {
        prs_cur c = {p->block_impacts, p->blocks, false};
        for (uint32_t b = 0; b < p->n_blocks; b++)
            p->n_impacts[b] = (uint8_t)prs_impacts_read(&c, p->impacts[b], PRS_BLOCK_IMPACTS);
        if (c.bad || c.at != c.end)
            return prs_cursor_corrupt(p, p->block_impacts, err, "impacts of blocks are unsound");
        p->impacts_ready = true;
    }
    *pairs = p->impacts[p->block];
    *n = p->n_impacts[p->block];
    return PRISM_OK;
}
