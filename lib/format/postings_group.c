/* postings_group.c - how are blocks put together into groups, and groups into a list, with what
 * skipping needs?
 *
 * Structure   FORMAT.md section 7.  Blocks are appended to the open group; at 32 it is closed: its
 *             head is made and head and blocks move to the arena, where they wait until the
 *             directory before them is known.
 *
 *                 list   | 0, n_groups | 24 bytes a group | dominance | impacts | groups ... |
 *                 group  | impacts | w, w, w | length | last docs, lengths, positions |
 *                        | impacts of blocks | blocks |
 *                 a single group
 *                        | n_blocks | dominance | impacts | w, w, w | ... | blocks |
 *
 * Invariants  - A group holds 1 to 32 blocks; its numbers are packed with the smallest widths that
 *               hold them.
 *             - A list that is added twice has the same bytes, and holds 40 bytes a group.
 *             - The front of a group and of the list are made from exact fronts, not from reduced
 *               ones, as far as 128 pairs go.
 * Cost        One copy of the encoded bytes; memory of one list, or its time twice.
 * Source      FORMAT.md section 7.   Tested by tests/unit/format/test_postings_group.c */
#include "format/postings_group.h"

#include "codec/bits.h"

enum { LIST_HEAD = 5, GROUP_ENTRY = 24 };

void prs_list_builder_init(prs_list_builder *list, prs_mem *mem, float mean_length) {
    memset(list, 0, sizeof *list);
    list->mem = mem;
    list->mean_length = mean_length;
    prs_buf_init(&list->blocks, mem);
    prs_buf_init(&list->impacts, mem);
    prs_arena_init(&list->bytes, mem, (size_t)64 << 10);
    prs_list_builder_reset(list);
}

void prs_list_builder_fini(prs_list_builder *list) {
    prs_buf_fini(&list->blocks);
    prs_buf_fini(&list->impacts);
    prs_arena_fini(&list->bytes);
    prs_mem_free(list->mem, list->groups, list->cap_groups * sizeof *list->groups);
}

static void open_group(prs_list_builder *list) {
    list->n_blocks = 0;
    list->group_front.n = 0;
    prs_buf_clear(&list->blocks);
    prs_buf_clear(&list->impacts);
}

void prs_list_builder_reset(prs_list_builder *list) {
    open_group(list);
    list->no_memory = list->differs = false;
    list->pass = PRS_LIST_ONCE;
    list->before_group = PRS_NO_DOC;
    list->pos_end = 0;
    if (list->n_groups != 0) prs_arena_reset(&list->bytes);
    list->n_groups = 0;
    list->list_front.n = 0;
    if (list->dominance.rows != 0) memset(&list->dominance, 0, sizeof list->dominance);
}

/* ---- closing a group ------------------------------------------------------------------------ */

/* Widths of the three numbers per block. */
typedef struct widths {
    uint32_t last, bytes, pos;
} widths;

static uint32_t last_gap(const prs_list_builder *list, uint32_t b) {
    uint32_t before = b == 0 ? list->before_group : list->last_doc[b - 1];
    return list->last_doc[b] - before - 1;
}

static widths measure(const prs_list_builder *list) {
    uint32_t last = 0, bytes = 0;
    uint64_t pos = 0;
    for (uint32_t b = 0; b < list->n_blocks; b++) {
        last |= last_gap(list, b);
        bytes |= list->len[b];
        pos |= list->pos_len[b];
    }
    return (widths){prs_bit_width32(last), prs_bit_width32(bytes), prs_bit_width64(pos)};
}

static size_t put_numbers(const prs_list_builder *list, widths w, uint8_t *out) {
    uint64_t n = list->n_blocks, bit = 0;
    for (uint32_t b = 0; b < n; b++, bit += w.last)
        prs_bits_store(out, bit, w.last, last_gap(list, b));
    for (uint32_t b = 0; b < n; b++, bit += w.bytes)
        prs_bits_store(out, bit, w.bytes, list->len[b]);
    for (uint32_t b = 0; b < n; b++, bit += w.pos)
        prs_bits_store(out, bit, w.pos, list->pos_len[b]);
    return (size_t)((bit + 7) / 8);
}

/* Everything before the impacts of the blocks. */
enum { GROUP_HEAD_MAX = PRS_IMPACTS_BYTES(PRS_GROUP_IMPACTS) + 5 + PRS_GROUP_BLOCKS * 12 };

static size_t put_group_head(prs_list_builder *list, uint8_t *out, size_t *impacts_len) {
    prs_front front = list->group_front;
    prs_front_reduce(&front, PRS_GROUP_IMPACTS, list->mean_length);
    widths w = measure(list);
    *impacts_len = prs_impacts_put(&front, out);
    uint8_t *at = out + *impacts_len;
    *at++ = (uint8_t)w.last;
    *at++ = (uint8_t)w.bytes;
    *at++ = (uint8_t)w.pos;
    prs_store16(at, (uint16_t)list->impacts.len);
    at += 2;
    return (size_t)(at - out) + put_numbers(list, w, at);
}

static bool grow_groups(prs_list_builder *list) {
    if (list->n_groups < list->cap_groups) return true;
    size_t cap = list->cap_groups ? 2 * list->cap_groups : 16;
    prs_new_group *groups =
        (prs_new_group *)prs_mem_resize(list->mem, list->groups, list->cap_groups * sizeof *groups,
                                        cap * sizeof *groups);
    if (groups == NULL) return false;
    list->groups = groups;
    list->cap_groups = cap;
    return true;
}

/* Write a group that was measured before, if it is that one. */
static void write_group(prs_list_builder *list, const uint8_t *head, size_t head_len,
                        const prs_new_group *group) {
    const prs_new_group *known = &list->groups[list->n_written];
    list->differs |= list->n_written == list->n_groups || known->last_doc != group->last_doc ||
                     known->n_blocks != group->n_blocks || known->len != group->len ||
                     known->pos_end != group->pos_end;
    if (list->differs) return;
    list->n_written++;
    size_t skipped = list->n_groups == 1 ? group->impacts_len : 0; /* they are the list's */
    prs_out_write(list->out, head + skipped, head_len - skipped);
    prs_out_write(list->out, list->impacts.ptr, list->impacts.len);
    prs_out_write(list->out, list->blocks.ptr, list->blocks.len);
}

/* Append the group to those before; bytes that wait are copied. */
static void keep_group(prs_list_builder *list, const uint8_t *head, size_t head_len,
                       prs_new_group *group) {
    list->no_memory |= !grow_groups(list);
    if (list->no_memory) return;
    if (list->pass == PRS_LIST_ONCE) {
        uint8_t *bytes = (uint8_t *)prs_arena_alloc(&list->bytes, group->len);
        list->no_memory |= bytes == NULL;
        if (list->no_memory) return;
        memcpy(bytes, head, head_len);
        memcpy(bytes + head_len, list->impacts.ptr, list->impacts.len);
        memcpy(bytes + head_len + list->impacts.len, list->blocks.ptr, list->blocks.len);
        group->bytes = bytes;
    }
    list->groups[list->n_groups++] = *group;
    prs_front_join(&list->list_front, &list->group_front, list->mean_length);
}

static void close_group(prs_list_builder *list) {
    uint8_t head[GROUP_HEAD_MAX + 8] = {
        0}; /* bit arrays are written into zeros, 8 bytes at a time */
    size_t impacts_len, head_len = put_group_head(list, head, &impacts_len);
    list->no_memory |= list->impacts.failed || list->blocks.failed;
    if (list->no_memory) return;
    prs_new_group group = {list->last_doc[list->n_blocks - 1],
                           list->n_blocks,
                           head_len + list->impacts.len + list->blocks.len,
                           impacts_len,
                           NULL,
                           list->pos_end};
    if (list->pass == PRS_LIST_WRITE) {
        write_group(list, head, head_len, &group);
    } else {
        keep_group(list, head, head_len, &group);
    }
    if (list->no_memory) return;
    list->before_group = group.last_doc;
    open_group(list);
}

void prs_list_builder_add(prs_list_builder *list, const prs_new_block *block) {
    if (list->n_blocks == PRS_GROUP_BLOCKS) close_group(list);
    if (list->no_memory) return;
    uint32_t b = list->n_blocks++;
    list->last_doc[b] = block->last_doc;
    list->len[b] = block->len;
    list->pos_len[b] = block->pos_len;
    list->pos_end += block->pos_len;
    prs_buf_put(&list->blocks, block->bytes, block->len);
    prs_front_join(&list->group_front, block->front, list->mean_length);
    prs_front front = *block->front;
    prs_front_reduce(&front, PRS_BLOCK_IMPACTS, list->mean_length);
    uint8_t impacts[PRS_IMPACTS_BYTES(PRS_BLOCK_IMPACTS)];
    prs_buf_put(&list->impacts, impacts, prs_impacts_put(&front, impacts));
}

/* ---- the list ------------------------------------------------------------------------------- */

static void write_directory(const prs_list_builder *list, uint64_t first, bool has_positions,
                            prs_out *out) {
    uint8_t head[LIST_HEAD] = {0};
    prs_store32(head + 1, (uint32_t)list->n_groups);
    prs_out_write(out, head, sizeof head);
    uint64_t end = first;
    for (size_t g = 0; g < list->n_groups; g++) {
        const prs_new_group *group = &list->groups[g];
        uint8_t entry[GROUP_ENTRY];
        end += group->len;
        prs_store32(entry, group->last_doc);
        prs_store32(entry + 4, group->n_blocks);
        prs_store64(entry + 8, end);
        prs_store64(entry + 16, has_positions ? group->pos_end : 0);
        prs_out_write(out, entry, sizeof entry);
    }
}

static size_t put_dominance(const prs_impact *points, uint32_t n, uint8_t *out) {
    uint8_t *at = out;
    for (uint32_t i = 0; i < 2 * n; i++) {
        at = prs_varint_put(at, i % 2 == 0 ? points[i / 2].freq : points[i / 2].length);
    }
    return (size_t)(at - out);
}

static void begin_second(prs_list_builder *list, prs_out *out) {
    list->pass = PRS_LIST_WRITE;
    list->out = out;
    list->n_written = 0;
    list->before_group = PRS_NO_DOC;
    list->pos_end = 0;
}

bool prs_list_builder_write(prs_list_builder *list, uint64_t df, bool has_positions, prs_out *out,
                            uint64_t *len) {
    if (list->n_blocks != 0) close_group(list);
    if (list->no_memory) return false;
    prs_impact points[PRS_DOMINANCE_POINTS];
    uint8_t extra[10 * PRS_DOMINANCE_POINTS + PRS_IMPACTS_BYTES(PRS_GROUP_IMPACTS)];
    uint32_t n_points = prs_dominance_take(&list->dominance, df, list->mean_length, points);
    size_t extra_len = put_dominance(points, n_points, extra);
    prs_front_reduce(&list->list_front, PRS_GROUP_IMPACTS, list->mean_length);
    extra_len += prs_impacts_put(&list->list_front, extra + extra_len);

    bool single = list->n_groups == 1;
    uint64_t first = LIST_HEAD + GROUP_ENTRY * (uint64_t)list->n_groups + extra_len;
    if (single) {
        uint8_t n_blocks = (uint8_t)list->groups[0].n_blocks;
        prs_out_write(out, &n_blocks, 1);
        first = 1 + extra_len;
    } else {
        write_directory(list, first, has_positions, out);
    }
    prs_out_write(out, extra, extra_len);
    *len = first;
    for (size_t g = 0; g < list->n_groups; g++) {
        size_t skipped = single ? list->groups[g].impacts_len : 0; /* they are the list's */
        *len += list->groups[g].len - skipped;
        if (list->pass == PRS_LIST_ONCE)
            prs_out_write(out, list->groups[g].bytes + skipped, list->groups[g].len - skipped);
    }
    if (list->pass == PRS_LIST_MEASURE) begin_second(list, out);
    return true;
}

bool prs_list_builder_end_second(prs_list_builder *list) {
    PRS_ASSERT(list->pass == PRS_LIST_WRITE);
    if (list->n_blocks != 0) close_group(list);
    return !list->no_memory && !list->differs && list->n_written == list->n_groups;
}
