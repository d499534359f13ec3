/* match.c - where in a text do these words stand as asked?
 *
 * Phrase   A match is a beginning p with slot i at p + pos[i].  The beginnings that one slot allows
 *          are narrowed by the next, shortest runs first, so that a rare word decides early.
 *
 *              "to be or"   to 4 9 20      begins 4 9 20
 *                           be 5 21   +1   begins 4   20
 *                           or 6      +2   begins 4
 *
 * Near     Ends e ascend over all positions.  e ends a match if every slot has enough positions
 *          above both e - width and the end of the match before, up to e.  Since a match ends as
 *          early as it can, their number is the largest possible without overlaps.
 * Cost     Linear in the runs; narrowing gallops when one run is much longer than the other.
 * Source   FORMAT.md section 17.
 * Tested by tests/unit/kernel/test_match.c */
#include "kernel/match.h"

#define PRS_GALLOP_RATIO 8u

uint32_t prs_match_begin(prs_run run, uint32_t pos, uint32_t *starts) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < run.n; i++) {
        if (run.at[i] < pos || (n > 0 && run.at[i] - pos == starts[n - 1])) continue;
        starts[n++] = run.at[i] - pos;
    }
    return n;
}

/* First place >= i with at[place] >= target: doubling steps, then halving. */
static uint32_t gallop(prs_run run, uint32_t i, uint64_t target) {
    uint32_t step = 1, low = i, high = i; /* all before low are below target */
    while (high < run.n && run.at[high] < target) {
        low = high + 1;
        high = run.n - high > step ? high + step : run.n;
        step *= 2;
    }
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (run.at[mid] < target) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* Both about as long: step through them side by side, without a branch to mispredict. */
static uint32_t narrow_by_steps(uint32_t *starts, uint32_t n, prs_run run, uint32_t pos) {
    uint32_t kept = 0, i = 0, at = 0;
    while (i < n && at < run.n) {
        uint64_t target = (uint64_t)starts[i] + pos, here = run.at[at];
        starts[kept] = starts[i];
        kept += here == target;
        i += target <= here;
        at += here <= target;
    }
    return kept;
}

uint32_t prs_match_narrow(uint32_t *starts, uint32_t n, prs_run run, uint32_t pos) {
    uint32_t kept = 0, at = 0;
    if (run.n / PRS_GALLOP_RATIO < n) return narrow_by_steps(starts, n, run, pos);
    for (uint32_t i = 0; i < n && at < run.n; i++) {
        uint64_t target = (uint64_t)starts[i] + pos;
        at = gallop(run, at, target);
        if (at < run.n && run.at[at] == target) starts[kept++] = starts[i];
    }
    return kept;
}

/* The next position of any slot that is not yet seen; false if there is none. */
static bool next_end(const prs_near *nears, uint32_t n, uint32_t *end) {
    bool any = false;
    for (uint32_t i = 0; i < n; i++) {
        if (nears[i].seen == nears[i].run.n) continue;
        uint32_t at = nears[i].run.at[nears[i].seen];
        if (!any || at < *end) *end = at;
        any = true;
    }
    return any;
}

uint32_t prs_match_near(prs_near *nears, uint32_t n, uint64_t width, uint32_t *ends) {
    uint32_t count = 0, end = 0;
    uint64_t above = 0; /* first position behind the match before */
    for (uint32_t i = 0; i < n; i++) nears[i].seen = 0;
    while (next_end(nears, n, &end)) {
        bool all = true;
        uint64_t first = (uint64_t)end + 1 > width ? (uint64_t)end + 1 - width : 0;
        first = PRS_MAX(first, above);
        for (uint32_t i = 0; i < n; i++) {
            prs_near *near = &nears[i];
            if (near->seen < near->run.n && near->run.at[near->seen] == end) near->seen++;
            all = all && near->seen >= near->need && near->run.at[near->seen - near->need] >= first;
        }
        if (!all) continue;
        ends[count++] = end;
        above = (uint64_t)end + 1;
    }
    return count;
}

uint32_t prs_match_distinct(uint32_t *positions, uint32_t n) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (kept == 0 || positions[i] != positions[kept - 1]) positions[kept++] = positions[i];
    }
    return kept;
}
