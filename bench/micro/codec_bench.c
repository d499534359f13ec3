/* codec_bench.c - how fast are the integer codecs, by width and CPU level?
 *
 *     codec_bench [--json] [--rounds N] [--only TEXT]       --only 'w=8', --only decode, --only ef
 *
 * Structure   A case for each operation and width, a way for each CPU level; integers a second.
 *             Data: 64 blocks of random values (32 KiB of integers: in L1 and L2, so that codecs
 *             are measured, not memory).  Operations of PATCHED groups: measure (find the width),
 *             encode, decode, decode of documents (with their sums), of 64 values (the horizontal
 *             layout); +x = two exceptions in each block.  ef: groups of positions; they have one
 *             way only, and the ratio is of decoding over encoding.
 * Invariants  Every decode is checked against its input before it is timed. */
#include "micro.h"

#include "base/cpu.h"
#include "codec/eliasfano.h"
#include "codec/pack.h"

#include <stdio.h>
#include <stdlib.h>

enum { N_BLOCKS = 64, GROUPS = 256, MAX_FREQ = 256 };

/* ---- PATCHED groups
 * ---------------------------------------------------------------------------- */

static uint32_t values[N_BLOCKS][PRS_BLOCK], decoded[PRS_BLOCK];
static prs_pack_plan plans[N_BLOCKS];
static uint8_t packed[N_BLOCKS][1200];
static uint8_t written[1200];
static size_t packed_len[N_BLOCKS];

static void fill(uint32_t w, uint32_t n, uint32_t exceptions) {
    uint64_t random = w;
    for (int b = 0; b < N_BLOCKS; b++) {
        for (uint32_t i = 0; i < n; i++)
            values[b][i] = w == 0 ? 0 : (uint32_t)(micro_random(&random) >> (64 - w));
        for (uint32_t e = 0; e < exceptions; e++)
            values[b][micro_random(&random) % n] |= 1u << PRS_MIN(w + 2, 31u);
        values[b][0] = 0;
        plans[b] = prs_pack_measure(values[b], n);
        packed_len[b] = prs_pack_encode(values[b], n, &plans[b], packed[b]);
        size_t len = prs_pack_decode(packed[b], packed[b] + packed_len[b], n, decoded);
        micro_need(len == packed_len[b] && memcmp(decoded, values[b], n * sizeof *decoded) == 0,
                   "a block was not read back");
    }
}

static uint64_t measure(void *ctx) {
    uint64_t sum = 0;
    (void)ctx;
    for (int b = 0; b < N_BLOCKS; b++) sum += prs_pack_measure(values[b], PRS_BLOCK).len;
    return sum;
}

static uint64_t encode(void *ctx) {
    uint64_t sum = 0;
    (void)ctx;
    for (int b = 0; b < N_BLOCKS; b++)
        sum += prs_pack_encode(values[b], PRS_BLOCK, &plans[b], written);
    return sum;
}

static uint64_t decode_n(uint32_t n) {
    uint64_t sum = 0;
    for (int b = 0; b < N_BLOCKS; b++)
        sum += prs_pack_decode(packed[b], packed[b] + packed_len[b], n, decoded);
    return sum;
}

static uint64_t decode(void *ctx) {
    (void)ctx;
    return decode_n(PRS_BLOCK);
}

static uint64_t decode_64(void *ctx) {
    (void)ctx;
    return decode_n(64);
}

static uint64_t decode_docs(void *ctx) {
    uint64_t sum = 0;
    (void)ctx;
    for (int b = 0; b < N_BLOCKS; b++)
        sum += prs_pack_decode_docs(packed[b], packed[b] + packed_len[b], 5, decoded);
    return sum;
}

static const struct {
    const char *name;
    uint64_t (*run)(void *ctx);
    uint32_t n, max_width;
} operations[] = {{"measure", measure, PRS_BLOCK, 32},
                  {"encode", encode, PRS_BLOCK, 32},
                  {"decode", decode, PRS_BLOCK, 32},
                  {"decode docs", decode_docs, PRS_BLOCK, 20},
                  {"decode 64", decode_64, 64, 32}};

/* A way is a level: it is forced in front of each run, so that levels alternate within a round. */
typedef struct at_level {
    prs_cpu_level level;
    uint64_t (*run)(void *ctx);
} at_level;

static uint64_t run_at_level(void *ctx) {
    const at_level *at = ctx;
    micro_need(prs_cpu_force(at->level, NULL) == PRISM_OK, "a level went away");
    return at->run(NULL);
}

static void bench_width(micro_frame *m, uint32_t w, uint32_t exceptions) {
    static const prs_cpu_level levels[] = {PRS_CPU_SCALAR, PRS_CPU_SSE42, PRS_CPU_NEON};
    for (size_t o = 0; o < PRS_COUNT(operations); o++) {
        at_level at[PRS_COUNT(levels)];
        micro_way ways[PRS_COUNT(levels)];
        char name[40];
        size_t n = 0;
        snprintf(name, sizeof name, "%s w=%u%s", operations[o].name, w, exceptions ? "+x" : "");
        if (w > operations[o].max_width || !micro_wants(m, name)) continue;
        fill(w, operations[o].n, exceptions);
        for (size_t l = 0; l < PRS_COUNT(levels); l++) {
            if (!prs_cpu_supports(levels[l])) continue;
            at[n] = (at_level){levels[l], operations[o].run};
            ways[n] = (micro_way){prs_cpu_name(levels[l]), run_at_level, NULL, &at[n],
                                  (double)operations[o].n * N_BLOCKS};
            n++;
        }
        micro_compare(m, name, "ints", ways, n);
    }
    prs_cpu_unforce();
}

/* ---- groups of positions
 * ----------------------------------------------------------------------- */

typedef struct groups {
    uint32_t freq, span;
    uint32_t positions[GROUPS][MAX_FREQ];
    uint8_t *bytes;
    size_t len;
} groups;

static uint64_t ef_encode(void *ctx) {
    groups *g = ctx;
    uint64_t bit = 0;
    memset(g->bytes, 0, g->len);
    for (int i = 0; i < GROUPS; i++)
        bit = prs_ef_encode(g->bytes, bit, g->positions[i], g->freq, g->span);
    return bit;
}

static uint64_t ef_decode(void *ctx) {
    groups *g = ctx;
    uint32_t out[MAX_FREQ];
    uint64_t bit = 0, step = prs_ef_bits(g->freq, g->span), good = 0;
    for (int i = 0; i < GROUPS; i++, bit += step)
        good += prs_ef_decode(g->bytes, bit, g->freq, g->span, out);
    return good + out[0];
}

static int by_size(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void bench_groups(micro_frame *m, uint32_t freq, uint32_t span) {
    static groups g;
    uint64_t random = freq;
    char name[40];
    snprintf(name, sizeof name, "ef %u of %u", freq, span);
    if (!micro_wants(m, name)) return;
    g.freq = freq;
    g.span = span;
    for (int i = 0; i < GROUPS; i++) {
        for (uint32_t k = 0; k < freq; k++)
            g.positions[i][k] = (uint32_t)(micro_random(&random) % span);
        qsort(g.positions[i], freq, sizeof *g.positions[i], by_size);
    }
    g.len = (size_t)(prs_ef_bits(freq, span) * GROUPS / 8) + 64 + 9;
    g.bytes = calloc(g.len, 1);
    micro_need(g.bytes != NULL, "out of memory");
    ef_encode(&g);
    micro_need(ef_decode(&g) >= GROUPS, "a group was not read back");
    micro_way ways[] = {{"encode", ef_encode, NULL, &g, (double)freq * GROUPS},
                        {"decode", ef_decode, NULL, &g, (double)freq * GROUPS}};
    micro_compare(m, name, "ints", ways, PRS_COUNT(ways));
    free(g.bytes);
}

int main(int argc, char **argv) {
    static const uint32_t widths[] = {0,  1,  2,  3,  4,  5,  6,  7,  8, 9,
                                      10, 11, 12, 13, 14, 16, 20, 24, 32};
    static const uint32_t freqs[] = {1, 2, 3, 8, 32, 256};
    micro_frame m;
    if (!micro_begin(&m, "codec", &argc, argv) || argc > 1) return 2;
    for (size_t i = 0; i < PRS_COUNT(widths); i++) bench_width(&m, widths[i], 0);
    for (uint32_t w = 2; w <= 14; w += 4) bench_width(&m, w, 2);
    for (size_t i = 0; i < PRS_COUNT(freqs); i++) bench_groups(&m, freqs[i], 1000);
    return micro_end(&m);
}
