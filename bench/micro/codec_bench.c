/* codec_bench.c - how fast are the integer codecs, by width and CPU level?
 *
 *     codec_bench [seconds-per-cell]
 *
 * Structure   One row per width, one column per level and operation; ns per value, the best of
 *             several interleaved rounds, because the machines this runs on are noisy and shared.
 *             Data: 64 blocks of random values (32 KiB of integers: in L1 and L2, so that codecs
 *             are measured, not memory).
 * Invariants  Every decode is checked against its input before it is timed.
 * Why so      Levels alternate within a round: a slow spell hits all of them. */
#include "base/cpu.h"
#include "codec/eliasfano.h"
#include "codec/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N_BLOCKS = 64, ROUNDS = 15 };

static uint32_t values[N_BLOCKS][PRS_BLOCK], decoded[PRS_BLOCK];
static prs_pack_plan plans[N_BLOCKS];
static uint8_t packed[N_BLOCKS][1200];
static uint8_t written[1200];
static size_t packed_len[N_BLOCKS];
static uint64_t random_state = 88172645463325252u;

static uint32_t random_bits(uint32_t w) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return w == 0 ? 0 : (uint32_t)(random_state >> 32) >> (32 - w);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fill(uint32_t w, uint32_t n, uint32_t exceptions) {
    for (int b = 0; b < N_BLOCKS; b++) {
        for (uint32_t i = 0; i < n; i++) values[b][i] = random_bits(w);
        for (uint32_t e = 0; e < exceptions; e++)
            values[b][random_bits(31) % n] |= 1u << PRS_MIN(w + 2, 31u);
        values[b][0] = 0;
        plans[b] = prs_pack_measure(values[b], n);
        packed_len[b] = prs_pack_encode(values[b], n, &plans[b], packed[b]);
    }
}

typedef enum op { UNPACK, DOCS, MEASURE, ENCODE, SHORT, N_OPS } op;
static const char *const op_names[N_OPS] = {"unpack", "docs", "measure", "encode", "short(64)"};

static size_t run(op what) {
    size_t sum = 0;
    for (int b = 0; b < N_BLOCKS; b++) {
        const uint8_t *in = packed[b], *end = in + packed_len[b];
        switch (what) {
        case UNPACK: sum += prs_pack_decode(in, end, PRS_BLOCK, decoded); break;
        case SHORT: sum += prs_pack_decode(in, end, 64, decoded); break;
        case DOCS: sum += prs_pack_decode_docs(in, end, 5, decoded); break;
        case MEASURE: sum += prs_pack_measure(values[b], PRS_BLOCK).len; break;
        default: sum += prs_pack_encode(values[b], PRS_BLOCK, &plans[b], written); break;
        }
    }
    return sum;
}

static volatile size_t sink;

static double time_op(op what, double seconds) {
    uint32_t n = what == SHORT ? 64 : PRS_BLOCK;
    int reps = 0;
    double start = now(), spent;
    do {
        for (int i = 0; i < 20; i++) sink += run(what);
        reps += 20;
    } while ((spent = now() - start) < seconds);
    return 1e9 * spent / ((double)reps * N_BLOCKS * n);
}

static void check(uint32_t n) {
    for (int b = 0; b < N_BLOCKS; b++) {
        size_t len = prs_pack_decode(packed[b], packed[b] + packed_len[b], n, decoded);
        if (len != packed_len[b] || memcmp(decoded, values[b], n * sizeof decoded[0]) != 0) {
            fprintf(stderr, "codec_bench: a block was not read back\n");
            exit(1);
        }
    }
}

static const prs_cpu_level levels[] = {PRS_CPU_SCALAR, PRS_CPU_SSE42, PRS_CPU_NEON};

static void bench_row(uint32_t w, uint32_t exceptions, double seconds) {
    double best[PRS_COUNT(levels)][N_OPS];
    for (size_t l = 0; l < PRS_COUNT(levels); l++)
        for (int o = 0; o < N_OPS; o++) best[l][o] = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        for (int o = 0; o < N_OPS; o++) {
            if (w > 20 && o == DOCS) continue;
            uint32_t n = o == SHORT ? 64 : PRS_BLOCK;
            fill(w, n, exceptions);
            check(n);
            for (size_t l = 0; l < PRS_COUNT(levels); l++) {
                if (prs_cpu_force(levels[l], NULL) != PRISM_OK) continue;
                double t = time_op((op)o, seconds / ROUNDS);
                best[l][o] = PRS_MIN(best[l][o], t);
            }
        }
    }
    printf("%2u%s", w, exceptions ? "+x" : "  ");
    for (size_t l = 0; l < PRS_COUNT(levels); l++)
        for (int o = 0; o < N_OPS && prs_cpu_supports(levels[l]); o++)
            printf(best[l][o] < 1e8 ? " %9.3f" : "         -", best[l][o]);
    printf("\n");
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 0.05;
    printf("ns per value; +x = two exceptions per block\n w  ");
    for (size_t l = 0; l < PRS_COUNT(levels); l++)
        for (int o = 0; o < N_OPS && prs_cpu_supports(levels[l]); o++)
            printf(" %9s", o == 0 ? prs_cpu_name(levels[l]) : op_names[o]);
    printf("\n");
    for (uint32_t w = 0; w <= 32; w += w < 16 ? 1 : 4) bench_row(w, 0, seconds);
    for (uint32_t w = 2; w <= 14; w += 4) bench_row(w, 2, seconds);
    return 0;
}
