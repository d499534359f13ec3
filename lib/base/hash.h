/* hash.h - 64 and 128-bit hashes: XXH3 behind our own names, so that one file includes xxhash.h. */
#ifndef PRS_BASE_HASH_H
#define PRS_BASE_HASH_H

#include "base/prs.h"

typedef struct prs_hash128 {
    uint64_t lo, hi;
} prs_hash128;

/** XXH3-64 / XXH3-128 of n bytes.  Not a proof against tampering.   Threads: any. */
uint64_t prs_hash64(const void *ptr, size_t n, uint64_t seed);
prs_hash128 prs_hash128_of(const void *ptr, size_t n);

/** Strong 64-bit mix of one integer (finalizer), for integer keys of hash tables. */
static inline uint64_t prs_hash_mix64(uint64_t x) {
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    return x;
}

/** n random bytes from the kernel (getrandom, never blocks after boot): EIO if it cannot. */
prism_status prs_random_bytes(void *out, size_t n, prism_error *err);

#endif
