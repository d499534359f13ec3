/* ref_term_keys.c - which keys does a term block hold behind its first one?  (FORMAT.md section 6)
 *
 * Tested by: tests/golden. */
#include <string.h>

#include "ref/ref_parts.h"

static const uint8_t frequent[] = "etiansrolcdpu";
static const uint8_t others[] = "gmhyfbvkwxzjq0123456789-'._+"
                                "\xc3\xa0\xa1\xa2\xa3\xa4\xa7\xa8\xa9\xaa\xab\xad\xae\xaf"
                                "\xb1\xb3\xb4\xb5\xb6\xbc";

void ref_keys_begin(ref_key_walk *w, uint32_t form, uint64_t n, ref_cur bytes) {
    w->form = form;
    ref_must(form <= 2, "term block", "keys are raw, letters or pairs");
    if (form != 2) {
        uint64_t extras = ref_varint(&bytes);
        w->heads = ref_cut(&bytes, n - 1);
        w->extras = ref_cut(&bytes, extras);
    }
    w->rests = bytes;
    w->nibbles = ref_bit_cur_of(&bytes);
}

void ref_keys_end(const ref_key_walk *w) {
    if (w->form != 2) {
        ref_done(&w->heads);
        ref_done(&w->extras);
    }
    if (w->form != 1) {
        ref_done(&w->rests);
        return;
    }
    ref_must(ref_bit_bytes(w->nibbles.bit) == ref_left(&w->rests), "term block",
             "keys end with the last letter");
    ref_tail_zero(w->nibbles.array, w->nibbles.bit, ref_left(&w->rests), "term block");
}

/* Units of a rest as bytes at `to`; returns how many. */
static uint64_t read_rest(ref_key_walk *w, uint64_t units, uint8_t *to) {
    uint64_t n = 0;
    if (w->form == 0) {
        ref_must(units <= 1024, "term block", "a key has 1 to 1024 bytes");
        memcpy(to, ref_take(&w->rests, units), units);
        return units;
    }
    for (uint64_t i = 0; i < units; i++) {
        uint32_t nibble = (uint32_t)ref_bits_next(&w->nibbles, 4);
        ref_must(n < 1024, "term block", "a key has 1 to 1024 bytes");
        if (nibble < 13) {
            to[n++] = frequent[nibble];
        } else {
            ref_must(++i < units, "term block", "a letter of two nibbles has both");
            to[n++] = others[16 * (nibble - 13) + ref_bits_next(&w->nibbles, 4)];
        }
    }
    return n;
}

static uint64_t next_rest(ref_key_walk *w, uint8_t *key, uint64_t len) {
    uint8_t rest[1024];
    uint32_t head = ref_u8(&w->heads);
    uint64_t shared = head & 15, units = head >> 4;
    if (shared == 15) shared += ref_varint(&w->extras);
    if (units == 15) units += ref_varint32(&w->extras);
    uint64_t n = read_rest(w, units + 1, rest);
    ref_must(shared <= len && shared + n <= 1024, "term block", "a key has 1 to 1024 bytes");
    if (shared < len)
        ref_must(key[shared] != rest[0], "term block", "as many bytes as possible are shared");
    memcpy(key + shared, rest, n);
    return shared + n;
}

/* One character of UTF-8; what it must be was proved by its value. */
static uint64_t put_character(uint8_t *to, uint64_t c) {
    ref_must(c < 0x110000 && (c < 0xd800 || c > 0xdfff), "term block", "pairs are characters");
    uint32_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (uint32_t i = n; i-- > 1; c >>= 6) to[i] = (uint8_t)(0x80 | (c & 63));
    to[0] = (uint8_t)(leads[n] | c);
    return n;
}

static uint64_t character(const uint8_t *key, uint64_t len, uint64_t *at) {
    uint8_t again[4];
    ref_must(*at < len, "term block", "a pair has two characters");
    uint32_t lead = key[*at], n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint64_t c = n == 1 ? lead : lead & (0x7fu >> n);
    ref_must(n <= len - *at, "term block", "pairs are UTF-8");
    for (uint32_t i = 1; i < n; i++) c = c << 6 | (key[*at + i] & 63);
    ref_must(put_character(again, c) == n && memcmp(again, key + *at, n) == 0, "term block",
             "pairs are UTF-8");
    *at += n;
    return c;
}

static uint64_t next_pair(ref_key_walk *w, uint8_t *key, uint64_t len) {
    uint64_t at = 1;
    ref_must(len > 1 && key[0] == 3, "term block", "keys of pairs have kind 3");
    uint64_t a = character(key, len, &at), b = character(key, len, &at);
    ref_must(at == len, "term block", "a pair has two characters");
    uint32_t v = ref_u8(&w->rests);
    if (v < 224) {
        b += v + 1;
    } else if (v < 255) {
        b += 225 + 256 * (v - 224) + ref_u8(&w->rests);
    } else {
        uint64_t d = ref_varint32(&w->rests), e = ref_varint32(&w->rests);
        a += d;
        b = d == 0 ? b + e + 1 : e;
    }
    uint64_t n = 1 + put_character(key + 1, a);
    return n + put_character(key + n, b);
}

uint64_t ref_keys_next(ref_key_walk *w, uint8_t *key, uint64_t len) {
    return w->form == 2 ? next_pair(w, key, len) : next_rest(w, key, len);
}
