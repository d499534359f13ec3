/* fuzz_term_block.c - are the two halves of a term block, keys and infos, safe on any bytes, and
 * exact?
 *
 *   byte 0   modulo 4: 0 bytes of keys, 1 keys written and edited, 2 bits of infos, 3 infos written
 *            and edited
 *            bits 2-3 form of the keys, or which terms have positions; bits 4-6 shape
 *   then     n - 1 (1), a seed (4), documents of the segment (4)
 *   rest     bytes; or edits
 *
 * States    - Keys ascend and have 1 to 1024 bytes; reading on and finding say the same.
 *           - Numbers of documents and lists are within bounds; reading on and finding say the
 *             same.
 *           - What was read to its end is written in no more bytes, and reads the same.
 *           - Unedited, all comes back. */
#include "fuzz.h"

#include "codec/eliasfano.h"
#include "format/short_list.h"
#include "format/term_infos.h"
#include "format/term_keys.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = PRS_TERMS_BLOCK };

typedef struct keys {
    uint32_t n, ends[MOST];
    uint8_t bytes[MOST * PRISM_MAX_TERM_BYTES];
} keys;

static prs_bytes key_at(const keys *k, uint32_t i) {
    uint32_t from = i == 0 ? 0 : k->ends[i - 1];
    return prs_bytes_of(k->bytes + from, k->ends[i] - from);
}

static void add_key(keys *k, const uint8_t *key, uint32_t len) {
    uint32_t at = k->n == 0 ? 0 : k->ends[k->n - 1];
    memcpy(k->bytes + at, key, len);
    k->ends[k->n++] = at + len;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static int by_key(const void *a, const void *b) {
    return prs_bytes_compare(*(const prs_bytes *)a, *(const prs_bytes *)b);
}

static size_t put_code(uint8_t *out, uint32_t c) {
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 63));
        return 2;
    }
    out[0] = (uint8_t)(0xe0 | c >> 12);
    out[1] = (uint8_t)(0x80 | (c >> 6 & 63));
    out[2] = (uint8_t)(0x80 | (c & 63));
    return 3;
}

static uint32_t some_key(uint8_t *key, uint32_t shape, uint64_t *state) {
    static const char letters[] = "etiansrolcdpugmh0-";
    size_t len = 1 + fuzz_next(state) % 9;
    if (shape == 0) { /* pairs */
        key[0] = 3;
        len = 1 + put_code(key + 1, 0x80 + (uint32_t)(fuzz_next(state) % 3));
        len += put_code(key + len, 0x4e00 + (uint32_t)fuzz_some_bits(state, 14));
        return (uint32_t)len;
    }
    if (shape == 1) len = 1 + fuzz_next(state) % (PRISM_MAX_TERM_BYTES - 1); /* long */
    key[0] = 1;
    for (size_t i = 1; i <= len; i++) {
        uint64_t r = fuzz_next(state);
        key[i] = shape == 1   ? (uint8_t)(i + 1 < len ? 'x' : r)
                 : shape == 2 ? (uint8_t)r
                              : (uint8_t)letters[r % (sizeof letters - 1)];
    }
    return (uint32_t)(1 + len);
}

static void make_keys(keys *k, uint32_t n, uint32_t shape, uint64_t *state) {
    static uint8_t room[MOST][PRISM_MAX_TERM_BYTES + 16];
    prs_bytes all[MOST];
    for (uint32_t i = 0; i < n; i++)
        all[i] = prs_bytes_of(room[i], some_key(room[i], shape, state));
    qsort(all, n, sizeof all[0], by_key);
    k->n = 0;
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || !prs_bytes_equal(all[i - 1], all[i]))
            add_key(k, all[i].ptr, (uint32_t)all[i].len);
}

/* All keys of a block, as far as they are sound; true if it is to its end. */
static bool read_keys(prs_keys_form form, prs_bytes first, uint32_t n, const fuzz_copy *copy,
                      keys *read) {
    prs_term_keys reader;
    uint8_t key[PRISM_MAX_TERM_BYTES];
    uint32_t len = (uint32_t)first.len;
    read->n = 0;
    if (!prs_term_keys_begin(&reader, form, first, n, prs_cur_of(copy->bytes, copy->len)))
        return false;
    memcpy(key, first.ptr, first.len);
    add_key(read, key, len);
    while (read->n < n) {
        if (!prs_term_keys_next(&reader, key, &len)) return false;
        FUZZ_NEED(len >= 1 && len <= PRISM_MAX_TERM_BYTES);
        FUZZ_NEED(prs_bytes_compare(key_at(read, read->n - 1), prs_bytes_of(key, len)) < 0);
        add_key(read, key, len);
    }
    return prs_term_keys_done(&reader);
}

static void check_find(prs_keys_form form, uint32_t n, const fuzz_copy *copy, const keys *read) {
    prs_bytes first = key_at(read, 0);
    for (uint32_t i = 0; i < n; i++) {
        prs_term_keys reader;
        uint8_t other[PRISM_MAX_TERM_BYTES + 1];
        bool sound;
        prs_cur c = prs_cur_of(copy->bytes, copy->len);
        prs_bytes key = key_at(read, i);
        FUZZ_NEED(prs_term_keys_begin(&reader, form, first, n, c));
        FUZZ_NEED(prs_term_keys_find(&reader, first, n, key, &sound) == i && sound);
        memcpy(other, key.ptr, key.len); /* one that may not be there */
        other[key.len - 1]++;
        prs_bytes wanted = prs_bytes_of(other, key.len);
        FUZZ_NEED(prs_term_keys_begin(&reader, form, first, n, c));
        uint32_t place = prs_term_keys_find(&reader, first, n, wanted, &sound);
        FUZZ_NEED(sound);
        if (place != UINT32_MAX) FUZZ_NEED(prs_bytes_equal(key_at(read, place), wanted));
    }
}

/* Whatever the bytes are, looking for a key ends. */
static void find_any(prs_keys_form form, uint32_t n, const fuzz_copy *copy, prs_bytes first,
                     prs_bytes key) {
    prs_term_keys reader;
    bool sound;
    if (!prs_term_keys_begin(&reader, form, first, n, prs_cur_of(copy->bytes, copy->len))) return;
    uint32_t place = prs_term_keys_find(&reader, first, n, key, &sound);
    FUZZ_NEED(place < n || place == UINT32_MAX);
}

static void use_keys(prs_keys_form form, const keys *made, const fuzz_copy *copy, bool intact,
                     prs_mem *mem) {
    static keys read;
    prs_bytes first = key_at(made, 0);
    bool good = read_keys(form, first, made->n, copy, &read);
    if (intact) FUZZ_NEED(good && memcmp(read.bytes, made->bytes, read.ends[read.n - 1]) == 0);
    for (uint32_t i = 0; i < made->n; i++) find_any(form, made->n, copy, first, key_at(made, i));
    if (!good) return;
    check_find(form, made->n, copy, &read);
    prs_buf again;
    prs_buf_init(&again, mem);
    (void)prs_term_keys_put(read.bytes, read.ends, read.n, &again);
    FUZZ_NEED(!again.failed && (form == PRS_KEYS_PAIRS || again.len <= copy->len));
    prs_buf_fini(&again);
}

static void try_keys(fuzz_input *in, unsigned flags, uint32_t n, uint64_t *state, prs_mem *mem) {
    static keys made;
    prs_buf coded;
    make_keys(&made, n, flags >> 4 & 7, state);
    prs_buf_init(&coded, mem);
    prs_keys_form form = prs_term_keys_put(made.bytes, made.ends, made.n, &coded);
    FUZZ_NEED(!coded.failed);
    bool raw = flags % 4 == 0, intact = false;
    fuzz_copy copy = raw ? fuzz_copy_of(in->at, fuzz_left(in)) : fuzz_copy_of(coded.ptr, coded.len);
    if (raw)
        form = (prs_keys_form)(flags >> 2 & 3);
    else
        intact = fuzz_edit(in, copy.bytes, &copy.len) == 0;
    use_keys(form, &made, &copy, intact, mem);
    fuzz_copy_end(&copy);
    prs_buf_fini(&coded);
}

/* ---- infos ----------------------------------------------------------------------------------- */

typedef struct infos {
    uint32_t n, n_docs;
    uint64_t lists_len;
    prs_term_info of[MOST];
} infos;

static uint8_t payloads[MOST][PRS_INLINE_MAX_BYTES];

/* An inline list of its first documents. */
static void make_inline(prs_term_info *info, uint32_t i, uint32_t df, uint32_t n_docs,
                        uint64_t *state) {
    uint32_t docs[PRS_INLINE_MAX_DF], freqs[PRS_INLINE_MAX_DF], positions[PRS_INLINE_MAX_CF] = {0},
                                                                spans[PRS_INLINE_MAX_DF];
    bool has_positions = info->has_positions;
    uint64_t cf = 0;
    for (uint32_t k = 0; k < df; k++) {
        docs[k] = n_docs - df + k;
        freqs[k] = 1 + (uint32_t)(fuzz_next(state) % 8);
        spans[k] = 1 + (uint32_t)fuzz_some_bits(state, 20);
        cf += freqs[k];
    }
    if (cf == 1) positions[0] = (uint32_t)fuzz_some_bits(state, 32);
    prs_inline_put(docs, freqs, has_positions ? positions : NULL, spans, df, cf, n_docs,
                   payloads[i], info);
}

static void make_infos(infos *t, unsigned flags, uint64_t *state) {
    uint64_t at = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        prs_term_info *info = &t->of[i];
        uint32_t df = 1 + (uint32_t)(fuzz_some_bits(state, 1 + 4 * (flags >> 4 & 7)) % t->n_docs);
        memset(info, 0, sizeof *info);
        info->has_positions = (flags >> 2 & 3) == 1 || ((flags & 8) && fuzz_next(state) % 2);
        if (df <= PRS_INLINE_MAX_DF && fuzz_next(state) % 8) {
            make_inline(info, i, df, t->n_docs, state);
            continue;
        }
        info->df = df;
        info->cf = PRS_INLINE_MAX_CF + 1 + df + fuzz_some_bits(state, 40);
        info->off = at;
        if (df > PRS_SHORT_MAX_DF && info->has_positions)
            info->positions_len = fuzz_some_bits(state, 40);
        info->postings_len = fuzz_some_bits(state, 40);
        at += info->positions_len + info->postings_len;
    }
    t->lists_len = at;
}

static uint64_t bits_of(const prs_term_info *info, uint64_t from, uint32_t n) {
    return prs_bits_load64(info->payload, info->payload_bit + from, n);
}

static void need_same(const prs_term_info *a, const prs_term_info *b) {
    FUZZ_NEED(a->df == b->df && a->cf == b->cf && a->inlined == b->inlined);
    FUZZ_NEED(a->has_positions == b->has_positions && a->payload_bits == b->payload_bits);
    if (a->inlined && a->cf == 1) FUZZ_NEED(a->doc == b->doc && a->position == b->position);
    if (!a->inlined) FUZZ_NEED(a->off == b->off && a->positions_len == b->positions_len);
    if (!a->inlined) FUZZ_NEED(a->postings_len == b->postings_len);
    for (uint64_t bit = 0; bit < a->payload_bits; bit += 64) {
        uint32_t n = (uint32_t)PRS_MIN((uint64_t)64, a->payload_bits - bit);
        FUZZ_NEED(bits_of(a, bit, n) == bits_of(b, bit, n));
    }
}

static void check_info(const prs_term_info *info, const infos *t, const fuzz_copy *copy) {
    FUZZ_NEED(info->df >= 1 && info->df <= t->n_docs && info->cf >= info->df);
    FUZZ_NEED(info->inlined == prs_terms_must_inline(info->df, info->cf));
    if (info->inlined && info->cf == 1) {
        FUZZ_NEED(info->doc < t->n_docs);
    } else if (info->inlined) {
        uint64_t from = 8 * (uint64_t)(info->payload - copy->bytes) + info->payload_bit;
        FUZZ_NEED(info->payload >= copy->bytes && from + info->payload_bits <= 8 * copy->len);
        FUZZ_NEED(info->payload_bits >= prs_ef_bits(info->df, t->n_docs));
    } else {
        FUZZ_NEED(info->off <= t->lists_len);
        FUZZ_NEED(info->positions_len <= t->lists_len - info->off);
        FUZZ_NEED(info->postings_len <= t->lists_len - info->off - info->positions_len);
    }
}

static bool read_infos(const infos *t, prs_infos_positions positions, const fuzz_copy *copy,
                       infos *read) {
    prs_term_infos all, one;
    prs_bytes bytes = prs_bytes_of(copy->bytes, copy->len);
    *read = (infos){.n_docs = t->n_docs, .lists_len = t->lists_len};
    if (!prs_term_infos_begin(&all, positions, t->n, t->n_docs, 0, t->lists_len, bytes))
        return false;
    for (uint32_t i = 0; i < t->n; i++) {
        prs_term_info *info = &read->of[i], found;
        if (!prs_term_infos_next(&all, i, info)) return false;
        check_info(info, t, copy);
        FUZZ_NEED(prs_term_infos_begin(&one, positions, t->n, t->n_docs, 0, t->lists_len, bytes));
        FUZZ_NEED(prs_term_infos_find(&one, i, &found));
        need_same(info, &found);
        read->n++;
    }
    return prs_term_infos_done(&all);
}

static void use_infos(const infos *made, prs_infos_positions positions, const fuzz_copy *copy,
                      bool intact, prs_mem *mem) {
    static infos read, again;
    bool good = read_infos(made, positions, copy, &read);
    if (intact) {
        FUZZ_NEED(good);
        for (uint32_t i = 0; i < made->n; i++) need_same(&made->of[i], &read.of[i]);
    }
    if (!good) return;
    prs_buf buf;
    prs_buf_init(&buf, mem);
    positions = prs_term_infos_put(read.of, read.n, read.n_docs, &buf);
    FUZZ_NEED(!buf.failed);
    fuzz_copy second = fuzz_copy_of(buf.ptr, buf.len);
    FUZZ_NEED(read_infos(&read, positions, &second, &again));
    for (uint32_t i = 0; i < read.n; i++) need_same(&read.of[i], &again.of[i]);
    fuzz_copy_end(&second);
    prs_buf_fini(&buf);
}

static void try_infos(fuzz_input *in, unsigned flags, uint32_t n, uint32_t n_docs, uint64_t *state,
                      prs_mem *mem) {
    static infos made;
    prs_buf coded;
    bool raw = flags % 4 == 2, intact = false;
    made = (infos){.n = n, .n_docs = n_docs};
    make_infos(&made, flags, state);
    prs_buf_init(&coded, mem);
    prs_infos_positions positions = prs_term_infos_put(made.of, n, n_docs, &coded);
    FUZZ_NEED(!coded.failed);
    fuzz_copy copy = raw ? fuzz_copy_of(in->at, fuzz_left(in)) : fuzz_copy_of(coded.ptr, coded.len);
    if (raw)
        positions = (prs_infos_positions)(flags >> 2 & 3);
    else
        intact = fuzz_edit(in, copy.bytes, &copy.len) == 0;
    use_infos(&made, positions, &copy, intact, mem);
    fuzz_copy_end(&copy);
    prs_buf_fini(&coded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    prs_mem mem;
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    uint32_t n = 1 + (uint32_t)fuzz_take(&in, 1) % MOST;
    uint64_t state = fuzz_take(&in, 4);
    uint32_t n_docs = 1 + (uint32_t)(fuzz_take(&in, 4) % INT32_MAX);
    fuzz_mem_begin(&mem);
    if (flags % 4 < 2)
        try_keys(&in, flags, n, &state, &mem);
    else
        try_infos(&in, flags, n, n_docs, &state, &mem);
    fuzz_mem_end(&mem);
    return 0;
}
