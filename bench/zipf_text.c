/* zipf_text.c - from ranks to words, and from words to documents.
 *
 * Structure   ASCII: a word is 1 to 6 syllables of a consonant and a vowel, so that frequent words
 *             are short.  Han: 1 to 4 characters out of 2048.  The number inside a class of equal
 *             length is permuted by a multiplication, so that the alphabet knows nothing of
 *             frequency.
 * Invariants  Two ranks never have the same word (before stemming).  Words of the head are spelled
 *             once.
 * Cost        About 2 ns a byte of output.
 * Tested by   tests/bench/zipf.sh */
#include "zipf.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { SPELLED = 8192, WORD = 16 };

typedef struct word {
    char text[WORD - 1];
    uint8_t len;
} word;

struct zipf {
    zipf_options options;
    zipf_law *law;
    word spelled[2][SPELLED]; /* of ASCII, of Han */
};

/* ---- words
 * ------------------------------------------------------------------------------------- */

static size_t ascii_word(uint64_t rank, char *out) {
    static const char consonants[] = "bcdfghjklmnpqrstvwxz", vowels[] = "aeiou";
    static const uint64_t factors[] = {
        61, 6181, 618033, 61803399, UINT64_C(6180339887), UINT64_C(618033988749)};
    uint64_t number = rank - 1, n = 100;
    size_t len = 2;
    for (; number >= n; n *= 100, len += 2) number -= n;
    number = (uint64_t)((wide)number * factors[len / 2 - 1] % n);
    for (size_t at = len; at > 0; number /= 100) {
        uint32_t syllable = (uint32_t)(number % 100);
        out[--at] = vowels[syllable % 5];
        out[--at] = consonants[syllable / 5];
    }
    return len;
}

/* A character of 2048, spread over U+4E00..U+9DF6. */
static char *put_han(char *out, uint32_t index) {
    uint32_t c = 0x4e00 + index * 10;
    *out++ = (char)(0xe0 | c >> 12);
    *out++ = (char)(0x80 | (c >> 6 & 63));
    *out++ = (char)(0x80 | (c & 63));
    return out;
}

static size_t han_word(uint64_t rank, char *out) {
    uint64_t number = rank - 1, n = 2048;
    size_t chars = 1;
    for (; number >= n; n *= 2048, chars++) number -= n;
    number = number * UINT64_C(0x9e3779b97f4a7c15) & (n - 1);
    char *at = out;
    for (size_t i = 0; i < chars; i++, number >>= 11) at = put_han(at, (uint32_t)(number & 2047));
    return (size_t)(at - out);
}

size_t zipf_word(zipf_script script, uint64_t rank, char *out) {
    return script == ZIPF_HAN ? han_word(rank, out) : ascii_word(rank, out);
}

zipf *zipf_new(const zipf_options *options) {
    zipf *z = calloc(1, sizeof *z);
    if (z == NULL) return NULL;
    z->options = *options;
    z->law = zipf_law_new();
    if (z->law == NULL) {
        free(z);
        return NULL;
    }
    for (int script = ZIPF_ASCII; script <= ZIPF_HAN; script++) {
        for (uint64_t rank = 1; rank < SPELLED; rank++) {
            word *w = &z->spelled[script][rank];
            w->len = (uint8_t)zipf_word((zipf_script)script, rank, w->text);
        }
    }
    return z;
}

void zipf_free(zipf *z) {
    if (z != NULL) free(z->law);
    free(z);
}

/* ---- texts
 * ------------------------------------------------------------------------------------- */

static char *put_text(char *out, const char *text) {
    size_t len = strlen(text);
    memcpy(out, text, len);
    return out + len;
}

static char *put_number(char *out, uint64_t number, int digits) {
    for (int i = digits; i-- > 0; number /= 10) out[i] = (char)('0' + number % 10);
    return out + digits;
}

static inline char *put_word(const zipf *z, zipf_script script, zipf_random *random, char *out) {
    uint64_t rank = zipf_law_rank(z->law, random);
    if (rank >= SPELLED) return out + zipf_word(script, rank, out);
    const word *w = &z->spelled[script][rank];
    memcpy(out, w, sizeof *w); /* all of it is one load and one store */
    return out + w->len;
}

/* Sentences of 8 to 23 words. */
static char *put_ascii(const zipf *z, zipf_random *random, uint32_t n, char *out) {
    while (n > 0) {
        uint32_t sentence = 8 + zipf_below(random, 16);
        if (sentence > n) sentence = n;
        n -= sentence;
        char *first = out;
        while (sentence-- > 0) {
            out = put_word(z, ZIPF_ASCII, random, out);
            *out++ = ' ';
        }
        *first = (char)(*first - 'a' + 'A');
        out[-1] = '.';
        *out++ = ' ';
    }
    return out - 1;
}

/* Clauses of 4 to 11 words, ended by a comma or a full stop. */
static char *put_hans(const zipf *z, zipf_random *random, uint32_t n, char *out) {
    while (n > 0) {
        uint32_t clause = 4 + zipf_below(random, 8);
        if (clause > n) clause = n;
        n -= clause;
        while (clause-- > 0) out = put_word(z, ZIPF_HAN, random, out);
        out = put_text(out, n == 0 || (n & 3) == 0 ? "\u3002" : "\uff0c");
    }
    return out;
}

static char *put_title(const zipf *z, zipf_script script, zipf_random *random, char *out) {
    uint32_t n = 3 + zipf_below(random, 6);
    char *from = out;
    while (n-- > 0) {
        out = put_word(z, script, random, out);
        if (script == ZIPF_ASCII && n > 0) *out++ = ' ';
    }
    if (script == ZIPF_ASCII) *from = (char)(*from - 'a' + 'A');
    return out;
}

static char *put_tags(zipf_random *random, char *out) {
    out = put_text(out, ",\"tags\":[");
    for (uint32_t n = zipf_below(random, 4); n > 0; n--) {
        out = put_text(out, "\"t");
        out = put_number(out, zipf_below(random, 40), 2);
        out = put_text(out, n > 1 ? "\"," : "\"");
    }
    return put_text(out, "]");
}

size_t zipf_document(const zipf *z, uint64_t number, char *out) {
    zipf_random random = {z->options.seed * UINT64_C(0xd6e8feb86659fd93) + number};
    random.state = zipf_next(&random); /* neighbours begin far apart */
    zipf_script script = z->options.script;
    if (script == ZIPF_MIXED) script = zipf_next(&random) & 1 ? ZIPF_HAN : ZIPF_ASCII;
    uint32_t n = zipf_length(z->law, &random, z->options.median, z->options.sigma);
    char *at = put_number(put_text(out, "{\"id\":\"z"), number, 9);
    at = put_title(z, script, &random, put_text(at, "\",\"title\":\""));
    at = put_text(at, "\",\"body\":\"");
    at = script == ZIPF_HAN ? put_hans(z, &random, n, at) : put_ascii(z, &random, n, at);
    at = put_number(put_text(at, "\",\"date\":\"20"), zipf_below(&random, 25), 2);
    at = put_number(put_text(at, "-"), 1 + zipf_below(&random, 12), 2);
    at = put_number(put_text(at, "-"), 1 + zipf_below(&random, 28), 2);
    at = put_text(at, script == ZIPF_HAN ? "\",\"lang\":\"zh" : "\",\"lang\":\"en");
    at = put_number(put_text(at, "\",\"source\":\"s"), zipf_below(&random, 20), 2);
    at = put_tags(&random, put_text(at, "\""));
    at = put_text(at, "}\n");
    return (size_t)(at - out);
}
