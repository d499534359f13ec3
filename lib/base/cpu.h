/* cpu.h - which instructions has this CPU, and which kernels may be used?  One answer per process.
 *
 * Kernels of different levels give identical results; the level decides speed only.  Each kernel
 * family keeps one constant table per level and asks prs_cpu() where a block is processed, not once
 * per value. */
#ifndef PRS_BASE_CPU_H
#define PRS_BASE_CPU_H

#include "base/prs.h"

#include <stdatomic.h>

/* Ascending on x86: a level includes the ones before.  NEON exists on aarch64 only. */
typedef enum prs_cpu_level {
    PRS_CPU_SCALAR = 1, /* plain C, the reference of all tests */
    PRS_CPU_SSE42,      /* SSE4.2, POPCNT */
    PRS_CPU_AVX2,       /* and AVX2, BMI1, BMI2, LZCNT */
    PRS_CPU_AVX512,     /* and AVX-512 F, BW, DQ, VL */
    PRS_CPU_NEON,
} prs_cpu_level;

/** The level in force: the highest one that CPU and operating system support, unless forced.
 *  Threads: any.   Cost: one relaxed atomic load after the first call */
static inline prs_cpu_level prs_cpu(void);
/** Use this level from now on, process-wide (tests, benches, --cpu).  Errors : EUNSUPPORTED */
prism_status prs_cpu_force(prs_cpu_level level, prism_error *err) PRS_NODISCARD;
/** Undo prs_cpu_force. */
void prs_cpu_unforce(void);
bool prs_cpu_supports(prs_cpu_level level);
/** "scalar", "sse42", "avx2", "avx512", "neon", NULL for a number that is none; and back, 0 if
 *  none. */
const char *prs_cpu_name(prs_cpu_level level);
prs_cpu_level prs_cpu_parse(const char *name);

/* ---- behind prs_cpu: asked once a block, so it is worth no call -------------------------------- */
extern atomic_int prs_cpu_in_force; /* 0: not asked yet */
/** Probe and store. */
prs_cpu_level prs_cpu_first(void);

static inline prs_cpu_level prs_cpu(void) {
    int level = atomic_load_explicit(&prs_cpu_in_force, memory_order_relaxed);
    return PRS_LIKELY(level != 0) ? (prs_cpu_level)level : prs_cpu_first();
}

#endif
