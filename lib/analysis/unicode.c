/* unicode.c - the pinned tables, and the one look-up that is more than an index. */
#include "analysis/unicode.h"

#include "analysis/gen/properties.inc"
#include "analysis/gen/simplify.inc"

/* A bitmap answers the common "does not change"; only a set bit pays for its rank among the
 * targets. */
uint32_t prs_unicode_simplify(uint32_t cp) {
    if (cp - PRS_SIMPLIFY_BEGIN >= PRS_SIMPLIFY_END - PRS_SIMPLIFY_BEGIN) return cp;
    uint32_t word = (cp - PRS_SIMPLIFY_BEGIN) / 64;
    uint64_t bit = UINT64_C(1) << (cp % 64);
    if (PRS_LIKELY(!(changes[word] & bit))) return cp;
    return targets[rank[word] + (uint32_t)__builtin_popcountll(changes[word] & (bit - 1))];
}
