/* term_infos.c - how few bits say of 64 terms how many documents they have, and where?
 *
 * Structure   | lonely | with positions | widths | documents | positions | large ones | others |
 *             Lonely: df = cf = 1, more than half of all terms; a bit each, then the posting in two
 *             arrays, so that any is found by counting bits.  The others one after another: EXP
 *             codes of df, cf and lengths, and inline lists among them.
 * Invariants  - Every number is bounded before it is believed: df by n_docs, lists by LISTS,
 *               payloads by the block.
 *             - Positions of lonely postings that do not fit `width` bits are all ones there, and
 *               stand in order among the large ones.
 * Why so      Varints took 26 bits a term for df, cf and lengths, these take 8; a lonely posting
 *             took 35, now 25.  A position could take fewer bits by its document's length, but then
 *             passing a term would need that length, a cache miss.
 * Cost        find: half a lonely term's neighbours are passed by a popcount, others by about 5 ns.
 * Source      FORMAT.md section 6.   Tested by tests/unit/format/test_term_infos.c */
#include "format/term_infos.h"

#include "codec/eliasfano.h"

enum {
    WIDTH_BITS = 6,           /* of the widths and the number of large positions */
    PAYLOAD_K = 5,            /* of the bits of a payload behind its documents */
    LONELY_BYTES = 4 + 4 + 4, /* a document, a position, a large one */
    INLINE_BYTES = 8,         /* three codes of an inline list */
    LIST_BYTES = 4 * 16,      /* four codes of 128 bits */
};

static bool is_lonely(const prs_term_info *info) {
    return info->cf == 1;
}

static uint32_t doc_width(uint32_t n_docs) {
    return prs_bit_width32(n_docs - 1);
}

/* cf is stored as what it is more than its least value, in EXP(k). */
static uint32_t cf_k(uint32_t df) {
    uint32_t b = prs_bit_width32(df);
    return b > 3 ? b - 3 : 0;
}

static uint64_t least_cf(uint32_t df) {
    return df == 1 ? 2 : df;
}

/* Does a length of what is behind the documents say anything? */
static bool has_more(const prs_term_info *info) {
    return info->has_positions || info->cf != info->df;
}

/* ---- writing --------------------------------------------------------------------------------- */

typedef struct lonely_plan {
    uint32_t n, width, over_width, n_over;
    uint32_t positions[PRS_TERMS_BLOCK];
} lonely_plan;

/* The width with the fewest bits, of equals the widest. */
static void plan_positions(lonely_plan *plan) {
    uint32_t all = 0, n_over = 0;
    uint8_t n_of[34] = {0}; /* by the bits of the position + 1: it is over any width below those */
    for (uint32_t i = 0; i < plan->n; i++) {
        all |= plan->positions[i];
        n_of[prs_bit_width64((uint64_t)plan->positions[i] + 1)]++;
    }
    plan->width = plan->over_width = prs_bit_width32(all);
    plan->n_over = 0;
    uint32_t best = plan->n * plan->width;
    n_over = n_of[plan->width + 1];
    for (uint32_t w = plan->width; w-- > 1;) {
        n_over += n_of[w + 1];
        uint32_t bits = plan->n * w + n_over * plan->over_width;
        if (n_over >= plan->n || n_over > 63) break;
        if (WIDTH_BITS + bits >= best) continue;
        best = WIDTH_BITS + bits;
        plan->width = w;
        plan->n_over = n_over;
    }
}

static void put_positions(const lonely_plan *plan, uint8_t *out, uint64_t *bit) {
    const uint32_t most = (uint32_t)((UINT64_C(1) << plan->width) - 1);
    for (uint32_t i = 0; i < plan->n; i++) {
        bool over = plan->n_over != 0 && plan->positions[i] >= most;
        prs_put_bits(out, bit, plan->width, over ? most : plan->positions[i]);
    }
    for (uint32_t i = 0; i < plan->n && plan->n_over != 0; i++)
        if (plan->positions[i] >= most)
            prs_put_bits(out, bit, plan->over_width, plan->positions[i]);
}

static void put_lonely(const prs_term_info *infos, uint32_t n, uint32_t n_docs, uint8_t *out,
                       uint64_t *bit) {
    lonely_plan plan = {.n = 0};
    for (uint32_t i = 0; i < n; i++)
        if (is_lonely(&infos[i]) && infos[i].has_positions)
            plan.positions[plan.n++] = infos[i].position;
    if (plan.n > 0) {
        plan_positions(&plan);
        prs_put_bits(out, bit, WIDTH_BITS, plan.width);
        prs_put_bits(out, bit, WIDTH_BITS, plan.n_over);
        if (plan.n_over != 0) prs_put_bits(out, bit, WIDTH_BITS, plan.over_width);
    }
    const uint32_t width = doc_width(n_docs);
    for (uint32_t i = 0; i < n; i++)
        if (is_lonely(&infos[i])) prs_put_bits(out, bit, width, infos[i].doc);
    put_positions(&plan, out, bit);
}

static void put_lengths(const prs_term_info *info, uint8_t *out, uint64_t *bit) {
    uint64_t len = info->postings_len;
    if (info->df <= PRS_SHORT_MAX_DF)
        len += info->positions_len;
    else if (info->has_positions)
        prs_put_exp(out, bit, info->positions_len, prs_bit_width64(info->cf));
    prs_put_exp(out, bit, len, prs_bit_width32(info->df));
}

static void put_other(const prs_term_info *info, uint32_t n_docs, uint8_t *out, uint64_t *bit) {
    prs_put_exp(out, bit, info->df - 1u, 0);
    prs_put_exp(out, bit, info->cf - least_cf(info->df), cf_k(info->df));
    if (!info->inlined) {
        put_lengths(info, out, bit);
        return;
    }
    uint64_t more = info->payload_bits - prs_ef_bits(info->df, n_docs);
    if (has_more(info)) prs_put_exp(out, bit, more, PAYLOAD_K);
    prs_bits_copy(out, *bit, info->payload, info->payload_bit, info->payload_bits);
    *bit += info->payload_bits;
}

static size_t bound(const prs_term_info *infos, uint32_t n) {
    size_t len = PRS_TERMS_BLOCK / 4 + WIDTH_BITS;
    for (uint32_t i = 0; i < n; i++)
        len += is_lonely(&infos[i]) ? LONELY_BYTES
               : infos[i].inlined   ? INLINE_BYTES + infos[i].payload_bits / 8
                                    : LIST_BYTES;
    return len + 16;
}

prs_infos_positions prs_term_infos_put(const prs_term_info *infos, uint32_t n, uint32_t n_docs,
                                       prs_buf *out) {
    PRS_ASSERT(n >= 1 && n <= PRS_TERMS_BLOCK);
    uint64_t bit = 0, lonely = 0, positioned = 0;
    size_t room = bound(infos, n);
    for (uint32_t i = 0; i < n; i++) {
        lonely |= (uint64_t)is_lonely(&infos[i]) << i;
        positioned |= (uint64_t)infos[i].has_positions << i;
    }
    prs_infos_positions positions = positioned == 0 ? PRS_INFOS_NONE
                                    : positioned == UINT64_MAX >> (PRS_TERMS_BLOCK - n)
                                        ? PRS_INFOS_ALL
                                        : PRS_INFOS_MIXED;
    if (!prs_buf_reserve(out, room)) return positions;
    uint8_t *at = out->ptr + out->len;
    memset(at, 0, room);
    prs_put_bits(at, &bit, n, lonely);
    if (positions == PRS_INFOS_MIXED) prs_put_bits(at, &bit, n, positioned);
    if (lonely != 0) put_lonely(infos, n, n_docs, at, &bit);
    for (uint32_t i = 0; i < n; i++)
        if (!is_lonely(&infos[i])) put_other(&infos[i], n_docs, at, &bit);
    PRS_ASSERT(bit / 8 + 9 <= room);
    out->len += (size_t)((bit + 7) / 8);
    return positions;
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool begin_lonely(prs_term_infos *infos) {
    prs_bit_cur *c = &infos->rest;
    uint32_t n = (uint32_t)__builtin_popcountll(infos->lonely);
    uint32_t n_positions = (uint32_t)__builtin_popcountll(infos->lonely & infos->positioned);
    if (n_positions != 0) {
        infos->width = (uint32_t)prs_get_bits(c, WIDTH_BITS);
        infos->n_over = (uint32_t)prs_get_bits(c, WIDTH_BITS);
        if (infos->n_over != 0) infos->over_width = (uint32_t)prs_get_bits(c, WIDTH_BITS);
    }
    infos->doc_width = doc_width(infos->n_docs);
    infos->docs = c->bit;
    prs_bit_cur_skip(c, (uint64_t)n * infos->doc_width);
    infos->positions = c->bit;
    prs_bit_cur_skip(c, (uint64_t)n_positions * infos->width);
    infos->over = c->bit;
    prs_bit_cur_skip(c, (uint64_t)infos->n_over * infos->over_width);
    return !c->bad && infos->width <= 32 && infos->over_width <= 32;
}

bool prs_term_infos_begin(prs_term_infos *infos, prs_infos_positions positions, uint32_t n,
                          uint32_t n_docs, uint64_t first_list, uint64_t lists_len,
                          prs_bytes bytes) {
    memset(infos, 0, sizeof *infos);
    infos->n_docs = n_docs;
    infos->lists_len = lists_len;
    infos->next_list = first_list;
    infos->rest = prs_bit_cur_of(bytes.ptr, 0, 8 * (uint64_t)bytes.len);
    infos->lonely = prs_get_bits(&infos->rest, n);
    if (positions > PRS_INFOS_MIXED || infos->rest.bad || n_docs == 0) return false;
    infos->positioned = positions == PRS_INFOS_ALL ? UINT64_MAX : 0;
    if (positions == PRS_INFOS_MIXED) infos->positioned = prs_get_bits(&infos->rest, n);
    return infos->lonely == 0 ? !infos->rest.bad : begin_lonely(infos);
}

/* The position that is all ones at `index`: as many large ones are before it as there are such. */
static bool find_over(const prs_term_infos *infos, uint32_t index, uint32_t *position) {
    const uint64_t ones = (UINT64_C(1) << infos->width) - 1;
    uint64_t bit = infos->positions;
    uint32_t rank = 0;
    for (uint32_t i = 0; i < index; i++, bit += infos->width)
        rank += prs_bits_load(infos->rest.base, bit, infos->width) == ones;
    if (rank >= infos->n_over) return false;
    *position =
        (uint32_t)prs_bits_load(infos->rest.base, infos->over + (uint64_t)rank * infos->over_width,
                                infos->over_width);
    return true;
}

static bool read_lonely(const prs_term_infos *infos, uint32_t place, prs_term_info *info) {
    const uint8_t *base = infos->rest.base;
    uint64_t below = infos->lonely & ((UINT64_C(1) << place) - 1);
    uint32_t index = (uint32_t)__builtin_popcountll(below);
    memset(info, 0, sizeof *info);
    info->df = 1;
    info->cf = 1;
    info->inlined = true;
    info->has_positions = (infos->positioned >> place & 1) != 0;
    info->doc = (uint32_t)prs_bits_load(base, infos->docs + (uint64_t)index * infos->doc_width,
                                        infos->doc_width);
    if (PRS_UNLIKELY(info->doc >= infos->n_docs)) return false;
    if (!info->has_positions) return true;
    index = (uint32_t)__builtin_popcountll(below & infos->positioned);
    info->position =
        (uint32_t)prs_bits_load(base, infos->positions + (uint64_t)index * infos->width,
                                infos->width);
    bool over = infos->n_over != 0 && info->position == (UINT64_C(1) << infos->width) - 1;
    return PRS_LIKELY(!over) || find_over(infos, index, &info->position);
}

/* The list behind those before it, inside LISTS. */
static void read_lengths(prs_term_infos *infos, prs_term_info *info) {
    prs_bit_cur *c = &infos->rest;
    if (info->df > PRS_SHORT_MAX_DF && info->has_positions)
        info->positions_len = prs_get_exp(c, prs_bit_width64(info->cf));
    info->postings_len = prs_get_exp(c, prs_bit_width32(info->df));
    uint64_t len = infos->lists_len, off = infos->next_list;
    if (PRS_UNLIKELY(c->bad || off > len || info->positions_len > len - off ||
                     info->postings_len > len - off - info->positions_len)) {
        prs_bit_cur_fail(c);
        return;
    }
    info->off = off;
    infos->next_list = off + info->positions_len + info->postings_len;
}

static void read_payload(prs_term_infos *infos, prs_term_info *info) {
    prs_bit_cur *c = &infos->rest;
    uint64_t bits = prs_ef_bits(info->df, infos->n_docs);
    if (has_more(info)) bits += prs_get_exp(c, PAYLOAD_K);
    info->payload = c->base + (c->bit >> 3);
    info->payload_bit = (uint32_t)(c->bit & 7);
    info->payload_bits = (uint32_t)bits;
    if (PRS_UNLIKELY(bits > UINT32_MAX || !prs_bit_cur_skip(c, bits))) prs_bit_cur_fail(c);
}

static bool read_long_codes(prs_term_infos *infos, bool has_positions, prs_term_info *info) {
    prs_bit_cur *c = &infos->rest;
    uint64_t df = prs_get_exp(c, 0) + 1;
    memset(info, 0, sizeof *info);
    if (PRS_UNLIKELY(c->bad || df > infos->n_docs)) return false;
    info->df = (uint32_t)df;
    uint64_t more = prs_get_exp(c, cf_k(info->df));
    if (PRS_UNLIKELY(more > INT64_MAX - least_cf(info->df))) return false;
    info->cf = least_cf(info->df) + more;
    info->has_positions = has_positions;
    info->inlined = prs_terms_must_inline(info->df, info->cf);
    if (info->inlined)
        read_payload(infos, info);
    else
        read_lengths(infos, info);
    return !c->bad;
}

/* Codes of a term that is inline or has a short list, out of one word. */
static inline __attribute__((always_inline)) bool
read_other(prs_term_infos *infos, bool has_positions, prs_term_info *info) {
    prs_bit_cur *c = &infos->rest;
    prs_bit_word word = prs_bit_word_of(c);
    uint64_t df, more, len = 0, off = infos->next_list;
    if (!prs_word_exp(&word, 0, &df) || df >= PRS_MIN(infos->n_docs, PRS_SHORT_MAX_DF) ||
        !prs_word_exp(&word, cf_k((uint32_t)df + 1), &more))
        return read_long_codes(infos, has_positions, info);
    prs_term_info read = {.df = (uint32_t)df + 1, .has_positions = has_positions};
    read.cf = least_cf(read.df) + more;
    read.inlined = prs_terms_must_inline(read.df, read.cf);
    bool has_len = !read.inlined || has_more(&read);
    if (has_len && !prs_word_exp(&word, read.inlined ? PAYLOAD_K : prs_bit_width32(read.df), &len))
        return read_long_codes(infos, has_positions, info);
    if (PRS_UNLIKELY(!prs_bit_cur_skip(c, word.used))) return false;
    if (read.inlined) {
        len += prs_ef_bits(read.df, infos->n_docs);
        read.payload = c->base + (c->bit >> 3);
        read.payload_bit = (uint32_t)(c->bit & 7);
        read.payload_bits = (uint32_t)len;
        if (PRS_UNLIKELY(len > UINT32_MAX || !prs_bit_cur_skip(c, len))) return false;
    } else {
        if (PRS_UNLIKELY(off > infos->lists_len || len > infos->lists_len - off)) return false;
        read.off = off;
        read.postings_len = len;
        infos->next_list = off + len;
    }
    *info = read;
    return true;
}

bool prs_term_infos_next(prs_term_infos *infos, uint32_t place, prs_term_info *info) {
    if ((infos->lonely >> place & 1) != 0) return read_lonely(infos, place, info);
    return read_other(infos, (infos->positioned >> place & 1) != 0, info);
}

bool prs_term_infos_find(prs_term_infos *infos, uint32_t place, prs_term_info *info) {
    if ((infos->lonely >> place & 1) != 0) return read_lonely(infos, place, info);
    uint64_t others = ~infos->lonely & (UINT64_MAX >> (PRS_TERMS_BLOCK - 1 - place));
    for (; (others & (others - 1)) != 0; others &= others - 1) { /* what is passed is not stored */
        uint32_t at = (uint32_t)__builtin_ctzll(others);
        prs_term_info passed;
        if (!read_other(infos, (infos->positioned >> at & 1) != 0, &passed)) return false;
    }
    return read_other(infos, (infos->positioned >> place & 1) != 0, info);
}
