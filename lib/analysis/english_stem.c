/* english_stem.c - what is the stem of an English word, at the price of reading it a few times?
 *
 *   generalizations  -1a->  generalization  -2->  generalize  -3->  general  -4->  general
 *                                               R1 = "alizations", R2 = "izations"
 *
 * Structure   whole words that are exceptions -> y that stand for consonants become Y -> R1 and R2
 *             -> steps 1a to 5, each of which looks at the end alone -> y again
 * Invariants  - A step takes the longest ending that it knows; where that one may not be changed,
 *               nothing is.
 *             - The word never grows: an e comes only where ed or ing has gone.
 * Why so      A stem is made once for each distinct word of a build, and of the tail of a
 *             vocabulary that is a tenth of its time with libstemmer, which copies each word and
 *             looks for endings letter by letter in tables.  Comparing an ending is one load here,
 *             of the step's endings with the same last letter.  Words of other languages, and the
 *             older "porter", go to libstemmer.
 * Source      The English (Porter2) stemming algorithm, snowballstem.org, version 2.
 * Tested by   tests/unit/analysis/test_english_stem.c (against libstemmer), test_snowball.c */
#include "analysis/english_stem.h"

/* The word at work: w[0..n), R1 from r1 on, R2 from r2 on. */
typedef struct stemming {
    uint8_t *w;
    uint32_t n, r1, r2;
} stemming;

/* ---- letters --------------------------------------------------------------------------------- */

#define BIT(c) (UINT32_C(1) << ((c) - 'a'))

/* In a set of a-z; Y and the apostrophe are in none. */
static inline bool is_in(uint8_t c, uint32_t set) {
    uint32_t i = (uint32_t)c - 'a';
    return i < 26 && (set >> i & 1) != 0;
}

static inline bool is_vowel(uint8_t c) {
    return is_in(c, BIT('a') | BIT('e') | BIT('i') | BIT('o') | BIT('u') | BIT('y'));
}

static inline bool ends_with(const stemming *s, const char *ending, uint32_t len) {
    return s->n >= len && memcmp(s->w + s->n - len, ending, len) == 0;
}
#define ENDS(text) ends_with(s, text, sizeof text - 1)

static bool is_word(const uint8_t *w, uint32_t n, const char *word) {
    return strlen(word) == n && memcmp(w, word, n) == 0;
}

/* Is there a vowel before `end`? */
static bool has_vowel(const stemming *s, uint32_t end) {
    for (uint32_t i = 0; i < end; i++) {
        if (is_vowel(s->w[i])) return true;
    }
    return false;
}

/* Does the word end in a short syllable? */
static bool is_short_end(const stemming *s) {
    const uint8_t *w = s->w;
    uint32_t n = s->n;
    if (n < 2 || is_vowel(w[n - 1])) return false;
    bool is_open = is_vowel(w[n - 2]);
    if (n == 2) return is_open;
    uint8_t last = w[n - 1];
    return is_open && !is_vowel(w[n - 3]) && last != 'w' && last != 'x' && last != 'Y';
}

/* Replace the last `from` bytes. */
static inline void put(stemming *s, uint32_t from, const char *text, uint32_t len) {
    memcpy(s->w + s->n - from, text, len);
    s->n = s->n - from + len;
}

/* ---- before the steps ------------------------------------------------------------------------ */

static const struct {
    const char *word, *stem;
} exceptions[] = {
    {"skis", "ski"},    {"skies", "sky"},   {"dying", "die"},    {"lying", "lie"},
    {"tying", "tie"},   {"idly", "idl"},    {"gently", "gentl"}, {"ugly", "ugli"},
    {"early", "earli"}, {"only", "onli"},   {"singly", "singl"}, {"sky", "sky"},
    {"news", "news"},   {"howe", "howe"},   {"atlas", "atlas"},  {"cosmos", "cosmos"},
    {"bias", "bias"},   {"andes", "andes"},
};

/* Is the word one that follows no rule?  Then its stem is there. */
static bool take_exception(stemming *s) {
    if (s->n > 6) return false;
    for (size_t i = 0; i < PRS_COUNT(exceptions); i++) {
        if (s->w[0] != (uint8_t)exceptions[i].word[0]) continue;
        if (!is_word(s->w, s->n, exceptions[i].word)) continue;
        put(s, s->n, exceptions[i].stem, (uint32_t)strlen(exceptions[i].stem));
        return true;
    }
    return false;
}

/* A y at the start or behind a vowel is a consonant, written Y meanwhile; tells if there is any. */
static bool mark_consonants(stemming *s) {
    bool found = false, after_vowel = true;
    for (uint32_t i = 0; i < s->n; i++) {
        bool is_y = s->w[i] == 'y' && after_vowel;
        if (is_y) s->w[i] = 'Y';
        found |= is_y;
        after_vowel = is_vowel(s->w[i]);
    }
    return found;
}

/* Behind the first consonant that follows a vowel, from `at` on; the end if there is none. */
static uint32_t region_from(const stemming *s, uint32_t at) {
    while (at < s->n && !is_vowel(s->w[at])) at++;
    while (at < s->n && is_vowel(s->w[at])) at++;
    return at < s->n ? at + 1 : s->n;
}

static bool begins(const stemming *s, const char *with, uint32_t len) {
    return s->n >= len && memcmp(s->w, with, len) == 0;
}

static void mark_regions(stemming *s) {
    if (begins(s, "gener", 5) || begins(s, "arsen", 5)) {
        s->r1 = 5;
    } else if (begins(s, "commun", 6)) {
        s->r1 = 6;
    } else {
        s->r1 = region_from(s, 0);
    }
    s->r2 = region_from(s, s->r1);
}

/* ---- the steps ------------------------------------------------------------------------------- */

/* Plurals, and what an apostrophe leads. */
static void step_1a(stemming *s) {
    if (ENDS("'s'")) {
        s->n -= 3;
    } else if (ENDS("'s")) {
        s->n -= 2;
    } else if (ENDS("'")) {
        s->n -= 1;
    }
    if (ENDS("sses")) {
        s->n -= 2;
    } else if (ENDS("ied") || ENDS("ies")) {
        s->n -= s->n > 4 ? 2 : 1;
    } else if (ENDS("s") && !ENDS("us") && !ENDS("ss")) {
        if (s->n >= 2 && has_vowel(s, s->n - 2)) s->n--;
    }
}

/* Words that are whole after step 1a. */
static bool is_kept(const stemming *s) {
    static const char *const words[] = {"inning",  "outing",  "canning", "herring",
                                        "earring", "proceed", "exceed",  "succeed"};
    if (s->n < 6 || s->n > 7 || (s->w[s->n - 1] != 'g' && s->w[s->n - 1] != 'd')) return false;
    for (size_t i = 0; i < PRS_COUNT(words); i++) {
        if (is_word(s->w, s->n, words[i])) return true;
    }
    return false;
}

/* What ed and ing have left. */
static void mend_end(stemming *s) {
    if (ENDS("at") || ENDS("bl") || ENDS("iz")) {
        s->w[s->n++] = 'e';
        return;
    }
    uint8_t last = s->n > 0 ? s->w[s->n - 1] : 0;
    uint32_t doubles = BIT('b') | BIT('d') | BIT('f') | BIT('g') | BIT('m') | BIT('n') | BIT('p') |
                       BIT('r') | BIT('t');
    if (s->n >= 2 && s->w[s->n - 2] == last && is_in(last, doubles)) {
        s->n--;
    } else if (s->n == s->r1 && is_short_end(s)) {
        s->w[s->n++] = 'e';
    }
}

static void step_1b(stemming *s) {
    uint32_t len = 0;
    if (ENDS("eed") || ENDS("eedly")) {
        len = ENDS("eed") ? 3 : 5;
        if (s->n - len >= s->r1) s->n -= len - 2;
        return;
    }
    if (ENDS("ed")) len = 2;
    if (ENDS("ing")) len = 3;
    if (ENDS("edly")) len = 4;
    if (ENDS("ingly")) len = 5;
    if (len == 0 || !has_vowel(s, s->n - len)) return;
    s->n -= len;
    mend_end(s);
}

static void step_1c(stemming *s) {
    uint8_t *w = s->w;
    uint32_t n = s->n;
    if (n > 2 && (w[n - 1] == 'y' || w[n - 1] == 'Y') && !is_vowel(w[n - 2])) w[n - 1] = 'i';
}

typedef struct ending {
    const char *text, *to;
    uint8_t len, to_len;
    char before; /* what must stand before it: 0 = anything; see take */
} ending;

#define E(text, to)                                                                                \
    { text, to, sizeof(text) - 1, sizeof(to) - 1, 0 }
#define E_AFTER(text, to, before)                                                                  \
    { text, to, sizeof(text) - 1, sizeof(to) - 1, before }
enum { LI = 1, ION = 2, IN_R2 = 3 };

/* The longest of the endings that the word has, which are in order of length, the longest first;
 * NULL if it has none. */
static const ending *find_ending(const stemming *s, const ending *endings, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (ends_with(s, endings[i].text, endings[i].len)) return &endings[i];
    }
    return NULL;
}
#define FIND(endings) find_ending(s, endings, PRS_COUNT(endings))

/* Replace an ending that lies behind `region`. */
static void take(stemming *s, const ending *e, uint32_t region) {
    if (e == NULL || s->n - e->len < region) return;
    uint32_t at = s->n - e->len;
    uint8_t before = at > 0 ? s->w[at - 1] : 0;
    uint32_t li = BIT('c') | BIT('d') | BIT('e') | BIT('g') | BIT('h') | BIT('k') | BIT('m') |
                  BIT('n') | BIT('r') | BIT('t');
    if (e->before == LI && !is_in(before, li)) return;
    if (e->before == ION && before != 's' && before != 't') return;
    if (e->before == IN_R2 && at < s->r2) return;
    if (e->before > IN_R2 && before != (uint8_t)e->before) return;
    put(s, e->len, e->to, e->to_len);
}

static void step_2(stemming *s) {
    static const ending in_i[] = {
        E("lessli", "less"),       E("biliti", "ble"),   E("entli", "ent"), E("aliti", "al"),
        E("ousli", "ous"),         E("iviti", "ive"),    E("fulli", "ful"), E("enci", "ence"),
        E("anci", "ance"),         E("abli", "able"),    E("alli", "al"),   E("bli", "ble"),
        E_AFTER("ogi", "og", 'l'), E_AFTER("li", "", LI)};
    static const ending in_l[] = {E("ational", "ate"), E("tional", "tion")};
    static const ending in_n[] = {E("ization", "ize"), E("ation", "ate")};
    static const ending in_r[] = {E("izer", "ize"), E("ator", "ate")};
    static const ending in_s[] = {E("fulness", "ful"), E("ousness", "ous"), E("iveness", "ive")};
    static const ending in_m[] = {E("alism", "al")};
    if (s->n < 3) return;
    switch (s->w[s->n - 1]) {
    case 'i': take(s, FIND(in_i), s->r1); break;
    case 'l': take(s, FIND(in_l), s->r1); break;
    case 'n': take(s, FIND(in_n), s->r1); break;
    case 'r': take(s, FIND(in_r), s->r1); break;
    case 's': take(s, FIND(in_s), s->r1); break;
    case 'm': take(s, FIND(in_m), s->r1); break;
    default: break;
    }
}

static void step_3(stemming *s) {
    static const ending in_e[] = {E("icate", "ic"), E_AFTER("ative", "", IN_R2), E("alize", "al")};
    static const ending in_i[] = {E("iciti", "ic")};
    static const ending in_l[] = {E("ational", "ate"), E("tional", "tion"), E("ical", "ic"),
                                  E("ful", "")};
    static const ending in_s[] = {E("ness", "")};
    if (s->n < 3) return;
    switch (s->w[s->n - 1]) {
    case 'e': take(s, FIND(in_e), s->r1); break;
    case 'i': take(s, FIND(in_i), s->r1); break;
    case 'l': take(s, FIND(in_l), s->r1); break;
    case 's': take(s, FIND(in_s), s->r1); break;
    default: break;
    }
}

static void step_4(stemming *s) {
    static const ending in_e[] = {E("ance", ""), E("ence", ""), E("able", ""), E("ible", ""),
                                  E("ate", ""),  E("ive", ""),  E("ize", "")};
    static const ending in_t[] = {E("ement", ""), E("ment", ""), E("ant", ""), E("ent", "")};
    static const ending others[] = {E("ism", ""), E("iti", ""),
                                    E("ous", ""), E_AFTER("ion", "", ION),
                                    E("al", ""),  E("er", ""),
                                    E("ic", "")};
    if (s->n < 2 || s->r2 >= s->n) return;
    switch (s->w[s->n - 1]) {
    case 'e': take(s, FIND(in_e), s->r2); break;
    case 't': take(s, FIND(in_t), s->r2); break;
    default: take(s, FIND(others), s->r2); break;
    }
}

static void step_5(stemming *s) {
    if (s->n == 0) return;
    uint32_t at = s->n - 1;
    if (s->w[at] == 'l') {
        if (at >= s->r2 && at > 0 && s->w[at - 1] == 'l') s->n = at;
        return;
    }
    if (s->w[at] != 'e' || at < s->r1) return;
    stemming rest = *s;
    rest.n = at;
    if (at >= s->r2 || !is_short_end(&rest)) s->n = at;
}

uint32_t prs_english_stem(uint8_t *word, uint32_t len) {
    stemming s = {word, len, len, len};
    if (len < 3 || take_exception(&s)) return s.n;
    if (word[0] == '\'') {
        s.n--;
        memmove(word, word + 1, s.n);
    }
    bool has_consonants = mark_consonants(&s);
    mark_regions(&s);
    step_1a(&s);
    if (!is_kept(&s)) {
        step_1b(&s);
        step_1c(&s);
        step_2(&s);
        step_3(&s);
        step_4(&s);
        step_5(&s);
    }
    for (uint32_t i = 0; has_consonants && i < s.n; i++) {
        if (word[i] == 'Y') word[i] = 'y';
    }
    return s.n;
}
