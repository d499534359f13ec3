/* terms_read.c - where is a term, and which one comes next?
 *
 * Structure   TERMS_INDEX, by halves on 8-byte prefixes -> one block of 64 terms -> its keys in
 *             order -> its infos
 *
 *                 block   | forms | keys_len | infos_len | first list | keys | infos |
 *
 * Invariants  - Opening checks all of TERMS_INDEX, so its offsets and keys are used without further
 *               doubt.
 *             - Blocks are checked as they are read: every number is bounded by what is left of the
 *               block, every list lies in LISTS, every info names at most n_docs documents.
 *             - A cursor checks in addition that keys ascend, that a block is read to its last
 *               byte, and that blocks and lists have no more bytes together than there are; find
 *               does not read what it does not need.
 * Why so      The first key of a block is in TERMS_INDEX alone: it was compared there already.
 * Cost        find: log2(blocks) steps in the prefixes, then 32 keys on average and the infos of 14
 *             terms that are not lonely; ~0.2 us warm.
 * Source      FORMAT.md section 6.   Tested by tests/unit/format/test_terms.c */
#include "format/terms.h"

#include "format/terms_block.h"

static prism_status corrupt(const prs_terms *terms, const void *at, prism_error *err,
                            const char *what) {
    return prs_section_corrupt(&terms->lists, at, err, what);
}

/* ---- TERMS_INDEX ---------------------------------------------------------------------------- */

static prs_bytes first_key(const prs_terms *terms, uint32_t block) {
    uint32_t from = prs_load32(terms->key_offs + 4 * (size_t)block);
    uint32_t to = prs_load32(terms->key_offs + 4 * (size_t)block + 4);
    return prs_bytes_of(terms->keys + from, to - from);
}

static uint64_t prefix_of(const prs_terms *terms, uint32_t block) {
    return prs_load64(terms->prefixes + 8 * (size_t)block);
}

/* Offsets in order, keys of legal length, ascending, with their prefixes; blocks inside LISTS. */
static bool entries_are_sound(const prs_terms *terms, uint64_t keys_len) {
    prs_bytes before = {NULL, 0};
    if (prs_load32(terms->key_offs) != 0) return false;
    for (uint32_t b = 0; b < terms->n_blocks; b++) {
        uint32_t from = prs_load32(terms->key_offs + 4 * (size_t)b);
        uint32_t to = prs_load32(terms->key_offs + 4 * (size_t)b + 4);
        if (to <= from || to > keys_len || to - from > PRISM_MAX_TERM_BYTES) return false;
        prs_bytes key = first_key(terms, b);
        if (b > 0 && prs_bytes_compare(before, key) >= 0) return false;
        if (prefix_of(terms, b) != prs_terms_prefix(key)) return false;
        if (prs_load64(terms->block_offs + 8 * (size_t)b) >= terms->lists.len) return false;
        before = key;
    }
    return prs_load32(terms->key_offs + 4 * (size_t)terms->n_blocks) == keys_len;
}

static bool read_index(prs_terms *terms) {
    prs_cur c = prs_cur_of(terms->index.ptr, terms->index.len);
    terms->n_terms = prs_cur_64(&c);
    terms->n_blocks = prs_cur_32(&c);
    if (prs_cur_32(&c) != 0) return false;
    terms->terms_len = prs_cur_64(&c);
    terms->postings_len = prs_cur_64(&c);
    terms->positions_len = prs_cur_64(&c);
    uint64_t n = terms->n_blocks, len = terms->lists.len;
    if (n == 0 || (terms->n_terms - 1) / PRS_TERMS_BLOCK != n - 1) return false;
    if (terms->terms_len > len || terms->postings_len > len - terms->terms_len ||
        terms->positions_len != len - terms->terms_len - terms->postings_len)
        return false;
    terms->prefixes = prs_cur_take(&c, 8 * n);
    terms->block_offs = prs_cur_take(&c, 8 * n);
    terms->key_offs = prs_cur_take(&c, 4 * (n + 1));
    terms->keys = c.at;
    return !c.bad && entries_are_sound(terms, prs_cur_left(&c));
}

prism_status prs_terms_open(prs_terms *terms, const prs_section *lists, const prs_section *index,
                            uint32_t n_docs, prism_error *err) {
    memset(terms, 0, sizeof *terms);
    if (index->len == 0) {
        if (lists->len != 0)
            return prs_section_corrupt(lists, lists->ptr, err, "lists without a dictionary");
        return PRISM_OK;
    }
    PRS_TRY(prs_in_touch(index, 0, index->len, err));
    prs_terms opened = {.lists = *lists, .index = *index, .n_docs = n_docs};
    if (!read_index(&opened))
        return prs_section_corrupt(index, index->ptr, err, "index of terms is unsound");
    *terms = opened;
    return PRISM_OK;
}

/* Order of `key` against the first key of a block. */
static int compare_first(const prs_terms *terms, prs_bytes key, uint64_t prefix, uint32_t block) {
    uint64_t other = prefix_of(terms, block);
    if (prefix != other) return prefix < other ? -1 : 1;
    return prs_bytes_compare(key, first_key(terms, block));
}

/* The last block whose first key is <= key; 0 if there is none. */
static uint32_t find_block(const prs_terms *terms, prs_bytes key) {
    uint64_t prefix = prs_terms_prefix(key);
    uint32_t from = 0, n = terms->n_blocks;
    while (n > 1) {
        uint32_t half = n / 2;
        if (compare_first(terms, key, prefix, from + half) >= 0) from += half;
        n -= half;
    }
    return from;
}

/* ---- one block ------------------------------------------------------------------------------ */

typedef struct block_parts {
    uint32_t n_terms;
    uint64_t len; /* of the block */
    prs_term_keys keys;
    prs_term_infos infos;
} block_parts;

static prism_status open_block(const prs_terms *terms, uint32_t block, block_parts *parts,
                               prism_error *err) {
    const prs_section *lists = &terms->lists;
    uint64_t off = prs_load64(terms->block_offs + 8 * (size_t)block);
    uint64_t head = PRS_MIN(PRS_TERMS_BLOCK_HEAD, lists->len - off);
    PRS_TRY(prs_in_touch(lists, off, head, err));
    prs_cur c = prs_cur_of(lists->ptr + off, (size_t)head);
    uint32_t forms = prs_cur_8(&c);
    uint64_t keys_len = prs_cur_varint(&c), infos_len = prs_cur_varint(&c),
             first_list = prs_cur_varint(&c);
    uint64_t at = (uint64_t)(c.at - lists->ptr), left = lists->len - at;
    bool last = block == terms->n_blocks - 1;
    parts->n_terms =
        last ? (uint32_t)(terms->n_terms - (uint64_t)PRS_TERMS_BLOCK * block) : PRS_TERMS_BLOCK;
    if (c.bad || forms >> 4 != 0 || keys_len > left || infos_len > left - keys_len)
        return corrupt(terms, lists->ptr + off, err, "head of a term block is unsound");
    PRS_TRY(prs_in_touch(lists, at, keys_len + infos_len, err));
    parts->len = at - off + keys_len + infos_len;
    const uint8_t *infos = lists->ptr + at + keys_len;
    if (!prs_term_keys_begin(&parts->keys, (prs_keys_form)(forms & 3), first_key(terms, block),
                             parts->n_terms, prs_cur_of(lists->ptr + at, (size_t)keys_len)))
        return corrupt(terms, lists->ptr + at, err, "keys of a term block are unsound");
    if (!prs_term_infos_begin(&parts->infos, (prs_infos_positions)(forms >> 2), parts->n_terms,
                              terms->n_docs, first_list, lists->len,
                              prs_bytes_of(infos, (size_t)infos_len)))
        return corrupt(terms, infos, err, "infos of a term block are unsound");
    return PRISM_OK;
}

static prism_status find(const prs_terms *terms, prs_bytes key, prs_term_info *info, bool *found,
                         prism_error *err) {
    uint32_t block = find_block(terms, key);
    block_parts parts;
    PRS_TRY(open_block(terms, block, &parts, err));
    bool sound;
    uint32_t place =
        prs_term_keys_find(&parts.keys, first_key(terms, block), parts.n_terms, key, &sound);
    if (!sound) return corrupt(terms, parts.keys.rests.at, err, "keys of a term block are unsound");
    if (place == UINT32_MAX) return PRISM_OK;
    prs_term_info read;
    if (!prs_term_infos_find(&parts.infos, place, &read))
        return corrupt(terms, parts.infos.rest.base, err, "infos of a term block are unsound");
    *info = read;
    info->ord = (uint64_t)PRS_TERMS_BLOCK * block + place;
    *found = true;
    return PRISM_OK;
}

prism_status prs_terms_find(const prs_terms *terms, prs_bytes key, prs_term_info *info, bool *found,
                            prism_error *err) {
    *found = false;
    if (terms->memo != NULL && prs_terms_memo_get(terms->memo, key, info)) {
        *found = true;
        return PRISM_OK;
    }
    memset(info, 0, sizeof *info);
    if (terms->n_blocks == 0 || key.len == 0) return PRISM_OK;
    PRS_TRY(find(terms, key, info, found, err));
    if (*found && terms->memo != NULL) prs_terms_memo_put(terms->memo, key, info);
    return PRISM_OK;
}

/* ---- the cursor ----------------------------------------------------------------------------- */

static prism_status enter_block(prs_terms_cursor *cursor, uint32_t block, prism_error *err) {
    block_parts parts;
    PRS_TRY(open_block(cursor->terms, block, &parts, err));
    if (parts.len > cursor->blocks_left)
        return corrupt(cursor->terms, parts.infos.rest.base, err, "term blocks overlap");
    cursor->blocks_left -= parts.len;
    cursor->block = block;
    cursor->n_in_block = parts.n_terms;
    cursor->n_read = 0;
    cursor->keys = parts.keys;
    cursor->infos = parts.infos;
    cursor->key_len = 0;
    return PRISM_OK;
}

/* The next key of the block into cursor->key: it must be larger than the one before. */
static bool read_key(prs_terms_cursor *cursor) {
    if (cursor->n_read != 0)
        return prs_term_keys_next(&cursor->keys, cursor->key, &cursor->key_len);
    prs_bytes first = first_key(cursor->terms, cursor->block);
    memcpy(cursor->key, first.ptr, first.len);
    cursor->key_len = (uint32_t)first.len;
    return true;
}

/* Onto the next term, in this block or the next one; valid = false behind the last. */
static prism_status advance(prs_terms_cursor *cursor, prism_error *err) {
    const prs_terms *terms = cursor->terms;
    cursor->valid = false;
    if (cursor->n_read == cursor->n_in_block) {
        if (!prs_term_keys_done(&cursor->keys) || !prs_term_infos_done(&cursor->infos))
            return corrupt(terms, cursor->infos.rest.base, err,
                           "a term block is longer than its terms");
        if (cursor->block + 1 >= terms->n_blocks) return PRISM_OK;
        prs_bytes before = {cursor->key, cursor->key_len};
        if (prs_bytes_compare(before, first_key(terms, cursor->block + 1)) >= 0)
            return corrupt(terms, cursor->infos.rest.base, err,
                           "a term block reaches into the next one");
        PRS_TRY(enter_block(cursor, cursor->block + 1, err));
    }
    if (!read_key(cursor))
        return corrupt(terms, cursor->keys.rests.at, err, "keys of a term block are unsound");
    if (!prs_term_infos_next(&cursor->infos, cursor->n_read, &cursor->info))
        return corrupt(terms, cursor->infos.rest.base, err, "infos of a term block are unsound");
    uint64_t len = cursor->info.positions_len + cursor->info.postings_len; /* inline: 0 */
    if (PRS_UNLIKELY(len > cursor->lists_left))
        return corrupt(terms, cursor->infos.rest.base, err, "lists of terms overlap");
    cursor->lists_left -= len;
    cursor->info.ord = (uint64_t)PRS_TERMS_BLOCK * cursor->block + cursor->n_read++;
    cursor->valid = true;
    return PRISM_OK;
}

/* After a failure the cursor stands at the end. */
static prism_status end_at_failure(prs_terms_cursor *cursor, prism_status status) {
    if (PRS_UNLIKELY(status != PRISM_OK)) {
        cursor->valid = cursor->pending = false;
        cursor->ended = true;
    }
    return status;
}

static prism_status seek(prs_terms_cursor *cursor, prs_bytes key, prism_error *err) {
    PRS_TRY(enter_block(cursor, find_block(cursor->terms, key), err));
    do {
        PRS_TRY(advance(cursor, err));
    } while (cursor->valid &&
             prs_bytes_compare(prs_bytes_of(cursor->key, cursor->key_len), key) < 0);
    cursor->pending = cursor->valid;
    cursor->ended = !cursor->valid;
    cursor->valid = false;
    return PRISM_OK;
}

prism_status prs_terms_cursor_seek(prs_terms_cursor *cursor, const prs_terms *terms, prs_bytes key,
                                   prism_error *err) {
    cursor->terms = terms;
    cursor->blocks_left = terms->terms_len;
    cursor->lists_left = terms->lists.len - terms->terms_len;
    cursor->valid = cursor->pending = false;
    cursor->ended = terms->n_blocks == 0;
    cursor->key_len = 0;
    if (cursor->ended) return PRISM_OK;
    return end_at_failure(cursor, seek(cursor, key, err));
}

prism_status prs_terms_cursor_next(prs_terms_cursor *cursor, bool *more, prism_error *err) {
    *more = false;
    if (cursor->ended) {
        cursor->valid = false;
        return PRISM_OK;
    }
    if (cursor->pending) {
        cursor->pending = false;
        cursor->valid = true;
    } else {
        PRS_TRY(end_at_failure(cursor, advance(cursor, err)));
        cursor->ended = !cursor->valid;
    }
    *more = cursor->valid;
    return PRISM_OK;
}
