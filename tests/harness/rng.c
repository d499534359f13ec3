/* rng.c - how does a random test repeat?  One seed for the run, printed; a stream for each name.
 *
 * Without PRISM_SEED every run draws the same numbers, so that a change is judged and not its luck;
 * PRISM_SEED=random draws a fresh seed: run that for as long as there is time.
 *
 * xoshiro256** (Blackman and Vigna 2018), its state filled by splitmix64 from seed and name, so
 * that adding a test or running one alone does not change the numbers another test sees. */
#include "harness/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

uint64_t test_seed(void) {
    static uint64_t seed;
    static bool is_known;
    if (is_known) return seed;
    const char *text = getenv("PRISM_SEED");
    if (text == NULL || *text == '\0') {
        seed = 20261130;
    } else if (strcmp(text, "random") != 0) {
        char *end;
        errno = 0;
        seed = strtoull(text, &end, 0);
        if (errno != 0 || *end != '\0') {
            fprintf(stderr, "PRISM_SEED is not a number: %s\n", text);
            exit(99);
        }
    } else if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        exit(99);
    }
    is_known = true;
    return seed;
}

static uint64_t splitmix(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

test_rng test_rng_of(const char *name) {
    uint64_t state = test_seed();
    for (const char *p = name; *p != '\0'; p++) state = splitmix(&state) ^ (unsigned char)*p;
    test_rng rng;
    for (size_t i = 0; i < PRS_COUNT(rng.s); i++) rng.s[i] = splitmix(&state);
    return rng;
}

static uint64_t rotate_left(uint64_t x, unsigned k) {
    return (x << k) | (x >> (64 - k));
}

uint64_t test_rng_next(test_rng *rng) {
    uint64_t *s = rng->s;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* The bias of a remainder is below n / 2^64: nothing a test could see. */
uint64_t test_rng_below(test_rng *rng, uint64_t n) {
    return test_rng_next(rng) % n;
}

bool test_rng_one_in(test_rng *rng, uint64_t n) {
    return test_rng_below(rng, n) == 0;
}

void test_rng_fill(test_rng *rng, void *out, size_t len) {
    uint8_t *p = out;
    for (size_t i = 0; i < len; i++) p[i] = (uint8_t)(test_rng_next(rng) >> 56);
}
