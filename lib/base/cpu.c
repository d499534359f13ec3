/* cpu.c - which instructions has this CPU, and which kernels may be used?
 *
 * Structure   One atomic word: 0 = not asked yet, else a prs_cpu_level.  The first caller probes
 *             and stores; two first callers store the same answer, so no lock is needed.
 * Invariants  - The stored level is one that CPU and operating system support, whoever stored it.
 *             - On x86 a level is taken only if all levels below it are there too.
 * Why so      This word is the only mutable global of the library.  It never changes a result, only
 *             the speed, because kernels of all levels agree bit for bit; the alternative, a level
 *             in every handle, would be carried through each decoder for the sake of tests.  The
 *             compiler's built-in probe is used because it also asks the operating system whether
 *             wide registers are saved (XGETBV), which hand-written probes forget.
 * Cost        One relaxed load, inline: kernels ask several times a block.  The probe runs once,
 *             about 100 ns.
 * Tested by   tests/unit/base/test_cpu.c */
#include "base/cpu.h"

#include "base/error.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* clang's probe does not know it before version 16.  It needs no register that the operating system
 * would have to save. */
static bool has_lzcnt(void) {
    unsigned a, b, c, d;
    return __get_cpuid(0x80000001u, &a, &b, &c, &d) != 0 && (c & bit_LZCNT) != 0;
}
#endif

atomic_int prs_cpu_in_force;

static const char *const level_names[] = {
    [PRS_CPU_SCALAR] = "scalar", [PRS_CPU_SSE42] = "sse42", [PRS_CPU_AVX2] = "avx2",
    [PRS_CPU_AVX512] = "avx512", [PRS_CPU_NEON] = "neon",
};

bool prs_cpu_supports(prs_cpu_level level) {
    if (level == PRS_CPU_SCALAR) return true;
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool have = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
    if (level == PRS_CPU_SSE42) return have;
    have = have && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && has_lzcnt();
    if (level == PRS_CPU_AVX2) return have;
    have = have && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    return level == PRS_CPU_AVX512 && have;
#elif defined(__aarch64__)
    return level == PRS_CPU_NEON; /* part of the architecture */
#else
    return false;
#endif
}

static prs_cpu_level probe(void) {
    static const prs_cpu_level best_first[] = {PRS_CPU_AVX512, PRS_CPU_AVX2, PRS_CPU_SSE42,
                                               PRS_CPU_NEON};
    for (size_t i = 0; i < PRS_COUNT(best_first); i++)
        if (prs_cpu_supports(best_first[i])) return best_first[i];
    return PRS_CPU_SCALAR;
}

prs_cpu_level prs_cpu_first(void) {
    int level = (int)probe(), none = 0; /* a level forced meanwhile wins */
    if (!atomic_compare_exchange_strong_explicit(&prs_cpu_in_force, &none, level,
                                                 memory_order_relaxed, memory_order_relaxed))
        level = none;
    return (prs_cpu_level)level;
}

prism_status prs_cpu_force(prs_cpu_level level, prism_error *err) {
    if (prs_cpu_name(level) == NULL || !prs_cpu_supports(level))
        return prs_error_set(err, PRISM_EUNSUPPORTED, "this CPU or build has no kernel level %s",
                             prs_cpu_name(level) ? prs_cpu_name(level) : "of that number");
    atomic_store_explicit(&prs_cpu_in_force, (int)level, memory_order_relaxed);
    return PRISM_OK;
}

void prs_cpu_unforce(void) {
    atomic_store_explicit(&prs_cpu_in_force, (int)probe(), memory_order_relaxed);
}

const char *prs_cpu_name(prs_cpu_level level) {
    if (level < PRS_CPU_SCALAR || (size_t)level >= PRS_COUNT(level_names)) return NULL;
    return level_names[level];
}

prs_cpu_level prs_cpu_parse(const char *name) {
    for (int level = PRS_CPU_SCALAR; (size_t)level < PRS_COUNT(level_names); level++)
        if (strcmp(name, level_names[level]) == 0) return (prs_cpu_level)level;
    return (prs_cpu_level)0;
}
