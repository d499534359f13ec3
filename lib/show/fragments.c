/* fragments.c - which stretch of a long text shows best why it matches, and where may it be cut?
 *
 * Structure   A window slides over the marks; its worth is the sum of the weights of the different
 *             clauses in it, and a little for every mark.
 *
 *                 ....[big]....[data]..............[big]....     heaviest: big + data
 *                     |-- marks --|
 *               |------ max_bytes -----|    grown to both sides, begun and ended with a sentence or
 *               a word
 *
 * Invariants  - A cut never falls inside a character, a cluster, a word, or (unless it is longer
 *               than the fragment) a mark.
 *             - end - start <= max_bytes, and stretches do not touch what is taken.
 * Cost        Two passes over the marks a fragment; cutting looks at a few hundred bytes.
 * Tested by   tests/unit/show/test_fragments.c */
#include "show/fragments.h"

#include "analysis/unicode.h"
#include "analysis/utf8.h"

#define PRS_MARK_WORTH 0.01 /* of every mark, beside its clause's weight */
#define PRS_ROUNDING 1e-9
#define PRS_MOST_CLOSING 3 /* marks that close a sentence behind its stop */
#define PRS_CUT_LOOK 64u   /* bytes to look for a word's end; longer words are cut */

/* ---- cutting --------------------------------------------------------------------------------- */

static bool is_continuation(uint8_t b) {
    return (b & 0xc0) == 0x80;
}

/* First byte of the character that ends before `at`, at > 0. */
static size_t step_back(prs_bytes text, size_t at) {
    size_t p = at - 1;
    while (p > 0 && at - p < 4 && is_continuation(text.ptr[p])) p--;
    return p;
}

static uint32_t code_at(prs_bytes text, size_t at) {
    uint32_t n;
    return prs_utf8_decode(text.ptr + at, text.ptr + text.len, &n);
}

/* Does a character belong to the cluster before it? */
static bool is_extender(const prs_uc *uc) {
    switch (uc->cls) {
    case PRS_CLASS_MARK:
    case PRS_CLASS_SA_AM:
    case PRS_CLASS_JAMO_V:
    case PRS_CLASS_JAMO_T: return true;
    default: return (uc->flags & PRS_UC_EMOJI_MOD) != 0;
    }
}

/* Characters of words that are written with spaces between them. */
static bool is_wordlike(const prs_uc *uc) {
    switch (uc->cls) {
    case PRS_CLASS_LETTER:
    case PRS_CLASS_HEBREW:
    case PRS_CLASS_DIGIT:
    case PRS_CLASS_MARK:
    case PRS_CLASS_HANGUL:
    case PRS_CLASS_HANGUL_LV:
    case PRS_CLASS_HANGUL_LVT:
    case PRS_CLASS_JAMO_L:
    case PRS_CLASS_JAMO_V:
    case PRS_CLASS_JAMO_T: return true;
    default: return false;
    }
}

/* Between clusters? */
static bool is_cluster_bound(prs_bytes text, size_t at) {
    if (at == 0 || at >= text.len) return true;
    if (is_continuation(text.ptr[at])) return false;
    uint32_t before = code_at(text, step_back(text, at)), after = code_at(text, at);
    if (before == '\r' && after == '\n') return false;
    const prs_uc *a = prs_unicode_get(before), *b = prs_unicode_get(after);
    if (is_extender(b)) return false;
    if (before == 0x200d && (b->flags & PRS_UC_PICT) != 0) return false; /* joined emoji */
    /* flags; two flags stay together too */
    return !(a->cls == PRS_CLASS_RI && b->cls == PRS_CLASS_RI);
}

bool prs_fragment_may_cut(prs_bytes text, size_t at) {
    if (at == 0 || at >= text.len) return true;
    if (!is_cluster_bound(text, at)) return false;
    const prs_uc *a = prs_unicode_get(code_at(text, step_back(text, at)));
    const prs_uc *b = prs_unicode_get(code_at(text, at));
    return !(is_wordlike(a) && is_wordlike(b));
}

/* The last place to cut in [low, high]; low if there is none. */
static size_t cut_down(prs_bytes text, size_t low, size_t high) {
    size_t near = high - low > PRS_CUT_LOOK ? high - PRS_CUT_LOOK : low;
    for (size_t at = high; at > near; at--) {
        if (prs_fragment_may_cut(text, at)) return at;
    }
    for (size_t at = high; at > low; at--) {
        if (is_cluster_bound(text, at)) return at;
    }
    return low;
}

/* The first place to cut in [low, high]; high if there is none. */
static size_t cut_up(prs_bytes text, size_t low, size_t high) {
    size_t near = high - low > PRS_CUT_LOOK ? low + PRS_CUT_LOOK : high;
    for (size_t at = low; at < near; at++) {
        if (prs_fragment_may_cut(text, at)) return at;
    }
    if (near == high && prs_fragment_may_cut(text, high)) return high;
    for (size_t at = low; at < high; at++) {
        if (is_cluster_bound(text, at)) return at;
    }
    return high;
}

static bool is_space(uint32_t cp) {
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xa0 || cp == 0x2028 || cp == 0x2029 ||
           cp == 0x3000;
}

/* Does a sentence end with this character, whatever follows it? */
static bool is_full_stop(uint32_t cp) {
    return cp == 0x3002 || cp == 0xff01 || cp == 0xff1f || cp == 0xff61 || cp == '\n';
}

/* Marks that belong to what stands before them. */
static bool is_closing(uint32_t cp) {
    static const uint32_t marks[] = {')',    ']',    '}',    ',',    '.',    ':',    ';',
                                     '!',    '?',    0xbb,   0x2019, 0x201d, 0x2026, 0x203a,
                                     0x3001, 0x3002, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011,
                                     0x3015, 0x3017, 0xff01, 0xff09, 0xff0c, 0xff0e, 0xff1a,
                                     0xff1b, 0xff1f, 0xff3d, 0xff61, 0xff63};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (marks[i] == cp) return true;
    return false;
}

/* The same for straight quotes, which close if a space follows. */
static bool closes_at(prs_bytes text, size_t at) {
    uint32_t cp = code_at(text, at);
    if (cp != '"' && cp != '\'') return is_closing(cp);
    return at + 1 == text.len || is_space(code_at(text, at + 1));
}

/* Behind a full stop and the marks that close with it: of 」 in 。」, at 。 */
static size_t before_closing(prs_bytes text, size_t p) {
    for (int i = 0; i < PRS_MOST_CLOSING && p > 0; i++) {
        uint32_t cp = code_at(text, p);
        if (is_full_stop(cp) || cp == '.' || cp == '!' || cp == '?' || !closes_at(text, p)) break;
        p = step_back(text, p);
    }
    return p;
}

/* Does a sentence begin at `at`: behind 。！？ or a line's end, or behind . ! ? and a space, marks
 * that close the sentence before included? */
static bool begins_sentence(prs_bytes text, size_t at) {
    if (at == 0) return true;
    if (!is_cluster_bound(text, at)) return false;
    if (at < text.len && closes_at(text, at)) return false;
    size_t p = step_back(text, at);
    uint32_t before = code_at(text, p);
    if (is_full_stop(code_at(text, before_closing(text, p)))) return true;
    if (!is_space(before) || p == 0) return false;
    uint32_t stop = code_at(text, before_closing(text, step_back(text, p)));
    return stop == '.' || stop == '!' || stop == '?';
}

/* Where the rest of the sentence before ends: behind the marks that close it, at `most` at last. */
static size_t skip_closing(prs_bytes text, size_t at, size_t most) {
    while (at < most && (is_space(code_at(text, at)) || closes_at(text, at))) {
        uint32_t n;
        prs_utf8_decode(text.ptr + at, text.ptr + text.len, &n);
        at += n;
    }
    return PRS_MIN(at, most);
}

static void trim(prs_bytes text, prs_stretch *s) {
    uint32_t n;
    while (s->start < s->end) {
        if (!is_space(prs_utf8_decode(text.ptr + s->start, text.ptr + text.len, &n))) break;
        if (n > s->end - s->start) break;
        s->start += n;
    }
    while (s->end > s->start) {
        size_t p = step_back(text, s->end);
        if (p < s->start || !is_space(code_at(text, p))) break;
        s->end = (uint32_t)p;
    }
}

/* ---- choosing -------------------------------------------------------------------------------- */

/* The part of the text between taken stretches that holds `at`. */
static prs_stretch free_around(prs_bytes text, uint32_t at, const prs_stretch *taken,
                               uint32_t n_taken) {
    prs_stretch around = {0, (uint32_t)text.len};
    for (uint32_t i = 0; i < n_taken; i++) {
        if (taken[i].end <= at) around.start = PRS_MAX(around.start, taken[i].end);
        if (taken[i].start > at) around.end = PRS_MIN(around.end, taken[i].start);
    }
    return around;
}

static bool is_taken(const prs_mark *mark, const prs_stretch *taken, uint32_t n_taken) {
    for (uint32_t i = 0; i < n_taken; i++) {
        if (mark->start < taken[i].end && mark->end > taken[i].start) return true;
    }
    return false;
}

typedef struct sliding { /* marks [first, next) are in the window, what is taken left out */
    double worth;
    uint32_t *seen; /* marks in the window, by clause */
} sliding;

static void put_in(sliding *w, const prs_mark *mark, const prs_clause *clauses) {
    if (w->seen[mark->clause]++ == 0) w->worth += clauses[mark->clause].weight;
    w->worth += PRS_MARK_WORTH;
}

static void take_out(sliding *w, const prs_mark *mark, const prs_clause *clauses) {
    if (--w->seen[mark->clause] == 0) w->worth -= clauses[mark->clause].weight;
    w->worth -= PRS_MARK_WORTH;
}

/* Heavier, or as heavy (but for rounding) and closer together. */
static bool is_better(double worth, prs_stretch s, double than, prs_stretch other) {
    if (worth > than + PRS_ROUNDING) return true;
    return worth > than - PRS_ROUNDING && s.end - s.start < other.end - other.start;
}

/* The heaviest window of marks; false if all marks are taken. */
static bool choose(const prs_marks *marks, const prs_clause *clauses, uint32_t n_clauses,
                   uint32_t *seen, const prs_stretch *taken, uint32_t n_taken, uint32_t max_bytes,
                   prs_stretch *out) {
    sliding w = {0.0, seen};
    double best = 0.0;
    bool any = false;
    memset(seen, 0, n_clauses * sizeof *seen);
    uint32_t reach = 0; /* end of the marks in the window */
    for (size_t first = 0, next = 0; first < marks->n; first++) {
        const prs_mark *mark = &marks->ptr[first];
        bool gone = is_taken(mark, taken, n_taken);
        if (next < first) next = first;
        for (; next < marks->n && !gone; next++) {
            const prs_mark *more = &marks->ptr[next];
            if (next > first &&
                (more->end - mark->start > max_bytes || is_taken(more, taken, n_taken)))
                break;
            put_in(&w, more, clauses);
            reach = PRS_MAX(reach, more->end);
        }
        if (gone) continue;
        prs_stretch here = {mark->start, reach};
        if (!any || is_better(w.worth, here, best, *out)) {
            *out = here;
            best = w.worth;
            any = true;
        }
        take_out(&w, mark, clauses);
    }
    return any;
}

/* Where to end in [low, high]: with a sentence in the last third of the fragment, else with a
 * word. */
static size_t end_well(prs_bytes text, size_t low, size_t high, uint32_t max_bytes) {
    size_t near = high - PRS_MIN(high - low, max_bytes / 3);
    for (size_t at = high; at > near; at--) {
        if (at == text.len || begins_sentence(text, at)) return at;
    }
    return cut_down(text, low, high);
}

/* Grow the marks' window to a fragment: a third of what is left over in front, the rest behind. */
static prs_stretch grow(prs_bytes text, prs_stretch core, prs_stretch around, uint32_t max_bytes) {
    core.end = PRS_MIN(core.end, around.end);
    prs_stretch s = core;
    if (core.end - core.start >= max_bytes) {
        s.end = (uint32_t)cut_down(text, core.start, core.start + max_bytes);
        return s;
    }
    uint32_t spare = max_bytes - (core.end - core.start);
    uint32_t front = PRS_MIN(spare / 3, core.start - around.start);
    uint32_t back = PRS_MIN(spare, core.start - around.start);
    for (uint32_t at = core.start; at + back / 2 >= core.start && at >= around.start; at--) {
        if (begins_sentence(text, at)) { /* near enough in front: begin there */
            s.start = at;
            break;
        }
        if (at == around.start) break;
    }
    if (s.start == core.start && !begins_sentence(text, s.start)) {
        s.start = (uint32_t)cut_up(text, core.start - front, core.start);
    }
    uint32_t high = PRS_MIN(around.end, s.start + max_bytes);
    s.end = (uint32_t)end_well(text, core.end, high, max_bytes);
    if (s.end == text.len && s.start > around.start) { /* nothing left behind: more in front */
        uint32_t room = max_bytes - (s.end - s.start);
        uint32_t low = s.start - PRS_MIN(room, s.start - around.start);
        s.start = (uint32_t)cut_up(text, low, s.start);
    }
    if (s.start > 0) s.start = (uint32_t)skip_closing(text, s.start, core.start);
    trim(text, &s);
    return s;
}

bool prs_fragment_best(prs_bytes text, const prs_marks *marks, const prs_clause *clauses,
                       uint32_t n_clauses, uint32_t *seen, const prs_stretch *taken,
                       uint32_t n_taken, uint32_t max_bytes, prs_stretch *out) {
    prs_stretch core = {0, 0};
    if (!choose(marks, clauses, n_clauses, seen, taken, n_taken, max_bytes, &core)) return false;
    *out = grow(text, core, free_around(text, core.start, taken, n_taken), max_bytes);
    return true;
}

prs_stretch prs_fragment_head(prs_bytes text, uint32_t max_bytes) {
    prs_stretch s = {0, (uint32_t)text.len};
    if (text.len > max_bytes) s.end = (uint32_t)cut_down(text, 0, max_bytes);
    trim(text, &s);
    return s;
}
