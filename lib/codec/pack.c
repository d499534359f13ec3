/* pack.c - how are up to 128 integers written in few bits, and read back from bytes that nobody
 * trusts?
 *
 * Structure   PATCHED of FORMAT.md section 7:
 *
 *                 | w | n_exceptions | low w bits of every value | places | high parts, varints |
 *
 *             128 values lie vertically (kernels, one table per CPU level), fewer as a bit array.
 * Invariants  - The width written is the one with the fewest bytes; of equals the widest, which has
 *               the fewest exceptions: decoding an exception costs as much as unpacking about eight
 *               values.
 *             - A decoder accepts exactly what FORMAT.md allows: places ascend and are < n, high
 *               parts are not 0 and fit the 32 bits; documents ascend below 2^31.
 * Why so      Patching beats plain packing by 17 % on documents and freqs of English articles (1.38
 *             against 1.66 bytes per posting).  Exceptions are stored apart from the packed values
 *             (not chained through them, as in NewPFD's ancestors), so that any width is a
 *             candidate and unpacking does not branch.  High parts are varints: they are few, and
 *             mostly below 128.
 * Cost        bench/micro/codec_bench.c, ns per value on a 2023 server core: 0.11 to unpack, 0.22
 *             to documents (scalar kernels: 0.6 and 1.1), 0.6 fewer than 128; 1 to measure, 0.2 to
 *             write, 0.7 with exceptions.
 * Source      Zukowski et al., ICDE 2006 (PFOR); Yan, Ding & Suel, WWW 2009 (exceptions apart, best
 *             width).
 * Tested by   tests/unit/codec/test_pack.c */
#include "codec/pack.h"

#include "base/cpu.h"
#include "base/cur.h"
#include "codec/pack_kernels.h"

static const prs_pack_kernels *kernels(void) {
    return prs_cpu() == PRS_CPU_SCALAR ? &prs_pack_kernels_scalar : &prs_pack_kernels_vec;
}

static size_t packed_bytes(uint32_t n, uint32_t w) {
    return ((size_t)n * w + 7) / 8;
}

prs_pack_plan prs_pack_measure(const uint32_t *values, uint32_t n) {
    uint32_t n_of_width[33 + 28] = {0}; /* widths above 32 do not occur: padding for `more` below */
    for (uint32_t i = 0; i < n; i++) n_of_width[prs_bit_width32(values[i])]++;
    uint32_t max = 32;
    while (max > 0 && n_of_width[max] == 0) max--;

    prs_pack_plan plan = {max, 0, packed_bytes(n, max)};
    uint32_t n_exceptions = 0, bytes_of_exceptions = 0;
    for (uint32_t w = max; w-- > 0;) {
        /* Values of w + 1 bits now need a place and a byte; those of 7, 14 ... bits more, one byte
         * more. */
        const uint32_t *more = n_of_width + w + 1;
        n_exceptions += more[0];
        bytes_of_exceptions += 2 * more[0] + more[7] + more[14] + more[21] + more[28];
        size_t len = packed_bytes(n, w) + bytes_of_exceptions;
        if (len < plan.len) plan = (prs_pack_plan){w, n_exceptions, len};
    }
    plan.len += 2;
    return plan;
}

/* The values that do not fit w bits: all places, then all high parts. */
static uint8_t *put_exceptions(const uint32_t *values, uint32_t n, uint32_t w, uint8_t *out) {
    uint8_t places[PRS_BLOCK];
    uint32_t n_exceptions = 0;
    for (uint32_t i = 0; i < n; i++) {
        places[n_exceptions] = (uint8_t)i;
        n_exceptions += (uint64_t)values[i] >> w != 0;
    }
    memcpy(out, places, n_exceptions);
    out += n_exceptions;
    for (uint32_t i = 0; i < n_exceptions; i++) {
        out = prs_varint_put(out, values[places[i]] >> w);
    }
    return out;
}

size_t prs_pack_encode(const uint32_t *values, uint32_t n, const prs_pack_plan *plan,
                       uint8_t *out) {
    const uint32_t w = plan->width;
    PRS_ASSERT(n >= 1 && n <= PRS_BLOCK && w <= 32);
    out[0] = (uint8_t)w;
    out[1] = (uint8_t)plan->n_exceptions;
    uint8_t *at = out + 2;
    size_t body = packed_bytes(n, w);
    if (n == PRS_BLOCK) {
        kernels()->pack(values, w, at);
    } else {
        memset(at, 0, body + 8);
        uint64_t mask = (UINT64_C(1) << w) - 1;
        for (uint32_t i = 0; i < n; i++) prs_bits_store(at, (uint64_t)i * w, w, values[i] & mask);
    }
    at += body;
    if (plan->n_exceptions != 0) at = put_exceptions(values, n, w, at);
    PRS_ASSERT((size_t)(at - out) == plan->len);
    return plan->len;
}

/* A group's parts, once its head is known to be sound. */
typedef struct group {
    uint32_t w, n_exceptions;
    const uint8_t *body, *places;
} group;

static bool read_head(const uint8_t *in, const uint8_t *end, uint32_t n, group *g) {
    size_t left = (size_t)(end - in);
    if (PRS_UNLIKELY(left < 2 || in[0] > 32 || in[1] > n)) return false;
    g->w = in[0];
    g->n_exceptions = in[1];
    g->body = in + 2;
    size_t body = packed_bytes(n, g->w);
    if (PRS_UNLIKELY(left - 2 < body + g->n_exceptions)) return false;
    g->places = g->body + body;
    return true;
}

/* Add the high parts; the end of the group, NULL if they are not sound.  *all: every high value
 * ored. */
static const uint8_t *patch(const group *g, const uint8_t *end, uint32_t n, uint32_t *out,
                            uint32_t *all) {
    prs_cur high = {g->places + g->n_exceptions, end, false};
    const uint32_t max = (uint32_t)(UINT32_MAX >> g->w); /* w = 32 was refused by the caller */
    uint32_t next = 0;                                   /* places must ascend */
    for (uint32_t i = 0; i < g->n_exceptions; i++) {
        uint32_t place = g->places[i];
        uint32_t v =
            PRS_LIKELY(high.at < end && *high.at < 0x80) ? *high.at++ : prs_cur_varint32(&high);
        if (PRS_UNLIKELY(place < next || place >= n || v == 0 || v > max)) return NULL;
        next = place + 1;
        out[place] |= v << g->w;
        *all |= out[place];
    }
    return high.bad ? NULL : high.at;
}

static void unpack_short(const uint8_t *body, uint32_t w, uint32_t n, uint32_t *out) {
    for (uint32_t i = 0; i < n; i++) out[i] = (uint32_t)prs_bits_load(body, (uint64_t)i * w, w);
}

size_t prs_pack_decode(const uint8_t *in, const uint8_t *end, uint32_t n, uint32_t *out) {
    group g;
    if (!read_head(in, end, n, &g)) return 0;
    if (n == PRS_BLOCK)
        kernels()->unpack(g.body, g.w, out);
    else
        unpack_short(g.body, g.w, n, out);
    if (PRS_LIKELY(g.n_exceptions == 0)) return (size_t)(g.places - in);
    uint32_t all = 0;
    const uint8_t *at = g.w < 32 ? patch(&g, end, n, out, &all) : NULL;
    return at ? (size_t)(at - in) : 0;
}

/* Documents may have wrapped around 2^32 only where a delta was large: look at each then. */
static bool ascend(const uint32_t *docs) {
    for (uint32_t i = 1; i < PRS_BLOCK; i++)
        if (docs[i] <= docs[i - 1]) return false;
    return true;
}

size_t prs_pack_decode_docs(const uint8_t *in, const uint8_t *end, uint32_t first, uint32_t *out) {
    group g;
    if (!read_head(in, end, PRS_BLOCK, &g)) return 0;
    uint32_t all = g.w <= 24 ? 0 : UINT32_MAX; /* 128 deltas of 24 bits stay below 2^31 */
    const uint8_t *at = g.places;
    if (PRS_LIKELY(g.n_exceptions == 0)) {
        kernels()->unpack_sum(g.body, g.w, first - 1, out);
    } else {
        kernels()->unpack(g.body, g.w, out);
        at = g.w < 32 ? patch(&g, end, PRS_BLOCK, out, &all) : NULL;
        if (at == NULL) return 0;
        kernels()->sum(out, first - 1);
    }
    if (PRS_UNLIKELY(out[0] != first || out[PRS_BLOCK - 1] > INT32_MAX)) return 0;
    if (PRS_UNLIKELY(all >> 24 != 0) && !ascend(out)) return 0;
    return (size_t)(at - in);
}
