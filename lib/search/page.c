/* page.c - how does the place of a hit travel to the next search?
 *
 *     token = base64url of   u8 version  u8 criteria  u8 part
 *                            per criterion: u8 kind, 0x80 descending · u32 hash of its name ·
 *                                           u8 1 missing, or 0 and its value
 *                            i32 score  u8 shift + 64      where the order has scores
 *                            u64 arrival
 *                            u32 hash of all before
 *
 *     value: i64, or for keywords varint length, bytes
 *
 * Why values   A place given by its values holds in any commit and whatever the number of pages
 *              before it; a count of hits does not, and costs more with every page.
 * Why part     The pages of a merged answer are those of one stream, in which a document of a later
 *              index arrived later.  An index does not know its number: the token tells it how its
 *              documents stand to the hit.
 * Wrong        The token of another order is refused, and any text that is no token: its hash tells
 *              accidents, not forgeries, and a forged one is but another place.
 * Tested by    tests/unit/search/test_page.c */
#include "search/page.h"

#include "base/cur.h"
#include "base/error.h"
#include "base/hash.h"
#include "kernel/score.h"

#define PAGE_VERSION 1u
#define PAGE_DESC 0x80u
#define SHIFT_BIAS 64
#define HASH_BYTES 4u
#define NO_DIGIT 64u

/* ---- base64url, without padding ------------------------------------------------------------- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void put_base64(prs_buf *out, const uint8_t *p, size_t n) {
    for (size_t i = 0; i < n; i += 3) {
        size_t m = PRS_MIN(n - i, 3u);
        uint32_t bits = (uint32_t)p[i] << 16;
        if (m > 1) bits |= (uint32_t)p[i + 1] << 8;
        if (m > 2) bits |= p[i + 2];
        for (size_t k = 0; k <= m; k++)
            prs_buf_put8(out, (uint8_t)digits[bits >> (18 - 6 * k) & 63]);
    }
}

static uint32_t digit_of(char c) {
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (uint32_t)(at - digits) : NO_DIGIT;
}

/* Into room for 3 bytes each 4 characters; false if it is none. */
static bool read_base64(const char *text, size_t len, uint8_t *out, size_t *n) {
    uint32_t bits = 0;
    *n = 0;
    if (len % 4 == 1) return false;
    for (size_t i = 0; i < len; i++) {
        uint32_t digit = digit_of(text[i]);
        if (digit == NO_DIGIT) return false;
        bits = bits << 6 | digit;
        if (i % 4 == 1) out[(*n)++] = (uint8_t)(bits >> 4);
        if (i % 4 == 2) out[(*n)++] = (uint8_t)(bits >> 2);
        if (i % 4 == 3) out[(*n)++] = (uint8_t)bits;
    }
    return true;
}

static uint32_t hash_of(const void *p, size_t n) {
    return (uint32_t)prs_hash64(p, n, PAGE_VERSION);
}

/* ---- writing -------------------------------------------------------------------------------- */

static bool has_value(const prs_sort_key *key) {
    return key->kind != PRISM_SORT_SCORE && key->kind != PRISM_SORT_ARRIVAL;
}

static void put_key(prs_buf *buf, const prs_sort_key *key, const prs_sort_value *value) {
    prs_buf_put8(buf, (uint8_t)((unsigned)key->kind | (key->desc ? PAGE_DESC : 0)));
    prs_buf_put32(buf, hash_of(key->name, strlen(key->name)));
    if (!has_value(key)) return;
    prs_buf_put8(buf, value->missing);
    if (value->missing) return;
    if (key->kind != PRISM_SORT_KEYWORD) {
        prs_buf_put64(buf, (uint64_t)value->v);
    } else {
        prs_buf_varint(buf, value->text.len);
        prs_buf_put(buf, value->text.ptr, value->text.len);
    }
}

void prs_page_encode(const prs_sort *sort, const prs_page *page, prs_buf *out) {
    prs_buf raw;
    prs_buf_init(&raw, out->mem);
    prs_buf_put8(&raw, PAGE_VERSION);
    prs_buf_put8(&raw, (uint8_t)sort->n);
    prs_buf_put8(&raw, (uint8_t)page->part);
    for (uint32_t i = 0; i < sort->n; i++) put_key(&raw, &sort->keys[i], &page->values[i]);
    if (sort->scored) {
        prs_buf_put32(&raw, (uint32_t)page->raw);
        prs_buf_put8(&raw, (uint8_t)(page->shift + SHIFT_BIAS));
    }
    prs_buf_put64(&raw, page->arrival);
    if (!raw.failed) prs_buf_put32(&raw, hash_of(raw.ptr, raw.len));
    if (raw.failed)
        out->failed = true;
    else
        put_base64(out, raw.ptr, raw.len);
    prs_buf_fini(&raw);
}

/* ---- reading -------------------------------------------------------------------------------- */

static prism_status no_token(prism_error *err) {
    return prs_error_set(err, PRISM_EINVAL, "what stands for after is no token of prism_hits_next");
}

static bool read_key(prs_cur *cur, const prs_sort_key *key, prs_sort_value *value) {
    uint8_t kind = prs_cur_8(cur);
    uint32_t name = prs_cur_32(cur);
    memset(value, 0, sizeof *value);
    if (kind != ((unsigned)key->kind | (key->desc ? PAGE_DESC : 0u))) return false;
    if (name != hash_of(key->name, strlen(key->name))) return false;
    if (!has_value(key)) return true;
    value->missing = prs_cur_8(cur) != 0;
    if (value->missing) return true;
    if (key->kind != PRISM_SORT_KEYWORD) {
        value->v = (int64_t)prs_cur_64(cur);
    } else {
        uint64_t len = prs_cur_varint(cur);
        const uint8_t *text = len <= SIZE_MAX ? prs_cur_take(cur, (size_t)len) : NULL;
        value->text = prs_bytes_of(text, text != NULL ? (size_t)len : 0);
    }
    return true;
}

/* The place in a whole token, whose hash is right. */
static prism_status read_page(prs_cur *cur, const prs_sort *sort, prs_page *out, prism_error *err) {
    bool fits = prs_cur_8(cur) == PAGE_VERSION;
    fits = prs_cur_8(cur) == sort->n && fits;
    uint8_t part = prs_cur_8(cur);
    for (uint32_t i = 0; fits && i < sort->n; i++)
        fits = read_key(cur, &sort->keys[i], &out->values[i]);
    if (!fits)
        return prs_error_set(err, PRISM_EINVAL,
                             "the token for after is of a search in another order");
    if (sort->scored) {
        out->raw = (int32_t)prs_cur_32(cur);
        out->shift = (int)prs_cur_8(cur) - SHIFT_BIAS;
    }
    out->arrival = prs_cur_64(cur);
    bool sound = part <= PRS_PART_EARLIER && out->shift >= PRS_SCORE_MIN_SHIFT &&
                 out->shift <= PRS_SCORE_MAX_SHIFT;
    if (cur->bad || prs_cur_left(cur) > 0 || !sound) return no_token(err);
    out->part = (prs_page_part)part;
    return PRISM_OK;
}

prism_status prs_page_decode(const char *token, const prs_sort *sort, prs_arena *arena,
                             prs_page *out, prism_error *err) {
    size_t len = strlen(token), n;
    memset(out, 0, sizeof *out);
    uint8_t *bytes = prs_arena_alloc(arena, len / 4 * 3 + 3);
    out->values = prs_arena_calloc(arena, sort->n + 1, sizeof *out->values);
    if (bytes == NULL || out->values == NULL) return prs_error_nomem(err);
    if (!read_base64(token, len, bytes, &n) || n < HASH_BYTES) return no_token(err);
    n -= HASH_BYTES;
    if (prs_load32(bytes + n) != hash_of(bytes, n)) return no_token(err);
    prs_cur cur = prs_cur_of(bytes, n);
    return read_page(&cur, sort, out, err);
}

int prs_page_compare_score(const prs_page *page, int32_t raw, int shift) {
    if (shift == page->shift) return (raw > page->raw) - (raw < page->raw);
    /* both are exact: 31 bits, and powers of two far from the limits of a double */
    double a = (double)raw, b = (double)page->raw;
    for (int s = page->shift; s < shift; s++) b *= 2.0;
    for (int s = shift; s < page->shift; s++) a *= 2.0;
    return (a > b) - (a < b);
}
