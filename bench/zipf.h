/* zipf.h - a corpus that is made, not found: documents of any number, a pure function of a seed.
 *
 * Words follow a law of two exponents: rank r has a share of 1 / (r + 2.7) up to rank 7873, and
 * from there on falls as r^-1.77.  So the head is Zipf-Mandelbrot, and the vocabulary of n words
 * grows as n^(1 / 1.77) without end (Heaps).  Lengths are log-normal.  Nothing tells which words go
 * together: there is no co-occurrence, so such a corpus serves curves of our own and no comparison.
 *
 * All of it is integer arithmetic: the same bytes on every machine.  Document i does not depend on
 * the ones before it, so slices can be made apart.
 * Source : the law and its constants: Gerlach & Altmann, Stochastic model for the vocabulary growth
 *          in natural languages, Physical Review X 3 (2013) */
#ifndef PRISM_BENCH_ZIPF_H
#define PRISM_BENCH_ZIPF_H

#include <stddef.h>
#include <stdint.h>

#define ZIPF_LAST_RANK (UINT64_C(1) << 36) /* no word has a rank as large */
#define ZIPF_MAX_WORDS 20000u              /* of a document's body */
#define ZIPF_MAX_DOCUMENT (1u << 19)       /* bytes of its line */

/* ---- random numbers (splitmix64: Steele, Lea & Flood, OOPSLA 2014)
 * ----------------------------- */
typedef struct zipf_random {
    uint64_t state;
} zipf_random;

static inline uint64_t zipf_next(zipf_random *random) {
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/** 0 <= number < n, n < 2^32. */
static inline uint32_t zipf_below(zipf_random *random, uint32_t n) {
    return (uint32_t)((zipf_next(random) >> 32) * n >> 32);
}

/* ---- the law (zipf_law.c)
 * ---------------------------------------------------------------------- */
typedef struct zipf_law zipf_law;
/** NULL where there is no memory; free with free(). */
zipf_law *zipf_law_new(void);
/** A rank, 1 for the most frequent word, below ZIPF_LAST_RANK. */
uint64_t zipf_law_rank(const zipf_law *law, zipf_random *random);
/** About median x e^(sigma x a normal variable), at least 1.  Params: sigma in thousandths. */
uint32_t zipf_length(const zipf_law *law, zipf_random *random, uint32_t median, uint32_t sigma);

/* ---- documents (zipf_text.c)
 * ------------------------------------------------------------------- */
typedef enum zipf_script { ZIPF_ASCII, ZIPF_HAN, ZIPF_MIXED } zipf_script;

typedef struct zipf_options {
    uint64_t seed;
    zipf_script script;     /* mixed: document by document */
    uint32_t median, sigma; /* words of a body; sigma in thousandths */
} zipf_options;
#define ZIPF_OPTIONS_INIT                                                                          \
    { 1, ZIPF_ASCII, 60, 600 }

typedef struct zipf zipf;
/** NULL where there is no memory. */
zipf *zipf_new(const zipf_options *options);
void zipf_free(zipf *z);
/** Write document `number` as a line of JSON for the default schema, '\n' included.
 *  Params : out has room for ZIPF_MAX_DOCUMENT bytes.   Returns: the bytes written */
size_t zipf_document(const zipf *z, uint64_t number, char *out);
/** Write the word of a rank, as it stands inside a sentence; at most 16 bytes, which may all be
 *  overwritten.  Returns: its bytes */
size_t zipf_word(zipf_script script, uint64_t rank, char *out);

#endif
