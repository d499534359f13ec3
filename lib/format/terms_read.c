/* terms_read.c - where is a term, and which one comes next?
 *
 * Structure   TERMS_INDEX, by halves on 8-byte prefixes -> one block of 64 terms -> its keys in
 *             order -> its infos
 *
 *                 block   | n | keys_len | infos_len | key, (shared, rest) ... | infos |
 *
 * Invariants  - Opening checks all of TERMS_INDEX, so its offsets and keys are used without further
 *               doubt.
 *             - Blocks are checked as they are read: every number is bounded by what is left of the
 *               block, every list lies in LISTS, every info names at most n_docs documents.
 *             - A cursor checks in addition that keys ascend and that a block is read to its last
 *               byte; find does not read what it does not need.
 * Why so      Keys are not rebuilt while searching: `matched`, the bytes that the wanted key has in
 *             common with the one before, and `shared` decide most comparisons without touching a
 *             key's bytes.
 * Cost        find: log2(blocks) steps in the prefixes, then 32 keys and 32 infos on average; ~0.3
 *             us warm.
 * Source      FORMAT.md section 6.   Tested by tests/unit/format/test_terms.c */
#include "format/terms.h"

#include "base/cur.h"
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
    prs_cur keys, infos;
    uint64_t first_list;
} block_parts;

static prism_status open_block(const prs_terms *terms, uint32_t block, block_parts *parts,
                               prism_error *err) {
    const prs_section *lists = &terms->lists;
    uint64_t off = prs_load64(terms->block_offs + 8 * (size_t)block);
    uint64_t head = PRS_MIN(PRS_TERMS_BLOCK_HEAD, lists->len - off);
    PRS_TRY(prs_in_touch(lists, off, head, err));
    prs_cur c = prs_cur_of(lists->ptr + off, (size_t)head);
    uint64_t n_terms = prs_cur_varint(&c), keys_len = prs_cur_varint(&c),
             infos_len = prs_cur_varint(&c);
    uint64_t at = (uint64_t)(c.at - lists->ptr), left = lists->len - at;
    bool last = block == terms->n_blocks - 1;
    uint64_t want = last ? terms->n_terms - (uint64_t)PRS_TERMS_BLOCK * block : PRS_TERMS_BLOCK;
    if (c.bad || n_terms != want || keys_len > left || infos_len > left - keys_len)
        return corrupt(terms, lists->ptr + off, err, "head of a term block is unsound");
    PRS_TRY(prs_in_touch(lists, at, keys_len + infos_len, err));
    parts->n_terms = (uint32_t)n_terms;
    parts->keys = prs_cur_of(lists->ptr + at, (size_t)keys_len);
    parts->infos = prs_cur_of(lists->ptr + at + keys_len, (size_t)infos_len);
    parts->first_list = prs_cur_varint(&parts->infos);
    if (parts->infos.bad)
        return corrupt(terms, lists->ptr + at, err, "infos of a term block end early");
    return PRISM_OK;
}

/* The next info; *next_list moves behind the term's list.  Fails `c` if anything is out of bounds.
 * Inlined, so that what is passed over is looked at, and not stored. */
static inline __attribute__((always_inline)) void
read_info(const prs_terms *terms, prs_cur *c, uint64_t *next_list, prs_term_info *info) {
    uint64_t tag = prs_cur_varint(c), more = prs_cur_varint(c), df = tag >> 2;
    bool has_positions = (tag & 2) != 0, inlined = (tag & 1) != 0;
    if (PRS_UNLIKELY(df == 0 || df > terms->n_docs || more > INT64_MAX - df ||
                     inlined != prs_terms_must_inline((uint32_t)df, df + more))) {
        prs_cur_fail(c);
        return;
    }
    prs_term_info read = {
        .df = (uint32_t)df, .cf = df + more, .has_positions = has_positions, .inlined = inlined};
    if (inlined) {
        read.payload_len = (uint32_t)prs_cur_count(c, UINT32_MAX);
        read.payload = prs_cur_take(c, read.payload_len);
    } else {
        read.positions_len = has_positions ? prs_cur_varint(c) : 0;
        read.postings_len = prs_cur_varint(c);
        uint64_t len = terms->lists.len, off = *next_list;
        if (PRS_UNLIKELY(off > len || read.positions_len > len - off ||
                         read.postings_len > len - off - read.positions_len)) {
            prs_cur_fail(c);
            return;
        }
        read.off = off;
        *next_list = off + read.positions_len + read.postings_len;
    }
    *info = read;
}

/* Place of `key` among the keys of a block, UINT32_MAX if it is not there.  May fail c. */
static uint32_t find_key(prs_cur *c, uint32_t n_terms, prs_bytes key) {
    size_t matched = 0;
    for (uint32_t place = 0; place < n_terms; place++) {
        uint64_t shared = place == 0 ? 0 : prs_cur_varint(c);
        uint64_t len = prs_cur_varint(c);
        const uint8_t *rest = prs_cur_take(c, (size_t)len);
        if (c->bad || shared < matched)
            return UINT32_MAX;          /* it parts from the one before: larger than key */
        if (shared > matched) continue; /* it parts from key where the one before did: smaller */
        size_t max = (size_t)PRS_MIN(len, key.len - matched), i = 0;
        while (i < max && rest[i] == key.ptr[matched + i]) i++;
        matched += i;
        if (i == len && matched == key.len) return place;
        if (i < len && (matched == key.len || rest[i] > key.ptr[matched])) return UINT32_MAX;
    }
    return UINT32_MAX;
}

prism_status prs_terms_find(const prs_terms *terms, prs_bytes key, prs_term_info *info, bool *found,
                            prism_error *err) {
    memset(info, 0, sizeof *info);
    *found = false;
    if (terms->n_blocks == 0 || key.len == 0) return PRISM_OK;
    uint32_t block = find_block(terms, key);
    block_parts parts;
    PRS_TRY(open_block(terms, block, &parts, err));
    uint32_t place = find_key(&parts.keys, parts.n_terms, key);
    if (parts.keys.bad)
        return corrupt(terms, parts.keys.end, err, "keys of a term block are unsound");
    if (place == UINT32_MAX) return PRISM_OK;
    prs_term_info read;
    uint64_t next_list = parts.first_list;
    for (uint32_t i = 0; i < place; i++) {
        prs_term_info passed;
        read_info(terms, &parts.infos, &next_list, &passed);
    }
    read_info(terms, &parts.infos, &next_list, &read);
    if (parts.infos.bad)
        return corrupt(terms, parts.infos.end, err, "infos of a term block are unsound");
    *info = read;
    info->ord = (uint64_t)PRS_TERMS_BLOCK * block + place;
    *found = true;
    return PRISM_OK;
}

/* ---- the cursor ----------------------------------------------------------------------------- */

static prism_status enter_block(prs_terms_cursor *cursor, uint32_t block, prism_error *err) {
    block_parts parts;
    PRS_TRY(open_block(cursor->terms, block, &parts, err));
    cursor->block = block;
    cursor->n_in_block = parts.n_terms;
    cursor->n_read = 0;
    cursor->keys = parts.keys;
    cursor->infos = parts.infos;
    cursor->next_list = parts.first_list;
    cursor->key_len = 0;
    return PRISM_OK;
}

/* The next key of the block into cursor->key: it must be larger than the one before. */
static bool read_key(prs_terms_cursor *cursor) {
    prs_cur *c = &cursor->keys;
    bool first = cursor->n_read == 0;
    uint64_t shared = first ? 0 : prs_cur_varint(c);
    uint64_t len = prs_cur_varint(c);
    const uint8_t *rest = prs_cur_take(c, (size_t)len);
    if (c->bad || len == 0 || shared > cursor->key_len || len > PRISM_MAX_TERM_BYTES - shared)
        return false;
    if (shared < cursor->key_len && rest[0] <= cursor->key[shared]) return false;
    memcpy(cursor->key + shared, rest, (size_t)len);
    cursor->key_len = (uint32_t)(shared + len);
    return !first || prs_bytes_equal(prs_bytes_of(cursor->key, cursor->key_len),
                                     first_key(cursor->terms, cursor->block));
}

/* Onto the next term, in this block or the next one; valid = false behind the last. */
static prism_status advance(prs_terms_cursor *cursor, prism_error *err) {
    const prs_terms *terms = cursor->terms;
    cursor->valid = false;
    if (cursor->n_read == cursor->n_in_block) {
        if (cursor->keys.at != cursor->keys.end || cursor->infos.at != cursor->infos.end)
            return corrupt(terms, cursor->keys.at, err, "a term block is longer than its terms");
        if (cursor->block + 1 >= terms->n_blocks) return PRISM_OK;
        prs_bytes before = {cursor->key, cursor->key_len};
        if (prs_bytes_compare(before, first_key(terms, cursor->block + 1)) >= 0)
            return corrupt(terms, cursor->keys.at, err, "a term block reaches into the next one");
        PRS_TRY(enter_block(cursor, cursor->block + 1, err));
    }
    if (!read_key(cursor))
        return corrupt(terms, cursor->keys.at, err, "keys of a term block are unsound");
    read_info(terms, &cursor->infos, &cursor->next_list, &cursor->info);
    if (cursor->infos.bad)
        return corrupt(terms, cursor->infos.at, err, "infos of a term block are unsound");
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
