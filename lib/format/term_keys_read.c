/* term_keys_read.c - which key comes next in a term block, and is a given one among them?
 *
 * Structure   heads, extras and rests (letters, bytes), or pairs: see term_keys_write.c
 * Invariants  - Whatever the bytes are: keys ascend, have 1 to 1024 bytes, and nothing outside of
 *               the block is read.
 *             - find looks only at what it needs.
 * Why so      Keys are not rebuilt while searching: `matched`, the bytes that the wanted key has in
 *             common with the one before, and `shared` decide most comparisons without touching a
 *             rest; a rest that is not wanted is passed by its length.
 * Cost        find: about 1 ns a key passed; next: 5 ns.
 * Source      FORMAT.md section 6.   Tested by tests/unit/format/test_term_keys.c */
#include "format/term_keys.h"

#include "format/term_keys_code.h"

bool prs_term_keys_begin(prs_term_keys *keys, prs_keys_form form, prs_bytes first, uint32_t n,
                         prs_cur bytes) {
    memset(keys, 0, sizeof *keys);
    keys->form = form;
    if (form == PRS_KEYS_PAIRS) {
        keys->rests = bytes;
        return prs_pair_of(first, &keys->first, &keys->second);
    }
    uint64_t n_extras = prs_cur_varint(&bytes);
    keys->heads = prs_cur_take(&bytes, n - 1);
    const uint8_t *extras = prs_cur_take(&bytes, (size_t)PRS_MIN(n_extras, SIZE_MAX));
    if (bytes.bad || form > PRS_KEYS_PAIRS) return false;
    keys->extras = prs_cur_of(extras, (size_t)n_extras);
    keys->rests = bytes;
    keys->rest = bytes.at;
    keys->n_units = prs_cur_left(&bytes) << (form == PRS_KEYS_LETTERS);
    return true;
}

bool prs_term_keys_done(const prs_term_keys *keys) {
    if (keys->form == PRS_KEYS_PAIRS) return keys->rests.at == keys->rests.end;
    uint64_t left = keys->n_units - keys->unit;
    if (keys->form == PRS_KEYS_LETTERS && left == 1) left = keys->rests.end[-1] >> 4;
    return keys->extras.at == keys->extras.end && left == 0;
}

/* ---- bytes and letters ----------------------------------------------------------------------- */

/* What the next key shares, and the units of its rest, which are there.  False if unsound. */
static inline bool read_head(prs_term_keys *keys, uint64_t *shared, uint64_t *units) {
    uint32_t head = *keys->heads++;
    *shared = head & 15;
    *units = head >> 4;
    if (PRS_UNLIKELY(*shared == PRS_HEAD_MAX)) *shared += prs_cur_varint32(&keys->extras);
    if (PRS_UNLIKELY(*units == PRS_HEAD_MAX)) *units += prs_cur_varint32(&keys->extras);
    *units += PRS_REST_LEAST;
    return !keys->extras.bad && *units <= keys->n_units - keys->unit;
}

static inline uint32_t nibble_at(const prs_term_keys *keys, uint64_t unit) {
    return keys->rest[unit / 2] >> (4 * (unit & 1)) & 15;
}

/* The next byte of a rest that ends at `end`; false if there is half of one.  unit < end. */
static inline bool read_byte(prs_term_keys *keys, uint64_t end, uint8_t *byte) {
    if (keys->form == PRS_KEYS_RAW) {
        *byte = keys->rest[keys->unit++];
        return true;
    }
    uint32_t nibble = nibble_at(keys, keys->unit++);
    *byte = prs_letters_short[nibble];
    if (nibble < PRS_LETTERS_SHORT) return true;
    if (PRS_UNLIKELY(keys->unit == end)) return false;
    *byte = prs_letters_long[16 * (nibble - PRS_LETTERS_SHORT) + nibble_at(keys, keys->unit++)];
    return true;
}

/* The rest of a key behind its first `at` bytes; its length, 0 if it is unsound. */
static inline uint32_t take_rest(prs_term_keys *keys, uint64_t units, uint8_t *key, uint32_t at) {
    if (keys->form == PRS_KEYS_RAW) {
        if (PRS_UNLIKELY(units > PRISM_MAX_TERM_BYTES - at)) return 0;
        memcpy(key + at, keys->rest + keys->unit, (size_t)units);
        keys->unit += units;
        return at + (uint32_t)units;
    }
    uint64_t unit = keys->unit, end = unit + units;
    while (unit < end) {
        uint32_t nibble = nibble_at(keys, unit++);
        if (PRS_UNLIKELY(at == PRISM_MAX_TERM_BYTES)) return 0;
        key[at] = prs_letters_short[nibble];
        if (nibble >= PRS_LETTERS_SHORT) {
            if (PRS_UNLIKELY(unit == end)) return 0;
            nibble = 16 * (nibble - PRS_LETTERS_SHORT) + nibble_at(keys, unit++);
            key[at] = prs_letters_long[nibble];
        }
        at++;
    }
    keys->unit = unit;
    return at;
}

static bool next_rest(prs_term_keys *keys, uint8_t *key, uint32_t *len) {
    uint64_t shared, units;
    if (!read_head(keys, &shared, &units) || shared > *len) return false;
    uint32_t at = (uint32_t)shared;
    uint8_t was = at < *len ? key[at] : 0;
    at = take_rest(keys, units, key, at);
    if (PRS_UNLIKELY(at == 0)) return false;
    if (shared < *len && key[shared] <= was) return false;
    *len = at;
    return true;
}

/* Place of `key`, of which the first key has `matched` bytes and is smaller. */
static uint32_t find_rest(prs_term_keys *keys, uint32_t n, prs_bytes key, size_t matched,
                          bool *sound) {
    for (uint32_t place = 1; place < n; place++) {
        uint64_t shared, units;
        if (!read_head(keys, &shared, &units)) {
            *sound = false;
            return UINT32_MAX;
        }
        if (shared < matched) return UINT32_MAX; /* it parts from the one before: larger than key */
        uint64_t end = keys->unit + units;
        if (shared > matched) { /* it parts from key where the one before did: smaller */
            keys->unit = end;
            continue;
        }
        uint8_t byte = 0;
        bool differs = false;
        while (keys->unit < end && !differs) {
            *sound = read_byte(keys, end, &byte);
            if (!*sound) return UINT32_MAX;
            differs = matched == key.len || byte != key.ptr[matched];
            matched += !differs;
        }
        if (!differs && matched == key.len) return place;
        if (differs && (matched == key.len || byte > key.ptr[matched])) return UINT32_MAX;
        keys->unit = end;
    }
    return UINT32_MAX;
}

/* ---- pairs ----------------------------------------------------------------------------------- */

static inline bool is_char(uint64_t code) {
    return code <= 0x10ffff && (code < 0xd800 || code >= 0xe000);
}

/* Onto the next pair; false if unsound. */
static inline bool next_pair(prs_term_keys *keys) {
    prs_cur *c = &keys->rests;
    uint32_t b = prs_cur_8(c);
    uint64_t first = keys->first, second = keys->second;
    if (PRS_LIKELY(b < PRS_PAIR_NEAR)) {
        second += b + 1;
    } else if (b < PRS_PAIR_OTHER) {
        second += PRS_PAIR_NEAR + 1 + ((b - PRS_PAIR_NEAR) << 8 | prs_cur_8(c));
    } else {
        uint64_t more = prs_cur_varint32(c), then = prs_cur_varint32(c);
        first += more;
        second = more == 0 ? second + then + 1 : then;
    }
    if (PRS_UNLIKELY(c->bad || !is_char(first) || !is_char(second))) return false;
    keys->first = (uint32_t)first;
    keys->second = (uint32_t)second;
    return true;
}

static uint8_t *put_char(uint8_t *at, uint32_t c) {
    if (c < 0x80) {
        *at++ = (uint8_t)c;
    } else if (c < 0x800) {
        *at++ = (uint8_t)(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        *at++ = (uint8_t)(0xe0 | c >> 12);
        *at++ = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    } else {
        *at++ = (uint8_t)(0xf0 | c >> 18);
        *at++ = (uint8_t)(0x80 | (c >> 12 & 0x3f));
        *at++ = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    }
    if (c >= 0x80) *at++ = (uint8_t)(0x80 | (c & 0x3f));
    return at;
}

static uint32_t find_pair(prs_term_keys *keys, uint32_t n, prs_bytes key, bool *sound) {
    uint32_t first, second;
    if (!prs_pair_of(key, &first, &second)) return UINT32_MAX;
    const uint64_t wanted = (uint64_t)first << 32 | second;
    for (uint32_t place = 1; place < n; place++) {
        *sound = next_pair(keys);
        if (!*sound) return UINT32_MAX;
        uint64_t pair = (uint64_t)keys->first << 32 | keys->second;
        if (pair >= wanted) return pair == wanted ? place : UINT32_MAX;
    }
    return UINT32_MAX;
}

/* ---- both ------------------------------------------------------------------------------------ */

bool prs_term_keys_next(prs_term_keys *keys, uint8_t *key, uint32_t *len) {
    if (keys->form != PRS_KEYS_PAIRS) return next_rest(keys, key, len);
    if (!next_pair(keys)) return false;
    *len = (uint32_t)(put_char(put_char(key + 1, keys->first), keys->second) - key);
    return true;
}

uint32_t prs_term_keys_find(prs_term_keys *keys, prs_bytes first, uint32_t n, prs_bytes key,
                            bool *sound) {
    *sound = true;
    if (prs_bytes_equal(first, key)) return 0;
    if (keys->form == PRS_KEYS_PAIRS) return find_pair(keys, n, key, sound);
    size_t max = PRS_MIN(first.len, key.len), matched = 0;
    while (matched < max && first.ptr[matched] == key.ptr[matched]) matched++;
    if (matched == key.len || (matched < first.len && first.ptr[matched] > key.ptr[matched]))
        return UINT32_MAX; /* key is smaller */
    return find_rest(keys, n, key, matched, sound);
}
