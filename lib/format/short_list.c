/* short_list.c - how are up to 128 documents and freqs written in the fewest bits?
 *
 * Structure   in LISTS        | k | RICE(k) of the gaps | freqs | groups of positions |
 *             in the dictionary   Elias-Fano of the documents, whose size follows from df and the
 *                             segment; else the same.  A lonely posting is two plain numbers.
 *             Freqs are RICE codes whose parameter follows from df and cf; where cf = df there are
 *             none.
 * Invariants  - What is read ascends below n_docs, freqs are >= 1 and add up to cf.
 *             - A joined inline list is the bits that one list of the same documents would have.
 * Why so      Measured on Chinese articles (df 5 to 128): PATCHED with its head 14.9 bits a
 *             document, Elias-Fano 11.6, Rice 11.3 (the bound 10.9); Rice follows documents that
 *             stand together, too.  Two of three terms of a collection are inline: a merge spends
 *             most of its calls on them, so positions are copied, not decoded.
 * Cost        about 2 ns a document or freq; joining 30 ns a list.
 * Source      FORMAT.md section 6.   Tested by tests/unit/format/test_short_list.c */
#include "format/short_list.h"

#include "codec/eliasfano.h"
#include "codec/pack.h"
#include "format/terms_block.h"

/* ---- documents ------------------------------------------------------------------------------- */

/* Gaps add up to less than 2^31. */
static uint32_t rice_bits(const uint32_t *gaps, uint32_t n, uint32_t k) {
    uint32_t bits = 0;
    for (uint32_t i = 0; i < n; i++) bits += prs_rice_bits(gaps[i], k);
    return bits;
}

/* From that of the mean downwards, as long as bits get fewer. */
static uint32_t choose_k(const uint32_t *gaps, uint32_t n, uint32_t last) {
    uint32_t k = prs_bit_width32((last + 1 - n) / n);
    if (k > 0) k--; /* nearly always the best, or a bit more */
    uint32_t best = k, least = rice_bits(gaps, n, k);
    while (k-- > 0) { /* documents that stand together have a mean that says little */
        uint32_t bits = rice_bits(gaps, n, k);
        if (bits >= least) break;
        least = bits;
        best = k;
    }
    return best;
}

static void put_docs(const uint32_t *docs, uint32_t n, uint8_t *out, uint64_t *bit) {
    uint32_t gaps[PRS_BLOCK];
    gaps[0] = docs[0];
    for (uint32_t i = 1; i < n; i++) gaps[i] = docs[i] - docs[i - 1] - 1;
    uint32_t k = choose_k(gaps, n, docs[n - 1]);
    prs_put_bits(out, bit, 5, k);
    for (uint32_t i = 0; i < n; i++) prs_put_rice(out, bit, gaps[i], k);
}

bool prs_short_read_docs(prs_bit_cur *c, uint32_t n, uint32_t n_docs, bool inlined,
                         uint32_t *docs) {
    if (inlined) {
        uint64_t at = c->bit;
        if (!prs_bit_cur_skip(c, prs_ef_bits(n, n_docs)) ||
            !prs_ef_decode(c->base, at, n, n_docs, docs))
            return false;
        for (uint32_t i = 1; i < n; i++)
            if (docs[i] == docs[i - 1]) return false;
        return true;
    }
    uint32_t k = (uint32_t)prs_get_bits(c, 5);
    uint64_t next = 0;
    for (uint32_t i = 0; i < n; i++) {
        next += (uint64_t)prs_get_rice(c, k) + 1;
        docs[i] = (uint32_t)next - 1;
    }
    return !c->bad && next <= n_docs;
}

/* ---- freqs ----------------------------------------------------------------------------------- */

/* The parameter for n freqs of the sum cf; 64 if no freqs of 32 bits have it. */
static uint32_t freq_k(uint32_t n, uint64_t cf) {
    uint64_t more = cf - n;
    if (PRS_UNLIKELY(more / n >= UINT32_MAX)) return 64;
    return prs_bit_width64(7 * more / (10 * (uint64_t)n));
}

static void put_freqs(const uint32_t *freqs, uint32_t n, uint64_t cf, uint8_t *out, uint64_t *bit) {
    if (n == 1 || cf == n) return;
    uint32_t k = freq_k(n, cf);
    for (uint32_t i = 0; i < n; i++) prs_put_rice(out, bit, freqs[i] - 1, k);
}

bool prs_short_read_freqs(prs_bit_cur *c, uint32_t n, uint64_t cf, uint32_t *freqs) {
    uint32_t k = freq_k(n, cf);
    uint64_t sum = 0, most = 0;
    if (k > 32) return false;
    if (n == 1 || cf == n) {
        for (uint32_t i = 0; i < n; i++) freqs[i] = (uint32_t)(cf / n);
        return true;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint64_t freq = (uint64_t)prs_get_rice(c, k) + 1;
        sum += freq;
        most |= freq;
        freqs[i] = (uint32_t)freq;
    }
    return !c->bad && sum == cf && most <= UINT32_MAX;
}

uint64_t prs_short_put(const uint32_t *docs, const uint32_t *freqs, uint32_t n, uint64_t cf,
                       uint32_t n_docs, bool inlined, uint8_t *out) {
    uint64_t bit = 0;
    PRS_ASSERT(n >= 1 && n <= PRS_SHORT_MAX_DF && docs[n - 1] < n_docs);
    if (inlined)
        bit = prs_ef_encode(out, 0, docs, n, n_docs);
    else
        put_docs(docs, n, out, &bit);
    put_freqs(freqs, n, cf, out, &bit);
    return bit;
}

/* ---- lists in the dictionary ----------------------------------------------------------------- */

enum { MAX_POSITION_BITS = 33 * PRS_INLINE_MAX_CF };

static void begin_info(prs_term_info *info, uint32_t n, uint64_t cf, bool has_positions) {
    PRS_ASSERT(prs_terms_must_inline(n, cf));
    memset(info, 0, sizeof *info);
    info->df = n;
    info->cf = cf;
    info->inlined = true;
    info->has_positions = has_positions;
}

/* As much as documents (132 bits), freqs and positions of 33 bits each can take, and 9 bytes. */
static void clear_payload(uint8_t *payload, uint64_t cf) {
    memset(payload, 0, 40 + 5 * (size_t)cf);
}

void prs_inline_put(const uint32_t *docs, const uint32_t *freqs, const uint32_t *positions,
                    const uint32_t *spans, uint32_t n, uint64_t cf, uint32_t n_docs,
                    uint8_t *payload, prs_term_info *info) {
    begin_info(info, n, cf, positions != NULL);
    if (cf == 1) {
        info->doc = docs[0];
        info->position = positions != NULL ? positions[0] : 0;
        return;
    }
    clear_payload(payload, cf);
    uint64_t bit = prs_short_put(docs, freqs, n, cf, n_docs, true, payload);
    if (positions != NULL) bit = prs_ef_encode_groups(payload, bit, positions, freqs, spans, n);
    info->payload = payload;
    info->payload_bits = (uint32_t)bit;
}

void prs_inline_put_run(const uint32_t *docs, const uint32_t *freqs, const uint8_t *run,
                        uint64_t n_bits, uint32_t n, uint64_t cf, uint32_t n_docs, uint8_t *payload,
                        prs_term_info *info) {
    begin_info(info, n, cf, run != NULL);
    if (cf == 1) {
        info->doc = docs[0];
        if (run != NULL) info->position = (uint32_t)prs_bits_load(run, 0, (uint32_t)n_bits);
        return;
    }
    clear_payload(payload, cf);
    uint64_t bit = prs_short_put(docs, freqs, n, cf, n_docs, true, payload);
    PRS_ASSERT(n_bits <= MAX_POSITION_BITS);
    if (run != NULL) prs_bits_copy(payload, bit, run, 0, n_bits);
    info->payload = payload;
    info->payload_bits = (uint32_t)(bit + n_bits);
}

bool prs_inline_read(const prs_term_info *info, uint32_t n_docs, uint32_t *docs, uint32_t *freqs,
                     prs_bit_cur *run) {
    *run = prs_bit_cur_of(info->payload, info->payload_bit,
                          (uint64_t)info->payload_bit + info->payload_bits);
    /* The dictionary was asked too; but freqs[i] sizes the memory of who reads positions. */
    if (info->df == 0 || info->cf < info->df || !prs_terms_must_inline(info->df, info->cf))
        return false;
    if (info->cf == 1) {
        docs[0] = info->doc;
        freqs[0] = 1;
        return info->doc < n_docs;
    }
    return prs_short_read_docs(run, info->df, n_docs, true, docs) &&
           prs_short_read_freqs(run, info->df, info->cf, freqs) &&
           (info->has_positions || prs_bit_cur_left(run) == 0);
}

/* ---- joining --------------------------------------------------------------------------------- */

typedef struct joined {
    uint32_t docs[PRS_INLINE_MAX_DF], freqs[PRS_INLINE_MAX_DF], n;
    prs_bit_cur runs[PRS_INLINE_MAX_DF]; /* by part */
} joined;

/* Take documents and freqs of one list; false if it is unsound. */
static bool take_part(const prs_inline_part *part, joined *all, prs_bit_cur *run) {
    uint32_t n = all->n;
    if (!prs_inline_read(part->info, part->n_docs, all->docs + n, all->freqs + n, run))
        return false;
    for (uint32_t i = 0; i < part->info->df; i++) all->docs[n + i] += part->base;
    all->n += part->info->df;
    return prs_bit_cur_left(run) <= MAX_POSITION_BITS;
}

/* Positions of one list behind those before. */
static bool put_positions(const prs_inline_part *part, const prs_bit_cur *run, uint8_t *payload,
                          uint64_t *bit) {
    const prs_term_info *info = part->info;
    if (!info->has_positions) return true;
    if (info->cf == 1) {
        uint32_t span = part->spans != NULL ? prs_lengths_get(part->spans, info->doc) : 0;
        if (info->position >= span) return false;
        *bit = prs_ef_encode(payload, *bit, &info->position, 1, span);
        return true;
    }
    uint64_t n_bits = prs_bit_cur_left(run);
    if (*bit + n_bits > 8 * (PRS_INLINE_MAX_BYTES - 16)) return false;
    prs_bits_copy(payload, *bit, run->base, run->bit, n_bits);
    *bit += n_bits;
    return true;
}

bool prs_inline_join(const prs_inline_part *parts, uint32_t n, uint32_t n_docs, uint8_t *payload,
                     prs_term_info *info, uint32_t *part) {
    joined all;
    uint32_t df = 0;
    uint64_t cf = 0;
    all.n = 0;
    for (uint32_t i = 0; i < n; i++) {
        df += parts[i].info->df;
        cf += parts[i].info->cf;
    }
    PRS_ASSERT(n <= PRS_INLINE_MAX_DF);
    begin_info(info, df, cf, parts[0].info->has_positions);
    for (uint32_t i = 0; i < n; i++) {
        *part = i;
        if (!take_part(&parts[i], &all, &all.runs[i])) return false;
    }
    if (cf == 1) {
        info->doc = all.docs[0];
        info->position = parts[0].info->position;
        return true;
    }
    memset(payload, 0, PRS_INLINE_MAX_BYTES);
    uint64_t bit = prs_short_put(all.docs, all.freqs, all.n, cf, n_docs, true, payload);
    for (uint32_t i = 0; i < n; i++) {
        *part = i;
        if (!put_positions(&parts[i], &all.runs[i], payload, &bit)) return false;
    }
    info->payload = payload;
    info->payload_bits = (uint32_t)bit;
    return true;
}
